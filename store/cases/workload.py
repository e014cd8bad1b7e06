"""What lies with whom: how old each lane is, what is overdue, who has what, and what was decided lately."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.models import DecisionKind, Lane
from store.cases.deadlines import WAS_LATE
from store.cases.endings import GRAVE
from store.cases.handoffs import OVERDUE_HERE, TELLS
from store.cases.models import HOLDS, UNFINISHED
from store.cases.outcomes import COUNTS, OUTCOME_COLUMNS, DecisionOutcome, outcome_in
from store.cases.second_looks import NOT_LOOKED_AGAIN
from store.database import Database

MOST = 50  # cases that are told
_LEAK_CLOSED = "path = 'leak' AND step = 'close' AND undone_at IS NULL"
MOST_LOOKS = 200  # decisions that one list asks somebody to look at a second time, the newest
LOOKED_THROUGH = 20_000  # decisions that it looks through for them: a year of a large team's
LOOKED_AT = (
    500  # posts at each end, by which it is told what read those that the model in force has not
)
_OF_LATE = f"d.number > (SELECT max(number) FROM case_decisions) - {LOOKED_THROUGH}"
# What leaves a post to nobody, or says that it was answered: of high risk a second person looks at it.
_PUTS_ASIDE = ("no_action", "not_relevant", "duplicate", "monitor", "snooze", "respond")
# Of a post `i` that a decision `d` says that there is nothing in, or nothing to do about: it tells that something went badly wrong, or that somebody was treated unfairly.
_DENIES_HARM = """(d.kind IN ('no_action', 'not_relevant', 'monitor') AND (EXISTS (SELECT 1 FROM case_flags h WHERE h.mention = i.mention AND h.flag = 'allegation')
    OR EXISTS (SELECT 1 FROM assessments h WHERE h.number = i.assessment AND h.protected = 'discrimination')))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneAge:
    """One lane: how many cases stand in it, since when its oldest, how many are past their time, and how many somebody acted on too late."""

    lane: Lane
    cases: int
    oldest: datetime | None
    overdue: int
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseload:
    """What one person has: how many cases, and how many of them wait in a lane; a team or a colleague has the others."""

    cases: int
    here: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """Somebody said of a case that a flag does not hold."""

    case: int
    flag: str
    at: datetime
    by_name: str
    by: int | None
    version: int  # of the decision
    reason: str = field(default="", repr=False)  # in the words that were saved with it


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAside:
    """A case of which somebody closed, put aside or answered what is of high risk, or was told of at once."""

    case: int
    kind: DecisionKind
    at: datetime
    by_name: str
    by: int | None
    version: int
    reason: str = field(default="", repr=False)  # in the words that were saved with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A case that was there before and got more posts since: how many more, and how many it holds now."""

    case: int
    more: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingUp:
    """Posts that may be protected as speaking up: how many, and how many were passed to the Guardian or wait there.

    `elsewhere` were decided on in another way; `sent_back` are cases that the Guardian sent back to the desk meanwhile.
    """

    posts: int
    new: int
    waiting: int
    passed_on: int
    elsewhere: int
    sent_back: int


