"""Keeps what people decided of cases, who looks at which, and how both can be taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core import clock
from core.errors import StoreError
from core.models import Decision, DecisionKind
from store.cases.grouping import SHOWN, Cases, Duplicates
from store.cases.models import HOLDS, CaseDecided, CaseDecision, CaseState
from store.database import Opened
from store.encryption import clean
from store.models import Decided
from store.sqlite import Row
from store.team.opinions import Opinions

# ── Keeps what people decided, and the holds by which they keep something from a purge. ───────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What people said of a mention's flags, the last word on each: name -> whether it holds.

    `version` and `at` are those of the last decision that spoke of a flag; copies share a `story`.
    `flagged`: some assessment until then put a flag on it, whatever model and policy made that one.
    """

    mention: int
    revision: int
    version: int
    story: str
    at: datetime
    labels: Mapping[str, bool]
    flagged: bool


class Decisions(Opened):
    """Adding and reading decisions and holds."""

    def add_decision(
        self, decision: Decision, expected_version: int, *, user: int | None = None
    ) -> bool:
        """Adds a decision by somebody who saw the mention with `expected_version` decisions.

        False where another was made meanwhile: show `decisions` and ask again. Its `labels` hold what
        that person said of flags: name -> whether it holds, confirmed or corrected; of a flag that is
        not named nothing was said. `user`: who signed in and made it, since two can have one name.
        Raises StoreError where a label is neither true nor false.
        """
        if not all(holds is True or holds is False for holds in decision.labels.values()):
            raise StoreError("a label says whether a flag holds: true or false")
        with self._writing():
            self._must_exist(decision.mention)
            version = self._one(
                "SELECT count(*) FROM decisions WHERE mention = ?", decision.mention
            )
            if version != expected_version:
                return False
            self._insert(
                "decisions", mention=decision.mention, version=version + 1,
                revision=decision.revision, kind=decision.kind, decided_by=clean(decision.by),
                at=clock.text(decision.at), labels=json.dumps(dict(decision.labels)),
                sealed=self._seals.seal({"reason": decision.reason, "note": decision.note}),
            )  # fmt: skip
            self._note(
                "decided", decision.at, mention=decision.mention, decision=decision.kind,
                by=self._seals.person_hash(decision.by) if user is None else user,
            )  # fmt: skip
        return True

    def decisions(self, number: int) -> list[Decided]:
        """All decisions about a mention, first to last."""
        with self._reading():
            rows = self._rows("SELECT * FROM decisions WHERE mention = ? ORDER BY version", number)
            opened = [self._seals.open(row["sealed"]) for row in rows]
        return [
            Decided(version=row["version"], decision=Decision(
                mention=row["mention"], revision=row["revision"], kind=row["kind"],
                by=row["decided_by"], at=clock.parse(row["at"]), reason=words["reason"],
                note=words["note"], labels=json.loads(row["labels"]),
            ))
            for row, words in zip(rows, opened, strict=True)
        ]  # fmt: skip

    def judgements(self) -> list[Judgement]:
        """The last word on each flag of every mention whose words as they stand were judged.

        Ordered by the moment of the last word. Deleted mentions are left out, words that were edited
        since, and what whoever asked for a second opinion said.
        """
        with self._reading():
            rows = self._rows(
                """SELECT d.mention, d.revision, d.version, d.at, d.labels, m.story,
                    EXISTS (SELECT 1 FROM assessments a JOIN flags f ON f.assessment = a.number
                        WHERE a.mention = d.mention AND a.at <= d.at) AS flagged
                FROM decisions d JOIN mentions m ON m.number = d.mention AND m.revision = d.revision
                WHERE m.deleted_at IS NULL AND d.kind <> 'second_opinion' AND NOT d.undone
                    AND d.labels <> '{}'
                ORDER BY d.mention, d.version"""
            )
        last: dict[int, Judgement] = {}
        for row in rows:
            before = last[row["mention"]].labels if row["mention"] in last else {}
            last[row["mention"]] = Judgement(
                mention=row["mention"], revision=row["revision"], version=row["version"],
                story=row["story"], at=clock.parse(row["at"]),
                labels={**before, **json.loads(row["labels"])}, flagged=bool(row["flagged"]),
            )  # fmt: skip
        return sorted(last.values(), key=lambda judgement: (judgement.at, judgement.mention))

    def note_moderation(
        self, number: int, source: str, action: str, *, by: str, at: datetime, done: bool = True
    ) -> None:
        """Keeps that somebody acted on a post through the platform, or, not `done`, is about to.

        It is kept of a mention that was purged meanwhile too: what was done there was done.
        """
        with self._writing():
            self._note(
                "moderated" if done else "moderating", at, mention=number, source=clean(source),
                action=clean(action), by=self._seals.person_hash(by),
            )  # fmt: skip

    def was_moderated(self, number: int, actions: Sequence[str]) -> bool:
        """Whether what was last done to a mention is one of these actions."""
        with self._reading():
            about = self._one(
                """SELECT about FROM events WHERE kind = 'moderated'
                AND json_extract(about, '$.mention') = ? ORDER BY number DESC LIMIT 1""",
                number,
            )
        return about is not None and json.loads(about)["action"] in actions

    def hold(
        self, number: int, *, reason: str, approver: str, at: datetime, expires: datetime
    ) -> None:
        """Keeps a mention from retention until `expires`, though never past a platform's own limit.

        Raises StoreError without a reason, an approver and an expiry that lies ahead.
        """
        if not reason.strip() or not approver.strip() or expires <= at:
            raise StoreError("a hold needs a reason, an approver and an expiry that lies ahead")
        with self._writing():
            self._must_exist(number)
            self._insert(
                "holds", mention=number, approver=clean(approver), at=clock.text(at),
                expires=clock.text(expires), sealed=self._seals.seal({"reason": reason}),
            )  # fmt: skip
            self._note("held", at, mention=number, by=self._seals.person_hash(approver))

    def on_hold(self, number: int, at: datetime) -> bool:
        """Whether a hold keeps a mention at that moment."""
        with self._reading():
            hold = self._one(
                "SELECT 1 FROM holds WHERE mention = ? AND lifted_at IS NULL AND expires > ?",
                number, clock.text(at),
            )  # fmt: skip
        return hold is not None

    def lift_hold(self, number: int, *, by: str, at: datetime) -> None:
        """Ends every hold on a mention."""
        with self._writing():
            lifted = self._do(
                "UPDATE holds SET lifted_at = ? WHERE mention = ? AND lifted_at IS NULL",
                clock.text(at), number,
            )  # fmt: skip
            if lifted:
                self._note("hold lifted", at, mention=number, by=self._seals.person_hash(by))

    def _must_exist(self, number: int) -> None:
        if not self._row("SELECT 1 FROM mentions WHERE number = ?", number):
            raise StoreError(f"there is no mention {number}: it was purged, or never was")


