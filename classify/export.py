"""Writes a trained network as the files that ship: ONNX int8, tokenizer, description, checksums."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model

from classify.network import EVIDENCE, FLAGS, OUTPUTS, Network

SHIPS = ("model.onnx", "tokenizer.json", "model.json")


def export(network: Network, tokenizer: Path, folder: Path, *, version: str,
           calibration: Mapping[str, tuple[float, float]]) -> None:  # fmt: skip
    """Writes all that `classify.model.Model` reads into `folder`.

    `calibration` gives, by output, the factor and the shift of its logit; what it does not name is
    left as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain, fused = Path(scratch) / "plain.onnx", Path(scratch) / "fused.onnx"
        _to_onnx(network, plain)
        optimised = optimize_model(str(plain), model_type="bert", num_heads=12, hidden_size=384)
        optimised.save_model_to_file(str(fused))
        quantize_dynamic(
            fused,
            folder / "model.onnx",
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": 1},
        )
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    describe(folder, version=version, calibration=calibration)


def describe(folder: Path, *, version: str, calibration: Mapping[str, tuple[float, float]]) -> None:
    """Writes model.json and SHA256SUMS beside weights that are there."""
    description: dict[str, Any] = {
        "version": version,
        "flags": FLAGS,
        "outputs": OUTPUTS,
        "choices": ["staff.", "sentiment."],
        "evidence": EVIDENCE,
        "scale": [round(calibration.get(name, (1.0, 0.0))[0], 4) for name in OUTPUTS],
        "shift": [round(calibration.get(name, (1.0, 0.0))[1], 4) for name in OUTPUTS],
    }
    (folder / "model.json").write_text(json.dumps(description, indent=1) + "\n", "utf-8")
    sums = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in SHIPS
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")


def _to_onnx(network: Network, path: Path) -> None:
    network.eval()
    ones = torch.ones((2, 8), dtype=torch.long)
    axes = {0: "posts", 1: "tokens"}
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
