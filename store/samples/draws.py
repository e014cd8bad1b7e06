"""Keeps what was drawn for a blind look each week: mentions without a flag, and decisions for a second person."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime

from core import clock
from store.cases.sight import IN_USE, READ_AS_SPEAKING
from store.database import Database
from store.samples.counts import ANY, week_of
from store.samples.models import Candidate, DecidedMention, Draw, Drawn, Stratum
from store.sqlite import Row

LONGEST = 20_000  # code points of a post that are looked at for a stratum
# What is found in a period and stands as it was read; not our own, and no profile, which has its own step.
# The period is looked up first, so that a store of years costs no more than one of weeks.
_FOUND = """FROM mentions m INDEXED BY mentions_by_found CROSS JOIN current_assessments a ON a.mention = m.number
    WHERE m.found_at >= ? AND m.found_at < ? AND m.deleted_at IS NULL AND NOT m.own
        AND m.kind <> 'profile' AND a.revision = m.revision"""
# Nobody judges blind what is the Guardian's, and nobody counts it.
_NOT_GUARDIANS = f"""NOT ({READ_AS_SPEAKING.format("a")})
    AND NOT EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = m.number AND i.speaks)"""
_FLAGGED = "EXISTS (SELECT 1 FROM flags f WHERE f.assessment = a.number)"


class Samples:
    """Drawing; what people say of it is in `SampleAnswers`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def last_draw(self) -> Draw | None:
        """The newest sample; None where nothing was ever drawn."""
        draws = self.draws(date.min)
        return draws[-1] if draws else None

    def draws(self, since: date) -> list[Draw]:
        """The samples of the weeks from `since` on, oldest first."""
        start = week_of(since).isoformat()
        with self._db.snapshot():
            strata = self._db.rows("SELECT * FROM sample_strata WHERE week >= ?", start)
            return [
                _draw(row, [part for part in strata if part["week"] == row["week"]])
                for row in self._db.rows(
                    "SELECT * FROM sample_draws WHERE week >= ? ORDER BY week", start
                )
            ]

    def candidates(self, start: datetime, end: datetime) -> list[Candidate]:
        """What was found in a period, read in full, and nothing flagged in it, in the order of its numbers.

        What could not be read is shown to a person anyhow.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT m.number, m.revision, m.platform, m.story, a.in_scope,
                    substr(a.masked, 1, {LONGEST}) AS words
                {_FOUND} AND a.read = 'full' AND NOT {_FLAGGED} AND {_NOT_GUARDIANS} ORDER BY m.number""",
                clock.text(start), clock.text(end),
            )  # fmt: skip
        return [
            Candidate(
                mention=row["number"], revision=row["revision"], platform=row["platform"],
                story=row["story"], in_scope=bool(row["in_scope"]), words=row["words"],
            )
            for row in rows
        ]  # fmt: skip

    def flagged_stories(self, start: datetime, end: datetime) -> dict[str, int]:
        """By flag, and under "any", how many stories of a period were flagged; copies count once."""
        period = clock.text(start), clock.text(end)
        with self._db.snapshot():
            counts = {
                row["name"]: row["stories"]
                for row in self._db.rows(
                    f"""SELECT g.name, count(DISTINCT t.story) AS stories
                    FROM (SELECT a.number, m.story {_FOUND}) t JOIN flags g ON g.assessment = t.number
                    GROUP BY g.name ORDER BY g.name""",
                    *period,
                )
            }
            counts[ANY] = self._db.value(
                f"SELECT count(DISTINCT m.story) {_FOUND} AND {_FLAGGED}", *period
            )
        return counts

    def decided(self, start: datetime, end: datetime) -> list[DecidedMention]:
        """The last decision of a period on each mention whose words are as they were when it was made.

        Left out: what asked for another opinion or put it off, what was taken back, and what a second
        person was asked of before.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT d.mention, d.revision, m.platform, max(d.number) AS decision,
                    coalesce(d.case_number, -d.mention) AS unit
                FROM decisions d
                JOIN mentions m ON m.number = d.mention AND m.revision = d.revision
                WHERE d.at >= ? AND d.at < ? AND NOT d.undone AND m.deleted_at IS NULL AND {IN_USE}
                    AND {self._db.sight.of_numbers("d.case_number")} AND d.kind NOT IN ('second_opinion', 'snooze', 'reopen', 'confirm', 'undo')
                    AND NOT EXISTS (SELECT 1 FROM samples s
                        WHERE s.mention = d.mention AND s.kind = 'second')
                GROUP BY d.mention ORDER BY d.mention""",
                clock.text(start), clock.text(end),
            )  # fmt: skip
        return [
            DecidedMention(
                mention=row["mention"], revision=row["revision"], platform=row["platform"],
                unit=row["unit"], decision=row["decision"],
            )
            for row in rows
        ]  # fmt: skip

    def add_draw(self, draw: Draw, drawn: Iterable[Drawn], at: datetime) -> bool:
        """Keeps a week's sample, in the order given, whole or not at all; False where the week has one.

        Give it in an order that tells nothing: the numbers of its items follow it, and people see those.
        """
        week, samples = draw.week.isoformat(), list(drawn)
        with self._db.transaction():
            if self._db.row("SELECT 1 FROM sample_draws WHERE week = ?", week):
                return False
            self._db.insert(
                "sample_draws", week=week, since=clock.text(draw.since), until=clock.text(draw.until),
                drawn_at=clock.text(at), seed=draw.seed, flagged=json.dumps(dict(draw.flagged)),
            )  # fmt: skip
            for part in draw.strata:
                self._db.insert(
                    "sample_strata", week=week, kind=part.kind, name=part.name,
                    population=part.population, drawn=part.drawn,
                )  # fmt: skip
            for sample in samples:
                self._db.insert(
                    "samples", week=week, kind=sample.kind, mention=sample.mention, revision=sample.revision,
                    stratum=sample.stratum, chance=sample.chance, decision=sample.decision,
                    drawn_at=clock.text(at),
                )  # fmt: skip
            self._db.add_event("sample drawn", at, week=week, mentions=len(samples), seed=draw.seed)
        return True


def _draw(row: Row, strata: Iterable[Row]) -> Draw:
    return Draw(
        week=date.fromisoformat(row["week"]), since=clock.parse(row["since"]),
        until=clock.parse(row["until"]), seed=row["seed"], flagged=json.loads(row["flagged"]),
        strata=tuple(
            Stratum(
                kind=part["kind"], name=part["name"], population=part["population"],
                drawn=part["drawn"],
            )
            for part in strata
        ),
    )  # fmt: skip
