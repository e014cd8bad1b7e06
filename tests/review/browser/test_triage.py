"""A morning at the page in a real browser: by mouse, by keyboard alone, without JavaScript, on a phone, and two at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from store import CaseQuery
from tests.review.browser.test_desk import LOOKS
from tests.review.conftest import House, look, sign_in, sign_in_by_form
from tests.review.desk.paths import ready
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


def asks_first(page: Page, case: str | None, outcome: str = "watched.") -> bool:
    """Whether it says first what it will do, since a clock stops."""
    saved = page.locator(".done", has_text=f"Saved: case {case}, {outcome}")
    expect(page.locator(ASKS).or_(saved)).to_be_visible()
    return page.locator(ASKS).count() > 0


def said_first(page: Page, case: str | None) -> None:
    """Says why, and saves it, where it was said first that a clock stops."""
    if asks_first(page, case):
        expect(page.locator(ASKS)).to_contain_text("it stops when you save")
        page.locator(ASKS).get_by_role("radio").first.check()
        page.locator(ASKS).get_by_role("button", name=re.compile("^Save")).click()


def tab_to(page: Page, what: str) -> None:
    """Presses Tab until the focus stands there, as somebody without a mouse does."""
    for _ in range(250):
        if page.evaluate("what => document.activeElement?.matches(what) ?? false", what):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {what} by Tab")


@pytest.fixture
def phone(browser: Browser, busy: House) -> Iterator[Page]:
    """A phone in the hand of who is signed in, on which no original opens."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    context.route(re.compile(r"^https://"), lambda route: route.fulfill(body="elsewhere"))
    page = context.new_page()
    sign_in_by_form(page, ready(busy), "amina")
    yield page
    context.close()


FIRST_WORDS = """() => {
    const words = document.querySelector("#pane .words, main .words");
    const range = document.createRange();
    range.selectNodeContents(words);
    const first = range.getClientRects()[0];  // the first line of them
    const top = document.elementFromPoint(first.left + 4, first.top + first.height / 2);
    return {bottom: first.bottom, seen: first.top >= 0 && first.bottom <= innerHeight && words.contains(top)};
}"""


