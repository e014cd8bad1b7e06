"""The figures that the trends page shows: counts by day, week and label, gathered before anything is worded.

Counts only, by UK day of posting, of mentions in scope or flagged that others wrote; what was purged still counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from classify.policy.schema import Policy
from collectors.platforms import PLATFORM_NAMES
from core.disclosure import Crossed, crossed, hidden_of
from core.models import RISKS
from core.spikes import (
    DAYS,
    HOUR_RARE,
    RARE,
    RARE_FLAG,
    Expected,
    Usual,
    expected_day,
    expected_hours,
)
from core.text import sentence
from review.insights import control_chart
from review.wording import words
from store import DayCount, Dimension, LabelCount, Store

WEEKS = DAYS // 7
DAY = timedelta(days=1)
SENTIMENTS = ("negative", "neutral", "positive")
MOST_DAYS = 92  # drawn one by one
Days = Mapping[date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing to be counted: all mentions by no `what`, else those of a platform, flag, place, sentiment or risk."""

    what: Dimension | None = None
    key: str = ""
    name: str = "Mentions"  # what people call it


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """UK days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.first + place * DAY for place in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> Period:
        """As many days before it."""
        return Period(first=self.first - len(self.days) * DAY, last=self.first - DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A count in the period, and in the one before; None where that can't be compared.

    `hidden` and `before_hidden`: it is not shown, since it could single somebody out.
    """

    key: str
    name: str
    now: int
    before: int | None
    hidden: bool = False
    before_hidden: bool = False

    @property
    def change(self) -> str:
        """+3, −2 or 0, as people write it; "" where nothing is compared or one of both is hidden."""
        if self.hidden or self.before_hidden:
            return ""
        gap = self.now - self.before if self.before is not None else 0
        return (
            "" if self.before is None else f"+{gap:,}" if gap > 0 else f"−{-gap:,}" if gap else "0"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """The cases of a day against the usual: all, those of high risk, of today also its last hour; and flags that stand out."""

    day: date
    rows: tuple[Usual, ...]
    flags: tuple[Usual, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """All that the page says."""

    period: Period
    measure: Measure
    today: date
    since: date | None  # the first whole day on which any source was read
    newcomers: tuple[
        tuple[str, date], ...
    ]  # sources that were first read since, in the weeks shown
    lately: tuple[Lately, ...]  # yesterday, and today so far
    totals: tuple[Row, ...]
    series: tuple[tuple[str, Days], ...]
    weeks: tuple[control_chart.Weekly, ...]
    labels: Mapping[Dimension, Sequence[Row]]
    crossed: tuple[
        tuple[str, str, Crossed | None], ...
    ]  # rows, columns, the table; None: counts are too small
    places: tuple[str, ...]

    @property
    def compared(self) -> bool:
        """Whether the period before was watched as this one was."""
        return any(row.before is not None for row in self.totals)


def gather(
    store: Store, period: Period, measure: Measure, today: date, policy: Policy, *, hour: int = 0
) -> Trends:
    """The figures of a period. The flags of the policy are told even where none was found. `hour`: which it is today, 0 to 23."""
    watched = store.sources.watched_since()
    since = min(watched.values(), default=None)
    span = max(control_chart.WEEKS, len(period.days) // 7)
    start = min(period.last - timedelta(weeks=span + 1), period.before.first)
    counted = _days(store, start, period.last)
    labels, before = _labels(store, period, since, today)
    places = store.trends.by_place(period.first, period.last)
    series = _series(store, counted, measure, start, period.last)
    rows = _rows(labels, before, policy)
    # what was purged before names no place any more
    rows["place"] = without_small(_ordered(places, None, "place", policy), adds_up=False)
    return Trends(
        period=period, measure=measure, today=today, since=since,
        newcomers=tuple(sorted(
            (name, day) for name, day in watched.items() if since is not None and max(since, start) < day
        )),
        lately=_lately(store, today, hour, since, policy),
        totals=_totals(labels, before), series=series,
        weeks=tuple(
            control_chart.weekly(name, days, min(period.last, today - DAY), since, most=span) for name, days in
            (series if measure.what else [(name, counted[name]) for name in MEASURES])
        ),
        labels=rows, crossed=_crossed(store, period, labels, policy), places=tuple(store.trends.by_place(start, period.last)),
    )  # fmt: skip


# ── days ─────────────────────────────────────────────────────────────────────────────────────────

MEASURES = ("Mentions", "Flagged", "High risk", "Negative")


def _days(store: Store, first: date, last: date) -> dict[str, Days]:
    """Each measure day by day: of the period with the weeks before it."""
    day_counts = store.trends.by_day(first, last)
    counts_by_measure: dict[str, Counter[date]] = {name: Counter() for name in MEASURES}
    for day_count in day_counts:
        for name, applies in zip(MEASURES, _held(day_count), strict=True):
            if applies:
                counts_by_measure[name][day_count.day] += day_count.count
    return dict(counts_by_measure)


def _held(day_count: DayCount) -> tuple[bool, bool, bool, bool]:
    return True, day_count.flagged, day_count.risk == "high", day_count.sentiment == "negative"


def _series(
    store: Store, counted: Mapping[str, Days], measure: Measure, first: date, last: date
) -> tuple[tuple[str, Days], ...]:
    if measure.what is None:
        return tuple((name, counted[name]) for name in MEASURES[:2])
    return ((measure.name, store.trends.days_of(measure.what, measure.key, first, last)),)


def _lately(
    store: Store, today: date, hour: int, since: date | None, policy: Policy
) -> tuple[Lately, ...]:
    """Yesterday, and today so far."""
    first = today - (DAYS + 1) * DAY
    opened = store.trends.cases_by_hour(first, today)
    high = store.trends.high_cases_by_day(first, today)
    by_flag: dict[str, Counter[date]] = {}
    for (name, day), count in store.trends.case_flags_by_day(first, today).items():
        if name not in policy.of_staff_alone:
            by_flag.setdefault(name, Counter())[day] += count
    lately = []
    for day in (today - DAY, today):
        before = [day - back * DAY for back in range(DAYS, 0, -1)]
        watched = [each for each in before if since is not None and each >= since]
        hours = expected_hours([[opened.get((each, at), 0) for at in range(24)] for each in watched])  # fmt: skip
        over = day < today
        part = 1.0 if over or hours is None else sum(hours.shares[: hour + 1])

        def of(
            name: str, counts: Mapping[date, int], rare: float, *,
            day: date = day, watched: Sequence[date] = watched, part: float = part, over: bool = over,
        ) -> Usual:  # fmt: skip
            whole = expected_day([counts.get(each, 0) for each in watched])
            expected = whole and Expected(mean=whole.mean * part, dispersion=whole.dispersion)
            return Usual(name=name, count=counts.get(day, 0), expected=expected, over=over, rare=rare)  # fmt: skip

        daily: Counter[date] = Counter()
        for (each, _), count in opened.items():
            daily[each] += count
        rows = [of("Cases opened", daily, RARE), of("Of high risk", high, RARE)]
        if not over and hour:
            rows.append(Usual(
                name=f"From {hour - 1:02}:00 to {hour:02}:00", count=opened.get((day, hour - 1), 0),
                expected=hours.hour(hour - 1) if hours else None, over=True, rare=HOUR_RARE,
            ))  # fmt: skip
        flags = [of(called("flag", name, policy), days, RARE_FLAG) for name, days in sorted(by_flag.items())]  # fmt: skip
        lately.append(
            Lately(
                day=day, rows=tuple(rows), flags=tuple(flag for flag in flags if flag.stands_out)
            )
        )
    return tuple(lately)


# ── labels ───────────────────────────────────────────────────────────────────────────────────────


def _labels(
    store: Store, period: Period, since: date | None, today: date
) -> tuple[list[LabelCount], list[LabelCount] | None]:
    """The labels of the period, and of the one before where both were watched from end to end."""
    now = store.trends.by_labels(period.first, period.last)
    whole = since is not None and since <= period.before.first and period.last < today
    return now, store.trends.by_labels(period.before.first, period.before.last) if whole else None


def _totals(now: Sequence[LabelCount], before: Sequence[LabelCount] | None) -> tuple[Row, ...]:
    def of(label_counts: Sequence[LabelCount]) -> tuple[int, int, int, int]:
        return (
            sum(label_count.count for label_count in label_counts), sum(label_count.count for label_count in label_counts if label_count.flags),
            sum(label_count.count for label_count in label_counts if label_count.risk == "high"),
            sum(label_count.count for label_count in label_counts if label_count.sentiment == "negative"),
        )  # fmt: skip

    earlier: Sequence[int | None] = of(before) if before is not None else (None,) * len(MEASURES)
    return tuple(
        Row(key="", name=name, now=count, before=past)
        for name, count, past in zip(MEASURES, of(now), earlier, strict=True)
    )


def _rows(
    now: Sequence[LabelCount], before: Sequence[LabelCount] | None, policy: Policy
) -> dict[Dimension, list[Row]]:
    """By each label: risk and sentiment in their order, the others most first."""
    rows_by_label: dict[Dimension, list[Row]] = {}
    dimensions: tuple[tuple[Dimension, Sequence[str]], ...] = (
        ("flag", tuple(name for name in policy.in_use if name not in policy.of_staff_alone)), ("platform", ()), ("sentiment", SENTIMENTS), ("risk", RISKS)
    )  # fmt: skip
    for what, known in dimensions:
        past = _by(before, what) if before is not None else None
        rows = _ordered(dict.fromkeys(known, 0) | _by(now, what), past, what, policy)
        if what == "flag":
            rows = [row for row in rows if row.key not in policy.of_staff_alone]
        if what in ("sentiment", "risk"):
            rows.sort(key=lambda row: list(known).index(row.key))
        rows_by_label[what] = without_small(rows, adds_up=what != "flag")
    return rows_by_label


def without_small(rows: Sequence[Row], *, adds_up: bool) -> list[Row]:
    """The rows with small counts hidden, by the rule of the tables of two labels. `adds_up`: all together are the total."""
    now = hidden_of([row.now for row in rows], adds_up=adds_up)
    before = hidden_of([row.before or 0 for row in rows], adds_up=adds_up)
    return [
        replace(row, hidden=place in now, before_hidden=place in before)
        for place, row in enumerate(rows)
    ]


def _by(label_counts: Sequence[LabelCount], what: Dimension) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for label_count in label_counts:
        for key in label_count.flags if what == "flag" else (str(getattr(label_count, what)),):
            counts[key] += label_count.count
    return counts


def _ordered(
    now: Mapping[str, int], before: Mapping[str, int] | None, what: Dimension, policy: Policy
) -> list[Row]:
    rows = [
        Row(
            key=key, name=called(what, key, policy), now=now.get(key, 0),
            before=before.get(key, 0) if before is not None else None,
        )
        for key in {**now, **(before or {})}
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.now, -(row.before or 0), row.name))


def _crossed(
    store: Store, period: Period, label_counts: Sequence[LabelCount], policy: Policy
) -> tuple[tuple[str, str, Crossed | None], ...]:
    flags: Counter[tuple[str, str]] = Counter()
    sentiments: Counter[tuple[str, str]] = Counter()
    for label_count in label_counts:
        sentiments[label_count.platform, label_count.sentiment] += label_count.count
        for name in set(label_count.flags) - policy.of_staff_alone:
            flags[name, label_count.platform] += label_count.count
    places = {
        (name, place): count
        for (name, place), count in store.trends.flags_by_place(period.first, period.last).items()
        if name not in policy.of_staff_alone
    }
    tables: tuple[tuple[Dimension, Dimension, Mapping[tuple[str, str], int]], ...] = (
        ("flag", "platform", flags), ("flag", "place", places), ("platform", "sentiment", sentiments),
    )  # fmt: skip
    return tuple(
        (sentence(rows), sentence(columns), crossed({
            (called(rows, row, policy), called(columns, column, policy)): count
            for (row, column), count in counts.items()
        }))
        for rows, columns, counts in tables
    )  # fmt: skip


def called(what: Dimension, key: str, policy: Policy) -> str:
    """What people call a label."""
    if what == "flag":
        return sentence(policy.label(key))
    if what == "platform":
        return PLATFORM_NAMES.get(key) or sentence(words(key))
    if what == "risk":
        return "No risk found" if key == "none" else f"{sentence(key)} risk"
    return sentence(words(key)) if what == "sentiment" else key
