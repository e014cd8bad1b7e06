"""Decides what must go and when: deleted upstream, a platform's limit, retention, erasure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.errors import StoreError
from store import early_retention
from store.answered_posts import AnsweredPosts
from store.database import Database
from store.deletion import Deletion, Deletions
from store.early_retention import Early
from store.encryption import clean
from store.maintenance import Maintenance
from store.models import PurgeProof
from store.search import Search
from store.sqlite import Row
from store.team.absences import Absences
from store.team.handovers import Handovers

DEFAULT = "default"  # in retention: for a platform that is not named
Times = Mapping[str, timedelta]
CLOCKS_KEPT = timedelta(days=800)  # a summary compares with the year before


class Retention:
    """Purging on schedule, erasing on request, and the holds that keep something from a purge."""

    def __init__(
        self,
        database: Database,
        deletions: Deletions,
        answered_posts: AnsweredPosts,
        maintenance: Maintenance,
        search: Search,
        handovers: Handovers,
        absences: Absences,
    ) -> None:
        self._db = database
        self._deletions = deletions
        self._answered_posts = answered_posts
        self._maintenance = maintenance
        self._search = search
        self._handovers = handovers
        self._absences = absences

    def purge(
        self,
        at: datetime,
        retention: Mapping[str, timedelta],
        *,
        deleted_after: timedelta,
        limits: Mapping[str, timedelta] | None = None,
        profiles: Mapping[str, timedelta] | None = None,
        longest: Mapping[str, timedelta] | None = None,
        gone_within: Mapping[str, timedelta] | None = None,
        early: Early = early_retention.NONE,
    ) -> PurgeProof:
        """Removes what must go and proves that it is gone.

        `retention`: by platform, and under "default" for the others, from when we first saw a
        mention; a platform with neither is kept. `deleted_after`: how long what was deleted upstream,
        or replaced by an edit, may stay. `limits`: how long a platform lets an item lie unrefreshed;
        no hold goes past it, nor past `longest`, which is counted from when we first saw what others
        said, nor past `gone_within`, how soon what was deleted or replaced there must be gone here.
        `profiles`: how long it lets what a profile says lie so; author and bio
        go then, and the rest stays. Of posts that are no mentions of ours, words in the contexts of others go by the
        same limits. `early`: what goes sooner than `retention` has it. Counts by day are kept, and what went is not taken in again.
        """
        bounds = Bounds.at(at, limits or {}, longest or {}, gone_within or {})
        self._maintenance.remove_leftovers()
        with self._db.transaction():
            deletion = self._due(at, retention, deleted_after, bounds, early)
            gone, sought = self._deletions.remove(deletion, at)
            author_removed, names = self._deletions.forget_profiles(at, profiles or {})
            expired, words = self._answered_posts.expire(at, limits or {}, longest or {})
            gone = gone + author_removed + self._forget_team(at, retention)
            gone += Counter({"answered posts": expired})
            sought |= names | words
            if gone:
                self._db.add_event("purged", at, **gone)
        left, looked_for, trouble = self._deletions.prove(sought)
        return PurgeProof(
            at=at,
            gone=gone,
            held_back=deletion.held_back,
            left_for_later=deletion.left_for_later,
            left=left,
            sought=looked_for,
            trouble=trouble,
        )

    def forget_authors(self, whose: Iterable[tuple[str, str]], *, at: datetime) -> int:
        """Takes author and bio from mentions (issuer, issued id) whose author's account is gone.

        How many were known. The next purge writes the file anew.
        """
        known = 0
        with self._db.transaction():
            for issuer, issued_id in whose:
                row = self._db.row(
                    "SELECT number, encrypted FROM mentions WHERE key_hash = ? AND NOT author_removed",
                    self._db.encryption.key_hash(issuer, issued_id),
                )
                if row:
                    known += bool(
                        self._deletions.forget_profile(row["number"], row["encrypted"], at)
                    )
        return known

    def overdue(
        self,
        at: datetime,
        limits: Mapping[str, timedelta],
        profiles: Mapping[str, timedelta],
        longest: Mapping[str, timedelta],
        gone_within: Mapping[str, timedelta] | None = None,
    ) -> int:
        """How many mentions, or what their profiles or contexts say, lie here for longer than terms let them."""

        def due(longest: Mapping[str, timedelta]) -> str:
            return json.dumps({name: clock.text(at - hours) for name, hours in longest.items()})

        with self._db.snapshot():
            return self._answered_posts.overdue(at, limits, longest) + int(self._db.value(
                """SELECT count(*) FROM mentions m WHERE coalesce(m.deleted_at, m.fetched_at)
                <= (SELECT value FROM json_each(?) WHERE key = m.platform) OR (NOT m.author_removed AND NOT m.own
                AND m.fetched_at <= (SELECT value FROM json_each(?) WHERE key = m.platform))
                OR (NOT m.own
                AND m.found_at <= (SELECT value FROM json_each(?) WHERE key = m.platform))
                OR m.deleted_at <= (SELECT value FROM json_each(?) WHERE key = m.platform)""",
                due(limits), due(profiles), due(longest), due(gone_within or {}),
            ))  # fmt: skip

    def erase(self, numbers: Iterable[int], *, by: str, at: datetime) -> PurgeProof:
        """Removes these mentions on request; those under a hold stay and are counted as held."""
        wanted = sorted(set(numbers))
        self._maintenance.remove_leftovers()
        with self._db.transaction():
            gone, sought, held_back = self._erase(wanted, by, at)
        left, looked_for, trouble = self._deletions.prove(sought)
        return PurgeProof(
            at=at, gone=gone, held_back=held_back, left=left, sought=looked_for, trouble=trouble
        )

    def erase_person(self, who: str, *, by: str, at: datetime) -> PurgeProof:
        """Removes every mention whose author's handle, name or id is exactly `who`.

        What others said about that person is found by `find_person` and judged one by one.
        """
        self._maintenance.remove_leftovers()
        with self._db.transaction():
            gone, sought, held_back = self._erase(self._search.by_author(who), by, at)
        left, looked_for, trouble = self._deletions.prove(sought)
        return PurgeProof(
            at=at, gone=gone, held_back=held_back, left=left, sought=looked_for, trouble=trouble
        )

    def _erase(
        self, numbers: list[int], by: str, at: datetime
    ) -> tuple[Mapping[str, int], set[bytes], int]:
        on_hold = self._held_mentions(at)
        there = {row["number"] for row in self._db.rows("SELECT number FROM mentions")}
        going = {number: "erased" for number in numbers if number in there - on_hold}
        gone, sought = self._deletions.remove(Deletion(mentions=going), at)
        self._db.add_event(
            "erased", at, by=self._db.encryption.person_hash(by), mentions=len(going)
        )
        return gone, sought, len(on_hold & set(numbers))

    def _due(
        self,
        at: datetime,
        retention: Mapping[str, timedelta],
        deleted_after: timedelta,
        bounds: Bounds,
        early: Early,
    ) -> Deletion:
        on_hold = self._held_mentions(at)
        going: dict[int, str] = {}
        held_back = 0
        over_time = {name: clock.text(at - longest) for name, longest in retention.items()}
        deleted_before = clock.text(at - deleted_after)
        for row in self._db.each(
            "SELECT number, platform, own, found_at, fetched_at, deleted_at FROM mentions"
        ):
            reason = bounds.passed(row)
            if reason is None and (later := _over_time(row, over_time, deleted_before)):
                held_back += row["number"] in on_hold
                reason = None if row["number"] in on_hold else later
            if reason is not None:
                going[row["number"]] = reason
        sooner = set(early_retention.due(self._db, early, at)) - going.keys()
        held_back += len(sooner & on_hold)
        early_due = sorted(sooner - on_hold)
        going |= dict.fromkeys(early_due[: early.most], "retention")
        replaced = self._db.rows(
            """SELECT v.mention, v.revision, m.platform, n.at FROM revisions v JOIN mentions m ON m.number = v.mention
            JOIN revisions n ON n.mention = v.mention AND n.revision = v.revision + 1
            WHERE v.revision < m.revision AND n.at <= ?
                AND EXISTS (SELECT 1 FROM assessments a WHERE a.mention = m.number
                    AND a.revision > v.revision)""",
            max(
                [deleted_before, *bounds.gone_within.values()]
            ),  # the shortest time is the latest moment
        )
        revisions = [
            (row["mention"], row["revision"]) for row in replaced if row["mention"] not in going
            and (bounds.replaced_too_long(row) or (row["mention"] not in on_hold
                and row["at"] <= deleted_before))
        ]  # fmt: skip
        return Deletion(
            mentions=going, revisions=revisions, held_back=held_back, left_for_later=len(early_due[early.most :])
        )  # fmt: skip

    def _forget_team(self, at: datetime, retention: Mapping[str, timedelta]) -> Counter[str]:
        """Removes handover notes and past absences that are as old as what is kept longest by default."""
        longest = retention.get(DEFAULT)
        if longest is None:
            return Counter()
        self._db.execute(  # kept for figures of a year ago: see Deletions.remove
            "DELETE FROM deadlines WHERE began_at <= ? AND case_number NOT IN (SELECT number FROM cases) AND kind <> 'pid'",
            clock.text(at - CLOCKS_KEPT),
        )  # fmt: skip
        gone = Counter({
            "handover notes": self._handovers.delete_before(at - longest),
            "absences": self._absences.delete_before(clock.local_day(at - longest)),
        })  # fmt: skip
        if gone.total():
            self._maintenance.schedule_vacuum(at)
        return +gone

    def _held_mentions(self, at: datetime) -> set[int]:
        rows = self._db.rows(
            "SELECT mention FROM holds WHERE lifted_at IS NULL AND expires_at > ?", clock.text(at)
        )
        return {row["mention"] for row in rows}

    def hold(
        self, number: int, *, reason: str, approver: str, at: datetime, expires: datetime
    ) -> None:
        """Keeps a mention from retention until `expires`, though never past a platform's own limit.

        Raises StoreError without a reason, an approver and an expiry that lies ahead.
        """
        if not reason.strip() or not approver.strip() or expires <= at:
            raise StoreError("a hold needs a reason, an approver and an expiry that lies ahead")
        with self._db.transaction():
            if not self._db.row("SELECT 1 FROM mentions WHERE number = ?", number):
                raise StoreError(f"there is no mention {number}: it was purged, or never was")
            self._db.insert(
                "holds", mention=number, approver=clean(approver), at=clock.text(at),
                expires_at=clock.text(expires), encrypted=self._db.encryption.encrypt({"reason": reason}),
            )  # fmt: skip
            self._db.add_event(
                "held", at, mention=number, by=self._db.encryption.person_hash(approver)
            )

    def on_hold(self, number: int, at: datetime) -> bool:
        """Whether a hold keeps a mention at that moment."""
        with self._db.snapshot():
            hold = self._db.value(
                "SELECT 1 FROM holds WHERE mention = ? AND lifted_at IS NULL AND expires_at > ?",
                number, clock.text(at),
            )  # fmt: skip
        return hold is not None

    def lift_hold(self, number: int, *, by: str, at: datetime) -> None:
        """Ends every hold on a mention."""
        with self._db.transaction():
            lifted = self._db.execute(
                "UPDATE holds SET lifted_at = ? WHERE mention = ? AND lifted_at IS NULL",
                clock.text(at), number,
            )  # fmt: skip
            if lifted:
                self._db.add_event(
                    "hold lifted", at, mention=number, by=self._db.encryption.person_hash(by)
                )


@dataclass(frozen=True, slots=True)
class Bounds:
    """By platform, what no hold and no setting goes past, as the moment before which something is over it; see `Retention.purge`."""

    limits: Mapping[str, str]
    longest: Mapping[str, str]
    gone_within: Mapping[str, str]

    @classmethod
    def at(cls, at: datetime, limits: Times, longest: Times, gone_within: Times) -> Bounds:
        """The bounds of a moment: worked out once, since a purge looks at every mention."""
        return cls(*(
            {platform: clock.text(at - most) for platform, most in times.items()}
            for times in (limits, longest, gone_within)
        ))  # fmt: skip

    def passed(self, row: Row) -> str | None:
        """Why a mention must go, whatever else is said of it; None where it need not."""
        # being told again that it is gone is no refresh
        unseen = _is_past(row, row["deleted_at"] or row["fetched_at"], self.limits)
        too_long = not row["own"] and _is_past(row, row["found_at"], self.longest)
        gone = row["deleted_at"] and _is_past(row, row["deleted_at"], self.gone_within)
        if gone and not (unseen or too_long):
            return "deleted"
        return "limit" if unseen or too_long else None

    def replaced_too_long(self, row: Row) -> bool:
        """Whether words that an edit replaced (at `row["at"]`) have been here for too long."""
        return _is_past(row, row["at"], self.gone_within)


def _is_past(row: Row, since: str, bound: Mapping[str, str]) -> bool:
    before = bound.get(row["platform"])
    return before is not None and since <= before


def _over_time(row: Row, over_time: Mapping[str, str], deleted_before: str) -> str | None:
    """`over_time`: by platform, and under "default", before when what was found is kept too long."""
    if row["deleted_at"] and row["deleted_at"] <= deleted_before:
        return "deleted"
    before = over_time.get(row["platform"], over_time.get(DEFAULT))
    return "retention" if before is not None and row["found_at"] <= before else None
