"""A network as it is exported: small and random, and read by `Model` as torch reads it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import onnx
import torch
from transformers import BertConfig, BertModel

from classify.model.labels import EVIDENCE, OUTPUTS
from classify.model.onnx_model import SHIPPED, Model, Text
from classify.model.windows import CONTEXT, Cutter
from classify.training.export import export
from classify.training.trainer import Network, with_third_segment

LAYERS, HEADS = 3, 4
TEXTS = [
    Text("The nurse at Harrow rang me back", "x", "Mum of two"),
    Text("😡 I will come and burn your clinic down", "reddit"),
    Text("Never again"),
    Text("the queue went on and on at the desk " * 60, "facebook", "Nurse"),
    Text(
        "Typical of this lot",
        "x",
        "Mum of two",
        "to us. answers our post: flu jabs start on Monday",
    ),
]


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(7)
    config = BertConfig(
        hidden_size=64, num_hidden_layers=LAYERS, num_attention_heads=HEADS, intermediate_size=128,
        max_position_embeddings=256, initializer_range=0.1,
    )  # fmt: skip
    made = Network(with_third_segment(BertModel(config, add_pooling_layer=False)))
    with torch.no_grad():
        made.posts.weight.normal_(0.0, 0.1)
        made.tokens.weight.normal_(0.0, 0.2)
    return made


@pytest.fixture(scope="module")
def folder(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("export") / "deep" / "model"
    export(network, SHIPPED / "tokenizer.json", made, version="2026.0-test")
    return made


def operations(folder: Path) -> list[str]:
    return [node.op_type for node in onnx.load(folder / "model.onnx").graph.node]


def test_what_is_exported_says_what_the_network_says(network: Network, folder: Path) -> None:
    model = Model(folder, threads=1)
    network.eval()
    cutter = Cutter(SHIPPED / "tokenizer.json", context=CONTEXT)
    windows = cutter.cut(TEXTS).windows
    assert len(windows) > len(TEXTS)
    posts, tokens = [], []
    for window in windows:
        ids, types = cutter.row(window)
        with torch.no_grad():
            mask = torch.ones((1, len(ids)), dtype=torch.long)
            post, token = network(torch.tensor([ids]), mask, torch.tensor([types]))
        said, shown = model.run(window)
        posts.append((post[0].numpy(), said))
        tokens.append((token[0, 1 : 1 + len(window.ids)].numpy(), shown))
    for pairs, width in ((posts, len(OUTPUTS)), (tokens, len(EVIDENCE))):
        wanted, found = (np.concatenate([np.atleast_2d(one[at]) for one in pairs]) for at in (0, 1))
        assert wanted.shape == found.shape
        assert wanted.shape[1] == width
        assert np.std(wanted) > 1.0  # it says something
        assert np.max(np.abs(wanted - found)) < 0.3  # int8 for float32
        assert np.mean(np.abs(wanted - found)) < 0.05


def test_attention_and_norms_are_fused_into_their_quick_forms(folder: Path) -> None:
    found = operations(folder)
    assert found.count("QAttention") == LAYERS
    assert found.count("InstanceNormalization") == 2 * LAYERS
    assert "Softmax" not in found
    assert not [name for name in found if name == "SkipLayerNormalization"]


def test_what_is_exported_is_neutral_whole_and_called_as_was_asked(folder: Path) -> None:
    model = Model(folder)
    assert model.version == "2026.0-test"
    assert {path.name for path in folder.iterdir()} == {
        "model.onnx", "tokenizer.json", "model.json", "SHA256SUMS",
    }  # fmt: skip
    (scores,) = model.scores(TEXTS[:1])
    assert set(scores.outputs) == set(OUTPUTS)
    assert sum(scores.outputs[f"staff.{value}"] for value in ("icb", "nhs", "no")) == pytest.approx(
        1.0
    )


def test_what_is_exported_reads_a_context(folder: Path) -> None:
    text = Text("Typical of this lot", "x")
    alone, beside, other = Model(folder, threads=1).scores(
        [
            text,
            dataclasses.replace(text, context="answers our post: flu jabs"),
            dataclasses.replace(text, context="answers a post: the match"),
        ]
    )
    assert alone.outputs != beside.outputs != other.outputs
    assert len(alone.tokens) == len(beside.tokens)  # spans lie in the mention alone


def test_a_model_that_says_nothing_of_context_is_given_none(folder: Path, tmp_path: Path) -> None:
    older = shutil.copytree(folder, tmp_path / "older")
    described = json.loads((older / "model.json").read_text("utf-8"))
    del described["context"]
    (older / "model.json").write_text(json.dumps(described), "utf-8")
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in older.iterdir()
    ]
    (older / "SHA256SUMS").write_text("".join(sums), "utf-8")
    alone, beside = Model(older, threads=1).scores(
        [Text("Typical"), Text("Typical", context="to us")]
    )
    assert alone.outputs == beside.outputs


def test_a_third_segment_begins_as_the_second() -> None:
    encoder = BertModel(BertConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1))
    before = encoder.embeddings.token_type_embeddings.weight.detach().clone()
    after = with_third_segment(encoder).embeddings.token_type_embeddings.weight
    assert torch.equal(after[:2], before)
    assert torch.equal(after[2], before[1])
    assert encoder.config.type_vocab_size == 3
    again = with_third_segment(encoder).embeddings.token_type_embeddings.weight
    assert torch.equal(again, after)  # it has one already
