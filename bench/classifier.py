"""`make bench`: how fast a post is read with everything on, as ratios measured in one run.

    python -m bench.classifier [FILE.csv or FILE.csv.gz] [--threads N]

reads the column `text` of a table (where it has a column `split`, its rows of `test`), or mentions of the
training set. The limit is the encoder alone on the same posts; what it takes with the close windows of long posts, which
everything on reads too, stands beside it. The peer, where torch is installed, is a
transformers text-classification pipeline of the same encoder (torch fp32, one post at a time, as many
threads). Speeds are per CPU second of this process and its threads, the best of three, by turns.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib.util
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from classify.batch import Line
from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.onnx_model import SHIPPED, Model, Text
from classify.model.windows import Cutter, cores, read, read_closely
from classify.rules import plain_words
from core.errors import InputError
from core.models import Author

ROOT = Path(__file__).parent.parent
TRAINING = Path(__file__).parent.parent / "classify" / "training" / "data"
POSTS = 1000
TIMES = 3
NO_TORCH = (
    "not measured: torch is missing. In an environment of its own: "
    "pip install --require-hashes -r requirements/train.lock"
)

Work = Callable[[], Sequence[object]]  # gives what it made of each post


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.classifier", description=__doc__)
    parser.add_argument(
        "table", nargs="?", type=Path, help="posts to read: a CSV with the column text"
    )
    parser.add_argument(
        "--threads", type=int, default=0, help="of both sides; all cores if left out"
    )
    options = parser.parse_args()
    threads = options.threads or cores()
    lines = table(options.table) if options.table else mentions()
    words = sum(len(line.text.split()) for line in lines) / len(lines)
    print(f"{len(lines)} posts of {words:.0f} words, threads: {threads}, by turns in one run")
    first, peak = started(lines)
    best = speeds(works(lines, threads), len(lines))
    ours = best["everything on"]
    for name, speed in best.items():
        ratio = "" if speed == ours else f"; everything on is {ours / speed:.2f} times as fast"
        print(f"{name:<24}{speed:7.0f} posts a CPU-second{ratio}")
    if "transformers pipeline" not in best:
        print(f"{'transformers pipeline':<24}{NO_TORCH}")
    print(f"{'first answer':<24}{first:7.2f} s from the start of the process")
    print(f"{'memory':<24}{peak:7.0f} MiB at most, of a process that reads them all")


def table(path: Path) -> list[Line]:
    """The posts of a table, at most POSTS, evenly spread. Raises InputError where it has no texts."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row.get("split", "test") == "test"]
        return _spread([_line(str(at), row["text"]) for at, row in enumerate(rows)])
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise InputError(f"{path.name}: a CSV with the column text is needed") from error


def mentions() -> list[Line]:
    """Mentions of the training set, spread over its writers."""
    rows = [
        json.loads(row)
        for path in sorted(TRAINING.glob("*.jsonl"))
        for row in path.read_text("utf-8").splitlines()
    ]
    return _spread(
        [
            _line(row["id"], row["text"], row["platform"], row.get("author", {}).get("bio", ""))
            for row in rows
        ]
    )


def _spread(lines: Sequence[Line]) -> list[Line]:
    if not lines:
        raise InputError("there is no post to read")
    return list(lines[:: -(-len(lines) // POSTS)])


def _line(number: str, text: str, platform: str = "x", bio: str = "") -> Line:
    return Line(
        id=number, text=text, platform=platform, shares=None, posted_at=None, author=Author(bio=bio)
    )


def works(lines: Sequence[Line], threads: int) -> dict[str, Work]:
    """What is measured, by name, each ready to run."""
    model = Model(SHIPPED, threads)
    reader = Classifier(Known(), model)
    texts = [Text(line.text, line.platform, line.author.bio) for line in lines]
    cut = Cutter(SHIPPED / "tokenizer.json").cut(texts, closely=True)
    windows = cut.windows
    twice = [*windows, *(cut.close[at] for at in read_closely(cut.close, windows))]
    workloads: dict[str, Work] = {
        "everything on": lambda: reader.read(lines),
        "encoder alone (limit)": lambda: read(windows, model.run, threads),
        "encoder, close windows": lambda: read(twice, model.run, threads),
        "plain words alone": lambda: [plain_words.find(text.text) for text in texts],
    }
    if importlib.util.find_spec("torch"):
        workloads["transformers pipeline"] = _pipeline(texts, threads)
    return workloads


def speeds(measured: Mapping[str, Callable[[], object]], count: int) -> dict[str, float]:
    """Posts a CPU-second of each, by turns, so that what else runs on the machine slows all alike."""
    best = dict.fromkeys(measured, 0.0)
    for _ in range(TIMES):
        for name, work in measured.items():
            begun = time.process_time()
            work()
            best[name] = max(best[name], count / max(time.process_time() - begun, 1e-9))
    return best


def started(lines: Sequence[Line]) -> tuple[float, float]:
    """Seconds from the start of `mentions classify` to its first answer, and its peak of memory in MiB."""
    first = min(_classify(lines[:1]) for _ in range(TIMES))
    _classify(lines)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return first, peak / (2**20 if sys.platform == "darwin" else 2**10)


def _classify(lines: Sequence[Line]) -> float:
    written = "".join(
        json.dumps({"id": line.id, "text": line.text, "platform": line.platform}) + "\n"
        for line in lines
    )
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "pipeline", "classify", "--config", str(ROOT / "config.toml"),
         "--input", "-", "--output", "-"],
        input=written.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
        cwd=ROOT,
    )  # fmt: skip
    return time.monotonic() - begun


def _pipeline(texts: Sequence[Text], threads: int) -> Work:
    import torch
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        PreTrainedTokenizerFast,
        pipeline,
    )

    torch.set_num_threads(threads)
    config = BertConfig(
        hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536
    )
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(SHIPPED / "tokenizer.json"), model_max_length=512, pad_token="[PAD]"
    )
    ready = pipeline(
        "text-classification",
        model=BertForSequenceClassification(config),
        tokenizer=tokenizer,
        device="cpu",
    )
    return lambda: [ready(text.text, truncation=True) for text in texts]


if __name__ == "__main__":
    main()
