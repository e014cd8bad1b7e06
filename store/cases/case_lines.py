"""Lines that officers wrote for cases in place of the rules': a case is called by its own for as long as the rules would say what they said when it was written.

So a worse post of a case, or one that is read otherwise since, is never hidden by a line from before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.errors import StoreError
from store.cases.handoffs import DANGERS
from store.cases.lanes import FIRST, Lanes
from store.database import Database
from store.encryption import clean

LONGEST = 42  # characters of a case's line, as of the rules' own
# The newest of each case; none whose post has left the case or was deleted, and none in the Guardian's lane.
_NEWEST = """SELECT l.*, u.name FROM case_lines l JOIN cases c ON c.number = l.case_number
    JOIN case_mentions i ON i.mention = l.post AND i.case_number = l.case_number LEFT JOIN users u ON u.number = l.by_user
    WHERE NOT c.protected AND NOT i.deleted AND l.number = (SELECT max(m.number) FROM case_lines m WHERE m.case_number = l.case_number)"""
_OF_THESE = f"{_NEWEST} AND l.case_number IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLine:
    """What an officer calls a case, who wrote it and when. `version` tells it from those before it; `words` are "" once it was taken back."""

    version: int
    case: int
    instead_of: str  # the rules' line
    by_name: str
    at: datetime
    words: str = field(repr=False)


class CaseLines:
    """Writing such a line, going back to the rules', and reading what stands."""

    def __init__(self, database: Database, lanes: Lanes) -> None:
        self._db = database
        self._lanes = lanes

    def rename(self, case: int, words: str, expected_version: int, *, by: int, at: datetime) -> bool:  # fmt: skip
        """Calls a case by these words; False where somebody wrote or took back a line since. Raises StoreError as `refuse`, and for no words or too many."""
        words = " ".join(clean(words).split())
        if not words or len(words) > LONGEST:
            raise StoreError(f"a line has 1 to {LONGEST} characters")
        with self._db.transaction():
            if self.version(case) != expected_version:
                return False
            self.refuse(case)
            named = self._lanes.named(case, at)
            if named is None:
                raise StoreError("nobody has sorted it yet: it gets its line within minutes")
            self._add(case, *named, words, by=by, at=at)
            self._db.add_event("case renamed", at, case=case, by=by)
        return True

    def take_back(self, case: int, expected_version: int, *, by: int, at: datetime) -> bool:
        """Calls a case by the rules' line again; False where somebody wrote or took back a line since, or none stands."""
        with self._db.transaction():
            last = self._db.row(
                "SELECT * FROM case_lines WHERE case_number = ? ORDER BY number DESC LIMIT 1", case
            )
            if last is None or last["number"] != expected_version or not self._words(last["encrypted"]):  # fmt: skip
                return False
            self._add(case, last["post"], last["instead_of"], "", by=by, at=at)
            self._db.add_event("case renamed back", at, case=case, by=by)
        return True

    def refuse(self, case: int) -> None:
        """Raises StoreError for a case that keeps the rules' line: somebody may be in danger, or speaks up, or nothing is left of it."""
        row = self._db.row(
            f"""SELECT c.protected, (c.lane = 'now' AND coalesce(c.lane_weight, 0) >= {FIRST}) OR EXISTS (SELECT 1 FROM case_mentions g
                JOIN case_flags f ON f.mention = g.mention WHERE g.case_number = c.number AND g.lane = 'now' AND g.reviewable AND NOT g.deleted
                AND f.flag IN (SELECT value FROM json_each(?))) AS danger FROM cases c WHERE c.number = ?""",
            json.dumps(sorted(DANGERS)), case,
        )  # fmt: skip
        if row is None:
            raise StoreError(f"there is no case {case}: it was purged, or never was")
        if row["protected"]:
            raise StoreError("someone may be speaking up in it: the Guardian’s cases are not renamed")  # fmt: skip
        if row["danger"]:
            raise StoreError("someone may be in danger in it: its line says so, and stays")

    def version(self, case: int) -> int:
        """What tells the newest line of a case from those before it, one that was taken back too; 0 for none."""
        return int(self._db.value("SELECT coalesce(max(number), 0) FROM case_lines WHERE case_number = ?", case))  # fmt: skip

    def last(self, case: int) -> WrittenLine | None:
        """The line that an officer wrote last, whether or not the case is called by it now; None once it was taken back."""
        with self._db.snapshot():
            rows = self._db.rows(_OF_THESE, json.dumps([case]))
        lines = [
            WrittenLine(
                version=row["number"], case=row["case_number"], instead_of=row["instead_of"],
                by_name=row["name"] or "someone who has left", at=clock.parse(row["at"]), words=self._words(row["encrypted"]),
            )
            for row in rows
        ]  # fmt: skip
        return next((line for line in lines if line.words), None)

    def in_place(self, reasons: Mapping[int, str]) -> dict[int, str]:
        """These lines of cases, with what an officer wrote in place of those for which it stands."""
        with self._db.snapshot():
            rows = self._db.rows(_OF_THESE, json.dumps(sorted(reasons)))
        written = {
            row["case_number"]: words
            for row in rows
            if row["instead_of"] == reasons[row["case_number"]]
            and (words := self._words(row["encrypted"]))
        }
        return {**reasons, **written}

    def called(self, words: str) -> list[int]:
        """The cases whose line has all of these words, each from its beginning, while the rules say of its post what they said."""
        wanted = [f" {word}" for word in re.findall(r"\w+", clean(words).casefold())]
        if not wanted:
            return []
        with self._db.snapshot():
            rows = self._db.rows(f"{_NEWEST} AND i.reason = l.instead_of")
        lines = ((row["case_number"], self._words(row["encrypted"])) for row in rows)
        return [case for case, line in lines if all(word in f" {line.casefold().replace('’', ' ')}" for word in wanted)]  # fmt: skip

    def _add(self, case: int, post: int, instead_of: str, words: str, *, by: int, at: datetime) -> None:  # fmt: skip
        self._db.insert(
            "case_lines", case_number=case, post=post, instead_of=instead_of, by_user=by, at=clock.text(at),
            encrypted=self._db.encryption.encrypt({"line": words}),
        )  # fmt: skip

    def _words(self, encrypted: bytes) -> str:
        return str(self._db.encryption.decrypt(encrypted)["line"])
