from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from demo import World
from demo.platforms.wordpress import PASSWORD
from tests.demo.conftest import AT

LOGIN = ("icbwebteam", PASSWORD)


def ask(
    world: World, path: str, *, method: str = "GET", auth: Any = None, **asked: Any
) -> requests.Response:
    address, reading = f"{world.site.url}/icb/wp-json/wp/v2/{path}", method == "GET"
    return requests.request(
        method, address, params=asked if reading else None, data=None if reading else asked,
        auth=auth, timeout=10,
    )  # fmt: skip


def ids(response: requests.Response) -> list[int]:
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()]


def code(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_posts_are_listed_newest_first_with_their_count(world: World) -> None:
    answer = ask(world, "posts", per_page=2)
    assert ids(answer) == [71, 68]
    assert (answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]) == ("3", "2")
    assert ids(ask(world, "posts", per_page=2, page=2)) == [64]
    assert code(ask(world, "posts", per_page=2, page=3)) == (400, "rest_post_invalid_page_number")
    assert ids(ask(world, "comments", per_page=100, page=2)) == []


def test_times_are_the_sites_own_beside_gmt(world: World) -> None:
    post = ask(world, "posts/71").json()
    gmt = datetime.fromisoformat(post["date_gmt"]).replace(tzinfo=UTC)
    assert gmt == AT - timedelta(days=2, hours=6)
    assert datetime.fromisoformat(post["date"]) - datetime.fromisoformat(
        post["date_gmt"]
    ) == timedelta(hours=1)
    exactly = post["date_gmt"]
    assert 71 not in ids(ask(world, "posts", after=f"{exactly}Z"))
    assert 71 in ids(ask(world, "posts", after=exactly)), "without an offset: an hour earlier"
    assert code(ask(world, "posts", after="yesterday")) == (400, "rest_invalid_param")
    assert code(ask(world, "posts", per_page=101)) == (400, "rest_invalid_param")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ('"NHS North West London"', [68]),
        ('"North NHS West"', []),
        ("North NHS", [68]),
        ("diagnostic", [68]),
    ],
)
def test_a_search_finds_all_words_and_phrases_as_they_stand(
    world: World, search: str, found: list[int]
) -> None:
    assert ids(ask(world, "posts", search=search)) == found


def test_authors_and_pictures_come_where_they_are_asked_for(world: World) -> None:
    assert "_embedded" not in ask(world, "posts/71").json()
    with_it = ask(world, "posts/71", _embed="author,wp:featuredmedia").json()["_embedded"]
    assert with_it["author"][0]["slug"] == "icbwebteam"
    assert with_it["wp:featuredmedia"][0]["source_url"].endswith(".jpg")


def test_what_is_held_is_shown_to_who_is_signed_in_alone(world: World) -> None:
    assert 904 not in ids(ask(world, "comments", per_page=100))
    assert code(ask(world, "comments", status="all")) == (401, "rest_forbidden_param")
    assert code(ask(world, "comments", status="all", auth=("icbwebteam", "wrong"))) == (
        401,
        "rest_forbidden_param",
    )
    assert 904 in ids(ask(world, "comments", status="all", auth=LOGIN))
    assert code(ask(world, "comments/904")) == (401, "rest_cannot_read")
    assert ask(world, "comments/904", auth=LOGIN).json()["status"] == "hold"
    assert code(ask(world, "comments/1")) == (404, "rest_comment_invalid_id")
    assert code(ask(world, "posts/1")) == (404, "rest_post_invalid_id")
    assert code(ask(world, "pages")) == (404, "rest_no_route")


def test_replies_name_their_parents_and_posts(world: World) -> None:
    found = {one["id"]: one for one in ask(world, "comments", post=68, per_page=100).json()}
    assert {number: one["parent"] for number, one in found.items()} == {906: 905, 905: 0}
    assert found[906]["link"].endswith("/diagnostic-hubs/#comment-906")
    assert ids(ask(world, "comments", include="905,903")) == [903, 905]


def test_an_editor_moderates_and_takes_it_back(world: World) -> None:
    for status, then in (("hold", "hold"), ("approve", "approved"), ("spam", "spam"), ("unspam", "approved"),
                         ("trash", "trash"), ("untrash", "approved"), ("nonsense", "approved")):  # fmt: skip
        answer = ask(world, "comments/903", method="POST", auth=LOGIN, status=status)
        assert answer.json()["status"] == then
        assert (903 in ids(ask(world, "comments", per_page=100))) is (then == "approved")
    trashed = ask(world, "comments/903", method="DELETE", auth=LOGIN)
    assert trashed.json()["status"] == "trash"
    assert 903 in ids(ask(world, "comments", status="any", per_page=100, auth=LOGIN))
    address = f"{world.site.url}/icb/wp-json/wp/v2/comments/903?force=true"
    assert requests.delete(address, auth=LOGIN, timeout=10).json()["deleted"] is True
    assert code(ask(world, "comments/903", auth=LOGIN)) == (404, "rest_comment_invalid_id")


@pytest.mark.parametrize("auth", [None, ("icbwebteam", "wrong"), ("somebody", PASSWORD)])
def test_nobody_else_does(world: World, auth: Any) -> None:
    assert code(ask(world, "comments/903", method="POST", auth=auth, status="hold")) == (
        401,
        "rest_cannot_edit",
    )
    assert code(ask(world, "comments/903", method="DELETE", auth=auth)) == (
        401,
        "rest_cannot_delete",
    )
    assert ask(world, "comments/903").json()["status"] == "approved"


def test_a_later_day_revises_deletes_releases_and_adds(world: World) -> None:
    before = ask(world, "posts/71").json()
    world.change()
    after = ask(world, "posts/71").json()
    assert after["modified_gmt"] > before["modified_gmt"]
    assert ids(
        ask(world, "posts", modified_after=f"{before['modified_gmt']}Z", orderby="modified")
    ) == [71]
    found = ids(ask(world, "comments", per_page=100))
    assert {904, 908} <= set(found)
    assert 906 not in found
