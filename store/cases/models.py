"""What the store takes and gives about cases: stories that people review, and what they decided of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core import clock
from core.context import NOWHERE, Context
from core.models import (
    RISKS,
    DecisionKind,
    Flag,
    Kind,
    Lane,
    Platform,
    Protected,
    Read,
    Risk,
    Sentiment,
    Staff,
)
from store.models import Item
from store.sqlite import Row

CaseState = Literal["new", "open", "escalated", "snoozed", "done"]
Why = Literal["first", "same words", "alike", "thread", "split"]
Tab = Literal[
    "new", "high", "mine", "escalated", "overdue", "snoozed", "edited", "done", "unread", "all"
]
RANK = {risk: len(RISKS) - 1 - place for place, risk in enumerate(RISKS)}  # high 3 ... none 0
Alike = Callable[[str, str], bool]  # whether two masked texts say the same


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """What decides in which lane a post waits, and why. `worry` is a colleague's own line, in clear: for memory alone.

    `missed` are flags that a person found in a sample. `reported`: a colleague reported it, and nobody has looked
    since it was decided on. `unlooked`: nor opened the case, but who reported it. `edited`: its words changed after they were decided on. `ruled`: what a person said of its speaking up, None
    where nobody did. `sought`: a search for speaking up found it;
    `beneath`: it answers a post of the Guardian's. `spoke`: before its words changed, or could not be read again, it was read as
    speaking up. `press`: what colleagues wrote who say that a journalist asks, each with when, in clear. `opened`: a threat in it was taken up by nobody of the Guardian's lane. `hidden`: and not as a leak that nobody has decided on yet. `unconfirmed`: it is a confirmed leak whose 72 hours run, or Safeguarding was passed it and
    nobody there has confirmed. `posted_at` is None where nobody said when.
    """

    platform: Platform
    kind: Kind
    masked: str
    risk: Risk
    flags: tuple[Flag, ...] = ()
    missed: tuple[str, ...] = ()
    protected: Protected = "none"
    staff: Staff | None = "no"
    sentiment: Sentiment = "neutral"
    read: Read = "full"
    in_scope: bool = True
    followers: int | None = None
    shares: int | None = None
    hidden: bool = False
    reported: bool = False
    unlooked: bool = False
    edited: bool = False
    ruled: bool | None = None
    sought: bool = False
    beneath: bool = False
    spoke: bool = False
    opened: bool = False
    unconfirmed: bool = False
    posted_at: datetime | None = None
    context: Context = field(default=NOWHERE, repr=False)
    worry: str = field(default="", repr=False)
    press: tuple[tuple[str, datetime], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ungrouped:
    """A mention whose newest risk nobody has put into a case yet. `text` is in clear: for memory alone."""

    mention: int
    risk: int  # the number of that risk
    text: str = field(repr=False)
    facts: PostFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePlacing:
    """Where a post waits and why: `reason` in one line, `weight` its order within the lane, greatest first.

    `speaks`: it is the Guardian's, since somebody speaks up in it; `urgent`: those on duty act on it too. `alone`: somebody may be
    in danger, so that another person who says the same is another case. `wanted_at`: by when its writer wants an answer, in UTC,
    where they name a time; the last minute of a day that they name alone.
    """

    lane: Lane
    reason: str
    weight: int = 0
    speaks: bool = False
    urgent: bool = False
    alone: bool = False
    wanted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """What is known of a mention's words when it is put into a case.

    `bands` are hashes of which two texts that say the same are likely to share one; `places` are named
    in it.
    """

    mention: int
    risk: int
    bands: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    lane: LanePlacing | None = None  # None leaves a post in the lane where it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """What grouping did: mentions put into cases that were there, cases opened, and cases reopened."""

    joined: int = 0
    opened: int = 0
    reopened: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Which cases: a tab and what else must hold of one of their mentions. Empty is any.

    `since` and `until` are moments of posting, half open. `user` is whose "mine" is. `words` is plain
    text, no query language. Nothing asks who is staff: beside any other filter that would list staff by what they said.

    `of_staff`: the flags that hold of staff alone, which no list tells; `earns`: what each other flag makes of a post by itself. `risks` are
    by these, so that no filter tells of a flag that is left out; a high risk is one whatever made it, or it would lie hidden.
    """

    tab: Tab = "new"
    user: int = 0
    platforms: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    risks: tuple[Risk, ...] = ()
    of_staff: frozenset[str] = frozenset()
    earns: tuple[tuple[str, Risk], ...] = ()
    lanes: tuple[Lane, ...] = ()  # in which a case stands now
    places: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    clauses: tuple[str, ...] = ()  # of the policy; `clause_flags` are the flags that name them
    clause_flags: tuple[str, ...] = ()
    reviewers: tuple[int, ...] = ()  # who decided last, or who has the case
    page: int = 1  # from 1
    size: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One story. Figures count mentions that are not deleted; `flagged` those that a person should see."""

    number: int
    opened_at: datetime
    latest_at: datetime
    lead_mention: int  # the mention that is shown for it
    risk: Risk
    flagged: int
    size: int
    unread: int
    edited: int  # mentions edited since they were decided on
    version: int  # how many decisions were made
    state: CaseState
    kind: DecisionKind | None  # the decision in force
    decided_at: datetime | None
    role: str  # whom it was escalated to
    snoozed_until: datetime | None
    due_at: datetime | None
    claimed_by: int | None
    claimed_until: datetime | None
    claimed_at: datetime | None = None  # since when that person has it open, as long as that holds
    lane: Lane | None = None  # None where nothing of it waits
    lane_mention: int | None = None  # the worst post that waits
    protected: int = 0  # 0, or as store.cases.sight has it: the Guardian’s
    handed: bool = (
        False  # whoever has it was handed it by somebody else, and has not opened it since
    )
    split_from: int | None = None  # the case that a person took its posts out of


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A case as the queue shows it: the case and the mention that stands for it."""

    case: Case
    item: Item | None  # None where nothing of it is left


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """A page of the queue. `total` counts all that the query finds; `tabs` what each tab holds."""

    cards: tuple[Card, ...]
    total: int
    tabs: Mapping[Tab, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRow:
    """A case as its lane shows it. `item` is the worst of its posts that wait, and `reason` why it stands there.

    `posts` wait for a decision. `edited`, `reported`: that post, since it was decided on, by a colleague. `opened`:
    by anybody. `has`: who was given the case or took it; `looks`: who has it open at this moment.
    """

    case: Case
    item: Item
    lane: Lane
    reason: str
    due_at: datetime | None
    posts: int
    edited: bool
    reported: bool
    opened: bool
    has: int | None
    looks: int | None = None
    posts_of: int = 1  # posts of the case, decided ones too
    named_by: int = 0  # the post whose reason the case is called by
    answered: bool = False  # we answered that post, by an account of ours or as somebody wrote down
    unbegun: bool = (
        False  # somebody may be in danger or hurt, and nobody has begun to do anything about it
    )

    unlooked: bool = False  # a colleague reported it, and nobody else has opened it
    first: bool = False  # it stands first in its lane: danger to life, what a colleague says of harm, need that can't wait

    def is_new(self, team: str = "") -> bool:
        """Whether nobody opened it yet; in Now, whether it is with nobody, nor a `team`: what was read and left is as urgent."""
        return not self.opened or (self.lane == "now" and self.who is None and not team)

    @property
    def who(self) -> int | None:
        """Whoever has the case, else whoever has it open."""
        return self.looks if self.has is None else self.has

    @property
    def looking(self) -> bool:
        """Whether that person has it open and has not taken it."""
        return self.has is None and self.looks is not None

    def free(self, user: int) -> bool:
        """Whether nobody else has it, or has it open."""
        return {self.has, self.looks} <= {None, user}

    def leads(self, user: int) -> bool:
        """Whether somebody is led there: a window that only lies open keeps danger from nobody."""
        return self.unbegun or self.free(user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Of one day: cases that anybody decided, and those left in Now, Answer and Look."""

    done: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMention:
    """One mention of a case: why it belongs there, and whether it was decided on as it stands now."""

    item: Item
    why: Why
    reviewable: bool  # a person should see it
    decided_revision: int | None
    lane: Lane | None = None
    reason: str = ""
    reported: bool = False  # by a colleague

    @property
    def decided(self) -> bool:
        """Its words as they stand were decided on."""
        return self.decided_revision is not None and self.decided_revision >= self.item.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecision:
    """What a person decided of a case; added, never changed.

    `covers` are mentions with the revision that the person saw. `labels`: flag -> whether it holds of
    them. `undoes` is the version that an undo takes back. `role` is whom it is escalated to.
    """

    case: int
    kind: DecisionKind
    by: int  # the user's number
    at: datetime
    covers: tuple[tuple[int, int], ...] = ()
    labels: Mapping[str, bool] = field(default_factory=dict)
    role: str = ""
    until: datetime | None = None  # of a snooze; without it, until the story grows
    undoes: int | None = None
    duplicate_of: int | None = None  # the case that covers it
    suggested: str = ""  # what the page suggested for the post; empty where it suggested nothing
    why: str = (
        ""  # a ready reason's words, which the record of decisions keeps; never what a person wrote
    )
    reason: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecided:
    """A decision in a case's history. `undone`: a later one took it back."""

    version: int
    by_name: str
    decision: CaseDecision
    undone: bool


# Which cases `c` are not done with, nor put off to a day: whoever has one still has to do with it.
UNFINISHED = "c.state NOT IN ('done', 'snoozed')"
# Which decisions of a case hold, as a condition on rows `d` of `case_decisions`.
HOLDS = """d.kind <> 'undo' AND NOT EXISTS (SELECT 1 FROM case_decisions u
    WHERE u.case_number = d.case_number AND u.undoes = d.version)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What is new to somebody: all cases that stand in Now, and others after a number with their lanes."""

    now: frozenset[int]
    others: tuple[tuple[int, Lane], ...]


def case_of(row: Row) -> Case:
    """A row of the table as a Case."""

    def moment(name: str) -> datetime | None:
        return clock.parse(row[name]) if row[name] else None

    return Case(
        number=row["number"], opened_at=clock.parse(row["opened_at"]),
        latest_at=clock.parse(row["latest_at"]), lead_mention=row["lead_mention"], risk=_risk(row["risk"]),
        flagged=row["flagged"], size=row["size"], unread=row["unread"], edited=row["edited"],
        version=row["version"], state=row["state"], kind=row["kind"],
        decided_at=moment("decided_at"), role=row["role"] or "",
        snoozed_until=moment("snoozed_until"), due_at=moment("due_at"),
        claimed_by=row["claimed_by"], claimed_until=moment("claimed_until"),
        claimed_at=moment("claimed_at"),
        lane=row["lane"], lane_mention=row["lane_mention"], protected=row["protected"], handed=bool(row["handed"]),
        split_from=row["split_from"],
    )  # fmt: skip


def reason_of(row: Row) -> str:
    """Why a post stands where it does, in one line; what a colleague reported says so until that is worked out."""
    if row["reason"]:
        return str(row["reason"])
    return "Reported by a colleague" if row["reported_version"] is not None else "Not sorted yet"


def _risk(rank: int) -> Risk:
    return RISKS[len(RISKS) - 1 - rank]
