"""A leak that a colleague told our mailbox of: its 72 hours stand wherever others' do, and its emails say what is known of where it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.review.conftest import House
from tests.review.desk.paths import do, now_lane, ready, teams_are_emailed
from tests.review.desk.test_leak import LEAK, clock_runs
from tests.review.factories import case_of, tell
from tests.review.pages import read
from tests.store.factories import AT

BOARD = replace(LEAK, about={"platform": "email", "issuer": "inbox", "kind": "report"})


@pytest.fixture
def desk(anew: House) -> House:
    tell(anew.store, BOARD, 71, AT, alone=True)
    now_lane(anew, BOARD, "Patient’s details")
    return ready(anew)


def confirmed(house: House, *, speaks: bool) -> int:
    """Confirmed and passed on; `speaks`: it may be speaking up as well, so that those on duty see it in Now alone."""
    case = case_of(house.store, BOARD)
    way = f"/cases/{case}/leak"
    assert do(house, way, "confirm", out=["name"]).status_code == 303
    assert do(house, way, "tell").status_code == 303
    teams_are_emailed(house)
    if speaks:
        house.store.database.execute("UPDATE cases SET protected = 2 WHERE number = ?", case)
    return case


@pytest.mark.parametrize("speaks", [False, True])
def test_its_72_hours_stand_wherever_those_of_others_do(desk: House, speaks: bool) -> None:
    case = confirmed(desk, speaks=speaks)
    assert clock_runs(desk.store, case)
    for who in ("amina", "bea", "gwen"):
        assert f"Case {case}" in read(desk, "/takedowns", who).text, who
        page = read(desk, "/handover", who)
        assert "1 72-hour clock" in page.text, who
        leads = str(page.all("a"))
        assert f"/cases/{case}" in leads, who
    assert f"case {case}" in read(desk, "/waiting").text.lower()
    assert "A 72-hour clock is running" in read(desk, "/governance", "gwen").text


def test_who_is_not_on_duty_sees_none_of_what_may_be_speaking_up(desk: House) -> None:
    case = confirmed(desk, speaks=True)
    assert f"Case {case}" not in read(desk, "/takedowns", "vera").text
