"""Mentions in others' stories. Form: Messenger Platform for Instagram, Story Mention and Conversations; read 2026-11-29."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from hypothesis import given

from collectors import registry
from collectors.base import ODD_ERRORS, Gone
from collectors.instagram.actions import recheck
from collectors.instagram.collector import STORIES
from collectors.instagram.parse import story_mention
from core.errors import ConfigError, PlatformRefused
from core.models import Mention
from tests.collectors.cases import AT, CASES, SECRET, answer, pull, source
from tests.collectors.mutants import mutants

ROOT = "https://graph.facebook.com/v26.0"
PAGE, PAGE_TOKEN = "100000000000001", "page-token-of-nobody"
MESSAGE: dict[str, Any] = {
    "id": "aWdfZAG1faXRlbToxOk", "created_time": "2026-11-24T07:00:00+0000", "from": {"id": "990000000000001", "username": "jo_sample_brent"},
    "story": {"mention": {"link": "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=x", "id": "17900000000000001"}},
}  # fmt: skip
CONVERSATIONS: dict[str, Any] = {
    "data": [
        {"id": "c1", "updated_time": "2026-11-24T07:00:00+0000", "messages": {"data": [
            MESSAGE,
            {"id": "m2", "created_time": "2026-11-24T06:00:00+0000", "from": {"id": "990000000000001", "username": "jo_sample_brent"}},
            {"id": "m3", "created_time": "2026-11-24T05:00:00+0000", "story": {"reply_to": {"link": "https://x", "id": "1"}}},
            {"id": "m4", "created_time": "2026-10-01T05:00:00+0000", "from": {}, "story": {"mention": {"link": "", "id": "17900000000000009"}}},
        ]}},
        {"id": "c2", "updated_time": "2026-11-23T07:00:00+0000"},
    ]
}  # fmt: skip


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{ROOT}/{PAGE}", json={"id": PAGE, "access_token": PAGE_TOKEN})
        mock.get(f"{ROOT}/{PAGE}/conversations", json=CONVERSATIONS)
        answer(mock, "instagram", CASES["instagram"]["routes"])
        yield mock


def run(**table: Any) -> Any:
    return pull(source("instagram", story_mentions=True, page_id=PAGE, **table))


def stories(found: list[Mention]) -> list[Mention]:
    return [mention for mention in found if STORIES in mention.matched]


def test_a_mention_in_a_story_is_known_by_the_story_and_nothing_of_it_is_kept(
    web: responses.RequestsMock,
) -> None:
    found, _, _, error = run()
    assert error is None
    (story,) = stories(found)
    assert (story.issued_id, story.kind, story.author.handle) == (
        "story:17900000000000001",
        "post",
        "jo_sample_brent",
    )
    assert story.text.startswith("A story mentions our account. Open it within a day")
    assert story.url == MESSAGE["story"]["mention"]["link"]
    assert (story.images, story.media) == ((), ())


def test_no_word_of_a_private_message_is_asked_for_and_the_page_asks(
    web: responses.RequestsMock,
) -> None:
    run()
    (call,) = [call for call in web.calls if "/conversations" in str(call.request.url)]
    query = parse_qs(urlsplit(str(call.request.url)).query)
    assert query["platform"] == ["instagram"]
    assert query["fields"] == ["updated_time,messages.limit(20){id,created_time,from,story}"]
    assert call.request.headers["Authorization"] == f"Bearer {PAGE_TOKEN}"
    others = [
        one.request.headers["Authorization"]
        for one in web.calls
        if "/conversations" not in str(one.request.url)
    ]
    assert set(others) == {f"Bearer {SECRET}"}


def test_they_are_asked_for_only_where_they_are_wanted(web: responses.RequestsMock) -> None:
    pull(source("instagram"))
    assert not any("/conversations" in str(call.request.url) for call in web.calls)


def test_without_a_role_on_the_page_a_person_is_told(web: responses.RequestsMock) -> None:
    web.replace(responses.GET, f"{ROOT}/{PAGE}", json={"id": PAGE})
    found, _, _, error = run()
    assert isinstance(error, PlatformRefused)
    assert "page_id" in str(error)
    assert found, "all else was read before"


def test_it_needs_the_page_that_the_account_is_linked_to() -> None:
    with pytest.raises(ConfigError, match="page_id: "):
        source("instagram", story_mentions=True)


def test_by_instagrams_own_login_the_account_itself_is_asked() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        host = "https://graph.instagram.com/v26.0"
        web.get(f"{host}/17841400000000001/conversations", json=CONVERSATIONS)
        web.get(f"{host}/17841400000000001/media", json={"data": []})
        web.get(f"{host}/17841400000000001/tags", json={"data": []})
        table = {
            "login": "instagram",
            "hashtags": [],
            "mentioned_media": [],
            "mentioned_comments": [],
            "story_mentions": True,
        }
        found, _, _, error = pull(source("instagram", **table))  # type: ignore[arg-type]
    assert error is None
    assert len(stories(found)) == 1


def test_a_story_is_over_after_a_day_and_so_is_what_we_hold_of_it(
    web: responses.RequestsMock,
) -> None:
    (story,) = stories(run()[0])
    collector: Any = source("instagram", story_mentions=True, page_id=PAGE)
    assert not [thing for thing in recheck(collector, [story]) if isinstance(thing, Gone)]
    later = dataclasses.replace(collector, at=AT + timedelta(days=1))
    assert [thing.issued_id for thing in recheck(later, [story]) if isinstance(thing, Gone)] == [
        story.issued_id
    ]


def test_access_is_asked_for_messages_only_where_stories_are_wanted() -> None:
    without, with_stories = (
        registry.grant("instagram"),
        registry.grant("instagram", {"story_mentions": True}),
    )
    assert without is not None
    assert with_stories is not None
    assert set(with_stories.scopes) - set(without.scopes) == {
        "instagram_manage_messages",
        "pages_manage_metadata",
    }


@given(mutants(MESSAGE))
def test_an_odd_message_costs_only_itself(message: Any) -> None:
    try:
        story_mention(message, frozenset(), AT)
    except ODD_ERRORS:
        return
