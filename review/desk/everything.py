"""All cases, and what a search or filters leave of them; filters that one needs again are kept as a view by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import InputError
from core.models import RISKS
from core.spelling import SHORTEST, Known, alike, fold, nearest
from review import looking, staff_reports
from review.auth.sessions import requires_role
from review.cases import queue
from review.cases.filters import clauses_of, earned
from review.context import RequestContext
from review.desk import lists, pane, shell, today
from review.free_text import holds_nhs_number
from review.rendering import page
from review.team import colleagues
from store import Card, CaseQuery, Tab
from store.cases.spelling import Mended
from store.team.users import LONGEST_VIEW, views_of

NEWEST_FIRST: tuple[Tab, ...] = ("done", "all", "snoozed")
# In what order a state's cases stand, as the page says it.
ORDER: Mapping[Tab, str] = dict.fromkeys(NEWEST_FIRST, "last found or decided first") | dict.fromkeys(("new", "high"), "most urgent first, as in Today")  # fmt: skip
MOST_PLACES = 3  # whose cases a search offers; also words of the language
LONG_ENOUGH = 6  # letters of a word for which one of the language is offered
_EVERYWHERE = frozenset(("about", "from", "given", "that", "their", "they", "this", "with", "someone", "something", "away"))  # fmt: skip
# What a case may be now, as the form offers it.
STATES: tuple[tuple[Tab, str], ...] = (
    ("all", "Any"), ("new", "Nobody decided yet"), ("high", "Nobody decided yet, high risk"), ("mine", "Mine"), ("overdue", "Overdue"),
    ("escalated", "Waits for others"), ("snoozed", "Comes back later"), ("edited", "Edited since"), ("unread", "Could not be read in full"), ("done", "Done"),
)  # fmt: skip


_REPORT = re.compile(r"(?:report\s+)?r\s?(\d{1,9})|report\s+(?=\d)(\d{1,9})", re.IGNORECASE)


@requires_role("viewer")
def search(context: RequestContext) -> Response:
    """Where the search form leads: to the cases that are found, but for what must stand in no address."""
    searched = str(context.form.get("q", "")).strip()[:200]
    if holds_nhs_number(searched):
        return RedirectResponse("/search", 303)
    return RedirectResponse(f"/all?{urlencode({'q': searched})}" if searched else "/all", 303)


@requires_role("viewer")
def not_searched(context: RequestContext) -> Response:
    """Why an NHS number is not searched for, which names nothing of what was typed; words in the address are searched for."""
    searched = context.request.query_params.get("q", "").strip()[:200]
    if searched and not holds_nhs_number(searched):
        return RedirectResponse(f"/all?{urlencode({'q': searched})}", 303)
    return page(context, "desk/not_searched.html")


@requires_role("viewer")
def everything(context: RequestContext) -> Response:
    """All cases, the last found first, or those that a search and filters find; a number leads to its case or post."""
    params = context.request.query_params
    searched = params.get("q", "").strip()[:200]
    if holds_nhs_number(searched):
        return RedirectResponse("/search", 303)
    if report := _REPORT.fullmatch(searched):
        number = int(report[1] or report[2])
        if staff_reports.is_open_to(context, number):
            return RedirectResponse(f"/tell/{number}", 303)
    hits = queue.numbered(context, searched)
    nowhere = queue.number_in_words(searched) if not hits else ""
    if nowhere:
        looking.note_absent(context, searched)
    if hits and not params.get("exact") and (hits[0][0] == "case" or not searched.isdecimal()):
        kind, number = hits[
            0
        ]  # a number alone is a case's: a post of that number is offered, and opened by its word
        return RedirectResponse(f"/{'cases' if kind == 'case' else 'mentions'}/{number}", 303)
    query, faults = _query(context, params)
    mended = None
    if searched and not nowhere and not params.get("exact"):
        mended = context.shared(
            ("mended", searched, context.sight.reads_children),
            lambda: context.store.spelling.mend(searched, _is_english),
        )
        query = replace(query, words=mended.words)
    case_page = shell.page_of(context, query)
    if searched:
        looking.note(context, "search", has_results=case_page.total > 0)
    pages = max(1, -(-case_page.total // lists.SIZE))
    if query.page > pages:  # the last page was worked through
        query = replace(query, page=pages)
        case_page = shell.page_of(context, query)
    if mended is not None and mended.perhaps:
        mended = replace(mended, perhaps=tuple(_leading(context, query, searched, mended.perhaps)))
    slips = (
        [] if nowhere or case_page.total or params.get("exact") else in_language(searched, mended)
    )
    leading = _leading(context, query, searched, slips)
    facets = shell.facets(context)
    policy = context.app.policy
    clauses = clauses_of(policy)
    typed = replace(query, words=searched)
    team = colleagues.of_queue(context, case_page, query.reviewers)
    return page(
        context, "desk/everything.html", rows=lists.rows_of(context, case_page.cards, badges=lists.why_mine(context, case_page.cards) if query.tab == "mine" else None), total=case_page.total, of=case_page.tabs[query.tab],
        searched=searched, mended=mended, nowhere=nowhere, perhaps=[pair for pair in slips if pair in leading], nor=[pair for pair in slips if pair not in leading], hides=bool(searched) and (not case_page.total or bool(mended and mended.instead)) and masking_may_hide(searched), places=named_places(searched, facets["place"]), flags=named_flags(searched, _flags_called(context, facets["flag"])), hits=hits, faults=faults, params=typed, pages=pages,
        facets={**facets, "flag": sorted(set(facets["flag"]) - policy.of_staff_alone, key=policy.label)}, risks=RISKS, states=STATES,
        order=ORDER.get(query.tab, "high risk first, then the longest here"), lanes=queue.LANES_LISTED, told=today.LANES, sources=context.store.sources.all(), boxes=_boxes(context, case_page.cards), at_once=queue.AT_ONCE, most=queue.MOST_AT_ONCE,
        teamwork=team["teamwork"], deciders=team["deciders"], filtered=filters_of(typed), address=lambda **changes: address(typed, **changes), saved=today.saved(context),
        views=views_of(context.user), here=address(typed).partition("?")[2], longest=LONGEST_VIEW,
        people=pane.names(context), clauses=tuple(clauses), reviewers=team["reviewers"],
    )  # fmt: skip


def _query(context: RequestContext, params: QueryParams) -> tuple[CaseQuery, list[str]]:
    query, faults = queue.query_of(
        params, context.user.number, clauses_of(context.app.policy), of_staff=context.app.policy.of_staff_alone,
        earns=earned(context.app.policy),
    )  # fmt: skip
    return replace(query, size=lists.SIZE), faults


def _boxes(context: RequestContext, cards: Sequence[Card]) -> dict[int, tuple[str, str]]:
    """What a row's tick box is called and says, for who decides: a case of high risk is decided by itself, and only handed on."""
    if not context.may("reviewer"):
        return {}
    return {
        card.case.number: ("hand" if card.case.risk == "high" else "case", f"{card.case.number}:{card.case.version}")
        for card in cards
        if card.case.state != "done"
    }  # fmt: skip


