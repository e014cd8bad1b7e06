"""The shapes in which a summary is worded, and the small words that its sections share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from babel import Locale, UnknownLocaleError

from collectors.platforms import find
from core import clock
from core.text import sentence
from reports.weekly.charts import Sparkline
from reports.weekly.figures import Series

Tone = Literal["", "up", "good"]
NAMES: Mapping[str, str] = {
    "mentions": "All mentions", "negative": "Negative, in every hundred mentions", "asking": "People asking for help",
    "high": "High risk", "in_time": "Looked at in time, in every hundred cases",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure of the top row: its verdict, and what stands in brackets."""

    name: str
    figure: str
    verdict: str
    detail: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A series in words: what it is, what follows, by which rule; with its chart."""

    heading: str
    text: str
    rule: str
    changed: bool
    chart: Sparkline | None  # None of fewer than two weeks
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of words under headings; `numbers` columns from `figures` on are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: int = 1
    numbers: int = 99

    @property
    def all_figures(self) -> bool:
        """Whether each row is a name and numbers."""
        return self.figures == 1 and self.numbers >= len(self.head) - 1

    def in_words(self, row: Sequence[str]) -> str:
        """A row but for its name as a sentence: Cases: 6; in time: 6. What is not known is left out."""
        parts = [
            words if words.startswith(head) else f"{head}: {words}"
            for head, words in zip(self.head[1:], row[1:], strict=True)
            if words != "–"
        ]
        first, *others = [*parts, ""]
        return (
            "; ".join([first, *(words[:1].lower() + words[1:] for words in others if words)]) + "."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section: sentences, a table, a list; what is empty is left out. `cases` are numbers that its list names, in order.

    `folded` is what its table is called where that stands after the sentences and is folded away on a screen.
    """

    name: str
    sentences: tuple[str, ...] = ()
    table: Table | None = None
    items: tuple[str, ...] = ()
    bars: tuple[tuple[str, int, int], ...] = ()  # a name, a count, its length in 100
    cases: tuple[int | None, ...] = ()
    folded: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All that a summary says, worded: screen, mail, PDF and spreadsheet lay out these words."""

    title: str
    about: str
    headline: str
    ruled: str  # the headline by rule, where an officer wrote another
    subject: str
    preview: str
    tiles: tuple[Tile, ...]
    compares: str  # what its changes stand under
    changes: tuple[Change, ...]
    not_yet: str  # of what it is not known yet what is usual, and why; "" of nothing
    charts: str  # how its charts are read; "" where none has a usual
    weeks: Table  # the figures of the charts
    did: Part
    spoke: Part
    where: Part
    waits: Part
    campaigns: Part
    official: Part
    press: Part
    records: Part | None
    praise: Part
    trust: Part
    coming: Part
    closing: str

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its sections after the charts, in the order in which an executive reads them."""
        return (
            self.did, self.spoke, self.where, self.waits, self.campaigns, self.official, self.press,
            *([self.records] if self.records else ()), self.praise, self.trust, self.coming,
        )  # fmt: skip


def number(series: Series, value: float) -> str:
    """A value of a series: 412, or 79% of a share."""
    return f"{round(value)}%" if series.share else f"{round(value):,}"


def week_in_words(series: Series) -> str:
    """The value of the week that is told; a share past a limit is rounded away from it, lest both read the same."""
    value, signal = series.week.value, series.reading.signal
    assert value is not None
    if not series.share or signal is None or signal.rule != "outside":
        return number(series, value)
    return f"{math.ceil(value) if signal.up else math.floor(value)}%"


def between(series: Series) -> str:
    """From where to where ordinary weeks vary."""
    limits = series.reading.limits
    assert limits is not None
    return f"{math.ceil(limits.lower):,} to {number(series, math.floor(limits.upper))}"


def weeks_alike(series: Series) -> str:
    """How many earlier weeks can be compared with."""
    before = series.reading.before
    return "no earlier week was read like this one" if not before else (
        "1 earlier week was read like this one" if before == 1 else f"{before} earlier weeks were read like this one"
    )  # fmt: skip


def mentions_in_words(count: int) -> str:
    """1 mention, 412 mentions."""
    return counted(count, "mention")


def counted(count: int, noun: str) -> str:
    """1 post, 2 posts."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: Sequence[str]) -> str:
    """X, Facebook and Reddit."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def short_day(moment: datetime) -> str:
    """Wed 25 Nov."""
    return f"{clock.local_day(moment):%a %-d %b}"


def moment(moment: datetime) -> str:
    """Wed 25 Nov, 09:37."""
    return f"{clock.utc(moment).astimezone(clock.READERS_ZONE):%a %-d %b, %H:%M}"


def source_name(name: str) -> str:
    """What people call a source."""
    integration = find(name)
    return sentence(integration.label if integration else name.replace("_", " "))


def language_name(code: str) -> str:
    """Somali, for so; the code itself where CLDR has no name for it."""
    try:
        return Locale.parse(code, sep="-").get_language_name("en") or code
    except (ValueError, UnknownLocaleError):
        return code
