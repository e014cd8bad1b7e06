"""Reporting by hand: the platform's own way, words that name nobody, and the tracker that follows it."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from playwright.sync_api import Browser, expect

from collectors.integration import ELSEWHERE
from collectors.platforms import FACTS
from core.models import Platform
from review.moderation.report import wording
from tests.review.accessibility import faults
from tests.review.conftest import House, sign_in
from tests.review.desk.paths import now_lane, ready
from tests.review.factories import (
    GRIEVANCE,
    HOSTILE,
    NAMED,
    OWN_STAFF,
    case_of,
    tell,
    whole_policy,
)
from tests.review.pages import of, read, send
from tests.store.factories import AT, flag


def post_of(house: House, told: object) -> int:
    """The number of the post that stands first in its case."""
    return house.store.cases.mentions(case_of(house.store, told))[0].item.number  # type: ignore[arg-type]


@pytest.mark.parametrize("platform", get_args(Platform))
def test_every_platform_has_a_way_by_https_on_its_own_site(platform: Platform) -> None:
    found = FACTS[platform].report_route
    private = FACTS[platform].privacy_route
    assert private is None or private.address.startswith("https://")
    assert found.name
    assert found.how
    assert not found.address or found.address.startswith("https://")
    assert (found is ELSEWHERE) == (platform in ("email", "forum", "other"))


def test_the_words_follow_the_flags_and_name_nobody() -> None:
    flags = [flag("brand"), flag("pid"), flag("threat")]
    said = wording("NHS North West London", "comment", flags, whole_policy())
    assert "We report this comment" in said
    gravest_first = ("threatens violence", "private information", "uses a logo")
    assert sorted(gravest_first, key=said.index) == list(gravest_first)
    assert "breaks your rules" in wording("NHS North West London", "post", [], whole_policy())
    leak = wording("NHS North West London", "post", [], whole_policy(), ("pid",))
    assert "shares private information" in leak  # as whoever confirmed it says


def test_a_page_in_our_name_is_reported_as_one_and_shares_no_code() -> None:
    said = wording("NHS North West London", "post", [flag("security"), flag("impersonation")], whole_policy())  # fmt: skip
    assert (
        "presents itself as a public body that it is not. It asks people for their details" in said
    )
    assert "shares a password" not in said


def test_what_a_colleague_told_us_of_is_a_post() -> None:
    assert "We report this post" in wording("NHS North West London", "report", [], whole_policy())


def fake(house: House) -> int:
    """A page in our name that stands in Now, and a team called Security."""
    ready(house)
    words = "Official NHS North West London page: log in here to claim your payment"
    told = replace(HOSTILE, text=words, masked=words, flags=(("impersonation", "Official"), ("security", "log in here")))  # fmt: skip
    tell(house.store, told, 91, AT, alone=True, platform="x")
    now_lane(house, told, "Page in our name")
    return post_of(house, told)


def test_the_platform_s_own_form_for_that_is_shown(anew: House) -> None:
    page = read(anew, f"/mentions/{fake(anew)}/report")
    assert page.all("a", href="https://help.x.com/en/forms/authenticity/impersonation")
    assert "Security does not know of it yet." in page.text


def test_a_page_in_our_name_stays_in_now_until_security_was_told(anew: House) -> None:
    number = fake(anew)
    case = anew.store.cases.of_mention(number)
    assert case is not None
    address = f"/mentions/{number}/report"
    form = {"do": "reported", "done": "yes", "posts": f"{number}:1", "version": "0"}
    answer = send(anew, address, **form)
    assert answer.headers["location"] == f"/cases/{case}/pass-on?post={number}&role=security#decide"
    found = anew.store.cases.get(case)
    assert found is not None
    assert found.lane == "now"
    assert anew.store.takedowns.of_case(case)[0].steps
    assert send(anew, address, **form, other="They told us of it").status_code == 303
    (entry,) = anew.store.cases.history(case)
    assert (entry.decision.kind, entry.decision.reason) == ("report", "They told us of it")


def test_the_page_says_where_and_in_what_words_without_a_word_of_the_post(house: House) -> None:
    number = post_of(house, NAMED)
    page = read(house, f"/mentions/{number}/report")
    assert page.all("a", href=FACTS["x"].privacy_route.address, rel="noopener noreferrer")  # type: ignore[union-attr]
    area = page.text.split("Don’t add names")[1]
    assert "private information by which a patient" in area
    assert "Pettigrew" not in page.text
    assert "[name 1]" not in area
    assert "policy, section 9" in page.text
    assert of(house, NAMED).all("a", href=f"/mentions/{number}/report")


def test_what_may_be_protected_is_said_to_be_so(house: House) -> None:
    said = "It may be lawful speech"
    page = read(house, f"/mentions/{post_of(house, GRIEVANCE)}/report").text
    assert said in page
    assert "may be speaking up" not in page  # those words are the Guardian's lane's
    assert said not in read(house, f"/mentions/{post_of(house, HOSTILE)}/report").text


def test_the_tracker_is_started_once_somebody_says_that_they_did_it(fresh: House) -> None:
    number, case = post_of(fresh, OWN_STAFF), case_of(fresh.store, OWN_STAFF)
    unticked = send(fresh, f"/mentions/{number}/report", reference="Kx-77120", remark="by form")
    assert (unticked.status_code, "Press this once" in unticked.text) == (422, True)
    assert "Kx-77120" in unticked.text
    assert fresh.store.takedowns.of_case(case)[0].steps == ()
    done = send(
        fresh, f"/mentions/{number}/report", done="yes", reference="Kx-77120", remark="by form"
    )
    assert done.status_code == 303
    assert done.headers["location"].endswith("#takedown")
    step = fresh.store.takedowns.of_case(case)[0].steps[0]
    assert (step.step, step.whom, step.reference, step.how) == (
        "asked",
        "platform",
        "Kx-77120",
        FACTS["x"].report_route.name,
    )
    assert "Asked to take it down: the platform" in read(fresh, f"/cases/{case}/full").text
    assert "Asked before" in read(fresh, f"/mentions/{number}/report").text


def test_who_may_not_decide_sees_the_way_and_writes_nothing_down(fresh: House) -> None:
    number = post_of(fresh, OWN_STAFF)
    page = read(fresh, f"/mentions/{number}/report", "vera")
    assert page.all("input", id="done") == []
    assert send(fresh, f"/mentions/{number}/report", "vera", done="yes").status_code == 403
    assert send(fresh, "/mentions/9999/report", done="yes").status_code == 404
    long = send(fresh, f"/mentions/{number}/report", done="yes", reference="x" * 300)
    assert (long.status_code, "at most 200" in long.text) == (422, True)


def test_hostile_words_are_words_and_their_address_is_no_link(house: House) -> None:
    page = read(house, f"/mentions/{post_of(house, HOSTILE)}/report")
    assert len(page.all("script")) == 1
    assert "\u202e" not in page.text
    assert [one for one in page.all("a") if one.get("href", "").startswith("javascript")] == []


def test_axe_finds_nothing_wrong_with_a_report_and_a_duplicate(
    fresh: House, browser: Browser
) -> None:
    page = browser.new_context(viewport={"width": 320, "height": 800}).new_page()
    sign_in(page, fresh, "amina")
    found = []
    case, other = case_of(fresh.store, OWN_STAFF), case_of(fresh.store, GRIEVANCE)
    send(fresh, f"/cases/{case}/decide", kind="duplicate", covers=f"{post_of(fresh, OWN_STAFF)}:1", version="3",
         duplicate_other=str(other))  # fmt: skip
    for path in (
        f"/cases/{case}/full",
        f"/cases/{other}/full",
        f"/mentions/{post_of(fresh, NAMED)}/report",
    ):
        page.goto(fresh.url + path)
        found += faults(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Their reference").fill("Kx")
    page.evaluate("document.querySelector('#done').value = ''")
    page.get_by_role("button", name="I reported it").click()
    expect(page.get_by_text("Press this once").first).to_be_visible()
    assert faults(page) + found == []


def test_the_page_opens_at_its_top_and_the_next_tab_is_the_button(browser: Browser, anew: House) -> None:  # fmt: skip
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    sign_in(page, anew, "amina")
    page.goto(f"{anew.url}/mentions/{post_of(anew, HOSTILE)}/report#written")
    assert page.evaluate("scrollY") == 0
    expect(page.get_by_role("heading", name="Report to the platform")).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert "I reported it" in page.evaluate("document.activeElement.textContent")
    context.close()
