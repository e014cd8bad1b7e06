"""Asks the world whether everything is there: each source, the mail server, the second channels, and this machine itself.

Side by side, and within one limit of time for all of them: what has not answered by then is told as that. Nothing is
stored or sent, and nothing is said of what came but how much.
"""

from __future__ import annotations

import dataclasses
import os
import queue
import shutil
import socket
import ssl
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from filelock import FileLock, Timeout

from collectors import platforms, registry
from collectors.http import egress
from collectors.http.budget import CutShort
from collectors.http.transport import trouble
from collectors.parsing import UNREADABLE, moment
from collectors.probing import Probes
from collectors.registry import Source
from core import clock
from core.errors import MentionsError, PlatformUnavailable
from settings.schema import Config
from settings.secrets import Secrets
from steps import access_tokens
from steps.bugs import log_bug, of_a_bug
from steps.channels.registry import mail_channel, second_channel
from steps.part_places import ROWS, how_to_mend
from store import Store

SECONDS = 10.0  # for all of them together
State = Literal["ok", "off", "missing"]
_CLOCKS_DIFFER = timedelta(minutes=2)
_ENDS_SOON = timedelta(days=21)
_LEAST_FREE = 500_000_000  # bytes; a backup and a month of posts need about so much
_FIREWALL = "if it stays so, see whether this machine may go out to it: its firewall, and HTTPS_PROXY where there is a proxy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one question: what was asked about, "ok", "off" or "missing", and a line for people."""

    what: str
    state: State
    says: str


@dataclass(frozen=True, slots=True)
class _Question:
    what: str
    ask: Callable[[], str]
    mend: str = ""  # where the settings name it, and what to do there


@dataclass
class Inquiry:
    """Questions under way. `outcomes` waits for them until the time is over."""

    questions: Sequence[_Question]
    end: float
    seconds: float
    dates: list[timedelta] = field(default_factory=list)
    _answers: queue.SimpleQueue[tuple[int, State, str]] = field(default_factory=queue.SimpleQueue)

    def begin(self) -> None:
        """Asks each in a thread of its own, which ends with the program where its answer never comes."""
        for number, question in enumerate(self.questions):
            threading.Thread(target=self._ask, args=(number, question), daemon=True).start()

    def _ask(self, number: int, question: _Question) -> None:
        try:
            self._answers.put((number, *_answered(question)))
        except CutShort:
            return  # no answer in time

    def outcomes(self) -> Iterator[Outcome]:
        """What each came to, in their order."""
        known: dict[int, tuple[State, str]] = {}
        while len(known) < len(self.questions):
            left = self.end - time.monotonic()
            try:
                number, state, says = self._answers.get(timeout=max(left, 0.0) or 0.001)
            except queue.Empty:
                if left <= 0:
                    break
                continue
            known[number] = state, says
        silent: tuple[State, str] = "missing", f"no answer in {self.seconds:g} seconds: {_FIREWALL}"
        for number, question in enumerate(self.questions):
            state, says = known.get(number, silent)
            if state == "missing" and question.mend:
                says = f"{says}; {question.mend}"
            yield Outcome(what=question.what, state=state, says=says)


def _answered(question: _Question) -> tuple[State, str]:
    try:
        return "ok", question.ask()
    except CutShort:
        raise
    except PlatformUnavailable as error:
        says = str(error)
        is_named = "(DNS)" in says or "HTTPS_PROXY" in says
        may_stay = not is_named and ("can't be reached" in says or "in time" in says)
        return "missing", f"{says}; {_FIREWALL}" if may_stay else says
    except MentionsError as error:
        return "missing", str(error)
    except Exception as bug:
        log_bug(f"check of {question.what}", bug)
        return "missing", of_a_bug(bug)


def ask(
    config: Config,
    sources: Sequence[Source],
    secrets: Secrets,
    *,
    mail: bool,
    seconds: float = SECONDS,
) -> Inquiry:
    """Begins to ask. `sources` are built by `patient`'s config, `mail` whether anything is to be mailed."""
    inquiry = Inquiry([], time.monotonic() + seconds, seconds)
    questions = [
        question for source in sources for question in _of_source(config, source, inquiry, seconds)
    ]
    if mail:
        questions.append(_Question("mail server", lambda: _mail(config, secrets)))
    for channel in config.alerts.second.channels:
        questions.append(
            _Question(
                f"second channel {channel.name}",
                lambda channel=channel: _second(channel, secrets, seconds),  # type: ignore[misc]
            )
        )
    if urlsplit(config.review.public_url).scheme == "https":
        address = config.review.public_url
        questions.append(
            _Question("certificate of the page", lambda: _certificate(address, seconds))
        )
    inquiry.questions = questions
    inquiry.begin()
    return inquiry


