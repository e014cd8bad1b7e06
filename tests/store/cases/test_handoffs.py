from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import clock
from core.errors import StoreError
from core.models import Lane
from store import CaseDecision, CaseQuery, ChasePolicy, OutboxRow, Receiver, Store
from tests.store.cases.test_deadlines import OTHER, decide, due, running, take, undo
from tests.store.cases.test_deadlines import user as user
from tests.store.factories import AT, DAY, HOUR, mention
from tests.store.test_retention import purge

MINUTE = timedelta(minutes=1)
POLICY = ChasePolicy(
    roles={
        "safeguarding": Receiver(name="Safeguarding", email=("safe@example.org",)),
        "pals": Receiver(name="PALS", email=("pals@example.org", "help@example.org"), minutes=60),
        "police": Receiver(name="Police"),
    },
    chain=("on-call@example.org", "director@example.org"),
    lead=("lead@example.org",),
)


@pytest.fixture(autouse=True)
def policy(store: Store) -> None:
    store.handoffs.policy = POLICY


def emails(store: Store) -> list[tuple[str, tuple[str, ...]]]:
    """What waits in the outbox of hand-offs: the step, and to whom."""
    rows: list[OutboxRow] = [
        row for row in store.outbox.due(AT + 90 * DAY) if row.kind == "handoff"
    ]
    return [(row.payload["step"], row.recipients) for row in rows]


def sent(store: Store, at: datetime = AT) -> None:
    for row in store.outbox.due(AT + 90 * DAY):
        if row.kind == "handoff":
            assert store.outbox.claim(row.number, AT + 90 * DAY)
            store.outbox.mark_sent(row.number, at)


def in_danger(store: Store, user: int) -> None:
    """Case 1, in which somebody may be in danger, passed on at AT + 10 minutes."""
    take(store, mention(1), risk="high", flags=["safeguarding"])
    decide(store, user, "escalate", AT + 10 * MINUTE, role="safeguarding", note="Rang twice, Quux7")


def help_wanted(store: Store, user: int, role: str = "pals") -> None:
    """Case 1, in which somebody asks for help, passed on at AT, a Friday at 9 o'clock."""
    take(store, mention(1), risk="medium", flags=["assistance"])
    decide(store, user, "escalate", AT, role=role)


def hand_over(store: Store, user: int, role: str, flag: str, lane: str, at: datetime) -> datetime:
    """Case 1, from a lane, passed on at a moment; when it is to be confirmed."""
    take(store, mention(1), risk="high", flags=[flag])
    store.database.execute("UPDATE case_mentions SET lane = ?, reason = 'x', weight = 0", lane)
    decide(store, user, "escalate", at, role=role)
    (handoff,) = store.handoffs.open(1)
    assert handoff.due_at is not None
    return handoff.due_at


@pytest.mark.parametrize("flag", ["security", "impersonation"])
def test_what_lets_somebody_in_is_confirmed_within_an_hour_on_a_saturday_night_too(
    store: Store, user: int, flag: str
) -> None:
    night = AT + DAY + 14 * HOUR
    assert hand_over(store, user, "police", flag, "now", night) == night + HOUR
    sent(store)
    assert store.handoff_steps.chase(1, night + HOUR)  # the lead: this role has no email
    (handoff,) = store.handoffs.open(1)
    assert handoff.next_at == night + 2 * HOUR


@pytest.mark.parametrize("minutes", [None, 1440])
def test_a_leak_is_confirmed_within_24_hours_by_the_clock_and_anything_else_in_working_hours(
    minutes: int | None,
) -> None:
    """Of 1,440 working minutes the third working day had the end, though the settings promised a day."""
    ig = Receiver(name="IG", email=("ig@example.org",), minutes=minutes, type="information_governance")  # fmt: skip
    policy = replace(POLICY, roles={"information_governance": ig})
    friday, monday = datetime(2026, 11, 20, 16, tzinfo=UTC), datetime(2026, 11, 23, 9, tzinfo=UTC)
    for lane in ("now", "look", None):
        assert policy.due("information_governance", friday, flags=["pid"], lane=lane) == friday + DAY  # fmt: skip
        assert policy.due("information_governance", friday, flags=["allegation"], lane=lane) > friday + 2 * DAY  # fmt: skip
    within = monday + (minutes or 240) * MINUTE
    assert policy.due("information_governance", monday, flags=["pid"]) == min(within, monday + DAY)
    assert policy.is_within_a_day("information_governance", monday, ["pid"]) is (minutes == 1440)


