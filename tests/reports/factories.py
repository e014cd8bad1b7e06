"""Invented items, sources and totals for the tests of reports; every word that must not leak is in WORDS."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import tomli_w

from classify.policy import schema as policy_schema
from core.models import Flag
from settings import schema as settings_schema
from settings.schema import Config
from store import Item, LabelCount, SourceState

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = "Zebedee on ward nine walloped a patient, ████ saw it all"
POLICY = policy_schema.load()
MEANINGS = {name: flag.means for name, flag in POLICY.flags.items()}
SHIPPED = Path(__file__).parent.parent.parent / "config.toml"


def flag(name: str = "derogatory", **changes: Any) -> Flag:
    clauses = POLICY.flags[name].clause
    given: dict[str, Any] = {"name": name, "score": 0.91, "clauses": clauses, "spans": ((0, 7),)}
    return Flag(**(given | changes))


def item(number: int = 17, **changes: Any) -> Item:
    """A post on X with one flag, of medium risk."""
    given: dict[str, Any] = {
        "number": number, "revision": 1, "platform": "x", "kind": "post", "sources": ("x",),
        "matched": ("NHS North West London",), "posted_at": AT - timedelta(hours=3),
        "fetched_at": AT - timedelta(hours=2), "masked": WORDS, "in_scope": True, "staff": "no",
        "sentiment": "negative", "protected": "none", "language": "en", "read": "full", "risk": "medium",
        "flags": (flag(),), "followers": None, "metrics": {}, "edited": False, "deleted": False,
        "story": f"story-{number}", "copies": 1, "decision": None, "policy": "2026.1", "model": "m",
        "assessed_at": AT - timedelta(hours=1),
    }  # fmt: skip
    return Item(**(given | changes))


def source(name: str = "x", **changes: Any) -> SourceState:
    """A source that was read to its end an hour ago."""
    read = AT - timedelta(hours=1)
    given: dict[str, Any] = {
        "source": name, "last_complete": read, "last_run": read, "error": None, "odd": 0, "mention_count": 12,
    }  # fmt: skip
    return SourceState(**(given | changes))


def labelled(count: int = 1, **changes: Any) -> LabelCount:
    given: dict[str, Any] = {
        "platform": "x", "sentiment": "negative", "risk": "low", "flags": (), "count": count,
    }  # fmt: skip
    return LabelCount(**(given | changes))


def settings(folder: Path, **mail: Any) -> Config:
    """config.toml as it ships, with recipients, and changes to [alerts.mail]."""
    table = tomllib.loads(SHIPPED.read_text("utf-8"))
    table["alerts"] |= {"on": True, "to": ["duty@example.org", "second@example.org"]}
    table["alerts"]["mail"] |= mail
    table["reports"] |= {"daily_to": ["team@example.org"], "weekly_to": ["board@example.org"]}
    table["review"]["public_url"] = "https://review.example.org/"
    path = folder / "config.toml"
    path.write_text(tomli_w.dumps(table), "utf-8")
    return settings_schema.load(path)
