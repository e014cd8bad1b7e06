from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

from demo.platforms.linkedin import TOKEN, LinkedInStandIn
from demo.platforms.linkedin_data import ORGANIZATION
from demo.servers.http import Faults
from tests.demo.conftest import AT

HEADERS = {"authorization": f"Bearer {TOKEN}", "LinkedIn-Version": "202609",
           "X-Restli-Protocol-Version": "2.0.0"}  # fmt: skip
ALL = "COMMENT,SHARE_MENTION,SHARE,COMMENT_EDIT,COMMENT_DELETE,ADMIN_COMMENT,LIKE"
US = quote(ORGANIZATION, safe="")


@pytest.fixture
def linked() -> Iterator[LinkedInStandIn]:
    with LinkedInStandIn(AT) as standin:
        yield standin


def ask(linked: LinkedInStandIn, path: str, method: str = "GET", **headers: str) -> Any:
    """`path` with its query as it is written: Rest.li's signs must not be encoded."""
    return requests.request(
        method, f"{linked.url}/rest/{path}", headers={**HEADERS, **headers}, timeout=10
    )


def ms(before: timedelta) -> int:
    return int((AT - before).timestamp() * 1000)


def notifications(actions: str = ALL, days: int = 60) -> str:
    return (f"organizationalEntityNotifications?q=criteria&organizationalEntity={US}"
            f"&actions=List({actions})&timeRange=(start:{ms(timedelta(days=days))},end:{ms(timedelta())})")  # fmt: skip


def pages(linked: LinkedInStandIn, path: str, size: int = 10) -> list[dict[str, Any]]:
    """Every page, by the links."""
    answer = ask(linked, f"{path}{'&' if '?' in path else '?'}start=0&count={size}").json()
    found = [answer]
    while links := answer["paging"]["links"]:
        answer = ask(linked, links[0]["href"].removeprefix("/rest/")).json()
        found.append(answer)
    return found


def elements(linked: LinkedInStandIn, path: str) -> list[Any]:
    return [one for page in pages(linked, path) for one in page["elements"]]


def noticed(linked: LinkedInStandIn, actions: str = ALL) -> list[dict[str, Any]]:
    return [one for one in elements(linked, notifications(actions))
            if isinstance(one, dict) and one["lastModifiedAt"]]  # fmt: skip


def error(response: requests.Response) -> tuple[int, int]:
    body = response.json()
    assert body["status"] == response.status_code
    return body["status"], body.get("serviceErrorCode", 0)


def post(linked: LinkedInStandIn, key: str) -> str:
    """The name of a post as its activity, encoded."""
    return quote(f"urn:li:activity:{linked.page.keys[key]}", safe="")


def test_notifications_come_newest_first_and_a_short_page_is_not_the_last(
    linked: LinkedInStandIn,
) -> None:
    found = pages(linked, notifications())
    assert [len(page["elements"]) for page in found] == [9, 9, 7]
    assert {page["paging"]["total"] for page in found} == {27}
    times = [one["lastModifiedAt"] for one in noticed(linked)]
    assert times == sorted(times, reverse=True)


def test_there_is_enough_to_read(linked: LinkedInStandIn) -> None:
    made = linked.page
    assert 25 <= len(made.posts) + len(made.comments) + len(made.authored["mentions"]) <= 50


def test_a_comment_has_two_spellings_and_a_mention_is_decorated(linked: LinkedInStandIn) -> None:
    comment = next(one for one in noticed(linked, "COMMENT"))
    short = comment["generatedActivity"]
    assert short.startswith("urn:li:comment:(activity:")
    long = comment["decoratedGeneratedActivity"]["comment"]["entity"]
    assert long == short.replace("(activity:", "(urn:li:activity:")
    assert comment["decoratedSourcePost"]["owner"] == ORGANIZATION
    mentions = noticed(linked, "SHARE_MENTION")
    assert len(mentions) == 6
    shares = [one["decoratedGeneratedActivity"]["share"] for one in mentions]
    assert all(share["entity"].startswith("urn:li:share:") for share in shares)


def test_actions_and_times_narrow_what_is_noticed(linked: LinkedInStandIn) -> None:
    assert {one["action"] for one in noticed(linked, "COMMENT,LIKE")} == {"COMMENT", "LIKE"}
    day = elements(linked, notifications(days=1))
    assert 0 < len(day) < 28


