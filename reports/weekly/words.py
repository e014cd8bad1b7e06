"""A summary in plain English, by rules from its figures: a change is told only where a rule spoke, and the rule stands beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.disclosure import SMALL
from core.text import sentence
from reports.rendering import on_day
from reports.weekly import sections, xmr
from reports.weekly.charts import sparkline
from reports.weekly.figures import FEWEST_FOR_SHARE, Figures, Series, Totals
from reports.weekly.wording import (
    NAMES,
    Change,
    Summary,
    Table,
    Tile,
    Tone,
    between,
    counted,
    listed,
    mentions_in_words,
    number,
    week_in_words,
    weeks_alike,
)

WORTH = {"in_time": True}  # series of which more is better; of others more is neither
SHORT: Mapping[str, str] = {
    "mentions": "all mentions", "negative": "the negative share", "asking": "people asking for help",
    "high": "high risk", "in_time": "cases looked at in time",
}  # fmt: skip


def worded(figures: Figures, roles: Mapping[str, str]) -> Summary:
    """The summary of these figures. `roles` are the names of those to whom cases are passed on, by key."""
    title = {"week": "Weekly", "month": "Monthly", "quarter": "Quarterly"}[figures.period.kind]
    ruled = headline(figures)
    written = figures.notes.get("headline", "")
    first, last = figures.period.first, figures.period.last
    days = f"{first:%A %-d}{f'{first: %B}' if first.month != last.month else ''} to {last:%A %-d %B %Y}"
    return Summary(
        title=f"{title} summary, {figures.period.name}",
        about=f"What people said about local NHS care, {days}. {figures.organisation}, communications.",
        headline=written or ruled, ruled=ruled if written else "",
        subject=f"{title} summary, {figures.period.name}: {_in_short(figures)}", preview=_preview(figures),
        tiles=_tiles(figures), compares="What changed, and why we think so" if not figures.beginning else "The figures so far",
        changes=tuple(
            _change(figures, series) for series in _ordered(figures.series) if not figures.beginning or series.total is not None
        ),
        not_yet=_not_yet(figures), charts=_charts(figures),
        weeks=_weeks(figures), did=sections.did(figures), spoke=sections.spoke(figures), where=sections.where(figures),
        waits=sections.waits(figures, roles), campaigns=sections.campaigns(figures), official=sections.official(figures),
        press=sections.press(figures), records=sections.records(figures), praise=sections.praise(figures), trust=sections.trust(figures), coming=sections.coming(figures),
        closing="No quotes, as a quote can be searched for; no person is named; places, platforms, flags and themes of fewer than "
        f"{SMALL} posts are not shown. A program reads the posts and it can be wrong. A person decides.",
    )  # fmt: skip


# ── the headline ─────────────────────────────────────────────────────────────────────────────────


def headline(figures: Figures) -> str:
    """What changed and whether it is real, who still waits, and what can't be told."""
    period = figures.period.kind
    if not figures.trust.sources:
        return f"No source was read in this {period}, so that silence says nothing."
    changed = [series for series in _ordered(figures.series) if series.changed]
    sentences = [_told(figures, series) for series in changed[:2]]
    if not sentences:
        sentences = [_nothing(figures)]
    elif len(changed) > 2:
        others = (
            "one more change is" if len(changed) == 3 else f"{len(changed) - 2} more changes are"
        )
        sentences.append(f"{sentence(others)} told below.")
    if figures.waiting_in_words:
        sentences.append(f"{figures.waiting_in_words}.")
    if figures.trust.health:
        sentences.append("Not all could be read or sent: see how far to trust this.")
    elif (changed or figures.chart("mentions").reading.limits) and (
        left := _left_out_short(figures, changed[:2])
    ):
        sentences.append(left)
    return " ".join(sentences)


