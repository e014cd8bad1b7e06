"""A page that was left open overnight says of which day it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.review.conftest import House, sign_in
from tests.review.factories import NOW


@pytest.mark.parametrize("address", ["/today", "/handover", "/waiting"])
def test_a_page_of_yesterday_says_so_and_offers_to_be_refreshed(
    browser: Browser, anew: House, address: str
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install(time=NOW)
        sign_in(page, anew, "amina")
        page.goto(f"{anew.url}{address}")
        line = page.locator("#old-page")
        page.clock.fast_forward("11:00:00")
        page.clock.run_for(20_000)
        expect(line).to_have_count(0)  # the same day, late
        page.clock.fast_forward("03:00:00")
        page.clock.run_for(20_000)
        expect(line).to_contain_text("This page is of Fri, 20 Nov 2026, 11:00")
        expect(line.get_by_role("link", name="Refresh the page")).to_have_attribute("href", f"{anew.url}{address}")  # fmt: skip
