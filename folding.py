"""One spelling for all that read alike, by which words are looked for in what was said."""

from __future__ import annotations

import re
import unicodedata


def folded(text: str) -> str:
    """One spelling for all that read alike: case, width, dashes, quotes, N.H.S., hidden characters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(
        c for c in text if unicodedata.category(c) != "Cf"
    )  # zero width, direction marks
    text = re.sub("[\u2018\u2019\u02bc\u201b\uff07`\u00b4]", "'", text)
    text = re.sub(r"(?<![\w.])(?:\w\.){2,}(?:\w(?!\w))?", lambda m: m[0].replace(".", ""), text)
    return re.sub(r"[\s\-\u2010-\u2015]+", " ", text.replace("&", " and ")).strip()
