"""Deciding many cases at once: which may be, why the others are left out, and one undo for all.

What one person decided of several cases at one moment is one bulk decision; it has the number of its first
`case_decisions` row, so that no table of its own is needed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from core import clock
from core import context as contexts
from core.errors import StoreError
from core.models import Lane
from store.cases.cases import Cases
from store.cases.endings import GRAVE
from store.cases.models import HOLDS, CaseDecision, reason_of
from store.cases.news import (
    CLOSING,
    doubts,
    named,
    pieces_of_news,
    short_name,
    tells_of_closing,
    topic,
)
from store.cases.sight import KINDS
from store.database import Database
from store.sqlite import Row

MOST = 500  # cases of one bulk decision: more would hold everybody else's for seconds
MOST_POSTS = 50  # undecided posts of a case, above which somebody opens it
HIGH = 3  # the risk of a case, as the table keeps it

# Why a case is not decided in bulk: a clock of it runs; it asks for help or an answer; a colleague reported it, and
# nobody looked; it was edited since a decision; somebody may be speaking up in it; a post of it could not be read in full; a colleague has it, or is asked about it; it is flagged above Rest; it was not
# sorted yet; it has more posts than anybody reads at once; it changed since it was shown, or nothing of it waits.
# "claim": it tells what waits to be checked elsewhere; "told": people were told of it at once.
LeftOut = Literal[
    "claim",
    "doubts",
    "told",
    "clock",
    "help",
    "reported",
    "edited",
    "speaks",
    "unread",
    "held",
    "above",
    "unsorted",
    "many",
    "changed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkCase:
    """A case as a bulk decision takes it: `posts` are those that wait, each with the revision of its words.

    `mention` and `reason` are of the worst of them. `left_out` is None where it may be decided. `news`: of what they tell.
    """

    case: int
    version: int
    mention: int
    reason: str
    about_us: bool
    posts: tuple[tuple[int, int], ...]
    left_out: LeftOut | None
    news: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOutcome:
    """What a bulk decision or its undo did: the cases that it decided, and those that it left, with why."""

    number: int  # of the bulk decision; 0 where nothing was decided
    decided: tuple[int, ...]
    left_out: tuple[tuple[int, LeftOut], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDecision:
    """A bulk decision of the past. `standing` are its cases that nobody decided anew or took back since."""

    number: int
    at: datetime
    by: int
    by_name: str
    cases: int
    standing: int


class Bulk:
    """Reading what may be decided together, deciding it, and taking all of it back."""

    def __init__(self, database: Database, cases: Cases) -> None:
        self._db = database
        self._cases = cases

    def waiting(self, lane: Lane, *, user: int, at: datetime, limit: int = MOST) -> list[BulkCase]:
        """The first cases of a lane, in its order, as `user` may decide them at this moment."""
        with self._db.snapshot():
            rows = self._db.rows_named(
                f"{_CASES} WHERE c.lane = :lane AND c.opened_at <= :at AND {self._db.sight.of_cases()} ORDER BY c.lane_order LIMIT :limit",
                {"lane": lane, "limit": limit, "user": user, "at": clock.text(at)},
            )
            claims = self.claims()
        return [_bulk_case(row, user, at, claims) for row in rows]

    def cases(self, numbers: Collection[int], *, user: int, at: datetime) -> list[BulkCase]:
        """Those of these cases that there are, as `user` may decide them at this moment."""
        with self._db.snapshot():
            rows = self._db.rows_named(
                f"{_CASES} WHERE c.number IN (SELECT value FROM json_each(:numbers)) AND {self._db.sight.of_cases()} ORDER BY c.number",
                {"numbers": json.dumps(list(numbers)), "user": user, "at": clock.text(at)},
            )
            claims = self.claims()
        return [_bulk_case(row, user, at, claims) for row in rows]

    def repeating(self, case: int, *, at: datetime) -> list[int]:
        """The cases of Rest that tell what a claim in this case tells, in the order of Rest; none of a case without a claim."""
        with self._db.snapshot():
            claims = self.claims(case)
            if not claims:
                return []
            rows = self._db.rows_named(
                f"{_CASES} WHERE c.lane = 'rest' AND c.opened_at <= :at AND {self._db.sight.of_cases()} ORDER BY c.lane_order LIMIT :limit",
                {"limit": MOST, "at": clock.text(at)},
            )
        return [row["number"] for row in rows if _repeats_claim(row, claims)]

    def same_claim(self, case: int) -> list[int]:
        """Other cases that wait in Now, Answer or Look with a claim of this case, as they stand there: by the same rule as `repeating`."""
        with self._db.snapshot():
            claims = self.claims(case)
            if not claims:
                return []
            rows = self._db.rows(
                f"""SELECT DISTINCT c.number FROM cases c INDEXED BY cases_by_lane
                CROSS JOIN case_mentions p ON p.case_number = c.number
                CROSS JOIN case_flags f ON f.mention = p.mention AND f.flag = 'misinformation'
                WHERE c.lane IN ('now', 'answer', 'look') AND {_WAITS} AND c.number <> ? AND {self._db.sight.of_cases()}
                ORDER BY c.number""",
                case,
            )  # fmt: skip
            return [
                row["number"] for row in rows if not claims.isdisjoint(self.claims(row["number"]))
            ]

    def repeats(self, case: int, *, user: int, at: datetime) -> list[BulkCase]:
        """The same as `user` may decide them from that case: that they repeat its claim leaves none of them out, but that a post denies it, or asks about it."""
        repeating = self.cases(self.repeating(case, at=at), user=user, at=at)
        doubting = self.doubting([each.case for each in repeating])
        return [replace(each, left_out="doubts" if each.case in doubting else None) if each.left_out in ("claim", None) else each for each in repeating]  # fmt: skip

    def doubting(self, cases: Collection[int]) -> frozenset[int]:
        """Those of these cases of which a post that waits denies what a claim tells, doubts it or asks about it."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT p.case_number, a.masked FROM case_mentions p JOIN assessments a ON a.number = p.assessment
                WHERE p.case_number IN (SELECT value FROM json_each(?)) AND {_WAITS}""",
                json.dumps(list(cases)),
            )
        return frozenset(row["case_number"] for row in rows if doubts(row["masked"] or ""))

    def claims(self, case: int | None = None) -> frozenset[tuple[str, str]]:
        """What the claims are about that wait to be checked, and of what: a place of ours or a name that stands in them, in small letters.

        One that names nothing is about what our own post names that it is written under. Of one case alone where one is named, also once it was answered.
        """
        # from the few cases that wait, whatever the planner thinks: it would read every such flag of all years
        cases, waits = (
            (
                "cases c INDEXED BY cases_by_lane",
                f"c.lane IN ('now', 'answer', 'look') AND {_WAITS}",
            )
            if case is None
            else ("cases c", "c.number = ?1")
        )
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT p.reason, a.masked, (SELECT json_group_array(q.place) FROM case_places q WHERE q.mention = p.mention) AS places,
                    (SELECT v.encrypted FROM revisions v WHERE v.mention = p.mention AND v.revision = p.revision) AS encrypted
                FROM {cases}
                CROSS JOIN case_mentions p ON p.case_number = c.number
                CROSS JOIN case_flags f ON f.mention = p.mention AND f.flag = 'misinformation'
                CROSS JOIN assessments a ON a.number = p.assessment
                WHERE {waits} AND p.reason IS NOT NULL""",
                *([] if case is None else [case]),
            )
        return frozenset(
            (subject, short_name(name).casefold())
            for row in rows if (subject := topic(row["reason"]))
            for name in (*json.loads(row["places"]), *named(row["masked"])) or self._under(row)
        )  # fmt: skip

    def _under(self, row: Row) -> set[str]:
        """What our own posts name that a post is written under."""
        content = self._db.encryption.decrypt(row["encrypted"]) if row["encrypted"] else {}
        answered = contexts.from_json(content.get("context")).answered
        return {name for post in answered if post.official for name in named(post.text)}

    def decide(
        self, decisions: Sequence[tuple[CaseDecision, int]], *, repeats_of: int | None = None
    ) -> BulkOutcome:
        """Decides these cases by one person at one moment, each with the version at which it was seen.

        A case that may not be decided in bulk (any more) is left as it is, and named. That it repeats a claim which waits leaves
        it out, unless it is the claim of the case `repeats_of`, from which it is decided. Raises StoreError where there are more
        than MOST, or where they are not of one person and moment.
        """
        if len(decisions) > MOST:
            raise StoreError(f"at most {MOST} cases are decided at once")
        if len({(decision.by, decision.at) for decision, _ in decisions}) > 1:
            raise StoreError("a bulk decision is one person's, at one moment")
        decided: list[int] = []
        left: list[tuple[int, LeftOut]] = []
        with self._db.transaction():
            current = {}
            if decisions:
                first = decisions[0][0]
                numbers = [decision.case for decision, _ in decisions]
                current = {
                    case.case: case for case in self.cases(numbers, user=first.by, at=first.at)
                }
                if repeats_of is not None:
                    current = {case.case: case for case in self.repeats(repeats_of, user=first.by, at=first.at) if case.case in current}  # fmt: skip
            for decision, version in decisions:
                case = current.get(decision.case)
                why: LeftOut | None = "changed" if case is None else case.left_out
                if why is None and case is not None and set(case.posts) != set(decision.covers):
                    why = "changed"
                if why is None and not self._cases.decide(decision, version):
                    why = "changed"
                if why is None:
                    decided.append(decision.case)
                else:
                    left.append((decision.case, why))
            number = 0
            if decided:
                number = self._number_of(decisions[0][0])
                self._db.add_event(
                    "decided together", decisions[0][0].at, by=decisions[0][0].by, cases=len(decided)
                )  # fmt: skip
        return BulkOutcome(number=number, decided=tuple(decided), left_out=tuple(left))

    def undo(self, number: int, *, by: int, at: datetime) -> BulkOutcome:
        """Takes a bulk decision back as a whole; cases that somebody decided anew since are left, and named.

        Raises StoreError where there is no such decision.
        """
        taken_back: list[int] = []
        left: list[tuple[int, LeftOut]] = []
        with self._db.transaction():
            rows = self._rows_of(number)
            if not rows:
                raise StoreError("there is no such decision to undo")
            for row in rows:
                undo = CaseDecision(
                    case=row["case_number"], kind="undo", by=by, at=at, undoes=row["version"]
                )
                if row["holds"] and row["newest"] and self._cases.decide(undo, row["version"]):
                    taken_back.append(row["case_number"])
                else:
                    left.append((row["case_number"], "changed"))
            if taken_back:
                self._db.add_event("undone together", at, by=by, cases=len(taken_back))
        return BulkOutcome(number=number, decided=tuple(taken_back), left_out=tuple(left))

    def get(self, number: int) -> BulkDecision | None:
        """One bulk decision; None where there is none."""
        with self._db.snapshot():
            rows = self._rows_of(number)
        return _bulk_decision(number, rows) if rows else None

    def recent(self, since: datetime, *, limit: int = 10) -> list[BulkDecision]:
        """Decisions of more than one case since a moment, newest first."""
        with self._db.snapshot():
            firsts = self._db.rows(
                """SELECT min(number) AS number FROM case_decisions WHERE at >= ? AND kind <> 'undo'
                GROUP BY at, by_user HAVING count(DISTINCT case_number) > 1
                ORDER BY at DESC LIMIT ?""",
                clock.text(since), limit,
            )  # fmt: skip
            return [_bulk_decision(row["number"], self._rows_of(row["number"])) for row in firsts]

    def _number_of(self, decision: CaseDecision) -> int:
        return int(self._db.value(
            "SELECT min(number) FROM case_decisions WHERE at = ? AND by_user = ? AND kind <> 'undo'",
            clock.text(decision.at), decision.by,
        ))  # fmt: skip

    def _rows_of(self, number: int) -> list[Row]:
        """The decisions of a bulk one, none where its number is not that of the first of them."""
        rows = self._db.rows(
            f"""SELECT d.number, d.case_number, d.version, d.by_user, d.at, u.name, ({HOLDS}) AS holds,
                c.version = d.version AS newest
            FROM case_decisions first JOIN case_decisions d ON d.at = first.at AND d.by_user = first.by_user
                JOIN cases c ON c.number = d.case_number LEFT JOIN users u ON u.number = d.by_user
            WHERE first.number = ? AND first.kind <> 'undo' AND d.kind <> 'undo' ORDER BY d.number""",
            number,
        )
        return rows if rows and rows[0]["number"] == number else []


