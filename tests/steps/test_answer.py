"""Sending a reply, step by step: what stops it, what is kept of it, and that it is never sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import clock
from demo.platforms.bluesky import BlueskyStandIn
from demo.world import World
from steps import answer
from steps.context import RunContext
from steps.models import AnswerRequest
from store import Sending
from tests.cycles import at_home, changed, collected, settled
from tests.review.factories import group
from tests.store.factories import assess_all

WORDS = "Thank you. PALS can help."


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    path = settled(tmp_path, calm, only=("bluesky",), http={"attempts": 1})
    collected(path)
    return path


@pytest.fixture
def house(made: Path) -> Iterator[RunContext]:
    with at_home(made) as (opened, _):
        assess_all(opened.store, "medium", policy="2026.1", model="fake")
        group(opened.store, clock.now(), alone=True)
        yield opened


def somebodys(house: RunContext) -> int:
    """The number of somebody's post."""
    return int(
        house.store.database.value(
            "SELECT min(number) FROM mentions WHERE platform = 'bluesky' AND kind = 'post' AND NOT own"
        )
    )


def begun(house: RunContext, number: int) -> AnswerRequest:
    """What somebody confirmed."""
    offer = answer.offer(house, number, WORDS)
    assert offer.why_not == ""
    user = house.store.users.add("local", "amina", "Amina Yusuf", ("lead",), at=house.at).number
    sending = Sending(
        mention=number, revision=1, case=house.store.cases.of_mention(number) or 0, source=offer.source,
        account=offer.account, text=offer.words, by=user, at=house.at,
    )  # fmt: skip
    written = house.store.sendings.begin(sending, after=0)
    assert written is not None
    return AnswerRequest(sending=written, mark=offer.mark, at=house.at)


def ended(house: RunContext, request: AnswerRequest) -> Sending:
    answer.carry_out(house, request)
    sending = house.store.sendings.get(request.sending, clock.now())
    assert sending is not None
    return sending


def bluesky(world: World) -> BlueskyStandIn:
    standin = world.standins["bluesky"]
    assert isinstance(standin, BlueskyStandIn)
    return standin


def test_it_is_sent_and_kept_as_a_reply_with_the_decision_to_respond(
    house: RunContext, calm: World
) -> None:
    number = somebodys(house)
    sending = ended(house, begun(house, number))
    assert (sending.state, sending.version) == ("sent", 1)
    (record,) = bluesky(calm).records
    assert record["text"] == WORDS
    (reply,) = house.store.replies.of_case(sending.case)
    assert (reply.text, reply.link) == (WORDS, sending.link)


def test_a_second_look_at_the_same_request_sends_nothing_more(
    house: RunContext, calm: World
) -> None:
    request = begun(house, somebodys(house))
    ended(house, request)
    answer.keep_as_reply(house, request.sending)
    assert len(bluesky(calm).records) == 1
    assert len(house.store.replies.of_case(ended_case(house, request))) == 1


def ended_case(house: RunContext, request: AnswerRequest) -> int:
    sending = house.store.sendings.get(request.sending, clock.now())
    assert sending is not None
    return sending.case


def test_a_post_that_is_gone_is_not_answered_and_is_marked_as_gone(
    house: RunContext, calm: World
) -> None:
    number = somebodys(house)
    request = begun(house, number)
    stored = house.store.mentions.get(number)
    assert stored is not None
    network = bluesky(calm).network
    network.posts = [
        p for p in network.posts if not p.by or p.data["uri"] != stored.mention.issued_id
    ]
    sending = ended(house, request)
    assert (sending.state, sending.why) == ("failed", answer.GONE)
    assert bluesky(calm).records == []


def test_what_would_be_sent_from_another_account_is_shown_anew(
    house: RunContext, calm: World
) -> None:
    request = begun(house, somebodys(house))
    other = AnswerRequest(sending=request.sending, mark="0" * 32, at=request.at)
    sending = ended(house, other)
    assert (sending.state, sending.why) == ("failed", answer.SETTINGS)
    assert bluesky(calm).records == []


def test_an_outage_before_it_is_sent_is_a_failure_and_one_while_it_is_sent_is_not_known(
    house: RunContext, calm: World
) -> None:
    request = begun(house, somebodys(house))
    calm.faults.add("bluesky", "503", path="/xrpc/app.bsky.feed.getPosts", times=None)
    assert ended(house, request).state == "failed"
    calm.faults.clear("bluesky")
    number = somebodys(house)
    offer = answer.offer(house, number, "Other words")
    first = house.store.sendings.get(request.sending, clock.now())
    assert first is not None
    again = house.store.sendings.begin(
        Sending(
            mention=number, revision=1, case=first.case, source=offer.source, account=offer.account,
            text=offer.words, by=first.by, at=house.at,
        ),
        after=request.sending,
    )  # fmt: skip
    assert again is not None
    calm.faults.add("bluesky", "503", path="/xrpc/com.atproto.repo", times=None)
    sending = ended(house, AnswerRequest(sending=again, mark=offer.mark, at=house.at))
    assert sending.state == "unknown"
    assert house.store.replies.of_case(sending.case) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"reply": False},
            "sending is turned off: reply = true under [collectors.bluesky] turns it on",
        ),
        ({"on": False}, "bluesky is off: turned off in the file"),
    ],
)
def test_it_is_off_unless_the_settings_turn_it_on(
    made: Path, change: dict[str, Any], why: str
) -> None:
    changed(made, collectors={"bluesky": change})
    with at_home(made) as (house, _):
        assert answer.offer(house, somebodys(house), WORDS).why_not == why


def test_a_post_whose_platform_has_no_way_says_so(house: RunContext) -> None:
    assert answer.offer(house, 999_999, WORDS).why_not == "the post is here no more"
