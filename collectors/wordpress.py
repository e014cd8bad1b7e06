"""Reads a WordPress site by its REST API: posts by search or all of them, and comments in threads."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import clock
from collectors.base import Found, Http, Odd, count, each, matching, moment, pages
from collectors.fields import UNREADABLE
from collectors.searches import quoted
from collectors.wordpress_site import BATCH, Site, WordPress
from collectors.wordpress_things import Whose, comment_to_mention, post_id, post_to_mention
from mention import Mention

Params = Mapping[str, str | int]
ToMention = Callable[[Any], Mention]
EMBED = "author,wp:featuredmedia"


def whose(settings: WordPress, at: datetime) -> Whose:
    """What is known of a site before its items are read."""
    return Whose(issuer=settings.issuer, platform=settings.platform, own=settings.own, at=at)


def read_site(
    settings: WordPress,
    http: Http,
    terms: tuple[str, ...],
    at: datetime,
    where: str,
    since: datetime,
) -> Iterator[Found]:
    """All that one site has since then. Raises PlatformRefused where its API is turned off."""
    reading = _Reading(
        settings=settings, site=Site(settings, http), terms=terms, at=at, where=where
    )
    yield from reading.posts(since)
    if settings.comments:
        yield from reading.comments(min(since, at - timedelta(days=settings.comments_days)))


@dataclass(frozen=True, slots=True)
class _Thread:
    """The post under which comments stand."""

    text: str = ""
    author: str = ""


@dataclass(kw_only=True)
class _Reading:
    """One site being read. `threads` are the posts that it knows, by id."""

    settings: WordPress
    site: Site
    terms: tuple[str, ...]
    at: datetime
    where: str
    threads: dict[str, _Thread] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def posts(self, since: datetime) -> Iterator[Found]:
        """New ones, by each term or all, and those that were changed since."""
        new = {"after": _written(since), "_embed": EMBED}
        changed = {"modified_after": _written(since), "orderby": "modified", "_embed": EMBED}
        by_term = self.settings.search and self.settings.keep == "matched"
        asked: list[tuple[dict[str, str], tuple[str, ...]]] = [
            ({**new, "search": quoted(term)}, (term,)) for term in self.terms if by_term
        ]
        for number, (params, term) in enumerate([*(asked or [(new, ())]), (changed, ())], 1):
            place = f"{self.where} posts {number}"
            for found in self._walk("posts", params, place, since, self._post):
                if isinstance(found, Odd) or (found.edited_at or found.posted_at) >= since:
                    yield from self._wanted(
                        found, "", term
                    )  # WordPress before 5.7 gives older ones

    def comments(self, since: datetime) -> Iterator[Found]:
        """Those that name a term or stand under a post that does."""
        params = {"after": _written(since)} | ({"status": "all"} if self.settings.held else {})
        place = f"{self.where} comments"
        for found in self._walk("comments", params, place, since, self._comment):
            root = found.root_id if isinstance(found, Mention) else ""
            yield from self._wanted(found, self.threads.get(root, _Thread()).text, ())

    def _walk(
        self,
        path: str,
        params: Mapping[str, str],
        where: str,
        since: datetime,
        to_mention: ToMention,
    ) -> Iterator[Mention | Odd]:
        seen: set[str] = set()

        def fetch(token: str) -> tuple[list[Any], str]:
            number = int(token or 1)
            asked: Params = {"per_page": self.settings.page_size, "page": number, **params}
            items, total = self.site.listed(path, asked)
            new = {str(item.get("id")) for item in items if isinstance(item, dict)} - seen
            seen.update(new)
            # without a total, nothing new says that the site gives the same page for every number
            more = (bool(new) if total is None else number < total) and _recent(items, since)
            return items, str(number + 1) if more else ""

        for found in pages(fetch, most=self.settings.pages, where=where):
            if isinstance(found, Odd):
                yield found
                continue
            number, items = found
            if path == "comments":
                self._know(items)
            yield from each(items, to_mention, at=self.at, where=f"{where} page {number}")

    def _wanted(
        self, found: Mention | Odd, around: str, searched: tuple[str, ...]
    ) -> Iterator[Found]:
        """With what it matches, itself or by what stands around it; once, and not what matches nothing.

        What the site's search found and we don't matched the term `searched`.
        """
        if isinstance(found, Odd):
            yield found
            return
        names = matching(f"{found.text}\n{around}", self.terms) or searched
        if (names or self.settings.keep == "all") and found.issued_id not in self.taken:
            self.taken.add(found.issued_id)
            yield found.with_match(*names)

    def _post(self, post: Any) -> Mention:
        mention = post_to_mention(post, whose(self.settings, self.at))
        self.threads[mention.issued_id] = _Thread(mention.text, mention.author.id)
        return mention

    def _comment(self, comment: Any) -> Mention:
        mention = comment_to_mention(comment, whose(self.settings, self.at))
        writer = self.threads.get(mention.root_id, _Thread()).author
        by_author = self.settings.own and bool(writer) and mention.author.id == writer
        return dataclasses.replace(mention, own=by_author)

    def _know(self, comments: list[Any]) -> None:
        """Asks for the posts under which these stand; one that is no post, or closed, stays empty."""
        named = {count(one.get("post")) or 0 for one in comments if isinstance(one, dict)} - {0}
        unknown = sorted(number for number in named if post_id(number) not in self.threads)
        for start in range(0, len(unknown), BATCH):
            batch = unknown[start : start + BATCH]
            asked: Params = {"include": ",".join(map(str, batch)), "per_page": BATCH}
            posts, _ = self.site.listed("posts", asked)
            self.threads |= {post_id(number): _Thread() for number in batch}
            for _mention in each(posts, self._post, at=self.at):
                pass  # known by now


def _written(moment: datetime) -> str:
    """With its Z: without an offset WordPress takes it for the site's own time."""
    return clock.text(moment)[:19] + "Z"


def _recent(items: list[Any], since: datetime) -> bool:
    """Whether anything on this page is new or changed enough that older pages could be too."""
    times = [
        moment(item.get("modified_gmt") or item.get("date_gmt"))
        for item in items
        if isinstance(item, dict)
    ]
    return any(time >= since or time == UNREADABLE for time in times)