_WAITS = "p.reviewable AND NOT p.deleted AND NOT coalesce(p.decided_revision >= p.revision, 0)"
_CASES = f"""SELECT c.number, c.version, c.lane, c.risk, c.claimed_by, c.claimed_until, c.assigned_to,
        i.mention, i.reason, i.reported_version,
        (SELECT json_group_array(json_array(p.reason, s.masked, (SELECT json_group_array(lower(q.place)) FROM case_places q WHERE q.mention = p.mention)))
            FROM case_mentions p JOIN assessments s ON s.number = p.assessment WHERE p.case_number = c.number AND {_WAITS}) AS said, coalesce(a.in_scope, 1) AS in_scope,
        EXISTS (SELECT 1 FROM deadlines k WHERE k.case_number = c.number AND k.stopped_at IS NULL) AS clock,
        EXISTS (SELECT 1 FROM case_mentions i WHERE i.case_number = c.number AND i.reviewable AND NOT i.deleted AND NOT coalesce(i.decided_revision >= i.revision, 0) AND {GRAVE}) AS told,
        EXISTS (SELECT 1 FROM opinions o WHERE o.case_number = c.number AND o.state = 'waits') AS asked,
        (SELECT json_group_array(json_array(p.mention, p.revision)) FROM (SELECT p.mention, p.revision
            FROM case_mentions p WHERE p.case_number = c.number AND {_WAITS}
            ORDER BY p.mention LIMIT {MOST_POSTS + 1}) p) AS posts,
        EXISTS (SELECT 1 FROM case_mentions p WHERE p.case_number = c.number AND {_WAITS}
            AND p.reported_version IS NOT NULL) AS reported,
        EXISTS (SELECT 1 FROM case_mentions p WHERE p.case_number = c.number AND {_WAITS}
            AND p.decided_revision IS NOT NULL) AS edited,
        EXISTS (SELECT 1 FROM case_mentions p JOIN assessments s ON s.number = p.assessment
            WHERE p.case_number = c.number AND {_WAITS} AND s.read <> 'full') AS unread,
        EXISTS (SELECT 1 FROM case_mentions p JOIN assessments s ON s.number = p.assessment
            WHERE p.case_number = c.number AND {_WAITS} AND p.ruled IS NULL AND (s.protected IN ({KINDS})
                OR s.staff IS NOT 'no' AND EXISTS (SELECT 1 FROM case_flags f
                    WHERE f.mention = p.mention AND f.flag = 'grievance'))) AS speaks
    FROM cases c LEFT JOIN case_mentions i ON i.mention = coalesce(c.lane_mention, c.lead_mention)
        LEFT JOIN assessments a ON a.number = i.assessment"""


