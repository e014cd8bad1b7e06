"""A source's time ends whatever its server does: one that drips, hangs, sends on and on, or asks for patience."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import requests

from collectors.base import Http
from collectors.http.budget import CutShort, TimeBudget
from collectors.http.egress import Egress
from core.errors import CollectorError, PlatformUnavailable
from tests.waits import finish

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SECONDS = 0.5  # of a budget
SOON = 5.0  # seconds, where the machine is busy


class Raw:
    """A server on loopback that speaks as `speak` does, with each connection in a thread of its own."""

    def __init__(self, speak: Callable[[socket.socket, threading.Event], None]) -> None:
        self.stopping = threading.Event()
        self.requests = 0
        self._speak = speak
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/posts?key=hush"

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.stopping.is_set():
                connection.close()
                return
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while connection.recv(65_536):
                    self.requests += 1
                    self._speak(connection, self.stopping)
            except OSError:
                return  # whoever asked hung up

    def stop(self) -> None:
        self.stopping.set()
        socket.create_connection(self._listener.getsockname()).close()
        for connection in self._open:  # those that a client keeps alive
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        finish(self._threads)
        self._listener.close()


def drips(connection: socket.socket, stopping: threading.Event) -> None:
    """A body that comes a byte at a time, and never ends."""
    connection.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
    while not stopping.wait(0.05):
        connection.sendall(b" ")


def drips_headers(connection: socket.socket, stopping: threading.Event) -> None:
    """The same before the body: no timeout of a read is ever met."""
    connection.sendall(HEAD + b"X-Slow: ")
    while not stopping.wait(0.05):
        connection.sendall(b"a")


def hangs(connection: socket.socket, stopping: threading.Event) -> None:
    """Nothing, for longer than anybody waits."""
    stopping.wait(60)


def asks_for_patience(connection: socket.socket, stopping: threading.Event) -> None:
    """Too many requests, and would you come back in a minute."""
    connection.sendall(b"HTTP/1.1 429 Slow\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n")


def redirects(connection: socket.socket, stopping: threading.Event) -> None:
    """To itself, for ever."""
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /posts\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
def serving() -> Iterator[Callable[[Callable[[socket.socket, threading.Event], None]], Raw]]:
    servers: list[Raw] = []

    def serve(speak: Callable[[socket.socket, threading.Event], None]) -> Raw:
        servers.append(Raw(speak))
        return servers[-1]

    yield serve
    for server in servers:
        server.stop()


@pytest.mark.parametrize("speak", [drips, drips_headers, hangs])
def test_a_server_that_never_comes_to_an_end_is_left_when_the_time_is_spent(
    speak: Callable[[socket.socket, threading.Event], None],
    serving: Callable[..., Raw],
) -> None:
    server = serving(speak)
    http = Http(timeout=(5.0, 30.0), attempts=4, egress=Egress(named=(server.url,)))
    begun = time.monotonic()
    with pytest.raises(CutShort) as raised, http.budget.limit(SECONDS):
        http.get(server.url)
    assert time.monotonic() - begun < SOON
    assert http.budget.spent
    assert server.requests == 1  # not tried again
    assert "hush" not in str(raised.value)
    with pytest.raises(CutShort):
        http.get(server.url)
    assert server.requests == 1  # nor asked for anything more


def test_no_wait_that_a_platform_asks_for_is_longer_than_what_is_left(
    serving: Callable[..., Raw],
) -> None:
    server = serving(asks_for_patience)
    http = Http(attempts=4, longest_wait=180.0, egress=Egress(named=(server.url,)))
    begun = time.monotonic()
    with pytest.raises(PlatformUnavailable, match="60 s of patience"), http.budget.limit(30.0):
        http.get(server.url)
    assert time.monotonic() - begun < SOON
    assert server.requests == 1


def test_a_redirect_that_goes_in_a_circle_ends_by_itself(serving: Callable[..., Raw]) -> None:
    server = serving(redirects)
    http = Http(attempts=4, egress=Egress(named=(server.url,)))
    with pytest.raises(CollectorError, match="redirects where it should not"):
        http.get(server.url)
    assert server.requests == 6


def test_a_platforms_own_library_has_the_same_time(serving: Callable[..., Raw]) -> None:
    server = serving(hangs)
    http = Http(timeout=(5.0, 30.0), egress=Egress(named=(server.url,)))
    session = http.dressed(requests.Session())
    with pytest.raises(CutShort), http.budget.limit(SECONDS):
        session.get(server.url)


def test_without_a_limit_there_is_no_end_and_after_one_in_time_neither() -> None:
    budget = TimeBudget()
    budget.check()
    with budget.limit(60.0):
        assert 50 < budget.left <= 60
        assert budget.timeout(5.0) == 5.0
    assert budget.left > 10**9
    budget.check()


def test_a_connection_that_opens_too_late_is_shut_at_once() -> None:
    budget, (ours, theirs) = TimeBudget(), socket.socketpair()
    with ours, theirs:
        budget.spend()
        budget.watch(ours)
        assert theirs.recv(1) == b""
