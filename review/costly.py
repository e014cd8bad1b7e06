"""How much of one person's is worked on at once, at every address, and how many of theirs may wait.

Whoever is signed in gets two threads at a time, at most, of those that all share: a tab that reloads without end, or a
script, takes no more from anybody else than that. What waits beyond `WAITING` is told so at once.

Figures over weeks and searches read much of the store. They have threads of their own, so that nobody who asks for Today
waits for them; of these one person gets one at a time, so that nobody else waits for what one person keeps asking for.
What is asked too often is told so at once, and costs nothing. Figures themselves are worked out once for all who ask at
the same time: review/figure_cache.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from review import middleware
from review.middleware import RateLimiter

WAITING = 60  # requests of one person that may wait for a thread
OF_ONE = 2  # requests of one person that are worked on at once, of the everyday pages
AT_ONCE, EACH = 30, 0.5  # of one page in one session: so many at once, then so many a second

TOO_OFTEN = middleware.page(
    "You have asked for this many times",
    "<p>This page reads much of what is stored, and you asked for it again before it was done. Nothing is lost.</p>"
    f"<p>Wait {middleware.WAIT} seconds, then reload it. Other pages work meanwhile: "
    '<a href="/today">go to Today</a></p>',
)

TOO_MANY = middleware.page(
    "Too much was asked for in your name at once",
    f"<p>{WAITING} of your requests wait already, so this one was not begun, and nothing was changed by it. A page that reloads "
    "itself, or an extension of your browser, may be the cause.</p>"
    f"<p>Close what you don’t need, wait {middleware.WAIT} seconds, then try again.</p>",
)


@dataclass
class CostlyLane:
    """Threads for one kind of work, of which one person gets `each` at a time; None: those that all pages share. Its numbers are touched on the event loop alone, which needs no lock.

    `rate` bounds how often one session asks for one page; None: however often, since it is everyday work.
    """

    threads: int | None
    rate: RateLimiter | None = None
    waiting: int = WAITING
    each: int = 1
    refusal: str = TOO_OFTEN
    limiter: anyio.CapacityLimiter | None = field(init=False)
    _of_person: dict[int, tuple[anyio.CapacityLimiter, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.limiter = anyio.CapacityLimiter(self.threads) if self.threads else None

    async def run(self, request: Request, work: Callable[[], Response]) -> Response:
        """What `work` answers, in a thread of this lane; 429 where its person asked too often."""
        signed = request.scope.get("signed")
        if (
            signed is None
        ):  # asked to sign in, and no more; one stranger's crowd turns no other away
            return await anyio.to_thread.run_sync(work, limiter=self.limiter)
        person = signed.user.number
        if self.rate is not None:
            key = f"{request.scope.get('session_id', '')} {request.url.path}"
            if not self.rate.take(key):
                return middleware.answer(TOO_OFTEN, 429)
        alone, count = self._of_person.get(person, (anyio.CapacityLimiter(self.each), 0))
        if count >= self.waiting:
            return middleware.answer(self.refusal, 429)
        self._of_person[person] = (alone, count + 1)
        try:
            async with alone:
                return await anyio.to_thread.run_sync(work, limiter=self.limiter)
        finally:
            _, count = self._of_person[person]
            if count == 1:
                del self._of_person[person]
            else:
                self._of_person[person] = (alone, count - 1)


@dataclass(frozen=True)
class LaneThreads:
    """Threads that the pages of several organisations share: how many there are hangs on the machine, not on how many have a page."""

    passwords: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(2))
    over_weeks: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(2))
    searches: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(3))


def lanes(threads: LaneThreads | None) -> tuple[CostlyLane, CostlyLane, CostlyLane]:
    """Those of passwords, of figures over weeks and of searches, with threads of their own or those that several pages share."""
    several = passwords(), over_weeks(), searches()
    if threads is not None:
        for lane, limiter in zip(
            several, (threads.passwords, threads.over_weeks, threads.searches), strict=True
        ):
            lane.limiter = limiter
    return several


def everyday() -> CostlyLane:
    """All other pages, by the threads that all share."""
    return CostlyLane(threads=None, each=OF_ONE, refusal=TOO_MANY)


def passwords() -> CostlyLane:
    """What hashes a password."""
    return CostlyLane(threads=2, refusal=TOO_MANY)


def over_weeks() -> CostlyLane:
    """Figures over weeks, exports and packs."""
    return CostlyLane(threads=2, rate=RateLimiter(most=AT_ONCE, each=EACH))


def searches() -> CostlyLane:
    """All cases, with whatever search and filters: officers work in it, so that no rate holds."""
    return CostlyLane(threads=3)