def test_a_false_page_that_is_not_urgent_waits_for_working_hours(store: Store, user: int) -> None:
    night = AT + DAY + 14 * HOUR
    assert hand_over(store, user, "police", "impersonation", "look", night) > night + DAY


def test_of_a_case_in_answer_the_role_is_chased_before_the_case_is_due(
    store: Store, user: int
) -> None:
    take(store, mention(1), flags=["assistance"])
    store.database.execute("UPDATE case_mentions SET lane = 'answer', reason = 'x', weight = 0")
    case_due = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday; four working hours end at 13:00
    store.database.execute("UPDATE cases SET due_at = ?", clock.text(case_due))
    decide(store, user, "escalate", case_due - 36 * HOUR, role="police")
    (handoff,) = store.handoffs.open(1)
    assert handoff.due_at == handoff.next_at == case_due - HOUR


def test_what_is_nearly_due_or_overdue_leaves_the_role_some_time() -> None:
    at = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
    due = POLICY.due("police", at, lane="answer", case_due=at + HOUR)
    assert due == at + HOUR / 2
    assert POLICY.due("police", at, lane="answer", case_due=at - HOUR) == at + HOUR


@pytest.mark.parametrize("lane", ["answer", "look"])
@pytest.mark.parametrize("late", [1, 60])  # hours since when it is overdue
def test_what_is_overdue_is_chased_no_later_than_what_is_nearly_due(lane: Lane, late: int) -> None:
    sunday = datetime(2026, 11, 22, 19, tzinfo=UTC)
    monday = datetime(2026, 11, 23, 12, tzinfo=UTC)
    nearly = POLICY.due("police", sunday, lane=lane, case_due=monday)
    overdue = POLICY.due("police", sunday, lane=lane, case_due=sunday - late * HOUR)
    assert nearly == monday - HOUR
    assert overdue == datetime(2026, 11, 23, 10, tzinfo=UTC) < nearly
    assert POLICY.due("police", sunday, lane=lane) > overdue


# ── opening ──────────────────────────────────────────────────────────────────────────────────────


def test_passing_a_case_on_writes_the_email_with_the_decision(store: Store, user: int) -> None:
    help_wanted(store, user)
    (handoff,) = store.handoffs.open(1)
    assert (handoff.role, handoff.posts, handoff.flags) == ("pals", ((1, 1),), ("assistance",))
    assert (handoff.state, handoff.by_name, handoff.at) == ("waits", "Amina Yusuf", AT)
    assert handoff.due_at == handoff.next_at == AT + HOUR
    assert emails(store) == [("sent", ("pals@example.org", "help@example.org"))]
    assert sum(store.handoffs.count_standing()) == 1


def test_a_decision_that_came_too_late_passes_nothing_on(store: Store, user: int) -> None:
    take(store, mention(1), flags=["assistance"])
    late = CaseDecision(case=1, kind="escalate", by=user, at=AT, covers=((1, 1),), role="pals")
    assert not store.cases.decide(late, 5)
    assert (store.handoffs.of_case(1), emails(store)) == ([], [])


def test_a_role_without_an_email_is_rung(store: Store, user: int) -> None:
    help_wanted(store, user, role="police")
    (handoff,) = store.handoffs.open(1)
    assert [step.kind for step in handoff.steps] == ["not sent"]
    assert emails(store) == []
    with pytest.raises(StoreError, match="no email: ring them"):
        store.handoff_steps.chase_now(1, by=user, at=AT + HOUR)


