"""A post that is held without use stands on nobody's list and in no count, export or learning, and comes back when the hold ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.errors import StoreError
from store import CaseQuery, Placing, Sight, Store
from store.cases.sight import UNASKED
from tests.store.cases.test_speaking_up import everywhere, ordinary, take
from tests.store.factories import AT, add, assess_all, mention

GUARDIAN = Sight(guardians=True, decides=True, on_duty=True)


def hold(store: Store, number: int, days: int = 10) -> None:
    store.retention.hold(
        number, reason="They say it is wrong", approver="gwen", at=AT, expires=AT + timedelta(days=days), without_use=True,
    )  # fmt: skip


@pytest.mark.parametrize("sight", [UNASKED, Sight(on_duty=True), GUARDIAN])
def test_it_is_on_nobodys_list_and_its_case_goes_on_without_it(store: Store, sight: Sight) -> None:
    ordinary(
        store,
        mention(1, text="One wait at the clinic"),
        mention(2, text="One wait at the clinic"),
        mention(3, text="Another"),
    )
    case, other = store.cases.of_mention(1), store.cases.of_mention(3)
    assert store.cases.of_mention(2) == case
    assert other != case
    size = store.cases.get(case or 0)
    hold(store, 2)
    store.database.sight = sight
    left = store.cases.get(case or 0)
    assert size is not None
    assert left is not None
    assert left.size == size.size - 1
    assert everywhere(store) == {case, other}
    assert store.cases.of_mention(2) not in (case, other)
    assert [row.case.number for row in store.speaking_up.rows()] == []
    assert store.speaking_up.is_hidden(2)
    assert not store.speaking_up.is_hidden(1)
    assert store.exports.speaking_up([1, 2, 3]) == {2}
    _, batches = store.search.recent(AT - timedelta(days=60), most=100)
    assert [each.number for batch in batches for each in batch] == [1, 3]


def test_what_says_the_same_later_does_not_join_it(store: Store) -> None:
    ordinary(store, mention(1, text="One wait at the clinic"))
    hold(store, 1)
    ordinary(store, mention(2, text="One wait at the clinic"))
    assert store.queue.page(CaseQuery(tab="all"), AT).total == 1
    assert not store.speaking_up.is_hidden(2)


def test_a_post_in_no_case_is_out_of_use_too_and_one_that_nobody_read_is_refused(
    store: Store,
) -> None:
    add(store, mention(1, text="Nothing flagged"))
    with pytest.raises(StoreError, match="not read yet"):
        hold(store, 1)
    assess_all(store, "none", flags=[])
    hold(store, 1)
    assert store.speaking_up.is_hidden(1)
    store.retention.lift_hold(1, by="gwen", at=AT)
    assert not store.speaking_up.is_hidden(1)
    assert store.cases.of_mention(1) is None


def test_when_the_hold_ends_it_is_sorted_anew_and_until_then_the_guardians(store: Store) -> None:
    ordinary(store, mention(1, text="One wait at the clinic"))
    case = store.cases.of_mention(1)
    hold(store, 1)
    hold(store, 1, days=5)
    assert everywhere(store) == set()
    store.retention.lift_hold(1, by="gwen", at=AT)
    assert store.speaking_up.protected(case or 0) == 1
    assert [each.mention for each in store.grouping.without_reason()] == [1]


def test_a_person_still_gets_a_copy_of_it_and_it_can_be_erased(store: Store) -> None:
    ordinary(store, mention(1, text="One wait at the clinic"))
    hold(store, 1)
    assert [match.number for match in store.search.person_part("clinic", limit=10).matches] == [1]
    store.retention.lift_hold(1, by="gwen", at=AT)
    assert store.retention.erase([1], by="gwen", at=AT).gone["erased"] == 1


def ask(store: Store, number: int, *, at: datetime = AT, not_yet: tuple[int, ...] = ()) -> int:
    """Asks gwen's colleague, as the page does; the number of the request."""
    people = {each.handle: each.number for each in store.users.all()}
    for handle in ("gwen", "bea"):
        if handle not in people:
            people[handle] = store.users.add("local", handle, handle.title(), ("governance",), at=AT).number  # fmt: skip
    store.hold_requests.ask(
        [number], approver=people["bea"], by=people["gwen"], by_name="Gwen", reason="They say it is wrong", at=at,
        expires=AT + timedelta(days=90), without_use=True, not_yet=not_yet,
    )  # fmt: skip
    return people["bea"]


def events(store: Store) -> list[str]:
    return [event.kind for event in store.audit.events()]


def test_it_is_out_of_use_from_the_moment_that_it_is_asked_for_and_a_yes_makes_that_last(store: Store) -> None:  # fmt: skip
    ordinary(store, mention(1, text="One wait at the clinic"))
    bea = ask(store, 1)
    assert store.retention.restricted(1)
    assert everywhere(store) == set()
    (request,) = store.hold_requests.waiting(AT)
    assert store.hold_requests.answer([request.number], agrees=True, by=bea, by_name="Bea", at=AT)
    assert store.retention.end_unanswered(AT + timedelta(days=30)) == 0
    assert store.retention.restricted(1)


def test_a_no_ends_it_at_once(store: Store) -> None:
    ordinary(store, mention(1, text="One wait at the clinic"))
    bea = ask(store, 1)
    (request,) = store.hold_requests.waiting(AT)
    store.hold_requests.answer([request.number], agrees=False, by=bea, by_name="Bea", at=AT)
    assert not store.retention.restricted(1)
    assert "restriction ended" in events(store)


