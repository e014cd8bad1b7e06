"""Which accounts a query or an address follows: sources take organisations, places and topics.

There are no watch-lists here. An account can be followed only if it stands in the register of the
organisation's, its providers' and other bodies' accounts; build() holds every table to that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from collectors.http.egress import inside
from collectors.platforms import FACTS
from core.errors import ConfigError, PlatformRefused

UNCHECKABLE = "?"  # stands for an account that can't be told apart, so that it is in no register


@dataclass(frozen=True, slots=True)
class Follow:
    """One account that a table names: under which key, on which platform."""

    key: str
    platform: str
    handle: str = field(repr=False)


_OPERATOR = re.compile(
    r"""(?<![\w-])(?:from|to|author|user|username|requested_by|commented_by|retweets_of|retweets_of_user|in_reply_to)\s*:\s*
        ["'(]?\s*[@＠]?([\w.-]+)""",
    re.IGNORECASE | re.VERBOSE,
)  # a minus before it excludes the account, which follows nobody
_AT = re.compile(r"(?<![\w.@＠-])[@＠](\w[\w.-]*(?:@[\w.-]+)?)")
_AT_X = re.compile(r"(?<![\w.@＠-])[@＠](\w+)")  # nothing but these stand in a handle on X
_REDDIT = re.compile(
    r"(?<![\w.-])(?:/?(?:u|user)/|/?r/u_|subreddit\s*:\s*[\"']?(?:r/)?u_)([\w-]+)", re.IGNORECASE
)
_LIST = re.compile(
    r"(?<![\w-])list\s*:", re.IGNORECASE
)  # an X list: nobody can see here who is on it
_SITE = re.compile(
    r"""(?<![\w-])(?:url|site|inurl)\s*:\s*["']?((?:https?://)?[\w.-]+/[^\s"')]+)""", re.IGNORECASE
)


def in_query(query: str, platform: str, key: str) -> Iterator[Follow]:
    """Accounts that a search query follows by from:, to:, author:, @name, u/name, url: and the like."""
    for pattern in (_OPERATOR, _AT_X if platform == "x" else _AT):
        for match in pattern.finditer(query):
            yield Follow(key, platform, _handle(match[1]))
    if platform != "x":
        for match in _REDDIT.finditer(query):
            yield Follow(key, "reddit", _handle(match[1]))
    if _LIST.search(query):
        yield Follow(key, platform, UNCHECKABLE)
    for match in _SITE.finditer(query):
        yield from in_address(match[1] if "://" in match[1] else f"https://{match[1]}", key)


_FIRST = {  # hosts where the first part of the path is somebody's name
    host: name for name, facts in FACTS.items() for host in facts.account_urls.first
}
_LATER = {  # hosts that name accounts after one of these words, or with an @
    host: (name, before)
    for name, facts in FACTS.items()
    for host, before in facts.account_urls.after.items()
}
_ANYWHERE = frozenset(
    ("u", "user", "users", "profile", "profiles", "author", "authors", "member", "members", "by", "contributor", "contributors", "officer", "officers")
)  # fmt: skip
# Makers of feeds whose address doesn't say what is looked for, or whom it follows.
_OPAQUE = ("rss.app", "fetchrss.com", "politepol.com", "politepaul.com", "kill-the-newsletter.com", "feed43.com", "morss.it", "rssground.com")  # fmt: skip
_NAME_KEYS = frozenset(
    ("user", "username", "user_id", "userid", "author", "author_id", "author_name", "account",
     "handle", "screen_name", "channel_id", "channel", "actor", "profile")
)  # fmt: skip
_NOT_NAMES = frozenset(
    (
        "i",
        "search",
        "hashtag",
        "explore",
        "home",
        "s",
        "groups",
        "pages",
        "feed",
        "feeds",
        "rss",
        "news",
        "all",
        "latest",
        "index",
        "date",
    )
)
_TAIL = re.compile(r"(?:\.(?:rss|atom|json|xml|rdf))+$", re.IGNORECASE)


