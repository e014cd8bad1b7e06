"""The triggers of steps 9, 10 and 13, as they were then; step 20 makes those of today."""

from __future__ import annotations

# step 13: by difference, so that a case of thousands costs no more
_SEEN = "({one}.worth AND NOT {one}.deleted)"
_EDITED = (
    "({one}.worth AND NOT {one}.deleted AND coalesce({one}.revision > {one}.decided_revision, 0))"
)
_UNREAD = "({one}.worth AND NOT {one}.deleted AND {one}.read <> 'full')"


def _counted(sign: str, alias: str) -> str:
    """The counts of a case with a mention more, or less."""
    seen, edited, unread = (part.format(one=alias) for part in (_SEEN, _EDITED, _UNREAD))
    return f"""UPDATE cases SET size = size {sign} (NOT {alias}.deleted), flagged = flagged {sign} {seen},
        unread = unread {sign} {unread}, edited = edited {sign} {edited}
    WHERE number = {alias}.case_number"""


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
        " OR ".join("{} IS NOT {}".format(*(part.format(one=alias) for alias in _BOTH)) for part in (_SEEN, _EDITED, _UNREAD))
        } BEGIN
        {_counted("-", "old")}; {_counted("+", "new")}; END""",
    f"""CREATE TRIGGER case_changes AFTER UPDATE ON case_mentions
        WHEN old.case_number IS NOT new.case_number OR old.worth IS NOT new.worth
            OR old.deleted IS NOT new.deleted OR old.risk IS NOT new.risk
            OR old.posted_at IS NOT new.posted_at BEGIN
        {_STANDS.format(one="new")}; {_STANDS.format(one="old")}; END""",
)  # fmt: skip


# step 9: what of a case follows from its mentions. A case that lost all of them goes.
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


# step 10: `counted` says under which row of `day_counts` a mention is counted; it is worked out anew whenever a risk is
# told (the last thing that is stored of a reading), and whenever something of a reading goes. A day is kept
# in up to two parts, since no rule of clocks stands in SQL: 'T23' is the last hour of a UTC day, which belongs to
# the next day in London while summer time is on there, and 'T00' is the rest.

_PART = "substr(m.posted_at, 1, 11) || CASE substr(m.posted_at, 12, 2) WHEN '23' THEN '23' ELSE '00' END"
_FLAGS = """(SELECT json_group_array(name) FROM (SELECT DISTINCT name FROM flags
        WHERE assessment = a.number ORDER BY name))"""
_CURRENT = """FROM current_assessments a JOIN mentions m ON m.number = a.mention
    {join} WHERE NOT m.own {which}"""
_LABELS = f"{_PART} AS part, m.platform, a.sentiment, a.risk, a.in_scope, {_FLAGS} AS flags"
_COLUMNS = "number, part, platform, sentiment, risk, in_scope, flags, count"
_JOIN = f"""JOIN day_counts d ON d.part = {_PART} AND d.platform = m.platform
        AND d.sentiment = a.sentiment AND d.risk = a.risk AND d.in_scope = a.in_scope
        AND d.flags = {_FLAGS}"""
_COUNTED = "INSERT INTO counted (mention, counts) SELECT m.number, d.number"


def _counted_anew(mention: str) -> str:
    which = f"AND a.mention = {mention}"
    return f"""DELETE FROM counted WHERE mention = {mention};
        INSERT INTO day_counts ({_COLUMNS})
            SELECT (SELECT coalesce(max(number), 0) + 1 FROM day_counts), {_LABELS}, 0
            {_CURRENT.format(join="", which=which)} ON CONFLICT DO NOTHING;
        {_COUNTED} {_CURRENT.format(join=_JOIN, which=which)}"""


DAY_TRIGGERS = (
    """CREATE TRIGGER counted_more AFTER INSERT ON counted BEGIN
        UPDATE day_counts SET count = count + 1 WHERE number = new.counts; END""",
    """CREATE TRIGGER counted_less AFTER DELETE ON counted BEGIN
        UPDATE day_counts SET count = count - 1 WHERE number = old.counts;
        DELETE FROM day_counts WHERE number = old.counts AND count = 0; END""",
    f"""CREATE TRIGGER risk_counted AFTER INSERT ON risks BEGIN
        {_counted_anew("new.mention")}; END""",
    f"""CREATE TRIGGER risk_uncounted AFTER DELETE ON risks BEGIN
        {_counted_anew("old.mention")}; END""",
    f"""CREATE TRIGGER assessment_uncounted AFTER DELETE ON assessments BEGIN
        {_counted_anew("old.mention")}; END""",
    f"""CREATE TRIGGER mention_counted AFTER UPDATE OF own, platform, posted_at ON mentions
        WHEN old.own <> new.own OR old.platform <> new.platform OR old.posted_at <> new.posted_at BEGIN
        {_counted_anew("new.number")}; END""",
)
# What was there before the triggers were.
COUNT_ALL = (
    f"""INSERT INTO day_counts ({_COLUMNS}) SELECT row_number() OVER (), *, 0 FROM (
        SELECT DISTINCT {_LABELS} {_CURRENT.format(join="", which="")})""",
    f"{_COUNTED} {_CURRENT.format(join=_JOIN, which='')}",
)
