"""Says how good a model is on labelled lines, flag by flag, with bootstrap intervals.

Reads the lines of `classify` with `"labels": {"in_scope", "staff", "sentiment", "flags", "risk"}`; a label
that a file doesn't give is not measured.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from errors import InputError

Bools = NDArray[np.bool_]
ROUNDS = 1000  # of the bootstrap


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its 95 % interval."""

    name: str
    value: float
    low: float
    high: float
    count: int

    def line(self) -> str:
        """The figure as a line of a table."""
        return (
            f"{self.name:<32}{self.value:7.3f}   [{self.low:.3f}, {self.high:.3f}]   n={self.count}"
        )


@dataclass(frozen=True, slots=True)
class FlagFigure:
    """Precision, recall and F1 of one flag."""

    name: str
    precision: float
    recall: float
    f1: float
    positives: int
    found: int

    def line(self) -> str:
        """The figures as a line of a table."""
        return (
            f"{self.name:<20}{self.precision:7.2f}{self.recall:8.2f}{self.f1:7.2f}"
            f"{self.positives:8d}{self.found:8d}"
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that is said of a model on one file."""

    figures: Sequence[Figure]
    flags: Sequence[FlagFigure]

    def text(self) -> str:
        """Both tables."""
        head = f"{'flag':<20}{'prec.':>7}{'recall':>8}{'F1':>7}{'true':>8}{'found':>8}"
        return "\n".join(
            [*(figure.line() for figure in self.figures), "", head, *(f.line() for f in self.flags)]
        )


def evaluate(
    labels: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]], flags: Sequence[str]
) -> Evaluation:
    """Compares what people said (`labels`) with what `classify` answered, mention by mention."""
    true = _table([label["flags"] for label in labels], flags)
    said = _table([[flag["flag"] for flag in answer["flags"]] for answer in answers], flags)
    present, any_true, any_said = true.any(axis=0), _any(true), _any(said)
    figures = [
        _figure(
            "macro-F1 over flags",
            lambda i: macro_f1(true[i][:, present], said[i][:, present]),
            len(true),
        ),
        _rate("unflagged left unflagged", ~any_said, ~any_true),
        _rate("flagged found (any flag)", any_said, any_true),
    ]
    for name in ("in_scope", "staff", "sentiment"):
        if all(name in label for label in labels):
            figures.append(_accuracy(name, labels, answers))
    if all("risk" in label for label in labels):
        high = np.array([label["risk"] == "high" for label in labels], dtype=bool)
        told = np.array([answer["risk"] == "high" for answer in answers], dtype=bool)
        figures += [
            _rate("high risk recall", told, high),
            _rate("high risk precision", high, told),
            _accuracy("risk", labels, answers),
        ]
    each = [_flag(flag, true[:, i], said[:, i]) for i, flag in enumerate(flags)]
    return Evaluation(figures, each)


def _table(named: Sequence[Sequence[str]], flags: Sequence[str]) -> Bools:
    """(mentions, flags): which holds of which; also where there is no mention at all."""
    rows = [[flag in names for flag in flags] for names in named]
    return np.array(rows, dtype=bool).reshape(len(named), len(flags))


def _any(table: Bools) -> Bools:
    return np.asarray(table.any(axis=1), dtype=bool)


def f1(true: Bools, said: Bools) -> float:
    """F1 of one label; 0 where neither side ever says it."""
    hits = int((true & said).sum())
    both = int(true.sum()) + int(said.sum())
    return 2 * hits / both if both else 0.0


def macro_f1(true: Bools, said: Bools) -> float:
    """The mean F1 over the columns of (mentions, labels)."""
    return float(np.mean([f1(true[:, i], said[:, i]) for i in range(true.shape[1])] or [0.0]))


def _flag(name: str, true: Bools, said: Bools) -> FlagFigure:
    hits, positives, found = int((true & said).sum()), int(true.sum()), int(said.sum())
    return FlagFigure(
        name,
        hits / found if found else 0.0,
        hits / positives if positives else 0.0,
        f1(true, said),
        positives,
        found,
    )


def _rate(name: str, holds: Bools, among: Bools) -> Figure:
    chosen = holds[among]
    return _figure(name, lambda i: float(chosen[i].mean()) if len(chosen) else 0.0, len(chosen))


def _accuracy(
    name: str, labels: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]
) -> Figure:
    pairs = zip(labels, answers, strict=True)
    right = np.array([label[name] == answer[name] for label, answer in pairs], dtype=bool)
    return _rate(f"{name} accuracy", right, np.ones(len(right), dtype=bool))


def _figure(name: str, measure: Callable[[NDArray[np.intp]], float], count: int) -> Figure:
    if not count:
        return Figure(name, 0.0, 0.0, 0.0, 0)
    chance = np.random.default_rng(0)
    drawn = [measure(chance.integers(0, count, count)) for _ in range(ROUNDS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Figure(name, measure(np.arange(count)), float(low), float(high), count)


def task_rows(path: Path) -> tuple[list[str], list[int]]:
    """The columns `text` and `label` (0 or 1) of a CSV. Raises InputError naming what is wrong."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [(row["text"], row["label"]) for row in csv.DictReader(file)]
    except (KeyError, ValueError, csv.Error) as error:
        raise InputError(f"{path.name}: a CSV with the columns text and label is needed") from error
    for number, (text, label) in enumerate(rows, 1):
        if text is None or label not in ("0", "1"):
            raise InputError(f"{path.name}: row {number}: a text and a label, 0 or 1, are needed")
    return [text for text, _ in rows], [int(label) for _, label in rows]


def task(scores: Sequence[float], labels: Sequence[int], threshold: float) -> list[Figure]:
    """Macro-F1 and accuracy of an auxiliary head on its two classes."""
    true = np.array(labels, dtype=bool)
    said = np.array(scores) >= threshold

    def both(i: NDArray[np.intp]) -> float:
        return (f1(true[i], said[i]) + f1(~true[i], ~said[i])) / 2

    return [
        _figure("macro-F1", both, len(true)),
        _figure("accuracy", lambda i: float((true[i] == said[i]).mean()), len(true)),
    ]
