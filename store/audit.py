"""What the governance lead reads: events by kind, person and day, who saw personal data and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.errors import EncryptionKeyError, StoreError
from store import encryption
from store.database import event_form
from store.deletion import Removal
from store.encryption import clean
from store.migrations.core import SEALED
from store.models import Event, Verified
from store.sqlite import DatabaseError, Row

# ── Care of the database: checking it whole, reading its events, and changing its keys. ───────────

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
        lines = [row[0] for row in self._rows("PRAGMA integrity_check(20)")]
        problems = [f"integrity: {line}" for line in lines if line != "ok"]
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
        seals = self._seals.under(encryption.fernet(keys))
        with self._writing():
            sealed = sum(self._rewrap(table, seals) for table in SEALED)
            index_key = self._one("SELECT sealed FROM keyring WHERE name = 'index'")
            self._do("UPDATE keyring SET sealed = ? WHERE name = 'index'", seals.rewrap(index_key))
            self._note("keys rotated", at or clock.now(), fields=sealed)
            self._owe_overwriting(at or clock.now())
        self._seals = seals
        self._overwrite()  # what can't be done now, the next purge does
        return sealed

    def _rewrap(self, table: str, seals: encryption.FieldEncryption) -> int:
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


# ─────────────────────────────────────────────────────────────────────────────────────────────────

LONGEST_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which events: of these kinds (none: of all), done by or to a person, in a half-open time."""

    kinds: Sequence[str] = ()
    person: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """A page of events, newest first. Of what they are about, `cases` and `mentions` are still there."""

    events: tuple[Event, ...]
    total: int
    cases: frozenset[int] = frozenset()
    mentions: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """Somebody saw a post in clear. `reason` is None where it went with the post; `case` where there is none."""

    event: Event
    mention: int
    case: int | None
    reason: str | None = field(repr=False)


