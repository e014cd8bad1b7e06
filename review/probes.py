"""/livez, /readyz and /metrics: what machines ask of the page. Counts, ages and ids of checks; nobody's name, no words of a post.

They answer under any host name, since a probe asks by an address, and only this machine or who has the token of [health]. A
request that came through a proxy is none of this machine's own, wherever the proxy stands.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import anyio
import anyio.to_thread
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.at_least import at_least
from core.errors import MentionsError
from review.context import AppContext
from review.middleware import HEADERS, RateLimiter, SecurityMiddleware
from settings import secrets
from steps import pulse
from steps.health import cycle_overdue, model_trouble
from steps.model_files import model_folder
from store.job_runs import program_version

log = logging.getLogger("review")

PATHS = frozenset({"/livez", "/readyz", "/metrics"})
FORWARDED = (
    "forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip",
    "fastly-client-ip", "x-original-url", "x-rewrite-url",
)  # fmt: skip
FORWARDED_PREFIXES = (
    "x-forwarded",
    "x-envoy-",
    "cf-",
)  # and every other that a proxy may add of these
HERE = frozenset(("127.0.0.1", "localhost", "::1"))  # names under which this machine asks itself
REUSED_FOR = 2.0  # seconds for which an answer serves whoever asks next
SHORTEST_TOKEN = 16  # signs; a shorter one could be guessed, and opens nothing


@dataclass(kw_only=True)
class Probes:
    """Answers the three. One at a time looks; who asks meanwhile gets the same answer."""

    app: AppContext
    now: Callable[[], float] = time.monotonic
    _limiter: anyio.CapacityLimiter | None = None
    _answered: dict[str, tuple[float, Response]] = field(default_factory=dict)
    _token: str | None = None
    _alone: threading.Lock = field(default_factory=threading.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        headers = Headers(scope=scope)
        if scope["method"] not in ("GET", "HEAD"):
            return plain("GET alone", 405)
        if not (is_local(scope, headers, secure=self.app.secure) or self._has_token(headers)):
            return plain("this machine alone, or a token", 403)
        if scope["path"] == "/livez":
            return plain("ok", 200)
        look = self._ready if scope["path"] == "/readyz" else self._metrics
        key = f"{scope['path']} {headers.get('accept', '') if scope['path'] == '/metrics' else ''}"
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(1)
        return await anyio.to_thread.run_sync(lambda: self._once(key, headers, look), limiter=self._limiter)  # fmt: skip

    def _once(self, key: str, headers: Headers, look: Callable[[Headers], Response]) -> Response:
        answered = self._answered.get(key)
        if answered is not None and self.now() - answered[0] < REUSED_FOR:
            return answered[1]
        answer = look(headers)
        self._answered = {key: (self.now(), answer)} if len(self._answered) > 8 else {**self._answered, key: (self.now(), answer)}  # fmt: skip
        return answer

    def _has_token(self, headers: Headers) -> bool:
        kind, _, shown = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not shown:
            return False
        wanted = self._wanted_token()
        return bool(wanted) and hmac.compare_digest(shown.strip().encode(), wanted.encode())

    def _wanted_token(self) -> str:
        with self._alone:
            if self._token is None:
                self._token = self._find_token()
            return self._token

    def _find_token(self) -> str:
        reference = self.app.file.health.token
        if not reference:
            return ""
        try:
            token = secrets.secret(reference, self.app.folder)
        except MentionsError as error:
            log.warning("no other machine can ask how this page is: %s", error)
            return ""
        if len(token.value or "") < SHORTEST_TOKEN:
            log.warning(
                "no other machine can ask how this page is: put %d signs or more into the %s",
                SHORTEST_TOKEN, token.where,
            )  # fmt: skip
            return ""
        return token.value or ""

    def _ready(self, headers: Headers) -> Response:
        failed = failed_checks(self.app)
        body = json.dumps({"ready": not failed, "failed": failed})
        return Response(body, 503 if failed else 200, HEADERS | {"Cache-Control": "no-store"}, "application/json")  # fmt: skip

    def _metrics(self, headers: Headers) -> Response:
        encode, kind = choose_encoder(headers.get("accept", ""))
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Gathered(_read_pulse(self.app)))
        return Response(
            encode(registry), 200, HEADERS | {"Cache-Control": "no-store", "Content-Type": kind}
        )


class ProbedPage(SecurityMiddleware):
    """The page, and before it what machines ask of it."""

    def __init__(
        self, app: ASGIApp, *, secure: bool, hosts: frozenset[str], probes: ASGIApp, rate: RateLimiter | None = None
    ) -> None:  # fmt: skip
        super().__init__(app, secure=secure, hosts=hosts, rate=rate)
        self._probes = probes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in PATHS:
            await self._probes(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


def failed_checks(app: AppContext) -> list[str]:
    """The ids of what keeps this page from being of use: the store, its schema, the model, the cycle."""
    try:
        store = app.store()
        if (
            not store.database.path.exists()
        ):  # a file that was removed can still be read while it is open
            return ["store"]
        config, at = app.config(store), app.now()
        checks: Mapping[str, bool] = {
            "migrations": store.pulse.at_head(),
            "database": store.maintenance.damaged_since() is None,
            "model": not model_trouble(model_folder(config, app.folder), at),
            "cycle": not cycle_overdue(store, config, at),
        }
    except (MentionsError, OSError) as error:
        log.warning("not ready: the store can't be read (%s)", type(error).__name__)
        return ["store"]
    return [name for name, well in checks.items() if not well]


def _read_pulse(app: AppContext) -> pulse.Pulse | None:
    """None where the store can't be read."""
    try:
        store = app.store()
        return pulse.of_store(store, app.config(store), app.folder, app.now())
    except (MentionsError, OSError):
        return None


