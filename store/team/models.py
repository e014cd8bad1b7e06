"""What the store takes and gives about working together: assignments, opinions, absences, handover notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

OpinionState = Literal["waits", "answered", "over"]
# how an opinion came to its end: a note, the colleague's own decision, somebody else's that closed the case, or the
# decision that asked was undone
Ended = Literal["agrees", "disagrees", "decided", "settled", "taken back"]
Stance = Literal["agrees", "disagrees", "answers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who was given a case, by whom and why. `to` is None where it was given back to everybody."""

    case: int
    version: int
    to: int | None
    by: int | None
    at: datetime
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A second opinion that was asked of a colleague. `asked_at_version` is the decision that asked."""

    number: int
    case: int
    asked_at_version: int
    asked_by: int
    of: int
    at: datetime
    due_at: datetime
    state: OpinionState
    why: Ended | None
    ended_at: datetime | None
    ended_by: int | None
    ended_version: int | None
    question: str = field(default="", repr=False)
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teamwork:
    """How people work together on a case now. `seen` is how often it was assigned, for telling who was faster."""

    seen: int = 0
    assigned: Assignment | None = None  # None where nobody has it
    returned: bool = False  # it was decided, opened again, and is with the same person
    opinions: tuple[Opinion, ...] = ()  # those that wait or were answered and not yet followed


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """From when to when somebody is away, UK days, both included, and who covers."""

    number: int
    user: int
    first: date
    last: date
    cover: int | None
    by: int | None
    at: datetime
    withdrawn: bool = False
    replaces: int | None = None
    current: bool = True  # no later row takes its place


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentAbsence:
    """Somebody who is away today. `acting` does what is theirs: the cover, or the cover's own where that one is away."""

    absence: Absence
    acting: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """One version of a handover note. `note` is the same for all of its versions; `figures` are as it was written."""

    number: int
    note: int
    version: int
    by: int | None
    at: datetime
    figures: Mapping[str, int]
    words: str = field(default="", repr=False)
    read_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is open now, and what changed since a moment: counts, and the cases of which somebody should know.

    `newest` is the highest number of a case so far.
    """

    since: datetime
    newest: int
    figures: Mapping[str, int]
    decided: int
    high: tuple[int, ...]  # opened since, high risk: numbers of cases
    overdue: tuple[int, ...]  # became so since, or were so when they were found since
    details: tuple[
        int, ...
    ]  # in Now for what may be a patient's details, of which nobody has said yet what they are
    escalated: tuple[int, ...]  # passed on since, and a role has not said that it has it
    confirmed: tuple[
        int, ...
    ]  # passed on since, and every role that should have it says that it does
    breaches: tuple[int, ...]  # the 72 hours of a breach that a person confirmed run
    opinions: tuple[Opinion, ...]  # that wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one person has: open cases, opinions asked of them, and how many of each are overdue; `cases_late` were begun too late."""

    cases: int = 0
    cases_overdue: int = 0
    cases_late: int = 0
    opinions: int = 0
    opinions_overdue: int = 0
