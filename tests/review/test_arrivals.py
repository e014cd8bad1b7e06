"""Nothing that a page gives to who may not see the Guardian's lane changes when a case of it arrives: no number, no count, no moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from review.app import GET
from tests.review.conftest import House, serve
from tests.review.factories import NOW, case_of, tell
from tests.review.test_sight import BLIND, DISCLOSURE, UNION, filled
from tests.store.factories import add

# Each page without a number in its address, with the views of one that a script or a bookmark asks for.
ADDRESSES = (
    *(path for path, _ in GET if "{" not in path and path not in ("/static/logo.png", "/arrive")),
    "/today?lane=now", "/today?lane=look", "/all?tab=all", "/cases?tab=all", "/cases?tab=new", "/new-items?after=0", "/new-items",
    "/weekly/file/html", "/audit?kind=assessed",
)  # fmt: skip
NEW = replace(DISCLOSURE, text=f"{DISCLOSURE.text}, and it goes on")
# What a page says of its own making, of whoever asks; and the disk, which other programs fill.
_OF_THE_REQUEST = re.compile(r'(nonce-|nonce="|data-session=")[\w+/=-]+|[\d,.]+ of [\d,.]+ GB free')


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page whose sources were read a moment ago, and brought nothing."""
    for here in serve(tmp_path_factory.mktemp("arrivals"), filled):
        here.store.recusals.step_back(1, here.who["recused"], at=NOW)
        for source in ("x", "facebook"):
            add(here.store, source=source, at=NOW)
        yield here


def answer_of(answer: httpx.Response) -> tuple[object, ...]:
    """All of an answer but its date and what belongs to the one request."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "set-cookie", "content-length")}  # fmt: skip
    return (
        answer.status_code,
        {name: _OF_THE_REQUEST.sub("", value) for name, value in headers.items()},
        _OF_THE_REQUEST.sub("", answer.text),
    )


def pages(client: httpx.Client) -> dict[str, tuple[object, ...]]:
    """What each address answers in one session; each asks as another machine, so that none is asked too often."""
    return {
        address: answer_of(client.get(address, headers={"X-Forwarded-For": f"198.51.100.{place}"}))
        for place, address in enumerate(ADDRESSES)
    }


def _lines(page: tuple[object, ...]) -> list[str]:
    status, headers, text = page
    return [str(status), str(headers), *str(text).splitlines()]


def different(before: dict[str, tuple[object, ...]], after: dict[str, tuple[object, ...]]) -> dict[str, list[str]]:  # fmt: skip
    """By address, the lines that are not the same."""
    return {
        address: sorted(set(_lines(after[address])) ^ set(_lines(before[address])))
        for address in before
        if before[address] != after[address]
    }


@pytest.mark.parametrize("who", BLIND)
def test_no_page_of_whoever_may_not_see_it_changes_when_a_case_of_the_lane_arrives(
    house: House, who: str
) -> None:
    with house.asks(who) as client:
        pages(client)  # what is noted once of who looks
        before = pages(client)
        tell(house.store, NEW, 401, NOW, alone=True)
        tell(
            house.store,
            replace(UNION, text=f"{UNION.text}, again"),
            402,
            NOW,
            alone=True,
            source="noted",
        )
        assert different(before, pages(client)) == {}


@pytest.mark.parametrize("who", [*BLIND, "governance", "duty"])
def test_the_newest_case_of_a_page_is_one_that_its_reader_may_open(house: House, who: str) -> None:
    """Where somebody may be in danger that is also one of the lane, for those on duty."""
    tell(house.store, NEW, 401, NOW, alone=True)
    with house.asks(who) as client:
        newest = re.search(r'data-after="(\d+)"', client.get("/today").text)
        assert newest is not None
        address = f"/cases/{newest[1]}"
        assert client.get(f"{address}/danger").status_code != 404 or client.get(address).status_code == 200  # fmt: skip
        assert int(newest[1]) < case_of(house.store, NEW)
