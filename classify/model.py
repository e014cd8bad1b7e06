"""Wraps the transformer: texts in, scores out. Windows and token limits are its own affair.

The encoder (MiniLM, int8, run by onnxruntime) is read once a window for all labels. A post that is
longer than a window is read whole, in overlapping windows. Each window is read by itself: int8
rounds by the largest value of a batch, so that a post's scores would depend on what is read beside
it (by 0.05 as a rule, by 0.18 at worst), and a batch is no faster on a processor.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from classify.normal import Normal, normalise
from errors import ModelError

SHIPPED = Path(__file__).parent / "model"
WINDOW = 256  # tokens, with the author's segment and the special ones
AUTHOR = 64  # tokens of platform and bio at most
OVERLAP = 32  # tokens that two windows share

Floats = NDArray[np.float32]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Text:
    """What is read of one post: its text, and where it was said by whom (platform and bio)."""

    text: str
    platform: str = ""
    bio: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one text.

    `outputs` are probabilities by name. `tokens` are probabilities (tokens, evidence) of being part
    of what shows a flag, and `places` each token's offsets in the text as given.
    """

    outputs: Mapping[str, float]
    tokens: Floats
    places: Sequence[tuple[int, int]]
    evidence: Mapping[str, int]  # name -> column of `tokens`

    def spans(self, name: str, least: float) -> tuple[tuple[int, int], ...]:
        """Where tokens that show `name` stand; neighbours are joined. Empty if none reaches `least`."""
        column = self.tokens[:, self.evidence[name]]
        found: list[tuple[int, int]] = []
        last = -2
        for token in map(int, np.flatnonzero(column >= least)):
            start, end = self.places[token]
            if found and token - last <= 2:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            else:
                found.append((start, end))
            last = token
        return tuple(found)

    def best(self, name: str) -> float:
        """The highest probability that any token has for `name`; 0 where there is no token."""
        column = self.tokens[:, self.evidence[name]]
        return float(column.max()) if len(column) else 0.0


@dataclass(frozen=True, slots=True)
class _Window:
    post: int
    first: int  # its first token among the post's
    ids: list[int]  # of the text alone
    about: list[int]


class Model:
    """Weights that were checked, ready to read. Raises ModelError where they can't be used."""

    def __init__(self, folder: Path = SHIPPED, threads: int = 0) -> None:
        check(folder)
        try:
            self._described(json.loads((folder / "model.json").read_text("utf-8")))
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"model.json in {folder} describes no model of ours; reinstall"
            ) from error
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._start: int = self._special("[CLS]")
        self._stop: int = self._special("[SEP]")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry(
            "session.intra_op.allow_spinning", "0"
        )  # the machine is shared
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def _described(self, told: Mapping[str, Any]) -> None:
        self.version: str = told["version"]
        self.flags: tuple[str, ...] = tuple(told["flags"])
        self.outputs: list[str] = told["outputs"]
        self._choices: list[str] = told["choices"]  # prefixes whose outputs exclude each other
        self._evidence = {name: i for i, name in enumerate(told["evidence"])}
        self._scale = np.asarray(told["scale"], dtype=np.float32)  # calibration: logit * a + b
        self._shift = np.asarray(told["shift"], dtype=np.float32)

    def _special(self, token: str) -> int:
        number = self._tokenizer.token_to_id(token)
        if number is None:
            raise ModelError(
                f"the model's tokenizer has no {token}: it is not one that was made here"
            )
        return number

    def scores(self, texts: Sequence[Text], progress: Progress | None = None) -> list[Scores]:
        """One Scores a text, in order."""
        normals = [normalise(text.text) for text in texts]
        encoded = self._tokenizer.encode_batch(
            [normal.text for normal in normals], add_special_tokens=False
        )
        windows = [
            window
            for post, (text, tokens) in enumerate(zip(texts, encoded, strict=True))
            for window in self._windows(post, tokens.ids, self._about(text))
        ]
        posts: list[list[Floats]] = [[] for _ in texts]
        tokens = [np.zeros((len(e.ids), len(self._evidence)), np.float32) for e in encoded]
        for window in windows:
            outputs, shown = self._run(window)
            posts[window.post].append(outputs)
            part = tokens[window.post][window.first : window.first + len(window.ids)]
            np.maximum(part, shown[: len(window.ids)], out=part)
            if progress:
                progress(1)
        return [
            Scores(self._joined(post), token, _places(normal, written.offsets), self._evidence)
            for post, token, normal, written in zip(posts, tokens, normals, encoded, strict=True)
        ]

    def _about(self, text: Text) -> list[int]:
        about = f"{text.platform}. {text.bio}".strip(". ") if text.platform or text.bio else ""
        if not about:
            return []
        ids: list[int] = self._tokenizer.encode(normalise(about).text, add_special_tokens=False).ids
        return ids[:AUTHOR]

    def _windows(self, post: int, ids: list[int], about: list[int]) -> Iterator[_Window]:
        room = WINDOW - len(about) - 3
        for first in range(0, max(1, len(ids) - OVERLAP), room - OVERLAP):
            yield _Window(post, first, ids[first : first + room], about)

    def _run(self, window: _Window) -> tuple[Floats, Floats]:
        """Logits of the window, and probabilities of its tokens, the special ones left out."""
        ids, types = self._row(window)
        told = {"ids": ids, "mask": [1] * len(ids), "types": types}
        given = {name: np.asarray([row], np.int64) for name, row in told.items()}
        posts, tokens = self._session.run(None, given)
        return posts[0], _sigmoid(tokens[0, 1:])

    def _row(self, window: _Window) -> tuple[list[int], list[int]]:
        own = [self._start, *window.ids, self._stop]
        if not window.about:
            return own, [0] * len(own)
        about = [*window.about, self._stop]
        return own + about, [0] * len(own) + [1] * len(about)

    def _joined(self, windows: Sequence[Floats]) -> dict[str, float]:
        """Flags as strong as in the strongest window; choices by the mean over all of them."""
        logits = np.stack(windows) * self._scale + self._shift
        peak = _sigmoid(logits.max(axis=0))
        mean = logits.mean(axis=0)
        joined = dict(zip(self.outputs, peak.tolist(), strict=True))
        for prefix in self._choices:
            places = [i for i, name in enumerate(self.outputs) if name.startswith(prefix)]
            raised = np.exp(mean[places] - mean[places].max())
            for i, value in zip(places, (raised / raised.sum()).tolist(), strict=True):
                joined[self.outputs[i]] = value
        return joined


def _places(normal: Normal, offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [normal.given(start, end) for start, end in offsets]


def _sigmoid(logits: Floats) -> Floats:
    clipped: Any = np.clip(logits, -30, 30)
    return (1.0 / (1.0 + np.exp(-clipped))).astype(np.float32)  # type: ignore[no-any-return]


def check(folder: Path) -> None:
    """Refuses a folder whose files are missing or not those that SHA256SUMS names."""
    try:
        lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    except OSError as error:
        raise ModelError(
            f"no model in {folder}: SHA256SUMS is missing; reinstall or mend [classifier] model"
        ) from error
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    named = {pair[-1]: pair[0] for pair in pairs}
    for name in ("model.onnx", "tokenizer.json", "model.json"):
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(f"the model's {name} is missing from {folder}; reinstall") from error
        if found != named.get(name):
            raise ModelError(
                f"the model's {name} isn't the one that shipped (SHA-256 differs); reinstall"
            )
