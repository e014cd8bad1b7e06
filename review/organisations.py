"""The pages of several organisations in one process: which one a request is for, by the name that it asks for, and no other.

Each organisation has its own application, made when somebody first asks for it: its own store, key, sessions, settings, limits
and caches; templates and threads are all that they share. What nobody has asked for in a while is let go of, so that memory
hangs on how many are in use. Browsers send cookies of one host to all of its ports: here each is written under the
organisation's own name, and no application is handed another's.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import logs
from core.errors import ConfigError, MentionsError
from review import middleware
from review.app import build_app_context, create_app, set_threads
from review.auth.tries import Delays, FailureNotes
from review.context import AppContext
from review.costly import LaneThreads
from review.middleware import HEADERS, RateLimiter
from review.probes import PATHS, is_local, plain
from review.switch import Switch
from settings import schema
from settings.files.layers import site_file
from settings.organisations import KeyHolders, Member, members
from steps.bugs import log_bug
from steps.context import keys

log = logging.getLogger("review")

MOST = 24  # pages that are open at once, unless more are asked for in the same moment
IDLE = 1800.0  # seconds after which one that nobody asks for is let go of
LOOK_EVERY = (
    5.0  # seconds between two looks whether an organisation came, went or changed its files
)
COOKIE = "__Host-"


@dataclass
class Limits:
    """What outlives an organisation's page that was let go of: whoever guesses passwords gains nothing by waiting for that."""

    tries: Delays = field(default_factory=Delays)
    tries_of_an_address: Delays = field(default_factory=lambda: Delays(free=50))
    codes: Delays = field(default_factory=lambda: Delays(longest=300.0))
    failures: FailureNotes = field(default_factory=FailureNotes)
    rate: RateLimiter = field(default_factory=lambda: RateLimiter(most=120, each=10))


@dataclass(eq=False)
class Page:
    """One organisation's open page. `asking` is how many requests it answers now, streams of what is new among them."""

    slug: str
    app: ASGIApp
    context: AppContext | None  # None once it was let go of
    asking: int = 0
    used_at: float = 0.0

    @property
    def busy(self) -> bool:
        """Whether something goes on that no request waits for."""
        return self.context is not None and self.context.busy


