"""Masked details, the original and a picture are opened in the pane itself, with and without a script."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from core.media import Attachment
from tests.review.accessibility import faults
from tests.review.conftest import House, look, sign_in
from tests.review.desk.test_reveal import media_host
from tests.review.factories import NAMED, QUESTION, case_of, configure, tell

SIZES = {"laptop": (1366, 768), "phone": (390, 844)}


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("by", ["chip", "key", "link"])
def test_a_chip_and_a_ready_reason_show_the_details_in_place_with_nothing_to_scroll_to(
    browser: Browser, anew: House, script: bool, size: str, by: str
) -> None:
    width, height = SIZES[size]
    page = browser.new_context(
        java_script_enabled=script, viewport={"width": width, "height": height}
    ).new_page()
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/cases/{case_of(anew.store, NAMED)}")
    words = page.locator("#case blockquote").first
    expect(words).not_to_contain_text("Pettigrew")
    chip = words.get_by_role("button", name="masked: name").first
    if by == "chip":
        chip.click()
    elif by == "key":
        chip.focus()
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Show the 3 masked details").click()
    reason = page.locator(".why").first.get_by_role("button", name="To check it’s a real patient")
    expect(reason).to_be_in_viewport(ratio=1)
    expect(page.locator(".why").first).to_be_in_viewport(ratio=1)
    if script:
        assert faults(page) == []
    page.keyboard.press("Enter")  # pressed twice by mistake: it chooses nothing
    expect(words).not_to_contain_text("Pettigrew")
    assert not anew.store.audit.reveals()[0]
    reason.click(timeout=2_000)
    expect(words).to_contain_text("Rosalind Pettigrew")
    assert [one.reason for one in anew.store.audit.reveals()[0]] == ["To check it’s a real patient"]
    if script:
        assert faults(page) == []
    page.get_by_role("button", name="Cover again").click()
    expect(words).not_to_contain_text("Pettigrew")


def test_while_the_reasons_are_open_no_key_decides_and_escape_only_closes_them(
    browser: Browser, anew: House
) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/cases/{case_of(anew.store, NAMED)}")
    look(page, 600)
    address = page.url
    page.locator("button.chip").first.click()
    for key in ("1", "2", "n", "x"):
        page.keyboard.press(key)
    look(page, 300)
    assert page.url == address
    expect(page.locator(".why").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".why").first).to_be_hidden()
    expect(page.locator("button.chip").first).to_be_focused()


def test_a_look_for_what_nothing_is_opened_for_says_so_at_the_form(
    browser: Browser, anew: House
) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/cases/{case_of(anew.store, NAMED)}")
    page.locator("button.chip").first.click()
    page.locator(".why").first.get_by_text("More, in your own words").click()
    page.get_by_label("Write it first").first.fill("I know her")
    page.keyboard.press("Enter")  # chooses no reason
    assert not anew.store.audit.reveals()[0]
    page.locator(".why").first.get_by_role("button", name="To check").click()
    expect(page.locator(".why .nhsuk-error-message")).to_be_in_viewport()
    assert not anew.store.audit.reveals()[0]
    assert faults(page) == []


@pytest.mark.parametrize("path", ["danger", "leak"])
def test_on_a_page_of_steps_a_chip_shows_for_the_reason_of_that_page_or_one_that_is_pressed(
    browser: Browser, anew: House, path: str
) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/cases/{case_of(anew.store, NAMED)}/{path}")
    page.locator("button.chip").first.click()
    if path == "leak":  # there a ready reason is pressed next
        assert anew.store.audit.reveals()[0] == []
        page.get_by_role("button", name="To check it’s a real patient").first.click()
    expect(page.locator("blockquote").first).to_contain_text("Rosalind Pettigrew")
    assert len(anew.store.audit.reveals()[0]) == 1


def test_the_original_opens_past_our_own_content_policy(browser: Browser, anew: House) -> None:
    page = browser.new_page()
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/cases/{case_of(anew.store, NAMED)}")
    page.get_by_role("button", name="Open on").first.click()
    with page.context.expect_event(
        "request", lambda sent: sent.url.startswith("https://example.org/")
    ):
        page.locator("form[action$='/original']").get_by_role(
            "button", name="To check it’s a real patient"
        ).click()


@pytest.mark.parametrize("script", [True, False])
def test_a_picture_is_shown_once_it_is_asked_for(
    browser: Browser, anew: House, script: bool
) -> None:
    told = replace(QUESTION, text="Look at the queue at the clinic in Harrow", risk="medium", flags=(("assistance", "Look at the queue"),))  # fmt: skip
    before = anew.desk.file
    with media_host() as host:
        configure(anew.desk, logos=before.logos.model_copy(update={"more_hosts": (host,)}))
        try:
            tell(anew.store, told, 700, alone=True, media=(Attachment(url=f"http://{host}/good.png"), Attachment(kind="video", seconds=42)))  # fmt: skip
            page = browser.new_context(
                java_script_enabled=script, viewport={"width": 1366, "height": 768}
            ).new_page()
            sign_in(page, anew, "amina")
            page.goto(f"{anew.url}/cases/{case_of(anew.store, told)}")
            page.locator("summary.thumb").click()
            if script:
                assert faults(page) == []
            page.locator(".plate").get_by_label("To check what was said").check()
            page.get_by_role("button", name="Show it once").click()
            picture = page.locator(".plate--open img")
            expect(picture).to_be_visible()
            if script:
                expect(picture).to_have_js_property("complete", True)  # it loads after the page
                assert (
                    picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 60
                )
                assert faults(page) == []
        finally:
            anew.desk.file, anew.desk._effective = before, None
