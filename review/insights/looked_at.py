"""What governance reads of looking: who saw case N, what a person looked at, how much each looked in a week, as a file too.

Leads don't see what colleagues look at. Governance's own reading of this page is in the record like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response, StreamingResponse

from core import clock, text
from review import audit, looking
from review.auth.sessions import requires_role
from review.context import AppContext, RequestContext
from review.looked_at_words import page_words, what_words
from review.rendering import page
from store import DecisionRecord, Store, View, ViewKind, ViewQuery

Cells = tuple[object, ...]
More = Callable[
    [Store, ViewQuery, int], list[tuple[int, Cells]]
]  # the rows after a number, at most a page

SIZE = 50
DAYS = 7  # that are shown where no day is search for
KINDS: Mapping[ViewKind, str] = {
    "case": "Case", "post": "Post", "details": "Masked details", "original": "Original", "picture": "Picture",
    "search": "Search", "export": "Export", "evidence": "Evidence pack", "record": "A record",
    "import": "File to be taken in",
}  # fmt: skip
COLUMNS = ("Who", "What", "Case", "Post", "Page", "Found", "First (UTC)", "Last (UTC)", "Times")
OF_DECISIONS = ("Record", "When (UTC)", "Who", "Decision", "Case", "Version", "Passed on to", "Ready reason", "Flags", "Risk", "Posts", "Takes back version")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LookSearch:
    """What an address asks for, as it stands there, and what is wrong with it by field."""

    person: str
    case: str
    since: str
    until: str
    page: int
    faults: tuple[tuple[str, str], ...]
    query: ViewQuery

    def link(self, page: int = 1, at: str = "/looked-at") -> str:
        """The address of the same with another page."""
        fields = {
            "person": self.person,
            "case": self.case,
            "since": self.since,
            "until": self.until,
        }
        params = {name: value for name, value in fields.items() if value}
        params |= {"page": str(page)} if page > 1 else {}
        return f"{at}?{urlencode(params)}" if params else at


@requires_role("governance")
def looked_at(context: RequestContext) -> Response:
    """A page of looks, and how much each person looked by week."""
    search = search_of(context, context.request.query_params)
    views, total = context.store.views.page(search.query, page=search.page, size=SIZE)
    pages = max(1, -(-total // SIZE))
    if search.page > pages:
        return RedirectResponse(search.link(pages), 303)
    looking.note(context, "record", case=search.query.case)
    return page(
        context, "insights/looked_at.html", params=search, wrong=dict(search.faults), views=views, what_words=what_words, page_words=page_words, total=total, pages=pages,
        weeks=_weeks(context, search.query), at_staff=context.store.views.at_staff(search.query), everybody=context.store.users.all(), names=_names(context.store), kinds=KINDS,
        kept=context.config.retention.access_days, limits=context.config.review.looking,
    )  # fmt: skip


@requires_role("governance")
def export(context: RequestContext) -> Response:
    """The looks that the filters find, as CSV. That somebody took it is an event."""
    search = search_of(context, context.form)
    if search.faults:
        return RedirectResponse(search.link(), 303)
    context.store.audit.note_views_copied(by=context.user.number, at=context.at)
    looking.note(context, "export")
    return _csv(context, "looked-at", COLUMNS, search.query, _rows)


@requires_role("governance")
def decisions(context: RequestContext) -> Response:
    """Records of decisions: who, what, of which case, to which role, why; also of cases that are here no longer."""
    search = search_of(context, context.request.query_params)
    query = search.query
    records = [
        *context.store.decision_records.latest(query.since, query.until, case=query.case, size=SIZE)
    ]
    return page(
        context, "insights/decision_records.html", params=search, wrong=dict(search.faults), records=records, size=SIZE,
        names=_names(context.store), policy=context.app.policy, kept=context.config.retention.decision_records_days,
        teams={role.key: role.name for role in context.config.review.roles},
    )  # fmt: skip


@requires_role("governance")
def export_decisions(context: RequestContext) -> Response:
    """All records of the period, as CSV. That somebody took it is an event."""
    search = search_of(context, context.form)
    if search.faults:
        return RedirectResponse(search.link(at="/looked-at/decisions"), 303)
    context.store.audit.note_records_copied(by=context.user.number, at=context.at)
    looking.note(context, "export")
    return _csv(
        context,
        "decisions",
        OF_DECISIONS,
        search.query,
        partial(_records, of_staff=context.app.policy.of_staff_alone),
    )


def search_of(context: RequestContext, params: Mapping[str, object]) -> LookSearch:
    """What an address or a form asks for; without days the last seven. What can't be understood is named and left out."""
    fields = {
        name: str(params.get(name) or "").strip()[:40]
        for name in ("person", "case", "since", "until")
    }
    faults: list[tuple[str, str]] = []
    known = {str(user.number): user.number for user in context.store.users.all()}
    if fields["person"] and fields["person"] not in known:
        faults.append(("person", "Choose a person from the list"))
    if fields["case"] and not re.fullmatch(r"[0-9]{1,11}", fields["case"]):
        faults.append(("case", "Write a case’s number, such as 12"))
    case = (
        int(fields["case"])
        if fields["case"] and not any(name == "case" for name, _ in faults)
        else None
    )
    since, until = (audit.read_day(fields[name], name, faults) for name in ("since", "until"))
    first = (
        since[0]
        if since
        else context.at - timedelta(days=context.config.retention.access_days if case else DAYS)
    )
    last = until[1] if until else context.at + clock.INSTANT
    if first >= last:
        faults.append(("until", "The last day comes before the first"))
    number = str(params.get("page") or "1")
    return LookSearch(
        **fields, page=max(1, int(number)) if re.fullmatch(r"[0-9]{1,6}", number) else 1, faults=tuple(faults),
        query=ViewQuery(since=first, until=last, person=known.get(fields["person"]), case=case),
    )  # fmt: skip


