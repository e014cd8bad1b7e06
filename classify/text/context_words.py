"""A mention's context in words, as the encoder reads it behind the mention and its author.

The nearest comes first, since what is left over is cut: whose page, whom it answers and with what, the
link that it shares, its pictures. Of each part only so much is told that the others still have room.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from core.context import Context, Page

Addressee = Literal[
    "us", "body", "others", ""
]  # of whom the leading handles name: see `context_words`

MOST_NAME = 80  # code points told of a page's name
MOST_ANSWERED = 240  # of the post that it answers
MOST_EARLIER = 100  # of one before that
MOST_TITLE = 140  # of a link's title
MOST_DESCRIPTION = 100  # of its description
MOST_ALT = 140  # of what a picture shows
_ADDRESSED = {"us": "to us", "body": "to a public body", "others": "to others"}
_WHOSE = {"organisation": "our", "provider": "a provider's", "other": "another"}


def context_words(context: Context, addressee: Addressee = "") -> str:
    """The context in one line; "" where nothing is known of it.

    `addressee` is of whom a post's leading handles name: the organisation ("us"), another public body of the
    register ("body"), anybody else ("others").
    """
    if not context and not addressee:
        return ""
    return ". ".join(_parts(context, addressee))


def _parts(context: Context, addressee: Addressee) -> Iterator[str]:
    if addressee:
        yield _ADDRESSED[addressee]
    if context.page:
        yield _page(context.page)
    for at, post in enumerate(context.answered[:2]):
        whose = "answers our post" if post.official else "answers a post"
        if at:
            whose = "before it our post" if post.official else "before it a post"
        yield f"{whose}: {_line(post.text, MOST_EARLIER if at else MOST_ANSWERED)}"
        if not at:
            yield from _shared(context)
    if not context.answered:
        yield from _shared(context)


def _page(page: Page) -> str:
    return f"on {_WHOSE[page.owner]} {page.kind} {_line(page.name, MOST_NAME)}".strip()


def _shared(context: Context) -> Iterator[str]:
    """The link and the pictures."""
    card = context.card
    if card and (card.title or card.description):
        words = (_line(card.title, MOST_TITLE), _line(card.description, MOST_DESCRIPTION))
        yield f"links: {' - '.join(filter(None, words))}"
    if context.pictures or context.picture_texts:
        read = (picture.text for picture in context.picture_texts)
        yield f"pictures: {_line('; '.join((*context.pictures, *read)), MOST_ALT)}"


def _line(text: str, most: int) -> str:
    return " ".join(text[: 2 * most].split())[:most]
