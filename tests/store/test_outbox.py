"""The outbox: claimed by one, sent at least once, never doubled."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from store import Store
from store.outbox import LAPSE, LATE
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
    store.outbox.add_within(
        "alert", "1:Leaks:0", AT, payload=about, recipients=["leaks@example.org"]
    )
    (row,) = store.outbox.due(AT)
    assert (row.kind, row.recipients, dict(row.payload)) == ("alert", ("leaks@example.org",), about)
    assert b"leaks@example.org" not in path.read_bytes()
    assert "example.org" not in repr(row)
    store.outbox.claim(row.number, AT)
    store.outbox.mark_failed(row.number, AT, "550 no such person", None)
    store.outbox.retry(row.number, AT)
    (row,) = store.outbox.due(AT)
    assert (row.recipients, dict(row.payload), row.attempts) == ((), about, 1)
    row = store.outbox.add_recipients(row.number, ["duty@example.org"], AT)
    store.outbox.mark_sent(row.number, AT)


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


# ── recipients, each by themselves ───────────────────────────────────────────────────────────────

DUTY, GONE = "duty@example.org", "gone@example.org"


def two(store: Store) -> tuple[int, int, int]:
    """A row that is claimed, and the numbers of its two recipients."""
    store.outbox.add("weekly", "2026-11-22", AT, {"last": "2026-11-22"}, [DUTY, GONE, DUTY])
    (row,) = store.outbox.due(AT)
    assert store.outbox.claim(row.number, AT)
    duty, gone = row.people
    return row.number, duty.number, gone.number


def test_who_has_it_does_not_get_it_again_while_another_is_tried(store: Store) -> None:
    number, duty, gone = two(store)
    store.outbox.mark_sent(number, AT, [duty])
    assert store.outbox.due(AT + LAPSE - MINUTE) == [], "it is being sent to the other"
    store.outbox.mark_failed(number, AT, "451 later", AT + HOUR, [gone])
    assert store.outbox.due(AT + HOUR - MINUTE) == []
    (row,) = store.outbox.due(AT + HOUR)
    assert [(one.address, one.state, one.tries) for one in row.people] == [(DUTY, "sent", 1), (GONE, "ready", 1)]  # fmt: skip
    assert (row.state, row.sent_at) == ("ready", AT)
    store.outbox.claim(number, AT + HOUR)
    store.outbox.mark_sent(number, AT + HOUR)
    assert store.outbox.due(AT + DAY) == []
    (row,) = store.outbox.parked() or [store.outbox.add_recipients(number, [], AT)]
    assert [one.tries for one in row.people] == [1, 2]
    assert (row.state, row.sent_at) == ("sent", AT)


def test_one_that_is_given_up_beside_another_who_has_it_needs_a_person(store: Store) -> None:
    number, duty, gone = two(store)
    store.outbox.mark_sent(number, AT, [duty])
    store.outbox.mark_failed(number, AT, "550", None, [gone])
    assert [row.kind for row in store.outbox.parked()] == ["weekly"]
    stuck = store.outbox.stuck(AT)
    assert stuck is not None
    assert (stuck.count, stuck.since) == (1, AT)
    store.outbox.retry(number, AT + HOUR)
    (row,) = store.outbox.due(AT + HOUR)
    assert [one.state for one in row.people] == ["sent", "ready"]
    assert row.recipients == (DUTY, GONE)


def test_a_claim_takes_those_who_are_due_alone(store: Store) -> None:
    number, duty, gone = two(store)
    store.outbox.mark_failed(number, AT, "451", AT + HOUR, [gone])
    store.outbox.mark_failed(number, AT, "451", AT + MINUTE, [duty])
    assert store.outbox.claim(number, AT + MINUTE)
    assert not store.outbox.claim(number, AT + MINUTE)
    row = store.outbox.add_recipients(number, [], AT)
    assert [one.state for one in row.people] == ["claimed", "ready"]
    store.outbox.mark_sent(number, AT + MINUTE, [duty])
    assert not store.outbox.claim(number, AT + MINUTE), "the other is not due yet"
    assert store.outbox.claim(number, AT + HOUR)


def test_an_outage_gives_nobody_up_and_holds_up_all_mail(store: Store) -> None:
    _, duty, gone = two(store)
    store.outbox.mark_outage([duty, gone], AT, "the server is down", AT + HOUR, tried=False)
    assert store.outbox.held_until(AT) == AT + HOUR
    assert store.outbox.held_until(AT + HOUR) is None
    store.outbox.add("daily", "2026-11-20", AT, {"end": "then"}, [DUTY])
    stuck = store.outbox.stuck(AT)
    assert stuck is not None
    assert (stuck.count, stuck.since) == (3, AT)
    store.outbox.retry_all(AT)
    assert store.outbox.held_until(AT) is None
    row = store.outbox.due(AT)[0]
    assert [(one.tries, one.refusals, one.outages) for one in row.people] == [(1, 0, 0)] * 2


def test_what_nobody_tried_for_a_while_is_stuck_and_what_is_young_is_not(store: Store) -> None:
    store.outbox.add("daily", "2026-11-20", AT, {"end": "then"}, [DUTY])
    assert store.outbox.stuck(AT + LATE - MINUTE) is None
    stuck = store.outbox.stuck(AT + LATE)
    assert stuck is not None
    assert (stuck.count, stuck.since) == (1, AT)
    assert store.outbox.stuck(AT + LATE, off=["daily"]) is None
    (row,) = store.outbox.unsent(AT + LATE)
    store.outbox.mark_failed(row.number, AT + LATE, "451", AT + HOUR)
    assert store.outbox.stuck(AT + LATE) is None, "a server that puts off a first try is no news"


def test_what_nobody_needs_any_more_is_not_tried_and_not_told_of(store: Store) -> None:
    number, duty, gone = two(store)
    store.outbox.mark_failed(number, AT, "550", None)
    assert store.outbox.drop(duty, AT, by=(user := _user(store)))
    assert not store.outbox.drop(duty, AT, by=user)
    assert store.outbox.drop(gone, AT, by=user)
    assert store.outbox.parked() == []
    assert store.outbox.stuck(AT) is None
    store.outbox.retry(number, AT)
    assert store.outbox.due(AT + DAY) == []
    assert [event.kind for event in store.audit.events()][-2:] == ["mail dropped"] * 2


def _user(store: Store) -> int:
    return store.users.add("local", "bea", "Bea", ("lead",), at=AT).number


def test_where_nobody_got_it_the_settings_say_anew_who_is_to(store: Store) -> None:
    number, _, _ = two(store)
    store.outbox.mark_failed(number, AT, "550", None)
    store.outbox.retry(number, AT)
    (row,) = store.outbox.due(AT)
    assert (row.recipients, row.people) == ((), ())
    row = store.outbox.add_recipients(number, ["new@example.org"], AT)
    assert row.recipients == ("new@example.org",)


def test_addresses_are_encrypted_and_change_with_the_key(
    store: Store, path: Path, keys: list[str]
) -> None:
    two(store)
    store.database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"example.org" not in path.read_bytes()
    assert "outbox_recipients" in store.maintenance.encrypted_tables()


def test_what_goes_takes_its_recipients_with_it(store: Store) -> None:
    number, _, _ = two(store)
    assert store.database.value("SELECT count(*) FROM outbox_recipients") == 2
    with store.database.transaction():
        store.database.execute("DELETE FROM outbox WHERE number = ?", number)
    assert store.database.value("SELECT count(*) FROM outbox_recipients") == 0


def test_an_alert_of_an_earlier_program_keeps_whom_it_was_for(store: Store) -> None:
    """Before step 29 addresses stood beside the payload."""
    store.outbox.add("weekly", "2026-11-22", AT, {"last": "2026-11-22", "recipients": [DUTY]})  # type: ignore[dict-item]
    (row,) = store.outbox.due(AT)
    assert row.recipients == (DUTY,)
    row = store.outbox.add_recipients(row.number, row.recipients, AT)
    assert [one.address for one in row.people] == [DUTY]
    assert dict(row.payload) == {"last": "2026-11-22"}


def test_what_nobody_is_to_get_yet_is_stuck_too(store: Store) -> None:
    store.outbox.add("weekly", "2026-11-22", AT)
    assert store.outbox.stuck(AT + LATE - MINUTE) is None
    stuck = store.outbox.stuck(AT + LATE)
    assert stuck is not None
    assert (stuck.count, stuck.since) == (1, AT)
    assert store.outbox.stuck(AT + LATE, off=["weekly"]) is None


def test_what_is_sent_waits_for_no_disk_and_all_else_does(store: Store) -> None:
    pragma = "PRAGMA synchronous"
    with store.outbox.sending():
        assert store.database.value(pragma) == 1
    assert store.database.value(pragma) == 2
