"""Records of decisions that outlive what was decided about: who, what, to which role, and why as a ready reason.

They hold a case's number, its flags and its risk, and neither words nor an author. Each is named in its event with a digest of
what stands in it, so that the chain, whose head is kept elsewhere, answers for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from core import clock
from core.models import RISKS, DecisionKind, Risk
from store.cases.models import CaseDecision
from store.database import Database
from store.seals import form
from store.sqlite import Row

_COLUMNS = "number, at, by_user, kind, case_number, version, role, why, flags, risk, posts, undoes"
RecordKind = DecisionKind | Literal["sent_back"]  # that one: out of the Guardian’s lane
KINDS: tuple[DecisionKind, ...] = get_args(DecisionKind)
# The events that name a record with its digest.
_NAMED = "kind IN ('case decided', 'sent back by the Guardian')"
PURGED = "decision records"  # how the event of a purge calls them
PAGE = 500  # records that are read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """One decision. `why` is a ready reason's words, "" where its maker wrote their own; `posts` how many it covered."""

    number: int
    at: datetime
    by: int | None
    kind: RecordKind
    case: int
    version: int
    role: str
    why: str
    flags: tuple[str, ...]
    risk: Risk | None
    posts: int
    undoes: int | None


class DecisionRecords:
    """Adding records with the decisions that they are of, and letting them go by a rule of their own."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, decision: CaseDecision, version: int, risk: int | None) -> tuple[int, str]:
        """Within the transaction of a decision: its number and its digest, for the decision's event."""
        number = self._db.insert(
            "decision_records", at=clock.text(decision.at), by_user=decision.by, kind=decision.kind,
            case_number=decision.case, version=version, role=decision.role or None, why=decision.why,
            flags=self._flags(decision.covers), risk=risk, posts=len(decision.covers), undoes=decision.undoes,
        )  # fmt: skip
        return number, self._digest(number)

    def add_sent_back(
        self, case: int, posts: Sequence[int], *, by: int, at: datetime, why: str
    ) -> tuple[int, str]:
        """Within the transaction that takes a case out of the Guardian's lane: the same of that. `why` is a ready reason."""
        now = self._db.row("SELECT version, risk FROM cases WHERE number = ?", case)
        assert now is not None
        number = self._db.insert(
            "decision_records", at=clock.text(at), by_user=by, kind="sent_back", case_number=case, version=now["version"],
            role=None, why=why, flags=self._flags([(post, 0) for post in posts]), risk=now["risk"], posts=len(posts),
        )  # fmt: skip
        return number, self._digest(number)

    def _digest(self, number: int) -> str:
        row = self._db.row(f"SELECT {_COLUMNS} FROM decision_records WHERE number = ?", number)
        assert row is not None
        return digest(self._db, row)

    def _flags(self, covers: Sequence[tuple[int, int]]) -> str:
        rows = self._db.rows(
            """SELECT DISTINCT f.name FROM json_each(?) c JOIN case_mentions i ON i.mention = c.value
            JOIN flags f ON f.assessment = i.assessment ORDER BY f.name""",
            json.dumps([mention for mention, _ in covers]),
        )
        return json.dumps([row["name"] for row in rows], separators=(",", ":"))

    def page(
        self, since: datetime, until: datetime, *, case: int | None = None, after: int = 0, size: int = PAGE
    ) -> list[DecisionRecord]:  # fmt: skip
        """Records of a half-open time in their order, those after a number."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT {_COLUMNS} FROM decision_records WHERE at >= ? AND at < ? AND number > ?
                    AND (? IS NULL OR case_number = ?) ORDER BY number LIMIT ?""",
                clock.text(since), clock.text(until), after, case, case, size,
            )  # fmt: skip
        return [_record(row) for row in rows]

    def latest(
        self, since: datetime, until: datetime, *, case: int | None = None, size: int = 50
    ) -> list[DecisionRecord]:
        """The last records of a half-open time, the last first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT {_COLUMNS} FROM decision_records WHERE at >= ? AND at < ?
                    AND (? IS NULL OR case_number = ?) ORDER BY number DESC LIMIT ?""",
                clock.text(since), clock.text(until), case, case, size,
            )  # fmt: skip
        return [_record(row) for row in rows]

    def each(
        self, since: datetime, until: datetime, case: int | None = None
    ) -> Iterator[DecisionRecord]:
        """All of them, a page at a time."""
        records = self.page(since, until, case=case)
        while records:
            yield from records
            records = self.page(since, until, case=case, after=records[-1].number)

    def delete_before(self, before: datetime) -> int:
        """Within a purge: lets the oldest records go, up to the first that is younger, and says how many."""
        return self._db.execute(
            """DELETE FROM decision_records WHERE number < coalesce((SELECT min(number) FROM decision_records
            WHERE at > ?), 1 + (SELECT max(number) FROM decision_records))""",
            clock.text(before),
        )

    def problems(self) -> list[str]:
        """Records that are not what the chain says of them, or that no purge took; none where all is as it was.

        Who has the key can seal a row anew, and no event of before whose head is kept elsewhere.
        """
        rows = self._db.rows(
            f"""SELECT {", ".join(f"r.{name}" for name in _COLUMNS.split(", "))},
                json_extract(e.about, '$.digest') AS digest
            FROM events e JOIN decision_records r ON r.number = json_extract(e.about, '$.record')
            WHERE e.{_NAMED}"""
        )
        unlike = [row["number"] for row in rows if row["digest"] != digest(self._db, row)]
        problems = [
            f"decision_records: row {number} is not what its event says of it" for number in unlike
        ]
        purged = int(self._db.value(
            f"""SELECT coalesce(sum(json_extract(about, '$."{PURGED}"')), 0) FROM events WHERE kind = 'purged'"""
        ))  # fmt: skip
        last = max(
            int(self._db.value("SELECT seq FROM sqlite_sequence WHERE name = 'decision_records'") or 0),
            int(self._db.value(f"SELECT max(json_extract(about, '$.record')) FROM events WHERE {_NAMED}") or 0),
        )  # fmt: skip
        if last - purged == self._db.value("SELECT count(*) FROM decision_records"):
            return problems
        there = {row["number"] for row in self._db.rows("SELECT number FROM decision_records")}
        missing = [number for number in range(purged + 1, last + 1) if number not in there]
        return [
            *problems,
            *(
                f"decision_records: row {number} is missing, and no purge took it"
                for number in missing[:20]
            ),
        ]


def digest(database: Database, row: Row) -> str:
    """The digest of a record, of the columns that a decision fixes for good."""
    values: Sequence[object] = [row[name] for name in _COLUMNS.split(", ")]
    return database.encryption.row_seal(form(("record", *values))).hex()  # type: ignore[arg-type]


def _record(row: Row) -> DecisionRecord:
    rank = row["risk"]  # as in `cases`: 0 is the least
    risk = RISKS[len(RISKS) - 1 - rank] if rank is not None and 0 <= rank < len(RISKS) else None
    return DecisionRecord(
        number=row["number"], at=clock.parse(row["at"]), by=row["by_user"], kind=row["kind"], case=row["case_number"],
        version=row["version"], role=row["role"] or "", why=row["why"], flags=tuple(json.loads(row["flags"])),
        risk=risk, posts=row["posts"], undoes=row["undoes"],
    )  # fmt: skip