def _weeks(
    context: RequestContext, query: ViewQuery
) -> list[tuple[date, str, Mapping[ViewKind, int], int]]:
    """By week and person: how many looks of each kind, and in all."""
    names = _names(context.store)
    weeks: dict[tuple[datetime, int], dict[ViewKind, int]] = {}
    for count in context.store.views.by_week(query):
        weeks.setdefault((count.week, count.by), {})[count.kind] = count.views
    return [
        (week.date(), names.get(by, "Someone who has left"), kinds, sum(kinds.values()))
        for (week, by), kinds in weeks.items()
    ]


def _names(store: Store) -> dict[int, str]:
    return {user.number: user.name for user in store.users.all()}


def _rows(store: Store, query: ViewQuery, after: int) -> list[tuple[int, Cells]]:
    names = _names(store)
    return [(view.number, _row(view, names)) for view in store.views.after(query, after)]


def _row(view: View, names: Mapping[int, str]) -> Cells:
    results = "" if view.has_results is None else ("yes" if view.has_results else "no")
    return (
        names.get(view.by, ""), KINDS[view.kind], view.case or "", view.post or "", page_words(view.page), results, clock.text(view.at),
        clock.text(view.until or view.at), view.times,
    )  # fmt: skip


def _records(
    store: Store, query: ViewQuery, after: int, *, of_staff: frozenset[str]
) -> list[tuple[int, Cells]]:
    names = _names(store)
    records = store.decision_records.page(query.since, query.until, case=query.case, after=after)
    return [(record.number, _record(record, names, of_staff)) for record in records]


def _record(record: DecisionRecord, names: Mapping[int, str], of_staff: frozenset[str]) -> Cells:
    return (
        record.number, clock.text(record.at), names.get(record.by or 0, ""), record.kind, record.case, record.version, record.role,
        record.why, "; ".join(flag for flag in record.flags if flag not in of_staff), record.risk or "", record.posts, record.undoes or "",
    )  # fmt: skip


def _csv(
    context: RequestContext, name: str, columns: Cells, query: ViewQuery, more: More
) -> Response:
    day = clock.local_day(context.at).isoformat()
    return StreamingResponse(
        _lines(context.app, columns, query, more), media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{day}.csv"'},
    )  # fmt: skip


def _lines(app: AppContext, columns: Cells, query: ViewQuery, more: More) -> Iterator[bytes]:
    """Page by page, so that years never lie in memory; each may be read by another thread."""
    yield b"\xef\xbb\xbf" + text.rows([columns])  # by which Excel knows UTF-8
    after = 0
    while rows := more(app.store(), query, after):
        yield text.rows(row for _, row in rows)
        after = rows[-1][0]
