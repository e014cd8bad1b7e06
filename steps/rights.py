"""What the data-rights desk does, on the page and by command: each act written down with who did it; whom it was about is sealed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from classify.people import whom
from classify.policy.schema import Policy
from collectors import terms
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.errors import ConfigError, StoreError
from core.models import Role
from reports import asked, exports, looks, pdf, subject_access
from settings.schema import Config
from steps.reasons import says_nothing
from steps.same_person import TOGETHER, Check
from store import PlaceSearched, PurgeProof, RequestKind, Store, User
from store.retention import SPARED
from store.rights.objections import accounts_named
from store.rights.person_searches import WAITS
from store.search import POST

NO_CHECK = Check()
GOVERNANCE: tuple[Role, ...] = ("governance",)  # who answers to a person's rights
NOBODY_AGREES = (
    "nobody else here has the role governance, who would have to agree that it is the same person: write down a request of their own for this name or account, "
    "or let a second person have that role first"
)
AS_IT_STANDS: frozenset[whom.Manner] = frozenset(
    ("phrase", "quote")
)  # what is looked for as words side by side
NOT_OF_PERSON = (
    "post {post} is neither by the person of request {request} nor holds what they were looked for by. If it is about them by another name or account, look for that "
    "first, under this request, and say what was checked (`mentions find NAME --request {request} --same-person CHECK`); else write down a request of whoever it is of"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A disclosure pack: the page as a file, and the same for a machine."""

    page: bytes
    format: Literal["pdf", "html"]
    data: bytes
    posts: int
    withheld: int
    not_decided: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an erasure would do: which posts go, and which a hold keeps. `hold_waits`: of those that go, for which a hold waits for a yes."""

    going: tuple[int, ...]
    on_hold: tuple[int, ...]
    hold_waits: tuple[int, ...] = ()
    speaking_up: tuple[int, ...] = ()  # of those that go, the Guardian's
    urgent: tuple[int, ...] = ()  # of those that go, in Now, or of high risk, and not decided on
    leaks: tuple[
        tuple[int, datetime], ...
    ] = ()  # of those that go, whose 72 hours run, and until when

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody has to look first: a case would be gone that the Guardian reads, or that waits for a decision, or whose clock runs."""
        return bool(self.speaking_up or self.urgent or self.leaks)

    @property
    def all_to_look_at(self) -> tuple[int, ...]:
        """The same posts without what each is: for who may not be told which of them is the Guardian's."""
        return tuple(
            sorted({*self.speaking_up, *self.urgent, *(number for number, _ in self.leaks)})
        )


# Who agrees to a hold, by what the posts are: of what may be speaking up those who see it
APPROVE: Mapping[str, tuple[Role, ...]] = {
    "ordinary": ("governance", "lead"), "speaking up": ("governance", "guardian"), "both": ("governance",),
}  # fmt: skip
_APPROVED_BY = {
    "ordinary": "a hold is approved by governance or a lead",
    "speaking up": "a hold on these posts is approved by governance or the Guardian",
    "both": "a hold on all of these posts at once is approved by another person of governance, and where there is none ask apart for those that may be "
    "speaking up, which the Guardian approves, and for the others, which a lead does: governance or someone",
}  # fmt: skip


# A post that somebody asks to hold without use says nothing to whoever agrees but its number: the Guardian can stand in for a lead.
_STANDS_IN: Role = "guardian"
_FILED_UNDER = re.compile(r"[A-Za-z]{2,8}[-/ ]?(?:\d{1,6}[-/]?){1,4}")


def _may_approve(are: str, without_use: bool) -> tuple[Role, ...]:
    roles = APPROVE[are]
    return (*roles, _STANDS_IN) if without_use and are == "ordinary" else roles


def _are(store: Store, numbers: Collection[int]) -> str:
    """What posts are, as `APPROVE` has it."""
    speaking_up = len(store.exports.speaking_up(list(numbers)))
    return "both" if 0 < speaking_up < len(set(numbers)) else "speaking up" if speaking_up else "ordinary"  # fmt: skip


def can_approve(store: Store, *, by: str, roles: Collection[Role] = APPROVE["ordinary"]) -> list[User]:  # fmt: skip
    """Who may be asked to agree to a hold: who has one of these roles, is not whoever asks, and has got in once or can."""
    return [
        user for user in store.users.all()
        if user.active and not set(roles).isdisjoint(user.roles) and by.strip().casefold() not in _names(user)
        and (user.secret or user.kind == "oidc" or user.signed_in_at is not None)
    ]  # fmt: skip


