"""The second step of signing in by a password: a code that an app on somebody's telephone makes, which works once.

TOTP (RFC 6238) by pyotp, six digits, 30 seconds; the code of the step just before counts too, since it takes time to type
(5.2). The QR code is drawn here, by segno, so that no secret leaves. Ten recovery codes are for when the telephone is lost;
who has none left is reset by another person. Passkeys: docs/decisions/0040.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import pyotp
import segno
from cryptography.fernet import InvalidToken
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import StoreError
from reports import access
from review.auth import required, second_people, sessions, tries
from review.auth.one_person import same_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from settings.schema import Config
from store import StepReset, Store, User

HALF_IN = "__Host-half-in"  # the right password was typed, and the code is still to come
HOLDS = timedelta(minutes=10)
STEP = 30  # seconds for which a code stands
WRONG = "That code is not right, or was used before: type the one that the app shows now"
TIMED_OUT = "That took longer than ten minutes: sign in again"
NOT_YOURS = "The password is not right"


# ── signing in ───────────────────────────────────────────────────────────────────────────────────


def after_password(context: RequestContext, user: User, back: str) -> Response:
    """Signs in, or asks for the code first where this person has a second step."""
    if context.store.second_steps.of(user.number).confirmed_at is None:
        return sessions.begin(context, user, RedirectResponse(back, 303))
    now = int(context.at.timestamp())
    # bound to the password: another one, chosen meanwhile, ends this
    written = json.dumps({"user": user.number, "password": user.secret[-16:], "back": back})
    answer = RedirectResponse("/sign-in/code", 303)
    answer.set_cookie(
        HALF_IN, context.app.half_in.encrypt_at_time(written.encode(), now).decode(),
        max_age=int(HOLDS.total_seconds()), path="/", secure=True, httponly=True, samesite="strict",
    )  # fmt: skip
    return answer


def _half_in(context: RequestContext) -> tuple[User, str] | None:
    """Who typed the right password in this browser a moment ago, and where they wanted to go."""
    cookie, now = context.request.cookies.get(HALF_IN, ""), int(context.at.timestamp())
    try:
        opened = context.app.half_in.decrypt_at_time(
            cookie.encode(), ttl=int(HOLDS.total_seconds()), current_time=now
        )
    except InvalidToken:
        return None
    begun = json.loads(opened)
    user = context.store.users.get(begun["user"])
    right = user is not None and user.active and user.secret[-16:] == begun["password"]
    return (user, str(begun["back"])) if right and user and context.app.takes_passwords else None


def code_form(context: RequestContext) -> Response:
    """Asks for the code."""
    if _half_in(context) is None:
        return RedirectResponse("/sign-in", 303)
    return page(context, "auth/code.html", fault="")


def code_sent(context: RequestContext) -> Response:
    """Signs in by a code of the app, or by a recovery code."""
    half = _half_in(context)
    if half is None:
        return page(context, "auth/code.html", status=422, fault=TIMED_OUT)
    user, back = half
    known = sessions.known_to(context, user)
    browser = context.request.cookies.get(sessions.KNOWN, "")
    # apart where its owner has signed in before; all others together, or many addresses would be many guesses
    key = f"code {user.number} browser {browser}" if known else f"code {user.number} elsewhere"
    if wait := context.app.codes.left(key):
        return page(context, "auth/code.html", status=429, fault=tries.wait_words(wait))
    if not accepts(context, user, str(context.form.get("code", ""))):
        context.app.codes.wrong(key)
        context.app.failures.note(context.store, user.number, "code", known=known, at=context.at)
        return page(context, "auth/code.html", status=422, fault=WRONG)
    context.app.codes.right(key)
    answer = sessions.begin(context, user, RedirectResponse(sessions.way_back(back), 303))
    answer.delete_cookie(HALF_IN, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def accepts(context: RequestContext, user: User, typed: str) -> bool:
    """Whether it is a code of the app that was not used yet, or a recovery code, which this uses up."""
    plain = re.sub(r"[\s-]", "", typed)[:64].upper()
    steps = context.store.second_steps
    if re.fullmatch(r"[0-9]{6}", plain, re.ASCII):
        secret = steps.of(user.number).secret
        step = step_of(secret, plain, int(context.at.timestamp())) if secret else None
        return step is not None and steps.use_step(user.number, step)
    return steps.use_code(user.number, plain, at=context.at)


def step_of(secret: str, code: str, seconds: int) -> int | None:
    """The time step whose code it is, now or the one before; None: neither's. `seconds` since 1970."""
    app = pyotp.TOTP(secret, interval=STEP)
    now = seconds // STEP
    matching = None
    for step in (now - 1, now):
        if hmac.compare_digest(app.generate_otp(step), code):
            matching = step
    return matching


