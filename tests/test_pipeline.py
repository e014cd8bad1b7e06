"""The program as people run it: its commands, its exit status and what it says where."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from cryptography.fernet import Fernet

import pipeline
from cli import main
from core import clock
from demo.world import World
from steps import collect
from steps.context import RunContext
from steps.due_times import PUNCTUAL
from tests.conftest import Command
from tests.cycles import ROOT, SHIPPED, at_home, changed, settled, start, texts, walk
from tests.fakes import Told
from tests.steps.test_deliver import become_high, mention
from tests.stores import make_older
from tests.waits import run_in_threads

COMMANDS = {name: main.load_command(name) for name in main.COMMANDS}
HEAVY = ("torch", "transformers", "pandas", "holidays", "rich", "tweepy", "praw", "openpyxl", "apscheduler",
         "feedparser", "sklearn", "aiosmtpd", "store", "requests", "starlette")  # fmt: skip


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    return settled(tmp_path, calm, only=("feeds", "files"))


# ── every command ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_says_what_each_option_is_for(
    name: str, mentions: Command
) -> None:
    result = mentions(name, "--help")
    assert result.exit_code == 0
    assert COMMANDS[name].help
    for option in COMMANDS[name].params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.name}"
    assert "--config" in result.stdout


def test_the_program_alone_lists_its_commands(mentions: Command) -> None:
    result = mentions("--help")
    assert result.exit_code == 0
    for name in ("run", "collect", "classify", "schedule", "report", "import", "check", "demo", "train",
                 "evaluate", "backup", "restore", "purge", "verify", "new-key"):  # fmt: skip
        assert re.search(rf"^  {name} ", result.stdout, re.M)


@pytest.mark.parametrize(
    "wrong",
    [
        ["nothing-of-ours"],
        ["run", "--nothing"],
        ["report", "hourly"],
        ["report", "daily", "--date", "yesterday"],
        ["import"],
        ["import", "not-there.csv"],
        ["classify", "--input", "-"],
        ["classify", "--all-scopes"],
        ["restore", "not-there"],
    ],
)
def test_wrong_use_is_status_2(wrong: list[str], mentions: Command) -> None:
    result = mentions(*wrong)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


NO_FILE = [
    "run", "collect", "classify", "schedule", "check", "purge", "verify", "new-key", "demo",
]  # fmt: skip


@pytest.mark.parametrize("name", NO_FILE)
def test_a_config_that_is_not_there_or_wrong_is_one_line_and_status_1(
    name: str, tmp_path: Path, mentions: Command
) -> None:
    missing = mentions(name, "--config", tmp_path / "gone.toml")
    assert missing.exit_code == 1
    assert len(missing.stderr.splitlines()) == 1
    assert "gone.toml" in missing.stderr
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(SHIPPED.read_text("utf-8") + "\n[nonsense]\na = 1\n", "utf-8")
    result = mentions(name, "--config", wrong)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "nonsense" in result.stderr


def test_a_wrong_key_of_a_source_stops_the_run_before_anything_is_pulled(
    calm: World, made: Path, mentions: Command
) -> None:
    changed(made, collectors={"feeds": {"feeed": []}})
    result = mentions("run", "--config", made)
    assert result.exit_code == 1
    assert "collectors.feeds" in result.stderr
    assert "feeed" in result.stderr
    assert calm.served["feeds"] == 0


# ── a cycle ──────────────────────────────────────────────────────────────────────────────────────


def test_a_run_from_another_folder_puts_everything_beside_the_config(
    made: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    process = start("run", "--config", made, folder=tmp_path / "elsewhere")
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert (tmp_path / "mentions.db").exists()


def test_a_second_cycle_adds_no_mention_assessment_or_mail(calm: World, made: Path) -> None:
    changed(made, collectors={"feeds": {"on": True}})
    _, first = walk(made)
    sent = len(calm.mail.messages)
    told, second = walk(made)
    assert first == second
    assert len(calm.mail.messages) == sent
    assert not told.failures


def test_what_changed_upstream_is_taken_in_and_assessed_again(calm: World, tmp_path: Path) -> None:
    made = settled(tmp_path, calm)
    _, first = walk(made)
    calm.change()
    _, second = walk(made)
    assert second["revisions"] > first["revisions"]
    assert second["assessments"] > first["assessments"]


def test_a_model_that_cannot_be_used_keeps_neither_what_was_found_nor_mails_from_their_way(
    calm: World, made: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1))
    changed(made, classifier={"model": "nowhere"})
    result = mentions("run", "--config", made)
    assert result.exit_code == 1
    assert "! assessing: no model in" in result.stderr
    told = ["The program needs someone" in mail["Subject"] for mail in calm.mail.messages]
    assert sorted(told) == [False, True]  # the alert, and what ails the program
    with at_home(made) as (house, _):
        assert house.store.assessments.count_unassessed() > 50


def test_a_run_tells_how_many_mails_wait_and_ends_with_0_when_all_went_well(
    tmp_path: Path, calm: World, mentions: Command
) -> None:
    made = settled(tmp_path, calm, only=("files",))
    result = mentions("run", "--config", made)
    assert result.exit_code == 0, result.output
    assert "24 found, 24 new" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("the cycle is done; 0 mails wait")
    assert result.stdout == ""


def test_mails_that_were_given_up_are_tried_again_on_demand(
    calm: World, tmp_path: Path, mentions: Command
) -> None:
    made = settled(tmp_path, calm, only=("files",), collectors={"files": {"on": False}})
    calm.faults.add("mail", "550", path="RCPT")
    with at_home(made) as (house, _):
        become_high(house, mention(1))
    failed = mentions("run", "--config", made)
    assert failed.exit_code == 1
    assert "given up" in failed.stderr
    assert mentions("run", "--config", made, "--retry-mail").exit_code == 0
    assert len(calm.mail.messages) == 1


def test_what_is_due_can_be_sent_by_hand_while_a_cycle_is_under_way(
    calm: World, made: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1))
    with at_home(made, exclusive=True):
        result = mentions("deliver", "--config", made)
        assert mentions("run", "--config", made).exit_code == 1
    assert result.exit_code == 0, result.stderr
    assert result.stderr.splitlines()[-1] == "1 mail sent"
    assert len(calm.mail.messages) == 1


def test_a_cycle_that_leaves_something_unread_is_no_all_clear(
    made: Path, mentions: Command
) -> None:
    changed(made, classifier={"model": "nowhere"})
    result = mentions("run", "--config", made)
    assert result.exit_code == 1
    assert re.search(
        r"! assessing: \d+ posts were not read yet and may hold anything", result.stderr
    )


def test_one_source_can_be_collected_alone(made: Path, mentions: Command) -> None:
    assert mentions("collect", "--config", made, "--source", "files").exit_code == 0
    unknown = mentions("collect", "--config", made, "--source", "fils")
    assert unknown.exit_code == 1
    assert "fils" in unknown.stderr
    with at_home(made) as (house, _):
        assert (
            house.store.assessments.count_unassessed()
            == house.store.figures.row_counts()["mentions"]
            == 24
        )
    assert mentions("classify", "--config", made).exit_code == 0
    with at_home(made) as (house, _):
        assert house.store.assessments.count_unassessed() == 0


# ── a store that can't be used ───────────────────────────────────────────────────────────────────

OF_THE_STORE = ["run", "collect", "classify", "purge", "verify", "report daily"]


def refused(made: Path, mentions: Command, *says: str) -> None:
    before = {file.name: file.read_bytes() for file in made.parent.glob("mentions.db")}
    for command in OF_THE_STORE:
        result = mentions(*command.split(), "--config", made)
        assert result.exit_code == 1, command
        assert len(result.stderr.splitlines()) == 1
        for word in says:
            assert word in result.stderr, command
    assert {file.name: file.read_bytes() for file in made.parent.glob("mentions.db")} == before


def test_a_lost_key_is_named_and_nothing_is_touched(made: Path, mentions: Command) -> None:
    walk(made)
    (made.parent / "key").unlink()
    refused(made, mentions, "key", "put it back from your copy")
    result = mentions("new-key", "--config", made)  # which could open nothing
    assert result.exit_code == 1
    assert "a new key can't open that" in result.stderr
    assert "new-key" not in result.stderr  # nobody is sent round in a circle
    assert not (made.parent / "key").exists()


def test_a_wrong_key_is_named_and_nothing_is_touched(made: Path, mentions: Command) -> None:
    walk(made)
    (made.parent / "key").write_text(Fernet.generate_key().decode())
    refused(made, mentions, "key")


def test_a_database_from_a_newer_version_is_named_and_nothing_is_touched(
    made: Path, mentions: Command
) -> None:
    walk(made)
    with at_home(made) as (house, _):
        house.store.database.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "SELECT migration_set, 'm999_of_later', applied_at FROM _sqlite_migrations LIMIT 1"
        )
        house.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    refused(made, mentions, "newer version")


def test_a_file_that_is_no_database_is_named_and_left_as_it_was(
    made: Path, mentions: Command
) -> None:
    (made.parent / "mentions.db").write_bytes(b"Minutes of the meeting" * 400)
    refused(made, mentions, "this is no database")


# ── care of the store ────────────────────────────────────────────────────────────────────────────


def test_a_backup_comes_back_whole_and_is_not_in_clear(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    walk(made)
    with at_home(made) as (house, _):
        held = texts(house.store)
    copy = tmp_path / "copies" / "of-today"
    backed_up = mentions("backup", "--config", made, copy)
    assert backed_up.exit_code == 0
    assert (
        "No erasure ledger lies beside it: there is nothing yet that a restore would have to do again"
        in backed_up.stdout
    )
    assert held[0].encode()[:30] not in copy.read_bytes()
    again = mentions("restore", "--config", made, copy)
    assert again.exit_code == 1  # a database is there
    assert "move it away" in again.stderr
    for file in tmp_path.glob("mentions.db*"):
        file.unlink()
    restored = mentions("restore", "--config", made, copy)
    assert (
        restored.exit_code == 1
    )  # done, but whether anybody was erased since is for a person to say
    assert "If the answer to each is nobody and nothing, there is nothing to do" in restored.stderr
    assert "restored into" in restored.stderr
    with at_home(made) as (house, _):
        assert texts(house.store) == held
    verified = mentions("verify", "--config", made)  # the ledger of that time is not here
    assert [line for line in verified.stderr.splitlines() if line.startswith("!")] == [
        line for line in verified.stderr.splitlines() if "no erasure ledger was found" in line
    ]


def test_a_damaged_backup_is_refused_and_makes_nothing(
    made: Path, tmp_path: Path, mentions: Command
) -> None:
    walk(made)
    copy = tmp_path / "copy"
    mentions("backup", "--config", made, copy)
    copy.write_bytes(copy.read_bytes()[:-40])
    for file in tmp_path.glob("mentions.db*"):
        file.unlink()
    result = mentions("restore", "--config", made, copy)
    assert result.exit_code == 1
    assert "copy" in result.stderr
    assert not (tmp_path / "mentions.db").exists()


def test_verify_names_a_broken_chain(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1))
    well = mentions("verify", "--config", made)
    assert well.exit_code == 0
    assert "chain's head" in well.stdout
    with at_home(made) as (house, _):
        house.store.database.execute("DROP TRIGGER IF EXISTS events_stay")
        for trigger in house.store.database.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ):
            if "event" in trigger["name"]:
                house.store.database.execute(f"DROP TRIGGER {trigger['name']}")
        house.store.database.execute("UPDATE events SET about = '{}' WHERE number = 1")
    result = mentions("verify", "--config", made)
    assert result.exit_code == 1
    assert "event 1" in result.stderr


def test_verify_takes_a_head_as_an_email_has_it_and_names_a_row_that_was_changed(
    made: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1))
        head = house.store.audit.check_chain().head
    grouped = " ".join(head[start : start + 8] for start in range(0, 64, 8))
    well = mentions("verify", "--config", made, "--head", grouped)
    assert well.exit_code == 0
    assert "the chain still holds that head" in well.stdout
    short = mentions("verify", "--config", made, "--head", f"{head[:8]} {head[8:16]}")
    assert "the chain still holds that head" in short.stdout, "as the morning list has it"
    assert "copy it whole" in mentions("verify", "--config", made, "--head", "7f3a").stderr
    strange = mentions("verify", "--config", made, "--head", "0" * 64)
    assert strange.exit_code == 1
    assert "does not hold the head" in strange.stderr
    with at_home(made) as (house, _):
        plain = type(house.store.database.connection)(str(house.store.database.path))
        plain.execute("DELETE FROM flags")
        plain.commit()
        plain.close()
    result = mentions("verify", "--config", made)
    assert result.exit_code == 1
    assert "flags: row 1,0 was deleted outside the program" in result.stderr


def test_a_new_key_is_its_owners_alone_and_is_made_once(tmp_path: Path, mentions: Command) -> None:
    path = tmp_path / "config.toml"
    path.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    assert mentions("new-key", "--config", path).exit_code == 0
    key = tmp_path / "data" / "key"
    written = key.read_text("utf-8")
    assert key.stat().st_mode & 0o077 == 0
    result = mentions("new-key", "--config", path)
    assert result.exit_code == 0
    assert key.read_text("utf-8") == written
    assert written.strip() not in result.output


# ── classify on files ────────────────────────────────────────────────────────────────────────────

KEYS = [
    "id",
    "in_scope",
    "staff",
    "sentiment",
    "protected",
    "language",
    "read",
    "flags",
    "risk",
    "policy",
    "model",
    "why",
]


def lines(*given: Any) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in given)


def answers(mentions: Command, given: bytes, *more: str) -> tuple[list[dict[str, Any]], str, int]:
    result = mentions(
        "classify", "--config", SHIPPED, "--input", "-", "--output", "-", *more, given=given
    )
    return (
        [json.loads(line) for line in result.stdout.splitlines()],
        result.stderr,
        result.exit_code,
    )


HARD = [
    "",
    "   \n\t",
    "NHS North West London never rings back. Call 07700 900123 about 999 123 4560!",
    "\u202egnihton\u202c hid\u200bden no\u200bthing \u2066here\u2069",
    "😡😡😡👨‍👩‍👧‍👦 #NWLICB",
    "half \ud83d a sign",
    "لم أتمكن من الحصول على موعد منذ ثلاثة أسابيع",
    "&lt;b&gt;I will find you&lt;/b&gt; &amp;amp; <script>alert(1)</script>",
    "a" * 5000,
    "\x00\x01\x1b[31m",
    "1" * 300,
]


def test_hard_texts_are_answered_in_order_by_the_contract(mentions: Command) -> None:
    given = [{"id": n, "text": text} for n, text in enumerate(HARD)]
    found, said, code = answers(mentions, lines(*given))
    assert code == 0, said
    assert [answer["id"] for answer in found] == list(range(len(HARD)))
    for answer, text in zip(found, HARD, strict=True):
        assert list(answer) == KEYS
        assert answer["read"] in ("full", "partial", "unread")
        for flag in answer["flags"]:
            assert {"flag", "score", "clause", "spans"} <= set(flag)
            assert all(0 <= start < end <= len(text) for start, end in flag["spans"])
        scores = [flag["score"] for flag in answer["flags"]]
        assert scores == sorted(scores, reverse=True)


def test_what_cannot_be_read_says_so(mentions: Command) -> None:
    given = [
        "Мне третий месяц не могут назначить приём у врача",
        "三个星期都约不到医生，真的让人受不了",
    ]
    found, *_ = answers(mentions, lines(*({"id": n, "text": t} for n, t in enumerate(given))))
    assert {answer["read"] for answer in found} == {"unread"}


def test_a_text_of_ten_megabytes_is_answered(mentions: Command) -> None:
    text = "The waiting room in Ealing was cold. " * (10_000_000 // 37)
    found, said, code = answers(
        mentions, lines({"id": "big", "text": text}, {"id": 2, "text": "b"})
    )
    assert code == 0, said
    assert [answer["id"] for answer in found] == ["big", 2]
    assert found[0]["read"] != "unread"


BAD = [
    b"not json",
    b"[1, 2]",
    b'"text"',
    b'{"id": 1}',
    b'{"text": "no id"}',
    b'{"id": null, "text": "a"}',
    b'{"id": 1, "text": 5}',
    b'{"id": 1, "text": "a", "author": "rowan_ashdown"}',
    b'{"id": 1, "text": "a", "metrics": []}',
    b'{"id": 1, "text": "a", "posted_at": "the day before"}',
    b'{"id": 1, "text": "\xff\xfe"}',
    b'{"id": 1, "text": "torn',
    b"[" * 100_000,
]


def test_lines_that_cannot_be_read_are_named_by_number_and_the_others_are_done(
    mentions: Command,
) -> None:
    good = [json.dumps({"id": f"good {n}", "text": "Thank you"}).encode() for n in range(len(BAD))]
    given = b"\n".join(line for pair in zip(good, BAD, strict=True) for line in pair)
    found, said, code = answers(mentions, given)
    assert code == 1
    assert [answer["id"] for answer in found] == [f"good {n}" for n in range(len(BAD))]
    named = [int(number) for number in re.findall(r"line (\d+)", said)]
    assert named == list(range(2, 2 * len(BAD) + 1, 2))
    assert "rowan" not in said


def test_blank_lines_a_mark_at_the_start_and_windows_ends_are_no_matter(mentions: Command) -> None:
    given = b"\xef\xbb\xbf" + lines({"id": 1, "text": "a"}).replace(b"\n", b"\r\n") + b"\r\n\n"
    found, _, code = answers(mentions, given + lines({"id": "2", "text": "b"}))
    assert code == 0
    assert [answer["id"] for answer in found] == [1, "2"]


def test_files_are_read_and_written_and_all_scopes_only_adds_flags(
    tmp_path: Path, mentions: Command
) -> None:
    given, to, every = (tmp_path / name for name in ("in.jsonl", "out.jsonl", "all.jsonl"))
    texts_given = [
        "you people are vermin and should be driven out",
        "lovely weather in Paris today",
    ]
    given.write_bytes(lines(*({"id": n, "text": t} for n, t in enumerate(texts_given))))
    for output, more in ((to, []), (every, ["--all-scopes"])):
        told = mentions(
            "classify", "--config", SHIPPED, "--input", given, "--output", output, *more
        )
        assert told.exit_code == 0
    some = [json.loads(line) for line in to.read_text().splitlines()]
    more_of_them = [json.loads(line) for line in every.read_text().splitlines()]
    for one, other in zip(some, more_of_them, strict=True):
        assert {flag["flag"] for flag in one["flags"]} <= {flag["flag"] for flag in other["flags"]}


def test_nothing_to_answer_still_makes_the_file(tmp_path: Path, mentions: Command) -> None:
    given, to = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_bytes(b"")
    assert (
        mentions("classify", "--config", SHIPPED, "--input", given, "--output", to).exit_code == 0
    )
    assert to.read_bytes() == b""


def test_a_file_is_not_overwritten_by_its_own_answers(tmp_path: Path, mentions: Command) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(lines({"id": 1, "text": "a"}))
    result = mentions("classify", "--config", SHIPPED, "--input", file, "--output", file)
    assert result.exit_code == 2
    assert file.read_bytes() == lines({"id": 1, "text": "a"})


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, mentions: Command) -> None:
    given = tmp_path / "in.jsonl"
    given.write_bytes(lines({"id": 1, "text": "a"}))
    to = tmp_path / "no" / "out.jsonl"
    result = mentions("classify", "--config", SHIPPED, "--input", given, "--output", to)
    assert result.exit_code == 1
    assert "out.jsonl" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_disk_that_is_full_is_one_line(tmp_path: Path, mentions: Command) -> None:
    given = tmp_path / "in.jsonl"
    given.write_bytes(lines({"id": 1, "text": "a"}))
    result = mentions("classify", "--config", SHIPPED, "--input", given, "--output", "/dev/full")
    assert result.exit_code == 1
    assert "make room" in result.stderr
    assert "Traceback" not in result.output


def test_classify_on_a_file_starts_without_what_other_commands_need(tmp_path: Path) -> None:
    given = tmp_path / "in.jsonl"
    given.write_bytes(lines({"id": 1, "text": "NHS North West London"}))
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from cli.main import cli
try:
    # -q: what a busy machine says of how far it is takes rich
    cli(["classify", "-q", "--config", {str(SHIPPED)!r}, "--input", {str(given)!r}, "--output", "-"])
except SystemExit as end:
    assert not end.code
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "[]"
    assert json.loads(done.stdout)["id"] == 1


# ── the schedule ─────────────────────────────────────────────────────────────────────────────────


def test_each_job_of_the_schedule_does_its_part_on_a_store_of_its_own(
    calm: World, made: Path
) -> None:
    changed(made, reports={"daily_to": ["a@example.org"], "weekly_to": ["b@example.org"]})
    jobs = pipeline.jobs(made)
    assert set(jobs) == {"cycle", "deliver", "reports", *PUNCTUAL}
    with at_home(made) as (house, _):
        make_older(house.store)
        become_high(house, mention(1))
    for name in ("deliver", "daily", "weekly", "deliver", "purge"):
        run_in_threads(jobs[name], seconds=60)  # as APScheduler runs it
    assert sorted(mail["To"] for mail in calm.mail.messages) == [
        "a@example.org", "b@example.org", "comms-duty@example.org",
    ]  # fmt: skip
    assert not list((made.parent / "reports").glob("daily-*.html"))  # written when somebody asks


def test_what_a_colleague_reports_is_in_now_within_a_job_of_its_own(made: Path) -> None:
    job = pipeline.jobs(made)["reports"]
    run_in_threads(job, seconds=60)  # nothing waits: nothing is read
    with at_home(made) as (house, _):
        house.store.mentions.add_run("noted", [mention(1)], since=clock.now(), at=clock.now())
        reported = house.store.figures.row_counts()["mentions"]
        number = house.store.staff_reports.add(
            reported, at=clock.now(), worry="A patient’s details", reason="A wristband"
        )
        assert house.store.staff_reports.waits()
    run_in_threads(job, seconds=60)
    with at_home(made) as (house, _):
        assert not house.store.staff_reports.waits()
        told = house.store.staff_reports.get(number)
        assert told is not None
        case = house.store.cases.get(told.case or 0)
        assert case is not None
        assert case.lane == "now"


def test_a_second_schedule_on_one_store_is_refused(made: Path, mentions: Command) -> None:
    from settings import schema
    from steps.context import exclusive_lock

    with exclusive_lock(schema.load(made), made.parent, "schedule"):
        result = mentions("schedule", "--config", made)
    assert result.exit_code == 1
    assert "another schedule is under way" in result.stderr


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


def test_odd_items_and_failures_are_counted_at_the_end(
    calm: World, made: Path, mentions: Command
) -> None:
    calm.faults.add("feeds", "404", path="/feed.json", times=None)
    result = mentions("collect", "--config", made)
    assert result.exit_code == 1
    assert re.search(r"mentions: done, but 1 failed\b.*!", result.stderr.splitlines()[-1])


def test_a_disk_or_folder_that_refuses_is_one_line(tmp_path: Path, mentions: Command) -> None:
    path = tmp_path / "config.toml"
    path.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    mentions("new-key", "--config", path)
    changed(path, store={"path": "/proc/nothing/mentions.db"})
    result = mentions("run", "--config", path)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "/proc" in result.stderr


def test_the_moment_of_a_cycle_is_taken_once(calm: World, made: Path) -> None:
    told = Told()
    at = clock.now()
    with at_home(made) as (house, _):
        pipeline.cycle(house.new_run(at))
        runs = house.store.database.rows("SELECT at FROM runs")
    assert {row["at"] for row in runs} == {clock.text(at)}
    assert told == []


def test_the_first_cycle_by_a_clock_that_is_right_again_reads_from_where_it_was_right(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime | None] = []

    def as_they_end(context: RunContext) -> Iterator[list[str]]:
        asked.append(context.store.sources.last_complete_run("feeds"))
        yield from ()

    monkeypatch.setattr(collect, "as_they_end", as_they_end)
    with at_home(made) as (house, _):
        wrong = house.at + timedelta(days=400)
        house.store.mentions.add_run("feeds", [], since=house.at, at=house.at)
        for at in (house.at, wrong):
            house.store.clock_guard.check(at, timedelta(days=3))
        house.store.mentions.add_run("feeds", [], since=house.at, at=wrong)
        pipeline.cycle(house.new_run(house.at + timedelta(hours=1)))
        assert asked == [house.at]
