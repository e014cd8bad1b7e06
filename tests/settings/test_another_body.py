"""A body of another name is never searched for by what ships for North West London: it is left out, and said so until it is answered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cli import init, wizard
from settings import schema
from settings.another_body import unanswered, unanswered_line
from settings.organisation import today
from settings.overrides import with_content
from settings.sections import SECTIONS
from settings.shipped import shipped_config
from tests.conftest import Command

NAMED = '[[organisation.names]]\nname = "Testshire ICB"\n'
ALL = ["topics", "accounts", "places", "providers", "contacts"]


def site(folder: Path, text: str = NAMED) -> Path:
    (folder / "site.toml").write_text(text, "utf-8")
    return folder / "config.toml"


def test_nothing_of_the_body_that_ships_is_in_force_for_another(tmp_path: Path) -> None:
    config = schema.load(site(tmp_path))
    organisation = config.organisation
    assert (organisation.topics, organisation.accounts) == ((), ())
    assert (organisation.places, organisation.providers) == ((), ())
    assert all(contact.name.startswith("National") for contact in organisation.contacts)
    assert organisation.contacts, "helplines of the whole country stay"
    assert today(organisation, date(2026, 11, 29)).ours == ("Testshire ICB",)
    assert unanswered(config) == ALL
    assert "still those of NHS North West London" in unanswered_line(config)


def test_an_edited_copy_that_changed_the_name_alone_is_another_body_too(tmp_path: Path) -> None:
    text = shipped_config().read_text("utf-8")
    start, end = text.index("[[organisation.names]]"), text.index("# The register of accounts.")
    (tmp_path / "config.toml").write_text(text[:start] + NAMED + "\n" + text[end:], "utf-8")
    config = schema.load(tmp_path / "config.toml")
    assert config.organisation.topics == ()
    assert unanswered(config) == ALL


def test_the_same_body_with_other_names_keeps_all(tmp_path: Path) -> None:
    text = '[[organisation.names]]\nname = "West and North London ICB"\n[[organisation.names]]\nname = "WNL Health"\n'
    config = schema.load(site(tmp_path, text))
    assert config.organisation.topics == schema.load(shipped_config()).organisation.topics
    assert unanswered_line(config) == ""


def test_what_is_answered_is_said_no_more_and_holds(tmp_path: Path) -> None:
    config = schema.load(site(tmp_path, f'[organisation]\ntopics = ["Elder Row"]\nplaces = []\n{NAMED}'))  # fmt: skip
    assert config.organisation.topics == ("Elder Row",)
    assert unanswered(config) == ["accounts", "providers", "contacts"]


def test_what_a_lead_filled_in_the_page_is_answered(tmp_path: Path) -> None:
    config = schema.load(site(tmp_path))
    section = next(each for each in SECTIONS if "organisation.places" in each.keys)
    filled = with_content(config, section, {"organisation.places": [{"name": "Elder Row"}]})
    assert "places" not in unanswered(filled)


@pytest.mark.parametrize("by", ["flags", "answers"])
def test_init_that_asks_nothing_leaves_them_out_and_says_so_as_it_ends(
    by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mentions: Command
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("answers.toml").write_text(NAMED, "utf-8")
    flags = ("--organisation", "Testshire ICB") if by == "flags" else ("--answers", "answers.toml")
    result = mentions("init", "--yes", *flags)
    assert result.exit_code == 0, result.output
    warnings = [line for line in result.stdout.splitlines() if line.startswith("! ")]
    assert len(warnings) == 1
    assert "providers and contacts of [organisation] are still those of NHS North West London" in warnings[0]  # fmt: skip
    assert schema.load(tmp_path / "config.toml").organisation.accounts == ()
    checked = mentions("check", "--offline").stdout
    assert "MISSING  settings: topics, accounts" in checked
    assert "are still those of NHS North West London" in mentions("status").stdout
    assert "are still those of NHS North West London" in mentions("run").stderr
    assert "North West London NHS" not in mentions("config", "show", "organisation.topics").stdout


def test_who_was_asked_has_answered(tmp_path: Path) -> None:
    class Enter:
        def say(self, line: str = "") -> None:
            pass

        def ask(self, question: str, default: str = "", *, hidden: bool = False) -> str:
            return default

    path = site(tmp_path)
    target, answers = init.begin(path)
    wizard.ask_all(Enter(), answers)
    init.finish(path, target, answers)
    assert unanswered(schema.load(path)) == []
    assert schema.load(path).organisation.topics == ()
