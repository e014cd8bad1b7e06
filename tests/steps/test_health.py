"""What is wrong is told with since when, in words; what is off on purpose, or is as it should be, is no fault."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from classify.model.onnx_model import SHIPPED
from classify.policy import schema as policy_schema
from core import clock
from demo.world import World
from reports import daily, digest
from reports.weekly import layout
from reports.weekly.gathering import gather
from reports.weekly.periods import period_of
from settings.schema import Config
from steps import health, silence
from steps.upkeep import CERTIFICATE
from store import Store
from tests.conftest import Command
from tests.cycles import at_home, changed, settled
from tests.reports.factories import settings
from tests.steps.test_deliver import mention
from tests.stores import temporary_store

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)  # a Thursday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def store() -> Iterator[Store]:
    with temporary_store() as opened:
        for source in ("x", "linkedin"):
            opened.mentions.add_run(source, [], since=AT - DAY, at=AT - HOUR)
        yield opened


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """X and LinkedIn are on, alerts leave, and reports go to somebody."""
    on = {"x": {"on": True}, "linkedin": {"on": True}, "facebook": {"on": False}}
    file = settings(tmp_path).model_copy(update={"collectors": on})
    return file.model_copy(update={"alerts": file.alerts.model_copy(update={"on": True})})


def lines(store: Store, config: Config, at: datetime = AT) -> list[str]:
    return list(health.health(store, config, Path(), at).lines)


def fail(store: Store, source: str, at: datetime = AT - MINUTE) -> None:
    store.mentions.add_run(source, [], since=AT - DAY, at=at, complete=False, error="refused")


def test_a_store_with_which_nothing_is_wrong_is_well(store: Store, config: Config) -> None:
    assert health.health(store, config, Path(), AT) == health.Health()


@pytest.mark.parametrize(
    ("since", "words"),
    [(AT - HOUR, "since 11:00"), (AT - 3 * DAY, "since Monday"), (AT - 20 * DAY, "since 6 Nov"), (AT - 400 * DAY, "since 22 Oct 2025")],
)  # fmt: skip
def test_since_when_is_said_as_people_say_it(since: datetime, words: str) -> None:
    assert clock.since(since, AT) == words


def test_a_failing_source_is_named_with_since_when_it_was_last_read(
    store: Store, config: Config
) -> None:
    fail(store, "linkedin")
    assert lines(store, config) == ["1 of 2 sources is failing: LinkedIn since 11:00."]
    fail(store, "x")
    assert lines(store, config) == [
        "2 of 2 sources are failing: X (Twitter) since 11:00, LinkedIn since 11:00."
    ]


def test_a_source_that_is_off_fails_no_more_and_one_that_was_never_read_does(
    store: Store, config: Config
) -> None:
    fail(store, "facebook")
    assert lines(store, config) == []
    config = config.model_copy(update={"collectors": {**config.collectors, "reddit": {"on": True}}})
    assert lines(store, config) == ["1 of 3 sources is failing: Reddit never read."]


def test_an_import_that_was_cut_short_is_named_for_a_week(store: Store, config: Config) -> None:
    fail(store, "import", AT - DAY)
    assert lines(store, config) == ["an import cut short since Wednesday."]
    for source in ("x", "linkedin"):
        store.mentions.add_run(source, [], since=AT, at=AT + 9 * DAY)
    assert lines(store, config, AT + 9 * DAY) == []


def test_where_nothing_runs_nothing_fails_and_that_is_a_fault(store: Store, config: Config) -> None:
    assert lines(store, config, AT + HOUR) == []
    assert lines(store, config, AT + 3 * HOUR) == ["No source was read since 11:00."]
    assert lines(store, config, AT + 4 * DAY) == ["No source was read since Thursday."]


def test_what_was_just_collected_is_being_read_and_what_stays_is_an_alarm(
    store: Store, config: Config
) -> None:
    store.mentions.add_run("x", [mention(1, fetched_at=AT)], since=AT, at=AT)
    now = health.health(store, config, Path(), AT + MINUTE)
    assert now.ill
    assert not now.alarming
    assert now.lines == ["1 post is being read, collected since 12:00."]
    later = health.health(store, config, Path(), AT + HOUR)
    assert later.alarming
    assert later.lines == ["1 post is not read yet, collected since 12:00."]


def test_what_came_in_between_two_cycles_waits_for_the_next_and_is_no_alarm(
    store: Store, config: Config
) -> None:
    run = store.job_runs.begin("cycle", AT - 10 * MINUTE)
    store.job_runs.end(run, AT - 5 * MINUTE, failures=0)
    store.mentions.add_run("import", [mention(1, fetched_at=AT)], since=AT, at=AT)
    later = health.health(store, config, Path(), AT + 40 * MINUTE)
    assert (later.alarming, later.ill) == (False, True)
    assert later.lines == [
        "1 post waits for the next cycle, which nothing starts by itself, collected since 12:00."
    ]
    run = store.job_runs.begin("deliver", AT + 39 * MINUTE)
    store.job_runs.end(run, AT + 39 * MINUTE, failures=0)
    scheduled = health.health(store, config, Path(), AT + 40 * MINUTE)
    assert scheduled.lines == ["1 post waits for the next cycle at 12:50, collected since 12:00."]
    overdue = health.health(store, config, Path(), AT + 51 * MINUTE)
    assert overdue.alarming
    assert "not read yet" in overdue.lines[0]


def test_what_was_there_before_the_last_cycle_ended_should_have_been_read_by_it(
    store: Store, config: Config
) -> None:
    store.mentions.add_run("x", [mention(1, fetched_at=AT)], since=AT, at=AT)
    run = store.job_runs.begin("cycle", AT)
    store.job_runs.end(run, AT + 5 * MINUTE, failures=0)
    later = health.health(store, config, Path(), AT + 40 * MINUTE)
    assert later.alarming
    assert later.lines == ["1 post is not read yet, collected since 12:00."]


def test_mail_of_a_kind_that_is_off_waits_on_purpose(store: Store, config: Config) -> None:
    store.outbox.add("weekly", "2026-11-22", AT - HOUR)
    assert lines(store, config) == ["Emails can’t leave since 11:00: not everyone was told."]
    nobody = config.model_copy(
        update={"reports": config.reports.model_copy(update={"weekly_to": ()})}
    )
    assert lines(store, nobody) == []


def test_one_turned_bit_in_any_file_of_the_model_is_a_fault(
    store: Store, config: Config, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    shutil.copytree(SHIPPED, model)
    classifier = config.classifier.model_copy(update={"model": str(model)})
    config = config.model_copy(update={"classifier": classifier})
    assert lines(store, config) == []
    for name in ("lexical.npz", "model.onnx"):
        content = bytearray((model / name).read_bytes())
        content[len(content) // 2] ^= 1
        (model / name).write_bytes(content)
        (wrong,) = health.health(store, config, Path(), AT).faults
        assert wrong.line == "The program can’t read posts: its model is damaged or missing."
        assert name in wrong.mend
        content[len(content) // 2] ^= 1
        (model / name).write_bytes(content)
    shutil.rmtree(model)
    assert lines(store, config) == [
        "The program can’t read posts: its model is damaged or missing."
    ]


# ── the exit status ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    """A store whose one source was just read, and whose model is a copy."""
    path = settled(tmp_path, calm, only=("files",))
    shutil.copytree(SHIPPED, tmp_path / "model")
    changed(path, classifier={"model": "model"})
    with at_home(path) as (house, _):
        house.store.mentions.add_run("files", [], since=clock.now(), at=clock.now())
    return path


@pytest.mark.parametrize("kind", ["morning", "daily", "weekly"])
def test_a_report_of_a_store_that_is_ill_says_so_and_exits_with_1(
    made: Path, mentions: Command, kind: str
) -> None:
    well = mentions("report", kind, "--config", made)
    assert well.exit_code == 0, well.output
    path = made.parent / "model" / "model.onnx"
    content = bytearray(path.read_bytes())
    content[1000] ^= 4
    path.write_bytes(content)
    ill = mentions("report", kind, "--config", made)
    assert ill.exit_code == 1
    assert "its model is damaged or missing" in ill.output
    for words in ("No new mention", "Nothing was flagged", "nothing to do", "0 high"):
        assert words not in ill.output


def test_a_run_that_leaves_posts_unread_or_mail_behind_exits_with_1(
    made: Path, mentions: Command
) -> None:
    assert mentions("run", "--config", made).exit_code == 0
    with at_home(made) as (house, _):
        house.store.outbox.add("handoff", "1:0", clock.now())
        (row,) = (row for row in house.store.outbox.due(clock.now()) if row.kind == "handoff")
        house.store.outbox.mark_failed(row.number, clock.now(), "no such address", None)
    left = mentions("run", "--config", made)
    assert left.exit_code == 1
    assert "Emails can’t leave" in left.output


# ── every mail and list ──────────────────────────────────────────────────────────────────────────

ALL_CLEAR = re.compile(
    r"\b(nothing (to do|was|waits|is)|no (new )?mention|nobody asked|done for today|0 high|none a high)\b"
    r"|\bNothing this week\b|^\s*nothing$",
    re.IGNORECASE | re.MULTILINE,
)


def unread(store: Store, folder: Path) -> None:
    store.mentions.add_run("x", [mention(1, fetched_at=AT - HOUR)], since=AT, at=AT - HOUR)


def failed(store: Store, folder: Path) -> None:
    fail(store, "linkedin")


def turned_bit(store: Store, folder: Path) -> None:
    path = folder / "tokenizer.json"
    content = bytearray(path.read_bytes())
    content[77] ^= 1
    path.write_bytes(content)


def parked(store: Store, folder: Path) -> None:
    store.outbox.add("handoff", "1:0", AT - HOUR)
    (row,) = store.outbox.due(AT)
    store.outbox.mark_failed(row.number, AT, "no such address", None)


@pytest.mark.parametrize("fault", [unread, failed, turned_bit, parked])
def test_every_mail_and_list_says_what_is_wrong_and_none_that_all_is_clear(
    store: Store, config: Config, tmp_path: Path, fault: Callable[[Store, Path], None]
) -> None:
    model = tmp_path / "model"
    shutil.copytree(SHIPPED, model)
    classifier = config.classifier.model_copy(update={"model": str(model)})
    config = config.model_copy(update={"classifier": classifier})
    well = written(store, config)
    assert all(ALL_CLEAR.search(text) for text in well)
    fault(store, model)
    (line,) = lines(store, config)
    ill = written(store, config)
    for text in ill:
        assert line in text
        assert ALL_CLEAR.search(text) is None, text
    assert len(ill) == len(well)


def written(store: Store, config: Config) -> list[str]:
    """The words of the morning list, the weekly summary (mail and page) and the full daily list, of a store as it is."""
    said = lines(store, config)
    policy = policy_schema.load()
    morning = digest.gather(store, config, policy, start=AT - DAY, at=AT, health=said)
    week = period_of("week", clock.local_day(AT) - timedelta(days=1))
    summary = gather(store, config, policy, week, AT, health=said)
    mails = [
        digest.mail(config, morning, at=AT, message_id="<a@mentions.invalid>"),
        layout.mail(config, summary, at=AT, message_id="<b@mentions.invalid>"),
    ]
    texts = [
        part.get_content() for mail in mails for part in mail.walk() if not part.is_multipart()
    ]
    listed = daily.gather(store, policy, AT - DAY, AT, said)
    return [
        re.sub(r"<style.*?</style>|<[^>]+>", "", text, flags=re.DOTALL)
        for text in (*texts, daily.html(listed, ""))
    ]


# ── silence, and cycles that don't end ───────────────────────────────────────────────────────────


def often(store: Store, source: str, until: datetime) -> None:
    """A source that brought something new each six hours for a month, and was read each time."""
    for number in range(120):
        at = until - (119 - number) * 6 * HOUR
        news = [mention(1000 + number, fetched_at=at)]
        store.mentions.add_run(source, news, since=at - HOUR, at=at)
    while waiting := store.backlog.unassessed():
        store.database.execute("DELETE FROM unassessed")
        assert waiting.count


def test_a_source_that_is_silent_for_twice_its_usual_is_an_alert(
    store: Store, config: Config
) -> None:
    often(store, "linkedin", AT - 24 * HOUR)
    silence.note_usual(store, AT)
    store.mentions.add_run("linkedin", [], since=AT, at=AT)
    assert lines(store, config) == []
    store.mentions.add_run("linkedin", [], since=AT, at=AT + HOUR)
    now = health.health(store, config, Path(), AT + HOUR)
    (fault,) = now.faults
    assert fault.line == "Silent for twice as long as usual: LinkedIn since Wednesday (usually within 12 hours)."  # fmt: skip
    assert (now.ill, now.alarming, now.grade) == (True, True, 1)
    assert fault.key == "silent linkedin@2026-11-25T12:00:00.000000Z"
    later = health.health(store, config, Path(), AT + 90 * MINUTE)
    assert later.faults[0].key == fault.key  # told once
    store.mentions.add_run("linkedin", [mention(1, fetched_at=AT)], since=AT, at=AT + 2 * HOUR)
    silence.note_usual(store, AT + 2 * HOUR)
    assert not [fault for fault in health.health(store, config, Path(), AT + 2 * HOUR).faults if fault.kind == "silent"]  # fmt: skip


def test_a_source_that_cannot_be_read_for_twice_its_usual_is_one_too(
    store: Store, config: Config
) -> None:
    often(store, "linkedin", AT)
    silence.note_usual(store, AT)
    for hours in (1, 24, 25):
        fail(store, "linkedin", AT + hours * HOUR)
        store.mentions.add_run("x", [], since=AT, at=AT + hours * HOUR)
        (fault,) = health.health(store, config, Path(), AT + hours * HOUR).faults
        assert fault.kind == "source"
        assert bool(fault.key) is (hours == 25)


def test_where_nothing_collects_no_source_is_called_silent(store: Store, config: Config) -> None:
    often(store, "linkedin", AT - 24 * HOUR)
    silence.note_usual(store, AT)
    (fault,) = health.health(store, config, Path(), AT + 9 * DAY).faults
    assert (fault.kind, fault.blocks, fault.key != "") == ("stopped", True, True)


@pytest.mark.parametrize("by_hand", [False, True])
def test_where_nothing_collects_one_advice_is_given_as_by_hand_says(
    store: Store, config: Config, by_hand: bool
) -> None:
    config = config.model_copy(update={"schedule": config.schedule.model_copy(update={"by_hand": by_hand})})  # fmt: skip
    store.job_runs.begin("cycle", AT - 8 * DAY)  # and a cycle never came to its end
    for at in (AT, AT + 9 * DAY):  # sources are read; nothing is
        mends = " ".join(fault.mend for fault in health.health(store, config, Path(), at).faults)
        assert ("starts `mentions schedule`" in mends) is not by_hand
        assert ("a person or a timer calls `mentions run`" in mends) is by_hand


def test_a_cycle_that_does_not_end_is_told_though_sources_are_read(
    store: Store, config: Config
) -> None:
    store.job_runs.end(store.job_runs.begin("cycle", AT - HOUR), AT - HOUR, failures=0)
    store.job_runs.begin("cycle", AT)
    for source in ("x", "linkedin"):
        store.mentions.add_run(source, [], since=AT, at=AT + 2 * HOUR)
    assert lines(store, config, AT + 2 * HOUR) == []
    assert lines(store, config, AT + 3 * HOUR) == ["No cycle came to its end since 11:00."]
    now = health.health(store, config, Path(), AT + 3 * HOUR)
    assert (now.stale, now.grade, health.cycle_overdue(store, config, AT + 3 * HOUR)) == (True, 1, True)  # fmt: skip


def test_a_machine_that_slept_is_not_late_once_it_is_at_it_again(
    store: Store, config: Config
) -> None:
    store.job_runs.end(store.job_runs.begin("cycle", AT - 7 * DAY), AT - 7 * DAY, failures=0)
    assert health.cycle_overdue(store, config, AT)
    store.job_runs.begin("cycle", AT)
    assert not health.cycle_overdue(store, config, AT + MINUTE)
    assert lines(store, config, AT + MINUTE) == []


def test_failures_that_nothing_else_names_are_told_without_taking_the_all_clear_away(
    store: Store, config: Config
) -> None:
    store.job_runs.end(store.job_runs.begin("cycle", AT), AT, failures=2)
    now = health.health(store, config, Path(), AT + MINUTE)
    assert [fault.line for fault in now.faults] == ["The last cycle met 2 failures, today, 12:00."]
    assert (now.ill, now.alarming, now.lines, now.grade) == (False, False, [], 0)
    fail(store, "linkedin", AT)
    assert [fault.kind for fault in health.health(store, config, Path(), AT + MINUTE).faults] == ["source"]  # fmt: skip


def test_what_blocks_comes_first_and_what_has_time_last(store: Store, config: Config) -> None:
    store.pulse.note(f"{CERTIFICATE}mail.example.org", AT, clock.text(AT + 3 * DAY))
    fail(store, "linkedin")
    now = health.health(store, config, Path("/nowhere"), AT)
    assert [fault.kind for fault in now.faults] == ["source", "ends"]
    config = config.model_copy(update={"classifier": config.classifier.model_copy(update={"model": "no"})})  # fmt: skip
    now = health.health(store, config, Path("/nowhere"), AT)
    assert [fault.kind for fault in now.faults] == ["model", "source", "ends"]
    assert (now.grade, now.upkeep) == (2, ["The certificate of mail.example.org ends on Sun 29 Nov."])  # fmt: skip


@pytest.mark.parametrize("job", ["deliver by hand", "cycle", "deliver"])
def test_emails_that_a_command_sends_leave_and_promise_none_by_themselves(
    store: Store, config: Config, job: str
) -> None:
    mail = config.alerts.mail.model_copy(update={"host": "mail.icb.invalid"})
    config = config.model_copy(update={"alerts": config.alerts.model_copy(update={"mail": mail})})
    assert "no schedule is running" in health.why_none_leaves(store, config, AT)
    store.job_runs.begin(job, AT - MINUTE)
    by_schedule = job == "deliver"
    assert bool(health.why_none_leaves(store, config, AT)) is not by_schedule, (
        "it has not ended yet"
    )
    store.job_runs.end(store.job_runs.begin(job, AT), AT, failures=0)
    assert health.why_none_leaves(store, config, AT + MINUTE) == ""
    promised = health.why_none_is_promised(store, config, AT + MINUTE)
    assert (promised == "") is by_schedule
    later = AT + HOUR
    assert "no schedule is running" in health.why_none_leaves(store, config, later)


def test_a_server_that_takes_none_keeps_every_email_whatever_ran_lately(
    store: Store, config: Config
) -> None:
    store.job_runs.end(store.job_runs.begin("deliver by hand", AT), AT, failures=1)
    assert "the example that ships" in health.why_none_leaves(store, config, AT)
