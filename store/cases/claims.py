"""Claims: who looks at which case just now, and whether anybody has looked at what a colleague reported."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import clock
from core.errors import StoreError
from store.database import Database

LEASE = timedelta(minutes=15)  # how long somebody is shown as looking at a case
LEASE_IN_NOW = timedelta(minutes=5)  # and of one that must be dealt with within the hour
LEASE_WHEN_LED = timedelta(
    seconds=90
)  # and of that where the page led there by itself: nobody may be before it
# Whether a case holds what a colleague reported and nobody has decided on since: whoever made the report has not looked by that (`note_look`)
REPORTED = """EXISTS (SELECT 1 FROM case_mentions r WHERE r.case_number = cases.number AND r.reported_version IS NOT NULL AND r.decided_revision IS NULL
    AND r.speaks = 0 AND NOT r.deleted)"""


class Claims:
    """Claims on cases, and first looks at reports."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def claim(self, case: int, user: int, at: datetime, *, led: bool = False) -> int | None:
        """Says that somebody looks at a case; who did before, where that is another and not over. `led`: the page led there by itself."""
        with self._db.transaction():
            row = self._db.row(
                "SELECT claimed_by, claimed_until, claimed_at, lane, handed, assigned_to FROM cases WHERE number = ?",
                case,
            )
            if row is None:
                raise StoreError(f"there is no case {case}: it was purged, or never was")
            if row["handed"] and row["assigned_to"] == user:
                self._db.execute("UPDATE cases SET handed = 0 WHERE number = ?", case)
            theirs: int | None = (
                row["claimed_by"] if (row["claimed_until"] or "") > clock.text(at) else None
            )
            if theirs is not None and theirs != user:
                return theirs
            self._db.execute(
                f"""UPDATE cases SET claimed_by = ?, claimed_until = ?, claimed_at = ?, seen = CASE WHEN {REPORTED} THEN seen ELSE 1 END
                WHERE number = ?""",
                user, clock.text(at + _lease(row["lane"], led=led)), (row["claimed_at"] if theirs == user else None) or clock.text(at), case,
            )  # fmt: skip
        return None

    def look(self, case: int, user: int, at: datetime, *, led: bool = False) -> int | None:
        """As `claim`, and ends what that person looked at before: nobody looks at two cases at once."""
        with self._db.transaction():
            self._db.execute(
                """UPDATE cases SET claimed_by = NULL, claimed_until = NULL
                WHERE claimed_by = ? AND number <> ?""",
                user, case,
            )  # fmt: skip
            return self.claim(case, user, at, led=led)

    def release(self, case: int, user: int) -> None:
        """Ends somebody's own claim."""
        with self._db.transaction():
            self._db.execute(
                """UPDATE cases SET claimed_by = NULL, claimed_until = NULL
                WHERE number = ? AND claimed_by = ?""",
                case, user,
            )  # fmt: skip

    def note_look(self, case: int, user: int, at: datetime) -> bool:
        """Somebody who decides opened a case, took it or decides on it: whether they are the first to look at what a colleague reported in it.

        Once, and with an event; not by whoever made the last report of it. Its posts are to be sorted anew then, into the lanes of what they are.
        """
        with self._db.transaction():
            row = self._db.row(
                f"SELECT seen, {REPORTED} AS reported FROM cases WHERE number = ?", case
            )
            if row is None or row["seen"] or not row["reported"]:
                return False
            report = self._db.row(
                """SELECT t.number, t.encrypted FROM staff_reports t JOIN case_mentions i ON i.mention = t.mention
                WHERE i.case_number = ? ORDER BY t.number DESC LIMIT 1""",
                case,
            )
            if (
                report is not None
                and self._db.encryption.decrypt(report["encrypted"]).get("by") == user
            ):
                return False
            self._db.execute("UPDATE cases SET seen = 1 WHERE number = ?", case)
            self._db.execute(
                """UPDATE case_mentions SET reason = NULL WHERE case_number = ? AND reported_version IS NOT NULL AND decided_revision IS NULL
                AND speaks = 0 AND lane = 'now'""",
                case,
            )
            telling = {"telling": report["number"]} if report is not None else {}
            self._db.add_event("report looked at", at, case=case, by=user, **telling)
        return True

    def is_unlooked(self, case: int) -> bool:
        """Whether a case holds what a colleague reported and nobody else has looked at."""
        return bool(
            self._db.value(f"SELECT NOT seen AND {REPORTED} FROM cases WHERE number = ?", case)
        )


def _lease(lane: str | None, *, led: bool) -> timedelta:
    if lane != "now":
        return LEASE
    return LEASE_WHEN_LED if led else LEASE_IN_NOW
