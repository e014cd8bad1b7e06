"""All cases: a slip finds what was meant, filters tell the truth, and one's own are kept as a view by its name."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from review.desk.everything import named_flags, named_places
from store import CaseQuery
from store.team.users import MOST_VIEWS, views_of
from tests.review.conftest import House
from tests.review.pages import cases_in, read, send

FILTER = "risk=high&platform=x"


def names(house: House, handle: str = "amina") -> list[str]:
    user = house.store.users.get(house.who[handle])
    assert user is not None
    return [view.name for view in views_of(user)]


def save(house: House, name: str, query: str = FILTER, **more: str) -> httpx.Response:
    return send(house, "/views", **({"do": "save", "name": name, "query": query} | more))


def test_a_slip_is_mended_and_the_page_says_what_it_searched_for(house: House) -> None:
    exact = read(house, "/all?q=Hounslow")
    mended = read(house, "/all?q=hounslwo")
    assert "Showing hounslow for hounslwo" in mended.text
    assert len(mended.all("li", **{"class": "row"})) == len(exact.all("li", **{"class": "row"}))
    assert "Showing" not in exact.text
    only = read(house, "/all?q=hounslwo&exact=yes")
    assert (
        "Masked words can’t be searched here" in only.text
    )  # a name would be no English word either


def test_a_number_opens_its_case(house: House) -> None:
    with house.asks() as client:
        answer = client.get("/all?q=case 3")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/3")


def test_a_number_that_no_case_has_is_said_and_no_word_is_offered_for_case(house: House) -> None:
    for typed in ("case 99999", "Case #99999", "99999"):
        text = read(house, f"/all?q={typed.replace('#', '%23')}").text
        assert "There is no case 99999 that you can open." in text
        assert "Did you mean" not in text
        assert "No post has the word" not in text
    assert "There is no post 99999 that you can open." in read(house, "/all?q=post 99999").text


@pytest.mark.parametrize(
    ("typed", "offers"),
    [("suicde", "suicide"), ("wheelchiar", "wheelchair"), ("kill", ""), ("case", ""), ("wheelchair", ""), ("zzzqqqq", "")],
)  # fmt: skip
def test_a_long_word_with_a_slip_is_spelt_and_no_link_leads_to_no_case(typed: str, offers: str, house: House) -> None:  # fmt: skip
    text = read(house, f"/all?q={typed}").text
    assert "Did you mean" not in text
    assert ("No case has “" in text) == bool(offers)
    assert not offers or f"No case has “{offers}” either." in text


@pytest.mark.parametrize("handle", ["vera", "amina"])
def test_whatever_a_search_offers_leads_to_a_case(handle: str, house: House) -> None:
    words = {word for n in range(1, 9) for word in re.findall(r"[a-z]{6,}", read(house, f"/cases/{n}", "amina").text)}  # fmt: skip
    slips = [f"{word[:3]}{word[4]}{word[3]}{word[5:]}" for word in sorted(words)[::12]]
    assert slips
    with house.asks(handle) as client:
        for slip in [*slips, "suicde", "wheelchiar"]:
            shown = client.get("/all", params={"q": slip}).text
            for line in re.findall(r"Did you mean.*?</p>", shown, re.DOTALL):
                for address in re.findall(r'href="([^"]+)"', line):
                    assert 'class="row' in client.get(html.unescape(address)).text, address


@pytest.mark.parametrize(
    ("words", "places"),
    [("hilingdon", ["Hillingdon Hospital"]), ("hospital hill", ["Hillingdon Hospital"]), ("park", ["Northwick Park"]),
     ("mother", []), ("", []), ("hillingdon mother", [])],
)  # fmt: skip
def test_a_place_is_offered_by_its_name_with_a_slip_or_in_part(
    words: str, places: list[str]
) -> None:
    assert named_places(words, ["Hillingdon Hospital", "Northwick Park"]) == places


def test_a_filter_shows_that_alone_and_says_of_how_many(house: House) -> None:
    every = house.store.queue.count(CaseQuery(tab="all"), house.desk.now())
    high = house.store.queue.count(CaseQuery(tab="all", risks=("high",)), house.desk.now())
    assert 0 < high < every
    page = read(house, "/all?risk=high")
    assert f"{high} cases of {every}, " in page.text
    assert page.all("a", href="/all")
    assert "was left out" in read(house, "/all?risk=extreme").text


def test_filters_are_saved_renamed_and_deleted(fresh: House) -> None:
    assert (
        save(fresh, "  High   on X ").headers["location"]
        == f"/all?{FILTER.split('&')[1]}&risk=high"
    )
    for path in ("/mine", "/waiting", "/done", "/all"):
        assert "High on X" in read(fresh, path).text
        assert "High on X" not in read(fresh, path, "bea").text
    assert save(fresh, "High on X", do="rename", new="Bad on X").status_code == 303
    assert names(fresh) == ["Bad on X"]
    assert save(fresh, "Bad on X", do="delete").status_code == 303
    assert names(fresh) == []


@pytest.mark.parametrize(
    ("name", "query"), [("", FILTER), ("x" * 41, FILTER), ("Nothing set", ""), ("Unknown", "colour=red")]
)  # fmt: skip
def test_a_view_needs_a_name_and_a_filter(fresh: House, name: str, query: str) -> None:
    answer = save(fresh, name, query)
    assert answer.status_code == 422
    assert "was not saved" in answer.text
    assert names(fresh) == []


def test_the_same_name_is_the_same_view_and_there_is_an_end_to_them(fresh: House) -> None:
    for number in range(MOST_VIEWS):
        save(fresh, f"View {number}")
    assert save(fresh, "view 3", "risk=low").status_code == 303
    assert len(names(fresh)) == MOST_VIEWS
    assert save(fresh, "One more").status_code == 422


def test_a_view_leads_nowhere_but_to_all(fresh: House) -> None:
    save(fresh, "Odd", "risk=high&back=//example.org&page=9&words=x<script>")
    user = fresh.store.users.get(fresh.who["amina"])
    assert user is not None
    assert [view.query for view in views_of(user)] == ["risk=high"]


def test_other_preferences_stay(fresh: House) -> None:
    fresh.store.users.save_preferences(fresh.who["amina"], {"keys": False})
    save(fresh, "High")
    user = fresh.store.users.get(fresh.who["amina"])
    assert user is not None
    assert user.preferences["keys"] is False


def test_a_name_behind_a_mask_is_never_said_to_be_in_no_case(house: House) -> None:
    page = read(house, "/all?q=Lovegrove")
    assert "Masked words can’t be searched here" in page.text
    assert (
        "Nothing was found in the words that are not masked." in page.text
    )  # nothing masked was looked for
    assert "No case has" not in page.text
    assert "Masked words" not in read(house, "/all?q=Hounslow").text


def test_no_word_of_a_search_stands_in_the_title(house: House) -> None:
    with house.asks() as client:
        answer = client.get("/all?q=Lovegrove")
    assert "Lovegrove" not in answer.text.partition("<title>")[2].partition("</title>")[0]


def test_words_in_the_address_of_a_search_are_searched_for(house: House) -> None:
    with house.asks() as client:
        assert client.get("/search?q=night+clinic").headers["location"] == "/all?q=night+clinic"
        assert "NHS numbers" in client.get("/search?q=999+318+2276").text


def test_a_number_alone_is_a_cases_and_a_post_of_that_number_is_only_offered(house: House) -> None:
    highest = max(row["number"] for row in house.store.database.rows("SELECT number FROM cases"))
    post = next(
        row["number"]
        for row in house.store.database.rows("SELECT number FROM mentions ORDER BY number")
        if row["number"] > highest
    )
    with house.asks() as client:
        assert client.get("/all?q=1").headers["location"] == "/cases/1"
        assert client.get(f"/all?q=post+{post}").headers["location"] == f"/mentions/{post}"
        offered = client.get(f"/all?q={post}")
    assert offered.status_code == 200
    assert f"There is no case {post} that you can open" in offered.text
    assert f'href="/mentions/{post}"' in offered.text


def test_an_nhs_number_comes_into_no_address(house: House) -> None:
    answer = send(house, "/search", "vera", q="999 318 2276")
    assert (answer.status_code, answer.headers["location"]) == (303, "/search")
    assert "What looks like one was not searched for" in read(house, "/search", "vera").text
    with house.asks() as client:
        typed = client.get("/all?q=999+318+2276")
        queue = client.get("/cases?tab=all&words=999+318+2276")
    assert (typed.headers["location"], queue.headers["location"]) == ("/search", "/search")
    found = send(house, "/search", "vera", q="night clinic")
    assert found.headers["location"] == "/all?q=night+clinic"


def test_a_case_is_found_by_the_line_that_names_it_in_today(house: House) -> None:
    line = "Claim to check: A&E at Ealing"
    assert line in read(house, "/today").text
    page = read(house, "/all?q=claim ealing&exact=yes")
    assert line in page.text
    assert len(cases_in(page)) == 1
    assert line not in read(house, "/all?q=claim zzzqqq&exact=yes").text


def test_the_flags_that_a_search_may_mean_are_offered() -> None:
    flags = {"security": "security Code, password or way in given away", "media": "media Reporter asks us"}  # fmt: skip
    assert named_flags("door code", flags) == ["security"]
    assert named_flags("given away", flags) == []
    assert named_flags("", flags) == []
