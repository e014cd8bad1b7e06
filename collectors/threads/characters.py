"""How long a post on Threads is: 500 characters, of which an emoji counts as many as its UTF-8 has bytes.

developers.facebook.com/docs/threads/overview, under "Limitations"; of memory, not seen on 29 November 2026.
"""

from __future__ import annotations

from collectors.characters import graphemes


def count_characters(text: str) -> int:
    """As Threads counts: what lies outside the letters of scripts, such as an emoji, by its bytes."""
    return sum(_length(sign) for sign in graphemes(text))


def _length(sign: str) -> int:
    return (
        len(sign.encode("utf-8", "replace"))
        if any(ord(part) > 0xFFFF for part in sign)
        else len(sign)
    )
