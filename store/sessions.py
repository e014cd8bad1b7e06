"""What people are signed in with, and links that let somebody in once.

Ids of sessions and links are kept as hashes only, so that nobody who reads the file can use them.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import clock
from errors import StoreError
from store.users import User, Users, by_whom, user_of

SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use of a session is kept
SHORT_PATIENCE = 100  # milliseconds that keeping it may wait for another process's write


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that holds, and whose it is."""

    user: User
    made_at: datetime
    until: datetime


class Sessions(Users):
    """Sessions and links. `by` as for `Users`."""

    def begin_session(self, user: int, *, at: datetime, until: datetime) -> str:
        """A new session's id (128 bits, in hex), which nobody can read from the store."""
        session = secrets.token_hex(16)
        with self._writing():
            self._insert(
                "sessions", id_hash=_hashed(session), user_number=user, made_at=clock.text(at),
                seen_at=clock.text(at), until=clock.text(until),
            )  # fmt: skip
            self._do("UPDATE users SET seen_at = ? WHERE number = ?", clock.text(at), user)
            self._do("DELETE FROM sessions WHERE until <= ?", clock.text(at))
            self._note("signed in", at, user=user)
        return session

    def session(
        self, session: str, *, at: datetime, idle: timedelta, used: bool = True
    ) -> SignedIn | None:
        """Whose session it is, and that it was used now. None where it is over, idle or unknown.

        Not `used`: nobody did anything, a script asked by itself.
        """
        with self._reading():
            row = self._row(
                """SELECT s.made_at AS began, s.seen_at AS used, s.until AS ends, u.* FROM sessions s
                JOIN users u ON u.number = s.user_number WHERE s.id_hash = ? AND u.active""",
                _hashed(session),
            )
        if row is None or row["ends"] <= clock.text(at) or row["used"] <= clock.text(at - idle):
            return None
        if used and row["used"] <= clock.text(at - SEEN_EVERY):
            self._seen(session, at)
        return SignedIn(
            user=user_of(row), made_at=clock.parse(row["began"]), until=clock.parse(row["ends"])
        )

    def _seen(self, session: str, at: datetime) -> None:
        """Keeps when a session was last used, unless somebody writes just now: whoever only looks waits for nobody."""
        patience = self._one("PRAGMA busy_timeout")
        self._one(f"PRAGMA busy_timeout = {SHORT_PATIENCE}")
        try:
            with self._writing():
                self._do(
                    "UPDATE sessions SET seen_at = ? WHERE id_hash = ?",
                    clock.text(at), _hashed(session),
                )  # fmt: skip
        except StoreError:
            return  # the next request tries again
        finally:
            self._one(f"PRAGMA busy_timeout = {int(patience)}")

    def end_session(self, session: str, *, at: datetime) -> None:
        """Signs out."""
        with self._writing():
            user = self._one("SELECT user_number FROM sessions WHERE id_hash = ?", _hashed(session))
            if self._do("DELETE FROM sessions WHERE id_hash = ?", _hashed(session)):
                self._note("signed out", at, user=user)

    def end_sessions(self, user: int, *, at: datetime, by: int | None = None) -> int:
        """Signs a person out everywhere; how many sessions that ended."""
        with self._writing():
            ended = self._end_sessions(user)
            self._note("signed out everywhere", at, user=user, sessions=ended, **by_whom(by))
        return ended

    def open_sessions(self, *, at: datetime, idle: timedelta) -> dict[int, int]:
        """How many sessions each person has that still hold; who has none is left out."""
        with self._reading():
            rows = self._rows(
                """SELECT user_number, count(*) AS held FROM sessions WHERE until > ? AND seen_at > ?
                GROUP BY user_number""",
                clock.text(at), clock.text(at - idle),
            )  # fmt: skip
        return {row["user_number"]: row["held"] for row in rows}

    def make_link(self, user: int, *, at: datetime, until: datetime, by: int | None = None) -> str:
        """A token that lets somebody choose a password once; an older one of theirs no longer does."""
        token = secrets.token_urlsafe(24)
        with self._writing():
            self._do("DELETE FROM links WHERE user_number = ?", user)
            self._insert(
                "links", token_hash=_hashed(token), user_number=user, made_at=clock.text(at),
                until=clock.text(until),
            )  # fmt: skip
            self._note("link made", at, user=user, **by_whom(by))
        return token

    def link(self, token: str, *, at: datetime) -> User | None:
        """Whose link it is; None where it is over, was used or is unknown."""
        return self._user(
            """number = (SELECT user_number FROM links WHERE token_hash = ? AND used_at IS NULL
            AND until > ?) AND active""",
            _hashed(token), clock.text(at),
        )  # fmt: skip

    def use_link(self, token: str, *, secret: str, at: datetime) -> User | None:
        """Sets the password (its hash) of whose link it is, once. None as for `link`."""
        with self._writing():
            user = self.link(token, at=at)
            if user is not None:
                self._do(
                    "UPDATE links SET used_at = ? WHERE token_hash = ?",
                    clock.text(at),
                    _hashed(token),
                )
                self.change_user(user.number, secret=secret, at=at, by=user.number)
        return user


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
