"""A case is given to somebody, says so, opens again with them, and never keeps anybody else from deciding."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import StoreError
from store import Assignment, CaseQuery, Store, Tab
from store.cases.claims import LEASE
from store.cases.queue import _REVIEWED
from store.migrations.m015_collaboration import _DECIDED_BY
from store.sqlite import DatabaseError
from tests.store.cases.test_deadlines import decide, undo
from tests.store.factories import AT, DAY, HOUR, all_bytes
from tests.store.people import Team, mine


def assigned(store: Store, case: int = 1) -> Assignment | None:
    work = store.assignments.teamwork([case]).get(case)
    return work.assigned if work else None


def test_a_case_is_given_with_a_note_and_is_among_ones_own(store: Store, team: Team) -> None:
    assert store.assignments.assign(
        1, team["bea"], by=team["amina"], at=AT, seen=0, note="You know the practice."
    )
    assert (mine(store, team["bea"]), mine(store, team["amina"])) == ([1], [])
    has = assigned(store)
    assert has is not None
    assert (has.to, has.by, has.at, has.note) == (team["bea"], team["amina"], AT, "")
    assert [one.note for one in store.assignments.of_case(1)] == ["You know the practice."]
    assert b"the practice" not in all_bytes(store.database.path)
    assert store.assignments.teamwork([1, 2]).keys() == {1}


def test_what_is_claimed_and_assigned_is_counted_once(store: Store, team: Team) -> None:
    store.assignments.assign(1, team["bea"], by=team["bea"], at=AT, seen=0)
    store.claims.claim(1, team["bea"], AT + HOUR - LEASE / 2)
    assert mine(store, team["bea"]) == [1]


def test_the_second_of_two_is_told_that_it_was_given_meanwhile(store: Store, team: Team) -> None:
    assert store.assignments.assign(1, team["bea"], by=team["amina"], at=AT, seen=0)
    assert not store.assignments.assign(1, team["gwen"], by=team["gwen"], at=AT, seen=0)
    assert store.assignments.assign(1, None, by=team["gwen"], at=AT, seen=1)
    assert [one.to for one in store.assignments.of_case(1)] == [team["bea"], None]
    assert assigned(store) is None
    assert mine(store, team["bea"]) == []


def test_what_cannot_be_is_refused_and_changes_nothing(store: Store, team: Team) -> None:
    with pytest.raises(StoreError, match="nobody’s already"):
        store.assignments.assign(1, None, by=team["bea"], at=AT, seen=0)
    store.users.change(team["gwen"], active=False, at=AT)
    with pytest.raises(StoreError, match="who can decide"):
        store.assignments.assign(1, team["gwen"], by=team["bea"], at=AT, seen=0)
    with pytest.raises(StoreError, match="there is no case 9"):
        store.assignments.assign(9, team["bea"], by=team["bea"], at=AT, seen=0)
    store.assignments.assign(1, team["bea"], by=team["bea"], at=AT, seen=0)
    with pytest.raises(StoreError, match="theirs already"):
        store.assignments.assign(1, team["bea"], by=team["amina"], at=AT, seen=1)
    decide(store, team["amina"], "no_action")
    with pytest.raises(StoreError, match="is done"):
        store.assignments.assign(1, team["amina"], by=team["amina"], at=AT, seen=1)
    assert len(store.assignments.of_case(1)) == 1


def test_done_ends_it_and_opening_again_goes_back_to_the_same_person(
    store: Store, team: Team
) -> None:
    store.assignments.assign(1, team["bea"], by=team["amina"], at=AT, seen=0)
    decide(store, team["gwen"], "no_action")  # it keeps nobody from deciding
    assert assigned(store) is None
    assert mine(store, team["bea"]) == []
    undo(store, team["gwen"], 1)
    has = assigned(store)
    assert has is not None
    assert has.to == team["bea"]
    assert store.assignments.teamwork([1])[1].returned
    assert mine(store, team["bea"]) == [1]
    assert store.assignments.assign(1, team["gwen"], by=team["bea"], at=AT, seen=1)
    assert not store.assignments.teamwork([1])[1].returned


def test_a_decision_that_leaves_it_open_gives_nothing_back(store: Store, team: Team) -> None:
    store.assignments.assign(1, team["bea"], by=team["amina"], at=AT, seen=0)
    decide(store, team["bea"], "escalate", role="pals")
    assert mine(store, team["bea"]) == [1]
    assert not store.assignments.teamwork([1])[1].returned
    decide(store, team["bea"], "snooze", until=AT + DAY)
    assert mine(store, team["bea"]) == []  # until it wakes
    store.grouping.wake(AT + 2 * DAY)
    assert mine(store, team["bea"]) == [1]


def test_loads_count_what_each_has_and_what_is_overdue(store: Store, team: Team) -> None:
    assert store.assignments.workloads(AT) == {}
    for case in (1, 2):
        store.assignments.assign(case, team["bea"], by=team["bea"], at=AT, seen=0)
    assert store.assignments.workloads(AT)[team["bea"]].cases == 2
    late = store.assignments.workloads(AT + 5 * DAY)[team["bea"]]
    assert (late.cases, late.cases_overdue, late.opinions) == (2, 2, 0)


def test_assignments_are_never_changed_and_each_is_an_event_without_words(
    store: Store, team: Team
) -> None:
    store.assignments.assign(1, team["bea"], by=team["amina"], at=AT, seen=0, note="secretnote")
    with pytest.raises(DatabaseError, match="never changed"):
        store.database.execute("UPDATE assignments SET to_user = ?", team["gwen"])
    (event,) = [one for one in store.audit.events() if one.kind == "case assigned"]
    assert event.about == {"case": 1, "by": team["amina"], "to": team["bea"]}
    assert store.maintenance.verify().ok


def test_cases_are_found_by_who_decided_last_and_who_has_them(store: Store, team: Team) -> None:
    def of(who: str, tab: Tab = "all") -> list[int]:
        query = CaseQuery(tab=tab, reviewers=(team[who],))
        found = store.queue.page(query, AT + HOUR)
        assert found.total == len(found.cards)
        return sorted(card.case.number for card in found.cards)

    store.assignments.assign(1, team["bea"], by=team["amina"], at=AT, seen=0)
    assert (of("bea"), of("amina")) == ([1], [])
    decide(store, team["amina"], "no_action", case=2)
    decide(store, team["amina"], "no_action", case=1)
    assert (of("bea"), of("amina"), of("amina", "done"), of("amina", "new")) == (
        [],
        [1, 2],
        [1, 2],
        [],
    )
    undo(store, team["gwen"], 1)
    assert (of("bea"), of("amina"), of("gwen")) == ([1], [2], [])
    both = CaseQuery(tab="all", reviewers=(team["amina"], team["bea"]))
    assert store.queue.page(both, AT).total == 2
    assert store.queue.page(replace(both, flags=("pid",)), AT).total == 0


def test_a_clause_finds_what_one_of_its_flags_was_given_for(store: Store, team: Team) -> None:
    def total(**asked: object) -> int:
        return store.queue.page(CaseQuery(tab="all", **asked), AT).total  # type: ignore[arg-type]

    assert total(clauses=("6.8",), clause_flags=("grievance", "allegation")) == 2
    assert total(clauses=("6.10",), clause_flags=("pid",)) == 0
    assert total(clauses=("6.99",), clause_flags=()) == 0  # no flag is named so
    assert total(clauses=("6.8",), clause_flags=("allegation",), flags=("pid",)) == 0


def test_whoever_decided_before_the_column_was_there_is_found(store: Store, team: Team) -> None:
    decide(store, team["amina"], "monitor")
    undo(store, team["amina"], 1)
    decide(store, team["bea"], "no_action")
    store.database.execute("UPDATE cases SET decided_by = NULL")
    store.database.execute(_DECIDED_BY)
    assert store.database.value("SELECT decided_by FROM cases WHERE number = 1") == team["bea"]
    assert store.database.value("SELECT decided_by FROM cases WHERE number = 2") is None


def test_ones_own_and_a_reviewers_cases_are_found_without_a_look_at_all(store: Store) -> None:
    values = {"user": 1, "at": "", "mine": "[1]", "reviewers": "[1]"}
    for sql in (
        f"SELECT count(*) {store.queue._cases('mine')}",
        f"SELECT 1 WHERE 1 IN ({_REVIEWED})",
    ):
        plan = [
            row["detail"] for row in store.database.rows_named(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
        assert not [
            line
            for line in plan
            if line.startswith("SCAN") and "json_each" not in line and "CONSTANT" not in line
        ]
