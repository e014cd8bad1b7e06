"""Writes down who looked at what a moment after the page was sent, so that nobody waits for the store's turn to write.

What was looked at waits in memory and is written in one short transaction, by a thread with a store of its own: half a second
later where the store is free, and as soon as it is where a collector writes. A process that is killed loses those seconds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from core.errors import StoreError
from store import Store, View

log = logging.getLogger("review")

GATHER = 0.5  # seconds in which looks gather, to be written together
AGAIN = 2.0  # seconds until a store that another program holds is tried again
IDLE = 60.0  # seconds without a look after which the thread ends and lets go of its store
BATCH = 500
MOST = 20_000  # looks that wait: some 10 MB. Past that the oldest are lost, and the log says so


class ViewRecorder:
    """The looks of one page that are still to be written. For any thread."""

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._open_store = open_store
        self._waiting: deque[View] = deque()
        self._writing: list[
            View
        ] = []  # taken from those that wait, and not known to be written yet
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._hurry = False
        self._closing = False

    def add(self, view: View) -> None:
        """Writes it down soon."""
        with self._changed:
            if len(self._waiting) >= MOST:
                self._waiting.popleft()
                log.error("a look could not be written down: too many wait for the store")
            self._waiting.append(view)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="views", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float = 10.0) -> bool:
        """Waits until all is written; whether it is."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            try:
                return self._changed.wait_for(lambda: not self._waiting and not self._writing, seconds)  # fmt: skip
            finally:
                self._hurry = False

    def close(self) -> None:
        """Writes what waits and ends the thread, which else holds on to its store for a minute more."""
        self.flush()
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def _work(self) -> None:
        store: Store | None = None
        try:
            while self._gathered():
                try:
                    store = store or self._open_store()
                    self._write(store)
                except StoreError as error:
                    log.warning("looks wait to be written down: %s", error)
                    time.sleep(AGAIN)
                except Exception as error:  # the store can't be opened: looks go on waiting for it
                    log.error("looks wait to be written down (%s)", type(error).__name__)
                    time.sleep(AGAIN)
        finally:
            if store is not None:
                store.close()

    def _gathered(self) -> bool:
        """Waits for looks and a moment more; False where none came for long, and this thread ends."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting) or self._closing, IDLE)
            if not self._waiting:
                self._thread = None
                return False
            self._changed.wait_for(lambda: self._hurry, GATHER)
        return True

    def _write(self, store: Store) -> None:
        with self._changed:
            self._writing = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        try:
            self._add(store, self._writing)
        except BaseException:
            with self._changed:
                self._waiting.extendleft(reversed(self._writing))
                self._writing = []
            raise
        with self._changed:
            self._writing = []
            self._changed.notify_all()

    def _add(self, store: Store, views: Sequence[View]) -> None:
        """Writes them together; one by one where one of them can't be written, which must not keep the others."""
        try:
            store.views.add(views)
        except StoreError:
            raise
        except Exception as error:
            if len(views) == 1:
                log.error("a look could not be written down (%s)", type(error).__name__)
                return
            for view in views:
                self._add(store, [view])
