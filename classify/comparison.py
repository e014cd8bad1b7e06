"""Whether one model is no worse than another on the same labelled mentions, measure by measure.

Both are measured on the same bootstrap samples of the rows, so that what makes a row hard for both cancels
out (a paired bootstrap: Efron and Tibshirani 1993, chapter 13). Over the rows of all sets "no worse" is
shown, not assumed, as in a trial of non-inferiority (Piaggio et al. 2012, the CONSORT extension): a model
that may be worse by more than `MARGIN` is refused, also where the rows are too few to tell. A single set
holds too few rows for that: there a model is refused where it is worse beyond chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from classify.cases import Bools, Case, Floats, named
from classify.evaluate import counts, macro
from classify.intervals import Draws, figure, ratio

MARGIN = 0.02  # the lower end of the interval of the difference may not lie under minus this
WORSE = 0.01  # nor the difference itself under minus this


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One measure of both models over `count` rows, and candidate less present with its 95 % interval."""

    name: str
    present: float
    candidate: float
    low: float
    high: float
    count: int

    def fault(self, *, all_sets: bool) -> str:
        """Why the candidate is refused by this measure, over all sets or over one; empty where it is not."""
        if not all_sets:
            return "worse beyond chance" if self.high < 0 else ""
        if round(self.candidate - self.present, 9) < -WORSE:
            return "worse"
        return "not shown to be no worse" if round(self.low, 9) < -MARGIN else ""

    def line(self) -> str:
        """The measure as a line of a table."""
        return (
            f"{self.name:<42}{self.present:8.3f}{self.candidate:11.3f}"
            f"{self.candidate - self.present:+9.3f}   [{self.low:+.3f}, {self.high:+.3f}]   n={self.count}"
        )


HEAD = f"{'present':>8}{'candidate':>11}{'diff.':>9}   95 % of the difference"  # after 42 columns


def compare(
    present: Sequence[Case], candidate: Sequence[Case], flags: Sequence[str]
) -> list[Difference]:
    """Macro-F1 over flags, unflagged left unflagged and, of rows that have a risk, recall of high risk.

    The cases are of the same rows in the same order. A measure that no row speaks of is left out.
    """
    draws = Draws(len(present))
    true = named([case.true for case in present], flags)
    some = _any(true)
    macros, left, high = [], [], []
    dangerous = _risky(case.labels.get("risk") for case in present)
    for cases in (present, candidate):
        said = named([case.said for case in cases], flags)
        macros.append(macro(*counts(draws, true, said)))
        left.append(_share(draws, ~_any(said), ~some))
        high.append(_share(draws, _risky(case.answer["risk"] for case in cases), dangerous))
    found = [
        _difference("macro-F1 over flags", macros, len(true) if some.any() else 0),
        _difference("unflagged left unflagged", left, int((~some).sum())),
        _difference("high risk recall", high, int(dangerous.sum())),
    ]
    return [one for one in found if one.count]


def _any(table: Bools) -> Bools:
    return np.asarray(table.any(axis=1), dtype=bool)


def _risky(risks: Iterable[object]) -> Bools:
    return np.array([risk == "high" for risk in risks], dtype=bool)


def _share(draws: Draws, holds: Bools, among: Bools) -> Floats:
    sums = draws.sums(np.stack([holds & among, among], axis=1))
    return ratio(sums[:, 0], sums[:, 1])


def _difference(name: str, values: Sequence[Floats], count: int) -> Difference:
    """`values` are those of both models, the present one first, of the rows and of every sample."""
    present, candidate = values
    gap = figure(name, candidate - present, count)
    return Difference(
        name=name, present=float(present[0]), candidate=float(candidate[0]), low=gap.low,
        high=gap.high, count=count,
    )  # fmt: skip
