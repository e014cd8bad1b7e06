"""Puts the page together: its addresses, what stands before them, and what is shown when something fails."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import anyio.to_thread
from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from core.errors import StoreError
from review import audit, branding, middleware, staff_reports, static_pages
from review.auth import users
from review.auth import views as auth_views
from review.auth.sessions import BY_ITSELF, SessionMiddleware
from review.cases import actions, assign, detail, queue
from review.context import AppContext, RequestContext, View, endpoint
from review.insights import quality, samples, trends_views, weekly
from review.middleware import SecurityMiddleware
from review.moderation import report, takedowns
from review.moderation import views as moderation_views
from review.rendering import HERE, page
from review.setup import views as setup_views
from review.team import absence, handover

log = logging.getLogger("review")


class RowNumber(IntegerConvertor):
    """A number in an address, as `{name:row}`: one that a row of the store can have, which ends at 2^63."""

    regex = "[0-9]{1,18}"


register_url_convertor("row", RowNumber())
THREADS = 12  # each keeps a store open, with its cache: more would only wait for the same two cores

GET: tuple[tuple[str, View], ...] = (
    ("/", queue.home),
    ("/sign-in", auth_views.sign_in),
    ("/welcome/{token}", auth_views.welcome),
    ("/account", auth_views.account),
    ("/cases", queue.queue),
    ("/cases/{number:row}", detail.case),
    ("/mentions/{number:row}", detail.mention),
    ("/mentions/{number:row}/moderate", moderation_views.moderate),
    ("/mentions/{number:row}/moderated/{moderation:row}", moderation_views.moderated),
    ("/mentions/{number:row}/report", report.report),
    ("/sources", static_pages.sources),
    ("/takedowns", takedowns.takedowns),
    ("/clocks/{number:row}", takedowns.breach),
    ("/tell", staff_reports.tell),
    ("/tell/{number:row}", staff_reports.report),
    ("/sample", samples.sample),
    ("/sample/{number:row}", samples.again),
    ("/quality", quality.quality),
    ("/trends", trends_views.trends),
    ("/weekly", weekly.weekly),
    ("/setup", setup_views.sections),
    ("/setup/{section}", setup_views.section),
    ("/setup/{section}/back/{version:row}", setup_views.backtest),
    ("/team", absence.team),
    ("/away", absence.away),
    ("/handover", handover.handover),
    ("/handover/{number:row}", handover.note),
    ("/audit", audit.audit),
    ("/audit/reveals", audit.reveals),
    ("/audit/chain", audit.chain),
    ("/people", users.everybody),
    ("/people/{number:row}", users.person),
    ("/accessibility", static_pages.statement),
    (
        "/static/logo.png",
        branding.logo,
    ),  # config.toml's, before what ships: it may be kept for an hour as well
    (BY_ITSELF, queue.new_items),
)
POST: tuple[tuple[str, View], ...] = (
    ("/sign-in", auth_views.signed_in),
    ("/account", auth_views.chosen),
    ("/sign-out", auth_views.signed_out),
    ("/sign-out-everywhere", auth_views.signed_out_everywhere),
    ("/welcome/{token}", auth_views.welcomed),
    ("/cases/{number:row}/decide", actions.decide),
    ("/cases/{number:row}/replied", actions.replied),
    ("/cases/{number:row}/draft", actions.draft),
    ("/cases/{number:row}/undo", actions.undo),
    ("/cases/{number:row}/claim", actions.claim),
    ("/cases/{number:row}/release", actions.release),
    ("/cases/{number:row}/release-hr", actions.release_hr),
    ("/cases/{number:row}/takedown", takedowns.takedown),
    ("/clocks/{number:row}", takedowns.recorded),
    ("/tell", staff_reports.submit_report),
    ("/cases/decide", actions.decide_many),
    ("/mentions/{number:row}/reveal", detail.reveal),
    ("/mentions/{number:row}/moderate", moderation_views.check),
    ("/mentions/{number:row}/moderate/confirm", moderation_views.confirm),
    ("/mentions/{number:row}/report", report.reported),
    ("/sample/{number:row}", samples.answer),
    ("/setup/{section}", setup_views.change),
    ("/setup/{section}/back/{version:row}", setup_views.go_back),
    ("/cases/assign", assign.assign_many),
    ("/cases/{number:row}/assign", assign.assign),
    ("/opinions/{number:row}", actions.answer),
    ("/away", absence.set_away),
    ("/away/{number:row}/end", absence.end_away),
    ("/handover", handover.written),
    ("/handover/{number:row}/read", handover.read),
    ("/audit/export", audit.export),
    ("/people", users.added),
    ("/people/{number:row}/roles", users.roles_given),
    ("/people/{number:row}/link", users.link_made),
    ("/people/{number:row}/sessions", users.sessions_ended),
    ("/people/{number:row}/access", users.turned),
)


def create_app(app: AppContext) -> SecurityMiddleware:
    """The whole page, ready for a server. The guard stands before everything, answers to bugs too."""
    host = urlsplit(app.public_url).netloc.lower()
    application = Starlette(
        routes=[
            *(Route(path, endpoint(work), methods=["GET"]) for path, work in (*GET, *OIDC)),
            *(Route(path, endpoint(work), methods=["POST"]) for path, work in POST),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        middleware=[Middleware(SessionMiddleware, app_context=app)],
        lifespan=_few_threads,
        exception_handlers={
            HTTPException: _not_there, ClientDisconnect: _cut_off, StoreError: _trouble, Exception: _bug,
        },
    )  # fmt: skip
    application.state.desk = app
    return SecurityMiddleware(application, secure=app.secure, hosts=frozenset({host}))


def _oidc(page_of: str) -> View:
    """A page of signing in with the organisation's account. Its libraries (0.16 s, 9 MB) are loaded where that is on."""

    def work(context: RequestContext) -> Response:
        if context.app.oidc is None:
            raise HTTPException(404)
        from review.auth import oidc_views

        pages: dict[str, View] = {
            "start": oidc_views.start, "back": oidc_views.back, "leave": oidc_views.leave,
        }  # fmt: skip
        return pages[page_of](context)

    return work


