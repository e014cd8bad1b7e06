"""Keeps what people hid or removed through a platform: who, when, what, on which ground, and what came of it.

It is written down before the platform is asked, since an answer that is lost may hide that it was done, and so
that a second click finds the first. Reasons are sealed, and go with the post.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

import clock
from store.driver import Row
from store.opened import Opened
from store.sealing import clean

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


class Moderations(Opened):
    """Beginning, ending and reading them."""

    def begin_moderation(self, asked: Moderation, *, after: int) -> int | None:
        """Writes down that the platform is about to be asked; its number.

        None where the post was edited, removed or acted on since it was shown, when `after` was the number of what was
        last done to it (0 for nothing): show it anew.
        """
        with self._writing():
            there = self._row(
                "SELECT revision, deleted_at FROM mentions WHERE number = ?", asked.mention
            )
            last = (
                self._one("SELECT max(number) FROM moderations WHERE mention = ?", asked.mention)
                or 0
            )
            if (
                there is None
                or there["deleted_at"]
                or there["revision"] != asked.revision
                or last != after
            ):
                return None
            under_way = self._row(
                "SELECT * FROM moderations WHERE mention = ? AND outcome = 'doing'", asked.mention
            )
            if under_way is not None:
                if not _over(under_way, asked.at):
                    return None
                self._end(under_way, "unknown", "", asked.at)
            number = self._insert(
                "moderations", mention=asked.mention, revision=asked.revision, source=clean(asked.source),
                action=clean(asked.action), final=asked.final, protected=asked.protected,
                clause=clean(asked.clause), by_user=asked.by, began_at=clock.text(asked.at),
                sealed=self._seals.seal({"reason": asked.reason, "why": ""}),
            )  # fmt: skip
            self._note(
                "moderation began", asked.at, mention=asked.mention, moderation=number,
                action=clean(asked.action), clause=clean(asked.clause) or "none", by=asked.by,
                protected=int(asked.protected),
            )  # fmt: skip
        return number

    def end_moderation(self, number: int, outcome: Outcome, *, why: str = "", at: datetime) -> None:
        """Keeps what came of it, once; of a post that was purged meanwhile the event is kept alone."""
        with self._writing():
            row = self._row("SELECT * FROM moderations WHERE number = ?", number)
            if row is None:
                self._note("moderation ended", at, moderation=number, outcome=outcome)
            elif row["outcome"] in ("doing", "unknown"):
                self._end(row, outcome, why, at)

    def moderation(self, number: int, at: datetime) -> Moderation | None:
        """One of them as it stands at a moment."""
        with self._reading():
            row = self._row(f"{_ALL} WHERE o.number = ?", number)
            return self._moderation(row, at) if row else None

    def moderations(self, mention: int, at: datetime) -> list[Moderation]:
        """What was done to a post through its platform, first to last."""
        with self._reading():
            rows = self._rows(f"{_ALL} WHERE o.mention = ? ORDER BY o.number", mention)
            return [self._moderation(row, at) for row in rows]

    def case_moderations(self, case: int, at: datetime) -> list[Moderation]:
        """The same of all posts of a case."""
        with self._reading():
            rows = self._rows(
                f"""{_ALL} JOIN case_mentions i ON i.mention = o.mention
                WHERE i.case_number = ? ORDER BY o.number""",
                case,
            )
            return [self._moderation(row, at) for row in rows]

    def under_our_own(self, mention: int) -> bool:
        """Whether the post that began a post's thread is known to be ours."""
        with self._reading():
            return bool(self._one(
                """SELECT 1 FROM mentions m JOIN mentions r ON r.key_hash = m.root_hash AND r.own
                WHERE m.number = ?""",
                mention,
            ))  # fmt: skip

    def _end(self, row: Row, outcome: Outcome, why: str, at: datetime) -> None:
        kept = self._seals.open(row["sealed"])
        self._do(
            "UPDATE moderations SET outcome = ?, ended_at = ?, sealed = ? WHERE number = ?",
            outcome, clock.text(at), self._seals.seal({**kept, "why": clean(why)}), row["number"],
        )  # fmt: skip
        self._note(
            "moderation ended", at, mention=row["mention"], moderation=row["number"],
            action=row["action"], outcome=outcome,
        )  # fmt: skip

    def _moderation(self, row: Row, at: datetime) -> Moderation:
        words = self._seals.open(row["sealed"])
        return Moderation(
            number=row["number"], mention=row["mention"], revision=row["revision"], source=row["source"],
            action=row["action"], by=row["by_user"] or 0, by_name=row["name"] or "somebody who has left",
            at=clock.parse(row["began_at"]), final=bool(row["final"]), protected=bool(row["protected"]),
            clause=row["clause"], reason=words["reason"], why=words["why"],
            outcome="unknown" if row["outcome"] == "doing" and _over(row, at) else row["outcome"],
            ended_at=clock.parse(row["ended_at"]) if row["ended_at"] else None,
        )  # fmt: skip


def _over(row: Row, at: datetime) -> bool:
    """Whether it began so long ago that the program must have stopped in between."""
    return bool(row["began_at"] <= clock.text(at - LONGEST))
