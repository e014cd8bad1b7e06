"""Erasure for a person: under a request of that kind, and of what is evidence only once a second person agreed.

What is of high risk or undecided, what a clock or a request runs on, what somebody asked to hold and what tells of harm may be all that a
complaint, an inquest or a claim has left: one person alone erases none of it. The Guardian's lane has its own rule (`steps.lane_erasures`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from core.deaths import tells_of_death
from core.errors import StoreError
from core.serious_harm import tells_of_neglect
from reports import asked, looks
from settings.schema import Config
from steps import lane_erasures
from store import GUARDED_ERASURE, LanePack, RightsRequest, Store, User

# Flags of what may be evidence of harm, whatever was decided on it
HARM = frozenset(("safeguarding", "threat", "pid", "allegation"))
OTHER_KIND = "request {number} does not ask for an erasure, and nothing is erased under it: write down a request of erasure once they ask for one"
WAITS = (
    "another person of governance, or the Guardian, has to agree to the erasure of {posts}, and was asked: nothing was erased. Do it again once "
    "they have, under Holds to agree to"
)
NOBODY = (
    "a second person has to agree to the erasure of {posts}, and nobody else here is of governance or the Guardian: nothing was erased. Let "
    "someone in first"
)


def check_kind(store: Store, request: int | None) -> None:
    """Raises StoreError where the request asks for something else: a copy, an objection, a restriction erase nothing."""
    known = store.rights_requests.get(request) if request is not None else None
    if known is not None and known.kind != "erasure":
        raise StoreError(OTHER_KIND.format(number=known.number))


def evidence(store: Store, numbers: Collection[int], at: datetime) -> dict[int, str]:
    """Why each of these posts needs a second person, in words; those that need none are left out, and the Guardian's, which have their own rule."""
    lane = store.speaking_up.posts()
    undecided = store.cases.undecided(numbers)
    on_request = {each.mention for each in store.hold_requests.waiting(at)}
    police = {each.case for each in store.purposes.police_waiting()}
    flagged = store.cases.with_harm(numbers, HARM)
    reasons: dict[int, str] = {}
    for number in sorted(set(numbers) - lane):
        case = store.cases.of_mention(number)
        if why := _why(
            store, number, case, undecided=number in undecided, flagged=number in flagged
        ):
            reasons[number] = why
        elif number in on_request:
            reasons[number] = "someone asked to hold it"
        elif case is not None and (case in police or _employer_waits(store, case)):
            reasons[number] = "someone was asked whether its case goes to the police or an employer"
    return reasons


def _why(store: Store, number: int, case: int | None, *, undecided: bool, flagged: bool) -> str:
    if undecided:
        return "it is in Now or of high risk, and nobody has decided"
    if case is not None and any(each.stopped_at is None for each in store.deadlines.of_case(case)):
        return "a clock runs on its case"
    if case is not None and store.handoffs.open(case):
        return "its case was passed on, and waits"
    stored = store.mentions.get(number)
    words = stored.mention.text if stored is not None else ""
    if flagged or tells_of_death(words) or tells_of_neglect(words):
        return "it may be evidence of harm"
    return ""


def _employer_waits(store: Store, case: int) -> bool:
    last = store.purposes.last(case)
    return last is not None and last.waits


def check(
    store: Store, config: Config, numbers: Sequence[int], *, by: str, at: datetime, request: int | None
) -> None:  # fmt: skip
    """Asks a second person about what is evidence among these posts, once a request, and emails them: a yes is to that request alone.

    Raises StoreError for that until they agreed, where nobody else could agree, and where the request asks for something else.
    """
    check_kind(store, request)
    needed = evidence(store, numbers, at)
    agreed = {number for each in requests(store, "agreed") if each.under == request and each.in_force(at) for number in each.posts}  # fmt: skip
    missing = [number for number in needed if number not in agreed]
    if not missing:
        return
    asker = lane_erasures.account_of(store, by)
    if asker is None or "governance" not in asker.roles:
        raise StoreError(lane_erasures.ASK_GOVERNANCE)
    listed = ", ".join(map(str, missing))
    others = who_answers(store, asker.number)
    if not others:
        raise StoreError(NOBODY.format(posts=listed))
    waiting = {
        number
        for each in requests(store, "waits")
        if each.under == request
        for number in each.posts
    }
    by_case: dict[int, list[int]] = {}
    for number in missing:
        if number not in waiting:
            by_case.setdefault(store.cases.of_mention(number) or 0, []).append(number)
    for case, posts in by_case.items():
        reason = f"Request {request}: {', '.join(dict.fromkeys(needed[post] for post in posts))}."
        asking = store.lane_packs.ask(
            case, posts, purpose=GUARDED_ERASURE, as_role="governance", by=asker.number, at=at, reason=reason,
            under=request,
        )  # fmt: skip
        asked.tell(store, config, "erasure", others, ["governance", "guardian"], at=at, key=f"erasure {asking}", posts=len(posts))  # fmt: skip
    raise StoreError(WAITS.format(posts=listed))


def requests(store: Store, state: str = "waits") -> list[LanePack]:
    """What was asked for and stands so."""
    return store.lane_packs.open_requests(GUARDED_ERASURE, state=state)


def who_answers(store: Store, asker: int) -> list[User]:
    """The others of governance, and the Guardian."""
    return [
        user for user in store.users.all()
        if user.active and user.number != asker and not {"governance", "guardian"}.isdisjoint(user.roles)
    ]  # fmt: skip


def tell_erased(
    store: Store, config: Config, count: int, *, by: str, at: datetime, request: int | None
) -> None:
    """Emails the data protection officer and the Caldicott Guardian that posts are gone: how many, under which request, and by whom."""
    account = lane_erasures.account_of(store, by)
    known: RightsRequest | None = (
        store.rights_requests.get(request) if request is not None else None
    )
    if count:
        looks.tell_outside_of(
            store, config, "erased", user=account.number if account else 0, count=known.number if known else 0,
            posts=count, at=at,
        )  # fmt: skip
