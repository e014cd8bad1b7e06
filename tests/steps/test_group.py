"""A cycle puts what it assessed into cases, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from classify.policy import schema
from settings.organisation import Place
from steps import group
from steps.context import RunContext, open_context
from store import CaseQuery, Ungrouped
from tests.decisions import AT, CALM, THREAT, found, post, reader, settled
from tests.fakes import Told

PLACES = (
    Place(name="Hammersmith & Fulham", aliases=("H&F", "Shepherd's Bush")),
    Place(name="Brent"),
)


@pytest.fixture
def told() -> Told:
    return Told()


def grouped(house: RunContext) -> int:
    """How many cases there are after a cycle's step."""
    reader(house)
    group.group(house.new_run(AT))
    return house.store.queue.page(CaseQuery(tab="all"), AT).total


def test_a_threat_is_a_case_and_its_shares_are_in_it(tmp_path: Path, told: Told) -> None:
    with open_context(settled(tmp_path), told) as house:
        found(house, post(1, THREAT), post(2, CALM), post(3, f"RT @somebody: {THREAT}"))
        assert grouped(house) == 1
        case = house.store.cases.get(1)
        assert case is not None
        assert (case.risk, case.flagged) == ("high", 2)


def test_a_second_cycle_changes_nothing(tmp_path: Path, told: Told) -> None:
    with open_context(settled(tmp_path), told) as house:
        found(house, post(1, THREAT))
        assert grouped(house) == grouped(house) == 1
    assert sum("cases:" in line for line in told) == 1


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Queues in Shepherd's Bush and at the Brent clinic", ("Hammersmith & Fulham", "Brent")),
        ("#Brent clinic", ("Brent",)),
        ("Nothing of ours", ()),
        ("hammersmith and fulham mind", ("Hammersmith & Fulham",)),
    ],
)
def test_places_are_known_by_all_their_names(text: str, places: tuple[str, ...]) -> None:
    given = group.placing(Ungrouped(mention=1, risk=1, text=text), PLACES, schema.load())
    assert set(given.places) == set(places)
