"""Fits a new model's scores to a writer whom it never read, and proposes the thresholds of policy.toml.

Two readers speak for most outputs, the encoder and the linear one (`classify.model.linear`). A logistic
regression over their logits says how much each counts and makes a probability of both (Platt 1999);
it is fitted on held-out mentions, so that a reader who knows the training rows by heart gains nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from classify.batch import line_of
from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.labels import OUTPUTS
from classify.model.linear import FILE, Lexical
from classify.model.onnx_model import Model
from classify.model.windows import Text, of_author
from classify.policy import schema
from classify.text.normalise import normalise
from classify.training import dataset
from classify.training.manifest import Calibration, describe

Floats = NDArray[np.float64]
Tell = Callable[[str], None]
TONE = "sentiment."
WORDS_OF_TONE = 0.3  # how much the linear reader counts there; see `_fitted`
FEWEST = 15  # mentions for which an output holds, and for which it does not: fewer are no basis


def calibrate(
    folder: Path, version: str, held_out: Sequence[Mapping[str, Any]], known: Known, tell: Tell
) -> dict[str, float]:
    """Writes the calibration of the model in `folder`; the proposed thresholds by flag, saved beside it.

    The folder's calibration must still be neutral. `known` is what the organisation is called, as when
    mentions are judged.
    """
    describe(folder, version=version, calibration=_fitted(folder, held_out, known))
    reader = Classifier(known, Model(folder))
    weighed = [
        scores
        for _, scores in reader.weigh([line_of({"id": "", **mention}) for mention in held_out])
    ]
    proposed = {}
    for name, rule in schema.load().flags.items():
        truth = np.array([name in mention["labels"]["flags"] for mention in held_out], dtype=int)
        if truth.sum() < FEWEST or rule.tuning == "fixed":
            continue
        chances = np.array([scores.get(name, 0.0) for scores in weighed])
        beta = max(1.0, (rule.missed_costs / 2.5) ** 0.5)
        proposed[name] = best_threshold(chances, truth, beta)
        tell(f"{name:<18} threshold {proposed[name]:.2f}")
    (folder / "thresholds.json").write_text(json.dumps(proposed, indent=1) + "\n", "utf-8")
    return proposed


def _fitted(
    folder: Path, held_out: Sequence[Mapping[str, Any]], known: Known
) -> dict[str, Calibration]:
    """By output, how much each reader counts.

    Sentiment is not fitted: writers differ in how often they are neutral, and what was fitted to one of
    two who were held out cost the other up to three points; a fixed share of words cost neither any.
    """
    texts = [dataset.text_of(mention, known) for mention in held_out]
    scores = Model(folder).scores(texts)
    wanted = np.stack([dataset.wanted(dataset.labels_of(mention)) for mention in held_out])
    lexical = Lexical(folder / FILE) if (folder / FILE).exists() else None
    words = _words(lexical, texts) if lexical else np.zeros((len(held_out), 0))
    columns = lexical.outputs if lexical else []
    fitted: dict[str, Calibration] = {}
    for column, name in enumerate(OUTPUTS):
        if name.startswith(TONE):
            fitted[name] = Calibration(lexical=WORDS_OF_TONE if name in columns else 0.0)
            continue
        judged = ~np.isnan(wanted[:, column])
        truth = wanted[judged, column].astype(int)
        alone = name.startswith(("staff.", "task.", "protected."))
        if alone or min(truth.sum(), len(truth) - truth.sum()) < FEWEST:
            continue
        chances = np.array([text_scores.outputs[name] for text_scores in scores])[judged].clip(
            1e-6, 1 - 1e-6
        )
        logits = [np.log(chances / (1 - chances))]
        if name in columns:
            logits.append(words[judged, columns.index(name)])
        fit = LogisticRegression(C=1.0).fit(np.stack(logits, axis=1), truth)
        factors = [float(factor) for factor in fit.coef_[0]]
        fitted[name] = Calibration(
            scale=factors[0], shift=float(fit.intercept_[0]),
            lexical=max(0.0, factors[1]) if len(factors) > 1 else 0.0,
        )  # fmt: skip
    return fitted


def _words(lexical: Lexical, texts: Sequence[Text]) -> Floats:
    return np.stack(
        [
            lexical.logits(normalise(text.text).text, of_author(text.platform, text.bio))
            for text in texts
        ]
    ).astype(np.float64)


def best_threshold(chances: Floats, truth: NDArray[np.int_], beta: float) -> float:
    """The threshold of the best F-beta, read off a curve smoothed over its neighbours."""
    grid = np.arange(0.04, 0.9, 0.02)
    curve = []
    for threshold in grid:
        predicted = chances >= threshold
        hits = (predicted & (truth == 1)).sum()
        curve.append((1 + beta**2) * hits / max(1, beta**2 * truth.sum() + predicted.sum()))
    smooth = np.convolve(np.pad(curve, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return round(float(grid[int(np.argmax(smooth))]), 2)
