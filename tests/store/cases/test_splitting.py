"""Posts that are another matter get a case of their own, and can be put back while nothing was done of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.errors import StoreError
from store import PathStep, Store
from tests.store.cases.test_lanes import STORY, bea, decide, lane, listed, reply, take, user
from tests.store.factories import AT, DAY, HOUR, mention

__all__ = ["bea", "user"]

WORDS = {2: "Where is it held, and is there parking?", 3: "My son has an allergy to eggs: is there another?"}  # fmt: skip


@pytest.fixture
def thread(store: Store) -> Store:
    """Case 1: a question and two under it, of which the last is another matter and worse."""
    top = mention(1, text=STORY)
    take(store, "answer", top, flags=("assistance",))
    for number, words in WORDS.items():
        take(store, "answer", reply(number, top, words), flags=("assistance",), at=AT + number * HOUR, weight=number)  # fmt: skip
    assert [store.cases.of_mention(number) for number in (1, 2, 3)] == [1, 1, 1]
    return store


def events(store: Store, kind: str) -> list[dict[str, object]]:
    return [dict(each.about) for each in store.audit.events() if each.kind == kind]


def sizes(store: Store, *cases: int) -> list[int]:
    found = [store.cases.get(case) for case in cases]
    return [each.flagged for each in found if each is not None]


def test_a_split_post_is_a_case_of_its_own_whose_clock_goes_on(thread: Store, user: int) -> None:
    new = thread.splitting.split(1, [(3, 1)], by=user, at=AT + DAY)
    assert [thread.cases.of_mention(number) for number in (1, 2, 3)] == [1, 1, new]
    assert sizes(thread, 1, new) == [2, 1]
    assert lane(thread, new) == ("answer", 3)
    assert lane(thread, 1)[1] in (1, 2)
    found = thread.cases.get(new)
    assert found is not None
    assert (found.opened_at, found.split_from) == (AT, 1)
    assert found.due_at is not None
    assert found.due_at == AT + 3 * DAY  # by when the post was found, not by when it was split
    assert set(listed(thread)) == {1, new}
    assert thread.splitting.split_off(1) == [new]
    assert [each.why for each in thread.cases.mentions(new)] == ["split"]


@pytest.mark.parametrize("seen", [0, 1])
def test_who_has_looked_at_a_case_has_looked_at_what_is_split_from_it(thread: Store, user: int, seen: int) -> None:  # fmt: skip
    thread.database.execute("UPDATE cases SET seen = ? WHERE number = 1", seen)
    new = thread.splitting.split(1, [(3, 1)], by=user, at=AT + DAY)
    assert thread.database.value("SELECT seen FROM cases WHERE number = ?", new) == seen


def test_what_answers_a_split_post_joins_its_case(thread: Store, user: int) -> None:
    new = thread.splitting.split(1, [(3, 1)], by=user, at=AT + DAY)
    under = mention(4, text="Same here, which one has no egg in it", kind="reply", parent_id=mention(3).issued_id, root_id=mention(1).issued_id)  # fmt: skip
    take(thread, "answer", under, flags=("assistance",), at=AT + DAY + HOUR)
    assert thread.cases.of_mention(4) == new


def test_one_put_back_is_where_it_was_and_its_case_holds_nothing(thread: Store, user: int) -> None:
    new = thread.splitting.split(1, [(3, 1)], by=user, at=AT + DAY)
    assert thread.splitting.put_back(new, by=user, at=AT + DAY) == 1
    assert [thread.cases.of_mention(number) for number in (1, 2, 3)] == [1, 1, 1]
    assert sizes(thread, 1, new) == [3, 0]
    assert listed(thread) == [1]
    assert thread.splitting.split_off(1) == []
    with pytest.raises(StoreError, match="are in case 1 already"):
        thread.splitting.put_back(new, by=user, at=AT + DAY)


def test_who_splits_and_who_puts_back_is_in_the_record(thread: Store, user: int) -> None:
    new = thread.splitting.split(1, [(2, 1), (3, 1)], by=user, at=AT + DAY)
    thread.splitting.put_back(new, by=user, at=AT + DAY)
    assert events(thread, "case split") == [{"case": new, "of": 1, "posts": 2, "by": user}]
    assert events(thread, "case put back") == [{"case": new, "of": 1, "posts": 2, "by": user}]


def test_whoever_stepped_back_stays_away_from_what_is_split_off(
    thread: Store, user: int, bea: int
) -> None:
    thread.recusals.step_back(1, bea, words="My team", at=AT + HOUR)
    new = thread.splitting.split(1, [(3, 1)], by=user, at=AT + DAY)
    assert new in thread.recusals.of_user(bea)


def test_a_split_post_of_high_risk_raises_an_alert_of_its_case(thread: Store, user: int) -> None:
    thread.database.execute("UPDATE case_mentions SET risk = 3 WHERE mention = 3")
    new = thread.splitting.split(1, [(3, 1)], by=user, at=AT + DAY)
    assert [alert.case for alert in thread.alerts.raised()] == [new]


def decided(store: Store, by: int) -> None:
    decide(store, by, 1, (3, 1))


def passed_on(store: Store, by: int) -> None:
    decide(store, by, 1, (3, 1), kind="escalate", role="pals")


def begun(store: Store, by: int) -> None:
    store.path_steps.add(PathStep(case=1, path="danger", step="called", by=by, at=AT + DAY), seen=0)


@pytest.mark.parametrize("done", [decided, passed_on, begun])
def test_what_was_done_of_a_post_holds_it_in_its_case(
    thread: Store, user: int, done: Callable[[Store, int], None]
) -> None:
    done(thread, user)
    with pytest.raises(StoreError, match=r"undo|was passed on"):
        thread.splitting.split(1, [(3, 1)], by=user, at=AT + DAY)
    assert thread.cases.of_mention(3) == 1


def test_what_was_decided_on_since_is_not_put_back(thread: Store, user: int) -> None:
    new = thread.splitting.split(1, [(3, 1)], by=user, at=AT + DAY)
    decide(thread, user, new, at=AT + DAY + HOUR)
    with pytest.raises(StoreError, match="decided on"):
        thread.splitting.put_back(new, by=user, at=AT + 2 * DAY)


@pytest.mark.parametrize(
    ("posts", "says"),
    [
        ([], "tick the posts"),
        ([(1, 1), (2, 1), (3, 1)], "tick fewer"),
        ([(3, 2)], "edited or left"),
        ([(99, 1)], "edited or left"),
    ],
)
def test_nothing_is_split_that_was_not_seen_or_would_leave_nothing(
    thread: Store, user: int, posts: list[tuple[int, int]], says: str
) -> None:
    with pytest.raises(StoreError, match=says):
        thread.splitting.split(1, posts, by=user, at=AT + DAY)
    assert sizes(thread, 1) == [3]


def test_a_case_of_somebody_who_speaks_up_is_not_split(thread: Store, user: int) -> None:
    thread.database.execute("UPDATE case_mentions SET speaks = 1 WHERE mention = 2")
    with pytest.raises(StoreError, match="Guardian"):
        thread.splitting.split(1, [(3, 1)], by=user, at=AT + DAY)


def test_a_case_that_was_never_split_is_put_nowhere(thread: Store, user: int) -> None:
    with pytest.raises(StoreError, match="never was split"):
        thread.splitting.put_back(1, by=user, at=AT + DAY)
