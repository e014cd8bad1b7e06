from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests

from core import clock
from demo.platforms.mastodon import TOKENS, MastodonStandIn
from tests.demo.conftest import AT

TAG, SEARCH, NOTIFICATIONS = (
    "/api/v1/timelines/tag/NWLondon",
    "/api/v2/search",
    "/api/v1/notifications",
)


@pytest.fixture
def mastodon() -> Iterator[MastodonStandIn]:
    with MastodonStandIn(AT) as standin:
        yield standin


def ask(
    mastodon: MastodonStandIn, path: str, which: int = 0, token: str = "",
    many: dict[str, Any] | None = None, **params: Any,
) -> requests.Response:  # fmt: skip
    return requests.get(
        mastodon.addresses[which] + path, params={**params, **(many or {})}, timeout=10,
        headers={"Authorization": f"Bearer {token or TOKENS[which]}"},
    )  # fmt: skip


def follow(mastodon: MastodonStandIn, path: str, rel: str, **params: Any) -> list[list[Any]]:
    """Pages by their Link headers, until one is empty or says no more."""
    answer = ask(mastodon, path, **params)
    pages = [answer.json()]
    while rel in answer.links and answer.json():
        answer = requests.get(
            answer.links[rel]["url"], headers={"Authorization": f"Bearer {TOKENS[0]}"}, timeout=10
        )
        pages.append(answer.json())
    return [page for page in pages if page]


def whole(pages: list[list[Any]]) -> list[dict[str, Any]]:
    return [one for page in pages for one in page if isinstance(one, dict) and one.get("uri")]


def tagged(mastodon: MastodonStandIn) -> list[dict[str, Any]]:
    return whole(follow(mastodon, TAG, "next"))


def found(mastodon: MastodonStandIn, query: str, **params: Any) -> list[Any]:
    answer = ask(mastodon, SEARCH, q=query, type="statuses", **params).json()
    assert answer["accounts"] == []
    return list(answer["statuses"])