def test_what_a_person_says_of_the_flags_is_what_is_told(store: Store, user: int) -> None:
    take(store, mention(1), flags=["safeguarding", "assistance"])
    decide(store, user, "escalate", role="pals", labels={"safeguarding": False, "threat": True})
    (handoff,) = store.handoffs.open(1)
    assert (handoff.flags, handoff.danger) == (("threat", "assistance"), True)


def test_why_it_was_passed_on_is_encrypted(store: Store, user: int) -> None:
    in_danger(store, user)
    assert store.handoffs.open(1)[0].why == "Rang twice, Quux7"
    assert b"Quux7" not in store.database.path.read_bytes()


# ── chasing ──────────────────────────────────────────────────────────────────────────────────────


def test_danger_is_chased_by_the_minute_and_one_more_is_told_each_time(
    store: Store, user: int
) -> None:
    in_danger(store, user)
    sent(store)
    passed = AT + 10 * MINUTE
    assert store.handoffs.to_chase(passed + 14 * MINUTE) == []
    told = []
    for times in range(1, 10):
        for number in store.handoffs.to_chase(passed + times * 15 * MINUTE):
            store.handoff_steps.chase(number, passed + times * 15 * MINUTE)
        told.append([people for _, people in emails(store)])
        sent(store)
    role, first, second = ("safe@example.org",), ("on-call@example.org",), ("director@example.org",)
    assert told[:3] == [[role, first], [role, second], [role]]
    assert told[7:] == [[role], []]  # then the page alone says that nobody answered
    assert store.handoffs.open(1)[0].overdue(passed + DAY)


def test_chasing_twice_is_chasing_once(store: Store, user: int) -> None:
    in_danger(store, user)
    sent(store)
    at = AT + 30 * MINUTE
    assert [store.handoff_steps.chase(1, at) for _ in range(3)] == [2, 0, 0]
    assert len(emails(store)) == 2


def test_anything_else_is_chased_in_working_hours_and_a_lead_is_told_of_the_second(
    store: Store, user: int
) -> None:
    help_wanted(store, user)
    sent(store)
    friday = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert store.handoff_steps.chase(1, friday) == 1
    (handoff,) = store.handoffs.open(1)
    monday = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert handoff.next_at == monday
    assert handoff.due_at == AT + HOUR  # it stays overdue
    assert store.handoff_steps.chase(1, monday) == 2
    assert [people for _, people in emails(store)][-1] == ("lead@example.org",)


def test_asking_once_more_puts_off_nobody_who_is_told_next(store: Store, user: int) -> None:
    in_danger(store, user)
    due_at = store.handoffs.open(1)[0].next_at
    assert store.handoff_steps.chase_now(1, by=user, at=AT + 20 * MINUTE)
    assert store.handoffs.open(1)[0].next_at == due_at
    with pytest.raises(StoreError, match="within the last minute"):
        store.handoff_steps.chase_now(1, by=user, at=AT + 20 * MINUTE)


def test_a_danger_is_told_on_where_the_role_has_no_email(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["safeguarding"])
    decide(store, user, "escalate", AT, role="police")
    store.handoff_steps.chase(1, AT + 15 * MINUTE)
    assert emails(store) == [("told", ("on-call@example.org",))]


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("flag", ["safeguarding", "threat", "pid"])
def test_the_clock_of_danger_goes_on_until_somebody_has_it(
    store: Store, user: int, flag: str
) -> None:
    take(store, mention(1), risk="high", flags=[flag])
    decide(store, user, "escalate", AT + 10 * MINUTE, role="safeguarding")
    assert running(store)["look"] == AT + 4 * HOUR
    store.deadlines.update_all(AT + HOUR)
    assert running(store)["look"] == AT + 4 * HOUR
    assert store.handoff_steps.confirm(1, by=user, at=AT + 2 * HOUR, who="Dr Osei", when=AT + HOUR)
    assert "look" not in running(store)
    assert store.handoff_steps.wait_again(1, by=user, at=AT + 3 * HOUR)  # it was not so
    assert running(store)["look"] == AT + 4 * HOUR
    assert store.queue.page(CaseQuery(tab="overdue"), AT + 5 * HOUR).total == 1


