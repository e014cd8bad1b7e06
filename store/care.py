"""Care of the database: checking it whole, reading its events, and changing its keys."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import clock
from errors import EncryptionKeyError, StoreError
from store import sealing
from store.driver import DatabaseError
from store.migrations import SEALED
from store.opened import event_form
from store.removal import Removal
from store.sealing import clean
from store.shapes import Event, Verified

BATCH = 500  # rows rewrapped between two looks at the table


class Care(Removal):
    """Verifying, events, rotation."""

    def events(self, after: int = 0) -> list[Event]:
        """What happened since event `after`, without content."""
        with self._reading():
            rows = self._rows("SELECT * FROM events WHERE number > ? ORDER BY number", after)
        return [
            Event(number=row["number"], at=clock.parse(row["at"]), kind=row["kind"],
                  about=json.loads(row["about"]), mac=row["mac"])
            for row in rows
        ]  # fmt: skip

    def note_model_accepted(
        self, version: str, against: str, sha256: str, *, by: str, at: datetime
    ) -> None:
        """Keeps that somebody accepted a model that was measured against another; `sha256` is of its sums."""
        with self._writing():
            self._note(
                "model accepted", at, version=clean(version), against=clean(against), sha256=sha256,
                by=self._seals.person_hash(by),
            )  # fmt: skip

    def verify(self, anchor: str | None = None) -> Verified:
        """Reads the database through: its structure, its references, the index, the chain of events.

        `anchor` is a head that was noted elsewhere: the chain must still hold it, which shows that
        its end was not cut off. Raises nothing for what it finds.
        """
        problems: list[str] = []
        events, head = 0, ""
        try:
            with self._writing():  # the check of the full-text index is a write to SQLite
                problems += self._structure()
                events, head, broken = self._walk(anchor)
                problems += broken
        except StoreError as error:
            problems.append(str(error))
        return Verified(problems=tuple(problems), events=events, head=head)

    def _structure(self) -> list[str]:
        said = [row[0] for row in self._rows("PRAGMA integrity_check(20)")]
        problems = [f"integrity: {line}" for line in said if line != "ok"]
        tables = {row["table"] for row in self._rows("PRAGMA foreign_key_check")}
        problems += [f"rows of {table} refer to what is not there" for table in sorted(tables)]
        try:
            self._do("INSERT INTO masked_words (masked_words, rank) VALUES ('integrity-check', 1)")
        except DatabaseError:
            problems.append("the full-text index does not fit the texts")
        for table in SEALED:
            for row in self._each(f"SELECT sealed FROM {table} WHERE sealed IS NOT NULL"):
                try:
                    self._seals.open(row["sealed"])
                except (EncryptionKeyError, ValueError):
                    problems.append(f"a sealed field of {table} can't be opened")
                    break
        return problems

    def _walk(self, anchor: str | None) -> tuple[int, str, list[str]]:
        head, count = "", 0
        anchored = anchor is None or anchor == ""
        for count, row in enumerate(self._each("SELECT * FROM events ORDER BY number"), start=1):
            mac = self._seals.chain(head, event_form(row["at"], row["kind"], row["about"]))
            if row["number"] != count or mac != row["mac"]:
                return count, head, [f"the chain of events is broken at event {row['number']}"]
            head = mac
            anchored = anchored or mac == anchor
        given_out = self._one("SELECT seq FROM sqlite_sequence WHERE name = 'events'") or 0
        if given_out != count or not anchored:
            return count, head, ["events are missing from the end of the chain"]
        return count, head, []

    def rotate(self, keys: Sequence[str], *, at: datetime | None = None) -> int:
        """Seals everything anew under the first of `keys`; the others must open what is there.

        Afterwards the old key is needed only for old backups. Returns how many fields were sealed.
        Raises EncryptionKeyError, with nothing changed, where a field can't be opened.
        """
        seals = self._seals.under(sealing.fernet(keys))
        with self._writing():
            sealed = sum(self._rewrap(table, seals) for table in SEALED)
            index_key = self._one("SELECT sealed FROM keyring WHERE name = 'index'")
            self._do("UPDATE keyring SET sealed = ? WHERE name = 'index'", seals.rewrap(index_key))
            self._note("keys rotated", at or clock.now(), fields=sealed)
            self._owe_overwriting(at or clock.now())
        self._seals = seals
        self._overwrite()  # what can't be done now, the next purge does
        return sealed

    def _rewrap(self, table: str, seals: sealing.Seals) -> int:
        last, count = 0, 0
        while True:
            rows = self._rows(
                f"""SELECT rowid AS place, sealed FROM {table} WHERE rowid > ? AND sealed IS NOT NULL
                ORDER BY rowid LIMIT ?""",
                last, BATCH,
            )  # fmt: skip
            if not rows:
                return count
            for row in rows:
                self._do(
                    f"UPDATE {table} SET sealed = ? WHERE rowid = ?",
                    seals.rewrap(row["sealed"]), row["place"],
                )  # fmt: skip
            last, count = rows[-1]["place"], count + len(rows)
