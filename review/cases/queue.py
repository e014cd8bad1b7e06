"""Views of cases by states and filters that an address can hold and share."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, RedirectResponse, Response

from core import clock
from core.models import PLATFORMS, RISKS, DecisionKind, Risk
from review.auth.sessions import requires_role
from review.cases import filters
from review.context import RequestContext
from review.desk import changes
from review.free_text import holds_nhs_number
from review.sight import opens_alone
from store import TABS, Case, CaseQuery

NOT_BY_FLAG_OF_STAFF = "flag: no list is made of staff by what was flagged, so that is left out"
NOT_BY_STAFF = "staff: no list is made of who is staff, so that is left out"
LANES_LISTED = ("now", "answer", "look", "rest")  # the Guardian's is no list
SIZE = 25
MOST_OF_ONE = 50  # values of one filter: thousands would keep everybody else waiting
MOST_AT_ONCE = 50  # cases that one click may decide
# What several cases can be decided as at once: nothing that needs a role, a date, another case or a look at each.
AT_ONCE: tuple[DecisionKind, ...] = ("no_action", "not_relevant", "monitor")
# A case or a post by its number, as colleagues, mails and the daily list name it.
_NUMBER = re.compile(r"(case|post|no\.?)?\s*#?(\d{1,9})", re.IGNORECASE)


@requires_role("viewer")
def queue(context: RequestContext) -> Response:
    """Where cases were listed before: the same view of all cases, for addresses in emails and bookmarks."""
    params = context.request.query_params
    if holds_nhs_number(
        params.get("words", "")
    ):  # the page says why: an address is no place for one
        return RedirectResponse("/search", 303)
    pairs = [
        ("q" if name == "words" else name, value) for name, value in params.multi_items() if value
    ]
    if "tab" not in params:
        pairs.insert(0, ("tab", "new"))
    return RedirectResponse(f"/all?{urlencode(pairs)}", 303)


def number_in_words(words: str) -> str:
    """What a search by number is for, as the page names it: case 45; "" for a search for words."""
    match = _NUMBER.fullmatch(words.strip())
    if match is None:
        return ""
    return f"{'post' if (match[1] or '').lower() == 'post' else 'case'} {int(match[2])}"


def numbered(context: RequestContext, words: str) -> list[tuple[str, int]]:
    """What there is by that number, if a search is for one: ("case", 45), ("post", 45)."""
    match = _NUMBER.fullmatch(words.strip())
    if match is None:
        return []
    kind, number = (match[1] or "").lower(), int(match[2])
    case = context.store.cases.get(number)
    hits = [("case", number)] if kind != "post" and case and _opens(context, case) else []
    if (
        kind != "case"
        and context.store.figures.item(number)
        and not context.store.speaking_up.is_hidden(number)
        and (context.store.cases.of_mention(number) is not None or opens_alone(context, number))
    ):
        hits.append(("post", number))
    return hits


def _opens(context: RequestContext, case: Case) -> bool:
    """Whether a case opens by its number: as it does from All, or from the lane in which those on duty find it."""
    return context.sees(case) or (
        case.lane in LANES_LISTED and context.sight.sees_urgent(case.number, case.protected)
    )


def query_of(
    params: QueryParams, user: int, clauses: Mapping[str, Sequence[str]] = MappingProxyType({}), *,
    of_staff: Collection[str] = (), earns: Sequence[tuple[str, Risk]] = (),
) -> tuple[CaseQuery, list[str]]:  # fmt: skip
    """What an address asks for, and what in it could not be understood and is left out.

    `of_staff`: the flags that hold of staff alone, by which nothing is listed; `earns`: what the others make of a post.
    """
    faults: list[str] = []
    if params.get(
        "staff"
    ):  # beside any other filter it would list staff by what they say: there is none
        faults.append(NOT_BY_STAFF)

    def some(name: str, known: Sequence[str]) -> tuple[str, ...]:
        choices = list(dict.fromkeys(value[:200] for value in params.getlist(name) if value))
        if len(choices) > MOST_OF_ONE:
            faults.append(f"{name}: more than {MOST_OF_ONE} at once, so that the rest is left out")
            choices = choices[:MOST_OF_ONE]
        faults.extend(
            f"{name}: {value[:40]} is not known"
            for value in choices
            if known and value not in known
        )
        return tuple(value for value in choices if not known or value in known)

    def day(name: str) -> date | None:
        day_text = params.get(name, "")
        try:
            return date.fromisoformat(day_text) if day_text else None
        except ValueError:
            faults.append(f"{name}: write a day as 2026-11-24")
            return None

    flags = some("flag", ())
    if not set(flags).isdisjoint(of_staff):
        faults.append(NOT_BY_FLAG_OF_STAFF)
    since, until = day("since"), day("until")
    tab = params.get("tab", "all")
    number = params.get("page", "1")
    return CaseQuery(
        tab=tab if tab in TABS else "all",
        user=user,
        platforms=some("platform", PLATFORMS), flags=tuple(flag for flag in flags if flag not in of_staff), places=some("place", ()),
        of_staff=frozenset(of_staff), earns=tuple(earns), risks=some("risk", RISKS), lanes=some("lane", LANES_LISTED),  # type: ignore[arg-type]
        since=_edge(since, 0), until=_edge(until, 1), words=params.get("q", "").strip()[:200],
        page=max(1, int(number)) if number.isdecimal() and len(number) < 7 else 1, size=SIZE,
        **filters.parse_filters(some, clauses, faults),
    ), faults  # fmt: skip


def _edge(day: date | None, side: int) -> datetime | None:
    try:
        return clock.day(day)[side] if day else None
    except OverflowError:
        return None


def filters_set(query: CaseQuery) -> Mapping[str, object]:
    """The filters that are set, as an address holds them."""
    params: dict[str, object] = {
        "platform": query.platforms, "flag": query.flags, "place": query.places, "risk": query.risks, "lane": query.lanes,
        "q": query.words,
        "since": clock.local_day(query.since).isoformat() if query.since else "",
        "until": _last(query.until),
    }  # fmt: skip
    params |= filters.format_filters(query)
    return {name: value for name, value in params.items() if value}


def _last(until: datetime | None) -> str:
    """The day that ends at this moment."""
    return clock.local_day(until - clock.INSTANT).isoformat() if until else ""


def link(query: CaseQuery, **changes: object) -> str:
    """The address of the same view with another page or without a filter."""
    params = {"tab": query.tab, **filters_set(query), "page": query.page} | changes
    non_default_params = {
        name: value
        for name, value in params.items()
        if value and (name, value) not in (("page", 1), ("tab", "all"))
    }
    return f"/all?{urlencode(non_default_params, doseq=True)}" if non_default_params else "/all"


# How much came in since a page was made, and what colleagues did, for the script that asks once a minute while the page is in sight.
#
# It is asked by nobody, so it keeps no session alive: a machine that stands alone signs out all the same.


def new_items(context: RequestContext) -> Response:
    """A count and its words. Who is signed out is told so, and is not led to a form that a script can't fill."""
    if context.signed is None:
        return JSONResponse({"new": 0, "says": ""}, 401)
    if not context.may("viewer"):  # the Guardian alone: the desk is not theirs
        return JSONResponse({"new": 0, "says": ""})
    last_seen = context.request.query_params.get("after", "")
    after = (
        int(last_seen) if re.fullmatch(r"[0-9]{1,15}", last_seen) else context.store.queue.newest()
    )
    new, high = context.store.queue.new_since(after)
    answer: dict[str, object] = {"new": new, "says": _says(new, high)}
    since = changes.moment(context.request.query_params.get("since", ""))
    if since is not None:
        done = changes.worded(
            context.store, context.store.case_changes.since(since - changes.OVERLAP)
        )
        answer["cases"] = changes.messages(done, me=context.user.number)
    return JSONResponse(answer)


def _says(new: int, high: int) -> str:
    if not new:
        return ""
    cases = f"{new:,} new case{'s' * (new != 1)}"
    if not high:
        return f"{cases} since this page was made."
    risk = "of high risk" if new == high == 1 else f"{high:,} of high risk"
    return f"{cases} since this page was made, {risk}."
