"""Wrong passwords and codes: who tries too often waits longer each time, and keeps nobody else out.

A wait, never a lock: what is wrong again and again from one place at one account doubles how long that place has to wait for
that account, up to a minute (five for codes). It is counted apart for each name and address, and for each browser in which
the account's owner has signed in before, so that a stranger's guesses slow down neither the owner's browser nor another
address. What is tried while it has to wait is not checked, and makes nothing longer. Decision 39.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from review.middleware import MOST_KEYS, RateLimiter
from store import Store

log = logging.getLogger("review.auth")
FREE = 5  # wrong ones before anybody waits
FORGOTTEN = 3600.0  # seconds after which a key that was quiet begins anew


@dataclass
class Delays:
    """How long a key has to wait after wrong tries: 1 s after the sixth, then twice as long each time, `longest` at most."""

    longest: float = 60.0
    free: int = FREE
    now: Callable[[], float] = time.monotonic
    _wrong: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)
    _alone: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def left(self, key: str) -> float:
        """Seconds that the key has to wait yet; 0: it may try."""
        with self._alone:
            count, last = self._wrong.get(key, (0, 0.0))
            return max(0.0, last + self._wait(count) - self.now()) if count else 0.0

    def wrong(self, key: str) -> int:
        """Counts a wrong try; how many there were in a row."""
        at = self.now()
        with self._alone:
            count, last = self._wrong.get(key, (0, at))
            count = 1 if at - last > FORGOTTEN else count + 1
            self._wrong[key] = (count, at)
            self._wrong.move_to_end(key)
            while (
                len(self._wrong) > MOST_KEYS or at - next(iter(self._wrong.values()))[1] > FORGOTTEN
            ):
                self._wrong.popitem(last=False)
            return count

    def right(self, key: str) -> None:
        """Forgets what was wrong before."""
        with self._alone:
            self._wrong.pop(key, None)

    def _wait(self, count: int) -> float:
        over = count - self.free
        return min(self.longest, 2.0 ** min(over - 1, 30)) if over > 0 else 0.0


@dataclass
class FailureNotes:
    """Writes each failed sign-in down: a line in the log, and an event; past `events` an hour several share one."""

    events: RateLimiter = field(default_factory=lambda: RateLimiter(most=200, each=1 / 18))
    _kept_back: dict[tuple[int | None, str], int] = field(default_factory=dict)
    _alone: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def note(self, store: Store, user: int | None, why: str, *, known: bool, at: datetime) -> None:
        """`why`: "password" or "code"; `known`: in a browser of the account's owner. Nothing that was typed is kept."""
        log.warning(
            "a sign-in failed (%s), account %s, %s browser", why, user if user is not None else "none",
            "a known" if known else "an unknown",
        )  # fmt: skip
        with self._alone:
            tries = self._kept_back.get((user, why), 0) + 1
            if not self.events.take(""):
                self._kept_back[user, why] = tries
                return
            self._kept_back.pop((user, why), None)
        store.sign_in_failures.add(user, why, tries=tries, at=at)


def wait_words(seconds: float) -> str:
    """How long to wait, in words."""
    whole = max(1, round(seconds))
    length = (
        f"{whole} second{'s' if whole != 1 else ''}"
        if whole < 90
        else f"{round(whole / 60)} minutes"
    )
    return f"Too many tries were wrong. Wait {length}, then try again"
