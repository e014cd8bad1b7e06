from __future__ import annotations

import pytest

from classify.evaluation.metrics import Case
from classify.evaluation.workload import GRID, Day, queue, sweeps
from core.errors import InputError
from tests.classify.factories import RULES, case

DAY = Day(volume=100, prevalence=0.1, budget=10)

# half of the file is flagged, but only one in ten of a day
CASES = [
    case(1, true=["threat"], said=["threat"], scores={"threat": 0.95}, answer={"risk": "high"}),
    case(2, true=["threat"], scores={"threat": 0.15}),
    case(3, said=["threat"], scores={"threat": 0.5}, answer={"risk": "high"}),
    case(4),
]


def test_a_day_holds_fewer_flagged_mentions_than_a_labelled_file() -> None:
    told = queue(CASES, RULES, DAY)
    # of 10 flagged mentions a day half is listed, and of 90 others half
    assert told.items.value == pytest.approx(5 + 45)
    assert told.needless.value == pytest.approx(45)
    assert told.missed.value == pytest.approx(5)
    assert told.reweighted
    assert told.items.low <= told.items.value <= told.items.high


def test_twice_the_volume_is_twice_the_work() -> None:
    once, twice = queue(CASES, RULES, DAY), queue(CASES, RULES, Day(volume=200, prevalence=0.1))
    assert twice.items.value == pytest.approx(2 * once.items.value)
    assert twice.missed.high == pytest.approx(2 * once.missed.high)


def test_items_are_told_by_risk_and_flag_by_flag() -> None:
    both = case(5, true=["pid"], said=["pid", "threat"], answer={"risk": "high"})
    told = queue([*CASES, both], RULES, DAY)
    loads = {load.name: load for load in told.loads}
    # three flagged rows stand for 10 mentions, two others for 90
    assert loads["threat"].items == pytest.approx(2 * 10 / 3 + 45)
    assert loads["threat"].alone == pytest.approx(10 / 3 + 45)
    assert loads["threat"].needless == pytest.approx(10 / 3 + 45)
    assert loads["threat"].missed == pytest.approx(10 / 3)
    assert loads["pid"].alone == 0
    assert told.by_risk["high"] == pytest.approx(told.items.value)
    assert told.by_risk["low"] == 0


def test_what_was_not_read_in_full_is_work_too() -> None:
    told = queue([*CASES, case(5, answer={"read": "unread"})], RULES, DAY)
    assert told.not_read == pytest.approx(30)
    assert told.items.value == pytest.approx(5 + 60)


@pytest.mark.parametrize("cases", [[case(1)], [case(1, true=["pid"])]])
def test_a_file_of_one_kind_alone_cannot_be_weighed_and_says_so(cases: list[Case]) -> None:
    told = queue(cases, RULES, DAY)
    assert not told.reweighted
    assert told.items.value == 0


@pytest.mark.parametrize("name", ["volume", "prevalence", "budget"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_day_is_of_finite_numbers(name: str, value: float) -> None:
    with pytest.raises(InputError, match="finite"):
        Day(**{name: value})


def test_each_threshold_of_the_grid_has_its_recall_precision_and_items() -> None:
    (threat,) = sweeps(CASES, RULES, DAY)
    assert threat.name == "threat"
    assert threat.threshold == RULES.flags["threat"].threshold
    at = dict(
        zip(GRID, zip(threat.recall, threat.precision, threat.items, strict=True), strict=True)
    )
    assert at[0.1] == pytest.approx((1.0, 10 / 55, 55))
    assert at[0.5] == pytest.approx((0.5, 5 / 50, 50))
    assert at[0.6] == pytest.approx((0.5, 1.0, 5))
    assert list(threat.items) == sorted(threat.items, reverse=True)


def test_a_flag_that_cannot_hold_is_found_at_no_threshold() -> None:
    (told,) = sweeps([case(1, true=["grievance"], cannot=["grievance"]), case(2)], RULES, DAY)
    assert set(told.recall) == {0.0}
    assert told.precision[0] != told.precision[0]  # nothing is found, so it can't be told
