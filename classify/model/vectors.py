"""What the encoder makes of a post before any label is read off it: a vector, near to those of posts on the same subject.

The model gives labels alone. Its graph holds the mean of a post's tokens on the way there, and a model of ONNX is a protobuf
message, of which one more part may be appended: that is how an output is added without another file or library.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from classify.model.files import check
from classify.model.windows import Cutter, Text, Window
from core.errors import ModelError

MEAN = (
    "/Div_output_0"  # the mean of the last layer over a post's own tokens, as the export named it
)
WIDTH = 384
BATCH = 4  # posts that are read together
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
        options.enable_cpu_mem_arena = False  # 20 MB less, and no slower for a few hundred posts
        options.intra_op_num_threads = 1
        options.add_session_config_entry("session.disable_prepacking", "1")
        try:
            with (
                TemporaryDirectory() as scratch
            ):  # from a file: as bytes it would be in memory three times
                model = Path(scratch) / "model.onnx"
                shutil.copyfile(folder / "model.onnx", model)
                with model.open("ab") as file:
                    file.write(_output(MEAN))
                self._session: Any = onnxruntime.InferenceSession(
                    str(model), options, providers=["CPUExecutionProvider"]
                )
        except Exception as error:  # the library has no narrower one
            raise ModelError(
                f"model.onnx in {folder} gives no vectors: it is of another kind"
            ) from error

    def of(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        """A vector of length 1 for each text, (texts, width); fewer rows than texts where the time was up."""
        until = time.monotonic() + seconds
        rows: list[NDArray[np.float32]] = []
        for start in range(0, len(texts), BATCH):
            if time.monotonic() > until:
                break
            rows += self._vectors(texts[start : start + BATCH])
        if not rows:
            return np.zeros((0, 1), np.float32)
        vectors = np.stack(rows)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)

    def _vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """Those of some texts read together, the shorter ones filled up; the window that begins each."""
        windows: dict[int, Window] = {}
        for window in self._cutter.cut([Text(text) for text in texts]).windows:
            windows.setdefault(window.post, window)
        pairs = [self._cutter.row(window) for window in windows.values()]
        if not pairs:
            return [np.zeros(WIDTH, np.float32)] * len(texts)
        longest = max(len(ids) for ids, _ in pairs)
        ids, types, mask = (np.zeros((len(pairs), longest), np.int64) for _ in range(3))
        for place, (own, kinds) in enumerate(pairs):
            ids[place, : len(own)], types[place, : len(own)], mask[place, : len(own)] = (
                own,
                kinds,
                1,
            )
        (vectors,) = self._session.run([MEAN], {"ids": ids, "mask": mask, "types": types})
        by_post = dict(zip(windows, np.asarray(vectors, dtype=np.float32), strict=True))
        return [by_post.get(place, np.zeros(WIDTH, np.float32)) for place in range(len(texts))]


def _output(name: str) -> bytes:
    """One more output of the graph, as protobuf writes it: a message that is appended is merged."""
    content = _field(NAME, name.encode())
    return _field(GRAPH, _field(OUTPUT, content))


def _field(key: bytes, content: bytes) -> bytes:
    assert len(content) < 128, "a length of one byte"
    return key + bytes([len(content)]) + content
