"""Puts mentions into cases: what says the same, or stands in one thread, is one story for one decision.

A mention is put where its newest risk says; a new risk (a new reading, a new reach) puts it there again, so
that grouping can be run twice. Only what a person should see opens a case; copies that nobody need see
are counted in it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from core import clock
from core.errors import StoreError
from core.models import RISKS
from store.assessments import Assessments
from store.cases.deadlines import CaseClocks
from store.cases.models import HOLDS, Alike, Grouped, Placing, Ungrouped, Why
from store.database import Opened
from store.sqlite import Row
from store.statistics import WORTH_READING

BOOKMARK = "grouped"
FORGOTTEN = "likeness"  # among the chores: until when found mentions' likeness was forgotten
LOOK_BACK = timedelta(days=30)  # how long the likeness of a mention is kept to compare others with
MOST_ALIKE = 200  # mentions that are compared with one; more share a band only by chance
SHOWN = 200  # mentions of a case that its page has room for
GROWS = 3  # times as many mentions as when it was decided: the case opens again
RANK = {risk: len(RISKS) - 1 - place for place, risk in enumerate(RISKS)}  # high 3 ... none 0

_PLACED = f"""SELECT m.number, m.revision, m.platform, m.posted_at, m.found_at, m.deleted_at, m.story,
        m.key_hash, m.parent_hash, m.root_hash, m.own, a.number AS assessment, a.staff, a.read,
        a.risk, a.masked, a.in_scope, x.flags AS missed, coalesce(x.risk, 0) AS missed_risk,
        ({WORTH_READING} OR x.mention IS NOT NULL) AND NOT m.own AS worth
    FROM current_assessments a JOIN mentions m ON m.number = a.mention
    LEFT JOIN missed x ON x.mention = m.number"""


class Cases(Assessments, CaseClocks):
    """Grouping mentions into cases."""

    def ungrouped(self, *, limit: int = 500) -> list[Ungrouped]:
        """Mentions with a risk told since the last grouping, oldest first; deleted ones left out."""
        with self._reading():
            since = self._one("SELECT number FROM bookmarks WHERE name = ?", BOOKMARK) or 0
            rows = self._rows(
                """SELECT r.mention, r.number AS risk, v.sealed FROM risks r
                CROSS JOIN mentions m ON m.number = r.mention AND m.deleted_at IS NULL
                CROSS JOIN revisions v ON v.mention = m.number AND v.revision = m.revision
                WHERE r.number > ? AND NOT EXISTS (SELECT 1 FROM risks l
                    WHERE l.mention = r.mention AND l.number > r.number)
                ORDER BY r.number LIMIT ?""",  # in the order of the table: a backlog is not read anew each time
                since, limit,
            )  # fmt: skip
            return [
                Ungrouped(
                    mention=row["mention"], risk=row["risk"],
                    text=self._seals.open(row["sealed"])["text"],
                )
                for row in rows
            ]  # fmt: skip

    def group(self, placings: Iterable[Placing], *, alike: Alike, at: datetime) -> Grouped:
        """Puts mentions into the cases where they belong, all of them or none.

        In this order: the case that it is in; one of the same words; one of its thread; one whose words
        are `alike`; a new one, if a person should see it. A case that was decided opens again where it
        grew threefold or turned worse; else its decision covers the copy.
        """
        ordered = sorted(placings, key=lambda placing: placing.risk)
        joined = opened = reopened = 0
        touched: set[int] = set()
        with self._writing():
            for placing in ordered:
                row = self._row(f"{_PLACED} WHERE m.number = ?", placing.mention)
                if row is not None:
                    before = self._case_of(row["number"])
                    case, why = self._place(row, placing, alike)
                    opened += case is not None and why == "first" and before is None
                    joined += case is not None and why != "first"
                    if case is not None:
                        self._put(row, placing, case, why, before)
                        reopened += self._reopened(case, at)
                        touched.add(case)
                self._keep_likeness(row, placing)
            for case in sorted(touched):
                self._set_clocks(case, at)
            if ordered:
                self._do(
                    """INSERT INTO bookmarks (name, number) VALUES (?, ?)
                    ON CONFLICT (name) DO UPDATE SET number = max(number, excluded.number)""",
                    BOOKMARK, ordered[-1].risk,
                )  # fmt: skip
            self._forget_likeness(ordered, at)
        return Grouped(joined=joined, opened=opened, reopened=reopened)

    def _put_again(self, placing: Placing) -> int | None:
        """Puts a mention into its case, or a new one, by what a person found in it; the case's number."""
        row = self._row(f"{_PLACED} WHERE m.number = ?", placing.mention)
        if row is None:
            return None
        before = self._case_of(placing.mention)
        case, why = self._place(row, placing, lambda *_: False)
        if case is not None:
            self._put(row, placing, case, why, before)
        return case

    def wake(self, at: datetime) -> int:
        """Opens cases whose snooze is over or in which a post came back, and stops clocks of what was answered.

        How many it opened. A post that was gone and is there again brings no new risk, so that no grouping sees it.
        """
        with self._writing():
            opened = self._open_outgrown(at)
            rows = self._rows(
                "SELECT number FROM cases WHERE state = 'snoozed' AND snoozed_until <= ?",
                clock.text(at),
            )
            for row in rows:
                self._open_again(row["number"], "snooze is over", at)
                self._set_clocks(row["number"], at)
            self._tend_clocks(at)
        return len(rows) + opened

    def _open_outgrown(self, at: datetime) -> int:
        """Opens the cases that their decision no longer covers, whatever changed since; how many."""
        rows = self._rows(
            """SELECT number FROM cases c WHERE state IN ('done', 'escalated', 'snoozed') AND (
                risk > decided_risk OR size >= ? * max(1, decided_size)
                OR (state = 'snoozed' AND size > decided_size)
                OR (state <> 'snoozed' AND EXISTS (
                    SELECT 1 FROM case_mentions i WHERE i.case_number = c.number AND worth AND NOT deleted
                    AND (decided_revision IS NULL OR decided_revision < revision))))""",
            GROWS,
        )
        opened = [row["number"] for row in rows if self._reopened(row["number"], at)]
        for case in opened:
            self._set_clocks(case, at)
        return len(opened)

    def case_of(self, mention: int) -> int | None:
        """The number of the case that a mention is in."""
        with self._reading():
            return self._case_of(mention)

    def _case_of(self, mention: int) -> int | None:
        case: int | None = self._one(
            "SELECT case_number FROM case_mentions WHERE mention = ?", mention
        )
        return case

    def _place(self, row: Row, placing: Placing, alike: Alike) -> tuple[int | None, Why]:
        membership = self._row(
            "SELECT case_number, why FROM case_mentions WHERE mention = ?", row["number"]
        )
        if membership is not None:
            return membership["case_number"], membership["why"]
        same = self._one(
            """SELECT i.case_number FROM mentions m JOIN case_mentions i ON i.mention = m.number
            WHERE m.story = ? ORDER BY i.case_number LIMIT 1""",
            row["story"],
        )
        if same is not None:
            return same, "same words"
        if row["worth"] and (thread := self._by_thread(row)) is not None:
            return thread, "thread"
        if (near := self._by_likeness(row, placing, alike)) is not None:
            return near, "alike"
        return (self._open(row) if row["worth"] else None), "first"

    def _by_thread(self, row: Row) -> int | None:
        """The case of the post that it answers, of that which began the thread, or of another answer."""
        links = [link for link in (row["parent_hash"], row["root_hash"]) if link]
        case: int | None = self._one(
            """SELECT i.case_number FROM mentions m CROSS JOIN case_mentions i ON i.mention = m.number
            WHERE i.worth AND m.key_hash IN (SELECT value FROM json_each(?))
            ORDER BY i.case_number LIMIT 1""",
            json.dumps(links),
        )
        if case is None:
            case = self._one(
                """SELECT i.case_number FROM mentions m CROSS JOIN case_mentions i ON i.mention = m.number
                WHERE i.worth AND m.root_hash = ? ORDER BY m.number LIMIT 1""",
                row["root_hash"] or row["key_hash"],
            )
        return case

    def _by_likeness(self, row: Row, placing: Placing, alike: Alike) -> int | None:
        near = self._rows(
            """SELECT i.case_number, a.masked, count(*) AS bands FROM likeness l
            JOIN case_mentions i ON i.mention = l.mention
            JOIN assessments a ON a.number = i.assessment
            WHERE l.band IN (SELECT value FROM json_each(?)) AND l.mention <> ?
            GROUP BY l.mention ORDER BY bands DESC, i.case_number LIMIT ?""",
            json.dumps(placing.bands), row["number"], MOST_ALIKE,
        )  # fmt: skip
        return next(
            (
                neighbour["case_number"]
                for neighbour in near
                if alike(row["masked"], neighbour["masked"])
            ),
            None,
        )

    def _open(self, row: Row) -> int:
        return self._insert(
            "cases", opened_at=row["found_at"], latest_at=row["posted_at"], face=row["number"],
            risk=RANK[row["risk"]], flagged=0, size=0,
        )  # fmt: skip

    def _put(self, row: Row, placing: Placing, case: int, why: Why, before: int | None) -> None:
        """Writes the mention's place in the case as it is known now; a decision covers a copy of it."""
        covered = (
            self._covering(case) if before is None and why in ("same words", "alike") else None
        )
        self._do(
            """INSERT INTO case_mentions (mention, case_number, assessment, revision, why, worth,
                risk, platform, staff, read, posted_at, deleted, decided_revision)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (mention) DO UPDATE SET assessment = excluded.assessment,
                revision = excluded.revision, worth = excluded.worth, risk = excluded.risk,
                staff = excluded.staff, read = excluded.read, deleted = excluded.deleted""",
            row["number"], case, row["assessment"], row["revision"], why, row["worth"],
            max(RANK[row["risk"]], row["missed_risk"]), row["platform"], row["staff"], row["read"],
            row["posted_at"],
            row["deleted_at"] is not None, row["revision"] if covered else None,
        )  # fmt: skip
        flags = [f.name for f in self._flags([row["assessment"]]).get(row["assessment"], ())]
        for table, column, names in (
            ("case_flags", "flag", [*flags, *json.loads(row["missed"] or "[]")]),
            ("case_places", "place", list(placing.places)),
        ):  # fmt: skip
            self._do(f"DELETE FROM {table} WHERE mention = ?", row["number"])
            for name in dict.fromkeys(names):
                self._insert(table, **{column: name, "mention": row["number"]})

    def _covering(self, case: int) -> bool:
        return bool(
            self._one("SELECT state IN ('done', 'escalated') FROM cases WHERE number = ?", case)
        )

    def _reopened(self, case: int, at: datetime) -> bool:
        """Opens a decided case that grew threefold or turned worse, or a snoozed one that grew.

        One that was escalated too: whoever has it need not see what came since.
        """
        row = self._rows("SELECT * FROM cases WHERE number = ?", case)[0]
        if row["state"] in ("new", "open") or row["decided_size"] is None:
            return False
        worse = row["risk"] > row["decided_risk"]
        waits = row["state"] == "snoozed" and row["snoozed_until"] is None
        grown = row["size"] >= GROWS * max(1, row["decided_size"])
        grown = grown or (waits and row["size"] > row["decided_size"])
        uncovered = self._one(
            """SELECT 1 FROM case_mentions WHERE case_number = ? AND worth AND NOT deleted
            AND (decided_revision IS NULL OR decided_revision < revision)""",
            case,
        )
        if not (worse or grown or (uncovered and row["state"] != "snoozed")):
            return False
        why = "turned worse" if worse else "grew" if grown else "has something new"
        self._open_again(case, why, at)
        return True

    def _open_again(self, case: int, why: str, at: datetime) -> None:
        self._do("UPDATE cases SET state = 'open', snoozed_until = NULL WHERE number = ?", case)
        self._note("case reopened", at, case=case, why=why)

    def _keep_likeness(self, row: Row | None, placing: Placing) -> None:
        self._do("DELETE FROM likeness WHERE mention = ?", placing.mention)
        if row is not None and (row["worth"] or row["in_scope"]):
            self._db.conn.executemany(
                "INSERT INTO likeness (band, mention) VALUES (?, ?)",
                [(band, placing.mention) for band in dict.fromkeys(placing.bands)],
            )

    def _forget_likeness(self, placings: Sequence[Placing], at: datetime) -> None:
        """Of what was found before the last month; what an earlier call looked at is not looked at again."""
        until = clock.text(at - LOOK_BACK)
        since = self._one("SELECT at FROM chores WHERE name = ?", FORGOTTEN) or ""
        self._do(
            """DELETE FROM likeness WHERE mention IN (
                SELECT number FROM mentions WHERE found_at >= ? AND found_at < ?)""",
            since, until,
        )  # fmt: skip
        self._do(
            """DELETE FROM likeness WHERE mention IN (
                SELECT m.number FROM json_each(?) g CROSS JOIN mentions m ON m.number = g.value
                WHERE m.found_at < ?)""",
            json.dumps([placing.mention for placing in placings]), until,
        )  # fmt: skip
        self._do(
            "INSERT OR REPLACE INTO chores (name, at) VALUES (?, ?)", FORGOTTEN, max(since, until)
        )


