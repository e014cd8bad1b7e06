"""Sources side by side: a thread each, with a store and a client of its own, within the time that a source has.

Nothing is shared between two of them but the file of the store, in which writers take turns (`store/database.py`).
Sources that share an allowance of their platform are read one after another in one thread.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context

from collectors import platforms, registry
from collectors.registry import Source
from steps.context import RunContext

Work = Callable[[RunContext, Source], None]  # with the run as the thread has it
GRACE = 30.0  # seconds that a source which was cut short has to store what it found
_POLL = 1.0  # seconds between two looks at what is overdue


def side_by_side(
    context: RunContext,
    sources: Sequence[Source],
    work: Work,
    give_up: Callable[[Source], None],
    *,
    grace: float = GRACE,
) -> Iterator[list[str]]:
    """Does `work` on each source. Yields once when all are under way, then the names of those that ended, as they end.

    What fails is named and costs only itself. Whose time is spent is cut short (`TimeBudget`); whose thread
    does not end even then is handed to `give_up`, in this thread, and waited for no more.
    """
    reading = _Reading(context, work, grace)
    for line in _lines(sources):
        reading.start(line)
    try:
        yield []
        while reading.waits_for:
            if ended := reading.next_ended(give_up):
                yield ended
    finally:
        reading.stop()


def _lines(sources: Sequence[Source]) -> list[deque[Source]]:
    """Sources that share an allowance stand in one line, every other in a line of its own."""
    lines: dict[str, deque[Source]] = {}
    for source in sources:
        allowance = platforms.integration(source.name).allowance
        lines.setdefault(allowance or f"source {source.name}", deque()).append(source)
    return list(lines.values())


class _Reading:
    """The threads of a run, and which sources are still waited for."""

    def __init__(self, context: RunContext, work: Work, grace: float) -> None:
        schedule = context.config.schedule
        self.waits_for: dict[str, Source] = {}
        self._context, self._work = context, work
        self._seconds, self._grace = schedule.source_minutes * 60, grace
        self._slots = threading.Semaphore(schedule.sources_at_once)
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._begun: dict[
            str, tuple[float, deque[Source]]
        ] = {}  # when, and who is next in its line
        self._given_up: set[str] = set()

    def start(self, line: deque[Source]) -> None:
        """Reads the sources of a line one after another, in a thread of its own."""
        self.waits_for |= {source.name: source for source in line}
        threading.Thread(
            target=copy_context().run,
            args=(self._read_line, line),
            name=f"read {line[0].name}",
            daemon=True,
        ).start()

    def _read_line(self, line: deque[Source]) -> None:
        while line:
            self._slots.acquire()
            source = line.popleft()
            self._begun[source.name] = time.monotonic(), line
            try:
                self._read(source)
            finally:
                self._ended.put(source.name)
            if (
                source.name in self._given_up
            ):  # another thread has its slot and the rest of its line
                return
            self._slots.release()

    def _read(self, source: Source) -> None:
        with (
            self._context.continue_on_error(source.name),
            self._context.beside(registry.budget(source)) as run,
            registry.limited(source, self._context.config),
        ):
            self._work(run, source)

    def next_ended(self, give_up: Callable[[Source], None]) -> list[str]:
        """Waits for the next that end, and for what is overdue; empty where that was in vain."""
        ended = []
        try:
            ended.append(self._ended.get(timeout=min(_POLL, self._grace)))
            while True:
                ended.append(self._ended.get_nowait())
        except queue.Empty:
            pass
        ended = [name for name in ended if self.waits_for.pop(name, None)]
        return ended + self._overdue(give_up)

    def _overdue(self, give_up: Callable[[Source], None]) -> list[str]:
        latest = time.monotonic() - self._seconds - self._grace
        names = [n for n in self.waits_for if n in self._begun and self._begun[n][0] < latest]
        for name in names:
            self._given_up.add(name)
            self._slots.release()
            give_up(self.waits_for.pop(name))
            line = self._begun[name][1]
            if line:
                self._begun[name] = self._begun[name][0], deque()
                self.start(deque(line))
                line.clear()
        return names

    def stop(self) -> None:
        """Ends the time of whatever is still read: a run that was stopped leaves no thread behind that stores."""
        for source in self.waits_for.values():
            registry.budget(source).spend()
