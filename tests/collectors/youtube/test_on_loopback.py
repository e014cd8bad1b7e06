"""YouTube against the demo's stand-in, from a first run to a rejection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from collectors import factory
from collectors.base import Gone, Rechecked
from collectors.platforms import integration
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention
from demo.platforms.youtube import YouTubeStandIn
from tests.collectors.cases import AT, client, pull

WEEK = AT - timedelta(days=7)
HOURS = AT - timedelta(hours=4)


@pytest.fixture
def standin() -> Iterator[YouTubeStandIn]:
    with YouTubeStandIn(AT) as one:
        yield one


def source(standin: YouTubeStandIn, **more: Any) -> Any:
    kept = more.pop("state", {})
    table = standin.table(lambda _, value: value) | more
    ours = {"youtube": frozenset({standin.own.lower()})}
    return factory.build(
        "youtube", table, http=client(), at=AT, state=kept, terms=(), register=ours, official=ours
    )


def first_run(standin: YouTubeStandIn) -> tuple[dict[str, Mention], dict[str, str]]:
    found, told, kept, problem = pull(source(standin), WEEK)
    assert problem is None
    assert not [odd for odd in told if odd.stops]
    return {mention.issued_id: mention for mention in found}, kept


def test_a_first_run_finds_all_videos_and_every_comment_on_them(standin: YouTubeStandIn) -> None:
    found, kept = first_run(standin)
    assert found.keys() == standin.catalogue.videos.keys() | standin.catalogue.comments.keys()
    for number, comment in standin.catalogue.comments.items():
        assert found[number].text == comment.text
        assert found[number].hidden is (comment.status != "published")
        assert found[number].parent_id == (comment.parent or comment.video)
        assert found[number].root_id == comment.video
    assert {mention.author.bio for mention in found.values()} > {""}
    lists = [request.path for request in standin.requests if request.path.startswith("/youtube/")]
    searches = sum(path.endswith("/search") for path in lists)
    spent = [int(kept[what].split()[1]) for what in ("searches", "units")]
    assert spent == [searches, len(lists) - searches]


def test_a_video_that_search_names_and_the_list_lacks_is_told_and_not_followed(
    standin: YouTubeStandIn,
) -> None:
    own = {video.id for video in standin.catalogue.videos.values() if video.channel == standin.own}
    gone = min(standin.catalogue.videos.keys() - own)
    standin.catalogue.gone.add(gone)
    found, told, kept, problem = pull(source(standin), WEEK)
    assert problem is None
    by_id = {mention.issued_id: mention for mention in found}
    assert (by_id[gone].deleted, by_id[gone].text, by_id[gone].author.id) == (True, "", "")
    assert [odd.why for odd in told if "no more" in odd.why] == [
        "videos that search names and that are there no more (deleted, or private now): 1; left out"
    ]
    assert not [odd for odd in told if odd.stops]
    assert gone not in kept["videos"]
    others = standin.catalogue.videos.keys() - {gone}
    assert all(by_id[video].text and not by_id[video].deleted for video in others)


def test_a_followed_video_that_is_gone_is_told_once_and_marked_as_deleted(
    standin: YouTubeStandIn,
) -> None:
    _, kept = first_run(standin)
    gone = min(json.loads(kept["videos"]))
    standin.catalogue.gone.add(gone)
    found, told, later, problem = pull(source(standin, state=kept), AT)
    assert problem is None
    assert [mention.issued_id for mention in found if mention.deleted] == [gone]
    assert [odd.item.startswith("comments of video ") for odd in told if "no more" in odd.why] == [
        True
    ]
    assert gone not in later["videos"]
    again = pull(source(standin, state=later), AT)
    assert not [odd for odd in again[1] if "comments of video" in odd.item]


def test_the_next_run_finds_what_is_new(standin: YouTubeStandIn) -> None:
    found, kept = first_run(standin)
    standin.change()
    later = {mention.issued_id: mention for mention in pull(source(standin, state=kept), HOURS)[0]}
    assert sorted(later[key].kind for key in later.keys() - found.keys()) == ["comment", "reply"]
    assert [key for key in later.keys() & found.keys() if later[key].text != found[key].text]
    assert [key for key in later.keys() & found.keys() if later[key].hidden > found[key].hidden]


def test_a_recheck_sees_what_was_edited_held_and_deleted(standin: YouTubeStandIn) -> None:
    found, _ = first_run(standin)
    there = standin.catalogue.videos.keys() | standin.catalogue.comments.keys()
    standin.change()
    fates: list[Rechecked] = list(
        integration("youtube").recheck.load()(source(standin), list(found.values()))
    )
    gone = {fate.issued_id for fate in fates if isinstance(fate, Gone)}
    assert gone == there - (standin.catalogue.videos.keys() | standin.catalogue.comments.keys())
    fresh = {fate.issued_id: fate for fate in fates if isinstance(fate, Mention)}
    assert fresh.keys() == found.keys() - gone
    assert [key for key in fresh if fresh[key].text != found[key].text]
    for number, comment in standin.catalogue.comments.items():
        if number in fresh:
            assert fresh[number].hidden is (comment.status != "published")


def test_a_comment_is_held_shown_again_and_rejected(standin: YouTubeStandIn) -> None:
    found, _ = first_run(standin)
    moderation, built = integration("youtube").moderation.load(), source(standin)
    theirs = [
        mention for mention in found.values() if mention.kind == "comment" and not mention.own
    ]
    ours = [one for one in theirs if standin.catalogue.videos[one.root_id].channel == standin.own]
    for name, status in (("hold", "heldForReview"), ("release", "published")):
        assert moderation.may(built, ours[0], moderation.actions[name]) == ""
        moderation.act(built, ours[0], moderation.actions[name])
        assert standin.catalogue.comments[ours[0].issued_id].status == status
    moderation.act(built, ours[0], moderation.actions["reject"])
    assert ours[0].issued_id not in standin.catalogue.comments
    other = next(one for one in theirs if one not in ours)
    with pytest.raises(PlatformRefused, match="not under a video of our own"):
        moderation.act(built, other, moderation.actions["hold"])


def test_channels_in_our_name_are_found(standin: YouTubeStandIn) -> None:
    listed = list(
        integration("youtube").profiles.load()(source(standin), ["NHS North West London"])
    )
    assert standin.own in {one.author.id for one in listed if isinstance(one, Mention)}


def test_a_quota_that_youtube_says_is_used_up_waits_for_its_midnight(
    standin: YouTubeStandIn,
) -> None:
    standin.fail(403, "quotaExceeded")
    *_, problem = pull(source(standin), WEEK)
    assert isinstance(problem, PlatformUnavailable)
    assert 0 < (problem.retry_after or 0) <= 25 * 3600


def test_a_failure_that_passes_costs_nothing(standin: YouTubeStandIn) -> None:
    standin.fail(400, "processingFailure")
    assert len({mention.key for mention in pull(source(standin), WEEK)[0]}) == len(
        standin.catalogue.videos.keys() | standin.catalogue.comments.keys()
    )


def test_a_token_that_comes_again_stops_the_run(standin: YouTubeStandIn) -> None:
    standin.faults.add("youtube", "repeat_token", path="/youtube/v3/commentThreads", after=1)
    told = pull(source(standin), WEEK)[1]
    assert ["circle" in odd.why for odd in told if odd.stops] == [True]
