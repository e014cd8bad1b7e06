"""What takes a second person: links and roles of whoever is governance, the Guardian or a lead, or is to be, and the role of a reviewer; and who is told.

One administrator alone would else be any of them within a minute, by making a link for one or an account under another name, or leave
nobody who could refuse, by turning governance off. The same holds of the page and of `mentions user`. Until somebody who holds governance has signed in, the first set-up gives these roles by itself.
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
from review import audit
from review.auth.one_person import hands, same_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from settings.schema import Config
from store import AccessRequest, Event, Store, User
from store.team.second_people import GUARDED as GUARDED  # which roles the rules here are about
from store.team.second_steps import AccountEvent
from store.team.users import UserKind

# Whose account is told of: who sees words and settings of everybody, too
TOLD_OF: frozenset[Role] = frozenset((*GUARDED, "lead", "safeguarding"))
# Roles that nobody gets by one administrator alone, of which a reviewer reads posts; and accounts that nobody gets into so. A link for a
# reviewer's own account does not wait, or a forgotten password would keep them from danger at night: they and governance are told of it
AGREED_TO: frozenset[Role] = TOLD_OF | {"reviewer"}
BOTH = (
    "nobody is governance and the Guardian: choose one of the two, and another person for the other"
)
YOURSELF = (
    "nobody gives themselves governance or the Guardian’s role: another administrator has to ask"
)
LEAD_YOURSELF = "nobody makes themselves a lead: another administrator has to, and governance agrees once a person holds it"
NOT_YOURS = "Your own account was made or linked so, or was for an account of yours: someone else has to see it"
LAST = "nobody else holds governance: give it to another person first"
OVERSEEN = (
    "nobody is administrator and governance or the Guardian: who makes accounts can’t also agree to them. "
    "Give one of the two to another person"
)
CONFLICTING: tuple[Role, ...] = ("reviewer", "lead", "guardian", "admin")
# Whoever had an account in hand so lately may still be the one who uses it
IN_HAND = timedelta(days=30)
# Between a link and a reset of one account's second step, which together make it whoever's has the link
APART = timedelta(hours=24)
# So long somebody who was turned off still counts as somebody who could agree, and who never signs in does not any more
AWAY = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRequest:
    """A request as governance reads it. `why_not`: why whoever reads can't agree, "" where they can."""

    request: AccessRequest
    name: str
    by_name: str
    why_not: str


# ── rules ────────────────────────────────────────────────────────────────────────────────────────


def check(
    store: Store, roles: Collection[Role], *, to: User | None = None, by: int | None = None, at: datetime | None = None
) -> None:  # fmt: skip
    """Raises StoreError for roles that nobody has together, that whoever gives them gets, or that leave no governance."""
    if set(roles) >= GUARDED:
        raise StoreError(BOTH)
    if "admin" in roles and not GUARDED.isdisjoint(roles):
        raise StoreError(OVERSEEN)
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


def makes_lead_of_self(
    store: Store, user: User, roles: Collection[Role], *, by: int | None
) -> bool:
    """Whether somebody gives themselves a lead's role, by whichever account of theirs: governance has to agree.

    Raises StoreError where nobody holds governance who could.
    """
    giver = store.users.get(by) if by is not None else None
    if giver is None or "lead" not in roles or "lead" in user.roles or not same_person(giver, user):
        return False
    if not any(_holds(each) and each.active for each in store.users.all()):
        raise StoreError(LEAD_YOURSELF)
    return True


def guarded_change(wanted: Collection[Role], before: Collection[Role]) -> frozenset[Role]:
    """Of a change of roles those by which it waits for a second person: governance and the Guardian given or taken, a lead, a reviewer or Safeguarding given; a lead is a reviewer already."""
    added = AGREED_TO.intersection(set(wanted) - set(before))
    return GUARDED.intersection(set(wanted) ^ set(before)) | (added - {"reviewer"} if "lead" in before else added)  # fmt: skip


def first_set_up(store: Store) -> bool:
    """Whether nobody could agree to anything yet: nobody has got in who holds governance, so that roles count at once."""
    return not any(_holds(each) for each in store.users.all())


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
    store: Store, roles: Iterable[Role], user: User | None, *, at: datetime, by: int | None, at_the_machine: bool,
    signs_in: Collection[UserKind] = ("local", "oidc"),
) -> bool:  # fmt: skip
    """Whether what gives these roles, makes whoever has them a link, or takes governance or the Guardian's role waits for a second person.

    Whoever calls names no lead of what takes that role or turns a lead off: that waits for nobody. Not in the first set-up. At the machine neither where nobody could agree for 30 days, as after the only one has gone:
    who was turned off within that time counts, or two commands would do away with the rule.
    """
    if AGREED_TO.isdisjoint(roles) or first_set_up(store):
        return False
    return not at_the_machine or _could_answer(store, user, by, at, signs_in)


