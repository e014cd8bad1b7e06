from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS, PartRead
from collectors.google.parse import to_answer, to_mention
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.media import Attachment
from core.models import Author, Mention
from tests.collectors.cases import AT, SECRET, SINCE, answer, case, page, pull, source
from tests.collectors.mutants import mutants

ROOT = "https://mybusiness.googleapis.com/v4"
PLACE = "accounts/100000000000000000001/locations/5100000000000000001"
OTHER = "accounts/100000000000000000001/locations/5100000000000000002"
REVIEWS = f"{ROOT}/{PLACE}/reviews"
FULL = page("google/reviews.json")["reviews"][0]


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def asked(web: responses.RequestsMock, call: int = 0) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


def review(number: str, updated: str, **more: Any) -> dict[str, Any]:
    return {"reviewId": number, "comment": "Fine", "starRating": "THREE", "createTime": updated,
            "updateTime": updated, **more}  # fmt: skip


# ── one review ───────────────────────────────────────────────────────────────────────────────────


def test_every_field_of_a_review_is_read() -> None:
    told = to_mention(FULL, AT)
    assert (told.key, told.platform, told.kind) == ("google:AbFvOqAAAA", "google", "review")
    assert told.text == "Nobody answers the phone at NHS NW London.\n\nRating: 1 of 5"
    assert told.text_raw == "Nobody answers the phone at NHS NW London."
    assert told.author == Author(name="Ana Example", avatar="https://lh3.googleusercontent.com/a")
    assert told.posted_at == datetime(2026, 11, 20, 9, 45, 0, 123456, UTC)
    assert told.edited_at == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    assert told.url == "https://business.google.com/reviews/reply/AAAA"
    assert told.metrics == {"replies": 1}
    assert told.media == (
        Attachment(url="https://lh3.googleusercontent.com/p/waiting-room"),
        Attachment(kind="video", url="https://lh3.googleusercontent.com/p/still"),
    )


def test_stars_alone_are_a_review_and_an_anonymous_one_has_no_name() -> None:
    bare = review("a", "2026-11-20T09:45:00Z", comment=None, reviewer={"displayName": "A Google user", "isAnonymous": True})  # fmt: skip
    told = to_mention(bare, AT)
    assert (told.text, told.text_raw, told.author) == ("Rating: 3 of 5", "", Author())
    assert told.url == "https://business.google.com/reviews"
    assert told.edited_at is None


@pytest.mark.parametrize("stars", [5, 5.0, "5", "FIVE", " five "])
def test_stars_are_read_however_they_are_written(stars: Any) -> None:
    told = to_mention(review("a", "2026-11-20T09:45:00Z", starRating=stars), AT)
    assert told.text == "Fine\n\nRating: 5 of 5"


@pytest.mark.parametrize("stars", [None, "STAR_RATING_UNSPECIFIED", 0, 6, True, "many", [5]])
def test_a_review_that_says_nothing_at_all_is_odd(stars: Any) -> None:
    with pytest.raises(ValueError, match="neither words nor stars"):
        to_mention(review("a", "2026-11-20T09:45:00Z", comment="", starRating=stars), AT)


def test_an_answer_is_ours_and_hidden_until_google_lets_it_out() -> None:
    told = to_answer(FULL, AT, own=True)
    assert (told.key, told.kind, told.own) == ("google:AbFvOqAAAA/reply", "reply", True)
    assert told.parent_id == told.root_id == "AbFvOqAAAA"
    assert told.text == "We are sorry. Please ring PALS."
    assert not told.hidden
    for state in ("PENDING", "REJECTED"):
        held = FULL | {"reviewReply": FULL["reviewReply"] | {"reviewReplyState": state}}
        assert to_answer(held, AT, own=True).hidden


@given(mutants(FULL))
def test_a_review_of_any_shape_is_a_mention_or_an_odd_item(item: Any) -> None:
    for read in (partial(to_mention, at=AT), partial(to_answer, at=AT, own=True)):
        with contextlib.suppress(*ODD_ERRORS):
            assert isinstance(read(item), Mention)


@given(mutants(page("google/reviews2.json")))
def test_a_page_of_any_shape_ends_in_one_of_our_errors(body: Any) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.get(REVIEWS, json=body)
        web.get(REVIEWS, json={})
        pull(source("google"))


# ── the lists ────────────────────────────────────────────────────────────────────────────────────


def test_a_place_is_read_by_pages_with_its_answers_and_where_they_stand(
    web: responses.RequestsMock,
) -> None:
    answer(web, "google", case("google")["routes"])
    mentions, odds, _, error = pull(source("google"))
    assert error is None
    assert [m.issued_id for m in mentions] == [
        "AbFvOqAAAA", "AbFvOqBBBB", "AbFvOqAAAA/reply", "AbFvOqCCCC", "AbFvOqCCCC/reply",
    ]  # fmt: skip
    assert [odd.item for odd in odds] == ["location 1 page 1 item 2"]
    first, ours = mentions[0], mentions[2]
    assert first.matched == ("5100000000000000001", "NHS NW London")
    where = first.context.page
    assert where
    assert (where.owner, where.name) == ("organisation", "Larkspur Lane")
    assert ours.context.answered[0].text == first.text
    assert asked(web) == {"pageSize": "50", "orderBy": "updateTime desc"}
    assert web.calls[0].request.headers["Authorization"] == f"Bearer {SECRET}"


