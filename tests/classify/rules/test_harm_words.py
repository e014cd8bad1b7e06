from __future__ import annotations

import pytest

from classify.rules import harm_words
from classify.rules.harm_words import harms_in
from classify.rules.plain_words import Entry, Undoing

FLOOR = harm_words.shipped()


def named(value: Entry | Undoing | str) -> str:
    """The same in every process, as xdist asks."""
    return value[:60] if isinstance(value, str) else value.name


@pytest.mark.parametrize(
    ("entry", "example"),
    [(entry, example) for entry in FLOOR.entries for example in entry.examples], ids=named,
)  # fmt: skip
def test_a_harm_is_found_in_its_examples(entry: Entry, example: str) -> None:
    assert entry.name in harms_in(example)


@pytest.mark.parametrize(
    "example", [example for entry in FLOOR.entries for example in entry.quiet], ids=named
)
def test_what_only_looks_like_harm_tells_of_none(example: str) -> None:
    assert harms_in(example) == ()


@pytest.mark.parametrize(
    ("undoing", "example"),
    [(undoing, example) for undoing in FLOOR.undoings for example in undoing.examples], ids=named,
)  # fmt: skip
def test_what_says_that_no_harm_came_undoes_it(undoing: Undoing, example: str) -> None:
    wording = FLOOR.read(example)
    assert wording is not None
    assert undoing.name in {match.undone.name for match in FLOOR.matches(wording) if match.undone}
    assert harms_in(example) == ()


def test_every_entry_and_undoing_has_examples_and_every_kind_can_be_denied() -> None:
    assert [entry.name for entry in FLOOR.entries if not (entry.examples and entry.quiet)] == []
    assert [undoing.name for undoing in FLOOR.undoings if not undoing.examples] == []
    kinds = {entry.kind for entry in FLOOR.entries}
    assert set().union(*(undoing.undoes for undoing in FLOOR.undoings)) == kinds
    assert {entry.flag for entry in FLOOR.entries} == {"allegation"}


def test_a_harm_told_beside_one_that_is_denied_is_still_told() -> None:
    assert harms_in("Nobody has died on C ward. My father died on D ward.") == ("a death",)


def test_words_in_disguise_are_read_as_what_they_stand_for() -> None:
    assert harms_in("they let my mum d1e, she d i e d on a trolley and he was k1lled") != ()
