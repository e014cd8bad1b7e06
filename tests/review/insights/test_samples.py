"""The sample's pages: blind, the same for all, and honest of how little a few answers tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from core.context import AnsweredPost, Context, LinkCard
from review.insights.samples import SKIPS
from store import CaseQuery, Draw, Drawn, SampleAnswer, Store, Stratum
from store.samples.models import SampleKind
from tests.review.accessibility import faults
from tests.review.conftest import House, look, serve, sign_in
from tests.review.factories import (
    HOSTILE,
    NAMED,
    QUESTION,
    RUMOUR,
    Told,
    case_of,
    decide,
    people,
    policy,
    tell,
)
from tests.review.pages import Tags, cases_in, read, send
from tests.review.test_pages import assert_inert
from tests.store.factories import AT, DAY

MONDAY = date(2026, 11, 16)
# Two posts of the same words would be one story: these differ in a sign that says nothing.
BARE = replace(RUMOUR, flags=(), risk="none", text=f"{RUMOUR.text} now")
QUIET = replace(
    QUESTION,
    flags=(),
    risk="none",
    text="The lift at the Ealing clinic was out of order again this morning",
    read={"sentiment": "neutral"},
)
UNSEEN = replace(NAMED, flags=(), risk="none")


def draw(
    store: Store, *given: tuple[SampleKind, Told], week: date = MONDAY, population: int = 40
) -> None:
    """Keeps a sample of posts that are in the store, numbered in their order."""
    found = []
    for kind, told in given:
        number = next(
            n
            for n in range(1, 60)
            if (one := store.mentions.get(n)) and one.mention.text == told.text
        )
        decisions = len(store.database.rows("SELECT * FROM decisions WHERE mention = ?", number))
        decision = (
            store.database.value("SELECT max(number) FROM decisions WHERE mention = ?", number)
            if decisions
            else None
        )
        stratum = "in scope" if kind == "unflagged" else "decided"
        found.append(
            Drawn(
                kind=kind,
                mention=number,
                revision=1,
                stratum=stratum,
                chance=1 / 2,
                decision=decision,
            )
        )
    strata = (
        Stratum(kind="unflagged", name="in scope", population=population, drawn=sum(kind == "unflagged" for kind, _ in given)),
        Stratum(kind="second", name="decided", population=population, drawn=sum(kind == "second" for kind, _ in given)),
    )  # fmt: skip
    made = Draw(
        week=week,
        since=AT - 7 * DAY,
        until=AT,
        seed="5eed",
        strata=strata,
        flagged={"any": 60, "threat": 20},
    )
    assert store.samples.add_draw(made, found, AT)


def filling(store: Store) -> dict[str, int]:
    """A flagged post that Bea decided on, the same words without a flag, and three more without one."""
    who = people(store)
    for number, told in enumerate(
        (RUMOUR, BARE, QUIET, UNSEEN, replace(HOSTILE, flags=(), risk="none")), start=1
    ):
        tell(store, told, number, AT - timedelta(minutes=number), alone=True)
    decide(store, case_of(store, RUMOUR), who["bea"], "monitor", labels={"misinformation": True})
    draw(
        store, ("second", RUMOUR), ("unflagged", BARE), ("unflagged", QUIET), ("unflagged", UNSEEN)
    )
    return who


@pytest.fixture
def sampled(tmp_path: Path) -> Iterator[House]:
    yield from serve(tmp_path, filling)


def says(
    house: House, number: int, handle: str = "amina", version: int = 0, **form: object
) -> httpx.Response:
    """Sends the form of the second step where flags are given, else the first one's "no", as a browser does."""
    given: dict[str, Any] = {
        "version": version,
        "do": "save" if "flag" in form else "no",
        "scope": "yes",
    }
    return send(house, f"/sample/{number}", handle, **(given | form))


# ── blind ────────────────────────────────────────────────────────────────────────────────────────


