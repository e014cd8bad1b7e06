"""Whether a score means what it says: of posts with a score of 0.3, three in ten should hold.

Taken over the mentions that a flag may hold of: where it can't (most flags out of scope, a grievance by
the public) the score is no claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classify.cases import Bools, Floats

BINS = 10
ROUNDS = 200  # of chance
HEAD = f"{'flag':<18}{'cal.error':>10}{'by chance':>11}{'Brier':>9}{'skill':>8}{'mean score':>12}{'share true':>12}{'judged':>8}"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of one flag: expected calibration error and Brier score.

    `chance` is the error that perfectly calibrated scores would stay under 95 times in 100 with so few
    rows; `skill` is 1 - Brier / (Brier of always saying the share), 0 where all rows are alike.
    """

    name: str
    error: float
    chance: float
    brier: float
    skill: float
    mean: float
    share: float
    count: int

    def line(self) -> str:
        """The figures as a line of a table; ! where the error is more than chance."""
        if not self.count:
            return f"{self.name:<18}   not judged of any mention"
        mark = "!" if self.error > self.chance else " "
        return (
            f"{self.name:<18}{self.error:9.3f}{mark}{self.chance:11.3f}{self.brier:9.3f}"
            f"{self.skill:8.2f}{self.mean:12.3f}{self.share:12.3f}{self.count:8d}"
        )


def calibration(true: Bools, scores: Floats, flags: Sequence[str]) -> list[Calibration]:
    """One a flag, in order. `scores` is (mentions, flags), NaN where a flag can't hold."""
    return [_of(name, true[:, i], scores[:, i]) for i, name in enumerate(flags)]


def expected_error(true: Floats, scores: Floats) -> float:
    """Expected calibration error over `BINS` bins of equal mass.

    The sum over bins of (rows in the bin / rows) * |mean score - share true|: Naeini et al. 2015 with the
    bins of Nguyen and O'Connor 2015, which Nixon et al. 2019 found steadier than bins of equal width.
    Rows of one score share their truth, so that the order of a file counts for nothing.
    """
    if not len(scores):
        return 0.0
    order = np.argsort(scores, kind="stable")
    return float(_errors(true[None, order], scores[order])[0])


def _errors(true: Floats, scores: Floats) -> Floats:
    """(rounds, rows) of truth and scores in rising order: each round's error."""
    firsts = np.flatnonzero(np.diff(scores, prepend=-np.inf))
    sizes = np.diff(firsts, append=len(scores))
    true = np.repeat(np.add.reduceat(true, firsts, axis=1) / sizes, sizes, axis=1)
    starts = np.linspace(0, len(scores), min(BINS, len(scores)), endpoint=False).astype(int)
    gaps = np.add.reduceat(true - scores, starts, axis=1)
    return np.asarray(np.abs(gaps).sum(axis=1) / len(scores))


def _of(name: str, true: Bools, scores: Floats) -> Calibration:
    judged = ~np.isnan(scores)
    truth, said = true[judged].astype(float), scores[judged]
    if not len(said):
        return Calibration(name, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0)
    brier, share = float(((said - truth) ** 2).mean()), float(truth.mean())
    idle = share * (1 - share)
    rising = np.sort(said)
    drawn = np.random.default_rng(0).random((ROUNDS, len(said))) < rising
    return Calibration(
        name,
        error=expected_error(truth, said),
        chance=float(np.percentile(_errors(drawn.astype(float), rising), 95)),
        brier=brier,
        skill=1 - brier / idle if idle else 0.0,
        mean=float(said.mean()),
        share=share,
        count=len(said),
    )
