"""The few pages of every day are in sight on one line, all that are open to somebody in a menu that needs no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from review.navigation import MENU
from tests.review.conftest import House, sign_in
from tests.review.factories import ALLEGATION, case_of
from tests.review.pages import read

EVERYBODY = [
    "/cases", "/handover", "/tell", "/trends", "/weekly", "/quality", "/takedowns", "/sources", "/team",
    "/account", "/accessibility",
]  # fmt: skip
OPENED = "document.querySelector('.menu').open"


def shown(page: Page, within: str) -> list[str]:
    """The names of the links of one part that can be seen."""
    links = page.locator(f"{within} a").all()
    return [link.inner_text() for link in links if link.is_visible()]


@pytest.mark.parametrize(
    ("handle", "more"),
    [
        ("vera", []),
        ("amina", ["/sample", "/setup"]),
        ("bea", ["/sample", "/setup"]),
        ("gwen", ["/sample", "/setup", "/audit"]),
        ("ada", ["/people"]),
    ],
)
def test_the_menu_leads_to_all_that_is_open_to_somebody_and_to_nothing_else(
    house: House, handle: str, more: list[str]
) -> None:
    page = read(house, "/cases", handle)
    menu = [one["href"] for one in page.all("a") if one.get("href", "") in places()]
    assert set(menu) == {*EVERYBODY, *more}
    with house.asks(handle) as client:
        for address in {*EVERYBODY, *more}:
            assert client.get(address).status_code == 200, address
        for address in places() - {*EVERYBODY, *more}:
            assert client.get(address).status_code == 403, address


def places() -> set[str]:
    return {place.address for _, group in MENU for place in group}


@pytest.mark.parametrize(
    ("handle", "names"),
    [
        ("vera", ["Queue", "Trends", "Weekly summary", "Report a post"]),
        ("bea", ["Queue", "Handover", "Sample", "Trends", "Weekly summary", "Report a post"]),
        ("gwen", ["Queue", "Handover", "Sample", "Trends", "Weekly summary", "Audit", "Report a post"]),
        ("ada", ["Queue", "Trends", "Weekly summary", "People", "Report a post"]),
    ],
)  # fmt: skip
def test_what_each_role_does_every_day_is_in_sight_on_one_line(
    browser: Browser, house: House, handle: str, names: list[str]
) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        sign_in(page, house, handle)
        assert shown(page, ".top__nav") == names
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        box = page.locator(".top").bounding_box()
        assert box is not None
        assert box["height"] < 72


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(("width", "in_sight"), [(320, False), (640, True)])
def test_on_a_narrow_screen_or_zoomed_the_rest_is_in_the_menu(
    browser: Browser, house: House, width: int, in_sight: bool, script: bool
) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 700}, java_script_enabled=script
    ) as context:
        page = context.new_page()
        sign_in(page, house, "bea")
        assert bool(shown(page, ".top__nav")) == in_sight
        expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
        page.locator("summary", has_text="Menu").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        heading = page.locator("h1").bounding_box()
        menu = page.locator(".menu").bounding_box()
        assert heading is not None
        assert menu is not None
        assert heading["y"] >= menu["y"] + menu["height"]  # nothing is hidden under it
        page.get_by_label("All pages").get_by_role("link", name="Sources").click()
        expect(page.get_by_role("heading", name="Sources", level=1)).to_be_visible()


@pytest.mark.parametrize(
    ("path", "current", "name"),
    [
        ("/cases?tab=high", "page", "Queue"), ("/cases/4/full", "true", "Queue"), ("/trends", "page", "Trends"),
        ("/team", "page", "The team"), ("/away", "true", "The team"), ("/setup/names", "true", "Set up"),
        ("/audit/chain", "true", "Audit"), ("/mentions/1/report", "true", "Queue"),
    ],
)  # fmt: skip
def test_where_somebody_is_can_be_told(house: House, path: str, current: str, name: str) -> None:
    here = read(house, path, "gwen")
    address = next(one.address for _, group in MENU for one in group if one.name == name)
    told = {one["href"]: one["aria-current"] for one in here.all("a") if "aria-current" in one}
    assert told.pop(address) == current
    assert all(
        other.startswith(("/cases?tab=", "/audit")) for other in told
    )  # tabs of a page's own
    assert ("you are in" in here.text) == (name in ("The team", "Set up"))
    assert (f"Menu, you are in {name}" in here.text) == (name in ("The team", "Set up"))


def test_the_menu_closes_by_escape_and_gives_the_focus_back(browser: Browser, house: House) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, house, "amina")
        page.keyboard.press("Tab")  # skip to the content
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate(OPENED)
        page.keyboard.press("Tab")
        expect(page.get_by_label("All pages").get_by_role("link", name="Queue")).to_be_focused()
        page.keyboard.press("Escape")
        assert not page.evaluate(OPENED)
        expect(page.locator(".menu summary")).to_be_focused()


def test_nobody_who_is_not_signed_in_is_shown_a_menu(house: House) -> None:
    page = read(house, "/accessibility", "")
    assert page.all("details", class_="menu") == []
    assert page.all("nav", aria_label="Main") == []


def test_a_case_is_found_by_the_name_at_the_top_too(browser: Browser, house: House) -> None:
    with browser.new_context(viewport={"width": 320, "height": 700}) as context:
        page = context.new_page()
        sign_in(page, house, "vera")
        page.goto(f"{house.url}/cases/{case_of(house.store, ALLEGATION)}/full")
        page.locator(".top__name").click()
        expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
