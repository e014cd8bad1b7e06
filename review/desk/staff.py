"""What may be done about a post whose writer may work here, what may not, and whom to ask: said on the case itself.

A label is no finding, and the desk is not a way to an employer (decision 33, docs/privacy/questions.md): what leads there is another
purpose, off as it ships, and takes two more people where it is on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from collectors import terms
from collectors.platforms import PLATFORM_NAMES
from core import clock
from review.context import RequestContext
from review.team import colleagues
from store import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAdvice:
    """Four sentences: whose post it is, what is open to an officer, what nobody does, and whom to ask. `leads_on`: there is a page to ask by."""

    whose: str
    may: str
    may_not: str
    ask: str
    leads_on: bool


def advice(
    context: RequestContext, item: Item, flags: Collection[str], speaking_up: bool
) -> StaffAdvice | None:
    """Of a post that may be by staff; None of any other, to whoever may not read it, of what is the Guardian's alone, and of a report to us, which nobody posted."""
    says_so = item.staff in ("icb", "nhs")
    if not context.reads_staff or speaking_up or item.own or item.kind == "report":
        return None
    if not says_so and context.app.policy.of_staff_alone.isdisjoint(flags):
        return None
    elsewhere = item.staff == "nhs"
    on = context.config.governance.employment.in_force(clock.local_day(context.at))
    whose = "Its writer may work here."
    if item.staff is None and terms.forbids(item.platform, "background_checks"):
        whose = f"Its writer may work here, by these words alone: the terms of {PLATFORM_NAMES[item.platform]} forbid to hold what a profile says."
    if says_so:
        whose = (
            "Its writer says that they work elsewhere in the NHS: our policy does not bind them."
            if elsewhere
            else "Its writer says that they work for us."
        )
    never = "Don’t look for who wrote it, don’t list it, and don’t tell a manager or an employer"
    if elsewhere:
        may_not = f"{never}: nothing of theirs can go there."
    elif terms.forbids(item.platform, "employment"):
        may_not = f"{never}: the terms of {PLATFORM_NAMES[item.platform]} forbid that use."
    elif on:
        may_not = (
            f"{never} yourself: that takes governance and the Guardian, two people who each agree."
        )
    else:
        may_not = f"{never}: that is another purpose, and it is not in use here."
    return StaffAdvice(
        whose=whose, may_not=may_not, ask=_ask(context),
        may="Treat it as anyone’s: answer, watch, pass it to the team whose matter it is (information governance for what is not public), or to the Guardian where someone may be speaking up.",
        leads_on=on and not elsewhere and not terms.forbids(item.platform, "employment"),
    )  # fmt: skip


def _ask(context: RequestContext) -> str:
    """By name, whoever holds governance and can sign in; at most two."""
    names = [user.name for user in colleagues.everybody(context) if user.active and "governance" in user.roles][:2]  # fmt: skip
    who = (
        f"governance: {' or '.join(names)}"
        if names
        else "whoever answers for governance, or a lead"
    )
    return f"In doubt, ask {who}."
