"""`make bench`: how fast a post is read with everything on, as ratios measured in one run.

The limit is the encoder alone on the same posts. With the extra `torch` installed, the peer is a
transformers text-classification pipeline of the same size (torch fp32, batch 1, one post at a time).
Timings are CPU seconds of this process and its threads, the best of three.
"""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from classify.assess import Classifier, Known
from classify.files import Line
from classify.model import SHIPPED, Model, Text
from mention import Author

TRAINING = Path(__file__).parent / "training"
POSTS = 1000


def main() -> None:
    """Prints the figures."""
    lines = posts()
    started = time.monotonic()
    reader = Classifier(Known())
    reader.read(lines[:1])
    first = time.monotonic() - started
    texts = [Text(line.text, line.platform, line.author.bio) for line in lines]
    model = Model(SHIPPED)
    everything, encoder = speeds(
        [lambda: reader.read(lines), lambda: model.scores(texts)], len(lines)
    )
    print(
        f"{len(lines)} posts, {sum(len(line.text.split()) for line in lines) / len(lines):.0f} words each"
    )
    print(f"everything on:          {everything:7.0f} posts a CPU-second")
    print(
        f"encoder alone (limit):  {encoder:7.0f} posts a CPU-second; ratio {everything / encoder:.2f}"
    )
    print(f"from start to first answer, model load included: {first:.2f} s")
    if importlib.util.find_spec("torch") is None:
        print("transformers pipeline (peer): not measured, torch is not installed (extra `torch`)")
    else:
        (peer,) = speeds([_pipeline(texts[:100])], 100)
        print(
            f"transformers pipeline:  {peer:7.0f} posts a CPU-second; ratio {everything / peer:.2f}"
        )


def posts() -> list[Line]:
    """Mentions of the training set, spread over its writers."""
    rows = [
        json.loads(row)
        for path in sorted(TRAINING.glob("*.jsonl"))
        for row in path.read_text("utf-8").splitlines()
    ]
    chosen = rows[:: max(1, len(rows) // POSTS)][:POSTS]
    return [
        Line(
            id=row["id"], text=row["text"], platform=row["platform"], shares=None, posted_at=None,
            author=Author(bio=row.get("author", {}).get("bio", "")),
        )
        for row in chosen
    ]  # fmt: skip


def speeds(works: Sequence[Callable[[], object]], count: int) -> list[float]:
    """Posts a CPU-second of each, the best of three, by turns, so that a busy machine slows all alike."""
    best = [0.0] * len(works)
    for _ in range(3):
        for i, work in enumerate(works):
            started = time.process_time()
            work()
            best[i] = max(best[i], count / (time.process_time() - started))
    return best


def _pipeline(texts: Sequence[Text]) -> Callable[[], object]:
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        PreTrainedTokenizerFast,
        pipeline,
    )

    config = BertConfig(
        hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536
    )
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(SHIPPED / "tokenizer.json"), model_max_length=512, pad_token="[PAD]"
    )
    ready = pipeline(
        "text-classification", model=BertForSequenceClassification(config), tokenizer=tokenizer
    )
    return lambda: [ready(text.text, truncation=True) for text in texts]


if __name__ == "__main__":
    main()
