"""Facebook and Instagram against the demo's stand-ins, from a first run to a deletion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from collectors import factory
from collectors.base import Gone, Rechecked, SkippedItem
from collectors.facebook.collector import page_token
from collectors.http.egress import Egress, addresses_in
from collectors.platforms import integration
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention
from demo.platforms.facebook import FacebookStandIn
from demo.platforms.graph import GraphStandIn
from demo.platforms.instagram import InstagramStandIn
from tests.collectors.cases import AT, client, pull

WEEK = AT - timedelta(days=7)
HOURS = AT - timedelta(hours=4)


@pytest.fixture(params=[FacebookStandIn, InstagramStandIn])
def standin(request: pytest.FixtureRequest) -> Iterator[GraphStandIn]:
    kind: type[GraphStandIn] = request.param
    with kind(AT) as one:
        yield one


def source(standin: GraphStandIn, **more: Any) -> Any:
    table = standin.table(lambda _, value: value) | more
    ours = {standin.name: frozenset({table.get("page_id") or table["user_id"]})}
    return factory.build(
        standin.name, table, http=client(), at=AT, state={}, terms=("ICB",), register=ours,
        official=ours,
    )  # fmt: skip


def first_run(standin: GraphStandIn) -> dict[str, Mention]:
    mentions, odds, _, error = pull(source(standin), WEEK)
    assert error is None
    assert not [odd for odd in odds if odd.stops]
    return {mention.key: mention for mention in mentions}


def recheck(standin: GraphStandIn, held: dict[str, Mention]) -> list[Rechecked]:
    return list(integration(standin.name).recheck.load()(source(standin), list(held.values())))


def test_a_first_run_finds_posts_and_threads_of_all_levels(standin: GraphStandIn) -> None:
    found = first_run(standin)
    assert {mention.kind for mention in found.values()} == {"post", "comment", "reply"}
    replies = [mention for mention in found.values() if mention.kind == "reply"]
    for reply in replies:
        assert found[f"{standin.name}:{reply.parent_id}"].kind in ("comment", "reply")
        assert found[f"{standin.name}:{reply.root_id}"].kind == "post"
    assert {reply.own for reply in replies} == {True, False}
    assert any(mention.images for mention in found.values())


def test_the_next_run_finds_nothing_new_until_something_is_said(standin: GraphStandIn) -> None:
    found = first_run(standin)
    again = {mention.key: mention for mention in pull(source(standin), HOURS)[0]}
    assert again.keys() <= found.keys()
    standin.change()
    later = {mention.key: mention for mention in pull(source(standin), HOURS)[0]}
    assert sorted(later[key].kind for key in later.keys() - found.keys()) == ["comment", "reply"]


def test_a_recheck_sees_what_was_edited_hidden_and_deleted(standin: GraphStandIn) -> None:
    held = first_run(standin)
    before = [fate for fate in recheck(standin, held) if isinstance(fate, Mention)]
    for fate in before:
        was = held[fate.key]
        assert (fate.text, fate.hidden, fate.kind) == (was.text, was.hidden, was.kind)
        assert (fate.parent_id, fate.root_id, fate.own) == (was.parent_id, was.root_id, was.own)
        assert set(fate.matched) == set(was.matched)
    standin.change()
    after = recheck(standin, held)
    fresh = [fate for fate in after if isinstance(fate, Mention)]
    assert [fate for fate in fresh if fate.text != held[fate.key].text]
    assert [fate for fate in fresh if fate.hidden and not held[fate.key].hidden]
    gone = [fate for fate in after if isinstance(fate, Gone)]
    assert 1 <= len(gone) < 5
    assert len(fresh) + len(gone) == len(before)


def test_a_comment_is_hidden_shown_again_and_deleted(standin: GraphStandIn) -> None:
    held = first_run(standin)
    moderation, built = integration(standin.name).moderation.load(), source(standin)
    comments = [mention for mention in held.values() if mention.kind == "comment"]
    comment = next(
        one for one in comments if not moderation.may(built, one, moderation.actions["hide"])
    )
    for name, hidden in (("hide", True), ("unhide", False)):
        moderation.act(built, comment, moderation.actions[name])
        (fate,) = recheck(standin, {comment.key: comment})
        assert isinstance(fate, Mention)
        assert fate.hidden is hidden
    moderation.act(built, comment, moderation.actions["delete"])
    assert recheck(standin, {comment.key: comment}) == [Gone(standin.name, comment.issued_id)]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("expire", PlatformRefused), ("403", PlatformRefused), ("404", PlatformRefused),
        ("429", PlatformUnavailable), ("500", PlatformUnavailable), ("503", PlatformUnavailable),
        ("html", PlatformUnavailable), ("html_login", PlatformRefused), ("drop", PlatformUnavailable),
        ("truncated", PlatformUnavailable), ("not_json", PlatformUnavailable),
    ],
)  # fmt: skip
def test_trouble_in_the_middle_keeps_what_came_before_and_deletes_nothing(
    standin: GraphStandIn, fault: Any, kind: type[CollectorError]
) -> None:
    held = first_run(standin)
    standin.faults.add(standin.name, fault, after=3, times=None, seconds=900)
    mentions, _, _, error = pull(source(standin), WEEK)
    assert isinstance(error, kind)
    assert 0 < len(mentions) < len(held)
    fates: list[Rechecked] = []
    with pytest.raises(kind):
        fates.extend(integration(standin.name).recheck.load()(source(standin), list(held.values())))
    assert not [fate for fate in fates if isinstance(fate, Gone)]


def test_links_that_go_in_a_circle_end_the_list_alone(standin: GraphStandIn) -> None:
    standin.faults.add(standin.name, "repeat_token", times=None)
    mentions, odds, _, error = pull(source(standin), WEEK)
    assert error is None
    assert mentions
    assert [odd for odd in odds if odd.stops and "circle" in odd.why]


def test_at_the_limit_the_platform_is_left_alone(standin: GraphStandIn) -> None:
    standin.usage = 100
    *_, error = pull(source(standin), WEEK)
    assert isinstance(error, PlatformUnavailable)
    assert error.retry_after == 300


def test_too_heavy_a_page_is_asked_for_by_halves() -> None:
    with FacebookStandIn(AT) as standin:
        whole = first_run(standin)
        standin.heaviest = 3
        assert first_run(standin).keys() == whole.keys()


def test_a_persons_token_gets_the_pages_own() -> None:
    with FacebookStandIn(AT) as standin:
        person, table = standin.consent.token(), standin.table(lambda _, value: value)
        *_, error = pull(source(standin, access_token=person), WEEK)
        assert isinstance(error, PlatformRefused)
        assert "the Page's own token" in str(error)
        http = client(egress=Egress(named=addresses_in(table)))
        assert page_token(http, table, person) == standin.token


def test_hashtags_that_instagram_does_not_answer_for_are_named() -> None:
    with InstagramStandIn(AT) as standin:
        tags = [*standin.gallery.refused, "nosuchhashtag", "nwlondon"]
        mentions, odds, kept, error = pull(source(standin, hashtags=tags), HOURS)
        assert error is None
        assert [odd.item for odd in odds if isinstance(odd, SkippedItem) and "hashtag " in odd.item] == [
            "hashtag 1", "hashtag 2",
        ]  # fmt: skip
        assert [mention for mention in mentions if "#nwlondon" in mention.matched]
        assert kept["hashtags"].startswith("nwlondon=")
