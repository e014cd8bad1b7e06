from __future__ import annotations

import random
from typing import Any

import praw
import prawcore
import pytest
import requests

from demo import SUBREDDITS, World

AGENT = "server:nwl-mentions-tests:0.1 (by /u/example)"


def client(world: World, secret: str | None = None) -> Any:
    number, right = world.reddit_client
    return praw.Reddit(
        client_id=number, client_secret=secret or right, user_agent=AGENT,
        oauth_url=world.reddit_url, reddit_url=world.reddit_url, check_for_updates=False,
    )  # fmt: skip


def listed(world: World) -> tuple[list[Any], list[Any]]:
    """Posts and comments of both subreddits, without the malformed."""
    subreddit = client(world).subreddit("+".join(SUBREDDITS))
    new, comments = list(subreddit.new(limit=None)), list(subreddit.comments(limit=None))
    assert len(new) == 22
    assert len(comments) == 42
    return (
        [post for post in new if isinstance(post, praw.models.Submission)],
        [one for one in comments if isinstance(one, praw.models.Comment) and one.created_utc],
    )


def test_posts_and_comments_come_page_by_page(world: World) -> None:
    new, comments = listed(world)
    assert (len(new), len(comments)) == (21, 40)
    asked = [request.path.strip("/").rpartition("/")[2] for request in world.reddit.requests]
    assert (asked.count("new"), asked.count("comments")) == (2, 4)
    times = [comment.created_utc for comment in comments]
    assert times == sorted(times, reverse=True)


def test_texts_are_escaped_only_for_who_does_not_ask_for_raw_json(world: World) -> None:
    bodies = [comment.body for comment in listed(world)[1]]
    assert any("<3" in body for body in bodies)
    assert not any("&lt;" in body for body in bodies)
    page = world.reddit.requests[-1]
    assert page.query["raw_json"] == "1"


def test_search_finds_posts_alone_and_through_several_pages(world: World) -> None:
    query = '"NHS North West London" OR "NHS NW London" OR "NW London ICB" OR "Ealing Hospital" OR Harrow'
    found = list(
        client(world).subreddit("all").search(query, sort="new", time_filter="week", limit=100)
    )
    assert len(found) > 12
    assert all(isinstance(post, praw.models.Submission) for post in found)


def test_search_can_be_kept_to_a_subreddit(world: World) -> None:
    query = '"NHS North West London"'
    found = list(client(world).subreddit("ealing").search(query, sort="new"))
    assert found
    assert {post.subreddit.display_name for post in found} == {"ealing"}


def test_edits_deletions_and_removals_show(world: World) -> None:
    new, comments = listed(world)
    assert [c for c in comments if c.edited and c.edited > c.created_utc]
    assert [c for c in comments if c.author is None and c.body == "[deleted]"]
    assert [p for p in new if p.author is None and p.removed_by_category == "deleted"]
    assert [p for p in new if p.selftext == "[removed]" and p.removed_by_category == "moderator"]


def test_a_later_day_edits_one_deletes_one_and_removes_one(world: World) -> None:
    names = ["t1_oqf2k1", "t1_oqe8b4", "t3_1pcwr5"]
    before = list(client(world).info(fullnames=names))
    assert not before[0].edited
    world.change()
    edited, deleted, removed = client(world).info(fullnames=names)
    assert edited.edited
    assert edited.body != before[0].body
    assert (deleted.author, deleted.body) == (None, "[deleted]")
    assert removed.selftext == "[removed]"


def test_info_leaves_out_what_is_not_there(world: World) -> None:
    found = list(client(world).info(fullnames=["t1_oqf2k1", "t1_zzzzzz"]))
    assert [thing.fullname for thing in found] == ["t1_oqf2k1"]


def test_info_gives_all_of_a_hundred_at_once_and_no_more(world: World) -> None:
    names = [child["data"]["name"] for child in world.reddit.children]
    reddit = client(world)
    found = reddit.request(method="GET", path="api/info", params={"id": ",".join(names)})
    assert len(found["data"]["children"]) == len(names) > 50
    many = ",".join(f"t1_{number}" for number in range(101))
    with pytest.raises(prawcore.BadRequest):
        reddit.request(method="GET", path="api/info", params={"id": many})


def test_the_malformed_are_in_their_listings(world: World) -> None:
    reddit = client(world)
    found = []
    for place in ("ealing/new", "london/comments"):
        after: str | None = ""
        while after is not None:
            page = reddit.request(method="GET", path=f"r/{place}?limit=100&after={after}")
            found += page["data"]["children"]
            after = page["data"]["after"]
    assert {child["kind"] for child in found} == {"t1", "t3", "t9", "more"}
    assert [one for one in found if one["kind"] == "t1" and one["data"]["body"] is None]


