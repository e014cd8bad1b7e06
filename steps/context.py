"""What every step of a run is given: settings, policy, sources and the organisation of that day, each worked out once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path

from filelock import FileLock, Timeout

from classify.policy.schema import Policy, shipped
from collectors import factory, registry, terms
from collectors.base import Collector, Http
from collectors.http.budget import TimeBudget
from collectors.registry import Build, Source, Sources
from core import clock, logs, redaction
from core.errors import ConfigError, DamagedError, MentionsError, StoreError
from core.models import PLATFORMS
from core.progress import Line, ReportProgress
from settings import (
    guarded,
    named_people,
    overrides,
    recipients,
    registered_accounts,
    safety,
    schema,
)
from settings.organisation import Today
from settings.overrides import EffectiveConfig
from settings.policy import load_policy
from settings.schema import Config
from settings.secrets import FindSecret, Secrets, secret
from steps import agreed_settings, search_checks
from steps.bugs import log_bug, of_a_bug
from store import AskAbove, BackupFolder, ChasePolicy, Receiver, ReceivingRules, Store


@dataclass(slots=True)
class Tally:
    """What a run has read until now. Threads of a run add to one."""

    sources: int = 0
    new: int = 0
    odd: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, source: str, *, new: int, odd: int) -> None:
        """A source that ended; an import is none."""
        with self._lock:
            self.sources += source != "import"
            self.new += new
            self.odd += odd

    def figures(self) -> dict[str, int]:
        """For a log."""
        return {"sources": self.sources, "new": self.new, "odd": self.odd}

    def words(self) -> str:
        """5 sources read, 3 new mentions, 1 odd item."""
        read = "1 source" if self.sources == 1 else f"{self.sources} sources"
        new = f"{self.new:,} new mention{'s' * (self.new != 1)}" if self.new else "nothing new"
        odd = f", {self.odd} odd item{'s' * (self.odd != 1)}" if self.odd else ""
        return f"{read} read, {new}{odd}"


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """Handed from step to step. What fails is named, the rest goes on, and the program exits with 1.

    `config` is config.toml with what officers set up in the page over it; `effective` knows what came from
    where. `at` is when the run began. What takes a while is worked out when the first step asks for it, and
    stands for the rest of the run: a test passes a `find_secret` and a `build` that count.
    """

    config: Config
    folder: Path  # of config.toml: paths in it start there
    store: Store
    report_progress: ReportProgress
    at: datetime = field(default_factory=clock.now)
    failures: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    effective: EffectiveConfig | None = None
    find_secret: FindSecret = secret
    build: Build = factory.build
    budget: TimeBudget | None = None  # of the source that this thread reads

    @cached_property
    def secrets(self) -> Secrets:
        """The secrets that config.toml names, each looked up once."""
        return Secrets(self.folder, self.find_secret)

    @cached_property
    def today(self) -> Today:
        """The organisation's names, accounts and contact points as they are in force on the day of the run."""
        return schema.today(self.config.organisation, clock.local_day(self.at))

    @cached_property
    def policy(self) -> Policy:
        """The policy in force. Raises ConfigError for one that is missing or wrong."""
        return load_policy(self.config, self.folder)

    @cached_property
    def sources(self) -> Sources:
        """Every source of config.toml. Raises ConfigError for a table that is wrong."""
        file, on = self.effective.file if self.effective else self.config, clock.local_day(self.at)
        filed = schema.today(file.organisation, on).terms
        allowed = named_people.agreed(file, on) | self.store.searched_people.approved(on)
        config = search_checks.without_who_posts(self.store, self.config, file, allowed)
        return Sources(
            config, self.secrets, today=schema.today(config.organisation, on), at=self.at, filed_terms=filed, tokens=self.tokens(),
            state=self.store.sources.state, build=self.build,
        )  # fmt: skip

    @cached_property
    def http(self) -> Http:
        """What asks for pictures, whichever source named them."""
        return registry.client(self.config, self.budget)

    def collector(self, source: Source) -> Collector:
        """The one collector of a source in this run, told what was saved of it since it was last used."""
        return registry.collector(source, self.store.sources.state(source.name))

    @contextmanager
    def beside(self, budget: TimeBudget | None = None) -> Iterator[RunContext]:
        """The same run for another thread, with a store of its own; what fails there is named here."""
        with self.store.beside() as store:
            set_waits(store, self.config)
            yield replace(self, store=store, budget=budget)

    def new_run(self, at: datetime) -> RunContext:
        """Another run on the same open store, in which everything is worked out anew."""
        return replace(self, at=at)

    def failed(self, why: str) -> None:
        """Names something that failed."""
        self.failures.append(why)
        self.report_progress(Line(f"! {why}", why, logging.ERROR))

    def tokens(self) -> dict[str, str]:
        """The access that people granted by `mentions connect`, by source."""
        tokens = {token.source: token.access for token in self.store.tokens.all()}
        for access in tokens.values():
            redaction.keep_secret(access)
        return tokens

    def skip_item(self, why: str) -> None:
        """Names one odd item, which costs only itself and is no failure."""
        self.skipped.append(why)
        self.report_progress(Line(f"! {why}", why, logging.WARNING))

    @contextmanager
    def continue_on_error(self, what: str) -> Iterator[None]:
        """What fails inside is named, and the rest of the way goes on; a bug too costs only itself."""
        try:
            yield
        except DamagedError as error:
            why = with_newest_backup(str(error), self.config, self.folder)
            if why in self.failures:  # the same damage, met by one step after the other
                self.report_progress(
                    f"{what}: not done, or not to its end, since the database is damaged"
                )
            else:
                self.failed(why)
        except MentionsError as error:
            self.failed(f"{what}: {error}")
        except Exception as bug:
            log_bug(what, bug)
            self.failed(f"{what}: {of_a_bug(bug)}")


