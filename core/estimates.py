"""How sure the figures of a sample are: shares, totals, recall and agreement, each with its 95 % interval.

Totals are estimated as Horvitz and Thompson (1952, JASA 47:663) do: each answer counts for as many as the chance
with which it was drawn stands for, with those that nobody answered taken to be like the others of their stratum.
Shares have Wilson's interval (1927), with Kish's effective count where weeks weigh differently (Korn and Graubard
1998, Survey Methodology 24:193) and the finite population correction. Sums and ratios of them are put together by
MOVER (Zou and Donner 2008, Statistics in Medicine 27:1693; for ratios Donner and Zou 2012, Statistical Methods in
Medical Research 21:347). All of it needs counts alone, so that it can be told when the posts themselves have gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import sqrt

Z = 1.959963984540054  # 95 % of a normal distribution lie within so many deviations
FEWEST = 10  # answers under which no figure is shown


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval. `count` is over how many rows, answers or decisions it was taken."""

    value: float
    low: float
    high: float
    count: int
    name: str = ""

    def times(self, factor: float) -> Figure:
        """The same of so many: of a share, a total."""
        return replace(
            self, value=self.value * factor, low=self.low * factor, high=self.high * factor
        )

    def line(self) -> str:
        """The figure as a line of a table."""
        if not self.count:
            return f"{self.name:<40}    none   n=0"
        return (
            f"{self.name:<40}{self.value:8.3f}   [{self.low:.3f}, {self.high:.3f}]   n={self.count}"
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum of one week: of how many, how many were answered, and of how many of those it was said."""

    population: int
    answered: int
    hits: int


def wilson(share: float, count: float) -> tuple[float, float]:
    """The interval of a share of `count`, which may be an effective one; 0 and 1 of none."""
    if count <= 0:
        return 0.0, 1.0
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z / (1 + Z * Z / count) * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    return (max(0.0, middle - half) if share > 0 else 0.0), (
        min(1.0, middle + half) if share < 1 else 1.0
    )


def share(hits: int, count: int) -> Figure:
    """So many of so many, each counting alike."""
    value = hits / count if count else 0.0
    return Figure(value, *wilson(value, count), count)


def weighed(parts: Iterable[Part]) -> Figure | None:
    """The share of one stratum over some weeks, each week by its size; None where nobody answered.

    Where everything was answered nothing is uncertain.
    """
    some = [part for part in parts if part.answered]
    if not some:
        return None
    size = sum(part.population for part in some)
    value = sum(part.population * part.hits / part.answered for part in some) / size
    # the variance of the share is share * (1 - share) times this
    spread = sum(
        part.population**2 * (1 - part.answered / part.population) / part.answered for part in some
    )
    low, high = wilson(value, size**2 / spread) if spread > 0 else (value, value)
    return Figure(value, low, high, sum(part.answered for part in some))


def total(strata: Iterable[Sequence[Part]]) -> Figure | None:
    """How many of all strata it holds of; None where one of them that holds any has no answer."""
    totals = []
    for parts in strata:
        size = sum(part.population for part in parts)
        if size:
            figure = weighed(parts)
            if figure is None:
                return None
            totals.append(figure.times(size))
    return added(totals) if totals else None


def added(figures: Sequence[Figure]) -> Figure:
    """The sum of figures that don't depend on one another (MOVER)."""
    value = sum(figure.value for figure in figures)
    below = sqrt(sum((figure.value - figure.low) ** 2 for figure in figures))
    above = sqrt(sum((figure.high - figure.value) ** 2 for figure in figures))
    return Figure(
        value, max(0.0, value - below), value + above, sum(figure.count for figure in figures)
    )


def recall(detected: Figure, missed: Figure) -> Figure | None:
    """found / (found + missed), of two totals that don't depend on one another; None of nothing.

    By the interval of missed / found: its limits are where the MOVER interval of their difference, the
    one times the ratio, touches nought (Donner and Zou 2012, which generalises Fieller 1954).
    """
    count = missed.count
    if detected.value <= 0:
        return Figure(0.0, 0.0, 1.0, count) if missed.value > 0 else None
    both = missed.value * detected.value
    a, b = missed.value - missed.low, detected.high - detected.value
    root = sqrt(max(0.0, (detected.value * a) ** 2 + b * b * (missed.value**2 - a * a)))
    few = (missed.value**2 - a * a) / (both + root) if both + root else 0.0
    a, b = missed.high - missed.value, detected.value - detected.low
    root = sqrt(max(0.0, (detected.value * a) ** 2 + b * b * (missed.value**2 - a * a)))
    many = (both + root) / (detected.value**2 - b * b)
    return Figure(
        detected.value / (detected.value + missed.value),
        1 / (1 + many),
        1 / (1 + max(0.0, few)),
        count,
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two people said the same of the same posts: the share, and Krippendorff's alpha.

    Alpha is 1 for agreement in all and 0 for what chance would bring; None where both always said the same
    one thing, so that there is no chance to compare with.
    """

    same: Figure
    alpha: float | None


def agreement(yes: int, no: int, differ: int) -> Agreement:
    """Of posts of which both said yes, both no, and one this and the other that.

    Nominal alpha (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability), which does not mind
    that it isn't always the same two people, as Cohen's kappa would.
    """
    count = yes + no + differ
    yes_ratings, not_held = 2 * yes + differ, 2 * no + differ
    expected = yes_ratings * not_held / (2 * count - 1) if count else 0.0
    return Agreement(share(yes + no, count), 1 - differ / expected if expected else None)