def impatient(config: Config, seconds: float = SECONDS) -> Config:
    """The same settings with clients that ask once and wait no longer than all questions may take."""
    http = config.http.model_copy(
        update={
            "attempts": 1, "longest_wait_seconds": 0.0,
            "connect_seconds": min(config.http.connect_seconds, seconds),
            "read_seconds": min(config.http.read_seconds, seconds),
        }
    )  # fmt: skip
    return config.model_copy(update={"http": http})


# ── sources, mail, second channels, the page's certificate ────────────────────────────────────────


def _of_source(
    config: Config, source: Source, inquiry: Inquiry, seconds: float
) -> Iterator[_Question]:
    """The probes of one source that is on, within the time of all of them; its servers' clocks are noted."""
    built: Any = source.collector
    timer = threading.Timer(seconds, built.http.budget.spend)
    timer.daemon = True
    timer.start()
    built.http.session.hooks["response"].append(
        lambda response, **_: _note_clock(response, inquiry)
    )
    what, probes = f"source {source.name}", platforms.integration(source.name).probes.load()
    if registry.is_apps_own(source.name, source.table):
        yield _Question(what, lambda: _by_app(config, source, probes))
        return
    for probe in probes(built):
        in_list = bool(probe.what) and source.name in ROWS
        yield _Question(
            f"{what}, {probe.what}" if probe.what else what, probe.ask,
            how_to_mend(config, source.name, probe.what) if in_list else "",
        )  # fmt: skip


def _by_app(config: Config, source: Source, probes: Probes) -> str:
    """With access that the app grants itself now, as every run does; it ends no other."""
    built: Any = source.collector
    token = access_tokens.access_of(source, impatient(config)).renewed(None, clock.now())
    first, *_ = probes(dataclasses.replace(built, **{registry.TOKEN: token.access}))
    return first.ask()


def _note_clock(response: requests.Response, inquiry: Inquiry) -> None:
    server_time = moment(response.headers.get("Date"))
    if server_time != UNREADABLE:
        inquiry.dates.append(clock.now() - server_time)


def _mail(config: Config, secrets: Secrets) -> str:
    settings = config.alerts.mail
    try:
        with mail_channel(settings, secrets).session():
            return f"{settings.where} takes our mail"
    except MentionsError as error:
        where = "" if "[alerts" in str(error) else "; see [alerts.mail]"
        raise type(error)(f"{error}{where}") from error


def _second(channel: Any, secrets: Secrets, seconds: float) -> str:
    """Opens it, and asks its host for nothing: a message would be read by people."""
    opened = second_channel(channel, secrets)
    with opened.session():
        address = secrets.find(channel.address).value or ""
    if not address.startswith(("http://", "https://")):
        return "its address is there: try it with --send-test"
    try:
        with egress.session(own=(address,)) as http:
            http.head(address, timeout=seconds, allow_redirects=False)
    except requests.RequestException as error:  # LeadsInside is an error of ours already
        raise trouble(error, address) from None
    return "its address is there and its host answers; nothing was sent: try it with --send-test"


def _certificate(address: str, seconds: float) -> str:
    """Until when the certificate is good that people's browsers get. Raises PlatformUnavailable where none is got."""
    parts = urlsplit(address)
    name, port = parts.hostname or "", parts.port or 443
    try:
        with (
            socket.create_connection((name, port), timeout=seconds) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=name) as secure,
        ):
            ends = moment(str((secure.getpeercert() or {}).get("notAfter", "")))
    except ssl.SSLCertVerificationError as error:
        raise MentionsError(
            f"{name}: its certificate is not trusted here ({error.verify_message}): renew it, or where your own "
            "authority signed it, add that to this machine's certificates"
        ) from None
    except socket.gaierror:
        raise PlatformUnavailable(
            f"{name} is not known to DNS: see public_url under [review], or ask who keeps your names"
        ) from None
    except OSError as error:
        raise PlatformUnavailable(
            f"{name} can't be reached ({type(error).__name__}): see whether the proxy before the page runs"
        ) from None
    if ends == UNREADABLE:
        return "it is trusted"
    if ends - clock.now() < _ENDS_SOON:
        raise MentionsError(f"it ends {clock.local(ends)}: renew it before")
    return f"good until {clock.local(ends)}"


