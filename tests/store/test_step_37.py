"""What an earlier program held of people who speak up is the Guardian's from the first start of this one."""

from __future__ import annotations

from pathlib import Path

from store import CaseQuery, Sight, Store
from tests.store.cases.test_lanes import decide, words
from tests.store.cases.test_speaking_up import DAY_OF, ordinary, take
from tests.store.factories import AT
from tests.store.older import older


def test_cases_that_were_readable_for_all_are_so_no_longer(
    path: Path, keys: list[str], tmp_path: Path
) -> None:
    with Store.open(path, keys) as store:
        amina = store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number
        take(store, words(1))
        take(store, words(2), flags=("safeguarding",), danger=True)
        ordinary(store, words(3), words(4))
        decide(store, amina, 3, kind="escalate", role="guardian")
    older(path, tmp_path / "old.db", "m037_speaking_up")
    with Store.open(tmp_path / "old.db", keys) as store:
        assert [store.speaking_up.protected(case) for case in (1, 2, 3, 4)] == [1, 2, 1, 0]
        assert [card.case.number for card in store.queue.page(CaseQuery(tab="all"), AT).cards] == [4]  # fmt: skip
        assert store.queue.page(CaseQuery(tab="all", words=words(1).text), AT).total == 0
        assert store.queue.facets()["place"] == ["Harrow"]
        assert sum(each.count for each in store.trends.by_day(DAY_OF, DAY_OF)) == 1
        assert {one.mention for one in store.grouping.without_reason()} == {1, 2, 3}
        store.database.sight = Sight(guardians=True, decides=True, on_duty=True)
        assert [row.case.number for row in store.speaking_up.rows()] == [1, 2, 3]
        assert store.maintenance.verify().ok
