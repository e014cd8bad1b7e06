from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import SkippedItem, count, each, identity, moment, pages, settle
from collectors.parsing import UNREADABLE
from core.models import Author, Mention
from tests.collectors.cases import AT, SECRET, mentions, odds


def a_mention(**fields: Any) -> Mention:
    return Mention(
        **{"issuer": "x", "issued_id": "1", "platform": "x", "kind": "post", "url": "https://example.org/1",
           "text": "words", "posted_at": AT, "fetched_at": AT, **fields}
    )  # fmt: skip


@pytest.mark.parametrize("error", [KeyError, TypeError, ValueError, AttributeError])
def test_an_odd_item_costs_only_itself_and_tells_none_of_its_words(error: type[Exception]) -> None:
    def to_mention(item: str) -> Mention:
        if item == "bad":
            raise error(SECRET)
        return a_mention(issued_id=item)

    found = list(each(["1", "bad", "3"], to_mention, at=AT, where="query 1 page 2"))
    assert [m.issued_id for m in mentions(found)] == ["1", "3"]
    (odd,) = odds(found)
    assert odd.item == "query 1 page 2 item 2"
    assert SECRET not in odd.why
    assert not odd.stops


def test_a_bug_is_not_taken_for_an_odd_item() -> None:
    def to_mention(_item: str) -> Mention:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(each(["1"], to_mention, at=AT))


@pytest.mark.parametrize("year", [1970, 1989, 2099])
def test_a_time_that_cannot_be_true_becomes_the_time_of_fetching(year: int) -> None:
    settled, doubts = settle(a_mention(posted_at=datetime(year, 1, 1, 1, tzinfo=UTC)), AT)
    assert settled.posted_at == AT
    assert str(year) in doubts[0]


def test_a_time_of_an_edit_that_cannot_be_true_is_left_out() -> None:
    settled, doubts = settle(a_mention(edited_at=datetime(2099, 1, 1, tzinfo=UTC)), AT)
    assert settled.edited_at is None
    assert doubts == []


def test_an_edit_that_would_lie_before_the_post_is_none() -> None:
    settled, _ = settle(a_mention(posted_at=UNREADABLE, edited_at=AT - timedelta(days=1)), AT)
    assert (settled.posted_at, settled.edited_at) == (AT, None)


def test_a_post_of_ten_megabytes_is_cut_and_its_size_is_named() -> None:
    settled, doubts = settle(a_mention(text="a" * 10_000_000, text_raw="a" * 10_000_000), AT)
    assert len(settled.text) == len(settled.text_raw) == 200_000
    assert "10,000,000" in doubts[0]


def test_what_a_database_can_not_take_is_mended_in_every_field() -> None:
    bad = "a\0\ud800"
    settled, _ = settle(
        a_mention(text=bad, text_raw=bad, url=bad, issued_id=bad, author=Author(name=bad, bio=bad)),
        AT,
    )
    for text in (
        settled.text,
        settled.text_raw,
        settled.url,
        settled.issued_id,
        settled.author.name,
    ):
        assert text == "a\ufffd\ufffd"


def test_right_to_left_and_hidden_characters_stay() -> None:
    text = "\u202eNHS\u200b نص \u200f"
    assert settle(a_mention(text=text), AT)[0].text == text


def test_a_number_and_its_digits_are_one_id() -> None:
    assert identity(42) == identity("42") == identity(" 42 ") == "42"


@pytest.mark.parametrize("value", [True, False, None, "", "  ", 4.5, 4.0, [], {}])
def test_what_can_not_be_an_id_is_odd(value: object) -> None:
    with pytest.raises(ValueError, match="not an id"):
        identity(value)


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), ("3", 3), (-2, -2), ("-2", -2), (3.0, 3), (True, None), (None, None), ("many", None),
     (float("nan"), None), (float("inf"), None), (10**400, None), ("9" * 5000, None), ([], None)],
)  # fmt: skip
def test_a_count_is_a_number_or_nothing(value: object, number: int | None) -> None:
    assert count(value) == number


@given(
    st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.lists(st.integers())
)
def test_any_time_is_a_moment_in_utc(written: object) -> None:
    assert moment(written).utcoffset() is not None


def test_a_time_in_another_form_is_unreadable_and_not_an_error() -> None:
    assert moment("last Tuesday") == moment(None) == UNREADABLE
    assert settle(a_mention(posted_at=UNREADABLE), AT)[1][0].startswith("has no time")


def fetching(tokens: dict[str, str]) -> Any:
    return lambda token: (token or "first", tokens[token])


def test_pages_end_where_there_is_no_next_token() -> None:
    found = list(pages(fetching({"": "b", "b": "c", "c": ""}), most=9, where="query 1"))
    assert found == [(1, "first"), (2, "b"), (3, "c")]


def test_a_page_token_that_repeats_ends_the_walk_and_keeps_the_bookmark() -> None:
    found = list(pages(fetching({"": "b", "b": "c", "c": "b"}), most=99, where="query 1"))
    assert [thing for thing in found if not isinstance(thing, SkippedItem)] == [
        (1, "first"),
        (2, "b"),
        (3, "c"),
    ]
    assert isinstance(found[-1], SkippedItem)
    assert found[-1].stops


def test_the_cap_of_pages_is_told_and_keeps_the_bookmark() -> None:
    found = list(pages(lambda token: ("", token + "x"), most=3, where="query 1"))
    assert len(found) == 4
    assert isinstance(found[-1], SkippedItem)
    assert found[-1].stops
