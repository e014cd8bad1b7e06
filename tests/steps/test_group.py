"""A cycle puts what it assessed into cases, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from classify.policy import schema
from core.models import Author, Mention
from settings.organisation import Place
from steps import group
from steps.context import RunContext, open_context
from store import CaseDecision, CaseQuery, Ungrouped
from tests.decisions import AT, CALM, THREAT, found, post, reader, settled
from tests.fakes import Told

DANGER = "@HealthierNWL I am going to kill myself tonight, nobody at the Brent clinic listens"
LEAK = "Found on the desk at the Brent clinic: Maureen Tillotson, NHS number 999 012 3459, of 4 Alder Road, has HIV"
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


def by(number: int, text: str, account: str, **changes: Any) -> Mention:
    return post(number, text, author=Author(id=account, handle=account, name=account), **changes)


def test_two_people_in_danger_in_the_same_words_are_two_cases_and_two_alerts(
    tmp_path: Path, told: Told
) -> None:
    with open_context(settled(tmp_path), told) as house:
        found(house, by(1, DANGER, "rowan"))
        assert grouped(house) == 1
        found(
            house,
            by(2, DANGER, "jordan"),
            by(3, f"{DANGER}. {DANGER}", "rowan"),
            by(4, DANGER, "rowan"),
        )
        grouped(house)
        cases = {number: house.store.grouping.case_of(number) for number in (1, 2, 4)}
        assert cases[1] == cases[4] != cases[2]
        alerts = house.store.alerts.raised()
        assert {alert.case for alert in alerts} >= {cases[1], cases[2]}


def test_who_answers_a_post_in_danger_and_is_in_danger_too_is_a_case_of_their_own(
    tmp_path: Path, told: Told
) -> None:
    with open_context(settled(tmp_path), told) as house:
        found(house, by(1, DANGER, "rowan"))
        grouped(house)
        found(
            house,
            by(
                2,
                f"Same here. {DANGER}",
                "jordan",
                kind="reply",
                parent_id="at://1",
                root_id="at://1",
            ),
        )
        assert grouped(house) == 2


def test_a_decision_covers_no_copy_of_what_waits_in_now(tmp_path: Path, told: Told) -> None:
    with open_context(settled(tmp_path), told) as house:
        amina = house.store.users.add("local", "amina", "Amina", ["reviewer"], at=AT).number
        found(house, by(1, LEAK, "rowan"))
        grouped(house)
        said = CaseDecision(case=1, kind="monitor", by=amina, at=AT, covers=((1, 1),))
        assert house.store.cases.decide(said, 0)
        found(house, by(2, LEAK, "jordan"))
        assert grouped(house) == 1
        case = house.store.cases.get(1)
        assert case is not None
        assert case.state == "open"


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
