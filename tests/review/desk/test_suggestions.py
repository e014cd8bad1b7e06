"""One decision is suggested by rules, with three others and the rest; nothing that can't be undone is a button."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from core.models import LANES, PROTECTED, Lane, Protected
from review.desk.suggestions import (
    CHOICES,
    KEYS,
    MORE,
    TOGETHER,
    UNKEYED,
    Situation,
    followed,
    suggestion,
)
from review.reading import UNSEEN, Reading
from tests.review.factories import whole_policy

TABLE = [
    (Situation(lane="now", flags={"safeguarding", "assistance"}), "danger", ["pass", "not_danger"]),
    (Situation(lane="now", flags={"pid", "assistance"}), "leak", ["answer", "pass", "not_leak"]),
    (Situation(lane="answer", flags={"pid", "assistance"}), "copy", ["answered", "pass", "none"]),
    (Situation(lane="now", flags={"threat"}, answerable=False), "threat", ["pass", "not_threat"]),
    (Situation(lane="now", flags={"security", "impersonation"}), "security", ["report", "watch", "not_our_name"]),
    (Situation(lane="now", flags={"security"}), "security", ["report", "watch", "none"]),
    (Situation(lane="now", flags=(), reported=True), "pass", ["answer", "report", "none"]),
    (Situation(lane="now", flags=("media",), reported=True), "media_desk", ["answer", "watch", "none"]),
    (Situation(lane="answer", flags={"assistance"}), "copy", ["answered", "pass", "none"]),
    (Situation(lane="answer", flags={"assistance"}, fits=False), "write", ["answered", "pass", "none"]),
    (Situation(lane="answer", flags={"assistance"}, answered=True), "already", ["answer", "pass", "none"]),
    (Situation(lane="answer", flags={"assistance"}, answered=True, answering=True), "copy", ["answered", "pass", "none"]),
    (Situation(lane="answer", flags={"media"}), "media_desk", ["answer", "watch", "none"]),
    (Situation(lane="answer", flags={"media"}, study=True), "copy", ["answered", "media_desk", "none"]),
    (Situation(lane="look", flags={"media"}), "watch", ["media_desk", "answer", "none"]),
    (Situation(lane="look", flags={"allegation"}), "pass", ["answer", "watch", "none"]),
    (Situation(lane="look", flags={"confidential"}), "pass", ["report", "watch", "none"]),
    (Situation(lane="answer", flags={"confidential", "assistance"}), "pass", ["report", "watch", "none"]),
    (Situation(lane="answer", flags={"confidential", "assistance"}, answering=True), "copy", ["answered", "pass", "none"]),
    (Situation(lane="look", flags={"hate"}, hideable=True, answerable=False), "hide", ["report", "watch", "none"]),
    (Situation(lane="look", flags={"derogatory"}), "report", ["watch", "pass", "none"]),
    (Situation(lane="look", flags={"misinformation"}), "answer", ["watch", "report", "none"]),
    (Situation(lane="look", flags={"misinformation", "confidential"}, unsure={"confidential"}, criticism=True), "answer", ["watch", "pass", "none"]),
    (Situation(lane="look", flags={"misinformation", "confidential"}, criticism=True), "answer", ["watch", "pass", "none"]),
    (Situation(lane="answer", flags={"confidential", "assistance"}, unsure={"confidential"}), "copy", ["answered", "pass", "none"]),
    (Situation(lane="look", flags={"impersonation"}), "look", ["report", "pass", "not_our_name"]),
    (Situation(lane="look", flags={"impersonation"}, lookable=False), "pass", ["report", "watch", "not_our_name"]),
    (Situation(lane="guardian", flags={"grievance", "allegation"}, speaking_up=True), "guardian", ["none"]),
    (Situation(lane="rest", flags=()), "none", ["answer", "watch", "not_us"]),
    (Situation(lane="look", flags=(), protected="discrimination"), "pass", ["answer", "watch", "none"]),
    (Situation(lane="look", flags=(), protected="discrimination", reading="partial"), "pass", ["answer", "watch", "none"]),
    (Situation(lane="look", flags={"grievance"}, protected="discrimination"), "pass", ["answer", "watch", "none"]),
    (Situation(lane="look", flags=(), protected="disclosure"), "pass", ["answer", "watch", "none"]),
    (Situation(lane="look", flags=(), corrects=True), "pass", ["answer", "watch", "none"]),
    (Situation(lane="rest", flags=(), protected="complaint"), "none", ["answer", "pass", "not_us"]),
    (Situation(lane="look", flags=(), protected="union"), "none", ["answer", "pass", "not_us"]),
]  # fmt: skip


@pytest.mark.parametrize(("situation", "key", "others"), TABLE)
def test_the_table_of_the_design_holds(situation: Situation, key: str, others: list[str]) -> None:
    made = suggestion(situation, whole_policy())
    assert made.key == key
    assert [other.key for other in made.others] == others
    assert made.why
    assert made.label
    if key == "write":  # no template fits, but where a line to take stands in the box it is copied
        taken = suggestion(replace(situation, line=True), whole_policy())
        assert (taken.key, taken.title) == ("copy", "answer with the line to take.")


@pytest.mark.parametrize("situation", [situation for situation, _, _ in TABLE])
def test_every_choice_stands_once_and_at_most_four_stand_in_sight(situation: Situation) -> None:
    made = suggestion(situation, whole_policy())
    keys = [made.key, *(choice.key for choice in (*made.others, *made.more))]
    assert len(keys) == len(set(keys))
    assert len(made.others) <= 3
    assert ("hide" in keys) == situation.hideable
    if not situation.answerable:
        assert not {"answer", "copy", "answered"} & set(keys)


def test_a_letter_is_one_decision_everywhere_and_none_hides_or_closes_several() -> None:
    fixed = {"none": "n", "not_us": "u", "watch": "w", "pass": "p", "answered": "i", "already": "y"}
    assert {key: CHOICES[key].letter for key in fixed} == fixed
    assert {choice.letter for choice in CHOICES.values()} - {""} == KEYS.keys()
    assert not KEYS.keys() & set("mtvz")  # what the page does with them
    assert not any(
        CHOICES[key].letter for key in ("hide", "hidden", "reported", "leak", "danger", "threat")
    )
    saved = [
        choice.letter
        for choice in CHOICES.values()
        if choice.kind and choice.letter not in ("", "x")
    ]
    assert len(saved) == len(set(saved))


def test_the_big_button_opens_a_page_or_copies_words_or_closes_what_needs_nothing() -> None:
    for lane in LANES:
        for flag in whole_policy().flags:
            choice = suggestion(Situation(lane=lane, flags={flag}), whole_policy()).choice
            assert choice.page or choice.key in ("none", "watch"), (lane, flag)


def test_what_is_decided_for_several_at_once_needs_no_page() -> None:
    assert all(CHOICES[key].kind and not CHOICES[key].page for key in TOGETHER)
    assert all(CHOICES[key].does for key in MORE)
    assert len({choice.label for choice in CHOICES.values()}) == len(CHOICES)


@pytest.mark.parametrize("reading", ["full", "partial"])
@pytest.mark.parametrize(
    "protected", [each for each in PROTECTED if each not in ("none", "criticism")]
)
def test_nobody_is_told_that_nothing_has_to_be_passed_on_of_what_its_title_says(
    protected: Protected, reading: Reading
) -> None:
    made = suggestion(Situation(lane="look", flags=(), protected=protected, reading=reading), whole_policy())  # fmt: skip
    assert "nothing has to be" not in made.why.lower()
    assert "nothing in it" not in made.why.lower()
    assert "pass" in [made.key, *(other.key for other in made.others)]


def test_an_insult_in_a_complaint_is_for_a_lead_to_hide() -> None:
    situation = Situation(lane="look", flags={"derogatory", "allegation"}, hideable=True, lawful=True)  # fmt: skip
    made = suggestion(situation, whole_policy())
    assert made.key == "watch"
    assert "Only a lead" in made.why
    assert "hide" in [choice.key for choice in made.more]


@pytest.mark.parametrize(
    ("suggested", "team", "overruled"),
    [
        ("security", "security", 0), ("security", "pals", 1), ("media_desk", "pals", 1), ("guardian", "guardian", 0),
        ("danger", "safeguarding", 0), ("danger", "media", 1), ("threat", "police", 0), ("leak", "pals", 1),
        ("pass", "pals", 0),
    ],
)  # fmt: skip
def test_what_goes_to_another_team_than_was_suggested_overrules_the_suggestion(
    suggested: str, team: str, overruled: int
) -> None:
    counted = followed({(suggested, "escalate", team): 1})[suggested]
    assert (counted.shown, counted.overruled) == (1, overruled)


def test_what_is_overruled_too_often_is_one_choice_of_four_and_danger_never_is() -> None:
    often = Counter({("hide", "remove", ""): 5, ("hide", "no_action", ""): 6, ("hide", "snooze", ""): 9,
                     ("danger", "no_action", ""): 40, ("report", "monitor", ""): 9})  # fmt: skip
    counted = followed(often)
    assert (counted["hide"].shown, counted["hide"].overruled) == (11, 6)
    assert [key for key, one in counted.items() if one.too_little] == [
        "danger",
        "hide",
    ]  # nine are too few
    withdrawn = {"hide": counted["hide"]}
    made = suggestion(Situation(lane="look", flags={"hate"}, hideable=True), whole_policy(), withdrawn)  # fmt: skip
    assert made.withdrawn
    assert made.key == "hide"
    assert "overruled 6 of the last 11 times" in made.why
    danger = suggestion(Situation(lane="now", flags={"safeguarding"}), whole_policy(), withdrawn)
    assert not danger.withdrawn


@pytest.mark.parametrize(
    ("lane", "flag", "key", "others", "says"),
    [
        ("now", "pid", "look", ["leak", "pass", "not_leak"], "It may be a patient’s details: the program is not sure."),
        ("answer", "media", "look", ["media_desk", "answer", "none"], "It may be a reporter asking: the program is not sure."),
        ("now", "security", "look", ["security", "report", "none"], "It may be a code or a way in, given away: the program is not sure."),
        ("look", "hate", "look", ["report", "watch", "none"], "It may be hate: the program is not sure."),
        ("look", "allegation", "pass", ["answer", "watch", "none"], "It may say that something went wrong: the program is not sure."),
    ],
)  # fmt: skip
def test_what_the_program_is_not_sure_of_is_told_as_what_may_be_and_looked_at_first(
    lane: Lane, flag: str, key: str, others: list[str], says: str
) -> None:
    made = suggestion(Situation(lane=lane, flags={flag}, unsure={flag}), whole_policy())
    assert (made.key, [other.key for other in made.others], made.why) == (key, others, says)
    nowhere = suggestion(Situation(lane=lane, flags={flag}, unsure={flag}, lookable=False), whole_policy())  # fmt: skip
    assert nowhere.why == says  # what can't be opened is hedged all the same


def test_of_danger_and_a_threat_the_steps_come_first_however_unsure_the_program_is() -> None:
    for flag in ("safeguarding", "threat"):
        made = suggestion(Situation(lane="now", flags={flag}, unsure={flag}), whole_policy())
        assert made.key in ("danger", "threat")


@pytest.mark.parametrize("reading", ["partial", "unread", "later", "link"])
@pytest.mark.parametrize("reported", [True, False])
def test_of_what_was_not_read_it_is_never_said_that_nothing_is_in_it(reading: Reading, reported: bool) -> None:  # fmt: skip
    shown = suggestion(Situation(lane="rest", flags=(), reading=reading, reported=reported), whole_policy())  # fmt: skip
    assert "saw nothing" not in shown.why
    assert not shown.why.startswith("Nothing in it")
    assert re.search(r"could read|could not read|has not read|nobody has read", shown.why)
    assert shown.withdrawn == (not reported and reading in UNSEEN)


def test_of_a_link_alone_the_first_thing_is_to_open_it() -> None:
    now = Situation(lane="now", flags=(), reading="link", reported=True)
    assert suggestion(now, whole_policy()).key == "look"
    assert suggestion(replace(now, lookable=False), whole_policy()).key == "pass"


def test_no_key_stands_for_what_hides_or_removes() -> None:
    hides = {one.key for one in CHOICES.values() if "/moderate" in one.page or one.kind == "remove"}
    assert hides == set(UNKEYED)
    assert not any(CHOICES[key].letter for key in UNKEYED)