def test_the_clock_of_a_breach_goes_on_whoever_has_it(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["pid"])
    decide(store, user, "escalate", AT, role="pals", labels={"pid": True})
    store.handoff_steps.confirm(1, by=user, at=AT + HOUR, who="Ife", when=AT + HOUR)
    assert running(store) == {"pid": AT + 72 * HOUR}


def test_other_clocks_are_those_of_the_chase(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["allegation"])
    decide(store, user, "escalate", AT, role="pals")
    assert (running(store), due(store)) == ({}, AT + HOUR)
    store.handoff_steps.confirm(
        1, by=user, at=AT + HOUR, who="Ife", when=AT, answer_by=AT + 3 * DAY
    )
    assert due(store) == AT + 3 * DAY
    store.handoff_steps.answer(1, by=user, at=AT + DAY, note="They rang the family")
    assert set(running(store)) == {"look"}  # somebody reads it and decides


def test_who_asks_waits_until_the_role_has_answered(store: Store, user: int) -> None:
    help_wanted(store, user)
    store.handoff_steps.confirm(1, by=user, at=AT + HOUR, who="Ife", when=AT + HOUR)
    assert set(running(store)) == {"assistance"}
    store.handoff_steps.answer(1, by=user, at=AT + 2 * HOUR, note="They rang her")
    assert set(running(store)) == {"look"}  # somebody reads it and decides


# ── what a person still has to see ───────────────────────────────────────────────────────────────


def in_now(store: Store, user: int) -> None:
    """Case 1 with a threat, passed on from Now to PALS at AT: danger, whoever it goes to."""
    hand_over(store, user, "pals", "threat", "now", AT)


def state(store: Store, number: int) -> str:
    case = store.cases.get(number)
    assert case is not None
    return case.state


def listed(store: Store, user: int) -> list[int]:
    rows = store.lanes.rows(("now",), user=user, at=AT, limit=9)
    return [row.case.number for row in rows]


def test_danger_stays_in_now_until_the_team_has_it(store: Store, user: int) -> None:
    in_now(store, user)
    assert (listed(store, user), store.lanes.counts()["now"]) == ([1], 1)
    assert store.lanes.progress(AT, AT + HOUR).done == 0
    store.handoff_steps.confirm(1, by=user, at=AT + HOUR, who="Ife", when=AT)
    assert (listed(store, user), store.lanes.progress(AT, AT + HOUR).done) == ([], 1)
    store.handoff_steps.wait_again(1, by=user, at=AT + HOUR)
    assert listed(store, user) == [1]


def test_danger_that_nobody_confirmed_in_time_comes_back_to_everybody(
    store: Store, user: int
) -> None:
    in_now(store, user)
    other = store.users.add("local", "ben", "Ben Odell", ["reviewer"], at=AT).number
    store.assignments.assign(1, user, by=user, at=AT, seen=0)
    due_at = store.handoffs.of_case(1)[0].due_at
    assert due_at is not None

    def following(who: int, at: datetime) -> int | None:
        return store.lanes.next_after(999, user=who, at=at, lanes=("now",))

    assert [following(who, AT + HOUR / 60) for who in (user, other)] == [None, None]
    assert [following(who, due_at) for who in (user, other)] == [1, 1]


def test_danger_that_was_passed_on_by_an_earlier_program_comes_back_with_the_next_cycle(
    store: Store, user: int
) -> None:
    in_now(store, user)
    store.database.execute("UPDATE case_mentions SET decided_revision = revision")
    store.database.execute("UPDATE cases SET state = 'escalated'")
    assert listed(store, user) == []
    store.cases.follow_all(AT + HOUR)
    assert listed(store, user) == [1]