def test_the_malformed_are_among_them(linked: LinkedInStandIn) -> None:
    found = elements(linked, notifications())
    assert "not an object" in found
    assert any(isinstance(one, dict) and one["lastModifiedAt"] is None for one in found)
    comments = elements(linked, f"socialActions/{post(linked, 'jobs')}/comments")
    assert any(one["message"] is None for one in comments)


@pytest.mark.parametrize(
    "path",
    [
        f"organizationalEntityNotifications?q=criteria&organizationalEntity={ORGANIZATION}"
        "&actions=List(COMMENT)",
        f"organizationalEntityNotifications?q=criteria&organizationalEntity={US}"
        "&actions=List%28COMMENT%29",
        f"organizationalEntityNotifications?q=criteria&organizationalEntity={US}"
        "&actions=List(COMMENT)&timeRange=%28start%3A1%2Cend%3A2%29",
        f"organizationalEntityNotifications?organizationalEntity={US}&actions=List(COMMENT)",
        f"posts?q=author&author={ORGANIZATION}",
        f"posts?q=author&author={US}&count=101",
        f"posts?q=author&author={US}&start=-1",
        "posts/urn:li:share:7000000000000000002",
    ],
)
def test_what_restli_can_not_read_is_refused(linked: LinkedInStandIn, path: str) -> None:
    assert error(ask(linked, path))[0] == 400


def test_own_posts_have_two_names(linked: LinkedInStandIn) -> None:
    found = [one for one in elements(linked, f"posts?q=author&author={US}") if one["commentary"]]
    assert len(found) == 5
    assert {one["id"].split(":")[2] for one in found} == {"share", "ugcPost"}
    edited = [one for one in found if one["lastModifiedAt"] > one["createdAt"]]
    assert len(edited) == 1
    for one in found:
        assert ask(linked, f"posts/{quote(one['id'], safe='')}").json()["id"] == one["id"]
    by_share = elements(linked, f"socialActions/{quote(found[0]['id'], safe='')}/comments")
    by_activity = elements(linked, f"socialActions/{post(linked, 'winter-plan')}/comments")
    assert by_share == by_activity != []
    assert error(ask(linked, "posts/urn%3Ali%3Ashare%3A1"))[0] == 404


def test_replies_are_read_under_the_comment(linked: LinkedInStandIn) -> None:
    top = elements(linked, f"socialActions/{post(linked, 'winter-plan')}/comments")
    assert len(top) == 4
    assert not any("parentComment" in one for one in top)
    for spelled in (top[0]["commentUrn"], top[0]["commentUrn"].replace("(urn:li:", "(")):
        replies = elements(linked, f"socialActions/{quote(spelled, safe='')}/comments")
        assert len(replies) == top[0]["commentsSummary"]["totalFirstLevelComments"] == 2
        assert {one["parentComment"] for one in replies} == {top[0]["commentUrn"]}
    assert replies[0]["actor"] == ORGANIZATION


@pytest.mark.parametrize(("version", "status"), [
    ("202611", 200), ("202512", 200), ("202511", 426), ("202612", 426), ("", 400), ("v3", 400),
])  # fmt: skip
def test_a_version_lasts_twelve_months(linked: LinkedInStandIn, version: str, status: int) -> None:
    answer = ask(linked, f"posts?q=author&author={US}", **{"LinkedIn-Version": version})
    assert answer.status_code == status
    assert linked.version == "202610"


def test_the_protocol_must_be_named(linked: LinkedInStandIn) -> None:
    answer = ask(linked, f"posts?q=author&author={US}", **{"X-Restli-Protocol-Version": "1.0"})
    assert error(answer)[0] == 400


def test_tokens_that_are_wrong_revoked_or_over_are_told_apart() -> None:
    faults = Faults()
    with LinkedInStandIn(AT, faults) as linked:
        path = f"posts?q=author&author={US}"
        assert error(ask(linked, path, authorization="Bearer x")) == (401, 65600)
        assert error(ask(linked, path, authorization="")) == (401, 65604)
        for kind, expected in (("401", (401, 65601)), ("expire", (401, 65602)), ("403", (403, 0)),
                               ("429", (429, 0)), ("426", (426, 0))):  # fmt: skip
            faults.add("linkedin", kind)  # type: ignore[arg-type]
            assert error(ask(linked, path)) == expected
        linked.fail(403, "Not enough permissions to access: GET-posts", 100)
        assert error(ask(linked, path)) == (403, 100)
        faults.add("linkedin", "repeat_token")
        links = ask(linked, f"{path}&count=2").json()["paging"]["links"]
        assert "start=0" in links[0]["href"]


