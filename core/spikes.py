"""Whether more came than usual: counts of an hour or a day against a forecast from the twelve weeks before.

A forecast is the mean of those weeks, half of it as the last days were, times what the weekday and the hour bring. Around it counts
spread as a negative binomial, of variance mean + dispersion * mean²: weeks of people who talk of one thing are
overdispersed, so that the dispersion is measured by how far the same forecast was off on each of those days. Days that
followed busy days are busy (autocorrelation), which the last days in the forecast allow for. A past spike is capped, lest it
hide the next one. Zeger 1988; Farrington et al. 1996; Noufaily et al. 2013 (dispersion and past outbreaks).

How often this is wrong and what it misses is simulated by `python -m bench.spikes`; the figures are in docs/measuring.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

DAYS = 84  # that a forecast looks back: twelve of each weekday
FEWEST = 42  # below which nothing is usual yet
WARM = 14  # days before the first whose forecast is tried
LATELY = 0.25  # weight of a day in the average of the last days, each before it weighing three quarters of the next
HALF = 0.5  # of the level is that average, the rest the mean of all
PRIOR = 2  # days by which the factor of a weekday is held to the mean
BUSIEST = 4  # days that are not asked how far counts spread before the caps are known
CAP = 4  # standard deviations from which on a past day counts no further
UNCERTAIN = 1.15  # what a dispersion measured on so few days is raised by
LEAST = 0.02  # the least dispersion: no count of what people say is Poisson
NEGLIGIBLE = 1e-15
TINY = 1e-300  # stands for nought where it would be divided by
MOST_STEPS = 10_000  # of a fraction; for counts of a million it takes some thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What chance brings: a negative binomial by its mean and its dispersion, of variance mean + dispersion * mean²."""

    mean: float
    dispersion: float

    @property
    def variance(self) -> float:
        """The square of its standard deviation."""
        return self.mean + self.dispersion * self.mean**2

    def likely(self, count: int) -> float:
        """How likely exactly so many are."""
        size = 1 / self.dispersion
        share = size / (size + self.mean)
        return math.exp(
            math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
            + size * math.log(share) + count * math.log1p(-share)
        )  # fmt: skip

    def at_least(self, count: int) -> float:
        """How likely so many are, or more."""
        return 1.0 if count <= 0 else _beta_share(count, self._size, self._success, self._failure)

    def at_most(self, count: int) -> float:
        """How likely so many are, or fewer."""
        return (
            0.0 if count < 0 else _beta_share(self._size, count + 1, self._failure, self._success)
        )

    @property
    def _size(self) -> float:
        return 1 / self.dispersion

    @property
    def _success(self) -> float:
        return self.mean / (self._size + self.mean)

    @property
    def _failure(self) -> float:
        return self._size / (self._size + self.mean)

    @property
    def between(self) -> tuple[int, int]:
        """What nine of ten such hours or days lie between, both included."""
        low = high = 0
        likely = total = self.likely(0)
        size = 1 / self.dispersion
        ratio = self.mean / (size + self.mean)
        while total < 0.95:
            if total < 0.05:
                low = high + 1
            likely *= (high + size) / (high + 1) * ratio
            total, high = total + likely, high + 1
        return low, high


def expected_day(past: Sequence[int]) -> Expected | None:
    """What the day after `past` brings, whose counts are given oldest first; None of fewer days than tell it."""
    levels = _levels(past[-DAYS:])
    return None if levels is None else Expected(mean=levels.ahead, dispersion=levels.dispersion)


def _beta_share(a: float, b: float, x: float, rest: float) -> float:
    """The regularised incomplete beta function, by which both tails of a negative binomial are had without adding them up.

    However wide a distribution is it takes some hundred steps; a tail of counts that spread over a hundred thousand took minutes. By
    the continued fraction of DLMF 8.17.22, evaluated by Lentz's method (Press et al., Numerical Recipes, 3rd ed., 6.4). `rest` is
    1 - x, which is had exactly where it is small.
    """
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # there the fraction of the other side is the short one
        return 1 - _beta_share(b, a, rest, x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest)
    )
    upper, lower = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    fraction = lower
    for step in range(1, MOST_STEPS):
        for term in (
            step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step)),
            -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1)),
        ):
            lower = 1 / _not_zero(1 + term * lower)
            upper = _not_zero(1 + term / upper)
            fraction *= upper * lower
        if abs(upper * lower - 1) < NEGLIGIBLE:
            break
    return min(1.0, front * fraction / a)


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY


@dataclass(frozen=True, kw_only=True)
class ExpectedHours:
    """The same of the hours of that day, `shares` being what part of a day each brings, 24 of them."""

    day: Expected
    shares: tuple[float, ...]
    dispersion: float  # of one hour

    def hour(self, hour: int) -> Expected:
        """One hour, 0 to 23."""
        return Expected(mean=self.day.mean * self.shares[hour], dispersion=self.dispersion)

    def until(self, hour: int) -> Expected:
        """All hours before this one, 1 to 24."""
        share = sum(self.shares[:hour])
        return Expected(mean=self.day.mean * share, dispersion=self.day.dispersion if hour >= 12 else self.dispersion)  # fmt: skip


