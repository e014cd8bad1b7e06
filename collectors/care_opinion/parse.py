"""Care Opinion's stories and responses as Mentions: the only code that knows its field names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collectors.base import identity, matching, moment, plain, words
from collectors.parsing import UNREADABLE
from core import clock
from core.context import Owner, Page, PageKind
from core.models import Author, Mention

RESPONSE = "response:"  # before a response's id, which may be a story's too
_SITE = "https://www.careopinion.org.uk/opinions"
_MARKS = (  # Markdown's, in the order in which they go; each looks ahead a bounded way alone
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,500}+)>"), r"\1"),
    (re.compile(r"!\[([^\]\n]{0,300}+)\]\([^)\n]{0,500}+\)"), r"\1"),
    (re.compile(r"\[([^\]\n]{1,300}+)\]\(([^)\s]{1,500}+)[^)\n]{0,200}+\)"), r"\1 (\2)"),
    (re.compile(r"^[ \t]*(?:[=*_-][ \t]*){3,}$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,3}(?:#{1,6}[ \t]+|(?:>[ \t]?)+)", re.MULTILINE), ""),
    (re.compile(r"(?<![\\\w*])(\*{1,3}|_{1,3}|~~|`{1,3})(?=\S)([^\n]{1,500}?)(?<=[^\s\\])\1(?![\w*])"), r"\2"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>~|-])"), r"\1"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Service:
    """A service that a story is about: its codes, and its name with whose it is."""

    codes: frozenset[str]
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """What was asked for beside a story; nothing where it was not."""

    services: Sequence[Service] = ()
    tags: Sequence[str] = ()


def to_mention(story: Mapping[str, Any], parts: Parts, at: datetime) -> Mention:
    """One story. It is posted when the public could first read it, which is days after it was sent in.

    Authors are pseudonymous: of them nothing is kept but their role ("the patient", "a staff member").
    """
    own, raw = identity(story["id"]), words(story.get("body"))
    about = "; ".join(dict.fromkeys(service.name for service in parts.services))
    paragraphs = [words(story.get("title")).strip(), unmarked(raw)]
    if not any(paragraphs):
        raise ValueError("no text")
    return Mention(
        issuer="care_opinion", issued_id=own, platform="review", kind="review", url=f"{_SITE}/{own}",
        text="\n\n".join(filter(None, (*paragraphs, about and f"About: {about}"))), text_raw=raw,
        author=Author(bio=words(story.get("authorRole"))), posted_at=published(story), fetched_at=at,
    )  # fmt: skip


def to_reply(response: Mapping[str, Any], story: str, at: datetime) -> Mention:
    """What a service's registered staff answered to a story, by its id."""
    own, raw = identity(response["id"]), words(response.get("body"))
    text = "\n\n".join(filter(None, (words(response.get("title")).strip(), unmarked(raw))))
    if not text:
        raise ValueError("no text")
    return Mention(
        issuer="care_opinion", issued_id=f"{RESPONSE}{own}", platform="review", kind="reply",
        url=f"{_SITE}/{story}", text=text, text_raw=raw, parent_id=story, root_id=story,
        posted_at=published(response), fetched_at=at,
        author=Author(bio=words(response.get("authorRole"))),
    )  # fmt: skip


def published(item: Any) -> datetime:
    """When the public could read it, else when it was sent in: in UTC, which is written without an offset."""
    record = item if isinstance(item, dict) else {}
    times = (moment(record.get(key)) for key in ("dateOfPublication", "dateOfSubmission"))
    return next(
        (time for time in times if time >= clock.EARLIEST), UNREADABLE
    )  # year 1 stands for none


def to_service(service: Mapping[str, Any]) -> Service:
    """Codes in capitals; the name of the organisation after the service's own."""
    codes = (words(service.get(key)).strip().upper() for key in ("nacs", "siteNacs"))
    names = (words(service.get(key)).strip() for key in ("name", "organisation"))
    return Service(frozenset(filter(None, codes)), ", ".join(dict.fromkeys(filter(None, names))))


def address(story: Mapping[str, Any], part: str) -> str:
    """Where a story says that its responses, tags or services are, in either spelling of links; or ""."""
    links = story.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and part in (link.get("relation"), link.get("rel")):
            return words(link.get("link") or link.get("href"))
    return ""


def unmarked(markdown: str) -> str:
    """Markdown as plain text: the words of it, and where links lead."""
    for pattern, instead in _MARKS:
        markdown = pattern.sub(instead, markdown)
    return plain(markdown)


_HOSPITAL = re.compile(r"\b(?:hospital|infirmary)\b", re.IGNORECASE)
_PRACTICE = re.compile(
    r"\b(?:surgery|practice|(?:medical|health) cent(?:re|er)|dental|dentist)\b", re.IGNORECASE
)

_COMMISSIONER = re.compile(r"\b(?:integrated care (?:board|system)|ICB|ICS|CCG)\b", re.IGNORECASE)


def page_of(parts: Parts, terms: tuple[str, ...]) -> Page | None:
    """The first service that a story is about, where services were asked for.

    It is a provider's, unless it is called after a board: that is ours where its name holds a term. Terms alone
    don't say so, since hospitals are searched for too; nor does whose it is, since practices stand under boards.
    """
    if not parts.services:
        return None
    name = parts.services[0].name
    called = name.partition(", ")[0]
    kind: PageKind = (
        "hospital"
        if _HOSPITAL.search(called)
        else "practice"
        if _PRACTICE.search(called)
        else "page"
    )
    owner: Owner = "provider"
    if _COMMISSIONER.search(called):
        owner = "organisation" if matching(called, terms) else "other"
    return Page(owner=owner, name=name, kind=kind)
