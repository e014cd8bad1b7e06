"""Themes: found by vectors, named by words that five writers share, without a name of a person or a small group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from classify.model.onnx_model import SHIPPED
from classify.model.vectors import Vectors
from core.models import PROTECTED, SPEAKING_UP, Assessment
from reports.weekly.themes import Theme, Themes, themes_of
from store import ThemePost
from tests.store.factories import AT, DAY, HOUR, add, assessed, flag, mention
from tests.stores import temporary_store

SUBJECTS = (
    "Rang at eight and the phone menu cut me off again",
    "The phone menu hangs up before you reach reception",
    "Flu jab done at the vaccination van, quick and friendly",
    "Where do I book a vaccination for my dad? The vaccination van was full",
    "Nine hours on a trolley in A&E, corridor full of trolleys",
    "Trolley in the A&E corridor all night, nobody came",
)


def posts(
    texts: Sequence[str], *, writers: int = 1000, sentiment: str = "negative"
) -> list[ThemePost]:
    return [
        ThemePost(
            mention=number,
            author=f"{number % writers}",
            platform="x",
            sentiment=sentiment,
            masked=text,
        )
        for number, text in enumerate(texts)
    ]


def by_words(texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of which words are there: enough to tell subjects apart without a model."""
    words = sorted({word for text in texts for word in text.lower().split()})
    rows = np.array(
        [[word in text.lower().split() for word in words] for text in texts], np.float32
    )
    lengths = np.maximum(1, np.linalg.norm(rows, axis=1, keepdims=True))
    return np.asarray(rows / lengths, dtype=np.float32)


def names(themes: Themes) -> str:
    return " | ".join(theme.name for theme in themes.themes)


def test_subjects_are_told_apart_and_named_by_their_own_words() -> None:
    found = themes_of(60, posts(SUBJECTS * 10), by_words)
    told = names(found)
    for word in ("phone", "vaccination", "A&E"):
        assert word.lower() in told.lower()
    assert sum(theme.posts for theme in found.themes) <= 60
    assert (found.posts, found.looked, found.read) == (60, 60, 60)


