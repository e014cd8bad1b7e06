"""A session that ends while somebody writes costs them no words."""

from __future__ import annotations

from playwright.sync_api import Browser

from review.auth.sessions import COOKIE
from tests.review.conftest import House, sign_in
from tests.review.factories import GRIEVANCE, NOW, PASSWORD, RUMOUR, case_of
from tests.review.pages import Tags, send

NOTE = 'Rang at ten: "no answer" <b>yet</b>.\nTwo lines & more.'


def test_a_decision_that_was_sent_too_late_is_kept_after_signing_in_again(
    fresh: House, browser: Browser
) -> None:
    case = case_of(fresh.store, GRIEVANCE)
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, fresh, "bea")
        page.goto(f"{fresh.url}/cases/{case}/full")
        page.check("#kind-monitor")
        page.fill("#note", NOTE)
        fresh.store.sessions.end_all(fresh.who["bea"], at=NOW)
        page.locator(".decide__send button").click()
        assert page.locator("h1").inner_text() == "You are signed out"
        assert page.locator(".said").last.inner_text() == NOTE
        assert not fresh.store.cases.history(case)
        page.get_by_role("button", name="Send it again").click()  # before signing in: still held
        with page.expect_popup() as opened:
            page.get_by_role("link", name="Sign in, in a new tab").click()
        sign_in(opened.value, fresh, "bea")
        page.get_by_role("button", name="Send it again").click()
        page.wait_for_url(f"**/cases/{case}/full?**")
    (kept,) = fresh.store.cases.history(case)
    assert (kept.decision.kind, kept.decision.note.splitlines()) == ("monitor", NOTE.splitlines())


def test_what_was_ticked_and_chosen_is_held_too_and_only_what_was_written_is_shown(
    fresh: House,
) -> None:
    form = {"kind": "escalate", "role": "pals", "covers": ["3:1", "4:1"], "note": "Asks for PALS"}
    answer = send(fresh, f"/cases/{case_of(fresh.store, RUMOUR)}/decide", "", **form)
    assert answer.status_code == 401
    hidden = [(one["name"], one["value"]) for one in Tags(answer.text).all("input", type="hidden")]
    assert hidden == [
        ("kind", "escalate"), ("role", "pals"), ("covers", "3:1"), ("covers", "4:1"), ("note", "Asks for PALS"),
    ]  # fmt: skip
    assert answer.text.count('class="said"') == 1


def test_no_password_is_held_and_nothing_of_an_endless_form(fresh: House) -> None:
    words = {"change": "password", "now": PASSWORD, "password": "new words here", "again": "new words here"}  # fmt: skip
    for path, form in (("/account", words), ("/cases/1/decide", {"note": "a " * 200_000})):
        answer = send(fresh, path, "", **form)
        assert answer.status_code == 401
        assert "Send it again" not in answer.text
        assert not any(value in answer.text for value in form.values() if " " in value)
        assert COOKIE not in answer.headers.get("set-cookie", "")
