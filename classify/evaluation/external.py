"""How good an auxiliary head is on somebody else's labelled posts, and how well spans meet theirs."""

from __future__ import annotations

import ast
import csv
import gzip
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classify.evaluation.metrics import Bools, Floats, counts, macro, share
from core.errors import InputError
from core.estimates import Figure
from core.statistics import Draws, figure, ratio

# a published set -> the head that answers it
ALIASES = {
    "tweeteval_offensive": "offensive", "hatemoji_build": "dynahate", "hatemoji_check": "dynahate",
    "hatecheck": "dynahate", "toxic_spans": "toxic", "edos_sexism": "edos", "gab_hate_corpus": "gab",
    "tweeteval_hate": "dynahate", "founta": "dynahate",
}  # fmt: skip
TOXIC_SPANS = "toxic_spans"  # the task that is measured on characters too

# the names that published files give their columns
_TEXT = ("text", "test_case")
_LABEL = ("label", "hate", "toxic", "label_gold", "category", "level")
_KIND = ("kind", "functionality")
_SAYS = {
    "1": True, "0": False, "1.0": True, "0.0": False,  # a table's tool may have written 1 as 1.0
    "hateful": True, "non-hateful": False,
    "Misogynistic": True, "Nonmisogynistic": False,
}  # fmt: skip

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Posts:
    """Posts of a CSV. `kinds` is empty where it has none, `spans` (toxic characters) and `labels` too."""

    texts: Sequence[str]
    labels: Sequence[bool]
    kinds: Sequence[str]
    spans: Sequence[frozenset[int]]


def posts(path: Path) -> Posts:
    """The rows of a CSV or .csv.gz; where it has a column `split`, those of `test`.

    Needed: text (or test_case), and label, hate, toxic (0 or 1), label_gold (hateful or non-hateful),
    category ('none' or another) or level, or spans (a list of character offsets). Optional: kind (or
    functionality). Raises InputError naming what is wrong, or that there is no row.
    """
    columns, rows = _read(path)
    text, label, kind = (
        next((name for name in names if name in columns), "") for names in (_TEXT, _LABEL, _KIND)
    )
    if not text or not (label or "spans" in columns):
        raise InputError(f"{path.name}: a CSV with the columns text and label is needed")
    if "split" in columns:
        rows = [(number, row) for number, row in rows if row["split"] == "test"]
    if not rows:
        where = " whose split is test" if "split" in columns else ""
        raise InputError(f"{path.name} holds no row{where}: nothing to measure")
    texts, labels, spans = [], [], []
    for number, row in rows:
        try:
            texts.append(_text(row[text]))
            if label:
                labels.append(_label(label, row[label]))
            if "spans" in columns:
                spans.append(_offsets(row["spans"]))
        except ValueError as error:
            raise InputError(f"{path.name}: row {number}: {error}") from error
    return Posts(texts, labels, [row[kind] or "" for _, row in rows] if kind else [], spans)


def _read(path: Path) -> tuple[Sequence[str], list[tuple[int, Mapping[str, str | None]]]]:
    """The names of the columns, and the rows with their numbers."""
    try:
        raw = path.read_bytes()
        written = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
        table = csv.DictReader(io.StringIO(written, newline=""))
        return table.fieldnames or (), list(enumerate(table, 1))
    except csv.Error as error:
        raise InputError(
            f"{path.name}: not a CSV ({error}): is a quotation mark left open?"
        ) from error
    except (UnicodeDecodeError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{path.name}: a CSV in UTF-8 with the columns text and label is needed (or one as .csv.gz)"
        ) from error


def _text(written: str | None) -> str:
    if written is None:
        raise ValueError("a text is needed")
    return written


def _label(column: str, written: str | None) -> bool:
    if written and column == "category":
        return written != "none"
    label = _SAYS.get((written or "").strip())
    if label is None:
        raise ValueError("a text and a label, 0 or 1, are needed")
    return label


def _offsets(written: str | None) -> frozenset[int]:
    """[3, 4, 9] as numbers."""
    try:
        return frozenset(int(offset) for offset in ast.literal_eval(written or "[]"))
    except (SyntaxError, TypeError, ValueError) as error:
        raise ValueError("spans must be a list of character offsets, such as [3, 4, 5]") from error


def task(
    scores: Sequence[float], labels: Sequence[bool], threshold: float, kinds: Sequence[str] = ()
) -> list[Figure]:
    """Both classes of an auxiliary head at its threshold, and at every threshold (AUC).

    `kinds` names what each post tests; the accuracy on each kind is told where there are any.
    """
    true, predicted = np.array(labels, dtype=bool), np.array(scores) >= threshold
    right, all_rows = true == predicted, np.ones(len(true), dtype=bool)
    draws = Draws(len(true))
    both = np.stack([true, ~true], axis=1), np.stack([predicted, ~predicted], axis=1)
    figures = [
        figure("macro-F1", macro(*counts(draws, *both)), len(true)),
        share(draws, "accuracy", right, all_rows),
        share(draws, "recall of 1", predicted, true),
        share(draws, "recall of 0", ~predicted, ~true),
        figure("AUC", _areas(draws, true, np.array(scores, dtype=float)), len(true)),
    ]
    for kind in dict.fromkeys(kinds):
        figures.append(share(draws, f"accuracy: {kind}"[:40], right, np.array(kinds) == kind))
    return figures


def _areas(draws: Draws, true: Bools, scores: Floats) -> Floats:
    """(1 + rounds): the chance that a 1 scores above a 0, ties as half (Hanley and McNeil 1982)."""
    if not len(scores):
        return np.zeros(1)
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))
    areas = []
    for weights in draws.weights():
        ones = np.add.reduceat((weights * true)[:, order], starts, axis=1)
        noughts = np.add.reduceat((weights * ~true)[:, order], starts, axis=1)
        below = np.cumsum(noughts, axis=1) - noughts / 2
        above = (ones * below).sum(axis=1)
        areas.append(ratio(above, ones.sum(axis=1) * noughts.sum(axis=1)))
    return np.concatenate(areas)


def span_f1(name: str, predicted: Sequence[Spans], gold: Sequence[frozenset[int]]) -> Figure:
    """F1 of each post's characters, averaged over posts, as SemEval-2021 task 5 measures it.

    A post without toxic characters counts 1 where none is found and else 0 (Pavlopoulos et al. 2021,
    section 4, after Da San Martino et al. 2019).
    """
    each = [
        _characters(frozenset(at for start, end in spans for at in range(start, end)), wanted)
        for spans, wanted in zip(predicted, gold, strict=True)
    ]
    means = Draws(len(each)).sums(np.array(each).reshape(-1, 1))[:, 0] / max(1, len(each))
    return figure(name, means, len(each))


def _characters(predicted: frozenset[int], wanted: frozenset[int]) -> float:
    if not wanted:
        return float(not predicted)
    return 2 * len(predicted & wanted) / (len(predicted) + len(wanted))
