"""The Guardian's lane: what is in it, and what people said of a case's being there.

A case is there while one of its posts speaks up, as it is read or as a person said. What a person said of posts holds
over what is read: that they speak up for good, that they don't for the words that were read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core import clock
from core.errors import StoreError
from store.cases.deadlines import Deadlines
from store.cases.models import HOLDS, Case, case_of, reason_of
from store.cases.records import DecisionRecords
from store.cases.sight import RESTRICTED, UNASKED, URGENT
from store.database import Database
from store.encryption import clean
from store.figures import Figures
from store.models import Item
from store.rights.ledger import Ledger
from store.sqlite import Row

MOST = 200  # open cases that are listed, and as many of those that are done
# For how long whoever sent a case there may take that back: long enough to see a wrong press, too short to watch what comes of it
WAY_BACK = timedelta(minutes=10)
TAKEN_BACK = "Sent by mistake, and taken back by whoever sent it"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianRow:
    """A case of the lane. `open`: the Guardian has not decided on it; `urgent`: those on duty act on it too."""

    case: Case
    item: Item | None
    reason: str
    open: bool
    urgent: bool
    opened: bool
    who: int | None
    sent: bool  # by a person
    reported: bool  # by a colleague


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What somebody said of posts of a case: whether they speak up, and why."""

    case: int
    speaks: bool
    by: int | None
    by_name: str
    at: datetime
    posts: frozenset[int]
    reason: str = field(repr=False)


