"""Texts as an encoder takes them: normalised, in tokens, cut into windows that are read side by side.

A long post is read whole, in windows of whole sentences: a flag needs a window that itself speaks of it,
and what stands before or after is read apart. It is read twice, in windows that show what words mean together and in
close ones in which little else stands; what is told is what both agree on. Each window is read by itself and by one thread: int8
rounds by the largest value of a batch, so that a post's scores would depend on what is read beside it
(by 0.15 of a logit and more), and a batch is no faster on a processor.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from classify.text.normalise import Normal, normalise
from core.errors import ModelError

WINDOW = 320  # tokens, with the author's segment, the context's and the special ones
AUTHOR = 64  # tokens of platform and bio at most
CONTEXT = 80  # tokens of what a post answers and where it stands at most
LEAST_CONTEXT = 40  # the same beside each window of a long post
WHOLE = 160  # tokens of its own up to which a post is read in one window
PART = 128  # tokens of its own of a window of a longer post
CLOSE = 64  # tokens of its own of a close window
LEAST_CLOSE = 8  # the same from which a paragraph's end ends one
MOST_CLOSE = 48  # close windows of one post that are read; where there are more, none is
OVERLAP = 32  # tokens that two windows share at most: a sentence, or where there is none to cut at
MOST = 24  # windows of one post that the encoder reads: some 2,600 tokens, 11,000 characters of plain English
FIRST, LAST = (
    6,
    2,
)  # of them those at its beginning and its end; the others are those that tell most
# Logits that a flag needs more in a window of a long post that is not in scope: of two hundred long rows of writers held
# out F1 is .74 with it for every flag, .71 without. Danger and threats are judged in any scope and need less: at 2 twice as much
# danger is lost amid unrelated talk (decision 26).
OFF_TOPIC = 2.0
OFF_TOPIC_ANY_SCOPE = {"safeguarding": 1.0, "threat": 1.5}
# How much of a flag's logit is the close window's, the rest is that of the window around it (decision 46). What a post is about and
# who speaks is told by the wider ones alone: of 285 long rows of writers held out scope is right in 257 so, in 247 by both.
BY_CLOSE = 0.5
MARKS = (("[CLS]", "[SEP]"), ("<s>", "</s>"))  # where a text begins and ends

Floats = NDArray[np.float32]
Progress = Callable[[int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Text:
    """What is read of one post: its text, where it was said by whom (platform and bio), and its context in words."""

    text: str
    platform: str = ""
    bio: str = ""
    context: str = ""


def about(platform: str, bio: str) -> str:
    """The second segment: where it was said and how its author presents themselves."""
    return f"{platform}. {bio}".strip(". ") if platform or bio else ""


@lru_cache(maxsize=1024)
def of_author(platform: str, bio: str) -> str:
    """The same, normalised."""
    return normalise(about(platform, bio)).text


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one text.

    `outputs` are probabilities by name. `tokens` are probabilities (tokens, evidence) of being part
    of what shows a flag, and `places` each token's offsets in the text as given. `whole`: every part of it was read.
    `matter`: where a long text that speaks of something else too tells most (see `focus`).
    """

    outputs: Mapping[str, float]
    tokens: Floats
    places: Sequence[tuple[int, int]]
    evidence: Mapping[str, int]  # name -> column of `tokens`
    whole: bool = True
    matter: tuple[int, int] | None = None

    def spans(self, name: str, least: float) -> tuple[tuple[int, int], ...]:
        """Where tokens that show `name` stand; neighbours are joined. Empty if none reaches `least`."""
        column = self.tokens[:, self.evidence[name]]
        spans: list[tuple[int, int]] = []
        last = -2
        for token in (column >= least).nonzero()[0].tolist():
            start, end = self.places[token]
            if spans and token - last <= 2:
                spans[-1] = (min(spans[-1][0], start), max(spans[-1][1], end))
            else:
                spans.append((start, end))
            last = token
        return tuple(spans)

    def best(self, name: str) -> float:
        """The highest probability that any token has for `name`; 0 where there is no token."""
        column = self.tokens[:, self.evidence[name]]
        return float(np.max(column)) if len(column) else 0.0


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a post: `ids` of its own tokens, from the post's token `first` on, the author's and the context's."""

    post: int
    first: int
    ids: Sequence[int]
    about: Sequence[int]
    context: Sequence[int] = ()

    @property
    def size(self) -> int:
        """Its tokens, the special ones left out."""
        return len(self.ids) + len(self.about) + len(self.context)


