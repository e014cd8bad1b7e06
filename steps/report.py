"""The last step: the morning list and the weekly, monthly and quarterly summaries are queued to be mailed; they and the full daily list are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click
from rich.console import Console

from classify.model.vectors import Vectors
from core import clock
from reports import chain, daily, digest, pdf, rendering
from reports.weekly import layout
from reports.weekly.figures import Figures, published_figures
from reports.weekly.periods import DAY, Period, last_whole, period_of
from reports.weekly.themes import MOST_POSTS, Themes, themes_of, uncounted
from reports.weekly.wording import Summary
from steps import due_times, health, missed_jobs, safeguards
from steps.context import RunContext
from steps.model_files import model_folder
from store import PeriodKind

THEME_SECONDS = 10.0  # at most, for the vectors of a period's posts: 3 s on two idle cores

BY_HAND = (
    "by hand "  # how `about` begins of a list that somebody asked for: sorted after every moment
)


def day_before(end: datetime) -> tuple[datetime, datetime]:
    """The 24 hours that end with `end`."""
    return end - timedelta(days=1), end


def daily_list(
    context: RunContext, start: datetime, end: datetime, into: Path | None = None
) -> tuple[daily.Daily, Path]:
    """What was first found in the period; written as HTML that its owner alone can read."""
    gathered = daily.gather(context.store, context.policy, start, end, health.of_run(context).lines)
    last = clock.local_day(end - timedelta(microseconds=1))
    path = (into or folder(context)) / f"daily-{last:%Y-%m-%d}.html"
    rendering.write(path, daily.html(gathered, context.config.review.public_url))
    return gathered, path


def weekly_summary(
    context: RunContext,
    period: Period,
    into: Path | None = None,
    *,
    forms: Sequence[str] = ("html",),
) -> tuple[Summary, list[Path]]:
    """The summary of a period in each of these forms; what it says is kept once the period is over.

    Raises ConfigError where a PDF can't be made here.
    """
    from reports.weekly.gathering import gather  # pandas, for those alone who make a summary

    figures = gather(
        context.store, context.config, context.policy, period, context.at,
        health=health.of_run(context).lines, themes=_themes(context, period),
    )  # fmt: skip
    if period.last < clock.local_day(context.at):
        context.store.weekly_notes.publish(
            period.kind, period.last, published_figures(figures), context.at
        )
    summary = layout.summary_of(figures, context.config)
    contents = formed(figures, summary, forms)
    paths = [(into or folder(context)) / f"{layout.file_name(figures)}.{form}" for form in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        rendering.write(path, content)
    return summary, paths


def formed(figures: Figures, summary: Summary, forms: Sequence[str]) -> dict[str, bytes]:
    """The same figures and words as "html", "pdf" or "xlsx". Raises ConfigError where a PDF can't be made here."""
    html = layout.html(summary)
    makers: Mapping[str, Callable[[], bytes]] = {
        "html": html.encode, "pdf": lambda: pdf.pdf(html), "xlsx": lambda: _xlsx(figures, summary),
    }  # fmt: skip
    return {form: makers[form]() for form in forms}


def _xlsx(figures: Figures, summary: Summary) -> bytes:
    from reports.weekly.spreadsheet import xlsx  # openpyxl, for those alone who want a spreadsheet

    return xlsx(figures, summary)


def _themes(context: RunContext, period: Period) -> Themes | None:
    """What people spoke of in a period; None where the model gives no vectors, which is named."""
    start, end = clock.day(period.first)[0], clock.day(period.last)[1]
    total, posts = context.store.weekly.theme_posts(start, end, MOST_POSTS, uncounted())
    organisation = context.config.organisation
    places = (*organisation.places, *organisation.providers)
    ours = [name for place in places for name in (place.name, *place.aliases)]
    where = [name for place in organisation.places for name in (place.name, *place.aliases)]
    ours += [*(each.name for each in organisation.names), *organisation.topics]
    with context.continue_on_error("themes of the summary"):
        vectors = Vectors(model_folder(context.config, context.folder))
        return themes_of(total, posts, lambda texts: vectors.of(texts, THEME_SECONDS), ours, where)
    return None


def show_daily(context: RunContext, start: datetime, end: datetime, into: Path | None) -> Path:
    """Writes the list, and shows its beginning in the terminal."""
    listed, path = daily_list(context, start, end, into)
    daily.show(listed, Console())
    return path


