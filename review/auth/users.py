"""What an administrator may do to people, by the page or by `mentions user`: the same rules for both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import StoreError
from core.models import ROLES, Role
from review import audit
from review.auth import second_people, sessions
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from settings.schema import Config
from store import AuditQuery, Store, User
from store.team.users import UserKind

LINK_HOLDS = timedelta(hours=24)
LONGEST = 80  # characters of a sign-in name or a name
KNOWN = "Someone here has this name: add what tells them apart, such as a middle name or their team"


# Names stand in the record, in emails and in papers that are signed: no sign in them is any code's
PLAIN = "Write the name in letters, spaces, hyphens, apostrophes and full stops: it stands in emails, the record and papers"
PLAIN_HANDLE = "use letters, digits and . _ - + ' @ in a sign-in name, such as amina"
_HANDLE = re.compile(r"[\w.+'@-]+")


def is_plain(name: str) -> bool:
    """Whether a person's name is letters of any script, spaces, hyphens, apostrophes and full stops, and one letter at least."""
    return any(sign.isalpha() for sign in name) and all(
        unicodedata.category(sign) in _OF_NAMES or sign in " -‐‑'’ʼ." for sign in name
    )


_OF_NAMES = frozenset(
    ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc")
)  # letters, and the marks that go with them


def known(store: Store, name: str) -> bool:
    """Whether somebody is called so already, even if turned off."""
    return any(user.name.casefold() == name.strip().casefold() for user in store.users.all())


def add(
    store: Store, config: Config, handle: str, name: str, roles: Iterable[Role], *, at: datetime, by: int | None = None, login: str = ""
) -> tuple[User, bool]:  # fmt: skip
    """A new local account, and whether it waits for a second person: then it is turned off, without the roles that wait.

    A link lets it in. Raises StoreError for a name that can't be, or is taken. What colleagues call them is taken too:
    decisions are shown by it.
    """
    wanted = tuple(roles)
    second_people.check(store, wanted)
    if not handle.strip():
        raise StoreError("give a sign-in name")
    if any(sign.isspace() for sign in handle.strip()):
        raise StoreError("use a sign-in name without spaces, such as amina")
    if _HANDLE.fullmatch(handle.strip()) is None:
        raise StoreError(PLAIN_HANDLE)
    if name.strip() and not is_plain(name.strip()):
        raise StoreError(PLAIN)
    if known(store, name):
        raise StoreError(KNOWN)
    if len(handle) > LONGEST or len(name) > LONGEST:
        raise StoreError(f"use names of at most {LONGEST} characters")
    if not second_people.waits(store, wanted, None, at=at, by=by, at_the_machine=by is None):
        user = store.users.add("local", handle, name, wanted, at=at, by=by, login=login)
        if not second_people.TOLD_OF.isdisjoint(wanted):
            second_people.tell(store, config, "roles", user, wanted, at=at, by=by, login=login)
        return user, False
    others: tuple[Role, ...] = tuple(role for role in wanted if role not in second_people.AGREED_TO)
    user = store.users.add("local", handle, name, others or ("viewer",), at=at, by=by, login=login)
    store.users.change(user.number, active=False, at=at, by=by, login=login)
    number = store.second_people.ask("roles", user.number, roles=wanted, at=at, by=by, login=login)
    second_people.tell(
        store, config, "roles asked", user, wanted, at=at, by=by, login=login, number=number
    )
    return store.users.get(user.number) or user, True