# ─────────────────────────────────────────────────────────────────────────────────────────────────

LEASE = timedelta(minutes=15)  # how long somebody is shown as looking at a case
# where a case stands after a decision; whatever is not named is done with
_STANDS: dict[DecisionKind, CaseState] = {
    "escalate": "escalated", "snooze": "snoozed", "second_opinion": "open", "reopen": "open",
}  # fmt: skip


class CaseDecisions(Cases, Decisions, Duplicates, Opinions):
    """Deciding, undoing, claiming."""

    def decide(self, decision: CaseDecision, expected_version: int) -> bool:
        """Adds a decision by somebody who saw the case with `expected_version` decisions.

        False where another was made meanwhile, or a covered mention was edited or left the case since it
        was seen: show the case anew and ask again. Each covered mention gets a decision of its own, by
        which thresholds and training learn. Raises StoreError for a decision that covers nothing, an
        escalation to nobody, a snooze into the past, an undo of what can't be undone, or a duplicate of nothing
        or of itself, by whatever way.
        """
        self._must_make_sense(decision)
        with self._writing():
            case = self._row("SELECT * FROM cases WHERE number = ?", decision.case)
            if case is None:
                raise StoreError(f"there is no case {decision.case}: it was purged, or never was")
            if case["version"] != expected_version or not self._as_seen(decision):
                return False
            if decision.kind == "undo":
                self._must_be_undoable(decision)
            if decision.duplicate_of is not None:
                self._must_not_go_in_a_circle(decision.case, decision.duplicate_of)
            self._add(self._with_copies(decision), case)
            self._follow(decision, case["version"] + 1)
            self._stand(decision.case)
            self._reopened(decision.case, decision.at)  # an undo puts in force what a story outgrew
            self._must_lead_somewhere(decision.case)
            self._set_clocks(decision.case, decision.at)
            self._set_opinions(decision.case, decision.at)
            self._note(
                "case decided", decision.at, case=decision.case, decision=decision.kind,
                by=decision.by, version=case["version"] + 1,
            )  # fmt: skip
        return True

    def case_history(self, case: int) -> list[CaseDecided]:
        """All decisions of a case, first to last."""
        with self._reading():
            rows = self._rows(
                """SELECT d.*, u.name FROM case_decisions d LEFT JOIN users u ON u.number = d.by_user
                WHERE d.case_number = ? ORDER BY d.version""",
                case,
            )
            taken_back = {row["undoes"] for row in rows if row["undoes"] is not None}
            return [
                CaseDecided(
                    version=row["version"], by_name=row["name"] or "somebody who has left",
                    decision=self._case_decision(row), undone=row["version"] in taken_back,
                )
                for row in rows
            ]  # fmt: skip

    def claim_case(self, case: int, user: int, at: datetime) -> int | None:
        """Says that somebody looks at a case; who did before, where that is another and not over."""
        with self._writing():
            row = self._row("SELECT claimed_by, claimed_until FROM cases WHERE number = ?", case)
            if row is None:
                raise StoreError(f"there is no case {case}: it was purged, or never was")
            theirs: int | None = (
                row["claimed_by"] if (row["claimed_until"] or "") > clock.text(at) else None
            )
            if theirs is not None and theirs != user:
                return theirs
            self._do(
                "UPDATE cases SET claimed_by = ?, claimed_until = ? WHERE number = ?",
                user, clock.text(at + LEASE), case,
            )  # fmt: skip
        return None

    def release_case(self, case: int, user: int) -> None:
        """Ends somebody's own claim."""
        with self._writing():
            self._do(
                """UPDATE cases SET claimed_by = NULL, claimed_until = NULL
                WHERE number = ? AND claimed_by = ?""",
                case, user,
            )  # fmt: skip

    @staticmethod
    def _must_make_sense(decision: CaseDecision) -> None:
        if not decision.covers and decision.kind not in ("undo", "reopen"):
            raise StoreError("a decision covers at least one mention: select what it is about")
        if (decision.kind == "duplicate") != (decision.duplicate_of is not None):
            raise StoreError(
                "a duplicate names the case that covers it, and no other decision does"
            )
        if decision.kind == "escalate" and not decision.role:
            raise StoreError("an escalation names the role that it goes to")
        if decision.until is not None and decision.until <= decision.at:
            raise StoreError("a snooze ends in the future: choose a later day")
        if not all(holds is True or holds is False for holds in decision.labels.values()):
            raise StoreError("a label says whether a flag holds: true or false")

    def _as_seen(self, decision: CaseDecision) -> bool:
        """Every covered mention is in the case, with the words that the person saw."""
        return all(
            self._one(
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
        rows = self._rows(
            """SELECT i.mention, i.revision FROM case_mentions i JOIN mentions m ON m.number = i.mention
            WHERE i.case_number = ?1 AND i.worth AND NOT i.deleted AND i.why <> 'thread'
                AND i.revision = m.revision AND i.risk <= (SELECT max(c.risk) FROM case_mentions c
                    WHERE c.case_number = ?1 AND c.mention IN (SELECT value FROM json_each(?2)))""",
            decision.case, json.dumps([mention for mention, _ in decision.covers]),
        )  # fmt: skip
        copies = [(row["mention"], row["revision"]) for row in rows]
        return replace(decision, covers=tuple(dict.fromkeys([*decision.covers, *copies])))

    def _must_be_undoable(self, decision: CaseDecision) -> None:
        if not self._row(
            f"SELECT 1 FROM case_decisions d WHERE case_number = ? AND version = ? AND {HOLDS}",
            decision.case, decision.undoes,
        ):  # fmt: skip
            raise StoreError("there is no such decision to undo, or it was undone already")

    def _add(self, decision: CaseDecision, case: Row) -> None:
        self._insert(
            "case_decisions", case_number=decision.case, version=case["version"] + 1,
            kind=decision.kind, by_user=decision.by, at=clock.text(decision.at),
            role=decision.role or None, undoes=decision.undoes, size=case["size"],
            duplicate_of=decision.duplicate_of,
            until=clock.text(decision.until) if decision.until else None, risk=case["risk"],
            covers=json.dumps(decision.covers), labels=json.dumps(dict(decision.labels)),
            sealed=self._seals.seal({"reason": decision.reason, "note": decision.note}),
        )  # fmt: skip
        self._do(
            """UPDATE cases SET version = version + 1, claimed_by = NULL, claimed_until = NULL
            WHERE number = ?""",
            decision.case,
        )

    def _follow(self, decision: CaseDecision, version: int) -> None:
        """What a decision means for each mention: one of its own, or that its own no longer counts."""
        if decision.kind == "undo":
            self._do(
                "UPDATE decisions SET undone = 1 WHERE case_number = ? AND case_version = ?",
                decision.case, decision.undoes,
            )  # fmt: skip
            return
        by = str(self._one("SELECT name FROM users WHERE number = ?", decision.by) or decision.by)
        for mention, revision in decision.covers:
            seen = self._one("SELECT count(*) FROM decisions WHERE mention = ?", mention)
            self.add_decision(
                Decision(
                    mention=mention, revision=revision, kind=decision.kind, by=by, at=decision.at,
                    reason=decision.reason, note=decision.note, labels=decision.labels,
                ),
                seen,
                user=decision.by,
            )  # fmt: skip
            self._do(
                """UPDATE decisions SET case_number = ?, case_version = ?
                WHERE mention = ? AND version = ?""",
                decision.case, version, mention, seen + 1,
            )  # fmt: skip

    def _stand(self, case: int) -> None:
        """Where a case stands by the decisions that were not undone, and what they cover."""
        rows = self._rows(
            f"SELECT * FROM case_decisions d WHERE case_number = ? AND {HOLDS} ORDER BY version",
            case,
        )
        self._cover(case, rows)
        last = rows[-1] if rows else None
        state: CaseState = "new" if last is None else _STANDS.get(last["kind"], "done")
        if state in ("done", "escalated", "snoozed") and self._left(case):
            state = "open"
        self._do(
            """UPDATE cases SET state = ?, kind = ?, decided_at = ?, decided_size = ?,
                decided_risk = ?, role = ?, snoozed_until = ?, decided_by = ? WHERE number = ?""",
            state, *((last["kind"], last["at"], last["size"], last["risk"], last["role"], last["until"], last["by_user"])
                     if last is not None else (None,) * 7), case,
        )  # fmt: skip

    def _cover(self, case: int, rows: Sequence[Row]) -> None:
        covered: dict[int, int] = {}
        for row in rows:
            if row["kind"] in ("second_opinion", "reopen"):
                continue
            for mention, revision in json.loads(row["covers"]):
                covered[mention] = max(revision, covered.get(mention, 0))
        for row in self._rows(
            "SELECT mention, decided_revision FROM case_mentions WHERE case_number = ?", case
        ):
            if row["decided_revision"] != covered.get(row["mention"]):
                self._do(
                    "UPDATE case_mentions SET decided_revision = ? WHERE mention = ?",
                    covered.get(row["mention"]), row["mention"],
                )  # fmt: skip

    def _left(self, case: int) -> bool:
        """Whether something of a case that a person should see was not decided on."""
        return bool(self._one(
            """SELECT 1 FROM case_mentions WHERE case_number = ? AND worth AND NOT deleted
            AND (decided_revision IS NULL OR decided_revision < revision) LIMIT 1""",
            case,
        ))  # fmt: skip

    def _case_decision(self, row: Row) -> CaseDecision:
        words = self._seals.open(row["sealed"])
        return CaseDecision(
            case=row["case_number"], kind=row["kind"], by=row["by_user"] or 0,
            at=clock.parse(row["at"]), covers=tuple((m, r) for m, r in json.loads(row["covers"])),
            labels=json.loads(row["labels"]), role=row["role"] or "", undoes=row["undoes"],
            duplicate_of=row["duplicate_of"],
            until=clock.parse(row["until"]) if row["until"] else None,
            reason=words["reason"], note=words["note"],
        )  # fmt: skip


# ── The way to an employer, which is locked for every case until a governance role releases it. ───


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Who released it, when and why."""

    by_name: str
    at: datetime
    reason: str = field(repr=False)


class Releases(Opened):
    """Releasing, and what was released."""

    def release_hr(self, case: int, *, by: int, reason: str, at: datetime) -> None:
        """Lets a case be handed to human resources. Again it changes nothing; who was first stands.

        Raises StoreError without a reason, or where there is no such case.
        """
        if not reason.strip():
            raise StoreError("a release needs a reason, which is kept")
        with self._writing():
            if not self._row("SELECT 1 FROM cases WHERE number = ?", case):
                raise StoreError(f"there is no case {case}: it was purged, or never was")
            added = self._do(
                """INSERT INTO hr_releases (case_number, by_user, at, sealed) VALUES (?, ?, ?, ?)
                ON CONFLICT (case_number) DO NOTHING""",
                case, by, clock.text(at), self._seals.seal({"reason": reason}),
            )  # fmt: skip
            if added:
                self._note("hr released", at, case=case, by=by)

    def hr_release(self, case: int) -> Released | None:
        """Whether, by whom and why the way to an employer was released for a case."""
        with self._reading():
            row = self._row(
                """SELECT r.*, u.name FROM hr_releases r LEFT JOIN users u ON u.number = r.by_user
                WHERE r.case_number = ?""",
                case,
            )
            if row is None:
                return None
            return Released(
                by_name=row["name"] or "somebody who has left", at=clock.parse(row["at"]),
                reason=self._seals.open(row["sealed"])["reason"],
            )  # fmt: skip
