from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import given

from collectors import factory
from collectors.base import ODD_ERRORS
from collectors.facebook.collector import page_token
from collectors.facebook.parse import comment, parent_comment, post
from core.context import AnsweredPost, LinkCard, Page, context_of
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
)  # fmt: skip
from tests.collectors.mutants import mutants

ROOT = "https://graph.facebook.com/v26.0"
PAGE = "100000000000001"
NOBODY: frozenset[str] = frozenset()
OUR_PAGE = Page(owner="organisation", name="NHS North West London")
OUR_POST = AnsweredPost(
    text="Our winter vaccination clinics are open across NW London ICB's boroughs.",
    handle="NHS North West London", official=True,
)  # fmt: skip


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        answer(mock, "facebook", CASES["facebook"]["routes"])
        yield mock


@pytest.fixture
def found(web: responses.RequestsMock) -> dict[str, Mention]:
    mentions, _, _, error = pull(source("facebook"))
    assert error is None
    return {mention.issued_id: mention for mention in mentions}


def paths(web: responses.RequestsMock) -> list[str]:
    return [str(call.request.url).partition("?")[0].removeprefix(f"{ROOT}/") for call in web.calls]


def test_posts_comments_of_all_levels_and_tags_are_found(found: dict[str, Mention]) -> None:
    assert {number: mention.kind for number, mention in found.items()} == {
        f"{PAGE}_200000000000001": "post",
        f"{PAGE}_200000000000002": "post",
        f"{PAGE}_200000000000003": "post",
        f"{PAGE}_200000000000004": "post",
        "200000000000001_300000000000009": "reply",
        "200000000000001_300000000000008": "reply",
        "200000000000001_300000000000001": "comment",
        "200000000000002_300000000000020": "comment",
        "700000000000003_200000000000030": "post",
    }


def test_our_own_post_comes_whole(found: dict[str, Mention]) -> None:
    own = found[f"{PAGE}_200000000000001"]
    assert own == Mention(
        issuer="facebook", issued_id=f"{PAGE}_200000000000001", platform="facebook", kind="post",
        url=f"https://www.facebook.com/{PAGE}/posts/200000000000001",
        text="Our winter vaccination clinics are open across NW London ICB's boroughs.",
        text_raw="Our winter vaccination clinics are open across NW London ICB's boroughs.",
        author=Author(id=PAGE, name="NHS North West London"), own=True, matched=("NW London ICB",),
        posted_at=datetime(2026, 11, 20, 9, 45, tzinfo=UTC), fetched_at=AT,
        metrics={"likes": 41, "replies": 18, "shares": 2},
        context=context_of(
            page=OUR_PAGE, card=LinkCard(title="Clinics near you", description="Times and places",
                                         url="https://example.org/clinics"),
        ),
    )  # fmt: skip
    assert own.images == ("https://scontent.example.org/clinics.jpg",)


def test_a_visitors_post_is_somebody_elses(found: dict[str, Mention]) -> None:
    visitor = found[f"{PAGE}_200000000000002"]
    assert (visitor.own, visitor.hidden, visitor.author.name) == (False, True, "Ana Example")
    assert visitor.url == f"https://www.facebook.com/{PAGE}/posts/200000000000002"
    assert visitor.text.endswith("<3")


def test_a_picture_without_words_has_what_facebook_says_of_it(found: dict[str, Mention]) -> None:
    photo = found[f"{PAGE}_200000000000003"]
    assert photo.text == "NHS North West London added a new photo."
    assert photo.text_raw == ""
    assert photo.images == ("https://scontent.example.org/photo.jpg",)


def test_a_post_with_nothing_but_its_id_and_time_is_a_mention(found: dict[str, Mention]) -> None:
    bare = found[f"{PAGE}_200000000000004"]
    assert (bare.text, bare.author, bare.metrics, bare.own) == ("", Author(), {}, False)
    assert bare.url == f"https://www.facebook.com/{PAGE}_200000000000004"


def test_a_link_without_words_has_its_title_and_description() -> None:
    attached = page("facebook/feed1.json")["data"][0]["attachments"]
    made = post({"id": "1_2", "attachments": attached}, NOBODY, AT)
    assert made.text == "Clinics near you\n\nTimes and places"


def test_a_reply_names_what_it_answers_and_its_post(found: dict[str, Mention]) -> None:
    reply = found["200000000000001_300000000000009"]
    assert reply.parent_id == "200000000000001_300000000000001"
    assert reply.root_id == f"{PAGE}_200000000000001"
    assert reply.parent_id in found
    assert reply.root_id in found
    assert reply.metrics == {"likes": 3, "replies": 0}
    assert reply.images == ("https://scontent.example.org/comment.jpg",)


