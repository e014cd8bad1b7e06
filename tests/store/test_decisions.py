"""Decisions carry a version; events tell what happened without content; both only grow."""

from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from errors import StoreError
from mention import Decision
from store import Store
from tests.store.made import AT, HOUR, add, assess_all, dump, mention


def decision(**changes: Any) -> Decision:
    given: dict[str, Any] = {
        "mention": 1, "revision": 1, "kind": "respond", "by": "officer.one", "at": AT,
        "reason": "asks for help", "note": "Rang the practice", "labels": {"assistance": True},
    }  # fmt: skip
    return Decision(**(given | changes))


def test_decisions_come_back_in_order(store: Store) -> None:
    add(store, mention())
    second = decision(kind="no_action", at=AT + HOUR, by="officer.two", note="\ud800 \0")
    assert store.add_decision(decision(), 0)
    assert store.add_decision(second, 1)
    assert [one.decision for one in store.decisions(1)] == [decision(), second]
    assert [one.version for one in store.decisions(1)] == [1, 2]
    assess_all(store)
    item = store.item(1)
    assert item is not None
    assert item.decision == "no_action"


def test_who_decides_on_an_old_view_is_told_and_stores_nothing(store: Store) -> None:
    add(store, mention())
    assert store.add_decision(decision(), 0)
    assert not store.add_decision(decision(kind="escalate"), 0)
    assert [one.decision.kind for one in store.decisions(1)] == ["respond"]


def test_a_decision_about_nothing_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no mention 1"):
        store.add_decision(decision(), 0)


def test_notes_and_reasons_are_sealed(store: Store) -> None:
    add(store, mention())
    store.add_decision(decision(), 0)
    (row,) = store._rows("SELECT * FROM decisions")
    assert b"Rang" not in b"".join(str(value).encode() for value in tuple(row))


def test_events_hold_numbers_and_nothing_personal(store: Store) -> None:
    add(store, mention())
    store.add_decision(decision(), 0)
    (event,) = store.events()
    assert (event.kind, event.about["mention"], event.about["decision"]) == (
        "decided",
        1,
        "respond",
    )
    assert "officer" not in str(dump(store, ("events",)))
    assert store.events(after=event.number) == []


def test_events_can_be_neither_changed_nor_removed(store: Store) -> None:
    add(store, mention())
    store.add_decision(decision(), 0)
    for sql in (
        "UPDATE events SET kind = 'x'",
        "DELETE FROM events",
        "REPLACE INTO events SELECT * FROM events",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="events are added"):
            store._do(sql)


@pytest.mark.parametrize("tampering", [
    "UPDATE events SET about = '{}' WHERE number = 2",
    "DELETE FROM events WHERE number = 2",
    "DELETE FROM events WHERE number = 3",
    "UPDATE events SET number = CASE number WHEN 1 THEN -2 WHEN 2 THEN -1 ELSE number END",
])  # fmt: skip
def test_tampering_with_events_is_found(store: Store, tampering: str) -> None:
    add(store, mention())
    for version in range(3):
        store.add_decision(decision(), version)
    verified = store.verify()
    assert (verified.ok, verified.events) == (True, 3)
    store._do("DROP TRIGGER events_never_change")
    store._do("DROP TRIGGER events_never_go")
    store._do(tampering)
    assert not store.verify().ok


def test_an_anchor_kept_elsewhere_shows_that_the_end_was_cut_off(store: Store) -> None:
    add(store, mention())
    for version in range(3):
        store.add_decision(decision(), version)
    anchor = store.verify().head
    assert store.verify(anchor).ok
    store._do("DROP TRIGGER events_never_go")
    store._do("DELETE FROM events WHERE number = 3")
    store._do("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'events'")
    assert store.verify().ok  # inside, nothing shows it
    assert not store.verify(anchor).ok


def test_a_reveal_leaves_an_event_and_a_missing_mention_none(store: Store) -> None:
    add(store, mention())
    shown = store.reveal(1, by="officer.one", at=AT)
    assert shown is not None
    assert shown.mention == mention()
    assert store.reveal(2, by="officer.one", at=AT) is None
    assert [event.kind for event in store.events()] == ["revealed"]
