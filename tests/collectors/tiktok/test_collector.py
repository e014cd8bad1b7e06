from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors.base import ODD_ERRORS, Gone, ParentThere, Rechecked
from collectors.platforms import integration
from collectors.tiktok.parse import to_comment, to_video
from core.context import ParentPost
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.media import Attachment
from core.models import Author, Mention
from demo.platforms.tiktok import ACCOUNT, TikTokStandIn
from tests.collectors.answering import WORDS, account, collected, may, posted, send, the
from tests.collectors.answering import source as stood
from tests.collectors.cases import AT, SECRET, answer, case, page, pull, source
from tests.collectors.mutants import mutants

ROOT = "https://business-api.tiktok.com/open_api/v1.3/business"
VIDEOS, COMMENTS, REPLIES = (
    f"{ROOT}/video/list/",
    f"{ROOT}/comment/list/",
    f"{ROOT}/comment/reply/list/",
)
VIDEO = "7400000000000000001"
CLIP = page("tiktok/videos.json")["data"]["videos"][0]
FIRST = page("tiktok/comments.json")["data"]["comments"][0]
MODERATION = integration("tiktok").moderation.load()


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def standin() -> Iterator[TikTokStandIn]:
    with TikTokStandIn(AT) as opened:
        yield opened


def coded(code: int, data: Any = None) -> dict[str, Any]:
    return {"code": code, "message": SECRET, "request_id": "2026", "data": data or {}}


def asked(web: responses.RequestsMock, call: int) -> dict[str, str]:
    params: dict[str, str] = web.calls[call].request.params  # type: ignore[attr-defined]
    return params


# ── one video, one comment ───────────────────────────────────────────────────────────────────────


def test_every_field_of_a_video_is_read() -> None:
    told = to_video(CLIP, "-000abc", AT)
    assert (told.key, told.kind, told.own) == (f"tiktok:{VIDEO}", "video", True)
    assert told.url == f"https://www.tiktok.com/@exampleicb/video/{VIDEO}"
    assert told.author == Author(id="-000abc", handle="exampleicb")
    assert told.posted_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert told.metrics == {"likes": 840, "replies": 0, "shares": 3, "views": 12000}
    assert told.media == (Attachment(kind="video", url="https://p16-sign.tiktokcdn.com/t"),)


def test_a_comment_names_its_writer_and_a_reply_what_it_answers() -> None:
    told = to_comment(FIRST, "https://www.tiktok.com/@a/video/1", "-000abc", AT)
    assert (told.kind, told.parent_id, told.root_id) == ("comment", VIDEO, VIDEO)
    assert told.author == Author(id="+ABc1D2", handle="ana.example", name="Ana")
    assert told.author.avatar == "https://p16-sign.tiktokcdn.com/a"
    ours = to_comment(FIRST["reply_list"][0], "", "-000abc", AT)
    assert (ours.kind, ours.parent_id, ours.own, ours.author.id) == (
        "reply",
        FIRST["comment_id"],
        True,
        "-000abc",
    )
    assert ours.url == f"https://www.tiktok.com/@/video/{VIDEO}"


@given(mutants(FIRST))
def test_a_comment_of_any_shape_is_a_mention_or_an_odd_item(item: Any) -> None:
    for read in (
        partial(to_comment, url="", account="-1", at=AT),
        partial(to_video, account="-1", at=AT),
    ):
        with contextlib.suppress(*ODD_ERRORS):
            assert isinstance(read(item), Mention)


@given(mutants(page("tiktok/comments2.json")))
def test_a_page_of_any_shape_ends_in_one_of_our_errors(body: Any) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.get(VIDEOS, json=page("tiktok/videos.json"))
        web.get(COMMENTS, json=body)
        web.get(COMMENTS, json=coded(0, {"comments": [], "has_more": False}))
        web.get(REPLIES, json=coded(0, {"comments": [], "has_more": False}))
        pull(source("tiktok"))


# ── the lists ────────────────────────────────────────────────────────────────────────────────────