@dataclass(eq=False)
class Pages:
    """An ASGI application: the pages of an installation's organisations. Touched on the event loop alone, but for the opening.

    `path` is the installation's file. `most` and `idle` (seconds) bound what is open; `look_every`: seconds between two looks at what came.
    """

    path: Path
    most: int = MOST
    idle: float = IDLE
    now: Callable[[], float] = time.monotonic
    look_every: float = LOOK_EVERY
    _members: Mapping[str, Member] = field(default_factory=dict)
    _hosts: Mapping[str, str] = field(default_factory=dict)
    _seen: Mapping[Path, object] = field(default_factory=dict)
    _looked_at: float = float("-inf")
    _open: dict[str, Page] = field(default_factory=dict)
    _opening: dict[str, asyncio.Lock] = field(default_factory=dict)
    _limits: dict[str, Limits] = field(default_factory=dict)
    _keys: KeyHolders = field(default_factory=KeyHolders)
    _stale: set[str] = field(default_factory=set)  # open with settings that changed since
    _threads: LaneThreads | None = None

    def look(self) -> None:
        """Reads which organisations there are. Raises ConfigError where the installation's file can't be read."""
        self._look(members(self.path))
        self._seen, self._looked_at = self._signature(), self.now()

    @property
    def members(self) -> Mapping[str, Member]:
        """The organisations that are on, by short name."""
        return self._members

    @property
    def open(self) -> Sequence[str]:
        """Those whose page is open now."""
        return tuple(self._open)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        await self.look_again()
        slug = self._hosts.get(Headers(scope=scope).get("host", "").lower())
        if slug is None:
            answer = self._probed(scope) if scope["path"] in PATHS else _bare(middleware.NO_PAGE_HERE, 421)  # fmt: skip
            await answer(scope, receive, send)
            return
        with logs.for_organisation(slug):
            page = await self._page(slug)
            if page is None:
                await _bare(middleware.NOT_OPEN, 503)(scope, receive, send)
                return
            page.asking += 1
            page.used_at = self.now()
            try:
                await page.app(own_cookies(scope, slug), receive, _under_own_name(send, slug))
            finally:
                page.asking -= 1
                page.used_at = self.now()
        await self._tidy()

    async def _page(self, slug: str) -> Page | None:
        """An organisation's page, opened where it is not; None where that can't be done, which the log says."""
        async with self._opening.setdefault(slug, asyncio.Lock()):
            page = self._open.get(slug)
            if page is not None:
                return page
            if self._threads is None:
                self._threads = LaneThreads()
            try:
                page = await anyio.to_thread.run_sync(self._opened, self._members[slug])
            except MentionsError as error:
                log.error("the page of %s can't be opened: %s", slug, error)
                return None
            except Exception as bug:
                log_bug(f"the page of {slug}", bug)
                return None
            page.used_at = self.now()
            self._open[slug] = page
            return page

    def _opened(self, member: Member) -> Page:
        if member.wrong:
            raise ConfigError(member.wrong)
        config = schema.load(member.path)
        self._keys.claim(member.slug, keys(config, member.folder))
        limits = self._limits.setdefault(member.slug, Limits())
        context = build_app_context(config, member.folder)
        context.slug, context.others = member.slug, Switch(slug=member.slug, members=lambda: self._members)  # fmt: skip
        context.tries, context.tries_of_an_address = limits.tries, limits.tries_of_an_address
        context.codes, context.failures = limits.codes, limits.failures
        with context.open_store():
            pass  # what is lost, or an earlier version's, is said before anybody signs in
        return Page(member.slug, create_app(context, rate=limits.rate, threads=self._threads), context)  # fmt: skip

    async def _tidy(self) -> None:
        """Lets go of pages that nobody has asked for in a while, and of the oldest where too many are open."""
        at = self.now()
        idle = [page for page in self._open.values() if not page.asking and not page.busy]
        idle.sort(key=lambda page: page.used_at)
        over = max(0, len(self._open) - self.most)
        going = [
            page for place, page in enumerate(idle)
            if place < over or page.slug in self._stale or at - page.used_at >= self.idle
        ]  # fmt: skip
        await self._let_go(going)

    async def _let_go(self, going: Sequence[Page]) -> None:
        for page in going:
            self._open.pop(page.slug, None)
            self._stale.discard(page.slug)
        if going:
            contexts = [page.context for page in going if page.context is not None]
            for (
                page
            ) in going:  # whoever holds on to a page for a moment more keeps no database open
                page.app, page.context = _bare(middleware.NOT_OPEN, 503), None
            await anyio.to_thread.run_sync(_close, contexts)

    async def look_again(self) -> None:
        """Looks whether an organisation came, went or changed its files, where the last look is some seconds ago."""
        if self.now() - self._looked_at < self.look_every:
            return
        self._looked_at = self.now()
        seen = await anyio.to_thread.run_sync(self._signature)
        if seen == self._seen:
            return
        try:
            listed = await anyio.to_thread.run_sync(members, self.path)
        except ConfigError as error:
            log.error("the list of organisations can't be read, and stays as it was: %s", error)
            return
        before = self._members
        self._look(listed)
        self._stale |= {slug for slug in self._open if self._files_changed(slug, before, seen)}
        self._seen = await anyio.to_thread.run_sync(self._signature)
        await self._tidy()

    def _look(self, listed: Sequence[Member]) -> None:
        for member in listed if self._members else ():
            self._tell(member, self._members.get(member.slug))
        self._members = {member.slug: member for member in listed}
        self._hosts = {
            member.host: member.slug for member in reversed(listed) if member.host
        }  # of two at one the first

    def _tell(self, member: Member, before: Member | None) -> None:
        """Says of an organisation that came or changed what stands in the way of its page."""
        if member.wrong and (before is None or member.wrong != before.wrong):
            log.error("the page of %s can't be opened: %s", member.slug, member.wrong)

    def _signature(self) -> dict[Path, object]:
        """What changes when the installation's file or an organisation's own does."""
        return {
            path: _changed_at(path)
            for path in (self.path, site_file(self.path), *(member.path for member in self._members.values()))
        }  # fmt: skip

    def _files_changed(
        self, slug: str, before: Mapping[str, Member], seen: Mapping[Path, object]
    ) -> bool:
        member = self._members.get(slug)
        common = (self.path, site_file(self.path))
        changed = {path for path, state in seen.items() if self._seen.get(path) != state}
        return member is None or member != before.get(slug) or member.path in changed or not changed.isdisjoint(common)  # fmt: skip

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                set_threads()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._let_go(list(self._open.values()))
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _probed(self, scope: Scope) -> ASGIApp:
        """What a machine that asks by no organisation's name is told: that the process answers, and which organisations can't be run.

        Each organisation's own state is asked under its own name.
        """
        headers = Headers(scope=scope)
        if scope["method"] not in ("GET", "HEAD"):
            return plain("GET alone", 405)
        if not is_local(scope, headers, secure=False):
            return plain("this machine alone", 403)
        if scope["path"] == "/livez":
            return plain("ok", 200)
        wrong = sorted(member.slug for member in self._members.values() if member.wrong)
        if scope["path"] == "/readyz":
            body = json.dumps({"ready": not wrong, "failed": wrong})
            return Response(body, 503 if wrong else 200, HEADERS | {"Cache-Control": "no-store"}, "application/json")  # fmt: skip
        counts = {"listed": len(self._members), "wrong": len(wrong), "open": len(self._open)}
        lines = "".join(f'mentions_organisations{{state="{state}"}} {count}\n' for state, count in counts.items())  # fmt: skip
        return plain(f"# TYPE mentions_organisations gauge\n{lines}".rstrip(), 200)


