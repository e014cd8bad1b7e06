"""Hand-offs: posts that were passed on to a role, the emails that told it, and whether it said that it has them.

A hand-off is opened in the transaction of the decision that passes a case on, with its email in the outbox. What
people said of it are steps, added and never changed; where it stands follows from them and from the decisions of
its case that hold, so that it may be worked out again after each.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal, get_args

from core import clock
from core.models import TEAM_TYPES, Lane, TeamType
from core.working_time import WorkingTime
from core.worries import flags_told
from store.cases.deadlines import Deadlines
from store.cases.models import HOLDS
from store.cases.receivers import ReceivingRules
from store.cases.sight import GUARDIAN, Sight
from store.database import Database
from store.models import OutboxState
from store.outbox import STUCK, stuck_values
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
LONGEST_LIST = 100  # of what waits, as one page holds it
CHASED_BEFORE = timedelta(hours=1)  # a case of Answer is due
# Within which a leak is confirmed by the team that must know, by the clock, whatever its minutes in working hours come to: its 72 hours run at night too
WITHIN_A_DAY = timedelta(hours=24)
PRESSED = timedelta(
    hours=1
)  # within which a leak is confirmed whose 72 hours are over, or end before its team need say that it has it
LEAK = "pid"
OFFICE_HOURS = WorkingTime(days=frozenset(range(5)), start=time(9), end=time(17))
# What a role that is not set up is by its key alone: never an employer
_TYPES: Mapping[str, TeamType] = {name: name for name in TEAM_TYPES if name != "employer"}
FACTS: Mapping[str, HandoffState] = {
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
        last = next((step for step in reversed(self.steps) if step.kind in FACTS), None)
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


def handoffs_seen(sight: Sight, of: str = "") -> str:
    """Hand-offs `of` that whoever asks may see, as a condition of SQL; where those on duty act not what went to the Guardian."""
    return (
        f"{sight.of_numbers(f'{of}case_number', danger=True)}"
        f" AND ({of}role <> '{GUARDIAN}' OR {sight.of_numbers(f'{of}case_number')})"
    )


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

    def __init__(self, database: Database, deadlines: Deadlines) -> None:
        self.policy = ChasePolicy()
        self._db = database
        self._deadlines = deadlines

    def get(self, number: int) -> Handoff | None:
        """One hand-off with its steps."""
        with self._db.snapshot():
            handoffs = self._read("h.number = ?", number)
        return handoffs[0] if handoffs else None

    def of_case(self, case: int) -> list[Handoff]:
        """All hand-offs of a case, first to last."""
        if (ahead := self._db.read_ahead("handoffs", case)) is not None:
            return list(ahead)
        with self._db.snapshot():
            return self._read("h.case_number = ?", case)

    def open(self, case: int) -> list[Handoff]:
        """Those of a case that a role has, or should have."""
        return [handoff for handoff in self.of_case(case) if handoff.state in OPEN]

    def of_cases(self, cases: Collection[int]) -> dict[int, list[Handoff]]:
        """All of each of these cases, first to last, by one look; a case that was never passed on is in none."""
        if (ahead := self._db.all_read_ahead("handoffs", cases)) is not None:
            return {case: list(listed) for case, listed in ahead.items() if listed}
        with self._db.snapshot():
            listed = self._read("h.case_number IN (SELECT value FROM json_each(?))", json.dumps(sorted(cases)))  # fmt: skip
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
            handoffs = self._read("h.number IN (SELECT value FROM json_each(?))", json.dumps(shown))
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
        return handoffs_seen(self._db.sight, of)

    def undecided(self, case: int) -> set[int]:
        """The versions of decisions that passed posts on which a person still has to see.

        Somebody may be in danger and nobody has said that they have it, the team has answered and nobody decided since, or it does not take it.
        """
        rows = self._db.rows(
            f"""SELECT h.version FROM handoffs h JOIN case_decisions d
                ON d.case_number = h.case_number AND d.version = h.version
            WHERE h.case_number = ? AND ({UNCONFIRMED} OR h.state = 'answered' AND h.role <> ?
                AND coalesce(d.lane, '') <> 'guardian' AND EXISTS (
                    SELECT 1 FROM handoff_steps s WHERE s.handoff = h.number AND s.kind = 'answered'))""",
            case, GUARDIAN,
        )  # fmt: skip
        refused = {each.version for each in self.of_case(case) if each.refusal is not None}
        return {row["version"] for row in rows} | refused

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
        return self.pressed_due(case, role, due, at)

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

    def pressed_due(self, case: int, role: str, due: datetime, at: datetime) -> datetime:
        """Until when a team confirms that would by then: within the hour where the 72 hours of its leak end before that."""
        ends_at = self.breach_ends(case) if self.policy.receiver(role).type in TELLS[LEAK] else None
        return min(due, at + PRESSED) if ends_at is not None and ends_at <= due else due

    def _read(self, where: str, *values: object) -> list[Handoff]:
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
