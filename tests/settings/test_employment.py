"""Employment is another purpose: off as it ships, and off again where a paper is missing or its review is past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from settings.employment import ASKED_FOR, Employment
from tests.review.factories import shipped

ON = date(2026, 11, 29)
WHOLE: dict[str, Any] = {
    "on": True, "legal_basis": "Article 6(1)(f), Article 9(2)(b); DPA 2018, Schedule 1, paragraph 1", "dpia": "DPIA-2026-021",
    "union_consulted": date(2026, 10, 5), "union_reference": "JNCC minutes, item 4: objected, answered", "review_by": date(2027, 10, 5),
}  # fmt: skip


def papers(**changes: Any) -> Employment:
    return Employment(**(WHOLE | changes))


def test_it_is_off_as_it_ships() -> None:
    employment = shipped().governance.employment
    assert not employment.in_force(ON)
    assert "is off" in employment.why_off(ON)
    assert set(employment.lacking(ON)) == set(ASKED_FOR)


def test_with_every_paper_it_is_in_force_until_its_review_and_on_that_day() -> None:
    assert papers().in_force(ON)
    assert papers().why_off(ON) == ""
    assert papers().in_force(WHOLE["review_by"])
    assert not papers().in_force(WHOLE["review_by"] + timedelta(days=1))


@pytest.mark.parametrize("key", ASKED_FOR)
@pytest.mark.parametrize("nothing", ["", "TBC", "....", "to follow"])
def test_one_missing_paper_turns_it_off_and_is_named(key: str, nothing: str) -> None:
    missing = papers(**{key: "" if isinstance(WHOLE[key], date) else nothing})
    assert not missing.in_force(ON)
    assert f"{key}: write " in missing.why_off(ON)


def test_papers_without_the_switch_open_nothing() -> None:
    assert not papers(on=False).in_force(ON)


@pytest.mark.parametrize(
    ("key", "day", "says"),
    [
        ("union_consulted", ON + timedelta(days=1), "yet to come"),
        ("review_by", ON - timedelta(days=1), "was due on 28 November 2026"),
        ("review_by", ON + timedelta(days=500), "more than a year ahead"),
    ],
)
def test_a_day_that_can_t_be_turns_it_off(key: str, day: date, says: str) -> None:
    assert says in papers(**{key: day}).why_off(ON)


@pytest.mark.parametrize(
    ("key", "written", "says"),
    [
        ("legal_basis", "Article 6", "point of Article 6(1)"), ("legal_basis", "Article 6(1)(f)", "Article 9(2)"),
        ("legal_basis", "Article 6(1)(f), Article 9(2)(b)", "Schedule 1"), ("union_reference", "no reply", "no consultation"),
        ("union_reference", "JNCC minutes, item 4", "what came of it"), ("dpia", "an assessment", "with its number"),
    ],
)  # fmt: skip
def test_a_paper_that_leaves_out_what_the_law_asks_for_is_not_filled_in(
    key: str, written: str, says: str
) -> None:
    assert not papers(**{key: written}).in_force(ON)
    assert "not filled in as it has to be" in papers(**{key: written}).why_off(ON)
    assert says in papers(**{key: written}).why_off(ON)