def test_an_expired_token_is_renewed_by_praw(world: World) -> None:
    random.seed(1651)  # praw waits up to two seconds by chance before it asks again
    world.faults.add("reddit", "401", path="/api/info")
    reddit = client(world)
    assert list(reddit.info(fullnames=["t1_oqf2k1"]))
    assert world.reddit.tokens_given == 2


def test_a_wrong_secret_gets_no_token(world: World) -> None:
    with pytest.raises(prawcore.ResponseException):
        list(client(world, secret="wrong").subreddit("ealing").new(limit=1))


def test_an_unknown_subreddit_is_not_found(world: World) -> None:
    with pytest.raises(prawcore.NotFound):
        list(client(world).subreddit("nosuchplace").new(limit=1))


def test_a_rate_limit_says_how_long(world: World) -> None:
    world.faults.add("reddit", "429", path="/r/", seconds=1)
    with pytest.raises(prawcore.TooManyRequests) as limited:
        list(client(world).subreddit("ealing").new(limit=1))
    assert limited.value.response.headers["retry-after"] == "1"
    assert list(client(world).subreddit("ealing").new(limit=1))


def test_a_login_page_is_no_json(world: World) -> None:
    world.faults.add("reddit", "html_login", path="/r/")
    with pytest.raises(prawcore.BadJSON):
        list(client(world).subreddit("ealing").new(limit=1))


def test_a_page_token_can_be_made_to_repeat(world: World) -> None:
    world.faults.add("reddit", "repeat_token", path="/r/", after=1, times=None)
    reddit = client(world)
    first = reddit.request(method="GET", path="r/london/new?limit=5")["data"]["after"]
    second = reddit.request(method="GET", path=f"r/london/new?limit=5&after={first}")
    assert second["data"]["after"] == first


def test_a_profile_can_be_read(world: World) -> None:
    bio = client(world).redditor("nwl_desk_jockey").subreddit.public_description
    assert "NHS NW London ICB" in bio


def test_accounts_and_communities_that_look_like_ours_are_found(world: World) -> None:
    reddit = client(world)
    accounts = list(reddit.redditors.search("North West London"))
    assert [one.name for one in accounts] == ["NHSNorthWestLondon"]
    bio = accounts[0].subreddit.public_description
    assert "Official" in bio
    communities = list(reddit.subreddits.search("NHS North West London"))
    assert {one.display_name for one in communities} == {"NHSNWLondon", "nwlondonhealth"}
    assert min(one.subscribers for one in communities) == 61
    icon = requests.get(accounts[0].icon_img, timeout=10)
    assert icon.content.startswith(b"\x89PNG")


def test_of_a_suspended_account_hardly_more_than_its_name_is_told(world: World) -> None:
    about = client(world).request(method="GET", path="user/gone_from_nwl/about")
    assert about["data"]["is_suspended"]
    assert "subreddit" not in about["data"]
    with pytest.raises(prawcore.NotFound):
        client(world).request(method="GET", path="user/nobody_of_that_name/about")


def test_a_private_subreddit_is_forbidden_and_a_banned_one_not_found(world: World) -> None:
    with pytest.raises(prawcore.Forbidden) as private:
        client(world).request(method="GET", path="r/nwl_staffroom/new")
    assert private.value.response.json()["reason"] == "private"
    with pytest.raises(prawcore.NotFound) as banned:
        client(world).request(method="GET", path="r/nwl_uncensored/comments")
    assert banned.value.response.json()["reason"] == "banned"


def test_a_report_names_a_thing_and_a_short_reason(world: World) -> None:
    reddit = client(world)
    reddit.request(method="POST", path="api/report", data={"id": "t1_oqe8b4", "reason": "abuse"})
    assert world.reddit.reports[0]["reason"] == "abuse"
    for bad in ({"id": "t1_zzz", "reason": "abuse"}, {"id": "t1_oqe8b4", "reason": "x" * 101}):
        with pytest.raises(prawcore.BadRequest):
            reddit.request(method="POST", path="api/report", data=bad)


def test_a_later_day_adds_a_comment(world: World) -> None:
    world.change()
    newest = next(iter(client(world).subreddit("ealing").comments(limit=1)))
    assert (newest.id, newest.parent_id, newest.link_id) == ("oqf9z4", "t1_oqf2t0", "t3_1pd7a9")
