from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from collectors.linkedin.parse import About, source_text
from core.context import AnsweredPost, Page
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, CASES, SECRET, SINCE, answer, page, pull, source

BASE = "https://api.linkedin.com/rest"
NOTIFICATIONS, POSTS = f"{BASE}/organizationalEntityNotifications", f"{BASE}/posts"
ORGANIZATION = "urn:li:organization:1000001"
ABOUT = About(at=AT, ours=frozenset({ORGANIZATION}))
OUR_PAGE = Page(owner="organisation")
POST, ACTIVITY = "urn:li:share:7000000000000000000", "urn:li:activity:7000000000000000001"
PATH = f"{BASE}/socialActions/urn%3Ali%3Ashare%3A7000000000000000000/comments"
NOTHING: dict[str, Any] = {
    "paging": {"start": 0, "count": 100, "links": [], "total": 0},
    "elements": [],
}
SWEPT = {"comments_read": "2026-11-24T03:00:00.000000Z"}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def found(web: responses.RequestsMock) -> list[Mention]:
    answer(web, "linkedin", CASES["linkedin"]["routes"])
    listed, _, _, problem = pull(source("linkedin"))
    assert problem is None
    return listed


def urn(comment: str) -> str:
    return f"urn:li:comment:({ACTIVITY},{comment})"


def copies(found: list[Mention], issued_id: str) -> list[Mention]:
    return [mention for mention in found if mention.issued_id == issued_id]


def paths(web: responses.RequestsMock) -> list[str]:
    """What was asked for, without the host and the query."""
    return [str(call.request.url).removeprefix(BASE + "/").partition("?")[0] for call in web.calls]


def test_a_comment_is_one_whether_notified_or_read_under_its_post(found: list[Mention]) -> None:
    notified, read = copies(found, urn("7000000000000000002"))
    for comment in (notified, read):
        assert comment.text == "When will phones be answered at NHS NW London?"
        assert (comment.parent_id, comment.root_id, comment.kind) == (POST, POST, "comment")
        assert comment.author.id == "urn:li:person:XyZ123"
        assert comment.posted_at == datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
        assert comment.matched == ("NHS NW London",)
    assert read.metrics == {"likes": 3, "replies": 2}
    assert read.url == (
        f"https://www.linkedin.com/feed/update/{ACTIVITY}?commentUrn="
        "urn%3Ali%3Acomment%3A%28activity%3A7000000000000000001%2C7000000000000000002%29"
    )


def test_replies_are_read_and_name_what_they_answer(found: list[Mention]) -> None:
    (reply,) = copies(found, urn("7000000000000000008"))
    assert (reply.kind, reply.parent_id, reply.root_id) == (
        "reply", urn("7000000000000000002"), POST,
    )  # fmt: skip


def test_a_comment_says_our_post_wherever_it_was_read(found: list[Mention]) -> None:
    notified, read = copies(found, urn("7000000000000000002"))
    assert notified.context.page == read.context.page == OUR_PAGE
    (post,) = copies(found, POST)
    assert read.context.answered == (AnsweredPost(text=post.text, official=True),)
    assert notified.context.answered == (
        AnsweredPost(text="Our winter plan is out.", official=True),
    )


def test_a_reply_says_the_comment_that_it_answers_and_then_our_post(found: list[Mention]) -> None:
    reply = next(mention for mention in found if mention.kind == "reply")
    above, post = reply.context.answered
    assert above.text == copies(found, reply.parent_id)[0].text
    assert (above.official, post.official) == (False, True)


def test_what_a_member_said_before_is_not_held_longer_by_a_new_reply(
    web: responses.RequestsMock,
) -> None:
    answer(web, "linkedin", CASES["linkedin"]["routes"])
    listed = pull(source("linkedin"), datetime(2026, 11, 23, tzinfo=UTC))[0]
    reply = next(mention for mention in listed if mention.kind == "reply")
    assert [post.official for post in reply.context.answered] == [True]


