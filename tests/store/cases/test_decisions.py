"""Decisions carry a version; events tell what happened without content; both only grow."""

from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from core.errors import StoreError
from core.models import Decision
from store import Store
from tests.store.factories import AT, HOUR, add, assess_all, dump, flag, mention


def decision(**changes: Any) -> Decision:
    given: dict[str, Any] = {
        "mention": 1, "revision": 1, "kind": "respond", "by": "officer.one", "at": AT,
        "reason": "asks for help", "note": "Rang the practice", "labels": {"assistance": True},
    }  # fmt: skip
    return Decision(**(given | changes))


def test_decisions_come_back_in_order(store: Store) -> None:
    add(store, mention())
    second = decision(kind="no_action", at=AT + HOUR, by="officer.two", note="\ud800 \0")
    assert store.decisions.add(decision(), 0)
    assert store.decisions.add(second, 1)
    assert [one.decision for one in store.decisions.of_mention(1)] == [decision(), second]
    assert [one.version for one in store.decisions.of_mention(1)] == [1, 2]
    assess_all(store)
    item = store.figures.item(1)
    assert item is not None
    assert item.decision == "no_action"


def test_who_decides_on_an_old_view_is_told_and_stores_nothing(store: Store) -> None:
    add(store, mention())
    assert store.decisions.add(decision(), 0)
    assert not store.decisions.add(decision(kind="escalate"), 0)
    assert [one.decision.kind for one in store.decisions.of_mention(1)] == ["respond"]


def test_a_decision_about_nothing_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no mention 1"):
        store.decisions.add(decision(), 0)


def test_notes_and_reasons_are_sealed(store: Store) -> None:
    add(store, mention())
    store.decisions.add(decision(), 0)
    (row,) = store.database.rows("SELECT * FROM decisions")
    assert b"Rang" not in b"".join(str(value).encode() for value in tuple(row))


def test_events_hold_numbers_and_nothing_personal(store: Store) -> None:
    add(store, mention())
    store.decisions.add(decision(), 0)
    (event,) = store.audit.events()
    assert (event.kind, event.about["mention"], event.about["decision"]) == (
        "decided",
        1,
        "respond",
    )
    assert "officer" not in str(dump(store, ("events",)))
    assert store.audit.events(after=event.number) == []


def test_events_can_be_neither_changed_nor_removed(store: Store) -> None:
    add(store, mention())
    store.decisions.add(decision(), 0)
    for sql in (
        "UPDATE events SET kind = 'x'",
        "DELETE FROM events",
        "REPLACE INTO events SELECT * FROM events",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="events are added"):
            store.database.execute(sql)


@pytest.mark.parametrize("tampering", [
    "UPDATE events SET about = '{}' WHERE number = 2",
    "DELETE FROM events WHERE number = 2",
    "DELETE FROM events WHERE number = 3",
    "UPDATE events SET number = CASE number WHEN 1 THEN -2 WHEN 2 THEN -1 ELSE number END",
])  # fmt: skip
def test_tampering_with_events_is_found(store: Store, tampering: str) -> None:
    add(store, mention())
    for version in range(3):
        store.decisions.add(decision(), version)
    verified = store.maintenance.verify()
    assert (verified.ok, verified.events) == (True, 3)
    store.database.execute("DROP TRIGGER events_never_change")
    store.database.execute("DROP TRIGGER events_never_go")
    store.database.execute(tampering)
    assert not store.maintenance.verify().ok


def test_an_anchor_kept_elsewhere_shows_that_the_end_was_cut_off(store: Store) -> None:
    add(store, mention())
    for version in range(3):
        store.decisions.add(decision(), version)
    anchor = store.maintenance.verify().head
    assert store.maintenance.verify(anchor).ok
    store.database.execute("DROP TRIGGER events_never_go")
    store.database.execute("DELETE FROM events WHERE number = 3")
    store.database.execute("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'events'")
    assert not store.maintenance.verify().ok  # what was noted of the end has its seal
    assert not store.maintenance.verify(anchor).ok


