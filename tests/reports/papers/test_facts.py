"""What the papers say of records, clauses and risks is whole: nothing of the program is missing from it, and no test it names is."""

from __future__ import annotations

import ast
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from classify.evaluation import fairness as measuring
from classify.policy.schema import clause_texts, shipped
from reports.papers import facts
from settings import schema as settings_schema
from steps.classifier import load_classifier
from store import schema
from tuning import evaluate

ROOT = Path(__file__).parents[3]
DATASETS = ROOT / "classify" / "evaluation" / "datasets"


def test_every_table_stands_in_one_kind_of_record() -> None:
    listed = Counter(table for record in facts.records() for table in record.tables)
    named = {table for lines in schema.TABLES.values() for table in lines}
    assert set(listed) == named
    assert not [table for table, often in listed.items() if often > 1]


def test_every_clause_of_the_policy_and_of_a_flag_is_told_by_whom_it_is_seen_to() -> None:
    told = {clause.number for clause in facts.clauses()}
    assert set(clause_texts()) <= told
    assert {clause for flag in shipped().flags.values() for clause in flag.clause} <= told
    for clause in facts.clauses():
        assert clause.automatic or clause.person or clause.not_done, clause.number


@pytest.mark.parametrize(
    "control",
    [control for risk in facts.risks() for control in risk.controls],
    ids=lambda control: control.test,
)
def test_each_control_names_a_test_that_is_there(control: facts.Control) -> None:
    file, _, function = control.test.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_figures_of_fairness_are_those_that_are_measured() -> None:
    told = facts.fairness()
    config = settings_schema.load(ROOT / "config.toml")
    reader = load_classifier(config, ROOT, datetime(2026, 11, 24, tzinfo=UTC))
    assert (told.model, told.policy) == (reader.version, reader.policy.version)
    file = DATASETS / "fairness.jsonl"
    read = evaluate.cases(reader, file, all_scopes=False, tell=lambda _: None)
    measured = measuring.fairness(read, reader.policy)
    assert told.rows == len(read)
    figures = [
        (rate.share.count, rate.share.hits, round(rate.rest.value, 3), rate.marked)
        for group in measured.groups
        if group.kind in ("speaks of", "written in")
        and (rate := group.rates.get("flagged needlessly")) is not None
    ]
    assert figures == [
        (each.count, each.needless, each.others, each.marked) for each in told.groups
    ]
