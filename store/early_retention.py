"""What goes sooner than the rest: set aside by a person, outside the scope, or good words with nothing to do.

Never what waits, was passed on, reported, answered or flagged and not decided, nor what a running clock is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from store.database import Database

# A case in which something was done that somebody may have to answer for is kept as long as any.
_DEALT_WITH = """EXISTS (SELECT 1 FROM handoffs h WHERE h.case_number = c.number AND h.state <> 'taken back')
    OR EXISTS (SELECT 1 FROM hr_releases h WHERE h.case_number = c.number)
    OR EXISTS (SELECT 1 FROM path_steps p WHERE p.case_number = c.number)
    OR EXISTS (SELECT 1 FROM deadlines k WHERE k.case_number = c.number AND (k.stopped_at IS NULL OR k.outcome IS NOT NULL))
    OR EXISTS (SELECT 1 FROM case_mentions i JOIN takedowns t ON t.mention = i.mention WHERE i.case_number = c.number)
    OR EXISTS (SELECT 1 FROM case_mentions i JOIN moderations t ON t.mention = i.mention WHERE i.case_number = c.number)
    OR EXISTS (SELECT 1 FROM case_mentions i JOIN replies t ON t.mention = i.mention WHERE i.case_number = c.number)
    OR EXISTS (SELECT 1 FROM case_mentions i JOIN sendings t ON t.mention = i.mention WHERE i.case_number = c.number)
    OR EXISTS (SELECT 1 FROM case_mentions i JOIN staff_reports t ON t.mention = i.mention WHERE i.case_number = c.number
        AND t.at > ?1)"""
# Nobody looked at it, and nobody waits for it: no case of its is under way, no sample asks for it, no other post rests on it.
_NOBODY_NEEDS = f"""NOT m.own AND NOT EXISTS (SELECT 1 FROM staff_reports t WHERE t.mention = m.number)
    AND NOT EXISTS (SELECT 1 FROM samples s WHERE s.mention = m.number)
    AND NOT EXISTS (SELECT 1 FROM answered_posts p WHERE p.key_hash = m.key_hash)
    AND NOT EXISTS (SELECT 1 FROM mentions r WHERE r.parent_hash = m.key_hash OR r.root_hash = m.key_hash)
    AND NOT EXISTS (SELECT 1 FROM case_mentions i JOIN cases c ON c.number = i.case_number WHERE i.mention = m.number
        AND (i.lane IN ('now', 'answer', 'guardian') OR c.state IN ('open', 'escalated', 'snoozed')
            OR c.kind NOT IN ('no_action', 'not_relevant') OR {_DEALT_WITH}))
    AND EXISTS (SELECT 1 FROM current_assessments a WHERE a.mention = m.number AND a.read = 'full'
        AND a.protected = 'none' AND a.revision = m.revision)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """How long each is kept where that is shorter than the platform's time; None: as long as the rest.

    `set_aside` counts from the decision, the others from when we first saw it. `most` go at one go, the oldest first: after an
    upgrade years of them are due at once, and a thousand take some eight seconds.
    """

    set_aside: timedelta | None = None
    out_of_scope: timedelta | None = None
    positive: timedelta | None = None
    most: int = 20_000


NONE = Early()


def due(database: Database, early: Early, at: datetime) -> Iterator[int]:
    """Numbers of mentions whose time is over, holds not looked at."""
    if early.set_aside is not None:
        for row in database.each(
            f"""SELECT i.mention FROM cases c JOIN case_mentions i ON i.case_number = c.number
            WHERE c.state = 'done' AND c.kind IN ('no_action', 'not_relevant') AND c.decided_at <= ?1
                AND coalesce(i.decided_revision >= i.revision, 0) AND NOT ({_DEALT_WITH})""",
            clock.text(at - early.set_aside),
        ):  # fmt: skip
            yield row["mention"]
    for longest, labels in (
        (early.out_of_scope, "NOT in_scope AND flags = '[]'"),
        (early.positive, "sentiment = 'positive' AND flags = '[]' AND risk IN ('none', 'low')"),
    ):
        if longest is None:
            continue
        for row in database.each(
            f"""SELECT m.number FROM counted_mentions t CROSS JOIN mentions m ON m.number = t.mention
            WHERE t.daily_count IN (SELECT number FROM daily_counts WHERE {labels})
                AND m.found_at <= ?1 AND {_NOBODY_NEEDS}""",
            clock.text(at - longest),
        ):  # fmt: skip
            yield row["number"]
