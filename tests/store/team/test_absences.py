"""Who is away, and who covers: what is theirs is their cover's too, in those days alone and never in a circle."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.errors import StoreError
from store import Store
from store.sqlite import DatabaseError
from tests.store.factories import AT, DAY, HOUR
from tests.store.people import Team, mine

TODAY = AT.date()


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


def away(
    store: Store, who: int, cover: int | None, first: int = 0, last: int = 0, **more: int
) -> int:
    number = store.absences.add(who, days(first), days(last), cover, by=who, at=AT, **more)
    assert number is not None
    return number


def test_a_cover_has_what_is_theirs_in_those_days_and_not_after(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    store.assignments.assign(1, amina, by=bea, at=AT, seen=0)
    away(store, amina, bea, 0, 2)
    assert store.absences.covers_for(bea, AT) == (amina,)
    assert (mine(store, bea), mine(store, amina)) == ([1], [1])
    assert store.absences.covers_for(bea, AT - DAY) == ()
    assert store.absences.covers_for(bea, AT + 3 * DAY) == ()  # it ends by itself


def test_days_are_the_readers_days(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    summer = date(2027, 6, 1)
    store.absences.add(amina, summer, summer, bea, by=amina, at=AT)
    night = AT.replace(
        year=2027, month=5, day=31, hour=23, minute=30
    )  # half past midnight in London
    assert store.absences.covers_for(bea, night) == (amina,)
    assert store.absences.covers_for(bea, night - HOUR) == ()
    assert store.absences.covers_for(bea, night + DAY) == ()


def test_a_cover_who_is_away_is_followed_once(store: Store, team: Team) -> None:
    amina, bea, gwen = team.values()
    dora = store.users.add("local", "dora", "Dora", ["reviewer"], at=AT).number
    away(store, amina, bea)
    away(store, bea, gwen)
    away(store, gwen, dora)
    there = store.absences.away(AT)
    assert (there[amina].acting, there[bea].acting, there[gwen].acting) == (gwen, dora, dora)
    assert store.absences.covers_for(bea, AT) == ()


def test_a_cover_who_can_decide_no_more_covers_for_nobody(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    away(store, amina, bea)
    store.users.change(bea, roles=["viewer"], at=AT)
    assert store.absences.away(AT)[amina].acting is None
    store.users.change(bea, roles=["lead"], at=AT)
    assert store.absences.away(AT)[amina].acting == bea
    store.users.change(bea, active=False, at=AT)
    assert store.absences.away(AT)[amina].acting is None


def test_circles_are_refused_however_long_but_only_where_days_meet(
    store: Store, team: Team
) -> None:
    amina, bea, gwen = team.values()
    away(store, amina, bea, 0, 5)
    away(store, bea, gwen, 3, 9)
    with pytest.raises(StoreError, match="circle"):
        away(store, gwen, amina, 5, 7)
    away(store, gwen, amina, 6, 7)  # Amina is back by then
    with pytest.raises(StoreError, match="circle"):
        away(store, amina, gwen, 7, 8)
    with pytest.raises(StoreError, match="someone else covers"):
        away(store, amina, amina, 20, 21)


def test_days_that_cannot_be_are_refused(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    for first, last, why in (
        (2, 1, "before the first"),
        (-3, -1, "has passed"),
        (0, 400, "longer than a year"),
    ):
        with pytest.raises(StoreError, match=why):
            away(store, amina, bea, first, last)
    away(store, amina, bea, 3, 5)
    with pytest.raises(StoreError, match="overlaps"):
        away(store, amina, None, 5, 6)
    assert len(store.absences.history(amina)) == 1


def test_a_change_takes_the_place_of_what_was_and_both_stay(store: Store, team: Team) -> None:
    amina, bea, gwen = team.values()
    first = away(store, amina, bea, 1, 4)
    second = away(store, amina, gwen, 2, 5, replaces=first)
    assert store.absences.add(amina, TODAY, TODAY, None, by=bea, at=AT, replaces=first) is None
    assert not store.absences.end(first, by=bea, at=AT)
    assert [(one.number, one.current) for one in store.absences.history(amina)] == [
        (second, True),
        (first, False),
    ]
    assert [one.cover for one in store.absences.all(AT)] == [gwen]
    with pytest.raises(DatabaseError, match="never changed"):
        store.database.execute("UPDATE absences SET cover = NULL")


def test_ending_it_keeps_the_days_that_have_passed(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    running = away(store, amina, bea, 0, 9)
    later = AT + 4 * DAY
    assert store.absences.end(running, by=amina, at=later)
    assert store.absences.covers_for(bea, later) == ()
    assert store.absences.covers_for(bea, later - DAY) == (amina,)
    planned = store.absences.add(amina, days(20), days(22), bea, by=amina, at=AT)
    assert planned is not None
    assert store.absences.end(planned, by=amina, at=AT)
    assert store.absences.all(later) == []
    with pytest.raises(StoreError, match="no such absence"):
        store.absences.end(99, by=amina, at=AT)
    with pytest.raises(StoreError, match="over already"):
        store.absences.end(store.absences.history(amina)[-1].number + 1, by=amina, at=AT + 99 * DAY)


def test_each_change_is_an_event_without_the_days(store: Store, team: Team) -> None:
    amina, bea, _ = team.values()
    store.absences.end(away(store, amina, bea), by=bea, at=AT)
    said = [(one.kind, one.about) for one in store.audit.events() if one.kind.startswith("absence")]
    assert said == [
        ("absence set", {"user": amina, "by": amina, "absence": 1}),
        ("absence ended", {"user": amina, "by": bea, "absence": 1}),
    ]
