"""What waits that should not is counted without looking at every mention."""

from __future__ import annotations

from dataclasses import replace

from store import Store, Waiting
from tests.store.factories import AT, HOUR, add, assess_all, mention


def slowly(store: Store) -> int:
    """As it was counted before there was a table of them."""
    count = store.database.value(
        """SELECT count(*) FROM mentions m WHERE m.deleted_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM assessments a WHERE a.mention = m.number AND a.revision = m.revision)"""
    )
    return int(count)


def unassessed(store: Store) -> int:
    waiting = store.backlog.unassessed()
    assert slowly(store) == (waiting.count if waiting else 0)
    return waiting.count if waiting else 0


def test_what_is_collected_waits_since_then_until_it_is_assessed(store: Store) -> None:
    assert store.backlog.unassessed() is None
    add(store, mention(1, fetched_at=AT - HOUR), mention(2), at=AT)
    assert store.backlog.unassessed() == Waiting(count=2, since=AT - HOUR)
    assess_all(store, "none")
    assert store.backlog.unassessed() is None


def test_what_a_colleague_reported_stands_on_the_list_and_is_no_post_that_nobody_sees(
    store: Store,
) -> None:
    add(store, mention(1, fetched_at=AT - HOUR), mention(2), at=AT)
    store.staff_reports.add(1, at=AT)
    assert store.backlog.unassessed() == Waiting(count=2, since=AT - HOUR)
    assert store.backlog.unassessed(listed=False) == Waiting(count=1, since=AT)
    store.staff_reports.add(1, at=AT + HOUR)
    assert store.backlog.unassessed(listed=False) == Waiting(count=1, since=AT)
    assess_all(store, "none")
    add(store, mention(3, fetched_at=AT + HOUR), at=AT + HOUR)
    assert store.backlog.unassessed(listed=False) == Waiting(count=1, since=AT + HOUR)
    store.staff_reports.add(3, at=AT + HOUR)
    assert store.backlog.unassessed() == Waiting(count=1, since=AT + HOUR)
    assert store.backlog.unassessed(listed=False) is None


def test_an_edit_waits_again_and_what_is_deleted_waits_for_nothing(store: Store) -> None:
    add(store, mention(1), mention(2))
    assess_all(store, "none")
    edited = mention(1, text="Other words than before", fetched_at=AT + HOUR, edited_at=AT + HOUR)
    add(store, edited, at=AT + HOUR)
    waiting = store.backlog.unassessed()
    assert waiting == Waiting(count=1, since=AT + HOUR)
    assert unassessed(store) == 1
    assert store.mentions.mark_gone([("x", edited.issued_id, "deleted")], at=AT + HOUR)
    assert unassessed(store) == 0
    add(store, replace(edited, fetched_at=AT + 2 * HOUR), at=AT + 2 * HOUR)  # it is there again
    assert unassessed(store) == slowly(store)


def test_what_is_purged_leaves_nothing_that_waits(store: Store) -> None:
    add(store, mention(1), mention(2))
    assess_all(store, "none")
    add(store, mention(3))
    store.retention.erase([1, 3], by="gwen", at=AT)
    assert unassessed(store) == 0
    assert store.database.value("SELECT count(*) FROM unassessed") == 0
