"""What may be protected speech in a case, and who hears it by default: PALS or the Guardian, never an employer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from classify.policy.schema import Policy
from review.context import RequestContext
from review.replies.suggest import said_of
from steps.models import protected
from store import CaseDecided, CaseMention


def parts(
    context: RequestContext,
    worth: Sequence[CaseMention],
    named: Collection[str],
    missed: Mapping[int, Sequence[str]],
    history: Sequence[CaseDecided],
) -> dict[str, object]:
    """`protected`: whether it is lawful speech, in which nobody need speak up; `heard`: the role that is chosen beforehand, "" for none.

    `named` are all flags that somebody or something put on the case.
    """
    policy = context.app.policy
    spoken = not set(policy.names(protected_speech=True)).isdisjoint(named)
    is_protected = spoken or any(_criticism(mention, missed, history, policy) for mention in worth)
    heard = _heard(worth, named, policy) if is_protected else ""
    return {
        "protected": is_protected,
        "heard": next((role.key for role in context.config.review.roles if role.type == heard), ""),
    }


def _criticism(
    mention: CaseMention,
    missed: Mapping[int, Sequence[str]],
    history: Sequence[CaseDecided],
    policy: Policy,
) -> bool:
    """Whether a post speaks ill of an organisation, and of nobody, with no ground to remove it."""
    item = mention.item
    labels = dict.fromkeys(missed.get(item.number, ()), True)
    labels |= said_of(item.number, item.revision, history)
    insults = policy.names(takedown_ground="at_people")
    ill = any(flag.name in insults and labels.get(flag.name) is not False for flag in item.flags)
    return ill and protected(item.flags, labels, policy)


def _heard(worth: Sequence[CaseMention], named: Collection[str], policy: Policy) -> str:
    """Staff who speak up go to the Guardian, everybody else to PALS; "" where somebody else comes first."""
    if not set(policy.names(heard_by="other")).isdisjoint(named):
        return ""
    staff = any(mention.item.staff in ("icb", "nhs") for mention in worth)
    by_guardian = not set(policy.names(heard_by="guardian")).isdisjoint(named)
    return "guardian" if by_guardian or staff else "pals"
