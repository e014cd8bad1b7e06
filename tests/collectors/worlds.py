"""What the tests of collectors share: a client that never waits, tables that run, saved pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import collectors
from collectors.base import Collector, Found, Http, Keep, Odd
from errors import CollectorError
from mention import Mention

DATA = Path(__file__).parent.parent / "data"
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SINCE = AT - timedelta(days=6)
TERMS = ("NHS NW London", "NW London ICB")
SECRET = "s3cr3t-of-nobody"
REGISTER = {
    "x": frozenset({"healthiernwl"}),
    "reddit": frozenset({"nhs_example"}),
    "mastodon": frozenset({"nwlondon@example.social"}),
    "youtube": frozenset({"nhsnwl"}),
}
TABLES: dict[str, dict[str, Any]] = {
    "x": {"bearer_token": SECRET, "approval": "Enterprise, public body, 1 November 2026"},
    "reddit": {
        "client_id": "an-id", "client_secret": SECRET, "subreddits": ["london"],
        "user_agent": "linux:mentions:0.1 (by /u/nhs_example)", "approval": "approved 1 November 2026",
    },
    "feeds": {"feed": [{"url": f"https://blog.example.org/feed/?key={SECRET}"}]},
    "files": {"folder": str(DATA / "files")},
}  # fmt: skip


def client(**settings: Any) -> Http:
    """Two attempts, and no wait between them."""
    return Http(**{"attempts": 2, "longest_wait": 0.0, **settings})


def source(
    name: str,
    *,
    http: Http | None = None,
    kept: Mapping[str, str] | None = None,
    names: tuple[str, ...] = TERMS,
    **table: Any,
) -> Collector:
    """A collector by its table here, with these keys over it."""
    return collectors.build(
        name, {**TABLES[name], **table}, http=http or client(), at=AT, kept=kept or {}, terms=names,
        register=REGISTER,
    )  # fmt: skip


def pull(
    collector: Collector, since: datetime = SINCE
) -> tuple[list[Mention], list[Odd], dict[str, str], CollectorError | None]:
    """All that a run gives: mentions, odd items, what is to be kept, and the error that ended it."""
    found: list[Found] = []
    error: CollectorError | None = None
    try:
        for thing in collector.collect(since):
            found.append(thing)
    except CollectorError as raised:
        error = raised
    return (
        mentions(found),
        odds(found),
        {k.name: k.value for k in found if isinstance(k, Keep)},
        error,
    )


def mentions(found: Iterable[object]) -> list[Mention]:
    return [thing for thing in found if isinstance(thing, Mention)]


def odds(found: Iterable[object]) -> list[Odd]:
    return [thing for thing in found if isinstance(thing, Odd)]


def saved(path: str) -> bytes:
    """A saved page."""
    return (DATA / path).read_bytes()


def page(path: str) -> Any:
    """A saved page as JSON."""
    return json.loads(saved(path))
