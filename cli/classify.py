"""`mentions classify`: assesses what is unassessed in the store, or answers the lines of a file or of many."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from cli.base import config_option, same_file
from core import clock
from core.progress import report_progress
from settings import schema
from settings.schema import Config
from steps.catalogue.classify_parts import Job, classify_parts
from steps.catalogue.parts import PART_MB
from steps.catalogue.places import is_many
from steps.classifier import load_classifier
from steps.classify_file import classify_file


@click.command()
@config_option
@click.option(
    "--input",
    "posts",
    metavar="FILE|DIR|GLOB",
    help="JSON lines to assess; - for standard input. A folder, a pattern or s3://…: a catalogue of JSONL or Parquet, in parts.",
)
@click.option(
    "--output",
    "answers",
    metavar="FILE|DIR",
    help="Where answers go; - for standard output. Of a catalogue: a folder, which a resume goes on with.",
)
@click.option("--all-scopes", is_flag=True, help="Flag content even where it is out of scope.")
@click.option(
    "--engine",
    type=click.Choice(["processes", "ray"]),
    help="What answers the parts of a catalogue: processes of this machine, or Ray (the extra `ray`).",
)
@click.option(
    "--address", default="", help="With --engine ray: the cluster, as ray://HOST:10001 or auto."
)
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    default=0,
    help="Of a catalogue; one a processor if left out.",
)
@click.option(
    "--part-mb",
    type=click.FloatRange(min=0, min_open=True),
    default=PART_MB,
    show_default=True,
    help="Posts of a catalogue that are a part, in MB: what a kill costs.",
)
def classify(
    path: Path, posts: str | None, answers: str | None, all_scopes: bool, **options: Any
) -> None:
    """Assess what is unassessed in the store, a file, or a catalogue of many files."""
    if (posts is None) != (answers is None):
        raise click.UsageError("--input and --output go together")
    if posts is None or answers is None:
        if all_scopes or options["engine"]:
            raise click.UsageError(
                "--all-scopes and --engine are for files: give --input and --output"
            )
        _classify_store(path)
        return
    if options["engine"] or is_many(posts):
        job = Job(
            posts=posts,
            answers=answers,
            all_scopes=all_scopes,
            engine=options["engine"] or "processes",
            address=options["address"],
            workers=options["workers"],
            part_mb=options["part_mb"],
        )
        whole = _classify_catalogue(path, job)
    else:
        whole = _classify_file(path, posts, answers, all_scopes=all_scopes)
    if not whole:
        sys.exit(1)


def _classify_file(path: Path, posts: str, answers: str, *, all_scopes: bool) -> bool:
    context = click.get_current_context()
    input_file = cast(BinaryIO, click.File("rb").convert(posts, None, context))
    output_file = cast(BinaryIO, click.File("wb").convert(answers, None, context))
    if same_file(input_file, output_file):
        raise click.UsageError("--input and --output are the same file: it would be overwritten")
    reader = load_classifier(schema.load(path), path.resolve().parent, clock.now())
    return classify_file(
        reader, input_file, output_file, all_scopes=all_scopes, report_progress=report_progress
    )


def _classify_catalogue(path: Path, job: Job) -> bool:
    if "-" in (job.posts, job.answers):
        raise click.UsageError(
            "a catalogue is read from files and answered into a folder: name them"
        )
    total = classify_parts(_in_force(path), path.resolve().parent, job, report_progress)
    return not total.failed and not total.left_out


def _in_force(path: Path) -> Config:
    """What names the organisation: config.toml, and what was set up in the page where there is a store."""
    from steps.context import open_store
    from steps.effective import effective_config

    config, folder = schema.load(path), path.resolve().parent
    if not (folder / config.store.path).exists():
        return config
    with open_store(config, folder) as store:
        return effective_config(config, folder, store, clock.now()).config


def _classify_store(path: Path) -> None:
    # here: the store and what collects take 0.9 s and 71 MB, which an answer on a file needs not wait for
    from cli.context import command_context
    from steps import assess, group

    with command_context(path, exclusive=True, create=False) as context:
        if not assess.assess(context, assess.classifier(context)):
            report_progress("nothing waited to be assessed")
        group.group(context)
