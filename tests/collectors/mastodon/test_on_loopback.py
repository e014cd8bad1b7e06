"""Two Mastodon servers against the demo's stand-in, from a first run to a deletion and through every fault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from collectors import factory
from collectors.base import Gone
from collectors.platforms import integration
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention
from demo.platforms.mastodon import MastodonStandIn
from tests.collectors.cases import AT, client, pull

WEEK = AT - timedelta(days=7)
TAG, SEARCH, NOTIFICATIONS = "/api/v1/timelines/tag", "/api/v2/search", "/api/v1/notifications"
WHO, STATUSES = "/api/v1/accounts/verify_credentials", "/api/v1/statuses"
OURS = "healthiernwl@social.example.org"


@pytest.fixture
def standin() -> Iterator[MastodonStandIn]:
    with MastodonStandIn(AT) as one:
        yield one


def source(standin: MastodonStandIn, kept: dict[str, str] | None = None) -> Any:
    table = standin.table(lambda _, value: value) | {"origins": False}
    return factory.build(
        "mastodon", table, http=client(), at=AT, state=kept or {}, terms=(), register={},
        official={"mastodon": frozenset({OURS})},
    )  # fmt: skip


def first_run(standin: MastodonStandIn) -> tuple[dict[str, Mention], dict[str, str]]:
    found, told, kept, problem = pull(source(standin), WEEK)
    assert problem is None
    assert not [odd for odd in told if odd.stops]
    return {mention.key: mention for mention in found}, kept


def test_a_first_run_finds_statuses_of_all_servers_under_one_key(standin: MastodonStandIn) -> None:
    found, _ = first_run(standin)
    issuers = {mention.issuer for mention in found.values()}
    assert issuers == {"social.example.org", "fedi.example.net", "other.example.com"}
    assert {mention.kind for mention in found.values()} == {"post", "reply", "repost"}
    assert len({mention.url for mention in found.values()}) == len(found)
    assert {m.author.handle for m in found.values() if m.own} == {OURS}


def test_replies_lead_to_what_they_answer(standin: MastodonStandIn) -> None:
    found, _ = first_run(standin)
    replies = [mention for mention in found.values() if mention.parent_id]
    parents = {":".join(reply.linked(reply.parent_id)) for reply in replies}
    assert len(found.keys() & parents) > 2


def test_replies_and_links_come_with_their_context(standin: MastodonStandIn) -> None:
    found, _ = first_run(standin)
    (sceptic,) = [m for m in found.values() if "taking therapies is when" in m.text]
    (post,) = sceptic.context.answered
    assert (post.handle, post.official) == (OURS, True)
    (away,) = [m for m in found.values() if "Reply to a post that is gone" in m.text]
    assert away.context.answered == ()
    cards = [mention.context.card for mention in found.values() if mention.context.card]
    assert {(card.title[:14], card.description[:11]) for card in cards} == {
        ("Ealing Hospita", "The scanner")
    }
    assert {card.url for card in cards} == {
        "https://westlondonnow.example.com/2026/ealing-hospital-mri"
    }


def test_our_own_posts_and_answers_are_there_though_no_term_finds_them(
    standin: MastodonStandIn,
) -> None:
    found, _ = first_run(standin)
    (answer,) = [m for m in found.values() if m.text.startswith("@pharmanaz You can")]
    assert (answer.own, answer.matched) == (True, ("own posts",))
    question = found[":".join(answer.linked(answer.parent_id))]
    assert (question.issuer, question.own) == ("fedi.example.net", False)
    assert found[":".join(question.linked(question.parent_id))].own


def test_nothing_is_taken_that_is_private_or_by_who_wants_no_robots(
    standin: MastodonStandIn,
) -> None:
    found, _ = first_run(standin)
    said = " ".join(mention.text for mention in found.values())
    assert "privately" not in said
    assert not any("saoirse" in mention.author.handle for mention in found.values())
    assert not any("hush" in mention.author.handle for mention in found.values())
    not_searched = [m for m in found.values() if m.author.handle.startswith("kwasi")]
    assert {m.matched[-1] for m in not_searched} == {"#NHSNWL", "notifications"}


def test_the_next_run_adds_only_what_is_new(standin: MastodonStandIn) -> None:
    before, kept = first_run(standin)
    standin.change()
    found, _, _, problem = pull(source(standin, kept), WEEK)
    assert problem is None
    new = {mention.key: mention for mention in found}.keys() - before.keys()
    assert len(new) == 1


def test_what_was_deleted_is_gone_and_nothing_else(standin: MastodonStandIn) -> None:
    found, kept = first_run(standin)
    standin.change()
    fates = list(
        integration("mastodon").recheck.load()(source(standin, kept), list(found.values()))
    )
    gone = [found[f"{fate.issuer}:{fate.issued_id}"] for fate in fates if isinstance(fate, Gone)]
    assert [mention.text[:20] for mention in gone] == [
        "The people who run N",
        "next time that recep",
    ]
    still = [fate for fate in fates if isinstance(fate, Mention)]
    elsewhere = [mention for mention in found.values() if mention.issuer == "other.example.com"]
    assert len(still) == len(found) - len(gone) - len(elsewhere)


def test_look_alikes_are_found_by_name(standin: MastodonStandIn) -> None:
    told = integration("mastodon").profiles.load()(source(standin), ["NHS North West London"])
    handles = {one.author.handle for one in told if isinstance(one, Mention)}
    assert {OURS, "healthiernwI@fedi.example.net"} <= handles


@pytest.mark.parametrize("path", [TAG, SEARCH, NOTIFICATIONS, WHO])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("400", PlatformRefused), ("401", PlatformRefused), ("410", PlatformRefused),
        ("expire", PlatformRefused), ("html_login", PlatformRefused), ("html", PlatformUnavailable),
        ("empty", PlatformUnavailable), ("not_json", PlatformUnavailable), ("429", PlatformUnavailable), ("503", None),
        ("truncated", None), ("truncated_gzip", None), ("drop", None),
    ],
)  # fmt: skip
def test_each_fault_is_told_apart_and_costs_no_other_server(
    standin: MastodonStandIn, path: str, kind: Any, error: type[Exception] | None
) -> None:
    standin.faults.add("mastodon", kind, path=path, seconds=60.0)
    found, *_, problem = pull(source(standin), WEEK)
    assert (problem is None) is (error is None)
    assert error is None or isinstance(problem, error)
    assert any(mention.issuer == "fedi.example.net" for mention in found)


@pytest.mark.parametrize(
    "kind", ["400", "401", "410", "html_login", "html", "empty", "not_json", "429"]
)
def test_a_lookup_of_what_is_answered_that_fails_costs_no_status(
    standin: MastodonStandIn, kind: Any
) -> None:
    whole, _ = first_run(standin)
    standin.faults.add("mastodon", kind, path=STATUSES, seconds=60.0)
    found, told, _, problem = pull(source(standin), WEEK)
    assert problem is None
    assert {mention.key for mention in found} == whole.keys()
    assert ["kept without" in odd.why for odd in told if not odd.stops].count(True) == 1


@pytest.mark.parametrize("kind", ["400", "429"])
def test_own_answers_whose_questions_can_not_be_looked_up_are_read_again(
    standin: MastodonStandIn, kind: Any
) -> None:
    standin.faults.add("mastodon", kind, path=STATUSES, times=None, seconds=60.0)
    *_, problem = pull(source(standin), WEEK)
    assert isinstance(problem, PlatformRefused | PlatformUnavailable)


@pytest.mark.parametrize("kind", ["403", "404"])
def test_own_posts_that_are_not_given_fail_nothing(standin: MastodonStandIn, kind: Any) -> None:
    standin.faults.add("mastodon", kind, path=WHO)
    _, told, _, problem = pull(source(standin), WEEK)
    assert problem is None
    assert [odd.item[-9:] for odd in told if not odd.stops].count("own posts") == 1


@pytest.mark.parametrize("kind", ["403", "404"])
def test_a_search_that_is_refused_fails_nothing(standin: MastodonStandIn, kind: Any) -> None:
    standin.faults.add("mastodon", kind, path=SEARCH)
    _, told, _, problem = pull(source(standin), WEEK)
    assert problem is None
    assert [odd.item for odd in told if odd.item.endswith(" search")]


def test_pages_that_go_in_a_circle_keep_the_bookmark(standin: MastodonStandIn) -> None:
    standin.faults.add("mastodon", "repeat_token", path=TAG, times=None)
    _, told, _, problem = pull(source(standin), WEEK)
    assert problem is None
    assert any(odd.stops for odd in told)
