"""What was posted lately is read evenly, in clear, and leaves an event."""

from __future__ import annotations

import itertools
from datetime import timedelta

from core.models import Author
from store import Recent, Store
from tests.store.factories import AT, DAY, add, assess_all, assessed, mention


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


def test_the_total_of_a_trial_counts_nothing_of_the_guardians(store: Store) -> None:
    add(store, *(mention(number, text=f"Words of their own {number}") for number in (1, 2, 3)))
    for number, protected in ((1, "disclosure"), (2, "none"), (3, "union")):
        stored = store.mentions.get(number)
        assert stored is not None
        store.assessments.add([assessed(stored, staff="icb" if number != 2 else "no", protected=protected)])  # fmt: skip
    assert read(store, 10)[0] == 1
    assert [each.number for each in read(store, 10)[1]] == [2]


def test_who_tried_rules_is_in_the_event_and_their_words_are_not(store: Store) -> None:
    store.search.note_rules_tried(2, mention_count=7, at=AT, by=3)
    store.search.note_rules_tried(1, mention_count=0, at=AT)
    assert [dict(one.about) for one in store.audit.events() if one.kind == "rules tried"] == [
        {"rules": 2, "found": 7, "by": 3},
        {"rules": 1, "found": 0},
    ]


def test_a_search_for_a_person_goes_in_parts_and_tells_whose_posts_are_theirs(store: Store) -> None:
    other = Author(id="88", handle="bryn", name="Bryn Talog")
    far = {"url": "https://example.org/p", "author": other}
    add(
        store, mention(1), mention(2, text="Rowan Ashdown was rude to us", **far), mention(3, text="So dear", **far),
    )  # fmt: skip
    first = store.search.person_part("rowan ashdown", limit=2)
    assert [(one.number, one.by_them) for one in first.matches] == [(1, True), (2, False)]
    assert (first.looked, first.last) == (2, 2)
    last = store.search.person_part("rowan ashdown", after=2, limit=2)
    assert (last.matches, last.looked, last.last) == ((), 1, None)
    mine = store.search.person_part("@Rowan_Ashdown", authors_only=True)
    assert [one.number for one in mine.matches] == [1]


def test_a_part_that_takes_too_long_ends_early_and_goes_on_there(store: Store) -> None:
    add(store, *(mention(number) for number in range(1, 5)))
    part = store.search.person_part("ashdown", until=lambda: True)
    assert (len(part.matches), part.last) == (1, 1)


def test_a_search_for_a_person_is_in_the_record_and_its_words_are_not(store: Store) -> None:
    add(store, mention(1))
    told: list[tuple[int, int]] = []
    found = store.search.find_person("rowan ashdown", by="gwen", at=AT, report_progress=lambda *far: told.append(far))  # fmt: skip
    assert (found, told) == ([1], [(1, 1)])
    event = store.audit.events()[-1]
    assert (event.kind, event.about["found"], event.about["looked"]) == ("searched for a person", 1, 1)  # fmt: skip
    assert "rowan" not in str(store.audit.events()).lower()
    assert all(b"ashdown" not in bytes(value) for row in store.database.rows("SELECT about FROM events") for value in [row["about"].encode().lower()])  # fmt: skip
