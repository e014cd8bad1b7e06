"""A year in minutes, with what goes wrong in one: `python -m bench.year`.

The real schedule runs over a real store under a clock that is turned on, to two looks a day, and four where something goes
wrong; X, Reddit and a paper stand on
loopback, and a mail server. Planted are outages, a token that ended, a mail server that is away, a damaged model, a full disk,
a clock that leaps, a week asleep, upgrades and more (`YEAR`). Told is what was collected, missed, alerted late, purged and
backed up, and the command fails where anything was lost, doubled or silent. No figure of speed: what is asked is whether it holds.
"""

from __future__ import annotations

import logging
import re
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event as Wakeup
from types import SimpleNamespace
from typing import Any
from unittest import mock

import click
import time_machine
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.base import BaseScheduler

import pipeline
from bench.year_world import (
    DAYS_KEPT,
    ICT,
    SOURCES,
    MailServer,
    Outside,
    Served,
    make_model,
    make_site,
    opened,
)
from collectors import terms
from core import clock
from core.errors import MentionsError
from core.time_source import Boot
from settings import schema
from steps import scheduler
from steps.context import RunContext, keys, ledger_path, open_context
from steps.health import of_run
from steps.safeguards import backup_folder, rotation
from store import Store, migrations
from store import sqlite as store_sqlite
from store.upgrade import is_older, upgrade

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STARTS = date(2026, 1, 5)  # a Monday: the clocks change on 29 March and 25 October
LOOKS = (
    (3, 20),
    (8, 5),
    (13, 0),
    (19, 0),
)  # of the day, UK time: after the night's jobs, after the morning's, and twice
QUIET = (0, 1)  # of these, where nothing goes wrong
LATE = HOUR  # an alert that comes so long after the first look at which its post was there is late
LEAD = "R. Example"
A_DAY = 1.0  # posts on each platform


# ── what is planted ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Planted:
    """One thing that goes wrong, from a look of a day on (0 is the night's) for so many looks.

    `says`: what health must say meanwhile, or until a day after; `mails`: what whoever looks after the program must get by
    email, in as many days; `logs`: what the log must say; regular expressions, "" for nothing. `loses`: from which source posts
    may be missing afterwards. `keeps`: nothing may be deleted meanwhile.
    """

    name: str
    day: int
    look: int = 0
    looks: int
    begin: Callable[[Year], None]
    end: Callable[[Year], None] = lambda _: None
    says: str = ""
    mails: str = ""
    logs: str = ""
    within: float = 1.0  # days after it began in which it must have been said
    loses: str = ""
    keeps: bool = False


def fault(source: str, kind: Any) -> tuple[Callable[[Year], None], Callable[[Year], None]]:
    """How a platform begins and ends to answer so."""
    return (
        lambda year: year.outside.faults.add(source, kind, times=None, seconds=0),
        lambda year: year.outside.faults.clear(source),
    )


def _planted(
    name: str,
    day: int,
    looks: int,
    both: tuple[Callable[[Year], None], Callable[[Year], None]],
    **more: Any,
) -> Planted:
    begin, end = both
    return Planted(name=name, day=day, looks=looks, begin=begin, end=end, **more)


