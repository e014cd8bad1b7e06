from __future__ import annotations

import html
import random

import pytest

from classify.evaluation.edits import EDITS, LONG, MARGIN, edited, load_fillers

POSTS = (
    "@HealthierNWL I've waited six weeks & nobody \"phones\" back – it's a joke",
    "thank you to the nurses at Northwick Park",
    "no",
    "Line one of a longer post.\n\nLine two: https://example.org/a?b=1&c=2 and #thanks £5",
)
FILLERS = load_fillers()
EVERY = [(name, post, seed) for name in EDITS for post in POSTS for seed in range(25)]
REWRITING = ("typos", "HTML entities")  # the edits that reach into the words
TITLE = 60  # characters of a title line at most


def decoded(text: str) -> str:
    return html.unescape(text).replace("\N{NO-BREAK SPACE}", " ").rstrip()


def test_every_edit_of_the_table_is_there() -> None:
    assert list(EDITS) == [
        "typos", "three handles", "quoted reply", "title line", "URL", "emoji", "hashtags", "HTML entities",
        "unrelated sentence", "long before", "long after",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in EDITS if name not in REWRITING])
def test_the_own_words_stand_in_an_edited_post_in_one_piece(name: str) -> None:
    for post in POSTS:
        for seed in range(25):
            assert post in edited(name, post, random.Random(seed), FILLERS)


def test_the_own_words_come_back_when_entities_are_decoded() -> None:
    for post in POSTS:
        assert decoded(edited("HTML entities", post, random.Random(3), FILLERS)) == post
    encoded = edited("HTML entities", "a & b 'c' \"d\" – e", random.Random(3), FILLERS)
    assert not set("'\"–") & set(encoded)
    assert "&amp;" in encoded


def test_an_entity_that_is_there_is_not_encoded_again() -> None:
    assert "&amp;amp;" not in edited(
        "HTML entities", "R&amp;B isn't bad", random.Random(0), FILLERS
    )


def test_every_edit_differs_from_the_text_and_is_the_same_for_the_same_chance() -> None:
    for name, post, seed in EVERY:
        written = edited(name, post, random.Random(seed), FILLERS)
        assert written != post, name
        assert written == edited(name, post, random.Random(seed), FILLERS), name


def test_another_chance_writes_another_edit() -> None:
    for name in EDITS:
        assert len({edited(name, POSTS[0], random.Random(seed), FILLERS) for seed in range(25)}) > 3


def test_typos_are_four_letters_in_a_hundred() -> None:
    words = [
        word for filler in FILLERS for word in filler.split() if word.isalpha() and len(word) > 3
    ]
    mistyped = edited("typos", " ".join(words), random.Random(5), FILLERS).split(" ")
    slips = sum(word != typed for word, typed in zip(words, mistyped, strict=True))
    letters = sum(map(len, words))
    assert 0.03 * letters < slips <= 0.04 * letters + 1  # two in a word count as one here
    assert {len(typed) - len(word) for word, typed in zip(words, mistyped, strict=True)} >= {
        -1,
        0,
        1,
    }


def test_nobody_mistypes_what_is_pasted() -> None:
    for seed in range(50):
        post = "@HealthierNWL the clinic was shut https://example.org/opening"
        mistyped = edited("typos", post, random.Random(seed), FILLERS)
        assert mistyped.startswith("@HealthierNWL ")
        assert mistyped.endswith(" https://example.org/opening")


def test_a_post_without_a_letter_cannot_be_mistyped() -> None:
    assert edited("typos", "999 !!", random.Random(0), FILLERS) == "999 !!"


def test_three_handles_stand_before_a_post() -> None:
    for seed in range(25):
        *handles, rest = edited("three handles", "the post", random.Random(seed), FILLERS).split(
            " ", 3
        )
        assert rest == "the post"
        assert [handle[0] for handle in handles] == ["@"] * 3


def test_both_forms_of_a_quotation_come_before_the_words() -> None:
    quoted = {edited("quoted reply", "Mine.", random.Random(seed), FILLERS) for seed in range(25)}
    assert all(written.endswith("Mine.") for written in quoted)
    assert {written[0] for written in quoted} == {">", '"'}
    assert all("– quoted" in written for written in quoted if written[0] == '"')


def test_a_title_is_a_short_line_of_its_own() -> None:
    for seed in range(100):
        title, own = edited("title line", "Mine.", random.Random(seed), FILLERS).split("\n\n")
        assert own == "Mine."
        assert 0 < len(title) <= TITLE
        assert title[0] == title[0].upper()


@pytest.mark.parametrize("name", ["URL", "unrelated sentence"])
def test_what_may_stand_before_or_after_stands_there(name: str) -> None:
    written = [edited(name, "Mine.", random.Random(seed), FILLERS) for seed in range(25)]
    before = sum(text.endswith("Mine.") for text in written)
    after = sum(text.startswith("Mine.") for text in written)
    assert before + after == len(written)
    assert before > 3
    assert after > 3


@pytest.mark.parametrize("fillers", [FILLERS, FILLERS[:1], ["short"], ["x" * 4000]])
@pytest.mark.parametrize("name", ["long before", "long after"])
def test_fifteen_hundred_characters_are_about_so_many(name: str, fillers: list[str]) -> None:
    for seed in range(25):
        added = len(edited(name, "Mine.", random.Random(seed), fillers)) - len("Mine.")
        assert abs(added - LONG) <= MARGIN
    assert (LONG, MARGIN) == (1500, 100)


def test_long_words_before_a_post_end_before_it_begins() -> None:
    for seed in range(25):
        written = edited("long before", "and mine", random.Random(seed), FILLERS)
        assert written.removesuffix("and mine").rstrip()[-1] in ".!?…"


def test_no_unrelated_text_is_an_error_that_is_named() -> None:
    with pytest.raises(ValueError, match="unrelated"):
        edited("typos", "a post", random.Random(0), ())
    with pytest.raises(KeyError):
        edited("nonsense", "a post", random.Random(0), FILLERS)


def test_our_own_fillers_are_many_and_none_stands_twice() -> None:
    assert len(set(FILLERS)) == len(FILLERS) >= 140
    assert sum(map(len, FILLERS)) >= 12_000
