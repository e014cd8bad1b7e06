"""The last step: the daily list and the weekly summary are written, and queued to be mailed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console

from core import clock
from reports import daily, rendering, weekly
from steps import scheduler
from steps.context import RunContext


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
    gathered = daily.gather(context.store, meanings(context), start, end)
    last = clock.local_day(end - timedelta(microseconds=1))
    path = (into or folder(context)) / f"daily-{last:%Y-%m-%d}.html"
    rendering.write(path, daily.html(gathered, context.config.review.public_url))
    return gathered, path


def weekly_summary(
    context: RunContext, last: date, into: Path | None = None
) -> tuple[weekly.Weekly, Path]:
    """The seven days that end with `last`, against the seven before."""
    summary = weekly.gather(context.store, context.policy, last)
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


def daily_on_time(context: RunContext) -> None:
    """The list that was last due by config.toml, written and queued; doing it again changes nothing."""
    due = scheduler.last_due(context.config.schedule, "daily", context.at)
    # from the last time that it was due, which is 25 hours back on the day when the clocks go back
    before = scheduler.last_due(context.config.schedule, "daily", due - timedelta(microseconds=1))
    daily_list(context, before, due)
    if (
        context.config.reports.daily_to
    ):  # else a year of lists would leave at once when somebody is named
        queue_daily(context, before, due)


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


def queue_daily(context: RunContext, start: datetime, end: datetime) -> bool:
    """Queues the daily list's mail; False where that period's was queued already."""
    period = {"start": clock.text(start), "end": clock.text(end)}
    people = context.config.reports.daily_to
    return context.store.outbox.add("daily", period["end"], clock.now(), period, people)


def queue_weekly(context: RunContext, last: date) -> bool:
    """Queues the weekly summary's mail; False where that week's is queued already."""
    week, people = {"last": last.isoformat()}, context.config.reports.weekly_to
    return context.store.outbox.add("weekly", f"{last}", clock.now(), week, people)
