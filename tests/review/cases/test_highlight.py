"""Evidence is marked in masked words, and no post can be written so that marking it takes for ever."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from classify import pid
from classify.pid.redaction import mask
from core.models import Flag
from review.cases.highlight import hidden, marked
from tests.review.factories import NAMED

HOST = f"{'a' * 60}.{'b' * 60}.example.org"
HOSTILE = "@rowan a " * 40 + f"https://{HOST}/x and that is all"  # its blank is called by its host


def masked(text: str) -> str:
    return mask(text, pid.find(text))


def test_what_is_blanked_is_laid_beside_what_it_hides() -> None:
    told = dict(hidden(NAMED.masked, NAMED.text))
    assert told == {
        "name 1": "Rosalind Pettigrew", "NHS number": "999 123 4567", "phone number": "07700 900123",
    }  # fmt: skip
    assert hidden("Ring [phone] now", "Something else that was said") == []


def test_a_post_with_a_long_address_is_marked_at_once() -> None:
    began = time.process_time()
    flag = Flag(name="threat", score=0.9, clauses=("6.9",), spans=((0, 6),))
    pieces = marked(masked(HOSTILE), [flag], HOSTILE)
    assert pieces[0].text == "[handle]"
    assert pieces[0].flags == ("threat",)
    assert hidden(masked(HOSTILE), HOSTILE)[-1] == (f"link {HOST}", f"https://{HOST}/x")
    assert time.process_time() - began < 2


def test_what_can_not_be_laid_beside_each_other_is_given_up_at_once() -> None:
    began = time.process_time()
    assert hidden("[name 1] a " * 50 + "Z", "Bob a " * 900 + "Y") == []
    assert time.process_time() - began < 2


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", " ", "b a", ""]), min_size=2, max_size=8), st.data())
def test_whatever_fits_is_found(runs: list[str], data: st.DataObject) -> None:
    blanks = [data.draw(st.sampled_from(["a", "x a", "b", " "])) for _ in runs[1:]]
    text = runs[0] + "".join(blank + run for blank, run in zip(blanks, runs[1:], strict=True))
    shown = "[name]".join(runs)
    laid = hidden(shown, text)
    assert len(laid) == len(blanks)
    assert all(words for _, words in laid)
