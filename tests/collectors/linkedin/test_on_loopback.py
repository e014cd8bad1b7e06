"""LinkedIn against the demo's stand-in, from a first run to a deletion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from collectors import factory
from collectors.base import Gone, Rechecked
from collectors.platforms import integration
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention
from demo.platforms.linkedin import LinkedInStandIn
from tests.collectors.cases import AT, client, pull

WEEK = AT - timedelta(days=7)
HOURS = AT - timedelta(hours=4)


@pytest.fixture
def standin() -> Iterator[LinkedInStandIn]:
    with LinkedInStandIn(AT) as one:
        yield one


def source(standin: LinkedInStandIn, **more: Any) -> Any:
    kept = more.pop("state", {})
    table = standin.table(lambda _, value: value) | more
    ours = {"linkedin": frozenset({table["organization"].rpartition(":")[2]})}
    return factory.build(
        "linkedin", table, http=client(), at=AT, state=kept, terms=("ICB",), register=ours,
        official=ours,
    )  # fmt: skip


def first_run(standin: LinkedInStandIn) -> tuple[dict[str, Mention], dict[str, str]]:
    found, told, kept, problem = pull(source(standin), WEEK)
    assert problem is None
    assert not [odd for odd in told if odd.stops]
    return {mention.issued_id: mention for mention in found}, kept


def comments(standin: LinkedInStandIn) -> dict[str, Any]:
    return {one.urn: one for one in standin.page.comments.values()}


def test_a_first_run_finds_every_post_and_comment_under_one_id(standin: LinkedInStandIn) -> None:
    found, _ = first_run(standin)
    assert found.keys() >= comments(standin).keys() | {p.urn for p in standin.page.posts.values()}
    for urn, comment in comments(standin).items():
        post = standin.page.posts[comment.activity].urn
        assert (found[urn].text, found[urn].root_id) == (comment.text, post)
        above = standin.page.comments[comment.parent].urn if comment.parent else post
        assert found[urn].parent_id == above
    assert {mention.kind for mention in found.values()} == {"post", "comment", "reply", "quote"}
    assert any(mention.own for mention in found.values() if mention.kind == "reply")


def test_the_next_run_finds_what_is_new_with_a_few_calls(standin: LinkedInStandIn) -> None:
    found, kept = first_run(standin)
    left = standin.calls
    standin.change()
    listed = pull(source(standin, state=kept), HOURS)[0]
    later = {mention.issued_id: mention for mention in listed}
    kinds = sorted(later[key].kind for key in later.keys() - found.keys())
    assert kinds == ["comment", "post", "reply"]
    assert [key for key in later.keys() & found.keys() if later[key].text != found[key].text]
    assert [mention.issued_id in found for mention in listed if mention.deleted] == [True]
    assert left - standin.calls < 15


def test_a_recheck_sees_what_was_edited_and_deleted(standin: LinkedInStandIn) -> None:
    found, _ = first_run(standin)
    there = comments(standin).keys()
    standin.change()
    fates: list[Rechecked] = list(
        integration("linkedin").recheck.load()(source(standin), list(found.values()))
    )
    gone = {fate.issued_id for fate in fates if isinstance(fate, Gone)}
    assert gone == there - comments(standin).keys()
    fresh = {fate.issued_id: fate for fate in fates if isinstance(fate, Mention)}
    assert [key for key in fresh if fresh[key].text != found[key].text]
    told_of = {key for key, mention in found.items() if key in standin.page.others}
    assert fresh.keys() == found.keys() - gone - told_of  # members' posts are closed to a Page


def test_a_comment_is_deleted_where_linkedin_lets_us(standin: LinkedInStandIn) -> None:
    found, _ = first_run(standin)
    moderation, built = integration("linkedin").moderation.load(), source(standin)
    comment = next(one for one in found.values() if one.kind == "comment" and not one.own)
    standin.may_delete = False
    with pytest.raises(PlatformRefused, match="delete it there"):
        moderation.act(built, comment, moderation.actions["delete"])
    standin.may_delete = True
    moderation.act(built, comment, moderation.actions["delete"])
    assert comment.issued_id not in comments(standin)


def test_calls_that_are_used_up_wait_for_midnight(standin: LinkedInStandIn) -> None:
    standin.calls = 0
    *_, problem = pull(source(standin), WEEK)
    assert isinstance(problem, PlatformUnavailable)
    assert 0 < (problem.retry_after or 0) <= 24 * 3600


def test_a_version_that_has_run_out_is_to_be_raised(standin: LinkedInStandIn) -> None:
    *_, problem = pull(source(standin, version="202501"), WEEK)
    assert "raise `version`" in str(problem)


def test_a_link_to_the_same_page_stops_the_run(standin: LinkedInStandIn) -> None:
    standin.faults.add("linkedin", "repeat_token", path="/rest/posts", times=None)
    told = pull(source(standin), WEEK)[1]
    assert [odd.item for odd in told if odd.stops] == ["own posts page 2"]
