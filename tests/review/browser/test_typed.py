"""What was typed and not saved is there again, in its own tab, for its own person, until it is saved or the session ends."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.review.browser.test_desk import at
from tests.review.conftest import House, sign_in
from tests.review.desk.test_decide_reply import PHONES
from tests.review.factories import (
    IN_DANGER,
    NOW,
    QUESTION,
    RUMOUR,
    case_of,
    configure,
    decide,
    tell,
)

WORDS = "Ring the ward first, they know her"
KEPT = "sessionStorage.getItem('typed')"
FIELDS = 'main :is(textarea:not([readonly]), input[type="text"]):visible'


def asked(house: House) -> int:
    """A case of somebody who asks for help."""
    tell(house.store, QUESTION, 91, NOW, alone=True)
    return case_of(house.store, QUESTION)


def pages_with_words(house: House) -> dict[str, str]:
    """A page of each kind of form with free text, by a short name."""
    question = asked(house)
    return {
        "answer": f"/cases/{question}",
        "pass on": f"/cases/{question}/pass-on?role=pals",
        "hand-over note": "/handover",
        "report of a colleague": "/tell",
        "danger": f"/cases/{case_of(house.store, IN_DANGER)}/danger",
        "whole case": f"/cases/{question}/full",
    }


@pytest.mark.parametrize(
    "name",
    ["answer", "pass on", "hand-over note", "report of a colleague", "danger", "whole case"],
)  # fmt: skip
def test_what_is_typed_into_any_form_is_there_again_after_a_look_elsewhere(
    browser: Browser, anew: House, name: str
) -> None:
    page = at(browser, anew, pages_with_words(anew)[name])
    fields = page.locator(FIELDS)
    assert fields.count()
    fields.first.fill(WORDS)
    address = page.url
    page.goto(f"{anew.url}/waiting")
    page.goto(address)
    expect(page.locator(FIELDS).first).to_have_value(WORDS)
    line = page.locator(".typed").first
    expect(line).to_have_text(re.compile(r"Your words of \d\d:\d\d are here, not saved yet\. Throw away"))  # fmt: skip
    line.get_by_role("button", name="Throw away").click()
    expect(page.locator(FIELDS).first).not_to_have_value(WORDS)
    page.goto(address)
    expect(page.locator(".typed")).to_have_count(0)
    assert page.evaluate(KEPT) is None


def test_an_answer_outlives_next_and_is_kept_no_longer_once_it_is_saved(
    browser: Browser, anew: House
) -> None:
    question = asked(anew)
    page = at(browser, anew, f"/cases/{question}")
    page.locator("textarea[name=reply]").fill(WORDS)
    page.locator("[data-row]:not([aria-current])").first.click()
    expect(page.locator("#pane")).not_to_have_attribute("data-case", str(question))
    page.goto(f"{anew.url}/cases/{question}")
    expect(page.locator("textarea[name=reply]")).to_have_value(WORDS)
    page.get_by_role("button", name=re.compile("I.ve answered")).click()
    expect(page.locator(".done").first).to_be_visible()
    expect(page.locator(".typed")).to_have_count(0)
    assert WORDS not in (page.evaluate(KEPT) or "")


def test_a_note_that_was_saved_is_kept_no_longer_and_one_that_was_refused_is(
    browser: Browser, anew: House
) -> None:
    page = at(browser, anew, "/handover")
    page.locator("#words").fill("Her NHS number is 999 000 0018")
    page.get_by_role("button", name="Leave this note").click()
    expect(page.get_by_role("heading", name="Nothing was saved yet")).to_be_visible()
    assert "999 000 0018" in page.evaluate(KEPT)
    page.locator("#typed").fill(WORDS)
    assert "999 000 0018" not in page.evaluate(KEPT)  # what was taken out is kept nowhere
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("article")).to_contain_text(WORDS)
    assert page.evaluate(KEPT) is None
    page.goto(f"{anew.url}/handover")
    expect(page.locator("#words")).to_have_value("")


def test_words_whose_form_a_colleague_closed_are_shown_by_themselves(
    browser: Browser, anew: House
) -> None:
    question = asked(anew)
    page = at(browser, anew, f"/cases/{question}")
    page.locator("textarea[name=reply]").fill(WORDS)
    decide(anew.store, question, anew.who["bea"], "no_action")
    page.goto(f"{anew.url}/cases/{question}")
    alone = page.locator(".typed-alone")
    expect(alone).to_contain_text(WORDS)
    alone.get_by_role("button", name="Throw away").click()
    expect(alone).to_have_count(0)


def leave_by_menu(page: Page) -> None:
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()


def test_nothing_outlives_the_session_nor_reaches_the_next_person_at_the_machine(
    browser: Browser, anew: House
) -> None:
    page = at(browser, anew, "/handover")
    page.locator("#words").fill(WORDS)
    second = page.context.new_page()
    second.goto(f"{anew.url}/tell")
    second.locator("#words").fill(WORDS)
    leave_by_menu(page)
    page.get_by_role("button", name="Sign out and throw them away").click()
    page.wait_for_url("**/sign-in**")
    assert page.evaluate(KEPT) is None
    second.wait_for_function(f"{KEPT} === null")  # its tab is told, though nobody looks at it
    sign_in(page, anew, "bea")
    page.goto(f"{anew.url}/handover")
    expect(page.locator("#words")).to_have_value("")
    # without a sign-out, by another person's session in the same tab
    page.locator("#words").fill(WORDS)
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/handover")
    expect(page.locator("#words")).to_have_value("")
    assert page.evaluate(KEPT) is None


def test_sign_out_asks_where_words_are_not_saved_and_names_them(
    browser: Browser, anew: House
) -> None:
    question = asked(anew)
    page = at(browser, anew, f"/cases/{question}")
    page.locator("textarea[name=reply]").fill(WORDS)
    page.goto(f"{anew.url}/handover")
    page.locator("#words").fill(WORDS)
    leave_by_menu(page)
    asks = page.get_by_role("dialog")
    expect(asks).to_contain_text("You have words not saved: ")
    expect(asks).to_contain_text("a note for Handover")
    expect(asks).to_contain_text(f"an answer to case {question}")
    expect(asks.get_by_role("button", name="Go back")).to_be_focused()  # Enter throws nothing away
    page.keyboard.press("Enter")
    expect(asks).to_have_count(0)
    expect(page.locator("#words")).to_have_value(WORDS)
    assert WORDS in page.evaluate(KEPT)
    page.get_by_role("button", name="Sign out", exact=True).click()  # the menu stayed open
    asks.get_by_role("button", name="Sign out and throw them away").click()
    page.wait_for_url("**/sign-in**")
    assert page.evaluate(KEPT) is None


def test_sign_out_asks_of_words_that_wait_in_another_tab_and_stores_none_of_them_for_it(
    browser: Browser, anew: House
) -> None:
    question = asked(anew)
    first = at(browser, anew, f"/cases/{question}")
    first.locator("textarea[name=reply]").fill(WORDS)
    second = first.context.new_page()
    second.goto(f"{anew.url}/today")
    leave_by_menu(second)
    asks = second.get_by_role("dialog")
    expect(asks).to_contain_text(f"You have words not saved: an answer to case {question}, in another tab.")  # fmt: skip
    assert second.evaluate("localStorage.length + sessionStorage.length") == 0
    assert WORDS not in second.evaluate(
        "navigator.locks.query().then((all) => JSON.stringify(all))"
    )
    asks.get_by_role("button", name="Go back").click()
    expect(first.locator("textarea[name=reply]")).to_have_value(WORDS)
    first.goto(f"{anew.url}/waiting")  # they wait in that tab, whatever page it shows
    first.wait_for_function("navigator.locks.query().then((all) => all.held.length === 1)")
    second.get_by_role("button", name="Sign out", exact=True).click()
    expect(asks).to_contain_text(f"an answer to case {question}, in another tab")
    asks.get_by_role("button", name="Go back").click()
    first.goto(f"{anew.url}/cases/{question}")
    first.get_by_role("button", name="Throw away").click()
    third = first.context.new_page()
    third.goto(f"{anew.url}/handover")
    third.locator("#words").fill(WORDS)
    third.close()  # its words went with it
    second.get_by_role("button", name="Sign out", exact=True).click()
    second.wait_for_url("**/sign-in**")


@pytest.mark.parametrize("where", ["/today", "danger", "/account"])
def test_sign_out_asks_on_every_kind_of_page_and_only_for_words(
    browser: Browser, anew: House, where: str
) -> None:
    address = pages_with_words(anew).get(where, where)
    page = at(browser, anew, "/handover")
    page.locator("#words").fill(WORDS)
    page.goto(f"{anew.url}{address}")
    leave_by_menu(page)
    page.get_by_role("dialog").get_by_role("button", name="Go back").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    asks = page.get_by_role("dialog")
    asks.get_by_role("button", name="Sign out and throw them away").click()
    page.wait_for_url("**/sign-in**")
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}{address}")
    leave_by_menu(page)  # nothing typed: it asks nothing
    page.wait_for_url("**/sign-in**")


def test_another_draft_that_is_chosen_stands_though_words_were_typed(
    browser: Browser, anew: House
) -> None:
    configure(anew.desk, lines=(PHONES,))
    question = asked(anew)
    page = at(browser, anew, f"/cases/{question}")
    page.locator("textarea[name=reply]").fill(WORDS)
    page.locator(".reply summary").first.click()
    page.locator("[data-replaces]").first.click()
    expect(
        page.locator(".reply .told", has_text=WORDS)
    ).to_be_visible()  # the page names what was typed before
    expect(page.locator("textarea[name=reply]")).not_to_have_value(WORDS)


def test_no_password_no_code_and_no_search_is_kept(browser: Browser, anew: House) -> None:
    page = at(browser, anew, "/account")
    for field in page.locator("main input[type=password]").all():
        field.fill("correct horse battery staple")
    page.locator("#q").fill("ward 7")
    assert page.evaluate(KEPT) is None
    case = case_of(anew.store, RUMOUR)
    page.goto(f"{anew.url}/cases/{case}")
    assert page.evaluate(KEPT) is None
