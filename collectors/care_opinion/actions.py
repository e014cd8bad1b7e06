"""Looks stories and responses of Care Opinion up again, one by one: are they still there, and the same?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from collectors.base import Gone, Rechecked, SkippedItem, each
from collectors.care_opinion.collector import ABSENT, CareOpinion
from collectors.care_opinion.parse import RESPONSE, to_reply
from core.errors import PlatformUnavailable
from core.models import Mention


def recheck(source: CareOpinion, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """A story by its id; a response in the list of its story's. Raises CollectorError before any doubt."""
    looking = _Looking(source)
    for number, mention in enumerate(mentions, 1):
        if mention.issuer != "care_opinion":
            continue
        where = f"held {number}"
        if mention.issued_id.startswith(RESPONSE):
            yield from looking.response(mention, where)
        else:
            yield from looking.story(mention, where)


class _Looking:
    """One recheck: what was answered stands for the rest of it."""

    def __init__(self, source: CareOpinion) -> None:
        self.source = source
        self.answers: dict[str, list[Any] | None] = {}  # a story's responses; None: no such story
        self.sure = False

    def story(self, mention: Mention, where: str) -> Iterator[Rechecked]:
        answer = self.source.ask(f"/opinions/{mention.issued_id}", accept=ABSENT)
        if answer.status in ABSENT:
            yield self._gone(mention)
            return
        if answer.content.lstrip()[:1] == b'"':
            yield SkippedItem(where, "came as an apology of the site's in its place")
            return
        for fresh in self.source.read(self.source.json(answer), where):
            yield self._same(mention, fresh, where)

    def response(self, mention: Mention, where: str) -> Iterator[Rechecked]:
        story = mention.parent_id
        if story not in self.answers:
            answer = self.source.ask(f"/opinions/{story}/responses", accept=ABSENT)
            there = None if answer.status in ABSENT else self.source.json(answer)
            if there is not None and not isinstance(there, list):
                raise PlatformUnavailable("Care Opinion sent something else than a list")
            self.answers[story] = there
        listed = self.answers[story] or []
        for item in listed:
            if isinstance(item, dict) and f"{RESPONSE}{item.get('id')}" == mention.issued_id:
                for fresh in each(
                    (item,), lambda i: to_reply(i, story, self.source.at), at=self.source.at
                ):
                    yield self._same(mention, fresh, where)
                return
        if all(isinstance(item, dict) for item in listed):  # an apology may stand for it
            yield self._gone(mention)

    def _same(
        self, stored: Mention, fresh: Mention | SkippedItem, where: str
    ) -> Mention | SkippedItem:
        if isinstance(fresh, SkippedItem):
            return replace(fresh, item=where)
        if fresh.issued_id != stored.issued_id:
            return SkippedItem(where, "came with another id than the one that was asked for")
        return replace(fresh, matched=stored.matched)

    def _gone(self, mention: Mention) -> Gone:
        """Gone, once the interface has shown that it is there itself and takes our key."""
        if not self.sure:
            self.source.listed("/opinions", {"take": 1, "skip": 0})
            self.sure = True
        return Gone(mention.issuer, mention.issued_id)
