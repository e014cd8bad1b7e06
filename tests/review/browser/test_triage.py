"""A morning at the page in a real browser: by mouse, by keyboard alone, without JavaScript, and two at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from store import CaseQuery
from tests.review.browser.test_desk import LOOKS
from tests.review.conftest import House, look, sign_in, sign_in_by_form
from tests.review.factories import NAMED, QUESTION, case_of, tell
from tests.store.factories import AT

TEN = 10


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def decided(house: House) -> int:
    """How many decisions there are, of all cases."""
    cards = house.store.queue.page(CaseQuery(tab="all", size=100), house.desk.now()).cards
    return sum(len(house.store.cases.history(card.case.number)) for card in cards)


ASKS = "[data-asks]"
WATCH = "[data-decide] button[name=do][value=watch]"


def triage_by_mouse(page: Page, house: House, count: int) -> None:
    page.goto(f"{house.url}/today?lane=answer")  # nothing of Now is closed by a press
    for _ in range(count):
        watch = page.locator(WATCH).first
        if not watch.is_visible():
            page.locator("[data-decide] .more summary").first.click()
        case = page.locator("#pane").get_attribute("data-case")
        watch.click()
        said_first(page, case)
        expect(page.locator(".done")).to_contain_text(f"Saved: case {case}, watched.")


def test_ten_cases_are_worked_through_with_the_mouse(page: Page, busy: House) -> None:
    before = decided(busy)
    sign_in_by_form(page, busy, "amina")
    triage_by_mouse(page, busy, TEN)
    assert decided(busy) == before + TEN


def test_ten_cases_are_worked_through_without_javascript(
    without_scripts: Page, busy: House
) -> None:
    before = decided(busy)
    sign_in_by_form(without_scripts, busy, "amina")
    triage_by_mouse(without_scripts, busy, TEN)
    assert decided(busy) == before + TEN


def test_ten_cases_are_worked_through_with_the_keyboard_alone(page: Page, busy: House) -> None:
    before = decided(busy)
    sign_in_by_form(page, busy, "amina")
    page.goto(f"{busy.url}/today?lane=answer")
    for _ in range(TEN):
        case = page.locator("#pane").get_attribute("data-case")
        if not page.locator(WATCH).first.is_visible():
            tab_to(page, "[data-decide] .more summary")
            page.keyboard.press("Enter")
        tab_to(page, WATCH)
        page.keyboard.press("Enter")
        if asks_first(page, case):
            tab_to(page, f"{ASKS} [type=radio]")
            page.keyboard.press("Space")
            tab_to(page, f"{ASKS} button")
            look(page, LOOKS)  # as long as one reads what it will do
            page.keyboard.press("Enter")
        expect(page.locator(".done")).to_contain_text(f"Saved: case {case}, watched.")
    assert decided(busy) == before + TEN


def asks_first(page: Page, case: str | None) -> bool:
    """Whether it says first what it will do, since a clock stops."""
    saved = page.locator(".done", has_text=f"Saved: case {case}, watched.")
    expect(page.locator(ASKS).or_(saved)).to_be_visible()
    return page.locator(ASKS).count() > 0


def said_first(page: Page, case: str | None) -> None:
    """Says why, and saves it, where it was said first that a clock stops."""
    if asks_first(page, case):
        expect(page.locator(ASKS)).to_contain_text("it stops when you save")
        page.locator(ASKS).get_by_role("radio").first.check()
        page.locator(ASKS).get_by_role("button", name="Save").click()


def tab_to(page: Page, what: str) -> None:
    """Presses Tab until the focus stands there, as somebody without a mouse does."""
    for _ in range(250):
        if page.evaluate("what => document.activeElement?.matches(what) ?? false", what):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {what} by Tab")


def test_two_reviewers_in_conflict_see_who_was_faster(browser: Browser, fresh: House) -> None:
    told = replace(QUESTION, text=f"{QUESTION.text} again")
    tell(fresh.store, told, 300, AT)
    case = case_of(fresh.store, told)
    one, other = browser.new_context().new_page(), browser.new_context().new_page()
    for page, handle in ((one, "amina"), (other, "bea")):
        sign_in(page, fresh, handle)
        page.goto(f"{fresh.url}/cases/{case}/full")
        page.get_by_label("Watch", exact=True).check()
        page.get_by_label("Reason", exact=True).fill("The pharmacy answers on Saturday")
    one.get_by_role("button", name="Save this decision").click()
    expect(one.get_by_text("Your decision was saved")).to_be_visible()
    other.get_by_role("button", name="Save this decision").click()
    expect(other.get_by_role("alert")).to_contain_text("Amina Yusuf decided this case")
    assert len(fresh.store.cases.history(case)) == 1


def test_reveal_escalate_and_undo(page: Page, fresh: House) -> None:
    case = case_of(fresh.store, NAMED)
    sign_in(page, fresh, "amina")
    page.goto(f"{fresh.url}/cases/{case}/full")
    expect(page.get_by_text("Rosalind Pettigrew")).to_have_count(0)
    page.get_by_text("See what is masked").click()
    page.locator("[id^=see-][id$=-check]").first.check()
    page.locator("[id^=reason-]").first.fill("to tell the practice whose number it is")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Rosalind Pettigrew")).to_be_visible()
    page.goto(f"{fresh.url}/cases/{case}/full")
    page.get_by_label("Pass on", exact=True).check()
    page.get_by_label("PALS and complaints", exact=True).check()
    page.get_by_role("button", name="Save this decision").click()
    page.get_by_label("PALS and complaints should know as well").check()
    page.get_by_role("button", name="Save this decision").click()
    expect(page.locator(".history").get_by_text("Passed on to PALS and complaints")).to_be_visible()
    page.get_by_role("button", name="Undo decision 1").click()
    expect(page.locator(".history").get_by_text("Took back decision 1")).to_be_visible()
    found = fresh.store.cases.get(case)
    assert found is not None
    assert found.state == "new"


def test_signing_out_everywhere_ends_the_other_browser(browser: Browser, fresh: House) -> None:
    one, other = browser.new_context().new_page(), browser.new_context().new_page()
    sign_in(one, fresh, "amina")
    sign_in(other, fresh, "amina")
    one.goto(f"{fresh.url}/account")
    one.get_by_role("button", name="Sign out everywhere").click()
    expect(one).to_have_url(f"{fresh.url}/sign-in")
    other.goto(f"{fresh.url}/all?tab=new")
    expect(other.get_by_label("Password", exact=True)).to_be_visible()
