"""Keeps to whom a case was given, by whom and why. It says who means to do it, and stops nobody else from deciding."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from core import clock
from core.errors import StoreError
from store.cases.deadlines import WAS_LATE
from store.cases.handoffs import OVERDUE_HERE
from store.cases.models import UNFINISHED
from store.database import Database
from store.sqlite import Row
from store.team import holders
from store.team.models import Assignment, Load, Teamwork
from store.team.opinions import opinion_of


class Assignments:
    """Assigning, and how people work together on cases."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def assign(
        self, case: int, to: int | None, *, by: int, at: datetime, seen: int, note: str = ""
    ) -> bool:
        """Gives a case to somebody, or back to everybody by None, who saw it `seen` times assigned.

        False where it was assigned meanwhile. Raises StoreError where it is done, or theirs already, or nobody's.
        """
        with self._db.transaction():
            row = self._db.row("SELECT state, assigned_to FROM cases WHERE number = ?", case)
            if row is None:
                raise StoreError(f"there is no case {case}: it was purged, or never was")
            version = self._db.value("SELECT count(*) FROM assignments WHERE case_number = ?", case)
            if version != seen:
                return False
            if row["state"] == "done":
                raise StoreError("the case is done: undo its decision first")
            if row["assigned_to"] == to:
                whose = "nobody’s" if to is None else "theirs"
                raise StoreError(f"the case is {whose} already")
            if to is not None and not self._db.value(
                "SELECT active FROM users WHERE number = ?", to
            ):
                raise StoreError("choose a colleague who can decide")
            holders.hand(self._db, case, to, by=by, at=at, version=version + 1, note=note)
        return True

    def of_case(self, case: int) -> list[Assignment]:
        """All that were made of a case, first to last, with their notes."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM assignments WHERE case_number = ? ORDER BY version", case
            )
            return [
                _assignment(row, self._db.encryption.decrypt(row["encrypted"])["note"])
                for row in rows
            ]

    def teamwork(self, cases: Iterable[int]) -> dict[int, Teamwork]:
        """Of each of these cases: who has it and whose opinion is asked; without anybody's words."""
        numbers = json.dumps(sorted(set(cases)))
        with self._db.snapshot():
            last = self._db.rows(
                """SELECT a.*, c.returned, c.assigned_to, c.state FROM json_each(?) n
                JOIN cases c ON c.number = n.value
                JOIN assignments a ON a.case_number = c.number AND a.version = (
                    SELECT max(version) FROM assignments WHERE case_number = c.number)""",
                numbers,
            )
            opinion_rows = self._db.rows(
                """SELECT o.* FROM json_each(?) n JOIN opinions o ON o.case_number = n.value
                WHERE o.state <> 'over' ORDER BY o.number""",
                numbers,
            )
        opinions = [opinion_of(row) for row in opinion_rows]
        assignments = {row["case_number"]: row for row in last}
        return {
            case: Teamwork(
                seen=assignments[case]["version"] if case in assignments else 0,
                assigned=_in_force(assignments.get(case)), returned=case in assignments and bool(assignments[case]["returned"]),
                opinions=tuple(opinion for opinion in opinions if opinion.case == case),
            )
            for case in {*assignments, *(opinion.case for opinion in opinions)}
        }  # fmt: skip

    def workloads(self, at: datetime) -> dict[int, Load]:
        """What each person has to do now; who has nothing is left out."""
        now = clock.text(at)
        with self._db.snapshot():
            cases = self._db.rows(
                f"""SELECT c.assigned_to AS who, count(*) AS count,
                    sum(coalesce(c.due_at <= ?1, 0) AND {OVERDUE_HERE.format(at="?1")}) AS over,
                    sum(c.lane IS NOT NULL AND {WAS_LATE.format(at="?1")}) AS late FROM cases c
                WHERE c.assigned_to IS NOT NULL AND {UNFINISHED} AND {self._db.sight.of_cases()}
                GROUP BY c.assigned_to""",
                now,
            )
            opinions = self._db.rows(
                f"""SELECT asked_of AS who, count(*) AS count, sum(due_at <= ?) AS over FROM opinions
                WHERE state = 'waits' AND {self._db.sight.of_numbers("case_number")} GROUP BY asked_of""",
                now,
            )
        own = {row["who"]: (row["count"], row["over"], row["late"]) for row in cases}
        of_them = {row["who"]: (row["count"], row["over"]) for row in opinions}
        return {
            who: Load(
                cases=own.get(who, (0, 0, 0))[0], cases_overdue=own.get(who, (0, 0, 0))[1], cases_late=own.get(who, (0, 0, 0))[2],
                opinions=of_them.get(who, (0, 0))[0], opinions_overdue=of_them.get(who, (0, 0))[1],
            )
            for who in {*own, *of_them}
        }  # fmt: skip


def _in_force(row: Row | None) -> Assignment | None:
    """The last assignment, where it holds: a done case is nobody's to do."""
    if row is None or row["to_user"] is None or row["state"] == "done":
        return None
    return _assignment(row)


def _assignment(row: Row, note: str = "") -> Assignment:
    return Assignment(
        case=row["case_number"], version=row["version"], to=row["to_user"], by=row["by_user"],
        at=clock.parse(row["at"]), note=note,
    )  # fmt: skip
