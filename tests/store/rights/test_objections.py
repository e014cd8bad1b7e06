"""Who objected is not taken in again, unless it is a high risk or a colleague reported it; the list names nobody."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import StoreError
from core.models import Author
from store import Store
from tests.store.factories import AT, HOUR, add, assess_all, mention


def objected(store: Store, *accounts: str) -> int:
    return store.objections.add("x", accounts or ("@Rowan_Ashdown",), by="gwen", at=AT)


@pytest.mark.parametrize(
    "author",
    [
        Author(handle="rowan_ashdown"), Author(handle="ROWAN_ASHDOWN", id="1"), Author(id="7700900"),
        Author(name="Rowan_Ashdown"),  # an import with neither an id nor a handle
    ],
)  # fmt: skip
def test_what_comes_later_from_an_account_waits_for_its_reading(
    store: Store, author: Author
) -> None:
    objected(store, "@rowan_ashdown", "7700900")
    add(store, mention(1, author=author), mention(2, author=Author(handle="bryn")))
    assert store.objections.waiting([1, 2]) == {1}


@pytest.mark.parametrize(
    "changes",
    [
        {"platform": "bluesky"},
        {"author": Author(handle="rowan_ashdown_fan")},
        {"author": Author(handle="bryn", name="rowan_ashdown")},
        {"author": Author(id="81", name="rowan_ashdown")},
        {"author": Author(name="rowan_ashdown senior")},
        {"own": True},
    ],
)
def test_of_others_nothing_waits(store: Store, changes: dict[str, Any]) -> None:
    """Not of the same handle elsewhere, of a name that is alike, nor of our own accounts."""
    objected(store)
    add(store, mention(1, **changes))
    assert store.objections.waiting([1]) == set()


@pytest.mark.parametrize("name", ["", "Rowan"])
@pytest.mark.parametrize(
    "written",
    ["Rowan_Ashdown", "https://x.com/rowan_ashdown/status/1", "twitter.com/Rowan_Ashdown/"],
)
def test_an_account_is_known_by_the_address_of_a_post_where_a_file_has_no_handle(
    store: Store, written: str, name: str
) -> None:
    objected(store, written)
    theirs = mention(1, url="https://twitter.com/rowan_ashdown/status/7", author=Author(name=name))
    add(store, theirs, mention(2, url="https://x.com/i/status/8", author=Author(name=name)))
    assert store.objections.waiting([1, 2]) == {1}
    assert store.search.by_author("@rowan_ashdown") == [1]
    assert store.search.by_author("https://x.com/Rowan_Ashdown") == [1]
    assert store.search.by_author("https://www.reddit.com/user/rowan_ashdown") == []
    part = store.search.person_part("rowan_ashdown", authors_only=True)
    assert [(match.number, match.by_them) for match in part.matches] == [(1, True)]
    assert store.search.accounts_of([1, 2]) == {store.database.encryption.author_hash("x", "rowan_ashdown")}  # fmt: skip
    store.retention.erase_person("rowan_ashdown", by="gwen", at=AT)
    assert (store.mentions.get(1), store.mentions.get(2) is None) == (None, False)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("https://bsky.app/profile/rowan.example.org", "another platform"), ("https://x.com/i/status/8", "no account can be told"),
        ("https://t.co/abc", "give the handle"),
    ],
)  # fmt: skip
def test_an_address_that_names_no_account_there_is_refused_and_nothing_is_listed(
    store: Store, written: str, why: str
) -> None:
    with pytest.raises(StoreError, match=why):
        objected(store, "rowan_ashdown", written)
    assert store.objections.all() == []
    objected(store, "https://x.com/rowan_ashdown")
    assert store.objections.withdraw("x", ["https://twitter.com/rowan_ashdown"], by="gwen", at=AT) == 1  # fmt: skip


def test_what_is_no_high_risk_goes_and_may_come_again(store: Store) -> None:
    objected(store)
    add(store, mention(1), mention(2))
    assert store.objections.settle([2], [1], at=AT) == {1}
    assert store.mentions.get(1) is None
    assert store.mentions.get(2) is not None
    assert [(one.mention, one.because) for one in store.objections.taken_in()] == [(2, "high")]
    assert add(store, mention(1)).new == 1  # no tombstone: an edit may yet be a threat
    assert store.objections.waiting([3]) == {3}


def test_what_a_colleague_reported_stays(store: Store) -> None:
    objected(store)
    add(store, mention(1))
    store.staff_reports.add(1, at=AT, worry="she means me")
    assert store.objections.settle([], [1], at=AT) == set()
    assert [one.because for one in store.objections.taken_in()] == ["reported"]


def test_it_counts_in_no_trend_and_leaves_one_event(store: Store) -> None:
    objected(store)
    add(store, mention(1), mention(2))
    store.objections.settle([], [1, 2], at=AT)
    assert store.database.value("SELECT count(*) FROM purged_counts") == 0
    assert store.audit.events()[-1].kind == "not taken in"
    assert store.audit.events()[-1].about == {"mentions": 2}


def test_the_list_names_nobody(store: Store) -> None:
    objected(store)
    rows = [tuple(row) for row in store.database.rows("SELECT * FROM objections")]
    assert "rowan" not in str(rows).lower()
    assert "rowan" not in str(store.audit.events()).lower()


def test_a_name_alone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="handle or its id"):
        objected(store, " @ ")


def test_an_objection_that_is_withdrawn_keeps_nothing_out(store: Store) -> None:
    objected(store)
    assert store.objections.withdraw("x", ["rowan_ashdown"], by="gwen", at=AT + HOUR) == 1
    add(store, mention(1))
    assert store.objections.waiting([1]) == set()


def test_what_was_here_before_is_not_touched(store: Store) -> None:
    """A person decides what becomes of it."""
    add(store, mention(1))
    objected(store)
    add(store, mention(1, metrics={"shares": 9}, fetched_at=AT + HOUR), at=AT + HOUR)
    assert store.objections.waiting([1]) == set()
    assert assess_all(store) == 0
