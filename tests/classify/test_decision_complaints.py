"""What patients and relatives tell of care: no hate in a wish, serious harm however mildly told, faults beside praise, mockery under our news."""

from __future__ import annotations

import pytest

from core.context import AnsweredPost, Context
from tests.classify.test_decision import flag, names, read

HERE = {"in_scope": 0.9}
LOST = "Lost my sight in one eye waiting for Northwick Park to ring back"


def our_post(text: str) -> Context:
    return Context(answered=(AnsweredPost(text=text, official=True),))


def test_a_wish_for_a_doctor_of_ones_own_sex_is_a_complaint_and_no_hate() -> None:
    says = {"doctor": HERE | {"hate": 0.98, "protected.none": 0.9}}
    reading = read("Would not let me see a female doctor at Northwick Park", says=says)
    assert (reading.protected, reading.sentiment, names(reading)) == (
        "complaint",
        "negative",
        set(),
    )
    attacks = read("Get me an English doctor at Northwick Park, no foreign doctor", says=says)
    assert "hate" in names(attacks)


def test_a_wish_takes_back_no_other_abuse() -> None:
    says = {"doctor": HERE | {"hate": 0.98, "threat": 0.9}}
    reading = read("Let me see a female doctor at Northwick Park or I burn it down", says=says)
    assert "threat" in names(reading)
    assert reading.protected == "none"


def test_a_lasting_injury_put_down_to_care_is_a_serious_allegation_whatever_the_model_thinks() -> None:  # fmt: skip
    allegation = flag(read(LOST, says={"": HERE}), "allegation")
    assert allegation.harm == "serious"
    assert allegation.explanation is not None
    assert "allegation" not in names(read(LOST, says={"": {"in_scope": 0.0}}))


def test_an_outlet_that_reports_it_accuses_nobody() -> None:
    assert "allegation" not in names(read(LOST, says={"": HERE | {"media": 0.9}}))
    assert "allegation" not in names(read(LOST, says={"": HERE}, handle="brentcouncil"))


def test_a_charge_in_few_words_is_read_with_the_death_that_it_answers() -> None:
    inquest = our_post("We thank the coroner for her findings at the inquest")
    reading = read("You knew and did nothing", says={"": HERE}, context=inquest)
    assert flag(reading, "allegation").harm == "serious"
    jabs = our_post("Flu jabs from Monday")
    assert "allegation" not in names(read("You knew and did nothing", says={"": HERE}, context=jabs))  # fmt: skip


@pytest.mark.parametrize("name", ["hate", "harassment", "threat"])
def test_vermin_on_a_ward_insult_nobody_unless_the_words_abuse_otherwise(name: str) -> None:
    text = "Shame about the cockroaches on the ward at Northwick Park"
    says = HERE | {"derogatory": 0.95}
    assert "derogatory" not in names(read(text, says={"ward": says}))
    assert "derogatory" in names(read(text, says={"ward": says | {name: 0.9}}))


def test_a_word_of_judgement_insults_one_who_can_be_told() -> None:
    reading = read("Dr Shaw is useless. Northwick Park", says={"": HERE})
    assert flag(reading, "derogatory").spans[0] == (0, len("Dr Shaw is useless"))
    assert "derogatory" not in names(read("Doctors at Northwick Park are useless", says={"": HERE}))


def test_a_night_on_a_trolley_is_a_complaint_beside_any_praise() -> None:
    glad = {"": HERE | {"sentiment.positive": 0.9, "sentiment.neutral": 0.0, "protected.complaint": 0.3, "protected.none": 0.6}}  # fmt: skip
    reading = read("14 hours on a trolley at Northwick Park. The staff were angels.", says=glad)
    assert (reading.sentiment, reading.protected) == ("negative", "complaint")
    assert read("The staff at Northwick Park were angels.", says=glad).sentiment == "positive"


def test_mockery_under_our_news_is_negative_and_elsewhere_the_models_to_judge() -> None:
    glad = {"": HERE | {"sentiment.positive": 0.9, "sentiment.neutral": 0.0}}
    closure = our_post("The walk-in clinic closes on 30 September")
    assert read("Thanks a bunch", says=glad, context=closure).sentiment == "negative"
    assert read("Thanks a bunch", says=glad).sentiment == "positive"
