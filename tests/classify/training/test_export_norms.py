from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper  # noqa: E402

from classify.training.export import SLOW, quickened  # noqa: E402

WIDTH = 8


def made(*, bias: bool) -> bytes:
    """Two norms one after the other, with random weights."""
    drawn = np.random.default_rng(3)
    weights = {
        name: drawn.normal(size=WIDTH).astype(np.float32) for name in ("gamma", "beta", "bias")
    }
    last = ["bias"] * bias
    nodes = [
        helper.make_node(SLOW, ["x", "skip", "gamma", "beta", *last], ["y"], name="one",
                         domain="com.microsoft", epsilon=1e-12),
        helper.make_node(SLOW, ["y", "x", "gamma", "beta"], ["z"], name="two",
                         domain="com.microsoft", epsilon=1e-12),
    ]  # fmt: skip
    told = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["posts", "tokens"]),
        *(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["posts", "tokens", WIDTH])
          for name in ("x", "skip", "z")),
    ]  # fmt: skip
    graph = helper.make_graph(
        nodes, "norms", told[:3], told[3:],
        [helper.make_tensor(n, TensorProto.FLOAT, [WIDTH], w) for n, w in weights.items()],
    )  # fmt: skip
    sets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    written: bytes = helper.make_model(graph, opset_imports=sets, ir_version=8).SerializeToString()
    return written


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("tokens", [1, 40])
def test_quick_norms_say_the_same(bias: bool, tokens: int) -> None:
    slow = onnx.load_from_string(made(bias=bias))
    quick = onnx.load_from_string(made(bias=bias))
    assert quickened(quick) == 2
    assert SLOW not in {node.op_type for node in quick.graph.node}
    drawn = np.random.default_rng(5)
    given = {
        "ids": np.zeros((2, tokens), np.int64),
        "x": drawn.normal(3.0, 9.0, (2, tokens, WIDTH)).astype(np.float32),
        "skip": drawn.normal(size=(2, tokens, WIDTH)).astype(np.float32),
    }
    (before,), (after,) = (
        onnxruntime.InferenceSession(
            model.SerializeToString(), providers=["CPUExecutionProvider"]
        ).run(None, given)
        for model in (slow, quick)
    )
    np.testing.assert_allclose(after, before, atol=1e-4)


def test_a_graph_without_such_norms_stays_as_it_is() -> None:
    model = onnx.load_from_string(made(bias=True))
    quickened(model)
    nodes = list(model.graph.node)
    assert quickened(model) == 0
    assert list(model.graph.node) == nodes
