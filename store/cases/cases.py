"""Cases: their posts, what people decided of them, and how that can be taken back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core import clock
from core.errors import StoreError
from core.models import Decision, DecisionKind
from store.cases import confirmations
from store.cases.claims import REPORTED, Claims
from store.cases.deadlines import BREACHES, Deadlines, promise_of
from store.cases.decisions import Decisions
from store.cases.duplicates import Duplicates
from store.cases.endings import Endings, OpenDanger
from store.cases.grouping import SHOWN, Grouping
from store.cases.handoff_steps import HandoffSteps
from store.cases.handoffs import KEEPS_LOOK, SAFEGUARDING, UNCONFIRMED, URGENT
from store.cases.models import (
    HOLDS,
    Case,
    CaseDecided,
    CaseDecision,
    CaseMention,
    CaseState,
    case_of,
    reason_of,
)
from store.cases.records import DecisionRecords
from store.cases.speaking_up import WAY_BACK, SpeakingUp
from store.cases.team_access import PATIENT, TeamAccess
from store.database import Database
from store.figures import Figures
from store.sqlite import Row
from store.team import holders
from store.team.opinions import Opinions

OPINION_WITHIN = timedelta(hours=48)  # where the risk sets no time by itself
MOST_IN_NOW = 500  # cases of Now that are looked through for danger
# What leaves posts as undecided as they were: somebody has still to do something about them.
_LEAVES_OPEN = frozenset(("second_opinion", "reopen", "confirm"))
# Out of the public's sight: what was hidden, asked to be taken down, or is gone
_OUT_OF_SIGHT = """i.deleted OR m.hidden OR EXISTS (SELECT 1 FROM takedowns t WHERE t.mention = i.mention)
    OR coalesce((SELECT o.outcome = 'done' AND o.action IN ('hide', 'hold', 'spam', 'trash', 'delete', 'reject')
        FROM moderations o WHERE o.mention = i.mention ORDER BY o.number DESC LIMIT 1), 0)"""
# Cases whose 72 hours run and of which a team was passed something that it has not confirmed.
_LEAKS_PASSED_ON = f"""SELECT h.case_number FROM handoffs h JOIN deadlines k ON k.case_number = h.case_number AND k.kind = '{PATIENT}'
    AND k.stopped_at IS NULL WHERE h.state = 'waits'"""
# where a case stands after a decision; whatever is not named is done with
_STANDS: dict[DecisionKind, CaseState] = {
    "escalate": "escalated", "snooze": "snoozed", "second_opinion": "open", "reopen": "open",
}  # fmt: skip


class Cases:
    """Cases: reading them, and deciding."""

    def __init__(
        self,
        database: Database,
        decisions: Decisions,
        grouping: Grouping,
        duplicates: Duplicates,
        deadlines: Deadlines,
        handoff_steps: HandoffSteps,
        opinions: Opinions,
        figures: Figures,
        records: DecisionRecords,
        speaking_up: SpeakingUp,
    ) -> None:
        self._db = database
        self._decisions = decisions
        self._grouping = grouping
        self._duplicates = duplicates
        self._deadlines = deadlines
        self._handoff_steps = handoff_steps
        self._handoffs = handoff_steps.handoffs
        self._endings = Endings(database, self._handoffs)
        self._claims = Claims(database)
        self._team_access = TeamAccess(database, self._handoffs)
        self._opinions = opinions
        self._figures = figures
        self._records = records
        self._speaking_up = speaking_up
        handoff_steps.moved = self.follow
        deadlines.is_in_hand = self._is_in_hand
        deadlines.is_out_of_sight = self._is_out_of_sight

    def _is_in_hand(self, case: int, at: datetime) -> bool:
        """Whether what waits in Now of a case is with its team, is a leak that somebody confirmed and saw to, or is hidden: not while Safeguarding does not know of harm in it."""
        standing = self._standing(case)
        if self._endings.pressed(case, standing, at) or self._handoffs.unconfirmed_posts(case) or self._endings.hurt(case, standing):  # fmt: skip
            return False
        return (
            self._endings.is_in_hand(case, standing)
            or self._endings.is_leak_under_way(case, standing)
            or self._endings.is_out_of_sight(case, standing)
        )

    def _is_out_of_sight(self, case: int) -> bool:
        """Whether somebody hid every post of a case that waits: what is left is to save that."""
        return self._endings.is_out_of_sight(case, self._standing(case))

    def decide(self, decision: CaseDecision, expected_version: int) -> bool:
        """Adds a decision by somebody who saw the case with `expected_version` decisions.

        False where another was made meanwhile, or a covered mention was edited or left the case since it
        was seen: show the case anew and ask again. An escalation opens a hand-off, whose email is written with it; one to
        the Guardian puts its posts into their lane.
        Each covered mention gets a decision of its own, by
        which thresholds and training learn. Raises StoreError for a decision that covers nothing, an
        escalation to nobody, a snooze into the past, an undo of what can't be undone, or a duplicate of nothing
        or of itself, by whatever way.
        """
        self._refuse_nonsense(decision)
        with self._db.transaction():
            case = self._db.row("SELECT * FROM cases WHERE number = ?", decision.case)
            if case is None:
                raise StoreError(f"there is no case {decision.case}: it was purged, or never was")
            if case["version"] != expected_version or not self._as_seen(decision):
                return False
            if decision.kind == "escalate":
                self._team_access.refuse(decision)
            if decision.kind == "undo":
                self._refuse_undone(decision)
            if decision.duplicate_of is not None:
                self._duplicates.refuse_circle(decision.case, decision.duplicate_of)
            self._endings.refuse(decision, self._standing(decision.case))
            self._claims.note_look(decision.case, decision.by, decision.at)
            record, digest = self._records.add(decision, case["version"] + 1, case["risk"])
            self._add(self._with_copies(decision), case)
            self._decide_mentions(decision, case["version"] + 1)
            self._handoff_steps.update(decision.case, decision.at, decision)
            self._set_state(decision.case, decision.at)
            self._grouping.reopen_if_outgrown(
                decision.case, decision.at
            )  # an undo puts in force what a story outgrew
            self._duplicates.refuse_closed_circle(decision.case)
            if decision.kind == "escalate" and self._team_access.is_guardian(decision.role):
                posts = [mention for mention, _ in decision.covers]
                self._speaking_up.send(
                    decision.case,
                    posts,
                    by=decision.by,
                    at=decision.at,
                    urgent=(SAFEGUARDING, PATIENT),
                )
            self._deadlines.update(decision.case, decision.at)
            self._opinions.update(decision.case, decision.at)
            if decision.kind == "undo":  # it may have been all that a step of its paths did
                self._undo_what_rests(decision)
                holders.release_undone(self._db, decision.case, by=decision.by, at=decision.at)
            self._db.add_event(
                "case decided", decision.at, case=decision.case, decision=decision.kind,
                by=decision.by, version=case["version"] + 1, record=record, digest=digest,
            )  # fmt: skip
        return True

    def _undo_what_rests(self, undo: CaseDecision) -> None:
        """Undoes with a confirmation all that rests on it, by whatever page that was undone."""
        undone = undo.undoes or 0
        resting = confirmations.rests_on(self._db, undo.case, undone)
        for version in resting:
            seen = self._db.value("SELECT version FROM cases WHERE number = ?", undo.case)
            self.decide(replace(undo, undoes=version), seen)
        if self._db.value("SELECT kind = 'confirm' FROM case_decisions WHERE case_number = ? AND version = ?", undo.case, undone):  # fmt: skip
            confirmations.take_back_steps(self._db, undo.case, undone, by=undo.by, at=undo.at)
            self.follow(undo.case, undo.at)

    def take_back_from_guardian(self, case: int, *, by: int, at: datetime) -> bool:
        """Whoever sent a case to the Guardian a moment ago takes that back: it stands as it stood, and the Guardian is told so.

        False, for whatever reason, where it is too late, where they did not send it, or where somebody took it up or decided on it since.
        """
        with self._db.transaction():
            until = self._speaking_up.way_back(case, by=by, at=at)
            if until is None:
                return False
            sent_at = clock.text(until - WAY_BACK)
            since = self._db.rows(
                f"""SELECT version, kind, role, by_user FROM case_decisions d WHERE case_number = ? AND at >= ? AND {HOLDS}
                AND kind <> 'undo' ORDER BY version""",
                case, sent_at,
            )  # fmt: skip
            if any(
                row["by_user"] != by or row["kind"] != "escalate" or not self._team_access.is_guardian(row["role"]) for row in since
            ):  # fmt: skip
                return False
            if not self._speaking_up.restore(case, by=by, at=at):
                return False
            for row in reversed(since):
                version = self._db.value("SELECT version FROM cases WHERE number = ?", case)
                self.decide(CaseDecision(case=case, kind="undo", by=by, at=at, undoes=row["version"]), version)  # fmt: skip
            self._deadlines.update(case, at)
        return True

    def untold(self, case: int) -> dict[int, frozenset[str]]:
        """Posts of Now with danger, a threat or a leak of which nobody was told who has to: no decision ends them until then."""
        with self._db.snapshot():
            return self._endings.untold(case, self._standing(case))

    def untold_of(self, cases: Collection[int]) -> dict[int, dict[int, frozenset[str]]]:
        """The same of each of these cases, by as many queries as of one."""
        with self._db.snapshot():
            standing, facts = self._standing_of(cases), self._endings.facts(cases)
            return {case: self._endings.untold(case, standing[case], facts=facts[case]) for case in cases}  # fmt: skip

    def open_dangers(self) -> list[OpenDanger]:
        """The cases of Now with danger or a threat that no team has confirmed: those first of which nobody was told, then by urgency."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.number, c.assigned_to, i.reason FROM cases c INDEXED BY cases_by_lane
                JOIN case_mentions i ON i.mention = c.lane_mention
                WHERE c.lane = 'now' AND {self._db.sight.of_lanes()} ORDER BY c.lane_order LIMIT ?""",
                MOST_IN_NOW,
            )
            cases = [row["number"] for row in rows]
            standing, facts = self._standing_of(cases), self._endings.facts(cases)
            handoffs = self._handoffs.open_of(cases)
            dangers = [
                self._endings.open_danger(
                    row["number"], standing[row["number"]], facts[row["number"]], handoffs.get(row["number"], ()),
                    reason=row["reason"] or "", holder=row["assigned_to"],
                ) for row in rows
            ]  # fmt: skip
        return sorted((each for each in dangers if each is not None), key=lambda each: not each.with_nobody)  # fmt: skip

    def grave(self, case: int, posts: Collection[int]) -> frozenset[int]:
        """Which of these posts are of high risk, or were told of at once: none is closed or put aside without a reason."""
        with self._db.snapshot():
            return self._endings.grave(case, posts)

    def steps_left(
        self, cases: Collection[int], *, in_hand: bool = False
    ) -> dict[int, tuple[str, ...]]:
        """Of each of these cases in Now whose path was begun, the steps of danger or a threat that have no answer yet.

        `in_hand`: only of those that are with their team, and wait for nothing else.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT DISTINCT s.case_number FROM json_each(?) n JOIN path_steps s ON s.case_number = n.value
                WHERE s.path <> 'leak' AND s.undone_at IS NULL""",
                json.dumps(list(cases)),
            )
            begun = [row["case_number"] for row in rows]
            standing, facts = self._standing_of(begun), self._endings.facts(begun)
            left = {
                case: self._endings.steps_left(case, standing[case], facts[case])
                for case in begun
                if not in_hand or self._endings.is_in_hand(case, standing[case], facts[case])
            }
        return {case: steps for case, steps in left.items() if steps}

    def follow(self, case: int, at: datetime) -> None:
        """Takes a case out of its lane, or back into it.

        A leak in it was hidden, reported, or shown again; or a team said that it has it, or answered.
        """
        covered = "SELECT mention, decided_revision FROM case_mentions WHERE case_number = ? ORDER BY mention"
        with self._db.transaction():
            before = [tuple(row) for row in self._db.rows(covered, case)]
            if (
                self._handoffs.breach_ends(case) is not None
            ):  # what was written down may have it count from earlier
                self._deadlines.update(case, at)
                self._handoff_steps.press(case, at)
            self._set_covered(case, self._standing(case), at)
            if before == [tuple(row) for row in self._db.rows(covered, case)]:
                self._deadlines.update(case, at)  # a team may have it by now, while a step is open
                return
            self._set_state(case, at)
            self._grouping.reopen_if_outgrown(case, at)
            self._deadlines.update(case, at)

    def follow_all(self, at: datetime) -> None:
        """The same for every open case with a leak, as a cycle found its posts, and where nobody has confirmed danger."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT number FROM cases c WHERE state = 'open' AND EXISTS (SELECT 1 FROM case_decisions d
                    WHERE d.case_number = c.number AND d.kind = 'escalate' AND d.role = ? AND {HOLDS})
                UNION SELECT h.case_number FROM handoffs h JOIN case_decisions d
                    ON d.case_number = h.case_number AND d.version = h.version WHERE {UNCONFIRMED}
                UNION {_LEAKS_PASSED_ON}""",
                BREACHES,
            )
        for row in rows:
            self.follow(row["number"], at)

    def follow_leaks(self, at: datetime) -> None:
        """The same of the leaks alone that a team was passed and has not confirmed: an email to it may have left since, and their 72 hours go on."""
        with self._db.snapshot():
            rows = self._db.rows(_LEAKS_PASSED_ON)
        for row in rows:
            self.follow(row["case_number"], at)

    def deciders(self, cases: Collection[int]) -> dict[int, int]:
        """Who decided each of these cases last; one that nobody decided is in none."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT c.number, c.decided_by FROM json_each(?) n JOIN cases c ON c.number = n.value
                WHERE c.decided_by IS NOT NULL""",
                json.dumps(list(cases)),
            )
        return {row["number"]: row["decided_by"] for row in rows}

    def last_decisions(self, cases: Collection[int]) -> dict[int, CaseDecided]:
        """The last decision on each of these cases that holds; what only opens a case again is none."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT d.*, u.name FROM json_each(?) n JOIN case_decisions d ON d.case_number = n.value
                LEFT JOIN users u ON u.number = d.by_user
                WHERE d.kind NOT IN ('reopen', 'confirm') AND {HOLDS} ORDER BY d.case_number, d.version""",
                json.dumps(list(cases)),
            )
            newest = {row["case_number"]: row for row in rows}
            return {
                number: CaseDecided(
                    version=row["version"], by_name=row["name"] or "somebody who has left",
                    decision=self._case_decision(row), undone=False,
                )
                for number, row in newest.items()
            }  # fmt: skip

    def history(self, case: int) -> list[CaseDecided]:
        """All decisions of a case, first to last."""
        return self.histories((case,))[case]

    def histories(self, cases: Collection[int]) -> dict[int, list[CaseDecided]]:
        """The same of each of these cases, by one query."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT d.*, u.name FROM case_decisions d LEFT JOIN users u ON u.number = d.by_user
                WHERE d.case_number IN (SELECT value FROM json_each(?)) ORDER BY d.case_number, d.version""",
                json.dumps(sorted(cases)),
            )
            taken_back = {(row["case_number"], row["undoes"]) for row in rows if row["undoes"] is not None}  # fmt: skip
            histories: dict[int, list[CaseDecided]] = {case: [] for case in cases}
            for row in rows:
                histories[row["case_number"]].append(CaseDecided(
                    version=row["version"], by_name=row["name"] or "somebody who has left",
                    decision=self._case_decision(row), undone=(row["case_number"], row["version"]) in taken_back,
                ))  # fmt: skip
        return histories

    def suggested(self, since: datetime) -> Counter[tuple[str, str, str]]:
        """How often each suggestion met each kind of decision, and whom it was passed to: the first word on it in a case, if that holds."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT d.suggested, d.kind, coalesce(d.role, '') AS team, count(*) AS count FROM case_decisions d
                WHERE d.suggested <> '' AND d.at >= ? AND {HOLDS} AND NOT EXISTS (
                    SELECT 1 FROM case_decisions e WHERE e.case_number = d.case_number
                    AND e.suggested = d.suggested AND e.version < d.version)
                GROUP BY d.suggested, d.kind, team""",
                clock.text(since),
            )  # fmt: skip
        return Counter({(row["suggested"], row["kind"], row["team"]): row["count"] for row in rows})

    @staticmethod
    def _refuse_nonsense(decision: CaseDecision) -> None:
        if not decision.covers and decision.kind not in ("undo", "reopen"):
            raise StoreError("a decision covers at least one mention: select what it is about")
        if (decision.kind == "duplicate") != (decision.duplicate_of is not None):
            raise StoreError("‘Same as another case’ names that case, and no other decision does")
        if decision.kind == "escalate" and not decision.role:
            raise StoreError("passing on names the team that it goes to")
        if decision.until is not None and decision.until <= decision.at:
            raise StoreError("it comes back in the future: choose a later day")
        if not all(holds is True or holds is False for holds in decision.labels.values()):
            raise StoreError("a label says whether a flag holds: true or false")

    def _as_seen(self, decision: CaseDecision) -> bool:
        """Every covered mention is in the case, with the words that the person saw."""
        return all(
            self._db.value(
                """SELECT 1 FROM case_mentions i JOIN mentions m ON m.number = i.mention
                WHERE i.mention = ? AND i.case_number = ? AND m.revision = ?""",
                mention, decision.case, revision,
            )
            for mention, revision in decision.covers
        )  # fmt: skip

    def _with_copies(self, decision: CaseDecision) -> CaseDecision:
        """With a decision on as many posts as the page shows go those of the same words that it has no room for."""
        if len(decision.covers) < SHOWN:
            return decision
        rows = self._db.rows(
            """SELECT i.mention, i.revision FROM case_mentions i JOIN mentions m ON m.number = i.mention
            WHERE i.case_number = ?1 AND i.reviewable AND NOT i.deleted AND i.joined_by NOT IN ('thread', 'split')
                AND i.revision = m.revision AND i.risk <= (SELECT max(c.risk) FROM case_mentions c
                    WHERE c.case_number = ?1 AND c.mention IN (SELECT value FROM json_each(?2)))""",
            decision.case, json.dumps([mention for mention, _ in decision.covers]),
        )  # fmt: skip
        copies = [(row["mention"], row["revision"]) for row in rows]
        return replace(decision, covers=tuple(dict.fromkeys([*decision.covers, *copies])))

    def _refuse_undone(self, decision: CaseDecision) -> None:
        if not self._db.row(
            f"SELECT 1 FROM case_decisions d WHERE case_number = ? AND version = ? AND {HOLDS}",
            decision.case, decision.undoes,
        ):  # fmt: skip
            raise StoreError("there is no such decision to undo, or it was undone already")

    def undecided(self, mentions: Iterable[int]) -> frozenset[int]:
        """Those of these posts that are in Now or of high risk, in a case on which nobody has decided; the Guardian's too."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT i.mention FROM case_mentions i JOIN cases c ON c.number = i.case_number
                WHERE i.mention IN (SELECT value FROM json_each(?)) AND i.reviewable AND NOT i.deleted
                    AND (i.lane = 'now' OR i.risk = 3) AND c.state IN ('new', 'open')
                    AND coalesce(i.decided_revision < i.revision, 1)""",
                json.dumps(list(mentions)),
            )
            return frozenset(row["mention"] for row in rows)

    def with_harm(self, mentions: Iterable[int], flags: Collection[str]) -> frozenset[int]:
        """Those of these posts that are of high risk or have one of these flags, whatever was decided on them."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT i.mention FROM case_mentions i WHERE i.mention IN (SELECT value FROM json_each(?)) AND (i.risk = 3
                    OR EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = i.mention AND f.flag IN (SELECT value FROM json_each(?))))""",
                json.dumps(list(mentions)), json.dumps(sorted(flags)),
            )  # fmt: skip
            return frozenset(row["mention"] for row in rows)

    def reported_alone(self, mentions: Iterable[int]) -> frozenset[int]:
        """Those of these posts that are in Now for nothing but a colleague's report, which tells of no danger, no leak and nobody whom it is aimed at.

        Each was read whole, and neither the program nor the report says more of it.
        """
        urgent = ", ".join(f"'{flag}'" for flag in sorted(KEEPS_LOOK | URGENT))
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT i.mention FROM case_mentions i WHERE i.mention IN (SELECT value FROM json_each(?))
                AND i.reported_version IS NOT NULL AND i.risk < 3 AND i.read = 'full'
                AND NOT EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = i.mention AND f.flag IN ({urgent}))
                AND NOT EXISTS (SELECT 1 FROM staff_reports t WHERE t.mention = i.mention AND t.target)
                AND NOT EXISTS (SELECT 1 FROM alerts a, json_each(a.flags) j WHERE a.kind = 'reported'
                    AND (a.mention = i.mention OR a.case_number = i.case_number) AND j.value IN ({urgent}))""",
                json.dumps(list(mentions)),
            )
            return frozenset(row["mention"] for row in rows)

    def _add(self, decision: CaseDecision, case: Row) -> None:
        self._db.insert(
            "case_decisions", case_number=decision.case, version=case["version"] + 1,
            kind=decision.kind, by_user=decision.by, at=clock.text(decision.at),
            role=decision.role or None, undoes=decision.undoes, size=case["size"],
            duplicate_of=decision.duplicate_of, suggested=decision.suggested,
            until=clock.text(decision.until) if decision.until else None, risk=case["risk"],
            covers=json.dumps(decision.covers), labels=json.dumps(dict(decision.labels)),
            lane=case["lane"],
            encrypted=self._db.encryption.encrypt({"reason": decision.reason, "note": decision.note}),
        )  # fmt: skip
        self._db.execute(
            f"""UPDATE cases SET version = version + 1, claimed_by = NULL, claimed_until = NULL, seen = CASE WHEN {REPORTED} THEN seen ELSE 1 END
            WHERE number = ?""",
            decision.case,
        )

    def _decide_mentions(self, decision: CaseDecision, version: int) -> None:
        """What a decision means for each mention: one of its own, or that its own no longer counts."""
        if decision.kind == "undo":
            self._db.execute(
                "UPDATE decisions SET undone = 1 WHERE case_number = ? AND case_version = ?",
                decision.case, decision.undoes,
            )  # fmt: skip
            return
        by = str(
            self._db.value("SELECT name FROM users WHERE number = ?", decision.by) or decision.by
        )
        for mention, revision in decision.covers:
            seen = self._db.value("SELECT count(*) FROM decisions WHERE mention = ?", mention)
            self._decisions.add(
                Decision(
                    mention=mention, revision=revision, kind=decision.kind, by=by, at=decision.at,
                    reason=decision.reason, note=decision.note, labels=decision.labels,
                ),
                seen,
                user=decision.by,
            )  # fmt: skip
            self._db.execute(
                """UPDATE decisions SET case_number = ?, case_version = ?
                WHERE mention = ? AND version = ?""",
                decision.case, version, mention, seen + 1,
            )  # fmt: skip

    def _set_state(self, case: int, at: datetime) -> None:
        """Where a case stands by the decisions that were not undone, and what they cover."""
        rows = self._standing(case)
        self._set_covered(case, rows, at)
        rows = [row for row in rows if row["kind"] != "confirm"]  # it says what a post is, no more
        last = rows[-1] if rows else None
        state: CaseState = "new" if last is None else _STANDS.get(last["kind"], "done")
        if state in ("done", "escalated", "snoozed") and self._has_undecided(case):
            state = "open"
        self._db.execute(
            """UPDATE cases SET state = ?, kind = ?, decided_at = ?, decided_size = ?,
                decided_risk = ?, role = ?, snoozed_until = ?, decided_by = ? WHERE number = ?""",
            state, *((last["kind"], last["at"], last["size"], last["risk"], last["role"], last["until"], last["by_user"])
                     if last is not None else (None,) * 7), case,
        )  # fmt: skip

    def _standing(self, case: int) -> list[Row]:
        """The decisions of a case that were not undone, first to last."""
        return self._db.rows(
            f"SELECT * FROM case_decisions d WHERE case_number = ? AND {HOLDS} ORDER BY version",
            case,
        )

    def _standing_of(self, cases: Collection[int]) -> dict[int, list[Row]]:
        """The same of each of these cases."""
        standing: dict[int, list[Row]] = {case: [] for case in cases}
        for row in self._db.rows(
            f"""SELECT * FROM case_decisions d WHERE case_number IN (SELECT value FROM json_each(?)) AND {HOLDS}
            ORDER BY case_number, version""",
            json.dumps(sorted(cases)),
        ):  # fmt: skip
            standing[row["case_number"]].append(row)
        return standing

    def _set_covered(self, case: int, rows: Sequence[Row], at: datetime) -> None:
        covered: dict[int, int] = {}
        posts = self._db.rows(
            "SELECT mention, decided_revision, reported_version FROM case_mentions WHERE case_number = ?",
            case,
        )
        reported = {row["mention"]: row["reported_version"] or 0 for row in posts}
        leaking, undecided = self._leaking(case, rows), self._handoffs.undecided(case)
        unconfirmed, unheard = self._handoffs.unconfirmed_posts(case), self._endings.unheard(case, rows)  # fmt: skip
        unconfirmed |= self._endings.unconfirmed_leak(case, rows)
        waiting = unconfirmed | self._endings.untold(case, rows).keys() | self._endings.pressed(case, rows, at)  # fmt: skip
        for row in rows:
            if row["kind"] in _LEAVES_OPEN or row["version"] in undecided:
                continue
            for mention, revision in json.loads(row["covers"]):
                if mention in unheard and self._endings.is_of_leak_alone(row):
                    continue
                if mention in waiting or (row["kind"] == "escalate" and mention in leaking):
                    continue
                if row["version"] > reported.get(mention, 0):
                    covered[mention] = max(revision, covered.get(mention, 0))
        if (
            unconfirmed
        ):  # until they confirm it stands where danger does, whatever lane it came from
            self._db.execute(
                "UPDATE case_mentions SET lane = 'now' WHERE lane IN ('answer', 'look', 'rest') AND mention IN (SELECT value FROM json_each(?))",
                json.dumps(sorted(unconfirmed)),
            )
        for row in posts:
            if row["decided_revision"] != covered.get(row["mention"]):
                self._db.execute(
                    "UPDATE case_mentions SET decided_revision = ? WHERE mention = ?",
                    covered.get(row["mention"]), row["mention"],
                )  # fmt: skip

    def _leaking(self, case: int, rows: Sequence[Row]) -> set[int]:
        """Posts with a patient's details that still stand in public: that a team was told of them hides nothing."""
        confirmed = [row for row in rows if row["kind"] == "confirm"]
        passed_on = [
            row
            for row in rows
            if row["kind"] == "escalate" and row["role"] == BREACHES and row["lane"] == "now"
        ]
        if not confirmed and not passed_on:
            return set()

        def covered(decisions: Sequence[Row]) -> str:
            return json.dumps([mention for row in decisions for mention, _ in json.loads(row["covers"])])  # fmt: skip

        posts = self._db.rows(
            f"""SELECT i.mention FROM case_mentions i JOIN mentions m ON m.number = i.mention
            WHERE i.case_number = ? AND NOT ({_OUT_OF_SIGHT})
                AND (i.mention IN (SELECT value FROM json_each(?)) OR i.mention IN (SELECT value FROM json_each(?))
                    AND EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = i.mention AND f.flag = ?))""",
            case, covered(confirmed), covered(passed_on), PATIENT,
        )  # fmt: skip
        return {row["mention"] for row in posts}

    def _has_undecided(self, case: int) -> bool:
        """Whether something of a case that a person should see was not decided on."""
        return bool(self._db.value(
            """SELECT 1 FROM case_mentions WHERE case_number = ? AND reviewable AND NOT deleted
            AND (decided_revision IS NULL OR decided_revision < revision) LIMIT 1""",
            case,
        ))  # fmt: skip

    def _case_decision(self, row: Row) -> CaseDecision:
        words = self._db.encryption.decrypt(row["encrypted"])
        return CaseDecision(
            case=row["case_number"], kind=row["kind"], by=row["by_user"] or 0,
            at=clock.parse(row["at"]), covers=tuple((m, r) for m, r in json.loads(row["covers"])),
            labels=json.loads(row["labels"]), role=row["role"] or "", undoes=row["undoes"],
            duplicate_of=row["duplicate_of"], suggested=row["suggested"],
            until=clock.parse(row["until"]) if row["until"] else None,
            reason=words["reason"], note=words["note"],
        )  # fmt: skip

    def places(self, case: int) -> frozenset[str]:
        """The places that are named in a case."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT DISTINCT p.place FROM case_mentions i JOIN case_places p ON p.mention = i.mention
                WHERE i.case_number = ?""",
                case,
            )
        return frozenset(row["place"] for row in rows)

    def of_mention(self, mention: int) -> int | None:
        """The number of the case that a mention is in."""
        with self._db.snapshot():
            return self._grouping.case_of(mention)

    def get(self, number: int) -> Case | None:
        """One case; None where there is none."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM cases WHERE number = ?", number)
        return case_of(row) if row else None

    def get_all(self, numbers: Sequence[int]) -> list[Case]:
        """These cases in this order, less those that are not there, by one query."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT c.* FROM json_each(?) n CROSS JOIN cases c ON c.number = n.value ORDER BY n.key",
                json.dumps(list(numbers)),
            )
        return [case_of(row) for row in rows]

    def mentions(self, number: int, *, limit: int = SHOWN) -> list[CaseMention]:
        """The mentions of a case: what a person should see first, gravest first, then copies.

        Of more than there is room for those that nobody decided on.
        """
        ahead = self._db.read_ahead("mentions", number) if limit == SHOWN else None
        if ahead is not None:
            return list(ahead)
        return self.mentions_of((number,), limit=limit)[number]

    def mentions_of(self, cases: Collection[int], *, limit: int = SHOWN) -> dict[int, list[CaseMention]]:  # fmt: skip
        """The same of each of these cases, `limit` of each at most, by as many queries as of one."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT k.* FROM json_each(?) n CROSS JOIN case_mentions k ON k.case_number = n.value
                WHERE k.mention IN (SELECT mention FROM case_mentions WHERE case_number = n.value
                    ORDER BY reviewable DESC, deleted, coalesce(decided_revision >= revision, 0), risk DESC,
                        posted_at, mention LIMIT ?)
                ORDER BY k.reviewable DESC, k.deleted, k.risk DESC, k.posted_at, k.mention""",
                json.dumps(sorted(cases)), limit,
            )  # fmt: skip
            items = self._figures.items([row["mention"] for row in rows])
        mentions: dict[int, list[CaseMention]] = {case: [] for case in cases}
        for row in rows:
            if row["mention"] in items:
                mentions[row["case_number"]].append(CaseMention(
                    item=items[row["mention"]], why=row["joined_by"], reviewable=bool(row["reviewable"]),
                    decided_revision=row["decided_revision"], lane=row["lane"],
                    reason=reason_of(row), reported=row["reported_version"] is not None,
                ))  # fmt: skip
        return mentions

    def ask_opinion(
        self, decision: CaseDecision, expected_version: int, *, of: int, question: str
    ) -> bool:
        """Keeps a decision of the kind `second_opinion` and the question to a colleague; False as `decide`.

        It is due as the case would be to be looked at. Raises StoreError as `decide`, for a question to oneself, to
        somebody for whom the one who asks covers now, to somebody who was asked already, and for none at all.
        """
        if decision.kind != "second_opinion":
            raise StoreError("only ‘Ask a colleague’ names a colleague")
        if not question.strip():
            raise StoreError("write what you want to know")
        with self._db.transaction():
            self._opinions.refuse_unaskable(decision.case, of, by=decision.by, at=decision.at)
            if not self.decide(decision, expected_version):
                return False
            case = self._db.rows("SELECT lane, risk FROM cases WHERE number = ?", decision.case)[0]
            due = self._deadlines.due_by(promise_of(case["lane"], case["risk"]), decision.at)
            self._opinions.add(
                case=decision.case, version=expected_version + 1, by=decision.by, of=of,
                at=decision.at, due=self._answer_due(decision, due or decision.at + OPINION_WITHIN),
                question=question,
            )  # fmt: skip
        return True

    def _answer_due(self, decision: CaseDecision, promised: datetime) -> datetime:
        """Until when a colleague is to answer: as promised, and before the case itself is due, which asking does not put off."""
        due = self._db.value("SELECT due_at FROM cases WHERE number = ?", decision.case)
        sooner = clock.parse(due) if due else promised
        return min(promised, sooner) if sooner > decision.at else promised
