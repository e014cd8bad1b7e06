"""`mentions init`: a site's own file, a key and a database in an empty folder, and what can be done there then."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
import pytest
from cryptography.fernet import Fernet
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from cli import base, init, wizard
from demo.world import World
from settings import schema
from settings.secrets import secret
from settings.shipped import shipped_config
from tests.conftest import Command
from tests.cycles import SHIPPED, changed, start

ROW = {"id": "a1", "text": "Third week without a break on the ward, says the nurse"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the program is called."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_an_empty_folder_gets_a_short_file_a_key_for_its_owner_alone_and_a_database(
    folder: Path, mentions: Command
) -> None:
    result = mentions("init")
    assert result.exit_code == 0, result.output
    assert set(everything(folder)) == {
        "site.toml", "data/key", "data/mentions.db", "data/config.seen.toml",
    }  # fmt: skip
    assert len((folder / "site.toml").read_text("utf-8").splitlines()) < 20
    assert stat.S_IMODE((folder / "data" / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
    assert schema.load(folder / "config.toml") == schema.load(SHIPPED)


def test_it_says_what_to_do_next_in_a_few_lines(folder: Path, mentions: Command) -> None:
    lines = mentions("init").stdout.splitlines()
    assert len(lines) <= 17
    for command in ("demo", "check", "serve", "run"):
        assert any(line.endswith(f"mentions {command}") for line in lines)
    assert any("keep a copy of it elsewhere" in line for line in lines)
    assert any(str(shipped_config()) in line for line in lines), "where each key is explained"


def test_in_another_folder_what_comes_next_names_the_file(folder: Path, mentions: Command) -> None:
    result = mentions("init", "--config", "desk/watch.toml")
    assert result.exit_code == 0, result.output
    assert {"desk/watch.toml", "desk/data/key", "desk/data/mentions.db"} < set(everything(folder))
    assert "check --config desk/watch.toml" in result.stdout
    assert mentions("config", "show", "--config", "desk/watch.toml").exit_code == 0


@pytest.mark.parametrize(
    ("there", "says"),
    [
        ("config.toml", "config.toml line 1: "),
        ("data/key", "chmod 600"),
        ("data/mentions.db", "put it back from your copy"),
    ],
)
def test_what_can_not_be_used_stays_and_nothing_is_added(
    there: str, says: str, folder: Path, mentions: Command
) -> None:
    (folder / there).parent.mkdir(exist_ok=True)
    (folder / there).write_text("ours")
    (folder / there).chmod(0o644)
    result = mentions("init")
    assert result.exit_code == 1
    assert says in result.stderr
    assert everything(folder) == {there: b"ours"}


def test_a_second_time_changes_nothing(folder: Path, mentions: Command) -> None:
    mentions("init")
    before = everything(folder)
    again = mentions("init")
    assert again.exit_code == 0, again.output
    assert "site.toml is as it was" in again.stdout
    assert "is there already, and its key fits" in again.stdout
    after = everything(folder)
    for name in ("site.toml", "data/key", "data/config.seen.toml"):
        assert after[name] == before[name]


def test_flags_answer_and_what_somebody_wrote_beside_stays(folder: Path, mentions: Command) -> None:
    site = folder / "site.toml"
    site.write_text(
        "# our own remark\n[review]\nport = 8777  # the old one was taken\n\n[alerts]\non = false\n",
        "utf-8",
    )
    result = mentions(
        "init", "--yes", "--organisation", "Testshire ICB", "--organisation", "NHS Testshire",
        "--place", "Elder Row: Elderton, Row Side", "--account", "x @TestshireICB", "--source", "feeds",
        "--set", "alerts.on=true", "--set", "alerts.to=duty@example.org, lead@example.org",
        "--set", "alerts.mail.port=2525",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    text = site.read_text("utf-8")
    assert text.startswith("# our own remark\n[review]\nport = 8777  # the old one was taken\n")
    config = schema.load(folder / "config.toml")
    assert [name.name for name in config.organisation.names] == ["Testshire ICB", "NHS Testshire"]
    assert config.organisation.places[0].aliases == ("Elderton", "Row Side")
    assert [account.handle for account in config.organisation.accounts] == ["TestshireICB"]
    assert config.organisation.providers == (), "nothing of the body that ships is left"
    assert config.sources_on == ("feeds",)
    assert (config.alerts.on, config.alerts.to) == (True, ("duty@example.org", "lead@example.org"))
    assert config.alerts.mail.port == 2525


def test_an_answers_file_is_laid_in(folder: Path, mentions: Command) -> None:
    (folder / "answers.toml").write_text(
        '[schedule]\ndaily_at = "07:10"\n[[alerts.route]]\nflags = ["pid"]\nto = ["governance@example.org"]\n',
        "utf-8",
    )
    assert mentions("init", "--yes", "--answers", "answers.toml").exit_code == 0
    config = schema.load(folder / "config.toml")
    assert (config.schedule.daily_at, len(config.alerts.route)) == ("07:10", 1)


def test_feeds_are_named_by_flags(folder: Path, mentions: Command) -> None:
    one, two = "https://news.example.org/rss", "https://blog.example.org/feed"
    assert mentions("init", "--yes", "--feed", one).exit_code == 0
    assert mentions("init", "--yes", "--feed", one, "--feed", two).exit_code == 0
    config = schema.load(folder / "config.toml")
    assert config.collectors["feeds"]["feed"] == [{"url": one}, {"url": two}]
    assert config.sources_on == ("feeds",)


def test_public_records_are_named_by_flags_and_feeds_are_read_for_them(
    folder: Path, mentions: Command
) -> None:
    result = mentions(
        "init", "--yes", "--record", "hansard", "--record", "council_papers democracy.example.org"
    )
    assert result.exit_code == 0, result.output
    config = schema.load(folder / "config.toml")
    assert [(record.preset, record.of) for record in config.organisation.records] == [
        ("hansard", ""), ("council_papers", "democracy.example.org"),
    ]  # fmt: skip
    assert config.sources_on == ("feeds",)


def test_the_example_for_scripts_works_as_it_is_printed(folder: Path, mentions: Command) -> None:
    section = (
        (SHIPPED.parent / "docs" / "configuration.md")
        .read_text("utf-8")
        .partition("\n## For scripts\n")[2]
    )
    lines = section.partition("```sh\n")[2].partition("```")[0].replace("\\\n", " ").splitlines()
    result = mentions(*shlex.split(lines[0])[1:])
    assert result.exit_code == 0, result.output
    (folder / "site.toml").unlink()
    (folder / "FILE").write_text(section.partition("```toml\n")[2].partition("```")[0], "utf-8")
    again = mentions(*shlex.split(lines[1], comments=True)[1:])
    assert again.exit_code == 0, again.output
    assert [
        row["url"] for row in schema.load(folder / "config.toml").collectors["feeds"]["feed"]
    ] == ["https://news.example.org/rss"]


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("--feed", "not an address"), "--feed: "),
        (("--set", "collectors.feeds.urls=https://news.example.org/rss"), "--feed ADDRESS"),
        (("--set", "schedule.daily_at=7:10"), 'did you mean "07:10"?'),
        (("--set", "schedule.dayly_at=07:10"), "did you mean schedule.daily_at?"),
        (("--source", "blusky"), "there is no such source"),
        (("--record", "hansart"), "organisation.records"),
        (("--record", "council_papers"), "the host of the council"),
        (("--account", "nowhere @x"), "organisation.accounts, entry 1, platform"),
        (("--set", "alerts.mail.user=mailer", "--set", "alerts.mail.password="), "user has no password"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_written(
    folder: Path, mentions: Command, flags: tuple[str, ...], says: str
) -> None:
    result = mentions("init", "--yes", *flags)
    assert (result.exit_code, says in result.stderr) == (1, True), result.output
    assert "nothing was written" in result.stderr
    assert everything(folder) == {}


# ── the questions ────────────────────────────────────────────────────────────────────────────────


class Replies:
    """A terminal that answers by the beginning of a question, and with Enter to any other; what it was shown."""

    def __init__(self, *replies: tuple[str, str]) -> None:
        self.left, self.shown = list(replies), list[str]()

    def say(self, line: str = "") -> None:
        self.shown.append(line)

    def ask(self, question: str, default: str = "", *, hidden: bool = False) -> str:
        self.shown.append(question)
        for place, (begin, reply) in enumerate(self.left):
            if question.strip().startswith(begin):
                del self.left[place]
                return reply
        return default


def asked(folder: Path, *replies: tuple[str, str]) -> Replies:
    at = Replies(*replies)
    target, answers = init.begin(folder / "config.toml")
    wizard.ask_all(at, answers)
    init.finish(folder / "config.toml", target, answers)
    assert at.left == [], "every answer was asked for"
    return at


TESTSHIRE = (
    ("What is your organisation called?", "Testshire ICB"), ("Other names", "NHS Testshire, T"), ("Other names", "NHS Testshire"),
    ("1", "Elder Row: Elderton"), ("2", ""), ("1", "Testshire General: TGH"), ("2", ""),
    ("1", "myspace tom"), ("1", "Twitter: @TestshireICB"), ("2", ""),
    ("PALS: published telephones", "020 7946 0133"), ("PALS: published email", "pals@testshire.nhs.uk"),
    ("Which do you want to read?", "8, nowhere"), ("Which do you want to read?", "bluesky, 2"),
    ("the Page's number", "abc"), ("the Page's number", "1234567"), ("the account's handle", "testshire.bsky.social"),
    ("Type the app password", "wxyz-app-password"),
    ("How does mail leave", "smtp"), ("The mail server", "smtp.testshire.nhs.uk"), ("Its port", "many"), ("Its port", "587"),
    ("The account that signs in", "mailer"), ("The address that mails come from", "mentions"),
    ("The address that mails come from", "mentions@testshire.nhs.uk"),
    ("Who is told at once", "duty@testshire.nhs.uk"), ("Who is rung", "020 7946 0199"),
)  # fmt: skip


def test_every_answer_is_checked_at_once_and_stands_in_the_file(folder: Path) -> None:
    at = asked(folder, *TESTSHIRE)
    said = "\n".join(at.shown)
    for why in ("at least 2 characters", "Begin with a platform", "no such source", "5 to 25 digits", "whole number", "A whole email address"):  # fmt: skip
        assert why.casefold() in said.casefold(), why
    config = schema.load(folder / "config.toml")
    assert config.organisation.name == "Testshire ICB"
    assert {account.platform for account in config.organisation.accounts} == {"x", "facebook"}
    assert sorted(config.sources_on) == ["bluesky", "facebook"]
    assert config.alerts.mail.user == "mailer"
    assert (config.alerts.on, config.alerts.to) == (True, ("duty@testshire.nhs.uk",))
    assert config.review.crisis_contact == "020 7946 0199"


def test_sources_with_tables_of_their_own_and_mail_by_graph_are_asked_for(folder: Path) -> None:
    at = asked(
        folder, ("Which do you want to read?", "6, Mastodon, nhs_reviews, 14"),
        ("what was approved", "research app, 3 November 2026"), ("how the app names itself", "mentions"),
        ("how the app names itself", "server:nwl-mentions:0.1 (by /u/testshire)"),
        ("The server", "social.example.org"), ("The server", "https://social.example.org"), ("Hashtags", "two words"), ("Hashtags", "Testshire"),
        ("1", "E85000 GPB Elm Tree Surgery"), ("2", ""), ("the mailbox's server", "imap.testshire.nhs.uk"), ("the mailbox", "report@testshire.nhs.uk"),
        ("How does mail leave", "graph"), ("the directory's id", "11111111-2222-4333-8444-555555555555"), ("the app's id", "abc"),
        ("The address that mails come from", "mentions@testshire.nhs.uk"), ("Who is told at once", "duty@testshire.nhs.uk"),
    )  # fmt: skip
    config = schema.load(folder / "config.toml")
    assert sorted(config.sources_on) == ["inbox", "mastodon", "nhs_reviews", "reddit"]
    assert config.collectors["mastodon"]["server"] == [
        {
            "url": "https://social.example.org",
            "token": "env:MASTODON_TOKEN",
            "hashtags": ["Testshire"],
        }
    ]
    assert config.collectors["nhs_reviews"]["service"] == [
        {"ods": "E85000", "type": "GPB", "name": "Elm Tree Surgery"}
    ]
    assert (config.alerts.mail.by, config.alerts.mail.oauth.client_secret) == (
        "graph",
        "env:MENTIONS_MAIL_CLIENT_SECRET",
    )
    assert "mentions connect inbox" not in "".join(at.shown), "the app is let in by itself"


def test_each_part_says_how_many_there_are_and_a_sign_goes_back(folder: Path) -> None:
    at = asked(
        folder, ("What is your organisation called?", "Testshire"), ("Other names", "<"),
        ("What is your organisation called?", "Testshire ICB"), ("1", "<"), ("What is your organisation called?", "Testshire NHS"),
    )  # fmt: skip
    assert schema.load(folder / "config.toml").organisation.name == "Testshire NHS"
    headings = [line for line in at.shown if line.startswith("── ")]
    assert headings[:5] == [
        "── 1 of 7: Organisation ──", "── 1 of 7: Organisation ──", "── 2 of 7: Places and providers ──",
        "── 1 of 7: Organisation ──", "── 2 of 7: Places and providers ──",
    ]  # fmt: skip


def test_an_account_where_a_provider_is_asked_for_is_told_where_it_goes(folder: Path) -> None:
    at = asked(folder, ("What is your organisation called?", "Testshire ICB"), ("1", "@TestshireICB"))  # fmt: skip
    assert any("accounts are asked" in line or "asked for next" in line for line in at.shown)


class BrokenOff(Replies):
    """The same, with Ctrl-C at the first question that nothing answers of what begins so."""

    def ask(self, question: str, default: str = "", *, hidden: bool = False) -> str:
        if question.strip().startswith("How does mail leave"):
            raise click.Abort
        return super().ask(question, default, hidden=hidden)


def test_what_was_answered_before_it_was_broken_off_is_kept_without_secrets(folder: Path) -> None:
    target, answers = init.begin(folder / "config.toml")
    at = BrokenOff(
        ("What is your organisation called?", "Testshire ICB"), ("Which do you want to read?", "bluesky"),
        ("the account's handle", "testshire.bsky.social"), ("Type the app password", "wxyz-app-password"),
    )  # fmt: skip
    with pytest.raises(click.Abort):
        init.ask(at, target, answers)
    assert set(everything(folder)) == {"site.draft.toml"}
    assert b"wxyz" not in everything(folder)["site.draft.toml"]
    assert any("answers are kept in" in line for line in at.shown)
    target, answers = init.begin(folder / "config.toml")
    again = Replies()
    init.ask(again, target, answers)
    init.finish(folder / "config.toml", target, answers)
    config = schema.load(folder / "config.toml")
    assert (config.organisation.name, config.sources_on) == ("Testshire ICB", ("bluesky",))
    assert "site.draft.toml" not in everything(folder)


def test_a_test_email_leaves_when_all_is_written(
    folder: Path, calm: World, mentions: Command
) -> None:
    (folder / "password").write_text(calm.mail.password, "utf-8")
    (folder / "password").chmod(0o600)
    result = mentions(
        "init", "--yes", "--send-test", "bea@example.org", "--set", f"alerts.mail.host={calm.mail.host}",
        "--set", f"alerts.mail.port={calm.mail.port}", "--set", f"alerts.mail.ca_file={calm.mail.ca.resolve()}",
        "--set", f"alerts.mail.user={calm.mail.user}", "--set", "alerts.mail.password=file:password",
    )  # fmt: skip
    assert "sent: Email: " in result.stdout, result.output
    assert calm.mail.messages[-1]["X-Envelope-To"] == "bea@example.org"


def test_a_secret_that_is_typed_lies_in_a_file_of_its_own_and_nowhere_else(folder: Path) -> None:
    at = asked(folder, *TESTSHIRE)
    reference = schema.load(folder / "config.toml").collectors["bluesky"]["app_password"]
    assert reference == "file:data/secrets/bluesky_app_password"
    assert secret(reference, folder).value == "wxyz-app-password"
    assert "wxyz" not in (folder / "site.toml").read_text("utf-8") + "".join(at.shown)
    assert (
        stat.S_IMODE((folder / "data" / "secrets" / "bluesky_app_password").stat().st_mode) == 0o600
    )


def test_run_again_with_enter_alone_nothing_changes(folder: Path) -> None:
    asked(folder, *TESTSHIRE)
    before = (folder / "site.toml").read_bytes()
    asked(folder)
    assert (folder / "site.toml").read_bytes() == before


def test_run_again_only_what_is_answered_changes(folder: Path) -> None:
    asked(folder, *TESTSHIRE)
    before = schema.load(folder / "config.toml")
    asked(folder, ("Its port", "2525"))
    after = schema.load(folder / "config.toml")
    assert after.alerts.mail.port == 2525
    assert after.organisation == before.organisation
    assert after.collectors == before.collectors


def test_on_a_terminal_of_its_own_it_asks_and_writes(folder: Path) -> None:
    """By a real pseudo-terminal, Enter to every question."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, str(SHIPPED.parent / "pipeline.py"), "init"], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the other end is closed when the program ends
            while True:
                os.write(ours, b"\n")
                shown += os.read(ours, 4096)
        assert process.wait(60) == 0, shown.decode()
    os.close(ours)
    assert "What is your organisation called?" in shown.decode()
    assert schema.load(folder / "config.toml") == schema.load(SHIPPED)


