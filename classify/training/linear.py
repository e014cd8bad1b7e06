"""Fits the linear reader of words (`classify.model.linear`) to labelled mentions. Needs the extra `train`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classify.model.labels import FLAGS, OUTPUTS, SENTIMENT
from classify.model.linear import save, terms
from classify.model.windows import about
from classify.text.normalise import normalise
from classify.training import dataset

FITTED = (
    *FLAGS,
    "in_scope",
    *(f"sentiment.{value}" for value in SENTIMENT),
    "harm.serious",
    "flagged",
)
FEWEST = 3  # mentions that hold a term
LOOSE = 8.0  # inverse strength of the penalty (C)


def fit(mentions: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Fits one logistic regression an output, over the mentions that say something of it, to `path`.

    An output of which they all say the same is left out: there is nothing to tell it by.
    """
    text, author = (
        TfidfVectorizer(analyzer=terms, min_df=FEWEST, sublinear_tf=True, dtype=np.float32)
        for _ in range(2)
    )
    seen = hstack(
        [
            text.fit_transform([normalise(mention["text"]).text for mention in mentions]),
            author.fit_transform([_about(mention) for mention in mentions]),
        ]
    ).tocsr()
    wanted = np.stack([dataset.wanted(dataset.labels_of(mention)) for mention in mentions])
    outputs, weights, bias = [], [], []
    for name in FITTED:
        truth = wanted[:, OUTPUTS.index(name)]
        known = ~np.isnan(truth)
        if len(set(truth[known].tolist())) < 2:
            continue
        model = LogisticRegression(C=LOOSE, class_weight="balanced", solver="liblinear")
        model.fit(seen[known], truth[known].astype(int))
        outputs.append(name)
        weights.append(model.coef_[0])
        bias.append(model.intercept_[0])
    table = np.array(weights, dtype=np.float32).T
    cut = len(text.vocabulary_)
    save(
        path, outputs, np.array(bias, dtype=np.float32),
        [(_known(text), text.idf_, table[:cut]), (_known(author), author.idf_, table[cut:])],
    )  # fmt: skip


def _known(vectoriser: TfidfVectorizer) -> list[str]:
    names: NDArray[np.object_] = vectoriser.get_feature_names_out()
    return [str(name) for name in names]


def _about(mention: Mapping[str, Any]) -> str:
    bio = mention.get("author", {}).get("bio", "")
    return normalise(about(mention.get("platform", ""), bio)).text
