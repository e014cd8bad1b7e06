"""axe finds no fault with any page: WCAG 2.2 AA and its best practices, everything that can be unfolded unfolded."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from store import TABS
from tests.review.conftest import House, sign_in
from tests.review.made import ALL, NOW
from tests.store.made import DAY

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN = """() => {
    for (const one of document.querySelectorAll("details")) one.open = true;
    for (const one of document.querySelectorAll(".nhsuk-radios__conditional")) one.hidden = false;
}"""
PATHS = (
    *(f"/cases?tab={tab}" for tab in TABS),
    "/cases?platform=x&flag=threat&words=nothing&risk=awful", "/cases?page=2", "/sources", "/trends", "/weekly", "/sample", "/quality", "/account", "/nowhere", "/mentions/7",
    *(f"/cases/{number}" for number in range(1, len(ALL) + 1)),
)  # fmt: skip


def faults(page: Page) -> list[str]:
    """What axe finds wrong, in words."""
    page.evaluate(OPEN)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [
        f"{page.url}: {one['id']}: {json.dumps([node['html'][:200] for node in one['nodes']])}"
        for one in found.response["violations"]
    ]


@pytest.fixture(scope="module")
def signed_in(browser: Browser, house: House) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    sign_in(context.new_page(), house, "amina")
    return context


def test_axe_finds_nothing_wrong_with_pages_that_are_looked_at(
    signed_in: BrowserContext, house: House
) -> None:
    page = signed_in.pages[0]
    found = []
    for path in PATHS:
        page.goto(house.url + path)
        found += faults(page)
    assert found == []


def test_nor_on_a_narrow_screen(signed_in: BrowserContext, house: House) -> None:
    page = signed_in.pages[0]
    page.set_viewport_size({"width": 320, "height": 700})
    found = []
    for path in ("/cases", "/cases/1", "/cases/2", "/cases/4", "/sources", "/account"):
        page.goto(house.url + path)
        found += faults(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []


def test_nor_with_pages_that_answer_a_form(browser: Browser, fresh: House) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{fresh.url}/sign-in")
    found = faults(page)
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    found += faults(page)
    link = fresh.store.make_link(fresh.who["vera"], at=NOW, until=NOW + DAY)
    for token in (link, "nonsense"):
        page.goto(f"{fresh.url}/welcome/{token}")
        found += faults(page)
    sign_in(page, fresh, "amina")
    page.goto(f"{fresh.url}/cases/4")
    page.get_by_label("Escalate", exact=True).check()
    page.get_by_role("button", name="Keep this decision").click()
    found += faults(page)  # to whom?
    page.get_by_label("Monitor", exact=True).check()
    page.get_by_role("button", name="Keep this decision").click()
    found += faults(page)  # kept
    page.goto(f"{fresh.url}/cases/1")
    page.get_by_text("See what is blanked out").click()
    page.get_by_label("Why do you need to see it?").fill("to tell the practice")
    page.get_by_role("button", name="Show the original words").click()
    found += faults(page)  # revealed
    page.goto(f"{fresh.url}/cases")
    page.get_by_label("Tick case 5").check()
    page.get_by_label("What to do").select_option("monitor")
    page.get_by_role("button", name="Decide", exact=True).click()
    found += faults(page)  # several at once
    assert found == []


def test_nor_where_nothing_was_ever_read(browser: Browser, empty: House) -> None:
    page = browser.new_context().new_page()
    sign_in(page, empty, "vera")
    found = faults(page)
    page.goto(f"{empty.url}/sources")
    found += faults(page)
    assert found == []
