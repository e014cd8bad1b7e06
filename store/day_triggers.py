"""The triggers that keep the counts by day true whatever changes a mention's labels: part of a migration.

Old steps never change: what is to be different comes as a new step, with triggers of its own.

`counted` says under which row of `day_counts` a mention is counted; it is worked out anew whenever a risk is
told (the last thing that is stored of a reading), and whenever something of a reading goes. A day is kept
in up to two parts, since no rule of clocks stands in SQL: 'T23' is the last hour of a UTC day, which belongs to
the next day in London while summer time is on there, and 'T00' is the rest.
"""

from __future__ import annotations

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
