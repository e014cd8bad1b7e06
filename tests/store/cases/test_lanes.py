"""A case stands in the lane of its worst post that waits, once; its rows, the next of it and its counts come from an index."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core import clock
from core.models import Author, Lane, Mention, Risk
from steps.lanes import PERSON_FIRST
from store import CaseDecision, LanePlacing, LaneRow, PathStep, Placing, Progress, Store
from tests.store.factories import AT, DAY, HOUR, add, assess_all, flag, mention

STORY = "They shut the walk-in centre in Hayes and told nobody about it at all"
ALL: tuple[Lane, ...] = ("now", "answer", "look", "rest", "guardian")


def place(store: Store, lane: Lane, *, weight: int = 0, at: datetime = AT) -> None:
    """Groups what waits, all of it into one lane."""
    placing = LanePlacing(lane=lane, reason=f"Because of {lane}", weight=weight)
    waiting = [
        Placing(mention=one.mention, risk=one.risk, lane=placing)
        for one in store.grouping.ungrouped()
    ]
    store.grouping.group(waiting, alike=lambda *_: False, at=at)


def take(
    store: Store, lane: Lane, *found: Mention, risk: Risk = "medium", flags: tuple[str, ...] = ("allegation",),
    weight: int = 0, at: datetime = AT,
) -> None:  # fmt: skip
    """Stores, assesses and groups into a lane."""
    add(store, *found, at=at)
    assess_all(store, risk, flags=[flag(name) for name in flags], at=at)
    place(store, lane, weight=weight, at=at)


def words(number: int) -> Mention:
    """A post that says what no other says."""
    return mention(
        number, text=f"{'abcdefghij'[number % 10] * 7} {number} said about the clinic again"
    )


def decide(store: Store, user: int, case: int, *posts: tuple[int, int], at: datetime = AT + HOUR, **more: Any) -> bool:  # fmt: skip
    found = store.cases.get(case)
    assert found is not None
    covers = posts or tuple(
        (one.item.number, one.item.revision) for one in store.cases.mentions(case) if one.reviewable
    )
    given: dict[str, Any] = {
        "case": case,
        "kind": "no_action",
        "by": user,
        "at": at,
        "covers": covers,
        "reason": "It is none",
    }
    given |= more
    return store.cases.decide(CaseDecision(**given), found.version)


def lane(store: Store, case: int = 1) -> tuple[Lane | None, int | None]:
    found = store.cases.get(case)
    assert found is not None
    return found.lane, found.lane_mention


def listed(store: Store, *lanes: Lane, user: int = 0, at: datetime = AT) -> list[int]:
    return [row.case.number for row in store.lanes.rows(lanes or ALL, user=user, at=at, limit=50)]


def row(store: Store, case: int = 1, at: datetime = AT) -> LaneRow:
    return next(
        one for one in store.lanes.rows(ALL, user=0, at=at, limit=50) if one.case.number == case
    )


@pytest.fixture
def user(store: Store) -> int:
    return store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number


@pytest.fixture
def bea(store: Store) -> int:
    return store.users.add("local", "bea", "Bea Whitlock", ["reviewer"], at=AT).number


def of_two_posts(store: Store) -> None:
    """One case: a look that came first, then the same words that are a danger."""
    take(store, "look", mention(1, text=STORY))
    take(store, "now", mention(2, text=STORY), risk="high", flags=("threat",))


def test_a_case_stands_in_the_lane_of_its_worst_post_with_that_posts_reason(store: Store) -> None:
    of_two_posts(store)
    assert lane(store) == ("now", 2)
    assert store.lanes.counts() == {"now": 1, "answer": 0, "look": 0, "rest": 0, "guardian": 0}
    found = row(store)
    assert (found.lane, found.reason, found.item.number, found.posts) == (
        "now",
        "Because of now",
        2,
        2,
    )


def test_a_decided_post_leaves_the_case_to_the_next_and_undo_brings_it_back(
    store: Store, user: int
) -> None:
    of_two_posts(store)
    decide(store, user, 1, (2, 1), labels={"threat": False})
    assert lane(store) == ("look", 1)
    assert row(store).posts == 1
    decide(store, user, 1, (1, 1))
    assert lane(store) == (None, None)
    assert listed(store) == []
    assert store.cases.decide(
        CaseDecision(case=1, kind="undo", by=user, at=AT + 2 * HOUR, undoes=1), 2
    )
    assert lane(store) == ("now", 2)


@pytest.mark.parametrize(
    "decision", [{"kind": "escalate", "role": "pals"}, {"kind": "snooze", "until": AT + DAY}, {}]
)
def test_what_waits_elsewhere_or_is_done_is_in_no_lane(
    store: Store, user: int, decision: dict[str, Any]
) -> None:
    take(store, "look", mention(1))
    decide(store, user, 1, **decision)
    assert lane(store) == (None, None)


def test_a_snooze_that_is_over_puts_the_case_back(store: Store, user: int) -> None:
    take(store, "answer", mention(1))
    decide(store, user, 1, kind="snooze", until=AT + DAY)
    store.grouping.wake(AT + 2 * DAY)
    assert lane(store) == ("answer", 1)
    assert row(store).posts == 1


def test_a_case_that_is_opened_again_stands_where_it_stood(store: Store, user: int) -> None:
    take(store, "look", mention(1))
    decide(store, user, 1)
    decide(store, user, 1, kind="reopen", covers=())
    assert lane(store) == ("look", 1)


def test_a_deleted_post_waits_no_more_and_one_that_came_back_does(store: Store) -> None:
    of_two_posts(store)
    store.mentions.mark_gone([("x", mention(2).issued_id, "deleted")], at=AT + HOUR)
    assert lane(store) == ("look", 1)
    store.mentions.mark_gone([("x", mention(1).issued_id, "deleted")], at=AT + HOUR)
    assert lane(store) == (None, None)
    assert sum(store.lanes.counts().values()) == 0


def test_an_edited_post_waits_again_and_says_so(store: Store, user: int) -> None:
    take(store, "look", mention(1))
    decide(store, user, 1)
    later = AT + 2 * HOUR
    take(
        store,
        "answer",
        mention(1, text="Quite another thing", edited_at=later, fetched_at=later),
        at=later,
    )
    assert lane(store) == ("answer", 1)
    assert row(store, at=later).edited


def test_what_protects_speech_comes_before_what_is_closed_in_bulk(store: Store) -> None:
    take(store, "rest", mention(1, text=STORY))
    take(store, "guardian", mention(2, text=STORY))
    assert lane(store) == ("guardian", 2)
    take(store, "look", mention(3, text=STORY))
    assert lane(store) == ("look", 3)


# ── order


def test_now_begins_with_danger_to_life_and_then_the_least_time_left(store: Store) -> None:
    take(store, "now", words(1), risk="high")
    take(store, "now", words(2), risk="high", at=AT + HOUR)
    take(store, "now", words(3), risk="high", at=AT + 2 * HOUR, weight=2 * PERSON_FIRST)
    take(store, "now", words(4), risk="high", at=AT + 3 * HOUR, weight=PERSON_FIRST + 90_000)
    assert listed(store, "now", at=AT + 3 * HOUR) == [3, 1, 2, 4]


def test_in_now_a_leak_and_a_threat_fall_behind_nothing_less_grave_whatever_their_time(
    store: Store,
) -> None:
    """What is left of a leak that was hidden has a later time, and stays above a page in our name; danger above both."""
    for number, name in enumerate(("security", "pid", "threat", "impersonation"), start=1):
        take(store, "now", words(number), risk="high", flags=(name,), at=AT + number * HOUR)
    take(store, "now", words(5), risk="high", flags=("safeguarding",), weight=2 * PERSON_FIRST, at=AT + 5 * HOUR)  # fmt: skip
    assert listed(store, "now", at=AT + 5 * HOUR) == [5, 2, 3, 1, 4]
    later = clock.text(AT + DAY)
    store.database.execute("UPDATE deadlines SET due_at = ? WHERE case_number = 2", later)
    store.database.execute("UPDATE cases SET due_at = ? WHERE number = 2", later)
    assert listed(store, "now", at=AT + 5 * HOUR) == [5, 3, 2, 1, 4]


def test_look_begins_with_what_is_aimed_at_a_person_then_reach_then_age(store: Store) -> None:
    for number, weight in ((1, 0), (2, 0), (3, 900), (4, 10**9)):
        take(store, "look", words(number), weight=weight, at=AT + number * HOUR)
    assert listed(store, "look", at=AT + DAY) == [4, 3, 1, 2]


def test_answer_begins_with_what_is_due_first(store: Store) -> None:
    take(store, "answer", words(1), flags=("assistance",), risk="low")
    take(store, "answer", words(2), flags=("media",), at=AT + HOUR)
    assert listed(store, "answer", at=AT + HOUR) == [2, 1]
    assert row(store, 2).due_at == AT + 5 * HOUR


def test_lanes_come_one_after_another_and_no_more_of_each_than_asked_for(store: Store) -> None:
    take(store, "rest", words(1))
    take(store, "look", words(2))
    take(store, "now", words(3))
    take(store, "now", words(4))
    assert sorted(listed(store)[:2]) == [3, 4]
    found = store.lanes.rows(("now", "look", "rest"), user=0, at=AT, limit=1)
    assert [one.lane for one in found] == ["now", "look", "rest"]


def test_a_row_says_who_has_it_and_whether_anybody_opened_it(store: Store, user: int) -> None:
    take(store, "look", words(1))
    assert (row(store).who, row(store).opened) == (None, False)
    store.claims.claim(1, user, AT)
    assert (row(store).who, row(store).opened) == (user, True)
    later = AT + timedelta(minutes=20)
    assert (row(store, at=later).who, row(store, at=later).opened) == (None, True)


# ── next


def four(store: Store) -> None:
    for number in (1, 2, 3, 4):
        take(store, "look", words(number), at=AT + number * HOUR)


def after(store: Store, case: int, user: int, *, lanes: tuple[Lane, ...] = ALL) -> int | None:
    return store.lanes.next_after(case, user=user, at=AT + 5 * HOUR, lanes=lanes)


def test_next_is_the_next_row_down_also_from_one_that_was_just_decided(
    store: Store, user: int
) -> None:
    four(store)
    assert after(store, 2, user) == 3
    decide(store, user, 2, at=AT + 5 * HOUR)
    assert after(store, 2, user) == 3
    decide(store, user, 3, at=AT + 5 * HOUR)
    assert after(store, 3, user) == 4
    decide(store, user, 4, at=AT + 5 * HOUR)
    assert after(store, 4, user) == 1


def test_next_leaves_out_what_a_colleague_has_open_or_was_given(
    store: Store, user: int, bea: int
) -> None:
    four(store)
    store.claims.claim(3, bea, AT + 5 * HOUR)
    assert after(store, 2, user) == 4
    assert after(store, 2, bea) == 3
    store.assignments.assign(4, to=bea, by=user, at=AT + 5 * HOUR, seen=0)
    assert after(store, 2, user) == 1


def test_next_never_goes_in_circles(store: Store, user: int) -> None:
    four(store)
    seen, case = [], 1
    for _ in range(6):
        decide(store, user, case, kind="second_opinion", at=AT + 5 * HOUR)  # it stays open
        seen.append(case)
        found = after(store, case, user)
        if found is None:
            break
        case = found
    assert seen == [1, 2, 3, 4]


def test_next_keeps_to_the_lanes_that_one_works_in(store: Store, user: int) -> None:
    take(store, "now", words(1))
    take(store, "look", words(2))
    take(store, "rest", words(3))
    assert after(store, 1, user, lanes=("now", "look")) == 2
    assert after(store, 2, user, lanes=("now", "look")) == 1
    assert after(store, 2, user, lanes=("look",)) is None


@pytest.mark.parametrize("closed", [False, True])
def test_after_the_steps_of_one_in_now_the_most_urgent_comes_and_not_what_stands_below_its_later_time(
    store: Store, user: int, closed: bool
) -> None:
    for number in (1, 2, 3):
        take(store, "now", words(number), at=AT + number * HOUR)
    step = PathStep(case=2, path="danger", step="called", by=user, at=AT + 4 * HOUR)
    assert store.path_steps.add(step, seen=0)
    if closed:
        decide(store, user, 2, at=AT + 5 * HOUR)
    assert after(store, 2, user, lanes=("now",)) == 1


def test_after_one_of_now_comes_the_next_of_now_also_from_above_while_there_is_any(
    store: Store, user: int
) -> None:
    take(store, "now", words(1))
    take(store, "now", words(2), at=AT + HOUR)
    take(store, "answer", words(3))
    assert after(store, 2, user) == 1
    decide(store, user, 2, at=AT + 5 * HOUR)
    assert after(store, 2, user) == 1
    decide(store, user, 1, at=AT + 5 * HOUR)
    assert after(store, 1, user) == 3


# ── a day's work


def test_progress_counts_what_anybody_decided_today_and_what_is_left(
    store: Store, user: int, bea: int
) -> None:
    four(store)
    take(store, "rest", words(5))
    day = clock.day(clock.local_day(AT))[0]
    assert store.lanes.progress(day, AT + 5 * HOUR) == Progress(done=0, left=4)
    decide(store, user, 1)
    decide(store, bea, 2)
    assert store.lanes.progress(day, AT + 5 * HOUR) == Progress(done=2, left=2)
    store.cases.decide(CaseDecision(case=2, kind="undo", by=bea, at=AT + 2 * HOUR, undoes=1), 1)
    assert store.lanes.progress(day, AT + 5 * HOUR) == Progress(done=1, left=3)
    assert store.lanes.progress(day + DAY, AT + DAY) == Progress(done=0, left=3)
    decide(store, user, 5)  # closing the rest makes the day no longer
    assert store.lanes.progress(day, AT + 5 * HOUR) == Progress(done=1, left=3)


def test_a_case_that_was_decided_and_waits_again_is_left_and_not_done_too(
    store: Store, user: int
) -> None:
    take(store, "look", words(1))
    decide(store, user, 1)
    day = clock.day(clock.local_day(AT))[0]
    assert store.lanes.progress(day, AT + 5 * HOUR) == Progress(done=1, left=0)
    store.database.execute("UPDATE case_mentions SET decided_revision = NULL WHERE case_number = 1")
    store.database.execute("UPDATE cases SET lane = 'look', state = 'open' WHERE number = 1")
    assert store.lanes.progress(day, AT + 5 * HOUR) == Progress(done=0, left=1)


def test_the_median_is_not_told_before_fifty_cases_and_leaves_out_breaks(
    store: Store, user: int
) -> None:
    take(store, "look", words(1))
    at = AT
    for number in range(60):
        at += timedelta(minutes=40 if number == 30 else 2)
        decide(store, user, 1, at=at)
        if number == 40:
            assert store.lanes.median_minutes("look", AT) is None
        found = store.cases.get(1)
        assert found is not None
        store.database.execute("UPDATE case_mentions SET decided_revision = NULL")
    assert store.lanes.median_minutes("look", AT) == pytest.approx(2)
    assert store.lanes.median_minutes("now", AT) is None


# ── threads


def reply(number: int, to: Mention, text: str) -> Mention:
    return mention(number, text=text, kind="reply", parent_id=to.issued_id, root_id=to.issued_id)


@pytest.mark.parametrize(
    ("first", "then", "cases"),
    [
        (("look", "allegation"), ("look", "allegation"), {1: 1, 2: 1}),
        (("look", "allegation"), ("look", "derogatory"), {1: 1, 2: 2}),
        (("look", "allegation"), ("answer", "assistance"), {1: 1, 2: 2}),
        (("rest", "brand"), ("rest", "no_disclaimer"), {1: 1, 2: 1}),
        (("guardian", "allegation"), ("guardian", "grievance"), {1: 1, 2: 1}),
        (("guardian", "allegation"), ("look", "allegation"), {1: 1, 2: 2}),
    ],
)
def test_a_reply_joins_the_case_of_its_thread_only_where_it_is_about_the_same(
    store: Store, first: tuple[Lane, str], then: tuple[Lane, str], cases: dict[int, int]
) -> None:
    top = mention(1, text=STORY)
    take(store, first[0], top, flags=(first[1],))
    take(
        store, then[0], reply(2, top, "Something else entirely, said underneath"), flags=(then[1],)
    )
    assert {number: store.cases.of_mention(number) for number in (1, 2)} == cases


def test_two_people_in_danger_under_one_post_are_two_cases(store: Store) -> None:
    top = mention(9, text="Our page on feeling low", own=True)
    add(store, top)
    for number in (1, 2):
        text = f"{'ab'[number - 1] * 8} and there is nothing left for me {number}"
        take(store, "now", reply(number, top, text), flags=("safeguarding",), risk="high")
    assert store.cases.of_mention(1) != store.cases.of_mention(2)


# ── what a colleague reported


def test_what_a_colleague_reported_is_in_now_until_somebody_has_looked(
    store: Store, user: int
) -> None:
    take(store, "rest", mention(1), risk="low")
    store.staff_reports.add(1, at=AT, worry="Our ward board", reason="Our ward board")
    assert lane(store) == ("now", 1)
    assert (row(store).reason, row(store).reported) == ("Our ward board", True)
    decide(store, user, 1)
    assert lane(store) == (None, None)


def test_a_report_of_what_was_decided_waits_again_and_the_old_decision_covers_it_no_longer(
    store: Store, user: int
) -> None:
    take(store, "look", mention(1))
    decide(store, user, 1)
    store.staff_reports.add(1, at=AT + 2 * HOUR)
    assert lane(store) == ("now", 1)
    assert row(store).reason == "Reported by a colleague"
    assert row(store).due_at == AT + 6 * HOUR
    decide(store, user, 1, at=AT + 3 * HOUR)
    assert lane(store) == (None, None)
    store.cases.decide(CaseDecision(case=1, kind="undo", by=user, at=AT + 4 * HOUR, undoes=2), 2)
    assert lane(store) == ("now", 1)


def test_a_report_of_what_nobody_has_assessed_is_told_to_the_grouping(store: Store) -> None:
    add(store, mention(1))
    store.staff_reports.add(1, at=AT, worry="It names our ward")
    assess_all(store, "none")
    (waiting,) = store.grouping.ungrouped()
    assert waiting.facts is not None
    assert (waiting.facts.reported, waiting.facts.worry) == (True, "It names our ward")


def test_a_report_raises_an_alert_at_once_before_anybody_has_assessed_it(store: Store) -> None:
    add(store, mention(1))
    store.staff_reports.add(1, at=AT, worry="It names our ward")
    (alert,) = store.alerts.raised()
    assert (alert.kind, alert.mention, alert.case) == ("reported", 1, None)
    store.staff_reports.add(1, at=AT + HOUR, worry="And again")
    assert len(store.alerts.raised()) == 2


# ── what an older program left


def test_posts_without_a_lane_are_sorted_anew_and_their_clock_with_them(store: Store) -> None:
    add(store, mention(1))
    assess_all(store, "medium", flags=[flag("media")])
    (one,) = store.grouping.ungrouped()
    store.grouping.group([Placing(mention=1, risk=one.risk)], alike=lambda *_: False, at=AT)
    assert lane(store) == (None, None)
    (waiting,) = store.grouping.without_reason()
    assert waiting.facts is not None
    assert [found.name for found in waiting.facts.flags] == ["media"]
    placing = LanePlacing(lane="answer", reason="Reporter asks for comment")
    store.grouping.set_lanes([Placing(mention=1, risk=0, lane=placing)], AT)
    assert lane(store) == ("answer", 1)
    assert store.grouping.without_reason() == []


# ── a million mentions


def test_in_answer_need_that_cant_wait_stands_above_what_is_due_before_it(store: Store) -> None:
    take(store, "answer", words(1), at=AT)
    take(store, "answer", words(2), weight=2 * PERSON_FIRST, at=AT + HOUR)
    listed = [
        row.case.number for row in store.lanes.rows(("answer",), user=0, at=AT + DAY, limit=9)
    ]
    assert listed == [2, 1]


@pytest.mark.parametrize("which", ALL)
def test_rows_and_the_next_of_a_lane_are_never_sorted(store: Store, which: Lane) -> None:
    asked: list[str] = []
    store.database.connection.set_trace_callback(asked.append)
    store.lanes.rows((which,), user=1, at=AT, limit=20)
    store.lanes.next_after(1, user=1, at=AT, lanes=(which,))
    store.lanes.counts()
    store.grouping.without_reason()
    store.database.connection.set_trace_callback(None)
    read = [
        sql
        for sql in asked
        if "FROM cases c" in sql or "reason IS NULL" in sql or "count(*)" in sql
    ]
    assert len(read) >= 5
    for sql in read:
        plan = [line["detail"] for line in store.database.rows(f"EXPLAIN QUERY PLAN {sql}")]
        assert not any("TEMP B-TREE" in line for line in plan), plan
        assert not any(line.startswith("SCAN") and "INDEX" not in line for line in plan if "json_each" not in line), plan  # fmt: skip


def test_the_worst_post_of_a_large_case_is_found_by_an_index(store: Store) -> None:
    sql = store.database.value("SELECT sql FROM sqlite_schema WHERE name = 'post_enters_lane'")
    update = sql[sql.index("UPDATE cases") :].rsplit("END", 1)[0].replace("new.case_number", "1")
    plan = [line["detail"] for line in store.database.rows(f"EXPLAIN QUERY PLAN {update}")]
    assert any("case_mentions_by_lane" in line for line in plan)
    assert not any("TEMP B-TREE" in line for line in plan), plan


def our_reply(number: int, to: Mention, **about: Any) -> Mention:
    about = {"own": True, "author": Author(handle="HealthierNWL"), "kind": "reply", "text": "Please ring 111", "posted_at": AT} | about  # fmt: skip
    return mention(number, parent_id=to.issued_id, root_id=to.issued_id, **about)


def test_a_case_is_answered_already_once_every_post_of_it_that_waits_is(store: Store) -> None:
    first, second = mention(1, text=STORY), mention(2, text=STORY)
    take(store, "answer", first, second, flags=("assistance",))
    add(store, our_reply(3, first))
    assert (row(store).posts, row(store).answered) == (2, False)
    assert store.handovers.standing(AT, AT).figures.get("answer_done", 0) == 0
    add(store, our_reply(4, second))
    assert row(store).answered


def test_a_post_that_only_waits_in_another_lane_keeps_its_case_from_being_answered(store: Store) -> None:  # fmt: skip
    first = mention(1, text=STORY)
    take(store, "answer", first, flags=("assistance",))
    add(store, our_reply(3, first))
    assert row(store).answered
    take(store, "rest", mention(2, text=STORY), risk="low", flags=("derogatory",))  # as one that was not read is  # fmt: skip
    assert not row(store).answered


def test_what_asks_for_more_than_words_is_not_answered_by_words(store: Store, user: int) -> None:
    first = mention(1, text=STORY)
    take(store, "answer", first, flags=("removal_request", "assistance"))
    add(store, our_reply(3, first))
    assert not row(store).answered
    decide(store, user, 1)
    assert lane(store) == (None, None)


def test_what_a_team_has_names_its_case_before_a_lesser_post_that_waits(store: Store, user: int) -> None:  # fmt: skip
    take(store, "rest", mention(1, text=STORY), risk="low", flags=("derogatory",))
    take(store, "now", mention(2, text=STORY), risk="high", flags=("threat",))
    assert decide(store, user, 1, (2, 1), kind="escalate", role="security")
    (handoff,) = store.handoffs.open(1)
    store.handoff_steps.confirm(handoff.number, by=user, at=AT + HOUR, who="Ruth", when=AT + HOUR)
    store.cases.follow(1, AT + HOUR)
    assert lane(store) == ("rest", 1)
    assert store.lanes.reasons([1]) == {1: "Because of now"}
