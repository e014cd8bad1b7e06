"""Puts mentions into cases: what says the same, or stands in one thread, is one story for one decision.

A mention is put where its newest risk says; a new risk (a new reading, a new reach) puts it there again, so
that grouping can be run twice. Only what a person should see opens a case; copies that nobody need see
are counted in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from core import clock, worries
from core import context as contexts
from core.models import Flag, speaks_up
from store.assessments import Assessments
from store.cases import numbers
from store.cases.alerts import Alerts
from store.cases.deadlines import Deadlines
from store.cases.models import (
    HOLDS,
    RANK,
    Alike,
    Grouped,
    LanePlacing,
    Placing,
    PostFacts,
    Ungrouped,
    Why,
)
from store.cases.recusals import Recusals
from store.cases.sight import (
    ANSWERS_SPEAKING,
    FOUND_AS_SPEAKING,
    NEEDS_NO_FLAG,
    READ_AS_CONCERN,
    RESTRICTED,
    SPOKE_BEFORE,
)
from store.database import Database
from store.figures import REVIEWABLE
from store.search_indexes import COMPLETE_SINCE, FORGOTTEN
from store.sqlite import Row

BOOKMARK = "grouped"
LOOK_BACK = timedelta(days=30)  # how long the bands of a mention are kept to compare others with
MOST_SAME = 200  # mentions of the same words, or of a thread, whose writers are compared with one's
MOST_ALIKE = 200  # mentions that are compared with one; more share a band only by chance
SHOWN = 200  # mentions of a case that its page has room for
GROWS = 3  # times as many mentions as when it was decided: the case opens again

_PLACED = f"""SELECT m.number, m.revision, m.platform, m.kind, m.posted_at, m.found_at, m.deleted_at, m.story,
        m.key_hash, m.parent_hash, m.root_hash, m.own, m.encrypted, a.number AS assessment, a.staff, a.read,
        a.risk, a.masked, a.in_scope, a.protected, EXISTS (SELECT 1 FROM staff_reports t
            WHERE t.mention = m.number) AS reported, x.flags AS missed_flags, coalesce(x.risk, 0) AS missed_risk,
        ({REVIEWABLE} OR x.mention IS NOT NULL OR {READ_AS_CONCERN.format("a")} OR {FOUND_AS_SPEAKING.format("m.number")})
            AND NOT m.own AS reviewable
    FROM current_assessments a JOIN mentions m ON m.number = a.mention
    LEFT JOIN false_negatives x ON x.mention = m.number"""

_CONCERNS_WITHOUT_CASE = f"""SELECT a.mention, a.risk_number AS risk FROM assessments b INDEXED BY assessments_of_concern
        CROSS JOIN current_assessments a ON a.number = b.number CROSS JOIN mentions m ON m.number = a.mention
    WHERE b.protected IN ({", ".join(f"'{kind}'" for kind in sorted(NEEDS_NO_FLAG))}) AND {READ_AS_CONCERN.format("a")}
        AND NOT m.own AND m.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number)
    ORDER BY a.mention LIMIT ?"""

# Whether a post `i` of a thread is about what another is that waits in :lane for :flags.
_ABOUT_THE_SAME = """(:lane IS NULL OR i.lane IS NULL OR i.lane = :lane AND (
    i.lane IN ('rest', 'guardian') OR (i.lane <> 'now' OR m.key_hash = :parent) AND EXISTS (
        SELECT 1 FROM case_flags f WHERE f.mention = i.mention
        AND f.flag IN (SELECT value FROM json_each(:flags)))))"""


# Whether Safeguarding was passed a post `m` of a case `i`, from a lane of those on duty, and nobody there has confirmed; or somebody
# confirmed that it is a leak, and its 72 hours run.
UNCONFIRMED_POST = f"""(EXISTS (SELECT 1 FROM handoffs h JOIN json_each(h.posts) p ON json_extract(p.value, '$[0]') = m.number
    WHERE h.case_number = i.case_number AND h.state = 'waits' AND h.role = 'safeguarding')
    OR EXISTS (SELECT 1 FROM deadlines k JOIN case_decisions d ON d.case_number = k.case_number AND d.kind = 'confirm' AND {HOLDS}
        JOIN json_each(d.covers) p ON json_extract(p.value, '$[0]') = m.number
        WHERE k.case_number = i.case_number AND k.kind = 'pid' AND k.stopped_at IS NULL))"""
# Whether somebody hid or reported a post `m` of a case `i` as a leak that nobody has decided on yet: they confirmed one, and its 72 hours run,
# or that was taken back and nobody has said since that it is none. Hiding it does not make it none.
UNDECIDED_LEAK = f"""EXISTS (SELECT 1 FROM case_decisions b JOIN json_each(b.covers) p ON json_extract(p.value, '$[0]') = m.number
    LEFT JOIN case_decisions u ON u.case_number = b.case_number AND u.undoes = b.version
    WHERE b.case_number = i.case_number AND b.kind = 'confirm' AND CASE WHEN u.version IS NULL
        THEN EXISTS (SELECT 1 FROM deadlines k WHERE k.case_number = i.case_number AND k.kind = 'pid' AND k.stopped_at IS NULL)
        ELSE NOT EXISTS (SELECT 1 FROM case_decisions d JOIN json_each(d.covers) q ON json_extract(q.value, '$[0]') = m.number
            WHERE d.case_number = i.case_number AND d.version > u.version AND {HOLDS}
            AND (d.kind IN ('no_action', 'not_relevant', 'duplicate') OR json_extract(d.labels, '$.pid') = 0)) END)"""
# What a person said of its speaking up; that it does not holds of the words that they read alone.
_RULED = "CASE WHEN i.ruled = 0 AND i.revision < m.revision THEN NULL ELSE i.ruled END"


def _is_alone(placing: Placing) -> bool:
    return placing.lane is not None and placing.lane.alone


def _text(moment: datetime | None) -> str | None:
    return clock.text(moment) if moment else None


def _speaks(lane: LanePlacing) -> int:
    """As `case_mentions.speaks` keeps it: 2 where those on duty act on it too."""
    return int(lane.speaks or lane.lane == "guardian") + (lane.speaks and lane.urgent)


class Grouping:
    """Grouping mentions into cases."""

    def __init__(
        self,
        database: Database,
        assessments: Assessments,
        deadlines: Deadlines,
        alerts: Alerts,
        recusals: Recusals,
    ) -> None:
        self._db = database
        self._recusals = recusals
        self._assessments = assessments
        self._deadlines = deadlines
        self._alerts = alerts

    def ungrouped(self, *, limit: int = 500) -> list[Ungrouped]:
        """Mentions with a risk told since the last grouping, oldest first; deleted ones left out.

        Where there is none, concerns that have no case: until step 90 one without a flag got none.
        """
        with self._db.snapshot():
            since = self._db.value("SELECT number FROM bookmarks WHERE name = ?", BOOKMARK) or 0
            rows = self._db.rows(
                """SELECT r.mention, r.number AS risk FROM risks r
                CROSS JOIN mentions m ON m.number = r.mention AND m.deleted_at IS NULL
                WHERE r.number > ? AND NOT EXISTS (SELECT 1 FROM risks l
                    WHERE l.mention = r.mention AND l.number > r.number)
                ORDER BY r.number LIMIT ?""",  # in the order of the table: a backlog is not read anew each time
                since, limit,
            )  # fmt: skip
            if not rows:
                rows = self._db.rows(_CONCERNS_WITHOUT_CASE, limit)
            return self._posts({row["mention"]: row["risk"] for row in rows})

    def waits_for_lane(self) -> bool:
        """Whether any post of a case has a lane that nobody has worked out as it is now, by the index alone."""
        with self._db.snapshot():
            return bool(self._db.value("SELECT 1 FROM case_mentions WHERE reason IS NULL AND reviewable AND NOT deleted LIMIT 1"))  # fmt: skip

    def without_reason(self, *, limit: int = 500, case: int | None = None) -> list[Ungrouped]:
        """Posts of cases, or of one, whose lane nobody has worked out as they are now, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT mention FROM case_mentions WHERE reason IS NULL AND reviewable AND NOT deleted
                    AND (?1 IS NULL OR case_number = ?1)
                ORDER BY mention DESC LIMIT ?2""",
                case, limit,
            )  # fmt: skip
            return self._posts({row["mention"]: 0 for row in rows})

    def set_lanes(self, placings: Iterable[Placing], at: datetime) -> None:
        """Writes where posts wait that are in cases already, and when those are due by it."""
        touched = set()
        with self._db.transaction():
            for placing in placings:
                if placing.lane is not None and (case := self.case_of(placing.mention)):
                    self._db.execute(
                        f"UPDATE case_mentions SET lane = ?, reason = ?, weight = ?, wanted_at = ?, speaks = CASE speaks WHEN {RESTRICTED} THEN speaks ELSE ? END WHERE mention = ?",
                        placing.lane.lane, placing.lane.reason, placing.lane.weight, _text(placing.lane.wanted_at), _speaks(placing.lane), placing.mention,
                    )  # fmt: skip
                    touched.add(case)
            for case in sorted(touched):
                self._deadlines.update(case, at)

    def _posts(self, wanted: Mapping[int, int]) -> list[Ungrouped]:
        """Each mention with what decides where it goes, in the order of `wanted`: mention -> the number of its risk."""
        rows = {
            row["number"]: row
            for row in self._db.rows(
                f"""SELECT m.number, m.posted_at, m.fetched_at, m.platform, m.kind, m.hidden, m.followers, m.shares, v.encrypted,
                    a.number AS assessment, a.masked, a.risk, a.protected, a.staff, a.sentiment, a.read,
                    a.in_scope, x.flags AS missed, i.reported_version, i.decided_revision,
                    i.mention IS NULL AS new, {FOUND_AS_SPEAKING.format("m.number")} AS sought,
                    {ANSWERS_SPEAKING.format("m.number")} AS beneath, {SPOKE_BEFORE.format("m.number")} AS spoke, coalesce(i.decided_revision < m.revision, 0) AS edited, {_RULED} AS ruled, i.opened_at IS NOT NULL AS opened, {UNCONFIRMED_POST} AS unconfirmed, {UNDECIDED_LEAK} AS leaks,
                    EXISTS (SELECT 1 FROM staff_reports t WHERE t.mention = m.number) AS reported, coalesce(c.seen, 0) AS seen
                FROM json_each(?) n CROSS JOIN mentions m ON m.number = n.value
                JOIN revisions v ON v.mention = m.number AND v.revision = m.revision
                JOIN current_assessments a ON a.mention = m.number
                LEFT JOIN case_mentions i ON i.mention = m.number LEFT JOIN cases c ON c.number = i.case_number
                LEFT JOIN false_negatives x ON x.mention = m.number""",
                json.dumps(list(wanted)),
            )
        }
        flags = self._assessments.flags([row["assessment"] for row in rows.values()])
        reports = self._open_reports([number for number, row in rows.items() if row["reported"]])
        return [
            self._ungrouped(
                rows[mention],
                risk,
                flags.get(rows[mention]["assessment"], ()),
                reports.get(mention, ()),
            )
            for mention, risk in wanted.items()
            if mention in rows
        ]

    def open_reports(self, mentions: Sequence[int]) -> dict[int, list[str]]:
        """What colleagues said of each of these posts, first to last: the last report of each, and those on which nobody has decided since."""
        return {mention: [worry for worry, _ in each] for mention, each in self._open_reports(mentions).items()}  # fmt: skip

    def _open_reports(self, mentions: Sequence[int]) -> dict[int, list[tuple[str, datetime]]]:
        """The same, each with when it was reported."""
        reports: dict[int, list[tuple[str, datetime]]] = {}
        for row in self._db.rows(
            f"""SELECT t.mention, t.at, t.encrypted FROM json_each(?) n CROSS JOIN staff_reports t ON t.mention = n.value
            WHERE t.number = (SELECT max(l.number) FROM staff_reports l WHERE l.mention = t.mention)
            OR NOT EXISTS (SELECT 1 FROM case_mentions i JOIN case_decisions d ON d.case_number = i.case_number AND d.at >= t.at AND {HOLDS}
                JOIN json_each(d.covers) c ON json_extract(c.value, '$[0]') = i.mention
                WHERE i.mention = t.mention AND d.kind NOT IN ('undo', 'reopen', 'confirm', 'second_opinion'))
            ORDER BY t.number""",
            json.dumps(list(mentions)),
        ):  # fmt: skip
            reports.setdefault(row["mention"], []).append((self._db.encryption.decrypt(row["encrypted"])["worry"], clock.parse(row["at"])))  # fmt: skip
        return reports

    def _ungrouped(
        self, row: Row, risk: int, flags: tuple[Flag, ...], reports: Sequence[tuple[str, datetime]]
    ) -> Ungrouped:
        content = self._db.encryption.decrypt(row["encrypted"])
        waits = row["new"] or (
            row["reported_version"] is not None and row["decided_revision"] is None
        )
        reported = bool(row["reported"] and waits)
        worry = worries.gravest([each for each, _ in reports]) if reported else ""
        press = tuple(
            each for each in reports if reported and "media" in worries.flags_told(each[0])
        )
        facts = PostFacts(
            platform=row["platform"], kind=row["kind"], masked=row["masked"], risk=row["risk"],
            flags=flags, missed=tuple(json.loads(row["missed"] or "[]")), protected=row["protected"],
            staff=row["staff"], sentiment=row["sentiment"], read=row["read"],
            in_scope=bool(row["in_scope"]), followers=row["followers"], shares=row["shares"],
            hidden=bool(row["hidden"] and not row["leaks"]), reported=reported, unlooked=reported and not row["seen"], edited=bool(row["edited"]), worry=worry, press=press,
            sought=bool(row["sought"]), beneath=bool(row["beneath"]), spoke=bool(row["spoke"]), opened=bool(row["opened"]), unconfirmed=bool(row["unconfirmed"]), ruled=None if row["ruled"] is None else bool(row["ruled"]),
            context=contexts.from_json(content.get("context")),
            posted_at=clock.parse(row["posted_at"]) if row["posted_at"] != row["fetched_at"] else None,
        )  # fmt: skip
        return Ungrouped(mention=row["number"], risk=risk, text=content["text"], facts=facts)

    def group(self, placings: Iterable[Placing], *, alike: Alike, at: datetime) -> Grouped:
        """Puts mentions into the cases where they belong, all of them or none.

        In this order: the case that it is in; one of the same words; one of its thread; one whose words
        are `alike`; a new one, if a person should see it. Where somebody may be in danger, words join only what the same
        account said: two people in danger are two cases, in whatever words. A case that was decided opens again
        where it grew threefold or turned worse; else its decision covers the copy, but for what waits in Now: a leak that
        was dealt with is out again in each copy. What makes a case high raises its alert.
        """
        ordered = sorted(placings, key=lambda placing: placing.risk)
        joined = opened = 0
        touched: set[int] = set()
        reopened: set[int] = set()
        with self._db.transaction():
            for placing in ordered:
                row = self._db.row(f"{_PLACED} WHERE m.number = ?", placing.mention)
                if row is not None:
                    before = self.case_of(row["number"])
                    case, why = self._place(row, placing, alike)
                    opened += case is not None and why == "first" and before is None
                    joined += case is not None and why != "first"
                    if case is not None:
                        self._put(row, placing, case, why, before)
                        if self.reopen_if_outgrown(case, at):
                            reopened.add(case)
                        touched.add(case)
                    if row["own"] and row["risk"] == "high":
                        self._alerts.raise_own(row["number"], self._flags_of(row), at)
                self._keep_bands(row, placing)
            for case in sorted(touched):
                self._deadlines.update(case, at)
                self._alerts.raise_for(case, at, reopened=case in reopened)
            if ordered:
                self._db.execute(
                    """INSERT INTO bookmarks (name, number) VALUES (?, ?)
                    ON CONFLICT (name) DO UPDATE SET number = max(number, excluded.number)""",
                    BOOKMARK, ordered[-1].risk,
                )  # fmt: skip
            self._forget_bands(ordered, at)
        return Grouped(joined=joined, opened=opened, reopened=len(reopened))

    def place_again(self, placing: Placing) -> int | None:
        """Puts a mention into its case, or a new one, by what a person found in it; the case's number."""
        row = self._db.row(f"{_PLACED} WHERE m.number = ?", placing.mention)
        if row is None:
            return None
        before = self.case_of(placing.mention)
        case, why = self._place(row, placing, lambda *_: False)
        if case is not None:
            self._put(row, placing, case, why, before)
        return case

    def wake(self, at: datetime) -> int:
        """Opens cases whose snooze is over or in which a post came back, and stops clocks of what was answered.

        How many it opened. A post that was gone and is there again brings no new risk, so that no grouping sees it.
        """
        with self._db.transaction():
            opened = self._open_outgrown(at)
            rows = self._db.rows(
                "SELECT number FROM cases WHERE state = 'snoozed' AND snoozed_until <= ?",
                clock.text(at),
            )
            for row in rows:
                self.reopen(row["number"], "snooze is over", at)
                self._deadlines.update(row["number"], at)
            self._deadlines.update_all(at)
        return len(rows) + opened

    def _open_outgrown(self, at: datetime) -> int:
        """Opens the cases that their decision no longer covers, whatever changed since; how many."""
        rows = self._db.rows(
            """SELECT number FROM cases c WHERE state IN ('done', 'escalated', 'snoozed') AND (
                risk > decided_risk OR size >= ? * max(1, decided_size)
                OR (state = 'snoozed' AND size > decided_size)
                OR (state <> 'snoozed' AND EXISTS (
                    SELECT 1 FROM case_mentions i WHERE i.case_number = c.number AND reviewable AND NOT deleted
                    AND (decided_revision IS NULL OR decided_revision < revision))))""",
            GROWS,
        )
        opened = [row["number"] for row in rows if self.reopen_if_outgrown(row["number"], at)]
        for case in opened:
            self._deadlines.update(case, at)
            self._alerts.raise_for(case, at, reopened=True)
        return len(opened)

    def case_of(self, mention: int) -> int | None:
        """The number of the case that a mention is in."""
        case: int | None = self._db.value(
            "SELECT case_number FROM case_mentions WHERE mention = ?", mention
        )
        return case

    def _place(self, row: Row, placing: Placing, alike: Alike) -> tuple[int | None, Why]:
        membership = self._db.row(
            "SELECT case_number, joined_by FROM case_mentions WHERE mention = ?", row["number"]
        )
        if membership is not None:
            return membership["case_number"], membership["joined_by"]
        if (same := self._by_same_words(row, placing)) is not None:
            return same, "same words"
        if row["reviewable"] and (thread := self._by_thread(row, placing)) is not None:
            return thread, "thread"
        if (near := self._by_similar_words(row, placing, alike)) is not None:
            return near, "alike"
        return (self._open(row) if row["reviewable"] else None), "first"

    def _by_same_words(self, row: Row, placing: Placing) -> int | None:
        alone = _is_alone(placing)
        rows = self._db.rows(
            f"""SELECT i.case_number, m.platform, m.encrypted FROM mentions m JOIN case_mentions i ON i.mention = m.number
            WHERE m.story = ? AND i.speaks <> {RESTRICTED} ORDER BY i.case_number LIMIT ?""",
            row["story"], MOST_SAME if alone else 1,
        )  # fmt: skip
        return next(
            (other["case_number"] for other in rows if not alone or self._same_account(row, other)),
            None,
        )

    def _same_account(self, row: Row, other: Row) -> bool:
        """Whether one account wrote both; where nobody knows who did, it is somebody else."""
        accounts = [
            (each["platform"], personal["author_id"] or personal["handle"])
            for each in (row, other)
            for personal in (self._db.encryption.decrypt(each["encrypted"]),)
        ]
        return bool(accounts[0][1]) and accounts[0] == accounts[1]

    def _by_thread(self, row: Row, placing: Placing) -> int | None:
        """The case of the post that it answers, of that which began the thread, or of another answer.

        Where that is about the same: it waits in the same lane, for the same flag where one is flagged. In Now a
        post joins only what it answers itself, and where somebody may be in danger only their own post, or one that it passes
        on: two people in danger are two cases. What somebody in danger says later in their thread joins theirs, whatever it
        says: that they are home may change everything, and so may that they are not.
        """
        alone = _is_alone(placing)
        values = {
            "parent": row["parent_hash"], "root": row["root_hash"], "thread": row["root_hash"] or row["key_hash"],
            "lane": placing.lane.lane if placing.lane else None,
            "flags": json.dumps([flag.name for flag in self._assessments.flags([row["assessment"]]).get(row["assessment"], ())]),
        }  # fmt: skip
        if (theirs := self._of_who_is_in_danger(row)) is not None:
            return theirs
        for which, order in (
            ("m.key_hash IN (:parent, :root)", "m.key_hash = :parent DESC, i.case_number"),
            ("m.root_hash = :thread", "m.number"),
        ):
            rows = self._db.rows_named(
                f"""SELECT i.case_number, m.platform, m.encrypted FROM mentions m CROSS JOIN case_mentions i ON i.mention = m.number
                WHERE i.reviewable AND i.speaks <> {RESTRICTED} AND {which} AND {_ABOUT_THE_SAME} ORDER BY {order} LIMIT {MOST_SAME if alone else 1}""",
                values,
            )
            for other in rows:
                if not alone or self._same_account(row, other):
                    return int(other["case_number"])
        return None

    def _of_who_is_in_danger(self, row: Row) -> int | None:
        """The case in Now in which this account said before, in the same thread, that somebody may be in danger."""
        root = row["root_hash"] or row["parent_hash"]
        if root is None:
            return None
        rows = self._db.rows(
            f"""SELECT i.case_number, m.platform, m.encrypted FROM mentions m CROSS JOIN case_mentions i ON i.mention = m.number
            WHERE (m.key_hash IN (?1, ?2) OR m.root_hash = ?1) AND i.reviewable AND i.lane = 'now' AND i.speaks <> {RESTRICTED}
                AND m.posted_at <= ?3 AND EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = i.mention AND f.flag = 'safeguarding')
            ORDER BY m.number DESC LIMIT {MOST_SAME}""",
            root, row["parent_hash"], row["posted_at"],
        )  # fmt: skip
        return next(
            (other["case_number"] for other in rows if self._same_account(row, other)), None
        )

    def _by_similar_words(self, row: Row, placing: Placing, alike: Alike) -> int | None:
        alone = _is_alone(placing)
        near = self._db.rows(
            f"""SELECT near.case_number, a.masked, m.platform, m.encrypted FROM (
                SELECT l.mention, i.case_number, i.assessment, count(*) AS bands FROM similarity_bands l
                JOIN case_mentions i ON i.mention = l.mention AND i.speaks <> {RESTRICTED}
                WHERE l.band IN (SELECT value FROM json_each(?)) AND l.mention <> ?
                GROUP BY l.mention ORDER BY bands DESC, i.case_number LIMIT ?) near
            JOIN mentions m ON m.number = near.mention JOIN assessments a ON a.number = near.assessment
            ORDER BY near.bands DESC, near.case_number""",  # words are read of the nearest alone: an archive has many that are alike
            json.dumps(placing.bands), row["number"], MOST_ALIKE,
        )  # fmt: skip
        return next(
            (
                neighbour["case_number"]
                for neighbour in near
                if alike(row["masked"], neighbour["masked"])
                and (not alone or self._same_account(row, neighbour))
            ),
            None,
        )

    def _open(self, row: Row) -> int:
        return self._db.insert(
            "cases", number=numbers.following(self._db), opened_at=row["found_at"], latest_at=row["posted_at"], lead_mention=row["number"],
            risk=RANK[row["risk"]], flagged=0, size=0,
        )  # fmt: skip

    def _put(self, row: Row, placing: Placing, case: int, why: Why, before: int | None) -> None:
        """Writes the mention's place in the case as it is known now; a decision covers a copy of it."""
        lane: LanePlacing | None = placing.lane
        flags = self._flags_of(row)
        covered = (
            self._is_decided(case)
            if before is None
            and why in ("same words", "alike")
            and (lane is None or lane.lane != "now")
            else None
        )
        self._db.execute(
            f"""INSERT INTO case_mentions (mention, case_number, assessment, revision, joined_by, reviewable,
                risk, platform, staff, read, posted_at, deleted, decided_revision, reported_version, lane,
                reason, weight, wanted_at, speaks)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (mention) DO UPDATE SET assessment = excluded.assessment,
                ruled = CASE WHEN ruled = 0 AND revision < excluded.revision THEN NULL ELSE ruled END,
                speaks = CASE WHEN speaks = {RESTRICTED} THEN speaks WHEN excluded.lane IS NULL AND (ruled = 1 OR ruled = 0 AND revision >= excluded.revision)
                    THEN speaks ELSE excluded.speaks END,
                revision = excluded.revision, reviewable = excluded.reviewable, risk = excluded.risk,
                staff = excluded.staff, read = excluded.read, deleted = excluded.deleted,
                lane = coalesce(excluded.lane, lane), reason = excluded.reason,
                weight = CASE WHEN excluded.lane IS NULL THEN weight ELSE excluded.weight END,
                wanted_at = CASE WHEN excluded.lane IS NULL THEN wanted_at ELSE excluded.wanted_at END""",
            row["number"], case, row["assessment"], row["revision"], why, row["reviewable"],
            max(RANK[row["risk"]], row["missed_risk"]), row["platform"], row["staff"], row["read"],
            row["posted_at"],
            row["deleted_at"] is not None, row["revision"] if covered else None,
            0 if row["reported"] else None, lane.lane if lane else None, lane.reason if lane else None,
            lane.weight if lane else 0, _text(lane.wanted_at) if lane else None,
            _speaks(lane) if lane else int(self._speaks(row, flags)),
        )  # fmt: skip
        speaks = self._db.value("SELECT speaks FROM case_mentions WHERE mention = ?", row["number"])
        if before is None and row["reported"]:  # whoever saw the case has not seen this
            self._db.execute("UPDATE cases SET seen = 0 WHERE number = ?", case)
        if before is None:  # what is read again stays where it was seen
            self._recusals.keep_from_writer(row["number"], case, row["platform"])
        for table, column, names in (
            ("case_flags", "flag", [*flags, *json.loads(row["missed_flags"] or "[]")]),
            ("case_places", "place", [] if speaks else list(placing.places)),  # found by no filter
        ):  # fmt: skip
            self._db.execute(f"DELETE FROM {table} WHERE mention = ?", row["number"])
            for name in dict.fromkeys(names):
                self._db.insert(table, **{column: name, "mention": row["number"]})

    def _speaks(self, row: Row, flags: Sequence[str]) -> bool:
        """Whether it is the Guardian's, where nobody has worked out its lane: by all but what a person said of it."""
        return speaks_up(row["protected"], row["staff"], row["kind"], flags) or bool(self._db.value(
            f"SELECT {FOUND_AS_SPEAKING.format('?1')} OR {ANSWERS_SPEAKING.format('?1')} OR {SPOKE_BEFORE.format('?1')}", row["number"]
        ))  # fmt: skip

    def _flags_of(self, row: Row) -> list[str]:
        flags = self._assessments.flags([row["assessment"]]).get(row["assessment"], ())
        return [flag.name for flag in flags]

    def _is_decided(self, case: int) -> bool:
        return bool(
            self._db.value(
                "SELECT state IN ('done', 'escalated') FROM cases WHERE number = ?", case
            )
        )

    def reopen_if_outgrown(self, case: int, at: datetime) -> bool:
        """Opens a decided case that grew threefold or turned worse, or a snoozed one that grew.

        One that was escalated too: whoever has it need not see what came since.
        """
        row = self._db.rows("SELECT * FROM cases WHERE number = ?", case)[0]
        if row["state"] in ("new", "open") or row["decided_size"] is None:
            return False
        worse = row["risk"] > row["decided_risk"]
        waits = row["state"] == "snoozed" and row["snoozed_until"] is None
        grown = row["size"] >= GROWS * max(1, row["decided_size"])
        grown = grown or (waits and row["size"] > row["decided_size"])
        uncovered = self._db.value(
            """SELECT 1 FROM case_mentions WHERE case_number = ? AND reviewable AND NOT deleted
            AND (decided_revision IS NULL OR decided_revision < revision)""",
            case,
        )
        if not (worse or grown or (uncovered and row["state"] != "snoozed")):
            return False
        why = "turned worse" if worse else "grew" if grown else "has something new"
        self.reopen(case, why, at)
        return True

    def reopen(self, case: int, why: str, at: datetime) -> None:
        self._db.execute(
            "UPDATE cases SET state = 'open', snoozed_until = NULL WHERE number = ?", case
        )
        self._db.add_event("case reopened", at, case=case, why=why)

    def _keep_bands(self, row: Row | None, placing: Placing) -> None:
        self._db.execute("DELETE FROM similarity_bands WHERE mention = ?", placing.mention)
        if row is not None and (row["reviewable"] or row["in_scope"]):
            self._db.execute_many(
                "INSERT INTO similarity_bands (band, mention) VALUES (?, ?)",
                [(band, placing.mention) for band in dict.fromkeys(placing.bands)],
            )

    def _forget_bands(self, placings: Sequence[Placing], at: datetime) -> None:
        """Of what was found before the last month; what an earlier call looked at is not looked at again."""
        until = clock.text(at - LOOK_BACK)
        since = self._db.value("SELECT at FROM maintenance_tasks WHERE name = ?", FORGOTTEN) or ""
        self._db.execute(
            """DELETE FROM similarity_bands WHERE mention IN (
                SELECT number FROM mentions WHERE found_at >= ? AND found_at < ?)""",
            since, until,
        )  # fmt: skip
        self._db.execute(
            """DELETE FROM similarity_bands WHERE mention IN (
                SELECT m.number FROM json_each(?) g CROSS JOIN mentions m ON m.number = g.value
                WHERE m.found_at < ?)""",
            json.dumps([placing.mention for placing in placings]), until,
        )  # fmt: skip
        self._db.execute(
            "INSERT OR REPLACE INTO maintenance_tasks (name, at) VALUES (?, ?)",
            FORGOTTEN,
            max(since, until),
        )
        if any(placing.bands for placing in placings):
            self._db.execute("INSERT OR IGNORE INTO maintenance_tasks (name, at) VALUES (?, ?)", COMPLETE_SINCE, clock.text(at))  # fmt: skip
