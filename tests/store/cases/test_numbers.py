"""That a number is missing between two cases or posts tells an officer nothing: half of all numbers are given to nobody."""

from __future__ import annotations

import pytest

from store import Store, mentions
from store.cases import numbers
from tests.store.cases.test_deadlines import take
from tests.store.factories import AT, mention


def test_numbers_rise_with_gaps_in_which_no_case_lies(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gaps = iter((0, 0, 0, 2, 0, 0, 0, 5))  # of a post, of its case
    monkeypatch.setattr(numbers, "skipped", lambda: next(gaps))
    for number in range(4):
        take(store, mention(number, text=f"Nobody answers at surgery {number}, word{number * 7}"))
    given = store.database.rows("SELECT number FROM cases ORDER BY number")
    assert [row["number"] for row in given] == [1, 4, 5, 11]


def test_how_many_are_left_out_is_tossed_for_and_has_no_end_that_would_prove_a_case() -> None:
    left_out = [numbers.tossed() for _ in range(4_000)]
    assert 0.85 < sum(left_out) / 4_000 < 1.15  # 6.7 standard errors each way
    assert 1_800 < left_out.count(0) < 2_200
    assert max(left_out) > 6


def test_numbers_of_posts_rise_with_gaps_so_that_one_that_is_missing_says_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gaps = iter((0, 2, 0, 5))
    monkeypatch.setattr(numbers, "skipped", lambda: next(gaps))
    posts = [mention(number, text=f"Nobody answers at surgery {number}") for number in range(4)]
    store.mentions.add_page("bluesky", posts, at=AT)
    store.mentions.add_page("bluesky", posts, at=AT)  # what is known already takes no number
    rows = store.database.rows("SELECT number, (SELECT count(*) FROM revisions WHERE mention = number) AS revisions FROM mentions ORDER BY number")  # fmt: skip
    assert [(row["number"], row["revisions"]) for row in rows] == [(1, 1), (4, 1), (5, 1), (11, 1)]
    keys = [(post.issuer, post.issued_id) for post in posts]
    assert [store.mentions.number_of(*key) for key in keys] == [1, 4, 5, 11]


def test_of_many_posts_about_half_of_the_numbers_are_given_to_nobody(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "skipped", numbers.tossed)
    posts = [mention(number, text=f"Nobody answers at surgery {number}") for number in range(600)]
    store.mentions.add_page("bluesky", posts, at=AT)
    last = store.database.value("SELECT max(number) FROM mentions")
    assert 1_000 < last < 1_400  # 1,200; a standard error is some 35


def test_what_came_lately_is_counted_by_posts_and_not_by_numbers(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "skipped", lambda: 3)
    monkeypatch.setattr(mentions, "LATELY", 3)
    posts = [
        mention(number, url=f"https://x.com/rowan_ashdown/status/19900000000000{number:05}")
        for number in range(4)
    ]
    store.mentions.add_page("x", posts, at=AT)
    assert [store.mentions.at_address(f"{post.url}?s=20") for post in posts] == [None, 8, 12, 16]
