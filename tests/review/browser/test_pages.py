"""The pages in Chromium: with and without script, narrow and zoomed, by mouse and by keys; nothing hostile wakes up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.review.conftest import House, sign_in
from tests.review.factories import ALL, HOSTILE, PRESS, case_of

PATHS = (
    "/all",
    "/all?platform=x&q=scan",
    "/all?tab=overdue",
    "/sources",
    "/account",
    "/nowhere",
)


@pytest.fixture(scope="module")
def page(browser: Browser, house: House) -> Iterator[Page]:
    """A wide screen, signed in."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        opened = context.new_page()
        sign_in(opened, house, "amina")
        yield opened


def every_path() -> list[str]:
    return [*PATHS, *(f"/cases/{number}/full" for number in range(1, len(ALL) + 1))]


def test_no_page_asks_others_nor_runs_what_a_post_says(page: Page, house: House) -> None:
    told: list[str] = []
    page.on(
        "request",
        lambda asked: told.append(asked.url) if not asked.url.startswith(house.url) else None,
    )
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.on(
        "console",
        lambda line: told.append(line.text) if "Content Security Policy" in line.text else None,
    )
    for path in every_path():
        page.goto(house.url + path)
    assert told == []


@pytest.mark.parametrize(("width", "scale"), [(320, 1), (640, 2)])  # a phone, and 1280 at 200 %
def test_nothing_is_cut_off_on_a_narrow_screen_or_zoomed(
    browser: Browser, house: House, width: int, scale: int
) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 600}, device_scale_factor=scale
    ) as context:
        page = context.new_page()
        sign_in(page, house, "amina")
        for path in every_path():
            page.goto(house.url + path)
            page.evaluate(
                "for (const one of document.querySelectorAll('details:not(.menu)')) one.open = true"
            )
            beyond = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert beyond <= 0, path


def test_a_case_is_decided_without_script(browser: Browser, fresh: House) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, fresh, "amina")
        page.goto(f"{fresh.url}/cases/2/full")
        expect(page.get_by_label("Until which day")).to_be_visible()
        page.get_by_label("Pass on", exact=True).check()
        page.get_by_label("Safeguarding", exact=True).check()
        page.get_by_label("Note for colleagues").fill("rang them at once")
        page.get_by_role("button", name="Save this decision").click()
        expect(page.get_by_text("Your decision was saved")).to_be_visible()
        expect(page.get_by_text("Passed on to Safeguarding", exact=True).first).to_be_visible()
        page.get_by_role("button", name="Undo decision 1").click()
        expect(page.get_by_text("Took back decision 1")).to_be_visible()


def test_what_belongs_to_one_answer_is_shown_with_that_answer(page: Page, house: House) -> None:
    page.goto(f"{house.url}/cases/2/full")
    expect(page.get_by_label("Until which day")).to_be_hidden()
    page.get_by_label("Bring back later", exact=True).check()
    expect(page.get_by_label("Until which day")).to_be_visible()
    page.get_by_label("Pass on", exact=True).check()
    expect(page.get_by_label("Until which day")).to_be_hidden()
    expect(page.get_by_label("Safeguarding", exact=True)).to_be_visible()


def test_a_fault_takes_the_focus(browser: Browser, fresh: House) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, fresh, "amina")
        page.goto(f"{fresh.url}/cases/2/full")
        page.get_by_label("Pass on", exact=True).check()
        page.get_by_role("button", name="Save this decision").click()
        expect(page.locator(".nhsuk-error-summary")).to_be_focused()
        page.get_by_role("link", name="Choose whom to pass it on to").click()
        expect(page.get_by_label("PALS and complaints")).to_be_focused()


def test_all_on_a_page_are_ticked_by_one_button_and_counted(page: Page, house: House) -> None:
    page.goto(f"{house.url}/all?tab=new")
    page.get_by_role("button", name="Tick all on this page").click()
    ticked = page.locator(".row__tick input:checked").count()
    assert ticked == page.locator(".row__tick input").count() > 0
    expect(page.get_by_text(f"{ticked} ticked.")).to_be_visible()
    page.get_by_role("button", name="Untick all").click()
    assert page.locator(".row__tick input:checked").count() == 0


def test_single_keys_do_nothing_unless_somebody_turned_them_on(page: Page, house: House) -> None:
    page.goto(f"{house.url}/cases/1/full")
    page.keyboard.press("j")
    page.keyboard.press("d")
    assert page.evaluate("document.activeElement === document.body")


def test_single_keys_walk_a_whole_case_and_decide_once_they_are_on(
    browser: Browser, fresh: House
) -> None:
    fresh.store.users.save_preferences(fresh.who["bea"], {"shortcuts": {"decide": "g"}})
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, fresh, "bea")
        page.goto(f"{fresh.url}/cases/{case_of(fresh.store, PRESS)}/full")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.id").startswith("mention-")
        page.keyboard.press("g")
        page.keyboard.press("ArrowDown")
        page.get_by_label("Note for colleagues").fill("gock o’dunn")  # keys in a box are words
        page.get_by_role("button", name="Save this decision").press("Enter")
        expect(page.get_by_text("Your decision was saved")).to_be_visible()


def test_a_hostile_post_leaves_the_page_whole(page: Page, house: House) -> None:
    page.goto(f"{house.url}/cases/{case_of(house.store, HOSTILE)}/full")
    expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    expect(page.get_by_role("button", name="Save this decision")).to_be_visible()
    assert page.locator("blockquote *:not(mark, span)").count() == 0