def test_what_changed_or_was_answered_last_ends_the_pages(web: responses.RequestsMock) -> None:
    old, ancient = "2026-10-20T09:00:00Z", "2026-09-01T09:00:00Z"
    late = {"comment": "Sorry for the wait", "updateTime": "2026-11-22T09:00:00Z"}
    web.get(REVIEWS, json={"reviews": [review("a", old, reviewReply=late)], "nextPageToken": "2"})
    web.get(REVIEWS, json={"reviews": [review("b", ancient)], "nextPageToken": "3"})
    mentions, *_ = pull(source("google"))
    assert [m.issued_id for m in mentions] == ["a", "a/reply", "b"]
    assert len(web.calls) == 2, "nothing is asked for behind a page that is all too old"


def test_a_place_without_reviews_is_no_error_and_another_answer_is_not_taken_for_one(
    web: responses.RequestsMock,
) -> None:
    web.get(REVIEWS, json={})
    mentions, odds, _, error = pull(source("google"))
    assert (mentions, odds, error) == ([], [], None)
    others: list[dict[str, object]] = [{"items": [{"reviewId": "1"}]}, {"error": {"code": 403}}, {"data": []}]  # fmt: skip
    for other in others:
        web.reset()
        web.get(REVIEWS, json=other)
        mentions, _, _, error = pull(source("google"))
        assert (mentions, type(error)) == ([], PlatformUnavailable)


def test_a_place_that_is_not_ours_costs_no_other(web: responses.RequestsMock) -> None:
    web.get(
        f"{ROOT}/{OTHER}/reviews",
        status=403,
        json={"error": {"code": 403, "status": "PERMISSION_DENIED"}},
    )
    web.get(REVIEWS, json={"reviews": [review("a", "2026-11-22T09:00:00Z")]})
    built = source("google", location=[{"name": OTHER}, {"name": PLACE, "whose": "provider"}])
    found: list[Any] = []
    says = "1 of 2 places failed: location 1: Google does not permit"
    with pytest.raises(PlatformRefused, match=says):
        found.extend(thing for thing in _kept(built.collect(SINCE), found))
    parts = [thing for thing in found if isinstance(thing, PartRead)]
    assert [bool(part.error) for part in parts] == [True, False]


def _kept(things: Iterator[Any], found: list[Any]) -> Iterator[Any]:
    """None of them: each is put into `found` as it comes, so that an error loses nothing."""
    for thing in things:
        found.append(thing)
    yield from ()


# ── what Google refuses ──────────────────────────────────────────────────────────────────────────


def refused(status: int, reason: str = "", **metadata: str) -> dict[str, Any]:
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "metadata": metadata}  # fmt: skip
    return {
        "status": status,
        "json": {"error": {"code": status, "message": SECRET, "details": [detail]}},
    }


@pytest.mark.parametrize(
    ("given", "kind", "says"),
    [
        (refused(401), PlatformRefused, "run `mentions connect google`"),
        (refused(403, "SERVICE_DISABLED"), PlatformRefused, "enable it in Google's console"),
        (refused(403), PlatformRefused, "check `location`"),
        (refused(404), PlatformRefused, "nothing by this name"),
        (refused(429, "RATE_LIMIT_EXCEEDED"), PlatformUnavailable, "too many calls"),
        (refused(429, "RATE_LIMIT_EXCEEDED", quota_limit_value="0"), PlatformRefused, "application for basic API access"),
        ({"json": {"reviews": "none"}}, PlatformUnavailable, "not shaped"),
        ({"json": []}, PlatformUnavailable, "a list where an object was due"),
    ],
)  # fmt: skip
def test_each_refusal_says_what_to_do(
    web: responses.RequestsMock, given: dict[str, Any], kind: type[Exception], says: str
) -> None:
    web.get(REVIEWS, **given)
    *_, error = pull(source("google"))
    assert isinstance(error, kind)
    assert says in str(error)
    assert SECRET not in str(error)


def test_a_table_without_a_place_is_refused_and_one_without_access_asks_nothing(
    web: responses.RequestsMock,
) -> None:
    with pytest.raises(ConfigError, match="location: there is none"):
        source("google", location=[])
    with pytest.raises(ConfigError, match="location"):
        source("google", location=[{"name": "locations/5"}])
    *_, error = pull(source("google", access_token=""))
    assert "mentions connect google" in str(error)
    assert not web.calls


@pytest.mark.parametrize(("days", "asked_for"), [(7, 1), (28, 2)])
def test_late_answers_are_seen_for_as_long_as_the_table_says(
    web: responses.RequestsMock, days: int, asked_for: int
) -> None:
    web.get(REVIEWS, json={"reviews": [review("a", "2026-11-10T09:00:00Z")], "nextPageToken": "2"})
    web.get(REVIEWS, json={})
    pull(source("google", reviews_days=days), AT - timedelta(days=1))
    assert len(web.calls) == asked_for
