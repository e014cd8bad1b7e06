"""Words that the page and the reports share: what flags are called, and text that can't deceive an eye."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

# Control and format characters, fillers that look like nothing, and the tags behind U+E0000. A joiner
# between two signs that are not ASCII stays: it makes one emoji of several, and Indic letters need it.
_HIDDEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f"
    "\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]"
    r"|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)


def visible(text: str) -> str:
    """Text that can't reorder or hide what stands around it: marks that are not seen become a dot."""
    return _HIDDEN.sub("\u00b7", re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text))


def bare(text: str) -> str:
    """Text without marks that are not seen, in lines that end alike: for what people type to be searched, shown or copied."""
    return _HIDDEN.sub("", re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text))


def sentence(text: str) -> str:
    """The same with a capital at its beginning, and nothing else changed."""
    return text[:1].upper() + text[1:]


def reach(followers: int | None, shares: int | None) -> str:
    """12,400 followers, 1 share; what is nought or not known is left out."""
    counts = (("follower", followers or 0), ("share", shares or 0))
    return ", ".join(f"{count:,} {noun}{'s' * (count > 1)}" for noun, count in counts if count > 0)


# ── One spelling for all that read alike, by which words are looked for in what was said. ─────────


def folded(text: str) -> str:
    """One spelling for all that read alike: case, width, dashes, quotes, N.H.S., hidden characters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    if not text.isascii():  # zero width, direction marks
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = re.sub("[\u2018\u2019\u02bc\u201b\uff07`\u00b4]", "'", text)
    text = re.sub(r"(?<![\w.])(?:\w\.){2,}(?:\w(?!\w))?", lambda m: m[0].replace(".", ""), text)
    return re.sub(r"[\s\-\u2010-\u2015]+", " ", text.replace("&", " and ")).strip()


# ── Tables for a spreadsheet in which no cell can act: OWASP's guard against CSV injection. ───────

# What Excel, LibreOffice or Google Sheets take for the beginning of a formula, full-width forms included.
_ACTS = tuple("=+-@\t\r\n＝＋－＠|%")


def inert(cell: object) -> str:
    """A cell as text that stays text: one that a spreadsheet could work out begins with an apostrophe."""
    text = str(cell)
    if isinstance(cell, int):
        return text
    begins = text.lstrip(" \u00a0\u3000\ufeff\0")
    return f"'{text}" if text.startswith(_ACTS) or begins.startswith(_ACTS) else text


def rows(cells: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV in UTF-8, every cell in quotation marks."""
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [inert(cell) for cell in row] for row in cells
    )
    return written.getvalue().encode("utf-8", "replace")


def holds_phrase(text: str, wanted: Sequence[str]) -> bool:
    """Whether words stand side by side in a text, each whole, whatever signs are between them."""
    signs = r"[\W_]+"
    words = [word for part in wanted for word in re.findall(r"[^\W_]+", part)]
    pattern = signs.join(map(re.escape, words))
    return bool(words) and re.search(rf"(?<![^\W_]){pattern}(?![^\W_])", text) is not None
