from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.onnx_model import SHIPPED, WINDOW, Model, Text
from classify.policy import schema
from core.errors import ModelError
from tests.fakes import FLAGS, FakeModel
from tests.fuzz.profiles import examples

NEEDED = ("model.onnx", "tokenizer.json", "model.json", "lexical.npz")


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(threads=1)


def test_the_shipped_model_names_the_flags_of_the_policy(model: Model) -> None:
    assert set(model.flags) == set(schema.load().names(source="model"))
    assert model.version


def test_scores_come_one_a_text_in_order_whatever_is_read_beside_it(model: Model) -> None:
    texts = [Text(f"The clinic in Brent rang me {n} times " * (1 + n % 7), "x") for n in range(40)]
    together = model.scores(texts)
    assert len(together) == len(texts)
    for n in (0, 6, 13, 39):
        (alone,) = model.scores([texts[n]])
        assert together[n].outputs == alone.outputs


def test_a_post_is_read_the_same_each_time_in_any_order_by_any_number_of_threads(
    model: Model,
) -> None:
    texts = [
        Text(f"{words} {n} times. 😡 Sh1t, @user @user " * (1 + n * n % 23), platform, bio)
        for n, words in enumerate(["The clinic in Brent rang me", "I will find you", "Thank you all"] * 8)
        for platform, bio in [("x", "Nurse at Northwick Park"), ("", "")]
    ]  # fmt: skip
    once = model.scores(texts)
    two = Model(threads=2)
    backwards = list(reversed(two.scores(list(reversed(texts)))))
    for first, *others in zip(once, model.scores(texts), two.scores(texts), backwards, strict=True):
        for other in others:
            assert other.outputs == first.outputs
            assert np.array_equal(other.tokens, first.tokens)
            assert list(other.places) == list(first.places)


def test_progress_tells_of_every_window(model: Model) -> None:
    told: list[int] = []
    model.scores([Text("a b c"), Text("the queue went on " * WINDOW)], told.append)
    assert sum(told) > 2


def test_a_long_chain_of_signs_is_read_whole(model: Model) -> None:
    (scores,) = model.scores([Text("😡 nobody answers! " * 1100)])
    assert len(scores.tokens) == len(scores.places) > 5 * WINDOW


def test_probabilities_are_probabilities_and_choices_exclude_each_other(model: Model) -> None:
    (scores,) = model.scores([Text("NHS North West London never answers", "x", "Nurse")])
    assert all(0.0 <= value <= 1.0 for value in scores.outputs.values())
    for prefix, values in (("staff", ("icb", "nhs", "no")),
                           ("sentiment", ("negative", "neutral", "positive"))):  # fmt: skip
        assert abs(sum(scores.outputs[f"{prefix}.{value}"] for value in values) - 1) < 1e-3


def test_a_post_longer_than_a_window_is_read_to_its_end(model: Model) -> None:
    filler = "the queue went on and on at the desk "
    end = "I will come and burn your clinic down tonight"
    without, whole = model.scores([Text(filler * WINDOW), Text(filler * WINDOW + end)])
    assert len(whole.tokens) > len(without.tokens) > 2 * WINDOW
    assert whole.outputs != without.outputs
    assert np.max(whole.tokens[-5:]) > 0.0  # the last window's tokens were read too
    assert len(whole.places) == len(whole.tokens)


def test_nothing_to_read_is_read_as_nothing(model: Model) -> None:
    assert model.scores([]) == []
    (scores,) = model.scores([Text("")])
    assert scores.spans("threat", 0.0) == ()
    assert scores.best("threat") == 0.0


@examples(25)
@given(text=st.text(st.characters(), max_size=120))
def test_every_token_lies_in_the_text_as_given(text: str) -> None:
    (scores,) = SHARED.scores([Text(text)])
    for start, end in scores.places:
        assert 0 <= start <= end <= len(text)
    for start, end in scores.spans("threat", 0.0):
        assert 0 <= start < end <= len(text)


SHARED = Model(threads=1)  # hypothesis takes no fixtures of a function's life


# ── files that are not what they should be ───────────────────────────────────────────────────────


def copied(folder: Path) -> Path:
    return shutil.copytree(SHIPPED, folder)


@pytest.mark.parametrize("name", NEEDED)
def test_a_file_that_was_changed_is_refused_by_name(name: str, tmp_path: Path) -> None:
    folder = copied(tmp_path / "model")
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelError, match=name):
        Model(folder)


@pytest.mark.parametrize("name", [*NEEDED, "SHA256SUMS"])
def test_a_file_that_is_missing_is_named(name: str, tmp_path: Path) -> None:
    folder = copied(tmp_path / "model")
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        Model(folder)


def described(folder: Path, **more: object) -> Path:
    """A copy of the shipped model whose model.json says something else as well."""
    told = json.loads((copied(folder) / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps(told | more))
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    kept = [line for line in sums if "model.json" not in line]
    digest = hashlib.sha256((folder / "model.json").read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text("\n".join([*kept, f"{digest}  model.json"]))
    return folder


def test_a_head_has_the_threshold_of_model_json_or_one_half(tmp_path: Path) -> None:
    model = Model(described(tmp_path / "model", task_thresholds={"offensive": 0.31}))
    assert model.task_threshold("offensive") == 0.31
    assert model.task_threshold("toxic") == 0.5


def test_a_threshold_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.json"):
        Model(described(tmp_path / "model", task_thresholds={"offensive": "high"}))


def test_an_empty_line_of_checksums_names_no_file(tmp_path: Path) -> None:
    folder = copied(tmp_path / "model")
    (folder / "SHA256SUMS").write_text("\n")
    with pytest.raises(ModelError, match=r"model\.onnx"):
        Model(folder)


def test_what_is_signed_but_no_description_of_a_model_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path / "model")
    (folder / "model.json").write_text(json.dumps({"version": "x"}))
    sums = "".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in NEEDED
    )
    (folder / "SHA256SUMS").write_text(sums)
    with pytest.raises(ModelError, match=r"model\.json"):
        Model(folder)


def test_model_and_policy_that_name_other_flags_refuse_to_start() -> None:
    with pytest.raises(ModelError, match="sarcasm"):
        Classifier(Known(), FakeModel(flags=(*FLAGS, "sarcasm")))
    with pytest.raises(ModelError, match="threat"):
        Classifier(Known(), FakeModel(flags=[flag for flag in FLAGS if flag != "threat"]))


def test_an_auxiliary_head_that_is_not_there_is_named_with_those_that_are() -> None:
    reader = Classifier(Known(), FakeModel())
    assert reader.task_scores("toxic", ["a"]) == [0.0]
    with pytest.raises(ModelError, match="toxic"):
        reader.task_scores("sarcasm", ["a"])
