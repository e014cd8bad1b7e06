from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.parsing import clean, decoded, matching, plain

ANY_TEXT = st.text(alphabet=st.characters(), max_size=300)  # lone surrogates and NUL among them
HTML_ISH = st.lists(
    st.sampled_from(
        ["<", ">", "</", "<!--", "-->", "<![CDATA[", "]]>", "<p>", "<b a='", '"', "&amp;", "&#", "&#xD800;",
         "9" * 5000, ";", "<script>", "</script>", "<img alt='x'>", "text", "\n", "\x00", "<![x", "&nbsp"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(ANY_TEXT | HTML_ISH)
def test_plain_takes_any_text(text: str) -> None:
    assert isinstance(plain(text), str)


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<a ", "<", "</", "<!", "<?", "&", "<script>", "<a b='", '<a b="', "<![CDATA[", "<p>"],
)
def test_plain_takes_time_that_grows_with_the_text_alone(piece: str) -> None:
    start = time.process_time()
    plain(piece * 50_000)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One &amp; two</p><p>three</p>", "One & two\n\nthree"),
        ("a<br/>b<br>c", "a\nb\nc"),
        ("1 < 2 and I <3 you", "1 < 2 and I <3 you"),
        ("<b>bold</b>ly", "boldly"),
        ("<td>a</td><td>b</td>", "a b"),
        ("x<script>alert('<p>')</script>y<style>p{}</style>z", "xyz"),
        ("<a title='a > b' href=x>link</a>", "link"),
        ("thanks <img class='wp-smiley' alt='\U0001f60a'>", "thanks \U0001f60a"),
        ("<![CDATA[kept]]>", "kept]]>"),
        ("before<!-- gone --> after", "before after"),
        ("never closed <b", "never closed <b"),
        ("never closed <!-- comment", "never closed <!-- comment"),
        ("&lt;b&gt; stays", "<b> stays"),
        ("a&nbsp;b", "a b"),
        ("&#0;&#xD800;&#99999999999;", "\ufffd\ufffd\ufffd"),
        ("caf&eacute; &#8217;", "café ’"),
        ("İ<script>x</script>y", "İy"),
    ],
)
def test_plain_gives_what_a_reader_sees(markup: str, text: str) -> None:
    assert plain(markup) == text


@given(ANY_TEXT)
def test_clean_gives_text_that_a_database_takes_and_once_is_enough(text: str) -> None:
    fit = clean(text)
    fit.encode("utf-8")
    assert "\0" not in fit
    assert clean(fit) == fit


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_clean_loses_nothing_else(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_clean_joins_two_halves_of_one_character() -> None:
    assert clean("\ud83d\ude00 \ud83d x\0") == "\U0001f600 \ufffd x\ufffd"


def test_only_three_escapes_are_undone_in_text_that_is_not_html() -> None:
    assert decoded("&amp;lt; &lt;3 &copy;") == "&lt; <3 &copy;"


@given(ANY_TEXT, st.lists(ANY_TEXT, max_size=4).map(tuple))
def test_matching_takes_any_text_and_any_terms(text: str, terms: tuple[str, ...]) -> None:
    assert set(matching(text, terms)) <= set(terms)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("nhs nw london is late", "NHS NW London"),
        ("N.H.S. NW London", "NHS NW London"),
        ("The NW London ICB’s board", "NW London ICB"),
        ("St Mary’s was full", "St Mary's"),
        ("St Marys was full", "St Mary’s"),
        ("NHS NW\u200bLondon", "NHS NWLondon"),
        ("NHS North-West\nLondon", "NHS North West London"),
        ("hi @HealthierNWL, please", "@healthiernwl"),
        ("hi ＠HealthierNWL", "@HealthierNWL"),
        ("#NWLondonICB again", "NW London ICB"),
        ("#nwlicb", "#NWLICB"),
        ("Hammersmith and Fulham", "Hammersmith & Fulham"),
        ("\u202eNHS NW London", "NHS NW London"),
        ("ＮＨＳ NW London", "NHS NW London"),
    ],
)
def test_a_term_is_found_as_people_write_it(text: str, term: str) -> None:
    assert matching(text, (term,)) == (term,)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("the NHSX unit", "NHS"),
        ("@HealthierNWL_Help", "@HealthierNWL"),
        ("mail ana@healthiernwl.example.org", "@healthiernwl"),
        ("West London. NHS", "NHS NW London"),
        ("", "NHS"),
        ("NHS", ""),
    ],
)
def test_a_part_of_a_word_is_no_match(text: str, term: str) -> None:
    assert matching(text, (term,)) == ()


def test_a_match_near_the_end_of_a_very_long_text_is_found() -> None:
    assert matching("word " * 40_000 + "NHS", ("NHS",)) == ("NHS",)


@pytest.mark.parametrize(
    "text",
    ["**NHS** NW London", "*NHS NW London*", "_NHS_ NW London", "__NHS NW__ London", "~NHS~ NW London", r"NHS NW\-London"],
)  # fmt: skip
def test_signs_of_emphasis_hide_no_term(text: str) -> None:
    assert matching(f"so {text}'s is", ("NHS NW London",)) == ("NHS NW London",)


def test_a_handle_is_found_in_emphasis_and_not_in_another() -> None:
    terms = ("@NHS_NWLondon",)
    for text in ("_@NHS_NWLondon_", "**@NHS_NWLondon**", r"@NHS\_NWLondon"):
        assert matching(text, terms) == terms
    for text in ("@NHS_NWLondon_fans", "@NHSNWLondon", "me@NHS_NWLondon"):
        assert matching(text, terms) == ()


@pytest.mark.parametrize(
    ("markup", "term"),
    [
        ('<p><span class="h-card"><a href="https://example.social/@NHS_NWLondon" class="u-url mention">'
         "@<span>NHS_NWLondon</span></a></span> no</p>", "@NHS_NWLondon"),
        ('<p><a href="https://example.social/tags/nhsnwl" class="mention hashtag">#<span>nhsnwl</span></a></p>', "#nhsnwl"),
        ("<p>The <strong>NHS</strong> <em>NW&nbsp;London</em></p>", "NHS NW London"),
        ("<p>The NHS<br>NW<wbr> Lon&shy;don</p>", "NHS NW London"),
        ("<p>the <a href='https://example.org'>NHS NW</a> London lot</p>", "NHS NW London"),
        ("<p>Care &amp; Health</p>", "Care & Health"),
    ],
)  # fmt: skip
def test_html_hides_no_term(markup: str, term: str) -> None:
    assert matching(plain(markup), (term,)) == (term,)
