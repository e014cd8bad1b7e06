from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from classify.policy import schema
from classify.policy.schema import next_version, rewritten
from core.errors import ConfigError

SHIPPED = (schema.HERE / "policy.toml").read_text("utf-8")


def test_thresholds_and_version_change_and_not_another_letter(tmp_path: Path) -> None:
    changed = rewritten(SHIPPED, {"threat": 0.2, "media": 0.55}, "2026.1+x")
    old, new = SHIPPED.splitlines(), changed.splitlines()
    differ = [(before, after) for before, after in zip(old, new, strict=True) if before != after]
    assert [after for _, after in differ] == [
        'version = "2026.1+x"',
        "threshold = 0.2",
        "threshold = 0.55",
    ]
    path = tmp_path / "policy.toml"
    path.write_text(changed, "utf-8")
    read = schema.load(path)
    assert (read.version, read.flags["threat"].threshold) == ("2026.1+x", 0.2)
    assert read.flags["pid"] == schema.load().flags["pid"]


def test_comments_on_the_lines_themselves_stay() -> None:
    text = 'version = "1" # of June\n[flags.threat] # 6.9\nthreshold = 0.30   # low on purpose\nclause = ["threshold = 9"]\n'
    assert rewritten(text, {"threat": 0.25}, "2") == text.replace('"1"', '"2"').replace(
        "0.30", "0.25"
    )


@pytest.mark.parametrize(
    "text",
    [
        'version = "1"\n[flags]\nthreat = {threshold = 0.3}\n',
        'version = "1"\nflags.threat.threshold = 0.3\n',
        'version = """1"""\n[flags.threat]\nthreshold = 0.3\n',
        'version = "1"\n[flags."threat"]\nthreshold = 0.3\n',
    ],
)
def test_a_file_that_is_written_in_another_way_is_refused_and_not_half_changed(text: str) -> None:
    tomllib.loads(text)
    with pytest.raises(ConfigError, match="by hand"):
        rewritten(text, {"threat": 0.25}, "2")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026.1", "2026.1+20261124"),
        ("2026.1+20261120", "2026.1+20261124"),
        ("2026.1+20261124", "2026.1+20261124.2"),
        ("2026.1+20261124.2", "2026.1+20261124.3"),
        ("2026.1+ours", "2026.1+20261124"),
    ],
)
def test_a_new_version_is_never_the_old_one(before: str, after: str) -> None:
    assert next_version(before, "20261124") == after
