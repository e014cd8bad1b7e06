"""Keeps what the classifier said, and how high it makes the risk of a mention."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import get_args

from core import clock, explanation
from core.models import RISKS, Assessment, Flag, Platform, Reading, Risk
from store.database import Database
from store.encryption import clean
from store.mentions import STORED, Mentions
from store.models import NeedsRisk, NewRisk, Stored
from store.sqlite import Row

PART = 256  # mentions that are handed out at once
BY_NOBODY = ""  # the model of what a colleague reported, until the program has read it
TRIES = 2  # at reading a revision, after which it stands as not read


class Assessments:
    """Adding assessments and risks; nothing is ever overwritten."""

    def __init__(self, database: Database, mentions: Mentions) -> None:
        self._db = database
        self._mentions = mentions
        # The reach that a mention had when it was handed out for reading, so that the risk row says
        # what its risk was told from, even if another process stored newer metrics meanwhile.
        self._reach_read: dict[tuple[int, int], tuple[int | None, int | None]] = {}

    def any_by_staff(self, mentions: Sequence[int]) -> bool:
        """Whether any of these posts was ever read as written by somebody who works for us or elsewhere in the NHS."""
        with self._db.snapshot():
            return bool(self._db.value(
                "SELECT 1 FROM assessments WHERE staff IN ('icb', 'nhs') AND mention IN (SELECT value FROM json_each(?)) LIMIT 1",
                json.dumps(list(mentions)),
            ))  # fmt: skip

    def add(
        self,
        assessments: Iterable[Assessment],
        *,
        staff_not_kept: AbstractSet[str] = frozenset(),
    ) -> int:
        """Stores them with their flags, spans and risks, together or not at all; how many mentions became high.

        `staff` is not stored for platforms in `staff_not_kept`. An assessment that is there already, or whose text
        was purged meanwhile, is passed over. A new risk is grouped next, which raises the alert of its case.
        """
        batch = list(assessments)
        high = 0
        with self._db.transaction():
            for assessment in batch:
                before = self._current_risk(assessment.mention)
                number = self._add_assessment(assessment, staff_not_kept)
                if number is not None:
                    reach = self._reach(assessment.mention, assessment.revision)
                    high += self._add_risk(
                        number, assessment.mention, assessment.risk, reach, "reading", before, assessment.at
                    )  # fmt: skip
        for assessment in batch:
            self._reach_read.pop((assessment.mention, assessment.revision), None)
        return high

    def add_unread(self, assessment: Assessment) -> bool:
        """Stores of a post that nobody has read yet that it may be anything, so that it can be a case; whether it did.

        It goes on to be unassessed: what a model says of it takes this place. `assessment` is by the model BY_NOBODY.
        """
        if self._current_risk(assessment.mention) is not None:
            return False
        number = self._add_assessment(
            assessment, frozenset(get_args(Platform))
        )  # who wrote it is not known
        if number is not None:
            reach = self._reach(assessment.mention, assessment.revision)
            self._add_risk(number, assessment.mention, assessment.risk, reach, "reading", None, assessment.at)  # fmt: skip
        return number is not None

    def needing_new_risk(
        self, policy: str, model: str, since: datetime | None = None
    ) -> list[NeedsRisk]:
        """Current assessments by this policy and model whose mention's followers or shares changed.

        `since`: of mentions alone that a platform showed since then. One that says that a mention was not
        read stays as it is: nothing is known of which reach could tell more.
        """
        seen = "" if since is None else "INDEXED BY mentions_by_fetched"
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT a.*, m.followers, m.shares FROM mentions m {seen}
                CROSS JOIN current_assessments a ON a.mention = m.number
                WHERE a.policy = ? AND a.model = ? AND m.deleted_at IS NULL
                    AND (m.followers IS NOT a.risk_followers OR m.shares IS NOT a.risk_shares)
                    AND NOT EXISTS (SELECT 1 FROM failed_readings f WHERE {_TRIPPED})
                    AND m.fetched_at >= ?
                ORDER BY a.mention""",
                clean(policy), clean(model), clock.text(since) if since else "",
            )  # fmt: skip
            flags = self.flags([row["number"] for row in rows])
        return [
            NeedsRisk(
                mention=row["mention"], revision=row["revision"], policy=policy, model=model,
                flags=flags.get(row["number"], ()), staff=row["staff"],
                in_scope=bool(row["in_scope"]), sentiment=row["sentiment"], protected=row["protected"],
                followers=row["followers"], shares=row["shares"], risk=row["risk"],
            )
            for row in rows
        ]  # fmt: skip

    def reach_told(self, policy: str, model: str, at: datetime) -> datetime | None:
        """Since when a changed reach may not have been looked at for risks; None: ever, as with the first cycle of a day.

        A day before the last whole look, since what was collected meanwhile bears the moment at which that began; what a
        clock that was ahead of `at` kept is not believed.
        """
        row = self._through(policy, model)
        looked_at = clock.parse(row["reach_at"]) if row is not None and row["reach_at"] else None
        return looked_at - timedelta(days=1) if looked_at and looked_at <= at else None

    def tell_reach(self, policy: str, model: str, at: datetime) -> None:
        """Keeps that all risks were told again from the reach that is known at `at`."""
        with self._db.transaction():
            self._begin_through(policy, model)
            self._db.execute("UPDATE read_through SET reach_at = ?", clock.text(at))

    def look_at_all_again(self) -> None:
        """Makes the next search begin with the first mention: once a night, so that what was passed over is for a day at most."""
        with self._db.transaction():
            self._db.execute(
                "UPDATE read_through SET number = 0, lowered = lowered + 1, reach_at = NULL"
            )

    def add_risks(self, risks: Iterable[NewRisk]) -> int:
        """Adds risks told again from new reach; how many mentions became high.

        Where `staff` was not kept, a lower risk than the last is not believed: the table was read
        without knowing what the first reading knew.
        """
        batch = list(risks)
        high = 0
        with self._db.transaction():
            for risk in batch:
                assessment = self._db.row(
                    """SELECT number, staff FROM assessments
                    WHERE mention = ? AND revision = ? AND policy = ? AND model = ?""",
                    risk.mention, risk.revision, clean(risk.policy), clean(risk.model),
                )  # fmt: skip
                if assessment is None:
                    continue
                before = self._current_risk(risk.mention)
                level = risk.risk
                if assessment["staff"] is None and before is not None:
                    level = min(level, before, key=RISKS.index)
                high += self._add_risk(
                    assessment["number"], risk.mention, level, (risk.followers, risk.shares), "reach", before, risk.at
                )  # fmt: skip
        return high

    def _add_assessment(
        self, assessment: Assessment, staff_not_kept: AbstractSet[str]
    ) -> int | None:
        platform = self._db.value(
            """SELECT m.platform FROM mentions m JOIN revisions v ON v.mention = m.number
            WHERE v.mention = ? AND v.revision = ? AND NOT EXISTS (
                SELECT 1 FROM assessments a WHERE a.mention = v.mention
                AND a.revision = v.revision AND a.policy = ? AND a.model = ?)""",
            assessment.mention, assessment.revision, clean(assessment.policy), clean(assessment.model),
        )  # fmt: skip
        if platform is None:
            return None
        reading = assessment.reading
        number = self._db.insert(
            "assessments", mention=assessment.mention, revision=assessment.revision,
            policy=clean(assessment.policy), model=clean(assessment.model), in_scope=reading.in_scope,
            staff=None if platform in staff_not_kept else reading.staff,
            sentiment=reading.sentiment, protected=reading.protected, language=clean(reading.language), read=reading.read,
            masked=clean(reading.masked), at=clock.text(assessment.at),
            explanation=_explained(reading, keeps_staff=platform not in staff_not_kept),
        )  # fmt: skip
        for position, flag in enumerate(reading.flags):
            self._add_flag(number, position, flag)
        return number

    def _add_flag(self, assessment: int, position: int, flag: Flag) -> None:
        self._db.insert(
            "flags", assessment=assessment, position=position, name=flag.name,
            score=float(flag.score), clauses=json.dumps(flag.clauses),
            target=json.dumps(flag.target), harm=flag.harm,
        )  # fmt: skip
        spans = [(None, *span) for span in flag.spans] + list(flag.picture_spans)
        for place, (picture, start, until) in enumerate(spans):
            self._db.insert(
                "spans", assessment=assessment, flag=position, position=place, start=int(start),
                until=int(until), picture=picture,
            )  # fmt: skip

    def _add_risk(
        self,
        assessment: int,
        mention: int,
        risk: Risk,
        reach: tuple[int | None, int | None],
        reason: str,
        before: Risk | None,
        at: datetime,
    ) -> int:
        """Adds the risk; 1 where that made the mention high, else 0."""
        raised = before is None or RISKS.index(risk) < RISKS.index(before)
        number = self._db.insert(
            "risks", mention=mention, assessment=assessment, risk=risk, followers=reach[0],
            shares=reach[1], reason=reason, raised=raised, at=clock.text(at),
        )  # fmt: skip
        if before == "high" or self._current_risk(mention) != "high":
            return 0
        self._db.add_event("became high", at, mention=mention, risk=number)
        return 1

    def _current_risk(self, mention: int) -> Risk | None:
        risk: Risk | None = self._db.value(
            "SELECT risk FROM current_assessments WHERE mention = ?", mention
        )
        return risk

    def _reach(self, mention: int, revision: int) -> tuple[int | None, int | None]:
        if (mention, revision) in self._reach_read:
            return self._reach_read[mention, revision]
        row = self._db.rows("SELECT followers, shares FROM mentions WHERE number = ?", mention)[0]
        return row["followers"], row["shares"]

    def flags(self, assessments: list[int]) -> dict[int, tuple[Flag, ...]]:
        """The flags of each assessment, in the order in which they were given, each with why."""
        wanted = json.dumps(assessments)
        explanations = {
            row["number"]: json.loads(row["explanation"])["flags"]
            for row in self._db.rows(
                """SELECT number, explanation FROM assessments
                WHERE number IN (SELECT value FROM json_each(?)) AND explanation IS NOT NULL""",
                wanted,
            )
        }
        spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
        in_pictures: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        for row in self._db.rows(
            """SELECT * FROM spans WHERE assessment IN (SELECT value FROM json_each(?))
            ORDER BY assessment, flag, position""",
            wanted,
        ):
            key, span = (row["assessment"], row["flag"]), (row["start"], row["until"])
            if row["picture"] is None:
                spans.setdefault(key, []).append(span)
            else:
                in_pictures.setdefault(key, []).append((row["picture"], *span))
        flags: dict[int, tuple[Flag, ...]] = {}
        for row in self._db.rows(
            """SELECT * FROM flags WHERE assessment IN (SELECT value FROM json_each(?))
            ORDER BY assessment, position""",
            wanted,
        ):
            why = explanations.get(row["assessment"], {}).get(row["name"])
            flags[row["assessment"]] = (*flags.get(row["assessment"], ()), Flag(
                name=row["name"], score=row["score"], harm=row["harm"],
                clauses=tuple(json.loads(row["clauses"])), target=tuple(json.loads(row["target"])),
                spans=tuple(spans.get((row["assessment"], row["position"]), ())),
                picture_spans=tuple(in_pictures.get((row["assessment"], row["position"]), ())),
                explanation=explanation.flag_from_json(why) if why else None,
            ))  # fmt: skip
        return flags

    def unassessed(self, policy: str, model: str, *, limit: int | None = None) -> list[Stored]:
        """All that `unassessed_parts` hands out, or the first `limit`: of many it takes 8 MB a thousand."""
        waiting: list[Stored] = []
        for part in self.unassessed_parts(policy, model, size=limit or PART):
            waiting += part
            if limit and len(waiting) >= limit:
                return waiting[:limit]
        return waiting

    def unassessed_parts(
        self,
        policy: str,
        model: str,
        *,
        size: int = PART,
        history: Callable[[], bool] = lambda: True,
    ) -> Iterator[list[Stored]]:
        """Current revisions without an assessment by this policy and model, in parts of `size`.

        What nobody has assessed at all comes first, and again before each further part: a new policy's work on
        history keeps no new mention waiting. `history` is asked before each part of that whether there is time
        for it. Within either the oldest number comes first; none comes twice, whatever became of it
        meanwhile. Deleted mentions are left out.

        Mentions that are known to be read are not looked at again: `read_through` says up to which that is so.
        """
        new = 0  # the last that was handed out, or looked at in vain
        old: int | None = None
        while True:
            if part := self._new(new, self._read_through(policy, model), size):
                new = part[-1].number
            else:
                new = max(new, self._last_number())
                if not history():
                    return
                if old is None:
                    part, old = self._first_of_history(policy, model, size)
                else:
                    part = self._history(old, size, policy, model)
                if not part:
                    return
                old = part[-1].number
            yield part

    def _new(self, after: int, read: int, size: int) -> list[Stored]:
        """What nobody assessed: by the list that triggers keep, and of those above `read` by what is there."""
        return self._part(
            f"""SELECT u.mention AS number FROM unassessed u WHERE u.mention > ?1
            UNION SELECT n.number FROM mentions n INDEXED BY mentions_to_read
            WHERE n.deleted_at IS NULL AND n.number > max(?1, ?2) AND {_NOBODY_ASSESSED}
            ORDER BY number LIMIT ?3""",
            after, read, size,
        )  # fmt: skip

    def _history(self, after: int, size: int, policy: str, model: str) -> list[Stored]:
        return self._part(
            f"""SELECT n.number FROM mentions n INDEXED BY mentions_to_read
            WHERE n.deleted_at IS NULL AND n.number > ? AND {_OTHERS_ASSESSED}
            ORDER BY n.number LIMIT ?""",
            after, clean(policy), clean(model), size,
        )  # fmt: skip

    def _first_of_history(self, policy: str, model: str, size: int) -> tuple[list[Stored], int]:
        """The first part of history, and before it a number up to which all is read, which is kept.

        Unless something below it changed while that was looked at: then the next search looks again.
        """
        if (row := self._through(policy, model)) is None:
            with self._db.transaction():
                self._begin_through(policy, model)
            row = self._through(policy, model)
        read, lowered = (row["number"], row["lowered"]) if row is not None else (0, 0)
        with self._db.snapshot():
            last = self._last_number()
            part = self._history(read, size, policy, model)
        through = part[0].number - 1 if part else last
        if through > read:
            with self._db.transaction():
                self._db.execute(
                    """UPDATE read_through SET number = ?
                    WHERE policy = ? AND model = ? AND number = ? AND lowered = ?""",
                    through, clean(policy), clean(model), read, lowered,
                )  # fmt: skip
        return part, read

    def _through(self, policy: str, model: str) -> Row | None:
        with self._db.snapshot():
            return self._db.row(
                "SELECT * FROM read_through WHERE policy = ? AND model = ?",
                clean(policy), clean(model),
            )  # fmt: skip

    def _read_through(self, policy: str, model: str) -> int:
        row = self._through(policy, model)
        return row["number"] if row is not None else 0

    def _begin_through(self, policy: str, model: str) -> None:
        if self._through(policy, model) is None:
            self._db.execute("DELETE FROM read_through")
            self._db.insert("read_through", policy=clean(policy), model=clean(model))

    def _part(self, numbers: str, *values: int | str) -> list[Stored]:
        with self._db.snapshot():
            rows = self._db.rows(
                f"{STORED} WHERE m.number IN ({numbers}) AND m.deleted_at IS NULL ORDER BY m.number", *values,
            )  # fmt: skip
            mentions = [self._mentions.from_row(row) for row in rows]
        for row in rows:
            self._reach_read[row["number"], row["revision"]] = (row["followers"], row["shares"])
        return mentions

    def _last_number(self) -> int:
        return int(self._db.value("SELECT coalesce(max(number), 0) FROM mentions"))

    def unassessed_of(self, numbers: Iterable[int]) -> frozenset[int]:
        """Those of these mentions that nobody has assessed as they stand now, deleted ones left out."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT n.number FROM json_each(?) j CROSS JOIN mentions n ON n.number = j.value
                WHERE n.deleted_at IS NULL AND {_NOBODY_ASSESSED}""",
                json.dumps(list(numbers)),
            )
        return frozenset(row["number"] for row in rows)

    def count_unassessed(self) -> int:
        """How many mentions nobody has assessed as they stand now, deleted ones left out."""
        with self._db.snapshot():
            return int(self._db.value("SELECT count(*) FROM unassessed"))

    def count_history(self, policy: str, model: str) -> int:
        """How many were assessed, but not by this policy and model."""
        with self._db.snapshot():
            return int(self._db.value(
                f"""SELECT count(*) FROM mentions n INDEXED BY mentions_to_read
                WHERE n.deleted_at IS NULL AND n.number > ? AND {_OTHERS_ASSESSED}""",
                self._read_through(policy, model), clean(policy), clean(model),
            ))  # fmt: skip

    def failed_tries(self, batch: Sequence[Stored], policy: str, model: str) -> dict[int, int]:
        """How often reading these revisions failed by this policy and model, by mention; those that never did are left out."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT f.mention, f.tries FROM json_each(?) j JOIN failed_readings f
                ON f.mention = j.value ->> 0 AND f.revision = j.value ->> 1
                WHERE f.policy = ? AND f.model = ?""",
                json.dumps([(stored.number, stored.revision) for stored in batch]),
                clean(policy), clean(model),
            )  # fmt: skip
        return {row["mention"]: row["tries"] for row in rows}

    def begin_reading(self, batch: Iterable[Stored], policy: str, model: str, at: datetime) -> None:
        """Counts a try at each before it is read, so that one that ends the program counts, too; see `end_reading`."""
        with self._db.transaction():
            self._db.execute_many(
                """INSERT INTO failed_readings (mention, revision, policy, model, tries, at)
                VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET tries = tries + 1, at = excluded.at""",
                [(stored.number, stored.revision, clean(policy), clean(model), clock.text(at)) for stored in batch],
            )  # fmt: skip

    def end_reading(
        self, batch: Iterable[Stored], policy: str, model: str, *, was_read: bool
    ) -> None:
        """Takes that try back, since it did not fail; of what was read, those before it are forgotten, too."""
        which = [(each.number, each.revision, clean(policy), clean(model)) for each in batch]
        where = "WHERE mention = ? AND revision = ? AND policy = ? AND model = ?"
        with self._db.transaction():
            if not was_read:
                self._db.execute_many(
                    f"UPDATE failed_readings SET tries = tries - 1 {where}", which
                )
                where = f"{where} AND tries <= 0"
            self._db.execute_many(f"DELETE FROM failed_readings {where}", which)

    def count_not_read(self) -> int:
        """How many mentions stand as not read, since the program tripped over them twice; deleted ones left out."""
        with self._db.snapshot():
            return int(self._db.value(
                f"""SELECT count(DISTINCT f.mention) FROM failed_readings f
                JOIN mentions m ON m.number = f.mention AND m.deleted_at IS NULL
                JOIN current_assessments a ON a.mention = f.mention WHERE {_TRIPPED}"""
            ))  # fmt: skip


