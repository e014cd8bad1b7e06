from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from core import clock
from demo.platforms.gdelt import BAD_LENGTH, DOC, TOO_SOON, GdeltStandIn
from tests.demo.conftest import AT

ASKED: dict[str, Any] = {"mode": "artlist", "format": "json", "maxrecords": 250, "sort": "datedesc"}
NAME = '"NHS North West London"'


@pytest.fixture
def gdelt() -> Iterator[GdeltStandIn]:
    with GdeltStandIn(AT) as standin:
        standin.between = 0
        yield standin


def ask(gdelt: GdeltStandIn, query: str = NAME, **params: Any) -> requests.Response:
    return requests.get(gdelt.url + DOC, params={**ASKED, "query": query} | params, timeout=10)


def titles(gdelt: GdeltStandIn, query: str = NAME, **params: Any) -> list[str]:
    found = ask(gdelt, query, **params).json().get("articles", [])
    return [one["title"] for one in found if isinstance(one, dict)]


def test_who_asks_too_soon_is_told_in_words_with_200(gdelt: GdeltStandIn) -> None:
    gdelt.between = 0.15
    first, second = ask(gdelt), ask(gdelt)
    assert first.json()["articles"]
    assert (second.status_code, second.text) == (200, TOO_SOON)
    assert second.headers["content-type"].startswith("text/plain")
    time.sleep(0.2)
    assert ask(gdelt).json()["articles"]


def test_the_table_says_a_distance_that_is_long_enough(gdelt: GdeltStandIn) -> None:
    gdelt.between = 0.1
    assert gdelt.table(lambda *_: "")["seconds_between"] > gdelt.between


def test_nothing_found_is_an_empty_object(gdelt: GdeltStandIn) -> None:
    assert ask(gdelt, "zebra crossing").json() == {}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", BAD_LENGTH),
        ("ab", BAD_LENGTH),
        ("a" * 1001, BAD_LENGTH),
        ('"ICB"', "The specified phrase is too short."),
        ('"Ealing Hospital" OR "Northwick Park"', "Queries containing OR'd terms must be surrounded by ()."),
        ('("Ealing Hospital"', "Your query contains an error."),
    ],
)  # fmt: skip
def test_a_query_that_is_not_taken_is_refused_in_words(
    gdelt: GdeltStandIn, query: str, words: str
) -> None:
    refused = ask(gdelt, query)
    assert (refused.status_code, refused.text) == (200, words)


@pytest.mark.parametrize(
    "bad", [{"mode": "timelinevol"}, {"format": "html"}, {"maxrecords": 251}, {"timespan": "soon"},
            {"startdatetime": "2026-11-20"}],
)  # fmt: skip
def test_what_is_not_taken_never_comes_as_json(gdelt: GdeltStandIn, bad: dict[str, Any]) -> None:
    with pytest.raises(requests.JSONDecodeError):
        ask(gdelt, **bad).json()


def test_names_are_found_by_a_bracket_and_narrowed_by_country_and_language(
    gdelt: GdeltStandIn,
) -> None:
    both = titles(gdelt, '("Ealing Hospital" OR "Hillingdon Hospital")')
    assert len(both) == len(titles(gdelt, '"Ealing Hospital"')) + len(titles(gdelt, '"Hillingdon Hospital"'))  # fmt: skip
    everywhere = titles(gdelt)
    at_home = titles(gdelt, f"{NAME} sourcecountry:UK sourcelang:english")
    assert len(everywhere) - len(at_home) == 2
    assert not [title for title in at_home if "Gdzie" in title or "Gujarati" in title]


def test_articles_are_seen_in_steps_and_newest_first(gdelt: GdeltStandIn) -> None:
    found = [one for one in ask(gdelt, "Northwick").json()["articles"] if one["title"]]
    seen = [clock.parse(one["seendate"]) for one in found]
    assert seen == sorted(seen, reverse=True)
    assert {moment.minute for moment in seen} <= {0, 15, 30, 45}
    backwards = ask(gdelt, "Northwick", sort="dateasc").json()["articles"]
    assert [one for one in backwards if one["title"]] == found[::-1]


def test_a_span_or_two_moments_cut_the_time(gdelt: GdeltStandIn) -> None:
    day = titles(gdelt, timespan="1d")
    assert 0 < len(day) < len(titles(gdelt, timespan="1w"))
    assert titles(gdelt, timespan="24h") == titles(gdelt, timespan="1440min") == day
    edges = [f"{AT - timedelta(hours=hours):%Y%m%d%H%M%S}" for hours in (24, 12, 0)]
    older = titles(gdelt, startdatetime=edges[0], enddatetime=edges[1])
    newer = titles(gdelt, startdatetime=edges[1], enddatetime=edges[2])
    assert newer + older == day


def test_no_more_come_than_were_asked_for_and_there_are_no_pages(gdelt: GdeltStandIn) -> None:
    assert len(ask(gdelt, maxrecords=3).json()["articles"]) == 3


def test_one_story_stands_under_several_domains(gdelt: GdeltStandIn) -> None:
    found = ask(gdelt, "trees").json()["articles"]
    assert len({one["title"] for one in found}) == 1
    assert len({one["domain"] for one in found}) == 2
    image = next(one["socialimage"] for one in found if one["socialimage"])
    assert requests.get(image, timeout=10).content.startswith(b"\x89PNG")


def test_some_articles_are_malformed(gdelt: GdeltStandIn) -> None:
    found = ask(gdelt, f'({NAME} OR "Northwick Park" OR "NW London ICB")').json()["articles"]
    odd = [one for one in found if not isinstance(one, dict) or not one["url"] or not one["title"]]
    assert len(odd) == 3


def test_a_429_is_plain_text_too(gdelt: GdeltStandIn) -> None:
    gdelt.faults.add("gdelt", "429")
    limited = ask(gdelt)
    assert (limited.status_code, limited.text) == (429, TOO_SOON)


def test_a_later_day_drops_retitles_and_adds(gdelt: GdeltStandIn) -> None:
    names = '("Ealing Hospital" OR "Northwick Park")'
    before = set(titles(gdelt, names))
    gdelt.change()
    after = set(titles(gdelt, names))
    assert (len(before - after), len(after - before)) == (2, 2)
