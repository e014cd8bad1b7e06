from __future__ import annotations

import pytest

from classify.rules.detriment import claims_detriment


@pytest.mark.parametrize(
    "text",
    [
        "Raised a concern in spring at NHS North West London. Performance plan by summer.",
        "You spoke up and they moved your desk to the corridor. It was me by the way.",
        "Spoke to the Guardian in May. In June the job was gone from the structure.",
        "Concern raised: 4 March. Disciplinary letter: 19 March. Draw your own conclusions.",
        "We reported the sharps. Supervisor gives us the sluice every shift now.",
        "Reported the dose errors, got reported myself. Pick one.",
        "Blew the whistle on bed rails, lost my band 7.",
        "Email to the chief exec about falls data on a Monday, meeting with HR on the Wednesday.",
        "complained about the fire doors and got a written warning for being 4 minutes late",
        "Wrote to the trust about children interpreting. Bookings stopped. Nine years, then nothing.",
        "the day after our team wrote to the CQC the three of us who signed were split across three sites",
        "Flag a controlled drugs discrepancy and you get put on a capability. Happened to me in July.",
        "they say speak up. someone did. she was me. im on long term sick now",
        "my locker was emptied the week after i spoke to cqc",
        "Moved desks, moved team, moved off the project since March, when I put it in writing",
        "told matron the checks werent being done. now nobody will sit with me at break",
        "Put a concern in about agency checks in February. Disciplinary for my tone by April.",
        "I spoke up about the fridges. Since then my rota has been nights only.",
        "Wrote 'unsafe' in the handover book. I've now a meeting with HR.",
    ],
)
def test_what_came_of_speaking_up_is_a_claim_however_it_leaves_out_who_and_why(text: str) -> None:
    assert claims_detriment(text)


@pytest.mark.parametrize(
    "text",
    [
        "Raised a concern about the lockers in spring, new lockers by summer. Somebody listens here.",
        "After I reported the broken lift they moved the clinic to the ground floor. Sensible.",
        "Moved off nights after eight years. Sleep!",
        "Put a cake in the staff room in May. Nights only till Friday, then leave",
        "Performance plan for the year is out on our site, have a read",
        "Speaking up month: come and meet our Guardian by the canteen on Thursday",
        "Last day of our Julie after 41 years, cake in the post room till it is gone",
        "With sadness I report that our posts were 'at risk' from Monday",
        "My mate spoke up about her boss at the bakery and they cut her hours",
        "A nurse in Leeds who raised concerns was sacked, says the judgment",
    ],
)
def test_what_came_right_what_befalls_anybody_and_what_is_told_of_others_is_none(text: str) -> None:
    assert not claims_detriment(text)


def test_words_that_stand_far_apart_are_no_claim() -> None:
    spoke, befell = "I raised a concern about the rota. ", "In May I was redeployed to Harrow."
    assert claims_detriment(spoke + befell)
    assert not claims_detriment(spoke + "The garden is lovely and the bus was late. " * 8 + befell)
