"""Why a flag is there, or is not: the model's score, the threshold, and every rule that moved it.

It is kept with an assessment as JSON and goes out under `"why"` with `classify`'s answers, so that it holds
figures and our own words alone: never words of a post, a name or a handle.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DIGITS = 4  # to which scores are told

# Rules that say of somebody that they are no staff: where a platform's terms forbid to keep who is, what
# they suppressed is not kept either.
NOT_STAFF = "its writer is not known to be staff"
NOT_ICB = "its writer is not known to work for the ICB"
NO_DISCLAIMER_NEEDED = "only staff need a disclaimer"
SAY_WHO_IS_NO_STAFF = frozenset({NOT_STAFF, NOT_ICB, NO_DISCLAIMER_NEEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStep:
    """A rule that moved a flag's score, in words that a reviewer understands.

    `before` is None where no model scores the flag; `after` is 0 where the rule says that it can't hold.
    """

    rule: str
    before: float | None
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagExplanation:
    """The model's score before any rule (None where there is none), the threshold, and the rules in their order."""

    model: float | None
    threshold: float
    rules: tuple[RuleStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedFlag:
    """A flag that the model alone would have put on, and that a rule took below its threshold."""

    name: str
    explanation: FlagExplanation


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingExplanation:
    """What holds of a reading as a whole: what `staff` rests on, and the flags that rules suppressed.

    `staff` is "" where the platform's terms forbid to keep it.
    """

    staff: str
    suppressed: tuple[SuppressedFlag, ...] = ()

    def without_staff(self) -> ReadingExplanation:
        """The same for a platform of which nothing may be kept of who is staff."""
        suppressed = tuple(
            flag
            for flag in self.suppressed
            if SAY_WHO_IS_NO_STAFF.isdisjoint(step.rule for step in flag.explanation.rules)
        )
        return dataclasses.replace(self, staff="", suppressed=suppressed)


def flag_as_json(explanation: FlagExplanation) -> dict[str, Any]:
    """{"model": 0.97, "threshold": 0.3, "rules": [{"rule": "...", "from": 0.4, "to": 0.2}]}"""
    return {
        "model": _told(explanation.model),
        "threshold": explanation.threshold,
        "rules": [
            {"rule": step.rule, "from": _told(step.before), "to": _told(step.after)}
            for step in explanation.rules
        ],
    }


def reading_as_json(explanation: ReadingExplanation) -> dict[str, Any]:
    """{"staff": "...", "suppressed": [{"flag": "...", "model": 0.4, ...}]}"""
    return {
        "staff": explanation.staff,
        "suppressed": [
            {"flag": flag.name, **flag_as_json(flag.explanation)} for flag in explanation.suppressed
        ],
    }


def flag_from_json(written: Mapping[str, Any]) -> FlagExplanation:
    """What `flag_as_json` wrote."""
    return FlagExplanation(
        model=written["model"], threshold=written["threshold"],
        rules=tuple(
            RuleStep(rule=step["rule"], before=step["from"], after=step["to"])
            for step in written["rules"]
        ),
    )  # fmt: skip


def reading_from_json(written: Mapping[str, Any]) -> ReadingExplanation:
    """What `reading_as_json` wrote."""
    return ReadingExplanation(
        staff=written["staff"],
        suppressed=tuple(
            SuppressedFlag(name=flag["flag"], explanation=flag_from_json(flag))
            for flag in written["suppressed"]
        ),
    )


def whole_from_json(written: Mapping[str, Any]) -> ReadingExplanation:
    """The same with the flags that rules suppressed."""
    return ReadingExplanation(
        staff=written["staff"],
        suppressed=tuple(
            SuppressedFlag(name=flag["flag"], explanation=flag_from_json(flag))
            for flag in written["suppressed"]
        ),
    )


def _told(score: float | None) -> float | None:
    return None if score is None else round(score, DIGITS)
