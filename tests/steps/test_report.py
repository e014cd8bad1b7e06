from __future__ import annotations

import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from classify.policy import schema
from core import clock
from demo.world import World
from steps import assess, deliver, report, scheduler
from tests.conftest import Command
from tests.cycles import at_home, changed, settled
from tests.fakes import FakeModel, reader
from tests.steps.test_deliver import AT, MODEL, bodies, mention

TO = {"daily_to": ["comms@example.org"], "weekly_to": ["board@example.org"]}


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    """A store that holds one mention of high risk, read by a fake model."""
    path = settled(tmp_path, calm, only=("files",), reports=TO)
    with at_home(path) as (house, _):
        house.store.mentions.add_run("x", [mention(1)], since=AT, at=AT)
        assess.assess(house.new_run(clock.now()), reader(FakeModel(says=MODEL)))
        deliver.deliver(house, clock.now())
    return path


def test_the_daily_list_is_readable_by_its_owner_alone_and_names_no_author(made: Path) -> None:
    with at_home(made) as (house, _):
        listed, path = report.daily_list(house, *report.day_before(clock.now()))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    html = path.read_text("utf-8").lower()
    assert len(listed.items) == 1
    assert "brick" in html  # masked words are shown
    for private in ("rowan", "ashdown", "potter", "x.com"):
        assert private not in html


def test_a_list_of_a_day_is_named_by_that_day_and_covers_all_its_hours(made: Path) -> None:
    for day, hours in ((date(2026, 11, 23), 24), (date(2026, 10, 25), 25), (date(2026, 3, 29), 23)):
        start, end = clock.day(day)
        with at_home(made) as (house, _):
            listed, path = report.daily_list(house, start, end)
        assert path.name == f"daily-{day}.html"
        assert listed.end - listed.start == timedelta(hours=hours)


def test_a_report_is_mailed_once_for_a_period_and_says_no_words(calm: World, made: Path) -> None:
    sent = len(calm.mail.messages)
    with at_home(made) as (house, told):
        for _ in range(2):
            report.daily_on_time(house)
            report.weekly_on_time(house)
            deliver.deliver(house, clock.now())
        assert not told.failures
    mails = calm.mail.messages[sent:]
    assert sorted(mail["To"] for mail in mails) == ["board@example.org", "comms@example.org"]
    for mail in mails:
        assert "brick" not in bodies(mail)
        assert "rowan" not in bodies(mail).lower()


def test_what_is_mailed_to_nobody_does_not_pile_up_for_the_day_when_somebody_is_named(
    made: Path,
) -> None:
    changed(made, reports={"daily_to": [], "weekly_to": []})
    with at_home(made) as (house, _):
        report.daily_on_time(house)
        report.weekly_on_time(house)
        assert house.store.outbox.due(clock.now() + timedelta(days=9)) == []
    written = (made.parent / "reports").iterdir()
    assert sorted(path.name.split("-")[0] for path in written) == ["daily", "weekly"]


def test_a_list_that_a_person_asks_for_does_not_stop_the_one_that_is_due(
    calm: World, made: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        due = scheduler.last_due(house.config.schedule, "daily", clock.now())
    before = f"{clock.local_day(due) - timedelta(days=1)}"  # ends on the day of the one that is due
    asked = mentions("report", "daily", "--config", made, "--date", before, "--send")
    assert asked.exit_code == 0, asked.output
    sent = len(calm.mail.messages)
    with at_home(made) as (house, _):
        report.daily_on_time(house)
        assert deliver.deliver(house, clock.now()) == 1
    assert len(calm.mail.messages) == sent + 1
    again = mentions("report", "daily", "--config", made, "--date", before, "--send")
    assert "mailed or queued before" in again.stderr
    assert len(calm.mail.messages) == sent + 1


@pytest.mark.parametrize("kind", ["daily", "weekly"])
def test_the_command_writes_where_it_is_told_and_says_where(
    kind: str, made: Path, tmp_path: Path, mentions: Command
) -> None:
    into = tmp_path / "elsewhere"
    result = mentions(
        "report", kind, "--config", made, "--date", f"{clock.local_day(AT)}", "--output", into
    )
    assert result.exit_code == 0, result.output
    (file,) = into.iterdir()
    assert str(file) in result.stdout
    assert file.read_text("utf-8").startswith("<!doctype html>")


def test_sending_to_nobody_is_named(made: Path, mentions: Command) -> None:
    changed(made, reports={"weekly_to": []})
    result = mentions("report", "weekly", "--config", made, "--send")
    assert result.exit_code == 1
    assert "weekly_to" in result.stderr


def test_a_store_that_is_not_there_is_not_taken_for_a_quiet_one(
    made: Path, mentions: Command
) -> None:
    changed(made, store={"path": "another.db"})
    result = mentions("report", "daily", "--config", made)
    assert result.exit_code == 1
    assert "another.db does not exist" in result.stderr
    assert not (made.parent / "another.db").exists()


def test_every_flag_has_a_meaning_those_that_are_off_too(made: Path) -> None:
    with at_home(made) as (house, _):
        meanings = report.meanings(house)
    assert set(meanings) == set(schema.load().flags)
    assert all(meanings.values())


def test_lists_word_flags_as_the_policy_in_force_does(made: Path) -> None:
    shipped = (schema.HERE / "policy.toml").read_text("utf-8")
    ours = shipped.replace("States or hints at an intent", "Says that there is an intent")
    (made.parent / "ours.toml").write_text(ours, "utf-8")
    changed(made, classifier={"policy": "ours.toml"})
    with at_home(made) as (house, _):
        assert report.meanings(house)["threat"].startswith("Says that there is an intent")
