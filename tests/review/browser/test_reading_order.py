"""What a screen reader hears, and in which order: of Today, of a case, of a leak's and of danger's steps, wide and on a phone."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.review.browser.test_desk import at
from tests.review.conftest import House
from tests.review.desk.paths import do, ready
from tests.review.factories import ALLEGATION, GRIEVANCE, IN_DANGER, NAMED, RUMOUR, case_of

SIZES = ("laptop", "phone")
LANDMARKS = ("banner", "complementary", "contentinfo", "form", "main", "navigation", "region", "search")  # fmt: skip


def heard(page: Page) -> list[dict[str, Any]]:
    """Chromium's own accessibility tree, from its top to its end: role, name, level, and how deep it lies."""
    page.wait_for_load_state()
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    children = {node["nodeId"]: node.get("childIds", []) for node in nodes}
    by_id = {node["nodeId"]: node for node in nodes}
    found: list[dict[str, Any]] = []

    def walk(number: str, depth: int) -> None:
        node = by_id.get(number)
        if node is None:
            return
        if not node.get("ignored"):
            level = next((each["value"]["value"] for each in node.get("properties", []) if each["name"] == "level"), 0)  # fmt: skip
            name = " ".join(str(node.get("name", {}).get("value", "")).split())
            found.append({"role": node["role"]["value"], "name": name, "level": level, "depth": depth})  # fmt: skip
        for child in children[number]:
            walk(child, depth + 1)

    walk(nodes[0]["nodeId"], 0)
    return found


def words(nodes: list[dict[str, Any]]) -> str:
    """All that is said, in one line: what has a name of its own by that, and text beneath the rest."""
    said = [node["name"] for node in nodes if node["name"] and node["role"] != "InlineTextBox"]
    return " ¦ ".join(said)


def within(nodes: list[dict[str, Any]], role: str, name: str = "") -> list[dict[str, Any]]:
    """What lies in the first of a role, by its name where one is given."""
    start = next(place for place, node in enumerate(nodes) if node["role"] == role and name in node["name"])  # fmt: skip
    inside = []
    for node in nodes[start + 1 :]:
        if node["depth"] <= nodes[start]["depth"]:
            break
        inside.append(node)
    return inside


def in_this_order(said: str, *parts: str) -> None:
    """Each part is heard after the one before it."""
    place = 0
    for part in parts:
        found = re.compile(part).search(said, place)
        assert found, f"{part!r} is not heard after what stands before it: {said[place : place + 600]}"  # fmt: skip
        place = found.end()


@pytest.mark.parametrize("size", SIZES)
def test_a_case_is_heard_from_its_name_to_more(browser: Browser, house: House, size: str) -> None:
    case = case_of(house.store, NAMED)
    said = words(within(heard(at(browser, house, f"/cases/{case}", size)), "article"))
    in_this_order(
        said, "Patient’s NHS number, in public", "minutes left|Overdue|By ", f"Case {case}", "Take it",
        "My neighbour", "masked", "turned away", "What was spotted", "very sure", "X post", "posted", "found", "Suggested:",
        "Deal with this leak", "Answer", "Pass on", "Not a leak", "More decisions",
    )  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_who_has_a_case_is_heard_after_its_name_and_its_time(
    browser: Browser, house: House, size: str
) -> None:
    page = at(browser, house, f"/cases/{case_of(house.store, GRIEVANCE)}", size)
    said = words(within(heard(page), "article"))
    in_this_order(
        said, "Insult about staff", "Sat 21 Nov", "Bea Whitlock", "Take over", "Third week"
    )


@pytest.mark.parametrize("size", SIZES)
def test_what_a_post_answers_is_heard_before_its_words(
    browser: Browser, house: House, size: str
) -> None:
    case = case_of(house.store, ALLEGATION)
    said = words(within(heard(at(browser, house, f"/cases/{case}", size)), "article"))
    in_this_order(
        said, "Serious failing alleged", "Post 1", "They knew", "What was spotted", "Suggested:", "Post 2|Post 3", "In reply to",
        "Somebody at that trust", "What was spotted", "Suggested:", "Each post gets its own decision",
    )  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_of_today_the_lanes_are_heard_and_then_their_rows(
    browser: Browser, house: House, size: str
) -> None:
    main = within(heard(at(browser, house, "/today", size)), "main")
    (heading,) = [node for node in main if node["role"] == "heading" and node["level"] == 1]
    assert heading["name"].startswith("Today:")
    in_this_order(
        words(main), "Today:", "Lanes", "Now", "1 hour", "Answer", "same working day", "Look", "2 working days", "Rest", "once a day",
        "Now", "Someone may end their life|Patient’s NHS number, in public", "Answer", "Asks about", "Look", "Claim to check",
    )  # fmt: skip
    for link in within(main, "region", "Now"):
        if link["role"] == "link":  # where it is, what, who has it, how old and how long
            assert re.match(r"(X|Facebook|LinkedIn)[^:]*: .+, .+(left|Overdue|by )", link["name"]), link  # fmt: skip


