"""`mentions config`: what is in force and why, and back to config.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from core import clock
from settings import schema
from settings.files import news
from settings.sections import SECTIONS
from tests.conftest import Command
from tests.cycles import SHIPPED, at_home, changed
from tests.decisions import settled


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = settled(tmp_path)
    with at_home(path):
        pass  # a store
    return path


def save(path: Path, key: str, content: dict[str, Any] | None, version: int = 0) -> None:
    with at_home(path) as (house, _):
        assert house.store.settings.save(
            key, content, version, at=clock.now(), who="Bea Whitlock", note="for the opening"
        )


def test_each_setting_says_its_value_and_where_it_is_from(made: Path, mentions: Command) -> None:
    (made.parent / "site.toml").write_text(
        "[alerts.mail]\nport = 2525\n[review]\nport = 8766\n", "utf-8"
    )
    save(made, "names", {"organisation.topics": ["kingfisher"]})
    shown = mentions("config", "show", "--config", made)
    assert shown.exit_code == 0, shown.output
    told = shown.stdout.splitlines()
    assert "port = 2525  # site.toml line 2; config.toml line" in shown.stdout
    (topics,) = [line for line in told if line.startswith("topics = ")]
    assert topics.startswith('topics = ["kingfisher"]  # the page: version 1, Bea Whitlock, ')
    assert ": for the opening, over config.toml line " in topics
    assert tomllib.loads(shown.stdout)["review"]["port"] == 8766
    only = mentions("config", "show", "alerts.mail.port", "--config", made).stdout
    assert re.search(r"(?m)^port = 2525  # site.toml line 2", only)


def test_only_what_differs_from_what_ships_is_shown(
    tmp_path: Path, mentions: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site.toml"
    site.write_text('[alerts.mail]\nport = 2525\nsecurity = "starttls"\n', "utf-8")
    monkeypatch.setenv("MENTIONS_ALERTS__ON", "true")
    shown = mentions("config", "show", "--changed", "--config", tmp_path / "config.toml").stdout
    assert tomllib.loads(shown) == {"alerts": {"on": True, "mail": {"port": 2525}}}
    assert "on = true  # MENTIONS_ALERTS__ON; as it ships: false" in shown
    assert "port = 2525  # site.toml line 2; as it ships: 587" in shown
    assert shown.startswith(
        "# laid over one another, the last one holds: config.toml as it ships, site.toml, the page, the environment"
    )


def test_a_setting_that_is_none_is_refused_with_what_was_meant(
    made: Path, mentions: Command
) -> None:
    wrong = mentions("config", "show", "alerts.retry_minuts", "--config", made)
    assert (wrong.exit_code, "did you mean retry_minutes?" in wrong.stderr) == (1, True)


def test_every_section_of_the_page_says_where_it_is_from(made: Path, mentions: Command) -> None:
    save(made, "names", {"organisation.topics": ["kingfisher"]})
    for section in SECTIONS:
        shown = mentions("config", "show", "--section", section.key, "--config", made).stdout
        assert f"── {section.key}: " in shown
        assert ("nobody has changed it in the page" in shown) is (section.key != "names")


def test_before_there_is_a_database_the_files_are_shown(tmp_path: Path, mentions: Command) -> None:
    path = settled(tmp_path)
    database = tmp_path / schema.load(path).store.path
    database.unlink()
    shown = mentions("config", "show", "--config", path)
    assert shown.exit_code == 0, shown.output
    assert "the page: version" not in shown.stdout
    assert not database.exists()


def test_what_is_shown_can_be_put_into_config_toml(made: Path, mentions: Command) -> None:
    save(made, "names", {"organisation.topics": ["kingfisher", 'a "quoted" one']})
    shown = mentions("config", "show", "--config", made, "--section", "names").stdout
    told = tomllib.loads(shown)["organisation"]
    assert told["topics"] == ["kingfisher", 'a "quoted" one']
    assert len(told["names"]) == len(schema.load(made).organisation.names)


def test_no_secret_is_shown(
    tmp_path: Path, mentions: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site.toml").write_text(
        "[collectors.bluesky]\napp_password = 'hunter2-a'\n"
        "[[collectors.feeds.feed]]\nurl = 'https://www.google.co.uk/alerts/feeds/1/hunter2-b'\n"
        "[[collectors.feeds.feed]]\nurl = 'https://blog.example.org/hunter2-c'\nprivate = true\n"
        "[[collectors.mastodon.server]]\nurl = 'https://social.example.org'\ntoken = 'hunter2-d'\n",
        "utf-8",
    )
    monkeypatch.setenv("MENTIONS_SMTP_PASSWORD", "hunter2-e")
    for more in ((), ("--changed",)):
        shown = mentions("config", "show", *more, "--config", tmp_path / "config.toml")
        assert shown.exit_code == 0, shown.output
        assert "hunter2" not in shown.output
        assert "https://www.google.co.uk/..." in shown.stdout


def test_a_section_goes_back_to_the_file_and_its_versions_stay(
    made: Path, mentions: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.base.login", lambda: "root")
    save(made, "clocks", {"review.lanes.now_hours": 9})
    done = mentions("config", "reset", "clocks", "--by", "Ines Moreau", "--config", made)
    assert (done.exit_code, "as version 2" in done.stdout) == (0, True), done.output
    with at_home(made) as (house, _):
        assert house.config.review.lanes.now_hours == 1
        assert [one.by_name for one in house.store.settings.history("clocks")] == [
            "At the command line of “root”, for Ines Moreau", "Bea Whitlock",
        ]  # fmt: skip
    shown = mentions("config", "show", "--config", made, "--section", "clocks").stdout
    assert (
        "# from config.toml: the page went back to it (version 2, At the command line of “root”, for Ines Moreau"
        in shown
    )
    again = mentions("config", "reset", "clocks", "--by", "Ines Moreau", "--config", made)
    assert (again.exit_code, "in force already" in again.stderr) == (1, True)


def test_a_section_that_does_not_fit_is_shown_so_and_can_be_reset(
    made: Path, mentions: Command
) -> None:
    save(made, "names", {"organisation.names": []})
    shown = mentions("config", "show", "--config", made, "--section", "names")
    assert shown.exit_code == 1
    assert "does not fit: organisation.names" in shown.stdout
    done = mentions("config", "reset", "names", "--by", "Ines Moreau", "--config", made)
    assert done.exit_code == 0, done.output
    assert mentions("config", "show", "--config", made).exit_code == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ("reset", "names"),
        ("reset", "store", "--by", "Ines"),
        ("reset", "names", "--by", " "),
        ("show", "--section", "alerts.mail"),
        ("show", "--section", "stores"),
    ],
)
def test_wrong_use_is_status_2(made: Path, mentions: Command, wrong: tuple[str, ...]) -> None:
    assert mentions("config", *wrong, "--config", made).exit_code == 2


# ── a site's own settings out of an edited config.toml ───────────────────────────────────────────


def edited(folder: Path) -> Path:
    """A complete config.toml as the README had people edit it."""
    text = SHIPPED.read_text("utf-8")
    for before, after in (
        ('daily_at = "08:00"', 'daily_at = "07:10"'),
        ('host = "smtp.example.org"', 'host = "relay.testshire.example.org"'),
        ("[collectors.gdelt]                      #", "[collectors.gdelt]#"),
        ('subreddits = ["london", "ealing", "harrow"]', "#"),
    ):
        assert before in text
        text = text.replace(before, after)
    head, _, rest = text.partition("[[organisation.providers]]")
    path = folder / "config.toml"
    path.write_text(
        head + "# Published contact" + rest.partition("# Published contact")[2], "utf-8"
    )
    return path


def test_what_an_edited_file_has_of_its_own_goes_into_site_toml_and_all_stays_as_it_is(
    tmp_path: Path, mentions: Command
) -> None:
    path = edited(tmp_path)
    before = schema.load(path)
    done = mentions("config", "extract", "--config", path)
    assert done.exit_code == 0, done.output
    assert not path.exists(), "the one that ships with each version is used"
    site = tomllib.loads((tmp_path / "site.toml").read_text("utf-8"))
    assert site["schedule"] == {"daily_at": "07:10"}
    assert site["organisation"] == {"providers": []}
    assert site["alerts"] == {"mail": {"host": "relay.testshire.example.org"}}
    assert site["collectors"] == {"reddit": {"subreddits": []}}
    after = schema.load(path)
    assert after.model_copy(update={"collectors": {}}) == before.model_copy(
        update={"collectors": {}}
    )
    assert (tmp_path / "config.toml.before-site").exists()


def test_extracting_says_first_what_it_would_write_and_refuses_what_it_cannot_say(
    tmp_path: Path, mentions: Command
) -> None:
    path = edited(tmp_path)
    shown = mentions("config", "extract", "--dry-run", "--config", path)
    assert "daily_at" in shown.stdout
    assert {each.name for each in tmp_path.iterdir()} == {"config.toml"}
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^linkedin = 2 .*$", "", text), "utf-8")
    refused = mentions("config", "extract", "--config", path)
    assert refused.exit_code == 1
    assert "retention.platforms.linkedin" in refused.stderr
    assert {each.name for each in tmp_path.iterdir()} == {"config.toml"}


def test_a_file_as_it_ships_has_nothing_to_extract(tmp_path: Path, mentions: Command) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(SHIPPED.read_bytes())
    assert "nothing of your own" in mentions("config", "extract", "--config", path).stdout


def test_what_site_toml_says_already_stays(tmp_path: Path, mentions: Command) -> None:
    path = edited(tmp_path)
    (tmp_path / "site.toml").write_text(
        '# ours\n[schedule]\ndaily_at = "06:30"  # early\n', "utf-8"
    )
    assert mentions("config", "extract", "--config", path).exit_code == 0
    text = (tmp_path / "site.toml").read_text("utf-8")
    assert text.startswith('# ours\n[schedule]\ndaily_at = "06:30"  # early\n')
    assert schema.load(path).alerts.mail.host == "relay.testshire.example.org"


# ── what a newer version brings ──────────────────────────────────────────────────────────────────


def remembered(folder: Path, *changes: tuple[str, str]) -> Path:
    """A site that read the news of an earlier version."""
    path = folder / "config.toml"
    (folder / "site.toml").write_text("[schedule]\ndaily_at = '07:10'\n", "utf-8")
    news.remember(schema.load(path), folder)
    memory = folder / "data" / news.MEMORY
    text = memory.read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    memory.write_text(re.sub("with version .*?,", "with version 0.0.9,", text), "utf-8")
    return path


def test_a_key_that_a_sites_own_whole_file_sets_is_never_told_as_gone(
    tmp_path: Path, mentions: Command
) -> None:
    path = settled(tmp_path)
    team = {"key": "pals", "name": "PALS", "when": "Help", "email": ["pals@example.org"]}
    changed(path, review={"roles": [team]})
    shown = mentions("config", "new", "--config", path)
    assert shown.exit_code == 0, shown.output
    assert "gone: " not in shown.stdout


def test_new_keys_changed_defaults_and_keys_that_went_are_told_until_they_were_read(
    tmp_path: Path, mentions: Command
) -> None:
    path = remembered(
        tmp_path, ("most_an_hour = 10 ", "most_an_hour = 20 "), ("daily_at = \"08:00\"", "daily_at = \"09:00\""),
        ("spikes_to = []", "spiked_to = []"),
    )  # fmt: skip
    shown = mentions("config", "new", "--config", path)
    assert shown.exit_code == 0, shown.output
    assert "new: alerts.spikes_to = []  # who gets it" in shown.stdout
    assert "gone: alerts.spiked_to is no setting any more." in shown.stdout
    assert "changed: alerts.most_an_hour ships as 10, which was 20." in shown.stdout
    assert (
        'changed: schedule.daily_at ships as "08:00", which was "09:00". Your own settings say otherwise, and hold'
        in shown.stdout
    )
    assert news.for_check(schema.load(path), tmp_path) == [
        ("off", "4 news of settings since version 0.0.9: see `mentions config new`")
    ]
    assert mentions("config", "new", "--read", "--config", path).exit_code == 0
    assert "nothing is new" in mentions("config", "new", "--config", path).stdout
    assert news.for_check(schema.load(path), tmp_path) == []


def test_a_complete_file_of_ones_own_is_what_news_are_told_against(
    tmp_path: Path, mentions: Command
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(re.sub(r"(?m)^spikes_to.*$", "", SHIPPED.read_text("utf-8")), "utf-8")
    assert "new: alerts.spikes_to" in mentions("config", "new", "--config", path).stdout
