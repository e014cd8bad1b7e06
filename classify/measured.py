"""All that `evaluate` says of one file, gathered before anything is worded."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from classify import calibration, fairness, workload, worst
from classify.calibration import Calibration
from classify.cases import Case, named, scored
from classify.evaluate import Evaluation, evaluate
from classify.fairness import Fairness, Rate
from classify.intervals import Share
from classify.peers import Peer
from classify.policy import Policy
from classify.workload import Day, Queue, Sweep
from classify.worst import Wrong


@dataclass(frozen=True, kw_only=True)
class Measured:
    """How good a model is under a policy on so many labelled mentions."""

    file: str
    model: str
    policy: str
    count: int
    evaluation: Evaluation
    calibration: Sequence[Calibration]
    sweeps: Sequence[Sweep]
    queue: Queue
    worst: Sequence[Wrong]
    fairness: Fairness
    peers: Sequence[Peer] = field(default=())

    def record(self) -> dict[str, Any]:
        """Every figure as plain data for JSON: ids and numbers, no word of a post."""
        told: dict[str, Any] = _plain(self)
        for wrong in told["worst"]:
            del wrong["masked"]
        return told


def measure(cases: Sequence[Case], policy: Policy, day: Day, *, file: str, model: str) -> Measured:
    """Everything but the peers, which the caller adds."""
    flags = tuple(policy.flags)
    scores = scored([case.scores for case in cases], flags)
    true = named([case.true for case in cases], flags)
    return Measured(
        file=file,
        model=model,
        policy=policy.version,
        count=len(cases),
        evaluation=evaluate(
            [case.labels for case in cases], [case.answer for case in cases], flags, scores
        ),
        calibration=calibration.calibration(true, scores, flags),
        sweeps=workload.sweeps(cases, policy, day),
        queue=workload.queue(cases, policy, day),
        worst=worst.worst(cases, policy),
        fairness=fairness.fairness(cases, policy),
    )


def _plain(value: Any) -> Any:
    """Dataclasses as objects; what can't be told (NaN) as null."""
    if isinstance(value, Rate):
        gap, low, high = value.gap
        told = {"share": value.share, "rest": value.rest, "gap": gap, "gap_interval": [low, high]}
        told |= {"gap_at_like_length": value.alike, "marked": value.marked, "stays": value.stays}
        return _plain(told)
    if isinstance(value, Share):
        return {"hits": value.hits, "count": value.count, "interval": list(value.interval)}
    if dataclasses.is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
