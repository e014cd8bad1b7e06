"""What is new, told by server-sent events: one reader of the store for all who listen, and no thread for each of them.

An event holds counts, the name of a lane and the number of a case, and nothing of a post. It keeps no session alive, and
ends with it. What it says is of cases that came after the page was made; it is said again only where it changed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from core.errors import StoreError
from review.auth.sessions import COOKIE, IDLE
from review.context import AppContext, allowed, sight_for
from store import Sight, SignedIn
from store.cases.models import Arrivals

log = logging.getLogger("review")

EVERY = 3.0  # seconds between two looks at the store
HEARTBEAT = 20.0  # seconds of silence after which a line says that the connection is there: proxies cut off after 60
MOST = 400  # who may listen at once in a process; who comes after asks once a minute instead
MOST_OF_ONE = 6  # of one session: a window each, since only the page in sight listens
_NAMES = {"now": "Now", "answer": "Answer", "look": "Look"}


@dataclass(eq=False, slots=True)
class Listener:
    """One page that is in sight. `after` is the newest case that it shows; `now` what stood in Now then."""

    session: str
    after: int
    now: frozenset[int] | None = None
    message: str = ""
    waiting: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at the store found: what stands where as each session's person may see it; who is signed out is in none."""

    arrivals: Mapping[str, Arrivals]

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
        listener = Listener(session, int(after) if re.fullmatch(r"[0-9]{1,15}", after) else 0)
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
                yield f"event: new\ndata: {message}\n\n"
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
            try:
                look = await anyio.to_thread.run_sync(self._look, sessions, after)
            except StoreError as error:
                log.warning("what is new could not be read: %s", error)
            else:
                for listener in listeners:
                    tell(listener, look)
            await asyncio.sleep(self._every)

    def _look(self, sessions: Collection[str], after: int) -> Look:
        app, at = self._app, self._app.now()
        store = app.store()
        config, by_sight, arrivals = (
            app.config(store),
            dict[Sight, Arrivals](),
            dict[str, Arrivals](),
        )
        for session in sessions:
            signed = store.sessions.get(session, at=at, idle=IDLE, used=False)
            if signed is None or signed.user.kind not in app.ways_in:
                continue
            sight = store.database.sight = sight_for(store, config, signed.user)
            if sight not in by_sight:  # most see the same: the store is asked once for all of them
                by_sight[sight] = store.lanes.arrivals(after)
            arrivals[session] = by_sight[sight]
        return Look(arrivals=arrivals)


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
        listener.waiting.put_nowait(message or json.dumps({"says": ""}))


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
