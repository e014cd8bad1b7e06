"""What an answer says of why a flag is there, or is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import batch, decision
from classify.classifier import Classifier, add_impersonation_flags
from classify.inputs import Known
from classify.policy import schema
from core.context import NOWHERE
from core.explanation import FlagExplanation, RuleStep, SuppressedFlag
from core.models import LOOKS_LIKE, SHOWS_LOGO, Author, Reading
from tests.classify.test_decision import (
    BODIES,
    ENGLISH,
    EVERYTHING,
    NEAR,
    NHS_NUMBER,
    OFFICIAL,
    OUT,
    RULES,
    STAFF,
    flag,
    read,
    turned_on,
)
from tests.classify.test_decision import WORKDAY as TUESDAY
from tests.fakes import FLAGS, FakeModel
from tests.fuzz.profiles import examples


def why(reading: Reading, name: str) -> FlagExplanation:
    found = flag(reading, name).explanation
    assert found is not None
    return found


def suppressed(reading: Reading) -> dict[str, FlagExplanation]:
    assert reading.explanation is not None
    return {entry.name: entry.explanation for entry in reading.explanation.suppressed}


def basis(reading: Reading) -> str:
    assert reading.explanation is not None
    return reading.explanation.staff


def last_rule(explanation: FlagExplanation) -> str:
    return explanation.rules[-1].rule


def test_a_flag_that_the_model_alone_put_on_has_its_score_its_threshold_and_no_rule() -> None:
    reading = read(ENGLISH, says={"late": {"threat": 0.83219}})
    assert why(reading, "threat") == FlagExplanation(
        model=0.8322, threshold=RULES.flags["threat"].threshold
    )
    assert suppressed(reading) == {}


def test_what_rules_moved_is_told_step_by_step_from_the_models_score_to_the_flags() -> None:
    text = "The vicar from our church was on the ward with her stroke today"
    found = why(read(text, says={"vicar": {"pid": 0.3}}), "pid")
    assert found.model == 0.3
    assert [step.before for step in found.rules] == [
        0.3,
        *(step.after for step in found.rules[:-1]),
    ]
    assert found.rules[0].rule == "somebody is singled out by work, place or ties"
    assert found.rules[-1].after == flag(read(text, says={"vicar": {"pid": 0.3}}), "pid").score


def test_an_identifier_is_told_by_its_kind_and_never_by_itself() -> None:
    text = f"My NHS number is {NHS_NUMBER} and still no answer"
    found = why(read(text), "pid")
    assert found.model == 0.0
    assert last_rule(found) == "an identifier was found: digits that the words call an NHS number"


def test_a_missing_disclaimer_rests_on_a_rule() -> None:
    reading = read(ENGLISH, says={"late": STAFF | {"no_disclaimer": 0.4}})
    found = why(reading, "no_disclaimer")
    assert (found.model, [step.before for step in found.rules]) == (0.4, [0.4])
    assert "staff speak of work" in last_rule(found)


@pytest.mark.parametrize(
    ("name", "said", "asked", "rule"),
    [
        ("derogatory", NEAR, {}, "not about us"),
        ("security", OUT, {}, "nothing speaks for local health care"),
        ("media", {"flagged": decision.LOOKS_CLEAN - 0.01}, {}, "looks clean to the model"),
        ("grievance", {}, {}, "not known to be staff"),
        ("no_disclaimer", {}, {}, "only staff need a disclaimer"),
        ("no_disclaimer", STAFF, {"bio": "All views my own"}, "says whose views they are"),
        ("assistance", {}, {"handle": "HealthierNWL"}, "speaks for the organisation"),
        ("brand", {}, {"handle": "BrentCouncil"}, "profile of a public body"),
    ],
)
def test_what_a_rule_held_back_is_told_with_the_rule(
    name: str, said: Mapping[str, float], asked: Mapping[str, str], rule: str
) -> None:
    reading = read(ENGLISH, says={"late": {name: 0.95, **said}}, **asked)  # type: ignore[arg-type]
    found = suppressed(reading)[name]
    assert (found.model, found.rules[-1].after) == (0.95, 0.0)
    assert rule in last_rule(found)
    assert name not in {flag.name for flag in reading.flags}


def test_what_an_account_of_ours_said_is_held_back_as_unsure() -> None:
    reading = read(ENGLISH, says={"late": {"security": 0.7}}, handle="HealthierNWL")
    assert "cleared before" in last_rule(suppressed(reading)["security"])


def test_what_was_below_its_threshold_anyway_is_not_told() -> None:
    low = RULES.flags["derogatory"].threshold - 0.01
    assert suppressed(read(ENGLISH, says={"late": {"derogatory": low} | NEAR})) == {}


def test_of_what_can_not_be_read_the_model_has_no_score() -> None:
    reading = read(f"لم أتمكن من الحصول على موعد منذ ثلاثة أسابيع {NHS_NUMBER}")
    assert why(reading, "pid").model is None
    assert why(reading, "pid").rules[0].before is None
    assert suppressed(reading) == {}


def test_a_rule_alone_has_no_score_of_the_model() -> None:
    rules = turned_on("working_hours")
    reading = read(ENGLISH, says={"late": STAFF | OUT}, rules=rules, posted_at=TUESDAY)
    assert why(reading, "working_hours") == FlagExplanation(
        model=None, threshold=0.5,
        rules=(RuleStep(rule="posted in working hours, and not about work", before=None, after=1.0),),
    )  # fmt: skip


def test_elsewhere_the_head_that_judged_is_told() -> None:
    said = {"late": {"hate": 0.01, "task.dynahate": 0.97} | OUT}
    found = why(read(ENGLISH, says=said, all_scopes=True), "hate")
    assert (found.model, found.rules[-1].after) == (0.01, 0.97)
    assert "public data" in last_rule(found)


@pytest.mark.parametrize(
    ("said", "asked", "told"),
    [
        ({"staff.no": 0.99}, {}, "the model, which is all but sure"),
        ({"staff.no": 0.6}, {}, "the model: neither profile nor text"),
        ({"staff.no": 0.6}, {"bio": "Nurse at Northwick Park"}, "the profile, which says that its author works for the NHS"),
        ({"staff.no": 0.6}, {"bio": "Finance lead, NHS North West London"}, "the profile, which says that its author works for the ICB"),
        ({"staff.no": 0.6}, {"bio": "ex-NHS manager"}, "the profile, which says that its author is formerly staff"),
        ({}, {"handle": "BrentCouncil"}, "the register"),
    ],
)  # fmt: skip
def test_what_staff_rests_on_is_told(
    said: Mapping[str, float], asked: Mapping[str, str], told: str
) -> None:
    reading = read(ENGLISH, says={"late": {"staff.no": 0.6, **said}}, **asked)  # type: ignore[arg-type]
    assert basis(reading).startswith(told)


def test_a_cue_in_the_text_is_told_apart_from_one_in_the_profile() -> None:
    text = f"{ENGLISH}. As a nurse here I am ashamed"
    assert basis(read(text, says={"late": {"staff.no": 0.6}})).startswith("the text, which says")


@pytest.mark.parametrize(("mark", "name"), [(LOOKS_LIKE, "impersonation"), (SHOWS_LOGO, "brand")])
def test_what_was_compared_before_reading_is_told_too(mark: str, name: str) -> None:
    found = why(add_impersonation_flags(read(ENGLISH), (f"{mark}ours",), RULES), name)
    assert (found.model, [(step.before, step.after) for step in found.rules]) == (
        None,
        [(None, 0.9)],
    )


def test_what_a_rule_held_back_and_a_mark_put_on_is_told_once_with_both() -> None:
    reading = read(ENGLISH, says={"late": {"impersonation": 0.95} | NEAR})
    found = add_impersonation_flags(reading, (f"{LOOKS_LIKE}@healthiernwl",), RULES)
    told = why(found, "impersonation")
    assert told.model == 0.95
    assert [(step.before, step.after) for step in told.rules] == [(0.95, 0.0), (0.0, 0.9)]
    assert "impersonation" not in suppressed(found)


# ── what may stand in it ─────────────────────────────────────────────────────────────────────────

ODD = "zyzzyva"  # stands in every field of a post and nowhere in our own words


@examples(25)
@given(
    st.fixed_dictionaries({name: st.sampled_from([0.0, 0.3, 0.99]) for name in (*FLAGS, "in_scope")}),
    st.sampled_from([
        f"{ODD} at the ward: NHS number {NHS_NUMBER}, ring {ODD} on 07700 900123",
        f"Mrs {ODD.title()} has pneumonia, Dr {ODD} told me at Northwick Park",
        f"I work for the ICB in {ODD}, {ODD}@example.org",
    ]),
    st.sampled_from(["", f"Nurse at {ODD} hospital", f"ex-NHS, {ODD}", f"{ODD} lead, NWL ICB"]),
)  # fmt: skip
def test_no_word_of_a_post_no_name_and_no_handle_stands_in_it(
    says: dict[str, float], text: str, bio: str
) -> None:
    reading = read(text, says={" ": says}, bio=bio, handle=f"@{ODD}", name=ODD.title())
    marked = add_impersonation_flags(reading, (f"{LOOKS_LIKE}@{ODD}",), RULES)
    for explained in (reading, marked):
        told = [batch._flag(flag).get("why") for flag in explained.flags]
        assert ODD not in json.dumps(told).lower()
        assert "999" not in json.dumps(told)
        answer = json.loads(batch.answer(line(), explained, "low", policy="p", model="m"))
        assert ODD not in json.dumps(answer["why"]).lower()


def line() -> batch.Line:
    return batch.Line(id=1, text="", platform="x", author=Author(), shares=None, posted_at=None)


def test_every_explanation_leads_from_the_models_score_to_that_of_the_flag() -> None:
    classifier = Classifier(
        Known(names=("NWL ICB",), official=OFFICIAL, register=BODIES),
        FakeModel(says={"late": EVERYTHING | STAFF}), rules=RULES,
    )  # fmt: skip
    (reading,) = classifier.read([Line(ENGLISH)])
    for found in reading.flags:
        told = why(reading, found.name)
        assert (told.rules[-1].after if told.rules else told.model) == found.score


class Line:
    platform, posted_at, author, context = "x", None, Author(), NOWHERE

    def __init__(self, text: str) -> None:
        self.text = text


# ── as it goes out ───────────────────────────────────────────────────────────────────────────────


def answered(reading: Reading) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(batch.answer(line(), reading, "low", policy="p", model="m"))
    return told


def test_an_answer_ends_with_why_and_so_does_each_of_its_flags() -> None:
    said = {"late": {"threat": 0.8, "grievance": 0.9, "staff.no": 0.6}}
    told = answered(read(ENGLISH, says=said))
    assert list(told)[-2:] == ["model", "why"]
    assert told["why"] == {
        "staff": "the model: neither profile nor text says it plainly",
        "suppressed": [{
            "flag": "grievance", "model": 0.9, "threshold": RULES.flags["grievance"].threshold,
            "rules": [{"rule": "its writer is not known to be staff", "from": 0.9, "to": 0.0}],
        }],
    }  # fmt: skip
    (threat,) = told["flags"]
    assert list(threat)[-1] == "why"
    assert threat["why"] == {
        "model": 0.8, "threshold": RULES.flags["threat"].threshold, "rules": [],
    }  # fmt: skip


def test_a_reading_that_says_nothing_of_why_has_no_such_key() -> None:
    bare = Reading(
        in_scope=True, staff="no", sentiment="neutral", language="en", read="full", flags=(), masked=""
    )  # fmt: skip
    assert "why" not in answered(bare)


def test_a_policy_of_ones_own_moves_the_threshold_that_is_told() -> None:
    lower = RULES.flags["media"].model_copy(update={"threshold": 0.1})
    rules: schema.Policy = RULES.model_copy(update={"flags": {**RULES.flags, "media": lower}})
    reading = read(ENGLISH, says={"late": {"media": 0.2}}, rules=rules)
    assert why(reading, "media").threshold == 0.1


def test_what_says_of_somebody_that_they_are_no_staff_goes_where_that_is_not_kept() -> None:
    said = {"late": {"grievance": 0.9, "media": 0.9, "no_disclaimer": 0.9, "flagged": 0.1}}
    whole = read(ENGLISH, says=said).explanation
    assert whole is not None
    assert {entry.name for entry in whole.suppressed} == {"grievance", "media", "no_disclaimer"}
    bare = whole.without_staff()
    assert (bare.staff, [entry.name for entry in bare.suppressed]) == ("", ["media"])
    assert isinstance(bare.suppressed[0], SuppressedFlag)
