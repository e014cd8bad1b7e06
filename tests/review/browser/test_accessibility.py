"""axe finds no fault with any page: WCAG 2.2 AA and its best practices, everything that can be unfolded unfolded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from store import TABS
from tests.review.accessibility import OPEN, faults
from tests.review.conftest import House, fill_few, serve, sign_in
from tests.review.factories import ALL, NOW
from tests.review.setup_pages import opened
from tests.review.teamwork import at_work
from tests.store.factories import DAY

# With what is looked at in test_accessibility_everywhere.py, nothing twice.
PATHS = (
    *(f"/all?tab={tab}" for tab in TABS),
    "/all?platform=x&flag=threat&q=nothing&risk=awful", "/weekly", "/nowhere", "/mentions/7",
    *(f"/cases/{number}/full" for number in range(1, len(ALL) + 1)),
)  # fmt: skip


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page with one case of each kind: axe looks at every card of a list."""
    yield from serve(tmp_path_factory.mktemp("few"), fill_few)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, few: House) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        sign_in(page, few, "amina")
        yield page


def test_a_picture_without_words_would_be_found(browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content('<html lang="en"><title>A page</title><h1>A page</h1><img src="data:,">')
        assert ["image-alt" in fault for fault in faults(page)].count(True) == 1


def test_words_that_hardly_stand_out_are_found_wherever_they_stand(browser: Browser) -> None:
    good, bad = "<p>Plain words</p>", '<p style="color: #ccc">Faint words</p>'
    with browser.new_context() as context:
        page = context.new_page()
        for words, wrong in ((good, 0), (good + bad, 1), (good + bad, 1), (good, 0)):
            page.set_content(
                f'<html lang="en"><title>A page</title><main><h1>A page</h1>{words}</main>'
            )
            assert ["color-contrast" in fault for fault in faults(page)].count(True) == wrong


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_wrong_with_a_page_that_is_looked_at(
    signed_in: Page, few: House, path: str
) -> None:
    signed_in.goto(few.url + path)
    assert faults(signed_in) == []


def test_nor_with_the_second_page_of_a_long_list(browser: Browser, house: House) -> None:
    page = browser.new_context().new_page()
    sign_in(page, house, "amina")
    page.goto(f"{house.url}/all?page=2")
    expect(page.get_by_text("Page 2 of")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize(
    "path", ["/all", "/cases/1/full", "/cases/2/full", "/cases/4/full", "/sources", "/account"]
)
def test_nor_on_a_narrow_screen(signed_in: Page, few: House, path: str) -> None:
    signed_in.set_viewport_size({"width": 320, "height": 700})
    signed_in.goto(few.url + path)
    found = faults(signed_in)
    signed_in.set_viewport_size({"width": 1280, "height": 900})
    assert found == []


def test_nor_with_pages_that_answer_a_form(browser: Browser, fresh: House) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{fresh.url}/sign-in")
    found = faults(page)
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    found += faults(page)
    link = fresh.store.sign_in_links.make(fresh.who["vera"], at=NOW, until=NOW + DAY)
    for token in (link, "nonsense"):
        page.goto(f"{fresh.url}/welcome/{token}")
        found += faults(page)
    sign_in(page, fresh, "amina")
    page.goto(f"{fresh.url}/cases/4/full")
    page.get_by_label("Pass on", exact=True).check()
    page.get_by_role("button", name="Save this decision").click()
    found += faults(page)  # to whom?
    page.get_by_label("Watch", exact=True).check()
    page.get_by_role("button", name="Save this decision").click()
    found += faults(page)  # kept
    page.goto(f"{fresh.url}/cases/1/full")
    page.get_by_text("See what is masked").click()
    page.locator("[id^=see-][id$=-check]").first.check()
    page.locator("#reason-1").fill("to tell the practice")
    page.get_by_role("button", name="Show the original words and writer").click()
    found += faults(page)  # revealed
    page.goto(f"{fresh.url}/all?tab=new")
    page.get_by_label("Tick case 5").check()
    page.get_by_label("Decide", exact=True).select_option("monitor")
    page.get_by_role("button", name="Show what it would do").click()
    found += faults(page)  # several at once
    assert found == []


def test_nor_where_nothing_was_ever_read(browser: Browser, empty: House) -> None:
    page = browser.new_context().new_page()
    sign_in(page, empty, "vera")
    page.goto(f"{empty.url}/all?tab=new")
    found = faults(page)
    page.goto(f"{empty.url}/sources")
    found += faults(page)
    assert found == []


def test_nor_where_a_team_works_together(browser: Browser, anew: House) -> None:
    at_work(anew)
    page = browser.new_context().new_page()
    sign_in(page, anew, "amina")
    found = []
    paths = (
        "/all?tab=mine",
        "/all?clause=6.9&reviewer=2",
        "/cases/2/full",
        "/cases/4/full",
        "/cases/5/full",
    )
    for path in paths:
        page.goto(anew.url + path)
        found += faults(page)
    page.goto(f"{anew.url}/cases/4/full")
    page.get_by_label("I see it differently").check()
    page.get_by_role("button", name="Give this opinion").click()
    found += faults(page)  # why?
    page.goto(f"{anew.url}/away")
    page.get_by_label("First day away").fill("2026-11-20")
    page.get_by_label("Last day away").fill("2026-11-19")
    page.get_by_role("button", name="Save these days").click()
    found += faults(page)  # the wrong way round
    page.goto(f"{anew.url}/all?tab=new")
    page.get_by_label("Tick case 1, to hand it on").check()
    page.get_by_role("button", name="Hand on").click()
    found += faults(page)  # to whom?
    page.get_by_label("To whom").select_option(index=1)
    page.get_by_role("button", name="Hand them on").click()
    found += faults(page)  # left alone: it is Bea’s
    page.set_viewport_size({"width": 320, "height": 700})
    for path in paths:
        page.goto(anew.url + path)
        page.evaluate(OPEN)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path} is {wide} wide"] if wide > 320 else []
    assert found == []


def test_nor_where_officers_set_up(browser: Browser, tmp_path: Path) -> None:
    for office in opened(tmp_path):
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        sign_in(page, office, "bea")
        found = []
        page.set_viewport_size({"width": 320, "height": 700})
        page.goto(f"{office.url}/setup/rules")
        page.get_by_role("button", name="Add a rule").click()
        page.get_by_label("Name").fill("<b>")
        page.get_by_role("button", name="Save", exact=True).click()
        found += faults(page)  # what is wrong
        page.get_by_label("Name").fill("shuts")
        page.locator("textarea").fill("shuts OR shut and")
        page.get_by_role("button", name="Try it on the last month").click()
        found += faults(page)  # what it would have found
        page.get_by_role("button", name="Save", exact=True).click()
        found += faults(page)  # what to check before
        page.get_by_label("I have read this").check()
        page.get_by_role("button", name="Save", exact=True).click()
        found += faults(page)  # kept
        page.get_by_role("link", name="Undo").click()
        found += faults(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert found == []


def test_nor_with_the_audit_the_people_and_the_statement(browser: Browser, fresh: House) -> None:
    fresh.store.mentions.reveal(1, by="amina", at=NOW, reason="to tell the practice")
    fresh.store.users.add("local", "nia", "Nia Brandreth", ["lead"], at=NOW)
    found = []
    for handle, paths in (
        ("gwen", ("/audit", "/audit?since=x&person=99", "/audit?until=2020-01-01", "/audit/reveals", "/audit/chain?head=", "/audit/chain?head=x")),
        ("ada", ("/people", f"/people/{fresh.who['ada']}", f"/people/{fresh.who['vera']}", "/accessibility", "/personal-data")),
    ):  # fmt: skip
        with browser.new_context() as context:
            page = context.new_page()
            sign_in(page, fresh, handle)
            for path in paths:
                page.set_viewport_size({"width": 1280, "height": 800})
                page.goto(fresh.url + path)
                found += faults(page)
                page.set_viewport_size({"width": 320, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth")
                found += [f"{path} is cut off"] if wide > 320 else []
            if handle == "ada":
                page.goto(f"{fresh.url}/people/{fresh.who['ada']}")
                page.get_by_role("button", name="Turn off").click()
                found += faults(page)  # the last administrator
                page.goto(f"{fresh.url}/people/{fresh.who['vera']}")
                page.get_by_role("button", name="Make a link").click()
                found += faults(page)
    assert found == []
