"""Reporting a post to its platform by hand (policy, section 9): where, in what words, and writing down that it was done."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from classify.policy.schema import Policy
from collectors.platforms import FACTS
from core.errors import StoreError
from core.models import RISKS, Flag
from review.auth.sessions import requires_role
from review.cases import detail
from review.context import RequestContext
from review.desk import decide
from review.moderation import actions
from review.rendering import page
from store import Item, TakedownStep

LONGEST = 200


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
            by=context.user.number, how=FACTS[item.platform].report_route.name[:LONGEST], reference=reference, note=note[:4000],
        ))  # fmt: skip
    except StoreError as error:
        return _show(context, item, {"": str(error)}, 422)
    opened = context.store.cases.get(case)
    if (
        "do" in context.form and opened is not None
    ):  # nobody had decided on it when the form was made
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
        context, "moderation/report.html", status=status, item=item, case=case, faults=faults or {},
        way=detail.way(context, case) if case else f"/mentions/{item.number}",
        route=FACTS[item.platform].report_route,
        wording=wording(context.config.organisation.name, item.kind, item.flags, context.app.policy),
        address=stored.mention.url if stored and not item.deleted else "", form=context.form, waits=decide.undecided(context, item),
        guarded=actions.guarded(context, item), steps=followed[0].steps if followed else (),
    )  # fmt: skip


def wording(organisation: str, kind: str, flags: Iterable[Flag], policy: Policy) -> str:
    """What to write to the platform, the gravest first. It repeats no word of the post and names nobody in it."""
    names = {flag.name for flag in flags}
    wrong = [flag for name, flag in policy.flags.items() if name in names and flag.report_text]
    wrong.sort(key=lambda flag: (RISKS.index(flag.gravity), -flag.missed_costs))
    reason = " ".join(flag.report_text for flag in wrong) or "We think that it breaks your rules."
    return (
        f"We report this {kind} as the communications team of {organisation}, a public body of the NHS in England. "
        f"{reason} Please look at it under your rules, and tell us what you decided. "
        "We give no further details of the people concerned here, so as not to spread them."
    )