def able(
    store: Store, about: User | None, *, at: datetime, by: int | None,
    signs_in: Collection[UserKind] = ("local", "oidc"),
) -> list[User]:  # fmt: skip
    """Who can agree, at once or within a week: whoever holds governance and can sign in, and is another person than `why_not` bars."""
    asking = store.users.get(by) if by is not None else None
    return [
        user for user in store.users.all()
        if _holds(user) and user.active and user.kind in signs_in and not why_not(store, user, asking, about, at=at, ever=True)
    ]  # fmt: skip


def _could_answer(
    store: Store, about: User | None, by: int | None, at: datetime, signs_in: Collection[UserKind]
) -> bool:
    """Whether somebody who may agree can sign in, or could before they were turned off, within 30 days."""
    asking = store.users.get(by) if by is not None else None
    off = store.second_people.turned_off(at - AWAY)
    return any(
        _holds(user) and user.kind in signs_in and not why_not(store, user, asking, about, at=at, ever=True)
        and (user.active or (user.number in off and not _is_away(user, off[user.number])))
        for user in store.users.all()
    )  # fmt: skip


def _is_away(user: User, at: datetime) -> bool:
    return user.signed_in_at is None or user.signed_in_at <= at - AWAY


def check_apart(
    store: Store, user: User, other: AccountEvent, *, at: datetime, by: int | None
) -> None:
    """Raises StoreError where an account had `other` done to it within `APART`: a link and a reset together are the account.

    Its owner, governance and leads hear of each, and have a day to say that they did not ask for it. Not at the machine:
    who is there has the store itself, and may have to let somebody in at once.
    """
    if by is None:
        return
    done = store.second_steps.last_done(user.number, other, since=at - APART)
    if done is not None:
        first = "a link was made for" if other == "link made" else "the second step was reset of"
        raise StoreError(
            f"{first} {user.name} within the last 24 hours: the other of the two waits until {clock.local(done + APART)}, so that "
            "nobody gets in by both before its owner hears of it. Whoever looks after this program can do it at once, on its machine"
        )


