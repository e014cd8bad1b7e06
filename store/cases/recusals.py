"""Who stepped back from which case, and which handles count as whose own: what is out of somebody's sight.

Somebody says that a case is about them, their team or somebody they manage, and it is handed on to somebody else. Of a handle
that counts as theirs, once two people said so, each case with a post by it is kept from them in the same way, those that are
here already too, without their being told (docs/decisions/0056).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from core import clock
from core.errors import StoreError
from core.models import Platform
from store.accounts import accounts_of
from store.database import Database
from store.encryption import clean
from store.rights.ledger import Ledger
from store.sqlite import Row

HANDLE_LOST = "registered before a restore"
# How many handles one person may ask for within a month: who could ask for any would try whose posts are here.
MOST_ASKED, MOST_ASKED_FOR_OTHERS, ASKED_WITHIN = 3, 10, timedelta(days=30)
READ_AT_ONCE = 500  # posts of which the writers are decrypted in one go
HandleState = Literal["waits", "in force", "refused", "removed"]

# Of a row `r`: that by a handle it would take a case of the lane from a Guardian, and no other Guardian could see it.
_LAST_GUARDIAN = """(r.own_post AND EXISTS (SELECT 1 FROM cases c WHERE c.number = r.case_number AND c.protected > 0)
    AND EXISTS (SELECT 1 FROM users g, json_each(g.roles) o WHERE g.number = r.user_number AND o.value = 'guardian')
    AND NOT EXISTS (SELECT 1 FROM users g, json_each(g.roles) o WHERE o.value = 'guardian' AND g.active AND g.number <> r.user_number
        AND NOT EXISTS (SELECT 1 FROM recusals b WHERE b.case_number = r.case_number AND b.user_number = g.number)))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recusal:
    """Somebody stepped back from a case. `handed_to` has it since, None where nobody could; `own_post`: it is by a handle registered as theirs."""

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
    """A handle that counts as somebody's own, or waits to. `by_name`: who asked for it; "" of an answer that nobody gave."""

    number: int
    user: int
    platform: Platform
    handle: str = field(repr=False)
    at: datetime
    by: int | None
    by_name: str
    state: HandleState = "in force"
    answered_by_name: str = ""
    removed_by_name: str = ""
    removed_at: datetime | None = None


class TooManyHandles(StoreError):
    """Somebody asked for more handles of late than anybody posts by."""


