from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from collectors.base import Gone, Rechecked, SkippedItem
from collectors.platforms import integration
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, page, source

BASE = "https://api.linkedin.com/rest"
POST = "urn:li:share:7000000000000000000"
URN = "urn:li:comment:(urn:li:activity:7000000000000000001,7000000000000000004)"
COMMENT = (
    f"{BASE}/socialActions/urn%3Ali%3Aactivity%3A7000000000000000001/comments/7000000000000000004"
)
POSTS = f"{BASE}/posts/urn%3Ali%3Ashare%3A7000000000000000000"
ABSENT = {"status": 404, "json": {"status": 404, "message": "Not Found"}}
DENIED = {"status": 403, "json": {"status": 403, "code": "ACCESS_DENIED"}}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def held(issued_id: str = URN, **known: Any) -> Mention:
    given: dict[str, Any] = {
        "issuer": "linkedin", "issued_id": issued_id, "platform": "linkedin", "kind": "comment",
        "url": "", "text": "as it was", "posted_at": AT, "fetched_at": AT, "parent_id": POST,
        "root_id": POST, "matched": ("NHS NW London",),
    }  # fmt: skip
    return Mention(**{**given, **known})


OWN = held(POST, kind="post", parent_id="", root_id="", own=True)
MEMBERS = held(POST, kind="post", parent_id="", root_id="")


def recheck(*mentions: Mention) -> list[Rechecked]:
    return list(integration("linkedin").recheck.load()(source("linkedin"), mentions))


# ── recheck ──────────────────────────────────────────────────────────────────────────────────────


def test_a_comment_is_looked_up_under_its_post(web: responses.RequestsMock) -> None:
    web.get(COMMENT, json=page("linkedin/comments.json")["elements"][1])
    (fresh,) = recheck(held())
    assert isinstance(fresh, Mention)
    assert (fresh.key, fresh.text) == (held().key, "I waited two hours, not one.")
    assert fresh.edited_at is not None
    assert (fresh.kind, fresh.parent_id, fresh.root_id) == ("comment", POST, POST)
    assert fresh.matched == ("NHS NW London",)


def test_a_reply_stays_one_where_the_answer_does_not_say_so(web: responses.RequestsMock) -> None:
    web.get(COMMENT, json=page("linkedin/comments.json")["elements"][1])
    (fresh,) = recheck(held(kind="reply", parent_id="urn:li:comment:(urn:li:activity:1,2)"))
    assert isinstance(fresh, Mention)
    assert (fresh.kind, fresh.parent_id) == ("reply", "urn:li:comment:(urn:li:activity:1,2)")


def test_what_a_notification_did_not_tell_of_a_reply_is_learned(
    web: responses.RequestsMock,
) -> None:
    web.get(COMMENT, json=page("linkedin/replies.json")["elements"][1])
    (fresh,) = recheck(held())
    assert isinstance(fresh, Mention)
    assert (fresh.kind, fresh.issued_id) == ("reply", URN)
    assert fresh.parent_id.endswith(",7000000000000000002)")


def test_our_own_post_is_looked_up_by_its_urn(web: responses.RequestsMock) -> None:
    web.get(POSTS, json=page("linkedin/posts.json")["elements"][0])
    (fresh,) = recheck(OWN)
    assert isinstance(fresh, Mention)
    assert fresh.own
    assert fresh.text.startswith("Our winter plan is out")


