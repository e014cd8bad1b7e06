from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS
from collectors.nhs_reviews.collector import Service
from collectors.nhs_reviews.parse import to_mention, to_reply
from core.context import AnsweredPost, Page, context_of
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, CASES, SECRET, SINCE, answer, page, pull, source
from tests.collectors.mutants import mutants

COMMENTS = "https://api.nhs.uk/comments/Comments"
FIRST = page("nhs_reviews/published.json")["comments"][0]
NOTHING: dict[str, Any] = {"comments": []}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def found(web: responses.RequestsMock) -> dict[str, Mention]:
    answer(web, "nhs_reviews", CASES["nhs_reviews"]["routes"])
    mentions, _, _, error = pull(source("nhs_reviews"))
    assert error is None
    return {mention.issued_id: mention for mention in mentions}


def asked(web: responses.RequestsMock, call: int = 0) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


def test_a_review_is_its_title_its_words_and_its_ratings_in_words(
    found: dict[str, Mention],
) -> None:
    review = found["1000001"]
    assert review.text == (
        "Hard to reach\n\n"
        "NHS NW London moved us here & the phone is never answered.\nThree weeks for a call.\n\n"
        "Telephone access: 1\nDignity and respect: 4"
    )
    assert (review.issuer, review.platform, review.kind) == ("nhs_reviews", "review", "review")
    assert review.url == FIRST["comment"]["commentOriginalURL"]
    assert review.author.name == "Anonymous"
    assert review.matched == ("E85000", "NHS NW London")
    assert not review.deleted


def test_times_without_an_offset_are_utc_and_an_update_is_an_edit(
    found: dict[str, Mention],
) -> None:
    assert found["1000001"].posted_at == datetime(2026, 11, 20, 9, 45, tzinfo=UTC)
    assert found["1000001"].edited_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert found["1000002"].edited_at is None
    assert found["response:1000051"].edited_at is None


def test_a_review_with_nothing_but_words_is_one(found: dict[str, Mention]) -> None:
    least = found["1000002"]
    assert (least.text, least.url, least.author.name) == ("Fine.", "", "")


def test_what_the_service_answered_is_a_reply(found: dict[str, Mention]) -> None:
    reply = found["response:1000051"]
    assert (reply.kind, reply.parent_id, reply.root_id) == ("reply", "1000001", "1000001")
    assert reply.text == "Thank you. Please ask for the practice manager."
    assert reply.matched == ("E85000",)


def test_a_review_stands_on_the_page_of_its_service_and_a_response_answers_it(
    web: responses.RequestsMock,
) -> None:
    answer(web, "nhs_reviews", CASES["nhs_reviews"]["routes"])
    named = source("nhs_reviews", service=[{"ods": "E85000", "name": "An Invented Practice"}])
    mentions = {mention.issued_id: mention for mention in pull(named)[0]}
    practice = Page(owner="provider", name="An Invented Practice", kind="practice")
    assert mentions["1000001"].context == context_of(page=practice)
    (reply,) = [m for m in mentions.values() if m.parent_id == "1000001" and not m.deleted]
    assert reply.context.page == practice
    assert reply.context.answered == (AnsweredPost(text=mentions["1000001"].text),)
    assert not any(m.context for m in mentions.values() if m.deleted)


@pytest.mark.parametrize(("kind", "page_kind"), [("HOS", "hospital"), ("PHA", "page")])
def test_a_hospital_is_told_from_a_practice(kind: Any, page_kind: str) -> None:
    assert Service(ods="RZZ01", type=kind).page.kind == page_kind


def test_a_response_inside_its_review_is_read_too(web: responses.RequestsMock) -> None:
    inside = {"comment": {**FIRST["comment"], "response": {"responseText": "Thank you."}}}
    web.get(COMMENTS, json={"comments": [inside]})
    web.get(COMMENTS, json=NOTHING)
    mentions, *_ = pull(source("nhs_reviews"))
    assert [(m.issued_id, m.text) for m in mentions][1] == ("response:1000051", "Thank you.")


@pytest.mark.parametrize(
    ("response", "named"),
    [
        ({"comment": {"commentId": 1000052, "commentText": "Thank you."}}, "response:1000052"),
        ({"responseId": 1000053, "responseText": "Thank you."}, "response:1000053"),
        ({"commentText": "Thank you."}, "response:1000001"),
    ],
)
def test_a_response_is_read_in_any_shape_and_named_by_its_review_where_it_has_no_id(
    web: responses.RequestsMock, response: Any, named: str
) -> None:
    review = {**FIRST["comment"], "responseID": None}
    web.get(COMMENTS, json={"comments": [{"comment": review, "response": response}]})
    web.get(COMMENTS, json=NOTHING)
    mentions, *_ = pull(source("nhs_reviews"))
    assert [(m.issued_id, m.text) for m in mentions][1:] == [(named, "Thank you.")]


@pytest.mark.parametrize(
    ("status", "deleted"),
    [("removed", True), ("Removed", True), ("published", False), (None, False)],
)
def test_only_its_own_word_says_that_a_review_was_removed(status: Any, deleted: bool) -> None:
    assert to_mention({"comment": {**FIRST["comment"], "status": status}}, AT).deleted is deleted


def test_what_was_removed_comes_as_deleted_and_without_its_words(found: dict[str, Mention]) -> None:
    for gone in ("1000009", "response:1000059"):
        assert found[gone].deleted
        assert (found[gone].text, found[gone].text_raw, found[gone].author.name) == ("", "", "")


