"""Who goes from number to number: which pages of cases and posts a person asked for within an hour, in memory alone."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Literal

Walk = Literal["pages", "absent"]
HOUR = timedelta(hours=1)
MOST = 2_000  # pages of one person that are remembered: past any limit that can be set up


class Walks:
    """Different pages by person and kind within the last hour. For any thread; a restart forgets them."""

    def __init__(self) -> None:
        self._asked_for: dict[tuple[int, Walk], OrderedDict[str, datetime]] = {}
        self._lock = threading.Lock()

    def note(self, user: int, walk: Walk, page: str, at: datetime) -> int:
        """Remembers that this person asked for a page, and says how many different ones that makes within an hour."""
        with self._lock:
            pages = self._asked_for.setdefault((user, walk), OrderedDict())
            pages[page] = at
            pages.move_to_end(page)
            while pages and (len(pages) > MOST or next(iter(pages.values())) <= at - HOUR):
                pages.popitem(last=False)
            return len(pages)
