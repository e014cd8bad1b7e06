"""Trends: how much was said when, where, of what and how it was meant; today against the usual; nobody is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import Response

from classify.policy.schema import Policy
from core import clock, disclosure
from core.models import PLATFORMS, RISKS
from reports.weekly import xmr
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.insights import charts
from review.insights.trends import (
    DAY,
    MOST_DAYS,
    SENTIMENTS,
    WEEKS,
    Measure,
    Period,
    Row,
    Trends,
    called,
    gather,
)
from review.rendering import page
from store import Dimension

# What the form offers: whole days up to yesterday, whole weeks, or dates.
PERIODS = {"7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days", "12w": "Last 12 weeks", "dates": "Dates that I choose"}  # fmt: skip
USUAL_PERIOD = "30"
LONGEST = 366  # days
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
MOST_BARS = 14
GROUPS: dict[Dimension, str] = {
    "flag": "By flag", "platform": "By platform", "place": "By place", "sentiment": "By sentiment", "risk": "By risk",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendsSelection:
    """What an address asks for; `faults` is what in it could not be understood and is left out."""

    name: str  # of PERIODS
    period: Period
    measure: Measure
    faults: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def link(self, what: Dimension | None, key: str) -> str:
        """The address of the same days for one label."""
        params = {
            "period": self.name,
            "since": self.since,
            "until": self.until,
            "show": f"{what}:{key}" if what else "",
        }
        return f"/trends?{urlencode({name: value for name, value in params.items() if value})}"


@requires_role("viewer")
def trends(context: RequestContext) -> Response:
    """The whole page."""
    today, policy = clock.local_day(context.at), context.app.policy
    hour = context.at.astimezone(clock.READERS_ZONE).hour
    selection = asked_of(context.request.query_params, today, policy)
    store = context.store
    trends = context.app.figures.get(
        ("trends", selection.period, selection.measure, today), store.figures.head(),
        lambda: gather(store, selection.period, selection.measure, today, policy, hour=hour),
    )  # fmt: skip
    return page(
        context, "insights/trends.html", params=selection, found=trends, periods=PERIODS, groups=GROUPS,
        shows=shows(trends, policy), headline=headline(trends), days=days_chart(trends),
        weeks=[(week, charts.over_weeks(week)) for week in trends.weeks],
        bars={what: bars_of(trends, what, rows) for what, rows in trends.labels.items()},
        sources=context.store.sources.all(), usual_weeks=WEEKS, most_days=MOST_DAYS,
        small=disclosure.SMALL, fewest=xmr.FEWEST, run=xmr.RUN,
    )  # fmt: skip


def asked_of(params: QueryParams, today: date, policy: Policy) -> TrendsSelection:
    """What an address asks for. Days are whole, so that a period ends with yesterday unless somebody says otherwise."""
    faults: list[str] = []
    name = params.get("period", USUAL_PERIOD)
    if name not in PERIODS:
        faults.append(f"period: {name[:40]} is not known")
        name = USUAL_PERIOD
    measure = _measure(params.get("show", ""), faults, policy)
    since, until = params.get("since", "")[:20], params.get("until", "")[:20]
    if name == "dates":
        chosen = _dates(since, until, today, faults)
        if chosen is not None:
            return TrendsSelection(
                name=name,
                period=chosen,
                measure=measure,
                faults=tuple(faults),
                since=since,
                until=until,
            )
        name = USUAL_PERIOD
    last = today - DAY
    if name == "12w":
        last -= timedelta(days=(last.weekday() + 1) % 7)
    length = 84 if name == "12w" else int(name)
    period = Period(first=last - (length - 1) * DAY, last=last)
    return TrendsSelection(name=name, period=period, measure=measure, faults=tuple(faults))


def _dates(since: str, until: str, today: date, faults: list[str]) -> Period | None:
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until) if until else today - DAY
    except ValueError:
        faults.append("dates: write both as 2026-11-24")
        return None
    last = min(last, today)
    if not clock.local_day(clock.EARLIEST) <= first <= last:
        faults.append("dates: the first must not be after the last, in the future or before 1990")
        return None
    if (last - first).days >= LONGEST:
        faults.append(f"dates: at most {LONGEST} days can be shown; the first {LONGEST} are")
        last = first + (LONGEST - 1) * DAY
    return Period(first=first, last=last)


def _measure(choice: str, faults: list[str], policy: Policy) -> Measure:
    what, _, key = choice.partition(":")
    known: dict[str, Sequence[str]] = {
        "platform": PLATFORMS,
        "risk": RISKS,
        "sentiment": SENTIMENTS,
    }
    if not choice:
        return Measure()
    dimension = next((name for name in DIMENSIONS if name == what), None)
    if (
        dimension is None or not key or len(key) > 100 or key not in known.get(dimension, (key,))
        or (dimension == "flag" and key in policy.of_staff_alone)  # no trend tells what staff alone are flagged for
    ):  # fmt: skip
        faults.append(f"show: {choice[:40]} is not known")
        return Measure()
    return Measure(what=dimension, key=key, name=called(dimension, key, policy))


def shows(trends: Trends, policy: Policy) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the form offers to be counted: groups of values with their names, by name where it has no other order."""
    options: dict[Dimension, list[str]] = {
        "flag": [row.key for row in trends.labels["flag"]], "platform": list(PLATFORMS), "place": list(trends.places),
        "sentiment": list(SENTIMENTS), "risk": list(RISKS),
    }  # fmt: skip
    chosen = trends.measure
    if chosen.what and chosen.key not in options[chosen.what]:
        options[chosen.what].append(chosen.key)
    groups = []
    for what, keys in options.items():
        named = [(f"{what}:{key}", called(what, key, policy)) for key in keys]
        if what in ("flag", "platform", "place"):
            named.sort(key=lambda option: option[1].casefold())
        groups.append((GROUPS[what], named))
    return groups


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


