from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors import factory
from collectors.base import ODD_ERRORS
from collectors.instagram.parse import comment, media
from core.context import AnsweredPost, Page, context_of
from core.errors import ConfigError, PlatformRefused
from core.models import Author, Mention
from tests.collectors.cases import (
    AT,
    CASES,
    REGISTER,
    SECRET,
    TABLES,
    TERMS,
    answer,
    client,
    page,
    pull,
    source,
)
from tests.collectors.mutants import mutants

ROOT = "https://graph.facebook.com/v26.0"
USER = "17841400000000001"
NOBODY: frozenset[str] = frozenset()
OUR_PAGE = Page(owner="organisation", name="exampleicb")
CAPTION = AnsweredPost(text="Flu clinics in Brent this week", handle="exampleicb", official=True)
BARE: dict[str, Any] = {"hashtags": [], "mentioned_media": [], "mentioned_comments": []}
GENERIC = {"error": {"message": SECRET, "type": "OAuthException", "code": 1}}
ABSENT = {"error": {"message": SECRET, "code": 100, "error_subcode": 33}}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def found(web: responses.RequestsMock) -> dict[str, Mention]:
    answer_well(web)
    mentions, _, _, error = pull(source("instagram"))
    assert error is None
    return {mention.issued_id: mention for mention in mentions}


def answer_well(web: responses.RequestsMock) -> None:
    answer(web, "instagram", CASES["instagram"]["routes"])


def quiet(web: responses.RequestsMock, root: str = ROOT) -> None:
    """No media and no tags."""
    web.get(f"{root}/{USER}/media", json={"data": []})
    web.get(f"{root}/{USER}/tags", json={"data": []})


def calls(web: responses.RequestsMock) -> list[str]:
    return [str(call.request.url).partition("?")[0].removeprefix(f"{ROOT}/") for call in web.calls]


def test_media_comments_replies_tags_mentions_and_hashtags_are_found(
    found: dict[str, Mention],
) -> None:
    assert {number: (mention.kind, mention.own) for number, mention in found.items()} == {
        "17890000000000009": ("post", True),
        "17890000000000008": ("post", True),
        "17870000000000001": ("comment", False),
        "17870000000000002": ("reply", True),
        "17870000000000006": ("reply", False),
        "17870000000000004": ("comment", False),
        "17890000000000001": ("post", False),
        "17890000000000002": ("post", False),
        "17870000000000003": ("comment", False),
        "17890000000000078": ("post", False),
        "17890000000000050": ("post", False),
    }


def test_a_comment_comes_whole(found: dict[str, Mention]) -> None:
    assert found["17870000000000001"] == Mention(
        issuer="instagram", issued_id="17870000000000001", platform="instagram", kind="comment",
        url="https://www.instagram.com/p/BBBBBBBBBBB/", text="No appointments again at NW London ICB",
        text_raw="No appointments again at NW London ICB", matched=("NW London ICB",),
        author=Author(id="5600000000000001", handle="ana.example"), metrics={"likes": 2},
        posted_at=datetime(2026, 11, 20, 10, 0, 31, tzinfo=UTC), fetched_at=AT,
        parent_id="17890000000000009", root_id="17890000000000009",
        context=context_of(page=OUR_PAGE, answered=[CAPTION]),
    )  # fmt: skip


def test_a_reply_says_the_comment_that_it_answers_and_then_our_caption(
    found: dict[str, Mention],
) -> None:
    above = AnsweredPost(text="No appointments again at NW London ICB", handle="ana.example")
    for number in ("17870000000000002", "17870000000000006"):
        context = found[number].context
        assert (context.page, context.answered) == (OUR_PAGE, (above, CAPTION))


