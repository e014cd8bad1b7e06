"""How sure a figure over rows is: the bootstrap for measures, and score intervals for shares and their differences.

Every interval is one of 95 %. What needs no numpy, as the figures of a sample do, is in core/estimates.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.estimates import Figure, Z, wilson

Floats = NDArray[np.float64]
ROUNDS = 1000  # of the bootstrap
SEED = 0
_AT_ONCE = 1 << 24  # weights held in memory at a time: 128 MiB


class Draws:
    """The rows as they are, and `ROUNDS` samples of them drawn with replacement, always the same.

    Percentile bootstrap (Efron and Tibshirani 1993, chapter 13). Measures that share one Draws are
    measured on the same samples, so that their difference has an interval too.
    """

    def __init__(self, count: int) -> None:
        self.count = count

    def sums(self, columns: NDArray[np.generic]) -> Floats:
        """(1 + ROUNDS, columns): each column's sum over the rows, and over each sample's.

        `columns` is (rows, columns) of numbers or truths.
        """
        values = np.asarray(columns, dtype=np.float64)
        return np.concatenate([weights @ values for weights in self.weights()])

    def weights(self) -> Iterator[Floats]:
        """How often each row stands in each sample, (rounds, rows) a time: once in the first of all."""
        yield np.ones((1, self.count))
        chance = np.random.default_rng(SEED)
        at_once = max(1, _AT_ONCE // max(1, self.count))
        for start in range(0, ROUNDS, at_once):
            rounds = min(at_once, ROUNDS - start)
            drawn = chance.integers(0, max(1, self.count), (rounds, self.count))
            drawn += np.arange(rounds)[:, None] * self.count
            counted = np.bincount(drawn.ravel(), minlength=rounds * self.count)
            yield counted.reshape(rounds, self.count).astype(np.float64)


def figure(name: str, values: Floats, count: int) -> Figure:
    """What `values` (1 + ROUNDS, the measure of the rows first) say; NaN is a sample that can't tell."""
    if not count or np.isnan(values[0]):
        return Figure(0.0, 0.0, 0.0, 0, name)
    drawn = values[1:][~np.isnan(values[1:])]
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (values[0], values[0])
    return Figure(float(values[0]), float(low), float(high), count, name)


def ratio(above: Floats, below: Floats, otherwise: float = np.nan) -> Floats:
    """above / below, and `otherwise` where nothing is below."""
    some = below > 0
    return np.where(some, above / np.where(some, below, 1.0), otherwise)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with Wilson's interval (Wilson 1927), which holds for few and for none."""

    hits: int
    count: int

    @property
    def value(self) -> float:
        """The share; 0 of none."""
        return self.hits / self.count if self.count else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high; of none, 0 and 1."""
        return wilson(self.value, self.count)


def pooled(pairs: Sequence[tuple[Share, Share]]) -> tuple[float, float, float] | None:
    """The difference of two shares within strata, pooled, with its interval; None where none has both.

    Mantel and Haenszel's weights, and the variance of Greenland and Robins (1985).
    """
    weight = gap = variance = 0.0
    for first, other in pairs:
        if first.count and other.count:
            part = first.count * other.count / (first.count + other.count)
            weight += part
            gap += part * (first.value - other.value)
            spread = [x.value * (1 - x.value) / x.count for x in (first, other)]
            variance += part * part * sum(spread)
    if not weight:
        return None
    gap, half = gap / weight, Z * variance**0.5 / weight
    return gap, gap - half, gap + half


def difference(first: Share, other: Share) -> tuple[float, float]:
    """The interval of one share less the other: Newcombe's hybrid score (1998, method 10)."""
    gap = first.value - other.value
    (low, high), (other_low, other_high) = first.interval, other.interval
    down = ((first.value - low) ** 2 + (other_high - other.value) ** 2) ** 0.5
    up = ((high - first.value) ** 2 + (other.value - other_low) ** 2) ** 0.5
    return gap - down, gap + up
