"""What one person has opened for a moment: masked details for two minutes, a picture for one look.

It lies in this process's memory alone, bounded, and is gone with it; that it was opened is in the store's record.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

OPEN_FOR = timedelta(minutes=2)
MOST_PICTURES = 40  # waiting for their one look
MOST_OPEN = 10_000

Key = tuple[int, int, int]  # a person, a mention, its revision


@dataclass
class OpenDetails:
    """Whose eyes masked details are open to, and until when. For any thread."""

    _until: OrderedDict[Key, datetime] = field(default_factory=OrderedDict)
    _alone: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def open(self, user: int, mention: int, revision: int, at: datetime) -> datetime:
        """Opens them to a person; until when."""
        until = at + OPEN_FOR
        with self._alone:
            self._until[user, mention, revision] = until
            self._until.move_to_end((user, mention, revision))
            while len(self._until) > MOST_OPEN:
                self._until.popitem(last=False)
        return until

    def until(self, user: int, mention: int, revision: int, at: datetime) -> datetime | None:
        """Until when they are open to a person; None where they are not, or the words are others by now."""
        with self._alone:
            until = self._until.get((user, mention, revision))
        return until if until is not None and at < until else None

    def last(self, user: int, mention: int, at: datetime) -> datetime | None:
        """Until when something of a mention is open to a person, whatever its revision."""
        with self._alone:
            times = [until for key, until in self._until.items() if key[:2] == (user, mention)]
        return max((until for until in times if at < until), default=None)

    def cover(self, user: int, mention: int) -> None:
        """Covers them again."""
        with self._alone:
            for key in [key for key in self._until if key[:2] == (user, mention)]:
                del self._until[key]


@dataclass(frozen=True, slots=True)
class _Waiting:
    user: int
    mention: int
    place: int
    until: datetime
    picture: bytes = field(repr=False)


@dataclass
class PicturesOnce:
    """Pictures that were fetched for a person and wait for their browser to ask, each once. For any thread."""

    _waiting: OrderedDict[str, _Waiting] = field(default_factory=OrderedDict)
    _alone: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def put(self, user: int, mention: int, place: int, picture: bytes, at: datetime) -> str:
        """A word by which that person may take it, within two minutes."""
        token = secrets.token_urlsafe(16)
        with self._alone:
            self._waiting[token] = _Waiting(user, mention, place, at + OPEN_FOR, picture)
            for old in [old for old, waiting in self._waiting.items() if waiting.until <= at]:
                del self._waiting[old]
            while len(self._waiting) > MOST_PICTURES:
                self._waiting.popitem(last=False)
        return token

    def place(self, token: str, user: int, mention: int, at: datetime) -> int | None:
        """Which picture of a mention waits there for that person."""
        with self._alone:
            waiting = self._waiting.get(token)
        theirs = waiting is not None and (waiting.user, waiting.mention) == (user, mention)
        return waiting.place if waiting is not None and theirs and at < waiting.until else None

    def take(self, token: str, user: int, mention: int, at: datetime) -> bytes | None:
        """The picture, which is then gone; None where it isn't theirs, was taken or waited too long."""
        if self.place(token, user, mention, at) is None:
            return None
        with self._alone:
            waiting = self._waiting.pop(token, None)
        return waiting.picture if waiting is not None else None
