"""How long a text is as a platform counts it: what a reader sees as one sign, and links at a fixed length."""

from __future__ import annotations

import re
import unicodedata

# X and Mastodon count a link as so many characters, however long it is (docs.x.com/fundamentals/counting-characters;
# docs.joinmastodon.org/user/posting).
LINK = 23
LINKS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_AFTER = ".,;:!?'’”…"  # signs behind a link that are no part of it
_JOINER = "\u200d"


def count_graphemes(text: str) -> int:
    """As Bluesky counts (its lexicon app.bsky.feed.post: maxGraphemes), and we for those that do not say."""
    return len(graphemes(text))


def graphemes(text: str) -> list[str]:
    """What a reader sees as one sign each: a letter with its marks, an emoji of several parts, a flag."""
    signs: list[str] = []
    for sign in text:
        if signs and _belongs(signs[-1], sign):
            signs[-1] += sign
        else:
            signs.append(sign)
    return signs


def _belongs(before: str, sign: str) -> bool:
    if before == "\r" and sign == "\n":
        return True
    if sign == _JOINER or before.endswith(_JOINER) or "\U0001f3fb" <= sign <= "\U0001f3ff":
        return True
    if is_tag(sign):  # England's flag is a black one with five of them
        return True
    if "\U0001f1e6" <= sign <= "\U0001f1ff":  # two letters make a flag
        return len(before) == 1 and "\U0001f1e6" <= before <= "\U0001f1ff"
    return unicodedata.category(sign) in ("Mn", "Me") or "\ufe00" <= sign <= "\ufe0f"


def is_tag(sign: str) -> bool:
    """Whether it is one of the tags behind U+E0000, of which flags are made."""
    return "\U000e0020" <= sign <= "\U000e007f"


def shortened(link: re.Match[str]) -> str:
    """As many signs as a link counts, and what stands behind it."""
    return "x" * LINK + link.group()[len(_bare(link.group())) :]


def links(text: str) -> list[tuple[int, int]]:
    """Where links stand in a text, without the signs behind them."""
    return [
        (link.start(), link.start() + len(_bare(link.group()))) for link in LINKS.finditer(text)
    ]


def _bare(link: str) -> str:
    while link[-1:] in _AFTER or (link.endswith(")") and "(" not in link):
        link = link[:-1]
    return link
