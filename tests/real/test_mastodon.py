"""Against a real server of another make than Mastodon, where Debian's snac2 is installed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors import factory
from collectors.base import Http, SaveState, SkippedItem
from core import clock
from core.errors import PlatformRefused
from core.models import Mention
from tests.real.snac import Snac, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not installed here: {missing()}")

LATER = timedelta(hours=4)  # so that a post's id is one that the next run starts from


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Snac]:
    with Snac(tmp_path) as running:
        yield running


def built(server: Snac, at: datetime, kept: dict[str, str] | None = None, token: str = "") -> Any:
    told = {"url": server.url, "token": token or server.tokens["nhsnwl"], "hashtags": ["NHSNWL"]}
    return factory.build(
        "mastodon", {"server": [told]}, http=Http(attempts=2, longest_wait=1.0), at=at,
        state=kept or {}, terms=("NHS NW London",), register={},
        official={"mastodon": frozenset({f"nhsnwl@{server.host}"})},
    )  # fmt: skip


def run(
    server: Snac, at: datetime, kept: dict[str, str] | None = None
) -> tuple[list[Mention], list[SkippedItem], dict[str, str]]:
    found = list(built(server, at, kept).collect(at - timedelta(days=7)))
    return (
        [one for one in found if isinstance(one, Mention)],
        [one for one in found if isinstance(one, SkippedItem)],
        {one.name: one.value for one in found if isinstance(one, SaveState)},
    )


def test_hashtags_and_mentions_are_read_and_the_next_run_adds_only_what_is_new(
    server: Snac,
) -> None:
    ours = server.post("nhsnwl", "The flu van is out again #NHSNWL")
    server.post("ana", "Waiting on NHS NW London & more #NHSNWL", spoiler_text="swearing")
    server.post("ana", f"@nhsnwl@{server.host} is anybody there?", in_reply_to_id=ours["id"])
    server.post("ana", "for followers alone #NHSNWL", visibility="private")
    server.told("nhsnwl")
    at = clock.now() + LATER
    mentions, odds, kept = run(server, at)
    assert {mention.text for mention in mentions} == {
        "The flu van is out again #NHSNWL",
        "swearing\n\nWaiting on NHS NW London & more #NHSNWL",
        f"@nhsnwl@{server.host} is anybody there?",
    }
    assert {mention.own for mention in mentions if mention.text.startswith("The flu")} == {True}
    assert [odd.item for odd in odds] == [f"server 1 ({server.host}) search"]
    time.sleep(1)  # ids of one second are in no order
    server.post("ana", "Seen at last #NHSNWL")
    again, _, _ = run(server, at, kept)
    new = {mention.key: mention for mention in again}.keys() - {mention.key for mention in mentions}
    assert [mention.text for mention in again if mention.key in new] == ["Seen at last #NHSNWL"]


def test_our_own_posts_and_what_they_answer_are_read(server: Snac) -> None:
    question = server.post("ana", "Who answers the phones? #NHSNWL")
    server.post("nhsnwl", "Somebody does again.", in_reply_to_id=question["id"])
    mentions, _, kept = run(server, clock.now() + LATER)
    asked, answer = mentions
    assert (asked.own, answer.own, answer.matched) == (False, True, ("own posts",))
    assert answer.linked(answer.parent_id) == (asked.issuer, asked.issued_id)
    again, odds, _ = run(server, clock.now() + LATER, kept)
    assert [mention.key for mention in again] == [
        answer.key
    ]  # snac gives an account's newest always
    assert not [odd for odd in odds if odd.stops]


def test_an_edit_is_seen_as_one(server: Snac) -> None:
    post = server.post("ana", "Waiting #NHSNWL")
    (before,), *_ = run(server, clock.now() + LATER)
    server.edit("ana", post["id"], "Seen #NHSNWL")
    (after,), *_ = run(server, clock.now() + LATER)
    assert (before.key, before.edited_at) == (after.key, None)
    assert (after.text, after.edited_at is not None) == ("Seen #NHSNWL", True)


def test_a_refused_token_needs_a_person(server: Snac) -> None:
    at = clock.now()
    with pytest.raises(PlatformRefused, match="access token"):
        list(built(server, at, token="another").collect(at - timedelta(days=7)))
