"""A team without JavaScript: several cases handed on, an opinion asked and given, a note left and read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.review.conftest import House, sign_in
from tests.review.factories import GRIEVANCE, NAMED, PRESS, case_of


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def as_somebody(page: Page, anew: House, handle: str, path: str) -> None:
    page.context.clear_cookies()
    sign_in(page, anew, handle)
    page.goto(anew.url + path)


def test_a_morning_of_two_without_javascript(page: Page, anew: House) -> None:
    grave, plain = case_of(anew.store, NAMED), case_of(anew.store, GRIEVANCE)
    as_somebody(page, anew, "bea", "/all")
    page.get_by_label(f"Tick case {grave}, to hand it on").check()
    page.get_by_label(f"Tick case {plain}", exact=True).check()
    page.get_by_label("Or hand them to").select_option(label="Amina Yusuf")
    page.get_by_role("button", name="Hand on").click()  # though nothing was chosen to be decided
    expect(page.get_by_text("2 cases were given to Amina Yusuf")).to_be_visible()
    page.goto(f"{anew.url}/cases/{case_of(anew.store, PRESS)}/full")
    page.get_by_label("Ask a colleague", exact=True).check()
    page.get_by_label("Whose opinion").select_option(label="Amina Yusuf")
    page.get_by_label("What do you want to know?").fill("Is the media desk enough?")
    page.get_by_role("button", name="Save this decision").click()
    expect(page.get_by_text("Your decision was saved")).to_be_visible()
    page.goto(f"{anew.url}/handover")
    page.get_by_label("What should your colleagues know?").fill("All is handed on.")
    page.get_by_role("button", name="Leave this note").click()

    as_somebody(page, anew, "amina", "/handover")
    expect(page.get_by_text("All is handed on.")).to_be_visible()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("All is handed on.")).to_have_count(0)
    page.goto(f"{anew.url}/mine")
    expect(page.locator("[data-row]")).to_have_count(3)  # two, and one in which they are asked
    page.goto(f"{anew.url}/cases/{case_of(anew.store, PRESS)}/full")
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Give this opinion").click()
    expect(page.locator("#team").get_by_text("Amina Yusuf (you) agrees")).to_be_visible()
