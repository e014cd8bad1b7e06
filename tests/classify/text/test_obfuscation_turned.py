from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.text.language import detect
from classify.text.lexicon import english
from classify.text.normalise import normalise
from classify.text.obfuscation import upright

OVER = str.maketrans("abcdefghijklmnopqrstuvwxyz'", "ɐqɔpǝɟƃɥıɾʞןɯuodbɹsʇnʌʍxʎz,")
# Words that hold a letter which nobody writes but upside down.
TURNED = sorted(word for word in english() if re.fullmatch("(?=[a-z]*[aefghjkmrtvwy])[a-z]{3,}", word)
                and not re.search(r"(.)\1\1", word) and word != "fvck")  # fmt: skip


def over(text: str) -> str:
    return text[::-1].translate(OVER)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("noʎ ʞɔnɟ", "fuck you"), ("you ɥɔʇıq", "you bitch"), ("you ɥɔʇᴉq!", "you bitch!"), ("so noʎ ʞɔnɟ", "so fuck you"),
        ("uo pǝʞɔnɟ sʇɐɥʇ", "thats fucked on"), ("noʎ ǝʇɐɥ ı ʇ,uop", "don't i hate you"), ("ʎɐpoʇ ןןıʞ", "kill today"),
        ("noʎ ʞɔnɟ\nǝɯ ǝʌɐǝן", "fuck you\nleave me"), ("n\u200boʎ ʞɔnɟ", "fuck you"), ("noʎ 😡 ʞɔnɟ", "you  enraged face  fuck"),
        ("noʎ ʞɔʌɟ", "fuck you"),
    ],
)  # fmt: skip
def test_what_is_upside_down_is_read_from_its_end_on(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "sun pod so no on zoo", "/ɹʌn/ and /ʌp/, [ˈpʌb], ɐ, ɯ and ʍ", "wɔn a ɔyɛ, sɔ no, ɔno na ɔdɔ", "ışık, dıp, sınıf, sıpn",
        "Bakı, Azərbaycan", "ןושש", "ʇ ʎ ʌ", "noʎa ʞɔnɟə", "1noʎ ʞɔnɟ2", "ɯɯɯ ɹɹɹɹ ʇʇʇ",
    ],
)  # fmt: skip
def test_letters_that_only_look_so_are_not_turned(text: str) -> None:
    assert upright(text) == text


@given(st.lists(st.sampled_from(TURNED), min_size=1, max_size=12))
def test_english_upside_down_is_read_as_it_was_meant_and_told_as_it_was_written(
    words: list[str],
) -> None:
    meant = " ".join(words)
    written = f"See: {over(meant)}!"
    normal = normalise(written)
    assert normal.text == f"See: {meant}!"
    for word in re.finditer("[a-z]+", meant):
        start, end = (5 + place for place in word.span())
        assert written[slice(*normal.map_to_original(start, end))] == over(word.group())
    assert normal.map_to_original(0, len(normal.text)) == (0, len(written))


@given(st.text("ɐqɔpǝɟƃɥıɾʞןɯuodbɹsʇnʌʍxʎzᴉ ,.'!?¡¿-\nab", max_size=60))
def test_what_is_turned_stays_as_long_and_what_stays_is_not_touched(text: str) -> None:
    read = upright(text)
    assert len(read) == len(text)
    assert upright(read) == read or upright(text) != text
    for line, other in zip(text.split("\n"), read.split("\n"), strict=True):
        assert len(line) == len(other)  # no run goes beyond its line
    if not re.search("[ɐǝɟƃɥɾʞɯɹʇʌʍʎᴉ]", text):
        assert read == text


def test_what_is_upside_down_is_english_that_was_read() -> None:
    assert detect(over("that doctor is a liar and i hate him")).read == "full"
    assert detect(over("that doctor is a liar")).tag == "en"
