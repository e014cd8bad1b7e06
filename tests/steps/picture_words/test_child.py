"""What the process that reads pictures says, and that it can do nothing else; with the engine of the extra where it is installed."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from PIL import Image

from steps.picture_words.child import LENGTH, MOST_BYTES, serve
from steps.picture_words.process import NotRead, Reader
from steps.picture_words.step import FEWEST
from tests.steps.picture_words import rendered
from tests.steps.picture_words.rendered import png

engine = pytest.mark.skipif(find_spec("rapidocr") is None, reason="needs the extra `pictures`")


def asked(*pictures: bytes, words: str = "some") -> list[dict[str, str]]:
    """The answers of the process to pictures, read by an engine that sees `words` in each."""

    def read(picture: Image.Image) -> str:
        if picture.size == (1, 1):
            raise MemoryError
        if picture.size == (2, 2):
            raise RuntimeError("a stranger's words")
        return words

    sent = io.BytesIO(b"".join(LENGTH.pack(len(picture)) + picture for picture in pictures))
    answers = io.BytesIO()
    serve(sent, answers, read)
    answers.seek(0)
    listed = []
    while head := answers.read(LENGTH.size):
        listed.append(json.loads(answers.read(LENGTH.unpack(head)[0])))
    return listed


def test_each_picture_has_an_answer_and_one_that_fails_costs_itself() -> None:
    tiny, small = png(Image.new("RGB", (1, 1))), png(Image.new("RGB", (2, 2)))
    assert asked(b"no picture", tiny, small, png(rendered.scribble())) == [
        {"error": "no picture"}, {"error": "too much memory"}, {"error": "RuntimeError"}, {"text": "some"},
    ]  # fmt: skip


def test_an_answer_is_bounded_and_what_is_no_picture_of_ours_ends_it() -> None:
    assert len(asked(png(rendered.scribble()), words="x" * 9_000)[0]["text"]) == 4_000
    answers = io.BytesIO()
    serve(io.BytesIO(LENGTH.pack(MOST_BYTES + 1)), answers, lambda _: "")
    assert answers.getvalue() == b""
    assert struct.calcsize(">I") == LENGTH.size


BOUND = """
import sys
from steps.picture_words import child
child._bound(300)
import socket
try:
    socket.create_connection(("127.0.0.1", 9))
except OSError as error:
    print("network", error)
try:
    with open(sys.argv[1], "wb") as file:
        file.write(b"x" * 10)
    print("file was written")
except OSError:
    print("no file")
try:
    bytearray(600_000_000)
    print("memory was had")
except MemoryError:
    print("no memory")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="bounds of the kernel")
def test_it_has_no_network_no_files_and_bounded_memory(tmp_path: object) -> None:
    import signal

    def ignore() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that it can tell what it met

    said = subprocess.run(
        [sys.executable, "-c", BOUND, f"{tmp_path}/x"], capture_output=True, text=True, check=True, preexec_fn=ignore,
    ).stdout.splitlines()  # fmt: skip
    assert said == ["network this process asks no network", "no file", "no memory"]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(seconds=100, memory_mb=1000) as reading:
        yield reading


@engine
def test_a_photographed_letter_is_read_with_its_number_and_name(reader: Reader) -> None:
    words = reader.read(png(rendered.photographed(rendered.letter())))
    assert rendered.NUMBER in words
    assert rendered.NAME in words


@engine
def test_a_chat_in_dark_colours_and_a_meme_are_read(reader: Reader) -> None:
    assert "Quillfeather" in reader.read(png(rendered.chat()))
    joined = reader.read(png(rendered.meme())).replace(
        " ", ""
    )  # outlined capitals lose some blanks
    assert "WAITINGFORTHEGP" in joined


@engine
def test_where_no_word_stands_none_is_read_and_no_picture_is_none(reader: Reader) -> None:
    assert len(reader.read(png(rendered.scribble()))) < FEWEST, "a leaf may look like a figure"
    with pytest.raises(NotRead, match="no picture"):
        reader.read(b"<svg onload=alert(1)>")
