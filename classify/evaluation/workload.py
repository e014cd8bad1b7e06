"""What thresholds cost a team: how many mentions a day they put before people, and what they miss.

A labelled file holds far more that is flagged than a day does. So the mentions with a true flag are
weighed to the share that a day is taken to hold, and the others to the rest; among the flagged, flags
keep the mix of the file. Volume, share and budget are the reader's to say; the defaults are guesses.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classify.evaluation.metrics import Bools, Case, Floats, named, scored
from classify.policy.schema import Policy
from core.errors import InputError
from core.estimates import Figure
from core.models import RISKS
from core.statistics import Draws, figure, ratio

GRID = tuple(round(0.1 * step, 1) for step in range(1, 10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day as it is taken to be. `prevalence` is the share of a day's mentions that earn a flag.

    200 mentions, one in five flagged and 60 items that a team can read: assumptions, nobody's figures.
    Raises InputError for what is no finite number.
    """

    volume: float = 200
    prevalence: float = 0.2
    budget: float = 60

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.volume, self.prevalence, self.budget))):
            raise InputError("--volume, --prevalence and --budget must be finite numbers")


USUAL = Day()


@dataclass(frozen=True, slots=True)
class Sweep:
    """One flag at each threshold of GRID, as if it alone were read: shares, and items a day."""

    name: str
    threshold: float  # in force
    recall: Sequence[float]
    precision: Sequence[float]
    items: Sequence[float]


@dataclass(frozen=True, slots=True)
class Load:
    """What one flag brings a day at the threshold in force; `alone` are items with no other flag."""

    name: str
    threshold: float
    items: float
    alone: float
    needless: float
    missed: float


@dataclass(frozen=True, slots=True)
class Queue:
    """What is put before people on a day: whatever is flagged or was not read in full."""

    day: Day
    items: Figure
    needless: Figure  # items with no true flag
    missed: Figure  # mentions with a true flag that are not among the items
    by_risk: Mapping[str, float]
    not_read: float
    loads: Sequence[Load]
    reweighted: bool  # False where the file holds only flagged or only unflagged mentions


def sweeps(cases: Sequence[Case], policy: Policy, day: Day) -> list[Sweep]:
    """Every flag that the file holds a positive of, at every threshold of GRID."""
    flags = tuple(policy.in_use)
    true = named([case.true for case in cases], flags)
    scores = scored([case.scores for case in cases], flags)
    weights, _ = _weights(true, day)
    return [
        _sweep(name, policy.flags[name].threshold, true[:, i], scores[:, i], weights)
        for i, name in enumerate(flags)
        if true[:, i].any()
    ]


def _sweep(name: str, threshold: float, true: Bools, scores: Floats, weights: Floats) -> Sweep:
    recall, precision, items = [], [], []
    for least in GRID:
        predicted = np.nan_to_num(scores, nan=-1.0) >= least
        predicted_positives, hits = (
            float(weights[predicted].sum()),
            float(weights[predicted & true].sum()),
        )
        items.append(predicted_positives)
        precision.append(hits / predicted_positives if predicted_positives else float("nan"))
        recall.append(float(predicted[true].mean()))
    return Sweep(name, threshold, recall, precision, items)


def queue(cases: Sequence[Case], policy: Policy, day: Day) -> Queue:
    """A day's list at the thresholds in force, with 95 % intervals for its lengths."""
    flags = tuple(policy.in_use)
    true = named([case.true for case in cases], flags)
    predicted = named([case.predicted for case in cases], flags)
    weights, reweighted = _weights(true, day)
    unread = np.array([case.answer["read"] != "full" for case in cases], dtype=bool)
    flagged = np.array([bool(case.answer["flags"]) for case in cases], dtype=bool)
    listed, holds = flagged | unread, np.asarray(true.any(axis=1), dtype=bool)
    lengths = {"items": listed, "needless": listed & ~holds, "missed": holds & ~listed}
    figures = {name: _a_day(name, rows, holds, day, reweighted) for name, rows in lengths.items()}
    risks = [case.answer["risk"] for case in cases]
    by_risk: dict[str, float] = {
        risk: float(
            weights[flagged & np.array([case_risk == risk for case_risk in risks], bool)].sum()
        )
        for risk in RISKS
    }
    loads = [
        _load(name, policy.flags[name].threshold, i, true, predicted, weights)
        for i, name in enumerate(flags)
    ]
    return Queue(
        day=day,
        by_risk=by_risk,
        not_read=float(weights[unread & ~flagged].sum()),
        loads=loads,
        reweighted=reweighted,
        **figures,
    )


def _weights(true: Bools, day: Day) -> tuple[Floats, bool]:
    """How many of a day's mentions each row stands for; False where one kind is missing."""
    holds = np.asarray(true.any(axis=1), dtype=bool)
    share = float(holds.mean()) if len(holds) else 0.0
    if not 0 < share < 1:
        return np.full(len(holds), day.volume / max(1, len(holds))), False
    part = np.where(holds, day.prevalence / holds.sum(), (1 - day.prevalence) / (~holds).sum())
    return day.volume * part, True


def _a_day(name: str, rows: Bools, holds: Bools, day: Day, reweighted: bool) -> Figure:
    """Each sample is weighed by its own share of flagged mentions."""
    sums = Draws(len(rows)).sums(np.stack([rows & holds, holds, rows & ~holds, ~holds], axis=1))
    if reweighted:
        flagged, others = ratio(sums[:, 0], sums[:, 1]), ratio(sums[:, 2], sums[:, 3])
        share = day.prevalence * flagged + (1 - day.prevalence) * others
    else:
        share = ratio(sums[:, 0] + sums[:, 2], sums[:, 1] + sums[:, 3])
    return figure(name, day.volume * share, len(rows))


def _load(
    name: str, threshold: float, column: int, true: Bools, predicted: Bools, weights: Floats
) -> Load:
    flagged, holds = predicted[:, column], true[:, column]
    return Load(
        name,
        threshold,
        items=float(weights[flagged].sum()),
        alone=float(weights[flagged & (predicted.sum(axis=1) == 1)].sum()),
        needless=float(weights[flagged & ~holds].sum()),
        missed=float(weights[holds & ~flagged].sum()),
    )
