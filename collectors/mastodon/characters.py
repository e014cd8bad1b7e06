"""How Mastodon counts the characters of a post (docs.joinmastodon.org/user/posting)."""

from __future__ import annotations

import re

from collectors.characters import LINKS, count_graphemes, shortened

_SERVER = re.compile(r"(?<![\w/])(@\w+)@[\w.-]+\w")  # of a handle, which is not counted


def count_characters(text: str) -> int:
    """Links at 23, handles without their server."""
    return count_graphemes(LINKS.sub(shortened, _SERVER.sub(r"\1", text)))
