from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.reddit.markdown import plain


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        (r"@NHS\_NWLondon says", "@NHS_NWLondon says"),
        (r"NHS NW\-London", "NHS NW-London"),
        ("Care &amp; Health", "Care & Health"),
        ("**NHS** NWL", "NHS NWL"),
        ("***NHS*** *NWL* __ICB__ _now_", "NHS NWL ICB now"),
        ("**NHS North West London:** no", "NHS North West London: no"),
        ("**[NWL ICB](https://example.org/a_b_c)** is *bad*", "NWL ICB is bad (https://example.org/a_b_c)"),
        ("the [NHS NW](https://example.org/) London lot", "the NHS NW London lot (https://example.org/)"),
        (r"[@NHS\_NWLondon](https://example.org/a)", "@NHS_NWLondon (https://example.org/a)"),
        ('[a](https://example.org/a_(b) "The title")', "a (https://example.org/a_(b))"),
        ("[https://example.org/x_y](https://example.org/x_y)", "https://example.org/x_y"),
        ("[r](/r/london) and [NWL][1]\n\n[1]: https://example.org/q_w", "r and NWL\n\nhttps://example.org/q_w"),
        ("&#x200B;\n\nNHS&#x200B; NWL&nbsp;now", "NHS NWL now"),
        ("NHS_NW_London and a_b_c", "NHS_NW_London and a_b_c"),
        ("5 * 3 and 5*3, 2^2", "5 * 3 and 5*3, 2^2"),
        ("*unclosed and **fine**", "*unclosed and fine"),
        ("* NHS\n* **NWL**\n\n    in **the** list", "- NHS\n- NWL\n\nin the list"),
        ("# Heading #\n\n#nhsnwl is a tag", "Heading\n\n#nhsnwl is a tag"),
        ("> quoted **words**\n\nmine", "> quoted words\n\nmine"),
        ("~~NHS~~ NWL ^(small words) ^one", "NHS NWL small words one"),
        (">!NHS!< NWL", "NHS NWL"),
        ("`*x* &amp;` and ``a`b``", "*x* & and a`b"),
        ("```\n*as it is*\n```\nafter", "*as it is*\n\nafter"),
        ("|NHS|NWL|\n|:--|--:|\n|a|b|", "|NHS|NWL|\n\n|a|b|"),
        ("https://example.org/a_b_c_d and <https://example.org/_x_>", "https://example.org/a_b_c_d and https://example.org/_x_"),
        ("![gif](giphy|abc)", "gif"),
        ("one  \ntwo\r\n\r\n\r\n***\n\nthree", "one\ntwo\n\nthree"),
        (r"C:\new ¯\\\_(ツ)_/¯", r"C:\new ¯\_(ツ)_/¯"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_read_is_what_reddit_shows(markdown: str, shown: str) -> None:
    assert plain(markdown) == shown


@given(st.text(st.sampled_from("ab *_`~^[]()<>!&#;\\|\n-:/\ufdd3é"), max_size=80))
def test_any_text_is_read(markdown: str) -> None:
    assert not any("\ufdd0" <= sign <= "\ufdef" for sign in plain(markdown))


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs")), max_size=80))
def test_words_without_markup_stay_as_they_are(words: str) -> None:
    assert plain(words).split() == words.split()


@pytest.mark.parametrize(
    "piece", ["*a ", "**a *b ", "_a ", "*_", "`a ", "[a](", "[a](b (c", "[", "~~a", "^(", "|-", "\\", "```\n", "> ", "- ", "\n"]
)  # fmt: skip
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    began = time.process_time()
    plain(piece * (200_000 // len(piece)))
    assert time.process_time() - began < 5
