"""What was done through platforms is kept before and after, once at a time, and goes with its post."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from store import Moderation, Store, TakedownStep
from store.cases.moderations import LONGEST
from tests.store.cases.test_lanes import take, words
from tests.store.factories import AT, DAY, HOUR, add, all_bytes, mention

MINUTE = timedelta(minutes=1)


@pytest.fixture
def user(store: Store) -> int:
    return store.users.add("local", "amina", "Amina Yusuf", ("reviewer",), at=AT).number


def asked(user: int, **changes: Any) -> Moderation:
    given: dict[str, Any] = {
        "mention": 1, "revision": 1, "source": "facebook", "action": "hide", "by": user, "at": AT,
        "clause": "6.9", "reason": "It hounds a nurse",
    }  # fmt: skip
    return Moderation(**(given | changes))


def test_it_is_written_down_before_and_ended_once(store: Store, user: int) -> None:
    add(store, mention(1))
    number = store.moderations.begin(asked(user), after=0)
    assert number is not None
    begun = store.moderations.get(number, AT)
    assert begun is not None
    assert (begun.outcome, begun.by_name, begun.reason, begun.ended_at) == (
        "doing",
        "Amina Yusuf",
        "It hounds a nurse",
        None,
    )
    store.moderations.end(number, "done", at=AT + MINUTE)
    store.moderations.end(number, "refused", why="too late", at=AT + HOUR)
    ended = store.moderations.get(number, AT + HOUR)
    assert ended == replace(begun, outcome="done", ended_at=AT + MINUTE)
    kinds = [event.kind for event in store.audit.events()]
    assert kinds[-2:] == ["moderation began", "moderation ended"]
    assert "nurse" not in str(store.audit.events())


def test_an_answer_that_comes_after_all_replaces_what_was_not_known(
    store: Store, user: int
) -> None:
    add(store, mention(1))
    number = store.moderations.begin(asked(user), after=0)
    assert number is not None
    store.moderations.end(number, "unknown", why="no answer", at=AT)
    store.moderations.end(number, "done", at=AT + MINUTE)
    found = store.moderations.get(number, AT + MINUTE)
    assert found is not None
    assert found.outcome == "done"


@pytest.mark.parametrize("changes", [{"revision": 2}, {"mention": 2}, {"at": AT + MINUTE}])
def test_it_does_not_begin_on_another_post_than_was_shown_nor_twice(
    store: Store, user: int, changes: dict[str, Any]
) -> None:
    add(store, mention(1))
    if "at" in changes:
        assert store.moderations.begin(asked(user), after=0) == 1
    assert store.moderations.begin(asked(user, **changes), after=0) is None
    if "at" in changes:
        assert store.moderations.begin(asked(user, **changes), after=1) is None  # still under way


def test_nor_on_one_that_is_gone(store: Store, user: int) -> None:
    add(store, mention(1))
    store.mentions.mark_gone([("x", mention(1).issued_id, "deleted")], at=AT)
    assert store.moderations.begin(asked(user), after=0) is None


def test_what_never_ended_is_not_known_after_a_while(store: Store, user: int) -> None:
    add(store, mention(1))
    assert store.moderations.begin(asked(user), after=0) == 1
    early, late = store.moderations.get(1, AT + MINUTE), store.moderations.get(1, AT + LONGEST)
    assert early is not None
    assert late is not None
    assert (early.outcome, late.outcome) == ("doing", "unknown")
    assert store.moderations.begin(asked(user, at=AT + LONGEST), after=1) == 2
    assert [one.outcome for one in store.moderations.of_mention(1, AT + LONGEST)] == [
        "unknown",
        "doing",
    ]


def test_what_was_done_is_never_changed(store: Store, user: int) -> None:
    add(store, mention(1))
    store.moderations.begin(asked(user), after=0)
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        store.database.execute("UPDATE moderations SET action = 'delete'")


def test_it_goes_with_its_post_and_the_events_stay(store: Store, path: Path, user: int) -> None:
    add(store, mention(1))
    number = store.moderations.begin(asked(user), after=0)
    assert number is not None
    proof = store.retention.purge(AT + DAY, {"default": HOUR}, deleted_after=HOUR)
    assert not any(proof.left.values())
    assert store.moderations.get(number, AT) is None
    store.moderations.end(number, "done", at=AT + DAY)
    assert [one.kind for one in store.audit.events()].count("moderation ended") == 1
    assert store.maintenance.verify().problems == ()


def test_a_reason_is_sealed_and_sealed_anew_with_a_new_key(
    store: Store, path: Path, user: int, keys: list[str]
) -> None:
    add(store, mention(1))
    store.moderations.begin(asked(user), after=0)
    assert b"hounds a nurse" not in all_bytes(path)
    new = Fernet.generate_key().decode()
    store.maintenance.rotate_keys([new, *keys])
    with Store.open(path, [new]) as opened:
        found = opened.moderations.get(1, AT)
    assert found is not None
    assert found.reason == "It hounds a nurse"


@pytest.mark.parametrize("last", ["amina", "ben"])
def test_of_two_who_hid_or_reported_the_posts_of_a_case_the_last_is_named(
    store: Store, user: int, last: str
) -> None:
    ben = store.users.add("local", "ben", "Ben Okafor", ("reviewer",), at=AT).number
    take(store, "look", words(1), replace(words(1), issued_id="copy"), risk="high")
    when = {user: AT + (HOUR if last == "amina" else MINUTE), ben: AT + (HOUR if last == "ben" else MINUTE)}  # fmt: skip
    posts = [each.item.number for each in store.cases.mentions(1)]
    for post, who in zip(posts, (user, ben), strict=True):
        store.takedowns.add(TakedownStep(mention=post, step="asked", whom="platform", by=who, at=when[who]))  # fmt: skip
        number = store.moderations.begin(asked(who, mention=post, at=when[who]), after=0)
        assert number is not None
        store.moderations.end(number, "done", at=when[who])
    name = "Amina Yusuf" if last == "amina" else "Ben Okafor"
    assert store.takedowns.asked_of([1]) == {1: (AT + HOUR, name)}
    assert store.moderations.hidden_of([1]) == {1: (AT + HOUR, name)}
