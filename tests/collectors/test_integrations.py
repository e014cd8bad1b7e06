"""What each integration promises of itself, and every edit that a new platform needs: a newcomer is held to it unasked."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest

from collectors import platforms, terms
from collectors.integration import Integration, Lazy, PlatformFacts
from collectors.platforms import FACTS, INTEGRATIONS, PLATFORM_NAMES
from core.errors import ConfigError
from core.models import PLATFORMS

ROOT = Path(__file__).parents[2]
USUAL = {"__init__", "collector", "client", "parse", "actions", "replies", "probe"}
MORE = {  # what a folder has beside the usual files, and why it is a topic of its own
    "bluesky": {"threads"},  # what posts answer, asked for in batches; so on Mastodon and Reddit
    # a feed's table; articles' pages; another API; public records, and their fields
    "feeds": {"options", "full_text", "wordpress", "records", "record_parse"},
    # which column is what; who is named in many rows; how dates are written; what is read at most; places by tools' names; whether an export is about
    # a person; what a file is as a whole; JSONL and CSV as rows; and XLSX
    "files": {
        "columns",
        "dates",
        "limits",
        "people_named",
        "places",
        "subject",
        "survey",
        "tables",
        "workbooks",
    },
    # senders; a mail taken apart; a private chat that is carried; a reporter's own words; what can't be read
    "inbox": {"addresses", "bodies", "private_chat", "text", "unread"},
    "instagram": {"hashtags"},  # thirty in seven days
    "mastodon": {"characters", "threads"},  # how long a reply is there
    "reddit": {"markdown", "threads"},  # Reddit's markup as plain words
    "youtube": {"captions"},  # what is said in our own videos
    "threads": {"characters"},  # how long a reply is there
    "tiktok": {"tokens"},  # how it gives one, which is not OAuth 2's way
    "x": {"budget", "characters"},  # what reading costs; how long a reply is there
}
NAMES = [source.name for source in INTEGRATIONS]


def lacking(source: Integration) -> list[str]:
    """The edits that a platform still needs, by the numbers of docs/adding-a-collector.md."""
    words = [facts.name for facts in source.platforms]
    known = tomllib.loads(terms.FILE.read_text("utf-8"))
    config = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))["collectors"]
    folder = ROOT / "collectors" / source.name
    edits = {
        "1 a word in Platform, core/models.py": set(words) <= set(PLATFORMS),
        "2 a table in collectors/terms.toml": set(words) <= set(known),
        "3 its folder, collector.py and parse.py in it": all(
            (folder / f"{name}.py").is_file() for name in ("__init__", "collector", "parse")
        ),
        "4 a table in config.toml, off": config.get(source.name, {}).get("on") is False,
        "5 saved pages and case.json in tests/data": (
            ROOT / "tests" / "data" / source.name / "case.json"
        ).is_file(),
    }
    return [edit for edit, there in edits.items() if not there]


@pytest.mark.parametrize("name", NAMES)
def test_every_platform_has_its_five_edits(name: str) -> None:
    assert lacking(platforms.integration(name)) == []


def test_a_platform_that_lacks_one_is_told_which() -> None:
    word: Any = "myspace"
    newcomer = Integration(
        name="myspace",
        label="Myspace",
        collector=Lazy("collectors.myspace.collector:Myspace"),
        platforms=(PlatformFacts(name=word, label="Myspace"),),
    )
    assert [edit[0] for edit in lacking(newcomer)] == ["1", "2", "3", "4", "5"]


def test_every_folder_that_describes_a_platform_is_in_the_list_and_is_called_as_its_table() -> None:
    described = {
        path.parent.name
        for path in (ROOT / "collectors").glob("*/__init__.py")
        if "INTEGRATION = " in path.read_text("utf-8")
    }
    assert described == set(NAMES)
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_one_kind_of_file_a_platform(name: str) -> None:
    files = {path.stem for path in (ROOT / "collectors" / name).glob("*.py")}
    source = platforms.integration(name)
    assert files - USUAL == MORE.get(name, set())
    does = any((source.recheck, source.moderation, source.profiles))
    assert ("actions" in files) == does
    assert ("replies" in files) == bool(source.replying)
    assert ("probe" in files) == bool(source.probes)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_named_by_where_it_stands_is_there(name: str) -> None:
    source = platforms.integration(name)
    assert source.collector.load().name == name
    for part in (source.recheck, source.recheck_parents, source.profiles):
        assert not part or callable(part.load())
    assert bool(source.takedown_actions) == bool(source.moderation)
    if source.replying:
        assert source.replying.load().needs
        fields = {field.name for field in dataclasses.fields(source.collector.load())}
        assert "reply" in fields  # the key that lets it
    if source.moderation:
        assert set(source.takedown_actions) <= set(source.moderation.load().actions)


def test_every_platform_is_described_once_and_has_a_name_for_people() -> None:
    described = [facts.name for source in INTEGRATIONS for facts in source.platforms]
    assert sorted(described) == sorted(PLATFORMS)
    assert list(FACTS) == list(PLATFORM_NAMES) == list(PLATFORMS)
    assert len(set(PLATFORM_NAMES.values())) == len(PLATFORMS)


def test_no_two_platforms_claim_one_host_or_one_name_of_an_export() -> None:
    for field in dataclasses.fields(PlatformFacts):
        if field.name in ("url_hosts", "export_names"):
            claimed = [value for facts in FACTS.values() for value in getattr(facts, field.name)]
            assert len(set(claimed)) == len(claimed)
    hosts = [
        host
        for facts in FACTS.values()
        for host in (*facts.account_urls.first, *facts.account_urls.after)
    ]
    assert len(set(hosts)) == len(hosts)


def test_a_source_that_no_integration_brought_is_no_error_where_one_may_look() -> None:
    assert platforms.find("noted") is None
    with pytest.raises(ConfigError, match=r"\[collectors\.myspace\]: no such source; there are x,"):
        platforms.integration("myspace")


def test_nothing_is_loaded_of_what_is_not_there() -> None:
    assert not Lazy[object]()
    with pytest.raises(ValueError, match="invalid format"):
        Lazy[object]().load()
