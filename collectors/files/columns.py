"""Which column of an export is what: by what the site maps, else by the tool that wrote it, else by common headings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from collectors.files.dates import Order, zone_in

PROFILES = Path(__file__).with_name("profiles.toml")
Column = Literal[
    "id", "text", "title", "url", "platform", "kind", "posted_at", "posted_time", "zone", "edited_at", "author_id", "handle",
    "author", "bio", "followers", "likes", "shares", "replies", "quotes", "views", "score", "language",
    "parent_id", "root_id", "quoted_id", "page", "parent_text", "card_title", "context",
]  # fmt: skip
COLUMNS: tuple[str, ...] = get_args(Column)
# what tools write above a column, in lower case without punctuation; the first that is there is taken
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "full text", "message", "content", "body", "post", "post text", "post message", "message text", "comment", "comment text",
             "mention", "mention content", "mention text", "snippet", "hit sentence", "opening text", "sound bite text", "caption", "review", "review text", "tweet", "tweet text",
             "post content", "article text", "news text", "post body", "summary"),
    "title": ("title", "headline", "mention title", "post title", "article title", "news headline", "subject"),
    "id": ("id", "post id", "mention id", "resource id", "document id", "item id", "message id", "tweet id"),
    "url": ("url", "permalink", "perma link", "link", "post url", "post link", "post permalink", "message link", "message url", "mention url", "mention link",
            "article url", "article link", "tweet url", "tweet permalink", "original url", "source url", "web link", "thread url", "uri", "address"),
    "platform": ("platform", "network", "social network", "network type", "social media", "channel", "channel type", "source type", "page type", "content source name",
                 "media type", "medium", "site", "source", "source name", "domain"),
    "kind": ("kind", "post type", "content type", "message type", "mention type", "engagement type", "type"),
    "posted_at": ("posted at", "posted", "posted on", "date", "post date", "date posted", "published", "published at", "published on", "published date", "date published", "created at",
                  "created time", "created on", "date time", "datetime", "date and time", "date utc", "date created", "created date", "publication date", "publish date",
                  "post created", "message date", "sent at", "timestamp", "time stamp", "news date", "created", "time"),
    "posted_time": ("time", "hour", "hrs", "hours", "time of day", "post time", "time posted", "posted time", "published time", "publication time", "news time"),
    "zone": ("time zone", "timezone", "tz"),
    "edited_at": ("edited at", "updated at", "updated"),
    "handle": ("handle", "author handle", "username", "user name", "screen name", "twitter screen name", "sender screen name", "author username", "author screen name", "user handle", "account handle"),
    "author": ("author", "author name", "name", "user", "full name", "display name", "from", "sender", "sender name", "influencer", "contact name", "byline", "journalist"),
    "author_id": ("author id", "user id", "sender id", "twitter author id", "x author id"),
    "bio": ("bio", "author bio", "description", "author description", "biography", "twitter bio", "profile", "author profile", "profile text", "profile description", "profile bio", "about the author", "user bio"),
    "followers": ("followers", "followers count", "follower count", "number of followers", "author followers", "author followers count", "author follower count", "twitter followers", "x followers", "audience"),
    "likes": ("likes", "likes count", "like count", "number of likes", "favourites", "favorites", "favourite count", "favorite count", "facebook likes", "twitter likes", "x likes", "reactions", "reactions count"),
    "shares": ("shares", "shares count", "share count", "number of shares", "retweets", "retweet count", "retweets count", "reposts", "repost count", "reposts count", "twitter retweets", "x reposts", "facebook shares"),
    "replies": ("replies", "replies count", "reply count", "comments", "comments count", "comment count", "number of comments", "twitter replies", "twitter reply count", "facebook comments"),
    "quotes": ("quotes", "quote count", "quotes count"),
    "views": ("views", "views count", "impressions", "view count", "video views", "estimated views"),
    "score": ("score", "upvotes", "reddit score"),
    "language": ("language", "lang", "language code"),
    "parent_id": ("parent id", "in reply to", "in reply to id", "parent post id"),
    "root_id": ("root id", "thread id", "conversation id"),
    "quoted_id": ("quoted id",),
    "page": ("page", "page name", "subreddit"),
    "parent_text": ("parent text", "parent post text", "in reply to text"),
    "card_title": ("card title", "link title", "link name"),
    "context": ("context",),
}  # fmt: skip
_NUMBERS = frozenset(("followers", "likes", "shares", "replies", "quotes", "views", "score"))
# Above dates that are not of the post, though the heading says date or time
_OTHER_DATES = re.compile(r"\b(?:added|updated|edited|modified|indexed|assign\w*|thread|collected|harvest\w*|imported|exported|first seen|crawl\w*|alternate|birth\w*|joined|zone|response|resolved)\b")  # fmt: skip
_SAYS_DATE = re.compile(r"\b(?:date|datetime|timestamp|published|posted|created)\b")


def heading_words(heading: str) -> str:
    """A heading in lower case without punctuation, as headings are compared."""
    return " ".join(re.sub(r"[^\w]|_", " ", str(heading)).casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A listening tool and how its exports are read: a row of profiles.toml."""

    name: str
    label: str
    recognised_by: tuple[frozenset[str], ...]
    columns: Mapping[str, tuple[str, ...]]  # ours -> headings, as headings are compared
    exactly: bool = False
    join: frozenset[str] = frozenset()
    order: Order | None = None
    zone: str = ""
    undated: bool = False

    def fits(self, headings: frozenset[str]) -> int:
        """By how many headings a file is this tool's; 0 where it is not."""
        if self.exactly:
            return 100 * (headings in self.recognised_by)
        return max((len(some) for some in self.recognised_by if some <= headings), default=0)


