"""The triggers that keep a case's figures true whatever changes its mentions: part of a migration.

Old steps never change: what is to be different comes as a new step, with triggers of its own.
"""

from __future__ import annotations

# What of a case follows from its mentions. A case that lost all of them goes.
_FIGURES = """UPDATE cases SET
        size = (SELECT count(*) FROM case_mentions WHERE case_number = cases.number AND NOT deleted),
        flagged = (SELECT count(*) FROM case_mentions
            WHERE case_number = cases.number AND worth AND NOT deleted),
        unread = (SELECT count(*) FROM case_mentions
            WHERE case_number = cases.number AND worth AND NOT deleted AND read <> 'full'),
        edited = (SELECT count(*) FROM case_mentions
            WHERE case_number = cases.number AND worth AND NOT deleted AND revision > decided_revision),
        risk = coalesce((SELECT max(risk) FROM case_mentions
            WHERE case_number = cases.number AND worth AND NOT deleted), 0),
        latest_at = coalesce((SELECT max(posted_at) FROM case_mentions
            WHERE case_number = cases.number AND NOT deleted), latest_at),
        face = coalesce((SELECT mention FROM case_mentions WHERE case_number = cases.number
            ORDER BY deleted, worth DESC, risk DESC, posted_at, mention LIMIT 1), face)
    WHERE number = {case}"""
CASE_TRIGGERS = (
    f"""CREATE TRIGGER case_grows AFTER INSERT ON case_mentions BEGIN
        {_FIGURES.format(case="new.case_number")};
        INSERT INTO case_words (rowid, masked) SELECT number, masked FROM assessments
            WHERE number = new.assessment AND new.worth; END""",
    f"""CREATE TRIGGER case_changes AFTER UPDATE ON case_mentions BEGIN
        INSERT INTO case_words (case_words, rowid, masked) SELECT 'delete', number, masked
            FROM assessments WHERE number = old.assessment AND old.worth;
        INSERT INTO case_words (rowid, masked) SELECT number, masked FROM assessments
            WHERE number = new.assessment AND new.worth;
        {_FIGURES.format(case="new.case_number")};
        {_FIGURES.format(case="old.case_number")}; END""",
    f"""CREATE TRIGGER case_shrinks AFTER DELETE ON case_mentions BEGIN
        INSERT INTO case_words (case_words, rowid, masked) SELECT 'delete', number, masked
            FROM assessments WHERE number = old.assessment AND old.worth;
        {_FIGURES.format(case="old.case_number")}; END""",
    """CREATE TRIGGER mention_goes AFTER UPDATE OF deleted_at ON mentions
        WHEN (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) BEGIN
        UPDATE case_mentions SET deleted = new.deleted_at IS NOT NULL WHERE mention = new.number; END""",
    """CREATE TRIGGER case_decisions_never_change BEFORE UPDATE OF case_number, version, kind, by_user, at,
        role, until, undoes, size, risk, covers, labels ON case_decisions BEGIN
        SELECT RAISE(ABORT, 'decisions are added, never changed'); END""",
)
