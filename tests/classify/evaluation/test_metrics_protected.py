"""Protected speech in `evaluate`: told right, told a higher risk, falsely accused; by hand."""

from __future__ import annotations

from classify.evaluation.metrics import speaking_up
from tests.classify.factories import case


def figures(*cases: object) -> dict[str, tuple[float, int]]:
    return {figure.name: (figure.value, figure.count) for figure in speaking_up(list(cases))}  # type: ignore[arg-type]


def disclosure(
    number: int, told: str, *said: str, risk: str = "medium", true: str = "medium"
) -> object:
    return case(
        number, true=["allegation"], said=["allegation", *said],
        labels={"protected": "disclosure", "risk": true}, answer={"protected": told, "risk": risk},
    )  # fmt: skip


def test_right_raised_and_accused_are_counted_over_those_who_speak_up() -> None:
    told = figures(
        disclosure(1, "disclosure"),
        disclosure(2, "none", "derogatory", risk="high"),
        disclosure(3, "disclosure", risk="low"),
        case(4, labels={"protected": "complaint"}, answer={"protected": "none"}),
        case(5, labels={"protected": "none"}, answer={"protected": "none"}),
    )
    assert told["protected right"] == (0.6, 5)
    assert told["protected speech told as it is"] == (0.5, 4)
    assert told["speaking up told a higher risk"][1] == 3
    assert round(told["speaking up told a higher risk"][0], 3) == 0.333
    assert round(told["speaking up falsely accused"][0], 3) == 0.333


def test_a_flag_that_people_put_on_too_is_no_false_accusation() -> None:
    row = case(
        1, true=["confidential"], said=["confidential"],
        labels={"protected": "union"}, answer={"protected": "union"},
    )  # fmt: skip
    assert figures(row)["speaking up falsely accused"] == (0.0, 1)


def test_a_file_that_nobody_labelled_for_it_has_no_such_figure() -> None:
    assert figures(case(1), case(2)) == {}
