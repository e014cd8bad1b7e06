from __future__ import annotations

import re
import tomllib
from pathlib import Path
from statistics import median
from typing import Any, get_args

import pytest
import tomli_w

from classify.model.labels import TASKS
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
    assert {name: flag.clause for name, flag in schema.load().in_use.items()} == CODEBOOK


def test_the_optional_rules_name_their_clauses_and_are_off() -> None:
    policy = schema.load()
    off = {name: policy.flags[name].clause for name in policy.names(on=False)}
    assert off == {
        "working_hours": ("6.5",),
        "headline_share": ("6.13",),
        "negative_by_staff": ("6.9",),
    }
    assert set(off) <= set(policy.names(source="rule"))


# How a flag is handled where a mistake harms somebody: who changes one of these changes this too.
HANDLED: list[tuple[dict[str, bool | str], set[str]]] = [
    ({"judged_out_of_scope": "always", "on": True}, {"threat", "safeguarding"}),
    ({"judged_out_of_scope": "health"}, {"pid", "security"}),
    ({"tuning": "recall_first"}, {"pid", "threat", "safeguarding"}),
    ({"overruled_if_clean": False, "source": "model"}, {"pid", "threat", "security", "safeguarding", "no_disclaimer"}),
    ({"attribute": "target"}, {"derogatory", "harassment", "threat", "sexual", "hate"}),
    ({"attribute": "harm"}, {"allegation"}),
    ({"gravity": "high", "gravity_speaking_up": "medium"}, {"confidential"}),
    ({"gravity": "medium", "gravity_speaking_up": "low"}, {"grievance"}),
    ({"author": "staff"}, {"grievance"}),
    ({"rests_on": "profile"}, {"no_disclaimer", "impersonation", "brand"}),
    ({"official_exempt": "always"}, {"assistance", "media", "removal_request"}),
    ({"official_exempt": "never"}, {"pid", "confidential"}),
    ({"blanked": True}, {"pid"}),
    ({"urgent": True}, {"safeguarding", "threat"}),
    ({"in_danger": True}, {"safeguarding"}),
    ({"protected_speech": True}, {"allegation", "grievance"}),
    ({"heard_by": "guardian"}, {"grievance"}),
    ({"heard_by": "other"}, {"pid", "threat", "security", "safeguarding"}),
    ({"takedown_ground": "at_people"}, {"derogatory"}),
    ({"takedown_ground": "always"}, {
        "pid", "threat", "hate", "sexual", "harassment", "confidential", "security", "impersonation",
        "removal_request",
    }),
    ({"takedown_followed": True}, {"pid", "removal_request"}),
    ({"never_answered": True}, {"threat", "hate", "harassment", "sexual"}),
    ({"spreads": True}, {"pid", "confidential", "security"}),
]  # fmt: skip


@pytest.mark.parametrize(("properties", "names"), HANDLED)
def test_a_flag_is_handled_as_the_codebook_and_the_team_decided(
    properties: dict[str, bool | str], names: set[str]
) -> None:
    assert set(schema.load().names(**properties)) == names


def test_speaking_up_softens_no_other_flag_and_makes_none_graver() -> None:
    policy = schema.load()
    changed = {
        name for name, flag in policy.flags.items() if flag.gravity_speaking_up != flag.gravity
    }
    assert changed == {"confidential", "grievance"}


def test_what_is_judged_everywhere_is_what_is_on_and_not_bound_to_scope() -> None:
    policy = schema.load()
    assert set(policy.judged_everywhere) == {"pid", "threat", "security", "safeguarding"}
    rule = policy.flags["working_hours"].model_copy(update={"on": True})
    on = policy.model_copy(update={"flags": {**policy.flags, "working_hours": rule}})
    assert set(on.judged_everywhere) - set(policy.judged_everywhere) == {"working_hours"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("safeguarding", "someone may be in danger"), ("pid", "patient’s details"), ("threat", "threat"),
        ("derogatory", "insult"), ("misinformation", "claim to check"), ("impersonation", "page in our name"),
        ("assistance", "asks for help"), ("media", "reporter or news story"), ("grievance", "staff about their work"),
    ],
)  # fmt: skip
def test_a_flag_is_called_what_an_officer_would_say(name: str, said: str) -> None:
    assert schema.load().label(name) == said


def test_no_label_is_the_codebooks_own_term() -> None:
    """`grievance` may be protected speech; the others are terms that only who wrote the codebook knows."""
    terms = {"derogatory", "misinformation", "impersonation", "safeguarding", "pid", "grievance", "personal data"}  # fmt: skip
    labels = {flag.label for flag in schema.load().flags.values()}
    assert {term for term in terms for label in labels if term in label.lower()} == set()


