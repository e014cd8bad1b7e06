"""When each source was last read, how that went, and what it asked to be told on its next run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from core import clock
from store.database import Database
from store.encryption import clean
from store.models import LONGEST_ERROR, PageCounts, PartOutcome, SourcePart, SourceState
from store.sqlite import Row

UNLISTED_FOR = timedelta(days=90)  # how long a part that went is remembered, should it come back
NOT_WATCHED = frozenset({"import", "noted"})  # no source that somebody reads day by day
# The name of every source, by steps from one to the next: a year of runs is not read for a dozen names.
_EACH_SOURCE = """WITH RECURSIVE known (source) AS (SELECT min(source) FROM runs UNION ALL
    SELECT (SELECT min(source) FROM runs WHERE source > k.source) FROM known k
    WHERE k.source IS NOT NULL)"""


class Sources:
    """Runs of sources, and their state between runs."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def last_complete_run(self, source: str) -> datetime | None:
        """When the last run began that reached the source's end; None where there was none."""
        with self._db.snapshot():
            at = self._db.value(
                "SELECT at FROM runs WHERE source = ? AND complete ORDER BY number DESC LIMIT 1",
                clean(source),
            )
        return clock.parse(at) if at else None

    def last_complete_before(self, source: str, moment: datetime) -> datetime | None:
        """The same, of runs that began before a moment."""
        with self._db.snapshot():
            at = self._db.value(
                "SELECT at FROM runs WHERE source = ? AND complete AND at < ? ORDER BY number DESC LIMIT 1",
                clean(source), clock.text(moment),
            )  # fmt: skip
        return clock.parse(at) if at else None

    def state(self, source: str) -> dict[str, str]:
        """What the source asked to be told: on its last run that reached the end, of each part, and in any case."""
        with self._db.snapshot():
            noted = self._db.value(
                "SELECT encrypted FROM source_states WHERE source = ?", clean(source)
            )
            # an empty one forgets the run's
            known = {**self.state_of_run(source), **self._of_parts(source), **self._opened(noted)}
            return {name: value for name, value in known.items() if value}

    def state_of_run(self, source: str) -> dict[str, str]:
        """What the source asked to be told on its last run that reached the end, of no part alone."""
        with self._db.snapshot():
            encrypted = self._db.value(
                "SELECT encrypted FROM runs WHERE source = ? AND complete ORDER BY number DESC LIMIT 1",
                clean(source),
            )
            of_parts = self._of_parts(source).keys()
        return {
            name: value for name, value in self._opened(encrypted).items() if name not in of_parts
        }

    def _of_parts(self, source: str) -> dict[str, str]:
        rows = self._db.rows(
            "SELECT encrypted FROM source_parts WHERE source = ? ORDER BY number", clean(source)
        )
        return {
            name: value
            for row in rows
            for name, value in self._db.encryption.decrypt(row["encrypted"])["state"].items()
        }

    def _opened(self, encrypted: bytes | None) -> dict[str, str]:
        return self._db.encryption.decrypt(encrypted) if encrypted else {}

    def parts(self, source: str, *, all_known: bool = False) -> list[SourcePart]:
        """How each part of a source fares that its last run listed; `all_known`: also those that went."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM source_parts WHERE source = ? AND (listed OR ?) ORDER BY number",
                clean(source), all_known,
            )  # fmt: skip
        return [self._part(row) for row in rows]

    def _part(self, row: Row) -> SourcePart:
        def moment(name: str) -> datetime | None:
            return clock.parse(row[name]) if row[name] else None

        return SourcePart(
            source=row["source"], key=row["part"], kind=row["kind"],
            name=self._db.encryption.decrypt(row["encrypted"])["name"],
            last_try=clock.parse(row["tried_at"]), last_read=moment("read_at"),
            failing_since=moment("failing_since"), error=row["error"], failures=row["failures"],
            next_try=moment("next_try"), odd=row["skipped"],
        )  # fmt: skip

    def all(self) -> list[SourceState]:
        """Every source that was ever run, by name."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""{_EACH_SOURCE}
                SELECT r.*, (SELECT at FROM runs c WHERE c.source = r.source AND c.complete = 1
                    ORDER BY c.number DESC LIMIT 1) AS complete_at
                FROM known k JOIN runs r ON r.number = (SELECT max(number) FROM (
                    SELECT max(number) AS number FROM runs WHERE source = k.source AND complete = 1
                    UNION ALL SELECT max(number) FROM runs WHERE source = k.source AND complete = 0))
                ORDER BY r.source"""
            )
            parts = defaultdict[str, list[SourcePart]](list)
            for row in self._db.rows("SELECT * FROM source_parts WHERE listed ORDER BY number"):
                parts[row["source"]].append(self._part(row))
        return [
            SourceState(
                source=row["source"], last_run=clock.parse(row["at"]),
                error=row["error"] or (None if row["complete"] else "it stopped before its end"),
                last_complete=clock.parse(row["complete_at"]) if row["complete_at"] else None,
                odd=row["skipped"], mention_count=row["new"] + row["changed"] + row["again"],
                parts=tuple(parts[row["source"]]),
            )
            for row in rows
        ]  # fmt: skip

    def watched_since(self) -> dict[str, date]:
        """Each source that is read by itself, with the first whole day from which on it was."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""{_EACH_SOURCE}
                SELECT k.source, r.since FROM known k JOIN runs r ON r.number = (
                    SELECT min(number) FROM runs WHERE source = k.source AND complete = 1)"""
            )
        return {
            row["source"]: _first_whole_day(clock.parse(row["since"]))
            for row in rows
            if row["source"] not in NOT_WATCHED
        }

    def add_run(
        self,
        source: str,
        taken: PageCounts,
        *,
        since: datetime,
        at: datetime,
        ended: datetime,
        error: str | None,
        complete: bool,
        odd: int,
        state: Mapping[str, str],
    ) -> int:
        """Within the transaction of what a run found: the run; its number. See `Mentions.add_run`."""
        if complete:
            self._db.execute("UPDATE runs SET encrypted = NULL WHERE source = ?", source)
        return self._db.insert(
            "runs", source=source, since=clock.text(since), at=clock.text(at), ended=clock.text(ended),
            complete=complete, skipped=odd, error=None if error is None else clean(error)[:LONGEST_ERROR],
            encrypted=self._db.encryption.encrypt(dict(state)) if complete else None,
            new=taken.new, changed=taken.changed, again=taken.again, gone=taken.gone,
        )  # fmt: skip

    def save_state(self, source: str, noted: Mapping[str, str], at: datetime) -> None:
        """Within a transaction: what the source must be told next time, whatever becomes of its run."""
        encrypted = self._db.value("SELECT encrypted FROM source_states WHERE source = ?", source)
        known = {**(self._db.encryption.decrypt(encrypted) if encrypted else {}), **noted}
        self._db.execute(
            """INSERT INTO source_states (source, at, encrypted) VALUES (?, ?, ?)
            ON CONFLICT (source) DO UPDATE SET at = excluded.at, encrypted = excluded.encrypted""",
            source, clock.text(at), self._db.encryption.encrypt(known),
        )  # fmt: skip

    def save_parts(self, source: str, outcomes: Iterable[PartOutcome], at: datetime) -> None:
        """Within the transaction of what a run found: what became of each part. A failure moves no bookmark."""
        for outcome in outcomes:
            self._save_part(source, outcome, at)

    def _save_part(self, source: str, outcome: PartOutcome, at: datetime) -> None:
        known = self._db.row(
            "SELECT * FROM source_parts WHERE source = ? AND part = ?", source, outcome.key
        )
        now, well = clock.text(at), outcome.error is None
        before = self._db.encryption.decrypt(known["encrypted"])["state"] if known else {}
        state = {**before, **(outcome.state if well else {})}
        self._db.execute(
            """INSERT INTO source_parts (source, part, kind, tried_at, read_at, failing_since, error,
                failures, next_try, skipped, listed, encrypted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)
            ON CONFLICT (source, part) DO UPDATE SET kind = excluded.kind,
                tried_at = excluded.tried_at, read_at = excluded.read_at, failing_since = excluded.failing_since,
                error = excluded.error, failures = excluded.failures, next_try = excluded.next_try,
                skipped = excluded.skipped, listed = 1, encrypted = excluded.encrypted""",
            source, outcome.key, outcome.kind, now,
            now if well else (known["read_at"] if known else None),
            None if well else ((known["failing_since"] if known else None) or now),
            None if outcome.error is None else clean(outcome.error)[:LONGEST_ERROR],
            0 if well else (known["failures"] if known else 0) + 1,
            clock.text(outcome.next_try) if outcome.next_try else None, outcome.odd,
            self._db.encryption.encrypt({"name": clean(outcome.name), "state": state}),
        )  # fmt: skip

    def keep_listed(self, source: str, keys: Collection[str], at: datetime) -> None:
        """These are all parts that a source has now. Others are shown no more, and later forgotten."""
        with self._db.transaction():
            for row in self._db.rows(
                "SELECT number, part, tried_at, listed FROM source_parts WHERE source = ?", source
            ):
                if (row["part"] in keys) != bool(row["listed"]):
                    self._db.execute(
                        "UPDATE source_parts SET listed = ? WHERE number = ?",
                        row["part"] in keys, row["number"],
                    )  # fmt: skip
                elif not row["listed"] and clock.parse(row["tried_at"]) < at - UNLISTED_FOR:
                    self._db.execute("DELETE FROM source_parts WHERE number = ?", row["number"])


def _first_whole_day(since: datetime) -> date:
    day = clock.local_day(since)
    return day if clock.day(day)[0] == since else clock.local_day(clock.day(day)[1])
