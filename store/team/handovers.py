"""Keeps what whoever goes off tells those who come on, and finds what is open and what changed since.

A note is corrected by a further version of it, and is for each colleague to read again then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from core import clock
from core.errors import StoreError
from store.cases.deadlines import breaches_that_run
from store.cases.handoffs import OVERDUE_HERE, handoffs_seen
from store.cases.lanes import ANSWERED_ALREADY
from store.cases.models import HOLDS, UNFINISHED
from store.cases.outcomes import COUNTS
from store.database import Database
from store.encryption import clean
from store.sqlite import Row
from store.team.models import Handover, Standing
from store.team.opinions import opinion_of

_WAITS = "state IN ('new', 'open')"
# A post in which a reporter asks us waits in Today: a story that asks nothing stands in Look.
_REPORTER_ASKS = """SELECT 1 FROM case_mentions i CROSS JOIN case_flags f ON f.mention = i.mention AND f.flag = 'media'
    WHERE i.case_number = deadlines.case_number AND i.lane IN ('now', 'answer') AND i.reviewable AND NOT i.deleted
    AND NOT coalesce(i.decided_revision >= i.revision, 0)"""
# Or was passed on, and whoever has it has still to answer: that waits as well, as what a request for help waits for is counted.
_REPORTER_WAITS = _REPORTER_ASKS.replace(
    "AND NOT coalesce(i.decided_revision >= i.revision, 0)",
    """AND (NOT coalesce(i.decided_revision >= i.revision, 0)
    OR EXISTS (SELECT 1 FROM handoffs h, json_each(h.posts) p WHERE h.case_number = i.case_number AND h.state IN ('waits', 'confirmed')
        AND json_extract(p.value, '$[0]') = i.mention))""",
)
# Of a case in Answer whose clocks are no longer those of its flags: somebody answered it, or it never had any.
_RUNS = "EXISTS (SELECT 1 FROM deadlines WHERE case_number = c.number AND stopped_at IS NULL AND kind = '{}'{})"
# A case that waits in Now for what may be a patient's details in one of its posts, by the program or as a colleague reported it.
_DETAILS = """c.lane = 'now' AND EXISTS (SELECT 1 FROM case_mentions i
    WHERE i.case_number = c.number AND i.lane = 'now' AND i.reviewable AND NOT i.deleted
    AND NOT coalesce(i.decided_revision >= i.revision, 0)
    AND (EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = i.mention AND f.flag = 'pid')
        OR i.reported_version IS NOT NULL AND EXISTS (SELECT 1 FROM alerts a, json_each(a.flags) j WHERE a.kind = 'reported'
            AND (a.mention = i.mention OR a.case_number = i.case_number) AND j.value = 'pid')))"""
# A role has the case, and nobody is left who should say that they have it.
_HAS_IT = "h.state = 'confirmed' AND NOT EXISTS (SELECT 1 FROM handoffs w WHERE w.case_number = h.case_number AND w.state = 'waits')"
_NEWEST = "h.version = (SELECT max(version) FROM handovers WHERE note = h.note)"


class Handovers:
    """Writing, reading and what a note is about."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self,
        words: str,
        *,
        by: int,
        at: datetime,
        figures: Mapping[str, int],
        after: int,
        note: int | None = None,
    ) -> int | None:
        """Keeps a note, or a further version of one's own `note`; its number.

        None where a newer one than `after` was written meanwhile. Raises StoreError without words, or for the note of
        somebody else.
        """  # fmt: skip
        if not words.strip():
            raise StoreError("write what your colleagues should know")
        with self._db.transaction():
            if (self._db.value("SELECT max(number) FROM handovers") or 0) != after:
                return None
            version = 1
            if note is not None:
                row = self._db.row(
                    "SELECT * FROM handovers WHERE note = ? ORDER BY version DESC LIMIT 1", note
                )
                if row is None or row["by_user"] != by:
                    raise StoreError(
                        "a note is corrected by whoever wrote it: write one of your own"
                    )
                version = row["version"] + 1
            else:
                note = (self._db.value("SELECT max(note) FROM handovers") or 0) + 1
            number = self._db.insert(
                "handovers", note=note, version=version, by_user=by, at=clock.text(at),
                figures=json.dumps(dict(figures)), encrypted=self._db.encryption.encrypt({"note": clean(words)}),
            )  # fmt: skip
            self._db.add_event("handed over", at, handover=number, by=by, version=version)
        return number

    def strike(self, number: int, *, by: int, at: datetime) -> None:
        """Removes the words of one version for good; that it was written, and who struck it, stays. Raises StoreError where there is none such."""
        with self._db.transaction():
            if not self._db.value("SELECT 1 FROM handovers WHERE number = ?", number):
                raise StoreError("there is no such note: it was removed")
            self._db.execute(
                "UPDATE handovers SET encrypted = ? WHERE number = ?",
                self._db.encryption.encrypt({"note": ""}),
                number,
            )
            self._db.add_event("handover struck", at, handover=number, by=by)

    def mark_read(self, number: int, *, by: int, at: datetime) -> None:
        """Keeps that somebody read this version. Raises StoreError where there is none such."""
        with self._db.transaction():
            if not self._db.value("SELECT 1 FROM handovers WHERE number = ?", number):
                raise StoreError("there is no such note: it was removed")
            self._db.execute(
                "INSERT INTO handover_reads VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                number, by, clock.text(at),
            )  # fmt: skip

    def last(self) -> Handover | None:
        """The newest note as it stands now."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM handovers ORDER BY number DESC LIMIT 1")
            return self._handover(row) if row else None

    def get(self, number: int) -> Handover | None:
        """One version of a note."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM handovers WHERE number = ?", number)
            return self._handover(row) if row else None

    def recent(self, *, limit: int = 30) -> list[Handover]:
        """Notes as they stand now, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"SELECT * FROM handovers h WHERE {_NEWEST} ORDER BY h.number DESC LIMIT ?", limit
            )
            return [self._handover(row) for row in rows]

    def unread(self, user: int) -> list[Handover]:
        """Notes as they stand now that somebody else left since this person joined and that they have not read, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT h.* FROM handovers h WHERE {_NEWEST} AND h.by_user IS NOT ?1
                AND h.at >= coalesce((SELECT created_at FROM users WHERE number = ?1), '')
                AND NOT EXISTS (SELECT 1 FROM handover_reads WHERE handover = h.number AND user_number = ?1)
                ORDER BY h.number DESC""",
                user,
            )
            notes = [self._handover(row) for row in rows]
        return [note for note in notes if note.words]

    def versions(self, note: int) -> list[Handover]:
        """All versions of a note, first to last."""
        with self._db.snapshot():
            rows = self._db.rows("SELECT * FROM handovers WHERE note = ? ORDER BY version", note)
            return [self._handover(row) for row in rows]

    def standing(self, since: datetime, at: datetime, *, after: int | None = None) -> Standing:
        """What is open now, and what changed since a moment.

        `after` is the newest case that was there then: one that was found before may have been put together since.
        """
        began, now = clock.text(since), clock.text(at)
        seen, numbers = self._db.sight.of_cases(), self._db.sight.of_numbers("case_number")
        passed_on = (
            f"h.case_number IN (SELECT number FROM cases) AND {handoffs_seen(self._db.sight, 'h.')}"
        )
        with self._db.snapshot():
            newest = (
                self._db.value(
                    f"SELECT c.number FROM cases c NOT INDEXED WHERE {seen} ORDER BY c.number DESC LIMIT 1"
                )
                or 0
            )
            waiting = self._db.rows(
                f"SELECT * FROM opinions WHERE state = 'waits' AND {numbers} ORDER BY due_at, number"
            )
            opinions = tuple(opinion_of(row) for row in waiting)
            return Standing(
                since=since, newest=newest, figures=self._open_figures(now) | {
                    "opinions": len(opinions), "opinions_overdue": sum(o.due_at <= at for o in opinions),
                },
                decided=self._db.value(
                    f"""SELECT count(DISTINCT case_number) FROM case_decisions d INDEXED BY case_decisions_by_at
                    WHERE {numbers} AND at > ? AND {COUNTS} AND {HOLDS}""", began,
                ),
                high=self._numbers(
                    f"""SELECT c.number FROM cases c INDEXED BY cases_by_risk WHERE c.risk = 3 AND {seen}
                    AND (opened_at > ? OR number > ?) ORDER BY opened_at DESC""",
                    began, newest if after is None else after,
                ),
                overdue=self._numbers(
                    f"""SELECT c.number FROM cases c INDEXED BY cases_overdue
                    WHERE {seen} AND due_at <= ?1 AND (due_at > ?2 OR opened_at > ?2 OR number > ?3) AND {OVERDUE_HERE.format(at="?1")}
                    ORDER BY (risk < 3), opened_at, number""",
                    now, began, newest if after is None else after,
                ),
                escalated=self._numbers(
                    f"""SELECT DISTINCT h.case_number FROM handoffs h
                    WHERE h.state = 'waits' AND {passed_on} AND h.at > ? ORDER BY h.case_number DESC""", began,
                ),
                confirmed=self._numbers(
                    f"""SELECT DISTINCT h.case_number FROM handoffs h
                    WHERE {_HAS_IT} AND {passed_on} AND h.at > ? ORDER BY h.case_number DESC""", began,
                ),
                breaches=self._numbers(
                    f"SELECT k.case_number FROM deadlines k WHERE {breaches_that_run(self._db.sight)} ORDER BY k.due_at, k.number"
                ),
                details=self._numbers(
                    f"SELECT c.number FROM cases c INDEXED BY cases_by_lane WHERE {self._db.sight.of_lanes()} AND {_DETAILS} ORDER BY c.lane_order"
                ),
                opinions=opinions,
            )  # fmt: skip

    def _open_figures(self, now: str) -> dict[str, int]:
        """How many cases and clocks wait now, each by an index that holds no others."""
        seen, numbers = self._db.sight.of_cases(), self._db.sight.of_numbers("case_number")
        passed_on = (
            f"h.case_number IN (SELECT number FROM cases) AND {handoffs_seen(self._db.sight, 'h.')}"
        )
        # with what those on duty find in the lanes alone, so that the lanes together are as many
        waits = f"({seen} OR {self._db.sight.of_lanes()} AND c.lane IN ('now', 'answer', 'look', 'rest')) AND {_WAITS} AND flagged > 0"
        row = self._db.rows(
            f"""SELECT
                (SELECT count(*) FROM cases c INDEXED BY cases_waiting WHERE {waits}) AS new,
                (SELECT count(*) FROM cases c INDEXED BY cases_waiting
                    WHERE {waits} AND risk = 3) AS high,
                (SELECT count(*) FROM cases c INDEXED BY cases_overdue WHERE {seen} AND due_at <= ?1 AND {OVERDUE_HERE.format(at="?1")}) AS overdue,
                (SELECT count(DISTINCT h.case_number) FROM handoffs h WHERE h.state = 'waits' AND {passed_on}) AS escalated,
                (SELECT count(DISTINCT h.case_number) FROM handoffs h WHERE {_HAS_IT} AND {passed_on}) AS confirmed,
                (SELECT count(*) FROM cases c WHERE {seen} AND state = 'snoozed') AS snoozed,
                (SELECT count(*) FROM cases c WHERE {seen} AND assigned_to IS NOT NULL AND {UNFINISHED}) AS assigned,
                (SELECT count(*) FROM deadlines WHERE {numbers} AND stopped_at IS NULL AND kind = 'assistance')
                    AS assistance,
                (SELECT count(*) FROM deadlines WHERE {numbers} AND stopped_at IS NULL AND kind = 'media'
                    AND EXISTS ({_REPORTER_WAITS})) AS media,
                (SELECT count(*) FROM deadlines k WHERE {breaches_that_run(self._db.sight)}) AS pid""",
            now,
        )[0]
        return {name: row[name] for name in row.keys()} | self._in_answer()  # noqa: SIM118 - a row is no mapping

    def _in_answer(self) -> dict[str, int]:
        """How many cases stand in Answer, and what each is: no case is counted twice, and all together are the lane."""
        media, asks = (
            _RUNS.format("media", f" AND EXISTS ({_REPORTER_ASKS})"),
            _RUNS.format("assistance", ""),
        )
        rows = self._db.rows(
            f"""SELECT CASE WHEN {media} THEN 'answer_media' WHEN {asks} THEN 'answer_assistance'
                WHEN {ANSWERED_ALREADY} THEN 'answer_done' ELSE 'answer_other' END AS part, count(*) AS count
            FROM cases c INDEXED BY cases_by_lane WHERE c.lane = 'answer' AND {self._db.sight.of_lanes()} GROUP BY part"""
        )
        parts = {row["part"]: row["count"] for row in rows}
        return {"answer": sum(parts.values()), **parts}

    def _numbers(self, sql: str, *values: str | int) -> tuple[int, ...]:
        return tuple(row[0] for row in self._db.rows(sql, *values))

    def _handover(self, row: Row) -> Handover:
        read = self._db.rows(
            "SELECT user_number FROM handover_reads WHERE handover = ?", row["number"]
        )
        return Handover(
            number=row["number"], note=row["note"], version=row["version"], by=row["by_user"],
            at=clock.parse(row["at"]), figures=json.loads(row["figures"]),
            words=self._db.encryption.decrypt(row["encrypted"])["note"], read_by=tuple(reader[0] for reader in read),
        )  # fmt: skip

    def delete_before(self, before: datetime) -> int:
        """Removes notes whose last version was written before; how many versions went."""
        old = f"""SELECT number FROM handovers WHERE note IN (
            SELECT h.note FROM handovers h WHERE {_NEWEST} AND h.at <= ?)"""
        moment = clock.text(before)
        self._db.execute(f"DELETE FROM handover_reads WHERE handover IN ({old})", moment)
        return self._db.execute(f"DELETE FROM handovers WHERE number IN ({old})", moment)