def test_no_page_tells_a_flagged_and_decided_post_from_one_without_a_flag(sampled: House) -> None:
    pages = []
    for number in (1, 2):
        with sampled.asks("amina") as client:
            html = client.get(f"/sample/{number}").text
        assert "Ealing A&amp;E shuts on Friday" in html
        html = re.sub(r"this morning( now)?", "this morning", html)
        html = re.sub(r"/sample/\d", "/sample/N", html)
        pages.append(re.sub(r"Fri 20 Nov 2026, \d\d:\d\d", "then", html))
    assert pages[0] == pages[1]


def test_a_comment_is_judged_with_what_it_answers_and_that_is_masked(tmp_path: Path) -> None:
    answered = AnsweredPost(text="Jabs from Monday. Ring Rosalind on 07700 900123", official=True)
    card = LinkCard(title="Flu jabs", description="Walk in")
    comment = replace(
        QUIET, text="sat here all day for that", about={"context": Context(answered=(answered,), card=card)},
    )  # fmt: skip

    def with_comment(store: Store) -> dict[str, int]:
        who = people(store)
        tell(store, comment, 1, AT, alone=True)
        draw(store, ("unflagged", comment))
        return who

    for house in serve(tmp_path, with_comment):
        words = read(house, "/sample/1").text
        assert "In reply to our own postJabs from Monday. Ring" in words
        assert "Shares a linkFlu jabs: Walk in" in words
        assert "07700" not in words


def test_the_page_shows_masked_words_and_nothing_that_was_said_of_them(sampled: House) -> None:
    for number in (1, 4):
        found = read(sampled, f"/sample/{number}")
        assert not found.all("mark")
        words = found.text
        for means in (one.means for one in policy().values()):
            words = words.replace(means, "")
        for hint in (
            "of 100",
            "Score",
            "risk",
            "Bea",
            "Decided",
            "Medium",
            "Rosalind",
            "999 123",
            "second",
            "41 shares",
        ):
            assert hint not in words, hint
        assert not [
            told for told in found.all("a") if re.search(r"/(cases|mentions)/\d", told["href"])
        ]
        assert not [told for told in found.all("input") if "checked" in told]
    assert "NHS number" in read(sampled, "/sample/4").text


def test_one_question_comes_first_and_names_all_that_would_make_it_a_yes(sampled: House) -> None:
    found = read(sampled, "/sample")
    assert [told["value"] for told in found.all("button", name="do")] == [
        "yes", "no", "elsewhere", "unsure", "skip",
    ]  # fmt: skip
    assert not found.all("input", name="flag")
    for one in policy().values():
        assert one.reason.lower() in found.text.lower()


def test_flags_are_asked_only_after_a_yes_each_with_what_it_means(sampled: House) -> None:
    answer = says(sampled, 2, do="yes")
    assert answer.headers["location"] == "/sample/2?ask=second"
    assert sampled.store.sample_answers.progress(sampled.who["amina"]).answered == 0
    found = read(sampled, "/sample/2?ask=second")
    assert [told["value"] for told in found.all("input", name="flag")] == list(policy())
    assert all(one.means in found.text for one in policy().values())


def test_nobody_is_shown_what_they_decided_on(sampled: House) -> None:
    assert read(sampled, "/sample/1", "amina").all("form", action="/sample/1")
    read(sampled, "/sample/1", "bea", 404)
    assert says(sampled, 1, "bea").headers["location"] == "/sample?lost"
    for _ in range(3):
        (form,) = read(sampled, "/sample", "bea").all("form", id="judge")
        assert form["action"] != "/sample/1"
        says(sampled, int(form["action"].rpartition("/")[2]), "bea")
    left = read(sampled, "/sample", "bea").text
    assert "That is all that you can judge this week. 1 is left for colleagues" in left
    assert "3 of 4 this week" in left


def test_hostile_words_are_words_alone(sampled: House) -> None:
    draw(sampled.store, ("unflagged", replace(HOSTILE, flags=())), week=MONDAY + timedelta(days=7))
    with sampled.asks() as client:
        html = client.get("/sample").text
    assert "&lt;script&gt;alert(1)" in html
    assert_inert(html, "/sample")


