"""A page of any kind of feed, and what reading each kind needs."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from collectors.wire import host
from collectors.words import MOST_TEXT
from mention import Kind, Mention, Platform

_PICTURE = re.compile(r"""<img\b[^>]{0,1000}?\ssrc=["']([^"'\s]+)""", re.IGNORECASE)
_EMOJI = "/images/core/emoji/"  # WordPress shows these as pictures
_MOST_PICTURES, _MOST_ADDRESS = 10, 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a feed before its items are read. An empty platform or kind is found out."""

    issuer: str
    platform: Platform | None
    kind: Kind | None
    at: datetime
    own: bool = False  # the organisation's own site


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A feed's items and how to read them; `query` is what a search feed searches for."""

    items: list[Any]
    to_mention: Callable[[Any], Mention]
    thread: Callable[[Any], str]  # the title of the thread that an item belongs to
    comments: Callable[[Any], str]  # the address of an item's own comments feed
    whole: Callable[[Any], bool]  # whether an item holds the article rather than a summary of it
    next: str = ""
    doubt: str = ""
    query: str = ""
    volatile: bool = False  # its ETag and Last-Modified don't tell of every change


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


def pictures(markup: str, *given: object, page: str = "") -> tuple[str, ...]:
    """The addresses of the pictures that are given and that stand in a text, from its page; of the web."""
    listed = [address for address in given if isinstance(address, str)]
    listed += [html.unescape(address) for address in _PICTURE.findall(markup[:MOST_TEXT])]
    found = (absolute(one, page) for one in listed if one.strip() and len(one) <= _MOST_ADDRESS)
    web = [one for one in found if one and _EMOJI not in one]
    return tuple(dict.fromkeys(web))[:_MOST_PICTURES]


def hashed(said: str, date: str) -> str:
    """An id for what has none. Raises ValueError where there is nothing to make it of."""
    if not said.strip():
        raise ValueError("neither id, link nor title")
    return "sha256:" + hashlib.sha256(f"{said}\n{date}".encode("utf-8", "replace")).hexdigest()[:32]
