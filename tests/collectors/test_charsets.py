from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.charsets import decode, is_utf8, named_in_markup, named_in_type

WORDS = "Séan’s GP – “£40” in Łódź Road"
LATIN = "Séan’s GP – “£40”"


@pytest.mark.parametrize(
    "charset", ["utf-8", "UTF8", "", "iso-8859-1", "us-ascii", "windows-1251", "no-such", "\0"]
)
def test_one_bad_byte_costs_itself_and_not_the_whole_text(charset: str) -> None:
    damaged = f"{WORDS}|{WORDS}".encode().replace(b"|", b"\xff")
    assert decode(damaged, charset) == f"{WORDS}\ufffd{WORDS}"


def test_a_character_that_was_cut_in_two_costs_itself() -> None:
    assert decode(WORDS.encode()[:-11] + "é".encode()[:1], "utf-8").endswith("\ufffd")
    assert decode(WORDS.encode()[:-11] + "é".encode()[:1], "utf-8").startswith("Séan’s GP")


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("iso-8859-1", LATIN.encode("cp1252"), LATIN),
        ("windows-1252", LATIN.encode(), LATIN),  # says the wrong thing
        ("", LATIN.encode("cp1252"), LATIN),
        ("utf-8", LATIN.encode("cp1252"), LATIN),
        ("x-unknown", LATIN.encode("cp1252"), LATIN),
        ("windows-1251", "Спасибо".encode("cp1251"), "Спасибо"),
        ("koi8-r", "Спасибо".encode("koi8-r"), "Спасибо"),
        ("gb2312", "中文网站镕".encode("gbk"), "中文网站镕"),
        ("shift_jis", "日本語①".encode("cp932"), "日本語①"),
        ("iso-2022-jp", "日本語".encode("iso-2022-jp"), "日本語"),
        ("utf-7", "Séan".encode("utf-7"), "Séan"),
        ("utf-16", WORDS.encode("utf-16"), WORDS),
        ("utf-8", b"\xff\xfe" + WORDS.encode("utf-16-le"), WORDS),  # its mark says otherwise
        ("utf-16", LATIN.encode(), LATIN),
        ("utf-16le", WORDS.encode("utf-16-le"), WORDS),
        ("utf-8", b"\xef\xbb\xbf" + WORDS.encode(), WORDS),
        ("rot13", b"ab", "ab"),
        ('"utf-8"', WORDS.encode(), WORDS),
        ("unicode-escape", rb"C:\new", r"C:\new"),
    ],
)
def test_bytes_are_read_as_they_are_meant(charset: str, content: bytes, text: str) -> None:
    assert decode(content, charset) == text


def test_a_broken_text_in_a_charset_of_several_bytes_is_damaged_and_not_garbled() -> None:
    assert decode("日本語".encode("cp932") + b"\x93", "shift_jis") == "日本語\ufffd"


@pytest.mark.parametrize(
    ("content", "utf8"),
    [(b"plain", True), ("é".encode(), True), (b"\xe9", False), ("é".encode() + b"\xe9", True), (b"\xe9\xe8" + "é".encode(), False)],
)  # fmt: skip
def test_a_text_is_utf8_as_long_as_half_of_its_letters_are(content: bytes, utf8: bool) -> None:
    assert is_utf8(content) is utf8


def test_the_charset_that_a_document_names_is_found() -> None:
    assert named_in_markup(b"<?xml version='1.0' encoding='ISO-8859-2'?><rss/>") == "ISO-8859-2"
    assert named_in_markup(b'<head><meta charset="koi8-r">') == "koi8-r"
    assert named_in_markup(b'<meta content="text/html; charset=gbk" http-equiv=x>') == "gbk"
    assert named_in_markup(b"<p>charset=utf-8") == ""
    assert named_in_type('text/html; Charset="utf-8"') == "utf-8"
    assert named_in_type("text/html") == ""


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-16", "utf-7", "hz", "cp1252", "gbk", "idna", "\0", "x" * 99]))  # fmt: skip
def test_any_bytes_in_any_charset_are_text(content: bytes, charset: str) -> None:
    assert isinstance(decode(content, charset), str)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\ufeff")))
def test_utf8_is_read_as_it_was_written(text: str) -> None:
    assert decode(text.encode(), "utf-8") == text
