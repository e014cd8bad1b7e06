"""Reddit against the demo's stand-in: what comments answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core.models import Mention
from demo.platforms.reddit import RedditStandIn
from tests.collectors.cases import AT, pointed, pull

WEEK = AT - timedelta(days=7)
INFO = "/api/info"


@pytest.fixture
def standin() -> Iterator[RedditStandIn]:
    with RedditStandIn(AT) as opened:
        yield opened


def run(standin: RedditStandIn) -> tuple[dict[str, Mention], list[str]]:
    mentions, odds, _, error = pull(pointed(standin), WEEK)
    assert error is None
    return {mention.issued_id: mention for mention in mentions}, [odd.why for odd in odds]


def test_comments_come_with_their_thread_and_posts_with_their_subreddit(
    standin: RedditStandIn,
) -> None:
    mentions, _ = run(standin)
    (thread,) = mentions["t1_oqf2m7"].context.answered
    assert (thread.text.partition("\n")[0], thread.handle) == (
        "Anyone else's GP switched to a web form only?",
        "leafy_w5",
    )
    assert mentions["t3_1pd7a9"].context.answered == ()
    assert mentions["t1_oqd5a2"].context.answered == (), "its thread was deleted"
    pages = {mention.context.page for mention in mentions.values() if mention.context.page}
    assert {(page.name, page.kind, page.owner) for page in pages} == {
        ("r/ealing", "subreddit", "other"), ("r/london", "subreddit", "other"),
    }  # fmt: skip


def test_what_was_taken_down_is_nobodys_context(standin: RedditStandIn) -> None:
    mentions, _ = run(standin)
    words = " ".join(mention.context.words for mention in mentions.values())
    assert "[deleted]" not in words
    assert "[removed]" not in words


def test_a_thread_is_looked_up_once_and_costs_nothing_if_that_fails(
    standin: RedditStandIn,
) -> None:
    whole, _ = run(standin)
    names = [
        name
        for request in standin.requests
        if request.path == INFO
        for name in request.query["id"].split(",")
    ]
    assert len(names) == len(set(names))
    kind: Any = "403"
    standin.faults.add("reddit", kind, path=INFO, times=None)
    mentions, told = run(standin)
    assert mentions.keys() == whole.keys()
    assert ["kept without" in why for why in told].count(True) <= 1
