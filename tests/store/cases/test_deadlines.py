"""Clocks of cases run, stop and are taken back by what people decide; takedowns and reports are followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from core.errors import StoreError
from core.models import Author, DecisionKind, Mention, Risk
from store import (
    CaseDecision,
    CaseQuery,
    Clock,
    LanePlacing,
    Moderation,
    Placing,
    Store,
    TakedownStep,
)
from store.cases.deadlines import Hours, StandingDecision, aware, look_due
from tests.store.factories import AT, DAY, HOUR, add, assess_all, flag, mention

OTHER = "They shut the walk-in centre in Hayes and told nobody about it at all"
US = Author(id="1", handle="HealthierNWL", name="NHS North West London")
NEVER = timedelta(days=9999)


def group(store: Store, at: datetime = AT) -> None:
    """Groups whatever waits by same words and threads alone, then does what a cycle does after it."""
    placings = [Placing(mention=one.mention, risk=one.risk) for one in store.grouping.ungrouped()]
    store.grouping.group(placings, alike=lambda *_: False, at=at)
    store.grouping.wake(at)


def take(
    store: Store,
    *found: Mention,
    risk: Risk = "medium",
    flags: Sequence[str] = (),
    at: datetime = AT,
) -> None:
    """Stores, assesses and groups."""
    add(store, *found, at=at)
    assess_all(store, risk, flags=[flag(name) for name in flags], at=at)
    group(store, at)


def decide(
    store: Store, user: int, kind: str, at: datetime = AT + HOUR, case: int = 1, **more: Any
) -> None:
    """A decision that covers all that a person should see of a case."""
    found = store.cases.get(case)
    assert found is not None
    covers = tuple(
        (one.item.number, one.item.revision) for one in store.cases.mentions(case) if one.reviewable
    )
    given: dict[str, Any] = {
        "case": case,
        "kind": kind,
        "by": user,
        "at": at,
        "covers": covers,
        "reason": "Someone else deals with it",
    }
    assert store.cases.decide(CaseDecision(**(given | more)), found.version)


def reply(
    store: Store, user: int, at: datetime = AT + HOUR, covers: tuple[tuple[int, int], ...] = ((1, 1),)
) -> None:  # fmt: skip
    """Says with which words somebody replied."""
    found = store.cases.get(1)
    assert found is not None
    said = CaseDecision(case=1, kind="respond", by=user, at=at, covers=covers)
    assert store.replies.record(said, found.version, text="Please ring us")


def undo(
    store: Store, user: int, version: int, at: datetime = AT + 2 * HOUR, case: int = 1
) -> None:
    decide(store, user, "undo", at, case, covers=(), undoes=version)


def running(store: Store, case: int = 1) -> dict[str, datetime]:
    """What runs of a case, and until when."""
    return {one.kind: one.due_at for one in store.deadlines.of_case(case) if one.stopped_at is None}


def due(store: Store, case: int = 1) -> datetime | None:
    found = store.cases.get(case)
    assert found is not None
    return found.due_at


def last(store: Store, case: int = 1) -> Clock:
    """What stopped last."""
    return next(one for one in store.deadlines.of_case(case) if one.stopped_at is not None)


@pytest.fixture
def user(store: Store) -> int:
    return store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number


# ── to be looked at ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("risk", "hours"), [("high", 4), ("medium", 24)])
def test_a_new_case_is_to_be_looked_at_by_its_risk(store: Store, risk: Risk, hours: int) -> None:
    take(store, mention(1), risk=risk, flags=["allegation"])
    assert running(store) == {"look": AT + hours * HOUR}
    assert due(store) == AT + hours * HOUR


def test_what_is_of_low_risk_has_no_clock(store: Store) -> None:
    take(store, mention(1), risk="low", flags=["brand"])
    assert (running(store), due(store)) == ({}, None)


def test_the_hours_are_those_of_the_configuration(store: Store) -> None:
    store.deadlines.due_by = Hours(now=1, assistance=7).due
    take(store, mention(1), risk="high", flags=["assistance"])
    assert running(store) == {"look": AT + HOUR, "assistance": AT + 7 * HOUR}


def test_what_is_over_is_overdue_until_somebody_decides(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["allegation"])
    overdue = CaseQuery(tab="overdue")
    assert store.queue.page(overdue, AT + 3 * HOUR).total == 0
    late = store.queue.page(overdue, AT + 5 * HOUR)
    assert (late.total, late.tabs["overdue"]) == (1, 1)
    decide(store, user, "monitor", AT + 5 * HOUR)
    assert (running(store), due(store)) == ({}, None)
    assert (last(store).why, last(store).stopped_at) == ("decided", AT + 5 * HOUR)
    assert store.queue.page(overdue, AT + DAY).tabs["overdue"] == 0


def test_grouping_twice_leaves_the_clock_alone(store: Store) -> None:
    take(store, mention(1), risk="high", flags=["allegation"])
    add(store, mention(1, metrics={"shares": 900}, fetched_at=AT + HOUR), at=AT + HOUR)
    assess_all(store, "high", flags=[flag()], policy="later", at=AT + HOUR)
    group(store, AT + HOUR)
    assert running(store) == {"look": AT + 4 * HOUR}


def test_a_case_that_turns_worse_is_due_sooner_and_never_later(store: Store) -> None:
    take(store, mention(1, text=OTHER), flags=["allegation"])
    take(store, mention(2, text=OTHER), risk="high", flags=["threat"], at=AT + 2 * HOUR)
    assert running(store) == {"look": AT + 6 * HOUR}
    due_by = Hours().due
    late = AT + 23 * HOUR
    assert look_due(AT, "now", late, due_by, ("look", AT + DAY)) == AT + DAY
    assert look_due(AT, "look", late, due_by, ("now", AT + 4 * HOUR)) == AT + DAY
    assert look_due(AT, "rest", late, due_by, ("now", AT)) is None


def test_undo_puts_the_clock_back_with_the_time_that_it_had(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["allegation"])
    decide(store, user, "no_action")
    undo(store, user, 1)
    assert running(store) == {"look": AT + 4 * HOUR}
    assert len(store.deadlines.of_case(1)) == 1


def test_asking_a_colleague_puts_nothing_off(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["allegation"])
    decide(store, user, "second_opinion", AT + HOUR)
    assert running(store) == {"look": AT + 4 * HOUR}
    undo(store, user, 1)
    assert running(store) == {"look": AT + 4 * HOUR}


def test_a_case_that_opens_again_is_to_be_looked_at_again(store: Store, user: int) -> None:
    take(store, mention(1, text=OTHER), flags=["allegation"])
    decide(store, user, "no_action")
    take(store, mention(2, text=OTHER), risk="high", flags=["threat"], at=AT + DAY)
    assert running(store) == {"look": AT + DAY + 4 * HOUR}


def test_a_snooze_has_no_clock_until_it_is_over(store: Store, user: int) -> None:
    take(store, mention(1), flags=["allegation"])
    decide(store, user, "snooze", until=AT + 2 * DAY)
    assert due(store) is None
    store.grouping.wake(AT + 2 * DAY)
    assert running(store) == {"look": AT + 3 * DAY}


def test_a_post_that_a_decision_left_out_keeps_its_time(store: Store, user: int) -> None:
    take(store, mention(1, text=OTHER), mention(2, text=OTHER), risk="high", flags=["threat"])
    decide(store, user, "no_action", covers=((1, 1),))
    assert running(store) == {"look": AT + 4 * HOUR}


def test_what_is_deleted_upstream_need_not_be_looked_at(store: Store) -> None:
    take(store, mention(1), risk="high", flags=["allegation"])
    store.mentions.mark_gone([("x", mention(1).issued_id, "deleted")], at=AT + HOUR)
    store.grouping.wake(AT + HOUR)
    assert due(store) is None
    assert last(store).why == "nothing left"


# ── somebody waits for a reply ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "hours"), [("assistance", 48), ("media", 4)])
def test_who_asks_has_a_clock_until_somebody_replied(
    store: Store, user: int, name: str, hours: int
) -> None:
    take(store, mention(1), risk="low", flags=[name])
    assert running(store) == {name: AT + hours * HOUR}
    decide(store, user, "escalate", role="pals")
    assert running(store) == {name: AT + hours * HOUR}
    decide(store, user, "respond", AT + 2 * HOUR)  # somebody means to, and nobody has yet
    assert running(store) == {name: AT + hours * HOUR}
    reply(store, user, AT + 3 * HOUR)
    assert (running(store), last(store).why) == ({}, "decided")
    assert last(store).stopped_at == AT + 3 * HOUR
    undo(store, user, 3, AT + 4 * HOUR)
    assert running(store) == {name: AT + hours * HOUR}


def test_a_story_that_asks_nothing_starts_no_clock_and_one_that_ran_stops(store: Store) -> None:
    take(store, mention(1), risk="low", flags=["media"])
    assert running(store) == {"media": AT + 4 * HOUR}
    store.database.execute("UPDATE case_mentions SET lane = 'look'")  # as an older release left it
    store.grouping.wake(AT + HOUR)
    assert ("media" in running(store), last(store).why) == (False, "nothing left")
    asks = LanePlacing(lane="answer", reason="Reporter asks", wanted_at=AT - DAY)
    store.grouping.set_lanes([Placing(mention=1, risk=0, lane=asks)], AT + 2 * HOUR)
    assert running(store)["media"] == AT - DAY  # by when they want it, which has passed


def test_the_media_desk_stops_it_once_it_says_that_it_has_it(store: Store, user: int) -> None:
    take(store, mention(1), risk="low", flags=["media"])
    decide(store, user, "escalate", role="media")
    assert running(store) == {"media": AT + 4 * HOUR}
    assert store.handoff_steps.confirm(
        1, by=user, at=AT + HOUR, who="Priya at the desk", when=AT + HOUR
    )
    assert running(store) == {}
    undo(store, user, 1)
    assert running(store) == {"media": AT + 4 * HOUR}


def test_the_earliest_counts_for_the_queue_and_a_case_that_is_done_may_have_one(
    store: Store, user: int
) -> None:
    take(store, mention(1), risk="high", flags=["assistance", "allegation"])
    assert set(running(store)) == {"look", "assistance"}
    assert due(store) == AT + 4 * HOUR
    decide(store, user, "monitor")
    found = store.cases.get(1)
    assert found is not None
    assert (found.state, found.due_at) == ("done", AT + 48 * HOUR)
    assert store.queue.page(CaseQuery(tab="overdue"), AT + 49 * HOUR).total == 1


def test_an_answer_of_an_account_of_ours_stops_it(store: Store) -> None:
    asks = mention(1, kind="comment", parent_id="77", root_id="77")
    take(store, asks, risk="low", flags=["assistance"])
    take(
        store,
        mention(
            2,
            text="Good morning",
            author=Author(handle="somebody"),
            kind="reply",
            parent_id=asks.issued_id,
        ),
        risk="none",
    )
    assert set(running(store)) == {"assistance"}
    answer = mention(
        3, own=True, author=US, kind="reply", parent_id=asks.issued_id, text="Please ring us"
    )
    take(store, answer, risk="none", at=AT + HOUR)
    assert running(store) == {}
    assert (last(store).why, last(store).stopped_at) == ("answered", AT + HOUR)


def test_two_who_ask_in_one_case_are_two_who_wait(store: Store, user: int) -> None:
    take(store, mention(1, text=OTHER), mention(2, text=OTHER), risk="low", flags=["assistance"])
    reply(store, user, covers=((1, 1),))
    assert set(running(store)) == {"assistance"}
    reply(store, user, covers=((2, 1),))
    assert running(store) == {}


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("no_action", {}),
        ("not_relevant", {}),
        ("duplicate", {}),
        ("monitor", {"assistance": False}),
    ],
)
def test_a_person_may_say_that_no_reply_is_due(
    store: Store, user: int, kind: str, labels: dict[str, bool]
) -> None:
    take(store, mention(1), risk="low", flags=["assistance"])
    take(store, mention(2, text=OTHER), risk="low")
    other = store.cases.of_mention(2) if kind == "duplicate" else None
    decide(store, user, kind, labels=labels, duplicate_of=other)
    assert running(store) == {}


def test_a_person_may_say_that_somebody_asks_where_the_model_did_not(
    store: Store, user: int
) -> None:
    take(store, mention(1), risk="low", flags=["brand"])
    decide(store, user, "escalate", role="pals", labels={"assistance": True})
    assert running(store) == {"assistance": AT + 49 * HOUR}


def test_what_is_no_longer_there_needs_no_reply(store: Store) -> None:
    take(store, mention(1), risk="low", flags=["assistance"])
    store.mentions.mark_gone([("x", mention(1).issued_id, "deleted")], at=AT + HOUR)
    store.grouping.wake(AT + HOUR)
    assert running(store) == {}


# ── personal data ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "monitor", "labels": {"pid": True}},
        {"kind": "remove"},
        {"kind": "escalate", "role": "information_governance"},
    ],
)
def test_a_person_who_confirms_personal_data_starts_72_hours(
    store: Store, user: int, said: dict[str, Any]
) -> None:
    take(store, mention(1), risk="high", flags=["pid"])
    assert "pid" not in running(store)
    decide(store, user, at=AT + HOUR, **said)
    assert running(store)["pid"] == AT + 73 * HOUR
    # whoever it was passed on to has not said that they have it, so that it is still to be looked at
    assert due(store) == AT + (4 if said["kind"] == "escalate" else 73) * HOUR
    assert [event.kind for event in store.audit.events() if "breach" in event.kind] == [
        "breach clock began"
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "monitor"},
        {"kind": "remove", "labels": {"pid": False}},
        {"kind": "report"},
        {"kind": "escalate", "role": "safeguarding"},
    ],
)
def test_what_confirms_nothing_starts_none(store: Store, user: int, said: dict[str, Any]) -> None:
    take(store, mention(1), risk="high", flags=["pid"])
    decide(store, user, **said)
    assert "pid" not in running(store)
    assert store.deadlines.breaches() == []


def test_it_counts_from_the_first_who_knew_and_stops_by_a_record_alone(
    store: Store, user: int
) -> None:
    take(store, mention(1), risk="high", flags=["pid"])
    decide(store, user, "escalate", AT + HOUR, role="information_governance")
    decide(store, user, "remove", AT + 9 * HOUR)
    (clock,) = store.deadlines.breaches()
    assert clock.due_at == AT + 73 * HOUR
    with pytest.raises(StoreError, match="what was done"):
        store.deadlines.record_done(clock.number, by=user, at=AT + DAY, outcome="told", note=" ")
    given: dict[str, Any] = {
        "by": user,
        "at": AT + DAY,
        "outcome": "reported",
        "note": "Rang the ICO, ref Quux7",
    }
    assert store.deadlines.record_done(clock.number, **given)
    assert not store.deadlines.record_done(clock.number, **given)
    done = last(store)
    assert (done.why, done.by_name, done.outcome) == ("recorded", "Amina Yusuf", "reported")
    assert store.handoff_steps.answer(1, by=user, at=AT + DAY, note="They told the ICO")
    assert done.note == "Rang the ICO, ref Quux7"
    assert due(store) is None
    assert b"Quux7" not in store.database.path.read_bytes()
    decide(store, user, "escalate", AT + 2 * DAY, role="pals")
    assert store.deadlines.breaches() == []  # it is the same breach


def test_another_post_with_personal_data_is_another_breach(store: Store, user: int) -> None:
    take(store, mention(1, text=OTHER), risk="high", flags=["pid"])
    decide(store, user, "remove")
    store.deadlines.record_done(
        store.deadlines.breaches()[0].number, by=user, at=AT + DAY, outcome="", note="done"
    )
    take(store, mention(2, text=OTHER), risk="high", flags=["pid"], at=AT + 2 * DAY)
    assert store.deadlines.breaches() == []
    decide(store, user, "remove", AT + 2 * DAY)
    assert [one.due_at for one in store.deadlines.breaches()] == [AT + 5 * DAY]


def test_it_is_taken_back_with_the_decision_or_by_a_later_no(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["pid"])
    decide(store, user, "remove")
    undo(store, user, 1)
    assert (store.deadlines.breaches(), last(store).why) == ([], "taken back")
    decide(store, user, "remove", AT + 3 * HOUR)
    assert running(store)["pid"] == AT + 75 * HOUR
    decide(store, user, "monitor", AT + 4 * HOUR, labels={"pid": False})
    assert store.deadlines.breaches() == []
    undo(store, user, 4, AT + 5 * HOUR)
    assert running(store)["pid"] == AT + 75 * HOUR


def test_a_new_reading_stops_no_clock_of_a_breach(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["pid"])
    decide(store, user, "remove")
    assess_all(store, "low", policy="later", at=AT + 2 * HOUR)
    group(store, AT + 2 * HOUR)
    decide(store, user, "monitor", AT + 3 * HOUR)
    assert running(store) == {"pid": AT + 73 * HOUR}


def test_a_purge_takes_the_case_and_the_clock_of_a_breach_runs_on(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["pid", "assistance"])
    decide(store, user, "remove")
    proof = store.retention.purge(AT + DAY, {"default": HOUR}, deleted_after=HOUR)
    assert proof.proved
    assert store.cases.get(1) is None
    (clock,) = store.deadlines.breaches()
    assert (clock.case_there, clock.due_at) == (False, AT + 73 * HOUR)
    # what stopped stays, for the figures of past weeks, by nobody's name
    stays = store.database.rows(
        "SELECT kind, stopped_by, encrypted FROM deadlines WHERE kind <> 'pid'"
    )
    assert [(row["kind"], row["stopped_by"], row["encrypted"]) for row in stays] == [
        ("look", None, None)
    ]
    assert store.deadlines.record_done(
        clock.number, by=user, at=AT + DAY, outcome="", note="told the ICO"
    )
    store.retention.purge(AT + 2 * DAY, {"default": HOUR}, deleted_after=HOUR)
    assert store.database.rows("SELECT * FROM deadlines WHERE kind = 'pid'") == []
    store.retention.purge(AT + 900 * DAY, {"default": HOUR}, deleted_after=HOUR)
    assert store.database.rows("SELECT * FROM deadlines") == []
    assert store.maintenance.verify().ok


def test_the_last_word_on_the_flag_holds() -> None:
    def said(
        version: int, pid: bool | None = None, kind: DecisionKind = "monitor"
    ) -> StandingDecision:
        labels = {} if pid is None else {"pid": pid}
        return StandingDecision(
            version=version,
            kind=kind,
            role="",
            at=AT + version * HOUR,
            labels=labels,
            covers={1: 1},
        )

    found = aware([said(1, True), said(2, False), said(3, True)], set(), known=(), recorded=0)
    assert (found[0] and found[0].version, found[1]) == (3, None)
    found = aware([said(1, True), said(2, False)], set(), known=(), recorded=0)
    assert found == (None, 2)
    assert aware([said(1, kind="remove")], set(), known=(), recorded=0) == (None, None)
    assert aware([said(1, kind="remove")], set(), known=(1,), recorded=0)[0] is not None


# ── takedowns ────────────────────────────────────────────────────────────────────────────────────


def step(user: int, name: str, at: datetime = AT + HOUR, **more: Any) -> TakedownStep:
    given: dict[str, Any] = {"mention": 1, "step": name, "at": at, "by": user, "kept_at": AT + DAY}
    return TakedownStep(**(given | more))


def test_what_is_sent_twice_is_kept_once(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["pid"])
    asked = step(user, "asked", how="the form for privacy")
    store.takedowns.add(asked)
    store.takedowns.add(replace(asked, at=asked.at + HOUR / 3600))
    store.takedowns.add(replace(asked, note="by telephone too"))
    store.takedowns.add(replace(asked, note="by telephone too", kept_at=AT + 2 * DAY))
    assert [one.note for one in store.takedowns.of_case(1)[0].steps] == [
        "",
        *["by telephone too"] * 2,
    ]
    told = store.staff_reports.add(1, at=AT, worry="It is about me", target=True)
    assert (
        store.staff_reports.add(1, at=AT + HOUR / 3600, worry="It is about me", target=True) == told
    )
    assert store.staff_reports.add(1, at=AT + HOUR / 3600, worry="It is about me") != told


def test_a_post_to_be_removed_is_followed_until_it_is_gone(store: Store, user: int) -> None:
    take(store, mention(1), risk="high", flags=["pid"])
    assert store.takedowns.open() == []
    assert store.takedowns.of_case(1)[0].standing == "nothing"
    decide(store, user, "remove")
    (open_one,) = store.takedowns.open()
    assert (open_one.standing, open_one.since, open_one.case) == ("wanted", AT + HOUR, 1)
    store.takedowns.add(
        step(user, "asked", AT + 2 * HOUR, how="the form for privacy", reference="Kx-77120")
    )
    store.takedowns.add(step(user, "reminded", AT + 3 * HOUR, whom="author"))
    (open_one,) = store.takedowns.open()
    assert (open_one.standing, open_one.since) == ("reminded", AT + 2 * HOUR)
    first = open_one.steps[0]
    assert (first.how, first.reference, first.by_name) == (
        "the form for privacy",
        "Kx-77120",
        "Amina Yusuf",
    )
    assert b"Kx-77120" not in store.database.path.read_bytes()
    store.mentions.mark_gone([("x", mention(1).issued_id, "deleted")], at=AT + DAY)
    assert store.takedowns.open() == []
    (gone,) = store.takedowns.of_case(1)
    assert (gone.standing, gone.gone_at) == ("gone", AT + DAY)


def test_a_person_may_write_down_that_it_is_gone_or_that_no_more_can_be_done(
    store: Store, user: int
) -> None:
    take(store, mention(1), flags=["removal_request"])
    store.takedowns.add(step(user, "asked"))
    store.takedowns.add(step(user, "refused", AT + 2 * HOUR))
    assert [one.standing for one in store.takedowns.open()] == ["refused"]
    with pytest.raises(StoreError, match="why no more can be done"):
        store.takedowns.add(step(user, "given_up", AT + 3 * HOUR))
    store.takedowns.add(step(user, "given_up", AT + 3 * HOUR, note="it is lawful"))
    assert store.takedowns.open() == []
    store.takedowns.add(step(user, "asked", AT + 4 * HOUR))
    assert [one.standing for one in store.takedowns.open()] == ["asked"]
    store.takedowns.add(step(user, "gone", AT + 5 * HOUR))
    assert store.takedowns.open() == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"step": "reminded"}, "nobody was asked"),
        ({"step": "refused"}, "nobody was asked"),
        ({"step": "asked", "at": AT + 2 * DAY}, "future"),
        ({"step": "asked", "mention": 99}, "in no case"),
    ],
)
def test_a_step_that_can_not_be_is_refused(
    store: Store, user: int, changes: dict[str, Any], why: str
) -> None:
    take(store, mention(1), flags=["pid"])
    with pytest.raises(StoreError, match=why):
        store.takedowns.add(step(user, changes.pop("step"), **changes))


def test_whoever_waits_longest_comes_first(store: Store, user: int) -> None:
    take(
        store,
        mention(1, text="One thing about Brent"),
        mention(2, text="Another in Ealing"),
        flags=["pid"],
    )
    store.takedowns.add(step(user, "asked", AT + 3 * HOUR, mention=1))
    store.takedowns.add(step(user, "asked", AT + 2 * HOUR, mention=2))
    assert [one.mention for one in store.takedowns.open()] == [2, 1]


# ── what staff reported ──────────────────────────────────────────────────────────────────────────


def test_what_somebody_reported_is_looked_at_whatever_the_model_says(store: Store) -> None:
    add(store, mention(1))
    number = store.staff_reports.add(
        1, at=AT, worry="It is about Zanzibarquux", who="Rowan", target=True
    )
    told = store.staff_reports.get(number)
    assert told is not None
    assert (told.assessed, told.case) == (False, None)
    assess_all(store, "none")
    group(store)
    told = store.staff_reports.get(number)
    assert told is not None
    assert (told.assessed, told.case, told.state, told.target) == (True, 1, "new", True)
    assert [one.worry for one in store.staff_reports.of_case(1)] == ["It is about Zanzibarquux"]
    assert b"Zanzibarquux" not in store.database.path.read_bytes()
    assert store.search.find_person("rowan", at=AT) == [1]
    assert [item.number for item in store.figures.flagged(AT - DAY, AT + DAY)] == [1]


def test_what_was_assessed_before_opens_at_once_and_what_was_decided_opens_again(
    store: Store, user: int
) -> None:
    take(store, mention(1), risk="none")
    assert store.cases.get(1) is None
    store.staff_reports.add(1, at=AT)
    assert store.queue.page(CaseQuery(), AT).total == 1
    decide(store, user, "no_action")
    store.staff_reports.add(1, at=AT + HOUR, worry="it goes on")
    found = store.cases.get(1)
    assert found is not None
    assert found.state == "open"


def test_a_report_of_a_copy_opens_a_case_that_was_escalated_without_it(
    store: Store, user: int
) -> None:
    take(store, mention(1, text=OTHER), flags=["allegation"])
    take(store, mention(2, text=OTHER), risk="none")  # a copy that nobody need see
    decide(store, user, "escalate", role="pals")
    store.staff_reports.add(2, at=AT + 2 * HOUR, worry="it is about me")
    case = store.cases.get(1)
    assert case is not None
    assert (case.state, case.flagged) == ("open", 2)


def test_a_report_leaves_what_waits_to_be_grouped_waiting(store: Store) -> None:
    add(store, mention(1, text=OTHER), mention(2))
    assess_all(store, "medium", flags=[flag()])
    store.staff_reports.add(2, at=AT)
    assert len(store.grouping.ungrouped()) == 2
    group(store)
    assert store.queue.page(CaseQuery(), AT).total == 2


def test_a_report_goes_with_its_post(store: Store) -> None:
    take(store, mention(1), risk="none")
    number = store.staff_reports.add(1, at=AT, worry="w")
    assert store.retention.purge(AT + DAY, {"default": HOUR}, deleted_after=HOUR).proved
    assert store.staff_reports.get(number) is None
    with pytest.raises(StoreError, match="no mention"):
        store.staff_reports.add(1, at=AT)


def test_keys_are_changed_of_all_that_is_sealed(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        user = store.users.add("local", "amina", "Amina", ["reviewer"], at=AT).number
        take(store, mention(1), risk="high", flags=["pid"])
        decide(store, user, "remove")
        store.takedowns.add(step(user, "asked", reference="r"))
        store.staff_reports.add(1, at=AT, worry="w")
        store.deadlines.record_done(
            store.deadlines.breaches()[0].number, by=user, at=AT + DAY, outcome="", note="n"
        )
        new = Fernet.generate_key().decode()
        store.maintenance.rotate_keys([new, *keys])
    with Store.open(path, [new]) as store:
        assert last(store).note == "n"
        assert store.takedowns.of_case(1)[0].steps[0].reference == "r"
        assert store.staff_reports.of_case(1)[0].worry == "w"


def test_what_was_hidden_on_our_page_is_hidden_until_it_is_shown_again(store: Store, user: int) -> None:  # fmt: skip
    take(store, mention(1), risk="high", flags=["pid"])
    decide(store, user, "remove")
    moved = [("hide", "refused", "wanted"), ("hide", "done", "hidden"), ("unhide", "done", "wanted"), ("spam", "done", "hidden")]  # fmt: skip
    number = 0
    for minutes, (action, outcome, standing) in enumerate(moved, 1):
        moment = AT + HOUR + minutes * HOUR / 60
        act = Moderation(mention=1, revision=1, source="x", action=action, by=user, at=moment)
        begun = store.moderations.begin(act, after=number)
        assert begun is not None
        number = begun
        store.moderations.end(number, outcome, at=moment)  # type: ignore[arg-type]
        (takedown,) = store.takedowns.followed()
        assert takedown.standing == standing, action
        assert [each.mention for each in store.takedowns.open()] == ([1] if standing == "wanted" else [])  # fmt: skip
    assert takedown.hidden is not None
    assert (takedown.hidden.action, takedown.hidden.at, takedown.hidden.by_name) == ("spam", moment, "Amina Yusuf")  # fmt: skip


def test_what_was_seen_to_be_hidden_is_hidden_though_nobody_did_it_from_here(store: Store, user: int) -> None:  # fmt: skip
    take(store, mention(1), risk="high", flags=["pid"])
    decide(store, user, "remove")
    add(store, mention(1, hidden=True, fetched_at=AT + DAY))
    assert [each.standing for each in store.takedowns.followed()] == ["hidden"]
    assert store.takedowns.open() == []


# ── a promise that was missed ────────────────────────────────────────────────────────────────────


def weekly(store: Store, at: datetime) -> dict[str, tuple[int, int, int]]:
    """Of each lane how many cases began to wait, were looked at in time and late, as the weekly summary has it."""
    return {each.lane: (each.cases, each.in_time, each.late) for each in store.weekly.lanes(AT - DAY, AT + DAY, at)}  # fmt: skip


def move(store: Store, lane: str | None, at: datetime) -> None:
    """Puts the case into another lane, as its posts' decisions do."""
    store.database.execute("UPDATE case_mentions SET lane = ?", lane)
    store.database.execute("UPDATE cases SET lane = ?", lane)
    with store.database.transaction():
        store.deadlines.update(1, at)


