from __future__ import annotations

import re
import tomllib
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import tomli_w

from classify.policy import schema
from core.errors import ConfigError

# The codebook, section 2: every flag with the clauses of the policy that it enforces.
CODEBOOK = {
    "derogatory": ("3", "6.8", "6.9"),
    "harassment": ("6.9",),
    "threat": ("6.9",),
    "sexual": ("6.9",),
    "hate": ("6.9",),
    "pid": ("6.10",),
    "confidential": ("3", "6.7", "6.8"),
    "grievance": ("6.8",),
    "allegation": ("6.8", "6.9", "9"),
    "misinformation": ("6.7",),
    "assistance": ("3",),
    "media": ("9",),
    "safeguarding": ("3",),  # and the duty of care of any NHS body, which has no number
    "removal_request": ("6.11",),
    "impersonation": ("4", "5"),
    "no_disclaimer": ("6.6",),
    "brand": ("6.12",),
    "security": ("6.2",),  # and the Information Security Policy
}
SHIPPED = schema.HERE / "policy.toml"


@pytest.fixture
def table() -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text("utf-8"))


def loaded(table: dict[str, Any], folder: Path) -> schema.Policy:
    path = folder / "policy.toml"
    path.write_text(tomli_w.dumps(table), "utf-8")
    return schema.load(path)


def test_the_flags_and_their_clauses_are_the_codebooks() -> None:
    assert {name: flag.clause for name, flag in schema.load().flags.items()} == CODEBOOK


def test_the_optional_rules_name_their_clauses_and_are_off() -> None:
    rules = schema.load().rules
    assert (rules.working_hours.clause, rules.working_hours.on) == (("6.5",), False)
    assert (rules.headline_share.clause, rules.headline_share.on) == (("6.13",), False)


def test_the_clauses_of_a_flag_or_a_rule_are_told_by_its_name() -> None:
    known = schema.load()
    assert known.clauses_of("pid") == ("6.10",)
    assert known.clauses_of("working_hours") == ("6.5",)
    assert known.clauses_of("headline_share") == ("6.13",)


@pytest.mark.parametrize("name", CODEBOOK)
def test_every_flag_has_a_meaning_and_an_example(name: str) -> None:
    flag = schema.load().flags[name]
    assert flag.means.endswith(".")
    assert all(flag.examples)
    assert flag.examples


@pytest.mark.parametrize("name", ["pid", "threat", "safeguarding"])
def test_where_two_readers_could_differ_these_flags_are_put_on(name: str) -> None:
    flags = schema.load().flags
    doubted = flags[name]
    usual = [
        flag.threshold
        for other, flag in flags.items()
        if other not in ("pid", "threat", "safeguarding", "security")
    ]
    assert doubted.threshold < median(usual)
    assert doubted.missed_costs == max(flag.missed_costs for flag in flags.values())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("colour", "blue"),
        ("version", ""),
        ("version", 2026.1),
        ("reach.followers", 0),
        ("reach.shares", 200.5),
        ("flags.pid.colour", "blue"),
        ("flags.pid.threshold", 1.5),
        ("flags.pid.threshold", "0.5"),
        ("flags.pid.threshold", float("nan")),
        ("flags.pid.missed_costs", 0),
        ("flags.pid.missed_costs", float("inf")),
        ("flags.pid.gravity", "none"),
        ("flags.pid.clause", []),
        ("flags.pid.clause", [""]),
        ("flags.hate.high_when", ["on_mondays"]),
        ("rules.working_hours.on", "no"),
        ("rules.working_hours.from", "9:00"),
        ("rules.working_hours.days", ["monday"]),
    ],
)
def test_a_key_that_is_unknown_or_wrong_is_named(
    table: dict[str, Any], tmp_path: Path, key: str, value: Any
) -> None:
    inner = table
    *path, last = key.split(".")
    for step in path:
        inner = inner[step]
    inner[last] = value
    with pytest.raises(ConfigError, match=re.escape(key)) as refused:
        loaded(table, tmp_path)
    assert "\n" not in str(refused.value)


def test_a_key_that_is_missing_is_named(table: dict[str, Any], tmp_path: Path) -> None:
    del table["flags"]["pid"]["threshold"]
    with pytest.raises(ConfigError, match=r"flags\.pid\.threshold"):
        loaded(table, tmp_path)


def test_a_file_that_is_gone_or_no_toml_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        schema.load(tmp_path / "policy.toml")
    (tmp_path / "policy.toml").write_text("flags = [")
    with pytest.raises(ConfigError, match="not TOML"):
        schema.load(tmp_path / "policy.toml")
