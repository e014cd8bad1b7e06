"""Captions of our own videos. Form of captions.list and captions.download: YouTube Data API reference, read 2026-11-29."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import responses

from collectors.base import Gone
from collectors.youtube.actions import recheck
from collectors.youtube.parse import CAPTIONS_OF
from core.models import Mention
from tests.collectors.cases import AT, SECRET, pull, source

API = "https://www.googleapis.com/youtube/v3"
OURS = "UCaaaaaaaaaaaaaaaaaaaaaa"
VIDEO = "ourvideo001"
SRT = b"1\n00:00:00,000 --> 00:00:02,500\nThe board welcomes\n\n2\n00:00:02,500 --> 00:00:05,000\nthe people of Brent\n"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def track(number: str, **snippet: Any) -> dict[str, Any]:
    usual = {"videoId": VIDEO, "lastUpdated": "2026-11-20T10:00:00Z", "trackKind": "standard", "language": "en", "name": "", "isDraft": False, "status": "serving"}  # fmt: skip
    return {"kind": "youtube#caption", "etag": "e", "id": number, "snippet": usual | snippet}


def channel(web: responses.RequestsMock, *tracks: dict[str, Any], owner: str = OURS) -> None:
    """A channel with one new video and these tracks."""
    snippet = {"title": "Our board meeting", "description": "", "channelId": owner, "channelTitle": "NHS", "publishedAt": "2026-11-20T09:00:00Z"}  # fmt: skip
    web.get(
        f"{API}/commentThreads", json={"kind": "youtube#commentThreadListResponse", "items": []}
    )
    web.get(f"{API}/search", json={"kind": "youtube#searchListResponse", "items": [{"id": {"kind": "youtube#video", "videoId": VIDEO}, "snippet": snippet}]})  # fmt: skip
    web.get(f"{API}/videos", json={"kind": "youtube#videoListResponse", "items": [{"id": VIDEO, "snippet": snippet, "status": {"privacyStatus": "public"}}]})  # fmt: skip
    web.get(f"{API}/channels", json={"kind": "youtube#channelListResponse", "items": []})
    web.get(f"{API}/captions", json={"kind": "youtube#captionListResponse", "items": list(tracks)})
    web.get(f"{API}/captions/t1", body=SRT, content_type="application/octet-stream")
    web.get(
        f"{API}/captions/t2",
        body=b"1\n00:00:00,000 --> 00:00:01,000\nBonjour\n",
        content_type="application/octet-stream",
    )


def run(state: Mapping[str, str] | None = None, **table: Any) -> Any:
    usual: dict[str, Any] = {
        "channels": [OURS],
        "terms": [],
        "captions": True,
        "access_token": SECRET,
    }
    return pull(source("youtube", state=state or {}, names=(), **(usual | table)))


def said(found: list[Mention]) -> list[Mention]:
    return [mention for mention in found if mention.issued_id.startswith(CAPTIONS_OF)]


def asked(web: responses.RequestsMock) -> list[str]:
    return [str(call.request.url).partition("?")[0].removeprefix(f"{API}/") for call in web.calls if "/captions" in str(call.request.url)]  # fmt: skip


def test_what_is_said_in_our_video_stands_beside_it_as_our_own_words(
    web: responses.RequestsMock,
) -> None:
    channel(web, track("t2", language="fr"), track("t1"))
    found, _, _, error = run()
    assert error is None
    (spoken,) = said(found)
    assert (spoken.text, spoken.language) == ("The board welcomes\nthe people of Brent", "en")
    assert (spoken.kind, spoken.own, spoken.root_id) == ("video", True, VIDEO)
    assert spoken.author.id == OURS
    download = next(call for call in web.calls if "/captions/t1" in str(call.request.url))
    assert download.request.headers["Authorization"] == f"Bearer {SECRET}"
    assert "tfmt=srt" in str(download.request.url)


@pytest.mark.parametrize(
    "snippet", [{"trackKind": "ASR"}, {"trackKind": "asr"}, {"isDraft": True}, {"status": "failed"}]
)
def test_what_youtube_heard_by_itself_and_drafts_are_not_read(
    web: responses.RequestsMock, snippet: dict[str, Any]
) -> None:
    channel(web, track("t1", **snippet))
    found, *_ = run()
    assert said(found) == []
    assert asked(web) == ["captions"]


@pytest.mark.parametrize(
    ("tracks", "words"),
    [
        (({"id": "t2", "trackKind": "forced"}, {"id": "t1", "language": "cy"}), "The board"),
        (({"id": "t2", "trackKind": "ASR"}, {"id": "t1", "trackKind": "forced", "language": "fr"}), "The board"),
        (({"id": "t2", "trackKind": "forced"}, {"id": "t1"}), "The board"),
        (({"id": "t2", "status": "syncing"}, {"id": "t1", "language": "en-GB"}), "The board"),
    ],
)  # fmt: skip
def test_of_several_tracks_the_owners_whole_words_are_read(
    web: responses.RequestsMock, tracks: tuple[dict[str, Any], ...], words: str
) -> None:
    channel(web, *(track(**{"number": each.pop("id"), **each}) for each in map(dict, tracks)))
    (spoken,) = said(run()[0])
    assert spoken.text.startswith(words)


def on(day: int, state: Mapping[str, str], web: responses.RequestsMock) -> tuple[Any, list[str]]:
    """What a run so many days later finds, and what it asks of captions."""
    collector: Any = source("youtube", state=state, names=(), channels=[OURS], terms=[], captions=True, access_token=SECRET)  # fmt: skip
    before = len(asked(web))
    answer = pull(dataclasses.replace(collector, at=AT + timedelta(days=day)))
    return answer, asked(web)[before:]


@pytest.mark.parametrize("tracks", [(), (track("t1", status="syncing"),), (track("t1", isDraft=True),)])  # fmt: skip
def test_captions_that_come_days_after_their_video_are_read_then(
    web: responses.RequestsMock, tracks: tuple[dict[str, Any], ...]
) -> None:
    channel(web, *tracks)
    (_, _, state, _), _ = on(0, {}, web)
    (_, _, state, _), again = on(0, state, web)
    assert again == [], "once a day"
    web.replace(responses.GET, f"{API}/captions", json={"kind": "youtube#captionListResponse", "items": [track("t1")]})  # fmt: skip
    (found, _, state, _), _ = on(3, state, web)
    assert len(said(found)) == 1
    assert on(4, state, web)[1] == []


def test_a_video_that_gets_no_captions_is_asked_for_them_for_a_week(
    web: responses.RequestsMock,
) -> None:
    channel(web)
    state: Mapping[str, str] = {}
    looks = []
    for day in range(10):
        (_, _, state, error), calls = on(day, state, web)
        assert error is None
        looks.append(len(calls))
    assert looks == [1] * 8 + [0, 0]


@pytest.mark.parametrize("looked", ["soon", "2026-11-24", "2026-11-24 x", 5, None, [], {"a": 1}])
def test_what_an_earlier_run_left_that_makes_no_sense_is_looked_at_anew(
    web: responses.RequestsMock, looked: Any
) -> None:
    channel(web, track("t1"))
    found, _, state, _ = run({"captioned": json.dumps({VIDEO: looked})})
    assert len(said(found)) == 1
    assert json.loads(state["captioned"]) == {VIDEO: True}


def test_captions_are_read_once(web: responses.RequestsMock) -> None:
    channel(web, track("t1"))
    _, _, state, _ = run()
    assert json.loads(state["captioned"]) == {VIDEO: True}
    before = len(asked(web))
    found, *_ = run(state)
    assert (said(found), len(asked(web))) == ([], before)


def test_they_cost_250_units_and_wait_for_tomorrow_where_the_days_are_short(
    web: responses.RequestsMock,
) -> None:
    channel(web, track("t1"))
    _, _, state, _ = run()
    units = int(state["units"].split()[1])
    _, _, without, _ = run(captions=False)
    assert units - int(without["units"].split()[1]) == 250
    found, odd, state, error = run(units_a_day=260)
    assert (said(found), odd, error) == ([], [], None)
    assert json.loads(state["captioned"]) == {VIDEO: False}, "the next run goes on with it"


def test_a_day_reads_so_many_and_no_more(web: responses.RequestsMock) -> None:
    channel(web, track("t1"))
    found, _, state, error = run(captions_a_day=0)
    assert (said(found), error) == ([], None)
    found, *_ = run(state)
    assert len(said(found)) == 1


def test_another_channels_captions_are_not_asked_for(web: responses.RequestsMock) -> None:
    channel(web, track("t1"), owner="UCbbbbbbbbbbbbbbbbbbbbbb")
    run()
    assert asked(web) == []


def test_without_the_owners_access_nothing_is_asked_and_a_person_is_told(
    web: responses.RequestsMock,
) -> None:
    channel(web, track("t1"))
    _, odd, _, error = run(access_token="")
    assert asked(web) == []
    assert error is None
    assert [thing.item for thing in odd] == ["captions of our own videos"]


@pytest.mark.parametrize(
    ("status", "reason", "told"), [(403, "forbidden", 1), (404, "captionNotFound", 0)]
)
def test_a_refusal_costs_the_captions_alone(
    web: responses.RequestsMock, status: int, reason: str, told: int
) -> None:
    channel(web, track("t1"))
    error = {"error": {"code": status, "message": "no", "errors": [{"reason": reason}]}}
    web.replace(responses.GET, f"{API}/captions/t1", json=error, status=status)
    found, odd, _, failed = run()
    assert (said(found), failed) == ([], None)
    assert len(odd) == told
    assert any(mention.issued_id == VIDEO for mention in found)


def test_what_is_said_goes_with_its_video(web: responses.RequestsMock) -> None:
    channel(web, track("t1"))
    found, *_ = run()
    (spoken,) = said(found)
    collector: Any = source("youtube", channels=[OURS], access_token=SECRET)
    later = dataclasses.replace(collector, at=AT + timedelta(days=1))
    (again,) = [thing for thing in recheck(later, [spoken]) if isinstance(thing, Mention)]
    assert (again.text, again.fetched_at) == (spoken.text, AT + timedelta(days=1))
    web.replace(
        responses.GET, f"{API}/videos", json={"kind": "youtube#videoListResponse", "items": []}
    )
    (gone,) = [thing for thing in recheck(later, [spoken]) if isinstance(thing, Gone)]
    assert gone.issued_id == spoken.issued_id
