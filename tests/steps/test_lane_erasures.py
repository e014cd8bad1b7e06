"""What lies in the Guardian's lane is erased where governance asked and the Guardian agreed, and the Guardian is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.errors import StoreError
from core.models import Author
from settings.schema import Config
from steps import lane_erasures
from store import ERASURE, Store
from tests.review.factories import NOW, Told, asked_of, people, shipped, tell
from tests.stores import temporary_store

GUARDED = Told(text="Told in one-to-ones to stop asking about the merger", risk="high", flags=(("allegation", "stop asking"),), read={"staff": "icb", "protected": "disclosure"})  # fmt: skip


@pytest.fixture
def house() -> Iterator[tuple[Store, Config, int, int]]:
    """A store, its settings, a post of the lane and one outside."""
    with temporary_store() as store:
        people(store)
        store.users.add("local", "farah@example.org", "Farah Iqbal", ("guardian",), at=NOW)
        tell(store, GUARDED, 901, NOW, author=Author(handle="contracts_colm"))
        lane = store.database.value("SELECT max(number) FROM mentions")
        tell(store, Told(text="The car park is full again", risk="none"), 902, NOW)
        yield store, shipped(), lane, store.database.value("SELECT max(number) FROM mentions")


def ask(
    house: tuple[Store, Config, int, int], *, by: str = "gwen", hold_waits: tuple[int, ...] = ()
) -> list[int]:
    store, config, lane, other = house
    return lane_erasures.check(
        store, config, [lane, other], [lane, other], by=by, at=NOW, request=2, hold_waits=hold_waits
    )


def test_nothing_of_the_lane_goes_by_one_person(house: tuple[Store, Config, int, int]) -> None:
    store, config, lane, other = house
    assert lane_erasures.check(store, config, [other], [], by="bea", at=NOW, request=2) == []
    for _ in range(2):  # asked once, however often it is tried
        with pytest.raises(StoreError, match=f"agree to the erasure of {lane}, and was asked"):
            ask(house)
    (request,) = store.lane_packs.open_requests(ERASURE)
    assert (request.posts, request.missing, request.reason) == ((lane,), "guardian", "Request 2.")
    assert [each for each in asked_of(store) if each[0] == "lane_erasure"] == [("lane_erasure", ("farah@example.org",))]  # fmt: skip
    assert store.lane_packs.of_case(request.case) == []  # it is no pack
    with pytest.raises(StoreError, match="another person"):
        store.lane_packs.answer(request, agrees=True, by=request.by, at=NOW)
    guardian = next(user.number for user in store.users.all() if "guardian" in user.roles)
    assert store.lane_packs.answer(request, agrees=True, by=guardian, at=NOW)
    assert ask(house) == [lane]
    with pytest.raises(StoreError, match="was asked"):  # a yes is to one request alone
        lane_erasures.check(store, config, [lane], [lane], by="gwen", at=NOW, request=3)
    lane_erasures.tell_erased(store, config, [lane], request=2, by="gwen", at=NOW)
    assert ("lane_erased", ("farah@example.org",)) in asked_of(store)
    (event,) = store.audit.lane_erased(NOW - timedelta(days=1))
    assert (event.about["posts"], event.about["request"]) == (1, 2)


@pytest.mark.parametrize("by", ["bea", "amina", "ada", "farah@example.org", "nobody"])
def test_who_is_not_of_governance_asks_nothing_and_learns_no_number(
    house: tuple[Store, Config, int, int], by: str
) -> None:
    with pytest.raises(StoreError) as raised:
        ask(house, by=by)
    assert str(house[2]) not in str(raised.value)
    assert house[0].lane_packs.open_requests(ERASURE) == []


def test_a_hold_that_waits_and_a_post_of_somebody_else_stop_it(house: tuple[Store, Config, int, int]) -> None:  # fmt: skip
    store, config, lane, _ = house
    with pytest.raises(StoreError, match="hold on"):
        ask(house, hold_waits=(lane,))
    for why in ("", "asdf asdf asdf"):
        with pytest.raises(StoreError, match="not written by whoever asks"):
            lane_erasures.check(store, config, [lane], [], by="gwen", at=NOW, request=2, why_not_theirs=why)  # fmt: skip
    assert store.lane_packs.open_requests(ERASURE) == []
    with pytest.raises(StoreError, match="was asked"):
        lane_erasures.check(store, config, [lane], [], by="gwen", at=NOW, request=2, why_not_theirs="It shows the sister of whoever asks")  # fmt: skip
    (request,) = store.lane_packs.open_requests(ERASURE)
    assert "sister" in request.reason
