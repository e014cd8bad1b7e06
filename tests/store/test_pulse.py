"""What the store knows of the program's own condition: marks, the history of looks, the last cycle, a server that is down."""

from __future__ import annotations

from store import Looks, Mark, Store
from tests.store.factories import AT, HOUR, add, assess_all, mention


def test_a_mark_is_replaced_and_forgotten_by_its_name(store: Store) -> None:
    store.pulse.note("clock", AT, "12")
    store.pulse.note("clock", AT + HOUR)
    store.pulse.note("ping", AT, "heard")
    assert store.pulse.marks() == {
        "clock": Mark(at=AT + HOUR, value=""), "ping": Mark(at=AT, value="heard"),
    }  # fmt: skip
    store.pulse.forget(["clock", "never noted"])
    assert list(store.pulse.marks()) == ["ping"]


def test_looks_are_those_that_reached_the_end_and_those_that_brought_something(
    store: Store,
) -> None:
    store.mentions.add_run("x", [mention(1)], since=AT - HOUR, at=AT)
    store.mentions.add_run("x", [], since=AT, at=AT + HOUR)
    store.mentions.add_run("x", [mention(2)], since=AT, at=AT + 2 * HOUR, complete=False, error="cut")  # fmt: skip
    store.mentions.add_run("reddit", [], since=AT, at=AT + HOUR, complete=False, error="refused")
    assert store.pulse.looks(AT) == {
        "x": Looks(complete=(AT, AT + HOUR), news=(AT, AT + 2 * HOUR)),
    }
    assert store.pulse.looks(AT + HOUR)["x"].news == (AT + 2 * HOUR,)


def test_since_when_no_cycle_has_ended(store: Store) -> None:
    assert store.pulse.unended_since("cycle") is None
    first = store.job_runs.begin("cycle", AT)
    assert store.pulse.unended_since("cycle") == AT
    store.job_runs.end(first, AT + HOUR, failures=2)
    assert store.pulse.unended_since("cycle") == AT + HOUR
    store.job_runs.begin("cycle", AT + 200 * HOUR)  # the machine slept; this one is killed
    broken = store.job_runs.begin("cycle", AT + 201 * HOUR)
    store.job_runs.end(broken, AT + 202 * HOUR, failures=1, completed=False)
    assert store.pulse.unended_since("cycle") == AT + 200 * HOUR


def test_when_a_post_was_last_assessed(store: Store) -> None:
    assert store.pulse.last_assessed() is None
    add(store, mention(1))
    assess_all(store, "none")
    assert store.pulse.last_assessed() is not None


def test_mail_is_down_while_what_waits_waits_for_the_server(store: Store) -> None:
    store.outbox.add("daily", "a", AT, {}, ["a@example.org"])
    ((person,),) = [row.people for row in store.outbox.due(AT)]
    assert not store.pulse.mail_is_down()
    store.outbox.mark_outage([person.number], AT, "can't be reached", AT + HOUR)
    assert store.pulse.mail_is_down()
    store.outbox.retry_all(AT)
    assert not store.pulse.mail_is_down()


def test_the_schema_is_that_of_this_program_or_it_is_not(store: Store) -> None:
    assert store.pulse.at_head()
    store.database.execute("DELETE FROM _sqlite_migrations WHERE name = 'm046_pulse'")
    assert not store.pulse.at_head()


def test_older_rows_of_one_kind_that_have_not_left_are_found(store: Store) -> None:
    for day in ("heartbeat 2026-11-23", "heartbeat 2026-11-30", "ailments 2026-11-01"):
        store.outbox.add("pulse", day, AT, {}, ["a@example.org"])
    ((number),) = store.pulse.unsent_before("pulse", "heartbeat", "heartbeat 2026-11-30")
    assert store.outbox.get(number).about == "heartbeat 2026-11-23"
