"""By keys alone: the first leads past the header, and whatever has the focus is in sight and large enough to hit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.review.browser.test_desk import LOOKS, at
from tests.review.conftest import House, look, sign_in
from tests.review.factories import IN_DANGER, RUMOUR, case_of

MOST = 200  # more stops than any page of the invented cases has
# Where the focus is: what it is on, whether any of it can be seen and how large it is; null once it left the page.
AT = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const box = at.getBoundingClientRect();
    const on = (x, y) => {
        const top = document.elementFromPoint(x, y);
        return top && (at.contains(top) || top.contains(at) || [...(at.labels || [])].some((one) => one.contains(top)));
    };
    return {
        name: `${at.tagName} ${at.id} ${at.textContent.trim().slice(0, 30)}`,
        seen: on(box.left + box.width / 2, box.top + box.height / 2) || on(box.left + 3, box.top + 3) || on(box.right - 3, box.bottom - 3),
        low: box.height < 24 && getComputedStyle(at).display !== "inline",
    };
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, house: House) -> Iterator[Page]:
    """A low window, in which what sticks takes much of the room."""
    with browser.new_context(viewport={"width": 1280, "height": 680}) as context:
        opened = context.new_page()
        sign_in(opened, house, "amina")
        yield opened


def stops(page: Page) -> list[dict[str, Any]]:
    """Every stop of the Tab key, from the top of the page to its end."""
    found: list[dict[str, Any]] = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        if at is None:
            return found
        found.append(at)
    raise AssertionError("the focus never left the page")


@pytest.mark.parametrize(
    "path", ["/all?tab=done", "/cases/1/full", "/cases/2/full", "/cases/4/full", "/account"]
)
def test_what_has_the_focus_is_in_sight_and_large_enough(
    page: Page, house: House, path: str
) -> None:
    page.goto(house.url + path)
    found = stops(page)
    assert len(found) > 10
    assert [one["name"] for one in found if not one["seen"]] == []
    assert [one["name"] for one in found if one["low"]] == []


def test_the_first_key_leads_past_the_header(page: Page, house: House) -> None:
    page.goto(f"{house.url}/all?tab=new")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to main content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_letter_that_closed_a_case_leaves_no_number_to_act_on_the_next_and_a_key_without_use_says_so(
    browser: Browser, anew: House
) -> None:
    case = case_of(anew.store, RUMOUR)
    page = at(browser, anew, f"/cases/{case}?lane=look")
    look(page, LOOKS)
    page.keyboard.press("y")
    expect(page.locator("#key-hint")).to_contain_text("Y does nothing here.")
    page.keyboard.press("z")  # of what was decided before this page was opened
    expect(page.locator("#key-hint")).to_contain_text("stands under Done, with Undo")
    for _ in range(6):  # each of its posts
        if page.locator("#pane").get_attribute("data-case") == str(case):
            page.keyboard.press("n")
            expect(page.locator(".done")).to_be_visible()
            look(page, LOOKS)
    assert page.locator("#pane").get_attribute("data-case") != str(case)
    address = page.url
    page.keyboard.press("1")  # meant for a question that this case did not ask
    expect(page.locator("#key-hint")).to_contain_text("Not done")
    assert page.url == address
    assert page.locator("[data-asks]").count() == 0


def test_where_a_page_of_steps_is_read_already_a_practised_hand_is_not_held_up(
    browser: Browser, anew: House
) -> None:
    page = at(browser, anew, f"/cases/{case_of(anew.store, IN_DANGER)}/danger#open")
    look(page, 600)  # read
    key = page.locator("#open form:has([value=not_called]) button").get_attribute("data-key")
    assert key is not None
    page.keyboard.press(key)
    look(page, 150)  # two keys of one hand
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("done=not_called"))


@pytest.mark.parametrize("place", [2, 3, 4])
def test_a_number_and_the_letter_of_a_decision_do_the_same_in_their_order(
    browser: Browser, anew: House, place: int
) -> None:
    case = case_of(anew.store, RUMOUR)
    page = at(browser, anew, f"/cases/{case}?lane=look")
    look(page, LOOKS)
    form = page.locator("[data-decide]:visible").first
    button = form.locator(".decide__row > .nhsuk-button").nth(place - 1)
    letter = button.get_attribute("data-key")
    assert letter
    assert letter.isalpha()
    assert button.get_attribute("data-also") == str(place)
    assert (button.get_attribute("aria-keyshortcuts") or "").split() == [letter.upper(), str(place)]
    expect(button.locator("kbd")).to_have_text(letter.upper())  # one of the two stands on it
    page.evaluate(
        "addEventListener('click', (event) => { window.hit = event.target.closest('a, button')?.textContent; event.preventDefault(); event.stopImmediatePropagation(); }, true)"
    )
    page.keyboard.press(str(place))
    assert page.evaluate("window.hit") == button.evaluate("one => one.textContent")


def test_a_number_that_closed_a_case_acts_on_the_next_no_sooner_than_a_letter_would(
    browser: Browser, anew: House
) -> None:
    page = at(browser, anew, f"/cases/{case_of(anew.store, RUMOUR)}?lane=look")
    look(page, LOOKS)
    form = page.locator("[data-decide]:visible").first
    closing = form.locator(".decide__row > button[name=do]").first
    key = closing.get_attribute("data-also")
    assert key in ("2", "3", "4")
    page.keyboard.press(key)
    expect(page.locator(".done, [data-asks]").first).to_be_visible()
    if page.locator("[data-asks]").count() == 0:
        look(page, LOOKS)
        page.keyboard.press("1")
        expect(page.locator("#key-hint")).to_contain_text("Not done")
