from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from demo.platforms.facebook import FacebookStandIn
from demo.platforms.graph import PAGE_ID, VERSION
from demo.servers.http import Faults
from tests.demo.conftest import AT
from tests.demo.graph_client import ask, error, listed, pages, whole

POST_FIELDS = (
    "id,message,story,created_time,updated_time,permalink_url,from,is_hidden,"
    "attachments{title,description,url,media_type},message_tags,shares,"
    "comments.limit(0).summary(true),reactions.limit(0).summary(true)"
)
COMMENT_FIELDS = (
    "id,message,created_time,from,parent{id},permalink_url,comment_count,like_count,"
    "is_hidden,can_hide,can_remove,message_tags,attachment"
)
STREAM = {"filter": "stream", "order": "reverse_chronological", "summary": "1"}


@pytest.fixture
def page() -> Iterator[FacebookStandIn]:
    with FacebookStandIn(AT) as standin:
        yield standin


def feed(page: FacebookStandIn) -> dict[str, dict[str, Any]]:
    return whole(listed(page, f"{PAGE_ID}/feed", fields=POST_FIELDS, limit=50))


def key(page: FacebookStandIn, name: str) -> str:
    return page.wall.keys[name].id


def comments(page: FacebookStandIn, post: str) -> dict[str, dict[str, Any]]:
    found = listed(page, f"{key(page, post)}/comments", fields=COMMENT_FIELDS, **STREAM)
    return whole(found)


def everything(page: FacebookStandIn) -> dict[str, dict[str, Any]]:
    return {
        number: comment
        for post in feed(page)
        for number, comment in whole(
            listed(page, f"{post}/comments", fields=COMMENT_FIELDS, **STREAM)
        ).items()
    }


def test_the_feed_has_own_visitor_and_tagged_posts_newest_first(page: FacebookStandIn) -> None:
    found = feed(page)
    own = whole(listed(page, f"{PAGE_ID}/posts", limit=50))
    tagged = whole(listed(page, f"{PAGE_ID}/tagged", limit=50))
    assert (len(found), len(own), len(tagged)) == (16, 8, 3)
    assert own.keys() | tagged.keys() < found.keys()
    times = [post["created_time"] for post in found.values()]
    assert times == sorted(times, reverse=True)
    assert times[0].endswith("+0000")
    assert not any("from" in found[number] for number in tagged)
    assert {found[number]["from"]["id"] for number in own} == {PAGE_ID}


def test_there_is_enough_to_read(page: FacebookStandIn) -> None:
    assert 25 <= len(feed(page)) + len(everything(page)) <= 60


def test_a_page_can_be_empty_and_have_a_next(page: FacebookStandIn) -> None:
    found = pages(page, f"{PAGE_ID}/feed", fields=POST_FIELDS, limit=50)
    assert [len(one) for one in found] == [8, 0, 8, 2]
    found = pages(page, f"{key(page, 'winter-jabs')}/comments", limit=3, **STREAM)
    assert [len(one) for one in found] == [3, 0, 3, 3]


def test_lists_inside_come_as_they_are_asked_for(page: FacebookStandIn) -> None:
    post = feed(page)[key(page, "winter-jabs")]
    assert post["comments"]["data"] == []
    assert post["comments"]["summary"]["total_count"] == 6  # of the top level, a malformed one too
    assert post["reactions"]["summary"] == {"viewer_reaction": "NONE", "total_count": 212}
    assert post["attachments"]["data"][0].keys() == {"title", "description", "url", "media_type"}
    assert post["updated_time"] > post["created_time"]


def test_without_fields_the_defaults_come_and_an_unknown_one_is_an_error(
    page: FacebookStandIn,
) -> None:
    (first, *_) = listed(page, f"{PAGE_ID}/posts", limit=1)
    assert first.keys() <= {"id", "message", "story", "created_time"}
    assert error(ask(page, f"{PAGE_ID}/feed", fields="id,colour")) == (400, 100, 0)
    assert error(ask(page, f"{PAGE_ID}/feed", fields="id,from{id"))[1] == 2500


