from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ModelError
from steps.catalogue import manifest, processes
from steps.catalogue.answering import ENDED, TRIES
from steps.catalogue.parts import plan
from steps.catalogue.places import Folder
from tests.steps.catalogue.factories import KillsWhoReads, post, settings, write_jsonl


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        write_jsonl(tmp_path / "posts" / f"{name}.jsonl", [post(number) for number in range(4)])
    (tmp_path / "notes").mkdir()
    return tmp_path / "posts"


def test_a_worker_that_is_killed_costs_nothing_and_a_part_that_kills_each_is_named(
    posts: Path, tmp_path: Path
) -> None:
    """The second file kills one worker, the third as many as are tried."""
    for deadly, times, whole in (("b.jsonl", 1, 3), ("c.jsonl", TRIES, 2)):
        answers = Folder(tmp_path / deadly)
        notes = tmp_path / "notes" / deadly
        notes.mkdir()
        place = KillsWhoReads(posts, deadly, times, notes)
        chosen, checksum = settings()
        parts = plan(place, None, 1 << 20)
        outcomes = list(processes.answered(chosen, checksum, parts, place, answers, 1))
        assert sorted(outcome.part.file for outcome in outcomes) == [
            "a.jsonl",
            "b.jsonl",
            "c.jsonl",
        ]
        assert [o.why for o in outcomes if o.receipt is None] == [ENDED] * (3 - whole)
        receipts = list(manifest.receipts(answers))
        assert [receipt.answered for receipt in receipts] == [4] * whole
        assert len([f for f in answers.files() if f.name.endswith(".jsonl")]) == 2 * whole


def test_a_worker_with_another_model_answers_nothing(posts: Path, tmp_path: Path) -> None:
    chosen, _ = settings()
    parts = plan(Folder(posts), None, 1 << 20)
    with pytest.raises(ModelError, match="is another"):
        list(
            processes.answered(chosen, "0" * 64, parts, Folder(posts), Folder(tmp_path / "out"), 1)
        )
    assert list(manifest.receipts(Folder(tmp_path / "out"))) == []
