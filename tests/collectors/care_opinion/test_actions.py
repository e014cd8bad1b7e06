from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import responses

from collectors.base import Gone, Rechecked, SkippedItem
from collectors.care_opinion.parse import Parts, to_mention, to_reply
from collectors.platforms import integration
from core import clock
from core.errors import CollectorError, PlatformRefused
from core.models import Mention
from demo.platforms.care_opinion import CareOpinionStandIn
from demo.servers.http import Kind
from tests.collectors.cases import AT, mentions, page, pointed, source

OPINIONS = "https://www.careopinion.org.uk/api/v2/opinions"
STORY = page("care_opinion/stories.json")[0]
RESPONSE = page("care_opinion/responses.json")[0]
HELD = to_mention(STORY, Parts(), AT).with_match("NHS NW London", "RYJ")
REPLY = to_reply(RESPONSE, "1000001", AT)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def recheck(*held: Mention) -> list[Rechecked]:
    return list(integration("care_opinion").recheck.load()(source("care_opinion"), held))


def test_a_story_that_is_there_comes_back_with_what_it_matched(web: responses.RequestsMock) -> None:
    web.get(f"{OPINIONS}/1000001", json=STORY)
    assert recheck(HELD) == [HELD]


def test_a_story_that_was_edited_comes_back_as_it_is(web: responses.RequestsMock) -> None:
    web.get(f"{OPINIONS}/1000001", json={**STORY, "body": "Put *right* since."})
    (found,) = recheck(HELD)
    assert isinstance(found, Mention)
    assert found.text == "Long wait for a call back\n\nPut right since."


@pytest.mark.parametrize("status", [404, 410])
def test_a_story_is_gone_once_the_rest_of_the_site_has_answered(
    web: responses.RequestsMock, status: int
) -> None:
    web.get(f"{OPINIONS}/1000001", status=status, body="<html>")
    web.get(OPINIONS, json=[STORY])
    other = replace(HELD, issued_id="1000002")
    web.get(f"{OPINIONS}/1000002", status=status)
    assert recheck(HELD, other) == [
        Gone("care_opinion", "1000001"),
        Gone("care_opinion", "1000002"),
    ]
    assert [call.request.path_url for call in web.calls].count(
        "/api/v2/opinions?take=1&skip=0"
    ) == 1


@pytest.mark.parametrize(
    "rest", [{"status": 404}, {"status": 500}, {"body": "<html>Please log in</html>"}, {"json": {}}]
)
def test_where_nothing_answers_nothing_is_gone(
    web: responses.RequestsMock, rest: dict[str, Any]
) -> None:
    web.get(f"{OPINIONS}/1000001", status=404)
    web.get(OPINIONS, **rest)
    with pytest.raises(CollectorError):
        recheck(HELD)


@pytest.mark.parametrize(
    "bad",
    [{"status": 500}, {"status": 401}, {"body": "<html>sign in</html>"}, {"body": '{"id": 10'}],
)
def test_an_outage_or_a_refused_key_is_no_deletion(
    web: responses.RequestsMock, bad: dict[str, Any]
) -> None:
    web.get(f"{OPINIONS}/1000001", **bad)
    web.get(f"{OPINIONS}/1000001/responses", **bad)
    for held in (HELD, REPLY):
        with pytest.raises(CollectorError):
            recheck(held)


def test_a_key_that_is_sent_on_to_a_login_page_is_named(web: responses.RequestsMock) -> None:
    web.get(f"{OPINIONS}/1000001", status=302, headers={"Location": "/enter"})
    web.get("https://www.careopinion.org.uk/enter", body="<html>")
    with pytest.raises(PlatformRefused, match="api_key"):
        recheck(HELD)


