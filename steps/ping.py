"""The dead man's switch: a service outside is told of each full cycle, and alarms somebody where it is told nothing.

By healthchecks' protocol (healthchecks.io/docs/http_api, also of one's own server): the address with /start before a cycle,
itself after one that went well, with /fail after one that did not; `rid` tells which start an end belongs to. What is sent beside
it are kinds of faults and counts. A ping that fails harms nothing, and is told once.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from collectors.base import Http
from collectors.http.egress import Egress
from core import clock
from core.errors import CollectorError, ConfigError, MentionsError
from settings.schema import LOOPBACK
from steps.context import RunContext
from steps.health import of_run
from steps.upkeep import CLOCK, CLOCK_MAY_DIFFER
from store import Mark

MARK = "ping"
HEARD, UNHEARD = "heard", "unheard"
TIMEOUT = (5.0, 10.0)  # seconds, to connect and to answer
ATTEMPTS, LONGEST_WAIT = 2, 3.0
MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinged:
    """When the service last answered; where it does not, since when."""

    at: datetime
    heard: bool


def last(marks: Mapping[str, Mark]) -> Pinged | None:
    """How the last ping went; None where none was sent."""
    mark = marks.get(MARK)
    return None if mark is None else Pinged(at=mark.at, heard=mark.value == HEARD)


@contextmanager
def around(context: RunContext) -> Iterator[None]:
    """Tells the service that a cycle starts, and how it ended. Whatever fails here costs the cycle nothing."""
    switch = _switch(context)
    if switch is None:
        yield
        return
    switch.start()
    try:
        yield
    except BaseException:
        switch.end(context, {"failed": ["cycle"]}, well=False)
        raise
    health = of_run(context, clock.now())
    body = {
        "grade": health.grade, "failures": len(context.failures),
        "failed": sorted({fault.kind for fault in health.faults if not fault.passing}),
    }  # fmt: skip
    switch.end(context, body, well=health.grade == 0 and not context.failures)


def _switch(context: RunContext) -> _Switch | None:
    """The switch as it is set up; None without one. One that can't be used is told as one that does not answer."""
    reference = context.config.health.ping
    if not reference:
        return None
    try:
        address = (context.secrets.find(reference).value or "").rstrip("/")
        if not address:
            raise ConfigError(f"its address is missing: set the {context.secrets.find(reference).where}")  # fmt: skip
        parts = urlsplit(address)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not safe or not parts.hostname:
            raise ConfigError("its address must begin with https://")
    except (MentionsError, ValueError) as error:
        why = str(error) if isinstance(error, MentionsError) else "its address can’t be read"
        _unheard(context, why)
        return None
    http = Http(
        user_agent=context.config.http.user_agent, timeout=TIMEOUT, attempts=ATTEMPTS, longest_wait=LONGEST_WAIT,
        most_bytes=MOST_BYTES, egress=Egress(named=(address,), internal=context.config.http.internal_hosts),
    )  # fmt: skip
    return _Switch(address=address, http=http)


@dataclass(kw_only=True)
class _Switch:
    address: str = field(repr=False)  # whoever has it can silence the switch
    http: Http = field(repr=False)
    run: str = field(default_factory=lambda: str(uuid.uuid4()))
    _starting: threading.Thread | None = None

    def start(self) -> None:
        """In a thread of its own: a service that is slow holds up no cycle."""
        self._starting = threading.Thread(target=self._send_start, name="ping", daemon=True)
        self._starting.start()

    def _send_start(self) -> None:
        with suppress(CollectorError):  # its end is told, and says what failed
            self._send("/start", None)

    def end(self, context: RunContext, body: Mapping[str, object], *, well: bool) -> None:
        """Once the start has got there or failed, so that the two come in their order."""
        if self._starting is not None:
            self._starting.join()
        try:
            answered = self._send("" if well else "/fail", body)
        except CollectorError as error:
            _unheard(context, str(error))
            return
        with context.continue_on_error("ping"):
            context.store.pulse.note(MARK, clock.now(), HEARD)
            _note_clock(context, answered)

    def _send(self, what: str, body: Mapping[str, object] | None) -> Mapping[str, str]:
        answer = self.http.send("POST", f"{self.address}{what}", {"rid": self.run}, body=body)
        return answer.headers


def _unheard(context: RunContext, why: str) -> None:
    """Told once; the pulse has it for as long as it lasts."""
    with context.continue_on_error("ping"):
        known = last(context.store.pulse.marks())
        if known is not None and not known.heard:
            return
        context.store.pulse.note(MARK, clock.now(), UNHEARD)
        context.report_progress(
            f"the dead man's switch was not told of this cycle: {why}; said once, until it answers again"
        )


def _note_clock(context: RunContext, headers: Mapping[str, str]) -> None:
    """What the service's own clock says of ours: its answer is dated (RFC 9110, 6.6.1)."""
    try:
        off = clock.parse(headers.get("Date", "")) - clock.now()
    except ValueError:
        return
    wrong = abs(off) > CLOCK_MAY_DIFFER
    context.store.pulse.note(CLOCK, clock.now(), f"{off.total_seconds():.0f}" if wrong else "")