# ── this machine ──────────────────────────────────────────────────────────────────────────────────


def of_machine(
    config: Config, folder: Path, store: Store | None, differences: Sequence[timedelta]
) -> Iterator[Outcome]:
    """Clock, disk, write access, and whether a schedule runs. `differences`: this clock less that of servers."""
    yield _clock(store, differences)
    place = (folder / config.store.path).parent
    yield _disk(place)
    yield _write_access(place)
    yield _schedule(config, folder, store)


def _clock(store: Store | None, differences: Sequence[timedelta]) -> Outcome:
    recorded = store.job_runs.latest_at() if store else None
    if recorded and recorded > clock.now() + _CLOCKS_DIFFER:
        says = f"this machine's clock stands before what was last recorded ({clock.local(recorded)}): set it right before anything runs"
        return Outcome(what="clock", state="missing", says=says)
    if not differences:
        return Outcome(
            what="clock",
            state="ok",
            says="not before what was last recorded; no server told its own",
        )
    median = timedelta(seconds=statistics.median(each.total_seconds() for each in differences))
    if abs(median) <= _CLOCKS_DIFFER:
        return Outcome(
            what="clock", state="ok", says=f"as {len(differences)} answers of servers say"
        )
    way = "ahead of" if median > timedelta(0) else "behind"
    says = f"{_length(abs(median))} {way} what servers say: set it right, by NTP if you can"
    return Outcome(what="clock", state="missing", says=says)


def _length(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    for size, name in ((1440, "day"), (60, "hour")):
        if minutes >= 2 * size:
            return f"{round(minutes / size)} {name}s"
    return f"{minutes} minutes"


def _disk(place: Path) -> Outcome:
    there = next(parent for parent in (place, *place.absolute().parents) if parent.exists())
    free = shutil.disk_usage(there).free
    says = f"{free / 1e9:.1f} GB free"
    if free < _LEAST_FREE:
        return Outcome(
            what="disk",
            state="missing",
            says=f"{says} where the store is: make room, or move [store] path",
        )
    return Outcome(what="disk", state="ok", says=says)


def _write_access(place: Path) -> Outcome:
    there = next(parent for parent in (place, *place.absolute().parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        says = f"{place} can't be written ({error.strerror}): give {_account()} write access, or change [store] path"
        return Outcome(what="write access", state="missing", says=says)
    return Outcome(what="write access", state="ok", says="the store's folder can be written")


def _account() -> str:
    return f"user {os.getuid()}" if hasattr(os, "getuid") else "this user"


def _schedule(config: Config, folder: Path, store: Store | None) -> Outcome:
    """By its lock, which is let go at once; where none runs that is right only where the settings say so."""
    cycle = store.job_runs.last("cycle") if store else None
    ended = cycle.ended_at if cycle else None
    last = f"the last cycle ended {clock.local(ended)}" if ended else "no cycle has ended yet"
    path = folder / f"{config.store.path}.schedule.lock"
    if path.exists():
        try:
            with FileLock(path, timeout=0, mode=0o600):
                pass
        except Timeout:
            return Outcome(what="schedule", state="ok", says=f"it is running; {last}")
        except OSError as error:
            return Outcome(
                what="schedule",
                state="missing",
                says=f"its lock can't be looked at ({error.strerror})",
            )
    if config.schedule.by_hand:
        says = f"none is to run, by_hand under [schedule] says so: nothing is collected and no email leaves but by `mentions run`; {last}"
        return Outcome(what="schedule", state="off", says=says)
    says = (
        "none is running, so nothing is collected and no email leaves by itself: start `mentions schedule`, or say "
        f"by_hand = true under [schedule] where a timer of yours calls `mentions run`; {last}"
    )
    return Outcome(what="schedule", state="missing", says=says)