# ── answering ────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_kept_and_leads_to_the_next(sampled: House) -> None:
    answer = says(sampled, 3)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sample?kept=3")
    (tally,) = [
        tally for tally in sampled.store.sample_counts.tallies(MONDAY) if tally.what == "answered"
    ]
    assert tally.count == 1
    whats = {tally.what for tally in sampled.store.sample_counts.tallies(MONDAY)}
    assert not whats & {"any", *policy()}  # of no flag was it said that it holds
    assert "in scope" in whats
    found = read(sampled, "/sample?kept=3")
    assert "Saved." in found.text
    assert "1 of 4 this week" in found.text
    assert sampled.store.queue.page(CaseQuery(tab="all"), AT).total == 1
    assert "Saved." not in read(sampled, "/sample?kept=3", "bea").text
    assert "Saved." not in read(sampled, "/sample?kept=2").text


def test_what_was_missed_leads_to_its_case_where_it_says_why_it_is_there(sampled: House) -> None:
    says(sampled, 4, flag=["pid", "safeguarding"])
    case = sampled.store.cases.of_mention(4)
    assert case is not None
    assert read(sampled, "/sample?kept=4").all("a", href=f"/cases/{case}")
    found = read(sampled, f"/cases/{case}/full", "vera")
    for words in (
        "Found by a person in the quality check",
        "patient’s details, someone may be in danger",
        "High risk",
        "Someone may be in danger now",
    ):
        assert words in found.text, words
    assert case in cases_in(read(sampled, "/all?tab=high&flag=pid"))
    assert (
        "Found by a person"
        not in read(sampled, f"/cases/{case_of(sampled.store, RUMOUR)}/full").text
    )


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"scope": "", "flag": ["threat"]}, "Say whether it is about us"),
        ({"scope": "maybe", "flag": ["threat"]}, "Say whether it is about us"),
        ({"do": "save"}, "Tick what it is"),
        ({"flag": ["made_up"]}, "Tick what it is"),
        ({"do": "keep"}, "Say whether someone should have seen it"),
        ({"scope": "no", "flag": ["threat", "grievance"]}, "Of a post that is not about us"),
        ({"flag": ["threat"], "note": "x" * 5000}, "at most 4,000"),
        ({"do": "skip"}, "Choose why"),
        ({"do": "skip", "skip": "boredom"}, "Choose why"),
    ],
)
def test_what_cannot_be_right_is_said_and_what_was_sent_is_still_there(
    sampled: House, form: dict[str, Any], why: str
) -> None:
    answer = says(sampled, 2, **form)
    assert answer.status_code == 422
    assert_inert(answer.text, "/sample/2")
    found = Tags(answer.text)
    assert why in found.text
    assert "Error: Quality check" in answer.text
    sent = form.get("flag", [])
    assert isinstance(sent, Sequence)
    assert [told["value"] for told in found.all("input", name="flag") if "checked" in told] == [
        name for name in sent if name in policy()
    ]
    assert read(sampled, "/sample").text.count("0 of 4 this week")


def test_the_four_flags_that_need_no_scope_can_hold_of_what_is_not_about_us(sampled: House) -> None:
    assert says(sampled, 2, scope="no", flag=["threat"]).status_code == 303


def test_what_is_not_about_us_is_an_answer_of_its_own_for_what_is_estimated_of_scope(
    sampled: House,
) -> None:
    says(sampled, 2, do="elsewhere")
    says(sampled, 1, do="elsewhere")  # Bea decided to watch it, so took it to be about us
    tallies = {
        (tally.kind, tally.stratum, tally.what)
        for tally in sampled.store.sample_counts.tallies(MONDAY)
    }
    assert ("unflagged", "in scope", "in scope") not in tallies
    assert ("second", "in scope", "yes no") in tallies