def test_what_linkedin_knows_nothing_of_is_gone(web: responses.RequestsMock) -> None:
    web.get(COMMENT, **ABSENT)
    web.get(POSTS, **ABSENT)
    assert recheck(held(), OWN) == [Gone("linkedin", URN), Gone("linkedin", POST)]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 404, "body": "<html>", "content_type": "text/html"}, PlatformRefused),
        ({"status": 404, "body": ""}, PlatformRefused),
        ({"status": 404, "json": {"message": "No virtual resource found"}}, PlatformRefused),
        (
            {"status": 404, "json": {"message": "no Route matched with those values"}},
            PlatformRefused,
        ),
        ({"status": 401, "json": {"serviceErrorCode": 65602}}, PlatformRefused),
        ({"status": 426}, PlatformRefused),
        ({"status": 429}, PlatformUnavailable),
        ({"status": 503}, PlatformUnavailable),
        ({"status": 200, "body": "<html>", "content_type": "text/html"}, PlatformUnavailable),
        ({"status": 200, "json": []}, PlatformUnavailable),
        (DENIED, PlatformRefused),
    ],
)
def test_an_answer_that_is_none_is_never_a_deletion(
    web: responses.RequestsMock, answer: dict[str, Any], kind: type[CollectorError]
) -> None:
    web.get(COMMENT, **answer)
    with pytest.raises(kind):
        recheck(held())


def test_nothing_is_said_of_a_members_post_that_is_not_for_us(web: responses.RequestsMock) -> None:
    web.get(POSTS, **DENIED)
    assert recheck(MEMBERS) == []
    with pytest.raises(PlatformRefused, match="r_organization_social"):
        recheck(OWN)


def test_nothing_is_said_of_what_can_not_be_looked_up(web: responses.RequestsMock) -> None:
    assert recheck(held("urn:li:activity:1", kind="post"), held("row 7 of another tool")) == []
    assert not web.calls


def test_an_item_of_another_shape_is_odd_and_not_gone(web: responses.RequestsMock) -> None:
    web.get(COMMENT, json={"message": None})
    (odd,) = recheck(held())
    assert isinstance(odd, SkippedItem)


# ── moderation ───────────────────────────────────────────────────────────────────────────────────

MODERATION = integration("linkedin").moderation.load()
DELETE = MODERATION.actions["delete"]


def test_that_it_can_not_be_undone_and_is_not_settled_is_said() -> None:
    assert DELETE.undo == ""
    assert "for good" in DELETE.does
    assert "under supervision" in DELETE.does


@pytest.mark.parametrize(
    ("mention", "table", "why"),
    [
        (held(), {}, ""),
        (held(kind="reply"), {}, ""),
        (held(own=True), {}, "our own"),
        (held(deleted=True), {}, "no more"),
        (MEMBERS, {}, "only comments"),
        (held("row 7 of another tool"), {}, "only comments"),
        (held(), {"access_token": ""}, "mentions connect linkedin"),
    ],
)
def test_it_is_said_why_a_mention_can_not_be_acted_on(
    mention: Mention, table: dict[str, Any], why: str
) -> None:
    found = MODERATION.may(source("linkedin", **table), mention, DELETE)
    assert why in found
    assert bool(found) is bool(why)


def act() -> None:
    MODERATION.act(source("linkedin"), held(), DELETE)


@pytest.mark.parametrize("answer", [{"status": 204}, {"status": 200, "json": {}}, ABSENT])
def test_a_comment_is_deleted_in_the_pages_name(
    web: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    web.delete(COMMENT, **answer)
    act()
    assert str(web.calls[0].request.url) == f"{COMMENT}?actor=urn%3Ali%3Aorganization%3A1000001"


@pytest.mark.parametrize(
    ("answer", "kind", "word"),
    [
        (DENIED, PlatformRefused, "delete it there"),
        ({"status": 202}, PlatformUnavailable, "did not confirm"),
        ({"status": 401, "json": {"serviceErrorCode": 65601}}, PlatformRefused, "was revoked"),
        ({"status": 503}, PlatformUnavailable, "503"),
        ({"status": 404, "body": "<html>"}, PlatformRefused, "404"),
    ],
)
def test_what_was_not_confirmed_was_not_done(
    web: responses.RequestsMock, answer: dict[str, Any], kind: type[CollectorError], word: str
) -> None:
    web.delete(COMMENT, **answer)
    with pytest.raises(kind, match=word):
        act()