def test_videos_then_comments_with_all_their_replies(web: responses.RequestsMock) -> None:
    answer(web, "tiktok", case("tiktok")["routes"])
    mentions, odds, _, error = pull(source("tiktok"))
    assert error is None
    assert [m.issued_id[-2:] for m in mentions] == ["01", "11", "13", "21", "22", "14", "24"]
    assert [odd.item for odd in odds] == ["video 1 comments page 1 item 2"]
    first, hidden, reply = mentions[1], mentions[2], mentions[3]
    assert hidden.hidden
    assert hidden.matched == ("NHS NW London",)
    assert [post.text for post in reply.context.answered] == [first.text, mentions[0].text]
    assert reply.context.page
    assert reply.context.page.kind == "video"
    assert web.calls[0].request.headers["Access-Token"] == SECRET
    comments = asked(web, 1)
    assert (comments["include_replies"], comments["status"], comments["max_count"]) == (
        "true",
        "ALL",
        "30",
    )
    assert [str(call.request.url).partition("?")[0] for call in web.calls] == [
        VIDEOS,
        COMMENTS,
        REPLIES,
        COMMENTS,
    ]
    assert asked(web, 3)["cursor"] == "30"


def test_a_page_that_is_shorter_than_asked_for_is_not_the_last(web: responses.RequestsMock) -> None:
    web.get(VIDEOS, json=page("tiktok/videos.json"))
    web.get(COMMENTS, json=coded(0, {"comments": [], "cursor": 30, "has_more": True}))
    web.get(COMMENTS, json=page("tiktok/comments2.json"))
    mentions, *_ = pull(source("tiktok"))
    assert "7400000000000000014" in [m.issued_id for m in mentions]


def test_a_video_that_is_older_than_the_table_says_is_not_read(web: responses.RequestsMock) -> None:
    web.get(VIDEOS, json=page("tiktok/videos.json"))
    mentions, *_ = pull(source("tiktok", comments_days=1), AT - timedelta(days=1))
    assert mentions == []
    assert len(web.calls) == 1


def test_a_video_that_went_a_moment_ago_costs_no_other(web: responses.RequestsMock) -> None:
    web.get(VIDEOS, json=page("tiktok/videos.json"))
    web.get(COMMENTS, json=coded(40007))
    mentions, odds, _, error = pull(source("tiktok"))
    assert (len(mentions), error) == (1, None)
    assert "there no more" in odds[0].why


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (
            40105,
            PlatformRefused,
            "the token is not accepted (40105): run `mentions connect tiktok`",
        ),
        (40102, PlatformRefused, "run `mentions connect tiktok`"),
        (40001, PlatformRefused, "approved for comment.list"),
        (40002, PlatformRefused, "check `business_id`"),
        (40900, PlatformRefused, "look the code up"),
        (40100, PlatformUnavailable, "too many calls"),
        (50002, PlatformUnavailable, "that may pass"),
    ],
)
def test_each_code_says_what_to_do_though_the_status_is_200(
    web: responses.RequestsMock, code: int, kind: type[Exception], says: str
) -> None:
    web.get(VIDEOS, json=coded(code))
    *_, error = pull(source("tiktok"))
    assert isinstance(error, kind)
    assert says in str(error)
    assert SECRET not in str(error)


@pytest.mark.parametrize("body", [{}, {"code": "0"}, [], {"code": 0, "data": {"videos": None}}])
def test_what_is_no_answer_of_tiktok_s_may_pass(web: responses.RequestsMock, body: Any) -> None:
    web.get(VIDEOS, json=body)
    *_, error = pull(source("tiktok"))
    assert isinstance(error, PlatformUnavailable)


# ── looking again ────────────────────────────────────────────────────────────────────────────────


def held(number: str, kind: Any = "comment", **told: Any) -> Mention:
    known: dict[str, Any] = {"text": "as it was", "root_id": VIDEO, "parent_id": VIDEO, **told}
    return Mention(
        issuer="tiktok", issued_id=number, platform="tiktok", kind=kind, url="https://www.tiktok.com/@a/video/1",
        posted_at=AT, fetched_at=AT, **known,
    )  # fmt: skip


def recheck(*mentions: Mention) -> list[Rechecked]:
    return list(integration("tiktok").recheck.load()(source("tiktok"), mentions))


