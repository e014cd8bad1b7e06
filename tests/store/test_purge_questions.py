"""A purge that would take much waits for a person; what its writer took away does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import StoreError
from store import AskAbove, PurgeProof, Store
from store.clock_guard import unlived
from store.purge_questions import ASKED_AGAIN, HOLDS_FOR, PurgeQuestion
from tests.store.factories import AT, DAY, add, mention

KEEP = {"default": 30 * DAY}
LATER = AT + 40 * DAY


@pytest.fixture
def old(store: Store) -> Store:
    """Thirty posts over their time of a hundred; above a tenth somebody is asked."""
    add(store, *(mention(number, fetched_at=AT) for number in range(30)), at=AT)
    add(store, *(mention(number, fetched_at=LATER) for number in range(30, 100)), at=LATER)
    store.retention.asks = AskAbove(percent=10, posts=5)
    return store


def purge(store: Store, at: object = LATER, **how: object) -> PurgeProof:
    return store.retention.purge(at, KEEP, deleted_after=timedelta(0), **how)  # type: ignore[arg-type]


def waiting(store: Store) -> PurgeQuestion:
    question = store.purge_questions.waiting()
    assert question is not None
    return question


def posts(store: Store) -> int:
    return store.figures.row_counts()["mentions"]


def test_a_purge_above_a_tenth_waits_and_says_what_would_go_and_why(old: Store) -> None:
    proof = purge(old)
    assert (proof.gone, proof.waits, posts(old)) == ({}, 30, 100)
    question = waiting(old)
    assert (question.posts, question.of_posts, question.counts, question.share) == (
        30,
        100,
        {"retention": 30},
        30,
    )
    purge(old)
    assert [event.kind for event in old.audit.events()].count("purge asked about") == 1


@pytest.mark.parametrize(
    ("percent", "least", "waits"), [(30, 5, 0), (29, 5, 30), (10, 30, 0), (10, 29, 30)]
)
def test_both_the_share_and_the_number_must_be_passed(
    old: Store, percent: int, least: int, waits: int
) -> None:
    old.retention.asks = AskAbove(percent=percent, posts=least)
    assert purge(old).waits == waits


def test_after_a_yes_it_goes_and_the_next_great_one_asks_anew(old: Store) -> None:
    purge(old)
    old.purge_questions.answer(waiting(old).number, yes=True, posts=30, at=LATER, by="lena")
    proof = purge(old)
    assert (proof.gone, proof.waits, proof.proved) == ({"retention": 30}, 0, True)
    assert purge(old, LATER + 31 * DAY).waits == 70


def test_a_yes_covers_what_was_asked_and_no_more(old: Store) -> None:
    purge(old)
    old.purge_questions.answer(waiting(old).number, yes=True, posts=30, at=LATER, by="lena")
    old.database.execute("UPDATE mentions SET found_at = (SELECT min(found_at) FROM mentions)")
    assert purge(old, LATER + 10 * DAY).waits == 100
    assert posts(old) == 100


def test_a_yes_ends(old: Store) -> None:
    purge(old)
    old.purge_questions.answer(waiting(old).number, yes=True, posts=30, at=LATER, by="lena")
    assert purge(old, LATER + HOLDS_FOR).waits == 30
    assert waiting(old).posts == 30


def test_after_a_no_it_stays_and_is_asked_again_in_a_week(old: Store) -> None:
    purge(old)
    answered = old.purge_questions.answer(
        waiting(old).number, yes=False, posts=30, at=LATER, by="lena"
    )
    assert answered.until == LATER + ASKED_AGAIN
    assert purge(old, LATER + DAY).waits == 30
    assert old.purge_questions.waiting() is None
    assert purge(old, LATER + ASKED_AGAIN).waits == 30
    assert waiting(old).posts == 30


def test_what_was_taken_down_by_its_writer_goes_whoever_is_asked_of_the_rest(old: Store) -> None:
    old.database.execute(
        "UPDATE mentions SET deleted_at = found_at WHERE number > 30 AND number <= 90"
    )
    proof = purge(old)
    assert (proof.gone, proof.waits, proof.proved) == ({"deleted": 60}, 30, True)
    assert posts(old) == 40


def test_who_asks_to_be_erased_is_erased_whatever_waits(old: Store) -> None:
    purge(old)
    assert old.retention.erase(range(1, 60), by="gwen", at=LATER).gone == {"erased": 59}


def test_what_a_platform_lets_nobody_keep_for_longer_goes_unasked_in_ordinary_running(
    old: Store,
) -> None:
    proof = purge(old, limits={"x": DAY})
    assert (set(proof.gone), proof.waits) == ({"limit"}, 0)
    assert old.purge_questions.waiting() is None


def test_what_only_a_jump_of_the_clock_puts_over_a_limit_is_asked_about_until_it_is_lived_through(
    old: Store,
) -> None:
    """Thirty were over it before; seventy are by a jump of 15 days that somebody said was right."""
    how = {"limits": {"x": 10 * DAY}}
    old.clock_guard.check(LATER, 3 * DAY)
    after = LATER + 15 * DAY
    assert old.clock_guard.check(after, 3 * DAY) is not None
    old.clock_guard.confirm(after, by="lena")
    proof = purge(old, after, **how)
    assert (proof.gone["limit"], proof.waits, posts(old)) == (30, 70, 70)
    assert waiting(old).counts == {"jump": 70}
    assert purge(old, after + 9 * DAY, **how).waits == 70
    proof = purge(old, after + 10 * DAY, **how)  # whatever a person said, or nobody
    assert (proof.gone["limit"], proof.waits, posts(old)) == (70, 0, 0)
    assert old.purge_questions.waiting() is None


def test_a_yes_to_what_a_jump_makes_due_lets_it_go_and_a_clock_set_back_leaves_no_jump(
    old: Store,
) -> None:
    old.clock_guard.check(LATER, 3 * DAY)
    after = LATER + 15 * DAY
    old.clock_guard.confirm(after, by="lena")
    assert [jump.until - jump.since for jump in unlived(old.database)] == [15 * DAY]
    assert purge(old, after, limits={"x": 10 * DAY}).waits == 70
    old.purge_questions.answer(waiting(old).number, yes=True, posts=70, at=after, by="lena")
    assert purge(old, after, limits={"x": 10 * DAY}).gone["limit"] == 70
    old.clock_guard.confirm(LATER + DAY, by="lena")
    assert unlived(old.database) == []


def test_a_question_is_over_once_no_more_so_much_is_due(old: Store) -> None:
    purge(old)
    old.retention.erase(range(1, 26), by="gwen", at=LATER)
    assert purge(old).gone == {"retention": 5}
    assert old.purge_questions.waiting() is None


def test_an_answer_to_other_counts_or_a_second_one_is_refused(old: Store) -> None:
    purge(old)
    number = waiting(old).number
    with pytest.raises(StoreError, match="it is 30 posts by now, not 29"):
        old.purge_questions.answer(number, yes=True, posts=29, at=LATER, by="lena")
    old.purge_questions.answer(number, yes=True, posts=30, at=LATER, by="lena")
    with pytest.raises(StoreError, match="answered this already"):
        old.purge_questions.answer(number, yes=False, posts=30, at=LATER, by="omar")


def test_answers_are_events_that_name_nobody(old: Store) -> None:
    purge(old)
    old.purge_questions.answer(waiting(old).number, yes=True, posts=30, at=LATER, by="lena")
    event = old.audit.events()[-1]
    assert event.kind == "purge agreed to"
    assert "lena" not in str(event.about)