def test_comments_come_flat_or_of_the_top_level_and_totals_differ(page: FacebookStandIn) -> None:
    path = f"{key(page, 'winter-jabs')}/comments"
    flat = ask(page, path, fields=COMMENT_FIELDS, **STREAM).json()
    top = ask(page, path, fields=COMMENT_FIELDS, summary="true").json()
    assert flat["summary"]["total_count"] > top["summary"]["total_count"]
    assert not any("parent" in one for one in top["data"])
    replies = [one for one in comments(page, "winter-jabs").values() if "parent" in one]
    assert {one["parent"]["id"] for one in replies} == {
        key(page, "jab-question"), key(page, "jab-nonsense"),
    }  # fmt: skip
    assert len(listed(page, f"{key(page, 'jab-question')}/comments")) == 2


def test_who_has_not_authorised_it_has_no_from(page: FacebookStandIn) -> None:
    found = everything(page).values()
    assert [one for one in found if "from" not in one]
    assert [one for one in found if one.get("from", {}).get("id") == PAGE_ID]


def test_a_picture_is_there_to_be_looked_at(page: FacebookStandIn) -> None:
    (shown,) = comments(page, "visitor-scam").values()
    picture = requests.get(shown["attachment"]["media"]["image"]["src"], timeout=10)
    assert picture.content.startswith(b"\x89PNG")


def test_since_and_until_narrow_the_feed(page: FacebookStandIn) -> None:
    middle = int(AT.timestamp()) - 3 * 86400
    newer = whole(listed(page, f"{PAGE_ID}/posts", since=middle))
    older = whole(listed(page, f"{PAGE_ID}/posts", until=middle))
    assert newer
    assert older
    assert len(newer) + len(older) == 8
    assert error(ask(page, f"{PAGE_ID}/feed", since="yesterday"))[1] == 100


def test_too_much_at_once_is_to_be_reduced(page: FacebookStandIn) -> None:
    answer = ask(page, f"{PAGE_ID}/feed", fields=POST_FIELDS, limit=100)
    assert error(answer) == (500, 1, 0)
    assert answer.json()["error"]["message"].startswith("Please reduce the amount of data")
    assert ask(page, f"{PAGE_ID}/feed", limit=100).ok
    assert error(ask(page, f"{PAGE_ID}/feed", limit=101))[1] == 100


def test_the_malformed_are_among_them(page: FacebookStandIn) -> None:
    found = listed(page, f"{PAGE_ID}/feed", limit=50)
    assert any(isinstance(one, str) for one in found)
    found = listed(page, f"{key(page, 'maternity-voices')}/comments", **STREAM)
    assert None in found


def test_a_token_is_needed_and_must_be_the_pages(page: FacebookStandIn) -> None:
    assert error(ask(page, f"{PAGE_ID}/feed", token="")) == (400, 104, 0)
    assert error(ask(page, f"{PAGE_ID}/feed", token="wrong")) == (400, 190, 467)
    user = page.consent.token()
    assert error(ask(page, f"{PAGE_ID}/feed", token=user)) == (403, 210, 0)
    (account,) = ask(page, "me/accounts", token=user, fields="id,name,access_token,tasks").json()[
        "data"
    ]
    assert (account["id"], account["access_token"]) == (PAGE_ID, page.token)
    assert "MODERATE" in account["tasks"]


def test_the_token_may_come_as_a_parameter(page: FacebookStandIn) -> None:
    assert ask(page, f"{PAGE_ID}/feed", token="", access_token=page.token).ok