def test_a_no_at_a_second_reading_says_that_no_flag_of_the_first_holds(sampled: House) -> None:
    says(sampled, 1, do="no")
    tallies = {
        (tally.stratum, tally.what)
        for tally in sampled.store.sample_counts.tallies(MONDAY)
        if tally.kind == "second"
    }
    assert {("misinformation", "yes no"), ("in scope", "yes yes")} <= tallies


def test_what_is_skipped_comes_to_a_colleague_and_counts_as_no_answer(sampled: House) -> None:
    for number, why in zip((1, 2, 3), SKIPS, strict=True):
        assert says(sampled, number, do="skip", skip=why).headers["location"] == "/sample"
    assert says(sampled, 4, do="unsure").headers["location"] == "/sample"
    assert not sampled.store.sample_counts.tallies(MONDAY + timedelta(days=7))
    assert "answered" not in {tally.what for tally in sampled.store.sample_counts.tallies(MONDAY)}
    assert "That is all that you can judge this week. 4 are left" in read(sampled, "/sample").text
    assert read(sampled, "/sample", "gwen").all("input", name="version", value="1")


def test_an_answer_can_be_changed_by_whoever_gave_it(sampled: House) -> None:
    says(sampled, 2, flag=["threat"], note="Plain.")
    mine = read(sampled, "/sample/2")
    assert [told["value"] for told in mine.all("input", name="flag") if "checked" in told] == [
        "threat"
    ]
    assert "Plain." in mine.text
    assert "Skip it" not in read(sampled, "/sample/2?ask=first").text
    read(sampled, "/sample/2", "gwen", 404)
    assert says(sampled, 2, version=1).headers["location"] == "/sample?kept=2"
    assert "You said: no" in read(sampled, "/sample/2").text


def test_who_was_slower_is_told_and_shown_the_next(sampled: House) -> None:
    says(sampled, 2, "gwen")
    answer = says(sampled, 2, flag=["threat"])
    assert answer.headers["location"] == "/sample?lost"
    assert "A colleague was faster" in read(sampled, "/sample?lost").text
    assert sampled.store.cases.of_mention(2) is None
    assert says(sampled, 3, version=7).headers["location"] == "/sample?lost"
    assert says(sampled, 99).headers["location"] == "/sample?lost"


def test_it_is_for_reviewers(sampled: House) -> None:
    read(sampled, "/sample", "vera", 403)
    assert says(sampled, 2, "vera").status_code == 403
    assert says(sampled, 2, "").status_code == 401
    assert not read(sampled, "/quality", "vera").all("a", href="/sample")
    assert read(sampled, "/quality").all("a", href="/sample")


def test_where_nothing_was_drawn_it_is_said(empty: House) -> None:
    assert "Nothing has been drawn yet" in read(empty, "/sample").text
    assert "Nothing has been drawn yet" in read(empty, "/quality").text


def test_a_sample_that_is_done_says_so(sampled: House) -> None:
    for number in (1, 2, 3, 4):
        says(sampled, number)
    assert "This week’s check is done." in read(sampled, "/sample").text
    assert "4 of 4 this week" in read(sampled, "/sample", "bea").text


# ── what came of it ──────────────────────────────────────────────────────────────────────────────


def test_of_a_few_answers_no_figure_is_told(sampled: House) -> None:
    says(sampled, 2, flag=["threat"])
    found = read(sampled, "/quality").text
    assert found.count("Not known yet") == 3
    assert (
        "People judged 1 of the 40 posts in which nothing was flagged, and found something in 1."
        in found
    )
    assert "It takes 10 to say how much is missed" in found
    assert "Too few (1 judged)" in found
    assert not re.search(
        r"\d%", found.partition("How these figures are made")[0].replace("95%", "")
    )


