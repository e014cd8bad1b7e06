"""Where somebody arrives: the welcome once, then their own first page; a practice case that is saved nowhere; help."""

from __future__ import annotations

import pytest

from review.desk.home import GLOSSARY, PRACTICE, SEEN
from tests.review.conftest import House
from tests.review.factories import policy
from tests.review.pages import read


def leads(house: House, handle: str) -> str:
    with house.asks(handle) as client:
        return client.get("/").headers["location"]


def test_the_welcome_is_seen_once_and_stays_a_link_away(anew: House) -> None:
    assert leads(anew, "amina") == "/welcome"
    assert leads(anew, "amina") == "/today"
    amina = anew.store.users.get(anew.who["amina"])
    assert amina is not None
    assert amina.preferences[SEEN] is True
    assert read(anew, "/help").all("a", href="/welcome")
    assert "Welcome, Amina" in read(anew, "/welcome").text


@pytest.mark.parametrize(("handle", "first"), [("amina", "/today"), ("bea", "/overview"), ("gwen", "/today"), ("vera", "/today")])  # fmt: skip
def test_each_role_is_led_to_its_own_first_page(anew: House, handle: str, first: str) -> None:
    leads(anew, handle)
    assert leads(anew, handle) == first


def test_governance_alone_begins_with_its_overview(anew: House) -> None:
    anew.store.users.change(anew.who["gwen"], roles=("governance",), at=anew.desk.now())
    leads(anew, "gwen")
    assert leads(anew, "gwen") == "/governance"


@pytest.mark.parametrize("chosen", PRACTICE)
def test_the_practice_case_answers_and_saves_nothing(house: House, chosen: str) -> None:
    before = house.store.figures.row_counts()
    page = read(house, f"/welcome?try={chosen}")
    assert PRACTICE[chosen].answer in page.text
    assert ("Look again" in page.text) is not PRACTICE[chosen].right
    buttons = [one for one in page.all("a", class_="nhsuk-button") if one.get("href")]
    assert bool(buttons) is PRACTICE[chosen].right  # then it is time to start
    assert house.store.figures.row_counts() == before
    assert "Larkfield" not in str(house.store.queue.facets())


def test_a_practice_answer_that_is_none_is_asked_for_again(house: House) -> None:
    for query in ("checked=yes", "try=", "try=%3Cscript%3E"):
        assert "Choose one of the four" in read(house, f"/welcome?{query}").text


def test_help_explains_the_words_lanes_and_flags_of_the_page(house: House) -> None:
    page = read(house, "/help", "vera")
    for word, means in GLOSSARY:
        assert word in page.text
        assert means in page.text
    for flag in policy().values():
        assert flag.means in page.text
    for lane in ("Now", "Answer", "Look", "Rest", "Guardian"):
        assert lane in page.text
    assert page.all("a", href="tel:999")


@pytest.mark.parametrize(
    "word", ["CHI number", "Clause", "Digest", "Guardian", "Hold back", "On-call list", "Chase"]
)
def test_words_that_a_newcomer_asked_about_stand_in_the_glossary(word: str) -> None:
    assert word in dict(GLOSSARY)


def test_the_welcome_says_who_the_guardian_is(house: House) -> None:
    assert (
        "the Freedom to Speak Up Guardian, who hears staff in confidence"
        in read(house, "/welcome", "vera").text
    )
