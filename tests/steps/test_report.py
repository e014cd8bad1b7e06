from __future__ import annotations

import re
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from classify.policy import schema
from core import clock
from demo.world import World
from steps import assess, deliver, heartbeat, report
from tests.conftest import Command
from tests.cycles import at_home, changed, settled
from tests.fakes import FakeModel, reader
from tests.steps.test_deliver import AT, MODEL, bodies, mention
from tests.stores import make_older

TO = {"daily_to": ["comms@example.org"], "weekly_to": ["board@example.org"]}


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    """A store that holds one mention of high risk, read by a fake model."""
    path = settled(tmp_path, calm, only=("files",), reports=TO)
    with at_home(path) as (house, _):
        make_older(house.store)
        house.store.mentions.add_run("x", [mention(1)], since=AT, at=AT)
        house.store.mentions.add_run("files", [], since=AT, at=clock.now())
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


def test_the_heartbeat_takes_the_end_of_the_record_along_and_no_second_email_does(
    calm: World, made: Path
) -> None:
    changed(made, reports={"daily_to": [], "weekly_to": []}, health={"to": ["it@example.org"], "heartbeat": "daily"})  # fmt: skip
    with at_home(made) as (house, _):
        report.morning_on_time(house)
        assert not house.store.outbox.due(clock.now())
        row = house.store.outbox.add(heartbeat.KIND, "heartbeat today", clock.now(), {"what": heartbeat.HEARTBEAT}, ["it@example.org"])  # fmt: skip
        assert row
        (waiting,) = house.store.outbox.due(clock.now())
        mail = heartbeat.letter(house, waiting, ("it@example.org",), clock.now())
        head = house.store.audit.check_chain().head
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body is not None
        assert head in re.sub(r"\s+", "", body.get_content())


def test_a_report_is_mailed_once_for_a_period_and_says_no_words(calm: World, made: Path) -> None:
    sent = len(calm.mail.messages)
    with at_home(made) as (house, told):
        for _ in range(2):
            report.morning_on_time(house)
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
        report.morning_on_time(house)
        report.weekly_on_time(house)
        queued = house.store.outbox.due(clock.now() + timedelta(days=9))
        assert {row.kind for row in queued} == {"chain"}  # of whose end nobody has to be named
    written = (made.parent / "reports").iterdir()
    assert sorted(path.name.split("-")[0] for path in written) == ["weekly"]


def test_the_end_of_the_record_leaves_each_day_by_itself_where_a_mailbox_is_named(
    calm: World, made: Path
) -> None:
    changed(made, reports={"daily_to": [], "weekly_to": []}, governance={"chain_end_to": ["dpo@example.org"]})  # fmt: skip
    sent = len(calm.mail.messages)
    for day in range(3):
        with at_home(made, at=MONDAY + day * DAY) as (house, told):
            for _ in range(2):
                report.morning_on_time(house)
                deliver.deliver(house, clock.now())
            assert not told.failures
            kinds = [event.kind for event in house.store.audit.events()]
            assert kinds.count("rows counted") >= day + 1  # what leaves answers for each table
    mails = calm.mail.messages[sent:]
    assert [mail["To"] for mail in mails] == ["dpo@example.org"] * 3
    ends = [re.search(r"--head\s+([0-9a-f]{64})", bodies(mail)) for mail in mails]
    with at_home(made) as (house, _):
        assert all(end and house.store.audit.check_chain(end[1]).ok for end in ends)


def test_a_list_that_a_person_asks_for_does_not_stop_the_one_that_is_due(
    calm: World, made: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        due = report.last_morning(house)
    before = f"{clock.local_day(due) - timedelta(days=1)}"  # ends on the day of the one that is due
    asked = mentions("report", "daily", "--config", made, "--date", before, "--send")
    assert asked.exit_code == 0, asked.output
    sent = len(calm.mail.messages)
    with at_home(made) as (house, _):
        report.morning_on_time(house)
        assert deliver.deliver(house, clock.now()) == 1
    assert len(calm.mail.messages) == sent + 1
    again = mentions("report", "daily", "--config", made, "--date", before, "--send")
    assert "mailed or queued before" in again.stderr
    assert len(calm.mail.messages) == sent + 1


MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def queued(path: Path, at: datetime) -> list[tuple[datetime, datetime]]:
    """The periods of all morning lists, once the job ran at a moment."""
    with at_home(path, at=at) as (house, _):
        house.store.clock_guard.confirm(at, by="lena")  # days lie between two of these mornings
        report.morning_on_time(house)
        rows = [row for row in house.store.outbox.due(at + 99 * DAY) if row.kind == "daily"]
    return [(clock.parse(row.payload["start"]), clock.parse(row.payload["end"])) for row in rows]


def test_a_morning_list_is_queued_on_working_mornings_and_covers_the_weekend(made: Path) -> None:
    friday = MONDAY - 3 * DAY
    assert queued(made, friday + HOUR) == [(friday - DAY, friday)]
    for off in (
        friday + DAY,
        friday + 2 * DAY,
        MONDAY - HOUR,
    ):  # a Saturday, a Sunday, before eight
        assert queued(made, off + timedelta(minutes=5)) == [(friday - DAY, friday)]
    assert queued(made, MONDAY)[1:] == [(friday, MONDAY)]
    assert len(queued(made, MONDAY + HOUR)) == 2


def test_a_bank_holiday_brings_none_and_the_next_working_morning_covers_it(made: Path) -> None:
    eve = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)
    assert len(queued(made, eve)) == 1
    assert len(queued(made, datetime(2026, 12, 28, 9, 0, tzinfo=UTC))) == 1  # Boxing Day, in lieu
    after = datetime(2026, 12, 29, 8, 0, tzinfo=UTC)
    assert queued(made, after)[1:] == [(eve, after)]


def test_what_missed_a_morning_is_made_up_once_and_loses_nothing(made: Path) -> None:
    first = MONDAY - 3 * DAY
    queued(made, first)
    late = MONDAY + 3 * DAY + 5 * HOUR  # off from Friday to Thursday afternoon
    assert queued(made, late)[1:] == [(first, MONDAY + 3 * DAY)]
    assert len(queued(made, late + HOUR)) == 2


def test_the_morning_list_is_shown_and_says_what_is_wrong(made: Path, mentions: Command) -> None:
    well = mentions("report", "morning", "--config", made)
    assert well.exit_code == 0, well.output
    assert "Morning list, " in well.stdout
    with at_home(made) as (house, _):
        house.store.mentions.add_run("x", [mention(9)], since=AT, at=clock.now())
    ill = mentions("report", "morning", "--config", made)
    assert ill.exit_code == 1
    assert "1 post is being read" in ill.stdout
    assert mentions("report", "morning", "--config", made, "--date", "2026-11-20").exit_code == 2


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
        meanings = report.daily_list(house, *report.day_before(clock.now()))[0].meanings
    assert set(meanings) == set(schema.load().flags)
    assert all(meanings.values())


def test_lists_word_flags_as_the_policy_in_force_does(made: Path) -> None:
    shipped = (schema.HERE / "policy.toml").read_text("utf-8")
    ours = shipped.replace("States or hints at an intent", "Says that there is an intent")
    (made.parent / "ours.toml").write_text(ours, "utf-8")
    changed(made, classifier={"policy": "ours.toml"})
    with at_home(made) as (house, _):
        listed, _ = report.daily_list(house, *report.day_before(clock.now()))
    assert listed.meanings["threat"].startswith("Says that there is an intent")
