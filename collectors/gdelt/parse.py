"""GDELT's articles as Mentions: the only code that knows its field names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collectors.base import identity, moment, plain, words
from core.context import Page, context_of
from core.models import Author, Mention

_LANGUAGES = {"english": "en", "welsh": "cy"}
_SPACED = (  # GDELT puts spaces around punctuation
    (re.compile(r"(?<=\S) +([,.;:!?%)\]}’”…])(?=\s|$|[^\w\s])"), r"\1"),
    (re.compile(r"([(\[{£$€‘“]) +(?=\S)"), r"\1"),
    (re.compile(r"(?<=\w) ?(['’]) ?(s|t|d|m|re|ve|ll)\b(?! ?['’])", re.IGNORECASE), r"\1\2"),
    (re.compile(r"(?<!\d)(\d{1,3}), (?=\d{3}(?!\d))"), r"\1,"),
    (re.compile(r"(?<=\d)\. (?=\d)"), "."),
    (re.compile(r'(^|\s)" ([^"]{1,300}?) "(?=\W|$)'), r'\1"\2"'),
    (re.compile(r"(^|\s)' ([^']{1,300}?) '(?=\W|$)"), r"\1'\2'"),
    (re.compile(r"(?<=s) (['’]) "), r"\1 "),
)


def to_mention(article: Mapping[str, Any], at: datetime) -> Mention:
    """One article, of which GDELT tells the title alone. The same story at another address is another.

    `posted_at` is when GDELT saw it, in steps of a quarter of an hour; the author is the site.
    """
    url = identity(article["url"])
    if not url.startswith(("http://", "https://")):
        raise ValueError("no address")
    raw = words(article["title"])
    title = tidied(plain(raw))
    if not title:
        raise ValueError("no title")
    language = words(article.get("language"))
    picture = words(article.get("socialimage"))
    paper = words(article.get("domain"))
    return Mention(
        issuer="gdelt", issued_id=url, platform="news", kind="article", url=url, text=title,
        text_raw=raw, author=Author(name=paper),
        posted_at=moment(article.get("seendate")), fetched_at=at,
        language=_LANGUAGES.get(language.lower(), language),
        images=(picture,) if picture else (),
        context=context_of(page=Page(name=paper, kind="newspaper")),
    )  # fmt: skip


def tidied(title: str) -> str:
    """A title as its site wrote it, as far as can be told: "board ' s plan : what now ?" and the like."""
    for pattern, instead in _SPACED:
        title = pattern.sub(instead, title)
    return title.strip()
