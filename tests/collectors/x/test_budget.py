from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from collectors.x.budget import MEDIA, OWNED, POST, OverBudget, Spend
from core.errors import PlatformRefused
from demo.platforms.x import XStandIn
from tests.collectors.cases import AT, SECRET, SINCE, page, pointed, pull, source

SEARCH = "https://api.x.com/2/tweets/search/recent"
PAGE = {
    "data": [{"id": "1"}, {"id": "2"}],
    "includes": {"users": [{"id": "1"}], "tweets": [{"id": "9"}]},
}
COST = 5 + 5 + 10 + 5  # two posts, one author, one post that another refers to


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def kept(spend: Spend) -> dict[str, str]:
    return {keep.name: keep.value for keep in spend.keep()}


def test_posts_and_the_accounts_that_come_along_are_counted() -> None:
    spend = Spend(10, {}, AT)
    spend.add(PAGE, POST)
    assert spend.sum == COST


def test_an_item_is_charged_once_on_a_day_also_in_another_run() -> None:
    spend = Spend(10, {}, AT)
    spend.add(PAGE, POST)
    spend.add(PAGE, POST)
    again = Spend(10, kept(spend), AT + timedelta(hours=1))
    again.add(PAGE, POST)
    assert again.sum == COST
    next_day = Spend(10, kept(again), AT + timedelta(days=1))
    next_day.add(PAGE, POST)
    assert next_day.sum == 2 * COST


def test_a_new_month_begins_at_nothing() -> None:
    spend = Spend(10, {}, AT)
    spend.add(PAGE, POST)
    assert Spend(10, kept(spend), AT + timedelta(days=7)).sum == 0


def test_an_owned_read_is_cheaper() -> None:
    spend = Spend(10, {}, AT)
    spend.add({"data": [{"id": "1"}]}, OWNED)
    assert spend.sum == 1


def test_pictures_that_come_along_are_counted_once_a_day_by_their_keys() -> None:
    pictures = {
        "data": [{"id": "1"}],
        "includes": {"media": [{"media_key": "3_1"}, {"media_key": "7_2"}]},
    }
    spend = Spend(10, {}, AT, pictures=True)
    spend.add(pictures, POST)
    spend.add(pictures, POST)
    assert spend.sum == POST + 2 * MEDIA


def test_with_pictures_a_page_is_as_short_as_the_budget_surely_pays() -> None:
    assert Spend(1, {}, AT, pictures=True).most(100, 10, POST) == 1000 // (45 + 4 * MEDIA)
    with pytest.raises(OverBudget):
        Spend(0.60, {}, AT, pictures=True).most(100, 10, POST)
    lookup = Spend(0.20, {}, AT, pictures=True)
    lookup.allow(5, 5)  # 5 posts by 5 accounts with 20 pictures
    with pytest.raises(PlatformRefused, match=r"0\.20 USD"):
        lookup.allow(6, 6)


def test_the_pictures_of_a_run_are_within_its_budget() -> None:
    with XStandIn(AT) as standin:
        _, _, without, _ = pull(pointed(standin, user_id="", monthly_budget=100.0, pictures=False))
        mentions, _, keeps, error = pull(
            pointed(standin, user_id="", monthly_budget=100.0, pictures=True)
        )
    assert error is None
    pictures = {address for mention in mentions for address in mention.images}
    assert pictures
    more = Spend(100, keeps, AT).sum - Spend(100, without, AT).sum
    assert more == MEDIA * len(pictures)


def test_a_page_is_as_long_as_the_budget_can_surely_pay() -> None:
    assert Spend(10, {}, AT).most(100, 10, POST) == 100
    assert Spend(1, {}, AT).most(100, 10, POST) == 1000 // 45
    with pytest.raises(OverBudget, match=r"0\.00 of 0\.40 USD"):
        Spend(0.40, {}, AT).most(100, 10, POST)


def test_without_a_budget_nothing_is_counted_or_kept() -> None:
    spend = Spend(0, {}, AT)
    spend.add(PAGE, POST)
    assert (spend.sum, kept(spend), spend.most(100, 10, POST)) == (0, {}, 100)


@pytest.mark.parametrize(
    "written", ["", "{", "[]", '{"month": "2026-11"}', '{"month": "2026-11", "sum": "x"}']
)
def test_a_sum_that_can_not_be_read_is_a_new_one(written: str) -> None:
    assert Spend(1, {"spend": written}, AT).sum == 0


@given(st.lists(st.integers(0, 30), max_size=20), st.floats(0.5, 5))
def test_a_budget_is_never_overspent(sizes: list[int], budget: float) -> None:
    spend, number = Spend(budget, {}, AT), 0
    for size in sizes:
        try:
            most = spend.most(100, 10, POST)
        except OverBudget:
            break
        came = range(number, number := number + min(size, most))
        others = [{"id": f"{n} {which}"} for n in came for which in "ab"]
        users = [{"id": f"{n} {which}"} for n in came for which in "abc"]
        spend.add(
            {
                "data": [{"id": str(n)} for n in came],
                "includes": {"users": users, "tweets": others},
            },
            POST,
        )
        assert spend.sum <= budget * 1000


def test_what_came_is_counted_and_kept_whatever_becomes_of_the_run(
    web: responses.RequestsMock,
) -> None:
    web.get(SEARCH, json=page("x/page1.json"))
    web.get(SEARCH, status=401, json={})
    _, _, keeps, error = pull(source("x", monthly_budget=9.0))
    assert error
    # five items, of which two share no id, one referred-to post, one account
    assert Spend(9, keeps, AT).sum == 5 * 5 + 5 + 10


def test_a_run_stops_before_the_page_that_could_go_over_and_says_so_once(
    web: responses.RequestsMock,
) -> None:
    web.get(SEARCH, json=page("x/page1.json"))
    mentions, odds, keeps, error = pull(source("x", monthly_budget=0.48, queries=["nhs lang:en"]))
    assert error is None
    assert len(mentions) == 3
    assert len(web.calls) == 1
    assert [odd.item for odd in odds if odd.stops] == ["the month's budget"]
    assert "0.04 of 0.48 USD" in odds[-1].why
    assert "monthly_budget" in odds[-1].why
    again = source("x", monthly_budget=0.48, state=keeps)
    assert pull(again)[1][-1].stops
    assert len(web.calls) == 1, "nothing more is asked in this month"


def test_a_smaller_page_is_asked_for_where_the_budget_ends(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json=page("x/page2.json"))
    pull(source("x", monthly_budget=0.95))
    asked: dict[str, Any] = web.calls[0].request.params  # type: ignore[attr-defined]
    assert asked["max_results"] == "21"


def test_what_the_budget_left_is_read_in_the_next_month(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json=page("x/page1.json"))
    _, _, keeps, _ = pull(source("x", monthly_budget=0.48))
    web.reset()
    web.get(SEARCH, json={"meta": {"result_count": 0}})
    web.get(SEARCH, json=page("x/page2.json"))
    mentions, _, _, error = pull(source("x", monthly_budget=100.0, state=keeps), SINCE)
    assert (len(mentions), error) == (1, None)
    asked = [call.request.params for call in web.calls]  # type: ignore[attr-defined]
    assert asked[0]["since_id"] == "1990000000000000004"
    assert asked[1]["until_id"] == "1990000000000000002"


def test_the_sum_says_nothing_of_whom_we_read(web: responses.RequestsMock) -> None:
    web.get(SEARCH, json=page("x/page2.json"))
    _, _, keeps, _ = pull(source("x", monthly_budget=9.0))
    assert "2244994945" not in keeps["spend"]
    assert SECRET not in keeps["spend"]
