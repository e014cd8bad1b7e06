"""What stands around posts in their threads: the post that each answers, and what else was said there."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.models import Kind, Platform
from store.database import Database
from store.sqlite import Row

MOST = 20  # further posts of a thread that are told of
MOST_THREADS = 5

_POST = """r.number, r.platform, r.kind, r.posted_at, r.own,
    (SELECT a.masked FROM current_assessments a WHERE a.mention = r.number) AS masked"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPost:
    """A post of a thread. `masked` is "" where nobody has assessed it yet.

    `same_writer`: whether the account wrote it that wrote what is read; None where the platform does not say, or nobody asked.
    """

    mention: int
    platform: Platform
    kind: Kind
    posted_at: datetime
    own: bool
    masked: str
    same_writer: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """`answers`: post -> what it answers, None where that was not collected. `more` are others, oldest first.

    `cut`: there are more than are told of. `writers`: post -> its account, counted from 1, where it is known.
    """

    answers: Mapping[int, ThreadPost | None] = field(default_factory=dict)
    more: Sequence[ThreadPost] = ()
    cut: bool = False
    writers: Mapping[int, int] = field(default_factory=dict)

    def same_writer(self, post: int, of: Collection[int]) -> bool | None:
        """Whether the account wrote a post that wrote one of some others; None where nobody can tell."""
        known = {self.writers[each] for each in of if each in self.writers}
        return self.writers[post] in known if post in self.writers and known else None


class Threads:
    """Threads of posts that are held; what was deleted is in none."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def around(self, mentions: Sequence[int]) -> Thread:
        """What stands around these posts. Of a long thread the answers to them and the newest of the others."""
        numbers = json.dumps(list(mentions))
        with self._db.snapshot():
            above = self._db.rows(
                f"""SELECT m.number AS of, {_POST} FROM json_each(?) n
                CROSS JOIN mentions m ON m.number = n.value
                LEFT JOIN mentions r ON r.key_hash = m.parent_hash AND r.deleted_at IS NULL AND {self._db.sight.of_posts("r.number")}
                WHERE m.parent_hash IS NOT NULL""",
                numbers,
            )
            answers = {row["of"]: _post_of(row) if row["number"] else None for row in above}
            shown = {
                *mentions,
                *(answer.mention for answer in answers.values() if answer is not None),
            }
            rows = [
                *self._answers_to(numbers, json.dumps(list(shown))),
                *self._rest_of_threads(numbers, shown),
            ]
            posts = {row["number"]: _post_of(row) for row in rows}
            writers = self.writers([*mentions, *posts]) if posts or len(mentions) > 1 else {}
        more = list(posts.values())[:MOST]
        return Thread(
            answers=answers, more=sorted(more, key=lambda post: (post.posted_at, post.mention)),
            cut=len(posts) > MOST, writers=writers,
        )  # fmt: skip

    def reaches_case(self, number: int) -> bool:
        """Whether a post is one of ours, or stands in the thread of one that is in a case which whoever asks may see."""
        with self._db.snapshot():
            return bool(self._db.value(
                f"""SELECT 1 FROM mentions m WHERE m.number = ? AND (m.own OR EXISTS (
                    SELECT 1 FROM (
                        SELECT number FROM mentions WHERE key_hash IN (m.parent_hash, m.root_hash)
                        UNION SELECT number FROM mentions WHERE parent_hash IN (m.key_hash, m.parent_hash)
                        UNION SELECT number FROM mentions WHERE root_hash IN (m.key_hash, m.root_hash)
                    ) r JOIN case_mentions i ON i.mention = r.number WHERE {self._db.sight.of_posts("r.number")}))""",
                number,
            ))  # fmt: skip

    def writers(self, numbers: Iterable[int]) -> dict[int, int]:
        """The accounts that wrote these posts, counted from 1; without those of which their platforms say nothing."""
        rows = self._db.rows(
            "SELECT m.number, m.platform, m.encrypted FROM json_each(?) n CROSS JOIN mentions m ON m.number = n.value",
            json.dumps(list(numbers)),
        )  # fmt: skip
        personal = {row["number"]: self._db.encryption.decrypt(row["encrypted"]) for row in rows}
        accounts = {row["number"]: (row["platform"], personal[row["number"]]["author_id"] or personal[row["number"]]["handle"]) for row in rows}  # fmt: skip
        known = list(dict.fromkeys(account for account in accounts.values() if account[1]))
        return {number: known.index(account) + 1 for number, account in accounts.items() if account[1]}  # fmt: skip

    def _answers_to(self, numbers: str, shown: str) -> list[Row]:
        """What answers these posts."""
        return self._db.rows(
            f"""SELECT {_POST} FROM json_each(?) n CROSS JOIN mentions m ON m.number = n.value
            CROSS JOIN mentions r ON r.parent_hash = m.key_hash WHERE r.deleted_at IS NULL AND {self._db.sight.of_posts("r.number")}
            AND r.number NOT IN (SELECT value FROM json_each(?)) LIMIT ?""",
            numbers, shown, MOST + 1,
        )  # fmt: skip

    def _rest_of_threads(self, numbers: str, shown: set[int]) -> list[Row]:
        """What began these posts' threads, then the newest of each."""
        roots = [
            row["root"]
            for row in self._db.rows(
                """SELECT DISTINCT coalesce(m.root_hash, m.parent_hash, m.key_hash) AS root
                FROM json_each(?) n CROSS JOIN mentions m ON m.number = n.value LIMIT ?""",
                numbers, MOST_THREADS,
            )
        ]  # fmt: skip
        known, rows = json.dumps(list(shown)), []
        for root in roots:
            rows += self._db.rows(
                f"""SELECT {_POST} FROM mentions r WHERE r.key_hash = ? AND r.deleted_at IS NULL AND {self._db.sight.of_posts("r.number")}
                AND r.number NOT IN (SELECT value FROM json_each(?))""",
                root, known,
            )  # fmt: skip
            rows += self._db.rows(
                f"""SELECT {_POST} FROM mentions r WHERE r.root_hash = ? AND r.deleted_at IS NULL AND {self._db.sight.of_posts("r.number")}
                AND r.number NOT IN (SELECT value FROM json_each(?)) ORDER BY r.number DESC LIMIT ?""",
                root, known, MOST + 1,
            )  # fmt: skip
        return rows

    def under_our_own(self, mention: int) -> bool:
        """Whether the post that began a post's thread is known to be ours."""
        with self._db.snapshot():
            return bool(self._db.value(
                """SELECT 1 FROM mentions m JOIN mentions r ON r.key_hash = m.root_hash AND r.own
                WHERE m.number = ?""",
                mention,
            ))  # fmt: skip


def _post_of(row: Row) -> ThreadPost:
    return ThreadPost(
        mention=row["number"], platform=row["platform"], kind=row["kind"],
        posted_at=clock.parse(row["posted_at"]), own=bool(row["own"]), masked=row["masked"] or "",
    )  # fmt: skip