# ── one's own ────────────────────────────────────────────────────────────────────────────────────


@requires_role("viewer", "guardian", "safeguarding")
def own(context: RequestContext) -> Response:
    """Where one stands, and how to set it up."""
    return _own(context)


def _own(context: RequestContext, fault: str = "", part: str = "", status: int = 200) -> Response:
    user = _local(context)
    step = context.store.second_steps.of(user.number)
    beginning = bool(step.secret) and step.confirmed_at is None
    return page(
        context, "auth/second_step.html", status=status, step=step, fault=fault, part=part, beginning=beginning,
        picture=picture(context, user, step.secret) if beginning else "",
        secret=" ".join(re.findall(".{1,4}", step.secret)) if beginning else "",
        until=required.due(context.store, context.config, user),
        needed=required.needs_second_step(context.config, user),
    )  # fmt: skip


@requires_role("viewer", "guardian", "safeguarding")
def changed(context: RequestContext) -> Response:
    """Begins to set one up, confirms it by its first code, turns it off, or makes other recovery codes."""
    user, do = _local(context), str(context.form.get("do", ""))
    steps, key = context.store.second_steps, f"{user.number} session"
    if do == "confirm":
        return _confirmed(context, user)
    if do not in ("begin", "off", "codes"):
        raise HTTPException(404)
    if wait := context.app.tries.left(key):
        return _own(context, tries.wait_words(wait), do, 429)
    if not sessions.checked(user, str(context.form.get("password", ""))[:1000]):
        context.app.tries.wrong(key)
        context.app.failures.note(context.store, user.number, "password", known=True, at=context.at)
        return _own(context, NOT_YOURS, do, 422)
    is_on = steps.of(user.number).confirmed_at is not None
    if do == "begin" and not is_on:
        steps.begin(user.number, pyotp.random_base32(), at=context.at)
    elif do == "off" and is_on:
        steps.remove(user.number, at=context.at, by=user.number)
    elif do == "codes" and is_on:
        return _codes(context, steps.new_codes(user.number, at=context.at), made_anew=True)
    return RedirectResponse("/account/second-step", 303)


def _confirmed(context: RequestContext, user: User) -> Response:
    steps = context.store.second_steps
    step = steps.of(user.number)
    code = re.sub(r"\s", "", str(context.form.get("code", "")))[:20]
    if step.confirmed_at is not None or not step.secret:
        return RedirectResponse("/account/second-step", 303)
    if wait := context.app.codes.left(f"code {user.number} session"):
        return _own(context, tries.wait_words(wait), "confirm", 429)
    used = step_of(step.secret, code, int(context.at.timestamp())) if code.isascii() else None
    if used is None:
        context.app.codes.wrong(f"code {user.number} session")
        return _own(context, WRONG, "confirm", 422)
    return _codes(context, steps.confirm(user.number, used, at=context.at), made_anew=False)


def _codes(context: RequestContext, codes: list[str], *, made_anew: bool) -> Response:
    shown = ["-".join(re.findall(".{1,4}", code)) for code in codes]
    return page(context, "auth/recovery_codes.html", codes=shown, made_anew=made_anew)


def _local(context: RequestContext) -> User:
    if context.user.kind != "local" or not context.app.takes_passwords:
        raise HTTPException(404)
    return context.user


def picture(context: RequestContext, user: User, secret: str) -> Markup:
    """The secret as a QR code, an SVG of shapes alone: black on white, in whatever colours the page is."""
    address = pyotp.TOTP(secret, interval=STEP).provisioning_uri(
        name=user.handle,
        issuer_name=f"{context.config.branding.title} {context.config.organisation.name}",
    )
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        scale=5, dark="#000", light="#fff", border=4, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # numbers and paths, made here


# ── another's ────────────────────────────────────────────────────────────────────────────────────


@requires_role("admin", "governance")
def anothers(context: RequestContext) -> Response:
    """Whether somebody has one, and a reset for who lost their telephone and their codes."""
    return _anothers(context, _who(context))


