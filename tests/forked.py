"""Processes of their own that have loaded the program as they begin: copies of one that loaded it once.

To load the store alone takes half a second of a processor, and tests that kill a process at each of many moments begin dozens.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

CONTEXT: Any = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")
# What is copied is loaded when the first process begins: all that any test of a worker may run so.
CONTEXT.set_forkserver_preload(["tests.store.forked_work", "steps.assess", "tests.cycles"])

# What a process runs: a function of a module, with a way to write lines to whoever began it.
Work = Callable[..., None]


@dataclass(frozen=True)
class Forked:
    """A process that does some work, and what it wrote."""

    process: BaseProcess
    lines: Connection

    def line(self, seconds: float = 60.0) -> str:
        """The next line; "" at the end of them. Raises TimeoutError."""
        if not self.lines.poll(seconds):
            raise TimeoutError(f"no line within {seconds:.0f} seconds")
        try:
            return str(self.lines.recv())
        except EOFError:
            return ""

    def rest(self, seconds: float = 60.0) -> list[str]:
        """Every line until its end. Raises TimeoutError."""
        lines = list(iter(lambda: self.line(seconds), ""))
        self.process.join(seconds)
        if self.process.exitcode is None:
            raise TimeoutError(f"it did not end within {seconds:.0f} seconds")
        return lines

    @property
    def code(self) -> int | None:
        """Its exit status, a signal's as its negative; None while it runs."""
        return self.process.exitcode

    def ends_within(self, seconds: float) -> bool:
        """Waits so long at most; whether it ended by itself."""
        self.process.join(seconds)
        return self.process.exitcode is not None

    def kill(self) -> None:
        """Ends it with no time to tidy up."""
        self.process.kill()
        self.process.join(60)


@contextmanager
def forked(work: Work, *args: Any) -> Iterator[Forked]:
    """Begins a process that calls `work(write, *args)`; it is killed where it still runs at the end."""
    reads, writes = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_run, args=(work, writes, args), daemon=True)
    process.start()
    writes.close()
    try:
        yield Forked(process, reads)
    finally:
        if process.is_alive():
            process.kill()
        process.join(60)
        reads.close()
        process.close()


def _run(work: Work, writes: Connection, args: tuple[Any, ...]) -> None:
    work(writes.send, *args)


def kill_this_process() -> None:
    """As the system does that has no memory left."""
    os.kill(os.getpid(), signal.SIGKILL)
