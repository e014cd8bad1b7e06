"""Steps 7 to 14: what the review page keeps."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.m007_triggers import (
    CASE_TRIGGERS,
    COUNT_ALL,
    DAY_TRIGGERS,
    FIGURE_INDEXES,
    FIGURE_TRIGGERS,
)
from store.migrations.steps import migrations, run


@migrations()
def m007_people(db: Database) -> None:
    """Who may use the review page, what they are signed in with, and links that let somebody in once."""
    run(db, (
        """CREATE TABLE users (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('local', 'oidc')), handle TEXT NOT NULL,
            name TEXT NOT NULL, roles TEXT NOT NULL, secret TEXT NOT NULL DEFAULT '',
            active INTEGER NOT NULL DEFAULT 1, preferences TEXT NOT NULL DEFAULT '{}',
            made_at TEXT NOT NULL, seen_at TEXT, UNIQUE (kind, handle)) STRICT""",
        """CREATE TABLE sessions (
            id_hash TEXT PRIMARY KEY, user_number INTEGER NOT NULL REFERENCES users,
            made_at TEXT NOT NULL, seen_at TEXT NOT NULL, until TEXT NOT NULL) STRICT""",
        "CREATE INDEX sessions_by_user ON sessions (user_number)",
        """CREATE TABLE links (
            token_hash TEXT PRIMARY KEY, user_number INTEGER NOT NULL REFERENCES users,
            made_at TEXT NOT NULL, until TEXT NOT NULL, used_at TEXT) STRICT""",
    ))  # fmt: skip


@migrations()
def m008_cases(db: Database) -> None:
    """Stories that people review: what belongs to one, and what was decided of it.

    `risk` is 3 for high to 0 for none, so that it sorts. Figures of a case are kept by triggers, so that
    whatever changes its mentions (an edit, a deletion, a purge) can't leave them wrong.
    """
    run(db, (
        """CREATE TABLE cases (
            number INTEGER PRIMARY KEY AUTOINCREMENT, opened_at TEXT NOT NULL,
            latest_at TEXT NOT NULL, face INTEGER NOT NULL, risk INTEGER NOT NULL,
            flagged INTEGER NOT NULL, size INTEGER NOT NULL, unread INTEGER NOT NULL DEFAULT 0,
            edited INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL DEFAULT 'new'
                CHECK (state IN ('new', 'open', 'escalated', 'snoozed', 'done')),
            kind TEXT, decided_at TEXT, decided_size INTEGER, decided_risk INTEGER, role TEXT,
            snoozed_until TEXT, due_at TEXT, claimed_by INTEGER REFERENCES users,
            claimed_until TEXT) STRICT""",
        "CREATE INDEX cases_by_queue ON cases (state, risk DESC, opened_at, number)",
        "CREATE INDEX cases_by_risk ON cases (risk DESC, opened_at, number)",
        """CREATE TABLE case_mentions (
            mention INTEGER PRIMARY KEY REFERENCES mentions,
            case_number INTEGER NOT NULL REFERENCES cases, assessment INTEGER NOT NULL,
            revision INTEGER NOT NULL, why TEXT NOT NULL, worth INTEGER NOT NULL,
            risk INTEGER NOT NULL, platform TEXT NOT NULL, staff TEXT, read TEXT NOT NULL,
            posted_at TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
            decided_revision INTEGER) STRICT""",
        "CREATE INDEX case_mentions_by_case ON case_mentions (case_number, worth, deleted)",
        """CREATE TABLE case_flags (
            flag TEXT NOT NULL, mention INTEGER NOT NULL REFERENCES case_mentions,
            PRIMARY KEY (flag, mention)) STRICT, WITHOUT ROWID""",
        "CREATE INDEX case_flags_by_mention ON case_flags (mention)",
        """CREATE TABLE case_places (
            place TEXT NOT NULL, mention INTEGER NOT NULL REFERENCES case_mentions,
            PRIMARY KEY (place, mention)) STRICT, WITHOUT ROWID""",
        "CREATE INDEX case_places_by_mention ON case_places (mention)",
    ))  # fmt: skip


@migrations()
def m009_case_decisions(db: Database) -> None:
    """What was decided of cases, what a copy is known by, the index of a case's masked words."""
    run(db, (
        """CREATE TABLE case_decisions (
            number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL REFERENCES cases,
            version INTEGER NOT NULL, kind TEXT NOT NULL, by_user INTEGER REFERENCES users,
            at TEXT NOT NULL, role TEXT, until TEXT, undoes INTEGER, size INTEGER NOT NULL,
            risk INTEGER NOT NULL, covers TEXT NOT NULL, labels TEXT NOT NULL,
            sealed BLOB NOT NULL, UNIQUE (case_number, version)) STRICT""",
        """CREATE TABLE likeness (
            band INTEGER NOT NULL, mention INTEGER NOT NULL REFERENCES mentions,
            PRIMARY KEY (band, mention)) STRICT, WITHOUT ROWID""",
        "CREATE INDEX likeness_by_mention ON likeness (mention)",
        """CREATE VIRTUAL TABLE case_words USING fts5 (masked, content = 'assessments',
            content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2')""",
        "INSERT INTO case_words (case_words, rank) VALUES ('secure-delete', 1)",
        """CREATE TABLE reveals (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL REFERENCES mentions,
            revision INTEGER NOT NULL, at TEXT NOT NULL, by_name TEXT NOT NULL,
            sealed BLOB NOT NULL) STRICT""",
        "CREATE INDEX reveals_by_mention ON reveals (mention)",
        "CREATE TABLE bookmarks (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT",
        "ALTER TABLE decisions ADD COLUMN undone INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE decisions ADD COLUMN case_number INTEGER",
        "ALTER TABLE decisions ADD COLUMN case_version INTEGER",
        *CASE_TRIGGERS,
    ))  # fmt: skip


