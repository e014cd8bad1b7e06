"""What others say of the same rows: a TF-IDF baseline, alt-profanity-check and Presidio.

None is needed to run; each is measured where it is installed (extras `train` and `peers`) and says what
to install where not. Nothing is downloaded.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classify.evaluation.metrics import Bools, Case, counts, macro, micro, named
from classify.policy.schema import shipped
from core.estimates import Figure
from core.statistics import Draws, Floats, figure, ratio

BASELINE, PROFANITY, PRESIDIO = "TF-IDF and logistic regression", "alt-profanity-check", "Presidio"
TRAINING = Path(__file__).parent.parent / "training" / "data"
SURE = 0.35  # Presidio's score from which an entity counts: what was published of it (docs/measuring.md)
SPACY = ("en_core_web_lg", "en_core_web_md", "en_core_web_sm")


@dataclass(frozen=True, slots=True)
class Peer:
    """One peer's figures beside ours on the same rows, and ours less theirs; `note` says how, or why not."""

    name: str
    note: str
    theirs: Sequence[Figure] = ()
    ours: Sequence[Figure] = ()
    gaps: Sequence[Figure] = ()


def peers(
    cases: Sequence[Case], flags: Sequence[str], training: Sequence[Mapping[str, Any]]
) -> Iterator[Peer]:
    """Each peer in turn. `training` are labelled mentions that the baseline may learn from."""
    yield _sure(BASELINE, lambda: baseline(cases, flags, training))
    yield _sure(PROFANITY, lambda: profanity(cases))
    yield _sure(PRESIDIO, lambda: presidio(cases))


def _sure(name: str, measure: Callable[[], Peer]) -> Peer:
    """A peer that can't be measured costs nobody the other figures."""
    try:
        return measure()
    except Exception as bug:
        # where it failed, and not what it says: its message may hold a post's words
        where = "".join(traceback.format_tb(bug.__traceback__))
        logging.getLogger(__name__).error("%s: %s\n%s", name, type(bug).__name__, where)
        return Peer(
            name,
            f"not measured: it failed with {type(bug).__name__}; is its version one of pyproject.toml?",
        )


def _lacks(name: str, package: str) -> Peer:
    return Peer(
        name,
        f"not measured: {package} isn't installed here; pip install -e '.[peers]' brings all peers",
    )


def training_rows(test_path: Path, folder: Path = TRAINING) -> list[dict[str, Any]]:
    """The mentions written for training, without those that share a writer, an id or a text with `given`."""
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in _rows(path)]
    test_rows = _rows(test_path)
    remaining = rows
    for name in ("writer", "id", "text"):
        known = {row[name] for row in test_rows if isinstance(row.get(name), str | int)}
        remaining = [row for row in remaining if row.get(name) not in known]
    return remaining


def _rows(path: Path) -> list[dict[str, Any]]:
    written = path.read_text("utf-8-sig").split("\n")  # splitlines would end one within a text
    return [json.loads(line) for line in written if line.strip()]


def baseline(
    cases: Sequence[Case], flags: Sequence[str], training: Sequence[Mapping[str, Any]]
) -> Peer:
    """TF-IDF of words (1 and 2) and letters (2 to 5) and a logistic regression a flag, at 0.5.

    It reads what the model reads (text, platform, bio). Classes are balanced, so that 0.5 is a fair
    threshold; nothing of it was tuned on these rows, and no rule helps it.
    """
    name = BASELINE
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_union
    except ImportError:
        return _lacks(name, "scikit-learn")
    if not training:
        return Peer(
            name, "not measured: no training mentions of other writers (classify/training/data)"
        )
    vectors = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=5, sublinear_tf=True),
    )
    known = vectors.fit_transform([_written(row) for row in training])
    case_features = vectors.transform([_seen(case) for case in cases])
    wanted = named([row["labels"]["flags"] for row in training], flags)
    predicted = np.zeros((len(cases), len(flags)), dtype=bool)
    for i in range(len(flags)):
        if 0 < wanted[:, i].sum() < len(wanted):
            fit = LogisticRegression(C=3.0, class_weight="balanced", solver="liblinear")
            predicted[:, i] = fit.fit(known, wanted[:, i]).predict(case_features)
    note = f"trained on {len(training)} mentions by other writers"
    return _over_flags(name, note, cases, flags, predicted)


def _written(row: Mapping[str, Any]) -> str:
    bio = (row.get("author") or {}).get("bio") or ""
    return f"{row['text']}\n{row.get('platform') or ''}. {bio}"


def _seen(case: Case) -> str:
    return f"{case.line.text}\n{case.line.platform}. {case.line.author.bio}"


