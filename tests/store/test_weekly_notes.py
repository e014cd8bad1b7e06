"""What a summary said stays as it was said; what people write is encrypted, and the newest holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from core.errors import StoreError
from store import Store
from tests.store.factories import AT, HOUR
from tests.stores import temporary_store

SUNDAY = date(2026, 11, 15)


@pytest.fixture
def store() -> Iterator[Store]:
    with temporary_store() as opened:
        opened.users.add("local", "amina", "Amina", ("reviewer",), at=AT)
        yield opened


def test_what_was_said_first_is_kept(store: Store) -> None:
    assert store.weekly_notes.publish("week", SUNDAY, {"totals": {"mentions": 4}}, AT)
    assert not store.weekly_notes.publish("week", SUNDAY, {"totals": {"mentions": 9}}, AT + HOUR)
    assert store.weekly_notes.publish("month", SUNDAY, {}, AT)
    (kept,) = store.weekly_notes.published("week", [SUNDAY, date(2026, 11, 8)]).values()
    assert (kept.last, kept.at, kept.figures["totals"]["mentions"]) == (SUNDAY, AT, 4)
    with pytest.raises(Exception, match="added, never changed"), store.database.transaction():
        store.database.execute("UPDATE weekly_summaries SET figures = '{}'")


def test_the_newest_note_holds_and_an_empty_one_takes_it_back(store: Store) -> None:
    for words in ("First words", "Better words"):
        store.weekly_notes.write("week", SUNDAY, "headline", words, by=1, at=AT)
    assert store.weekly_notes.notes("week", SUNDAY) == {"headline": "Better words"}
    head = store.weekly_notes.head()
    store.weekly_notes.write("week", SUNDAY, "headline", "  ", by=1, at=AT)
    assert store.weekly_notes.notes("week", SUNDAY) == {}
    assert store.weekly_notes.head() != head
    rows = store.database.rows("SELECT * FROM weekly_notes")
    assert not any("words" in str(bytes(row["encrypted"])) for row in rows)
    with pytest.raises(StoreError, match="1,000"):
        store.weekly_notes.write("week", SUNDAY, "headline", "x" * 1001, by=1, at=AT)


def test_the_calendar_holds_what_was_not_taken_out(store: Store) -> None:
    first = store.weekly_notes.add_to_calendar(SUNDAY, "The board meets", by=1, at=AT)
    store.weekly_notes.add_to_calendar(date(2026, 11, 14), "A campaign begins", by=1, at=AT)
    days = [entry.what for entry in store.weekly_notes.calendar(date(2026, 11, 1), SUNDAY)]
    assert days == ["A campaign begins", "The board meets"]
    assert store.weekly_notes.remove_from_calendar(first, by=1, at=AT)
    assert not store.weekly_notes.remove_from_calendar(first, by=1, at=AT)
    assert len(store.weekly_notes.calendar(date(2026, 11, 1), SUNDAY)) == 1
    with pytest.raises(StoreError, match="coming up"):
        store.weekly_notes.add_to_calendar(SUNDAY, " ", by=1, at=AT)
