"""Step 20: tables and columns by the names that a newcomer would look for, and commented triggers.

Keys stay `number`: people know cases, reports and versions by it, and events refer to it.
"""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations.steps import migrations, run

# `daily_counts` was what a purge left, and is now what `day_counts` was: in this order.
TABLES = {
    "chores": "maintenance_tasks",
    "likeness": "similarity_bands",
    "daily_counts": "purged_counts",
    "day_counts": "daily_counts",
    "counted": "counted_mentions",
    "missed": "false_negatives",
    "tellings": "staff_reports",
    "case_clocks": "deadlines",
    "source_notes": "source_states",
    "tokens": "access_tokens",
    "links": "sign_in_links",
    "masked_words": "assessments_fts",
    "case_words": "case_mentions_fts",
}
# By the table's new name. `sealed` becomes `encrypted` in every table.
COLUMNS = {
    ("mentions", "gone_why"): "deletion_reason",
    ("mentions", "faceless"): "author_removed",
    ("runs", "odd"): "skipped",
    ("cases", "face"): "lead_mention",
    ("case_mentions", "worth"): "reviewable",
    ("case_mentions", "why"): "joined_by",
    ("daily_counts", "part"): "day_part",
    ("counted_mentions", "counts"): "daily_count",
    ("deadlines", "why"): "stop_reason",
    ("opinions", "of_user"): "asked_of",
    ("opinions", "why"): "end_reason",
    ("takedowns", "whom"): "recipient",
    ("takedowns", "kept_at"): "recorded_at",
    ("holds", "expires"): "expires_at",
    ("settings", "filed"): "from_file",
    ("settings", "back_to"): "restored_version",
    ("users", "secret"): "password_hash",
    ("users", "made_at"): "created_at",
    ("users", "seen_at"): "signed_in_at",
    ("sessions", "made_at"): "created_at",
    ("sessions", "until"): "expires_at",
    ("sign_in_links", "made_at"): "created_at",
    ("sign_in_links", "until"): "expires_at",
}
ENCRYPTED = (
    "keyring",
    "mentions",
    "revisions",
    "runs",
    "outbox",
    "decisions",
    "holds",
    "source_states",
    "access_tokens",
    "case_decisions",
    "hr_releases",
    "reveals",
    "sample_answers",
    "deadlines",
    "takedowns",
    "staff_reports",
    "assignments",
    "opinions",
    "handovers",
    "moderations",
    "replies",
    "settings",
)
COLUMNS |= {(table, "sealed"): "encrypted" for table in ENCRYPTED}

# old name -> what it is now: an index has no other way to a new name
INDEXES = {
    "likeness_by_mention": "similarity_bands_by_mention ON similarity_bands (mention)",
    "tellings_by_mention": "staff_reports_by_mention ON staff_reports (mention)",
    "case_clocks_by_case": "deadlines_by_case ON deadlines (case_number, number)",
    "case_mentions_by_face": """case_mentions_by_lead
        ON case_mentions (case_number, deleted, reviewable DESC, risk DESC, posted_at, mention)""",
}
RUNNING_DEADLINES = """CREATE UNIQUE INDEX deadlines_that_run ON deadlines (kind, case_number)
    WHERE stopped_at IS NULL"""

# ── the figures of a case ──

_SHOWN = "({row}.reviewable AND NOT {row}.deleted)"
_EDITED = (
    "({row}.reviewable AND NOT {row}.deleted"
    " AND coalesce({row}.revision > {row}.decided_revision, 0))"
)
_UNREAD = "({row}.reviewable AND NOT {row}.deleted AND {row}.read <> 'full')"


def _counted(sign: str, row: str) -> str:
    """The counts of a case with a mention more, or less."""
    shown, edited, unread = (part.format(row=row) for part in (_SHOWN, _EDITED, _UNREAD))
    return f"""UPDATE cases SET
        size = size {sign} (NOT {row}.deleted),
        flagged = flagged {sign} {shown},
        unread = unread {sign} {unread},
        edited = edited {sign} {edited}
    WHERE number = {row}.case_number"""