class Workload:
    """Reading figures of the team's work; nothing is kept of it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def lanes(self, at: datetime) -> Mapping[Lane, LaneAge]:
        """Each lane that holds something at this moment."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.lane, count(*) AS cases, min(c.opened_at) AS oldest, sum(coalesce(c.due_at <= ?1, 0)) AS overdue,
                    sum({WAS_LATE.format(at="?1")}) AS late FROM cases c WHERE c.lane IS NOT NULL AND c.opened_at <= ?1 AND {self._db.sight.of_lanes()} GROUP BY c.lane""",
                clock.text(at),
            )  # fmt: skip
        return {
            row["lane"]: LaneAge(
                lane=row["lane"], cases=row["cases"], oldest=clock.parse(row["oldest"]), overdue=row["overdue"],
                late=row["late"],
            )
            for row in rows
        }  # fmt: skip

    def opened(self, since: datetime) -> Mapping[Lane, int]:
        """How many cases of Now, Answer and Look were opened since a moment and wait there."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.lane, count(*) AS count FROM cases c INDEXED BY cases_by_lane
                WHERE c.lane IN ('now', 'answer', 'look') AND c.opened_at >= ? AND {self._db.sight.of_lanes()} GROUP BY c.lane""",
                clock.text(since),
            )
        return {row["lane"]: row["count"] for row in rows}

    def grown(self, since: datetime) -> list[Growth]:
        """Cases of Now, Answer and Look that were there at a moment and got posts since, those that got most first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.number, c.size, count(*) AS more
                FROM mentions m INDEXED BY mentions_by_found
                CROSS JOIN case_mentions i ON i.mention = m.number AND NOT i.deleted
                CROSS JOIN cases c ON c.number = i.case_number AND c.opened_at < ?1 AND c.lane IN ('now', 'answer', 'look')
                WHERE m.found_at >= ?1 AND {self._db.sight.of_cases()} GROUP BY c.number ORDER BY more DESC, c.number""",
                clock.text(since),
            )  # fmt: skip
        return [Growth(case=row["number"], more=row["more"], size=row["size"]) for row in rows]

    def count_overdue(self, at: datetime) -> int:
        """How many cases are past their time."""
        with self._db.snapshot():
            return int(
                self._db.value(
                    f"SELECT count(*) FROM cases c WHERE c.due_at IS NOT NULL AND c.due_at <= ?1 AND {self._db.sight.of_lanes()} AND {OVERDUE_HERE.format(at='?1')}",
                    clock.text(at),
                )
            )

    def count_late(self, at: datetime) -> int:
        """How many cases of Today somebody acted on only after their time, so that what is left has a later one."""
        return sum(lane.late for lane in self.lanes(at).values())

    def overdue(self, at: datetime, *, limit: int) -> list[tuple[int, Lane | None, datetime, str]]:
        """Cases past their time, longest first: number, lane, since when, and the reason of the worst post."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.number, c.lane, c.due_at, i.reason FROM cases c
                LEFT JOIN case_mentions i ON i.mention = coalesce(c.lane_mention, c.lead_mention)
                WHERE c.due_at IS NOT NULL AND c.due_at <= ?1 AND {self._db.sight.of_lanes()} AND {OVERDUE_HERE.format(at="?1")}
                ORDER BY c.due_at, c.number LIMIT ?2""",
                clock.text(at), limit,
            )  # fmt: skip
        return [
            (row["number"], row["lane"], clock.parse(row["due_at"]), row["reason"] or f"Case {row['number']}")
            for row in rows
        ]  # fmt: skip

    def holders(self) -> Mapping[int, Caseload]:
        """How many cases each person has that are not done: the cases that *The team* and *Handover* count too."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.assigned_to AS who, count(*) AS count, sum(c.lane IS NOT NULL) AS here FROM cases c
                WHERE c.assigned_to IS NOT NULL AND {UNFINISHED} AND {self._db.sight.of_cases()}
                GROUP BY c.assigned_to"""
            )
        return {row["who"]: Caseload(cases=row["count"], here=row["here"]) for row in rows}

    def decided(self, since: datetime) -> Mapping[DecisionOutcome, int]:
        """How many cases were decided since a moment, by what the last decision of each that stands comes to, the most first.

        Whose they are is not told. What decides nothing (DECIDES_NOTHING) is not counted, nor does it hide what was decided before it.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT {OUTCOME_COLUMNS} FROM case_decisions d
                WHERE d.at >= ? AND {HOLDS} AND {COUNTS} AND {self._db.sight.of_numbers("d.case_number")}
                AND NOT EXISTS (SELECT 1 FROM case_decisions l WHERE l.case_number = d.case_number AND l.version > d.version
                    AND l.kind <> 'undo' AND {COUNTS.replace("d.", "l.")} AND NOT EXISTS (SELECT 1 FROM case_decisions u
                        WHERE u.case_number = l.case_number AND u.undoes = l.version))""",
                clock.text(since),
            )  # fmt: skip
            counts = Counter(outcome_in(self._db, row) for row in rows)
        return dict(sorted(counts.items(), key=lambda counted: (-counted[1], counted[0])))

    def dismissed(self, flags: Collection[str]) -> list[Dismissed]:
        """Where somebody said that one of these flags does not hold and nobody else looked since, newest first; what was undone is left out.

        At most `MOST_LOOKS`, of the newest `LOOKED_THROUGH` decisions: two pages ask it each time, and decisions are kept for years.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT d.case_number, d.version, d.at, d.by_user, d.encrypted, l.key AS flag, u.name FROM case_decisions d
                    JOIN json_each(d.labels) l ON l.value = 0 LEFT JOIN users u ON u.number = d.by_user
                WHERE {HOLDS} AND {self._db.sight.of_numbers("d.case_number")} AND l.key IN (SELECT value FROM json_each(?))
                AND {NOT_LOOKED_AGAIN} AND {_OF_LATE} ORDER BY d.number DESC LIMIT {MOST_LOOKS}""",
                json.dumps(list(flags)),
            )  # fmt: skip
        return [
            Dismissed(case=row["case_number"], version=row["version"], flag=row["flag"], at=clock.parse(row["at"]), by=row["by_user"], by_name=row["name"] or "someone who has left", reason=self._db.encryption.decrypt(row["encrypted"])["reason"])
            for row in rows
        ]  # fmt: skip

    def put_aside(self) -> list[PutAside]:
        """What was closed, put aside or answered though it is of high risk, or people were told of it at once, or closed or watched though it tells of
        harm or unfair treatment, and nobody else looked since, newest first: what was undone is left out, and what `dismissed` has. As many as there."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT d.case_number, d.version, d.kind, d.at, d.by_user, d.encrypted, u.name FROM case_decisions d
                    LEFT JOIN users u ON u.number = d.by_user
                WHERE {HOLDS} AND {self._db.sight.of_numbers("d.case_number")}
                AND d.kind IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM json_each(d.labels) l WHERE l.value = 0
                    AND l.key IN (SELECT value FROM json_each(?)))
                AND EXISTS (SELECT 1 FROM json_each(d.covers) p JOIN case_mentions i ON i.mention = json_extract(p.value, '$[0]')
                    WHERE {GRAVE} OR {_DENIES_HARM})
                AND {NOT_LOOKED_AGAIN} AND {_OF_LATE} ORDER BY d.number DESC LIMIT {MOST_LOOKS}""",
                json.dumps(_PUTS_ASIDE), json.dumps(list(TELLS)),
            )  # fmt: skip
        return [
            PutAside(case=row["case_number"], version=row["version"], kind=row["kind"], at=clock.parse(row["at"]), by=row["by_user"], by_name=row["name"] or "someone who has left", reason=self._db.encryption.decrypt(row["encrypted"])["reason"])
            for row in rows
        ]  # fmt: skip

    def decided_in_now(self, since: datetime, roles_of: Mapping[str, Collection[str]]) -> list[int]:
        """Cases with a post of Now that has one of these flags, decided since a moment and passed to none of the roles of the flag, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT d.case_number, max(d.number) AS last FROM case_decisions d CROSS JOIN case_mentions i ON i.case_number = d.case_number
                    AND i.lane = 'now' AND i.reviewable AND NOT i.deleted
                CROSS JOIN case_flags f ON f.mention = i.mention CROSS JOIN json_each(?1) w ON w.key = f.flag
                WHERE d.at >= ?2 AND {HOLDS} AND {self._db.sight.of_numbers("d.case_number")}
                AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.case_number = d.case_number AND h.state <> 'taken back'
                    AND h.role IN (SELECT value FROM json_each(w.value)))
                GROUP BY d.case_number ORDER BY last DESC LIMIT ?3""",
                json.dumps({flag: list(roles) for flag, roles in roles_of.items()}), clock.text(since), MOST,
            )  # fmt: skip
        return [row["case_number"] for row in rows]

    def closed_leaks(self, since: datetime) -> list[int]:
        """Cases that the steps of a leak closed since a moment, newest first, in whatever lane they stood."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT case_number, max(number) AS last FROM path_steps WHERE {_LEAK_CLOSED} AND at >= ?
                AND {self._db.sight.of_numbers("case_number")} GROUP BY case_number ORDER BY last DESC LIMIT ?""",
                clock.text(since), MOST,
            )  # fmt: skip
        return [row["case_number"] for row in rows]

    def with_leak_closed(self, cases: Collection[int]) -> frozenset[int]:
        """Which of these cases the steps of a leak closed."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"SELECT DISTINCT case_number FROM path_steps WHERE case_number IN (SELECT value FROM json_each(?)) AND {_LEAK_CLOSED}",
                json.dumps(sorted(cases)),
            )
        return frozenset(row["case_number"] for row in rows)

    def flagged_in_now(self, cases: Collection[int], flags: Collection[str]) -> frozenset[int]:
        """Which of these cases have a post of Now with one of these flags, whether it was decided or not."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT DISTINCT i.case_number FROM json_each(?1) n CROSS JOIN case_mentions i ON i.case_number = n.value
                    AND i.lane = 'now' AND i.reviewable AND NOT i.deleted
                CROSS JOIN case_flags f ON f.mention = i.mention AND f.flag IN (SELECT value FROM json_each(?2))""",
                json.dumps(sorted(cases)), json.dumps(sorted(flags)),
            )  # fmt: skip
        return frozenset(row["case_number"] for row in rows)

    def speaking_up(self, since: datetime) -> SpeakingUp:
        """Posts for the Guardian: how many, and where they went. What was passed to them, or taken up by them, is passed on."""
        with self._db.snapshot():
            row = self._db.rows(
                """SELECT count(*) AS posts, coalesce(sum(m.found_at >= ?), 0) AS new,
                    coalesce(sum(i.decided_revision IS NULL), 0) AS waiting,
                    coalesce(sum(i.decided_revision IS NOT NULL AND c.role = 'guardian'), 0) AS passed_on
                FROM cases c INDEXED BY cases_protected CROSS JOIN case_mentions i ON i.case_number = c.number AND i.speaks
                    JOIN mentions m ON m.number = i.mention
                WHERE c.protected > 0 AND c.protected <> 3 AND i.reviewable AND NOT i.deleted""",
                clock.text(since),
            )[0]
            sent_back = self._db.value(
                "SELECT count(*) FROM decision_records WHERE at >= ? AND kind = 'sent_back'",
                clock.text(since),
            )
        return SpeakingUp(
            posts=row["posts"], new=row["new"], waiting=row["waiting"], passed_on=row["passed_on"],
            elsewhere=row["posts"] - row["waiting"] - row["passed_on"], sent_back=int(sent_back or 0),
        )  # fmt: skip

    def counted_events(self, since: datetime) -> Mapping[str, int]:
        """How often each kind of event happened since a moment."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT kind, count(*) AS count FROM events WHERE at >= ? GROUP BY kind",
                clock.text(since),
            )
        return {row["kind"]: row["count"] for row in rows}

    def chain_end(self) -> tuple[int, str]:
        """How many events there are, and the mac of the last; 0 and "" of none."""
        with self._db.snapshot():
            row = self._db.row("SELECT number, mac FROM events ORDER BY number DESC LIMIT 1")
        return (row["number"], row["mac"]) if row else (0, "")

    def reading_models(self) -> list[str]:
        """The models by which what is stored was read last, the newest first.

        The one in force is known to have read all up to some post (`read_through`); of what is left the first and last posts are
        looked at, so that a store of millions that is being read anew is answered at once.
        """
        with self._db.snapshot():
            known = self._db.row("SELECT model, number FROM read_through WHERE number > 0")
            rows = self._db.rows(
                """SELECT a.model FROM (SELECT number FROM (SELECT number FROM mentions WHERE number > ?1 ORDER BY number LIMIT ?2)
                    UNION SELECT number FROM (SELECT number FROM mentions WHERE number > ?1 ORDER BY number DESC LIMIT ?2)) m
                CROSS JOIN current_assessments a ON a.mention = m.number
                WHERE a.model <> '' GROUP BY a.model ORDER BY max(a.number) DESC""",
                known["number"] if known else 0, LOOKED_AT,
            )  # fmt: skip
        models = [row["model"] for row in rows]
        return models if known is None or known["model"] in models else [known["model"], *models]

    def versions(self) -> tuple[str, str]:
        """The policy and model of the newest assessment; "" where nothing was assessed."""
        with self._db.snapshot():
            row = self._db.row(
                "SELECT policy, model FROM assessments WHERE model <> '' ORDER BY number DESC LIMIT 1"
            )
        return (row["policy"], row["model"]) if row else ("", "")
