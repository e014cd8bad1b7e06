"""What must never go wrong at the desk: two officers on one lane, an alert's link, three posts, bulk with clocks, undo of all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.review.conftest import House, look, serve, sign_in
from tests.review.desk.rested import fill_rest
from tests.review.factories import QUESTION, RUMOUR, case_of, decide

LAPTOP = {"width": 1366, "height": 768}
OPEN_NOW = "#pane .post:has([data-decide])"


@pytest.fixture
def rested(tmp_path: Path) -> Iterator[House]:
    """A page in whose lane Rest something of each kind waits, and a request for help above it."""
    yield from serve(tmp_path, fill_rest)


def officer(browser: Browser, house: House, path: str, handle: str = "amina") -> Page:
    page = browser.new_context(viewport=LAPTOP).new_page()  # type: ignore[arg-type]
    sign_in(page, house, handle)
    page.goto(house.url + path)
    return page


def shown(page: Page) -> tuple[int, str]:
    """The case in the pane, and the post that its first buttons are for."""
    number = page.locator("#pane").get_attribute("data-case")
    return int(number or 0), page.locator("[data-decide] [name=posts]").first.input_value()


def watch(page: Page) -> tuple[int, str]:
    """Decides on what is shown: first why, where a clock runs, with the words that say that it stops."""
    case, post = shown(page)
    form = page.locator("[data-decide]").first
    button = form.locator("button[name=do][value=watch]")
    if not button.is_visible():
        form.locator(".more summary").click()
    button.click()
    saved = page.locator(".done", has_text=f"Saved: case {case}, watched.")
    expect(page.locator("[data-asks]").or_(saved)).to_be_visible()
    asks = page.locator("[data-asks]")
    if asks.count():
        expect(asks).to_contain_text("The clock is running: it stops when you save")
        asks.get_by_label("Nothing can be done until more is known").check()
        asks.get_by_role("button", name="Save").click()
    expect(saved).to_be_visible()
    return case, post


def covered(house: House, case: int) -> list[str]:
    """The posts of the last decision on a case."""
    return [f"{post}:{revision}" for post, revision in house.store.cases.history(case)[-1].decision.covers]  # fmt: skip


def test_two_officers_work_through_one_lane_and_meet_nowhere(browser: Browser, busy: House) -> None:
    pages = []
    for handle in ("amina", "bea"):
        page = officer(browser, busy, "/today?lane=answer", handle)
        first = shown(page)[0]  # whoever opens a case looks at it; the list alone takes none
        page.locator("a[data-row][aria-current]").click()
        expect(page).to_have_url(re.compile(rf"/cases/{first}\b"))
        pages.append(page)
    decided: list[int] = []
    for _ in range(4):
        for page, other in zip(pages, reversed(pages), strict=True):
            assert shown(page)[0] != shown(other)[0]
            case, post = watch(page)
            assert covered(busy, case) == [post]
            decided.append(case)
            page.wait_for_timeout(300)
    assert len(set(decided)) == len(decided) == 8


def test_the_link_from_an_alert_leads_to_its_post_and_decides_that_one_alone(
    browser: Browser, anew: House
) -> None:
    case = case_of(anew.store, RUMOUR)
    mentions = [one for one in anew.store.cases.mentions(case) if one.reviewable and not one.decided and not one.item.deleted]  # fmt: skip
    number = mentions[-1].item.number
    page = officer(browser, anew, f"/mentions/{number}")
    expect(page.locator(".post--came")).to_contain_text("You came for this one")
    expect(page.locator("#pane .post").first).to_have_attribute("id", f"mention-{number}")
    expect(page.locator(".post--came .words")).to_be_in_viewport()
    expect(page.locator(".post--came [data-key='1']")).to_be_in_viewport()
    assert page.locator(".tick input:checked").count() == 0
    page.locator("#case-name").focus()
    keys = page.locator(".post--came [data-key]").evaluate_all("all => all.map((one) => [one.dataset.key, one.textContent])")  # fmt: skip
    look(page, 350)  # what is pressed at once was meant for what stood there before
    page.keyboard.press(next(key for key, words in keys if "Watch" in words))
    expect(page.locator(".done")).to_contain_text(f"Saved: case {case}, watched.")
    assert covered(anew, case) == [f"{number}:1"]


def test_three_posts_in_a_case_are_three_decisions(browser: Browser, anew: House) -> None:
    case = case_of(anew.store, RUMOUR)
    page = officer(browser, anew, f"/cases/{case}")
    expect(page.locator("#pane .post .words")).to_have_count(page.locator("#pane .post").count())
    waiting = page.locator(OPEN_NOW)
    before = waiting.count()
    assert before >= 3
    expect(page.locator("#several")).to_contain_text("Each post gets its own decision.")
    assert page.locator(".tick input:checked").count() == 0
    second = waiting.nth(1)
    post = second.locator("[name=posts]").first.input_value()
    second.get_by_role("button", name="Watch").click()
    left = page.locator(".done").get_by_role(
        "link", name=f"{before - 1} posts in it are still open"
    )
    expect(left).to_be_visible()
    assert covered(anew, case) == [post]
    left.click()
    expect(page.locator("#pane")).to_have_attribute("data-case", str(case))
    expect(page.locator(OPEN_NOW)).to_have_count(before - 1)
    decided = page.locator(f"#mention-{post.partition(':')[0]}")
    expect(decided).to_contain_text("Done")
    expect(decided.locator("[data-decide]")).to_have_count(0)


def test_the_last_open_post_of_a_case_stands_with_its_words_and_buttons_in_sight_and_nothing_beneath(
    browser: Browser, anew: House
) -> None:
    case = case_of(anew.store, RUMOUR)
    posts = [one.item for one in anew.store.cases.mentions(case) if one.reviewable and not one.item.deleted]  # fmt: skip
    for item in posts[:-1]:
        decide(anew.store, case, anew.who["amina"], "monitor", covers=((item.number, item.revision),))  # fmt: skip
    version = len(anew.store.cases.history(case))
    page = officer(browser, anew, f"/cases/{case}?lane=look&saved={case}.{version}")
    expect(page.locator(".done")).to_be_visible()
    (form,) = page.locator("[data-decide]").all()
    assert form.get_attribute("id") == "decide"  # where “Skip to the decision” leads
    assert page.locator(".pane > .decide").count() == 0  # nothing that decides nothing
    bar = form.bounding_box()
    words = page.locator(f"#mention-{posts[-1].number} .words").bounding_box()
    pane = page.locator("#pane").bounding_box()
    assert bar is not None
    assert words is not None
    assert pane is not None
    assert words["y"] + words["height"] <= bar["y"]
    assert bar["y"] + bar["height"] <= pane["y"] + pane["height"] + 1


def test_a_clock_never_stops_unsaid(browser: Browser, rested: House) -> None:
    case = case_of(rested.store, QUESTION)
    page = officer(browser, rested, f"/cases/{case}")
    page.locator(".more summary").click()
    page.get_by_role("button", name="Watch").click()
    expect(page.get_by_text("The clock is running")).to_be_visible()
    assert rested.store.cases.history(case) == []
    page.get_by_role("link", name="Don’t save").click()
    page.get_by_role("button", name="No action").click()
    expect(page.get_by_text("The clock is running")).to_be_visible()
    assert rested.store.cases.history(case) == []


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_bulk_leaves_out_what_has_a_clock_and_undo_takes_all_of_it_back(
    browser: Browser, rested: House, script: bool
) -> None:
    page = browser.new_context(viewport=LAPTOP, java_script_enabled=script).new_page()  # type: ignore[arg-type]
    asked = case_of(rested.store, QUESTION)
    before = rested.store.lanes.counts()
    sign_in(page, rested, "amina")
    page.goto(f"{rested.url}/rest")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rest: 5 cases")
    ticks = page.locator("[name=group]:enabled")
    for number, tick in enumerate(ticks.all(), 1):
        if script:
            look(page, 350)
            page.keyboard.press(str(number))
            expect(tick).to_be_checked()
        else:
            tick.check()
    if script:
        page.keyboard.press("s")
    else:
        page.get_by_role("button", name="Show what will close").click()
    expect(page.get_by_role("heading", name="What this will do", level=1)).to_be_visible()
    assert f"{asked}:" not in " ".join(page.locator("[name=case]").evaluate_all("all => all.map((one) => one.value.split(':').slice(1, 2) + ':')"))  # fmt: skip
    if script:
        page.wait_for_selector("html[data-ready]")
        look(page, 450)
        page.keyboard.press("1")  # leads to the button, and closes nothing
        expect(page.get_by_role("button", name="Close")).to_be_focused()
        look(page, 450)
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Close").click()
    expect(page.locator(".done")).to_contain_text("cases closed")
    assert rested.store.cases.history(asked) == []
    assert rested.store.lanes.counts()["rest"] < before["rest"]
    page.get_by_role("button", name="Undo all").first.click()
    expect(page.locator(".done")).to_contain_text("are back as they were")
    assert rested.store.lanes.counts() == before


def test_bulk_on_the_list_names_a_request_for_help_and_leaves_it_open(
    browser: Browser, rested: House
) -> None:
    case = case_of(rested.store, QUESTION)
    page = officer(browser, rested, "/all?tab=new")
    page.get_by_label(f"Tick case {case}", exact=True).check()
    page.get_by_label("Decide", exact=True).select_option("no_action")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.locator(".leftout")).to_contain_text("left out")
    expect(page.locator(".leftout").get_by_role("link", name=f"Case {case}")).to_be_visible()
    assert rested.store.cases.history(case) == []


def test_what_closing_groups_will_do_counts_as_one_ticks(browser: Browser, rested: House) -> None:
    page = officer(browser, rested, "/rest")
    told, group = page.locator("[data-counts]"), page.locator(".group:has([data-shuts='3'])")
    assert told.inner_text() == ""
    group.locator("[name=group]").check()
    assert told.inner_text() == "3 cases close."
    group.locator("summary").click()
    group.locator("[name=leave]").first.check()
    assert told.inner_text() == "2 cases close, 1 left out."
    group.locator("[name=group]").uncheck()
    assert told.inner_text() == ""
