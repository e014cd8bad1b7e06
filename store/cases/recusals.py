"""Who stepped back from which case, and whose own posts are whose: what is out of somebody's sight.

Somebody says that a case is about them, their team or somebody they manage, and it is handed on to somebody else. Whoever
registered a handle of their own is kept from the cases of their posts in the same way, without being told of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.errors import StoreError
from core.models import Platform
from store.accounts import accounts_of
from store.database import Database
from store.encryption import clean
from store.rights.ledger import Ledger
from store.sqlite import Row

HANDLE_LOST = "registered before a restore"
LOOKED_THROUGH = 20_000  # of a platform's newest posts in cases, when somebody registers a handle


@dataclass(frozen=True, slots=True, kw_only=True)
class Recusal:
    """Somebody stepped back from a case. `handed_to` has it since, None where nobody could; `own_post`: they wrote one of its posts."""

    case: int
    user: int
    name: str
    at: datetime
    own_post: bool
    handed_to: int | None
    handed_name: str
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHandle:
    """A handle by which somebody posts. `by_name`: who registered it."""

    number: int
    user: int
    platform: Platform
    handle: str = field(repr=False)
    at: datetime
    by: int | None
    by_name: str


class Recusals:
    """Stepping back, handles of one's own, and what follows from both."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger

    def of_user(self, user: int) -> frozenset[int]:
        """The cases that are out of somebody's sight."""
        with self._db.snapshot():
            rows = self._db.rows("SELECT case_number FROM recusals WHERE user_number = ?", user)
        return frozenset(row[0] for row in rows)

    def of_case(self, case: int) -> list[Recusal]:
        """Who stepped back from a case, first to last."""
        with self._db.snapshot():
            return self._recusals("r.case_number = ?", case)

    def handed_on(self, user: int) -> list[Recusal]:
        """Open cases of the desk that somebody has, or that nobody has (`handed_to` None), since another stepped back.

        Newest first. Of the Guardian's lane nothing: that says by itself who has what.
        """
        with self._db.snapshot():
            rows = self._recusals(
                """NOT r.own_post AND r.user_number <> ?1 AND EXISTS (SELECT 1 FROM cases c
                    WHERE c.number = r.case_number AND c.protected = 0 AND c.state IN ('new', 'open')
                        AND c.assigned_to IS r.handed_to AND (r.handed_to IS NULL OR r.handed_to = ?1))""",
                user,
            )
        return [each for each in rows[::-1] if each.case not in self._db.sight.stepped_back]

    def latest(self, *, limit: int = 50) -> list[Recusal]:
        """The newest of all cases, for governance: their words are shown to nobody else."""
        with self._db.snapshot():
            return self._recusals("?", 1)[-limit:][::-1]

    def step_back(
        self, case: int, user: int, *, at: datetime, to: Iterable[int] = (), words: str = "", own_post: bool = False
    ) -> int | None:  # fmt: skip
        """Takes a case out of somebody's sight, for good, and gives it to the first of `to` who did not step back too.

        Who has it then, None where nobody. Again it changes nothing. Raises StoreError where there is no such case.
        """
        with self._db.transaction():
            row = self._db.row("SELECT assigned_to, claimed_by FROM cases WHERE number = ?", case)
            if row is None:
                raise StoreError(f"there is no case {case}: it was purged, or never was")
            if self._db.row("SELECT 1 FROM recusals WHERE case_number = ? AND user_number = ?", case, user):  # fmt: skip
                return None if row["assigned_to"] is None else int(row["assigned_to"])
            out = {each[0] for each in self._db.rows("SELECT user_number FROM recusals WHERE case_number = ?", case)} | {user}  # fmt: skip
            following = next((person for person in to if person not in out), None)
            has: int | None = (
                following if row["assigned_to"] in (None, user) else row["assigned_to"]
            )
            self._db.insert(
                "recusals", case_number=case, user_number=user, at=clock.text(at), own_post=own_post, handed_to=has,
                encrypted=self._db.encryption.encrypt({"words": clean(words)}),
            )  # fmt: skip
            self._hand_on(case, row, has, user, at)
            posts = self._db.rows("SELECT mention FROM case_mentions WHERE case_number = ?", case)
            self._ledger.note_of(
                "stepped back", at, [each[0] for each in posts], authors=[self._ledger.account_mark(user)], about={"own_post": int(own_post)}
            )  # fmt: skip
            if not own_post:  # of their own posts nobody is told, in the record either
                about = {"to": has} if has is not None else {}
                self._db.add_event("stepped back", at, case=case, by=user, **about)
        return has

    def _hand_on(self, case: int, row: Row, has: int | None, user: int, at: datetime) -> None:
        """Whoever stepped back has it no longer, nor has it open; nor is their opinion of it asked."""
        if row["claimed_by"] == user:
            self._db.execute(
                "UPDATE cases SET claimed_by = NULL, claimed_until = NULL WHERE number = ?", case
            )
        if row["assigned_to"] != has:
            version = self._db.value("SELECT count(*) FROM assignments WHERE case_number = ?", case)
            self._db.insert(
                "assignments", case_number=case, version=version + 1, to_user=has, by_user=None, at=clock.text(at),
                encrypted=self._db.encryption.encrypt({"note": ""}),
            )  # fmt: skip
            self._db.execute(
                "UPDATE cases SET assigned_to = ?, returned = 0 WHERE number = ?", has, case
            )
        self._db.execute(
            """UPDATE opinions SET state = 'over', end_reason = 'settled', ended_at = ?
            WHERE case_number = ? AND state = 'waits' AND asked_of = ?""",
            clock.text(at), case, user,
        )  # fmt: skip

    # ── handles of one's own ─────────────────────────────────────────────────────────────────────

    def handles(self, user: int) -> list[OwnHandle]:
        """The handles that somebody posts by, as they were registered."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT h.*, u.name FROM own_handles h LEFT JOIN users u ON u.number = h.by_user
                WHERE h.user_number = ? ORDER BY h.number""",
                user,
            )
            return [
                OwnHandle(
                    number=row["number"], user=row["user_number"], platform=row["platform"], at=clock.parse(row["at"]),
                    handle=self._db.encryption.decrypt(row["encrypted"])["handle"], by=row["by_user"], by_name=row["name"] or "someone who has left",
                )
                for row in rows
            ]  # fmt: skip

    def register(
        self, user: int, platform: Platform, handle: str, *, by: int, at: datetime
    ) -> None:
        """Registers a handle, and keeps the cases of its posts from whose it is, those that are there already too.

        Raises StoreError without a handle. Of the posts that are there the newest 20,000 of the platform are looked at.
        """
        handle = clean(handle).strip().lstrip("@")
        if not handle or len(handle) > 200:
            raise StoreError("write the handle by which you post")
        handle_hash = self._db.encryption.author_hash(platform, handle)
        with self._db.transaction():
            self._insert(user, platform, handle_hash, handle, by=by, at=at)
            self._ledger.note(
                "own handle", at, authors=[self._ledger.account_mark(user)], about={"platform": platform, "handle": handle_hash}
            )  # fmt: skip
            self._db.add_event("own handle registered", at, user=user, by=by)
            self._keep_from_writers(platform, at)

    def register_again(self, user: int, platform: str, handle_hash: str, *, at: datetime) -> None:
        """The same after a restore, by the hash alone: the handle itself stood in what was lost."""
        with self._db.transaction():
            self._insert(user, platform, handle_hash, HANDLE_LOST, by=None, at=at)
            self._keep_from_writers(platform, at)

    def _insert(self, user: int, platform: str, handle_hash: str, handle: str, *, by: int | None, at: datetime) -> None:  # fmt: skip
        self._db.execute(
            """INSERT INTO own_handles (user_number, platform, handle_hash, by_user, at, encrypted)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            user, platform, handle_hash, by, clock.text(at), self._db.encryption.encrypt({"handle": handle}),
        )  # fmt: skip

    def _keep_from_writers(self, platform: str, at: datetime) -> None:
        rows = self._db.rows(
            """SELECT i.mention, i.case_number FROM case_mentions i JOIN mentions m ON m.number = i.mention
            WHERE i.platform = ? ORDER BY i.mention DESC LIMIT ?""",
            platform, LOOKED_THROUGH,
        )  # fmt: skip
        for row in rows:
            self.keep_from_writer(row["mention"], row["case_number"], platform, at)

    def forget_handle(self, number: int, *, user: int, by: int, at: datetime) -> None:
        """Takes a handle out; what it kept from them stays so."""
        with self._db.transaction():
            if self._db.execute(
                "DELETE FROM own_handles WHERE number = ? AND user_number = ?", number, user
            ):
                self._db.add_event("own handle removed", at, user=user, by=by)

    def keep_from_writer(
        self, mention: int, case: int, platform: str, at: datetime | None = None
    ) -> None:
        """Within a transaction: takes a case out of the sight of a colleague who wrote this post of it."""
        if not self._db.value("SELECT 1 FROM own_handles LIMIT 1"):
            return
        row = self._db.row("SELECT kind, encrypted FROM mentions WHERE number = ?", mention)
        if row is None:
            return
        accounts = accounts_of(platform, row["kind"], self._db.encryption.decrypt(row["encrypted"]))
        writers = {
            writer for place, account in accounts for writer in self._writers(place, account)
        }
        for writer in sorted(writers):
            self.step_back(case, writer, at=at or clock.now(), own_post=True)

    def _writers(self, platform: str, handle: str) -> Sequence[int]:
        if not handle:
            return ()
        rows = self._db.rows(
            "SELECT user_number FROM own_handles WHERE platform = ? AND handle_hash = ?",
            platform, self._db.encryption.author_hash(platform, handle),
        )  # fmt: skip
        return [row[0] for row in rows]

    def _recusals(self, where: str, value: int) -> list[Recusal]:
        """`where` is ours, never input."""
        rows = self._db.rows(
            f"""SELECT r.*, u.name, h.name AS handed_name FROM recusals r
            LEFT JOIN users u ON u.number = r.user_number LEFT JOIN users h ON h.number = r.handed_to
            WHERE {where} ORDER BY r.number""",
            value,
        )
        return [
            Recusal(
                case=row["case_number"], user=row["user_number"], name=row["name"] or "someone who has left",
                at=clock.parse(row["at"]), own_post=bool(row["own_post"]), handed_to=row["handed_to"],
                handed_name=row["handed_name"] or "", words=self._db.encryption.decrypt(row["encrypted"])["words"],
            )
            for row in rows
        ]  # fmt: skip
