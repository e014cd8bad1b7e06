"""The commands that make a model and say how good it is."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click

import assessing
import clock
import config
from commands import config_option, stop, tell


@click.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--task", help="Measure this auxiliary head on a CSV of text,label instead.")
@click.option("--all-scopes", is_flag=True, help="Flag content even where it is out of scope.")
def evaluate(path: Path, file: Path, task: str | None, all_scopes: bool) -> None:
    """Say how good the model is on labelled lines, flag by flag."""
    reader = assessing.classifier(config.load(path), path.resolve().parent, clock.now())
    if task:
        for line in assessing.evaluate_task(reader, file, task):
            click.echo(line)
    else:
        click.echo(assessing.evaluate_file(reader, file, all_scopes=all_scopes, tell=tell).text())


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
@click.option("--held", default="", help="A writer to keep for measuring and calibration.")
@click.option("--epochs", default=8, show_default=True, help="How often the mentions are read.")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path),
    help="The first stage: read if it is there, else written.",
)  # fmt: skip
@config_option
def train(path: Path, **order: Any) -> None:
    """Make a model (needs the extra `train`: see docs/training.md)."""
    config.load(path)  # as every command does
    logging.getLogger("classify").setLevel(logging.INFO)
    try:
        from classify import making  # torch is there in the extra alone
    except ImportError as error:
        stop(f"{error.name} is missing: install requirements-train.lock first (docs/training.md)")
    for name, threshold in making.make(making.Order(**order), tell).items():
        click.echo(f"{name} = {threshold:.2f}")


COMMANDS = (evaluate, train)
