"""Deciding many cases at once: what is left out and why, what is one decision, and how all of it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import StoreError
from store import BulkCase, CaseDecision, Store
from store.cases.bulk import MOST
from tests.review.desk.rested import COMPLAINTS, UNREAD, edit, fill_rest
from tests.review.factories import NOW, QUESTION, RUMOUR, Told, case_of, decide, tell
from tests.stores import KEY, new_store


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[tuple[Store, dict[str, int]]]:
    """A store in whose lane Rest five cases wait, and who works there."""
    who = new_store(tmp_path / "mentions.db", fill_rest)
    with Store.open(tmp_path / "mentions.db", [KEY]) as store:
        yield store, who


def seen(store: Store, who: dict[str, int], case: int) -> BulkCase:
    """A case as Amina may decide it."""
    return store.bulk.cases([case], user=who["amina"], at=NOW)[0]


def close(store: Store, who: dict[str, int], *cases: BulkCase) -> list[tuple[CaseDecision, int]]:
    return [
        (
            CaseDecision(
                case=one.case, kind="no_action", by=who["amina"], at=NOW, covers=one.posts
            ),
            one.version,
        )
        for one in cases
    ]


Filled = tuple[Store, dict[str, int]]


def test_what_waits_in_rest_may_be_decided_and_what_is_above_may_not(filled: Filled) -> None:
    store, who = filled
    waiting = store.bulk.waiting("rest", user=who["amina"], at=NOW)
    assert len(waiting) == 5
    assert {one.case: one.left_out for one in waiting if one.left_out} == {
        case_of(store, UNREAD): "unread"
    }  # nobody reads it by a tick of a group
    assert sum(not one.about_us for one in waiting) == 1
    assert seen(store, who, case_of(store, QUESTION)).left_out == "clock"
    assert seen(store, who, case_of(store, RUMOUR)).left_out == "clock"
    store.deadlines.update_all(NOW)
    with store.database.transaction():
        store.database.execute("UPDATE deadlines SET stopped_at = began_at")
    assert seen(store, who, case_of(store, QUESTION)).left_out == "help"
    assert seen(store, who, case_of(store, RUMOUR)).left_out == "above"


def test_a_case_that_a_colleague_looks_at_or_has_is_left_to_them(filled: Filled) -> None:
    store, who = filled
    first, second, third = (case_of(store, told) for told in COMPLAINTS)
    store.claims.look(first, who["bea"], NOW)
    store.assignments.assign(second, who["bea"], by=who["bea"], at=NOW, seen=0)
    store.claims.look(third, who["amina"], NOW)
    assert seen(store, who, first).left_out == "held"
    assert seen(store, who, second).left_out == "held"
    assert seen(store, who, third).left_out is None
    later = store.bulk.cases([first], user=who["amina"], at=NOW + timedelta(hours=1))
    assert later[0].left_out is None


def test_what_a_colleague_reported_is_left_out_until_somebody_looked(filled: Filled) -> None:
    store, who = filled
    case = case_of(store, UNREAD)
    with store.database.transaction():
        store.database.execute(
            "UPDATE case_mentions SET reported_version = 0 WHERE case_number = ?", case
        )
    assert seen(store, who, case).left_out == "reported"


def test_what_was_edited_since_a_decision_is_left_out(filled: Filled) -> None:
    store, who = filled
    case = case_of(store, COMPLAINTS[0])
    decide(store, case, who["bea"], "no_action")
    assert seen(store, who, case).left_out == "changed"  # nothing of it waits
    edit(store, COMPLAINTS[0], 1, "Sat three hours, and somebody took my coat.")
    assert seen(store, who, case).left_out == "edited"


def test_many_are_one_decision_with_one_undo(filled: Filled) -> None:
    store, who = filled
    waiting = store.bulk.waiting("rest", user=who["amina"], at=NOW)
    outcome = store.bulk.decide(close(store, who, *waiting))
    unread = case_of(store, UNREAD)
    assert outcome.decided == tuple(one.case for one in waiting if one.case != unread)
    assert outcome.left_out == ((unread, "unread"),)
    assert store.lanes.counts()["rest"] == 1
    (bulk,) = store.bulk.recent(NOW - timedelta(days=1))
    assert (bulk.number, bulk.cases, bulk.standing) == (outcome.number, 4, 4)
    assert bulk.by_name == "Amina Yusuf"

    back = store.bulk.undo(outcome.number, by=who["amina"], at=NOW + timedelta(minutes=5))
    assert set(back.decided) == set(outcome.decided)
    assert store.lanes.counts()["rest"] == 5
    again = store.bulk.get(outcome.number)
    assert again is not None
    assert again.standing == 0
    assert store.maintenance.verify().ok


def test_a_case_that_changed_after_it_was_shown_is_left_and_the_others_decided(
    filled: Filled,
) -> None:
    store, who = filled
    waiting = store.bulk.waiting("rest", user=who["amina"], at=NOW)
    decided, edited = case_of(store, COMPLAINTS[0]), case_of(store, COMPLAINTS[1])
    decide(store, decided, who["bea"], "monitor")
    edit(store, COMPLAINTS[1], 2, "Sat four hours, and the porter shouted at me.")
    outcome = store.bulk.decide(close(store, who, *waiting))
    assert dict(outcome.left_out) == {
        decided: "changed",
        edited: "changed",
        case_of(store, UNREAD): "unread",
    }
    assert len(outcome.decided) == 2
    assert store.cases.history(decided)[-1].decision.kind == "monitor"
    assert store.cases.history(edited) == []


def test_an_undo_leaves_what_somebody_decided_anew(filled: Filled) -> None:
    store, who = filled
    waiting = store.bulk.waiting("rest", user=who["amina"], at=NOW)
    outcome = store.bulk.decide(close(store, who, *waiting))
    case = waiting[0].case
    decide(store, case, who["bea"], "monitor", at=NOW + timedelta(minutes=1))
    back = store.bulk.undo(outcome.number, by=who["amina"], at=NOW + timedelta(minutes=2))
    assert back.left_out == ((case, "changed"),)
    assert len(back.decided) == 3
    assert store.cases.history(case)[-1].decision.kind == "monitor"


def test_a_number_that_is_no_bulk_decision_takes_nothing_back(filled: Filled) -> None:
    store, who = filled
    waiting = store.bulk.waiting("rest", user=who["amina"], at=NOW)
    outcome = store.bulk.decide(close(store, who, *waiting))
    for number in (0, outcome.number + 1, 10**9):  # the second is a row of the same decision
        assert store.bulk.get(number) is None
        with pytest.raises(StoreError, match="no such decision"):
            store.bulk.undo(number, by=who["amina"], at=NOW)


def test_too_many_and_those_of_two_people_are_refused(filled: Filled) -> None:
    store, who = filled
    one = CaseDecision(case=1, kind="no_action", by=who["amina"], at=NOW, covers=((1, 1),))
    with pytest.raises(StoreError, match="at most"):
        store.bulk.decide([(one, 0)] * (MOST + 1))
    other = CaseDecision(case=2, kind="no_action", by=who["bea"], at=NOW, covers=((2, 1),))
    with pytest.raises(StoreError, match="one person"):
        store.bulk.decide([(one, 0), (other, 0)])


@pytest.mark.parametrize(
    ("protected", "staff", "flags", "why"),
    [
        ("union", "no", (), "speaks"), ("discrimination", "no", (), "speaks"), ("criticism", None, ("grievance",), "speaks"),
        ("criticism", "no", (), None), ("criticism", "icb", ("no_disclaimer",), None),
    ],
)  # fmt: skip
def test_what_may_be_speaking_up_is_read_by_itself_wherever_it_lies(
    filled: Filled, protected: str, staff: str | None, flags: tuple[str, ...], why: str | None
) -> None:
    store, who = filled
    told = Told(
        text="Eleven of us on the floor, and all eleven look like me", risk="low", read={"protected": protected, "staff": staff},
        flags=tuple((name, "Eleven of us") for name in flags),
    )  # fmt: skip
    tell(store, told, 900, alone=True)
    assert seen(store, who, case_of(store, told)).left_out == why


def test_what_tells_of_a_place_that_it_closes_is_not_closed_with_others_while_that_waits_to_be_checked(
    filled: Filled,
) -> None:
    store, who = filled
    rumour = replace(RUMOUR, text="They are shutting Hounslow urgent care in January, staff were told", flags=(), masked="")  # fmt: skip
    tell(store, rumour, 930, alone=True)
    elsewhere = replace(rumour, text="They are shutting the Brent clinic in January, staff were told")  # fmt: skip
    tell(store, elsewhere, 931, alone=True)
    claim = replace(RUMOUR, text="Hounslow urgent care closes in spring, is what they never say", flags=(("misinformation", "Hounslow"),), masked="")  # fmt: skip
    tell(store, claim, 932, alone=True)
    with store.database.transaction():
        store.database.execute(
            "UPDATE case_mentions SET reason = 'Claim to check: closing, Hounslow' WHERE mention = (SELECT max(number) FROM mentions)"
        )
    named = replace(
        claim,
        text="Central Middlesex is closing so they can sell the land",
        flags=(("misinformation", "closing"),),
    )  # a name that is no place of ours
    tell(store, named, 933, alone=True)
    with store.database.transaction():
        store.database.execute("UPDATE case_mentions SET reason = 'Claim to check: closing' WHERE mention = (SELECT max(number) FROM mentions)")  # fmt: skip
    asked = replace(rumour, text="central middlesex closing?? Has anybody got an actual source?")
    tell(store, asked, 934, alone=True)
    store.deadlines.update_all(NOW)
    with store.database.transaction():
        store.database.execute("UPDATE deadlines SET stopped_at = began_at")
    assert seen(store, who, case_of(store, rumour)).left_out == "claim"
    assert seen(store, who, case_of(store, asked)).left_out == "claim"
    assert store.bulk.repeating(case_of(store, named), at=NOW) == [case_of(store, asked)]
    assert store.bulk.repeating(case_of(store, asked), at=NOW) == []
    assert seen(store, who, case_of(store, elsewhere)).left_out is None
