"""Somebody in danger is passed on, nobody confirms, and somebody writes down who has it: in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from settings.review import Chase
from tests.review.accessibility import beyond, faults
from tests.review.conftest import House, look, sign_in
from tests.review.desk.paths import LOOKS
from tests.review.desk.test_pass_on import ROLES
from tests.review.factories import IN_DANGER, NOW, RUMOUR, Told, case_of, configure


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, java_script_enabled=request.param
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(anew: House) -> House:
    configure(anew.desk, roles=ROLES, chase=Chase(chain=("on-call@example.org",)))
    anew.desk.config(anew.store)  # the test's own store is told whom to write to, as the page's are
    return anew


def test_escalate_and_chase(page: Page, desk: House) -> None:
    case = case_of(desk.store, IN_DANGER)
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}/cases/{case}/pass-on")
    expect(page.get_by_label("Safeguarding", exact=False).first).to_be_checked()
    expect(page.locator(".mailbox__text").first).to_contain_text("Please confirm by")
    page.get_by_label("A line for them").fill("Rang the crisis team too")
    page.get_by_role("button", name=re.compile("^Send (to|and) ")).click()
    expect(page.locator(".done")).to_contain_text("Ring Safeguarding now")
    expect(page.get_by_role("link", name="020 7946 0133").first).to_have_attribute(
        "href", "tel:+442079460133"
    )
    (one,) = desk.store.handoffs.open(case)
    assert desk.store.handoff_steps.chase(one.number, NOW + timedelta(minutes=16)) == 2
    page.goto(f"{desk.url}/waiting")
    row = page.get_by_role("row", name=f"Case {case}")
    expect(row).to_contain_text("Not confirmed: the email to the next person has not left")
    told_on = [
        mail
        for mail in desk.store.outbox.due(NOW + timedelta(hours=1))
        if mail.payload.get("step") == "told"
    ]
    for mail in told_on:
        desk.store.outbox.mark_sent(mail.number, NOW + timedelta(minutes=16))
    page.reload()
    expect(row).to_contain_text(
        "Not confirmed: the next person (on-call@example.org) was emailed 11:16"
    )
    row.get_by_role("link", name="They have confirmed").click()
    page.get_by_label("Who has it?").fill("Dr Osei")
    page.get_by_label("By phone").check()
    page.get_by_role("button", name="Save: they have confirmed").click()
    expect(page.get_by_role("link", name="Go on to the next case")).to_be_visible()
    page.goto(f"{desk.url}/waiting")
    expect(page.locator(f'[data-waits="{case}"]')).to_contain_text("Confirmed")
    assert desk.store.handoffs.open(case)[0].state == "confirmed"
    page.goto(f"{desk.url}/mine")
    expect(page.locator(f'[data-row="{case}"]')).to_be_visible()


def test_what_is_passed_on_is_taken_back(page: Page, desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}/cases/{case}/pass-on")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name=re.compile("^Send (to|and) ")).click()
    (one,) = desk.store.handoffs.open(case)
    page.goto(f"{desk.url}/waiting/{one.number}")
    page.get_by_role("button", name="Take it back").click()
    expect(page).to_have_url(f"{desk.url}/cases/{case}?saved={case}.2")
    assert desk.store.handoffs.open(case) == []


def test_axe_finds_nothing_wrong_with_passing_on_and_waiting(browser: Browser, desk: House) -> None:
    danger, rumour = case_of(desk.store, IN_DANGER), case_of(desk.store, RUMOUR)
    found = []
    with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
        page = context.new_page()
        sign_in(page, desk, "amina")
        page.goto(f"{desk.url}/cases/{danger}/pass-on")
        found += faults(page) + beyond(page, 320)
        page.set_viewport_size({"width": 1366, "height": 768})
        page.get_by_role("button", name=re.compile("^Send (to|and) ")).click()
        for path in (page.url, f"{desk.url}/waiting", f"{desk.url}/cases/{rumour}/pass-on"):
            page.set_viewport_size({"width": 1366, "height": 768})
            page.goto(path)
            found += faults(page) + beyond(page, 640) + beyond(page, 320)
            assert page.locator("h1").count() == 1
        page.get_by_role("button", name=re.compile("^Send (to|and) ")).click()  # nothing is ticked
        found += faults(page)
    assert found == []


def test_on_a_phone_the_button_names_the_team_and_the_team_stands_above_the_bar(
    browser: Browser, desk: House
) -> None:
    for told, other in ((IN_DANGER, "pals"), (RUMOUR, "safeguarding")):
        with browser.new_context(viewport={"width": 390, "height": 844}) as context:
            page = context.new_page()
            sign_in(page, desk, "amina")
            page.goto(f"{desk.url}/cases/{case_of(desk.store, told)}/pass-on")
            sends = page.locator("[data-sends]")
            chosen = page.locator("[name=role]:checked")
            if told is IN_DANGER:
                expect(sends).to_have_text("Send to Safeguarding")
                place, bar = chosen.bounding_box(), page.locator("#decide").bounding_box()
                assert place is not None
                assert bar is not None
                assert place["y"] + place["height"] <= bar["y"]
            page.locator(f"[name=role][value={other}]").check()
            expect(sends).to_have_text("Send to PALS and complaints" if other == "pals" else "Send to Safeguarding")  # fmt: skip
            page.locator("[name=role][value=information_governance]").check()
            expect(sends).to_have_text("Save: I’m ringing Information governance")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
@pytest.mark.parametrize("told", [IN_DANGER, RUMOUR])
def test_pass_on_comes_with_the_words_in_sight_and_on_a_laptop_with_the_email(
    browser: Browser, desk: House, told: Told, size: tuple[int, int], script: bool
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    with browser.new_context(viewport=viewport, java_script_enabled=script) as context:  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, desk, "amina")
        number = case_of(desk.store, told)
        page.goto(f"{desk.url}/cases/{number}")
        link = page.locator(f"a[href^='/cases/{number}/pass-on'][href*='#decide']").first
        page.goto(desk.url + (link.get_attribute("href") or ""))
        words = page.locator(".pass-on__words, .pass-on .choice [dir=auto]").first
        if script and told is IN_DANGER:
            expect(page.locator("[data-main]")).to_be_focused()
        expect(words).to_be_in_viewport(ratio=1)
        expect(page.locator("h1")).to_be_in_viewport(ratio=1)
        expect(page.locator("[data-sends]")).to_be_in_viewport(ratio=1)
        if size[0] > 1000 and told is IN_DANGER:
            expect(page.locator(".mailbox dd:visible")).to_be_in_viewport(ratio=1)
            expect(page.locator(".mailbox__text:visible")).to_be_in_viewport()


@pytest.mark.parametrize("lane", ["now", "look"])
def test_t_takes_over_in_now_and_says_elsewhere_why_it_does_not(
    browser: Browser, desk: House, lane: str
) -> None:
    number = case_of(desk.store, RUMOUR)
    desk.store.database.execute("UPDATE case_mentions SET lane = ? WHERE case_number = ?", lane, number)  # fmt: skip
    desk.store.database.execute("UPDATE cases SET lane = ? WHERE number = ?", lane, number)
    desk.store.assignments.assign(number, desk.who["bea"], by=desk.who["bea"], at=NOW, seen=0)
    with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
        page = context.new_page()
        sign_in(page, desk, "amina")
        page.goto(f"{desk.url}/cases/{number}")
        look(page, LOOKS)
        page.keyboard.press("t")
        if lane == "now":
            expect(page.locator("[data-holder]")).to_have_text(re.compile("You have it"))
        else:
            expect(page.locator("#key-hint")).to_contain_text("Not taken: Bea Whitlock has it. They or a lead hand it on")  # fmt: skip


@pytest.mark.parametrize("path", ["danger", "threat"])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_a_page_of_steps_comes_with_the_words_and_on_a_laptop_with_who_knows_and_the_finish(
    browser: Browser, desk: House, path: str, size: tuple[int, int]
) -> None:
    with browser.new_context(viewport={"width": size[0], "height": size[1]}) as context:
        page = context.new_page()
        sign_in(page, desk, "amina")
        page.goto(f"{desk.url}/cases/{case_of(desk.store, IN_DANGER)}/{path}#open")
        look(page, LOOKS)
        expect(page.locator("h1")).to_be_in_viewport(ratio=1)
        expect(page.locator(".path__words").first).to_be_in_viewport(ratio=1)
        if size[0] > 1000:
            for what in (".who", "#finish", ".step:nth-child(1)", ".step:nth-child(2)"):
                expect(page.locator(what).first).to_be_in_viewport(ratio=1)
            for button in page.locator(".step:nth-child(3) .step__do .nhsuk-button").all():
                expect(button).to_be_in_viewport(ratio=1)
