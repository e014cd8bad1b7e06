"""What the store takes and gives about samples: what was drawn of a week, and what people said of it, blind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from core.models import Kind, Platform, Risk

SampleKind = Literal["unflagged", "second"]
Skip = Literal["language", "context", "involved", "distress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What may be drawn: one mention of a story that nothing was flagged in.

    `words` are masked, and cut where they are very long.
    """

    mention: int
    revision: int
    platform: Platform
    story: str
    in_scope: bool
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedMention:
    """What may be drawn for a second look: a mention with a decision. `unit`: one decision covers all of it."""

    mention: int
    revision: int
    platform: Platform
    unit: int
    decision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One that was drawn. `chance` is the probability with which it was."""

    kind: SampleKind
    mention: int
    revision: int
    stratum: str
    chance: float
    decision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A part of a week's stories or decisions: how many there were, and how many of them were drawn."""

    kind: SampleKind
    name: str
    population: int
    drawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The sample of one week, which is named by its Monday; of what was found from `since` to `until`.

    `flagged`: by flag, and under "any", how many stories of that time were flagged. The seed is kept, so
    that anybody can draw again and see that nobody chose.
    """

    week: date
    since: datetime
    until: datetime
    seed: str
    strata: tuple[Stratum, ...]
    flagged: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAnswer:
    """What a person said of one: the flags that hold, all others not; or why they pass it over.

    `risk` is what the flags earn, for the case of a missed one.
    """

    sample: int
    by: int  # the user's number
    at: datetime
    in_scope: bool = False
    flags: tuple[str, ...] = ()
    risk: Risk = "none"
    skipped: Skip | None = None
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleItem:
    """One of the sample as a person is shown it. It has no flag, score, risk or decision, nor its kind.

    `mine` is what this person said of it before, `version` how often anybody said something.
    """

    number: int
    mention: int  # not for the page: it leads to what was flagged
    platform: Platform
    post: Kind
    posted_at: datetime
    language: str
    masked: str = field(repr=False)
    version: int
    mine: SampleAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleProgress:
    """How far this week's sample is: answered by anybody, of how many, and how many one person can take."""

    week: date | None  # None where nothing was ever drawn
    answered: int = 0
    total: int = 0
    yours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often something was said in a week; it names nobody and outlives what it was said of.

    kind "unflagged": of a stratum, `what` is "answered", "any", "in scope" or a flag that was missed.
    "second": of a flag, or "in scope", `what` is "yes yes", "yes no", "no yes" or "no no": what the first
    person said, then the second; of none, "answered". "judged": of a flag, or "any", decisions said "right" or "wrong".
    """

    week: date
    kind: Literal["unflagged", "second", "judged"]
    stratum: str
    what: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two people who saw the same post said different things of a flag, or of its scope."""

    week: date
    case: int | None
    of: str
    first: bool
    second: bool
