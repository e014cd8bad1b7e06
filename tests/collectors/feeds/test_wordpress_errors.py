from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from tests.collectors.cases import SECRET, pull, source
from tests.collectors.feeds.test_wordpress import (
    API,
    COMMENTS,
    LOGIN,
    POSTS,
    SITE,
    asked,
    listed,
    params,
    post,
    run,
)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def refused(web: responses.RequestsMock, path: str, status: int, code: str = "") -> None:
    body = {"code": code, "message": "No.", "data": {"status": status}}
    web.get(
        f"{API}/{path}", status=status, **({"json": body} if code else {"body": "<html>No</html>"})
    )


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "rest_not_logged_in"),
        (403, "rest_forbidden"),
        (404, "rest_no_route"),
        (401, ""),
        (403, ""),
        (404, ""),
    ],
)
def test_an_api_that_is_turned_off_is_named_once_with_what_to_do(
    status: int, code: str, web: responses.RequestsMock
) -> None:
    refused(web, "posts", status, code)
    web.get(f"{SITE}/", body="<html>Welcome</html>", content_type="text/html")
    *_, error = run()
    assert isinstance(error, PlatformRefused)
    assert str(error).count("is turned off or closed") == 1
    assert "[[collectors.feeds.feed]]" in str(error)
    assert str(status) in str(error)
    assert not params(web, "comments")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            b"<br />\n<b>Notice</b>: Undefined index [x] in <b>/a.php</b> on line <b>3</b><br />\n",
            b"",
        ),
        (b"<b>Warning</b>: on line <b>3</b><br />", b""),
        (b"[20-Nov-2026 09:45:00 UTC] PHP Notice: x\n", b""),
        (b"\xef\xbb\xbf\xef\xbb\xbf", b"\n<!-- cached -->"),
        (b"", b""),
    ],
)
def test_what_plugins_put_around_an_answer_does_no_harm(
    web: responses.RequestsMock, before: bytes, after: bytes
) -> None:
    for path, items in (("posts", POSTS[:1]), ("comments", [])):
        body = before + json.dumps(items).encode() + after
        web.get(f"{API}/{path}", body=body, content_type="text/html; charset=UTF-8")
    mentions, _, _, error = run()
    assert ([one.issued_id for one in mentions], error) == (["post:5"], None)


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE html><script>\n[{"id": 1}]\n</script>',
        "<b>Notice</b>\n" + json.dumps(POSTS)[:-20],
        json.dumps(POSTS, indent=1)[:-20],
        "Soon back []",
    ],
)
def test_a_page_or_half_of_an_answer_is_not_taken_for_one(
    web: responses.RequestsMock, body: str
) -> None:
    web.get(f"{API}/posts", body=body, content_type="text/html")
    mentions, odds, _, error = run()
    assert (mentions, odds) == ([], [])
    assert isinstance(error, PlatformUnavailable)


def test_a_site_that_tells_no_total_and_ignores_the_page_number_is_read_once(
    web: responses.RequestsMock,
) -> None:
    web.get(f"{API}/posts", json=POSTS[:1])
    web.get(f"{API}/comments", json=[])
    mentions, odds, _, error = run()
    assert ([one.issued_id for one in mentions], odds, error) == (["post:5"], [], None)


def test_a_site_whose_addresses_are_not_rewritten_is_asked_another_way(
    web: responses.RequestsMock,
) -> None:
    refused(web, "posts", 404)
    refused(web, "comments", 404)
    for path, items in (("posts", POSTS[:1]), ("comments", COMMENTS[1:2])):
        web.get(
            f"{SITE}/",
            json=items,
            match=[asked({"rest_route": f"/wp/v2/{path}"}, strict_match=False)],
        )
    mentions, _, _, error = run()
    assert ([one.issued_id for one in mentions], error) == (["post:5", "comment:12"], None)
    assert len(params(web, "posts")) == 1, "it is found out once"


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (401, "rest_forbidden_param", "make a new one under Users"),
        (401, "incorrect_password", "make a new one under Users"),
        (403, "invalid_username", "make a new one under Users"),
        (501, "application_passwords_disabled", "make a new one under Users"),
        (403, "rest_forbidden_param", "give it the role Editor"),
    ],
)
def test_a_login_that_is_not_taken_is_told_apart_from_one_that_may_not(
    status: int, code: str, says: str, web: responses.RequestsMock
) -> None:
    listed(web, "posts", [])
    refused(web, "comments", status, code)
    *_, error = run(**LOGIN, held=True)
    assert isinstance(error, PlatformRefused)
    assert says in str(error)
    assert code in str(error)
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("spoiled", "kind"),
    [
        ({"status": 400, "json": {"code": "rest_invalid_param"}}, PlatformRefused),
        ({"status": 410}, PlatformRefused),
        ({"status": 429, "headers": {"Retry-After": "900"}}, PlatformUnavailable),
        ({"status": 500, "json": {"code": "internal_server_error"}}, PlatformUnavailable),
        (
            {"status": 503, "body": "<html>Briefly unavailable for scheduled maintenance."},
            PlatformUnavailable,
        ),
        ({"body": requests.ReadTimeout(SECRET)}, PlatformUnavailable),
        ({"body": "<html>Just a moment</html>", "content_type": "text/html"}, PlatformUnavailable),
        (
            {"body": "<html><input type='password'></html>", "content_type": "text/html"},
            PlatformRefused,
        ),
        ({"json": {"posts": []}}, PlatformUnavailable),
        ({"body": '[{"id": 5'}, PlatformUnavailable),
    ],
)
def test_what_may_pass_is_told_from_what_needs_a_person(
    spoiled: dict[str, Any], kind: type[Exception], web: responses.RequestsMock
) -> None:
    web.get(f"{API}/posts", **spoiled)
    mentions, _, _, error = run()
    assert mentions == []
    assert type(error) is kind
    assert "blog.example.org" in str(error)
    assert SECRET not in str(error)


def test_comments_that_are_closed_cost_no_post_and_a_site_that_fails_no_other(
    web: responses.RequestsMock,
) -> None:
    listed(web, "posts", POSTS[:1])
    refused(web, "comments", 403, "rest_comments_disabled")
    other = "https://other.example.org/news"
    for path in ("posts", "comments"):
        web.get(f"{other}/wp-json/wp/v2/{path}", json=[post(1)] if path == "posts" else [])
    sites = [{"url": f"{SITE}/"}, {"url": f"{other}/wp-json/"}]
    mentions, _, _, error = pull(source("feeds", feed=[], wordpress=sites))
    assert [one.issuer for one in mentions] == [SITE, other]
    assert "1 of 2 feeds failed: blog.example.org: its REST" in str(error)


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"user": "comms"}, "user"),
        ({"password": SECRET}, "user"),
        ({"url": "http://blog.example.org", **LOGIN}, "url"),
        ({"held": True}, "held"),
        ({"page_size": 101}, "page_size"),
        ({"url": "https://["}, "url"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_site_that_can_not_work_is_refused_by_place_and_key(
    keys: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigError, match=rf"\[collectors.feeds\] wordpress 1 {named}: ") as raised:
        run(**keys)
    assert SECRET not in str(raised.value)


def test_a_site_is_left_out_whose_secret_is_missing() -> None:
    mentions, odds, _, error = run(user="comms", left_out="its secret is missing: set the file a")
    assert (mentions, odds) == ([], [])
    assert "wordpress 1 of the table: left out: its secret" in str(error)
    assert "set the file a" in str(error)