def headline(trends: Trends) -> str:
    """The period in a sentence or two."""
    mentions, flagged, high, _ = trends.totals
    opening = (
        f"{_counted(mentions.now, 'mention')} in the {span(trends.period)}{_against(mentions)}."
    )
    if not mentions.now:
        return f"{opening} Look at the sources before calling it quiet."
    return (
        f"{opening} {_number(flagged.now)} {'was' if flagged.now == 1 else 'were'} flagged{_before(flagged)}; "
        f"{_number(high.now).lower()} had a high risk{_before(high)}."
    )


def span(period: Period) -> str:
    """7 days to 24 Nov 2026."""
    count = len(period.days)
    return f"{_counted(count, 'day')} to {period.last:%-d %b %Y}"


def days_chart(trends: Trends) -> charts.Chart | None:
    """Day by day, where the days can be told apart."""
    days = trends.period.days
    if len(days) > MOST_DAYS:
        return None
    lines = [
        charts.Series(name=name, counts=tuple(counted.get(day, 0) for day in days)) for name, counted in trends.series
    ]  # fmt: skip
    counts = lines[0].counts
    message = f"{lines[0].name}: {sum(counts):,} in the {span(trends.period)}"
    if any(counts):
        most = max(counts)
        top = [day for day, count in zip(days, counts, strict=True) if count == most]
        message += (
            f"; most on {_on(top[-1])} ({most:,})" if len(top) == 1 else f"; at most {most:,} a day"
        )
    return charts.over_days(message, days, lines, today=trends.today, since=trends.since)


def bars_of(trends: Trends, what: Dimension, rows: Sequence[Row]) -> charts.Chart | None:
    """A bar for each label that has any; None where none has."""
    shown_rows = [row for row in rows if row.now or row.before][:MOST_BARS]
    if not any(row.now for row in shown_rows):
        return None
    top = max(shown_rows, key=lambda row: row.now)
    lead = f"{top.name} most often" if what != "risk" else f"{trends.totals[2].now:,} of high risk"
    count = f" ({top.now:,})" if what != "risk" and not top.hidden else ""
    message = f"{GROUPS[what]}: {lead}{count} in the {span(trends.period)}"
    return charts.bars(message, [
        charts.Bar(name=row.name, count=row.now, before=row.before, hidden=row.hidden, before_hidden=row.before_hidden)
        for row in shown_rows
    ])  # fmt: skip


def _against(row: Row) -> str:
    if row.before is None:
        return ""
    if row.now == row.before:
        return ", as in as many days before"
    more = "more" if row.now > row.before else "fewer"
    return f", {abs(row.now - row.before):,} {more} than in as many days before ({row.before:,})"


def _before(row: Row) -> str:
    return "" if row.before is None else f" ({row.before:,} before)"


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def _number(count: int) -> str:
    return f"{count:,}" if count else "None"


def _on(day: date) -> str:
    return day.strftime("%a %-d %b")
