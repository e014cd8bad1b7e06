"""Two models on the same rows, against differences that can be told by hand."""

from __future__ import annotations

from typing import Any

from classify.batch import Line
from classify.evaluation.metrics import Case
from core.models import Author
from tuning.promotion import Difference, compare

FLAGS = ("pid", "threat")
ROW = Line(id=1, text="", platform="x", author=Author(), shares=None, posted_at=None)


def case(true: str, said: str, true_risk: str | None = "none", risk: str = "none") -> Case:
    labels: dict[str, Any] = {"flags": true.split()}
    if true_risk is not None:
        labels["risk"] = true_risk
    answer = {"flags": [{"flag": name} for name in said.split()], "risk": risk}
    return Case(line=ROW, labels=labels, answer=answer, scores={})


def measured(present: list[Case], candidate: list[Case]) -> dict[str, Difference]:
    return {one.name: one for one in compare(present, candidate, FLAGS)}


RIGHT = [
    *[case("threat", "threat", "high", "high")] * 50,
    *[case("pid", "pid", "high", "high")] * 50,
    *[case("", "")] * 100,
]


def worse_by(missed: int) -> list[Case]:
    """The same rows where some threats are missed."""
    return [*[case("threat", "", "high", "none")] * missed, *RIGHT[missed:]]


def test_the_same_answers_are_no_worse_and_leave_no_doubt() -> None:
    found = measured(RIGHT, RIGHT)
    assert set(found) == {"macro-F1 over flags", "unflagged left unflagged", "high risk recall"}
    for one in found.values():
        assert (one.present, one.candidate, one.low, one.high) == (1, 1, 0, 0)
        assert one.fault(all_sets=True) == one.fault(all_sets=False) == ""


def test_a_model_that_misses_more_is_worse() -> None:
    found = measured(RIGHT, worse_by(5))
    recall = found["high risk recall"]
    assert (recall.present, recall.candidate, recall.count) == (1, 0.95, 100)
    assert recall.fault(all_sets=True) == "worse"
    assert recall.fault(all_sets=False) == "worse beyond chance"
    assert recall.low < -0.05 < recall.high
    assert found["unflagged left unflagged"].fault(all_sets=True) == ""


def test_a_better_model_is_no_worse() -> None:
    found = measured(worse_by(5), RIGHT)
    assert not any(one.fault(all_sets=True) for one in found.values())


def test_what_so_few_rows_cannot_show_is_refused_too() -> None:
    # two models that are right and wrong on different rows, as often: they may differ by more than noise
    half = [*[case("threat", "threat", "high", "high")] * 5, *[case("threat", "", "high")] * 5]
    recall = measured(half, half[::-1])["high risk recall"]
    assert recall.present == recall.candidate == 0.5
    assert recall.fault(all_sets=True) == "not shown to be no worse"
    assert recall.fault(all_sets=False) == ""  # of one set alone that much is not asked


def test_what_is_hard_for_both_models_widens_no_interval() -> None:
    both_miss = [case("threat", "", "high", "none")] * 50 + RIGHT
    assert all(one.low == one.high == 0 for one in measured(both_miss, both_miss).values())


def test_a_measure_that_no_row_speaks_of_is_left_out() -> None:
    no_risk = [case("threat", "threat", None), case("", "", None)]
    assert set(measured(no_risk, no_risk)) == {"macro-F1 over flags", "unflagged left unflagged"}
    all_flagged = [case("pid", "pid", "high", "high")]
    assert set(measured(all_flagged, all_flagged)) == {"macro-F1 over flags", "high risk recall"}
    none_flagged = [case("", "pid")]
    assert set(measured(none_flagged, none_flagged)) == {"unflagged left unflagged"}


def test_a_row_that_tells_no_risk_counts_for_the_rest() -> None:
    found = measured([*RIGHT, case("threat", "", None)], [*RIGHT, case("threat", "", None)])
    assert found["high risk recall"].count == 100
    assert found["macro-F1 over flags"].count == 201


def test_a_line_holds_both_models_and_their_difference() -> None:
    line = measured(RIGHT, worse_by(5))["high risk recall"].line()
    assert line.split()[3:6] == ["1.000", "0.950", "-0.050"]
    assert line.endswith("n=100")
