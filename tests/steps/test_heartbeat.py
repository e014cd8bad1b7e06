"""The heartbeat comes at its time, once, and not beside the morning list; what ails the program is told once, and again when it changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from core import clock
from demo.world import World
from steps import deliver, heartbeat
from steps.context import RunContext
from steps.upkeep import SINCE
from store import OutboxRow
from tests.cycles import at_home, changed, settled

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)  # a Thursday
ICT, LEAD, TEAM = "ict@example.org", "comms-lead@example.org", "comms-duty@example.org"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def made(tmp_path: Path, calm: World) -> Path:
    """No source is on, and the heartbeat goes out daily."""
    path = settled(tmp_path, calm, only=("files",), collectors={"files": {"on": False}})
    changed(
        path, health={"to": [ICT], "heartbeat": "daily", "heartbeat_at": "07:00", "backup_days": 0}
    )
    with at_home(path) as (house, _):
        house.store.pulse.note(SINCE, AT - 30 * DAY)
    return path


def words_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def rows(house: RunContext) -> list[OutboxRow]:
    return [row for row in house.store.outbox.due(AT + 30 * DAY) if row.kind == "pulse"]


def told(house: RunContext) -> list[tuple[str, tuple[str, ...]]]:
    return [(row.about, row.recipients) for row in rows(house)]


def test_a_heartbeat_is_due_once_a_day_and_the_latest_alone_waits(made: Path) -> None:
    with at_home(made, at=AT) as (house, _):
        assert heartbeat.raise_heartbeat(house, AT) == 1
        assert heartbeat.raise_heartbeat(house, AT + HOUR) == 0
        assert told(house) == [("heartbeat 2026-11-26T07:00:00.000000Z", (ICT,))]
        assert heartbeat.raise_heartbeat(house, AT + 3 * DAY) == 1
        assert told(house) == [("heartbeat 2026-11-29T07:00:00.000000Z", (ICT,))]


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({"heartbeat": "off"}, None),
        ({"heartbeat": "weekly", "heartbeat_on": "mon"}, datetime(2026, 11, 23, 7, 0, tzinfo=UTC)),
        ({"heartbeat": "weekly", "heartbeat_on": "thu"}, datetime(2026, 11, 26, 7, 0, tzinfo=UTC)),
        ({"heartbeat_at": "12:30"}, datetime(2026, 11, 25, 12, 30, tzinfo=UTC)),
    ],
)
def test_it_is_due_as_set_up_in_uk_time(made: Path, changes: dict[str, Any], due: datetime | None) -> None:  # fmt: skip
    changed(made, health=changes)
    with at_home(made) as (house, _):
        assert heartbeat.last_due(house.config, AT) == due
        summer = datetime(2026, 7, 9, 6, 0, tzinfo=UTC)
        if not changes.get("heartbeat_at") and changes.get("heartbeat") is None:
            assert heartbeat.last_due(house.config, summer) == summer


def test_nothing_is_told_of_before_the_program_was_installed(made: Path) -> None:
    with at_home(made) as (house, _):
        house.store.pulse.note(SINCE, AT)
        assert heartbeat.raise_heartbeat(house, AT + MINUTE) == 0
        assert heartbeat.raise_heartbeat(house, AT + DAY) == 1


def test_who_gets_the_morning_list_of_that_day_gets_no_heartbeat_beside_it(made: Path) -> None:
    changed(made, health={"to": [ICT, TEAM]}, reports={"daily_to": [TEAM]})
    with at_home(made) as (house, _):
        thursday, saturday = AT, AT + 2 * DAY
        assert heartbeat.recipients_at(house.config, thursday) == (ICT,)
        assert heartbeat.recipients_at(house.config, saturday) == (ICT, TEAM)
    changed(made, health={"heartbeat": "weekly"})
    with at_home(made) as (house, _):
        assert heartbeat.recipients_at(house.config, AT) == (ICT, TEAM)


def test_the_heartbeat_says_how_it_is_when_it_leaves(made: Path, calm: World) -> None:
    with at_home(made) as (house, _):
        heartbeat.raise_heartbeat(house, clock.now())
        deliver.deliver(house, clock.now())
        (mail,) = calm.mail.messages
        assert mail["Subject"].startswith("The program is well (")
        assert mail["To"] == ICT
        text = words_of(mail)
        assert "Last full cycle: none yet" in text
        assert "If it does not come, the program has stopped" in text
    changed(made, classifier={"model": "nowhere"})
    with at_home(made) as (house, _):
        house.store.outbox.add("pulse", "heartbeat again", clock.now(), {"what": "heartbeat"}, [ICT])  # fmt: skip
        deliver.deliver(house, clock.now())
        assert calm.mail.messages[-1]["Subject"].startswith(
            "The program is not well, 1 thing to see to ("
        )
        assert "! The program can’t read posts" in words_of(calm.mail.messages[-1])


def test_what_ails_the_program_is_told_once_and_again_when_it_came_back(made: Path) -> None:
    changed(made, classifier={"model": "nowhere"})
    with at_home(made) as (house, _):
        assert heartbeat.raise_ailments(house, AT) == 1
        assert heartbeat.raise_ailments(house, AT + MINUTE) == 0
        (row,) = rows(house)
        assert row.recipients == (ICT,)
        (ailment,) = json.loads(row.payload["ailments"])
        assert ailment["line"] == "The program can’t read posts: its model is damaged or missing."
    changed(made, classifier={"model": ""})
    with at_home(made) as (house, _):
        assert heartbeat.raise_ailments(house, AT + HOUR) == 0  # well, for a while
    changed(made, classifier={"model": "nowhere"})
    with at_home(made) as (house, _):
        assert heartbeat.raise_ailments(house, AT + 2 * HOUR) == 0  # it comes and goes
    changed(made, classifier={"model": ""})
    with at_home(made) as (house, _):
        assert heartbeat.raise_ailments(house, AT + 5 * HOUR) == 0
    changed(made, classifier={"model": "nowhere"})
    with at_home(made) as (house, _):
        assert heartbeat.raise_ailments(house, AT + 6 * HOUR) == 1


def test_without_an_address_the_lead_is_told_else_the_team_else_nobody_yet(made: Path) -> None:
    changed(made, classifier={"model": "nowhere"}, health={"to": []})
    changed(made, alerts={"on": False})
    with at_home(made) as (house, _):
        assert heartbeat.raise_ailments(house, AT) == 0
    changed(made, alerts={"on": True})
    with at_home(made) as (house, _):
        assert heartbeat.raise_ailments(house, AT + MINUTE) == 1
        assert [row.recipients for row in rows(house)] == [(LEAD,)]
        heartbeat.raise_heartbeat(house, AT + MINUTE)
        assert len(rows(house)) == 1  # a heartbeat goes to whom it was set up for alone


def test_a_machine_that_was_off_has_some_minutes_to_catch_up_before_it_is_told(
    made: Path,
) -> None:
    changed(made, collectors={"files": {"on": True}})
    with at_home(made) as (house, _):
        house.store.mentions.add_run("files", [], since=AT - DAY, at=AT - DAY)
        assert heartbeat.raise_ailments(house, AT) == 0
        assert heartbeat.raise_ailments(house, AT + 19 * MINUTE) == 0
        assert heartbeat.raise_ailments(house, AT + 20 * MINUTE) == 1
        assert heartbeat.raise_ailments(house, AT + HOUR) == 0
        (ailment,) = json.loads(rows(house)[0].payload["ailments"])
        assert ailment["line"] == "No source was read since Wednesday."