class _Gathered(Collector):
    """One reading of the pulse as gauges. What is not known is left out."""

    def __init__(self, reading: pulse.Pulse | None) -> None:
        self._reading = reading

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("mentions", "The program.", {"version": program_version()})
        if self._reading is None:
            yield _gauge("mentions_grade", "0 well, 1 something failed, 2 nothing gets through.", 2)
            yield _by("mentions_faults", "Faults by kind.", "kind", {"store": 1})
            return
        yield from _of_whole(self._reading)
        yield from _of_sources(self._reading)
        yield from _of_machine(self._reading)


def _of_whole(reading: pulse.Pulse) -> Iterator[Metric]:
    at, faults = reading.at, reading.health.faults
    counts: dict[str, float] = {}
    for fault in faults:
        counts[fault.kind] = counts.get(fault.kind, 0) + 1
    yield _gauge(
        "mentions_grade", "0 well, 1 something failed, 2 nothing gets through.", reading.grade
    )
    yield _by("mentions_faults", "Faults by kind.", "kind", counts)
    if reading.cycle is not None and reading.cycle.ended_at is not None:
        yield _age("mentions_cycle", "the last full cycle ended", at - reading.cycle.ended_at)
        yield _gauge("mentions_cycle_failures", "What failed in the last full cycle.", reading.cycle.failures or 0)  # fmt: skip
    if reading.assessed is not None:
        yield _age("mentions_assessed", "a post was last assessed", at - reading.assessed)
    backlog, stuck = reading.backlog, reading.mail_stuck
    yield _gauge("mentions_backlog_posts", "Posts that nobody has assessed yet.", backlog.count if backlog else 0)  # fmt: skip
    yield _age("mentions_backlog", "the oldest of them was collected", at - backlog.since if backlog else timedelta())  # fmt: skip
    yield _gauge(
        "mentions_mail_waiting",
        "Emails still to leave, as the power of ten that their count reaches.",
        at_least(reading.mail_waiting),
    )
    yield _gauge("mentions_mail_stuck", "Emails that can't leave, one for each recipient, as the power of ten that their count reaches.", at_least(stuck.count if stuck else 0))  # fmt: skip
    yield _age("mentions_mail_stuck", "the first of them failed", at - stuck.since if stuck else timedelta())  # fmt: skip