@lru_cache(maxsize=1)
def tools() -> tuple[Tool, ...]:
    """Every tool of profiles.toml, in its order."""
    return tuple(_tool(row) for row in tomllib.loads(PROFILES.read_text("utf-8"))["tool"])


def _tool(row: Mapping[str, Any]) -> Tool:
    unknown = set(row["columns"]) - set(COLUMNS)
    if unknown:
        raise ValueError(f"{PROFILES.name}: {row['name']}: no such columns: {sorted(unknown)}")
    return Tool(
        name=row["name"], label=row["label"], exactly=row.get("exactly", False), order=row.get("order"),
        recognised_by=tuple(frozenset(heading_words(h) for h in some) for some in row["recognised_by"]),
        columns={ours: tuple(heading_words(h) for h in theirs) for ours, theirs in row["columns"].items()},
        join=frozenset(row.get("join", ())), zone=row.get("zone", ""), undated=row.get("undated", False),
    )  # fmt: skip


def tool_of(headings: Sequence[str]) -> Tool | None:
    """The tool that wrote these headings; None for none that is known."""
    words = frozenset(
        heading_words(each) for heading in headings for each in (heading, zone_in(heading)[0])
    ) - {""}
    best = max(tools(), key=lambda tool: tool.fits(words))
    return best if best.fits(words) else None


def tool_named(name: str) -> Tool | None:
    """A tool by its name or label, whatever its case."""
    return next((t for t in tools() if name.strip().casefold() in (t.name, t.label.casefold())), None)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What the columns of one table are: ours to their headings, the first that says something in a row is taken.

    `zones`: the zone that stands in the heading of a date, by heading.
    """

    tool: Tool | None
    columns: Mapping[str, tuple[str, ...]]
    zones: Mapping[str, str] = field(default_factory=dict)

    def is_number(self, name: str) -> bool:
        """Whether it counts something, so that the largest of several columns is taken."""
        return name in _NUMBERS


def mapped(headings: Sequence[str], wanted: Mapping[str, str], tool: Tool | None = None) -> Mapped:
    """What the columns are. `wanted` maps ours to headings before all else; `tool` is taken for the one that it is."""
    return _mapped(tuple(headings), tuple(sorted(wanted.items())), tool.name if tool else "")


@lru_cache(maxsize=512)  # a JSON line has headings of its own, and most lines have the same
def _mapped(headings: tuple[str, ...], wanted: tuple[tuple[str, str], ...], named: str) -> Mapped:
    tool = tool_named(named) if named else tool_of(headings)
    there, zones = _words_of(headings)
    columns: dict[str, tuple[str, ...]] = {
        name: (there[heading_words(theirs)],) for name, theirs in wanted if heading_words(theirs) in there
    }  # fmt: skip
    named_by_site = {name for name, _ in wanted}
    taken = {heading for some in columns.values() for heading in some}
    of_tool = tool.columns if tool is not None else {}
    for name, theirs_all in of_tool.items():
        if name not in named_by_site:
            some = (there[words] for words in theirs_all if words in there)
            columns[name] = tuple(
                dict.fromkeys(heading for heading in some if heading not in taken)
            )
    taken = {heading for some in columns.values() for heading in some}
    for name, common in HEADINGS.items():
        # the id of a tool's own is none of the post
        if name in named_by_site or columns.get(name) or (name == "id" and name in of_tool):
            continue
        match = next((there[words] for words in common if words in there and there[words] not in taken), None)  # fmt: skip
        if match is None and name == "posted_at":
            match = _any_date(there, taken)
        if match is not None:
            columns[name] = (match,)
            taken.add(match)
    if not columns.get("posted_at"):
        columns.pop("posted_time", None)
    return Mapped(tool=tool, columns={name: some for name, some in columns.items() if some}, zones=zones)  # fmt: skip


def _words_of(headings: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Headings by their words, of two alike the first; and the zone that stands in the heading of a date."""
    there: dict[str, str] = {}
    zones: dict[str, str] = {}
    for heading in reversed(headings):
        bare, zone = zone_in(heading)
        words = heading_words(bare)
        if zone and (_SAYS_DATE.search(words) or words in HEADINGS["posted_time"]):
            there[words], zones[heading] = heading, zone
        if heading_words(heading):
            there[heading_words(heading)] = heading
    return there, zones


def _any_date(there: Mapping[str, str], taken: set[str]) -> str | None:
    """The one heading left that speaks of the date of a post in other words; None where there are several."""
    some = {
        heading
        for words, heading in there.items()
        if _SAYS_DATE.search(words) and not _OTHER_DATES.search(words) and heading not in taken
    }
    return some.pop() if len(some) == 1 else None


def columns_in(headings: Sequence[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Our names to the headings that are there, the first of each."""
    return {name: some[0] for name, some in mapped(headings, wanted).columns.items()}
