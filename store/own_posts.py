"""What the organisation itself published: when each account last spoke, what a campaign reached, what was answered."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime

from core import clock
from core.models import Platform
from store.cases.sight import IN_USE
from store.database import Database
from store.encryption import clean
from store.models import AccountActivity, AnswerCounts, Reach

CAMPAIGN = "campaign: "  # before a campaign's name, in what a mention matched
METRICS = ("views", "likes", "shares", "replies")

# Was a post under one of ours, or under a comment there, and did we say something to it?
_UNDER_OURS = """EXISTS (SELECT 1 FROM mentions p WHERE p.own
    AND p.key_hash IN (m.parent_hash, m.root_hash))"""
ANSWERS = """(r.own AND r.deleted_at IS NULL
    AND (r.parent_hash = m.key_hash OR (r.parent_hash = m.parent_hash AND r.posted_at > m.posted_at
        AND r.parent_hash <> coalesce(r.root_hash, r.parent_hash))))"""
ANSWERED = f"EXISTS (SELECT 1 FROM mentions r WHERE {ANSWERS})"


class OwnPosts:
    """Figures about our own posts; the handles are the organisation's own."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def activity(self, start: datetime, end: datetime) -> list[AccountActivity]:
        """Each account of ours that we read: when it last spoke, and how often in the period."""
        last: dict[tuple[Platform, str], datetime] = {}
        often: dict[tuple[Platform, str], int] = defaultdict(int)
        with self._db.snapshot():
            for row in self._db.each(
                "SELECT platform, posted_at, encrypted FROM mentions WHERE own AND posted_at < ?",
                clock.text(end),
            ):
                personal = self._db.encryption.decrypt(row["encrypted"])
                who: tuple[Platform, str] = (
                    row["platform"],
                    personal["handle"] or personal["name"] or personal["author_id"],
                )
                posted = clock.parse(row["posted_at"])
                last[who] = max(last.get(who, posted), posted)
                often[who] += start <= posted
        return [
            AccountActivity(
                platform=platform, handle=handle, last=when, posts=often[platform, handle]
            )
            for (platform, handle), when in sorted(last.items())
        ]

    def campaign_reach(self, start: datetime, end: datetime) -> list[Reach]:
        """What each campaign reached in the period: our posts, what came of them, and others' mentions."""
        ours: dict[str, list[dict[str, int]]] = defaultdict(list)
        others: dict[str, int] = defaultdict(int)
        with self._db.snapshot():
            for row in self._db.each(
                f"""SELECT DISTINCT t.term, m.number, m.own, m.metrics FROM matches t
                JOIN mentions m ON m.number = t.mention WHERE t.term LIKE ? AND m.deleted_at IS NULL AND {IN_USE}
                AND m.posted_at >= ? AND m.posted_at < ?""",
                f"{CAMPAIGN}%", clock.text(start), clock.text(end),
            ):  # fmt: skip
                name = row["term"].removeprefix(CAMPAIGN)
                if row["own"]:
                    ours[name].append(json.loads(row["metrics"]))
                else:
                    others[name] += 1
        return [
            Reach(
                campaign=name, posts=len(ours[name]), mentions=others[name],
                **{what: sum(metrics.get(what, 0) for metrics in ours[name]) for what in METRICS},
            )
            for name in sorted({*ours, *others})
        ]  # fmt: skip

    def answered(self, flag: str, start: datetime, end: datetime) -> AnswerCounts:
        """How many posts under ours carried a flag in the period, and how many of them we answered."""
        with self._db.snapshot():
            row = self._db.row(
                f"""SELECT count(*) AS asked, coalesce(sum({ANSWERED}), 0) AS answered
                FROM current_assessments a JOIN mentions m ON m.number = a.mention
                WHERE NOT m.own AND m.deleted_at IS NULL AND {IN_USE} AND m.posted_at >= ? AND m.posted_at < ?
                AND coalesce(m.parent_hash, m.root_hash) IS NOT NULL  -- most answer nothing: no more is read of them
                AND EXISTS (SELECT 1 FROM flags f WHERE f.assessment = a.number AND f.name = ?)
                AND {_UNDER_OURS}""",
                clock.text(start), clock.text(end), clean(flag),
            )  # fmt: skip
        assert row is not None
        return AnswerCounts(requests=row["asked"], answered=row["answered"])
