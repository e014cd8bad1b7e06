"""What the encoder makes of a post before any label is read off it: a vector, near to those of posts on the same subject.

The model gives labels alone. Its graph holds the mean of a post's tokens on the way there, and a model of ONNX is a protobuf
message, of which one more part may be appended: that is how an output is added without another file or library.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from classify.model.onnx_model import check
from classify.model.windows import Cutter, Text, Window
from core.errors import ModelError

MEAN = (
    "/Div_output_0"  # the mean of the last layer over a post's own tokens, as the export named it
)
LONGEST = 128  # tokens: what a post is about stands at its beginning
GRAPH, OUTPUT, NAME = (
    b"\x3a",
    b"\x62",
    b"\x0a",
)  # fields 7 of a model, 12 of a graph, 1 of an output


class Vectors:
    """The encoder of a model's folder. Raises ModelError where it is not there, changed, or of another kind."""

    def __init__(self, folder: Path) -> None:
        check(folder)
        self._cutter = Cutter(folder / "tokenizer.json", size=LONGEST, author=0)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        model = (folder / "model.onnx").read_bytes()
        try:
            self._session: Any = onnxruntime.InferenceSession(
                model + _output(MEAN), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the library has no narrower one
            raise ModelError(
                f"model.onnx in {folder} gives no vectors: it is of another kind"
            ) from error

    def of(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        """A vector of length 1 for each text, (texts, width); fewer rows than texts where the time was up."""
        until = time.monotonic() + seconds
        rows: list[NDArray[np.float32]] = []
        for text in texts:
            if time.monotonic() > until:
                break
            windows = self._cutter.cut([Text(text)]).windows
            rows.append(self._vector(windows[0]) if windows else np.zeros(1, np.float32))
        if not rows:
            return np.zeros((0, 1), np.float32)
        width = max(len(row) for row in rows)
        vectors = np.stack(
            [row if len(row) == width else np.zeros(width, np.float32) for row in rows]
        )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)

    def _vector(self, window: Window) -> NDArray[np.float32]:
        ids, types = self._cutter.row(window)
        row = {
            "ids": np.asarray([ids], np.int64),
            "mask": np.ones((1, len(ids)), np.int64),
            "types": np.asarray([types], np.int64),
        }
        (vectors,) = self._session.run([MEAN], row)
        return np.asarray(vectors[0], dtype=np.float32)


def _output(name: str) -> bytes:
    """One more output of the graph, as protobuf writes it: a message that is appended is merged."""
    content = _field(NAME, name.encode())
    return _field(GRAPH, _field(OUTPUT, content))


def _field(key: bytes, content: bytes) -> bytes:
    assert len(content) < 128, "a length of one byte"
    return key + bytes([len(content)]) + content