@pytest.mark.parametrize("then", ["answer", "look", "rest"])
def test_what_was_late_in_its_lane_stays_late_there_whatever_lane_it_goes_to(
    store: Store, user: int, then: str
) -> None:
    take(store, mention(1), risk="high", flags=["allegation"])
    move(store, "now", AT + HOUR)
    late = AT + 5 * HOUR
    assert weekly(store, late) == {"now": (1, 0, 1)}
    if then == "rest":  # where no time is promised, so that the clock ends: somebody decided so
        decide(store, user, "confirm", late)
    move(store, then, late)
    assert weekly(store, late + HOUR) == {"now": (1, 0, 1)}
    if then != "rest":
        assert running(store)["look"] > late
        move(store, "now", late + HOUR)
        assert weekly(store, late + 2 * HOUR) == {"now": (1, 0, 1)}
        assert running(store) == {"look": AT + 4 * HOUR}, "no fresh hour by going there and back"


def test_what_was_in_time_when_it_went_to_another_lane_is_counted_there(store: Store) -> None:
    take(store, mention(1), risk="high", flags=["allegation"])
    move(store, "now", AT + HOUR)
    move(store, "look", AT + 2 * HOUR)
    assert weekly(store, AT + 5 * HOUR) == {"look": (1, 0, 0)}
    assert store.workload.count_late(AT + 5 * HOUR) == 0
