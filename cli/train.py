"""`mentions train`: makes a model, which needs the extra `train`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click

from cli.base import config_option, stop
from cli.context import command_context
from core import clock
from core.progress import report_progress
from settings import schema
from steps import classifier
from tuning import feedback


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), required=True,
    help="The public sets: NAME.csv.gz.",
)  # fmt: skip
@click.option(
    "--mentions", type=click.Path(path_type=Path, exists=True), default=Path("classify/training/data"),
    show_default=True, help="Mentions that were labelled by the codebook.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(path_type=Path), required=True, help="A folder for the new model."
)
@click.option("--version", required=True, help="What the new model is called.")
@click.option(
    "--held",
    "held_out",
    multiple=True,
    help="A writer to keep for measuring and calibration; may be given again.",
)
@click.option("--epochs", default=7, show_default=True, help="How often the mentions are read.")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path),
    help="The first stage: read if it is there, else written.",
)  # fmt: skip
@click.option(
    "--start", type=click.Path(path_type=Path, exists=True),
    help="A folder of weights that ship, to train on from: no first stage.",
)  # fmt: skip
@click.option(
    "--again", multiple=True,
    help="A writer whose mentions are read three times as often, since they are new; may be given again.",
)  # fmt: skip
@click.option(
    "--decisions/--no-decisions", default=False, show_default=True,
    help="Also learn from what reviewers decided, where terms allow it.",
)  # fmt: skip
@config_option
def train(path: Path, decisions: bool, **order: Any) -> None:
    """Make a model (needs the extra `train`: see docs/training.md)."""
    config = schema.load(path)
    logging.getLogger("classify").setLevel(logging.INFO)
    try:
        from classify.training import pipeline  # torch is there in the extra `train` alone
    except ImportError as error:
        stop(f"{error.name} is missing: install requirements/train.lock first (docs/training.md)")
    decided: list[dict[str, Any]] = []
    if decisions:
        with command_context(path, create=False) as context:
            decided = feedback.decided_rows(context)
        report_progress(f"{len(decided)} mentions that reviewers decided on")
    known = classifier.known(config, clock.now())
    for name, threshold in pipeline.make(
        pipeline.Order(**order, decided=decided, known=known), report_progress
    ).items():
        click.echo(f"{name} = {threshold:.2f}")
