"""Steps 1 to 6: mentions, assessments, the outbox, decisions, events, and what platforms need."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run
from store.sqlite import APPLICATION


@migrations()
def m001_mentions(db: Database) -> None:
    """Runs, mentions and their revisions. Numbers are never used twice: events refer to them."""
    run(db, (
        f"PRAGMA application_id = {APPLICATION}",
        "CREATE TABLE keyring (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT",
        "CREATE TABLE chores (name TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT",
        """CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, since TEXT NOT NULL,
            at TEXT NOT NULL, ended TEXT NOT NULL, error TEXT, complete INTEGER NOT NULL,
            odd INTEGER NOT NULL, new INTEGER NOT NULL DEFAULT 0,
            changed INTEGER NOT NULL DEFAULT 0, again INTEGER NOT NULL DEFAULT 0,
            gone INTEGER NOT NULL DEFAULT 0, sealed BLOB) STRICT""",
        "CREATE INDEX runs_by_source ON runs (source, complete, number)",
        """CREATE TABLE mentions (
            number INTEGER PRIMARY KEY AUTOINCREMENT, key_hash TEXT NOT NULL UNIQUE,
            platform TEXT NOT NULL, kind TEXT NOT NULL, posted_at TEXT NOT NULL, edited_at TEXT,
            found_at TEXT NOT NULL, fetched_at TEXT NOT NULL, text_seen_at TEXT NOT NULL,
            deleted_at TEXT, revision INTEGER NOT NULL, metrics TEXT NOT NULL, shares INTEGER,
            followers INTEGER, language TEXT NOT NULL, story TEXT NOT NULL,
            sealed BLOB NOT NULL) STRICT""",
        "CREATE INDEX mentions_by_posted ON mentions (posted_at)",
        "CREATE INDEX mentions_by_found ON mentions (found_at)",
        "CREATE INDEX mentions_by_story ON mentions (story)",
        """CREATE TABLE revisions (
            mention INTEGER NOT NULL REFERENCES mentions, revision INTEGER NOT NULL,
            at TEXT NOT NULL, text_hash TEXT NOT NULL, bio_hash TEXT NOT NULL,
            sealed BLOB NOT NULL, PRIMARY KEY (mention, revision)) STRICT""",
        "CREATE INDEX revisions_by_at ON revisions (at)",
        """CREATE TABLE matches (
            mention INTEGER NOT NULL REFERENCES mentions, source TEXT NOT NULL,
            term TEXT NOT NULL, PRIMARY KEY (mention, source, term)) STRICT""",
        "CREATE TABLE tombstones (key_hash TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT",
    ))  # fmt: skip


@migrations()
def m002_assessments(db: Database) -> None:
    """What the classifier said, and the risks that it earned with the reach of the moment."""
    run(db, (
        """CREATE TABLE assessments (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL,
            revision INTEGER NOT NULL, policy TEXT NOT NULL, model TEXT NOT NULL,
            in_scope INTEGER NOT NULL, staff TEXT, sentiment TEXT NOT NULL,
            language TEXT NOT NULL, read TEXT NOT NULL, masked TEXT NOT NULL, at TEXT NOT NULL,
            UNIQUE (mention, revision, policy, model),
            FOREIGN KEY (mention, revision) REFERENCES revisions) STRICT""",
        """CREATE TABLE flags (
            assessment INTEGER NOT NULL REFERENCES assessments, position INTEGER NOT NULL,
            name TEXT NOT NULL, score REAL NOT NULL, clauses TEXT NOT NULL, target TEXT NOT NULL,
            harm TEXT, PRIMARY KEY (assessment, position)) STRICT""",
        """CREATE TABLE spans (
            assessment INTEGER NOT NULL, flag INTEGER NOT NULL, position INTEGER NOT NULL,
            start INTEGER NOT NULL, until INTEGER NOT NULL,
            PRIMARY KEY (assessment, flag, position),
            FOREIGN KEY (assessment, flag) REFERENCES flags) STRICT""",
        """CREATE TABLE risks (
            number INTEGER PRIMARY KEY AUTOINCREMENT, mention INTEGER NOT NULL,
            assessment INTEGER NOT NULL REFERENCES assessments, risk TEXT NOT NULL,
            followers INTEGER, shares INTEGER, reason TEXT NOT NULL, raised INTEGER NOT NULL,
            at TEXT NOT NULL) STRICT""",
        "CREATE INDEX risks_by_assessment ON risks (assessment, number)",
        "CREATE INDEX risks_by_mention ON risks (mention, number)",
    ))  # fmt: skip


@migrations()
def m003_current_assessments(db: Database) -> None:
    """What we think now, the index of masked words, and that nothing of it is ever changed."""
    run(db, (
        """CREATE VIEW current_assessments AS
            SELECT a.*, r.number AS risk_number, r.risk, r.followers AS risk_followers,
                r.shares AS risk_shares
            FROM assessments a JOIN risks r
                ON r.number = (SELECT max(s.number) FROM risks s WHERE s.assessment = a.number)
            WHERE a.number = (SELECT b.number FROM assessments b WHERE b.mention = a.mention
                ORDER BY b.revision DESC, b.number DESC LIMIT 1)""",
        """CREATE VIRTUAL TABLE masked_words USING fts5 (masked, content = 'assessments',
            content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2')""",
        "INSERT INTO masked_words (masked_words, rank) VALUES ('secure-delete', 1)",
        """CREATE TRIGGER assessments_indexed AFTER INSERT ON assessments BEGIN
            INSERT INTO masked_words (rowid, masked) VALUES (new.number, new.masked); END""",
        """CREATE TRIGGER assessments_unindexed AFTER DELETE ON assessments BEGIN
            INSERT INTO masked_words (masked_words, rowid, masked)
            VALUES ('delete', old.number, old.masked); END""",
        """CREATE TRIGGER assessments_never_change BEFORE UPDATE ON assessments BEGIN
            SELECT RAISE(ABORT, 'assessments are added, never changed'); END""",
        """CREATE TRIGGER risks_never_change BEFORE UPDATE ON risks BEGIN
            SELECT RAISE(ABORT, 'risks are added, never changed'); END""",
    ))  # fmt: skip


