"""Every row of the codebook's risk table (section 3), and the decided cases (section 5) that touch it."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.policy import schema
from classify.risk import risk, risk_of
from core.models import (
    PROTECTED,
    RISKS,
    TARGETS,
    Flag,
    Harm,
    Protected,
    Reading,
    Risk,
    Sentiment,
    Staff,
    Target,
)

POLICY = schema.load()
STAFF: tuple[Staff, ...] = get_args(Staff)
OUR: tuple[Staff, ...] = ("icb", "nhs")
PERSONS: tuple[Target, ...] = ("patient", "colleague", "person")
NOBODY: tuple[Target, ...] = ("group", "organisation", "none")


def flag(name: str, *target: Target, harm: Harm | None = None) -> Flag:
    clauses = POLICY.flags[name].clause
    return Flag(name=name, score=0.9, clauses=clauses, target=target, harm=harm)


def earned(
    *flags: Flag,
    staff: Staff | None = "no",
    in_scope: bool = True,
    sentiment: Sentiment = "neutral",
    protected: Protected = "none",
    followers: int | None = None,
    shares: int | None = None,
) -> Risk:
    return risk_of(
        flags, POLICY, staff=staff, in_scope=in_scope, sentiment=sentiment, protected=protected,
        followers=followers, shares=shares,
    )  # fmt: skip


# ── high ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("staff", STAFF)
@pytest.mark.parametrize("in_scope", [True, False])
@pytest.mark.parametrize("name", ["pid", "threat", "security", "safeguarding", "confidential"])
def test_these_are_high_whoever_says_them(name: str, in_scope: bool, staff: Staff) -> None:
    assert earned(flag(name), staff=staff, in_scope=in_scope) == "high"


@pytest.mark.parametrize("target", PERSONS)
@pytest.mark.parametrize("name", ["hate", "sexual", "harassment"])
def test_hate_and_its_like_aimed_at_a_person_is_high(name: str, target: Target) -> None:
    assert earned(flag(name, target)) == "high"


@pytest.mark.parametrize("target", NOBODY)
@pytest.mark.parametrize("name", ["hate", "sexual", "harassment"])
def test_hate_and_its_like_aimed_at_no_person_is_medium(name: str, target: Target) -> None:
    assert earned(flag(name, target)) == "medium"
    assert earned(flag(name)) == "medium"


@pytest.mark.parametrize("staff", OUR)
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["hate", "sexual", "harassment"])
def test_hate_and_its_like_by_staff_is_high_whoever_it_is_aimed_at(
    name: str, target: Target, staff: Staff
) -> None:
    assert earned(flag(name, target), staff=staff) == "high"


@pytest.mark.parametrize("staff", OUR)
@pytest.mark.parametrize("target", ["patient", "colleague"])
def test_derogatory_by_staff_about_patients_or_a_named_colleague_is_high(
    target: Target, staff: Staff
) -> None:
    assert earned(flag("derogatory", target), staff=staff) == "high"
    assert earned(flag("derogatory", "organisation", target), staff=staff) == "high"


@pytest.mark.parametrize("staff", OUR)
@pytest.mark.parametrize("target", ["person", "group", "organisation", "none"])
def test_derogatory_by_staff_about_others_is_medium(target: Target, staff: Staff) -> None:
    assert earned(flag("derogatory", target), staff=staff) == "medium"


@pytest.mark.parametrize("target", TARGETS)
def test_derogatory_by_the_public_is_medium_whoever_it_is_aimed_at(target: Target) -> None:
    assert earned(flag("derogatory", target)) == "medium"


@pytest.mark.parametrize("staff", STAFF)
def test_an_allegation_of_serious_harm_is_high_and_any_other_medium(staff: Staff) -> None:
    # decided: bribery, fraud and theft are crimes, so `serious`; discrimination, a cover-up or a
    # data breach with no harm told is `other`
    assert earned(flag("allegation", harm="serious"), staff=staff) == "high"
    assert earned(flag("allegation", harm="other"), staff=staff) == "medium"
    assert earned(flag("allegation"), staff=staff) == "medium"


# ── medium, and what reach makes of it ───────────────────────────────────────────────────────────

MEDIUM = [
    "derogatory", "hate", "sexual", "harassment", "allegation", "grievance", "misinformation",
    "media", "impersonation", "removal_request",
]  # fmt: skip
RULES = ["working_hours", "headline_share", "negative_by_staff"]
LOW = ["assistance", "no_disclaimer", "brand", *RULES]


@pytest.mark.parametrize("name", MEDIUM)
def test_these_are_medium_of_themselves(name: str) -> None:
    assert earned(flag(name)) == "medium"


@pytest.mark.parametrize("staff", OUR)
@pytest.mark.parametrize("name", ["grievance", "misinformation", "media", "impersonation"])
def test_these_are_medium_by_staff_too(name: str, staff: Staff) -> None:
    assert earned(flag(name), staff=staff) == "medium"


@pytest.mark.parametrize("name", MEDIUM)
@pytest.mark.parametrize(
    ("followers", "shares", "risk"),
    [
        (9_999, 199, "medium"),
        (10_000, 0, "high"),  # decided: the figure itself counts
        (0, 200, "high"),
        (10_000, None, "high"),
        (None, 200, "high"),
        (None, None, "medium"),
        (2_000_000, 90_000, "high"),
    ],
)
def test_a_medium_flag_with_a_wide_reach_is_high(
    name: str, followers: int | None, shares: int | None, risk: Risk
) -> None:
    assert earned(flag(name), followers=followers, shares=shares) == risk


@pytest.mark.parametrize("name", LOW)
def test_a_low_flag_stays_low_however_wide_its_reach(name: str) -> None:
    assert earned(flag(name)) == "low"
    assert earned(flag(name), followers=2_000_000, shares=90_000, staff="icb") == "low"


def test_every_flag_of_the_policy_stands_in_a_row_of_the_table() -> None:
    high = {"pid", "threat", "security", "safeguarding", "confidential"}
    by_model = set(POLICY.names(source="model"))
    assert by_model == (high | set(MEDIUM) | set(LOW)) - set(RULES)


# ── low and none ─────────────────────────────────────────────────────────────────────────────────


def test_civil_criticism_is_low_in_scope_and_none_out_of_it() -> None:
    assert earned(sentiment="negative") == "low"
    assert earned(sentiment="negative", in_scope=False) == "none"


def test_civil_criticism_stays_low_however_wide_its_reach() -> None:
    assert earned(sentiment="negative", followers=2_000_000, shares=90_000) == "low"


@pytest.mark.parametrize("sentiment", ["neutral", "positive"])
def test_where_nothing_holds_the_risk_is_none(sentiment: Sentiment) -> None:
    assert earned(sentiment=sentiment) == "none"


def test_an_optional_rule_may_flag_what_is_out_of_scope() -> None:
    assert earned(flag("working_hours"), in_scope=False, staff="icb") == "low"


# ── protected speech ─────────────────────────────────────────────────────────────────────────────

SPEAKING_UP: tuple[Protected, ...] = ("disclosure", "union", "discrimination")
OTHERWISE: tuple[Protected, ...] = ("complaint", "criticism", "none")


def test_every_kind_of_protected_speech_is_either_speaking_up_or_not() -> None:
    assert (*SPEAKING_UP, *OTHERWISE) == PROTECTED


@pytest.mark.parametrize("protected", SPEAKING_UP)
@pytest.mark.parametrize("staff", STAFF)
def test_who_speaks_up_earns_less_for_confidential_words_and_for_a_grievance(
    protected: Protected, staff: Staff
) -> None:
    assert earned(flag("confidential"), staff=staff, protected=protected) == "medium"
    assert earned(flag("grievance"), staff=staff, protected=protected) == "low"


@pytest.mark.parametrize("protected", SPEAKING_UP)
@pytest.mark.parametrize("name", [*MEDIUM, "confidential"])
def test_reach_alone_lifts_nothing_of_who_speaks_up(name: str, protected: Protected) -> None:
    narrow = earned(flag(name), protected=protected)
    wide = earned(flag(name), protected=protected, followers=2_000_000, shares=90_000)
    assert wide == narrow == ("low" if name == "grievance" else "medium")


@pytest.mark.parametrize("protected", OTHERWISE)
@pytest.mark.parametrize("name", [*MEDIUM, "confidential"])
def test_complaints_and_criticism_are_lifted_by_reach_as_any_other_post(
    name: str, protected: Protected
) -> None:
    assert earned(flag(name), protected=protected, followers=10_000) == "high"
    assert earned(flag("confidential"), protected=protected) == "high"
    assert earned(flag("grievance"), protected=protected) == "medium"


@pytest.mark.parametrize("protected", SPEAKING_UP)
@pytest.mark.parametrize(
    "flags",
    [
        [flag("pid")],
        [flag("threat", "person")],
        [flag("security")],
        [flag("safeguarding")],
        [flag("allegation", harm="serious")],
        [flag("hate", "patient")],
        [flag("harassment", "colleague")],
    ],
)
def test_what_is_grave_in_itself_stays_so_whoever_speaks_up(
    flags: list[Flag], protected: Protected
) -> None:
    assert earned(*flags, flag("confidential"), protected=protected) == "high"


@pytest.mark.parametrize("protected", SPEAKING_UP)
def test_contempt_of_a_colleague_by_staff_who_speak_up_is_still_high(protected: Protected) -> None:
    assert earned(flag("derogatory", "colleague"), staff="nhs", protected=protected) == "high"


@pytest.mark.parametrize("protected", PROTECTED)
def test_civil_negative_words_are_low_whatever_protects_them(protected: Protected) -> None:
    assert earned(sentiment="negative", protected=protected) == "low"


def test_a_reading_earns_by_what_protects_it() -> None:
    leak = Reading(
        in_scope=True, staff="nhs", sentiment="negative", language="en", read="full",
        flags=(flag("confidential"), flag("grievance")), masked="", protected="disclosure",
    )  # fmt: skip
    assert risk(leak, POLICY, followers=50_000, shares=0) == "medium"
    unprotected = dataclasses.replace(leak, protected="none")
    assert risk(unprotected, POLICY, followers=50_000, shares=0) == "high"


# ── together ─────────────────────────────────────────────────────────────────────────────────────

FLAGS = st.lists(
    st.builds(
        flag,
        st.sampled_from([*POLICY.flags, "working_hours"]),
        st.sampled_from(TARGETS),
        harm=st.sampled_from([None, "serious", "other"]),
    ),
    max_size=5,
)


@given(
    FLAGS, st.sampled_from(STAFF), st.booleans(), st.sampled_from(get_args(Sentiment)), st.sampled_from(PROTECTED),
    st.none() | st.integers(0, 20_000), st.none() | st.integers(0, 400),
)  # fmt: skip
def test_a_mention_has_the_highest_that_any_of_its_flags_earns(
    flags: list[Flag],
    staff: Staff,
    in_scope: bool,
    sentiment: Sentiment,
    protected: Protected,
    followers: int | None,
    shares: int | None,
) -> None:
    def of(*some: Flag) -> Risk:
        return earned(
            *some, staff=staff, in_scope=in_scope, sentiment=sentiment, protected=protected,
            followers=followers, shares=shares,
        )  # fmt: skip

    assert of(*flags) == min([of(), *map(of, flags)], key=RISKS.index)


def test_a_reading_earns_what_its_parts_earn() -> None:
    read = Reading(
        in_scope=True, staff="nhs", sentiment="negative", language="en", read="full",
        flags=(flag("grievance"), flag("derogatory", "patient")), masked="",
    )  # fmt: skip
    assert risk(read, POLICY, followers=10, shares=0) == "high"


def test_where_nobody_may_keep_who_is_staff_the_rest_of_the_table_holds() -> None:
    assert earned(flag("hate", "patient"), staff=None) == "high"
    assert earned(flag("grievance"), staff=None) == "medium"


def test_the_figures_of_reach_are_the_policys() -> None:
    narrow = POLICY.model_copy(update={"reach": schema.Reach(followers=50, shares=5)})
    told = risk_of(
        (flag("media"),), narrow, staff="no", in_scope=True, sentiment="neutral", protected="none",
        followers=50, shares=None,
    )  # fmt: skip
    assert told == "high"