def damage(path: Path) -> None:
    """Turns one bit of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def _damage_model(year: Year) -> None:
    damage(year.model)


def _fill_disk(year: Year) -> None:
    year.disk_full = True


def _clear_disk(year: Year) -> None:
    year.disk_full = False


def _leap(by: timedelta) -> Callable[[Year], None]:
    def begin(year: Year) -> None:
        year.off = by

    return begin


def _right(year: Year) -> None:
    year.off = timedelta()


def _sleep(year: Year) -> None:
    year.asleep = True


def _wake(year: Year) -> None:
    year.asleep = False
    year.lead_confirms_at = year.true + 20 * HOUR


def _new_version(work: Callable[[Any], None]) -> Callable[[Year], None]:
    """A newer version is installed: it knows a step of the schema more."""

    def begin(year: Year) -> None:
        year.install(work)

    return begin


def _upgrade(year: Year) -> None:
    problems = year.upgrade()
    year.wrong += [f"an upgrade failed: {problem}" for problem in problems]


def _failed_upgrade(year: Year) -> None:
    before = year.rows()
    if not year.upgrade():
        year.wrong.append("an upgrade whose step breaks was taken for done")
    year.uninstall()
    if year.rows() != before:
        year.wrong.append("an upgrade that failed changed the store")


def _nothing(db: Any) -> None:
    db.execute("CREATE INDEX IF NOT EXISTS year_on ON mentions (language)")


def _breaks(db: Any) -> None:
    db.execute("DELETE FROM revisions")
    db.execute("CREATE TABLE mentions (number)")


def _hide_backups(year: Year) -> None:
    year.backups.rename(year.folder / "away")
    year.backups.write_text("a disk that is not mounted", "utf-8")


def _show_backups(year: Year) -> None:
    year.backups.unlink()
    (year.folder / "away").rename(year.backups)


def _damage_backup(year: Year) -> None:
    newest = backup_folder(year.config, year.folder).newest(clock.now())
    assert newest is not None
    damage(newest.path)


def _typo(year: Year) -> None:
    year.written = year.path.read_text("utf-8")
    year.path.write_text(
        year.written.replace("collect_every_minutes", "colect_every_minutes"), "utf-8"
    )


def _mend_typo(year: Year) -> None:
    year.path.write_text(year.written, "utf-8")


def _keep_less(year: Year) -> None:
    year.rewrite(f"days = {DAYS_KEPT['feeds']}\n", "days = 8\n")
    year.kept["feeds"] = 8


def _agree(year: Year) -> None:
    with year.program() as context:
        waiting = context.store.purge_questions.waiting()
        if waiting is None:
            year.wrong.append("a purge of much asked nobody")
            return
        context.store.purge_questions.answer(
            waiting.number, yes=True, posts=waiting.posts, at=clock.now(), by=LEAD
        )


YEAR: tuple[Planted, ...] = (
    _planted("X answers 503 for three days", 10, 12, fault("x", "503"), says=r"failing: X", logs=r"x: .*503"),
    Planted(name="the mail server is away for a day", day=24, looks=4, begin=lambda year: year.mail.down(),
            end=lambda year: year.mail.up(), says="can’t leave", logs="mail"),
    _planted("X's token is refused for two days", 38, 8, fault("x", "401"), says=r"failing: X", logs=r"x: "),
    Planted(name="the model's file is damaged for a day", day=52, looks=4, begin=_damage_model, end=_damage_model,
            says="model is damaged", mails="model is damaged", logs="assessing"),
    Planted(name="the disk is full for a day", day=66, looks=4, begin=_fill_disk, end=_clear_disk,
            says="disk is full", logs="disk is full"),
    Planted(name="an upgrade, half a day after its version", day=80, look=2, looks=2, begin=_new_version(_nothing),
            end=_upgrade, logs="mentions upgrade"),
    _planted("X is out for ten days, and searches seven back", 100, 40, fault("x", "503"), says=r"failing: X",
             logs="seven days back", within=11.0, loses="x"),
    Planted(name="the laptop sleeps for a week", day=125, look=2, looks=28, begin=_sleep, end=_wake,
            says="clock says", mails="clock says", logs="seven days back", within=8.0, loses="x", keeps=True),
    Planted(name="the clock leaps 400 days ahead for half a day", day=150, looks=2, begin=_leap(400 * DAY), end=_right,
            says="clock says", mails="clock says", logs="clock says", keeps=True),
    Planted(name="the clock falls 40 days back for half a day", day=170, look=1, looks=2, begin=_leap(-40 * DAY),
            end=_right, says="clock", logs="clock", keeps=True),
    _planted("the paper is out for thirty days, and lists twenty entries", 190, 120, fault("feeds", "503"),
             says=r"failing: .*feeds", loses="feeds", mails="(?i)feeds", within=3.0),
    Planted(name="the backup folder is away for four days", day=230, look=2, looks=16, begin=_hide_backups,
            end=_show_backups, says="No backup was made", mails="No backup was made", logs="backup", within=3.0),
    Planted(name="an upgrade that breaks is undone", day=250, looks=2, begin=_new_version(_breaks), end=_failed_upgrade,
            logs="mentions upgrade"),
    Planted(name="a backup is damaged before its weekly trial", day=265, look=1, looks=4, begin=_damage_backup,
            says="could not be restored", mails="could not be restored", logs="damaged|changed"),
    _planted("Reddit hangs up for two days", 280, 8, fault("reddit", "drop"), says="failing: Reddit", logs="reddit: "),
    Planted(name="less is to be kept, and a lead is asked", day=300, looks=4, begin=_keep_less, end=_agree,
            says="a lead is asked first", mails="to be deleted", logs="a lead is asked"),
    Planted(name="a typo in config.toml on the morning of the weekly", day=322, look=1, looks=1, begin=_typo,
            end=_mend_typo, logs="colect_every_minutes"),
)  # fmt: skip
SECRET_ENDS = 345  # the day; told a fortnight before


# ── the year ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Known:
    """A post as the store had it at the last look."""

    mark: str
    source: str
    found_at: datetime
    fetched_at: datetime


@dataclass(slots=True)
class Noticed:
    """What the program said of one planted thing, and when first, as hours since it began; None where it did not."""

    said: float | None = None
    mailed: float | None = None
    logged: float | None = None


class Year:
    """A site, its outside and its clock. `true` is the time outside; the machine's is `off` by what was planted."""

    def __init__(
        self, folder: Path, days: int, planted: Sequence[Planted], secret_ends: int
    ) -> None:
        self.folder, self.days, self.planted = folder, days, planted
        self.starts = moment(STARTS, 0, 0)
        self.true, self.off, self.asleep, self.disk_full = self.starts, timedelta(), False, False
        self.outside = Outside(folder, self.starts, moment(STARTS + (days + 2) * DAY, 0, 0))
        self.mail: MailServer = MailServer()
        self.model = make_model(folder / "model")
        self.path = make_site(
            folder, self.outside, self.mail, self.starts, moment(STARTS + secret_ends * DAY, 0, 0)
        )
        self.backups, self.written = folder / "backups", ""
        self.kept = dict(DAYS_KEPT)
        self.lead_confirms_at: datetime | None = None
        self.wrong: list[str] = []
        self.log: list[tuple[datetime, str]] = []
        self.found = {each.name: Noticed() for each in planted}
        self.health: list[tuple[datetime, tuple[str, ...]]] = []
        self.known: dict[int, Known] = {}
        self.gone: dict[int, datetime] = {}  # number -> when it was seen to be gone
        self.by_mark: defaultdict[str, list[int]] = defaultdict(list)
        self.alerted: dict[str, list[str]] = {}  # mark -> Message-IDs of alerts of its case
        self.cases: defaultdict[int, dict[str, None]] = defaultdict(dict)  # case -> marks in it
        self.letters: defaultdict[int, dict[str, None]] = defaultdict(dict)  # case -> Message-IDs
        self.kinds: dict[str, tuple[str, str]] = {}  # Message-ID -> kind, about
        self.trials: list[tuple[datetime, datetime]] = []
        self.nights_backed_up: set[date] = set()
        self.cycles = 0
        self._steps_before = len(migrations.migrations._migrations)
        self.looks: list[datetime] = []
        self._traveller: Any = None

    # ── what is done to it ───────────────────────────────────────────────────────────────────────

    @property
    def config(self) -> schema.Config:
        """As config.toml has it now."""
        return schema.load(self.path)

    @contextmanager
    def program(self) -> Iterator[RunContext]:
        """The program, opened as a command opens it."""
        with open_context(self.path, self._note) as context:
            yield context

    def rewrite(self, old: str, new: str) -> None:
        """Changes config.toml."""
        written = self.path.read_text("utf-8")
        assert old in written, old
        self.path.write_text(written.replace(old, new), "utf-8")

    def install(self, work: Callable[[Any], None]) -> None:
        """A version that knows one step of the schema more."""
        number = len(migrations.migrations._migrations)
        migrations.migrations(name=f"m9{number}_of_the_year")(work)

    def uninstall(self) -> None:
        """The version of before again."""
        migrations.migrations._migrations.pop()

    def close(self) -> None:
        """Takes back what was installed."""
        del migrations.migrations._migrations[self._steps_before :]

    def upgrade(self) -> tuple[str, ...]:
        """As `mentions upgrade`; what was wrong."""
        config, at = self.config, clock.now()
        place, sealing = self.folder / config.store.path, keys(config, self.folder)
        assert is_older(place, sealing)
        backup = backup_folder(config, self.folder).new_path(at, "before-upgrade")
        return upgrade(
            place, sealing, backup, at=at, ledger=ledger_path(config, self.folder)
        ).problems

    def rows(self) -> dict[str, int]:
        """How many rows each table has; the program isn't asked."""
        with closing(store_sqlite.read_only(self.folder / "mentions.db")) as file:
            names = [
                name
                for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            ]
            return {
                name: file.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names
            }

    # ── the clock ────────────────────────────────────────────────────────────────────────────────

    def run(self, progress: Callable[[str], None] = lambda _: None) -> None:
        """All of it, day by day."""
        begins, ends = defaultdict(list), defaultdict(list)
        for each in self.planted:
            begins[self._began(each)].append(each)
            ends[self._ended(each)].append(each)
        self.looks = self._all_looks()
        with ExitStack() as stack:
            stack.callback(self.close)
            stack.enter_context(self.outside)
            self.mail.up()
            stack.callback(self.mail.down)
            self._traveller = stack.enter_context(time_machine.travel(self.starts, tick=True))
            stack.enter_context(mock.patch("core.time_source.boot", self._boot))
            stack.enter_context(mock.patch("steps.classifier.opened", opened))
            stack.enter_context(mock.patch("pipeline.report_progress", self._note))
            stack.enter_context(mock.patch("store.database.connect", self._connect))
            stack.enter_context(mock.patch("shutil.disk_usage", self._disk_usage))
            stack.enter_context(_logged(self._note))
            timetable = self._timetable()
            for number, at in enumerate(self.looks):
                for each in ends[at]:
                    each.end(self)
                self.outside.go_on(self.true, at, A_DAY)
                self.true = at
                self._traveller.move_to(at + self.off)
                for each in begins[at]:
                    each.begin(self)
                self._traveller.move_to(at + self.off)
                if not self.asleep:
                    timetable._process_jobs()
                    self._look()
                self._judge()
                self._lead()
                if not number % 60:
                    progress(
                        f"{clock.local(at)}: {len(self.known):,} posts held, {len(self.mail.mails):,} emails"
                    )
            self._at_the_end()

    def _boot(self, at: datetime) -> Boot:
        """The machine's start by the clock as it stands: it runs all year, and counts its hours by the true time."""
        return Boot(id="the year's", at=at - (self.true - self.starts))

    def _all_looks(self) -> list[datetime]:
        """When the clock is turned on to, first to last: all of LOOKS on the days around what is planted, else QUIET."""
        troubled = {
            each.day + near for each in self.planted for near in (-1, *range(min(each.looks // len(LOOKS) + 3, 6)))
        } | {self._day_of(self._ended(each)) + near for each in self.planted for near in range(-1, 3)}  # fmt: skip
        return [
            moment(STARTS + day * DAY, *LOOKS[look])
            for day in range(self.days) for look in (range(len(LOOKS)) if day in troubled else QUIET)
        ]  # fmt: skip

    def _day_of(self, at: datetime) -> int:
        return (clock.local_day(at) - STARTS).days

    def _timetable(self) -> BaseScheduler:
        """The real schedule, whose jobs run here and now when `_process_jobs` finds them due."""
        following = scheduler.Following(self.config.schedule)
        jobs = pipeline.jobs(self.path, following) | {
            "reports": lambda: None
        }  # nobody reports anything here
        timetable = scheduler.timetable(following.schedule, jobs, partial(pipeline.owes, self.path))
        following.scheduler = timetable
        for worker in ("default", scheduler.DELIVERY):
            timetable.remove_executor(worker)
            timetable.add_executor(DebugExecutor(), worker)
        timetable._event = Wakeup()
        BaseScheduler.start(timetable)
        return timetable

    def _lead(self) -> None:
        """A lead who comes a day after the machine woke and says that its clock is right."""
        if self.lead_confirms_at is not None and self.true >= self.lead_confirms_at:
            self.lead_confirms_at = None
            with self.program() as context:
                context.store.clock_guard.confirm(clock.now(), by=LEAD)

    def _connect(self, *args: Any, **more: Any) -> Any:
        """A connection to the store, whose file can't grow while the disk is full."""
        db = store_sqlite.connect(*args, **more)
        if self.disk_full:
            (pages,) = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages}")
        return db

    def _disk_usage(self, _path: object) -> Any:
        return SimpleNamespace(total=10**12, used=0, free=0 if self.disk_full else 10**11)

    def _note(self, line: str) -> None:
        self.log.append((self.true, str(line)))

    # ── what is seen of it ───────────────────────────────────────────────────────────────────────

    def _look(self) -> None:
        """What the store holds and says after the jobs of one look."""
        try:
            with self.program() as context:
                faults = of_run(context, clock.now()).faults
                self.health.append((self.true, tuple(fault.line for fault in faults)))
                self._look_into(context.store)
        except MentionsError as error:
            self.health.append((self.true, (f"it can't be opened: {error}",)))

    def _look_into(self, store: Store) -> None:
        db = store.database
        there: dict[int, Known] = {}
        for row in db.rows("SELECT number, platform, found_at, fetched_at FROM mentions"):
            number, before = row["number"], self.known.get(row["number"])
            mark, source = (before.mark, before.source) if before else self._identify(store, number)
            there[number] = Known(
                mark, source, clock.parse(row["found_at"]), clock.parse(row["fetched_at"])
            )
        for number in self.known.keys() - there.keys():
            self.gone[number] = clock.now()
            self._judge_gone(self.known[number])
        self.known = there
        alerts = db.rows(
            """SELECT DISTINCT m.alert, m.outbox, o.message_id, i.mention, i.case_number FROM alert_mails m JOIN alerts a ON a.number = m.alert
            JOIN outbox o ON o.number = m.outbox JOIN case_mentions i ON i.case_number = a.case_number
            WHERE m.level = 0 AND a.kind = 'high'"""
        )
        for row in alerts:
            if row["mention"] in there:
                mark = there[row["mention"]].mark
                letters = self.alerted.setdefault(mark, [])
                if row["message_id"] not in letters:
                    letters.append(row["message_id"])
                self.cases[row["case_number"]][mark] = None
                self.letters[row["case_number"]][row["message_id"]] = None
        for row in db.rows("SELECT kind, about, message_id FROM outbox"):
            self.kinds[row["message_id"]] = (row["kind"], row["about"])
        last = store.backups.last()
        if last is not None:
            self.nights_backed_up.add(clock.local_day(last))
        trial = store.backups.last_trial(well=True)
        if trial is not None and (not self.trials or self.trials[-1][0] != trial):
            self.trials.append((trial, last or trial))

    def _identify(self, store: Store, number: int) -> tuple[str, str]:
        stored = store.mentions.get(number)
        assert stored is not None
        mark = re.search(r"zq\d{5}", stored.mention.text)
        if mark is None:
            self.wrong.append(f"post {number} of {stored.mention.platform} is nobody's")
            return "", stored.mention.platform
        self.by_mark[mark[0]].append(number)
        return mark[0], self.outside.made[mark[0]].source

    def _judge_gone(self, post: Known) -> None:
        """Whether what went was due: over its time, or over what its platform lets lie unseen."""
        at, limit = clock.now(), terms.limits().get(post.source)
        over = at >= post.found_at + self.kept[post.source] * DAY
        unseen = limit is not None and at >= post.fetched_at + limit
        if not (over or unseen):
            self.wrong.append(
                f"a post of {post.source} went {(at - post.found_at).days} days after it was found"
            )
        if self.off or self.lead_confirms_at is not None or self._runs(lambda each: each.keeps):
            self.wrong.append("a post went while the clock was doubted")

    def _runs(self, which: Callable[[Planted], bool]) -> bool:
        return any(
            which(each) and self._began(each) <= self.true < self._ended(each)
            for each in self.planted
        )

    def _began(self, each: Planted) -> datetime:
        return moment(STARTS + each.day * DAY, *LOOKS[each.look])

    def _ended(self, each: Planted) -> datetime:
        days, look = divmod(each.look + each.looks, len(LOOKS))
        return moment(STARTS + (each.day + days) * DAY, *LOOKS[look])

    def _judge(self) -> None:
        """Notes of each planted thing when it was first said, from when it began until a day after its end."""
        lines = (
            "\n".join(self.health[-1][1]) if self.health and self.health[-1][0] == self.true else ""
        )
        logged = "\n".join(line for at, line in self.log if at == self.true)
        for each in self.planted:
            began = self._began(each)
            if not began <= self.true <= self._ended(each) + DAY:
                continue
            outcome, hours = self.found[each.name], (self.true - began) / HOUR
            if outcome.said is None and each.says and re.search(each.says, lines):
                outcome.said = hours
            if outcome.logged is None and each.logs and re.search(each.logs, logged):
                outcome.logged = hours
            if (
                outcome.mailed is None
                and each.mails
                and re.search(each.mails, self._mails_of_today())
            ):
                outcome.mailed = hours

    def _mails_of_today(self) -> str:
        """What whoever looks after the program got at this look."""
        now = clock.now()
        bodies = []
        for came, mail in reversed(self.mail.mails):
            if now - came > 2 * HOUR or came - now > 2 * HOUR:
                break
            if ICT in str(mail["To"]):
                part = mail.get_body(("plain",))
                bodies.append(part.get_content() if part is not None else "")
        return re.sub(r"\s+", " ", "\n".join(bodies))

    def _at_the_end(self) -> None:
        with self.program() as context:
            checked = context.store.maintenance.verify()
            self.wrong += [f"verify: {problem}" for problem in checked.problems]
            self.backups_left = backup_folder(context.config, self.folder).all()
            self.longest = rotation(context.config).longest
            self.cycles = len(
                [run for run in context.store.job_runs.since(self.starts) if run.job == "cycle"]
            )
            self.last_found = {
                source: context.store.sources.last_complete_run(source) for source in SOURCES
            }


@contextmanager
def _logged(tell: Callable[[str], None]) -> Iterator[None]:
    """What the log is told, warnings and worse."""

    class Telling(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            tell(record.getMessage())

    handler = Telling(logging.WARNING)
    root = logging.getLogger()
    others, root.handlers = root.handlers, [handler]
    try:
        yield
    finally:
        root.handlers = others


def moment(day: date, hour: int, minute: int) -> datetime:
    """A time of a day in the UK, in UTC."""
    return datetime(
        day.year, day.month, day.day, hour, minute, tzinfo=clock.READERS_ZONE
    ).astimezone(UTC)


# ── what came of it ──────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Outcome:
    """The lines to print, and what was wrong: with nothing wrong, nothing was lost, doubled or silent."""

    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def outcome(year: Year) -> Outcome:
    """Judges a year that has run."""
    result = Outcome(wrong=list(year.wrong))
    _collected(year, result)
    _alerts(year, result)
    _purged(year, result)
    _reports(year, result)
    _backups(year, result)
    _told(year, result)
    with_words = [
        line for _, line in year.log if re.search(r"zq\d{5}|\b(kettle|trolley|umbrella)\b", line)
    ]
    if with_words:
        result.wrong.append(f"{len(with_words)} lines of the log hold words of a post")
    return result


def _collected(year: Year, result: Outcome) -> None:
    counts = Counter(len(numbers) for numbers in year.by_mark.values())
    doubled = sum(count for times, count in counts.items() if times > 1)
    if doubled:
        result.wrong.append(f"{doubled} posts were stored twice")
    for source in SOURCES:
        due = [
            post
            for post in year.outside.made.values()
            if post.source == source and _within_reach(year, post)
        ]
        lost = [post for post in due if post.mark not in year.by_mark]
        named = [post for post in lost if _loss_is_planted(year, post)]
        result.lines.append(
            f"{source:<8} served {len(due):>5}, stored {len(due) - len(lost):>5}, missed {len(lost):>3}"
            + (f" ({len(named)} of them in an outage that was told)" if lost else "")
        )  # fmt: skip
        if len(lost) > len(named):
            result.wrong.append(
                f"{len(lost) - len(named)} posts of {source} were lost and nobody knows"
            )


def _within_reach(year: Year, post: Served) -> bool:
    return year.starts < post.at <= year.true - HOUR


def _loss_is_planted(year: Year, post: Served) -> bool:
    return any(
        each.loses == post.source and year._began(each) - 3 * DAY <= post.at <= year._ended(each)
        for each in year.planted
    )


def _first_look(year: Year, post: Served) -> datetime:
    """The first look at which a post may be there: one that comes at the very moment of a look is seen by the next alone."""
    return next(at for at in year.looks if at > post.at)


def _told_for_nothing(year: Year, case: int) -> bool:
    """Whether between two alerts of a case no grave post came to it."""
    came = sorted(
        year.mail.came[number] for number in year.letters[case] if number in year.mail.came
    )
    posts = [year.outside.made[mark] for mark in year.cases[case]]
    grave = [_first_look(year, post) for post in posts if post.grave]
    return any(
        not any(first < seen <= second for seen in grave) for first, second in pairwise(came)
    )


def _alerts(year: Year, result: Outcome) -> None:
    grave = [
        post for post in year.outside.made.values() if post.grave and post.mark in year.by_mark
    ]
    late: list[tuple[Served, timedelta]] = []
    joined = 0
    for post in grave:
        letters = [number for number in year.alerted.get(post.mark, []) if number in year.mail.came]
        if not letters:
            result.wrong.append(
                f"nobody was alerted of a grave post of {post.source}, {clock.local(post.at)}"
            )
            continue
        seen = _first_look(year, post)
        waits = [
            year.mail.came[number] - seen for number in letters if year.mail.came[number] >= seen
        ]
        if not waits:
            joined += 1
        elif min(waits) > LATE:
            late.append((post, min(waits)))
    result.lines.append(
        f"alerts   of {len(grave)} grave posts {len(grave) - len(late) - joined} with the first look, {len(late)} late, "
        f"{joined} joined a case that had been told of and waits still"
    )
    for post, wait in late:
        why = [
            each.name
            for each in year.planted
            if year._began(each) - DAY <= post.at <= year._ended(each)
        ]
        result.lines.append(
            f"         late by {wait / HOUR:.0f} hours, {clock.local(post.at)}: {', '.join(why) or 'nothing planted'}"
        )
        if not why:
            result.wrong.append(
                f"an alert was late by {wait / HOUR:.0f} hours without cause, {clock.local(post.at)}"
            )
    for case in year.letters:
        if _told_for_nothing(year, case):
            result.wrong.append(
                f"case {case} was alerted again though nothing grave had come to it"
            )
    doubled = {key: count for key, count in year.mail.got.items() if count > 1}
    if doubled:
        result.wrong.append(f"{len(doubled)} emails came more than once")


def _purged(year: Year, result: Outcome) -> None:
    left = [
        post
        for post in year.known.values()
        if year.true >= post.found_at + (year.kept[post.source] + 1) * DAY
    ]
    result.lines.append(
        f"purged   {len(year.gone)} posts, each when it was due; {len(year.known)} held"
    )
    if left:
        result.wrong.append(f"{len(left)} posts were due and are still here")


def _reports(year: Year, result: Outcome) -> None:
    came = Counter(year.kinds[number] for number in year.mail.came if number in year.kinds)
    kinds = Counter(kind for kind, _ in came)
    result.lines.append(
        "emails   " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    )
    weeks = {
        about for kind, about in came if kind == "weekly" and about[0].isdigit()
    }  # months have a word before
    expected = (year.true - year.starts) // (7 * DAY)
    if len(weeks) != expected:
        result.wrong.append(f"{len(weeks)} weekly summaries came, of {expected} weeks")


def _backups(year: Year, result: Outcome) -> None:
    nights = {STARTS + day * DAY for day in range(1, year.days)}
    missing = sorted(nights - year.nights_backed_up)
    result.lines.append(
        f"backups  of {len(nights)} nights {len(nights) - len(missing)}, {len(year.trials)} trials; {len(year.backups_left)} are kept"
    )
    causes = ("disk", "upgrade", "sleeps", "clock", "backup")
    for night in missing:
        at = moment(night, 3, 0)
        if not any(
            year._began(each) - DAY <= at <= year._ended(each) + DAY
            and any(cause in each.name for cause in causes)
            for each in year.planted
        ):
            result.wrong.append(f"no backup was made in the night of {night}")
    old = [each for each in year.backups_left if each.created_at < year.true - year.longest - DAY]
    if old:
        result.wrong.append(f"{len(old)} backups are older than they may be")
    if [each for each in year.backups_left if each.created_at > year.true + DAY]:
        result.lines.append("         one is dated by a clock that had leapt")


def _told(year: Year, result: Outcome) -> None:
    result.lines.append(
        "planted, and after how many hours it was said by health, by email and in the log:"
    )
    for each in year.planted:
        outcome = year.found[each.name]
        shown = []
        for what, wanted, when in (
            ("health", each.says, outcome.said),
            ("email", each.mails, outcome.mailed),
            ("log", each.logs, outcome.logged),
        ):
            if not wanted:
                continue
            shown.append(f"{what} {'never' if when is None else f'{when:.0f}'}")
            if when is None or when > each.within * 24:
                result.wrong.append(
                    f"{each.name}: {what} said it {'never' if when is None else f'after {when:.0f} hours'}"
                )
        result.lines.append(
            f"  {clock.local_day(year._began(each)):%d %b}  {each.name}: {', '.join(shown)}"
        )


@click.command()
@click.option("--days", default=365, show_default=True, help="How long it goes on.")
def main(days: int) -> None:
    """Runs it, and exits with 1 where anything was lost, doubled or silent."""
    planted = [each for each in YEAR if each.day + each.looks // len(LOOKS) + 3 < days]
    begun, cpu = time.perf_counter(), time.process_time()
    folder = Path(tempfile.mkdtemp(prefix="year-"))
    year = Year(folder, days, planted, SECRET_ENDS)
    year.run(progress=lambda line: print(line, file=sys.stderr))
    result = outcome(year)
    print(
        f"{days} days in {time.perf_counter() - begun:.0f} s, {time.process_time() - cpu:.0f} s of CPU, {year.cycles} cycles kept"
    )
    print("\n".join(result.lines))
    for line in result.wrong:
        print(f"! {line}")
    shutil.rmtree(folder)
    sys.exit(bool(result.wrong))


if __name__ == "__main__":
    main()
