from __future__ import annotations

from core.models import Author
from store import AccountActivity, AnswerCounts, Reach, Store
from tests.store.factories import AT, DAY, HOUR, add, assess_all, flag, mention

WEEK = (AT - 7 * DAY, AT + DAY)
US = Author(id="1", handle="HealthierNWL", name="NHS North West London")


def test_when_each_account_of_ours_last_spoke(store: Store) -> None:
    add(
        store,
        mention(1, own=True, author=US, posted_at=AT - 2 * DAY),
        mention(2, own=True, author=US, posted_at=AT - DAY),
        mention(3, own=True, author=US, posted_at=AT - 20 * DAY),
        mention(4, author=Author(handle="somebody"), posted_at=AT - HOUR),
        mention(
            5, own=True, platform="facebook", issuer="facebook", posted_at=AT - 30 * DAY,
            author=Author(name="staywellnwl"),
        ),
    )  # fmt: skip
    assert store.own_posts.activity(*WEEK) == [
        AccountActivity(platform="facebook", handle="staywellnwl", last=AT - 30 * DAY, posts=0),
        AccountActivity(platform="x", handle="HealthierNWL", last=AT - DAY, posts=2),
    ]


def test_what_a_campaign_reached(store: Store) -> None:
    jabs = ("campaign: Winter jabs",)
    add(
        store,
        mention(1, own=True, author=US, matched=jabs, metrics={"views": 100, "likes": 2, "shares": 1}),
        mention(2, own=True, author=US, matched=jabs, metrics={"views": 50, "replies": 4}),
        mention(3, matched=jabs),
        mention(4, matched=("NWL ICB",)),
        mention(5, own=True, author=US, matched=jabs, posted_at=AT - 30 * DAY),
    )  # fmt: skip
    assert store.own_posts.campaign_reach(*WEEK) == [
        Reach(campaign="Winter jabs", posts=2, views=150, likes=2, shares=1, replies=4, mentions=1)
    ]


def test_requests_for_help_under_our_posts_and_which_of_them_were_answered(store: Store) -> None:
    post = mention(1, own=True, author=US, posted_at=AT - 5 * HOUR)
    asks = [
        mention(n, kind="comment", parent_id=post.issued_id, posted_at=AT - 4 * HOUR)
        for n in (2, 3)
    ]
    elsewhere = mention(4, kind="comment", parent_id="900", posted_at=AT - 4 * HOUR)
    deep = mention(
        5,
        kind="reply",
        parent_id=asks[1].issued_id,
        root_id=post.issued_id,
        posted_at=AT - 3 * HOUR,
    )
    answer = mention(6, own=True, author=US, kind="reply", parent_id=asks[0].issued_id)
    add(store, post, *asks, elsewhere, deep, answer)
    assess_all(store, flags=[flag("assistance")])
    assert store.own_posts.answered("assistance", *WEEK) == AnswerCounts(requests=3, answered=1)
    assert store.own_posts.answered("pid", *WEEK) == AnswerCounts(requests=0, answered=0)
    beside = mention(
        7, own=True, author=US, kind="reply", parent_id=asks[1].issued_id, root_id=post.issued_id
    )
    add(store, beside)  # in the thread where only the top can be answered
    assert store.own_posts.answered("assistance", *WEEK) == AnswerCounts(requests=3, answered=3)


def test_a_question_from_another_mastodon_server_is_under_our_post_and_is_answered(
    store: Store,
) -> None:
    here, there = (
        {"platform": "mastodon", "issuer": host} for host in ("social.example.org", "fedi.example.net")
    )  # fmt: skip
    post = mention(1, own=True, author=US, posted_at=AT - 5 * HOUR, **here)
    asks = [
        mention(n, kind="reply", parent_id=post.key, posted_at=AT - 4 * HOUR, **there)
        for n in (2, 3)
    ]
    answer = mention(4, own=True, author=US, kind="reply", parent_id=asks[0].key, **here)
    add(store, answer, *asks, post)
    assess_all(store, flags=[flag("assistance")])
    assert store.own_posts.answered("assistance", *WEEK) == AnswerCounts(requests=2, answered=1)


def test_our_own_posts_are_not_counted_as_what_others_say(store: Store) -> None:
    add(store, mention(1, own=True, author=US), mention(2))
    assess_all(store)
    assert sum(total.count for total in store.figures.totals(*WEEK)) == 1
