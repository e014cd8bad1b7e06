"""Calibration and proposed thresholds, on a writer held out; with the weights that ship."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("sklearn")

from classify.inputs import Known
from classify.model.labels import OUTPUTS
from classify.model.linear import FILE
from classify.model.onnx_model import SHIPPED, Model, Text
from classify.training.manifest import describe
from classify.training.thresholds import FEWEST, WORDS_OF_TONE, _fitted, best_threshold, calibrate
from tests.classify.factories import labelled
from tests.decisions import CALM, THREAT
from tests.fakes import Told

KNOWN = Known(names=("NHS North West London",))
# Threats of which one in six is labelled as none, calm posts of which one in nine is labelled as a threat.
HELD = [
    labelled(n, f"{text} ({n})", *(["threat"] if (n % every == 0) != threatens else []),
             staff="icb" if n % 3 == 0 else "no")
    for n in range(72)
    for text, threatens, every in [(THREAT, True, 6) if n % 2 else (CALM, False, 9)]
]  # fmt: skip
SHARE = float(np.mean([bool(row["labels"]["flags"]) for row in HELD]))


def neutral(folder: Path, *, lexical: bool = True) -> Path:
    """The shipped weights, not calibrated."""
    leave = () if lexical else (FILE,)
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("SHA256SUMS", *leave))
    describe(folder, version="new", calibration={})
    return folder


def told(folder: Path, name: str) -> dict[str, float]:
    model = json.loads((folder / "model.json").read_text("utf-8"))
    return {part: model[part][OUTPUTS.index(name)] for part in ("scale", "shift", "lexical")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float], Told]:
    folder, said = neutral(tmp_path_factory.mktemp("thresholds") / "model"), Told()
    return folder, calibrate(folder, "newer", HELD, KNOWN, said), said


# ── calibrating ──────────────────────────────────────────────────────────────────────────────────


def test_what_is_said_of_the_held_out_writer_is_as_likely_as_it_is_true(
    made: tuple[Path, dict[str, float], Told], tmp_path: Path
) -> None:
    def mean(model: Model) -> float:
        scores = model.scores([Text(row["text"], row["platform"]) for row in HELD])
        return float(np.mean([one.outputs["threat"] for one in scores]))

    assert mean(Model(made[0])) == pytest.approx(SHARE, abs=0.02)
    assert abs(mean(Model(neutral(tmp_path / "raw"))) - SHARE) > 0.02  # it was not so before


def test_the_model_is_described_anew_and_can_be_read(
    made: tuple[Path, dict[str, float], Told],
) -> None:
    assert Model(made[0]).version == "newer"  # its checksums are those of what was written


def test_too_few_of_either_kind_and_what_is_told_by_choice_or_head_stays_as_it_was(
    made: tuple[Path, dict[str, float], Told],
) -> None:
    same = {"scale": 1.0, "shift": 0.0, "lexical": 0.0}
    assert told(made[0], "threat") != same
    assert told(made[0], "threat")["scale"] > 0
    for name in ("hate", "in_scope", "staff.icb", "staff.no", "task.dynahate"):
        assert told(made[0], name) == same, name


def test_how_often_one_writer_is_neutral_is_not_learnt(
    made: tuple[Path, dict[str, float], Told],
) -> None:
    tones = [told(made[0], f"sentiment.{tone}") for tone in ("negative", "neutral", "positive")]
    assert tones == [{"scale": 1.0, "shift": 0.0, "lexical": WORDS_OF_TONE}] * 3


@pytest.mark.parametrize("positives", [FEWEST - 1, FEWEST])
def test_an_output_needs_enough_of_both_kinds(positives: int, tmp_path: Path) -> None:
    folder = neutral(tmp_path / "model")
    rows = [labelled(n, f"{CALM} {n}", *(["brand"] * (n < positives))) for n in range(40)]
    assert ("brand" in _fitted(folder, rows, KNOWN)) == (positives >= FEWEST)
    other = [labelled(n, f"{CALM} {n}", *(["brand"] * (n >= positives))) for n in range(40)]
    assert ("brand" in _fitted(folder, other, KNOWN)) == (positives >= FEWEST)


def test_only_mentions_that_were_judged_count(tmp_path: Path) -> None:
    """Out of scope `brand` was not judged: these are no negatives."""
    rows = [labelled(n, f"{CALM} {n}", *(["brand"] * (n < 20)), in_scope=n < 20) for n in range(40)]
    fitted = _fitted(neutral(tmp_path / "model"), rows, KNOWN)
    assert "brand" not in fitted
    assert "in_scope" in fitted


def test_the_linear_reader_never_speaks_against_what_it_says(tmp_path: Path) -> None:
    """Where its words are wrong of these mentions it is left out; without one nothing is asked of it."""
    wrong = [
        labelled(n, f"{THREAT if n % 2 else CALM} ({n})", *(["threat"] * (n % 2 == 0)))
        for n in range(60)
    ]
    assert _fitted(neutral(tmp_path / "one"), wrong, KNOWN)["threat"].lexical == 0.0
    assert _fitted(neutral(tmp_path / "two"), HELD, KNOWN)["threat"].lexical > 0.0
    assert _fitted(neutral(tmp_path / "three", lexical=False), HELD, KNOWN)["threat"].lexical == 0.0


# ── thresholds ───────────────────────────────────────────────────────────────────────────────────


def test_thresholds_are_proposed_where_there_is_a_basis_told_and_kept(
    made: tuple[Path, dict[str, float], Told],
) -> None:
    folder, proposed, said = made
    assert set(proposed) == {"threat"}
    assert 0.04 <= proposed["threat"] < 0.9
    assert json.loads((folder / "thresholds.json").read_text("utf-8")) == proposed
    assert said == [f"threat             threshold {proposed['threat']:.2f}"]


def test_none_is_proposed_for_what_is_a_rule(tmp_path: Path) -> None:
    rows = [
        labelled(n, f"{CALM} {n}", *(["no_disclaimer"] * (n % 2)), staff="icb") for n in range(40)
    ]
    assert calibrate(neutral(tmp_path / "model"), "new", rows, KNOWN, Told()) == {}


Pairs = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def split(pairs: list[tuple[float, bool]]) -> tuple[Any, Any]:
    return np.array([one for one, _ in pairs]), np.array([int(other) for _, other in pairs])


@given(Pairs, st.floats(1.0, 4.0))
def test_a_threshold_is_one_of_the_grid_and_the_same_in_any_order(
    pairs: list[tuple[float, bool]], beta: float
) -> None:
    found = best_threshold(*split(pairs), beta)
    assert found in [round(0.04 + 0.02 * n, 2) for n in range(43)]
    assert found == best_threshold(*split(pairs[::-1]), beta)


@given(
    st.lists(st.floats(0.0, 0.3), min_size=5, max_size=30),
    st.lists(st.floats(0.6, 1.0), min_size=5, max_size=30),
)
def test_what_can_be_told_apart_is_told_apart(no: list[float], yes: list[float]) -> None:
    chances = np.array(no + yes)
    truth = np.array([0] * len(no) + [1] * len(yes))
    found = best_threshold(chances, truth, 1.0)
    assert max(no) < found <= min(yes)


def test_the_dearer_a_miss_the_lower_the_threshold() -> None:
    drawn = np.random.default_rng(3)
    truth = (drawn.random(2000) < 0.2).astype(int)
    chances = np.clip(drawn.normal(0.35 + 0.2 * truth, 0.15), 0, 1)
    found = [best_threshold(chances, truth, beta) for beta in (1.0, 2.0, 4.0)]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 3
