"""Replies that were sent through a platform: who, when, to which post, with which words, and what came of it.

A row is written before the platform is asked, so that nothing is sent twice: whoever comes second finds the first, and
after a crash the row says that nobody knows. Then a person looks there, and says what they saw.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from core import clock
from store.database import Database
from store.encryption import clean
from store.sqlite import Row

SendingState = Literal["sending", "sent", "failed", "unknown"]
SENDING_STATES: tuple[SendingState, ...] = get_args(SendingState)
LONGEST = timedelta(minutes=15)  # after which nobody is asking the platform any more

_ALL = "SELECT s.*, u.name FROM sendings s LEFT JOIN users u ON u.number = s.by_user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One reply that was sent, or tried. `why` is what the platform or this program said where it was not sent.

    `version`: the decision with which it was kept as a reply; None where it was not, or not yet.
    """

    number: int = 0
    mention: int
    revision: int
    case: int
    source: str
    account: str = field(repr=False)
    text: str = field(repr=False)
    template: str = ""
    by: int  # the user's number
    at: datetime
    state: SendingState = "sending"
    ended_at: datetime | None = None
    issued_id: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    why: str = ""
    version: int | None = None
    by_name: str = ""


class Sendings:
    """Beginning, ending and reading them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, sending: Sending, *, after: int) -> int | None:
        """Writes down that a reply is about to be sent; its number.

        None where it must not be: the post was edited or removed since it was shown, something was sent to it
        since (`after` was the number of the last; 0 for none), one is under way, nobody knows whether the last is
        out, or these very words were sent to it before.
        """
        with self._db.transaction():
            if not self._as_shown(sending):
                return None
            before = self.of_mention(sending.mention, sending.at)
            if (before[-1].number if before else 0) != after:
                return None
            words = " ".join(sending.text.split())
            for past in before:
                again = past.state == "sent" and " ".join(past.text.split()) == words
                if past.state in ("sending", "unknown") or again:
                    return None
            number = self._db.insert(
                "sendings", mention=sending.mention, revision=sending.revision, case_number=sending.case,
                source=clean(sending.source), by_user=sending.by, began_at=clock.text(sending.at),
                encrypted=self._db.encryption.encrypt({
                    "text": clean(sending.text), "account": clean(sending.account), "issued_id": "",
                    "link": "", "why": "", "template": clean(sending.template),
                }),
            )  # fmt: skip
            self._db.add_event(
                "reply sending", sending.at, mention=sending.mention, case=sending.case, sending=number,
                source=clean(sending.source), by=sending.by,
            )  # fmt: skip
        return number

    def end(
        self, number: int, state: SendingState, *, at: datetime, issued_id: str = "", link: str = "", why: str = ""
    ) -> None:  # fmt: skip
        """Keeps what came of it, once; of a post that was purged meanwhile the event is kept alone."""
        with self._db.transaction():
            row = self._row(number)
            if row is None:
                self._db.add_event("reply ended", at, sending=number, outcome=state)
            elif row["state"] == "sending":
                self._end(row, state, at, issued_id=issued_id, link=link, why=why)

    def settle(self, number: int, *, there: bool, link: str, by: int, at: datetime) -> bool:
        """What a person saw on the platform of one of which nobody knew. False where it is known by now."""
        with self._db.transaction():
            row = self._row(number)
            if row is None or self._sending(row, at).state != "unknown":
                return False
            self._end(
                row, "sent" if there else "failed", at, link=link, by=by,
                why="" if there else "somebody looked there: it is not out",
            )  # fmt: skip
        return True

    def record_decision(self, number: int, version: int) -> None:
        """It was kept as a reply, with this decision of its case."""
        with self._db.transaction():
            self._db.execute("UPDATE sendings SET version = ? WHERE number = ?", version, number)

    def get(self, number: int, at: datetime) -> Sending | None:
        """One of them as it stands at a moment."""
        with self._db.snapshot():
            row = self._db.row(f"{_ALL} WHERE s.number = ?", number)
            return self._sending(row, at) if row else None

    def of_mention(self, mention: int, at: datetime) -> list[Sending]:
        """What was sent to a post, first to last."""
        with self._db.snapshot():
            rows = self._db.rows(f"{_ALL} WHERE s.mention = ? ORDER BY s.number", mention)
            return [self._sending(row, at) for row in rows]

    def of_case(self, case: int, at: datetime) -> list[Sending]:
        """What was sent in a case, first to last."""
        with self._db.snapshot():
            rows = self._db.rows(f"{_ALL} WHERE s.case_number = ? ORDER BY s.number", case)
            return [self._sending(row, at) for row in rows]

    def _as_shown(self, sending: Sending) -> bool:
        """Whether the post has the words that the person saw."""
        mention = self._db.row(
            "SELECT revision, deleted_at FROM mentions WHERE number = ?", sending.mention
        )
        return (
            mention is not None
            and not mention["deleted_at"]
            and mention["revision"] == sending.revision
        )

    def _row(self, number: int) -> Row | None:
        return self._db.row(f"{_ALL} WHERE s.number = ?", number)

    def _end(
        self, row: Row, state: SendingState, at: datetime, *, issued_id: str = "", link: str = "", why: str = "",
        by: int | None = None,
    ) -> None:  # fmt: skip
        words = self._db.encryption.decrypt(row["encrypted"])
        ended = {**words, "issued_id": clean(issued_id), "link": clean(link), "why": clean(why)}
        self._db.execute(
            "UPDATE sendings SET state = ?, ended_at = ?, settled_by = ?, encrypted = ? WHERE number = ?",
            state, clock.text(at), by, self._db.encryption.encrypt(ended), row["number"],
        )  # fmt: skip
        about = {"by": by} if by is not None else {}
        self._db.add_event(
            "reply ended", at, mention=row["mention"], case=row["case_number"], sending=row["number"],
            source=row["source"], outcome=state, **about,
        )  # fmt: skip

    def _sending(self, row: Row, at: datetime) -> Sending:
        words = self._db.encryption.decrypt(row["encrypted"])
        over = row["state"] == "sending" and row["began_at"] <= clock.text(at - LONGEST)
        return Sending(
            number=row["number"], mention=row["mention"], revision=row["revision"], case=row["case_number"],
            source=row["source"], account=words["account"], text=words["text"], template=words["template"],
            by=row["by_user"] or 0, by_name=row["name"] or "somebody who has left",
            at=clock.parse(row["began_at"]), state="unknown" if over else row["state"],
            ended_at=clock.parse(row["ended_at"]) if row["ended_at"] else None, issued_id=words["issued_id"],
            link=words["link"], why=words["why"], version=row["version"],
        )  # fmt: skip
