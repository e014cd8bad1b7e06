"""Gives mentions back as they came, and says when each source was last read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import clock
from mention import Author, Mention, Platform
from store.driver import Row
from store.opened import Opened
from store.sealing import clean
from store.shapes import SourceState, Stored

# A mention with its current revision and what it matched; `sealed` of both under other names.
STORED = """SELECT m.*, v.sealed AS content, (SELECT json_group_array(t.term) FROM (
        SELECT term FROM matches WHERE mention = m.number AND term <> ''
        GROUP BY term ORDER BY min(rowid)) t
    ) AS matched
    FROM mentions m JOIN revisions v ON v.mention = m.number AND v.revision = m.revision"""


# The name of every source, by steps from one to the next: a year of runs is not read for a dozen names.
EACH_SOURCE = """WITH RECURSIVE known (source) AS (SELECT min(source) FROM runs UNION ALL
    SELECT (SELECT min(source) FROM runs WHERE source > k.source) FROM known k
    WHERE k.source IS NOT NULL)"""


class Reading(Opened):
    """Mentions and the state of sources."""

    def unassessed(self, policy: str, model: str, *, limit: int | None = None) -> list[Stored]:
        """Current revisions without an assessment by this policy and model.

        What nobody has assessed at all comes first, so that a new policy's work on history does not
        keep a new mention waiting. Deleted mentions are left out.
        """
        with self._reading():
            rows = self._rows(
                f"""{STORED} WHERE m.number IN (
                    SELECT n.number FROM mentions n INDEXED BY mentions_to_read
                    WHERE n.deleted_at IS NULL AND NOT EXISTS (
                        SELECT 1 FROM assessments a WHERE a.mention = n.number
                        AND a.revision = n.revision AND a.policy = ? AND a.model = ?))
                ORDER BY EXISTS (SELECT 1 FROM assessments b WHERE b.mention = m.number
                    AND b.revision = m.revision), m.number LIMIT ?""",
                clean(policy), clean(model), -1 if limit is None else limit,
            )  # fmt: skip
            given = [self._stored(row) for row in rows]
        for row in rows:
            self._reach_read[row["number"], row["revision"]] = (row["followers"], row["shares"])
        return given

    def held(
        self, source: str, unseen: Mapping[Platform, datetime], *, after: int = 0, limit: int = 500
    ) -> list[Stored]:
        """What this source found, is there as far as we know, and was not seen since a moment.

        `unseen` has that moment for each platform; others are left out. In the order of its numbers,
        from the one after `after` on.
        """
        moments = json.dumps({platform: clock.text(at) for platform, at in unseen.items()})
        with self._reading():
            rows = self._rows(
                f"""{STORED} WHERE m.number > ? AND m.deleted_at IS NULL
                AND m.fetched_at <= (SELECT value FROM json_each(?) WHERE key = m.platform)
                AND EXISTS (SELECT 1 FROM matches t WHERE t.source = ? AND t.mention = m.number)
                ORDER BY m.number LIMIT ?""",
                after, moments, clean(source), limit,
            )  # fmt: skip
            return [self._stored(row) for row in rows]

    def waiting(self) -> int:
        """How many mentions nobody has assessed as they stand now, deleted ones left out."""
        with self._reading():
            return int(self._one(
                """SELECT count(*) FROM mentions m INDEXED BY mentions_to_read
                WHERE m.deleted_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM assessments a WHERE a.mention = m.number AND a.revision = m.revision)"""
            ))  # fmt: skip

    def mention(self, number: int) -> Stored | None:
        """One mention in clear, or None. A page shows it only through `reveal`."""
        with self._reading():
            row = self._row(f"{STORED} WHERE m.number = ?", number)
            return self._stored(row) if row else None

    def posted_since(self, since: datetime, *, limit: int = 500) -> Iterator[list[Stored]]:
        """What was posted since and is not deleted, in batches, oldest number first."""
        after = 0
        while True:
            with self._reading():
                rows = self._rows(
                    f"""{STORED} WHERE m.number > ? AND m.posted_at >= ? AND m.deleted_at IS NULL
                    ORDER BY m.number LIMIT ?""",
                    after, clock.text(since), limit,
                )  # fmt: skip
                batch = [self._stored(row) for row in rows]
            if not batch:
                return
            after = batch[-1].number
            yield batch

    def found_by(self, number: int) -> list[str]:
        """The sources that found a mention."""
        with self._reading():
            rows = self._rows(
                "SELECT DISTINCT source FROM matches WHERE mention = ? ORDER BY source", number
            )
        return [row["source"] for row in rows]

    def reveal(self, number: int, *, by: str, at: datetime, reason: str = "") -> Stored | None:
        """One mention in clear for a person's eyes, which leaves an event; the reason is kept sealed."""
        with self._writing():
            row = self._row(f"{STORED} WHERE m.number = ?", number)
            if row is None:
                return None
            self._note("revealed", at, mention=number, by=self._seals.person_hash(by))
            self._insert(
                "reveals", mention=number, revision=row["revision"], at=clock.text(at),
                by_name=clean(by), sealed=self._seals.seal({"reason": reason}),
            )  # fmt: skip
            return self._stored(row)

    def last_complete_run(self, source: str) -> datetime | None:
        """When the last run began that reached the source's end; None where there was none."""
        with self._reading():
            at = self._one(
                "SELECT at FROM runs WHERE source = ? AND complete ORDER BY number DESC LIMIT 1",
                clean(source),
            )
        return clock.parse(at) if at else None

    def kept(self, source: str) -> dict[str, str]:
        """What the source asked to be told: on its last run that reached the end, and in any case."""
        with self._reading():
            sealed = self._one(
                "SELECT sealed FROM runs WHERE source = ? AND complete ORDER BY number DESC LIMIT 1",
                clean(source),
            )
            noted = self._one("SELECT sealed FROM source_notes WHERE source = ?", clean(source))
            known = {
                **(self._seals.open(sealed) if sealed else {}),
                **(self._seals.open(noted) if noted else {}),  # an empty one forgets the run's
            }
            return {name: value for name, value in known.items() if value}

    def sources(self) -> list[SourceState]:
        """Every source that was ever run, by name."""
        with self._reading():
            rows = self._rows(
                f"""{EACH_SOURCE}
                SELECT r.*, (SELECT at FROM runs c WHERE c.source = r.source AND c.complete = 1
                    ORDER BY c.number DESC LIMIT 1) AS complete_at
                FROM known k JOIN runs r ON r.number = (SELECT max(number) FROM (
                    SELECT max(number) AS number FROM runs WHERE source = k.source AND complete = 1
                    UNION ALL SELECT max(number) FROM runs WHERE source = k.source AND complete = 0))
                ORDER BY r.source"""
            )
        return [
            SourceState(
                source=row["source"], last_run=clock.parse(row["at"]),
                error=row["error"] or (None if row["complete"] else "it stopped before its end"),
                last_complete=clock.parse(row["complete_at"]) if row["complete_at"] else None,
                odd=row["odd"], found=row["new"] + row["changed"] + row["again"],
            )
            for row in rows
        ]  # fmt: skip

    def _stored(self, row: Row) -> Stored:
        return Stored(
            number=row["number"], revision=row["revision"],
            recent=clock.parse(max(row["posted_at"], row["found_at"])),
            mention=_mention(row, self._seals.open(row["sealed"]), self._seals.open(row["content"])),
        )  # fmt: skip


def _mention(row: Row, personal: dict[str, Any], content: dict[str, Any]) -> Mention:
    return Mention(
        issuer=personal["issuer"], issued_id=personal["issued_id"], platform=row["platform"],
        kind=row["kind"], url=personal["url"], text=content["text"], text_raw=content["raw"],
        posted_at=clock.parse(row["posted_at"]), fetched_at=clock.parse(row["fetched_at"]),
        edited_at=clock.parse(row["edited_at"]) if row["edited_at"] else None,
        author=Author(
            id=personal["author_id"], handle=personal["handle"], name=personal["name"],
            bio=content["bio"], followers=row["followers"],
        ),
        parent_id=personal["parent_id"], root_id=personal["root_id"],
        quoted_id=personal["quoted_id"], metrics=json.loads(row["metrics"]),
        language=row["language"], matched=tuple(json.loads(row["matched"])),
        deleted=row["deleted_at"] is not None, hidden=bool(row["hidden"]), own=bool(row["own"]),
    )  # fmt: skip