class Audit(Care):
    """Reading the events. Nothing here changes them; an export adds one that says so."""

    def audit_page(self, query: AuditQuery) -> AuditPage:
        """The events that a query finds, newest first."""
        size = max(1, min(query.size, LONGEST_PAGE))
        with self._reading():
            where, values = self._asked(query)
            total = self._one(f"SELECT count(*) FROM events WHERE {where}", *values)
            rows = self._rows(
                f"SELECT * FROM events WHERE {where} ORDER BY number DESC LIMIT ? OFFSET ?",
                *values, size, (max(1, query.page) - 1) * size,
            )  # fmt: skip
            events = tuple(event_of(row) for row in rows)
            return AuditPage(
                events=events, total=total,
                cases=self._there("cases", (event.about.get("case") for event in events)),
                mentions=self._there("mentions", (event.about.get("mention") for event in events)),
            )  # fmt: skip

    def audit_kinds(self) -> list[str]:
        """The kinds of event that there are, by name."""
        with self._reading():
            rows = self._rows(
                """WITH RECURSIVE each(kind) AS (SELECT min(kind) FROM events UNION ALL
                    SELECT (SELECT min(kind) FROM events WHERE kind > each.kind) FROM each
                    WHERE each.kind IS NOT NULL)
                SELECT kind FROM each WHERE kind IS NOT NULL"""
            )
        return [row["kind"] for row in rows]

    def fingerprints(self) -> dict[str, int]:
        """By which fingerprint events know whom; one that fits several people is left out."""
        with self._reading():
            rows = self._rows("SELECT number, handle, name FROM users")
        users_by_fingerprint: dict[str, set[int]] = {}
        for row in rows:
            for written in {row["handle"], row["name"]}:
                users_by_fingerprint.setdefault(self._seals.person_hash(written), set()).add(
                    row["number"]
                )
        return {
            fingerprint: next(iter(who))
            for fingerprint, who in users_by_fingerprint.items()
            if len(who) == 1
        }

    def export_events(self, query: AuditQuery, *, by: int, at: datetime) -> tuple[int, int]:
        """Notes that somebody takes a copy: how many events a query finds, and the number of the last one.

        Read them with `events_up_to`. The event of this very export is not among them.
        """
        with self._writing():
            where, values = self._asked(query)
            row = self._rows(
                f"SELECT count(*) AS found, coalesce(max(number), 0) AS last FROM events WHERE {where}",
                *values,
            )[0]
            self._note("audit exported", at, by=by, events=row["found"], last=row["last"])
        return row["found"], row["last"]

    def events_up_to(self, query: AuditQuery, last: int, *, after: int) -> list[Event]:
        """The next events of a query in the order in which they happened, at most a page."""
        with self._reading():
            where, values = self._asked(query)
            rows = self._rows(
                f"""SELECT * FROM events WHERE {where} AND number > ? AND number <= ?
                ORDER BY number LIMIT ?""",
                *values, after, last, LONGEST_PAGE,
            )  # fmt: skip
        return [event_of(row) for row in rows]

    def reveals(self, *, page: int = 1, size: int = 50) -> tuple[list[Reveal], int]:
        """Who saw posts in clear, newest first, with the reasons that are still kept; how many in all."""
        size = max(1, min(size, LONGEST_PAGE))
        with self._reading():
            total = self._one("SELECT count(*) FROM events WHERE kind = 'revealed'")
            rows = self._rows(
                "SELECT * FROM events WHERE kind = 'revealed' ORDER BY number DESC LIMIT ? OFFSET ?",
                size, (max(1, page) - 1) * size,
            )  # fmt: skip
            return list(self._revealed([event_of(row) for row in rows])), total

    def chain(self, anchor: str = "") -> Verified:
        """Whether the chain of events is whole, and holds a head that was noted elsewhere. Changes nothing."""
        with self._reading():
            events, head, broken = self._walk(anchor)
        return Verified(problems=tuple(broken), events=events, head=head)

    def _revealed(self, events: Sequence[Event]) -> Iterator[Reveal]:
        numbers = sorted({int(event.about["mention"]) for event in events})
        marks = ", ".join("?" * len(numbers))
        reveals: dict[tuple[int, datetime], list[Row]] = {}
        for row in self._rows(
            f"SELECT * FROM reveals WHERE mention IN ({marks}) ORDER BY number", *numbers
        ):
            reveals.setdefault((row["mention"], clock.parse(row["at"])), []).append(row)
        cases = {
            row["mention"]: row["case_number"]
            for row in self._rows(
                f"SELECT mention, case_number FROM case_mentions WHERE mention IN ({marks})", *numbers
            )
        }  # fmt: skip
        for event in events:
            mention = int(event.about["mention"])
            rows = reveals.get((mention, event.at), [])
            reason = self._seals.open(rows.pop()["sealed"])["reason"] if rows else None
            yield Reveal(event=event, mention=mention, case=cases.get(mention), reason=reason)

    def _asked(self, query: AuditQuery) -> tuple[str, list[object]]:
        parts, values = ["1"], list[object]()
        if query.kinds:
            parts.append(f"kind IN ({', '.join('?' * len(query.kinds))})")
            values += query.kinds
        if query.person is not None:
            row = self._row("SELECT handle, name FROM users WHERE number = ?", query.person)
            hashes = {self._seals.person_hash(name) for name in (row or ())}
            parts.append(
                f"""(json_extract(about, '$.user') = ? OR
                json_extract(about, '$.by') IN ({", ".join("?" * (1 + len(hashes)))}))"""
            )
            values += [query.person, query.person, *hashes]
        for sign, moment in ((">=", query.since), ("<", query.until)):
            if moment is not None:
                parts.append(f"at {sign} ?")
                values.append(clock.text(moment))
        return " AND ".join(parts), values

    def _there(self, table: str, numbers: Iterable[object]) -> frozenset[int]:
        wanted = sorted({number for number in numbers if isinstance(number, int)})
        marks = ", ".join("?" * len(wanted))
        rows = self._rows(f"SELECT number FROM {table} WHERE number IN ({marks})", *wanted)
        return frozenset(row["number"] for row in rows)


def event_of(row: Row) -> Event:
    """A row of events, as people are given it."""
    about: Mapping[str, int | str] = json.loads(row["about"])
    return Event(
        number=row["number"], at=clock.parse(row["at"]), kind=row["kind"], about=about,
        mac=row["mac"],
    )  # fmt: skip