def test_comments_are_looked_up_by_their_ids_on_their_video(web: responses.RequestsMock) -> None:
    web.get(VIDEOS, json=page("tiktok/videos.json"))
    web.get(
        COMMENTS, json=coded(0, {"comments": [{**FIRST, "status": "HIDDEN"}], "has_more": False})
    )
    there, lost = recheck(
        held(FIRST["comment_id"], matched=("a rule",)), held("7400000000000000099")
    )
    assert isinstance(there, Mention)
    assert (there.text, there.hidden, there.matched) == (FIRST["text"], True, ("a rule",))
    assert lost == Gone("tiktok", "7400000000000000099")
    assert asked(web, 0)["filters"] == f'{{"video_ids": ["{VIDEO}"]}}'
    assert asked(web, 1)["comment_ids"] == '["7400000000000000011", "7400000000000000099"]'


def test_what_stands_on_a_video_that_is_gone_is_gone_with_it(web: responses.RequestsMock) -> None:
    web.get(VIDEOS, json=coded(0, {"videos": [], "has_more": False}))
    fates = recheck(held(VIDEO, kind="video", root_id="", parent_id="", own=True), held("1"))
    assert fates == [Gone("tiktok", VIDEO), Gone("tiktok", "1")]
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"json": coded(40105)}, {"json": coded(50000)}, {"json": coded(0)}, {"status": 503},
        {"json": coded(0, {"videos": [{"item_id": "another"}], "has_more": False})},
        {"body": "<html>Log in</html>", "content_type": "text/html"},
    ],
)  # fmt: skip
def test_an_outage_is_never_a_deletion(web: responses.RequestsMock, answer: dict[str, Any]) -> None:
    web.get(VIDEOS, **answer)
    with pytest.raises(CollectorError):
        recheck(held("1"))


def test_our_videos_are_asked_for_where_others_answer_them(web: responses.RequestsMock) -> None:
    web.get(VIDEOS, json=page("tiktok/videos.json"))
    posts = [
        ParentPost("tiktok", VIDEO, own=True),
        ParentPost("tiktok", "9", is_comment=True, under_ours=True),
    ]
    (there,) = integration("tiktok").recheck_parents.load()(source("tiktok"), posts)
    assert there == ParentThere("tiktok", VIDEO, CLIP["caption"])


# ── hiding, answering ────────────────────────────────────────────────────────────────────────────


def test_a_comment_is_hidden_and_shown_again(standin: TikTokStandIn) -> None:
    built, mentions = stood(standin), collected(standin)
    insult = the(mentions, lambda m: "ugly cow" in m.text)
    for name, hidden in (("hide", True), ("unhide", False)):
        action = MODERATION.actions[name]
        assert MODERATION.may(built, insult, action) == ""
        MODERATION.act(built, insult, action)
        again = the(collected(standin), lambda m: m.key == insult.key)
        assert again.hidden is hidden
    ours = the(mentions, lambda m: m.own and m.kind == "reply")
    assert MODERATION.may(built, ours, action) == "it is our own"
    assert "only comments" in MODERATION.may(
        built, the(mentions, lambda m: m.kind == "video"), action
    )


def test_a_comment_gets_an_answer_and_a_reply_is_answered_under_its_comment(
    standin: TikTokStandIn,
) -> None:
    built, mentions = stood(standin), collected(standin)
    comment = the(mentions, lambda m: m.kind == "comment" and not may(built, m))
    reply = the(mentions, lambda m: m.kind == "reply" and not may(built, m))
    assert send(built, comment).url == comment.url
    send(built, reply)
    first, second = (request.body.decode() for request in posted(standin))
    assert WORDS in first
    assert comment.issued_id in first
    assert ACCOUNT in first
    assert reply.parent_id in second
    assert reply.issued_id not in second
    assert account(built, comment) == "@healthiernwl"


def test_what_can_not_be_answered_says_why(standin: TikTokStandIn) -> None:
    built, mentions = stood(standin), collected(standin)
    assert "hidden" in may(built, the(mentions, lambda m: m.hidden))
    assert may(built, the(mentions, lambda m: m.kind == "video")) == "it is our own"
    comment = the(mentions, lambda m: not may(built, m))
    standin.comments[comment.root_id].clear()
    with pytest.raises(PlatformRefused, match="no more"):
        send(built, comment)