@pytest.mark.parametrize(
    ("code", "subcode", "status"),
    [(1, 0, 500), (2, 0, 500), (4, 0, 403), (10, 0, 403), (17, 0, 400), (32, 0, 400), (100, 33, 400),
     (190, 458, 400), (190, 463, 400), (200, 0, 403), (341, 0, 400), (368, 0, 403), (613, 0, 400),
     (80001, 0, 400)],
)  # fmt: skip
def test_any_error_can_be_ordered(
    page: FacebookStandIn, code: int, subcode: int, status: int
) -> None:
    page.fail(code, subcode)
    assert error(ask(page, f"{PAGE_ID}/feed")) == (status, code, subcode)
    assert ask(page, f"{PAGE_ID}/feed").ok


def test_usage_is_told_in_headers_and_at_a_hundred_calls_are_refused(page: FacebookStandIn) -> None:
    answer = ask(page, f"{PAGE_ID}/feed")
    assert json.loads(answer.headers["x-page-usage"])["call_count"] == 28
    page.usage = 100
    answer = ask(page, f"{PAGE_ID}/feed")
    assert error(answer) == (400, 80001, 0)
    (case,) = json.loads(answer.headers["x-business-use-case-usage"])[PAGE_ID]
    assert (case["type"], case["estimated_time_to_regain_access"]) == ("pages", 5)


def test_faults_speak_the_platforms_language() -> None:
    faults = Faults()
    with FacebookStandIn(AT, faults) as page:
        for kind, expected in (("expire", (400, 190, 463)), ("401", (401, 190, 467)),
                               ("403", (403, 200, 0)), ("404", (404, 100, 33)),
                               ("503", (503, 2, 0))):  # fmt: skip
            faults.add("facebook", kind)  # type: ignore[arg-type]
            assert error(ask(page, f"{PAGE_ID}/feed")) == expected
        faults.add("facebook", "429", seconds=120)
        answer = ask(page, f"{PAGE_ID}/feed")
        assert error(answer) == (400, 32, 0)
        assert '"estimated_time_to_regain_access": 2' in answer.headers["x-business-use-case-usage"]


def test_a_cursor_can_be_made_to_repeat() -> None:
    faults = Faults()
    with FacebookStandIn(AT, faults) as page:
        first = ask(page, f"{PAGE_ID}/feed").json()["paging"]["next"]
        faults.add("facebook", "repeat_token", times=None)
        again = requests.get(first, timeout=10).json()["paging"]["next"]
        assert place(again) == place(first)
    assert place(first) != [""]


def place(address: str) -> list[str]:
    return parse_qs(urlsplit(address).query)["__paging_token"]


def test_several_ids_are_asked_for_at_once_and_what_is_gone_is_absent(
    page: FacebookStandIn,
) -> None:
    both = [key(page, "jab-nonsense"), key(page, "visitor-thanks")]
    asked = {"ids": ",".join(both), "fields": "id,message"}
    assert ask(page, "", **asked).json().keys() == set(both)
    page.change()
    assert ask(page, "", **asked).json().keys() == {both[1]}
    assert error(ask(page, both[0])) == (400, 100, 33)
    assert error(ask(page, "", ids=",".join(map(str, range(51)))))[1] == 100
    assert ask(page, "", ids=both[0]).json() == {}


def test_a_later_day_edits_deletes_hides_and_adds(page: FacebookStandIn) -> None:
    before = everything(page)
    edited, gone = key(page, "jab-unanswered"), key(page, "jab-nonsense")
    page.change()
    after = everything(page)
    assert after[edited]["message"] != before[edited]["message"]
    assert after[edited]["created_time"] == before[edited]["created_time"]
    assert {number for number in before if number not in after} == {
        gone,
        *(number for number, one in before.items() if one.get("parent", {}).get("id") == gone),
    }
    assert after[key(page, "maternity-insult")]["is_hidden"]
    assert {one["message"][:6] for number, one in after.items() if number not in before} == {
        "Any ch", "Hi Lor",
    }  # fmt: skip


