from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from core import clock
from demo.world import World
from steps import deliver, group, handoffs
from steps.context import RunContext
from store import CaseDecision
from tests.cycles import at_home, settled
from tests.steps.test_deliver import become_high, bodies, mention

ROLES = [
    {"key": "safeguarding", "name": "Safeguarding", "when": "Risk", "email": ["safe@example.org"], "reach": "020 7946 0133"},
    {"key": "pals", "name": "PALS", "when": "Help"},
]  # fmt: skip
CHASE = {"chain": ["on-call@example.org", "director@example.org"], "lead": []}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    review = {"roles": ROLES, "chase": CHASE, "comms_phone": "020 7946 0100"}
    return settled(tmp_path, calm, only=("files",), review=review, alerts={"on": False})


def passed_on(house: RunContext, role: str = "safeguarding") -> None:
    """Case 1 with a threat, passed on just now by Amina Yusuf."""
    become_high(house, mention(1))
    group.group(house.new_run(clock.now()))
    user = house.store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=clock.now())
    decision = CaseDecision(
        case=1, kind="escalate", by=user.number, at=clock.now(), covers=((1, 1),), role=role,
        note="He named the desk, brick Quux7",
    )  # fmt: skip
    assert house.store.cases.decide(decision, 0)


def to(mail: EmailMessage) -> str:
    return str(mail["X-Envelope-To"])


def test_the_team_is_emailed_with_nothing_of_the_post(calm: World, made: Path) -> None:
    with at_home(made) as (house, _):
        passed_on(house)
        assert deliver.deliver(house, clock.now()) == 1
    (mail,) = calm.mail.messages
    assert to(mail) == "safe@example.org"
    assert mail["Subject"] == "Now: a threat, case 1, for Safeguarding"
    said = bodies(mail)
    for part in ("Amina Yusuf of the comms team passed case 1", "Please confirm by", "/cases/1", "020 7946 0100"):  # fmt: skip
        assert part in said, part
    for private in ("brick", "front desk", "rowan", "ashdown", "potter", "x.com", "77009", "quux7"):
        assert private not in said.lower()


@pytest.mark.parametrize("answer", [False, True])
def test_a_team_that_had_it_before_its_email_left_is_emailed_all_the_same(
    calm: World, made: Path, answer: bool
) -> None:
    with at_home(made) as (house, _):
        passed_on(house)
        now = clock.now()
        assert house.store.handoffs.confirm(1, by=1, at=now, who="Noor", when=now)
        if answer:
            assert house.store.handoffs.answer(1, by=1, at=now, note="She is at home")
        assert deliver.deliver(house, clock.now()) == 1
    (mail,) = calm.mail.messages
    said = bodies(mail)
    assert "passed case 1 to you" in said
    assert "/cases/1" in said
    assert "It is written down that you have it" in said
    assert "Please confirm" not in said


def test_whoever_does_not_confirm_is_chased_and_the_next_is_told(calm: World, made: Path) -> None:
    with at_home(made) as (house, _):
        passed_on(house)
        deliver.deliver(house, clock.now())
        assert handoffs.chase(house, clock.now()) == 0
        later = clock.now() + 16 * MINUTE
        assert [handoffs.chase(house, later) for _ in range(3)] == [2, 0, 0]
        assert handoffs.chase_and_deliver(house, later) == 2
        assert handoffs.chase_and_deliver(house, later + 16 * MINUTE) == 2
    first, chased, told, _, next_told = calm.mail.messages
    assert [to(mail) for mail in (chased, told, next_told)] == [
        "safe@example.org", "on-call@example.org", "director@example.org",
    ]  # fmt: skip
    assert chased["Subject"] == "Not confirmed yet: a threat, case 1"
    assert chased["References"] == first["Message-ID"]
    assert told["Subject"] == "Nobody has confirmed: a threat, case 1"
    assert "You are next on the list" in bodies(told)
    assert "Ring Safeguarding: 020 7946 0133" in bodies(told)
    assert "brick" not in bodies(told) + bodies(chased)


def test_a_confirmation_ends_it_and_an_undo_is_told(calm: World, made: Path) -> None:
    with at_home(made) as (house, _):
        passed_on(house)
        deliver.deliver(house, clock.now())
        handoffs.chase(house, clock.now() + 16 * MINUTE)
        at = clock.now()
        assert house.store.handoffs.confirm(1, by=1, at=at, who="Dr Osei", when=at)
        assert handoffs.chase_and_deliver(house, at + 60 * MINUTE) == 0
        undo = CaseDecision(case=1, kind="undo", by=1, at=clock.now(), undoes=1)
        assert house.store.cases.decide(undo, 1)
        assert deliver.deliver(house, clock.now()) == 1
    assert calm.mail.messages[-1]["Subject"] == "No longer needed: a threat, case 1"
    assert "You need do nothing more" in bodies(calm.mail.messages[-1])


def test_what_the_server_refused_is_tried_again_to_whom_the_settings_name_now(
    calm: World, made: Path
) -> None:
    calm.faults.add("mail", "550", path="RCPT")
    with at_home(made) as (house, told):
        passed_on(house)
        assert deliver.deliver(house, clock.now()) == 0
        assert "given up" in told.failures[-1]
        deliver.again(house, clock.now())
        assert deliver.deliver(house, clock.now()) == 1
    assert to(calm.mail.messages[-1]) == "safe@example.org"


def test_a_team_without_an_email_gets_none_and_of_a_threat_the_next_on_call_is_told(
    calm: World, made: Path
) -> None:
    with at_home(made) as (house, _):
        passed_on(house, role="pals")
        assert deliver.deliver(house, clock.now()) == 0
        assert calm.mail.messages == []
        assert handoffs.chase_and_deliver(house, clock.now() + 16 * MINUTE) == 1
    assert [to(mail) for mail in calm.mail.messages] == ["on-call@example.org"]
