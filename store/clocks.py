"""When something is due: how long each thing may wait, and which decisions begin, stop or take back a clock.

Nothing here knows the database; `case_clocks` keeps what this says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from mention import DecisionKind

# look: nobody has decided on it yet. assistance, media: somebody waits for a reply. pid: a breach may have
# to be reported.
ClockKind = Literal["look", "assistance", "media", "pid"]
ReplyKind = Literal["assistance", "media"]
# why a clock stopped: a decision; our own account's answer; nothing is left that it waits for; a person
# recorded what was done; the decision that began it no longer holds
Stopped = Literal["decided", "answered", "nothing left", "recorded", "taken back"]

REPLIES: tuple[ReplyKind, ...] = get_args(ReplyKind)
HIGH, MEDIUM = 3, 2  # the risk of a case, as the table keeps it
# UK GDPR, article 33(1): to the ICO within 72 hours of becoming aware of it. Weekends count.
REPORT_WITHIN = timedelta(hours=72)
# As a person decided, no reply is due. To respond settles it only once somebody says what was replied.
_SETTLES: frozenset[DecisionKind] = frozenset(("no_action", "not_relevant", "duplicate"))
_CONFIRMS: frozenset[DecisionKind] = frozenset(("remove", "escalate"))
_ASKS_AGAIN: frozenset[DecisionKind] = frozenset(("second_opinion", "reopen"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """How many hours of the wall clock each thing may wait, nights and weekends included."""

    high: float = 4
    medium: float = 24
    assistance: float = 48
    media: float = 4

    def of(self, kind: ReplyKind) -> timedelta:
        """How long somebody may wait for a reply."""
        return timedelta(hours=self.assistance if kind == "assistance" else self.media)

    def to_look(self, risk: int) -> timedelta | None:
        """How long a case may wait to be looked at; None for as long as it takes."""
        hours = {HIGH: self.high, MEDIUM: self.medium}.get(risk)
        return None if hours is None else timedelta(hours=hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock of a case. `note` is what a person recorded of what was done, `outcome` in a word."""

    number: int
    case: int
    kind: ClockKind
    began_at: datetime
    due_at: datetime
    stopped_at: datetime | None = None
    why: Stopped | None = None
    by_name: str = ""
    outcome: str = ""
    note: str = field(default="", repr=False)
    case_there: bool = True  # False once a purge took the case, which stops no clock of a breach


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A decision of a case that holds: what of it matters to clocks."""

    version: int
    kind: DecisionKind
    role: str
    at: datetime
    labels: Mapping[str, bool]
    covers: Mapping[int, int]  # mention -> the revision that was seen
    replied: bool = False  # what was replied is kept with it

    def settles(self, mention: int) -> bool:
        """Whoever waits for a reply to this post need wait no longer."""
        passed_on = self.kind == "escalate" and self.role == "media"
        settled = self.kind in _SETTLES or self.replied or passed_on
        return mention in self.covers and settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post of a case that may ask for something: what the model flagged, and whether we answered it."""

    mention: int
    revision: int
    flags: frozenset[str]
    answered: bool

    def asks(self, kind: ReplyKind, said: Sequence[Said]) -> bool:
        """Whether it asks, by the last word of a person on its words as they stand, else by the model's."""
        for one in reversed(said):
            if kind in one.labels and one.covers.get(self.mention) == self.revision:
                return one.labels[kind]
        return kind in self.flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Whether somebody waits for a reply of a kind; if not, why not and by which decision."""

    open: bool
    why: Stopped = "nothing left"
    version: int | None = None


def waits(kind: ReplyKind, posts: Sequence[Post], said: Sequence[Said]) -> Waits:
    """Of all posts of a case that ask: whether one is neither answered nor settled."""
    asking = [post for post in posts if post.asks(kind, said)]
    settled = [one for one in said if any(one.settles(post.mention) for post in asking)]
    for post in asking:
        if not post.answered and not any(one.settles(post.mention) for one in said):
            return Waits(open=True)
    if settled:
        return Waits(open=False, why="decided", version=settled[-1].version)
    if asking:
        return Waits(open=False, why="answered")
    denied = [one.version for one in said if one.labels.get(kind) is False]
    if denied:
        return Waits(open=False, why="decided", version=denied[-1])
    return Waits(open=False)


def looked(said: Sequence[Said]) -> Said | None:
    """The last decision, where it asks for another look: from it that look's clock runs."""
    return said[-1] if said and said[-1].kind in _ASKS_AGAIN else None


def look_due(
    began: datetime, risk: int, at: datetime, hours: Hours, before: tuple[int, datetime] | None
) -> datetime | None:
    """Until when a case must be looked at; None where its risk sets no time.

    `before` is the risk that it had, and when it was due by that: one that turned worse `at` a moment
    has its shorter time from then on, though no later than it was due before.
    """
    wait = hours.to_look(risk)
    if wait is None:
        return None
    if before is not None and risk > before[0]:
        return min(before[1], at + wait)
    if before is not None and risk == before[0]:
        return before[1]
    return began + wait


def aware(
    said: Sequence[Said], with_pid: Collection[int], *, known: Collection[int], recorded: int
) -> tuple[Said | None, int | None]:
    """The decision by which we are aware of personal data in a case, and that which denied it last.

    A person confirms the flag, or has such a post removed or escalated; a later 'wrong' takes it back.
    `with_pid` are posts that the model flagged for it now, `known` the decisions by which a clock began
    before, whatever the model says since. What somebody recorded at version `recorded` settles the posts
    that had been confirmed by then: only one more post begins another clock.
    """
    settled: set[int] = set()
    first: Said | None = None
    denied: int | None = None
    for one in said:
        if one.labels.get("pid") is False:
            first, denied = None, one.version
            continue
        flagged = one.version in known or any(mention in with_pid for mention in one.covers)
        if not (one.labels.get("pid") or (one.kind in _CONFIRMS and flagged)):
            continue
        if one.version <= recorded:
            settled |= set(one.covers)
        elif first is None and not settled.issuperset(one.covers):
            first, denied = one, None
    return first, denied
