"""Whether this machine's clock can be right, against when it was last right; and what a wrong one stamped is put right.

A wrong clock deletes: what is kept for days is over its time at once. So the moment at which the clock was last right is kept,
and moves on only with a clock that agrees with it, and while the machine runs no further than the machine has run: else a
clock that goes wrong by a little each time would get anywhere. Neither what a wrong clock wrote nor its events count.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core import clock, time_source
from store.database import Database
from store.job_runs import JobRuns
from store.sqlite import Row

# A step by a time server, or a machine that was frozen and goes on, is minutes: nothing is kept for so short a time.
BACK_AT_MOST = timedelta(hours=1)
# Each note is a write that other programs see, and pages that count figures begin anew with it.
# What the clock may gain, in all, on the time that the machine has run since one start of it: time servers set it, and a
# virtual machine does not count the seconds for which it is frozen, as each night for a backup.
GAINED_AT_MOST = timedelta(hours=6)
NOTED_EVERY = timedelta(minutes=15)
LeapKind = Literal["ahead", "back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leap:
    """The clock says `at`, and was last right at `right_at`; `since` is what it said when that was first seen, None for now."""

    kind: LeapKind
    right_at: datetime
    at: datetime
    since: datetime | None

    @property
    def by(self) -> timedelta:
        """By how much, at most: a machine that was off explains as much."""
        return abs(self.at - self.right_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """How many posts, looks at sources and running clocks carried a moment of a wrong clock, and got another."""

    posts: int = 0
    runs: int = 0
    deadlines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlived:
    """A time that the clock jumped over, as it was when somebody said that the clock is right all the same."""

    since: datetime
    until: datetime


def unlived(database: Database) -> list[Unlived]:
    """The times that the clock jumped over and that somebody confirmed, by the chain of events, oldest first.

    A clock that was set back since, and confirmed, takes those away that it has yet to come to.
    """
    jumps: list[Unlived] = []
    for row in database.rows(
        "SELECT at, about FROM events WHERE kind = 'clock confirmed' ORDER BY number"
    ):
        at, about = clock.parse(row["at"]), json.loads(row["about"])
        jumps = [jump for jump in jumps if jump.until <= at]
        if "from" in about:
            jumps.append(
                Unlived(since=clock.parse(about["from"]), until=clock.parse(about["until"]))
            )
    return jumps


def lived(since: datetime, at: datetime, jumps: Sequence[Unlived]) -> timedelta:
    """How much of the time from `since` to `at` was lived through: all of it but what the clock jumped over."""
    over = sum((max(timedelta(0), min(at, jump.until) - max(since, jump.since)) for jump in jumps), timedelta(0))  # fmt: skip
    return at - since - over


class ClockGuard:
    """The last moment at which the clock was right, and whether it is now."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._job_runs = JobRuns(database)

    def leap(self, at: datetime, pause: timedelta, *, gained: bool = True) -> Leap | None:
        """Whether the clock leapt; None where it did not, or where `check` never looked at it. It changes nothing.

        `pause`: how long nothing may have run, so that the clock may be that far ahead of when it was last right. `gained`:
        whether what it gained on the time that the machine ran counts as well.
        """
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM clock_checks")
        right_at = clock.parse(row["right_at"]) if row else None
        return self._leap(at, pause, row, right_at, gained=gained)

    @staticmethod
    def _leap(
        at: datetime, pause: timedelta, row: Row | None, right_at: datetime | None, *, gained: bool = True
    ) -> Leap | None:  # fmt: skip
        if right_at is None:
            return None
        in_time = right_at - BACK_AT_MOST <= at <= right_at + pause
        if in_time and not (gained and at > right_at and _gained(at, row)):
            return None
        since = clock.parse(row["doubted_at"]) if row and row["doubted_at"] else None
        return Leap(
            kind="ahead" if at > right_at else "back", right_at=right_at, at=at, since=since
        )

    def check(self, at: datetime, pause: timedelta) -> Leap | None:
        """The same, and keeps it: that the clock is right, or that it leapt, which is an event. What it stamped while it was wrong is
        put right once it is right again.
        """
        leap = self.leap(at, pause)
        row = self._db.row("SELECT * FROM clock_checks")
        if (
            leap is None
            and row
            and not row["doubted_at"]
            and clock.parse(row["right_at"]) > at - NOTED_EVERY
        ):
            return None
        if leap is not None and leap.since is not None:
            return leap
        with self._db.transaction():
            row, leap = self._look(at, pause)  # another process may have been first
            if leap is None:
                if row and row["doubted_at"]:
                    mended = self._mend(at, clock.parse(row["right_at"]), row["last_mention"])
                    self._db.add_event(
                        "clock right again", at, posts=mended.posts, runs=mended.runs, deadlines=mended.deadlines
                    )  # fmt: skip
                right_at = max(at, clock.parse(row["right_at"])) if row else at
                self._keep(right_at, boot=_anchor(at, row))
            elif leap.since is None:
                last = self._db.value("SELECT coalesce(max(number), 0) FROM mentions")
                self._keep(
                    leap.right_at,
                    doubted_at=at,
                    last_mention=last,
                    boot=_anchor(at, row, new=False),
                )
                self._db.add_event(
                    "clock doubted",
                    at,
                    hours=round(leap.by.total_seconds() / 3600),
                    leapt=leap.kind,
                )
        return leap

    def _look(self, at: datetime, pause: timedelta) -> tuple[Row | None, Leap | None]:
        """In a store of before, the last moment at which anything was recorded counts: it is all that is known."""
        row = self._db.row("SELECT * FROM clock_checks")
        right_at = clock.parse(row["right_at"]) if row else self._job_runs.latest_at()
        return row, self._leap(at, pause, row, right_at)

    def confirm(self, at: datetime, *, by: str) -> Mended:
        """Somebody says that the clock is right now: it counts from now on. `by` is a handle, or who runs a command.

        What carries a moment that is yet to come got it from a clock that was wrong before, and is put right. What it jumped over is kept
        with the event: what that alone makes due by a platform's limit is asked about, see `Retention.purge`.
        """
        with self._db.transaction():
            jump = _jump(at, self._db.row("SELECT * FROM clock_checks"))
            mended = self._mend(at, at, None)
            self._keep(at, boot=time_source.boot(at))
            self._db.add_event(
                "clock confirmed", at, by=self._db.encryption.person_hash(by), posts=mended.posts, runs=mended.runs,
                deadlines=mended.deadlines,
                **({"from": clock.text(jump.since), "until": clock.text(jump.until)} if jump else {}),
            )  # fmt: skip
        return mended

    def _keep(
        self,
        right_at: datetime,
        *,
        doubted_at: datetime | None = None,
        last_mention: int | None = None,
        boot: time_source.Boot | None = None,
    ) -> None:
        self._db.execute(
            """INSERT INTO clock_checks (number, right_at, doubted_at, last_mention, boot_id, booted_at)
            VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET right_at = excluded.right_at,
                doubted_at = excluded.doubted_at, last_mention = excluded.last_mention, boot_id = excluded.boot_id,
                booted_at = excluded.booted_at""",
            clock.text(right_at), clock.text(doubted_at) if doubted_at else None, last_mention,
            boot.id if boot else None, clock.text(boot.at) if boot else None,
        )  # fmt: skip

    def _mend(self, at: datetime, right_at: datetime, last_mention: int | None) -> Mended:
        """Moments that can't be: later than now; and of what came in since the leap, earlier than when the clock was last right.

        A post counts as found now, so that it stays its whole time: it is late by no longer than the clock was wrong. A look at a
        source counts as begun when the clock was last right, so that what was said since is read again.
        """
        now, right = clock.text(at), clock.text(right_at)
        posts = self._db.execute(
            "UPDATE mentions SET found_at = min(found_at, ?1), fetched_at = min(fetched_at, ?1) WHERE found_at > ?1 OR fetched_at > ?1",
            now,
        )
        if last_mention is not None:
            posts += self._db.execute(
                """UPDATE mentions SET found_at = ?1, fetched_at = max(fetched_at, ?1) WHERE number > ?2
                AND found_at < ?3""",
                now, last_mention, right,
            )  # fmt: skip
        posts += self._db.execute(
            "UPDATE mentions SET fetched_at = ?1 WHERE fetched_at < found_at", now
        )
        runs = self._db.execute(
            "UPDATE runs SET at = ?2, since = min(since, ?2), ended = min(ended, ?1) WHERE at > ?1",
            now,
            right,
        )
        self._db.execute(  # of a part a look that can't be counts as made when the clock was last right, and none waits for that day
            """UPDATE source_parts SET read_at = CASE WHEN read_at > ?1 THEN ?2 ELSE read_at END, tried_at = min(tried_at, ?1),
                failing_since = min(failing_since, ?1), next_try = NULL WHERE tried_at > ?1 OR read_at > ?1""",
            now, right,
        )  # fmt: skip
        deadlines = 0
        for row in self._db.rows(
            "SELECT number, began_at, due_at FROM deadlines WHERE began_at > ? AND stopped_at IS NULL",
            now,
        ):
            ahead = clock.parse(row["began_at"]) - at
            deadlines += self._db.execute(
                "UPDATE deadlines SET began_at = ?, due_at = ? WHERE number = ?",
                now, clock.text(clock.parse(row["due_at"]) - ahead), row["number"],
            )  # fmt: skip
        return Mended(posts=posts, runs=runs, deadlines=deadlines)


