"""What people hid or removed through a platform: who, when, what, on which ground, and what came of it.

It is written down before the platform is asked, since an answer that is lost may hide that it was done, and so
that a second click finds the first. Reasons are encrypted, and go with the post.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from core import clock
from store.cases.models import HOLDS
from store.cases.takedowns import HIDES
from store.database import Database
from store.encryption import clean
from store.sqlite import Row

Outcome = Literal["doing", "done", "refused", "not_done", "unknown"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
LONGEST = timedelta(minutes=15)  # after which nobody is asking the platform any more

_ALL = "SELECT o.*, u.name FROM moderations o LEFT JOIN users u ON u.number = o.by_user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """Something that was done, or tried, to one post. `why` is what the platform or this program said of it.

    `clause` is of the policy, "" where the reason alone says it. `protected`: it was shown as protected speech.
    """

    number: int = 0
    mention: int
    revision: int
    source: str
    action: str
    by: int  # the user's number
    at: datetime
    final: bool = False
    protected: bool = False
    clause: str = ""
    reason: str = field(default="", repr=False)
    outcome: Outcome = "doing"
    ended_at: datetime | None = None
    why: str = ""
    by_name: str = ""
    when: datetime | None = None  # it was done by hand then, and written down later

    @property
    def happened_at(self) -> datetime:
        """When it was done on the platform, as far as it is known."""
        return self.when or self.at


class Moderations:
    """Beginning, ending and reading them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, moderation: Moderation, *, after: int) -> int | None:
        """Writes down that the platform is about to be asked; its number.

        None where the post was edited, removed or acted on since it was shown, when `after` was the number of what was
        last done to it (0 for nothing): show it anew.
        """
        with self._db.transaction():
            if not self._as_shown(moderation, after):
                return None
            under_way = self._db.row(
                "SELECT * FROM moderations WHERE mention = ? AND outcome = 'doing'",
                moderation.mention,
            )
            if under_way is not None:
                if not _over(under_way, moderation.at):
                    return None
                self._end(under_way, "unknown", "", moderation.at)
            number = self._db.insert(
                "moderations", mention=moderation.mention, revision=moderation.revision, source=clean(moderation.source),
                action=clean(moderation.action), final=moderation.final, protected=moderation.protected,
                clause=clean(moderation.clause), by_user=moderation.by, began_at=clock.text(moderation.at),
                encrypted=self._db.encryption.encrypt({"reason": moderation.reason, "why": ""} | ({"when": clock.text(moderation.when)} if moderation.when else {})),
            )  # fmt: skip
            self._db.add_event(
                "moderation began", moderation.at, mention=moderation.mention, moderation=number,
                action=clean(moderation.action), clause=clean(moderation.clause) or "none", by=moderation.by,
                protected=int(moderation.protected),
            )  # fmt: skip
        return number

    def _as_shown(self, moderation: Moderation, after: int) -> bool:
        """Whether the post has the words that the person saw, and nothing was done to it since."""
        mention = self._db.row(
            "SELECT revision, deleted_at FROM mentions WHERE number = ?", moderation.mention
        )
        last = self._db.value(
            "SELECT max(number) FROM moderations WHERE mention = ?", moderation.mention
        )
        return (
            mention is not None
            and not mention["deleted_at"]
            and mention["revision"] == moderation.revision
            and (last or 0) == after
        )

    def end(self, number: int, outcome: Outcome, *, why: str = "", at: datetime) -> None:
        """Keeps what came of it, once; of a post that was purged meanwhile the event is kept alone."""
        with self._db.transaction():
            row = self._db.row("SELECT * FROM moderations WHERE number = ?", number)
            if row is None:
                self._db.add_event("moderation ended", at, moderation=number, outcome=outcome)
            elif row["outcome"] in ("doing", "unknown"):
                self._end(row, outcome, why, at)

    def get(self, number: int, at: datetime) -> Moderation | None:
        """One of them as it stands at a moment."""
        with self._db.snapshot():
            row = self._db.row(f"{_ALL} WHERE o.number = ?", number)
            return self._moderation(row, at) if row else None

    def of_mention(self, mention: int, at: datetime) -> list[Moderation]:
        """What was done to a post through its platform, first to last."""
        with self._db.snapshot():
            rows = self._db.rows(f"{_ALL} WHERE o.mention = ? ORDER BY o.number", mention)
            return [self._moderation(row, at) for row in rows]

    def of_case(self, case: int, at: datetime) -> list[Moderation]:
        """The same of all posts of a case."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""{_ALL} JOIN case_mentions i ON i.mention = o.mention
                WHERE i.case_number = ? ORDER BY o.number""",
                case,
            )
            return [self._moderation(row, at) for row in rows]

    def leaks_out_of_sight(self, cases: Collection[int]) -> frozenset[int]:
        """Those of these cases whose 72 hours run and of whose posts that somebody confirmed as a leak none is in sight any more."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT n.value AS case_number FROM json_each(?) n
                CROSS JOIN deadlines k ON k.case_number = n.value AND k.kind = 'pid' AND k.stopped_at IS NULL
                CROSS JOIN case_decisions d ON d.case_number = n.value AND d.kind = 'confirm' AND json_extract(d.labels, '$.pid') AND {HOLDS}
                CROSS JOIN json_each(d.covers) p
                CROSS JOIN case_mentions i ON i.mention = json_extract(p.value, '$[0]') AND i.case_number = n.value
                GROUP BY n.value HAVING min(i.deleted OR coalesce((SELECT o.outcome = 'done' AND o.action IN (SELECT value FROM json_each(?))
                    FROM moderations o WHERE o.mention = i.mention ORDER BY o.number DESC LIMIT 1), FALSE))""",
                json.dumps(sorted(cases)), json.dumps(sorted(HIDES)),
            )  # fmt: skip
        return frozenset(row["case_number"] for row in rows)

    def hidden_of(self, cases: Collection[int]) -> dict[int, tuple[datetime, str]]:
        """Those of these cases of which somebody hid every post that waits, with when the last was hidden and by whom."""
        with self._db.snapshot():
            rows = self._db.rows(
                # the name stands beside the one max(): with a min() too SQLite takes it from either row
                """SELECT i.case_number, max(coalesce(o.ended_at, o.began_at)) AS at, u.name FROM json_each(?) n CROSS JOIN case_mentions i ON i.case_number = n.value
                LEFT JOIN moderations o ON o.number = (SELECT max(number) FROM moderations WHERE mention = i.mention)
                LEFT JOIN users u ON u.number = o.by_user
                WHERE i.reviewable AND NOT i.deleted AND NOT coalesce(i.decided_revision >= i.revision, 0) GROUP BY i.case_number
                HAVING count(*) = sum(coalesce(o.outcome = 'done' AND o.action IN (SELECT value FROM json_each(?)), FALSE))""",
                json.dumps(sorted(cases)), json.dumps(sorted(HIDES)),
            )  # fmt: skip
        return {row["case_number"]: (clock.parse(row["at"]), row["name"] or "someone who has left") for row in rows}  # fmt: skip

    def _end(self, row: Row, outcome: Outcome, why: str, at: datetime) -> None:
        words = self._db.encryption.decrypt(row["encrypted"])
        self._db.execute(
            "UPDATE moderations SET outcome = ?, ended_at = ?, encrypted = ? WHERE number = ?",
            outcome, clock.text(at), self._db.encryption.encrypt({**words, "why": clean(why)}), row["number"],
        )  # fmt: skip
        self._db.add_event(
            "moderation ended", at, mention=row["mention"], moderation=row["number"],
            action=row["action"], outcome=outcome,
        )  # fmt: skip

    def _moderation(self, row: Row, at: datetime) -> Moderation:
        words = self._db.encryption.decrypt(row["encrypted"])
        return Moderation(
            number=row["number"], mention=row["mention"], revision=row["revision"], source=row["source"],
            action=row["action"], by=row["by_user"] or 0, by_name=row["name"] or "somebody who has left",
            at=clock.parse(row["began_at"]), final=bool(row["final"]), protected=bool(row["protected"]),
            clause=row["clause"], reason=words["reason"], why=words["why"],
            outcome="unknown" if row["outcome"] == "doing" and _over(row, at) else row["outcome"],
            ended_at=clock.parse(row["ended_at"]) if row["ended_at"] else None,
            when=clock.parse(words["when"]) if words.get("when") else None,
        )  # fmt: skip

    def note(
        self, number: int, source: str, action: str, *, by: str, at: datetime, done: bool = True
    ) -> None:
        """Keeps that somebody acted on a post through the platform, or, not `done`, is about to.

        It is kept of a mention that was purged meanwhile too: what was done there was done.
        """
        with self._db.transaction():
            self._db.add_event(
                "moderated" if done else "moderating", at, mention=number, source=clean(source),
                action=clean(action), by=self._db.encryption.person_hash(by),
            )  # fmt: skip

    def last_was(self, number: int, actions: Sequence[str]) -> bool:
        """Whether what was last done to a mention is one of these actions."""
        with self._db.snapshot():
            about = self._db.value(
                """SELECT about FROM events WHERE kind = 'moderated'
                AND json_extract(about, '$.mention') = ? ORDER BY number DESC LIMIT 1""",
                number,
            )
        return about is not None and json.loads(about)["action"] in actions


def _over(row: Row, at: datetime) -> bool:
    """Whether it began so long ago that the program must have stopped in between."""
    return bool(row["began_at"] <= clock.text(at - LONGEST))
