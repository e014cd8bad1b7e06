"""The register of what people asked of their data: what kind, when it came, when an answer is due, what became of it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from core import clock
from core.errors import StoreError
from store.database import Database
from store.encryption import clean
from store.rights.ledger import Ledger
from store.sqlite import Row

RequestKind = Literal["access", "portability", "erasure", "rectification", "objection", "restriction"]  # fmt: skip
RequestState = Literal["new", "in hand", "ready", "done", "refused", "withdrawn"]
KINDS: tuple[RequestKind, ...] = get_args(RequestKind)
STATES: tuple[RequestState, ...] = get_args(RequestState)
CLOSED: frozenset[RequestState] = frozenset(("done", "refused", "withdrawn"))
LATEST = date(9990, 1, 1)
# How long what a request says of a person is held once it is closed: subject access requests, three years
# (Records Management Code of Practice 2021, NHS England, appendix II).
WORDS_FOR = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsRequest:
    """One request. `who` says how to answer them, `reference` what their letter is filed under; both are sealed.

    `extended`: two further months were taken, and why is in `why_extended`. `owner` is the number of whoever has it.
    """

    number: int
    kind: RequestKind
    came_on: date
    due_on: date
    extended: bool
    state: RequestState
    owner: int | None
    at: datetime
    closed_at: datetime | None
    who: str = field(repr=False)
    reference: str = field(repr=False)
    why_extended: str = field(repr=False)
    outcome: str = field(repr=False)

    @property
    def open(self) -> bool:
        """Whether an answer is still due."""
        return self.closed_at is None


class RightsRequests:
    """Adding requests, and what becomes of them."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger

    def add(
        self, kind: RequestKind, *, came_on: date, who: str, reference: str, by: int | None, at: datetime
    ) -> int:  # fmt: skip
        """A request as it came; its number. It is due one calendar month later (UK GDPR, Article 12(3))."""
        if kind not in KINDS:
            raise StoreError("choose what they ask for from the list")
        if not date(2018, 5, 25) <= came_on <= clock.local_day(at):
            raise StoreError("write the day it came, which is today or lies behind us")
        if not who.strip():
            raise StoreError("write who asks, and how to answer them")
        with self._db.transaction():
            number = self._db.insert(
                "rights_requests", kind=kind, came_on=came_on.isoformat(), due_on=months_later(came_on, 1).isoformat(),
                at=clock.text(at),
                encrypted=self._db.encryption.encrypt({
                    "who": clean(who.strip()), "reference": clean(reference.strip()), "why_extended": "", "outcome": "",
                }),
            )  # fmt: skip
            self._ledger.note("to be done again", at, about={"what": "request", "request": number, "kind": kind, "came_on": came_on.isoformat()})  # fmt: skip
            self._db.add_event("request came", at, request=number, what=kind, **_by(by))
        return number

    def take(self, number: int, *, by: int, at: datetime) -> None:
        """Somebody has it from now on."""
        with self._db.transaction():
            request = self._open(number)
            state = "in hand" if request.state == "new" else request.state
            self._db.execute(
                "UPDATE rights_requests SET owner = ?, state = ? WHERE number = ?", by, state, number
            )  # fmt: skip
            self._db.add_event("request taken", at, request=number, **_by(by))

    def extend(self, number: int, *, why: str, by: int | None, at: datetime) -> date:
        """Two further months (Article 12(3)), for a reason that the person is told within the first; the new day."""
        with self._db.transaction():
            request = self._open(number)
            if request.extended:
                raise StoreError("it was extended once, and can’t be again")
            if len(why.strip()) < 8:
                raise StoreError("write why it needs longer, as you tell the person")
            if clock.local_day(at) > request.due_on:
                raise StoreError(
                    f"it was due on {request.due_on}: an extension has to be told within the first month"
                )
            due = months_later(request.came_on, 3)
            self._db.execute(
                "UPDATE rights_requests SET due_on = ?, extended = 1, encrypted = ? WHERE number = ?",
                due.isoformat(), self._sealed(request, why_extended=why), number,
            )  # fmt: skip
            self._db.add_event("request extended", at, request=number, **_by(by))
        return due

    def set_state(
        self, number: int, state: RequestState, *, outcome: str = "", by: int | None, at: datetime
    ) -> None:
        """Where it stands now; closing it needs an outcome in words. One that is closed stays so."""
        if state not in STATES:
            raise StoreError("choose where it stands from the list")
        with self._db.transaction():
            request = self._open(number)
            if state in CLOSED and len(outcome.strip()) < 8:
                raise StoreError("write what became of it, as you told the person")
            self._db.execute(
                "UPDATE rights_requests SET state = ?, closed_at = ?, encrypted = ? WHERE number = ?",
                state, clock.text(at) if state in CLOSED else None,
                self._sealed(request, outcome=outcome or request.outcome), number,
            )  # fmt: skip
            self._db.add_event("request changed", at, request=number, state=state, **_by(by))

    def note_disclosure(
        self, *, posts: int, withheld: int, digest: str, by: str, at: datetime, request: int | None = None
    ) -> None:  # fmt: skip
        """Keeps that a pack was made: how much was in it, and the SHA-256 of its file for machines; not for whom."""
        about: dict[str, int | str] = {} if request is None else {"request": request}
        with self._db.transaction():
            self._db.add_event(
                "disclosed", at, by=self._db.encryption.person_hash(by), posts=posts, withheld=withheld,
                digest=digest, **about,
            )  # fmt: skip

    def get(self, number: int) -> RightsRequest | None:
        """One request."""
        with self._db.snapshot():
            row = self._db.row("SELECT * FROM rights_requests WHERE number = ?", number)
            return self._request(row) if row else None

    def all(self, *, limit: int = 200) -> list[RightsRequest]:
        """Those that are open first, soonest due first; then the closed, newest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT * FROM rights_requests ORDER BY closed_at IS NOT NULL,
                CASE WHEN closed_at IS NULL THEN due_on END, closed_at DESC, number DESC LIMIT ?""",
                limit,
            )
            return [self._request(row) for row in rows]

    def count_open(self) -> int:
        """How many wait for an answer."""
        with self._db.snapshot():
            return int(
                self._db.value("SELECT count(*) FROM rights_requests WHERE closed_at IS NULL")
            )

    def forget_words(self, at: datetime) -> int:
        """Within a transaction: takes from requests closed long ago whatever says whose they were; how many."""
        rows = self._db.rows(
            "SELECT * FROM rights_requests WHERE closed_at <= ?", clock.text(at - WORDS_FOR)
        )
        known = [request for request in map(self._request, rows) if request.who]
        for request in known:
            self._db.execute(
                "UPDATE person_searches SET encrypted = ? WHERE request = ?",
                self._db.encryption.encrypt({"who": "", "by": ""}), request.number,
            )  # fmt: skip
            self._db.execute(
                "UPDATE rights_requests SET encrypted = ? WHERE number = ?",
                self._db.encryption.encrypt(
                    {"who": "", "reference": "", "why_extended": "", "outcome": ""}
                ),
                request.number,
            )
        return len(known)

    def _open(self, number: int) -> RightsRequest:
        row = self._db.row("SELECT * FROM rights_requests WHERE number = ?", number)
        if row is None:
            raise StoreError(f"there is no request {number}")
        request = self._request(row)
        if not request.open:
            raise StoreError(f"request {number} is closed: start another")
        return request

    def _sealed(self, request: RightsRequest, **changed: str) -> bytes:
        words = {
            "who": request.who, "reference": request.reference, "why_extended": request.why_extended,
            "outcome": request.outcome,
        }  # fmt: skip
        return self._db.encryption.encrypt(
            words | {name: clean(text.strip()) for name, text in changed.items()}
        )

    def _request(self, row: Row) -> RightsRequest:
        words = self._db.encryption.decrypt(row["encrypted"])
        return RightsRequest(
            number=row["number"], kind=row["kind"], came_on=date.fromisoformat(row["came_on"]),
            due_on=date.fromisoformat(row["due_on"]), extended=bool(row["extended"]), state=row["state"],
            owner=row["owner"], at=clock.parse(row["at"]),
            closed_at=clock.parse(row["closed_at"]) if row["closed_at"] else None, **words,
        )  # fmt: skip


def _by(user: int | None) -> dict[str, int]:
    return {} if user is None else {"by": user}


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last where it has no such day (ICO, *Time limits for responding*)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
