"""Splitting a case by hand: posts that are another matter than the rest get a case of their own, and can be put back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from core.errors import StoreError
from store.cases import numbers
from store.cases.alerts import Alerts
from store.cases.deadlines import Deadlines
from store.cases.models import HOLDS, RANK
from store.database import Database

# Of a case with this number: that what was begun on it says of itself no more than which case it is about.
_BEGUN = "SELECT 1 FROM path_steps WHERE case_number = ? AND undone_at IS NULL"


class Splitting:
    """A case of their own for some posts of a case, as one person sees it; which clock runs, and who was told, follows from the posts."""

    def __init__(self, database: Database, deadlines: Deadlines, alerts: Alerts) -> None:
        self._db = database
        self._deadlines = deadlines
        self._alerts = alerts

    def split(self, case: int, posts: Sequence[tuple[int, int]], *, by: int, at: datetime) -> int:
        """Moves these posts, each with the revision that the person saw, into a new case; its number.

        Each counts as found when it was found, so that a promise goes on and doesn't begin anew. Who stepped back from the case
        stays away from the new one. Raises StoreError where a post left the case or was edited meanwhile, where it was decided
        on or passed on, where steps of a guided path have begun, where somebody speaks up, and where nothing would be left.
        """
        if not posts:
            raise StoreError("tick the posts that are another matter")
        moved = [mention for mention, _ in posts]
        with self._db.transaction():
            self._refuse_changed(case, posts)
            self._refuse_begun(case, moved)
            left = self._db.value(
                """SELECT 1 FROM case_mentions WHERE case_number = ? AND reviewable AND NOT deleted
                AND mention NOT IN (SELECT value FROM json_each(?))""",
                case, json.dumps(moved),
            )  # fmt: skip
            if left is None:
                raise StoreError("tick fewer: at least one post stays in this case")
            new = self._open(case, moved)
            self._move(moved, new, "split")
            self._db.execute(
                """INSERT INTO recusals (case_number, user_number, at, own_post, handed_to, encrypted)
                SELECT ?, user_number, at, own_post, handed_to, encrypted FROM recusals WHERE case_number = ?""",
                new, case,
            )  # fmt: skip
            self._follow(case, new, at)
            self._db.add_event("case split", at, case=new, of=case, posts=len(moved), by=by)
        return new

    def put_back(self, case: int, *, by: int, at: datetime) -> int:
        """Moves the posts of a case that was split off back; the number of the case that has them again.

        Raises StoreError where it was not split off, where the other case is gone, and where somebody has decided on it, passed it on
        or begun its steps.
        """
        with self._db.transaction():
            of = self._db.value("SELECT split_from FROM cases WHERE number = ?", case)
            if of is None or self._db.row("SELECT 1 FROM cases WHERE number = ? AND size > 0", of) is None:  # fmt: skip
                raise StoreError("the case that it was split from has gone, or it never was split")
            rows = self._db.rows("SELECT mention FROM case_mentions WHERE case_number = ?", case)
            moved = [int(row["mention"]) for row in rows]
            if not moved:
                raise StoreError(f"its posts are in case {of} already")
            self._refuse_begun(case, moved)
            if self._db.row(f"SELECT 1 FROM case_decisions d WHERE case_number = ? AND {HOLDS}", case):  # fmt: skip
                raise StoreError("it was decided on: undo that first")
            self._move(moved, of, "thread")
            self._follow(case, of, at)
            self._db.add_event("case put back", at, case=case, of=of, posts=len(moved), by=by)
        return int(of)

    def split_off(self, case: int) -> list[int]:
        """The cases that were split from this one and still hold posts, first to last, of those that whoever asks may see."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.number FROM cases c WHERE c.split_from = ? AND c.size > 0 AND {self._db.sight.of_cases()}
                ORDER BY c.number""",
                case,
            )  # fmt: skip
        return [int(row["number"]) for row in rows]

    def _open(self, case: int, moved: Sequence[int]) -> int:
        first = self._db.rows(
            """SELECT min(m.found_at) AS found_at, min(m.posted_at) AS posted_at, min(m.number) AS lead FROM mentions m
            WHERE m.number IN (SELECT value FROM json_each(?))""",
            json.dumps(moved),
        )[0]  # fmt: skip
        return self._db.insert(
            "cases", number=numbers.following(self._db), opened_at=first["found_at"], latest_at=first["posted_at"],
            lead_mention=first["lead"], risk=RANK["none"], flagged=0, size=0, split_from=case,
            seen=self._db.value("SELECT seen FROM cases WHERE number = ?", case),  # who had looked at it then has looked at this
        )  # fmt: skip

    def _move(self, mentions: Sequence[int], case: int, why: str) -> None:
        self._db.execute(
            "UPDATE case_mentions SET case_number = ?, joined_by = ? WHERE mention IN (SELECT value FROM json_each(?))",
            case, why, json.dumps(mentions),
        )  # fmt: skip

    def _follow(self, before: int, after: int, at: datetime) -> None:
        for case in (before, after):
            self._deadlines.update(case, at)
        self._alerts.raise_for(after, at, reopened=False)

    def _refuse_changed(self, case: int, posts: Sequence[tuple[int, int]]) -> None:
        for mention, revision in posts:
            if not self._db.value(
                """SELECT 1 FROM case_mentions i JOIN mentions m ON m.number = i.mention
                WHERE i.mention = ? AND i.case_number = ? AND m.revision = ? AND i.reviewable AND NOT i.deleted""",
                mention, case, revision,
            ):  # fmt: skip
                raise StoreError(
                    "a post was edited or left this case while you looked: read it again, then split"
                )

    def _refuse_begun(self, case: int, moved: Sequence[int]) -> None:
        """What was done of a post stands with its case, and would be lost to whoever reads the new one."""
        listed = json.dumps(list(moved))
        if self._db.value("SELECT protected FROM cases WHERE number = ?", case):
            raise StoreError("someone may be speaking up in it: the Guardian’s cases are not split")
        if self._db.value(_BEGUN, case):
            raise StoreError("its steps have begun: finish them, or undo them first")
        if self._db.value(
            f"""SELECT 1 FROM case_decisions d, json_each(d.covers) j
            WHERE d.case_number = ? AND {HOLDS} AND json_extract(j.value, '$[0]') IN (SELECT value FROM json_each(?))""",
            case, listed,
        ):  # fmt: skip
            raise StoreError(
                "a post that was decided on stays where its decision is: undo that first"
            )
        if self._db.value(
            """SELECT 1 FROM handoffs h, json_each(h.posts) j WHERE h.case_number = ? AND h.state <> 'taken back'
            AND json_extract(j.value, '$[0]') IN (SELECT value FROM json_each(?))""",
            case, listed,
        ):  # fmt: skip
            raise StoreError(
                "a post that was passed on stays with the case that its team was told of"
            )
