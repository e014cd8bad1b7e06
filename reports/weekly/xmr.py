"""XmR charts as NHS 'Making Data Count' reads them: whether a week differs from the usual, by which rule, and since when.

Mean and limits by moving ranges, mean ± 2.66 × the mean range, with ranges screened that are past their own limit
(Nelson 1982, Journal of Quality Technology 14(3)). Limits come from the weeks before the change. Up is neither good nor
bad here: who asks says which it is. Of 30,000 simulated ordinary weeks (means of 8 to 400, also overdispersed) some rule
speaks of 4 in a hundred: the limits of 1, a run of 3, counted in each week that it lasts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

SCALE = 2.66  # of the mean moving range: three standard deviations, 3 / 1.128
SCREEN = 3.267  # times the mean moving range: the upper limit of the ranges themselves
RUN = 7  # weeks on one side of the mean, or that all rise or fall
FEWEST = 12  # weeks before the change, below which it is not known what is usual
MOST = 26  # weeks before the change that limits come from: 20 to 30 should be used (Provost and Murray 2011)
SMALL = 5  # a mean below this has no XmR limits: counts so small lie near 0, and not evenly about their mean
RARE = 0.00135  # above the upper limit, as of three standard deviations: what chance brings to a small count

Rule = Literal["outside", "run", "trend"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The mean of a series, and between what it varies by itself."""

    mean: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A rule that speaks of the last week: which, whether upwards, and over how many weeks."""

    rule: Rule
    up: bool
    weeks: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a series says of its last week.

    `limits` is None where the usual is not known: of `before` weeks, fewer than twelve. `small` counts have an upper limit by
    chance in the place of XmR's. Limits are of the places `since` up to, and without, `until`.
    """

    limits: Limits | None
    signal: Signal | None
    since: int
    until: int
    small: bool = False

    @property
    def before(self) -> int:
        """Of how many weeks the usual is."""
        return self.until - self.since


def limits(
    counts: Sequence[float], *, fewest: int = RUN, least: float = SMALL, most: float | None = None
) -> Limits | None:
    """Mean and natural process limits, within 0 and `most`; None for fewer counts, or for ones below `least`."""
    mean = sum(counts) / len(counts) if counts else 0.0
    if len(counts) < fewest or mean < least:
        return None
    ranges = [abs(later - earlier) for earlier, later in pairwise(counts)]
    middle = sum(ranges) / len(ranges)
    screened_ranges = [
        moving_range for moving_range in ranges if moving_range < SCREEN * middle
    ] or ranges
    width = SCALE * sum(screened_ranges) / len(screened_ranges)
    upper = mean + width
    return Limits(
        mean=mean, lower=max(0.0, mean - width), upper=upper if most is None else min(most, upper)
    )


def read(values: Sequence[float], *, share: bool = False) -> Reading:
    """The last of these weeks against those before it; `share`: percentages, which have no small counts.

    A level that held for twelve weeks or more is the new usual, and the weeks before it are no longer compared with.
    """
    level = _level(values)
    bounds = {"fewest": FEWEST, "least": 0.0 if share else SMALL, "most": 100.0 if share else None}
    for length in range(min(len(values) - level - FEWEST, FEWEST - 1), RUN - 1, -1):
        start = len(values) - length
        side = _side(values[start:], _mean(values[max(level, start - MOST) : start]))
        if side:
            before = limits(values[max(level, start - MOST) : start], **bounds)  # type: ignore[arg-type]
            if before is not None:
                sudden = _outside(values[-1], before) and not _outside(values[-2], before)
                signal = Signal(rule="outside", up=side > 0)
                if not sudden:
                    signal = Signal(rule="run", up=side > 0, weeks=length)
                return Reading(
                    limits=before, since=max(level, start - MOST), until=start, signal=signal
                )
    end = max(0, len(values) - 1)
    since = max(level, end - MOST)
    usual = limits(values[since:end], **bounds)  # type: ignore[arg-type]
    if usual is None and end - since >= FEWEST:
        usual = small_limits(values[since:end])
        above = values[-1] > usual.upper
        return Reading(
            limits=usual, signal=Signal(rule="outside", up=True) if above else None, since=since,
            until=end, small=True,
        )  # fmt: skip
    last = _last(values, usual) if usual is not None else None
    return Reading(limits=usual, signal=last, since=since, until=end)


def small_limits(counts: Sequence[float]) -> Limits:
    """The mean of small counts, and what chance brings once in 740 weeks: by a negative binomial with Jeffreys' prior.

    Never below 4, so that fewer than five are not told as a rise.
    """
    size = sum(counts) + 0.5
    share = len(counts) / (len(counts) + 1)
    likely, upper, left = share**size, 0, 1.0
    while left - likely > RARE:
        left -= likely
        likely *= (upper + size) / (upper + 1) * (1 - share)
        upper += 1
    return Limits(mean=_mean(counts), lower=0.0, upper=float(max(upper, SMALL - 1)))


def _last(values: Sequence[float], usual: Limits) -> Signal | None:
    """What speaks of the last week by itself, or with the six before it."""
    if _outside(values[-1], usual):
        return Signal(rule="outside", up=values[-1] > usual.mean)
    steps = [(later > earlier) - (later < earlier) for earlier, later in pairwise(values)]
    length = 1
    while length <= len(steps) and steps[-1] and steps[-length] == steps[-1]:
        length += 1
    if length >= RUN:
        return Signal(rule="trend", up=steps[-1] > 0, weeks=length)
    return None


def _outside(value: float, usual: Limits) -> bool:
    """Whether it is past a limit; a count can only be whole, and so the limits are."""
    return value > math.floor(usual.upper) or value < math.ceil(usual.lower)


def _level(values: Sequence[float]) -> int:
    """From which week on the level is that of today."""
    level = 0
    for end in range(2 * FEWEST, len(values)):
        start = end - FEWEST
        if start - level >= FEWEST and _side(values[start:end], _mean(values[level:start])):
            level = start
    return level


def _side(values: Sequence[float], mean: float) -> int:
    """1 where all are above, -1 where all are below, else 0."""
    if all(value > mean for value in values):
        return 1
    return -1 if all(value < mean for value in values) else 0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