def test_a_reply_that_was_notified_comes_after_its_thread_even_where_that_fails(
    web: responses.RequestsMock,
) -> None:
    notice = page("linkedin/notifications.json")["elements"][0]
    comment = notice["decoratedGeneratedActivity"]["comment"]
    comment["parentComment"] = urn("7000000000000000009")
    web.get(NOTIFICATIONS, json={**NOTHING, "elements": [notice]})
    web.get(POSTS, json=NOTHING)
    web.get(PATH, status=500)
    listed, _, _, problem = pull(source("linkedin"))
    assert isinstance(problem, PlatformUnavailable)
    assert [mention.issued_id for mention in listed] == [urn("7000000000000000002")]
    assert listed[0].context.is_under_ours


@pytest.mark.parametrize("post", [None, 3, "a", {}, {"text": None}, {"text": [1], "owner": {}}])
def test_a_post_that_is_odd_or_not_told_is_no_context(post: Any) -> None:
    assert source_text({"decoratedSourcePost": post}, ABOUT) is None


def test_what_our_page_answers_is_our_own(found: list[Mention]) -> None:
    assert [mention.own for mention in copies(found, urn("7000000000000000003"))] == [True, True]


def test_an_edited_comment_says_when(found: list[Mention]) -> None:
    edited = copies(found, urn("7000000000000000004"))
    assert {mention.edited_at for mention in edited} == {datetime(2026, 11, 21, 9, 30, tzinfo=UTC)}
    assert edited[1].posted_at == datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert edited[1].images == ("https://media.licdn.com/dms/image/C5610AQ/queue",)


def test_a_deleted_comment_has_neither_words_nor_an_author(found: list[Mention]) -> None:
    (gone,) = copies(found, urn("7000000000000000005"))
    assert (gone.deleted, gone.text, gone.author.id) == (True, "", "")


@pytest.mark.parametrize("newest_first", [True, False])
def test_what_was_said_before_a_comment_was_deleted_does_not_come_after_it(
    web: responses.RequestsMock, newest_first: bool
) -> None:
    deleted = page("linkedin/notifications.json")["elements"][3]
    said = {"comment": {"entity": deleted["generatedActivity"], "text": "Taken back since"}}
    before = {**deleted, "action": "COMMENT", "decoratedGeneratedActivity": said,
              "lastModifiedAt": deleted["lastModifiedAt"] - 60_000}  # fmt: skip
    notices = [deleted, before] if newest_first else [before, deleted]
    web.get(NOTIFICATIONS, json={**NOTHING, "elements": notices})
    web.get(POSTS, json=NOTHING)
    web.get(PATH, json=NOTHING)
    listed, _, _, error = pull(source("linkedin"))
    assert error is None
    assert listed[-1].deleted


def test_a_post_that_mentions_us_and_one_that_shares_ours(found: list[Mention]) -> None:
    (mentioning,) = copies(found, "urn:li:share:7000000000000000010")
    assert (mentioning.kind, mentioning.text) == (
        "post", "Proud to start at NW London ICB this week.",
    )  # fmt: skip
    assert (mentioning.author.id, mentioning.own) == ("urn:li:person:TuV789", False)
    (sharing,) = copies(found, "urn:li:share:7000000000000000020")
    assert (sharing.kind, sharing.quoted_id) == ("quote", POST)
    assert sharing.context.answered == (
        AnsweredPost(text="Our winter plan is out.", official=True),
    )
    assert sharing.context.page is None, "it stands on a member's own page"
    assert not mentioning.context


def test_our_own_posts_are_read_as_people_see_them(found: list[Mention]) -> None:
    (post,) = copies(found, POST)
    assert post.own
    assert post.text == "Our winter plan is out, with Brent Council (and others). #StayWell"
    assert post.text_raw.startswith("Our winter plan is out, with @[Brent Council]")
    assert post.edited_at == datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
    (shared,) = copies(found, "urn:li:ugcPost:7000000000000000030")
    assert (shared.kind, shared.quoted_id) == ("quote", "urn:li:share:6990000000000000000")
    assert shared.edited_at is None