def show_weekly(
    context: RunContext, period: Period, into: Path | None, forms: Sequence[str] = ("html",)
) -> list[Path]:
    """Writes the summary, and shows its headline in the terminal."""
    summary, paths = weekly_summary(context, period, into, forms=forms)
    click.echo(summary.headline)
    return paths


def morning_list(context: RunContext, start: datetime, at: datetime) -> digest.Digest:
    """What there is to do at `at`, and what is new since `start`."""
    return digest.gather(
        context.store, context.config, context.policy, start=start, at=at, health=health.of_run(context, at).lines
    )  # fmt: skip


def show_morning(context: RunContext) -> datetime:
    """The morning list as it is now, in the terminal; since when its news is."""
    start = last_morning(context)
    click.echo(
        digest.text(morning_list(context, start, context.at), context.config.review.public_url)
    )
    return start


def last_morning(context: RunContext) -> datetime:
    """When the morning list was last due."""
    working = context.config.review.lanes.working_time
    return due_times.last_morning(context.config.schedule, working, context.at)


def morning_on_time(context: RunContext) -> None:
    """Queues the morning list that was last due; doing it again changes nothing.

    It covers what came since the one before it, whenever that was: a weekend, a bank holiday, or a morning that was missed,
    which is made up once. What was due before this store began is not made.
    """
    if not safeguards.clock_is_right(
        context, context.at, "morning list", longest=safeguards.report_pause(context.config)
    ):
        return
    queue_chain_end(context)
    if not context.config.reports.daily_to:
        return  # else a year of lists would leave at once when somebody is named
    due = last_morning(context)
    if _before_install(context, due):
        return
    working = context.config.review.lanes.working_time
    start = context.store.backlog.last_morning(due) or due_times.last_morning(
        context.config.schedule, working, due - clock.INSTANT
    )
    queue_daily(context, start, due)


def weekly_on_time(context: RunContext) -> None:
    """The summary of the seven days before it was due, written and queued, and that of a month or quarter that ended in them.

    So for each time at which it was missed. A period that was over before this store began is left out.
    """
    if not safeguards.clock_is_right(
        context, context.at, "weekly summary", longest=safeguards.report_pause(context.config)
    ):
        return
    for due in missed_jobs.weekly_dues(context.store.job_runs, context.config.schedule, context.at):
        week = period_of("week", clock.local_day(due) - timedelta(days=1))
        kinds: tuple[PeriodKind, ...] = ("month", "quarter")
        ended = [last_whole(kind, week.last + DAY) for kind in kinds]
        for period in (week, *(period for period in ended if period.last >= week.first)):
            if _before_install(context, clock.day(period.last)[1]):
                continue
            weekly_summary(context, period)
            if context.config.reports.weekly_to:
                queue_weekly(context, period)


def _before_install(context: RunContext, end: datetime) -> bool:
    """Whether what ended then was over before this store held anything. A beginning that is yet to come is a clock that was wrong."""
    begun = context.store.job_runs.first_at()
    return begun is not None and end <= begun <= context.at


def folder(context: RunContext) -> Path:
    """Where reports are written."""
    return context.folder / context.config.reports.folder


def queue_daily(
    context: RunContext, start: datetime, end: datetime, *, by_hand: bool = False
) -> bool:
    """Queues a morning list with what is new since `start`; False where that period's was queued already.

    One that somebody asked for stands in the place of none that is due.
    """
    period = {"start": clock.text(start), "end": clock.text(end)}
    about = f"{BY_HAND}{period['start']} {period['end']}" if by_hand else period["end"]
    people = context.config.reports.daily_to
    queued = context.store.outbox.add("daily", about, clock.now(), period, people)
    if queued and not by_hand:  # the chain, whose end this email takes outside, answers for it
        context.store.audit.note_changes(clock.now())
    return queued


def queue_chain_end(context: RunContext) -> bool:
    """Queues the end of the record of decisions, once a UK day, where a mailbox is named for it; False where nothing was."""
    to, at = chain.told_to(context.config), clock.now()
    if not to:
        return False
    day = f"{clock.local_day(context.at)}"
    queued = context.store.outbox.add("chain", day, at, {"day": day}, to)
    if queued:  # what leaves answers for how often each table was changed, too
        context.store.audit.note_changes(at)
    return queued


def queue_weekly(context: RunContext, period: Period) -> bool:
    """Queues a summary's mail; False where that period's is queued already."""
    about = f"{period.last}" if period.kind == "week" else f"{period.kind} {period.last}"
    payload = {"last": f"{period.last}", "period": period.kind}
    people = context.config.reports.weekly_to
    return context.store.outbox.add("weekly", about, clock.now(), payload, people)
