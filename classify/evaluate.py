"""Says how good a model is on labelled lines, flag by flag, with bootstrap intervals.

Reads the lines of `classify` with `"labels": {"in_scope", "staff", "sentiment", "flags", "risk"}`, and
`target` and `harm` by flag where a line has them; a label that a file doesn't give is not measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from classify.cases import named
from classify.intervals import Draws, Figure, Share, figure, ratio
from mention import RISKS, Sentiment

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Labels = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FlagFigure:
    """Of one flag. `low` and `high` bound F1; `ranked` is its average precision, None without scores."""

    name: str
    precision: float
    recall: float
    f1: float
    low: float
    high: float
    positives: int
    found: int
    ranked: float | None

    def line(self) -> str:
        """The figures as a line of a table; - where the file can't tell."""
        precision = f"{self.precision:.2f}" if self.found else "-"
        recall = f"{self.recall:.2f}" if self.positives else "-"
        ranked = f"{self.ranked:.2f}" if self.positives and self.ranked is not None else "-"
        some = self.positives or self.found
        f1, bounds = (f"{self.f1:.2f}", f"[{self.low:.2f}, {self.high:.2f}]") if some else ("-", "")
        return (
            f"{self.name:<18}{precision:>7}{recall:>8}{f1:>7}   {bounds:<12}{ranked:>9}"
            f"{self.positives:8d}{self.found:8d}"
        )


