from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import PlatformRefused
from core.models import Mention
from demo.platforms.linkedin import LinkedInStandIn
from demo.platforms.linkedin_data import ORGANIZATION
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
def standin() -> Iterator[LinkedInStandIn]:
    with LinkedInStandIn(AT) as opened:
        yield opened


@pytest.fixture
def mentions(standin: LinkedInStandIn) -> list[Mention]:
    return collected(standin)


def test_a_comment_is_answered_as_the_page_in_the_versioned_interface(
    standin: LinkedInStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    comment = answerable(built, mentions, "comment")
    published = send(built, comment)
    (request,) = posted(standin)
    assert request.headers["linkedin-version"] == standin.version
    assert request.headers["x-restli-protocol-version"] == "2.0.0"
    body = json.loads(request.body)
    assert body == {
        "actor": ORGANIZATION, "object": comment.root_id if "activity" in comment.root_id else body["object"],
        "message": {"text": WORDS}, "parentComment": comment.issued_id,
    }  # fmt: skip
    assert published.issued_id.startswith("urn:li:comment:(urn:li:activity:")
    assert published.url.startswith("https://www.linkedin.com/feed/update/")


def test_a_reply_is_answered_under_the_comment_at_the_top(
    standin: LinkedInStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    reply = answerable(built, mentions, "reply")
    send(built, reply)
    assert json.loads(posted(standin)[-1].body)["parentComment"] == reply.parent_id


def test_members_posts_and_our_own_are_not_answered_from_here(
    standin: LinkedInStandIn, mentions: list[Mention]
) -> None:
    built: Any = source(standin)
    assert "by hand" in may(built, the(mentions, lambda m: m.kind == "post" and not m.own))
    own = the(mentions, lambda m: m.own)
    assert may(built, own) == "it is our own"
    assert account(built, own) == "our Page (number 1302365)"


def test_a_missing_permission_a_deleted_comment_and_an_ended_token_are_told(
    standin: LinkedInStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    comment = answerable(built, mentions, "comment")
    standin.may_comment = False
    with pytest.raises(PlatformRefused, match="w_organization_social"):
        send(built, comment)
    standin.may_comment = True
    standin.faults.add("linkedin", "expire", path="/rest/socialActions")
    with pytest.raises(PlatformRefused, match="has expired"):
        send(built, comment)
    standin.page.comments.clear()
    with pytest.raises(PlatformRefused, match="no more"):
        send(built, comment)