def test_of_enough_answers_each_figure_stands_with_its_range(tmp_path: Path) -> None:
    for house in serve(tmp_path, many):
        found = read(house, "/quality").text
        for words in (
            "89%of what deserves a flag was flagged, 79 to 94%.",
            "People judged 12 of the 24 posts in which nothing was flagged, and found something in 3.",
            "80%of flagged posts had a flag that was right, 49 to 94%, by 10 decisions that said so.",
            "100%of second looks agreed whether a post is about us, 72 to 100%, of 10 posts.",
            "alpha 0.63, 10 posts", "Where two people differed", "12 of 12", "10 of 10",
            "Case 1: claim to check, no first and yes at the second look",
        ):  # fmt: skip
            assert words in found, words
        assert found.count("Amina") == 1  # whose menu it is
        assert "Bea" not in found
        assert_inert_page(house)


def assert_inert_page(house: House) -> None:
    with house.asks("vera") as client:
        assert_inert(client.get("/quality").text, "/quality")


def said(number: int, by: int, *flags: str) -> SampleAnswer:
    """An answer that a post is about us and that these flags hold."""
    return SampleAnswer(sample=number, by=by, at=AT, in_scope=True, flags=flags, risk="medium")


def many(store: Store) -> dict[str, int]:
    """Ten decisions of which eight say that the flag is right, each looked at again; twelve answers, three of them hits."""
    who = people(store)
    right = [replace(RUMOUR, text=f"{RUMOUR.text}, sign number {n} of {n}") for n in range(10)]
    calm = [replace(QUIET, text=f"{QUIET.text}, lift number {n} of {n}") for n in range(12)]
    for number, told in enumerate((*right, *calm), start=1):
        tell(store, told, number, AT - timedelta(minutes=number), alone=True)
    for number, told in enumerate(right):
        decide(
            store,
            case_of(store, told),
            who["bea"],
            "monitor",
            labels={"misinformation": number > 1},
        )
    draw(
        store,
        *(("second", told) for told in right),
        *(("unflagged", told) for told in calm),
        population=24,
    )
    for number in range(1, 11):
        store.sample_answers.add(
            said(number, who["amina"], *(["misinformation"] if number != 2 else [])), 0
        )
    for number in range(11, 23):
        store.sample_answers.add(
            said(number, who["amina"], *(["threat"] if number < 14 else [])), 0
        )
    return who


def test_axe_finds_nothing_wrong_with_the_sample_and_what_came_of_it(
    browser: Browser, tmp_path: Path
) -> None:
    for house in serve(tmp_path, filling):
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        sign_in(page, house, "amina")
        found = []
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            for path in ("/sample", "/quality", "/sample?lost"):
                page.goto(house.url + path)
                found += faults(page)
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
                    path,
                    width,
                )
        page.get_by_role("button", name="Yes", exact=True).click()
        found += faults(page)
        page.get_by_role("button", name="Save and go on").click()
        found += faults(page)  # nothing was ticked
        page.get_by_label("threat").first.check()
        page.get_by_label("Yes", exact=True).check()
        page.get_by_role("button", name="Save and go on").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        found += faults(page)
        assert found == []


def test_it_can_be_done_without_javascript_and_by_keyboard_alone(
    browser: Browser, sampled: House
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, sampled, "amina")
    page.goto(f"{sampled.url}/sample")
    page.get_by_role("button", name="No", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("Saved.").wait_for()
    assert "1 of 4 this week" in (page.text_content("main") or "")


LOOKS = 350  # ms: a key that is pressed sooner after a post came is taken for a slip


def test_a_key_is_an_answer_and_a_week_is_done_in_as_many_keys_as_posts(
    browser: Browser, sampled: House
) -> None:
    page = browser.new_page()
    sign_in(page, sampled, "amina")
    page.goto(f"{sampled.url}/sample")
    for answered in (1, 2, 3):
        look(page, LOOKS)
        page.keyboard.press("2")
        page.get_by_text(f"{answered} of 4").first.wait_for()
    look(page, LOOKS)
    page.keyboard.press("1")
    page.get_by_role("heading", name="Yes. What is it?").wait_for()
    assert sampled.store.sample_answers.progress(sampled.who["amina"]).answered == 3
