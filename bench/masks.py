"""What masks say that they hide: `python -m bench.masks [FILE.jsonl ...] [--config var/demo/config.toml]`.

It reads each text as `classify` does and counts the labels of its masks, by source: the files that are named, or else all of
`classify/evaluation/datasets`, and the posts of a store. A mask that says no kind ("details: 4 words") tells a reader
nothing about why it is there; how many do is what this measures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from classify.batch import Line, lines
from classify.classifier import Classifier
from classify.inputs import Readable
from classify.pid.detail_kinds import DETAILS
from classify.pid.redaction import MASK
from core import clock
from settings import schema
from steps.classifier import load_classifier
from steps.context import open_store

DATASETS = Path(__file__).parents[1] / "classify" / "evaluation" / "datasets"
_HOW_MUCH = re.compile(r":? ?\d+ words?$")


def kinds(texts: Iterable[str]) -> Counter[str]:
    """How often each kind stands in masked texts; a link counts as a link, whatever its host."""
    return Counter(_kind(match["label"]) for text in texts for match in MASK.finditer(text))


def _kind(label: str) -> str:
    return "link" if label.startswith("link") else _HOW_MUCH.sub("", label)


def nameless(counted: Counter[str]) -> float:
    """The share of masks that say no kind."""
    return counted[DETAILS] / max(1, counted.total())


def of_files(reader: Classifier, paths: Sequence[Path]) -> Iterator[str]:
    """The masked text of each line that can be read."""
    for path in paths:
        with path.open("rb") as file:
            posts = [line for line in lines(file) if isinstance(line, Line)]
        yield from _masked(reader, posts)


def of_store(reader: Classifier, path: Path) -> Iterator[str]:
    """The masked text of each post of a store, read anew; nothing is written."""
    with open_store(schema.load(path), path.parent) as store:
        stored = [store.mentions.get(number) for number in store.mentions.numbers()]
    yield from _masked(reader, [each.mention for each in stored if each is not None])


def _masked(reader: Classifier, posts: Sequence[Readable]) -> Iterator[str]:
    for reading in reader.read(posts):
        yield reading.masked


def _told(source: str, counted: Counter[str]) -> None:
    click.echo(f"{source}: {counted.total():,} masks, {counted[DETAILS]:,} say no kind ({nameless(counted):.1%})")  # fmt: skip
    for label, count in counted.most_common():
        click.echo(f"  {label:40} {count:6,}")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Whose store is counted too.")  # fmt: skip
def main(files: tuple[Path, ...], config: Path | None) -> None:
    """Prints each label and how often it stands."""
    at = clock.now()
    ours = DATASETS.parents[2] / "config.toml"
    reader = load_classifier(schema.load(ours), ours.parent, at)
    _told("texts", kinds(of_files(reader, files or sorted(DATASETS.glob("*.jsonl")))))
    if config is not None:
        reader = load_classifier(schema.load(config), config.parent, at)
        _told("store", kinds(of_store(reader, config)))


if __name__ == "__main__":
    main()
