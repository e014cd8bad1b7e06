"""How texts are cut into windows, and that threads change nothing."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.model.onnx_model import SHIPPED
from classify.model.windows import (
    AUTHOR,
    OVERLAP,
    WINDOW,
    Cutter,
    Scores,
    Text,
    Window,
    cores,
    in_chunks,
    joined,
    overlaid,
    read,
)
from core.errors import ModelError

CUTTER = Cutter(SHIPPED / "tokenizer.json")
PIECES = st.sampled_from(
    ["the", " ", "nurse", "sh1t", "f*ck", "😡", "👩🏽‍⚕️", "🇬🇧", "кill", "нет", "ﬃ", "½", "\u200b", "\u202e", "e\u0301",
     "https://example.org/a", "soooooo", "@user ", "@user @user ", "\n", "A&E", "SW1A 2AA", "$", "*", "1", " noʎ ʞɔnɟ "]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=30).map("".join)


def windows(*sizes: int) -> list[Window]:
    return [Window(post, 0, [7] * size, []) for post, size in enumerate(sizes)]


# ── cutting ──────────────────────────────────────────────────────────────────────────────────────


def test_a_long_text_is_cut_into_windows_that_overlap_and_leave_nothing_out() -> None:
    text = Text("the queue went on and on " * 300, "x", "A nurse of many words. " * 40)
    cut = CUTTER.cut([text])
    (places,) = cut.places
    read_so_far = 0
    for window in cut.windows:
        ids, types = CUTTER.row(window)
        assert len(ids) == len(types) <= WINDOW
        assert len(window.about) == AUTHOR
        assert not window.first or window.first == read_so_far - OVERLAP
        read_so_far = window.first + len(window.ids)
    assert read_so_far == len(places)


def test_an_empty_text_has_one_window() -> None:
    assert [len(window.ids) for window in CUTTER.cut([Text(""), Text(" ")]).windows] == [0, 0]


@given(TEXTS, st.sampled_from(["Well then.\n", "😡 \n", "Straße\n", "@nurse @nurse \n"]))
def test_places_move_with_the_text(text: str, before: str) -> None:
    alone, moved = CUTTER.cut([Text(text), Text(before + text)]).places
    after = moved[len(moved) - len(alone) :] if alone else []
    assert list(after) == [(start + len(before), end + len(before)) for start, end in alone]


@given(TEXTS)
def test_every_token_stands_somewhere_in_the_text(text: str) -> None:
    (places,) = CUTTER.cut([Text(text)]).places
    assert all(0 <= start < end <= len(text) for start, end in places)


def test_what_is_told_of_words_upside_down_is_told_where_they_stand() -> None:
    text = "oh noʎ ʞɔnɟ there"
    (places,) = CUTTER.cut([Text(text)]).places
    assert [text[slice(*place)] for place in places] == ["oh", "ʞɔnɟ", "noʎ", "there"]
    shown = np.array([[0.0], [1.0], [1.0], [0.0]], np.float32)
    assert Scores({}, shown, places, {"threat": 0}).spans("threat", 0.5) == ((3, 11),)


def test_what_is_no_tokenizer_is_refused() -> None:
    with pytest.raises(ModelError, match=r"model\.json"):
        Cutter(SHIPPED / "model.json")


# ── joining ──────────────────────────────────────────────────────────────────────────────────────


def test_flags_are_as_strong_as_in_the_strongest_window_and_choices_as_in_all() -> None:
    cut = [Window(0, 0, [1, 2], []), Window(0, 1, [2, 3], []), Window(1, 0, [4], [])]
    logits = np.array([[0.0, 9.0, 0.0], [2.0, -9.0, 0.0], [-2.0, 5.0, 5.0]], np.float32)
    posts = joined(cut, logits, choices=[[1, 2]])
    assert posts[0, 0] == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert posts[:, 1] == pytest.approx([0.5, 0.5])


def test_a_token_that_two_windows_share_has_its_highest_value() -> None:
    cut = [Window(0, 0, [1, 2], []), Window(0, 1, [2, 3], []), Window(1, 0, [], [])]
    values = np.array([[0.1], [0.2], [0.7], [0.3]], np.float32)
    first, second = overlaid(cut, values)
    assert first[:, 0].tolist() == pytest.approx([0.1, 0.7, 0.3])
    assert len(second) == 0


# ── chunks ───────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(0, 50), st.integers(1, 20))
def test_texts_are_scored_in_order_and_no_more_at_a_time_than_may_be_held(
    count: int, size: int
) -> None:
    held: list[int] = []

    def scores(texts: Sequence[Text]) -> list[Scores]:
        held.append(len(texts))
        return [Scores({text.text: 1.0}, np.zeros((0, 0), np.float32), (), {}) for text in texts]

    said = in_chunks([Text(str(n)) for n in range(count)], size, scores)
    assert [list(one.outputs) for one in said] == [[str(n)] for n in range(count)]
    assert sum(held) == count
    assert all(0 < one <= size for one in held)


# ── threads ──────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 4))
def test_answers_come_in_order_whatever_the_number_of_threads(
    sizes: list[int], threads: int
) -> None:
    told: list[int] = []
    said = read(windows(*sizes), lambda window: (window.post, window.size), threads, told.append)
    assert said == list(enumerate(sizes))
    assert sum(told) == len(sizes)


def test_the_longest_are_read_first() -> None:
    order: list[int] = []
    read(windows(3, 9, 5), lambda window: order.append(window.size), 1)
    assert order == [9, 5, 3]


def test_several_threads_read_side_by_side() -> None:
    both = threading.Barrier(2, timeout=20)  # passed by two threads at once, or broken
    read(windows(1, 1), lambda window: both.wait(), 2)


def test_what_fails_in_any_thread_is_raised_and_the_rest_is_left() -> None:
    done: list[int] = []

    def one(window: Window) -> None:
        if window.size == 99:
            raise ValueError("broken")
        done.append(window.post)

    with pytest.raises(ValueError, match="broken"):
        read(windows(99, *[1] * 500), one, 1)
    assert done == []
    with pytest.raises(ValueError, match="broken"):
        read(windows(99, *[1] * 500), one, 2)


def test_there_is_a_core_to_use() -> None:
    assert cores() >= 1
