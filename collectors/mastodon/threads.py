"""What statuses answer, as the asked server knows it: on the same page, or asked for by their ids.

A page of 40 statuses costs two requests at most, of the 300 that a server permits in five minutes. One
that can't give several at once (before Mastodon 4.3, and of another make) is asked one by one, for
context `MOST_ALONE` times in a run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from collectors.context import object_of
from collectors.mastodon.client import AT_ONCE, Reader
from collectors.mastodon.parse import answered, known, to_answered
from core.context import AnsweredPost

MOST_ALONE = 60
_MOST_KNOWN = 5_000  # statuses that are remembered at once


class Threads:
    """Statuses by the asked server's own ids, for as long as a run lasts.

    `keys` are their issuers and ids there, `posts` their words, but for those that are not to be taken in.
    `failed`: a lookup was refused, so that no more is asked for context.
    """

    def __init__(self) -> None:
        self.failed = False
        self.keys: dict[str, tuple[str, str]] = {}
        self.posts: dict[str, AnsweredPost] = {}
        self._absent: set[str] = set()
        self._one_by_one, self._left = False, MOST_ALONE

    def learn(self, statuses: Sequence[Any], official: frozenset[str]) -> None:
        """Remembers these; odd ones are left."""
        if len(self.keys) + len(self._absent) > _MOST_KNOWN:
            for remembered in (self.keys, self.posts, self._absent):
                remembered.clear()
        self.keys |= known(statuses)
        for status in statuses:
            if post := to_answered(status, official):
                self.posts[str(object_of(status).get("id"))] = post

    def ask(
        self, reader: Reader, statuses: Sequence[Any], official: frozenset[str], *, needed: bool
    ) -> None:
        """Learns what these answer; `needed`: all of it, whatever it costs. Raises CollectorError."""
        self.learn(statuses, official)
        ids = dict.fromkeys(parent for status in statuses if (parent := answered(status)))
        unknown = [
            status_id for status_id in ids
            if status_id not in self.keys and status_id not in self._absent
            and re.fullmatch(r"[\w-]+", status_id)
        ]  # fmt: skip
        self.failed = bool(unknown)
        for start in range(0, len(unknown), AT_ONCE):
            batch = unknown[start : start + AT_ONCE]
            looked_up, parents = self._look_up(reader, batch, needed=needed)
            self.learn(parents, official)
            self._absent.update(status_id for status_id in looked_up if status_id not in self.keys)
        self.failed = False

    def _look_up(
        self, reader: Reader, ids: Sequence[str], *, needed: bool
    ) -> tuple[Sequence[str], list[Any]]:
        """Which of these ids were asked for, and what is there of them."""
        if not self._one_by_one:
            statuses = reader.statuses(ids)
            if statuses is not None:
                return ids, statuses
            self._one_by_one = True
        alone = ids if needed else ids[: self._left]
        self._left -= min(len(alone), self._left)
        return alone, [reader.status(status_id) for status_id in alone]
