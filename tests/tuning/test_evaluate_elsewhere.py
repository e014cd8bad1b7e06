"""Whoever judges a post judges it alike wherever it was written: the model that ships, told of another board.

The whole files and three boards are measured by `mentions evaluate --areas`, whose figures stand in docs/bodies.md.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from classify.batch import line_of
from classify.classifier import Classifier
from classify.evaluation.areas import AREAS, Elsewhere, load_areas
from classify.inputs import Known
from classify.model.onnx_model import Model
from settings import schema
from settings.shipped import shipped_config
from steps import classifier
from tuning import evaluate

AT = datetime(2026, 11, 29, 9, tzinfo=UTC)
EACH = 6  # of the file's 360 mentions one in so many


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    rows = (AREAS.parent / "mentions.jsonl").read_text("utf-8").splitlines()[::EACH]
    sample: Path = tmp_path_factory.mktemp("areas") / "sample.jsonl"
    sample.write_text("\n".join(rows) + "\n", "utf-8")
    model = Model()

    def reader(organisation: Known) -> Classifier:
        return Classifier(organisation, model)

    known = classifier.known(schema.load(shipped_config()), AT)
    kent = [area for area in load_areas() if area.name == "Kent and Medway"]
    return evaluate.elsewhere(reader, known, sample, kent, all_scopes=False, tell=lambda _: None)


def test_scope_comes_from_the_settings_and_not_from_memory(measured: Elsewhere) -> None:
    assert measured.count == 60
    assert measured.here.scope > 0.9, "as it is written nearly all is told rightly"
    assert abs(measured.there[0].scope - measured.here.scope) <= 0.02


def test_flags_are_found_alike_under_another_boards_names(measured: Elsewhere) -> None:
    assert abs(measured.there[0].macro_f1 - measured.here.macro_f1) <= 0.03
    assert measured.beyond == []


def test_names_that_the_settings_do_not_know_are_out_of_scope(measured: Elsewhere) -> None:
    """The same words, read by a classifier that is told of nobody: what is asked above can fail."""
    text = "NHS Kent and Medway has shut the walk-in centre in Thanet and nobody will say why"
    line = line_of({"id": 1, "text": text})
    model = Model()
    told = Classifier(Known(names=("NHS Kent and Medway",), places=("Thanet",)), model).read([line])[0]  # fmt: skip
    other = Classifier(Known(names=("NHS Devon",), places=("Exeter",)), model).read([line])[0]
    assert (told.in_scope, other.in_scope) == (True, False)
