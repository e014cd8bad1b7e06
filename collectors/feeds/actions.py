"""Rechecks what was found in feeds and on WordPress sites, and moderates comments on our own site."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urldefrag, urlsplit

from collectors.base import Action, Gone, Moderation, Rechecked, SkippedItem, each
from collectors.feeds.collector import Feeds
from collectors.feeds.wordpress import (
    BATCH,
    EMBED,
    Site,
    WordPress,
    comment_to_mention,
    post_to_mention,
    whose,
)
from collectors.http.transport import host
from collectors.http.web_pages import NotRead
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Mention

_UNTIL_EMPTIED = "WordPress empties it after 30 days, unless the site says otherwise"
ACTIONS = {
    "hold": Action(
        "hold", "Nobody but the site's editors sees the comment, until it is released.", undo="release"
    ),
    "release": Action("release", "The comment is approved: everybody sees it.", undo="hold"),
    "spam": Action(
        "spam", f"The comment moves to the spam folder, where nobody sees it. {_UNTIL_EMPTIED}; then it "
        "is gone for good.", undo="unspam",
    ),
    "unspam": Action("unspam", "The comment comes back out of the spam folder as it was.", undo="spam"),
    "trash": Action(
        "trash", f"The comment moves to the trash, where nobody sees it. {_UNTIL_EMPTIED}; then it is "
        "gone for good.", undo="untrash",
    ),
    "untrash": Action("untrash", "The comment comes back out of the trash as it was.", undo="trash"),
}  # fmt: skip
_SENT = {"release": "approve"}  # where WordPress's own word is another
_THEN = {  # the status that shows that it was done
    "hold": ("hold",), "release": ("approved",), "spam": ("spam",), "trash": ("trash",),
    "unspam": ("approved", "hold"), "untrash": ("approved", "hold", "spam"),
}  # fmt: skip


def recheck(source: Feeds, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """WordPress's items by their ids, everything else by its page.

    Raises CollectorError after the last, naming the hosts that failed.
    """
    sites = {site.issuer: site for site in source.wordpress if not site.left_out}
    elsewhere: list[Mention] = []
    failed: dict[str, CollectorError] = {}
    for issuer, group in groupby(sorted(mentions, key=_issuer), _issuer):
        if issuer not in sites:
            elsewhere += group
            continue
        try:
            yield from _on_site(source, sites[issuer], list(group))
        except CollectorError as error:
            failed[host(issuer)] = error
    for address, group in groupby(sorted(elsewhere, key=_page), _page):
        try:
            yield from _on_page(source, address, list(group))
        except CollectorError as error:
            failed[host(address)] = error
    if failed:
        refused = any(isinstance(error, PlatformRefused) for error in failed.values())
        kind = PlatformRefused if refused else PlatformUnavailable
        named = "; ".join(str(error) for error in failed.values())
        raise kind(f"{len(failed)} hosts could not be looked at: {named}")


def _issuer(mention: Mention) -> str:
    return mention.issuer


def _page(mention: Mention) -> str:
    return urldefrag(mention.url).url


def _on_page(source: Feeds, address: str, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """What a page says of all that stands on it: 404 and 410 that it is gone, 200 that it is there.

    A 404 of another host that one is sent on to proves nothing: the domain may have changed hands.
    A comment is there only where its own place on the page is; that it isn't proves nothing either.
    """

    # where it leads is looked at as it is opened: collectors/http/egress.py
    def may(url: str) -> bool:
        return host(url) != "news.google.com"

    if not address or source.pages_again.full(address):
        return
    try:
        page = source.pages_again.get(address, may)
    except NotRead:
        return
    front = urlsplit(page.url).path in ("", "/") and urlsplit(address).path not in ("", "/")
    for mention in mentions:
        if page.status in (404, 410):
            if _site_of(page.url) == _site_of(address):
                yield Gone(mention.issuer, mention.issued_id)
        elif page.status == 200 and not front and _is_on(page.content, mention):
            yield dataclasses.replace(mention, fetched_at=source.at)


def _site_of(url: str) -> str:
    return host(url).removeprefix("www.")


def _is_on(content: bytes, mention: Mention) -> bool:
    place = urldefrag(mention.url).fragment
    if mention.kind != "comment":
        return True
    return bool(place) and bool(
        re.search(rb"\bid=[\"']?" + re.escape(place.encode()) + rb"\b", content)
    )


def _on_site(
    source: Feeds, settings: WordPress, mentions: Sequence[Mention]
) -> Iterator[Rechecked]:
    """Posts and comments in batches; one that is missing there is asked for by itself."""
    site = Site(settings, source.http)
    for path in ("posts", "comments"):
        known = {
            mention.issued_id.partition(":")[2]: mention
            for mention in mentions
            if _path(mention) == path
        }
        for start in range(0, len(known), BATCH):
            batch = dict(list(known.items())[start : start + BATCH])
            yield from _batch(source, site, path, batch)


def _path(mention: Mention) -> str:
    return "comments" if mention.issued_id.startswith("comment:") else "posts"


def _batch(source: Feeds, site: Site, path: str, known: dict[str, Mention]) -> Iterator[Rechecked]:
    of, signed_in = whose(site.settings, source.at), bool(site.settings.password)
    params: dict[str, str | int] = {"include": ",".join(known), "per_page": BATCH, "_embed": EMBED}
    if path == "comments" and signed_in:
        params["status"] = "any"  # held, in spam and in the trash too

    def to_mention(item: Any) -> Mention:
        if path == "posts":
            return post_to_mention(item, of)
        return comment_to_mention(item, of)

    there, _ = site.listed(path, params)
    for number, stored in known.items():
        item = next((entry for entry in there if _has(entry, number)), None)
        if item is None:
            item, why = site.item(f"{path}/{number}")
            if item is None:
                yield Gone(stored.issuer, stored.issued_id, why)
                continue
        for fresh in each((item,), to_mention, at=source.at, where=f"{path} {number}"):
            if isinstance(fresh, SkippedItem) or fresh.issued_id == stored.issued_id:
                yield fresh if isinstance(fresh, SkippedItem) else _as_known(fresh, stored)


def _has(item: object, number: str) -> bool:
    return isinstance(item, dict) and str(item.get("id")) == number


def _as_known(fresh: Mention, stored: Mention) -> Mention:
    """With what only its first find told."""
    return dataclasses.replace(fresh, matched=stored.matched, own=stored.own)


def may(source: Feeds, mention: Mention, action: Action) -> str:
    """Comments that others left on a site of our own, which is one whose password we have."""
    site = _site(source, mention)
    if site is None:
        return "it was not read from a site of our own by its REST API: ask the site that shows it"
    if not site.password:
        return "site.toml has no user and password of the site that shows it"
    if not mention.issued_id.startswith("comment:"):
        return "only comments can be acted on here"
    if mention.own:
        return "it is the organisation's own"
    return ""


def act(source: Feeds, mention: Mention, action: Action) -> None:
    """Sets the comment's status, and holds WordPress's answer against it."""
    settings = _site(source, mention)
    if why := may(source, mention, action):
        raise PlatformRefused(why)
    assert settings is not None
    path = mention.issued_id.replace("comment:", "comments/", 1)
    site = Site(settings, source.http)
    now, why = site.item(path)
    if now is None:
        raise PlatformRefused(f"{host(settings.url)}: the comment is {why}: nothing to act on")
    if _status(now) not in _THEN[action.name]:
        now = site.change(path, {"status": _SENT.get(action.name, action.name)})
    if _status(now) not in _THEN[action.name]:
        raise PlatformUnavailable(
            f"{host(settings.url)} did not confirm it: look at the comment in its dashboard"
        )


def _site(source: Feeds, mention: Mention) -> WordPress | None:
    return next((site for site in source.wordpress if site.issuer == mention.issuer), None)


def _status(comment: object) -> str:
    return str(comment.get("status")) if isinstance(comment, dict) else ""


MODERATION = Moderation(actions=ACTIONS, may=may, act=act)
