"""Where a row of an export was posted: by what the tool calls the place, and by its address."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from collectors.files.columns import heading_words
from collectors.platforms import FACTS
from core.models import PLATFORMS, Platform

_BY_NAME: Mapping[str, Platform] = {
    export_name: name for name, facts in FACTS.items() for export_name in facts.export_names
}
_BY_HOST: Mapping[str, Platform] = {
    host: name for name, facts in FACTS.items() for host in facts.url_hosts
}
# What is no platform of its own: an address says more than these do
GENERAL: frozenset[Platform] = frozenset(("news", "blog", "review", "forum", "other"))
# Names within the names that tools make: FACEBOOKPAGE, SOCIALMEDIA_TWITTER, instagram_public, ONLINENEWS_TVRADIO
_PATTERNS: tuple[tuple[str, Platform], ...] = (
    (r"facebook", "facebook"), (r"instagram", "instagram"), (r"twitter", "x"), (r"linkedin", "linkedin"),
    (r"youtube", "youtube"), (r"tik\s?tok", "tiktok"), (r"reddit", "reddit"), (r"pinterest", "pinterest"),
    (r"bluesky", "bluesky"), (r"mastodon", "mastodon"), (r"nextdoor", "nextdoor"), (r"\bthreads\b", "threads"),
    (r"\bx\b(?=.*\b(?:post|formerly|com)\b)|\b(?:social ?media|post|formerly)\b.*\bx$", "x"),
    (r"google.*reviews?\b|google\s?(?:my\s)?business", "google"),
    (r"message\s?boards?|\bforums?\b|^forum", "forum"), (r"reviews?\b", "review"), (r"blogs?\b|^blog", "blog"),
    (r"news|magazine|newspaper|press|broadcast|podcast|\bradio\b|\btv\b|television|\bprint\b|tvradio", "news"),
)  # fmt: skip
_WITHIN = tuple((re.compile(pattern), platform) for pattern, platform in _PATTERNS)


def place_of(
    names: Sequence[str], url: str, default: Platform | None
) -> tuple[str, Platform | None]:
    """Who issued the ids of a row, "" where nothing says so, and the platform to show.

    `names` are what its cells call the place, the most exact first; a platform of its own outweighs an address, and that
    outweighs a kind of place, such as news. `default` is for rows that name none.
    """
    known = [(name, _named(name)) for name in names if name.strip()]
    for _, platform in known:
        if platform is not None and platform not in GENERAL:
            return platform, platform
    by_host = host_platform(url)
    if by_host is not None and by_host not in GENERAL:
        return by_host, by_host
    for name, platform in known:
        if platform is not None:
            return heading_words(name).replace(" ", "_")[:100], platform
    if default is not None:
        return default, default
    if known:
        return heading_words(known[0][0]).replace(" ", "_")[:100], by_host or "other"
    return by_host or "", by_host


@lru_cache(maxsize=4_096)
def _named(written: str) -> Platform | None:
    name = heading_words(written)[:200]
    squeezed = name.replace(" ", "_")
    platform = next((p for p in PLATFORMS if p == squeezed), _BY_NAME.get(name))
    if platform is not None:
        return platform
    host = _BY_HOST.get(written.strip().casefold().removeprefix("www."))
    return host or next((platform for pattern, platform in _WITHIN if pattern.search(name)), None)


def host_platform(url: str) -> Platform | None:
    """The platform whose address this is."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return None
    return next(
        (p for known, p in _BY_HOST.items() if host == known or host.endswith(f".{known}")), None
    )
