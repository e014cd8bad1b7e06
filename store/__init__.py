"""All of the SQL: keeps mentions, what was thought and decided of them, and lets go of them in time.

`Store` is one open database. Its parts, each a file: `mentions` takes in what a run found, `reading`
gives it back, `assessments` keeps what the classifier said and raises alerts, `outbox` keeps what is
to be sent, `figures` gathers what reports say, `decisions` keeps what people decided, `samples` what
they judge blind, `case_clocks` when
something is due, `takedowns` what must go elsewhere, `tellings` what staff reported, `trends` counts by day, `search` finds, `own` tells of our own posts, `tokens` keeps what platforms gave us, `purge` lets go and proves it, `backup` and `care` look after the file. They stand on `opened` (the
file, transactions, events), which stands on `driver`, `sealing` and `migrations`.
"""

from __future__ import annotations

from store.backup import Backup
from store.care import Care
from store.case_shapes import (
    Card,
    Case,
    CaseDecided,
    CaseDecision,
    CaseMention,
    CasePage,
    CaseQuery,
    CaseState,
    Grouped,
    Placing,
    Tab,
    Ungrouped,
)  # fmt: skip
from store.clocks import Clock, ClockKind, Hours
from store.decisions import Judgement
from store.matching import Matcher
from store.mentions import Mentions
from store.outbox import Outbox
from store.own import Own
from store.purge import Purge
from store.queue import TABS, Queue
from store.reading import Reading
from store.releases import Released, Releases
from store.sample_answers import SampleAnswers
from store.sample_shapes import (
    Candidate,
    DecidedOn,
    Disagreement,
    Draw,
    Drawn,
    SampleAnswer,
    SampleProgress,
    Skip,
    Stratum,
    Tally,
    ToJudge,
)  # fmt: skip
from store.samples import Samples
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
from store.takedowns import STEPS, WHOM, Step, Takedown, Takedowns, TakedownStep, Whom
from store.tellings import Telling, Tellings
from store.tokens import Tokens
from store.trends import DayCount, Dimension, LabelCount, Trends
from store.users import SignedIn, User, Users


class Store(
    Mentions,
    Reading,
    Queue,
    Trends,
    Tellings,
    Takedowns,
    SampleAnswers,
    Samples,
    Own,
    Outbox,
    Tokens,
    Users,
    Releases,
    Purge,
    Backup,
    Care,
):
    """One open database. Open it with `Store.open`, as a context manager, in the thread that uses it."""


__all__ = [
    "STEPS",
    "TABS",
    "WHOM",
    "Answered",
    "Candidate",
    "Card",
    "Case",
    "CaseDecided",
    "CaseDecision",
    "CaseMention",
    "CasePage",
    "CaseQuery",
    "CaseState",
    "Clock",
    "ClockKind",
    "DayCount",
    "Decided",
    "DecidedOn",
    "Dimension",
    "Disagreement",
    "Draw",
    "Drawn",
    "Event",
    "Grouped",
    "Hours",
    "Item",
    "Judgement",
    "LabelCount",
    "Matcher",
    "NeedsRisk",
    "NewRisk",
    "OutboxKind",
    "OutboxRow",
    "OutboxState",
    "Placing",
    "PurgeProof",
    "Reach",
    "Released",
    "RunResult",
    "SampleAnswer",
    "SampleProgress",
    "SignedIn",
    "Skip",
    "SourceState",
    "Spoke",
    "Step",
    "Store",
    "Stored",
    "Stratum",
    "Tab",
    "Takedown",
    "TakedownStep",
    "Taken",
    "Tally",
    "Telling",
    "ToJudge",
    "Token",
    "Total",
    "Ungrouped",
    "User",
    "Verified",
    "Whom",
]  # fmt: skip
