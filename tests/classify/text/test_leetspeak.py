from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classify.text.normalise import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("d!e", "die"), ("fu(k you", "fuck you"), ("ki11", "kill"), ("K1LL", "KiLL"), ("ret@rd", "retard"),
        ("ni66er", "nigger"), ("b17ch", "bitch"), ("8itch", "bitch"), ("€vil", "evil"), ("cun+", "cun+"),
        ("mo$que", "mosque"), ("j3ws", "jews"), ("p1g", "pig"), ("(k!ll)", "(kill)"), ("'p4k1s'!", "'pakis'!"),
        ("sh1t.", "shit."), ("ki.1l", "kill"), ("$hoot", "shoot"), ("m|ll|0ns", "m|ll|0ns"),
    ],
)  # fmt: skip
def test_one_sign_for_a_letter_is_read_where_a_word_comes_out(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\/\/ait outside", "wait outside"), (r"\/\/hore", "whore"), ("|<ill", "kill"), ("|<!ll", "kill"),
        ("s|-|it", "shit"), ("()ld peop|_e", "()ld people"), ("m|_|rder", "murder"),
        (r"s/\/\ile", "smile"), (r"C:\wait\nothing", r"C:\wait\nothing"), (r"yes\/no", r"yes\/no"),
    ],
)  # fmt: skip
def test_letters_drawn_with_several_signs_are_read_only_as_known_words(
    written: str, read: str
) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("P4k15 0ut 0f 5outh4ll", "Pakis out of southall"),
        ("S0 pr0ud 0f my l3sb14n d4ught3r", "So proud of my lesbian daughter"),
        ("st0p 1t th3n, he1p m3", "stop it then, help m3"),
        ("musl!ms @re f!lthy @nd $tupid", "muslims are filthy and stupid"),
        ("he1p th3 nur5es at HA1 3UJ 4pm", "help the nurses at HA1 3UJ 4pm"),
    ],
)
def test_a_text_full_of_leetspeak_is_read_whole(written: str, read: str) -> None:
    assert normalise(written).text == read


# ── numbers and codes ────────────────────────────────────────────────────────────────────────────

CODES = (
    "999 010 3579", "9990103579", "999-010-3579", "020 7946 0123", "020-7946-0123", "07700 900123", "+44 20 7946 0958",
    "(020) 7946 0123", "0300.123.0000", "0 2 0 7 9 4 6 0 1 2 3", "£3.50", "£1,250", "$5", "€20", "50p", "£9k", "£1.2m", "£4bn",
    "HA1 3UJ", "ha1 3uj", "NW10 7NS", "EC1A 1BB", "W2 1NY", "UB8 3NN", "SW1A2AA", "TW7 6AF", "W1T 4TP",
    "Ward 4B", "ward 8 West", "9 North", "A1 ward", "C6", "B12", "4-South", "Level 5", "G4S", "Bay 3a", "bed 12b",
    "F32.1", "E11.9", "M54.5", "I10", "Z91.5", "C50.9", "S72.0", "f32.1", "ICD-10", "K35.80", "T14.91", "X83",
    "10:30", "9.45am", "4pm", "11am-1pm", "16:05", "24/7", "7-8pm", "8am", "12 noon", "3.5hrs", "12h", "48hr", "2 a.m.",
    "25/12/2024", "01-02-2025", "2024-11-24", "1st", "22nd", "3rd", "14th", "1990s", "80s", "500mg", "5ml", "1.5g", "10mcg", "2x",
    "HbA1c", "CA125", "T3N1M0", "O2", "CO2", "FEV1", "FY1", "ST3", "CT1", "GP2", "P45", "N95", "MP3s", "H1N1", "D3", "S1", "PS5",
    "A&E", "N/A", "C#", "A*", "5*", "3G", "4x4", "1-2-1", "121", "999", "111", "B&B", "R&D", "4/10", "50/50", "2:1", "1in4",
    "QX-4471", "REF/2024/0013", "RQM01", "REF-0013A", "AB123456C", "E5 0AA", "a@b.example.org", "@h4ters", "#st0pthis",
)  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_numbers_and_codes_are_never_read_as_letters(code: str) -> None:
    for text in (code, f"I rang {code} about my mum", f"({code}), please.", f"{code}, {code}"):
        assert normalise(text).text == text


@pytest.mark.parametrize("code", [c for c in CODES if not c[0].isspace()])
def test_nor_in_a_text_with_leetspeak(code: str) -> None:
    assert code in normalise(f"h4te this p1ace, st0p it, {code} , th1s is it").text


@given(st.from_regex(r"[A-Z]{1,2}[1-9][0-9]? [0-9][A-Z]{2}|0[0-9]{4} [0-9]{6}", fullmatch=True))
def test_no_postcode_or_telephone_number_is_read_as_letters(code: str) -> None:
    assert normalise(f"live at {code} now").text == f"live at {code} now"


@given(st.from_regex(r"[£$€]?[0-9]{1,7}([.,:/ -][0-9]{1,4}){0,4}", fullmatch=True))
@example("9990 10 3579")
def test_no_number_is_read_as_letters(number: str) -> None:
    assert normalise(f"it is {number} now").text == f"it is {number} now"


@given(st.text(st.characters(codec="ascii", categories=["L", "P", "S", "N", "Zs"]), max_size=60))
def test_nothing_but_letters_comes_of_a_sign(text: str) -> None:
    """What is undone gives letters and blanks: no sign is written that was not there."""
    left = normalise(text).text
    assert {char for char in left if not char.isalpha() and char != " "} <= set(text)