class Recusals:
    """Stepping back, handles of one's own, and what follows from both."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger

    def of_user(self, user: int) -> frozenset[int]:
        """The cases that are out of somebody's sight; a handle keeps none of the lane from the only Guardian who could see it."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"SELECT r.case_number FROM recusals r WHERE r.user_number = ? AND NOT {_LAST_GUARDIAN}",
                user,
            )
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
        """The handles that are in force or wait as somebody's own, as they were asked for."""
        return [
            each
            for each in self.all_handles()
            if each.user == user and each.state in ("waits", "in force")
        ]

    def all_handles(self) -> list[OwnHandle]:
        """Everybody's, those that were refused or removed too, for governance."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT h.*, u.name, a.name AS answered_name, r.name AS removed_name FROM own_handles h LEFT JOIN users u ON u.number = h.by_user
                LEFT JOIN users a ON a.number = h.answered_by LEFT JOIN users r ON r.number = h.removed_by ORDER BY h.number"""
            )
        return [
            OwnHandle(
                number=row["number"], user=row["user_number"], platform=row["platform"], at=clock.parse(row["at"]),
                handle=self._db.encryption.decrypt(row["encrypted"])["handle"], by=row["by_user"], by_name=row["name"] or "someone who has left",
                state=row["state"], answered_by_name=row["answered_name"] or "", removed_by_name=row["removed_name"] or "",
                removed_at=clock.parse(row["removed_at"]) if row["removed_at"] else None,
            )
            for row in rows
        ]  # fmt: skip

    def ask_handle(
        self, user: int, platform: Platform, handle: str, *, by: int, at: datetime
    ) -> int:
        """Asks that a handle count as somebody's own; its number. It keeps nothing from anybody before another person agrees.

        Raises StoreError without a handle, and TooManyHandles for who asked for many of late.
        """
        handle = clean(handle).strip().lstrip("@")
        if not handle or len(handle) > 200:
            raise StoreError("write the handle by which you post")
        handle_hash = self._db.encryption.author_hash(platform, handle)
        with self._db.transaction():
            known = self._db.row("SELECT number, state FROM own_handles WHERE user_number = ? AND platform = ? AND handle_hash = ?", user, platform, handle_hash)  # fmt: skip
            if known is not None and known["state"] in ("waits", "in force"):
                return int(known["number"])
            recent = self._db.value(
                """SELECT count(*) FROM events WHERE kind = 'own handle asked' AND at > ? AND json_extract(about, '$.by') = ?""",
                clock.text(at - ASKED_WITHIN), by,
            )  # fmt: skip
            if recent >= (MOST_ASKED if by == user else MOST_ASKED_FOR_OTHERS):
                raise TooManyHandles(
                    "too many handles were asked for: wait until others are a month old"
                )
            values = {
                "by_user": by,
                "at": clock.text(at),
                "encrypted": self._db.encryption.encrypt({"handle": handle}),
                "state": "waits",
            }
            if known is None:
                number = self._db.insert("own_handles", user_number=user, platform=platform, handle_hash=handle_hash, **values)  # fmt: skip
            else:
                number = int(known["number"])
                self._db.execute(
                    """UPDATE own_handles SET by_user = ?, at = ?, encrypted = ?, state = ?, answered_by = NULL, answered_at = NULL,
                    removed_by = NULL, removed_at = NULL WHERE number = ?""",
                    *values.values(), number,
                )  # fmt: skip
            self._db.add_event("own handle asked", at, user=user, by=by, handle=number)
        return number

    def answer_handle(self, number: int, *, agrees: bool, by: int, at: datetime) -> bool:
        """What the second person says; False where it waits no more. Raises StoreError for who asked, or who asked for their own.

        From then on it keeps its owner from each case with a post by it. Of what is here already the writers are decrypted and held to
        the handle's hash, and what its owner has of it is handed on; how many posts were read is in the record, and not how many were theirs.
        """
        posts = self._posts_in_cases() if agrees else []
        theirs = self._by_handle(number, posts)  # in parts, before anybody waits to write
        with self._db.transaction():
            row = self._db.row(
                "SELECT * FROM own_handles WHERE number = ? AND state = 'waits'", number
            )
            if row is None:
                return False
            if by == row["by_user"]:
                raise StoreError("another person has to agree than who asked")
            self._db.execute(
                "UPDATE own_handles SET state = ?, answered_by = ?, answered_at = ? WHERE number = ?",
                "in force" if agrees else "refused", by, clock.text(at), number,
            )  # fmt: skip
            self._note(row, at, {} if agrees else {"state": "refused"})
            if not agrees:
                self._db.add_event("own handle refused", at, user=row["user_number"], by=by, handle=number)  # fmt: skip
                return True
            known = set(posts)
            newer = [each for each in self._posts_in_cases() if each not in known]
            self._keep_from(row["user_number"], [*theirs, *self._by_handle(number, newer)], at)
            self._db.add_event(
                "own handle agreed", at, user=row["user_number"], by=by, handle=number, read=len(known) + len(newer)
            )  # fmt: skip
        return True

    def _posts_in_cases(self) -> list[int]:
        return [row[0] for row in self._db.rows("SELECT mention FROM case_mentions")]

    def _by_handle(self, number: int, posts: Sequence[int]) -> list[int]:
        """Those of these posts that were written by a handle, whether it counts yet or not."""
        handle = self._db.row("SELECT platform, handle_hash FROM own_handles WHERE number = ?", number)  # fmt: skip
        if handle is None:
            return []
        matches = []
        for start in range(0, len(posts), READ_AT_ONCE):
            rows = self._db.rows(
                """SELECT i.mention, i.platform, m.kind, m.encrypted FROM json_each(?) j JOIN case_mentions i ON i.mention = j.value
                JOIN mentions m ON m.number = i.mention""", json.dumps(posts[start : start + READ_AT_ONCE]),
            )  # fmt: skip
            matches += [row["mention"] for row in rows if handle["handle_hash"] in self._hashes(row, handle["platform"])]  # fmt: skip
        return matches

    def _hashes(self, post: Row, platform: str) -> set[str]:
        return {
            self._db.encryption.author_hash(place, account)
            for place, account in self._accounts(post)
            if place == platform
        }

    def _keep_from(self, user: int, posts: Sequence[int], at: datetime) -> None:
        """Within a transaction: the cases of these posts, those that are done too, go out of somebody's sight."""
        cases = self._db.rows(
            "SELECT DISTINCT case_number FROM case_mentions WHERE mention IN (SELECT value FROM json_each(?)) ORDER BY case_number", json.dumps(posts)
        )  # fmt: skip
        for (case,) in cases:
            self.step_back(case, user, at=at, own_post=True)

    def register_again(self, user: int, platform: str, handle_hash: str, *, at: datetime) -> None:
        """One that was agreed to, after a restore, by the hash alone: the handle itself stood in what was lost.

        What it kept from them since is kept from them again by the lines that say so.
        """
        with self._db.transaction():
            self._db.execute(
                """INSERT INTO own_handles (user_number, platform, handle_hash, by_user, at, encrypted, state)
                VALUES (?, ?, ?, NULL, ?, ?, 'in force') ON CONFLICT DO UPDATE SET state = 'in force' WHERE state = 'waits'""",
                user, platform, handle_hash, clock.text(at), self._db.encryption.encrypt({"handle": HANDLE_LOST}),
            )  # fmt: skip

    def end_again(
        self, user: int, platform: str, handle_hash: str, *, refused: bool, gives_back: bool, at: datetime
    ) -> bool:  # fmt: skip
        """One that was refused or removed, after a restore; False where it counts for nothing here. What it kept from its owner comes back as it did then."""
        with self._db.transaction():
            ended = self._db.execute(
                """UPDATE own_handles SET state = ?, answered_at = iif(?1 = 'refused', ?, answered_at), removed_at = iif(?1 = 'removed', ?2, removed_at)
                WHERE user_number = ? AND platform = ? AND handle_hash = ? AND (state = 'waits' OR state = 'in force' AND ?1 = 'removed')""",
                "refused" if refused else "removed", clock.text(at), user, platform, handle_hash,
            )  # fmt: skip
            if ended and gives_back:
                self._give_back(user)
        return bool(ended)

    def _note(self, row: Row, at: datetime, ended: Mapping[str, int | str]) -> None:
        """In the erasure ledger, by hashes alone: one counts as somebody's own, or does so no more."""
        self._ledger.note(
            "own handle ended" if ended else "own handle", at, authors=[self._ledger.account_mark(row["user_number"])],
            about={"platform": row["platform"], "handle": row["handle_hash"], **ended},
        )  # fmt: skip

    def remove_handle(self, number: int, *, by: int, at: datetime) -> None:
        """It counts no longer, and stays written down with who removed it; what it kept from its owner comes back.

        Raises StoreError where its owner would remove one that counts: they could decide on their own posts by it.
        """
        with self._db.transaction():
            row = self._db.row(
                "SELECT * FROM own_handles WHERE number = ? AND state IN ('waits', 'in force')",
                number,
            )
            if row is None:
                return
            if by == row["user_number"] and row["state"] == "in force":
                raise StoreError("another person has to remove a handle that counts")
            self._db.execute("UPDATE own_handles SET state = 'removed', removed_by = ?, removed_at = ? WHERE number = ?", by, clock.text(at), number)  # fmt: skip
            self._db.add_event(
                "own handle removed", at, user=row["user_number"], by=by, handle=number
            )
            self._note(row, at, {"state": "removed", "back": 1})
            self._give_back(row["user_number"])

    def _give_back(self, user: int) -> None:
        """The cases that no handle of theirs keeps from them any more."""
        for (case,) in self._db.rows("SELECT case_number FROM recusals WHERE user_number = ? AND own_post", user):  # fmt: skip
            posts = self._db.rows(
                """SELECT i.platform, m.kind, m.encrypted FROM case_mentions i JOIN mentions m ON m.number = i.mention
                WHERE i.case_number = ?""", case,
            )  # fmt: skip
            if not any(user in self._writers_of(post) for post in posts):
                self._db.execute(
                    "DELETE FROM recusals WHERE case_number = ? AND user_number = ?", case, user
                )

    def keep_from_writer(self, mention: int, case: int, platform: str) -> None:
        """Within a transaction: takes the case that a post begins or joins out of the sight of whose handle it was posted by."""
        if not self._db.value("SELECT 1 FROM own_handles WHERE state = 'in force' LIMIT 1"):
            return
        row = self._db.row(
            "SELECT ? AS platform, kind, encrypted FROM mentions WHERE number = ?",
            platform,
            mention,
        )
        if row is None:
            return
        for writer in sorted(self._writers_of(row)):
            self.step_back(case, writer, at=clock.now(), own_post=True)

    def _writers_of(self, post: Row) -> set[int]:
        """Whose handles in force a post was written by."""
        return {
            writer
            for place, account in self._accounts(post)
            for writer in self._writers(place, account)
        }

    def _accounts(self, post: Row) -> set[tuple[str, str]]:
        """The accounts that wrote a post, as platform and id or handle.

        Of a post with neither handle, id nor an address that names an account, as one of an import under the heading
        "Author" may be, the name that it bears stands for its handle, as it does on the list of objections.
        """
        personal = self._db.encryption.decrypt(post["encrypted"])
        accounts = accounts_of(post["platform"], post["kind"], personal)
        if not accounts and personal.get("name"):
            accounts = {(post["platform"], personal["name"].strip().lstrip("@"))}
        return {(place, account) for place, account in accounts if account}

    def _writers(self, platform: str, handle: str) -> Sequence[int]:
        rows = self._db.rows(
            "SELECT user_number FROM own_handles WHERE platform = ? AND handle_hash = ? AND state = 'in force'",
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
