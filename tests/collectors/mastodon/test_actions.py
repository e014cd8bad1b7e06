from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from collectors.base import Gone, SkippedItem
from collectors.platforms import integration
from core.context import AnsweredPost, Context
from core.errors import CollectorError, PlatformUnavailable
from core.models import Mention
from tests.collectors.cases import AT, CASES, SECRET, answer, page, pull, source
from tests.collectors.mastodon.test_collector import (
    ANA,
    ANSWER,
    BOOST,
    CY,
    FEDI,
    FLO,
    OTHER,
    SEARCH,
    URL,
    one_list,
)

STATUSES = f"{URL}/api/v1/statuses"
ELSEWHERE = f"{OTHER}/api/v1/statuses/{FLO.partition(':')[2]}"
GONE = {"error": "Record not found"}


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def held(web: responses.RequestsMock) -> dict[str, Mention]:
    answer(web, "mastodon", CASES["mastodon"]["routes"])
    mentions = pull(source("mastodon"))[0]
    web.reset()
    return {mention.key: mention for mention in mentions}


def recheck(*held: Mention, **table: Any) -> list[Any]:
    return list(
        integration("mastodon").recheck.load()(source("mastodon", **(table or one_list())), held)
    )


def profiles(*names: str) -> list[Any]:
    return list(integration("mastodon").profiles.load()(source("mastodon", **one_list()), names))


def params(web: responses.RequestsMock) -> dict[str, str]:
    """What the only request asked."""
    (call,) = web.calls
    found: dict[str, str] = call.request.params  # type: ignore[attr-defined]
    return found


# ── at a server of the table ─────────────────────────────────────────────────────────────────────


def test_what_is_still_there_comes_back_edited_with_what_it_matched(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    now = page("mastodon/tag1.json")[0] | {
        "content": "<p>It was answered</p>", "edited_at": "2026-11-23T09:00:00.000Z",
    }  # fmt: skip
    web.get(STATUSES, json=[now])
    (fresh,) = recheck(held[ANA])
    assert "It was answered" in fresh.text
    assert fresh.edited_at > held[ANA].edited_at
    assert (fresh.matched, fresh.kind) == (held[ANA].matched, "reply")
    assert params(web) == {"id[]": "115000000000000009"}
    assert web.calls[0].request.headers["Authorization"] == f"Bearer {SECRET}"


def test_an_edit_does_not_lose_what_a_status_answers(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    stored = Context(answered=(AnsweredPost(text="Walk-in clinics are open"),))
    web.get(STATUSES, json=[page("mastodon/tag1.json")[0] | {"content": "<p>It was answered</p>"}])
    (fresh,) = recheck(dataclasses.replace(held[ANA], context=stored))
    assert fresh.context.answered == stored.answered
    assert fresh.context.pictures == ("A queue round a corner",)


def test_what_a_whole_answer_leaves_out_is_gone(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    web.get(STATUSES, json=[page("mastodon/tag1.json")[0]])
    fates = recheck(held[ANA], held[BOOST])
    assert isinstance(fates[0], Mention)
    assert fates[1:] == [Gone("social.example.org", "115000000000000003", "deleted")]


def test_a_whole_empty_answer_is_evidence_too(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    web.get(STATUSES, json=[])
    assert recheck(held[ANA]) == [Gone("social.example.org", "115000000000000009", "deleted")]


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"visibility": "private"}, "private"), ({"account": {"note": "<p>#nobot</p>"}}, "withheld")],
)
def test_what_its_author_withdrew_from_us_is_gone(
    web: responses.RequestsMock, held: dict[str, Mention], changes: dict[str, Any], why: str
) -> None:
    now = page("mastodon/tag1.json")[0]
    now |= changes | {"account": now["account"] | changes.get("account", {})}
    web.get(STATUSES, json=[now])
    assert recheck(held[ANA]) == [Gone("social.example.org", "115000000000000009", why)]


