"""The access tokens that platforms gave, and until when they are good."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import clock
from store.database import Database
from store.encryption import clean
from store.models import Token
from store.sqlite import Row


class AccessTokens:
    """One token a source, the newest."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, token: Token, *, by: str = "") -> None:
        """Keeps a token in place of the source's former one, and that it was granted or renewed.

        `by` is who granted it; a renewal by itself leaves it empty.
        """
        with self._db.transaction():
            self._db.execute(
                """INSERT INTO access_tokens (source, at, expires_at, renewable_until, encrypted)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET at = excluded.at,
                expires_at = excluded.expires_at, renewable_until = excluded.renewable_until,
                encrypted = excluded.encrypted""",
                clean(token.source), clock.text(token.at), _text(token.expires_at),
                _text(token.renewable_until),
                self._db.encryption.encrypt({"access": token.access, "renewal": token.renewal}),
            )  # fmt: skip
            about = {"by": self._db.encryption.person_hash(by)} if by else {}
            self._db.add_event(
                "access granted" if by else "access renewed", token.at,
                source=clean(token.source), **about,
            )  # fmt: skip

    def renew(self, token: Token, *, of: Token | None) -> bool:
        """Keeps what the token `of` became (None: there was none).

        False, and nothing is kept, where a person granted another or gave it up meanwhile.
        """
        with self._db.transaction():
            if self._find(token.source) != of:
                return False
            self.add(token)
        return True

    def all(self) -> list[Token]:
        """Every source's token, by name of the source."""
        with self._db.snapshot():
            return [
                self._token(row)
                for row in self._db.rows("SELECT * FROM access_tokens ORDER BY source")
            ]

    def ending(self, at: datetime, within: timedelta) -> list[Token]:
        """Tokens that end within so long and can't be renewed beyond that."""
        return [
            token
            for token in self.all()
            if (until := _good_until(token)) is not None and until <= at + within
        ]

    def forget(self, source: str, *, by: str, at: datetime) -> bool:
        """Removes a source's token; False where there was none. The platform is not told."""
        with self._db.transaction():
            gone = bool(
                self._db.execute("DELETE FROM access_tokens WHERE source = ?", clean(source))
            )
            if gone:
                person = self._db.encryption.person_hash(by)
                self._db.add_event("access given up", at, source=clean(source), by=person)
        return gone

    def _find(self, source: str) -> Token | None:
        row = self._db.row("SELECT * FROM access_tokens WHERE source = ?", clean(source))
        return self._token(row) if row else None

    def _token(self, row: Row) -> Token:
        fields = self._db.encryption.decrypt(row["encrypted"])
        return Token(
            source=row["source"], access=fields["access"], renewal=fields["renewal"],
            at=clock.parse(row["at"]), expires_at=_moment(row["expires_at"]),
            renewable_until=_moment(row["renewable_until"]),
        )  # fmt: skip


def _good_until(token: Token) -> datetime | None:
    if token.renewal:
        return token.renewable_until
    return token.expires_at


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else clock.text(moment)


def _moment(written: str | None) -> datetime | None:
    return None if written is None else clock.parse(written)