def steps_of(nodes: list[dict[str, Any]]) -> list[str]:
    """What is heard of each step: the parts of the list that have a heading of their own."""
    tree, found = within(nodes, "main"), []
    for place, node in enumerate(tree):
        if node["role"] == "listitem":
            inside = []
            for other in tree[place + 1 :]:
                if other["depth"] <= node["depth"]:
                    break
                inside.append(other)
            if any(other["role"] == "heading" and other["level"] == 2 for other in inside):
                found.append(words(inside))
    return found


@pytest.mark.parametrize("size", SIZES)
def test_the_steps_of_danger_are_heard_in_order_each_with_its_state(
    browser: Browser, anew: House, size: str
) -> None:
    way = f"/cases/{case_of(ready(anew).store, IN_DANGER)}/danger"
    do(anew, way, "not_called")
    steps = steps_of(heard(at(browser, anew, way, size)))
    assert len(steps) == 4
    for step, starts in zip(steps, ("", "Do this now:", "To do:", "To do:"), strict=True):
        assert re.sub("^[0-9✓–]+[. ]*¦ ", "", step).startswith(starts), step
    in_this_order(" ".join(steps), "999", "Not known", "Ring Safeguarding", "Tell Facebook", "Reply with help")  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_the_steps_of_a_leak_are_heard_in_order_each_with_its_state(
    browser: Browser, anew: House, size: str
) -> None:
    way = f"/cases/{case_of(ready(anew).store, NAMED)}/leak"
    steps = steps_of(heard(at(browser, anew, way, size)))
    state = "Done|Do this now|To do|Cannot start yet"
    assert len(steps) >= 5
    assert [step for step in steps if not re.search(state, step)] == []
    assert "Do this now" in steps[0]
    in_this_order(" ".join(steps), "Confirm", "ell information governance", "copies", "Record", "Close")  # fmt: skip


def outline_faults(nodes: list[dict[str, Any]]) -> list[str]:
    """Headings that leave out a level, more than one of the first, and landmarks that sound alike."""
    levels = [int(node["level"]) for node in nodes if node["role"] == "heading"]
    steps = [f"{one} then {two}" for one, two in pairwise(levels) if two > one + 1]  # fmt: skip
    marks = Counter(
        (node["role"], node["name"])
        for node in nodes
        if node["role"] in LANDMARKS and (node["name"] or node["role"] != "form")
    )  # a form without a name is none
    twice = [f"{role} {name!r} {count} times" for (role, name), count in marks.items() if count > 1]
    return steps + twice + ([] if levels.count(1) == 1 else [f"{levels.count(1)} of level 1"])


@pytest.mark.parametrize("size", SIZES)
def test_headings_leave_out_no_level_and_each_landmark_has_a_name_of_its_own(
    browser: Browser, house: House, size: str
) -> None:
    named, rumour = (case_of(house.store, told) for told in (NAMED, RUMOUR))
    danger = case_of(house.store, IN_DANGER)
    page = at(browser, house, "/today", size)
    faults = {}
    for path in (
        "/today", f"/cases/{named}", f"/cases/{rumour}", f"/cases/{named}/leak", f"/cases/{danger}/danger", f"/cases/{named}/pass-on",
        f"/cases/{named}/full", "/waiting", "/rest", "/tell", "/help", "/welcome", "/weekly", "/personal-data",
    ):  # fmt: skip
        page.goto(house.url + path)
        expect(page.locator("main")).to_be_visible()
        faults[path] = outline_faults(heard(page))
    assert {path: found for path, found in faults.items() if found} == {}


def test_a_left_out_level_and_a_second_landmark_would_be_found(browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.set_content("<main><h1>A</h1><h3>B</h3><nav aria-label=C></nav><nav aria-label=C></nav></main>")  # fmt: skip
    assert outline_faults(heard(page)) == ["1 then 3", "navigation 'C' 2 times"]
