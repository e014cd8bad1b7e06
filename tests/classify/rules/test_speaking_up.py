from __future__ import annotations

from collections.abc import Mapping

import pytest

from classify.rules.speaking_up import (
    GIVEN_AWAY,
    for_a_union,
    least_of,
    protected_by_speaker,
    says_not_public,
    speaks_in_office,
    speaks_of_unions,
    works_there,
)
from core.models import PROTECTED, Protected


def scores(**known: float) -> Mapping[str, float]:
    return {value: known.get(value, 0.0) for value in PROTECTED}


def protected(
    text: str, *, bio: str = "", around: str = "", is_staff: bool = False, accuses: bool = False,
    abuses: bool = False, faulted: bool = False, gives_away: bool = False, insults: bool = False, **known: float,
) -> Protected:  # fmt: skip
    return protected_by_speaker(
        scores(**known), text, bio, around, is_staff=is_staff, accuses=accuses, abuses=abuses, faulted=faulted, gives_away=gives_away, insults=insults,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "I work nights on a ward at Northwick Park",
        "I was a healthcare assistant on an older adults' ward until this spring",
        "we was told to put patient declined for every visit we couldnt get to",
        "Reviewing as someone who worked here on and off until last Christmas",
        "Ex-HCA, Ealing. On our unit nobody checked",
        "I resigned on Friday from the courier contract",
    ],
)
def test_who_says_that_they_work_there_or_did_works_there(text: str) -> None:
    assert works_there(text)


@pytest.mark.parametrize(
    "text",
    [
        "The ward sister was kind and the doctor never came",
        "I'm his only carer and nobody rang me",
        "I'm my mum's carer, she waited nine hours",
        "My daughter waited on the ward",
    ],
)
def test_patients_and_unpaid_carers_do_not(text: str) -> None:
    assert not works_there(text)


def test_a_charge_by_who_works_there_is_a_disclosure_and_no_complaint() -> None:
    text = "I was the night nurse on that ward and the charts were filled in at five"
    assert protected(text, accuses=True, complaint=0.8, disclosure=0.1) == "disclosure"
    assert protected(text, accuses=False, complaint=0.8, disclosure=0.1) == "complaint"
    patient = "My father lay there from two and nobody came"
    assert protected(patient, accuses=True, complaint=0.8, disclosure=0.1) == "complaint"


def test_who_says_nothing_of_themselves_discloses_nothing() -> None:
    text = "The ICB gave the contract to a firm its own chair used to work for"
    assert protected(text, disclosure=0.6, criticism=0.3) == "criticism"
    assert protected("I saw it from the office", disclosure=0.6, criticism=0.3) == "disclosure"
    assert protected(text, bio="I was a matron", disclosure=0.6, criticism=0.3) == "disclosure"


@pytest.mark.parametrize(
    "text", ["Ballot papers land on Monday", "Proud to be on the picket", "anyone who went in is a scab",
             "82% YES on a 61% turnout"]
)  # fmt: skip
def test_words_of_unions_are_told(text: str) -> None:
    assert speaks_of_unions(text)


@pytest.mark.parametrize(
    "text", ["the European Union", "a striking resemblance", "Union Street surgery", "Governors met today"]
)  # fmt: skip
def test_what_only_sounds_like_unions_is_none(text: str) -> None:
    assert not speaks_of_unions(text)


def test_a_union_matter_needs_a_word_of_it_in_the_post_or_around_it() -> None:
    assert protected("Meeting tonight 7pm, bring biscuits", union=0.7, none=0.3) == "none"
    assert protected("Members, come on Thursday", bio="Unison branch secretary", union=0.7, none=0.3) == "union"  # fmt: skip
    assert protected("im there, 38 years of promises", around="Thousands strike over pay", union=0.7, none=0.2) == "union"  # fmt: skip
    assert protected("Unite meeting is Thursday 12.30", union=0.35, none=0.6) == "union"
    assert protected("Unite meeting is Thursday 12.30", union=0.2, none=0.7) == "none"