def _of_sources(reading: pulse.Pulse) -> Iterator[Metric]:
    sources = reading.sources
    lags = {each.source: each.lag.total_seconds() for each in sources if each.lag is not None}
    yield _by("mentions_source_lag_seconds", "Since a source was last read to its end.", "source", lags)  # fmt: skip
    yield _by("mentions_source_failing", "1 where the last look failed.", "source", {each.source: each.failing for each in sources})  # fmt: skip
    yield _by("mentions_source_silent", "1 where it has been silent for twice its usual.", "source", {each.source: each.silent for each in sources})  # fmt: skip
    yield _by("mentions_spent_dollars", "Spent this month.", "source", {each.source: each.dollars for each in reading.spent})  # fmt: skip
    yield _by("mentions_budget_dollars", "The budget of a month.", "source", {each.source: each.budget for each in reading.spent})  # fmt: skip


def _of_machine(reading: pulse.Pulse) -> Iterator[Metric]:
    at = reading.at
    if reading.disk is not None:
        yield _gauge("mentions_disk_free_bytes", "Room on the database's disk.", reading.disk.free)
        yield _gauge("mentions_disk_size_bytes", "The size of that disk.", reading.disk.total)
    off = reading.clock_off.total_seconds() if reading.clock_off is not None else 0
    yield _gauge(
        "mentions_clock_off_seconds", "How far the clock is behind; 0 where it agrees.", off
    )
    yield _gauge("mentions_database_damaged", "1 where the database file was found damaged.", reading.database.damaged_since is not None)  # fmt: skip
    yield _gauge("mentions_model_whole", "1 where what reads posts is whole.", reading.model_whole)  # fmt: skip
    if reading.backup is not None and reading.backup.ended_at is not None:
        yield _age("mentions_backup", "the last backup was made", at - reading.backup.ended_at)
    if reading.restore_trial is not None:
        yield _gauge("mentions_backup_restores", "1 where the last trial restore went well.", not reading.restore_trial.failures)  # fmt: skip
    soonest: dict[str, float] = {}
    for each in reading.endings:  # the soonest first
        soonest.setdefault(each.kind, (each.on - at).total_seconds())
    yield _by("mentions_ends_seconds", "Until the first access, certificate or secret runs out.", "kind", soonest)  # fmt: skip
    if reading.pinged is not None:
        yield _gauge("mentions_ping_heard", "1 where the dead man's switch answered last.", reading.pinged.heard)  # fmt: skip


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=float(value))


def _age(name: str, since: str, age: timedelta) -> Metric:
    return _gauge(f"{name}_age_seconds", f"Since {since}.", age.total_seconds())


def _by(name: str, says: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=[label])
    for value, count in sorted(values.items()):
        family.add_metric([value], float(count))
    return family


def is_local(scope: Scope, headers: Headers, *, secure: bool) -> bool:
    """Whether a request came from this machine, and through no proxy.

    `secure`: a proxy stands before the page, which may add no header of its own but sends the page's name as Host; then, and
    so that no other page in a browser here reads it under a name of its own, the Host has to be this machine's.
    """
    if any(name in FORWARDED or name.startswith(FORWARDED_PREFIXES) for name in headers):
        return False
    if secure and _bare(headers.get("host", "")) not in HERE:
        return False
    try:
        client = ipaddress.ip_address((scope.get("client") or ("",))[0])
    except ValueError:
        return False
    mapped = client.ipv4_mapped if isinstance(client, ipaddress.IPv6Address) else None
    return (mapped or client).is_loopback


def _bare(host: str) -> str:
    """A Host header's name without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.lower().partition(":")[0]


def plain(words: str, status: int) -> Response:
    return PlainTextResponse(f"{words}\n", status, HEADERS | {"Cache-Control": "no-store"})
