"""Describes a model's files: names, calibration, checksums. Needs no torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classify.model.labels import EVIDENCE, FLAGS, OUTPUTS

SHIPS = ("model.onnx", "tokenizer.json", "model.json", "lexical.npz")

TASK_THRESHOLDS = {
    "toxic_spans": 0.65
}  # chosen on the dev split of toxic_spans, for its characters


@dataclass(frozen=True, slots=True)
class Calibration:
    """An output's logit is the encoder's by `scale`, plus the linear reader's by `lexical`, plus `shift`."""

    scale: float = 1.0
    shift: float = 0.0
    lexical: float = 0.0


def describe(folder: Path, *, version: str, calibration: Mapping[str, Calibration]) -> None:
    """Writes model.json and SHA256SUMS beside weights that are there.

    What `calibration` does not name is left as it is.
    """
    calibrations = [calibration.get(name, Calibration()) for name in OUTPUTS]
    description: dict[str, Any] = {
        "version": version,
        "flags": FLAGS,
        "outputs": OUTPUTS,
        "choices": ["staff.", "sentiment.", "protected."],
        "context": True,
        "evidence": EVIDENCE,
        "scale": [round(output_calibration.scale, 4) for output_calibration in calibrations],
        "shift": [round(output_calibration.shift, 4) for output_calibration in calibrations],
        "task_thresholds": TASK_THRESHOLDS,
        "lexical": [round(output_calibration.lexical, 4) for output_calibration in calibrations],
    }
    (folder / "model.json").write_text(json.dumps(description, indent=1) + "\n", "utf-8")
    sums = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in SHIPS
        if (folder / name).exists()
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")