def test_staff_who_tell_of_their_own_unequal_treatment_tell_of_discrimination() -> None:
    text = "They mimic my accent in handover. HR told me to build rapport"
    assert protected(text, is_staff=True, criticism=0.8, discrimination=0.1) == "discrimination"
    assert protected("I adjusted the rota", is_staff=True, criticism=0.9, discrimination=0.01) == "criticism"  # fmt: skip


def test_staff_tell_of_it_without_the_word_and_whatever_the_model_says() -> None:
    text = "IVF appointment on Tuesday, 'restructure' meeting on Thursday."
    assert protected(text, is_staff=True, criticism=0.9, discrimination=0.0) == "discrimination"
    assert protected(text, is_staff=False, criticism=0.9, discrimination=0.0) == "criticism"
    assert protected(text, is_staff=True, criticism=0.9, discrimination=0.0, abuses=True) == "criticism"  # fmt: skip


def test_hate_by_its_author_is_protected_by_nothing_that_is_claimed_around_it() -> None:
    hate = "White staff are the ones discriminated against. Every band 8 goes to some wog."
    assert protected(hate, is_staff=True, discrimination=0.9, none=0.1) == "none"
    assert protected("He called me a wog. Nobody said a word.", is_staff=True, discrimination=0.9, none=0.1) == "discrimination"  # fmt: skip


def test_staff_who_tell_of_hidden_harm_disclose_however_angry_they_are() -> None:
    angry = "Furious. Two deaths on that pathway and they deleted the emails. Shameless liars."
    assert protected(angry, is_staff=True, none=0.9, abuses=True, insults=True) == "disclosure"
    assert protected(angry, is_staff=True, none=0.9, abuses=True) == "none"  # a threat, say
    assert protected(angry, is_staff=False, none=0.9, abuses=True, insults=True) == "none"


def test_who_worked_there_once_and_alleges_a_wrong_discloses() -> None:
    text = "I used to work at the hub. Letters went in a drawer to make the month look good."
    assert protected(text, is_staff=False, criticism=0.9, accuses=True) == "disclosure"
    assert protected(text, is_staff=False, criticism=0.9, accuses=False) == "criticism"
    assert protected(text, is_staff=False, criticism=0.9, accuses=True, abuses=True) == "criticism"


def test_a_reprisal_of_which_nothing_says_that_it_is_not_public_is_no_leak() -> None:
    text = "Formal warning for telling the audit committee the truth. Worth it."
    assert protected(text, is_staff=True, criticism=0.9, gives_away=True) == "disclosure"
    draft = f"{text} Attaching the draft report."
    assert protected(draft, is_staff=True, criticism=0.9, gives_away=True) == "criticism"
    assert least_of("confidential", "disclosure", text)[0] > 0.9
    assert least_of("confidential", "disclosure", draft)[0] <= GIVEN_AWAY


@pytest.mark.parametrize(
    ("bio", "office"),
    [
        ("FTSU Guardian | NHS North West London", True), ("Chaplain at Northwick Park", True), ("Staff side chair, NHS NW London", True),
        ("Steward, UNISON Northwick Park branch", True), ("Reader of The Guardian, speaks up for cats", False), ("Official page of NHS North West London", False),
    ],
)  # fmt: skip
def test_an_office_by_which_colleagues_are_told_of_things(bio: str, office: bool) -> None:
    assert speaks_in_office(bio) is office


def test_staff_who_spoke_up_and_suffered_for_it_disclose() -> None:
    text = "Spoke up in March. Off the rota by April."
    assert protected(text, is_staff=True, criticism=0.7, disclosure=0.1) == "disclosure"


def test_what_a_union_tells_of_its_own_and_unequal_treatment_that_nobody_charges_need_more() -> (
    None
):
    assert least_of("confidential", "union", "members' meeting on Thursday")[0] > 0
    assert least_of("confidential", "disclosure", "the draft report")[0] <= GIVEN_AWAY
    assert least_of("allegation", "discrimination", "Booked an interpreter, nobody came")[0] > 0
    assert least_of("allegation", "discrimination", "that is unlawful")[0] == 0
    assert least_of("allegation", "discrimination", "I lost the baby, they did not listen")[0] == 0


