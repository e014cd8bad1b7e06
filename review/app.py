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

from errors import StoreError
from review import (
    assigning_page,
    audit_page,
    away_page,
    brand,
    case_page,
    deciding,
    drafting,
    handover_page,
    moderate_page,
    new_items,
    opinion_page,
    people_page,
    quality_page,
    queue_page,
    refusals,
    releasing,
    report_page,
    revealing,
    sample_page,
    setup_page,
    signing_pages,
    source_page,
    statement_page,
    takedown_page,
    tell_page,
    trends_page,
    weekly_page,
)
from review.desk import Desk, Visit, Work, endpoint
from review.guard import Guard
from review.rendering import HERE, page
from review.signing import BY_ITSELF, Signed

log = logging.getLogger("review")


class RowNumber(IntegerConvertor):
    """A number in an address, as `{name:row}`: one that a row of the store can have, which ends at 2^63."""

    regex = "[0-9]{1,18}"


register_url_convertor("row", RowNumber())
THREADS = 12  # each keeps a store open, with its cache: more would only wait for the same two cores

GET: tuple[tuple[str, Work], ...] = (
    ("/", queue_page.home),
    ("/sign-in", signing_pages.sign_in),
    ("/welcome/{token}", signing_pages.welcome),
    ("/account", signing_pages.account),
    ("/cases", queue_page.queue),
    ("/cases/{number:row}", case_page.case),
    ("/mentions/{number:row}", case_page.mention),
    ("/mentions/{number:row}/moderate", moderate_page.moderate),
    ("/mentions/{number:row}/moderated/{moderation:row}", moderate_page.moderated),
    ("/mentions/{number:row}/report", report_page.report),
    ("/sources", source_page.sources),
    ("/takedowns", takedown_page.takedowns),
    ("/clocks/{number:row}", takedown_page.breach),
    ("/tell", tell_page.tell),
    ("/tell/{number:row}", tell_page.report),
    ("/sample", sample_page.sample),
    ("/sample/{number:row}", sample_page.again),
    ("/quality", quality_page.quality),
    ("/trends", trends_page.trends),
    ("/weekly", weekly_page.weekly),
    ("/setup", setup_page.sections),
    ("/setup/{section}", setup_page.section),
    ("/setup/{section}/back/{version:row}", setup_page.look_back),
    ("/team", away_page.team),
    ("/away", away_page.away),
    ("/handover", handover_page.handover),
    ("/handover/{number:row}", handover_page.note),
    ("/audit", audit_page.audit),
    ("/audit/reveals", audit_page.reveals),
    ("/audit/chain", audit_page.chain),
    ("/people", people_page.everybody),
    ("/people/{number:row}", people_page.person),
    ("/accessibility", statement_page.statement),
    (
        "/static/logo.png",
        brand.logo,
    ),  # config.toml's, before what ships: it may be kept for an hour as well
    (BY_ITSELF, new_items.new_items),
)
POST: tuple[tuple[str, Work], ...] = (
    ("/sign-in", signing_pages.signed_in),
    ("/account", signing_pages.chosen),
    ("/sign-out", signing_pages.signed_out),
    ("/sign-out-everywhere", signing_pages.signed_out_everywhere),
    ("/welcome/{token}", signing_pages.welcomed),
    ("/cases/{number:row}/decide", deciding.decide),
    ("/cases/{number:row}/replied", deciding.replied),
    ("/cases/{number:row}/draft", drafting.draft),
    ("/cases/{number:row}/undo", deciding.undo),
    ("/cases/{number:row}/claim", deciding.claim),
    ("/cases/{number:row}/release", deciding.release),
    ("/cases/{number:row}/release-hr", releasing.release_hr),
    ("/cases/{number:row}/takedown", takedown_page.takedown),
    ("/clocks/{number:row}", takedown_page.recorded),
    ("/tell", tell_page.told),
    ("/cases/decide", deciding.decide_many),
    ("/mentions/{number:row}/reveal", revealing.reveal),
    ("/mentions/{number:row}/moderate", moderate_page.check),
    ("/mentions/{number:row}/moderate/confirm", moderate_page.confirm),
    ("/mentions/{number:row}/report", report_page.reported),
    ("/sample/{number:row}", sample_page.answer),
    ("/setup/{section}", setup_page.change),
    ("/setup/{section}/back/{version:row}", setup_page.go_back),
    ("/cases/assign", assigning_page.assign_many),
    ("/cases/{number:row}/assign", assigning_page.assign),
    ("/opinions/{number:row}", opinion_page.answer),
    ("/away", away_page.set_away),
    ("/away/{number:row}/end", away_page.end_away),
    ("/handover", handover_page.written),
    ("/handover/{number:row}/read", handover_page.read),
    ("/audit/export", audit_page.export),
    ("/people", people_page.added),
    ("/people/{number:row}/roles", people_page.roles_given),
    ("/people/{number:row}/link", people_page.link_made),
    ("/people/{number:row}/sessions", people_page.sessions_ended),
    ("/people/{number:row}/access", people_page.turned),
)


def app(desk: Desk) -> Guard:
    """The whole page, ready for a server. The guard stands before everything, answers to bugs too."""
    host = urlsplit(desk.public_url).netloc.lower()
    made = Starlette(
        routes=[
            *(Route(path, endpoint(work), methods=["GET"]) for path, work in (*GET, *OIDC)),
            *(Route(path, endpoint(work), methods=["POST"]) for path, work in POST),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        middleware=[Middleware(Signed, desk=desk)],
        lifespan=_few_threads,
        exception_handlers={
            HTTPException: _not_there, ClientDisconnect: _cut_off, StoreError: _trouble, Exception: _bug,
        },
    )  # fmt: skip
    made.state.desk = desk
    return Guard(made, secure=desk.secure, hosts=frozenset({host}))


def _oidc(page_of: str) -> Work:
    """A page of signing in with the organisation's account. Its libraries, 20 MB, are loaded where that is on."""

    def work(visit: Visit) -> Response:
        if visit.desk.oidc is None:
            raise HTTPException(404)
        from review import oidc_pages

        pages: dict[str, Work] = {
            "start": oidc_pages.start, "back": oidc_pages.back, "leave": oidc_pages.leave,
        }  # fmt: skip
        return pages[page_of](visit)

    return work


OIDC: tuple[tuple[str, Work], ...] = (
    ("/sign-in/oidc", _oidc("start")),
    ("/sign-in/oidc/back", _oidc("back")),
    ("/sign-out/oidc", _oidc("leave")),
)


@asynccontextmanager
async def _few_threads(_: Starlette) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


def _visit(request: Request) -> Visit:
    desk: Desk = request.app.state.desk
    store = desk.store()
    return Visit(
        desk=desk.in_force(store), request=request, store=store, at=desk.now(),
        signed=request.scope.get("signed"),
    )  # fmt: skip


def _not_there(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return page(_visit(request), "not_there.html", status=status)


def _cut_off(request: Request, error: Exception) -> Response:
    """For a body that was longer than it may be; who hung up half way gets no answer."""
    return refusals.answer(refusals.TOO_LARGE, 413)


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
        return refusals.answer(refusals.TROUBLE, status)
