"""What leaves the store as a table: posts, their flags and what was decided, part by part; and the record of who took it.

No author, no address and nothing of a profile is among it. Left out and counted are posts that a platform's terms keep
here, posts that may be speaking up, which are the Guardian's alone, posts that are gone where they stood, and words that
nobody has assessed as they are now.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

from core import acting, clock
from core.errors import StoreError
from core.models import Harm, Protected, Sentiment, Target
from core.text import sentence
from store.cases.sight import ANSWERS_SPEAKING, FOUND_AS_SPEAKING, GUARDIAN, READ_AS_SPEAKING
from store.database import Database
from store.sqlite import Row

ExportKind = Literal["mentions", "flags", "decisions", "evidence"]
LeftOutBecause = Literal["terms", "speaking_up", "gone", "unassessed", "staff", "child"]
LEFT_OUT: tuple[LeftOutBecause, ...] = get_args(LeftOutBecause)
BATCH = 2_000  # rows read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportQuery:
    """Which posts: found in a half-open time; of decisions those made in it. `forbidden` are platforms that keep theirs.

    `original`: the words as they were collected, else masked ones; those of staff are left out then. `of_staff`: the flags
    that hold of staff alone, which no row tells.
    """

    since: datetime
    until: datetime
    forbidden: frozenset[str] = frozenset()
    of_staff: frozenset[str] = frozenset()
    original: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFlag:
    """A flag of a post, and how sure it is, 0 to 1."""

    name: str
    score: float
    clauses: tuple[str, ...]
    target: tuple[Target, ...] = ()
    harm: Harm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedPost:
    """A post as it may leave: what was said, how it was read, where it stands; nobody is named.

    Masked words of a post that could not be read are "": names that no rule finds would stand in them.
    """

    number: int
    revision: int
    case: int | None
    platform: str
    kind: str
    posted_at: datetime
    found_at: datetime
    words: str = field(repr=False)
    language: str
    sentiment: Sentiment
    risk: str
    read: str
    in_scope: bool
    own: bool
    followers: int | None
    shares: int | None
    decision: str | None  # the latest
    flags: tuple[ExportedFlag, ...]
    protected: Protected = "none"
    staff_in_risk: bool = False  # `risk` may come of who wrote it, or of a flag that no row tells


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedDecision:
    """A decision on one post. `roles` are those of whoever made it, "" where they have left or that is not known."""

    number: int
    post: int
    case: int | None
    platform: str
    kind: str
    at: datetime
    roles: str
    passed_to: str
    labels: Mapping[str, bool]
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PostBatch:
    """The next posts, how many were left out on the way and why; go on after `last`, None where that was the end."""

    posts: tuple[ExportedPost, ...]
    left_out: Counter[LeftOutBecause]
    last: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionBatch:
    """The same of decisions."""

    decisions: tuple[ExportedDecision, ...]
    left_out: Counter[LeftOutBecause]
    last: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The words of a post as they were once collected, and since when. `digest` is the SHA-256 of them in UTF-8."""

    revision: int
    at: datetime
    digest: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Something that was taken: `digest` is the SHA-256 of its file, "" of an evidence pack, which names its own event.

    `purpose`: what for, from the list of whoever takes it, "" of what was taken before there was one. `by_staff`: how many
    posts of a pack are by staff.
    """

    what: ExportKind
    format: str
    at: datetime
    by: int
    reason: str = field(repr=False)
    rows: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    masked: bool = True
    digest: str = ""
    case: int | None = None
    first: date | None = None
    last: date | None = None
    purpose: str = ""
    by_staff: int = 0
    number: int = 0
    by_name: str = ""


class Exports:
    """Reading what leaves, and writing down that it left."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def posts(self, query: ExportQuery, *, after: int = 0, limit: int = BATCH) -> PostBatch:
        """The next posts by number, after `after`."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT m.number, m.revision, m.platform, m.kind, m.posted_at, m.found_at, m.deleted_at, m.own,
                    m.followers, m.shares, m.child = 1 AND NOT m.own AS child, i.case_number, a.number AS assessment, a.revision AS assessed, a.masked,
                    a.language, a.sentiment, a.staff, a.protected, coalesce((SELECT r.risk FROM risks r WHERE r.assessment = a.number
                        ORDER BY r.number DESC LIMIT 1), 'none') AS risk, a.read, a.in_scope, {_SPEAKS} AS speaks,
                    (SELECT d.kind FROM decisions d WHERE d.mention = m.number AND NOT {_OF_STAFF_LABELS} ORDER BY d.version DESC LIMIT 1) AS decision
                FROM mentions m LEFT JOIN assessments a ON a.number = {_NEWEST}
                    LEFT JOIN case_mentions i ON i.mention = m.number
                WHERE m.number > ? AND m.found_at >= ? AND m.found_at < ? AND {self._db.sight.not_stepped_back("i.case_number")}
                ORDER BY m.number LIMIT ?""",
                json.dumps(sorted(query.of_staff)), after, clock.text(query.since), clock.text(query.until), limit,
            )  # fmt: skip
            exportable, left_out = self._exportable(rows, query.forbidden)
            left_out["child"] += sum(row["child"] == 1 for row in exportable)
            exportable = [row for row in exportable if row["child"] != 1]
            flags = self._flags([row["assessment"] for row in exportable])
            words = self._words(exportable) if query.original else {}
        return PostBatch(
            posts=tuple(
                _post(row, flags.get(row["assessment"], ()), words.get(row["number"], row["masked"] if row["read"] != "unread" else ""), query) for row in exportable
            ),
            left_out=left_out,
            last=rows[-1]["number"] if len(rows) == limit else None,
        )  # fmt: skip

    def decisions(self, query: ExportQuery, *, after: int = 0, limit: int = BATCH) -> DecisionBatch:
        """The next decisions by number, after `after`."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT d.number AS decision, d.kind AS decided, d.at, d.labels, d.undone, c.role,
                    coalesce(u.roles, w.roles, '') AS roles, i.case_number,
                    m.number, m.revision, m.platform, m.deleted_at, m.own, m.revision AS assessed, {_SPEAKS} AS speaks,
                    a.number AS assessment, a.staff, a.in_scope, a.sentiment
                FROM decisions d JOIN mentions m ON m.number = d.mention LEFT JOIN assessments a ON a.number = {_NEWEST}
                    LEFT JOIN case_mentions i ON i.mention = m.number
                    LEFT JOIN case_decisions c ON c.case_number = d.case_number AND c.version = d.case_version
                    LEFT JOIN users u ON u.number = c.by_user
                    LEFT JOIN users w ON c.number IS NULL AND w.number = (
                        SELECT min(number) FROM users WHERE handle = d.decided_by)
                WHERE NOT {_OF_STAFF_LABELS} AND d.number > ? AND d.at >= ? AND d.at < ? AND {self._db.sight.not_stepped_back("i.case_number")}
                ORDER BY d.number LIMIT ?""",
                json.dumps(sorted(query.of_staff)), after, clock.text(query.since), clock.text(query.until), limit,
            )  # fmt: skip
            exportable, left_out = self._exportable(rows, query.forbidden)
            flags = self._flags([row["assessment"] for row in exportable])
        return DecisionBatch(
            decisions=tuple(
                _decision(row, query.of_staff)
                for row in exportable
                if not _is_case_of_staff(row, flags, query)
            ),
            left_out=left_out,
            last=rows[-1]["decision"] if len(rows) == limit else None,
        )

    def speaking_up(self, mentions: Sequence[int]) -> frozenset[int]:
        """Those of these posts that may be speaking up, or were passed to the Guardian."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT m.number, {_SPEAKS} AS speaks FROM mentions m
                    LEFT JOIN case_mentions i ON i.mention = m.number
                WHERE m.number IN (SELECT value FROM json_each(?))""",
                json.dumps(list(mentions)),
            )
            passed_on = self._passed_to_guardian()
        return frozenset(
            row["number"] for row in rows if row["speaks"] or row["number"] in passed_on
        )

    def versions(self, mention: int) -> list[Version]:
        """What was collected of a post, first to last; words that an edit replaced go in time, and their line with them."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT revision, at, encrypted FROM revisions WHERE mention = ? ORDER BY revision",
                mention,
            )
            words = [self._db.encryption.decrypt(row["encrypted"])["text"] for row in rows]
        return [
            Version(
                revision=row["revision"], at=clock.parse(row["at"]), words=text,
                digest=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
            )
            for row, text in zip(rows, words, strict=True)
        ]  # fmt: skip

    def record(self, export: Export) -> int:
        """Writes down who took what, how much of it, what was left out and why; the number of that.

        Raises StoreError without a reason. The reason is encrypted; the event holds figures alone, and of who may be
        speaking up none: leads read events.
        """
        if not export.reason.strip():
            raise StoreError("an export needs a reason, which is saved")
        with self._db.transaction():
            words = {
                "reason": export.reason, "purpose": export.purpose, "by_staff": export.by_staff, "login": acting.login(),
            }  # fmt: skip
            number = self._db.insert(
                "exports", what=export.what, format=export.format, at=clock.text(export.at), by_user=export.by,
                case_number=export.case, first_day=export.first.isoformat() if export.first else None,
                last_day=export.last.isoformat() if export.last else None, rows=export.rows,
                left_out=json.dumps(dict(export.left_out), sort_keys=True), masked=int(export.masked),
                digest=export.digest, encrypted=self._db.encryption.encrypt(words),
            )  # fmt: skip
            about: dict[str, int | str] = {
                "by": export.by, "export": number, "what": export.what, "format": export.format,
                "rows": export.rows, "left_out": sum(n for why, n in export.left_out.items() if why != "speaking_up"), "masked": int(export.masked),
            }  # fmt: skip
            if export.digest:
                about["digest"] = export.digest
            if export.case is not None:
                about["case"] = export.case
            self._db.add_event("exported", export.at, **about)
        return number

    def latest(self, *, limit: int = 50) -> list[Export]:
        """What was taken, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT e.*, u.name FROM exports e LEFT JOIN users u ON u.number = e.by_user
                WHERE {self._db.sight.of_numbers("e.case_number")} ORDER BY e.number DESC LIMIT ?""",
                limit,
            )
            return [self._export(row) for row in rows]

    def of_lane(self, since: datetime) -> list[Export]:
        """The evidence packs of the Guardian's lane that were taken since, newest first; for who sees that lane."""
        if not self._db.sight.guardians:
            return []
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT e.*, u.name FROM exports e JOIN cases c ON c.number = e.case_number LEFT JOIN users u ON u.number = e.by_user
                WHERE e.at >= ? AND {self._db.sight.of_guardians()} ORDER BY e.number DESC""",
                clock.text(since),
            )
            return [self._export(row) for row in rows]

    def of_case(self, case: int) -> list[Export]:
        """The evidence packs of a case that were taken, oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT e.*, u.name FROM exports e LEFT JOIN users u ON u.number = e.by_user
                WHERE e.case_number = ? ORDER BY e.number""",
                case,
            )
            return [self._export(row) for row in rows]

    def _export(self, row: Row) -> Export:
        fields = self._db.encryption.decrypt(row["encrypted"])
        return Export(
            number=row["number"], what=row["what"], format=row["format"], at=clock.parse(row["at"]),
            by=row["by_user"], by_name=_taker(row["name"] or "someone who has left", fields.get("login", "")),
            case=row["case_number"],
            first=date.fromisoformat(row["first_day"]) if row["first_day"] else None,
            last=date.fromisoformat(row["last_day"]) if row["last_day"] else None,
            rows=row["rows"], left_out=json.loads(row["left_out"]), masked=bool(row["masked"]),
            digest=row["digest"], reason=fields["reason"], purpose=fields.get("purpose", ""),
            by_staff=fields.get("by_staff", 0),
        )  # fmt: skip

    def _exportable(
        self, rows: Sequence[Row], forbidden: Collection[str]
    ) -> tuple[list[Row], Counter[LeftOutBecause]]:
        """The rows that may leave; of the others how many, each by the first reason that holds."""
        passed_on = self._passed_to_guardian()
        exportable, left_out = list[Row](), Counter[LeftOutBecause]()
        for row in rows:
            if row["platform"] in forbidden:
                left_out["terms"] += 1
            elif row["speaks"] or row["number"] in passed_on:
                left_out["speaking_up"] += 1
            elif row["deleted_at"]:
                left_out["gone"] += 1
            elif row["assessed"] != row["revision"]:
                left_out["unassessed"] += 1
            else:
                exportable.append(row)
        return exportable, left_out

    def _passed_to_guardian(self) -> frozenset[int]:
        rows = self._db.rows(
            """SELECT DISTINCT json_extract(p.value, '$[0]') AS mention
            FROM handoffs h, json_each(h.posts) p WHERE h.role = ?""",
            GUARDIAN,
        )
        return frozenset(row["mention"] for row in rows)

    def _flags(self, assessments: Sequence[int]) -> dict[int, tuple[ExportedFlag, ...]]:
        flags: dict[int, list[ExportedFlag]] = {}
        for row in self._db.rows(
            """SELECT assessment, name, score, clauses, target, harm FROM flags
            WHERE assessment IN (SELECT value FROM json_each(?)) ORDER BY assessment, position""",
            json.dumps(list(assessments)),
        ):
            flag = ExportedFlag(
                name=row["name"], score=row["score"], clauses=tuple(json.loads(row["clauses"])), target=tuple(json.loads(row["target"])),
                harm=row["harm"],
            )  # fmt: skip
            flags.setdefault(row["assessment"], []).append(flag)
        return {assessment: tuple(some) for assessment, some in flags.items()}

    def _words(self, exportable: Sequence[Row]) -> dict[int, str]:
        """The words as they were collected, by post."""
        rows = self._db.rows(
            """SELECT v.mention, v.encrypted FROM json_each(?) n JOIN mentions m ON m.number = n.value
                JOIN revisions v ON v.mention = m.number AND v.revision = m.revision""",
            json.dumps([row["number"] for row in exportable]),
        )
        return {
            row["mention"]: self._db.encryption.decrypt(row["encrypted"])["text"] for row in rows
        }


# As the view current_assessments has it, which a left join would work out for all posts, once for each batch.
_NEWEST = """(SELECT b.number FROM assessments b WHERE b.mention = m.number
    ORDER BY b.revision DESC, b.number DESC LIMIT 1)"""
# In the Guardian's lane, or read as speaking up by any model or policy in any words of it, unless somebody said that it is not.
# A case that was sent back stays out as a whole for as long as a post of it is still read so: saying otherwise opens the desk
# and no way out of it.
_SPEAKS = f"""(coalesce(i.speaks, 0) OR i.case_number IN (SELECT number FROM cases WHERE protected > 0)
    OR coalesce(i.ruled, 1) AND EXISTS (SELECT 1 FROM assessments b
        WHERE b.mention = m.number AND {READ_AS_SPEAKING.format("b")})
    OR coalesce(i.ruled, 1) AND ({FOUND_AS_SPEAKING.format("m.number")} OR {ANSWERS_SPEAKING.format("m.number")})
    OR i.case_number IN (SELECT k.case_number FROM case_mentions k JOIN assessments b ON b.number = k.assessment
        WHERE k.ruled = 0 AND {READ_AS_SPEAKING.format("b")}))"""


# A decision `d` that a label was wrong, of flags that hold of staff alone: without them its row would say that there was one.
_OF_STAFF_LABELS = """(d.kind = 'wrong_label' AND d.labels <> '{}' AND NOT EXISTS (SELECT 1 FROM json_each(d.labels) l
    WHERE l.key NOT IN (SELECT value FROM json_each(?))))"""


def _taker(name: str, login: str) -> str:
    return sentence(acting.in_words(login, name)) if login else name


def _post(row: Row, flags: Sequence[ExportedFlag], words: str, query: ExportQuery) -> ExportedPost:
    shown = tuple(flag for flag in flags if flag.name not in query.of_staff)
    return ExportedPost(
        number=row["number"], revision=row["revision"], case=row["case_number"], platform=row["platform"],
        kind=row["kind"], posted_at=clock.parse(row["posted_at"]), found_at=clock.parse(row["found_at"]),
        words=words, language=row["language"], sentiment=row["sentiment"], risk=row["risk"], read=row["read"],
        in_scope=bool(row["in_scope"]), own=bool(row["own"]), followers=row["followers"],
        shares=row["shares"], decision=row["decision"], flags=shown,
        protected=row["protected"], staff_in_risk=not row["own"] and (len(shown) < len(flags) or row["staff"] in ("icb", "nhs")),
    )  # fmt: skip


def _is_by_staff(row: Row, flags: Mapping[int, Sequence[ExportedFlag]], query: ExportQuery) -> bool:
    """By what its writer says, or by a flag that holds of staff alone where terms forbid keeping that."""
    if row["own"]:
        return False
    named = {flag.name for flag in flags.get(row["assessment"], ())}
    return row["staff"] in ("icb", "nhs") or not named.isdisjoint(query.of_staff)


def _is_case_of_staff(
    row: Row, flags: Mapping[int, Sequence[ExportedFlag]], query: ExportQuery
) -> bool:
    """Whether a post is a case by nothing but what holds of staff alone: a row of what was decided would say so."""
    if not _is_by_staff(row, flags, query) or (row["in_scope"] and row["sentiment"] == "negative"):
        return False
    return {flag.name for flag in flags.get(row["assessment"], ())} <= query.of_staff


def _decision(row: Row, of_staff: Collection[str]) -> ExportedDecision:
    return ExportedDecision(
        number=row["decision"], post=row["number"], case=row["case_number"], platform=row["platform"],
        kind=row["decided"], at=clock.parse(row["at"]), roles=", ".join(json.loads(row["roles"] or "[]")), passed_to=row["role"] or "",
        labels={name: holds for name, holds in json.loads(row["labels"]).items() if name not in of_staff}, undone=bool(row["undone"]),
    )  # fmt: skip
