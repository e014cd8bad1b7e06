"""Step 37: a lane of its own for people who speak up, and cases from which somebody stepped back."""

from __future__ import annotations

from sqlite_utils import Database

from core.models import SPEAKING_UP
from store.migrations.steps import migrations, run

# Whether a case is the Guardian's: 1 where one of its posts speaks up; 2 while somebody may be in danger in it too.
_PROTECTED = """CASE
        WHEN NOT EXISTS (SELECT 1 FROM case_mentions WHERE case_number = cases.number AND speaks > 0) THEN 0
        WHEN cases.state <> 'done' AND EXISTS (SELECT 1 FROM case_mentions
            WHERE case_number = cases.number AND speaks = 2 AND NOT deleted) THEN 2
        ELSE 1 END"""
# Step 12 and later ones count every mention that is not our own.
_COUNTED = "WHERE NOT m.own AND"
_COUNTED_NOW = """WHERE NOT m.own
            AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks) AND"""
_COUNTING = ("risk_counted", "risk_uncounted", "assessment_uncounted", "mention_counted")
# The indexes from which tabs are counted, each with the new column at its end, so that counting reads no row.
_INDEXES = {
    "cases_by_lane": "(lane, lane_order, protected) WHERE lane IS NOT NULL",
    "cases_by_newest": "(coalesce(decided_at, opened_at) DESC, number DESC, protected)",
    "cases_by_queue": "(state, risk DESC, opened_at, number, protected)",
    "cases_by_risk": "(risk DESC, opened_at, number, protected)",
    "cases_done": "(coalesce(decided_at, opened_at) DESC, number DESC, protected) WHERE state = 'done'",
    "cases_edited": "(risk DESC, opened_at, number, edited, protected) WHERE edited > 0",
    "cases_overdue": "(risk DESC, opened_at, number, due_at, protected) WHERE due_at IS NOT NULL",
    "cases_unread": "(risk DESC, opened_at, number, state, unread, protected)\n    WHERE state IN ('new', 'open') AND unread > 0",
    "cases_waiting": "(risk DESC, opened_at, number, state, flagged, protected)\n    WHERE state IN ('new', 'open') AND flagged > 0",
}  # fmt: skip
_MARKS = ", ".join(f"'{name}'" for name in sorted(SPEAKING_UP))


def _trigger(db: Database, name: str) -> str:
    sql: str = db.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", [name]).fetchone()[0]  # fmt: skip
    return sql


def _reworked(db: Database, name: str, *changes: tuple[str, str]) -> None:
    """Makes a trigger anew, with each of these parts of it in other words."""
    sql = _trigger(db, name)
    for old, new in changes:
        assert old in sql, f"{name} has no {old!r}"
        sql = sql.replace(old, new)
    run(db, (f"DROP TRIGGER {name}", sql))


def _counting_anew(db: Database, name: str, event: str, when: str) -> str:
    """A trigger that counts the mention of a row again, in the words of the one that counts each new risk."""
    sql = _trigger(db, "risk_counted")
    body = sql[sql.index("    DELETE FROM counted_mentions") :]
    return f"CREATE TRIGGER {name} {event} ON case_mentions WHEN {when} BEGIN\n    -- Who speaks up is counted nowhere.\n{body}"


@migrations()
def m037_speaking_up(db: Database) -> None:
    """Which posts speak up, as read or as a person said; whose own posts are whose; who stepped back from which case."""
    run(db, (
        "ALTER TABLE cases ADD COLUMN protected INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE case_mentions ADD COLUMN speaks INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE case_mentions ADD COLUMN ruled INTEGER",
        """CREATE TABLE speaking_up_rulings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    speaks INTEGER NOT NULL,
    posts TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL
) STRICT""",
        "CREATE INDEX speaking_up_rulings_by_case ON speaking_up_rulings (case_number, number)",
        """CREATE TRIGGER speaking_up_rulings_never_change
    BEFORE UPDATE OF number, case_number, speaks, posts, by_user, at ON speaking_up_rulings BEGIN
    SELECT RAISE(ABORT, 'what was said of a case is added, never changed'); END""",
        """CREATE TABLE recusals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number INTEGER NOT NULL,
    user_number INTEGER NOT NULL REFERENCES users,
    at TEXT NOT NULL,
    own_post INTEGER NOT NULL DEFAULT 0,
    handed_to INTEGER REFERENCES users,
    encrypted BLOB NOT NULL,
    UNIQUE (case_number, user_number)
) STRICT""",
        "CREATE INDEX recusals_by_user ON recusals (user_number, case_number)",
        """CREATE TRIGGER recusals_never_change
    BEFORE UPDATE OF number, case_number, user_number, at, own_post, handed_to ON recusals BEGIN
    SELECT RAISE(ABORT, 'stepping back is added, never changed'); END""",
        """CREATE TABLE own_handles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    user_number INTEGER NOT NULL REFERENCES users,
    platform TEXT NOT NULL,
    handle_hash TEXT NOT NULL,
    by_user INTEGER REFERENCES users,
    at TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    UNIQUE (user_number, platform, handle_hash)
) STRICT""",
        "CREATE INDEX own_handles_by_handle ON own_handles (platform, handle_hash)",
    ))  # fmt: skip
    _index(db)
    _triggers(db)
    _sort(db)


