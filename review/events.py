"""What is new, told by server-sent events: one reader of the store for all who listen, and no thread for each of them.

An event holds counts, the name of a lane and the number of a case, who of the colleagues did what with it and when, and nothing
of a post. It keeps no session alive, and ends with it. What it says is of what came after the page was made; it is said again only
where it changed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from core.errors import StoreError
from review.auth.sessions import COOKIE, IDLE
from review.context import AppContext, allowed, sight_for
from review.desk import changes
from store import CaseChange, Sight, SignedIn
from store.cases.changes import ChangeKey
from store.cases.models import Arrivals

log = logging.getLogger("review")

EVERY = 3.0  # seconds between two looks at the store
HEARTBEAT = 20.0  # seconds of silence after which a line says that the connection is there: proxies cut off after 60
MOST = 400  # who may listen at once in a process; who comes after asks once a minute instead
MOST_OF_ONE = 6  # of one session: a window each, since only the page in sight listens
_NAMES = {"now": "Now", "answer": "Answer", "look": "Look"}


@dataclass(eq=False, slots=True)
class Listener:
    """One page that is in sight. `after` is the newest case that it shows; `now` what stood in Now then.

    `since` is when it was made, None for one that asks for no changes; `changed` what it was told of already.
    """

    session: str
    after: int
    since: datetime | None = None
    now: frozenset[int] | None = None
    message: str = ""
    changed: set[ChangeKey] = field(default_factory=set)
    waiting: asyncio.Queue[tuple[str, str] | None] = field(default_factory=asyncio.Queue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at the store found: what stands where as each session's person may see it; who is signed out is in none.

    `changes` are what colleagues did since, in words; `users` whose session it is.
    """

    arrivals: Mapping[str, Arrivals]
    at: datetime | None = None
    changes: Mapping[str, Mapping[CaseChange, str]] = field(default_factory=dict)
    users: Mapping[str, int] = field(default_factory=dict)

    @property
    def open(self) -> Collection[str]:
        """The sessions that hold."""
        return self.arrivals.keys()


class Events:
    """Who listens, and the one task that reads for them while anybody does."""

    def __init__(
        self, app: AppContext, *, every: float = EVERY, heartbeat: float = HEARTBEAT
    ) -> None:
        self._app = app
        self._every = every
        self._heartbeat = heartbeat
        self._listeners: list[Listener] = []
        self._reader: asyncio.Task[None] | None = None

    async def stream(self, request: Request) -> Response:
        """The stream of one page; 401 for who is signed out, 503 where too many listen: the page's script asks instead."""
        session = request.cookies.get(COOKIE, "")
        signed: SignedIn | None = request.scope.get("signed")
        if signed is None:
            return PlainTextResponse("", 401)
        if not allowed(signed.user.roles, "viewer"):
            return PlainTextResponse("", 403)
        if len(self._listeners) >= MOST:
            return PlainTextResponse("", 503)
        after = request.query_params.get("after", "")
        since = changes.moment(request.query_params.get("since", ""))
        listener = Listener(session, int(after) if re.fullmatch(r"[0-9]{1,15}", after) else 0, since)  # fmt: skip
        return StreamingResponse(
            self._messages(listener), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )  # fmt: skip

    async def _messages(self, listener: Listener) -> AsyncIterator[str]:
        self._add(listener)
        try:
            yield "event: here\ndata: {}\n\n"
            while True:
                try:
                    async with asyncio.timeout(self._heartbeat):
                        message = await listener.waiting.get()
                except TimeoutError:
                    yield ": here\n\n"
                    continue
                if message is None:
                    yield "event: over\ndata: {}\n\n"
                    return
                name, data = message
                yield f"event: {name}\ndata: {data}\n\n"
        finally:
            self._listeners.remove(listener)

    def _add(self, listener: Listener) -> None:
        others = [other for other in self._listeners if other.session == listener.session]
        for oldest in others[: len(others) - MOST_OF_ONE + 1]:
            oldest.waiting.put_nowait(None)
        self._listeners.append(listener)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read_on())

    async def _read_on(self) -> None:
        """Looks at the store every few seconds while anybody listens."""
        while self._listeners:
            listeners = tuple(self._listeners)
            sessions = {listener.session for listener in listeners}
            after = min(listener.after for listener in listeners)
            since = min((listener.since for listener in listeners if listener.since), default=None)
            try:
                look = await anyio.to_thread.run_sync(self._look, sessions, after, since)
            except StoreError as error:
                log.warning("what is new could not be read: %s", error)
            else:
                for listener in listeners:
                    tell(listener, look)
            await asyncio.sleep(self._every)

    def _look(self, sessions: Collection[str], after: int, since: datetime | None) -> Look:
        app, at = self._app, self._app.now()
        store = app.store()
        config = app.config(store)
        by_sight: dict[Sight, tuple[Arrivals, Mapping[CaseChange, str]]] = {}
        arrivals, changed, users = dict[str, Arrivals](), dict[str, Mapping[CaseChange, str]](), dict[str, int]()  # fmt: skip
        for session in sessions:
            signed = store.sessions.get(session, at=at, idle=IDLE, used=False)
            if signed is None or signed.user.kind not in app.ways_in:
                continue
            sight = store.database.sight = sight_for(store, config, signed.user)
            if sight not in by_sight:  # most see the same: the store is asked once for all of them
                done = store.case_changes.since(since - changes.OVERLAP) if since else []
                by_sight[sight] = (store.lanes.arrivals(after), changes.worded(store, done))
            arrivals[session], changed[session] = by_sight[sight]
            users[session] = signed.user.number
        return Look(arrivals=arrivals, changes=changed, users=users, at=at)


def tell(listener: Listener, look: Look) -> None:
    """Puts what a listener does not know yet before it; None where its session is over."""
    if listener.session not in look.open:
        listener.waiting.put_nowait(None)
        return
    arrivals = look.arrivals[listener.session]
    if listener.now is None:
        listener.now = frozenset(case for case in arrivals.now if case <= listener.after)
    message = words(
        {
            "now": [case for case in arrivals.now if case not in listener.now],
            **{
                lane: [case for case, where in arrivals.others if where == lane and case > listener.after]
                for lane in ("answer", "look")
            },
        }
    )  # fmt: skip
    if message != listener.message:
        listener.message = message
        listener.waiting.put_nowait(("new", message or json.dumps({"says": ""})))
    _tell_changes(listener, look)


def _tell_changes(listener: Listener, look: Look) -> None:
    """What colleagues did with cases since, each once. What came before this look is not read again for it."""
    if listener.since is None:
        return
    known = look.changes.get(listener.session, {})
    new = {change: words for change, words in known.items() if change.at >= listener.since - changes.OVERLAP and change.key not in listener.changed}  # fmt: skip
    listener.changed.update(change.key for change in new)
    if new:
        cases = changes.messages(new, me=look.users.get(listener.session, 0))
        listener.waiting.put_nowait(("changed", json.dumps({"cases": cases})))
    listener.since = max(listener.since, look.at) if look.at else listener.since


def words(new: Mapping[str, Collection[int]]) -> str:
    """What is said of new cases by lane, and where it leads, as JSON; "" where there is none."""
    counted = [f"{len(cases):,} new in {_NAMES[lane]}" for lane, cases in new.items() if cases]
    if not counted:
        return ""
    cases = [case for some in new.values() for case in some]
    alone = len(cases) == 1
    return json.dumps(
        {"says": ", ".join(counted), "link": "show it" if alone else "show them",
         "where": f"/cases/{cases[0]}" if alone else "/today"}
    )  # fmt: skip
