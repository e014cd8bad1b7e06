"""Reporting a post to its platform by hand (policy, section 9): where, in what words, and writing down that it was done."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from errors import StoreError
from review import case_page, platform_parts
from review.desk import Visit
from review.rendering import page
from review.reporting_routes import route, wording
from review.signing import needs
from store import Item, TakedownStep

LONGEST = 200


@needs("viewer")
def report(visit: Visit) -> Response:
    """Where the platform takes reports, and what to write there."""
    return _show(visit, _item(visit))


@needs("reviewer")
def reported(visit: Visit) -> Response:
    """Writes into the tracker of takedowns that the platform was asked."""
    item = _item(visit)
    reference, note = (str(visit.form.get(name, "")).strip() for name in ("reference", "remark"))
    faults: dict[str, str] = {}
    if visit.form.get("done") != "yes":
        faults["done"] = (
            "Tick this once you have reported it there: this page reports nothing by itself"
        )
    if len(reference) > LONGEST:
        faults["reference"] = f"Use at most {LONGEST} characters"
    case = visit.store.case_of(item.number)
    if case is None:
        faults[""] = "The post is in no case, so that nothing of it can be followed"
    if faults or case is None:
        return _show(visit, item, faults, 422)
    try:
        visit.store.add_takedown(TakedownStep(
            mention=item.number, step="asked", whom="platform", at=visit.at, kept_at=visit.at,
            by=visit.user.number, how=route(item.platform).name[:LONGEST], reference=reference, note=note[:4000],
        ))  # fmt: skip
    except StoreError as error:
        return _show(visit, item, {"": str(error)}, 422)
    return RedirectResponse(f"{case_page.way(visit, case)}#takedown", 303)


def _item(visit: Visit) -> Item:
    found = visit.store.item(visit.request.path_params["number"])
    if found is None:
        raise HTTPException(404)
    return found


def _show(
    visit: Visit, item: Item, faults: dict[str, str] | None = None, status: int = 200
) -> Response:
    case = visit.store.case_of(item.number)
    stored = visit.store.mention(item.number)
    followed = (
        [one for one in visit.store.takedowns(case) if one.mention == item.number] if case else []
    )
    return page(
        visit, "report.html", status=status, item=item, case=case, faults=faults or {},
        way=case_page.way(visit, case) if case else f"/mentions/{item.number}",
        route=route(item.platform), wording=wording(visit.desk.organisation, item.kind, item.flags),
        address=stored.mention.url if stored and not item.deleted else "", form=visit.form,
        guarded=platform_parts.guarded(visit, item), steps=followed[0].steps if followed else (),
    )  # fmt: skip
