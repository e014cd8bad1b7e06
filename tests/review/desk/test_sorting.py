"""What was left to be sorted anew is sorted when somebody who decides opens the list: nothing that is sure stands under "Not sorted yet"."""

from __future__ import annotations

import pytest

from core.errors import StoreError
from review.desk import sorting
from tests.review.conftest import House
from tests.review.factories import Told, case_of, tell
from tests.review.pages import read
from tests.store.factories import AT

FLOOR = Told(
    text="My aunt was on the floor of her room at Elm Court, Kenton, from Sunday night to Tuesday with a broken hip.",
    risk="high", flags=(("allegation", "on the floor"), ("pid", "Elm Court, Kenton")), read={"protected": "complaint"},
)  # fmt: skip


def unsorted(house: House) -> int:
    tell(house.store, FLOOR, 91, AT, alone=True)
    house.store.database.execute("UPDATE case_mentions SET reason = NULL, lane = 'look' WHERE case_number = ?", case_of(house.store, FLOOR))  # fmt: skip
    return case_of(house.store, FLOOR)


def test_a_sure_leak_that_tells_of_harm_is_named_and_stands_in_now_though_no_cycle_ran(
    anew: House,
) -> None:
    case = unsorted(anew)
    assert "Not sorted yet" in read(anew, "/today", "vera").text  # who only reads changes nothing
    page = read(anew, "/today")
    assert "Not sorted yet" not in page.text
    row = anew.store.cases.get(case)
    assert row is not None
    assert row.lane == "now"
    assert "Patient’s details" in page.text
    (big,) = [link for link in read(anew, f"/cases/{case}").all("a") if link.get("data-key") == "1"]
    assert "/leak?" in big["href"]
    assert not anew.store.grouping.waits_for_lane()


def test_sorting_that_fails_keeps_nobody_from_the_list(
    anew: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsorted(anew)

    def fails(*_: object, **__: object) -> None:
        raise StoreError("busy")

    monkeypatch.setattr(sorting, "_sort", fails)
    assert "Not sorted yet" in read(anew, "/today").text  # the list is there all the same
