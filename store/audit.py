"""What the governance lead reads: events by kind, person and day, who saw personal data and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from store.cases.records import DecisionRecords
from store.database import Database, began_seals, event_form
from store.encryption import clean
from store.models import Event, Verified
from store.sqlite import Row

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


class Audit:
    """Reading the events. Nothing here changes them; an export adds one that says so."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def page(self, query: AuditQuery) -> AuditPage:
        """The events that a query finds, newest first."""
        size = max(1, min(query.size, LONGEST_PAGE))
        with self._db.snapshot():
            where, values = self._where(query)
            total = self._db.value(f"SELECT count(*) FROM events WHERE {where}", *values)
            rows = self._db.rows(
                f"SELECT * FROM events WHERE {where} ORDER BY number DESC LIMIT ? OFFSET ?",
                *values, size, (max(1, query.page) - 1) * size,
            )  # fmt: skip
            events = tuple(event_of(row) for row in rows)
            return AuditPage(
                events=events, total=total,
                cases=self._existing("cases", (event.about.get("case") for event in events)),
                mentions=self._existing("mentions", (event.about.get("mention") for event in events)),
            )  # fmt: skip

    def kinds(self) -> list[str]:
        """The kinds of event that there are, by name."""
        with self._db.snapshot():
            rows = self._db.rows(
                """WITH RECURSIVE each(kind) AS (SELECT min(kind) FROM events UNION ALL
                    SELECT (SELECT min(kind) FROM events WHERE kind > each.kind) FROM each
                    WHERE each.kind IS NOT NULL)
                SELECT kind FROM each WHERE kind IS NOT NULL"""
            )
        return [row["kind"] for row in rows]

    def fingerprints(self) -> dict[str, int]:
        """By which fingerprint events know whom; one that fits several people is left out."""
        with self._db.snapshot():
            rows = self._db.rows("SELECT number, handle, name FROM users")
        users_by_fingerprint: dict[str, set[int]] = {}
        for row in rows:
            for written in {row["handle"], row["name"]}:
                users_by_fingerprint.setdefault(
                    self._db.encryption.person_hash(written), set()
                ).add(row["number"])
        return {
            fingerprint: next(iter(who))
            for fingerprint, who in users_by_fingerprint.items()
            if len(who) == 1
        }

    def export(self, query: AuditQuery, *, by: int, at: datetime) -> tuple[int, int]:
        """Notes that somebody takes a copy: how many events a query finds, and the number of the last one.

        Read them with `events_up_to`. The event of this very export is not among them.
        """
        with self._db.transaction():
            where, values = self._where(query)
            row = self._db.rows(
                f"SELECT count(*) AS found, coalesce(max(number), 0) AS last FROM events WHERE {where}",
                *values,
            )[0]
            self._db.add_event("audit exported", at, by=by, events=row["found"], last=row["last"])
        return row["found"], row["last"]

    def events_up_to(self, query: AuditQuery, last: int, *, after: int) -> list[Event]:
        """The next events of a query in the order in which they happened, at most a page."""
        with self._db.snapshot():
            where, values = self._where(query)
            rows = self._db.rows(
                f"""SELECT * FROM events WHERE {where} AND number > ? AND number <= ?
                ORDER BY number LIMIT ?""",
                *values, after, last, LONGEST_PAGE,
            )  # fmt: skip
        return [event_of(row) for row in rows]

    def reveals(self, *, page: int = 1, size: int = 50) -> tuple[list[Reveal], int]:
        """Who saw posts in clear, newest first, with the reasons that are still kept; how many in all."""
        size = max(1, min(size, LONGEST_PAGE))
        with self._db.snapshot():
            total = self._db.value("SELECT count(*) FROM events WHERE kind = 'revealed'")
            rows = self._db.rows(
                "SELECT * FROM events WHERE kind = 'revealed' ORDER BY number DESC LIMIT ? OFFSET ?",
                size, (max(1, page) - 1) * size,
            )  # fmt: skip
            return list(self._reveals_of([event_of(row) for row in rows])), total

    def check_chain(self, anchor: str | None = None) -> Verified:
        """Whether the chain of events is whole, and holds a head that was noted elsewhere. Changes nothing."""
        with self._db.snapshot():
            return self._walk(anchor)

    def note_views_copied(self, *, by: int, at: datetime) -> None:
        """Notes that somebody took a copy of who looked at what."""
        with self._db.transaction():
            self._db.add_event("access record exported", at, by=by)

    def note_mail_tested(self, *, by: int, channels: int, at: datetime) -> None:
        """Keeps that somebody had a test sent, by how many channels."""
        with self._db.transaction():
            self._db.add_event("mail tested", at, by=by, channels=channels)

    def note_names_someone(self, *, by: int, page: str, at: datetime) -> None:
        """Keeps that somebody saved a note of which it was asked whether it says who wrote a post; none of its words."""
        with self._db.transaction():
            self._db.add_event("note may name someone", at, by=by, page=page)

    def notes_naming_someone(self, since: datetime) -> list[tuple[int, int]]:
        """Who saved such notes since, and how often, the most first."""
        return self._db.events_by_person("note may name someone", since)

    def note_lane_erased(self, posts: int, *, request: int | None, by: str, at: datetime) -> None:
        """Keeps that posts of the Guardian's lane were erased, how many and for which request."""
        about = {} if request is None else {"request": request}
        with self._db.transaction():
            self._db.add_event("erased in the lane", at, by=self._db.encryption.person_hash(by), posts=posts, **about)  # fmt: skip

    def lane_erased(self, since: datetime) -> list[Event]:
        """The same since a moment, newest first; for governance and the Guardian."""
        with self._db.snapshot():
            rows = self._db.rows("SELECT * FROM events WHERE kind = 'erased in the lane' AND at >= ? ORDER BY number DESC", clock.text(since))  # fmt: skip
        return [event_of(row) for row in rows]

    def note_records_copied(self, *, by: int, at: datetime) -> None:
        """Notes that somebody took a copy of the records of decisions."""
        with self._db.transaction():
            self._db.add_event("decision records exported", at, by=by)

    def check_rows(self) -> list[str]:
        """Rows that were changed, added or deleted outside the program, by table and number. Changes nothing."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT about FROM events WHERE kind = 'rows counted' ORDER BY number"
            )
            counted = json.loads(rows[-1]["about"]) if rows else {}
            return [
                *self._db.seals.problems(began_seals(self._db), counted),
                *DecisionRecords(self._db).problems(),
                *self._reading_misled(),
            ]

    def _reading_misled(self) -> Iterator[str]:
        """What would keep a post from being read, or ask for one again, by what is known of the posts themselves.

        Who has the key could seal such a row: posts that nobody has read and that are not listed, posts that are listed in vain, and a
        mark up to which all was read that lies above what was not.
        """
        read = "EXISTS (SELECT 1 FROM assessments a WHERE a.mention = m.number AND a.revision = m.revision AND a.model <> '')"
        count = self._db.value(
            f"""SELECT count(*) FROM mentions m WHERE m.deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM unassessed u WHERE u.mention = m.number) AND NOT {read}"""
        )
        if count:
            which = "1 post that nobody has read is" if count == 1 else f"{count} posts that nobody has read are"  # fmt: skip
            yield f"unassessed: {which} not in it: taken out outside the program"
        count = self._db.value(
            f"""SELECT count(*) FROM unassessed u LEFT JOIN mentions m ON m.number = u.mention
            WHERE m.number IS NULL OR m.deleted_at IS NOT NULL OR {read}"""
        )
        if count:
            which = "1 post that waits for nothing is" if count == 1 else f"{count} posts that wait for nothing are"  # fmt: skip
            yield f"unassessed: {which} in it: put in outside the program"
        count = self._db.value(
            f"""SELECT count(*) FROM read_through t JOIN mentions m ON m.number <= t.number WHERE m.deleted_at IS NULL AND {read}
            AND NOT EXISTS (SELECT 1 FROM assessments a WHERE a.mention = m.number AND a.revision = m.revision
                AND a.policy = t.policy AND a.model = t.model)"""
        )
        if count:
            which = "1 post is" if count == 1 else f"{count} posts are"
            yield f"read_through: {which} said to be read by the model in force and {'is' if count == 1 else 'are'} not: changed outside the program"

    def note_changes(self, at: datetime) -> None:
        """Writes into the chain how many changes each table has seen, so that none can be put back to before that."""
        with self._db.transaction():
            self._db.add_event("rows counted", at, **self._db.seals.changes())

    def _reveals_of(self, events: Sequence[Event]) -> Iterator[Reveal]:
        numbers = sorted({int(event.about["mention"]) for event in events})
        marks = ", ".join("?" * len(numbers))
        reveals: dict[tuple[int, datetime], list[Row]] = {}
        for row in self._db.rows(
            f"SELECT * FROM reveals WHERE mention IN ({marks}) ORDER BY number", *numbers
        ):
            reveals.setdefault((row["mention"], clock.parse(row["at"])), []).append(row)
        cases = {
            row["mention"]: row["case_number"]
            for row in self._db.rows(
                f"SELECT mention, case_number FROM case_mentions WHERE mention IN ({marks})", *numbers
            )
        }  # fmt: skip
        for event in events:
            mention = int(event.about["mention"])
            rows = reveals.get((mention, event.at), [])
            reason = (
                self._db.encryption.decrypt(rows.pop()["encrypted"])["reason"] if rows else None
            )
            yield Reveal(event=event, mention=mention, case=cases.get(mention), reason=reason)

    def _where(self, query: AuditQuery) -> tuple[str, list[object]]:
        parts, values = ["1"], list[object]()
        if query.kinds:
            parts.append(f"kind IN ({', '.join('?' * len(query.kinds))})")
            values += query.kinds
        if query.person is not None:
            row = self._db.row("SELECT handle, name FROM users WHERE number = ?", query.person)
            hashes = {self._db.encryption.person_hash(name) for name in (row or ())}
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

    def _existing(self, table: str, numbers: Iterable[object]) -> frozenset[int]:
        wanted = sorted({number for number in numbers if isinstance(number, int)})
        marks = ", ".join("?" * len(wanted))
        rows = self._db.rows(f"SELECT number FROM {table} WHERE number IN ({marks})", *wanted)
        return frozenset(row["number"] for row in rows)

    def events(self, after: int = 0) -> list[Event]:
        """What happened since event `after`, without content."""
        with self._db.snapshot():
            rows = self._db.rows("SELECT * FROM events WHERE number > ? ORDER BY number", after)
        return [
            Event(number=row["number"], at=clock.parse(row["at"]), kind=row["kind"],
                  about=json.loads(row["about"]), mac=row["mac"])
            for row in rows
        ]  # fmt: skip

    def note_model_accepted(
        self, version: str, against: str, sha256: str, *, by: str, at: datetime
    ) -> None:
        """Keeps that somebody accepted a model that was measured against another; `sha256` is of its sums."""
        with self._db.transaction():
            self._db.add_event(
                "model accepted", at, version=clean(version), against=clean(against), sha256=sha256,
                by=self._db.encryption.person_hash(by),
            )  # fmt: skip

    def _walk(self, anchor: str | None) -> Verified:
        head, count = "", 0
        anchored = anchor is None or anchor == ""
        for count, row in enumerate(self._db.each("SELECT * FROM events ORDER BY number"), start=1):
            mac = self._db.encryption.chain(head, event_form(row["at"], row["kind"], row["about"]))
            if row["number"] != count or mac != row["mac"]:
                broken = f"the chain of events is broken at event {row['number']}"
                return Verified(problems=(broken,), events=count, head=head, holds_anchor=anchored)
            head = mac
            anchored = anchored or (anchor is not None and mac.startswith(anchor))
        problems = []
        if not anchored:
            problems.append(
                "the chain does not hold the head that was noted elsewhere: it was cut off or written anew"
            )
        given_out = self._db.value("SELECT seq FROM sqlite_sequence WHERE name = 'events'") or 0
        if given_out != count:
            problems.append("events are missing from the end of the chain")
        elif problem := self._db.seals.events_problem(count, head):
            problems.append(problem)
        return Verified(problems=tuple(problems), events=count, head=head, holds_anchor=anchored)


def event_of(row: Row) -> Event:
    """A row of events, as people are given it."""
    about: Mapping[str, int | str] = json.loads(row["about"])
    return Event(
        number=row["number"], at=clock.parse(row["at"]), kind=row["kind"], about=about,
        mac=row["mac"],
    )  # fmt: skip
