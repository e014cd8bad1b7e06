"""Any team that was passed a case may not take it: the case is open again, and nobody has it until another team does."""

from __future__ import annotations

import pytest

from tests.review.conftest import House
from tests.review.desk.paths import emailed, ready, teams_are_emailed
from tests.review.factories import QUESTION, case_of, decide, tell
from tests.review.pages import read, send
from tests.store.factories import AT

TEAMS = ("pals", "information_governance")


@pytest.fixture
def desk(anew: House) -> House:
    tell(anew.store, QUESTION, 71, AT, alone=True)
    anew.store.database.execute(
        "UPDATE case_mentions SET lane = 'answer', reason = 'Asks about a prescription', weight = 0 WHERE case_number = ?",
        case_of(anew.store, QUESTION),
    )  # fmt: skip
    return ready(anew)


def passed_on(house: House, team: str) -> tuple[int, str]:
    case = case_of(house.store, QUESTION)
    decide(house.store, case, house.who["amina"], "escalate", role=team)
    teams_are_emailed(house)
    (handoff,) = house.store.handoffs.open(case)
    return case, f"/waiting/{handoff.number}"


@pytest.mark.parametrize("team", TEAMS)
def test_a_team_that_does_not_take_it_leaves_the_case_open_and_with_nobody(desk: House, team: str) -> None:  # fmt: skip
    case, way = passed_on(desk, team)
    assert "They don’t take it" in read(desk, way).text
    answer = send(desk, f"{way}/answer", note="PALS says: go elsewhere", takes="no")
    assert answer.status_code == 303
    found = desk.store.cases.get(case)
    assert found is not None
    assert found.state == "open"
    assert found.lane is not None  # back in Today
    name = "PALS and complaints" if team == "pals" else "Information governance"
    page = read(desk, f"/cases/{case}").text
    assert f"{name} does not take it, and nobody has it." in page
    assert "Pass it to another team" in page or "pass it to another team" in page
    assert "Close with their answer" not in page
    assert f"{name} does not take it" in read(desk, "/waiting").text
    assert "nobody has it" in read(desk, "/today").text
    other = next(each for each in ("media", *TEAMS) if each not in (team, "media"))
    decide(desk.store, case, desk.who["amina"], "escalate", role=other)
    assert [each.role for each in desk.store.handoffs.open(case)] == [other]


@pytest.mark.parametrize("note", ["PALS refuses: not ours", "They don't take it", "Not for us, try the ICB", "we do not take this"])  # fmt: skip
def test_a_refusal_that_is_typed_as_an_answer_is_asked_about(desk: House, note: str) -> None:
    case, way = passed_on(desk, "pals")
    answer = send(desk, f"{way}/answer", note=note)
    assert answer.status_code == 422
    assert "reads as if they don’t take it" in answer.text
    assert desk.store.handoffs.open(case)[0].state == "waits"
    assert send(desk, f"{way}/answer", note=note, sure="yes").status_code == 303
    assert desk.store.handoffs.of_case(case)[0].state == "answered"


def test_an_ordinary_answer_is_saved_at_once(desk: House) -> None:
    case, way = passed_on(desk, "pals")
    assert send(desk, f"{way}/answer", note="They ring her tomorrow").status_code == 303
    assert desk.store.handoffs.of_case(case)[0].state == "answered"
    assert emailed(desk) == []
