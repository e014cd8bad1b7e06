"""Steps of a hand-off: the emails that tell and chase its team, and what people wrote down that the team said.

Each is added and never changed; where the hand-off stands follows from them and from the decisions of its case that hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from core import clock
from core.errors import StoreError
from core.models import DecisionKind
from store.cases.deadlines import Deadlines
from store.cases.handoffs import (
    FACTS,
    KEEPS_LOOK,
    LEAK,
    OPEN,
    PRESSED,
    SAFEGUARDING,
    TELLS,
    Handoff,
    Handoffs,
    HandoffState,
    StepKind,
    gravest_first,
)
from store.cases.models import HOLDS, CaseDecision
from store.database import Database
from store.encryption import clean
from store.outbox import Outbox
from store.sqlite import Row

MOST_CHASES = 4  # by itself; then the page alone says that nobody answered
MOST_IN_DANGER = 8
# A later decision of these settles what was passed on.
_ENDS: frozenset[DecisionKind] = frozenset(("no_action", "not_relevant", "duplicate"))


class HandoffSteps:
    """Opening hand-offs, chasing them, and writing down what was said."""

    def __init__(
        self, database: Database, outbox: Outbox, deadlines: Deadlines, handoffs: Handoffs
    ) -> None:
        self.handoffs = handoffs
        self.moved: Callable[[int, datetime], None] = lambda case, at: None  # `Cases.follow`
        self._db = database
        self._outbox = outbox
        self._deadlines = deadlines

    def update(self, case: int, at: datetime, decision: CaseDecision | None = None) -> None:
        """Within the transaction of a decision: opens what it passes on, takes back what no longer holds."""
        if decision is not None and decision.kind == "escalate":
            self._open(decision)
        handoffs = self.handoffs.of_case(case)
        if not handoffs:
            return
        standing = self._db.rows(
            f"SELECT version, kind, role, covers FROM case_decisions d WHERE case_number = ? AND {HOLDS}",
            case,
        )
        by = decision.by if decision is not None else None
        for handoff in handoffs:
            state = _state(handoff, standing)
            if state != handoff.state:
                self._move(handoff, state, at, by)

    def confirm(
        self, number: int, *, by: int, at: datetime, who: str, when: datetime,
        answer_by: datetime | None = None,
    ) -> bool:  # fmt: skip
        """Somebody of the role has it: `who` said so `when`; from then the clocks that went on for it stop.

        False where it no longer waits for that. Raises StoreError without a name, for a moment to come, or an
        answer that is due in the past.
        """
        if not who.strip():
            raise StoreError("write who has it")
        if when > at:
            raise StoreError("that moment is still to come: write when they said so")
        if answer_by is not None and answer_by <= at:
            raise StoreError("an answer is due in the future: choose a later day")
        with self._db.transaction():
            handoff = self.handoffs.get(number)
            if handoff is None or handoff.state != "waits":
                return False
            self._step(number, "confirmed", at, by=by, who=who, when=when)
            self._set(handoff, "confirmed", at, due=answer_by)
            self._withdraw(handoff, ("chased", "told"))
            self.moved(handoff.case, at)
            self._deadlines.update(handoff.case, at)
            self._db.add_event("hand-off confirmed", at, case=handoff.case, handoff=number, by=by)
        return True

    def confirm_further(self, number: int, *, by: int, at: datetime, who: str, when: datetime) -> bool:  # fmt: skip
        """Somebody else of the role said so as well, after it was confirmed: written down beside the first.

        False where it is not confirmed. Raises StoreError without a name, or for a moment to come.
        """
        if not who.strip():
            raise StoreError("write who has it")
        if when > at:
            raise StoreError("that moment is still to come: write when they said so")
        with self._db.transaction():
            handoff = self.handoffs.get(number)
            if handoff is None or handoff.state != "confirmed":
                return False
            self._step(number, "confirmed", at, by=by, who=who, when=when)
            self._deadlines.update(handoff.case, at)
            self._db.add_event("hand-off confirmed", at, case=handoff.case, handoff=number, by=by)
        return True

    def answer(self, number: int, *, by: int, at: datetime, note: str, who: str = "") -> bool:
        """The role has answered: what it said, and `who` said it where that is known. False where nobody waits for that any more."""
        if not note.strip():
            raise StoreError("write what they said")
        with self._db.transaction():
            handoff = self.handoffs.get(number)
            if handoff is None or handoff.state not in OPEN:
                return False
            self._step(number, "answered", at, by=by, note=note, who=who)
            self._set(handoff, "answered", at)
            self._withdraw(handoff, ("chased", "told"))
            self.moved(handoff.case, at)
            self._deadlines.update(handoff.case, at)
            self._db.add_event("hand-off answered", at, case=handoff.case, handoff=number, by=by)
        return True

    def refuse(self, number: int, *, by: int, at: datetime, note: str) -> bool:
        """The role does not take it: it waits again with what was said, and whoever is next is due to be told at once.

        Of danger that is whoever is on call, of all else a lead, and the case waits for a decision again until another team is passed it.
        False where nobody waits for the role any more. The same words of the same person, sent twice, are one refusal: nobody else is told of the second.
        Raises StoreError without what was said.
        """
        if not note.strip():
            raise StoreError("write what they said")
        with self._db.transaction():
            handoff = self.handoffs.get(number)
            if handoff is None or handoff.state not in OPEN:
                return False
            refusal = handoff.refusal
            if refusal is not None and (refusal.by, refusal.note) == (by, clean(note)):
                return True
            self._withdraw(handoff, ("sent", "chased"))
            self._step(number, "waits again", at, by=by, note=note)
            self._set(handoff, "waits", at, due=at, next_at=at)
            self.moved(handoff.case, at)
            self._deadlines.update(handoff.case, at)
            self._db.add_event("hand-off not taken", at, case=handoff.case, handoff=number, by=by)
        return True

    def wait_again(self, number: int, *, by: int, at: datetime) -> bool:
        """What was written down of it does not hold: it waits again, and its clocks go on. False where it waits, or ended."""
        with self._db.transaction():
            handoff = self.handoffs.get(number)
            if handoff is None or handoff.state not in ("confirmed", "answered"):
                return False
            self._step(number, "waits again", at, by=by)
            self._set(
                handoff, "waits", at, due=self._due(handoff, at), next_at=self._due(handoff, at)
            )
            self.moved(handoff.case, at)
            self._deadlines.update(handoff.case, at)
            self._db.add_event("hand-off waits again", at, case=handoff.case, handoff=number, by=by)
        return True

    def chase(self, number: int, at: datetime) -> int:
        """Chases one that is due, once however often it is asked to; how many emails were written."""
        with self._db.transaction():
            handoff = self.handoffs.get(number)
            if handoff is None or handoff.next_at is None or handoff.next_at > at:
                return 0
            written = self._chase(handoff, at, by=None)
            level = handoff.chases + 1
            most = MOST_IN_DANGER if handoff.danger else MOST_CHASES
            goes_on = written and level < most and not self._is_last_of_refused(handoff)
            after = self._due(handoff, at) if goes_on else None
            self._db.execute(
                "UPDATE handoffs SET chases = ?, next_at = ? WHERE number = ?",
                level, clock.text(after) if after else None, number,
            )  # fmt: skip
        return written

    def chase_now(self, number: int, *, by: int, at: datetime) -> bool:
        """An email to the role because somebody asks for it; False where it waits no more.

        Raises StoreError for a role without an email or one that does not take it, and where one left or is about to within the last minute.
        """
        with self._db.transaction():
            handoff = self.handoffs.get(number)
            if handoff is None or handoff.state not in OPEN:
                return False
            if not self.handoffs.policy.receiver(handoff.role).email:
                raise StoreError("this role has no email: ring them")
            if handoff.refusal is not None:
                raise StoreError("they do not take it: ring whoever is on call")
            mailed = [step for step in handoff.steps if step.kind in ("sent", "chased") and step.mail != "none"]  # fmt: skip
            if mailed and at - mailed[-1].at < timedelta(minutes=1):
                raise StoreError(
                    "they were sent an email within the last minute" if mailed[-1].mail == "sent"
                    else "their email was queued within the last minute and has not left yet: ring them"
                )  # fmt: skip
            self._chase(handoff, at, by=by)
            # where somebody is in danger, asking once more must not put off who is told next
            after = handoff.next_at if handoff.danger else self._due(handoff, at)
            self._db.execute(
                "UPDATE handoffs SET chases = chases + 1, next_at = ? WHERE number = ?",
                clock.text(after) if after else None, number,
            )  # fmt: skip
        return True

    def add_line(self, number: int, *, by: int, at: datetime, note: str) -> bool:
        """One more line for a role that has this or should; False where it waits no more.

        It is written to about that, unless an email to it is still to leave. Raises StoreError without a line.
        """
        if not note.strip():
            raise StoreError("write the line")
        with self._db.transaction():
            handoff = self.handoffs.get(number)
            if handoff is None or handoff.state not in OPEN or handoff.refusal is not None:
                return False
            receiver = self.handoffs.policy.receiver(handoff.role)
            queued = any(step.mail in ("ready", "claimed") for step in handoff.steps if step.kind in ("sent", "chased"))  # fmt: skip
            self._step(
                number, "chased", at, by=by, to="role", recipients=() if queued else receiver.email, note=note
            )  # fmt: skip
            self._db.add_event("line added", at, case=handoff.case, handoff=number, by=by)
        return True

    def keep_letter(self, outbox: int, *, subject: str, text: str) -> None:
        """Keeps the email of a step as it left, word for word: the first where it leaves again for others."""
        with self._db.transaction():
            for row in self._db.rows("SELECT number, encrypted FROM handoff_steps WHERE outbox = ?", outbox):  # fmt: skip
                words = self._db.encryption.decrypt(row["encrypted"])
                if not words.get("text"):
                    words |= {"subject": clean(subject), "text": clean(text)}
                    self._db.execute(
                        "UPDATE handoff_steps SET encrypted = ? WHERE number = ?",
                        self._db.encryption.encrypt(words), row["number"],
                    )  # fmt: skip

    def press(self, case: int, at: datetime) -> None:
        """Has the team of a leak confirm within the hour once its 72 hours are over, or end before it would have to: also where they turn out to count from earlier."""
        ends_at = self.handoffs.breach_ends(case)
        for handoff in self.handoffs.of_case(case) if ends_at else ():
            due = at + PRESSED
            knows = self.handoffs.policy.receiver(handoff.role).type in TELLS[LEAK]
            if (
                handoff.state != "waits"
                or not knows
                or handoff.due_at is None
                or handoff.due_at <= due
            ):
                continue
            if ends_at is not None and self.handoffs.is_pressed(
                handoff.role, handoff.at, at, ends_at
            ):
                self._db.execute(
                    "UPDATE handoffs SET due_at = ?, next_at = CASE WHEN next_at > ? THEN ? ELSE next_at END WHERE number = ?",
                    clock.text(due), clock.text(due), clock.text(due), handoff.number,
                )  # fmt: skip

    def _open(self, decision: CaseDecision) -> None:
        case = self._db.rows(
            """SELECT c.version, c.due_at, d.lane FROM cases c LEFT JOIN case_decisions d
                ON d.case_number = c.number AND d.version = c.version WHERE c.number = ?""",
            decision.case,
        )[0]
        flags = self.handoffs.passed_flags(
            decision.case, decision.role, decision.covers, self._flags(decision)
        )
        receiver = self.handoffs.policy.receiver(decision.role)
        due = self.handoffs.due(decision.case, decision.role, decision.at, flags=flags, lane=case["lane"], case_due=clock.parse(case["due_at"]) if case["due_at"] else None)  # fmt: skip
        number = self._db.insert(
            "handoffs", case_number=decision.case, version=case["version"], role=clean(decision.role),
            posts=json.dumps(decision.covers), flags=json.dumps(flags), by_user=decision.by,
            at=clock.text(decision.at), state_at=clock.text(decision.at), due_at=clock.text(due),
            next_at=clock.text(due), keeps_look=int(not KEEPS_LOOK.isdisjoint(flags)),
            encrypted=self._db.encryption.encrypt({"why": clean(decision.note)}),
        )  # fmt: skip
        self._step(
            number, "sent" if receiver.email else "not sent", decision.at, by=decision.by,
            to="role" if receiver.email else "", recipients=receiver.email,
        )  # fmt: skip
        self._db.add_event(
            "passed on", decision.at, case=decision.case, handoff=number, by=decision.by,
            role=clean(decision.role), emailed=int(bool(receiver.email)),
        )  # fmt: skip

    def _flags(self, decision: CaseDecision) -> tuple[str, ...]:
        """What the posts are flagged for, as whoever passed them on has it."""
        rows = self._db.rows(
            "SELECT DISTINCT flag FROM case_flags WHERE mention IN (SELECT value FROM json_each(?))",
            json.dumps([mention for mention, _ in decision.covers]),
        )
        flags = {row["flag"] for row in rows} | self.handoffs.reported(decision.case, decision.covers) | {
            name for name, holds in decision.labels.items() if holds
        }  # fmt: skip
        return gravest_first(flags - {name for name, holds in decision.labels.items() if not holds})

    def _chase(self, handoff: Handoff, at: datetime, *, by: int | None) -> int:
        """The emails of one chase: to the role, and to whoever is next where nobody has it."""
        written = 0
        receiver = self.handoffs.policy.receiver(handoff.role)
        if receiver.email and not handoff.refusal_was_told:
            self._step(handoff.number, "chased", at, by=by, to="role", recipients=receiver.email)
            written += 1
        if by is None and handoff.state == "waits":
            for place, people in self._next(handoff):
                self._step(handoff.number, "told", at, by=by, to=place, recipients=people)
                written += 1
        if written:
            self._db.add_event(
                "hand-off chased", at, case=handoff.case, handoff=handoff.number, emails=written,
                **({"by": by} if by is not None else {}),
            )  # fmt: skip
        return written

    def _is_last_of_refused(self, handoff: Handoff) -> bool:
        """Whether a chase now is the last of what the role does not take: nobody is left to be told, and the role is not asked again."""
        already = sum(step.kind == "told" for step in handoff.steps)
        return handoff.refusal is not None and already + 1 >= len(self.handoffs.policy.chain)

    def _next(self, handoff: Handoff) -> list[tuple[str, tuple[str, ...]]]:
        """Who is told beside the role, by their place in the settings."""
        already = sum(step.kind == "told" for step in handoff.steps)
        if handoff.danger:
            chain = self.handoffs.policy.chain
            return [(f"chain:{already}", (chain[already],))] if already < len(chain) else []
        first = not self.handoffs.policy.receiver(handoff.role).email
        return (
            [("lead", self.handoffs.policy.lead)]
            if self.handoffs.policy.lead and not already and (handoff.chases or first)
            else []
        )

    def _move(self, handoff: Handoff, state: HandoffState, at: datetime, by: int | None) -> None:
        """Where a hand-off stands since a decision: taken back and said so, or in force again."""
        if state == "taken back":
            self._withdraw(handoff, ("sent", "chased", "told", "waits again"))
            recipients = self._mailed(handoff)
            self._step(
                handoff.number, "taken back", at, by=by, to="all" if recipients else "", recipients=recipients
            )  # fmt: skip
            self._set(handoff, "taken back", at)
            if handoff.role == SAFEGUARDING:  # where its posts wait is worked out anew
                self._db.execute(
                    "UPDATE case_mentions SET reason = NULL WHERE mention IN (SELECT value FROM json_each(?))",
                    json.dumps([mention for mention, _ in handoff.posts]),
                )
            self._db.add_event(
                "hand-off taken back", at, case=handoff.case, handoff=handoff.number,
                **({"by": by} if by is not None else {}),
            )  # fmt: skip
        elif state == "waits":
            receiver = self.handoffs.policy.receiver(handoff.role)
            self._step(
                handoff.number, "waits again", at, by=by, to="role" if receiver.email else "",
                recipients=receiver.email,
            )  # fmt: skip
            due = self._due(handoff, at)
            self._set(handoff, "waits", at, due=due, next_at=due)
            self._db.add_event(
                "hand-off waits again", at, case=handoff.case, handoff=handoff.number,
                **({"by": by} if by is not None else {}),
            )  # fmt: skip
        else:
            self._set(handoff, state, at)

    def _due(self, handoff: Handoff, at: datetime) -> datetime:
        due = self.handoffs.policy.due(handoff.role, at, flags=handoff.flags, lane=handoff.lane)
        return self.handoffs.pressed_due(handoff.case, handoff.role, due, at)

    def _set(
        self, handoff: Handoff, state: HandoffState, at: datetime, *, due: datetime | None = None,
        next_at: datetime | None = None,
    ) -> None:  # fmt: skip
        """A state, when something is due in it, and when it is chased: where an answer is due, then."""
        chase_at = next_at or due
        self._db.execute(
            "UPDATE handoffs SET state = ?, state_at = ?, due_at = ?, next_at = ?, chases = 0 WHERE number = ?",
            state, clock.text(at), clock.text(due) if due else None,
            clock.text(chase_at) if chase_at else None, handoff.number,
        )  # fmt: skip

    def _withdraw(self, handoff: Handoff, kinds: Sequence[StepKind]) -> None:
        """Takes emails of these steps that did not leave out of the outbox."""
        rows = self._db.rows(
            """SELECT outbox FROM handoff_steps WHERE handoff = ? AND outbox IS NOT NULL
            AND kind IN (SELECT value FROM json_each(?))""",
            handoff.number, json.dumps(kinds),
        )  # fmt: skip
        self._outbox.withdraw([row["outbox"] for row in rows])

    def _mailed(self, handoff: Handoff) -> tuple[str, ...]:
        """Whoever was sent an email of it, or is being sent one."""
        people: list[str] = []
        for row in self._outbox.of_handoff(handoff.number):
            had = [person for person in row.people if person.state in ("sent", "claimed")]
            people += [person.address for person in had if person.channel == "mail"]
            people += row.recipients if not row.people else ()
        return tuple(dict.fromkeys(people))

    def _step(
        self, number: int, kind: StepKind, at: datetime, *, by: int | None, to: str = "",
        recipients: Sequence[str] = (), who: str = "", note: str = "", when: datetime | None = None,
    ) -> None:  # fmt: skip
        """A step, with its email where it has one: `to` says to whom by the settings."""
        level = self._db.value("SELECT count(*) FROM handoff_steps WHERE handoff = ?", number)
        outbox = (
            self._outbox.add_within(
                "handoff",
                f"{number}:{level}",
                at,
                payload={"handoff": str(number), "step": kind, "to": to},
                recipients=recipients,
            )
            if recipients
            else None
        )
        words = {"who": clean(who), "note": clean(note), "when": clock.text(when) if when else ""}
        if kind == "told":
            words["to"] = clean(", ".join(recipients))
        self._db.insert(
            "handoff_steps", handoff=number, kind=kind, at=clock.text(at), by_user=by, level=level,
            outbox=outbox, encrypted=self._db.encryption.encrypt(words),
        )  # fmt: skip


def _is_with_another(handoff: Handoff, standing: Sequence[Row]) -> bool:
    """Whether all of what a role does not take was passed on since: of a leak to the team that must know of it, as nobody else answers for that."""
    posts = {mention for mention, _ in handoff.posts}
    passed_on = {
        mention for row in standing
        if row["version"] > handoff.version and row["kind"] == "escalate" and (LEAK not in handoff.flags or row["role"] == handoff.role)
        for mention, _ in json.loads(row["covers"])
    }  # fmt: skip
    return posts <= passed_on


def _state(handoff: Handoff, standing: Sequence[Row]) -> HandoffState:
    """Where a hand-off stands by what people said of it and by the decisions of its case that hold."""
    facts = [FACTS[step.kind] for step in handoff.steps if step.kind in FACTS]
    recorded = facts[-1] if facts else "waits"
    if handoff.version not in {row["version"] for row in standing}:
        return "taken back"
    posts = {mention for mention, _ in handoff.posts}
    if handoff.refusal is not None and not handoff.danger and _is_with_another(handoff, standing):
        return "taken back"
    settled = any(
        row["version"] > handoff.version
        and row["kind"] in _ENDS
        and not posts.isdisjoint(mention for mention, _ in json.loads(row["covers"]))
        for row in standing
    )
    if settled:
        return "taken back" if recorded == "waits" else "answered"
    return recorded
