"""What people did with cases since a moment: decided, took or gave them, did a step, wrote down what a team said. For pages that are open."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core import clock
from core.models import DecisionKind, Lane
from store.cases.models import CaseState
from store.database import Database
from store.sqlite import Row

MOST = (
    200  # changes that are read at once, the newest: who looked away for longer loads the page anew
)

ChangeKind = Literal["decided", "assigned", "team", "step", "step back"]
ChangeKey = tuple[int, ChangeKind, int]

_TOUCHED = """SELECT d.case_number, 'decided' AS kind, d.version, d.kind AS what, d.covers, d.by_user, NULL AS to_user, d.at
        FROM case_decisions d WHERE d.at >= :since
    UNION ALL SELECT a.case_number, 'assigned', a.version, '', '[]', a.by_user, a.to_user, a.at
        FROM assignments a WHERE a.at >= :since
    UNION ALL SELECT h.case_number, 'team', s.number, s.kind, '[]', s.by_user, NULL, s.at
        FROM handoff_steps s JOIN handoffs h ON h.number = s.handoff
        WHERE s.at >= :since AND s.by_user IS NOT NULL AND s.kind IN ('confirmed', 'answered', 'chased', 'waits again')
    UNION ALL SELECT s.case_number, 'step', s.number, s.path || '/' || s.step || '/' || s.outcome, '[]', s.by_user, NULL, s.at
        FROM path_steps s WHERE s.at >= :since
    UNION ALL SELECT s.case_number, 'step back', s.number, s.path || '/' || s.step || '/' || s.outcome, '[]', s.undone_by, NULL, s.undone_at
        FROM path_steps s WHERE s.undone_at >= :since"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """What somebody did with a case, and how the case stands now.

    `version` counts what was done of its kind; `what` is the decision's kind, what was written down of a team, or a step as
    path/step/outcome. `posts` are those that a decision covers; `by` is None for this program and `to` for whoever gave a case back. `state`, `lane`,
    `case_version` and who `has` it are those of the case now.
    """

    case: int
    kind: ChangeKind
    version: int
    what: DecisionKind | str
    posts: frozenset[int]
    by: int | None
    by_name: str
    to: int | None
    to_name: str
    at: datetime
    case_version: int
    state: CaseState
    lane: Lane | None
    has: int | None
    has_name: str
    begun: str = ""  # what a row says is done about danger now, where a step of it changed

    @property
    def key(self) -> ChangeKey:
        """What tells it from every other."""
        return self.case, self.kind, self.version


class CaseChanges:
    """Reading what people did lately, as whoever asks may see it; nothing of the Guardian's lane is in it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def since(self, moment: datetime) -> list[CaseChange]:
        """What was done from a moment on, first to last; of more than `MOST` the newest.

        The cases of what was done are looked up, and never all of them: pages that are open ask every few seconds (CROSS JOIN keeps SQLite to that order).
        """
        with self._db.snapshot():
            rows = self._db.rows_named(
                f"""SELECT t.*, c.version AS case_version, c.state, c.lane, c.assigned_to, b.name AS by_name,
                    o.name AS to_name, h.name AS has_name
                FROM ({_TOUCHED}) t CROSS JOIN cases c ON c.number = t.case_number
                LEFT JOIN users b ON b.number = t.by_user LEFT JOIN users o ON o.number = t.to_user
                LEFT JOIN users h ON h.number = c.assigned_to
                WHERE {self._db.sight.of_cases()} ORDER BY t.at DESC, t.version DESC LIMIT :most""",
                {"since": clock.text(moment), "most": MOST},
            )
        return [_change(row) for row in reversed(rows)]


def _change(row: Row) -> CaseChange:
    def name(column: str, number: str) -> str:
        return row[column] or ("Someone who has left" if row[number] else "")

    return CaseChange(
        case=row["case_number"], kind=row["kind"], version=row["version"], what=row["what"],
        posts=frozenset(mention for mention, _ in json.loads(row["covers"])),
        by=row["by_user"], by_name=name("by_name", "by_user"), to=row["to_user"], to_name=name("to_name", "to_user"),
        at=clock.parse(row["at"]), case_version=row["case_version"], state=row["state"], lane=row["lane"],
        has=row["assigned_to"], has_name=name("has_name", "assigned_to"),
    )  # fmt: skip
