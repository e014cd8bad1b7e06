"""The page on a port of loopback, in a thread of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from tests.waits import finish, until

PATIENCE = 0.2  # seconds for what is being answered; a page that is left open listens for ever


@contextmanager
def bound() -> Iterator[tuple[socket.socket, str]]:
    """A free port and its address; a port that was let go could be somebody else's by the time that it is needed."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        yield listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


class QuickServer(uvicorn.Server):
    """Ends as soon as it should: uvicorn looks for that ten times a second, and waits a tenth more, after each test with a page."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)

    async def main_loop(self) -> None:
        """Sets the date of answers each second, until the end."""
        while not self.should_exit:
            await self.on_tick(0)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, without its wait for what nobody speaks on."""
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0.005)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wait_tasks_to_complete(), PATIENCE)
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()

    def end(self) -> None:
        """Lets it end, from another thread."""
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._ending.set)


@contextmanager
def serving(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Answers on that port until the end."""
    server = QuickServer(uvicorn.Config(app, log_level="critical"))
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
        server.end()
        finish([thread], seconds=10)
