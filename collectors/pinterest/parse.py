"""Our own pins on Pinterest as they are now: the only code that knows its field names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collectors.base import counts, identity
from collectors.parsing import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One pin of one's own as it is now, to be shown and not stored. `link` is where it leads.

    `counts` are its lifetime metrics by Pinterest's names: impression, pin_click, comment and so on.
    """

    title: str
    url: str
    link: str
    counts: Mapping[str, int]


def to_pin(item: Mapping[str, Any]) -> Pin:
    """One pin; its counts are there where the account may see them."""
    metrics = item.get("pin_metrics")
    lifetime = metrics.get("lifetime_metrics") if isinstance(metrics, dict) else None
    known = (
        {key: lifetime[key] for key in lifetime if isinstance(key, str)}
        if isinstance(lifetime, dict)
        else {}
    )
    return Pin(
        title=words(item.get("title")), link=words(item.get("link")),
        url=f"https://www.pinterest.com/pin/{identity(item['id'])}/", counts=counts(**known),
    )  # fmt: skip
