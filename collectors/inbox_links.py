"""The link that a mail reports: found in a text, out of the wrappers that mail gateways put around it."""

from __future__ import annotations

import base64
import html
import re
import string
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, unquote, urlsplit

# People also write "facebook.com/groups/…"; of other hosts an address must say that it is one.
_PLATFORMS = (
    r"(?:facebook|fb|twitter|x|instagram|linkedin|youtube|reddit|tiktok|pinterest|threads|nextdoor)"
    r"\.(?:com|net|co\.uk)|fb\.watch|youtu\.be|bsky\.app|t\.me"
)
_LINK = re.compile(
    r"(?:(?<![a-z0-9])https?://|(?<![\w@./-])(?:www\.|(?:[a-z-]{1,8}\.)?(?:" + _PLATFORMS + r")/))"
    r"[^\s<>\"\x00-\x1f\u200b]{1,8000}",
    re.IGNORECASE,
)
_TAIL = (
    ".,;:!?'\"*_|\u2019\u201d\u2026"  # ends a sentence, a quotation or a bold word, not an address
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_DEEPEST = 5  # wrappers in wrappers: two gateways and a redirect
# Redirects that carry their target in a key: Microsoft Safe Links, Google, Meta.
_CARRIERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"(?:.+\.)?safelinks\.protection\.(?:outlook\.com|office365\.us)", "/", ("url",)),
    (r"statics\.teams\.cdn\.office\.net", "/evergreen-assets/safelinks/", ("url",)),
    (r"(?:www\.)?google\.(?:com|co\.uk)", "/url", ("q", "url")),
    (r"lm?\.(?:facebook|instagram)\.com", "/", ("u",)),
)
_DEFENSE = re.compile(r"urldefense\.(?:proofpoint\.)?(?:com|us)")
_V3 = re.compile(r"/v3/__(.+?)__;([A-Za-z0-9_=-]*)!")
_RUNS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"  # A stands for 2
_PLAIN_HOST = re.compile(r"^(?:www|m|mobile)\.")


def links(text: str) -> Iterator[str]:
    """The http(s) addresses in a text, in order, unwrapped and without what the sentence adds."""
    for found in _LINK.finditer(text):
        link = _trimmed(found[0])
        link = link if link.lower().startswith("http") else f"https://{link}"
        if _readable(link):
            yield unwrapped(link)


def without_wrappers(text: str) -> str:
    """The text with each wrapped link as the address that it leads to."""
    return _LINK.sub(lambda found: _bare(found[0]), text)


def host_of(link: str) -> str:
    """Where it stands, as people say it: facebook.com for https://m.facebook.com/…"""
    return _PLAIN_HOST.sub("", (urlsplit(link).hostname or "").lower())


def is_deep(link: str) -> bool:
    """Whether it leads to a page, and not only to a site, as those in signatures mostly do."""
    parts = urlsplit(link)
    return bool(parts.path.strip("/") or parts.query)


def unwrapped(link: str) -> str:
    """The address that a gateway or redirect wraps; the link itself where there is none in it."""
    for _ in range(_DEEPEST):
        inner = _inside(link)
        if not _readable(inner):
            break
        link = inner
    return link


def _bare(written: str) -> str:
    link = _trimmed(written)
    bare = unwrapped(link) if _readable(link) else link
    return bare + written[len(link) :]


def _inside(link: str) -> str:
    parts = urlsplit(link)
    host = (parts.hostname or "").lower()
    if _DEFENSE.fullmatch(host):
        return _defended(link, parse_qs(parts.query))
    for pattern, path, keys in _CARRIERS:
        if re.fullmatch(pattern, host) and parts.path.startswith(path):
            asked = parse_qs(parts.query)
            return next((asked[key][0] for key in keys if key in asked), "")
    return ""


def _defended(link: str, asked: Mapping[str, list[str]]) -> str:
    """What Proofpoint's URL Defense wraps, by the decoder that Proofpoint publishes (v1, v2, v3)."""
    written = asked.get("u", [""])[0]
    if "/v1/" in link:
        return html.unescape(unquote(written))
    if "/v2/" in link:  # parse_qs has decoded it once, which leaves - and _ as they stand
        return html.unescape(unquote(written.translate(str.maketrans("-_", "%/"))))
    found = _V3.search(link)
    if not found:
        return ""
    target = re.sub(r"^([a-z0-9+.-]+:/)([^/])", r"\1/\2", unquote(found[1]))
    try:
        taken = iter(base64.urlsafe_b64decode(found[2] + "==").decode())
        return re.sub(r"\*(?:\*(.))?", lambda mark: _run(taken, mark[1]), target)
    except (ValueError, StopIteration):
        return ""


def _run(taken: Iterator[str], length: str | None) -> str:
    """The letters that a * stands for, or ** with how many. Raises StopIteration, ValueError."""
    return "".join([next(taken) for _ in range(_RUNS.index(length) + 2 if length else 1)])


def _trimmed(link: str) -> str:
    while link:
        last = link[-1]
        unmatched = last in _PAIRS and link.count(last) > link.count(_PAIRS[last])
        if last not in _TAIL and not unmatched:
            break
        link = link[:-1]
    return link


def _readable(link: str) -> bool:
    """Whether it is an address of the web with a host, in a form that can be read."""
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        return False
