"""Keeps who is away, from which day to which, and who covers: what is theirs is also their cover's in that time.

Nothing is changed: a correction is a new row that takes an older one's place, and so is giving an absence up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from core import clock
from core.errors import StoreError
from store.database import Database
from store.sqlite import Row
from store.team.models import Absence, CurrentAbsence

LONGEST = 366  # days: a year's leave, and no slip of the year
_CURRENT = """FROM absences a WHERE NOT a.withdrawn
    AND NOT EXISTS (SELECT 1 FROM absences r WHERE r.replaces = a.number)"""

_DECIDERS = """SELECT number FROM users WHERE active
    AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value IN ('reviewer', 'lead'))"""


class Absences:
    """Setting, giving up and following absences."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self,
        user: int,
        first: date,
        last: date,
        cover: int | None,
        *,
        by: int,
        at: datetime,
        replaces: int | None = None,
    ) -> int | None:
        """Keeps that somebody is away; its number. None where what it `replaces` was replaced meanwhile.

        Raises StoreError for days that can't be, a second absence in the same time, a cover of oneself, and covers
        that lead back in a circle.
        """  # fmt: skip
        _must_be_days(first, last, clock.local_day(at))
        with self._db.transaction():
            if replaces is not None and not self._is_current(replaces, user):
                return None
            others = [absence for absence in self._current("1") if absence.number != replaces]
            if any(absence.user == user and _meet(absence, first, last) for absence in others):
                raise StoreError("that overlaps another absence: change or end that one first")
            if cover == user:
                raise StoreError("someone else covers: choose a colleague")
            if cover is not None and _leads_back(user, cover, first, last, others):
                raise StoreError(
                    "that would go round in a circle: in those days the cover is away, and covered by "
                    "whom they would cover. Choose someone else"
                )
            number = self._db.insert(
                "absences", user_number=user, first_day=first.isoformat(), last_day=last.isoformat(),
                cover=cover, by_user=by, at=clock.text(at), replaces=replaces,
            )  # fmt: skip
            self._db.add_event("absence set", at, user=user, by=by, absence=number)
        return number

    def end(self, number: int, *, by: int, at: datetime) -> bool:
        """Gives an absence up, from today on: days that have passed stay. False where it was replaced meanwhile.

        Raises StoreError where it is over.
        """
        with self._db.transaction():
            row = self._db.row("SELECT * FROM absences WHERE number = ?", number)
            if row is None:
                raise StoreError("there is no such absence: it was removed")
            if not self._is_current(number, row["user_number"]):
                return False
            today = clock.local_day(at)
            before = date.fromordinal(today.toordinal() - 1).isoformat()
            if row["last_day"] < today.isoformat():
                raise StoreError("that absence is over already")
            began = row["first_day"] <= before
            self._db.insert(
                "absences", user_number=row["user_number"], first_day=row["first_day"],
                last_day=before if began else row["last_day"], cover=row["cover"], by_user=by,
                at=clock.text(at), replaces=number, withdrawn=not began,
            )  # fmt: skip
            self._db.add_event("absence ended", at, user=row["user_number"], by=by, absence=number)
        return True

    def get(self, number: int) -> Absence | None:
        """One row of an absence's history."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM absences WHERE number = ?", number)
            return _absence(row, self._is_current(number, row["user_number"])) if row else None

    def all(self, at: datetime) -> list[Absence]:
        """Everybody's absences that are not over, earliest first."""
        with self._db.snapshot():
            return self._current("a.last_day >= ?", clock.local_day(at).isoformat())

    def history(self, user: int, *, limit: int = 50) -> list[Absence]:
        """Every change of somebody's absences, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT a.*, NOT EXISTS (SELECT 1 FROM absences r WHERE r.replaces = a.number) AS current
                FROM absences a WHERE a.user_number = ? ORDER BY a.number DESC LIMIT ?""",
                user, limit,
            )  # fmt: skip
        return [_absence(row, bool(row["current"]) and not row["withdrawn"]) for row in rows]

    def away(self, at: datetime) -> dict[int, CurrentAbsence]:
        """Who is away today, by number. A cover who is away is followed to their own cover, once."""
        today = clock.local_day(at).isoformat()
        with self._db.snapshot():
            absences = self._current("a.first_day <= ? AND a.last_day >= ?", today, today)
            here = {row[0] for row in self._db.rows(_DECIDERS)}
        return _acting(absences, here)

    def covers_for(self, user: int, at: datetime) -> tuple[int, ...]:
        """Whom somebody covers today."""
        return tuple(who for who, away in self.away(at).items() if away.acting == user)

    def _is_current(self, number: int, user: int) -> bool:
        return bool(self._db.value(
            f"SELECT 1 {_CURRENT} AND a.number = ? AND a.user_number = ?", number, user
        ))  # fmt: skip

    def _current(self, where: str, *values: str) -> list[Absence]:
        rows = self._db.rows(
            f"SELECT a.* {_CURRENT} AND {where} ORDER BY a.first_day, a.number", *values
        )
        return [_absence(row, True) for row in rows]

    def delete_before(self, before: date) -> int:
        """Removes what was over before a day, with the history of it; how many rows went."""
        day = before.isoformat()
        self._db.execute(
            "CREATE TEMP TABLE IF NOT EXISTS past_absences (number INTEGER PRIMARY KEY)",
        )
        self._db.execute("DELETE FROM past_absences")
        self._db.execute(
            """INSERT INTO past_absences WITH RECURSIVE line(number) AS (
                SELECT a.number FROM absences a WHERE a.last_day < ?
                    AND NOT EXISTS (SELECT 1 FROM absences r WHERE r.replaces = a.number)
                UNION SELECT a.replaces FROM absences a JOIN line l ON a.number = l.number
                    WHERE a.replaces IS NOT NULL)
            SELECT number FROM line""",
            day,
        )
        gone = 0
        while some := self._db.execute(  # a row goes before the one that it takes the place of
            """DELETE FROM absences WHERE number IN (SELECT number FROM past_absences)
            AND NOT EXISTS (SELECT 1 FROM absences r WHERE r.replaces = absences.number)"""
        ):
            gone += some
        return gone


