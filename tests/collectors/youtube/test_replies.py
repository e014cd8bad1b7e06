from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest

from collectors.base import Unsent
from core.errors import PlatformRefused
from core.models import Mention
from demo.platforms.youtube import TOKEN, YouTubeStandIn
from tests.collectors.answering import WORDS, answerable, collected, may, posted, send, source, the
from tests.collectors.cases import AT


@pytest.fixture
def standin() -> Iterator[YouTubeStandIn]:
    with YouTubeStandIn(AT) as opened:
        yield opened


@pytest.fixture
def mentions(standin: YouTubeStandIn) -> list[Mention]:
    return collected(standin)


def test_a_comment_is_the_parent_and_so_is_that_of_a_reply(
    standin: YouTubeStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    comment, reply = (answerable(built, mentions, kind) for kind in ("comment", "reply"))
    published = send(built, comment)
    send(built, reply)
    first, second = posted(standin)
    assert (first.path, first.query) == ("/youtube/v3/comments", {"part": "snippet"})
    assert first.headers["authorization"] == f"Bearer {TOKEN}"
    snippet = {"parentId": comment.issued_id, "textOriginal": WORDS}
    assert json.loads(first.body) == {"snippet": snippet}
    assert json.loads(second.body)["snippet"]["parentId"] == reply.parent_id
    assert (
        published.url
        == f"https://www.youtube.com/watch?v={comment.root_id}&lc={published.issued_id}"
    )


def test_fifty_units_of_the_day_are_counted_and_nothing_is_sent_without_them(
    standin: YouTubeStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    comment = answerable(built, mentions, "comment")
    (note,) = send(built, comment).notes
    assert note.name == "units"
    assert note.value.endswith(" 50")
    with pytest.raises(PlatformRefused, match="midnight Pacific"):
        send(source(standin, units_a_day=49), comment)
    assert len(posted(standin)) == 1


@pytest.mark.parametrize(
    ("status", "reason", "why"),
    [
        (404, "parentCommentNotFound", "has the comment no more"),
        (403, "commentsDisabled", "takes no comments"),
        (403, "forbidden", "mentions connect youtube"),
        (400, "commentTextTooLong", "did not understand"),
    ],
)
def test_what_youtube_refuses_is_told_in_plain_words(
    standin: YouTubeStandIn, mentions: list[Mention], status: int, reason: str, why: str
) -> None:
    built = source(standin)
    comment = answerable(built, mentions, "comment")
    standin.fail(status, reason)
    with pytest.raises(PlatformRefused, match=why):
        send(built, comment)


def test_a_spent_quota_means_that_nothing_was_sent(
    standin: YouTubeStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    comment = answerable(built, mentions, "comment")
    standin.fail(403, "quotaExceeded")
    with pytest.raises(Unsent, match="quota"):
        send(built, comment)


def test_videos_held_comments_and_whatever_without_access_are_answered_by_hand(
    standin: YouTubeStandIn, mentions: list[Mention]
) -> None:
    built: Any = source(standin)
    assert may(built, the(mentions, lambda m: m.kind == "video")) == "only comments can be answered"
    held = dataclasses.replace(answerable(built, mentions, "comment"), hidden=True)
    assert "held back" in may(built, held)
    locked_out = dataclasses.replace(built, access_token="")
    assert "mentions connect youtube" in may(locked_out, held)
