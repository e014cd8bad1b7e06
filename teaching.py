"""The commands that make a model and say how good it is."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click

import assessing
import clock
import config
import learning
import measuring
from classify import telling
from classify.workload import USUAL, Day
from commands import at_work, config_option, stop, tell
from wording import visible


@click.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--task", help="Measure this head or flag on a CSV of text,label.")
@click.option("--all-scopes", is_flag=True, help="Flag content even where it is out of scope.")
@click.option(
    "--save", type=click.Path(path_type=Path, file_okay=False),
    help="A folder for figures.json and report.txt; no words of posts.",
)  # fmt: skip
@click.option("--peers", is_flag=True, help="Measure a TF-IDF baseline and other tools too.")
@click.option("--words", is_flag=True, help="Show the masked words of the worst errors here.")
@click.option(
    "--volume", type=click.FloatRange(min=1), default=USUAL.volume, show_default=True,
    help="Mentions a day.",
)  # fmt: skip
@click.option(
    "--prevalence", type=click.FloatRange(0, 1), default=USUAL.prevalence, show_default=True,
    help="The share of a day's mentions that earn a flag.",
)  # fmt: skip
@click.option(
    "--budget", type=click.FloatRange(min=0), default=USUAL.budget, show_default=True,
    help="Items a day that the team can read.",
)  # fmt: skip
def evaluate(path: Path, file: Path, task: str | None, **options: Any) -> None:
    """Say how good the model is on labelled lines: see docs/measuring.md."""
    if task and (options["peers"] or options["words"]):
        raise click.UsageError("--peers and --words go with labelled mentions, not with --task")
    reader = assessing.classifier(config.load(path), path.resolve().parent, clock.now())
    if task:
        figures = measuring.task(reader, file, task, tell)
        click.echo(visible("\n".join(figure.line() for figure in figures)))
        if options["save"]:
            measuring.save_task(figures, options["save"])
        return
    day = Day(volume=options["volume"], prevalence=options["prevalence"], budget=options["budget"])
    measured = measuring.everything(
        reader, file, day, all_scopes=options["all_scopes"], others=options["peers"], tell=tell
    )
    # ids and masked words are strangers': nothing of them may steer a terminal
    click.echo(visible(telling.text(measured, words=options["words"])))
    if options["save"]:
        measuring.save(measured, options["save"])


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), required=True,
    help="The public sets: NAME.csv.gz.",
)  # fmt: skip
@click.option(
    "--mentions", type=click.Path(path_type=Path, exists=True), default=Path("classify/training"),
    show_default=True, help="Mentions that were labelled by the codebook.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(path_type=Path), required=True, help="A folder for the new model."
)
@click.option("--version", required=True, help="What the new model is called.")
@click.option(
    "--held",
    multiple=True,
    help="A writer to keep for measuring and calibration; may be given again.",
)
@click.option("--epochs", default=7, show_default=True, help="How often the mentions are read.")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path),
    help="The first stage: read if it is there, else written.",
)  # fmt: skip
@click.option(
    "--decisions/--no-decisions", default=False, show_default=True,
    help="Also learn from what reviewers decided, where terms allow it.",
)  # fmt: skip
@config_option
def train(path: Path, decisions: bool, **order: Any) -> None:
    """Make a model (needs the extra `train`: see docs/training.md)."""
    cfg = config.load(path)
    logging.getLogger("classify").setLevel(logging.INFO)
    try:
        from classify import making  # torch is there in the extra alone
    except ImportError as error:
        stop(f"{error.name} is missing: install requirements-train.lock first (docs/training.md)")
    decided: list[dict[str, Any]] = []
    if decisions:
        with at_work(path, create=False) as house:
            decided = learning.decided_rows(house)
        tell(f"{len(decided)} mentions that reviewers decided on")
    known = assessing.known(cfg, clock.now())
    for name, threshold in making.make(
        making.Order(**order, decided=decided, known=known), tell
    ).items():
        click.echo(f"{name} = {threshold:.2f}")


COMMANDS = (evaluate, train)