def test_a_comment_stands_under_its_post(found: dict[str, Mention]) -> None:
    top = found["200000000000001_300000000000001"]
    assert top.parent_id == top.root_id == f"{PAGE}_200000000000001"


def test_a_comment_says_what_it_answers_on_our_page(found: dict[str, Mention]) -> None:
    top = found["200000000000001_300000000000001"]
    assert top.context == context_of(page=OUR_PAGE, answered=[OUR_POST])


def test_a_reply_says_the_comment_that_it_answers_and_then_the_post(
    found: dict[str, Mention],
) -> None:
    reply = found["200000000000001_300000000000009"]
    above = AnsweredPost(text="Where is the nearest one?")
    assert reply.context == context_of(page=OUR_PAGE, answered=[above, OUR_POST])


def test_a_comment_under_a_visitors_post_answers_nobody_official(
    found: dict[str, Mention],
) -> None:
    context = found["200000000000002_300000000000020"].context
    assert [post.official for post in context.answered] == [False]
    assert context.page == Page(owner="organisation", name="")
    assert "Ana" not in context.words


def test_what_we_answered_ourselves_is_official() -> None:
    item = {"parent": {"id": "1", "message": "Call us", "from": {"id": PAGE, "name": "ICB"}}}
    assert parent_comment(item, frozenset({PAGE})) == AnsweredPost(
        text="Call us", handle="ICB", official=True
    )


@pytest.mark.parametrize(
    "above", [None, 3, "1_2", {}, {"message": None}, {"message": ["a"]}, {"id": "1", "from": {}}]
)
def test_an_odd_or_missing_parent_is_no_context(above: Any) -> None:
    assert parent_comment({"parent": above}, NOBODY) is None


def test_the_link_of_a_comment_is_its_card() -> None:
    shared = {"type": "share", "title": "Board papers", "url": "https://example.org/papers"}
    made = comment({"id": "2_3", "message": "Look", "attachment": shared}, "1_2", NOBODY, AT)
    assert made.context.card == LinkCard(title="Board papers", url="https://example.org/papers")
    photo = {"type": "photo", "title": 3, "url": "https://example.org/photo"}
    assert not comment(
        {"id": "2_3", "message": "a", "attachment": photo}, "1_2", NOBODY, AT
    ).context


@pytest.mark.parametrize("above", [None, {}, {"id": None}, {"id": f"{PAGE}_2"}, "1_2"])
def test_a_comment_that_names_no_other_comment_is_none_of_its_replies(above: Any) -> None:
    made = comment({"id": "2_3", "parent": above}, f"{PAGE}_2", NOBODY, AT)
    assert (made.kind, made.parent_id) == ("comment", f"{PAGE}_2")


def test_what_the_page_wrote_is_our_own(found: dict[str, Mention]) -> None:
    assert found["200000000000001_300000000000008"].own
    assert not found["200000000000001_300000000000009"].own


def test_what_another_page_of_ours_wrote_is_our_own_too(web: responses.RequestsMock) -> None:
    built = factory.build(
        "facebook", TABLES["facebook"], http=client(), at=AT, state={}, terms=TERMS,
        register=REGISTER, official={"facebook": frozenset({"700000000000001"})},
    )  # fmt: skip
    own = {mention.issued_id for mention in pull(built)[0] if mention.own}
    assert "200000000000001_300000000000009" in own
    assert f"{PAGE}_200000000000001" in own


def test_a_hidden_comment_whose_author_is_not_shown_is_kept_as_such(
    found: dict[str, Mention],
) -> None:
    hidden = found["200000000000001_300000000000001"]
    assert (hidden.hidden, hidden.author) == (True, Author())


def test_a_post_that_tags_the_page_says_how_it_was_found(found: dict[str, Mention]) -> None:
    tagged = found["700000000000003_200000000000030"]
    assert (tagged.matched, tagged.author) == (("tagged",), Author())


def test_odd_items_are_named_by_place(web: responses.RequestsMock) -> None:
    _, odds, _, error = pull(source("facebook"))
    assert error is None
    assert [odd.item for odd in odds] == [
        "feed page 1 item 3", "post 1 comments page 1 item 3", "post 3 comments",
    ]  # fmt: skip
    assert "no more" in odds[2].why


