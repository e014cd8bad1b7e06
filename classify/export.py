"""Writes a trained network as the files that ship: ONNX int8, tokenizer, description, checksums."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model

from classify.describing import describe
from classify.network import Network
from classify.norms import quickened


def export(network: Network, tokenizer: Path, folder: Path, *, version: str) -> None:
    """Writes the encoder's part of what `classify.model.Model` reads into `folder`, not yet calibrated."""
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
