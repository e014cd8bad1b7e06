"""Where a post waits for a person, and why in one line: by rules, from flags, masks, whose page it is and places.

A lane is a promise with a time (classify/policy/policy.toml, `lane`): by harm, never by a count of flags.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.policy.schema import Policy
from core.models import SPEAKING_UP, Flag, Lane
from store import LanePlacing, PostFacts

LONGEST_REASON = 42  # characters, as a row has room for
LANE_ORDER: tuple[Lane, ...] = ("now", "answer", "look", "guardian", "rest")  # worst first
AIMED = frozenset(("patient", "colleague", "person"))
PERSON_FIRST = 10**9  # more than any reach, so that what is aimed at somebody comes first
# Kinds of masked details that single a patient out, the most telling first, and what a row calls them
DETAILS = {
    "NHS number": "NHS number", "CHI number": "CHI number", "hospital number": "hospital number",
    "date of birth": "date of birth", "address": "address", "postcode": "address",
    "phone": "phone number", "email": "email", "bank account": "bank details",
    "passport number": "passport number", "NI number": "NI number", "licence number": "licence number",
    "name": "name",
}  # fmt: skip
_MASKED = re.compile(r"\[([^\[\]]{2,60})\]")


def placing_of(facts: PostFacts, places: Sequence[str], policy: Policy) -> LanePlacing:
    """The lane of a post, its reason and its order within the lane."""
    lane = lane_of(facts, policy)
    return LanePlacing(
        lane=lane, reason=reason_of(facts, lane, places, policy), weight=weight_of(facts, policy)
    )


def lane_of(facts: PostFacts, policy: Policy) -> Lane:
    """Where it waits. What a colleague reported is in Now until somebody has looked, whatever the model says."""
    if facts.reported:
        return "now"
    lanes = {_lane_of_flag(flag, facts, policy) for flag in facts.flags}
    lanes |= {policy.flags[name].lane for name in facts.missed if name in policy.flags}
    if "now" in lanes:
        return "now"
    if facts.protected in SPEAKING_UP and facts.staff in ("icb", "nhs"):
        return "guardian"
    if facts.edited or _reaches_far(facts, policy):
        lanes.add("look")
    return next((lane for lane in LANE_ORDER if lane in lanes), "rest")


def weight_of(facts: PostFacts, policy: Policy) -> int:
    """The order within a lane: danger to life, then what is aimed at a person, then reach."""
    danger = any(flag.name in policy.names(in_danger=True) for flag in facts.flags)
    aimed = any(AIMED & set(flag.target) for flag in facts.flags)
    reach = (facts.followers or 0) + 100 * (facts.shares or 0)
    return min(reach, PERSON_FIRST - 1) + PERSON_FIRST * (aimed + 2 * danger)


def reason_of(facts: PostFacts, lane: Lane, places: Sequence[str], policy: Policy) -> str:
    """Why it stands there, in at most 42 characters, of fixed words and the organisation's own names alone."""
    flags = [flag for flag in facts.flags if flag.name in policy.flags]
    flags.sort(key=lambda flag: LANE_ORDER.index(_lane_of_flag(flag, facts, policy)))
    if lane == "guardian":
        return "May be speaking up"
    if flags:
        return policy.flags[flags[0].name].reason
    return "Could not be read in full" if facts.read != "full" else "Nothing flagged"


def _lane_of_flag(flag: Flag, facts: PostFacts, policy: Policy) -> Lane:
    known = policy.flags.get(flag.name)
    return known.lane if known else "rest"


def _reaches_far(facts: PostFacts, policy: Policy) -> bool:
    return bool(facts.flags) and (
        (facts.followers or 0) >= policy.reach.followers
        or (facts.shares or 0) >= policy.reach.shares
    )


def mail_words_of(facts: PostFacts, policy: Policy) -> str:
    """The same in fixed words for emails, which hold nothing of the post."""
    flags = [flag for flag in facts.flags if flag.name in policy.flags]
    flags.sort(key=lambda flag: LANE_ORDER.index(_lane_of_flag(flag, facts, policy)))
    words = policy.flags[flags[0].name].mail_words if flags else "A post"
    return f"{words}, told by a colleague" if facts.reported else words
