"""What whoever wrote a post wrote later in the same thread: it may change everything, so it stands above what is to be decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from store import Item, Thread

LONGEST = 140  # characters of their words that stand there


@dataclass(frozen=True, slots=True, kw_only=True)
class WroteAgain:
    """When they wrote last, how long after what is read, how often since, and the first words, masked."""

    at: datetime
    after: str
    count: int
    words: str = field(repr=False)

    def heading(self, at: datetime) -> str:
        """They wrote again 20 minutes later, 14:37; They wrote 3 times more, last 2 hours later, 14:37."""
        when = f"{self.after} later, {clock.near_time(self.at, at)}"
        return f"They wrote again {when}" if self.count == 1 else f"They wrote {self.count} times more, last {when}"  # fmt: skip


def wrote_again(items: Sequence[Item], thread: Thread, of: Collection[int]) -> WroteAgain | None:
    """What the writer of these `items` `of` a case wrote after the first of them, in its other posts or the thread; None where nothing is known of that."""
    began = min((item.posted_at for item in items if item.number in of), default=None)
    if began is None:
        return None
    others: list[tuple[datetime, int, str]] = [
        (item.posted_at, item.number, item.masked) for item in items if item.number not in of and not item.deleted
    ]  # fmt: skip
    others += [(each.posted_at, each.mention, each.masked) for each in thread.more if not each.own]
    later = sorted(each for each in others if each[0] > began and thread.same_writer(each[1], of))
    if not later:
        return None
    posted_at, _, words = later[-1]
    return WroteAgain(at=posted_at, after=length(began, posted_at), count=len(later), words=first_words(words))  # fmt: skip


def length(began: datetime, until: datetime) -> str:
    """1 minute, 20 minutes, 2 hours, 3 days."""
    minutes = max(1, int((until - began).total_seconds() // 60))
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size * (2 if size > 1 else 1) or size == 1:
            count = minutes // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return ""


def first_words(masked: str) -> str:
    """The first words, cut between two."""
    text = " ".join(masked.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(' ')[0]} …"
