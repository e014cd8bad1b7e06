"""One question to a platform, to see whether it can be read: signed in to, and asked for one item.

A probe asks for as little as its platform allows, stores nothing and says nothing of what came but how much. What is
wrong it raises as the collector would: CollectorError, whose words say what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Probe:
    """`what` is asked about: "" for the whole source, or the name of a part. `ask` gives what was answered, in plain words."""

    what: str
    ask: Callable[[], str]


Probes = Callable[[Any], Iterator[Probe]]


def came(count: int, item: str, several: str = "") -> str:
    """How much came: "1 post came", "no post came, and that may be right"."""
    if not count:
        return f"it answered; there is no {item} just now"
    return f"1 {item} came" if count == 1 else f"{count:,} {several or item + 's'} came"
