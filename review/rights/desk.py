"""One request: what is held of a person is looked for in parts, and of what is found some is given, erased, put right or held.

What is looked for stands in no address: it goes from form to form. It is sealed with the request, which another person of governance
can open; the record says that somebody looked, and who opened it. Posts of cases from which somebody stepped back are not listed for them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.models import PLATFORMS
from reports import subject_access
from review import looking
from review.auth import one_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from review.rights.requests import (
    NAMES,
    STATES,
    asked_for,
    day_month,
    is_sole_governance,
    out_of_sight,
    typed_in,
)
from steps import erasures, lane_erasures, rights
from steps.same_person import CHECKS, Check, in_words
from store import CLOSED, Correction, CorrectionKind, Item, RequestState, RightsRequest, User
from store.retention import SPARED, SPARED_ALONE

PATIENCE = 3.0  # seconds that a part of a search takes; the next is a press away
PART = 5_000  # posts that it opens at most
MOST = 300  # posts that are listed
CORRECTIONS: tuple[CorrectionKind, ...] = ("label", "attribution", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSearch:
    """How far a search has come. `person` goes on from form to form. `theirs` are posts that they wrote, all that is found in `numbers`."""

    person: str = field(default="", repr=False)
    wrote_only: bool = False
    numbers: tuple[int, ...] = ()
    theirs: tuple[int, ...] = ()
    looked: int = 0
    last: int | None = None  # go on after it; None: all was looked through

    @property
    def searched(self) -> bool:
        """Whether anything was looked for yet."""
        return bool(self.person)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFound:
    """A post that was search, as the page lists it: masked, and without the words of who may be speaking up."""

    number: int
    item: Item | None
    theirs: bool
    case: int | None
    on_hold: bool
    restricted: bool
    speaking_up: bool


@requires_role("governance")
def request_page(context: RequestContext) -> Response:
    """The request, and the form to look for what is held."""
    return show(context, asked_for(context))


@requires_role("governance")
def find(context: RequestContext) -> Response:
    """Looks through the next part, and lists what was found so far."""
    request, before = asked_for(context), _search_so_far(context)
    if not before.person.strip().lstrip("@"):
        return show(
            context,
            request,
            fault="Write a name, an account, an address or a number, or words that they wrote",
        )
    try:
        manner = rights.search_for(
            context.store, context.config, before.person, request=request.number, by=context.user.name, at=context.at,
            same_person=_check(context), wrote_only=before.wrote_only,
        )  # fmt: skip
    except StoreError as error:
        return show(context, request, fault=str(error))
    until = time.monotonic() + PATIENCE
    part = context.store.search.person_part(
        before.person, after=before.last or 0, limit=PART, authors_only=before.wrote_only, phrase=manner in rights.AS_IT_STANDS,
        until=lambda: time.monotonic() > until,
    )  # fmt: skip
    context.store.search.note_search(
        by=context.user.handle,
        at=context.at,
        matches=len(part.matches),
        looked=part.looked,
        request=request.number,
        quoted=manner == "quote",
    )
    visible = _in_sight(context, [match.number for match in part.matches])
    return show(context, request, replace(
        before, numbers=(*before.numbers, *visible),
        theirs=(*before.theirs, *(match.number for match in part.matches if match.by_them and match.number in visible)),
        looked=before.looked + part.looked, last=part.last,
    ))  # fmt: skip


@requires_role("governance")
def changed(context: RequestContext) -> Response:
    """Somebody takes it, it needs longer, or it stands elsewhere now."""
    request = asked_for(context)
    register, by, at = context.store.rights_requests, context.user.number, context.at
    do = typed_in(context, "do")
    try:
        if do == "take":
            register.take(request.number, by=by, at=at)
        elif do == "extend":
            register.extend(request.number, why=typed_in(context, "why_text"), by=by, at=at)
        else:
            state: RequestState = next((each for each in STATES if each == typed_in(context, "state")), "new")  # fmt: skip
            register.set_state(request.number, state, outcome=typed_in(context, "outcome"), by=by, at=at)  # fmt: skip
    except StoreError as error:
        return show(context, request, fault=str(error))
    return RedirectResponse(f"/requests/{request.number}", 303)


@requires_role("governance")
def act(context: RequestContext) -> Response:
    """Does with the ticked posts what the button says."""
    request, search = asked_for(context), _search_so_far(context)
    posts = _in_sight(context, _numbers([str(value) for value in context.form.getlist("posts")]))
    do = typed_in(context, "do")
    if do in ("same", "not same", "searched"):
        return _open_search(context, request, search) if do == "searched" else _answer_same(context, request, search, agrees=do == "same")  # fmt: skip
    if do == "object" or typed_in(context, "withdraw"):
        return _object(context, request, search)
    if do == "lift":
        return _lift(context, request, search, posts)
    records = [str(value) for value in context.form.getlist("records")]
    if not posts and not (records and do in ("page", "data")):
        return show(context, request, search, fault="Tick the posts first")
    try:
        _check_whose(context, request, search, posts)
        if do in ("page", "data"):
            return _disclose(context, request, search, posts, do, records)
        if do == "erase":
            erasures.check_kind(context.store, request.number)
            return _ask_once_more(context, request, search, posts)
        if do == "sure":
            looked = typed_in(context, "looked_first") == "yes"
            if not looked and rights.standing(context.store, posts, context.at).needs_a_look:
                fault = "Tick it once whoever has to look first has done so"
                return _ask_once_more(context, request, search, posts, fault=fault)
            return _erase(context, request, search, posts)
        if do == "hold":
            return _hold(context, request, search, posts)
        if do == "rectify":
            return _rectify(context, request, search, posts)
    except StoreError as error:
        return show(context, request, search, fault=str(error), ticked=posts)
    return show(context, request, search, fault="Choose what to do")


def _check_whose(
    context: RequestContext, request: RightsRequest, search: PersonSearch, posts: Sequence[int]
) -> None:
    """Raises StoreError where whom a form names, or one of its posts, is not of the person for whom the request is."""
    known = context.store.person_searches.whom(request.number)
    if search.person and search.person not in known:
        raise StoreError("look for them first: that is recorded with the request")
    rights.check_posts(
        context.store, context.config, posts, request=request.number, by=context.user.name, at=context.at
    )  # fmt: skip


def _ask_once_more(
    context: RequestContext, request: RightsRequest, search: PersonSearch, posts: Sequence[int], *, fault: str = ""
) -> Response:  # fmt: skip
    """What an erasure would do, before it is done: what is among it that somebody has to see to first, too."""
    plan = rights.standing(context.store, posts, context.at)
    return page(
        context, "rights/sure.html", request=request, search=search, plan=plan, posts=_listed(context, plan.going, search), kinds=NAMES,
        evidence=erasures.evidence(context.store, plan.going, context.at), others_lane=[number for number in lane_erasures.of_lane(context.store, plan.going) if number not in search.theirs],
        why_not_theirs=typed_in(context, "why_not_theirs"), fault=fault, status=422 if fault else 200,
    )  # fmt: skip


def _disclose(
    context: RequestContext,
    request: RightsRequest,
    search: PersonSearch,
    posts: Sequence[int],
    do: str,
    records: Sequence[str],
) -> Response:
    own = [search.person, *typed_in(context, "own").split(",")]
    theirs = [number for number in posts if number in search.theirs]
    decided = _decided(context)
    places = rights.show_places(
        context.store, context.config, context.app.policy, posts, theirs, own=own, by=context.user.handle, at=context.at,
        request=request.number, decided=decided,
    )  # fmt: skip
    if places:
        for number in sorted({place.post for place in places}):
            looking.opened(context, "details", number, context.store.cases.of_mention(number))
        return page(
            context, "rights/whose.html", request=request, search=search, posts=posts, own=typed_in(context, "own"), places=places,
            decided=decided, records=records,
        )  # fmt: skip
    pack = rights.disclose(
        context.store, context.config, context.app.policy, posts, theirs, own=own, by=context.user.handle, at=context.at,
        request=request.number, decided=decided, records=records,
    )  # fmt: skip
    if request.open and request.state in ("new", "in hand"):
        context.store.rights_requests.set_state(request.number, "ready", by=context.user.number, at=context.at)  # fmt: skip
    kinds = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}
    name, media, content = f"request-{request.number}.json", "application/json", pack.data
    if do == "page":
        name, media, content = f"request-{request.number}.{pack.format}", kinds[pack.format], pack.page  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)


def _decided(context: RequestContext) -> dict[int, frozenset[int]]:
    """Of which posts the form says which masked places are the person's own."""
    decided: dict[int, set[int]] = {number: set() for number in _numbers([str(value) for value in context.form.getlist("decided")])}  # fmt: skip
    for value in context.form.getlist("places"):
        place = _numbers(str(value).split("."))
        if len(place) == 2 and place[0] in decided:
            decided[place[0]].add(place[1])
    return {post: frozenset(places) for post, places in decided.items()}


