"""What a summary said when it was told, what people write into one, and the small calendar of what is coming up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from core import clock
from core.errors import StoreError
from store.database import Database
from store.encryption import clean

PeriodKind = Literal["week", "month", "quarter"]
LONGEST = 1000  # characters of a note, and of what is coming up


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was said of a period, and when; `figures` are counts alone."""

    kind: PeriodKind
    last: date
    at: datetime
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """Something that is coming up, on a UK day."""

    number: int
    day: date
    what: str = field(repr=False)


class WeeklyNotes:
    """Keeping and reading them. What people write is encrypted, and added, never changed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def head(self) -> tuple[int, int, int, int]:
        """What changes whenever something is written, told or taken out."""
        with self._db.snapshot():
            row = self._db.rows(
                """SELECT (SELECT coalesce(max(number), 0) FROM weekly_notes) AS notes,
                (SELECT coalesce(max(number), 0) FROM weekly_summaries) AS told,
                (SELECT coalesce(max(number), 0) FROM calendar_entries) AS entries,
                (SELECT count(*) FROM calendar_entries WHERE removed_at IS NULL) AS standing"""
            )[0]
        return row["notes"], row["told"], row["entries"], row["standing"]

    def publish(
        self, kind: PeriodKind, last: date, figures: Mapping[str, Any], at: datetime
    ) -> bool:
        """Keeps what a summary says as it is first told; False where that period's was told before."""
        with self._db.transaction():
            if self._db.row(
                "SELECT 1 FROM weekly_summaries WHERE period = ? AND last_day = ?", kind, f"{last}"
            ):
                return False
            self._db.insert(
                "weekly_summaries", period=kind, last_day=f"{last}", at=clock.text(at),
                figures=json.dumps(figures, sort_keys=True),
            )  # fmt: skip
        return True

    def published(self, kind: PeriodKind, lasts: Sequence[date]) -> dict[date, Published]:
        """What was said of those of these periods that were told."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT * FROM weekly_summaries WHERE period = ?
                AND last_day IN (SELECT value FROM json_each(?)) ORDER BY last_day""",
                kind, json.dumps([f"{last}" for last in lasts]),
            )  # fmt: skip
        return {
            date.fromisoformat(row["last_day"]): Published(
                kind=row["period"], last=date.fromisoformat(row["last_day"]), at=clock.parse(row["at"]),
                figures=json.loads(row["figures"]),
            )
            for row in rows
        }  # fmt: skip

    def write(
        self, kind: PeriodKind, last: date, about: str, words: str, *, by: int, at: datetime
    ) -> None:
        """Writes a note; an empty one takes back what was written. Raises StoreError for one that is too long."""
        words = clean(words).strip()
        if len(words) > LONGEST:
            raise StoreError(f"write at most {LONGEST:,} characters")
        with self._db.transaction():
            self._db.insert(
                "weekly_notes", period=kind, last_day=f"{last}", about=clean(about), by_user=by,
                at=clock.text(at), encrypted=self._db.encryption.encrypt({"words": words}),
            )  # fmt: skip
            self._db.add_event("weekly note", at, period=kind, last=f"{last}", by=by)

    def notes(self, kind: PeriodKind, last: date) -> dict[str, str]:
        """What stands written of a period, by what it is about."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT about, encrypted FROM weekly_notes WHERE number IN (SELECT max(number) FROM weekly_notes
                    WHERE period = ? AND last_day = ? GROUP BY about) ORDER BY about""",
                kind, f"{last}",
            )  # fmt: skip
            notes = {
                row["about"]: self._db.encryption.decrypt(row["encrypted"])["words"] for row in rows
            }
        return {about: words for about, words in notes.items() if words}

    def add_to_calendar(self, day: date, what: str, *, by: int, at: datetime) -> int:
        """Adds something that is coming up; its number. Raises StoreError for nothing, and for too much."""
        what = clean(what).strip()
        if not what or len(what) > LONGEST:
            raise StoreError(f"say what is coming up, in at most {LONGEST:,} characters")
        with self._db.transaction():
            number = self._db.insert(
                "calendar_entries", day=f"{day}", by_user=by, at=clock.text(at),
                encrypted=self._db.encryption.encrypt({"what": what}),
            )  # fmt: skip
            self._db.add_event("calendar entry", at, entry=number, by=by)
        return number

    def remove_from_calendar(self, number: int, *, by: int, at: datetime) -> bool:
        """Takes an entry out; False where it is not there."""
        with self._db.transaction():
            if not self._db.row(
                "SELECT 1 FROM calendar_entries WHERE number = ? AND removed_at IS NULL", number
            ):
                return False
            self._db.execute(
                "UPDATE calendar_entries SET removed_at = ? WHERE number = ?",
                clock.text(at),
                number,
            )
            self._db.add_event("calendar entry removed", at, entry=number, by=by)
        return True

    def calendar(self, first: date, last: date) -> list[CalendarEntry]:
        """What is coming up in these days."""
        with self._db.snapshot():
            return [
                CalendarEntry(
                    number=row["number"], day=date.fromisoformat(row["day"]),
                    what=self._db.encryption.decrypt(row["encrypted"])["what"],
                )
                for row in self._db.rows(
                    """SELECT number, day, encrypted FROM calendar_entries WHERE removed_at IS NULL
                    AND day >= ? AND day <= ? ORDER BY day, number""",
                    f"{first}", f"{last}",
                )
            ]  # fmt: skip
