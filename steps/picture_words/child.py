"""The process that opens strangers' pictures and reads their words: no network, no files to write, bounded memory.

It is started by `process.Reader` and by nothing else. A picture comes on standard input as its length in four bytes and its
bytes; the answer goes to standard output as its length and JSON: {"text": "..."}, or {"error": "..."} in our own words. The
first answer says whether it can read at all: {"ready": true} or {"error": "..."}.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

from collectors.redrawing import redrawn

if TYPE_CHECKING:
    from PIL.Image import Image

Read = Callable[["Image"], str]  # the words of a picture, a line each; "" where there are none
LENGTH = struct.Struct(">I")
MOST_BYTES = 16_000_000
MOST_WORDS = 4_000  # code points of an answer


def main() -> None:
    """Reads pictures until its input ends. The only argument is the memory that it may take, in megabytes."""
    sent, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    try:
        read = _reader(int(sys.argv[1]))
    except Exception as error:  # whatever a library's start meets: the parent tells a person
        _answer(answers, {"error": f"the reader does not start ({type(error).__name__})"})
        return
    _answer(answers, {"ready": True})
    serve(sent, answers, read)


def serve(sent: BinaryIO, answers: BinaryIO, read: Read) -> None:
    """Answers picture after picture."""
    while head := sent.read(LENGTH.size):
        (length,) = LENGTH.unpack(head)
        if length > MOST_BYTES:
            return  # no picture of ours: it can only be a fault
        _answer(answers, _words(sent.read(length), read))


def _words(picture: bytes, read: Read) -> dict[str, Any]:
    try:
        return {"text": read(redrawn(picture))[:MOST_WORDS]}
    except ValueError:
        return {"error": "no picture"}
    except MemoryError:
        return {"error": "too much memory"}
    except Exception as error:  # of a library, on what a stranger drew: costs this picture alone
        return {"error": type(error).__name__}


def _answer(answers: BinaryIO, answer: dict[str, Any]) -> None:
    written = json.dumps(answer).encode()
    answers.write(LENGTH.pack(len(written)) + written)
    answers.flush()


def _reader(megabytes: int) -> Read:
    """RapidOCR with the models that its package brings. The bounds come after them, so that they count pictures alone."""
    import numpy as np  # here and below: the parent imports this module for its numbers alone
    from rapidocr import RapidOCR

    threads = "EngineConfig.onnxruntime.{}_op_num_threads"
    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            threads.format("intra"): 1,
            threads.format("inter"): 1,
        }
    )
    _bound(megabytes)

    def read(picture: Image) -> str:
        result = engine(np.asarray(picture)[:, :, ::-1])  # it reads blue, green, red
        return "\n".join(getattr(result, "txts", None) or ())

    return read


def _bound(megabytes: int) -> None:
    """Takes from this process what it does not need: memory beyond a bound, files to write, the network."""

    def refuse(*_: object, **__: object) -> Any:
        raise OSError("this process asks no network")

    socket.socket = socket.create_connection = socket.getaddrinfo = refuse  # type: ignore[misc, assignment]
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the bound
        return
    os.nice(10)  # sources, mails and the page come first
    memory = megabytes * 1_000_000
    for what, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