def _erase(
    context: RequestContext, request: RightsRequest, search: PersonSearch, posts: Sequence[int]
) -> Response:
    plan = rights.standing(context.store, posts, context.at)
    erasures.check(
        context.store, context.config, plan.going, by=context.user.handle, at=context.at, request=request.number
    )  # fmt: skip
    lane = lane_erasures.check(
        context.store, context.config, plan.going, search.theirs, by=context.user.handle, at=context.at, request=request.number, hold_waits=plan.hold_waits,
        why_not_theirs=typed_in(context, "why_not_theirs"),
    )  # fmt: skip
    proof = rights.erase(context.store, posts, search.theirs, by=context.user.handle, at=context.at, request=request.number)  # fmt: skip
    lane_erasures.tell_erased(context.store, context.config, lane, request=request.number, by=context.user.handle, at=context.at)  # fmt: skip
    rights.note_done(context.store, request.number, by=context.user.handle, at=context.at)
    gone = sum(proof.gone.values())
    erasures.tell_erased(context.store, context.config, gone, by=context.user.handle, at=context.at, request=request.number)  # fmt: skip
    many = gone != 1
    lines = [f"{gone} post{'s were' if many else ' was'} erased, and stay{'' if many else 's'} erased after a restore."]  # fmt: skip
    if proof.held_back:
        lines.append(f"A hold keeps {proof.held_back}.")
    lines.append(
        f"Proved: nothing is left in any of {len(proof.left)} places, and none of {proof.sought} fragments of the words "
        "was found in the bytes of the files."
        if proof.proved
        else "It is not proved yet: another program was reading. The next deletion, tonight, completes it."
    )
    left = tuple(number for number in search.numbers if context.store.mentions.get(number) is not None)  # fmt: skip
    return show(context, request, replace(search, numbers=left), done=" ".join(lines))


