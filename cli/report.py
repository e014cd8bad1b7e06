"""`mentions report`: the morning list, the full daily list, or the summary of a week, month or quarter; shown or written and, if wanted, mailed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from cli.base import config_option
from cli.context import command_context
from core import clock
from reports.weekly.periods import period_of
from steps import deliver, health, report
from store import PeriodKind

KINDS: dict[str, PeriodKind] = {"weekly": "week", "monthly": "month", "quarterly": "quarter"}


@click.command("report")
@config_option
@click.argument("kind", type=click.Choice(["morning", "daily", *KINDS]))
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]),
    help="The day it covers, the last of the seven, or any of the month or quarter; up to now if left out.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), help="A folder to write it in."
)
@click.option(
    "--form", "forms", type=click.Choice(["html", "pdf", "xlsx"]), multiple=True, default=["html"],
    help="How a summary is written; give it twice for two. Usually html.",
)  # fmt: skip
@click.option("--send", is_flag=True, help="Mail it too.")
def report_command(
    path: Path,
    kind: str,
    on: datetime | None,
    output: Path | None,
    forms: tuple[str, ...],
    send: bool,
) -> None:
    """Show the morning list, or write the full daily list or the summary of a week, month or quarter."""
    with command_context(path, create=False) as context:
        if on and not 2000 <= on.year <= 2100:
            raise click.UsageError("--date: a day of this century is needed")
        if on and kind == "morning":
            raise click.UsageError("--date: the morning list tells of this moment")
        if kind in KINDS:
            day = on.date() if on else clock.local_day(context.at)
            period = period_of(KINDS[kind], day)
            for file in report.show_weekly(context, period, output, forms):
                click.echo(f"written: {file}")
        elif kind == "morning":
            days = report.show_morning(context), context.at
        else:
            days = clock.day(on.date()) if on else report.day_before(context.at)
            click.echo(f"written: {report.show_daily(context, *days, output)}")
        health.name_faults(context, context.at)
        if send and kind in KINDS:
            deliver.send(context, report.queue_weekly(context, period), "weekly")
        elif send:
            deliver.send(context, report.queue_daily(context, *days, by_hand=True), "daily")
