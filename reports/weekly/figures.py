"""What a summary of a week, a month or a quarter says, in one place: screen, mail, PDF and spreadsheet say this and no more.

`gathering` works it out, with pandas, which who only starts need not wait for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from core import clock, disclosure
from reports.quality import Qualities
from reports.weekly import xmr
from reports.weekly.periods import Period
from reports.weekly.themes import Themes
from reports.weekly.watched import LeftOut
from store import (
    AccountActivity,
    AnswerCounts,
    CalendarEntry,
    Cutting,
    LaneWork,
    Reach,
    Token,
    WaitingCase,
    Work,
)

FEWEST_FOR_SHARE = 20  # mentions or cases of a week, below which a share of them jumps by chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Of the whole period, whatever can be compared."""

    mentions: int
    negative: int
    neutral: int
    positive: int
    flagged: int
    high: int
    asking: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One week of a chart; None was not watched as the last was, or is a share of too few."""

    first: date
    last: date
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A measure week by week. `reading` is of `week`, the week of the period that stands out, or its last.

    `total` is of the whole period, `compared` of its last week as far as it can be compared; None: it can't be.
    """

    key: str
    share: bool
    points: tuple[Point, ...]
    week: Point
    reading: xmr.Reading
    total: float | None
    compared: float | None
    driver: str = ""  # the platform that more than half of a change of all mentions comes from
    of: tuple[int, int] = (0, 0)  # of a share over the whole period: so many of so many

    @property
    def changed(self) -> bool:
        """Whether a rule speaks of it: without one no change is told."""
        return self.reading.signal is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A name and a count; None is hidden, being small or giving away one that is."""

    key: str
    name: str
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """A past week whose figure is another now than the one that was told."""

    first: date
    last: date
    published: int
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """How many mentions of an earlier week were found in this period."""

    first: date
    last: date
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    """A source in the period: whether it was read from its beginning to its end, and when not."""

    name: str
    gaps: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What a source has cost in a month, in US dollars."""

    source: str
    month: str
    dollars: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign by the GCS cycle: what we put out, what people took from it, what came of it; the last two by hand."""

    reach: Reach
    outtakes: str = ""
    outcomes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How far the summary can be trusted. `since`: from when on any source was read, None where none is or ever was."""

    since: datetime | None
    sources: tuple[SourceRead, ...]
    left_out: tuple[LeftOut, ...]
    weeks_left_out: tuple[
        date, ...
    ]  # the last days of earlier weeks that were not watched as this one
    imported: int
    spend: tuple[Spend, ...]
    found_count: int
    found_later: int  # of those posted in the period
    late: tuple[Late, ...]
    restated: tuple[Restated, ...]
    quality: Qualities | None
    tone_right: tuple[int, int] | None
    not_read: Mapping[tuple[str, str], int]
    terms_changed: tuple[date, ...]
    health: tuple[str, ...]
    ending: tuple[Token, ...]  # access that ends soon and must be granted anew
    policy: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that a summary says. `notes` are what people wrote into it."""

    period: Period
    at: datetime
    organisation: str
    totals: Totals
    series: tuple[Series, ...]
    platforms: tuple[Count, ...]
    places: tuple[Count, ...]
    flags: tuple[Count, ...]
    tone_by_platform: disclosure.Crossed | None
    lanes: tuple[LaneWork, ...]
    work: Work
    leaks_to_look_at: int  # cases that may hold a patient's details, not looked at yet
    waiting: int  # at the end of the period, or when it was told where that is before
    waiting_now: int  # when it was told, whenever they asked
    waiting_long: int  # for more than two days
    waiting_longest: tuple[WaitingCase, ...]
    help: AnswerCounts  # requests under our own posts
    themes: Themes | None
    campaigns: tuple[Campaign, ...]
    official: tuple[AccountActivity, ...]
    cuttings: tuple[Cutting, ...]
    records: tuple[
        Cutting, ...
    ]  # public records: what Parliament, regulators, councils and coroners published
    trust: Trust
    coming: tuple[CalendarEntry, ...]
    notes: Mapping[str, str]
    written_lines: Mapping[int, str] = field(
        default_factory=dict, repr=False
    )  # that officers wrote

    def case_name(self, case: int) -> str:
        """How a case is named: its number, and the line that an officer wrote for it."""
        line = self.written_lines.get(case, "")
        return f"Case {case}: {line}" if line else f"Case {case}"

    def chart(self, key: str) -> Series:
        """One of its series."""
        return next(series for series in self.series if series.key == key)

    @property
    def waiting_in_words(self) -> str:
        """How many people waited for an answer when the period ended, and how many do when it is told; "" where nobody did or does."""
        waited, now = self.waiting, self.waiting_now
        if not waited and not now:
            return ""
        people, ending = ("person", "s") if now == 1 else ("people", "")
        if waited == now:
            return f"{now:,} {people} still wait{ending} for an answer"
        if not waited:  # that nobody was known to wait is no sign that somebody answered in time
            which = "who was found" if now == 1 else "all found"
            return f"{now:,} {people} wait{ending} for an answer, {which} after the {self.period.kind} ended"
        waited_words = f"{waited:,} {'person' if waited == 1 else 'people'}"
        left = f"{now:,} wait{ending} now" if now else "nobody waits now"
        return f"{waited_words} waited for an answer when the {self.period.kind} ended, {left}"

    @property
    def week_of_reading(self) -> int | None:
        """Which week since reading began ends with the period: 1 the first, 0 less than half a week; None: nothing is read."""
        if self.trust.since is None:
            return None
        days = (self.period.last - clock.local_day(self.trust.since)).days + 1
        return max(0, round(days / 7))

    @property
    def beginning(self) -> bool:
        """Whether reading began so lately that nobody can know yet what is usual, of anything that is counted."""
        weeks = self.week_of_reading
        return (
            weeks is not None and weeks <= xmr.FEWEST
            and not any(series.reading.limits for series in self.series)
        )  # fmt: skip

    @property
    def read_since_it_began(self) -> bool:
        """Whether each source was read to the end of the period from its own beginning on."""
        start = clock.day(self.period.first)[0]
        return all(
            not source.gaps or (len(source.gaps) == 1 and source.gaps[0][0] == start)
            for source in self.trust.sources
        )

    @property
    def whole(self) -> bool:
        """Whether every source was read from the beginning of the period to its end, and nothing is ill."""
        return (
            bool(self.trust.sources)
            and not any(source.gaps for source in self.trust.sources)
            and not self.trust.health
        )


def published_figures(figures: Figures) -> dict[str, Any]:
    """What is kept of a summary when it is told: counts and the terms of themes."""
    return {
        "totals": asdict(figures.totals),
        "weeks": {f"{point.last}": point.value for point in figures.chart("mentions").points},
        "waiting": figures.waiting,
        "themes": figures.themes.to_json() if figures.themes else None,
    }
