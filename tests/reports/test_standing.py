"""That a team has a case is said only once somebody there said so, whatever else became of what it was passed."""

from __future__ import annotations

from typing import Any

import pytest

from core import clock
from reports.standing import is_unsent, standing_of
from store import Handoff, HandoffStep, PathStep
from store.cases.path_steps import NO_ANSWER, NOBODY_ANSWERED, RING, SPOKE
from tests.store.factories import AT, HOUR


def step(number: int, kind: str, **more: Any) -> HandoffStep:
    fields: dict[str, Any] = {"at": AT, "by": 1, "by_name": "Amina Yusuf", "mail": "none"} | more
    return HandoffStep(number=number, kind=kind, **fields)  # type: ignore[arg-type]


def call(outcome: str, who: str = "") -> PathStep:
    word = RING if outcome == SPOKE else f"{NO_ANSWER}_1"
    return PathStep(case=6, path="danger", step=word, by=1, at=AT, outcome=outcome, who=who, by_name="Amina Yusuf")  # fmt: skip


def passed(state: str, *steps: HandoffStep) -> Handoff:
    return Handoff(
        number=1, case=6, version=2, role="safeguarding", posts=((17, 1),), flags=("safeguarding",), by=1, by_name="Amina Yusuf",
        at=AT, state=state, state_at=AT, due_at=AT + HOUR / 4, next_at=None, chases=0, keeps_look=True, steps=steps,  # type: ignore[arg-type]
    )  # fmt: skip


SENT = step(1, "sent", mail="sent", sent_at=AT)
QUEUED = step(1, "sent", mail="ready")
REFUSED = step(2, "waits again", note="For the police")
CONFIRMED = step(2, "confirmed", who="Priya Nair", when=AT)
LINES = [
    (passed("waits", SENT), (), "Waits for Safeguarding to confirm", "waits for Safeguarding"),
    (passed("waits", QUEUED), (), "Waits for Safeguarding to confirm", "waits for Safeguarding"),
    (passed("waits", SENT), (call(NOBODY_ANSWERED),), "Waits for Safeguarding to confirm", "waits for Safeguarding"),
    (passed("waits", SENT), (call(SPOKE, "Priya Nair"),), "Waits for Safeguarding to confirm", "waits for Safeguarding"),
    (passed("waits", SENT, REFUSED), (call(NOBODY_ANSWERED),), "Nobody has it: Safeguarding does not take it", "Safeguarding does not take it: nobody has it"),
    (passed("confirmed", SENT, CONFIRMED), (), "With Safeguarding", "with Safeguarding"),
]  # fmt: skip


@pytest.mark.parametrize(("handoff", "calls", "holder", "badge"), LINES)
def test_a_team_has_it_only_where_somebody_there_has_confirmed(
    handoff: Handoff, calls: tuple[PathStep, ...], holder: str, badge: str
) -> None:
    stands = standing_of(handoff, "Safeguarding", calls)
    assert (stands.holder, stands.badge) == (holder, badge)
    assert stands.has_it == (handoff.state == "confirmed")
    words = stands.words(clock.local)
    assert ("Nobody there has confirmed" in words) == (stands.waits and not stands.is_refused)
    assert ("Nobody has it" in words) == stands.is_refused
    assert "has it already" not in words


def test_what_was_tried_is_said_with_it() -> None:
    when = clock.local(AT)
    tried = standing_of(passed("waits", SENT), "Safeguarding", (call(NOBODY_ANSWERED),))
    assert tried.words(clock.local) == f"Passed on to Safeguarding {when}, rung {when} without an answer. Nobody there has confirmed"  # fmt: skip
    spoke = standing_of(passed("waits", SENT), "Safeguarding", (call(SPOKE, "Priya Nair"),))
    assert f"rung {when}, Priya Nair." in spoke.words(clock.local)
    assert "Priya" not in spoke.words(clock.local, names=False)
    queued = standing_of(passed("waits", QUEUED), "Safeguarding")
    assert "and the email has not left. Nobody there has confirmed" in queued.words(clock.local)
    refused = standing_of(passed("waits", SENT, REFUSED), "Safeguarding")
    assert refused.words(clock.local) == f"Safeguarding does not take it, as Amina Yusuf wrote down {when}. Nobody has it"  # fmt: skip
    assert "police" not in refused.words(clock.local)
    confirmed = standing_of(passed("confirmed", SENT, CONFIRMED), "Safeguarding")
    assert confirmed.words(clock.local) == f"Safeguarding has confirmed, {when}: Priya Nair"


def test_of_several_what_needs_somebody_comes_first() -> None:
    stands = [standing_of(handoff, "Safeguarding", calls) for handoff, calls, *_ in LINES]
    assert min(stands, key=lambda each: each.place).is_refused
    assert max(stands, key=lambda each: each.place).has_it


def test_of_what_a_team_does_not_take_no_email_is_waited_for() -> None:
    assert is_unsent(passed("waits", QUEUED))
    assert not is_unsent(passed("waits", step(1, "sent", mail="withdrawn"), REFUSED))
    assert not is_unsent(passed("waits", SENT))