def link(
    store: Store,
    config: Config,
    user: User,
    *,
    at: datetime,
    by: int | None = None,
    login: str = "",
    beside: bool = False,
) -> str:
    """The address that lets somebody choose a password, once; "" where it waits for a second person, and is asked for.

    An older link of theirs ends, unless this one is made `beside` it; the first that is used ends the others.
    Whoever owns the account, and governance, are told of one that is made anew. Raises StoreError for who has none here.
    """
    if user.kind == "oidc":
        raise StoreError(
            f"{user.name} signs in with the organisation's account: change their roles there, no link is needed"
        )
    if not user.active:
        raise StoreError(f"{user.name} is turned off: turn them on first")
    second_people.check_apart(store, user, "second step reset", at=at, by=by)
    told_of = not second_people.TOLD_OF.isdisjoint(user.roles)
    shut = second_people.TOLD_OF.intersection(user.roles)
    waits = second_people.waits(store, shut, user, at=at, by=by, at_the_machine=by is None)
    agreed = store.second_people.use_link(user.number, at=at)
    if waits and not agreed:
        number = store.second_people.ask("link", user.number, at=at, by=by, login=login)
        second_people.tell(
            store, config, "link asked", user, at=at, by=by, login=login, number=number
        )
        return ""
    token = store.sign_in_links.make(user.number, at=at, until=at + LINK_HOLDS, by=by, login=login, beside=beside)  # fmt: skip
    if user.secret or told_of:
        second_people.tell(store, config, "link", user, at=at, by=by, login=login)
    return f"{config.review.public_url}/welcome/{token}"


def give_roles(
    store: Store, config: Config, user: User, roles: Iterable[Role], *, at: datetime, by: int | None = None, login: str = "",
    signs_in: Collection[UserKind] = ("local", "oidc"),
) -> bool:  # fmt: skip
    """Other roles, which end that person's sessions; False where they wait for a second person, and are asked for.

    A lead's, too, for whoever gives them to themselves.

    Raises StoreError as `change_user`, for who has none here, and as `second_people.check`.
    """
    wanted = tuple(roles)
    if user.kind == "oidc":
        raise StoreError(
            f"{user.name} signs in with the organisation's account: change their roles there"
        )
    second_people.check(store, wanted, to=user, by=by, at=at)
    changed = second_people.guarded_change(wanted, user.roles)
    if second_people.makes_lead_of_self(store, user, wanted, by=by) or second_people.waits(store, changed, user, by=by, at_the_machine=by is None, signs_in=signs_in, at=at):  # fmt: skip
        number = store.second_people.ask(
            "roles", user.number, roles=wanted, at=at, by=by, login=login
        )
        second_people.tell(
            store, config, "roles asked", user, wanted, at=at, by=by, login=login, number=number
        )
        return False
    store.users.change(user.number, roles=wanted, at=at, by=by, login=login, signs_in=signs_in)
    if not second_people.TOLD_OF.isdisjoint((*wanted, *user.roles)):
        second_people.tell(store, config, "roles", user, wanted, at=at, by=by, login=login)
    return True


def turn(
    store: Store, config: Config, user: User, *, on: bool, at: datetime, by: int | None = None, login: str = "",
    signs_in: Collection[UserKind] = ("local", "oidc"),
) -> bool:  # fmt: skip
    """Gives access again, or takes it at once; governance is told of its own and the Guardian's.

    False where it waits for a second person: governance and the Guardian are turned off by two. Raises StoreError as
    `change_user`, and as `second_people.check_last`.
    """
    if user.active and not on:
        second_people.check_last(store, user, by=by, at=at)
        guarded = second_people.GUARDED.intersection(user.roles)
        if second_people.waits(store, guarded, user, by=by, at_the_machine=by is None, signs_in=signs_in, at=at):  # fmt: skip
            number = store.second_people.ask(
                "roles", user.number, roles=(), at=at, by=by, login=login
            )
            second_people.tell(
                store, config, "off asked", user, at=at, by=by, login=login, number=number
            )
            return False
    store.users.change(user.number, active=on, at=at, by=by, login=login, signs_in=signs_in)
    if not second_people.GUARDED.isdisjoint(user.roles):
        second_people.tell(store, config, "on" if on else "off", user, at=at, by=by, login=login)
    return True


# Who may use the page: an administrator adds people, gives roles, makes links, and takes access away at once.
#
# The rules are `people`'s, which `mentions user` keeps to as well. Each change is an event, which governance reads.

