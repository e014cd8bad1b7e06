"""Hand-offs: posts that were passed on to a role, the emails that told it, and whether it said that it has them.

A hand-off is opened in the transaction of the decision that passes a case on, with its email in the outbox. What
people said of it are steps, added and never changed; where it stands follows from them and from the decisions of
its case that hold, so that it may be worked out again after each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal, get_args

from core import clock
from core.errors import StoreError
from core.models import TEAM_TYPES, DecisionKind, Lane, TeamType
from core.working_time import WorkingTime
from core.worries import flags_told
from store.cases.deadlines import Deadlines
from store.cases.models import HOLDS, CaseDecision
from store.cases.receivers import ReceivingRules
from store.cases.sight import GUARDIAN
from store.database import Database
from store.encryption import clean
from store.models import OutboxState
from store.outbox import STUCK, Outbox, stuck_values
from store.sqlite import Row

HandoffState = Literal["waits", "confirmed", "answered", "taken back"]
# sent, chased: an email to the role. not sent: the role has no email. told: an email to whoever is next where
# nobody has it. waits again: what was said or taken back no longer holds
StepKind = Literal[
    "sent", "not sent", "chased", "told", "confirmed", "answered", "taken back", "waits again"
]
# ready, claimed, sent, parked as the outbox has it; failing: a try failed, and it is tried again; withdrawn before it left;
# none: no email belongs to the step
MailState = OutboxState | Literal["failing", "withdrawn", "none"]

STATES: tuple[HandoffState, ...] = get_args(HandoffState)
OPEN: tuple[HandoffState, ...] = ("waits", "confirmed")
# Flags by which an email says why, the gravest first.
GRAVEST_FIRST = (
    "safeguarding", "threat", "pid", "security", "media", "assistance", "removal_request",
    "confidential", "impersonation", "hate", "sexual", "harassment", "allegation",
    "misinformation", "grievance", "derogatory",
)  # fmt: skip
SAFEGUARDING = "safeguarding"
DANGERS = frozenset(
    (SAFEGUARDING, "threat")
)  # flags of which what is passed on is chased by the minute, at night too
# A flag and who has to know of it. "other" is a team of the organisation's own, such as a manager on duty.
TELLS: Mapping[str, frozenset[TeamType]] = {
    "safeguarding": frozenset(("safeguarding", "police", "other")),
    "threat": frozenset(("security", "safeguarding", "police", "other")),
    "pid": frozenset(("information_governance",)),
}
ASKS = "assistance"  # whoever asks for help in a post that is a leak too needs it still once that is hidden
# Teams that answer what somebody asks for; of the danger in it they know, and another team acts on it
ANSWERS: frozenset[TeamType] = frozenset(("pals", "media", "other"))
# What is passed on from Now for one of these is to be confirmed day and night: a code that is out, a false page of ours
URGENT = frozenset(("security", "impersonation"))
# Whoever waits for one of these to be looked at goes on waiting until the role has it.
KEEPS_LOOK = frozenset(("safeguarding", "threat", "pid"))
MOST_CHASES = 4  # by itself; then the page alone says that nobody answered
MOST_IN_DANGER = 8
LONGEST_LIST = 100  # of what waits, as one page holds it
CHASED_BEFORE = timedelta(hours=1)  # a case of Answer is due
# Within which a leak is confirmed by the team that must know, by the clock, whatever its minutes in working hours come to: its 72 hours run at night too
WITHIN_A_DAY = timedelta(hours=24)
PRESSED = timedelta(
    hours=1
)  # within which a leak is confirmed whose 72 hours are over, or end before its team need say that it has it
LEAK = "pid"
OFFICE_HOURS = WorkingTime(days=frozenset(range(5)), start=time(9), end=time(17))
# A later decision of these settles what was passed on.
_ENDS: frozenset[DecisionKind] = frozenset(("no_action", "not_relevant", "duplicate"))
# What a role that is not set up is by its key alone: never an employer
_TYPES: Mapping[str, TeamType] = {name: name for name in TEAM_TYPES if name != "employer"}
_FACTS: Mapping[str, HandoffState] = {
    "confirmed": "confirmed",
    "answered": "answered",
    "waits again": "waits",
}
# Of a hand-off `h` and its decision `d`: passed on from Now about somebody who may be in danger, or to Safeguarding from any lane
# of those on duty, and nobody has it yet.
UNCONFIRMED = """h.state = 'waits' AND (d.lane = 'now' AND (h.role = 'safeguarding' OR EXISTS (
    SELECT 1 FROM json_each(h.flags) WHERE value IN ('safeguarding', 'threat')))
    OR h.role = 'safeguarding' AND coalesce(d.lane, '') <> 'guardian' AND EXISTS (SELECT 1 FROM json_each(h.posts) p JOIN case_mentions g
        ON g.mention = json_extract(p.value, '$[0]') AND g.lane IN ('now', 'answer', 'look', 'rest')))"""
# Whether an email of a hand-off `h` to its team has left: one that can't be looked up any more has.
EMAILED = """EXISTS (SELECT 1 FROM handoff_steps s JOIN outbox o ON o.number = s.outbox WHERE s.handoff = h.number AND s.kind <> 'told'
    AND o.sent_at IS NOT NULL)"""

# Whether a case `c` past its time is so for whoever decides, at `{at}`: once a team has one or should have it, and no lane holds it
# any more, the time there was to decide on it is nobody's: what is due is that the team confirms. Whoever asked for help or is a
# reporter waits all the same.
OVERDUE_HERE = """(c.lane IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM handoffs t WHERE t.case_number = c.number AND t.state IN ('waits', 'confirmed'))
    OR EXISTS (SELECT 1 FROM handoffs t WHERE t.case_number = c.number AND t.state = 'waits' AND t.due_at <= {at})
    OR EXISTS (SELECT 1 FROM deadlines k WHERE k.case_number = c.number AND k.kind <> 'look' AND k.stopped_at IS NULL
        AND k.due_at <= {at}))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A role that cases are passed on to. `minutes`: until it should say that it has one.

    `type` says what it may be sent.
    """

    name: str
    email: tuple[str, ...] = field(default=(), repr=False)
    minutes: int | None = None
    type: TeamType = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChasePolicy:
    """How roles are told and chased, and what each may have, as the settings have it. `chain`: who is told next, one after the other, where
    somebody may be in danger and nobody has it. `lead`: who is told of anything else from the second chase on.
    """

    roles: Mapping[str, Receiver] = field(default_factory=dict)
    minutes: int = 240
    danger_minutes: int = 15
    urgent_minutes: int = 60
    chain: tuple[str, ...] = field(default=(), repr=False)
    lead: tuple[str, ...] = field(default=(), repr=False)
    working: WorkingTime = OFFICE_HOURS
    receiving: ReceivingRules = field(default_factory=ReceivingRules)

    def receiver(self, role: str) -> Receiver:
        """A role as it is set up now; one that was taken out has no email."""
        return self.roles.get(role) or Receiver(
            name=role.replace("_", " "), type=_TYPES.get(role, "other")
        )

    def wait(self, role: str, flags: Sequence[str], lane: Lane | None) -> int:
        """How many minutes a role may take to say that it has what was passed on to it from a lane."""
        if in_danger(role, flags):
            return self.danger_minutes
        if is_urgent(flags, lane):
            return self.urgent_minutes
        return self.receiver(role).minutes or self.minutes

    def due(
        self, role: str, at: datetime, *, flags: Sequence[str] = (), lane: Lane | None = None,
        case_due: datetime | None = None,
    ) -> datetime:  # fmt: skip
        """Until when a role should say that it has what was passed on at a moment: in working hours, unless it is urgent.

        `case_due` is when the case itself is due: of what somebody waits for, the role is chased before that, and of what is
        overdue already within the next working hour.
        """
        wait = self.wait(role, flags, lane)
        if in_danger(role, flags) or is_urgent(flags, lane):
            return at + timedelta(minutes=wait)
        due = self.working.after_hours(at, wait / 60)
        if self.is_within_a_day(role, at, flags):
            due = at + WITHIN_A_DAY
        if lane not in ("answer", "look") or case_due is None or case_due > due:
            return due
        if case_due <= at:
            return min(due, self.working.after_hours(at, CHASED_BEFORE / timedelta(hours=1)))
        return case_due - min(CHASED_BEFORE, (case_due - at) / 2)

    def is_within_a_day(self, role: str, at: datetime, flags: Sequence[str]) -> bool:
        """Whether a leak is to be confirmed before the role's working minutes are over, since they reach beyond a day."""
        receiver = self.receiver(role)
        minutes = receiver.minutes or self.minutes
        knows = LEAK in flags and receiver.type in TELLS[LEAK]
        return knows and self.working.after_hours(at, minutes / 60) > at + WITHIN_A_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffStep:
    """What was sent, or what somebody said. `who` is whom they spoke to, `when` at which moment."""

    number: int
    kind: StepKind
    at: datetime
    by: int | None
    by_name: str
    mail: MailState
    who: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    when: datetime | None = None
    sent_at: datetime | None = None  # when its email left; None while it has not
    to: str = field(default="", repr=False)  # whoever was next, by their address; "" of the team
    sent_subject: str = (
        ""  # the email as it left, word for word; "" of one that left before that was kept
    )
    sent_text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """Posts (mention, revision) that a role was asked to look after. `due_at`: when it should have said so, or answered."""

    number: int
    case: int
    version: int
    role: str
    posts: tuple[tuple[int, int], ...]
    flags: tuple[str, ...]  # gravest first
    by: int | None
    by_name: str
    at: datetime
    state: HandoffState
    state_at: datetime
    due_at: datetime | None
    next_at: datetime | None  # when it is chased next, by itself
    chases: int
    keeps_look: bool
    lane: Lane | None = None  # from which it was passed on
    why: str = field(default="", repr=False)
    steps: tuple[HandoffStep, ...] = ()

    @property
    def danger(self) -> bool:
        """Somebody may be in danger: it is chased by the minute."""
        return in_danger(self.role, self.flags)

    @property
    def heard(self) -> tuple[HandoffStep, ...]:
        """What the role said of it and still holds: what came before it was set to wait again does not."""
        steps: list[HandoffStep] = []
        for step in self.steps:
            if step.kind == "waits again":
                steps = []
            elif step.kind in ("confirmed", "answered"):
                steps.append(step)
        return tuple(steps)

    @property
    def refusal(self) -> HandoffStep | None:
        """The step by which the role said that it does not take this, while it waits for that reason; None else."""
        last = next((step for step in reversed(self.steps) if step.kind in _FACTS), None)
        refused = self.state == "waits" and last is not None and last.kind == "waits again"
        return last if refused and last is not None and last.note else None

    @property
    def refusal_was_told(self) -> bool:
        """Whether the role was written to since it was written down that it does not take this: it is written to no more."""
        refusal = self.refusal
        return refusal is not None and any(
            step.kind == "chased" and step.number > refusal.number for step in self.steps
        )

    def overdue(self, at: datetime) -> bool:
        """Whether the role should have said something by now."""
        return self.state in OPEN and self.due_at is not None and self.due_at <= at


