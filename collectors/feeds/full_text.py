"""The whole text of articles of which a feed gives a summary, from each one's page, once; of podcasts from their transcript."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator

from collectors.base import EphemeralMetric
from collectors.captions import transcript
from collectors.charsets import decode, named_in_type
from collectors.feeds.options import digest
from collectors.http.transport import host
from collectors.http.web_pages import NotRead, Pages, WebPage, article
from collectors.parsing import MOST_TEXT, clean, joined
from core.errors import CollectorError
from core.models import Mention

_OPAQUE = "news.google.com"  # its links lead on by script alone
_READ, _UNMATCHED, _REFUSED = "+=-"


class Texts:
    """One feed's articles in one run: what earlier runs read is not fetched again.

    `kept` is what `keep` gave last time: a short name for each entry, and what became of it.
    """

    def __init__(self, pages: Pages, hosts: Iterable[str], saved_marks: str) -> None:
        self._pages, self._hosts = pages, frozenset(name.lower() for name in hosts) - {_OPAQUE}
        self._before = {mark[:-1]: mark[-1] for mark in saved_marks.split()}
        self._marks: dict[str, str] = {}
        self._refused: Counter[str] = Counter()
        self.unfinished = False  # some are to be asked for again by the next run

    def became(self, mention: Mention) -> str:
        """What became of this entry in an earlier run: "read", "unmatched", "refused", or "" if new."""
        name = _name(mention)
        mark = self._before.get(name, "")
        if mark:
            self._marks[name] = mark
        return {_READ: "read", _UNMATCHED: "unmatched", _REFUSED: "refused"}.get(mark, "")

    def filled(self, mention: Mention, title: str, spoken: str = "") -> Mention:
        """With the text of its page, or of the transcript at `spoken`, where that says more; else as it is, and counted."""
        address = spoken or mention.url
        if not self._wanted(address):
            return mention
        if self._pages.full(address):
            self.unfinished = True
            return mention
        try:
            page = self._pages.get(address, self._wanted)
            text = joined(mention.text, _said(page)) if spoken else article(page)
        except NotRead as why:
            self._refused[str(why)] += 1
            self._marks[_name(mention)] = _REFUSED
            return mention
        except CollectorError:
            self._refused["out of reach"] += 1
            self.unfinished = True
            return mention
        longer = clean((text if spoken else joined(title, text))[:MOST_TEXT])
        whole = len(longer) > len(mention.text)
        self._marks[_name(mention)] = _READ if whole else _REFUSED
        return dataclasses.replace(mention, text=longer) if whole else mention

    def unmatched(self, mention: Mention) -> None:
        """Notes that the whole text names nothing that we look for."""
        if self._marks.get(_name(mention)) == _READ:
            self._marks[_name(mention)] = _UNMATCHED

    def keep(self) -> str:
        """What the next run wants to be told, of the entries that stand in the feed today."""
        return " ".join(f"{name}{mark}" for name, mark in self._marks.items())

    def figures(self, where: str) -> Iterator[EphemeralMetric]:
        """How many articles keep their summary, since their pages gave no text, and why."""
        if self._refused:
            why = ", ".join(f"{count} {reason}" for reason, count in self._refused.most_common())
            yield EphemeralMetric(
                f"{where} summaries kept, for want of a page ({why})", self._refused.total()
            )

    def _wanted(self, url: str) -> bool:
        return host(url).lower() in self._hosts


def _said(page: WebPage) -> str:
    """What is said by a transcript. Raises NotRead for one that is not there, or without words."""
    if page.status != 200:
        raise NotRead(f"answered {page.status}")
    kind = page.headers.get("Content-Type", "")
    words = transcript(decode(page.content, named_in_type(kind) or "utf-8"))
    if not words:
        raise NotRead("without a transcript")
    return words


def _name(mention: Mention) -> str:
    """An entry as it stands in the feed: one that was edited there has another name."""
    return digest(f"{mention.issued_id}\n{mention.edited_at}\n{mention.url}\n{mention.text}")
