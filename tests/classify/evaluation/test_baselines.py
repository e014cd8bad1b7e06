"""Baseline and peers, where they are installed; without them what to install."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from classify.evaluation.baselines import Peer, baseline, peers, presidio, profanity, training_rows
from classify.evaluation.metrics import Case
from tests.classify.factories import RULES, case

FLAGS = tuple(RULES.flags)
NOT_THERE = [
    (profanity, "profanity_check", "alt-profanity-check"),
    (presidio, "presidio_analyzer", "presidio-analyzer"),
]


def row(number: int, text: str, *flags: str, writer: str = "ann") -> dict[str, Any]:
    labels = {"flags": list(flags)}
    return {"id": f"r-{number}", "writer": writer, "text": text, "platform": "x", "labels": labels}


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(one) for one in rows) + "\n\n", "utf-8")
    return path


def values(peer: Peer) -> dict[str, tuple[float, float, float]]:
    return {
        theirs.name: (theirs.value, ours.value, gap.value)
        for theirs, ours, gap in zip(peer.theirs, peer.ours, peer.gaps, strict=True)
    }


# ── what the baseline may learn from ─────────────────────────────────────────────────────────────


def test_nothing_of_the_rows_own_writers_ids_or_texts_is_learnt(tmp_path: Path) -> None:
    written(
        tmp_path / "ann.jsonl", row(1, "one"), row(2, "two", writer="bo"),
        row(3, "three", writer="cy"), row(4, "four", writer="cy"), row(5, "five", writer="cy"),
    )  # fmt: skip
    given = written(
        tmp_path / "given",
        row(9, "nine"), row(3, "other", writer="di"), row(8, "four", writer="di"),
    )  # fmt: skip
    assert [one["id"] for one in training_rows(given, tmp_path)] == ["r-2", "r-5"]


def test_a_file_of_others_leaves_all_that_was_written(tmp_path: Path) -> None:
    written(tmp_path / "ann.jsonl", row(1, "one"), row(2, "two"))
    given = tmp_path / "given"
    given.write_bytes(b'\xef\xbb\xbf{"id": 7, "text": "seven"}\n')
    assert len(training_rows(given, tmp_path)) == 2
    assert training_rows(given, tmp_path / "nowhere") == []


def test_a_line_ends_where_json_ends_it_and_a_writer_may_be_of_any_kind(tmp_path: Path) -> None:
    written(tmp_path / "ann.jsonl", row(1, "one"))
    given = tmp_path / "given"
    odd = {"id": 7, "writer": ["ann"], "text": "seven\u2028eight\x85"}
    given.write_text(json.dumps(odd, ensure_ascii=False) + "\n", "utf-8")
    assert len(training_rows(given, tmp_path)) == 1


def test_a_peer_that_fails_costs_nobody_the_others(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("sklearn")
    unlike: list[dict[str, Any]] = [row(1, "private words", "threat")]
    told = next(iter(peers([case(1)], FLAGS, unlike)))  # too few words for a vocabulary
    assert told.note.startswith("not measured: it failed with ValueError")
    assert "private words" not in caplog.text


# ── figures ──────────────────────────────────────────────────────────────────────────────────────


def test_the_baseline_learns_words_and_is_set_beside_ours() -> None:
    pytest.importorskip("sklearn")
    learnt = [row(n, f"brick through the window {n}", "threat") for n in range(30)]
    learnt += [row(n, f"lovely nurses at the clinic {n}") for n in range(30)]
    asked = [
        case(1, text="a brick for your window", true=["threat"]),
        case(2, text="such lovely nurses", said=["threat"]),
    ]
    told = baseline(asked, FLAGS, learnt)
    assert values(told) == {
        "macro-F1": (1.0, 0.0, -1.0), "micro-F1": (1.0, 0.0, -1.0),
        "any flag found": (1.0, 0.0, -1.0), "unflagged left": (1.0, 0.0, -1.0),
    }  # fmt: skip
    assert "60 mentions" in told.note


def test_a_baseline_without_rows_to_learn_from_says_so() -> None:
    told = baseline([case()], FLAGS, [])
    assert told.note.startswith("not measured")
    assert told.theirs == ()


@pytest.mark.parametrize(("measure", "module", "package"), NOT_THERE)
def test_a_peer_that_is_not_installed_says_how_to_install_it(
    measure: Any, module: str, package: str
) -> None:
    if importlib.util.find_spec(module):
        pytest.skip(f"{package} is installed here")
    told = measure([case()])
    assert told.note.startswith(f"not measured: {package} isn't installed")
    assert "pip install -e '.[peers]'" in told.note


def test_offensive_words_are_the_profanity_checks_to_find() -> None:
    pytest.importorskip("profanity_check")
    cases = [
        case(1, text="you stupid fucking idiot", true=["derogatory"], said=["derogatory"]),
        case(2, text="what a lovely morning"),
    ]
    assert values(profanity(cases)) == {
        "precision": (1.0, 1.0, 0.0), "recall": (1.0, 1.0, 0.0), "F1": (1.0, 1.0, 0.0),
    }  # fmt: skip


def test_identifiers_are_presidios_to_find() -> None:
    pytest.importorskip("presidio_analyzer")
    cases = [
        case(1, text="her NHS number is 999 123 4560", true=["pid"]),
        case(2, text="what a lovely morning", said=["pid"]),
    ]
    told = presidio(cases)
    assert values(told) == {
        "precision": (1.0, 0.0, -1.0), "recall": (1.0, 0.0, -1.0), "F1": (1.0, 0.0, -1.0),
    }  # fmt: skip


def test_every_peer_is_told_of_in_turn() -> None:
    cases: list[Case] = [case(1, true=["pid"]), case(2)]
    names = [peer.name for peer in peers(cases, FLAGS, [])]
    assert names == ["TF-IDF and logistic regression", "alt-profanity-check", "Presidio"]
