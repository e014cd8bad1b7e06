"""Reporting a post to its platform by hand (policy, section 9): where, in what words, and writing down that it was done."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from classify.policy.schema import Policy
from collectors.integration import ReportRoute
from collectors.platforms import FACTS
from core.errors import StoreError
from core.models import RISKS, Flag, Platform
from review.auth.sessions import requires_role
from review.cases import detail
from review.context import RequestContext
from review.desk import decide, shell
from review.moderation import actions
from review.rendering import linkable, page
from review.rights.covering import Covering
from store import Item, TakedownStep
from store.cases.handoffs import URGENT

LONGEST = 200
ADDRESS = re.compile(
    r"https?://\S|\bwww\.\S", re.IGNORECASE
)  # as somebody writes down where a post stands
ASKS_FOR_DETAILS = "It asks people for their details in our name."


@requires_role("viewer")
def report(context: RequestContext) -> Response:
    """Where the platform takes reports, and what to write there."""
    return _show(context, _item(context))


@requires_role("reviewer")
def reported(context: RequestContext) -> Response:
    """Writes into the tracker of takedowns that the platform was asked."""
    item = _item(context)
    reference, note = (str(context.form.get(name, "")).strip() for name in ("reference", "remark"))
    faults: dict[str, str] = {}
    if context.form.get("done") != "yes":
        faults["done"] = (
            "Press this once you have reported it there: this page reports nothing by itself"
        )
    if len(reference) > LONGEST:
        faults["reference"] = f"Use at most {LONGEST} characters"
    case = context.store.cases.of_mention(item.number)
    if case is None:
        faults[""] = "The post is in no case, so that nothing of it can be followed"
    if faults or case is None:
        return _show(context, item, faults, 422)
    try:
        context.store.takedowns.add(TakedownStep(
            mention=item.number, step="asked", whom="platform", at=context.at, kept_at=context.at,
            by=context.user.number, how=route_of(item).name[:LONGEST], reference=reference, note=note[:4000],
        ))  # fmt: skip
    except StoreError as error:
        return _show(context, item, {"": str(error)}, 422)
    opened = context.store.cases.get(case)
    if (
        "do" in context.form and opened is not None
    ):  # nobody had decided on it when the form was made
        if security_untold(context, item) and not str(context.form.get("other", "")).strip():
            lane = shell.lane_asked(context)
            lane_part = f"&lane={lane}" if lane else ""
            return RedirectResponse(f"/cases/{case}/pass-on?post={item.number}&role=security{lane_part}#decide", 303)  # fmt: skip
        return decide.by_form(context, opened)
    return RedirectResponse(f"{detail.way(context, case)}#takedown", 303)


def _item(context: RequestContext) -> Item:
    item = context.store.figures.item(context.request.path_params["number"])
    if item is None:
        raise HTTPException(404)
    return item


def _show(
    context: RequestContext, item: Item, faults: dict[str, str] | None = None, status: int = 200
) -> Response:
    case = context.store.cases.of_mention(item.number)
    stored = context.store.mentions.get(item.number)
    followed = (
        [
            takedown
            for takedown in context.store.takedowns.of_case(case)
            if takedown.mention == item.number
        ]
        if case
        else []
    )
    return page(
        context, "moderation/report.html", status=status, item=Covering(context, [item.number]).item(item), case=case, faults=faults or {},
        way=detail.way(context, case) if case else f"/mentions/{item.number}",
        route=route_of(item), security_untold=security_untold(context, item),
        wording=wording(context.config.organisation.name, item.kind, item.flags, context.app.policy),
        address=stored.mention.url if stored and not item.deleted else "", form=context.form, waits=decide.undecided(context, item),
        guarded=actions.guarded(context, item), steps=followed[0].steps if followed else (),
    )  # fmt: skip


def route_of(item: Item, *, leak: bool = False) -> ReportRoute:
    """Where this post is reported: a page in our name, or a person's details, by the platform's own form, where it has one.

    `leak`: somebody says that it is one, whatever the program thinks.
    """
    facts = FACTS[item.platform]
    names = {flag.name for flag in item.flags}
    if leak or "pid" in names:
        return facts.privacy_route or facts.report_route
    return ("impersonation" in names and facts.impersonation_route) or facts.report_route


def is_nowhere(
    context: RequestContext, item: int, platform: Platform, steps: Sequence[TakedownStep]
) -> bool:
    """Whether a post was told of by email without an address, and no step of its takedown holds one: then nobody can look whether it is gone."""
    stored = context.store.mentions.get(item) if platform == "email" else None
    if stored is None or linkable(stored.mention.url):
        return False
    return not any(
        ADDRESS.search(words) for step in steps for words in (step.how, step.reference, step.note)
    )


def is_by_hand(
    context: RequestContext, item: int, platform: Platform, steps: Sequence[TakedownStep]
) -> bool:
    """Whether only a person can look if a post is gone: we were told of it by email, and no program asks at the address that was noted."""
    return platform == "email" and not is_nowhere(context, item, platform, steps)


def security_untold(context: RequestContext, item: Item) -> str:
    """The name of Security, where it is to know of what stands in Now and was not told; "" else."""
    number = context.store.cases.of_mention(item.number)
    role = next((role for role in context.config.review.roles if role.key == "security"), None)
    if role is None or number is None or URGENT.isdisjoint(flag.name for flag in item.flags):
        return ""
    post = next((each for each in context.store.cases.mentions(number) if each.item.number == item.number), None)  # fmt: skip
    knows = any(
        handoff.role == role.key and handoff.state != "taken back"
        for handoff in context.store.handoffs.of_case(number)
    )
    waits = post is not None and post.lane == "now" and not post.decided
    return role.name if waits and not knows else ""


def wording(
    organisation: str,
    kind: str,
    flags: Iterable[Flag],
    policy: Policy,
    confirmed: Collection[str] = (),
) -> str:
    """What to write to the platform, the gravest first. It repeats no word of the post and names nobody in it.

    `confirmed` are flags that somebody says it has, whatever the program thinks.
    """
    names = {flag.name for flag in flags} | set(confirmed)
    wrong = [(name, rule) for name, rule in policy.flags.items() if name in names and rule.report_text]  # fmt: skip
    wrong.sort(key=lambda pair: (RISKS.index(pair[1].gravity), -pair[1].missed_costs))
    if "impersonation" in names:  # such a page asks for logins, and shares none
        wrong.sort(key=lambda pair: pair[0] != "impersonation")
    reasons = [
        ASKS_FOR_DETAILS if name == "security" and "impersonation" in names else rule.report_text
        for name, rule in wrong
    ]
    reason = " ".join(reasons) or "We think that it breaks your rules."
    kind = "post" if kind == "report" else kind  # what a colleague told us of
    return (
        f"We report this {kind} as the communications team of {organisation}, a public body of the NHS in England. "
        f"{reason} Please look at it under your rules, and tell us what you decided. "
        "We give no further details of the people concerned here, so as not to spread them."
    )