def approver(
    store: Store, written: str, *, by: str, numbers: Collection[int] = (), without_use: bool = False
) -> User:
    """Who approves a hold on these posts: another person than whoever sets it, who has a role here that does.

    Where nobody else is there yet, it is whoever asks: then it waits for whoever comes. Raises StoreError where it is nobody like that.
    """
    wanted, own = (name.strip().casefold() for name in (written, by))
    people = [user for user in store.users.all() if user.active]
    are = _are(store, numbers)
    roles = _may_approve(are, without_use)
    if not wanted and not can_approve(store, by=by, roles=roles):
        asker = next((user for user in people if own in _names(user)), None)
        if asker is not None:
            return asker
    person = next((user for user in people if wanted in _names(user)), None)
    if wanted == own or (person is not None and own in _names(person)):
        raise StoreError("a hold is approved by another person than whoever sets it")
    if person is None or set(roles).isdisjoint(person.roles):
        raise StoreError(f"{_APPROVED_BY[are]} who has an account here: write their sign-in name")
    return person


def _names(user: User) -> tuple[str, str]:
    return user.handle.casefold(), user.name.casefold()


def ask_hold(
    store: Store, config: Config, numbers: Sequence[int], *, reason: str, approved_by: str, by: str, at: datetime,
    expires: datetime, request: int | None = None, without_use: bool = False,
) -> User | None:  # fmt: skip
    """Asks that posts be kept from purge and erasure; whoever is to approve it is emailed, and says yes on the page, signed in. Who that is.

    None where nobody else who approves one is there yet: it waits for whoever comes first, and the nightly deletion leaves the posts for 30 days.

    `without_use`: out of lists, counts, exports and learning too, at once, but for what `acted_on_first` names. Raises StoreError for a
    reason that says nothing and is no reference to a letter, and as `approver` does.
    """
    if says_nothing(reason) and _FILED_UNDER.fullmatch(reason.strip()) is None:
        raise StoreError("say why they must stay, so that whoever reads it later understands")
    person = approver(store, approved_by, by=by, numbers=numbers, without_use=without_use)
    account = next(
        (user for user in store.users.all() if by.strip().casefold() in _names(user)), None
    )
    alone = account is not None and account.number == person.number
    count = store.hold_requests.ask(
        numbers, approver=person.number, by=account.number if account else None, by_name=by.strip(), reason=reason, at=at,
        expires=expires, request=request, without_use=without_use, not_yet=acted_on_first(store, numbers, at) if without_use else (),
    )  # fmt: skip
    if alone:
        return None
    asked.tell(
        store, config, "hold", [person], person.roles, at=at, key=f"{person.number} {numbers[0]}", posts=count,
        until=min(at + SPARED, expires),
    )  # fmt: skip
    return person


def acted_on_first(store: Store, numbers: Iterable[int], at: datetime) -> frozenset[int]:
    """Posts that one person alone takes out of nobody's sight: a danger that nobody decided on, a running clock (UK GDPR Article 18(2)).

    That a colleague reported a post is no such ground by itself: the report has to tell of one, or of somebody whom it is aimed at.
    """
    plan = standing(store, numbers, at)
    urgent = set(plan.urgent) - store.cases.reported_alone(plan.urgent)
    return frozenset((*urgent, *(number for number, _ in plan.leaks)))


def goes_by(store: Store, number: int) -> tuple[date, str] | None:
    """The day by which the terms of its platform take a post away whatever holds it, and why in words; None where they name none."""
    bound = store.retention.bound_of(number, terms.limits(), terms.longest())
    if bound is None:
        return None
    again = " unless it is seen there again" if bound.unseen else ""
    return clock.local_day(
        bound.latest
    ), f"{again}, by the terms of {PLATFORM_NAMES[bound.platform]}"


def kept_until(store: Store, number: int, last: date) -> tuple[date, str]:
    """The last day on which a hold can really keep a post; and why, where that is earlier than the day that was asked for."""
    bound = goes_by(store, number)
    return bound if bound is not None and bound[0] < last else (last, "")


def leaves_before(store: Store, numbers: Iterable[int], expires: datetime) -> list[str]:
    """A sentence for each held post that its platform's terms take away before its hold ends, with the day."""
    limits, longest = terms.limits(), terms.longest()
    lines = []
    for number in numbers:
        bound = store.retention.bound_of(number, limits, longest)
        if bound is None or bound.latest >= expires:
            continue
        again = "unless it is seen there again by then; seen again, it stays as long again" if bound.unseen else "and nothing lengthens that"  # fmt: skip
        lines.append(
            f"Post {number} goes by {bound.latest:%-d %B %Y}, {again}: the terms of {PLATFORM_NAMES[bound.platform]} let nobody keep it longer. "
            f"What a claim needs of it is saved another way before: {_saved_by(store, number, bound.platform)}"
        )
    return lines