def why_not(
    store: Store, user: User, asking: User | None, about: User | None, *, at: datetime, ever: bool = False
) -> str:  # fmt: skip
    """Why somebody can't be the second person, in a sentence; "" where they can. `ever`: or will be within a week.

    One person may hold several accounts, under names of their own invention: whoever makes an account sees the link that
    lets it in. So who makes accounts agrees to none; who asks and who agrees may not have had each other's account in
    hand within `IN_HAND`, nor one and the same person have had both; and who agrees not that of whom it is about. Whoever has the
    machine can be both as well: an account that a command let in agrees for 7 days to nothing that such an account or a command asks.
    """
    if any(other is not None and same_person(user, other) for other in (asking, about)):
        return "Another person of governance has to agree: neither who asked, nor whom it is about."
    if "admin" in user.roles:
        return "Another person of governance has to agree, who is no administrator: who makes accounts agrees to none."
    touched = {} if ever else store.second_people.at_the_machine(at - access.ANSWERS_AFTER)
    # what a command asks may be the same hand's as the account that a command let in
    if user.number in touched and (asking is None or asking.number in touched):
        return (
            f"This account was let in at the command line, as was who asks: it can agree from {clock.local(touched[user.number] + access.ANSWERS_AFTER)} on, "
            "once others had time to ask whose it is."
        )
    makers = store.second_people.makers(at - IN_HAND)
    users = {each.number: each for each in store.users.all()}
    mine = hands(user, makers, users)
    shared = asking is not None and any(
        same_person(theirs, own) for theirs in hands(asking, makers, users) for own in mine
    )
    made_it = about is not None and any(
        same_person(user, theirs) for theirs in hands(about, makers, users)
    )
    if shared or made_it:
        return (
            f"Another person of governance has to agree: within {IN_HAND.days} days the account of who asks, or of whom it is "
            "about, was made, given roles, linked or reset by you, or yours by who asks or by who made theirs."
        )
    return ""


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
    opens = what in ("link", "roles", "on", "second step") and not GUARDED.isdisjoint(concerned)
    to = access.told_to(config, user, concerned, store.users.all())
    payload = {
        "what": what, "user": str(user.number), "roles": ",".join(roles), "by": str(by or ""), "login": login,
        "at": clock.text(at),
        "answers_from": clock.text(at + access.ANSWERS_AFTER) if opens and by is None else "",
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
        why = why_not(context.store, context.user, by, users.get(request.user), at=context.at)
        requests.append(WaitingRequest(
            request=request, name=users[request.user].name, why_not=why,
            by_name=by.name if by else access.at_the_machine(request.login),
        ))  # fmt: skip
    return requests


@requires_role("governance", "guardian")
def at_the_machine(context: RequestContext) -> Response:
    """What commands did to accounts of governance and the Guardian, and whether somebody else has seen it."""
    return _show_machine(context)


@requires_role("governance", "guardian")
def seen(context: RequestContext) -> Response:
    """Somebody whose own account was not made or linked so says that they have seen it."""
    events = context.store.second_people.not_seen()
    wanted = str(context.form.get("upto", ""))
    if not events or wanted != str(events[-1].number):
        return _show_machine(
            context,
            fault="Something came since you looked, or someone else was faster: read it again",
        )
    concerned = [
        context.store.users.get(int(event.about["user"]))
        for event in context.store.second_people.by_command()
    ]
    if any(same_person(context.user, user) for user in concerned):
        return _show_machine(context, fault=NOT_YOURS)
    try:
        context.store.second_people.see(events[-1].number, by=context.user.number, at=context.at)
    except StoreError:
        return _show_machine(context, fault=NOT_YOURS)
    return RedirectResponse("/governance/accounts", 303)


def _show_machine(context: RequestContext, *, fault: str = "") -> Response:
    store = context.store
    events = store.second_people.by_command()
    return page(
        context, "auth/at_the_machine.html", status=422 if fault else 200, fault=fault, events=events,
        new={event.number for event in store.second_people.not_seen()}, said=audit.describe_event, people=audit.people(context),
        mine=any(same_person(context.user, store.users.get(int(event.about["user"]))) for event in events),
    )  # fmt: skip


def waiting_resets(context: RequestContext) -> list[User]:
    """Whose second step of signing in is to be reset, and waits for governance."""
    users = {user.number: user for user in context.store.users.all()}
    return [users[each.user] for each in context.store.second_steps.waiting_resets()]


def account_events(context: RequestContext, since: datetime) -> list[Event]:
    """What was done to accounts since a moment that governance has to know, without what governance did: the last first.

    Links made anew, second steps that were reset by whomever, whatever concerns an account of governance, the Guardian or a lead, and
    whichever roles somebody gave themselves.
    """
    listed = {
        event.number for event in context.store.second_people.not_seen()
    }  # in a line of their own
    users = {user.number: user for user in context.store.users.all()}
    governance = {
        number
        for number, user in users.items()
        if "governance" in user.roles and "admin" not in user.roles
    }
    return [
        event for event in context.store.second_people.done(since)
        if event.number not in listed and (event.kind == "second step reset" or event.about.get("by") not in governance) and ("by" in event.about or "login" in event.about)
        and (_own_roles(event) or event.about.get("by") != event.about.get("user")) and (_own_roles(event) or event.kind == "second step reset" or event.about.get("anew") or _concerns(event, users))
    ]  # fmt: skip


def _own_roles(event: Event) -> bool:
    """Whether somebody changed what they may do themselves."""
    about = event.about
    return "roles" in str(about.get("changed", "")).split(",") and bool(about.get("roles")) and about.get("by") == about.get("user")  # fmt: skip


def _concerns(event: Event, users: dict[int, User]) -> bool:
    user = users.get(int(event.about.get("user", 0)))
    named = f"{event.about.get('roles', '')},{event.about.get('before', '')}".split(",")
    return not TOLD_OF.isdisjoint(named) or (
        user is not None and not TOLD_OF.isdisjoint(user.roles)
    )


def named(context: RequestContext) -> list[str]:
    """Whose accounts of governance or the Guardian a command made or opened, and nobody else has seen: each name once."""
    people = audit.people(context)
    return list(
        dict.fromkeys(
            people.name(event.about.get("user")) for event in context.store.second_people.not_seen()
        )
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
    if wanted.why_not:
        raise HTTPException(403, wanted.why_not)
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
