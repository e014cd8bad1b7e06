"""`mentions classify`: assesses what is unassessed in the store, or answers the lines of a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import click

from cli.base import config_option, same_file
from core import clock
from core.progress import report_progress
from settings import schema
from steps.classifier import load_classifier
from steps.classify_file import classify_file


@click.command()
@config_option
@click.option(
    "--input", "posts", type=click.File("rb"), help="JSON lines to assess; - for standard input."
)
@click.option(
    "--output", "answers", type=click.File("wb"), help="Where answers go; - for standard output."
)
@click.option("--all-scopes", is_flag=True, help="Flag content even where it is out of scope.")
def classify(
    path: Path, posts: BinaryIO | None, answers: BinaryIO | None, all_scopes: bool
) -> None:
    """Assess what is unassessed in the store, or a file."""
    if (posts is None) != (answers is None):
        raise click.UsageError("--input and --output go together")
    if posts is None or answers is None:
        if all_scopes:
            raise click.UsageError("--all-scopes is for files: give --input and --output")
        _classify_store(path)
        return
    if same_file(posts, answers):
        raise click.UsageError("--input and --output are the same file: it would be overwritten")
    reader = load_classifier(schema.load(path), path.resolve().parent, clock.now())
    if not classify_file(
        reader, posts, answers, all_scopes=all_scopes, report_progress=report_progress
    ):
        sys.exit(1)


def _classify_store(path: Path) -> None:
    # here: the store and what collects take 0.9 s and 71 MB, which an answer on a file needs not wait for
    from cli.context import command_context
    from steps import assess, group

    with command_context(path, exclusive=True, create=False) as context:
        if not assess.assess(context, assess.classifier(context)):
            report_progress("nothing waited to be assessed")
        group.group(context)
