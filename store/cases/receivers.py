"""Which types of team may have a post, by whose it is and what it is about: never by what a team is called.

What somebody who works for the NHS wrote goes to few, each for what is its matter alone, so that no team of whatever name is
a way to an employer. A team of no type has ordinary posts by the public.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from core.models import TEAM_TYPES, Platform, Protected, Staff, TeamType

_DANGERS = frozenset(("safeguarding", "threat"))
# Open whatever it is: nothing slows danger or speaking up, and the police and an employer have refusals of their own
ALWAYS: frozenset[TeamType] = frozenset(("guardian", "safeguarding", "police", "employer"))
# Of what staff wrote, the flags for which a type has it
MATTERS: Mapping[TeamType, frozenset[str]] = {
    "information_governance": frozenset(("pid", "confidential", "removal_request", "security")),
    "security": _DANGERS | {"security"},
    "media": frozenset(("media", "misinformation", "removal_request", "impersonation")),
    "pals": frozenset(("assistance", "removal_request")),
}
# What any public body may be told for its service: a request, a claim to check, danger
SERVICE = _DANGERS | {"assistance", "removal_request", "misinformation", "allegation", "media"}
OF_SERVICE: frozenset[Protected] = frozenset(("complaint", "criticism"))
# What can be a matter for somebody's employer
CONDUCT = frozenset(
    ("derogatory", "harassment", "threat", "hate", "sexual", "pid", "confidential", "security")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivingRules:
    """What terms of use and the policy say of it: platforms that forbid employment, those of which nobody keeps who is staff, flags of staff alone."""

    no_employment: frozenset[str] = frozenset()
    staff_unknown: frozenset[str] = frozenset()
    staff_flags: frozenset[str] = frozenset(("grievance", "no_disclaimer"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """What decides who may have a post."""

    staff: Staff | None
    platform: Platform
    protected: Protected
    flags: frozenset[str]

    def by_staff(self, rules: ReceivingRules) -> bool:
        """Whether whoever wrote it works for the NHS, or its flags say so."""
        return self.staff in ("icb", "nhs") or not rules.staff_flags.isdisjoint(self.flags)


def open_types(
    posts: Iterable[PostFacts], rules: ReceivingRules, claimed: Collection[str] = ()
) -> frozenset[TeamType]:
    """The types of team that may have every one of these posts; `claimed` are flags that people say they hold."""
    listed = list(posts)
    return frozenset(
        team for team in TEAM_TYPES if all(_may_have(team, post, rules, frozenset(claimed)) for post in listed)
    )  # fmt: skip


def _may_have(
    team: TeamType, post: PostFacts, rules: ReceivingRules, claimed: frozenset[str]
) -> bool:
    flags = post.flags | claimed
    if team in ALWAYS:
        return True
    if post.by_staff(rules):
        own_complaint = team == "pals" and post.protected == "complaint"
        return own_complaint or not MATTERS.get(team, frozenset()).isdisjoint(flags)
    if team != "other" or post.platform not in rules.no_employment:
        return True
    if post.protected in OF_SERVICE or not SERVICE.isdisjoint(flags):
        return True
    return post.platform not in rules.staff_unknown and CONDUCT.isdisjoint(flags)