def _repeats_claim(row: Row, claims: Collection[tuple[str, str]]) -> bool:
    """Whether a post of it tells of the same place, or by the same name, what waits to be checked: the same subject, or that it closes."""
    if not claims:
        return False
    for reason, masked, places in json.loads(row["said"]):
        words = (masked or "").casefold()
        subjects = {topic(reason or "")} | ({CLOSING} if tells_of_closing(words) else set())
        if any(
            subject in subjects and (name in words or any(name in place for place in places))
            for subject, name in claims
        ):
            return True
    return False


def _news(row: Row) -> frozenset[str]:
    """Of what the posts tell that wait."""
    return frozenset(
        piece for reason, masked, places in json.loads(row["said"]) for piece in pieces_of_news(reason or "", masked or "", places)
    )  # fmt: skip


def _bulk_case(row: Row, user: int, at: datetime, claims: Collection[tuple[str, str]]) -> BulkCase:
    posts = tuple((mention, revision) for mention, revision in json.loads(row["posts"]))
    return BulkCase(
        case=row["number"], version=row["version"], mention=row["mention"] or 0,
        reason=reason_of(row) if row["mention"] is not None else "", about_us=bool(row["in_scope"]),
        posts=posts, left_out=_left_out(row, len(posts), user, at) or ("claim" if _repeats_claim(row, claims) else None),
        news=_news(row),
    )  # fmt: skip