def test_the_days_calls_end(linked: LinkedInStandIn) -> None:
    linked.calls = 1
    assert ask(linked, f"posts?q=author&author={US}").ok
    answer = ask(linked, f"posts?q=author&author={US}")
    assert error(answer)[0] == 429
    assert "APPLICATION DAY" in answer.json()["message"]


def test_what_members_posted_is_closed_to_a_page(linked: LinkedInStandIn) -> None:
    (mention, *_) = noticed(linked, "SHARE_MENTION")
    urn = mention["decoratedGeneratedActivity"]["share"]["entity"]
    assert error(ask(linked, f"posts/{quote(urn, safe='')}")) == (403, 100)


def test_another_organization_is_not_ours_to_read(linked: LinkedInStandIn) -> None:
    answer = ask(linked, "posts?q=author&author=urn%3Ali%3Aorganization%3A1000002")
    assert error(answer) == (403, 100)
    assert answer.json()["message"].startswith("Not enough permissions to access:")


def test_a_later_day_edits_deletes_and_adds(linked: LinkedInStandIn) -> None:
    before, keys = noticed(linked), linked.page.keys
    linked.change()
    path = notifications().replace(f"end:{ms(timedelta())}", f"end:{ms(timedelta()) + 1}")
    after = [
        one for one in elements(linked, path) if isinstance(one, dict) and one["lastModifiedAt"]
    ]
    known = {one["notificationId"] for one in before}
    new = sorted(one["action"] for one in after if one["notificationId"] not in known)
    assert new == ["ADMIN_COMMENT", "COMMENT", "COMMENT_DELETE", "COMMENT_EDIT", "SHARE_MENTION"]
    gone = next(one for one in after if one["action"] == "COMMENT_DELETE")
    assert "decoratedGeneratedActivity" not in gone
    assert gone["generatedActivity"].endswith(f",{keys['plan-insult']})")
    jobs = elements(linked, f"socialActions/{post(linked, 'jobs')}/comments")
    edited = next(one for one in jobs if one["id"] == keys["jobs-question"])
    assert edited["lastModified"]["time"] > edited["created"]["time"]
    one = f"socialActions/{post(linked, 'winter-plan')}/comments/{keys['plan-insult']}"
    assert error(ask(linked, one))[0] == 404


def test_a_comment_is_deleted_in_the_name_of_the_page(linked: LinkedInStandIn) -> None:
    number = linked.page.keys["plan-insult"]
    path = f"socialActions/{post(linked, 'winter-plan')}/comments/{number}"
    assert ask(linked, path).json()["id"] == number
    assert error(ask(linked, path, "DELETE"))[0] == 400
    linked.may_delete = False
    assert error(ask(linked, f"{path}?actor={US}", "DELETE")) == (403, 100)
    linked.may_delete = True
    assert ask(linked, f"{path}?actor={US}", "DELETE").status_code == 204
    assert error(ask(linked, path))[0] == 404


def test_consent_leads_to_a_token_of_sixty_days_and_one_that_renews_it(
    linked: LinkedInStandIn,
) -> None:
    client = {"client_id": linked.consent.client_id, "client_secret": linked.consent.client_secret}
    back = "http://127.0.0.1:8765/connected"
    asked = {"client_id": client["client_id"], "redirect_uri": back, "response_type": "code",
             "state": "abc", "scope": "r_organization_social rw_organization_admin"}  # fmt: skip
    answer = requests.get(f"{linked.url}/oauth/v2/authorization", params=asked,
                          allow_redirects=False, timeout=10)  # fmt: skip
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    def token(**form: str) -> Any:
        return requests.post(
            f"{linked.url}/oauth/v2/accessToken", data={**client, **form}, timeout=10
        ).json()

    given = token(grant_type="authorization_code", redirect_uri=back, code=code)
    assert (given["expires_in"], given["refresh_token_expires_in"]) == (5_184_000, 31_536_000)
    renewed = token(grant_type="refresh_token", refresh_token=given["refresh_token"])
    path = f"posts?q=author&author={US}"
    assert ask(linked, path, authorization=f"Bearer {renewed['access_token']}").ok
    assert token(grant_type="refresh_token", refresh_token="x")["error"] == "invalid_grant"
