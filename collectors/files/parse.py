"""A row of an export as a Mention: how tools write words, ids, places and numbers."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from collectors.base import counts, identity
from collectors.files import dates as reading_dates
from collectors.files.columns import Mapped, Tool, columns_in, heading_words, mapped
from collectors.files.dates import DateReading, UnreadableDate, zone_named
from collectors.files.places import place_of
from collectors.files.workbooks import Linked
from collectors.platforms import FACTS
from core import context as contexts
from core.addresses import account_in
from core.context import NOWHERE, AnsweredPost, Context, LinkCard, Page, context_of
from core.models import KINDS, Author, Kind, Mention, Platform

__all__ = ["DATES", "NoWords", "Reading", "columns_in", "heading_words", "to_mention"]

# How people in the UK write a local time: what decides where a column tells no order, for what a person typed here.
DATES = (
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d-%m-%Y %H:%M",
    "%d %b %Y %H:%M",
    "%d %b %Y",
)
_KIND_WORDS: Mapping[str, Kind] = {
    "tweet": "post", "status": "post", "original": "post", "retweet": "repost", "share": "repost", "reply": "reply",
    "quote": "quote", "quote tweet": "quote", "comments": "comment", "news": "article", "blog": "article",
}  # fmt: skip
# Places whose posts have no title: what tools put there is the writer's name, or the beginning of the post again
_UNTITLED: frozenset[Platform] = frozenset(
    ("x", "facebook", "instagram", "linkedin", "bluesky", "mastodon", "tiktok", "threads", "nextdoor")
)  # fmt: skip
_SCALES = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_TITLED = "\n\n"


class NoWords(ValueError):
    """A row says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one file is to be read: its mapping, its platform, how its dates are written, its name.

    `dates`: forms of strptime, which also say the order where `order` does not. `zone`: of times that name none, as somebody says; `zone_otherwise` where no heading and no cell says it either.
    `undated`: a row whose date is empty is dated by when it is read. `dated`: other rows of its table have a date, so that one without is left out. `doubts` counts what had to be taken for granted.
    """

    columns: Mapping[str, str]
    platform: Platform | Literal[""]
    dates: tuple[str, ...]
    at: datetime
    file: str
    tool: Tool | None = None
    order: reading_dates.Order | None = None
    zone: str = ""
    zone_otherwise: str = ""
    undated: bool = False
    dated: bool = False
    doubts: Counter[reading_dates.Doubt] = field(default_factory=Counter, compare=False)

    def dates_of(self, zone: str) -> DateReading:
        """How a column of dates is read; `zone` is what its heading says."""
        order = self.order or reading_dates.order_of(self.dates)
        return DateReading(
            order=order, zone=zone_named(self.zone or zone or self.zone_otherwise), forms=self.dates
        )


def to_mention(row: Mapping[str, Any], reading: Reading) -> Mention:
    """One row. Its issuer is the platform that it names; its id that of a column, its address or a hash.

    Raises UnreadableDate where its date can't be read, NoWords where it says nothing, ValueError where it is odd.
    """
    flat = _flat({key: value for key, value in row.items() if key != "context"})
    mapping = mapped(tuple(flat), {**_nested(flat), **reading.columns}, reading.tool)
    cells = _Cells(flat, mapping)
    url = _url(cells)
    named, platform = place_of(cells.texts("platform"), url, reading.platform or None)
    issuer, platform = (named, platform or "other") if named else (f"file:{reading.file}", "other")
    body, title = _body(cells), cells.text("title").strip()
    text = _with_title(title, body, platform)
    if not text.strip():
        raise NoWords("no text")
    handle, name = _who(cells)
    author_id, kind = _exact(cells.first("author_id")), _kind(cells.texts("kind"), platform)
    if not handle and not author_id:  # many a tool exports the address of a post, and no account
        account = account_in(url, kind)
        handle, author_id = ("", account) if account.startswith("did:") else (account, "")
    posted, doubt = posted_at(cells.flat, mapping, reading)
    reading.doubts[doubt] += 1
    return Mention(
        issuer=issuer, issued_id=_id(cells.first("id"), url, platform, text, cells.first("posted_at")),
        platform=platform, kind=kind, url=url, text=text, text_raw=body,
        author=Author(
            id=author_id, handle=handle, name=name, bio=cells.text("bio"), followers=cells.number("followers"),
        ),
        posted_at=posted, fetched_at=reading.at,
        edited_at=_edited(cells, reading),
        parent_id=_exact(cells.first("parent_id")), root_id=_exact(cells.first("root_id")),
        quoted_id=_exact(cells.first("quoted_id")), language=cells.text("language").strip(),
        metrics=counts(**{name: cells.number(name) for name in ("likes", "shares", "replies", "quotes", "views", "score")}),
        context=_context(row, cells),
    )  # fmt: skip


def posted_at(
    row: Mapping[str, Any], mapping: Mapped, reading: Reading
) -> tuple[datetime, reading_dates.Doubt]:
    """When a row was posted, and what had to be taken for granted. Raises UnreadableDate.

    A row of a table without a column of dates is dated by when it is read: whoever reads such a table has to say so.
    """
    headings = mapping.columns.get("posted_at", ())
    heading = next((h for h in headings if _text(row.get(h)).strip()), None)
    if heading is None:
        undated = reading.undated or (mapping.tool is not None and mapping.tool.undated)
        if undated or not (headings or reading.dated):
            return reading.at, ""
        raise UnreadableDate("no date")
    hours = [h for h in mapping.columns.get("posted_time", ()) if _text(row.get(h)).strip()]
    zones = [mapping.zones[h] for h in (heading, *hours) if h in mapping.zones]
    zones += [_text(row.get(h)) for h in mapping.columns.get("zone", ()) if row.get(h)]
    zones += [mapping.tool.zone] if mapping.tool is not None and mapping.tool.zone else []
    how = reading.dates_of(zones[0] if zones else "")
    return reading_dates.read(row[heading], how, reading.at, beside=row[hours[0]] if hours else None)  # fmt: skip


class _Cells:
    """The cells of a row by our names."""

    def __init__(self, flat: Mapping[str, Any], mapping: Mapped) -> None:
        self.flat, self.mapping = flat, mapping

    def all(self, name: str) -> list[Any]:
        """Every cell that says something, in the order in which its columns count."""
        some = (self.flat.get(heading) for heading in self.mapping.columns.get(name, ()))
        return [cell for cell in some if cell is not None and (not isinstance(cell, str) or cell.strip() or isinstance(cell, Linked))]  # fmt: skip

    def first(self, name: str) -> Any:
        """The first that says something; None for none."""
        return next(iter(self.all(name)), None)

    def texts(self, name: str) -> list[str]:
        """All of them as text."""
        return [_text(cell) for cell in self.all(name)]

    def text(self, name: str) -> str:
        """The first as text."""
        return _text(self.first(name))

    def number(self, name: str) -> int | None:
        """The largest of them: a tool has a column for each platform, and all but one say 0."""
        numbers = [number for cell in self.all(name) if (number := _number(cell)) is not None]
        return max(numbers, default=None)


def _body(cells: _Cells) -> str:
    """The words: the first column that has some, or all of those that a tool splits them into."""
    parts = cells.texts("text")
    if cells.mapping.tool is None or "text" not in cells.mapping.tool.join:
        return parts[0] if parts else ""
    whole: list[str] = []
    for part in parts:
        if not any(_alike(part) in _alike(other) for other in parts if other is not part and len(other) > len(part)) and part not in whole:  # fmt: skip
            whole.append(part)
    return "\n\n".join(whole)


def _with_title(title: str, body: str, platform: Platform) -> str:
    if not title or not body.strip():
        return title or body
    if platform in _UNTITLED or body.startswith(title) or _alike(title) in _alike(body):
        return body
    if re.match(
        r".{1,100}\(@\w{1,50}\)", title, re.DOTALL
    ):  # Kez (@kez_w3): "…", as Brandwatch has it
        return body
    return f"{title}{_TITLED}{body}"


def _alike(text: str) -> str:
    """As texts are compared that one tool writes twice: without what it cuts them off by."""
    return " ".join(text.casefold().split()).strip(" .…\"'“”‘’")


def _who(cells: _Cells) -> tuple[str, str]:
    """Handle and name. A column that holds now this, now that is told by the @, or by a blank within."""
    handle, name = cells.text("handle").strip(), cells.text("author").strip()
    of_handle = cells.mapping.columns.get("handle", ())
    shared = bool(of_handle) and of_handle == cells.mapping.columns.get("author", ())
    if not of_handle or shared:
        if name.startswith("@") and " " not in name:
            return name.lstrip("@"), ""
        return ("", name) if shared or not handle else (handle.lstrip("@"), name)
    if " " in handle and not handle.startswith("@"):
        return "", name or handle
    return handle.lstrip("@"), "" if name == handle and handle.startswith("@") else name


def _edited(cells: _Cells, reading: Reading) -> datetime | None:
    cell = cells.first("edited_at")
    if cell is None:
        return None
    try:
        return reading_dates.read(cell, reading.dates_of(""), reading.at)[0]
    except UnreadableDate:
        return None


def _context(row: Mapping[str, Any], cells: _Cells) -> Context:
    """By the key `context` as `classify` reads it, an object or JSON in a cell; else by the columns of its parts.

    One of another shape is none.
    """
    written = row.get("context") or cells.first("context")
    if isinstance(written, Mapping) or _text(written).startswith("{"):
        try:
            return contexts.from_json(json.loads(written) if isinstance(written, str) else written)
        except (ValueError, RecursionError):
            return NOWHERE
    page, above, title = (cells.text(key).strip() for key in ("page", "parent_text", "card_title"))
    return context_of(
        page=Page(name=page) if page and not page.isdecimal() else None, answered=[AnsweredPost(text=above)],
        card=LinkCard(title=title),
    )  # fmt: skip


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Nested objects as author.handle; a CSV's row as it is."""
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            flat.update({f"{key}.{inner}": deeper for inner, deeper in value.items()})
        else:
            flat[str(key)] = value
    return flat