def _hold(
    context: RequestContext, request: RightsRequest, search: PersonSearch, posts: Sequence[int]
) -> Response:
    try:
        ends = clock.day(date.fromisoformat(typed_in(context, "until")))[1]
    except (ValueError, OverflowError) as error:
        raise StoreError("write the last day of the hold, such as 2027-02-28") from error
    person = rights.ask_hold(
        context.store, context.config, posts, reason=typed_in(context, "hold_reason"), approved_by=typed_in(context, "approver"),
        by=context.user.handle, at=context.at, expires=ends, request=request.number,
        without_use=bool(typed_in(context, "without_use")),
    )  # fmt: skip
    count = f"{len(posts)} post{'s' if len(posts) != 1 else ''}"
    early = "".join(f" {line}." for line in rights.leaves_before(context.store, posts, ends))
    without_use = bool(typed_in(context, "without_use"))
    now = ""
    if without_use:
        now = _out_of_use(context, posts)
    whom, spared = (f"{person.name} is asked", SPARED) if person else ("Nobody else here approves it yet: whoever comes first is asked", SPARED_ALONE)  # fmt: skip
    return show(context, request, search, done=f"{whom} to agree that {count} be held{' without use' if typed_in(context, 'without_use') else ''} until {day_month(ends.date() - timedelta(days=1))}, though never past a platform’s own limit. Until they do, the nightly deletion leaves {'them' if len(posts) != 1 else 'it'} for {spared.days} days; an erasure doesn’t.{now}{early}")  # fmt: skip