def test_what_a_team_answered_brings_a_case_back_until_somebody_decides(
    store: Store, user: int
) -> None:
    help_wanted(store, user)
    case = store.handoffs.get(1)
    assert case is not None
    number = case.case
    store.handoff_steps.confirm(1, by=user, at=AT + HOUR, who="Ife", when=AT + HOUR)
    assert state(store, number) == "escalated"
    store.handoff_steps.answer(1, by=user, at=AT + 2 * HOUR, note="They rang her")
    assert state(store, number) == "open"
    decide(store, user, "no_action", AT + 3 * HOUR)
    assert state(store, number) == "done"


# ── what people say of it ────────────────────────────────────────────────────────────────────────


def test_a_confirmation_says_who_and_when_and_ends_the_chase(store: Store, user: int) -> None:
    in_danger(store, user)
    sent(store)
    store.handoff_steps.chase(1, AT + HOUR)
    assert len(emails(store)) == 2
    at = AT + 2 * HOUR
    right: dict[str, Any] = {"by": user, "at": at, "who": "Dr Osei", "when": at}
    for wrong in ({"who": " "}, {"when": at + MINUTE}, {"answer_by": at}):
        with pytest.raises(StoreError):
            store.handoff_steps.confirm(1, **(right | wrong))
    assert store.handoff_steps.confirm(1, by=user, at=at, who="Dr Osei", when=at - MINUTE)
    assert not store.handoff_steps.confirm(1, by=user, at=at, who="Dr Osei", when=at)
    handoff = store.handoffs.open(1)[0]
    last = handoff.steps[-1]
    assert (handoff.state, last.kind, last.who, last.when) == ("confirmed", "confirmed", "Dr Osei", at - MINUTE)  # fmt: skip
    assert emails(store) == []  # what had not left is withdrawn
    assert store.handoffs.to_chase(AT + DAY) == []


def test_an_answer_that_was_promised_is_chased_on_its_day(store: Store, user: int) -> None:
    help_wanted(store, user)
    sent(store)
    store.handoff_steps.confirm(1, by=user, at=AT, who="Ife", when=AT, answer_by=AT + 3 * DAY)
    assert store.handoffs.to_chase(AT + 3 * DAY) == [1]
    assert store.handoff_steps.chase(1, AT + 3 * DAY) == 1


def test_an_answer_says_what_they_said_and_comes_back_to_whoever_asked(
    store: Store, user: int
) -> None:
    help_wanted(store, user)
    with pytest.raises(StoreError, match="what they said"):
        store.handoff_steps.answer(1, by=user, at=AT, note="")
    assert store.handoff_steps.answer(1, by=user, at=AT, note="They rang her")
    assert store.handoffs.waiting(AT) == []
    assert store.queue.page(CaseQuery(tab="mine", user=user), AT).total == 1


def test_undoing_takes_it_back_and_says_so_to_whoever_was_told(store: Store, user: int) -> None:
    in_danger(store, user)
    sent(store)
    store.handoff_steps.chase(1, AT + HOUR)
    sent(store)
    undo(store, user, 1, AT + 2 * HOUR)
    assert store.handoffs.of_case(1)[0].state == "taken back"
    assert emails(store) == [("taken back", ("safe@example.org", "on-call@example.org"))]
    assert store.handoffs.to_chase(AT + DAY) == []
    assert running(store)["look"] == AT + 4 * HOUR


def test_what_had_not_left_is_taken_back_without_a_word(store: Store, user: int) -> None:
    in_danger(store, user)
    undo(store, user, 1, AT + HOUR)
    assert emails(store) == []
    assert [step.mail for step in store.handoffs.of_case(1)[0].steps] == ["withdrawn", "none"]


