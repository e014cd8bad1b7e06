"""What was put right stays beside what stood there, and goes with the mention."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import StoreError
from store import Correction, Store
from tests.store.factories import AT, add, mention

WRONG = Correction(
    mention=1, what="attribution", name="staff", at=AT, by=None, before="staff of the ICB",
    now="not staff", note="She left in March 2025",
)  # fmt: skip


def test_what_stood_there_stays_beside_what_holds_now(store: Store) -> None:
    add(store, mention(1))
    store.corrections.add(WRONG)
    store.corrections.add(replace(WRONG, before="not staff", now="a volunteer"))
    assert [(one.before, one.now) for one in store.corrections.of_mention(1)] == [
        ("staff of the ICB", "not staff"),
        ("not staff", "a volunteer"),
    ]


def test_its_words_are_sealed_and_found_for_the_person(store: Store) -> None:
    add(store, mention(1))
    store.corrections.add(replace(WRONG, note="Zanzibarquux left in March 2025"))
    row = store.database.row("SELECT * FROM corrections")
    assert row is not None
    assert "March" not in str(tuple(row))
    assert store.search.find_person("zanzibarquux", at=AT) == [1]


def test_it_goes_with_the_mention(store: Store) -> None:
    add(store, mention(1))
    store.corrections.add(WRONG)
    assert store.retention.erase([1], by="gwen", at=AT).proved
    assert store.corrections.of_mention(1) == []


@pytest.mark.parametrize("changes", [{"note": "so"}, {"now": " "}, {"mention": 9}])
def test_one_without_a_reason_or_a_post_is_refused(
    store: Store, changes: dict[str, object]
) -> None:
    add(store, mention(1))
    with pytest.raises(StoreError):
        store.corrections.add(replace(WRONG, **changes))  # type: ignore[arg-type]