def _saved_by(store: Store, number: int, platform: str) -> str:
    """How what a post says is saved for a claim, by whoever may."""
    case = store.cases.of_mention(number)
    if case is None or platform in exports.forbidden():
        return "a copy of it as it stands on its platform"
    if store.exports.speaking_up([number]):
        return f"an evidence pack, which governance and the Guardian agree to together, on /guardian/{case}/evidence"
    return f"an evidence pack, which governance takes on /cases/{case}/evidence"


def write_down(
    store: Store, kind: RequestKind, *, who: str, reference: str, by: str, at: datetime
) -> int:
    """A request that came today, by command; its number."""
    return store.rights_requests.add(
        kind, came_on=clock.local_day(at), who=who, reference=reference, by=_account(store, by), at=at
    )  # fmt: skip


def note_whom(
    store: Store, config: Config, who: str, *, request: int, by: str, at: datetime, same_person: Check = NO_CHECK
) -> None:  # fmt: skip
    """Seals with the request whom somebody is about to look for: the first is whose request it is.

    `same_person`: by which check another name or account is the same person's. Another of governance is asked, and StoreError is raised until
    they agreed; where nobody else holds governance it is refused, since a check that one person writes down is nobody's but theirs.
    Raises StoreError where there is no such request open, or it is of somebody else.
    """
    searches, account = store.person_searches, _account(store, by)
    if not same_person or not searches.needs_check(request, who):
        searches.add(request, who, by=account, by_name=by, at=at)
        return
    sealed = same_person.sealed(clock.local_day(at))
    others = [] if same_person.key == TOGETHER else _others_of_governance(store, account)
    if not others and account is not None and same_person.key != TOGETHER:
        raise StoreError(NOBODY_AGREES)
    if others and searches.unanswered(request, who) == "waits":
        raise StoreError(WAITS)
    searches.add(request, who, by=account, by_name=by, at=at, same_person=sealed, waits=bool(others))  # fmt: skip
    if others:
        asked.tell(store, config, "same", others, ["governance"], at=at, case=request)
        raise StoreError(WAITS)


def _others_of_governance(store: Store, account: int | None) -> list[User]:
    return [user for user in store.users.all() if user.active and "governance" in user.roles and user.number != account]  # fmt: skip


def search_for(
    store: Store, config: Config, who: str, *, request: int, by: str, at: datetime, same_person: Check = NO_CHECK, wrote_only: bool = False
) -> whom.Manner:  # fmt: skip
    """The same of a search, and how it may go; where nobody else holds governance, the data protection officer and the Caldicott Guardian are told that there was one, without whom.

    Raises StoreError as well where the words name no person: a request gathers nothing by what it says. `wrote_only`: by whoever is called exactly so.
    """
    manner = "account" if wrote_only else whom.manner(who)
    if manner == "account" and not wrote_only:
        raise StoreError(whom.NO_PERSON.format(least=whom.QUOTED_WORDS))
    before = len(store.person_searches.of_request(request))
    note_whom(store, config, who, request=request, by=by, at=at, same_person=same_person)
    number = _account(store, by)
    alone = number is not None and not _others_of_governance(store, number)
    if alone and len(added := store.person_searches.of_request(request)) > before and not added[-1].same_person:  # fmt: skip
        assert number is not None
        looks.tell_outside(store, config, number, request, at)
    return manner


def note_accounts(
    store: Store, config: Config, platform: str, accounts: Iterable[str], *, request: int, by: str, at: datetime, same_person: Check = NO_CHECK
) -> None:  # fmt: skip
    """Seals with the request whose accounts go on the list of objections or off it: those of the person whose request it is alone.

    A handle and an id that stand together in a post that is held are one account's. Raises StoreError where nothing names an account, and as `note_whom` does.
    """
    named = accounts_named(platform, accounts)
    first = set(store.search.by_author(named[0])) if len(named) > 1 else set()
    for account in named:
        known = same_person
        if not known and account != named[0] and first.intersection(store.search.by_author(account)):  # fmt: skip
            known = Check(key=TOGETHER)
        note_whom(store, config, account, request=request, by=by, at=at, same_person=known)


def beside_posts(store: Store, request: int | None) -> list[PlaceSearched]:
    """What is held beside the posts of whoever was looked for on a request, by each of their names; each record once."""
    if request is None:
        return []
    merged: dict[str, PlaceSearched] = {}
    for name in store.person_searches.whom(request):
        manner = whom.manner(name)
        if manner == "account":
            continue
        for place in store.other_records.search(name, phrase=manner in AS_IT_STANDS):
            before = merged.get(place.place)
            matches = {match.key: match for match in (*(before.matches if before else ()), *place.matches)}  # fmt: skip
            merged[place.place] = replace(place, matches=tuple(matches.values()))
    return list(merged.values())


