"""A labelled text that is read in several windows: each is wanted to tell only what it shows itself."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from classify.inputs import Known
from classify.model.labels import EVIDENCE, FLAGS, OUTPUTS
from classify.model.onnx_model import SHIPPED
from classify.model.windows import CONTEXT, WHOLE, Cutter, Text
from classify.training import dataset
from classify.training.dataset import Example
from tests.classify.factories import labelled

CUTTER = Cutter(SHIPPED / "tokenizer.json", context=CONTEXT)
KNOWN = Known(official={"x": frozenset({"healthiernwl"})})
CALM = "The tea in the hall was warm and the rain had stopped by the time that we went home again. "
THREAT = "I will come back with a brick for every window."
LONG = CALM * 20 + THREAT


def examples(mention: Mapping[str, Any]) -> list[Example]:
    return dataset.mention_examples(mention, CUTTER, KNOWN)


def answers(example: Example) -> dict[str, float]:
    """What is wanted of the outputs that are asked of it."""
    asked = np.flatnonzero(~np.isnan(example.wanted))
    return {OUTPUTS[at]: float(example.wanted[at]) for at in asked}


def threat(text: str = LONG, **more: Any) -> dict[str, Any]:
    return labelled(1, text, "threat", evidence={"threat": ["brick"]}, target={"threat": ["person"]}, **more)  # fmt: skip


def test_a_flag_is_wanted_where_its_words_stand_and_denied_elsewhere() -> None:
    windows = [answers(example) for example in examples(threat())]
    assert len(windows) > 2
    assert [window["threat"] for window in windows] == [0.0] * (len(windows) - 1) + [1.0]
    assert all(window["hate"] == 0.0 for window in windows)  # what holds nowhere holds in no part


def test_what_shows_a_flag_is_marked_in_its_window_alone() -> None:
    read = examples(threat())
    column = EVIDENCE.index("threat")
    marks = [example.evidence[:, column] for example in read if example.evidence is not None]
    assert [float(np.nansum(mark)) > 0 for mark in marks] == [False] * (len(read) - 1) + [True]
    for example, mark in zip(read, marks, strict=True):
        assert len(mark) == len(example.ids) == len(example.types)
        own = np.array(example.types) == 0
        own[[0, int(own.sum()) - 1]] = False  # what begins and ends it
        assert not np.isnan(mark[own]).any()
        assert np.isnan(mark[~own]).all()  # of the author and the context nothing is marked


def test_scope_and_staff_are_asked_of_the_first_window_alone() -> None:
    first, *others = [answers(example) for example in examples(threat(staff="icb"))]
    assert (first["in_scope"], first["staff.icb"], first["staff.no"]) == (1.0, 1.0, 0.0)
    for window in others:
        assert not [name for name in window if name.startswith(("in_scope", "staff.", "flagged"))]
        assert "sentiment.neutral" in window


def test_at_whom_it_is_aimed_is_asked_where_it_stands() -> None:
    *before, last = [answers(example) for example in examples(threat())]
    assert (last["target.person"], last["target.patient"]) == (1.0, 0.0)
    assert not [name for window in before for name in window if name.startswith("target.")]


@pytest.mark.parametrize(("text", "flagged"), [(LONG, None), (f"{THREAT} {CALM * 20}", 1.0)])
def test_the_first_window_is_flagged_only_by_what_stands_in_it(
    text: str, flagged: float | None
) -> None:
    assert answers(examples(threat(text))[0]).get("flagged") == flagged


def test_what_is_clean_is_clean_in_its_first_window() -> None:
    assert answers(examples(labelled(1, CALM * 20))[0])["flagged"] == 0.0


def test_a_flag_whose_words_nobody_marked_is_asked_of_the_first_window_alone() -> None:
    unmarked = labelled(1, LONG, "threat", "impersonation", evidence={"threat": ["brick"]})
    first, *others = [answers(example) for example in examples(unmarked)]
    assert first["impersonation"] == 1.0
    assert others
    assert not [window for window in others if "impersonation" in window]


def test_of_a_short_text_everything_is_asked_at_once() -> None:
    (example,) = examples(threat(THREAT))
    whole = answers(example)
    assert set(FLAGS) <= set(whole)
    assert (whole["threat"], whole["flagged"], whole["in_scope"]) == (1.0, 1.0, 1.0)
    assert len(example.ids) <= WHOLE


def test_a_row_is_read_as_a_post_is_with_whom_it_addresses_and_its_context() -> None:
    context = {"replies_to": [{"text": "Flu jabs", "author": {"official": True}}]}
    row = {**labelled(1, "@HealthierNWL typical", bio="Mum"), "context": context}
    text = dataset.text_of(row, KNOWN)
    assert text.text.strip() == "typical"
    assert (text.platform, text.bio) == ("x", "Mum")
    assert text.context == "to us. answers our post: Flu jabs"
    (example,) = examples(row)
    assert set(example.types) == {0, 1, 2}


def test_a_row_without_a_platform_is_read_with_none() -> None:
    row = labelled(1, "Typical", platform="")
    assert dataset.text_of(row, KNOWN) == Text("Typical")


# ── what protects it ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("labels", "protected"),
    [
        ({"protected": "union"}, "union"),
        ({"protected": "none", "sentiment": "negative"}, "none"),
        ({"sentiment": "positive"}, "none"),  # praise, which nobody need read for it
        ({"in_scope": False}, "none"),
        ({"sentiment": "negative"}, None),  # nobody said
        ({"sentiment": "neutral"}, None),
    ],
)
def test_what_protects_it_is_asked_where_somebody_said_or_it_is_plain(
    labels: Mapping[str, Any], protected: str | None
) -> None:
    answered = dataset.labels_of(labelled(1, "Typical", **labels))
    values = {name: value for name, value in answered.items() if name.startswith("protected.")}
    if protected is None:
        assert values == {}
    else:
        assert len(values) == 6
        assert [name for name, value in values.items() if value] == [f"protected.{protected}"]


def test_praise_that_is_flagged_is_not_plain() -> None:
    assert "protected.none" not in dataset.labels_of(
        labelled(1, "Typical", "media", sentiment="positive")
    )


# ── amid other words ─────────────────────────────────────────────────────────────────────────────


def test_words_amid_others_stand_there_in_one_piece_and_fit_one_window() -> None:
    fillers = ["The bakery has new opening hours", "Is the match on tonight?\n\nI hope so"]
    places = set()
    for seed in range(60):
        text = dataset.amid(THREAT, random.Random(seed), fillers)
        assert text.count(THREAT) == 1
        before, after = text.split(THREAT)
        assert before or after
        places.add((bool(before), bool(after)))
        rest = f"{before} {after}"
        for filler in fillers:
            rest = rest.replace(" ".join(filler.split()), "")
        assert not rest.strip(" .")
        assert len(CUTTER.cut([Text(text)]).windows) == 1
    assert places == {(True, False), (False, True), (True, True)}