def _flags_called(context: RequestContext, facets: Sequence[str]) -> dict[str, str]:
    """What the flags are called that cases have: by their label and by their line in Today. None that holds of staff alone."""
    policy = context.app.policy
    return {
        flag: f"{policy.label(flag)} {policy.flags[flag].reason}"
        for flag in facets
        if flag in policy.flags and flag not in policy.of_staff_alone
    }


def _is_english(word: str) -> bool:
    """Whether it is a word as people write it: searched for as it is, however few posts have it."""
    return not masking_may_hide(word)


def in_language(searched: str, mended: Mended | None) -> list[tuple[str, str]]:
    """Words of the language by what was typed with a slip, where no post has anything like it: offered, since whoever typed it sees no slip."""
    from classify.text.lexicon import english  # here, since most searches find what they are for

    settled = {word for pairs in (mended.instead, mended.perhaps) for word, _ in pairs} if mended else set[str]()  # fmt: skip
    offers = []
    for typed in dict.fromkeys(re.findall(r"\w+", searched)):
        word = fold(typed)
        if typed in settled or len(word) < LONG_ENOUGH or word in english():
            continue
        near = nearest(word, (Known(each, 1) for each in english() if each[0] == word[0]))
        offers += [(typed, near)] if near else []
    return offers[:MOST_PLACES]


