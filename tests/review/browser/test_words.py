"""Masked details, the original and a picture are opened in the pane itself, with and without a script."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from core.media import Attachment
from tests.review.accessibility import faults
from tests.review.conftest import House, sign_in
from tests.review.desk.test_reveal import media_host
from tests.review.factories import NAMED, QUESTION, case_of, configure, tell


@pytest.mark.parametrize("script", [True, False])
def test_details_are_shown_in_place_and_covered_again(
    browser: Browser, anew: House, script: bool
) -> None:
    page = browser.new_context(
        java_script_enabled=script, viewport={"width": 1366, "height": 768}
    ).new_page()
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/cases/{case_of(anew.store, NAMED)}")
    words = page.locator("#case blockquote").first
    expect(words).not_to_contain_text("Pettigrew")
    page.get_by_text("Show the 3 masked details").click()
    page.get_by_label("To check it’s a real patient").first.check()
    page.get_by_role("button", name="Show for 2 minutes").click()
    expect(words).to_contain_text("Rosalind Pettigrew")
    if script:
        assert faults(page) == []
    page.get_by_role("button", name="Cover again").click()
    expect(words).not_to_contain_text("Pettigrew")


def test_a_look_without_a_reason_says_so_at_the_form(browser: Browser, anew: House) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/cases/{case_of(anew.store, NAMED)}")
    page.get_by_text("Show the 3 masked details").click()
    page.get_by_role("button", name="Show for 2 minutes").click()
    expect(page.get_by_text("Choose why you need to see it").first).to_be_visible()
    assert faults(page) == []


def test_the_original_opens_past_our_own_content_policy(browser: Browser, anew: House) -> None:
    page = browser.new_page()
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/cases/{case_of(anew.store, NAMED)}")
    page.locator("summary", has_text="Open on").first.click()
    page.locator("form[action$='/original']").get_by_label("To check it’s a real patient").check()
    with page.context.expect_event(
        "request", lambda sent: sent.url.startswith("https://example.org/")
    ):
        page.get_by_role("button", name="Open in a new tab").click()


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