def _over_flags(
    name: str, note: str, cases: Sequence[Case], flags: Sequence[str], theirs: Bools
) -> Peer:
    true = named([case.true for case in cases], flags)
    ours = named([case.predicted for case in cases], flags)
    draws = Draws(len(cases))

    def measured(predicted: Bools) -> dict[str, Floats]:
        sums = counts(draws, true, predicted)
        whole = np.stack([true.any(axis=1), predicted.any(axis=1)])
        missed = draws.sums(np.stack([whole.all(axis=0), whole[0]], axis=1))
        left = draws.sums(np.stack([~whole.any(axis=0), ~whole[0]], axis=1))
        return {
            "macro-F1": macro(*sums),
            "micro-F1": micro(*sums),
            "any flag found": ratio(*missed.T),
            "unflagged left": ratio(*left.T),
        }

    return _beside(name, note, measured(theirs), measured(ours), len(cases))


def profanity(cases: Sequence[Case]) -> Peer:
    """alt-profanity-check, whose one label is 'offensive', as a stand-in for any flag that attacks somebody."""
    name = PROFANITY
    try:
        from profanity_check import predict
    except ImportError:
        return _lacks(name, "alt-profanity-check")
    theirs = np.asarray(predict([case.line.text for case in cases])).astype(bool)
    attacks = shipped().names(attribute="target")
    return _one_label(name, f"'offensive' for any of {', '.join(attacks)}", cases, attacks, theirs)


def presidio(cases: Sequence[Case]) -> Peer:
    """Presidio with its UK recognisers: any entity from SURE on is taken for `pid`.

    Names need a spaCy model. Where none is installed its pattern recognisers run alone.
    """
    name = PRESIDIO
    try:
        analyse, model = _analyser()
    except ImportError:
        return _lacks(name, "presidio-analyzer")
    theirs = np.array([analyse(case.line.text) for case in cases], dtype=bool)
    note = f"any entity of {SURE} and more for pid; " + (
        f"spaCy {model}" if model else "no spaCy model installed, so patterns alone: no names"
    )
    return _one_label(name, note, cases, ("pid",), theirs)


def _analyser() -> tuple[Callable[[str], bool], str]:
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer import predefined_recognizers as known
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    # its recogniser of email asks for a list of the web's suffixes; the copy that came with it will do
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    model = next((package for package in SPACY if spacy.util.is_package(package)), "")
    engine = SpacyNlpEngine()
    engine.nlp = {"en": spacy.load(model) if model else _wordwise(spacy.blank("en"))}
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    for kind in ("UkDrivingLicence", "UkNino", "UkPassport", "UkPostcode", "UkVehicleRegistration"):
        if recogniser := getattr(known, f"{kind}Recognizer", None):
            registry.add_recognizer(recogniser())
    ready = AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["en"])
    return lambda text: bool(ready.analyze(text, language="en", score_threshold=SURE)), model


def _wordwise(blank: Any) -> Any:
    """A tokenizer without a model tells no lemmas, by which Presidio knows context: words stand in."""

    def words(doc: Any) -> Any:
        for token in doc:
            token.lemma_ = token.lower_
        return doc

    blank.component("words_for_lemmas", func=words)
    blank.add_pipe("words_for_lemmas")
    return blank


def _one_label(
    name: str, note: str, cases: Sequence[Case], flags: Sequence[str], theirs: Bools
) -> Peer:
    wanted = frozenset(flags)
    true = np.array([bool(case.true & wanted) for case in cases], dtype=bool)[:, None]
    ours = np.array([bool(case.predicted & wanted) for case in cases], dtype=bool)[:, None]
    draws = Draws(len(cases))

    def measured(predicted: Bools) -> dict[str, Floats]:
        hits, positives, predicted_positives = (
            column[:, 0] for column in counts(draws, true, predicted)
        )
        return {
            "precision": ratio(hits, predicted_positives),
            "recall": ratio(hits, positives),
            "F1": ratio(2 * hits, positives + predicted_positives, 0.0),
        }

    return _beside(name, note, measured(theirs[:, None]), measured(ours), len(cases))


def _beside(
    name: str, note: str, theirs: Mapping[str, Floats], ours: Mapping[str, Floats], count: int
) -> Peer:
    return Peer(
        name,
        note,
        theirs=[figure(measure, theirs[measure], count) for measure in theirs],
        ours=[figure(measure, ours[measure], count) for measure in theirs],
        gaps=[figure(measure, ours[measure] - theirs[measure], count) for measure in theirs],
    )
