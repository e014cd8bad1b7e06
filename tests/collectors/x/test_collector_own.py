from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import responses

from collectors import factory
from collectors.base import Collected, SaveState, SkippedItem
from collectors.factory import collector_class
from collectors.x.budget import MOST, OwnPosts, Spend
from core.errors import ConfigError, PlatformRefused
from core.models import Mention
from tests.collectors.cases import AT, REGISTER, SECRET, SINCE, TABLES, client, page, pull, source

SEARCH = "https://api.x.com/2/tweets/search/recent"
MENTIONS = "https://api.x.com/2/users/987654321/mentions"
QUOTES = "https://api.x.com/2/tweets/1990000000000000020/quote_tweets"
NOTHING = {"meta": {"result_count": 0}}
TOKEN = "a-user-token-of-nobody"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def lists(
    web: responses.RequestsMock,
    *,
    search: Any = NOTHING,
    mentions: Any = NOTHING,
    quotes: Any = NOTHING,
) -> None:
    for url, body in ((SEARCH, search), (MENTIONS, mentions), (QUOTES, quotes)):
        web.get(url, json=body)


def ours(kept: dict[str, str] | None = None, **table: Any) -> Any:
    """A source that knows its own account, by its number and by the register."""
    given = {**TABLES["x"], "user_id": "987654321", **table}
    return factory.build(
        "x", given, http=client(), at=AT, state=kept or {}, terms=("NHS NW London",), register=REGISTER,
        official={"x": frozenset({"healthiernwl"})},
    )  # fmt: skip


def asked(web: responses.RequestsMock, url: str) -> list[Any]:
    return [call.request for call in web.calls if str(call.request.url).startswith(url)]


def params(web: responses.RequestsMock, url: str) -> list[dict[str, str]]:
    return [request.params for request in asked(web, url)]


def remembered(*ago: float) -> dict[str, str]:
    """Own posts of so many hours ago."""
    posts = {str(n): (str(n), (AT - timedelta(hours=h)).isoformat()) for n, h in enumerate(ago, 1)}
    return {"own posts": json.dumps(posts)}


# ── mentions of our account ──────────────────────────────────────────────────────────────────────


def test_what_mentions_our_account_is_read_by_its_number(web: responses.RequestsMock) -> None:
    lists(web, mentions=page("x/mentions.json"))
    mentions, odds, _, error = pull(ours())
    assert (len(mentions), odds, error) == (1, [], None)
    assert mentions[0].matched == ("mentions of our account",)
    assert (mentions[0].kind, mentions[0].parent_id) == ("reply", "1990000000000000020")
    assert params(web, MENTIONS)[0]["start_time"] == "2026-11-18T09:00:00Z"


def test_pictures_and_avatars_that_come_along_are_handed_on(web: responses.RequestsMock) -> None:
    lists(web, mentions=page("x/mentions.json"))
    (mention,) = pull(ours(pictures=True))[0]
    assert mention.images == ("https://pbs.example.org/1.jpg", "https://pbs.example.org/2.jpg")
    assert mention.author.avatar == "https://pbs.example.org/ana.jpg"
    assert "attachments.media_keys" in params(web, SEARCH)[0]["expansions"]
    assert params(web, SEARCH)[0]["media.fields"] == (
        "media_key,type,url,preview_image_url,alt_text,duration_ms"
    )


def test_pictures_are_not_asked_for_unless_config_says_so(web: responses.RequestsMock) -> None:
    lists(web)
    pull(ours())
    assert "attachments" not in f"{params(web, SEARCH)[0]}"


