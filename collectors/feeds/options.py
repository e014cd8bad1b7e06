"""What config.toml says of one feed, and who gives the ids that stand in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import ConfigDict, Field

from collectors.feeds.parse import is_alert
from collectors.http.transport import host
from core.errors import ConfigError
from core.models import Kind, Platform
from settings.public_records import MOST_TERMS, PresetName

Address = Annotated[str, Field(pattern=r"^(?i:https?)://[^\s/]+")]
Name = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
# query keys that say which feed it is; the value of any other could be a secret
_PUBLIC_KEYS = frozenset(
    ("feed", "format", "type", "cat", "category", "tag", "tags", "q", "s", "search", "hl", "gl",
     "ceid", "post", "p", "paged")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed. `private` where its address is a secret; Google Alerts always are."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    url: Address = field(repr=False)
    name: Name = ""  # what people call it; else by its own title, or its host
    platform: Platform | Literal[""] = ""  # found out: news for Google's, else blog
    kind: Kind | Literal[""] = ""  # found out: comment or article
    keep: Literal["matched", "all"] = "matched"
    pages: Annotated[int, Field(ge=1, le=100)] = 1
    comments: bool = False  # also the comments feed of each entry that is kept
    private: bool = False
    own: bool = False  # the organisation's own site: its articles are the organisation's words
    full_text: bool = False  # from the article's page, where the feed gives a summary
    left_out: str = ""  # why it is not read; said by the run where its secret is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One public record that is read by its preset; `of` is what the preset asks for. See `settings/public_records.py`."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    preset: PresetName
    of: str = ""
    terms: Annotated[tuple[str, ...], Field(max_length=MOST_TERMS)] = ()
    base_url: Address | Literal[""] = ""  # instead of the preset's own host, for a test


def check_host(url: str, key: str) -> None:
    """Raises ConfigError for an address whose parts can't be told apart."""
    try:
        urlsplit(url)
    except ValueError:
        raise ConfigError(f"{key}: not an address") from None


def digest(written: str) -> str:
    """A short name for an address that must not be told."""
    return hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:16]


def issuer(feed: Feed) -> str:
    """Who gives a feed's ids: its own address, less what could be a secret in it."""
    if is_alert(feed.url):
        return f"google-alerts:{digest(feed.url)}"
    if feed.private:
        return f"feed:{digest(feed.url)}"
    parts = urlsplit(feed.url)
    params = parse_qsl(parts.query, keep_blank_values=True)
    address = f"{parts.scheme.lower()}://{host(feed.url)}{parts.path}"
    if any(key.lower() not in _PUBLIC_KEYS for key, _ in params):
        return f"{address}#{digest(parts.query)}"
    return f"{address}?{parts.query}" if params else address
