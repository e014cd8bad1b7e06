from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import PlatformRefused
from core.models import Mention
from demo.platforms.bluesky import BlueskyStandIn
from tests.collectors.answering import account, collected, may, posted, send, source, the
from tests.collectors.cases import AT

WORDS = "Thänk you 👍🏽. See https://www.nhs.uk/pals, and https://example.org/a."


@pytest.fixture
def standin() -> Iterator[BlueskyStandIn]:
    with BlueskyStandIn(AT) as opened:
        yield opened


@pytest.fixture
def mentions(standin: BlueskyStandIn) -> list[Mention]:
    return collected(standin)


def test_an_answer_to_an_answer_keeps_the_root_of_the_thread(
    standin: BlueskyStandIn, mentions: list[Mention]
) -> None:
    mention = the(mentions, lambda m: m.kind == "reply" and not m.own and m.parent_id != "")
    published = send(source(standin), mention, WORDS)
    record = json.loads(posted(standin)[-1].body)["record"]
    assert record["reply"]["parent"]["uri"] == mention.issued_id
    assert record["reply"]["root"]["uri"] == mention.root_id
    assert record["reply"]["root"]["cid"] != record["reply"]["parent"]["cid"]
    did = published.issued_id.removeprefix("at://").partition("/")[0]
    assert published.url.startswith(f"https://bsky.app/profile/{did}/post/")


def test_an_answer_to_a_post_has_it_as_root_and_parent(
    standin: BlueskyStandIn, mentions: list[Mention]
) -> None:
    mention = the(mentions, lambda m: m.kind == "post" and not m.own)
    send(source(standin), mention)
    reply = json.loads(posted(standin)[-1].body)["record"]["reply"]
    assert reply["root"] == reply["parent"]
    assert reply["root"]["uri"] == mention.issued_id


def test_links_have_facets_whose_offsets_count_bytes_without_the_sign_behind(
    standin: BlueskyStandIn, mentions: list[Mention]
) -> None:
    send(source(standin), the(mentions, lambda m: m.kind == "post" and not m.own), WORDS)
    facets = json.loads(posted(standin)[-1].body)["record"]["facets"]
    linked = [
        WORDS.encode()[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode() for f in facets
    ]
    assert linked == ["https://www.nhs.uk/pals", "https://example.org/a"]
    assert [f["features"][0]["uri"] for f in facets] == linked


def test_a_session_that_ended_is_renewed_and_the_answer_is_published_once(
    standin: BlueskyStandIn, mentions: list[Mention]
) -> None:
    standin.faults.add("bluesky", "expire", path="/xrpc/com.atproto.repo")
    published = send(source(standin), the(mentions, lambda m: m.kind == "post" and not m.own))
    assert [note.name for note in published.notes] == ["session"]
    assert len(standin.records) == 1


def test_a_post_that_is_gone_and_one_that_lets_nobody_answer_are_refused_before_anything_is_sent(
    standin: BlueskyStandIn, mentions: list[Mention]
) -> None:
    mention = the(mentions, lambda m: m.kind == "post" and not m.own)
    standin.closed.add(mention.issued_id)
    with pytest.raises(PlatformRefused, match="does not let our account reply"):
        send(source(standin), mention)
    standin.network.posts = [
        p for p in standin.network.posts if p.by and p.data["uri"] != mention.issued_id
    ]
    with pytest.raises(PlatformRefused, match="has the post no more"):
        send(source(standin), mention)
    assert posted(standin) == []


def test_it_speaks_as_the_account_that_signs_in_and_not_to_our_own(
    standin: BlueskyStandIn, mentions: list[Mention]
) -> None:
    built: Any = source(standin)
    assert may(built, the(mentions, lambda m: m.own)) == "it is our own"
    assert account(built, mentions[0]) == f"@{built.identifier}"