def _told(figures: Figures, series: Series) -> str:
    """A change in a sentence: since a rule spoke, it is more than ordinary weeks bring."""
    signal, usual = series.reading.signal, series.reading.limits
    assert signal is not None
    assert usual is not None
    week = "" if figures.period.judged == 1 else f" in the week to {series.week.last:%-d %B}"
    now, before = week_in_words(series), number(series, usual.mean)
    if signal.rule == "outside":
        more = {
            "mentions": ("More was said than usual", "Less was said than usual"),
            "negative": ("More of it was negative than usual", "Less of it was negative than usual"),
            "asking": ("More people asked for help than usual", "Fewer people asked for help than usual"),
            "high": ("There were more high risks than usual", "There were fewer high risks than usual"),
            "in_time": ("We looked at more cases in time than usual", "We looked at fewer cases in time than usual"),
        }[series.key][0 if signal.up else 1]  # fmt: skip
        where = f", mostly on {series.driver}" if series.driver else ""
        return f"{more}{week}: {now}, where {between(series)} is usual{where}."
    what = {
        "mentions": ("More has been said", "Less has been said"),
        "negative": ("More of it has been negative", "Less of it has been negative"),
        "asking": ("More people have asked for help", "Fewer people have asked for help"),
        "high": ("There have been more high risks", "There have been fewer high risks"),
        "in_time": ("We have looked at more cases in time", "We have looked at fewer cases in time"),
    }[series.key][0 if signal.up else 1]  # fmt: skip
    if signal.rule == "run":
        return f"{what} for {signal.weeks} weeks running{week}: {now}, from about {before} before."
    return f"{what} each week for {signal.weeks} weeks running{week}: now {now}."


def _nothing(figures: Figures) -> str:
    series = figures.chart("mentions")
    count, kind = figures.totals.mentions, figures.period.kind
    if figures.trust.health:
        if not count:
            return f"Nobody knows how much was said in this {kind}: not everything was read."
        return f"{mentions_in_words(count)} {'was' if count == 1 else 'were'} read, and that may not be all."
    if not count:
        if not figures.whole:
            return f"No mention was found in this {kind}, but not all sources were read to their end: this does not mean that nothing was said."
        return f"No mention was found in this {kind}, though every source was read to its end."
    if figures.beginning:
        return f"{_so_far(figures)} {_from_when(figures, series)} we can say what is unusual."
    if series.reading.limits is None:
        return f"{_counts(figures)}. Whether that is unusual we can’t say: {_why_unknown(figures, series)}."
    if figures.period.judged == 1 and series.compared == count:
        return f"Nothing changed beyond the usual: {mentions_in_words(count)}, where {between(series)} is usual."
    if figures.period.judged == 1:
        return (
            f"Nothing changed beyond the usual: {mentions_in_words(count)}; of the {series.compared:,.0f} that can be "
            f"compared, {between(series)} is usual."
        )
    return f"Nothing changed beyond the usual in any week: {mentions_in_words(count)} in all, where {between(series)} a week is usual."


def _so_far(figures: Figures) -> str:
    """What is known of a period in which, or shortly before which, reading began."""
    weeks, kind, since = figures.week_of_reading, figures.period.kind, figures.trust.since
    assert since is not None
    if not weeks:
        began = f"{clock.local_day(since):%A %-d %B}"
        return f"Reading began on {began}, so little of this {kind} is known: {_counts(figures)}."
    if kind == "week":
        return f"{'The first week' if weeks == 1 else f'Week {weeks}'}: {_counts(figures)}."
    if clock.local_day(since) >= figures.period.first:
        return f"The first {kind}: {_counts(figures)}."
    return f"{_counts(figures)}."


def _from_when(figures: Figures, series: Series) -> str:
    """From which week on it is known what is usual, where each week so far can be compared; else after how many."""
    weeks = figures.week_of_reading
    alike = series.reading.before + 1 if series.compared is not None else 0
    if figures.period.kind == "week" and weeks and weeks == alike:
        return f"From week {xmr.FEWEST + 1} on"
    return f"After {xmr.FEWEST} whole weeks of reading"


def _counts(figures: Figures) -> str:
    """396 mentions, 29 asked for help."""
    asking = figures.totals.asking
    return mentions_in_words(figures.totals.mentions) + (
        f", {asking:,} asked for help" if asking else ""
    )


