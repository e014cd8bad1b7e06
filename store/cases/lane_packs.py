"""Evidence packs of what is in the Guardian's lane: one of governance and the Guardian asks, the other one says yes.

Each is of one writer's posts. The ledger keeps who asked, agreed and took it, so that a restore loses none of that.

Without them what a person wrote who speaks up can't be saved for their own claim, where its platform lets it go. One
person alone, and anybody else, takes none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core import acting, clock
from core.errors import StoreError
from store.cases.purposes import AnswerAs
from store.database import Database
from store.encryption import clean
from store.rights.ledger import Ledger
from store.sqlite import Row

TAKEN_WITHIN = timedelta(days=30)  # after the yes
# What else one of the two asks and the other one answers: that a case goes back to the desk, that posts are erased
RETURN, ERASURE = "back", "erasure"
# That posts outside the lane which may be evidence are erased: another person of governance answers, or the Guardian
GUARDED_ERASURE = "evidence erased"
_APART = (RETURN, ERASURE, GUARDED_ERASURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePack:
    """A pack that was asked for, of these posts. `login` ran the command that asked; "" where it was asked in the page.

    `state`: "waits", "agreed", "refused" or "over". `under`: the data request that an erasure was asked for under; None where there was none.
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
    under: int | None = None

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

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger

    def ask(
        self, case: int, posts: Sequence[int], *, purpose: str, as_role: AnswerAs, by: int, at: datetime, reason: str, under: int | None = None,
    ) -> int:  # fmt: skip
        """Asks for a pack; the request's number. What was asked of these posts before is over. Raises StoreError without a reason or posts.

        `under`: the data request that an erasure is asked for under.
        """
        if not reason.strip() or not posts:
            raise StoreError("a pack has posts, and a reason that is saved")
        with self._db.transaction():
            self._db.execute(
                f"""UPDATE lane_packs SET state = 'over' WHERE case_number = ? AND state IN ('waits', 'agreed') AND {alike(purpose)}
                    AND EXISTS (SELECT 1 FROM json_each(lane_packs.posts) one WHERE one.value IN (SELECT value FROM json_each(?)))""",
                case, json.dumps(sorted(posts)),
            )  # fmt: skip
            number = self._db.insert(
                "lane_packs", case_number=case, posts=json.dumps(sorted(posts)), purpose=clean(purpose), as_role=as_role, by_user=by,
                at=clock.text(at), encrypted=self._db.encryption.encrypt({"reason": clean(reason), "login": clean(acting.login()), "under": under}),
            )  # fmt: skip
            about: dict[str, Any] = {
                "case": case,
                "request": number,
                "as_role": as_role,
                "ground": clean(purpose),
                "by": by,
            }
            if purpose == RETURN:
                self._db.add_event("return from the lane asked for", at, **about)
            elif purpose == ERASURE:
                self._db.add_event("erasure in the lane asked for", at, **about)
            elif purpose == GUARDED_ERASURE:
                self._db.add_event("erasure of evidence asked for", at, **about)
            else:
                self._db.add_event("lane pack asked for", at, **about)
            self._note(posts, by, at, state="waits", case=case, request=number, as_role=as_role, purpose=clean(purpose))  # fmt: skip
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
            about: dict[str, Any] = {
                "case": request.case, "request": request.number, "as_role": request.missing, "answer": "agrees" if agrees else "refuses", "by": by,
            }  # fmt: skip
            if request.purpose == RETURN:
                self._db.add_event("return from the lane answered", at, **about)
            elif request.purpose == ERASURE:
                self._db.add_event("erasure in the lane answered", at, **about)
            elif request.purpose == GUARDED_ERASURE:
                self._db.add_event("erasure of evidence answered", at, **about)
            else:
                self._db.add_event("lane pack answered", at, **about)
            self._note(request.posts, by, at, state="agreed" if agrees else "refused", case=request.case, request=request.number)  # fmt: skip
        return True

    def note_taken(self, request: LanePack, posts: Sequence[int], *, by: int, at: datetime, format_: str) -> None:  # fmt: skip
        """That somebody took it, of these posts, for a restore; the record of exports tells people."""
        with self._db.transaction():
            self._note(posts, by, at, state="taken", case=request.case, request=request.number, format=format_)  # fmt: skip

    def last(self, case: int) -> LanePack | None:
        """The newest request of a case."""
        requests = self.of_case(case)
        return requests[0] if requests else None

    def of_case(self, case: int) -> list[LanePack]:
        """All requests of a case, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"{_SELECT} WHERE p.case_number = ? AND {alike('')} ORDER BY p.number DESC", case
            )
            return [self._pack(row) for row in rows]

    def waiting(self, role: AnswerAs) -> list[LanePack]:
        """What waits for one of the two, the oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"{_SELECT} WHERE p.state = 'waits' AND p.as_role <> ? AND {alike('')} AND {self._db.sight.not_stepped_back('p.case_number')} ORDER BY p.number",
                role,
            )
            return [self._pack(row) for row in rows]

    def open_requests(
        self, purpose: str, *, case: int | None = None, state: str = "waits"
    ) -> list[LanePack]:
        """What was asked of this kind (`RETURN`, `ERASURE`, `GUARDED_ERASURE`) and stands so, the oldest first; of one case, or of all."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"{_SELECT} WHERE p.purpose = ? AND p.state = ? AND (?3 IS NULL OR p.case_number = ?3) ORDER BY p.number",
                purpose, state, case,
            )  # fmt: skip
            return [self._pack(row) for row in rows]

    def take_back(self, request: LanePack, *, by: int, at: datetime) -> bool:
        """Whoever asked that a case go back takes that back, without the other one's answer. False where it waits no more."""
        with self._db.transaction():
            if not self._db.execute(
                "UPDATE lane_packs SET state = 'over' WHERE number = ? AND state = 'waits'", request.number
            ):  # fmt: skip
                return False
            self._db.add_event("return from the lane taken back", at, case=request.case, request=request.number, by=by)  # fmt: skip
            self._note(request.posts, by, at, state="over", case=request.case, request=request.number)  # fmt: skip
        return True

    def was_edited(self, request: LanePack) -> bool:
        """Whether words of its posts were changed since it was asked for."""
        with self._db.snapshot():
            return bool(self._db.value(
                "SELECT 1 FROM revisions WHERE at > ? AND mention IN (SELECT value FROM json_each(?)) LIMIT 1",
                clock.text(request.at), json.dumps(list(request.posts)),
            ))  # fmt: skip

    def _note(self, posts: Sequence[int], by: int, at: datetime, **about: int | str) -> None:
        self._ledger.note_of("lane pack", at, posts, authors=[self._ledger.account_mark(by)], about=about)  # fmt: skip

    def _pack(self, row: Row) -> LanePack:
        fields = self._db.encryption.decrypt(row["encrypted"])
        return LanePack(
            number=row["number"], case=row["case_number"], posts=tuple(json.loads(row["posts"])), purpose=row["purpose"],
            as_role=row["as_role"], by=row["by_user"], by_name=row["name"] or "someone who has left", login=fields["login"],
            at=clock.parse(row["at"]), state=row["state"], answered_by=row["answered_by"],
            answered_by_name=row["answerer"] or "someone who has left",
            answered_at=clock.parse(row["answered_at"]) if row["answered_at"] else None, reason=fields["reason"],
            under=fields.get("under"),
        )  # fmt: skip


def alike(purpose: str) -> str:
    """Which rows are of the same kind, as SQL has it: packs, whatever they are for, or another kind by its name."""
    return f"purpose = '{purpose}'" if purpose in _APART else f"purpose NOT IN {_APART}"


_SELECT = """SELECT p.*, u.name, a.name AS answerer FROM lane_packs p LEFT JOIN users u ON u.number = p.by_user
    LEFT JOIN users a ON a.number = p.answered_by"""
