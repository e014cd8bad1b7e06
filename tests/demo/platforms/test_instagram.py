from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from demo.platforms.graph import PAGE_ID
from demo.platforms.instagram import USER_ID, InstagramStandIn
from tests.demo.conftest import AT
from tests.demo.graph_client import ask, error, listed, pages, whole

TAG_FIELDS = "id,caption,media_type,permalink,timestamp,username,like_count,comments_count"
COMMENT_FIELDS = (
    "id,text,timestamp,username,from{id,username},parent_id,hidden,like_count,media{id,permalink}"
)


@pytest.fixture
def account() -> Iterator[InstagramStandIn]:
    with InstagramStandIn(AT) as standin:
        yield standin


def key(account: InstagramStandIn, name: str) -> str:
    return account.gallery.keys[name].id


def comments(account: InstagramStandIn, media: str) -> dict[str, dict[str, Any]]:
    return whole(listed(account, f"{key(account, media)}/comments", fields=COMMENT_FIELDS))


def everything(account: InstagramStandIn) -> dict[str, dict[str, Any]]:
    """Own media, comments on them, replies to those, and tags."""
    found = whole(listed(account, f"{USER_ID}/media", fields=TAG_FIELDS))
    for media in list(found):
        top = whole(listed(account, f"{media}/comments", fields=COMMENT_FIELDS))
        found |= top
        for one in top:
            found |= whole(listed(account, f"{one}/replies", fields=COMMENT_FIELDS))
    return found | whole(listed(account, f"{USER_ID}/tags", fields=TAG_FIELDS))


def test_there_is_enough_to_read(account: InstagramStandIn) -> None:
    assert 25 <= len(everything(account)) <= 50


def test_media_and_tags_come_newest_first_and_an_empty_page_is_not_the_last(
    account: InstagramStandIn,
) -> None:
    assert [len(page) for page in pages(account, f"{USER_ID}/media")] == [4, 0, 1]
    tags = whole(listed(account, f"{USER_ID}/tags", fields=TAG_FIELDS))
    times = [tag["timestamp"] for tag in tags.values()]
    assert len(times) == 7
    assert times == sorted(times, reverse=True)
    assert any("caption" not in tag for tag in tags.values())
    assert all(tag["username"] for tag in tags.values())


def test_comments_are_of_the_top_level_and_replies_are_read_of_each(
    account: InstagramStandIn,
) -> None:
    found = comments(account, "stoptober")
    times = [one["timestamp"] for one in found.values()]
    assert times == sorted(times, reverse=True)
    assert not any("parent_id" in one for one in found.values())
    media = next(iter(found.values()))["media"]
    assert media["id"] == key(account, "stoptober")
    assert media["permalink"].startswith("https://www.instagram.com/p/")
    (reply,) = listed(account, f"{key(account, 'quit-day')}/replies", fields=COMMENT_FIELDS)
    assert reply["parent_id"] == key(account, "quit-day")
    assert reply["from"] == {"id": USER_ID, "username": "healthiernwl"}
    nested = ask(account, f"{key(account, 'stoptober')}/comments", fields="id,replies{id,text}")
    assert any(one["replies"]["data"] for one in nested.json()["data"] if "replies" in one)


def test_the_malformed_are_among_them(account: InstagramStandIn) -> None:
    assert "not an object" in listed(account, f"{USER_ID}/tags", fields=TAG_FIELDS)
    assert any(
        one["text"] is None
        for one in listed(account, f"{key(account, 'bp-bus')}/comments", fields=COMMENT_FIELDS)
    )


def test_a_field_that_is_not_permitted_fails_the_whole_call(account: InstagramStandIn) -> None:
    assert error(ask(account, f"{USER_ID}/tags", fields="id,from")) == (400, 100, 0)
    (hashtag,) = ask(account, "ig_hashtag_search", user_id=USER_ID, q="nwlondon").json()["data"]
    path = f"{hashtag['id']}/recent_media"
    assert error(ask(account, path, user_id=USER_ID, fields="id,username")) == (400, 100, 0)


def test_a_mention_is_read_through_the_account_and_not_by_its_own_id(
    account: InstagramStandIn,
) -> None:
    number, *_ = account.gallery.mentioned_comments
    field = f"mentioned_comment.comment_id({number}){{id,text,timestamp,username,like_count}}"
    answer = ask(account, USER_ID, fields=field).json()
    assert answer["id"] == USER_ID
    assert answer["mentioned_comment"]["text"].startswith("@healthiernwl please reply")
    assert error(ask(account, number)) == (400, 100, 33)
    media, *_ = account.gallery.mentioned_media
    field = f"mentioned_media.media_id({media}){{{TAG_FIELDS}}}"
    assert "White City" in ask(account, USER_ID, fields=field).json()["mentioned_media"]["caption"]
    gone = "mentioned_media.media_id(17890000000000999){id}"
    assert error(ask(account, USER_ID, fields=gone)) == (400, 100, 33)