def test_where_the_key_cannot_be_made_no_file_stays_behind(folder: Path, mentions: Command) -> None:
    (folder / "data").write_text("a file where the key's folder should be")
    assert mentions("init").exit_code == 1
    assert set(everything(folder)) == {"data"}


def test_there_the_key_is_found_and_a_line_is_classified_with_the_model_that_ships(
    folder: Path, mentions: Command
) -> None:
    mentions("init")
    checked = mentions("check", "--offline").stdout
    assert "ok       model: " in checked
    assert "ok       store: " in checked
    result = mentions("classify", "--input", "-", "--output", "-", given=json.dumps(ROW))
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["id"] == "a1"


def test_where_there_is_no_config_a_command_says_how_to_get_one(
    folder: Path, mentions: Command
) -> None:
    for command in (("check", "--offline"), ("run",), ("serve",), ("report", "weekly")):
        result = mentions(*command)
        assert result.exit_code == 1
        assert "mentions init" in result.stderr
    assert everything(folder) == {}


def test_the_demo_uses_the_config_that_ships_where_there_is_none(folder: Path) -> None:
    (folder / "held").mkdir()
    (folder / "held" / "letter").touch()  # ends the demo before its first server
    process = start("demo", "--folder", "held", folder=folder)
    _, err = process.communicate(timeout=60)
    assert "there is no config.toml here: the one that ships" in err
    assert "held holds something that no demo made" in err
    assert process.returncode == 1