MAY: Mapping[Role, str] = {
    "viewer": "Looks at the lists and cases, all but people speaking up, and decides nothing. Can report a post.",
    "reviewer": "Takes and decides cases, and sees what is masked, for a reason.",
    "lead": "What a reviewer may. Changes settings, hands on anybody’s cases, removes posts for good, and takes tables and evidence packs.",
    "governance": "Reads the record of decisions, who looked and people speaking up; answers requests about people’s data; approves teams and mailboxes; passes cases to the police; takes evidence packs, and alone those with a post by staff. Decides only if a reviewer too.",
    "admin": "Manages who may use this page. Decides only if a reviewer too.",
    "guardian": "Freedom to Speak Up Guardian: sees and decides the cases of people speaking up, and nothing else.",
    "safeguarding": "Safeguarding: sees posts that name a child and what was passed to Safeguarding, confirms that they have it, and sees nothing else.",
}
DONE = {
    "roles": "The roles were changed, and all sessions of theirs ended.",
    "off": "They can no longer use this page; all sessions of theirs ended.",
    "on": "They can use this page again.",
    "sessions": "All sessions of theirs ended.",
    "asked": "It waits for another person who holds governance. They and the account’s owner are told by email.",
}


@requires_role("admin")
def everybody(context: RequestContext) -> Response:
    """All people, and the form to add one."""
    return _everybody(context)


def _everybody(context: RequestContext, faults: Mapping[str, str] | None = None) -> Response:
    return page(
        context, "auth/people.html", status=422 if faults else 200, everybody=context.store.users.all(), faults=faults or {},
        open_sessions=context.store.sessions.count_open(at=context.at, idle=sessions.IDLE), form=context.form,
        with_step=context.store.second_steps.confirmed(), failed=context.store.sign_in_failures.since(context.at - timedelta(days=7)),
        first_set_up=second_people.first_set_up(context.store), given=context.form.getlist("role") if faults else ["reviewer"], may=MAY, longest=LONGEST,
    )  # fmt: skip


@requires_role("admin")
def added(context: RequestContext) -> Response:
    """Adds a local account, and shows the link that lets that person in: once, in this answer alone."""
    handle, name = (str(context.form.get(part, "")).strip() for part in ("handle", "name"))
    roles = _roles(context)
    faults: dict[str, str] = {}
    if not context.app.takes_passwords:
        faults["handle"] = (
            "This page takes no passwords: people get in by the organisation’s accounts"
        )
    if not name:
        faults["name"] = "Give the name that colleagues call them"
    elif not is_plain(name):
        faults["name"] = PLAIN
    elif known(context.store, name):
        faults["name"] = KNOWN
    if not handle:
        faults["handle"] = "Give a sign-in name"
    if not roles:
        faults["role"] = "Choose at least one role"
    if not faults:
        try:
            user, waits = add(
                context.store,
                context.config,
                handle,
                name,
                roles,
                at=context.at,
                by=context.user.number,
            )
        except StoreError as error:
            faults[
                "role" if str(error) in (second_people.BOTH, second_people.OVERSEEN) else "handle"
            ] = str(error)
        else:
            if waits:
                return RedirectResponse(f"/people/{user.number}?done=asked", 303)
            return _link(context, user)
    return _everybody(context, faults)


@requires_role("admin")
def person(context: RequestContext) -> Response:
    """One person: what they may do, and what can be changed."""
    return _person(context, _who(context))


def _person(
    context: RequestContext, user: User, fault: str = "", part: str = "", status: int = 422
) -> Response:
    admins = [
        account for account in context.store.users.all()
        if "admin" in account.roles and account.active and account.kind in context.app.ways_in
        and (account.kind == "oidc" or account.secret)
    ]  # fmt: skip
    return page(
        context, "auth/person.html", status=status if fault else 200, found=user, fault=fault, part=part, may=MAY,
        given=_roles(context) if part == "role" else user.roles, last=[admin.number for admin in admins] == [user.number],
        sessions=context.store.sessions.count_open(at=context.at, idle=sessions.IDLE).get(user.number, 0),
        done=DONE.get(context.request.query_params.get("done", "")), can_sign_in=user.kind in context.app.ways_in,
        asked=context.store.second_people.waiting_for(user.number), agreed=context.store.second_people.link_agreed(user.number, at=context.at),
        waits=second_people.waits(context.store, second_people.TOLD_OF.intersection(user.roles), user, at=context.at, by=context.user.number, at_the_machine=False),
        waits_off=second_people.waits(context.store, second_people.GUARDED.intersection(user.roles), user, at=context.at, by=context.user.number, at_the_machine=False),
        has_step=user.number in context.store.second_steps.confirmed(),
        wrong_tries=context.store.sign_in_failures.since(context.at - timedelta(days=7)).get(user.number, 0),
        able=[each.name for each in second_people.able(context.store, user, at=context.at, by=context.user.number, signs_in=context.app.ways_in)],
    )  # fmt: skip


