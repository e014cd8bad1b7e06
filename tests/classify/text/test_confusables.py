from __future__ import annotations

import emoji
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.text.normalise import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ᴋɪʟʟ", "kill"), ("🅚🅘🅛🅛", "kill"), ("🅺🅸🅻🅻", "kill"), ("🄺🄸🄻🄻", "KILL"), ("𝔨𝔦𝔩𝔩", "kill"), ("𝕜𝕚𝕝𝕝", "kill"),
        ("ᵏⁱˡˡ", "kill"), ("ⓚⓘⓛⓛ", "kill"), ("ｋｉｌｌ", "kill"), ("кiℓℓ", "kill"), ("кіӏӏ", "kill"), ("ҝιℓℓ", "kill"),
        ("ѕсum", "scum"), ("ᎠᎥᎬ", "DiE"), ("ոіցցеr", "nigger"), ("kiłł", "kill"), ("dιrtγ", "dirty"), ("уоu", "you"),
        ("k\u0337\u0336i\u0335l\u0337l\u0337", "kill"), ("k⃝i⃝l⃝l⃝", "kill"), ("k\u200bi\u2060l\ufeffl", "kill"),
        ("\u202ekill\u202c", "kill"), ("k\ufe0fill", "kill"), ("k\U000e0061ill", "kill"), ("k\u034fill", "kill"),
        ("\u2066kill\u2069", "kill"), ("b\u00adurn", "burn"), ("卐 on the door", " swastika  on the door"),
    ],
)  # fmt: skip
def test_letters_that_look_latin_are_read_as_latin(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "TNFα".replace("α", "a"), "IFNγ and β-blockers, 5 μg, Ωmega", "сука, он тут, рот болит", "ото врач",
        "Zażółć gęślą jaźń, był mały", "Ælfred's café, naïve, Zoë, señor", "Ես հայերեն եմ խոսում", "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ",
        "ο γιατρός και η νοσοκόμα", "Łódź, Ðorđe, Søren", "Straße",
    ],
)  # fmt: skip
def test_letters_of_a_language_stay_letters_of_it(text: str) -> None:
    assert normalise(text).text == text.replace("μ", "μ")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("G🅰️s the y1️⃣ds", "Gas the yids"), ("f🅰️gs", "fags"), ("🅱️itch", "bitch"), ("P🅾️les", "Poles"),
        ("k1️⃣ll", "kill"), ("ring 1️⃣1️⃣1️⃣", "ring 111"), ("1️⃣Book", "1 Book"), ("1️⃣ Book 2️⃣ Go", "1 Book 2 Go"),
        ("🅰️ positive", "A positive"), ("bl🅾️⭕d", "blood"), ("a💲💲hole", "asshole"), ("stu🅿️id", "stupid"),
        ("🇰🇮🇱🇱 them", "kill them"), ("🇰 🇮 🇱 🇱", "kill"), ("🇫🇺🇨🇰", "fuck"),
    ],
)  # fmt: skip
def test_letters_and_digits_among_emoji_are_read_as_such(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("🇬🇧🇵🇱", " United Kingdom  Poland "), ("🇸🇴", " Somalia "), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", " England "), ("🆘", " SOS button "),
        ("🐀", " rat "), ("🐖", " pig "), ("💩", " pile of poo "), ("🏳️‍🌈", " rainbow flag "), ("👨🏿", " man dark skin tone "),
        ("🅿️", " P button "), ("ℹ️ line", " information  line"), ("⭕", " hollow red circle "),
    ],
)  # fmt: skip
def test_other_emoji_are_read_by_their_names(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("🔫", "gun"), ("🔪", "knife"), ("🪦", "grave"), ("☠️", "death"), ("🐷", "pig"), ("🗑️", "rubbish"), ("☪️", "Islam"), ("🖕🏽", "fuck you")],
)  # fmt: skip
def test_a_few_emoji_are_read_by_what_people_mean(written: str, read: str) -> None:
    assert normalise(f"you {written}").text == f"you  {read} "


@given(st.lists(st.sampled_from(sorted(emoji.EMOJI_DATA)) | st.sampled_from("ab 1."), max_size=8))
def test_whatever_emoji_stand_side_by_side_each_comes_from_its_place(pieces: list[str]) -> None:
    text = "".join(pieces)
    normal = normalise(text)
    for place in range(len(normal.text)):
        start, end = normal.map_to_original(place, place + 1)
        assert 0 <= start < end <= len(text)
    assert not set(normal.text) & {"\ue000", "\ufe0f", "\u200d"}


def test_a_sign_of_private_use_is_no_emoji() -> None:
    assert normalise("a \ue000 😡").text == "a \ue000  enraged face "


def test_a_word_in_letter_emoji_is_told_as_it_was_written() -> None:
    text = "oh f🅰️gs, k😡i😡l😡l"
    normal = normalise(text)
    at = normal.text.index("fags")
    assert text[slice(*normal.map_to_original(at, at + 4))] == "f🅰️gs"
    at = normal.text.index("kill")
    assert text[slice(*normal.map_to_original(at, at + 4))] == "k😡i😡l😡l"