def _differs(what: str) -> str:
    return f"{what.format(row='old')} IS NOT {what.format(row='new')}"


def _lead(row: str) -> str:
    """The gravest risk, the newest post and the mention that stands for the case: each the first of an index."""
    return f"""UPDATE cases SET
        risk = coalesce((SELECT risk FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 AND reviewable = 1 ORDER BY risk DESC LIMIT 1), 0),
        latest_at = coalesce((SELECT posted_at FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 ORDER BY posted_at DESC LIMIT 1), latest_at),
        lead_mention = coalesce((SELECT mention FROM case_mentions WHERE case_number = cases.number
            ORDER BY deleted, reviewable DESC, risk DESC, posted_at, mention LIMIT 1), lead_mention)
    WHERE number = {row}.case_number"""


_UNINDEXED = """INSERT INTO case_mentions_fts (case_mentions_fts, rowid, masked)
        SELECT 'delete', number, masked FROM assessments
        WHERE number = old.assessment AND old.reviewable"""
_INDEXED = """INSERT INTO case_mentions_fts (rowid, masked)
        SELECT number, masked FROM assessments
        WHERE number = new.assessment AND new.reviewable"""

CASE_TRIGGERS = {
    "case_grows": f"""AFTER INSERT ON case_mentions BEGIN
    -- A mention joins a case: the case's counts, its lead and the index of its words follow.
    {_counted("+", "new")};
    {_lead("new")};
    {_INDEXED};
END""",
    "case_shrinks": f"""AFTER DELETE ON case_mentions BEGIN
    -- A mention leaves by a purge or an erasure; its words leave the index while they can still be read.
    {_UNINDEXED};
    {_counted("-", "old")};
    {_lead("old")};
END""",
    "case_reworded": f"""AFTER UPDATE ON case_mentions
    WHEN old.assessment IS NOT new.assessment OR old.reviewable IS NOT new.reviewable BEGIN
    -- Another assessment has other words, and only those of reviewable mentions are found.
    {_UNINDEXED};
    {_INDEXED};
END""",
    "case_recounted": f"""AFTER UPDATE ON case_mentions
    WHEN old.case_number IS NOT new.case_number OR old.deleted IS NOT new.deleted
        OR {_differs(_SHOWN)}
        OR {_differs(_EDITED)}
        OR {_differs(_UNREAD)} BEGIN
    -- Counts change by difference, so that a change in a case of thousands costs no more.
    {_counted("-", "old")};
    {_counted("+", "new")};
END""",
    "case_changes": f"""AFTER UPDATE ON case_mentions
    WHEN old.case_number IS NOT new.case_number OR old.reviewable IS NOT new.reviewable
        OR old.deleted IS NOT new.deleted OR old.risk IS NOT new.risk
        OR old.posted_at IS NOT new.posted_at BEGIN
    -- Another mention may be the gravest, the newest or the lead, in both cases where it moved.
    {_lead("new")};
    {_lead("old")};
END""",
    "mention_goes": """AFTER UPDATE OF deleted_at ON mentions
    WHEN (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) BEGIN
    -- Deleted on its platform, or there again: its place in a case says so too, and the case's figures follow.
    UPDATE case_mentions SET deleted = new.deleted_at IS NOT NULL WHERE mention = new.number;
END""",
    "case_returns": """AFTER UPDATE OF state ON cases
    WHEN new.assigned_to IS NOT NULL AND old.state = 'done' AND new.state <> 'done' BEGIN
    -- A done case that opens again is with whom it was assigned to, who should see that it came back.
    UPDATE cases SET returned = 1 WHERE number = new.number;
END""",
}

# ── counts by day ──

_DAY_PART = (
    "substr(m.posted_at, 1, 11)"
    " || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END"
)
_FLAGS = """(SELECT json_group_array(name) FROM (
                SELECT DISTINCT name FROM flags WHERE assessment = a.number ORDER BY name))"""


