"""What is to be sent: kept until it was sent, and sent at least once."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core import clock
from store.database import Database
from store.encryption import clean
from store.models import LONGEST_ERROR, OutboxKind, OutboxRow
from store.sqlite import Row

ChooseRecipients = Callable[[Sequence[str]], Sequence[str]]  # by the names of flags
LAPSE = timedelta(minutes=10)  # after which a claim whose owner died is another's


class Outbox:
    """Claim a row, send it, mark it sent: in that order, so that nothing is lost in between."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(
        self, kind: OutboxKind, about: str, at: datetime, payload: Mapping[str, str] | None = None
    ) -> bool:
        """Adds a row that is due at once. False where there is one `about` the same already.

        `payload` is encrypted.
        """
        with self._db.transaction():
            if self._db.row(
                "SELECT 1 FROM outbox WHERE kind = ? AND about = ?", kind, clean(about)
            ):
                return False
            self._db.insert(
                "outbox", kind=kind, about=clean(about), story="", created_at=clock.text(at),
                due_at=clock.text(at), message_id=_message_id(),
                encrypted=self._db.encryption.encrypt(dict(payload or {})),
            )  # fmt: skip
        return True

    def add_alert(
        self, mention: int, revision: int, *, risk: int, story: str, flags: Sequence[str],
        recipients: Sequence[str], at: datetime, report: int | None = None,
    ) -> None:  # fmt: skip
        """Within the transaction that raised a mention's risk, or kept a colleague's `report`: an alert that is due at once.

        `recipients`: who is to get it, whatever is set up later; nobody where that is to be decided when it leaves.
        """
        self._db.insert(
            "outbox", kind="alert", about=f"{mention}:{risk}" if report is None else f"{REPORTED}{report}", mention=mention, revision=revision,
            story=story, flags=json.dumps(list(flags)), created_at=clock.text(at), due_at=clock.text(at),
            message_id=_message_id(), encrypted=self._encrypted({}, recipients),
        )  # fmt: skip

    def add_handoff(
        self, handoff: int, level: int, at: datetime, *, step: str, to: str, recipients: Sequence[str]
    ) -> int:  # fmt: skip
        """Within the transaction of a step of a hand-off: its email, due at once; the row's number.

        `to` is the place in the settings that the recipients stand in, which a later try reads anew.
        """
        payload = {"handoff": str(handoff), "step": step, "to": to}
        return self._db.insert(
            "outbox", kind="handoff", about=f"{handoff}:{level}", story="", created_at=clock.text(at),
            due_at=clock.text(at), message_id=_message_id(), encrypted=self._encrypted(payload, recipients),
        )  # fmt: skip

    def of_handoff(self, handoff: int) -> list[OutboxRow]:
        """The emails of a hand-off, first to last."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT * FROM outbox WHERE kind = 'handoff' AND number IN (
                    SELECT outbox FROM handoff_steps WHERE handoff = ?) ORDER BY number""",
                handoff,
            )
            return [self._outbox_row(row) for row in rows]

    def due(self, at: datetime) -> list[OutboxRow]:
        """What may be claimed now, oldest first; a claim older than ten minutes has lapsed.

        An alert of a post that nobody has assessed yet waits for that, since nothing could be told of it.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"SELECT * FROM outbox WHERE {_CLAIMABLE} ORDER BY number", *_claimable(at)
            )
            return [self._outbox_row(row) for row in rows]

    def parked(self) -> list[OutboxRow]:
        """What was given up and needs a person."""
        with self._db.snapshot():
            rows = self._db.rows("SELECT * FROM outbox WHERE state = 'parked' ORDER BY number")
            return [self._outbox_row(row) for row in rows]

    def count_parked(self) -> dict[OutboxKind, int]:
        """How many of each kind were given up: whoever was to be told was not."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT kind, count(*) AS count FROM outbox WHERE state = 'parked'
                GROUP BY kind ORDER BY kind"""
            )
        return {row["kind"]: row["count"] for row in rows}

    def count_unsent(self) -> int:
        """How many are to be sent and were not yet, for whichever reason; what was given up is not among them."""
        with self._db.snapshot():
            count = self._db.value(
                "SELECT count(*) FROM outbox WHERE state IN ('ready', 'claimed')"
            )
        return int(count or 0)

    def claim(self, number: int, at: datetime) -> bool:
        """Takes a row for sending. False where another has it, or it was sent."""
        with self._db.transaction():
            taken = self._db.execute(
                f"""UPDATE outbox SET state = 'claimed', claimed_at = ?, attempts = attempts + 1
                WHERE number = ? AND ({_CLAIMABLE})""",
                clock.text(at), number, *_claimable(at),
            )  # fmt: skip
        return taken == 1

    def mark_sent(self, number: int, at: datetime, recipients: Sequence[str] = ()) -> None:
        """Says that it has left; `recipients` of an alert, where it matters later who got it."""
        with self._db.transaction():
            changed = self._db.execute(
                """UPDATE outbox SET state = 'sent', sent_at = ?, error = NULL
                WHERE number = ? AND state <> 'sent'""",
                clock.text(at), number,
            )  # fmt: skip
            if changed and recipients:
                self._set_recipients(number, recipients)
            if changed:
                self._db.add_event("sent", at, outbox=number)

    def mark_failed(self, number: int, at: datetime, error: str, retry_at: datetime | None) -> None:
        """Due again at `retry_at`, or parked for a person where that is None.

        `error` must hold no secret and no post's words.
        """
        with self._db.transaction():
            changed = self._db.execute(
                """UPDATE outbox SET state = ?, error = ?, due_at = coalesce(?, due_at)
                WHERE number = ? AND state <> 'sent'""",
                "parked" if retry_at is None else "ready", clean(error)[:LONGEST_ERROR],
                None if retry_at is None else clock.text(retry_at), number,
            )  # fmt: skip
            if changed and retry_at is None:
                self._db.add_event("parked", at, outbox=number)

    def retry(self, number: int, at: datetime) -> None:
        """What was given up is due once more, to whoever is to get it now: an address may be what was mended."""
        with self._db.transaction():
            changed = self._db.execute(
                "UPDATE outbox SET state = 'ready', due_at = ? WHERE number = ? AND state = 'parked'",
                clock.text(at), number,
            )  # fmt: skip
            if changed:
                self._set_recipients(number, ())

    def of_story(self, story: str) -> list[OutboxRow]:
        """All alerts of a story, the first of them first."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM outbox WHERE kind = 'alert' AND story = ? ORDER BY number", story
            )
            return [self._outbox_row(row) for row in rows]

    def _set_recipients(self, number: int, recipients: Sequence[str]) -> None:
        payload = self._payload(self._db.rows("SELECT * FROM outbox WHERE number = ?", number)[0])
        payload.pop(_RECIPIENTS, None)
        self._db.execute(
            "UPDATE outbox SET encrypted = ? WHERE number = ?",
            self._encrypted(payload, recipients), number,
        )  # fmt: skip

    def _encrypted(self, payload: Mapping[str, Any], recipients: Sequence[str]) -> bytes:
        more = {_RECIPIENTS: list(recipients)} if recipients else {}
        return self._db.encryption.encrypt({**payload, **more})

    def _payload(self, row: Row) -> dict[str, Any]:
        return self._db.encryption.decrypt(row["encrypted"]) if row["encrypted"] else {}

    def _outbox_row(self, row: Row) -> OutboxRow:
        payload = self._payload(row)
        recipients = tuple(payload.pop(_RECIPIENTS, ()))
        return OutboxRow(
            number=row["number"], kind=row["kind"], about=row["about"],
            message_id=row["message_id"], state=row["state"], attempts=row["attempts"],
            created_at=clock.parse(row["created_at"]), due_at=clock.parse(row["due_at"]),
            mention=row["mention"], revision=row["revision"], story=row["story"],
            sent_at=clock.parse(row["sent_at"]) if row["sent_at"] else None, error=row["error"],
            flags=tuple(json.loads(row["flags"] or "[]")), recipients=recipients, payload=payload,
            reported=row["about"].startswith(REPORTED),
        )  # fmt: skip


_RECIPIENTS = "recipients"  # among what is encrypted, as addresses are in settings
REPORTED = "report:"  # how `about` begins of an alert that a colleague's report raised
_CLAIMABLE = """(state = 'ready' AND due_at <= ? OR state = 'claimed' AND claimed_at <= ?)
    AND (kind <> 'alert' OR NOT EXISTS (SELECT 1 FROM mentions m WHERE m.number = outbox.mention)
        OR EXISTS (SELECT 1 FROM risks r WHERE r.mention = outbox.mention))"""


def _claimable(at: datetime) -> tuple[str, str]:
    return clock.text(at), clock.text(at - LAPSE)


def _message_id() -> str:
    """A Message-ID that nothing can be read from."""
    return f"<{secrets.token_hex(16)}@mentions.invalid>"
