"""The linear reader as it is fitted: it says what scikit-learn would say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classify.inputs import Known
from classify.model.labels import OUTPUTS
from classify.model.linear import FILE, Lexical, terms
from classify.training.linear import FITTED, LOOSE, fit
from tests.classify.factories import labelled

THREATS = [
    labelled(n, f"I'll throw a brick, a brick through window {n}", "threat") for n in range(12)
]
CALM = [labelled(n, f"lovely nurses near window {n}", bio="mum of two") for n in range(12, 30)]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Lexical:
    return read(tmp_path_factory.mktemp("fit"), THREATS + CALM)


def read(folder: Path, mentions: list[dict[str, Any]]) -> Lexical:
    fit(mentions, folder / FILE, Known())
    return Lexical(folder / FILE)


def chance(reader: Lexical, name: str, text: str, author: str = "x") -> float:
    logit = reader.logits(text, author)[reader.outputs.index(name)]
    return float(1 / (1 + np.exp(-logit)))


def test_words_that_tell_an_output_speak_for_it(reader: Lexical) -> None:
    assert chance(reader, "threat", "a brick for you") > 0.8
    assert chance(reader, "threat", "lovely nurses", "x. mum of two") < 0.2
    assert chance(reader, "flagged", "a brick for you") > 0.8


def test_the_author_is_read_apart_from_the_text(reader: Lexical) -> None:
    assert chance(reader, "threat", "hello", "x. mum of two") < chance(reader, "threat", "hello")
    assert chance(reader, "threat", "mum of two") == chance(reader, "threat", "hello")


def test_it_says_what_scikit_learn_would_say(reader: Lexical) -> None:
    mentions = THREATS + CALM
    words = TfidfVectorizer(analyzer=terms, min_df=3, sublinear_tf=True)
    about = TfidfVectorizer(analyzer=terms, min_df=3, sublinear_tf=True)
    authors = ["x" if n < len(THREATS) else "x. mum of two" for n in range(len(mentions))]
    seen = np.hstack(
        [
            words.fit_transform([one["text"] for one in mentions]).toarray(),
            about.fit_transform(authors).toarray(),
        ]
    )
    model = LogisticRegression(C=LOOSE, class_weight="balanced", solver="liblinear")
    model.fit(seen, [int(n < len(THREATS)) for n in range(len(mentions))])
    asked = "A brick, a lovely brick!"
    row = np.hstack(
        [words.transform([asked]).toarray(), about.transform(["x. mum of two"]).toarray()]
    )
    said = reader.logits(asked, "x. mum of two")[reader.outputs.index("threat")]
    assert said == pytest.approx(model.decision_function(row)[0], abs=0.01)


def test_a_word_that_two_mentions_hold_is_not_remembered(tmp_path: Path) -> None:
    odd = [labelled(n, "zebra", "threat") for n in range(40, 42)]
    two, three = (read(tmp_path, THREATS + CALM + odd[:1] * count) for count in (2, 3))
    assert chance(two, "threat", "zebra") == chance(two, "threat", "unheard")
    assert chance(three, "threat", "zebra") > chance(three, "threat", "unheard")


def test_an_output_of_which_all_say_the_same_or_nobody_anything_is_left_out(
    reader: Lexical, tmp_path: Path
) -> None:
    assert reader.outputs == [name for name in FITTED if name in ("threat", "flagged")]
    assert set(FITTED) <= set(OUTPUTS)
    elsewhere = [
        labelled(n, "rain in Leeds, no window", in_scope=False, sentiment="negative")
        for n in range(60, 80)
    ]
    told = read(tmp_path, THREATS + CALM + elsewhere).outputs
    assert set(told) == {
        "threat", "flagged", "in_scope", "sentiment.negative", "sentiment.neutral",
    }  # fmt: skip
    assert "harm.serious" not in told  # nobody alleged anything
