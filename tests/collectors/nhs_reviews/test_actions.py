from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import responses

from collectors.base import Gone, Rechecked
from collectors.nhs_reviews.parse import to_mention, to_reply
from collectors.platforms import integration
from core import clock
from core.context import AnsweredPost, Page, context_of
from core.errors import CollectorError
from core.models import Mention
from demo.platforms.nhs_reviews import NhsReviewsStandIn
from tests.collectors.cases import AT, mentions, page, pointed, source

COMMENTS = "https://api.nhs.uk/comments/Comments"
FIRST = page("nhs_reviews/published.json")["comments"][0]
HELD = to_mention(FIRST, AT).with_match("E85000", "NHS NW London")
REPLY = to_reply(FIRST, AT).with_match("E85000")
NOTHING: dict[str, Any] = {"comments": []}
REMOVED = {"comment": {**FIRST["comment"], "status": "removed", "commentText": None}}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def lists(web: responses.RequestsMock, published: list[Any], removed: list[Any]) -> None:
    for items in (published, removed):
        web.get(COMMENTS, json={"comments": items})
        if items:
            web.get(COMMENTS, json=NOTHING)


def recheck(*held: Mention) -> list[Rechecked]:
    return list(integration("nhs_reviews").recheck.load()(source("nhs_reviews"), held))


def test_a_review_that_is_there_comes_back_with_what_it_matched(
    web: responses.RequestsMock,
) -> None:
    lists(web, [FIRST], [])
    practice = Page(owner="provider", kind="practice")
    review = context_of(page=practice)
    reply = context_of(page=practice, answered=[AnsweredPost(text=HELD.text)])
    assert recheck(HELD, REPLY) == [
        replace(HELD, context=review), replace(REPLY, context=reply),
    ]  # fmt: skip


def test_a_review_that_was_edited_comes_back_as_it_is(web: responses.RequestsMock) -> None:
    edited = {"comment": {**FIRST["comment"], "commentText": "Better now."}, "response": None}
    lists(web, [edited], [])
    (found,) = recheck(HELD)
    assert isinstance(found, Mention)
    assert "Better now." in found.text


def test_what_is_listed_as_removed_is_gone(web: responses.RequestsMock) -> None:
    lists(web, [], [{**REMOVED, "response": FIRST["response"]}])
    assert recheck(HELD, REPLY) == [
        Gone("nhs_reviews", "1000001", "removed"),
        Gone("nhs_reviews", "response:1000051", "removed"),
    ]


def test_what_is_listed_nowhere_is_left_as_it_is(web: responses.RequestsMock) -> None:
    lists(web, [], [])
    assert recheck(HELD) == []


def test_others_of_the_service_are_not_taken_in(web: responses.RequestsMock) -> None:
    lists(web, page("nhs_reviews/published.json")["comments"], [])
    found = recheck(HELD)
    assert [one.issued_id for one in mentions(found)] == ["1000001"]


@pytest.mark.parametrize(
    "bad", [{"status": 500}, {"status": 401}, {"body": "<html>sign in</html>"}, {"json": {}}]
)
def test_an_outage_or_a_refused_key_is_no_deletion(
    web: responses.RequestsMock, bad: dict[str, Any]
) -> None:
    web.get(COMMENTS, **bad)
    with pytest.raises(CollectorError):
        recheck(HELD)


def test_it_asks_from_the_day_before_the_oldest_and_for_services_of_held_ones_alone(
    web: responses.RequestsMock,
) -> None:
    web.get(COMMENTS, json=NOTHING)
    recheck(HELD, replace(HELD, issued_id="7", posted_at=HELD.posted_at - timedelta(days=40)))
    params: dict[str, str] = web.calls[0].request.params  # type: ignore[attr-defined]
    assert params["fromDate"] == "2026-10-10"
    assert len(web.calls) == 2
    assert recheck(replace(HELD, matched=("E99999",))) == []
    assert recheck(replace(HELD, issuer="review")) == []
    assert len(web.calls) == 2


def test_what_changes_on_the_stand_in_is_told_by_a_run_and_a_recheck() -> None:
    at = clock.now()
    with NhsReviewsStandIn(at) as standin:
        built = pointed(standin)
        first = [one for one in mentions(built.collect(at - timedelta(days=7))) if not one.deleted]
        before = {mention.issued_id: mention for mention in first}
        standin.change()
        after = {one.issued_id: one for one in mentions(built.collect(at - timedelta(days=7)))}
        found = list(integration("nhs_reviews").recheck.load()(built, first))
    (lost,) = [key for key in before if after[key].deleted]
    assert [one for one in found if not isinstance(one, Mention)] == [
        Gone("nhs_reviews", lost, "removed")
    ]
    (edited,) = [
        key for key in before if not after[key].deleted and after[key].text != before[key].text
    ]
    assert after[edited].edited_at
    new = [key for key in after if key not in before and not after[key].deleted]
    assert [after[key].kind for key in sorted(new)] == ["review", "reply"]
