"""Several organisations on one installation: set up one after another, each command for one of them or for all."""

from __future__ import annotations

import json
import shutil
import tomllib
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.run import Locks
from core.errors import ConfigError
from settings import schema
from settings.organisations import KeyHolders, members
from steps.context import UnderWay, exclusive_lock
from tests.conftest import Command


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder, for what is set up once."""
    return tmp_path_factory.mktemp("two")


@pytest.fixture
def two(here: Path, template: Path, mentions: Command, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two organisations, as somebody sets them up: once, and copied from then on, since no file holds where it lies."""
    if not any(template.iterdir()):
        monkeypatch.chdir(template)
        for slug in ("brent", "ealing"):
            made = mentions(
                "init", "--yes", "--organisation", slug, "--organisation", f"NHS {slug.title()} Example"
            )  # fmt: skip
            assert made.exit_code == 0, made.output
        monkeypatch.chdir(here)
    shutil.copytree(template, here, dirs_exist_ok=True)
    assert not any(str(template).encode() in file.read_bytes() for file in here.rglob("*") if file.is_file())  # fmt: skip
    return here


def test_each_gets_a_file_a_key_a_database_and_an_address_of_its_own(two: Path) -> None:
    listed = members(two / "config.toml")
    assert [member.slug for member in listed] == ["brent", "ealing"]
    assert [member.wrong for member in listed] == ["", ""]
    configs = [schema.load(member.path) for member in listed]
    assert [config.organisation.name for config in configs] == [
        "NHS Brent Example",
        "NHS Ealing Example",
    ]
    assert len({config.review.public_url for config in configs}) == 2
    keys = {(member.folder / "data/key").read_text("ascii") for member in listed}
    assert len(keys) == 2
    assert all((member.folder / "data/mentions.db").exists() for member in listed)


def test_an_organisation_that_was_there_alone_stays_where_it_is(
    here: Path, mentions: Command
) -> None:
    mentions("init", "--yes", "--organisation", "Testshire ICB")
    before = (here / "data/mentions.db").read_bytes()
    made = mentions("init", "--yes", "--organisation", "ealing", "--organisation", "NHS Ealing")
    assert "is called testshire-icb" in made.output
    listed = {member.slug: member for member in members(here / "config.toml")}
    assert set(listed) == {"testshire-icb", "ealing"}
    assert not any(member.wrong for member in listed.values())
    assert (here / "data/mentions.db").read_bytes() == before
    shown = mentions("user", "list", "--organisation", "testshire-icb")
    assert shown.exit_code == 0


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (
            ("user", "list"),
            "there are several organisations here: say --organisation and one of brent, ealing",
        ),
        (("purge",), "say --organisation"),
        (("config", "show"), "say --organisation"),
        (("user", "list", "--organisation", "harrow"), "there is no organisation harrow here"),
        (("init", "--yes"), "say --organisation"),
        (
            ("init", "--yes", "--organisation", "harrow", "--organisation", "hayes"),
            "one organisation after another",
        ),
    ],
)
def test_what_is_of_one_is_done_only_where_it_is_named(
    two: Path, mentions: Command, args: tuple[str, ...], why: str
) -> None:
    result = mentions(*args)
    assert (result.exit_code, why in result.output) == (1, True), result.output


def test_a_command_does_for_the_named_one_alone(two: Path, mentions: Command) -> None:
    mentions("user", "add", "amina", "--organisation", "brent")
    assert "amina" in mentions("user", "list", "--organisation", "brent").output
    assert "amina" not in mentions("user", "list", "--organisation", "ealing").output
    shown = mentions("config", "show", "organisation.names", "--organisation", "ealing").output
    assert "NHS Ealing Example" in shown
    assert "Brent" not in shown


def test_where_there_is_one_alone_nothing_is_named(here: Path, mentions: Command) -> None:
    mentions("init", "--yes", "--organisation", "Testshire ICB")
    assert mentions("user", "list").exit_code == 0
    refused = mentions("user", "list", "--organisation", "brent")
    assert (refused.exit_code, "is one organisation's alone" in refused.output) == (1, True)


