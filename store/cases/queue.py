"""The queue: which cases wait for a person, found by tab and filters, with counts that are right."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from core import clock
from store.cases.case_lines import CaseLines
from store.cases.handoffs import OVERDUE_HERE
from store.cases.lanes import FIRST
from store.cases.models import RANK, Card, CasePage, CaseQuery, Tab, case_of
from store.cases.sight import Sight
from store.database import Database
from store.encryption import clean
from store.figures import Figures
from store.sqlite import Row
from store.team.absences import Absences

TABS: tuple[Tab, ...] = get_args(Tab)
LONGEST_PAGE = 100
_WAITS = "c.state IN ('new', 'open')"
# What somebody has to do or waits for: what they took or were given, opinions that are asked of them or that they asked
# for, and what they passed on, until it was answered and decided; not what they merely look at. `mine` are they
# themselves and whom they cover.
MINE = """SELECT number FROM cases INDEXED BY cases_assigned
        WHERE assigned_to IN (SELECT value FROM json_each(:mine)) AND state <> 'snoozed'
    UNION ALL SELECT case_number FROM opinions INDEXED BY opinions_that_wait
        WHERE state = 'waits' AND asked_of IN (SELECT value FROM json_each(:mine)) AND asked_by <> :user
    UNION ALL SELECT case_number FROM opinions INDEXED BY opinions_answered
        WHERE state = 'answered' AND asked_by = :user
    UNION ALL SELECT case_number FROM opinions INDEXED BY opinions_asked_by
        WHERE state = 'waits' AND asked_by = :user
    UNION ALL SELECT h.case_number FROM handoffs h INDEXED BY handoffs_by_user
        CROSS JOIN cases k ON k.number = h.case_number
        WHERE h.by_user = :user AND h.state IN ('waits', 'confirmed', 'answered') AND k.state <> 'snoozed'"""
# A case is done for the team and not for whoever passed a part of it on.
_PASSED_ON = """SELECT case_number FROM handoffs INDEXED BY handoffs_by_user
        WHERE by_user = :user AND state IN ('waits', 'confirmed')"""
# What each tab holds. A case that lost its last mention is in none but "all".
_CONDITIONS: Mapping[Tab, str] = {
    "new": f"{_WAITS} AND c.flagged > 0",
    "high": f"{_WAITS} AND c.flagged > 0 AND c.risk >= 3",  # an equality would hide the order of the index
    "mine": f":user > 0 AND c.number IN ({MINE}) AND (c.state <> 'done' OR c.number IN ({_PASSED_ON}))",
    "escalated": "c.state = 'escalated'",
    "overdue": f"c.due_at <= :at AND {OVERDUE_HERE.format(at=':at')}",  # only while one of its clocks runs
    "snoozed": "c.state = 'snoozed'",
    "edited": "c.edited > 0",
    "done": "c.state = 'done'",
    "unread": f"{_WAITS} AND c.unread > 0",
    "all": "1",
}
# A case's line in Today and the words of its post, each word after a space.
_TITLE = "(' ' || replace(i.reason, '’', ' ') || ' ' || a.masked)"
# Cases that somebody decided last, or has now.
_REVIEWED = """SELECT number FROM cases WHERE decided_by IN (SELECT value FROM json_each(:reviewers))
    UNION ALL SELECT number FROM cases WHERE assigned_to IN (SELECT value FROM json_each(:reviewers))
        AND state <> 'done'"""
_NEWEST_FIRST = frozenset({"done", "all", "snoozed"})
# Most urgent first, as Today has them: the index of step 67, whose expression it repeats.
_BY_URGENCY: frozenset[Tab] = frozenset({"new", "high"})
# Mine in the order of need: danger to life above all, as in Today, then what is overdue, then the least time left. What no lane holds and a team should confirm is due when it should, or
# when somebody waits sooner, as its row has it.
_TIME_LEFT = """CASE WHEN c.lane IS NULL THEN coalesce((SELECT min(min(h.due_at),
            coalesce((SELECT min(k.due_at) FROM deadlines k WHERE k.case_number = c.number AND k.kind <> 'look' AND k.stopped_at IS NULL), '9'))
        FROM handoffs h WHERE h.case_number = c.number AND h.state = 'waits' AND h.due_at IS NOT NULL), c.due_at, '9')
    ELSE coalesce(c.due_at, '9') END"""
_LIFE_FIRST = f"(c.lane IS 'now' AND coalesce(c.lane_weight, 0) >= {FIRST}) DESC"
_URGENCY = (
    "CASE WHEN c.lane IS NULL THEN CASE c.risk WHEN 3 THEN '0~' ELSE '2~' END ELSE c.lane_order END"
)
# A case's risk without the flags that hold of staff alone; a high one stays: what those on duty must find lies hidden nowhere.
_TOLD_RISK = """CASE WHEN c.risk IN (1, 2) AND EXISTS (SELECT 1 FROM case_mentions i JOIN case_flags f ON f.mention = i.mention
        WHERE i.case_number = c.number AND f.flag IN (SELECT value FROM json_each(:of_staff)))
    THEN min(c.risk, coalesce((SELECT max(max(coalesce((SELECT max(coalesce(e.value, 1)) FROM case_flags f LEFT JOIN json_each(:earns) e ON e.key = f.flag
            WHERE f.mention = i.mention AND f.flag NOT IN (SELECT value FROM json_each(:of_staff))), 0), a.in_scope AND a.sentiment = 'negative'))
        FROM case_mentions i JOIN assessments a ON a.number = i.assessment
        WHERE i.case_number = c.number AND i.reviewable AND NOT i.deleted), 0))
    ELSE c.risk END"""
# The index that holds a tab's cases in its order, named so that a million mentions are never sorted for a page.
_INDEX: Mapping[Tab, str] = {
    "new": "cases_waiting", "high": "cases_waiting", "escalated": "cases_by_queue",
    "overdue": "cases_overdue", "edited": "cases_edited", "done": "cases_done",
    "unread": "cases_unread", "all": "cases_by_newest",
}  # fmt: skip
# Each value of an indexed column once, by a look for the next greater one: not all rows are read.
_EACH = """WITH RECURSIVE each(value) AS (
        SELECT min({name}) FROM {table} WHERE {whole}
        UNION ALL SELECT (SELECT min({name}) FROM {table} WHERE {whole} AND {name} > value)
            FROM each WHERE value IS NOT NULL)
    SELECT value FROM each WHERE value IS NOT NULL"""


class Queue:
    """Pages of cases, and what came in since one was made."""

    def __init__(
        self, database: Database, figures: Figures, absences: Absences, lines: CaseLines
    ) -> None:
        self._db = database
        self._lines = lines
        self._figures = figures
        self._absences = absences

    def page(
        self, query: CaseQuery, at: datetime, counted: Mapping[Tab, int] | None = None
    ) -> CasePage:
        """A page of the cases that a query finds: what nobody decided on in Today's order, one's own by the time left, what is done newest first, else what is of high risk first, then by age.

        A tab's count is of all its cases, whatever the filters; `total` is of what the filters leave. `counted`: of the
        tabs whose counts are known, so that they need not be counted again.
        """
        size = max(1, min(query.size, LONGEST_PAGE))
        skip = (max(1, query.page) - 1) * size
        with self._db.snapshot():
            mine = self._user_values(query.user, at)
            tabs = self._counts(mine, counted or {})
            total, rows = self._select(query, mine, size, skip, tabs[query.tab])
            items = self._figures.items([row["lead_mention"] for row in rows])
        cards = tuple(Card(case=case_of(row), item=items.get(row["lead_mention"])) for row in rows)
        return CasePage(cards=cards, total=total, tabs=tabs)

    def count(self, query: CaseQuery, at: datetime) -> int:
        """How many cases a query finds."""
        with self._db.snapshot():
            mine = self._user_values(query.user, at)
            narrowed = (
                _filters(query, self._db.sight)[0] or query.reviewers or query.risks or query.lanes
            )
            total = 0 if narrowed else self._counts(mine, {})[query.tab]
            return self._select(query, mine, 1, 0, total)[0]

    def facets(self) -> dict[str, list[str]]:
        """What filters can be set to: the platforms, flags and places that cases hold."""
        with self._db.snapshot():
            return {
                name: [row[0] for row in self._db.rows(_EACH.format(name=name, table=table, whole=whole))]
                for name, table, whole in (
                    ("platform", "case_mentions", "reviewable AND NOT deleted"), ("flag", "case_flags", "1"),
                    ("place", "case_places", "1"),
                )
            }  # fmt: skip

    def _user_values(self, user: int, at: datetime) -> dict[str, Any]:
        whose = [user, *self._absences.covers_for(user, at)] if user else []
        return {"user": user, "at": clock.text(at), "mine": json.dumps(whose)}

    def tab_counts(self, tabs: Sequence[Tab], user: int, at: datetime) -> dict[Tab, int]:
        """How many cases each of these tabs holds for somebody."""
        with self._db.snapshot():
            return self._count_tabs(tabs, self._user_values(user, at))

    def _counts(self, mine: Mapping[str, Any], counted: Mapping[Tab, int]) -> dict[Tab, int]:
        known = {tab: counted[tab] for tab in TABS if tab in counted}
        others = [tab for tab in TABS if tab not in counted]
        return {**known, **(self._count_tabs(others, mine) if others else {})}

    def _count_tabs(self, tabs: Sequence[Tab], mine: Mapping[str, Any]) -> dict[Tab, int]:
        counts = ", ".join(f"(SELECT count(*) {self._cases(tab)})" for tab in tabs)
        row = self._db.rows_named(f"SELECT {counts}", mine)[0]
        return dict(zip(tabs, row, strict=True))

    def _select(
        self, query: CaseQuery, mine: Mapping[str, Any], size: int, skip: int, total: int
    ) -> tuple[int, list[Row]]:
        """How many cases a query finds, and those of a page. `total`: how many its tab holds."""
        of_posts, values = _filters(query, self._db.sight)
        some = [part for part in (of_posts, _REVIEWED if query.reviewers else "") if part]
        values |= {**mine, "size": size, "skip": skip, "reviewers": json.dumps(query.reviewers)}
        order = "(c.risk < 3), c.opened_at, c.number"  # by a lower risk it would tell of flags that no list tells
        if query.tab in _NEWEST_FIRST:
            order = "coalesce(c.decided_at, c.opened_at) DESC, c.number DESC"
        elif query.tab == "mine":
            order = f"{_LIFE_FIRST}, {_TIME_LEFT}, {order}"
        elif query.tab in _BY_URGENCY:
            order = f"{_URGENCY}, {order}"
        # The case's own risk, that of its gravest post: a filter by low shows no case of a high one. Its own lane likewise.
        own = f" AND {_TOLD_RISK} IN (SELECT value FROM json_each(:risks))" if query.risks else ""
        own += " AND c.lane IN (SELECT value FROM json_each(:lanes))" if query.lanes else ""
        values["called"] = json.dumps(self._lines.called(query.words) if query.words else [])
        values["risks"] = json.dumps([RANK[risk] for risk in query.risks])
        values["lanes"] = json.dumps(query.lanes)
        values["of_staff"] = json.dumps(sorted(query.of_staff))
        values["earns"] = json.dumps({flag: RANK[risk] for flag, risk in query.earns})
        if not some and not own:
            page = f"SELECT c.* {self._cases(query.tab)} ORDER BY {order} LIMIT :size OFFSET :skip"
            return total, self._db.rows_named(page, values)
        # All numbers at once: counting apart would filter twice.
        chosen = "".join(f" AND c.number IN ({part})" for part in some) + own
        finding = f"SELECT c.number {self._cases(query.tab)}{chosen} ORDER BY {order}"
        numbers = [row["number"] for row in self._db.rows_named(finding, values)]
        shown = {"numbers": json.dumps(numbers[skip : skip + size])}
        rows = self._db.rows_named(
            """SELECT c.* FROM json_each(:numbers) n CROSS JOIN cases c ON c.number = n.value
            ORDER BY n.key""",
            shown,
        )
        return len(numbers), rows

    def _cases(self, tab: Tab) -> str:
        """FROM and WHERE of the cases `c` that a tab holds for whoever asks."""
        index = f"INDEXED BY {_INDEX[tab]}" if tab in _INDEX else ""
        return f"FROM cases c {index} WHERE ({_CONDITIONS[tab]}) AND {self._db.sight.of_cases()}"

    def newest(self) -> int:
        """The highest number of a case that whoever asks may see; 0 before the first. Numbers rise, so that none is passed over.

        The number of a case of the Guardian's lane would tell everybody that it came, and when.
        """
        with self._db.snapshot():
            row = self._db.row(
                f"SELECT c.number FROM cases c NOT INDEXED WHERE {self._db.sight.of_lanes()} ORDER BY c.number DESC LIMIT 1"
            )
        return int(row["number"]) if row is not None else 0

    def new_since(self, case: int) -> tuple[int, int]:
        """How many cases after this one wait for a decision, and how many of them are of high risk."""
        with self._db.snapshot():
            row = self._db.rows(
                f"""SELECT count(*) AS new, coalesce(sum(c.risk = 3), 0) AS high FROM cases c
                WHERE c.number > ? AND c.state IN ('new', 'open') AND c.flagged > 0 AND {self._db.sight.of_cases()}""",
                case,
            )[0]
        return row["new"], row["high"]


def _filters(query: CaseQuery, sight: Sight) -> tuple[str, dict[str, Any]]:
    """What finds the numbers of cases that hold what the filters ask for, "" where nothing is asked."""
    values: dict[str, Any] = {}
    parts = []
    # "*" after a word: whatever begins so
    words = [
        f'"{word.rstrip("*")}"{word[-1:] if word.endswith("*") else ""}'
        for word in re.findall(r"\w+\*?", clean(query.words))
    ]
    # Words are looked for first; "+" keeps SQLite from going through all of a flag for each post with them.
    mention = "+i.mention" if words else "i.mention"
    if query.platforms:
        parts.append("i.platform IN (SELECT value FROM json_each(:platforms))")
        values["platforms"] = json.dumps(query.platforms)
    for name, table, column, chosen in (
        ("flags", "case_flags", "flag", query.flags), ("places", "case_places", "place", query.places),
        ("clause_flags", "case_flags", "flag", query.clause_flags or query.clauses),  # none: no flag is named so
    ):  # fmt: skip
        if chosen:
            parts.append(
                f"""{mention} IN (SELECT f.mention FROM {table} f
                WHERE f.{column} IN (SELECT value FROM json_each(:{name})))"""
            )
            values[name] = json.dumps(chosen)
    for name, moment, sign in (("since", query.since, ">="), ("until", query.until, "<")):
        if moment is not None:
            parts.append(f"i.posted_at {sign} :{name}")
            values[name] = clock.text(moment)
    if query.words.strip() or query.places:  # a place is known by the words
        parts.append(sight.of_words("i.mention"))
    source = "case_mentions i"
    if words:
        source = "case_mentions_fts w CROSS JOIN case_mentions i ON i.assessment = w.rowid"
        parts.append("case_mentions_fts MATCH :words")
        values["words"] = " ".join(words)
    elif query.words.strip():
        parts.append("0")  # signs alone, which stand in no index
    if not parts:
        return "", values
    where = " AND ".join(["i.reviewable", "NOT i.deleted", *parts])
    finding = f"SELECT i.case_number FROM {source} WHERE {where}"
    if not words:
        return finding, values
    # What is called to mind of a case is the line by which Today names it: such a line and its post have all of the words.
    titled = []
    for place, word in enumerate(re.findall(r"\w+", clean(query.words))):
        values[f"word_{place}"] = f"% {word}%"
        titled.append(f"{_TITLE} LIKE :word_{place}")
    others = [part for part in parts if ":words" not in part]
    where = " AND ".join([*others, *titled])
    called = " AND ".join(["i.reviewable", "NOT i.deleted", *others])
    return (
        f"""{finding} UNION SELECT t.number FROM cases t INDEXED BY cases_by_lane
        JOIN case_mentions i ON i.mention = t.lane_mention JOIN assessments a ON a.number = i.assessment
        WHERE t.lane IN ('now', 'answer', 'look') AND i.reviewable AND NOT i.deleted AND {where}
        UNION SELECT i.case_number FROM case_mentions i WHERE i.case_number IN (SELECT value FROM json_each(:called)) AND {called}""",
        values,
    )
