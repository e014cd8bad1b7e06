"""Weights that were exported, as a network again: it says what it said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel

from classify.model.labels import EVIDENCE, FLAGS, OUTPUTS
from classify.model.onnx_model import SHIPPED, Text
from classify.model.windows import CONTEXT, Cutter
from classify.training.export import export
from classify.training.restore import restore
from classify.training.trainer import Network, with_third_segment
from core.errors import ModelError

WIDTH, LAYERS = 64, 2
KNOWN_BEFORE = OUTPUTS[: OUTPUTS.index("protected.disclosure")]
CUTTER = Cutter(SHIPPED / "tokenizer.json", context=CONTEXT)
TEXTS = [
    Text("The nurse at Harrow rang me back", "x", "Mum of two"),
    Text("😡 I will come and burn your clinic down", "reddit"),
    Text("Never again"),
]
BESIDE = [Text(text.text, text.platform, text.bio, "answers our post: flu jabs") for text in TEXTS]


def encoder(seed: int, layers: int = LAYERS) -> BertModel:
    torch.manual_seed(seed)
    config = BertConfig(
        hidden_size=WIDTH, num_hidden_layers=layers, num_attention_heads=4, intermediate_size=128,
        max_position_embeddings=256, initializer_range=0.1,
    )  # fmt: skip
    made = BertModel(config, add_pooling_layer=False)
    with torch.no_grad():  # as trained: no two tensors alike, which the exporter would keep once
        for tensor in made.parameters():
            if tensor.dim() == 1:
                tensor.add_(torch.randn_like(tensor) * 0.1)
    return made


def network(seed: int, layers: int = LAYERS) -> Network:
    made = Network(with_third_segment(encoder(seed, layers)))
    with torch.no_grad():
        made.posts.weight.normal_(0.0, 0.1)
        made.posts.bias.normal_(0.0, 0.1)
        made.tokens.weight.normal_(0.0, 0.2)
        made.telling.uniform_(0.1, 0.9)
        made.encoder.embeddings.token_type_embeddings.weight.normal_(0.0, 0.1)
    return made


def logits(network: nn.Module, texts: Sequence[Text]) -> tuple[Tensor, Tensor]:
    """Of each text's only window: (texts, outputs), and of all tokens (tokens, evidence)."""
    network.eval()
    posts, tokens = [], []
    for window in CUTTER.cut(texts).windows:
        ids, types = CUTTER.row(window)
        with torch.no_grad():
            mask = torch.ones((1, len(ids)), dtype=torch.long)
            post, shown = network(torch.tensor([ids]), mask, torch.tensor([types]))
        posts.append(post[0])
        tokens.append(shown[0])
    return torch.stack(posts), torch.cat(tokens)


def exported(network: Any, folder: Path) -> Path:
    export(network, SHIPPED / "tokenizer.json", folder, version="2026.0-test")
    return folder


@pytest.fixture(scope="module")
def original() -> Network:
    return network(7)