def test_a_reveal_leaves_an_event_and_a_missing_mention_none(store: Store) -> None:
    add(store, mention())
    shown = store.mentions.reveal(1, by="officer.one", at=AT)
    assert shown is not None
    assert shown.mention == mention()
    assert store.mentions.reveal(2, by="officer.one", at=AT) is None
    assert [event.kind for event in store.audit.events()] == ["revealed"]


# ── what people said of flags ────────────────────────────────────────────────────────────────────


def said(store: Store) -> dict[str, bool]:
    """The labels of the one mention that was judged."""
    (found,) = store.decisions.judgements()
    return dict(found.labels)


def test_the_last_word_on_each_flag_counts(store: Store) -> None:
    add(store, mention())
    store.decisions.add(decision(labels={"threat": True, "hate": True}), 0)
    store.decisions.add(decision(labels={"threat": False}, at=AT + HOUR, kind="wrong_label"), 1)
    store.decisions.add(decision(labels={}, kind="no_action", at=AT + HOUR * 2), 2)
    (found,) = store.decisions.judgements()
    assert found.labels == {"threat": False, "hate": True}
    assert (found.mention, found.revision, found.version, found.at) == (1, 1, 2, AT + HOUR)


def test_whoever_asks_for_a_second_opinion_has_not_decided(store: Store) -> None:
    add(store, mention())
    store.decisions.add(decision(kind="second_opinion", labels={"threat": True}), 0)
    assert store.decisions.judgements() == []
    store.decisions.add(decision(labels={"hate": True}), 1)
    assert said(store) == {"hate": True}


def test_what_was_said_of_other_words_or_of_what_is_gone_is_left_out(store: Store) -> None:
    add(store, mention(), mention(2))
    store.decisions.add(decision(), 0)
    store.decisions.add(decision(mention=2), 0)
    edited = mention(text="Other words", edited_at=AT + HOUR, fetched_at=AT + HOUR)
    add(store, edited, at=AT + HOUR)
    assert [one.mention for one in store.decisions.judgements()] == [2]
    store.mentions.mark_gone([("x", mention(2).issued_id, "deleted")], at=AT + HOUR)
    assert store.decisions.judgements() == []


def test_judgements_come_in_the_order_in_which_they_were_made(store: Store) -> None:
    add(store, mention(), mention(2), mention(3))
    for number, hours in ((2, 0), (3, 1), (1, 2)):
        store.decisions.add(decision(mention=number, at=AT + hours * HOUR), 0)
    assert [one.mention for one in store.decisions.judgements()] == [2, 3, 1]


@pytest.mark.parametrize("wrong", ["yes", 1, None, 0.9])
def test_a_label_is_true_or_false(store: Store, wrong: Any) -> None:
    add(store, mention())
    with pytest.raises(StoreError, match="true or false"):
        store.decisions.add(decision(labels={"threat": wrong}), 0)
    assert store.decisions.of_mention(1) == []


def test_whether_a_flag_brought_it_is_told_by_the_assessments_until_then(store: Store) -> None:
    add(store, mention())
    assess_all(store, flags=[flag()])
    add(store, mention(2))
    assess_all(store)
    add(store, mention(3))
    for number in (1, 2, 3):
        store.decisions.add(decision(mention=number, at=AT + HOUR), 0)
    assess_all(store, flags=[flag()], at=AT + HOUR * 2)
    assess_all(store, policy="later", at=AT + HOUR * 3)
    assert {one.mention: one.flagged for one in store.decisions.judgements()} == {
        1: True, 2: False, 3: False,
    }  # fmt: skip


def test_a_hold_lasts_until_it_expires_or_is_lifted(store: Store) -> None:
    add(store, mention())
    assert not store.retention.on_hold(1, AT)
    store.retention.hold(1, reason="a complaint", approver="a", at=AT, expires=AT + HOUR * 2)
    assert store.retention.on_hold(1, AT + HOUR)
    assert not store.retention.on_hold(1, AT + HOUR * 2)
    store.retention.lift_hold(1, by="b", at=AT)
    assert not store.retention.on_hold(1, AT + HOUR)
