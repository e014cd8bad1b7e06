"""Threads' search within 2,200 queries of a moving day, and tokens that renew themselves.

Read on 29 November 2026: developers.facebook.com/documentation/threads/keyword-search (updated 21 January 2026), and
/docs/threads/get-started/long-lived-tokens. The limit is the account's, whatever app asks; a query that finds nothing
does not count.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from collectors.base import Http, SaveState, count
from collectors.http.client import read_json
from core.errors import PlatformUnavailable

logging.getLogger("urllib3").setLevel(
    logging.WARNING
)  # at DEBUG it writes addresses, which hold a token here
SPENT = "searches"  # what is told of it on the next run
_DAY = timedelta(hours=24)


class SearchesSpent(PlatformUnavailable):
    """No more may be searched for in these 24 hours."""


class Searches:
    """The queries of the last 24 hours, by the hour in which they were sent."""

    def __init__(self, state: Mapping[str, str], at: datetime, most: int) -> None:
        self.most, self.hour = most, int(at.timestamp()) // 3600
        oldest = int((at - _DAY).timestamp()) // 3600
        self.by_hour = {
            hour: number
            for hour, number in _read(state.get(SPENT, ""))
            if oldest <= hour <= self.hour
        }

    @property
    def left(self) -> int:
        """How many may still be sent."""
        return max(0, self.most - sum(self.by_hour.values()))

    def spend(self) -> None:
        """Counts a query before it is sent. Raises SearchesSpent."""
        if not self.left:
            raise SearchesSpent(f"the {self.most:,} searches of 24 hours are used up")
        self.by_hour[self.hour] = self.by_hour.get(self.hour, 0) + 1

    def give_back(self) -> None:
        """Takes back one that found nothing."""
        self.by_hour[self.hour] -= 1

    def state(self) -> SaveState:
        """What the next run must know."""
        return SaveState(SPENT, json.dumps(sorted(self.by_hour.items())), always=True)


def _read(written: str) -> list[tuple[int, int]]:
    try:
        entries = json.loads(written or "[]")
        return [(int(hour), count(number) or 0) for hour, number in entries]
    except (ValueError, TypeError):
        return []


def token_of(http: Http, table: Mapping[str, Any], form: Mapping[str, str]) -> Mapping[str, Any]:
    """A token of 60 days, which renews itself once it is a day old. Raises CollectorError.

    By Threads' own way: the short one for a code is exchanged at once, and the long one is its own refresh token.
    """
    host = str(table["base_url"]).rstrip("/")
    if form["grant_type"] == "refresh_token":
        params = {"grant_type": "th_refresh_token", "access_token": form["refresh_token"]}
        return _long(http, f"{host}/refresh_access_token", params)
    client = {"client_id": str(table["client_id"]), "client_secret": str(table["client_secret"])}
    answer = http.send("POST", str(table["token_url"]), form={**client, **form})
    short = _payload(read_json(answer.content, answer.headers, answer.url))
    params = {
        "grant_type": "th_exchange_token", "client_secret": client["client_secret"],
        "access_token": str(short["access_token"]),
    }  # fmt: skip
    return _long(http, f"{host}/access_token", params)


def _long(http: Http, url: str, params: Mapping[str, str]) -> Mapping[str, Any]:
    payload = _payload(http.get_json(url, params))
    return {**payload, "refresh_token": payload["access_token"]}


def _payload(body: object) -> dict[str, Any]:
    if not isinstance(body, dict) or not body.get("access_token"):
        raise PlatformUnavailable("threads: the token endpoint sent no token")
    return body
