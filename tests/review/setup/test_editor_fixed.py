"""A setting that the environment fixes is shown as locked, and nobody changes it in the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import clock
from settings import overrides, schema
from tests.cycles import at_home
from tests.decisions import settled
from tests.review.setup_pages import Office, form, opened


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("MENTIONS_SCHEDULE__DAILY_AT", "06:45")
    yield from opened(tmp_path)


def test_a_locked_setting_says_by_what_and_has_no_field(office: Office) -> None:
    page = office.read("/setup/times")
    assert "Locked Set where the program runs, as MENTIONS_SCHEDULE__DAILY_AT." in page.text
    assert "06:45" in page.text
    names = {one.get("name") for one in page.all("input")}
    assert "schedule.daily_at" not in names
    assert "schedule.weekly_at" in names, "what is beside it can be changed"
    assert "Locked in part" in office.read("/setup").text


def test_what_is_beside_it_is_saved_and_the_locked_one_stays(office: Office) -> None:
    content = office.filed("times") | {
        "schedule.daily_at": "11:11", "schedule.weekly_at": "09:30",
    }  # fmt: skip
    answer = office.send("/setup/times", **form(office, "times", content))
    assert answer.status_code == 303, answer.text[:300]
    in_force = overrides.apply_overrides(
        schema.load(office.path), office.store.settings.current()
    ).config
    assert (in_force.schedule.daily_at, in_force.schedule.weekly_at) == ("06:45", "09:30")


def test_the_environment_holds_over_what_the_page_said_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = settled(tmp_path)
    with at_home(path) as (house, _):
        house.store.settings.save(
            "recipients", {"alerts.to": ["page@example.org"]}, 0, at=clock.now(), who="Bea"
        )
    monkeypatch.setenv("MENTIONS_ALERTS__TO", "fixed@example.org")
    with at_home(path) as (house, _):
        assert house.config.alerts.to == ("fixed@example.org",)
        assert house.effective is not None
        assert house.effective.fixed("alerts.to") == "MENTIONS_ALERTS__TO"
        assert house.effective.fixed("alerts.next") == ""
