"""Where a long post speaks of its own matter, and that the talk around it changes little."""

from __future__ import annotations

import numpy as np

from classify.model.focus import MOST_AWAY, away, focused, telling
from classify.model.onnx_model import Model
from classify.model.windows import WHOLE, Text, Window

TALK = "The number nine bus was late and the market sold out of plums. " * 24
COMPLAINT = "I waited nine hours at Northwick Park Hospital, nobody came, and the nurse called my mother a stupid cow."


def close(post: int, count: int, size: int = 4) -> list[Window]:
    return [Window(post, at * size, [post * 100 + at] * size, ()) for at in range(count)]


def test_a_window_tells_as_much_as_the_likeliest_of_what_it_is_asked() -> None:
    logits = np.array([[1.0, 9.0, -2.0], [-3.0, 9.0, 4.0]], np.float32)
    assert telling(logits, (0, 2)).tolist() == [1.0, 4.0]


def test_the_stretch_that_tells_most_is_read_by_itself_with_author_and_context() -> None:
    windows = close(0, 5)
    first = Window(0, 0, [1], [7], [8])
    tells = np.array([-3.0, -2.0, 3.0, 5.0, -1.0], np.float32)
    (focus,), made_of = focused(windows, tells, {0: first})
    assert made_of == [[2, 3]]
    assert focus == Window(0, 8, [2] * 4 + [3] * 4, [7], [8])


def test_what_speaks_of_one_thing_throughout_of_nothing_or_at_length_is_not_read_again() -> None:
    first = {0: Window(0, 0, [1], ())}
    assert focused(close(0, 3), np.array([4.0, 5.0, 3.0], np.float32), first) == ([], [])
    assert focused(close(0, 3), np.array([-4.0, -1.0, -9.0], np.float32), first) == ([], [])
    wide = close(0, 3, size=WHOLE)
    assert focused(wide, np.array([9.0, 9.0, -9.0], np.float32), first) == ([], [])


def test_windows_between_which_something_was_not_read_are_no_stretch() -> None:
    windows = [*close(0, 2), Window(0, 40, [5] * 4, ()), Window(0, 44, [6] * 4, ())]
    tells = np.array([-9.0, 4.0, 5.0, -9.0], np.float32)
    _, made_of = focused(windows, tells, {0: Window(0, 0, [1], ())})
    assert made_of == [[2]]


def test_a_flag_needs_more_the_less_a_window_tells_beside_the_most_telling_of_its_post() -> None:
    tells = np.array([6.0, 4.5, 0.0, -30.0, -30.0], np.float32)
    more = away([*close(0, 4), *close(1, 1)], tells).tolist()
    assert more[:2] == [0.0, 0.0]  # they tell nearly as much
    assert 0 < more[2] < more[3] == MOST_AWAY
    assert more[4] == 0.0  # alone in its post


def test_unrelated_talk_around_a_complaint_leaves_what_it_is() -> None:
    model = Model()
    alone, *amid = model.scores(
        [Text(text) for text in (COMPLAINT, f"{TALK}\n\n{COMPLAINT}", f"{COMPLAINT}\n\n{TALK}")]
    )
    assert alone.matter is None
    for scores in amid:
        for name in ("in_scope", "derogatory"):
            assert (scores.outputs[name] >= 0.5) == (alone.outputs[name] >= 0.5), name
        assert scores.matter is not None
    begin, end = amid[0].matter or (0, 0)
    assert len(TALK) - 400 < begin <= len(TALK) + 2 < end  # the complaint with little of the talk
