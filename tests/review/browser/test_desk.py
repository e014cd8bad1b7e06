"""The morning at the desk as a person has it: with a mouse, by keys, without a script, on a phone, two at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core import clock
from tests.review.accessibility import beyond, faults
from tests.review.conftest import House, look, sign_in
from tests.review.factories import (
    ALLEGATION,
    NAMED,
    NOW,
    QUESTION,
    RUMOUR,
    case_of,
    configure,
    tell,
)

SIZES = {"laptop": (1366, 768), "desk": (1920, 1080), "phone": (390, 844)}
WHOLE_ROWS = """() => {
    const list = document.querySelector(".list__in").getBoundingClientRect();
    return [...document.querySelectorAll(".row")].filter((row) => {
        const box = row.getBoundingClientRect();
        return box.top >= list.top && box.bottom <= list.bottom;
    }).length;
}"""
LOOKS = 350  # ms that somebody looks at what came, before a key of theirs is taken as meant for it
FOCUSED = "document.activeElement.id"
ROW = "document.activeElement.dataset.row"


def at(
    browser: Browser, house: House, path: str, size: str = "laptop", handle: str = "amina", **more: Any
) -> Page:  # fmt: skip
    """A page of the desk in a window of its own, at some size."""
    width, height = SIZES[size]
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": height}, **more
    )
    page = context.new_page()
    sign_in(page, house, handle)
    page.goto(house.url + path)
    return page


@pytest.mark.parametrize(("size", "rows"), [("laptop", 12), ("desk", 20)])
def test_as_many_rows_are_in_sight_as_promised_and_the_page_itself_does_not_scroll(
    browser: Browser, house: House, size: str, rows: int
) -> None:
    alerts = (
        house.desk.file.alerts
    )  # once set up: that nobody is told at once would be a line more above the list
    configure(house.desk, alerts=alerts.model_copy(update={"on": True, "to": ("duty@example.org",)}))  # fmt: skip
    page = at(browser, house, "/today", size)
    configure(house.desk, alerts=alerts)
    everything = page.locator(".row").count()
    assert page.evaluate(WHOLE_ROWS) >= min(rows, everything)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.locator("#keys").evaluate("one => one.offsetHeight") <= 34  # px: one line
    expect(page.locator(".pane .words").first).to_be_in_viewport()
    expect(page.locator("[data-key='1']").first).to_be_in_viewport()


def test_a_decision_by_mouse_is_one_click_and_the_next_case_slides_in(
    browser: Browser, anew: House
) -> None:
    case = case_of(anew.store, RUMOUR)
    page = at(browser, anew, f"/cases/{case}?lane=look")
    page.evaluate("window.stayed = true")
    waiting = page.locator("[data-decide]")
    for left in range(
        waiting.count(), 0, -1
    ):  # of several posts each is decided before another case comes
        expect(page.locator("#pane")).to_have_attribute("data-case", str(case))
        expect(waiting).to_have_count(left)
        waiting.first.get_by_role("button", name="Watch").click()
        expect(page.locator(".done")).to_contain_text(f"Saved: case {case}, watched.")
    expect(page.locator("#pane")).not_to_have_attribute("data-case", str(case))
    expect(page.locator("#said")).to_contain_text("watched")
    assert page.evaluate("window.stayed")  # no reload
    assert page.evaluate(FOCUSED) == "case-name"
    assert f"/cases/{case}?" not in page.url
    page.locator(".done").get_by_role("button", name="Undo").click()
    expect(page.locator(".done")).to_contain_text(f"Undone: case {case}")
    assert f"/cases/{case}" in page.url
    page.go_back()
    expect(page.locator("#pane")).not_to_have_attribute("data-case", str(case))


def test_keys_move_open_decide_and_undo_from_the_start(browser: Browser, anew: House) -> None:
    page = at(browser, anew, "/today?lane=look")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate(ROW)
    page.keyboard.press("Enter")
    expect(page.locator("#pane")).to_have_attribute("data-case", chosen)
    assert page.evaluate(FOCUSED) == "case-name"
    keys = page.eval_on_selector_all(
        "#pane [data-key]", "all => all.map((one) => [one.dataset.key, one.textContent])"
    )
    (watch, *_) = [key for key, words in keys if "Watch" in words]
    page.keyboard.press(watch)  # pressed at once it was meant for what stood there before
    expect(page.locator("#pane")).to_have_attribute("data-case", chosen)
    look(page, LOOKS)
    page.keyboard.press(watch)
    expect(page.locator(".done")).to_contain_text(f"Saved: case {chosen}, watched.")
    page.keyboard.press("z")
    expect(page.locator(".done")).to_contain_text("Undone")
    page.keyboard.press("t")
    expect(page.locator(".pane__bar")).to_contain_text("You have it")
    page.keyboard.press("m")
    expect(page.locator(".more[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".more[open]")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="All keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#case-name").focus()
    page.keyboard.press("/")
    assert page.evaluate(FOCUSED) == "q"
    page.keyboard.type("1z")  # in a field keys are words
    expect(page.locator("#q")).to_have_value("1z")


def test_the_first_key_works_as_soon_as_today_is_open_and_no_key_decides_on_another_row(
    browser: Browser, anew: House
) -> None:
    page = at(browser, anew, "/today?lane=look")
    look(page, LOOKS)
    case = page.locator("#pane").get_attribute("data-case")
    badge = page.locator("#pane .nhsuk-button kbd").first
    expect(badge).to_be_visible()
    page.keyboard.press("ArrowDown")  # to another row, which is not opened
    expect(badge).to_be_hidden()  # no key acts on the open case now, so that none is promised
    page.keyboard.press("n")
    page.keyboard.press("t")
    look(page, LOOKS)
    expect(page.locator("#pane")).to_have_attribute("data-case", str(case))
    expect(page.locator(".done, [data-asks]")).to_have_count(0)
    expect(page.locator("#said")).to_contain_text("Press Enter")
    page.keyboard.press("ArrowRight")  # one press goes there and opens it
    expect(page.locator("#pane")).not_to_have_attribute("data-case", str(case))
    expect(page.locator("#pane .nhsuk-button kbd").first).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#pane")).to_have_attribute("data-case", str(case))
    page.goto(f"{anew.url}/today?lane=look")
    page.keyboard.press("1")
    page.wait_for_url(lambda address: "/today?" not in address)


def test_the_report_page_records_nothing_by_arriving_and_escape_goes_back(
    browser: Browser, anew: House
) -> None:
    case = case_of(anew.store, ALLEGATION)
    post = next(each.item.number for each in anew.store.cases.mentions(case) if each.reviewable)
    page = at(browser, anew, f"/mentions/{post}/report#written")
    assert page.evaluate(FOCUSED) == "written"
    page.keyboard.press("Enter")
    look(page, LOOKS)
    assert page.url.endswith(f"/mentions/{post}/report#written")
    assert not any(takedown.steps for takedown in anew.store.takedowns.of_case(case))
    expect(page.get_by_role("link", name=f"Back to case {case}", exact=True)).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#pane")).to_have_attribute("data-case", str(case))


def test_keys_do_nothing_once_they_are_turned_off(browser: Browser, anew: House) -> None:
    page = at(browser, anew, "/today?lane=look")
    page.get_by_role("button", name="Turn keys off").click()
    expect(page.get_by_role("button", name="Turn keys on")).to_be_visible()
    page.locator("#case-name").focus()
    page.keyboard.press("m")
    page.keyboard.press("?")
    expect(page.locator(".more[open], dialog[open]")).to_have_count(0)


def test_more_covers_nothing_of_the_post_and_its_signs_stand_in_their_lines(
    browser: Browser, house: House
) -> None:
    page = at(browser, house, f"/cases/{case_of(house.store, NAMED)}")
    page.locator(".more summary").click()
    expect(page.locator("#case .words").first).to_be_in_viewport(ratio=1)
    words, more = page.locator("#case .words").first, page.locator(".more__in")
    below, top = words.bounding_box(), more.bounding_box()
    assert below is not None
    assert top is not None
    assert below["y"] + below["height"] <= page.locator("#decide").bounding_box()["y"]  # type: ignore[index]
    assert top["y"] > page.locator("#decide").bounding_box()["y"]  # type: ignore[index]
    signs = page.locator(".more__in b [aria-hidden]:not(kbd)")
    displays = signs.evaluate_all("all => all.map((one) => getComputedStyle(one).display)")
    assert set(displays) == {"inline"}


def test_two_skip_links_lead_to_the_decision(browser: Browser, house: House) -> None:
    page = at(browser, house, f"/cases/{case_of(house.store, NAMED)}")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the decision")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Deal with this leak")).to_be_focused()


def test_without_a_script_all_of_it_works_as_plain_pages(browser: Browser, anew: House) -> None:
    case = case_of(anew.store, NAMED)
    page = at(browser, anew, "/today", java_script_enabled=False)
    page.locator(f"[data-row='{case}']").click()
    expect(page.locator("#pane")).to_have_attribute("data-case", str(case))
    expect(page.get_by_role("button", name="No action")).to_have_count(0)  # a leak has its steps
    page.get_by_role("button", name="Not a leak").click()
    page.get_by_label("Not a real person").check()
    page.get_by_role("button", name="Save: not a leak").click()
    expect(page.locator(".done")).to_contain_text(f"Saved: case {case}, not a leak.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".done")).to_contain_text("Undone")
    page.get_by_role("button", name="Take it").click()
    expect(page.locator(".pane__bar")).to_contain_text("You have it")


def test_on_a_phone_the_list_comes_first_and_a_case_stands_alone(
    browser: Browser, anew: House
) -> None:
    case = case_of(anew.store, NAMED)
    page = at(browser, anew, "/today", "phone")
    expect(page.locator("#pane")).to_be_hidden()
    first = page.locator(".row").first.bounding_box()
    assert first is not None
    assert first["y"] < 320  # with a red line above it: sources fail here
    page.locator(f"[data-row='{case}']").click()
    expect(page.locator("#list")).to_be_hidden()
    expect(page.locator(".pane .words")).to_be_in_viewport()
    big = page.get_by_role("link", name="Deal with this leak")
    expect(big).to_be_in_viewport()
    box = big.bounding_box()
    assert box is not None
    assert box["width"] > 300  # as wide as the thumb finds it
    page.locator(".pane__bar").get_by_role("link", name="Today").click()
    expect(page.locator("#list")).to_be_visible()


def test_two_officers_are_not_led_to_the_same_case(browser: Browser, anew: House) -> None:
    one = at(browser, anew, "/today?lane=look")
    shown = one.locator("#pane").get_attribute("data-case")
    one.wait_for_timeout(300)
    row = one.locator(f"[data-row='{shown}']")
    assert anew.store.cases.get(int(shown or 0)).claimed_by is None  # type: ignore[union-attr]  # a list that came took nothing
    row.click()
    expect(one.locator(".pane__bar")).to_contain_text("Take it")
    expect(row.locator(".row__face")).to_contain_text("You are looking")
    other = at(browser, anew, "/today?lane=look", handle="bea")
    assert other.locator("#pane").get_attribute("data-case") != shown
    face = other.locator(f"[data-row='{shown}'] .row__face")
    expect(face).to_contain_text("Amina Yusuf is looking")


def test_a_case_of_several_posts_asks_before_it_decides_on_two(
    browser: Browser, anew: House
) -> None:
    case = case_of(anew.store, RUMOUR)
    page = at(browser, anew, f"/cases/{case}")
    ticks = page.locator(".tick input")
    assert page.locator(".tick input:checked").count() == 0
    ticks.nth(0).check()
    ticks.nth(1).check()
    page.locator("#several").get_by_role("button", name="Watch").click()
    expect(page.locator(".willdo")).to_contain_text("not decided. It stays open.")
    page.get_by_role("button", name="Save for 2 posts").click()
    expect(page.locator(".done")).to_contain_text("watched, 2 posts")


def test_axe_finds_nothing_wrong_and_nothing_is_cut_off_at_any_width(
    browser: Browser, house: House
) -> None:
    page = at(browser, house, "/today")
    found: list[str] = []
    paths = ["/today", f"/cases/{case_of(house.store, NAMED)}", f"/cases/{case_of(house.store, RUMOUR)}", "/done", "/all"]  # fmt: skip
    for path in paths:
        for width in (1366, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(house.url + path)
            found += faults(page)
        for width in (320, 640, 1100, 1280):
            found += beyond(page, width)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(house.url + paths[1])
    page.locator(".more summary").click()
    page.locator(".menu summary").click()
    page.evaluate("document.querySelector('#keyhelp').showModal()")
    found += faults(page)
    assert found == []


def test_an_nhs_number_in_a_question_is_stopped_in_place_and_can_be_mended(browser: Browser, anew: House) -> None:  # fmt: skip
    case = case_of(anew.store, NAMED)
    page = at(browser, anew, f"/cases/{case}")
    page.locator(".more > summary").first.click()
    page.get_by_role("button", name="Ask a colleague").first.click()
    page.locator("[name=colleague]").select_option(index=1)
    page.locator("[name=question]").fill("Is 485 777 3456 hers?")
    page.locator("[data-asks] button[type=submit]").last.click()
    expect(page.get_by_role("heading", name="Nothing was saved yet")).to_be_in_viewport()
    box = page.get_by_label("What you wrote")
    expect(box).to_have_value("Is 485 777 3456 hers?")
    box.fill("Is the number hers?")
    page.get_by_role("button", name="Send it again").click()
    page.wait_for_url("**/cases/**saved=**")
    assert anew.store.opinions.count_waiting() == 1


def test_the_time_that_is_left_goes_on_while_a_page_is_open(browser: Browser, anew: House) -> None:
    anew.store.database.execute("UPDATE cases SET due_at = ? WHERE lane = 'now'", clock.text(NOW + timedelta(minutes=45)))  # fmt: skip
    page = at(browser, anew, "/sign-in")
    page.clock.install()
    page.goto(anew.url + "/today")
    row, case = page.locator(".row__due").first, page.locator(".pane__bar time")
    expect(row).to_have_text(re.compile("4[45] min left"))
    page.clock.fast_forward("20:00")
    expect(row).to_have_text(re.compile("2[45] min left"))
    expect(row).to_have_class(re.compile("row__due--soon"))
    expect(case).to_have_text(re.compile("2[45] minutes left"))
    page.clock.fast_forward("30:00")
    expect(row.locator("time")).to_have_text("Overdue")
    expect(case).to_have_text(re.compile("Overdue since"))
    assert not page.locator(
        "[aria-live] time[data-left], [role=status] time[data-left]"
    ).count()  # nobody is told each minute


def test_esc_leaves_a_question_and_enter_saves_no_choice_that_arrows_moved(
    browser: Browser, anew: House
) -> None:
    case = case_of(anew.store, ALLEGATION)
    page = at(browser, anew, f"/cases/{case}")
    look(page, 400)
    page.locator("#case-name").focus()
    page.keyboard.press("n")
    expect(page.get_by_text("Why no action?")).to_be_visible()
    expect(page.locator("#keys")).to_contain_text("don’t save")
    look(page, 400)
    page.keyboard.press("w")
    expect(page.locator("#key-hint")).to_contain_text("Answer the question first")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    expect(page.get_by_text("Why no action?")).to_be_visible()
    expect(page.locator("[data-asks] [type=submit]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Why no action?")).to_be_hidden()
    expect(page.locator("#keys")).to_contain_text("Enter opens")
    found = anew.store.cases.get(case)
    assert found is not None
    assert found.version == 0


def test_a_question_covers_no_answer_that_is_being_written_and_loses_none(
    browser: Browser, anew: House
) -> None:
    tell(anew.store, QUESTION, 91, NOW, alone=True)
    page = at(browser, anew, f"/cases/{case_of(anew.store, QUESTION)}")
    page.locator("#reply").fill("The clinic is open")
    page.locator("#case-name").focus()
    look(page, LOOKS)
    page.keyboard.press("n")
    expect(page.locator("[data-asks]")).to_have_count(1)
    expect(page.locator("#reply")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("[data-asks]")).to_have_count(0)
    expect(page.locator("#reply")).to_have_value("The clinic is open")


def test_of_a_case_of_several_long_posts_the_decision_on_the_one_in_sight_needs_no_scroll(browser: Browser, anew: House) -> None:  # fmt: skip
    page = at(browser, anew, f"/cases/{case_of(anew.store, RUMOUR)}")
    posts = page.locator("section.post:has([data-decide])")
    assert posts.count() > 1
    page.evaluate("for (const post of document.querySelectorAll('.post__in')) post.style.minHeight = '700px'")  # fmt: skip
    first, second = (posts.nth(number).locator(".decide__row > :first-child") for number in (0, 1))
    expect(first).to_be_in_viewport(ratio=1)
    expect(second).not_to_be_in_viewport()  # its words are not in sight either
    first.click()  # nothing lies over it
    expect(page.locator("#pane, main").first).to_be_visible()


def test_wherever_the_page_is_turned_no_decision_stands_over_the_first_words_of_its_post(
    browser: Browser, anew: House
) -> None:
    page = at(browser, anew, f"/cases/{case_of(anew.store, RUMOUR)}")
    page.evaluate("for (const post of document.querySelectorAll('.post__in')) post.style.minHeight = '700px'")  # fmt: skip
    above = page.evaluate(
        """async () => {
            const pane = document.querySelector('.pane'), found = [];
            for (let down = 0; down <= 1600; down += 40) {
                pane.scrollTop = down; window.scrollTo(0, down);
                await new Promise(requestAnimationFrame);
                for (const post of document.querySelectorAll('section.post:has(> .decide)'))
                    found.push(post.querySelector(':scope > .decide').getBoundingClientRect().top - post.getBoundingClientRect().top);
            }
            return found;
        }"""
    )
    assert min(above) >= 140  # px: the head of the post and its first lines
    assert max(above) > min(above) + 100  # the page was turned, and the decision came along


def test_what_to_report_and_that_it_was_done_are_on_one_screen_of_a_laptop(browser: Browser, anew: House) -> None:  # fmt: skip
    case = case_of(anew.store, ALLEGATION)
    post = next(each.item.number for each in anew.store.cases.mentions(case) if each.reviewable)
    page = at(browser, anew, f"/mentions/{post}/report#written")
    for what in (page.locator("main blockquote"), page.locator("#wording"), page.locator("#done")):
        expect(what).to_be_in_viewport(ratio=1)
    assert faults(page) == []
