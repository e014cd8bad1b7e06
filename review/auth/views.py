"""Signing in and out, choosing a password by a link, and one's own account."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from review.auth import sessions
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from review.team import absence
from store import User

KEYS = {  # what each single key does, once somebody turned them on; `page.js` knows the same
    "next": "j", "before": "k", "open": "o", "tick": "x", "decide": "d", "claim": "c", "onward": "n",
    "back": "u", "search": "/",
}  # fmt: skip


def sign_in(visit: RequestContext) -> Response:
    """The form; who is signed in already goes on."""
    back = sessions.way_back(visit.request.query_params.get("back", ""))
    if visit.signed is not None:
        return RedirectResponse(back, 303)
    return _form(visit, back)


def signed_in(visit: RequestContext) -> Response:
    """Signs in, or says that name and password don't go together, and not which of them is wrong."""
    name, password = str(visit.form.get("name", ""))[:200], str(visit.form.get("password", ""))
    back = sessions.way_back(str(visit.form.get("back", "")))
    if not visit.app.takes_passwords:
        fault = "This page takes no passwords: sign in with your organisation’s account"
        return _form(visit, back, fault, status=422)
    client = visit.request.client.host if visit.request.client else ""
    desk, user = visit.app, visit.store.user_by_handle("local", name)
    whose = str(user.number) if user else f"name {name.casefold()}"  # however the name is written
    if not (desk.tries.take(client) and desk.tries_of_a_name.take(whose)):
        fault = "Too many tries. Wait a few minutes, then try again"
        return _form(visit, back, fault, name, 429)
    if not sessions.checked(user, password[:1000]) or user is None:
        fault = "The name or the password is not right"
        return _form(visit, back, fault, name, 422)
    return sessions.begin(visit, user, RedirectResponse(back, 303))


def _form(visit: RequestContext, back: str, fault: str = "", name: str = "", status: int = 200) -> Response:
    out = visit.app.oidc is not None and bool(visit.request.query_params.get("out"))
    context = {"back": back, "name": name, "fault": fault, "out": out}
    return page(visit, "sign_in.html", status=status, **context)


def signed_out(visit: RequestContext) -> Response:
    """Ends this session."""
    return sessions.end(visit, _after(visit))


def _after(visit: RequestContext) -> Response:
    """Back to signing in, where those who came by their organisation's account are told that it stays open."""
    came_by_oidc = visit.signed is not None and visit.user.kind == "oidc"
    return RedirectResponse("/sign-in?out=1" if came_by_oidc else "/sign-in", 303)


@requires_role("viewer")
def signed_out_everywhere(visit: RequestContext) -> Response:
    """Ends all sessions of this person."""
    visit.store.end_sessions(visit.user.number, at=visit.at)
    return sessions.end(visit, _after(visit))


def welcome(visit: RequestContext) -> Response:
    """The form to choose a password, for whose link it is. Reading it uses nothing up: mail scanners do."""
    user = _whose_link(visit)
    if user is None:
        return page(visit, "welcome.html", status=404, user=None, fault="")
    return page(visit, "welcome.html", user=user, fault="")


def _whose_link(visit: RequestContext) -> User | None:
    token = visit.request.path_params["token"]
    return visit.store.link(token, at=visit.at) if visit.app.takes_passwords else None


def welcomed(visit: RequestContext) -> Response:
    """Keeps the password and signs in."""
    token = visit.request.path_params["token"]
    user = _whose_link(visit)
    password, again = (str(visit.form.get(part, "")) for part in ("password", "again"))
    fault = sessions.fault(password, again)
    if user is not None and fault:
        return page(visit, "welcome.html", status=422, user=user, fault=fault)
    updated_user = (
        visit.store.use_link(token, secret=sessions.hashed(password), at=visit.at) if user else None
    )
    if updated_user is None:
        return page(visit, "welcome.html", status=404, user=None, fault="")
    return sessions.begin(visit, updated_user, RedirectResponse("/cases", 303))


@requires_role("viewer")
def account(visit: RequestContext) -> Response:
    """Who one is here, and the way out everywhere."""
    if visit.signed is None:
        raise HTTPException(401)
    away = absence.parts(visit, visit.user.number)
    context = {"signed": visit.signed, "keys": keys_of(visit), "fault": ""}
    changed = visit.request.query_params.get("kept") == "password"
    return page(visit, "account.html", status=200, changed=changed, **context, **away)


@requires_role("viewer")
def chosen(visit: RequestContext) -> Response:
    """Keeps whether single keys work for this person, and which: off until they say so (WCAG 2.2, 2.1.4).

    Or another password of their own.
    """
    if visit.form.get("change") == "password":
        return _changed(visit)
    keys = {
        action: str(visit.form.get(f"key-{action}", "")).strip()[:1] or usual
        for action, usual in KEYS.items()
    }
    taken = list(keys.values())
    twice = [action for action, key in keys.items() if taken.count(key) > 1]
    if twice:
        fault = f"Use another key for each: ‘{keys[twice[0]]}’ stands for two"
        changed = [action for action in twice if keys[action] != KEYS[action]]
        away = absence.parts(visit, visit.user.number)
        context = {
            "signed": visit.signed,
            "keys": keys,
            "fault": fault,
            "fault_at": f"key-{(changed or twice)[0]}",
        }
        return page(visit, "account.html", status=422, **context, **away)
    on = keys if visit.form.get("shortcuts") == "on" else False
    visit.store.remember(visit.user.number, {**visit.user.preferences, "shortcuts": on})
    return RedirectResponse("/account?kept=1#shortcuts", 303)


def _changed(visit: RequestContext) -> Response:
    """Another password, for who knows the one that holds; all other sessions of that person end."""
    user = visit.user
    now, password, again = (
        str(visit.form.get(part, ""))[:1000] for part in ("now", "password", "again")
    )
    if user.kind != "local" or not visit.app.takes_passwords:
        raise HTTPException(404)
    status, fault = 422, sessions.fault(password, again)
    if not visit.app.tries_of_a_name.take(str(user.number)):
        status, fault = 429, "Too many tries. Wait a few minutes, then try again"
    elif not sessions.checked(user, now):
        fault = "The password that you have now is not right"
    if fault:
        away = absence.parts(visit, user.number)
        context = {"signed": visit.signed, "keys": keys_of(visit), "fault": ""}
        return page(
            visit, "account.html", status=status, password_fault=fault, **context, **away
        )  # fmt: skip
    visit.store.change_user(
        user.number, secret=sessions.hashed(password), at=visit.at, by=user.number
    )
    return sessions.begin(visit, user, RedirectResponse("/account?kept=password", 303))


def keys_of(visit: RequestContext) -> dict[str, str]:
    """The keys as this person has them."""
    shortcuts = visit.user.preferences.get("shortcuts")
    return {**KEYS, **(shortcuts if isinstance(shortcuts, dict) else {})}
