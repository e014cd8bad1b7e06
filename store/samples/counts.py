"""Counts what people said in samples and decisions, week by week, and keeps the counts when mentions go.

As with daily counts, what is counted names nobody: figures of past weeks outlive the words that they were of.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from core import clock
from store.database import Database
from store.samples.models import Disagreement, Tally
from store.sqlite import Row

ANY, SCOPE = "any", "in scope"
Key = tuple[str, str, str, str]  # week, kind, stratum, what
_ALL = "1"
_DELETED = "m.number IN (SELECT mention FROM to_delete WHERE revision IS NULL)"
# A decision that says by itself whether a post is about us; others say nothing of it.
_SCOPE = {"not_relevant": False} | dict.fromkeys(
    ("no_action", "respond", "remove", "escalate", "monitor", "report"), True
)
_LAST = """a.version = (SELECT max(b.version) FROM sample_answers b
    WHERE b.sample = a.sample AND b.skipped IS NULL)"""


def week_of(on: date) -> date:
    """The Monday by which a week is named."""
    return on - timedelta(days=on.weekday())


class SampleCounts:
    """Counting what was said."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def tallies(self, since: date) -> list[Tally]:
        """All counts of the weeks from `since` on, of what is here and of what has gone."""
        start = week_of(since)
        with self._db.snapshot():
            counts = self._tally(_ALL, start)
            for row in self._db.rows(
                "SELECT * FROM sample_counts WHERE week >= ?", start.isoformat()
            ):
                counts[row["week"], row["kind"], row["stratum"], row["what"]] += row["count"]
        return [
            Tally(
                week=date.fromisoformat(week), kind=kind, stratum=stratum, what=what, count=count  # type: ignore[arg-type]
            )
            for (week, kind, stratum, what), count in sorted(counts.items())
        ]  # fmt: skip

    def disagreements(self, since: date, *, limit: int = 50) -> list[Disagreement]:
        """Where a second person said something else than the first, newest week first."""
        with self._db.snapshot():
            rows = self._second_answers(_ALL, week_of(since))
            disagreements = [
                Disagreement(
                    week=date.fromisoformat(row["week"]), case=row["case_number"], of=of,
                    first=first, second=second,
                )
                for row in rows
                for of, first, second in _pairs(row)
                if first != second
            ]  # fmt: skip
        return sorted(
            disagreements,
            key=lambda disagreement: (
                -disagreement.week.toordinal(),
                disagreement.case or 0,
                disagreement.of,
            ),
        )[:limit]

    def keep_deleted(self) -> None:
        """Within a removal: keeps the counts of what goes."""
        for key, count in self._tally(_DELETED, date.min).items():
            self._db.execute(
                """INSERT INTO sample_counts VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count""",
                *key, count,
            )  # fmt: skip

    def _tally(self, where: str, since: date) -> Counter[Key]:
        """Counts of the mentions `m` for which `where` holds, from a week on."""
        counts: Counter[Key] = Counter()
        for row in self._db.rows(
            f"""SELECT s.week, s.stratum, a.in_scope, a.labels FROM samples s
            JOIN mentions m ON m.number = s.mention JOIN sample_answers a ON a.sample = s.number
            WHERE s.kind = 'unflagged' AND {_LAST} AND s.week >= ? AND {where}""",
            since.isoformat(),
        ):
            flags = json.loads(row["labels"])
            outcomes = ["answered", *flags, *([ANY] if flags else []), *([SCOPE] * row["in_scope"])]
            counts.update((row["week"], "unflagged", row["stratum"], what) for what in outcomes)
        for row in self._second_answers(where, since):
            counts[row["week"], "second", "", "answered"] += 1
            counts.update(
                (row["week"], "second", of, f"{_yes_no(first)} {_yes_no(second)}")
                for of, first, second in _pairs(row)
            )
        counts.update(_judgement_counts(self._labelled(where, since)))
        return counts

    def _second_answers(self, where: str, since: date) -> list[Row]:
        return self._db.rows(
            f"""SELECT s.week, a.in_scope, a.labels, d.kind, (SELECT i.case_number
                FROM case_mentions i WHERE i.mention = m.number) AS case_number,
                (SELECT json_group_array(json(labels)) FROM (SELECT e.labels FROM decisions e
                    WHERE e.mention = s.mention AND e.revision = s.revision AND e.number <= s.decision
                    AND NOT e.undone AND e.kind <> 'second_opinion' ORDER BY e.version)) AS first
            FROM samples s JOIN mentions m ON m.number = s.mention
            JOIN sample_answers a ON a.sample = s.number
            JOIN decisions d ON d.number = s.decision AND NOT d.undone
            WHERE s.kind = 'second' AND {_LAST} AND s.week >= ? AND {where}""",
            since.isoformat(),
        )

    def _labelled(self, where: str, since: date) -> list[Row]:
        """Decisions that said something of flags, first to last, with what the post was flagged for then."""
        return self._db.rows(
            f"""SELECT m.story, d.at, d.labels, (SELECT json_group_array(DISTINCT f.name)
                FROM assessments a JOIN flags f ON f.assessment = a.number
                WHERE a.mention = d.mention AND a.revision = d.revision AND a.at <= d.at) AS flags
            FROM decisions d JOIN mentions m ON m.number = d.mention
            WHERE d.at >= ? AND NOT d.undone AND d.kind <> 'second_opinion' AND d.labels <> '{{}}'
                AND {where} ORDER BY d.at, d.number""",
            clock.text(clock.day(since)[0]) if since > date.min else "",
        )


def _judgement_counts(rows: Iterable[Row]) -> Counter[Key]:
    """The last word on each flag that stood on a story, and on whether any of them was right.

    Copies of a story count once. Flags that nobody had put on it don't count here, but show that it
    deserved one. A story of which some flags were called wrong and others not spoken of is left out of "any".
    """
    last: dict[tuple[str, str], tuple[str, bool]] = {}
    labels_by_story: dict[str, dict[str, bool]] = {}
    for row in rows:
        week = week_of(clock.local_day(clock.parse(row["at"]))).isoformat()
        labels, flags = json.loads(row["labels"]), set(json.loads(row["flags"]))
        if not flags:
            continue
        story = row["story"]
        labels_by_story.setdefault(story, {}).update(labels)
        last |= {(story, flag): (week, holds) for flag, holds in labels.items() if flag in flags}
        if any(labels_by_story[story].values()):
            last[story, ANY] = (week, True)
        elif flags <= labels_by_story[story].keys():
            last[story, ANY] = (week, False)
        else:
            last.pop((story, ANY), None)
    return Counter(
        (week, "judged", flag, "right" if holds else "wrong")
        for (_, flag), (week, holds) in last.items()
    )


def _pairs(row: Row) -> Iterator[tuple[str, bool, bool]]:
    """Of what both spoke: a flag (or the scope), what the first person said, what the second said."""
    second = set(json.loads(row["labels"]))
    first: dict[str, bool] = {}
    for labels in json.loads(row["first"]):
        first |= labels
    if row["kind"] in _SCOPE:
        yield SCOPE, _SCOPE[row["kind"]], bool(row["in_scope"])
    for flag, holds in first.items():
        yield flag, holds, flag in second


def _yes_no(holds: bool) -> str:
    return "yes" if holds else "no"
