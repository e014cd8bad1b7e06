"""Week by week as an XmR chart: which weeks are usual variation, and which are not, as NHS 'Making Data Count' has it.

Mean and limits are those of the weekly summary (`reports/weekly/xmr.py`); NHSRplotthedots works them out so too. Up is neither good nor bad here: a week is higher or
lower than usual, never better or worse.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from reports.weekly.xmr import FEWEST, RUN, Limits, limits

WEEKS = 26  # shown; the most recent 20 to 30 should be used: Provost and Murray, The Health Care Data Guide, 2011

Signal = Literal["outside", "shift", "trend", "two in three"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """A count week by week. `weeks` holds the last day of each; `signals` why one stands out."""

    name: str
    weeks: tuple[date, ...]
    counts: tuple[int, ...]
    limits: Limits | None
    signals: tuple[tuple[Signal, ...], ...]

    @property
    def on_trial(self) -> bool:
        """Limits of fewer weeks than should be used."""
        return self.limits is not None and len(self.counts) < FEWEST

    def above(self, place: int) -> bool:
        """Whether that week is above the mean."""
        return self.limits is not None and self.counts[place] > self.limits.mean

    @property
    def message(self) -> str:
        """What the chart says, in a sentence: of the last week, or of the newest that stood out."""
        if not self.counts:
            return f"{self.name}: no whole week has been watched yet"
        summary = f"{self.name}: {self.counts[-1]:,} in the week to {on(self.weeks[-1])}"
        if self.limits is None:
            why = (
                "too few a week for limits"
                if len(self.counts) >= RUN
                else "too few weeks for limits"
            )
            return f"{summary}; {why}"
        between = f"weeks of {math.ceil(self.limits.lower):,} to {math.floor(self.limits.upper):,} are usual"
        if self.signals[-1]:
            return f"{summary}, {self.why(len(self.counts) - 1)}; {between}"
        out = [place for place, signals in enumerate(self.signals) if signals]
        earlier = (
            f"; the week to {on(self.weeks[out[-1]])} stood out ({self.counts[out[-1]]:,})"
            if out
            else ""
        )
        return f"{summary}, as usual{earlier}; {between}"

    def why(self, place: int) -> str:
        """What makes a week stand out, in words; "" where nothing does."""
        side = "above" if self.above(place) else "below"
        more = "higher" if self.above(place) else "lower"
        words: Mapping[Signal, str] = {
            "outside": f"{'more' if self.above(place) else 'less'} than usual",
            "shift": f"one of {RUN} or more in a row {side} the mean",
            "trend": f"one of {RUN} or more in a row that all rise or all fall",
            "two in three": f"{more} than most: two of three near the {'upper' if self.above(place) else 'lower'} limit",
        }  # fmt: skip
        return words[self.signals[place][0]] if self.signals[place] else ""


def weekly(
    name: str, days: Mapping[date, int], last: date, since: date | None, *, most: int = WEEKS
) -> Weekly:
    """The whole weeks, Monday to Sunday, up to `last`, as far back as somebody watched."""
    end = last - timedelta(days=(last.weekday() + 1) % 7)
    weeks = [end - timedelta(weeks=back) for back in reversed(range(most))]
    weeks = [week for week in weeks if since is not None and week - timedelta(days=6) >= since]
    counts = [sum(days.get(week - timedelta(days=back), 0) for back in range(7)) for week in weeks]
    control_limits = limits(counts)
    return Weekly(
        name=name, weeks=tuple(weeks), counts=tuple(counts), limits=control_limits,
        signals=signals(counts, control_limits) if control_limits else ((),) * len(counts),
    )  # fmt: skip


def signals(counts: Sequence[int], control_limits: Limits) -> tuple[tuple[Signal, ...], ...]:
    """Why each count stands out: by none, one or several of the four rules of 'Making Data Count'."""
    outside = [not control_limits.lower <= count <= control_limits.upper for count in counts]
    reasons: list[list[Signal]] = [["outside"] if out else [] for out in outside]
    sides = [(count > control_limits.mean) - (count < control_limits.mean) for count in counts]
    steps = [(later > earlier) - (later < earlier) for earlier, later in pairwise(counts)]
    rules: tuple[tuple[Signal, set[int]], ...] = (
        ("shift", _runs(sides, RUN)),
        ("trend", {place + by for place in _runs(steps, RUN - 1) for by in (0, 1)}),
        ("two in three", _two_in_three(counts, sides, outside, control_limits)),
    )
    for name, places in rules:
        for place in sorted(places):
            reasons[place].append(name)
    return tuple(tuple(signals) for signals in reasons)


def _runs(signs: Sequence[int], length: int) -> set[int]:
    """The places of runs at least so long of one sign that is not 0."""
    places: set[int] = set()
    for start in range(len(signs) - length + 1):
        part = signs[start : start + length]
        if part[0] and len(set(part)) == 1:
            places.update(range(start, start + length))
    return places


def _two_in_three(
    counts: Sequence[int], sides: Sequence[int], outside: Sequence[bool], control_limits: Limits
) -> set[int]:
    """Counts in the outer third on one side of the mean, where two of three in a row are, and the third with them."""
    third = (control_limits.upper - control_limits.mean) * 2 / 3
    near = [
        abs(count - control_limits.mean) > third and not out for count, out in zip(counts, outside, strict=True)
    ]  # fmt: skip
    places: set[int] = set()
    for start in range(len(counts) - 2):
        three = range(start, start + 3)
        if (
            sum(near[place] for place in three) >= 2
            and abs(sum(sides[place] for place in three)) == 3
        ):
            places.update(place for place in three if near[place])
    return places


def on(day: date) -> str:
    """22 Nov."""
    return day.strftime("%-d %b")
