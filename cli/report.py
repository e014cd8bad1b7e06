"""`mentions report`: the morning list, the full daily list or the weekly summary; shown or written and, if wanted, mailed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from cli.base import config_option
from cli.context import command_context
from core import clock
from steps import deliver, health, report


@click.command("report")
@config_option
@click.argument("kind", type=click.Choice(["morning", "daily", "weekly"]))
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]),
    help="The day it covers, or the last of the seven; up to now if left out.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), help="A folder to write it in."
)
@click.option("--send", is_flag=True, help="Mail it too.")
def report_command(
    path: Path, kind: str, on: datetime | None, output: Path | None, send: bool
) -> None:
    """Show the morning list, or write the full daily list or the weekly summary."""
    with command_context(path, create=False) as context:
        if on and not 2000 <= on.year <= 2100:
            raise click.UsageError("--date: a day of this century is needed")
        if on and kind == "morning":
            raise click.UsageError("--date: the morning list tells of this moment")
        if kind == "morning":
            period = report.show_morning(context), context.at
        elif kind == "daily":
            period = clock.day(on.date()) if on else report.day_before(context.at)
            click.echo(f"written: {report.show_daily(context, *period, output)}")
        else:
            last = on.date() if on else clock.local_day(context.at)
            click.echo(f"written: {report.show_weekly(context, last, output)}")
        health.name_faults(context, context.at)
        if send and kind == "weekly":
            deliver.send(context, report.queue_weekly(context, last), "weekly")
        elif send:
            deliver.send(context, report.queue_daily(context, *period, by_hand=True), "daily")
