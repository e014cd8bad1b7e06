"""One list of posts on X, read by stretches: what requests say of a stretch, and what bounds the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import clock
from collectors.places import Span
from collectors.x_asking import Asking, BadParameter
from collectors.x_spend import POST

WINDOW = timedelta(days=7)  # what recent search holds
ANY_TIME = timedelta(days=3650)
LEAST = 10  # the smallest page that X gives
HANDLE = re.compile(r"\w{1,15}", re.ASCII)
_MARGIN = timedelta(minutes=5)  # clocks differ, and a run takes a while
_FRESH = timedelta(seconds=60)  # X indexes up to about 30 s ago and refuses a later start


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list of posts that can be read by stretches. `read` takes tweepy's parameters.

    `label` is what its finds matched where no term did, and always if it is `raw`.
    """

    where: str
    what: str  # what it lists, for its place
    asking: Asking
    read: Callable[..., Any]
    label: str
    token: str = "pagination_token"
    raw: bool = False
    window: timedelta = WINDOW
    least: int = LEAST
    price: int = POST

    def page(
        self, span: Span, token: str, at: datetime, asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        """One page of a stretch. A bound that X refuses is given otherwise, once.

        An empty page where the stretch lies outside the window by now. Raises CollectorError.
        """
        asked = {**asked, self.token: token} if token else asked
        refused: BadParameter | None = None
        while True:
            bounds = self._bounds(span, at, refused)
            try:
                return self.asking.page(partial(self.read, **asked, **bounds))
            except BadParameter as bad:
                if bad.name == "until_id":
                    return {}
                if refused:
                    raise
                refused = bad

    def _bounds(self, span: Span, at: datetime, refused: BadParameter | None) -> dict[str, str]:
        """As X's parameters; after a refusal by time rather than by id, and by X's own clock."""
        asked = {"until_id": span.until} if span.until else {}
        if span.after and not refused and span.start > at - self.window + _MARGIN:
            return asked | {"since_id": span.after}
        now = refused.answered if refused and refused.name == "start_time" else at
        return asked | {"start_time": start(span.start, now, self.window)}


def start(since: datetime, at: datetime, window: timedelta = WINDOW) -> str:
    """A start that X takes: inside its seven days, not in its last seconds, in whole seconds."""
    return clock.text(min(max(since, at - window + _MARGIN), at - _FRESH))[:19] + "Z"


def next_token(page: Mapping[str, Any]) -> str:
    """What leads to the page after this one."""
    token = (page.get("meta") or {}).get("next_token")
    return token if isinstance(token, str) else ""


def numbers(page: Mapping[str, Any]) -> list[int]:
    """The ids of a page's posts, which grow with time, so that they can bound a stretch."""
    ids = [str(post.get("id")) for post in page.get("data") or [] if isinstance(post, dict)]
    return [int(i) for i in ids if i.isdecimal() and len(i) < 25]
