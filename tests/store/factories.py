"""Invented mentions, readings and assessments for the tests of the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.models import Assessment, Author, Flag, Mention, Reading, Risk, Sentiment
from store import RunResult, Store, Stored

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
POLICY, MODEL = "2026.1", "model-a"
WORDS = "Waited nine hours at Northwick Park with my mother, nobody came"


def mention(number: int = 1, **changes: Any) -> Mention:
    """A post on X by an invented person."""
    given: dict[str, Any] = {
        "issuer": "x",
        "issued_id": f"19900000000000{number:05}",
        "platform": "x",
        "kind": "post",
        "url": f"https://example.org/rowan_ashdown/status/{number}",
        "text": f"{WORDS} ({number})",
        "text_raw": f"{WORDS} ({number})",
        "posted_at": AT - HOUR,
        "fetched_at": AT,
        "author": Author(
            id="7700900", handle="rowan_ashdown", name="Rowan Ashdown", bio="Gardener in Harrow"
        ),
        "metrics": {"likes": 1, "shares": 0},
        "matched": ("Northwick Park",),
    }
    return Mention(**(given | changes))


def flag(name: str = "allegation", **changes: Any) -> Flag:
    """A flag as the classifier gives it."""
    given: dict[str, Any] = {
        "name": name,
        "score": 0.9,
        "clauses": ("6.8", "9"),
        "spans": ((0, 6),),
    }
    return Flag(**(given | changes))


def reading(masked: str = WORDS, flags: Sequence[Flag] = (), **changes: Any) -> Reading:
    """A reading in scope by somebody who is not staff."""
    sentiment: Sentiment = "negative"
    given: dict[str, Any] = {
        "in_scope": True,
        "staff": "no",
        "sentiment": sentiment,
        "language": "en",
        "read": "full",
        "flags": tuple(flags),
        "masked": masked,
    }
    return Reading(**(given | changes))


def assessed(
    stored: Stored,
    risk: Risk = "low",
    *,
    policy: str = POLICY,
    model: str = MODEL,
    at: datetime = AT,
    **changes: Any,
) -> Assessment:
    """An assessment of a stored mention, its words shown as they are."""
    read = reading(**({"masked": stored.mention.text} | changes))
    return Assessment(
        mention=stored.number, revision=stored.revision, policy=policy, model=model,
        reading=read, risk=risk, at=at,
    )  # fmt: skip


def add(
    store: Store, *found: Mention, source: str = "x", at: datetime = AT, **how: Any
) -> RunResult:
    """A run that reached its end."""
    return store.mentions.add_run(source, found, since=at - DAY, at=at, complete=True, **how)


def assess_all(store: Store, risk: Risk = "low", **changes: Any) -> int:
    """Assesses whatever is unassessed; how many mentions that made high."""
    waiting = store.assessments.unassessed(
        changes.get("policy", POLICY), changes.get("model", MODEL)
    )
    return store.assessments.add([assessed(one, risk, **changes) for one in waiting])


def dump(store: Store, tables: Iterable[str] = ("mentions", "revisions", "matches")) -> list[Any]:
    """All that these tables hold, what is encrypted in clear, so that two stores can be compared."""
    rows: list[Any] = []
    for table in tables:
        for row in store.database.rows(f"SELECT * FROM {table} ORDER BY rowid"):
            values = dict(row)
            if table == "events" and values["kind"] == "rows sealed":
                continue  # it says that an upgrade sealed what there was
            if "encrypted" in values and values["encrypted"] is not None:
                values["encrypted"] = store.database.encryption.decrypt(values["encrypted"])
            rows.append((table, values))
    return rows


def all_bytes(path: Path) -> bytes:
    """Every byte of the database and the files beside it; only when no store has it open."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