def test_a_backup_is_made_of_each_though_one_is_broken(two: Path, mentions: Command) -> None:
    (two / "organisations/brent/data/key").unlink()
    result = mentions("backup")
    assert result.exit_code == 1
    assert "1 of the organisations failed: brent" in result.output
    assert list((two / "organisations/ealing/data/backups").glob("*.backup"))
    assert not (two / "organisations/brent/data/backups").exists()


def test_the_status_names_what_is_wrong_with_which_and_is_that_of_the_worst(
    two: Path, mentions: Command
) -> None:
    (two / "organisations/brent/site.toml").write_text("[review]\nport = 1\n", "utf-8")
    result = mentions("status")
    assert result.exit_code == 2
    assert "brent" in result.output
    assert "must say whose organisation it is" in result.output
    as_json = json.loads(mentions("status", "--json").output)
    assert set(as_json["organisations"]) == {"brent", "ealing"}


def test_where_nothing_is_turned_on_no_status_says_that_all_is_well(
    two: Path, mentions: Command
) -> None:
    (two / "organisations/ealing/site.toml").open("a").write("\n[collectors.bluesky]\non = true\n")
    said = mentions("status").stdout
    assert "brent   Nothing is read: no source is turned on." in said
    assert "! ealing  Nothing gets through.\n" in said
    assert "No source is read: 10 papers under [governance] are missing, past or not" in said


def test_two_bodies_are_no_two_names_of_one(here: Path, mentions: Command) -> None:
    refused = mentions("init", "--yes", "--organisation", "NHS Kent and Medway", "--organisation", "NHS Sussex")  # fmt: skip
    assert (refused.exit_code, "are two bodies" in refused.output) == (1, True), refused.output
    refused = mentions("init", "--yes", "--body", "QKS", "--body", "QYG")
    assert (refused.exit_code, "are two bodies" in refused.output) == (1, True), refused.output
    assert list(here.iterdir()) == []
    made = mentions("init", "--yes", "--organisation", "NHS West and North London", "--organisation", "NHS North West London")  # fmt: skip
    assert (made.exit_code, "`init` with --body Z9B2Z fills in" in made.output) == (0, True), made.output  # fmt: skip


def test_who_comes_to_an_address_that_is_taken_takes_nobodys_page_away(two: Path) -> None:
    brent, ealing = (schema.load(member.path).review for member in members(two / "config.toml"))
    site = two / "organisations/ealing/site.toml"
    site.write_text(site.read_text("utf-8").replace(brent.public_url, "").replace(ealing.public_url, brent.public_url), "utf-8")  # fmt: skip
    first, second = members(two / "config.toml")
    assert first.wrong == ""
    assert "address of the page is also that of brent" in second.wrong


def test_a_backup_by_hand_is_one_that_the_status_knows(two: Path, mentions: Command) -> None:
    assert mentions("backup", "--organisation", "brent").exit_code == 0
    said = mentions("status", "--organisation", "brent").stdout
    assert "Last backup        never" not in said


def test_what_is_done_for_each_is_named_where_it_is_written(two: Path, mentions: Command) -> None:
    none = "nothing given: [region] counts is false; counts = true there, in its own file, lets its region have them"
    assert mentions("counts").stdout.splitlines() == [
        "NHS Brent Example (brent)", f"NHS Brent Example: {none}",
        "NHS Ealing Example (ealing)", f"NHS Ealing Example: {none}",
    ]  # fmt: skip


