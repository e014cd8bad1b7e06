from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import ODD_ERRORS, Collected, SaveState
from collectors.gdelt.parse import tidied, to_mention
from core import clock
from core.context import Context, Page
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from demo.platforms.gdelt import GdeltStandIn
from tests.collectors.cases import (
    AT,
    SINCE,
    client,
    mentions,
    odds,
    page,
    pointed,
    pull,
    source,
)
from tests.collectors.mutants import mutants

DOC = "https://api.gdeltproject.org/api/v2/doc/doc"
THROTTLED = "Please limit requests to one every 5 seconds or contact us for larger queries.\n"
PLAIN = "text/html; charset=utf-8"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def asked(web: responses.RequestsMock, call: int = 0) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


def article(number: int, seen: datetime) -> dict[str, str]:
    return {
        "url": f"https://news.example.org/{number}", "title": f"NHS NW London story {number}",
        "seendate": seen.strftime("%Y%m%dT%H%M%SZ"), "domain": "news.example.org",
    }  # fmt: skip


def archive(web: responses.RequestsMock, seen: list[datetime]) -> None:
    """GDELT with an article seen at each of these moments: the newest of a window, as many as are asked for."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        start, end = (clock.parse(request.params[key]) for key in ("startdatetime", "enddatetime"))
        within = [article(n, at) for n, at in enumerate(seen) if start <= at <= end]
        most = int(request.params["maxrecords"])
        return 200, {}, json.dumps({"articles": within[-most:]} if within else {})

    web.add_callback("GET", DOC, answer, content_type="application/json")


def paced(**settings: Any) -> Any:
    """A client that would wait for three calls to come and never does."""
    http = client(longest_wait=180.0, **settings)
    http.paced.sleep = lambda _seconds: None
    return http


def run(collector: Any, since: datetime = SINCE) -> list[Collected]:
    return list(collector.collect(since))


# ── articles ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def found(web: responses.RequestsMock) -> list[Mention]:
    web.get(DOC, json=page("gdelt/page1.json"))
    mentions, _, _, error = pull(source("gdelt"))
    assert error is None
    return mentions


def test_an_article_is_its_title_as_its_site_wrote_it(found: list[Mention]) -> None:
    first = found[0]
    assert first.text == (
        "NHS NW London's board meets: what's next for 1,200 patients (and 40 beds)?"
    )
    assert first.text_raw.startswith("NHS NW London ' s board")
    assert (first.platform, first.kind, first.issuer) == ("news", "article", "gdelt")
    assert first.issued_id == first.url == "https://news.example.org/2026/11/nw-london-board"
    assert first.posted_at == datetime(2026, 11, 20, 9, 45, tzinfo=UTC)
    assert (first.author.name, first.language) == ("news.example.org", "en")
    assert first.images == ("https://news.example.org/pictures/board.jpg",)
    assert first.context == Context(page=Page(name="news.example.org", kind="newspaper"))


def test_the_same_story_at_another_site_is_a_mention_of_its_own(found: list[Mention]) -> None:
    assert found[0].text == found[1].text
    assert found[0].key != found[1].key


def test_an_article_that_names_no_term_in_its_title_matched_the_query(found: list[Mention]) -> None:
    assert found[0].matched == ("NHS NW London",)
    assert found[2].matched == (
        '("NHS NW London" OR "NW London ICB") sourcecountry:UK sourcelang:english',
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Don ' t panic ! ", "Don't panic!"),
        ("' Shameful ' : patients wait at A & E", "'Shameful': patients wait at A & E"),
        ('He said " enough is enough " , again', 'He said "enough is enough", again'),
        ("Doctors ' strike : £ 5m , 3 . 5 % of it", "Doctors' strike: £5m, 3.5% of it"),
        ("In 2025 , 300 patients waited", "In 2025, 300 patients waited"),
        ("Nothing to tidy here - truly", "Nothing to tidy here - truly"),
    ],
)
def test_spaces_around_punctuation_go(written: str, read: str) -> None:
    assert tidied(written) == read


@given(st.text(max_size=200))
def test_tidying_loses_no_letter(title: str) -> None:
    assert [c for c in tidied(title) if c.isalnum()] == [c for c in title if c.isalnum()]


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def test_terms_are_quoted_and_joined_in_parentheses(web: responses.RequestsMock) -> None:
    web.get(DOC, body="{}")
    assert pull(source("gdelt"))[3] is None
    assert asked(web) == {
        "query": '("NHS NW London" OR "NW London ICB") sourcecountry:UK sourcelang:english',
        "mode": "artlist", "format": "json", "maxrecords": "250", "sort": "datedesc",
        "startdatetime": "20261118090000", "enddatetime": "20261124090000",
    }  # fmt: skip


def test_one_term_stands_alone_and_a_single_word_without_quotes(
    web: responses.RequestsMock,
) -> None:
    web.get(DOC, body="{}")
    http = paced()
    run(source("gdelt", http=http, names=("NW London ICB",), country="", language=""))
    run(source("gdelt", http=http, names=("@HealthierNWL", "#CNWL"), country=""))
    run(source("gdelt", http=http, names=(), queries=["theme:HEALTH ealing"], language=""))
    assert [asked(web, n)["query"] for n in range(3)] == [
        '"NW London ICB"',
        "CNWL sourcelang:english",
        "theme:HEALTH ealing sourcecountry:UK",
    ]


def test_terms_over_the_limit_become_several_queries(web: responses.RequestsMock) -> None:
    web.get(DOC, body="{}")
    names = tuple(f"organisation number {n}" for n in range(14))
    run(source("gdelt", names=names, seconds_between=0.0))
    queries = [asked(web, n)["query"] for n in range(len(web.calls))]
    assert len(queries) == 2
    assert all(len(query) <= 250 and query.startswith("(") for query in queries)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"queries": [" "]}, "queries"),
        ({"queries": ["x" * 220]}, "queries"),
        ({"terms": ["x " * 200]}, "terms"),
        ({"terms": ["@HealthierNWL"]}, "terms"),
        ({"base_url": "http://api.example.org"}, "base_url"),
        ({"country": "UK sourcelang:welsh"}, "country"),
        ({"records": 251}, "records"),
    ],
)
def test_a_table_that_can_not_work_is_refused_by_key(table: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match=rf"\[collectors.gdelt\] {key}"):
        source("gdelt", **table)


def test_an_account_outside_the_register_can_not_be_asked_for() -> None:
    with pytest.raises(ConfigError, match="register"):
        source("gdelt", queries=["from:ana_example"])


# ── windows ──────────────────────────────────────────────────────────────────────────────────────


def test_a_full_page_is_asked_again_by_halves_until_all_is_there(
    web: responses.RequestsMock,
) -> None:
    archive(web, [SINCE + timedelta(minutes=15 * n) for n in range(570)])
    found = run(source("gdelt", seconds_between=0.0, pages=50))
    assert len({mention.key for mention in mentions(found)}) == 570
    assert odds(found) == []
    assert len(web.calls) == 7


def test_a_quarter_of_an_hour_that_is_full_is_told_and_costs_no_more(
    web: responses.RequestsMock,
) -> None:
    archive(web, [AT - timedelta(hours=40)] * 12)
    found = run(source("gdelt", seconds_between=0.0, pages=50, records=10))
    (told,) = {odd.why for odd in odds(found)}
    assert "10 articles of a quarter of an hour" in told
    assert not any(odd.stops for odd in odds(found))


def test_a_run_makes_no_more_calls_than_the_longest_wait_has_room_for(
    web: responses.RequestsMock,
) -> None:
    archive(web, [SINCE + timedelta(minutes=15 * n) for n in range(570)])
    found = run(source("gdelt", http=paced()))
    assert len(web.calls) == 4
    assert [odd for odd in odds(found) if odd.stops]


def test_what_a_run_had_no_time_for_is_read_by_the_next_ones(web: responses.RequestsMock) -> None:
    archive(web, [SINCE + timedelta(minutes=15 * n) for n in range(570)])
    kept: dict[str, str] = {}
    seen, runs = set[str](), 0
    while True:
        runs += 1
        found = run(source("gdelt", http=paced(), state=kept))
        seen |= {mention.key for mention in mentions(found)}
        assert all(thing.always for thing in found if isinstance(thing, SaveState))
        kept |= {thing.name: thing.value for thing in found if isinstance(thing, SaveState)}
        if not any(odd.stops for odd in odds(found)):
            break
    assert len(seen) == 570
    assert runs <= 4
    assert set(kept.values()) == {""}


def test_a_query_that_was_read_is_not_read_anew_when_another_had_no_turn(
    web: responses.RequestsMock,
) -> None:
    web.get(DOC, body="{}")
    table: dict[str, Any] = {"queries": [f"ealing {n}" for n in range(6)], "names": ()}
    found = run(source("gdelt", http=paced(), **table))
    kept = {thing.name: thing.value for thing in found if isinstance(thing, SaveState)}
    again = run(source("gdelt", http=paced(), state=kept, **table))
    starts = [asked(web, n)["startdatetime"] for n in range(4, 8)]
    assert starts == ["20261124080000"] * 4
    assert asked(web, 7)["query"].startswith("ealing 3")
    assert [odd.item for odd in odds(again)] == ["query 5"]


@pytest.mark.parametrize("kept", ["", "nonsense", "2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z x"])
def test_a_place_that_leads_nowhere_is_not_followed(kept: str, web: responses.RequestsMock) -> None:
    web.get(DOC, body="{}")
    (place,) = [
        thing.name
        for thing in run(source("gdelt", http=paced(), pages=1, queries=["ealing"]))
        if isinstance(thing, SaveState) and " " not in thing.value
    ]
    run(source("gdelt", http=paced(), state={place: kept}))
    assert asked(web, 1)["startdatetime"] == "20261118090000"


def test_a_window_is_never_shorter_than_gdelts_step(web: responses.RequestsMock) -> None:
    web.get(DOC, body="{}")
    run(source("gdelt"), AT)
    assert asked(web)["startdatetime"] == "20261124084500"


# ── what GDELT says instead ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [200, 429])
def test_a_throttle_is_waited_out_by_our_own_distance(
    web: responses.RequestsMock, status: int
) -> None:
    web.get(DOC, body=THROTTLED, status=status, content_type=PLAIN)
    *_, error = pull(source("gdelt"))
    assert isinstance(error, PlatformUnavailable)
    assert error.retry_after == 60
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    ("headers", "wait"), [({}, 5), ({"Retry-After": "900"}, 900), ({"Retry-After": "soon"}, 5)]
)
def test_a_longer_wait_that_is_asked_for_is_kept_in_the_error(
    web: responses.RequestsMock, headers: dict[str, str], wait: float
) -> None:
    web.get(DOC, body=THROTTLED, status=429, headers=headers, content_type=PLAIN)
    *_, error = pull(source("gdelt", seconds_between=0.0))
    assert isinstance(error, PlatformUnavailable)
    assert error.retry_after == wait


def test_a_title_that_speaks_of_limits_is_no_throttle(web: responses.RequestsMock) -> None:
    told = {
        **article(1, AT - timedelta(days=1)),
        "title": "Please limit requests to one every 5 seconds",
    }
    web.get(DOC, json={"articles": [told]})
    found, _, _, error = pull(source("gdelt"))
    assert (len(found), error) == (1, None)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("The specified phrase is too short.\n", "a phrase of it is too short"),
        ("Your query was too short or too long.\n", "longest_query"),
        ("Queries containing OR'd terms must be surrounded by ().\n", "parentheses alone"),
        ("Parentheses may only be used around OR'd statements.\n", "OR alone"),
        ("Your query contains an error.", "a mistake in it"),
        ("Invalid query.", "a mistake in it"),
        ("Illegal character in query.", "a mistake in it"),
        ("Timespan is too short.\n", "collect less often"),
        ("Keyword(s) were too short, too long or too common.", "too common: take it out"),
    ],
)
def test_a_query_that_gdelt_refuses_costs_no_other_and_is_named_at_the_end(
    web: responses.RequestsMock, said: str, word: str
) -> None:
    web.get(DOC, body=said, content_type=PLAIN)
    web.get(DOC, json=page("gdelt/page1.json"))
    found, _, kept, error = pull(source("gdelt", http=paced(), queries=["ealing"]))
    assert isinstance(error, PlatformRefused)
    assert str(error).startswith("GDELT does not take query 1: ")
    assert word in str(error)
    assert len(found) == 3
    assert list(kept.values()) == ["2026-11-24T08:00:00.000000Z"]


@pytest.mark.parametrize(
    "body",
    ["Unknown words.", "<html>down</html>", "", '{"articles": {}}', '{"status": "ok"}', "[]", "7"],
)
def test_an_answer_of_another_shape_may_pass(web: responses.RequestsMock, body: str) -> None:
    web.get(DOC, body=body, content_type="application/json")
    *_, error = pull(source("gdelt", seconds_between=0.0))
    assert isinstance(error, PlatformUnavailable)


@pytest.mark.parametrize("body", ["{}", '{"articles": []}'])
def test_nothing_is_nothing(web: responses.RequestsMock, body: str) -> None:
    web.get(DOC, body=body, content_type="application/json")
    assert pull(source("gdelt")) == ([], [], {}, None)


def test_stray_signs_in_a_title_do_not_cost_the_page(web: responses.RequestsMock) -> None:
    title = rb"NHS NW London\'s board: \"no\" \u2013 C:\\x" + b"\x07\t"
    web.get(
        DOC, content_type="application/json",
        body=b'{"articles": [{"url": "https://news.example.org/1", "seendate": "20261120T094500Z", "title": "'
        + title + b'"}]}',
    )  # fmt: skip
    (found,), _, _, error = pull(source("gdelt"))
    assert error is None
    assert found.text == 'NHS NW London\\\'s board: "no" – C:\\x'


@pytest.mark.parametrize("title", [rb"C:\users", rb"\u12G4", rb"\ud83d\ude0a"])
def test_what_only_looks_like_an_escape_does_not_cost_the_page(
    web: responses.RequestsMock, title: bytes
) -> None:
    told = json.dumps({"articles": [article(1, AT - timedelta(days=1))]}).encode()
    web.get(DOC, body=told.replace(b"story 1", title), content_type="application/json")
    (found,), _, _, error = pull(source("gdelt"))
    assert (error, found.text.startswith("NHS NW London")) == (None, True)


def test_articles_that_are_labelled_as_a_web_page_are_read(web: responses.RequestsMock) -> None:
    web.get(DOC, json=page("gdelt/page1.json"), content_type=PLAIN)
    assert len(pull(source("gdelt"))[0]) == 3


def test_a_page_that_speaks_of_queries_is_no_refusal(web: responses.RequestsMock) -> None:
    web.get(DOC, body="<html>Invalid query</html>", status=503, content_type=PLAIN)
    *_, error = pull(source("gdelt"))
    assert isinstance(error, PlatformUnavailable)


def test_odd_articles_are_named_by_place(web: responses.RequestsMock) -> None:
    web.get(DOC, json=page("gdelt/page1.json"))
    assert [odd.item for odd in pull(source("gdelt"))[1]] == ["query 1 item 4", "query 1 item 5"]


def test_an_outage_is_tried_again(web: responses.RequestsMock) -> None:
    web.get(DOC, status=503, headers={"Retry-After": "0"})
    web.get(DOC, body="{}")
    assert pull(source("gdelt", http=paced()))[3] is None


@given(mutants(page("gdelt/page1.json")["articles"][0]))
def test_an_article_of_any_shape_is_a_mention_or_an_odd_item(item: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_mention(item, AT), Mention)


def test_another_host_answers_by_config_alone(web: responses.RequestsMock) -> None:
    web.get("http://127.0.0.1:8801/api/v2/doc/doc", json=page("gdelt/page1.json"))
    found = run(source("gdelt", base_url="http://127.0.0.1:8801/"))
    assert len(mentions(found)) == 3
    assert len(odds(found)) == 2


# ── on the stand-in ──────────────────────────────────────────────────────────────────────────────


def test_halves_find_what_whole_pages_find_and_a_later_run_what_is_new() -> None:
    at = clock.now()
    with GdeltStandIn(at) as standin:
        standin.between = 0.0
        whole = run(pointed(standin, seconds_between=0.0), at - timedelta(days=7))
        halves = run(
            pointed(standin, seconds_between=0.0, records=5, pages=99), at - timedelta(days=7)
        )
        first = {mention.key for mention in mentions(whole)}
        assert first
        assert {mention.key for mention in mentions(halves)} == first
        standin.change()
        later = mentions(run(pointed(standin, seconds_between=0.0), at - timedelta(days=7)))
        assert len({mention.key for mention in later} - first) == 1


def test_calls_that_come_too_soon_for_the_stand_in_are_told_and_not_taken_for_nothing() -> None:
    with GdeltStandIn(clock.now()) as standin:
        standin.between = 60.0
        *_, error = pull(
            pointed(standin, seconds_between=0.0, queries=["ealing"], longest_query=300)
        )
        assert isinstance(error, PlatformUnavailable)
        assert error.retry_after == 5
