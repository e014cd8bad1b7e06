"""What is written for training and for the fixed tests keeps the codebook's form and keeps apart."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from classify.model.labels import FLAGS
from classify.policy import schema
from classify.risk import risk_of
from classify.training import dataset
from core.models import TARGETS, Flag, Risk

CLASSIFY = Path(schema.__file__).parent.parent
POLICY = schema.load()
TRAINING = dataset.mentions((CLASSIFY / "training" / "data").glob("*.jsonl"))
FIXED = dataset.mentions((CLASSIFY / "evaluation" / "datasets").glob("*.jsonl"))
HELD_OUT = {"elsie", "bryn", "suki"}
HELD = [row for row in TRAINING if row["writer"] in HELD_OUT]
READ = [row for row in TRAINING if row["writer"] not in HELD_OUT]
HATE = [
    json.loads(line)
    for path in (CLASSIFY / "training" / "data" / "hate").glob("*.jsonl")
    for line in path.read_text("utf-8").splitlines()
]


def test_every_row_has_an_id_of_its_own() -> None:
    assert not [name for name, n in Counter(row["id"] for row in TRAINING + FIXED).items() if n > 1]


@pytest.mark.parametrize("flag", FLAGS)
def test_every_flag_has_its_positives_and_rows_that_only_look_like_it(flag: str) -> None:
    assert sum(flag in row["labels"]["flags"] for row in READ) >= 250
    assert sum(row.get("hard_negative") == flag for row in READ) >= 250


def test_a_row_that_only_looks_like_a_flag_does_not_have_it() -> None:
    marked = [row for row in TRAINING + FIXED if "hard_negative" in row]
    assert not [row["id"] for row in marked if row["hard_negative"] in row["labels"]["flags"]]
    assert {row["hard_negative"] for row in marked} <= set(FLAGS)


def test_labels_keep_the_codebooks_form() -> None:
    wrong = [row["id"] for row in TRAINING + FIXED if not _in_form(row["labels"])]
    assert wrong == []


def _in_form(labels: dict[str, Any]) -> bool:
    flags = labels["flags"]
    aimed = [name for name in flags if name in POLICY.names(attribute="target")]
    return (
        len(set(flags)) == len(flags)
        and set(flags) <= set(FLAGS)
        and (labels["in_scope"] or set(flags) <= {"pid", "threat", "security", "safeguarding"})
        and set(labels.get("target", {})) == set(aimed)
        and all(set(to) <= set(TARGETS) and to for to in labels.get("target", {}).values())
        and ("allegation" in flags) == (labels.get("harm", {}).get("allegation") in ("serious", "other"))
        and not ("grievance" in flags and labels["staff"] == "no")
    )  # fmt: skip


def test_risk_is_what_the_table_gives() -> None:
    wrong = [row["id"] for row in TRAINING + FIXED if _earned(row) != row["labels"]["risk"]]
    assert wrong == []


def _earned(row: dict[str, Any]) -> Risk:
    labels = row["labels"]
    flags = [
        Flag(
            name=name, score=1.0, clauses=(), target=tuple(labels.get("target", {}).get(name, ())),
            harm=labels.get("harm", {}).get(name),
        )
        for name in labels["flags"]
    ]  # fmt: skip
    reach = row.get("author", {}) | row.get("metrics", {})
    return risk_of(
        flags, POLICY, staff=labels["staff"], in_scope=labels["in_scope"], sentiment=labels["sentiment"],
        protected=labels.get("protected", "none"), followers=reach.get("followers"), shares=reach.get("shares"),
    )  # fmt: skip


def test_evidence_stands_in_its_text_and_belongs_to_a_flag() -> None:
    wrong = [
        row["id"]
        for row in TRAINING + FIXED
        for flag, words in row.get("evidence", {}).items()
        if flag not in row["labels"]["flags"] or not all(word in row["text"] for word in words)
    ]
    assert wrong == []


def test_no_more_than_a_third_comes_from_templates() -> None:
    made = Counter(row["made"] for row in READ + HATE)
    assert set(made) <= {"hand", "template"}
    assert made["template"] <= made.total() / 3


def test_what_measures_shares_no_near_duplicate_with_what_trains() -> None:
    where: dict[tuple[str, ...], list[str]] = {}
    grams = {row["id"]: _grams(_words_of(row)) for row in READ}
    for name, own in grams.items():
        for gram in own:
            where.setdefault(gram, []).append(name)
    near = []
    for row in HELD + FIXED:
        own = _grams(_words_of(row))
        shared = Counter(name for gram in own for name in where.get(gram, ()))
        near += [
            (row["id"], name) for name, n in shared.items() if n / len(own | grams[name]) > 0.4
        ]
    assert near == []


def _words_of(row: dict[str, Any]) -> str:
    """A post's words; of 'same' or 'no' that answer something, with what they answer, which makes them what they are."""
    text: str = row["text"]
    return text if len(text.split()) > 3 else f"{text} {json.dumps(row.get('context', ''))}"


def _grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower()) or [text.strip()]  # of emoji alone, these
    return {tuple(words[i : i + 4]) for i in range(len(words) - 3)} or {tuple(words)}


def test_numbers_are_invented() -> None:
    mobiles = re.compile(r"(?<!\d)07\d{3}[ .-]?\d{3}[ .-]?\d{3}(?!\d)")
    real = [
        row["id"]
        for row in TRAINING + FIXED
        for found in mobiles.findall(row["text"])
        if not re.sub(r"\D", "", found).startswith("07700900")
    ]
    assert real == []