def plain(status: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", status["content"]))


def test_a_hashtag_goes_on_to_what_is_older_by_links(mastodon: MastodonStandIn) -> None:
    pages = follow(mastodon, TAG, "next", limit=40)
    assert [len(page) for page in pages[:-1]] == [10] * (len(pages) - 1)
    times = [one["created_at"] for one in whole(pages)]
    assert len(times) >= 15
    assert times == sorted(times, reverse=True)
    assert all("nwlondon" in {tag["name"] for tag in one["tags"]} for one in whole(pages))


def test_min_id_takes_what_is_just_above_it_and_since_id_the_newest(
    mastodon: MastodonStandIn,
) -> None:
    everything = [one["id"] for one in tagged(mastodon)]
    after = everything[-1]
    up = [one["id"] for page in follow(mastodon, TAG, "prev", min_id=after, limit=5)
          for one in page[::-1] if isinstance(one, dict) and one.get("uri")]  # fmt: skip
    assert up == everything[-2::-1]
    newest = ask(mastodon, TAG, since_id=after, limit=5).json()
    assert [one["id"] for one in whole([newest])] == everything[: len(whole([newest]))]


def test_other_tags_and_local_accounts_narrow_a_timeline(mastodon: MastodonStandIn) -> None:
    wide = ask(mastodon, "/api/v1/timelines/tag/NHSNWL", many={"any[]": "ICB"}).json()
    names = [{tag["name"] for tag in one["tags"]} for one in whole([wide])]
    assert {"icb"} <= set().union(*names)
    both = ask(mastodon, TAG, many={"all[]": "NHS", "none[]": "wakeup"}).json()
    assert all("nhs" in {tag["name"] for tag in one["tags"]} for one in both)
    local = ask(mastodon, TAG, local="true").json()
    assert all("@" not in one["account"]["acct"] for one in whole([local]))


def test_the_second_server_has_no_links_no_search_and_web_pages_for_errors(
    mastodon: MastodonStandIn,
) -> None:
    first = ask(mastodon, TAG, 1)
    assert len(first.json()) == 10
    assert "link" not in first.headers
    older = ask(mastodon, TAG, 1, max_id=first.json()[-1]["id"]).json()
    assert older
    assert ask(mastodon, TAG, 1, max_id=older[-1]["id"]).json() == []
    refused = ask(mastodon, SEARCH, 1, q="icb")
    assert (refused.status_code, refused.content[:6]) == (404, b"<html>")
    mastodon.faults.add("mastodon", "503", seconds=4)
    down = ask(mastodon, TAG, 1)
    assert (down.status_code, "html" in down.headers["content-type"]) == (503, True)


def test_one_status_has_one_uri_and_another_id_on_each_server(mastodon: MastodonStandIn) -> None:
    here = {one["uri"]: one["id"] for one in tagged(mastodon)}
    there = {one["uri"]: one["id"] for one in whole([ask(mastodon, TAG, 1).json()])}
    both = here.keys() & there.keys()
    assert len(both) >= 3
    assert not {here[uri] for uri in both} & {there[uri] for uri in both}
    assert all(re.fullmatch("[0-9a-f]{16}", number) for number in there.values())


def test_accounts_of_the_server_itself_have_no_host(mastodon: MastodonStandIn) -> None:
    handles = {one["account"]["acct"] for one in tagged(mastodon)}
    assert {"wilhelmina", "dr_pelumi@fedi.example.net", "binmanbob@other.example.com"} <= handles


def test_search_finds_who_opted_in_and_where_our_account_takes_part(
    mastodon: MastodonStandIn,
) -> None:
    assert found(mastodon, "cookies") == []  # tagged, but its author did not opt in
    assert [plain(one) for one in found(mastodon, "typo")]
    assert [one["visibility"] for one in found(mastodon, "privately")] == ["direct"]
    everything = found(mastodon, "NWLondon", limit=40)
    assert len(everything) > 8
    assert found(mastodon, "NWLondon", limit=3, offset=3) == everything[3:6]
    assert found(mastodon, "jellyfish OR boilers") == []
    empty = ask(mastodon, SEARCH, q="")
    assert (empty.status_code, empty.json()["error"][:17]) == (422, "Validation failed")


def test_profiles_that_look_like_ours_are_found(mastodon: MastodonStandIn) -> None:
    answer = ask(mastodon, SEARCH, q="North West London", type="accounts").json()
    assert {one["acct"] for one in answer["accounts"]} == {
        "healthiernwl", "healthiernwI@fedi.example.net", "nhs_northwestlondon",
    }  # fmt: skip
    fake = answer["accounts"][1]
    assert "help desk" in fake["note"]
    assert fake["followers_count"] == 9
    assert requests.get(fake["avatar"], timeout=10).content.startswith(b"\x89PNG")


def test_notifications_are_of_several_types_and_can_be_chosen(mastodon: MastodonStandIn) -> None:
    told = [one for page in follow(mastodon, NOTIFICATIONS, "next") for one in page]
    assert {one["type"] for one in told} == {
        "mention", "favourite", "reblog", "follow", "admin.sign_up",
    }  # fmt: skip
    mentions = ask(mastodon, NOTIFICATIONS, many={"types[]": "mention"}).json()
    assert len(mentions) >= 5
    assert [one for one in mentions if one["status"] is None]
    assert {one["status"]["visibility"] for one in mentions if one["status"]} == {
        "public",
        "direct",
    }
    newest, oldest = mentions[0]["id"], mentions[-1]["id"]
    caught_up = ask(mastodon, NOTIFICATIONS, many={"types[]": "mention", "min_id": oldest}).json()
    assert [one["id"] for one in caught_up] == [one["id"] for one in mentions[:-1]]
    assert ask(mastodon, NOTIFICATIONS, min_id=newest).json() == []
    assert len(ask(mastodon, NOTIFICATIONS, 1).json()) == 2


def test_statuses_are_looked_up_by_ids_without_the_deleted(mastodon: MastodonStandIn) -> None:
    ids = [one["id"] for one in tagged(mastodon)]
    gone = next(one["id"] for one in tagged(mastodon) if "receptionist" in plain(one) or "jellyfish" in plain(one))  # fmt: skip
    assert (
        ask(mastodon, "/api/v1/statuses", many={"id[]": [*ids[:5], "1"]}).json()[-1]["id"] == ids[4]
    )
    too_many = ask(mastodon, "/api/v1/statuses", many={"id[]": [str(n) for n in range(21)]})
    assert too_many.status_code == 422
    mastodon.change()
    there = ask(mastodon, "/api/v1/statuses", many={"id[]": [gone, ids[0]]}).json()
    assert [one["id"] for one in there] == [ids[0]]
    alone = ask(mastodon, f"/api/v1/statuses/{gone}")
    assert (alone.status_code, alone.json()) == (404, {"error": "Record not found"})


def test_what_is_meant_for_followers_is_not_there_for_us(mastodon: MastodonStandIn) -> None:
    seen = {one["visibility"] for one in tagged(mastodon)}
    assert seen == {"public"}
    told = ask(mastodon, NOTIFICATIONS, 1).json()
    assert {one["status"]["visibility"] for one in told} == {"public", "private"}


def test_an_edit_shows_and_keeps_its_history(mastodon: MastodonStandIn) -> None:
    timeline = "/api/v1/timelines/tag/NHSNWL"
    before = next(one for one in ask(mastodon, timeline).json() if "41 cookies" in str(one))
    typo = next(one for one in ask(mastodon, timeline).json() if "talking therapies" in str(one))
    versions = ask(mastodon, f"/api/v1/statuses/{typo['id']}/history").json()
    assert ["taking therapies" in one["content"] for one in versions] == [True, False]
    assert typo["edited_at"] == versions[1]["created_at"] > typo["created_at"]
    assert before["edited_at"] is None
    mastodon.change()
    after = ask(mastodon, f"/api/v1/statuses/{before['id']}").json()
    assert (after["id"], after["created_at"]) == (before["id"], before["created_at"])
    assert "12 now" in after["content"]
    assert clock.parse(after["edited_at"]) > clock.parse(before["created_at"])


def test_a_later_day_adds_a_reply(mastodon: MastodonStandIn) -> None:
    mastodon.change()
    newest = tagged(mastodon)[0]
    assert "stitched" in plain(newest)
    parent = ask(mastodon, f"/api/v1/statuses/{newest['in_reply_to_id']}").json()
    assert parent["account"]["id"] == newest["in_reply_to_account_id"]


def test_content_is_html_whose_links_are_whole_in_their_address(mastodon: MastodonStandIn) -> None:
    own = next(
        one for one in found(mastodon, "live") if one["account"]["username"] == "healthiernwl"
    )
    assert 'href="https://nwlondonicb.example.org/urgent/waiting-times/live"' in own["content"]
    assert "</p><p>" in own["content"]
    told = ask(mastodon, NOTIFICATIONS).json()[0]["status"]
    assert 'class="u-url mention">@<span>healthiernwl</span>' in told["content"]
    assert "&amp;" in next(one for one in tagged(mastodon) if "quiet room" in str(one))["content"]


def test_a_boost_has_no_words_of_its_own(mastodon: MastodonStandIn) -> None:
    there = whole([ask(mastodon, TAG, 1, max_id=page_end(mastodon)).json()])
    boost = next(one for one in there if one["reblog"])
    assert (boost["content"], "biscuits" in boost["reblog"]["content"]) == ("", True)


def page_end(mastodon: MastodonStandIn) -> str:
    return str(ask(mastodon, TAG, 1).json()[-1]["id"])


def test_who_is_asking_is_told(mastodon: MastodonStandIn) -> None:
    names = [ask(mastodon, "/api/v1/accounts/verify_credentials", n).json()["acct"] for n in (0, 1)]
    assert names == ["healthiernwl", "nwl_listens"]


def written(mastodon: MastodonStandIn, **asked: Any) -> list[dict[str, Any]]:
    """What our own account wrote."""
    us = ask(mastodon, "/api/v1/accounts/verify_credentials").json()["id"]
    return whole(follow(mastodon, f"/api/v1/accounts/{us}/statuses", "next", **asked))


def test_what_an_account_wrote_is_listed_with_its_answers(mastodon: MastodonStandIn) -> None:
    ours = written(mastodon)
    assert {one["account"]["acct"] for one in ours} == {"healthiernwl"}
    assert [bool(one["in_reply_to_id"]) for one in ours] == [True, False, True, False]
    answered = ask(mastodon, f"/api/v1/statuses/{ours[2]['in_reply_to_id']}").json()
    assert answered["uri"].startswith("https://fedi.example.net/users/pharmanaz/")
    assert written(mastodon, min_id=ours[2]["id"], limit=1)[0]["id"] == ours[1]["id"]


def test_what_an_account_wrote_can_be_narrowed(mastodon: MastodonStandIn) -> None:
    assert len(written(mastodon, exclude_replies="true")) == 2
    assert len(written(mastodon, tagged="NHSNWL", exclude_reblogs="true")) == 2
    assert written(mastodon, only_media="true") == []
    there = whole([ask(mastodon, TAG, 1, max_id=page_end(mastodon)).json()])
    owl = next(one["account"]["id"] for one in there if one["reblog"])
    path = f"/api/v1/accounts/{owl}/statuses"
    boosts = [one["reblog"] for one in ask(mastodon, path, 1).json() if one["reblog"]]
    assert len(boosts) == 1
    without = ask(mastodon, path, 1, exclude_reblogs="true").json()
    assert [one for one in without if one["reblog"]] == []
    assert ask(mastodon, "/api/v1/accounts/1/statuses").status_code == 404


def test_a_wrong_token_is_told_on_each_server(mastodon: MastodonStandIn) -> None:
    for which in (0, 1):
        refused = ask(mastodon, TAG, which, token=TOKENS[1 - which])
        assert refused.status_code == 401
    assert ask(mastodon, TAG, token="old").json() == {"error": "The access token is invalid"}


def test_a_limit_opens_at_a_moment_that_is_written_out(mastodon: MastodonStandIn) -> None:
    assert ask(mastodon, TAG).headers["X-RateLimit-Limit"] == "300"
    mastodon.faults.add("mastodon", "429", seconds=6)
    limited = ask(mastodon, TAG)
    assert (limited.status_code, limited.json()) == (429, {"error": "Too many requests"})
    assert limited.headers["X-RateLimit-Remaining"] == "0"
    opens = datetime.fromisoformat(limited.headers["X-RateLimit-Reset"])
    assert 3 < (opens - clock.now()).total_seconds() <= 6


def test_a_report_is_of_an_account_and_may_name_statuses(mastodon: MastodonStandIn) -> None:
    scam = next(one for one in tagged(mastodon) if "£20" in str(one))
    sent = {"account_id": scam["account"]["id"], "status_ids[]": [scam["id"]], "comment": "fee"}
    made = report(mastodon, data=sent)
    assert (made.json()["target_account"]["username"], made.json()["action_taken"]) == (
        "nhs_northwestlondon", False,
    )  # fmt: skip
    assert report(mastodon, json={"account_id": scam["account"]["id"]}).ok
    assert report(mastodon, data={"account_id": "1"}).status_code == 404
    assert report(mastodon, data=sent | {"comment": "x" * 1001}).status_code == 422
    assert len(mastodon.reports) == 2


def report(mastodon: MastodonStandIn, **sent: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {TOKENS[0]}"}
    return requests.post(f"{mastodon.url}/api/v1/reports", headers=headers, timeout=10, **sent)


def test_a_link_can_be_made_to_lead_where_it_stands(mastodon: MastodonStandIn) -> None:
    mastodon.faults.add("mastodon", "repeat_token", times=None)
    first = ask(mastodon, TAG)
    again = requests.get(
        first.links["next"]["url"], headers={"Authorization": f"Bearer {TOKENS[0]}"}, timeout=10
    )
    assert again.json() == first.json()
    assert again.links["next"] == first.links["next"]


def test_some_statuses_are_malformed(mastodon: MastodonStandIn) -> None:
    pages = follow(mastodon, TAG, "next") + follow(mastodon, "/api/v1/timelines/tag/NHSNWL", "next")
    odd = [one for page in pages for one in page if not isinstance(one, dict) or not one.get("uri")]
    assert len(odd) == 3
