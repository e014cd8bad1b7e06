"""The outbox: claimed by one, sent at least once, never doubled."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from store import Store
from store.outbox import LAPSE
from tests.store.factories import AT, DAY, HOUR

MINUTE = timedelta(minutes=1)
STORY = "The A&E at Ealing shuts on Friday, pass it on"


def test_a_row_is_claimed_by_one_only(path: Path, keys: list[str], store: Store) -> None:
    assert store.outbox.add("daily", "2026-11-20", AT, {"end": "then"})
    (row,) = store.outbox.due(AT)
    assert dict(row.payload) == {"end": "then"}
    with Store.open(path, keys) as other:
        assert store.outbox.claim(row.number, AT)
        assert not other.outbox.claim(row.number, AT)
        assert other.outbox.due(AT) == []


def test_a_claim_whose_owner_died_is_due_again_under_the_same_id(store: Store) -> None:
    store.outbox.add("daily", "2026-11-20", AT)
    (row,) = store.outbox.due(AT)
    store.outbox.claim(row.number, AT)
    assert store.outbox.due(AT + LAPSE - MINUTE) == []
    (again,) = store.outbox.due(AT + LAPSE)
    assert again.message_id == row.message_id
    assert store.outbox.claim(again.number, AT + LAPSE)
    assert store.database.value("SELECT attempts FROM outbox") == 2


def test_what_was_sent_is_never_due_again(store: Store) -> None:
    store.outbox.add("daily", "2026-11-20", AT)
    (row,) = store.outbox.due(AT)
    store.outbox.claim(row.number, AT)
    store.outbox.mark_sent(row.number, AT)
    store.outbox.mark_failed(row.number, AT, "too late to fail", AT)
    assert store.outbox.due(AT + DAY) == []
    assert not store.outbox.claim(row.number, AT + DAY)
    assert [event.kind for event in store.audit.events()] == ["sent"]


def test_what_failed_is_due_when_it_says_or_parked(store: Store) -> None:
    store.outbox.add("weekly", "2026-47", AT)
    (row,) = store.outbox.due(AT)
    store.outbox.claim(row.number, AT)
    store.outbox.mark_failed(row.number, AT, "452 try later \ud800", AT + HOUR)
    assert store.outbox.due(AT + HOUR - MINUTE) == []
    (later,) = store.outbox.due(AT + HOUR)
    assert (later.attempts, later.error) == (1, "452 try later \ufffd")
    store.outbox.claim(later.number, AT + HOUR)
    store.outbox.mark_failed(later.number, AT + HOUR, "550 no such person", None)
    assert store.outbox.due(AT + DAY) == []
    assert [one.number for one in store.outbox.parked()] == [row.number]


def test_one_about_of_a_kind_is_queued_once(store: Store) -> None:
    assert store.outbox.add("daily", "2026-11-20", AT)
    assert not store.outbox.add("daily", "2026-11-20", AT + HOUR)
    assert store.outbox.add("weekly", "2026-11-20", AT)
    assert len(store.outbox.due(AT + DAY)) == 2


def test_an_alert_keeps_who_is_to_get_it_where_nobody_reads_it(store: Store, path: Path) -> None:
    about = {"route": "Leaks", "level": "0"}
    store.outbox.add_alert("1:Leaks:0", AT, payload=about, recipients=["leaks@example.org"])
    (row,) = store.outbox.due(AT)
    assert (row.kind, row.recipients, dict(row.payload)) == ("alert", ("leaks@example.org",), about)
    assert b"leaks@example.org" not in path.read_bytes()
    assert "example.org" not in repr(row)
    store.outbox.claim(row.number, AT)
    store.outbox.mark_failed(row.number, AT, "550 no such person", None)
    store.outbox.retry(row.number, AT)
    (row,) = store.outbox.due(AT)
    assert (row.recipients, dict(row.payload), row.attempts) == ((), about, 1)


def test_what_was_not_given_up_is_not_tried_again(store: Store) -> None:
    store.outbox.add("daily", "2026-11-20", AT, {"end": "then"})
    (row,) = store.outbox.due(AT)
    store.outbox.claim(row.number, AT)
    store.outbox.mark_sent(row.number, AT)
    store.outbox.retry(row.number, AT)
    assert store.outbox.due(AT + DAY) == []


def test_a_report_that_is_tried_again_still_says_what_it_is_about(store: Store) -> None:
    store.outbox.add("daily", "2026-11-20", AT, {"end": "then"})
    (row,) = store.outbox.due(AT)
    store.outbox.mark_failed(row.number, AT, "550 no such person", None)
    store.outbox.retry(row.number, AT + HOUR)
    (row,) = store.outbox.due(AT + HOUR)
    assert dict(row.payload) == {"end": "then"}