def _index(db: Database) -> None:
    for name, what in _INDEXES.items():
        run(db, (f"DROP INDEX {name}", f"CREATE INDEX {name} ON cases {what}"))
    run(db, (
        "CREATE INDEX cases_protected ON cases (opened_at, number) WHERE protected > 0",
        "CREATE INDEX case_mentions_speaking ON case_mentions (case_number, speaks) WHERE speaks > 0",
    ))  # fmt: skip


def _triggers(db: Database) -> None:
    """Counts, the index of words and the case itself follow whether a post speaks up."""
    for name in _COUNTING:
        _reworked(db, name, (_COUNTED, _COUNTED_NOW))
    _reworked(db, "case_grows", ("new.assessment AND new.reviewable", "new.assessment AND new.reviewable AND NOT new.speaks"))  # fmt: skip
    _reworked(db, "case_shrinks", ("old.assessment AND old.reviewable", "old.assessment AND old.reviewable AND NOT old.speaks"))  # fmt: skip
    _reworked(
        db, "case_reworded",
        ("old.reviewable IS NOT new.reviewable", "old.reviewable IS NOT new.reviewable\n        OR (old.speaks > 0) IS NOT (new.speaks > 0)"),
        ("old.assessment AND old.reviewable", "old.assessment AND old.reviewable AND NOT old.speaks"),
        ("new.assessment AND new.reviewable", "new.assessment AND new.reviewable AND NOT new.speaks"),
    )  # fmt: skip
    run(db, (
        _counting_anew(db, "speaking_counted_on_joining", "AFTER INSERT", "new.speaks"),
        _counting_anew(db, "speaking_counted", "AFTER UPDATE OF speaks", "(old.speaks > 0) IS NOT (new.speaks > 0)"),
        f"""CREATE TRIGGER case_is_protected_on_joining AFTER INSERT ON case_mentions WHEN new.speaks BEGIN
    -- A post speaks up: its case is the Guardian's.
    UPDATE cases SET protected = {_PROTECTED} WHERE number = new.case_number;
END""",
        f"""CREATE TRIGGER case_is_protected AFTER UPDATE OF speaks, case_number, deleted ON case_mentions
    WHEN (old.speaks OR new.speaks) AND (old.speaks IS NOT new.speaks OR old.case_number IS NOT new.case_number
        OR old.deleted IS NOT new.deleted) BEGIN
    -- As it is read now, as somebody said, or where it moved to.
    UPDATE cases SET protected = {_PROTECTED} WHERE number IN (old.case_number, new.case_number);
END""",
        f"""CREATE TRIGGER case_is_protected_after AFTER DELETE ON case_mentions WHEN old.speaks BEGIN
    -- A post goes by a purge or an erasure.
    UPDATE cases SET protected = {_PROTECTED} WHERE number = old.case_number;
END""",
        f"""CREATE TRIGGER case_danger_passes AFTER UPDATE OF state ON cases
    WHEN new.protected > 0 AND old.state IS NOT new.state BEGIN
    -- Those on duty see it while somebody may be in danger, and no longer.
    UPDATE cases SET protected = {_PROTECTED} WHERE number = new.number;
END""",
    ))  # fmt: skip


def _sort(db: Database) -> None:
    """What is there already: as it was read, and what people passed on to the Guardian. Lanes are worked out anew."""
    passed_on = """i.case_number IN (SELECT number FROM cases WHERE role = 'guardian')
        OR EXISTS (SELECT 1 FROM handoffs h, json_each(h.posts) p WHERE h.case_number = i.case_number
            AND h.role = 'guardian' AND h.state <> 'taken back' AND json_extract(p.value, '$[0]') = i.mention)"""
    speaks = f"""EXISTS (SELECT 1 FROM assessments a WHERE a.number = i.assessment AND a.protected IN ({_MARKS})
        AND (a.staff IS NOT 'no' OR a.protected = 'disclosure'))"""
    danger = "i.lane = 'now' AND EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = i.mention AND f.flag = 'safeguarding')"
    run(db, (
        f"UPDATE case_mentions AS i SET ruled = 1 WHERE {passed_on}",
        f"""UPDATE case_mentions AS i SET speaks = CASE WHEN {danger} THEN 2 ELSE 1 END,
            lane = CASE WHEN lane IS NULL OR {danger} THEN lane ELSE 'guardian' END, reason = NULL
        WHERE ruled = 1 OR {speaks}""",
        "DELETE FROM case_places WHERE mention IN (SELECT mention FROM case_mentions WHERE speaks > 0)",
    ))  # fmt: skip
