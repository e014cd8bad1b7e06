"""All of the SQL: keeps mentions, what was thought and decided of them, and lets go of them in time.

`Store` is one open database. Its parts, each a file: `mentions` takes in what a run found, `reading`
gives it back, `assessments` keeps what the classifier said and raises alerts, `outbox` keeps what is
to be sent, `figures` gathers what reports say, `decisions` keeps what people decided, `samples` what
they judge blind, `case_clocks` when
something is due, `takedowns` what must go elsewhere, `tellings` what staff reported, `threads` what stands around a post, `trends` counts by day, `search` finds, `own` tells of our own posts, `tokens` keeps what platforms gave us, `purge` lets go and proves it, `backup` and `care` look after the file. They stand on `opened` (the
file, transactions, events), which stands on `driver`, `sealing` and `migrations`.
"""

from __future__ import annotations

from store.asking import Asking
from store.assigning import Assigning
from store.audit import Audit, AuditPage, AuditQuery, Reveal
from store.backup import Backup
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
from store.moderations import Moderation, Moderations, Outcome
from store.newest import Newest
from store.outbox import Outbox
from store.own import Own
from store.purge import Purge
from store.queue import TABS, Queue
from store.reading import Reading
from store.releases import Released, Releases
from store.replies import OwnAnswer, Replies, Reply
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
from store.sessions import Sessions, SignedIn
from store.settings import Settings, SettingVersion
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
from store.team_shapes import (
    Absence,
    Assignment,
    Away,
    Handover,
    Load,
    Opinion,
    Stance,
    Standing,
    Teamwork,
)  # fmt: skip
from store.tellings import Telling, Tellings
from store.threads import Around, Thread, Threads
from store.tokens import Tokens
from store.trends import DayCount, Dimension, LabelCount, Trends
from store.trying import Recent, Trying
from store.users import User


class Store(
    Mentions,
    Reading,
    Queue,
    Replies,
    Trends,
    Tellings,
    Threads,
    Takedowns,
    Moderations,
    SampleAnswers,
    Samples,
    Own,
    Outbox,
    Tokens,
    Sessions,
    Newest,
    Releases,
    Settings,
    Trying,
    Asking,
    Assigning,
    Purge,
    Backup,
    Audit,
):
    """One open database. Open it with `Store.open`, as a context manager, in the thread that uses it."""


__all__ = [
    "STEPS",
    "TABS",
    "WHOM",
    "Absence",
    "Answered",
    "Around",
    "Assignment",
    "AuditPage",
    "AuditQuery",
    "Away",
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
    "Handover",
    "Hours",
    "Item",
    "Judgement",
    "LabelCount",
    "Load",
    "Matcher",
    "Moderation",
    "NeedsRisk",
    "NewRisk",
    "Opinion",
    "OutboxKind",
    "OutboxRow",
    "OutboxState",
    "Outcome",
    "OwnAnswer",
    "Placing",
    "PurgeProof",
    "Reach",
    "Recent",
    "Released",
    "Reply",
    "Reveal",
    "RunResult",
    "SampleAnswer",
    "SampleProgress",
    "SettingVersion",
    "SignedIn",
    "Skip",
    "SourceState",
    "Spoke",
    "Stance",
    "Standing",
    "Step",
    "Store",
    "Stored",
    "Stratum",
    "Tab",
    "Takedown",
    "TakedownStep",
    "Taken",
    "Tally",
    "Teamwork",
    "Telling",
    "Thread",
    "ToJudge",
    "Token",
    "Total",
    "Ungrouped",
    "User",
    "Verified",
    "Whom",
]  # fmt: skip
