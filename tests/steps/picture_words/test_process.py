"""The process is waited for no longer than it may take, and what ends it costs one picture."""

from __future__ import annotations

import sys
import textwrap
import time
from pathlib import Path

import pytest

from steps.picture_words.child import MOST_BYTES
from steps.picture_words.process import MOST_STARTS, CannotRead, NotRead, Reader

ODD = """
import json, os, struct, sys, time
def answer(**what):
    written = json.dumps(what).encode()
    os.write(1, struct.pack(">I", len(written)) + written)
{start}
while head := sys.stdin.buffer.read(4):
    picture = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
    if picture == b"hang":
        time.sleep(60)
    if picture == b"crash":
        os._exit(9)
    if picture == b"noise":
        os.write(1, b"\\x00\\x00\\x00\\x03[1]")
    answer(**({{"error": "no picture"}} if picture == b"bad" else {{"text": picture.decode() + " " + " ".join(sorted(os.environ))}}))
"""


def reader(
    folder: Path, start: str = "answer(ready=True)", seconds: float = 5, starts: float = 60
) -> Reader:
    """A reader whose process does what a picture's bytes say."""
    script = folder / "odd.py"
    script.write_text(textwrap.dedent(ODD.format(start=start)))
    command = (sys.executable, str(script))
    return Reader(seconds=seconds, memory_mb=300, command=command, starts=starts)


def test_pictures_are_read_one_after_another_by_one_process(tmp_path: Path) -> None:
    with reader(tmp_path) as reading:
        assert reading.read(b"one").startswith("one")
        assert reading.read(b"two").startswith("two")
        with pytest.raises(NotRead, match="no picture"):
            reading.read(b"bad")
        assert reading.read(b"three").startswith("three")


def test_it_is_told_no_secret_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X_BEARER_TOKEN", "hush")
    with reader(tmp_path) as reading:
        assert "X_BEARER_TOKEN" not in reading.read(b"one")


@pytest.mark.parametrize("picture", [b"crash", b"noise"])
def test_a_picture_that_ends_it_costs_itself(tmp_path: Path, picture: bytes) -> None:
    with reader(tmp_path) as reading:
        with pytest.raises(NotRead):
            reading.read(picture)
        assert reading.read(b"next").startswith("next")


def test_one_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with reader(tmp_path, seconds=0.3) as reading:
        began = time.monotonic()
        with pytest.raises(NotRead, match="too long"):
            reading.read(b"hang")
        assert time.monotonic() - began < 30, "it is not waited for"


def test_what_stops_again_and_again_is_started_no_more(tmp_path: Path) -> None:
    with reader(tmp_path) as reading:
        for _ in range(MOST_STARTS):
            with pytest.raises(NotRead):
                reading.read(b"crash")
        with pytest.raises(CannotRead, match="stopped 3 times"):
            reading.read(b"one")


@pytest.mark.parametrize(
    ("start", "says"),
    [("sys.exit()", "does not start"), ("answer(error='no models')", "no models"), ("print('{}{}', flush=True)", "does not start: the reader ended")],
)  # fmt: skip
def test_one_that_does_not_start_is_told(tmp_path: Path, start: str, says: str) -> None:
    with reader(tmp_path, start) as reading, pytest.raises(CannotRead, match=says):
        reading.read(b"one")


def test_one_that_says_nothing_is_waited_for_no_longer_than_it_may_take(tmp_path: Path) -> None:
    begun = "print('{}')"  # which waits in the process, as does what it would say later
    with reader(tmp_path, begun, starts=0.5) as reading, pytest.raises(CannotRead, match="not start: it took too long"):  # fmt: skip
        reading.read(b"one")


def test_too_many_bytes_are_not_even_sent(tmp_path: Path) -> None:
    with reader(tmp_path) as reading, pytest.raises(NotRead, match="too many bytes"):
        reading.read(b"x" * (MOST_BYTES + 1))


def test_an_unknown_program_is_told(tmp_path: Path) -> None:
    with Reader(seconds=1, memory_mb=300, command=(str(tmp_path / "none"),)) as reading, pytest.raises(CannotRead):  # fmt: skip
        reading.read(b"one")
