"""Signing in and out, choosing a password by a link, and one's own account."""

from __future__ import annotations

import math
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from review.auth import passwords, second_step, sessions, tries
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.guardian import stepping
from review.rendering import page
from review.team import absence
from store import User

KEYS = {  # what each single key does, once somebody turned them on; `page.js` knows the same
    "next": "j", "before": "k", "open": "o", "decide": "d", "claim": "c", "onward": "n", "back": "u",
}  # fmt: skip


def sign_in(context: RequestContext) -> Response:
    """The form; who is signed in already goes on."""
    back = sessions.way_back(context.request.query_params.get("back", ""))
    if context.signed is not None:
        return RedirectResponse(back, 303)
    return _form(context, back)


def signed_in(context: RequestContext) -> Response:
    """Signs in, or says that name and password don't go together, and not which of them is wrong."""
    name, password = str(context.form.get("name", ""))[:200], str(context.form.get("password", ""))
    back = sessions.way_back(str(context.form.get("back", "")))
    if not context.app.takes_passwords:
        fault = "This page takes no passwords: sign in with your organisation’s account"
        return _form(context, back, fault, status=422)
    app, user = context.app, context.store.users.by_handle("local", name)
    known, place = sessions.known_to(context, user), sessions.place_of(context)
    # by the account, however its name is written; apart where its owner has signed in before
    whose = str(user.number) if user else f"name {name.casefold()}"
    browser = context.request.cookies.get(sessions.KNOWN, "")
    key = f"{whose} browser {browser}" if known else f"{whose} at {place}"
    wait = max(app.tries.left(key), 0.0 if known else app.tries_of_an_address.left(place))
    if wait:
        return _form(context, back, tries.wait_words(wait), name, 429, wait=wait)
    if not sessions.checked(user, password[:1000]) or user is None:
        app.tries.wrong(key)
        app.tries_of_an_address.wrong(place)
        app.failures.note(
            context.store, user.number if user else None, "password", known=known, at=context.at
        )
        return _form(context, back, "The name or the password is not right", name, 422)
    app.tries.right(key)
    return second_step.after_password(context, user, back)


def _form(
    context: RequestContext,
    back: str,
    fault: str = "",
    name: str = "",
    status: int = 200,
    wait: float = 0.0,
) -> Response:
    out = context.app.oidc is not None and bool(context.request.query_params.get("out"))
    values = {"back": back, "name": name, "fault": fault, "out": out}
    answer = page(context, "auth/sign_in.html", status=status, **values)
    if wait:
        answer.headers["Retry-After"] = str(math.ceil(wait))
    return answer


def signed_out(context: RequestContext) -> Response:
    """Ends this session."""
    return sessions.end(context, _after(context))


def _after(context: RequestContext) -> Response:
    """Back to signing in, where those who came by their organisation's account are told that it stays open."""
    came_by_oidc = context.signed is not None and context.user.kind == "oidc"
    return RedirectResponse("/sign-in?out=1" if came_by_oidc else "/sign-in", 303)


@requires_role("viewer", "guardian", "safeguarding")
def signed_out_everywhere(context: RequestContext) -> Response:
    """Ends all sessions of this person."""
    context.store.sessions.end_all(context.user.number, at=context.at)
    return sessions.end(context, _after(context))


def welcome(context: RequestContext) -> Response:
    """The form to choose a password, for whose link it is. Reading it uses nothing up: mail scanners do."""
    user = _whose_link(context)
    if user is None:
        return page(context, "auth/welcome.html", status=404, user=None, fault="")
    return page(context, "auth/welcome.html", user=user, fault="")


def _whose_link(context: RequestContext) -> User | None:
    token = context.request.path_params["token"]
    return (
        context.store.sign_in_links.owner(token, at=context.at)
        if context.app.takes_passwords
        else None
    )


def welcomed(context: RequestContext) -> Response:
    """Keeps the password and signs in."""
    token = context.request.path_params["token"]
    user = _whose_link(context)
    password, again = (str(context.form.get(part, "")) for part in ("password", "again"))
    words = passwords.words_of(context.config, user) if user else ()
    fault = passwords.fault(password, again, words=words)
    if user is not None and fault:
        return page(context, "auth/welcome.html", status=422, user=user, fault=fault)
    updated_user = (
        context.store.sign_in_links.use(token, secret=sessions.hashed(password), at=context.at)
        if user
        else None
    )
    if updated_user is None:
        return page(context, "auth/welcome.html", status=404, user=None, fault="")
    return second_step.after_password(context, updated_user, "/")


