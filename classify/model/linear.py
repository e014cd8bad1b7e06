"""A linear reader of words and pairs of words, beside the encoder: cheap, and it errs elsewhere.

Text and author are each a vector of TF-IDF weights (sublinear term frequency, length 1: Salton and Buckley
1988) over the words and pairs that training saw often enough; each output is a weighted sum of them. The
encoder reads what words mean together, this one remembers which words tell; `model.json` says how much
each counts (docs/decisions/0012).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FILE = "lexical.npz"
_TOKEN = re.compile(r"\w[\w']*|[!?]")


def terms(text: str) -> list[str]:
    """The words of a text, marks of shouting and asking among them, and its pairs of neighbours."""
    words: list[str] = _TOKEN.findall(text.lower())
    return words + [f"{one} {two}" for one, two in pairwise(words)]


class Lexical:
    """The weights of a file. `outputs` names the columns of what `logits` gives."""

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as file:
            self.outputs: list[str] = file["outputs"].tolist()
            self._bias: Floats = file["bias"].astype(np.float32)
            self._parts = [
                (
                    {term: i for i, term in enumerate(str(file[f"{part}_terms"]).split("\n"))},
                    file[f"{part}_idf"].astype(np.float32),
                    file[f"{part}_weights"],  # half precision: of a text few rows are asked for
                )
                for part in ("text", "author")
            ]

        self._of_author = lru_cache(maxsize=1024)(lambda author: self._added(1, author))

    def logits(self, text: str, author: str) -> Floats:
        """One logit an output, (outputs,), of a normalised text and of its platform and bio."""
        logits = self._bias + self._added(0, text)
        return logits + self._of_author(author)

    def _added(self, part: int, written: str) -> Floats:
        places, idf, weights = self._parts[part]
        term_counts = [
            (places[term], n) for term, n in Counter(terms(written)).items() if term in places
        ]
        if not term_counts:
            return np.zeros_like(self._bias)
        rows = np.array([row for row, _ in term_counts])
        tf = np.array([1.0 + math.log(n) if n > 1 else 1.0 for _, n in term_counts], np.float32)
        value = tf * idf[rows]
        added: Floats = (value / math.sqrt(value @ value)) @ weights[rows].astype(np.float32)
        return added


def save(
    path: Path,
    outputs: Sequence[str],
    bias: Floats,
    parts: Sequence[tuple[Sequence[str], Floats, Floats]],
) -> None:
    """Writes what `Lexical` reads: of text and of author the terms, their idf and weights (terms, outputs)."""
    arrays: dict[str, NDArray[np.generic]] = {"outputs": np.array(list(outputs)), "bias": bias}
    for name, (known, idf, weights) in zip(("text", "author"), parts, strict=True):
        arrays[f"{name}_terms"] = np.array("\n".join(known))
        arrays[f"{name}_idf"] = idf.astype(np.float16)
        arrays[f"{name}_weights"] = weights.astype(np.float16)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
