from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import responses
from hypothesis import given

from collectors import factory
from collectors.base import ODD_ERRORS, Gone, Nameless, Rechecked, SkippedItem
from collectors.reddit import actions
from collectors.reddit.collector import Reddit
from collectors.reddit.parse import to_profile
from core.context import AnsweredPost, Context, Page
from core.errors import CollectorError, PlatformRefused
from core.models import Author, Mention
from tests.collectors.cases import AT, REGISTER, SECRET, TABLES, client, page
from tests.collectors.mutants import mutants

TOKEN = "https://www.reddit.com/api/v1/access_token"
INFO = "https://oauth.reddit.com/api/info"
USERS = "https://oauth.reddit.com/users/search"
SUBREDDITS = "https://oauth.reddit.com/subreddits/search"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(TOKEN, json=page("reddit/token.json"))
        yield mock


def source(**table: Any) -> Reddit:
    built = factory.build(
        "reddit", {**TABLES["reddit"], **table}, http=client(), at=AT, state={},
        terms=("NHS NW London",), register=REGISTER, official={"reddit": frozenset({"nhs_example"})},
    )  # fmt: skip
    assert isinstance(built, Reddit)
    return built


def held(name: str, **more: Any) -> Mention:
    """A mention as we hold it."""
    given: dict[str, Any] = {
        "issuer": "reddit", "issued_id": name, "platform": "reddit", "text": "as it was",
        "kind": "comment" if name.startswith("t1") else "post", "url": "https://www.reddit.com/r/london/",
        "posted_at": datetime(2026, 11, 20, tzinfo=UTC), "fetched_at": AT, "matched": ("NHS NW London",),
        "author": Author(id="t2_aaaaaa", handle="ana_example", bio="Ward clerk\nEaling"),
    }  # fmt: skip
    return Mention(**{**given, **more})


def fates(*mentions: Mention) -> list[Rechecked]:
    return list(actions.recheck(source(), mentions))


# ── is it still there? ───────────────────────────────────────────────────────────────────────────


def test_a_comment_that_is_looked_at_alone_keeps_what_it_answers(
    web: responses.RequestsMock,
) -> None:
    web.get(INFO, json=page("reddit/info.json"))
    thread = AnsweredPost(text="NHS NW London and GP access")
    stored = Context(page=Page(name="r/london", kind="subreddit"), answered=(thread,))
    (fresh, *_) = fates(held("t1_optdddd", context=stored))
    assert isinstance(fresh, Mention)
    assert fresh.context == stored


def test_what_was_edited_comes_back_as_it_is_now(web: responses.RequestsMock) -> None:
    web.get(INFO, json=page("reddit/info.json"))
    (fresh,) = fates(held("t3_1aaaaaa"))
    assert isinstance(fresh, Mention)
    assert fresh.text == "NHS NW London and GP access\n\nEdit: they rang back"
    assert fresh.edited_at == datetime.fromtimestamp(1795172400, UTC)
    assert (fresh.metrics["score"], fresh.matched) == (99, ("NHS NW London",))
    assert fresh.author.bio == "Ward clerk\nEaling", "which this lookup does not tell"


def test_an_author_of_whom_nothing_is_told_keeps_the_name_that_we_know(
    web: responses.RequestsMock,
) -> None:
    child = page("reddit/info.json")["data"]["children"][0]
    child["data"]["author"] = None
    web.get(INFO, json={"kind": "Listing", "data": {"children": [child]}})
    (fresh,) = fates(held("t3_1aaaaaa"))
    assert isinstance(fresh, Mention)
    assert fresh.author.handle == "ana_example"


def test_an_item_that_is_named_by_its_kind_and_id_alone_is_found(
    web: responses.RequestsMock,
) -> None:
    child = page("reddit/info.json")["data"]["children"][0]
    child["data"].pop("name")
    web.get(INFO, json={"kind": "Listing", "data": {"children": [child]}})
    (fresh,) = fates(held("t3_1aaaaaa"))
    assert isinstance(fresh, Mention)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("t1_optaaaa", "deleted"),
        ("t1_optbbbb", "removed"),
        ("t3_1bbbbbb", "removed"),
        ("t3_1dddddd", "deleted"),
        ("t3_1zzzzzz", "deleted"),
    ],
)
def test_what_was_taken_down_or_is_absent_is_gone(
    web: responses.RequestsMock, name: str, why: str
) -> None:
    web.get(INFO, json=page("reddit/info.json"))
    assert fates(held(name)) == [Gone("reddit", name, why)]


def test_an_account_that_is_gone_leaves_its_words_without_a_name(
    web: responses.RequestsMock,
) -> None:
    web.get(INFO, json=page("reddit/info.json"))
    fresh, nameless = fates(held("t1_optdddd"))
    assert isinstance(fresh, Mention)
    assert (fresh.text, fresh.author) == ("NHS NW London rang back", Author())
    assert nameless == Nameless("reddit", "t1_optdddd")


def test_a_well_formed_empty_answer_tells_that_all_are_gone(web: responses.RequestsMock) -> None:
    web.get(INFO, json={"kind": "Listing", "data": {"after": None, "children": []}})
    assert fates(held("t3_1"), held("t1_2")) == [Gone("reddit", "t3_1"), Gone("reddit", "t1_2")]


