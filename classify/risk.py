"""The risk table of the codebook, section 3: one value a mention, the highest that a flag earns."""

from __future__ import annotations

from collections.abc import Iterable

from classify.policy.schema import FlagPolicy, Policy
from core.models import RISKS, SPEAKING_UP, Flag, Protected, Reading, Risk, Sentiment, Staff

PERSONS = frozenset({"patient", "colleague", "person"})


def risk(reading: Reading, policy: Policy, *, followers: int | None, shares: int | None) -> Risk:
    """What a reading earns with this reach."""
    return risk_of(
        reading.flags, policy, staff=reading.staff, in_scope=reading.in_scope,
        sentiment=reading.sentiment, protected=reading.protected, followers=followers, shares=shares,
    )  # fmt: skip


def risk_of(
    flags: Iterable[Flag],
    policy: Policy,
    *,
    staff: Staff | None,
    in_scope: bool,
    sentiment: Sentiment,
    protected: Protected,
    followers: int | None,
    shares: int | None,
) -> Risk:
    """The same from its parts, for new metrics of a mention that was read before."""
    speaking_up = protected in SPEAKING_UP
    wide = (followers or 0) >= policy.reach.followers or (shares or 0) >= policy.reach.shares
    wide = wide and not speaking_up
    earned: list[Risk] = ["low" if in_scope and sentiment == "negative" else "none"]
    for flag in flags:
        rule = policy.flags.get(flag.name)
        earned.append("low" if rule is None else _earned(flag, rule, staff, wide, speaking_up))
    return min(earned, key=RISKS.index)


def _earned(
    flag: Flag, rule: FlagPolicy, staff: Staff | None, wide: bool, speaking_up: bool
) -> Risk:
    gravity = rule.gravity_speaking_up if speaking_up else rule.gravity
    if gravity != "medium":
        return gravity
    by_staff = staff in ("icb", "nhs")
    aimed = set(flag.target)
    holds = {
        "by_staff": by_staff,
        "at_person": bool(aimed & PERSONS),
        "by_staff_at_patient_or_colleague": by_staff and bool(aimed & {"patient", "colleague"}),
        "serious_harm": flag.harm == "serious",
    }
    return "high" if wide or any(holds[condition] for condition in rule.high_when) else "medium"
