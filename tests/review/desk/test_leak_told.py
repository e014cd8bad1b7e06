"""A leak that a colleague told our mailbox of: its 72 hours stand wherever others' do, and its emails say what is known of where it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.handoffs import letter
from tests.review.conftest import House
from tests.review.desk.paths import do, now_lane, ready, teams_are_emailed
from tests.review.desk.test_leak import LEAK, clock_runs
from tests.review.factories import NOW, case_of, tell
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


def letter_to_governance(house: House, case: int) -> str:
    (handoff,) = house.store.handoffs.open(case)
    mail = letter(house.store, house.desk.config(house.store), house.desk.policy, handoff, "sent", at=NOW)  # fmt: skip
    assert mail.where in mail.html
    return " ".join(mail.text.split())


def test_the_email_says_where_it_is_and_of_how_many_as_an_officer_chose_it(desk: House) -> None:
    case = case_of(desk.store, BOARD)
    way = f"/cases/{case}/leak"
    assert "Where is it?" in read(desk, way).text
    assert do(desk, way, "confirm", out=["name"], patients="four").status_code == 422
    assert do(desk, way, "confirm", out=["name"], place="<b>Ward</b>").status_code == 422
    assert do(desk, way, "confirm", out=["name", "health details"], place="Snapchat", patients="4").status_code == 303  # fmt: skip
    do(desk, way, "reported")
    do(desk, way, "tell")
    words = letter_to_governance(desk, case)
    assert "Where: Snapchat, as a colleague told us" in words
    assert "In public: Name and health details, of 4 patients" in words
    assert "Told us: " in words
    assert "Posted:" not in words
    assert "Reported to the platform" in words
    assert "Email" not in words.partition("This email holds")[0]


def test_where_nobody_knows_the_place_the_email_says_that(desk: House) -> None:
    case = confirmed(desk, speaks=False)
    words = letter_to_governance(desk, case)
    assert "Where: As a colleague reported it, place not known" in words
    assert "Where: Email" not in words


def test_of_a_post_that_we_found_no_place_is_asked(anew: House) -> None:
    tell(anew.store, LEAK, 72, AT, alone=True)
    now_lane(anew, LEAK, "Patient’s NHS number")
    ready(anew)
    assert "Where is it?" not in read(anew, f"/cases/{case_of(anew.store, LEAK)}/leak").text