def _left_out(row: Row, posts: int, user: int, at: datetime) -> LeftOut | None:
    """Why a case is not decided in bulk, by the cause that says most; None where it may be."""
    looked_at = (row["claimed_until"] or "") > clock.text(at) and row["claimed_by"] != user
    handed_on = row["assigned_to"] is not None and row["assigned_to"] != user
    causes: tuple[tuple[LeftOut, Any], ...] = (
        ("changed", not posts),
        ("reported", row["reported"]),
        ("edited", row["edited"]),
        ("speaks", row["speaks"]),
        ("clock", row["clock"]),
        ("unread", row["unread"]),
        ("help", row["lane"] == "answer"),
        ("held", looked_at or handed_on or row["asked"]),
        ("above", row["lane"] in ("now", "look", "guardian") or row["risk"] >= HIGH),
        ("told", row["told"]),
        ("unsorted", row["lane"] is None),
        ("many", posts > MOST_POSTS),
    )
    return next((cause for cause, holds in causes if holds), None)


def _bulk_decision(number: int, rows: Sequence[Row]) -> BulkDecision:
    first = rows[0]
    return BulkDecision(
        number=number, at=clock.parse(first["at"]), by=first["by_user"] or 0,
        by_name=first["name"] or "someone who has left", cases=len(rows),
        standing=sum(bool(row["holds"] and row["newest"]) for row in rows),
    )  # fmt: skip