def _jump(at: datetime, row: Row | None) -> Unlived | None:
    """What the clock jumped over since it was last right: up to when that was seen, since the machine has run on from there."""
    if row is None:
        return None
    right_at = clock.parse(row["right_at"])
    seen = clock.parse(row["doubted_at"]) if row["doubted_at"] else at
    until = min(at, seen) if seen > right_at else at
    return Unlived(since=right_at, until=until) if until - right_at > BACK_AT_MOST else None


def _kept(row: Row | None) -> time_source.Boot | None:
    """The start of the machine as it was kept; None where none was."""
    if row is None or not row["boot_id"]:
        return None
    return time_source.Boot(row["boot_id"], clock.parse(row["booted_at"]))


def _gained(at: datetime, row: Row | None) -> bool:
    """Whether the clock gained more on the time that the machine has run, since its start was kept, than it may.

    Of another start of the machine, and where nothing tells, nothing can be said.
    """
    saved_boot, boot_now = _kept(row), time_source.boot(at)
    if saved_boot is None or boot_now is None or saved_boot.id != boot_now.id:
        return False
    return boot_now.at - saved_boot.at > GAINED_AT_MOST


def _anchor(at: datetime, row: Row | None, *, new: bool = True) -> time_source.Boot | None:
    """What to keep: the first start that was seen of this run of the machine, so that small steps add up; else the one now.

    Not `new`: only what is kept, since the clock is doubted now.
    """
    saved_boot, boot_now = _kept(row), time_source.boot(at)
    if not new or (
        saved_boot is not None and boot_now is not None and saved_boot.id == boot_now.id
    ):
        return saved_boot
    return boot_now
