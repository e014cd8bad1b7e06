"""The ledger of jobs: each scheduled job and each cycle begins and ends a row; one that never ended was killed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from core import clock
from core.errors import StoreError
from store.database import Database
from store.encryption import clean
from store.sqlite import Row

KEEP_FOR = timedelta(days=90)
MOST_RUNS = 5000  # runs of one job: three days and a half of one that runs each minute
# Whatever is written down with the moment at which it happened: its newest and its oldest row.
_RECORDED = (
    ("job_runs", "coalesce(ended_at, started_at)", "started_at"),
    ("events", "at", "at"),
    ("runs", "ended", "at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One run of a job. `ended_at` and `failures` are None where it was killed, or is under way still.

    `completed`: it reached its end, though things in it may have failed.
    """

    number: int
    job: str
    started_at: datetime
    ended_at: datetime | None
    failures: int | None
    completed: bool
    version: str  # of the program


class JobRuns:
    """Keeping and reading them. Newest and oldest are by row, not by clock: a clock may leap."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, job: str, at: datetime) -> int:
        """Notes that a job begins; the number of its run. Past `KEEP_FOR` and `MOST_RUNS` a run goes, but for the newest of each outcome."""
        with self._db.transaction():
            self._forget(job, at - KEEP_FOR)
            return self._db.insert(
                "job_runs", job=clean(job), started_at=clock.text(at), version=program_version()
            )

    def end(self, run: int, at: datetime, *, failures: int, completed: bool = True) -> None:
        """Notes that a run ended, and how much failed in it. Raises StoreError for one that ended before.

        `completed` is false where an error broke it off, so that the job is owed still.
        """
        with self._db.transaction():
            ended = self._db.execute(
                "UPDATE job_runs SET ended_at = ?, failures = ?, completed = ? WHERE number = ? AND ended_at IS NULL",
                clock.text(at), failures, completed, run,
            )  # fmt: skip
            if not ended:
                raise StoreError(f"run {run} of a job has ended before, or never began")

    def last(
        self, job: str, *, well: bool | None = None, by: datetime | None = None
    ) -> JobRun | None:
        """The newest run of a job: any, one that ended without a failure (`well`), or one that failed or was killed.

        The one under way is none that was killed. `by`: of those that began until then.
        """
        return self._newest(
            job,
            {
                None: "TRUE",
                True: "failures = 0",
                False: """(failures > 0 OR ended_at IS NULL
                    AND EXISTS (SELECT 1 FROM job_runs l WHERE l.job = r.job AND l.number > r.number))""",
            }[well],
            by,
        )

    def last_completed(self, job: str, *, by: datetime | None = None) -> JobRun | None:
        """The newest run that reached its end, though things in it may have failed."""
        return self._newest(job, "completed = 1", by)

    def _newest(self, job: str, outcome: str, by: datetime | None) -> JobRun | None:
        until = clock.text(by) if by else "9"
        with self._db.snapshot():
            row = self._db.row(
                f"SELECT * FROM job_runs r WHERE job = ? AND {outcome} AND started_at <= ? ORDER BY number DESC LIMIT 1",
                clean(job), until,
            )  # fmt: skip
        return _job_run(row) if row else None

    def since(self, moment: datetime) -> list[JobRun]:
        """Every run that began since then, the oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM job_runs WHERE started_at >= ? ORDER BY number", clock.text(moment)
            )
        return [_job_run(row) for row in rows]

    def latest_at(self, *, before: int | None = None) -> datetime | None:
        """The last moment at which anything was recorded: a job, an event, a look at a source. None in a new store.

        `before`: a run of a job, whose own row and later ones don't count.
        """
        return self._edge("max", before)

    def first_at(self) -> datetime | None:
        """The first moment of which anything is recorded: when this store began. None in a new store."""
        return self._edge("min", None)

    def kept_since(self) -> datetime | None:
        """Since when this ledger is kept; None where no job has run."""
        with self._db.snapshot():
            at = self._db.value("SELECT started_at FROM job_runs ORDER BY number LIMIT 1")
        return clock.parse(at) if at else None

    def _edge(self, edge: str, before: int | None) -> datetime | None:
        order = "DESC" if edge == "max" else ""
        moments: list[str] = []
        with self._db.snapshot():
            for table, newest, oldest in _RECORDED:
                column = newest if edge == "max" else oldest
                below = f"WHERE number < {before:d}" if before and table == "job_runs" else ""
                row = self._db.row(
                    f"SELECT {column} AS at FROM {table} {below} ORDER BY number {order} LIMIT 1"
                )
                if row:
                    moments.append(row["at"])
        if not moments:
            return None
        return clock.parse(max(moments) if edge == "max" else min(moments))

    def _forget(self, job: str, before: datetime) -> None:
        self._db.execute(
            """DELETE FROM job_runs WHERE job = ?1 AND (started_at < ?2 OR number <= (
                SELECT number FROM job_runs WHERE job = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?3)) AND number NOT IN (
                SELECT max(number) FROM job_runs WHERE job = ?1 AND failures = 0
                UNION ALL SELECT max(number) FROM job_runs WHERE job = ?1 AND failures > 0
                UNION ALL SELECT max(number) FROM job_runs WHERE job = ?1 AND completed = 1
                UNION ALL SELECT max(number) FROM job_runs WHERE job = ?1
                UNION ALL SELECT min(number) FROM job_runs)""",
            clean(job), clock.text(before), MOST_RUNS,
        )  # fmt: skip


@cache
def program_version() -> str:
    """The version of this program as it was installed."""
    try:
        return version("nwl-mentions")
    except PackageNotFoundError:  # run from a folder in which nothing was installed
        return "unknown"


def _job_run(row: Row) -> JobRun:
    return JobRun(
        number=row["number"], job=row["job"], started_at=clock.parse(row["started_at"]),
        ended_at=clock.parse(row["ended_at"]) if row["ended_at"] else None, failures=row["failures"],
        completed=bool(row["completed"]), version=row["version"],
    )  # fmt: skip