def test_media_of_others_stand_on_their_own_pages(found: dict[str, Mention]) -> None:
    pages = {
        number: found[number].context.page for number in ("17890000000000001", "17890000000000078")
    }
    assert pages["17890000000000001"] == Page(owner="other", name="cy.example")
    assert all(page and page.owner == "other" for page in pages.values())
    assert not found[
        "17870000000000003"
    ].context  # a comment that was told: by itself it says nothing
    assert not found["17890000000000050"].context  # a hashtag's


def test_media_of_a_provider_stand_on_a_providers_page(web: responses.RequestsMock) -> None:
    built = factory.build(
        "instagram", TABLES["instagram"], http=client(), at=AT, state={}, terms=TERMS,
        register=REGISTER, providers={"instagram": frozenset({"cy.example"})},
    )  # fmt: skip
    answer_well(web)
    media_by_id = {mention.issued_id: mention for mention in pull(built)[0]}
    page = media_by_id["17890000000000001"].context.page
    assert page == Page(owner="provider", name="cy.example")


def test_a_reply_names_what_it_answers_and_its_post(found: dict[str, Mention]) -> None:
    for number in (
        "17870000000000002",
        "17870000000000006",
    ):  # the second came on a page of its own
        reply = found[number]
        assert (reply.parent_id, reply.root_id) == ("17870000000000001", "17890000000000009")
        assert reply.url == "https://www.instagram.com/p/BBBBBBBBBBB/"


def test_what_was_written_under_our_handle_is_our_own_without_an_id(
    found: dict[str, Mention],
) -> None:
    answer = found["17870000000000002"]
    assert (answer.own, answer.author.id, answer.author.handle) == (True, "", "exampleicb")


def test_what_an_account_of_the_register_wrote_is_our_own(web: responses.RequestsMock) -> None:
    answer_well(web)
    built = factory.build(
        "instagram", TABLES["instagram"], http=client(), at=AT, state={}, terms=TERMS,
        register=REGISTER, official={"instagram": frozenset({"cy.example"})},
    )  # fmt: skip
    own = {mention.issued_id for mention in pull(built)[0] if mention.own}
    assert "17890000000000001" in own


def test_a_comment_whose_author_is_not_shown_is_nobodys_own(web: responses.RequestsMock) -> None:
    ours = page("instagram/media.json")["data"][0]
    del ours["username"]
    said = {"id": "1787", "text": "No appointments", "timestamp": "2026-11-20T10:05:31+0000"}
    web.get(f"{ROOT}/{USER}/media", json={"data": [ours]})
    web.get(
        f"{ROOT}/17890000000000009/comments", json={"data": [said, {**said, "username": "ana"}]}
    )
    web.get(f"{ROOT}/{USER}/tags", json={"data": []})
    assert [mention.own for mention in pull(source("instagram", **BARE))[0]] == [True, False, False]


def test_a_hidden_comment_is_hidden(found: dict[str, Mention]) -> None:
    assert [number for number, mention in found.items() if mention.hidden] == ["17870000000000004"]


def test_our_media_have_their_figures_and_pictures_but_no_film(found: dict[str, Mention]) -> None:
    picture, film = found["17890000000000009"], found["17890000000000008"]
    assert picture.metrics == {"likes": 12, "replies": 4}
    assert picture.images == ("https://scontent.example.org/flu.jpg",)
    assert (film.text, film.images) == ("", ())


def test_a_tag_says_how_it_was_found_and_by_whom(found: dict[str, Mention]) -> None:
    tag = found["17890000000000001"]
    assert (tag.matched, tag.author.handle, tag.text) == (
        ("tags",), "cy.example", "Long day at clinic @exampleicb",
    )  # fmt: skip


def test_mentions_that_a_webhook_told_are_read_by_their_ids(found: dict[str, Mention]) -> None:
    said, shown = found["17870000000000003"], found["17890000000000078"]
    assert said.matched == ("mentioned_comments",)
    assert (said.root_id, said.url) == (
        "17890000000000077", "https://www.instagram.com/p/DDDDDDDDDDD/",
    )  # fmt: skip
    assert (shown.matched, shown.author.handle) == (("mentioned_media",), "ed.example")