def check_posts(store: Store, config: Config, numbers: Iterable[int], *, request: int, by: str, at: datetime) -> None:  # fmt: skip
    """Raises StoreError where one of these posts is neither by the request's person nor mentions them.

    Where nobody was looked for under it yet, it becomes the request of whoever wrote the first of them.
    """
    for number in numbers:
        stored, known = store.mentions.get(number), store.person_searches.whom(request)
        manners = {name: whom.manner(name) for name in known}
        phrases = [name for name, manner in manners.items() if manner in AS_IT_STANDS]
        accounts = [name for name, manner in manners.items() if manner == "account"]
        if stored is None or store.search.of_persons([number], known, phrases=phrases, accounts=accounts):  # fmt: skip
            continue
        if known:
            raise StoreError(NOT_OF_PERSON.format(post=number, request=request))
        author = stored.mention.author
        who = author.handle or author.id or author.name or POST.format(number=number)
        note_whom(store, config, who, request=request, by=by, at=at)


def check_who(
    store: Store, *, by: str, request: int | None = None, roles: Collection[Role] = GOVERNANCE
) -> None:
    """Raises StoreError where whoever acts has no account here with one of these roles, or the request that they name is not open.

    Where nobody has an account yet, whoever has the server acts.
    """
    active = [user for user in store.users.all() if user.active]
    named = [user for user in active if by.strip().casefold() in _names(user)]
    if active and not named:
        raise StoreError(
            "--by: write the sign-in name of someone who has an account here: it stands in the record"
        )
    if active and not any(set(roles).intersection(user.roles) for user in named):
        raise StoreError(
            f"--by: {by.strip()} may not: it is for {' or '.join(roles)}, as on the page"
        )
    if request is None:
        return
    known = store.rights_requests.get(request)
    if known is None or not known.open:
        why = (
            "is closed: start another"
            if known
            else "does not stand in the register: write it down first"
        )
        raise StoreError(f"request {request} {why}")


def may_hold(store: Store, numbers: Collection[int]) -> tuple[Role, ...]:
    """Who may ask that these posts be kept, or end that: governance, and the Guardian of what may be speaking up."""
    return ("governance", "guardian") if _are(store, numbers) == "speaking up" else ("governance",)


def may_moderate(store: Store, number: int) -> tuple[Role, ...]:
    """Who may hide or remove a post, as on the page: a reviewer, and of the Guardian's lane governance and the Guardian."""
    return ("governance", "guardian") if store.exports.speaking_up([number]) else ("reviewer",)


def _account(store: Store, by: str) -> int | None:
    """The number of whoever has this handle or name here."""
    wanted = by.strip().casefold()
    return next((user.number for user in store.users.all() if wanted in _names(user)), None)


def disclose(  # noqa: PLR0913 - each is said by its name
    store: Store, config: Config, policy: Policy, numbers: Sequence[int], theirs: Collection[int], *,
    own: Iterable[str], by: str, at: datetime, request: int | None = None, as_html: bool = False,
    decided: subject_access.Decided = subject_access.NOT_DECIDED, records: Collection[str] = (),
) -> Pack:  # fmt: skip
    """A pack of these posts, once it stands in the record that it was made; HTML that prints where no PDF can be made.

    `decided`: of which posts somebody said which masked places are the person's own; `records`: what beside the posts is about them, by key.

    Raises StoreError where none of the posts is held.
    """
    disclosure = subject_access.gather(
        store, config, policy, numbers, theirs, own=own, at=at, request=request, decided=decided,
        beside=subject_access.Beside(searched=beside_posts(store, request), theirs=records),
    )  # fmt: skip
    if not disclosure.posts and not disclosure.records:
        if disclosure.withheld:
            raise StoreError(
                f"{disclosure.withheld} of these may be speaking up, and nothing else is left for a copy: left out and counted, though held. "
                "Don’t tell the person that nothing is held: ask the Guardian"
            )
        raise StoreError("none of these posts is held any more: look again")
    page, data = subject_access.html(disclosure), subject_access.as_json(disclosure).encode("utf-8", "replace")  # fmt: skip
    format_: Literal["pdf", "html"] = "html"
    content = page.encode("utf-8", "replace")
    if not as_html and pdf.is_installed():
        try:
            content, format_ = pdf.pdf(page), "pdf"
        except ConfigError:  # WeasyPrint is there, and Pango is not
            format_ = "html"
    store.rights_requests.note_disclosure(
        posts=len(disclosure.posts), withheld=disclosure.withheld, digest=hashlib.sha256(data).hexdigest(),
        by=by, at=at, request=request,
    )  # fmt: skip
    return Pack(
        page=content, format=format_, data=data, posts=len(disclosure.posts), withheld=disclosure.withheld,
        not_decided=disclosure.not_decided,
    )  # fmt: skip


