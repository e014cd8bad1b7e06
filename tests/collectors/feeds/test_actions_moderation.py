from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from collectors.feeds.actions import ACTIONS, MODERATION, act, may, recheck
from collectors.platforms import integration
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import SECRET
from tests.collectors.feeds.test_actions import (
    API,
    COMMENTS,
    FEED,
    LOGIN,
    SITE,
    comment,
    held,
    site,
)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def moderated(
    web: responses.RequestsMock, before: str, after: str, status: int = 200, code: str = ""
) -> None:
    """The comment as it is, and what a POST answers."""
    web.get(f"{API}/comments/12", json={**COMMENTS[1], "status": before})
    body = {"code": code} if code else {**COMMENTS[1], "status": after}
    web.post(f"{API}/comments/12", status=status, json=body)


@pytest.mark.parametrize(
    ("name", "sent", "before", "after"),
    [
        ("hold", "hold", "approved", "hold"), ("release", "approve", "hold", "approved"),
        ("spam", "spam", "approved", "spam"), ("unspam", "unspam", "spam", "hold"),
        ("trash", "trash", "approved", "trash"), ("untrash", "untrash", "trash", "approved"),
    ],
)  # fmt: skip
def test_an_action_sets_the_status_and_is_held_against_the_answer(
    name: str, sent: str, before: str, after: str, web: responses.RequestsMock
) -> None:
    moderated(web, before, after)
    assert may(site(**LOGIN), comment(), ACTIONS[name]) == ""
    act(site(**LOGIN), comment(), ACTIONS[name])
    request = web.calls[-1].request
    assert (request.method, request.body) == ("POST", f"status={sent}")
    signed = base64.b64encode(f"comms:{SECRET}".encode()).decode()
    assert request.headers["Authorization"] == f"Basic {signed}"


def test_what_is_done_already_is_not_done_again(web: responses.RequestsMock) -> None:
    moderated(web, "hold", "hold")
    act(site(**LOGIN), comment(), ACTIONS["hold"])
    assert [call.request.method for call in web.calls] == ["GET"]


@pytest.mark.parametrize(
    ("status", "code", "kind", "says"),
    [
        (200, "", PlatformUnavailable, "did not confirm it"),
        (401, "rest_cannot_edit", PlatformRefused, "Application|application password"),
        (403, "rest_cannot_edit", PlatformRefused, "role Editor"),
        (500, "rest_comment_failed_edit", PlatformUnavailable, "500"),
    ],
)
def test_what_was_not_done_is_an_error(
    status: int, code: str, kind: type[Exception], says: str, web: responses.RequestsMock
) -> None:
    moderated(web, "approved", "approved", status, code)
    with pytest.raises(kind, match=says) as raised:
        act(site(**LOGIN), comment(), ACTIONS["hold"])
    assert SECRET not in str(raised.value)


def test_a_comment_that_is_gone_can_not_be_acted_on(web: responses.RequestsMock) -> None:
    web.get(f"{API}/comments/12", status=404, json={"code": "rest_comment_invalid_id"})
    with pytest.raises(PlatformRefused, match="deleted"):
        act(site(**LOGIN), comment(), ACTIONS["hold"])


@pytest.mark.parametrize(
    ("mention", "keys", "says"),
    [
        (comment(), {}, "no user and password"),
        (comment(issuer=FEED), LOGIN, "not read from a site of our own"),
        (held("post:5", issuer=SITE), LOGIN, "only comments"),
        (comment(own=True), LOGIN, "the organisation's own"),
    ],
)
def test_what_may_not_be_acted_on_is_not(
    mention: Mention, keys: dict[str, Any], says: str, web: responses.RequestsMock
) -> None:
    assert says in may(site(**keys), mention, ACTIONS["hold"])
    with pytest.raises(PlatformRefused, match=says):
        act(site(**keys), mention, ACTIONS["hold"])
    assert not web.calls


def test_every_action_can_be_taken_back_and_says_until_when() -> None:
    for name, action in ACTIONS.items():
        assert action.name == name
        assert ACTIONS[action.undo].undo == name
    assert "30 days" in ACTIONS["trash"].does
    assert integration("feeds").moderation.load() is MODERATION
    assert integration("feeds").recheck.load() is recheck
