"""A report by a colleague: one page, in Now at once with an alert, whatever the program thinks of the post."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from steps import lanes
from store import Placing, Store
from tests.review.conftest import House, sign_in
from tests.review.factories import NOW, Told, tell, whole_policy
from tests.store.factories import assess_all

HARMLESS = "Quillback ward has new curtains, and the corridor was painted"
LINK = "https://x.com/rowan_ashdown/status/1990000000000000901"
LINE = "That is the mother of my patient"


def cycle(store: Store) -> None:
    """Groups whatever waits, sorted into lanes as a cycle does."""
    placings = [
        Placing(mention=one.mention, risk=one.risk, lane=lanes.placing_of(one.facts, (), whole_policy()))
        for one in store.grouping.ungrouped()
        if one.facts
    ]  # fmt: skip
    store.grouping.group(placings, alike=lambda *_: False, at=NOW)


def test_a_report_by_a_colleague_goes_to_now_with_its_line_and_an_alert(
    fresh: House, browser: Browser
) -> None:
    officer = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    sign_in(officer, fresh, "amina")
    with officer.expect_response(lambda answer: "/events" in answer.url):
        officer.goto(f"{fresh.url}/today")
    reading = officer.locator("#case-name").inner_text()

    colleague = browser.new_context().new_page()
    sign_in(colleague, fresh, "vera")
    colleague.goto(f"{fresh.url}/tell")
    colleague.get_by_label("Where is it?").fill(LINK)
    colleague.get_by_label("What was said?").fill(HARMLESS)
    colleague.get_by_label("A patient’s details").check()
    colleague.get_by_label("In public: anyone can open it").check()
    colleague.get_by_text("Add more, if you want to").click()
    colleague.get_by_label("What should the team know?").fill(LINE)
    colleague.get_by_role("button", name="Send").click()
    expect(colleague.get_by_role("heading", name="Your report is R1")).to_be_visible()
    expect(colleague.locator("main")).to_contain_text("Nobody has looked at it yet")

    assess_all(fresh.store, "none")  # the program finds nothing in it
    assert "reported" in [alert.kind for alert in fresh.store.alerts.raised()]
    cycle(fresh.store)
    report = fresh.store.staff_reports.get(1)
    assert report is not None
    assert report.case is not None
    case = fresh.store.cases.get(report.case)
    assert case is not None
    assert case.lane == "now"

    notice = officer.locator("#new-items")
    expect(notice).to_contain_text("1 new in Now", timeout=15_000)
    assert officer.locator("#case-name").inner_text() == reading  # nothing moved
    notice.get_by_role("link", name="show it").click()
    officer.wait_for_url(f"**/cases/{report.case}")
    row = officer.locator(f"[data-row='{report.case}']")
    expect(row).to_contain_text("Told by a colleague")
    expect(row).to_contain_text("A patient’s details")
    expect(row).not_to_contain_text(LINE)
    expect(officer.locator("#pane")).to_contain_text(LINE)
    colleague.reload()
    expect(colleague.locator("main")).not_to_contain_text(f"case {report.case}")


def test_a_report_of_what_is_here_already_raises_it_at_once(fresh: House, browser: Browser) -> None:
    tell(fresh.store, Told(text=HARMLESS, risk="none"), 901, NOW, alone=True)
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, fresh, "vera")
    page.goto(f"{fresh.url}/tell")
    page.get_by_label("Where is it?").fill(LINK)
    page.get_by_label("Someone may be in danger").check()
    page.get_by_label("In public: anyone can open it").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("main")).to_contain_text("Nobody has looked at it yet")
    report = fresh.store.staff_reports.get(1)
    assert report is not None
    assert report.case is not None
    case = fresh.store.cases.get(report.case)
    assert case is not None
    assert case.lane == "now"
    assert fresh.store.lanes.reasons([report.case]) == {report.case: "Someone may be in danger"}
