"""What a colleague does with a case shows on an open page within seconds, and moves nothing that is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from review.desk import changes
from review.events import Listener, Look, tell
from store.cases.models import Arrivals
from tests.review.accessibility import faults
from tests.review.conftest import House, look, sign_in
from tests.review.desk.paths import LOOKS, do, now_lane, ready
from tests.review.factories import (
    ALLEGATION,
    IN_DANGER,
    NOW,
    QUESTION,
    RUMOUR,
    Told,
    case_of,
    decide,
)
from tests.review.factories import tell as add_post
from tests.review.pages import Tags, send

SOON = 15_000  # ms in which it must show
STANDS = "document.activeElement.outerHTML.slice(0, 60) + (document.querySelector('.pane__in')?.scrollTop ?? 0) + scrollY"
PLACES = "[...document.querySelectorAll('[data-row]')].map((row) => [row.dataset.row, row.getBoundingClientRect().top])"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


def opened(page: Page, house: House, path: str, handle: str = "amina") -> Page:
    """A page of somebody's that hears what goes on."""
    sign_in(page, house, handle)
    with page.expect_response(lambda answer: "/events" in answer.url):
        page.goto(house.url + path)
    return page


def done(house: House, told: Told, kind: str = "no_action") -> int:
    number = case_of(house.store, told)
    decide(house.store, number, house.who["bea"], kind, at=NOW)
    return number


def give(house: House, told: Told, to: str) -> int:
    """Bea takes a case, or hands it on; its number."""
    number = case_of(house.store, told)
    seen = len(house.store.assignments.of_case(number))
    assert house.store.assignments.assign(
        number, house.who[to], by=house.who["bea"], at=NOW, seen=seen
    )
    return number


def row(page: Page, number: int) -> Locator:
    return page.locator(f'[data-row="{number}"]')


def known(house: House, me: str = "amina") -> dict[int, Any]:
    """What is told of each case, to whoever may see it."""
    done = house.store.case_changes.since(NOW - timedelta(hours=1))
    found = changes.messages(changes.worded(house.store, done), me=house.who[me])
    return {int(str(each["case"])): each for each in found}


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


def test_a_decision_names_who_what_and_when_and_no_word_of_the_post(fresh: House) -> None:
    before = known(fresh)
    number = done(fresh, RUMOUR)
    told = known(fresh)[number]
    assert number not in before
    assert told["mark"] == "Done"
    assert told["decided"][0]["says"].startswith("Bea Whitlock decided this at ")
    assert told["decided"][0]["says"].endswith(": no action, 4 posts")
    assert told["has"] is None
    assert RUMOUR.text[:15] not in json.dumps(told)


def test_taking_and_handing_on_name_who_has_it_now(fresh: House) -> None:
    number = give(fresh, RUMOUR, "bea")
    assert known(fresh)[number]["others"][0]["says"].startswith("Bea Whitlock took this at ")
    assert known(fresh)[number]["has"] == {
        "face": "BW",
        "words": "Bea Whitlock has it",
        "mine": False,
    }
    give(fresh, RUMOUR, "amina")
    assert known(fresh)[number]["others"][-1]["says"].startswith(
        "Bea Whitlock gave this to Amina Yusuf at "
    )
    assert known(fresh)[number]["has"] == {"face": "AY", "words": "You have it", "mine": True}


def test_an_undo_is_told_as_one(fresh: House) -> None:
    number = done(fresh, RUMOUR)
    version = fresh.store.cases.history(number)[-1].version
    decide(fresh.store, number, fresh.who["bea"], "undo", undoes=version, covers=(), at=NOW)
    told = known(fresh)[number]
    assert told["decided"][-1]["says"].startswith("Bea Whitlock took a decision on this back at ")
    assert (told["mark"], told["lane"]) == ("", "look")


def test_nothing_of_what_is_out_of_sight_is_told(fresh: House) -> None:
    """Of a case from which somebody stepped back they hear no more, whatever is done with it."""
    number = done(fresh, RUMOUR)
    fresh.store.database.sight = replace(
        fresh.store.database.sight, stepped_back=frozenset({number})
    )
    assert number not in known(fresh)


