"""Bluesky against the demo's stand-in, from a first run to a deletion and through every fault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from collectors import factory
from collectors.base import Gone, SaveState
from collectors.platforms import integration
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention
from demo.platforms.bluesky import CREATE, BlueskyStandIn
from tests.collectors.cases import AT, client, pull

WEEK = AT - timedelta(days=7)
SEARCH, AUTHORS = "/xrpc/app.bsky.feed.searchPosts", "/xrpc/app.bsky.actor.getProfiles"
POSTS = "/xrpc/app.bsky.feed.getPosts"
FEED = "/xrpc/app.bsky.feed.getAuthorFeed"


@pytest.fixture
def standin() -> Iterator[BlueskyStandIn]:
    with BlueskyStandIn(AT) as one:
        yield one


def source(standin: BlueskyStandIn, kept: dict[str, str] | None = None) -> Any:
    table = standin.table(lambda _, value: value)
    return factory.build(
        "bluesky", table, http=client(), at=AT, state=kept or {}, terms=(), register={},
        official={"bluesky": frozenset({table["identifier"]})},
    )  # fmt: skip


def first_run(standin: BlueskyStandIn) -> tuple[dict[str, Mention], dict[str, str]]:
    found, told, kept, problem = pull(source(standin), WEEK)
    assert problem is None
    assert not [odd for odd in told if odd.stops]
    return {mention.issued_id: mention for mention in found}, kept


def test_a_first_run_finds_posts_with_their_authors_profiles(standin: BlueskyStandIn) -> None:
    found, _ = first_run(standin)
    assert {mention.kind for mention in found.values()} == {"post", "reply", "quote"}
    assert any(mention.own for mention in found.values())
    assert any(mention.images for mention in found.values())
    assert all(mention.author.followers is not None for mention in found.values())


def test_our_own_posts_and_answers_are_there_though_no_term_finds_them(
    standin: BlueskyStandIn,
) -> None:
    found, _ = first_run(standin)
    ours = [mention for mention in found.values() if mention.own]
    assert len(ours) == 3
    (answer,) = [mention for mention in ours if mention.parent_id]
    assert answer.matched == ("own posts",)
    assert not found[answer.parent_id].own
    assert found[answer.root_id].own


def test_answers_quotes_links_and_pictures_come_with_their_context(
    standin: BlueskyStandIn,
) -> None:
    found, _ = first_run(standin)
    (question,) = [m for m in found.values() if "money for a van" in m.text]
    (post,) = question.context.answered
    assert (post.official, post.text.startswith("The flu van from NHS")) == (True, True)
    (myth,) = [m for m in found.values() if "tracking fluid, look it up" in m.text]
    assert [answered.official for answered in myth.context.answered] == [True]
    (away,) = [m for m in found.values() if m.text.startswith("Reply to a post that its author")]
    assert away.context.answered == ()
    cards = [mention.context.card for mention in found.values() if mention.context.card]
    assert [card.title for card in cards] == ["A ward with windows"]
    assert cards[0].description.startswith("Every bed")
    pictured = [mention for mention in found.values() if mention.context.pictures]
    assert all(alt in mention.text for mention in pictured for alt in mention.context.pictures)
    assert len(pictured) == 2


def test_what_is_answered_is_asked_for_once_and_costs_nothing_if_it_fails(
    standin: BlueskyStandIn,
) -> None:
    whole, _ = first_run(standin)
    asked = [request for request in standin.requests if request.path == POSTS]
    uris = [uri for request in asked for uri in request.query_values["uris"]]
    assert len(uris) == len(set(uris))
    standin.faults.add("bluesky", "502", path=POSTS, times=None)
    found, told, _, problem = pull(source(standin), WEEK)
    assert problem is None
    assert {mention.issued_id for mention in found} == whole.keys()
    assert ["kept without" in odd.why for odd in told].count(True) == 1


def test_the_next_run_adds_only_what_is_new_by_the_same_session(standin: BlueskyStandIn) -> None:
    before, kept = first_run(standin)
    standin.change()
    found, _, _, problem = pull(source(standin, kept), WEEK)
    assert problem is None
    assert len({mention.issued_id for mention in found} - before.keys()) == 1
    assert standin.sessions.made == 1


def test_an_expired_session_is_renewed_and_nobody_logs_in(standin: BlueskyStandIn) -> None:
    _, kept = first_run(standin)
    standin.sessions.end()
    _, _, renewed, problem = pull(source(standin, kept), WEEK)
    assert problem is None
    assert renewed["session"] != kept["session"]
    assert standin.sessions.made == 1


def test_what_was_deleted_is_gone_and_nothing_else(standin: BlueskyStandIn) -> None:
    found, kept = first_run(standin)
    standin.change()
    fates = list(integration("bluesky").recheck.load()(source(standin, kept), list(found.values())))
    there = {post.data["uri"] for post in standin.network.posts if post.by}
    gone = {fate.issued_id for fate in fates if isinstance(fate, Gone)}
    assert gone == found.keys() - there
    assert gone
    fresh = {fate.issued_id: fate for fate in fates if isinstance(fate, Mention)}
    assert fresh.keys() == found.keys() & there
    assert all(found[uri].matched == mention.matched for uri, mention in fresh.items())


def test_look_alikes_are_found_by_name(standin: BlueskyStandIn) -> None:
    told = integration("bluesky").profiles.load()(source(standin), ["NHS North West London"])
    found = [one for one in told if not isinstance(one, SaveState)]
    assert [(one.author.handle, one.own) for one in found if isinstance(one, Mention)] == [
        ("healthiernwl.example.org", True), ("healthiernwl.example.com", False),
    ]  # fmt: skip


@pytest.mark.parametrize("path", [SEARCH, AUTHORS, FEED, f"/xrpc/{CREATE}"])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("400", PlatformRefused), ("401", PlatformRefused), ("403", PlatformRefused),
        ("html_login", PlatformRefused), ("html", PlatformUnavailable), ("empty", PlatformUnavailable),
        ("not_json", PlatformUnavailable), ("429", None), ("502", None), ("truncated", None),
        ("truncated_gzip", None), ("drop", None),
    ],
)  # fmt: skip
def test_each_fault_is_told_apart(
    standin: BlueskyStandIn, path: str, kind: Any, error: type[Exception] | None
) -> None:
    standin.faults.add("bluesky", kind, path=path, seconds=0.0)
    *_, problem = pull(source(standin), WEEK)
    assert (problem is None) is (error is None)
    assert error is None or isinstance(problem, error)


@pytest.mark.parametrize("path", [SEARCH, FEED])
def test_pages_that_go_in_a_circle_keep_the_bookmark(standin: BlueskyStandIn, path: str) -> None:
    standin.faults.add("bluesky", "repeat_token", path=path, times=None)
    _, told, _, problem = pull(source(standin), WEEK)
    assert problem is None
    assert any(odd.stops for odd in told)