def test_a_claim_of_detriment_is_a_disclosure_of_who_works_there_and_of_nobody_else() -> None:
    text = "Raised a safety concern in spring. Performance plan by summer."
    assert protected(text, is_staff=True, none=0.9) == "disclosure"
    assert protected(text, is_staff=True, criticism=0.9) == "disclosure"
    assert protected(text, is_staff=True, complaint=0.9) == "disclosure"
    assert protected(text, complaint=0.9) == "complaint"
    assert protected("It was a good spring", is_staff=True, none=0.9) == "none"


def test_no_claim_of_detriment_covers_abuse_or_a_leak() -> None:
    text = "She raised a complaint about me and now I am on a performance plan, the rat"
    assert protected(text, is_staff=True, abuses=True, none=0.9) == "none"


CONSULTATION = "At the staff consultation meeting they could not tell members how many jobs go"


@pytest.mark.parametrize(
    "bio",
    ["Unison branch secretary", "GMB convenor, west London", "RCN rep", "staff side chair", "BMA LNC rep"],
)  # fmt: skip
def test_an_officer_who_speaks_of_a_unions_business_speaks_of_a_union_matter(bio: str) -> None:
    assert for_a_union(CONSULTATION, bio)
    assert protected(CONSULTATION, bio=bio, is_staff=True, criticism=0.9) == "union"


def test_what_is_no_business_of_a_union_is_no_union_matter_by_whomever() -> None:
    assert not for_a_union("Lovely walk by the canal", "Unison branch secretary")
    assert not for_a_union(CONSULTATION, "Analyst")
    danger = "The members' consultation said nothing of it: the ward is unsafe and they lied"
    assert protected(danger, bio="RCN rep", is_staff=True, disclosure=0.9) == "disclosure"


def test_an_officers_news_is_a_leak_only_where_the_model_is_all_but_sure_or_words_say_so() -> None:
    known = least_of("confidential", "union", CONSULTATION, "Unison branch secretary")[0]
    leaked = "Members have sent us the confidential HR file of a colleague"
    assert known > least_of("confidential", "union", leaked, "Unison branch secretary")[0] > 0
    assert says_not_public("decided in the private session yesterday")
    assert not says_not_public(CONSULTATION)


def test_a_reprisal_is_no_allegation_of_more_unless_words_tell_danger_or_a_wrong() -> None:
    reprisal = "Went to the Guardian in May, off every clinic list since"
    assert least_of("allegation", "disclosure", reprisal)[0] > 0
    for text in (f"{reprisal}. It is unsafe.", f"{reprisal}. A man died."):
        assert least_of("allegation", "disclosure", text)[0] == 0
    assert least_of("confidential", "disclosure", reprisal)[0] > 0
    assert least_of("pid", "disclosure", reprisal)[0] == 0


@pytest.mark.parametrize("flag", ["threat", "pid", "safeguarding", "security"])
def test_nothing_that_is_protected_takes_danger_or_a_patients_name_out_of_sight(flag: str) -> None:
    for kind in ("disclosure", "union", "discrimination"):
        assert least_of(flag, kind, "See you at the gate at 7, bring the drum")[0] == 0


def test_no_insult_and_no_leak_is_put_on_what_speaks_up_by_half_a_guess() -> None:
    for flag in ("derogatory", "confidential"):
        assert least_of(flag, "disclosure", "They knew of the fridge and told nobody")[0] >= 0.5
        assert least_of(flag, "criticism", "They knew of the fridge and told nobody")[0] == 0


def test_who_tells_of_no_danger_and_no_wrong_alleges_only_what_the_model_sees_well() -> None:
    assert least_of("allegation", "disclosure", "It was me. I told the paper.")[0] > 0.32
    for wrong in ("the patients lay there all night", "made up numbers on every chart", "it is unlawful"):  # fmt: skip
        assert least_of("allegation", "disclosure", f"It was me. {wrong}")[0] == 0


