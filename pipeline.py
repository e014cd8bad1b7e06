"""The way through: collect, store, assess, alert, report. Start reading here.

    platforms ─collecting─▶ Mention ─store─▶ unassessed ─assessing─▶ Assessment, outbox
                                                                        │         │
                                daily list, weekly summary ◀─reporting──┘         └─delivery─▶ mail

Each step asks the store what is not done yet, so that every step can be run twice. Below the way
stand the commands: load, open, call, say, exit.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click
from cryptography.fernet import Fernet
from rich.console import Console

import assessing
import checks
import clock
import collecting
import config
import delivery
import reporting
import retention
import timetable
from classify import evaluate as evaluating
from errors import MentionsError
from house import House, alone, keys, open_store
from reports import daily
from store import Store


def cycle(house: House, at: datetime) -> None:
    """One full cycle. What fails is named and the rest goes on."""
    collecting.collect(house, at)
    assessing.assess(house, assessing.classifier(house.cfg, house.folder, at), at)
    delivery.deliver(house, clock.now())


def jobs(path: Path) -> dict[str, timetable.Job]:
    """What runs on the times of config.toml, each with the file read anew and a store of its own."""

    def job(step: Callable[[House], object]) -> timetable.Job:
        def work() -> None:
            with opened(path, exclusive=True) as house:
                step(house)

        return work

    return {
        "cycle": job(lambda house: cycle(house, clock.now())),
        "deliver": job(lambda house: delivery.deliver(house, clock.now())),
        "daily": job(reporting.daily_on_time),
        "weekly": job(reporting.weekly_on_time),
        "purge": job(lambda house: retention.purge(house, clock.now())),
    }


@contextmanager
def opened(path: Path, *, exclusive: bool = False) -> Iterator[House]:
    """All that a step needs, from config.toml on; `exclusive` where no other cycle may run beside it."""
    cfg = config.load(path)
    folder = path.resolve().parent
    with ExitStack() as stack:
        if exclusive:
            stack.enter_context(alone(cfg, folder))
        store = stack.enter_context(open_store(cfg, folder))
        yield House(cfg=cfg, folder=folder, store=store, tell=tell)


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


class Commands(click.Group):
    """Our own errors print as one line and exit with 1; a bug prints its traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MentionsError as error:
            stop(str(error))


def stop(why: str) -> NoReturn:
    """One line, and exit status 1."""
    click.echo(f"mentions: {why}", err=True)
    sys.exit(1)


def tell(line: str) -> None:
    """Progress goes to standard error."""
    click.echo(line, err=True)


@contextmanager
def at_work(path: Path, *, exclusive: bool = False) -> Iterator[House]:
    """`opened`, for a command: exits with 1 where something failed and was named."""
    with opened(path, exclusive=exclusive) as house:
        yield house
    failed, odd = len(house.failures), len(house.oddities)
    if failed or odd:
        stop(f"done, but {failed} failed and {odd} odd items were met, all named above")