def test_a_draft_is_nobodys_yet(found: list[Mention]) -> None:
    assert copies(found, "urn:li:share:7000000000000000040") == []


def test_a_comment_without_its_words_is_odd_and_found_under_its_post(
    web: responses.RequestsMock,
) -> None:
    answer(web, "linkedin", CASES["linkedin"]["routes"])
    listed, told, _, _ = pull(source("linkedin", state=SWEPT))
    assert told[0].item == "notifications page 1 item 7"
    assert copies(listed, urn("7000000000000000006"))[0].text == "Found by its post alone."


def test_a_request_is_dated_and_its_urns_are_encoded(
    found: list[Mention], web: responses.RequestsMock
) -> None:
    first = web.calls[0].request
    assert first.headers["LinkedIn-Version"] == "202609"
    assert first.headers["X-Restli-Protocol-Version"] == "2.0.0"
    assert first.headers["Authorization"] == f"Bearer {SECRET}"
    assert str(first.url).partition("?")[2] == (
        "q=criteria&organizationalEntity=urn%3Ali%3Aorganization%3A1000001"
        "&actions=List(COMMENT,ADMIN_COMMENT,COMMENT_EDIT,COMMENT_DELETE,SHARE_MENTION,SHARE)"
        "&timeRange=(start:1794992400000,end:1795510800000)&start=0&count=100"
    )
    comment = (
        "urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A7000000000000000001%2C7000000000000000002%29"
    )
    assert f"socialActions/{comment}/comments" in paths(web)


# ── when what is read ────────────────────────────────────────────────────────────────────────────


def test_the_comments_of_all_posts_are_read_once_a_day(web: responses.RequestsMock) -> None:
    web.get(NOTIFICATIONS, json=NOTHING)
    answer(web, "linkedin", CASES["linkedin"]["routes"][1:])
    kept = pull(source("linkedin"))[2]
    assert kept == {"comments_read": "2026-11-24T09:00:00.000000Z"}
    before = len(web.calls)
    assert pull(source("linkedin", state=SWEPT))[2] == {}
    assert paths(web)[before:] == ["organizationalEntityNotifications", "posts"]
    assert pull(source("linkedin", state=SWEPT, sweep_hours=6))[2] == kept


def test_in_between_they_are_read_where_a_notification_names_the_post(
    web: responses.RequestsMock,
) -> None:
    answer(web, "linkedin", CASES["linkedin"]["routes"])
    pull(source("linkedin", state=SWEPT))
    assert len([path for path in paths(web) if path.startswith("socialActions")]) == 2