def test_odd_reviews_are_named_by_place(web: responses.RequestsMock) -> None:
    answer(web, "nhs_reviews", CASES["nhs_reviews"]["routes"])
    odds = pull(source("nhs_reviews"))[1]
    assert [odd.item for odd in odds] == [
        "service 1 published page 1 item 3", "service 1 published page 1 item 4",
    ]  # fmt: skip


def test_every_service_is_asked_for_what_is_there_and_what_was_removed(
    web: responses.RequestsMock,
) -> None:
    web.get(COMMENTS, json=NOTHING)
    pull(source("nhs_reviews", service=[{"ods": "E85000"}, {"ods": "RYJ01", "type": "HOS"}]))
    asks = [asked(web, n) for n in range(len(web.calls))]
    assert [(a["orgType"], a["odsCode"], a["status"]) for a in asks] == [
        ("GPB", "E85000", "published"), ("GPB", "E85000", "removed"),
        ("HOS", "RYJ01", "published"), ("HOS", "RYJ01", "removed"),
    ]  # fmt: skip
    start = (SINCE - timedelta(days=14)).date().isoformat()
    assert (asks[0]["fromDate"], asks[0]["toDate"]) == (start, "2026-11-25")
    assert (asks[0]["limit"], asks[0]["offset"], asks[0]["api-version"]) == ("100", "0", "1.0")


def test_pages_are_read_until_one_is_empty(web: responses.RequestsMock) -> None:
    answer(web, "nhs_reviews", CASES["nhs_reviews"]["routes"])
    pull(source("nhs_reviews"))
    assert [asked(web, n)["offset"] for n in range(len(web.calls))] == ["0", "4", "0", "1"]


def test_a_service_that_never_comes_to_an_end_is_left_at_the_cap(
    web: responses.RequestsMock,
) -> None:
    web.get(COMMENTS, json={"comments": [FIRST]})
    _, odds, _, error = pull(source("nhs_reviews", pages=2))
    assert error is None
    assert [odd.item for odd in odds if odd.stops] == ["service 1 published", "service 1 removed"]


@pytest.mark.parametrize("status", [400, 404])
def test_a_service_that_is_not_known_costs_no_other(
    web: responses.RequestsMock, status: int
) -> None:
    web.get(COMMENTS, status=status)
    web.get(COMMENTS, json={"comments": [FIRST]})
    web.get(COMMENTS, json=NOTHING)
    mentions, _, _, error = pull(
        source("nhs_reviews", service=[{"ods": "E99999"}, {"ods": "E85000"}])
    )
    assert len(mentions) == 2
    assert isinstance(error, PlatformRefused)
    assert "service 1" in str(error)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_said_with_the_mend(web: responses.RequestsMock, status: int) -> None:
    web.get(COMMENTS, status=status)
    *_, error = pull(source("nhs_reviews"))
    assert isinstance(error, PlatformRefused)
    assert "`subscription_key`" in str(error)


@pytest.mark.parametrize(
    ("told", "headers", "wait"),
    [
        ("Out of call volume quota. Quota will be replenished in 01:30:05.", {}, 5405),
        ("Quota exceeded.", {"Retry-After": "90"}, 90),
        ("Quota exceeded.", {}, None),
    ],
)
def test_a_quota_that_is_used_up_may_pass(
    web: responses.RequestsMock, told: str, headers: dict[str, str], wait: float | None
) -> None:
    web.get(COMMENTS, status=403, json={"statusCode": 403, "message": told}, headers=headers)
    *_, error = pull(source("nhs_reviews"))
    assert isinstance(error, PlatformUnavailable)
    assert error.retry_after == wait


@pytest.mark.parametrize("body", [[], {"comments": {}}, {}, {"message": "no"}])
def test_an_answer_of_another_shape_may_pass(web: responses.RequestsMock, body: Any) -> None:
    web.get(COMMENTS, json=body)
    assert isinstance(pull(source("nhs_reviews"))[3], PlatformUnavailable)


def test_the_key_travels_in_a_header_and_is_optional(web: responses.RequestsMock) -> None:
    web.get(COMMENTS, json=NOTHING)
    pull(source("nhs_reviews"))
    assert web.calls[0].request.headers["subscription-key"] == SECRET
    assert SECRET not in str(web.calls[0].request.url)
    pull(source("nhs_reviews", subscription_key=""))
    assert "subscription-key" not in web.calls[-1].request.headers


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"service": []}, "service"),
        ({"service": [{"ods": "E85 000"}]}, "service 1 ods"),
        ({"service": [{"ods": "E85000", "type": "ICB"}]}, "service 1 type"),
        ({"base_url": "http://example.org"}, "base_url"),
    ],
)
def test_a_table_that_can_not_work_is_refused_by_key(table: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match=rf"\[collectors.nhs_reviews\] {key}"):
        source("nhs_reviews", **table)


@given(mutants(FIRST))
def test_a_review_of_any_shape_is_a_mention_or_an_odd_item(item: Any) -> None:
    for read in (to_mention, to_reply):
        with contextlib.suppress(*ODD_ERRORS):
            assert isinstance(read(item, AT), Mention)


@given(mutants(page("nhs_reviews/published.json")))
def test_a_page_of_any_shape_ends_in_one_of_our_errors(body: Any) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.get(COMMENTS, json=body)
        web.get(COMMENTS, json=NOTHING)
        pull(source("nhs_reviews"))
