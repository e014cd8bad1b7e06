"""A reply is written down before it is sent, leaves once, and what nobody knows waits for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from store import Sending, Store
from store.cases.sendings import LONGEST
from tests.store.factories import AT, HOUR, add, mention

MINUTE = timedelta(minutes=1)
WORDS = "Thank you. PALS can help."


@pytest.fixture
def user(store: Store) -> int:
    add(store, mention(1))
    return store.users.add("local", "amina", "Amina Yusuf", ("reviewer",), at=AT).number


def wanted(user: int, **changes: Any) -> Sending:
    given: dict[str, Any] = {
        "mention": 1, "revision": 1, "case": 7, "source": "x", "account": "@us", "text": WORDS, "by": user,
        "template": "pals", "at": AT,
    }  # fmt: skip
    return Sending(**(given | changes))


def begun(store: Store, user: int, *, after: int = 0, **changes: Any) -> int:
    number = store.sendings.begin(wanted(user, **changes), after=after)
    assert number is not None
    return number


def test_it_is_written_down_before_and_ended_once(store: Store, user: int) -> None:
    number = begun(store, user)
    sending = store.sendings.get(number, AT)
    assert sending == wanted(user, number=number, by_name="Amina Yusuf")
    store.sendings.end(
        number, "sent", at=AT + MINUTE, issued_id="9", link="https://x.com/i/status/9"
    )
    store.sendings.end(number, "failed", at=AT + HOUR, why="too late")
    ended = store.sendings.get(number, AT + HOUR)
    assert ended == replace(
        sending, state="sent", ended_at=AT + MINUTE, issued_id="9", link="https://x.com/i/status/9"
    )
    kinds = [event.kind for event in store.audit.events()]
    assert kinds[-2:] == ["reply sending", "reply ended"]
    assert "PALS" not in str(store.audit.events())


def test_nothing_is_sent_while_another_is_under_way_or_was_sent_since_it_was_shown(
    store: Store, user: int
) -> None:
    number = begun(store, user)
    assert store.sendings.begin(wanted(user, text="Other words"), after=0) is None
    assert store.sendings.begin(wanted(user, text="Other words"), after=number) is None
    store.sendings.end(number, "sent", at=AT)
    assert store.sendings.begin(wanted(user, text="Other words"), after=0) is None
    assert store.sendings.begin(wanted(user, text="Other words"), after=number) is not None


def test_the_same_words_are_never_sent_to_one_post_twice(store: Store, user: int) -> None:
    number = begun(store, user)
    store.sendings.end(number, "sent", at=AT)
    assert store.sendings.begin(wanted(user, text=f" {WORDS}\n"), after=number) is None


def test_what_failed_can_be_tried_again(store: Store, user: int) -> None:
    number = begun(store, user)
    store.sendings.end(number, "failed", at=AT, why="X: the rate limit is used up")
    assert store.sendings.begin(wanted(user), after=number) is not None


def test_after_a_crash_nobody_knows_and_a_person_looks_before_anything_is_sent(
    store: Store, user: int
) -> None:
    number, later = begun(store, user), AT + LONGEST
    crashed = store.sendings.get(number, later)
    assert crashed is not None
    assert crashed.state == "unknown"
    assert store.sendings.begin(wanted(user, text="Again", at=later), after=number) is None
    assert not store.sendings.settle(number, there=True, link="", by=user, at=AT + MINUTE)
    assert store.sendings.settle(
        number, there=True, link="https://example.org/9", by=user, at=later
    )
    settled = store.sendings.get(number, later)
    assert settled is not None
    assert (settled.state, settled.link) == ("sent", "https://example.org/9")
    assert not store.sendings.settle(number, there=False, link="", by=user, at=later)
    assert store.audit.events()[-1].about["by"] == user


def test_a_post_that_was_edited_or_removed_is_not_answered(store: Store, user: int) -> None:
    assert store.sendings.begin(wanted(user, revision=2), after=0) is None
    said = mention(1)
    store.mentions.mark_gone([(said.issuer, said.issued_id, "deleted")], at=AT)
    assert store.sendings.begin(wanted(user), after=0) is None


def test_what_was_sent_never_changes(store: Store, user: int) -> None:
    begun(store, user)
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        store.database.connection.execute("UPDATE sendings SET mention = 2")


def test_it_is_found_by_post_and_by_case(store: Store, user: int) -> None:
    number = begun(store, user)
    store.sendings.record_decision(number, 3)
    (of_post,), (of_case,) = store.sendings.of_mention(1, AT), store.sendings.of_case(7, AT)
    assert of_post == of_case
    assert of_case.version == 3
    assert store.sendings.of_case(8, AT) == []
