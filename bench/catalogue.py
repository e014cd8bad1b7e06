"""A back catalogue, as posts a CPU-second in one run: the plain command, processes, and Ray with one worker and two.

    python -m bench.catalogue [--posts 12000] [--part-mb 0.5] [--engine ray]

The plain command is measured first and last, since a machine that others use is quicker at one time than at another. Each reads the same posts (mentions of the training set, over and over) in a process of its own; counted is the processor time of
that process and of all that it began, Ray's own included, from its start to its end. A run over a sixth of the posts says what a
start takes, so that the pace of a long run can be told from it. Answers are compared byte by byte. Ray is left out where it
is not installed.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import psutil

ROOT = Path(__file__).parent.parent
TRAINING = ROOT / "classify" / "training" / "data"
MOST_OVERHEAD = 0.15  # that an engine may take above the plain command, a start left out
LOOK = 0.2  # seconds between two looks at what runs
PLAIN = "plain"
ENGINES = {"ray": "Ray", "processes": "processes"}


@dataclass(frozen=True, slots=True)
class Way:
    """A way to answer the posts: its name, its workers and its options."""

    name: str
    workers: int
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run took: seconds of the processor in all, of them those of answering itself by the receipts, and of the clock."""

    cpu: float
    answering: float
    clock: float

    @property
    def others(self) -> float:
        """Seconds of the processor that are not answering: a start, and what an engine does beside it."""
        return self.cpu - self.answering


def ways(engines: Sequence[str]) -> list[Way]:
    """The plain command first and last."""
    some = [Way(PLAIN, 1, ())]
    for engine, name in ENGINES.items():
        if engine in engines and (engine != "ray" or importlib.util.find_spec("ray")):
            some += [
                Way(f"{name}, {count} worker{'s' * (count != 1)}", count, ("--engine", engine, "--workers", str(count)))
                for count in (2, 1)
            ]  # fmt: skip
    return [*some, Way(PLAIN, 1, ())]


def write_posts(path: Path, count: int) -> None:
    """So many posts, each with an id of its own."""
    rows = [
        json.loads(row)
        for file in sorted(TRAINING.glob("*.jsonl"))
        for row in file.read_text("utf-8").splitlines()
    ]
    step = max(1, len(rows) // count)
    with path.open("w", encoding="utf-8") as file:
        for number, row in enumerate(itertools.islice(itertools.cycle(rows[::step]), count)):
            post = {
                key: row[key] for key in ("text", "platform", "author", "context") if key in row
            }
            file.write(json.dumps({"id": number, **post}, ensure_ascii=False) + "\n")


def measure(way: Way, posts: Path, answers: Path, part_mb: float) -> Spent:
    """A whole run, with all that it begins."""
    command = [sys.executable, "-m", "pipeline", "classify", "--config", str(ROOT / "config.toml")]
    command += ["--input", str(posts), "--output", str(answers), *way.options]
    command += ["--part-mb", str(part_mb)] if way.options else []
    began, spent = time.monotonic(), dict[tuple[int, float], float]()
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            for each in _tree(process.pid):
                try:
                    times = each.cpu_times()
                    spent[each.pid, each.create_time()] = times.user + times.system
                except psutil.Error:  # it has just ended
                    continue
            time.sleep(LOOK)
    if process.returncode:
        raise SystemExit(f"{way.name} ended with {process.returncode}")
    receipts = [json.loads(path.read_text("utf-8")) for path in answers.glob("parts/*.json")]
    cpu = sum(spent.values())
    answering = sum(each["cpu_seconds"] for each in receipts) if receipts else cpu
    return Spent(cpu, answering, time.monotonic() - began)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def content(answers: Path) -> bytes:
    """All answers in their order, of a file or of parts."""
    if answers.is_file():
        return answers.read_bytes()
    return b"".join(path.read_bytes() for path in sorted(answers.glob("parts/*.jsonl")))


def line_of(way: Way, counts: tuple[int, int], short: Spent, long: Spent, plain: Sequence[tuple[Spent, Spent]]) -> str:  # fmt: skip
    """A line of figures. `plain` is what the plain command took, over few posts and over all.

    Of the whole run a start is part, of a long run it is none. What an engine does beside answering goes on by the clock, whatever the
    workers get done meanwhile: on a busy machine it is a larger part of the whole. The overhead of a long run is what it is where each
    worker has a processor of its own.
    """
    more = counts[1] - counts[0]
    pace = more / max(long.answering - short.answering, 1e-9)
    beside = max(0.0, (long.others - short.others) / max(long.clock - short.clock, 1e-9))
    usual = statistics.mean(more / (all_of.cpu - few.cpu) for few, all_of in plain)
    whole = long.cpu / statistics.mean(all_of.cpu for _, all_of in plain) - 1
    return (
        f"{way.name:<22}{counts[1] / long.cpu:5.0f} posts a CPU-second of the whole run, {pace:5.0f} of answering itself; "
        f"a start {short.others:.0f} CPU-seconds; beside it {beside:.3f} of a processor; overhead of the whole run {whole:+.0%}, of a long "
        f"run {usual / pace * (1 + beside / way.workers) - 1:+.0%} (at most {MOST_OVERHEAD:+.0%}); {counts[1] / long.clock:.0f} posts a "
        f"second by the clock, {long.clock:.0f} s"
    )


@click.command()
@click.option(
    "--posts", "count", default=12_000, show_default=True, help="How many are answered in each way."
)
@click.option("--part-mb", default=0.5, show_default=True, help="Of a part.")
@click.option(
    "--engine", "engines", multiple=True, type=click.Choice(tuple(ENGINES)), default=tuple(ENGINES), help="Beside the plain command."
)  # fmt: skip
def main(count: int, part_mb: float, engines: tuple[str, ...]) -> None:
    """Prints the figures; ends with 1 where answers differ."""
    same, taken = True, list[tuple[Way, Spent, Spent]]()
    with tempfile.TemporaryDirectory() as folder:
        place, counts = Path(folder), (count // 6, count)
        for size in counts:
            write_posts(place / f"{size}.jsonl", size)
        for number, way in enumerate(ways(engines)):
            short, long = (
                measure(way, place / f"{size}.jsonl", place / f"{number}-{size}", part_mb)
                for size in counts
            )
            taken.append((way, short, long))
            same &= content(place / f"{number}-{count}") == content(place / f"0-{count}")
            click.echo(f"{way.name}: {long.cpu:.0f} CPU-seconds, {long.clock:.0f} s", err=True)
    plain = [(short, long) for way, short, long in taken if way.name == PLAIN]
    for way, short, long in taken:
        click.echo(line_of(way, counts, short, long, plain))
    click.echo("answers: the same, byte by byte" if same else "answers differ")
    sys.exit(not same)


if __name__ == "__main__":
    main()
