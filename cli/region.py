"""`mentions region`, what a region sees of its organisations, and `mentions counts`, by which they let it."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from cli.base import every_organisation, file_option, organisation_option, organisation_path, stop
from cli.context import command_context
from core import clock
from core.disclosure import SMALL
from core.errors import ConfigError
from reports.region import MEASURES, WEEKS, BodyCounts, RegionCounts
from settings import schema
from settings.organisations import members
from settings.policy import load_policy
from steps import region as steps_region


@click.command("region")
@file_option
@organisation_option
def region_command(path: Path, of_organisation: str) -> None:
    """Counts of the organisations of a region, of the last four whole weeks: never words. Small ones are hidden."""
    own = organisation_path(path, of_organisation)
    config = schema.load(own)
    if not config.region.of:
        raise ConfigError(
            "this is no region: [region] of in its own file says whose counts it sees"
        )
    labels = [
        (name, flag.label)
        for name, flag in load_policy(config, own.resolve().parent).in_use.items()
    ]
    counts = steps_region.gathered(config, members(path), clock.local_day(clock.now()), labels)
    _show(counts, Console())


@click.command("counts")
@every_organisation
def counts_command(path: Path) -> None:
    """Write the counts by day that an organisation gives to its region, as the schedule does each morning."""
    with command_context(path) as context:
        name = context.config.organisation.name
        if not steps_region.write_counts(context):
            click.echo(
                f"{name}: nothing given: [region] counts is false; counts = true there, in its own file, lets its region have them"
            )
            return
        click.echo(f"{name}: written: counts by day, without a word of any post")


def _show(counts: RegionCounts, console: Console) -> None:
    console.print(
        f"{counts.first:%-d %B %Y} to {counts.last:%-d %B %Y}; in brackets the {WEEKS} weeks before. 1 to {SMALL - 1}, and what would give them away, is hidden: *"
    )
    table = Table("Organisation", *MEASURES.values())
    for body in counts.bodies:
        if body.why:
            table.add_row(body.name, body.why)
        else:
            name = f"{body.name}, watched since {body.since:%-d %B %Y}" if body.since else body.name
            table.add_row(name, *(_measure(body, what) for what in MEASURES))
    if counts.totals:
        table.add_row("All together", *(_number(counts.totals[what]) for what in MEASURES))
    console.print(table)
    if counts.flags is not None:
        flags = Table("Flag", *counts.flags.columns)
        for name, cells in zip(counts.flags.rows, counts.flags.cells, strict=True):
            flags.add_row(name, *map(_number, cells))
        console.print(flags)
    if not any(not body.why for body in counts.bodies):
        stop("no organisation of this region was watched and has given counts in these weeks")


def _measure(body: BodyCounts, what: str) -> str:
    before = _number(body.before[what]) if body.before else "not watched"
    return f"{_number(body.now[what])} ({before})"


def _number(count: int | None) -> str:
    return "*" if count is None else f"{count:,}"
