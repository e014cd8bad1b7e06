"""All of the SQL: keeps mentions, what was thought and decided of them, and lets go of them in time.

`Store` is one open database and its parts, each an object with one topic. A part gets the `Database` (the file,
transactions, encryption, events) and, by its constructor, the parts that it needs. The tables are in schema.sql.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from store.sqlite import OLDEST as OLDEST  # isort: skip  # first: it keeps pandas out of sqlite_utils

from core import clock
from store.access_tokens import AccessTokens
from store.answered_posts import AnsweredPosts
from store.approvals import Approval, Approvals
from store.assessments import TRIES, Assessments
from store.audit import Audit, AuditPage, AuditQuery, Reveal
from store.backlog import Backlog, Waiting
from store.backup import Backups, restore
from store.backup_folder import BackupFolder, Rotation, StoredBackup
from store.cases.alerts import (
    Alert,
    AlertKind,
    AlertPost,
    Alerts,
    AlertState,
    Chased,
    ContactDue,
    LetGo,
    NewMail,
    ToldMail,
    UnsentAlert,
)
from store.cases.bulk import Bulk, BulkCase, BulkDecision, BulkOutcome, LeftOut
from store.cases.case_lines import CaseLines, WrittenLine
from store.cases.cases import Cases
from store.cases.changes import CaseChange, CaseChanges
from store.cases.claims import Claims
from store.cases.deadlines import Clock, ClockKind, Deadlines, DueBy, Hours
from store.cases.decisions import Decisions, Judgement
from store.cases.duplicates import Duplicates
from store.cases.grouping import Grouping
from store.cases.handoff_steps import HandoffSteps
from store.cases.handoffs import (
    ChasePolicy,
    Handoff,
    Handoffs,
    HandoffState,
    HandoffStep,
    Receiver,
)
from store.cases.lane_packs import ERASURE, GUARDED_ERASURE, RETURN, LanePack, LanePacks
from store.cases.lanes import Lanes
from store.cases.models import (
    Card,
    Case,
    CaseDecided,
    CaseDecision,
    CaseMention,
    CasePage,
    CaseQuery,
    CaseState,
    Grouped,
    LanePlacing,
    LaneRow,
    Placing,
    PostFacts,
    Progress,
    Tab,
    Ungrouped,
)
from store.cases.moderations import Moderation, Moderations, Outcome
from store.cases.path_steps import PATHS, PathKind, PathStep, PathSteps
from store.cases.path_steps import Path as CasePath
from store.cases.purposes import (
    AnswerAs,
    Answered,
    EmployerAnswer,
    EmployerRequest,
    PoliceDisclosure,
    PoliceRequest,
    Purposes,
)
from store.cases.queue import TABS, Queue
from store.cases.receivers import ReceivingRules
from store.cases.records import DecisionRecord, DecisionRecords
from store.cases.recusals import OwnHandle, Recusal, Recusals, TooManyHandles
from store.cases.replies import OwnAnswer, Replies, Reply
from store.cases.second_looks import SecondLooks
from store.cases.sendings import Sending, Sendings, SendingState
from store.cases.sight import Sight, sight_of
from store.cases.speaking_up import GuardianRow, Ruling, SpeakingUp
from store.cases.spelling import Mended, Spelling
from store.cases.splitting import Splitting
from store.cases.staff_reports import StaffReport, StaffReports
from store.cases.takedowns import STEPS, WHOM, Step, Takedown, Takedowns, TakedownStep, Whom
from store.cases.team_access import TeamAccess
from store.cases.workload import Workload
from store.catalogues import Catalogues
from store.clock_guard import ClockGuard, Leap
from store.database import PATIENCE, Database, Older
from store.deletion import Deletions
from store.early_retention import Early
from store.exports import (
    LEFT_OUT,
    Export,
    ExportedDecision,
    ExportedPost,
    ExportKind,
    ExportQuery,
    Exports,
    LeftOutBecause,
)
from store.figures import Figures
from store.imports import Import, Imports
from store.job_runs import JobRun, JobRuns
from store.maintenance import Maintenance
from store.mentions import Mentions
from store.models import (
    AccountActivity,
    AnswerCounts,
    Decided,
    Event,
    Item,
    NeedsRisk,
    NewRisk,
    OutboxChannel,
    OutboxKind,
    OutboxRow,
    OutboxState,
    PageCounts,
    PartOutcome,
    PurgeProof,
    Reach,
    Recipient,
    RunResult,
    SourcePart,
    SourceState,
    Stored,
    Stuck,
    Token,
    Total,
    Verified,
)
from store.outbox import Outbox
from store.own_posts import OwnPosts
from store.picture_reads import PictureOutcome as PictureOutcome
from store.picture_reads import PictureRead as PictureRead
from store.picture_reads import PictureReads
from store.pulse import Looks, Mark, Pulse
from store.purge_questions import PurgeQuestion, PurgeQuestions
from store.retention import AskAbove, Hold, OwnRules, Retention
from store.rights.children import Children
from store.rights.corrections import Correction, CorrectionKind, Corrections
from store.rights.hold_requests import HoldRequest, HoldRequests
from store.rights.ledger import Ledger, LedgerState
from store.rights.objection_list import ObjectionList
from store.rights.objections import Objected, Objection, Objections
from store.rights.other_records import OtherRecords, PlaceSearched, RecordMatch
from store.rights.person_searches import PersonSearches
from store.rights.reapply import Reapplication
from store.rights.replay import Replay
from store.rights.requests import (
    CLOSED,
    RequestKind,
    RequestState,
    RightsRequest,
    RightsRequests,
    months_later,
)
from store.samples.answers import SampleAnswers
from store.samples.counts import SampleCounts
from store.samples.draws import Samples
from store.samples.models import (
    Candidate,
    DecidedMention,
    Disagreement,
    Draw,
    Drawn,
    SampleAnswer,
    SampleItem,
    SampleProgress,
    Skip,
    Stratum,
    Tally,
)
from store.search import Matcher, PersonMatch, PersonPart, Recent, Search
from store.settings import Settings, SettingVersion
from store.sources import Sources
from store.sqlite import Changes
from store.team.absences import Absences
from store.team.assignments import Assignments
from store.team.handovers import Handovers
from store.team.linked_accounts import LinkedAccount as LinkedAccount
from store.team.linked_accounts import LinkedAccounts
from store.team.models import (
    Absence,
    Assignment,
    CurrentAbsence,
    Handover,
    Load,
    Opinion,
    Stance,
    Standing,
    Teamwork,
)
from store.team.opinions import Opinions
from store.team.searched_people import SearchedPeople, SearchedPerson
from store.team.second_people import AccessRequest, SecondPeople
from store.team.second_steps import SecondStep, SecondSteps, SignInFailures, StepReset
from store.team.users import Sessions, SignedIn, SignInLinks, User, Users
from store.threads import Thread, ThreadPost, Threads
from store.trends import DayCount, Dimension, LabelCount, Trends
from store.views import View, ViewCount, ViewKind, ViewQuery, Views
from store.weekly import Covered, Cutting, LaneWork, ThemePost, WaitingCase, WeekCount, Weekly, Work
from store.weekly_notes import CalendarEntry, PeriodKind, Published, WeeklyNotes


class Store:
    """One open database and its parts. Use it in the thread that opened it; another opens its own, `beside` it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._compose_monitoring(database)
        self._compose_team(database)
        self._compose_cases(database)
        self._compose_upkeep(database)

    def _compose_monitoring(self, database: Database) -> None:
        """What runs bring, what is thought of it, and what is told of it."""
        self.audit = Audit(database)
        self.maintenance = Maintenance(database, self.audit)
        self.sources = Sources(database)
        self.job_runs = JobRuns(database)
        self.answered_posts = AnsweredPosts(database, self.maintenance)
        self.objection_list = ObjectionList(database)
        self.picture_reads = PictureReads(database)
        self.mentions = Mentions(database, self.sources, self.answered_posts, self.objection_list)
        self.outbox = Outbox(database)
        self.backlog = Backlog(database)
        self.assessments = Assessments(database, self.mentions)
        self.figures = Figures(database, self.assessments)
        self.own_posts = OwnPosts(database)
        self.trends = Trends(database)
        self.weekly = Weekly(database)
        self.weekly_notes = WeeklyNotes(database)
        self.threads = Threads(database)
        self.pulse = Pulse(database)
        self.search = Search(database)

    def _compose_team(self, database: Database) -> None:
        """People who use the page, and how they share the work."""
        self.ledger = Ledger(database)
        self.sessions = Sessions(database)
        self.users = Users(database, self.sessions, self.ledger)
        self.sign_in_links = SignInLinks(database, self.users)
        self.second_people = SecondPeople(database, self.users)
        self.second_steps = SecondSteps(database, self.ledger)
        self.linked_accounts = LinkedAccounts(database, self.ledger)
        self.sign_in_failures = SignInFailures(database)
        self.absences = Absences(database)
        self.searched_people = SearchedPeople(database, self.ledger)
        self.assignments = Assignments(database)
        self.opinions = Opinions(database, self.absences)
        self.handovers = Handovers(database)

    def _compose_cases(self, database: Database) -> None:
        """Stories that people review, and samples that they judge blind."""
        self.deadlines = Deadlines(database)
        self.alerts = Alerts(database, self.outbox)
        self.recusals = Recusals(database, self.ledger)
        self.grouping = Grouping(
            database, self.assessments, self.deadlines, self.alerts, self.recusals
        )
        self.handoffs = Handoffs(database, self.deadlines)
        self.handoff_steps = HandoffSteps(database, self.outbox, self.deadlines, self.handoffs)
        self.claims = Claims(database)
        self.team_access = TeamAccess(database, self.handoffs)
        self.duplicates = Duplicates(database)
        self.decisions = Decisions(database)
        self.decision_records = DecisionRecords(database)
        self.speaking_up = SpeakingUp(
            database, self.deadlines, self.figures, self.decision_records, self.ledger
        )
        self.cases = Cases(
            database,
            self.decisions,
            self.grouping,
            self.duplicates,
            self.deadlines,
            self.handoff_steps,
            self.opinions,
            self.figures,
            self.decision_records,
            self.speaking_up,
        )
        self.path_steps = PathSteps(database, self.cases)
        self.splitting = Splitting(database, self.deadlines, self.alerts)
        self.purposes = Purposes(database, self.cases, self.ledger)
        self.lane_packs = LanePacks(database, self.ledger)
        self.lanes = Lanes(database, self.figures)
        self.case_lines = CaseLines(database, self.lanes)
        self.case_changes = CaseChanges(database)
        self.bulk = Bulk(database, self.cases)
        self.workload = Workload(database)
        self.second_looks = SecondLooks(database)
        self.queue = Queue(database, self.figures, self.absences, self.case_lines)
        self.spelling = Spelling(database)
        self.replies = Replies(database, self.cases, self.deadlines)
        self.takedowns = Takedowns(database)
        self.moderations = Moderations(database)
        self.sendings = Sendings(database)
        self.samples = Samples(database)
        self.sample_answers = SampleAnswers(database, self.grouping, self.deadlines)
        self.sample_counts = SampleCounts(database)

    def _compose_upkeep(self, database: Database) -> None:
        """The store itself: settings, tokens, events, the file, and what leaves it."""
        self.settings = Settings(database, self.ledger)
        self.approvals = Approvals(database)
        self.clock_guard = ClockGuard(database)
        self.purge_questions = PurgeQuestions(database)
        self.views = Views(database, self.outbox)
        self.exports = Exports(database)
        self.imports = Imports(database)
        self.catalogues = Catalogues(database)
        self.tokens = AccessTokens(database)
        self.backups = Backups(database, self.maintenance)
        self.deletions = Deletions(
            database, self.maintenance, self.sample_counts, self.answered_posts
        )
        self.objections = Objections(database, self.objection_list, self.deletions, self.ledger)
        self.rights_requests = RightsRequests(database, self.ledger)
        self.person_searches = PersonSearches(database)
        self.other_records = OtherRecords(database)
        self.corrections = Corrections(database, self.ledger)
        self.children = Children(database, self.mentions)
        self.retention = Retention(
            database,
            self.deletions,
            self.answered_posts,
            self.maintenance,
            self.search,
            self.ledger,
            OwnRules(
                handovers=self.handovers,
                absences=self.absences,
                requests=self.rights_requests,
                decision_records=self.decision_records,
                views=self.views,
            ),
        )
        self.hold_requests = HoldRequests(database, self.retention, self.ledger)
        self.staff_reports = StaffReports(
            database, self.assessments, self.grouping, self.deadlines, self.alerts, self.retention
        )
        self.replay = Replay(
            database, self.deletions, self.maintenance, self.ledger, self.objection_list,
            Reapplication(database, self.ledger, self.retention, self.speaking_up, self.recusals),
        )  # fmt: skip

    @classmethod
    def open(
        cls, path: Path, keys: Sequence[str], *, create: bool = True, patience: float = PATIENCE, ledger: Path | None = None,
        older: Older = "upgrade",
    ) -> Self:  # fmt: skip
        """Opens or makes the database; the first of `keys` encrypts, all of them decrypt.

        What the erasure ledger knows and the database does not is done again first. `ledger` is its place, None for one
        in a folder beside the database; `older` is of `Database.open`. Raises EncryptionKeyError where no key fits, StoreError where it is newer than this program,
        damaged, locked, another program's, or absent though `create` is false. Nothing is changed then.
        """
        store = cls(
            Database.open(path, keys, create=create, patience=patience, ledger=ledger, older=older)
        )
        try:
            store.replay.catch_up(clock.now())
        except BaseException:
            store.close()
            raise
        return store

    @contextmanager
    def ahead(self, cases: Collection[int]) -> Iterator[None]:
        """Inside, until something is written, what each part says of one of these cases was read of all of them at once.

        For a page of many cases: it asks as many queries as one of a single case.
        """
        handoffs, mentions = self.handoffs.of_cases(cases), self.cases.mentions_of(cases)
        steps = self.path_steps.in_danger(cases)
        items = {each.item.number: each.item for listed in mentions.values() for each in listed}
        passed_on = {
            post for listed in handoffs.values() for each in listed for post, _ in each.posts
        }
        items |= self.figures.items(sorted(passed_on - items.keys()))
        reports: dict[int, list[StaffReport]] = {post: [] for post in passed_on | items.keys()}
        for report in self.staff_reports.of_mentions(reports):
            reports[report.mention].append(report)
        reads: dict[str, Mapping[int, object]] = {
            "handoffs": {case: handoffs.get(case, []) for case in cases},
            "mentions": mentions,
            "items": items,
            "clocks": self.deadlines.of_cases(cases),
            "reports": self.staff_reports.of_cases(cases),
            "reports of a post": reports,
            "steps": {case: steps.get(case, []) for case in cases},
            **{f"path of {kind}": self.path_steps.paths(cases, kind) for kind in PATHS},
        }
        with self.database.ahead(reads):
            yield

    def beside(self) -> Self:
        """The same store, opened by the thread that calls this for itself: it closes it too."""
        return type(self)(self.database.beside())

    @classmethod
    def restore(
        cls, backup: Path, to: Path, keys: Sequence[str], *, at: datetime | None = None, ledger: Path | None = None
    ) -> PurgeProof | None:  # fmt: skip
        """Makes a database at `to` from a backup, and erases again whatever was erased since; the proof of that, if anything was.

        The erasure ledger beside the backup is added to the one of the database, which is never overwritten. What was purged
        since the backup comes back with it: purge again before anything else. Raises EncryptionKeyError where no key fits,
        StoreError where the backup is damaged or something is at `to`.
        """
        at = at or clock.now()
        restore(backup, to, keys, at=at, ledger=ledger)
        return cls.reopen(to, keys, at=at, ledger=ledger)

    @classmethod
    def reopen(
        cls, path: Path, keys: Sequence[str], *, at: datetime, ledger: Path | None = None
    ) -> PurgeProof | None:
        """Erases in a database what its erasure ledger knows beyond it; the proof of that, None where there is nothing."""
        with cls(Database.open(path, keys, create=False, ledger=ledger)) as store:
            return store.replay.catch_up(at)

    def close(self) -> None:
        """Closes the file; a store that was closed can't be used again."""
        self.database.close()

    def let_go(self) -> None:
        """The same from another thread than the one that opened it; nothing may be at work on it."""
        self.database.let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


