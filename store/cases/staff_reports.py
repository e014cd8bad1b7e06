"""Keeps that staff reported a post, what worries them and, where they said so, who they are.

Who was signed in is sealed with the report: no page shows it but to governance, who says why, and that is an event. Of private
words nothing is kept but how many were turned away on a day. A post that somebody reported is looked at
by a person, whatever the model says of it; what was decided before is opened again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from core import clock, worries
from core.errors import StoreError
from core.models import LANES, Assessment, Lane
from store.assessments import Assessments
from store.cases.alerts import Alerts
from store.cases.deadlines import Deadlines
from store.cases.grouping import BOOKMARK, Grouping
from store.cases.models import CaseState, Placing
from store.database import Database
from store.encryption import clean
from store.retention import Retention
from store.sqlite import Row

MOST_UNREAD = 20  # reports of posts that wait to be read, as one list shows them
TWICE = timedelta(minutes=1)  # within which the same words were sent twice


# What is stored where a colleague reported a link alone, until its source is read: a sentence of the program's, and nobody's words.
# Too few words for two such posts to be one story
NO_WORDS = "Reported by link alone."


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReport:
    """One report. `target`: the reporter says that they are the target. `case`: where it is looked at.

    `acted`: something was decided of that case since the report was made, or a step of its paths done; `opened`: somebody looked at it.
    """

    number: int
    mention: int
    at: datetime
    target: bool
    worry: str = field(default="", repr=False)
    who: str = field(default="", repr=False)
    assessed: bool = False
    case: int | None = None
    state: CaseState | None = None
    acted: bool = False
    opened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """What whoever reports a post wrote that it says, and the flags that were read in all that they wrote."""

    words: str = field(default="", repr=False)
    tells: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOfRestricted:
    """A report of a post that is held without use, as governance reads it: what worried whoever reported it, and what they wrote that it says."""

    number: int
    mention: int
    at: datetime
    worry: str = field(repr=False)
    words: str = field(default="", repr=False)


# Of what a colleague saw: a person says that somebody may come to harm, and that stands above what a program found
FIRST = frozenset(("safeguarding", "threat"))
FIRST_OF_LANE = 2 * 10**9  # the weight of what stands first in its lane (steps.lanes)
# What ends a restriction of the post: somebody else may come to harm, or a patient's details are out
ENDS_RESTRICTION = FIRST | {"pid"}


class StaffReports:
    """Adding and reading reports."""

    def __init__(
        self, database: Database, assessments: Assessments, grouping: Grouping, deadlines: Deadlines, alerts: Alerts, retention: Retention
    ) -> None:  # fmt: skip
        self._db = database
        self._assessments = assessments
        self._grouping = grouping
        self._deadlines = deadlines
        self._alerts = alerts
        self._retention = retention

    def add(
        self, mention: int, *, at: datetime, worry: str = "", who: str = "", target: bool = False,
        reason: str = "", flags: Sequence[str] = (), by: int | None = None,
        unread: Assessment | None = None, wrote: Wrote | None = None,
    ) -> int:  # fmt: skip
        """Keeps a report of a mention; its number is what the reporter is given, the same where it is sent twice.

        The post waits in Now until somebody else of those who decide has looked (`Claims.note_look`), whatever was ticked, and then in the lane of that
        (`core.worries.LANES`): with `reason`, its heading by what was ticked, and an alert is raised with it, to whoever looks after these `flags`. `by` is who was signed in.
        Danger, a leak, a threat or a target brings a post back that is out of use, or waits to be (UK GDPR Article 18(2)); governance is told. So
        it does where the reporter's own words tell of it, whatever was ticked (`wrote`), or the post itself by what was read in
        it. Of any other report of such a post governance is told, with the reporter's words of what it says: see `of_restricted`.
        `unread` is stored of a post that nobody has read yet, which is a case at once by it. Raises StoreError where there is no such mention.
        """
        with self._db.transaction():
            if not self._db.row("SELECT 1 FROM mentions WHERE number = ?", mention):
                raise StoreError(f"there is no mention {mention}: it was purged, or never was")
            fields: dict[str, Any] = {"worry": clean(worry), "who": clean(who), "by": by}
            restricted = self._retention.restricted(mention)
            words, tells = (wrote.words, wrote.tells) if wrote is not None else ("", frozenset())
            if restricted and words:
                fields["words"] = clean(words)
            last = self._db.row(
                "SELECT * FROM staff_reports WHERE mention = ? ORDER BY number DESC LIMIT 1",
                mention,
            )
            # words were kept with the first of two where that ended a restriction
            alike = (fields, {**fields, "words": clean(words)}) if words else (fields,)
            if (
                last
                and at - clock.parse(last["at"]) < TWICE
                and self._content(last) in [(each, target) for each in alike]
            ):
                return int(last["number"])
            number = self._db.insert(
                "staff_reports", mention=mention, at=clock.text(at), target=target,
                encrypted=self._db.encryption.encrypt(fields),
            )  # fmt: skip
            self._db.add_event("told", at, mention=mention, telling=number)
            dangers = ENDS_RESTRICTION.intersection((*flags, *tells))
            if target or dangers or (restricted and self._flags_of(mention)):
                restricted = not self._retention.end_by_danger(mention, at) and restricted
            elif restricted:
                self._db.add_event("restricted post reported", at, mention=mention, telling=number)
            if tells and not restricted:
                flags = tuple(dict.fromkeys((*flags, *sorted(dangers))))
            self._alerts.raise_report(mention, flags, at)
            opens = unread is not None and self._assessments.add_unread(unread)
            gravest = worries.gravest(self._grouping.open_reports([mention])[mention])
            heading = reason if not reason or gravest == worry else worries.HEADINGS.get(worries.ticked(gravest), reason)  # fmt: skip
            first = target or not FIRST.isdisjoint(flags)
            self._raise_case(mention, heading, "now" if dangers else worries.lane(gravest), at, opens=opens, first=first)  # fmt: skip
        return number

    def _flags_of(self, mention: int) -> frozenset[str]:
        """Danger, a threat or details that were read in the post itself."""
        rows = self._db.rows(
            "SELECT f.name FROM current_assessments a JOIN flags f ON f.assessment = a.number WHERE a.mention = ?", mention
        )  # fmt: skip
        return ENDS_RESTRICTION.intersection(row["name"] for row in rows)

    def of_restricted(self, *, read: bool | None = None) -> list[ReportOfRestricted]:
        """Reports of posts that are out of use still, of which nobody of governance has said whether they tell of danger; the oldest first.

        `read`: only those that the program has read, or has not.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT t.*, EXISTS (SELECT 1 FROM events r WHERE r.kind = 'restricted report read' AND json_extract(r.about, '$.telling') = t.number) AS program_read
                FROM events e JOIN staff_reports t ON t.number = json_extract(e.about, '$.telling')
                WHERE e.kind = 'restricted post reported' AND NOT EXISTS (SELECT 1 FROM events d WHERE d.kind = 'restricted report answered'
                    AND json_extract(d.about, '$.telling') = t.number) ORDER BY t.number"""
            )  # fmt: skip
        reports = []
        for row in rows:
            fields = self._db.encryption.decrypt(row["encrypted"])
            if self._retention.restricted(row["mention"]) and read in (
                None,
                bool(row["program_read"]),
            ):
                reports.append(ReportOfRestricted(
                    number=row["number"], mention=row["mention"], at=clock.parse(row["at"]), worry=fields["worry"], words=fields.get("words", ""),
                ))  # fmt: skip
        return reports

    def answer_of_restricted(
        self, number: int, *, tells: Collection[str], at: datetime, by: int | None = None
    ) -> None:
        """What a report of a post that is out of use tells of: danger, a threat or details bring it back; nothing leaves it as it is.

        `by`: who of governance read it; None for the program, whose nothing leaves it to them.
        """
        dangers = sorted(ENDS_RESTRICTION.intersection(tells))
        report = self.get(number)
        if report is None:
            return
        with self._db.transaction():
            about: dict[str, int | str] = {"telling": number, "mention": report.mention, "tells": ",".join(dangers)}  # fmt: skip
            if by is None:
                self._db.add_event("restricted report read", at, **about)
            else:
                self._db.add_event("restricted report answered", at, **about, by=by)
            if dangers and self._retention.end_by_danger(report.mention, at):
                self._alerts.raise_report(report.mention, dangers, at)
                self._raise_case(report.mention, "", "now", at, opens=False, first=not FIRST.isdisjoint(dangers))  # fmt: skip

    def _content(self, row: Row) -> tuple[object, bool]:
        return self._db.encryption.decrypt(row["encrypted"]), bool(row["target"])

    def reporter(self, number: int, *, reason: str, by: int, at: datetime) -> int | None:
        """Who made a report, for governance: the user's number, None where it is not known. It leaves an event.

        Raises StoreError without a reason, and where there is no such report.
        """
        if not reason.strip():
            raise StoreError("say why you look at who reported it")
        with self._db.transaction():
            row = self._db.row("SELECT encrypted FROM staff_reports WHERE number = ?", number)
            if row is None:
                raise StoreError("there is no such report: it went with its post")
            self._db.add_event("reporter seen", at, by=by, telling=number, why=reason)
            reporter = self._db.encryption.decrypt(row["encrypted"]).get("by")
        return int(reporter) if reporter is not None else None

    def is_by(self, number: int, user: int) -> bool:
        """Whether somebody made this report themselves; False where there is no such report, or it is not known."""
        with self._db.snapshot():
            row = self._db.row("SELECT encrypted FROM staff_reports WHERE number = ?", number)
        return row is not None and self._db.encryption.decrypt(row["encrypted"]).get("by") == user

    def turn_away(self, what: str, at: datetime) -> None:
        """Counts private words that were not taken in, by UK day and what they were about. Nothing else is kept."""
        with self._db.transaction():
            self._db.execute(
                """INSERT INTO turned_away VALUES (?, ?, 1)
                ON CONFLICT DO UPDATE SET count = count + 1""",
                clock.local_day(at).isoformat(), what,
            )  # fmt: skip

    def turned_away(self, since: date) -> int:
        """How many were turned away from a UK day on."""
        with self._db.snapshot():
            return int(
                self._db.value(
                    "SELECT coalesce(sum(count), 0) FROM turned_away WHERE day >= ?",
                    since.isoformat(),
                )
            )

    def get(self, number: int) -> StaffReport | None:
        """One report, and how far it got."""
        with self._db.snapshot():
            reports = self._reports("t.number = ?", number)
        return reports[0] if reports else None

    def of_case(self, case: int) -> list[StaffReport]:
        """The reports of a case's posts, newest first."""
        if (ahead := self._db.read_ahead("reports", case)) is not None:
            return list(ahead)
        return self.of_cases((case,))[case]

    def of_cases(self, cases: Collection[int]) -> dict[int, list[StaffReport]]:
        """The same of each of these cases, by one query."""
        with self._db.snapshot():
            listed = self._reports("i.case_number IN (SELECT value FROM json_each(?))", json.dumps(sorted(cases)))  # fmt: skip
        reports: dict[int, list[StaffReport]] = {case: [] for case in cases}
        for each in listed:
            if each.case is not None:
                reports[each.case].append(each)
        return reports

    def of_mention(self, mention: int) -> list[StaffReport]:
        """The reports of one post, newest first."""
        return self.of_mentions((mention,))

    def of_mentions(self, mentions: Collection[int]) -> list[StaffReport]:
        """The reports of these posts, newest first, by one query."""
        if (ahead := self._db.all_read_ahead("reports of a post", mentions)) is not None:
            listed = [report for reports in ahead.values() for report in reports]
            return sorted(listed, key=lambda report: report.number, reverse=True)
        with self._db.snapshot():
            return self._reports("t.mention IN (SELECT value FROM json_each(?))", json.dumps(sorted(mentions)))  # fmt: skip

    def waits(self) -> bool:
        """Whether a colleague reported a post that nobody has read, or that stands in no case yet."""
        with self._db.snapshot():
            return bool(self._db.value(
                """SELECT 1 FROM staff_reports t JOIN mentions m ON m.number = t.mention AND m.deleted_at IS NULL
                WHERE NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = t.mention)
                OR EXISTS (SELECT 1 FROM unassessed u WHERE u.mention = t.mention) LIMIT 1"""
            )) or bool(self.of_restricted(read=False))  # fmt: skip

    def unread(self) -> list[StaffReport]:
        """The reports whose post stands in no case yet since nothing has read it, the oldest first, MOST_UNREAD at most."""
        with self._db.snapshot():
            return self._reports(
                f"""i.mention IS NULL AND t.number IN (SELECT max(s.number) FROM staff_reports s
                    JOIN mentions m ON m.number = s.mention AND m.deleted_at IS NULL WHERE {self._db.sight.of_posts("m.number")}
                    AND NOT EXISTS (SELECT 1 FROM case_mentions k WHERE k.mention = s.mention) GROUP BY s.mention)"""
            )[::-1][:MOST_UNREAD]

    def _raise_case(
        self, mention: int, reason: str, lane: Lane, at: datetime, *, opens: bool, first: bool
    ) -> None:
        """Opens the case of what was assessed before it was told, or `opens` unread; the next grouping does it for the rest.

        `lane` is that of what they ticked. `first`: it stands in Now with danger to life.
        """
        grouped = self._db.value("SELECT number FROM bookmarks WHERE name = ?", BOOKMARK) or 0
        risk = self._db.value("SELECT max(number) FROM risks WHERE mention = ?", mention)
        if risk is not None and (opens or risk <= grouped):
            places = self._db.rows("SELECT place FROM case_places WHERE mention = ?", mention)
            named = tuple(row["place"] for row in places)
            self._grouping.place_again(Placing(mention=mention, risk=risk, places=named))
        case = self._grouping.case_of(mention)
        if case is None:
            return
        self._put_into_lane(mention, case, reason, lane, first=first)
        if self._db.value("SELECT state IN ('done', 'snoozed') FROM cases WHERE number = ?", case):
            self._grouping.reopen(case, "somebody reported it", at)
        else:
            self._grouping.reopen_if_outgrown(
                case, at
            )  # an escalation does not cover a copy that nobody had to see before
        self._deadlines.update(case, at)

    def _put_into_lane(
        self, mention: int, case: int, reason: str, lane: Lane, *, first: bool
    ) -> None:
        """A person outranks the model: it waits in Now until somebody else has looked, and what was decided of it before covers it no longer.

        What speaks up stays the Guardian's, whoever reported it. Its heading is the report's where `lane`, that of what was ticked, is as urgent as what is
        known of it. What stood first in another lane stands behind danger to life.
        """
        urgent = ", ".join(f"'{each}'" for each in LANES[: LANES.index(lane)]) or "NULL"
        called = ", ".join(
            f"'{each}'" for each in worries.HEADINGS.values()
        )  # by a report before, in Now by that alone
        self._db.execute(
            f"""UPDATE case_mentions SET reason = CASE WHEN speaks OR (lane IN ({urgent}) AND coalesce(reason, '') NOT IN ({called})) THEN reason ELSE ? END,
                lane = CASE WHEN speaks = 1 THEN 'guardian' ELSE '{worries.UNLOOKED}' END, decided_revision = NULL,
                weight = CASE WHEN ? AND speaks <> 1 THEN max(weight, {FIRST_OF_LANE}) WHEN lane = 'now' OR speaks = 1 THEN weight ELSE min(weight, {FIRST_OF_LANE} - 1) END,
                reported_version = (SELECT version FROM cases WHERE number = ?) WHERE mention = ?""",
            clean(reason) or None, first, case, mention,
        )  # fmt: skip
        self._db.execute("UPDATE cases SET seen = 0 WHERE number = ? AND EXISTS (SELECT 1 FROM case_mentions WHERE mention = ? AND speaks = 0)", case, mention)  # fmt: skip

    def _reports(self, where: str, *values: int | str) -> list[StaffReport]:
        rows = self._db.rows(
            f"""SELECT t.*, i.case_number, c.state, EXISTS (SELECT 1 FROM risks r
                JOIN assessments a ON a.number = r.assessment AND a.model <> ''
                WHERE r.mention = t.mention) AS assessed,
                EXISTS (SELECT 1 FROM decision_records d WHERE d.case_number = i.case_number AND d.at >= t.at)
                    OR EXISTS (SELECT 1 FROM path_steps s WHERE s.case_number = i.case_number AND s.at >= t.at) AS acted,
                coalesce(c.claimed_at >= t.at, 0) AS opened
            FROM staff_reports t LEFT JOIN case_mentions i ON i.mention = t.mention
            LEFT JOIN cases c ON c.number = i.case_number
            WHERE {where} ORDER BY t.number DESC""",
            *values,
        )
        return [self._report(row) for row in rows]

    def _report(self, row: Row) -> StaffReport:
        words = self._db.encryption.decrypt(row["encrypted"])
        return StaffReport(
            number=row["number"], mention=row["mention"], at=clock.parse(row["at"]),
            target=bool(row["target"]), worry=words["worry"], who=words["who"],
            assessed=bool(row["assessed"]), case=row["case_number"], state=row["state"], acted=bool(row["acted"]), opened=bool(row["opened"]),
        )  # fmt: skip