def test_odd_items_are_named_by_place(web: responses.RequestsMock) -> None:
    answer_well(web)
    _, odds, _, error = pull(source("instagram"))
    assert error is None
    assert [odd.item for odd in odds] == [
        "media page 1 item 3", "post 1 comments page 1 item 3", "hashtags", "hashtag 2",
    ]  # fmt: skip


def test_media_without_comments_are_not_asked_for_any(web: responses.RequestsMock) -> None:
    answer_well(web)
    pull(source("instagram"))
    assert "17890000000000008/comments" not in calls(web)
    assert "17890000000000007/comments" not in calls(web)  # too old


def test_the_next_run_finds_a_new_reply_under_an_old_comment(web: responses.RequestsMock) -> None:
    answer_well(web)
    first = {mention.key: mention for mention in pull(source("instagram", **BARE))[0]}
    web.reset()
    later = page("instagram/comments.json")
    replies = later["data"][0]["replies"]["data"]
    replies[0]["text"] = "Sorry to hear that"
    replies.append({"id": "17870000000000007", "text": "Thank you, that helped",
                    "timestamp": "2026-11-24T08:00:00+0000"})  # fmt: skip
    web.get(f"{ROOT}/17890000000000009/comments", json=later)
    answer_well(web)
    since = AT - timedelta(hours=4)
    second = {mention.key: mention for mention in pull(source("instagram", **BARE), since)[0]}
    assert second.keys() - first.keys() == {"instagram:17870000000000007"}
    assert second["instagram:17870000000000002"].text == "Sorry to hear that"


