"""What is said of a rule that can't match, or says something twice, is true."""

from __future__ import annotations

import pytest

from core.text import folded
from search import contradictions, fts
from search.nodes import Term
from search.query import parse
from store import Matcher

NEVER = [
    "wait* NOT wait*",
    '"walk-in centre" NOT ("walk-in centre" OR parking)',
    "(nurse OR doctor) NOT (nurse OR doctor*)",
    "vaccine NOT vaccin*",
    "(a1 NEAR/3 b1) NOT (a1 NEAR/5 b1)",
    "nurse AND doctor NOT (doctor AND nurse)",
    "@HealthierNWL NOT @healthiernwl",
]
MAY = [
    "vaccin* NOT vaccine",
    "(nurse OR doctor) NOT nurse",
    "(a1 NEAR/5 b1) NOT (a1 NEAR/3 b1)",
    "(a1 NEAR/3 b1) NOT (b1 NEAR/3 c1)",
    '"walk in centre" NOT walk',  # the tag #walkincentre
    "nurse NOT (nurse NOT doctor)",
    "nurse NOT @nurse",
]


@pytest.mark.parametrize("rule", NEVER)
def test_what_nothing_can_match_is_said(rule: str) -> None:
    assert "nothing can match" in " ".join(contradictions.doubts(parse(rule)))


@pytest.mark.parametrize("rule", MAY)
def test_what_something_can_match_is_not(rule: str) -> None:
    assert "nothing can match" not in " ".join(contradictions.doubts(parse(rule)))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("vaccin* NOT vaccine", "vaccination"),
        ('"walk in centre" NOT walk', "#WalkInCentre"),
        ("nurse NOT (nurse NOT doctor)", "a nurse and a doctor"),
        ("nurse NOT @nurse", "a nurse"),
        ("(a1 NEAR/5 b1) NOT (a1 NEAR/3 b1)", "a1 x x x x b1"),
    ],
)
def test_and_something_does_match_it(rule: str, text: str) -> None:
    ready = Matcher({"one": fts.fts5(parse(rule), folded)})
    assert ready.match([fts.columns(text, folded)]) == [("one",)]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("vaccin* OR vaccine OR jab", "“vaccine” is found by “vaccin*” already"),
        ('nurse OR "agency nurse"', "“agency nurse” is found by “nurse” already"),
        ("(nurse OR doctor) NOT nurse", "“nurse” can never count: NOT excludes it"),
    ],
)
def test_what_says_nothing_more_is_said(rule: str, says: str) -> None:
    assert says in list(contradictions.doubts(parse(rule)))


@pytest.mark.parametrize(
    "rule", ["nurse OR doctor", "#flu OR flu", "wait NOT weight", "nurs OR nurse"]
)
def test_of_a_sound_rule_nothing_is_said(rule: str) -> None:
    assert list(contradictions.doubts(parse(rule))) == []


def test_a_rule_of_very_many_ways_takes_no_time() -> None:
    wide = " AND ".join(f"(a{n} OR b{n} OR c{n} OR d{n})" for n in range(40))
    assert list(contradictions.doubts(parse(f"({wide}) NOT z"))) == []


@pytest.mark.parametrize(
    ("wide", "narrow", "held"),
    [
        (Term("nurse"), Term("a nurse’s"), False),
        (Term("nurse"), Term("The NURSE left"), True),
        (Term("nurs", begins=True), Term("nursing home"), True),
        (Term("home"), Term("nursing hom", begins=True), False),
        (Term("hom", begins=True), Term("nursing home", begins=True), True),
        (Term("@nurse"), Term("nurse"), False),
        (Term("nurse"), Term("@nurse"), False),
        (Term("@a"), Term("@A"), True),
    ],
)
def test_one_covers_another_where_it_stands_in_it_as_whole_words(
    wide: Term, narrow: Term, held: bool
) -> None:
    assert contradictions.covers(wide, narrow) is held
