"""A clock that leapt is noticed either way, and what it stamped is put right."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core import clock, time_source
from store import Store
from store.models import PartOutcome
from tests.store.factories import AT, DAY, HOUR, add, assess_all, mention

PAUSE = timedelta(days=3)


def moments(store: Store, number: int) -> tuple[datetime, datetime]:
    row = store.database.rows("SELECT found_at, fetched_at FROM mentions WHERE number = ?", number)[
        0
    ]
    return clock.parse(row["found_at"]), clock.parse(row["fetched_at"])


def kinds(store: Store) -> list[str]:
    return [event.kind for event in store.audit.events() if event.kind.startswith("clock")]


def test_a_store_of_which_nothing_is_known_doubts_nothing(store: Store) -> None:
    assert store.clock_guard.leap(AT, PAUSE) is None
    assert store.clock_guard.check(AT, PAUSE) is None


def test_in_a_store_of_before_the_last_recorded_moment_counts(store: Store) -> None:
    store.backups.note_trial(AT, problems=0, created_at=AT)  # an event
    for wrong in (AT + 4 * DAY, AT - 2 * HOUR):
        leap = store.clock_guard.check(wrong, PAUSE)
        assert leap is not None
        assert leap.right_at == AT
    assert store.clock_guard.check(AT + 2 * DAY, PAUSE) is None


@pytest.mark.parametrize(
    ("by", "kind"),
    [(4 * DAY, "ahead"), (400 * DAY, "ahead"), (-2 * HOUR, "back"), (-3650 * DAY, "back")],
)
def test_a_leap_either_way_is_noticed_and_is_one_event(
    store: Store, by: timedelta, kind: str
) -> None:
    store.clock_guard.check(AT, PAUSE)
    for later in range(1, 4):
        store.clock_guard.check(AT + by, PAUSE)
        leap = store.clock_guard.check(AT + by + later * HOUR / 4, PAUSE)
        assert leap is not None
        assert (leap.kind, leap.right_at, leap.since) == (kind, AT, AT + by)
    assert kinds(store) == ["clock doubted"]
    event = store.audit.events()[-1]
    assert (event.about["leapt"], event.about["hours"]) == (kind, abs(by) // HOUR)


def test_steps_of_a_time_server_and_days_off_are_no_leap(store: Store) -> None:
    at = AT
    for step in (HOUR, DAY, 3 * DAY, -HOUR / 2, 2 * DAY, -HOUR / 2):
        at += step
        assert store.clock_guard.check(at, PAUSE) is None, step
    assert kinds(store) == []


def test_what_a_wrong_clock_records_does_not_make_it_right(store: Store) -> None:
    store.clock_guard.check(AT, PAUSE)
    for day in range(400, 410):
        assert store.clock_guard.check(AT + day * DAY, PAUSE) is not None
        add(store, mention(day), at=AT + day * DAY)
        store.backups.note_trial(AT + day * DAY, problems=0, created_at=AT)
    assert store.clock_guard.check(AT + 411 * DAY, PAUSE) is not None


def test_right_again_by_itself_it_goes_on_and_nothing_found_meanwhile_is_over_its_time(
    store: Store,
) -> None:
    store.clock_guard.check(AT, PAUSE)
    add(store, mention(1, fetched_at=AT), at=AT)
    wrong = AT - 3650 * DAY
    store.clock_guard.check(wrong, PAUSE)
    add(store, mention(2, fetched_at=wrong), at=wrong)
    assert moments(store, 2)[0] == wrong
    now = AT + 2 * HOUR
    assert store.clock_guard.check(now, PAUSE) is None
    assert moments(store, 1) == (AT, AT)
    assert moments(store, 2) == (now, now)
    assert kinds(store) == ["clock doubted", "clock right again"]
    assert store.audit.events()[-1].about["posts"] == 1
    assert store.maintenance.verify().ok


def test_after_a_clock_that_was_ahead_no_source_waits_for_that_day_and_no_post_stays_longer(
    store: Store,
) -> None:
    store.clock_guard.check(AT, PAUSE)
    ahead = AT + 400 * DAY
    store.clock_guard.check(ahead, PAUSE)
    add(store, mention(1, fetched_at=ahead), at=ahead)
    assert store.sources.last_complete_run("x") == ahead
    now = AT + HOUR
    store.clock_guard.check(now, PAUSE)
    assert moments(store, 1) == (now, now)
    assert store.sources.last_complete_run("x") == AT  # what was said since is read again


def test_after_a_clock_that_was_ahead_no_part_of_a_source_waits_for_that_day(store: Store) -> None:
    store.clock_guard.check(AT, PAUSE)
    ahead = AT + 400 * DAY
    store.clock_guard.check(ahead, PAUSE)
    store.mentions.add_page(
        "feeds", [], at=ahead,
        parts=[
            PartOutcome(key="a", kind="feed", name="A"),
            PartOutcome(key="b", kind="feed", name="B", error="away", next_try=ahead + HOUR),
        ],
    )  # fmt: skip
    now = AT + HOUR
    store.clock_guard.check(now, PAUSE)
    read, failing = store.sources.parts("feeds", all_known=True)
    assert read.last_read == AT
    assert failing.next_try is None
    assert failing.last_try == now
    assert store.maintenance.verify().ok


def test_a_person_may_say_that_it_is_right(store: Store) -> None:
    store.clock_guard.check(AT, PAUSE)
    later = AT + 60 * DAY
    assert store.clock_guard.check(later, PAUSE) is not None
    add(store, mention(1, fetched_at=later), at=later)
    store.clock_guard.confirm(later, by="lena")
    assert store.clock_guard.check(later + HOUR, PAUSE) is None
    assert moments(store, 1) == (later, later)
    assert kinds(store) == ["clock doubted", "clock confirmed"]


def test_a_person_who_sets_it_back_loses_no_post_to_the_time_before(store: Store) -> None:
    ahead = AT + 400 * DAY
    store.clock_guard.check(ahead, PAUSE)  # a store that began with a wrong clock
    add(store, mention(1, fetched_at=ahead), at=ahead)
    assert store.clock_guard.check(AT, PAUSE) is not None
    assert store.clock_guard.confirm(AT, by="lena").posts == 1
    assert moments(store, 1) == (AT, AT)
    assert store.clock_guard.leap(AT, PAUSE) is None


def test_a_clock_that_agrees_is_written_down_four_times_an_hour_at_most(store: Store) -> None:
    writes = 0
    changes = store.database.changes()
    head = changes.head()
    for minute in range(60):
        store.clock_guard.check(AT + timedelta(minutes=minute), PAUSE)
        writes += changes.head() != head
        head = changes.head()
    changes.close()
    assert writes == 4


def test_a_running_clock_that_began_in_the_future_keeps_its_length(store: Store) -> None:
    store.clock_guard.check(AT, PAUSE)
    ahead = AT + 400 * DAY
    store.clock_guard.check(ahead, PAUSE)
    add(store, mention(1, fetched_at=ahead), at=ahead)
    assess_all(store)
    store.database.insert(
        "deadlines", case_number=1, kind="look", began_at=clock.text(ahead), due_at=clock.text(ahead + HOUR)
    )  # fmt: skip
    now = AT + HOUR
    store.clock_guard.check(now, PAUSE)
    row = store.database.rows("SELECT began_at, due_at FROM deadlines")[0]
    assert (clock.parse(row["began_at"]), clock.parse(row["due_at"])) == (now, now + HOUR)


class Machine:
    """A machine whose clock can be set on while it runs, and what the kernel says of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.id, self.ran, self.wrong = "one", 400 * DAY, timedelta()
        self.began = AT - self.ran
        monkeypatch.setattr(time_source, "boot", self.boot)

    def boot(self, at: datetime) -> time_source.Boot:
        return time_source.Boot(self.id, at - self.ran)

    @property
    def now(self) -> datetime:
        return self.began + self.ran + self.wrong


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