@pytest.mark.parametrize(
    "body",
    [
        '"Sorry! Something went wrong."',
        '{"id": 7, "body": "b", "dateOfSubmission": "2026-11-20"}',
        '{"id": 1000001}',
        "[]",
    ],
)
def test_an_answer_that_says_nothing_of_it_is_odd(web: responses.RequestsMock, body: str) -> None:
    web.get(f"{OPINIONS}/1000001", body=body)
    (found,) = recheck(HELD)
    assert isinstance(found, SkippedItem)
    assert found.item == "held 1"


def test_a_response_is_looked_up_in_the_list_of_its_story(web: responses.RequestsMock) -> None:
    web.get(f"{OPINIONS}/1000001/responses", json=[RESPONSE])
    web.get(OPINIONS, json=[])
    lost = replace(REPLY, issued_id="response:2000009")
    assert recheck(REPLY, lost) == [REPLY, Gone("care_opinion", "response:2000009")]
    assert len(web.calls) == 2


def test_a_response_goes_with_its_story(web: responses.RequestsMock) -> None:
    web.get(f"{OPINIONS}/1000001/responses", status=404)
    web.get(OPINIONS, json=[])
    assert recheck(REPLY) == [Gone("care_opinion", "response:2000001")]


def test_an_apology_may_stand_for_a_response(web: responses.RequestsMock) -> None:
    web.get(f"{OPINIONS}/1000001/responses", json=["Sorry! Something went wrong."])
    assert recheck(REPLY) == []


def test_what_another_issued_is_left_alone() -> None:
    assert recheck(replace(HELD, issuer="review")) == []


def test_what_changes_on_the_stand_in_is_told_by_a_run_and_a_recheck() -> None:
    at = clock.now()
    with CareOpinionStandIn(at) as standin:
        built = pointed(standin, responses=True, about=True)
        first = mentions(built.collect(at - timedelta(days=7)))
        before = {mention.issued_id: mention for mention in first}
        standin.change()
        again = mentions(built.collect(at - timedelta(days=7)))
        after = {mention.issued_id: mention for mention in again}
        found = list(integration("care_opinion").recheck.load()(built, first))
    assert len(after.keys() - before.keys()) == 2  # a story, and a response to an older one
    (lost,) = before.keys() - after.keys()
    assert [one for one in found if isinstance(one, Gone)] == [Gone("care_opinion", lost)]
    edited = [key for key in after if key in before and after[key].text != before[key].text]
    seen = [one for one in found if isinstance(one, Mention)]
    assert [one.issued_id for one in seen if one.text != before[one.issued_id].text] == edited
    assert len(edited) == 1


def test_stories_of_the_stand_in_stand_on_their_services_pages() -> None:
    at = clock.now()
    with CareOpinionStandIn(at) as standin:
        built = pointed(standin, responses=True, about=True)
        stories = {
            mention.issued_id: mention
            for mention in mentions(built.collect(at - timedelta(days=7)))
        }
        looked_again = list(
            integration("care_opinion").recheck.load()(built, list(stories.values()))
        )
    pages = [story.context.page for story in stories.values() if story.context.page]
    assert {page.owner for page in pages} == {
        "organisation",
        "provider",
    }  # one is of the ICB itself
    assert {page.kind for page in pages} >= {"hospital", "practice"}
    replies = [story for story in stories.values() if story.kind == "reply"]
    assert replies
    for reply in replies:
        assert [post.text for post in reply.context.answered] == [
            stories[reply.parent_id].text[:2000]
        ]
    for fresh in (thing for thing in looked_again if isinstance(thing, Mention)):
        assert fresh.kind == "reply" or fresh.context == stories[fresh.issued_id].context


@pytest.mark.parametrize("kind", ["expire", "404", "500", "html_login", "html", "truncated"])
def test_no_fault_of_the_stand_in_is_a_deletion(kind: Kind) -> None:
    at = clock.now()
    with CareOpinionStandIn(at) as standin:
        built = pointed(standin)
        held = mentions(built.collect(at - timedelta(days=7)))
        standin.faults.add("care_opinion", kind, times=None)
        with pytest.raises(CollectorError):
            list(integration("care_opinion").recheck.load()(built, held))
