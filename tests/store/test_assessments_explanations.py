"""Why each flag is there is kept with the assessment, and is null for what an earlier program assessed."""

from __future__ import annotations

import json

from core.explanation import (
    NOT_STAFF,
    FlagExplanation,
    ReadingExplanation,
    RuleStep,
    SuppressedFlag,
)
from store import Item, Store
from tests.store.factories import MODEL, POLICY, add, assessed, flag, mention

THREAT = FlagExplanation(
    model=0.31, threshold=0.17,
    rules=(RuleStep(rule="somebody is named beside health care", before=0.31, after=0.55),),
)  # fmt: skip
LINK = FlagExplanation(
    model=None, threshold=0.5, rules=(RuleStep(rule="a bare link", before=None, after=1.0),)
)
HELD_BACK = FlagExplanation(
    model=0.9, threshold=0.58, rules=(RuleStep(rule=NOT_STAFF, before=0.9, after=0.0),)
)
CLEAN = FlagExplanation(
    model=0.4, threshold=0.3,
    rules=(RuleStep(rule="the post as a whole looks clean", before=0.4, after=0.0),),
)  # fmt: skip
WHOLE = ReadingExplanation(
    staff="the model, which is all but sure",
    suppressed=(
        SuppressedFlag(name="grievance", explanation=HELD_BACK),
        SuppressedFlag(name="media", explanation=CLEAN),
    ),
)
FLAGS = (flag("threat", explanation=THREAT), flag("headline_share", explanation=LINK))


def item(store: Store, number: int = 1) -> Item:
    found = store.figures.item(number)
    assert found is not None
    return found


def test_what_was_explained_comes_back_with_each_flag_and_the_whole(store: Store) -> None:
    add(store, mention())
    (stored,) = store.assessments.unassessed(POLICY, MODEL)
    store.assessments.add([assessed(stored, "high", flags=FLAGS, explanation=WHOLE)])
    assert item(store).flags == FLAGS
    assert item(store).explanation == WHOLE


def test_each_reading_of_it_is_explained_by_itself(store: Store) -> None:
    add(store, mention())
    (stored,) = store.assessments.unassessed(POLICY, MODEL)
    store.assessments.add([assessed(stored, "low")])
    assert (item(store).explanation, item(store).flags) == (None, ())
    (stored,) = store.assessments.unassessed("2026.2", MODEL)
    later = assessed(stored, "high", policy="2026.2", flags=FLAGS, explanation=WHOLE)
    store.assessments.add([later])
    assert item(store).explanation == WHOLE


def test_where_terms_forbid_to_keep_who_is_staff_nothing_of_it_is_kept(store: Store) -> None:
    add(store, mention(platform="linkedin"))
    (stored,) = store.assessments.unassessed(POLICY, MODEL)
    store.assessments.add(
        [assessed(stored, "high", flags=FLAGS, explanation=WHOLE)],
        staff_not_kept=frozenset({"linkedin"}),
    )  # fmt: skip
    explanation = item(store).explanation
    assert explanation is not None
    assert explanation.staff == ""
    assert [entry.name for entry in explanation.suppressed] == ["media"]
    assert item(store).flags == FLAGS
    written = store.database.value("SELECT explanation FROM assessments")
    assert "staff" not in json.dumps(list(json.loads(written).values()))


def test_a_reading_without_one_is_kept_as_null(store: Store) -> None:
    add(store, mention())
    (stored,) = store.assessments.unassessed(POLICY, MODEL)
    store.assessments.add([assessed(stored, "high", flags=[flag()])])
    assert store.database.value("SELECT explanation FROM assessments") is None
    assert item(store).flags[0].explanation is None
