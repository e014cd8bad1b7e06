from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from collectors.base import Gone, Rechecked
from collectors.platforms import integration
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from demo.platforms.google import GoogleStandIn
from tests.collectors.answering import WORDS, collected, may, posted, send, the
from tests.collectors.answering import source as stood
from tests.collectors.cases import AT, page, source

ROOT = "https://mybusiness.googleapis.com/v4"
PLACE = "accounts/100000000000000000001/locations/5100000000000000001"
FULL = page("google/reviews.json")["reviews"][0]
ABSENT = {
    "error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}
}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def held(number: str, **told: Any) -> Mention:
    known: dict[str, Any] = {
        "kind": "review",
        "text": "as it was",
        "matched": ("5100000000000000001",),
        **told,
    }
    return Mention(
        issuer="google", issued_id=number, platform="google", url="", posted_at=AT, fetched_at=AT, **known
    )  # fmt: skip


def recheck(*mentions: Mention) -> list[Rechecked]:
    return list(integration("google").recheck.load()(source("google"), mentions))


# ── looking again ────────────────────────────────────────────────────────────────────────────────


def test_a_review_and_its_answer_are_one_call(web: responses.RequestsMock) -> None:
    web.get(f"{ROOT}/{PLACE}/reviews/AbFvOqAAAA", json=FULL)
    fates = recheck(held("AbFvOqAAAA"), held("AbFvOqAAAA/reply", kind="reply", own=True))
    assert [type(fate) for fate in fates] == [Mention, Mention]
    first, ours = fates
    assert isinstance(first, Mention)
    assert isinstance(ours, Mention)
    assert (first.text[:6], ours.text[:6], ours.own) == ("Nobody", "We are", True)
    assert len(web.calls) == 1


def test_an_answer_that_was_taken_back_is_gone_and_its_review_is_not(
    web: responses.RequestsMock,
) -> None:
    bare = {key: value for key, value in FULL.items() if key != "reviewReply"}
    web.get(f"{ROOT}/{PLACE}/reviews/AbFvOqAAAA", json=bare)
    fates = recheck(held("AbFvOqAAAA"), held("AbFvOqAAAA/reply", kind="reply", own=True))
    assert [type(fate) for fate in fates] == [Mention, Gone]


def test_a_review_that_is_not_there_is_gone_once_its_place_was_shown(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{ROOT}/{PLACE}/reviews/lost", status=404, json=ABSENT)
    web.get(f"{ROOT}/{PLACE}/reviews/lost2", status=404, json=ABSENT)
    web.get(f"{ROOT}/{PLACE}/reviews", json={"reviews": [FULL]})
    assert recheck(held("lost"), held("lost2")) == [Gone("google", "lost"), Gone("google", "lost2")]
    assert len(web.calls) == 3, "the place is proved once"


def test_a_place_that_can_not_be_read_any_more_tells_no_deletion(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{ROOT}/{PLACE}/reviews/lost", status=404, json=ABSENT)
    web.get(f"{ROOT}/{PLACE}/reviews", status=403, json={"error": {"code": 403}})
    with pytest.raises(PlatformRefused):
        recheck(held("lost"))


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": "<html>not here</html>", "content_type": "text/html"},
        {"status": 500}, {"status": 401, "json": {"error": {"code": 401}}}, {"json": {}}, {"json": []},
    ],
)  # fmt: skip
def test_an_outage_is_never_a_deletion(web: responses.RequestsMock, answer: dict[str, Any]) -> None:
    web.get(f"{ROOT}/{PLACE}/reviews/AbFvOqAAAA", **answer)
    with pytest.raises(CollectorError):
        recheck(held("AbFvOqAAAA"))


def test_a_review_of_a_place_that_left_the_table_is_left_alone(web: responses.RequestsMock) -> None:
    assert recheck(held("a", matched=("777",))) == []
    assert not web.calls


# ── answering ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def standin() -> Iterator[GoogleStandIn]:
    with GoogleStandIn(AT) as opened:
        yield opened


def test_an_answer_is_put_below_its_review_and_comes_back_as_held_by_google(
    standin: GoogleStandIn,
) -> None:
    built, mentions = stood(standin), collected(standin)
    review = the(mentions, lambda m: m.kind == "review" and not may(built, m))
    published = send(built, review)
    (request,) = posted(standin)
    assert (request.method, request.body) == ("PUT", b'{"comment": "%s"}' % WORDS.encode())
    assert request.path.endswith(f"/reviews/{review.issued_id}/reply")
    assert published.issued_id == f"{review.issued_id}/reply"
    again = the(collected(standin), lambda m: m.issued_id == review.issued_id)
    assert "it has an answer" in may(built, again)


def test_an_answer_that_somebody_gave_meanwhile_is_not_replaced(standin: GoogleStandIn) -> None:
    built, mentions = stood(standin), collected(standin)
    review = the(mentions, lambda m: m.kind == "review" and not may(built, m))
    for written in standin.reviews:
        written["answer"] = {"ago": "1m", "text": "A colleague was quicker."}
    with pytest.raises(PlatformRefused, match="Google keeps one alone"):
        send(built, review)
    assert not posted(standin)


def test_our_own_answer_a_provider_s_and_a_review_of_an_unknown_place_are_not_answered(
    standin: GoogleStandIn,
) -> None:
    built, mentions = stood(standin), collected(standin)
    assert may(built, the(mentions, lambda m: m.own)) == "it is our own"
    assert (
        may(built, the(mentions, lambda m: m.kind == "reply" and not m.own))
        == "only reviews can be answered"
    )
    assert "by hand" in may(built, held("a", matched=("777",)))


def test_a_review_that_is_gone_and_a_project_that_was_not_let_in_are_told(
    standin: GoogleStandIn,
) -> None:
    built, mentions = stood(standin), collected(standin)
    review = the(mentions, lambda m: m.kind == "review" and not may(built, m))
    standin.reviews.clear()
    with pytest.raises(PlatformRefused, match="no more"):
        send(built, review)
    standin.quota = False
    with pytest.raises(PlatformRefused, match="basic API access"):
        send(built, review)
    assert not posted(standin)


def test_an_answer_that_google_does_not_confirm_may_be_out(standin: GoogleStandIn) -> None:
    built, mentions = stood(standin), collected(standin)
    review = the(mentions, lambda m: m.kind == "review" and not may(built, m))
    place = next(one["at"] for one in standin.reviews)
    path = f"/v4/{place}/reviews/{review.issued_id}/reply"
    standin.faults.add("google", "drop", path=path, times=None)
    with pytest.raises(PlatformUnavailable):
        send(built, review)
