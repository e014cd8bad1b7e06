"""What is typed with a slip finds what was meant, by the words that posts hold; what posts hold is left alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.models import Mention
from store import CaseQuery, Store
from store.cases.spelling import MOST_MENDED
from tests.store.cases.test_grouping import take
from tests.store.factories import AT, mention

TEXTS = (
    "Nobody answers at Hillingdon, my appointment was cancelled",
    "Another appointment lost at Hillingdon and nobody rings back",
    "The queue at Harrow was two hours",
)


def posts(texts: Sequence[str], first: int = 1) -> list[Mention]:
    return [
        mention(number, text=text, text_raw=text) for number, text in enumerate(texts, start=first)
    ]


@pytest.fixture
def filled(store: Store) -> Store:
    take(store, *posts(TEXTS))
    return store


def found(store: Store, words: str) -> int:
    return store.queue.page(CaseQuery(tab="all", words=words), AT).total


@pytest.mark.parametrize(
    ("typed", "meant", "cases"),
    [("hilingdon", "hillingdon", 2), ("appointmnt Hilingdon", "appointment hillingdon", 2), ("ahrrow", "harrow", 1)],
)  # fmt: skip
def test_a_slip_finds_what_was_meant_and_says_so(
    filled: Store, typed: str, meant: str, cases: int
) -> None:
    assert found(filled, typed) == 0
    mended = filled.spelling.mend(typed)
    assert mended.words == meant
    assert [typed_word for typed_word, _ in mended.instead] == typed.split()
    assert found(filled, mended.words) == cases


def test_a_beginning_finds_whatever_begins_so(filled: Store) -> None:
    mended = filled.spelling.mend("appoint")
    assert (mended.words, mended.begins, mended.instead) == ("appoint*", ("appoint",), ())
    assert found(filled, mended.words) == 2


@pytest.mark.parametrize("typed", ["Hillingdon", "the queue", "zzzqqq", "020", "4857773457", ""])
def test_what_posts_hold_and_what_is_like_nothing_is_left_alone(filled: Store, typed: str) -> None:
    mended = filled.spelling.mend(typed)
    assert (mended.words, mended.instead, mended.perhaps) == (typed, (), ())


def test_a_rare_word_is_searched_for_and_a_usual_one_is_offered(store: Store) -> None:
    take(
        store,
        *posts([f"Hillingdon again {number}" for number in range(12)]),
        *posts(["Hilingdon is closed"], 50),
    )
    mended = store.spelling.mend("hilingdon")
    assert (mended.words, mended.instead) == ("hilingdon", ())
    assert mended.perhaps == (("hilingdon", "hillingdon"),)


def test_words_go_from_what_is_offered_with_the_posts_that_held_them(filled: Store) -> None:
    filled.database.execute("DELETE FROM case_flags")
    filled.database.execute("DELETE FROM case_places")
    filled.database.execute("DELETE FROM case_mentions WHERE mention IN (1, 2)")
    assert filled.spelling.mend("hilingdon").words == "hilingdon"


def test_no_more_than_a_few_words_are_mended(filled: Store) -> None:
    mended = filled.spelling.mend(" ".join(["hilingdon"] * 9))
    assert len(mended.instead) == MOST_MENDED


def test_a_word_of_the_language_that_no_post_has_is_never_replaced_and_another_is_offered(
    filled: Store,
) -> None:
    mended = filled.spelling.mend("rungs back", {"rungs"}.__contains__)  # "rings" stands in a post
    assert (mended.words, mended.instead) == ("rungs back", ())
    assert (mended.absent, mended.perhaps) == (("rungs",), (("rungs", "rings"),))


def test_for_a_short_word_of_the_language_no_other_is_offered(store: Store) -> None:
    take(store, *posts(["They will care for her"]))
    for typed in ("kill", "case"):  # one letter from will and care
        mended = store.spelling.mend(typed, {"kill", "case"}.__contains__)
        assert (mended.words, mended.absent, mended.perhaps, mended.instead) == (typed, (typed,), (), ())  # fmt: skip
