"""A page says that something new came in: politely, only while it is in sight, and without keeping anybody signed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from review.auth import sessions
from tests.review.conftest import House, sign_in
from tests.review.factories import ALLEGATION, NOW, PEOPLE, QUESTION, RUMOUR, Told, tell
from tests.review.pages import read
from tests.store.factories import HOUR

MINUTE = timedelta(minutes=1)


def more(house: House, *said: Told) -> None:
    """Posts that say what nobody said before, each a case of its own."""
    for one in said:
        number = 400 + house.store.queue.newest()
        tell(house.store, replace(one, text=f"{one.text} ({number})"), number, NOW, alone=True)


def test_it_counts_what_waits_and_came_after_the_page_was_made(fresh: House) -> None:
    made = read(fresh, "/all?tab=new").all("div", id="new-items")[0]["data-after"]
    with fresh.asks("vera") as client:
        asked = f"/new-items?after={made}"
        assert client.get(asked).json() == {"new": 0, "says": ""}
        more(fresh, QUESTION)
        assert client.get(asked).json()["says"] == "1 new case since this page was made."
        more(fresh, RUMOUR, ALLEGATION)
        assert client.get(asked).json() == {
            "new": 3, "says": "3 new cases since this page was made, 1 of high risk.",
        }  # fmt: skip
        newest = fresh.store.queue.newest()
        assert client.get(f"/new-items?after={newest}").json()["new"] == 0


@pytest.mark.parametrize("after", ["", "x", "-1", "1e9", "9" * 40, "%00"])
def test_an_address_that_makes_no_sense_counts_nothing(house: House, after: str) -> None:
    with house.asks("vera") as client:
        assert client.get(f"/new-items?after={after}").json()["new"] == 0


@pytest.mark.parametrize("handle", PEOPLE)
def test_whoever_may_see_the_queue_is_told(house: House, handle: str) -> None:
    with house.asks(handle) as client:
        assert client.get("/new-items?after=0").json()["new"] > 0


def test_who_is_signed_out_is_told_nothing_but_that(house: House) -> None:
    with house.asks("") as client:
        answer = client.get("/new-items?after=0")
    assert (answer.status_code, answer.json()) == (401, {"new": 0, "says": ""})


def test_asking_by_itself_keeps_no_session_alive(empty: House) -> None:
    now = [NOW]
    empty.desk.now = lambda: now[0]
    with empty.asks("amina") as client:
        for _ in range(59):
            now[0] += MINUTE
            assert client.get("/new-items?after=0").status_code == 200
        now[0] += MINUTE
        assert client.get("/new-items?after=0").status_code == 401
        assert client.get("/all").status_code == 303
    assert sessions.IDLE == HOUR


def test_whereas_somebody_who_does_something_stays(empty: House) -> None:
    now = [NOW]
    empty.desk.now = lambda: now[0]
    with empty.asks("amina") as client:
        for _ in range(3):
            now[0] += 50 * MINUTE
            assert client.get("/all").status_code == 200


def asked(page: Page) -> list[str]:
    """The addresses that the script asks for, as it does."""
    told: list[str] = []
    page.route("**/events?*", lambda route: route.fulfill(status=503))  # where events fail it asks
    page.on("request", lambda one: told.append(one.url) if "/new-items" in one.url else None)
    return told


def minute(page: Page, event: str = "") -> None:
    """A minute goes by in the browser. Where a request ends by it, the script has seen its end."""
    if not event:
        page.clock.run_for(60_000)
        return
    with page.expect_event(event, lambda one: "/new-items" in one.url):
        page.clock.run_for(60_000)
    page.evaluate("fetch('/static/icon.svg').then((one) => one.text())")


def test_a_status_line_offers_the_queue_and_moves_no_focus(browser: Browser, fresh: House) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install(time=NOW)
        sign_in(page, fresh, "amina")
        told = asked(page)
        page.goto(f"{fresh.url}/all?tab=high")
        status = page.locator("#new-items")
        expect(status).to_have_attribute("role", "status")
        page.get_by_label("Search words, or a case number").focus()
        more(fresh, ALLEGATION)
        minute(page, "response")
        expect(status).to_contain_text("1 new case since this page was made, of high risk.")
        expect(page.get_by_label("Search words, or a case number")).to_be_focused()
        assert len(told) == 1
        link = status.get_by_role("link", name="Refresh")
        expect(link).to_have_attribute("href", "/all?tab=high")
        link.click()
        expect(page.locator("#new-items")).to_be_empty()


def test_it_waits_longer_while_nothing_answers_and_stops_when_signed_out(
    browser: Browser, fresh: House
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install(time=NOW)
        sign_in(page, fresh, "amina")
        told = asked(page)
        page.goto(f"{fresh.url}/all?tab=new")  # anew, so that its events fail as well
        page.route("**/new-items*", lambda route: route.abort())
        for waits in (0, 1, 3):  # after one minute, two more, four more
            for _ in range(waits):
                minute(page)
            minute(page, "requestfailed")
        assert len(told) == 3
        page.unroute("**/new-items*")
        fresh.store.sessions.end_all(fresh.who["amina"], at=NOW)
        for _ in range(7):
            minute(page)
        minute(page, "response")
        expect(page.locator("#new-items")).to_contain_text("You have been signed out")
        for _ in range(5):
            minute(page)
        assert len(told) == 4


def test_nothing_is_asked_while_the_page_is_out_of_sight(browser: Browser, fresh: House) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install(time=NOW)
        sign_in(page, fresh, "amina")
        told = asked(page)
        page.goto(f"{fresh.url}/all?tab=new")
        see = "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }"
        page.evaluate(see, True)
        for _ in range(5):
            minute(page)
        page.evaluate(see, False)
        with page.expect_event("response", lambda one: "/new-items" in one.url):
            page.clock.run_for(1)  # it is asked at once, since a minute has passed long ago
        assert len(told) == 1


def test_without_script_nothing_is_promised(house: House) -> None:
    page = read(house, "/all?tab=new")
    assert page.all("div", id="new-items", role="status") != []
    assert "since this page was made" not in page.text
    assert read(house, "/sign-in", "").all("div", id="new-items") == []
