"""RSS and Atom as feedparser reads them, or our error for what is none."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import feedparser

from collectors.http import web_page
from errors import PlatformUnavailable

_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)  # nothing is lost
_STARTS, _ENDS = (b"<item", b"<entry"), (b"</item", b"</entry")
_TRIPS = (
    ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, OverflowError,
)  # fmt: skip


def parse(content: bytes, headers: Mapping[str, str], url: str) -> tuple[Any, str]:
    """What feedparser could read, and what is damaged in it ("" for nothing).

    Raises PlatformUnavailable, or PlatformRefused for a login page.
    """
    kind = headers.get("Content-Type", "")
    charset = re.search(r"charset=([\w-]+)", kind, re.IGNORECASE)
    # not told where the feed was, which feedparser would put before ids too
    given = {
        "content-type": f"application/xml; charset={charset[1]}" if charset else "application/xml"
    }
    try:  # from a stream: bytes alone would be taken for the name of a file
        parsed = feedparser.parse(io.BytesIO(content.lstrip()), response_headers=given)
    except _TRIPS as error:
        raise PlatformUnavailable(f"what came is no feed ({type(error).__name__})") from None
    trouble = parsed.get("bozo_exception") if parsed.get("bozo") else None
    if isinstance(trouble, _HARMLESS):
        trouble = None
    if not parsed.get("entries") and (trouble or not parsed.get("version")):
        start = content.lstrip()[:400].lower()
        if b"<html" in start or b"<!doctype html" in start or "html" in kind.lower():
            raise web_page(content, url)
        raise PlatformUnavailable(
            f"what came is neither RSS, Atom nor JSON Feed ({len(content)} bytes)"
        )
    if not trouble:
        return parsed, ""
    if _breaks_off(content):  # half of the last entry would look like an edit of it
        del parsed["entries"][-1:]
    return parsed, f"the feed is damaged ({type(trouble).__name__}); what could be read is kept"


def _breaks_off(content: bytes) -> bool:
    """Whether the last entry begins and does not end."""
    return max(map(content.rfind, _STARTS)) > max(map(content.rfind, _ENDS))
