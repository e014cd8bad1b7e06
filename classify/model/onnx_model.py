"""Wraps the transformer that ships: texts in, scores out.

The encoder (MiniLM, int8, run by onnxruntime) is read once a window for all labels; `windows` says how a
text is cut into them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from classify.model.asides import WordReading, own_matter
from classify.model.files import FILES, SHIPPED, check
from classify.model.focus import away, focused, telling
from classify.model.linear import FILE as LEXICAL
from classify.model.linear import Lexical
from classify.model.windows import (
    BY_CLOSE,
    CONTEXT,
    MOST,
    OFF_TOPIC,
    OFF_TOPIC_ANY_SCOPE,
    WINDOW,
    Cut,
    Cutter,
    Floats,
    Progress,
    Scores,
    Text,
    Window,
    agreed,
    cores,
    in_chunks,
    joined,
    likely,
    most_telling,
    of_author,
    overlaid,
    read,
    read_closely,
)
from core.errors import ModelError

__all__ = ["FILES", "SHIPPED", "WINDOW", "Model", "Scores", "Text", "check"]

# Logits that scope needs more in the stretch of a long post that is read alone: of 814 posts of two writers held out four more are right
# by it, and of 54 of high risk amid 1,500 unrelated characters one or two more are lost.
SCOPE_ALONE = 2.0
# Logits of a flag between which a short post is in doubt, so that what stands aside in it is left out
DOUBT = (-3.5, 1.5)
# By which of the two readings of such a post an output is told: flags by the rest, but danger by the whole, since the words around it say what
# it is (a novel, a party), and a threat by what says more of it; scope by the mean of both, all else by the whole. By the rest alone five
# dangers of 288 of our sets were lost, by what says more of danger seven harmless posts were raised.
BY_WHOLE, BY_MORE, BY_MEAN = ("safeguarding",), ("threat",), ("in_scope",)
MATTER = ("in_scope", "flagged")  # the outputs that say whether a part of a post is its matter
CHUNK = 512  # posts whose windows are held at a time
_ONES = np.ones((1, WINDOW), np.int64)
_ZEROS = np.zeros((1, WINDOW), np.int64)


class Model:
    """Weights that were checked, ready to read. Raises ModelError where they can't be used.

    `threads` read windows side by side; 0 for as many as the process may use cores. What they say is
    the same whatever their number.
    """

    def __init__(self, folder: Path = SHIPPED, threads: int = 0) -> None:
        check(folder, FILES)
        try:
            self._described(json.loads((folder / "model.json").read_text("utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                f"model.json in {folder} describes no model of ours; reinstall"
            ) from error
        self._cutter = Cutter(
            folder / "tokenizer.json", context=CONTEXT if self._reads_context else 0
        )
        self._threads = threads or cores()
        self._lexical = self._with_words(folder) if self._worded.any() else None
        self._worded_flags = [
            name
            for name in (self._lexical.outputs if self._lexical else ())
            if name in self.flags and name != "no_disclaimer"
        ]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a window is too small to be shared out
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def _described(self, description: Mapping[str, Any]) -> None:
        self.version: str = description["version"]
        self.flags: tuple[str, ...] = tuple(description["flags"])
        self.outputs: list[str] = description["outputs"]
        self._scope = self.outputs.index("in_scope")
        self._matter = [self.outputs.index(name) for name in MATTER if name in self.outputs]
        self._flagging = [self.outputs.index(name) for name in self.flags]
        self._doubted = [at for at in self._flagging if self.outputs[at] != "no_disclaimer"]
        by_rest = {*self.flags} - {*BY_WHOLE, *BY_MORE, *BY_MEAN}
        self._by_rest, self._by_more, self._by_mean = (
            np.array([name in names for name in self.outputs])
            for names in (by_rest, BY_MORE, BY_MEAN)
        )
        off_topic = {name: OFF_TOPIC_ANY_SCOPE.get(name, OFF_TOPIC) for name in self.flags}
        self._off_topic = np.array(
            [off_topic.get(name, 0.0) for name in self.outputs], dtype=np.float32
        )
        # a detail of a patient may stand in any talk
        self._needs_more = np.array(
            [float(name in self.flags and name != "pid") for name in self.outputs], np.float32
        )
        self._by_close = np.array(
            [BY_CLOSE if name in self.flags else 0.0 for name in self.outputs], dtype=np.float32
        )
        # outputs that exclude each other: those with one prefix
        self._choices = [
            [at for at, name in enumerate(self.outputs) if name.startswith(prefix)]
            for prefix in description["choices"]
        ]
        self._evidence = {name: at for at, name in enumerate(description["evidence"])}
        self._reads_context = bool(description.get("context"))  # models from before it read none
        self._scale = np.asarray(
            description["scale"], dtype=np.float32
        )  # calibration: logit * a + b
        self._shift = np.asarray(description["shift"], dtype=np.float32)
        # how much the linear reader of words counts; models from before it name nothing
        self._worded = np.asarray(
            description.get("lexical", [0.0] * len(self.outputs)), dtype=np.float32
        )
        thresholds = description.get("task_thresholds", {})
        self._thresholds = {name: float(least) for name, least in thresholds.items()}

    def _with_words(self, folder: Path) -> Lexical:
        check(folder, (LEXICAL,))
        try:
            lexical = Lexical(folder / LEXICAL)
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{LEXICAL} in {folder} can't be read; reinstall") from error
        unknown = set(lexical.outputs) - set(self.outputs)
        if unknown:
            raise ModelError(f"{LEXICAL} in {folder} names other outputs: it is not this model's")
        return lexical

    def task_threshold(self, name: str) -> float:
        """From which score on the auxiliary head `name` says yes; 0.5 where model.json names none."""
        return self._thresholds.get(name, 0.5)

    def scores(self, texts: Sequence[Text], progress: Progress | None = None) -> list[Scores]:
        """One Scores a text, in order. `progress` is told how many windows were read since it last was."""
        return in_chunks(texts, CHUNK, lambda some: self._scores(some, progress))

    def _scores(self, texts: Sequence[Text], progress: Progress | None) -> list[Scores]:
        cut = self._cutter.cut(texts, closely=True)
        by_words = self._by_words(texts, cut.windows, cut.written)
        read_windows = most_telling(cut.windows, by_words[:, self._flagging])
        windows = [cut.windows[at] for at in read_windows]
        near = read_closely(cut.close, windows)
        close = [cut.close[at] for at in near]
        by_words = np.concatenate(
            [
                by_words[read_windows],
                self._by_words(texts, close, [cut.close_written[at] for at in near]),
            ]
        )
        parts = Counter(window.post for window in cut.windows)
        window_outputs = read([*windows, *close], self.run, self._threads, progress)
        logits = np.stack([post for post, _ in window_outputs]) * self._scale + self._shift
        logits += by_words
        count = len(windows)
        logits[:count] = self._without_asides(texts, cut, windows, logits[:count])
        units, agreed_logits = agreed(
            windows, logits[:count], close, logits[count:], self._by_close
        )
        matters: dict[int, tuple[int, int]] = {}
        if close:
            written = [cut.close_written[at] for at in near]
            units, agreed_logits, matters = self._with_focus(
                texts, cut.windows, (close, logits[count:], written), units, agreed_logits
            )
        outputs = joined(units, agreed_logits, self._choices, self._scope, self._off_topic)
        tokens = [likely(some) for _, some in window_outputs]
        shown = overlaid(windows, np.concatenate(tokens[:count]))
        if close:
            _lay_over(shown, close, tokens[count:])
        return [
            Scores(
                dict(zip(self.outputs, post, strict=True)), tokens, place, self._evidence,
                whole=parts[at] <= MOST, matter=_in_text(matters.get(at), place),
            )
            for at, (post, tokens, place) in enumerate(
                zip(outputs.tolist(), shown, cut.places, strict=True)
            )
        ]  # fmt: skip

    def _without_asides(
        self, texts: Sequence[Text], cut: Cut, windows: Sequence[Window], logits: Floats
    ) -> Floats:
        """The logits of `windows`; of a short post in doubt whose first or last sentence stands aside also by what the rest says alone."""
        rest = dict(self._rests(cut, windows, logits)) if self._lexical is not None else {}
        if not rest:
            return logits
        alone = [window for window, _ in rest.values()]
        outputs = [post for post, _ in read(alone, self.run, self._threads)]
        by_words = self._by_words(texts, alone, [written for _, written in rest.values()])
        of_rest = np.stack(outputs) * self._scale + self._shift + by_words
        of_whole = logits[list(rest)]
        agreed_on = np.where(self._by_rest, of_rest, of_whole)
        agreed_on = np.where(self._by_more, np.maximum(of_whole, of_rest), agreed_on)
        logits = logits.copy()
        logits[list(rest)] = np.where(self._by_mean, (of_whole + of_rest) / 2, agreed_on)
        return logits

    def _rests(
        self, cut: Cut, windows: Sequence[Window], logits: Floats
    ) -> Iterator[tuple[int, tuple[Window, str]]]:
        """Place of a doubtful window that is a whole post -> what is left of it without what stands aside, with its words."""
        flags = logits[:, self._doubted]
        in_doubt = ((flags > DOUBT[0]) & (flags < DOUBT[1])).any(axis=1)
        words = {
            window.post: written for window, written in zip(cut.windows, cut.written, strict=True)
        }
        for at in in_doubt.nonzero()[0].tolist():
            window = windows[at]
            offsets, written = cut.offsets[window.post], words[window.post]
            if len(window.ids) != len(offsets):
                continue  # a part of a long post
            matter = own_matter(written, offsets, self.read_sentence)
            if matter is not None:
                first, last = matter
                ids = window.ids[first:last]
                rest = Window(window.post, first, ids, window.about, window.context)
                yield at, (rest, written[offsets[first][0] : offsets[last - 1][1]])

    def read_sentence(self, written: str) -> WordReading:
        """What the linear reader says of a sentence by itself."""
        if self._lexical is None:
            raise ModelError("this model has no reader of words")
        logits = self._lexical.logits(written.strip(), "").tolist()
        says = dict(zip(self._lexical.outputs, logits, strict=True))
        any_flag = max(says[name] for name in self._worded_flags)
        return WordReading(in_scope=says["in_scope"], flagged=says["flagged"], any_flag=any_flag)

    def _with_focus(
        self,
        texts: Sequence[Text],
        windows: Sequence[Window],
        read_closely: tuple[Sequence[Window], Floats, Sequence[str]],
        units: Sequence[Window],
        logits: Floats,
    ) -> tuple[list[Window], Floats, dict[int, tuple[int, int]]]:
        """The windows by which posts are told and their logits, with the stretch that tells most of each that speaks of something else too.

        `read_closely` are close windows, their logits and their words. Last the tokens of each post's stretch, half open.
        """
        close, close_logits, words = read_closely
        tells = telling(close_logits, self._matter)
        more = {
            (window.post, window.first): by
            for window, by in zip(close, away(close, tells).tolist(), strict=True)
        }
        beside = np.array([more.get((unit.post, unit.first), 0.0) for unit in units], np.float32)
        logits = logits - beside[:, None] * self._needs_more
        firsts = {window.post: window for window in windows if not window.first}
        focus, made_of = focused(close, tells, firsts)
        if not focus:
            return list(units), logits, {}
        read_alone = [logit for logit, _ in read(focus, self.run, self._threads)]
        alone = np.stack(read_alone) * self._scale + self._shift
        alone += self._by_words(
            texts, focus, [" ".join(words[at] for at in run) for run in made_of]
        )
        alone[:, self._scope] -= SCOPE_ALONE
        order = sorted(
            range(len(units) + len(focus)),
            key=lambda at: (
                (units[at].post, 0) if at < len(units) else (focus[at - len(units)].post, 1)
            ),
        )
        everything = [*units, *focus]
        spans = {window.post: (window.first, window.first + len(window.ids)) for window in focus}
        return (
            [everything[at] for at in order],
            np.concatenate([logits, alone])[order],
            spans,
        )

    def _by_words(
        self, texts: Sequence[Text], windows: Sequence[Window], written: Sequence[str]
    ) -> Floats:
        """What the linear reader adds to each logit of each window: (windows, outputs)."""
        added = np.zeros((len(windows), len(self.outputs)), np.float32)
        lexical = self._lexical
        if lexical is not None:
            columns = [self.outputs.index(name) for name in lexical.outputs]
            for row, (window, words) in enumerate(zip(windows, written, strict=True)):
                text = texts[window.post]
                added[row, columns] = lexical.logits(words, of_author(text.platform, text.bio))
        return added * self._worded

    def run(self, window: Window) -> tuple[Floats, Floats]:
        """Logits of the window, and of its own tokens."""
        ids, types = self._cutter.row(window)
        inputs = {
            "ids": np.asarray([ids], np.int64),
            "mask": _ONES[:, : len(ids)],
            "types": np.asarray([types], np.int64) if types[-1] else _ZEROS[:, : len(ids)],
        }
        posts, tokens = self._session.run(None, inputs)
        return posts[0], tokens[0, 1 : 1 + len(window.ids)]


def _in_text(
    tokens: tuple[int, int] | None, places: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """Where tokens stand in the text as given, half open; None for none."""
    return None if tokens is None else (places[tokens[0]][0], places[tokens[1] - 1][1])


def _lay_over(shown: Sequence[Floats], windows: Sequence[Window], tokens: Sequence[Floats]) -> None:
    """Each token of `shown` (by post) as high as in the one of `windows` in which it stands."""
    for window, some in zip(windows, tokens, strict=True):
        there = shown[window.post][window.first : window.first + len(window.ids)]
        np.maximum(there, some[: len(there)], out=there)
