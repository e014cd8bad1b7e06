"""What is handed from room to room: Mention, Assessment, Decision. Frozen, typed, in UTC."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from core.context import NOWHERE, Context
from core.explanation import FlagExplanation, ReadingExplanation
from core.media import Attachment

Platform = Literal[
    "x", "facebook", "instagram", "linkedin", "youtube", "pinterest", "reddit", "blog", "news",
    "review", "bluesky", "mastodon", "tiktok", "threads", "nextdoor", "google", "forum", "email", "record", "other",
]  # fmt: skip
Kind = Literal[
    "post", "comment", "reply", "quote", "repost", "article", "review", "video", "message", "report",
    "profile",
]  # fmt: skip
Staff = Literal["icb", "nhs", "no"]
Sentiment = Literal["negative", "neutral", "positive"]
Read = Literal["full", "partial", "unread"]
Risk = Literal["high", "medium", "low", "none"]
Harm = Literal["serious", "other"]
# Speech that the law or fairness protects (codebook, section 1); the first that holds, in this order
Protected = Literal["disclosure", "union", "discrimination", "complaint", "criticism", "none"]
Target = Literal["patient", "colleague", "person", "group", "organisation", "none"]

# Where a post waits for a person, each with a promise of its own: within the hour, on the same working day,
# within two working days, once a day in groups, and by the Guardian alone
Lane = Literal["now", "answer", "look", "rest", "guardian"]
# What is promised: by the lane that a case stands in, or as an answer to whoever waits for one
Promise = Literal["now", "answer", "look", "rest", "guardian", "assistance", "media"]

# What a team is that a case can be passed on to: all that it may be sent hangs on this, and nothing on its name
TeamType = Literal[
    "information_governance", "safeguarding", "security", "guardian", "pals", "media", "police",
    "employer", "other",
]  # fmt: skip

# What somebody may do on the review page
Role = Literal["viewer", "reviewer", "lead", "governance", "admin", "guardian", "safeguarding"]

TEAM_TYPES: tuple[TeamType, ...] = get_args(TeamType)
ROLES: tuple[Role, ...] = get_args(Role)
PLATFORMS: tuple[Platform, ...] = get_args(Platform)
KINDS: tuple[Kind, ...] = get_args(Kind)
RISKS: tuple[Risk, ...] = get_args(Risk)  # gravest first
TARGETS: tuple[Target, ...] = get_args(Target)
PROTECTED: tuple[Protected, ...] = get_args(Protected)
LANES: tuple[Lane, ...] = get_args(Lane)
# Speaking up: of these some flags, and reach alone, earn less (codebook, section 3)
SPEAKING_UP: frozenset[Protected] = frozenset(("disclosure", "union", "discrimination"))


# What staff say of their own work, or accuse of wrong: of `STAFF_ONLY` the flag itself says that staff wrote it
STAFF_ONLY = frozenset(("grievance",))
STAFF_SPEAK = STAFF_ONLY | {"allegation"}
# What is aimed at a person by itself: with it words of one's own work alone are no speaking up, or whom it is aimed at would be helped by nobody on duty
ABUSIVE = frozenset(("harassment", "sexual"))


def speaks_up(
    protected: Protected, staff: Staff | None, kind: Kind = "post", flags: Collection[str] = ()
) -> bool:
    """Whether a post is for the Freedom to Speak Up Guardian, who alone decides on it.

    Of staff; a disclosure is by somebody who works there or did, who need not be known as staff. Staff who tell of their
    own work, or of something wrong, may be speaking up whatever kind of speech it is read as, unless they harass
    somebody and allege nothing. Where a
    platform's terms forbid to keep who is staff, `staff` is None and it is taken for theirs. A report to our own
    mailbox is so by its kind of speech alone: its flags tell of the post that it reports.
    """
    if protected in SPEAKING_UP and (staff != "no" or protected == "disclosure"):
        return True
    if kind == "report":
        return False
    if "allegation" not in flags and not ABUSIVE.isdisjoint(flags):
        return False
    return staff != "no" and not (STAFF_ONLY if staff is None else STAFF_SPEAK).isdisjoint(flags)


# What we add to `matched` about a profile or a picture; the rest of it says what it is like.
LOOKS_LIKE, SHOWS_LOGO = "looks like: ", "shows logo: "
# The same of what a search for unions, grievances or whistleblowing found, which is the Guardian's.
SPEECH_SOUGHT = "found by a search for speaking up"
# The same of a colleague's email, or a row of an import without words, whose link leads to a post of the Guardian's, or says of no post that it does.
LINK_ALONE = "known by its link alone"
METRICS = ("likes", "shares", "replies", "quotes", "views", "score")  # the names we map to
# a Mastodon server's host, and its id
_ELSEWHERE = re.compile(r"([\w.-]+(?::\d+)?):(\w+|https?://.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote it, as far as the platform officially says. All of it is personal data.

    `avatar` is the address of the profile's picture; it is looked at as it comes in and not kept.
    """

    id: str = ""
    handle: str = ""
    name: str = ""
    bio: str = ""
    followers: int | None = None
    avatar: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One post, comment, article, review or report, as a platform gave it.

    `issuer` is who gave the id: "x", a feed's own address, a Mastodon server's host. `text` is
    plain (entities decoded, tags gone); `text_raw` is as received. Every moment is UTC; a naive
    one is refused. `matched` holds the configured queries, terms and rules that it matched. `own` is
    what an account of the organisation's register published, `hidden` what is there but not shown to
    the public. `images` are addresses of attached pictures, looked at as they come in; `media` says what is attached
    as far as its source does, and is sealed with the mention (of `images` alone, those).
    `context` says where it stood; it is sealed like the text.
    A `profile` is an account that may present itself as the organisation; its text is name and bio.
    """

    issuer: str
    issued_id: str
    platform: Platform
    kind: Kind
    url: str
    text: str
    posted_at: datetime
    fetched_at: datetime
    text_raw: str = ""
    author: Author = field(default_factory=Author)
    edited_at: datetime | None = None
    parent_id: str = ""
    root_id: str = ""
    quoted_id: str = ""
    metrics: Mapping[str, int] = field(default_factory=dict)
    language: str = ""
    matched: tuple[str, ...] = ()
    deleted: bool = False
    hidden: bool = False
    own: bool = False
    images: tuple[str, ...] = field(default=(), compare=False)
    media: tuple[Attachment, ...] = field(default=(), compare=False)
    context: Context = NOWHERE

    def __post_init__(self) -> None:
        if not self.issuer or not self.issued_id:
            raise ValueError("a mention needs an issuer and the id that it gave")
        if self.platform not in PLATFORMS:
            raise ValueError(f"unknown platform {self.platform!r}")
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}")
        for name in ("posted_at", "fetched_at", "edited_at"):
            moment = getattr(self, name)
            if moment is not None and moment.utcoffset() != timedelta(0):
                raise ValueError(f"{name} must be in UTC")

    @property
    def key(self) -> str:
        """Issuer and id: the same post found by two sources has one key."""
        return f"{self.issuer}:{self.issued_id}"

    def linked(self, to: str) -> tuple[str, str]:
        """Issuer and id of what a link of this mention (its `parent_id`, say) leads to."""
        return linked(self.platform, self.issuer, to)

    def with_match(self, *terms: str) -> Mention:
        """The same mention with these terms added to what it matched."""
        added = tuple(term for term in terms if term not in self.matched)
        return dataclasses.replace(self, matched=self.matched + added) if added else self


def linked(platform: str, issuer: str, to: str) -> tuple[str, str]:
    """Issuer and id of what a link of one of this issuer's mentions leads to.

    That is its own issuer, but that on Mastodon a link may name another server: "host:id".
    """
    other = _ELSEWHERE.fullmatch(to) if platform == "mastodon" else None
    return (other[1], other[2]) if other else (issuer, to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One label that holds: `spans` are code point offsets into `text`, half open, and show it.

    `picture_spans` are places of attached pictures with offsets into what was read in them, half open: what shows it lies there.
    `explanation` is None for what was stored before explanations were kept.
    """

    name: str
    score: float
    clauses: tuple[str, ...]
    spans: tuple[tuple[int, int], ...] = ()
    picture_spans: tuple[tuple[int, int, int], ...] = ()
    target: tuple[Target, ...] = ()
    harm: Harm | None = None
    explanation: FlagExplanation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the classifier says of one text, before anybody knows its reach."""

    in_scope: bool
    staff: Staff
    sentiment: Sentiment
    language: str
    read: Read
    flags: tuple[Flag, ...]
    masked: str  # the text with identifiers blanked out; the only form that is shown or indexed
    explanation: ReadingExplanation | None = None
    protected: Protected = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A reading of one revision of a mention by one policy and model; added, never changed."""

    mention: int  # the store's own number
    revision: int
    policy: str
    model: str
    reading: Reading
    risk: Risk
    at: datetime


DecisionKind = Literal[
    "escalate", "respond", "monitor", "no_action", "not_relevant", "duplicate", "wrong_label",
    "second_opinion", "remove", "report", "snooze", "reopen", "confirm", "undo",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided about a mention; added, never changed. A person decides everything."""

    mention: int
    revision: int
    kind: DecisionKind
    by: str
    at: datetime
    reason: str = ""
    note: str = ""
    labels: Mapping[str, bool] = field(default_factory=dict)  # flag -> holds, for wrong_label
