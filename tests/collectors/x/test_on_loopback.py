"""X against the demo's stand-in: what posts answer, quote, link to and show."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core.models import Mention
from demo.platforms.x import XStandIn
from tests.collectors.cases import AT, pointed, pull

WEEK = AT - timedelta(days=7)


@pytest.fixture
def standin() -> Iterator[XStandIn]:
    with XStandIn(AT) as opened:
        yield opened


def first_run(standin: XStandIn) -> list[Mention]:
    built: Any = pointed(standin, user_id="")
    ours = dataclasses.replace(built, official=frozenset({"healthiernwl"}))
    mentions, odds, _, error = pull(ours, WEEK)
    assert error is None
    assert not [odd for odd in odds if odd.stops]
    return mentions


def the(mentions: list[Mention], start: str) -> Mention:
    """The one mention whose text starts so."""
    (mention,) = {m.key: m for m in mentions if m.text.startswith(start)}.values()
    return mention


def test_answers_and_quotes_come_with_their_context_and_no_further_request(
    standin: XStandIn,
) -> None:
    mentions = first_run(standin)
    (post,) = the(mentions, "@HealthierNWL seven conditions").context.answered
    assert (post.handle, post.official) == ("HealthierNWL", True)
    assert post.text.startswith("Your pharmacist in NHS North West London can now treat")
    (quoted,) = the(mentions, "This. Every word of it.").context.answered
    assert (bool(quoted.text), quoted.official) == (True, False)
    assert the(mentions, "@HealthierNWL I agree with the person you can no").context.answered == ()
    assert standin.served.keys() == {"/2/tweets/search/recent"}


def test_links_and_pictures_come_with_what_they_say(standin: XStandIn) -> None:
    mentions = first_run(standin)
    card = the(mentions, "EXCLUSIVE: NW London ICB paid").context.card
    assert card is not None
    assert card.title == "ICB paid consultants £3.1m in year of recruitment freeze"
    assert card.url == "https://news.example.org/icb-consultants"
    pictured = {mention.key: mention.context.pictures for mention in mentions if mention.images}
    assert list(pictured.values()) == [
        ("A handwritten notice on a clinic door: closed, please ring Northwick Park",)
    ]