def test_the_demo_refuses_a_config_that_was_named_and_is_not_there(
    folder: Path, mentions: Command
) -> None:
    result = mentions("demo", "--config", "config.toml")
    assert (result.exit_code, everything(folder)) == (1, {})
    assert "config.toml: No such file" in result.stderr


def test_a_checkout_ships_the_file_at_its_top() -> None:
    assert shipped_config() == SHIPPED


def test_the_program_is_named_as_this_folder_can_call_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = folder / ".venv" / "bin" / "mentions"
    script.parent.mkdir(parents=True)
    script.touch(mode=0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    assert base.program(script) == ".venv/bin/mentions"
    monkeypatch.setenv("PATH", str(script.parent))
    assert base.program(script) == "mentions"


OF_THE_STORE = (
    ("run",), ("collect",), ("schedule",), ("serve",), ("report", "weekly"), ("purge",), ("verify",), ("classify",), ("deliver",),
    ("user", "list"), ("recheck",), ("backup", "b1"),
)  # fmt: skip


def gone(database: Path) -> None:
    database.unlink()


def emptied(database: Path) -> None:
    database.write_bytes(b"")


def without_tables(database: Path) -> None:
    database.unlink()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 1")


@pytest.mark.parametrize("lost", [gone, emptied, without_tables])
def test_no_command_begins_anew_where_the_database_is_lost_or_emptied(
    lost: Callable[[Path], None], folder: Path, mentions: Command
) -> None:
    mentions("init")
    lost(folder / "data" / "mentions.db")
    before = everything(folder)
    for command in OF_THE_STORE:
        result = mentions(*command)
        assert result.exit_code == 1, command
        assert "mentions restore FROM" in result.stderr, command
        assert "mentions init" in result.stderr, command
    assert "MISSING  store: " in mentions("check").stdout
    kept = {name: content for name, content in everything(folder).items() if ".lock" not in name}
    assert kept == before


@pytest.mark.parametrize("lost", [gone, emptied, without_tables])
def test_a_lost_database_is_told_with_its_newest_backup_and_the_command_that_is_named_works(
    lost: Callable[[Path], None], folder: Path, mentions: Command
) -> None:
    mentions("init")
    assert mentions("backup").exit_code == 0
    (newest,) = (folder / "data" / "backups").glob("*.backup")
    lost(folder / "data" / "mentions.db")
    printed = mentions("run").stderr
    assert f"`mentions restore {newest}`" in printed
    assert "would begin an empty database in place of the lost one" in printed
    assert str(newest) in mentions("check", "--offline").stdout
    (folder / "data" / "mentions.db").unlink(missing_ok=True)
    assert "restored into" in mentions("restore", newest).stderr
    assert mentions("user", "list").exit_code == 0


def test_who_begins_anew_where_a_backup_lies_is_told_of_it(folder: Path, mentions: Command) -> None:
    mentions("init")
    mentions("backup")
    gone(folder / "data" / "mentions.db")
    assert "mentions restore " in mentions("init", "--database").stderr


def test_who_says_so_gets_a_new_database_where_the_old_one_was_lost(
    folder: Path, mentions: Command
) -> None:
    mentions("init")
    gone(folder / "data" / "mentions.db")
    assert mentions("init", "--database").exit_code == 0
    assert mentions("verify").exit_code == 0
    assert "is there already" in mentions("init", "--database").stderr


def test_who_only_changes_a_setting_gets_no_new_database_where_the_old_one_was_lost(
    folder: Path, mentions: Command
) -> None:
    mentions("init")
    gone(folder / "data" / "mentions.db")
    result = mentions("init", "--yes", "--set", "schedule.daily_at=07:10")
    assert result.exit_code == 0, result.output
    assert "restore a backup, or make an empty one with `mentions init --database`" in result.stdout
    assert not (folder / "data" / "mentions.db").exists()


def test_a_database_of_which_somebody_was_erased_is_not_begun_anew(
    folder: Path, mentions: Command
) -> None:
    mentions("init")
    gone(folder / "data" / "mentions.db")
    (folder / "data" / "erasures").mkdir()
    (folder / "data" / "erasures" / "mentions.db.ledger").write_text("{}\n")
    result = mentions("init", "--database")
    assert result.exit_code == 1
    assert "what a restore must not undo: restore it" in result.stderr
    assert not (folder / "data" / "mentions.db").exists()


def test_a_key_that_is_no_file_leaves_the_database_for_later(
    folder: Path, mentions: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentions("init")
    gone(folder / "data" / "mentions.db")
    changed(folder / "site.toml", store={"keys": ["env:MENTIONS_TEST_KEY"]})
    assert "no key in the" in mentions("init", "--database").stderr
    monkeypatch.setenv("MENTIONS_TEST_KEY", Fernet.generate_key().decode())
    assert mentions("init", "--database").exit_code == 0


def test_public_records_are_chosen_from_a_list_and_each_asks_for_what_it_needs(
    folder: Path,
) -> None:
    at = Replies(
        ("Which do you want to read", "feeds"), ("Which public records", "3, council_papers"), ("1", ""), ("1", "https://x"),
        ("1", "democracy.example.org"), ("2", ""),
    )  # fmt: skip
    target, answers = init.begin(folder / "config.toml")
    wizard.sources(at, answers)
    rows = answers.now("organisation.records")
    assert rows == [
        {"preset": "hansard"},
        {"preset": "council_papers", "of": "democracy.example.org"},
    ]
    assert any("Hansard: what is said of us in Parliament" in line for line in at.shown)
    assert target.name == "site.toml"


# ── a body of the list ───────────────────────────────────────────────────────────────────────────


def test_a_body_that_is_searched_for_fills_in_what_a_person_then_checks(folder: Path) -> None:
    at = asked(
        folder, ("What is your organisation called?", "? nowhere at all"), ("What is your organisation called?", "? west yorkshire"),
        ("Which of them?", "9"), ("Which of them?", "1"),
    )  # fmt: skip
    organisation = schema.load(folder / "config.toml").organisation
    assert organisation.name == "NHS West Yorkshire"
    assert "West Yorkshire ICB" in [name.name for name in organisation.names]
    assert [place.name for place in organisation.places] == ["Bradford", "Calderdale", "Kirklees", "Leeds", "Wakefield"]  # fmt: skip
    assert "Leeds Teaching Hospitals NHS Trust" in [trust.name for trust in organisation.providers]
    assert organisation.accounts == (), "the list has none, and nobody else's stay"
    said = "\n".join(at.shown)
    for told in ("Nothing in the list", "a number from 0 to", "read 2026-11-29", "places by hand", "Keep these?"):  # fmt: skip
        assert told in said, told


def test_a_body_that_ended_leads_to_the_one_that_has_its_area(folder: Path) -> None:
    at = asked(folder, ("What is your organisation called?", "QXU"))
    assert schema.load(folder / "config.toml").organisation.name == "NHS Surrey and Sussex"
    assert any("ended on 2026-03-31" in line for line in at.shown)


def test_the_successor_of_the_body_that_ships_keeps_what_stands_there(folder: Path) -> None:
    asked(folder, ("What is your organisation called?", "Z9B2Z"))
    shipped, config = schema.load(SHIPPED).organisation, schema.load(folder / "config.toml")
    organisation = config.organisation
    assert organisation.name == "NHS West and North London"
    assert organisation.accounts == shipped.accounts
    ours = {place.name: place.aliases for place in organisation.places}
    assert (ours["Brent"], ours["Camden"]) == (shipped.places[0].aliases, ())
    assert [place.name for place in organisation.places].count("Kensington and Chelsea") == 0, "an alias"  # fmt: skip


def test_a_place_beside_a_body_is_one_more(folder: Path, mentions: Command) -> None:
    result = mentions("init", "--yes", "--body", "QKS", "--place", "Margate: Cliftonville")
    assert result.exit_code == 0, result.output
    places = [place.name for place in schema.load(folder / "config.toml").organisation.places]
    assert places[:2] == ["Margate", "Ashford"]
    assert len(places) > 10


def test_where_there_is_no_terminal_it_says_that_nothing_is_asked(
    folder: Path, mentions: Command
) -> None:
    result = mentions("init", given="? kent\n")
    assert "nothing is asked, since there is no terminal: what ships is taken" in result.stderr
    assert "nothing is asked" not in mentions("init", "--yes").stderr


@pytest.mark.parametrize(
    "word", ["QKS", "Kent and Medway"]
)  # a trust has these words too, and more
def test_a_flag_names_a_body_by_its_code_or_whole_name(
    folder: Path, mentions: Command, word: str
) -> None:
    result = mentions("init", "--yes", "--body", word, "--account", "x @ExampleICB")
    assert result.exit_code == 0, result.output
    organisation = schema.load(folder / "config.toml").organisation
    assert (organisation.name, organisation.places[0].name) == ("NHS Kent and Medway", "Ashford")
    assert [account.handle for account in organisation.accounts] == ["ExampleICB"]


@pytest.mark.parametrize(
    ("word", "says"),
    [("XXX", "no board or trust"), ("QRV", "(Z9B2Z) since"), ("NHS Sussex", "(S9B9J) since"), ("yorkshire", "give one code; there are")],
)  # fmt: skip
def test_a_flag_that_names_no_one_body_is_refused(
    folder: Path, mentions: Command, word: str, says: str
) -> None:
    result = mentions("init", "--yes", "--body", word)
    assert (result.exit_code, says in result.stderr) == (1, True), result.output
    assert everything(folder) == {}
