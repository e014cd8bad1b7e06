"""How long a reply is as its platform counts: characters are not alike everywhere, and a link has a length of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from mention import Platform

# X and Mastodon count a link as so many characters, however long it is (docs.x.com/fundamentals/counting-characters;
# docs.joinmastodon.org/user/posting).
LINK = 23
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
# X makes a link of a host without https:// too (twitter-text, validUrl); any country's two letters count as one's end.
_HOST = re.compile(
    r"(?<![\w@#$./-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,8}(?:[a-z]{2}|com|org|net|int|gov|edu|info|care|health|app|news|social)"
    r"(?![\w@.-]*[\w@])(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)
_AFTER = ".,;:!?'’”…"  # signs behind a link that are no part of it
# On Mastodon the server of a handle is not counted.
_SERVER = re.compile(r"(?<![\w/])(@\w+)@[\w.-]+\w")
# Code points that X counts once; all others count twice (github.com/twitter/twitter-text, config/v3.json).
_ONCE = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_JOINER = "\u200d"


def _on_x(text: str) -> int:
    bare = _HOST.sub(_shortened, _LINK.sub(_shortened, unicodedata.normalize("NFC", text)))
    return sum(_weight(sign) for sign in signs(bare))


def _shortened(link: re.Match[str]) -> str:
    """As many signs as a link counts, and what stands behind it."""
    whole = bare = link.group()
    while bare[-1:] in _AFTER or (bare.endswith(")") and "(" not in bare):
        bare = bare[:-1]
    return "x" * LINK + whole[len(bare) :]


def _weight(sign: str) -> int:
    """An emoji counts twice, of however many parts it is made."""
    if len(sign) > 1 and any(part in "\u200d\ufe0f\u20e3" or _is_tag(part) for part in sign):
        return 2
    each = [1 if any(low <= ord(one) <= high for low, high in _ONCE) else 2 for one in sign]
    return each[0] if each[0] == 2 else sum(each)


def _on_mastodon(text: str) -> int:
    return len(signs(_LINK.sub(_shortened, _SERVER.sub(r"\1", text))))


def signs(text: str) -> list[str]:
    """What a reader sees as one sign each: a letter with its marks, an emoji of several parts, a flag."""
    found: list[str] = []
    for sign in text:
        if found and _belongs(found[-1], sign):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _belongs(before: str, sign: str) -> bool:
    if before == "\r" and sign == "\n":
        return True
    if sign == _JOINER or before.endswith(_JOINER) or "\U0001f3fb" <= sign <= "\U0001f3ff":
        return True
    if _is_tag(sign):  # England's flag is a black one with five of them
        return True
    if "\U0001f1e6" <= sign <= "\U0001f1ff":  # two letters make a flag
        return len(before) == 1 and "\U0001f1e6" <= before <= "\U0001f1ff"
    return unicodedata.category(sign) in ("Mn", "Me") or "\ufe00" <= sign <= "\ufe0f"


def _is_tag(sign: str) -> bool:
    return "\U000e0020" <= sign <= "\U000e007f"


# Bluesky counts what a reader sees (its lexicon app.bsky.feed.post: maxGraphemes); so do we for those that do not say.
_COUNTED: Mapping[Platform, Callable[[str], int]] = {"x": _on_x, "mastodon": _on_mastodon}


def length(text: str, platform: Platform) -> int:
    """How many characters of its limit a text takes on a platform."""
    written = text.replace("\r\n", "\n").strip()
    count = _COUNTED.get(platform)
    return count(written) if count else len(signs(written))
