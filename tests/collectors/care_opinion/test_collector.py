from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import ODD_ERRORS
from collectors.care_opinion.parse import Parts, Service, page_of, to_mention, to_reply, unmarked
from core import clock
from core.context import AnsweredPost, Page, context_of
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, CASES, SECRET, SINCE, answer, page, pull, source
from tests.collectors.mutants import mutants

API = "https://www.careopinion.org.uk/api/v2"
OPINIONS = f"{API}/opinions"
STORY = page("care_opinion/stories.json")[0]
LOGIN = "<!DOCTYPE html><html><body>Welcome back</body></html>"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def pages(web: responses.RequestsMock) -> responses.RequestsMock:
    answer(web, "care_opinion", CASES["care_opinion"]["routes"])
    for story in range(1000001, 1000005):
        first = story == 1000001
        for part in ("responses", "tags", "services"):
            where = "healthservices" if part == "services" else part
            body = page(f"care_opinion/{part}.json") if first else []
            web.get(f"{OPINIONS}/{story}/{where}", json=body)
    return web


def run(**table: Any) -> dict[str, Mention]:
    mentions, _, _, error = pull(source("care_opinion", **table))
    assert error is None
    return {mention.issued_id: mention for mention in mentions}


def asked(web: responses.RequestsMock, call: int = 0) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


# ── stories ──────────────────────────────────────────────────────────────────────────────────────


def test_a_story_is_its_title_and_its_words_without_their_markdown(
    pages: responses.RequestsMock,
) -> None:
    story = run()["1000001"]
    assert story.text == (
        "Long wait for a call back\n\n"
        "I rang at 8am, as NHS NW London says to.\n\nYou are number 41\n\n"
        "Nobody called back & I gave up, see their page (https://example.org/how_to_call)."
    )
    assert story.text_raw == STORY["body"]
    assert (story.issuer, story.platform, story.kind) == ("care_opinion", "review", "review")
    assert story.url == "https://www.careopinion.org.uk/opinions/1000001"
    assert story.matched == ("NHS NW London",)
    assert story.author.bio == "the patient"
    assert story.metrics == {}


def test_a_story_is_posted_when_it_came_out_in_utc(pages: responses.RequestsMock) -> None:
    found = run()
    assert found["1000001"].posted_at == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert found["1000002"].posted_at == datetime(2026, 11, 21, 18, tzinfo=UTC)


def test_a_story_with_nothing_but_words_is_one(pages: responses.RequestsMock) -> None:
    least = run()["1000004"]
    assert (least.text, least.author.bio) == ("No title, no role, no links.", "")


def test_pages_are_read_until_one_is_empty_apologies_and_all(
    pages: responses.RequestsMock,
) -> None:
    run()
    assert [asked(pages, n)["skip"] for n in range(len(pages.calls))] == ["0", "5"]
    assert asked(pages)["take"] == "100"


def test_what_was_sent_in_of_late_is_asked_for_since_it_comes_out_late(
    pages: responses.RequestsMock,
) -> None:
    run()
    assert asked(pages)["submittedonafter"] == (SINCE - timedelta(days=28)).date().isoformat()


def test_apologies_in_place_of_stories_are_counted_and_the_rest_is_read(
    pages: responses.RequestsMock,
) -> None:
    _, odds, _, error = pull(source("care_opinion"))
    assert error is None
    assert [(odd.item, odd.stops) for odd in odds] == [("page 1 item 4", False), ("stories", False)]
    assert odds[1].why.startswith("1 came as an apology")


def test_a_site_that_never_comes_to_an_end_is_left_at_the_cap(web: responses.RequestsMock) -> None:
    web.get(OPINIONS, json=[STORY])
    _, odds, _, error = pull(source("care_opinion", pages=3))
    assert error is None
    assert odds[-1].stops
    assert [asked(web, n)["skip"] for n in range(3)] == ["0", "1", "2"]


# ── parts ────────────────────────────────────────────────────────────────────────────────────────


def test_stories_of_named_services_alone_are_kept_and_say_what_they_are_about(
    pages: responses.RequestsMock,
) -> None:
    found = run(services=["RYJ"])
    assert list(found) == ["1000001"]
    assert found["1000001"].matched == ("NHS NW London", "RYJ")
    assert found["1000001"].text.endswith(
        "\n\nAbout: St Mary's Hospital, Imperial College Healthcare NHS Trust; Urgent care centre"
    )


