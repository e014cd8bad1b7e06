"""Where a long post speaks of its own matter, so that this is read once more without the talk around it.

A window says what it says less surely, the more of it speaks of something else; and talk of other things, read with an author who works
in health care, can be taken for anything. Close windows tell where a post speaks of health care here, or of what could be a flag: the
stretch that tells most is read by itself, and the rest needs more the further it is from telling anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from classify.model.windows import WHOLE, Floats, Window

# Logits below a post's most telling close window from which another tells of its matter too
WITHIN = 3.0
# The same up to which a window needs no more for a flag; beyond, how much more for each, and at most. Steeper (1, 1 and 5) lost
# two of 130 dangers of danger.jsonl and two of 62 high risks of speech.jsonl, for one clean post in 60 that is raised amid talk.
ALLOWED, RATE, MOST_AWAY = 2.0, 0.75, 4.0


def telling(close_logits: Floats, columns: Sequence[int]) -> Floats:
    """How much each close window tells of a post's matter, in logits: the highest of `columns`."""
    tells: Floats = close_logits[:, list(columns)].max(axis=1)
    return tells


def away(close: Sequence[Window], tells: Floats) -> Floats:
    """How many logits more a flag needs in each close window: the less it tells beside the one of its post that tells most, the more."""
    best = _best(close, tells)
    below = np.array([best[window.post] for window in close], np.float32) - tells
    more: Floats = np.clip((below - ALLOWED) * RATE, 0.0, MOST_AWAY).astype(np.float32)
    return more


def focused(
    close: Sequence[Window], tells: Floats, firsts: Mapping[int, Window]
) -> tuple[list[Window], list[list[int]]]:
    """Of each post that speaks of something else too, the stretch that tells most as one window; beside it which of `close` it is made of.

    `firsts` are the posts' first windows, with whose author and context it is read.
    """
    windows: list[Window] = []
    made_of: list[list[int]] = []
    for post, group in groupby(range(len(close)), key=lambda at: close[at].post):
        places = list(group)
        best = max(places, key=lambda at: tells[at])
        least = tells[best] - WITHIN
        run = [best]
        while run[0] > places[0] and tells[run[0] - 1] >= least and _touch(close, run[0] - 1):
            run.insert(0, run[0] - 1)
        while run[-1] < places[-1] and tells[run[-1] + 1] >= least and _touch(close, run[-1]):
            run.append(run[-1] + 1)
        ids = [token for at in run for token in close[at].ids]
        if tells[best] > 0 and len(run) < len(places) and len(ids) <= WHOLE:
            first = firsts[post]
            windows.append(Window(post, close[run[0]].first, ids, first.about, first.context))
            made_of.append(run)
    return windows, made_of


def _touch(close: Sequence[Window], at: int) -> bool:
    """Whether a close window ends where the next begins: what lies between was read in neither."""
    return close[at].first + len(close[at].ids) == close[at + 1].first


def _best(close: Sequence[Window], tells: Floats) -> Mapping[int, float]:
    best: dict[int, float] = {}
    for window, much in zip(close, tells.tolist(), strict=True):
        best[window.post] = max(best.get(window.post, much), much)
    return best
