"""Which weeks were watched alike, so that a change is one of what people say and never of what was read.

A week is compared with weeks in which the same sources were read from its beginning to its end. A platform whose sources are
new, were off, broke or were switched is taken out of both sides, and a week that lacks one is left out; each is named. So is one
that brings far less than usual while the others do not: it may lose posts though it says that it read all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from statistics import median
from typing import Literal

from core import clock
from reports.weekly.xmr import FEWEST
from store import Covered

MAY_MISS = timedelta(hours=3)  # of a week: 2 %, less than weeks differ by themselves
BROKEN_BELOW = 0.25  # of the fewest that a platform's watched weeks brought
BROKEN_FROM = 20  # a week, below which a platform may well fall silent by itself
LOW_BELOW = 0.72  # as the next, where two weeks or more in a row are: twice is no chance
THIN_BELOW = 0.7  # of its own usual, and of what the other platforms' week would have it bring
THIN_SPREADS = 2.33  # and so many standard deviations of that below: by chance one week of a platform in some hundreds

Days = tuple[date, date]
State = Literal["read", "off", "part"]
Why = Literal["new", "off", "part", "broken", "switched", "thin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A platform that is on neither side of the comparison, and why."""

    platform: str
    why: Why
    sources: tuple[str, ...] = ()
    count: int = 0  # of a thin one, what it brought and what is usual
    usual: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """What can be compared: platforms, and the places of weeks in which all of them were watched alike.

    `weeks` ends with the last week. `dropped` are places of earlier weeks that lacked one of them.
    """

    platforms: tuple[str, ...]
    weeks: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    dropped: tuple[int, ...]


def state_of(covered: Covered, days: Days) -> State:
    """Whether a source was read over the whole of a week, over none of it, or over a part."""
    start, end = clock.day(days[0])[0], clock.day(days[1])[1]
    missed = unread(covered, start, end)
    if missed <= MAY_MISS:
        return "read"
    return "off" if missed >= end - start - MAY_MISS else "part"


def unread(covered: Covered, start: datetime, end: datetime) -> timedelta:
    """How much of a period a source was not read over."""
    return sum(
        (until - since for since, until in gaps_within(covered, start, end)), start=timedelta()
    )