def _why_unknown(figures: Figures, series: Series) -> str:
    """Why nobody can know what is usual of a series."""
    if series.key == "in_time":
        before = series.reading.before
        weeks = counted(before, "earlier week") if before else "no earlier week"
        return f"{weeks} had cases enough, and it takes {xmr.FEWEST}"
    if series.compared is None:
        return f"no source was read over the whole {'week' if figures.period.judged == 1 else 'of its last week'}"
    return f"{weeks_alike(series)}, and it takes {xmr.FEWEST}"


def _not_yet(figures: Figures) -> str:
    """Of what it is not known what is usual, and why: once, and not beside each figure."""
    if figures.beginning:
        return (
            f"It takes {xmr.FEWEST} whole weeks of reading to know what is usual. Until then these are counts: a rise or a fall "
            "in them may be chance."
        )
    unknown: dict[str, list[str]] = {}
    for series in figures.series:
        if series.reading.limits is None:
            unknown.setdefault(_why_unknown(figures, series), []).append(SHORT[series.key])
    return " ".join(
        f"We can’t say yet what is usual of {listed(names)}: {why}." for why, names in unknown.items()
    )  # fmt: skip


def _charts(figures: Figures) -> str:
    """How the charts are read, in words that need no other page."""
    if not any(series.reading.limits for series in figures.series):
        return ""
    weeks = len(figures.series[0].points)
    return (
        f"Each chart shows {weeks} weeks. The line across it is the average, and ordinary weeks stay between the dashed lines, "
        "which are worked out from the weeks before the change, as the NHS’s Making Data Count does. By chance alone 4 "
        "ordinary weeks in 100 are told as a change."
    )


def _left_out_short(figures: Figures, changed: Sequence[Series]) -> str:
    """What the figures that were told are without, where a reader would miss it."""
    left_out = [fault for fault in figures.trust.left_out if fault.sources]
    names = [PLATFORM_NAMES[fault.platform] for fault in left_out]
    counts = [series for series in changed if not series.share]
    without = listed(names)
    if not names and figures.period.judged == 1 and any(series.compared != series.total for series in counts):  # fmt: skip
        return "These counts leave out what can’t be compared."
    if not names:
        return ""
    thin = [PLATFORM_NAMES[fault.platform] for fault in left_out if fault.why == "thin"]
    if thin and len(thin) < len(names):
        why = f"not read as before, or brought far less than usual while others did not ({listed(thin)})"
    elif thin:
        why = "brought far less than usual while others did not"
    else:
        why = "not read as before"
    was = "" if why.startswith("brought") else "was " if len(names) == 1 else "were "
    if counts:
        return f"These counts leave out {without}, which {was}{why}."
    they = "it" if len(names) == 1 else "they"
    return f"{without} {'is' if len(names) == 1 else 'are'} left out of the comparison: {they} {was}{why}."


def _in_short(figures: Figures) -> str:
    """The subject: fixed words."""
    changed = [series for series in _ordered(figures.series) if series.changed]
    short = {
        "mentions": "mentions", "negative": "negative share", "asking": "requests for help", "high": "high risks",
        "in_time": "cases in time",
    }  # fmt: skip
    parts = [
        f"{short[series.key]} {'above' if series.reading.signal and series.reading.signal.up else 'below'} usual"
        for series in changed[:2]
    ]
    usual = figures.chart("mentions").reading.limits is not None
    if figures.beginning and figures.period.kind == "week" and figures.week_of_reading:
        weeks = figures.week_of_reading
        parts = parts or ["the first week" if weeks == 1 else f"week {weeks}"]
        parts.append(mentions_in_words(figures.totals.mentions))
    parts = parts or (["as usual"] if usual else [mentions_in_words(figures.totals.mentions)])
    if figures.waiting_now:
        parts.append(f"{figures.waiting_now:,} wait{'s' if figures.waiting_now == 1 else ''}")
    whole = figures.read_since_it_began if figures.beginning else figures.whole
    if figures.trust.health or not whole:
        parts.append("not all was read")
    return ", ".join(parts)


