"""A note that says who wrote a post, or has somebody watched, is asked about; notes of a day's work are not."""

from __future__ import annotations

import pytest

from classify.people.notes import doubt, may_be_handles

TEAM = frozenset(("amina", "ben", "lena"))


@pytest.mark.parametrize("words", [
    "Colm from contracts wrote the post about the merger gag, his manager should have a word. Watch him.", "Colm wrote the post", "Watch Colm.",
    "We know who wrote it", "Whoever posted this must be in payroll", "Keep an eye on her", "Find out who tweeted that", "I think we know who",
    "HR are looking at Siobhan", "The post was written by Siobhan Carrick", "That account belongs to Derek", "She posted it from the ward, her manager knows",
    "Let us know when they have posted again", "Tell me when they are on shift", "Whoever it is must be in estates", "It’s probably someone in theatres", "Speak to her about the account",
    "Ring her ward about it", "Watch the doctor who posts on strikes", "We all know who is behind it", "She must be from ITU", "It is probably from ward 6",
    "Siobhan’s contract is under investigation", "Tell Priya that a grievance is coming",
])  # fmt: skip
def test_who_wrote_it_and_whom_to_watch_are_asked_about(words: str) -> None:
    assert doubt(words, TEAM)


@pytest.mark.parametrize("words", [
    "Ben has case 12, the statement goes out at 10", "Amina wrote the reply; Lena posted it", "Ring the press office about 415 before nine",
    "PALS asked which ward", "A journalist from the Brent Times rang twice", "Nothing urgent. Two leaks reported to the platform, clocks are running",
    "Let me know when they have confirmed", "Tell us when they reply, please", "PALS has case 12: speak to them first thing", "The reply must be in plain English",
    "It is probably in Look by now", "Two leaks in case 3: report them to the platform", "They moved her ward yesterday, case 14", "The answer must be from the press office",
    "We know who has it: Safeguarding", "I know who to ring", "Follow the staff survey story", "Watch the doctors’ strike thread", "Look into them tomorrow: cases 12 and 13",
    "The trust wrote back: their team has it", "Somebody asks about parking at Northwick Park", "Watch the film before you answer", "Thank you all",
])  # fmt: skip
def test_a_days_work_is_not(words: str) -> None:
    assert doubt(words, TEAM) == ""


@pytest.mark.parametrize("words", [
    "keep an eye on colm", "Watch the contracts guy.", "Keep an eye on the night sister who posts about Hillingdon, tell me when she writes again",
    "The nurse at Ealing is at it again: daysister. Let her matron know", "contracts_karl has posted again", "Eye on @contracts_karl please",
    "Keep an eye on Siobhan", "@quietlyraging again this morning", "Tell me when she posts", "Look out for the midwife who posts at night",
])  # fmt: skip
def test_a_handle_and_a_watch_in_other_words_are_asked_about_as_names_are(words: str) -> None:
    assert doubt(words, TEAM)


@pytest.mark.parametrize("words", [
    "Keep an eye on the 72-hour clock of case 12", "Watch the film on the ward before you answer", "Keep an eye on the queue after six", "Follow the steps of case 12",
    "@HealthierNWL has answered", "Write to press@example.org", "https://www.example.org/a_b/c_d is the page", "Ben will watch the numbers", "Keep an eye on Hillingdon today",
    "The trolls are at it again", "The file is press_notice.pdf",
])  # fmt: skip
def test_a_look_at_things_and_a_bodys_own_account_are_not(words: str) -> None:
    assert doubt(words, TEAM, bodies=frozenset(("healthiernwl",))) == ""


def test_a_plain_handle_is_asked_about_where_it_wrote_a_post_of_the_desk() -> None:
    assert doubt("daysister is worth a read", TEAM) == ""
    assert doubt("Daysister is worth a read", TEAM, accounts=frozenset(("daysister",))) == "daysister"  # fmt: skip
    assert may_be_handles("Ben says daysister wrote, not @EalingCouncil", frozenset(("ealingcouncil",)) | TEAM) == ["daysister"]  # fmt: skip
