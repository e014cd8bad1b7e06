"""The page on a port of loopback, in a thread of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from tests.waits import finish, until


@contextmanager
def bound() -> Iterator[tuple[socket.socket, str]]:
    """A free port and its address; a port that was let go could be somebody else's by the time that it is needed."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        yield listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def serving(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Answers on that port until the end."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listening]}, daemon=True, name="the page's server"
    )
    thread.start()

    def ready() -> bool:
        assert thread.is_alive(), "the page's server ended before it was ready"
        return server.started

    until(ready, "the page's server")
    try:
        yield
    finally:
        server.should_exit = True
        finish([thread], seconds=10)
