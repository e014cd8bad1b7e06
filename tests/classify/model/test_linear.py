"""The linear reader of words: what it weighs, and what it refuses."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from classify.model.linear import FILE, Lexical, save, terms
from classify.model.onnx_model import SHIPPED, Model, Text
from core.errors import ModelError


def written(path: Path, outputs: tuple[str, ...] = ("threat", "hate")) -> Path:
    save(
        path,
        outputs,
        np.array([-1.0, -2.0], np.float32),
        [
            (["kill", "kill you", "nurse"], np.array([1.0, 2.0, 1.0], np.float32),
             np.array([[2.0, 0.0], [4.0, 0.0], [0.0, 0.0]], np.float32)),
            (["mum"], np.array([1.0], np.float32), np.array([[-1.0, 0.5]], np.float32)),
        ],
    )  # fmt: skip
    return path


def test_terms_are_words_marks_and_pairs() -> None:
    assert terms("Can't wait!") == ["can't", "wait", "!", "can't wait", "wait !"]


def test_a_text_without_a_known_word_says_what_any_text_says(tmp_path: Path) -> None:
    assert Lexical(written(tmp_path / FILE)).logits("Lovely day", "") == pytest.approx([-1, -2])


def test_text_and_author_are_vectors_of_length_one_each_weighed_by_itself(tmp_path: Path) -> None:
    reader = Lexical(written(tmp_path / FILE))
    assert reader.logits("kill", "")[0] == pytest.approx(-1 + 2)
    assert reader.logits("KILL YOU", "")[0] == pytest.approx(
        -1 + (2 * 1 + 4 * 2) / 5**0.5, abs=0.01
    )
    assert reader.logits("kill", "x. mum of two") == pytest.approx([-1 + 2 - 1, -2 + 0.5])


def test_a_word_said_often_counts_by_its_logarithm(tmp_path: Path) -> None:
    once, often = (
        Lexical(written(tmp_path / FILE)).logits(f"nurse {'kill ' * n}", "")[0] for n in (1, 5)
    )
    assert once < often < -1 + 2


def with_lexical(folder: Path, outputs: tuple[str, ...] = ("threat", "hate")) -> Path:
    """The model that ships, with another linear reader whose word counts in full."""
    shutil.copytree(SHIPPED, folder)
    written(folder / FILE, outputs)
    told = json.loads((folder / "model.json").read_text("utf-8"))
    told["lexical"] = [1.0 if name == "threat" else 0.0 for name in told["outputs"]]
    (folder / "model.json").write_text(json.dumps(told), "utf-8")
    sums = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("model.onnx", "tokenizer.json", "model.json", FILE)
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")
    return folder


def test_what_it_says_is_added_to_the_encoders_logit(tmp_path: Path) -> None:
    model = Model(with_lexical(tmp_path / "model"))
    told = {text: model.scores([Text(text)])[0].outputs for text in ("we kill", "we heal")}
    assert told["we kill"]["threat"] > told["we heal"]["threat"]


def test_a_linear_reader_of_other_outputs_or_another_checksum_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="other outputs"):
        Model(with_lexical(tmp_path / "other", ("threat", "weather")))
    folder = with_lexical(tmp_path / "model")
    written(folder / FILE, ("threat", "sexual"))
    with pytest.raises(ModelError, match="SHA-256"):
        Model(folder)