@pytest.fixture(scope="module")
def folder(original: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(original, tmp_path_factory.mktemp("restore"))


def test_a_restored_network_says_nearly_what_the_exported_one_said(
    original: Network, folder: Path
) -> None:
    other = network(8)
    for texts in (TEXTS, BESIDE):
        for wanted, before in zip(logits(original, texts), logits(other, texts), strict=True):
            assert (wanted - before).abs().mean() > 0.3  # it said other things
    restore(other, folder)
    for texts in (TEXTS, BESIDE):
        for wanted, restored in zip(logits(original, texts), logits(other, texts), strict=True):
            assert wanted.std() > 0.5
            assert (wanted - restored).abs().max() < 0.2  # half a step of 8 bits in each weight
            assert (wanted - restored).abs().mean() < 0.04


def test_every_weight_comes_back_within_a_step_of_8_bits(original: Network, folder: Path) -> None:
    other = network(8)
    restore(other, folder)
    for name, tensor in other.state_dict().items():
        wanted = original.state_dict()[name]
        assert tensor.shape == wanted.shape
        step = max(float(wanted.abs().max()), 1e-6) / 127
        assert float((tensor - wanted).abs().max()) <= 1.1 * step, name


def test_a_restored_network_can_be_exported_again(folder: Path, tmp_path: Path) -> None:
    once, twice = network(8), network(9)
    restore(once, folder)
    restore(twice, exported(once, tmp_path / "again"))
    for first, second in zip(logits(once, TEXTS), logits(twice, TEXTS), strict=True):
        assert (first - second).abs().mean() < 0.04


# ── a graph of before ────────────────────────────────────────────────────────────────────────────


class Older(nn.Module):
    """The network as it was before context was read and protected speech told."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.posts = nn.Linear(3 * WIDTH, len(KNOWN_BEFORE))
        self.tokens = nn.Linear(WIDTH, len(EVIDENCE))
        self.telling = nn.Parameter(torch.full((len(FLAGS),), 0.3))
        with torch.no_grad():
            self.posts.weight.normal_(0.0, 0.1)
            self.posts.bias.normal_(0.0, 0.1)
            self.tokens.weight.normal_(0.0, 0.2)
            encoder.embeddings.token_type_embeddings.weight.normal_(0.0, 0.1)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        """As `Network.forward`, of two segments."""
        hidden = self.encoder(
            input_ids=ids, attention_mask=mask, token_type_ids=types
        ).last_hidden_state
        own, about = ((mask * (types == kind)).unsqueeze(-1).to(hidden.dtype) for kind in (0, 1))
        mean, author = (
            (hidden * part).sum(1) / part.sum(1).clamp(min=1.0) for part in (own, about)
        )
        peak = (hidden + (own - 1.0) * 1e4).amax(1)
        shown = self.tokens(hidden)
        likeliest = (shown[:, :, : len(FLAGS)] + (own - 1.0) * 1e4).amax(1)
        told = functional.pad(
            likeliest.clamp(-8.0, 8.0) * self.telling, (0, len(KNOWN_BEFORE) - len(FLAGS))
        )
        return self.posts(torch.cat([mean, peak, author], dim=-1)) + told, shown


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Older, Path]:
    folder, older = tmp_path_factory.mktemp("before"), Older(encoder(7))
    exported(older, folder)
    described = json.loads((folder / "model.json").read_text("utf-8"))
    described["outputs"] = list(KNOWN_BEFORE)
    (folder / "model.json").write_text(json.dumps(described), "utf-8")
    return older, folder


def test_a_graph_of_before_context_says_what_it_said_where_there_is_none(
    before: tuple[Older, Path],
) -> None:
    older, folder = before
    restored = network(8)
    restore(restored, folder)
    (wanted, shown), (posts, tokens) = logits(older, TEXTS), logits(restored, TEXTS)
    assert (wanted - posts[:, : len(KNOWN_BEFORE)]).abs().max() < 0.2
    assert (shown - tokens).abs().max() < 0.2


def test_a_graph_of_before_context_gains_a_segment_like_the_second_and_a_part_without_effect(
    before: tuple[Older, Path],
) -> None:
    restored = network(8)
    restore(restored, before[1])
    segments = restored.encoder.embeddings.token_type_embeddings.weight
    assert len(segments) == 3
    assert torch.equal(segments[2], segments[1])
    assert not torch.equal(segments[1], segments[0])
    of_context = restored.posts.weight[: len(KNOWN_BEFORE), 3 * WIDTH :]
    assert of_context.shape[1] == WIDTH
    assert not of_context.any()


def test_outputs_that_a_graph_does_not_know_keep_their_weights(
    before: tuple[Older, Path],
) -> None:
    restored = network(8)
    restore(restored, before[1])
    fresh, known = network(8), len(KNOWN_BEFORE)
    assert torch.equal(restored.posts.weight[known:], fresh.posts.weight[known:])
    assert torch.equal(restored.posts.bias[known:], fresh.posts.bias[known:])
    assert not torch.equal(restored.posts.weight[:known], fresh.posts.weight[:known])


# ── what can't be restored ───────────────────────────────────────────────────────────────────────


def refused(network: Network, folder: Path) -> None:
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with pytest.raises(ModelError, match="can't be trained on"):
        restore(network, folder)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    refused(network(8), tmp_path)


@pytest.mark.parametrize("layers", [LAYERS + 1])
def test_another_encoder_is_refused(layers: int, folder: Path) -> None:
    refused(network(8, layers), folder)


def test_what_is_no_graph_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes((folder / "model.json").read_bytes())
    (tmp_path / "model.onnx").write_bytes(b"no graph at all")
    refused(network(8), tmp_path)


def test_tokens_told_by_other_evidence_are_refused(folder: Path, tmp_path: Path) -> None:
    described = json.loads((folder / "model.json").read_text("utf-8"))
    described["evidence"] = described["evidence"][::-1]
    (tmp_path / "model.json").write_text(json.dumps(described), "utf-8")
    (tmp_path / "model.onnx").write_bytes((folder / "model.onnx").read_bytes())
    refused(network(8), tmp_path)


def test_the_weights_that_ship_can_be_trained_on() -> None:
    described = json.loads((SHIPPED / "model.json").read_text("utf-8"))
    torch.manual_seed(7)
    config = BertConfig(
        hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
    )  # fmt: skip
    restored = Network(with_third_segment(BertModel(config, add_pooling_layer=False)))
    restore(restored, SHIPPED)
    threat = described["outputs"].index("threat")
    posts, _ = logits(restored, [TEXTS[1], TEXTS[0]])
    chances = torch.sigmoid(posts[:, threat]).numpy()
    assert chances[0] > 0.5 > chances[1]
    assert np.isfinite(posts.numpy()).all()
