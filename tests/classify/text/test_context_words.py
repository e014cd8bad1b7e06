"""A context in words: the nearest first, and of each part no more than leaves room for the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.text import context_words as parts
from classify.text.context_words import Addressee, context_words
from core.context import NOWHERE, AnsweredPost, Context, LinkCard, Owner, Page

OURS = AnsweredPost(text="Flu jabs start\n on Monday", handle="HealthierNWL", official=True)
EARLIER = AnsweredPost(text="When do flu jabs start?")
WHOLE = Context(
    page=Page(owner="organisation", name="Stay Well NWL", kind="page"),
    answered=(OURS, EARLIER),
    card=LinkCard(title="Flu clinics", description="Dates and places", url="https://example.org"),
    pictures=("A queue", "A closed door"),
)


def test_the_nearest_comes_first_and_what_was_before_it_last() -> None:
    assert context_words(WHOLE, "us") == (
        "to us. on our page Stay Well NWL. answers our post: Flu jabs start on Monday. "
        "links: Flu clinics - Dates and places. pictures: A queue; A closed door. "
        "before it a post: When do flu jabs start?"
    )


def test_of_nothing_nothing_is_said() -> None:
    assert context_words(NOWHERE) == ""
    assert context_words(Context(card=LinkCard(url="https://example.org/only-an-address"))) == ""


@pytest.mark.parametrize(
    ("addressee", "words"),
    [("us", "to us"), ("body", "to a public body"), ("others", "to others"), ("", "")],
)
def test_whom_it_addresses_is_said_without_a_name(addressee: Addressee, words: str) -> None:
    assert context_words(NOWHERE, addressee) == words


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        ("organisation", "on our hospital Ealing"),
        ("provider", "on a provider's hospital Ealing"),
        ("other", "on another hospital Ealing"),
    ],
)
def test_whose_page_it_stands_on_is_said(owner: Owner, words: str) -> None:
    assert context_words(Context(page=Page(owner=owner, name="Ealing", kind="hospital"))) == words


def test_a_page_without_a_name_is_told_by_its_kind() -> None:
    assert context_words(Context(page=Page(kind="subreddit"))) == "on another subreddit"


def test_no_handle_and_no_address_is_read() -> None:
    words = context_words(WHOLE, "us")
    assert "HealthierNWL" not in words
    assert "example.org" not in words


@pytest.mark.parametrize("official", [True, False])
def test_whether_the_post_that_it_answers_is_ours_is_said(official: bool) -> None:
    answered = tuple(replace(post, official=official) for post in (OURS, EARLIER))
    words = context_words(Context(answered=answered))
    whose = "our post" if official else "a post"
    assert words.startswith(f"answers {whose}: ")
    assert f". before it {whose}: " in words
    assert ("our post" in words) == official


def test_of_what_was_answered_only_the_two_nearest_are_read() -> None:
    posts = tuple(AnsweredPost(text=f"number {count}") for count in range(4))
    words = context_words(Context(answered=posts))
    assert words == "answers a post: number 0. before it a post: number 1"


LONG = "abcde" * 500


@pytest.mark.parametrize(
    ("context", "before", "most"),
    [
        (Context(page=Page(name=LONG)), "on another page ", parts.MOST_NAME),
        (Context(answered=(AnsweredPost(text=LONG),)), "answers a post: ", parts.MOST_ANSWERED),
        (Context(answered=(OURS, AnsweredPost(text=LONG))), "before it a post: ", parts.MOST_EARLIER),
        (Context(card=LinkCard(title=LONG)), "links: ", parts.MOST_TITLE),
        (Context(card=LinkCard(title="T", description=LONG)), "links: T - ", parts.MOST_DESCRIPTION),
        (Context(pictures=(LONG, "never reached")), "pictures: ", parts.MOST_ALT),
    ],
)  # fmt: skip
def test_each_part_is_cut_to_its_length(context: Context, before: str, most: int) -> None:
    _, _, rest = context_words(context).partition(before)
    assert rest == LONG[:most]


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=400))
def test_a_context_is_one_line_of_bounded_length(post: str, title: str, alt: str) -> None:
    answered = (AnsweredPost(text=post), AnsweredPost(text=post))
    words = context_words(
        Context(page=Page(name=title), answered=answered, card=LinkCard(title=title, description=post),
                pictures=(alt,)),
        "others",
    )  # fmt: skip
    assert len(words.splitlines()) <= 1
    bounds = (parts.MOST_NAME, parts.MOST_ANSWERED, parts.MOST_EARLIER, parts.MOST_TITLE,
              parts.MOST_DESCRIPTION, parts.MOST_ALT)  # fmt: skip
    assert len(words) <= sum(bounds) + 120
