"""All of the SQL: keeps mentions, what was thought and decided of them, and lets go of them in time.

`Store` is one open database. Its parts, each a file: `mentions` takes in what a run found, `reading`
gives it back, `assessments` keeps what the classifier said and raises alerts, `outbox` keeps what is
to be sent, `figures` gathers what reports say, `decisions` keeps what people decided, `search` finds,
`own` tells of our own posts, `tokens` keeps what
platforms gave us, `purge` lets go and proves it, `backup` and `care` look after the file. They stand on `opened` (the
file, transactions, events), which stands on `driver`, `sealing` and `migrations`.
"""

from __future__ import annotations

from store.backup import Backup
from store.care import Care
from store.decisions import Decisions, Judgement
from store.figures import Figures
from store.matching import Matcher
from store.mentions import Mentions
from store.outbox import Outbox
from store.own import Own
from store.purge import Purge
from store.reading import Reading
from store.shapes import (
    Answered,
    Decided,
    Event,
    Item,
    NeedsRisk,
    NewRisk,
    OutboxKind,
    OutboxRow,
    OutboxState,
    PurgeProof,
    Reach,
    RunResult,
    SourceState,
    Spoke,
    Stored,
    Taken,
    Token,
    Total,
    Verified,
)  # fmt: skip
from store.tokens import Tokens


class Store(Mentions, Reading, Figures, Own, Outbox, Decisions, Tokens, Purge, Backup, Care):
    """One open database. Open it with `Store.open`, as a context manager, in the thread that uses it."""


__all__ = [
    "Answered",
    "Decided",
    "Event",
    "Item",
    "Judgement",
    "Matcher",
    "NeedsRisk",
    "NewRisk",
    "OutboxKind",
    "OutboxRow",
    "OutboxState",
    "PurgeProof",
    "Reach",
    "RunResult",
    "SourceState",
    "Spoke",
    "Store",
    "Stored",
    "Taken",
    "Token",
    "Total",
    "Verified",
]  # fmt: skip
