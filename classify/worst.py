"""The errors that cost most: what a person should look at first to mend a model or a policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from classify.cases import Case
from classify.policy import Policy
from mention import RISKS

MOST = 15  # of each kind


@dataclass(frozen=True, slots=True)
class Wrong:
    """One flag that was missed or needlessly raised. `cost` is in needless readings.

    `sure` is how far the score lay on the wrong side, from 0 to 1; `masked` is never saved.
    """

    kind: Literal["missed", "needless"]
    id: str
    flag: str
    gravity: str
    cost: float
    score: float
    sure: float
    masked: str


def worst(cases: Sequence[Case], policy: Policy, most: int = MOST) -> list[Wrong]:
    """The `most` worst misses, then the `most` worst false alarms.

    Misses go by `missed_costs` of policy.toml, then by gravity; a false alarm costs one reading, so that
    they go by gravity alone; in each the most confident first. A missed flag that can't hold of the
    mention as it was read (out of scope, say) has the score 0.
    """
    missed, needless = [], []
    for case in cases:
        missed += [_wrong("missed", case, flag, policy) for flag in case.true - case.said]
        needless += [_wrong("needless", case, flag, policy) for flag in case.said - case.true]
    return [
        one for found in (missed, needless) for one in sorted(filter(None, found), key=_rank)[:most]
    ]


def _wrong(
    kind: Literal["missed", "needless"], case: Case, flag: str, policy: Policy
) -> Wrong | None:
    rule = policy.flags.get(flag)
    if rule is None:
        return None  # an optional rule: nothing that a model could learn
    score = case.scores.get(flag, 0.0)
    return Wrong(
        kind, str(case.line.id), flag, rule.gravity,
        cost=rule.missed_costs if kind == "missed" else 1.0,
        score=score, sure=1 - score if kind == "missed" else score, masked=case.masked,
    )  # fmt: skip


def _rank(wrong: Wrong) -> tuple[float, int, float, str, str]:
    gravity = [risk for risk in RISKS if risk != "none"].index(wrong.gravity)  # type: ignore[arg-type]
    return -wrong.cost, gravity, -wrong.sure, wrong.id, wrong.flag
