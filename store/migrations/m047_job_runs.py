"""Step 47: the ledger of jobs: when each began and ended, and how much failed."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run


@migrations()
def m047_job_runs(db: Database) -> None:
    """A row whose `ended_at` stays NULL was killed, or runs still. `failures` is a count: what failed stands in the log.

    `completed`: whether the job reached its end, though things in it may have failed; if not, it is owed still.
    """
    run(db, (
        """CREATE TABLE job_runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT,
            failures INTEGER CHECK (failures >= 0), completed INTEGER CHECK (completed IN (0, 1)), version TEXT NOT NULL,
            CHECK ((ended_at IS NULL) = (failures IS NULL)), CHECK ((ended_at IS NULL) = (completed IS NULL))) STRICT""",
        "CREATE INDEX job_runs_by_job ON job_runs (job, number)",
        "CREATE INDEX job_runs_that_reached_their_end ON job_runs (job, number) WHERE completed = 1",
        "CREATE INDEX job_runs_that_failed ON job_runs (job, number) WHERE failures > 0",
        "CREATE INDEX job_runs_that_went_well ON job_runs (job, number) WHERE failures = 0",
        """CREATE TRIGGER job_runs_end_once BEFORE UPDATE ON job_runs
            WHEN old.ended_at IS NOT NULL OR new.number IS NOT old.number OR new.job IS NOT old.job
                OR new.started_at IS NOT old.started_at OR new.version IS NOT old.version BEGIN
    SELECT RAISE(ABORT, 'a run of a job ends once, and how it began never changes'); END""",
    ))  # fmt: skip
