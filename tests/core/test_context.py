"""Context: read from a file's row and written as one, cut to bounds, wrong parts named."""

from __future__ import annotations

import pytest

from core.context import (
    MOST_ANSWERED,
    MOST_TEXT,
    NOWHERE,
    AnsweredPost,
    PictureText,
    as_json,
    context_of,
    from_json,
)

GIVEN = {
    "page": {"owner": "organisation", "name": "NHS North West London", "kind": "page"},
    "replies_to": [
        {"text": "Flu jabs are here", "author": {"handle": "HealthierNWL", "official": True}},
        {"text": "Where?", "author": {"handle": "sam", "official": False}},
    ],
    "card": {"title": "Board papers", "description": "October", "url": "https://example.org/a"},
    "pictures": [{"alt": "A queue outside a chemist"}],
    "matched": ["NWL ICB"],
}


def test_a_row_comes_back_as_it_was_given() -> None:
    assert as_json(from_json(GIVEN)) == GIVEN


def test_an_answered_post_keeps_its_id_and_that_it_is_gone() -> None:
    gone = {"text": "", "author": {"handle": "", "official": True}, "id": "7", "gone": True}
    context = from_json({"replies_to": [gone]})
    assert (context.answered[0].post_id, context.answered[0].gone) == ("7", True)
    assert as_json(context) == {"replies_to": [gone]}
    assert context.is_under_ours
    assert not context.words


def test_no_context_is_false_and_any_part_of_it_is_true() -> None:
    assert not from_json(None)
    assert not from_json({})
    assert not NOWHERE
    for part, value in GIVEN.items():
        assert from_json({part: value})


def test_a_reply_to_us_or_a_comment_on_our_page_is_under_ours() -> None:
    assert from_json({"page": GIVEN["page"]}).is_under_ours
    assert from_json({"replies_to": GIVEN["replies_to"]}).is_under_ours
    assert not from_json({"replies_to": GIVEN["replies_to"][1:]}).is_under_ours  # type: ignore[index]
    assert not from_json({"card": GIVEN["card"]}).is_under_ours


@pytest.mark.parametrize(
    ("context", "part"),
    [
        ([], '"context"'),
        ({"page": "ours"}, '"context.page"'),
        ({"page": {"name": 3}}, '"context.page.name"'),
        ({"replies_to": {"text": "a"}}, '"context.replies_to"'),
        ({"replies_to": ["a"]}, '"context.replies_to"'),
        ({"replies_to": [{"text": 1}]}, '"context.replies_to.text"'),
        ({"replies_to": [{"author": {"official": "yes"}}]}, '"context.replies_to.author.official"'),
        ({"card": {"title": ["a"]}}, '"context.card.title"'),
        ({"pictures": [{"alt": False}]}, '"context.pictures.alt"'),
        ({"matched": "NWL ICB"}, '"context.matched"'),
        ({"matched": [{"term": "NWL ICB"}]}, '"context.matched"'),
    ],
)
def test_a_wrong_part_is_named(context: object, part: str) -> None:
    with pytest.raises(ValueError, match=part.replace(".", r"\.")):
        from_json(context)


def test_an_unknown_owner_or_kind_of_page_is_another() -> None:
    page = from_json({"page": {"owner": "mars", "kind": "crater", "name": "A"}}).page
    assert page is not None
    assert (page.owner, page.kind, page.name) == ("other", "page", "A")


def test_long_texts_and_many_posts_are_cut() -> None:
    context = context_of(answered=[AnsweredPost(text="a" * 9000) for _ in range(40)])
    assert len(context.answered) == MOST_ANSWERED
    assert len(context.answered[0].text) == MOST_TEXT


def test_all_words_are_told() -> None:
    words = from_json(GIVEN).words
    for word in ("North West London", "HealthierNWL", "Where?", "Board papers", "queue", "NWL ICB"):
        assert word in words


def test_what_was_read_in_pictures_comes_back_from_json_within_bounds() -> None:
    context = context_of(
        picture_texts=[
            PictureText(place=2, text=" words "), PictureText(place=0, text="x" * 9_000), PictureText(place=1, text=" "),
        ]
    )  # fmt: skip
    assert [picture.place for picture in context.picture_texts] == [0, 2]
    assert (len(context.picture_texts[0].text), context.picture_texts[1].text) == (4_000, "words")
    assert from_json(as_json(context)) == context
    assert context
    assert not context.is_told, "no platform told it"
    assert context.words.endswith("words"), "a search for a person looks there"


@pytest.mark.parametrize("place", [-1, 10, True, "1", 1.5])
def test_a_place_that_is_none_is_refused(place: object) -> None:
    with pytest.raises(ValueError, match=r"picture_texts\.place"):
        from_json({"picture_texts": [{"place": place, "text": "words"}]})