def test_a_story_stands_on_the_page_of_its_service_and_a_response_answers_it(
    pages: responses.RequestsMock,
) -> None:
    stories = run(about=True, responses=True)
    story = stories["1000001"]
    name = "St Mary's Hospital, Imperial College Healthcare NHS Trust"
    hospital = Page(owner="provider", name=name, kind="hospital")
    assert story.context == context_of(page=hospital)
    (reply,) = [mention for mention in stories.values() if mention.parent_id == "1000001"]
    assert reply.context == context_of(page=hospital, answered=[AnsweredPost(text=story.text)])
    assert not stories["1000002"].context  # no service is told of it


def test_a_page_is_called_as_its_service_is() -> None:
    def page_called(name: str) -> Page | None:
        return page_of(Parts([Service(frozenset(), name)]), ("NHS NW London",))

    assert page_called("Elm Tree Surgery") == Page(
        owner="provider", name="Elm Tree Surgery", kind="practice"
    )
    board, practice = "NHS NW London ICB", "Larkspur Practice, NHS NW London ICB"
    assert page_called(board) == Page(owner="organisation", name=board)
    assert page_called("Testshire ICB") == Page(owner="other", name="Testshire ICB")
    assert page_called(practice) == Page(owner="provider", name=practice, kind="practice")
    assert page_called("NHS NW London Hospital") == Page(
        owner="provider", name="NHS NW London Hospital", kind="hospital"
    )
    assert page_of(Parts(), ()) is None


def test_stories_with_named_tags_alone_are_kept(pages: responses.RequestsMock) -> None:
    found = run(tags=["telephone access"])
    assert list(found) == ["1000001"]
    assert "telephone access" in found["1000001"].matched
    assert run(tags=["Parking"]) == {}


def test_what_matched_alone_can_be_kept(pages: responses.RequestsMock) -> None:
    assert list(run(keep="matched")) == ["1000001"]
    assert list(run(keep="matched", about=True, names=("Urgent care centre",))) == ["1000001"]


def test_a_story_that_an_earlier_run_told_costs_no_call_for_its_parts(
    pages: responses.RequestsMock,
) -> None:
    mentions, *_ = pull(source("care_opinion", about=True), AT - timedelta(hours=1))
    assert [mention.issued_id for mention in mentions] == ["1000004"]
    asked_for = [call.request.path_url for call in pages.calls]
    assert [path for path in asked_for if path.endswith("healthservices")] == [
        "/api/v2/opinions/1000004/healthservices"
    ]


def test_responses_are_replies_where_they_are_asked_for(pages: responses.RequestsMock) -> None:
    found = run(responses=True)
    reply = found["response:2000001"]
    assert (reply.kind, reply.parent_id, reply.root_id) == ("reply", "1000001", "1000001")
    assert reply.text == (
        "Thank you for telling us\n\nWe are sorry.\n\n"
        "* Please ring 020 7946 0123, and we will look into it."
    )
    assert reply.posted_at == datetime(2026, 11, 22, 11, tzinfo=UTC)
    assert reply.author.bio == "patient experience lead"
    assert "response:2000001" not in run()


def test_a_response_without_words_is_odd_by_its_place(pages: responses.RequestsMock) -> None:
    odds = pull(source("care_opinion", responses=True))[1]
    assert "page 1 item 1 response item 2" in [odd.item for odd in odds]


@pytest.mark.parametrize("names", [("relation", "link"), ("rel", "href")])
@pytest.mark.parametrize(
    ("leads", "to"),
    [
        ("https://www.careopinion.org.uk/api/v2/elsewhere/7", "/api/v2/elsewhere/7"),
        ("https://other.example.org/opinions/1000001/tags", "/api/v2/opinions/1000001/tags"),
        ("http://www.careopinion.org.uk/api/v2/elsewhere/7", "/api/v2/opinions/1000001/tags"),
        ("", "/api/v2/opinions/1000001/tags"),
    ],
)
def test_links_in_both_spellings_are_followed_on_our_host_alone(
    names: tuple[str, str], leads: str, to: str, web: responses.RequestsMock
) -> None:
    link = {names[0]: "tags", "id": "1", names[1]: leads}
    web.get(OPINIONS, json=[{**STORY, "links": ["torn", {"id": 1}, link]}])
    web.get(OPINIONS, json=[])
    web.get(f"https://www.careopinion.org.uk{to}", json=[])
    assert run(tags=["Parking"]) == {}
    assert [call.request.path_url for call in web.calls][1] == to


# ── errors ───────────────────────────────────────────────────────────────────────────────────────


def test_the_key_travels_in_a_header_and_is_optional(pages: responses.RequestsMock) -> None:
    run()
    assert pages.calls[0].request.headers["Authorization"] == f"SUBSCRIPTION_KEY {SECRET}"
    assert SECRET not in str(pages.calls[0].request.url)
    run(api_key="")
    assert "Authorization" not in pages.calls[-1].request.headers