def test_the_encoder_of_the_classifier_gives_the_vectors() -> None:
    vectors = Vectors(SHIPPED)
    rows = vectors.of(SUBJECTS, 60)
    assert rows.shape == (len(SUBJECTS), 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    near = rows - rows.mean(axis=0)
    alike = near @ near.T
    pairs = [(0, 1), (2, 3), (4, 5)]
    others = [alike[i, j] for i in range(6) for j in range(i) if (j, i) not in pairs]
    assert min(alike[pair] for pair in pairs) > sum(others) / len(others) + 0.1
    assert len(vectors.of(SUBJECTS, -1)) == 0, "the time is up"


def test_what_fewer_than_five_writers_say_is_no_theme() -> None:
    assert themes_of(40, posts([SUBJECTS[0]] * 40, writers=4), by_words).themes == ()
    few = [*SUBJECTS[2:4] * 15, *["The gritting lorry blocked the ambulance bay"] * 4]
    assert "gritting" not in names(themes_of(34, posts(few), by_words))


def test_names_of_people_are_in_no_theme() -> None:
    texts = [
        *["Dr Ashdown at the practice hung up on me, ask for Rowan Ashdown instead"] * 8,
        *["we saw dr thornbury on the ward and priya from reception"] * 8,
        *["They met Quillfeather in Brent clinic parking"] * 8, *SUBJECTS[:2] * 6,
    ]  # fmt: skip
    told = names(themes_of(len(texts), posts(texts), by_words, ["Brent"])).lower()
    for name in ("ashdown", "rowan", "thornbury", "priya", "quillfeather"):
        assert name not in told
    assert told


def test_a_theme_is_called_by_a_phrase_that_five_share_or_by_two_of_its_own_words() -> None:
    told = names(themes_of(60, posts(SUBJECTS * 10), by_words)).split(" | ")
    assert "“phone menu”" in told
    apart = [
        f"{first} {number} {second}" for number, (first, second) in enumerate(
            [("dignity", "respect"), ("respect", "dignity")] * 5
        )
    ]  # fmt: skip
    texts = [*apart, *SUBJECTS[:2] * 10]
    assert "“dignity” and “respect”" in names(themes_of(len(texts), posts(texts), by_words))


def test_masks_numbers_and_kind_words_name_no_theme() -> None:
    texts = [
        *["Four of us, lovely [name] at the desk, my [date of birth] and [NHS number] read aloud"]
        * 8,
        *SUBJECTS * 4,
    ]
    told = names(themes_of(len(texts), posts(texts), by_words)).lower()
    for word in ("four", "lovely", "name", "birth", "number", ", "):
        assert word not in told
    assert all(name.count("“") in (1, 2) for name in told.split(" | "))


def test_a_place_that_is_counted_as_one_names_no_theme() -> None:
    texts = [
        *["Ealing: the phone menu again", "phone menu, Ealing, at eight"] * 8,
        *SUBJECTS[2:] * 8,
    ]
    themes = themes_of(len(texts), posts(texts), by_words, ["Ealing"], ["Ealing"])
    assert "ealing" not in names(themes).lower()
    assert "phone menu" in names(themes)


def test_a_theme_of_an_older_program_is_shown_with_two_of_its_words() -> None:
    old = Theme(
        name="Four, Dignity, respect",
        terms=("four", "dignity"),
        posts=5,
        negative=None,
        positive=None,
    )
    assert old.called == "“Four” and “Dignity”"
    assert Theme(name="“a”", terms=("a",), posts=5, negative=None, positive=None).called == "“a”"


def test_a_small_tone_is_hidden_with_what_would_give_it_away() -> None:
    mixed = [
        *posts(SUBJECTS[:2] * 8),
        *posts(SUBJECTS[:1] * 3, sentiment="positive"),
        *posts(SUBJECTS[2:] * 10),
    ]
    for place, post in enumerate(mixed):
        mixed[place] = replace(post, author=f"{place}")
    theme = next(theme for theme in themes_of(59, mixed, by_words).themes if "phone" in theme.name)
    assert theme.positive is None, "three are glad"
    assert theme.negative is None, "and the others give it away"


def test_the_tone_of_a_theme_is_that_of_all_posts_that_no_one_speaks_up_in() -> None:
    with temporary_store() as store:
        kinds = [(kind, tone) for kind in PROTECTED for tone in ("negative", "neutral", "positive") for _ in range(6)]  # fmt: skip
        for number in range(1, len(kinds) + 1):
            words = SUBJECTS[number % len(SUBJECTS)]
            add(store, mention(number, text=words, text_raw=words, author=replace(mention().author, id=f"{number}")))  # fmt: skip
        waiting = store.assessments.unassessed("2026.1", "model-a")
        readings: list[Assessment] = [
            assessed(post, protected=kind, sentiment=tone, staff="icb" if kind in SPEAKING_UP else "no")
            for post, (kind, tone) in zip(waiting, kinds, strict=True)
        ]  # fmt: skip
        store.assessments.add(readings)
        total, read = store.weekly.theme_posts(AT - DAY, AT + HOUR, 2000)
        row = store.database.rows(
            """SELECT count(*) AS posts, sum(sentiment = 'negative') AS negative, sum(sentiment = 'positive') AS positive
            FROM current_assessments WHERE protected IN ('none', 'complaint', 'criticism')"""
        )[0]
        themes = themes_of(total, read, by_words).themes
    counts = [(theme.posts, theme.negative or 0, theme.positive or 0) for theme in themes]
    assert tuple(map(sum, zip(*counts, strict=True))) == tuple(row) == (54, 18, 18)


def test_what_staff_allege_is_in_no_theme_whatever_kind_of_speech_it_is_read_as() -> None:
    with temporary_store() as store:
        add(store, mention(1, text="Cut off again", text_raw="Cut off again"))
        (post,) = store.assessments.unassessed("2026.1", "model-a")
        store.assessments.add([assessed(post, staff="icb", protected="complaint", flags=(flag("allegation"),))])  # fmt: skip
        assert store.weekly.theme_posts(AT - DAY, AT + HOUR, 10) == (0, [])


def test_a_tone_that_was_counted_without_complaints_is_not_told() -> None:
    stored = themes_of(60, posts(SUBJECTS * 10), by_words).to_json()
    del stored["complaints"]
    read_again = Themes.of_published({"themes": stored})
    assert read_again is not None
    assert {(theme.negative, theme.positive) for theme in read_again.themes} == {(None, None)}


def test_what_is_kept_is_read_again_with_gists_and_history() -> None:
    found = themes_of(60, posts(SUBJECTS * 10), by_words)
    kept = Themes.of_published({"themes": found.to_json()})
    assert kept == found
    first = found.themes[0]
    told = found.with_history([found, found, found, found]).with_gists(
        {f"theme:{first.name}": "Cut off"}
    )
    assert told.themes[0].gist == "Cut off"
    assert told.themes[0].told_before == (4, 4)
    assert Themes.of_published({"themes": None}) is None


@given(st.lists(st.text(max_size=60), max_size=30))
def test_any_words_at_all_are_read_without_a_fault(texts: list[str]) -> None:
    found = themes_of(len(texts), posts(texts), by_words)
    for theme in found.themes:
        assert theme.posts >= 5
        assert theme.name


def test_a_week_of_nothing_has_no_themes() -> None:
    assert themes_of(0, [], by_words).themes == ()
