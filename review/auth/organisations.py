"""The page with a switch: the organisations in which somebody has an account too, linking them, going over and coming in."""

from __future__ import annotations

import hashlib
import re
import secrets

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import InputError
from review.auth import second_step, sessions
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from review.switch import NOT_LINKED, Switch
from settings.organisations import SLUG
from store import LinkedAccount

ARRIVING = "__Host-arriving"  # what tells a browser that is coming over from any other that saw the address
ARRIVES_WITHIN = 120  # seconds


@requires_role("viewer", "guardian", "safeguarding")
def organisations(context: RequestContext) -> Response:
    """Where one can go, and how another account is linked. 404 where there is one organisation alone.

    Who is under way comes through here once, and is led on: only the browser that is signed in here goes over.
    """
    query = context.request.query_params
    ticket, proof, to = (
        _ticket(query.get("ticket", "")),
        query.get("proof", ""),
        query.get("to", ""),
    )
    if not ticket or not re.fullmatch(r"[0-9a-f]{64}", proof) or not SLUG.fullmatch(to):
        return _shown(context)
    try:
        address = _switch(context).bind(context.user.number, to, ticket, proof, context.at)
        return RedirectResponse(address, 303)
    except InputError as error:
        return _shown(context, fault=str(error), status=422)


@requires_role("viewer", "guardian", "safeguarding")
def changed(context: RequestContext) -> Response:
    """Makes a code, takes one, links, ends a link, or shows the way over."""
    switch, store, me, at = _switch(context), context.store, context.user.number, context.at
    do = str(context.form.get("do", ""))
    try:
        if do == "code":
            return _shown(context, code=switch.make_code(store, me, at))
        if do == "type":
            typed = switch.type_code(me, str(context.form.get("code", ""))[:200], at)
            return _shown(context, typed=typed)
        if do in ("yes", "no"):
            switch.answer(store, me, at, yes=do == "yes")
            return RedirectResponse("/organisations", 303)
        account = _account(context)
        if do == "go":
            way, name = switch.way_to(store, me, account.organisation, at)
            return _shown(context, way=way, way_name=name)
        if do == "end":
            switch.end(store, me, account, at)
            return RedirectResponse("/organisations", 303)
    except InputError as error:
        return _shown(context, fault=str(error), status=422)
    raise HTTPException(404)


def arrive(context: RequestContext) -> Response:
    """Who comes over sees as whom, and says that it is them: what only reads the address uses nothing up.

    Their browser is told apart first: it gets a cookie, goes back to where they are signed in, and comes with a ticket for that cookie.
    """
    switch, ticket = _switch(context), _ticket(context.request.query_params.get("ticket", ""))
    arrival = switch.arrival(context.store, ticket, context.at, proof=_proof(context)) if _proof(context) else None  # fmt: skip
    if arrival is None and (unbound := switch.arrival(context.store, ticket, context.at)):
        secret = secrets.token_hex(16)
        answer = RedirectResponse(switch.to_bind(unbound, ticket, _hashed(secret)), 303)
        answer.set_cookie(
            ARRIVING, secret, max_age=ARRIVES_WITHIN, path="/", secure=True, httponly=True, samesite="lax"
        )  # fmt: skip
        return answer
    return page(
        context, "switch/arrive.html", status=200 if arrival else 404, arrival=arrival, ticket=ticket
    )  # fmt: skip


def arrived(context: RequestContext) -> Response:
    """Signs in who came over, or asks for their second step first."""
    switch, ticket = _switch(context), _ticket(str(context.form.get("ticket", "")))
    proof = _proof(context)
    arrival = switch.arrival(context.store, ticket, context.at, proof=proof, use=True) if proof else None  # fmt: skip
    if arrival is None or not context.app.takes_passwords:
        return page(context, "switch/arrive.html", status=404, arrival=None, ticket="")
    context.store.linked_accounts.note_coming(
        arrival.user.number, arrival.organisation, arrival.their_number, at=context.at
    )
    answer = second_step.after_password(context, arrival.user, sessions.way_back("/"))
    answer.delete_cookie(ARRIVING, path="/", secure=True, httponly=True, samesite="lax")
    return answer


def _shown(
    context: RequestContext, *, code: str = "", typed: str = "", way: str = "", way_name: str = "", fault: str = "", status: int = 200
) -> Response:  # fmt: skip
    switch, store, me = _switch(context), context.store, context.user.number
    return page(
        context, "switch/organisations.html", status=status, others=switch.others(store, me), code=code, typed=typed,
        claim=switch.claim(store, me, context.at), way=way, way_name=way_name, fault=fault,
    )  # fmt: skip


def _switch(context: RequestContext) -> Switch:
    if context.app.others is None:
        raise HTTPException(404)
    return context.app.others


def _account(context: RequestContext) -> LinkedAccount:
    slug = str(context.form.get("organisation", ""))
    for account in context.store.linked_accounts.of(context.user.number):
        if account.organisation == slug:
            return account
    raise InputError(NOT_LINKED)


def _proof(context: RequestContext) -> str:
    """What a ticket for this browser was made for; "" where it has not begun to come over."""
    secret = context.request.cookies.get(ARRIVING, "")
    return _hashed(secret) if re.fullmatch(r"[0-9a-f]{32}", secret) else ""


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _ticket(written: str) -> str:
    return written if re.fullmatch(r"[0-9a-f]{32}", written) else ""