def test_each_change_is_told_once_to_each_page(fresh: House) -> None:
    number = done(fresh, RUMOUR)
    words = changes.worded(fresh.store, fresh.store.case_changes.since(NOW - timedelta(seconds=1)))
    look = Look(arrivals={"s": Arrivals(now=frozenset(), others=())}, changes={"s": words}, users={"s": 1}, at=NOW)  # fmt: skip
    listener = Listener("s", 10_000, NOW - timedelta(seconds=1))
    tell(listener, look)
    name, data = listener.waiting.get_nowait() or ("", "")
    assert name == "changed"
    assert number in [each["case"] for each in json.loads(data)["cases"]]
    tell(listener, look)
    assert listener.waiting.empty()
    late = Listener("s", 10_000, NOW + timedelta(hours=1))  # a page that was made long after
    tell(late, look)
    assert late.waiting.empty()


def test_who_asks_once_a_minute_is_told_the_same(fresh: House) -> None:
    number = done(fresh, RUMOUR)
    since = int(NOW.timestamp() * 1000)
    with fresh.asks("amina") as client:
        told = client.get(f"/new-items?after=0&since={since}").json()["cases"]
        assert number in [each["case"] for each in told]
        assert "cases" not in client.get("/new-items?after=0").json()


# ── how it shows ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/today", "/all"])
def test_a_row_that_a_colleague_decided_says_so_in_its_place(page: Page, fresh: House, path: str) -> None:  # fmt: skip
    opened(page, fresh, path)
    before, stands = page.evaluate(PLACES), page.evaluate(STANDS)
    number = done(fresh, RUMOUR)
    shown = row(page, number)
    expect(shown.locator(".row__due")).to_have_text("Done", timeout=SOON)
    expect(shown).to_contain_text("Bea Whitlock decided this at ")
    assert page.evaluate(PLACES) == before  # no row moved
    assert page.evaluate(STANDS) == stands


def test_a_row_says_who_took_it(page: Page, fresh: House) -> None:
    opened(page, fresh, "/today")
    number = give(fresh, RUMOUR, "bea")
    expect(row(page, number).locator(".face")).to_contain_text("Bea Whitlock has it", timeout=SOON)  # fmt: skip


def test_an_open_case_says_who_decided_it_where_the_suggestion_stood(page: Page, fresh: House) -> None:  # fmt: skip
    add_post(fresh.store, QUESTION, 60)
    number = case_of(fresh.store, QUESTION)
    opened(page, fresh, f"/cases/{number}")
    page.locator("#reply").fill("Words that somebody wrote here.")
    page.locator("#reply").focus()
    stands = page.evaluate(STANDS)
    top = page.locator(".words").first.bounding_box()
    done(fresh, QUESTION, "respond")
    why = page.locator("[data-decide] .decide__why")
    expect(why).to_contain_text("Bea Whitlock decided this at ", timeout=SOON)
    expect(page.locator("#said")).to_contain_text("Bea Whitlock decided this at ")
    assert page.evaluate(STANDS) == stands
    assert page.locator(".words").first.bounding_box() == top
    page.locator("[data-decide] .decide__row button[name=do]").first.click(force=True)
    expect(page.locator("#key-hint")).to_contain_text("Not done: Bea Whitlock decided this at ")
    assert faults(page) == []
    assert len(page.context.pages) == 1
    why.get_by_role("link", name="Show it as it is now").click()
    expect(page.locator("#decide")).to_contain_text("by Bea Whitlock")


def test_by_keys_nothing_is_decided_that_a_colleague_decided_just_now(page: Page, fresh: House) -> None:  # fmt: skip
    number = case_of(fresh.store, RUMOUR)
    opened(page, fresh, f"/cases/{number}")
    done(fresh, RUMOUR, "monitor")
    expect(page.locator("[data-decide] .decide__why").first).to_contain_text("Bea Whitlock decided this", timeout=SOON)  # fmt: skip
    look(page, LOOKS)
    page.keyboard.press("n")
    expect(page.locator("#key-hint")).to_contain_text("Not done: Bea Whitlock decided this at ")
    look(page, LOOKS)
    page.keyboard.press("1")  # shows it as it is now
    expect(page.locator("#decide")).to_contain_text("Watched, 4 posts by Bea Whitlock")
    assert len(fresh.store.cases.history(number)) == 1