def test_a_hashtag_shows_a_day_and_no_authors(account: InstagramStandIn) -> None:
    (hashtag,) = ask(account, "ig_hashtag_search", user_id=USER_ID, q="nhsnwlondon").json()["data"]
    fields = TAG_FIELDS.replace("username,", "")
    found = listed(account, f"{hashtag['id']}/recent_media", user_id=USER_ID, fields=fields)
    assert len(found) == 2
    for one in found:
        assert AT - clock.parse(one["timestamp"]) <= timedelta(hours=24)
        assert "username" not in one
    assert [one["id"] for one in listed(account, f"{USER_ID}/recently_searched_hashtags")] == [
        hashtag["id"]
    ]


def test_thirty_hashtags_a_week_are_the_most(account: InstagramStandIn) -> None:
    search = {"user_id": USER_ID}
    account.searched += [f"other{number}" for number in range(29)]
    assert ask(account, "ig_hashtag_search", **search, q="nhsnwlondon").ok
    assert error(ask(account, "ig_hashtag_search", **search, q="nwlondon")) == (400, 18, 2207034)
    assert ask(account, "ig_hashtag_search", **search, q="nhsnwlondon").ok  # asked for before


def test_a_hashtag_can_be_refused_or_unknown(account: InstagramStandIn) -> None:
    assert error(ask(account, "ig_hashtag_search", user_id=USER_ID, q="nhsjabs")) == (500, 1, 0)
    assert error(ask(account, "ig_hashtag_search", user_id=USER_ID, q="zebra"))[1] == 24
    assert error(ask(account, "ig_hashtag_search", q="zebra"))[1] == 100


def test_several_are_asked_for_at_once(account: InstagramStandIn) -> None:
    both = [key(account, "quit-vape"), key(account, "tag-queue")]
    assert ask(account, "", ids=",".join(both), fields="id").json().keys() == set(both)
    account.change()
    assert ask(account, "", ids=",".join(both), fields="id").json().keys() == {both[1]}
    assert error(ask(account, both[0])) == (400, 100, 33)


def test_a_later_day_edits_deletes_hides_and_adds(account: InstagramStandIn) -> None:
    before = everything(account)
    hidden = key(account, "nurse-sexual")
    gone = {key(account, "quit-vape"), key(account, "tag-gone")}
    account.change()
    after = everything(account)
    replies = {number for number, one in before.items() if one.get("parent_id") in gone}
    assert before.keys() - after.keys() == gone | replies
    assert len(after.keys() - before.keys()) == 2
    assert after[hidden]["hidden"]
    assert "EDIT" in after[key(account, "bus-bsl")]["text"]
    assert "captions" in after[key(account, "bp-bus")]["caption"]


def test_a_comment_is_hidden_shown_again_and_deleted(account: InstagramStandIn) -> None:
    number = key(account, "quit-insult")
    for hide in ("true", "false"):
        assert ask(account, number, "POST", hide=hide).json() == {"success": True}
        assert ask(account, number, fields="hidden").json()["hidden"] is (hide == "true")
    assert ask(account, number, "DELETE").json() == {"success": True}
    assert number not in comments(account, "stoptober")
    assert error(ask(account, key(account, "stoptober"), "DELETE")) == (403, 200, 0)
    assert error(ask(account, key(account, "quit-day"), "POST", hide="perhaps"))[1] == 100


def test_a_users_token_does_and_leads_from_the_page_to_the_account(
    account: InstagramStandIn,
) -> None:
    token = account.consent.token()
    assert ask(account, f"{USER_ID}/media", token=token).ok
    fields = "id,instagram_business_account"
    (page,) = ask(account, "me/accounts", token=token, fields=fields).json()["data"]
    assert page == {"id": PAGE_ID, "instagram_business_account": {"id": USER_ID}}
    assert error(ask(account, f"{USER_ID}/media", token="wrong")) == (400, 190, 467)


def test_usage_is_told_as_instagrams(account: InstagramStandIn) -> None:
    told = ask(account, f"{USER_ID}/media").headers["x-business-use-case-usage"]
    ((case,),) = json.loads(told).values()
    assert case["type"] == "instagram"
