"""Who says that they work for the ICB or the NHS now, and who only stands near it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.rules.staff import NOT, NOT_NEEDS, SAYS_NHS, SAYS_NHS_NEEDS, staff_cues
from classify.text.clean import words_of
from tests.fuzz.profiles import examples

NAMES = ("NHS North West London", "NW London ICB", "NWL ICB", "NHS NWL", "NWL CCG", "@HealthierNWL")


@pytest.mark.parametrize(
    ("bio", "text"),
    [
        ("Commissioning manager, NHS North West London", ""), ("Digital @ NWL ICB | mum", ""), ("finance, nwl icb", ""),
        ("Works at NHS NWL", ""), ("NW London ICB, 3rd floor", ""), ("Contracts officer, ICB", ""),
        ("ex-nurse, now commissioning manager at NWL ICB", ""), ("", "I work for NHS North West London and I'm tired"),
        ("", "As an ICB employee I think this is wrong"), ("", "I'm a band 4 in the referral hub for NW London ICB"),
        ("", "On secondment to NW London ICB from the council"), ("", "Busy week. I'm on secondment to the NWL ICB."),
        ("Secondee at NWL ICB", ""), ("Programme lead @HealthierNWL", ""),
    ],
)  # fmt: skip
def test_who_works_for_the_icb_now_is_icb(bio: str, text: str) -> None:
    assert staff_cues(text, bio, NAMES).suggests == "icb"


@pytest.mark.parametrize(
    ("bio", "text"),
    [
        ("Nurse at Northwick Park", ""), ("RN. Gym. Arsenal", ""), ("NHS manager", ""), ("HCA | dogs", ""), ("junior doctor", ""),
        ("GP partner, Hounslow", ""), ("Practice manager, Wembley", ""), ("agency band 6", ""), ("pharmacy tech @ Ealing hosp", ""),
        ("", "I'm a nurse on nights and this is grim"), ("", "Porter here, Hillingdon. Eleven miles today"),
        ("", "I work at Charing Cross hospital"), ("student midwife", ""), ("Paramedic, LAS. Unite member", ""),
    ],
)  # fmt: skip
def test_who_works_for_the_nhs_is_nhs(bio: str, text: str) -> None:
    assert staff_cues(text, bio, NAMES).suggests == "nhs"


@pytest.mark.parametrize(
    ("bio", "text"),
    [
        ("", "My wife works for NWL ICB and she came home in tears"), ("Married to a nurse", ""), ("husband of an NHS manager", ""),
        ("Ex-NWL CCG, now makes pots", ""), ("Former Head of Planning, NWL CCG", ""), ("Retired district nurse", ""),
        ("used to work at NHS NWL", ""), ("Public governor, LNWH", ""), ("PPG chair, patient rep", ""), ("applied to NWL ICB twice", ""),
        ("Official account of NHS North West London", ""), ("Recruiting for NHS North West London", ""), ("UNISON NWL branch", ""),
        ("NHS NWL weight management team", ""), ("Our consultancy helps NHS North West London", ""), ("Not NHS staff", ""),
        ("proud NHS mum", "Son's just started as a midwife at Queen Charlotte's"), ("", "Hubby's a porter at Ealing. He is tired"),
        ("", "Good news! Daughter has just started as a nurse at Ealing"), ("", "My wife is on secondment to NWL ICB"),
        ("Sales lead at a MedTech firm, partners of NHS North West London", ""), ("Head of Sales, vendor to NWL ICB", ""),
        ("", "I left the CCG in 2019"), ("", "Nurses at Hillingdon deserve a rise"), ("", "My GP in Hanwell refers too late"),
        ("", "The nurse at Ealing was rude"), ("", "Mums in Brent wait twice as long for a health visitor"),
        ("proud NHS supporter", "keep our NHS"), ("Harrow. Coffee.", "NWL ICB is a joke"),
    ],
)  # fmt: skip
def test_relatives_former_staff_officials_and_the_public_are_not(bio: str, text: str) -> None:
    assert staff_cues(text, bio, NAMES).suggests in ("no", None)


def test_a_denial_says_why_in_our_words() -> None:
    assert staff_cues("", "Retired midwife", NAMES).denied == ("formerly staff",)


def test_talk_of_ones_own_shift_is_a_cue_and_no_statement() -> None:
    cues = staff_cues("My line manager moved my shift again", "", NAMES)
    assert cues.at_work
    assert cues.suggests is None


def test_the_icbs_names_are_data() -> None:
    bio = "Analyst at Borsetshire ICB"
    assert not staff_cues("", bio, ()).icb
    assert staff_cues("", bio, ("Borsetshire ICB",)).icb


@examples(25)
@given(st.text(alphabet=st.characters(codec=None), max_size=200), st.text(max_size=100))
def test_any_text_and_bio_can_be_read(text: str, bio: str) -> None:
    assert staff_cues(text, bio, NAMES).suggests in ("icb", "nhs", "no", None)


# ── what is asked before a pattern is searched ───────────────────────────────────────────────────


@pytest.mark.parametrize("reason", NOT_NEEDS)
@examples(25)  # long patterns, of which one example takes a while
@given(data=st.data())
def test_every_match_of_a_reason_holds_one_of_the_words_that_it_needs(
    reason: str, data: st.DataObject
) -> None:
    said = data.draw(st.from_regex(NOT[reason].pattern).map(str.lower))
    if NOT[reason].search(said):  # lower case may undo a match
        assert NOT_NEEDS[reason] & words_of(said)


@examples(75)
@given(st.from_regex(SAYS_NHS.pattern).map(str.lower))
def test_who_says_that_they_work_there_needs_one_of_its_words_or_says_it_first(said: str) -> None:
    if SAYS_NHS.search(said) and not SAYS_NHS.match(said):
        assert SAYS_NHS_NEEDS & words_of(said)


def test_no_reason_is_found_in_nothing() -> None:
    assert not any(pattern.search("") for pattern in NOT.values())
    assert set(NOT) >= set(NOT_NEEDS)
