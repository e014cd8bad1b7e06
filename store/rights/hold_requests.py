"""Holds that were asked for: none keeps a post from erasure until whoever is to approve it has said yes, signed in.

Meanwhile the nightly deletion leaves the post, for two weeks at most, so that nothing is lost while somebody is asked; for 30 days
where nobody else was there yet who could be asked: then it waits for whoever of governance or the leads comes first.

Without use (UK GDPR Article 18) a post is out of use from the moment that it is asked for, for a week at most: a yes makes that last, a no ends it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import acting, clock
from core.errors import StoreError
from store.database import Database
from store.encryption import clean
from store.retention import SPARED, SPARED_ALONE, Retention
from store.rights.ledger import Ledger
from store.rights.restriction import WHILE_ASKED
from store.sqlite import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRequest:
    """One post that somebody asks to hold. `approver` and `by` are numbers of accounts; `by` is None where the name that a command gave has none.

    `approver` is whoever asked where nobody else was there: then anybody else may answer.

    `login` ran the command; "" where it was asked in the page. `spared_until`: so long the nightly deletion leaves the post.
    """

    number: int
    mention: int
    case: int | None
    approver: int
    by: int | None
    by_name: str
    login: str
    at: datetime
    expires: datetime
    request: int | None
    without_use: bool
    reason: str = field(repr=False)

    @property
    def last(self) -> datetime:
        """The last moment that it would hold: `expires` is the first that it would not."""
        return self.expires - clock.INSTANT

    @property
    def spared_until(self) -> datetime:
        """Until when the nightly deletion leaves the post though nobody has agreed."""
        return self.at + (SPARED_ALONE if self.open else SPARED)

    @property
    def in_use_from(self) -> datetime:
        """From when a post that was asked to be without use is in use again, where nobody has agreed; earlier where it was asked for before."""
        return self.at + WHILE_ASKED

    @property
    def open(self) -> bool:
        """Whether anybody else may answer it, since nobody was there to be asked."""
        return self.approver == self.by


class HoldRequests:
    """Asking, and answering once."""

    def __init__(self, database: Database, retention: Retention, ledger: Ledger) -> None:
        self._db = database
        self._retention = retention
        self._ledger = ledger

    def ask(
        self, mentions: Iterable[int], *, approver: int, by: int | None, by_name: str, reason: str, at: datetime,
        expires: datetime, request: int | None = None, without_use: bool = False, not_yet: Collection[int] = (),
    ) -> int:  # fmt: skip
        """Asks for holds on posts; how many. What waited for one of them from the same person is over.

        `without_use` they are set aside at once, but those in `not_yet`, which somebody has to act on first.

        Raises StoreError without a reason or an end that lies ahead, and for a post that is not there; then nothing is asked.
        """
        if not reason.strip() or expires <= at:
            raise StoreError("a hold needs a reason, an approver and an expiry that lies ahead")
        wanted = list(mentions)
        with self._db.transaction():
            for mention in wanted:
                if not self._db.row("SELECT 1 FROM mentions WHERE number = ?", mention):
                    raise StoreError(f"there is no mention {mention}: it was purged, or never was")
                self._db.execute(
                    "UPDATE hold_requests SET state = 'over' WHERE mention = ? AND approver = ? AND state = 'waits'",
                    mention, approver,
                )  # fmt: skip
                self._db.insert(
                    "hold_requests", mention=mention, approver=approver, asked_by=by, at=clock.text(at),
                    expires_at=clock.text(expires), request=request, without_use=int(without_use),
                    encrypted=self._db.encryption.encrypt(
                        {"reason": reason, "by": clean(by_name), "login": clean(acting.login())}
                    ),
                )  # fmt: skip
                self._ledger.note_of("held", at, [mention], about={
                    "until": clock.text(expires), "agreed": 0, "approver": approver, "asked_by": by or 0, "request": request or 0,
                    "without_use": int(without_use),
                })  # fmt: skip
                who: int | str = self._db.encryption.person_hash(by_name) if by is None else by
                self._db.add_event("hold asked for", at, mention=mention, user=approver, by=who)
                if without_use and mention not in not_yet:
                    self._retention.set_aside(mention, at)
        return len(wanted)

    def waiting(self, at: datetime, *, approver: int | None = None) -> list[HoldRequest]:
        """What waits for a yes, oldest first; of one approver, or of all. One whose end has come waits no more.

        What was asked while nobody else was there waits for whoever didn't ask it.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT h.*, i.case_number FROM hold_requests h LEFT JOIN case_mentions i ON i.mention = h.mention
                WHERE h.state = 'waits' AND h.expires_at > ?1 AND (?2 IS NULL OR (h.approver IS h.asked_by) <> (h.approver = ?2))
                ORDER BY h.number""",
                clock.text(at), approver,
            )  # fmt: skip
            return [self._request(row) for row in rows]

    def ended_unanswered(self, at: datetime) -> list[HoldRequest]:
        """Of what waits, what was out of use by it and is in use again, since nobody agreed in time; not what never left use."""
        waiting = [each for each in self.waiting(at) if each.without_use]
        with self._db.snapshot():
            return [each for each in waiting if self._was_set_aside(each) and not self._retention.restricted(each.mention)]  # fmt: skip

    def _was_set_aside(self, request: HoldRequest) -> bool:
        return bool(self._db.value(
            "SELECT 1 FROM events WHERE kind = 'restricted while asked' AND at >= ? AND json_extract(about, '$.mention') = ?",
            clock.text(request.at), request.mention,
        ))  # fmt: skip

    def ran_out(
        self, at: datetime, *, since: datetime, approver: int | None = None
    ) -> list[HoldRequest]:
        """What nobody answered until the end that was asked for, which came since a moment; of one approver, or of all."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT h.*, i.case_number FROM hold_requests h LEFT JOIN case_mentions i ON i.mention = h.mention
                WHERE (h.state = 'waits' OR h.state = 'over' AND h.answered_at = h.expires_at) AND h.expires_at <= ?
                AND h.expires_at > ? AND (? IS NULL OR h.approver = ?) ORDER BY h.number""",
                clock.text(at), clock.text(since), approver, approver,
            )  # fmt: skip
            return [self._request(row) for row in rows]

    def answer(
        self, numbers: Sequence[int], *, agrees: bool, by: int, by_name: str, at: datetime
    ) -> int:
        """Whoever is to approve says yes or no to what waits for them; how many of these waited still.

        A yes puts the holds on. Raises StoreError for whoever asked: another person has to say it.
        """
        wanted = [each for each in self.waiting(at, approver=by) if each.number in set(numbers)]
        if any(each.by == by for each in wanted):
            raise StoreError("a hold is approved by another person than whoever sets it")
        with self._db.transaction():
            for each in wanted:
                self._db.execute(
                    "UPDATE hold_requests SET state = ?, answered_at = ? WHERE number = ? AND state = 'waits'",
                    "agreed" if agrees else "refused", clock.text(at), each.number,
                )  # fmt: skip
                if not agrees:
                    self._ledger.note_of("released", at, [each.mention], about={"refused": 1})
                    self._db.add_event("hold refused", at, mention=each.mention, by=by)
                    self._retention.put_back(each.mention, at)
                    continue
                self._retention.hold(
                    each.mention, reason=each.reason, approver=by_name, at=at, expires=each.expires, request=each.request,
                    without_use=each.without_use, by=by,
                )  # fmt: skip
        return len(wanted)

    def _request(self, row: Row) -> HoldRequest:
        fields = self._db.encryption.decrypt(row["encrypted"])
        return HoldRequest(
            number=row["number"], mention=row["mention"], case=row["case_number"], approver=row["approver"],
            by=row["asked_by"], by_name=fields["by"], login=fields["login"], at=clock.parse(row["at"]),
            expires=clock.parse(row["expires_at"]), request=row["request"], without_use=bool(row["without_use"]),
            reason=fields["reason"],
        )  # fmt: skip