def _acting(absences: Sequence[Absence], here: set[int]) -> dict[int, CurrentAbsence]:
    by_user = {absence.user: absence for absence in absences}

    def acts(absence: Absence) -> int | None:
        cover = absence.cover if absence.cover in here else None
        beyond = by_user.get(cover) if cover is not None else None
        if beyond is not None and beyond.cover in here and beyond.cover != absence.user:
            return beyond.cover
        return cover

    return {
        absence.user: CurrentAbsence(absence=absence, acting=acts(absence)) for absence in absences
    }


def _must_be_days(first: date, last: date, today: date) -> None:
    if last < first:
        raise StoreError("the last day comes before the first: change one of them")
    if last < today:
        raise StoreError("the last day has passed: choose today or later")
    if (last - first).days >= LONGEST:
        raise StoreError("that is longer than a year: choose an earlier last day")


def _meet(absence: Absence, first: date, last: date) -> bool:
    return absence.first <= last and absence.last >= first


def _leads_back(user: int, cover: int, first: date, last: date, others: Sequence[Absence]) -> bool:
    """Whether from the cover one comes back to the person, by absences that share a day with all before them."""
    waiting = [(cover, first, last, frozenset((user,)))]
    while waiting:
        who, start, end, passed = waiting.pop()
        if who in passed:
            if who == user:
                return True
            continue
        for absence in others:
            if absence.user == who and absence.cover is not None and _meet(absence, start, end):
                waiting.append(
                    (
                        absence.cover,
                        max(start, absence.first),
                        min(end, absence.last),
                        passed | {who},
                    )
                )
    return False


def _absence(row: Row, current: bool) -> Absence:
    return Absence(
        number=row["number"], user=row["user_number"], first=date.fromisoformat(row["first_day"]),
        last=date.fromisoformat(row["last_day"]), cover=row["cover"], by=row["by_user"],
        at=clock.parse(row["at"]), withdrawn=bool(row["withdrawn"]), replaces=row["replaces"],
        current=current,
    )  # fmt: skip
