"""What stands around posts in their threads: what they answer, what answers them, and the rest, none of it deleted."""

from __future__ import annotations

from typing import Any

from core.models import Mention
from store import Store
from store.threads import MOST
from tests.store.factories import AT, HOUR, add, assess_all, mention

ROOT = mention(1).issued_id


def under(number: int, parent: str = ROOT, **more: Any) -> Mention:
    """An answer in the thread that the first mention began."""
    given = {"kind": "reply", "parent_id": parent, "root_id": ROOT, "posted_at": AT + number * HOUR}
    return mention(number, **(given | more))


def test_what_a_post_answers_is_told_and_whether_it_is_our_own(store: Store) -> None:
    add(store, mention(1, own=True, text="Flu jabs are here", text_raw=""), under(2))
    assess_all(store)
    above = store.threads.around([2]).answers[2]
    assert above is not None
    assert (above.mention, above.own, above.masked) == (1, True, "Flu jabs are here")
    assert store.threads.around([1]).answers == {}


def test_what_is_not_held_or_was_deleted_is_said_to_be_missing(store: Store) -> None:
    add(store, mention(1), under(2), under(3, parent=mention(77).issued_id))
    assert store.threads.around([3]).answers == {3: None}
    store.mentions.mark_gone([("x", ROOT, "deleted")], at=AT)
    assert store.threads.around([2]).answers == {2: None}
    assert [one.mention for one in store.threads.around([2]).more] == [3]


def test_the_rest_of_the_thread_stands_in_its_order_and_nothing_twice(store: Store) -> None:
    add(store, mention(1), under(2), under(3, parent=mention(2).issued_id), under(4), mention(5))
    found = store.threads.around([2])
    assert [one.mention for one in found.more] == [3, 4]
    assert not found.cut
    assert [one.mention for one in store.threads.around([1, 3]).more] == [4]
    assert [one.mention for one in store.threads.around([3]).more] == [1, 4]
    assert not store.threads.around([5]).more
    assert {one.masked for one in found.more} == {""}  # nobody assessed them yet


def test_of_a_long_thread_answers_come_before_the_newest_of_the_others(store: Store) -> None:
    others = [under(number) for number in range(4, MOST + 20)]
    add(store, mention(1), under(2), under(3, parent=mention(2).issued_id), *others)
    found = store.threads.around([2])
    assert found.cut
    assert len(found.more) == MOST
    assert {3, MOST + 19} <= {one.mention for one in found.more}
    assert 4 not in {one.mention for one in found.more}
