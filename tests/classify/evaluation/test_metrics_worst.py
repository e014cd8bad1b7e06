from __future__ import annotations

from classify.evaluation.metrics import worst
from tests.classify.factories import RULES, case


def test_the_dearest_miss_comes_first_and_of_equals_the_surest() -> None:
    told = worst(
        [
            case(1, true=["derogatory"], scores={"derogatory": 0.0}),
            case(2, true=["threat"], scores={"threat": 0.15}),
            case(3, true=["threat"], scores={"threat": 0.01}),
            case(4, true=["security"], scores={"security": 0.0}),
        ],
        RULES,
    )
    assert [wrong.id for wrong in told] == ["m-3", "m-2", "m-4", "m-1"]
    assert {wrong.kind for wrong in told} == {"missed"}
    assert told[0].cost == RULES.flags["threat"].missed_costs


def test_misses_of_one_cost_go_by_gravity() -> None:
    costs = {flag: rule.missed_costs for flag, rule in RULES.flags.items()}
    assert costs["grievance"] == costs["assistance"]
    told = worst([case(1, true=["assistance"]), case(2, true=["grievance"])], RULES)
    assert [wrong.id for wrong in told] == ["m-2", "m-1"]


def test_false_alarms_go_by_gravity_and_cost_one_reading() -> None:
    told = worst(
        [
            case(1, said=["assistance"], scores={"assistance": 0.99}),
            case(2, said=["threat"], scores={"threat": 0.3}),
            case(3, said=["pid"], scores={"pid": 0.7}),
        ],
        RULES,
    )
    assert [wrong.id for wrong in told] == ["m-3", "m-2", "m-1"]
    assert {(wrong.kind, wrong.cost) for wrong in told} == {("needless", 1.0)}


def test_what_is_right_is_no_error_and_a_flag_of_no_policy_neither() -> None:
    told = worst([case(1, true=["pid"], said=["pid"]), case(2, said=["working_hours"])], RULES)
    assert told == []


def test_only_so_many_of_each_kind_are_told() -> None:
    cases = [case(n, true=["pid"], said=["threat"]) for n in range(9)]
    told = worst(cases, RULES, most=3)
    assert [wrong.kind for wrong in told] == ["missed"] * 3 + ["needless"] * 3


def test_a_flag_that_could_not_hold_was_missed_with_no_score() -> None:
    (wrong,) = worst([case(1, true=["grievance"], cannot=["grievance"])], RULES)
    assert (wrong.score, wrong.sure) == (0.0, 1.0)
