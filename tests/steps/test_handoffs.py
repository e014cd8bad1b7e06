from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from core import clock
from demo.world import World
from reports.deeds import untouched
from reports.handoffs import letter
from steps import deliver, group, handoffs
from steps.context import RunContext
from store import CaseDecision, Moderation, PathStep, TakedownStep
from tests.cycles import at_home, settled
from tests.steps.test_deliver import become_high, bodies, mention

ROLES = [
    {"key": "safeguarding", "name": "Safeguarding", "when": "Risk", "email": ["safe@example.org"], "reach": "020 7946 0133"},
    {"key": "pals", "name": "PALS", "when": "Help"}, {"key": "security", "name": "Security", "when": "Threats"},
    {"key": "information_governance", "name": "Information governance", "when": "Leaks"}, {"key": "media", "name": "Media desk", "when": "Press"},
    {"key": "guardian", "name": "The Guardian", "when": "Concerns"}, {"key": "police", "name": "Police", "when": "Crime"},
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
    assert mail["Subject"] == "Now: a threat to hurt staff, case 1, for Safeguarding"
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
        assert house.store.handoff_steps.confirm(1, by=1, at=now, who="Noor", when=now)
        if answer:
            assert house.store.handoff_steps.answer(1, by=1, at=now, note="She is at home")
        assert deliver.deliver(house, clock.now()) == 1
    (mail,) = calm.mail.messages
    said = bodies(mail)
    assert "passed case 1 to you" in said
    assert "/cases/1" in said
    assert "It is written down that Noor has it" in said
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
    assert chased["Subject"] == "Not confirmed yet: a threat to hurt staff, case 1"
    assert chased["References"] == first["Message-ID"]
    assert told["Subject"] == "Nobody has confirmed: a threat to hurt staff, case 1"
    assert "You are next on the list" in bodies(told)
    assert "Ring Safeguarding: 020 7946 0133" in bodies(told)
    assert "brick" not in bodies(told) + bodies(chased)


def test_a_confirmation_ends_it_and_an_undo_is_told(calm: World, made: Path) -> None:
    with at_home(made) as (house, _):
        passed_on(house)
        deliver.deliver(house, clock.now())
        handoffs.chase(house, clock.now() + 16 * MINUTE)
        at = clock.now()
        assert house.store.handoff_steps.confirm(1, by=1, at=at, who="Dr Osei", when=at)
        assert handoffs.chase_and_deliver(house, at + 60 * MINUTE) == 0
        undo = CaseDecision(case=1, kind="undo", by=1, at=clock.now(), undoes=1)
        assert house.store.cases.decide(undo, 1)
        assert deliver.deliver(house, clock.now()) == 1
    assert calm.mail.messages[-1]["Subject"] == "No longer needed: a threat to hurt staff, case 1"
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


# ── what was done so far ─────────────────────────────────────────────────────────────────────────


def did(house: RunContext, step: str, outcome: str, *, who: str = "") -> None:
    """Amina wrote down a step of the threat of case 1, just now."""
    seen = house.store.path_steps.path(1, "threat").version
    wrote = PathStep(case=1, path="threat", step=step, by=1, at=clock.now(), outcome=outcome, who=who)  # fmt: skip
    assert house.store.path_steps.add(wrote, seen=seen)


def test_the_team_and_the_next_contact_are_told_what_was_done_and_asked_for_none_of_it_again(
    calm: World, made: Path
) -> None:
    with at_home(made) as (house, _):
        passed_on(house)
        before = bodies_of_first(house, calm)
        assert "If anyone is in danger now, call 999." in before
        assert "If you know who or where they are" not in before, "nobody looks for whoever threatens"  # fmt: skip
        assert "Done so far" not in before
        did(house, "first", "called")
        did(house, "no_answer_1", "no answer")
        did(house, "on_call_1", "spoke", who="Sam Reid")
        house.store.takedowns.add(TakedownStep(mention=1, step="asked", whom="platform", at=clock.now(), by=1))  # fmt: skip
        assert handoffs.chase_and_deliver(house, clock.now() + 16 * MINUTE) == 2
    chased, told = (bodies(mail) for mail in calm.mail.messages[-2:])
    for said in (chased, told):
        for done in (
            "Done so far", "999 called", "by Amina Yusuf", "Security rung", "no answer", "Whoever is on call rung", "who spoke to Sam Reid", "Reported to X", "still public",
        ):  # fmt: skip
            assert done in said, done
        assert "call 999" not in said, "it was called"
        assert "brick" not in said


def bodies_of_first(house: RunContext, calm: World) -> str:
    deliver.deliver(house, clock.now())
    return bodies(calm.mail.messages[-1])


@pytest.mark.parametrize(("who", "shown"), [
    ("Jo Grant", "Jo Grant"), ("Jo Grant, by phone", "Jo Grant"), ("rowan", ""), ("Rowan Ashdown", ""), ("his mother, who says that he is at home", ""),
    ("07700 900123", ""), ("", ""),
])  # fmt: skip
def test_a_name_stands_in_an_email_only_where_it_is_one_and_no_word_of_it_in_the_post_or_its_writer(
    calm: World, made: Path, who: str, shown: str
) -> None:
    with at_home(made) as (house, _):
        passed_on(house)
        did(house, "ring", "spoke", who=who)
        said = bodies_of_first(house, calm)
    assert "Security rung" in said
    assert ("who spoke to" in said) == bool(shown)
    assert f"who spoke to {shown}" in said if shown else "someone there" not in said
    for private in ("ashdown", "rowan", "mother", "07700"):
        assert private not in said.lower()


@pytest.mark.parametrize("order", [("called", "rung"), ("rung", "called")])
def test_what_was_done_within_a_minute_stands_in_the_order_in_which_it_was_done(
    calm: World, made: Path, order: tuple[str, str]
) -> None:
    """A call is written down with its minute alone, a press of a button with its second."""
    steps = {"called": ("first", "called"), "rung": ("no_answer_1", "no answer")}
    words = {"called": "999 called", "rung": "Security rung"}
    with at_home(made) as (house, _):
        passed_on(house)
        minute = (clock.now() - MINUTE).replace(second=0, microsecond=0)
        for second, each in enumerate(order, 20):
            step, outcome = steps[each]
            wrote = PathStep(
                case=1, path="threat", step=step, by=1, at=minute + timedelta(seconds=second), outcome=outcome,
                when=minute if each == order[1] else None,
            )  # fmt: skip
            assert house.store.path_steps.add(wrote, seen=house.store.path_steps.path(1, "threat").version)  # fmt: skip
        said = bodies_of_first(house, calm)
    assert said.index(words[order[0]]) < said.index(words[order[1]])


def test_what_was_taken_back_was_not_done(calm: World, made: Path) -> None:
    with at_home(made) as (house, _):
        passed_on(house)
        did(house, "first", "called")
        path = house.store.path_steps.path(1, "threat")
        assert house.store.path_steps.take_back(path.last, by=1, at=clock.now(), seen=path.version)
        said = bodies_of_first(house, calm)
    assert "999 called" not in said
    assert "call 999" in said


def test_who_acts_on_what_is_in_public_is_told_whether_it_still_is_and_nobody_else(
    calm: World, made: Path
) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1, "Somebody leaked the keypad of the ward, 4471 it is"))
        group.group(house.new_run(clock.now()))
        user = house.store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=clock.now())
        assert house.store.cases.decide(
            CaseDecision(
                case=1,
                kind="escalate",
                by=user.number,
                at=clock.now(),
                covers=((1, 1),),
                role="pals",
            ),
            0,
        )
        (handoff,) = house.store.handoffs.open(1)

        def text(role: str) -> str:
            return letter(house.store, house.config, house.policy, replace(handoff, role=role), "sent", at=clock.now()).text  # fmt: skip

        assert "Status:    Still public, and not reported to X\n" in text("security")
        (here,) = house.store.takedowns.of_case(1)
        told_of, elsewhere = replace(here, platform="other"), replace(here, platform="email")
        assert untouched([told_of, elsewhere]).startswith("Not known whether it is public")
        assert untouched([told_of, here]) == "Still public, and not reported to X"
        assert "Status:    Still public\n" in text("pals")
        assert "Status" not in text("guardian") + text("police") + text("media")
        asked_at = clock.now()
        house.store.takedowns.add(TakedownStep(mention=1, step="asked", whom="platform", at=asked_at, by=1))  # fmt: skip
        reported = f"- Reported to X {clock.local(asked_at)[-5:]} by Amina Yusuf, still public.\n"
        for role in ("pals", "security", "information_governance"):
            assert reported in text(role), role
            assert "Status" not in text(role)
        assert "Reported" not in text("guardian") + text("police")
        hidden = Moderation(mention=1, revision=1, source="x", action="hide", by=1, at=clock.now())
        number = house.store.moderations.begin(hidden, after=0)
        assert number is not None
        house.store.moderations.end(number, "done", at=clock.now())
        for role in ("pals", "security", "information_governance"):
            assert f"- Hidden {clock.local(clock.now())[-5:]} by Amina Yusuf.\n" in text(role), role
            assert "still public" not in text(role)
            assert "4471" not in text(role)
