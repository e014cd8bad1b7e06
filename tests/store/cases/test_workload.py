"""What governance and the next shift read of the store is told at once, however much there is."""

from __future__ import annotations

from store import Store
from store.cases import workload
from store.cases.workload import MOST_LOOKS, Workload
from tests.store.cases.test_lanes import decide, take, words
from tests.store.factories import AT, add, assessed, mention
from tests.store.plans import Planned


def read_by(store: Store, model: str, *numbers: int) -> None:
    """A model reads these posts, or all that it has not read."""
    for part in store.assessments.unassessed_parts("2026.1", model):
        store.assessments.add([assessed(each, "low", model=model) for each in part if not numbers or each.number in numbers])  # fmt: skip
        if numbers:
            return


def test_the_models_by_which_posts_were_read_last_are_named_the_newest_first(store: Store) -> None:
    assert store.workload.reading_models() == []
    add(store, *(mention(number) for number in range(1, 6)))
    read_by(store, "a")
    assert store.workload.reading_models() == ["a"]
    read_by(store, "b", 5)
    assert store.workload.reading_models() == ["b", "a"]
    read_by(store, "b")
    assert store.workload.reading_models() == ["b"]


def test_no_more_than_the_ends_are_looked_at_for_that(store: Store) -> None:
    planned = Planned(store.database)
    Workload(planned.as_database).reading_models()
    assert "SCAN a USING COVERING INDEX sqlite_autoindex_assessments_1" not in planned.plan
    assert workload.LOOKED_AT <= 1000


def test_accounts_are_sought_among_the_posts_of_the_desk_alone(store: Store) -> None:
    planned = Planned(store.database)
    type(store.search)(planned.as_database).accounts_shown({"daysister"})
    assert not [step for step in planned.plan if step == "SCAN m"]


def test_the_newest_decisions_wait_for_a_second_look_and_years_of_them_are_no_list(
    store: Store,
) -> None:
    user = store.users.add("local", "ben", "Ben Okafor", ["reviewer"], at=AT).number
    take(store, "look", *(words(number) for number in range(MOST_LOOKS + 5)), risk="high")
    cases = sorted(row["number"] for row in store.database.rows("SELECT number FROM cases"))
    assert len(cases) == MOST_LOOKS + 5
    for case in cases:
        assert decide(store, user, case)
    assert [each.case for each in store.workload.put_aside()] == cases[: -MOST_LOOKS - 1 : -1]
    planned = Planned(store.database)
    parts = Workload(planned.as_database)
    parts.put_aside()
    parts.dismissed(("safeguarding",))
    assert planned.plan.count("SEARCH d USING INTEGER PRIMARY KEY (rowid>?)") == 2