@requires_role("admin")
def roles_given(context: RequestContext) -> Response:
    """Other roles, unless somebody else gave some meanwhile."""
    user, roles = _who(context), _roles(context)
    seen = str(context.form.get("seen", ""))
    if seen != ",".join(user.roles):
        return _person(context, user, _meanwhile(context, user), "seen", 409)
    if not roles:
        return _person(
            context, user, "Choose at least one role: to take access away, turn them off", "role"
        )
    return _do(
        context, user, "role",
        lambda: "roles" if give_roles(
            context.store, context.config, user, roles, at=context.at, by=context.user.number, signs_in=context.app.ways_in
        ) else "asked",
    )  # fmt: skip


@requires_role("admin")
def turned(context: RequestContext) -> Response:
    """Takes access at once, or gives it again."""
    user, to = _who(context), str(context.form.get("to", ""))
    if to not in ("on", "off"):
        return _person(
            context, user, "Say whether they may use the page: turn them on or off", "access"
        )
    on = to == "on"

    def work() -> str:
        done = turn(
            context.store, context.config, user, on=on, at=context.at, by=context.user.number, signs_in=context.app.ways_in
        )  # fmt: skip
        return ("on" if on else "off") if done else "asked"

    return _do(context, user, "access", work)


@requires_role("admin")
def sessions_ended(context: RequestContext) -> Response:
    """Signs somebody out everywhere."""
    user = _who(context)
    context.store.sessions.end_all(user.number, at=context.at, by=context.user.number)
    return RedirectResponse(f"/people/{user.number}?done=sessions", 303)


@requires_role("admin")
def link_made(context: RequestContext) -> Response:
    """A new one-time link, in this answer alone; an older one no longer works."""
    return _link(context, _who(context))


def _link(context: RequestContext, user: User) -> Response:
    if not context.app.takes_passwords:
        return _person(
            context,
            user,
            "This page takes no passwords now, so that a link would let nobody in",
            "link",
        )
    try:
        sign_in_link = link(
            context.store, context.config, user, at=context.at, by=context.user.number
        )
    except StoreError as error:
        return _person(context, user, str(error), "link")
    if not sign_in_link:
        return RedirectResponse(f"/people/{user.number}?done=asked", 303)
    return page(
        context,
        "auth/people_link.html",
        found=user,
        link=sign_in_link,
        until=context.at + LINK_HOLDS,
    )


def _do(context: RequestContext, user: User, part: str, work: Callable[[], str]) -> Response:
    """`work` says what was done, as `DONE` has it."""
    try:
        done = work()
    except StoreError as error:
        return _person(context, user, str(error), part)
    return RedirectResponse(f"/people/{user.number}?done={done}", 303)


def _meanwhile(context: RequestContext, user: User) -> str:
    """Who changed somebody's roles while this form was open."""
    query = AuditQuery(kinds=("user changed",), person=user.number, size=20)
    changes = context.store.audit.page(query).events
    newest = next((event for event in changes if event.about.get("user") == user.number), None)
    who = audit.people(context).who(newest) if newest else "Someone"
    return f"{who} changed their roles meanwhile. Nothing of yours was saved: look at them as they are now"


def _who(context: RequestContext) -> User:
    user = context.store.users.get(context.request.path_params["number"])
    if user is None:
        raise HTTPException(404)
    return user


def _roles(context: RequestContext) -> tuple[Role, ...]:
    ticked = context.form.getlist("role")
    return tuple(role for role in ROLES if role in ticked)
