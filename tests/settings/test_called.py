"""What an organisation is called on a day: names have first and last days, since bodies merge."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from settings.organisation import Organisation, about_first_name

OLD, NEW, SHORT = "NHS Eastern Example", "NHS East and South Example", "Example ICB"
LAST, FIRST = date(2027, 3, 31), date(2027, 4, 1)


def organisation(*names: dict[str, Any]) -> Organisation:
    return Organisation.model_validate({"names": names}, strict=False)


# The same merger as people write it down: the new name before the day, behind the old one, or put first once it has come.
PREPARED = organisation(
    {"name": NEW, "from": FIRST}, {"name": OLD, "until": LAST}, {"name": SHORT, "from": date(2022, 7, 1)}
)  # fmt: skip
BEHIND = organisation(
    {"name": OLD, "until": LAST}, {"name": SHORT, "from": date(2022, 7, 1)}, {"name": NEW, "from": FIRST}
)  # fmt: skip


@pytest.mark.parametrize("written", [PREPARED, BEHIND])
@pytest.mark.parametrize(
    ("on", "called"), [(date(2026, 11, 22), OLD), (LAST, OLD), (FIRST, NEW), (date(2030, 1, 1), NEW)]
)  # fmt: skip
def test_a_name_changes_on_the_day_however_it_was_prepared(
    written: Organisation, on: date, called: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written.name_on(on) == called
    noon = clock.day(on)[0] + timedelta(hours=12)
    monkeypatch.setattr(clock, "now", lambda: noon)
    assert written.name == called


def test_names_without_dates_stay_as_they_are_ordered() -> None:
    plain = organisation({"name": OLD}, {"name": NEW, "from": FIRST}, {"name": SHORT})
    assert {plain.name_on(day) for day in (LAST, FIRST)} == {OLD}
    assert about_first_name(plain, FIRST) == ""


def test_where_no_name_is_in_force_the_first_is_used_and_said_to_be() -> None:
    ended = organisation({"name": OLD, "until": LAST}, {"name": SHORT, "until": LAST})
    assert ended.name_on(FIRST) == OLD
    assert "no other name is in force" in about_first_name(ended, FIRST)


def test_a_first_name_that_ended_or_has_not_begun_is_told() -> None:
    assert about_first_name(BEHIND, FIRST) == (
        f"{OLD}, the first of the names, ended on 31 March 2027: pages and papers say {NEW}: put {NEW} first among the names"
    )
    assert about_first_name(PREPARED, LAST) == (
        f"{NEW}, the first of the names, begins on 1 April 2027: pages and papers say {OLD} until then"
    )