def test_what_the_installation_says_for_all_lies_under_each_ones_own(two: Path) -> None:
    site = two / "site.toml"
    site.write_text(
        site.read_text("utf-8") + '\n[alerts.mail]\nhost = "smtp.example.org"\nuser = "all"\npassword = "file:data/mail"\n'
        '[alerts]\nto = ["everybody@example.org"]\n[[organisation.names]]\nname = "NHS Somebody Else"\n'
        '[review]\ncrisis_contact = "the installation"\n',
        "utf-8",
    )  # fmt: skip
    own = two / "organisations/ealing/site.toml"
    own.write_text(own.read_text("utf-8") + '\n[alerts.mail]\nuser = "ealing"\n', "utf-8")
    brent, ealing = (schema.load(member.path) for member in members(two / "config.toml"))
    assert (brent.alerts.mail.host, brent.alerts.mail.user, ealing.alerts.mail.user) == (
        "smtp.example.org",
        "all",
        "ealing",
    )
    assert brent.alerts.mail.password == f"file:{two / 'data/mail'}"
    # whom it watches, who is told and who is rung is each one's own
    assert brent.alerts.to == ()
    assert brent.organisation.name == "NHS Brent Example"
    assert brent.review.crisis_contact == ""


def test_the_environment_can_set_only_what_all_share(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = members(two / "config.toml")[0].path
    monkeypatch.setenv("MENTIONS_HTTP__ATTEMPTS", "2")
    assert schema.load(path).http.attempts == 2
    monkeypatch.setenv("MENTIONS_STORE__PATH", "/var/lib/one-for-all.db")
    with pytest.raises(ConfigError, match=r"sets store\.path for every organisation"):
        schema.load(path)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("[organisations.Brent]", "a short name has 2 to 40 small letters"),
        ('[organisations.brent]\npath = "x"', "and nothing else"),
        ('[organisations.brent]\non = "yes"', "and nothing else"),
    ],
)
def test_a_list_that_is_wrong_says_how_it_is_written(here: Path, table: str, why: str) -> None:
    (here / "site.toml").write_text(f"{table}\n", "utf-8")
    with pytest.raises(ConfigError, match=why):
        members(here / "config.toml")


def test_one_that_is_off_is_left_out(two: Path, mentions: Command) -> None:
    site = two / "site.toml"
    table = tomllib.loads(site.read_text("utf-8"))
    assert set(table["organisations"]) == {"brent", "ealing"}
    site.write_text(site.read_text("utf-8").replace('"organisations/brent"', '"organisations/brent"\non = false'), "utf-8")  # fmt: skip
    assert [member.slug for member in members(two / "config.toml")] == ["ealing"]
    refused = mentions("user", "list", "--organisation", "brent")
    assert "brent is off" in refused.output


@pytest.mark.parametrize("listed", ["off", "gone"])
def test_one_that_is_taken_away_stays_where_it_lies_and_the_status_names_it(
    two: Path, mentions: Command, listed: str
) -> None:
    site, own = two / "site.toml", two / "organisations/brent"
    before = {file: file.read_bytes() for file in own.rglob("*") if file.is_file()}
    assert "is not run" not in mentions("status").output
    table = '[organisations.brent]\nfolder = "organisations/brent"\n'
    assert table in site.read_text("utf-8")
    instead = f"{table}on = false\n" if listed == "off" else ""
    site.write_text(site.read_text("utf-8").replace(table, instead), "utf-8")
    status = mentions("status")
    why = {
        "off": "brent is not run, since [organisations.brent] says on = false",
        "gone": "organisations/brent is not run, since no [organisations] of the file lists it",
    }[listed]
    assert f"{why}: nobody is alerted, and nothing of it is purged" in status.output
    assert list(json.loads(mentions("status", "--json").output)["not_run"].values()) == [
        why.partition("since ")[2]
    ]
    assert {file: file.read_bytes() for file in own.rglob("*") if file.is_file()} == before
    if listed == "gone":
        assert mentions("init", "--yes", "--organisation", "brent").exit_code == 0
        assert "is not run" not in mentions("status").output
        assert (own / "data/key").read_bytes() == before[own / "data/key"]


