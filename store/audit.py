"""What the governance lead reads: events by kind, person and day, who saw personal data and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import clock
from store.care import Care
from store.driver import Row
from store.shapes import Event, Verified

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
                cases=self._there("cases", (one.about.get("case") for one in events)),
                mentions=self._there("mentions", (one.about.get("mention") for one in events)),
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
        found: dict[str, set[int]] = {}
        for row in rows:
            for written in {row["handle"], row["name"]}:
                found.setdefault(self._seals.person_hash(written), set()).add(row["number"])
        return {told: next(iter(who)) for told, who in found.items() if len(who) == 1}

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
        numbers = sorted({int(one.about["mention"]) for one in events})
        marks = ", ".join("?" * len(numbers))
        kept: dict[tuple[int, datetime], list[Row]] = {}
        for row in self._rows(
            f"SELECT * FROM reveals WHERE mention IN ({marks}) ORDER BY number", *numbers
        ):
            kept.setdefault((row["mention"], clock.parse(row["at"])), []).append(row)
        cases = {
            row["mention"]: row["case_number"]
            for row in self._rows(
                f"SELECT mention, case_number FROM case_mentions WHERE mention IN ({marks})", *numbers
            )
        }  # fmt: skip
        for one in events:
            mention = int(one.about["mention"])
            rows = kept.get((mention, one.at), [])
            reason = self._seals.open(rows.pop()["sealed"])["reason"] if rows else None
            yield Reveal(event=one, mention=mention, case=cases.get(mention), reason=reason)

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
        wanted = sorted({one for one in numbers if isinstance(one, int)})
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
