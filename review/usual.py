"""Whether a day's count is more than usual: against the same weekday of the last twelve weeks, and in words.

A count is compared with what a negative binomial would bring that has the mean of those days, and the larger of
a Poisson's variance and their own, both widened by what twelve days can't know. Small counts and days that
aren't over are never called anything that chance alone can bring.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

WEEKS = 12
FEWEST = 6  # same weekdays, below which nothing is usual yet
SMALL = 5  # counts below this are never "more than usual"
RARE = 0.01  # once in a hundred days by chance
VERY_RARE = 0.0001
NEGLIGIBLE = 1e-15

Verdict = Literal["much more", "more", "chance", "usual", "less", "few", "unknown"]
SAID: dict[Verdict, str] = {
    "much more": "much more than usual", "more": "more than usual", "usual": "as usual",
    "chance": "higher than on those days, as chance can bring",
    "less": "less than usual", "few": "a small number, too few to tell",
    "unknown": "not known yet what is usual",
}  # fmt: skip
SO_FAR: dict[Verdict, str] = {
    "much more": "much more than usual already", "more": "more than usual already",
    "usual": "not more than usual so far",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A day's count beside the same weekday's of weeks before. `over`: the day is."""

    name: str
    count: int
    past: tuple[int, ...]
    over: bool
    rare: float = RARE

    @property
    def verdict(self) -> Verdict:
        """What can be said of the count."""
        if len(self.past) < FEWEST:
            return "unknown"
        mean = sum(self.past) / len(self.past)
        chance = chance_of(self.count, self.past)
        if self.count > mean and chance < self.rare:
            if self.count < SMALL:
                return "few"
            return "much more" if chance < VERY_RARE and self.count >= 2 * mean else "more"
        if self.over and self.count < mean and mean >= SMALL and chance < self.rare:
            return "less"
        return "chance" if self.count > max(self.past) else "usual"

    @property
    def said(self) -> str:
        """The same in words."""
        return (SAID if self.over else SAID | SO_FAR)[self.verdict]

    @property
    def stands_out(self) -> bool:
        """Whether it is more than usual."""
        return self.verdict in ("more", "much more")

    @property
    def between(self) -> str:
        """The least and the most of the days before: 3 to 11."""
        if not self.past:
            return "–"
        least, most = min(self.past), max(self.past)
        return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def usual(
    name: str, days: Mapping[date, int], on: date, *, today: date, since: date | None, rare: float = RARE
) -> Usual:  # fmt: skip
    """A day against the same weekdays before it, as far back as somebody watched (`since`, None: nobody did)."""
    before = (on - timedelta(weeks=week) for week in range(1, WEEKS + 1))
    past = tuple(days.get(day, 0) for day in before if since is not None and day >= since)
    return Usual(name=name, count=days.get(on, 0), past=past, over=on < today, rare=rare)


def chance_of(count: int, past: Sequence[int]) -> float:
    """How likely a day brings this count or one further from the mean, on that side of it.

    Poisson counts with Jeffreys' prior are foretold by a negative binomial of mean (sum + 1/2) / n and variance
    mean * (1 + 1/n); where the days before varied more than that, their variance stands in its place.
    """
    days = len(past)
    mean = (sum(past) + 0.5) / days
    spread = sum((one - mean) ** 2 for one in past) / max(1, days - 1)
    variance = max(mean, spread) * (1 + 1 / days)
    size, share = mean * mean / (variance - mean), mean / variance
    likely = math.exp(
        math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
        + size * math.log(share) + count * math.log1p(-share)
    )  # fmt: skip
    return min(
        1.0,
        _upwards(count, likely, size, share)
        if count >= mean
        else _downwards(count, likely, size, share),
    )


def _upwards(count: int, likely: float, size: float, share: float) -> float:
    total, step = likely, count
    while likely > NEGLIGIBLE * total:
        likely *= (step + size) / (step + 1) * (1 - share)
        total, step = total + likely, step + 1
    return total


def _downwards(count: int, likely: float, size: float, share: float) -> float:
    total = likely
    for step in range(count, 0, -1):
        likely *= step / ((step - 1 + size) * (1 - share))
        total += likely
        if likely <= NEGLIGIBLE * total:
            break
    return total
