"""The triggers that keep a case's figures, from step 13 on: by difference, so that a case of thousands costs no more.

Old steps never change: what is to be different comes as a new step, with triggers of its own.
"""

from __future__ import annotations

_SEEN = "({one}.worth AND NOT {one}.deleted)"
_EDITED = (
    "({one}.worth AND NOT {one}.deleted AND coalesce({one}.revision > {one}.decided_revision, 0))"
)
_UNREAD = "({one}.worth AND NOT {one}.deleted AND {one}.read <> 'full')"


def _counted(sign: str, one: str) -> str:
    """The counts of a case with a mention more, or less."""
    seen, edited, unread = (part.format(one=one) for part in (_SEEN, _EDITED, _UNREAD))
    return f"""UPDATE cases SET size = size {sign} (NOT {one}.deleted), flagged = flagged {sign} {seen},
        unread = unread {sign} {unread}, edited = edited {sign} {edited}
    WHERE number = {one}.case_number"""


# What the gravest and the newest of a case are: each the first of an index.
_STANDS = """UPDATE cases SET
        risk = coalesce((SELECT risk FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 AND worth = 1 ORDER BY risk DESC LIMIT 1), 0),
        latest_at = coalesce((SELECT posted_at FROM case_mentions WHERE case_number = cases.number
            AND deleted = 0 ORDER BY posted_at DESC LIMIT 1), latest_at),
        face = coalesce((SELECT mention FROM case_mentions WHERE case_number = cases.number
            ORDER BY deleted, worth DESC, risk DESC, posted_at, mention LIMIT 1), face)
    WHERE number = {one}.case_number"""
_UNWORDED = """INSERT INTO case_words (case_words, rowid, masked) SELECT 'delete', number, masked
    FROM assessments WHERE number = old.assessment AND old.worth"""
_WORDED = """INSERT INTO case_words (rowid, masked) SELECT number, masked FROM assessments
    WHERE number = new.assessment AND new.worth"""
_BOTH = ("new", "old")

FIGURE_INDEXES = (
    """CREATE INDEX case_mentions_by_face
        ON case_mentions (case_number, deleted, worth DESC, risk DESC, posted_at, mention)""",
    "CREATE INDEX case_mentions_by_latest ON case_mentions (case_number, deleted, posted_at)",
)
FIGURE_TRIGGERS = (
    "DROP TRIGGER case_grows",
    "DROP TRIGGER case_changes",
    "DROP TRIGGER case_shrinks",
    f"""CREATE TRIGGER case_grows AFTER INSERT ON case_mentions BEGIN
        {_counted("+", "new")}; {_STANDS.format(one="new")}; {_WORDED}; END""",
    f"""CREATE TRIGGER case_shrinks AFTER DELETE ON case_mentions BEGIN
        {_UNWORDED}; {_counted("-", "old")}; {_STANDS.format(one="old")}; END""",
    f"""CREATE TRIGGER case_reworded AFTER UPDATE ON case_mentions
        WHEN old.assessment IS NOT new.assessment OR old.worth IS NOT new.worth BEGIN
        {_UNWORDED}; {_WORDED}; END""",
    f"""CREATE TRIGGER case_recounted AFTER UPDATE ON case_mentions
        WHEN old.case_number IS NOT new.case_number OR old.deleted IS NOT new.deleted OR {
        " OR ".join("{} IS NOT {}".format(*(part.format(one=one) for one in _BOTH)) for part in (_SEEN, _EDITED, _UNREAD))
        } BEGIN
        {_counted("-", "old")}; {_counted("+", "new")}; END""",
    f"""CREATE TRIGGER case_changes AFTER UPDATE ON case_mentions
        WHEN old.case_number IS NOT new.case_number OR old.worth IS NOT new.worth
            OR old.deleted IS NOT new.deleted OR old.risk IS NOT new.risk
            OR old.posted_at IS NOT new.posted_at BEGIN
        {_STANDS.format(one="new")}; {_STANDS.format(one="old")}; END""",
)  # fmt: skip