def config_option(command: click.decorators.FC) -> click.decorators.FC:
    """Every command takes --config."""
    return click.option(
        "--config", "path", type=click.Path(path_type=Path, dir_okay=False), default=Path("config.toml"),
        show_default=True, help="The file that says what is watched.",
    )(command)  # fmt: skip


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nwl-mentions")
def cli() -> None:
    """Watches what is said of the organisation in public, for a person to decide."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("stamina").setLevel(logging.ERROR)  # what still failed at the end is told in our words


@cli.command()
@config_option
def run(path: Path) -> None:
    """One full cycle: collect, assess, alert, deliver what is due."""
    with at_work(path, exclusive=True) as house:
        cycle(house, clock.now())
        waiting = len(house.store.due(clock.now()))
        tell(f"the cycle is done; {waiting} mails wait in the outbox")


@cli.command()
@config_option
@click.option("--source", "only", multiple=True, help="This source alone; may be given again.")
def collect(path: Path, only: tuple[str, ...]) -> None:
    """Fetch new mentions from every source that is on."""
    with at_work(path, exclusive=True) as house:
        collecting.collect(house, clock.now(), only)


@cli.command()
@config_option
@click.option("--input", "given", type=click.File("rb"), help="JSON lines to assess; - for standard input.")
@click.option("--output", "answers", type=click.File("wb"), help="Where the answers go; - for standard output.")
@click.option("--all-scopes", is_flag=True, help="Flag content even where it is out of scope (other data).")
def classify(path: Path, given: BinaryIO | None, answers: BinaryIO | None, all_scopes: bool) -> None:
    """Assess what is unassessed in the store, or a file."""
    if (given is None) != (answers is None):
        raise click.UsageError("--input and --output go together")
    if given is None or answers is None:
        with at_work(path, exclusive=True) as house:
            assessing.assess(house, assessing.classifier(house.cfg, house.folder, clock.now()), clock.now())
        return
    cfg = config.load(path)
    reader = assessing.classifier(cfg, path.resolve().parent, clock.now())
    if not assessing.assess_file(reader, given, answers, all_scopes=all_scopes, tell=tell):
        sys.exit(1)


@cli.command()
@config_option
def schedule(path: Path) -> None:
    """Everything on the times of config.toml, in the foreground. Ctrl-C stops it."""
    cfg = config.load(path)
    with alone(cfg, path.resolve().parent, "schedule"):
        todo = jobs(path)
        for name in ("daily", "weekly"):  # caught up once, if they were missed
            timetable.guarded(name, todo[name])()
        scheduler = timetable.timetable(cfg.schedule, todo)
        tell("the schedule is on; Ctrl-C stops it")
        try:
            scheduler.start()
        except (KeyboardInterrupt, SystemExit):
            tell("stopped")


@cli.command()
@config_option
@click.argument("kind", type=click.Choice(["daily", "weekly"]))
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="The last day that it covers; today if left out.")
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="A folder to write it in.")
@click.option("--send", is_flag=True, help="Mail it too.")
def report(path: Path, kind: str, on: datetime | None, output: Path | None, send: bool) -> None:
    """Write the daily list or the weekly summary."""
    with at_work(path) as house:
        at = clock.now()
        if kind == "daily":
            end = clock.day(on.date())[1] if on else at
            listed, written = reporting.daily_list(house, end, output)
            daily.show(listed, Console())
        else:
            last = on.date() if on else clock.local_day(at)
            summary, written = reporting.weekly_summary(house, last, output)
            click.echo(summary.headline)
        click.echo(f"written: {written}")
        if send:
            queued = reporting.queue_daily(house, end) if kind == "daily" else reporting.queue_weekly(house, last)
            tell("queued" if queued else "that one was mailed or queued before")
            tell(f"{delivery.deliver(house, at)} mails left")


@cli.command("import")
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(path: Path, file: Path) -> None:
    """Take in JSONL, CSV or XLSX exported from another listening tool."""
    with at_work(path, exclusive=True) as house:
        collecting.import_file(house, file, clock.now())


@cli.command()
@config_option
def check(path: Path) -> None:
    """Is everything there that config.toml names? One line each, with the mend."""
    cfg = config.load(path)
    missing = 0
    for found in checks.checks(cfg, path.resolve().parent):
        click.echo(found.line())
        missing += found.state == "missing"
    if missing:
        stop(f"{missing} thing{'s are' if missing > 1 else ' is'} missing, named above")


@cli.command()
@config_option
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("var/demo"), show_default=True)
def demo(path: Path, folder: Path) -> None:
    """A full cycle against stand-ins on this machine: no credentials, no network."""
    import showing  # the demo's servers take a while to load, and only the demo needs them

    if showing.demo(path, folder, lambda house: cycle(house, clock.now()), tell):
        sys.exit(1)


@cli.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--task", help="Measure this auxiliary head on a CSV of text,label instead.")
@click.option("--all-scopes", is_flag=True, help="Flag content even where it is out of scope.")
def evaluate(path: Path, file: Path, task: str | None, all_scopes: bool) -> None:
    """Say how good the model is on labelled lines, flag by flag."""
    cfg = config.load(path)
    reader = assessing.classifier(cfg, path.resolve().parent, clock.now())
    if task:
        texts, labels = evaluating.task_rows(file)
        for figure in evaluating.task(reader.task_scores(task, texts), labels, 0.5):
            click.echo(figure.line())
        return
    click.echo(assessing.evaluate_file(reader, file, all_scopes=all_scopes, tell=tell).text())


@cli.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True, help="The public sets: NAME.csv.gz.")
@click.option("--mentions", type=click.Path(path_type=Path, exists=True), default=Path("classify/training"), show_default=True)
@click.option("--output", type=click.Path(path_type=Path), required=True, help="A folder for the new model.")
@click.option("--version", required=True, help="What the new model is called.")
@click.option("--held", default="", help="A writer to keep for measuring and calibration.")
@click.option("--epochs", default=8, show_default=True, help="How often the mentions are read.")
@click.option("--checkpoint", type=click.Path(path_type=Path), help="The first stage: read if it is there, else written.")
def train(**order: Any) -> None:
    """Make a model (needs the extra `train`: see docs/training.md)."""
    logging.getLogger("classify").setLevel(logging.INFO)
    try:
        from classify import making  # torch is there in the extra alone
    except ImportError as error:
        stop(f"{error.name} is missing: install requirements-train.lock first (docs/training.md)")
    for name, threshold in making.make(making.Order(**order), tell).items():
        click.echo(f"{name} = {threshold:.2f}")


@cli.command()
@config_option
def purge(path: Path) -> None:
    """Remove what must go, and prove that it is gone."""
    with at_work(path, exclusive=True) as house:
        retention.purge(house, clock.now())


@cli.command()
@config_option
def verify(path: Path) -> None:
    """Is the database whole, and is the chain of its events unbroken?"""
    with at_work(path) as house:
        found = house.store.verify()
        for problem in found.problems:
            house.failed(problem)
        click.echo(f"{found.events} events; the chain's head is {found.head}")


@cli.command()
@config_option
@click.argument("to", type=click.Path(path_type=Path, dir_okay=False))
def backup(path: Path, to: Path) -> None:
    """Write an encrypted copy of the database."""
    with at_work(path) as house:
        house.store.backup(to)
        click.echo(f"written: {to}; it opens with the same keys")


@cli.command()
@config_option
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(path: Path, source: Path) -> None:
    """Bring a backup back, where no database is."""
    cfg = config.load(path)
    folder = path.resolve().parent
    Store.restore(source, folder / cfg.store.path, keys(cfg, folder))
    click.echo(f"restored into {folder / cfg.store.path}")


@cli.command("new-key")
@config_option
def new_key(path: Path) -> None:
    """Make the key that seals personal fields, where config.toml says, unless it is there."""
    cfg = config.load(path)
    reference = cfg.store.keys[0]
    if not reference.startswith("file:"):
        click.echo(f"{Fernet.generate_key().decode()}\nKeep this key where {reference} finds it, and a copy elsewhere.")
        return
    made = config.new_secret_file(path.resolve().parent / reference.removeprefix("file:"), Fernet.generate_key().decode())
    click.echo(f"the key is in {made}; keep a copy of it elsewhere: without it nothing can be read")


def main() -> None:
    """The entry point of `mentions`."""
    cli()


if __name__ == "__main__":
    main()