def in_danger(role: str, flags: Sequence[str]) -> bool:
    """Whether what is passed on is about somebody who may be in danger, or who is threatened."""
    return role == SAFEGUARDING or not DANGERS.isdisjoint(flags)


def is_urgent(flags: Sequence[str], lane: Lane | None) -> bool:
    """Whether what is passed on from a lane is confirmed day and night, though nobody is in danger."""
    return lane == "now" and not URGENT.isdisjoint(flags)


def gravest_first(flags: Iterable[str]) -> tuple[str, ...]:
    """Flags in the order in which an email or a page names them."""
    place = {name: number for number, name in enumerate(GRAVEST_FIRST)}
    return tuple(sorted(set(flags), key=lambda name: (place.get(name, len(place)), name)))


class Handoffs:
    """Hand-offs of cases. `policy` is that of the settings, set by whoever opens the store."""

    def __init__(self, database: Database, outbox: Outbox, deadlines: Deadlines) -> None:
        self.policy = ChasePolicy()
        self.moved: Callable[[int, datetime], None] = lambda case, at: (
            None
        )  # whoever keeps cases follows
        self._db = database
        self._outbox = outbox
        self._deadlines = deadlines

    def get(self, number: int) -> Handoff | None:
        """One hand-off with its steps."""
        with self._db.snapshot():
            handoffs = self._handoffs("h.number = ?", number)
        return handoffs[0] if handoffs else None

    def of_case(self, case: int) -> list[Handoff]:
        """All hand-offs of a case, first to last."""
        with self._db.snapshot():
            return self._handoffs("h.case_number = ?", case)

    def open(self, case: int) -> list[Handoff]:
        """Those of a case that a role has, or should have."""
        return [handoff for handoff in self.of_case(case) if handoff.state in OPEN]

    def of_cases(self, cases: Collection[int]) -> dict[int, list[Handoff]]:
        """All of each of these cases, first to last, by one look; a case that was never passed on is in none."""
        with self._db.snapshot():
            listed = self._handoffs("h.case_number IN (SELECT value FROM json_each(?))", json.dumps(sorted(cases)))  # fmt: skip
        handoffs: dict[int, list[Handoff]] = {}
        for each in listed:
            handoffs.setdefault(each.case, []).append(each)
        return handoffs

    def open_of(self, cases: Collection[int]) -> dict[int, list[Handoff]]:
        """Of each of these cases those that a role has, or should have."""
        return {case: [each for each in all_of_it if each.state in OPEN] for case, all_of_it in self.of_cases(cases).items()}  # fmt: skip

    def waiting(self, at: datetime, *, limit: int = LONGEST_LIST, skip: int = 0) -> list[Handoff]:
        """What a role has or should have, a page of it: danger that nobody confirmed first; in that and in the rest what was refused or is overdue, then the least time left, then the longest wait."""
        with self._db.snapshot():
            numbers = self._db.rows(
                f"""SELECT number FROM handoffs h WHERE state IN ('waits', 'confirmed') AND {self._seen('h.')}
                ORDER BY state <> 'waits' OR NOT (role = ? OR EXISTS (SELECT 1 FROM json_each(h.flags)
                        WHERE value IN (SELECT value FROM json_each(?)))),
                    coalesce(due_at <= ?, 0) = 0, due_at IS NULL, due_at, at, number
                LIMIT ? OFFSET ?""",
                SAFEGUARDING, json.dumps(sorted(DANGERS)), clock.text(at), min(limit, LONGEST_LIST), skip,
            )  # fmt: skip
            shown = [row["number"] for row in numbers]
            handoffs = self._handoffs(
                "h.number IN (SELECT value FROM json_each(?))", json.dumps(shown)
            )
        return sorted(handoffs, key=lambda handoff: shown.index(handoff.number))

    def count_standing(self) -> tuple[int, int]:
        """Of how many no role has said yet that it has it, and how many a role has."""
        with self._db.snapshot():
            row = self._db.rows(
                f"""SELECT coalesce(sum(state = 'waits'), 0) AS waits, coalesce(sum(state = 'confirmed'), 0) AS confirmed
                FROM handoffs WHERE state IN ('waits', 'confirmed') AND {self._seen()}"""
            )[0]
        return row["waits"], row["confirmed"]

    def untold(self, at: datetime) -> list[tuple[int, str]]:
        """The cases and roles whose email should have left by now and did not, danger first, then the oldest.

        What can't leave is what `Outbox.stuck` counts, so that no more is named than is counted; none of a role that says it has the case.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT h.case_number, h.role FROM outbox_recipients r INDEXED BY outbox_recipients_unsent CROSS JOIN outbox o ON o.number = r.outbox
                CROSS JOIN handoffs h ON h.number = CAST(o.about AS INTEGER)
                WHERE o.kind = 'handoff' AND o.state <> 'sent' AND h.state = 'waits' AND {self._seen('h.')} AND {STUCK}
                GROUP BY h.case_number, h.role ORDER BY NOT max(h.role = 'safeguarding' OR EXISTS (
                    SELECT 1 FROM json_each(h.flags) WHERE value IN ('safeguarding', 'threat'))), min(o.number)""",
                *stuck_values(at, ()),
            )  # fmt: skip
        return [(row["case_number"], row["role"]) for row in rows]

    def with_roles(self, cases: Collection[int]) -> dict[int, tuple[str, int]]:
        """Of each of these cases that a role has or should have, which it is and who passed it on: the last, by one look."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT case_number, role, by_user FROM handoffs WHERE state IN ('waits', 'confirmed')
                AND case_number IN (SELECT value FROM json_each(?)) AND {self._seen()} ORDER BY number""",
                json.dumps(list(cases)),
            )
        return {row["case_number"]: (row["role"], row["by_user"]) for row in rows}

    def unconfirmed(self, cases: Collection[int]) -> dict[int, datetime]:
        """Of each of these cases that a role should confirm and has not, by when: the first of several."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT case_number, min(due_at) AS due_at FROM handoffs WHERE state = 'waits' AND due_at IS NOT NULL
                AND case_number IN (SELECT value FROM json_each(?)) AND {self._seen()} GROUP BY case_number""",
                json.dumps(list(cases)),
            )
        return {row["case_number"]: clock.parse(row["due_at"]) for row in rows}

    def _seen(self, of: str = "") -> str:
        """Hand-offs that whoever asks may see; where somebody may be in danger not what went to the Guardian."""
        sight = self._db.sight
        return (
            f"{sight.of_numbers(f'{of}case_number', danger=True)}"
            f" AND ({of}role <> '{GUARDIAN}' OR {sight.of_numbers(f'{of}case_number')})"
        )

    def undecided(self, case: int) -> set[int]:
        """The versions of decisions that passed posts on which a person still has to see.

        Somebody may be in danger and nobody has said that they have it, or the team has answered and nobody decided since.
        """
        rows = self._db.rows(
            f"""SELECT h.version FROM handoffs h JOIN case_decisions d
                ON d.case_number = h.case_number AND d.version = h.version
            WHERE h.case_number = ? AND ({UNCONFIRMED} OR h.state = 'answered' AND h.role <> ?
                AND coalesce(d.lane, '') <> 'guardian' AND EXISTS (
                    SELECT 1 FROM handoff_steps s WHERE s.handoff = h.number AND s.kind = 'answered'))""",
            case, GUARDIAN,
        )  # fmt: skip
        return {row["version"] for row in rows}

    def unconfirmed_posts(self, case: int) -> set[int]:
        """The posts of a case that went to Safeguarding, and that nobody there has confirmed: they wait in Now, whoever else was passed them."""
        rows = self._db.rows(
            f"""SELECT DISTINCT json_extract(p.value, '$[0]') AS mention FROM handoffs h JOIN case_decisions d
                ON d.case_number = h.case_number AND d.version = h.version JOIN json_each(h.posts) p
            WHERE h.case_number = ? AND h.role = '{SAFEGUARDING}' AND {UNCONFIRMED}""",
            case,
        )  # fmt: skip
        return {row["mention"] for row in rows}

    def unconfirmed_cases(self) -> list[int]:
        """The cases with such posts, those first that have waited longest."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT h.case_number FROM handoffs h JOIN case_decisions d ON d.case_number = h.case_number AND d.version = h.version
                WHERE h.role = '{SAFEGUARDING}' AND {UNCONFIRMED} AND {self._seen("h.")} GROUP BY h.case_number ORDER BY min(h.at), h.case_number LIMIT {LONGEST_LIST}"""
            )
        return [row["case_number"] for row in rows]

    def is_pressed(self, role: str, passed_at: datetime, at: datetime, ends_at: datetime) -> bool:
        """Whether the 72 hours of a leak that a team was passed are over, or end before it would have to say that it has it."""
        return ends_at <= max(at, self.policy.due(role, passed_at, flags=(LEAK,)))

    def press(self, case: int, at: datetime) -> None:
        """Has the team of a leak confirm within the hour once its 72 hours are over, or end before it would have to: also where they turn out to count from earlier."""
        ends_at = self.breach_ends(case)
        for handoff in self._handoffs("h.case_number = ? AND h.state = 'waits'", case) if ends_at else ():  # fmt: skip
            due = at + PRESSED
            knows = self.policy.receiver(handoff.role).type in TELLS[LEAK]
            if not knows or handoff.due_at is None or handoff.due_at <= due:
                continue
            if ends_at is not None and self.is_pressed(handoff.role, handoff.at, at, ends_at):
                self._db.execute(
                    "UPDATE handoffs SET due_at = ?, next_at = CASE WHEN next_at > ? THEN ? ELSE next_at END WHERE number = ?",
                    clock.text(due), clock.text(due), clock.text(due), handoff.number,
                )  # fmt: skip

    def breach_ends(self, case: int) -> datetime | None:
        """When the 72 hours of a case end; None where none run."""
        running = (each.due_at for each in self._deadlines.of_case(case) if each.kind == LEAK and each.stopped_at is None)  # fmt: skip
        return min(running, default=None)

    def unfollowed(self) -> list[int]:
        """Cases that stand as passed on though no role has or should have them: answered, or passed on long ago."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.number FROM cases c WHERE c.state = 'escalated' AND {self._db.sight.of_cases()}
                AND c.number NOT IN (SELECT case_number FROM handoffs WHERE state IN ('waits', 'confirmed'))
                ORDER BY c.decided_at DESC, c.number LIMIT 200"""
            )
        return [row["number"] for row in rows]

    def to_chase(self, at: datetime) -> list[int]:
        """The numbers of those that are due to be chased, the earliest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT number FROM handoffs WHERE next_at <= ? ORDER BY next_at, number",
                clock.text(at),
            )
        return [row["number"] for row in rows]

    def chase(self, number: int, at: datetime) -> int:
        """Chases one that is due, once however often it is asked to; how many emails were written."""
        with self._db.transaction():
            handoff = self._one(number)
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
            handoff = self._one(number)
            if handoff is None or handoff.state not in OPEN:
                return False
            if not self.policy.receiver(handoff.role).email:
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
            handoff = self._one(number)
            if handoff is None or handoff.state not in OPEN or handoff.refusal is not None:
                return False
            receiver = self.policy.receiver(handoff.role)
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
            handoff = self._one(number)
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
            handoff = self._one(number)
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
            handoff = self._one(number)
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
        """The role does not take what is about danger: it waits again with what was said, and whoever is next is due to be told at once.

        False where nobody waits for the role any more. The same words of the same person, sent twice, are one refusal: nobody else is told of the second.
        Raises StoreError without what was said, and of what is about no danger.
        """
        if not note.strip():
            raise StoreError("write what they said")
        with self._db.transaction():
            handoff = self._one(number)
            if handoff is None or handoff.state not in OPEN:
                return False
            if not handoff.danger:
                raise StoreError("nobody is in danger: write it down as an answer")
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
            handoff = self._one(number)
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

    def update(self, case: int, at: datetime, decision: CaseDecision | None = None) -> None:
        """Within the transaction of a decision: opens what it passes on, takes back what no longer holds."""
        if decision is not None and decision.kind == "escalate":
            self._open(decision)
        handoffs = self._handoffs("h.case_number = ?", case)
        if not handoffs:
            return
        standing = self._db.rows(
            f"SELECT version, kind, covers FROM case_decisions d WHERE case_number = ? AND {HOLDS}",
            case,
        )
        by = decision.by if decision is not None else None
        for handoff in handoffs:
            state = _state(handoff, standing)
            if state != handoff.state:
                self._move(handoff, state, at, by)

    def _open(self, decision: CaseDecision) -> None:
        case = self._db.rows(
            """SELECT c.version, c.due_at, d.lane FROM cases c LEFT JOIN case_decisions d
                ON d.case_number = c.number AND d.version = c.version WHERE c.number = ?""",
            decision.case,
        )[0]
        flags = self.passed_flags(
            decision.case, decision.role, decision.covers, self._flags(decision)
        )
        receiver = self.policy.receiver(decision.role)
        due = self.due(decision.case, decision.role, decision.at, flags=flags, lane=case["lane"], case_due=clock.parse(case["due_at"]) if case["due_at"] else None)  # fmt: skip
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
        flags = {row["flag"] for row in rows} | self.reported(decision.case, decision.covers) | {
            name for name, holds in decision.labels.items() if holds
        }  # fmt: skip
        return gravest_first(flags - {name for name, holds in decision.labels.items() if not holds})

    def passed_flags(self, case: int, role: str, posts: Collection[tuple[int, int]], flags: Sequence[str]) -> tuple[str, ...]:  # fmt: skip
        """For which of their flags posts are passed to a team: of a request for help without the danger or threat in them that its own team was passed already.

        Whoever answers people is chased for the request then, by working hours, and the other team by the minute for the danger.
        """
        answers = self.policy.receiver(role).type
        dangers = [flag for flag in flags if flag in DANGERS]
        if ASKS not in flags or not dangers or answers not in ANSWERS:
            return tuple(flags)
        known = {flag for flag in dangers if self._has(case, flag, posts)}
        return tuple(flag for flag in flags if flag not in known or answers in TELLS[flag])

    def _has(self, case: int, flag: str, posts: Collection[tuple[int, int]]) -> bool:
        """Whether a team that must know of this flag was passed all of these posts."""
        standing = [each for each in self.of_case(case) if each.state != "taken back"]
        known = {mention for each in standing if self.policy.receiver(each.role).type in TELLS[flag] for mention, _ in each.posts}  # fmt: skip
        return known.issuperset(mention for mention, _ in posts)

    def due(
        self, case: int, role: str, at: datetime, *, flags: Sequence[str], lane: Lane | None, case_due: datetime | None
    ) -> datetime:  # fmt: skip
        """Until when a role should say that it has what was passed on: of a request in time before whoever asked is to have an answer, whatever lane it is from."""
        by_lane = lane in ("answer", "look") and case_due is not None
        answer_due = self.request_due(case) if ASKS in flags and not by_lane else None
        if answer_due is not None and self.policy.receiver(role).type in ANSWERS:
            lane, case_due = "answer", answer_due
        due = self.policy.due(role, at, flags=flags, lane=lane, case_due=case_due)
        return self._pressed_due(case, role, due, at)

    def request_due(self, case: int) -> datetime | None:
        """By when whoever asked for help in a case is to have an answer, whoever has it; None where nobody waits for one."""
        running = [each.due_at for each in self._deadlines.of_case(case) if each.kind == ASKS and each.stopped_at is None]  # fmt: skip
        return min(running, default=None)

    def reported(self, case: int, posts: Collection[tuple[int, int]]) -> set[str]:
        """What colleagues who reported these posts of a case say that they are, whatever the program found: until a person says since that it does not hold."""
        with self._db.snapshot():
            reports = self._db.rows(
                "SELECT mention, at, encrypted FROM staff_reports WHERE mention IN (SELECT value FROM json_each(?))",
                json.dumps([mention for mention, _ in posts]),
            )
            judged = self._db.rows(
                f"SELECT at, covers, labels FROM case_decisions d WHERE case_number = ? AND labels <> '{{}}' AND {HOLDS}",
                case,
            ) if reports else []  # fmt: skip
        flags = set()
        for report in reports:
            worry = flags_told(self._db.encryption.decrypt(report["encrypted"])["worry"])
            for row in judged:
                if row["at"] >= report["at"] and report["mention"] in dict(json.loads(row["covers"])):  # fmt: skip
                    worry -= {name for name, holds in json.loads(row["labels"]).items() if not holds}  # fmt: skip
            flags |= worry
        return flags

    def _chase(self, handoff: Handoff, at: datetime, *, by: int | None) -> int:
        """The emails of one chase: to the role, and to whoever is next where nobody has it."""
        written = 0
        receiver = self.policy.receiver(handoff.role)
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
        return handoff.refusal is not None and already + 1 >= len(self.policy.chain)

    def _next(self, handoff: Handoff) -> list[tuple[str, tuple[str, ...]]]:
        """Who is told beside the role, by their place in the settings."""
        already = sum(step.kind == "told" for step in handoff.steps)
        if handoff.danger:
            chain = self.policy.chain
            return [(f"chain:{already}", (chain[already],))] if already < len(chain) else []
        first = not self.policy.receiver(handoff.role).email
        return (
            [("lead", self.policy.lead)]
            if self.policy.lead and not already and (handoff.chases or first)
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
            receiver = self.policy.receiver(handoff.role)
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
        due = self.policy.due(handoff.role, at, flags=handoff.flags, lane=handoff.lane)
        return self._pressed_due(handoff.case, handoff.role, due, at)

    def _pressed_due(self, case: int, role: str, due: datetime, at: datetime) -> datetime:
        """Until when a team confirms that would by then: within the hour where the 72 hours of its leak end before that."""
        ends_at = self.breach_ends(case) if self.policy.receiver(role).type in TELLS[LEAK] else None
        return min(due, at + PRESSED) if ends_at is not None and ends_at <= due else due

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
            self._outbox.add_handoff(number, level, at, step=kind, to=to, recipients=recipients)
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

    def _one(self, number: int) -> Handoff | None:
        handoffs = self._handoffs("h.number = ?", number)
        return handoffs[0] if handoffs else None

    def _handoffs(self, where: str, *values: object) -> list[Handoff]:
        """`where` is ours, never input."""
        rows = self._db.rows(
            f"""SELECT h.*, u.name, d.lane FROM handoffs h LEFT JOIN users u ON u.number = h.by_user
            LEFT JOIN case_decisions d ON d.case_number = h.case_number AND d.version = h.version
            WHERE {where} ORDER BY h.number""",
            *values,
        )
        steps: dict[int, list[Row]] = {}
        for step in self._db.rows(
            """SELECT s.*, u.name, o.state AS mail, o.sent_at AS mailed_at, EXISTS (SELECT 1 FROM outbox_recipients r
                WHERE r.outbox = o.number AND r.channel = 'mail' AND r.state <> 'sent' AND r.failed_at IS NOT NULL
                AND r.dropped_at IS NULL) AS failing FROM handoff_steps s
            LEFT JOIN users u ON u.number = s.by_user LEFT JOIN outbox o ON o.number = s.outbox
            WHERE s.handoff IN (SELECT value FROM json_each(?)) ORDER BY s.number""",
            json.dumps([row["number"] for row in rows]),
        ) if rows else ():  # fmt: skip
            steps.setdefault(step["handoff"], []).append(step)
        return [self._handoff(row, steps.get(row["number"], ())) for row in rows]

    def _handoff(self, row: Row, steps: Sequence[Row]) -> Handoff:
        return Handoff(
            number=row["number"], case=row["case_number"], version=row["version"], role=row["role"],
            posts=tuple((mention, revision) for mention, revision in json.loads(row["posts"])),
            flags=tuple(json.loads(row["flags"])), by=row["by_user"],
            by_name=row["name"] or "someone who has left", at=clock.parse(row["at"]),
            state=row["state"], state_at=clock.parse(row["state_at"]),
            due_at=clock.parse(row["due_at"]) if row["due_at"] else None,
            next_at=clock.parse(row["next_at"]) if row["next_at"] else None, chases=row["chases"],
            keeps_look=bool(row["keeps_look"]), lane=row["lane"],
            why=self._db.encryption.decrypt(row["encrypted"])["why"],
            steps=tuple(self._shown(step) for step in steps),
        )  # fmt: skip

    def _shown(self, row: Row) -> HandoffStep:
        words = self._db.encryption.decrypt(row["encrypted"])
        return HandoffStep(
            number=row["number"], kind=row["kind"], at=clock.parse(row["at"]), by=row["by_user"],
            by_name=row["name"] or "",
            mail=_mail_state(row),
            who=words["who"], note=words["note"],
            when=clock.parse(words["when"]) if words["when"] else None,
            sent_at=clock.parse(row["mailed_at"]) if row["mailed_at"] else None,
            to=words.get("to", ""), sent_subject=words.get("subject", ""), sent_text=words.get("text", ""),
        )  # fmt: skip


def _mail_state(row: Row) -> MailState:
    """What became of a step's email: sent as soon as one of those it is for has it."""
    if row["outbox"] is None:
        return "none"
    state: MailState = row["mail"] or "withdrawn"
    if row["mailed_at"] is not None and state != "withdrawn":
        return "sent"
    return "failing" if state == "ready" and row["failing"] else state


def _state(handoff: Handoff, standing: Sequence[Row]) -> HandoffState:
    """Where a hand-off stands by what people said of it and by the decisions of its case that hold."""
    facts = [_FACTS[step.kind] for step in handoff.steps if step.kind in _FACTS]
    recorded = facts[-1] if facts else "waits"
    if handoff.version not in {row["version"] for row in standing}:
        return "taken back"
    posts = {mention for mention, _ in handoff.posts}
    settled = any(
        row["version"] > handoff.version
        and row["kind"] in _ENDS
        and not posts.isdisjoint(mention for mention, _ in json.loads(row["covers"]))
        for row in standing
    )
    if settled:
        return "taken back" if recorded == "waits" else "answered"
    return recorded
