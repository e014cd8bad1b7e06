from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classify.batch import Line
from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.checkpoint import Checkpoint, opened
from classify.model.files import CHECKPOINT as FILES
from classify.model.onnx_model import SHIPPED, Model, Text
from classify.policy import schema
from core.errors import ModelError
from core.models import Author

LABELS = (
    "threat", "pid", "staff.icb", "staff.nhs", "staff.no", "target.person", "task.rude", "something.else",
)  # fmt: skip
POLICY = schema.load()
FLAGS = POLICY.names(source="model")
needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="the extra torch is not installed"
)


def signed(folder: Path) -> Path:
    lines = [f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in FILES]
    (folder / "SHA256SUMS").write_text("".join(lines))
    return folder


def made(folder: Path, labels: Sequence[str] = LABELS, **more: Any) -> Path:
    """A tiny BERT with random weights, saved as Hugging Face saves it."""
    torch = pytest.importorskip("torch")
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(7)
    config = BertConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=98, id2label=dict(enumerate(labels)), initializer_range=0.7,
        label2id={name: at for at, name in enumerate(labels)},
        **{"problem_type": "multi_label_classification", **more},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    shutil.copy(SHIPPED / "tokenizer.json", folder)
    return signed(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("checkpoint"), task_thresholds={"rude": 0.3})


@needs_torch
def test_a_checkpoint_says_what_it_names_and_leaves_the_rest_to_the_rules(folder: Path) -> None:
    model = opened(folder, threads=1)
    assert isinstance(model, Checkpoint)
    assert set(model.flags) == set(FLAGS)
    (scores,) = model.scores([Text("I will find you, NWL ICB", "x", "Nurse")])
    assert set(scores.outputs) == set(model.outputs) >= set(LABELS)
    assert 0.0 < scores.outputs["threat"] < 1.0
    assert scores.outputs["hate"] == 0.0
    assert scores.outputs["in_scope"] == 0.5
    assert scores.outputs["sentiment.neutral"] == 1.0
    assert sum(scores.outputs[f"staff.{v}"] for v in ("icb", "nhs", "no")) == pytest.approx(1.0)
    assert (model.task_threshold("rude"), model.task_threshold("other")) == (0.3, 0.5)


@needs_torch
def test_the_platform_and_the_bio_are_read_too(folder: Path) -> None:
    model = Checkpoint(folder, threads=1)
    one, other = model.scores([Text("Hello", "x", "Nurse"), Text("Hello")])
    assert one.outputs != other.outputs


@needs_torch
def test_a_checkpoint_says_the_same_with_any_threads_and_beside_any_post(folder: Path) -> None:
    texts = [Text(f"The clinic in Brent rang me {n} times " * (1 + n % 9), "x") for n in range(20)]
    one, two = Checkpoint(folder, threads=1).scores(texts), Checkpoint(folder, threads=2)
    for text, alone, beside in zip(texts, one, two.scores(texts), strict=True):
        assert alone.outputs == beside.outputs == two.scores([text])[0].outputs
        assert np.array_equal(alone.tokens, beside.tokens)


@needs_torch
def test_a_flag_over_its_threshold_is_shown_by_words_of_the_text(tmp_path: Path) -> None:
    model = Checkpoint(made(tmp_path, FLAGS), threads=1)
    text = "😡 the nurse at Harrow said I would wait and wait"
    (scores,) = model.scores([Text(text)])
    held = [name for name in FLAGS if scores.outputs[name] >= POLICY.flags[name].threshold]
    assert 0 < len(held) < len(FLAGS)  # random weights: some hold, others don't
    for name in FLAGS:
        assert (scores.best(name) > 0.0) == (name in held)
        for start, end in scores.spans(name, 0.6 * scores.best(name)) if name in held else ():
            assert 0 <= start < end <= len(text)


@needs_torch
def test_what_a_rule_decides_is_no_flag_of_a_checkpoint_that_names_it(tmp_path: Path) -> None:
    model = Checkpoint(made(tmp_path, tuple(POLICY.flags)), threads=1)
    (scores,) = model.scores([Text("The nurse at Harrow said I would wait and wait")])
    assert set(model.flags) == set(FLAGS) < set(POLICY.flags) <= set(scores.outputs)
    assert not set(scores.evidence) - {*FLAGS, "toxic", "name"}


