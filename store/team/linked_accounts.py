"""Accounts that one person has in several organisations, as they linked them, and what lets them over: codes and tickets, each once.

Each organisation keeps its own side in its own database; neither side alone lets anybody over. Codes and tickets are kept as
hashes.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core import clock
from store.database import Database
from store.rights.ledger import Ledger
from store.sqlite import Row

PassKind = Literal["link", "enter"]
HOLDS: dict[PassKind, timedelta] = {"link": timedelta(minutes=10), "enter": timedelta(seconds=60)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedAccount:
    """Another organisation's account of the same person: `their_number` is the person's there."""

    number: int
    user: int
    organisation: str
    their_number: int
    linked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What a code or ticket lets do: `user` is whose it is here; who comes over is `from_number` in `from_organisation`."""

    user: int
    from_organisation: str
    from_number: int | None


class LinkedAccounts:
    """This organisation's side."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger

    def of(self, user: int) -> list[LinkedAccount]:
        """What this person linked, the first first."""
        return self._linked("user_number = ?", user)

    def counterpart(self, user: int, organisation: str, their_number: int) -> LinkedAccount | None:
        """This side of a link; None where it is over or never was."""
        linked = self._linked(
            "user_number = ? AND organisation = ? AND their_number = ?", user, organisation, their_number
        )  # fmt: skip
        return linked[0] if linked else None

    def link(self, user: int, organisation: str, their_number: int, *, at: datetime) -> bool:
        """Links the account of this person here with theirs in another organisation; False where it is linked already."""
        with self._db.transaction():
            if self.counterpart(user, organisation, their_number) is not None:
                return False
            self._db.insert(
                "linked_accounts", user_number=user, organisation=organisation, their_number=their_number,
                linked_at=clock.text(at),
            )  # fmt: skip
            self._db.add_event(
                "account linked", at, user=user, organisation=organisation, there=their_number
            )
        return True

    def end(self, user: int, organisation: str, their_number: int, *, at: datetime) -> bool:
        """Ends a link, and what lets over by it; False where none was."""
        with self._db.transaction():
            ended = self._db.execute(
                """UPDATE linked_accounts SET ended_at = ? WHERE user_number = ? AND organisation = ?
                AND their_number = ? AND ended_at IS NULL""",
                clock.text(at), user, organisation, their_number,
            )  # fmt: skip
            if ended:
                self._db.execute(
                    "DELETE FROM passes WHERE user_number = ? AND kind = 'enter' AND from_organisation = ?",
                    user, organisation,
                )  # fmt: skip
                self._ledger.note(
                    "access ended", at, authors=[self._ledger.account_mark(user)], about={"linked": organisation, "there": their_number}
                )  # fmt: skip
                self._db.add_event(
                    "link of accounts ended", at, user=user, organisation=organisation, there=their_number
                )  # fmt: skip
        return bool(ended)

    def make_pass(
        self, kind: PassKind, user: int, *, at: datetime, from_organisation: str = "", from_number: int | None = None, proof: str = "",
    ) -> str:  # fmt: skip
        """A code or ticket (128 bits, in hex), which works once, within `HOLDS`; an earlier one of the same kind no longer does.

        One that was made for a `proof` is known by both together alone.
        """
        token = secrets.token_hex(16)
        with self._db.transaction():
            self._db.execute("DELETE FROM passes WHERE expires_at <= ?", clock.text(at))
            self._db.execute("DELETE FROM passes WHERE user_number = ? AND kind = ?", user, kind)
            self._db.insert(
                "passes", token_hash=_hashed(token + proof), kind=kind, user_number=user, from_organisation=from_organisation,
                from_number=from_number, created_at=clock.text(at), expires_at=clock.text(at + HOLDS[kind]),
            )  # fmt: skip
        return token

    def claim(self, token: str, organisation: str, their_number: int, *, at: datetime) -> bool:
        """Notes who typed a code, where they are signed in; its owner still has to say that this is them. False as for `look`."""
        with self._db.transaction():
            claimed = self._db.execute(
                """UPDATE passes SET from_organisation = ?, from_number = ? WHERE token_hash = ? AND kind = 'link'
                AND from_number IS NULL AND used_at IS NULL AND expires_at > ?""",
                organisation, their_number, _hashed(token), clock.text(at),
            )  # fmt: skip
        return bool(claimed)

    def claimed(self, user: int, *, at: datetime) -> Pass | None:
        """Who typed this person's code elsewhere, while it waits for them to say that this is them."""
        with self._db.snapshot():
            row = self._db.row(
                """SELECT * FROM passes WHERE user_number = ? AND kind = 'link' AND from_number IS NOT NULL
                AND used_at IS NULL AND expires_at > ?""",
                user, clock.text(at),
            )  # fmt: skip
        return _pass(row) if row is not None else None

    def settle(self, user: int, *, at: datetime) -> Pass | None:
        """Uses up the code that somebody typed, whatever its owner says to it; whose it was."""
        with self._db.transaction():
            claimed = self.claimed(user, at=at)
            if claimed is not None:
                self._db.execute(
                    "UPDATE passes SET used_at = ? WHERE user_number = ? AND kind = 'link'",
                    clock.text(at), user,
                )  # fmt: skip
        return claimed

    def look(self, kind: PassKind, token: str, *, at: datetime, proof: str = "") -> Pass | None:
        """What a code or ticket lets do, without using it up; None where it is unknown, over or was used."""
        with self._db.snapshot():
            row = self._db.row(
                """SELECT * FROM passes WHERE token_hash = ? AND kind = ? AND used_at IS NULL AND expires_at > ?""",
                _hashed(token + proof), kind, clock.text(at),
            )  # fmt: skip
        return _pass(row) if row is not None else None

    def use(self, kind: PassKind, token: str, *, at: datetime, proof: str = "") -> Pass | None:
        """Uses it up. None as for `look`."""
        with self._db.transaction():
            way_over = self.look(kind, token, at=at, proof=proof)
            if way_over is not None:
                self._db.execute(
                    "UPDATE passes SET used_at = ? WHERE token_hash = ?",
                    clock.text(at),
                    _hashed(token + proof),
                )
        return way_over

    def note_going(self, user: int, organisation: str, there: int, *, at: datetime) -> None:
        """Records that somebody went over to another organisation."""
        with self._db.transaction():
            self._db.add_event(
                "went to another organisation", at, user=user, organisation=organisation, there=there
            )  # fmt: skip

    def note_coming(self, user: int, organisation: str, there: int, *, at: datetime) -> None:
        """Records that somebody came over from another organisation, before they are signed in here."""
        with self._db.transaction():
            self._db.add_event(
                "came from another organisation", at, user=user, organisation=organisation, there=there
            )  # fmt: skip

    def _linked(self, where: str, *values: object) -> list[LinkedAccount]:
        with self._db.snapshot():
            rows = self._db.rows(
                f"SELECT * FROM linked_accounts WHERE ended_at IS NULL AND {where} ORDER BY number",
                *values,
            )
        return [_account(row) for row in rows]


def _account(row: Row) -> LinkedAccount:
    return LinkedAccount(
        number=row["number"], user=row["user_number"], organisation=row["organisation"],
        their_number=row["their_number"], linked_at=clock.parse(row["linked_at"]),
    )  # fmt: skip


def _pass(row: Row) -> Pass:
    return Pass(
        user=row["user_number"], from_organisation=row["from_organisation"], from_number=row["from_number"]
    )  # fmt: skip


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
