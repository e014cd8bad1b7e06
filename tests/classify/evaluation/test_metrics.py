"""Against figures that were worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from classify.evaluation.metrics import average_precision, evaluate
from core.estimates import Figure

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
    assert (pid.positives, pid.predicted_positives) == (3, 3)
    assert (threat.precision, threat.recall, threat.f1) == (1.0, 1.0, 1.0)
    assert (
        media.precision,
        media.recall,
        media.f1,
        media.positives,
        media.predicted_positives,
    ) == (
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


def test_a_model_that_is_right_on_a_few_rows_may_be_wrong_on_others() -> None:
    labels = [label("pid"), label()] * 10
    told = figure("flagged found (any flag)", labels, [answer("pid"), answer()] * 10)
    # Wilson's interval of 10 in 10: 10 / (10 + 1.96^2)
    assert (told.value, told.high) == (1.0, 1.0)
    assert told.low == pytest.approx(0.7225, abs=0.0001)


def test_a_sample_that_drew_no_row_of_a_rare_flag_leaves_it_out() -> None:
    labels = [label("pid")] + [label("threat")] * 9
    answers = [answer("pid")] + [answer("threat")] * 9
    told = evaluate(labels, answers, FLAGS)
    assert (told.figures[0].low, told.figures[0].high) == (1.0, 1.0)
    assert (told.flags[0].low, told.flags[0].f1) == (1.0, 1.0)  # not 0 where it was not drawn


def test_a_flag_that_a_file_cannot_tell_of_has_dashes() -> None:
    told = evaluate(LABELS, ANSWERS, FLAGS)
    assert told.flags[2].line().split() == ["media", "-", "-", "-", "-", "0", "0"]


@pytest.mark.parametrize("flags", [FLAGS, ()])
def test_a_file_without_a_line_gives_figures_of_nothing(flags: tuple[str, ...]) -> None:
    told = evaluate([], [], flags)
    assert {figure.count for figure in told.figures} == {0}
    assert told.text()


def test_a_file_in_which_nothing_is_flagged_can_be_measured() -> None:
    for name in ("macro-F1 over flags", "micro-F1 over flags"):
        assert figure(name, [label()] * 3, [answer()] * 3).count == 0  # nothing to be right about
    assert figure("unflagged left unflagged", [label()] * 3, [answer()] * 3).value == 1.0


def test_the_text_has_a_line_for_each_figure_and_each_flag() -> None:
    told = evaluate(LABELS, ANSWERS, FLAGS)
    lines = told.text().splitlines()
    assert len(lines) == len(told.figures) + 2 + len(FLAGS)
    assert "0.833" in lines[0]
    assert any(line.startswith("pid") and "0.67" in line for line in lines)


def test_micro_f1_counts_every_flag_of_every_mention_alike() -> None:
    # 4 hits; 5 flags are true and 5 were said
    assert figure("micro-F1 over flags", LABELS, ANSWERS).value == pytest.approx(8 / 10)


def test_each_f1_has_an_interval_around_it() -> None:
    pid, threat, media = evaluate(LABELS * 20, ANSWERS * 20, FLAGS).flags
    assert pid.low < pid.f1 < pid.high
    assert (threat.low, threat.high) == (1.0, 1.0)
    assert (media.low, media.high) == (0.0, 0.0)


def test_sentiment_is_measured_on_each_of_its_values_too() -> None:
    labels = [label(sentiment=s) for s in ("negative", "negative", "neutral", "positive")]
    answers = [answer(sentiment=s) for s in ("negative", "neutral", "neutral", "neutral")]
    assert figure("sentiment accuracy", labels, answers).value == 0.5
    # negative: 1 hit of 2 and 1; neutral: 1 hit of 1 and 3; positive: none
    told = figure("sentiment macro-F1", labels, answers)
    assert told.value == pytest.approx((2 / 3 + 2 / 4 + 0) / 3)


def flagged(name: str, **more: Any) -> dict[str, Any]:
    return {"flags": [{"flag": name, **more}]}


def test_target_and_harm_are_measured_on_the_flags_that_were_rightly_found() -> None:
    labels = [
        label("threat", target={"threat": ["patient", "group"]}),
        label("threat", target={"threat": ["patient"]}),
        label("threat", target={"threat": ["patient"]}),
        label("media", harm={"media": "serious"}),
    ]
    answers = [
        flagged("threat", target=["group", "patient"]),
        flagged("threat", target=["patient", "group"]),  # not the whole set
        answer(),
        flagged("media", harm="serious"),
    ]
    target = figure("target of flags found, accuracy", labels, answers)
    assert (target.value, target.count) == (0.5, 2)
    harm = figure("harm of flags found, accuracy", labels, answers)
    assert (harm.value, harm.count) == (1.0, 1)


def test_target_and_harm_of_a_file_that_gives_none_are_not_told() -> None:
    assert not [f for f in evaluate(LABELS, ANSWERS, FLAGS).figures if "flags found," in f.name]


def test_risks_are_crossed_true_by_told() -> None:
    pairs = [
        ("high", "high"),
        ("high", "none"),
        ("low", "high"),
        ("none", "none"),
        ("none", "none"),
    ]
    told = evaluate(
        [label(risk=true) for true, _ in pairs], [answer(risk=said) for _, said in pairs], FLAGS
    )
    assert told.confusion == ((1, 0, 0, 1), (0, 0, 0, 0), (1, 0, 0, 0), (0, 0, 0, 2))
    assert told.text().splitlines()[-1].split() == ["all", "2", "0", "0", "3", "5"]
    assert evaluate(LABELS, ANSWERS, FLAGS).confusion == ()


def test_average_precision_by_hand() -> None:
    true = np.array([1, 0, 1, 0], dtype=bool)
    # hits at ranks 1 and 3: half of each of 1/1 and 2/3
    assert average_precision(true, np.array([0.9, 0.8, 0.7, 0.1])) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(true, np.array([0.9, 0.1, 0.8, 0.2])) == 1.0
    # all alike are one rank: the share
    assert average_precision(true, np.full(4, 0.5)) == 0.5
    assert average_precision(~true & true, np.full(4, 0.5)) == 0.0


def test_a_flag_that_cannot_hold_ranks_last() -> None:
    true = np.array([1, 1, 0], dtype=bool)
    told = average_precision(true, np.array([0.9, np.nan, 0.0]))
    assert told == pytest.approx((1 + 2 / 3) / 2)


def test_ranks_are_told_where_scores_are_given() -> None:
    scores = np.array([[0.9, 0.1, 0.0]] * len(LABELS))
    assert all(flag.ranked is None for flag in evaluate(LABELS, ANSWERS, FLAGS).flags)
    pid, _, media = evaluate(LABELS, ANSWERS, FLAGS, scores).flags
    assert pid.ranked == pytest.approx(3 / 8)
    assert media.ranked == 0.0