@needs_torch
def test_a_checkpoint_reads_a_long_post_to_its_end(folder: Path) -> None:
    filler = "the queue went on and on at the desk "
    without, whole = Checkpoint(folder).scores([Text(filler * 90), Text(filler * 90 + "burn it")])
    assert len(whole.places) == len(whole.tokens) > len(without.tokens)
    assert whole.outputs != without.outputs


@needs_torch
def test_the_classifier_stands_on_a_checkpoint(folder: Path) -> None:
    reader = Classifier(Known(names=["NHS North West London"]), opened(folder))
    line = Line(id=1, text="NHS North West London never answers", platform="x", shares=None,
                posted_at=None, author=Author())  # fmt: skip
    (reading,) = reader.read([line])
    assert reading.in_scope
    assert reading.sentiment == "neutral"
    assert reader.version.startswith("checkpoint-")


# ── what is refused ──────────────────────────────────────────────────────────────────────────────


def empty(folder: Path) -> Path:
    for name in FILES:
        (folder / name).write_text("{}")
    return signed(folder)


def test_without_torch_it_is_said_what_to_install(tmp_path: Path) -> None:
    if importlib.util.find_spec("torch"):
        pytest.skip("torch is installed")
    with pytest.raises(ModelError, match=r"nwl-mentions\[torch\]"):
        opened(empty(tmp_path))


@needs_torch
def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no sequence classifier"):
        opened(empty(tmp_path))


@pytest.mark.parametrize("name", FILES)
def test_a_checkpoint_that_was_changed_is_refused_by_name(name: str, tmp_path: Path) -> None:
    (empty(tmp_path) / name).write_text("{ }")
    with pytest.raises(ModelError, match=name):
        Checkpoint(tmp_path)


def test_a_folder_with_our_model_is_read_as_ours(tmp_path: Path) -> None:
    whole = shutil.copytree(SHIPPED, tmp_path / "model")
    (whole / "config.json").write_text("{}")
    assert isinstance(opened(whole), Model)
    with pytest.raises(ModelError, match="SHA256SUMS"):
        opened(tmp_path)


@needs_torch
@pytest.mark.parametrize(
    ("labels", "kind", "why"),
    [
        (("LABEL_0", "LABEL_1"), "multi_label_classification", "id2label"),
        (LABELS, "single_label_classification", "multi-label"),
    ],
)
def test_a_head_that_is_not_ours_is_refused(
    labels: tuple[str, ...], kind: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=why):
        Checkpoint(made(tmp_path, labels, problem_type=kind))


def test_where_transformers_is_left_out_a_sentence_says_so_and_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in FILES:
        (tmp_path / name).write_text("{}")
    shutil.copy(SHIPPED / "tokenizer.json", tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"id2label": {"0": "threat", "1": "pid"}}))
    for library in ("torch", "transformers"):
        monkeypatch.setitem(sys.modules, library, None)  # as where it is not installed
    with pytest.raises(ModelError, match=r"torch and transformers.*slim\.lock"):
        Checkpoint(signed(tmp_path))


@needs_torch
def test_a_checkpoint_without_a_trained_head_is_refused(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel

    config = BertConfig(
        hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64,
        id2label={0: "threat", 1: "pid"}, label2id={"threat": 0, "pid": 1},
    )  # fmt: skip
    BertModel(config).save_pretrained(tmp_path)
    shutil.copy(SHIPPED / "tokenizer.json", tmp_path)
    with pytest.raises(ModelError, match="no trained multi-label head"):
        Checkpoint(signed(tmp_path))


@needs_torch
def test_code_that_lies_in_the_folder_is_never_run(tmp_path: Path) -> None:
    made(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "ours", "auto_map": {
        "AutoConfig": "evil.Config", "AutoModelForSequenceClassification": "evil.Model"}}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(ModelError):
        Checkpoint(signed(tmp_path))
    assert not (tmp_path / "ran").exists()