def test_a_key_that_is_not_accepted_is_sent_on_to_a_login_page(web: responses.RequestsMock) -> None:
    web.get(OPINIONS, status=302, headers={"Location": "/account/enter"})
    web.get("https://www.careopinion.org.uk/account/enter", body=LOGIN, content_type="text/html")
    *_, error = pull(source("care_opinion"))
    assert isinstance(error, PlatformRefused)
    assert "`api_key`" in str(error)


def test_a_login_page_without_being_sent_on_needs_a_person_too(web: responses.RequestsMock) -> None:
    web.get(OPINIONS, body=LOGIN.replace("Welcome back", "Please sign in"))
    *_, error = pull(source("care_opinion"))
    assert isinstance(error, PlatformRefused)
    assert "`api_key`" in str(error)


@pytest.mark.parametrize(
    ("table", "kept"),
    [({"responses": True}, ["1000001", "2"]), ({"about": True}, ["2"])],
)
def test_a_story_of_which_a_part_is_gone_costs_no_other(
    web: responses.RequestsMock, table: dict[str, Any], kept: list[str]
) -> None:
    web.get(OPINIONS, json=[STORY, {**STORY, "id": 2, "links": None}])
    web.get(OPINIONS, json=[])
    for part in ("responses", "healthservices"):
        web.get(f"{OPINIONS}/1000001/{part}", status=404)
        web.get(f"{OPINIONS}/2/{part}", json=[])
    mentions, odds, _, error = pull(source("care_opinion", **table))
    assert ([mention.issued_id for mention in mentions], error) == (kept, None)
    assert len(odds) == 1
    assert odds[0].item.startswith("page 1 item 1")


def test_a_story_that_came_out_in_the_year_1_is_dated_by_when_it_was_sent(
    web: responses.RequestsMock,
) -> None:
    web.get(OPINIONS, json=[{**STORY, "dateOfPublication": "0001-01-01T00:00:00"}])
    web.get(OPINIONS, json=[])
    (mention,), odds, *_ = pull(source("care_opinion"))
    assert (mention.posted_at, odds) == (clock.parse(STORY["dateOfSubmission"]), [])


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_said_with_the_mend(web: responses.RequestsMock, status: int) -> None:
    web.get(OPINIONS, status=status)
    *_, error = pull(source("care_opinion"))
    assert isinstance(error, PlatformRefused)
    assert "`api_key`" in str(error)


@pytest.mark.parametrize("body", [{"message": "no"}, {"opinions": []}])
def test_an_answer_that_is_no_list_may_pass(web: responses.RequestsMock, body: Any) -> None:
    web.get(OPINIONS, json=body)
    assert isinstance(pull(source("care_opinion"))[3], PlatformUnavailable)


def test_five_requests_a_second_are_enough_for_the_site(web: responses.RequestsMock) -> None:
    web.get(OPINIONS, status=429)
    web.get(OPINIONS, json=[])
    assert pull(source("care_opinion"))[3] is None


@pytest.mark.parametrize(
    ("table", "key"),
    [({"services": ["a b"]}, "services"), ({"base_url": "http://example.org"}, "base_url")],
)
def test_a_table_that_can_not_work_is_refused_by_key(table: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match=rf"\[collectors.care_opinion\] {key}"):
        source("care_opinion", **table)


# ── any shape ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("# Heading\n\nand *so* __on__", "Heading\n\nand so on"),
        ("2 * 3 * 4 is snake_case_name", "2 * 3 * 4 is snake_case_name"),
        (r"\*not so\* 5\. <3", "*not so* 5. <3"),
        ("![a plan](plan.png) <https://example.org/a_b>", "a plan https://example.org/a_b"),
        ("one\n***\ntwo", "one\n\ntwo"),
        ("&amp; <b>bold</b>", "& bold"),
    ],
)
def test_markdown_becomes_plain(markdown: str, plain: str) -> None:
    assert unmarked(markdown) == plain


@given(st.text(alphabet="ab *_`~#>[]()!\\<\n", max_size=60))
def test_any_markdown_keeps_its_letters(markdown: str) -> None:
    assert [c for c in unmarked(f"x{markdown}") if c == "x"] == ["x"]


@given(mutants(STORY))
def test_a_story_of_any_shape_is_a_mention_or_an_odd_item(story: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_mention(story, Parts(), AT), Mention)


@given(mutants(page("care_opinion/responses.json")[0]))
def test_a_response_of_any_shape_is_a_mention_or_an_odd_item(response: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_reply(response, "1000001", AT), Mention)
