"""A name is searched for once two people with the two roles agreed, and never a day after its last."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.errors import StoreError
from store import Store
from store.sqlite import DatabaseError
from store.team.searched_people import Side
from tests.store.factories import AT, DAY, HOUR

NAME = "Fiona Macalister"
ON = clock.local_day(AT)
UNTIL = ON + timedelta(days=90)


@pytest.fixture
def who(store: Store) -> dict[str, int]:
    return {
        name: store.users.add("local", name, name.title(), ["lead", "governance"], at=AT).number
        for name in ("bea", "gwen", "lee")
    }


def asked(store: Store, by: int, side: Side = "lead", **more: object) -> int:
    given = {"office": "parliament", "purpose": "answers to her questions", "until": UNTIL} | more
    return store.searched_people.ask(NAME, by=by, side=side, at=AT, **given)  # type: ignore[arg-type]


def test_one_person_agrees_to_nothing(store: Store, who: dict[str, int]) -> None:
    number = asked(store, who["bea"])
    assert store.searched_people.approved(ON) == frozenset()
    with pytest.raises(StoreError, match="two different people"):
        store.searched_people.agree(number, by=who["bea"], side="governance", at=AT)
    assert not store.searched_people.agree(
        number, by=who["lee"], side="lead", at=AT
    )  # it has a lead
    assert store.searched_people.approved(ON) == frozenset()


@pytest.mark.parametrize(("first", "second"), [("lead", "governance"), ("governance", "lead")])
def test_a_lead_and_governance_agree_whoever_asked(
    store: Store, who: dict[str, int], first: Side, second: Side
) -> None:
    number = asked(store, who["bea"], first)
    assert store.searched_people.agree(number, by=who["gwen"], side=second, at=AT + HOUR)
    assert store.searched_people.approved(ON) == {NAME}
    assert store.searched_people.approved(UNTIL) == {NAME}
    assert store.searched_people.approved(UNTIL + timedelta(days=1)) == frozenset()
    assert not store.searched_people.agree(number, by=who["lee"], side=second, at=AT + HOUR)


def test_it_can_be_ended_by_either_and_the_record_stays(store: Store, who: dict[str, int]) -> None:
    number = asked(store, who["bea"])
    store.searched_people.agree(number, by=who["gwen"], side="governance", at=AT)
    assert store.searched_people.end(number, by=who["gwen"], at=AT + DAY)
    assert store.searched_people.approved(ON) == frozenset()
    (person,) = store.searched_people.all()
    assert (person.state(ON), person.ended_by, person.name) == ("over", who["gwen"], NAME)
    assert not store.searched_people.end(number, by=who["bea"], at=AT + DAY)
    kinds = [event.kind for event in store.audit.events() if event.kind.startswith("name ")]
    assert sorted(kinds) == ["name agreed", "name asked", "name ended"]


@pytest.mark.parametrize("days", [0, -1, 367])
def test_an_end_lies_ahead_and_not_too_far(store: Store, who: dict[str, int], days: int) -> None:
    with pytest.raises(StoreError, match="a year at most"):
        asked(store, who["bea"], until=ON + timedelta(days=days))


def test_the_database_itself_lets_no_one_person_be_both(store: Store, who: dict[str, int]) -> None:
    number = asked(store, who["bea"])
    with pytest.raises((DatabaseError, StoreError)), store.database.transaction():
        store.database.execute(
            "UPDATE searched_people SET governance_by = lead_by WHERE number = ?", number
        )


def test_the_name_is_encrypted(store: Store, who: dict[str, int]) -> None:
    asked(store, who["bea"])
    (row,) = store.database.rows("SELECT * FROM searched_people")
    assert NAME not in str([row[key] for key in row.keys()])  # noqa: SIM118
    assert NAME not in str(store.audit.events())
