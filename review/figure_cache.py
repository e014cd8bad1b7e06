"""Figures that take long or that many look at: worked out once for all who ask at the same time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar

from store import Changes, Store

MOST = 32  # sets of figures that are remembered: a week or a period each
MOST_SHARED = 160  # the same of what holds for a second
LONGEST = (
    60.0  # seconds for which they hold though nothing was assessed since: posts are deleted, too
)

Figures = TypeVar("Figures")


@dataclass(slots=True)
class _Entry:
    """One set of figures; `alone` is held by whoever works it out."""

    alone: threading.Lock = field(default_factory=threading.Lock)
    head: Hashable = None
    worked_out_at: float = 0.0
    figures: object = None


@dataclass
class FigureCache:
    """Figures by what was asked for. They hold while `head` is the same, and no longer than a minute."""

    now: Callable[[], float] = time.monotonic
    most: int = MOST
    _entries: OrderedDict[Hashable, _Entry] = field(default_factory=OrderedDict)
    _alone: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def get(self, key: Hashable, head: Hashable, work_out: Callable[[], Figures]) -> Figures:
        """The figures of a key. While somebody works them out anew, others get those of just before, if there are any."""
        entry = self._entry(key)
        if self._holds(entry, head):
            return entry.figures  # type: ignore[return-value]  # what work_out gave for this key
        old = entry.figures
        if not entry.alone.acquire(blocking=old is None):
            return old  # type: ignore[return-value]
        try:
            if not self._holds(entry, head):  # another may have been first
                started_at = self.now()
                entry.figures, entry.head, entry.worked_out_at = work_out(), head, started_at
            return entry.figures  # type: ignore[return-value]
        finally:
            entry.alone.release()

    def current(self, key: Hashable, head: Hashable, work_out: Callable[[], Figures]) -> Figures:
        """The same where nothing older will do: who asks waits for whoever works them out. Read `head` before this."""
        entry = self._entry(key)
        if not self._holds(entry, head):
            with entry.alone:
                if not self._holds(entry, head):
                    started_at = self.now()
                    entry.figures, entry.head, entry.worked_out_at = work_out(), head, started_at
                return entry.figures  # type: ignore[return-value]
        return entry.figures  # type: ignore[return-value]

    def _holds(self, entry: _Entry, head: Hashable) -> bool:
        return (
            entry.figures is not None
            and entry.head == head
            and self.now() - entry.worked_out_at < LONGEST
        )

    def _entry(self, key: Hashable) -> _Entry:
        with self._alone:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > self.most:
                self._entries.popitem(last=False)
            return entry


@dataclass
class SharedReads:
    """What is the same for everybody: read once for all who ask in the same second, and anew once anything was stored."""

    # more: what Today needs stays while many search at once
    _cache: FigureCache = field(default_factory=lambda: FigureCache(most=MOST_SHARED))
    _changes: Changes | None = None
    _alone: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def get(self, store: Store, key: Hashable, second: int, read: Callable[[], Figures]) -> Figures:
        """What `read` gives of a key that names all it depends on but the time, which is that of `second`."""
        with self._alone:
            if self._changes is None:
                self._changes = store.database.changes()
        return self._cache.current(key, (self._changes.head(), second), read)

    def close(self) -> None:
        """Lets go of the database; it is opened again where something more is asked."""
        with self._alone:
            if self._changes is not None:
                self._changes.close()
                self._changes = None