def test_a_question_that_a_colleague_outran_has_a_key_for_what_is_new_and_none_twice(page: Page, fresh: House) -> None:  # fmt: skip
    number = case_of(fresh.store, ALLEGATION)
    opened(page, fresh, f"/cases/{number}")
    look(page, LOOKS)
    page.keyboard.press("n")  # its question
    asks = page.locator("[data-asks]")
    expect(asks).to_be_visible()
    assert asks.locator("kbd", has_text=re.compile("^1$")).count() == 1
    done(fresh, ALLEGATION, "monitor")
    expect(asks).to_contain_text("Show it as it is now", timeout=SOON)
    assert asks.locator("kbd", has_text=re.compile("^1$")).count() == 1
    look(page, LOOKS)
    page.keyboard.press("1")
    expect(page.locator("#decide")).to_contain_text("by Bea Whitlock")
    assert len(fresh.store.cases.history(number)) == 1


def test_what_is_sent_before_the_page_knows_is_refused_by_who_did_what(page: Page, fresh: House) -> None:  # fmt: skip
    number = case_of(fresh.store, RUMOUR)
    page.route("**/events?*", lambda route: route.abort())
    sign_in(page, fresh, "amina")
    page.goto(f"{fresh.url}/cases/{number}")
    done(fresh, RUMOUR, "monitor")
    page.locator("[data-decide] .more summary").first.click()
    page.locator(
        "[data-decide] button[name=do][value=not_us]"
    ).first.click()  # the page knows nothing yet
    expect(page.get_by_role("alert")).to_contain_text("Bea Whitlock decided this at ")
    expect(page.get_by_role("alert")).to_contain_text("Yours was not saved.")
    assert len(fresh.store.cases.history(number)) == 1


def test_an_open_case_says_who_took_it(page: Page, fresh: House) -> None:
    number = case_of(fresh.store, RUMOUR)
    opened(page, fresh, f"/cases/{number}")
    give(fresh, RUMOUR, "bea")
    expect(page.locator("[data-holder]")).to_have_text("Bea Whitlock has it", timeout=SOON)
    expect(page.locator("#said")).to_contain_text("Bea Whitlock took this at ")


def test_a_page_of_its_own_says_under_its_header_who_decided(page: Page, fresh: House) -> None:
    number = case_of(fresh.store, RUMOUR)
    opened(page, fresh, f"/cases/{number}/pass-on")
    done(fresh, RUMOUR)
    expect(page.locator("#new-items")).to_contain_text(
        "Bea Whitlock decided this at ", timeout=SOON
    )
    page.locator("#new-items").get_by_role("link", name="Show it as it is now").click()
    page.wait_for_url(f"**/cases/{number}/pass-on")


# ── steps ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def in_danger(anew: House) -> House:
    now_lane(anew, IN_DANGER, "Someone may end their life")
    return ready(anew)


def test_a_step_and_its_taking_back_name_who_and_what_and_no_name_of_a_team(in_danger: House) -> None:  # fmt: skip
    case = case_of(in_danger.store, IN_DANGER)
    way = f"/cases/{case}/danger"
    do(in_danger, way, "called", "bea")
    do(in_danger, way, "ring", "bea", who="Priya Nair", prefix="ring")
    told = known(in_danger)[case]
    steps = [each for each in told["others"] if each["kind"] == "step"]
    assert [(each["path"], each["step"], each["says"]) for each in steps] == [
        ("danger", "first", "Bea Whitlock called 999, 11:00"), ("danger", "ring", "Bea Whitlock rang the team, 11:00"),
    ]  # fmt: skip
    assert told["begun"] == "999 called 11:00, rung 11:00"
    assert "Priya" not in json.dumps(told)
    do(in_danger, way, "back", "bea", step="first")
    told = known(in_danger)[case]
    assert "Bea Whitlock took back “called 999”, 11:00" in [each["says"] for each in told["others"]]
    assert told["begun"] == "rung 11:00"


