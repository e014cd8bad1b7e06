"""What surrounds a mention, as platforms tell it. An odd or missing part is no context, and costs no mention.

Nothing here raises for what a platform sent, whatever its shape.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from collectors.parsing import clean
from core.context import Context, LinkCard, Page

NOTHING: Mapping[str, Any] = {}


def text_of(value: object) -> str:
    """A text; "" for anything else."""
    return value if isinstance(value, str) else ""


def object_of(value: object) -> Mapping[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else NOTHING


def objects_of(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; none for anything else."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def cleaned(context: Context) -> Context:
    """The same context, fit for a database: as `clean` mends every text."""
    if not context:
        return context
    page, card = context.page, context.card
    return Context(
        page=page and Page(owner=page.owner, name=clean(page.name), kind=page.kind),
        answered=tuple(
            dataclasses.replace(
                post, text=clean(post.text), handle=clean(post.handle), post_id=clean(post.post_id)
            )
            for post in context.answered
        ),
        card=card and LinkCard(
            title=clean(card.title), description=clean(card.description), url=clean(card.url)
        ),
        pictures=tuple(clean(alt) for alt in context.pictures),
        picture_texts=tuple(
            dataclasses.replace(picture, text=clean(picture.text)) for picture in context.picture_texts
        ),
    )  # fmt: skip


def with_thread_of(fresh: Context, stored: Context) -> Context:
    """The fresh context; page and answered posts as stored, where a look at the post alone tells neither."""
    return dataclasses.replace(
        fresh, page=fresh.page or stored.page, answered=fresh.answered or stored.answered
    )


def compose_searched(text: str, context: Context) -> str:
    """What a mention's terms are looked for in: its words and those of its pictures."""
    return "\n".join((text, *context.pictures))