@migrations()
def m010_day_counts(db: Database) -> None:
    """How many mentions of each day have which labels, so that a trend over a million answers at once."""
    run(db, (
        """CREATE TABLE day_counts (
            number INTEGER NOT NULL UNIQUE, part TEXT NOT NULL, platform TEXT NOT NULL,
            sentiment TEXT NOT NULL, risk TEXT NOT NULL, in_scope INTEGER NOT NULL,
            flags TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (part, platform, sentiment, risk, in_scope, flags)) STRICT, WITHOUT ROWID""",
        """CREATE TABLE counted (
            mention INTEGER PRIMARY KEY REFERENCES mentions, counts INTEGER NOT NULL) STRICT""",
        "CREATE INDEX case_mentions_by_posted ON case_mentions (posted_at, worth)",
        *DAY_TRIGGERS,
        *COUNT_ALL,
    ))  # fmt: skip


@migrations()
def m011_samples(db: Database) -> None:
    """What is drawn each week for a blind look, what people say of it, counts that outlive both.

    `missed` is what a person found in a mention in which nothing was flagged; `risk` as in `cases`.
    """
    run(db, (
        """CREATE TABLE sample_draws (
            week TEXT PRIMARY KEY, since TEXT NOT NULL, until TEXT NOT NULL, drawn_at TEXT NOT NULL,
            seed TEXT NOT NULL, flagged TEXT NOT NULL) STRICT""",
        """CREATE TABLE sample_strata (
            week TEXT NOT NULL REFERENCES sample_draws, kind TEXT NOT NULL, name TEXT NOT NULL,
            population INTEGER NOT NULL, drawn INTEGER NOT NULL,
            PRIMARY KEY (week, kind, name)) STRICT, WITHOUT ROWID""",
        """CREATE TABLE samples (
            number INTEGER PRIMARY KEY AUTOINCREMENT, week TEXT NOT NULL REFERENCES sample_draws,
            kind TEXT NOT NULL CHECK (kind IN ('unflagged', 'second')),
            mention INTEGER NOT NULL REFERENCES mentions, revision INTEGER NOT NULL,
            stratum TEXT NOT NULL, chance REAL NOT NULL, decision INTEGER REFERENCES decisions,
            drawn_at TEXT NOT NULL, UNIQUE (week, kind, mention)) STRICT""",
        "CREATE INDEX samples_by_mention ON samples (mention)",
        "CREATE INDEX samples_by_decision ON samples (decision)",
        """CREATE TABLE sample_answers (
            number INTEGER PRIMARY KEY AUTOINCREMENT, sample INTEGER NOT NULL REFERENCES samples,
            mention INTEGER NOT NULL REFERENCES mentions, version INTEGER NOT NULL,
            by_user INTEGER NOT NULL REFERENCES users, at TEXT NOT NULL, in_scope INTEGER NOT NULL,
            labels TEXT NOT NULL, skipped TEXT, sealed BLOB NOT NULL,
            UNIQUE (sample, version)) STRICT""",
        "CREATE INDEX sample_answers_by_mention ON sample_answers (mention)",
        """CREATE TABLE sample_counts (
            week TEXT NOT NULL, kind TEXT NOT NULL, stratum TEXT NOT NULL, what TEXT NOT NULL,
            count INTEGER NOT NULL, PRIMARY KEY (week, kind, stratum, what)) STRICT, WITHOUT ROWID""",
        """CREATE TABLE missed (
            mention INTEGER PRIMARY KEY REFERENCES mentions, sample INTEGER NOT NULL REFERENCES samples,
            at TEXT NOT NULL, flags TEXT NOT NULL, risk INTEGER NOT NULL) STRICT""",
        "CREATE INDEX decisions_by_at ON decisions (at)",
        """CREATE TRIGGER sample_answers_never_change
            BEFORE UPDATE OF sample, mention, version, by_user, at, in_scope, labels, skipped
            ON sample_answers BEGIN
            SELECT RAISE(ABORT, 'answers are added, never changed'); END""",
    ))  # fmt: skip


