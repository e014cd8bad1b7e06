"""What every platform promises of an answer: it is sent once, and what went wrong is told as what it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from collectors.base import Unsent
from collectors.platforms import INTEGRATIONS, integration
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from demo.platforms.google import identity as review_id
from demo.servers.http import StandIn
from demo.world import STANDINS
from tests.collectors.answering import WORDS, answerable, collected, posted, send, source
from tests.collectors.cases import AT

NAMES = [each.name for each in INTEGRATIONS if each.replying]
PLACE = "accounts/100000000000000000001/locations/5100000000000000001"
KINDS = {kind.name: kind for kind in STANDINS}
OURS = {"x": ("healthiernwl",), "instagram": ("healthiernwl",)}
PATHS = {  # where answers go, by the beginning of the path
    "x": "/2/tweets", "bluesky": "/xrpc/com.atproto.repo", "mastodon": "/api/v1/statuses",
    "facebook": "/v26.0/", "instagram": "/v26.0/", "linkedin": "/rest/socialActions",
    "youtube": "/youtube/v3/comments", "threads": "/v1.0/", "tiktok": "/open_api/v1.3/business/comment",
    "google": f"/v4/{PLACE}/reviews/{review_id({'id': 9100150})}/reply",  # it is looked at before it is answered
}  # fmt: skip


POSTS: dict[str, list[Mention]] = {}  # what each platform has at any time, collected once


@pytest.fixture(params=NAMES)
def standin(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with KINDS[request.param](AT) as opened:
        yield opened


@pytest.fixture
def ready(standin: StandIn) -> tuple[Any, Mention]:
    """A source, and a post that it can answer."""
    ours = OURS.get(standin.name, ())
    built = source(standin, *ours)
    if standin.name not in POSTS:
        POSTS[standin.name] = collected(standin, *ours)
    return built, answerable(built, POSTS[standin.name], "comment", "reply", "post", "review")


def test_ten_platforms_can_be_answered_and_all_others_by_hand() -> None:
    assert sorted(NAMES) == sorted(PATHS)


def test_an_answer_is_published_once_with_the_words_that_were_given(
    standin: StandIn, ready: tuple[Any, Mention]
) -> None:
    built, mention = ready
    words = integration(standin.name).replying.load().wording(mention, WORDS)
    published = send(built, mention, words)
    (request,) = posted(standin)
    assert "PALS" in request.body.decode()
    assert "PALS" not in request.target  # an address stands in the logs of whatever lies between
    assert published.issued_id
    assert published.url.startswith("https://")


@pytest.mark.parametrize("fault", ["401", "403"])
def test_a_token_that_ended_or_lacks_a_scope_is_a_refusal_that_says_what_to_do(
    standin: StandIn, ready: tuple[Any, Mention], fault: Any
) -> None:
    standin.faults.add(standin.name, fault, path=PATHS[standin.name], times=None)
    with pytest.raises(PlatformRefused) as refused:
        send(*ready)
    assert WORDS not in str(refused.value)
    assert any(
        word in str(refused.value)
        for word in ("connect", "make a new", "make one", "does not permit", "the plan")
    )


def test_a_rate_limit_says_that_nothing_was_sent_and_is_not_tried_again(
    standin: StandIn, ready: tuple[Any, Mention]
) -> None:
    standin.faults.add(standin.name, "429", path=PATHS[standin.name], times=None, seconds=3600)
    with pytest.raises(Unsent):
        send(*ready)
    assert len(posted(standin)) <= 1


@pytest.mark.parametrize("fault", ["500", "503", "drop", "html", "not_json", "truncated", "empty"])
def test_where_nobody_knows_whether_it_is_out_it_says_so_and_is_not_sent_again(
    standin: StandIn, ready: tuple[Any, Mention], fault: Any
) -> None:
    standin.faults.add(standin.name, fault, path=PATHS[standin.name], times=None)
    with pytest.raises(CollectorError) as unsure:
        send(*ready)
    assert isinstance(unsure.value, PlatformUnavailable)
    assert not isinstance(unsure.value, Unsent)
    assert len(posted(standin)) == 1


def test_a_platform_that_cannot_be_reached_was_sent_nothing(
    standin: StandIn, ready: tuple[Any, Mention]
) -> None:
    built, mention = ready
    nobody = "http://127.0.0.1:9"  # the port of what throws everything away: nobody listens there
    built.http.egress.name((nobody,))
    if standin.name == "mastodon":
        servers = tuple(dataclasses.replace(server, url=nobody) for server in built.server)
        away = dataclasses.replace(built, server=servers)
    else:
        away = dataclasses.replace(built, base_url=nobody)
    with pytest.raises(Unsent):
        send(away, mention)
    assert posted(standin) == []
