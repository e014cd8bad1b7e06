"""On paper a case and the weekly summary hold what was said and decided, and nothing that can only be clicked."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.review.conftest import House, sign_in
from tests.review.factories import IN_DANGER, PRESS, case_of

AFTER = "(one) => getComputedStyle(one, '::after').content"


def test_a_printed_page_has_words_and_no_forms(browser: Browser, house: House) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, house, "gwen")
        for path in (f"/cases/{case_of(house.store, PRESS)}/full", "/audit"):
            page.goto(house.url + path)
            expect(page.locator("main form").first).to_be_visible()
            page.emulate_media(media="print")
            for gone in ("nav", "main form", "main button", ".nhsuk-skip-link", ".foot__more"):
                assert not any(one.is_visible() for one in page.locator(gone).all()), (path, gone)
            expect(page.locator("h1")).to_be_visible()
            page.emulate_media(media="screen")
        page.goto(f"{house.url}/cases/{case_of(house.store, PRESS)}/full")
        page.emulate_media(media="print")
        expect(page.get_by_text("Rang back at ten.")).to_be_visible()
        assert page.locator(".top__name").evaluate(AFTER) == "none"


def test_on_paper_nothing_is_pale_indented_or_torn_from_its_heading(
    browser: Browser, house: House
) -> None:
    with browser.new_context(viewport={"width": 720, "height": 1000}) as context:
        page = context.new_page()
        sign_in(page, house, "amina")
        page.goto(f"{house.url}/cases/{case_of(house.store, IN_DANGER)}/full")
        page.emulate_media(media="print")
        style = "(one, name) => getComputedStyle(one)[name]"
        assert page.locator(".top__name").evaluate(style, "marginLeft") == "0px"
        assert (
            page.get_by_role("heading", name="What was said").evaluate(style, "breakAfter")
            == "avoid"
        )
        assert page.locator(".post").first.evaluate(style, "breakInside") == "auto"
        assert page.locator(".words").first.evaluate(style, "breakInside") == "avoid"
        pale = page.locator(".nhsuk-card--care a").first.evaluate(style, "color")
        assert pale == page.locator(".nhsuk-card--care li").first.evaluate(style, "color")
