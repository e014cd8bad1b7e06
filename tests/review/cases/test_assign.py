"""Taking, handing on and giving back cases by the page: who may, what is shown, and who was faster."""

from __future__ import annotations

import pytest

from store import Teamwork
from tests.review.conftest import House
from tests.review.factories import (
    ALLEGATION,
    GRIEVANCE,
    NAMED,
    NOW,
    OWN_STAFF,
    PRESS,
    RUMOUR,
    case_of,
    decide,
)
from tests.review.pages import cases_in, of, read, send
from tests.review.teamwork import give, goes_away
from tests.store.factories import HOUR, all_bytes


def has(house: House, case: int) -> int | None:
    work = house.store.assignments.teamwork([case]).get(case, Teamwork())
    return work.assigned.to if work.assigned else None


def hand(house: House, case: int, to: object, seen: int, by: str = "amina", **form: object) -> int:
    return send(house, f"/cases/{case}/assign", by, to=to, seen=seen, **form).status_code


def test_a_case_is_taken_with_one_click_and_both_pages_say_so(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    assert "Nobody has it. Take it until" in of(anew, NAMED).text
    answer = send(anew, f"/cases/{case}/assign", to=anew.who["amina"], seen=0, back="tab=high")
    assert answer.headers["location"] == f"/cases/{case}/full?back=tab%3Dhigh#team"
    assert "With Amina Yusuf (you)" in of(anew, NAMED).text
    assert "Amina Yusuf has it" in read(anew, "/all?tab=new", "vera").text
    assert case in cases_in(read(anew, "/mine"))
    assert "Take it until" not in of(anew, NAMED, "vera").text


def test_it_is_handed_on_with_a_note_that_the_history_keeps(anew: House) -> None:
    case = give(anew, NAMED, "amina")
    note = "You know the practice <b>well</b>."
    assert hand(anew, case, anew.who["bea"], 1, assign_note=note) == 303
    page = of(anew, NAMED, "bea")
    assert "With Bea Whitlock (you), by Amina Yusuf" in page.text
    assert page.text.count(note) == 2  # where it stands, and in the history
    assert note not in of(anew, NAMED, "vera").text
    assert hand(anew, case, "nobody", 2, "bea") == 303
    assert has(anew, case) is None
    assert "Given back to everybody Bea Whitlock" in of(anew, NAMED, "amina").text
    assert b"the practice" not in all_bytes(anew.store.database.path)


def test_who_cannot_hand_a_case_on_is_told_who_can(anew: House) -> None:
    give(anew, NAMED, "bea")
    said = "Bea Whitlock or a lead hands it on. Anybody who decides can decide it."
    assert said in of(anew, NAMED).text
    assert said not in of(anew, NAMED, "bea").text
    assert said not in of(anew, NAMED, "vera").text


def test_anothers_is_handed_on_by_a_lead_or_a_cover_and_decided_by_anybody(anew: House) -> None:
    case = give(anew, PRESS, "gwen")
    answer = send(anew, f"/cases/{case}/assign", to=anew.who["amina"], seen=1)
    assert answer.status_code == 403
    assert "they or a lead can hand it on. You can decide it all the same" in answer.text
    assert "Hand it on" not in of(anew, PRESS).text
    goes_away(anew, "gwen", "amina")
    assert hand(anew, case, anew.who["bea"], 1) == 303  # Amina covers
    assert hand(anew, case, anew.who["gwen"], 2, "bea") == 303
    assert has(anew, case) == anew.who["gwen"]
    decide(anew.store, case, anew.who["amina"], "no_action")
    assert has(anew, case) is None
    assert hand(anew, case, anew.who["amina"], 3, "bea") == 422


def test_who_gave_a_case_to_the_wrong_person_takes_it_back_until_it_is_handed_on(
    anew: House,
) -> None:
    case, who = give(anew, NAMED, "amina"), anew.who
    assert hand(anew, case, who["gwen"], 1) == 303
    assert "Hand it on, or give it back" in of(anew, NAMED).text
    assert hand(anew, case, who["bea"], 2) == 303
    assert has(anew, case) == who["bea"]
    assert hand(anew, case, who["gwen"], 3, "bea") == 303
    assert hand(anew, case, who["amina"], 4) == 403  # Bea gave it last


def test_what_somebody_had_who_can_decide_no_more_is_for_anybody_to_take(anew: House) -> None:
    case = give(anew, NAMED, "gwen")
    anew.store.users.change(anew.who["gwen"], roles=["governance"], at=NOW)
    assert "They can’t decide any more" in of(anew, NAMED).text
    assert (
        "With people who can’t decide any more Gwen Okafor: 1 open case" in read(anew, "/team").text
    )
    assert hand(anew, case, anew.who["amina"], 1) == 303


def test_who_gets_a_case_reads_on_it_by_whom_it_was_handed_on_and_what_they_wrote(anew: House) -> None:  # fmt: skip
    case = case_of(anew.store, NAMED)
    note = "Please hide this one and ring the midwife’s manager"
    assert hand(anew, case, anew.who["bea"], 0, assign_note=note) == 303
    for listed in ("/today", "/mine"):
        assert (
            f"Amina Yusuf handed you this, today, 11:00: {note}" in read(anew, listed, "bea").text
        )
    found = anew.store.cases.get(case)
    assert found is not None
    assert found.handed  # nothing counts as looked after until they open it
    theirs = read(anew, f"/cases/{case}", "bea").text
    assert "Amina Yusuf handed you this" in theirs
    assert note in theirs
    assert note not in read(anew, "/today", "gwen").text
    found = anew.store.cases.get(case)
    assert found is not None
    assert not found.handed


def test_the_second_of_two_sees_who_was_faster_and_loses_nothing(anew: House) -> None:
    case = give(anew, NAMED, "bea")
    answer = send(
        anew,
        f"/cases/{case}/assign",
        "bea",
        to=anew.who["amina"],
        seen=0,
        assign_note="Please ring",
    )
    assert answer.status_code == 409
    assert (
        "Bea Whitlock (you) gave it to Bea Whitlock (you) at Fri 20 Nov 2026, 10:00" in answer.text
    )
    assert "Please ring" in answer.text
    assert 'name="seen" value="1"' in answer.text


@pytest.mark.parametrize("to", ["", "0", "99", "x", "vera", "1; DROP TABLE cases"])
def test_nobody_who_cannot_decide_is_given_a_case(anew: House, to: str) -> None:
    case = case_of(anew.store, NAMED)
    to = str(anew.who.get(to, to))
    answer = send(anew, f"/cases/{case}/assign", to=to, seen=0)
    assert (answer.status_code, has(anew, case)) == (422, None)
    assert "Choose a colleague who can decide" in answer.text


def test_too_long_a_note_is_refused_and_kept_in_its_box(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    answer = send(anew, f"/cases/{case}/assign", to=anew.who["bea"], seen=0, assign_note="y" * 501)
    assert answer.status_code == 422
    assert "y" * 501 in answer.text


@pytest.mark.parametrize("handle", ["vera", "ada"])
def test_who_does_not_decide_hands_nothing_on(anew: House, handle: str) -> None:
    case = case_of(anew.store, NAMED)
    assert hand(anew, case, anew.who["bea"], 0, handle) == 403
    assert (
        send(anew, "/cases/assign", handle, hand=f"{case}:0", to=anew.who["bea"]).status_code == 403
    )
    assert has(anew, case) is None


def test_several_are_handed_on_at_once_of_any_risk_and_the_rest_is_named(anew: House) -> None:
    grave, plain, taken = (case_of(anew.store, told) for told in (ALLEGATION, GRIEVANCE, RUMOUR))
    give(anew, RUMOUR, "gwen")
    seen = [one["value"] for one in read(anew, "/all?tab=new").all("input", name="seen")]
    anew.store.assignments.assign(plain, anew.who["bea"], by=anew.who["bea"], at=NOW, seen=0)
    answer = send(
        anew, "/cases/assign", hand=[f"{grave}:0"], case=[f"{plain}:0", f"{taken}:0", "9999:0", "x"], seen=seen,
        to=anew.who["amina"], assign_note="For today", back="tab=new",
    )  # fmt: skip
    assert answer.status_code == 200
    assert has(anew, grave) == anew.who["amina"]
    assert (has(anew, plain), has(anew, taken)) == (anew.who["bea"], anew.who["gwen"])
    for said in ("1 case was given to Amina Yusuf (you)", "4 cases were", "gave it to Bea Whitlock", "Gwen Okafor has it",
                 "not there any more", "can’t be read"):  # fmt: skip
        assert said in answer.text, said


def test_a_forgotten_colleague_loses_no_selection(anew: House) -> None:
    answer = send(
        anew, "/cases/assign", case=["1:0", "3:0"], seen=["1:0", "3:0"], to="", assign_note="Mine"
    )
    assert answer.status_code == 422
    for kept in (
        'name="case" value="1:0"',
        'name="case" value="3:0"',
        'name="seen" value="3:0"',
        'value="Mine"',
    ):
        assert kept in answer.text
    many = [f"{number}:0" for number in range(51)]
    assert send(anew, "/cases/assign", case=many, to=anew.who["bea"]).status_code == 422
    assert send(anew, "/cases/assign", to=anew.who["bea"]).status_code == 422


def test_a_case_that_opens_again_is_back_with_the_same_person(anew: House) -> None:
    case = give(anew, NAMED, "bea")
    decide(anew.store, case, anew.who["amina"], "no_action", at=NOW - HOUR / 2)
    assert "With Bea" not in of(anew, NAMED).text.partition("To whom it was given")[0]
    send(anew, f"/cases/{case}/undo", undoes=1, version=1)
    assert (
        "Back with Bea Whitlock, Fri 20 Nov 2026, 10:00 (1 hour ago). It was decided, and opened again."
        in of(anew, NAMED).text
    )
    assert "Bea Whitlock has it" in read(anew, "/all?tab=high").text
    assert case_of(anew.store, OWN_STAFF) not in anew.store.assignments.teamwork([case])


def test_the_same_sent_twice_is_done_once_and_no_fault(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    for _ in range(2):
        assert hand(anew, case, anew.who["bea"], 0) == 303
    assert len(anew.store.assignments.of_case(case)) == 1