def test_beside_an_item_without_a_name_nothing_is_taken_for_absent(
    web: responses.RequestsMock,
) -> None:
    listing = page("reddit/info.json")
    listing["data"]["children"].append({"kind": "t3", "data": {"title": "half an item"}})
    web.get(INFO, json=listing)
    first, second = fates(held("t3_1aaaaaa"), held("t3_1zzzzzz"))
    assert isinstance(first, Mention)
    assert isinstance(second, SkippedItem)


def test_from_an_answer_that_goes_on_elsewhere_nothing_is_taken_for_absent(
    web: responses.RequestsMock,
) -> None:
    half = page("reddit/info.json")
    half["data"]["after"] = "t1_optdddd"
    web.get(INFO, json=half)
    first, second = fates(held("t3_1aaaaaa"), held("t3_1zzzzzz"))
    assert isinstance(first, Mention)
    assert isinstance(second, SkippedItem)
    assert web.calls[1].request.params["limit"] == "100"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 503, "body": "<html>"},
        {"status": 401, "json": {"message": "Unauthorized", "error": 401}},
        {"status": 403, "json": {"message": "Forbidden", "error": 403, "reason": "private"}},
        {"status": 404, "json": {"message": "Not Found", "error": 404}},
        {"status": 400, "json": {"message": "Bad Request", "error": 400}},
        {"status": 429, "body": "<html>slow down</html>"},
        {"body": "<html>hello</html>", "content_type": "text/html"},
        {"body": '{"kind": "Listing", "data": {"chi'},
        {"json": {"kind": "Listing"}},
        {"body": requests.ConnectionError(SECRET)},
    ],
)
def test_an_outage_or_a_refusal_is_never_read_as_a_deletion(
    web: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    web.get(INFO, **answer)
    found: list[object] = []
    with pytest.raises(CollectorError) as raised:
        found.extend(actions.recheck(source(), [held("t3_1aaaaaa")]))
    assert found == []
    assert "eddit" in str(raised.value)
    assert SECRET not in str(raised.value)


def test_names_are_looked_up_a_hundred_at_a_time(web: responses.RequestsMock) -> None:
    web.get(INFO, json=page("reddit/info.json"))
    fates(*(held(f"t3_{number}") for number in range(250)), held("t2_1", kind="profile"))
    asked = [call.request.params["id"].split(",") for call in web.calls[1:]]  # type: ignore[attr-defined]
    assert [len(names) for names in asked] == [100, 100, 50]


@given(mutants(page("reddit/info.json")))
def test_a_lookup_of_any_shape_is_a_fate_or_our_error(listing: Any) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.post(TOKEN, json=page("reddit/token.json"))
        web.get(INFO, body=json.dumps(listing), content_type="application/json")
        with contextlib.suppress(CollectorError):
            assert all(
                isinstance(fate, Mention | Gone | Nameless | SkippedItem)
                for fate in fates(held("t3_1aaaaaa"))
            )


# ── names like ours ──────────────────────────────────────────────────────────────────────────────


def test_accounts_and_subreddits_are_searched_by_each_name(web: responses.RequestsMock) -> None:
    web.get(USERS, json=page("reddit/users.json"))
    web.get(SUBREDDITS, json=page("reddit/subreddits.json"))
    found = list(actions.profiles(source(), ["NHS NW London", "nhs_example"]))
    profiles = [one for one in found if isinstance(one, Mention)]
    assert [one.key for one in profiles] == [
        "reddit:profile:t2_bbbbbb", "reddit:profile:t2_cccccc", "reddit:profile:t5_2aaaa",
    ]  # fmt: skip
    account, _, subreddit = profiles
    assert account.url == "https://www.reddit.com/user/nhs_nw_london/"
    assert account.text == "NHS NW London\nnhs_nw_london\nOfficial"
    assert account.author == Author(
        id="t2_bbbbbb", handle="nhs_nw_london", name="NHS NW London", bio="Official", followers=4
    )
    assert account.author.avatar == "https://styles.example.org/logo.png"
    assert subreddit.url == "https://www.reddit.com/r/NHSNWLondon/"
    assert subreddit.text == "NHS NW London help\nNHSNWLondon\nAsk us & we answer"
    assert subreddit.author.avatar == "https://styles.example.org/c.png"
    assert [one.item for one in found if isinstance(one, SkippedItem)] == [
        "users/search 1 item 3", "users/search 2 item 3",
    ]  # fmt: skip
    asked = [call.request.params["q"] for call in web.calls[1:]]  # type: ignore[attr-defined]
    assert asked == ["NHS NW London", "NHS NW London", "nhs_example", "nhs_example"]


def test_a_search_that_is_refused_needs_a_person(web: responses.RequestsMock) -> None:
    web.get(USERS, status=403, json={"message": "Forbidden", "error": 403})
    with pytest.raises(PlatformRefused, match="users/search"):
        list(actions.profiles(source(), ["NHS NW London"]))


@given(mutants(page("reddit/users.json")["data"]["children"][0]))
def test_a_profile_of_any_shape_is_a_mention_or_an_odd_item(child: Any) -> None:
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(to_profile(child, AT), Mention)