def gaps_within(
    covered: Covered, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """When a source was not read to its end in a period."""
    gaps = [(start, min(covered.since, end)), *covered.gaps, (max(covered.until, start), end)]
    return [
        (max(since, start), min(until, end))
        for since, until in gaps
        if max(since, start) < min(until, end)
    ]


def comparable(
    weeks: Sequence[Days], sources: Iterable[Covered], counts: Mapping[str, Sequence[int]]
) -> Comparable:
    """What of these weeks can be compared with the last. `counts`: each platform's mentions, week by week."""
    last = len(weeks) - 1
    states = {source.source: [state_of(source, week) for week in weeks] for source in sources}
    names: dict[str, list[str]] = {platform: [] for platform in counts}
    for source in sources:
        for platform in source.platforms:
            names.setdefault(platform, []).append(source.source)
    alike: dict[str, list[int]] = {}
    left_out: list[LeftOut] = []
    for platform in sorted(names):
        places, fault = _alike(platform, names[platform], states, counts.get(platform, ()), last)
        if fault is not None:
            left_out.append(fault)
        elif places:
            alike[platform] = places
    alike, thin = _without_thin(alike, names, counts, last)
    left_out += thin
    platforms = _most_weeks(alike)
    left_out += [
        _short(platform, alike[platform], names[platform], states)
        for platform in sorted(set(alike) - platforms)
    ]
    by_platform = [alike[platform] for platform in platforms]
    common = set.intersection(*map(set, by_platform)) if by_platform else set[int]()
    first = min((min(places) for places in by_platform), default=last)
    return Comparable(
        platforms=tuple(sorted(platforms)), weeks=tuple(sorted(common)),
        left_out=tuple(sorted(left_out, key=lambda fault: fault.platform)),
        dropped=tuple(place for place in range(first, last) if place not in common),
    )  # fmt: skip


def _alike(
    platform: str,
    names: Sequence[str],
    states: Mapping[str, Sequence[State]],
    counts: Sequence[int],
    last: int,
) -> tuple[list[int], LeftOut | None]:
    """The weeks in which the same of a platform's sources were read as in the last, or why it can't be compared."""
    if (
        not names
    ):  # nobody looks there: what is found came along with something else, or from a file
        return [], LeftOut(platform=platform, why="off") if any(counts) else None
    now = [states[name][last] for name in names]
    part = tuple(name for name, state in zip(names, now, strict=True) if state == "part")
    if part:
        return [], LeftOut(platform=platform, why="part", sources=part)
    if "read" not in now:
        ever = any(state == "read" for name in names for state in states[name])
        return [], LeftOut(platform=platform, why="off", sources=tuple(names)) if ever else None
    places = [place for place in range(last + 1) if [states[name][place] for name in names] == now]
    places = _unbroken(places, counts)
    if last not in places:
        return [], LeftOut(platform=platform, why="broken", sources=tuple(names))
    return places, None


def _unbroken(places: Sequence[int], counts: Sequence[int]) -> list[int]:
    """Without weeks in which a platform that never falls silent brought next to nothing, though it was read."""
    if not counts or len(places) < FEWEST:
        return list(places)
    usual = median(counts[place] for place in places)
    whole = [place for place in places if counts[place] >= BROKEN_BELOW * usual]
    fewest = min((counts[place] for place in whole[:-1]), default=0)
    if usual < BROKEN_FROM:
        return list(places)
    return [place for place in places if counts[place] >= BROKEN_BELOW * fewest]


def _without_thin(
    alike: Mapping[str, list[int]], names: Mapping[str, Sequence[str]], counts: Mapping[str, Sequence[int]], last: int
) -> tuple[dict[str, list[int]], list[LeftOut]]:  # fmt: skip
    """The same without weeks in which a platform lost posts, and the platforms that do in the last week.

    What has gone on for more than twelve weeks is the new usual: it is compared with itself alone.
    """
    whole: dict[str, list[int]] = {}
    left_out: list[LeftOut] = []
    for platform, places in alike.items():
        thin = _thin(platform, alike, counts)
        run = _run_of(places, thin)
        if last not in thin:
            whole[platform] = [place for place in places if place not in thin]
        elif len(run) > FEWEST:
            whole[platform] = run
        else:
            usual = round(median(counts[platform][place] for place in places if place not in thin))
            left_out.append(LeftOut(
                platform=platform, why="thin", sources=tuple(names[platform]), count=counts[platform][last], usual=usual
            ))  # fmt: skip
    return whole, left_out


def _thin(
    platform: str, alike: Mapping[str, Sequence[int]], counts: Mapping[str, Sequence[int]]
) -> set[int]:
    """The weeks in which a platform brought far less than its own usual, while those beside it did not.

    What a week would have it bring is its median times the level of the others in that week. One week has to be further below
    than chance goes, of several in a row each by a quarter or more. Chance is measured by how far
    it is off that in its other weeks (median absolute deviation), and is never less than Poisson's.
    """
    usual = {name: median(counts[name][place] for place in places) for name, places in alike.items() if counts.get(name)}  # fmt: skip
    if usual.get(platform, 0) < BROKEN_FROM:
        return set()
    ratios: dict[int, float] = {}
    beside = 0.0
    for place in alike[platform]:
        others = [name for name in usual if name != platform and place in alike[name]]
        beside = sum(usual[name] for name in others)
        level = sum(counts[name][place] for name in others) / beside if beside else 0.0
        if beside >= BROKEN_FROM and level:
            ratios[place] = counts[platform][place] / (usual[platform] * level)
    if len(ratios) <= FEWEST:
        return set()
    centre = median(ratios.values())
    off = 1.4826 * median(abs(ratio - centre) for ratio in ratios.values())
    spread = max(off, sqrt(1 / usual[platform] + 1 / max(beside, BROKEN_FROM)))
    low = [
        place
        for place in alike[platform]
        if ratios.get(place, centre) < LOW_BELOW * centre
        and counts[platform][place] < LOW_BELOW * usual[platform]
    ]
    limit = min(THIN_BELOW, 1 - THIN_SPREADS * spread) * centre
    return {
        place
        for run in _runs(alike[platform], low)
        if len(run) > 1 or ratios[run[0]] < limit
        for place in run
    }


def _runs(places: Sequence[int], chosen: Collection[int]) -> list[list[int]]:
    """The chosen of these places, those that follow one another together."""
    runs: list[list[int]] = [[]]
    for place in places:
        if place in chosen:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _run_of(places: Sequence[int], thin: Collection[int]) -> list[int]:
    """The thin weeks in a row that end with the last."""
    run: list[int] = []
    for place in reversed(places):
        if place not in thin:
            break
        run.append(place)
    return run[::-1]


def _most_weeks(alike: Mapping[str, Sequence[int]]) -> set[str]:
    """Platforms whose weeks leave at least twelve before the last, without those that would leave too few."""
    chosen = set(alike)
    while len(chosen) > 1:
        common = set.intersection(*(set(alike[platform]) for platform in chosen))
        if len(common) > FEWEST:
            break
        gain = {
            platform: len(
                set.intersection(*(set(alike[other]) for other in chosen if other != platform))
            )
            for platform in chosen
        }
        worst = max(sorted(chosen), key=lambda platform: (gain[platform], -len(alike[platform])))
        if gain[worst] <= len(common):
            break
        chosen.remove(worst)
    return chosen


def _short(
    platform: str,
    places: Sequence[int],
    names: Sequence[str],
    states: Mapping[str, Sequence[State]],
) -> LeftOut:
    """Why too few weeks were like the last: a source came, or one took another's place."""
    begun = min(places)
    before = [
        name for name in names if any(state == "read" for state in states[name][: max(0, begun)])
    ]
    return LeftOut(platform=platform, why="switched" if before else "new", sources=tuple(names))
