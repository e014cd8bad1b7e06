"""Whoever objected is read and let go of, in one cycle, unless it is a high risk; an edit that makes it one is seen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.models import Author, Mention
from steps import assess
from tests.cycles import at_home
from tests.decisions import AT, found, post, settled
from tests.fakes import FakeModel, reader

THEM = Author(handle="bryn.example.org", id="did:plc:bryn")
THREAT = {"brick": {"threat": 0.99}}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = settled(tmp_path)
    with at_home(path) as (house, _):
        house.store.objections.add("bluesky", ["@bryn.example.org"], by="gwen", at=AT)
    return path


def said(number: int, text: str, author: Author = THEM, **changes: object) -> Mention:
    return post(number, text, author=author, **changes)


def test_what_is_no_high_risk_is_read_and_gone_before_it_stands_anywhere(made: Path) -> None:
    with at_home(made) as (house, _):
        found(house, said(1, "The clinic in Brent is dear"), said(2, "The clinic is dear", Author(handle="ann")))  # fmt: skip
        assess.assess(house.new_run(AT), reader(FakeModel(says=THREAT)))
        assert house.store.mentions.get(1) is None
        assert house.store.mentions.get(2) is not None
        assert house.store.assessments.count_unassessed() == 0
        assert house.store.database.value("SELECT count(*) FROM assessments") == 1


def test_a_high_risk_is_taken_in_and_says_why(made: Path) -> None:
    with at_home(made) as (house, _):
        found(house, said(1, "I bring a brick to the clinic in Brent"))
        assess.assess(house.new_run(AT), reader(FakeModel(says=THREAT)))
        item = house.store.figures.item(1)
        assert item is not None
        assert item.risk == "high"
        assert [one.because for one in house.store.objections.taken_in()] == ["high"]
        assert "objected, taken in" in [event.kind for event in house.store.audit.events()]


def test_an_edit_that_makes_a_threat_of_it_is_taken_in(made: Path) -> None:
    later = AT + timedelta(hours=1)
    with at_home(made) as (house, _):
        found(house, said(1, "The clinic in Brent is dear"))
        assess.assess(house.new_run(AT), reader(FakeModel(says=THREAT)))
        found(house, said(1, "I bring a brick to the clinic", edited_at=later, fetched_at=later))
        assess.assess(house.new_run(later), reader(FakeModel(says=THREAT)))
        assert [one.because for one in house.store.objections.taken_in()] == ["high"]


def test_what_could_not_be_read_waits_and_is_not_let_go_of(made: Path) -> None:
    class Broken(FakeModel):
        def scores(self, texts: object, progress: object = None) -> list[object]:  # type: ignore[override]
            raise ValueError("broken")

    with at_home(made) as (house, _):
        found(house, said(1, "The clinic in Brent is dear"))
        assess.assess(house.new_run(AT), reader(Broken()))
        assert house.store.objections.waiting([1]) == {1}
        assert house.store.assessments.count_unassessed() == 1
