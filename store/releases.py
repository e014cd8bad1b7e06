"""The way to an employer, which is locked for every case until a governance role releases it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import clock
from errors import StoreError
from store.opened import Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Who released it, when and why."""

    by_name: str
    at: datetime
    reason: str = field(repr=False)


class Releases(Opened):
    """Releasing, and what was released."""

    def release_hr(self, case: int, *, by: int, reason: str, at: datetime) -> None:
        """Lets a case be handed to human resources. Again it changes nothing; who was first stands.

        Raises StoreError without a reason, or where there is no such case.
        """
        if not reason.strip():
            raise StoreError("a release needs a reason, which is kept")
        with self._writing():
            if not self._row("SELECT 1 FROM cases WHERE number = ?", case):
                raise StoreError(f"there is no case {case}: it was purged, or never was")
            added = self._do(
                """INSERT INTO hr_releases (case_number, by_user, at, sealed) VALUES (?, ?, ?, ?)
                ON CONFLICT (case_number) DO NOTHING""",
                case, by, clock.text(at), self._seals.seal({"reason": reason}),
            )  # fmt: skip
            if added:
                self._note("hr released", at, case=case, by=by)

    def hr_release(self, case: int) -> Released | None:
        """Whether, by whom and why the way to an employer was released for a case."""
        with self._reading():
            row = self._row(
                """SELECT r.*, u.name FROM hr_releases r LEFT JOIN users u ON u.number = r.by_user
                WHERE r.case_number = ?""",
                case,
            )
            if row is None:
                return None
            return Released(
                by_name=row["name"] or "somebody who has left", at=clock.parse(row["at"]),
                reason=self._seals.open(row["sealed"])["reason"],
            )  # fmt: skip
