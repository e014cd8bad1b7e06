"""The plain, frozen things that the store takes and gives besides Mention, Assessment and Decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from core.explanation import ReadingExplanation
from core.models import (  # fmt: skip
    Decision,
    DecisionKind,
    Flag,
    Kind,
    Mention,
    Platform,
    Protected,
    Read,
    Risk,
    Sentiment,
    Staff,
)

LONGEST_ERROR = 1000  # characters of an error that are kept
OutboxKind = Literal[
    "alert", "daily", "weekly", "handoff", "looks", "access", "asked", "chain", "pulse"
]
OutboxState = Literal["ready", "claimed", "sent", "parked"]
OutboxChannel = Literal["mail", "second"]  # second: whatever tells people where mail does not


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run brought. `number` names the run.

    `new` mentions, `changed` ones (a new revision), ones that came `again` with the same words, and
    copies that are `gone`: deleted upstream, or purged here and therefore not taken in again.
    """

    number: int
    new: int
    changed: int
    again: int
    gone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCounts:
    """How many copies of a part of a run were what: see RunResult."""

    new: int = 0
    changed: int = 0
    again: int = 0
    gone: int = 0

    def __add__(self, other: PageCounts) -> PageCounts:
        return PageCounts(
            new=self.new + other.new, changed=self.changed + other.changed,
            again=self.again + other.again, gone=self.gone + other.gone,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a platform gave a source so that it may read, and until when; a year 9999 is never.

    `renewable_until` is when it can be renewed no more, None where it can't be at all or nobody
    said. `renewal` is what it is renewed with.
    """

    source: str
    access: str = field(repr=False)
    renewal: str = field(default="", repr=False)
    at: datetime
    expires_at: datetime | None = None
    renewable_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePart:
    """How one part of a source fares: a feed, a file, a server. `key` is a digest of its address.

    `failing_since` and `error` are None for one that was read to its end when it was last tried; `next_try` is
    None where that is the source's own next run. `odd` counts items that the last try could not read.
    """

    source: str
    key: str
    kind: str
    name: str
    last_try: datetime
    last_read: datetime | None
    failing_since: datetime | None = None
    error: str | None = None
    failures: int = 0  # tries in a row
    next_try: datetime | None = None
    odd: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOutcome:
    """What one try of a part came to. `state` is what the source must be told of it on its next run; it is kept where
    the part was read to its end, which is where `error` is None."""

    key: str
    kind: str
    name: str
    error: str | None = None
    next_try: datetime | None = None
    odd: int = 0
    state: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """When a source was last read to its end, and what its last run met.

    A source whose parts stand each for itself was read to its end where any of them was: `failing_parts` are those
    that were not.
    """

    source: str
    last_complete: datetime | None
    last_run: datetime
    error: str | None  # why the last run did not reach the end; None where it did
    odd: int  # items that the last run could not read
    mention_count: int  # mentions that the last run brought, new or not
    parts: tuple[SourcePart, ...] = ()

    @property
    def failing_parts(self) -> tuple[SourcePart, ...]:
        """Parts that were not read to their end when they were last tried."""
        return tuple(part for part in self.parts if part.failing_since is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A mention as the store knows it: the platform's words under our own number and revision.

    `recent` is the later of when it was posted and when we first saw it.
    """

    number: int
    revision: int
    mention: Mention
    recent: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsRisk:
    """A current assessment whose mention has another reach than when its risk was last told.

    `staff` is None on platforms whose terms forbid keeping it.
    """

    mention: int
    revision: int
    policy: str
    model: str
    flags: tuple[Flag, ...]
    staff: Staff | None
    in_scope: bool
    sentiment: Sentiment
    protected: Protected
    followers: int | None
    shares: int | None
    risk: Risk  # as last told


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRisk:
    """A risk told again from new reach; added, never changed."""

    mention: int
    revision: int
    policy: str
    model: str
    risk: Risk
    followers: int | None
    shares: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets a row of the outbox: an address, or the name of a second channel.

    `tries` counts all of them; `refusals` those that failed for this email or this address; `outages` those in a row in
    which the server was down or refused the sign-in. `failed_at` is the first failure of those that still stand.
    """

    number: int
    channel: OutboxChannel
    address: str = field(repr=False)
    state: OutboxState
    due_at: datetime
    tries: int = 0
    refusals: int = 0
    outages: int = 0
    failed_at: datetime | None = None
    sent_at: datetime | None = None
    dropped_at: datetime | None = None  # somebody said that it need not arrive any more
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """How many emails can't leave, one for each of their recipients, and since when.

    Among them are the Guardian's. What is told of the count to whoever may not know of those is `at_least` of it.
    """

    count: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """Something that is to leave the house, sent at least once.

    `message_id` never changes for a row, so that a mail sent twice is recognised as one. `mention`,
    `revision`, `story` and `flags` belong to alerts of before step 30. `about` tells rows of one kind apart.
    `recipients`: whom it is for by mail; empty where nobody is known yet. `people` are the same with what became of
    each, second channels among them. `sent_at` is when the first of them had it. `payload` of a hand-off names its
    `handoff`, the `step`, and by `to` the place in the settings of whoever gets it; of an alert its `route`.
    """

    number: int
    kind: OutboxKind
    about: str
    message_id: str
    state: OutboxState
    created_at: datetime
    due_at: datetime
    attempts: int
    mention: int | None = None
    revision: int | None = None
    story: str = ""
    flags: tuple[str, ...] = ()  # of when it was raised
    recipients: tuple[str, ...] = field(default=(), repr=False)
    sent_at: datetime | None = None
    error: str | None = None
    payload: Mapping[str, str] = field(default_factory=dict)
    people: tuple[Recipient, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One mention as reports and the page show it: masked words, labels, no author, no address."""

    number: int
    revision: int
    platform: Platform
    kind: Kind
    sources: tuple[str, ...]
    matched: tuple[str, ...]
    posted_at: datetime
    fetched_at: datetime  # when we first saw it
    masked: str
    in_scope: bool
    staff: Staff | None  # None where the platform's terms forbid keeping it
    sentiment: Sentiment
    protected: Protected
    language: str
    read: Read
    risk: Risk
    flags: tuple[Flag, ...]  # best first
    followers: int | None
    metrics: Mapping[str, int]
    edited: bool
    deleted: bool
    story: str
    copies: int  # mentions of the same story that are not deleted, this one included
    own: bool = False  # what an account of the organisation published
    decision: DecisionKind | None  # the latest
    policy: str
    model: str
    assessed_at: datetime
    explanation: ReadingExplanation | None = None  # None for what was assessed before it was kept

    @property
    def undated(self) -> bool:
        """Whether nobody said when it was posted, so that it stands under the moment at which it came in."""
        return self.posted_at == self.fetched_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How many mentions of one UK day had exactly these labels; survives a purge."""

    day: date
    platform: str
    sentiment: str
    risk: str
    in_scope: bool
    flags: tuple[str, ...]  # names, sorted
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountActivity:
    """An account of the organisation: when it last published something, and how often in a period."""

    platform: Platform
    handle: str
    last: datetime
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a campaign reached: our own posts with their sums, and how many others spoke of it."""

    campaign: str
    posts: int
    views: int
    likes: int
    shares: int
    replies: int
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCounts:
    """Posts under our own that asked for something, and how many of them we said something to."""

    requests: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision with its place in the mention's history: the first has version 1."""

    version: int
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, without content. `mac` chains it to all before it."""

    number: int
    at: datetime
    kind: str
    about: Mapping[str, int | str]
    mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What `verify` found. `head` is the last event's mac: keep it elsewhere and compare later."""

    problems: tuple[str, ...]
    events: int
    head: str
    holds_anchor: bool = True  # the head that was noted elsewhere is in it, where one was given

    @property
    def ok(self) -> bool:
        """No problem was found."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeProof:
    """What a purge or an erasure removed, and that it is gone.

    `gone` counts mentions by reason ("deleted", "limit", "retention", "erased") and texts that an
    edit replaced ("superseded"). `left` counts, place by place, what still refers to them: rows of
    each table, pages not yet overwritten, and fragments of their words found in the bytes of the
    files. `sought` is how many fragments were looked for.
    """

    at: datetime
    gone: Mapping[str, int]
    held_back: int  # mentions that were due and that a hold kept
    left: Mapping[str, int]
    sought: int
    trouble: tuple[str, ...] = ()  # what kept the proof from being made
    left_for_later: int = 0  # mentions that were due early, and more than go at one go
    waits: int = 0  # mentions that are due and wait for what a person says

    @property
    def proved(self) -> bool:
        """Everything was removed and nothing of it was found in any place."""
        return not self.trouble and not any(self.left.values())
