from __future__ import annotations

from dataclasses import replace

import pytest

from classify.evaluation.baselines import Peer
from classify.evaluation.metrics import Case
from classify.evaluation.report import measure, text
from classify.evaluation.workload import Day
from core.estimates import Figure
from tests.classify.factories import RULES, case

HEADINGS = (
    "FIGURES", "FLAG BY FLAG", "RISK", "CALIBRATION", "A REVIEWER'S DAY", "WHAT EACH THRESHOLD",
    "THE ERRORS THAT COST MOST", "FAIRNESS", "PROTECTED SPEECH",
)  # fmt: skip


def cases(count: int = 60) -> list[Case]:
    return [
        case(n, text="a woman in Brent " * (n % 20), true=["threat", "no_disclaimer"] if n % 2 else [],
             said=["threat", "removal_request"] if n % 3 else [], masked="masked words " * 20,
             labels={"risk": "high" if n % 2 else "none"}, answer={"risk": "high" if n % 3 else "low"})
        for n in range(count)
    ]  # fmt: skip


def told(given: list[Case], *, words: bool = False, day: Day | None = None) -> str:
    return text(measure(given, RULES, day or Day(), file="f", model="m"), words=words)


def unwrapped(report: str) -> str:
    return " ".join(report.split())


@pytest.mark.parametrize("given", [cases(), cases(1), cases(2), [case(1, true=["pid"])]])
def test_every_part_has_its_heading_and_no_line_is_wider_than_a_terminal(given: list[Case]) -> None:
    for words in (False, True):
        report = told(given, words=words)
        assert [heading for heading in HEADINGS if f"\n{heading}" not in report] == []
        assert max(map(len, report.splitlines())) <= 100


def test_no_word_of_a_post_is_told_unless_it_is_asked_for() -> None:
    assert "woman in Brent" not in told(cases())
    assert "masked words" not in told(cases())
    assert "masked words" in told(cases(), words=True)
    assert "woman in Brent" not in told(cases(), words=True)


def test_a_day_over_the_budget_is_said_to_be() -> None:
    assert "OVER the budget" in unwrapped(told(cases(), day=Day(budget=1)))
    assert "within the budget" in unwrapped(told(cases(), day=Day(budget=200)))


def test_a_file_without_a_risk_says_so() -> None:
    bare = case(1)
    labels = {name: value for name, value in bare.labels.items() if name != "risk"}
    report = told([replace(bare, labels=labels)])
    assert "Not every line gives a risk" in report
    assert "Not measured, since not every line gives it: risk." in report
    assert "Not measured" not in told([bare])


def test_guesses_are_called_guesses() -> None:
    assert "--prevalence" in told(cases())
    assert "could not be weighed" in unwrapped(told([case(1)]))


def test_groups_of_which_too_little_is_known_are_named() -> None:
    assert "Too few to tell: religion (0)" in told(cases())


def test_peers_stand_beside_ours_and_those_that_are_missing_say_why() -> None:
    one = Figure(0.5, 0.4, 0.6, 9, "F1")
    gap = Figure(-0.1, -0.2, 0.1, 9, "F1")
    none = Figure(0.0, 0.0, 0.0, 0, "precision")
    peers = [
        Peer("Some", "how", [one, none], [one, one], [gap, none]),
        Peer("Other", "not measured: pip install x"),
    ]
    report = text(replace(measure(cases(), RULES, Day(), file="f", model="m"), peers=peers))
    assert "Some: how" in report
    assert "0.50 [0.40, 0.60]" in report
    assert "precision       none to measure       0.50 [0.40, 0.60]     -" in report
    assert "-0.10 [-0.20, +0.10]" in report
    assert "Other: not measured: pip install x" in report
    assert max(map(len, report.splitlines())) <= 100