def _anothers(context: RequestContext, user: User, fault: str = "", status: int = 200) -> Response:
    waiting = next(
        (each for each in context.store.second_steps.waiting_resets() if each.user == user.number),
        None,
    )
    asking = context.store.users.get(waiting.by) if waiting and waiting.by else None
    return page(
        context, "auth/person_step.html", status=status, found=user, step=context.store.second_steps.of(user.number),
        waiting=waiting, asked_by=asking.name if asking else "Someone at the command line", fault=fault,
        takes_two=takes_two(context, user), may_answer=waiting is not None and _may_answer(context, waiting, user),
        mine=same_person(context.user, user), done=DONE.get(context.request.query_params.get("done", ""), ""),
    )  # fmt: skip


DONE: Mapping[str, str] = {
    "reset": "The second step was reset, and all their sessions ended. They set it up again when they next sign in.",
    "asked": "It waits for another person who holds governance.",
    "refused": "The reset was refused. The second step stays as it was.",
}


@requires_role("admin", "governance")
def anothers_reset(context: RequestContext) -> Response:
    """Resets another's second step; of governance and the Guardian it is asked for, and answered by a second person."""
    user, do = _who(context), str(context.form.get("do", ""))
    steps, me = context.store.second_steps, context.user
    if same_person(me, user):
        return _anothers(
            context, user, "nobody resets their own second step: another person has to", 422
        )
    waiting = next((each for each in steps.waiting_resets() if each.user == user.number), None)
    if do in ("agree", "refuse") and waiting is not None:
        if not _may_answer(context, waiting, user):
            why = "Only who holds governance agrees to it."
            raise HTTPException(403, _why_not(context, waiting, user) or why)
        if do == "agree":
            try:
                second_people.check_apart(
                    context.store, user, "link made", at=context.at, by=me.number
                )
            except StoreError as error:
                return _anothers(context, user, str(error), 422)
        steps.answer_reset(waiting.number, agrees=do == "agree", by=me.number, at=context.at)
        what: access.Change = "second step" if do == "agree" else "refused"
        second_people.tell(context.store, context.config, what, user, at=context.at, by=me.number)
        return RedirectResponse(
            f"/people/{user.number}/second-step?done={'reset' if do == 'agree' else 'refused'}", 303
        )
    if do != "reset" or not context.may("admin") or steps.of(user.number).confirmed_at is None:
        return RedirectResponse(f"/people/{user.number}/second-step", 303)
    try:
        waits = reset(context.store, context.config, user, at=context.at, by=me.number)
    except StoreError as error:
        return _anothers(context, user, str(error), 422)
    return RedirectResponse(
        f"/people/{user.number}/second-step?done={'asked' if waits else 'reset'}", 303
    )


def reset(
    store: Store, config: Config, user: User, *, at: datetime, by: int | None = None, login: str = ""
) -> bool:  # fmt: skip
    """Resets another's second step, by the page or by `mentions user`; True where it waits for a second person.

    That of governance and the Guardian waits; at the machine not where nobody is left who could agree. Raises StoreError
    where there is none.
    """
    if store.second_steps.of(user.number).confirmed_at is None:
        raise StoreError(f"{user.name} has no second step")
    second_people.check_apart(store, user, "link made", at=at, by=by)
    guarded = not second_people.GUARDED.isdisjoint(user.roles)
    if guarded and (by is not None or second_people.able(store, user, at=at, by=None)):
        number = store.second_steps.ask_reset(user.number, at=at, by=by, login=login)
        second_people.tell(
            store, config, "second step asked", user, at=at, by=by, login=login, number=number
        )
        return True
    store.second_steps.remove(user.number, at=at, by=by, login=login)
    second_people.tell(store, config, "second step", user, at=at, by=by, login=login)
    return False


def takes_two(context: RequestContext, user: User) -> bool:
    """Whether a reset takes two people: of who is governance or the Guardian."""
    return not second_people.GUARDED.isdisjoint(user.roles)


def _may_answer(context: RequestContext, waiting: StepReset, user: User) -> bool:
    return context.may("governance") and not _why_not(context, waiting, user)


def _why_not(context: RequestContext, waiting: StepReset, user: User) -> str:
    asking = context.store.users.get(waiting.by) if waiting.by is not None else None
    return second_people.why_not(context.store, context.user, asking, user, at=context.at)


def _who(context: RequestContext) -> User:
    user = context.store.users.get(context.request.path_params["number"])
    if user is None or user.kind != "local":
        raise HTTPException(404)
    return user
