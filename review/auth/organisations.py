"""The page with a switch: the organisations in which somebody has an account too, linking them, going over and coming in."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import InputError
from review.auth import second_step, sessions
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from review.switch import NOT_LINKED, Switch
from store import LinkedAccount


@requires_role("viewer", "guardian")
def organisations(context: RequestContext) -> Response:
    """Where one can go, and how another account is linked. 404 where there is one organisation alone."""
    return _shown(context)


@requires_role("viewer", "guardian")
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
    """Who comes over sees as whom, and says that it is them: what only reads the address uses nothing up."""
    switch, ticket = _switch(context), _ticket(context.request.query_params.get("ticket", ""))
    arrival = switch.arrival(context.store, ticket, context.at)
    return page(
        context, "switch/arrive.html", status=200 if arrival else 404, arrival=arrival, ticket=ticket
    )  # fmt: skip


def arrived(context: RequestContext) -> Response:
    """Signs in who came over, or asks for their second step first."""
    switch, ticket = _switch(context), _ticket(str(context.form.get("ticket", "")))
    arrival = switch.arrival(context.store, ticket, context.at, use=True)
    if arrival is None or not context.app.takes_passwords:
        return page(context, "switch/arrive.html", status=404, arrival=None, ticket="")
    context.store.linked_accounts.note_coming(
        arrival.user.number, arrival.organisation, arrival.their_number, at=context.at
    )
    return second_step.after_password(context, arrival.user, sessions.way_back("/"))


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


def _ticket(written: str) -> str:
    return written if re.fullmatch(r"[0-9a-f]{32}", written) else ""
