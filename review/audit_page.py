"""What the governance lead reads: everything that was done, who saw personal data and why, whether the chain is whole.

Nothing here can be changed. Looking leaves no trace; taking a copy leaves one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response, StreamingResponse

import clock
from review import spreadsheets
from review.audit_words import GROUPS, KINDS, People, kind_name, said
from review.desk import Desk, Visit
from review.rendering import page
from review.signing import needs
from store import AuditQuery, Event

SIZE = 50
HEAD = re.compile(r"[0-9a-f]{64}")
COLUMNS = ("Event", "When (UK time)", "When (UTC)", "Who", "What", "In words", "Case", "Post", "Details", "Chain")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an address asks for, as it stands there: `kind` a kind of event or "group: " and a group's name."""

    kind: str
    person: str
    since: str
    until: str
    page: int
    faults: tuple[tuple[str, str], ...]  # the field, and what is wrong with it
    query: AuditQuery

    @property
    def filters(self) -> dict[str, str]:
        """What is set, as an address holds it."""
        told = {"kind": self.kind, "person": self.person, "since": self.since, "until": self.until}
        return {name: value for name, value in told.items() if value}

    def link(self, page: int = 1) -> str:
        """The address of the same with another page."""
        told = self.filters | ({"page": str(page)} if page > 1 else {})
        return f"/audit?{urlencode(told)}" if told else "/audit"


@needs("governance")
def audit(visit: Visit) -> Response:
    """A page of events, by filters that an address can hold."""
    asked = asked_of(visit, visit.request.query_params)
    found = visit.store.audit_page(asked.query)
    pages = max(1, -(-found.total // SIZE))
    if asked.page > pages:
        return RedirectResponse(asked.link(pages), 303)
    return page(
        visit, "audit.html", asked=asked, wrong=dict(asked.faults), found=found, pages=pages, groups=_groups(visit),
        everybody=visit.store.users(), people=people(visit), said=said, kind_name=kind_name,
    )  # fmt: skip


@needs("governance")
def reveals(visit: Visit) -> Response:
    """Who saw personal data, and the reasons that they gave."""
    wanted = _page(visit.request.query_params)
    found, total = visit.store.reveals(page=wanted, size=SIZE)
    pages = max(1, -(-total // SIZE))
    if wanted > pages:
        return RedirectResponse(f"/audit/reveals?page={pages}", 303)
    return page(
        visit, "audit_reveals.html", found=found, total=total, number=wanted, pages=pages, people=people(visit),
    )  # fmt: skip


@needs("governance")
def chain(visit: Visit) -> Response:
    """Reads the whole chain now, and compares it with a head that was noted elsewhere, where one is given."""
    params = visit.request.query_params
    anchor = params.get("head", "").strip().casefold()[:200]
    asked = "head" in params
    fault = (
        "" if not anchor or HEAD.fullmatch(anchor) else "A head is 64 signs of 0 to 9 and a to f: copy it whole"
    )  # fmt: skip
    found = visit.store.chain(anchor) if asked and not fault else None
    return page(
        visit, "audit_chain.html", status=422 if fault else 200, found=found, anchor=anchor, fault=fault,
    )  # fmt: skip


@needs("governance")
def export(visit: Visit) -> Response:
    """The events that the filters find, as CSV. That somebody took it is an event."""
    asked = asked_of(visit, visit.form)
    if asked.faults:
        return RedirectResponse(asked.link(), 303)
    _, last = visit.store.export_events(asked.query, by=visit.user.number, at=visit.at)
    name = f"audit-{clock.local_day(visit.at).isoformat()}.csv"
    return StreamingResponse(
        _lines(visit.desk, asked.query, last, people(visit)), media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _lines(desk: Desk, query: AuditQuery, last: int, known: People) -> Iterator[bytes]:
    """Page by page, so that years of events never lie in memory; each may be read by another thread."""
    yield b"\xef\xbb\xbf" + spreadsheets.rows([COLUMNS])  # by which Excel knows UTF-8
    after = 0
    while events := desk.store().events_up_to(query, last, after=after):
        yield spreadsheets.rows(_row(one, known) for one in events)
        after = events[-1].number


def _row(event: Event, known: People) -> tuple[object, ...]:
    return (
        event.number, clock.local(event.at), clock.text(event.at), known.who(event), kind_name(event.kind),
        said(event, known) or kind_name(event.kind), event.about.get("case", ""), event.about.get("mention", ""),
        json.dumps(dict(event.about), sort_keys=True), event.mac,
    )  # fmt: skip


def people(visit: Visit) -> People:
    """Everybody's name, and whom fingerprints mean."""
    return People({one.number: one.name for one in visit.store.users()}, visit.store.fingerprints())


def asked_of(visit: Visit, params: Mapping[str, object]) -> Asked:
    """What an address or a form asks for. What can't be understood is named and left out of the query."""
    told = {
        name: str(params.get(name) or "").strip()[:80]
        for name in ("kind", "person", "since", "until")
    }
    faults: list[tuple[str, str]] = []
    known = {str(one.number): one.number for one in visit.store.users()}
    group = told["kind"].removeprefix("group: ")
    kinds: tuple[str, ...] = (told["kind"],) if told["kind"] else ()
    if group != told["kind"]:
        kinds = tuple(_groups(visit).get(group, {}))
        faults += [] if kinds else [("kind", "Choose what happened from the list")]
    if told["person"] and told["person"] not in known:
        faults.append(("person", "Choose a person from the list"))
    since, until = (_day(told[name], name, faults) for name in ("since", "until"))
    edges = (since[0] if since else None, until[1] if until else None)
    if edges[0] and edges[1] and edges[0] >= edges[1]:
        faults.append(("until", "The last day comes before the first"))
    return Asked(
        **told, page=_page(params), faults=tuple(faults),
        query=AuditQuery(
            kinds=kinds, person=known.get(told["person"]), since=edges[0], until=edges[1],
            page=_page(params), size=SIZE,
        ),
    )  # fmt: skip


def _groups(visit: Visit) -> dict[str, dict[str, str]]:
    """The kinds that can be chosen, by group; what has no words (of a newer version) is not hidden."""
    named = {
        group: {kind: told[0] for kind, told in kinds.items()} for group, kinds in GROUPS.items()
    }
    other = {kind: kind_name(kind) for kind in visit.store.audit_kinds() if kind not in KINDS}
    return named | ({"Other": other} if other else {})


def _day(
    written: str, name: str, faults: list[tuple[str, str]]
) -> tuple[datetime, datetime] | None:
    if not written:
        return None
    try:
        return clock.day(date.fromisoformat(written))
    except (ValueError, OverflowError):
        faults.append((name, "Write a day as 2026-11-24"))
        return None


def _page(params: Mapping[str, object]) -> int:
    told = str(params.get("page") or "1")
    return max(1, int(told)) if re.fullmatch(r"[0-9]{1,6}", told) else 1
