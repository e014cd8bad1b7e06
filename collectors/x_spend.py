"""What reading X costs, counted against a budget for the month before it is spent."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from collectors.base import ODD_ERRORS, Keep
from errors import PlatformRefused

# In thousandths of a US dollar, so that sums are exact: X's pay-per-use prices of 2026 (developer
# portal, pricing). An item that comes again on the same UTC day is not charged again.
POST = 5  # a post that is read, also one that came along because another refers to it
USER = 10  # an account that came along: expanding authors is charged
OWNED = 1  # a post of the account's own or one that mentions it, read with its own token
_REFERRED = 2  # a post replies to one and quotes one
_NAME = "spend"


class OverBudget(Exception):
    """The next page could cost more than what is left; the message says so in one line."""


class Spend:
    """The month's sum, and the items charged today as digests: ids of accounts are not kept.

    `budget` is in US dollars; 0 is none, and nothing is counted then.
    """

    def __init__(self, budget: float, kept: Mapping[str, str], at: datetime) -> None:
        self.budget = math.floor(budget * 1000 + 1e-6)
        self.month, self.day = at.strftime("%Y-%m"), at.strftime("%Y-%m-%d")
        self.sum, self.charged = 0, set[str]()
        try:
            told = json.loads(kept.get(_NAME) or "{}")
            if told.get("month") == self.month:
                self.sum = max(int(told["sum"]), 0)
            if told.get("day") == self.day:
                self.charged = set(told["charged"].split())
        except ODD_ERRORS:
            return

    def most(self, wanted: int, least: int, price: int) -> int:
        """How many posts of this price the next page may bring, `wanted` or fewer.

        Counted at the most that they can cost: each by another author, and each referring to two more
        posts by two more. Raises OverBudget where not even `least`, X's smallest page, can be paid.
        """
        if not self.budget:
            return wanted
        each = price + USER + _REFERRED * (POST + USER)
        affordable = (self.budget - self.sum) // each
        if affordable < least:
            raise OverBudget(
                f"{self.sum / 1000:.2f} of {self.budget / 1000:.2f} USD are spent, and the next page could go "
                "over: nothing more is read before the next month, unless `monthly_budget` is raised"
            )
        return min(wanted, affordable)

    def allow(self, posts: int, users: int) -> None:
        """Raises PlatformRefused where a lookup of so many could go over the budget."""
        if self.budget and self.sum + posts * POST + users * USER > self.budget:
            raise PlatformRefused(
                f"X: {self.sum / 1000:.2f} of {self.budget / 1000:.2f} USD are spent: nothing more is looked "
                "up before the next month, unless `monthly_budget` is raised"
            )

    def add(self, page: Mapping[str, Any], price: int) -> None:
        """Counts what came: posts at this price, and the posts and accounts that came along."""
        if not self.budget:
            return
        given = page.get("includes")
        came = given if isinstance(given, dict) else {}
        self._charge("post", page.get("data"), price)
        for word in ("tweets", "posts"):
            self._charge("post", came.get(word), POST)
        self._charge("user", came.get("users"), USER)

    def _charge(self, kind: str, items: object, price: int) -> None:
        for item in items if isinstance(items, list) else ():
            number = item.get("id") if isinstance(item, dict) else None
            seen = _digest(f"{kind} {number}")
            if number is None or seen not in self.charged:
                self.sum += price
                self.charged.add(seen)

    def keep(self) -> Iterable[Keep]:
        """The sum so far, to be kept whatever becomes of the run."""
        if self.budget:
            told = {"month": self.month, "sum": self.sum, "day": self.day}
            charged = " ".join(sorted(self.charged))
            yield Keep(_NAME, json.dumps({**told, "charged": charged}), always=True)


def _digest(item: str) -> str:
    return hashlib.blake2b(item.encode("utf-8", "replace"), digest_size=6).hexdigest()