def in_address(url: str, key: str) -> Iterator[Follow]:
    """Accounts whose timeline a feed's address is: /user/name, /@name.rss, ?channel_id=, from:name."""
    try:
        parts = urlsplit(url.strip())
        name = (parts.hostname or "").lower()
    except ValueError:
        return
    if any(_is_at(name, host) for host in _OPAQUE):
        yield Follow(key, "blog", UNCHECKABLE)
    steps = [step for part in parts.path.split("/") if (step := _TAIL.sub("", unquote(part)))]
    first = next((p for h, p in _FIRST.items() if _is_at(name, h)), "x" if "nitter" in name else "")
    platform, before_names = next(
        (rule for h, rule in _LATER.items() if _is_at(name, h)), (first, _ANYWHERE)
    )
    if first:
        steps = [step for step in steps if step.lower() not in _NOT_NAMES]
        yield from (Follow(key, first, _handle(step)) for step in steps[:1])
    else:
        for before, step in zip(["", *steps], steps, strict=False):
            if step[0] in "@＠":
                where = platform or f"mastodon@{name}"
                yield _follow(key, where, step)
            elif before.lower() in before_names and step.lower() not in _NOT_NAMES:
                yield _follow(
                    key, platform or (f"mastodon@{name}" if before == "users" else "blog"), step
                )
            elif platform == "reddit" and before == "r" and step.lower().startswith("u_"):
                yield _follow(key, "reddit", step[2:])
    for param, value in parse_qsl(parts.query):
        if param.lower() in _NAME_KEYS:
            yield Follow(key, platform or "blog", _handle(value))
        else:
            yield from in_query(value, platform or "other", key)


def _follow(key: str, where: str, step: str) -> Follow:
    """A Mastodon account has its server in its name, since anybody can have the name elsewhere."""
    platform, _, server = where.partition("@")
    handle = _handle(step)
    return Follow(key, platform, f"{handle}@{server}" if server and "@" not in handle else handle)


def _is_at(name: str, host: str) -> bool:
    return name == host or name.endswith("." + host)


def _handle(written: str) -> str:
    """As the register has it: lower case, without @ and file endings."""
    return _TAIL.sub("", written.strip()).lower().lstrip("@＠").rstrip(".")


# ── Terms as search queries: quoted, joined by OR, split where a platform's limit ends. ───────────


def quoted(term: str) -> str:
    """A phrase in quotes; an @handle or #tag as it stands, since quotes would make it plain text."""
    term = " ".join(term.replace('"', " ").split())
    return term if term[:1] in "@#" and " " not in term else f'"{term}"'


def either(terms: tuple[str, ...], longest: int) -> tuple[str, ...]:
    """Queries that together find any of the terms, none longer than `longest` characters."""
    return joined(tuple(quoted(term) for term in terms if term.strip()), longest)


def joined(parts: tuple[str, ...], longest: int) -> tuple[str, ...]:
    """Parts of a query joined by OR into as few queries as the limit allows."""
    queries: list[str] = []
    for part in dict.fromkeys(parts):
        longer = f"{queries[-1]} OR {part}" if queries else ""
        if longer and len(longer) <= longest:
            queries[-1] = longer
        elif len(part) <= longest:
            queries.append(part)
        else:
            raise ConfigError(f"terms: one has {len(part)} characters; a query takes {longest}")
    return tuple(queries)


def check_queries(queries: tuple[str, ...], longest: int) -> None:
    """Raises ConfigError for a raw query that is empty or over the limit: we can't split it safely."""
    for number, query in enumerate(queries, 1):
        if not query.strip() or len(query) > longest:
            raise ConfigError(
                f"queries {number}: has {len(query)} characters; 1 to {longest} can be sent"
            )


def check_address(url: str, key: str) -> None:
    """Raises ConfigError where a key or token would travel in clear to another machine."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise ConfigError(f"{key}: not an address") from error
    if scheme != "https" and not (scheme == "http" and inside(url)):
        raise ConfigError(f"{key}: must start with https:// since a token travels there")


def check_approval(approval: str, source: str, approver: str) -> None:
    """Raises PlatformRefused until config says what the platform has approved for a public body."""
    if not approval.strip():
        raise PlatformRefused(
            f"[collectors.{source}] approval is empty: write there what {approver} has approved for this "
            "public body (plan, end user, date) before this source can start"
        )
