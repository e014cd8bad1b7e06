from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import ODD_ERRORS, each
from collectors.linkedin.parse import (
    About,
    comment_urn,
    commentary,
    notified,
    parts,
    published,
    to_comment,
    to_post,
)
from core.models import Mention
from tests.collectors.cases import AT, page
from tests.collectors.mutants import mutants

ABOUT = About(at=AT, ours=frozenset({"urn:li:organization:1000001"}))
ONE = "urn:li:comment:(urn:li:activity:1,2)"


@pytest.mark.parametrize(
    ("written", "posts"),
    [
        (ONE, ()),
        ("urn:li:comment:(activity:1,2)", ()),
        ("urn:li:comment:(urn:li:ugcPost:9,2)", ("urn:li:activity:1",)),
        ("urn:li:comment:(share:9,2)", (None, "urn:li:share:9", "urn:li:activity:1")),
        ("urn:li:comment:(activity:1,2)", ("urn:li:activity:7",)),
    ],
)
def test_every_spelling_of_a_comment_is_one_urn(written: str, posts: tuple[Any, ...]) -> None:
    assert comment_urn(written, *posts) == ONE


def test_a_comment_on_what_is_known_by_no_activity_keeps_its_own_post() -> None:
    assert comment_urn("urn:li:comment:(ugcPost:9,2)") == "urn:li:comment:(urn:li:ugcPost:9,2)"


@pytest.mark.parametrize(
    "written", ["", None, "urn:li:share:1", "urn:li:comment:(activity:1)", "(1,2)"]
)
def test_what_is_no_comment_is_refused(written: str | None) -> None:
    with pytest.raises(ValueError, match="not a comment's URN"):
        comment_urn(written)
    with pytest.raises(ValueError, match="not a comment's URN"):
        parts(written or "")


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("plain words", "plain words"),
        (r"Call 111 \(free\) \- or \* not", r"Call 111 (free) \- or * not"),
        ("With @[Ana Example](urn:li:person:AbC) today", "With Ana Example today"),
        (r"{hashtag|\#|StayWell} and {hashtag|#|NHS}", "#StayWell and #NHS"),
        (r"{hashtag|\#|a\_b}", "#a_b"),
        ("@[not](https://example.org) {braces}", "@[not](https://example.org) {braces}"),
    ],
)
def test_a_posts_text_is_what_people_see(raw: str, seen: str) -> None:
    assert commentary(raw) == seen


def test_the_least_of_a_comment_is_its_post_its_number_and_words() -> None:
    item = {"id": "2", "object": "urn:li:activity:1", "message": {"text": "Hello"}}
    found = to_comment(item, ABOUT)
    assert (found.issued_id, found.root_id, found.metrics) == (ONE, "urn:li:activity:1", {})
    assert found.edited_at is None


def test_a_reply_may_be_known_by_what_it_is_on() -> None:
    item = {
        "commentUrn": "urn:li:comment:(activity:1,3)",
        "object": ONE,
        "message": {"text": "Yes"},
    }
    assert (to_comment(item, ABOUT).kind, to_comment(item, ABOUT).parent_id) == ("reply", ONE)


def test_a_reply_that_names_what_it_is_on_and_not_itself_is_on_the_same_post() -> None:
    item = {"id": "3", "object": ONE, "message": {"text": "Yes"}}
    found = to_comment(item, ABOUT)
    assert (found.issued_id, found.parent_id) == ("urn:li:comment:(urn:li:activity:1,3)", ONE)


@pytest.mark.parametrize("message", [{}, {"message": None}, {"message": {"attributes": []}}])
def test_a_comment_of_a_picture_alone_has_no_words_and_one_of_nothing_is_odd(
    message: dict[str, Any],
) -> None:
    item = {"id": "2", "object": "urn:li:activity:1", **message}
    found = to_comment({**item, "content": [{"url": "https://media.example.org/1.jpg"}]}, ABOUT)
    assert (found.text, found.images) == ("", ("https://media.example.org/1.jpg",))
    with pytest.raises(ValueError, match="without its words"):
        to_comment(item, ABOUT)


@pytest.mark.parametrize(
    ("state", "out"),
    [(None, True), ("PUBLISHED", True), ("PUBLISHED_EDITED", True), ("DRAFT", False), (7, False)],
)
def test_a_post_that_is_out_stays_out_when_it_is_edited(state: Any, out: bool) -> None:
    assert published({"lifecycleState": state}) is out


@pytest.mark.parametrize(
    ("changed", "told", "edited"),
    [
        (1795165500031, {}, False),  # publishing itself takes a moment
        (1795169100000, {}, True),
        (1795169100000, {"isEditedByAuthor": False}, False),
        (1795165500031, {"isEditedByAuthor": True}, True),
    ],
)
def test_a_post_is_edited_where_linkedin_says_so_or_time_does(
    changed: int, told: dict[str, bool], edited: bool
) -> None:
    item = {"id": "urn:li:share:1", "publishedAt": 1795165500000, "lastModifiedAt": changed,
            "lifecycleStateInfo": told}  # fmt: skip
    found = to_post(item, ABOUT)
    assert (found.edited_at is not None) is edited
    assert found.posted_at == datetime(2026, 11, 20, 9, 5, tzinfo=UTC)


def mentioned(**notice: Any) -> Mention:
    return notified({"action": "SHARE_MENTION", "lastModifiedAt": 1795165500000, **notice}, ABOUT)


def test_a_mention_is_the_post_that_was_made_or_else_the_source() -> None:
    source = {"entity": "urn:li:share:8", "text": "With us", "owner": "urn:li:person:A"}
    by_source = mentioned(sourcePost="urn:li:activity:9", decoratedSourcePost=source)
    assert (by_source.issued_id, by_source.text) == ("urn:li:share:8", "With us")
    bare = mentioned(sourcePost="urn:li:activity:9", generatedActivity="urn:li:share:7")
    assert (bare.issued_id, bare.text, bare.author.id) == ("urn:li:share:7", "", "")


def test_a_post_is_shared_with_words_or_without() -> None:
    shared = {
        "action": "SHARE",
        "sourcePost": "urn:li:share:1",
        "generatedActivity": "urn:li:share:2",
    }
    assert (mentioned(**shared).kind, mentioned(**shared).quoted_id) == ("repost", "urn:li:share:1")


def test_an_action_that_was_not_asked_for_is_odd() -> None:
    with pytest.raises(ValueError, match="asked for"):
        mentioned(action="LIKE", sourcePost="urn:li:share:1")


READERS: list[tuple[Callable[..., Mention], Any]] = [
    *((notified, item) for item in page("linkedin/notifications.json")["elements"][:6]),
    (to_comment, page("linkedin/comments.json")["elements"][1]),
    (to_comment, page("linkedin/replies.json")["elements"][1]),
    (to_post, page("linkedin/posts.json")["elements"][0]),
    (to_post, page("linkedin/posts.json")["elements"][1]),
]


@given(st.data())
@pytest.mark.parametrize(("read", "item"), READERS)
def test_an_item_of_any_shape_is_a_mention_or_an_odd_item(
    read: Callable[..., Mention], item: Any, data: st.DataObject
) -> None:
    spoiled = data.draw(mutants(item))
    with contextlib.suppress(*ODD_ERRORS):
        assert isinstance(read(spoiled, about=ABOUT), Mention)
    assert list(each([spoiled], partial(read, about=ABOUT), at=AT))