def posts(day: int, **paging: Any) -> dict[str, Any]:
    when = int(datetime(2026, day // 100, day % 100, tzinfo=UTC).timestamp() * 1000)
    one = {
        "id": f"urn:li:share:{day}",
        "author": ORGANIZATION,
        "commentary": "",
        "publishedAt": when,
    }
    return {"elements": [one], "paging": {"start": 0, "count": 1, **paging}}


def test_own_posts_are_read_until_they_are_too_old(web: responses.RequestsMock) -> None:
    web.get(NOTIFICATIONS, json=NOTHING)
    web.get(POSTS, json=posts(1101, total=99))
    web.get(POSTS, json=posts(901, start=1, total=99))
    listed, told, _, problem = pull(source("linkedin", state=SWEPT))
    assert (told, problem) == ([], None)
    assert [mention.issued_id for mention in listed] == ["urn:li:share:1101"]
    assert len(web.calls) == 3


def test_a_post_that_went_in_between_costs_only_its_comments(web: responses.RequestsMock) -> None:
    web.get(NOTIFICATIONS, json=NOTHING)
    web.get(POSTS, json=page("linkedin/posts.json"))
    web.get(PATH, status=404, json={"status": 404, "message": "Not Found"})
    ugc = f"{BASE}/socialActions/urn%3Ali%3AugcPost%3A7000000000000000030/comments"
    web.get(ugc, json=page("linkedin/comments.json"))
    web.get(
        f"{BASE}/socialActions/urn%3Ali%3Acomment%3A%28{ACTIVITY.replace(':', '%3A')}%2C7000000000000000002%29/comments",
        json=NOTHING,
    )
    listed, told, _, problem = pull(source("linkedin"))
    assert problem is None
    assert "comments of post 1" in [odd.item for odd in told]
    assert copies(listed, urn("7000000000000000002"))


def test_a_gap_that_notifications_do_not_reach_is_told(web: responses.RequestsMock) -> None:
    web.get(NOTIFICATIONS, json=NOTHING)
    web.get(POSTS, json=NOTHING)
    assert (
        pull(source("linkedin"), AT - timedelta(days=70))[1][0].item
        == "the time since the last run"
    )
    assert "start:1790326800000" in str(web.calls[0].request.url)  # sixty days
    assert pull(source("linkedin"), SINCE)[1] == []


# ── paging ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("paging", "asked"),
    [
        ({"start": 0, "count": 1, "total": 2}, ["0", "1"]),
        ({"start": 0, "count": 1, "links": [{"rel": "next", "href": "/x"}]}, ["0", "1"]),
        ({"start": 0, "count": 1, "links": [{"rel": "prev"}, 3], "total": 1}, ["0"]),
        ({"start": 0, "count": 1, "total": 0}, ["0", "1"]),  # more came than the total says
        ({"count": 1}, ["0", "1"]),  # a full page may have another after it
        ({"start": 0, "count": 100, "total": 101}, ["0", "100"]),  # a page may hold fewer
        ({"start": "0", "count": None, "total": []}, ["0"]),
        (None, ["0"]),
    ],
)
def test_pages_are_read_until_linkedin_says_that_there_are_no_more(
    web: responses.RequestsMock, paging: Any, asked: list[str]
) -> None:
    web.get(NOTIFICATIONS, json={"elements": [{}], "paging": paging})
    web.get(NOTIFICATIONS, json=NOTHING)
    web.get(POSTS, json=NOTHING)
    assert pull(source("linkedin"))[3] is None
    calls = [call.request for call in web.calls if str(call.request.url).startswith(NOTIFICATIONS)]
    assert [call.params["start"] for call in calls] == asked  # type: ignore[attr-defined]


def test_a_start_that_comes_twice_is_told(web: responses.RequestsMock) -> None:
    again = {"elements": [{}], "paging": {"start": 0, "count": 1, "total": 9}}
    web.get(NOTIFICATIONS, json=again)
    web.get(POSTS, json=NOTHING)
    told = pull(source("linkedin"))[1]
    assert [odd.item for odd in told if odd.stops] == ["notifications page 2"]


def test_a_cap_that_is_reached_is_told(web: responses.RequestsMock) -> None:
    web.get(NOTIFICATIONS, json={"elements": [], "paging": {"start": 0, "count": 1, "total": 9}})
    web.get(POSTS, json=NOTHING)
    told = pull(source("linkedin", pages=1))[1]
    assert [(odd.item, odd.stops) for odd in told] == [("notifications", True)]


@pytest.mark.parametrize("body", [[], {}, {"elements": None}, {"elements": {}}])
def test_a_page_of_another_shape_ends_the_run(web: responses.RequestsMock, body: Any) -> None:
    web.get(NOTIFICATIONS, json=body)
    assert isinstance(pull(source("linkedin"))[3], PlatformUnavailable)


# ── the table ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"organization": "1000001"}, "organization"),
        ({"organization": "urn:li:organization:2"}, "organization"),  # not in the register
        ({"version": "2026-09"}, "version"),
        ({"base_url": "http://api.linkedin.com/rest"}, "base_url"),
        ({"token_url": "http://www.linkedin.com"}, "token_url"),
    ],
)
def test_a_table_that_can_not_work_is_refused_by_key(table: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match=rf"^\[collectors.linkedin\] {key}"):
        source("linkedin", **table)


def test_nothing_is_asked_before_somebody_has_granted_access(web: responses.RequestsMock) -> None:
    *_, problem = pull(source("linkedin", access_token=""))
    assert isinstance(problem, PlatformRefused)
    assert "mentions connect linkedin" in str(problem)
