"""Erasure of what lies in the Guardian's lane: governance asks, the Guardian agrees, two people, as for a pack of it and a hold on it.

The words of who speaks up may be the only evidence of it: what one person could erase, the one whom they accuse could have erased.
A hold that stands or was asked for stops it, and each post is of the person who asks, or whoever asks says why it goes all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from core.errors import StoreError
from reports import asked
from settings.schema import Config
from steps.reasons import says_nothing
from store import ERASURE, LanePack, Store, User

ASK_GOVERNANCE = "someone has to see to some of these first: nothing was erased. Ask governance"
WAITS = "the Guardian has to agree to the erasure of {posts}, and was asked: nothing was erased. Do it again once they have, on /guardian"
ON_HOLD = "a hold on {posts} of the Guardian’s lane stands or was asked for: nothing was erased"
NOT_THEIRS = (
    "{posts}: not written by whoever asks, and in the Guardian’s lane. Say why it goes all the same"
)


def account_of(store: Store, by: str) -> User | None:
    """Whose sign-in name or name this is, of those who may sign in."""
    wanted = by.strip().casefold()
    return next(
        (user for user in store.users.all() if user.active and wanted in (user.handle.casefold(), user.name.casefold())),
        None,
    )  # fmt: skip


def of_lane(store: Store, numbers: Collection[int]) -> list[int]:
    """Those of these posts that lie in the Guardian's lane."""
    return sorted(store.speaking_up.posts() & set(numbers))


def check(
    store: Store, config: Config, numbers: Sequence[int], theirs: Collection[int], *, by: str, at: datetime, request: int | None,
    hold_waits: Collection[int] = (), why_not_theirs: str = "",
) -> list[int]:  # fmt: skip
    """The posts of the lane that these hold, where the Guardian agreed to their erasure.

    Where nobody asked yet under this request it is asked for, and the Guardian emailed: a yes is to one request alone. Raises StoreError for that, for what a hold keeps or may keep, for a post of
    somebody else without a reason, and for whoever is not of governance, who is not told which posts these are.
    """
    lane = of_lane(store, numbers)
    if not lane:
        return []
    asker = account_of(store, by)
    if asker is None or "governance" not in asker.roles:
        raise StoreError(ASK_GOVERNANCE)
    if stopped := sorted(set(lane) & set(hold_waits)):
        raise StoreError(ON_HOLD.format(posts=_listed(stopped)))
    others = [number for number in lane if number not in theirs]
    if others and says_nothing(why_not_theirs):
        raise StoreError(NOT_THEIRS.format(posts=_listed(others)))
    agreed = {number for each in _standing(store, "agreed") if each.under == request and each.in_force(at) for number in each.posts}  # fmt: skip
    missing = [number for number in lane if number not in agreed]
    if missing:
        reason = f"Request {request}. {why_not_theirs}".strip() if request is not None else why_not_theirs or "Without a request"  # fmt: skip
        _ask(store, config, missing, by=asker, at=at, reason=reason, under=request)
        raise StoreError(WAITS.format(posts=_listed(missing)))
    return lane


def agreed(store: Store, at: datetime) -> list[LanePack]:
    """What the Guardian agreed to and is still there: it goes once governance asks again, while the yes holds."""
    return [
        each for each in _standing(store, "agreed")
        if each.in_force(at) and any(store.mentions.get(post) is not None for post in each.posts)
    ]  # fmt: skip


def tell_erased(store: Store, config: Config, lane: Sequence[int], *, request: int | None, by: str, at: datetime) -> None:  # fmt: skip
    """Emails the Guardian that posts of the lane are gone, and keeps it for governance's overview."""
    if not lane:
        return
    store.audit.note_lane_erased(len(lane), request=request, by=by, at=at)
    guardians = [user for user in store.users.all() if user.active and "guardian" in user.roles]
    asked.tell(store, config, "lane_erased", guardians, ["guardian"], at=at, key=f"erased {lane[0]}", posts=len(lane))  # fmt: skip


def _ask(store: Store, config: Config, posts: Sequence[int], *, by: User, at: datetime, reason: str, under: int | None) -> None:  # fmt: skip
    waiting = {
        number for each in _standing(store, "waits") if each.under == under for number in each.posts
    }
    by_case: dict[int, list[int]] = {}
    for number in posts:
        case = store.cases.of_mention(number)
        if case is not None and number not in waiting:
            by_case.setdefault(case, []).append(number)
    guardians = [user for user in store.users.all() if user.active and "guardian" in user.roles and user.number != by.number]  # fmt: skip
    for case, numbers in by_case.items():
        request = store.lane_packs.ask(case, numbers, purpose=ERASURE, as_role="governance", by=by.number, at=at, reason=reason, under=under)  # fmt: skip
        asked.tell(
            store, config, "lane_erasure", guardians, ["guardian"], at=at, key=f"{case} {request}", case=case, posts=len(numbers),
        )  # fmt: skip


def _standing(store: Store, state: str) -> list[LanePack]:
    return store.lane_packs.open_requests(ERASURE, state=state)


def _listed(posts: Sequence[int]) -> str:
    return ", ".join(map(str, posts))