def expected_hours(past: Sequence[Sequence[int]]) -> ExpectedHours | None:
    """What the hours of the day after `past` bring, whose days are given oldest first with 24 counts each."""
    days = past[-DAYS:]
    levels = _levels([sum(day) for day in days])
    if levels is None:
        return None
    shares = _shares(days)
    off = squares = 0.0
    for day, level in zip(days[WARM:], levels.past[WARM:], strict=True):
        for count, share in zip(day, shares, strict=True):
            mean = level * share
            top = mean + CAP * math.sqrt(mean + mean * mean) + CAP
            off += (min(count, top) - mean) ** 2 - mean
            squares += mean * mean
    dispersion = max(LEAST, levels.dispersion, UNCERTAIN * off / squares)
    day_ahead = Expected(mean=levels.ahead, dispersion=levels.dispersion)
    return ExpectedHours(day=day_ahead, shares=shares, dispersion=dispersion)


@dataclass(frozen=True, kw_only=True)
class _Levels:
    """The mean of each day of the past as it would have been foretold, of the day ahead, and how far the former were off."""

    past: tuple[float, ...]
    ahead: float
    dispersion: float


def _levels(past: Sequence[int]) -> _Levels | None:
    days = len(past)
    if days < FEWEST:
        return None
    counts: list[float] = list(past)
    levels = _foretold(counts, without=BUSIEST)
    for _ in range(2):
        counts = [
            min(count, mean + CAP * math.sqrt(mean + levels.dispersion * mean * mean))
            for count, mean in zip(past, levels.past, strict=True)
        ]
        levels = _foretold(counts)
    return levels


def _foretold(counts: Sequence[float], *, without: int = 0) -> _Levels:
    """`without`: how many of the days that were furthest off don't count for the dispersion."""
    days = len(counts)
    mean = (sum(counts) + 0.5) / days
    factors = [
        (sum(counts[first::7]) + PRIOR * mean) / ((len(range(first, days, 7)) + PRIOR) * mean) for first in range(7)
    ]  # fmt: skip
    lately, foretold = mean, list[float]()
    for place, count in enumerate(counts):
        factor = factors[place % 7]
        foretold.append(factor * (HALF * lately + (1 - HALF) * mean))
        lately += LATELY * (count / factor - lately)
    ahead = factors[days % 7] * (HALF * lately + (1 - HALF) * mean)
    tried = sorted(
        (((count - level) ** 2 - level) / level**2, level)
        for count, level in zip(counts[WARM:], foretold[WARM:], strict=True)
    )
    counted = tried[: len(tried) - without]
    squares = sum(level**2 for _, level in counted)
    off = sum(ratio * level**2 for ratio, level in counted)
    return _Levels(
        past=tuple(foretold), ahead=ahead, dispersion=max(LEAST, UNCERTAIN * off / squares)
    )


def _shares(days: Sequence[Sequence[int]]) -> tuple[float, ...]:
    """What part of a day each hour brings, smoothed with the hours beside it; no hour is without a part."""
    sums = [sum(day[hour] for day in days) for hour in range(24)]
    smooth = [
        (sums[hour - 1] + 2 * sums[hour] + sums[(hour + 1) % 24]) / 4 + 0.5 for hour in range(24)
    ]
    whole = sum(smooth)
    return tuple(each / whole for each in smooth)


# ── what is said of a count ──────────────────────────────────────────────────────────────────────

# Whether more cases opened than usual, and in words: a day, the day so far and its last hour against the twelve weeks before
# (as above). Cases count and not posts: a story that thousands repeat is one. Small counts and days that
# aren't over are never called anything that chance alone can bring. What follows was chosen by `python -m bench.spikes`.

SMALL = 5  # counts below this are never "more than usual"
RARE = 0.005  # of a day's cases: a false alarm in some three months
HOUR_RARE = 0.0002  # of the cases of an hour, of which a month has 730
RARE_FLAG = 0.0002  # two dozen flags are looked at each day
FLAGS_AT_ONCE = 24
VERY_RARE = 0.0001

Verdict = Literal["much more", "more", "chance", "usual", "less", "few", "unknown"]
WORDING: dict[Verdict, str] = {
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
    """A count beside what is expected of its day or hour. `over`: that is."""

    name: str
    count: int
    expected: Expected | None
    over: bool
    rare: float = RARE

    @property
    def verdict(self) -> Verdict:
        """What can be said of the count."""
        if self.expected is None:
            return "unknown"
        mean = self.expected.mean
        if self.count > mean:
            chance = self.expected.at_least(self.count)
            if chance < self.rare:
                if self.count < SMALL:
                    return "few"
                return "much more" if chance < VERY_RARE and self.count >= 2 * mean else "more"
        elif self.over and mean >= SMALL and self.expected.at_most(self.count) < self.rare:
            return "less"
        return "chance" if self.count > max(SMALL, self.expected.between[1]) else "usual"

    @property
    def wording(self) -> str:
        """The same in words."""
        return (WORDING if self.over else WORDING | SO_FAR)[self.verdict]

    @property
    def stands_out(self) -> bool:
        """Whether it is more than usual."""
        return self.verdict in ("more", "much more")

    @property
    def between(self) -> str:
        """What nine of ten such days lie between: 3 to 11."""
        if self.expected is None:
            return "–"
        least, most = self.expected.between
        return f"{least:,}" if least == most else f"{least:,} to {most:,}"
