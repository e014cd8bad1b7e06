"""Delivery beside a cycle: mails leave in a thread of their own while sources are still read, one delivery at a time.

What a cycle finds is mailed when its source ended, however long another takes, and a mail server that takes its time holds up
no source. The lock is that of every delivery on this store: the schedule's own job has it too.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

from core import clock
from core.errors import StoreError
from steps import deliver, handoffs
from steps.context import RunContext, exclusive_lock

LOCK = "delivery"
PATIENCE = 60.0  # seconds that a delivery waits for another one, which sends the same mails


def chase_and_deliver(context: RunContext) -> int:
    """Writes to whoever has not confirmed, and sends what is due; how many mails left.

    Raises StoreError where another delivery is at it and does not end in PATIENCE.
    """
    with exclusive_lock(context.config, context.folder, LOCK, patience=PATIENCE):
        return handoffs.chase_and_deliver(context, clock.now())


@contextmanager
def beside(context: RunContext, *, patience: float | None = None) -> Iterator[Delivery]:
    """A delivery beside the run. At its end all that is due was tried once, as far as `patience` (seconds) goes."""
    delivery = Delivery(context)
    delivery.start()
    try:
        yield delivery
    finally:
        delivery.finish(patience)


class Delivery:
    """One thread that sends what is due each time that it is woken. Each mail is tried once."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._woken, self._ending = threading.Event(), threading.Event()
        self._tried: set[int] = set()
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._run,), name="delivery", daemon=True
        )

    def start(self) -> None:
        """Begins to wait."""
        self._thread.start()

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    def finish(self, patience: float | None) -> None:
        """Sends what is due now, and ends. What takes longer than `patience` goes on by itself, or stays due."""
        self._ending.set()
        self._woken.set()
        self._thread.join(patience)

    def _run(self) -> None:
        with self._context.continue_on_error("mail"), self._context.beside() as run:
            while True:
                self._woken.wait()
                self._woken.clear()
                last = self._ending.is_set()  # before it delivers: what was due until then is tried
                with run.continue_on_error("mail"):
                    self._deliver(run)
                if last:
                    return

    def _deliver(self, run: RunContext) -> None:
        due = {row.number for row in run.store.outbox.due(clock.now())}
        if not due - self._tried:
            return
        try:
            with exclusive_lock(run.config, run.folder, LOCK, patience=PATIENCE):
                deliver.deliver(run, clock.now())
        except StoreError as error:
            run.report_progress(f"mail: {error}")
            return
        self._tried |= due
