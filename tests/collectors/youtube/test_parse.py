from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import ODD_ERRORS, each
from collectors.youtube.parse import (
    About,
    from_search,
    replies,
    times,
    to_comment,
    to_profile,
    to_thread,
    to_video,
)
from core.models import Mention
from tests.collectors.cases import AT, page
from tests.collectors.mutants import mutants

OURS = frozenset({"ucaaaaaaaaaaaaaaaaaaaaaa", "nhsnwl"})
ABOUT = About(at=AT, ours=OURS)
THREAD = page("youtube/own_threads.json")["items"][0]
COMMENT = THREAD["snippet"]["topLevelComment"]


def test_the_least_of_a_comment_is_an_id_and_words() -> None:
    found = to_comment({"id": "Ugx1", "snippet": {"textDisplay": "Hello"}}, ABOUT)
    assert (found.kind, found.text, found.author.id, found.metrics) == ("comment", "Hello", "", {})
    assert found.url == "https://www.youtube.com/"
    mention, doubt = list(each([0], lambda _: found, at=AT))
    assert isinstance(mention, Mention)
    assert mention.posted_at == AT
    assert "no time" in getattr(doubt, "why", "")


def test_the_least_of_a_video_is_an_id_and_a_title() -> None:
    found = to_video({"id": "bbbbbbbbbbb", "snippet": {"title": "Hello"}}, ABOUT)
    assert (found.text, found.metrics, found.images, found.language) == ("Hello", {}, (), "")


@pytest.mark.parametrize(
    ("written", "pictures"),
    [("https://yt3.ggpht.com/a.png", ("https://yt3.ggpht.com/a.png",)), (None, ()), ("", ()), (7, ()), ("javascript:x", ())],
)  # fmt: skip
def test_a_picture_in_a_comment_is_handed_on(written: Any, pictures: tuple[str, ...]) -> None:
    snippet = {"textDisplay": "", "imageUrl": written}
    assert to_comment({"id": "Ugx1", "snippet": snippet}, ABOUT).images == pictures


def test_the_text_as_written_serves_where_none_is_shown() -> None:
    snippet = {"textOriginal": "Hello"}
    assert to_comment({"id": "Ugx1", "snippet": snippet}, ABOUT).text == "Hello"
    assert to_comment({"id": "Ugx1", "snippet": {**snippet, "textDisplay": ""}}, ABOUT).text == ""


def test_a_reply_that_does_not_name_its_parent_has_it_in_its_id() -> None:
    found = to_comment({"id": "Ugx1.9a", "snippet": {"textDisplay": "Me too"}}, ABOUT, "v")
    assert (found.kind, found.parent_id, found.root_id) == ("reply", "Ugx1", "v")


def test_a_comment_on_a_channel_itself_has_no_parent() -> None:
    found = to_comment({"id": "Ugx1", "snippet": {"textDisplay": "Hi", "channelId": "UCx"}}, ABOUT)
    assert (found.parent_id, found.root_id) == ("", "")
    assert found.url == "https://www.youtube.com/channel/UCx"


@pytest.mark.parametrize(
    ("state", "held", "hidden"),
    [
        (None, False, False),
        (None, True, True),
        ("published", True, False),
        ("heldForReview", False, True),
        ("likelySpam", True, True),
        ("rejected", False, True),
    ],
)
def test_a_comments_own_state_comes_before_the_lists(
    state: str | None, held: bool, hidden: bool
) -> None:
    comment = {"id": "Ugx1", "snippet": {"textDisplay": "Hi", "moderationStatus": state}}
    assert to_comment(comment, About(at=AT, ours=OURS, held_for_review=held)).hidden is hidden


def test_what_we_said_is_known_by_channel_or_by_handle() -> None:
    by_handle = {"textDisplay": "Hi", "authorDisplayName": "@NHSNWL"}
    assert to_comment({"id": "Ugx1", "snippet": by_handle}, ABOUT).own
    by_id = {"textDisplay": "Hi", "authorChannelId": {"value": "UCaaaaaaaaaaaaaaaaaaaaaa"}}
    assert to_comment({"id": "Ugx1", "snippet": by_id}, ABOUT).own
    assert not to_comment(COMMENT, ABOUT).own


def test_a_private_video_is_hidden() -> None:
    video = page("youtube/videos1.json")["items"][0]
    assert to_video({**video, "status": {"privacyStatus": "private"}}, ABOUT).hidden
    assert not to_video({**video, "status": {"privacyStatus": "unlisted"}}, ABOUT).hidden


def test_a_channel_is_a_profile_of_name_handle_and_description() -> None:
    found = to_profile(page("youtube/channels.json")["items"][0], ABOUT)
    assert (found.kind, found.issued_id) == ("profile", "profile:UCbbbbbbbbbbbbbbbbbbbbbb")
    assert found.text == "Ana Example\n@ana-example\nPractice nurse & runner."
    assert found.url == "https://www.youtube.com/channel/UCbbbbbbbbbbbbbbbbbbbbbb"
    assert found.author.avatar == "https://yt3.ggpht.com/ana-example=s800"


def test_a_thread_of_any_shape_has_a_list_of_replies_and_times() -> None:
    assert replies({}) == replies({"replies": []}) == replies({"replies": {"comments": 3}}) == []
    assert list(times([3, None, {}, {"snippet": {"topLevelComment": {"snippet": 4}}}])) == []


READERS: list[tuple[Callable[..., Mention], Any]] = [
    (to_thread, THREAD),
    (to_comment, COMMENT),
    (to_video, page("youtube/videos1.json")["items"][0]),
    (from_search, page("youtube/search1.json")["items"][0]),
    (to_profile, page("youtube/channels.json")["items"][0]),
]


@given(st.data())
@pytest.mark.parametrize(("read", "item"), READERS)
def test_an_item_of_any_shape_is_a_mention_or_an_odd_item(
    read: Callable[..., Mention], item: Any, data: st.DataObject
) -> None:
    spoiled = data.draw(mutants(item))
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(read(spoiled, about=ABOUT), Mention)
    assert list(each([spoiled], partial(read, about=ABOUT), at=AT))
