"""A page in sight is told of what came in: by counts alone, to whoever is signed in, and until they are not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping

import httpx
import pytest
from playwright.sync_api import Browser, expect

from review.auth.sessions import COOKIE
from review.events import MOST_OF_ONE, Listener, Look, tell, words
from store.cases.models import Arrivals
from tests.review.cases.test_queue_new_items import more
from tests.review.conftest import House, sign_in
from tests.review.factories import ALLEGATION, session
from tests.waits import finish, until


def look(now: set[int] = frozenset(), others: tuple[tuple[int, str], ...] = (), *, session: str = "s") -> Look:  # type: ignore[assignment]  # fmt: skip
    return Look(arrivals={session: Arrivals(now=frozenset(now), others=others)})  # type: ignore[arg-type]


def told(listener: Listener) -> list[Mapping[str, str] | None]:
    messages = []
    while not listener.waiting.empty():
        message = listener.waiting.get_nowait()
        messages.append(json.loads(message[1]) if message else None)
    return messages


def test_what_came_after_the_page_was_made_is_told_once() -> None:
    listener = Listener("s", 10)
    for _ in range(3):
        tell(listener, look({4, 11}, ((9, "look"),)))
    assert told(listener) == [{"says": "1 new in Now", "link": "show it", "where": "/cases/11"}]
    tell(listener, look({4, 11}, ((12, "answer"), (13, "look"), (14, "look"))))
    assert told(listener) == [
        {"says": "1 new in Now, 1 new in Answer, 2 new in Look", "link": "show them", "where": "/today"}
    ]  # fmt: skip


def test_an_old_case_that_is_raised_to_now_is_new_there() -> None:
    listener = Listener("s", 10)
    tell(listener, look({4}))
    assert told(listener) == []
    tell(listener, look({4, 7}))
    assert told(listener) == [{"says": "1 new in Now", "link": "show it", "where": "/cases/7"}]


def test_what_a_colleague_dealt_with_is_new_no_longer() -> None:
    listener = Listener("s", 10)
    tell(listener, look({11}))
    tell(listener, look())
    assert [message and message["says"] for message in told(listener)] == ["1 new in Now", ""]


def test_who_was_signed_out_is_told_so_and_no_more() -> None:
    listener = Listener("s", 10)
    tell(listener, look({11}, session="another"))
    assert told(listener) == [None]


def test_nothing_new_says_nothing() -> None:
    assert words({"now": [], "answer": [], "look": []}) == ""


def events_of(answer: httpx.Response) -> Iterator[tuple[str, str]]:
    """Name and data of each event as it comes."""
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, line.removeprefix("data: ")


def test_the_stream_tells_of_a_new_case_and_ends_with_the_session(fresh: House) -> None:
    mine = session(fresh.store, fresh.who["vera"])
    newest = fresh.store.queue.newest()
    with (
        httpx.Client(
            base_url=fresh.url, headers={"Cookie": f"{COOKIE}={mine}"}, timeout=30
        ) as client,
        client.stream("GET", f"/events?after={newest}") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == (
            "no-store",
            "no",
        )
        events = events_of(answer)
        assert next(events) == ("here", "{}")
        more(fresh, ALLEGATION)
        name, data = next(events)
        assert name == "new"
        assert json.loads(data)["where"] == f"/cases/{newest + 1}"
        assert ALLEGATION.text[:20] not in data
        fresh.store.sessions.end(mine, at=fresh.desk.now())
        assert next(events) == ("over", "{}")
        assert list(events) == []


def test_who_is_signed_out_hears_nothing(house: House) -> None:
    with house.asks("") as client:
        assert client.get("/events?after=0").status_code == 401


def test_forty_who_listen_leave_the_page_to_others(house: House) -> None:
    heard: list[int] = []

    def listen(mine: str) -> None:
        with (
            httpx.Client(
                base_url=house.url, headers={"Cookie": f"{COOKIE}={mine}"}, timeout=30
            ) as client,
            client.stream("GET", "/events?after=999999") as answer,
        ):
            next(events_of(answer))
            heard.append(answer.status_code)
            go.wait(30)

    go = threading.Event()
    sessions = [session(house.store, house.who["vera"]) for _ in range(40)]
    threads = [threading.Thread(target=listen, args=(mine,), daemon=True) for mine in sessions]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(heard) == 40, "forty who listen")
        with house.asks("amina") as client:
            assert client.get("/account").status_code == 200
    finally:
        go.set()
        finish(threads, seconds=30)


def test_of_one_session_the_oldest_windows_stop_listening(fresh: House) -> None:
    mine = session(fresh.store, fresh.who["vera"])
    with httpx.Client(
        base_url=fresh.url, headers={"Cookie": f"{COOKIE}={mine}"}, timeout=30
    ) as client:
        streams = [client.stream("GET", "/events?after=999999") for _ in range(MOST_OF_ONE + 1)]
        answers = [stream.__enter__() for stream in streams]
        events = [events_of(answer) for answer in answers]
        assert [next(event) for event in events] == [("here", "{}")] * len(events)
        assert next(events[0]) == ("over", "{}")
        for stream in streams:
            stream.__exit__(None, None, None)


# Where everything lies that is read or pressed: rows, words, headings, fields, buttons and links but for those of the notice itself.
PLACES = """() => [...document.querySelectorAll('main :is(h1, h2, p, li, blockquote, a, button, input, summary, [data-row]), header a, #strip')]
    .filter((one) => one.offsetParent).map((one) => { const box = one.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })"""


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
@pytest.mark.parametrize("path", ["/today", "/all", "/cases/1", "/cases/1/full", "/sources"])
def test_a_new_case_shows_itself_and_moves_nothing(
    fresh: House, browser: Browser, path: str, size: tuple[int, int]
) -> None:
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    sign_in(page, fresh, "vera")
    with page.expect_response(lambda answer: "/events" in answer.url):
        page.goto(f"{fresh.url}{path}")
    focus, places = page.evaluate("document.activeElement.id + scrollY"), page.evaluate(PLACES)
    assert len(places) > 10
    more(fresh, ALLEGATION)
    notice = page.locator("#new-items")
    expect(notice).to_contain_text("1 new in ", timeout=15_000)
    expect(notice).to_be_in_viewport()
    assert page.evaluate("document.activeElement.id + scrollY") == focus
    assert page.evaluate(PLACES) == places
    over = notice.evaluate(
        "one => one.getBoundingClientRect().bottom - document.querySelector('header').getBoundingClientRect().bottom"
    )
    assert over <= 0  # it lies on the header, and not on what is read
    notice.get_by_role("link", name="show it").click()
    page.wait_for_url(f"**/cases/{fresh.store.queue.newest()}")


def test_where_events_fail_the_page_asks_once_a_minute(fresh: House, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.clock.install()
    page.route("**/events?*", lambda route: route.fulfill(status=503))
    sign_in(page, fresh, "vera")
    with page.expect_response(lambda answer: "/events" in answer.url):
        page.goto(f"{fresh.url}/today")
    more(fresh, ALLEGATION)
    with page.expect_response(lambda answer: "/new-items" in answer.url):
        page.clock.run_for(61_000)
    expect(page.locator("#new-items")).to_contain_text("1 new case since this page was made")