HEAD = f"{'flag':<18}{'prec.':>7}{'recall':>8}{'F1':>7}   {'95 % of F1':<12}{'avg.prec.':>9}{'true':>8}{'found':>8}"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a model is on one file. `confusion` counts risks, true by told, in the order of RISKS."""

    figures: Sequence[Figure]
    flags: Sequence[FlagFigure]
    confusion: Sequence[Sequence[int]] = ()

    def text(self) -> str:
        """The tables."""
        lines = [*(one.line() for one in self.figures), "", HEAD, *(f.line() for f in self.flags)]
        if self.confusion:
            lines += ["", "risk: rows true, columns told", *crossed(self.confusion)]
        return "\n".join(lines)


def crossed(confusion: Sequence[Sequence[int]]) -> list[str]:
    """The table of risks, with its sums."""
    sums = [sum(column) for column in zip(*confusion, strict=True)]
    rows = [("", [*RISKS, "all"])]
    rows += [
        (risk, [*map(str, (*row, sum(row)))]) for risk, row in zip(RISKS, confusion, strict=True)
    ]
    rows += [("all", [*map(str, (*sums, sum(sums)))])]
    return [f"{name:<8}" + "".join(f"{cell:>8}" for cell in cells) for name, cells in rows]


def evaluate(
    labels: Labels,
    answers: Labels,
    flags: Sequence[str],
    scores: Floats | None = None,
) -> Evaluation:
    """Compares what people said (`labels`) with what `classify` answered, mention by mention.

    `scores` (mentions, flags) are those before thresholds, NaN where a flag can't hold.
    """
    true = named([label["flags"] for label in labels], flags)
    said = named([[flag["flag"] for flag in answer["flags"]] for answer in answers], flags)
    draws = Draws(len(true))
    any_true, any_said = _any(true), _any(said)
    hits, positives, found = counts(draws, true, said)
    figures = [
        figure("macro-F1 over flags", macro(hits, positives, found), len(true)),
        figure("micro-F1 over flags", micro(hits, positives, found), len(true)),
        share(draws, "unflagged left unflagged", ~any_said, ~any_true),
        share(draws, "flagged found (any flag)", any_said, any_true),
    ]
    for name in ("in_scope", "staff", "sentiment"):
        if all(name in label for label in labels):
            figures.append(_accuracy(draws, name, labels, answers))
            if name == "sentiment":
                figures.append(_sentiment(draws, labels, answers))
    figures += _attributes(draws, labels, answers)
    risks = all("risk" in label for label in labels)
    if risks:
        figures += _risks(draws, labels, answers)
    f1s = ratio(2 * hits, positives + found)
    each = [
        _flag(name, hits[0, i], positives[0, i], found[0, i], f1s[:, i],
              None if scores is None else average_precision(true[:, i], scores[:, i]))
        for i, name in enumerate(flags)
    ]  # fmt: skip
    return Evaluation(figures, each, _confusion(labels, answers) if risks else ())


def counts(draws: Draws, true: Bools, said: Bools) -> tuple[Floats, Floats, Floats]:
    """Hits, positives and found of each column, each (1 + rounds, columns)."""
    width = true.shape[1]
    sums = draws.sums(np.hstack([true & said, true, said]))
    return sums[:, :width], sums[:, width : 2 * width], sums[:, 2 * width :]


def macro(hits: Floats, positives: Floats, found: Floats) -> Floats:
    """The mean F1 over the columns that the rows hold a positive of; NaN where there is none.

    A sample without a positive of a column leaves it out too, as a file would: nothing of it was missed.
    """
    present = positives > 0
    f1s = ratio(2 * hits, positives + found, 0.0)
    return ratio((f1s * present).sum(axis=1), present.sum(axis=1).astype(np.float64))


def micro(hits: Floats, positives: Floats, found: Floats) -> Floats:
    """F1 over all (row, column) pairs at once; NaN where nothing is true and nothing was found."""
    return ratio(2 * hits.sum(axis=1), (positives + found).sum(axis=1))


def share(draws: Draws, name: str, holds: Bools, among: Bools) -> Figure:
    """The part of the rows `among` of which something holds.

    Of all or of none: every sample says the same, which is no certainty; Wilson's interval stands in.
    """
    sums = draws.sums(np.stack([holds & among, among], axis=1))
    told = figure(name, ratio(sums[:, 0], sums[:, 1]), int(among.sum()))
    if not told.count or told.low != told.high:
        return told
    low, high = Share(int(sums[0, 0]), told.count).interval
    return replace(told, low=low, high=high)


def average_precision(true: Bools, scores: Floats) -> float:
    """The sum over ranks of precision times the recall gained there; equal scores are one rank.

    As scikit-learn's average_precision_score. A flag that can't hold ranks below all others.
    """
    if not true.any():
        return 0.0
    ranked = np.nan_to_num(scores, nan=-1.0)
    order = np.argsort(-ranked, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(ranked[order])), len(order) - 1)
    hits = np.cumsum(true[order])[ends]
    gained = np.diff(hits, prepend=0) / true.sum()
    return float((gained * hits / (ends + 1)).sum())


def _any(table: Bools) -> Bools:
    return np.asarray(table.any(axis=1), dtype=bool)


def _flag(
    name: str, hits: float, positives: float, found: float, f1s: Floats, ranked: float | None
) -> FlagFigure:
    told = figure(name, f1s, int(positives + found))
    return FlagFigure(
        name, hits / found if found else 0.0, hits / positives if positives else 0.0,
        told.value, told.low, told.high, int(positives), int(found), ranked,
    )  # fmt: skip


def _accuracy(draws: Draws, name: str, labels: Labels, answers: Labels) -> Figure:
    pairs = zip(labels, answers, strict=True)
    right = np.array([label[name] == answer[name] for label, answer in pairs], dtype=bool)
    return share(draws, f"{name} accuracy", right, np.ones(len(right), dtype=bool))


def _sentiment(draws: Draws, labels: Labels, answers: Labels) -> Figure:
    true = named([[label["sentiment"]] for label in labels], get_args(Sentiment))
    said = named([[answer["sentiment"]] for answer in answers], get_args(Sentiment))
    return figure("sentiment macro-F1", macro(*counts(draws, true, said)), len(true))


def _attributes(draws: Draws, labels: Labels, answers: Labels) -> list[Figure]:
    """Whom a flag is aimed at and how grave the harm is: of the flags that were rightly found.

    A target is right where the whole set is. Nothing is said of what no line gives.
    """
    told = []
    for name in ("target", "harm"):
        right, asked = [], []
        for label, answer in zip(labels, answers, strict=True):
            given = label.get(name) or {}
            found = {flag["flag"]: flag.get(name) for flag in answer["flags"]}
            both = [flag for flag in given if found.get(flag)]
            right.append(sum(_same(given[flag], found[flag]) for flag in both))
            asked.append(len(both))
        if any(label.get(name) for label in labels):
            sums = draws.sums(np.array([right, asked]).T)
            told.append(figure(f"{name} of flags found, accuracy", ratio(*sums.T), int(sum(asked))))
    return told


def _same(given: object, found: object) -> bool:
    """Equal; lists in any order."""
    if isinstance(given, list) and isinstance(found, list):
        return set(given) == set(found)
    return given == found


def _risks(draws: Draws, labels: Labels, answers: Labels) -> list[Figure]:
    high = np.array([label["risk"] == "high" for label in labels], dtype=bool)
    told = np.array([answer["risk"] == "high" for answer in answers], dtype=bool)
    return [
        share(draws, "high risk recall", told, high),
        share(draws, "high risk precision", high, told),
        _accuracy(draws, "risk", labels, answers),
    ]


def _confusion(labels: Labels, answers: Labels) -> tuple[tuple[int, ...], ...]:
    pairs = [(label["risk"], answer["risk"]) for label, answer in zip(labels, answers, strict=True)]
    return tuple(tuple(pairs.count((true, told)) for told in RISKS) for true in RISKS)