def _out_of_use(context: RequestContext, posts: Sequence[int]) -> str:
    """Which of the posts that are to be held without use are out of use from now on, and why the others are not."""
    first = rights.acted_on_first(context.store, posts, context.at)
    aside = [post for post in posts if context.store.retention.restricted(post)]
    waits = sorted(post for post in posts if post in first and post not in aside)
    over = sorted(post for post in posts if post not in first and post not in aside)
    words = ""
    if aside:
        words = " From now on it is on nobody’s list and in no export, for 7 days at most: their yes makes that last, their no ends it, and with no answer it ends by itself and stands under Holds."  # fmt: skip
    if waits:
        words += f" But not yet {'post' if len(waits) == 1 else 'posts'} {', '.join(map(str, waits))}: someone may be in danger, or 72 hours run, so that it stays in sight until a second person agrees."  # fmt: skip
    if over:
        words += f" Still in use: {'post' if len(over) == 1 else 'posts'} {', '.join(map(str, over))}. The 7 days for which one person alone may put it out of use passed without an answer, so that it needs a second person’s yes."  # fmt: skip
    return words


def _open_search(context: RequestContext, request: RightsRequest, search: PersonSearch) -> Response:
    number = next(iter(_numbers([typed_in(context, "search")])), 0)
    try:
        who = context.store.person_searches.open(
            number, request=request.number, by=context.user.number, at=context.at
        )
    except StoreError as error:
        return show(context, request, search, fault=str(error))
    return show(context, request, search, done=f"It was looked for: {who}" if who else "Gone: the request was closed three years ago.")  # fmt: skip


def _check(context: RequestContext) -> Check:
    """By which check the form says that it is the same person's."""
    fields = ("same_check", "same_made", "same_on", "same_words")
    key, checker, on, words = (typed_in(context, name) for name in fields)
    return Check(key=key, checker=checker, on=on, words=words)


def _answer_same(
    context: RequestContext, request: RightsRequest, search: PersonSearch, *, agrees: bool
) -> Response:
    """Another person's yes or no to another name or account of the request's person; never of whoever asked, by whatever account."""
    number = next(iter(_numbers([typed_in(context, "search")])), 0)
    wanted = next((each for each in context.store.person_searches.of_request(request.number) if each.number == number), None)  # fmt: skip
    if wanted is not None and (why := one_person.why_not(context.store, context.user, [wanted.by], at=context.at)):  # fmt: skip
        return show(context, request, search, fault=why)
    try:
        context.store.person_searches.answer(
            number, request=request.number, agrees=agrees, by=context.user.number, at=context.at
        )
    except StoreError as error:
        return show(context, request, search, fault=str(error))
    return show(context, request, search, done=f"Saved: you {'agreed. Whoever asked looks for it again' if agrees else 'did not agree. It is not opened'}.")  # fmt: skip


def _lift(
    context: RequestContext, request: RightsRequest, search: PersonSearch, posts: Sequence[int]
) -> Response:
    for number in posts:
        context.store.retention.lift_hold(number, by=context.user.handle, at=context.at)
    return show(context, request, search, done="No hold stands on what you ticked.")