# ── Which case covers another: what is like a case, and where its duplicates lead. ────────────────

MOST_LIKE = 5  # cases that are offered
_LINK = re.compile(r"https?://([^\s<>\[\]]{6,200})")
# Of each case the decision in force: the last that no other took back.
_IN_FORCE = f"""SELECT d.duplicate_of FROM case_decisions d WHERE d.case_number = ? AND {HOLDS}
    ORDER BY d.version DESC LIMIT 1"""


class Duplicates(Opened):
    """Links between cases that say the same."""

    def duplicate_of(self, case: int) -> int | None:
        """The case that covers this one, by the decision in force; it may be gone."""
        with self._reading():
            return self._covering_case(case)

    def duplicates(self, case: int) -> list[int]:
        """Cases that are duplicates of this one, by the decisions in force."""
        with self._reading():
            rows = self._rows(
                """SELECT DISTINCT case_number FROM case_decisions WHERE duplicate_of = ?
                ORDER BY case_number LIMIT 100""",
                case,
            )
            return [row[0] for row in rows if self._covering_case(row[0]) == case]

    def covered_by(self, case: int) -> int:
        """Where the duplicates end: the case whose decision holds for this one; itself where it is none."""
        with self._reading():
            return self._end_of_duplicates(case)[-1]

    def like_case(self, case: int) -> list[int]:
        """Cases that a person may find to be the same: words that are near, or the same link.

        Of a story with thousands of copies the newest of each are looked at, so that it answers at once.
        """
        with self._reading():
            counts = Counter(self._near_words(case))
            counts.update(self._same_link(case))
        ranked = sorted(counts, key=lambda other: (-counts[other], other))
        return ranked[:MOST_LIKE]

    def _near_words(self, case: int) -> Iterator[int]:
        """A case for each hash of words that one of its newest posts shares with the gravest posts of this one."""
        bands = self._rows(
            """SELECT DISTINCT l.band FROM (SELECT mention FROM case_mentions
                WHERE case_number = ? AND worth ORDER BY deleted, risk DESC LIMIT 3) c
            CROSS JOIN likeness l ON l.mention = c.mention LIMIT 60""",
            case,
        )
        for row in bands:
            shared = self._rows(
                """SELECT DISTINCT i.case_number FROM (SELECT mention FROM likeness WHERE band = ?
                    ORDER BY mention DESC LIMIT 100) o
                CROSS JOIN case_mentions i ON i.mention = o.mention AND i.worth
                WHERE i.case_number <> ?""",
                row["band"], case,
            )  # fmt: skip
            yield from (shared_row[0] for shared_row in shared)

    def _same_link(self, case: int) -> list[int]:
        """By the index of masked words, in which an address is a row of words."""
        rows = self._rows(
            """SELECT a.masked FROM case_mentions i JOIN assessments a ON a.number = i.assessment
            WHERE i.case_number = ? AND i.worth AND NOT i.deleted LIMIT 20""",
            case,
        )
        links = {
            " ".join(re.findall(r"\w+", link)) for row in rows for link in _LINK.findall(row[0])
        }
        cases: list[int] = []
        for link in sorted(links)[:3]:
            cases += [row[0] for row in self._rows(
                """SELECT DISTINCT i.case_number FROM case_words w
                CROSS JOIN case_mentions i ON i.assessment = w.rowid
                WHERE case_words MATCH ? AND i.worth AND i.case_number <> ? LIMIT ?""",
                f'"{link}"', case, MOST_LIKE,
            )]  # fmt: skip
        return cases

    def _must_not_go_in_a_circle(self, case: int, of: int) -> None:
        """Raises StoreError for a duplicate of nothing, of itself, or of what is a duplicate of it."""
        if of == case:
            raise StoreError("a case can’t be a duplicate of itself: name the other case")
        if not self._row("SELECT 1 FROM cases WHERE number = ?", of):
            raise StoreError(
                f"there is no case {of}: write the number of a case that is in the queue"
            )
        if case in self._end_of_duplicates(of):
            raise StoreError(
                f"case {of} is itself a duplicate of case {case}: decide one of the two by itself"
            )

    def _must_lead_somewhere(self, case: int) -> None:
        """Raises StoreError where a decision that holds again, after an undo, closes a circle."""
        of = self._covering_case(case)
        if of is not None and case in self._end_of_duplicates(of):
            raise StoreError(
                f"case {case} would be a duplicate of case {of} again, which is now a duplicate of it: undo that first"
            )

    def _end_of_duplicates(self, case: int) -> list[int]:
        """This case, the one that covers it, the one that covers that; each once, as far as they are there."""
        way = [case]
        while (of := self._covering_case(way[-1])) is not None and of not in way:
            if not self._row("SELECT 1 FROM cases WHERE number = ?", of):
                break
            way.append(of)
        return way

    def _covering_case(self, case: int) -> int | None:
        of: int | None = self._one(_IN_FORCE, case)
        return of
