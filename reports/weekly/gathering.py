"""Works out the figures of a week, a month or a quarter.

With pandas, over the store's daily counts and its tables of cases. Counts are by the day of posting in UK time, of
mentions in scope or flagged that others wrote; what was purged still counts. Nobody is named and nothing is quoted.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from classify.policy.schema import Policy
from collectors.platforms import PLATFORM_NAMES
from core import clock, disclosure
from core.models import PLATFORMS
from core.text import visible
from reports.quality import qualities
from reports.rendering import SOON
from reports.weekly import watched, xmr
from reports.weekly.figures import (
    FEWEST_FOR_SHARE,
    Campaign,
    Count,
    Figures,
    Late,
    Point,
    Restated,
    Series,
    SourceRead,
    Spend,
    Totals,
    Trust,
)
from reports.weekly.periods import WEEK, Period
from reports.weekly.themes import Themes
from reports.weekly.watched import Comparable
from settings.schema import Config
from store import Covered, LaneWork, Reach, Store, WeekCount

HISTORY = (
    52  # weeks before the period that are read, so that a level that has changed is known for one
)
SHOWN = 26  # weeks of a chart
LATE_WEEKS = 8  # before the period, whose late arrivals and changed figures are told
COMING = timedelta(days=28)
LONG_WAIT = timedelta(days=2)
QUALITY = timedelta(weeks=11)
LANES = ("now", "answer", "look")
OTHERS = "All others"
# How many of a hundred posts the program reads the tone of rightly, by the model: the least and the most of the held-out
# writers of weights/CARD.md, which a test compares.
TONE_RIGHT: Mapping[str, tuple[int, int]] = {"2026.11-j": (80, 93)}
_MEASURES = ("mentions", "high", "flagged", "asking")


@dataclass(frozen=True, kw_only=True)
class _Weeks:
    """What is known of the weeks: counts by place, platform and sentiment, what was read, what was imported."""

    days: tuple[tuple[date, date], ...]
    judged: int
    frame: pd.DataFrame
    imported: int
    sources: Sequence[Covered]


def gather(
    store: Store,
    config: Config,
    policy: Policy,
    period: Period,
    at: datetime,
    *,
    health: Sequence[str] = (),
    themes: Themes | None = None,
) -> Figures:
    """The figures of a period as they stand `at` a moment. `themes` left out are those of when it was told."""
    start, end = clock.day(period.first)[0], clock.day(period.last)[1]
    weeks = _weeks(store, period)
    notes = store.weekly_notes.notes(period.kind, period.last)
    now = store.trends.by_labels(period.first, period.last)
    labels = pd.DataFrame(
        [(row.platform, row.sentiment, row.risk, row.flags, row.count) for row in now],
        columns=["platform", "sentiment", "risk", "flags", "mentions"],
    )
    series, compared = _series(store, weeks, labels, at)
    waiting, waiting_long, longest = store.weekly.waiting(min(end, at), LONG_WAIT)
    cuttings, records = (
        store.weekly.cuttings(start, end),
        store.weekly.cuttings(start, end, "record"),
    )
    named = {
        case
        for case in (
            *(each.case for each in longest),
            *(each.case for each in (*cuttings, *records)),
        )
        if case
    }
    return Figures(
        period=period, at=at, organisation=visible(config.organisation.name_on(period.last)), totals=_totals(labels), series=series,
        platforms=_platforms(labels), places=_places(store.trends.by_place(period.first, period.last)),
        flags=_flags(labels, policy), tone_by_platform=_tone_by_platform(labels),
        lanes=_lanes(store.weekly.lanes(start, end, at)), work=store.weekly.work(start, end),
        leaks_to_look_at=store.weekly.leaks_to_look_at(min(end, at)),
        waiting=waiting, waiting_now=store.weekly.waiting_now(at), waiting_long=waiting_long, waiting_longest=tuple(longest), help=store.own_posts.answered("assistance", start, end),
        themes=_themes(store, period, themes, notes),
        campaigns=_campaigns(store.own_posts.campaign_reach(start, end), notes),
        official=tuple(store.own_posts.activity(start, end)), cuttings=tuple(cuttings), records=tuple(records),
        trust=_trust(store, period, weeks, compared, policy, health, at), notes=notes,
        coming=tuple(store.weekly_notes.calendar(period.last, period.last + COMING)),
        written_lines=_case_lines(store, config, named, period.last),
    )  # fmt: skip


def _case_lines(store: Store, config: Config, cases: Collection[int], on: date) -> dict[int, str]:
    """What officers call these cases now; not a line in which anybody is found, since a summary goes to many."""
    rules = store.lanes.reasons(sorted(cases))
    written = {
        case: visible(line)
        for case, line in store.case_lines.in_place(rules).items()
        if line != rules[case]
    }
    if not written:
        return {}
    from reports.masking import masked  # here, since every start would pay for it: 0.2 s

    organisation = config.organisation
    return {
        case: line
        for case, line in written.items()
        if masked(line, organisation, on, "", official=True) == line
    }


# ── weeks ────────────────────────────────────────────────────────────────────────────────────────


def _weeks(store: Store, period: Period) -> _Weeks:
    judged = period.judged
    days = period.weeks(HISTORY + judged)
    columns = ["week", "platform", "sentiment", *_MEASURES]
    counted = pd.DataFrame(_rows(store.weekly.by_week(days)), columns=columns)
    imported = pd.DataFrame(_rows(store.weekly.imported_by_week(days)), columns=columns)
    keys = ["week", "platform", "sentiment"]
    frame = counted.groupby(keys).sum().sub(imported.groupby(keys).sum(), fill_value=0)
    return _Weeks(
        days=days, judged=judged, frame=frame.astype(int).reset_index(),
        imported=int(imported.loc[imported["week"] >= len(days) - judged, "mentions"].sum()),
        sources=store.weekly.coverage(clock.day(days[0][0])[0] - WEEK),
    )  # fmt: skip


def _rows(counts: Sequence[WeekCount]) -> list[tuple[object, ...]]:
    return [
        (row.week, row.platform, row.sentiment, row.mentions, row.high, row.flagged, row.asking)
        for row in counts
    ]


def _series(
    store: Store, weeks: _Weeks, labels: pd.DataFrame, at: datetime
) -> tuple[tuple[Series, ...], Comparable]:
    """Each measure over the weeks that can be compared with each week of the period; also what the last is compared by."""
    last = len(weeks.days) - 1
    by_platform = weeks.frame.pivot_table(
        index="week", columns="platform", values="mentions", aggfunc="sum", fill_value=0
    ).reindex(range(last + 1), fill_value=0)
    counts = {str(name): [int(value) for value in by_platform[name]] for name in by_platform}
    alike = {
        place: watched.comparable(
            weeks.days[: place + 1], weeks.sources, {name: row[: place + 1] for name, row in counts.items()}
        )
        for place in range(last - weeks.judged + 1, last + 1)
    }  # fmt: skip
    values = {place: _values(weeks.frame, compared, last) for place, compared in alike.items()}
    totals = _totals(labels)
    whole = {
        "mentions": float(totals.mentions), "asking": float(totals.asking), "high": float(totals.high),
        "negative": _percent(totals.negative, totals.mentions) if totals.mentions >= FEWEST_FOR_SHARE else None,
    }  # fmt: skip
    series = [
        _one(key, weeks, {place: table[key] for place, table in values.items()}, alike, total)
        for key, total in whole.items()
    ]
    series[0] = replace(series[0], driver=_driver(series[0], weeks, alike, counts))
    in_time = store.weekly.in_time_by_week(weeks.days, at)
    shares = {
        place: float(100 * hits / count)
        for place, (hits, count) in in_time.items()
        if count >= xmr.SMALL
    }
    hits, count = (
        sum(in_time.get(place, (0, 0))[part] for place in range(last - weeks.judged + 1, last + 1))
        for part in (0, 1)
    )
    everywhere = {
        place: Comparable(
            platforms=(), weeks=tuple(week for week in range(place + 1) if week in shares), left_out=(), dropped=()
        )
        for place in alike
    }  # fmt: skip
    looked = _one("in_time", weeks, dict.fromkeys(alike, shares), everywhere, _percent(hits, count))
    series.append(replace(looked, of=(hits, count)))
    return tuple(series), alike[last]


def _values(frame: pd.DataFrame, compared: Comparable, last: int) -> dict[str, dict[int, float]]:
    """Each measure of the platforms that can be compared, by week."""
    chosen = frame[frame["platform"].isin(compared.platforms)]
    sums = chosen.groupby("week")[list(_MEASURES)].sum().reindex(range(last + 1), fill_value=0)
    negative = chosen[chosen["sentiment"] == "negative"].groupby("week")["mentions"].sum()
    shares = 100 * negative.reindex(range(last + 1), fill_value=0) / sums["mentions"]
    shares = shares.where(sums["mentions"] >= FEWEST_FOR_SHARE)
    table = {
        name: dict(enumerate(sums[name].astype(float).tolist()))
        for name in ("mentions", "asking", "high")
    }
    known = {week: share for week, share in enumerate(shares.tolist()) if share == share}
    return table | {"negative": known}


def _one(
    key: str,
    weeks: _Weeks,
    values: Mapping[int, Mapping[int, float]],
    alike: Mapping[int, Comparable],
    total: float | None,
) -> Series:
    """A series, read at each week of the period: the first that stands out is told, else the last."""
    share = key in ("negative", "in_time")
    readings = {}
    for place, compared in alike.items():
        places = [week for week in compared.weeks if week in values[place]]
        if place in places:
            readings[place] = xmr.read([values[place][week] for week in places], share=share)
    last = max(alike)
    chosen = next((place for place, reading in readings.items() if reading.signal), last)
    nothing = xmr.Reading(limits=None, signal=None, since=0, until=0)
    table = values[chosen]
    points = tuple(
        Point(
            first=first, last=end,
            value=table.get(place) if place in alike[chosen].weeks or place > chosen else None,
        )
        for place, (first, end) in enumerate(weeks.days)
    )  # fmt: skip
    return Series(
        key=key, share=share, points=points[-SHOWN:], week=points[chosen],
        reading=readings.get(chosen, nothing), total=total,
        compared=values[last].get(last) if last in readings else None,
    )  # fmt: skip


def _driver(
    series: Series,
    weeks: _Weeks,
    alike: Mapping[int, Comparable],
    counts: Mapping[str, Sequence[int]],
) -> str:
    """The platform that more than half of a change comes from; "" where it is none, or nothing changed."""
    usual, signal = series.reading.limits, series.reading.signal
    if usual is None or signal is None or series.week.value is None:
        return ""
    chosen = weeks.days.index((series.week.first, series.week.last))
    before = alike[chosen].weeks[series.reading.since : series.reading.until]
    change = series.week.value - usual.mean
    parts = {
        platform: counts[platform][chosen] - sum(counts[platform][place] for place in before) / len(before)
        for platform in alike[chosen].platforms
        if platform in counts
    }  # fmt: skip
    most = max(parts, key=lambda platform: parts[platform] / change, default="")
    return PLATFORM_NAMES[most] if most and parts[most] / change > 0.5 else ""


def _percent(hits: int, count: int) -> float | None:
    return 100 * hits / count if count else None


# ── labels ───────────────────────────────────────────────────────────────────────────────────────


def _totals(labels: pd.DataFrame) -> Totals:
    def count(chosen: pd.Series[Any]) -> int:
        return int(labels.loc[chosen.astype(bool), "mentions"].sum())

    tone = {
        name: count(labels["sentiment"] == name) for name in ("negative", "neutral", "positive")
    }
    return Totals(
        mentions=int(labels["mentions"].sum()), flagged=count(labels["flags"].map(len) > 0),
        high=count(labels["risk"] == "high"),
        asking=count(labels["flags"].map(lambda flags: "assistance" in flags)), **tone,
    )  # fmt: skip


def _platforms(labels: pd.DataFrame) -> tuple[Count, ...]:
    counts = labels.groupby("platform")["mentions"].sum().to_dict()
    return together(
        {PLATFORM_NAMES[name]: int(counts[name]) for name in PLATFORMS if name in counts}
    )


def _places(counts: Mapping[str, int]) -> tuple[Count, ...]:
    return together(counts)


def together(counts: Mapping[str, int]) -> tuple[Count, ...]:
    """Counts by name, most first; small ones are told together, with as many more as it takes to hide each of them."""
    ordered = sorted(
        ((name, count) for name, count in counts.items() if count),
        key=lambda row: (-row[1], row[0]),
    )
    shown = [row for row in ordered if row[1] >= disclosure.SMALL]
    small = ordered[len(shown) :]
    while (
        small and shown and (len(small) == 1 or sum(count for _, count in small) < disclosure.SMALL)
    ):
        small.insert(0, shown.pop())
    rows = [Count(key=name, name=name, count=count) for name, count in shown]
    if small:
        total = sum(count for _, count in small)
        hidden = len(small) == 1 or total < disclosure.SMALL
        rows.append(Count(key="", name=OTHERS, count=None if hidden else total))
    return tuple(rows)


def _flags(labels: pd.DataFrame, policy: Policy) -> tuple[Count, ...]:
    """How often each flag was given; a mention with two counts for both. Small counts are hidden: staff are among them."""
    flags = labels.explode("flags").dropna(subset=["flags"]).groupby("flags")["mentions"].sum()
    rows = sorted(flags.items(), key=lambda row: (-int(row[1]), str(row[0])))
    return tuple(
        Count(
            key=str(name), name=policy.label(str(name)),
            count=int(count) if int(count) >= disclosure.SMALL else None,
        )
        for name, count in rows
    )  # fmt: skip


def _tone_by_platform(labels: pd.DataFrame) -> disclosure.Crossed | None:
    table = labels.groupby(["platform", "sentiment"], as_index=False)["mentions"].sum()
    return disclosure.crossed(
        {
            (PLATFORM_NAMES[row.platform], row.sentiment): int(row.mentions)
            for row in table.itertuples(index=False)
        }
    )


# ── the rest ─────────────────────────────────────────────────────────────────────────────────────


def _lanes(lanes: Sequence[LaneWork]) -> tuple[LaneWork, ...]:
    """In the order of their promises; the Guardian's cases are nobody's to count."""
    return tuple(
        sorted(
            (lane for lane in lanes if lane.lane in LANES), key=lambda lane: LANES.index(lane.lane)
        )
    )


def _themes(
    store: Store, period: Period, themes: Themes | None, notes: Mapping[str, str]
) -> Themes | None:
    """Those worked out now, or told before, with what officers wrote and in how many of the periods before they were told."""
    periods = [period]
    for _ in range(LATE_WEEKS):
        periods.append(periods[-1].earlier)
    published = store.weekly_notes.published(period.kind, [each.last for each in periods])
    earlier = [
        Themes.of_published(published[each.last].figures)
        for each in periods[1:]
        if each.last in published
    ]
    told_now = published.get(period.last)
    themes = themes or (Themes.of_published(told_now.figures) if told_now else None)
    return (
        themes.with_history([each for each in earlier if each]).with_gists(notes)
        if themes
        else None
    )


def _campaigns(reached: Sequence[Reach], notes: Mapping[str, str]) -> tuple[Campaign, ...]:
    return tuple(
        Campaign(
            reach=reach, outtakes=notes.get(f"campaign:outtakes:{reach.campaign}", ""),
            outcomes=notes.get(f"campaign:outcomes:{reach.campaign}", ""),
        )
        for reach in reached
    )  # fmt: skip


def _trust(
    store: Store,
    period: Period,
    weeks: _Weeks,
    compared: Comparable,
    policy: Policy,
    health: Sequence[str],
    at: datetime,
) -> Trust:
    start, end = clock.day(period.first)[0], clock.day(period.last)[1]
    earlier = weeks.days[: -weeks.judged][-LATE_WEEKS:]
    late = store.weekly.late_by_week(earlier, start, end)
    since = period.last - QUALITY
    draws = [draw for draw in store.samples.draws(since) if draw.week <= period.last]
    tallies = [tally for tally in store.sample_counts.tallies(since) if tally.week <= period.last]
    quality = qualities(draws, tallies, policy.in_use) if draws else None
    read_by, model = store.workload.versions()
    return Trust(
        since=min((source.since for source in weeks.sources), default=None),
        sources=tuple(
            SourceRead(name=source.source, gaps=tuple(_gaps(source, start, end, at)))
            for source in weeks.sources
        ),
        left_out=compared.left_out, weeks_left_out=tuple(weeks.days[place][1] for place in compared.dropped),
        imported=weeks.imported, spend=_spend(store, weeks.sources), found_count=store.weekly.count_found(start, end),
        found_later=store.weekly.late_by_week([(period.first, period.last)], end, max(end, at)).get(0, 0),
        late=tuple(
            Late(first=first, last=last, count=late[place])
            for place, (first, last) in enumerate(earlier) if late.get(place)
        ),
        restated=_restated(store, weeks, earlier), quality=quality, tone_right=TONE_RIGHT.get(model),
        not_read=store.weekly.not_read(start, end), terms_changed=_terms_changed(store, weeks),
        health=tuple(health), ending=tuple(store.tokens.ending(end, SOON)), policy=read_by or policy.version, model=model,
    )  # fmt: skip


def _gaps(
    source: Covered, start: datetime, end: datetime, at: datetime
) -> list[tuple[datetime, datetime]]:
    """When a source was not read in a period; of one that is not over, up to now, and the time since its last run is no gap."""
    gaps = watched.gaps_within(source, start, min(end, at))
    if at < end and gaps and gaps[-1][1] == at and at - gaps[-1][0] <= watched.MAY_MISS:
        gaps.pop()
    return gaps


def _restated(
    store: Store, weeks: _Weeks, earlier: Sequence[tuple[date, date]]
) -> tuple[Restated, ...]:
    """Weeks of which another count was told than holds now: what came late, was judged anew or put out of scope."""
    published = store.weekly_notes.published("week", [last for _, last in earlier])
    labels = [
        (first, last, published[last].figures.get("totals", {}).get("mentions"))
        for first, last in earlier
        if last in published
    ]
    counts = {
        last: sum(row.count for row in store.trends.by_labels(first, last))
        for first, last, _ in labels
    }
    return tuple(
        Restated(first=first, last=last, published=count, now=counts[last])
        for first, last, count in labels
        if count is not None and count != counts[last]
    )


def _spend(store: Store, sources: Sequence[Covered]) -> tuple[Spend, ...]:
    """What sources that count their cost have spent in the month of their last run; they count in thousandths of a dollar."""
    spent = []
    for source in sources:
        try:
            record = json.loads(store.sources.state(source.source).get("spend") or "{}")
            if record:
                spent.append(
                    Spend(source=source.source, month=str(record["month"]), dollars=int(record["sum"]) / 1000)
                )  # fmt: skip
        except (ValueError, KeyError, TypeError):
            continue
    return tuple(spent)


def _terms_changed(store: Store, weeks: _Weeks) -> tuple[date, ...]:
    """On which days of the weeks shown officers changed what is searched for."""
    since = clock.day(weeks.days[-SHOWN][0])[0]
    changed = [version.at for version in store.settings.history("names") if version.at >= since]
    days = dict.fromkeys(clock.local_day(moment) for moment in reversed(changed))
    return tuple(day for day in days if day <= weeks.days[-1][1])
