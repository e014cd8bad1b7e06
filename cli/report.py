"""`mentions report`: the daily list or the weekly summary, written and, if wanted, mailed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from cli.base import config_option
from cli.context import command_context
from core import clock
from steps import deliver, report


@click.command("report")
@config_option
@click.argument("kind", type=click.Choice(["daily", "weekly"]))
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
    """Write the daily list or the weekly summary."""
    with command_context(path, create=False) as context:
        if on and not 2000 <= on.year <= 2100:
            raise click.UsageError("--date: a day of this century is needed")
        if kind == "daily":
            period = clock.day(on.date()) if on else report.day_before(context.at)
            written = report.show_daily(context, *period, output)
        else:
            last = on.date() if on else clock.local_day(context.at)
            written = report.show_weekly(context, last, output)
        click.echo(f"written: {written}")
        if send and kind == "daily":
            deliver.send(context, report.queue_daily(context, *period), "daily")
        elif send:
            deliver.send(context, report.queue_weekly(context, last), "weekly")
