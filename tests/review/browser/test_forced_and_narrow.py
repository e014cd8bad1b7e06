"""Who sees the desk in their own colours, zoomed in or on a narrow screen still sees what is chosen and what decides."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.review.conftest import House, sign_in
from tests.review.factories import ALLEGATION, GRIEVANCE, RUMOUR, Told, case_of

STYLE = "(one, name) => getComputedStyle(one)[name]"


def at(
    browser: Browser, house: House, path: str, width: int, height: int, handle: str = "amina", **more: Any
) -> Page:  # fmt: skip
    page = browser.new_context(viewport={"width": width, "height": height}, **more).new_page()
    sign_in(page, house, handle)
    page.goto(house.url + path)
    return page


def test_in_the_readers_own_colours_what_is_chosen_differs_from_what_is_not(
    browser: Browser, house: House
) -> None:
    page = at(browser, house, "/today", 1366, 768, forced_colors="active")

    def style(what: str, name: str) -> str:
        return str(page.locator(what).first.evaluate(STYLE, name))

    chosen, other = "[data-row][aria-current]", "[data-row]:not([aria-current])"
    assert style(chosen, "borderLeftColor") != style(other, "borderLeftColor")
    assert style(other, "borderLeftColor") == style("body", "backgroundColor")
    tab = ".tabs a[aria-current]", ".tabs a:not([aria-current])"
    assert style(tab[0], "borderBottomColor") != style(tab[1], "borderBottomColor")
    for what in (".find input", ".find button"):
        assert style(what, "borderTopWidth") == "1px"
    big, small = (f".decide__row > .nhsuk-button{which}" for which in (":not(.nhsuk-button--secondary)", ".nhsuk-button--secondary"))  # fmt: skip
    assert style(big, "backgroundColor") != style(small, "backgroundColor")
    assert style(".strip progress", "forcedColorAdjust") == "none"


def test_at_320_px_no_lane_is_printed_over_another(browser: Browser, house: House) -> None:
    page = at(browser, house, "/today", 320, 640)
    for link in page.locator(".lanes a").all():
        for part in link.locator("b, i").all():
            outer, inner = link.bounding_box(), part.bounding_box()
            assert outer
            assert inner
            assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    numbers = [part.bounding_box() for part in page.locator(".lanes i").all()]
    names = [part.bounding_box() for part in page.locator(".lanes b").all()]
    for number, name in zip(numbers, names, strict=True):
        assert number
        assert name
        assert name["x"] + name["width"] <= number["x"] + 0.5
    expect(page.locator(".lanes .shape").first).to_be_visible()


@pytest.mark.parametrize("told", [RUMOUR, GRIEVANCE])  # several posts, one
def test_zoomed_to_twice_its_size_the_decision_is_in_sight(browser: Browser, house: House, told: Told) -> None:  # fmt: skip
    page = at(browser, house, f"/cases/{case_of(house.store, told)}", 683, 384)
    buttons = page.locator(".decide__row").first.locator("> .nhsuk-button")
    for place in range(buttons.count()):
        expect(buttons.nth(place)).to_be_in_viewport(ratio=1)
    row = page.locator(".decide").first.bounding_box()
    assert row
    assert row["height"] < 384 / 4


def test_keys_are_named_where_there_are_keys_and_only_there(browser: Browser, anew: House) -> None:
    anew.store.users.save_preferences(anew.who["amina"], {"keys": True, "welcomed": True})
    page = at(browser, anew, "/today?lane=look", 1366, 768)
    expect(page.locator("[data-key='1']").first).to_have_attribute(
        "aria-keyshortcuts", re.compile("^1( [A-Z])?$")
    )
    anew.store.users.save_preferences(anew.who["amina"], {"keys": False, "welcomed": True})
    page.reload()
    assert page.locator("[aria-keyshortcuts]").count() == 0


def test_what_opens_a_page_is_told_by_ear_from_what_decides(browser: Browser, house: House) -> None:
    page = at(browser, house, f"/cases/{case_of(house.store, ALLEGATION)}", 1366, 768)
    # By the role that is read with its name: a link leads to a page, a button decides. A button that leads to one says so.
    row = page.locator(".decide__row")
    assert row.locator("> a.nhsuk-button[href]:not([role])").count() == row.locator("> .nhsuk-button", has_text="›").count() > 0  # fmt: skip
    for button in row.locator("button[name=do]").all():
        assert "›" not in (button.text_content() or "")
    for button in page.locator(".more button", has_text="›").all():
        assert "(opens a page)" in (button.text_content() or "")
