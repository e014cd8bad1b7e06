"""Who is who: passwords, sessions in a cookie, and which pages need which role."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import argon2
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.models import Role
from review import free_text, looking
from review.auth.required import due, needs_second_step
from review.context import AppContext, RequestContext, View
from review.navigation import administrators
from review.rendering import page
from store import SignedIn, User

log = logging.getLogger("review.auth")

COOKIE = "__Host-mentions"
BY_ITSELF = "/new-items"  # what a script asks for by itself: it keeps no session alive
EVENTS = "/events"  # nor does what it listens to
IDLE = timedelta(
    minutes=60
)  # NHS guidance for shared machines is short; a reviewer reads for an hour
ABSOLUTE = timedelta(hours=12)  # a working day: OWASP ASVS 5.0, 7.3
MOST_HELD = 200_000  # characters of what was sent too late: a section of the set-up is the longest
KNOWN = "__Host-known"  # says that this browser is one in which somebody has signed in, and no more
KNOWN_HOLDS = timedelta(days=180)
# argon2id as the OWASP Password Storage Cheat Sheet names it: 19 MiB, so that signing in fits a small machine
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# what is open to whoever must set up a second step first
OPEN = frozenset({"/account/second-step", "/sign-out-everywhere"})
_NOBODY = _HASHER.hash("nobody has this password")  # as slow for a name that is not there


class SessionMiddleware:
    """ASGI middleware: finds whose session a request's cookie holds, for all pages at once."""

    def __init__(self, app: ASGIApp, *, app_context: AppContext) -> None:
        self._app = app
        self._app_context = app_context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/static/"):
            session = Request(scope).cookies.get(COOKIE, "")
            if session:
                scope["signed"] = await run_in_threadpool(self._whose, session, scope["path"])
                scope["session_id"] = (
                    session  # never shown: tells one browser's requests from another's
                )
        await self._app(scope, receive, send)

    def _whose(self, session: str, path: str) -> SignedIn | None:
        signed_in = self._app_context.store().sessions.get(
            session, at=self._app_context.now(), idle=IDLE, used=path not in (BY_ITSELF, EVENTS)
        )
        # who came by a way that is closed now goes at once
        return signed_in if signed_in and signed_in.user.kind in self._app_context.ways_in else None


_OF_CASES = re.compile(r"/(cases|waiting|mentions)/([0-9]{1,18})(?:/(?:full|danger))?")


def _safeguardings_own(context: RequestContext) -> str:
    """Where whoever holds Safeguarding alone finds what a link to a case is about, whatever case: emails to their team hold such links. "" for all else."""
    url = _OF_CASES.fullmatch(context.request.url.path)
    if url is None or context.request.method != "GET" or set(context.user.roles) != {"safeguarding"}:  # fmt: skip
        return ""
    return f"/safeguarding#{f'case-{url[2]}' if url[1] == 'cases' else 'passed'}"


def requires_role(*roles: Role) -> Callable[[View], View]:
    """A page for people with one of these roles: others are asked to sign in, or told that it is not for them."""

    def wrap(work: View) -> View:
        def guarded(context: RequestContext) -> Response:
            if context.signed is None and context.request.method == "GET":
                url = context.request.url
                return RedirectResponse(f"/sign-in?{urlencode({'back': _path(url)})}", 303)
            if context.signed is None:
                return _sent_too_late(context)
            if not any(map(context.may, roles)) and (theirs := _safeguardings_own(context)):
                return RedirectResponse(theirs, 303)
            if not any(map(context.may, roles)):
                log.warning(
                    "account %s may not open %s %s", context.user.number, context.request.method,
                    re.sub(r"[0-9]+", "{number}", context.request.url.path)[:100],
                )  # fmt: skip
                return page(
                    context,
                    "layout/not_yours.html",
                    status=403,
                    role=" or ".join(roles),
                    whom=administrators(context),
                )
            until = due(context.store, context.config, context.user)
            if until is not None and until <= context.at and _path_alone(context) not in OPEN:
                return RedirectResponse("/account/second-step", 303)
            stopped = free_text.stopped(context)
            if stopped is not None:
                return stopped
            try:
                answer = work(context)
            except HTTPException as error:
                if error.status_code == 404:
                    looking.note_absent(context)
                raise
            if answer.status_code == 404:
                looking.note_absent(context)
            looking.note_page(context, answer)
            return answer

        return guarded

    return wrap


def _sent_too_late(context: RequestContext) -> Response:
    """What was sent after its session ended, to be sent again once its writer signed in: a browser that goes back finds
    nothing of it, since no page is stored. Passwords are never held."""
    fields = [(name, str(value)) for name, value in context.form.multi_items()]
    secret = any(name in ("now", "password", "again") for name, _ in fields)
    if secret or sum(len(value) for _, value in fields) > MOST_HELD:
        return page(context, "auth/signed_out.html", status=401, held=None)
    wrote = list(dict.fromkeys(value.strip() for _, value in fields if " " in value.strip()))
    return page(
        context,
        "auth/signed_out.html",
        status=401,
        held=fields,
        wrote=wrote,
        again=_path(context.request.url),
    )


def _path_alone(context: RequestContext) -> str:
    return context.request.url.path


def _path(url: URL) -> str:
    return f"{url.path}?{url.query}" if url.query else url.path


def checked(user: User | None, password: str) -> bool:
    """Whether it is that person's password; as slow where there is no such person."""
    secret = user.secret if user and user.active and user.secret else ""
    try:
        return _HASHER.verify(secret or _NOBODY, password) and bool(secret)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def hashed(password: str) -> str:
    """A password as it is kept: argon2id (RFC 9106), see above for its parameters."""
    return _HASHER.hash(password)


def place_of(context: RequestContext) -> str:
    """Where a request comes from, as tries are counted: an address, of IPv6 the network of 64 bits that one line gets."""
    host = context.request.client.host if context.request.client else ""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if number.version == 4 else str(ipaddress.ip_network((number, 64), strict=False))


def known_to(context: RequestContext, user: User | None) -> bool:
    """Whether the account's owner has signed in by this browser, within half a year."""
    token = context.request.cookies.get(KNOWN, "")
    return user is not None and context.store.second_steps.is_known(
        user.number, token, since=context.at - KNOWN_HOLDS
    )


def begin(context: RequestContext, user: User, answer: Response) -> Response:
    """Signs a person in with a new session; one that they had before ends."""
    old = context.request.cookies.get(COOKIE, "")
    if old:
        context.store.sessions.end(old, at=context.at)
    if needs_second_step(context.config, user):
        context.store.second_steps.ask_for(user.number, at=context.at)
    session = context.store.sessions.begin(user.number, at=context.at, until=context.at + ABSOLUTE)
    answer.set_cookie(
        COOKIE, session, max_age=int(ABSOLUTE.total_seconds()), path="/", secure=True,
        httponly=True, samesite="lax",
    )  # fmt: skip
    if user.kind == "local":
        before = context.request.cookies.get(KNOWN, "")
        answer.set_cookie(
            KNOWN, context.store.second_steps.know_browser(user.number, before, at=context.at),
            max_age=int(KNOWN_HOLDS.total_seconds()), path="/", secure=True, httponly=True, samesite="strict",
        )  # fmt: skip
    return answer


def end(context: RequestContext, answer: Response) -> Response:
    """Signs out here."""
    context.store.sessions.end(context.request.cookies.get(COOKIE, ""), at=context.at)
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return answer


def way_back(written: str) -> str:
    """Where to go after signing in: a path of this page alone, so that no link can lead elsewhere."""
    plain = re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", written)
    return written if plain else "/"
