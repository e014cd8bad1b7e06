"""The risk table of the codebook, section 3: one value a mention, the highest that a flag earns."""

from __future__ import annotations

from collections.abc import Iterable

from classify.policy.schema import FlagPolicy, Policy
from core.models import RISKS, Flag, Reading, Risk, Sentiment, Staff

PERSONS = frozenset({"patient", "colleague", "person"})


def risk(reading: Reading, policy: Policy, *, followers: int | None, shares: int | None) -> Risk:
    """What a reading earns with this reach."""
    return risk_of(
        reading.flags, policy, staff=reading.staff, in_scope=reading.in_scope,
        sentiment=reading.sentiment, followers=followers, shares=shares,
    )  # fmt: skip


def risk_of(
    flags: Iterable[Flag],
    policy: Policy,
    *,
    staff: Staff | None,
    in_scope: bool,
    sentiment: Sentiment,
    followers: int | None,
    shares: int | None,
) -> Risk:
    """The same from its parts, for new metrics of a mention that was read before."""
    wide = (followers or 0) >= policy.reach.followers or (shares or 0) >= policy.reach.shares
    earned: list[Risk] = ["low" if in_scope and sentiment == "negative" else "none"]
    for flag in flags:
        rule = policy.flags.get(flag.name)
        earned.append("low" if rule is None else _earned(flag, rule, staff, wide))
    return min(earned, key=RISKS.index)


def _earned(flag: Flag, rule: FlagPolicy, staff: Staff | None, wide: bool) -> Risk:
    if rule.gravity != "medium":
        return rule.gravity
    by_staff = staff in ("icb", "nhs")
    aimed = set(flag.target)
    holds = {
        "by_staff": by_staff,
        "at_person": bool(aimed & PERSONS),
        "by_staff_at_patient_or_colleague": by_staff and bool(aimed & {"patient", "colleague"}),
        "serious_harm": flag.harm == "serious",
    }
    return "high" if wide or any(holds[condition] for condition in rule.high_when) else "medium"
