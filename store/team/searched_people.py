"""Keeps whose name may be searched for: who holds a public office, what for, which two people agreed, until when.

A lead and governance agree, two different people; whoever asks counts as one of them. Names are encrypted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from core import clock
from core.errors import StoreError
from store.database import Database
from store.encryption import clean
from store.rights.ledger import Ledger
from store.sqlite import Row

Side = Literal["lead", "governance"]
State = Literal["waits", "in force", "over"]
LONGEST = timedelta(days=366)  # that a name may be searched for before it is agreed to again


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedPerson:
    """One name. `lead_by` and `governance_by` are users by number, None where that one has not agreed yet."""

    number: int
    name: str = field(repr=False)
    office: str
    purpose: str = field(repr=False)
    asked_by: int
    asked_at: datetime
    lead_by: int | None
    governance_by: int | None
    until: date
    ended_at: datetime | None
    ended_by: int | None

    def state(self, on: date) -> State:
        """Whether it may be searched for on a day."""
        if self.ended_at is not None or on > self.until:
            return "over"
        return "in force" if self.lead_by and self.governance_by else "waits"


class SearchedPeople:
    """Asking, agreeing and ending."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger

    def ask(
        self, name: str, *, office: str, purpose: str, until: date, by: int, side: Side, at: datetime
    ) -> int:  # fmt: skip
        """Keeps that somebody asks for a name, and agrees to it on their side; its number.

        Raises StoreError without a purpose, and for an end that has passed or lies more than a year ahead.
        """
        on = clock.local_day(at)
        if not name.strip() or not purpose.strip():
            raise StoreError("a name needs a purpose")
        if not on < until <= on + LONGEST:
            raise StoreError("a name needs an end that lies ahead, a year at most")
        with self._db.transaction():
            number = self._db.insert(
                "searched_people", office=office, asked_by=by, asked_at=clock.text(at), until=until.isoformat(),
                lead_by=by if side == "lead" else None, governance_by=by if side == "governance" else None,
                encrypted=self._db.encryption.encrypt({"name": clean(name), "purpose": clean(purpose)}),
            )  # fmt: skip
            self._db.add_event("name asked", at, by=by, name=number, office=office)
        return number

    def note_refused(self, *, by: int, section: str, saving: bool, at: datetime) -> None:
        """Keeps that a search which may be of a person, or of what staff say, was tried and not taken; none of its words."""
        with self._db.transaction():
            self._db.add_event("search refused", at, by=by, section=section, saving=int(saving))

    def refused(self, since: datetime) -> list[tuple[int, int]]:
        """Who tried such searches since, and how often, the most first."""
        return self._db.events_by_person("search refused", since)

    def agree(self, number: int, *, by: int, side: Side, at: datetime) -> bool:
        """Keeps that the other side agrees too. False where it is over, or agreed to already.

        Raises StoreError where the same person would agree twice.
        """
        with self._db.transaction():
            person = self.get(number)
            if person is None or person.state(clock.local_day(at)) != "waits":
                return False
            if by in (person.lead_by, person.governance_by):
                raise StoreError("two different people agree: ask a colleague with the other role")
            if (person.lead_by if side == "lead" else person.governance_by) is not None:
                return False
            self._db.execute(
                f"UPDATE searched_people SET {side}_by = ?, approved_at = ? WHERE number = ?",
                by, clock.text(at), number,
            )  # fmt: skip
            self._db.add_event("name agreed", at, by=by, name=number)
        return True

    def end(self, number: int, *, by: int, at: datetime) -> bool:
        """Ends it, or turns down what was asked: it is searched for no longer. False where it was over."""
        with self._db.transaction():
            person = self.get(number)
            if person is None or person.state(clock.local_day(at)) == "over":
                return False
            self._db.execute(
                "UPDATE searched_people SET ended_at = ?, ended_by = ? WHERE number = ?",
                clock.text(at), by, number,
            )  # fmt: skip
            mark = self._db.encryption.person_hash(f"searched for {person.name}")
            self._ledger.note("name ended", at, authors=[mark], about={"name": number})
            self._db.add_event("name ended", at, by=by, name=number)
        return True

    def get(self, number: int) -> SearchedPerson | None:
        """One of them."""
        return next((person for person in self.all() if person.number == number), None)

    def all(self) -> list[SearchedPerson]:
        """Newest first, over ones too: the record of who was searched for stays."""
        with self._db.snapshot():
            rows = self._db.rows("SELECT * FROM searched_people ORDER BY number DESC")
            return [self._person(row) for row in rows]

    def approved(self, on: date) -> frozenset[str]:
        """Names that may be searched for on a day."""
        return frozenset(person.name for person in self.all() if person.state(on) == "in force")

    def _person(self, row: Row) -> SearchedPerson:
        words = self._db.encryption.decrypt(row["encrypted"])
        return SearchedPerson(
            number=row["number"], name=words["name"], office=row["office"], purpose=words["purpose"],
            asked_by=row["asked_by"], asked_at=clock.parse(row["asked_at"]), lead_by=row["lead_by"],
            governance_by=row["governance_by"], until=date.fromisoformat(row["until"]),
            ended_at=clock.parse(row["ended_at"]) if row["ended_at"] else None, ended_by=row["ended_by"],
        )  # fmt: skip
