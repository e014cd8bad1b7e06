"""To which teams a case can be passed: by what each team is, never by what it is called.

What staff wrote goes to few, each for what is its matter, and to no team of another type (`store.cases.receivers`).
What may be speaking up is for the Guardian. Where somebody is in danger it goes to safeguarding as well, and a patient's
details to information governance, by whoever passes it on. The police have a page of their own, for governance; an employer
needs two people's agreement. A telephone call to 999 is nobody's permission, and no part of this.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.models import TeamType
from review.cases import employer
from review.context import RequestContext
from settings.review import EscalationRole
from store import Case, CaseMention
from store.cases.handoffs import DANGERS

LEAK = "pid"


def offered(
    context: RequestContext,
    case: Case,
    mentions: Sequence[CaseMention],
    claimed: Collection[str] = (),
    covered: Sequence[CaseMention] | None = None,
) -> list[EscalationRole]:
    """The teams that are set up and may have it, or those posts of it that are `covered`; `claimed` are flags that whoever passes it on says it holds."""
    closed: set[TeamType] = {"police"}
    if not employer.is_open(context, case, mentions):
        closed.add("employer")
    posts = [(each.item.number, each.item.revision) for each in (mentions if covered is None else covered)]  # fmt: skip
    by_type = context.store.team_access.open_types(case.number, posts, claimed)
    roles = [
        role for role in context.config.review.roles
        if role.type not in closed and role.type in by_type
    ]  # fmt: skip
    if not employer.is_protected(context, case, mentions):
        return roles
    may = _open_to_protected(context, case, mentions, claimed)
    return [role for role in roles if role.type in may]


def leaves_out(
    context: RequestContext, case: Case, covered: Sequence[CaseMention], roles: Sequence[EscalationRole]
) -> bool:  # fmt: skip
    """Whether a team is left out of these `roles` for what the posts are, which whoever looks for it has to be told."""
    posts = [(each.item.number, each.item.revision) for each in covered]
    by_type = context.store.team_access.open_types(case.number, posts)
    shown = {role.key for role in roles}
    return any(role.type not in by_type and role.key not in shown for role in context.config.review.roles)  # fmt: skip


def _open_to_protected(
    context: RequestContext, case: Case, mentions: Sequence[CaseMention], claimed: Collection[str]
) -> set[TeamType]:
    named = {*claimed, *(flag.name for each in mentions for flag in each.item.flags)}
    for missed in context.store.sample_answers.false_negatives(case.number).values():
        named.update(missed)
    for entry in context.store.cases.history(case.number):
        if not entry.undone:
            named.update(name for name, holds in entry.decision.labels.items() if holds)
    may: set[TeamType] = {"guardian"}
    # what a colleague reported may be anything until somebody has looked
    if not DANGERS.isdisjoint(named) or any(each.reported for each in mentions):
        may.add("safeguarding")
    if LEAK in named:
        may.add("information_governance")
    return may