def test_nothing_is_asked_that_need_not_be(web: responses.RequestsMock) -> None:
    pull(source("facebook"))
    assert paths(web) == [
        *[f"{PAGE}/feed"] * 3,
        *[f"{PAGE}_200000000000001/comments"] * 3,  # until all is older than the last run
        f"{PAGE}_200000000000002/comments",
        f"{PAGE}_200000000000004/comments",  # not of the third, which has none
        f"{PAGE}/tagged",
    ]


def test_the_feed_is_asked_for_as_far_back_as_comments_are_read(
    web: responses.RequestsMock,
) -> None:
    pull(source("facebook"))
    params = web.calls[0].request.params  # type: ignore[attr-defined]
    assert params["since"] == str(int((AT - timedelta(days=28)).timestamp()))
    assert params["limit"] == "100"


def test_older_posts_are_not_asked_for_comments(web: responses.RequestsMock) -> None:
    pull(source("facebook", comments_days=5))
    assert f"{PAGE}_200000000000001/comments" in paths(web)
    assert f"{PAGE}_200000000000004/comments" not in paths(web)


def test_the_next_run_finds_what_is_new_under_its_own_keys(web: responses.RequestsMock) -> None:
    first = {mention.key: mention for mention in pull(source("facebook"))[0]}
    web.reset()
    later = page("facebook/comments1.json")
    later["data"][0]["message"] = "I got through at last"
    later["data"].insert(
        0, {"id": "200000000000001_300000000000010", "message": "And now the line is dead",
            "created_time": "2026-11-24T08:30:00+0000"},
    )  # fmt: skip
    web.get(f"{ROOT}/{PAGE}_200000000000001/comments", json=later)
    answer(web, "facebook", CASES["facebook"]["routes"])
    second = {
        mention.key: mention for mention in pull(source("facebook"), AT - timedelta(days=5))[0]
    }
    assert second.keys() - first.keys() == {"facebook:200000000000001_300000000000010"}
    edited = second["facebook:200000000000001_300000000000009"]
    assert (edited.text, edited.edited_at) == ("I got through at last", None)


def test_only_a_page_of_the_register_can_be_read() -> None:
    with pytest.raises(ConfigError, match=r"page_id: follows an account"):
        source("facebook", page_id="100000000000009")


@pytest.mark.parametrize(
    "table",
    [
        {"page_id": "nhsnwl"},
        {"page_id": ""},
        {"version": "26"},
        {"base_url": "http://graph.example.org"},
        {"token_url": "http://graph.example.org"},
    ],
)
def test_a_table_that_can_not_work_is_refused_by_key(table: dict[str, Any]) -> None:
    (key,) = table
    with pytest.raises(ConfigError, match=rf"\[collectors.facebook\] {key}"):
        source("facebook", **table)


def test_the_token_that_is_kept_is_the_pages_own(web: responses.RequestsMock) -> None:
    table = {"page_id": PAGE, "base_url": "https://graph.facebook.com", "version": "v26.0"}
    accounts = f"{ROOT}/me/accounts"
    web.get(accounts, json={"data": [{"id": "1", "access_token": "of another"}, {"id": PAGE}, None],
                            "paging": {"next": f"{accounts}?after=a"}})  # fmt: skip
    web.get(accounts, json={"data": [{"id": PAGE, "access_token": "of the Page"}]})
    assert page_token(client(), table, SECRET) == "of the Page"
    assert web.calls[0].request.headers["Authorization"] == f"Bearer {SECRET}"


def test_access_is_granted_to_a_page_that_config_names() -> None:
    with pytest.raises(ConfigError, match="page_id"):
        page_token(client(), {"page_id": ""}, SECRET)


def test_who_has_no_role_on_the_page_can_not_grant_access_to_it(
    web: responses.RequestsMock,
) -> None:
    table = {"page_id": PAGE, "base_url": "https://graph.facebook.com", "version": "v26.0"}
    web.get(f"{ROOT}/me/accounts", json={"data": []})
    with pytest.raises(PlatformRefused, match="no role"):
        page_token(client(), table, SECRET)


@given(mutants(page("facebook/feed1.json")["data"][0]))
def test_a_post_of_any_shape_is_a_mention_or_an_odd_item(item: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(post(item, NOBODY, AT), Mention)


@given(mutants(page("facebook/comments1.json")["data"][0]))
def test_a_comment_of_any_shape_is_a_mention_or_an_odd_item(item: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(comment(item, "1_2", NOBODY, AT), Mention)
