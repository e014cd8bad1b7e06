"""What is to be sent: kept until it was sent, and sent at least once to each of those who are to get it.

A row is one thing to tell, its recipients are whom; each of them has a state of its own, so that one address that is refused
holds up no other and is not the reason that another gets a thing twice. A row is claimed as a whole: no two processes are
at its recipients at once.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.errors import OF_A_BUG
from store.database import Database
from store.encryption import clean
from store.models import (
    LONGEST_ERROR,
    OutboxChannel,
    OutboxKind,
    OutboxRow,
    Recipient,
    Stuck,
)
from store.sqlite import Row

LAPSE = timedelta(minutes=10)  # after which a claim whose owner died is another's
LATE = timedelta(
    minutes=15
)  # after which what has not left is stuck: a server that puts off a first try takes 5 to 10
LATE_IN_DANGER = timedelta(
    minutes=3
)  # the same where somebody may be in danger: their team can be rung


class _RehearsedError(Exception):
    """Ends a rehearsal, and takes back what it wrote."""


class Outbox:
    """Claim a row, send it, mark who got it: in that order, so that nothing is lost in between."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self, kind: OutboxKind, about: str, at: datetime, payload: Mapping[str, str] | None = None,
        recipients: Sequence[str] = (), *, due_at: datetime | None = None,
    ) -> bool:  # fmt: skip
        """Adds a row that is due at once, or at `due_at`. False where there is one `about` the same already.

        `payload` is encrypted, and so are `recipients`: nobody where that is to be decided when it leaves.
        """
        with self._db.transaction():
            if self._db.row(
                "SELECT 1 FROM outbox WHERE kind = ? AND about = ?", kind, clean(about)
            ):
                return False
            self._insert(kind, clean(about), at, payload or {}, recipients, due_at)
        return True

    def turn(
        self, kind: OutboxKind, about: str, recipients: Collection[str], at: datetime, *, every: timedelta
    ) -> datetime:  # fmt: skip
        """When one more row that begins as `about` does may leave to these: at once, or with those that wait since one left.

        One leaves at most `every` so often; a row that failed and is due much later holds up none.
        """
        rows = self._read(
            "SELECT * FROM outbox WHERE kind = ? AND substr(about, 1, ?) = ? AND created_at > ? ORDER BY number",
            kind, len(about), about, clock.text(at - 2 * every),
        )  # fmt: skip
        due = [row.due_at for row in rows if set(row.recipients) == set(recipients)]
        last = max(due, default=at - every)
        return min(last, at + every) if last > at else max(at, last + every)

    def add_within(
        self, kind: OutboxKind, about: str, at: datetime, *, payload: Mapping[str, str], recipients: Sequence[str]
    ) -> int:  # fmt: skip
        """Within the transaction that says what became of an alert or a hand-off: its email, due at once; the row's number.

        `payload` names where in the settings its recipients stand (`route` of an alert, `to` of a hand-off), where a later try reads them anew.
        """
        return self._insert(kind, clean(about), at, payload, recipients)

    def add_recipients(
        self, number: int, recipients: Sequence[str], at: datetime, channel: OutboxChannel = "mail"
    ) -> OutboxRow:
        """Whom a row is for too, due at once; who is among its recipients already is left as they are. The row as it is then."""
        with self._db.transaction():
            row = self._one(number)
            known = {person.address for person in row.people if person.channel == channel}
            self._add_recipients(
                number, [name for name in recipients if name not in known], channel, at
            )
            self._settle(number)
            return self._one(number)

    def of_handoff(self, handoff: int) -> list[OutboxRow]:
        """The emails of a hand-off, first to last."""
        return self._read(
            """SELECT * FROM outbox WHERE kind = 'handoff' AND number IN (
                SELECT outbox FROM handoff_steps WHERE handoff = ?) ORDER BY number""",
            handoff,
        )

    def get(self, number: int) -> OutboxRow:
        """One row that is there, with its recipients."""
        with self._db.snapshot():
            return self._one(number)

    def of_recipient(self, number: int) -> OutboxRow | None:
        """The row that a recipient is one of; None where there is none."""
        rows = self._read(
            "SELECT * FROM outbox WHERE number = (SELECT outbox FROM outbox_recipients WHERE number = ?)",
            number,
        )
        return rows[0] if rows else None

    # ── sending ──────────────────────────────────────────────────────────────────────────────────

    def due(self, at: datetime) -> list[OutboxRow]:
        """What may be claimed now, oldest first; a claim older than ten minutes has lapsed."""
        return self._read(
            f"SELECT * FROM outbox WHERE {_CLAIMABLE} ORDER BY number", *_claimable(at)
        )

    def count_unsent(self, off: Collection[OutboxKind] = ()) -> int:
        """How many are to be sent and were not yet, those given up and those of kinds that are turned `off` left out."""
        with self._db.snapshot():
            count = self._db.value(
                """SELECT count(*) FROM outbox WHERE state IN ('ready', 'claimed')
                AND kind NOT IN (SELECT value FROM json_each(?))""",
                json.dumps(list(off)),
            )
        return int(count or 0)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Many are sent inside: who got one is written down at once and not waited for until the disk has it.

        A power cut may let the last of them be sent twice, which is better than not at all.
        """
        with self._db.without_sync():
            yield

    def claim(self, number: int, at: datetime, channel: OutboxChannel | None = None) -> bool:
        """Takes a row and those of its recipients that are due. False where another has it, or nobody is due."""
        with self._db.transaction():
            taken = self._db.execute(
                f"""UPDATE outbox SET state = 'claimed', claimed_at = ?, attempts = attempts + 1
                WHERE number = ? AND ({_CLAIMABLE})""",
                clock.text(at), number, *_claimable(at),
            )  # fmt: skip
            if taken != 1:
                return False
            people = self._db.execute(
                """UPDATE outbox_recipients SET state = 'claimed', tries = tries + 1
                WHERE outbox = ? AND (state = 'claimed' OR state = 'ready' AND due_at <= ?)
                    AND channel = coalesce(?, channel)""",
                number, clock.text(at), channel,
            )  # fmt: skip
            if not people and self._has_recipients(number):
                self._settle(number)
                return False
            self._rehearse(number, at)
        return True

    def _rehearse(self, number: int, at: datetime) -> None:
        """Writes down that it has left and takes that back: raises where a full disk has no room for it, since it would be sent again then."""
        try:
            with self._db.transaction():
                self.mark_sent(number, at)
                raise _RehearsedError
        except _RehearsedError:
            return

    def mark_sent(
        self, number: int, at: datetime, recipients: Collection[int] | None = None
    ) -> None:
        """Says that it has left: to these of its recipients by their numbers, or to all who wait."""
        with self._db.transaction():
            changed = self._change(
                number, recipients,
                "state = 'sent', sent_at = ?, error = NULL, failed_at = NULL, outages = 0", clock.text(at),
            )  # fmt: skip
            if not changed and not self._has_recipients(number):
                changed = self._db.execute(
                    "UPDATE outbox SET state = 'sent', sent_at = ?, error = NULL WHERE number = ? AND state <> 'sent'",
                    clock.text(at), number,
                )  # fmt: skip
            self._settle(number)
            if changed:
                self._db.add_event("sent", at, outbox=number)

    def mark_failed(
        self, number: int, at: datetime, error: str, retry_at: datetime | None,
        recipients: Collection[int] | None = None,
    ) -> None:  # fmt: skip
        """For these of its recipients, or all who wait: due again at `retry_at`, or parked for a person where that is None.

        `error` must hold no secret, no address and no post's words.
        """
        state = "parked" if retry_at is None else "ready"
        due, message = clock.text(retry_at) if retry_at else None, clean(error)[:LONGEST_ERROR]
        with self._db.transaction():
            changed = self._change(
                number, recipients,
                """state = ?, error = ?, due_at = coalesce(?, due_at), failed_at = coalesce(failed_at, ?),
                refusals = refusals + 1, outages = 0""",
                state, message, due, clock.text(at),
            )  # fmt: skip
            if changed or not self._has_recipients(number):
                changed += self._db.execute(
                    "UPDATE outbox SET state = ?, error = ?, due_at = coalesce(?, due_at) WHERE number = ? AND state <> 'sent'",
                    state, message, due, number,
                )  # fmt: skip
            self._settle(number)
            if changed and retry_at is None:
                self._db.add_event("parked", at, outbox=number)

    def mark_outage(
        self, recipients: Iterable[int], at: datetime, error: str, retry_at: datetime, *, tried: bool = True
    ) -> None:  # fmt: skip
        """Neither these emails nor their addresses were to blame: the server was down, or refused the sign-in.

        It counts as a try, and none is ever given up for it. `tried`: False where a claim has counted it already.
        """
        numbers = json.dumps(list(recipients))
        with self._db.transaction():
            self._db.execute(
                """UPDATE outbox_recipients SET state = 'ready', error = ?, due_at = ?, tries = tries + ?,
                    outages = outages + 1, failed_at = coalesce(failed_at, ?)
                WHERE state IN ('ready', 'claimed') AND number IN (SELECT value FROM json_each(?))""",
                clean(error)[:LONGEST_ERROR], clock.text(retry_at), int(tried), clock.text(at), numbers,
            )  # fmt: skip
            for row in self._db.rows(
                "SELECT DISTINCT outbox FROM outbox_recipients WHERE number IN (SELECT value FROM json_each(?))",
                numbers,
            ):
                self._settle(row["outbox"])

    def held_until(self, at: datetime) -> datetime | None:
        """Until when no mail is tried, since the server was down or refused the sign-in; None where it may be tried."""
        with self._db.snapshot():
            until = self._db.value(
                """SELECT max(due_at) FROM outbox_recipients
                WHERE channel = 'mail' AND state = 'ready' AND outages > 0 AND due_at > ?""",
                clock.text(at),
            )
        return clock.parse(until) if until else None

    # ── what does not leave ──────────────────────────────────────────────────────────────────────

    def stuck(
        self, at: datetime, off: Collection[OutboxKind] = (), for_nobody: Collection[OutboxKind] = ()
    ) -> Stuck | None:  # fmt: skip
        """How many emails can't leave, by recipient, and since when; None where all leave. `off`: kinds that are turned off,
        `for_nobody` those that nobody is set up to get.

        One counts that was given up, whose server is down, that this program could not write, that failed a quarter of an
        hour ago, or that nobody tried so long, three minutes where it tells of somebody who may be in danger:
        of a mail whose recipients nobody has looked up yet, one.
        """
        with self._db.snapshot():
            row = self._db.rows(
                f"""SELECT count(*) AS count, min(since) AS since FROM (
                    SELECT coalesce(r.failed_at, r.due_at) AS since
                    FROM outbox_recipients r JOIN outbox o ON o.number = r.outbox WHERE {STUCK}
                    UNION ALL SELECT o.created_at FROM outbox o WHERE (o.state = 'parked'
                            OR o.state <> 'sent' AND o.created_at <= ? AND o.kind NOT IN (SELECT value FROM json_each(?)))
                        AND NOT EXISTS (SELECT 1 FROM outbox_recipients r WHERE r.outbox = o.number))""",
                *stuck_values(at, off), clock.text(at - LATE), json.dumps([*off, *for_nobody]),
            )[0]  # fmt: skip
        return Stuck(count=row["count"], since=clock.parse(row["since"])) if row["count"] else None

    def unsent(self, at: datetime, off: Collection[OutboxKind] = ()) -> list[OutboxRow]:
        """The rows of what is stuck, the latest first, 200 at most: those too whose recipients nobody has looked up yet."""
        return self._read(
            f"""SELECT * FROM outbox WHERE number IN (
                    SELECT r.outbox FROM outbox_recipients r JOIN outbox o ON o.number = r.outbox WHERE {STUCK})
                OR (state = 'parked' OR state <> 'sent' AND kind NOT IN (SELECT value FROM json_each(?)) AND (created_at <= ?
                        OR EXISTS (SELECT 1 FROM outbox_recipients d WHERE d.state <> 'sent' AND d.channel = 'mail' AND d.state = 'ready' AND d.outages > 0)))
                    AND NOT EXISTS (SELECT 1 FROM outbox_recipients r WHERE r.outbox = outbox.number)
            ORDER BY number DESC LIMIT 200""",
            *stuck_values(at, off),
            json.dumps(list(off)),
            clock.text(at - LATE),
        )

    def parked(self) -> list[OutboxRow]:
        """What was given up for one of its recipients at least, and needs a person."""
        return self._read(f"SELECT * FROM outbox WHERE {_PARKED} ORDER BY number")

    def unreached(self, at: datetime, before: datetime) -> list[OutboxRow]:
        """Alerts and emails to teams that somebody did not get though they failed `before`, with no second channel told yet.

        Where the server has been down since then, those that wait for it are among them however young they are.
        """
        return self._read(
            """SELECT * FROM outbox WHERE kind IN ('alert', 'handoff') AND EXISTS (
                    SELECT 1 FROM outbox_recipients r WHERE r.outbox = outbox.number AND r.channel = 'mail'
                    AND r.state <> 'sent' AND r.dropped_at IS NULL AND (r.failed_at <= ? OR EXISTS (
                        SELECT 1 FROM outbox_recipients d WHERE d.state <> 'sent' AND d.channel = 'mail' AND d.state = 'ready'
                        AND d.outages > 0 AND d.failed_at <= ?) AND r.state = 'ready' AND outbox.created_at <= ?))
                AND NOT EXISTS (SELECT 1 FROM outbox_recipients s WHERE s.outbox = outbox.number AND s.channel = 'second')
            ORDER BY number""",
            clock.text(before), clock.text(before), clock.text(at),
        )  # fmt: skip

    def without_second(self, since: datetime) -> list[OutboxRow]:
        """Alerts raised since then that no second channel was to tell."""
        return self._read(
            """SELECT * FROM outbox WHERE kind = 'alert' AND created_at >= ? AND NOT EXISTS (
                SELECT 1 FROM outbox_recipients s WHERE s.outbox = outbox.number AND s.channel = 'second')
            ORDER BY number""",
            clock.text(since),
        )

    def retry(self, number: int, at: datetime) -> None:
        """What was given up is due once more. Where nobody got it, it goes to whoever is to get it now: an address may be
        what was mended. Else those who were given up are tried at the address that they had.
        """
        with self._db.transaction():
            row = self._one(number)
            mailed = [person for person in row.people if person.channel == "mail"]
            if any(person.state != "parked" for person in mailed):
                given_up = [
                    person.number
                    for person in mailed
                    if person.state == "parked" and person.dropped_at is None
                ]
                self._begin_anew(number, given_up, at)
            elif row.state == "parked" and not any(person.dropped_at for person in mailed):
                self._db.execute(
                    "DELETE FROM outbox_recipients WHERE outbox = ? AND channel = 'mail'", number
                )
                self._db.execute(
                    "UPDATE outbox SET state = 'ready', due_at = ?, encrypted = ? WHERE number = ?",
                    clock.text(at), self._db.encryption.encrypt(dict(row.payload)), number,
                )  # fmt: skip

    def retry_recipient(
        self, number: int, at: datetime, address: str | None = None, *, by: int | None = None
    ) -> bool:
        """One recipient is due once more, at another address where one is given. False where they had it, or it was dropped.

        How often it was tried stays known; what counts towards giving up begins anew.
        """
        with self._db.transaction():
            outbox = self._waits_for(number)
            if outbox is None:
                return False
            self._begin_anew(outbox, [number], at, address)
            if address:
                who = {} if by is None else {"by": by}
                self._db.add_event("mail address changed", at, outbox=outbox, **who)
        return True

    def retry_all(self, at: datetime) -> int:
        """Everything that waits for a mail server is due now; how many. What was given up stays so."""
        with self._db.transaction():
            rows = self._db.rows(
                "SELECT number, outbox FROM outbox_recipients WHERE state = 'ready' AND due_at > ?",
                clock.text(at),
            )
            self._db.execute(
                "UPDATE outbox_recipients SET due_at = ?, outages = 0 WHERE state = 'ready' AND (due_at > ? OR outages > 0)",
                clock.text(at), clock.text(at),
            )  # fmt: skip
            for number in {row["outbox"] for row in rows}:
                self._settle(number)
        return len(rows)

    def drop(self, number: int, at: datetime, *, by: int) -> bool:
        """Somebody says that one recipient need not get it any more. False where they had it."""
        with self._db.transaction():
            outbox = self._waits_for(number)
            if outbox is None:
                return False
            self._db.execute(
                "UPDATE outbox_recipients SET state = 'parked', dropped_at = ?, dropped_by = ? WHERE number = ?",
                clock.text(at), by, number,
            )  # fmt: skip
            self._settle(outbox)
            self._db.add_event("mail dropped", at, outbox=outbox, by=by)
        return True

    def withdraw(self, numbers: Collection[int]) -> None:
        """Within a transaction: these need not leave any more; who had one already stays known."""
        wanted = json.dumps(list(numbers))
        self._db.execute(
            """DELETE FROM outbox_recipients WHERE state IN ('ready', 'parked')
            AND outbox IN (SELECT value FROM json_each(?))""",
            wanted,
        )
        self._db.execute(
            """DELETE FROM outbox WHERE state IN ('ready', 'parked') AND number IN (SELECT value FROM json_each(?))
            AND NOT EXISTS (SELECT 1 FROM outbox_recipients r WHERE r.outbox = outbox.number)""",
            wanted,
        )
        for number in numbers:
            self._settle(number)

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────

    def _insert(
        self, kind: OutboxKind, about: str, at: datetime, payload: Mapping[str, str], recipients: Sequence[str],
        due_at: datetime | None = None,
    ) -> int:  # fmt: skip
        """A row for these recipients by mail, due at once or at `due_at`; its number."""
        number = self._db.insert(
            "outbox", kind=kind, about=about, story="", created_at=clock.text(at), due_at=clock.text(due_at or at),
            message_id=_message_id(), encrypted=self._db.encryption.encrypt(dict(payload)),
        )  # fmt: skip
        self._add_recipients(number, recipients, "mail", due_at or at)
        return number

    def _add_recipients(
        self, number: int, recipients: Sequence[str], channel: OutboxChannel, at: datetime
    ) -> None:
        for address in dict.fromkeys(recipients):
            self._db.insert(
                "outbox_recipients", outbox=number, channel=channel, due_at=clock.text(at),
                encrypted=self._encrypted(address),
            )  # fmt: skip

    def _encrypted(self, address: str) -> bytes:
        return self._db.encryption.encrypt({"address": clean(address)})

    def _waits_for(self, recipient: int) -> int | None:
        """The row that a recipient still has to get; None where they had it, or it was dropped."""
        row = self._db.row(
            "SELECT outbox FROM outbox_recipients WHERE number = ? AND state IN ('ready', 'parked') AND dropped_at IS NULL",
            recipient,
        )
        return None if row is None else int(row["outbox"])

    def _begin_anew(
        self, number: int, recipients: Collection[int], at: datetime, address: str | None = None
    ) -> None:
        """These recipients of a row are due, and what counts towards giving up begins anew; how often they were tried stays."""
        self._db.execute(
            """UPDATE outbox_recipients SET state = 'ready', due_at = ?, refusals = 0, outages = 0,
                encrypted = coalesce(?, encrypted) WHERE number IN (SELECT value FROM json_each(?))""",
            clock.text(at), self._encrypted(address) if address else None, json.dumps(list(recipients)),
        )  # fmt: skip
        self._settle(number)

    def _has_recipients(self, number: int) -> bool:
        return self._db.row("SELECT 1 FROM outbox_recipients WHERE outbox = ?", number) is not None

    def _change(
        self, number: int, recipients: Collection[int] | None, change: str, *values: object
    ) -> int:
        """Changes recipients of a row who have it not yet; how many. `change` is ours, never input."""
        wanted = None if recipients is None else json.dumps(list(recipients))
        return self._db.execute(
            f"""UPDATE outbox_recipients SET {change} WHERE outbox = ? AND state IN ('ready', 'claimed')
            AND (? IS NULL OR number IN (SELECT value FROM json_each(?)))""",
            *values, number, wanted, wanted,
        )  # fmt: skip

    def _settle(self, number: int) -> None:
        """Where a row stands by its recipients: it waits while one of them does, and a mail that one got has left."""
        self._db.execute(
            """UPDATE outbox SET (state, due_at, sent_at) = (
                SELECT CASE WHEN sum(state = 'claimed') THEN 'claimed' WHEN sum(state = 'ready') THEN 'ready'
                        WHEN sum(state = 'sent' AND channel = 'mail') THEN 'sent' ELSE 'parked' END,
                    coalesce(min(CASE WHEN state = 'ready' THEN due_at END), outbox.due_at),
                    coalesce(outbox.sent_at, min(CASE WHEN channel = 'mail' THEN sent_at END))
                FROM outbox_recipients WHERE outbox = outbox.number)
            WHERE number = ? AND EXISTS (SELECT 1 FROM outbox_recipients WHERE outbox = outbox.number)""",
            number,
        )

    def _one(self, number: int) -> OutboxRow:
        return self._outbox_row(
            self._db.rows("SELECT * FROM outbox WHERE number = ?", number)[0],
            self._db.rows("SELECT * FROM outbox_recipients WHERE outbox = ? ORDER BY number", number),
        )  # fmt: skip

    def _read(self, select: str, *values: object) -> list[OutboxRow]:
        """Rows with their recipients. `select` is ours, never input."""
        with self._db.snapshot():
            rows = self._db.rows(select, *values)
            people: dict[int, list[Row]] = {}
            for person in self._db.rows(
                """SELECT * FROM outbox_recipients WHERE outbox IN (SELECT value FROM json_each(?))
                ORDER BY number""",
                json.dumps([row["number"] for row in rows]),
            ):
                people.setdefault(person["outbox"], []).append(person)
        return [self._outbox_row(row, people.get(row["number"], [])) for row in rows]

    def _outbox_row(self, row: Row, people: Sequence[Row]) -> OutboxRow:
        payload: dict[str, Any] = (
            self._db.encryption.decrypt(row["encrypted"]) if row["encrypted"] else {}
        )
        before = tuple(payload.pop(_RECIPIENTS, ()))
        recipients = tuple(self._recipient(person) for person in people)
        return OutboxRow(
            number=row["number"], kind=row["kind"], about=row["about"],
            message_id=row["message_id"], state=row["state"], attempts=row["attempts"],
            created_at=clock.parse(row["created_at"]), due_at=clock.parse(row["due_at"]),
            mention=row["mention"], revision=row["revision"], story=row["story"],
            sent_at=_moment(row["sent_at"]), error=row["error"], people=recipients,
            flags=tuple(json.loads(row["flags"] or "[]")), payload=payload,
            recipients=tuple(person.address for person in recipients if person.channel == "mail") or before,
        )  # fmt: skip

    def _recipient(self, row: Row) -> Recipient:
        return Recipient(
            number=row["number"], channel=row["channel"], state=row["state"], tries=row["tries"],
            address=self._db.encryption.decrypt(row["encrypted"])["address"],
            due_at=clock.parse(row["due_at"]), refusals=row["refusals"], outages=row["outages"],
            failed_at=_moment(row["failed_at"]), sent_at=_moment(row["sent_at"]),
            dropped_at=_moment(row["dropped_at"]), error=row["error"],
        )  # fmt: skip


_RECIPIENTS = "recipients"  # where an earlier program had them, among what is encrypted
_CLAIMABLE = "(state = 'ready' AND due_at <= ? OR state = 'claimed' AND claimed_at <= ?)"
_PARKED = """number IN (SELECT r.outbox FROM outbox_recipients r WHERE r.state <> 'sent' AND r.state = 'parked'
        AND r.channel = 'mail' AND r.dropped_at IS NULL)
    OR state = 'parked' AND NOT EXISTS (SELECT 1 FROM outbox_recipients r WHERE r.outbox = outbox.number)"""
# An email `o` that tells of somebody who may be in danger and has no one yet who says that they have it.
_OF_DANGER = """(o.kind = 'handoff' AND EXISTS (SELECT 1 FROM handoffs h WHERE h.number = CAST(o.about AS INTEGER) AND h.state = 'waits'
        AND (h.role = 'safeguarding' OR EXISTS (SELECT 1 FROM json_each(h.flags) WHERE value IN ('safeguarding', 'threat'))))
    OR o.kind = 'alert' AND EXISTS (SELECT 1 FROM alert_mails m JOIN alerts a ON a.number = m.alert WHERE m.outbox = o.number
        AND (a.flags LIKE '%"safeguarding"%' OR a.flags LIKE '%"threat"%')))"""
STUCK = f"""r.channel = 'mail' AND r.dropped_at IS NULL AND o.kind NOT IN (SELECT value FROM json_each(?))
    AND r.state <> 'sent' AND (r.state = 'parked' OR r.outages > 0 OR r.error LIKE '{OF_A_BUG}%' OR coalesce(r.failed_at, r.due_at) <= ?
        OR r.due_at <= ? AND EXISTS (SELECT 1 FROM outbox_recipients d WHERE d.state <> 'sent'
            AND d.channel = 'mail' AND d.state = 'ready' AND d.outages > 0)
        OR o.created_at <= ? AND {_OF_DANGER})"""


def _claimable(at: datetime) -> tuple[str, str]:
    return clock.text(at), clock.text(at - LAPSE)


def stuck_values(at: datetime, off: Collection[OutboxKind]) -> tuple[str, ...]:
    """The values of STUCK, which asks it of a recipient `r` of an email `o`; the one rule of what can't leave, whoever counts it."""
    late, in_danger = clock.text(at - LATE), clock.text(at - LATE_IN_DANGER)
    return json.dumps(list(off)), late, clock.text(at), in_danger


def _moment(written: str | None) -> datetime | None:
    return clock.parse(written) if written else None


def _message_id() -> str:
    """A Message-ID that nothing can be read from."""
    return f"<{secrets.token_hex(16)}@mentions.invalid>"


def recipients_in(database: Database, encrypted: bytes | None) -> tuple[str, ...]:
    """Who stands in what is encrypted of a row."""
    content = database.encryption.decrypt(encrypted) if encrypted else {}
    return tuple(content.get(_RECIPIENTS, ()))