def own_cookies(scope: Scope, slug: str) -> Scope:
    """The request with this organisation's cookies under the names by which its page knows them, and nobody else's."""
    headers: list[tuple[bytes, bytes]] = []
    for name, value in scope["headers"]:
        if name != b"cookie":
            headers.append((name, value))
            continue
        pairs = [pair.strip() for pair in value.decode("latin-1").split(";")]
        own = [
            f"{called.removesuffix(f'--{slug}')}={content}"
            for called, _, content in (pair.partition("=") for pair in pairs)
            if called.startswith(COOKIE) and called.endswith(f"--{slug}")
        ]
        if own:
            headers.append((name, "; ".join(own).encode("latin-1")))
    return {**scope, "headers": headers}


def _under_own_name(send: Send, slug: str) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [
                (name, _named(value, slug) if name.lower() == b"set-cookie" else value)
                for name, value in message.get("headers", ())
            ]}  # fmt: skip
        await send(message)

    return sent


def _named(cookie: bytes, slug: str) -> bytes:
    name, equals, rest = cookie.partition(b"=")
    return name + f"--{slug}".encode() + equals + rest


def _changed_at(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _bare(written: str, status: int) -> ASGIApp:
    """A small page without an organisation's name or address."""
    return Response(
        written, status, HEADERS | {"Cache-Control": "no-store"}, "text/html; charset=utf-8"
    )


def _close(contexts: list[AppContext]) -> None:
    """Ends what pages did, and lets go of their stores, which each thread kept open: the connections close as nothing holds them."""
    while contexts:
        try:
            contexts.pop().close()
        except Exception as bug:
            log_bug("a page that was let go of", bug)
    gc.collect()
