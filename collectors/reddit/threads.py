"""What comments on Reddit answer: known from their page, or looked up by full names, 100 a request.

A page of comments of which some are kept costs one or two requests more, of the 100 that Reddit permits
in a minute; a page of which none is kept costs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any

from collectors.base import ODD_ERRORS, SkippedItem
from collectors.reddit.client import Asking
from collectors.reddit.parse import full_name, to_answered
from core.context import AnsweredPost
from core.errors import CollectorError
from core.models import Mention

_NAMES = 100  # that one lookup takes
_MOST_KNOWN = 5_000  # posts and comments that are remembered at once


class Threads:
    """Posts and comments by full name, for as long as a run lasts. None is one that is not there."""

    def __init__(self, asking: Asking, official: Set[str]) -> None:
        self._asking, self._official = asking, official
        self._failed = False
        self.known: dict[str, AnsweredPost | None] = {}

    def learn(self, children: Sequence[Any]) -> None:
        """Remembers these; odd ones are left."""
        if len(self.known) > _MOST_KNOWN:
            self.known.clear()
        for child in children:
            try:
                name = full_name(child)
            except ODD_ERRORS:
                continue
            self.known[name] = to_answered(child, self._official)

    def ask(self, comments: Sequence[Mention], where: str) -> Iterator[SkippedItem]:
        """Learns what these comments answer. A failure is told of once and costs their context alone.

        While Reddit's allowance is used up nothing is asked: what is left of it is for what was written.
        """
        ids = (name for comment in comments for name in (comment.parent_id, comment.root_id))
        names = [name for name in dict.fromkeys(ids) if name and name not in self.known]
        if self._failed or self._asking.wait is not None:
            return
        try:
            for start in range(0, len(names), _NAMES):
                batch = names[start : start + _NAMES]
                params = {"id": ",".join(batch), "limit": str(_NAMES)}
                self.learn(self._asking.page("api/info", params)[0])
                self.known |= {name: None for name in batch if name not in self.known}
        except CollectorError as error:
            self._failed = True
            yield SkippedItem(
                where, f"kept without what its comments answer, which can't be looked up: {error}"
            )
