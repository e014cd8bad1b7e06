from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from demo.platforms.care_opinion import KEY, CareOpinionStandIn
from tests.demo.conftest import AT


@pytest.fixture
def site() -> Iterator[CareOpinionStandIn]:
    with CareOpinionStandIn(AT) as standin:
        yield standin


def ask(site: CareOpinionStandIn, path: str = "/opinions", key: str = KEY, **params: Any) -> requests.Response:  # fmt: skip
    return requests.get(
        f"{site.url}/api/v2{path}", params=params, timeout=10,
        headers={"Authorization": f"SUBSCRIPTION_KEY {key}"},
    )  # fmt: skip


def every(site: CareOpinionStandIn, **params: Any) -> list[Any]:
    """All pages, until an empty one."""
    found: list[Any] = []
    while page := ask(site, take=8, skip=len(found), **params).json():
        found += page
    return found


def stories(site: CareOpinionStandIn, **params: Any) -> list[dict[str, Any]]:
    return [one for one in every(site, **params) if isinstance(one, dict) and one["id"]]


def test_a_wrong_key_leads_to_a_login_page_with_200(site: CareOpinionStandIn) -> None:
    for answer in (ask(site, key="old"), requests.get(f"{site.url}/api/v2/opinions", timeout=10)):
        assert [past.status_code for past in answer.history] == [302]
        assert (answer.status_code, b"Sign in" in answer.content) == (200, True)
    site.faults.add("care_opinion", "expire")
    assert b"Sign in" in ask(site).content


def test_stories_come_oldest_first_until_a_page_is_empty(site: CareOpinionStandIn) -> None:
    found = stories(site)
    assert len(found) == 21
    out = [one["dateOfPublication"] for one in found]
    assert out == sorted(out)
    assert all(one["dateOfSubmission"] < one["dateOfPublication"] for one in found)
    assert len(ask(site).json()) == 10


def test_times_are_utc_without_an_offset(site: CareOpinionStandIn) -> None:
    assert stories(site)[-1]["dateOfPublication"] == "2026-11-20T04:45:00"


def test_stories_can_be_narrowed_by_day_service_and_tag(site: CareOpinionStandIn) -> None:
    everything = stories(site)
    day = f"{AT - timedelta(days=3):%Y-%m-%d}"
    assert stories(site, submittedonafter=day) == [
        one for one in everything if one["dateOfSubmission"] >= day
    ]
    assert stories(site, publishedafter=day) == [
        one for one in everything if one["dateOfPublication"] >= day
    ]
    assert len(stories(site, nacs="RZZ01")) == 4
    assert len(stories(site, nacs="rzz")) == 10  # a trust's code stands for its sites
    assert len(stories(site, nacs=["Z99001", "Z99002"])) == 4
    assert len(stories(site, tag="midwives")) == 1
    assert ask(site, submittedonafter="lately").status_code == 400
    assert stories(site, invented="1") == everything


def test_links_are_spelt_in_both_ways_and_lead_to_the_parts(site: CareOpinionStandIn) -> None:
    found = stories(site)
    spelt = {frozenset(link) for one in found for link in one["links"]}
    assert spelt == {frozenset({"relation", "id", "link"}), frozenset({"rel", "id", "href"})}
    birth = next(one for one in found if "fox" in one["title"])
    parts = {link["rel"]: ask_link(link["href"]) for link in birth["links"]}
    assert parts["tags"][0] == {"name": "birth", "group": "what's good", "polarity": 1}
    assert (parts["healthservices"][0]["nacs"], parts["healthservices"][0]["siteNacs"]) == ("RZY", "RZY01")  # fmt: skip
    assert parts["responses"][0]["dateOfPublication"] > birth["dateOfPublication"]


def ask_link(url: str) -> Any:
    return requests.get(
        url, headers={"Authorization": f"SUBSCRIPTION_KEY {KEY}"}, timeout=10
    ).json()


def test_a_story_without_answers_has_an_empty_list_and_one_that_is_gone_a_web_page(
    site: CareOpinionStandIn,
) -> None:
    assert ask(site, "/opinions/1300114/responses").json() == []
    assert ask(site, "/opinions/1300114").json()["id"] == 1300114
    missing = ask(site, "/opinions/5")
    assert (missing.status_code, "html" in missing.headers["content-type"]) == (404, True)
    assert ask(site, "/opinions/1300114/links").status_code == 404


def test_criticality_is_words_or_nothing(site: CareOpinionStandIn) -> None:
    found = {one["criticality"] for one in stories(site)}
    assert {"severely critical", "minimally critical", None} <= found


def test_some_elements_are_no_stories(site: CareOpinionStandIn) -> None:
    odd = [one for one in every(site) if not isinstance(one, dict) or not one["id"]]
    assert odd.count("Sorry! Something went wrong.") == 2
    assert None in odd
    assert len(odd) == 4


def test_it_can_keep_to_so_many_requests_a_second(site: CareOpinionStandIn) -> None:
    site.a_second = 5
    statuses = [ask(site, take=1).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_pages_can_be_made_to_repeat(site: CareOpinionStandIn) -> None:
    first = ask(site, take=5).json()
    site.faults.add("care_opinion", "repeat_token", times=None)
    assert ask(site, take=5, skip=5).json() == first


def test_a_later_day_edits_withdraws_answers_and_adds(site: CareOpinionStandIn) -> None:
    before = {one["id"]: one for one in stories(site)}
    site.change()
    after = {one["id"]: one for one in stories(site)}
    assert before.keys() - after.keys() == {1300152}
    assert after.keys() - before.keys() == {1300226}
    edited = [n for n in after if n in before and after[n]["body"] != before[n]["body"]]
    assert edited == [1300176]
    assert ask(site, "/opinions/1300152").status_code == 404
    assert len(ask(site, "/opinions/1300204/responses").json()) == 1


def test_a_day_later_the_file_is_as_it_was() -> None:
    with CareOpinionStandIn(AT) as changed, CareOpinionStandIn(AT) as fresh:
        changed.change()
        assert len(stories(fresh)) == 21
