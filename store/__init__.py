"""All of the SQL: keeps mentions, what was thought and decided of them, and lets go of them in time.

`Store` is one open database. Its parts, each a file: `mentions` takes in what a run found, `reading`
gives it back, `assessments` keeps what the classifier said and raises alerts, `outbox` keeps what is
to be sent, `figures` gathers what reports say, `decisions` keeps what people decided, `samples` what
they judge blind, `case_clocks` when
something is due, `takedowns` what must go elsewhere, `tellings` what staff reported, `threads` what stands around a post, `trends` counts by day, `search` finds, `own` tells of our own posts, `tokens` keeps what platforms gave us, `purge` lets go and proves it, `backup` and `care` look after the file. They stand on `opened` (the
file, transactions, events), which stands on `driver`, `sealing` and `migrations`.
"""

from __future__ import annotations

from store.sqlite import OLDEST as OLDEST  # isort: skip  # first: it keeps pandas out of sqlite_utils

from store.access_tokens import Tokens
from store.audit import Audit, AuditPage, AuditQuery, Reveal
from store.backup import Backup
from store.cases.deadlines import Clock, ClockKind, Hours
from store.cases.decisions import Judgement, Released, Releases
from store.cases.models import (  # fmt: skip
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
)
from store.cases.queue import TABS, Newest, Queue
from store.cases.replies import OwnAnswer, Replies, Reply
from store.cases.staff_reports import StaffReport, StaffReports
from store.cases.takedowns import (
    STEPS,
    WHOM,
    Moderation,
    Moderations,
    Outcome,
    Step,
    Takedown,
    Takedowns,
    TakedownStep,
    Whom,
)
from store.mentions import Mentions, Reading
from store.models import (  # fmt: skip
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
)
from store.outbox import Outbox
from store.purge import Purge
from store.samples.answers import SampleAnswers
from store.samples.draws import Samples
from store.samples.models import (  # fmt: skip
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
)
from store.search import Matcher, Recent, Trying
from store.settings import Settings, SettingVersion
from store.statistics import DayCount, Dimension, LabelCount, Own, Trends
from store.team.assignments import Asking, Assigning
from store.team.models import (  # fmt: skip
    Absence,
    Assignment,
    Away,
    Handover,
    Load,
    Opinion,
    Stance,
    Standing,
    Teamwork,
)
from store.team.users import Sessions, SignedIn, User
from store.threads import Around, Thread, Threads


class Store(
    Mentions,
    Reading,
    Queue,
    Replies,
    Trends,
    StaffReports,
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
    "StaffReport",
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
    "Thread",
    "ToJudge",
    "Token",
    "Total",
    "Ungrouped",
    "User",
    "Verified",
    "Whom",
]  # fmt: skip
