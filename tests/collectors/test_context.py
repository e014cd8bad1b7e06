from __future__ import annotations

from typing import Any

import pytest

from collectors.base import settle
from collectors.context import compose_searched, objects_of, text_of, with_thread_of
from core.context import AnsweredPost, Context, LinkCard, Page
from tests.collectors.cases import AT
from tests.collectors.test_base import a_mention

PARENT = AnsweredPost(text="Is it open?", handle="ana_example")
LONDON = Page(name="r/london", kind="subreddit")


@pytest.mark.parametrize("odd", [None, 5, [], {}, b"x", True])
def test_what_is_no_text_is_none(odd: Any) -> None:
    assert text_of(odd) == ""


def test_only_objects_of_a_list_are_read() -> None:
    assert objects_of([{"a": 1}, None, "x", []]) == [{"a": 1}]
    assert objects_of({"a": 1}) == []


def test_every_text_of_a_context_is_made_fit_for_a_database() -> None:
    context = Context(
        page=Page(name="a\0"), answered=(AnsweredPost(text="\ud83d", handle="b\0"),),
        card=LinkCard(title="c\0", description="\0", url="d\0"), pictures=("e\0",),
    )  # fmt: skip
    settled, doubts = settle(a_mention(context=context), AT)
    assert settled.context == Context(
        page=Page(name="a\ufffd"), answered=(AnsweredPost(text="\ufffd", handle="b\ufffd"),),
        card=LinkCard(title="c\ufffd", description="\ufffd", url="d\ufffd"), pictures=("e\ufffd",),
    )  # fmt: skip
    assert doubts == []


def test_a_look_at_a_post_alone_does_not_lose_its_thread() -> None:
    stored = Context(page=LONDON, answered=(PARENT,), pictures=("A queue",))
    fresh = Context(card=LinkCard(title="News"))
    assert with_thread_of(fresh, stored) == Context(
        page=LONDON, answered=(PARENT,), card=LinkCard(title="News")
    )
    other = AnsweredPost(text="another")
    assert with_thread_of(Context(answered=(other,)), stored).answered == (other,)


def test_terms_are_looked_for_in_what_pictures_show_and_not_in_what_is_answered() -> None:
    context = Context(answered=(PARENT,), pictures=("NHS NW London poster",))
    assert compose_searched("Look", context) == "Look\nNHS NW London poster"
