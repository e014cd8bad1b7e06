from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from tests.collectors.cases import SECRET, client, page, pull, source

BASE = "https://api.linkedin.com/rest"
NOTIFICATIONS, POSTS = f"{BASE}/organizationalEntityNotifications", f"{BASE}/posts"
NOTHING: dict[str, Any] = {"paging": {"start": 0, "count": 100, "total": 0}, "elements": []}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"serviceErrorCode": 65600, "message": "Invalid access token"}, ("is not valid", "connect")),
        (401, {"serviceErrorCode": 65601, "message": SECRET}, ("was revoked", "connect")),
        (401, {"serviceErrorCode": 65602, "message": SECRET}, ("has expired", "connect")),
        (401, {"serviceErrorCode": 7, "code": "EXPIRED_ACCESS_TOKEN"}, ("has expired", "401/7")),
        (401, {"message": "The token was revoked by the user"}, ("was revoked", "401")),
        (401, ["no object"], ("is not accepted", "connect")),
        (403, {"serviceErrorCode": 100, "code": "ACCESS_DENIED", "message": f"Not enough permissions: {SECRET}"},
         ("rw_organization_admin", "connect")),
        (404, {"status": 404, "message": "Could not find organization"}, ("no such", "organization")),
        (404, {"message": "no Route matched"}, ("nothing at this address",)),
        (404, {"code": "RESOURCE_NOT_FOUND", "message": "No virtual resource found"}, ("address",)),
        (426, {"message": "Requested version 20250900 is not active"}, ("raise `version`", "[collectors.linkedin]")),
        (400, {"message": SECRET}, ("organization",)),
    ],
)  # fmt: skip
def test_what_linkedin_refuses_is_said_with_the_mend(
    web: responses.RequestsMock, status: int, body: Any, words: tuple[str, ...]
) -> None:
    web.get(NOTIFICATIONS, status=status, json=body)
    *_, problem = pull(source("linkedin"))
    assert isinstance(problem, PlatformRefused)
    assert all(word in str(problem) for word in words)
    assert SECRET not in str(problem)
    assert len(web.calls) == 1


def test_reading_posts_takes_another_permission(web: responses.RequestsMock) -> None:
    web.get(NOTIFICATIONS, json=NOTHING)
    web.get(POSTS, status=403, json={"code": "ACCESS_DENIED"})
    assert "r_organization_social" in str(pull(source("linkedin"))[3])


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"Date": "Tue, 24 Nov 2026 21:00:00 GMT"}, 3 * 3600), ({"Retry-After": "900"}, 900)],
)
def test_calls_that_are_used_up_open_again_at_midnight(
    web: responses.RequestsMock, headers: dict[str, str], wait: float
) -> None:
    web.get(NOTIFICATIONS, status=429, json={"status": 429}, headers=headers)
    *_, problem = pull(source("linkedin", http=client(longest_wait=60)))
    assert isinstance(problem, PlatformUnavailable)
    assert problem.retry_after == wait
    assert len(web.calls) == 1


def test_what_came_before_an_error_is_kept(web: responses.RequestsMock) -> None:
    web.get(NOTIFICATIONS, json=page("linkedin/notifications.json"))
    web.get(POSTS, status=500)
    listed, _, kept, problem = pull(source("linkedin"))
    assert len(listed) == 6
    assert isinstance(problem, CollectorError)
    assert kept == {}