def test_a_comment_is_hidden_shown_again_and_deleted(page: FacebookStandIn) -> None:
    number = key(page, "maternity-insult")
    for hidden in ("true", "false"):
        assert ask(page, number, "POST", is_hidden=hidden).json() == {"success": True}
        assert comments(page, "maternity-voices")[number]["is_hidden"] is (hidden == "true")
    total = ask(page, f"{key(page, 'maternity-voices')}/comments", **STREAM).json()["summary"]
    assert ask(page, number, "DELETE").json() == {"success": True}
    assert number not in comments(page, "maternity-voices")
    after = ask(page, f"{key(page, 'maternity-voices')}/comments", **STREAM).json()["summary"]
    assert after == total  # deleted comments still count
    assert error(ask(page, number, "DELETE")) == (400, 100, 33)


def test_what_can_not_be_hidden_is_not(page: FacebookStandIn) -> None:
    own = next(number for number, one in comments(page, "winter-jabs").items()
               if one.get("from", {}).get("id") == PAGE_ID)  # fmt: skip
    assert not comments(page, "winter-jabs")[own]["can_hide"]
    assert error(ask(page, own, "POST", is_hidden="true")) == (403, 200, 0)
    assert error(ask(page, key(page, "winter-jabs"), "POST", is_hidden="true"))[1] == 100


def test_another_page_can_not_be_read(page: FacebookStandIn) -> None:
    assert error(ask(page, "100000000000002/feed")) == (403, 10, 0)


def test_a_version_that_is_over_is_refused(page: FacebookStandIn) -> None:
    assert error(requests.get(f"{page.url}/v2.12/{PAGE_ID}/feed", timeout=10))[1] == 2500


def test_consent_leads_to_a_long_token_and_to_the_pages(page: FacebookStandIn) -> None:
    client = {"client_id": page.consent.client_id, "client_secret": page.consent.client_secret}
    back = "http://127.0.0.1:8765/connected"
    answer = requests.get(
        f"{page.url}/{VERSION}/dialog/oauth",
        params={"client_id": client["client_id"], "redirect_uri": back, "response_type": "code",
                "state": "abc", "scope": "pages_show_list"},
        allow_redirects=False, timeout=10,
    )  # fmt: skip
    sent = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (answer.status_code, sent["state"]) == (302, ["abc"])
    code = {**client, "redirect_uri": back, "code": sent["code"][0]}
    short = ask(page, "oauth/access_token", token="", **code).json()
    assert short["expires_in"] == 3600
    assert error(ask(page, "oauth/access_token", token="", **code)) == (400, 100, 36009)
    exchange = {"grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
    long = ask(page, "oauth/access_token", "POST", token="", **client, **exchange).json()
    assert long["expires_in"] > 50 * 86400
    accounts = ask(page, "me/accounts", token=long["access_token"]).json()["data"]
    assert [account["id"] for account in accounts] == [PAGE_ID]
    wrong = ask(page, "oauth/access_token", token="", **exchange, client_id="x", client_secret="y")
    assert error(wrong) == (400, 101, 0)


def test_who_does_not_agree_sends_no_code(page: FacebookStandIn) -> None:
    page.consent.refuses = True
    asked = {"client_id": page.consent.client_id, "response_type": "code", "state": "abc",
             "redirect_uri": "http://127.0.0.1:1/"}  # fmt: skip
    address = f"{page.url}/{VERSION}/dialog/oauth"
    answer = requests.get(address, params=asked, allow_redirects=False, timeout=10)
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {
        "error": ["access_denied"], "state": ["abc"],
    }  # fmt: skip
    answer = requests.get(address, params=asked | {"client_id": "x"}, timeout=10)
    assert answer.status_code == 400


def test_a_token_can_be_looked_at(page: FacebookStandIn) -> None:
    seen = ask(page, "debug_token", input_token=page.token).json()["data"]
    assert (seen["is_valid"], seen["type"], seen["expires_at"]) == (True, "PAGE", 0)
    assert "pages_manage_engagement" in seen["scopes"]
    seen = ask(page, "debug_token", input_token="gone").json()["data"]
    assert (seen["is_valid"], seen["error"]["subcode"]) == (False, 463)