@dataclass(frozen=True, slots=True)
class Cut:
    """What texts were cut into; by text, its tokens' places in it as given; by window, its normalised words.

    `offsets` are the tokens' places in a text's normalised words. `close` are the close windows of those that have several, with their words.
    """

    windows: Sequence[Window]
    places: Sequence[Sequence[tuple[int, int]]]
    written: Sequence[str]
    close: Sequence[Window] = ()
    close_written: Sequence[str] = ()
    offsets: Sequence[Sequence[tuple[int, int]]] = ()


class Cutter:
    """Turns texts into windows of `size` tokens; `author` of them at most for platform and bio, `context` for context.

    `path` is a tokenizer.json. Raises ModelError where it is none, or doesn't mark where a text begins
    and ends, as BERT's or RoBERTa's does.
    """

    def __init__(
        self, path: Path, size: int = WINDOW, author: int = AUTHOR, context: int = 0
    ) -> None:
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises no narrower one
            raise ModelError(f"{path.name} in {path.parent} is no tokenizer; reinstall") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._size, self._author, self._context = size, author, context
        self._start, self._stop = self._marks(path)
        self._about = lru_cache(maxsize=1024)(self._of_author)

    def _marks(self, path: Path) -> tuple[int, int]:
        for starts, stops in MARKS:
            start, stop = map(self._tokenizer.token_to_id, (starts, stops))
            if start is not None and stop is not None:
                return start, stop
        raise ModelError(
            f"{path.name} in {path.parent} knows neither [CLS] and [SEP] nor <s> and </s>: use a model "
            "of the kind of BERT or RoBERTa"
        )

    def cut(self, texts: Sequence[Text], *, closely: bool = False) -> Cut:
        """All windows, those of a text side by side; with `closely` the close ones too."""
        normals = [normalise(text.text) for text in texts]
        whole = [normal.text for normal in normals]
        encoded = self._tokenizer.encode_batch(whole, add_special_tokens=False)
        windows: list[Window] = []
        written: list[str] = []
        close: list[Window] = []
        close_written: list[str] = []
        places: list[Sequence[tuple[int, int]]] = []
        all_offsets: list[Sequence[tuple[int, int]]] = []
        for post, (text, normal, tokens) in enumerate(zip(texts, normals, encoded, strict=True)):
            ids, offsets = tokens.ids, tokens.offsets  # each look makes the list anew
            about, context = self._about(text.platform, text.bio), self._of_context(text.context)
            room = self._size - len(about) - 4 - min(len(context), self._context)
            for start, stop in parts(normal.text, offsets, room):
                most = self._context if stop - start == len(ids) else LEAST_CONTEXT
                windows.append(Window(post, start, ids[start:stop], about, context[:most]))
                written.append(_written(normal.text, offsets, start, stop))
            if closely and windows[-1].first:
                for start, stop in stretches(normal.text, offsets, room):
                    close.append(
                        Window(post, start, ids[start:stop], about, context[:LEAST_CONTEXT])
                    )
                    close_written.append(_written(normal.text, offsets, start, stop))
            places.append(_places(normal, offsets))
            all_offsets.append(offsets)
        return Cut(windows, places, written, close, close_written, all_offsets)

    def _of_author(self, platform: str, bio: str) -> list[int]:
        written = of_author(platform, bio)
        if not written or not self._author:
            return []
        ids: list[int] = self._tokenizer.encode(written, add_special_tokens=False).ids
        return ids[: self._author]

    def _of_context(self, context: str) -> list[int]:
        if not context or not self._context:
            return []
        written = normalise(context).text
        ids: list[int] = self._tokenizer.encode(written, add_special_tokens=False).ids
        return ids[: self._context]

    def row(self, window: Window) -> tuple[list[int], list[int]]:
        """Ids and types as the encoder takes them: `[CLS] text [SEP] author [SEP] context [SEP]`, types 0, 1, 2.

        A segment that is empty is left out with its mark.
        """
        ids = [self._start, *window.ids, self._stop]
        types = [0] * len(ids)
        for kind, segment in ((1, window.about), (2, window.context)):
            if segment:
                ids += [*segment, self._stop]
                types += [kind] * (len(segment) + 1)
        return ids, types


