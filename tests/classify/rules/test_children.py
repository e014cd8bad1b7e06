"""An age under 18 or a school that somebody goes to is seen; years of other things are none."""

from __future__ import annotations

import time

import pytest

from classify.rules.children import names_child, tells_of_harm

CHILD = (
    "my 14 year old on CAMHS has waited two years",
    "My 14-year-old on the CAMHS list since March",
    "She is in year 9 at Willowmere and has stopped eating",
    "a year 9 at Willowmere told my girl that the nurse laughed",
    "aged 7 and still no hearing test",
    "A boy, aged seven, left on a trolley for nine hours",
    "my son is 9 and was sent home twice",
    "Our daughter (12) can't sleep for the pain",
    "my six year old was left in a corridor",
    "4yo with asthma, told to ring 111",
    "my lad's 15 y/o and nobody will see him",
    "He has just turned 16 and they moved him to adults",
    "I'm 15 and I can't tell my mum",
    "im 16, nobody at the clinic listens",
    "i've just turned 17 and they stopped my appointments",
    "our 6 week old baby was turned away",
    "My baby is 10 months old and covered in eczema",
    "my toddler swallowed a battery and we waited four hours",
    "her school says she needs an assessment first",
    "he has missed school for a year because of this",
    "My daughter is bullied at school and CAMHS do nothing",
    "he goes to Larkfield Primary School and has no speech therapist",
    "a pupil at the academy collapsed, the ambulance took an hour",
    "revising for her GCSEs from a hospital bed",
    "my Year 11 student can't get a GP letter",
    "our youngest starts reception class without a care plan",
    "twins in year 3, both deaf, no audiology",
    "She's only 13!",
    "they gave my 8 week old the wrong jabs",
    "the two days that I take my disabled son to school",
)
NO_CHILD = (
    "14 years ago my mother died there",
    "a 30 year old with chest pain",
    "a 7 year wait for a wheelchair",
    "waited 14 hours on a chair",
    "aged 72, on a trolley all night",
    "over the age of 65 and nobody rings back",
    "free for ages 16 and over",
    "open to anyone aged 16 to 64",
    "a 12 year old scanner that breaks every week",
    "that is a 5 year old policy",
    "It replaces a machine that was 13 years old",
    "I was thirty one years old and had a job",
    "my supervisor sulks like a toddler",
    "the panel decided that hers is not a primary health need",
    "our 9 year old dog is calmer than that receptionist",
    "a 6 month old referral and still nothing",
    "at 17 per cent it is the worst in London",
    "I'm 14th in the queue",
    "I'm 12 weeks pregnant and nobody answers",
    "I'm 10 minutes away and they will not see me",
    "when I was 14 a nurse here saved my life",
    "as a 15 year old I was on that ward; I'm forty now",
    "in year 3 of the contract nothing has improved",
    "foundation year 2 at Northwick Park, and exhausted",
    "I'm a year 5 medical student on placement",
    "went to medical school with him",
    "London School of Hygiene says otherwise",
    "that's very old school of them",
    "car park next to the primary school is closed",
    "year 2 at university and still no GP",
    "ward 7 is filthy",
    "call 111 or 999",
    "7 out of 10 for the new clinic",
    "the board will meet at 4 and again at 5",
    "my sister is 34 and cannot walk",
    "he's 17 stone and they laughed at him",
)


@pytest.mark.parametrize("text", CHILD)
def test_a_child_is_seen(text: str) -> None:
    assert names_child(text)


@pytest.mark.parametrize("text", NO_CHILD)
def test_other_years_and_numbers_are_no_child(text: str) -> None:
    assert not names_child(text)


@pytest.mark.parametrize("bio", ["15 | she/her | Harrow", "art account, 16 ✨", "Year 10 student", "14 yo goalkeeper"])  # fmt: skip
def test_what_a_writer_says_of_themselves_counts(bio: str) -> None:
    assert names_child("The wait is a joke", bio)


@pytest.mark.parametrize("bio", ["Mum of 2 | Harrow", "nurse, 15 years in the NHS", "Est. 2016", "Liverpool 4 Arsenal 1"])  # fmt: skip
def test_of_an_adult_nothing_counts(bio: str) -> None:
    assert not names_child("The wait is a joke", bio)


@pytest.mark.parametrize("text", ["she is in year " * 3000, "my son " * 8000, "goes to " + "a " * 20000, "1" * 50000, "my " * 20000])  # fmt: skip
def test_words_without_end_are_read_in_time(text: str) -> None:
    began = time.process_time()
    names_child(text)
    assert time.process_time() - began < 2


TOLD_OF_ONESELF = (
    "I am 12", "im 13", "I’m in year 8", "I'm in year 8 and nobody believes me", "I am twelve", "im 13 pls help", "I’m 12 I hate it",
    "I am 12 lol",
)  # fmt: skip
NO_AGE_OF_ONESELF = (
    "I am 12 weeks pregnant", "I am 12 stone", "year 8 of this", "I'm in year 8 of this", "I am 7 and a half months pregnant",
    "I'm 12 miles away", "I am 12th on the list", "I'm 17 minutes late", "I'm 10.5 stone", "I'm 12:30 at the clinic",
)  # fmt: skip


@pytest.mark.parametrize("text", TOLD_OF_ONESELF)
def test_an_age_told_of_oneself_in_plain_words_marks_a_child(text: str) -> None:
    assert names_child(text)


