"""The way from one organisation's page to another's: only for who linked both accounts, once, and by what they may do there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser

from core import clock
from store.audit import AuditQuery
from tests.review.accessibility import beyond, faults
from tests.review.several import Body, Installation, standing


@pytest.fixture
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with standing(tmp_path_factory.mktemp("switch")) as installation:
        yield installation


def change(body: Body, handle: str, **form: str) -> httpx.Response:
    with body.asks(body.cookie(handle)) as client:
        return client.post("/organisations", data=form)


def code_of(body: Body, handle: str) -> str:
    made = re.search(r'id="made">([^<]+)<', change(body, handle, do="code").text)
    assert made is not None
    return made[1]


def linked(several: Installation, at_brent: str = "bea", at_ealing: str = "vera") -> None:
    """Links somebody's accounts as they do it themselves."""
    brent, ealing = several.bodies["brent"], several.bodies["ealing"]
    code = code_of(ealing, at_ealing)
    assert "Now go to the page of NHS Ealing Example" in change(brent, at_brent, do="type", code=code).text  # fmt: skip
    assert change(ealing, at_ealing, do="yes").status_code == 303


def way(body: Body, handle: str, there: str) -> httpx.Response:
    return change(body, handle, do="go", organisation=there)


def ticket_of(answer: httpx.Response) -> str:
    found = re.search(r'id="way" href="[^"]*/arrive\?ticket=([0-9a-f]{32})"', answer.text)
    assert found is not None, answer.text
    return found[1]


def led_over(body: Body, ticket: str, home: str, home_url: str) -> tuple[str, str]:
    """As a browser is led that is signed in by the cookie `home`: its cookie and the ticket for it; "" where it gets none."""
    with body.asks() as client:
        first = client.get("/arrive", params={"ticket": ticket})
    if first.status_code != 303:
        assert first.status_code == 404
        return "", ""
    own = first.headers["set-cookie"].partition(";")[0]
    assert first.headers["location"].startswith(home_url)
    back = httpx.get(first.headers["location"], headers={"Cookie": home} if home else {})
    bound = re.fullmatch(rf"{re.escape(body.url)}/arrive\?ticket=([0-9a-f]{{32}})", back.headers.get("location", ""))  # fmt: skip
    return own, bound[1] if bound else ""


def arrives(several: Installation, ticket: str, handle: str = "bea") -> httpx.Response:
    """Who is signed in at brent comes over to ealing by the ticket that they were given."""
    brent, ealing = several.bodies["brent"], several.bodies["ealing"]
    own, bound = led_over(ealing, ticket, brent.cookie(handle), brent.url)
    with ealing.asks(own) as client:
        if bound:
            assert client.get("/arrive", params={"ticket": bound}).status_code in (200, 404)
        return client.post("/arrive", data={"ticket": bound or ticket})


def test_a_browser_goes_over_and_out_again_and_axe_finds_nothing_wrong_on_the_way_nor_with_a_region(
    browser: Browser, tmp_path: Path
) -> None:
    region = '[region]\nof = ["brent", "nowhere"]\n'
    with standing(tmp_path, tables={"ealing": region}) as several:
        linked(several)
        ealing, brent = several.bodies["ealing"], several.bodies["brent"]
        ticket = ticket_of(way(brent, "bea", "ealing"))
        found = []
        with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
            page = context.new_page()
            name, _, value = brent.cookie("bea").partition("=")
            secure = brent.url.replace("http:", "https:")
            context.add_cookies(
                [{"name": name, "value": value, "secure": True, "httpOnly": True, "url": secure}]
            )
            page.goto(f"{ealing.url}/arrive?ticket={ticket}")  # by way of brent, and back
            assert page.get_by_role("button", name="Continue as").count() == 1
            found += faults(page) + beyond(page, 320)
            page.set_viewport_size({"width": 1280, "height": 900})
            page.get_by_role("button", name="Continue as").click()
            page.wait_for_url(f"{ealing.url}/**")
            assert {cookie["name"] for cookie in context.cookies() if "mentions--" in cookie["name"]} == {
                "__Host-mentions--brent", "__Host-mentions--ealing",
            }  # fmt: skip
            # roles are each page's own: a lead at home, who only looks there
            answers = [page.goto(f"{body.url}/upkeep") for body in (brent, ealing)]
            assert [answer and answer.status for answer in answers] == [200, 403]
            for path in ("/organisations", "/region"):
                page.set_viewport_size({"width": 1280, "height": 900})
                page.goto(ealing.url + path)
                assert page.locator("h1").count() == 1, path
                found += faults(page) + beyond(page, 320)
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(f"{ealing.url}/today")
            with page.expect_navigation():
                page.locator('form[action="/sign-out"] button').evaluate("button => button.click()")
            page.goto(f"{ealing.url}/today")
            assert "/sign-in" in page.url  # out of the one
            page.goto(f"{brent.url}/today")
            assert page.url == f"{brent.url}/today"  # and in at the other
    assert found == []


def events(body: Body) -> list[str]:
    with body.store() as store:
        found = store.audit.page(AuditQuery(size=200)).events
    return [event.kind for event in found if "organisation" in event.about]


def test_who_linked_two_accounts_comes_over_once_with_the_roles_of_that_organisation(
    several: Installation,
) -> None:
    brent, ealing = several.bodies["brent"], several.bodies["ealing"]
    linked(several)
    ticket = ticket_of(way(brent, "bea", "ealing"))
    signed_in = arrives(several, ticket)
    assert signed_in.status_code == 303
    cookie = next(value for value in signed_in.headers.get_list("set-cookie") if value.startswith("__Host-mentions--ealing="))  # fmt: skip
    with ealing.asks(cookie.partition(";")[0]) as client:
        assert "NHS Ealing Example" in client.get("/today").text
        assert client.get("/upkeep").status_code == 403  # a lead at home, who only looks there
    assert arrives(several, ticket).status_code == 404  # it was used


