"""Keeps to whom a case was given, by whom and why. It says who means to do it, and stops nobody else from deciding."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from core import clock
from core.errors import StoreError
from store.cases.decisions import CaseDecisions
from store.cases.models import CaseDecision
from store.encryption import clean
from store.sqlite import Row
from store.team.models import Assignment, Load, Teamwork
from store.team.opinions import Opinions, opinion_of


class Assigning(Opinions):
    """Assigning, and how people work together on cases."""

    def assign(
        self, case: int, to: int | None, *, by: int, at: datetime, seen: int, note: str = ""
    ) -> bool:
        """Gives a case to somebody, or back to everybody by None, who saw it `seen` times assigned.

        False where it was assigned meanwhile. Raises StoreError where it is done, or theirs already, or nobody's.
        """
        with self._writing():
            row = self._row("SELECT state, assigned_to FROM cases WHERE number = ?", case)
            if row is None:
                raise StoreError(f"there is no case {case}: it was purged, or never was")
            version = self._one("SELECT count(*) FROM assignments WHERE case_number = ?", case)
            if version != seen:
                return False
            if row["state"] == "done":
                raise StoreError("the case is done: undo its decision first")
            if row["assigned_to"] == to:
                whose = "nobody’s" if to is None else "theirs"
                raise StoreError(f"the case is {whose} already")
            if to is not None and not self._one("SELECT active FROM users WHERE number = ?", to):
                raise StoreError("choose a colleague who can decide")
            self._insert(
                "assignments", case_number=case, version=version + 1, to_user=to, by_user=by,
                at=clock.text(at), sealed=self._seals.seal({"note": clean(note)}),
            )  # fmt: skip
            self._do("UPDATE cases SET assigned_to = ?, returned = 0 WHERE number = ?", to, case)
            about = {"to": to} if to is not None else {}
            self._note("case assigned", at, case=case, by=by, **about)
        return True

    def assignments(self, case: int) -> list[Assignment]:
        """All that were made of a case, first to last, with their notes."""
        with self._reading():
            rows = self._rows(
                "SELECT * FROM assignments WHERE case_number = ? ORDER BY version", case
            )
            return [_assignment(row, self._seals.open(row["sealed"])["note"]) for row in rows]

    def teamwork(self, cases: Iterable[int]) -> dict[int, Teamwork]:
        """Of each of these cases: who has it and whose opinion is asked; without anybody's words."""
        numbers = json.dumps(sorted(set(cases)))
        with self._reading():
            last = self._rows(
                """SELECT a.*, c.returned, c.assigned_to, c.state FROM json_each(?) n
                JOIN cases c ON c.number = n.value
                JOIN assignments a ON a.case_number = c.number AND a.version = (
                    SELECT max(version) FROM assignments WHERE case_number = c.number)""",
                numbers,
            )
            opinion_rows = self._rows(
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

    def loads(self, at: datetime) -> dict[int, Load]:
        """What each person has to do now; who has nothing is left out."""
        now = clock.text(at)
        with self._reading():
            cases = self._rows(
                """SELECT assigned_to AS who, count(*) AS count, sum(coalesce(due_at <= ?, 0)) AS over FROM cases
                WHERE assigned_to IS NOT NULL AND state NOT IN ('done', 'snoozed') GROUP BY assigned_to""",
                now,
            )
            opinions = self._rows(
                """SELECT of_user AS who, count(*) AS count, sum(due_at <= ?) AS over FROM opinions
                WHERE state = 'waits' GROUP BY of_user""",
                now,
            )
        own = {row["who"]: (row["count"], row["over"]) for row in cases}
        of_them = {row["who"]: (row["count"], row["over"]) for row in opinions}
        return {
            who: Load(
                cases=own.get(who, (0, 0))[0], cases_overdue=own.get(who, (0, 0))[1],
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


# ── Asks a named colleague for a second opinion: the decision that leaves a case open, and the question, in one.

OPINION_WITHIN = timedelta(hours=48)  # where the risk sets no time by itself


class Asking(CaseDecisions):
    """Second opinions of somebody. A decision of that kind without one is for whoever has time, as it ever was."""

    def ask_opinion(
        self, decision: CaseDecision, expected_version: int, *, of: int, question: str
    ) -> bool:
        """Keeps a decision of the kind `second_opinion` and the question to a colleague; False as `decide`.

        It is due as the case would be to be looked at. Raises StoreError as `decide`, for a question to oneself, to
        somebody for whom the one who asks covers now, to somebody who was asked already, and for none at all.
        """
        if decision.kind != "second_opinion":
            raise StoreError("only a second opinion is asked of somebody")
        if not question.strip():
            raise StoreError("write what you want to know")
        if of == decision.by:
            raise StoreError("ask somebody else: a second opinion is never one’s own")
        with self._writing():
            if not self._one("SELECT active FROM users WHERE number = ?", of):
                raise StoreError("choose a colleague who can decide")
            away = self.away(decision.at).get(of)
            if away is not None and away.acting == decision.by:
                raise StoreError("they are away and you cover for them: ask somebody else")
            if self._one(
                "SELECT 1 FROM opinions WHERE case_number = ? AND of_user = ? AND state = 'waits'",
                decision.case, of,
            ):  # fmt: skip
                raise StoreError(
                    "they were asked about this case already, and have not answered yet"
                )
            if not self.decide(decision, expected_version):
                return False
            risk = self._one("SELECT risk FROM cases WHERE number = ?", decision.case)
            self._add_opinion(
                case=decision.case, version=expected_version + 1, by=decision.by, of=of,
                at=decision.at, due=decision.at + (self.hours.to_look(risk) or OPINION_WITHIN),
                question=question,
            )  # fmt: skip
        return True
