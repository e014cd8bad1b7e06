"""To which teams a case can be passed: by what each team is, never by what it is called.

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
) -> list[EscalationRole]:
    """The teams that are set up and may have it; `claimed` are flags that whoever passes it on says it holds."""
    closed: set[TeamType] = {"police"}
    if not employer.is_open(context, case, mentions):
        closed.add("employer")
    roles = [role for role in context.config.review.roles if role.type not in closed]
    if not employer.is_protected(context, case, mentions):
        return roles
    may = _open_to_protected(context, case, mentions, claimed)
    return [role for role in roles if role.type in may]


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
