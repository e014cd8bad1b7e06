"""Lanes: what waits for a person and how soon, the next of it, and how far a day's work has come.

A case stands in the lane of the worst of its posts that nobody decided on. Triggers keep `lane`, `lane_mention` and
`lane_order` of cases, so that counts and rows come from one index.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from core import clock, worries
from core.models import LANES, Lane
from store.cases.handoffs import DANGERS, UNCONFIRMED
from store.cases.models import HOLDS, Arrivals, LaneRow, Progress, case_of, reason_of
from store.database import Database
from store.figures import Figures
from store.own_posts import ANSWERED
from store.sqlite import Row

TODAY: tuple[Lane, ...] = ("now", "answer", "look")  # what a day's work is
LONGEST_LIST = 500
LEAK = "pid"  # the flag of a patient’s details
# Between two decisions of one person: more is a break, and no time that a case took.
LONGEST_TURN = timedelta(minutes=15)
FIRST = (
    2 * 10**9
)  # the weight of danger to life and of what a colleague says of harm, which stand first in Now (step 92)
FEWEST_TURNS = 50  # before which no median is told
# Somebody may be in danger, and the team has not said in time that it has it: that comes back to everybody.
_UNANSWERED = f"""EXISTS (SELECT 1 FROM handoffs h JOIN case_decisions d ON d.case_number = h.case_number AND d.version = h.version
    WHERE h.case_number = c.number AND h.due_at <= :at AND {UNCONFIRMED})"""
# Somebody may be in danger or hurt, by the program or a colleague, and nobody has begun with it: no step, no team, nobody took it.
_DANGER = ", ".join(f"'{flag}'" for flag in sorted(DANGERS))
_UNBEGUN = f"""(c.lane = 'now' AND c.assigned_to IS NULL
    AND NOT EXISTS (SELECT 1 FROM path_steps s WHERE s.case_number = c.number AND s.path IN ('danger', 'threat') AND s.undone_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.case_number = c.number AND h.state <> 'taken back')
    AND EXISTS (SELECT 1 FROM case_mentions g WHERE g.case_number = c.number AND g.lane = 'now' AND g.reviewable AND NOT g.deleted
        AND NOT coalesce(g.decided_revision >= g.revision, 0)
        AND (EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = g.mention AND f.flag IN ({_DANGER}))
            OR g.reported_version IS NOT NULL AND EXISTS (SELECT 1 FROM alerts a, json_each(a.flags) j WHERE a.kind = 'reported'
                AND (a.mention = g.mention OR a.case_number = c.number) AND j.value IN ({_DANGER})))))"""
# A colleague reported the post `i` by which a case `c` stands in its lane, and nobody else has opened that since.
UNLOOKED = "(i.reported_version IS NOT NULL AND i.decided_revision IS NULL AND i.speaks = 0 AND NOT c.seen)"
# Nobody but :user looks at it now, and it was given to nobody else.
_FREE = f"""(c.claimed_by IS NULL OR c.claimed_by = :user OR c.claimed_until <= :at)
    AND (c.assigned_to IS NULL OR c.assigned_to = :user OR {_UNANSWERED})"""


# The worst of a case's posts of its lane that were decided on, by the index; of those that wait it is `lane_mention`. Once
# somebody decided on some of its posts today a case keeps its name until the last is decided, so that it isn't taken for
# another.
_RANK = "CASE {}.lane WHEN 'now' THEN 0 WHEN 'answer' THEN 1 WHEN 'look' THEN 2 WHEN 'guardian' THEN 3 ELSE 4 END"
_DECIDED = f"""(SELECT n.mention FROM case_mentions n INDEXED BY case_mentions_by_lane WHERE n.case_number = c.number
    AND n.lane IS NOT NULL AND n.reviewable AND NOT n.deleted AND coalesce(n.decided_revision >= n.revision, 0) = 1
    AND {_RANK.format("n")} = {_RANK.format("c")} AND coalesce(c.decided_at >= :day, 0)
    ORDER BY n.weight DESC, n.posted_at, n.mention LIMIT 1)"""
_NAMED = """CASE WHEN w.weight > i.weight OR (w.weight = i.weight AND (w.posted_at, w.mention) < (i.posted_at, i.mention))
    THEN w.{0} ELSE i.{0} END"""
# Whether all that waits of a case was answered: each of its posts by an account of ours, or as somebody wrote down with a decision
# that holds. A post that asks for more than words, as to take something down, or for another team's, is not dealt with by that.
_ASKS_MORE = "('safeguarding', 'threat', 'pid', 'media', 'removal_request', 'confidential', 'security', 'impersonation')"
_WE_ANSWERED = f"""(EXISTS (SELECT 1 FROM mentions m WHERE m.number = {{0}} AND {ANSWERED})
    OR EXISTS (SELECT 1 FROM replies p WHERE p.mention = {{0}} AND NOT EXISTS (SELECT 1 FROM case_decisions u
        WHERE u.case_number = p.case_number AND u.undoes = p.version)))"""
ANSWERED_ALREADY = f"""({_WE_ANSWERED.format("c.lane_mention")} AND NOT EXISTS (SELECT 1 FROM case_mentions o
    WHERE o.case_number = c.number AND o.reviewable AND NOT o.deleted AND NOT coalesce(o.decided_revision >= o.revision, 0)
    AND (NOT {_WE_ANSWERED.format("o.mention")}
        OR EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = o.mention AND f.flag IN {_ASKS_MORE}))))"""


class Lanes:
    """Reading lanes. They are worked out by the grouping step and kept by triggers."""

    def __init__(self, database: Database, figures: Figures) -> None:
        self._db = database
        self._figures = figures

    def counts(self) -> Mapping[Lane, int]:
        """How many cases stand in each lane, by the index alone; what colleagues reported too that is no case yet, all of it in Now, since nobody has looked."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.lane, count(*) AS count FROM cases c INDEXED BY cases_by_lane
                WHERE c.lane IS NOT NULL AND {self._db.sight.of_lanes()} GROUP BY c.lane"""
            )
            reported = self._db.value(
                f"""SELECT count(DISTINCT t.mention) FROM staff_reports t
                JOIN mentions m ON m.number = t.mention AND m.deleted_at IS NULL WHERE {self._db.sight.of_posts("m.number")}
                AND NOT EXISTS (SELECT 1 FROM case_mentions k WHERE k.mention = t.mention)"""
            )
        counts = dict.fromkeys(LANES, 0) | {row["lane"]: row["count"] for row in rows}
        counts[worries.UNLOOKED] += reported
        return counts

    def rows(
        self, lanes: Sequence[Lane], *, user: int, at: datetime, limit: int, bare: bool = False
    ) -> list[LaneRow]:
        """The first `limit` cases of each of these lanes, lane after lane, each in its order.

        `user` has and looks at cases as anybody does. `bare`: the items have no flags.
        """
        day = clock.text(clock.day(clock.local_day(at))[0])
        with self._db.snapshot():
            rows: list[Row] = []
            for lane in lanes:
                rows += self._db.rows_named(
                    f"""SELECT c.*, {_NAMED.format('reason')} AS reason, {_NAMED.format('mention')} AS named_by,
                        i.reported_version, i.decided_revision, i.revision,
                        c.lane = 'answer' AND {ANSWERED_ALREADY} AS answered, {_UNBEGUN} AS unbegun,
                        {UNLOOKED} AS unlooked,
                        (SELECT count(*) FROM case_mentions p WHERE p.case_number = c.number AND p.lane IS NOT NULL
                            AND p.reviewable AND NOT p.deleted) AS posts_of,
                        (SELECT count(*) FROM case_mentions p WHERE p.case_number = c.number AND p.lane IS NOT NULL
                            AND p.reviewable AND NOT p.deleted
                            AND NOT coalesce(p.decided_revision >= p.revision, 0)) AS posts
                    FROM cases c INDEXED BY cases_by_lane JOIN case_mentions i ON i.mention = c.lane_mention
                    LEFT JOIN case_mentions w ON w.mention = {_DECIDED}
                    WHERE c.lane = :lane AND {self._db.sight.of_lanes()} ORDER BY c.lane_order LIMIT :limit""",
                    {"lane": lane, "limit": min(limit, LONGEST_LIST), "day": day},
                )  # fmt: skip
            items = self._figures.items([row["lane_mention"] for row in rows], bare=bare)
        return [
            LaneRow(
                case=case_of(row), item=items[row["lane_mention"]], lane=row["lane"],
                reason=reason_of(row), due_at=clock.parse(row["due_at"]) if row["due_at"] else None,
                posts=max(1, row["posts"]),  # of a case that was opened again all are decided
                edited=row["decided_revision"] is not None and row["decided_revision"] < row["revision"],
                reported=row["reported_version"] is not None, opened=bool(row["seen"]),
                has=row["assigned_to"], looks=row["claimed_by"] if _looks(row, at) else None,
                posts_of=max(1, row["posts_of"]), named_by=row["named_by"], answered=bool(row["answered"]),
                unbegun=bool(row["unbegun"]), unlooked=bool(row["unlooked"]), first=(row["lane_weight"] or 0) >= FIRST,
            )
            for row in rows
            if row["lane_mention"] in items
        ]  # fmt: skip

    def leaks_in_now(self) -> list[tuple[int, int]]:
        """Posts of Now in which a patient's details are out, by the program or a colleague, each with its case, in the order of Now."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.number, i.mention FROM cases c INDEXED BY cases_by_lane
                CROSS JOIN case_mentions i ON i.case_number = c.number AND i.lane = 'now' AND i.reviewable AND NOT i.deleted
                WHERE c.lane = 'now' AND {self._db.sight.of_lanes()} AND (i.reported_version IS NOT NULL
                    OR EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = i.mention AND f.flag = ?))
                ORDER BY c.lane_order, i.posted_at LIMIT ?""",
                LEAK, LONGEST_LIST,
            )  # fmt: skip
        return [(row["number"], row["mention"]) for row in rows]

    def wanted_at(self, mentions: Collection[int]) -> datetime | None:
        """By when the first of these posts that names a time wants an answer, in UTC; None where none does."""
        row = self._db.row(
            "SELECT min(wanted_at) AS at FROM case_mentions WHERE mention IN (SELECT value FROM json_each(?)) AND NOT deleted",
            json.dumps(sorted(mentions)),
        )
        return clock.parse(row["at"]) if row is not None and row["at"] else None

    def named_by(self, case: int, at: datetime) -> int | None:
        """The post whose reason a case is called by, as its row has it; None for one that stands in no lane."""
        day = clock.text(clock.day(clock.local_day(at))[0])
        rows = self._db.rows_named(
            f"""SELECT {_NAMED.format("mention")} AS mention FROM cases c JOIN case_mentions i ON i.mention = c.lane_mention
            LEFT JOIN case_mentions w ON w.mention = {_DECIDED} WHERE c.number = :case AND c.lane IS NOT NULL""",
            {"case": case, "day": day},
        )
        return int(rows[0]["mention"]) if rows and rows[0]["mention"] is not None else None

    def named(self, case: int, at: datetime) -> tuple[int, str] | None:
        """The post whose line a case is called by, with that; None where nobody has sorted it. `at` as in `named_by`."""
        with self._db.snapshot():
            number = self.named_by(case, at)
            if number is None:
                return next(((row["mention"], row["reason"]) for row in self._worst((case,))), None)
            reason = self._db.value("SELECT reason FROM case_mentions WHERE mention = ?", number)
        return (number, str(reason)) if reason else None

    def next_after(
        self,
        case: int,
        *,
        user: int,
        at: datetime,
        lanes: Sequence[Lane],
    ) -> int | None:
        """The next case down from one that nobody else has and that this person did not decide today.

        One in which somebody may be in danger comes back to everybody once its team has not confirmed in time. As long as nobody
        has begun with it, it comes whoever has it open; one that nobody has open goes before it, and nothing else below it.

        From where that one stands or stood; at the end once more from the top. After one
        of Now the most urgent of Now comes, also from above it, while Now has any: its own time moves as its steps are done.
        None where nothing is left but itself.
        """
        values: dict[str, Any] = {
            "case": case, "user": user, "at": clock.text(at), "day": clock.text(clock.day(clock.local_day(at))[0]),
        }  # fmt: skip
        with self._db.snapshot():
            where = self._db.value("SELECT lane_order FROM cases WHERE number = ?", case) or ""
            ordered = sorted(lanes, key=LANES.index)
            turns = [(where, ordered), ("", ordered)]
            if "now" in lanes and self._stood_in_now(case):
                turns.insert(0, ("", ["now"]))
            for after, each in turns:
                for lane in each:  # one by one, so that each is read by the index in its order
                    number = self._first(values | {"lane": lane, "after": after})
                    if number is not None:
                        return number
        return None

    def _first(self, values: Mapping[str, Any]) -> int | None:
        """The first case of a lane to which somebody is led, as `next_after` says it."""
        undecided = f"""(NOT EXISTS (SELECT 1 FROM case_decisions d WHERE d.case_number = c.number
            AND d.by_user = :user AND d.at >= :day AND {HOLDS}) OR {_UNANSWERED})"""
        rows = self._db.rows_named(
            f"""SELECT c.number, {_FREE} AS free FROM cases c INDEXED BY cases_by_lane
            WHERE c.lane = :lane AND c.lane_order > :after AND c.number <> :case AND {self._db.sight.of_lanes()}
                AND ({_FREE} AND {undecided} OR {_UNBEGUN})
            ORDER BY c.lane_order LIMIT 1""",
            values,
        )
        if not rows or rows[0]["free"]:
            return int(rows[0]["number"]) if rows else None
        others = self._db.rows_named(
            f"""SELECT c.number FROM cases c INDEXED BY cases_by_lane
            WHERE c.lane = :lane AND c.number <> :case AND {self._db.sight.of_lanes()} AND {_FREE} AND {_UNBEGUN}
            ORDER BY c.lane_order LIMIT 1""",
            values,
        )
        return int((others or rows)[0]["number"])

    def is_unbegun(self, case: int) -> bool:
        """Whether somebody may be in danger or hurt in a case of Now, and nobody has begun to do anything about it."""
        return bool(self._db.value(f"SELECT {_UNBEGUN} FROM cases c WHERE c.number = ?", case))

    def _stood_in_now(self, case: int) -> bool:
        """Whether a case stands in Now, or stood there when it was decided last."""
        return bool(
            self._db.value(
                """SELECT c.lane = 'now' OR (SELECT d.lane FROM case_decisions d WHERE d.case_number = c.number
                ORDER BY d.version DESC LIMIT 1) = 'now' FROM cases c WHERE c.number = ?""",
                case,
            )
        )

    def progress(
        self, day_start: datetime, at: datetime, counts: Mapping[Lane, int] | None = None
    ) -> Progress:
        """What was decided since the day began, by anybody, and what is left for it, by `counts` where they are known.

        Both count the lanes of the day alone: closing the rest makes neither the day longer nor what is done more. No case is
        counted twice: one of which a post or a step still waits is left.
        What was passed on about somebody in danger is done once the team has it.
        """
        with self._db.snapshot():
            done = self._db.value(
                f"""SELECT count(DISTINCT d.case_number) FROM case_decisions d
                WHERE d.at >= ? AND d.at <= ? AND d.kind NOT IN ('reopen', 'confirm') AND {HOLDS}
                    AND coalesce(d.lane, '') <> 'rest'
                    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.number = d.case_number AND c.lane IN ('now', 'answer', 'look'))
                    AND NOT (d.kind = 'escalate' AND EXISTS (SELECT 1 FROM handoffs h
                        WHERE h.case_number = d.case_number AND h.version = d.version AND {UNCONFIRMED}))
                    AND {self._db.sight.of_numbers("d.case_number")}""",
                clock.text(day_start), clock.text(at),
            )  # fmt: skip
            counts = counts or self.counts()
        return Progress(done=int(done or 0), left=sum(counts[lane] for lane in TODAY))

    def median_minutes(self, lane: Lane, since: datetime) -> float | None:
        """How many minutes the team takes for a case of a lane; None before 50 of them.

        From one decision of a person to their next, where that is no break.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT (julianday(at) - julianday(before)) * 1440 AS minutes FROM (
                    SELECT at, lane, lag(at) OVER (PARTITION BY by_user ORDER BY at) AS before
                    FROM case_decisions WHERE at >= ? AND kind <> 'undo')
                WHERE lane = ? AND before IS NOT NULL AND minutes <= ? ORDER BY minutes""",
                clock.text(since), lane, LONGEST_TURN / timedelta(minutes=1),
            )  # fmt: skip
        if len(rows) < FEWEST_TURNS:
            return None
        return float(median(row["minutes"] for row in rows))

    def minutes_left(self, counts: Mapping[Lane, int], since: datetime) -> int | None:
        """How long the rest of the day takes at the team's own pace; None where that is not known for a lane that holds some."""
        return minutes_at(self.paces(since), counts)

    def paces(self, since: datetime) -> Mapping[Lane, float | None]:
        """How many minutes the team takes for a case of each lane of the day, as `median_minutes` tells it."""
        return {lane: self.median_minutes(lane, since) for lane in TODAY}

    def arrivals(self, after: int) -> Arrivals:
        """The cases of Now, whatever their numbers: an old one may be raised; those of Answer and Look after a number."""
        with self._db.snapshot():
            now = self._db.rows(
                f"""SELECT c.number FROM cases c INDEXED BY cases_by_lane
                WHERE c.lane = 'now' AND {self._db.sight.of_lanes()} LIMIT ?""",
                LONGEST_LIST,
            )
            others = self._db.rows(
                f"""SELECT c.number, c.lane FROM cases c WHERE c.number > ? AND c.lane IN ('answer', 'look')
                AND {self._db.sight.of_lanes()} ORDER BY c.number LIMIT ?""",
                after, LONGEST_LIST,
            )  # fmt: skip
        return Arrivals(
            now=frozenset(row["number"] for row in now),
            others=tuple((row["number"], row["lane"]) for row in others),
        )

    def reported(self, cases: Collection[int]) -> frozenset[int]:
        """Those of these cases that a colleague reported: the worst post of each, or the one that it is known by."""
        rows = self._db.rows(
            """SELECT c.number FROM json_each(?) n JOIN cases c ON c.number = n.value
            JOIN case_mentions i ON i.mention = coalesce(c.lane_mention, c.lead_mention) WHERE i.reported_version IS NOT NULL""",
            json.dumps(list(cases)),
        )
        return frozenset(row["number"] for row in rows)

    def reasons(self, cases: Collection[int]) -> dict[int, str]:
        """Why each of these cases stands where it does, or stood: the reason of its worst post; who has none is left out.

        What a team has of a case names it before a lesser post of it that waits: “I am home” is no name for what was passed on.
        """
        with self._db.snapshot():
            return {row["number"]: row["reason"] for row in self._worst(cases)}

    def _worst(self, cases: Collection[int]) -> list[Row]:
        return self._db.rows(
            """SELECT c.number, w.mention, w.reason FROM json_each(?) n JOIN cases c ON c.number = n.value
            JOIN case_mentions w ON w.mention = (SELECT i.mention FROM case_mentions i WHERE i.case_number = c.number
                AND coalesce(i.reason, '') <> '' ORDER BY coalesce(c.lane, '') NOT IN ('now', 'answer', 'look') AND EXISTS (
                    SELECT 1 FROM handoffs h, json_each(h.posts) p WHERE h.case_number = c.number
                    AND h.state IN ('waits', 'confirmed') AND json_extract(p.value, '$[0]') = i.mention) DESC,
                i.mention = c.lane_mention DESC,
                i.mention = c.lead_mention DESC, i.deleted, i.risk DESC, i.mention LIMIT 1)""",
            json.dumps(list(cases)),
        )


def minutes_at(paces: Mapping[Lane, float | None], counts: Mapping[Lane, int]) -> int | None:
    """How long the rest of a day takes at these paces; None where none is known for a lane that holds some."""
    total = 0.0
    for lane in TODAY:
        pace = paces[lane]
        if counts[lane] and pace is None:
            return None
        total += (pace or 0.0) * counts[lane]
    return round(total) if total else None


def _looks(row: Row, at: datetime) -> bool:
    """Whether somebody has the case open."""
    return row["claimed_by"] is not None and (row["claimed_until"] or "") > clock.text(at)
