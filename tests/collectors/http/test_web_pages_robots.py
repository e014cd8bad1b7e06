from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from collectors.http.web_pages import Robots
from core.errors import PlatformUnavailable
from tests.collectors.cases import client

ADDRESS = "https://news.example.org/robots.txt"
PAGE = "https://news.example.org/members/a"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def robots(user_agent: str = "nwl-mentions/0.1 (of an NHS body)") -> Robots:
    return Robots(client(user_agent=user_agent, attempts=1))


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /members/", False),
        ("User-agent: *\nDisallow: /\nAllow: /members/", True),
        ("User-agent: NWL-Mentions\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: nwl-mentions\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: mentions\nDisallow: /", True),
        ("User-agent: *\nDisallow: /*/a$", False),
        ("<html><body>Welcome</body></html>", True),
        ("\ufeffUser-agent: *\nDisallow: /members/", False),
    ],
)
def test_the_rules_for_our_own_name_are_kept(
    rules: str, allowed: bool, web: responses.RequestsMock
) -> None:
    web.get(ADDRESS, body=rules)
    assert robots().allows(PAGE) is allowed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_where_there_are_no_rules_all_is_allowed(status: int, web: responses.RequestsMock) -> None:
    web.get(ADDRESS, status=status, body="User-agent: *\nDisallow: /")
    assert robots().allows(PAGE)


@pytest.mark.parametrize(
    "trouble",
    [{"status": 429}, {"status": 500}, {"status": 503}, {"body": requests.ConnectionError("no")}],
)
def test_where_the_rules_can_not_be_had_nothing_is(
    trouble: dict[str, Any], web: responses.RequestsMock
) -> None:
    web.get(ADDRESS, **trouble)
    asked = robots()
    for _ in range(2):
        with pytest.raises(PlatformUnavailable, match=r"news\.example\.org"):
            asked.allows(PAGE)
    assert len(web.calls) == 1


def test_a_redirect_of_the_rules_is_followed(web: responses.RequestsMock) -> None:
    web.get(ADDRESS, status=301, headers={"Location": "https://www.example.org/robots.txt"})
    web.get("https://www.example.org/robots.txt", body="User-agent: *\nDisallow: /members/")
    assert not robots().allows(PAGE)


def test_each_host_is_asked_once_and_for_itself(web: responses.RequestsMock) -> None:
    web.get(ADDRESS, body="User-agent: *\nDisallow: /\nCrawl-delay: 7")
    web.get("https://blog.example.org/robots.txt", status=404)
    asked = robots()
    for _ in range(2):
        assert not asked.allows(PAGE)
        assert asked.allows("https://blog.example.org/a")
    assert (asked.delay(PAGE), asked.delay("https://blog.example.org/a")) == (7, 0)
    assert len(web.calls) == 2


def test_a_user_agent_without_a_name_is_bound_by_the_rules_for_all(
    web: responses.RequestsMock,
) -> None:
    web.get(ADDRESS, body="User-agent: *\nDisallow: /")
    assert not robots("(none)").allows(PAGE)
