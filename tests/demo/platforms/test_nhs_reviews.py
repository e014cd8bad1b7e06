from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from demo.platforms.nhs_reviews import KEY, NhsReviewsStandIn
from tests.demo.conftest import AT


@pytest.fixture
def reviews() -> Iterator[NhsReviewsStandIn]:
    with NhsReviewsStandIn(AT) as standin:
        yield standin


def ask(reviews: NhsReviewsStandIn, key: str = KEY, **params: Any) -> requests.Response:
    return requests.get(
        f"{reviews.url}/comments/Comments", params={"api-version": "1.0"} | params, timeout=10,
        headers={"subscription-key": key},
    )  # fmt: skip


def every(reviews: NhsReviewsStandIn, **params: Any) -> list[Any]:
    """All pages, until an empty one."""
    found: list[Any] = []
    while page := ask(reviews, limit=5, offset=len(found), **params).json()["comments"]:
        found += page
    return found


def whole(reviews: NhsReviewsStandIn, **params: Any) -> list[dict[str, Any]]:
    found = [one["comment"] for one in every(reviews, **params) if isinstance(one, dict)]
    return [one for one in found if one and one["commentId"]]


def day(hours: int) -> str:
    return f"{AT - timedelta(hours=hours):%Y-%m-%d}"


def test_a_key_is_needed_in_its_header(reviews: NhsReviewsStandIn) -> None:
    refused = ask(reviews, key="old")
    assert (refused.status_code, refused.json()["statusCode"]) == (401, 401)
    asked = requests.get(f"{reviews.url}/comments/Comments?subscription-key={KEY}", timeout=10)
    assert asked.status_code == 401


def test_a_services_reviews_come_page_by_page(reviews: NhsReviewsStandIn) -> None:
    found = whole(reviews, odsCode="Z99001", orgType="GPB", status="published")
    assert len(found) == 7
    assert {one["odsCode"] for one in found} == {"Z99001"}
    updated = [one["lastUpdated"] for one in found]
    assert updated == sorted(updated, reverse=True)
    assert len(whole(reviews)) == 23


def test_a_service_under_another_type_has_no_reviews(reviews: NhsReviewsStandIn) -> None:
    assert whole(reviews, odsCode="RZZ01", orgType="HOS")
    assert every(reviews, odsCode="RZZ01", orgType="GPB") == []
    assert every(reviews, odsCode="Z00000") == []


def test_days_are_whole_and_their_last_one_is_within(reviews: NhsReviewsStandIn) -> None:
    everything = whole(reviews)
    some = whole(reviews, fromDate=day(96), toDate=day(48))
    assert some == [one for one in everything if day(96) <= one["lastUpdated"] < day(24)]
    assert 0 < len(some) < len(everything)


def test_what_was_removed_is_listed_for_a_range_of_days_without_its_words(
    reviews: NhsReviewsStandIn,
) -> None:
    removed = whole(reviews, status="removed", fromDate=day(168), toDate=day(0))
    assert {one["status"] for one in removed} == {"removed"}
    assert [one["commentText"] for one in removed] == ["", ""]
    assert len(whole(reviews, status="removed", fromDate=day(72))) == 1
    assert ask(reviews, status="removed").status_code == 400


def test_an_answer_stands_beside_its_review(reviews: NhsReviewsStandIn) -> None:
    found = [one for one in every(reviews, odsCode="Z99002") if isinstance(one, dict)]
    answered = next(one for one in found if one["response"])
    assert answered["comment"]["responseID"] == answered["response"]["commentId"]
    assert answered["response"]["respondingTo"] == {"commentId": 7100202}
    assert any(one["response"] is None for one in found)


def test_times_have_no_offset_and_reports_go_by_a_link(reviews: NhsReviewsStandIn) -> None:
    newest = whole(reviews)[0]
    assert newest["dateSubmitted"] == "2026-11-20T00:15:00"
    assert newest["removeReportLink"].startswith("https://www.nhs.uk/")
    assert newest["visit"] == {"month": 11, "year": 2026}


@pytest.mark.parametrize(
    "bad", [{"status": "hidden"}, {"orgType": "ICB"}, {"limit": "all"}, {"offset": "-1"},
            {"fromDate": "lately"}],
)  # fmt: skip
def test_what_is_not_taken_is_refused(reviews: NhsReviewsStandIn, bad: dict[str, str]) -> None:
    assert ask(reviews, **bad).status_code == 400


def test_some_reviews_are_malformed(reviews: NhsReviewsStandIn) -> None:
    odd = [one for one in every(reviews)
           if not isinstance(one, dict) or not one["comment"] or not one["comment"]["commentId"]]  # fmt: skip
    assert len(odd) == 3


def test_a_limit_says_how_long(reviews: NhsReviewsStandIn) -> None:
    reviews.faults.add("nhs_reviews", "429", seconds=3)
    limited = ask(reviews)
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "3")


def test_pages_can_be_made_to_repeat(reviews: NhsReviewsStandIn) -> None:
    reviews.faults.add("nhs_reviews", "repeat_token", times=None)
    assert ask(reviews, limit=5, offset=5).json() == ask(reviews, limit=5).json()


def test_a_later_day_edits_removes_answers_and_adds(reviews: NhsReviewsStandIn) -> None:
    before = {one["commentId"]: one for one in whole(reviews)}
    reviews.change()
    after = {one["commentId"]: one for one in whole(reviews)}
    assert before.keys() - after.keys() == {7100230}
    assert after.keys() - before.keys() == {7100352}
    edited = after[7100137]
    assert edited["commentText"] != before[7100137]["commentText"]
    assert edited["lastUpdated"] > before[7100137]["lastUpdated"] == edited["dateSubmitted"]
    assert after[7100324]["responseID"]
    removed = whole(reviews, status="removed", fromDate=day(24))
    assert [one["commentId"] for one in removed] == [7100230]
