"""What was posted lately is read evenly, in clear, and leaves an event."""

from __future__ import annotations

import itertools
from datetime import timedelta

from store import Recent, Store
from tests.store.factories import AT, DAY, add, assess_all, mention


def read(store: Store, most: int, days: int = 30) -> tuple[int, list[Recent]]:
    held, batches = store.search.recent(AT - timedelta(days=days), most=most)
    return held, [one for batch in batches for one in batch]


def test_all_is_read_where_it_is_little_with_what_found_it(store: Store) -> None:
    add(store, mention(1), mention(2, posted_at=AT - 40 * DAY), mention(3, deleted=True))
    held, found = read(store, 10)
    assert (held, [one.number for one in found]) == (1, [1])
    assert found[0].text == mention(1).text
    assert (found[0].matched, found[0].in_scope) == (("Northwick Park",), None)
    assess_all(store, in_scope=False)
    assert read(store, 10)[1][0].in_scope is False


def test_of_much_an_even_part_is_read(store: Store) -> None:
    add(store, *(mention(n, posted_at=AT - timedelta(hours=n)) for n in range(1, 101)))
    held, found = read(store, 10)
    assert held == 100
    hours = sorted(round((AT - stored.mention.posted_at).total_seconds() / 3600)
                   for one in found if (stored := store.mentions.get(one.number)))  # fmt: skip
    assert len(hours) == 10
    assert all(later - earlier == 10 for earlier, later in itertools.pairwise(hours))


def test_who_tried_rules_is_in_the_event_and_their_words_are_not(store: Store) -> None:
    store.search.note_rules_tried(2, mention_count=7, at=AT, by=3)
    store.search.note_rules_tried(1, mention_count=0, at=AT)
    assert [dict(one.about) for one in store.audit.events() if one.kind == "rules tried"] == [
        {"rules": 2, "found": 7, "by": 3},
        {"rules": 1, "found": 0},
    ]
