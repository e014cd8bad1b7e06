"""How long a source may take in a run, whatever its servers do: what takes longer is cut short.

A timeout of a read bounds one silence alone: a server that sends a byte every few seconds, as a body or as headers,
never meets it. When the time is spent the open connections are shut, so that who waits on one wakes at once.
"""

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
import weakref
from collections.abc import Iterator

from core.errors import PlatformUnavailable

_MARGIN = 1.0  # seconds


class CutShort(PlatformUnavailable):
    """The time of the source is spent; nothing more is asked of it in this run."""


class TimeBudget:
    """The time of one source. Without `limit` it has no end."""

    def __init__(self) -> None:
        self.spent = False
        self._end = math.inf
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    @contextlib.contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """What is done inside may take so long. After `spend` it stays spent."""
        timer = threading.Timer(seconds, self.spend)
        timer.daemon = True
        self._end = time.monotonic() + seconds
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._end = math.inf

    @property
    def left(self) -> float:
        """Seconds; 0 where it is spent."""
        return 0.0 if self.spent else max(self._end - time.monotonic(), 0.0)

    def check(self) -> None:
        """Raises CutShort where the time is spent."""
        if not self.left:
            self.spent = True  # the timer may be a moment late
            raise CutShort("its time in this run is spent")

    def timeout(self, seconds: float) -> float:
        """`seconds`, or little more than what is left, if that is less: what wakes a reader is `spend`."""
        return min(seconds, self.left + _MARGIN)

    def watch(self, connection: socket.socket | None) -> None:
        """An open connection, to be shut when the time is spent."""
        if connection is None:
            return
        with self._lock:
            self._sockets.add(connection)
            spent = self.spent
        if spent:
            _shut(connection)

    def spend(self) -> None:
        """Ends the time now and shuts what is open."""
        with self._lock:
            self.spent = True
            connections = list(self._sockets)
        for connection in connections:
            _shut(connection)


def _shut(connection: socket.socket) -> None:
    # the plain socket's own: that of TLS would drop what another thread is reading with
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
