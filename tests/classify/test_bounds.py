"""Hostile and enormous texts cost bounded work: no rule backtracks without end."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from classify.pid import find
from classify.pid.base import NOBODY
from classify.pid.redaction import mask
from classify.rules import plain_words
from classify.rules.blamed_harm import blames_care_for_harm
from classify.rules.detriment import claims_detriment
from classify.rules.disclaimer import has_disclaimer
from classify.rules.faults import finds_fault, finds_fault_plainly, mocks
from classify.rules.named_judgement import judged_persons, tells_of_pests
from classify.rules.scope import scope_cues, staff_cues
from classify.rules.speaking_up import for_a_union
from classify.rules.wished_carer import wishes_for_own_kind
from classify.text.language import detect

NAMES = ("NHS North West London", "NWL ICB")
SEEDS = (
    "a", "A", "1", "1 ", "0 ", "A ", "Aa ", "my mum ", "Mrs Aa ", "@", "a@", "a.", "a at ", "www.", "http://a/", "not ", "my views are ",
    "-", "'", "A'", "(", "+44 ", "999 123 4567 ", "the woman in bed ", "12 Acacia ", "flat 1 ", "a.a.a-", "\n", ". ",
    "My mum Jean is ill. ", "nurse ", "works at ", "ex ", "a icb ", "1/1/", "dob ", "\u200b", "é", "हि ", "chhe ", "Jean Halloran, ",
    "i work for the ", "retired a ", "\ud800", "😀", "#a ", "AA1 ", "Jean was a the in on ", "born at the ", "20-00-00 12345678 ",
    "i really want to die ", "he will kill me ", "took all of my tablets ",
    "raised it since ", "told the ", "moved me to ", "nobody rang ", "waited a b c two hours ", "unison a b c rep ",
    "lost my waiting ", "went in a ", "ask a b for see me ", "Dr Aa Bb at the c d e f ", "mice a b on the a b ", "helpful if you ",
)  # fmt: skip
RULES: dict[str, Callable[[str], object]] = {
    "pid": lambda text: find(text, contacts=NOBODY, bio=text[:500]),
    "masking": lambda text: mask(text, ()),
    "language": detect,
    "staff": lambda text: staff_cues(text, text, NAMES),
    "disclaimer": lambda text: has_disclaimer(text, text),
    "plain words": plain_words.find,
    "detriment": claims_detriment,
    "faults": lambda text: finds_fault(text, glad=False),
    "plain faults": finds_fault_plainly,
    "mockery": lambda text: mocks(text, text[:500]),
    "blamed harm": lambda text: (
        blames_care_for_harm(text),
        blames_care_for_harm(text[:600], "inquest"),
    ),
    "wishes": lambda text: (wishes_for_own_kind(text), wishes_for_own_kind(text[:1_000])),
    "judgements": lambda text: (judged_persons(text), tells_of_pests(text)),
    "unions": lambda text: for_a_union(text, text[:500]),
    "scope": lambda text: scope_cues(text, text, NAMES, ("Brent",), ("LNWH",)),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_hostile_text_of_any_kind_takes_no_second(rule: str) -> None:
    RULES[rule]("Jean 07700 900123 je suis malade")  # libraries load on first use
    for seed in SEEDS:
        text = (seed * 6000)[:6000]
        RULES[rule](f"{seed}.")  # and patterns are made where they may stand
        start = time.process_time()
        RULES[rule](text)
        assert time.process_time() - start < 1, seed


@pytest.mark.parametrize("rule", RULES)
def test_ten_megabytes_are_read_in_bounded_time(rule: str) -> None:
    text = "My mum waited at Northwick Park, 12 hours, call 111 or NHS. " * 170_000
    start = time.process_time()
    RULES[rule](text)
    assert time.process_time() - start < 20
