"""A log has one form, whoever writes into it, and says when, how grave, what and in which run."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from contextvars import copy_context
from typing import Any

import pytest

from core import clock, logs
from core.progress import Line, report_progress
from tests.waits import finish

WORDS = "the porter is a thief"


@pytest.fixture(autouse=True)
def kept_apart() -> Iterator[None]:
    """Nothing of a log's settings outlives a test, nor reaches it from before: a command's log stays."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in (*logs.OURS, *logs.QUIET)}
    root_level, handlers, state = root.level, list(root.handlers), logs._state
    logs._state = logs._State()
    root.handlers = [one for one in handlers if not isinstance(one, logs.Handler)]
    yield
    logs._state, root.handlers = state, handlers
    root.setLevel(root_level)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=False)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was written, as JSON."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_what_was_configured_twice_writes_each_line_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logging.getLogger().addHandler(logs.Handler())
    logs.configure("json")
    logging.getLogger("mentions").info("one line")
    assert capsys.readouterr().err.count("one line") == 1


def test_to_a_service_each_line_is_an_object_with_ids_and_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("json")
    token = logs.about.set({"run": 7, "job": "cycle"})
    report_progress(
        Line("bluesky: 3 found, 2 new", "source read", source="bluesky", found=3, new=2)
    )
    logs.about.reset(token)
    report_progress("the schedule is on")
    first, second = lines(capsys)
    assert abs((clock.now() - clock.parse(first.pop("time"))).total_seconds()) < 60
    assert first == {
        "level": "info", "event": "source read", "run": 7, "job": "cycle", "source": "bluesky", "found": 3, "new": 2,
        "text": "bluesky: 3 found, 2 new",
    }  # fmt: skip
    assert (second["event"], "text" in second, "run" in second) == (
        "the schedule is on",
        False,
        False,
    )


def test_a_person_reads_time_level_and_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("text")
    report_progress(Line("bluesky: 3 found", "source read", found=3))
    report_progress("! feeds: gone for good")
    logging.getLogger("review").warning("sign-in: user %d", 4)
    found, failed, review = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d info     bluesky: 3 found", found)
    assert failed.endswith(" warning  ! feeds: gone for good")
    assert review.endswith(" warning  review: sign-in: user 4")


@pytest.mark.parametrize(
    ("level", "ours", "theirs"),
    [
        (logging.ERROR, {"error"}, {"error"}),
        (logging.WARNING, {"warning", "error"}, {"warning", "error"}),
        (logging.INFO, {"info", "warning", "error"}, {"warning", "error"}),
        (logging.DEBUG, {"debug", "info", "warning", "error"}, {"info", "warning", "error"}),
        (logging.NOTSET, {"debug", "info", "warning", "error"}, {"debug", "info", "warning", "error"}),
    ],
)  # fmt: skip
def test_more_or_less_is_said_and_of_libraries_one_level_less(
    level: int, ours: set[str], theirs: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("json", level)
    for name in ("mentions", "library"):
        for grade in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            logging.getLogger(name).log(grade, "nothing of note")
    told = lines(capsys)
    assert {line["level"] for line in told if "logger" not in line} == ours
    assert {line["level"] for line in told if line.get("logger") == "library"} == theirs


def test_settings_are_followed_but_where_an_option_said_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.follow("json", logging.DEBUG)  # before a log is kept
    assert not logs.configured()
    logs.configure("text", logging.WARNING, fixed=frozenset({"level"}))
    logs.follow("json", logging.DEBUG)
    report_progress("not said")
    logging.getLogger("mentions").warning("said")
    assert [line["event"] for line in lines(capsys)] == ["said"]
    logs.follow(None, None)
    logging.getLogger("mentions").warning("said")
    assert len(lines(capsys)) == 1


def test_a_bug_is_its_place_and_kind_and_not_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    before = sys.excepthook, threading.excepthook
    try:
        logs.hook_bugs()
        try:
            raise KeyError(WORDS)
        except KeyError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=lambda: dict[str, int]()[WORDS])
        thread.start()
        finish([thread])
    finally:
        sys.excepthook, threading.excepthook = before
    output = capsys.readouterr().err
    assert WORDS not in output
    for line in output.splitlines():
        told = json.loads(line)
        assert (told["event"], told["error"]) == ("a bug in this program", "KeyError")
        assert "test_logs.py" in told["frames"][-1]
    assert len(output.splitlines()) == 2


@pytest.mark.parametrize("form", ["text", "json"])
def test_libraries_and_warnings_of_python_go_the_same_way_without_words(
    form: logs.Form, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(form)
    logging.getLogger("library").error("no answer to %s", WORDS)
    logging.getLogger("library").error(f"no answer to {WORDS}")
    try:
        raise ValueError(WORDS)
    except ValueError:
        logging.getLogger("library").exception("it broke")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(WORDS, UserWarning, stacklevel=1)
    output = capsys.readouterr().err
    assert WORDS not in output
    for part in (
        "no answer to …",
        "a message that is not shown",
        "it broke",
        "ValueError",
        "UserWarning at ",
    ):
        assert part in output
    assert "Traceback" not in output


def test_a_thread_of_a_run_says_in_which_run(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    token = logs.about.set({"run": 3, "job": "cycle"})
    thread = threading.Thread(target=copy_context().run, args=(report_progress, "read"))
    logs.about.reset(token)
    thread.start()
    finish([thread])
    assert [line["run"] for line in lines(capsys)] == [3]


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def write(self, _: str) -> int:
            raise OSError(28, "No space left on device")

        def isatty(self) -> bool:
            return False

    logs.configure("json")
    monkeypatch.setattr(sys, "stderr", Full())
    report_progress("the work goes on")