@contextmanager
def open_context(
    path: Path,
    report_progress: ReportProgress,
    *,
    exclusive: bool = False,
    create: bool = False,
    patience: float = 0,
    at: datetime | None = None,
    find_secret: FindSecret = secret,
    build: Build = factory.build,
) -> Iterator[RunContext]:
    """All that a step needs, from config.toml on; `exclusive` where no other cycle may run beside it.

    `patience` is how many seconds to wait until that other one has ended. The run is at `at`, or now. `create` is for the
    demonstration alone: a database that is not there was lost, or its disk is not mounted, unless somebody says otherwise.
    """
    config = schema.load(path)
    logs.follow(config.log.form, config.log.severity)
    folder = path.resolve().parent
    with ExitStack() as stack:
        if exclusive:
            stack.enter_context(exclusive_lock(config, folder, patience=patience))
        store = stack.enter_context(
            open_store(config, folder, create=create, find_secret=find_secret)
        )
        effective = overrides.apply_overrides(config, store.settings.current())
        effective = replace(
            effective, config=usable_recipients(effective.config, config, store, at or clock.now())
        )
        effective, ended = without_ended_names(effective, store, clock.local_day(at or clock.now()))
        set_waits(store, effective.config)
        context = RunContext(
            config=effective.config, effective=effective, folder=folder, store=store,
            report_progress=report_progress, at=at or clock.now(), find_secret=find_secret, build=build,
        )  # fmt: skip
        for line in (*effective.lines(), *ended):
            context.failed(line)
        yield context


def without_ended_names(
    effective: EffectiveConfig, store: Store, on: date
) -> tuple[EffectiveConfig, list[str]]:
    """What is in force without names of people that nobody agrees to on a day, and a line for each place."""
    allowed = named_people.agreed(effective.file, on) | store.searched_people.approved(on)
    config, lines = named_people.without_ended(effective.config, allowed)
    return (replace(effective, config=config), lines) if lines else (effective, [])


def open_store(
    config: Config,
    folder: Path,
    *,
    create: bool = False,
    find_secret: FindSecret = secret,
) -> Store:
    """The store that the file names. Raises ConfigError for a missing key, StoreError for a bad file."""
    sealing_keys = keys(config, folder, find_secret)
    try:
        store = Store.open(
            folder / config.store.path, sealing_keys, create=create, ledger=ledger_path(config, folder),
            older="refuse",
        )  # fmt: skip
    except StoreError as error:
        why = with_newest_backup(str(error), config, folder)
        if why == str(error):
            raise
        raise StoreError(why) from error
    set_waits(store, usable_recipients(config, config, store, clock.now()))
    return store


def newest_backup(config: Config, folder: Path) -> Path | None:
    """The newest backup in the folder of [backup]; None where there is none."""
    newest = BackupFolder(folder / config.backup.folder, folder / config.store.path).newest()
    return newest.path if newest else None


