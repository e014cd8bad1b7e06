"""How X counts the characters of a post (github.com/twitter/twitter-text, config/v3.json)."""

from __future__ import annotations

import re
import unicodedata

from collectors.characters import LINKS, graphemes, is_tag, shortened

# X makes a link of a host without https:// too (twitter-text, validUrl); any country's two letters count as one's end.
_HOST = re.compile(
    r"(?<![\w@#$./-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,8}(?:[a-z]{2}|com|org|net|int|gov|edu|info|care|health|app|news|social)"
    r"(?![\w@.-]*[\w@])(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)
_ONCE = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # all other code points count twice


def count_characters(text: str) -> int:
    """Links at 23, most letters once, emoji and most other scripts twice."""
    bare = _HOST.sub(shortened, LINKS.sub(shortened, unicodedata.normalize("NFC", text)))
    return sum(_weight(sign) for sign in graphemes(bare))


def holds_link(text: str) -> bool:
    """Whether X makes a link of a part of it, which costs more to publish."""
    return bool(LINKS.search(text) or _HOST.search(text))


def _weight(sign: str) -> int:
    """An emoji counts twice, of however many parts it is made."""
    if len(sign) > 1 and any(part in "\u200d\ufe0f\u20e3" or is_tag(part) for part in sign):
        return 2
    each = [1 if any(low <= ord(char) <= high for low, high in _ONCE) else 2 for char in sign]
    return each[0] if each[0] == 2 else sum(each)
