"""Puts the page together: its addresses, what stands before them, and what is shown when something fails."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from classify.policy import schema as policy_schema
from core.errors import ConfigError, StoreError
from review import audit, costly, middleware, sight, staff_reports, static_pages
from review.auth import account, organisations, second_people, second_step, users
from review.auth.sessions import BY_ITSELF, EVENTS, SessionMiddleware
from review.cases import actions, assign, detail, queue
from review.context import AppContext, RequestContext, View, endpoint, request_context
from review.desk import (
    danger,
    decide,
    everything,
    home,
    leak,
    opinions,
    overview,
    pass_on,
    purposes,
    renaming,
    rest,
    reveal,
    second_looks,
    splitting,
    today,
    waiting,
)
from review.events import Events
from review.guardian import lane, packs, stepping
from review.imports import pages as imports
from review.insights import (
    exports,
    governance,
    looked_at,
    papers,
    quality,
    recipients,
    region,
    samples,
    trends_views,
    weekly,
)
from review.middleware import RateLimiter, SecurityMiddleware
from review.moderation import moderate, report, takedowns
from review.moderation.platforms import Platforms
from review.probes import ProbedPage, Probes
from review.rendering import HERE, page, prepare
from review.replies import sending
from review.rights import desk as rights_desk
from review.rights import holds as rights_holds
from review.rights import requests as rights_requests
from review.rights import safeguarding as rights_safeguarding
from review.setup import editor, mail, people, upkeep
from review.setup.changes import Setup
from review.team import absence, handover
from settings import branding, secrets
from settings.schema import Config
from steps.context import open_store

if TYPE_CHECKING:
    from review.auth.oidc import Provider

log = logging.getLogger("review")


class RowNumber(IntegerConvertor):
    """A number in an address, as `{name:row}`: one that a row of the store can have, which ends at 2^63."""

    regex = "[0-9]{1,18}"


register_url_convertor("row", RowNumber())
# Each thread keeps a store open, with its cache: more would only wait for the same two cores.
THREADS = 8
# Seconds after which a thread that works lets another: Python's own 5 ms let a page of 60 questions to the store wait 60 times
# for whoever draws figures meanwhile.
SWITCH = 0.0005
# What takes long has threads of its own, so that those who wait for it hold up nobody else. A password's hash takes
# 19 MiB and a core for 50 ms; figures over weeks read all of them.
PASSWORDS = frozenset({"/sign-in", "/account", "/account/second-step", "/welcome/{token}"})
OVER_WEEKS = frozenset(
    {
        "/weekly",
        "/weekly/file/{form}",
        "/trends",
        "/quality",
        "/region",
        "/audit",
        "/audit/chain",
        "/audit/export",
        "/looked-at",
        "/looked-at/export",
        "/looked-at/decisions",
        "/looked-at/decisions/export",
        "/exports",
        "/import/{number:row}",
        "/cases/{number:row}/evidence",
        "/guardian/{number:row}/evidence",
        "/requests/{number:row}/find",
        "/requests/{number:row}/act",
    }
)

SEARCHES = frozenset(
    {"/all", "/cases", "/search"}
)  # reads all that is stored, where its words are common

GET: tuple[tuple[str, View], ...] = (
    ("/", home.home),
    ("/sign-in", account.sign_in),
    ("/sign-in/code", second_step.code_form),
    ("/welcome/{token}", account.welcome),
    ("/account", account.account),
    ("/account/second-step", second_step.own),
    ("/organisations", organisations.organisations),
    ("/arrive", organisations.arrive),
    ("/cases", queue.queue),
    ("/today", today.today),
    ("/rest", rest.rest),
    ("/rest/check", rest.checked),
    ("/cases/{number:row}/repeats", rest.repeats),
    ("/overview", overview.overview),
    ("/governance", governance.governance),
    ("/governance/papers", papers.papers),
    ("/governance/papers/{paper}.{form}", papers.take),
    ("/guardian", lane.lane),
    ("/guardian/{number:row}", lane.case),
    ("/guardian/{number:row}/evidence", packs.pack),
    ("/cases/{number:row}/recuse", stepping.ask),
    ("/cases/{number:row}/rename", renaming.ask),
    ("/welcome", home.welcome),
    ("/help", home.help_page),
    ("/mine", today.mine),
    ("/waiting", waiting.waiting),
    ("/waiting/{number:row}", waiting.one_handoff),
    ("/done", today.done),
    ("/all", everything.everything),
    ("/search", everything.not_searched),
    ("/cases/{number:row}", decide.case_page),
    ("/cases/{number:row}/full", detail.case),
    ("/cases/{number:row}/pass-on", pass_on.pass_on),
    ("/cases/{number:row}/employer", purposes.to_employer),
    ("/cases/{number:row}/police", purposes.to_police),
    ("/employer", purposes.requests),
    ("/cases/{number:row}/leak", leak.leak),
    ("/cases/{number:row}/danger", danger.danger),
    ("/cases/{number:row}/threat", danger.threat),
    ("/mentions/{number:row}", today.mention),
    ("/mentions/{number:row}/picture/{token}", reveal.look),
    ("/cases/{number:row}/sent/{sending:row}", sending.sent),
    ("/mentions/{number:row}/moderate", moderate.moderate),
    ("/mentions/{number:row}/moderated/{moderation:row}", moderate.moderated),
    ("/mentions/{number:row}/report", report.report),
    ("/sources", static_pages.sources),
    ("/takedowns", takedowns.takedowns),
    ("/clocks/{number:row}", takedowns.breach),
    ("/tell", staff_reports.tell),
    ("/report", staff_reports.at_report),
    ("/tell/private", staff_reports.private),
    ("/tell/{number:row}", staff_reports.report),
    ("/sample", samples.sample),
    ("/sample/{number:row}", samples.again),
    ("/quality", quality.quality),
    ("/trends", trends_views.trends),
    ("/weekly", weekly.weekly),
    ("/region", region.region),
    ("/exports", exports.overview),
    ("/import", imports.overview),
    ("/import/{number:row}", imports.file_page),
    ("/cases/{number:row}/evidence", exports.evidence),
    ("/weekly/file/{form}", weekly.as_file),
    ("/setup", editor.sections),
    ("/setup/{section}", editor.section),
    ("/setup/{section}/back/{version:row}", editor.confirm_roll_back),
    ("/mail", mail.mail),
    ("/upkeep", upkeep.upkeep),
    ("/team", absence.team),
    ("/away", absence.away),
    ("/names", people.people),
    ("/handover", handover.handover),
    ("/handover/{number:row}", handover.note),
    ("/requests", rights_requests.requests),
    ("/holds", rights_holds.holds),
    ("/safeguarding", rights_safeguarding.safeguarding),
    ("/governance/accounts", second_people.at_the_machine),
    ("/requests/{number:row}", rights_desk.request_page),
    ("/audit", audit.audit),
    ("/audit/reveals", audit.reveals),
    ("/audit/chain", audit.chain),
    ("/looked-at", looked_at.looked_at),
    ("/looked-at/decisions", looked_at.decisions),
    ("/people", users.everybody),
    ("/people/{number:row}", users.person),
    ("/people/{number:row}/second-step", second_step.anothers),
    ("/accessibility", static_pages.statement),
    ("/personal-data", static_pages.personal_data),
    # config.toml's, before what ships: it may be kept for an hour as well
    ("/static/logo.png", static_pages.logo),
    (BY_ITSELF, queue.new_items),
)
POST: tuple[tuple[str, View], ...] = (
    ("/weekly/note", weekly.write),
    ("/weekly/calendar", weekly.add_to_calendar),
    ("/weekly/calendar/{number:row}/remove", weekly.remove_from_calendar),
    ("/sign-in", account.signed_in),
    ("/sign-in/code", second_step.code_sent),
    ("/account", account.chosen),
    ("/account/second-step", second_step.changed),
    ("/organisations", organisations.changed),
    ("/arrive", organisations.arrived),
    ("/sign-out", account.signed_out),
    ("/sign-out-everywhere", account.signed_out_everywhere),
    ("/welcome/{token}", account.welcomed),
    ("/cases/{number:row}/decide", decide.decide),
    ("/cases/{number:row}/pass-on", pass_on.passed_on),
    ("/cases/{number:row}/leak", leak.done),
    ("/cases/{number:row}/danger", danger.danger_done),
    ("/cases/{number:row}/threat", danger.threat_done),
    ("/waiting/{number:row}/confirm", waiting.confirm),
    ("/waiting/{number:row}/answer", waiting.answer),
    ("/waiting/{number:row}/chase", waiting.chase),
    ("/waiting/{number:row}/again", waiting.again),
    ("/waiting/{number:row}/take-back", waiting.take_back),
    ("/cases/{number:row}/rename", renaming.rename),
    ("/cases/{number:row}/split", splitting.split),
    ("/cases/{number:row}/put-back", splitting.put_back),
    ("/cases/{number:row}/take", decide.take),
    ("/cases/{number:row}/give", decide.give),
    ("/cases/{number:row}/recuse", stepping.step_back),
    ("/cases/{number:row}/speaking-up", stepping.send),
    ("/speaking-up/back", stepping.take_back),
    ("/guardian/{number:row}/decide", lane.decide),
    ("/guardian/{number:row}/back", lane.back),
    ("/guardian/{number:row}/erasure", lane.erasure),
    ("/guardian/{number:row}/evidence", packs.act),
    ("/account/handles", stepping.own_handles),
    ("/governance/handles", stepping.colleagues_handles),
    ("/preferences", decide.preferences),
    ("/rest/check", rest.check),
    ("/cases/{number:row}/repeats", rest.join),
    ("/rest", rest.close),
    ("/rest/undo", rest.undo),
    ("/cases/{number:row}/replied", actions.replied),
    ("/cases/{number:row}/draft", decide.draft),
    ("/cases/{number:row}/send", sending.check),
    ("/cases/{number:row}/send/confirm", sending.confirm),
    ("/cases/{number:row}/sent/{sending:row}", sending.settled),
    ("/cases/{number:row}/undo", decide.undo),
    ("/cases/{number:row}/claim", actions.claim),
    ("/cases/{number:row}/release", actions.release),
    ("/cases/{number:row}/employer", purposes.ask),
    ("/cases/{number:row}/employer/answer", purposes.answer),
    ("/cases/{number:row}/police", purposes.told_police),
    ("/cases/{number:row}/police/answer", purposes.answer_police),
    ("/governance/recipients", recipients.approved),
    ("/governance/numbers", recipients.numbers_seen),
    ("/governance/access", second_people.answered),
    ("/governance/accounts", second_people.seen),
    ("/cases/{number:row}/takedown", takedowns.takedown),
    ("/clocks/{number:row}", takedowns.recorded),
    ("/tell", staff_reports.submit_report),
    ("/tell/{number:row}/who", staff_reports.reporter),
    ("/search", everything.search),
    ("/views", everything.change_views),
    ("/cases/decide", actions.decide_many),
    ("/mentions/{number:row}/reveal", detail.reveal),
    ("/cases/{number:row}/show", reveal.show),
    ("/cases/{number:row}/original", reveal.original),
    ("/mentions/{number:row}/original", reveal.original_alone),
    ("/mentions/{number:row}/picture", reveal.picture),
    ("/mentions/{number:row}/moderate", moderate.check),
    ("/mentions/{number:row}/moderate/confirm", moderate.confirm),
    ("/mentions/{number:row}/report", report.reported),
    ("/sample/{number:row}", samples.answer),
    ("/mail/test", mail.send_test),
    ("/upkeep/clock", upkeep.confirm_clock),
    ("/upkeep/purge/{number:row}", upkeep.answer_purge),
    ("/mail/retry", mail.retry_all),
    ("/mail/{number:row}/retry", mail.retry),
    ("/mail/{number:row}/address", mail.change_address),
    ("/mail/{number:row}/drop", mail.drop),
    ("/setup/{section}", editor.change),
    ("/setup/{section}/back/{version:row}", editor.roll_back),
    ("/cases/assign", assign.assign_many),
    ("/cases/{number:row}/assign", assign.assign),
    ("/cases/{number:row}/looked-again", second_looks.looked_again),
    ("/opinions/{number:row}", opinions.answer),
    ("/away", absence.set_away),
    ("/names", people.ask),
    ("/names/{number:row}/agree", people.agree),
    ("/names/{number:row}/end", people.end),
    ("/away/{number:row}/end", absence.end_away),
    ("/handover", handover.written),
    ("/handover/{number:row}/read", handover.read),
    ("/handover/{number:row}/strike", handover.struck),
    ("/requests", rights_requests.started),
    ("/holds", rights_holds.answered),
    ("/safeguarding", rights_safeguarding.confirm),
    ("/holds/reports", rights_holds.answered_report),
    ("/holds/erasures", rights_holds.answered_erasure),
    ("/requests/{number:row}/change", rights_desk.changed),
    ("/requests/{number:row}/find", rights_desk.find),
    ("/requests/{number:row}/act", rights_desk.act),
    ("/audit/export", audit.export),
    ("/looked-at/export", looked_at.export),
    ("/looked-at/decisions/export", looked_at.export_decisions),
    ("/exports", exports.take),
    ("/import/{number:row}", imports.act),
    ("/cases/{number:row}/evidence", exports.take_evidence),
    ("/people", users.added),
    ("/people/{number:row}/roles", users.roles_given),
    ("/people/{number:row}/link", users.link_made),
    ("/people/{number:row}/sessions", users.sessions_ended),
    ("/people/{number:row}/access", users.turned),
    ("/people/{number:row}/second-step", second_step.anothers_reset),
)


def build_app_context(file: Config, folder: Path) -> AppContext:
    """What every page is given, from a config.toml. Raises ConfigError where the policy, the logo or a secret can't be read."""
    chosen = file.classifier.policy
    policy = policy_schema.load(folder / chosen) if chosen else policy_schema.load()
    return AppContext(
        file=file,
        folder=folder,
        policy=policy,
        clauses=policy_schema.clause_texts(),
        open_store=lambda: open_store(file, folder, create=False),
        setup=Setup(file, folder, policy),
        platforms=Platforms(file, folder),
        logo=branding.logo(file.branding, folder),
        oidc=_provider(file, folder),
    )


