"""Writes a trained network as the files that ship: ONNX int8, tokenizer, description, checksums."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from onnx import TensorProto, helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model

from classify.training.manifest import describe
from classify.training.trainer import Network


def export(network: Network, tokenizer: Path, folder: Path, *, version: str) -> None:
    """Writes the encoder's part of what `classify.model.onnx_model.Model` reads into `folder`, not yet calibrated."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain, fused = Path(scratch) / "plain.onnx", Path(scratch) / "fused.onnx"
        _to_onnx(network, plain)
        shape = network.encoder.config
        optimised = optimize_model(
            str(plain), model_type="bert", num_heads=shape.num_attention_heads, hidden_size=shape.hidden_size,
        )  # fmt: skip
        quickened(optimised.model)
        optimised.save_model_to_file(str(fused))
        quantize_dynamic(
            fused,
            folder / "model.onnx",
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": 1},
        )
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    describe(folder, version=version, calibration={})


def _to_onnx(network: Network, path: Path) -> None:
    network.eval()
    network.encoder.set_attn_implementation("eager")  # the form that onnxruntime's fusion knows
    ones = torch.ones((2, 8), dtype=torch.long)
    axes = {0: "posts", 1: "tokens"}
    with warnings.catch_warnings():  # the new exporter draws a graph that the fusion doesn't know
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network,
            (ones, ones, torch.zeros_like(ones)),
            str(path),
            input_names=["ids", "mask", "types"],
            output_names=["post_logits", "token_logits"],
            dynamic_axes={
                "ids": axes,
                "mask": axes,
                "types": axes,
                "post_logits": {0: "posts"},
                "token_logits": axes,
            },
            opset_version=17,
            dynamo=False,
        )


# ── A graph's layer normalisation in a tenth of the time. Needs onnx (extra `train`).
#
# onnxruntime's SkipLayerNormalization works number by number on a processor: a sixth of the encoder's time.
# InstanceNormalization is the same arithmetic over the same numbers (each token by itself) and is
# vectorised. Measured: 226 -> 274 posts a CPU-second, outputs alike to 5e-5 before quantising.

SLOW = "SkipLayerNormalization"


def quickened(model: Any, ids: str = "ids") -> int:
    """Rewrites a fused ModelProto in place, before it is quantised; how many norms that were.

    `ids` is the input (posts, tokens) whose shape tells how many tokens there are.
    """
    nodes = list(model.graph.node)
    slow = [node for node in nodes if node.op_type == SLOW]
    if not slow:
        return 0
    del model.graph.node[:]
    model.graph.node.extend(_neutral(ids))
    for node in nodes:
        model.graph.node.extend(_quick(node) if node.op_type == SLOW else [node])
    return len(slow)


def _neutral(ids: str) -> Iterator[Any]:
    """A scale of 1 and a shift of 0 for each token: InstanceNormalization has one a token, not one a number."""
    yield helper.make_node("Shape", [ids], ["norm_tokens"], name="norm_tokens", start=1, end=2)
    for name, value in (("norm_ones", 1.0), ("norm_zeros", 0.0)):
        tensor = helper.make_tensor(name, TensorProto.FLOAT, [1], [value])
        yield helper.make_node("ConstantOfShape", ["norm_tokens"], [name], name=name, value=tensor)


def _quick(node: Any) -> Iterator[Any]:
    """input + bias + skip, normalised, times gamma, plus beta."""
    added, skip, gamma, beta, *bias = node.input
    name = f"{node.name or node.output[0]}_quick"
    epsilon = next(attribute.f for attribute in node.attribute if attribute.name == "epsilon")
    if bias and bias[0]:  # first, so that onnxruntime draws it into the multiplication before
        yield helper.make_node("Add", [added, bias[0]], [f"{name}_bias"], name=f"{name}_bias")
        added = f"{name}_bias"
    steps: tuple[tuple[str, list[str], dict[str, float]], ...] = (
        ("Add", [added, skip], {}),
        ("InstanceNormalization", [f"{name}_0", "norm_ones", "norm_zeros"], {"epsilon": epsilon}),
        ("Mul", [f"{name}_1", gamma], {}),
        ("Add", [f"{name}_2", beta], {}),
    )
    for at, (operation, inputs, more) in enumerate(steps):
        last = at == len(steps) - 1
        yield helper.make_node(
            operation,
            inputs,
            [node.output[0] if last else f"{name}_{at}"],
            name=f"{name}_{at}",
            **more,
        )
