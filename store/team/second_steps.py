"""The second step of signing in by a password: its secret, codes for when the telephone is lost, browsers that are known.

What a code must be is worked out by whoever calls (review/auth/second_step.py); here it is kept, and used once.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from core import clock
from core.errors import StoreError
from store.database import Database
from store.encryption import clean
from store.rights.ledger import Ledger
from store.sqlite import Row
from store.team.users import by_whom

# When somebody whose second step was reset counts as told that they need one: their days of grace are over.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
CODES = 10  # of recovery, each 120 bits: past the 112 from which a plain hash is enough (OWASP ASVS 5.0, 6.5.2)
MOST_BROWSERS = 10  # that are known of one person; the one that was used least lately goes


AccountEvent = Literal["link made", "second step reset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStep:
    """Where somebody stands with it. `secret` is base32; "" where none was begun. `codes`: recovery codes not used yet."""

    secret: str = field(repr=False, default="")
    confirmed_at: datetime | None = None
    asked_at: datetime | None = None
    last_step: int = 0
    codes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReset:
    """A reset that waits for a second person. `login` ran the command; "" where it was asked in the page."""

    number: int
    user: int
    by: int | None
    login: str
    at: datetime


class SecondSteps:
    """By person's number. `by` and `login` as for `Users`."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger

    def of(self, user: int) -> SecondStep:
        """Where this person stands."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM second_steps WHERE user_number = ?", user)
            if row is None:
                return SecondStep()
            codes = self._db.value(
                "SELECT count(*) FROM recovery_codes WHERE user_number = ? AND used_at IS NULL",
                user,
            )
        return self._step(row, int(codes))

    def confirmed(self) -> set[int]:
        """Who has one."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT user_number FROM second_steps WHERE confirmed_at IS NOT NULL"
            )
        return {row["user_number"] for row in rows}

    def _step(self, row: Row, codes: int) -> SecondStep:
        secret = self._db.encryption.decrypt(row["encrypted"])["secret"] if row["encrypted"] else ""
        return SecondStep(
            secret=secret, last_step=row["last_step"], codes=codes,
            confirmed_at=clock.parse(row["confirmed_at"]) if row["confirmed_at"] else None,
            asked_at=clock.parse(row["asked_at"]) if row["asked_at"] else None,
        )  # fmt: skip

    def ask_for(self, user: int, *, at: datetime) -> None:
        """Notes that this person was first told that their role needs one; later calls change nothing."""
        with self._db.transaction():
            self._db.execute(
                """INSERT INTO second_steps (user_number, asked_at) VALUES (?, ?)
                ON CONFLICT (user_number) DO UPDATE SET asked_at = coalesce(asked_at, excluded.asked_at)""",
                user, clock.text(at),
            )  # fmt: skip

    def begin(self, user: int, secret: str, *, at: datetime) -> None:
        """Keeps the secret of a second step that is being set up. Raises StoreError where one holds already."""
        sealed = self._db.encryption.encrypt({"secret": secret})
        with self._db.transaction():
            if self.of(user).confirmed_at is not None:
                raise StoreError("a second step holds already: turn it off first")
            self._db.execute(
                """INSERT INTO second_steps (user_number, encrypted, began_at) VALUES (?, ?, ?)
                ON CONFLICT (user_number) DO UPDATE SET encrypted = excluded.encrypted, began_at = excluded.began_at""",
                user, sealed, clock.text(at),
            )  # fmt: skip

    def confirm(self, user: int, step: int, *, at: datetime) -> list[str]:
        """It is asked for from now on; the recovery codes, which nobody can read from the store."""
        with self._db.transaction():
            self._db.execute(
                "UPDATE second_steps SET confirmed_at = ?, last_step = ? WHERE user_number = ?",
                clock.text(at), step, user,
            )  # fmt: skip
            codes = self._new_codes(user, at)
            self._db.add_event("second step set", at, user=user)
        return codes

    def new_codes(self, user: int, *, at: datetime) -> list[str]:
        """Other recovery codes; those of before no longer work."""
        with self._db.transaction():
            codes = self._new_codes(user, at)
            self._note(user, at, codes=1)
            self._db.add_event("recovery codes made", at, user=user)
        return codes

    def _note(self, user: int, at: datetime, **about: int | str) -> None:
        """What no longer lets this person in, so that a restore doesn't make it do so again."""
        self._ledger.note("access ended", at, authors=[self._ledger.account_mark(user)], about=about)  # fmt: skip

    def _new_codes(self, user: int, at: datetime) -> list[str]:
        self._db.execute("DELETE FROM recovery_codes WHERE user_number = ?", user)
        codes = [base64.b32encode(secrets.token_bytes(15)).decode() for _ in range(CODES)]
        for code in codes:
            self._db.insert(
                "recovery_codes",
                code_hash=_hashed(code),
                user_number=user,
                created_at=clock.text(at),
            )
        return codes

    def use_step(self, user: int, step: int) -> bool:
        """Uses a time step up; False where it, or a later one, was used before."""
        with self._db.transaction():
            used: int = self._db.execute(
                "UPDATE second_steps SET last_step = ? WHERE user_number = ? AND last_step < ?",
                step, user, step,
            )  # fmt: skip
        return used > 0

    def use_code(self, user: int, code: str, *, at: datetime) -> bool:
        """Uses a recovery code up; False where it is unknown, another's, or was used before."""
        with self._db.transaction():
            used = self._db.execute(
                "UPDATE recovery_codes SET used_at = ? WHERE code_hash = ? AND user_number = ? AND used_at IS NULL",
                clock.text(at), _hashed(code), user,
            )  # fmt: skip
            if used:
                self._note(user, at, code=_hashed(code))
                self._db.add_event("recovery code used", at, user=user)
        return used > 0

    def remove(self, user: int, *, at: datetime, by: int | None = None, login: str = "") -> None:
        """It is not asked for any more. By another person that is a reset, which ends all sessions of its owner.

        Who needs one gains no days by that: whoever signs in next sets one up at once, as after turning off one's own.
        """
        reset = by != user
        with self._db.transaction():
            self._db.execute(
                """UPDATE second_steps SET encrypted = NULL, began_at = NULL, confirmed_at = NULL,
                asked_at = CASE WHEN ? THEN ? ELSE asked_at END WHERE user_number = ?""",
                reset, clock.text(LONG_AGO), user,
            )  # fmt: skip
            for table in ("recovery_codes", *(("sessions", "known_browsers") if reset else ())):
                self._db.execute(f"DELETE FROM {table} WHERE user_number = ?", user)
            self._db.execute(
                "UPDATE second_step_resets SET state = 'over' WHERE user_number = ? AND state = 'waits'",
                user,
            )
            self._note(user, at, step=1)
            if reset:
                self._db.add_event("second step reset", at, user=user, **by_whom(by, login))
            else:
                self._db.add_event("second step removed", at, user=user, by=user)

    def last_done(self, user: int, kind: AccountEvent, *, since: datetime) -> datetime | None:
        """When another person last made this one a link, or reset their second step, after a moment; None: not since."""
        with self._db.snapshot():
            at = self._db.value(
                """SELECT max(at) FROM events WHERE kind = ? AND at > ? AND json_extract(about, '$.user') = ?
                AND coalesce(json_extract(about, '$.by'), 0) IS NOT json_extract(about, '$.user')""",
                kind, clock.text(since), user,
            )  # fmt: skip
        return clock.parse(at) if at else None

    # ── resets that wait for a second person ─────────────────────────────────────────────────────

    def ask_reset(self, user: int, *, at: datetime, by: int | None = None, login: str = "") -> int:
        """Asks for a reset; one that waited for the same person is over. Its number."""
        with self._db.transaction():
            self._db.execute(
                "UPDATE second_step_resets SET state = 'over' WHERE user_number = ? AND state = 'waits'",
                user,
            )
            number: int = self._db.insert(
                "second_step_resets",
                user_number=user,
                asked_by=by,
                login=clean(login),
                at=clock.text(at),
            )
            self._db.add_event("second step reset asked", at, user=user, **by_whom(by, login))
        return number

    def waiting_resets(self) -> list[StepReset]:
        """Those that wait, the oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM second_step_resets WHERE state = 'waits' ORDER BY number"
            )
        return [
            StepReset(
                number=row["number"], user=row["user_number"], by=row["asked_by"], login=row["login"],
                at=clock.parse(row["at"]),
            )
            for row in rows
        ]  # fmt: skip

    def answer_reset(self, number: int, *, agrees: bool, by: int, at: datetime) -> bool:
        """Agrees to a reset, which is done at once, or refuses it; False where it waits no longer."""
        with self._db.transaction():
            row = self._db.row(
                "SELECT user_number FROM second_step_resets WHERE number = ? AND state = 'waits'",
                number,
            )
            if row is None:
                return False
            self._db.execute(
                "UPDATE second_step_resets SET state = ?, answered_by = ?, answered_at = ? WHERE number = ?",
                "agreed" if agrees else "refused", by, clock.text(at), number,
            )  # fmt: skip
            if agrees:
                self.remove(row["user_number"], at=at, by=by)
            else:
                self._db.add_event("second step reset refused", at, user=row["user_number"], by=by)
        return True

    # ── browsers ─────────────────────────────────────────────────────────────────────────────────

    def know_browser(self, user: int, token: str, *, at: datetime) -> str:
        """A browser in which this person has signed in: its token, a new one unless it was theirs already."""
        with self._db.transaction():
            if token and self._db.execute(
                "UPDATE known_browsers SET seen_at = ? WHERE token_hash = ? AND user_number = ?",
                clock.text(at), _hashed(token), user,
            ):  # fmt: skip
                return token
            token = secrets.token_urlsafe(24)
            self._db.insert(
                "known_browsers", token_hash=_hashed(token), user_number=user, created_at=clock.text(at),
                seen_at=clock.text(at),
            )  # fmt: skip
            self._db.execute(
                """DELETE FROM known_browsers WHERE user_number = ? AND token_hash NOT IN (SELECT token_hash
                FROM known_browsers WHERE user_number = ? ORDER BY seen_at DESC, token_hash LIMIT ?)""",
                user, user, MOST_BROWSERS,
            )  # fmt: skip
        return token

    def is_known(self, user: int, token: str, *, since: datetime) -> bool:
        """Whether this person has signed in by this browser since then."""
        with self._db.snapshot():
            return bool(token) and self._db.row(
                "SELECT 1 FROM known_browsers WHERE token_hash = ? AND user_number = ? AND seen_at > ?",
                _hashed(token), user, clock.text(since),
            ) is not None  # fmt: skip


class SignInFailures:
    """Tries that failed, as events: whose account where there is one, what was wrong, how many. No name as it was typed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, user: int | None, why: str, *, tries: int, at: datetime) -> None:
        """Adds an event. `why`: "password" or "code"; `tries`: how many it stands for. No user: nobody has the name."""
        with self._db.transaction():
            if user is None:
                self._db.add_event("unknown sign-in name", at, tries=tries)
            else:
                self._db.add_event("sign-in failed", at, user=user, wrong=why, tries=tries)

    def since(self, since: datetime) -> dict[int | None, int]:
        """How many tries failed since then, by account; None: for names that nobody has."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT json_extract(about, '$.user') AS whose, sum(json_extract(about, '$.tries')) AS tries
                FROM events WHERE kind IN ('sign-in failed', 'unknown sign-in name') AND at >= ? GROUP BY whose""",
                clock.text(since),
            )  # fmt: skip
        return {row["whose"]: int(row["tries"]) for row in rows}


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
