from __future__ import annotations

from pathlib import Path

from bench import enlarge, store_fixture
from core import clock
from store import CaseQuery, Store


def test_copies_are_older_years_of_the_same_and_the_store_takes_them_for_its_own(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "many-360-of-120"
    path = enlarge.make(folder, 360, 120)
    with Store.open(path, [store_fixture.key(folder)]) as store:
        assert store.figures.row_counts()["mentions"] == 360
        assert store.database.value("SELECT count(DISTINCT key_hash) FROM mentions") == 360
        assert store.maintenance.verify(None).problems == ()
        assert store.grouping.ungrouped() == []
        assert store.assessments.count_unassessed() == 0
        newest, oldest = (
            store.database.value(f"SELECT {which}(substr(posted_at, 1, 4)) FROM mentions")
            for which in ("max", "min")
        )
        assert int(newest) - int(oldest) in (2, 3)
        cases = store.database.value("SELECT count(*) FROM cases")
        assert cases % 3 == 0
        assert store.queue.page(CaseQuery(tab="all", size=5), clock.now()).total % 3 == 0
        sizes = [row["sizes"] for row in store.database.rows(
            "SELECT sum(size) AS sizes FROM cases GROUP BY (number - 1) / ? ORDER BY 1", cases // 3
        )]  # fmt: skip
        assert len(set(sizes)) == 1
