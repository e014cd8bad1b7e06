"""Rewrites a graph's layer normalisation so that it takes a tenth of the time. Needs onnx (extra `train`).

onnxruntime's SkipLayerNormalization works number by number on a processor: a sixth of the encoder's time.
InstanceNormalization is the same arithmetic over the same numbers (each token by itself) and is
vectorised. Measured: 226 -> 274 posts a CPU-second, outputs alike to 5e-5 before quantising.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from onnx import TensorProto, helper

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
    epsilon = next(one.f for one in node.attribute if one.name == "epsilon")
    if bias and bias[0]:  # first, so that onnxruntime draws it into the multiplication before
        yield helper.make_node("Add", [added, bias[0]], [f"{name}_bias"], name=f"{name}_bias")
        added = f"{name}_bias"
    steps: tuple[tuple[str, list[str], dict[str, float]], ...] = (
        ("Add", [added, skip], {}),
        ("InstanceNormalization", [f"{name}_0", "norm_ones", "norm_zeros"], {"epsilon": epsilon}),
        ("Mul", [f"{name}_1", gamma], {}),
        ("Add", [f"{name}_2", beta], {}),
    )
    for at, (operation, given, more) in enumerate(steps):
        last = at == len(steps) - 1
        yield helper.make_node(
            operation,
            given,
            [node.output[0] if last else f"{name}_{at}"],
            name=f"{name}_{at}",
            **more,
        )