def test_a_flag_of_a_former_policy_is_called_by_its_name() -> None:
    policy = schema.load()
    assert policy.label("pid") == "patient’s details"
    assert policy.label("was_here_once") == "was here once"


def test_a_property_that_no_flag_has_is_no_empty_answer() -> None:
    with pytest.raises(AttributeError):
        schema.load().names(dangerous=True)


PARTS = (
    "classify",
    "collectors",
    "core",
    "reports",
    "review",
    "settings",
    "steps",
    "store",
    "tuning",
)


@pytest.mark.parametrize("name", schema.FlagPolicy.model_fields)
def test_every_property_is_used(name: str) -> None:
    used = re.compile(rf"\.{name}\b|\b{name}=")
    files = [
        path
        for part in PARTS
        for path in (schema.HERE.parent.parent / part).rglob("*")
        if path.suffix in (".py", ".html", ".txt") and path.name != "schema.py"
    ]
    if name == "examples":  # for people alone
        return
    assert any(used.search(path.read_text("utf-8")) for path in files)


@pytest.mark.parametrize("name", schema.FlagPolicy.model_fields)
def test_the_head_of_the_file_says_what_every_property_is(name: str) -> None:
    head = SHIPPED.read_text("utf-8").partition("\nversion")[0]
    assert re.search(rf"^#   {name} ", head, re.MULTILINE)


def test_the_heads_that_can_judge_elsewhere_are_the_models() -> None:
    assert set(get_args(schema.Task)) == {"none", *TASKS}


@pytest.mark.parametrize("name", CODEBOOK)
def test_every_flag_has_a_meaning_and_an_example(name: str) -> None:
    flag = schema.load().flags[name]
    assert flag.means.endswith(".")
    assert all(flag.examples)
    assert flag.examples


@pytest.mark.parametrize("name", ["pid", "threat", "safeguarding"])
def test_where_two_readers_could_differ_these_flags_are_put_on(name: str) -> None:
    flags = schema.load().in_use
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
        ("flags.pid.urgent", "yes"),
        ("flags.pid.label", ""),
        ("flags.pid.source", "both"),
        ("flags.pid.elsewhere_task", "hate"),
        ("flags.working_hours", {}),
        ("working_hours.from", "9:00"),
        ("working_hours.days", ["monday"]),
        ("rules", {"working_hours": {"on": False}}),
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


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("threshold", "a number"),
        ("urgent", "true or false"),
        ("heard_by", '"pals", "guardian" or "other"'),
        ("report_text", "words"),
        ("high_when", 'a list of "by_staff", "at_person", '),
    ],
)
def test_a_property_that_is_missing_is_named_with_what_it_can_be(
    table: dict[str, Any], tmp_path: Path, name: str, values: str
) -> None:
    del table["flags"]["pid"][name]
    with pytest.raises(ConfigError, match=rf"flags\.pid\.{name} is missing") as refused:
        loaded(table, tmp_path)
    assert f"write {values}" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", schema.FlagPolicy.model_fields)
def test_no_property_of_a_flag_can_be_left_out(
    table: dict[str, Any], tmp_path: Path, name: str
) -> None:
    del table["flags"]["brand"][name]
    with pytest.raises(ConfigError, match=rf"flags\.brand\.{name} is missing"):
        loaded(table, tmp_path)


def test_a_property_that_nobody_knows_is_named_with_those_that_there_are(
    table: dict[str, Any], tmp_path: Path
) -> None:
    table["flags"]["pid"]["urgnet"] = True
    with pytest.raises(ConfigError, match=r"flags\.pid\.urgnet is no property.* urgent"):
        loaded(table, tmp_path)


def test_a_value_out_of_its_list_is_refused_with_the_list(
    table: dict[str, Any], tmp_path: Path
) -> None:
    table["flags"]["pid"]["gravity"] = "grave"
    with pytest.raises(ConfigError, match=r"flags\.pid\.gravity: .*'high', 'medium' or 'low'"):
        loaded(table, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("tuning", "cost"), ("elsewhere_task", "dynahate"), ("overruled_if_clean", True)],
)
def test_what_a_rule_decides_has_nothing_that_only_a_model_could_have(
    table: dict[str, Any], tmp_path: Path, name: str, value: Any
) -> None:
    table["flags"]["headline_share"][name] = value
    with pytest.raises(ConfigError, match=rf"flags\.headline_share: .*{name} = "):
        loaded(table, tmp_path)


def test_a_file_that_is_gone_or_no_toml_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        schema.load(tmp_path / "policy.toml")
    (tmp_path / "policy.toml").write_text("flags = [")
    with pytest.raises(ConfigError, match="not TOML"):
        schema.load(tmp_path / "policy.toml")
