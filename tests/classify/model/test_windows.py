"""How texts are cut into windows, and that threads change nothing."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.model.onnx_model import SHIPPED, Model
from classify.model.windows import (
    AUTHOR,
    CLOSE,
    CONTEXT,
    FIRST,
    LAST,
    LEAST_CONTEXT,
    MOST,
    MOST_CLOSE,
    OVERLAP,
    PART,
    WHOLE,
    WINDOW,
    Cutter,
    Scores,
    Text,
    Window,
    agreed,
    cores,
    in_chunks,
    joined,
    likely,
    most_telling,
    overlaid,
    parts,
    read,
    read_closely,
    stretches,
)
from core.errors import ModelError
from tests.fuzz.profiles import examples

CUTTER = Cutter(SHIPPED / "tokenizer.json")
PIECES = st.sampled_from(
    ["the", " ", "nurse", "sh1t", "f*ck", "😡", "👩🏽‍⚕️", "🇬🇧", "кill", "нет", "ﬃ", "½", "\u200b", "\u202e", "e\u0301",
     "https://example.org/a", "soooooo", "@user ", "@user @user ", "\n", "A&E", "SW1A 2AA", "$", "*", "1", " noʎ ʞɔnɟ "]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=30).map("".join)


def windows(*sizes: int) -> list[Window]:
    return [Window(post, 0, [7] * size, [post]) for post, size in enumerate(sizes)]


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


# ── whole sentences ──────────────────────────────────────────────────────────────────────────────

# words of a sentence, and what ends it: a blank alone ends none
SENTENCES = st.lists(
    st.tuples(st.integers(1, 200), st.sampled_from([". ", "! ", "?\n", "\n", " ", '…" ', ".) "])),
    max_size=14,
)


def composed(
    sentences: Sequence[tuple[int, str]],
) -> tuple[str, list[tuple[int, int]], set[int]]:
    """A text, its words as tokens (offsets), and the tokens with which a sentence begins after another."""
    text = "".join(" ".join(["w"] * count) + end for count, end in sentences)
    tokens = [match.span() for match in re.finditer("w", text)]
    reached = accumulate(count for count, _ in sentences)
    begins = {at for at, (_, end) in zip(reached, sentences, strict=True) if end != " "}
    return text, tokens, begins


@given(SENTENCES, st.integers(1, WINDOW))
def test_parts_cover_every_token_in_order_and_none_is_longer_than_its_room(
    sentences: list[tuple[int, str]], room: int
) -> None:
    text, tokens, _ = composed(sentences)
    ranges = parts(text, tokens, room)
    assert (ranges[0][0], ranges[-1][1]) == (0, len(tokens))
    if len(tokens) <= min(WHOLE, room):
        assert ranges == [(0, len(tokens))]
    else:
        assert all(0 < stop - start <= min(PART, room) for start, stop in ranges)
    for (start, stop), (following, end) in pairwise(ranges):
        assert start < following <= stop < end  # each goes on, and leaves nothing out
        assert stop - following <= OVERLAP


@given(SENTENCES, st.integers(8, WINDOW))
def test_parts_are_cut_where_a_sentence_ends_if_one_does(
    sentences: list[tuple[int, str]], room: int
) -> None:
    text, tokens, begins = composed(sentences)
    most = min(PART, room)
    for (start, stop), (following, _) in pairwise(parts(text, tokens, room)):
        fitting = {at for at in begins if start + (most + 1) // 2 <= at <= start + most}
        assert stop == max(fitting, default=start + most)
        short = {at for at in begins if stop - min(OVERLAP, most // 4) <= at < stop}
        if short:
            assert following == min(
                short
            )  # the last short sentences of the part before are read again
        else:
            assert following == (stop if fitting else stop - min(OVERLAP, most // 4))


def test_a_long_post_is_read_in_whole_sentences() -> None:
    sentence = (
        "The desk was shut again when we came for the blood test on Tuesday at ten past nine."
    )
    text = " ".join([sentence] * 30)
    cut = CUTTER.cut([Text(text)])
    (places,) = cut.places
    ends = [places[window.first + len(window.ids) - 1][1] for window in cut.windows]
    starts = [places[window.first][0] for window in cut.windows]
    assert len(cut.windows) > 2
    assert all(text[:end].endswith(".") for end in ends)
    assert all(text[start:].startswith("The desk") for start in starts)


def test_each_window_has_the_words_in_which_its_tokens_stand() -> None:
    sentence = (
        "The desk was shut again when we came for the blood test on Tuesday at ten past nine."
    )
    cut = CUTTER.cut([Text(SHORT), Text(" ".join([sentence] * 30))])
    assert len(cut.written) == len(cut.windows) > 3
    assert cut.written[0] == SHORT
    for window, words in zip(cut.windows, cut.written, strict=True):
        (alone,) = CUTTER.cut([Text(words)]).windows
        assert alone.ids == window.ids


# ── context ──────────────────────────────────────────────────────────────────────────────────────

BY_CONTEXT = Cutter(SHIPPED / "tokenizer.json", context=CONTEXT)
ANSWERED = "answers our post: " + "the walk-in centre opens late today " * 40
SHORT, LONG = "Typical of this lot", "the queue went on and on " * 60


def test_the_encoder_takes_text_author_and_context_as_segments_of_their_own() -> None:
    (window,) = BY_CONTEXT.cut([Text(SHORT, "x", "Mum of two", "answers a post: hello")]).windows
    ids, types = BY_CONTEXT.row(window)
    assert types == [0] * (len(window.ids) + 2) + [1] * (len(window.about) + 1) + [2] * (
        len(window.context) + 1
    )
    stop = ids[len(window.ids) + 1]
    assert [at for at, token in enumerate(ids) if token == stop] == [
        len(window.ids) + 1,
        len(window.ids) + len(window.about) + 2,
        len(ids) - 1,
    ]
    assert ids[1 : 1 + len(window.ids)] == list(window.ids)
    assert ids[-1 - len(window.context) : -1] == list(window.context)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (Text(SHORT), {0}),
        (Text(SHORT, "x"), {0, 1}),
        (Text(SHORT, context="to us"), {0, 2}),
        (Text("", "x", "Mum", "to us"), {0, 1, 2}),
    ],
)
def test_a_segment_that_is_empty_is_left_out(text: Text, kinds: set[int]) -> None:
    (window,) = BY_CONTEXT.cut([text]).windows
    assert set(BY_CONTEXT.row(window)[1]) == kinds


def test_a_context_is_cut_to_its_budget_and_shorter_beside_each_window_of_a_long_post() -> None:
    short = BY_CONTEXT.cut([Text(SHORT, "x", "A nurse of many words. " * 40, ANSWERED)]).windows
    assert [len(window.context) for window in short] == [CONTEXT]
    long = BY_CONTEXT.cut([Text(LONG, "x", "A nurse of many words. " * 40, ANSWERED)]).windows
    assert len(long) > 1
    assert {len(window.context) for window in long} == {LEAST_CONTEXT}
    assert all(window.context == short[0].context[:LEAST_CONTEXT] for window in long)
    assert all(len(BY_CONTEXT.row(window)[0]) <= WINDOW for window in (*short, *long))


def test_who_reads_no_context_is_given_none_of_it() -> None:
    without, beside = CUTTER.cut([Text(SHORT, "x"), Text(SHORT, "x", context=ANSWERED)]).windows
    assert CUTTER.row(without) == CUTTER.row(beside)


@given(TEXTS)
def test_a_context_moves_no_token_of_the_text(text: str) -> None:
    alone, beside = BY_CONTEXT.cut([Text(text), Text(text, context="answers a post: hello")]).places
    assert alone == beside


# ── joining ──────────────────────────────────────────────────────────────────────────────────────


def test_flags_are_as_strong_as_in_the_strongest_window_and_choices_as_in_all() -> None:
    cut = [Window(0, 0, [1, 2], []), Window(0, 1, [2, 3], []), Window(1, 0, [4], [])]
    logits = np.array([[0.0, 9.0, 0.0], [2.0, -9.0, 0.0], [-2.0, 5.0, 5.0]], np.float32)
    posts = joined(cut, logits, choices=[[1, 2]])
    assert posts[0, 0] == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert posts[:, 1] == pytest.approx([0.5, 0.5])


def test_choices_rest_on_the_windows_that_are_in_scope() -> None:
    cut = [Window(0, 0, [1], []), Window(0, 1, [2], []), Window(1, 0, [3], [])]
    logits = np.array([[4.0, 2.0, -2.0], [-4.0, -3.0, 3.0], [-4.0, -1.0, 1.0]], np.float32)
    plain = joined(cut, logits, [[1, 2]])
    weighted = joined(cut, logits, [[1, 2]], scope=0)
    assert plain[0, 1] < 0.5 < weighted[0, 1]  # the second window speaks of something else
    weights = likely(np.array([4.0, -4.0])) + 0.01
    mean = (weights[0] * 2.0 + weights[1] * -3.0) / weights.sum()
    assert weighted[0, 1] == pytest.approx(1 / (1 + np.exp(-2 * mean)), abs=1e-5)
    assert weighted[1] == pytest.approx(plain[1], abs=1e-6)  # one window is all that there is
    assert weighted[:, 0] == pytest.approx(plain[:, 0])  # the strongest window says what holds


def test_where_no_window_is_in_scope_choices_are_still_told() -> None:
    cut = [Window(0, 0, [1], []), Window(0, 1, [2], [])]
    logits = np.array([[-30.0, 2.0, 0.0], [-30.0, 2.0, 0.0]], np.float32)
    posts = joined(cut, logits, [[1, 2]], scope=0)
    assert posts[0, 1:] == pytest.approx([1 / (1 + np.exp(-2.0)), 1 / (1 + np.exp(2.0))], abs=1e-5)


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


@examples(25)
@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 4))
def test_answers_come_in_order_whatever_the_number_of_threads(
    sizes: list[int], threads: int
) -> None:
    told: list[int] = []
    said = read(
        windows(*sizes), lambda window: (window.post, len(window.ids)), threads, told.append
    )
    assert said == list(enumerate(sizes))
    assert sum(told) == len(sizes)


def test_the_longest_are_read_first() -> None:
    order: list[int] = []
    read(windows(3, 9, 5), lambda window: order.append(len(window.ids)), 1)
    assert order == [9, 5, 3]


def test_what_stands_there_twice_is_read_once_and_told_of_both() -> None:
    asked: list[int] = []
    told: list[int] = []
    alike = [Window(post, 0, [7, 8], [1]) for post in range(3)]

    def one(window: Window) -> int:
        asked.append(window.post)
        return len(window.ids)

    assert read([*alike, Window(3, 0, [7, 8], [2])], one, 2, told.append) == [2, 2, 2, 2]
    assert len(asked) == 2  # who wrote it counts too
    assert sum(told) == 4


# ── what is read of a long post ──────────────────────────────────────────────────────────────────


def test_a_post_of_few_windows_is_read_whole_and_of_a_longer_its_ends_and_what_tells_most() -> None:
    few = [Window(0, 10 * at, [7] * 12, []) for at in range(MOST)]
    many = [Window(1, 10 * at, [7] * 12, []) for at in range(3 * MOST)]
    hints = np.tile(np.array([-9.0, 3.0], np.float32), (4 * MOST, 1))
    telling = MOST + 2 * MOST  # far from both ends
    hints[telling, 0] = -5.0  # less than the other flag's, and more than elsewhere in the post
    kept = most_telling([*few, *many], hints)
    assert kept[:MOST] == list(range(MOST))
    assert len(kept) == 2 * MOST
    assert kept == sorted(kept)
    assert telling in kept
    assert {*range(MOST, MOST + FIRST), *range(4 * MOST - LAST, 4 * MOST)} <= set(kept)


def test_tokens_of_a_window_that_was_not_read_show_nothing() -> None:
    kept = [Window(0, 0, [7] * 3, []), Window(0, 5, [7] * 2, [])]
    (shown,) = overlaid(kept, np.full((5, 1), 0.5, np.float32))
    assert shown[:, 0].tolist() == [0.5, 0.5, 0.5, 0.0, 0.0, 0.5, 0.5]


def test_a_post_that_is_longer_than_is_read_says_so_and_danger_in_its_middle_is_read() -> None:
    model = Model()
    talk = "The match went to extra time and the ground was full. " * 400
    danger = "I am going to kill myself tonight. "
    long = f"{talk[:10_800]}{danger}{talk[:8_000]}"
    short, whole = model.scores([Text(long[:2000]), Text(long)])
    assert short.whole
    assert not whole.whole
    at = next(
        number for number, (start, _) in enumerate(whole.places) if start >= long.index("kill")
    )
    assert whole.tokens[at].any()  # what was not read is 0 everywhere
    assert not whole.tokens.any(axis=1).all()


def test_several_threads_read_side_by_side() -> None:
    both = threading.Barrier(2, timeout=20)  # passed by two threads at once, or broken
    read(windows(1, 1), lambda window: both.wait(), 2)


def test_what_fails_in_any_thread_is_raised_and_the_rest_is_left() -> None:
    done: list[int] = []

    def one(window: Window) -> None:
        if len(window.ids) == 99:
            raise ValueError("broken")
        done.append(window.post)

    with pytest.raises(ValueError, match="broken"):
        read(windows(99, *[1] * 500), one, 1)
    assert done == []
    with pytest.raises(ValueError, match="broken"):
        read(windows(99, *[1] * 500), one, 2)


def test_there_is_a_core_to_use() -> None:
    assert cores() >= 1


def test_a_flag_needs_more_in_a_window_of_a_long_post_that_is_off_topic() -> None:
    """Columns: in scope, a flag, another output. The first post has two windows, the second one."""
    windows = [Window(0, 0, [1], ()), Window(0, 1, [1], ()), Window(1, 0, [1], ())]
    logits = np.array([[9.0, 0.0, 0.0], [-9.0, 1.0, 1.0], [-9.0, 1.0, 1.0]], np.float32)
    posts = joined(windows, logits, (), 0, np.array([0.0, 1.0, 0.0], np.float32))
    assert posts[0, 1] == pytest.approx(likely(np.array([0.0], np.float32))[0], abs=1e-3)
    assert posts[0, 2] == pytest.approx(likely(np.array([1.0], np.float32))[0], abs=1e-3)
    assert posts[1, 1] == pytest.approx(likely(np.array([1.0], np.float32))[0], abs=1e-3)


# ── closely ──────────────────────────────────────────────────────────────────────────────────────


@given(SENTENCES, st.integers(1, WINDOW))
def test_stretches_cover_every_token_once_and_none_is_longer_than_its_room(
    sentences: list[tuple[int, str]], room: int
) -> None:
    text, tokens, _ = composed(sentences)
    ranges = stretches(text, tokens, room)
    assert [at for start, stop in ranges for at in range(start, stop)] == list(range(len(tokens)))
    assert all(0 < stop - start <= min(CLOSE, room) for start, stop in ranges)


def test_a_paragraph_of_a_long_post_is_read_apart_from_what_stands_around_it() -> None:
    talk = "The number nine bus was late and the market sold out of plums. " * 12
    paragraph = "I waited for nine hours and nobody came to tell me a thing."
    cut = CUTTER.cut([Text(f"{talk}\n\n{paragraph}\n\n{talk}")], closely=True)
    assert f"{paragraph}" in [written.strip() for written in cut.close_written]
    assert not CUTTER.cut([Text(paragraph)], closely=True).close


def test_a_flag_is_told_by_both_readings_and_what_has_no_close_one_as_it_is() -> None:
    windows = [Window(0, 0, [1] * 4, ()), Window(0, 3, [1] * 4, ()), Window(1, 0, [1], ())]
    close = [Window(0, 0, [1] * 3, ()), Window(0, 3, [1] * 4, ())]
    logits = np.array([[2.0, 2.0], [-2.0, -2.0], [1.0, 1.0]], np.float32)
    closely = np.array([[4.0, 4.0], [0.0, 0.0]], np.float32)
    by_close = np.array([0.5, 0.0], np.float32)  # of a flag half, of another output nothing
    units, told = agreed(windows, logits, close, closely, by_close)
    assert units == [*close, windows[2]]
    assert told.tolist() == [[3.0, 2.0], [-1.0, -2.0], [1.0, 1.0]]


def test_close_windows_are_read_where_the_wide_ones_are_and_of_no_post_that_has_too_many() -> None:
    windows = [Window(0, 0, [1] * 4, ()), Window(0, 8, [1] * 4, ()), Window(1, 0, [1] * 99, ())]
    close = [Window(0, at, [1] * 2, ()) for at in range(0, 12, 2)]
    many = [Window(1, at, [1], ()) for at in range(MOST_CLOSE + 1)]
    assert read_closely([*close, *many], windows) == [0, 1, 4, 5]
