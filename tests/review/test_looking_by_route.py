"""Every address that shows what somebody wrote leaves a row in the record of who looked; what shows a list alone says why it doesn't.

The addresses are the app's own: a new one that shows a post's words and leaves no row fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from review import sight
from review.app import GET, POST
from review.auth.sessions import COOKIE
from store import Store, ViewQuery
from tests.review.conftest import House, serve
from tests.review.factories import NAMED, NOW, RUMOUR, case_of, configure, session
from tests.review.test_sight import DISCLOSURE, LEAKING, filled

# Addresses that show words of many posts, and of no one more than of another, with why that is no look at one of them.
LISTS: Mapping[str, str] = {
    "/all": "the first words of each, masked, as a list; a search in it is a row, and what is opened from it",
    "/done": "the first words of what was decided, masked, as a list; what is opened from it is a row",
    "/rest": "what is closed together, masked, as a list; whoever closes it is in each decision",
}
POSTS = (NAMED, RUMOUR, DISCLOSURE, LEAKING)
WHO = ("duty", "gwen", "guardian")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page with ordinary cases and the Guardian's, a hold that waits of each, a request to an employer, and a hand-off."""
    for here in serve(tmp_path_factory.mktemp("looks"), _filled):
        configure(here.desk, duty_lead="duty")
        yield here


def _filled(store: Store) -> dict[str, int]:
    who = filled(store)
    for told in (NAMED, DISCLOSURE):
        post = _post_of(store, told)
        store.hold_requests.ask(
            [post], approver=who["guardian"], by=who["gwen"], by_name="Gwen Hart", reason="A claim, reference AB/12", at=NOW,
            expires=NOW + timedelta(days=30),
        )  # fmt: skip
    return who


def _post_of(store: Store, told: Any) -> int:
    return store.cases.mentions(case_of(store, told))[0].item.number


def _addresses(house: House, path: str) -> set[str]:
    """An address with the number of each thing that it can be of."""
    if "{" not in path:
        return {path}
    names = sight.ADDRESSES[path].names
    numbers = {1, 2, 3}
    if names == "case":
        numbers = {case_of(house.store, told) for told in POSTS}
    elif names == "mention":
        numbers = {_post_of(house.store, told) for told in POSTS}
    first = {path.replace("{number:row}", str(number)) for number in numbers}
    return {re.sub(r"{[a-z]+(:row)?}", "1", address) for address in first}


def _count_looks(house: House, who: str) -> int:
    assert house.desk.views.flush()
    return int(house.store.database.value("SELECT coalesce(sum(times), 0) FROM views WHERE by_user = ?", house.who[who]))  # fmt: skip


def _shows_words(answer: httpx.Response) -> bool:
    """Whether an answer's own part holds words of a post, as they are masked."""
    own = re.sub(r"<[^>]+>", "", answer.text.partition("<main")[2])
    squeezed = re.sub(r"\W+", "", own)
    return any(re.sub(r"\W+", "", told.masked or told.text)[:22] in squeezed for told in POSTS)


@pytest.mark.parametrize("who", WHO)
def test_whoever_is_shown_what_somebody_wrote_is_in_the_record(house: House, who: str) -> None:
    cookie = f"{COOKIE}={session(house.store, house.who[who])}"
    headers = {"Sec-Fetch-Site": "same-origin", "Cookie": cookie}
    shown, without, before = set[str](), set[str](), 0
    with httpx.Client(base_url=house.url, verify=False, timeout=30, headers=headers) as client:
        for method, path in (*(("GET", path) for path, _ in GET), *(("POST", path) for path, _ in POST)):  # fmt: skip
            if sight.ADDRESSES[path].names == "nothing" or (method == "POST" and path.endswith("/recuse")):  # fmt: skip
                continue  # who steps back sees nothing of it afterwards
            for number, address in enumerate(sorted(_addresses(house, path))):
                behind = {"X-Forwarded-For": f"198.51.{abs(hash((address, method))) % 200}.{number}"}  # fmt: skip
                if _shows_words(client.request(method, address, headers=behind)):
                    looks = _count_looks(house, who)
                    shown.add(path)
                    if looks == before:
                        without.add(path)
                    before = looks
    assert len(shown) > 5
    assert without <= set(LISTS)


def test_a_list_that_is_no_look_is_an_address_of_the_page_and_says_why() -> None:
    assert set(LISTS) <= {path for path, _ in GET}
    assert all(sight.ADDRESSES[path].names == "lists" and why for path, why in LISTS.items())


def test_whoever_opens_a_case_of_the_guardians_lane_is_on_the_page_of_looks(house: House) -> None:
    """By the lane with its first case beside it, by the case's own page, by its packs, and by a hold that waits."""
    case = case_of(house.store, DISCLOSURE)
    cookie = f"{COOKIE}={session(house.store, house.who['guardian'])}"
    with httpx.Client(base_url=house.url, verify=False, timeout=30, headers={"Cookie": cookie}) as client:  # fmt: skip
        for path in ("/guardian", f"/guardian/{case}", f"/guardian/{case}/evidence", "/holds"):
            assert client.get(path).status_code == 200
    assert house.desk.views.flush()
    query = ViewQuery(since=NOW - timedelta(days=1), until=NOW + timedelta(days=1), person=house.who["guardian"])  # fmt: skip
    looks, _ = house.store.views.page(query, size=500)
    pages = {look.page for look in looks if look.case == case or look.page == "/guardian"}
    assert {"/guardian", "/guardian/{number}", "/guardian/{number}/evidence", "/holds"} <= pages