def with_newest_backup(why: str, config: Config, folder: Path) -> str:
    """A message that says how a lost database comes back, with the backup itself, or with where none lies."""
    command = "`mentions restore FROM`"
    if command not in why:
        return why
    newest = newest_backup(config, folder)
    if newest is None:
        return f"{why} (no backup lies in {folder / config.backup.folder}: FROM is a copy that you keep elsewhere)"
    return (
        f"{why.replace(command, f'`mentions restore {newest}`')}. That is the newest backup here: `mentions init` would begin an "
        "empty database in place of the lost one"
    )


def ledger_path(config: Config, folder: Path) -> Path | None:
    """Where the erasure ledger lies; None for its folder beside the database."""
    return folder / config.store.erasures if config.store.erasures else None


def usable_recipients(config: Config, file: Config, store: Store, at: datetime) -> Config:
    """The configuration without teams and mailboxes that wait for governance, with accounts that two people agreed to in the page; `file` is config.toml's alone."""
    on = clock.local_day(at)
    accounts = [person for person in store.searched_people.all() if person.office == "account" and person.state(on) == "in force"]  # fmt: skip
    agreed = agreed_settings.agreed_settings(file, store)
    whole = safety.usable(config, file, agreed.steps)
    return registered_accounts.with_agreed(
        recipients.usable(
            guarded.usable(whole, file, agreed.guarded), file, store.approvals.all(), on
        ),
        {person.name: person.until for person in accounts},
    )


def set_waits(store: Store, config: Config) -> None:
    """Tells the store how long things may wait, what is told at once, who is written to when a case is passed on, and above which purge a person is asked."""
    store.deadlines.due_by = config.review.lanes.due
    store.handoffs.policy = chase_policy(config)
    store.alerts.from_risk = config.alerts.from_risk
    store.retention.asks = AskAbove(
        percent=config.safeguards.purge_percent, posts=config.safeguards.purge_posts
    )


def chase_policy(config: Config) -> ChasePolicy:
    """Who is told of what is passed on, and how often, as the store is told it."""
    chase = config.review.chase
    return ChasePolicy(
        roles={
            role.key: Receiver(name=role.name, email=role.email, minutes=role.minutes, type=role.type)
            for role in config.review.roles
        },
        minutes=chase.minutes, danger_minutes=chase.danger_minutes, urgent_minutes=chase.urgent_minutes, chain=chase.chain, lead=chase.lead,
        working=config.review.lanes.working_time, receiving=_receiving_rules(),
    )  # fmt: skip


@cache
def _receiving_rules() -> ReceivingRules:
    return ReceivingRules(
        no_employment=frozenset(name for name in PLATFORMS if terms.forbids(name, "employment")),
        staff_unknown=terms.no_staff(), staff_flags=shipped().of_staff_alone,
    )  # fmt: skip


def keys(config: Config, folder: Path, find_secret: FindSecret = secret) -> list[str]:
    """The keys that seal personal fields, the sealing one first. Raises ConfigError where one is missing."""
    sealing_keys = [find_secret(reference, folder) for reference in config.store.keys]
    for key in sealing_keys:
        if key.value is None:
            raise ConfigError(
                f"store.keys: no key in the {key.where}; {_mend_of_key(config, folder)}"
            )
    values = [key.value for key in sealing_keys if key.value is not None]
    for value in values:
        redaction.keep_secret(value)
    return values


def _mend_of_key(config: Config, folder: Path) -> str:
    """What to do where a key is not there: a new one is of use only where nothing is sealed yet."""
    if (folder / config.store.path).exists():
        return (
            f"put it back from your copy. What {Path(config.store.path).name} holds is sealed with it, and a new key can't open that; "
            "if it is lost for good, move the database away and begin again with `mentions init`"
        )
    return "put it back from your copy, or for a new store make one with `mentions new-key`"


class UnderWay(StoreError):
    """Another program does the same on the same store."""


@contextmanager
def exclusive_lock(
    config: Config, folder: Path, what: str = "cycle", *, patience: float = 0
) -> Iterator[None]:
    """One cycle (or schedule) at a time on one store. Raises StoreError where another is under way.

    `patience` is how many seconds to wait for the other to end.
    """
    path = folder / f"{config.store.path}.{what}.lock"
    lock = FileLock(path, timeout=patience, mode=0o600)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise UnderWay(
            f"another {what} is under way on this store: wait for it to end, or stop it"
        ) from error
    except OSError as error:
        raise StoreError(
            f"{path.parent} can't be written ({error.strerror}): give this user write access, or "
            "change the path under [store]"
        ) from error
    try:
        yield
    finally:
        lock.release()
