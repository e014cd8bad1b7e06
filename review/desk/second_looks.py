"""What somebody else has to look at a second time: what was closed as no danger, threat or leak, or put aside though it is grave or tells of harm.

Only who opened the case after it was closed says that it holds; that can be taken back, and the case's history has both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.text import sentence
from review.auth.one_person import same_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import rows
from review.desk.suggestions import DONE, IS_NONE
from review.rights import covering
from store.cases.second_looks import SecondLook
from store.cases.workload import MOST_LOOKS, Dismissed, PutAside

DISMISSED = ("safeguarding", "threat", "pid")  # flags of which somebody said that they don’t hold
FLUSH = 2.0  # seconds in which a look that was just made is written down


@dataclass(frozen=True, slots=True, kw_only=True)
class LookWanted:
    """A decision at which somebody else has to look. `own`: whoever asks made it; `opened`: they had the case open since."""

    case: int
    version: int
    at: datetime
    by_name: str
    words: str
    own: bool
    opened: bool
    reason: str = field(default="", repr=False)
    first_words: str = field(default="", repr=False)  # of its post, masked


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksWanted:
    """The newest of them, at most `most` of each kind, and the look that was just written down or taken back, as the address says."""

    dismissed: Sequence[LookWanted]
    put_aside: Sequence[LookWanted]
    most: int = MOST_LOOKS
    look: SecondLook | None = None


def wanted(context: RequestContext) -> LooksWanted:
    """What waits for a second look now, newest first."""
    dismissed = context.store.workload.dismissed(DISMISSED)
    put_aside = context.store.workload.put_aside()
    cases = {each.case for each in dismissed} | {each.case for each in put_aside}
    if cases:
        context.app.views.flush(FLUSH)
    opened = context.store.second_looks.opened(context.user.number, cases) if cases else {}
    words, people = _first_words(context, cases), {user.number: user for user in context.store.users.all()}  # fmt: skip

    def line(each: Dismissed | PutAside, decided: str) -> LookWanted:
        return LookWanted(
            case=each.case, version=each.version, at=each.at, by_name=each.by_name, words=decided, reason=each.reason,
            own=same_person(context.user, people.get(each.by or 0)), opened=opened.get(each.case, "") > clock.text(each.at), first_words=words.get(each.case, ""),
        )  # fmt: skip

    return LooksWanted(
        dismissed=[line(each, f"closed it as {IS_NONE.get(each.flag, each.flag)}") for each in dismissed],
        put_aside=[line(each, f"decided: {DONE.get(each.kind, each.kind)}") for each in put_aside],
        look=_just_made(context),
    )  # fmt: skip


def _first_words(context: RequestContext, cases: Collection[int]) -> dict[int, str]:
    leads = context.store.second_looks.first_posts(cases)
    items = context.store.figures.items(list(leads.values()))
    shield = covering.Covering(context, items)
    return {number: rows.first_words(shield.item(items[lead]).masked) for number, lead in leads.items() if lead in items}  # fmt: skip


def _just_made(context: RequestContext) -> SecondLook | None:
    """The look that the address names, of a case that whoever asks may see; its number is no secret."""
    number = context.request.query_params.get("looked", "")
    look = context.store.second_looks.get(int(number)) if number.isdecimal() and len(number) < 12 else None  # fmt: skip
    case = context.store.cases.get(look.case) if look is not None else None
    return look if look is not None and case is not None and context.sees(case) else None


@requires_role("reviewer")
def looked_again(context: RequestContext) -> Response:
    """Keeps that somebody else than who decided looked at it a second time, or takes that back, and goes back to where they were."""
    number = context.request.path_params["number"]
    if context.store.cases.get(number) is None:
        raise HTTPException(404)
    back = _back(context, number)
    try:
        if look := str(context.form.get("takes_back", "")):
            return _taken_back(context, number, look, back)
        return _kept(context, number, back)
    except StoreError as error:
        raise HTTPException(422, f"{sentence(str(error))}.") from error


def _kept(context: RequestContext, case: int, back: str) -> Response:
    version = str(context.form.get("version", ""))
    entry = next((each for each in context.store.cases.history(case) if str(each.version) == version), None)  # fmt: skip
    if entry is None or same_person(context.user, context.store.users.get(entry.decision.by or 0)):
        raise StoreError("someone else than who decided it looks a second time")
    if entry.undone:
        raise StoreError("that decision was undone: there is nothing to look at a second time")
    context.app.views.flush(FLUSH)
    look = context.store.second_looks.add(case, entry.version, by=context.user.number, at=context.at)  # fmt: skip
    return RedirectResponse(f"{back}?{urlencode({'looked': look})}", 303)


def _taken_back(context: RequestContext, case: int, number: str, back: str) -> Response:
    look = context.store.second_looks.get(int(number)) if number.isdecimal() and len(number) < 12 else None  # fmt: skip
    if look is None or look.case != case:
        raise StoreError("there is no such look")
    context.store.second_looks.take_back(look.number, by=context.user.number, at=context.at)
    if back.startswith("/cases/"):
        return RedirectResponse(f"{back}#history", 303)
    return RedirectResponse(f"{back}?{urlencode({'looked': look.number})}", 303)


def _back(context: RequestContext, case: int) -> str:
    wanted_page = str(context.form.get("back", ""))
    return wanted_page if wanted_page in ("/overview", f"/cases/{case}/full") else "/handover"
