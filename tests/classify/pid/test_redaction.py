"""What is shown of a text: nothing that identifies somebody, and more hidden rather than less."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.pid import find, redaction
from classify.pid.base import NOBODY, Contacts, Hit, lowered
from classify.pid.redaction import mask
from classify.text.clean import LIMIT, plain, undotted, words_of


def masked(text: str, handles: tuple[str, ...] = ()) -> str:
    return mask(text, find(text, contacts=NOBODY), handles)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("My mum Jean Halloran was admitted", "My mum [name] was admitted"),
        ("NHS number 999 123 4567 please", "NHS number [NHS number] please"),
        ("Dr Shah and nurse Priya", "Dr [name] and nurse [name]"),
        ("thanks @jean_1951", "thanks [handle]"),
        ("see https://example.org/p/123?q=jean now", "see [link example.org] now"),
        ("mail comms@example.org", "mail [email]"),
        ("call 020 7946 0123", "call [phone]"),
        ("order 12345678", "order [number]"),
        ("near HA1 3UJ", "near [postcode]"),
        ("mrs halloran in bed 4", "[name] in bed 4"),
        ("9\u200b99 123 4567 is my NHS number", "[NHS number] is my NHS number"),
    ],
)
def test_what_identifies_is_blanked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_what_does_not_identify_stays() -> None:
    text = "Waited 9 hours in A&E at Northwick Park in 2024-25, £1,250,000 well spent?"
    assert masked(text) == text


def test_a_public_handle_stays_in_any_case() -> None:
    assert (
        masked("hi @healthiernwl and @bob", ("@HealthierNWL",)) == "hi @healthiernwl and [handle]"
    )


def test_a_name_that_was_hit_is_blanked_wherever_it_stands_again() -> None:
    shown = masked("My mum Oluchi Bright was admitted. Bring Oluchi home. OLUCHI!")
    assert "luchi" not in shown.lower()


def test_overlapping_blanks_are_one_with_the_more_telling_name() -> None:
    assert masked("My NHS number: 9991234567.") == "My NHS number: [NHS number]."


def test_what_was_not_searched_is_not_shown() -> None:
    shown = mask("a " * LIMIT + "Jean Halloran", ())
    assert "Halloran" not in shown
    assert shown.endswith("[the rest is not shown]")


def test_a_masked_text_can_be_masked_again() -> None:
    once = masked("Mrs Okafor 999 123 4567, jean@example.org, https://example.org/x")
    assert mask(once, ()) == once


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet=st.characters(codec=None), max_size=60),
    st.text(alphabet=st.characters(codec=None), max_size=60),
    st.integers(0, 999),
)
def test_a_phone_is_hidden_in_any_surroundings(before: str, after: str, last: int) -> None:
    assert f"07700 900{last:03}" not in masked(f"{before} 07700 900{last:03} {after}")


def test_nothing_is_masked_in_nothing() -> None:
    assert mask("", ()) == ""


# ── what is asked before a pattern is searched ───────────────────────────────────────────────────

AFTER_KIN, AFTER_TITLE, FULL, EMAIL = (
    redaction._AFTER_KIN, redaction._AFTER_TITLE, redaction._FULL, redaction._EMAIL,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.from_regex(AFTER_KIN) | st.from_regex(AFTER_TITLE) | st.from_regex(FULL) | st.from_regex(EMAIL))  # fmt: skip
def test_whatever_would_be_found_is_searched_for(given: str) -> None:
    text = plain(given).text
    low = lowered(text)
    if AFTER_KIN.search(text):
        assert redaction._KIN_LOW.search(undotted(low))
    if AFTER_TITLE.search(text):
        assert redaction._TITLE_WORDS & words_of(low)
    if FULL.search(text):
        assert redaction._TWO_CAPITALS.search(text)
    if EMAIL.search(text):
        assert redaction._AT_SIGN.search(text) or redaction._AT_TOLD.search(text)


PALS = Contacts(phones=["020 7946 0111"], emails=["pals@example.org"], postcodes=["HA1 3UJ"])


def test_published_contact_points_stay_and_nothing_beside_them_does() -> None:
    text = "Ring 0207 946 0111 or (020) 7946-0111, write to PALS@example.org, ha1 3uj; her own is 020 7946 0112, jo@example.org, HA1 3XX"  # fmt: skip
    shown = mask(text, find(text, contacts=PALS), published=PALS)
    assert shown.startswith(
        "Ring 0207 946 0111 or (020) 7946-0111, write to PALS@example.org, ha1 3uj; her own is ["
    )
    assert not any(own in shown for own in ("0112", "jo@", "3XX"))
    assert "0111" not in masked(text)


def test_what_is_told_with_a_published_number_is_blanked_all_the_same() -> None:
    text = "Jean Halloran, 020 7946 0111"
    told = [Hit("NARRATIVE", 0, len(text), 0.9, "told")]
    assert mask(text, told, published=PALS) == "[details]"
    number = [Hit("PATIENT_NAME", 15, len(text), 0.9, "the model takes it for a name")]
    assert mask(text, number, published=PALS).endswith(", 020 7946 0111")
