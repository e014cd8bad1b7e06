"""While the clock is doubted nothing is deleted, chased or reported; much of the store goes only after a yes; backups rotate and are tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import pipeline
from core import clock
from settings.safeguards import BackupSettings, Safeguards
from steps import alerts, backups, handoffs, health, report, retention, safeguards
from steps.context import RunContext, open_context
from steps.safeguards import backup_folder
from store.backup import manifest_path
from tests.conftest import Command
from tests.cycles import changed
from tests.decisions import settled
from tests.fakes import Told
from tests.store.factories import DAY, HOUR, add, mention

YEAR = timedelta(days=400)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return settled(tmp_path)


@pytest.fixture
def house(made: Path) -> Iterator[RunContext]:
    """A store with thirty posts of today, whose clock was right an hour ago."""
    changed(
        made,
        reports={"daily_to": ["lead@example.org"], "weekly_to": ["head@example.org"]},
        safeguards={"purge_posts": 5},
    )
    with open_context(made, Told()) as context:
        context.store.clock_guard.confirm(context.at - HOUR, by="lena")
        add(
            context.store,
            *(mention(number, fetched_at=context.at - HOUR) for number in range(30)),
            at=context.at - HOUR,
        )
        yield context


def posts(context: RunContext) -> int:
    return context.store.figures.row_counts()["mentions"]


def test_after_three_weeks_lists_and_summaries_are_made_and_nothing_is_deleted_or_chased(
    house: RunContext,
) -> None:
    late = house.new_run(house.at + 20 * DAY)
    retention.purge(late)
    report.morning_on_time(late)
    handoffs.chase(late, late.at)
    assert posts(house) == 30
    assert [row.kind for row in house.store.outbox.due(late.at + DAY)].count("daily") == 1
    assert len([line for line in late.failures if "clock says" in line]) == 1


@pytest.mark.parametrize("by", [YEAR, -10 * YEAR])
def test_a_wrong_clock_deletes_chases_and_reports_nothing_and_says_so_once(
    house: RunContext, by: timedelta
) -> None:
    wrong = house.new_run(house.at + by)
    retention.purge(wrong)
    retention.apply_platform_terms(wrong)
    report.morning_on_time(wrong)
    report.weekly_on_time(wrong)
    handoffs.chase(wrong, wrong.at)
    alerts.raise_alerts(wrong, wrong.at)
    assert posts(house) == 30
    assert house.store.outbox.due(wrong.at + YEAR) == []
    assert [line for line in wrong.failures if "clock says" in line] == wrong.failures
    assert len(wrong.failures) == 1


def test_a_clock_that_went_back_is_said_first_and_once_and_no_paper_is_judged_by_it(
    made: Path,
) -> None:
    told = Told()
    with open_context(made, told) as context:
        context.store.clock_guard.confirm(context.at, by="lena")
        wrong = context.new_run(context.at - 3650 * DAY)
        pipeline.cycle(wrong)
        health.name_faults(wrong, wrong.at)
    lines = [str(line) for line in told]
    assert "clock says" in lines[0]
    assert len([line for line in lines if "clock" in line]) == 1


def test_papers_are_judged_by_the_later_of_what_the_clock_says_and_when_it_was_last_right(
    house: RunContext,
) -> None:
    back, ahead = house.new_run(house.at - 30 * DAY), house.new_run(house.at + YEAR)
    right = clock.local_day(house.at - HOUR)
    assert safeguards.day_of_papers(back) == right, "a day of last week is no day to come"
    assert safeguards.day_of_papers(ahead) == clock.local_day(ahead.at), (
        "a review that is due stays due"
    )


def test_back_at_the_right_time_nothing_is_missing_and_what_came_in_meanwhile_stays(
    house: RunContext,
) -> None:
    ago = house.new_run(house.at - 10 * YEAR)
    retention.purge(ago)
    add(house.store, mention(99, fetched_at=ago.at), at=ago.at)
    again = house.new_run(house.at + HOUR)
    retention.purge(again)
    retention.apply_platform_terms(again)
    assert again.failures == ago.failures  # that of before alone
    assert posts(house) == 31


def test_a_daily_list_that_a_wrong_clock_would_remove_stays(house: RunContext) -> None:
    listed = house.folder / house.config.reports.folder / "daily-2026-11-20.html"
    listed.parent.mkdir(parents=True)
    listed.touch()
    retention.purge(house.new_run(house.at + YEAR))
    assert listed.exists()


def test_it_stands_on_every_page_until_somebody_says_that_it_is_right(house: RunContext) -> None:
    later = house.at + 60 * DAY
    assert not safeguards.clock_is_right(house.new_run(later), later, "purge")
    kinds = [fault.kind for fault in health.of_run(house, later).faults]
    assert "clock" in kinds
    house.store.clock_guard.confirm(later, by="lena")
    assert "clock" not in [fault.kind for fault in health.of_run(house, later).faults]


def test_a_purge_of_much_says_how_to_answer_and_goes_after_a_yes_by_a_command(
    made: Path, house: RunContext, mentions: Command
) -> None:
    house.store.database.execute("UPDATE mentions SET found_at = ?", clock.text(house.at - YEAR))
    retention.purge(house)
    assert "30 of 30 posts are to be deleted" in house.failures[-1]
    assert "--agree 30" in house.failures[-1]
    assert "purge" in [fault.kind for fault in health.of_run(house).faults]
    wrong = mentions("purge", "--agree", "29", "--config", made)
    assert (wrong.exit_code, "it is 30 posts by now" in wrong.stderr) == (1, True)
    assert posts(house) == 30
    assert mentions("purge", "--agree", "30", "--config", made).exit_code == 0
    assert posts(house) == 0
    assert mentions("purge", "--decline", "--config", made).exit_code == 1


def test_a_clock_is_confirmed_by_a_command_and_that_is_an_event(
    made: Path, house: RunContext, mentions: Command
) -> None:
    assert "it agrees" in mentions("clock", "show", "--config", made).stdout
    house.store.clock_guard._keep(house.at - 60 * DAY)
    assert mentions("clock", "show", "--config", made).exit_code == 1
    assert "confirmed" in mentions("clock", "confirm", "--config", made).stdout
    assert house.store.audit.events()[-1].kind == "clock confirmed"
    assert mentions("clock", "show", "--config", made).exit_code == 0


def test_a_night_s_backup_lies_in_its_folder_and_older_ones_go(house: RunContext) -> None:
    folder = backup_folder(house.config, house.folder)
    for age in (400, 60, 40, 1):
        place = folder.new_path(house.at - age * DAY)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    place = backups.back_up(house, house.at)
    assert manifest_path(place).exists()
    assert [round((house.at - backup.created_at) / DAY) for backup in folder.all()] == [1, 0]


def test_what_goes_and_what_stays_is_said_by_name_and_a_second_of_a_day_takes_none(
    house: RunContext,
) -> None:
    folder = backup_folder(house.config, house.folder)
    said: list[str] = []
    old = folder.new_path(house.at - 60 * DAY)
    old.parent.mkdir(parents=True, exist_ok=True)
    old.touch()
    telling = replace(house, report_progress=said.append)
    first = backups.back_up(telling, house.at)
    second = backups.back_up(telling, house.at + timedelta(seconds=24))
    assert [backup.path for backup in folder.all()] == [first, second]
    assert f"older backups that went, as [backup] says: {old.name}" in said
    assert f"backups that stay: {first.name}" in said
    assert len([line for line in said if line.startswith("older backups")]) == 1


def test_by_a_wrong_clock_no_backup_goes(house: RunContext) -> None:
    folder = backup_folder(house.config, house.folder)
    backups.back_up(house, house.at)
    backups.back_up(house.new_run(house.at + YEAR), house.at + YEAR)
    assert len(folder.all()) == 2


def test_the_newest_backup_is_tried_and_what_is_wrong_with_it_is_told_until_one_is_good(
    house: RunContext,
) -> None:
    place = backups.back_up(house, house.at)
    assert backups.try_newest(house, house.at).well
    assert [fault for fault in health.of_run(house).faults if fault.kind == "backup"] == []
    place.write_bytes(place.read_bytes()[:-9])
    assert not backups.try_newest(house, house.at + HOUR).well
    told = [fault.line for fault in health.of_run(house).faults if fault.kind == "backup"]
    assert told == ["The last backup could not be restored when it was tried."]
    backups.back_up(house, house.at + HOUR)
    backups.try_newest(house, house.at + 2 * HOUR)
    assert [fault for fault in health.of_run(house).faults if fault.kind == "backup"] == []


@pytest.mark.parametrize(("age", "says"), [(1, ""), (3, "No backup was made since")])
def test_nights_without_a_backup_are_told(house: RunContext, age: int, says: str) -> None:
    house.store.backups.write(house.folder / "b1", at=house.at - age * DAY)
    told = [fault.line for fault in health.of_run(house).faults if fault.kind == "backup"]
    assert bool(told) == bool(says)
    assert all(line.startswith(says) for line in told)


def test_a_first_night_that_failed_is_told_and_a_store_that_was_never_scheduled_is_not(
    house: RunContext,
) -> None:
    assert [fault for fault in health.of_run(house).faults if fault.kind == "backup"] == []
    house.store.job_runs.end(house.store.job_runs.begin("backup", house.at), house.at, failures=1)
    told = [fault.line for fault in health.of_run(house).faults if fault.kind == "backup"]
    assert told == ["No backup was made yet."]


def test_a_schedule_without_backups_makes_none(made: Path) -> None:
    changed(made, backup={"on": False})
    with open_context(made, Told()) as context:
        backups.back_up_on_time(context)
        backups.try_on_time(context)
        assert backup_folder(context.config, context.folder).all() == []


def test_no_backup_outlives_what_is_kept(made: Path) -> None:
    changed(made, retention={"days": 20})
    with open_context(made, Told()) as context:
        assert safeguards.rotation(context.config).longest == 20 * DAY


def test_the_shipped_times_are_those_that_the_settings_have() -> None:
    assert (Safeguards().pause_days, Safeguards().purge_percent) == (3, 10)
    assert BackupSettings().longest_days == 35