_NOBODY_ASSESSED = f"""NOT EXISTS (SELECT 1 FROM assessments b
    WHERE b.mention = n.number AND b.revision = n.revision AND b.model <> '{BY_NOBODY}')"""
_OTHERS_ASSESSED = f"""EXISTS (SELECT 1 FROM assessments b
        WHERE b.mention = n.number AND b.revision = n.revision AND b.model <> '{BY_NOBODY}')
    AND NOT EXISTS (SELECT 1 FROM assessments a
        WHERE a.mention = n.number AND a.revision = n.revision AND a.policy = ? AND a.model = ?)"""
# Whether an assessment `a` says no more than that the reading `f` failed.
_TRIPPED = f"""f.tries >= {TRIES} AND f.mention = a.mention AND f.revision = a.revision AND f.policy = a.policy
    AND f.model = a.model"""


def _explained(reading: Reading, *, keeps_staff: bool) -> str | None:
    """Why each flag is there, as it is kept; None where the reading does not say."""
    if reading.explanation is None:
        return None
    whole = reading.explanation if keeps_staff else reading.explanation.without_staff()
    flags = {
        flag.name: explanation.flag_as_json(flag.explanation)
        for flag in reading.flags
        if flag.explanation is not None
    }
    return json.dumps({**explanation.reading_as_json(whole), "flags": flags})