def test_our_own_token_reads_mentions_and_pays_less(web: responses.RequestsMock) -> None:
    lists(web, mentions=page("x/mentions.json"))
    kept = pull(ours(access_token=TOKEN, monthly_budget=9.0))[2]
    assert asked(web, MENTIONS)[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked(web, SEARCH)[0].headers["Authorization"] == f"Bearer {SECRET}"
    came = 1 + 10 + 5 + 2 * 5  # the mention, its author, the post that it answers, two pictures
    assert Spend(9, kept, AT).sum == came


def test_a_token_of_ours_that_has_ended_is_renewed_by_a_person(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json=NOTHING)
    web.get(MENTIONS, status=401, json={"title": "Unauthorized"})
    *_, error = pull(ours(access_token=TOKEN))
    assert isinstance(error, PlatformRefused)
    assert "mentions connect x" in str(error)
    assert TOKEN not in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "json": {"type": "https://api.x.com/2/problems/resource-not-found"}},
        {"json": {"errors": [{"type": "https://api.twitter.com/2/problems/resource-not-found"}]}},
    ],
)
def test_an_account_that_is_not_there_is_named_by_its_key(
    web: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    web.get(SEARCH, json=NOTHING)
    web.get(MENTIONS, **answer)
    *_, error = pull(ours())
    assert isinstance(error, PlatformRefused)
    assert "`user_id`" in str(error)


def test_mentions_that_x_no_longer_lists_are_told(web: responses.RequestsMock) -> None:
    many = [
        {"id": str(n), "text": "x", "created_at": "2026-11-23T08:00:00Z"} for n in range(1, 791)
    ]
    lists(web, mentions={"data": many, "meta": {}})
    odds = pull(ours())[1]
    assert [odd.stops for odd in odds if "latest 800" in odd.why] == [False]


def test_a_number_that_is_not_in_the_register_is_refused() -> None:
    with pytest.raises(ConfigError, match="user_id: follows an account"):
        ours(user_id="55")


def test_without_a_number_neither_mentions_nor_quotes_are_asked_for(
    web: responses.RequestsMock,
) -> None:
    lists(web, search=page("x/own.json"))
    pull(source("x", access_token=TOKEN))
    assert not asked(web, MENTIONS)
    assert not asked(web, QUOTES)


# ── our own posts, and who quotes them ───────────────────────────────────────────────────────────


def test_what_our_accounts_say_is_our_own(web: responses.RequestsMock) -> None:
    lists(web, search=page("x/own.json"))
    mentions = pull(ours())[0]
    assert [mention.own for mention in mentions[:2]] == [True, True]
    assert params(web, SEARCH)[1]["query"] == "from:healthiernwl"
    assert not any(mention.own for mention in pull(source("x"))[0]), "by the register alone"


def test_an_account_that_is_ours_by_its_name_is_ours_without_its_number(
    web: responses.RequestsMock,
) -> None:
    lists(web, search=page("x/own.json"))
    assert all(mention.own for mention in pull(ours(user_id=""))[0])


def test_quotes_of_what_we_said_are_read_by_its_current_id(web: responses.RequestsMock) -> None:
    lists(web, search=page("x/own.json"), quotes=page("x/quotes.json"))
    mentions = pull(ours())[0]
    (quote,) = [mention for mention in mentions if mention.kind == "quote"]
    assert (quote.quoted_id, quote.matched) == ("1990000000000000019", ("quotes of our posts",))
    assert len(asked(web, QUOTES)) == 1, "and a repost of ours has no quotes of its own"
    assert params(web, QUOTES)[0]["max_results"] == "10"


def test_quotes_of_older_posts_are_read_by_later_runs_for_a_week(
    web: responses.RequestsMock,
) -> None:
    lists(web, search=page("x/own.json"))
    keeps = pull(ours())[2]
    web.reset()
    lists(web, quotes=page("x/quotes.json"))
    (quote,) = pull(ours(keeps))[0]
    assert quote.kind == "quote"
    assert OwnPosts(keeps, AT + timedelta(days=8)).recent() == []


def test_quotes_are_read_back_to_the_last_run(web: responses.RequestsMock) -> None:
    lists(web)
    new = page("x/quotes.json") | {"meta": {"next_token": "more"}}
    old = {
        "data": [{"id": "7", "text": "x", "created_at": "2026-11-01T00:00:00Z"}],
        "meta": {"next_token": "on"},
    }
    quotes = "https://api.x.com/2/tweets/1/quote_tweets"
    web.get(quotes, json=new)
    web.get(quotes, json=old)
    pull(ours(remembered(30)))
    assert [one.get("pagination_token") for one in params(web, quotes)] == [None, "more"]
    assert [one["max_results"] for one in params(web, quotes)] == ["10", "100"]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "json": {"title": "Not Found Error"}},
        {"json": {"errors": [{"type": "https://api.x.com/2/problems/resource-not-found"}]}},
    ],
)
def test_a_post_of_ours_that_is_gone_is_forgotten_and_costs_only_itself(
    web: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    lists(web)
    web.get("https://api.x.com/2/tweets/1/quote_tweets", **answer)
    web.get("https://api.x.com/2/tweets/2/quote_tweets", json=page("x/quotes.json"))
    mentions, _, keeps, error = pull(ours(remembered(1, 2)))
    assert (len(mentions), error) == (1, None)
    assert [post for post, _ in OwnPosts(keeps, AT).recent()] == ["2"]


def test_a_page_that_is_not_xs_own_makes_nothing_of_ours_forgotten(
    web: responses.RequestsMock,
) -> None:
    lists(web)
    web.get("https://api.x.com/2/tweets/1/quote_tweets", status=404, body="<html>not here</html>")
    *_, keeps, error = pull(ours(remembered(1)))
    assert isinstance(error, PlatformRefused)
    assert [post for post, _ in OwnPosts(keeps, AT).recent()] == ["1"]


def test_the_newest_posts_are_asked_for_and_not_more_than_x_allows() -> None:
    recent = OwnPosts(remembered(*range(1, 100)), AT).recent()
    assert [post for post, _ in recent] == [str(n) for n in range(1, MOST + 1)]


@pytest.mark.parametrize("written", ["", "{", "[]", '{"1": 2}', '{"1": ["1", "soon"]}'])
def test_own_posts_that_can_not_be_read_are_none(written: str) -> None:
    assert OwnPosts({"own posts": written}, AT).recent() == []


def test_quotes_whose_tokens_repeat_end_the_walk(web: responses.RequestsMock) -> None:
    lists(web)
    again = page("x/quotes.json") | {"meta": {"next_token": "more"}}
    web.get("https://api.x.com/2/tweets/1/quote_tweets", json=again)
    odds = pull(ours(remembered(30)))[1]
    assert [odd.stops for odd in odds] == [True]


def test_everything_that_is_kept_is_kept_whatever_becomes_of_the_run(
    web: responses.RequestsMock,
) -> None:
    lists(web, search=page("x/own.json"), quotes=page("x/quotes.json"))
    found = list[Collected](ours(monthly_budget=9.0).collect(SINCE))
    kept = [thing for thing in found if isinstance(thing, SaveState)]
    assert {keep.name for keep in kept} == {"places", "own posts", "spend"}
    assert all(keep.always for keep in kept)
    assert all(isinstance(thing, SaveState | Mention | SkippedItem) for thing in found)


def test_the_apps_token_is_enough_and_a_users_is_a_choice(web: responses.RequestsMock) -> None:
    assert factory.needed("x") == ("bearer_token",)
    assert collector_class("x").grant_optional
    lists(web)
    assert pull(ours(monthly_budget=5))[3] is None, "and a budget may be a whole number"
