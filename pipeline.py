"""The way through: collect, store, assess, alert, report. Start reading here.

    platforms ─collecting─▶ Mention ─store─▶ unassessed ─assessing─▶ Assessment, outbox
                                                                        │         │
                                daily list, weekly summary ◀─reporting──┘         └─delivery─▶ mail

Each step asks the store what is not done yet, so that every step can be run twice. Below the way
stand its commands: load, open, call, say, exit. Steps are imported by whoever walks them, not here:
`classify` on a file must start at once, and the platforms' libraries and pandas take longer than that.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

import assessing
import caring
import clock
import config
import configuring
import learning
import serving
import teaching
import tending
from commands import Commands, at_work, config_option, same_file, stop, tell
from house import House, alone, opened

if TYPE_CHECKING:
    from config import Schedule
    from timetable import Job


PATIENCE = 1800.0  # seconds that a scheduled job waits for a command that somebody gave by hand


def cycle(house: House, at: datetime) -> None:
    """One full cycle. What fails is named and the rest goes on; a wrong key of config.toml stops it."""
    import collecting
    import delivery
    import grouping
    import lookalikes
    import rechecking
    import retention
    import sampling

    house = collecting.ready(house, at)
    collecting.collect(house, at)
    with house.going_on("accounts"):
        lookalikes.look(house, at)
    with house.going_on("rechecking"):
        rechecking.recheck(house, at)
    with house.going_on("terms"):
        retention.obey(house, at)
    with house.going_on("assessing"):
        reader = assessing.classifier(house.cfg, house.folder, at)
        assessing.assess(house, reader, at)
    with house.going_on("cases"):
        grouping.group(house, at)
    with house.going_on("sample"):
        sampling.draw(house, at)
    with house.going_on("mail"):
        delivery.deliver(house, clock.now())


def jobs(path: Path, follow: Callable[[Schedule], None] = lambda _: None) -> dict[str, Job]:
    """What runs on the times in force, each with the file read anew and a store of its own.

    `follow` is told by each job which times are in force now.
    """
    import delivery
    import reporting
    import retention

    def job(step: Callable[[House], object], *, create: bool = False) -> Job:
        def work() -> None:
            with opened(path, tell, exclusive=True, create=create, patience=PATIENCE) as house:
                follow(house.cfg.schedule)
                step(house)

        return work

    def whole(house: House) -> None:
        cycle(house, clock.now())
        delivery.say_what_waits(house, clock.now())  # also what was given up, until that is mended

    return {
        "cycle": job(whole, create=True),
        "deliver": job(lambda house: delivery.deliver(house, clock.now())),
        "daily": job(reporting.daily_on_time),
        "weekly": job(reporting.weekly_on_time),
        "purge": job(lambda house: retention.purge(house, clock.now())),
    }


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nwl-mentions")
def cli() -> None:
    """Watches what is said of the organisation in public, for a person to decide."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    # what still failed after the last try is told in our words
    logging.getLogger("stamina").setLevel(logging.ERROR)


for room in (caring, configuring, teaching, learning, tending, serving):
    for command in room.COMMANDS:
        cli.add_command(command)


@cli.command()
@config_option
@click.option("--retry-mail", is_flag=True, help="Try mails again that were given up.")
def run(path: Path, retry_mail: bool) -> None:
    """One full cycle: collect, assess, alert, deliver what is due."""
    import delivery

    with at_work(path, exclusive=True) as house:
        if retry_mail:
            delivery.again(house, clock.now())
        cycle(house, clock.now())
        delivery.say_what_waits(house, clock.now())


@cli.command()
@config_option
@click.option("--source", "only", multiple=True, help="This source alone; may be given again.")
def collect(path: Path, only: tuple[str, ...]) -> None:
    """Fetch new mentions from every source that is on."""
    import collecting

    with at_work(path, exclusive=True) as house:
        at = clock.now()
        collecting.collect(collecting.ready(house, at), at, only)


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
        import grouping

        with at_work(path, exclusive=True, create=False) as house:
            reader = assessing.classifier(house.cfg, house.folder, at)
            if not assessing.assess(house, reader, at):
                tell("nothing waited to be assessed")
            grouping.group(house, at)
        return
    if same_file(given, answers):
        raise click.UsageError("--input and --output are the same file: it would be overwritten")
    reader = assessing.classifier(config.load(path), path.resolve().parent, at)
    if not assessing.assess_file(reader, given, answers, all_scopes=all_scopes, tell=tell):
        sys.exit(1)


@cli.command()
@config_option
def schedule(path: Path) -> None:
    """Everything on the times in force, in the foreground. Ctrl-C stops it."""
    import timetable

    cfg = config.load(path)
    with alone(cfg, path.resolve().parent, "schedule"):
        following = timetable.Following(cfg.schedule)
        todo = jobs(path, following)
        for name in ("daily", "weekly"):  # caught up once, if they were missed
            timetable.guarded(name, todo[name])()
        scheduler = timetable.timetable(following.schedule, todo)
        following.scheduler = scheduler
        tell("the schedule is on; Ctrl-C stops it")
        try:
            scheduler.start()
        except (KeyboardInterrupt, SystemExit):
            tell("stopped")


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
    import delivery
    import reporting

    with at_work(path, create=False) as house:
        at = clock.now()
        if on and not 2000 <= on.year <= 2100:
            raise click.UsageError("--date: a day of this century is needed")
        if kind == "daily":
            period = clock.day(on.date()) if on else reporting.day_before(at)
            written = reporting.show_daily(house, *period, output)
        else:
            last = on.date() if on else clock.local_day(at)
            written = reporting.show_weekly(house, last, output)
        click.echo(f"written: {written}")
        if send and kind == "daily":
            delivery.send(house, reporting.queue_daily(house, *period), "daily")
        elif send:
            delivery.send(house, reporting.queue_weekly(house, last), "weekly")


@cli.command("import")
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(path: Path, file: Path) -> None:
    """Take in JSONL, CSV or XLSX exported from another listening tool."""
    import collecting

    with at_work(path, exclusive=True) as house:
        at = clock.now()
        collecting.import_file(collecting.ready(house, at), file, at)


@cli.command()
@config_option
def check(path: Path) -> None:
    """Is everything there that config.toml names? One line each, with the mend."""
    import checks

    cfg = config.load(path)
    missing = 0
    for found in checks.checks(cfg, path.resolve().parent):
        click.echo(found.line())
        missing += found.state == "missing"
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
    import showing

    if showing.demo(path, folder, lambda house: cycle(house, clock.now()), tell):
        stop("the demo did not go as it should: see the lines above that begin with !")


def main() -> None:
    """The entry point of `mentions`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can't show a sign shows a ?
    cli()


if __name__ == "__main__":
    main()
