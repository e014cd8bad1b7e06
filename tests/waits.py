"""Waits that end: what did not come in time is named."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import IO, Any, TypeVar

import anyio

T = TypeVar("T")


def in_a_thread(work: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that awaits, in a thread of its own: a browser of another test may hold this one's loop."""

    @wraps(work)
    def run(*args: Any, **named: Any) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(anyio.run, partial(work, *args, **named)).result()

    return run


def until(
    condition: Callable[[], T], what: str, *, seconds: float = 30.0, every: float = 0.01
) -> T:
    """Asks `every` so many seconds until the answer is true, and gives it. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:.0f} seconds")
        time.sleep(every)
    return answer


def listens(port: int) -> bool:
    """Whether something takes connections there."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


def line_of(
    stream: IO[str] | None, wanted: str = "", *, what: str = "a line", seconds: float = 60.0
) -> str:
    """The next line of a process's output that holds `wanted`. Raises TimeoutError, or EOFError at its end."""
    assert stream is not None
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in iter(stream.readline, ""):
            lines.put(line)
            if wanted in line:
                return
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    end, read_lines = time.monotonic() + seconds, list[str]()
    while True:
        try:
            line = lines.get(timeout=max(end - time.monotonic(), 0.0))
        except queue.Empty:
            raise TimeoutError(f"{what}: not within {seconds:.0f} seconds") from None
        if not line:
            raise EOFError(f"{what} did not come before the end of: {''.join(read_lines)[-2000:]}")
        if wanted in line:
            return line
        read_lines.append(line)


def finish(threads: Iterable[threading.Thread], *, seconds: float = 30.0) -> None:
    """Waits for the end of each. Raises TimeoutError."""
    for thread in threads:
        thread.join(seconds)
        if thread.is_alive():
            raise TimeoutError(f"{thread.name} did not end within {seconds:.0f} seconds")


def run_in_threads(*functions: Callable[[], object], seconds: float = 30.0) -> None:
    """Calls all at once, each in a thread of its own, and waits for their end. Raises TimeoutError."""
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    finish(threads, seconds=seconds)