class SpeakingUp:
    """Reading the Guardian's lane, and putting cases into it and out of it."""

    def __init__(
        self, database: Database, deadlines: Deadlines, figures: Figures, records: DecisionRecords, ledger: Ledger
    ) -> None:  # fmt: skip
        self._db = database
        self._ledger = ledger
        self._deadlines = deadlines
        self._figures = figures
        self._records = records

    def rows(self) -> list[GuardianRow]:
        """The lane as whoever asks may see it: what is open by age, then what is done, newest first."""
        if not self._db.sight.guardians:
            return []
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.*, i.reason, i.reported_version, {_DECIDED} AS handled,
                    EXISTS (SELECT 1 FROM speaking_up_rulings r WHERE r.case_number = c.number AND r.speaks) AS sent,
                    EXISTS (SELECT 1 FROM staff_reports t JOIN case_mentions p ON p.mention = t.mention WHERE p.case_number = c.number) AS told
                FROM cases c INDEXED BY cases_protected
                    LEFT JOIN case_mentions i ON i.mention = {_FIRST}
                WHERE {self._db.sight.of_guardians()} ORDER BY c.opened_at, c.number"""
            )
            posts = self._figures.items([row["lead_mention"] for row in rows])
        listed = [self._row(row, posts.get(row["lead_mention"])) for row in rows]
        done = sorted((each for each in listed if not each.open), key=lambda each: each.case.decided_at or each.case.opened_at)  # fmt: skip
        return [each for each in listed if each.open][:MOST] + done[::-1][:MOST]

    def cases_nobody_has(self) -> list[tuple[int, str]]:
        """The open cases of the lane that nobody of it has, with the kind of speech of the first post; for the Guardian's own email."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT c.number, coalesce(a.protected, 'none') AS protected FROM cases c INDEXED BY cases_protected
                    LEFT JOIN case_mentions i ON i.mention = {_FIRST} LEFT JOIN assessments a ON a.number = i.assessment
                WHERE c.protected > 0 AND c.protected <> {RESTRICTED} AND c.assigned_to IS NULL AND NOT {_DECIDED} ORDER BY c.opened_at, c.number LIMIT ?""",
                MOST,
            )
        return [(row["number"], row["protected"]) for row in rows]

    def count_open(self) -> int:
        """How many cases of the lane wait for the Guardian, for who may see it; 0 for others."""
        if not self._db.sight.guardians:
            return 0
        with self._db.snapshot():
            return int(self._db.value(
                f"""SELECT count(*) FROM cases c INDEXED BY cases_protected
                WHERE {self._db.sight.of_guardians()} AND NOT {_DECIDED}"""
            ))  # fmt: skip

    def _row(self, row: Row, item: Item | None) -> GuardianRow:
        return GuardianRow(
            case=case_of(row), item=item, reason=reason_of(row), open=not row["handled"], urgent=row["protected"] == URGENT,
            opened=bool(row["seen"]), who=row["assigned_to"], sent=bool(row["sent"]), reported=bool(row["told"]),
        )  # fmt: skip

    def speaking(self, case: int) -> frozenset[int]:
        """The posts of a case that speak up."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT mention FROM case_mentions WHERE case_number = ? AND speaks > 0", case
            )
        return frozenset(row[0] for row in rows)

    def posts(self) -> frozenset[int]:
        """All posts that speak up, in whatever case."""
        with self._db.snapshot():
            rows = self._db.rows("SELECT mention FROM case_mentions WHERE speaks > 0")
        return frozenset(row[0] for row in rows)

    def urgent_posts(self, case: int) -> frozenset[int]:
        """The posts of a case in which somebody speaks up, and on which those on duty act: danger, or details that are out."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT mention FROM case_mentions WHERE case_number = ? AND speaks = 2", case
            )
        return frozenset(row[0] for row in rows)

    def opened(self, case: int) -> datetime | None:
        """Since when those on duty act on a threat in a case, since nobody of the lane took it up; None where they don't."""
        with self._db.snapshot():
            at = self._db.value(
                "SELECT min(opened_at) FROM case_mentions WHERE case_number = ? AND speaks = 2",
                case,
            )
        return clock.parse(at) if at else None

    def untaken(self, flag: str, *, score: float, since: datetime, before: datetime) -> dict[int, list[int]]:  # fmt: skip
        """Posts of the lane since a moment with a flag of at least this score that nobody took up, of whose case somebody was told `before`; by case.

        Where nobody could be told, since when the post was read counts. Whoever has the case, decided on it or began its path took it up.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT i.case_number, i.mention FROM cases c INDEXED BY cases_protected JOIN case_mentions i ON i.case_number = c.number
                    JOIN assessments a ON a.number = i.assessment
                WHERE c.protected > 0 AND c.protected <> {RESTRICTED} AND i.speaks = 1 AND i.opened_at IS NULL AND i.reviewable AND NOT i.deleted
                    AND i.posted_at > ?4 AND c.assigned_to IS NULL AND NOT {_DECIDED} AND i.decided_revision IS NOT i.revision
                    AND (EXISTS (SELECT 1 FROM flags f WHERE f.assessment = i.assessment AND f.name = ?1 AND f.score >= ?2)
                        OR EXISTS (SELECT 1 FROM false_negatives x, json_each(x.flags) said WHERE x.mention = i.mention AND said.value = ?1))
                    AND NOT EXISTS (SELECT 1 FROM path_steps s WHERE s.case_number = c.number AND s.undone_at IS NULL)
                    AND coalesce((SELECT min(t.at) FROM alert_mails t JOIN alerts l ON l.number = t.alert
                        WHERE l.case_number = c.number), a.at) <= ?3
                ORDER BY i.mention""",
                flag, score, clock.text(before), clock.text(since),
            )  # fmt: skip
        posts: dict[int, list[int]] = {}
        for row in rows:
            posts.setdefault(row["case_number"], []).append(row["mention"])
        return posts

    def open_threat(self, case: int, posts: Sequence[int], *, reason: str, at: datetime) -> None:
        """Within a transaction: those on duty act on these posts too from now on, which is an event. It is not undone: they have seen it."""
        self._db.execute(
            """UPDATE case_mentions SET speaks = 2, lane = 'now', reason = ?, opened_at = ?
            WHERE case_number = ? AND speaks = 1 AND mention IN (SELECT value FROM json_each(?))""",
            reason, clock.text(at), case, json.dumps(list(posts)),
        )  # fmt: skip
        self._deadlines.update(case, at)
        self._db.add_event("opened to those on duty", at, case=case, posts=len(posts))

    def flags(self, case: int, *, urgent: bool = False) -> frozenset[str]:
        """The flags of a case's posts that are still there; `urgent`: of those on which those on duty act, but for a threat alone."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT DISTINCT f.flag FROM case_mentions i JOIN case_flags f ON f.mention = i.mention
                WHERE i.case_number = ? AND i.reviewable AND NOT i.deleted AND (i.speaks = 2 AND i.opened_at IS NULL OR NOT ?)""",
                case, urgent,
            )  # fmt: skip
        return frozenset(row[0] for row in rows)

    def protected(self, case: int) -> int | None:
        """Whether a case is the Guardian's, as `store.cases.sight` has it; None where there is no such case."""
        with self._db.snapshot():
            value: int | None = self._db.value("SELECT protected FROM cases WHERE number = ?", case)
        return value

    def since(self, case: int) -> datetime | None:
        """Since when a case is the Guardian's: as a person said, else as its posts were read. None where it is not."""
        with self._db.snapshot():
            at = self._db.value(
                """SELECT coalesce((SELECT max(at) FROM speaking_up_rulings WHERE case_number = ?1 AND speaks),
                    (SELECT min(a.at) FROM case_mentions i JOIN assessments a ON a.number = i.assessment
                        WHERE i.case_number = ?1 AND i.speaks > 0))
                FROM cases WHERE number = ?1 AND protected IN (1, 2)""",
                case,
            )
        return clock.parse(at) if at else None

    def is_kept_from_desk(self, mention: int) -> bool:
        """Whether a post is out of the sight of who has no part in the lane, whoever asks."""
        with self._db.snapshot():
            return not self._db.value(
                f"SELECT {UNASKED.of_posts('m.number')} FROM mentions m WHERE m.number = ?", mention
            )

    def is_hidden(self, mention: int) -> bool:
        """Whether a post is kept from whoever asks, in a case or in none."""
        with self._db.snapshot():
            return not self._db.value(
                f"SELECT {self._db.sight.of_posts('m.number')} FROM mentions m WHERE m.number = ?",
                mention,
            )

    def hides(self, issuer: str, issued_id: str) -> bool:
        """The same of a post by the id that its issuer gave; one that is not held is hidden from nobody."""
        with self._db.snapshot():
            number = self._db.value(
                "SELECT number FROM mentions WHERE key_hash = ?",
                self._db.encryption.key_hash(issuer, issued_id),
            )
        return number is not None and self.is_hidden(number)

    def send(
        self, case: int, posts: Collection[int], *, by: int | None, at: datetime, urgent: Collection[str] = (), reason: str = ""
    ) -> bool:  # fmt: skip
        """Puts posts of a case into the lane, since a person reads them as speaking up; False where all are there.

        `urgent`: flags for which those on duty go on seeing the post; of these only a leak needs to have been in Now. Raises StoreError where there is no such case.
        """
        with self._db.transaction():
            flags = json.dumps(sorted(urgent))
            sent = self._db.rows(
                """SELECT mention FROM case_mentions WHERE case_number = ? AND coalesce(ruled, 0) = 0
                AND mention IN (SELECT value FROM json_each(?))""",
                case, json.dumps(sorted(posts)),
            )  # fmt: skip
            if not sent:
                self._check(case)
                return False
            numbers = json.dumps([row[0] for row in sent])
            before = self._before(case, numbers)
            self._db.execute(
                """UPDATE case_mentions SET ruled = 1, lane = CASE WHEN speaks = 2 OR EXISTS (SELECT 1 FROM case_flags f
                        WHERE f.mention = case_mentions.mention AND f.flag IN (SELECT value FROM json_each(?1)) AND (f.flag <> 'pid' OR case_mentions.lane IS 'now')) THEN 'now'
                    ELSE 'guardian' END, reason = NULL, speaks = CASE WHEN speaks = 2 OR EXISTS (SELECT 1 FROM case_flags f
                        WHERE f.mention = case_mentions.mention AND f.flag IN (SELECT value FROM json_each(?1)) AND (f.flag <> 'pid' OR case_mentions.lane IS 'now')) THEN 2 ELSE 1 END
                WHERE mention IN (SELECT value FROM json_each(?2))""",
                flags, numbers,
            )  # fmt: skip
            self._db.execute(
                "DELETE FROM case_places WHERE mention IN (SELECT value FROM json_each(?))", numbers
            )
            self._leave_desk(case)
            self._ledger.note_of("to the Guardian", at, [row[0] for row in sent], about={"urgent": ",".join(sorted(urgent))})  # fmt: skip
            self._add(case, True, [row[0] for row in sent], by, at, reason, before=before)
        return True

    def way_back(self, case: int, *, by: int, at: datetime) -> datetime | None:
        """Until when this person may take back that they sent a case there; None where they may not (any more).

        It goes by who sent it and when, and by nothing that was done since: whether it is offered tells nothing of the Guardian.
        """
        with self._db.snapshot():
            row = self._sent(case, by, at)
        return clock.parse(row["at"]) + WAY_BACK if row is not None else None

    def restore(self, case: int, *, by: int, at: datetime) -> bool:
        """Within the transaction that takes it back: posts stand where they stood before this person sent them.

        False where they may not (any more), or where the Guardian took it up. Posts that were edited or read anew since, and posts that are held
        without use, stay as they are read.
        """
        row = self._sent(case, by, at)
        if row is None or self._db.value("SELECT assigned_to FROM cases WHERE number = ?", case) is not None:  # fmt: skip
            return False
        before = self._db.encryption.decrypt(row["encrypted"])["before"]
        for post in before["posts"]:
            changed = self._db.execute(
                f"""UPDATE case_mentions SET ruled = ?, lane = ?, reason = ?, speaks = ?
                WHERE mention = ? AND case_number = ? AND revision = ? AND speaks <> {RESTRICTED}""",
                post["ruled"], post["lane"], post["reason"], post["speaks"], post["mention"], case, post["revision"],
            )  # fmt: skip
            for place in post["places"] if changed else ():
                self._db.execute("INSERT OR IGNORE INTO case_places (mention, place) VALUES (?, ?)", post["mention"], place)  # fmt: skip
        self._db.execute("UPDATE cases SET assigned_to = ?, seen = 1 WHERE number = ?", before["has"], case)  # fmt: skip
        posts = [post["mention"] for post in before["posts"]]
        self._ledger.note_of("from the Guardian", at, posts)
        self._add(case, False, posts, by, at, TAKEN_BACK, returns=True)
        return True

    def _before(self, case: int, numbers: str) -> dict[str, object]:
        """Where posts stand before they are sent there, and who has the case."""
        rows = self._db.rows(
            """SELECT mention, revision, ruled, lane, reason, speaks, (SELECT json_group_array(q.place) FROM case_places q
                WHERE q.mention = case_mentions.mention) AS places
            FROM case_mentions WHERE mention IN (SELECT value FROM json_each(?))""",
            numbers,
        )
        posts = [{**{name: row[name] for name in ("mention", "revision", "ruled", "lane", "reason", "speaks")}, "places": json.loads(row["places"])} for row in rows]  # fmt: skip
        return {"posts": posts, "has": self._db.value("SELECT assigned_to FROM cases WHERE number = ?", case)}  # fmt: skip

    def _sent(self, case: int, by: int, at: datetime) -> Row | None:
        """The last that was said of a case, where this person sent it there by it a moment ago."""
        row = self._db.row(
            "SELECT * FROM speaking_up_rulings WHERE case_number = ? ORDER BY number DESC LIMIT 1",
            case,
        )
        if row is None or not row["speaks"] or row["by_user"] != by or clock.parse(row["at"]) + WAY_BACK <= at:  # fmt: skip
            return None
        return row if "before" in self._db.encryption.decrypt(row["encrypted"]) else None

    def send_back(self, case: int, *, by: int, at: datetime, reason: str, why: str = "") -> bool:
        """Says that nobody speaks up in a case: it goes back to the desk. The next cycle sorts its posts anew.

        `why` is a ready reason's words, which the record of decisions keeps when the case has gone; posts that are still read
        as speaking up stay out of what leaves (`store.exports`). False where it is there already. Raises StoreError without a reason, or where there is no such case.
        """
        if not reason.strip():
            raise StoreError("write why nobody speaks up in it")
        with self._db.transaction():
            posts = sorted(self.speaking(case))
            if not posts:
                self._check(case)
                return False
            self._db.execute(
                """UPDATE case_mentions SET ruled = 0, speaks = 0, lane = 'look', reason = NULL
                WHERE case_number = ? AND speaks > 0""",
                case,
            )
            self._db.execute(
                """UPDATE cases SET state = CASE WHEN state = 'done' THEN state ELSE 'open' END,
                    assigned_to = NULL, claimed_by = NULL, claimed_until = NULL WHERE number = ?""",
                case,
            )
            self._deadlines.update(case, at)
            self._ledger.note_of("from the Guardian", at, posts)
            record, digest = self._records.add_sent_back(case, posts, by=by, at=at, why=clean(why))
            self._add(case, False, posts, by, at, reason, record=record, digest=digest)
        return True

    def rulings(self, case: int) -> list[Ruling]:
        """What people said of a case, first to last."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT r.*, u.name FROM speaking_up_rulings r LEFT JOIN users u ON u.number = r.by_user
                WHERE r.case_number = ? ORDER BY r.number""",
                case,
            )
            return [
                Ruling(
                    case=case, speaks=bool(row["speaks"]), by=row["by_user"], by_name=row["name"] or "someone who has left",
                    at=clock.parse(row["at"]), posts=frozenset(json.loads(row["posts"])), reason=self._db.encryption.decrypt(row["encrypted"])["reason"],
                )
                for row in rows
            ]  # fmt: skip

    def _leave_desk(self, case: int) -> None:
        """Nobody of the desk has it any more, nor has it open."""
        self._db.execute(
            "UPDATE cases SET assigned_to = NULL, claimed_by = NULL, claimed_until = NULL, seen = 0 WHERE number = ?", case
        )  # fmt: skip

    def _add(
        self, case: int, speaks: bool, posts: Sequence[int], by: int | None, at: datetime, reason: str, *,
        returns: bool = False, before: Mapping[str, object] | None = None, **record: int | str,
    ) -> None:  # fmt: skip
        self._db.insert(
            "speaking_up_rulings", case_number=case, speaks=speaks, posts=json.dumps(list(posts)), by_user=by,
            at=clock.text(at), encrypted=self._db.encryption.encrypt({"reason": clean(reason)} | ({"before": before} if before else {})),
        )  # fmt: skip
        who = {} if by is None else {"by": by}
        if returns:
            self._db.add_event("taken back from the Guardian", at, case=case, **who)
        else:
            self._db.add_event("sent to the Guardian" if speaks else "sent back by the Guardian", at, case=case, **who, **record)  # fmt: skip

    def _check(self, case: int) -> None:
        if self._db.row("SELECT 1 FROM cases WHERE number = ?", case) is None:
            raise StoreError(f"there is no case {case}: it was purged, or never was")


# Somebody of the lane decided on all of it: what those on duty decided of danger, in Now, does not count.
_DECIDED = f"""(EXISTS (SELECT 1 FROM case_decisions d JOIN users u ON u.number = d.by_user
        WHERE d.case_number = c.number AND {HOLDS} AND d.kind NOT IN ('confirm', 'reopen', 'second_opinion')
            AND NOT coalesce(d.role = 'guardian', 0)
            AND (d.lane = 'guardian' OR instr(u.roles, '"guardian"') OR instr(u.roles, '"governance"')))
    AND c.lane IS NULL)"""
# The first post that speaks up.
_FIRST = """(SELECT p.mention FROM case_mentions p WHERE p.case_number = c.number AND p.speaks > 0
    ORDER BY p.deleted, p.posted_at, p.mention LIMIT 1)"""
