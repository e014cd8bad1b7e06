"""The names of an organisation exchanged for another's."""

from __future__ import annotations

import pytest

from classify.batch import line_of
from classify.evaluation.areas import Area, Elsewhere, Exchange, Figures, load_areas
from classify.inputs import Known

KNOWN = Known(
    names=("NHS North West London", "NWL ICB"), places=("Brent", "Ealing"),
    providers=("Ealing Hospital",), official={"x": frozenset({"healthiernwl"})},
    register={"x": frozenset({"healthiernwl", "111"})},
)  # fmt: skip
KENT = Area(
    name="Kent and Medway", short="KM", handle="HealthierKM", places=("Thanet",),
    providers=("Margate Hospital",),
)  # fmt: skip
EXCHANGE = Exchange(known=KNOWN, area=KENT)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("NHS North West London shut it", "NHS Kent and Medway shut it"),
        ("nhs north west london shut it", "nhs kent and medway shut it"),
        ("the NWL ICB, @HealthierNWL", "the KM ICB, @HealthierKM"),
        ("a bed in Ealing Hospital, Ealing", "a bed in Margate Hospital, Thanet"),
        ("HEALING hands", "HEALING hands"),
    ],
)
def test_every_name_is_exchanged(text: str, there: str) -> None:
    assert EXCHANGE.text(text) == there


def test_profile_and_context_are_exchanged_as_the_text_is() -> None:
    line = EXCHANGE.line(
        line_of(
            {
                "id": 1,
                "text": "no",
                "author": {"handle": "a", "bio": "Nurse in Brent"},
                "context": {
                    "page": {"owner": "organisation", "name": "NHS North West London"},
                    "replies_to": [{"text": "Brent is open", "author": {"handle": "HealthierNWL"}}],
                    "card": {"title": "Ealing news"},
                    "pictures": [{"alt": "Ealing"}],
                },
            }
        )
    )
    assert line.author.bio == "Nurse in Thanet"
    assert line.context.words.splitlines() == [
        "NHS Kent and Medway", "HealthierKM", "Thanet is open", "Thanet news", "Thanet",
    ]  # fmt: skip


def test_what_is_known_is_exchanged_too() -> None:
    there = EXCHANGE.known_there()
    assert there.names == ("NHS Kent and Medway", "KM ICB")
    assert there.official == {"x": frozenset({"healthierkm"})}
    assert there.register == {"x": frozenset({"healthierkm", "111"})}


def test_the_table_marks_what_is_beyond_its_goal() -> None:
    here = Figures(area="as written", scope=0.9, macro_f1=0.8)
    there = (Figures(area="Kent and Medway", scope=0.87, macro_f1=0.78),)
    table = Elsewhere(file="f", model="m", policy="p", count=3, here=here, there=there).text()
    (line,) = [line for line in table.splitlines() if line.startswith("Kent")]
    assert line.split() == ["Kent", "and", "Medway", "0.870", "-0.030!", "0.780", "-0.020"]


def test_what_is_beyond_a_goal_is_named_and_what_is_within_is_not() -> None:
    here = Figures(area="as written", scope=0.98, macro_f1=0.90)
    there = (
        Figures(area="near", scope=0.96, macro_f1=0.93),
        Figures(area="scope", scope=0.95, macro_f1=0.90),
        Figures(area="flags", scope=0.98, macro_f1=0.86),
    )
    measured = Elsewhere(file="f", model="m", policy="p", count=3, here=here, there=there)
    assert measured.beyond == ["scope", "flags"]


def test_three_areas_ship_with_places_and_providers_enough() -> None:
    areas = load_areas()
    assert len(areas) == 3
    assert all(len(area.places) > 40 and len(area.providers) > 30 for area in areas)
