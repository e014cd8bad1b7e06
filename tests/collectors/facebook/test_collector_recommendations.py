"""Recommendations of our Page. Form: Graph API reference, Page/ratings and Recommendation, and code that reads them; read 2026-11-29."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS, Gone, SkippedItem
from collectors.facebook.actions import recheck
from collectors.facebook.parse import recommendation
from core.models import Mention
from tests.collectors.cases import AT, CASES, answer, pull, source
from tests.collectors.mutants import mutants

ROOT = "https://graph.facebook.com/v26.0"
RATINGS = f"{ROOT}/100000000000001/ratings"
BAD: dict[str, Any] = {
    "created_time": "2026-11-20T09:45:00+0000", "recommendation_type": "negative", "review_text": "Nobody at NW London ICB answers.",
    "has_review": True, "reviewer": {"id": "900000000000077", "name": "Jo Sample"}, "open_graph_story": {"id": "900000000000077_400000000000001"},
}  # fmt: skip
GOOD: dict[str, Any] = {
    "created_time": "2026-11-21T09:45:00+0000", "recommendation_type": "positive", "has_review": False,
    "reviewer": {"id": "900000000000078", "name": "Ada Example"},
}  # fmt: skip
OVER = {
    "error": {
        "message": "(#12) recommendations field is deprecated for versions v22.0 and higher",
        "type": "OAuthException",
        "code": 12,
    }
}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        answer(mock, "facebook", CASES["facebook"]["routes"])
        yield mock


def reviews(found: list[Mention]) -> dict[str, Mention]:
    return {mention.issued_id: mention for mention in found if mention.kind == "review"}


def test_a_recommendation_is_a_review_of_our_page(web: responses.RequestsMock) -> None:
    web.get(RATINGS, json={"data": [GOOD, BAD, {"odd": 1}]})
    found, odd, _, error = pull(source("facebook", recommendations=True))
    assert error is None
    bad = reviews(found)["900000000000077_400000000000001"]
    assert bad.text == "Does not recommend our Page\n\nNobody at NW London ICB answers."
    assert bad.text_raw == "Nobody at NW London ICB answers."
    assert (bad.author.name, bad.own, bad.context.is_under_ours) == ("Jo Sample", False, True)
    assert bad.matched == ("NW London ICB",)
    good = reviews(found)["rating:900000000000078:2026-11-21T09:45:00+0000"]
    assert good.text == "Recommends our Page", "without words, and without a story of its own"
    assert sum("recommendations" in thing.item for thing in odd) == 1


def test_they_are_asked_for_only_where_they_are_wanted(web: responses.RequestsMock) -> None:
    pull(source("facebook"))
    assert not any("/ratings" in str(call.request.url) for call in web.calls)


def test_that_facebook_gives_none_any_more_is_told_and_costs_nothing_else(
    web: responses.RequestsMock,
) -> None:
    web.get(RATINGS, json=OVER, status=400)
    found, odd, _, error = pull(source("facebook", recommendations=True))
    assert error is None
    assert found
    assert not reviews(found)
    assert ["code 12" in thing.why for thing in odd if thing.item == "recommendations"] == [True]


def test_one_that_the_list_no_longer_shows_is_gone_and_one_that_was_changed_is_as_it_is_now(
    web: responses.RequestsMock,
) -> None:
    web.get(RATINGS, json={"data": [GOOD, BAD]})
    stored = [*reviews(pull(source("facebook", recommendations=True))[0]).values()]
    web.replace(
        responses.GET, RATINGS, json={"data": [BAD | {"review_text": "They answered in the end."}]}
    )
    again = list(recheck(source("facebook", recommendations=True), stored))  # type: ignore[arg-type]
    assert [thing.issued_id for thing in again if isinstance(thing, Gone)] == [
        "rating:900000000000078:2026-11-21T09:45:00+0000"
    ]
    (fresh,) = [thing for thing in again if isinstance(thing, Mention)]
    assert fresh.text.endswith("They answered in the end.")


def test_where_facebook_gives_none_any_more_nothing_is_said_to_be_gone(
    web: responses.RequestsMock,
) -> None:
    web.get(RATINGS, json={"data": [BAD]})
    stored = [*reviews(pull(source("facebook", recommendations=True))[0]).values()]
    web.replace(responses.GET, RATINGS, json=OVER, status=400)
    (told,) = list(recheck(source("facebook"), stored))  # type: ignore[arg-type]
    assert isinstance(told, SkippedItem)


@given(mutants(BAD))
def test_an_odd_one_costs_only_itself(item: Any) -> None:
    try:
        recommendation(item, frozenset(), AT)
    except ODD_ERRORS:
        return
