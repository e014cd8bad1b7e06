"""How often speech that the law protects may be wronged at most, beside how often two models do it.

No model has come under it yet, the present one neither, so it refuses none for that alone: a candidate that is over it
may not be worse than the present model, by a single row. So a model can only come nearer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from classify.evaluation.metrics import Case, fairly
from core.statistics import Share

MOST = 0.03  # of the rows in which somebody speaks up
OWN_SET = "speech"  # that was written for it, beside all sets
RAISED = "speaking up told a higher risk"
ACCUSED = "speaking up falsely derogatory, confidential"
_ACCUSES = frozenset(("derogatory", "confidential"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One measure of both models that may be `MOST` at most."""

    name: str
    present: Share
    candidate: Share

    @property
    def fault(self) -> str:
        """Why the candidate is refused by it; empty where it is not."""
        over = self.candidate.value > MOST and self.candidate.hits > self.present.hits
        return "over the bound, and worse than the present model" if over else ""

    def line(self) -> str:
        """The measure as a line of a table."""
        return (
            f"{self.name:<48}{MOST:6.3f}   {_written(self.present)}   {_written(self.candidate)}   n={self.present.count}"
            f"   {self.fault or ('over the bound' if self.candidate.value > MOST else '')}"
        ).rstrip()


HEAD = f"{'bound':>6}   {'present, 95 %':<22}   {'candidate, 95 %':<22}"  # after 48 columns


def bounds(present: Sequence[Case], candidate: Sequence[Case]) -> list[Bound]:
    """Of the rows in which somebody speaks up; empty where there are none. The cases are of the same rows in the same order."""
    speaks = fairly(present)[0]
    count = int(speaks.sum())
    if not count:
        return []
    raised, accused = ([Share(sum(among), count) for among in each] for each in zip(
        *((_raised(cases, speaks), _accused(cases, speaks)) for cases in (present, candidate)), strict=True
    ))  # fmt: skip
    return [
        Bound(name=RAISED, present=raised[0], candidate=raised[1]),
        Bound(name=ACCUSED, present=accused[0], candidate=accused[1]),
    ]


def _raised(cases: Sequence[Case], speaks: Collection[bool]) -> list[bool]:
    return [bool(up and high) for up, high in zip(speaks, fairly(cases)[1], strict=True)]


def _accused(cases: Sequence[Case], speaks: Collection[bool]) -> list[bool]:
    return [
        bool(up) and not _ACCUSES.isdisjoint(case.predicted - case.true)
        for up, case in zip(speaks, cases, strict=True)
    ]


def _written(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:.3f} [{low:.3f}, {high:.3f}]  "