def _nested(flat: Mapping[str, Any]) -> dict[str, str]:
    """Where the lines that `classify` reads have their fields."""
    ours = {"author_id": "author.id", "author": "author.name", "handle": "author.handle", "bio": "author.bio",
            "followers": "author.followers", **{m: f"metrics.{m}" for m in ("likes", "shares", "replies", "quotes", "views", "score")}}  # fmt: skip
    return {name: heading for name, heading in ours.items() if heading in flat}


def _text(value: object) -> str:
    """A cell as text; a formula is the text that it is written as."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def _url(cells: _Cells) -> str:
    """The address of a post: its cell's, or that of the link behind it; else of the link behind the title or the words."""
    for name in ("url", "title", "text"):
        for cell in cells.all(name):
            if isinstance(cell, Linked) and not cell.strip().startswith(("http://", "https://")):
                return cell.target.strip()
            if name == "url":
                return _text(cell).strip()
            if isinstance(cell, Linked):
                return cell.target.strip()
    return ""


def _id(value: object, url: str, platform: Platform, text: str, posted: object) -> str:
    """An id that a spreadsheet has not rounded, else the address's own, else the address, else a hash."""
    exact_id = _exact(value)
    if exact_id:
        return exact_id
    for pattern, form in FACTS[platform].native_ids:
        if match := re.search(pattern, url):
            return form.format(match[1])
    if url:
        return url
    return (
        "sha256:" + hashlib.sha256(f"{text}\n{posted}".encode("utf-8", "replace")).hexdigest()[:32]
    )


def _exact(value: object) -> str:
    """An id as it was; empty where Excel made 1.99E+18 of it. Raises ValueError for a truth value."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, float) or (
        isinstance(value, str) and re.fullmatch(r"\s*\d([.,]\d+)?[eE]\+?\d+\s*", value)
    ):
        return ""
    return identity(value).strip("'\"") if isinstance(value, str) else identity(value)


def _kind(written: list[str], platform: Platform) -> Kind:
    for each in written:
        name = heading_words(each)
        known = next((kind for kind in KINDS if kind == name), _KIND_WORDS.get(name))
        if known:
            return known
    return FACTS[platform].kind


def _number(value: object) -> int | None:
    """1,204 and 1.2K and 3M as numbers; None for what is none."""
    if isinstance(value, date):
        return None
    if not isinstance(value, str):
        return counts(n=value).get("n")
    match = re.fullmatch(r"(-?\d[\d,\s]*(?:\.\d+)?)\s*([kKmMbB]?)", value.strip())
    if not match:
        return None
    scale = _SCALES[match[2].lower()]
    return counts(n=round(float(re.sub(r"[,\s]", "", match[1])[:18]) * scale)).get("n")
