from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest

from collectors.http.transport import host
from collectors.mastodon.replies import REPLYING
from core.errors import PlatformRefused
from core.models import Mention
from demo.platforms.mastodon import TOKENS, MastodonStandIn
from tests.collectors.answering import (
    KEY,
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
def standin() -> Iterator[MastodonStandIn]:
    with MastodonStandIn(AT) as opened:
        yield opened


@pytest.fixture
def mentions(standin: MastodonStandIn) -> list[Mention]:
    return collected(standin)


def test_it_is_sent_under_the_id_that_our_server_gives_the_post_with_a_key(
    standin: MastodonStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    mention = answerable(built, mentions, "post", "reply")
    published = send(built, mention)
    (request,) = posted(standin)
    assert request.path == "/api/v1/statuses"
    assert request.headers["idempotency-key"] == KEY
    assert request.headers["authorization"] == f"Bearer {TOKENS[0]}"
    body = json.loads(request.body)
    assert (body["status"], body["visibility"]) == (WORDS, "public")
    (search,) = [one for one in standin.requests if one.query.get("resolve") == "true"]
    assert search.query["q"] == mention.url
    assert published.url.startswith("https://")


def test_a_post_of_our_own_server_needs_no_search(
    standin: MastodonStandIn, mentions: list[Mention]
) -> None:
    seen = f"{host(standin.addresses[0])} name"
    built = dataclasses.replace(source(standin), state={seen: "social.example.org"})
    mention = the(
        mentions, lambda m: m.issuer == "social.example.org" and not m.own and m.kind == "post"
    )
    send(built, mention)
    assert json.loads(posted(standin)[-1].body)["in_reply_to_id"] == mention.issued_id
    assert not [one for one in standin.requests if one.query.get("resolve")]
    assert account(built, mention) == "@healthiernwl@social.example.org"


def test_the_same_words_under_the_same_key_are_one_status(
    standin: MastodonStandIn, mentions: list[Mention]
) -> None:
    built = source(standin)
    mention = answerable(built, mentions, "post")
    assert send(built, mention).issued_id == send(built, mention).issued_id
    assert len(standin.published) == 1


def test_the_author_is_named_once_so_that_they_hear_of_it(mentions: list[Mention]) -> None:
    mention = the(mentions, lambda m: not m.own and "@" in m.author.handle)
    words = REPLYING.wording(mention, WORDS)
    assert words == f"@{mention.author.handle} {WORDS}"
    assert REPLYING.wording(mention, words) == words


def test_a_token_without_the_scope_says_which_one(
    standin: MastodonStandIn, mentions: list[Mention]
) -> None:
    standin.may_write = False
    built = source(standin)
    with pytest.raises(PlatformRefused, match="write:statuses"):
        send(built, answerable(built, mentions, "post"))


def test_a_deleted_post_and_words_that_are_too_long_are_told_apart(
    standin: MastodonStandIn, mentions: list[Mention]
) -> None:
    built: Any = source(standin)
    mention = answerable(built, mentions, "post")
    with pytest.raises(PlatformRefused, match="may be too long"):
        send(built, mention, "x" * 501)
    standin.world.statuses = []
    with pytest.raises(PlatformRefused, match="does not find the post"):
        send(built, mention)
    assert may(built, dataclasses.replace(mention, deleted=True)) == "it is there no more"