OIDC: tuple[tuple[str, View], ...] = (
    ("/sign-in/oidc", _oidc("start")),
    ("/sign-in/oidc/back", _oidc("back")),
    ("/sign-out/oidc", _oidc("leave")),
)


@asynccontextmanager
async def _few_threads(_: Starlette) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


def _visit(request: Request) -> RequestContext:
    app: AppContext = request.app.state.desk
    store = app.store()
    return RequestContext(
        app=app.in_force(store), request=request, store=store, at=app.now(),
        signed=request.scope.get("signed"),
    )  # fmt: skip


def _not_there(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return page(_visit(request), "not_there.html", status=status)


def _cut_off(request: Request, error: Exception) -> Response:
    """For a body that was longer than it may be; who hung up half way gets no answer."""
    return middleware.answer(middleware.TOO_LARGE, 413)


def _trouble(request: Request, error: Exception) -> Response:
    return _said(request, 503, str(error))


def _bug(request: Request, error: Exception) -> Response:
    """Logs where a bug is, and not what it says: its message may hold a post's words."""
    if isinstance(error, StoreError):  # met before any page: nobody knows yet who asks
        return _trouble(request, error)
    log.error(
        "a bug (%s)\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
    )
    return _said(request, 500, "")


def _said(request: Request, status: int, why: str) -> Response:
    """The page of what went wrong, and a plainer one where that goes wrong too, as it does without a store."""
    try:
        return page(_visit(request), "trouble.html", status=status, why=why)
    except Exception as error:
        log.warning("the page of what went wrong could not be made (%s)", type(error).__name__)
        return middleware.answer(middleware.TROUBLE, status)
