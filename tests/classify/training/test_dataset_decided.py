from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from classify.policy import schema
from classify.training.dataset import DecidedMention, answers, row, write_provenance

POLICY = schema.load()
WORDS = "Go near that desk again and see what happens"


def said(**changes: Any) -> DecidedMention:
    given: dict[str, Any] = {
        "number": 7, "version": 2, "platform": "bluesky", "sources": ("bluesky",), "masked": WORDS,
        "blanked": False, "described": False, "labels": {"threat": True, "hate": False},
    }  # fmt: skip
    return DecidedMention(**(given | changes))


def made(**changes: Any) -> dict[str, Any]:
    found = row(said(**changes), POLICY)
    assert found is not None
    return found


def test_a_row_holds_what_a_person_said_and_nothing_of_what_the_model_thought() -> None:
    found = made()
    assert found["known"] == ["threat", "hate"]
    assert found["labels"] == {"flags": ["threat"]}
    assert answers(found) == {"threat": 1.0, "hate": 0.0}
    assert (found["text"], found["platform"], found["author"]) == (WORDS, "bluesky", {})


def test_rules_and_flags_that_no_model_has_are_not_learnt() -> None:
    assert made(labels={"threat": True, "working_hours": True})["known"] == ["threat"]
    assert row(said(labels={"working_hours": True}), POLICY) is None


def test_pid_is_not_learnt_from_words_of_which_something_was_blanked() -> None:
    assert made(labels={"pid": False}, blanked=False)["known"] == ["pid"]
    assert row(said(labels={"pid": False}, blanked=True), POLICY) is None
    assert made(labels={"pid": True, "threat": False}, blanked=True)["known"] == ["threat"]


def test_what_hangs_on_who_speaks_is_not_learnt_where_the_profile_said_something() -> None:
    of_author = ("derogatory", "grievance", "impersonation", "no_disclaimer", "brand")
    labels = dict.fromkeys([*of_author, "hate"], True)
    assert made(labels=labels, described=True)["known"] == ["hate"]
    assert set(made(labels=labels, described=False)["known"]) == set(labels)


def test_where_a_model_learnt_from_stands_beside_it_without_words_or_author(tmp_path: Path) -> None:
    path = write_provenance([made(), made(number=8, labels={"pid": False})], tmp_path)
    assert path.parent == tmp_path
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == [
        {"mention": 7, "decision": 2, "sources": ["bluesky"],
         "labels": {"threat": True, "hate": False}},
        {"mention": 8, "decision": 2, "sources": ["bluesky"], "labels": {"pid": False}},
    ]  # fmt: skip
    assert "desk" not in path.read_text("utf-8")