def _rectify(
    context: RequestContext, request: RightsRequest, search: PersonSearch, posts: Sequence[int]
) -> Response:
    if len(posts) != 1:
        raise StoreError("tick the one post that is put right")
    what: CorrectionKind = next(
        (each for each in CORRECTIONS if each == typed_in(context, "what")), "note"
    )
    context.store.corrections.add(Correction(
        mention=posts[0], what=what, name=typed_in(context, "label"), at=context.at, by=context.user.number,
        before=typed_in(context, "before"), now=typed_in(context, "holds_now"), note=typed_in(context, "correction"), request=request.number,
    ))  # fmt: skip
    return show(context, request, search, done=f"Post {posts[0]} was put right. What stood there stays with it, struck through.")  # fmt: skip


def _object(context: RequestContext, request: RightsRequest, search: PersonSearch) -> Response:
    platform = next((each for each in PLATFORMS if each == typed_in(context, "platform")), None)
    if platform is None:
        return show(context, request, search, fault="Choose the platform of their account")
    accounts = [typed_in(context, name) for name in ("account", "account_id")]
    objections = context.store.objections
    try:
        rights.note_accounts(
            context.store, context.config, platform, accounts, request=request.number, by=context.user.name, at=context.at,
            same_person=_check(context),
        )  # fmt: skip
        if typed_in(context, "withdraw"):
            count = objections.withdraw(platform, accounts, by=context.user.handle, at=context.at, request=request.number)  # fmt: skip
            return show(context, request, search, done=f"{count} taken off the list.")
        objections.add(platform, accounts, by=context.user.handle, at=context.at, request=request.number)  # fmt: skip
    except StoreError as error:
        return show(context, request, search, fault=str(error))
    return show(context, request, search, done="Nothing more of that account is taken in, unless it is a high risk or a colleague reports it. What is held already stays until you erase it.")  # fmt: skip


