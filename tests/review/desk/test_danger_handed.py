"""What a step of a threat leaves to Security is written to them, and is no answer where nobody there takes it."""

from __future__ import annotations

import pytest

from reports.handoffs import letter
from store.cases.handoffs import StepKind
from tests.review.conftest import House
from tests.review.desk.paths import do, emailed, now_lane, ready, teams_are_emailed
from tests.review.factories import HOSTILE, NOW, case_of
from tests.review.pages import read

TASKS = {"warns": "warn whoever it is aimed at", "no_police": "decide whether the police are told", "no_platform": "decide whether the platform is told"}  # fmt: skip


@pytest.fixture
def desk(anew: House) -> House:
    now_lane(anew, HOSTILE, "A threat")
    return ready(anew)


def threat(house: House) -> str:
    return f"/cases/{case_of(house.store, HOSTILE)}/threat"


def letter_to_security(house: House, step: StepKind = "chased") -> str:
    (handoff,) = [each for each in house.store.handoffs.of_case(case_of(house.store, HOSTILE)) if each.state != "taken back"]  # fmt: skip
    config = house.desk.config(house.store)
    mail = letter(house.store, config, house.desk.policy, handoff, step, at=NOW)
    for words in (mail.text, mail.html):
        assert (mail.handed in " ".join(words.split())) or not mail.handed
    return " ".join(mail.text.split())


def left_of(house: House) -> set[str]:
    case = case_of(house.store, HOSTILE)
    return set(house.store.cases.steps_left((case,)).get(case, ()))


@pytest.mark.parametrize("step", TASKS)
@pytest.mark.parametrize("when", ["first", "after the email left", "after they confirmed"])
def test_what_is_left_to_security_is_written_to_them(desk: House, step: str, when: str) -> None:
    way = threat(desk)
    do(desk, way, "not_called")
    if when != "first":
        do(desk, way, "ring", who="Sam Reid")
        teams_are_emailed(desk)
        assert emailed(desk) == []
    if when == "after they confirmed":
        do(desk, way, "has_it", who="Sam Reid")
    assert do(desk, way, step).status_code == 303
    ((kind, people),) = emailed(desk)  # they were passed it, or are sent one more line
    assert people == ("security@example.org",)
    assert f"You are to {TASKS[step]}." in letter_to_security(
        desk, "sent" if kind == "sent" else "chased"
    )
    teams_are_emailed(desk)
    key = {"warns": "target", "no_police": "police", "no_platform": "platform"}[step]
    assert do(desk, way, "back", step=key).status_code == 303
    assert len(emailed(desk)) == 1  # that they need not
    if when != "first":  # else that it was passed on is taken back with it
        assert TASKS[step] not in letter_to_security(desk)


def test_what_security_does_not_take_is_open_again(desk: House) -> None:
    way, case = threat(desk), case_of(desk.store, HOSTILE)
    do(desk, way, "not_called")
    do(desk, way, "ring", who="Sam Reid")
    for step in TASKS:
        assert do(desk, way, step).status_code == 303
    assert left_of(desk) == set()
    assert "For Security to warn" in read(desk, way).text
    (handoff,) = desk.store.handoffs.open(case)
    assert desk.store.handoff_steps.refuse(handoff.number, by=desk.who["amina"], at=NOW, note="We are not on that site")  # fmt: skip
    page = read(desk, way)
    for words in ("For Security to warn", "For Security to decide", "Security warns them", "Security decides"):  # fmt: skip
        assert words not in page.text, words
    assert {"target", "police", "platform"} <= left_of(desk)
    told = letter_to_security(desk, "told")
    assert "Security was to warn whoever it is aimed at, decide whether the police are told and decide whether the platform is told: it does not take that, so nobody does it." in told  # fmt: skip
    assert do(desk, way, "warns").status_code == 422  # they don't take it
    assert do(desk, way, "warned", who="Dr Rao, the practice").status_code == 303
    assert "target" not in left_of(desk)
    assert do(desk, way, "police").status_code == 303
    assert left_of(desk) & {"police", "platform"} == {"platform"}
