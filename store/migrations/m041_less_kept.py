"""Step 41: what stays of what is kept for less long, names that may be searched for, and private words that were turned away."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

_LABELS = """day TEXT NOT NULL, platform TEXT NOT NULL, sentiment TEXT NOT NULL, risk TEXT NOT NULL,
            in_scope INTEGER NOT NULL, flags TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (day, platform, sentiment, risk, in_scope, flags)"""


@migrations()
def m041_less_kept(db: Database) -> None:
    """Counts by UK day outlive the posts, so that figures of past weeks stay what they were; they name nobody.

    `encrypted` of a person holds the name, what it is for and why it was refused. `lead_by` and `governance_by` are two
    people: a name is searched for once both stand there, until the UK day `until`.
    """
    run(db, (
        f"CREATE TABLE purged_imports ({_LABELS}) STRICT",
        """CREATE TABLE purged_finds (
            found_day TEXT NOT NULL, posted_day TEXT NOT NULL, imported INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (found_day, posted_day, imported)) STRICT, WITHOUT ROWID""",
        """CREATE TABLE purged_decisions (
            day TEXT NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, kind)) STRICT, WITHOUT ROWID""",
        "CREATE INDEX cases_set_aside ON cases (decided_at) WHERE state = 'done' AND kind IN ('no_action', 'not_relevant')",
        """CREATE TABLE searched_people (
            number INTEGER PRIMARY KEY AUTOINCREMENT, office TEXT NOT NULL, asked_by INTEGER NOT NULL REFERENCES users,
            asked_at TEXT NOT NULL, lead_by INTEGER REFERENCES users, governance_by INTEGER REFERENCES users,
            approved_at TEXT, until TEXT NOT NULL, ended_at TEXT, ended_by INTEGER REFERENCES users,
            encrypted BLOB NOT NULL, CHECK (lead_by IS NULL OR governance_by IS NULL OR lead_by <> governance_by)) STRICT""",
        """CREATE TABLE turned_away (
            day TEXT NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, what)) STRICT, WITHOUT ROWID""",
    ))  # fmt: skip
