"""What the machine owes the program is told in words with since when; what is in order, or not known, is no fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from settings.health import Ending as SetEnding
from settings.schema import Config
from steps import upkeep
from steps.faults import Fault
from steps.upkeep import CERTIFICATE, CLOCK, SINCE, Disk
from store import Store, Token
from tests.reports.factories import settings
from tests.stores import temporary_store

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)  # a Thursday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def store() -> Iterator[Store]:
    with temporary_store() as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """LinkedIn is on, and X with a budget of a hundred dollars."""
    on = {"linkedin": {"on": True}, "x": {"on": True, "monthly_budget": 100.0}}
    made = settings(tmp_path).model_copy(update={"collectors": on})
    by_hand = made.backup.model_copy(update={"on": False})  # the schedule's have tests of their own
    return made.model_copy(update={"backup": by_hand})


def with_health(config: Config, **changes: Any) -> Config:
    return config.model_copy(update={"health": config.health.model_copy(update=changes)})


def faults(store: Store, config: Config, at: datetime = AT) -> list[Fault]:
    return upkeep.upkeep_faults(store, config, Path(), at, store.pulse.marks())


def lines(store: Store, config: Config, at: datetime = AT) -> list[str]:
    return [fault.line for fault in faults(store, config, at)]


def run(store: Store, job: str, at: datetime, failures: int = 0) -> None:
    store.job_runs.end(store.job_runs.begin(job, at), at, failures=failures)


def test_a_machine_that_is_in_order_is_not_spoken_of(store: Store, config: Config) -> None:
    assert lines(store, config) == []


def test_little_room_is_told_and_none_blocks(store: Store, config: Config) -> None:
    disk = upkeep.disk_of(store)
    assert disk is not None
    assert 0 < disk.free <= disk.total
    (low,) = upkeep._of_disk(Disk(free=320_000_000, total=10**10), config)
    assert low.line == "The disk is nearly full: 320 MB are free."
    assert (low.doubt, low.blocks) == (False, False)
    (full,) = upkeep._of_disk(Disk(free=9_000_000, total=10**10), config)
    assert (full.doubt, full.blocks, full.line) == (True, True, "The disk is full: 9 MB are free.")
    assert upkeep._of_disk(Disk(free=500_000_000, total=10**10), config) == []
    assert upkeep._of_disk(None, config) == []
    unwatched = with_health(config, disk_megabytes=0)
    assert upkeep._of_disk(Disk(free=0, total=10**10), unwatched) == []


def test_a_clock_that_went_back_is_seen_by_what_was_recorded(store: Store, config: Config) -> None:
    run(store, "cycle", AT)
    assert lines(store, config, AT - 4 * MINUTE) == []
    (fault,) = faults(store, config, AT - 3 * HOUR)
    assert fault.line == "The clock of this machine is wrong by 3 hours: it is behind."
    assert fault.doubt


def test_a_clock_that_another_machine_contradicts_is_wrong(store: Store, config: Config) -> None:
    store.pulse.note(CLOCK, AT, "-7200")
    assert lines(store, config) == ["The clock of this machine is wrong by 2 hours: it is ahead."]
    store.pulse.note(CLOCK, AT, "")
    assert lines(store, config) == []


def test_a_backup_that_is_late_is_told_with_since_when(store: Store, config: Config) -> None:
    run(store, "backup", AT - 2 * DAY)
    assert lines(store, config) == []
    assert lines(store, config, AT + MINUTE) == ["No backup was made since Tuesday."]
    run(store, "backup", AT, failures=1)
    assert lines(store, config, AT + HOUR) == ["No backup was made since Tuesday."]
    assert lines(store, with_health(config, backup_days=0), AT + HOUR) == []


def test_a_new_installation_has_a_week_for_its_first_backup(store: Store, config: Config) -> None:
    store.pulse.note(SINCE, AT - 7 * DAY)
    assert lines(store, config) == []
    (fault,) = faults(store, config, AT + MINUTE)
    assert (fault.line, fault.doubt, fault.passing) == ("No backup was made yet.", False, False)


def test_a_backup_that_cannot_be_restored_is_told_until_one_can(
    store: Store, config: Config
) -> None:
    run(store, "backup", AT)
    run(store, "restore-trial", AT, failures=1)
    assert lines(store, config) == [
        "The backup could not be restored when it was tried on Thu 26 Nov."
    ]
    run(store, "restore-trial", AT + HOUR)
    assert lines(store, config, AT + 2 * HOUR) == []


def token(source: str, **until: datetime) -> Token:
    return Token(
        source=source, access="a", renewal="r" if "renewable_until" in until else "", at=AT,
        expires_at=until.get("expires_at"), renewable_until=until.get("renewable_until"),
    )  # fmt: skip


def test_what_runs_out_is_told_a_fortnight_before_and_in_red_after(
    store: Store, config: Config
) -> None:
    store.tokens.add(token("linkedin", renewable_until=AT + 15 * DAY), by="Ada")
    store.tokens.add(token("reddit", expires_at=AT), by="Ada")  # a source that is off
    store.pulse.note(f"{CERTIFICATE}mail.example.org", AT, "2026-12-24T00:00:00.000000Z")
    ends = (SetEnding(name="Secret of the Entra application", on=date(2027, 1, 4)),)
    config = with_health(config, ends=ends)
    assert lines(store, config) == []
    (soon,) = faults(store, config, AT + DAY)
    assert soon.line == "Access to LinkedIn ends on Fri 11 Dec."
    assert (soon.passing, soon.doubt) == (True, False)
    (more,) = faults(store, config, AT + 27 * DAY)
    assert more.line == (
        "Access to LinkedIn ended on Fri 11 Dec, the certificate of mail.example.org ends on Thu 24 Dec, "
        "Secret of the Entra application ends on Mon 4 Jan 2027."
    )
    assert (more.passing, more.doubt) == (False, False)
    assert more.key != soon.key


def test_access_that_renews_itself_does_not_end_with_its_token(
    store: Store, config: Config
) -> None:
    store.tokens.add(token("linkedin", expires_at=AT, renewable_until=AT + 300 * DAY), by="Ada")
    assert lines(store, config) == []
    assert [each.on for each in upkeep.endings(store, config, {})] == [AT + 300 * DAY]


@pytest.mark.parametrize(
    ("spend", "line"),
    [
        ({"month": "2026-11", "sum": 79_990}, ""),
        (
            {"month": "2026-11", "sum": 80_000},
            "X (Twitter) has cost $80.00 of the month’s $100.00.",
        ),
        ({"month": "2026-10", "sum": 99_000}, ""),
        ({"month": "2026-11"}, ""),
    ],
)
def test_money_is_told_before_it_is_spent(
    store: Store, config: Config, spend: dict[str, object], line: str
) -> None:
    with store.database.transaction():
        store.sources.save_state("x", {"spend": json.dumps(spend)}, AT)
    assert lines(store, config) == ([line] if line else [])


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(), "0 minutes"), (MINUTE, "1 minute"), (119 * MINUTE, "119 minutes"), (2 * HOUR, "2 hours"),
        (47 * HOUR, "47 hours"), (2 * DAY + HOUR, "2 days"),
    ],
)  # fmt: skip
def test_a_span_is_said_in_its_largest_unit(span: timedelta, words: str) -> None:
    assert upkeep.duration(span) == words
