"""The program `mentions`: its group of commands, and those that walk the whole way."""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

import click

from cli import config, data, init, model, serve, sources
from cli.base import Commands, at_work, config_option, config_or_shipped, same_file, stop
from core import clock
from core.progress import report_progress
from pipeline import cycle, jobs
from settings import schema
from steps import assess
from steps.context import exclusive_lock


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nwl-mentions")
def cli() -> None:
    """Watches what is said of the organisation in public, for a person to decide."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    # what still failed after the last try is told in our words
    logging.getLogger("stamina").setLevel(logging.ERROR)


for group in (init, data, config, model, sources, serve):
    for command in group.COMMANDS:
        cli.add_command(command)


@cli.command()
@config_option
@click.option("--retry-mail", is_flag=True, help="Try mails again that were given up.")
def run(path: Path, retry_mail: bool) -> None:
    """One full cycle: collect, assess, alert, deliver what is due."""
    from steps import deliver

    with at_work(path, exclusive=True) as context:
        if retry_mail:
            deliver.again(context, clock.now())
        cycle(context, clock.now())
        deliver.report_stuck_mail(context, clock.now())


@cli.command()
@config_option
@click.option("--source", "only", multiple=True, help="This source alone; may be given again.")
def collect(path: Path, only: tuple[str, ...]) -> None:
    """Fetch new mentions from every source that is on."""
    from steps import collect

    with at_work(path, exclusive=True) as context:
        at = clock.now()
        collect.collect(collect.ready(context, at), at, only)


@cli.command()
@config_option
@click.option(
    "--input", "given", type=click.File("rb"), help="JSON lines to assess; - for standard input."
)
@click.option(
    "--output", "answers", type=click.File("wb"), help="Where answers go; - for standard output."
)
@click.option("--all-scopes", is_flag=True, help="Flag content even where it is out of scope.")
def classify(
    path: Path, given: BinaryIO | None, answers: BinaryIO | None, all_scopes: bool
) -> None:
    """Assess what is unassessed in the store, or a file."""
    if (given is None) != (answers is None):
        raise click.UsageError("--input and --output go together")
    at = clock.now()
    if given is None or answers is None:
        if all_scopes:
            raise click.UsageError("--all-scopes is for files: give --input and --output")
        from steps import group

        with at_work(path, exclusive=True, create=False) as context:
            reader = assess.classifier(context.config, context.folder, at)
            if not assess.assess(context, reader, at):
                report_progress("nothing waited to be assessed")
            group.group(context, at)
        return
    if same_file(given, answers):
        raise click.UsageError("--input and --output are the same file: it would be overwritten")
    reader = assess.classifier(schema.load(path), path.resolve().parent, at)
    if not assess.assess_file(reader, given, answers, all_scopes=all_scopes, tell=report_progress):
        sys.exit(1)


@cli.command()
@config_option
def schedule(path: Path) -> None:
    """Everything at its time, in the foreground. Ctrl-C stops it."""
    from steps import scheduler as steps_scheduler

    config, folder = schema.load(path), path.resolve().parent
    with exclusive_lock(config, folder, "schedule"):
        following = steps_scheduler.Following(config.schedule)
        todo = jobs(path, following)
        if (folder / config.store.path).exists():
            for name in ("daily", "weekly"):  # caught up once, if they were missed
                steps_scheduler.guarded(name, todo[name])()
        scheduler = steps_scheduler.timetable(following.schedule, todo)
        following.scheduler = scheduler
        report_progress("the schedule is on; Ctrl-C stops it")
        try:
            scheduler.start()
        except (KeyboardInterrupt, SystemExit):
            report_progress("stopped")


@cli.command()
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
def report(path: Path, kind: str, on: datetime | None, output: Path | None, send: bool) -> None:
    """Write the daily list or the weekly summary."""
    from steps import deliver, report

    with at_work(path, create=False) as context:
        at = clock.now()
        if on and not 2000 <= on.year <= 2100:
            raise click.UsageError("--date: a day of this century is needed")
        if kind == "daily":
            period = clock.day(on.date()) if on else report.day_before(at)
            written = report.show_daily(context, *period, output)
        else:
            last = on.date() if on else clock.local_day(at)
            written = report.show_weekly(context, last, output)
        click.echo(f"written: {written}")
        if send and kind == "daily":
            deliver.send(context, report.queue_daily(context, *period), "daily")
        elif send:
            deliver.send(context, report.queue_weekly(context, last), "weekly")


@cli.command("import")
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(path: Path, file: Path) -> None:
    """Take in JSONL, CSV or XLSX exported from another listening tool."""
    from steps import collect

    with at_work(path, exclusive=True) as context:
        at = clock.now()
        collect.import_file(collect.ready(context, at), file, at)


@cli.command()
@config_option
def check(path: Path) -> None:
    """Is everything there that config.toml names? One line each, with the mend."""
    from cli import check

    config = schema.load(path)
    missing = 0
    for outcome in check.checks(config, path.resolve().parent):
        click.echo(outcome.line())
        missing += outcome.state == "missing"
    if missing:
        stop(f"{missing} thing{'s are' if missing > 1 else ' is'} missing: see the lines above")


@cli.command()
@config_option
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("var/demo"),
    show_default=True, help="Where its store and reports lie; made anew each time.",
)  # fmt: skip
def demo(path: Path, folder: Path) -> None:
    """A full cycle against stand-ins on this machine: no credentials, no network."""
    from cli import demo

    path = config_or_shipped(path)
    if demo.demo(path, folder, lambda context: cycle(context, clock.now()), report_progress):
        stop("the demo did not go as it should: see the lines above that begin with !")


def main() -> None:
    """The entry point of `mentions`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can't show a sign shows a ?
    cli()