SENTENCE_END = re.compile(r"[.!?…]+[\"')\]”’]*\s+|\n+")
_PARAGRAPH_END = re.compile(r"\n+")


def parts(text: str, offsets: Sequence[tuple[int, int]], room: int) -> list[tuple[int, int]]:
    """Half-open ranges of a text's tokens that are read as windows, in order; none has more than `room`.

    A text of up to `WHOLE` tokens is one. Of a longer one each has whole sentences, up to `PART` tokens, and
    begins with the last short sentence of the one before; a sentence that is longer is cut.
    """
    count = len(offsets)
    if count <= min(WHOLE, room):
        return [(0, count)]
    most = min(PART, room)
    overlap = min(OVERLAP, most // 4)
    begins = [start for start, _ in offsets]
    breaks = sorted({bisect_left(begins, match.end()) for match in SENTENCE_END.finditer(text)})
    ranges: list[tuple[int, int]] = []
    start = 0
    while count - start > most:
        stop = _last(breaks, start + (most + 1) // 2, start + most) or start + most
        ranges.append((start, stop))
        shared = stop - overlap
        start = next(
            (at for at in breaks if shared <= at < stop), stop if stop in breaks else shared
        )
    return [*ranges, (start, count)]


def stretches(text: str, offsets: Sequence[tuple[int, int]], room: int) -> list[tuple[int, int]]:
    """Half-open ranges of a text's tokens that are read closely, in order and apart; none has more than `room`.

    Each has whole sentences, up to `CLOSE` tokens, and of one paragraph where that has `LEAST_CLOSE`; a sentence that is longer is cut.
    """
    count, most = len(offsets), min(CLOSE, room)
    begins = [start for start, _ in offsets]
    breaks, paragraphs = (
        {bisect_left(begins, match.end()) for match in pattern.finditer(text)} - {0, count}
        for pattern in (SENTENCE_END, _PARAGRAPH_END)
    )
    ranges: list[tuple[int, int]] = []
    start = 0
    for begun, done in pairwise([0, *sorted(breaks), count]):
        if done - start > most and begun > start:
            ranges.append((start, begun))
            start = begun
        while done - start > most:
            ranges.append((start, start + most))
            start += most
        if done in paragraphs and done - start >= LEAST_CLOSE:
            ranges.append((start, done))
            start = done
    return [*ranges, (start, count)] if start < count else ranges


def read_closely(close: Sequence[Window], windows: Sequence[Window]) -> list[int]:
    """Which close windows are read, in order: those that lie within the windows that are, of posts that have `MOST_CLOSE` of them at most."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for window in windows:
        spans.setdefault(window.post, []).append((window.first, window.first + len(window.ids)))
    chosen: dict[int, list[int]] = {}
    for at, window in enumerate(close):
        end = window.first + len(window.ids)
        if any(begin < end and window.first < until for begin, until in spans[window.post]):
            chosen.setdefault(window.post, []).append(at)
    return [at for places in chosen.values() if len(places) <= MOST_CLOSE for at in places]


def agreed(
    windows: Sequence[Window],
    logits: Floats,
    close: Sequence[Window],
    close_logits: Floats,
    by_close: Floats,
) -> tuple[list[Window], Floats]:
    """The windows by which each post is told, and their logits (windows, outputs).

    Of a post with close windows these, each told by itself and by the window that shares the most with it: `by_close` (outputs,)
    of a logit is its own. Of others the windows as they are.
    """
    if not close:
        return list(windows), logits
    around: dict[int, list[int]] = {}
    for at, window in enumerate(windows):
        around.setdefault(window.post, []).append(at)
    logits_of: dict[int, list[tuple[Window, Floats]]] = {}
    for window, own in zip(close, close_logits, strict=True):
        widest = max(around[window.post], key=lambda at: _shared(windows[at], window))
        mixed: Floats = by_close * own + (1 - by_close) * logits[widest]
        logits_of.setdefault(window.post, []).append((window, mixed))
    for post, places in around.items():
        logits_of.setdefault(post, [(windows[at], logits[at]) for at in places])
    units = [unit for post in around for unit in logits_of[post]]
    return [window for window, _ in units], np.stack([row for _, row in units])


def _shared(this: Window, other: Window) -> int:
    """Tokens that two windows of a post share."""
    return min(this.first + len(this.ids), other.first + len(other.ids)) - max(
        this.first, other.first
    )


def most_telling(windows: Sequence[Window], hints: Floats) -> list[int]:
    """Which windows are read, in order: all of a post of up to `MOST`, else its first, its last and those that tell most.

    Reading is what a post costs, and whoever posts decides how long it is. `hints` (windows, flags) is what words alone say
    of each flag: a window tells as much as it stands out from the rest of its post in any of them.
    """
    chosen: list[int] = []
    firsts = [at for at, window in enumerate(windows) if not window.first]
    for begun, done in pairwise([*firsts, len(windows)]):
        if done - begun <= MOST:
            chosen += range(begun, done)
            continue
        edges = {*range(begun, begun + FIRST), *range(done - LAST, done)}
        of_post = hints[begun:done]
        stands_out = (of_post - np.median(of_post, axis=0)).max(axis=1)
        within = [
            at
            for at in (begun + np.argsort(-stands_out, kind="stable")).tolist()
            if at not in edges
        ]
        chosen += sorted(edges | set(within[: MOST - len(edges)]))
    return chosen


def _last(breaks: Sequence[int], least: int, most: int) -> int | None:
    """The last of `breaks` from `least` to `most`; None where there is none."""
    at = bisect_left(breaks, most + 1) - 1
    return breaks[at] if at >= 0 and breaks[at] >= least else None


def _written(text: str, offsets: Sequence[tuple[int, int]], start: int, stop: int) -> str:
    """The part of a text in which its tokens from `start` to `stop` stand; all of it where these are all."""
    if stop - start == len(offsets):
        return text
    return text[offsets[start][0] : offsets[stop - 1][1]]


def _places(normal: Normal, offsets: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    if isinstance(normal.origin, range):
        return offsets  # nothing was rewritten
    return [normal.map_to_original(start, end) for start, end in offsets]


def joined(
    windows: Sequence[Window],
    logits: Floats,
    choices: Sequence[Sequence[int]] = (),
    scope: int | None = None,
    off_topic: Floats | None = None,
) -> Floats:
    """Logits (windows, outputs) as probabilities (posts, outputs): each of a post's strongest window.

    `choices` are columns that exclude each other: they are told by the mean of all windows, in which each
    counts as much as it is in scope by the column `scope`, so that talk of other things changes nothing.
    `off_topic` (outputs,) is how much more an output needs in a window of several that is not in scope itself.
    """
    firsts = [
        at for at, window in enumerate(windows) if not at or window.post != windows[at - 1].post
    ]
    if scope is not None and off_topic is not None and len(firsts) < len(windows):
        logits = _less_off_topic(logits, firsts, scope, off_topic)
    posts = likely(np.maximum.reduceat(logits, firsts, axis=0))
    weights = np.ones((len(windows), 1), np.float32)
    if scope is not None:
        weights = likely(logits[:, [scope]]) + np.float32(0.01)
    mean = np.add.reduceat(logits * weights, firsts, axis=0) / np.add.reduceat(
        weights, firsts, axis=0
    )
    for columns in choices:
        raised = np.exp(mean[:, columns] - mean[:, columns].max(axis=1, keepdims=True))
        posts[:, columns] = raised / raised.sum(axis=1, keepdims=True)
    return posts


def _less_off_topic(logits: Floats, firsts: Sequence[int], scope: int, off_topic: Floats) -> Floats:
    """The logits (windows, outputs), lowered where one of several windows is off topic."""
    counts = np.diff([*firsts, len(logits)])
    of_several = np.repeat(counts, counts) > 1
    share = np.where(of_several, 1.0 - likely(logits[:, scope]), 0.0).astype(np.float32)
    lowered: Floats = logits - share[:, None] * off_topic
    return lowered


def overlaid(windows: Sequence[Window], values: Floats) -> list[Floats]:
    """Each post's tokens, from those of all windows; where two windows share one, its highest value."""
    posts: list[Floats] = []
    at = 0
    for window in windows:
        part = values[at : at + len(window.ids)]
        at += len(window.ids)
        if window.first:
            if (unread := window.first - len(posts[-1])) > 0:  # what stands between was not read
                gap = np.zeros((unread, values.shape[1]), values.dtype)
                posts[-1] = np.concatenate([posts[-1], gap])
            shared = len(posts[-1]) - window.first
            posts[-1][window.first :] = np.maximum(posts[-1][window.first :], part[:shared])
            part = np.concatenate([posts.pop(), part[shared:]])
        posts.append(part)
    return posts


def likely(logits: Floats) -> Floats:
    """Logits as probabilities."""
    return (1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)


def in_chunks(
    texts: Sequence[Text], size: int, scores: Callable[[Sequence[Text]], list[Scores]]
) -> list[Scores]:
    """One Scores a text, in order, from `scores` of `size` texts at a time: no more windows are held at once."""
    return [
        text_scores
        for start in range(0, len(texts), size)
        for text_scores in scores(texts[start : start + size])
    ]


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read(
    windows: Sequence[Window],
    read_window: Callable[[Window], T],
    threads: int,
    progress: Progress | None = None,
) -> list[T]:
    """What `one` says of each window, in order; `threads` of them at a time.

    The longest go first, so that all threads end together; what stands there twice is read once. `progress` is called
    by this thread alone, with the number of windows that were read since the last call.
    """
    alike: dict[tuple[tuple[int, ...], ...], int] = {}
    same = [
        alike.setdefault((tuple(window.ids), tuple(window.about), tuple(window.context)), at)
        for at, window in enumerate(windows)
    ]
    todo = deque(sorted(alike.values(), key=lambda at: -windows[at].size))
    window_outputs: dict[int, T] = {}
    reported = 0

    def work(tell: Progress | None = None) -> None:
        nonlocal reported
        while True:
            try:
                at = todo.popleft()
            except IndexError:
                return
            window_outputs[at] = read_window(windows[at])
            if tell:
                done = len(window_outputs)
                tell(done - reported)
                reported = done

    others = max(0, min(threads, len(alike)) - 1)
    with ThreadPoolExecutor(others) if others else nullcontext() as pool:
        beside = [pool.submit(work) for _ in range(others)] if pool else []
        try:
            work(progress)
            for thread in beside:
                thread.result()
        finally:
            todo.clear()  # where one failed, the others stop
    if progress and reported < len(windows):
        progress(len(windows) - reported)
    return [window_outputs[at] for at in same]