def _provider(file: Config, folder: Path) -> Provider | None:
    """Whom people sign in with. None where that is off. Raises ConfigError where the client's secret is missing."""
    oidc = file.review.oidc
    if not oidc.on:
        return None
    from review.auth.oidc import Provider  # here, since few have it on: 0.1 s, 6 MB

    secret = secrets.secret(oidc.client_secret, folder)
    if secret.value is None:
        raise ConfigError(
            f"review.oidc.client_secret: put the application's secret in the {secret.where}"
        )
    return Provider(
        issuer=oidc.issuer, client_id=oidc.client_id, secret=secret.value, roles=oidc.roles,
        redirect=f"{file.review.public_url}/sign-in/oidc/back", entra=oidc.kind == "entra",
        local_accounts=oidc.local_accounts, ask=oidc.ask, internal_hosts=file.http.internal_hosts,
    )  # fmt: skip


def create_app(
    app: AppContext, *, rate: RateLimiter | None = None, threads: costly.LaneThreads | None = None
) -> SecurityMiddleware:
    """The whole page, ready for a server. `SecurityMiddleware` stands before everything, answers to bugs too.

    `rate` and `threads`: of several pages in one process, what outlives this one, and what all share.
    """
    host = urlsplit(app.file.review.public_url).netloc.lower()
    (passwords, over_weeks, searches), everyday = costly.lanes(threads), costly.everyday()
    slow = {**dict.fromkeys(OVER_WEEKS, over_weeks), **dict.fromkeys(SEARCHES, searches)}
    application = Starlette(
        routes=[
            *(
                Route(path, endpoint(sight.guarded(path, view), slow.get(path, everyday)), methods=["GET"])
                for path, view in (*GET, *OIDC)
            ),
            *(
                Route(path, endpoint(sight.guarded(path, view), passwords if path in PASSWORDS else slow.get(path, everyday)), methods=["POST"])
                for path, view in POST
            ),
            Route(middleware.UPLOAD, imports.handed_over, methods=["POST"]),
            Route(EVENTS, Events(app).stream, methods=["GET"]),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        ],
        middleware=[Middleware(SessionMiddleware, app_context=app)],
        lifespan=_few_threads,
        exception_handlers={
            HTTPException: _not_there, ClientDisconnect: _cut_off, StoreError: _trouble, Exception: _bug,
        },
    )  # fmt: skip
    application.state.context = app
    return ProbedPage(
        application, secure=app.secure, hosts=frozenset({host}), probes=Probes(app=app), rate=rate
    )


