"""What the page began to search for: each term, rule, place and body that settings brought in some days, with who and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from review.context import RequestContext
from settings import named_people, overrides
from settings.sections import content, find
from steps import search_checks

_SECTIONS = ("names", "rules", "campaigns", "accounts", "places", "providers")
_FIELDS = ("name", "rule", "handle", "aliases")
SHOWN = 40  # beyond them the page says how many more


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """One thing that was not searched for before. `words` as they were written."""

    words: str
    by_name: str
    at: datetime


def added_since(context: RequestContext, since: datetime) -> list[Sought]:
    """Newest first, each where it first came in."""
    added: list[Sought] = []
    table = overrides.as_json(context.app.file)
    for section in _SECTIONS:
        known = find(section)
        seen = set(_all_words(content(table, known))) if known is not None else set()
        for version in reversed(context.store.settings.history(section)):
            words = dict.fromkeys(_all_words(version.content or {}))
            if version.at >= since:
                added += [
                    Sought(words=phrase, by_name=version.by_name, at=version.at)
                    for phrase in words
                    if phrase not in seen
                ]
            seen |= set(words)
    return sorted(added, key=lambda sought: sought.at, reverse=True)


def unknown_in_file(context: RequestContext) -> list[str]:
    """What config.toml and the page search for already, and what would wait for two people were it new: words, accounts, posts."""
    allowed = context.store.searched_people.approved(clock.local_day(context.at))
    words = {*named_people.unknown_in_file(context.app.file), *named_people.unknown_in_file(context.config, allowed)}  # fmt: skip
    return sorted(words)


def like_who_posts(context: RequestContext) -> list[str]:
    """What was set up in the page and is like what somebody who posts calls themselves: as a search term it is not searched for until two people agreed."""

    def read() -> list[str]:
        file, on = context.app.file, clock.local_day(context.at)
        allowed = named_people.agreed(file, on) | context.store.searched_people.approved(on)
        like = search_checks.like_who_posts(context.store, context.config, file, allowed)
        return sorted({word for words in like.values() for word in words})

    return context.shared("like who posts", read)


def _all_words(of_section: Mapping[str, Any]) -> Iterator[str]:
    """What is searched for or known by, in a section's content."""
    for part in of_section.values():
        yield from _words(part)


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, list | tuple):
        for row in part:
            yield from _words(row)
    elif isinstance(part, Mapping):
        for key in _FIELDS:
            yield from _words(part.get(key))