@pytest.mark.parametrize("text", NO_AGE_OF_ONESELF)
def test_a_figure_that_is_no_age_marks_none(text: str) -> None:
    assert not names_child(text)


@pytest.mark.parametrize(
    "text",
    [
        "I am 12 and my school nurse told everyone about my scars. I hate myself.",
        "im 13, they bully me every day at school and CAMHS said wait",
        "I'm in year 8 and I get bullied and nobody at the clinic listens",
        "I'm a 14 year old girl. I have been hurting myself since March",
        "I’m 15 and i don’t want to be here",
        "i'm in yr 9, my bullies are in the waiting room",
    ],
)
def test_a_child_who_tells_of_self_harm_or_bullying_is_seen(text: str) -> None:
    places = tells_of_harm(text)
    assert places
    assert all(text[start:end].strip() for start, end in places)


@pytest.mark.parametrize(
    "text",
    [
        "I am 12 weeks pregnant and I hate myself for smoking",
        "I am 12 stone and get bullied by your leaflets",
        "Year 8 of this and the board still bullies me",
        "I'm in year 8 of this and they bully me",
        "I'm 15 and was never bullied",
        "I am 16 and the nurse was lovely",
        "When I was 13 I used to cut myself",
        "My daughter is 13 and the dentist was late",
        "I'm 41 and I hate myself",
    ],
)  # fmt: skip
def test_who_tells_no_age_of_a_child_or_of_no_harm_is_not(text: str) -> None:
    assert tells_of_harm(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "I'm 17 and a year clean today, my scars have healed. Thank you CAMHS",
        "im 15 and they bullied me at school last year but its over now, new school is great",
        "i'm 16, i used to hurt myself and i'm so much better now",
    ],
)
def test_a_child_who_has_come_through_it_is_left_to_the_model(text: str) -> None:
    assert tells_of_harm(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "im 15, two days clean and i cut myself again",
        "I'm 14. I used to be happy. Now I hate myself",
        "I'm 16 and they still bully me, mum says it's over now",
    ],
)
def test_one_for_whom_it_is_not_over_is_looked_at(text: str) -> None:
    assert tells_of_harm(text)


# As people tell of somebody else's child, and of what is none.
TOLD_OF = (
    "my mate's lad, year 9, waited 8 months for camhs",
    "A neighbour's girl in yr 4 was sent home with no inhaler",
    "she's only 7 and they left her on a trolley",
    "He's 11 and he can't get a dentist",
    "my friend's daughter who is 13 was turned away",
    "his boy, 6, screamed all night in A&E",
    "our lad's in Year 10 and nobody rings back",
    "My sister's kid, 3, waited five hours",
    "she is fifteen and self harming and nobody came",
    "the wee one is 18 months and has a rash",
    "My grandson's nursery says the health visitor never came",
    "reception age child left without a hearing test",
    "primary 5 class had no school nurse this year",
    "mate's teenage son has waited two years for autism assessment",
    "My mate's lad (Y9) got told to wait",
    "took my toddler to Northwick Park, 9 hours",
    "our newborn was sent home jaundiced",
    "a girl from St Marks primary collapsed and no ambulance came",
    "her twins (aged 4) had no jabs",
    "they lost the referral of a lad in Year 11",
    "My colleague's little boy is five and cannot talk yet, no SALT",
    "Baby is 9 weeks old and not feeding, 111 useless",
    "my stepson turned 16 last week and they dropped him",
    "the kid next door, about 8, has been coughing for a month",
    "my 10yo was refused",
    "DD13 on the camhs list since May",
    "14F, my niece, is on an adult ward",
    "Our year 7s got no vaccines",
    "nephew aged twelve, no psychologist",
    "she goes to nursery and has not been seen",
)
NONE_TOLD_OF = (
    "my 15 year career in this trust ends today",
    "year 9 of waiting for a hip",
    "the 7 year old boiler broke at Ealing",
    "we were told 5 to 10 working days",
    "Ward 7 was spotless",
    "I'm 65 and she's only 62",
    "Year 2 of this plan and no new GPs",
    "a 12 year wait for the new hospital",
    "year 3 student nurse here, lovely ward",
    "when I was 9 they took my tonsils out",
    "my son is 34 and a paramedic",
    "in year 1 of the contract they saved 4 million",
    "it took only 7 minutes",
    "he is 5 months into his job at the ICB",
    "her 16 years as a midwife counted for nothing",
    "My mate's van, 11 years old, was clamped at the surgery",
    "a team of 12 kids themselves that this works",
    "she is 7 weeks pregnant",
    "We have 14 on shift tonight",
    "over 16s only clinic moved to Wembley",
    "the lift is only 8",
    "my daughter is 17 stone lighter since the clinic",
    "Band 7 nurse, 10 years in",
    "GP lad told me to come back in 5 days",
    "mate's dog, 9, was seen faster",
    "Year 10 figures are out for the trust",
    "nursery nurse vacancy at Hillingdon",
    "he is 8 miles from the clinic",
    "adults aged 18 and over",
    "my girl at work is 40",
)


@pytest.mark.parametrize("text", TOLD_OF)
def test_a_child_whom_somebody_else_tells_of_is_seen(text: str) -> None:
    assert names_child(text)


@pytest.mark.parametrize("text", NONE_TOLD_OF)
def test_years_weeks_and_grown_up_children_are_none(text: str) -> None:
    assert not names_child(text)
