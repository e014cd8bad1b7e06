from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import PlatformRefused
from core.models import Mention
from demo.platforms.facebook import FacebookStandIn
from tests.collectors.answering import (
    WORDS,
    account,
    answerable,
    collected,
    may,
    posted,
    send,
    source,
    the,
)
from tests.collectors.cases import AT


@pytest.fixture
def standin() -> Iterator[FacebookStandIn]:
    with FacebookStandIn(AT) as opened:
        yield opened


@pytest.fixture
def mentions(standin: FacebookStandIn) -> list[Mention]:
    return collected(standin)


def test_a_comment_is_answered_under_itself_and_a_reply_under_its_comment(
    standin: FacebookStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    comment, reply = (answerable(built, mentions, kind) for kind in ("comment", "reply"))
    published = send(built, comment)
    send(built, reply)
    first, second = posted(standin)
    assert first.path == f"/v26.0/{comment.issued_id}/comments"
    assert second.path == f"/v26.0/{reply.parent_id}/comments"
    assert first.form() == {"message": WORDS}
    assert "comment_id=" in published.url


def test_a_visitors_post_is_answered_by_a_comment(
    standin: FacebookStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    post = answerable(built, mentions, "post")
    assert send(built, post).issued_id in standin.wall.nodes
    assert account(built, post) == f"our Page (number {built.page_id})"


def test_what_stands_elsewhere_is_hidden_or_is_our_own_is_not_answered(
    standin: FacebookStandIn, mentions: list[Mention]
) -> None:
    built: Any = source(standin)
    assert "not on our own Page" in may(
        built,
        the(
            mentions,
            lambda m: m.kind == "post" and not m.own and not m.issued_id.startswith(built.page_id),
        ),
    )
    assert may(built, the(mentions, lambda m: m.own)) == "it is our own"
    hidden = dataclasses.replace(answerable(built, mentions, "comment"), hidden=True)
    assert "only its writer" in may(built, hidden)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (190, "expired|not accepted|no longer valid"),
        (200, "pages_manage_engagement"),
        (368, "policies"),
        (506, "posted there just now"),
        (100, "check `version`"),
    ],
)
def test_what_facebook_refuses_is_told_in_words_that_say_what_to_do(
    standin: FacebookStandIn, mentions: list[Mention], code: int, why: str
) -> None:
    built = source(standin)
    comment = answerable(built, mentions, "comment")
    standin.fail(code)
    with pytest.raises(PlatformRefused, match=why):
        send(built, comment)


def test_a_comment_that_is_gone_is_told_as_gone(
    standin: FacebookStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    comment = answerable(built, mentions, "comment")
    standin.remove(standin.wall.nodes[comment.issued_id])
    with pytest.raises(PlatformRefused, match="not there"):
        send(built, comment)


def test_it_is_sent_though_its_link_cannot_be_asked_for(
    standin: FacebookStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    comment = answerable(built, mentions, "comment")
    standin.faults.add("facebook", "500", after=1, times=None)
    published = send(built, comment)
    assert published.issued_id
    assert published.url == ""
