"""What the program's own log holds: ids and counts, whatever fails in a collector; one line for a cycle in which nothing is new."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from collectors import factory
from collectors.base import Collected, Collector
from core import logs
from core.errors import PlatformRefused, PlatformUnavailable
from core.progress import report_progress
from demo.world import World
from steps import collect
from steps.context import open_context
from tests.conftest import Command
from tests.cycles import changed, settled
from tests.platforms import NAMES, home

WORDS = "the porter in bay four is a thief"
AUTHOR = "rowan_ashdown_77"
ADDRESS = "rowan.ashdown@example.org"
NUMBER = "999 123 4567"
PRIVATE = (WORDS, AUTHOR, ADDRESS, NUMBER)
# What goes wrong: a library's error with the answer in it, a bug with a post in it, a line of ours that quotes what it must not
ERRORS: dict[str, Callable[[str], Exception]] = {
    "a key": lambda secret: KeyError(f"{AUTHOR} {WORDS} {secret}"),
    "a value": lambda secret: ValueError({"author": AUTHOR, "text": WORDS, "token": secret}),
    "an answer": lambda secret: json.JSONDecodeError(f"{WORDS} {secret}", f"{AUTHOR}{WORDS}", 0),
    "bytes": lambda secret: UnicodeDecodeError("utf-8", f"{WORDS}{secret}".encode(), 0, 1, f"{AUTHOR}"),
    "unavailable": lambda secret: PlatformUnavailable(
        f"answered “{WORDS}” to https://api.example.org/{AUTHOR}?token={secret} for {ADDRESS}"
    ),
    "refused": lambda secret: PlatformRefused(f'@{AUTHOR} may not: "{WORDS}"; {secret}; {NUMBER}'),
}  # fmt: skip


@pytest.fixture(autouse=True)
def a_log_of_its_own() -> Iterator[None]:
    """A test that keeps a log leaves none."""
    yield
    logs.configure("text")


def breaking(error: Exception) -> Callable[..., Collector]:
    """Builds collectors of their own kind that fail as they begin."""

    def build(name: str, table: Any, **run: Any) -> Collector:
        collector = factory.build(name, table, **run)

        def fails(_self: Collector, _since: datetime) -> Iterator[Collected]:
            logging.getLogger(f"library.{name}").error("no answer: %s", error)
            raise error
            yield

        kind = type(collector)  # of which a run may make another, with an access token
        object.__setattr__(collector, "__class__", type(kind.__name__, (kind,), {"collect": fails}))
        return collector

    return build


@pytest.mark.parametrize("name", NAMES)
def test_an_error_of_a_collector_brings_no_words_author_or_secret_into_the_log(
    name: str, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home(tmp_path, world, name)
    names = re.findall(r'"file:([^"]+)"', path.read_text("utf-8"))
    secrets = [(tmp_path / each).read_text("utf-8").strip() for each in names]
    for kind, error in ERRORS.items():
        for form in ("json", "text"):
            logs.configure(form)
            with open_context(path, report_progress, build=breaking(error(secrets[-1]))) as context:
                collect.collect(context)
                assert len(context.failures) == 1
            output = capsys.readouterr().err
            for private in (*PRIVATE, *secrets):
                assert private not in output, (kind, form)
            assert f"{name}: " in output, "what failed is named all the same"
            assert "no answer: …" in output, "and so is the library's line"


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_cycle_in_which_nothing_is_new_is_one_line(calm: World, tmp_path: Path, mentions: Command) -> None:  # fmt: skip
    path = settled(tmp_path, calm, only=("feeds",), alerts={"on": True})
    first = mentions("run", "--config", path, "--log-format", "json")
    assert len(lines(first.stderr)) > 1
    mentions("run", "--config", path)  # draws the sample
    second = mentions("run", "--config", path, "--log-format", "json")
    assert second.exit_code == 0, second.stderr
    (line,) = lines(second.stderr)
    assert line["event"] == "cycle done"
    assert (line["sources"], line["new"], line["failed"], line["waiting"]) == (1, 0, 0, 0)
    more = lines(mentions("run", "-v", "--config", path, "--log-format", "json").stderr)
    assert "source read" in {line["event"] for line in more}
    assert not lines(mentions("run", "-q", "--config", path, "--log-format", "json").stderr)
    before = mentions("--log-format", "json", "-q", "run", "--config", path)
    assert not before.stderr, "options may stand before the command too"


def test_the_settings_say_how_a_log_is_kept(calm: World, tmp_path: Path, mentions: Command) -> None:
    path = settled(tmp_path, calm, only=("feeds",), log={"format": "json", "level": "warning"})
    assert not mentions("collect", "--config", path).stderr
    changed(path, log={"format": "json", "level": "info"})
    (line,) = lines(mentions("collect", "--config", path).stderr)
    assert line["event"] == "collected"


def test_an_odd_item_is_a_warning_with_its_count_and_no_failure(
    world: World, tmp_path: Path, mentions: Command
) -> None:
    path = home(tmp_path, world, "inbox")
    result = mentions("collect", "--config", path, "--log-format", "json")
    odd = [line for line in lines(result.stderr) if line["level"] == "warning"]
    assert len(odd) > 1
    assert (odd[-1]["event"], odd[-1]["odd"]) == ("odd items were met", len(odd) - 1)
    assert result.exit_code == 0