def test_without_an_answer_it_ends_after_a_week_once_and_asking_again_gains_no_time(store: Store) -> None:  # fmt: skip
    ordinary(store, mention(1, text="One wait at the clinic"))
    ask(store, 1)
    ask(store, 1, at=AT + timedelta(days=5))
    assert store.retention.end_unanswered(AT + timedelta(days=6, hours=23)) == 0
    assert store.retention.restricted(1)
    assert store.retention.end_unanswered(AT + timedelta(days=7)) == 1
    assert store.retention.end_unanswered(AT + timedelta(days=7)) == 0
    assert not store.retention.restricted(1)
    assert events(store).count("restriction ended") == 1
    ask(store, 1, at=AT + timedelta(days=8))
    assert not store.retention.restricted(1)
    assert store.hold_requests.waiting(AT + timedelta(days=8)), "a second person can still agree"


@pytest.mark.parametrize("agreed", [False, True])
@pytest.mark.parametrize("days", [0, 6, 7, 200])
def test_what_is_asked_for_after_an_answer_is_a_new_request_with_its_own_time(store: Store, agreed: bool, days: int) -> None:  # fmt: skip
    ordinary(store, mention(1, text="One wait at the clinic"))
    bea = ask(store, 1)
    (request,) = store.hold_requests.waiting(AT)
    later = AT + timedelta(days=3)
    store.hold_requests.answer([request.number], agrees=agreed, by=bea, by_name="Bea", at=later)
    if agreed:
        store.retention.lift_hold(1, by="gwen", at=later)
    assert not store.retention.restricted(1)
    again = later + timedelta(days=days)
    store.hold_requests.ask(
        [1], approver=bea, by=None, by_name="Gwen", reason="They ask anew", at=again, expires=again + timedelta(days=90), without_use=True,
    )  # fmt: skip
    assert store.retention.restricted(1)
    assert store.retention.end_unanswered(again + timedelta(days=6, hours=23)) == 0
    assert store.retention.end_unanswered(again + timedelta(days=7)) == 1
    assert not store.retention.restricted(1)


def test_what_ended_unanswered_is_only_what_was_out_of_use(store: Store) -> None:
    ordinary(store, mention(1, text="One wait at the clinic"), mention(2, text="A man fell there"))
    ask(store, 1)
    ask(store, 2, not_yet=(2,))
    assert store.hold_requests.ended_unanswered(AT + timedelta(days=6)) == []
    late = AT + timedelta(days=8)
    store.retention.end_unanswered(late)
    assert [each.mention for each in store.hold_requests.ended_unanswered(late)] == [1]


def test_one_person_takes_no_danger_and_no_running_clock_out_of_sight(store: Store) -> None:
    ordinary(store, mention(1, text="One wait at the clinic"))
    ask(store, 1, not_yet=(1,))
    assert not store.retention.restricted(1)
    assert "restricted while asked" not in events(store)


DANGERS = [("safeguarding",), ("threat",), ("pid",)]


def report(store: Store, number: int, flags: tuple[str, ...] = ("safeguarding",), *, target: bool = False, at: datetime = AT) -> None:  # fmt: skip
    store.staff_reports.add(number, at=at, worry=f"Worried {flags} {at}", flags=flags, target=target, reason="Told")  # fmt: skip


def in_now(store: Store) -> set[int]:
    store.database.sight = Sight(on_duty=True)
    return {row.case.number for row in store.lanes.rows(["now"], user=0, at=AT, limit=50)}


@pytest.mark.parametrize("flagged", [True, False])
@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize(("flags", "target"), [*((flags, False) for flags in DANGERS), ((), True)])
def test_a_reported_danger_brings_it_into_now_before_and_after_the_yes_and_governance_is_told(
    store: Store, flags: tuple[str, ...], target: bool, agreed: bool, flagged: bool
) -> None:
    if flagged:
        ordinary(store, mention(1, text="One wait at the clinic"))
    else:
        add(store, mention(1, text="Nothing flagged"))
        assess_all(store, "none", flags=[])
        store.grouping.group([Placing(mention=one.mention, risk=one.risk) for one in store.grouping.ungrouped()], alike=lambda *_: False, at=AT)  # fmt: skip
    bea = ask(store, 1)
    (request,) = store.hold_requests.waiting(AT)
    if agreed:
        store.hold_requests.answer([request.number], agrees=True, by=bea, by_name="Bea", at=AT)
    report(store, 1, flags, target=target, at=AT + timedelta(hours=1))
    assert not store.retention.restricted(1)
    assert in_now(store) == {store.cases.of_mention(1)}
    assert store.retention.ended_by_danger(since=AT) == [1]
    assert "restriction ended by danger" in events(store)
    for each in store.hold_requests.waiting(
        AT
    ):  # the yes that comes later keeps it, and hides nothing
        store.hold_requests.answer([each.number], agrees=True, by=bea, by_name="Bea", at=AT)
    assert store.retention.on_hold(1, AT)
    assert not store.retention.restricted(1)
    assert in_now(store) == {store.cases.of_mention(1)}
    store.retention.end_unanswered(AT + timedelta(days=9))
    assert in_now(store) == {store.cases.of_mention(1)}
    ask(store, 1, at=AT + timedelta(days=8))  # anew, once the case is decided, with its own time
    assert store.retention.restricted(1)


def test_a_report_of_no_danger_ends_no_restriction_and_one_of_danger_opens_nothing_of_the_guardians(store: Store) -> None:  # fmt: skip
    ordinary(store, mention(1, text="One wait at the clinic"))
    take(store, mention(2, text="They punished me"))
    for number in (1, 2):
        ask(store, number)
        report(store, number, ())
        report(store, number, ("media",))
        assert store.retention.restricted(number)
    assert store.retention.ended_by_danger(since=AT) == []
    report(store, 2)
    assert not store.retention.restricted(2)
    assert in_now(store) == set()
    assert store.speaking_up.protected(store.cases.of_mention(2) or 0) in (1, 2)
