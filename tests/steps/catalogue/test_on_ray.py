from __future__ import annotations

from pathlib import Path

import pytest

from steps.catalogue import manifest
from steps.catalogue.parts import plan
from steps.catalogue.places import Folder
from tests.steps.catalogue.factories import KillsWhoReads, post, settings, write_jsonl

pytest.importorskip("ray", reason="Ray is not installed: it is the extra `ray`")

from steps.catalogue import on_ray


def test_two_actors_on_two_processors_end_and_a_killed_one_costs_nothing(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        write_jsonl(tmp_path / "posts" / f"{name}.jsonl", [post(number) for number in range(4)])
    (tmp_path / "notes").mkdir()
    place = KillsWhoReads(tmp_path / "posts", "c.jsonl", 1, tmp_path / "notes")
    answers, (chosen, checksum) = Folder(tmp_path / "out"), settings()
    parts = plan(place, None, 1 << 20)
    outcomes = list(on_ray.answered(chosen, checksum, parts, place, answers, workers=2))
    assert len(list((tmp_path / "notes").iterdir())) == 1
    assert sorted(o.part.name for o in outcomes) == [part.name for part in parts]
    assert [o.why for o in outcomes] == [""] * 4
    assert [receipt.answered for receipt in manifest.receipts(answers)] == [4] * 4


def test_a_ray_of_our_own_is_as_quick_as_the_command_and_counts_nothing_unless_told_to() -> None:
    own = on_ray.environment({"RAY_worker_niceness": "5", "RAY_USAGE_STATS_ENABLED": "1"}, "")
    assert own["RAY_worker_niceness"] == "5"
    assert own["RAY_enable_metrics_collection"] == "0"
    assert own["RAY_USAGE_STATS_ENABLED"] == "0"
    assert on_ray.environment({}, "").items() >= {"RAY_worker_niceness": "0"}.items()
    assert on_ray.environment({}, "auto") == on_ray.ENVIRONMENT, "another's cluster is as it is"