def show_places(
    store: Store, config: Config, policy: Policy, numbers: Sequence[int], theirs: Collection[int], *,
    own: Iterable[str], by: str, at: datetime, request: int, decided: subject_access.Decided = subject_access.NOT_DECIDED,
) -> list[subject_access.MaskedPlace]:  # fmt: skip
    """What nobody has decided about, to be read by whoever decides; that they looked behind the masks is kept for each post."""
    places = subject_access.undecided(store, config, policy, numbers, theirs, own=own, at=at, request=request, decided=decided)  # fmt: skip
    for number in sorted({place.post for place in places}):
        store.mentions.reveal(
            number, by=by, at=at, reason=f"To decide what is the person’s own, request {request}"
        )
    return places


def standing(store: Store, numbers: Iterable[int], at: datetime) -> Standing:
    """What erasing these posts would do now."""
    there = [number for number in sorted(set(numbers)) if store.mentions.get(number) is not None]
    on_hold = tuple(number for number in there if store.retention.on_hold(number, at))
    going = tuple(number for number in there if number not in on_hold)
    waiting = {each.mention for each in store.hold_requests.waiting(at)}
    return Standing(
        going=going, on_hold=on_hold, hold_waits=tuple(sorted(waiting.intersection(going))),
        speaking_up=tuple(sorted(store.exports.speaking_up(going))), urgent=tuple(sorted(store.cases.undecided(going))),
        leaks=tuple(_leaks(store, going)),
    )  # fmt: skip


def _leaks(store: Store, numbers: Iterable[int]) -> Iterator[tuple[int, datetime]]:
    """Posts of a case whose 72 hours run, with their end: the record of a breach has to be written whether the post is here or not."""
    for number in numbers:
        case = store.cases.of_mention(number)
        due = [each.due_at for each in store.deadlines.of_case(case) if each.kind == "pid" and each.stopped_at is None] if case else []  # fmt: skip
        if due:
            yield number, min(due)


def stepped_back(store: Store, numbers: Iterable[int], *, by: str) -> frozenset[int]:
    """Those of these posts that are in a case from which whoever acts by this name stepped back: it is about them."""
    account = _account(store, by)
    cases = store.recusals.of_user(account) if account is not None else frozenset[int]()
    if not cases:
        return frozenset()
    return frozenset(number for number in numbers if store.cases.of_mention(number) in cases)


def check_stepped_back(store: Store, numbers: Iterable[int], *, by: str) -> None:
    """Raises StoreError where one of these posts is in a case from which they stepped back, without saying which."""
    if stepped_back(store, numbers, by=by):
        raise StoreError(
            "some of it is of a case that --by stepped back from: someone else of governance does this"
        )


def may_be_told(store: Store, by: str) -> bool:
    """Whether somebody who acts by this name may know which posts are the Guardian's: governance and the Guardian."""
    person = next(
        (
            user
            for user in store.users.all()
            if user.active and by.strip().casefold() in _names(user)
        ),
        None,
    )
    return person is not None and not {"governance", "guardian"}.isdisjoint(person.roles)


def erase(
    store: Store, numbers: Sequence[int], theirs: Collection[int], *, by: str, at: datetime, request: int | None = None
) -> PurgeProof:  # fmt: skip
    """Erases these posts, and proves it. Where they are all that a person wrote, their accounts stand in the erasure ledger too.

    `theirs` are all posts that were found to be by that person.
    """
    whole = bool(theirs) and set(theirs) <= set(numbers)
    accounts = store.search.accounts_of(theirs) if whole else set()
    return store.retention.erase(numbers, by=by, at=at, accounts=accounts, request=request)


def note_done(store: Store, request: int | None, *, by: str, at: datetime) -> None:
    """What they asked for was done: the request is whose who did it, where nobody has it, and waits for them to be told."""
    known = store.rights_requests.get(request) if request is not None else None
    if known is None or not known.open or known.state not in ("new", "in hand"):
        return
    account = _account(store, by)
    if known.owner is None and account is not None:
        store.rights_requests.take(known.number, by=account, at=at)
    store.rights_requests.set_state(known.number, "ready", by=account, at=at)
