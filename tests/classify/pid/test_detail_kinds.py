"""What a mask is called: the kind of what it hides wherever that is known, and how much of it where it is not."""

from __future__ import annotations

import pytest

from classify.pid import find
from classify.pid.base import NOBODY, Hit
from classify.pid.detail_kinds import DETAILS, KINDS, of_details, of_name
from classify.pid.public_names import public_names
from classify.pid.redaction import MASK, mask, tells_details

OURS = public_names("NHS North West London", "NHS NWL", "Hillingdon Hospital", "@HealthierNWL")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("goalkeeper off the 1990s cup side is in bay 2 bed 9", "place of care and job"), ("scan", "health details"), ("antipsychotics", "health details"),
        ("with the pancreatic cancer, bed 14", "health details and place of care"), ("bed 4", "place of care"), ("brother-in-law", "family"),
        ("headmaster", "job"), ("runs the off licence", "job and area"), ("new student", "school"), ("Yeading Lane", "area"),
        ("Jewish", "background"), ("beat", "event"), ("brown cardigan", "appearance"), ("woman", "person"), ("eighty-eight years old", "age"),
        ("ninth of January", "date"), ("Christmas", "date"), ("2011", "date"), ("8.04", "time"), ("WCS-2210", "number"), ("Gethinel", "name"),
        ("zero 7700 nine double-oh 3 1 2", "number"), ("lulu dot", "email"), ("one with the prize", "details: 4 words"), ("nil", "details: 1 word"),
    ],
)  # fmt: skip
def test_each_kind_that_words_tell_is_named(words: str, kind: str) -> None:
    text = f"about {words} and"
    assert of_details(text, 6, 6 + len(words)) == kind


@pytest.mark.parametrize(
    ("before", "words", "after", "kind"),
    [
        ("My auntie Rosamund, ", "52", ", did not come back", "age"), ("Carry soup to ", "22", " Marlin Close", "address"), ("on the ", "83", " bus", "number"),
        ("he is near ", "Pinner Green", " now", "area"),
    ],
)  # fmt: skip
def test_what_stands_beside_it_tells_the_kind(
    before: str, words: str, after: str, kind: str
) -> None:
    text = before + words + after
    assert of_details(text, len(before), len(before) + len(words)) == kind


@pytest.mark.parametrize(
    ("before", "words", "after", "kind"),
    [
        ("I left in ", "April", ".", "date"), ("no reply since ", "June", "", "date"), ("I went to see ", "April", " at home", "name"),
        ("a bus stop in ", "Marlhurst Vale", "", "area"), ("a mandir on ", "Kenton Rd", "", "area"), ("she moved to ", "Devon", " last year", "name"),
        ("she was in ", "Thornleigh Grange", "", "area"), ("he died on ", "Gainsborough", " ward", "place of care"), ("back at ", "Stanhope", " school", "school"),
        ("no confidence in ", "Jane Halloran", "", "name"), ("talk to ", "Oksana", "", "name"), ("from the ", "shul", " on our road", "background"),
    ],
)  # fmt: skip
def test_what_reads_like_a_name_and_is_a_month_or_a_place_says_so(
    before: str, words: str, after: str, kind: str
) -> None:
    assert of_name(before + words + after, len(before), len(before) + len(words)) == kind


def test_a_place_right_behind_an_address_is_no_name() -> None:
    text = "send it to flat 2 Tamarind Court Greenford today"
    assert of_name(text, 33, 42, beside="address") == "area"
    assert of_name(text, 33, 42, beside="name") == "name"
    assert of_name("to flat 2, Doreen", 11, 17, beside="address") == "name"


def test_a_mask_hides_the_same_words_whatever_it_is_called_and_stays_as_it_is() -> None:
    text = "My brother Emrys Halloran, 52, of 22 Marlin Close is in bay 2 at Hillingdon Hospital since April. NHS NWL knows"
    hits = [*find(text, contacts=NOBODY), Hit("NARRATIVE", text.index("is in bay"), text.index(" at Hill"), 0.9, "told")]  # fmt: skip
    masked = mask(text, hits, ("HealthierNWL",), NOBODY, OURS)
    for hidden in ("Emrys", "Halloran", "Marlin", "bay"):
        assert hidden not in masked
    assert "Hillingdon Hospital" in masked
    assert "NHS NWL" in masked
    assert mask(masked, [], ("HealthierNWL",), NOBODY, OURS) == masked


@pytest.mark.parametrize("label", [*KINDS, "family and job", "health details and area", f"{DETAILS}: 12 words", DETAILS])  # fmt: skip
def test_each_label_is_read_as_a_mask_and_never_as_somebodys_words(label: str) -> None:
    text = f"he is [{label}] there"
    mask_there = MASK.search(text)
    assert label == DETAILS or (mask_there is not None and mask_there["label"] == label)
    assert mask(text, [Hit("NARRATIVE", 0, len(text), 0.9, "told")]).count(f"[{label}]") == 1
    exact = ("age", "date", "time", "number", "email", "address", "name", "area")
    assert tells_details(text) == (label not in exact)