def test_one_that_is_off_is_taken_up_again_by_init_which_says_so(
    two: Path, mentions: Command
) -> None:
    site, own = two / "site.toml", two / "organisations/brent"
    site.write_text(site.read_text("utf-8").replace('"organisations/brent"', '"organisations/brent"\non = false'), "utf-8")  # fmt: skip
    before = {file: file.read_bytes() for file in own.rglob("*") if file.is_file()}
    again = mentions("init", "--yes", "--organisation", "brent")
    assert again.exit_code == 0, again.output
    assert "brent was off, and is on again" in again.output
    assert [member.slug for member in members(two / "config.toml")] == ["brent", "ealing"]
    assert {file: file.read_bytes() for file in own.rglob("*") if file.is_file()} == before
    assert "is on again" not in mentions("init", "--yes", "--organisation", "brent").output


@pytest.mark.parametrize("options", [("--yes",), (), ("--set", "review.port=9000")])
def test_one_that_nobody_names_is_refused_and_nothing_is_written(
    here: Path, mentions: Command, options: tuple[str, ...]
) -> None:
    refused = mentions("init", *options, "--organisation", "midlands-south")
    assert refused.exit_code == 1
    assert "NHS North West London once more" in refused.output
    assert "--body CODE" in refused.output
    assert list(here.rglob("*.toml")) == []


def test_who_is_the_body_that_ships_says_so_and_check_names_who_does_not(
    two: Path, mentions: Command
) -> None:
    unnamed = "watches NHS North West London as the program ships it"
    assert (
        mentions("init", "--yes", "--organisation", "nwl", "--body", "QRV").exit_code == 1
    )  # it ended
    for slug, said in (("nwl", ("--organisation", "NHS North West London")), ("wnl", ("--body", "Z9B2Z"))):  # fmt: skip
        made = mentions("init", "--yes", "--organisation", slug, *said)
        assert made.exit_code == 0, made.output
        assert unnamed not in mentions("check", "--offline", "--organisation", slug).output
    own = two / "organisations/brent/site.toml"
    head, _, rest = own.read_text("utf-8").partition("[[organisation.names]]")
    own.write_text(head + rest.partition("\n\n")[2], "utf-8")
    looked = mentions("check", "--offline", "--organisation", "brent")
    assert f"MISSING  organisation: its own settings don’t say what it is called, so it {unnamed}" in looked.output  # fmt: skip


def test_the_address_of_one_that_is_off_is_kept_free(two: Path, mentions: Command) -> None:
    site = two / "site.toml"
    site.write_text(site.read_text("utf-8").replace('"organisations/ealing"', '"organisations/ealing"\non = false'), "utf-8")  # fmt: skip
    assert mentions("init", "--yes", "--organisation", "harrow", "--body", "QWO").exit_code == 0
    ports = [member.port for member in members(two / "config.toml", every=True)]
    assert len(set(ports)) == 3


def test_a_second_schedule_ends_with_an_error_and_says_which_organisations_have_one(
    two: Path, mentions: Command
) -> None:
    with ExitStack() as stack:
        for member in members(two / "config.toml"):
            config = schema.load(member.path)
            stack.enter_context(exclusive_lock(config, member.folder, "schedule"))
        result = mentions("schedule")
    assert result.exit_code == 1
    assert "another schedule is under way on brent, ealing" in result.output
    assert "the schedule of 0 organisations" not in result.output


def test_an_organisation_whose_database_comes_back_is_taken_up_by_the_schedule_that_runs(
    two: Path,
) -> None:
    brent = next(each for each in members(two / "config.toml") if each.slug == "brent")
    database = brent.folder / "data/mentions.db"
    aside = database.rename(database.with_name("aside"))
    with ExitStack() as stack:
        locks = Locks(KeyHolders(), stack)
        assert "mentions.db" in locks.of(brent).wrong
        aside.rename(database)
        assert locks.of(brent).wrong == ""
        assert not locks.elsewhere
        with pytest.raises(UnderWay):
            stack.enter_context(exclusive_lock(schema.load(brent.path), brent.folder, "schedule"))