@migrations()
def m004_outbox(db: Database) -> None:
    """What is to be sent. One row for each `about` of a kind, so that nothing is raised twice."""
    run(db, (
        """CREATE TABLE outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, about TEXT NOT NULL,
            message_id TEXT NOT NULL UNIQUE, state TEXT NOT NULL DEFAULT 'ready'
                CHECK (state IN ('ready', 'claimed', 'sent', 'parked')),
            mention INTEGER REFERENCES mentions, revision INTEGER, story TEXT NOT NULL,
            created_at TEXT NOT NULL, due_at TEXT NOT NULL, claimed_at TEXT, sent_at TEXT,
            attempts INTEGER NOT NULL DEFAULT 0, error TEXT, sealed BLOB,
            UNIQUE (kind, about)) STRICT""",
        "CREATE INDEX outbox_by_state ON outbox (state, due_at)",
        "CREATE INDEX outbox_by_story ON outbox (story, number)",
        "CREATE INDEX outbox_by_mention ON outbox (mention)",
    ))  # fmt: skip


@migrations()
def m005_decisions_and_events(db: Database) -> None:
    """What people decided, what happened, and what is kept when the rest must go."""
    run(db, (
        """CREATE TABLE decisions (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            mention INTEGER NOT NULL REFERENCES mentions, version INTEGER NOT NULL,
            revision INTEGER NOT NULL, kind TEXT NOT NULL, decided_by TEXT NOT NULL,
            at TEXT NOT NULL, labels TEXT NOT NULL, sealed BLOB NOT NULL,
            UNIQUE (mention, version)) STRICT""",
        """CREATE TABLE holds (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            mention INTEGER NOT NULL REFERENCES mentions, approver TEXT NOT NULL,
            at TEXT NOT NULL, expires TEXT NOT NULL, lifted_at TEXT, sealed BLOB NOT NULL) STRICT""",
        "CREATE INDEX holds_by_mention ON holds (mention)",
        """CREATE TABLE daily_counts (
            day TEXT NOT NULL, platform TEXT NOT NULL, sentiment TEXT NOT NULL, risk TEXT NOT NULL,
            in_scope INTEGER NOT NULL, flags TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (day, platform, sentiment, risk, in_scope, flags)) STRICT""",
        """CREATE TABLE events (
            number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL,
            about TEXT NOT NULL, mac TEXT NOT NULL) STRICT""",
        """CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN
            SELECT RAISE(ABORT, 'events are added, never changed'); END""",
        """CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN
            SELECT RAISE(ABORT, 'events are added, never removed'); END""",
    ))  # fmt: skip


@migrations()
def m006_platforms(db: Database) -> None:
    """Own and hidden posts, threads, why something is gone; what sources note down, and their tokens."""
    run(db, (
        "ALTER TABLE mentions ADD COLUMN own INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE mentions ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE mentions ADD COLUMN gone_why TEXT",
        "ALTER TABLE mentions ADD COLUMN faceless INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE mentions ADD COLUMN parent_hash TEXT",
        "ALTER TABLE mentions ADD COLUMN root_hash TEXT",
        "CREATE INDEX mentions_by_parent ON mentions (parent_hash) WHERE parent_hash IS NOT NULL",
        "CREATE INDEX mentions_of_our_own ON mentions (posted_at) WHERE own",
        "CREATE INDEX mentions_by_fetched ON mentions (fetched_at)",
        "CREATE INDEX matches_by_source ON matches (source, mention)",
        """CREATE TABLE source_notes (
            number INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, at TEXT NOT NULL,
            sealed BLOB NOT NULL) STRICT""",
        """CREATE TABLE tokens (
            number INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, at TEXT NOT NULL,
            expires_at TEXT, renewable_until TEXT, sealed BLOB NOT NULL) STRICT""",
    ))  # fmt: skip