def _leading(
    context: RequestContext, query: CaseQuery, searched: str, offers: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Of these offers those by which whoever asks finds a case: one that leads nowhere, or to what they may not see, is none."""
    return [
        (typed, meant)
        for typed, meant in offers
        if shell.page_of(
            context, replace(query, words=searched.replace(typed, meant), page=1)
        ).total
    ]


def named_flags(words: str, flags: Mapping[str, str]) -> list[str]:
    """The flags that a search may mean, of `flags` with what each is called: one of its words is one of theirs."""
    typed = {word for word in fold(words).split() if len(word) >= SHORTEST}
    return [
        flag
        for flag, called in flags.items()
        if typed & {word for word in re.findall(r"\w+", fold(called)) if word not in _EVERYWHERE}
    ][:MOST_PLACES]


def masking_may_hide(searched: str) -> bool:
    """Whether what was searched for may stand in a case behind a mask: names, numbers, whatever is no everyday word."""
    from classify.text.lexicon import (
        english,
        given_names,
    )  # here, since most searches find what they are for

    words = re.findall(r"\w+", searched.casefold())
    return any(word not in english() or word in given_names() for word in words)


def filters_of(query: CaseQuery) -> dict[str, object]:
    """The filters that are set, as an address of this page holds them."""
    return dict(queue.filters_set(query)) | ({"tab": query.tab} if query.tab != "all" else {})


def address(query: CaseQuery, **changes: object) -> str:
    """The address of the same cases, with another page or without a filter."""
    params = {**filters_of(query), **changes}
    params = {name: value for name, value in params.items() if value and not (name == "page" and value == 1)}  # fmt: skip
    return f"/all?{urlencode(params, doseq=True)}" if params else "/all"


def named_places(words: str, places: Sequence[str]) -> list[str]:
    """The places and services that a search may mean: each of its words is one of the name's, its beginning or a slip off."""
    typed = fold(words).split()
    if not typed:
        return []
    return [
        place
        for place in places
        if all(any(alike(word, of_name) for of_name in fold(place).split()) for word in typed)
    ][:MOST_PLACES]


# ── views of one's own ───────────────────────────────────────────────────────────────────────────


@requires_role("viewer")
def change_views(context: RequestContext) -> Response:
    """Saves the filters that are set under a name, gives a view another name, or deletes it."""
    form = {name: str(context.form.get(name, "")) for name in ("do", "name", "new", "query")}
    users, me = context.store.users, context.user.number
    back = f"/all?{_canonical(context, form['query'])}".rstrip("?")
    try:
        if form["do"] == "save":
            users.save_view(me, form["name"], _canonical(context, form["query"]))
        elif form["do"] == "rename":
            users.rename_view(me, form["name"], form["new"])
        elif form["do"] == "delete":
            users.delete_view(me, form["name"])
        else:
            raise HTTPException(404)
    except InputError as error:
        return page(
            context, "desk/view_fault.html", status=422, fault=str(error), back=back, form=form, longest=LONGEST_VIEW
        )  # fmt: skip
    return RedirectResponse(back, 303)


def _canonical(context: RequestContext, query: str) -> str:
    """An address's filters as this page writes them: what it does not know is left out, and it leads nowhere else."""
    params = QueryParams(parse_qsl(query[:4000]))
    return address(_query(context, params)[0]).partition("?")[2]
