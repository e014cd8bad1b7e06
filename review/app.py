"""Puts the page together: its addresses, what stands before them, and what is shown when something fails."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from errors import StoreError
from review import (
    case_page,
    deciding,
    oidc_pages,
    quality_page,
    queue_page,
    releasing,
    revealing,
    sample_page,
    signing_pages,
    source_page,
    takedown_page,
    tell_page,
    trends_page,
    weekly_page,
)
from review.desk import Desk, Visit, Work, endpoint
from review.guard import Guard
from review.rendering import HERE, page
from review.signing import Signed

log = logging.getLogger("review")
THREADS = 12  # each keeps a store open, with its cache: more would only wait for the same two cores

GET: tuple[tuple[str, Work], ...] = (
    ("/", queue_page.home),
    ("/sign-in", signing_pages.sign_in),
    ("/sign-in/oidc", oidc_pages.start),
    ("/sign-in/oidc/back", oidc_pages.back),
    ("/sign-out/oidc", oidc_pages.leave),
    ("/welcome/{token}", signing_pages.welcome),
    ("/account", signing_pages.account),
    ("/cases", queue_page.queue),
    ("/cases/{number:int}", case_page.case),
    ("/mentions/{number:int}", case_page.mention),
    ("/sources", source_page.sources),
    ("/takedowns", takedown_page.takedowns),
    ("/clocks/{number:int}", takedown_page.breach),
    ("/tell", tell_page.tell),
    ("/tell/{number:int}", tell_page.report),
    ("/sample", sample_page.sample),
    ("/sample/{number:int}", sample_page.again),
    ("/quality", quality_page.quality),
    ("/trends", trends_page.trends),
    ("/weekly", weekly_page.weekly),
)
POST: tuple[tuple[str, Work], ...] = (
    ("/sign-in", signing_pages.signed_in),
    ("/account", signing_pages.chosen),
    ("/sign-out", signing_pages.signed_out),
    ("/sign-out-everywhere", signing_pages.signed_out_everywhere),
    ("/welcome/{token}", signing_pages.welcomed),
    ("/cases/{number:int}/decide", deciding.decide),
    ("/cases/{number:int}/undo", deciding.undo),
    ("/cases/{number:int}/claim", deciding.claim),
    ("/cases/{number:int}/release", deciding.release),
    ("/cases/{number:int}/release-hr", releasing.release_hr),
    ("/cases/{number:int}/takedown", takedown_page.takedown),
    ("/clocks/{number:int}", takedown_page.recorded),
    ("/tell", tell_page.told),
    ("/cases/decide", deciding.decide_many),
    ("/mentions/{number:int}/reveal", revealing.reveal),
    ("/sample/{number:int}", sample_page.answer),
)


def app(desk: Desk) -> Guard:
    """The whole page, ready for a server. The guard stands before everything, answers to bugs too."""
    host = urlsplit(desk.public_url).netloc.lower()
    made = Starlette(
        routes=[
            *(Route(path, endpoint(work), methods=["GET"]) for path, work in GET),
            *(Route(path, endpoint(work), methods=["POST"]) for path, work in POST),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        middleware=[Middleware(Signed, desk=desk)],
        lifespan=_few_threads,
        exception_handlers={
            HTTPException: _not_there, StoreError: _trouble, Exception: _bug,
        },
    )  # fmt: skip
    made.state.desk = desk
    return Guard(made, secure=desk.secure, hosts=frozenset({host}))


@asynccontextmanager
async def _few_threads(_: Starlette) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


def _visit(request: Request) -> Visit:
    desk: Desk = request.app.state.desk
    return Visit(
        desk=desk, request=request, store=desk.store(), at=desk.now(),
        signed=request.scope.get("signed"),
    )  # fmt: skip


def _not_there(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return page(_visit(request), "not_there.html", status=status)


def _trouble(request: Request, error: Exception) -> Response:
    return page(_visit(request), "trouble.html", status=503, why=str(error))


def _bug(request: Request, error: Exception) -> Response:
    """Logs where a bug is, and not what it says: its message may hold a post's words."""
    log.error(
        "a bug (%s)\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
    )
    return page(_visit(request), "trouble.html", status=500, why="")