def _recounted(mention: str) -> str:
    return f"""DELETE FROM counted_mentions WHERE mention = {mention};
    INSERT INTO daily_counts (number, day_part, platform, sentiment, risk, in_scope, flags, count)
        SELECT (SELECT coalesce(max(number), 0) + 1 FROM daily_counts),
            {_DAY_PART},
            m.platform, a.sentiment, a.risk, a.in_scope,
            {_FLAGS}, 0
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        WHERE NOT m.own AND a.mention = {mention}
        ON CONFLICT DO NOTHING;
    INSERT INTO counted_mentions (mention, daily_count)
        SELECT m.number, d.number
        FROM current_assessments a JOIN mentions m ON m.number = a.mention
        JOIN daily_counts d
            ON d.day_part = {_DAY_PART}
            AND d.platform = m.platform AND d.sentiment = a.sentiment
            AND d.risk = a.risk AND d.in_scope = a.in_scope
            AND d.flags = {_FLAGS}
        WHERE NOT m.own AND a.mention = {mention};"""


DAY_TRIGGERS = {
    "risk_counted": f"""AFTER INSERT ON risks BEGIN
    -- A risk is the last thing that is stored of an assessment: the mention is counted by what is thought of it now.
    -- A UTC day has two parts, since SQL knows no time zones: 'T23' is its last hour, which belongs to the next day
    -- in London while summer time is on there, and 'T00' is the rest.
    {_recounted("new.mention")}
END""",
    "risk_uncounted": f"""AFTER DELETE ON risks BEGIN
    -- An assessment goes: the mention is counted by the one before, or no more.
    {_recounted("old.mention")}
END""",
    "assessment_uncounted": f"""AFTER DELETE ON assessments BEGIN
    -- As above, once the assessment itself has gone.
    {_recounted("old.mention")}
END""",
    "mention_counted": f"""AFTER UPDATE OF own, platform, posted_at ON mentions
    WHEN old.own <> new.own OR old.platform <> new.platform OR old.posted_at <> new.posted_at BEGIN
    -- Our own posts are not counted, and a source may correct the moment of a post.
    {_recounted("new.number")}
END""",
    "counted_more": """AFTER INSERT ON counted_mentions BEGIN
    -- The count of a day's labels is how many mentions refer to it.
    UPDATE daily_counts SET count = count + 1 WHERE number = new.daily_count;
END""",
    "counted_less": """AFTER DELETE ON counted_mentions BEGIN
    -- Labels that no mention of a day has any more leave no row.
    UPDATE daily_counts SET count = count - 1 WHERE number = old.daily_count;
    DELETE FROM daily_counts WHERE number = old.daily_count AND count = 0;
END""",
}

# ── the index of words ──

WORD_TRIGGERS = {
    "assessments_indexed": """AFTER INSERT ON assessments BEGIN
    -- The index holds no text of its own: what it says is looked up in assessments.
    INSERT INTO assessments_fts (rowid, masked) VALUES (new.number, new.masked);
END""",
    "assessments_unindexed": """AFTER DELETE ON assessments BEGIN
    -- An index without text needs the words to forget them.
    INSERT INTO assessments_fts (assessments_fts, rowid, masked)
        VALUES ('delete', old.number, old.masked);
END""",
}
TRIGGERS = {**CASE_TRIGGERS, **DAY_TRIGGERS, **WORD_TRIGGERS}


@migrations()
def m020_names(db: Database) -> None:
    """Renames, in place: no row is written anew. Triggers that only guard follow by themselves."""
    run(db, (f"DROP TRIGGER {name}" for name in TRIGGERS))
    run(db, (f"DROP INDEX {name}" for name in (*INDEXES, "case_clocks_that_run")))
    run(db, (f"ALTER TABLE {old} RENAME TO {new}" for old, new in TABLES.items()))
    run(db, (
        f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}" for (table, old), new in COLUMNS.items()
    ))  # fmt: skip
    db.execute("UPDATE maintenance_tasks SET name = 'similarity_bands' WHERE name = 'likeness'")
    run(db, (f"CREATE INDEX {index}" for index in INDEXES.values()))
    run(db, (RUNNING_DEADLINES,))
    run(db, (f"CREATE TRIGGER {name} {body}" for name, body in TRIGGERS.items()))
