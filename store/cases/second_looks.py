"""Second looks: that somebody else than who closed a case read it and found that it holds; who did, when, and who took that back.

Each look is an event of the record of decisions, and so is what takes it back: neither is ever changed.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.errors import StoreError
from store.database import Database

LOOKED, TAKEN_BACK = "looked again", "second look taken back"
# Of a decision `d`: nobody said since that they looked at it a second time, or it was taken back.
NOT_LOOKED_AGAIN = f"""(d.case_number, d.version) NOT IN (SELECT json_extract(e.about, '$.case'), json_extract(e.about, '$.version')
    FROM events e WHERE e.kind = '{LOOKED}' AND e.number NOT IN (SELECT json_extract(b.about, '$.look') FROM events b WHERE b.kind = '{TAKEN_BACK}'))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """A second look at a decision of a case, by its `version`; `undone_at` and `undone_by` where it was taken back."""

    number: int
    case: int
    version: int
    at: datetime
    by: int
    by_name: str
    undone_at: datetime | None = None
    undone_by: str = ""


class SecondLooks:
    """Writing down second looks and reading them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, case: int, version: int, *, by: int, at: datetime) -> int:
        """Somebody else than who made a decision, and who opened the case since, looked at it a second time; the number of that look.

        Raises StoreError for one's own, where there is none, and where they did not open it.
        """
        with self._db.transaction():
            row = self._db.row("SELECT by_user, at FROM case_decisions WHERE case_number = ? AND version = ?", case, version)  # fmt: skip
            if row is None:
                raise StoreError("there is no such decision: its case was purged")
            if row["by_user"] == by:
                raise StoreError("someone else than who decided it looks a second time")
            if self.opened(by, (case,)).get(case, "") <= row["at"]:
                raise StoreError(f"open case {case} first: nobody says that it holds who has not seen it as it was closed")  # fmt: skip
            standing = [look for look in self.of_case(case) if look.version == version and look.undone_at is None]  # fmt: skip
            if standing:
                return standing[-1].number
            self._db.add_event("looked again", at, case=case, version=version, by=by)
            return int(self._db.value("SELECT max(number) FROM events"))

    def take_back(self, number: int, *, by: int, at: datetime) -> SecondLook:
        """The look is taken back, and the decision waits for one again. Raises StoreError where there is none, or it was taken back."""
        with self._db.transaction():
            look = self.get(number)
            if look is None:
                raise StoreError("there is no such look")
            if look.undone_at is not None:
                raise StoreError(f"{look.undone_by} has taken that back")
            self._db.add_event("second look taken back", at, case=look.case, version=look.version, look=number, by=by)  # fmt: skip
        return look

    def get(self, number: int) -> SecondLook | None:
        """One look by its number."""
        return next(iter(self._looks("e.number = ?", number)), None)

    def of_case(self, case: int) -> list[SecondLook]:
        """All looks at decisions of a case, the first first, also those that were taken back."""
        return self._looks("json_extract(e.about, '$.case') = ?", case)

    def first_posts(self, cases: Collection[int]) -> dict[int, int]:
        """The post by which each of these cases is known; one that whoever asks may not see is left out."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"SELECT c.number, c.lead_mention FROM cases c WHERE c.number IN (SELECT value FROM json_each(?)) AND {self._db.sight.of_cases()}",
                json.dumps(sorted(cases)),
            )  # fmt: skip
        return {row["number"]: row["lead_mention"] for row in rows}

    def opened(self, by: int, cases: Collection[int]) -> dict[int, str]:
        """When a person had each of these cases open last, as the record of looks has it; what they never opened is left out."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT case_number, max(last_at) AS at FROM views WHERE by_user = ? AND kind = 'case'
                AND case_number IN (SELECT value FROM json_each(?)) GROUP BY case_number""",
                by, json.dumps(sorted(cases)),
            )  # fmt: skip
        return {row["case_number"]: row["at"] for row in rows}

    def _looks(self, where: str, value: int) -> list[SecondLook]:
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT e.number, e.at, e.about, u.name, b.at AS undone_at, w.name AS undone_by FROM events e
                LEFT JOIN users u ON u.number = json_extract(e.about, '$.by')
                LEFT JOIN events b ON b.kind = '{TAKEN_BACK}' AND json_extract(b.about, '$.look') = e.number
                LEFT JOIN users w ON w.number = json_extract(b.about, '$.by')
                WHERE e.kind = '{LOOKED}' AND {where} ORDER BY e.number""",
                value,
            )
        return [
            SecondLook(
                number=row["number"], case=about["case"], version=about["version"], at=clock.parse(row["at"]), by=about["by"],
                by_name=row["name"] or "someone who has left", undone_at=clock.parse(row["undone_at"]) if row["undone_at"] else None,
                undone_by=(row["undone_by"] or "someone who has left") if row["undone_at"] else "",
            )
            for row in rows
            for about in [json.loads(row["about"])]
        ]  # fmt: skip
