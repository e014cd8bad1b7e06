"""Text as people wrote it: HTML to plain, what is unfit for a database mended, terms found in it.

Everything here takes any string whatever, in time that grows with its length, and never raises.
"""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urljoin

from collectors.http.transport import host
from core import clock
from core.text import folded

MOST_TEXT = 200_000  # characters; a longer post is cut here, which is a long book's chapter or two

_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details",
     "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
     "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
     "tbody", "tfoot", "thead", "title", "tr", "ul")
)  # fmt: skip
_SILENT = frozenset(("script", "style", "template"))
_TAG = re.compile(r"""<(/?)([a-zA-Z][\w:.-]*)((?>[^<>"']|"[^"]*"|'[^']*')*+)>""")
_LONGEST_TAG = 2_000  # beyond it the first > ends the tag, so that no input takes quadratic time
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HUGE_REFERENCE = re.compile(r"&#\d{8,};?")  # html.unescape raises on thousands of digits
_EMPHASIS = re.compile(r"[*~`]+|(?<!\w)_+|_+(?!\w)")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """NUL and lone surrogates become U+FFFD and the rest is NFC; nothing else is lost or changed."""
    if _SURROGATE.search(text):  # two halves that belong together are joined
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return unicodedata.normalize("NFC", text.replace("\0", "\ufffd"))


def plain(markup: str) -> str:
    """HTML as plain text: entities decoded once, tags gone, line breaks and emoji pictures kept."""
    return _tidied(_decoded("".join(_parts(markup))))


def decoded(text: str) -> str:
    """Text in which only &amp;, &lt; and &gt; are escaped (X, Reddit), as its author wrote it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _decoded(text: str) -> str:
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text))


def _tidied(text: str) -> str:
    text = re.sub(r"[ \t\r\f\v\xa0]+", " ", text.replace("\r\n", "\n"))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", text)).strip()


def _parts(markup: str) -> list[str]:
    """The pieces between tags. The standard library's parser takes quadratic time on bad input."""
    parts: list[str] = []
    absent: set[str] = set()  # endings that don't come again: each is searched for in vain once

    def after(ending: str, start: int) -> int:
        position = -1 if ending in absent else markup.find(ending, start)
        if position < 0:
            absent.add(ending)
            return -1
        return position + len(ending)

    at, lowered = 0, markup.lower()
    if len(lowered) != len(markup):  # a few letters grow when lowered, and offsets would be off
        lowered = markup
    while (start := markup.find("<", at)) >= 0:
        parts.append(markup[at:start])
        tag = _TAG.match(markup, start, start + _LONGEST_TAG)
        if markup.startswith("<![CDATA[", start):
            at = start + 9
        elif markup.startswith("<!--", start) and (end := after("-->", start + 4)) > 0:
            at = end
        elif tag:
            at = tag.end()
            parts.append(_in_place_of(tag))
            closing = f"</{tag[2].lower()}"
            if tag[2].lower() in _SILENT and not tag[1] and closing not in absent:
                end = lowered.find(closing, at)
                at = end if end >= 0 else at
                absent.update({closing} if end < 0 else ())
        elif (
            re.match(r"<[/!?a-zA-Z]", markup[start : start + 2]) and (end := after(">", start)) > 0
        ):
            at = end
        else:  # "<3", "a < b", a tag that never ends
            parts.append("<")
            at = start + 1
    parts.append(markup[at:])
    return parts


def _in_place_of(tag: re.Match[str]) -> str:
    name = tag[2].lower()
    if name == "img":
        alt = _ALT.search(tag[3])
        return (alt[1] or alt[2] or "") if alt else ""
    if name in _BLOCKS:
        return "\n"
    return " " if name in ("td", "th") else ""


@lru_cache(maxsize=64)
def _patterns(terms: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    return tuple((term, *pattern) for term in terms if (pattern := _pattern(term)))


def _pattern(term: str) -> tuple[tuple[str, ...], re.Pattern[str]] | None:
    """A term as a whole word or phrase, and a phrase also joined up as a tag (#nwlondonicb).

    Before the pattern stand the letters of which some are in whatever it matches: quicker to look for than the pattern.
    """
    written = folded(term).replace("'", "")
    if not written:
        return None
    literals = [written]
    ways = [rf"(?<![\w@#.]){re.escape(written)}(?!\w)" if written[0] in "@#"
            else rf"(?<!\w){re.escape(written)}(?!\w)"]  # fmt: skip
    joined = re.sub(r"\W", "", written)
    if joined and written[0] not in "@#":
        literals.append(f"#{joined}")
        ways.append(rf"(?<!\w)#{re.escape(joined)}(?!\w)")
    return tuple(literals), re.compile("|".join(ways))


def matching(text: str, terms: tuple[str, ...]) -> tuple[str, ...]:
    """The terms that stand in a text as whole words, phrases, @handles or #tags, in their order.

    Case, width, curly apostrophes, dashes, zero-width characters, "&" for "and", "N.H.S." for "NHS", and
    signs of emphasis and escape (*NHS* NWL, _NHS_ NWL) make no difference. A text of any length is read to
    its end.
    """
    alike = folded(text)
    ways = [alike.replace("'", ""), alike.replace("'", " ")]  # St Marys, and the ICB's
    unescaped = folded(_ESCAPE.sub("", text)) if "\\" in text else alike
    if (unmarked := _EMPHASIS.sub("", unescaped)) != alike:
        ways += [unmarked.replace("'", ""), unmarked.replace("'", " ")]
    ways = list(dict.fromkeys(ways))  # a text without apostrophes and marks is the same each way
    return tuple(
        term
        for term, literals, pattern in _patterns(terms)
        if any(any(literal in way for literal in literals) and pattern.search(way) for way in ways)
    )


# ── Single fields as platforms send them: ids, words, numbers and moments. ────────────────────────

UNREADABLE = datetime(1970, 1, 1, tzinfo=UTC)  # a time that can't be read; each() puts it right


def identity(value: object) -> str:
    """An id as a string: 42 and "42" are one. Raises ValueError for anything that can't be an id."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise ValueError("not an id")


def words(value: object) -> str:
    """A field that may be missing or null, as a string. Raises TypeError for what is no text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def count(value: object) -> int | None:
    """A number of likes or followers; None for what can't be one."""
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and len(value) < 16:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**53:
        return None
    return int(value)


def counts(**named: object) -> dict[str, int]:
    """The metrics that are there."""
    return {name: number for name, value in named.items() if (number := count(value)) is not None}


def moment(written: object) -> datetime:
    """Any form of time as UTC; UNREADABLE, which each() mends, for what is missing or no time."""
    if not isinstance(written, str | int | float):
        return UNREADABLE
    try:
        return clock.parse(written)
    except ValueError:
        return UNREADABLE


def absolute(target: str, url: str) -> str:
    """An address of the web, from the page that names it; empty for what is none."""
    try:
        address = urljoin(url, target.strip())
    except ValueError:
        return ""
    return address if address.startswith(("http://", "https://")) else ""


def same_host(target: str, url: str) -> str:
    """An address, from the page that names it, if it is on the same host; else empty."""
    address = absolute(target, url)
    return address if host(address) == host(url) else ""


def joined(title: str, body: str) -> str:
    """Title and body as one text, the title once."""
    return "\n\n".join(part for part in (title if not body.startswith(title) else "", body) if part)