def test_who_saw_the_way_in_another_browser_is_let_nowhere(several: Installation) -> None:
    brent, ealing = several.bodies["brent"], several.bodies["ealing"]
    linked(several)
    ticket = ticket_of(way(brent, "bea", "ealing"))
    for home in ("", brent.cookie("amina")):  # signed in nowhere, or as somebody else
        own, bound = led_over(ealing, ticket, home, brent.url)
        assert (bool(own), bound) == (True, "")
        with ealing.asks(own) as client:
            assert client.post("/arrive", data={"ticket": ticket}).status_code == 404
    _, bound = led_over(ealing, ticket, brent.cookie("bea"), brent.url)
    for cookie in ("", f"__Host-arriving--ealing={'0' * 32}"):
        with ealing.asks(cookie) as client:
            assert client.get("/arrive", params={"ticket": bound}).status_code == 404
            assert client.post("/arrive", data={"ticket": bound}).status_code == 404


def test_nobody_is_offered_or_let_into_what_they_have_not_linked(several: Installation) -> None:
    brent = several.bodies["brent"]
    linked(several)
    with brent.asks(brent.cookie("amina")) as client:
        page = client.get("/organisations").text
        assert "Ealing" not in page
        assert 'href="/organisations"' in page
    answer = way(brent, "amina", "ealing")
    assert answer.status_code == 422
    assert "ticket" not in answer.text


@pytest.mark.parametrize("side", ["brent", "ealing"])
def test_a_link_that_was_ended_on_either_side_lets_nobody_over(
    several: Installation, side: str
) -> None:
    brent, ealing = several.bodies["brent"], several.bodies["ealing"]
    linked(several)
    ticket = ticket_of(way(brent, "bea", "ealing"))
    if side == "brent":
        assert change(brent, "bea", do="end", organisation="ealing").status_code == 303
    else:
        assert change(ealing, "vera", do="end", organisation="brent").status_code == 303
    assert arrives(several, ticket).status_code == 404
    assert way(brent, "bea", "ealing").status_code == 422


def test_who_was_turned_off_there_is_not_let_over(several: Installation) -> None:
    brent, ealing = several.bodies["brent"], several.bodies["ealing"]
    linked(several)
    ticket = ticket_of(way(brent, "bea", "ealing"))
    with ealing.store() as store:
        store.users.change(ealing.who["vera"], active=False, at=clock.now())
    assert arrives(several, ticket).status_code == 404
    assert way(brent, "bea", "ealing").status_code == 422


def test_a_second_step_is_asked_for_as_if_the_password_had_been_typed(
    several: Installation,
) -> None:
    ealing = several.bodies["ealing"]
    linked(several)
    with ealing.store() as store:
        store.second_steps.begin(ealing.who["vera"], pyotp.random_base32(), at=clock.now())
        store.second_steps.confirm(ealing.who["vera"], 1, at=clock.now())
    answer = arrives(several, ticket_of(way(several.bodies["brent"], "bea", "ealing")))
    assert answer.headers["location"] == "/sign-in/code"
    assert not any(value.startswith("__Host-mentions--") for value in answer.headers.get_list("set-cookie"))  # fmt: skip


def test_a_code_links_nothing_until_its_owner_says_that_it_was_them(several: Installation) -> None:
    brent, ealing = several.bodies["brent"], several.bodies["ealing"]
    code = code_of(ealing, "ada")
    change(brent, "amina", do="type", code=code)
    with ealing.asks(ealing.cookie("ada")) as client:
        asks = client.get("/organisations").text
    assert "Amina Yusuf, signed in at NHS Brent Example, typed the code" in asks
    assert way(brent, "amina", "ealing").status_code == 422
    change(ealing, "ada", do="no")
    assert way(brent, "amina", "ealing").status_code == 422
    assert change(brent, "amina", do="type", code=code).status_code == 422  # used up
    with ealing.store() as store:
        assert store.linked_accounts.of(ealing.who["ada"]) == []


@pytest.mark.parametrize(
    "code",
    [
        "",
        "ealing",
        "ealing." + "0" * 32,
        "brent." + "0" * 32,
        "nowhere." + "0" * 32,
        "ealing.x\x00",
    ],
)
def test_a_code_that_is_none_is_refused_in_the_same_words(several: Installation, code: str) -> None:
    answer = change(several.bodies["brent"], "bea", do="type", code=code)
    assert answer.status_code == 422
    assert "That code is not right, was used before or is older than ten minutes" in answer.text


def test_a_ticket_is_over_after_a_minute_and_opens_no_other_page(several: Installation) -> None:
    brent, ealing = several.bodies["brent"], several.bodies["ealing"]
    linked(several)
    at = clock.now()
    with ealing.store() as store:
        ticket = store.linked_accounts.make_pass("enter", ealing.who["vera"], at=at - timedelta(seconds=61), from_organisation="brent", from_number=brent.who["bea"])  # fmt: skip
    assert arrives(several, ticket).status_code == 404
    fresh = ticket_of(way(brent, "bea", "ealing"))
    assert led_over(brent, fresh, brent.cookie("bea"), brent.url) == ("", "")
    assert arrives(several, fresh).status_code == 303


def test_both_organisations_record_who_linked_and_who_went_over(several: Installation) -> None:
    brent, ealing = several.bodies["brent"], several.bodies["ealing"]
    linked(several)
    arrives(several, ticket_of(way(brent, "bea", "ealing")))
    assert set(events(brent)) == {"account linked", "went to another organisation"}
    assert set(events(ealing)) == {"account linked", "came from another organisation"}
