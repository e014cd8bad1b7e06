from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from demo.platforms.pinterest import PinterestStandIn
from tests.demo.conftest import AT


@pytest.fixture
def pinterest() -> Iterator[PinterestStandIn]:
    with PinterestStandIn(AT) as standin:
        yield standin


def ask(
    pinterest: PinterestStandIn, path: str, token: str = "", **params: Any
) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or pinterest.access_token}"}
    return requests.get(f"{pinterest.url}/v5{path}", params=params, headers=headers, timeout=10)


def every(pinterest: PinterestStandIn, path: str, **params: Any) -> list[Any]:
    """All pages, until the bookmark is null."""
    found: list[Any] = []
    following: dict[str, str] = {}
    while True:
        page = ask(pinterest, path, **params, **following).json()
        found += page["items"]
        if page["bookmark"] is None:
            return found
        following = {"bookmark": page["bookmark"]}


def pins(pinterest: PinterestStandIn, path: str = "/pins", **params: Any) -> list[dict[str, Any]]:
    return [one for one in every(pinterest, path, **params) if isinstance(one, dict) and one["id"]]


def test_a_wrong_token_is_told_with_code_2(pinterest: PinterestStandIn) -> None:
    refused = ask(pinterest, "/pins", token="old")
    assert (refused.status_code, refused.json()) == (
        401, {"code": 2, "message": "Authentication failed."},
    )  # fmt: skip
    pinterest.faults.add("pinterest", "expire")
    assert [ask(pinterest, "/pins").status_code for _ in range(2)] == [401, 401]


@pytest.mark.parametrize("status", ["403", "404", "429", "500"])
def test_other_refusals_have_a_code_and_words(pinterest: PinterestStandIn, status: Any) -> None:
    pinterest.faults.add("pinterest", status)
    refused = ask(pinterest, "/pins")
    assert refused.status_code == int(status)
    assert refused.json().keys() == {"code", "message"}


def test_pins_come_newest_first_until_the_bookmark_is_null(pinterest: PinterestStandIn) -> None:
    found = pins(pinterest, page_size=250)
    assert len(found) == 20
    made = [one["created_at"] for one in found]
    assert made == sorted(made, reverse=True)
    assert made[1] == "2026-11-19T07:45:00"
    assert [one["is_owner"] for one in found].count(False) == 1


def test_figures_come_only_to_who_asks_for_them(pinterest: PinterestStandIn) -> None:
    assert "pin_metrics" not in pins(pinterest)[0]
    counted = pins(pinterest, pin_metrics="true")[0]
    assert counted["pin_metrics"]["lifetime_metrics"].keys() == {
        "pin_click", "impression", "clickthrough", "reaction", "comment",
    }  # fmt: skip
    alone = ask(pinterest, f"/pins/{counted['id']}", pin_metrics="true").json()
    assert alone == counted
    assert ask(pinterest, "/pins/5").status_code == 404


def test_boards_have_their_pins_and_counts(pinterest: PinterestStandIn) -> None:
    boards = every(pinterest, "/boards", page_size=2)
    assert [board["privacy"] for board in boards] == ["PUBLIC", "PUBLIC", "PUBLIC", "SECRET"]
    for board in boards:
        assert len(pins(pinterest, f"/boards/{board['id']}/pins")) == board["pin_count"]
    assert ask(pinterest, "/boards/5/pins").status_code == 404


def test_search_looks_at_own_pins(pinterest: PinterestStandIn) -> None:
    assert [one["title"] for one in pins(pinterest, "/search/pins", query="flu van")] == [
        "Where the flu van stops"
    ]


def test_the_account_says_who_it_is_and_what_it_reached(pinterest: PinterestStandIn) -> None:
    account = ask(pinterest, "/user_account").json()
    assert (account["username"], account["pin_count"]) == ("healthiernwl", 20)
    week = {"start_date": "2026-11-13", "end_date": "2026-11-19"}
    figures = ask(pinterest, "/user_account/analytics", **week).json()["all"]
    assert len(figures["daily_metrics"]) == 7
    assert figures["summary_metrics"]["IMPRESSION"] == 7 * 1600
    assert ask(pinterest, "/user_account/analytics").status_code == 400
    year = {"start_date": "2025-11-13", "end_date": "2026-11-19"}
    assert ask(pinterest, "/user_account/analytics", **year).status_code == 400


def test_what_is_not_taken_is_refused(pinterest: PinterestStandIn) -> None:
    for bad in ({"page_size": 0}, {"page_size": 251}, {"bookmark": "invented"}):
        assert ask(pinterest, "/pins", **bad).json()["code"] == 1


def test_a_bookmark_can_be_made_to_repeat(pinterest: PinterestStandIn) -> None:
    pinterest.faults.add("pinterest", "repeat_token", after=1, times=None)
    first = ask(pinterest, "/pins").json()["bookmark"]
    assert ask(pinterest, "/pins", bookmark=first).json()["bookmark"] == first


def test_some_pins_are_malformed(pinterest: PinterestStandIn) -> None:
    odd = [one for one in every(pinterest, "/pins") if not isinstance(one, dict) or not one["id"]]
    assert len(odd) == 2


def test_a_code_earns_a_token_by_basic_authentication(pinterest: PinterestStandIn) -> None:
    consent = pinterest.consent
    back = requests.get(
        f"{pinterest.url}/oauth/", timeout=10, allow_redirects=False,
        params={"client_id": consent.client_id, "response_type": "code", "state": "s",
                "redirect_uri": "http://127.0.0.1:1/back", "scope": "pins:read"},
    ).headers["location"]  # fmt: skip
    sent = {"grant_type": "authorization_code", "redirect_uri": "http://127.0.0.1:1/back",
            "code": parse_qs(urlsplit(back).query)["code"][0]}  # fmt: skip
    in_form = {"client_id": consent.client_id, "client_secret": consent.client_secret}
    url, own = f"{pinterest.url}/v5/oauth/token", (consent.client_id, consent.client_secret)
    assert requests.post(url, data=sent | in_form, timeout=10).status_code == 401
    given = requests.post(url, data=sent, auth=own, timeout=10).json()
    assert ask(pinterest, "/user_account", given["access_token"]).ok
    again = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    renewed = requests.post(url, data=again, auth=own, timeout=10).json()
    assert ask(pinterest, "/user_account", renewed["access_token"]).ok
    assert requests.post(url, data=sent, auth=own, timeout=10).status_code == 400


def test_a_later_day_counts_deletes_and_adds(pinterest: PinterestStandIn) -> None:
    before = {one["title"]: one for one in pins(pinterest, pin_metrics="true")}
    pinterest.change()
    after = {one["title"]: one for one in pins(pinterest, pin_metrics="true")}
    assert (len(before.keys() - after.keys()), len(after.keys() - before.keys())) == (1, 1)
    grown = [
        title for title in after
        if title in before and after[title]["pin_metrics"] != before[title]["pin_metrics"]
    ]  # fmt: skip
    assert grown == ["Where the flu van stops"]
