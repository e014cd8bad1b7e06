"""A purge that would take much of the store is asked of a person first: what would go, what they said, and for how long it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core import clock
from core.errors import StoreError
from store.database import Database
from store.sqlite import Row

HOLDS_FOR = timedelta(days=14)  # a yes: a first purge after an upgrade goes in parts, a night each
ASKED_AGAIN = timedelta(days=7)  # after a no
# More may be due when it goes than when it was asked: the next night's, and no more than that.
SLACK = 1.1
QuestionState = Literal["waits", "agreed", "declined", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeQuestion:
    """`posts` of `of_posts` would go, `counts` by reason. `until`: how long an answer holds; `gone`: how many went by it."""

    number: int
    asked_at: datetime
    posts: int
    of_posts: int
    counts: Mapping[str, int]
    state: QuestionState
    answered_at: datetime | None
    answered_by: int | None
    until: datetime | None
    gone: int

    @property
    def share(self) -> int:
        """Of a hundred posts, how many would go."""
        return round(100 * self.posts / self.of_posts) if self.of_posts else 0

    @property
    def left(self) -> int:
        """How many may still go by a yes."""
        return max(0, int(self.posts * SLACK) - self.gone)


class PurgeQuestions:
    """Asking, answering, and what an answer lets go."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def waiting(self) -> PurgeQuestion | None:
        """The question that nobody has answered."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM purge_questions WHERE state = 'waits'")
        return _question(row) if row else None

    def answered(self, at: datetime) -> PurgeQuestion | None:
        """The answer that holds at a moment: a yes by which more may go, or a no."""
        with self._db.snapshot():
            row = self._db.row(
                "SELECT * FROM purge_questions WHERE state IN ('agreed', 'declined') AND until > ?",
                clock.text(at),
            )
        return _question(row) if row else None

    def last(self) -> PurgeQuestion | None:
        """The newest question, whatever became of it."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM purge_questions ORDER BY number DESC LIMIT 1")
        return _question(row) if row else None

    def ask(self, counts: Mapping[str, int], of_posts: int, at: datetime) -> PurgeQuestion:
        """Within a transaction or of itself: asks, or brings the question that waits up to date."""
        posts, written = sum(counts.values()), json.dumps(dict(counts), sort_keys=True)
        with self._db.transaction():
            self._db.execute(
                "UPDATE purge_questions SET state = 'over' WHERE state IN ('agreed', 'declined')"
            )
            waiting = self.waiting()
            if waiting is None:
                self._db.insert(
                    "purge_questions", asked_at=clock.text(at), posts=posts, of_posts=of_posts, counts=written
                )  # fmt: skip
                self._db.add_event("purge asked about", at, posts=posts, of=of_posts)
            elif (waiting.posts, waiting.of_posts) != (posts, of_posts):
                self._db.execute(
                    "UPDATE purge_questions SET posts = ?, of_posts = ?, counts = ? WHERE number = ?",
                    posts, of_posts, written, waiting.number,
                )  # fmt: skip
            waiting = self.waiting()
        assert waiting is not None
        return waiting

    def answer(
        self, number: int, *, yes: bool, posts: int, at: datetime, by: str, user: int | None = None
    ) -> PurgeQuestion:
        """Keeps what a person said, and until when it holds. `posts` is the number that they were shown; `by` is a handle, or who
        runs a command.

        Raises StoreError where the question is answered already, over, or about another number by now.
        """
        with self._db.transaction():
            waiting = self.waiting()
            if waiting is None or waiting.number != number:
                raise StoreError(
                    "somebody has answered this already, or nothing waits any more: look at the page again"
                )
            if waiting.posts != posts:
                raise StoreError(
                    f"it is {waiting.posts:,} posts by now, not {posts:,}: look at the counts again"
                )
            until = at + (HOLDS_FOR if yes else ASKED_AGAIN)
            self._db.execute(
                "UPDATE purge_questions SET state = ?, answered_at = ?, answered_by = ?, until = ? WHERE number = ?",
                "agreed" if yes else "declined", clock.text(at), user, clock.text(until), number,
            )  # fmt: skip
            self._db.add_event(
                "purge agreed to" if yes else "purge declined", at, posts=posts, by=self._db.encryption.person_hash(by)
            )  # fmt: skip
        answered = self.last()
        assert answered is not None
        return answered

    def withdraw(self) -> None:
        """Nothing that much is due any more: a question that waits is over, whoever was to answer it."""
        if self.waiting() is None:
            return
        with self._db.transaction():
            self._db.execute("UPDATE purge_questions SET state = 'over' WHERE state = 'waits'")

    def count_gone(self, number: int, posts: int) -> None:
        """Within the transaction of a purge: so many went by this yes."""
        self._db.execute(
            "UPDATE purge_questions SET gone = gone + ? WHERE number = ?", posts, number
        )


def _question(row: Row) -> PurgeQuestion:
    return PurgeQuestion(
        number=row["number"], asked_at=clock.parse(row["asked_at"]), posts=row["posts"], of_posts=row["of_posts"],
        counts=json.loads(row["counts"]), state=row["state"], gone=row["gone"], answered_by=row["answered_by"],
        answered_at=clock.parse(row["answered_at"]) if row["answered_at"] else None,
        until=clock.parse(row["until"]) if row["until"] else None,
    )  # fmt: skip
