"""The last step: the morning list and the weekly summary are queued to be mailed; they and the full daily list are written."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console

from core import clock
from reports import daily, digest, rendering, weekly
from steps import health, scheduler
from steps.context import RunContext

BY_HAND = (
    "by hand "  # how `about` begins of a list that somebody asked for: sorted after every moment
)


def meanings(context: RunContext) -> dict[str, str]:
    """What each flag means, in the policy's words."""
    return {name: flag.means for name, flag in context.policy.flags.items()}


def day_before(end: datetime) -> tuple[datetime, datetime]:
    """The 24 hours that end with `end`."""
    return end - timedelta(days=1), end


def daily_list(
    context: RunContext, start: datetime, end: datetime, into: Path | None = None
) -> tuple[daily.Daily, Path]:
    """What was first found in the period; written as HTML that its owner alone can read."""
    gathered = daily.gather(
        context.store, meanings(context), start, end, health.of_run(context).lines
    )
    last = clock.local_day(end - timedelta(microseconds=1))
    path = (into or folder(context)) / f"daily-{last:%Y-%m-%d}.html"
    rendering.write(path, daily.html(gathered, context.config.review.public_url))
    return gathered, path


def weekly_summary(
    context: RunContext, last: date, into: Path | None = None
) -> tuple[weekly.Weekly, Path]:
    """The seven days that end with `last`, against the seven before."""
    summary = weekly.gather(context.store, context.policy, last, health.of_run(context).lines)
    path = (into or folder(context)) / f"weekly-{last:%Y-%m-%d}.html"
    rendering.write(path, weekly.html(summary))
    return summary, path


def show_daily(context: RunContext, start: datetime, end: datetime, into: Path | None) -> Path:
    """Writes the list, and shows its beginning in the terminal."""
    listed, path = daily_list(context, start, end, into)
    daily.show(listed, Console())
    return path


def show_weekly(context: RunContext, last: date, into: Path | None) -> Path:
    """Writes the summary, and shows its headline in the terminal."""
    summary, path = weekly_summary(context, last, into)
    click.echo(summary.headline)
    return path


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
    return scheduler.last_morning(context.config.schedule, working, context.at)


def morning_on_time(context: RunContext) -> None:
    """Queues the morning list that was last due; doing it again changes nothing.

    It covers what came since the one before it, whenever that was: a weekend, a bank holiday, or a morning that was missed,
    which is made up once.
    """
    if not context.config.reports.daily_to:
        return  # else a year of lists would leave at once when somebody is named
    due = last_morning(context)
    working = context.config.review.lanes.working_time
    start = context.store.backlog.last_morning(due) or scheduler.last_morning(
        context.config.schedule, working, due - clock.INSTANT
    )
    queue_daily(context, start, due)


def weekly_on_time(context: RunContext) -> None:
    """The summary of the seven days before it was last due, written and queued."""
    due = scheduler.last_due(context.config.schedule, "weekly", context.at)
    last = clock.local_day(due) - timedelta(days=1)
    weekly_summary(context, last)
    if context.config.reports.weekly_to:
        queue_weekly(context, last)


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
    return context.store.outbox.add("daily", about, clock.now(), period, people)


def queue_weekly(context: RunContext, last: date) -> bool:
    """Queues the weekly summary's mail; False where that week's is queued already."""
    week, people = {"last": last.isoformat()}, context.config.reports.weekly_to
    return context.store.outbox.add("weekly", f"{last}", clock.now(), week, people)
