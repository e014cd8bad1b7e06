"""Weights that ship as a network that can be trained on: int8 tensors of the ONNX graph as numbers again.

Rounding costs little: what is lost is half a step of 1/127 of each column's largest weight, and training
goes on from there. A graph of before context was read gains the segment and the head's part for it, both
without effect at first. Needs onnx (extra `train`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from classify.model.labels import EVIDENCE, OUTPUTS
from classify.training.trainer import Network
from core.errors import ModelError

Floats = NDArray[np.float32]
_EMBEDDINGS = "encoder.embeddings"
_LAYER = "encoder.encoder.layer"
_DENSE = ("attention.output.dense", "intermediate.dense", "output.dense")
_KEPT = ("attention.output.LayerNorm.weight", "attention.output.LayerNorm.bias",
         "output.LayerNorm.weight", "output.LayerNorm.bias")  # fmt: skip


def restore(network: Network, folder: Path) -> None:
    """Puts the weights of a folder that ships (model.onnx, model.json) into `network`, in place.

    Outputs that the folder doesn't know keep the weights that they have. Raises ModelError where it holds
    no graph that `export` wrote.
    """
    try:
        described = json.loads((folder / "model.json").read_text("utf-8"))
        graph = _Graph(folder / "model.onnx")
        state = network.state_dict()
        state.update(_encoder(graph, state, network.encoder.config.num_hidden_layers))
        _heads(graph, state, described)
    except (OSError, KeyError, ValueError, DecodeError) as error:
        raise ModelError(
            f"the weights in {folder} can't be trained on: {type(error).__name__} {error}"
        ) from error
    network.load_state_dict(state)


class _Graph:
    """The tensors of a quantised graph, as numbers."""

    def __init__(self, path: Path) -> None:
        graph = onnx.load(str(path)).graph
        self._tensors = {tensor.name: tensor for tensor in graph.initializer}
        # by the name of the layer that multiplies with it, since exporting gives matrices numbers for names
        self._matrices = {
            node.output[0].partition("/MatMul")[0].strip("/"): node.input[1].removesuffix(
                "_quantized"
            )
            for node in graph.node
            if node.op_type == "MatMulInteger"
        }

    def plain(self, name: str) -> Floats:
        return self._array(name).astype(np.float32)

    def scaled(self, name: str) -> Floats:
        """What was stored in 8 bits under this name, with its scale and zero point."""
        parts = (self.plain(f"{name}_{part}") for part in ("quantized", "zero_point", "scale"))
        quantised, zero, scale = parts
        return (quantised - zero) * scale

    def matrix(self, layer: str) -> Floats:
        """(inputs, outputs), of a layer by its place in the graph: `tokens`."""
        return self.scaled(self._matrices[layer])

    def _array(self, name: str) -> NDArray[Any]:
        array: NDArray[Any] = numpy_helper.to_array(self._tensors[name])
        return array


def _encoder(graph: _Graph, state: Mapping[str, Tensor], layers: int) -> dict[str, Tensor]:
    restored: dict[str, Floats] = {}
    for part in ("word_embeddings.weight", "position_embeddings.weight", "LayerNorm.weight", "LayerNorm.bias"):  # fmt: skip
        restored[f"{_EMBEDDINGS}.{part}"] = graph.scaled(f"{_EMBEDDINGS}.{part}")
    segments = graph.scaled(f"{_EMBEDDINGS}.token_type_embeddings.weight")
    if len(segments) == 2:
        segments = np.concatenate([segments, segments[1:]])
    restored[f"{_EMBEDDINGS}.token_type_embeddings.weight"] = segments
    for layer in range(layers):
        place, name = f"encoder/encoder/layer.{layer}", f"{_LAYER}.{layer}"
        weights = np.split(graph.scaled(f"Attention_{layer}_qkv_weight"), 3, axis=1)
        biases = np.split(graph.plain(f"Attention_{layer}_qkv_bias"), 3)
        for part, weight, bias in zip(("query", "key", "value"), weights, biases, strict=True):
            restored[f"{name}.attention.self.{part}.weight"] = weight.T
            restored[f"{name}.attention.self.{part}.bias"] = bias
        for part in _DENSE:
            restored[f"{name}.{part}.weight"] = graph.matrix(f"{place}/{part.replace('.', '/')}").T
            restored[f"{name}.{part}.bias"] = graph.plain(f"{name}.{part}.bias")
        for part in _KEPT:
            restored[f"{name}.{part}"] = graph.plain(f"{name}.{part}")
    return {name: _like(array, state[name]) for name, array in restored.items()}


def _heads(graph: _Graph, state: dict[str, Tensor], described: Mapping[str, Any]) -> None:
    width = state["posts.weight"].shape[1]
    weight, bias = graph.scaled("posts.weight_Transposed").T, graph.plain("posts.bias")
    state["posts.weight"], state["posts.bias"] = (
        state["posts.weight"].clone(),
        state["posts.bias"].clone(),
    )
    for row, output in enumerate(described["outputs"]):
        if output in OUTPUTS:
            known = np.zeros(width, np.float32)  # of the context nothing was known
            known[: weight.shape[1]] = weight[row]
            state["posts.weight"][OUTPUTS.index(output)] = torch.from_numpy(known)
            state["posts.bias"][OUTPUTS.index(output)] = float(bias[row])
    if tuple(described["evidence"]) != EVIDENCE:
        raise ValueError("its tokens are told by other evidence")
    state["tokens.weight"] = _like(graph.matrix("tokens").T, state["tokens.weight"])
    state["tokens.bias"] = _like(graph.plain("tokens.bias"), state["tokens.bias"])
    state["telling"] = _like(graph.plain("telling"), state["telling"])


def _like(array: Floats, tensor: Tensor) -> Tensor:
    if array.shape != tuple(tensor.shape):
        raise ValueError(f"a tensor of {array.shape} where {tuple(tensor.shape)} is needed")
    return torch.from_numpy(np.ascontiguousarray(array)).to(tensor.dtype)
