"""Signing in with the organisation's account: the way there, the way back, and why somebody is not let in."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import SignInRefused
from review.auth import second_people, sessions
from review.auth.oidc import HOLDS, Begun, Person, Provider, plain, roles_for
from review.context import RequestContext, View
from review.rendering import page
from store import User

log = logging.getLogger("review")

COOKIE = "__Host-mentions-oidc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A page that says why nobody was signed in. `asks`: whom to ask stands there; `other`: another account may do."""

    status: int
    title: str
    why: str
    asks: bool = False
    other: bool = False


REFUSALS = {
    "stale": Refusal(
        status=400, title="Please sign in again",
        why="This sign-in was begun in another browser, took longer than ten minutes, or was used before.",
    ),
    "denied": Refusal(
        status=403, title="You were not signed in",
        why="Your organisation’s sign-in service did not sign you in, or you stopped there.", asks=True, other=True,
    ),
    "no_role": Refusal(
        status=403, title="Your account has no role here",
        why="Your organisation knows you, but nobody has given your account a role for this page.", asks=True, other=True,
    ),
    "both": Refusal(
        status=403, title="Your account has two roles that nobody has together",
        why="Your organisation’s sign-in service says that you are governance and the Guardian. Those are two people here.", asks=True, other=True,
    ),
    "off": Refusal(
        status=403, title="Your account is turned off here",
        why="An administrator of this page has turned your account off.", asks=True, other=True,
    ),
    "untrusted": Refusal(
        status=403, title="You were not signed in",
        why="What came back from the sign-in service did not prove who you are. If this stays so, tell whoever looks after this program: it has written down what was wrong.",
    ),
    "setup": Refusal(
        status=503, title="Sign-in is not set up right",
        why="The sign-in service does not accept this page: its secret may have run out. Tell whoever looks after this program: it has written down what was wrong.",
    ),
    "away": Refusal(
        status=503, title="The sign-in service does not answer",
        why="Your organisation’s sign-in service can’t be reached from here. Wait a minute, then try again.",
    ),
    "busy": Refusal(
        status=429, title="Too many tries", why="Too many sign-ins came from here. Wait a few minutes, then try again.",
    ),
}  # fmt: skip


def _told(work: Callable[[RequestContext, Provider], Response]) -> View:
    """A page of the organisation's sign-in: who is not let in is told why; the log has the reason and no name."""

    @wraps(work)
    def handler(context: RequestContext) -> Response:
        provider = context.app.oidc
        if provider is None:
            raise HTTPException(404)
        try:
            _slowed(context, provider)
            return work(context, provider)
        except SignInRefused as refused:
            log.warning("sign-in: %s", refused)
            refusal = REFUSALS[refused.reason]
            return page(
                context, "auth/oidc_refused.html", status=refusal.status, refusal=refusal, who=refused.who,
                ask=provider.ask, local=provider.local_accounts,
            )  # fmt: skip

    return handler


def _slowed(context: RequestContext, provider: Provider) -> None:
    client = context.request.client.host if context.request.client else ""
    if not provider.tries.take(client):
        raise SignInRefused("too many tries from one address", reason="busy")


@_told
def start(context: RequestContext, provider: Provider) -> Response:
    """Sends the browser to the provider: a link, since the page's policy lets no form lead elsewhere."""
    params = context.request.query_params
    back, other = sessions.way_back(params.get("back", "")), bool(params.get("other"))
    if context.signed is not None and not other:
        return RedirectResponse(back, 303)
    url, sealed = provider.begin(back, context.at, other=other)
    answer = RedirectResponse(url, 303)
    answer.set_cookie(
        COOKIE, sealed, max_age=int(HOLDS.total_seconds()), path="/", secure=True, httponly=True,
        samesite="lax",
    )  # fmt: skip
    return answer


@_told
def back(context: RequestContext, provider: Provider) -> Response:
    """Takes what the provider sent back, and signs in whom it vouches for, with the roles that it gives now."""
    begun = _resumed(context, provider)
    person = provider.redeem(context.request.query_params.get("code", ""), begun, context.at)
    user = _admitted(context, provider, person)
    log.info("sign-in: user %s", user.number)
    answer = sessions.begin(context, user, RedirectResponse(sessions.way_back(begun.way_back), 303))
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return answer


def _resumed(context: RequestContext, provider: Provider) -> Begun:
    came, request = context.request.query_params, context.request
    if len(came.multi_items()) != len(came):
        raise SignInRefused("something is said twice", reason="stale")
    begun = provider.resume(request.cookies.get(COOKIE, ""), came.get("state", ""), context.at)
    if provider.answered_by_another(came.get("iss"), context.at):
        raise SignInRefused("another provider answers", reason="untrusted")
    if "error" in came:
        raise SignInRefused(
            _of_error(came["error"], came.get("error_description", "")), reason="denied"
        )
    if not came.get("code"):
        raise SignInRefused("no code came back", reason="untrusted")
    return begun


def _of_error(code: str, description: str) -> str:
    """A provider's error as the log may hold it: its code, and Microsoft's number for it."""
    number = re.search(r"\bAADSTS\d{4,8}\b", description)
    return f"the provider signed nobody in ({plain(code)}{f', {number[0]}' if number else ''})"


def _admitted(context: RequestContext, provider: Provider, person: Person) -> User:
    roles = roles_for(person.app_roles, provider.roles)
    if not roles:
        known = context.store.users.by_handle("oidc", person.handle)
        if known is not None:
            context.store.sessions.end_all(known.number, at=context.at)
        raise SignInRefused("someone came without a role here", reason="no_role", who=person.name)
    if second_people.GUARDED.issubset(roles):
        raise SignInRefused("someone came as governance and the Guardian", reason="both", who=person.name)  # fmt: skip
    user = context.store.users.admit(person.handle, person.name, roles, at=context.at)
    if not user.active:
        raise SignInRefused(f"user {user.number} is turned off", reason="off", who=person.name)
    return user


@_told
def leave(context: RequestContext, provider: Provider) -> Response:
    """Goes on to where the provider signs out. It ends nothing here, so that no page elsewhere can end it."""
    where = provider.published(context.at).end_session
    if not where:
        raise HTTPException(404)
    mark = "&" if "?" in where else "?"
    return RedirectResponse(f"{where}{mark}{urlencode({'client_id': provider.client_id})}", 303)