@requires_role("viewer", "guardian", "safeguarding")
def account(context: RequestContext) -> Response:
    """Who one is here, and the way out everywhere."""
    if context.signed is None:
        raise HTTPException(401)
    away = absence.parts(context, context.user.number)
    values = {"signed": context.signed, "keys": keys_of(context), "fault": ""}
    changed = context.request.query_params.get("kept") == "password"
    return page(
        context,
        "auth/account.html",
        status=200,
        changed=changed,
        **values,
        **away,
        **_handles(context),
    )


@requires_role("viewer", "guardian", "safeguarding")
def chosen(context: RequestContext) -> Response:
    """Keeps whether single keys work for this person, and which: off until they say so (WCAG 2.2, 2.1.4).

    Or another password of their own.
    """
    if context.form.get("change") == "password":
        return _changed(context)
    keys = {
        action: str(context.form.get(f"key-{action}", "")).strip()[:1] or usual
        for action, usual in KEYS.items()
    }
    taken = list(keys.values())
    twice = [action for action, key in keys.items() if taken.count(key) > 1]
    if twice:
        fault = f"Use another key for each: ‘{keys[twice[0]]}’ stands for two"
        changed = [action for action in twice if keys[action] != KEYS[action]]
        away = absence.parts(context, context.user.number)
        values = {
            "signed": context.signed,
            "keys": keys,
            "fault": fault,
            "fault_at": f"key-{(changed or twice)[0]}",
        }
        return page(context, "auth/account.html", status=422, **values, **away, **_handles(context))
    on = keys if context.form.get("shortcuts") == "on" else False
    context.store.users.save_preferences(
        context.user.number, {**context.user.preferences, "shortcuts": on}
    )
    return RedirectResponse("/account?kept=1#shortcuts", 303)


def _changed(context: RequestContext) -> Response:
    """Another password, for who knows the one that holds; all other sessions of that person end."""
    user = context.user
    now, password, again = (
        str(context.form.get(part, ""))[:1000] for part in ("now", "password", "again")
    )
    if user.kind != "local" or not context.app.takes_passwords:
        raise HTTPException(404)
    status, key = 422, f"{user.number} session"
    fault = passwords.fault(password, again, words=passwords.words_of(context.config, user))
    if wait := context.app.tries.left(key):
        status, fault = 429, tries.wait_words(wait)
    elif not sessions.checked(user, now):
        context.app.tries.wrong(key)
        context.app.failures.note(context.store, user.number, "password", known=True, at=context.at)
        fault = "The password that you have now is not right"
    if fault:
        away = absence.parts(context, user.number)
        values = {"signed": context.signed, "keys": keys_of(context), "fault": ""}
        return page(
            context, "auth/account.html", status=status, password_fault=fault, **values, **away,
            **_handles(context),
        )  # fmt: skip
    context.store.users.change(
        user.number, secret=sessions.hashed(password), at=context.at, by=user.number
    )
    return sessions.begin(context, user, RedirectResponse("/account?kept=password", 303))


def _handles(context: RequestContext) -> dict[str, object]:
    """The handles by which this person posts, and what was wrong with one that was sent."""
    fault = stepping.FAULTS.get(context.request.query_params.get("handle", ""), "")
    week = context.at - timedelta(days=7)
    return {
        "handles": context.store.recusals.handles(context.user.number), "handle_fault": fault, "steps_back": context.may("reviewer") or context.may("governance") or context.may("guardian"),
        "second_step": context.store.second_steps.of(context.user.number),
        "wrong_tries": context.store.sign_in_failures.since(week).get(context.user.number, 0),
    }  # fmt: skip


def keys_of(context: RequestContext) -> dict[str, str]:
    """The keys as this person has them."""
    shortcuts = context.user.preferences.get("shortcuts")
    return {**KEYS, **(shortcuts if isinstance(shortcuts, dict) else {})}
