"""A back catalogue, as posts a CPU-second in one run: the plain command, processes, and Ray with one worker and two.

    python -m bench.catalogue [--posts 12000] [--part-mb 0.5]

Each reads the same posts (mentions of the training set, over and over) in a process of its own; counted is the processor time of
that process and of all that it began, Ray's own included, from its start to its end. What a start takes is told too: by a run over
a sixth of the posts, so that the pace of a long run can be told from it. Answers are compared byte by byte. Ray is left out where it
is not installed.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click
import psutil

ROOT = Path(__file__).parent.parent
TRAINING = ROOT / "classify" / "training" / "data"
MOST_OVERHEAD = 0.15  # that an engine may take above the plain command, a start left out
LOOK = 0.2  # seconds between two looks at what runs


@dataclass(frozen=True, slots=True)
class Way:
    """A way to answer the posts: its name and its options."""

    name: str
    options: tuple[str, ...]


def ways() -> list[Way]:
    """The plain command first."""
    some = [Way("plain", ())]
    for engine, name in (("ray", "Ray"), ("processes", "processes")):
        if engine != "ray" or importlib.util.find_spec("ray"):
            some += [
                Way(f"{name}, {count} worker{'s' * (count != 1)}", ("--engine", engine, "--workers", str(count)))
                for count in (1, 2)
            ]  # fmt: skip
    return some


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


def measure(way: Way, posts: Path, answers: Path, part_mb: float) -> tuple[float, float]:
    """Seconds of the processor, and of the clock, of a whole run."""
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
    return sum(spent.values()), time.monotonic() - began


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


@click.command()
@click.option(
    "--posts", "count", default=12_000, show_default=True, help="How many are answered in each way."
)
@click.option("--part-mb", default=0.5, show_default=True, help="Of a part.")
def main(count: int, part_mb: float) -> None:
    """Prints the figures; ends with 1 where answers differ."""
    same = True
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sizes = (count // 6, count)
        for size in sizes:
            write_posts(place / f"{size}.jsonl", size)
        plain_pace = 0.0
        for way in ways():
            name = way.name.replace(" ", "-").replace(",", "")
            spent = [
                measure(way, place / f"{size}.jsonl", place / f"{name}-{size}", part_mb)
                for size in sizes
            ]
            pace = (sizes[1] - sizes[0]) / max(spent[1][0] - spent[0][0], 1e-9)
            start = max(0.0, spent[0][0] - sizes[0] / pace)
            plain_pace = plain_pace or pace
            same &= content(place / f"{name}-{count}") == content(place / f"plain-{count}")
            click.echo(
                f"{way.name:<22}{count / spent[1][0]:6.0f} posts a CPU-second of the whole run; {pace:6.0f} once it runs "
                f"({plain_pace / pace - 1:+.0%} of the plain command's time, at most {MOST_OVERHEAD:+.0%}), "
                f"a start {start:.0f} CPU-seconds; {count / spent[1][1]:.0f} posts a second by the clock"
            )
    click.echo("answers: the same, byte by byte" if same else "answers differ")
    sys.exit(not same)


if __name__ == "__main__":
    main()
