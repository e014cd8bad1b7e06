"""What reading X costs, counted against a budget for the month before it is spent."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from collectors.base import ODD_ERRORS, SaveState
from collectors.x.parse import version
from core import clock
from core.errors import PlatformRefused
from core.models import Mention

# In thousandths of a US dollar, so that sums are exact: X's pay-per-use prices of 2026 (developer
# portal, pricing). An item that comes again on the same UTC day is not charged again.
POST = 5  # a post that is read, also one that came along because another refers to it
USER = 10  # an account that came along: expanding authors is charged
MEDIA = 5  # a picture or film that came along: expanding attachments is charged as "Media: Read"
CREATE = 15  # a post that is published (docs.x.com/x-api/getting-started/pricing, November 2026)
CREATE_WITH_LINK = 200  # ... with a link in it
OWNED = 1  # a post of the account's own or one that mentions it, read with its own token
_REFERRED = 2  # a post replies to one and quotes one
_ATTACHED = 4  # pictures or films that a post may have
_NAME = "spend"


class OverBudget(Exception):
    """The next page could cost more than what is left; the message says so in one line."""


class Spend:
    """The month's sum, and the items charged today as digests: ids of accounts are not kept.

    `budget` is in US dollars; 0 is none, and nothing is counted then. `pictures`: they are asked for, too.
    """

    def __init__(
        self, budget: float, state: Mapping[str, str], at: datetime, *, pictures: bool = False
    ) -> None:
        self.budget = math.floor(budget * 1000 + 1e-6)
        self.pictures = _ATTACHED * MEDIA if pictures else 0  # the most that a post's can cost
        self.month, self.day = at.strftime("%Y-%m"), at.strftime("%Y-%m-%d")
        self.sum, self.charged = 0, set[str]()
        try:
            record = json.loads(state.get(_NAME) or "{}")
            if record.get("month") == self.month:
                self.sum = max(int(record["sum"]), 0)
            if record.get("day") == self.day:
                self.charged = set(record["charged"].split())
        except ODD_ERRORS:
            return

    def most(self, wanted: int, least: int, price: int) -> int:
        """How many posts of this price the next page may bring, `wanted` or fewer.

        Counted at the most that they can cost: each by another author, and each referring to two more
        posts by two more. Raises OverBudget where not even `least`, X's smallest page, can be paid.
        """
        if not self.budget:
            return wanted
        each = price + USER + _REFERRED * (POST + USER) + self.pictures
        affordable = (self.budget - self.sum) // each
        if affordable < least:
            raise OverBudget(
                f"{self.sum / 1000:.2f} of {self.budget / 1000:.2f} USD are spent, and the next page could go "
                "over: nothing more is read before the next month, unless `monthly_budget` is raised"
            )
        return min(wanted, affordable)

    def allow(self, posts: int, users: int) -> None:
        """Raises PlatformRefused where a lookup of so many could go over the budget."""
        most = posts * (POST + self.pictures) + users * USER
        if self.budget and self.sum + most > self.budget:
            raise PlatformRefused(
                f"X: {self.sum / 1000:.2f} of {self.budget / 1000:.2f} USD are spent: nothing more is looked "
                "up before the next month, unless `monthly_budget` is raised"
            )

    def allow_write(self, cost: int) -> None:
        """Raises PlatformRefused where publishing something for so much would go over the budget."""
        if self.budget and self.sum + cost > self.budget:
            raise PlatformRefused(
                f"X: {self.sum / 1000:.2f} of {self.budget / 1000:.2f} USD are spent, and this costs "
                f"{cost / 1000:.3f}: nothing is sent before the next month, unless `monthly_budget` is raised"
            )

    def add_write(self, cost: int) -> None:
        """Counts what was published."""
        if self.budget:
            self.sum += cost

    def add(self, page: Mapping[str, Any], price: int) -> None:
        """Counts what came: posts at this price, and the posts, accounts and pictures that came along."""
        if not self.budget:
            return
        includes = page.get("includes")
        came = includes if isinstance(includes, dict) else {}
        self._charge("post", page.get("data"), price)
        for word in ("tweets", "posts"):
            self._charge("post", came.get(word), POST)
        self._charge("user", came.get("users"), USER)
        self._charge("media", came.get("media"), MEDIA, key="media_key")

    def _charge(self, kind: str, items: object, price: int, *, key: str = "id") -> None:
        for item in items if isinstance(items, list) else ():
            number = item.get(key) if isinstance(item, dict) else None
            seen = _digest(f"{kind} {number}")
            if number is None or seen not in self.charged:
                self.sum += price
                self.charged.add(seen)

    def keep(self) -> Iterable[SaveState]:
        """The sum so far, to be kept whatever becomes of the run."""
        if self.budget:
            record = {"month": self.month, "sum": self.sum, "day": self.day}
            charged = " ".join(sorted(self.charged))
            yield SaveState(_NAME, json.dumps({**record, "charged": charged}), always=True)


def _digest(item: str) -> str:
    return hashlib.blake2b(item.encode("utf-8", "replace"), digest_size=6).hexdigest()


# ── Our own recent posts on X, kept from run to run: others' quotes of them are read. ─────────────

_OWN_POSTS = "own posts"
_FOR = timedelta(days=7)
MOST = 75  # as many lists of quotes as X gives in a quarter of an hour


class OwnPosts:
    """What our accounts posted in the last seven days, by the first id of each."""

    def __init__(self, state: Mapping[str, str], at: datetime) -> None:
        self.oldest = at - _FOR
        self._posts: dict[str, tuple[str, datetime]] = {}  # the current version, and when posted
        try:
            saved_posts = json.loads(state.get(_OWN_POSTS) or "{}")
            self._posts = {
                post: (str(now), clock.parse(on)) for post, (now, on) in saved_posts.items()
            }
        except ODD_ERRORS:
            return

    def note(self, mention: Mention) -> None:
        """Remembers it, if it is one of ours."""
        if mention.own and mention.kind != "repost":
            self._posts[mention.issued_id] = (version(mention), mention.posted_at)

    def forget(self, post: str) -> None:
        """It is gone."""
        self._posts.pop(post, None)

    def recent(self) -> list[tuple[str, str]]:
        """First and current id of each, newest first, MOST at most."""
        recent = [(on, post, now) for post, (now, on) in self._posts.items() if on >= self.oldest]
        return [(post, now) for _, post, now in sorted(recent, reverse=True)[:MOST]]

    def keep(self) -> SaveState:
        """All of them, to be kept whatever becomes of the run, which does not read them again."""
        saved_posts = {
            post: (now, clock.text(on))
            for post, (now, on) in self._posts.items()
            if on >= self.oldest
        }
        return SaveState(_OWN_POSTS, json.dumps(saved_posts), always=True)