def test_staff_treated_worse_for_who_they_are_tell_of_discrimination_though_it_reads_as_disclosure() -> (
    None
):
    text = "They took my adjusted hours off me the week I told them it was menopause. Unlawful, says ACAS."
    assert (
        protected(text, is_staff=True, accuses=True, disclosure=0.7, discrimination=0.3)
        == "discrimination"
    )
    danger = f"{text} And the patients in bay 3 were left."
    assert (
        protected(danger, is_staff=True, accuses=True, disclosure=0.7, discrimination=0.3)
        == "disclosure"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Asked for a captioner in spring. It's November. I lipread my own appraisal",
        "OH said I need the chair. Asked twice, still waiting",
        "applied for a later start, told no, everyone else would want one",
    ],
)
def test_an_adjustment_that_staff_asked_for_in_vain_is_discrimination(text: str) -> None:
    assert protected(text, is_staff=True, criticism=0.6, discrimination=0.3) == "discrimination"
    given = "Asked for a chair on Monday and it came on Tuesday, thank you"
    assert protected(given, is_staff=True, none=0.6, discrimination=0.3) == "none"


def test_a_record_that_is_gone_is_no_unequal_treatment() -> None:
    text = "datix deleted. mine. twice."
    assert protected(text, is_staff=True, discrimination=0.7, disclosure=0.2) == "disclosure"
    signed = (
        "Manager asked me to write that the doctor came at 2. I said no. Nobody speaks to me now"
    )
    assert protected(signed, is_staff=True, discrimination=0.7, disclosure=0.2) == "disclosure"


def test_staff_who_tell_of_danger_to_others_disclose_what_reads_as_criticism() -> None:
    text = "Ten trolleys in the corridor and one tap, the patients have no sockets for oxygen"
    assert protected(text, is_staff=True, accuses=True, criticism=0.8) == "disclosure"
    assert protected("The canteen shuts at two", is_staff=True, accuses=True, criticism=0.8) == "criticism"  # fmt: skip
    assert protected(text, is_staff=True, accuses=True, criticism=0.8, abuses=True) == "criticism"


def test_a_disclosure_that_is_a_guess_and_tells_nothing_is_none() -> None:
    text = "Had both done on Tuesday, one in each arm. Sore but no bother"
    assert protected(text, is_staff=True, disclosure=0.45, union=0.2, none=0.3) == "none"
    assert protected(text, is_staff=True, disclosure=0.8, none=0.1) == "disclosure"
    assert protected(f"{text}. They lied to us", is_staff=True, disclosure=0.45, none=0.3) == "disclosure"  # fmt: skip


@pytest.mark.parametrize(
    ("text", "around"),
    [
        ("Proud to be on the line at Charing Cross this morning. Bring flapjack", ""),
        ("posted mine from the box at 4am, yes and yes", "Ballot closes Friday. Have you posted yours?"),
        ("joined the union today, about time", ""),
    ],
)  # fmt: skip
def test_staff_who_stand_with_their_union_speak_of_a_union_matter(text: str, around: str) -> None:
    assert protected(text, around=around, is_staff=True, none=0.9) == "union"
    assert protected(text, around=around, is_staff=True, none=0.9, abuses=True) == "none"
    assert protected(text, around=around, is_staff=False, none=0.9) == "none"


def test_a_strike_that_moves_ones_own_care_is_a_complaint_unless_it_is_wished_well() -> None:
    text = "Strike's on again so my cataract op is off. Third time"
    assert protected(text, union=0.8, complaint=0.1) == "complaint"
    assert protected(f"{text}. Good luck to them all the same", union=0.8, complaint=0.1) == "union"


def test_the_unequal_care_of_a_relative_is_a_complaint_and_ones_own_discrimination() -> None:
    kin = "They refused my deaf dad an interpreter five times running. St Mary's"
    assert protected(kin, discrimination=0.9, complaint=0.05) == "complaint"
    own = "I'm deaf and they refused me an interpreter, then shouted my name at my back"
    assert protected(own, discrimination=0.2, complaint=0.7) == "discrimination"


def test_who_says_who_they_are_and_complains_of_a_wait_makes_a_complaint() -> None:
    text = "I am Polish and on the phone they hang up after thirty minutes. Three days I try"
    assert protected(text, discrimination=0.5, complaint=0.4) == "complaint"
    assert protected(text, discrimination=0.9, complaint=0.05) == "discrimination"