@migrations()
def m012_clocks(db: Database) -> None:
    """When something of a case is due, what was done to have a post taken down, what staff reported.

    A clock refers to no case by a key: that of a breach runs on when its case is purged.
    """
    run(db, (
        """CREATE TABLE case_clocks (
            number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('look', 'assistance', 'media', 'pid')),
            began_at TEXT NOT NULL, due_at TEXT NOT NULL, risk INTEGER, began_version INTEGER,
            stopped_at TEXT, stopped_version INTEGER, why TEXT, stopped_by INTEGER REFERENCES users,
            outcome TEXT, sealed BLOB) STRICT""",
        "CREATE INDEX case_clocks_by_case ON case_clocks (case_number, number)",
        """CREATE UNIQUE INDEX case_clocks_that_run ON case_clocks (kind, case_number)
            WHERE stopped_at IS NULL""",
        "CREATE INDEX cases_by_due ON cases (due_at) WHERE due_at IS NOT NULL",
        """CREATE TABLE takedowns (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL REFERENCES mentions,
            step TEXT NOT NULL CHECK (step IN ('asked', 'reminded', 'refused', 'gone', 'given_up')),
            whom TEXT NOT NULL CHECK (whom IN ('platform', 'author', 'other')), at TEXT NOT NULL,
            by_user INTEGER REFERENCES users, kept_at TEXT NOT NULL, sealed BLOB NOT NULL) STRICT""",
        "CREATE INDEX takedowns_by_mention ON takedowns (mention, at, number)",
        "CREATE INDEX case_decisions_to_remove ON case_decisions (case_number) WHERE kind = 'remove'",
        """CREATE TABLE tellings (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL REFERENCES mentions,
            at TEXT NOT NULL, target INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT""",
        "CREATE INDEX tellings_by_mention ON tellings (mention)",
    ))  # fmt: skip


@migrations()
def m013_speed(db: Database) -> None:
    """Indexes for a store of a million mentions, and triggers that don't count a case anew for each.

    Every view of the queue is an index in its own order, so that it is counted and turned without a look at
    the cases themselves; what filters ask is in one narrow index.
    """
    newest = "coalesce(decided_at, opened_at) DESC, number DESC"
    gravest = "risk DESC, opened_at, number"
    run(db, (
        f"CREATE INDEX cases_waiting ON cases ({gravest}, state, flagged) WHERE state IN ('new', 'open') AND flagged > 0",
        f"CREATE INDEX cases_unread ON cases ({gravest}, state, unread) WHERE state IN ('new', 'open') AND unread > 0",
        f"CREATE INDEX cases_edited ON cases ({gravest}, edited) WHERE edited > 0",
        f"CREATE INDEX cases_done ON cases ({newest}) WHERE state = 'done'",
        f"CREATE INDEX cases_by_newest ON cases ({newest})",
        f"CREATE INDEX cases_overdue ON cases ({gravest}, due_at) WHERE due_at IS NOT NULL",
        "CREATE INDEX cases_claimed ON cases (claimed_by) WHERE claimed_by IS NOT NULL",
        """CREATE INDEX case_mentions_filtered ON case_mentions
            (platform, staff, risk, posted_at, case_number, assessment)
            WHERE worth AND NOT deleted""",
        "CREATE INDEX case_mentions_by_assessment ON case_mentions (assessment)",
        "CREATE INDEX mentions_by_root ON mentions (root_hash) WHERE root_hash IS NOT NULL",
        "CREATE INDEX mentions_to_read ON mentions (number, revision) WHERE deleted_at IS NULL",
        "CREATE INDEX mentions_of_story ON mentions (story) WHERE deleted_at IS NULL",
        *FIGURE_INDEXES,
        *FIGURE_TRIGGERS,
    ))  # fmt: skip


@migrations()
def m014_hr_releases(db: Database) -> None:
    """Cases for which a governance role released the way to an employer; `number` is the case's."""
    run(db, (
        """CREATE TABLE hr_releases (
            number INTEGER PRIMARY KEY AUTOINCREMENT, case_number INTEGER NOT NULL UNIQUE,
            by_user INTEGER REFERENCES users, at TEXT NOT NULL, sealed BLOB NOT NULL) STRICT""",
    ))  # fmt: skip