def _preview(figures: Figures) -> str:
    return f"{mentions_in_words(figures.totals.mentions)}; {_in_short(figures)}."


# ── figures and charts ───────────────────────────────────────────────────────────────────────────


def _ordered(series: Sequence[Series]) -> list[Series]:
    """What changed first: a limit passed, then runs, then trends; then as they are."""
    rules = ("outside", "run", "trend")
    return sorted(
        series,
        key=lambda each: (
            rules.index(each.reading.signal.rule) if each.reading.signal else len(rules)
        ),
    )


_NOTHING_DUE = "nothing fell due before its end"  # which says nothing of what was found later


def _tiles(figures: Figures) -> tuple[Tile, ...]:
    mentions, asking, looked = (figures.chart(key) for key in ("mentions", "asking", "in_time"))
    hits, count = looked.of
    totals, waiting, now = figures.totals, figures.waiting, figures.waiting_now
    tone = f"{totals.negative:,} negative, {totals.positive:,} positive" if totals.mentions else ""
    left = f"{now:,} wait{'s' if now == 1 else ''} now" if now else "nobody waits now"
    waits = f"{waiting:,} waited at its end, {left}"
    if waiting == now:
        waits = f"{now:,} still wait{'s' if now == 1 else ''} for an answer" if now else ""
    if now and not waiting:
        waits = f"{now:,} wait{'s' if now == 1 else ''}, found after its end"
    late = f"{count - hits:,} late" if count > hits else "all in time" if count else _NOTHING_DUE
    return (
        _tile(figures, "Mentions", f"{totals.mentions:,}", mentions, tone),
        _tile(figures, "Asking for help", f"{totals.asking:,}", asking, waits),
        _tile(figures, "Looked at in time", f"{hits:,} of {count:,}" if count else "–", looked, late),
        _leaks(figures),
    )  # fmt: skip


def _leaks(figures: Figures) -> Tile:
    """Leaks that somebody confirmed, and what waits for somebody to say: none confirmed is not none."""
    work, to_look_at = figures.work, figures.leaks_to_look_at
    name = "Patients’ details in public"
    if not work.clocks_began:
        if to_look_at:
            return Tile(
                name=name, figure=f"{to_look_at:,}", verdict="To look at, not confirmed yet", tone="up",
            )  # fmt: skip
        return Tile(name=name, figure="0", verdict=f"No leak confirmed{_in_what_was_read(figures)}")
    state = [
        f"{number:,} {what}"
        for number, what in (
            (work.clocks_recorded, "recorded"), (work.clocks_running, "open"), (to_look_at, "more to look at"),
        )
        if number
    ]  # fmt: skip
    return Tile(
        name=name, figure=f"{work.clocks_began:,}", verdict=sentence(", ".join(state)),
        tone="up" if to_look_at else "",
    )  # fmt: skip


def _in_what_was_read(figures: Figures) -> str:
    return "" if figures.whole else " in what was read"


def _tile(figures: Figures, name: str, figure: str, series: Series, otherwise: str) -> Tile:
    """`otherwise` is told where it is not known what is usual."""
    detail = ""
    if series.reading.limits is not None and series.compared is not None:
        detail = f"usual {between(series)}"
        if figures.period.judged > 1:
            detail += " a week"
        elif not series.share and series.compared != series.total:
            detail = f"{series.compared:,.0f} compared, {detail}"
        detail = f"({detail})"
    return Tile(
        name=name,
        figure=figure,
        verdict=sentence(verdict(series) or otherwise),
        detail=detail,
        tone=_tone(series),
    )


def verdict(series: Series) -> str:
    """Whether it is above, below or as usual, in words; "" where that is not known."""
    signal = series.reading.signal
    if signal is None:
        return "" if series.reading.limits is None else "as usual"
    if signal.rule == "outside":
        return f"{'above' if signal.up else 'below'} usual"
    better = WORTH.get(series.key)
    if better is not None:
        return f"{'better' if signal.up is better else 'worse'}, {signal.weeks} weeks running"
    return f"{'higher' if signal.up else 'lower'}, {signal.weeks} weeks running"


