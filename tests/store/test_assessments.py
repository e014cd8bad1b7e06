"""Assessments are added once; what became high is counted, and only there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from core.models import PROTECTED, Author, Protected, Risk
from store import NewRisk, Store, Stored
from tests.store.factories import (
    AT,
    DAY,
    HOUR,
    MODEL,
    POLICY,
    add,
    assess_all,
    assessed,
    dump,
    flag,
    mention,
)  # fmt: skip
from tests.store.older import older

WIDE = Author(handle="rowan_ashdown", followers=12_000)


def again(store: Store, risk: Risk, **reach: int | None) -> NewRisk:
    (old,) = store.assessments.needing_new_risk(POLICY, MODEL)
    return NewRisk(
        mention=old.mention, revision=old.revision, policy=old.policy, model=old.model, risk=risk,
        followers=old.followers, shares=old.shares, at=AT + HOUR,
    )  # fmt: skip


def test_an_assessment_comes_back_with_its_flags_in_order(store: Store) -> None:
    add(store, mention())
    flags = (
        flag("hate", target=("group", "person"), spans=((3, 9), (0, 2))),
        flag("allegation", score=0.4, harm="serious", spans=()),
    )
    assess_all(store, "high", flags=flags, staff="nhs", read="partial", language="cy")
    item = store.figures.item(1)
    assert item is not None
    assert item.flags == flags
    assert (item.staff, item.read, item.language, item.risk) == ("nhs", "partial", "cy", "high")


@pytest.mark.parametrize("protected", PROTECTED)
def test_what_protects_it_is_kept_with_the_assessment(store: Store, protected: Protected) -> None:
    add(store, mention(metrics={"shares": 3}))
    assess_all(store, "medium", flags=[flag()], protected=protected)
    item = store.figures.item(1)
    assert item is not None
    assert item.protected == protected
    add(store, mention(metrics={"shares": 500}, fetched_at=AT + HOUR))
    (needs,) = store.assessments.needing_new_risk(POLICY, MODEL)
    assert needs.protected == protected


def test_each_reading_says_by_itself_what_protects_it(store: Store) -> None:
    add(store, mention())
    assess_all(store, protected="criticism")
    assess_all(store, policy="2027.1", protected="disclosure")
    item = store.figures.item(1)
    assert item is not None
    assert item.protected == "disclosure"


def test_of_what_an_earlier_program_assessed_nothing_is_protected(
    path: Path, keys: list[str], tmp_path: Path
) -> None:
    with Store.open(path, keys) as store:
        add(store, mention(1), mention(2))
        assess_all(store, "medium", flags=[flag()], protected="disclosure")
        before = dump(store, ("mentions", "revisions", "assessments", "flags", "risks"))
        item = store.figures.item(2)
    older(path, tmp_path / "old.db", "m023_protected_speech")
    columns = Database(tmp_path / "old.db")["assessments"].columns_dict
    assert "protected" not in columns
    with Store.open(tmp_path / "old.db", keys) as store:
        for (table, row), (_, earlier) in zip(
            dump(store, ("mentions", "revisions", "assessments", "flags", "risks")),
            before,
            strict=True,
        ):
            unasked = {"protected": "none"} if table == "assessments" else {}
            assert row == earlier | unasked
        assert item is not None
        assert store.figures.item(2) == replace(item, protected="none")
        add(store, mention(3))
        assess_all(store, protected="union")
        latest = store.figures.item(3)
        assert latest is not None
        assert latest.protected == "union"


def test_what_was_assessed_is_not_assessed_again_but_by_another_policy_or_model(
    store: Store,
) -> None:
    add(store, mention())
    assess_all(store)
    assert store.assessments.unassessed(POLICY, MODEL) == []
    assert len(store.assessments.unassessed("2027.1", MODEL)) == 1
    assert len(store.assessments.unassessed(POLICY, "model-b")) == 1


def test_the_same_assessment_twice_is_once(store: Store) -> None:
    add(store, mention())
    (stored,) = store.assessments.unassessed(POLICY, MODEL)
    both = [assessed(stored, "high", flags=[flag()]), assessed(stored, "low")]
    assert store.assessments.add(both) == 1
    tables = ("assessments", "flags", "spans", "risks", "outbox", "events")
    once = dump(store, tables)
    assert store.assessments.add(both) == 0
    assert dump(store, tables) == once
    item = store.figures.item(1)
    assert item is not None
    assert item.risk == "high"


def test_an_assessment_of_what_was_purged_meanwhile_is_passed_over(store: Store) -> None:
    add(store, mention(1), mention(2))
    waiting = store.assessments.unassessed(POLICY, MODEL)
    store.retention.erase([1], by="governance", at=AT)
    store.assessments.add([assessed(one, "high") for one in waiting])
    assert [item.number for item in store.figures.flagged(AT - DAY, AT + DAY)] == [2]


@pytest.mark.parametrize(
    ("risks", "times"),
    [
        (["high"], 1),
        (["low"], 0),
        (["low", "high"], 1),
        (["high", "high"], 1),
        (["high", "low"], 1),
        (["high", "low", "high"], 2),
        (["medium", "high", "high", "none"], 1),
    ],
)
def test_an_edit_counts_where_it_makes_the_risk_high(
    store: Store, risks: Sequence[Risk], times: int
) -> None:
    became = 0
    for edit, risk in enumerate(risks):
        add(store, mention(text=f"Version {edit}", fetched_at=AT + edit * HOUR))
        became += assess_all(store, risk)
    assert became == times


def test_a_new_policy_counts_only_what_it_makes_high(store: Store) -> None:
    add(store, mention(1), mention(2))
    first, second = store.assessments.unassessed(POLICY, MODEL)
    store.assessments.add([assessed(first, "high"), assessed(second, "low")])
    assert assess_all(store, "high", policy="2027.1") == 1


def test_a_late_assessment_of_an_older_revision_changes_nothing_that_stands(store: Store) -> None:
    add(store, mention())
    (old,) = store.assessments.unassessed(POLICY, MODEL)
    add(store, mention(text="Milder", fetched_at=AT + HOUR))
    assess_all(store, "none")
    assert store.assessments.add([assessed(old, "high")]) == 0
    item = store.figures.item(1)
    assert item is not None
    assert (item.revision, item.risk) == (2, "none")


def test_new_reach_asks_for_a_new_risk_and_makes_high_once(store: Store) -> None:
    add(store, mention(metrics={"shares": 3}))
    assess_all(store, "medium", flags=[flag(target=("person",), harm="other")])
    assert store.assessments.needing_new_risk(POLICY, MODEL) == []
    add(store, mention(metrics={"shares": 3, "likes": 99}, fetched_at=AT + HOUR))
    assert store.assessments.needing_new_risk(POLICY, MODEL) == []  # likes are no reach
    add(store, mention(metrics={"shares": 500}, fetched_at=AT + 2 * HOUR))
    (needs,) = store.assessments.needing_new_risk(POLICY, MODEL)
    assert (needs.shares, needs.risk, needs.staff, needs.flags[0].harm) == (
        500,
        "medium",
        "no",
        "other",
    )
    assert store.assessments.add_risks([again(store, "high")]) == 1
    assert store.assessments.needing_new_risk(POLICY, MODEL) == []
    add(store, mention(metrics={"shares": 900}, fetched_at=AT + 3 * HOUR))
    assert store.assessments.add_risks([again(store, "high")]) == 0


def test_reach_that_grew_while_the_text_was_read_is_not_missed(store: Store) -> None:
    add(store, mention(metrics={"shares": 3}))
    (stored,) = store.assessments.unassessed(POLICY, MODEL)
    add(store, mention(metrics={"shares": 500}, fetched_at=AT + HOUR))
    store.assessments.add([assessed(stored, "medium")])
    (needs,) = store.assessments.needing_new_risk(POLICY, MODEL)
    assert needs.shares == 500


def test_staff_is_not_kept_where_the_platform_forbids_it(store: Store) -> None:
    add(store, mention(1, platform="linkedin"), mention(2))
    waiting = store.assessments.unassessed(POLICY, MODEL)
    store.assessments.add(
        [assessed(one, "high", staff="icb") for one in waiting],
        staff_not_kept=frozenset({"linkedin"}),
    )  # fmt: skip
    staff = {item.number: item.staff for item in store.figures.flagged(AT - DAY, AT + DAY)}
    assert staff == {1: None, 2: "icb"}


def test_a_risk_told_without_knowing_the_staff_never_goes_down(store: Store) -> None:
    add(store, mention(platform="linkedin"))
    (stored,) = store.assessments.unassessed(POLICY, MODEL)
    store.assessments.add(
        [assessed(stored, "high", staff="icb")],
        staff_not_kept=frozenset({"linkedin"}),
    )  # fmt: skip
    add(store, mention(platform="linkedin", metrics={"shares": 4}, fetched_at=AT + HOUR))
    store.assessments.add_risks([again(store, "medium")])
    item = store.figures.item(1)
    assert item is not None
    assert item.risk == "high"
    assert store.assessments.needing_new_risk(POLICY, MODEL) == []


def test_assessments_and_risks_can_not_be_changed_even_by_sql(store: Store) -> None:
    add(store, mention())
    assess_all(store)
    for table, column in (("assessments", "masked"), ("risks", "risk")):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            store.database.execute(f"UPDATE {table} SET {column} = 'x'")


def test_a_mistake_in_one_assessment_stores_none(store: Store) -> None:
    add(store, mention(1), mention(2))
    first, second = store.assessments.unassessed(POLICY, MODEL)
    broken = assessed(second, flags=[flag(score="no number")])
    with pytest.raises(ValueError, match="no number"):
        store.assessments.add([assessed(first, "high"), broken])
    assert len(store.assessments.unassessed(POLICY, MODEL)) == 2


def test_a_search_for_what_is_not_read_passes_over_what_is_and_misses_nothing(store: Store) -> None:
    """What happens is drawn at random; after each the search finds what a look at every mention finds."""
    chance, database = random.Random(69), store.database
    handed: dict[int, Stored] = {}
    for step in range(60):
        at, number = AT + step * HOUR, chance.randrange(1, 7)
        what = chance.choice(("found", "edited", "deleted", "read", "read", "read by another", "forgotten"))  # fmt: skip
        if what in ("found", "edited"):
            add(store, mention(number, text=f"{what} {step}"[:6], fetched_at=at))
        elif what == "deleted":
            store.mentions.mark_gone([("x", mention(number).issued_id, "deleted")], at=at)
        elif what == "read":
            assess_all(store)
        elif what == "read by another":  # which began before this one did
            known = [handed[each] for each in sorted(handed) if chance.random() < 0.4]
            store.assessments.add([assessed(one, policy="2027.1") for one in known])
        elif chance.random() < 0.3:
            last = database.value("SELECT max(number) FROM assessments WHERE policy = ?", POLICY)
            for table, key in (("risks", "assessment"), ("assessments", "number")):
                database.execute(f"DELETE FROM {table} WHERE {key} = ?", last)
        truth = database.rows(
            """SELECT number FROM mentions m WHERE deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM assessments a
            WHERE a.mention = m.number AND a.revision = m.revision AND a.policy = ?) ORDER BY number""",
            POLICY,
        )  # fmt: skip
        found = store.assessments.unassessed(POLICY, MODEL)
        handed |= {one.number: one for one in found}
        assert sorted(one.number for one in found) == [row["number"] for row in truth], (step, what)
    # the same drawn too seldom: read by another alone while it was deleted, and then the one of two that counts is gone
    where = mention(9).issued_id
    add(store, mention(9), at=AT + 60 * HOUR)
    *_, one = store.assessments.unassessed(POLICY, MODEL)
    store.mentions.mark_gone([("x", where, "deleted")], at=AT + 61 * HOUR)
    store.assessments.add([assessed(one, policy="2027.1")])
    assess_all(store)
    assert store.assessments.unassessed(POLICY, MODEL) == []
    add(store, mention(9, fetched_at=AT + 62 * HOUR), at=AT + 62 * HOUR)
    assert [each.number for each in store.assessments.unassessed(POLICY, MODEL)] == [one.number]
    assess_all(store)
    assert store.assessments.unassessed(POLICY, MODEL) == []
    database.execute("DELETE FROM risks WHERE assessment = (SELECT max(number) FROM assessments)")
    database.execute("DELETE FROM assessments WHERE number = (SELECT max(number) FROM assessments)")
    assert [each.number for each in store.assessments.unassessed(POLICY, MODEL)] == [one.number]
    assess_all(store)
    assert store.assessments.unassessed(POLICY, MODEL) == []
    last = database.value("SELECT max(number) FROM mentions")
    assert database.value("SELECT number FROM read_through") == last