def test_no_action_on_what_waits_takes_it_back_and_its_undo_asks_again(
    store: Store, user: int
) -> None:
    help_wanted(store, user)
    sent(store)
    decide(store, user, "no_action", AT + HOUR)
    assert store.handoffs.of_case(1)[0].state == "taken back"
    undo(store, user, 2, AT + 2 * HOUR)
    (handoff,) = store.handoffs.open(1)
    assert (handoff.state, handoff.due_at) == ("waits", AT + 3 * HOUR)
    assert [step for step, _ in emails(store)] == ["taken back", "waits again"]


def test_hiding_the_post_leaves_it_with_whoever_was_asked(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["pid"])
    decide(store, user, "escalate", AT, role="pals")
    decide(store, user, "remove", AT + HOUR)
    assert [handoff.state for handoff in store.handoffs.open(1)] == ["waits"]
    assert "look" in running(store)


def test_danger_comes_first_of_what_waits(store: Store, user: int) -> None:
    take(store, mention(1), mention(2, text=OTHER), risk="high", flags=["assistance"])
    decide(store, user, "escalate", AT, role="pals")
    decide(store, user, "escalate", AT + HOUR, case=2, role="safeguarding")
    assert [handoff.case for handoff in store.handoffs.waiting(AT + 2 * HOUR)] == [2, 1]
    store.handoff_steps.confirm(2, by=user, at=AT + 2 * HOUR, who="Dr Osei", when=AT + 2 * HOUR)
    assert [handoff.case for handoff in store.handoffs.waiting(AT + 2 * HOUR)] == [1, 2]


def test_what_waits_comes_in_pages_that_hold_each_once_in_the_same_order(
    store: Store, user: int
) -> None:
    texts = [f"Post {number} of its own, about {'abcdefgh'[number] * 9}" for number in range(6)]
    take(store, *(mention(number + 1, text=text) for number, text in enumerate(texts)), risk="medium", flags=["assistance"])  # fmt: skip
    for case in range(1, 7):
        role = "safeguarding" if case == 4 else "pals"
        decide(store, user, "escalate", AT + case * MINUTE, case=case, role=role)
    at = AT + 2 * DAY
    everything = [handoff.case for handoff in store.handoffs.waiting(at)]
    pages = [store.handoffs.waiting(at, limit=2, skip=skip) for skip in (0, 2, 4, 6)]
    assert [handoff.case for page in pages for handoff in page] == everything
    assert everything[0] == 4
    assert sorted(everything) == [1, 2, 3, 4, 5, 6]
    assert sum(store.handoffs.count_standing()) == 6


def test_a_purge_takes_hand_offs_with_their_case(store: Store, user: int) -> None:
    help_wanted(store, user)
    assert store.mentions.mark_gone([("x", mention(1).issued_id, "deleted")], at=AT + HOUR)
    assert purge(store).proved
    assert (store.handoffs.get(1), emails(store)) == (None, [])


def test_the_same_refusal_sent_twice_tells_one_person_more_and_not_two(
    store: Store, user: int
) -> None:
    in_danger(store, user)
    said = {"by": user, "note": "Not our area, ring children’s services"}
    assert store.handoff_steps.refuse(1, at=AT + 20 * MINUTE, **said)  # type: ignore[arg-type]
    for number in store.handoffs.to_chase(AT + 20 * MINUTE):
        store.handoff_steps.chase(number, AT + 20 * MINUTE)
    before = emails(store)
    assert store.handoff_steps.refuse(1, at=AT + 21 * MINUTE, **said)  # type: ignore[arg-type]
    assert store.handoffs.to_chase(AT + 21 * MINUTE) == []
    assert emails(store) == before
    (handoff,) = store.handoffs.open(1)
    assert [step.kind for step in handoff.steps].count("waits again") == 1
    assert store.handoff_steps.refuse(
        1, at=AT + 22 * MINUTE, by=user, note="Ring the on-call doctor"
    )
    (handoff,) = store.handoffs.open(1)
    assert handoff.refusal is not None
    assert handoff.refusal.note == "Ring the on-call doctor"
