"""Which pictures wait to be read, and that what was read lies with the post and goes with it."""

from __future__ import annotations

import dataclasses

import pytest

from core.context import AnsweredPost, PictureText, context_of
from core.media import Attachment
from store import PictureRead, Store
from store.picture_reads import AGAIN, TRIES
from tests.store.factories import AT, DAY, HOUR, add, assess_all, dump, mention

WORDS = "NHS number 999 123 4560, Orla Pennywhistle"
READ = [PictureText(place=0, text=WORDS)]


def outcome(kind: str = "read", *, number: int = 1, place: int = 0) -> PictureRead:
    return PictureRead(mention=number, place=place, outcome=kind)  # type: ignore[arg-type]


def test_what_came_waits_once_in_its_order(store: Store) -> None:
    add(store, mention(1), mention(2), mention(3))
    assert store.picture_reads.waiting(AT - DAY, AT) == [1, 2, 3]
    store.picture_reads.note(1, [outcome()], AT)
    store.picture_reads.note(2, [], AT)
    assert store.picture_reads.waiting(AT - DAY, AT) == [3]


def test_what_is_older_than_the_setting_is_passed_over(store: Store) -> None:
    add(store, mention(1))
    assert store.picture_reads.waiting(AT + HOUR, AT + DAY) == []


def test_what_may_work_later_is_tried_three_times_ever_later(store: Store) -> None:
    add(store, mention(1))
    at = AT
    for turn in range(TRIES):
        store.picture_reads.note(1, [outcome("waits")], at)
        assert store.picture_reads.waiting(AT - DAY, at) == []
        at += AGAIN * 2**turn
        assert store.picture_reads.waiting(AT - DAY, at) == ([1] if turn < TRIES - 1 else [])
    assert store.picture_reads.outcomes([1]) == {1: {0: "failed"}}
    assert store.picture_reads.tries(1) == {0: TRIES}


def test_what_was_read_is_a_revision_that_is_assessed_again(store: Store) -> None:
    add(store, mention(1, media=(Attachment(url="https://pbs.twimg.com/1.jpg"),)))
    assess_all(store)
    assert store.assessments.count_unassessed() == 0
    assert store.mentions.add_picture_texts(1, 1, READ, AT)
    assert store.assessments.count_unassessed() == 1
    stored = store.mentions.get(1)
    assert stored is not None
    assert stored.revision == 2
    assert stored.mention.context.picture_texts == tuple(READ)
    assert stored.mention.media, "and its address is still known"


def test_nothing_new_changes_nothing_and_neither_does_what_came_too_late(store: Store) -> None:
    add(store, mention(1))
    assert not store.mentions.add_picture_texts(1, 1, [], AT)
    assert store.mentions.add_picture_texts(1, 1, READ, AT)
    assert not store.mentions.add_picture_texts(1, 1, READ, AT), "it was edited meanwhile"
    assert not store.mentions.add_picture_texts(1, 2, READ, AT), "it says the same"
    assert not store.mentions.add_picture_texts(9, 1, READ, AT)


def test_an_edit_and_a_context_that_is_told_later_keep_what_was_read(store: Store) -> None:
    add(store, mention(1))
    store.mentions.add_picture_texts(1, 1, READ, AT)
    told = context_of(answered=[AnsweredPost(text="A question", handle="somebody")])
    add(store, mention(1, context=told, fetched_at=AT + HOUR))
    add(store, mention(1, text="Quite other words", context=told, fetched_at=AT + 2 * HOUR))
    stored = store.mentions.get(1)
    assert stored is not None
    assert stored.mention.text == "Quite other words"
    assert stored.mention.context == dataclasses.replace(told, picture_texts=tuple(READ))


def test_the_same_copy_again_makes_no_revision(store: Store) -> None:
    add(store, mention(1))
    store.mentions.add_picture_texts(1, 1, READ, AT)
    assert add(store, mention(1, fetched_at=AT + HOUR)).again == 1
    stored = store.mentions.get(1)
    assert stored is not None
    assert stored.revision == 2


@pytest.mark.parametrize("words", ["Pennywhistle", "999 123 4560"])
def test_the_words_lie_sealed_and_nowhere_else(store: Store, words: str) -> None:
    add(store, mention(1))
    store.mentions.add_picture_texts(1, 1, READ, AT)
    store.picture_reads.note(1, [outcome()], AT)
    assert words not in dump(store)