def test_two_officers_on_one_open_page_of_steps_see_what_the_other_does_and_lose_nothing(
    browser: Browser, page: Page, in_danger: House
) -> None:
    case = case_of(in_danger.store, IN_DANGER)
    way = f"/cases/{case}/danger"
    opened(page, in_danger, way)
    page.get_by_label("Spoke to").fill("Sam Reid")
    colleague = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    sign_in(colleague, in_danger, "bea")
    colleague.goto(in_danger.url + way)
    colleague.get_by_role("button", name="I told Facebook").click()
    colleague.get_by_label("Spoke to").fill("Priya Nair")
    colleague.get_by_role("button", name="I rang them", exact=False).first.click()
    expect(page.locator("[data-step=platform]")).to_contain_text("Bea Whitlock told the platform, 11:00", timeout=SOON)  # fmt: skip
    expect(page.locator("[data-step=ring] .step__live")).to_contain_text("Bea Whitlock rang the team, 11:00", timeout=SOON)  # fmt: skip
    expect(page.locator("#new-items")).to_contain_text("Bea Whitlock rang the team")
    assert page.get_by_label("Spoke to").input_value() == "Sam Reid"
    assert page.get_by_role("button", name="I told Facebook").count() == 0
    page.get_by_role(
        "button", name="I called 999"
    ).click()  # of another step, on the page as it was
    expect(page.locator(".done")).to_contain_text("you called 999")
    standing = in_danger.store.path_steps.path(case, "danger").standing
    assert {word: step.by_name for word, step in standing.items()} == {
        "platform": "Bea Whitlock", "ring": "Bea Whitlock", "first": "Amina Yusuf",
    }  # fmt: skip
    colleague.goto(f"{in_danger.url}/cases/{case}")
    expect(colleague.locator("#case")).to_contain_text("999 called 11:00 by Amina Yusuf")
    with colleague.expect_response(lambda answer: "/events" in answer.url):
        colleague.goto(f"{in_danger.url}/today?lane=now")
    expect(row(colleague, case).locator("[data-begun]")).to_have_text("999 called 11:00, rung 11:00")  # fmt: skip
    do(in_danger, way, "back", step="first")
    expect(row(colleague, case).locator("[data-begun]")).to_have_text("rung 11:00", timeout=SOON)
    colleague.context.close()


def test_an_open_case_says_which_step_a_colleague_did(page: Page, in_danger: House) -> None:
    case = case_of(in_danger.store, IN_DANGER)
    opened(page, in_danger, f"/cases/{case}")
    do(in_danger, f"/cases/{case}/danger", "called", "bea")
    expect(page.locator("[data-decide] .decide__why").first).to_contain_text("Bea Whitlock called 999, 11:00", timeout=SOON)  # fmt: skip


def test_an_open_hand_off_says_that_a_colleague_wrote_down_who_has_it(page: Page, in_danger: House) -> None:  # fmt: skip
    case = case_of(in_danger.store, IN_DANGER)
    do(in_danger, f"/cases/{case}/danger", "ring", "bea", who="Priya Nair", prefix="ring")
    (handoff,) = in_danger.store.handoffs.open(case)
    opened(page, in_danger, f"/waiting/{handoff.number}")
    page.get_by_label("Who has it?").fill("Sam Reid")
    assert in_danger.store.handoff_steps.confirm(
        handoff.number, by=in_danger.who["bea"], at=NOW, who="Priya Nair", when=NOW
    )
    expect(page.locator("#new-items")).to_contain_text("Bea Whitlock wrote down that a team has it", timeout=SOON)  # fmt: skip
    form = page.locator("form[data-answers]").first
    expect(form).to_contain_text("Bea Whitlock wrote down that a team has it")
    page.get_by_role("button", name="Save: they have confirmed").click()
    expect(form).to_contain_text(
        "Bea Whitlock wrote down that they have confirmed, 11:00: Priya Nair."
    )
    assert page.get_by_label("Who has it?").input_value() == "Sam Reid"
    page.get_by_role("button", name="Save: as one more").click()
    expect(page.locator(".history")).to_contain_text("Sam Reid")


def test_without_a_script_a_hand_off_that_a_colleague_outran_keeps_what_was_typed(in_danger: House) -> None:  # fmt: skip
    case = case_of(in_danger.store, IN_DANGER)
    do(in_danger, f"/cases/{case}/danger", "ring", "bea", who="Priya Nair", prefix="ring")
    (handoff,) = in_danger.store.handoffs.open(case)
    assert send(in_danger, f"/waiting/{handoff.number}/confirm", "bea", who="Priya Nair").status_code == 303  # fmt: skip
    late = send(in_danger, f"/waiting/{handoff.number}/confirm", "amina", who="Sam Reid", when="10:59")  # fmt: skip
    assert late.status_code == 409
    text = Tags(late.text).text
    assert "Bea Whitlock wrote down that they have confirmed, 11:00" in text
    assert "Sam Reid, 10:59" in text