def test_our_own_is_kept_whatever_its_profile_says(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    web.get(STATUSES, json=page("mastodon/own.json")[:1])
    (fresh,) = recheck(held[ANSWER])
    assert (fresh.own, fresh.parent_id) == (True, held[ANSWER].parent_id)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"json": {}},
        {"json": [None]},
        {"json": [{"id": "1"}]},
        {"json": [{"content": "no id"}]},
        {"body": "<html>maintenance</html>"},
        {"body": requests.ConnectionError()},
        {"status": 401, "json": {"error": "The access token is invalid"}},
        {"status": 404, "body": "<html>"},
        {"status": 422, "json": {"error": "Validation failed"}},
        {"status": 503},
    ],
)
def test_nothing_but_a_whole_answer_makes_a_status_gone(
    web: responses.RequestsMock, held: dict[str, Mention], spoiled: dict[str, Any]
) -> None:
    web.get(STATUSES, **spoiled)
    with pytest.raises(CollectorError, match="server 1"):
        recheck(held[ANA])


def test_a_status_that_came_back_odd_or_as_another_is_not_gone(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    shown = page("mastodon/tag1.json")[0]
    other = shown | {"uri": "https://fedi.example.net/users/x/statuses/115000000000000009"}
    for answered in (shown | {"account": None}, other):
        web.replace(responses.GET, STATUSES, json=[answered]) if web.registered() else web.get(
            STATUSES, json=[answered]
        )
        (odd,) = recheck(held[ANA])
        assert isinstance(odd, SkippedItem)


def test_statuses_are_looked_up_20_at_a_time(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    web.get(STATUSES, json=[])
    many = [dataclasses.replace(held[ANA], issued_id=str(n)) for n in range(45)]
    assert len(recheck(*many)) == 45
    assert [str(call.request.url).count("id%5B%5D=") for call in web.calls] == [20, 20, 5]


def test_a_server_without_batches_is_asked_one_by_one(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    web.get(STATUSES, status=404, body="<html>")
    web.get(f"{STATUSES}/115000000000000009", json=page("mastodon/tag1.json")[0])
    web.get(f"{STATUSES}/115000000000000003", status=404, json=GONE)
    fresh, gone = recheck(held[ANA], held[BOOST])
    assert isinstance(fresh, Mention)
    assert gone == Gone("social.example.org", "115000000000000003", "deleted")
    assert {call.request.headers["Authorization"] for call in web.calls} == {f"Bearer {SECRET}"}


def test_a_name_that_an_earlier_run_saw_is_the_servers_own(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    local = "http://127.0.0.1:8801"
    web.get(f"{local}/api/v1/statuses", json=[page("mastodon/tag1.json")[0]])
    kept = {"127.0.0.1:8801 name": "social.example.org"}
    built = source("mastodon", state=kept, **one_list(url=local))
    fates = list(integration("mastodon").recheck.load()(built, [held[ANA], held[BOOST]]))
    assert [type(fate) for fate in fates] == [Mention, Gone]
    web.replace(responses.GET, f"{local}/api/v1/statuses", json=[])
    assert (
        list(integration("mastodon").recheck.load()(built, [held[ANA]])) == []
    )  # seen names may be mistaken


def test_a_server_that_fails_does_not_cost_the_others_their_recheck(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    web.get(STATUSES, status=503)
    web.get(f"{OTHER}/api/v1/statuses", json=[])
    both: Any = {"server": [*one_list()["server"], FEDI]}
    fates: list[Any] = []
    with pytest.raises(PlatformUnavailable, match="1 of 2 servers"):
        fates.extend(
            integration("mastodon").recheck.load()(
                source("mastodon", **both), [held[ANA], held[FLO]]
            )
        )
    assert fates == [Gone("fedi.example.net", FLO.partition(":")[2], "deleted")]


# ── at other servers ─────────────────────────────────────────────────────────────────────────────


def test_a_status_of_another_server_is_looked_up_there_without_a_token(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    now = page("mastodon/tag2.json")[0] | {"favourites_count": 9, "in_reply_to_id": None}
    now["account"] |= {"acct": "flo"}
    web.get(ELSEWHERE, json=now)
    (fresh,) = recheck(held[FLO])
    assert fresh.metrics["likes"] == 9
    assert (fresh.key, fresh.author) == (FLO, held[FLO].author)
    assert fresh.parent_id == held[FLO].parent_id  # what only the first find told
    assert "Authorization" not in web.calls[0].request.headers


@pytest.mark.parametrize("status", [404, 410])
def test_what_its_own_server_says_is_gone_is_gone(
    web: responses.RequestsMock, held: dict[str, Mention], status: int
) -> None:
    web.get(ELSEWHERE, status=status, json=GONE)
    assert recheck(held[FLO]) == [Gone("fedi.example.net", FLO.partition(":")[2], "deleted")]


@pytest.mark.parametrize(
    "spoiled",
    [
        {"status": 404, "body": "<html>no such page</html>"},
        {"status": 404, "json": {}},
        {"status": 401, "json": {"error": "This method requires an authenticated user"}},
        {"status": 403},
        {"status": 503},
        {"body": requests.ConnectionError()},
        {"body": "<html>maintenance</html>"},
    ],
)
def test_another_server_that_does_not_answer_makes_nothing_gone_and_fails_nothing(
    web: responses.RequestsMock, held: dict[str, Mention], spoiled: dict[str, Any]
) -> None:
    web.get(ELSEWHERE, **spoiled)
    second = dataclasses.replace(held[FLO], issued_id="01JZ")
    web.get(f"{OTHER}/api/v1/statuses/01JZ", **spoiled)
    (odd,) = recheck(held[FLO], second)
    assert "2 statuses" in odd.why
    assert "fedi" not in f"{odd.item} {odd.why}"  # a server of one user names that user
    web.reset()
    assert recheck(held[FLO], **one_list(), origins=False) == []


def test_a_name_out_of_a_post_leads_to_no_machine_of_ours(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    near = [
        dataclasses.replace(held[FLO], issuer=name)
        for name in ("127.0.0.1:8801", "localhost", "10.0.0.5", "[::1]")
    ]
    (odd,) = recheck(*near)
    assert "4 statuses" in odd.why
    assert not web.calls


def test_what_can_not_be_looked_up_yields_nothing(
    web: responses.RequestsMock, held: dict[str, Mention]
) -> None:
    profile = dataclasses.replace(held[ANA], issued_id="profile:https://social.example.org/@ana")
    assert recheck(held[CY], profile) == []
    assert not web.calls


# ── profiles ─────────────────────────────────────────────────────────────────────────────────────


def test_profiles_are_searched_by_name_and_known_by_their_own_address(
    web: responses.RequestsMock,
) -> None:
    web.get(SEARCH, json=page("mastodon/accounts.json"))
    official, copy, odd = profiles("NHS North West London")
    assert isinstance(odd, SkippedItem)
    assert official.author.avatar == "https://files.example.org/logo.png"
    assert (copy.kind, copy.issuer, copy.issued_id) == (
        "profile", "fedi.example.net", "profile:https://fedi.example.net/@nhsnwI",
    )  # fmt: skip
    assert copy.text.splitlines() == [
        "NHS North West London", "@nhsnwI@fedi.example.net", "Help desk & bookings", "Fee: £20",
    ]  # fmt: skip
    assert (copy.author.followers, copy.posted_at) == (9, AT)
    assert (params(web)["q"], params(web)["type"]) == ("NHS North West London", "accounts")


def test_a_server_without_search_of_accounts_is_told_of_once(web: responses.RequestsMock) -> None:
    web.get(SEARCH, status=404, body="<html>")
    (odd,) = profiles("NHS NWL", "NHS NW London")
    assert isinstance(odd, SkippedItem)


def test_nothing_can_be_done_to_what_others_post() -> None:
    assert not integration("mastodon").moderation
