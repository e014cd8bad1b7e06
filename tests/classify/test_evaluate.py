"""Against figures that were worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classify.evaluate import Figure, evaluate, f1, macro_f1, task, task_rows
from errors import InputError

FLAGS = ("pid", "threat", "media")


def label(*flags: str, **more: Any) -> dict[str, Any]:
    return {"flags": list(flags), **more}


def answer(*flags: str, **more: Any) -> dict[str, Any]:
    return {"flags": [{"flag": flag} for flag in flags], **more}


def figure(named: str, labels: list[dict[str, Any]], answers: list[dict[str, Any]]) -> Figure:
    figures = {figure.name: figure for figure in evaluate(labels, answers, FLAGS).figures}
    return figures[named]


#               person said          the model said
PAIRS = [
    (label("pid"), answer("pid")),
    (label("pid"), answer()),
    (label("pid", "threat"), answer("pid", "threat")),
    (label(), answer("pid")),
    (label("threat"), answer("threat")),
    (label(), answer()),
    (label(), answer()),
    (label(), answer()),
]
LABELS, ANSWERS = [pair[0] for pair in PAIRS], [pair[1] for pair in PAIRS]


def test_each_flag_has_its_precision_recall_and_f1() -> None:
    pid, threat, media = evaluate(LABELS, ANSWERS, FLAGS).flags
    # pid: 2 hits of 3 found and 3 true
    assert (pid.precision, pid.recall, pid.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert (pid.positives, pid.found) == (3, 3)
    assert (threat.precision, threat.recall, threat.f1) == (1.0, 1.0, 1.0)
    assert (media.precision, media.recall, media.f1, media.positives, media.found) == (
        0,
        0,
        0,
        0,
        0,
    )


def test_macro_f1_is_over_the_flags_that_the_file_holds() -> None:
    told = figure("macro-F1 over flags", LABELS, ANSWERS)
    assert told.value == pytest.approx((2 / 3 + 1) / 2)  # media stands in no line
    assert told.count == 8
    assert told.low <= told.value <= told.high


def test_what_a_person_left_unflagged_should_be_left_unflagged() -> None:
    told = figure("unflagged left unflagged", LABELS, ANSWERS)
    assert (told.value, told.count) == (0.75, 4)


def test_what_a_person_flagged_should_be_found_by_any_flag() -> None:
    told = figure("flagged found (any flag)", LABELS, ANSWERS)
    assert (told.value, told.count) == (0.75, 4)


def test_other_labels_are_measured_where_every_line_gives_them() -> None:
    labels = [
        label(staff="icb", risk="high"),
        label(staff="no", risk="high"),
        label(staff="no", risk="low"),
    ]
    answers = [
        answer(staff="icb", risk="high"),
        answer(staff="nhs", risk="low"),
        answer(staff="no", risk="high"),
    ]
    assert figure("staff accuracy", labels, answers).value == pytest.approx(2 / 3)
    assert figure("high risk recall", labels, answers).value == 0.5
    assert figure("high risk precision", labels, answers).value == 0.5
    assert figure("risk accuracy", labels, answers).value == pytest.approx(1 / 3)
    names = {told.name for told in evaluate(labels, answers, FLAGS).figures}
    assert not names & {"in_scope accuracy", "sentiment accuracy"}


def test_a_label_that_only_some_lines_give_is_not_measured() -> None:
    labels = [label(staff="icb"), label()]
    names = {told.name for told in evaluate(labels, [answer(staff="icb")] * 2, FLAGS).figures}
    assert "staff accuracy" not in names


def test_an_interval_is_the_same_each_time_and_narrower_with_more_lines() -> None:
    few = figure("unflagged left unflagged", LABELS, ANSWERS)
    many = figure("unflagged left unflagged", LABELS * 50, ANSWERS * 50)
    assert few == figure("unflagged left unflagged", LABELS, ANSWERS)
    assert many.value == few.value
    assert many.high - many.low < few.high - few.low


def test_a_model_that_is_always_right_has_no_doubt_about_it() -> None:
    labels = [label("pid"), label()] * 10
    told = figure("flagged found (any flag)", labels, [answer("pid"), answer()] * 10)
    assert (told.value, told.low, told.high) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("flags", [FLAGS, ()])
def test_a_file_without_a_line_gives_figures_of_nothing(flags: tuple[str, ...]) -> None:
    told = evaluate([], [], flags)
    assert {figure.count for figure in told.figures} == {0}
    assert told.text()


def test_a_file_in_which_nothing_is_flagged_can_be_measured() -> None:
    assert figure("macro-F1 over flags", [label()] * 3, [answer()] * 3).value == 0.0
    assert figure("unflagged left unflagged", [label()] * 3, [answer()] * 3).value == 1.0


def test_the_text_has_a_line_for_each_figure_and_each_flag() -> None:
    told = evaluate(LABELS, ANSWERS, FLAGS)
    lines = told.text().splitlines()
    assert len(lines) == len(told.figures) + 2 + len(FLAGS)
    assert "0.833" in lines[0]
    assert any(line.startswith("pid") and "0.67" in line for line in lines)


def test_f1_by_hand() -> None:
    true, said = np.array([1, 1, 0, 0], dtype=bool), np.array([1, 0, 1, 0], dtype=bool)
    assert f1(true, said) == 0.5
    assert f1(true, true) == 1.0
    assert f1(~true & true, ~true & true) == 0.0
    both = np.stack([true, true], axis=1), np.stack([said, true], axis=1)
    assert macro_f1(*both) == 0.75


def test_an_auxiliary_head_is_measured_on_both_its_classes() -> None:
    told = {figure.name: figure for figure in task([0.9, 0.4, 0.6, 0.1, 0.2], [1, 1, 0, 0, 0], 0.5)}
    # ones: 1 hit of 2 true and 2 said; noughts: 2 hits of 3 true and 3 said
    assert told["macro-F1"].value == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert told["accuracy"].value == pytest.approx(3 / 5)
    assert [figure.count for figure in task([], [], 0.5)] == [0, 0]


def test_the_threshold_itself_counts() -> None:
    (_, accuracy) = task([0.5], [1], 0.5)
    assert accuracy.value == 1.0


def csv(folder: Path, written: str) -> Path:
    path = folder / "rows.csv"
    path.write_text(written, "utf-8")
    return path


def test_rows_of_a_task_are_read_with_their_labels(tmp_path: Path) -> None:
    written = '\ufefflabel,id,text\n1,7,"a, ""b""\nc"\n0,8,\n'
    assert task_rows(csv(tmp_path, written)) == (['a, "b"\nc', ""], [1, 0])


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("text,tag\na,1\n", "columns text and label"),
        ("text,label\na,1\nb,2\n", "row 2"),
        ("text,label\na,yes\n", "row 1"),
        ("text,label\na,\n", "row 1"),
        ("text,label\na\n", "row 1"),
        ("label,text\n1\n", "row 1"),
    ],
)
def test_a_row_that_is_not_whole_is_named(tmp_path: Path, written: str, named: str) -> None:
    with pytest.raises(InputError, match=named):
        task_rows(csv(tmp_path, written))


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(b"text,label\n\xff,1\n")
    with pytest.raises(InputError, match=r"rows\.csv"):
        task_rows(tmp_path / "rows.csv")