@pytest.mark.parametrize("step", [2.75 * DAY, 12 * HOUR, HOUR])
def test_a_clock_that_walks_gets_no_further_than_the_machine_has_run(
    store: Store, machine: Machine, step: timedelta
) -> None:
    store.clock_guard.check(machine.now, PAUSE)
    for _ in range(30):
        machine.ran += HOUR / 60
        machine.wrong += step
        store.clock_guard.check(machine.now, PAUSE)
    leap = store.clock_guard.leap(machine.now, PAUSE)
    assert leap is not None
    assert leap.kind == "ahead"
    assert leap.right_at <= AT + 7 * HOUR
    assert store.clock_guard.leap(leap.right_at + DAY, PAUSE, gained=False) is None
    assert kinds(store) == ["clock doubted"]


def test_a_machine_that_runs_for_a_year_is_never_doubted(store: Store, machine: Machine) -> None:
    for _ in range(365):
        assert store.clock_guard.check(machine.now, PAUSE) is None
        machine.ran += DAY
        machine.wrong += timedelta(seconds=30)  # frozen for a backup each night


def test_a_person_who_says_that_it_is_right_begins_the_count_anew(
    store: Store, machine: Machine
) -> None:
    store.clock_guard.check(machine.now, PAUSE)
    machine.wrong = DAY
    assert store.clock_guard.check(machine.now, PAUSE) is not None
    store.clock_guard.confirm(machine.now, by="amina")
    assert store.clock_guard.check(machine.now, PAUSE) is None
    machine.wrong += 7 * HOUR
    assert store.clock_guard.check(machine.now, PAUSE) is not None


def test_over_a_restart_and_where_nothing_tells_the_pause_alone_holds(
    store: Store, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.clock_guard.check(machine.now, PAUSE)
    machine.id, machine.wrong = "two", 2 * DAY
    assert store.clock_guard.check(machine.now, PAUSE) is None
    monkeypatch.setattr(time_source, "boot", lambda _: None)
    assert store.clock_guard.check(machine.now + 2 * DAY, PAUSE) is None
