"""The parent's side of the process that reads pictures: starts it, waits for each answer no longer than it may take, ends it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from settings.secrets import environment
from steps.picture_words.child import LENGTH, MOST_BYTES

NEEDS = "words in pictures are read by the extra `pictures`: pip install 'nwl-mentions[pictures]', or set [pictures] read_text = false"
STARTS = 60.0  # seconds in which it must have loaded its models
MOST_STARTS = 3  # of one reader: what stops it again and again is not the pictures
_ROOT = Path(__file__).parents[2]


class NotRead(Exception):
    """One picture could not be read; the message is in our own words."""


class CannotRead(Exception):
    """No picture can be read: it does not start, or stopped too often."""


def missing() -> str:
    """What has to be installed; "" where nothing is."""
    return "" if find_spec("rapidocr") is not None else NEEDS


class Reader:
    """Reads pictures one after another, in a process that is started with the first. Use it in a `with`.

    A picture that takes longer than `seconds`, or ends the process, costs itself: the next one starts another. `starts` is in
    how many seconds the process must have loaded its models.
    """

    def __init__(
        self,
        *,
        seconds: float,
        memory_mb: int,
        command: Sequence[str] | None = None,
        starts: float = STARTS,
    ) -> None:
        self._seconds, self._start_seconds = seconds, starts
        self._command = [
            *(command or (sys.executable, "-m", "steps.picture_words.child")), str(memory_mb),
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def read(self, picture: bytes) -> str:
        """The words in a picture, a line each; "" where there are none. Raises NotRead and CannotRead."""
        if len(picture) > MOST_BYTES:
            raise NotRead("too many bytes")
        process = self._started()
        assert process.stdin is not None
        try:
            process.stdin.write(LENGTH.pack(len(picture)) + picture)
            process.stdin.flush()
        except OSError:
            self.stop()
            raise NotRead("the reader ended") from None
        answer = self._next(self._seconds)
        if "error" in answer:
            raise NotRead(str(answer["error"]))
        return str(answer.get("text", ""))

    def stop(self) -> None:
        """Ends the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    _close(pipe)
            self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None:
            return self._process
        if self._starts == MOST_STARTS:
            raise CannotRead(f"the reader stopped {MOST_STARTS} times")
        self._starts += 1
        self._answers = queue.Queue()
        variables = {  # nothing else: no secret of ours
            "PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1", "PATH": os.defpath,
            **{name: value for name, value in environment().items() if name.upper() == "SYSTEMROOT"},
        }  # fmt: skip
        try:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=variables, cwd=_ROOT,
            )  # fmt: skip
        except OSError as error:
            raise CannotRead(f"the reader does not start ({type(error).__name__})") from None
        assert self._process.stdout is not None
        threading.Thread(
            target=_listen, args=(self._process.stdout, self._answers), daemon=True
        ).start()
        try:
            answer = self._next(self._start_seconds)
        except NotRead as error:
            raise CannotRead(f"the reader does not start: {error}") from None
        if not answer.get("ready"):
            self.stop()
            raise CannotRead(str(answer.get("error", "the reader does not start")))
        return self._process

    def _next(self, seconds: float) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            self.stop()
            raise NotRead("it took too long") from None
        if answer is None:
            self.stop()
            raise NotRead("the reader ended")
        return answer


def _listen(pipe: IO[bytes], answers: queue.Queue[dict[str, Any] | None]) -> None:
    """Hands on each answer, then None: the process ended."""
    try:
        while len(head := pipe.read(LENGTH.size)) == LENGTH.size:
            (length,) = LENGTH.unpack(head)
            answer = json.loads(pipe.read(length)) if length <= MOST_BYTES else None
            if not isinstance(answer, dict):
                break
            answers.put(answer)
    except (OSError, ValueError):
        pass
    answers.put(None)


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what was not written yet has nobody to read it
        pipe.close()
