"""Of those who speak up few may be wronged: a model over the bound comes nearer to it or is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from classify.batch import Line
from classify.evaluation.metrics import Case
from core.models import Author
from tests.decisions import AT
from tuning.bounds import ACCUSED, RAISED, bounds
from tuning.promotion import ALL, Trial, _record

ROW = Line(id=1, text="", platform="x", author=Author(), shares=None, posted_at=None)


def case(risk: str = "none", said: str = "", protected: str = "disclosure") -> Case:
    labels: dict[str, Any] = {"flags": [], "risk": "none", "protected": protected}
    answer = {"flags": [{"flag": name} for name in said.split()], "risk": risk}
    return Case(line=ROW, labels=labels, answer=answer, scores={})


def of_hundred(wronged: int, **how: str) -> list[Case]:
    return [case(**how)] * wronged + [case()] * (100 - wronged) + [case("high", "derogatory", "none")] * 50  # fmt: skip


def trial(present: list[Case], candidate: list[Case]) -> Trial:
    return Trial(
        candidate=Path("new"), version="new", against="old", policy=None, digest="", at=AT, over_all=(), by_set={},
        by_bound={ALL: bounds(present, candidate), "speech": bounds(present, candidate)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("present", "candidate", "passed"),
    [(9, 9, True), (9, 10, False), (9, 8, True), (9, 4, True), (9, 3, True), (3, 4, False), (1, 3, True), (0, 0, True), (4, 4, True), (2, 4, False)],
)  # fmt: skip
@pytest.mark.parametrize(
    ("name", "how"), [(RAISED, {"risk": "medium"}), (ACCUSED, {"said": "derogatory"}), (ACCUSED, {"said": "confidential"})]
)  # fmt: skip
def test_over_the_bound_no_row_more_is_wronged_and_none_is_refused_for_being_over_it_alone(
    present: int, candidate: int, passed: bool, name: str, how: dict[str, str]
) -> None:
    compared = trial(of_hundred(present, **how), of_hundred(candidate, **how))
    assert compared.passed is passed
    written = "\n".join(compared.lines())
    assert f"{name:<48} 0.030   {present / 100:.3f} [" in written
    assert ("over the bound, and worse" in written) is not passed
    assert ("over the bound" in written) is (candidate > 3)


def test_the_record_keeps_the_bound_and_what_both_models_do_with_their_intervals() -> None:
    compared = trial(of_hundred(9, risk="low"), of_hundred(5, risk="low"))
    kept = _record(dataclasses.replace(compared), "Jo Fell")["bounds"]
    assert isinstance(kept, dict)
    assert kept["speech"][RAISED] == {
        "most": 0.03, "rows": 100, "present": {"share": 0.09, "interval": [0.0481, 0.1623]},
        "candidate": {"share": 0.05, "interval": [0.0215, 0.1118]},
    }  # fmt: skip
    assert set(kept) == {ALL, "speech"}


def test_where_nobody_speaks_up_there_is_no_bound() -> None:
    assert bounds([case(protected="none")], [case(protected="none")]) == []