def fits(page: Page) -> None:
    """Nothing is beside the screen, neither of the page nor of what scrolls in it."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    page.evaluate("window.scrollTo(50, window.scrollY)")
    assert page.evaluate("window.scrollX") == 0, page.url
    assert page.evaluate("visualViewport.scale") == 1, page.url  # nor was it zoomed out to fit


def case_on_phone(page: Page) -> str:
    """The case that stands alone on the screen, its first words in sight, nothing over them."""
    expect(page.locator("#list")).to_be_hidden()
    page.evaluate("window.scrollTo(0, 0)")
    first = page.evaluate(FIRST_WORDS)
    assert first["seen"], (page.url, first)
    fits(page)
    return page.locator("#pane").get_attribute("data-case") or ""


def open_from_today(page: Page, house: House, lane: str, reason: str) -> str:
    """Taps a lane of Today, and in it the first case for a reason."""
    page.goto(f"{house.url}/today")
    fits(page)
    page.locator(f".lanes a[href$='lane={lane}'], .lanes a[href='/{lane}']").tap()
    expect(page.locator(f".lanes a[href$='lane={lane}'][aria-current]")).to_be_visible()
    fits(page)
    page.locator("a[data-row]", has_text=reason).first.tap()
    page.wait_for_url(re.compile(r"/cases/\d+"))
    expect(page.locator("#pane")).to_be_visible()
    return case_on_phone(page)


def decide_by_touch(page: Page, case: str, label: str) -> str:
    """Taps one decision, answers what is asked first, and returns the words with which it was saved."""
    outcome = {"No action": "no action", "I’ve answered": "answered", "Watch": "watched"}[label]
    button = page.locator("[data-decide]").first.get_by_role("button", name=label)
    if not button.is_visible():
        page.locator("[data-decide] .more summary").first.tap()
        fits(page)
    expect(button).to_be_in_viewport()
    button.tap()
    if asks_first(page, case, outcome):
        asks = page.locator(ASKS)
        fits(page)
        asks.get_by_role("radio").first.check()
        asks.get_by_role("button", name=re.compile("^Save")).tap()
    expect(page.locator(".done")).to_contain_text(f"Saved: case {case}, {outcome}")
    return page.locator(".done").inner_text()


def test_ten_cases_are_worked_through_on_a_phone_from_today(phone: Page, busy: House) -> None:
    before, seen = decided(busy), []
    case = open_from_today(phone, busy, "answer", "Asks about a prescription")
    for number in range(8):
        seen.append(case)
        label = ("I’ve answered", "No action", "Watch")[number % 3]
        if label == "I’ve answered":  # as suggested: the words are copied, and their place opens
            phone.locator("#reply").fill("Ring NHS 111, day and night: they can arrange it.")
            copies = phone.get_by_role("button", name="Copy and open X")
            expect(copies).to_be_enabled()
            with phone.context.expect_page() as elsewhere:
                copies.tap()
            elsewhere.value.close()
            phone.bring_to_front()
        decide_by_touch(phone, case, label)
        case = case_on_phone(phone)  # the next came by itself
    case = open_from_today(phone, busy, "look", "Insult about staff")
    for _ in range(2):
        seen.append(case)
        assert phone.locator("[data-decide] .nhsuk-button").first.inner_text() == "Watch"
        decide_by_touch(phone, case, "Watch")  # what is suggested there: one tap
        case = open_from_today(phone, busy, "look", "")
    assert len(set(seen)) == TEN
    assert decided(busy) == before + TEN


def test_danger_is_gone_through_on_a_phone_step_by_step(phone: Page, busy: House) -> None:
    case = open_from_today(phone, busy, "now", "Someone may end their life")
    phone.get_by_role("link", name="Show the steps").tap()
    phone.wait_for_url(re.compile("/danger"))
    phone.evaluate("window.scrollTo(0, 0)")
    assert phone.evaluate(FIRST_WORDS)["seen"]
    expect(phone.get_by_role("link", name="Call 999").first).to_be_in_viewport()
    for button, step in (
        ("Not known", "first"), ("I rang them and they have it", "ring"), ("I told Facebook", "platform"), ("I replied", "reply"),
    ):  # fmt: skip
        fits(phone)
        if step == "ring":
            phone.get_by_label("Spoke to").fill("Priya Nair")
        phone.get_by_role("button", name=button, exact=True).tap()
        expect(phone.locator(f"li[data-step~={step}] .nhsuk-tag").or_(phone.locator(".done"))).not_to_have_count(0)  # fmt: skip
        look(phone, LOOKS)
    path = busy.store.path_steps.path(int(case), "danger")
    assert {"first", "ring", "has_it", "platform", "reply"} <= {step.step for step in path.standing.values()}  # fmt: skip
    fits(phone)


def test_pass_on_undo_and_next_on_a_phone(phone: Page, busy: House) -> None:
    case = open_from_today(phone, busy, "answer", "Asks about a prescription")
    phone.locator("[data-decide]").get_by_role("link", name="Pass on").tap()
    phone.wait_for_url(re.compile("/pass-on"))
    fits(phone)
    phone.evaluate("window.scrollTo(0, 0)")
    assert phone.evaluate(FIRST_WORDS)["seen"]
    phone.get_by_label("PALS and complaints").check()
    phone.get_by_role("button", name=re.compile("^Send (to|and) ")).tap()
    expect(phone.locator(".done")).to_contain_text(f"Saved: case {case}, passed on")
    following = case_on_phone(phone)
    assert following != case
    assert len(busy.store.handoffs.open(int(case))) == 1
    phone.locator(".done").get_by_role("button", name="Undo").tap()
    expect(phone.locator(".done")).to_contain_text(f"Undone: case {case}")
    assert case_on_phone(phone) == case
    assert busy.store.handoffs.open(int(case)) == []
    phone.locator(".pane__bar").get_by_role("link", name="Next").tap()
    expect(phone.locator("#pane")).to_have_attribute("data-case", following)
    case_on_phone(phone)
    phone.locator(".pane__bar").get_by_role("link", name="Today").tap()
    expect(phone.locator("#list")).to_be_visible()
    fits(phone)


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
