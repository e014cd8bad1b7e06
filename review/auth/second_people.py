"""What takes a second person: links and roles of whoever is governance or the Guardian, or is to be; and who is told.

One administrator alone would else be both within a minute, by making a link for either, or leave nobody who could refuse,
by turning them off. The same holds of the page and of `mentions user`. Until somebody who holds governance has signed in, the first set-up gives these roles by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.models import Role
from reports import access
from review.auth.sessions import requires_role
from review.cases.employer import same_person
from review.context import RequestContext
from settings.schema import Config
from store import AccessRequest, Event, Store, User
from store.team.users import UserKind

GUARDED: frozenset[Role] = frozenset(("governance", "guardian"))
BOTH = (
    "nobody is governance and the Guardian: choose one of the two, and another person for the other"
)
YOURSELF = (
    "nobody gives themselves governance or the Guardian’s role: another administrator has to ask"
)
LAST = "nobody else holds governance: give it to another person first"
# So long somebody who was turned off still counts as somebody who could agree, and who never signs in does not any more
AWAY = timedelta(days=30)
CONFLICTING: tuple[Role, ...] = ("reviewer", "lead", "guardian")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRequest:
    """A request as governance reads it. `mine`: whoever reads asked for it, or it is about them."""

    request: AccessRequest
    name: str
    by_name: str
    mine: bool


# ── rules ────────────────────────────────────────────────────────────────────────────────────────


def check(
    store: Store, roles: Collection[Role], *, to: User | None = None, by: int | None = None, at: datetime | None = None
) -> None:  # fmt: skip
    """Raises StoreError for roles that nobody has together, that whoever gives them gets, or that leave no governance."""
    if set(roles) >= GUARDED:
        raise StoreError(BOTH)
    if to is None:
        return
    giver = store.users.get(by) if by is not None else None
    if (
        giver is not None
        and GUARDED.intersection(roles).difference(to.roles)
        and same_person(giver, to)
    ):
        raise StoreError(YOURSELF)
    if "governance" not in roles:
        check_last(store, to, by=by, at=at)


def check_last(store: Store, user: User, *, by: int | None, at: datetime | None = None) -> None:
    """Raises StoreError where nobody would be left who is turned on and holds governance.

    At the machine the last one can go who has not signed in for 30 days: else nobody could follow somebody who left.
    """
    if not _holds(user) or not user.active:
        return
    if any(
        _holds(each) and each.active for each in store.users.all() if each.number != user.number
    ):
        return
    if by is not None or not _is_away(user, at or clock.now()):
        raise StoreError(LAST)


def waits(
    store: Store, roles: Iterable[Role], user: User | None, *, by: int | None, at_the_machine: bool,
    signs_in: Collection[UserKind] = ("local", "oidc"), at: datetime | None = None,
) -> bool:  # fmt: skip
    """Whether what gives or takes these roles, turns whoever has them off, or makes them a link waits for a second person.

    Not in the first set-up. At the machine neither where nobody could agree for 30 days, as after the only one has gone:
    who was turned off within that time counts, or two commands would do away with the rule.
    """
    if GUARDED.isdisjoint(roles) or not any(_holds(each) for each in store.users.all()):
        return False
    return not at_the_machine or _could_answer(store, user, at or clock.now(), signs_in)


def able(
    store: Store, about: User | None, *, by: int | None, signs_in: Collection[UserKind] = ("local", "oidc")
) -> list[User]:  # fmt: skip
    """Who can agree: whoever holds governance and can sign in, neither who asks nor whom it is about."""
    asking = store.users.get(by) if by is not None else None
    return [
        user for user in store.users.all()
        if _holds(user) and user.active and user.kind in signs_in
        and not any(other is not None and same_person(user, other) for other in (asking, about))
    ]  # fmt: skip


def _could_answer(
    store: Store, about: User | None, at: datetime, signs_in: Collection[UserKind]
) -> bool:
    """Whether somebody else who holds governance can sign in, or could before they were turned off, within 30 days."""
    off = store.second_people.turned_off(at - AWAY)
    return any(
        _holds(user) and user.kind in signs_in and not (about is not None and same_person(user, about))
        and (user.active or (user.number in off and not _is_away(user, off[user.number])))
        for user in store.users.all()
    )  # fmt: skip


def _is_away(user: User, at: datetime) -> bool:
    return user.signed_in_at is None or user.signed_in_at <= at - AWAY


def _holds(user: User) -> bool:
    return "governance" in user.roles and _known(user)


def _known(user: User) -> bool:
    """Whether somebody has got in by the account, or can."""
    return bool(user.secret) or user.kind == "oidc" or user.signed_in_at is not None


# ── telling ──────────────────────────────────────────────────────────────────────────────────────


def tell(
    store: Store, config: Config, what: access.Change, user: User, roles: Collection[Role] = (), *, at: datetime,
    by: int | None = None, login: str = "", number: int = 0,
) -> None:  # fmt: skip
    """Puts an email to whoever owns the account, and to governance, into the outbox; nothing where nobody has an address."""
    concerned = set(user.roles) | set(roles)
    to = access.told_to(config, user, concerned, store.users.all())
    payload = {
        "what": what, "user": str(user.number), "roles": ",".join(roles), "by": str(by or ""), "login": login,
        "at": clock.text(at),
    }  # fmt: skip
    if to:
        store.outbox.add(
            "access", f"{what} {user.number} {number} {clock.text(at)}", at, payload, to
        )


# ── governance ───────────────────────────────────────────────────────────────────────────────────


def waiting(context: RequestContext) -> list[WaitingRequest]:
    """What waits for governance, the oldest first."""
    users = {user.number: user for user in context.store.users.all()}
    requests = []
    for request in context.store.second_people.waiting():
        by = users.get(request.by) if request.by is not None else None
        mine = any(same_person(context.user, other) for other in (by, users.get(request.user)))
        requests.append(WaitingRequest(
            request=request, name=users[request.user].name, mine=mine,
            by_name=by.name if by else access.at_the_machine(request.login),
        ))  # fmt: skip
    return requests


def waiting_resets(context: RequestContext) -> list[User]:
    """Whose second step of signing in is to be reset, and waits for governance."""
    users = {user.number: user for user in context.store.users.all()}
    return [users[each.user] for each in context.store.second_steps.waiting_resets()]


def account_events(context: RequestContext, since: datetime) -> list[Event]:
    """What was done to accounts since a moment that governance has to know, without what governance did: the last first.

    Links made anew, and whatever concerns an account of governance or the Guardian.
    """
    users = {user.number: user for user in context.store.users.all()}
    governance = {
        number
        for number, user in users.items()
        if "governance" in user.roles and "admin" not in user.roles
    }
    return [
        event for event in context.store.second_people.done(since)
        if event.about.get("by") not in governance and ("by" in event.about or "login" in event.about)
        and event.about.get("by") != event.about.get("user") and (event.about.get("anew") or _concerns(event, users))
    ]  # fmt: skip


def _concerns(event: Event, users: dict[int, User]) -> bool:
    user = users.get(int(event.about.get("user", 0)))
    named = f"{event.about.get('roles', '')},{event.about.get('before', '')}".split(",")
    return not GUARDED.isdisjoint(named) or (
        user is not None and not GUARDED.isdisjoint(user.roles)
    )


def conflicts(users: Sequence[User]) -> list[tuple[User, tuple[Role, ...]]]:
    """Who holds governance and decides cases too, or is the Guardian, with those roles."""
    return [
        (user, both) for user in users
        if user.active and "governance" in user.roles and (both := tuple(role for role in CONFLICTING if role in user.roles))
    ]  # fmt: skip


@requires_role("governance")
def answered(context: RequestContext) -> Response:
    """Agrees to what waits, or refuses it; never whoever asked, nor whom it is about, by whatever account."""
    number, answer = str(context.form.get("request", "")), str(context.form.get("answer", ""))
    wanted = next((each for each in waiting(context) if str(each.request.number) == number), None)
    if wanted is None or answer not in ("agrees", "refuses"):
        return RedirectResponse("/governance?access=changed#access", 303)
    if wanted.mine:
        raise HTTPException(
            403,
            "Another person of governance has to agree: neither who asked, nor whom it is about.",
        )
    agrees = answer == "agrees"
    try:
        saved = context.store.second_people.answer(
            wanted.request.number, agrees=agrees, by=context.user.number, at=context.at
        )
    except StoreError as error:  # such as the last administrator
        raise HTTPException(409, str(error)) from error
    user = context.store.users.get(wanted.request.user)
    if saved and user is not None:
        tell(
            context.store, context.config, "agreed" if agrees else "refused", user, wanted.request.roles, at=context.at,
            by=context.user.number, number=wanted.request.number,
        )  # fmt: skip
    return RedirectResponse(f"/governance?access={answer if saved else 'changed'}#access", 303)
