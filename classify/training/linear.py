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

from classify.inputs import Known
from classify.model.labels import FLAGS, OUTPUTS, SENTIMENT
from classify.model.linear import save, terms
from classify.model.windows import of_author
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


def fit(mentions: Sequence[Mapping[str, Any]], path: Path, known: Known) -> None:
    """Fits one logistic regression an output, over the mentions that say something of it, to `path`.

    `known` is what the organisation is called. An output of which they all say the same is left out: there is nothing to tell it by.
    """
    text, author = (
        TfidfVectorizer(analyzer=terms, min_df=FEWEST, sublinear_tf=True, dtype=np.float32)
        for _ in range(2)
    )
    read = [dataset.text_of(mention, known) for mention in mentions]
    seen = hstack(
        [
            text.fit_transform([normalise(post.text).text for post in read]),
            author.fit_transform([of_author(post.platform, post.bio) for post in read]),
        ]
    ).tocsr()
    wanted = np.stack([dataset.wanted(dataset.labels_of(mention)) for mention in mentions])
    outputs, weights, bias = [], [], []
    for name in FITTED:
        truth = wanted[:, OUTPUTS.index(name)]
        judged = ~np.isnan(truth)
        if len(set(truth[judged].tolist())) < 2:
            continue
        model = LogisticRegression(C=LOOSE, class_weight="balanced", solver="liblinear")
        model.fit(seen[judged], truth[judged].astype(int))
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
