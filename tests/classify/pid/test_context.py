"""What speaks for and against somebody's being known, where no recogniser is sure. All is invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.pid import context, vocabulary
from classify.pid.context import LEANS, MOST_LEAN, context_leans, context_steps, log_odds, moved
from classify.text.clean import words_of
from tests.fuzz.profiles import examples


def context_log_odds(text: str, bio: str = "") -> float:
    return log_odds(context_leans(text, bio))


def adjusted(score: float, text: str, bio: str = "") -> float:
    steps = context_steps(score, text, bio)
    return steps[-1].after if steps else score


KNOWN = (
    ("Fikreta has pneumonia so the coffee morning is off", ""),
    ("Has anybody told Dilys's lot? She's on oxygen at Mount Vernon", ""),
    ("the bloke who runs the key cutting kiosk is on dialysis now", ""),
    ("the caretaker at my son's primary, the one with the glass eye, has TB", ""),
    ("the vicar from the big church swears he sat on it by accident", "radiographer, Ealing"),
    ("a man in the next bed, the one with the ferret, had a kidney stone", ""),
    ("Praying for Auntie Comfort, she's having her womb out tomorrow", ""),
    ("Dilys donated a kidney to her brother, he's on dialysis, card on my account", ""),
    ("apologies received from Lionel Frobisher (radiotherapy)", ""),
)
UNKNOWN = (
    ("I had my hip done at Charing Cross and slept well", ""),
    ("Parcel 9991 1420 87 for the pharmacy is in our hallway", ""),
    ("Drop-in clinic on Saturday, no need to book, all welcome", ""),
    ("Worked example for new coders: Betty Bloggs, 72, fell over a cat", "Nurse"),
    ("The actor, who announced in June that he has Parkinson's, opened the wing", ""),
    ("Thanks to Sister Delia who gave me a Twix after my operation", ""),
    ("Donate to the Northwick Park charity: sort code 12-34-56, account 00012345", ""),
    ("Ring Lorraine at the Alperton surgery about your bloods", ""),
)


@pytest.mark.parametrize(("text", "bio"), KNOWN)
def test_somebody_named_or_singled_out_beside_an_illness_leans_to_a_leak(
    text: str, bio: str
) -> None:
    assert context_log_odds(text, bio) >= 1.0


@pytest.mark.parametrize(("text", "bio"), UNKNOWN)
def test_nobody_told_of_and_what_explains_itself_lean_to_none(text: str, bio: str) -> None:
    assert context_log_odds(text, bio) <= 0.0


def test_the_same_story_weighs_more_when_one_who_cares_for_patients_tells_it() -> None:
    story = "the baker from the parade came in at 4 today, chest pain"
    assert context_log_odds(story, "resus nurse, gossip") > context_log_odds(story, "gossip") > 0


def test_a_relative_of_staff_is_no_member_of_staff() -> None:
    story = "the baker from the parade came in at 4 today, chest pain"
    assert context_log_odds(story, "a nurse's mum") == context_log_odds(story)


def test_a_relative_without_a_name_is_nobodys_leak() -> None:
    assert context_log_odds("My mum waited nine hours with her stroke") < 0.75


def test_the_model_still_decides() -> None:
    everything = "the vicar from our church, Mrs Tagoe, in bed 4 with her stroke today"
    assert context_log_odds(everything, "ward nurse") == MOST_LEAN
    assert adjusted(0.001, everything, "ward nurse") == 0.001
    assert adjusted(0.02, everything, "ward nurse") < 0.5
    assert adjusted(0.9, "Drop-in clinic, all welcome") > 0.5


def test_moving_by_nothing_changes_nothing_and_both_ways_undo_each_other() -> None:
    assert moved(0.3, 0.0) == pytest.approx(0.3)
    assert moved(moved(0.3, 2.0), -2.0) == pytest.approx(0.3)
    assert moved(0.0, 3.0) < 0.01 < 0.99 < moved(1.0, -3.0)


def test_each_lean_says_why_in_words_that_stand_alone() -> None:
    assert all(one.weight for one in LEANS)
    assert len({one.why for one in LEANS}) == len(LEANS)
    assert not [one.why for one in LEANS if one.why.startswith("and ")]


@pytest.mark.parametrize(("text", "bio"), KNOWN + UNKNOWN)
def test_each_step_begins_where_the_last_one_ended(text: str, bio: str) -> None:
    steps = context_steps(0.2, text, bio)
    assert [step.before for step in steps] == [0.2, *(step.after for step in steps)][: len(steps)]
    leant = context_log_odds(text, bio)
    assert adjusted(0.2, text, bio) == (moved(0.2, leant) if leant else 0.2)


@examples(50)
@given(st.from_regex(context._SAYS_SO).map(str.lower))
def test_who_says_that_they_care_for_patients_needs_one_of_its_words(said: str) -> None:
    if context._SAYS_SO.search(said):
        assert context._SO_NEEDS & words_of(said)


@pytest.mark.parametrize(
    ("text", "bio"),
    [
        ("The Mayor of Harrow, Cllr Anjana Shukla, opened our new stroke unit", ""),
        ("Omar's mum has given us permission to share: he was born with half a heart", "Heart charity"),
        ("Holby recap: Mrs Pargetter, 74, has a funny turn in bed 6", ""),
    ],
)  # fmt: skip
def test_guests_consent_and_fiction_speak_against_a_leak_however_sure_the_model(
    text: str, bio: str
) -> None:
    assert adjusted(0.9, text, bio) < 0.25


def test_a_real_person_beside_fiction_or_a_guest_is_not_explained_away() -> None:
    soap = "we watched the new episode, then my neighbour Dilys had her stroke"
    assert adjusted(0.9, soap) > 0.5
    visit = "the mayor visited the ward where Dilys from the shop is dying of cancer"
    assert adjusted(0.9, visit) > 0.5


@examples(50)
@given(st.from_regex(vocabulary.OPENS).map(str.lower))
def test_a_guest_of_honour_needs_one_of_the_words_for_one(text: str) -> None:
    if vocabulary.OPENS.search(text):
        assert vocabulary.HONOURED & words_of(text)
