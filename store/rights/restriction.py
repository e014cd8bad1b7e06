"""Restriction of processing (UK GDPR Article 18): a post that is held without use stands on nobody's list and in no count.

It is moved to a case of its own, marked as nobody's to see: what leaves out the Guardian's posts leaves it out too (lists, search,
counts, exports, summaries), and the Guardian's own lane does. Finding it for a person, erasing it and ending the hold go on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from core import clock
from core.errors import StoreError
from store.cases import numbers
from store.cases.models import RANK
from store.cases.sight import RESTRICTED
from store.database import Database

WHILE_ASKED = timedelta(
    days=7
)  # that a post is out of use while a second person is asked, from when it was first asked for


class Restriction:
    """Setting posts aside, and putting them back; within the transaction of a hold."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def restrict(self, number: int) -> None:
        """Takes a post out of use. Raises StoreError for one that nobody has read yet."""
        placed = self._db.row("SELECT case_number FROM case_mentions WHERE mention = ?", number)
        if placed is None:
            self._place_alone(number)
            return
        shared = self._db.value(
            "SELECT 1 FROM case_mentions WHERE case_number = ? AND mention <> ?", placed[0], number
        )
        case = self._open(number) if shared else placed[0]
        self._db.execute(
            "UPDATE case_mentions SET case_number = ?, speaks = ?, reason = NULL WHERE mention = ?",
            case, RESTRICTED, number,
        )  # fmt: skip

    def release(self, number: int, at: datetime) -> None:
        """Puts a post back into use, unless a hold keeps it out, or one that waits; the next cycle says where it waits, and until then it is the Guardian's."""
        if self._db.value("SELECT 1 FROM holds WHERE mention = ? AND without_use AND lifted_at IS NULL", number) or self.while_asked(number, at):  # fmt: skip
            return
        row = self._db.row("SELECT case_number, reviewable FROM case_mentions WHERE mention = ? AND speaks = ?", number, RESTRICTED)  # fmt: skip
        if row is None:
            return
        alone = not row["reviewable"] and not self._db.value(
            "SELECT 1 FROM case_decisions WHERE case_number = ?", row["case_number"]
        )
        if alone:
            self._db.execute("DELETE FROM case_mentions WHERE mention = ?", number)
            self._db.execute("DELETE FROM cases WHERE number = ?", row["case_number"])
        else:
            self._db.execute(
                "UPDATE case_mentions SET speaks = 1, reason = NULL WHERE mention = ?", number
            )

    def end_by_danger(self, number: int, at: datetime) -> bool:
        """Ends what keeps a post out of use, or would by a yes: somebody tells of a danger, and the rights of another person go first (UK GDPR Article 18(2)).

        Its holds stay, as holds that keep it from erasure; what waits for a yes waits for one to such a hold. Whether there was anything to end.
        """
        requests = self._db.rows(
            "SELECT * FROM hold_requests WHERE mention = ? AND without_use AND state = 'waits' AND expires_at > ?", number, clock.text(at)
        )  # fmt: skip
        for each in requests:
            # answered by this, so that what is asked for after it is a new request and has its own time
            self._db.execute("UPDATE hold_requests SET state = 'refused', answered_at = ? WHERE number = ?", clock.text(at), each["number"])  # fmt: skip
            self._db.insert(
                "hold_requests", mention=number, approver=each["approver"], asked_by=each["asked_by"], at=each["at"], expires_at=each["expires_at"],
                request=each["request"], without_use=0, encrypted=each["encrypted"],
            )  # fmt: skip
        agreed = self._db.execute(
            "UPDATE holds SET without_use = 0 WHERE mention = ? AND without_use AND lifted_at IS NULL", number
        )  # fmt: skip
        aside = self.restricted(number)
        if aside:
            self.release(number, at)
        return bool(requests or agreed or aside)

    def while_asked(self, number: int, at: datetime) -> bool:
        """Whether a second person is asked to agree, for `WHILE_ASKED` at most from when it was first asked for: who asks again gains no time.

        What is asked for after a second person answered is a new request, and has its own time: each takes a no or a yes of theirs.
        """
        return bool(self._db.value(
            """SELECT 1 FROM hold_requests WHERE mention = ?1 AND without_use AND state <> 'agreed' GROUP BY mention
            HAVING max(state = 'waits' AND expires_at > ?2) AND coalesce(min(at) FILTER (WHERE at >= (
                SELECT max(answered_at) FROM hold_requests answered WHERE answered.mention = ?1 AND answered.without_use
                    AND answered.state IN ('refused', 'agreed'))), min(at)) > ?3""",
            number, clock.text(at), clock.text(at - WHILE_ASKED),
        ))  # fmt: skip

    def overdue(self, at: datetime) -> list[int]:
        """Posts that are out of use though nobody agreed, and nobody is waited for any more."""
        rows = self._db.rows(
            """SELECT DISTINCT h.mention FROM hold_requests h JOIN case_mentions i ON i.mention = h.mention AND i.speaks = ?
            WHERE h.without_use AND NOT EXISTS (SELECT 1 FROM holds o WHERE o.mention = h.mention AND o.without_use AND o.lifted_at IS NULL)""",
            RESTRICTED,
        )  # fmt: skip
        return [row["mention"] for row in rows if not self.while_asked(row["mention"], at)]

    def restricted(self, number: int) -> bool:
        """Whether a post is out of use."""
        with self._db.snapshot():
            return bool(self._db.value(
                "SELECT 1 FROM case_mentions WHERE mention = ? AND speaks = ?", number, RESTRICTED
            ))  # fmt: skip

    def _open(self, number: int) -> int:
        post = self._db.rows("SELECT found_at, posted_at FROM mentions WHERE number = ?", number)[0]
        return self._db.insert(
            "cases", number=numbers.following(self._db), opened_at=post["found_at"], latest_at=post["posted_at"], lead_mention=number,
            risk=0, flagged=0, size=0,
        )  # fmt: skip

    def _place_alone(self, number: int) -> None:
        post = self._db.row(
            """SELECT m.platform, m.posted_at, m.deleted_at, m.revision, a.number AS assessment, a.risk, a.staff, a.read
            FROM mentions m JOIN current_assessments a ON a.mention = m.number WHERE m.number = ?""",
            number,
        )  # fmt: skip
        if post is None:
            raise StoreError(f"post {number} was not read yet: hold it without use after the next cycle")  # fmt: skip
        self._db.insert(
            "case_mentions", mention=number, case_number=self._open(number), assessment=post["assessment"], revision=post["revision"],
            joined_by="first", reviewable=0, risk=RANK[post["risk"]], platform=post["platform"], staff=post["staff"], read=post["read"],
            posted_at=post["posted_at"], deleted=int(post["deleted_at"] is not None), speaks=RESTRICTED,
        )  # fmt: skip
