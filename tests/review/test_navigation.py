"""Five tabs of cases are in sight on one line, all other pages that are open to somebody in a menu that needs no script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from review.navigation import MENU, OVERSIGHT, TABS
from tests.review.conftest import House, sign_in
from tests.review.factories import ALLEGATION, NOW, case_of
from tests.review.pages import read

EVERYBODY = [
    "/today", "/mine", "/waiting", "/done", "/all", "/tell", "/trends", "/weekly", "/quality", "/takedowns",
    "/sources", "/team", "/help", "/account", "/accessibility",
]  # fmt: skip
OPENED = "document.querySelector('.menu').open"


def shown(page: Page, within: str) -> list[str]:
    """The names of the links of one part that can be seen."""
    links = page.locator(f"{within} a").all()
    return [link.inner_text().split("\n")[0].rstrip(" 0123456789") for link in links if link.is_visible()]  # fmt: skip


def test_a_lead_reads_in_the_menu_who_can_open_people(house: House) -> None:
    page = read(house, "/sources", "bea")
    assert "People, roles and links to sign in: ask Ada" in page.text
    for other in ("vera", "amina", "ada"):
        assert "links to sign in: ask" not in read(house, "/sources", other).text
    with house.asks("bea") as client:
        refused = client.get("/people")
    assert refused.status_code == 403
    assert "If your work needs it, ask Ada" in refused.text


@pytest.mark.parametrize(
    ("handle", "more"),
    [
        ("vera", []),
        ("amina", ["/handover", "/sample", "/setup"]),
        (
            "bea",
            [
                "/handover",
                "/sample",
                "/setup",
                "/overview",
                "/mail",
                "/upkeep",
                "/exports",
                "/import",
                "/names",
                "/holds",
            ],
        ),
        (
            "gwen",
            [
                "/handover",
                "/sample",
                "/setup",
                "/audit",
                "/governance",
                "/employer",
                "/exports",
                "/names",
                "/guardian",
                "/safeguarding",
                "/requests",
                "/holds",
                "/looked-at",
                "/mail",
            ],
        ),
        ("ada", ["/people"]),
    ],
)
def test_tabs_and_menu_lead_to_all_that_is_open_to_somebody_and_to_nothing_else(
    house: House, handle: str, more: list[str]
) -> None:
    page = read(house, "/sources", handle)
    menu = [one["href"] for one in page.all("a") if one.get("href", "") in places()]
    assert set(menu) == {*EVERYBODY, *more}
    with house.asks(handle) as client:
        for address in {*EVERYBODY, *more}:
            assert client.get(address).status_code == 200, address
        for address in places() - {*EVERYBODY, *more} - {"/handover"}:
            alone = address in ("/organisations", "/region")  # there are no others here
            assert client.get(address).status_code == (404 if alone else 403), address


def places() -> set[str]:
    return {place.address for place in (*TABS, *MENU)}


@pytest.mark.parametrize("path", ["/today", "/trends"])
@pytest.mark.parametrize("handle", ["vera", "bea", "gwen", "ada"])
def test_the_tabs_are_in_sight_on_one_line_everywhere(
    browser: Browser, house: House, handle: str, path: str
) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        sign_in(page, house, handle)
        page.goto(house.url + path)
        assert shown(page, ".tabs") == ["Today", "Mine", "Waiting", "Done", "All"]
        assert shown(page, ".top__links") == ["Report a post", "Help"]
        box = page.locator(".top").bounding_box()
        assert box is not None
        assert box["height"] < 60


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [320, 640])
def test_on_a_narrow_screen_or_zoomed_all_tabs_are_there_and_the_rest_in_the_menu(
    browser: Browser, house: House, width: int, script: bool
) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 700}, java_script_enabled=script
    ) as context:
        page = context.new_page()
        sign_in(page, house, "bea")
        page.goto(f"{house.url}/trends")
        assert len(shown(page, ".tabs")) == 5
        expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
        page.locator("summary", has_text="Menu").click()
        page.get_by_role("button", name="Sign out").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Sign out")).to_be_in_viewport()
        page.get_by_label("All pages").get_by_role("link", name="Sources").click()
        expect(page.get_by_role("heading", name="Sources", level=1)).to_be_visible()


@pytest.mark.parametrize(
    ("path", "current", "name"),
    [
        ("/today", "page", "Today"), ("/cases/4", "true", "Today"), ("/all?tab=high", "page", "All"),
        ("/cases/4/full", "true", "Today"), ("/trends", "page", "Trends"), ("/team", "page", "Team"),
        ("/away", "true", "Team"), ("/setup/names", "true", "Settings"), ("/audit/chain", "true", "Record of decisions"),
        ("/mentions/1/report", "true", "Today"),
    ],
)  # fmt: skip
def test_where_somebody_is_can_be_told(house: House, path: str, current: str, name: str) -> None:
    here = read(house, path, "gwen")
    address = next(one.address for one in (*TABS, *MENU) if one.name == name)
    told = {
        one["href"]: one["aria-current"]
        for one in here.all("a")
        if "aria-current" in one and one.get("href", "") in places()
    }
    assert told == {address: current}
    in_the_menu = name not in {tab.name for tab in TABS}
    assert (f"Menu, you are in {name}" in here.text) == in_the_menu


@pytest.fixture
def overseer(house: House) -> Iterator[str]:
    """Somebody of governance who decides nothing."""
    house.store.users.change(house.who["gwen"], roles=("governance",), at=NOW)
    yield "gwen"
    house.store.users.change(house.who["gwen"], roles=("reviewer", "governance"), at=NOW)


def test_governance_has_tabs_of_its_own_and_the_cases_in_its_menu(house: House, overseer: str) -> None:  # fmt: skip
    page = read(house, "/governance", overseer)
    ours, theirs = ([tab.address for tab in tabs] for tabs in (OVERSIGHT, TABS))
    links = [tag["href"] for tag in page.all("a") if tag.get("href") in {*ours, *theirs}]
    assert [tab.name for tab in OVERSIGHT] == ["Overview", "Looked at", "Requests", "Audit", "Documents"]  # fmt: skip
    assert list(dict.fromkeys(links))[: len(ours)] == ours
    assert set(theirs) <= set(links)
    assert page.all("nav", aria_label="Governance")
    for address in ours:
        current = read(house, address, overseer).all("a", aria_current="page")
        assert current[0]["href"] == address, current


def test_who_also_decides_has_the_tabs_of_cases(house: House) -> None:
    assert read(house, "/governance", "gwen").all("nav", aria_label="Cases")


def test_the_tabs_count_what_is_left_and_what_is_ones_own(house: House) -> None:
    lanes = house.store.lanes.counts()
    left = lanes["now"] + lanes["answer"] + lanes["look"]
    assert left > 5
    assert f"Today {left}" in read(house, "/trends", "amina").text


def test_the_menu_closes_by_escape_and_gives_the_focus_back(browser: Browser, house: House) -> None:
    for path in ("/sources", "/today"):
        with browser.new_context() as context:
            page = context.new_page()
            sign_in(page, house, "amina")
            page.goto(house.url + path)
            page.locator(".menu summary").focus()
            page.keyboard.press("Enter")
            assert page.evaluate(OPENED)
            page.keyboard.press("Tab")
            first = page.get_by_label("All pages").get_by_role("link", name="Report a post")
            expect(first).to_be_focused()
            page.keyboard.press("Escape")
            assert not page.evaluate(OPENED)
            expect(page.locator(".menu summary")).to_be_focused()


def test_nobody_who_is_not_signed_in_is_shown_a_menu(house: House) -> None:
    page = read(house, "/accessibility", "")
    assert page.all("details", class_="menu") == []
    assert page.all("ul", class_="tabs") == []


def test_today_is_found_by_the_name_at_the_top_too(browser: Browser, house: House) -> None:
    with browser.new_context(viewport={"width": 320, "height": 700}) as context:
        page = context.new_page()
        sign_in(page, house, "vera")
        page.goto(f"{house.url}/cases/{case_of(house.store, ALLEGATION)}/full")
        page.locator(".top__name").click()
        page.wait_for_url("**/today")