def show(
    context: RequestContext,
    request: RightsRequest,
    search: PersonSearch | None = None,
    *,
    fault: str = "",
    done: str = "",
    ticked: Sequence[int] = (),
) -> Response:
    """The page of a request, with what was found so far, what was done, or what is wrong."""
    store, search = context.store, search or PersonSearch()
    request = store.rights_requests.get(request.number) or request
    today = clock.local_day(context.at)
    return page(
        context, "rights/request.html", status=422 if fault else 200, request=request, search=search, fault=fault, done=done,
        posts=_listed(context, search.numbers[:MOST], search), more=max(0, len(search.numbers) - MOST), total=store.search.count(),
        kinds=NAMES, states=STATES, closed=CLOSED, names={user.number: user.name for user in store.users.all()}, on=day_month,
        today=today, ticked=ticked or search.theirs, labels=sorted(context.app.flags), stepped_back=bool(out_of_sight(context)),
        searches=store.person_searches.of_request(request.number), sole=is_sole_governance(context),
        checks=CHECKS, check=_check(context), check_in_words=in_words, approvers=_approvers(context, search), account=_account_called(context, search.person) if search.searched else None,
        **_beside(context, request, search),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFound:
    """A record beside the posts that holds what was looked for, with its lines, others masked."""

    key: str
    what: str
    at: datetime | None
    lines: tuple[str, ...] = field(repr=False)
    where: str


# Where each record that was found is read whole, and changed
_READ_AT = {"handovers": "/handover", "weekly_notes": "/weekly", "calendar_entries": "/weekly", "settings": "/setup", "recipient_approvals": "/setup", "searched_people": "/names"}  # fmt: skip


def _beside(
    context: RequestContext, request: RightsRequest, search: PersonSearch
) -> dict[str, object]:
    """What is held of them beside the posts, once a search for them is in the record; and what was looked through."""
    if not search.searched or search.person not in context.store.person_searches.whom(request.number):  # fmt: skip
        return {"records": [], "looked_through": []}
    searched = rights.beside_posts(context.store, request.number)
    own = context.store.person_searches.whom(request.number)
    listed = [
        RecordFound(
            key=match.key, what=match.place, at=match.at, where=_READ_AT.get(match.key.partition(".")[0], ""),
            lines=tuple(subject_access.record_words(context.config, match, own=own, at=context.at)),
        )
        for place in searched for match in place.matches
    ]  # fmt: skip
    return {"records": listed, "looked_through": searched}


def _account_called(context: RequestContext, person: str) -> User | None:
    """Who has an account here by that name: what they did here is in records that no search of posts looks through."""
    wanted = " ".join(person.casefold().lstrip("@").split())
    return next((user for user in context.store.users.all() if wanted in (user.handle.casefold(), " ".join(user.name.casefold().split()))), None)  # fmt: skip


def _approvers(context: RequestContext, search: PersonSearch) -> list[tuple[User, str]]:
    """Who may be asked to agree to a hold, each with of what, and from when where they can't yet."""
    return [
        (user, _of_what(context, user, of_what)) for user, of_what in _asked_of(context, search)
    ]


def _of_what(context: RequestContext, user: User, of_what: str) -> str:
    why = one_person.why_not(context.store, user, [context.user.number], at=context.at)
    if not why:
        return of_what
    when = re.search(r"it can agree from (.+) on,", why)
    return f"{of_what}; {f'not before {when[1]}' if when else 'not now: their account and yours were in the same hands lately'}"


def _asked_of(context: RequestContext, search: PersonSearch) -> list[tuple[User, str]]:
    """The Guardian of what may be speaking up, and of a restriction of anything; a lead of what isn't."""
    speaking_up = len(context.store.exports.speaking_up(search.numbers))
    listed = []
    for user in rights.can_approve(
        context.store, by=context.user.handle, roles=("governance", "lead", "guardian")
    ):
        if "governance" in user.roles:
            listed.append((user, "governance"))
        elif "guardian" in user.roles and speaking_up:
            listed.append((user, "the Guardian, of what may be speaking up"))
        elif "guardian" in user.roles:
            listed.append((user, "the Guardian, of a hold without use"))
        elif "lead" in user.roles and (not speaking_up or speaking_up < len(search.numbers)):
            listed.append((user, "lead, of what isn’t speaking up" if speaking_up else "lead"))
    return listed


def _listed(
    context: RequestContext, numbers: Sequence[int], search: PersonSearch
) -> list[PostFound]:
    store = context.store
    items = store.figures.items(numbers)
    speaking_up = store.exports.speaking_up(numbers)
    return [
        PostFound(
            number=number, item=items.get(number), theirs=number in search.theirs, case=store.cases.of_mention(number),
            on_hold=store.retention.on_hold(number, context.at), restricted=store.retention.restricted(number), speaking_up=number in speaking_up,
        )
        for number in numbers
    ]  # fmt: skip


def _search_so_far(context: RequestContext) -> PersonSearch:
    """What a form brought of the search so far."""
    last = _numbers([typed_in(context, "last")])
    looked = _numbers([typed_in(context, "looked")])
    numbers = _in_sight(context, _numbers(str(context.form.get("numbers", "")).split(",")))
    theirs = _in_sight(context, _numbers(str(context.form.get("theirs", "")).split(",")))
    return PersonSearch(
        person=typed_in(context, "person"), wrote_only=typed_in(context, "how") == "wrote", numbers=numbers, theirs=theirs,
        looked=looked[0] if looked else 0, last=last[0] if last else None,
    )  # fmt: skip


def _in_sight(context: RequestContext, posts: Sequence[int]) -> tuple[int, ...]:
    """These posts, without those of cases from which whoever asks stepped back."""
    out = out_of_sight(context)
    return tuple(post for post in posts if not out or context.store.cases.of_mention(post) not in out)  # fmt: skip


def _numbers(written: Sequence[str]) -> tuple[int, ...]:
    """The numbers of posts in what a form brought; whatever is none is left out."""
    return tuple(int(each) for each in written if each.strip().isascii() and each.strip().isdecimal() and len(each.strip()) < 19)  # fmt: skip
