"""axe finds no fault with any address of the page, nor with what it says when something is refused or goes wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core.errors import StoreError
from review import app, middleware
from settings.sections import SECTIONS
from tests.review.accessibility import beyond, faults
from tests.review.auth.test_second_step import sets_up
from tests.review.conftest import House, sign_in
from tests.review.factories import IN_DANGER, PASSWORD, Failing
from tests.review.rights.test_covering import child
from tests.review.rights.test_safeguarding import passed_on, sana
from tests.review.setup_pages import opened
from tests.review.teamwork import at_work

HERE = Path(__file__).parents[1]
# What can be read, by who reads it; the numbers are those of the invented cases.
LOOKED_AT = {
    "amina": (
        "/mine", "/waiting", "/all", "/cases/1/full", "/cases/1/employer", "/cases/1/recuse", "/cases/1/rename", "/mentions/1/moderate", "/mentions/1/report", "/sources", "/takedowns", "/tell", "/tell/private", "/sample",
        "/quality", "/rest", "/rest/check", "/welcome", "/help", "/trends", "/team", "/away", "/handover", "/handover/1", "/accessibility", "/personal-data", "/account", "/account/second-step",
    ),
    "bea": ("/overview", "/mail", "/upkeep", "/exports", "/import", "/cases/1/evidence"),
    "gwen": ("/governance", "/governance/papers", "/names", "/requests", "/search", "/audit", "/audit/reveals", "/audit/chain", "/employer", "/holds", "/safeguarding", "/governance/accounts", "/cases/1/police", "/looked-at", "/looked-at/decisions"),
    "ada": ("/people", "/people/2", "/people/2/second-step"),
}  # fmt: skip
# What needs more around it, and the file whose tests look at it.
ELSEWHERE = {
    "/waiting/{number:row}": "browser/test_handoffs.py",
    **dict.fromkeys(("/guardian", "/guardian/{number:row}"), "guardian/test_lane.py"),
    "/cases/{number:row}/pass-on": "browser/test_handoffs.py",
    **dict.fromkeys(("/today", "/cases/{number:row}", "/done", "/all"), "browser/test_desk.py"),
    "/cases/{number:row}/leak": "desk/test_leak.py",
    "/cases/{number:row}/repeats": "desk/test_rest.py",
    "/guardian/{number:row}/evidence": "guardian/test_packs.py",
    "/cases/{number:row}/sent/{sending:row}": "replies/test_sending.py",
    **dict.fromkeys(
        ("/cases/{number:row}/danger", "/cases/{number:row}/threat"), "desk/test_danger.py"
    ),
    **dict.fromkeys(("/organisations", "/arrive", "/region"), "test_switch.py"),
    "/sign-in": "browser/test_accessibility.py",
    "/import/{number:row}": "imports/test_pages.py",
    "/sign-in/code": "browser/test_accessibility_everywhere.py",
    "/welcome/{token}": "browser/test_accessibility.py",
    "/mentions/{number:row}": "browser/test_accessibility.py",
    "/setup": "browser/test_accessibility_everywhere.py",
    "/setup/{section}": "browser/test_accessibility_everywhere.py",
    "/weekly": "browser/test_accessibility_everywhere.py",
    "/setup/{section}/back/{version:row}": "browser/test_accessibility.py",
    "/clocks/{number:row}": "cases/test_deadlines.py",
    "/sample/{number:row}": "insights/test_samples.py",
    "/requests/{number:row}": "rights/test_desk.py",
    "/tell/{number:row}": "test_staff_reports.py",
    "/mentions/{number:row}/moderated/{moderation:row}": "moderation/test_moderate.py",
}
NO_PAGE = {
    "/",
    "/cases",
    "/report",
    "/static/logo.png",
    "/new-items",
    "/mentions/{number:row}/picture/{token}",
    "/weekly/file/{form}",
    "/governance/papers/{paper}.{form}",
}  # these three lead on; a picture; figures for a script; a picture; files to save


def test_every_address_that_can_be_read_is_looked_at() -> None:
    looked_at = [path for paths in LOOKED_AT.values() for path in paths]
    for address, _ in app.GET:
        pattern = re.sub(r"\{\w+:row\}", r"[0-9]+", address)
        if address in NO_PAGE or any(re.fullmatch(pattern, path) for path in looked_at):
            continue
        told = (HERE / ELSEWHERE[address]).read_text("utf-8")
        assert "faults(page)" in told, address
        assert address.split("/")[1] in told, address


@pytest.mark.timeout(400)  # some twenty pages: minutes on a busy machine
@pytest.mark.parametrize("handle", LOOKED_AT)
def test_axe_finds_nothing_wrong_with_any_page_wide_or_narrow(
    browser: Browser, anew: House, handle: str
) -> None:
    at_work(anew)
    found = []
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        sign_in(page, anew, handle)
        for path in LOOKED_AT[handle]:
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(anew.url + path)
            found += faults(page)
            found += beyond(page, 640)
            found += beyond(page, 320)
            assert page.locator("h1").count() == 1, path
        found += faults(page)  # one of them narrow, its menu open
    assert found == []


def test_nor_with_setting_up_a_second_step_nor_with_the_question_for_its_code(
    browser: Browser, fresh: House
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, fresh, "amina")
        page.goto(f"{fresh.url}/account/second-step")
        page.locator("#password-begin").fill(PASSWORD)
        page.get_by_role("button", name="Set it up").click()
        assert faults(page) + beyond(page, 320) == []
    sets_up(fresh, "vera")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{fresh.url}/sign-in")
        page.locator("#name").fill("vera")
        page.locator("#password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        assert page.url.endswith("/sign-in/code")
        assert faults(page) + beyond(page, 320) == []


def test_nor_with_what_whoever_has_the_role_safeguarding_alone_sees(
    browser: Browser, anew: House
) -> None:
    child(anew)
    sana(anew)
    passed_on(anew, IN_DANGER, "safeguarding")
    with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
        page = context.new_page()
        sign_in(page, anew, "sana")
        found = []
        for path in ("/safeguarding", "/help", "/account"):
            page.set_viewport_size({"width": 1366, "height": 768})
            page.goto(anew.url + path)
            found += faults(page) + beyond(page, 390) + beyond(page, 320)
        assert found == []
        page.goto(f"{anew.url}/safeguarding")
        page.get_by_role("button", name="We have it").first.wait_for()


def test_nor_with_the_summary_of_a_week_in_which_nothing_was_said(
    browser: Browser, anew: House
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, anew, "vera")
        page.goto(f"{anew.url}/weekly?last=2026-11-19")
        assert "Nobody knows how much was said in this week" in page.content()  # sources fail here
        assert faults(page) + beyond(page, 320) == []


def test_nor_with_any_section_that_is_set_up_nor_with_a_conflict(
    browser: Browser, tmp_path: Path
) -> None:
    for office in opened(tmp_path):
        with browser.new_context() as context:
            page, late = context.new_page(), context.new_page()
            sign_in(page, office, "bea")
            found = []
            for key in ("", *(f"/{section.key}" for section in SECTIONS)):
                page.set_viewport_size({"width": 1280, "height": 900})
                page.goto(f"{office.url}/setup{key}")
                found += faults(page) + beyond(page, 320)
            for one in (page, late):
                one.goto(f"{office.url}/setup/clocks")
                one.get_by_label("Why").fill("for the winter")
            for one, hours in ((page, "3"), (late, "2")):  # sooner: that is not asked about
                one.locator("input[inputmode=numeric], input[type=number]").nth(1).fill(hours)
                one.get_by_role("button", name="Save", exact=True).click()
            found += faults(page) + faults(late) + beyond(late, 320)
            expect(late.get_by_text("Someone was faster").first).to_be_visible()
            assert found == []


@pytest.mark.parametrize(
    "written",
    [middleware.FORGED, middleware.UNREADABLE, middleware.TOO_LARGE, middleware.TOO_OFTEN, middleware.elsewhere("https://mentions.example.org/")],
)  # fmt: skip
def test_nor_with_what_the_guard_answers(browser: Browser, house: House, written: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{house.url}/sign-in")
        page.set_content(written)  # as it is sent: it needs no script
        assert faults(page) + beyond(page, 320) == []


@pytest.mark.parametrize("wrong", [StoreError("the database is locked"), ValueError("a bug")])
def test_nor_where_something_goes_wrong(browser: Browser, anew: House, wrong: Exception) -> None:
    anew.desk.platforms = Failing(wrong)
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, anew, "amina")
        answer = page.goto(f"{anew.url}/mentions/1/moderate")
        assert answer is not None
        assert answer.status == (503 if isinstance(wrong, StoreError) else 500)
        assert faults(page) + beyond(page, 320) == []


def test_nor_with_what_is_not_open_to_somebody_nor_where_a_form_comes_too_late(
    browser: Browser, anew: House
) -> None:
    found = []
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, anew, "vera")
        page.goto(f"{anew.url}/sample")
        assert "This is not open to you" in page.content()
        found += faults(page) + beyond(page, 320)
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, anew, "amina")
        page.goto(f"{anew.url}/cases/6/full")
        page.get_by_label("Answer", exact=True).check()
        page.locator("#reply").fill("Please ring us on 020 7946 0123.")
        button = page.get_by_role("button", name="Check this draft")
        button.evaluate("one => one.setAttribute('formaction', '/cases/9999/draft')")
        button.click()
        expect(page.get_by_text("The case is gone").first).to_be_visible()
        found += faults(page) + beyond(page, 320)
        page.goto(f"{anew.url}/cases/6/full")
        context.clear_cookies()
        page.get_by_role("button", name="I am looking at it").click()
        expect(page.get_by_text("You are signed out").first).to_be_visible()
        found += faults(page) + beyond(page, 320)
    assert found == []
