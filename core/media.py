"""Pictures and films attached to a post: their addresses, so that a person can ask to see one.

The addresses are sealed with the mention and die with it; no picture is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

AttachmentKind = Literal["picture", "video", "animation"]

KINDS: tuple[AttachmentKind, ...] = get_args(AttachmentKind)
MOST = 10  # kept of one post
LONGEST_ADDRESS = 2_000  # code points


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One picture or film. `url` is the picture's, or that of a film's still; "" where none is given.

    `seconds` is a film's length, None where it is not told.
    """

    kind: AttachmentKind = "picture"
    url: str = ""
    seconds: int | None = None


def pictures(addresses: Iterable[str]) -> tuple[Attachment, ...]:
    """Addresses of which no more is known than that they are pictures'."""
    return within_bounds(Attachment(url=address) for address in addresses)


def within_bounds(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """The first `MOST`; an address that is too long is left out, its plate is not."""
    bounded = [
        attachment
        if len(attachment.url) <= LONGEST_ADDRESS
        else Attachment(kind=attachment.kind, seconds=attachment.seconds)
        for attachment in attachments
    ]
    return tuple(bounded[:MOST])


def as_json(attachments: Sequence[Attachment]) -> list[dict[str, Any]]:
    """What `from_json` reads."""
    return [{"kind": a.kind, "url": a.url, "seconds": a.seconds} for a in attachments]


def from_json(written: Any) -> tuple[Attachment, ...]:
    """What was kept; what is not as it should be is left out."""
    if not isinstance(written, list):
        return ()
    return within_bounds(
        Attachment(kind=part["kind"], url=part.get("url") or "", seconds=part.get("seconds"))
        for part in written
        if isinstance(part, Mapping) and part.get("kind") in KINDS
    )