def test_a_post_that_is_gone_between_two_calls_costs_only_itself(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{ROOT}/17890000000000009/comments", status=400, json=ABSENT)
    answer_well(web)
    mentions, odds, _, error = pull(source("instagram", **BARE))
    assert error is None
    assert "post 1 comments" in [odd.item for odd in odds]
    assert "17890000000000001" in [mention.issued_id for mention in mentions]


def test_a_comment_that_is_gone_before_all_its_replies_are_read_costs_no_other(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{ROOT}/17870000000000001/replies", status=400, json=ABSENT)
    link = f"{ROOT}/17890000000000009/comments?after=MQ"
    second = {**page("instagram/comments.json"), "paging": {"next": link}}
    last = {"id": "1787", "text": "Thank you", "timestamp": "2026-11-20T10:05:31+0000"}
    after = responses.matchers.query_param_matcher({"after": "MQ"}, strict_match=False)
    web.get(f"{ROOT}/17890000000000009/comments", json={"data": [last]}, match=[after])
    web.get(f"{ROOT}/17890000000000009/comments", json=second)
    answer_well(web)
    mentions, odds, _, error = pull(source("instagram", **BARE))
    assert error is None
    assert "post 1 comments page 1 thread 1" in [odd.item for odd in odds]
    assert "1787" in [mention.issued_id for mention in mentions]


@pytest.mark.parametrize("code", [{"code": 100, "error_subcode": 33}, {"code": 100}])
def test_a_mention_that_is_gone_costs_only_itself(
    web: responses.RequestsMock, code: dict[str, int]
) -> None:
    quiet(web)
    web.get(f"{ROOT}/{USER}", status=400, json={"error": {"message": SECRET, **code}})
    web.get(f"{ROOT}/{USER}", status=400, json={"error": {"message": SECRET, **code}})
    _, odds, _, error = pull(
        source("instagram", **{**BARE, "mentioned_comments": ["17870000000000003"]})
    )
    assert error is None
    assert [odd.item for odd in odds] == ["mentioned_comments 1"]


# ── hashtags ─────────────────────────────────────────────────────────────────────────────────────


def hashtags(web: responses.RequestsMock, used: int, **names: str) -> None:
    """`used` hashtags of these seven days, and ids for names."""
    listed = [{"id": str(17840000000000000 + n)} for n in range(used)]
    link = f"{ROOT}/{USER}/recently_searched_hashtags?after=a"
    url = f"{ROOT}/{USER}/recently_searched_hashtags"
    after = responses.matchers.query_param_matcher({"after": "a"}, strict_match=False)
    web.get(url, json={"data": listed[:20], "paging": {"next": link}})
    web.get(url, json={"data": listed[20:]}, match=[after])
    for name, number in names.items():
        asked = responses.matchers.query_param_matcher({"user_id": USER, "q": name})
        web.get(f"{ROOT}/ig_hashtag_search", json={"data": [{"id": number}]}, match=[asked])
        web.get(f"{ROOT}/{number}/recent_media", json=page("instagram/hashtag_media.json"))


def searched(web: responses.RequestsMock) -> list[str]:
    return [
        call.request.params["q"] for call in web.calls  # type: ignore[attr-defined]
        if "ig_hashtag_search" in str(call.request.url)
    ]  # fmt: skip


def test_a_hashtags_media_have_no_author_and_name_the_hashtag(found: dict[str, Mention]) -> None:
    shown = found["17890000000000050"]
    assert (shown.matched, shown.author) == (("#nwlondon",), Author())


def test_hashtags_that_the_week_has_no_room_for_are_refused_by_one_line(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    hashtags(web, 29, one="17850000000000001", two="17850000000000002")
    _, odds, kept, error = pull(
        source("instagram", **{**BARE, "hashtags": ["one", "#two", "Three", "#One"]}), AT
    )
    assert error is None
    assert searched(web) == ["one"]
    assert ["2 of 3 would go over 30" in odd.why for odd in odds] == [True]
    assert kept == {"hashtags": "one=17850000000000001"}


def test_a_hashtag_of_these_seven_days_is_free_even_when_the_week_is_full(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    hashtags(web, 30, one="17840000000000007")
    kept = {"hashtags": "one=17840000000000007"}
    mentions, odds, _, error = pull(
        source("instagram", state=kept, **{**BARE, "hashtags": ["one"]}), AT
    )
    assert (len(mentions), odds, error) == (
        0,
        [],
        None,
    )  # what the page has is older than asked for
    assert searched(web) == []
    assert "17840000000000007/recent_media" in calls(web)


def test_config_can_leave_room_for_others(web: responses.RequestsMock) -> None:
    quiet(web)
    hashtags(web, 4, one="17850000000000001")
    table = {**BARE, "hashtags": ["one"], "hashtags_a_week": 4}
    assert "1 of 1" in pull(source("instagram", **table), AT)[1][0].why
    assert searched(web) == []


def test_a_week_that_could_not_be_counted_has_no_room(web: responses.RequestsMock) -> None:
    quiet(web)
    link = f"{ROOT}/{USER}/recently_searched_hashtags"
    web.get(link, json={"data": [], "paging": {"next": f"{link}?after=a"}})
    assert "1 of 1" in pull(source("instagram", **{**BARE, "hashtags": ["one"]}), AT)[1][0].why


def test_a_hashtag_that_instagram_does_not_answer_for_costs_only_itself(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    web.get(f"{ROOT}/ig_hashtag_search", status=500, json=GENERIC)
    web.get(f"{ROOT}/ig_hashtag_search", status=500, json=GENERIC)
    hashtags(web, 0, one="17850000000000001", two="17850000000000002")
    mentions, odds, _, error = pull(
        source("instagram", **{**BARE, "hashtags": ["one", "two"]}), AT - timedelta(days=1)
    )
    assert error is None
    assert ([odd.item for odd in odds], len(mentions)) == (["hashtag 1"], 1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"json": {"data": []}}, "does not answer"),
        (
            {"json": {"error": {"code": 24, "error_subcode": 2207024}}, "status": 400},
            "does not answer",
        ),
        (
            {"json": {"error": {"code": 18, "error_subcode": 2207034}}, "status": 400},
            "no more hashtags",
        ),
    ],
)
def test_a_hashtag_that_can_not_be_searched_for_costs_only_itself(
    web: responses.RequestsMock, answer: dict[str, Any], why: str
) -> None:
    quiet(web)
    web.get(f"{ROOT}/ig_hashtag_search", **answer)
    hashtags(web, 0, two="17850000000000002")
    mentions, odds, _, error = pull(
        source("instagram", **{**BARE, "hashtags": ["one", "two"]}), AT - timedelta(days=1)
    )
    assert error is None
    assert ([odd.item for odd in odds], len(mentions)) == (["hashtag 1"], 1)
    assert why in odds[0].why


# ── logins ───────────────────────────────────────────────────────────────────────────────────────


def test_the_instagram_login_is_answered_by_its_own_host(web: responses.RequestsMock) -> None:
    quiet(web, "https://graph.instagram.com/v26.0")
    *_, error = pull(source("instagram", login="instagram", **BARE))
    assert error is None
    assert web.calls[0].request.headers["Authorization"] == f"Bearer {SECRET}"


def test_the_instagram_login_says_how_to_renew_its_token(web: responses.RequestsMock) -> None:
    expired = {"error": {"message": SECRET, "code": 190, "error_subcode": 463}}
    web.get("https://graph.instagram.com/v26.0/17841400000000001/media", status=401, json=expired)
    *_, error = pull(source("instagram", login="instagram", **BARE))
    assert isinstance(error, PlatformRefused)
    assert "dashboard" in str(error)


def test_another_host_answers_for_either_login(web: responses.RequestsMock) -> None:
    for login in ("facebook", "instagram"):
        quiet(web, "http://127.0.0.1:8801/v26.0")
        table = {**BARE, "login": login, "base_url": "http://127.0.0.1:8801"}
        assert pull(source("instagram", **table))[3] is None


@pytest.mark.parametrize(
    ("key", "table"),
    [
        ("hashtags", {"login": "instagram", "hashtags": ["nwlondon"]}),
        ("hashtags", {"hashtags": ["two words"]}),
        ("hashtags_a_week", {"hashtags_a_week": 31}),
        ("user_id", {"user_id": "exampleicb"}),
        ("user_id", {"user_id": "17841400000000009"}),
        ("login", {"login": "threads"}),
        ("mentioned_media", {"mentioned_media": ["17/../me"]}),
        ("base_url", {"base_url": "http://graph.example.org"}),
    ],
)
def test_a_table_that_can_not_work_is_refused_by_key(key: str, table: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"\[collectors.instagram\] {key}"):
        source("instagram", **table)


# ── any shape ────────────────────────────────────────────────────────────────────────────────────


@given(mutants(page("instagram/media.json")["data"][0]))
def test_media_of_any_shape_are_a_mention_or_an_odd_item(item: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(media(item, NOBODY, AT), Mention)


@given(mutants(page("instagram/comments.json")["data"][0]))
def test_a_comment_of_any_shape_is_a_mention_or_an_odd_item(item: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(comment(item, None, NOBODY, AT), Mention)


@given(mutants(page("instagram/comments.json")["data"][0]))
def test_a_thread_of_any_shape_costs_no_other(item: Any) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        sane = page("instagram/comments.json")["data"][1]
        body = json.dumps({"data": [item, sane]})
        web.get(f"{ROOT}/17890000000000009/comments", body=body, content_type="application/json")
        answer_well(web)
        mentions, _, _, error = pull(source("instagram", **BARE))
    if error is None:
        assert "17870000000000004" in [mention.issued_id for mention in mentions]
    else:
        # its link led elsewhere, or where nobody answers
        assert any(why in str(error) for why in ("next page", "can't be reached"))