def _oidc(page_of: str) -> View:
    """A page of signing in with the organisation's account."""

    def view(context: RequestContext) -> Response:
        if context.app.oidc is None:
            raise HTTPException(404)
        from review.auth import oidc_views  # here, since few have it on: 0.1 s, 6 MB

        pages: dict[str, View] = {
            "start": oidc_views.start, "back": oidc_views.back, "leave": oidc_views.leave,
        }  # fmt: skip
        return pages[page_of](context)

    return view


OIDC: tuple[tuple[str, View], ...] = (
    ("/sign-in/oidc", _oidc("start")),
    ("/sign-in/oidc/back", _oidc("back")),
    ("/sign-out/oidc", _oidc("leave")),
)


def set_threads() -> None:
    """How this process shares its cores among who asks, and the templates that are read before anybody does."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    sys.setswitchinterval(SWITCH)
    threading.Thread(target=prepare, daemon=True).start()


@asynccontextmanager
async def _few_threads(application: Starlette) -> AsyncIterator[None]:
    set_threads()
    yield
    app: AppContext = application.state.context
    await anyio.to_thread.run_sync(app.views.flush)


def _not_there(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    context = request_context(request)
    lost = request.method == "POST" and status == 404
    return page(
        context, "layout/not_there.html", status=status, lost=lost, following=_following(context) if lost else None
    )  # fmt: skip


def _following(context: RequestContext) -> int | None:
    """The next case for whoever decides, where the one that they decided on went while they had it open."""
    if context.signed is None or context.guardians or not context.may("reviewer"):
        return None
    here = re.match(r"/cases/([0-9]{1,11})(?:/|$)", context.request.url.path)
    return decide.next_case(context, int(here[1])) if here else None


def _cut_off(request: Request, error: Exception) -> Response:
    """For a body that was longer than it may be; who hung up half way gets no answer."""
    return middleware.answer(middleware.TOO_LARGE, 413)


def _trouble(request: Request, error: Exception) -> Response:
    return _show_trouble(request, 503, str(error))


def _bug(request: Request, error: Exception) -> Response:
    """Logs where a bug is, and not what it says: its message may hold a post's words."""
    if isinstance(error, StoreError):  # met before any page: nobody knows yet who asks
        return _trouble(request, error)
    log.error(
        "a bug (%s)\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
    )
    return _show_trouble(request, 500, "")


def _show_trouble(request: Request, status: int, why: str) -> Response:
    """The page of what went wrong, and a plainer one where that goes wrong too, as it does without a store."""
    try:
        return page(request_context(request), "layout/trouble.html", status=status, why=why)
    except Exception as error:
        log.warning("the page of what went wrong could not be made (%s)", type(error).__name__)
        return middleware.answer(middleware.TROUBLE, status)
