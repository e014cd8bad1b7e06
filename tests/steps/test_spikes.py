"""More cases than usual: one email to the lead for as long as it lasts, with counts alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.spikes import SMALL
from demo.world import World
from reports.spikes import spikes
from settings.alerts import SPIKE
from steps import alerts, deliver, second
from steps import spikes as steps
from steps.context import RunContext
from store import OutboxRow
from tests.cycles import at_home, changed, settled
from tests.steps.test_alerts import cycle, own_words, post

AT = clock.parse("2026-11-24T14:20:00Z")  # a Tuesday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LEAD, DUTY = "lead@example.org", "duty@example.org"


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    path = settled(tmp_path, calm, only=("files",))
    changed(path, alerts={"to": [DUTY]}, review={"chase": {"chain": [], "lead": [LEAD]}})
    return path


@pytest.fixture
def house(made: Path) -> Iterator[RunContext]:
    """A store of sixteen weeks with four cases a day, at 09:00, 11:00, 13:00 and 15:00."""
    with at_home(made, at=AT) as (context, _):
        context.store.mentions.add_run("x", (), since=AT - 114 * DAY, at=AT - 113 * DAY)
        for back in range(112, 0, -1):
            for hour in (9, 11, 13, 15):
                opened(context, AT.replace(hour=hour, minute=5) - back * DAY)
        yield context


def opened(context: RunContext, at: datetime, count: int = 1) -> None:
    """That cases opened in an hour, as the trigger counts them."""
    with context.store.database.transaction():
        context.store.database.execute(
            """INSERT INTO case_openings (hour, count, late) VALUES (?, ?, 0)
            ON CONFLICT (hour) DO UPDATE SET count = count + excluded.count""",
            clock.text(at)[:13], count,
        )  # fmt: skip


def told(context: RunContext) -> list[OutboxRow]:
    """What waits in the outbox of them."""
    rows = context.store.outbox.due(AT + 90 * DAY)
    return [row for row in rows if row.payload.get("route") == SPIKE]


def words(context: RunContext, at: datetime = AT) -> str:
    (row,) = told(context)
    body = alerts.letter(context, row, row.recipients, at).get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


def test_a_day_as_any_other_is_told_to_nobody(house: RunContext) -> None:
    opened(house, AT.replace(hour=9), 2)
    opened(house, AT.replace(hour=11))
    assert spikes(house.store, AT) == []
    assert steps.raise_spikes(house, AT) == 0


def test_more_than_usual_by_an_hour_that_is_over_goes_to_the_lead_once(house: RunContext) -> None:
    opened(house, AT.replace(hour=13), 14)
    assert [steps.raise_spikes(house, AT + minutes * HOUR / 60) for minutes in (0, 15, 30)] == [1, 0, 0]  # fmt: skip
    (row,) = told(house)
    assert row.recipients == (LEAD,)
    text = words(house)
    assert text.startswith("More than usual: 14 cases today\n")
    assert "Counted:   14, until 14:00" in text
    assert "/trends" in text
    assert "/cases/" not in text


def test_what_came_in_an_hour_that_is_not_over_waits_for_its_end(house: RunContext) -> None:
    opened(house, AT, 14)
    assert steps.raise_spikes(house, AT) == 0
    assert steps.raise_spikes(house, AT + HOUR) == 1


def test_it_is_told_once_for_as_long_as_it_lasts_and_anew_after_a_day_as_usual(
    house: RunContext,
) -> None:
    written = []
    for day, count in enumerate((16, 16, 16, 1, 16)):
        opened(house, AT.replace(hour=13) + day * DAY, count)
        written.append(steps.raise_spikes(house, AT + day * DAY))
    assert written == [1, 0, 0, 0, 1]


def test_a_day_that_stood_out_only_as_a_whole_is_told_the_morning_after(house: RunContext) -> None:
    for hour in (10, 12, 14, 16, 17, 18, 19, 20):
        opened(house, AT.replace(hour=hour) - DAY, 1)
    monday = AT.replace(hour=23) - DAY
    assert [steps.raise_spikes(house, monday), steps.raise_spikes(house, AT.replace(hour=7))] == [0, 1]  # fmt: skip
    assert "on Mon 23 Nov" in words(house)


def test_cases_of_high_risk_are_told_of_by_themselves(house: RunContext) -> None:
    for back in range(112, 0, -1):  # one a week until now
        if back % 7 == 0:
            cycle(house, AT - back * DAY, post(back, own_words(back, "overdose"), AT - back * DAY))
    for number in range(900, 909):
        cycle(house, AT, post(number, own_words(number, "overdose"), AT))
    high = [spike for spike in spikes(house.store, AT) if spike.measure == "high"]
    assert [spike.count >= SMALL for spike in high] == [True]


@pytest.mark.parametrize(
    ("settings", "people"),
    [
        ({"spikes_to": ["ops@example.org"]}, ("ops@example.org",)),
        ({"spikes": False}, None),
        ({"on": False}, None),
    ],
)
def test_who_is_told_stands_in_the_settings_and_so_does_that_nobody_is(
    made: Path, settings: dict[str, Any], people: tuple[str, ...] | None
) -> None:
    changed(made, alerts=settings)
    with at_home(made, at=AT) as (context, _):
        context.store.mentions.add_run("x", (), since=AT - 114 * DAY, at=AT - 113 * DAY)
        for back in range(112, 0, -1):
            opened(context, AT.replace(hour=13) - back * DAY)
        opened(context, AT.replace(hour=13), 14)
        steps.raise_spikes(context, AT)
        assert [row.recipients for row in told(context)] == ([people] if people else [])


def test_without_a_lead_whoever_is_told_of_alerts_is(made: Path) -> None:
    changed(made, review={"chase": {"lead": []}})
    with at_home(made, at=AT) as (context, _):
        assert steps.recipients(context.config) == (DUTY,)


def test_it_leaves_like_any_other_alert(house: RunContext, calm: World) -> None:
    opened(house, AT.replace(hour=13), 14)
    steps.raise_spikes(house, AT)
    (row,) = told(house)
    assert second.note_of(house, row).words == "More cases than usual"
    assert deliver.deliver(house, AT) == 1
    (mail,) = calm.mail.messages
    assert mail["Subject"] == "More than usual: 14 cases today"
    assert mail["To"] == LEAD


def test_before_six_weeks_nothing_is_more_than_usual(made: Path) -> None:
    with at_home(made, at=AT) as (context, _):
        assert spikes(context.store, AT) == []
        context.store.mentions.add_run("x", (), since=AT - 31 * DAY, at=AT - 30 * DAY)
        opened(context, AT.replace(hour=13), 40)
        assert spikes(context.store, AT) == []