__all__ = [
    "CLOSED",
    "ERASURE",
    "GUARDED_ERASURE",
    "LEFT_OUT",
    "RETURN",
    "STEPS",
    "TABS",
    "TRIES",
    "WHOM",
    "Absence",
    "AccessRequest",
    "AccountActivity",
    "Alert",
    "AlertKind",
    "AlertPost",
    "AlertState",
    "Alerts",
    "AnswerAs",
    "AnswerCounts",
    "Answered",
    "Approval",
    "Approvals",
    "AskAbove",
    "Assignment",
    "AuditPage",
    "AuditQuery",
    "BackupFolder",
    "BulkCase",
    "BulkDecision",
    "BulkOutcome",
    "CalendarEntry",
    "Candidate",
    "Card",
    "Case",
    "CaseChange",
    "CaseChanges",
    "CaseDecided",
    "CaseDecision",
    "CaseMention",
    "CasePage",
    "CasePath",
    "CaseQuery",
    "CaseState",
    "Changes",
    "ChasePolicy",
    "Chased",
    "Clock",
    "ClockKind",
    "ContactDue",
    "Correction",
    "CorrectionKind",
    "Covered",
    "CurrentAbsence",
    "Cutting",
    "Database",
    "DayCount",
    "Decided",
    "DecidedMention",
    "DecisionRecord",
    "Dimension",
    "Disagreement",
    "Draw",
    "Drawn",
    "DueBy",
    "Early",
    "EmployerAnswer",
    "EmployerRequest",
    "Event",
    "Export",
    "ExportKind",
    "ExportQuery",
    "ExportedDecision",
    "ExportedPost",
    "Grouped",
    "GuardianRow",
    "Handoff",
    "HandoffState",
    "HandoffStep",
    "Handover",
    "Hold",
    "HoldRequest",
    "Hours",
    "Import",
    "Imports",
    "Item",
    "JobRun",
    "Judgement",
    "LabelCount",
    "LanePack",
    "LanePlacing",
    "LaneRow",
    "LaneWork",
    "Lanes",
    "Leap",
    "Ledger",
    "LedgerState",
    "LeftOut",
    "LeftOutBecause",
    "LetGo",
    "Load",
    "Looks",
    "Mark",
    "Matcher",
    "Mended",
    "Moderation",
    "NeedsRisk",
    "NewMail",
    "NewRisk",
    "Objected",
    "Objection",
    "Opinion",
    "OutboxChannel",
    "OutboxKind",
    "OutboxRow",
    "OutboxState",
    "Outcome",
    "OwnAnswer",
    "OwnHandle",
    "PageCounts",
    "PartOutcome",
    "PathKind",
    "PathStep",
    "PeriodKind",
    "PersonMatch",
    "PersonPart",
    "PlaceSearched",
    "Placing",
    "PoliceDisclosure",
    "PoliceRequest",
    "PostFacts",
    "Progress",
    "Published",
    "PurgeProof",
    "PurgeQuestion",
    "Purposes",
    "Reach",
    "Receiver",
    "ReceivingRules",
    "Recent",
    "Recipient",
    "RecordMatch",
    "Recusal",
    "Reply",
    "RequestKind",
    "RequestState",
    "Reveal",
    "RightsRequest",
    "Rotation",
    "Ruling",
    "RunResult",
    "SampleAnswer",
    "SampleItem",
    "SampleProgress",
    "SearchedPerson",
    "SecondStep",
    "Sending",
    "SendingState",
    "SettingVersion",
    "Sight",
    "SignedIn",
    "Skip",
    "SourcePart",
    "SourceState",
    "StaffReport",
    "Stance",
    "Standing",
    "Step",
    "StepReset",
    "Store",
    "Stored",
    "StoredBackup",
    "Stratum",
    "Stuck",
    "Tab",
    "Takedown",
    "TakedownStep",
    "Tally",
    "Teamwork",
    "ThemePost",
    "Thread",
    "ThreadPost",
    "Token",
    "ToldMail",
    "TooManyHandles",
    "Total",
    "Ungrouped",
    "UnsentAlert",
    "User",
    "Verified",
    "View",
    "ViewCount",
    "ViewKind",
    "ViewQuery",
    "Waiting",
    "WaitingCase",
    "WeekCount",
    "Whom",
    "Work",
    "WrittenLine",
    "months_later",
    "sight_of",
]  # fmt: skip