def _tone(series: Series) -> Tone:
    signal = series.reading.signal
    if signal is None:
        return ""
    better = WORTH.get(series.key)
    return "good" if better is not None and signal.up is better else "up"


def rule_of(series: Series) -> str:
    """The rule that spoke; "" where it is not known what is usual."""
    signal, usual = series.reading.signal, series.reading.limits
    if usual is None:
        return ""
    if signal is None:
        return "Within what is usual."
    if signal.rule == "outside":
        limit = usual.upper if signal.up else usual.lower
        side = "above the upper" if signal.up else "below the lower"
        whole = math.floor(limit) if signal.up else math.ceil(limit)
        if series.reading.small:
            return f"Rule: more than chance brings once in 740 weeks ({whole} at most); counts this small have no other."
        return f"Rule: one week {side} limit ({number(series, whole)})."
    if signal.rule == "run":
        side = "above" if signal.up else "below"
        return f"Rule: seven or more weeks in a row {side} the average ({signal.weeks} so far)."
    way = "higher" if signal.up else "lower"
    return f"Rule: seven or more weeks in a row, each {way} than the one before ({signal.weeks} so far)."


def _change(figures: Figures, series: Series) -> Change:
    usual, value = series.reading.limits, series.week.value
    name = NAMES[series.key]
    if usual is None or value is None:
        heading = f"{name}: too few to measure"
        if series.total is not None:
            heading = f"{name}: {number(series, series.total)}"
    elif series.changed:
        heading = f"{name}: {week_in_words(series)}, {'up' if value > usual.mean else 'down'} from about {number(series, usual.mean)}"
    else:
        heading = f"{name}: {number(series, series.total if figures.period.judged > 1 and series.total is not None else value)}, nothing to explain"
    return Change(
        heading=heading, text=" ".join(_details(figures, series)), rule=rule_of(series), changed=series.changed,
        chart=None if sum(point.value is not None for point in series.points) < 2 else sparkline(series, f"{name}, {len(series.points)} weeks: {heading.partition(': ')[2]}", number, good=_tone(series) == "good"),
        tone=_tone(series),
    )  # fmt: skip


def _details(figures: Figures, series: Series) -> list[str]:
    details = []
    if series.changed and figures.period.judged > 1:
        details.append(f"In the week to {on_day(series.week.last)}.")
    if series.driver:
        details.append(f"More than half of the change is on {series.driver}: look there first.")
    totals = figures.totals
    if series.key == "mentions" and totals.mentions:
        details.append(
            f"Negative {totals.negative:,}{_percent(totals.negative, totals)}, positive {totals.positive:,}{_percent(totals.positive, totals)}."
        )
    if (
        series.key in ("mentions", "asking", "high")
        and figures.period.judged == 1
        and series.compared not in (None, series.total)
    ):
        details.append(
            f"{series.total:,.0f} in all, of which {series.compared:,.0f} can be compared."
        )
    return details


def _percent(count: int, totals: Totals) -> str:
    """A share in brackets; "" where there are too few for one to say anything."""
    return f" ({round(100 * count / totals.mentions)}%)" if totals.mentions >= FEWEST_FOR_SHARE else ""  # fmt: skip


def _weeks(figures: Figures) -> Table:
    """The figures of every chart, newest week first."""
    keys = [series.key for series in figures.series]
    rows = []
    for place in reversed(range(len(figures.series[0].points))):
        point = figures.series[0].points[place]
        values = [series.points[place].value for series in figures.series]
        rows.append(
            (
                on_day(point.last),
                *("–" if value is None else number(series, value) for series, value in zip(figures.series, values, strict=True)),
            )
        )  # fmt: skip
    return Table(head=("Week to", *(NAMES[key] for key in keys)), rows=tuple(rows))
