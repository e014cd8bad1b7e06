from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest

from collectors.registry import grant
from collectors.x.budget import CREATE, CREATE_WITH_LINK
from core.errors import PlatformRefused
from core.models import Mention
from demo.platforms.x import XStandIn
from tests.collectors.answering import WORDS, account, collected, may, posted, send, source, the
from tests.collectors.cases import AT


@pytest.fixture
def standin() -> Iterator[XStandIn]:
    with XStandIn(AT) as opened:
        yield opened


@pytest.fixture
def built(standin: XStandIn) -> Any:
    return source(standin, "healthiernwl")


@pytest.fixture
def mentions(standin: XStandIn) -> list[Mention]:
    return collected(standin, "healthiernwl")


def naming_us(mentions: list[Mention]) -> Mention:
    return the(mentions, lambda m: not m.own and m.kind == "post" and "@HealthierNWL" in m.text)


def test_it_is_sent_as_a_reply_by_the_token_that_our_account_granted(
    standin: XStandIn, built: Any, mentions: list[Mention]
) -> None:
    mention = naming_us(mentions)
    published = send(built, mention)
    (request,) = posted(standin)
    assert request.path == "/2/tweets"
    assert request.headers["authorization"] == f"Bearer {standin.access_token}"
    number = mention.issued_id
    assert json.loads(request.body) == {
        "text": WORDS, "reply": {"in_reply_to_tweet_id": number},
    }  # fmt: skip
    assert published.url == f"https://x.com/i/status/{published.issued_id}"
    assert account(built, mention) == "@healthiernwl"


def test_what_our_account_answered_is_found_by_the_next_run(
    standin: XStandIn, built: Any, mentions: list[Mention]
) -> None:
    published = send(built, naming_us(mentions), "@HealthierNWL answers in NHS North West London")
    found = the(collected(standin, "healthiernwl"), lambda m: m.issued_id == published.issued_id)
    assert (found.own, found.kind) == (True, "reply")


def test_who_neither_names_nor_quotes_us_is_answered_by_hand_on_the_usual_plans(
    standin: XStandIn, built: Any, mentions: list[Mention]
) -> None:
    other = the(
        mentions, lambda m: not m.own and m.kind == "post" and "@HealthierNWL" not in m.text
    )
    assert "names our account or quotes us" in may(built, other)
    with pytest.raises(PlatformRefused, match="names our account or quotes us"):
        send(built, other)
    standin.self_serve = False
    larger = dataclasses.replace(built, reply_to_all=True)
    assert may(larger, other) == ""
    assert send(larger, other).issued_id


def test_the_same_words_a_second_time_are_refused_in_plain_words(
    built: Any, mentions: list[Mention]
) -> None:
    send(built, naming_us(mentions))
    with pytest.raises(PlatformRefused, match="these words from our account already"):
        send(built, naming_us(mentions))


def test_a_post_that_its_author_deleted_is_told_as_gone(
    standin: XStandIn, built: Any, mentions: list[Mention]
) -> None:
    mention = naming_us(mentions)
    standin.timeline.tweets = [
        t for t in standin.timeline.tweets if str(t.number) != mention.issued_id
    ]
    with pytest.raises(PlatformRefused, match="has the post no more"):
        send(built, mention)


@pytest.mark.parametrize(
    ("words", "cost"),
    [("Thank you.", CREATE), (WORDS, CREATE_WITH_LINK), ("See nhs.uk/help", CREATE_WITH_LINK)],
)
def test_what_it_costs_is_counted_against_the_months_budget(
    standin: XStandIn, mentions: list[Mention], words: str, cost: int
) -> None:
    paid = source(standin, "healthiernwl", monthly_budget=1.0)
    (note,) = send(paid, naming_us(mentions), words).notes
    assert json.loads(note.value)["sum"] == cost
    poor = source(standin, "healthiernwl", monthly_budget=(cost - 1) / 1000)
    with pytest.raises(PlatformRefused, match="monthly_budget"):
        send(poor, naming_us(mentions), f"{words} ")
    assert len(posted(standin)) == 1


def test_nothing_of_ours_nothing_reposted_and_nothing_without_access(
    built: Any, mentions: list[Mention]
) -> None:
    assert may(built, the(mentions, lambda m: m.own)) == "it is our own"
    assert "only posts" in may(built, the(mentions, lambda m: m.kind == "repost"))
    locked_out = dataclasses.replace(built, access_token="")
    assert "mentions connect x" in may(locked_out, naming_us(mentions))
    gone = dataclasses.replace(naming_us(mentions), deleted=True)
    assert may(built, gone) == "it is there no more"


def test_the_scope_to_write_is_asked_for_only_where_answering_is_on() -> None:
    without, with_it = grant("x"), grant("x", {"reply": True})
    assert without is not None
    assert with_it is not None
    assert "tweet.write" not in without.scopes
    assert with_it.scopes == (*without.scopes, "tweet.write")
