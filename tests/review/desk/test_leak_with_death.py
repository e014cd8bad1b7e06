"""A leak that tells of a death: it is one all the same, and whoever looks into the death has to know; what was sent, and what was decided, is said as it is."""

from __future__ import annotations

import pytest

from review.desk.harm import needs_looking_into
from tests.review.conftest import House
from tests.review.desk.paths import do, now_lane, ready
from tests.review.desk.test_leak import RECORDED
from tests.review.factories import NOW, Told, case_of, tell
from tests.review.pages import read
from tests.store.factories import AT

STEP = "See that the death is looked into"
LEAKED = "Rosalind Pettigrew, NHS number 999 123 4567"
MASKED = "[name 1], NHS number [NHS number]"


def leak(words: str) -> Told:
    return Told(
        text=f"{LEAKED}. {words}",
        masked=f"{MASKED}. {words}",
        risk="high",
        flags=(("pid", LEAKED),),
    )


def opened(house: House, words: str) -> str:
    """The way of the steps of a leak that says this too."""
    told = leak(words)
    tell(house.store, told, 73, AT, alone=True, kind="comment")
    now_lane(house, told, "Patient’s NHS number")
    ready(house)
    return f"/cases/{case_of(house.store, told)}"


@pytest.mark.parametrize(("words", "dies"), [
    ("He died on that ward in March", True), ("Her daughter was stillborn", True), ("They lost their baby that night", True), ("My late mother lay there", True),
    ("He nearly died on that ward", False), ("She could have died", False), ("They were rude to her", False), ("His neighbour died, and other patients are still in those beds with bed sores", False),
])  # fmt: skip
def test_a_death_has_a_step_and_what_ended_well_or_goes_on_has_none(anew: House, words: str, dies: bool) -> None:  # fmt: skip
    case = opened(anew, words)
    assert (STEP in read(anew, f"{case}/leak").text) is dies
    assert ("It tells of a death as well: the steps ask who looks into that" in read(anew, case).text) is dies  # fmt: skip
    assert "PALS can look into it" not in read(anew, case).text
    post = anew.store.cases.mentions(case_of(anew.store, leak(words)))[0].item
    assert needs_looking_into(post) is dies


def test_pals_is_passed_the_death_or_somebody_writes_who_looks_into_it(anew: House) -> None:
    case = opened(anew, "He died on that ward in March")
    way = f"{case}/leak"
    do(anew, way, "confirm", out=["name", "NHS number"])
    assert "Confidentiality lasts after death" in read(anew, way).text
    assert do(anew, way, "death").status_code == 303
    assert [each.role for each in anew.store.handoffs.open(case_of(anew.store, leak("He died on that ward in March")))] == ["pals"]  # fmt: skip
    assert "Passed on to PALS" in read(anew, way).text


def test_somebody_writes_who_looks_into_a_death(anew: House) -> None:
    way = f"{opened(anew, 'Their baby girl did not survive')}/leak"
    do(anew, way, "confirm", out=["name"])
    assert do(anew, way, "death_known", who="", prefix="death").status_code == 422
    assert (
        do(anew, way, "death_known", who="Priya Nair", when="11:00", prefix="death").status_code
        == 303
    )
    assert "Priya Nair looks into it" in read(anew, way).text
    do(anew, way, "back", step="death")
    assert "Priya Nair looks into it" not in read(anew, way).text


def test_what_is_sent_is_not_done_until_somebody_confirms(anew: House) -> None:
    case = opened(anew, "They were rude to her")
    way = f"{case}/leak"
    do(anew, way, "confirm", out=["name"])
    do(anew, way, "tell")
    for row in anew.store.outbox.due(NOW):
        anew.store.outbox.claim(row.number, NOW)
        anew.store.outbox.mark_sent(row.number, NOW)
    assert "Tell information governanceSent, not confirmed" in read(anew, way).text
    do(anew, way, "has_it", who="Priya Nair", when="11:00", prefix="has", how="phone")
    assert "Sent, not confirmed" not in read(anew, way).text


def test_what_information_governance_decided_is_not_to_be_begun_with_again(anew: House) -> None:
    case = opened(anew, "They were rude to her")
    way = f"{case}/leak"
    do(anew, way, "confirm", out=["name"])
    do(anew, way, "tell")
    do(anew, way, "record", **RECORDED)
    page = read(anew, case).text
    assert "treat it as a leak" not in page
    assert (
        "What information governance decided was written down today, 11:00. What is left is to close it"
        in page
    )


def test_an_area_in_which_somebody_lives_is_ticked(anew: House) -> None:
    told = Told(text="Rosalind Pettigrew of Hollow Lane has it", masked="[name 1] of [area 1] has it", risk="high", flags=(("pid", "Rosalind Pettigrew"),))  # fmt: skip
    tell(anew.store, told, 74, AT, alone=True, kind="comment")
    now_lane(anew, told, "Patient’s details")
    ready(anew)
    page = read(anew, f"/cases/{case_of(anew.store, told)}/leak")
    assert "home area" in [each["value"] for each in page.all("input", name="out") if "checked" in each]  # fmt: skip
