"""The way to an employer, which is another purpose: whether it can be asked for, who has to agree, and whether it is open.

Off as it ships ([governance.employment] in config.toml). It is worked out of a case as it is now, each time: one that was
agreed to and has another post since, or another version of one, is shut again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collectors import terms
from collectors.platforms import PLATFORM_NAMES
from core import clock
from review.auth import one_person
from review.context import RequestContext
from store import AnswerAs, Case, CaseMention, EmployerRequest
from store.mentions import BY_HAND

# What can be a matter for an employer at all; that a disclaimer is missing, or that it is about a reporter, never is.
CONDUCT = frozenset(
    ("derogatory", "harassment", "threat", "hate", "sexual", "pid", "confidential", "security")
)
ASKING: Mapping[str, str] = {
    "patient": "A patient’s details, or something confidential, was given away",
    "harm": "A colleague or a patient is threatened, harassed or abused",
    "hate": "Hate or a sexual remark about people whom the writer works with or cares for",
    "security": "A code, a password or a way in was given away",
}
AGREEING: Mapping[str, str] = {
    "needed": "It is needed, and nothing milder serves",
    "harm": "It keeps someone from harm",
    "duty": "The law or a regulator asks for it",
}
REFUSING: Mapping[str, str] = {
    "milder": "Something milder serves",
    "speaking_up": "Someone may be speaking up",
    "not_bound": "The policy does not bind the writer, or this is private",
    "not_enough": "What was written does not carry it",
    "conflict": "Someone who asks or decides has a conflict of interest",
}
# Sources by which a person gives us words, or a colleague does: what such a row says of where it stood is nobody's proof.
GIVEN_BY_PEOPLE = BY_HAND | {"inbox"}
ROLES: Mapping[AnswerAs, str] = {"governance": "Governance", "guardian": "The Guardian"}


def is_protected(context: RequestContext, case: Case, mentions: Sequence[CaseMention]) -> bool:
    """Whether somebody may be speaking up in it, or it was passed to the Guardian: by the store, and by the page's posts."""
    return context.store.team_access.is_protected(case.number) or any(
        each.lane == "guardian" for each in mentions
    )


def why_not(context: RequestContext, case: Case, mentions: Sequence[CaseMention]) -> str:
    """Why it can't go to an employer, in a sentence; "" where two people may agree to it. `mentions` are the reviewable ones.

    Never for a case with more posts than its page has room for: nobody would have seen whose the others are.
    """
    items = [each.item for each in mentions]
    if context.config.governance.employment.why_off(clock.local_day(context.at)):
        return "Nothing can be passed to an employer here: that is another purpose, and it is off."
    if not any(role.type == "employer" for role in context.config.review.roles):
        return "No team of the type ‘employer’ is set up and approved."
    if not 0 < case.flagged <= len(items):
        return "Not every post of this case can be seen on its page."
    spoken = context.app.policy.names(protected_speech=True)
    if is_protected(context, case, mentions) or any(
        item.protected not in ("none", "criticism") or not {flag.name for flag in item.flags}.isdisjoint(spoken)
        for item in items
    ):  # fmt: skip
        return "Someone may be speaking up or complaining, which is lawful."
    if any(item.staff != "icb" for item in items):
        return "Not every writer says that they work for the ICB: the policy binds nobody else."
    forbidding = sorted({item.platform for item in items if terms.forbids(item.platform, "employment")})  # fmt: skip
    if forbidding:
        names = " and ".join(PLATFORM_NAMES[name] for name in forbidding)
        return f"The terms of {names} forbid it, or it was told to us for another reason."
    if any(not GIVEN_BY_PEOPLE.isdisjoint(item.sources) for item in items):
        return "A post came by an import, a note or our mailbox: nobody read it where it stood, so it is no evidence against anybody."
    if any(item.kind == "report" for item in items):
        return "What a colleague reported to us is no evidence against anybody."
    if any(CONDUCT.isdisjoint(flag.name for flag in item.flags) for item in items):
        return "Not every post is flagged for something that an employer has to know; a missing disclaimer is none."
    return ""


def posts_of(mentions: Sequence[CaseMention]) -> tuple[tuple[int, int], ...]:
    """What a request covers: every reviewable post, in the version that stands."""
    return tuple(sorted((each.item.number, each.item.revision) for each in mentions))


def is_open(context: RequestContext, case: Case, mentions: Sequence[CaseMention]) -> bool:
    """Whether two people agreed to these very posts, and it still may be."""
    if not context.config.governance.employment.in_force(clock.local_day(context.at)):
        return False
    request = context.store.purposes.last(case.number)
    return (
        request is not None
        and request.agreed
        and request.posts == posts_of(mentions)
        and not why_not(context, case, mentions)
    )


def may_answer(context: RequestContext, request: EmployerRequest) -> list[AnswerAs]:
    """As what somebody can answer: by their roles, where it waits for that one and they are not one of the others."""
    if why_not_answer(context, request):
        return []
    return [role for role in ROLES if role in context.user.roles and request.waits_for(role)]


def why_not_answer(context: RequestContext, request: EmployerRequest) -> str:
    """Why somebody is no other person than whoever asked and answered, in a sentence; "" where they are."""
    others = [request.by, *(each.by for each in request.answers)]
    return one_person.why_not(context.store, context.user, others, at=context.at)
