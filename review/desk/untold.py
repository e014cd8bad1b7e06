"""Whether whoever has to know of danger, a threat or a leak was told, as far as anybody wrote it down or an email left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reports.handoffs import role_of
from review.context import RequestContext
from review.desk import alerted, asked
from settings.review import EscalationRole
from store import Case, PathKind
from store.cases.endings import TELLS

# Of each flag the path that tells of it, and the team that it tells.
PATH_OF: Mapping[str, PathKind] = {"safeguarding": "danger", "threat": "threat", "pid": "leak"}
TEAM_OF: Mapping[str, str] = {"safeguarding": "safeguarding", "threat": "security", "pid": "information_governance"}  # fmt: skip
NAMES = {"safeguarding": "Safeguarding", "security": "Security", "information_governance": "Information governance"}  # fmt: skip
_RANG = ("ring", "has_it")


def untold(context: RequestContext, case: Case, flag: str, posts: Collection[int]) -> str:
    """The name of the team that was not told of these posts; "" where it was emailed, rung or told, or said that it has it."""
    key = TEAM_OF[flag]
    if case.protected and key == "security":
        key = "safeguarding"
    roles = context.config.review.roles
    name = next((role.name for role in roles if role.key == key), NAMES[key])
    for handoff in context.store.handoffs.of_case(case.number):
        about = handoff.role == key and any(number in posts for number, _ in handoff.posts)
        reached = handoff.state in ("confirmed", "answered") or asked.last_email(handoff) == "sent"
        if about and handoff.state != "taken back" and reached:
            return ""
    standing = context.store.path_steps.path(case.number, PATH_OF[flag]).standing
    if standing.keys() & set(_RANG) or ("tell" in standing and standing["tell"].who):
        return ""
    mails = context.store.alerts.mails_of_case(case.number)
    emailed = {alerted.whom(context, mail).casefold() for mail in mails if mail.sent_at is not None}
    return "" if name.casefold() in emailed else name


def unmet(
    context: RequestContext, case: Case, role: EscalationRole, posts: Mapping[int, Collection[str]]
) -> dict[str, str]:
    """What these posts hold that this team need not know of, with the team that must and was not told yet.

    `posts` are the posts with their flags; the answer is by flag, the gravest first.
    """
    left: dict[str, str] = {}
    for flag, types in TELLS.items():
        about = [post for post, flags in posts.items() if flag in flags]
        if about and role.type not in types and role.key != TEAM_OF[flag]:
            teams = [untold(context, case, flag, [post]) for post in about]
            if any(teams):
                left[flag] = next(filter(None, teams))
    return left


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What went to another team alone: the team that was not told, the one that was asked, and the address of the steps."""

    team: str
    other: str
    steps: str


def elsewhere(
    context: RequestContext, case: Case, left: Mapping[int, Collection[str]]
) -> list[Elsewhere]:
    """Of the posts with flags of which nobody who must know was told, those that another team was asked about."""
    alone: dict[str, Elsewhere] = {}
    for handoff in context.store.handoffs.of_case(case.number):
        role = role_of(context.config, handoff.role)
        if handoff.state == "taken back":
            continue
        for post, _ in handoff.posts:
            for flag in left.get(post, ()):
                team = untold(context, case, flag, [post])
                if team and role.type not in TELLS[flag] and role.key != TEAM_OF[flag]:
                    steps = f"/cases/{case.number}/{PATH_OF[flag]}?post={post}#open"
                    alone.setdefault(flag, Elsewhere(team=team, other=role.name, steps=steps))
    return list(alone.values())


def add(reason: str, team: str) -> str:
    """A reason with whom nobody told, as it is read afterwards: “A saying or a joke. Security was not told”."""
    return f"{reason.rstrip('.')}. {team} was not told" if team else reason
