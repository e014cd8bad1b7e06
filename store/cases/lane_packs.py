"""Evidence packs of what is in the Guardian's lane: one of governance and the Guardian asks, the other one says yes.

Without them what a person wrote who speaks up can't be saved for their own claim, where its platform lets it go. One
person alone, and anybody else, takes none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core import acting, clock
from core.errors import StoreError
from store.cases.purposes import AnswerAs
from store.database import Database
from store.encryption import clean
from store.sqlite import Row

TAKEN_WITHIN = timedelta(days=30)  # after the yes


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePack:
    """A pack that was asked for, of these posts. `login` ran the command that asked; "" where it was asked in the page.

    `state`: "waits", "agreed", "refused" or "over".
    """

    number: int
    case: int
    posts: tuple[int, ...]
    purpose: str
    as_role: AnswerAs
    by: int
    by_name: str
    login: str
    at: datetime
    state: str
    answered_by: int | None
    answered_by_name: str
    answered_at: datetime | None
    reason: str = field(repr=False)

    @property
    def missing(self) -> AnswerAs:
        """Who answers it."""
        return "guardian" if self.as_role == "governance" else "governance"

    def in_force(self, at: datetime) -> bool:
        """Whether the pack may be taken now."""
        agreed = self.state == "agreed" and self.answered_at is not None
        return agreed and self.answered_at is not None and at < self.answered_at + TAKEN_WITHIN


class LanePacks:
    """Asking, answering once, and reading."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ask(
        self, case: int, posts: Sequence[int], *, purpose: str, as_role: AnswerAs, by: int, at: datetime, reason: str
    ) -> int:  # fmt: skip
        """Asks for a pack; the request's number. What was asked of this case before is over. Raises StoreError without a reason or posts."""
        if not reason.strip() or not posts:
            raise StoreError("a pack has posts, and a reason that is saved")
        with self._db.transaction():
            self._db.execute(
                "UPDATE lane_packs SET state = 'over' WHERE case_number = ? AND state IN ('waits', 'agreed')", case,
            )  # fmt: skip
            number = self._db.insert(
                "lane_packs", case_number=case, posts=json.dumps(sorted(posts)), purpose=clean(purpose), as_role=as_role, by_user=by,
                at=clock.text(at), encrypted=self._db.encryption.encrypt({"reason": clean(reason), "login": clean(acting.login())}),
            )  # fmt: skip
            self._db.add_event(
                "lane pack asked for", at, case=case, request=number, as_role=as_role, ground=clean(purpose), by=by
            )  # fmt: skip
        return number

    def answer(self, request: LanePack, *, agrees: bool, by: int, at: datetime) -> bool:
        """What the other one says; False where it waits no more. Raises StoreError for whoever asked."""
        if by == request.by:
            raise StoreError("you asked for this: another person has to answer")
        with self._db.transaction():
            if not self._db.execute(
                "UPDATE lane_packs SET state = ?, answered_by = ?, answered_at = ? WHERE number = ? AND state = 'waits'",
                "agreed" if agrees else "refused", by, clock.text(at), request.number,
            ):  # fmt: skip
                return False
            self._db.add_event(
                "lane pack answered", at, case=request.case, request=request.number, as_role=request.missing,
                answer="agrees" if agrees else "refuses", by=by,
            )  # fmt: skip
        return True

    def last(self, case: int) -> LanePack | None:
        """The newest request of a case."""
        with self._db.snapshot():
            row = self._db.row(
                f"{_SELECT} WHERE p.case_number = ? ORDER BY p.number DESC LIMIT 1", case
            )
            return self._pack(row) if row is not None else None

    def waiting(self, role: AnswerAs) -> list[LanePack]:
        """What waits for one of the two, the oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"{_SELECT} WHERE p.state = 'waits' AND p.as_role <> ? AND {self._db.sight.not_stepped_back('p.case_number')} ORDER BY p.number",
                role,
            )
            return [self._pack(row) for row in rows]

    def _pack(self, row: Row) -> LanePack:
        fields = self._db.encryption.decrypt(row["encrypted"])
        return LanePack(
            number=row["number"], case=row["case_number"], posts=tuple(json.loads(row["posts"])), purpose=row["purpose"],
            as_role=row["as_role"], by=row["by_user"], by_name=row["name"] or "someone who has left", login=fields["login"],
            at=clock.parse(row["at"]), state=row["state"], answered_by=row["answered_by"],
            answered_by_name=row["answerer"] or "someone who has left",
            answered_at=clock.parse(row["answered_at"]) if row["answered_at"] else None, reason=fields["reason"],
        )  # fmt: skip


_SELECT = """SELECT p.*, u.name, a.name AS answerer FROM lane_packs p LEFT JOIN users u ON u.number = p.by_user
    LEFT JOIN users a ON a.number = p.answered_by"""
