"""Decides what must go and when: deleted upstream, a platform's limit, retention, erasure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core import clock
from core.errors import StoreError
from store import early_retention
from store.answered_posts import AnsweredPosts
from store.cases.records import PURGED, DecisionRecords
from store.clock_guard import Unlived, lived, unlived
from store.database import Database
from store.deletion import Deletion, Deletions
from store.early_retention import Early
from store.encryption import clean
from store.maintenance import Maintenance
from store.models import PurgeProof
from store.purge_questions import PurgeQuestions
from store.rights.ledger import Ledger
from store.rights.requests import RightsRequests
from store.rights.restriction import Restriction
from store.search import Search
from store.sqlite import Row
from store.team.absences import Absences
from store.team.handovers import Handovers
from store.views import Views

# Whether something runs on the case of a mention: a clock, or a hand-off that nobody has answered.
_RUNS = """EXISTS (SELECT 1 FROM case_mentions i WHERE i.mention = mentions.number AND (
    EXISTS (SELECT 1 FROM deadlines d WHERE d.case_number = i.case_number AND d.stopped_at IS NULL)
    OR EXISTS (SELECT 1 FROM handoffs h WHERE h.case_number = i.case_number AND h.state IN ('waits', 'confirmed'))))"""
# Mentions of the platforms that a table of times names, by an index: most platforms name none, and most mentions are of those.
_OF_PLATFORM = (
    "json_each(?1) t CROSS JOIN mentions m INDEXED BY mentions_by_platform ON m.platform = t.key"
)
DEFAULT = "default"  # in retention: for a platform that is not named
Times = Mapping[str, timedelta]
# Nobody is asked: its writer or its platform took it away, or its platform lets nobody keep it for longer: terms and law give it hours here.
# But of a limit that only a jump of the clock makes due they are: see `_only_by_jump`.
NEVER_ASKED = frozenset(["deleted", "limit"])
SPARED = timedelta(
    days=14
)  # so long a purge leaves a post for which a hold was asked; an erasure doesn't
SPARED_ALONE = timedelta(
    days=30
)  # the same where nobody else was there to be asked: a second account answers for nothing in its first week
CLOCKS_KEPT = timedelta(days=800)  # a summary compares with the year before


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAbove:
    """A purge of more than `percent` of all posts, and of more than `posts`, waits for what a person says."""

    percent: int
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What keeps a mention: who approved it, why and until when. `lifted_at`: when it ended, by itself or by a person."""

    mention: int
    case: int | None
    approver: str
    at: datetime
    expires: datetime
    lifted_at: datetime | None
    without_use: bool
    reason: str = field(repr=False)

    @property
    def last(self) -> datetime:
        """The last moment that it holds: `expires` is the first that it does not, a midnight where a day was asked for."""
        return self.expires - clock.INSTANT


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRules:
    """What goes by rules of its own, whatever becomes of the mentions that it is about."""

    handovers: Handovers
    absences: Absences
    requests: RightsRequests
    decision_records: DecisionRecords
    views: Views


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformBound:
    """When a platform's terms take a mention away at the latest. `unseen`: seen there again, it stays as long anew."""

    platform: str
    latest: datetime
    unseen: bool


class Retention:
    """Purging on schedule, erasing on request, and the holds that keep something from a purge."""

    def __init__(
        self,
        database: Database,
        deletions: Deletions,
        answered_posts: AnsweredPosts,
        maintenance: Maintenance,
        search: Search,
        ledger: Ledger,
        own_rules: OwnRules,
    ) -> None:
        self._db = database
        self._deletions = deletions
        self._answered_posts = answered_posts
        self._maintenance = maintenance
        self._search = search
        self._ledger = ledger
        self._own_rules = own_rules
        self._questions = PurgeQuestions(database)
        self._restriction = Restriction(database)
        self.asks: AskAbove | None = None  # None: nobody is asked

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
        records: timedelta | None = None,
        views: timedelta | None = None,
    ) -> PurgeProof:
        """Removes what must go and proves that it is gone.

        `retention`: by platform, and under "default" for the others, from when we first saw a
        mention; a platform with neither is kept. `deleted_after`: how long what was deleted upstream,
        or replaced by an edit, may stay. `limits`: how long a platform lets an item lie unrefreshed;
        no hold goes past it, nor past `longest`, which is counted from when we first saw what others
        said, nor past `gone_within`, how soon what was deleted or replaced there must be gone here.
        `profiles`: how long it lets what a profile says lie so; author and bio
        go then, and the rest stays. Of posts that are no mentions of ours, words in the contexts of others go by the
        same limits. `early`: what goes sooner than `retention` has it. Holds that have come to their end are lifted.
        `records` and `views`: how long records of decisions, and who looked at what, stay, whatever became of
        what they are about; without either it stays. Above `asks` a person is asked first, and what is over its time waits
        meanwhile; what its writer or its platform took away goes all the same, and what is over a platform's limit: unless the clock jumped, and
        somebody said that it is right, and it would not be over it by the time that was lived through. That is asked about too, until it is. Counts by day are kept, and what went is not taken in again.
        """
        limits, longest, profiles = limits or {}, longest or {}, profiles or {}
        bounds = Bounds.at(at, limits, longest, gone_within or {})
        self._maintenance.remove_leftovers()
        with self._db.transaction():
            self._lift_expired(at)
            jumps = unlived(self._db)
            due = self._due(at, retention, deleted_after, bounds, early)
            over = _only_by_jump(self._db, due, at, limits, longest, jumps)
            deletion, waits = self._agreed_to(replace(due, by_jump=over), at)
            if waits and over:  # what profiles and contexts say waits with them
                limits, longest, profiles = (
                    _longer(times, at, jumps) for times in (limits, longest, profiles)
                )
            gone, sought = self._deletions.remove(deletion, at)
            author_removed, names = self._deletions.forget_profiles(at, profiles)
            expired, words = self._answered_posts.expire(at, limits, longest)
            gone = gone + author_removed + self._forget_team(at, retention)
            gone += Counter(
                {"answered posts": expired, "requests": self._own_rules.requests.forget_words(at)}
            )
            gone += self._forget_records(at, records, views)
            sought |= names | words
            if gone:
                self._db.add_event("purged", at, **gone)
        left, looked_for, trouble = self._deletions.prove(sought)
        return PurgeProof(
            at=at,
            gone=gone,
            held_back=deletion.held_back,
            left_for_later=deletion.left_for_later,
            waits=waits,
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
                f"""SELECT count(*) FROM (
                    SELECT m.number FROM {_OF_PLATFORM} AND coalesce(m.deleted_at, m.fetched_at) <= t.value
                    UNION SELECT m.number FROM {_OF_PLATFORM.replace("?1", "?2")} AND m.fetched_at <= t.value
                        AND NOT m.author_removed AND NOT m.own
                    UNION SELECT m.number FROM {_OF_PLATFORM.replace("?1", "?3")} AND m.found_at <= t.value AND NOT m.own
                    UNION SELECT m.number FROM mentions m INDEXED BY mentions_deleted
                        JOIN json_each(?4) t ON t.key = m.platform WHERE m.deleted_at <= t.value)""",
                due(limits), due(profiles), due(longest), due(gone_within or {}),
            ))  # fmt: skip

    def erase(
        self, numbers: Iterable[int], *, by: str, at: datetime, accounts: Iterable[str] = (), request: int | None = None
    ) -> PurgeProof:  # fmt: skip
        """Removes these mentions on request; those under a hold stay and are counted as held. `request`: that of the register.

        `accounts`: hashes of those whose every post this is, of which a backup may hold more. What goes stands in the erasure ledger, so that a restore doesn't bring it back.
        """
        wanted = sorted(set(numbers))
        self._maintenance.remove_leftovers()
        with self._db.transaction():
            gone, sought, held_back = self._erase(wanted, by, at, accounts, request)
        left, looked_for, trouble = self._deletions.prove(sought)
        return PurgeProof(
            at=at, gone=gone, held_back=held_back, left=left, sought=looked_for, trouble=trouble
        )

    def erase_person(
        self, who: str, *, by: str, at: datetime, request: int | None = None
    ) -> PurgeProof:
        """Removes every mention whose author's handle, name or id is exactly `who`.

        What others said about that person is found by `find_person` and judged one by one. Their accounts stand in the
        erasure ledger too: a backup may hold posts of theirs that had gone from here before.
        """
        self._maintenance.remove_leftovers()
        with self._db.transaction():
            numbers = self._search.by_author(who)
            accounts = self._search.accounts_of(numbers)
            gone, sought, held_back = self._erase(numbers, by, at, accounts, request)
        left, looked_for, trouble = self._deletions.prove(sought)
        return PurgeProof(
            at=at, gone=gone, held_back=held_back, left=left, sought=looked_for, trouble=trouble
        )

    def _erase(
        self,
        numbers: list[int],
        by: str,
        at: datetime,
        accounts: Iterable[str] = (),
        request: int | None = None,
    ) -> tuple[Mapping[str, int], set[bytes], int]:
        on_hold = self._held_mentions(at)
        keys = {
            row["number"]: row["key_hash"]
            for row in self._db.rows("SELECT number, key_hash FROM mentions")
        }
        going = {number: "erased" for number in numbers if number in keys.keys() - on_hold}
        spared = [keys[number] for number in numbers if number in on_hold]
        accounts = list(accounts)
        if going or accounts:
            self._ledger.append(
                "erased", at, posts=[keys[number] for number in going], authors=accounts, spared=spared
            )  # fmt: skip
        gone, sought = self._deletions.remove(Deletion(mentions=going), at)
        about = {} if request is None else {"request": request}
        self._db.add_event(
            "erased", at, by=self._db.encryption.person_hash(by), mentions=len(going), **about
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
        on_hold = self._held_mentions(at) | self._asked_for(at)
        going: dict[int, str] = {}
        held_back = 0
        over_time = {name: clock.text(at - longest) for name, longest in retention.items()}
        deleted_before = clock.text(at - deleted_after)
        of_children = "" if early.children is None else clock.text(at - early.children)
        for row in self._db.each(
            f"SELECT number, platform, own, found_at, fetched_at, deleted_at, child = 1 AND NOT own AND NOT {_RUNS} AS child FROM mentions"
        ):
            reason = bounds.passed(row)
            if reason is None and (
                later := _over_time(row, over_time, deleted_before, of_children)
            ):
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

    def _agreed_to(self, deletion: Deletion, at: datetime) -> tuple[Deletion, int]:
        """Within a transaction: what of it may go now, and how many posts wait for what a person says."""
        over_time = {
            number: reason
            for number, reason in deletion.mentions.items()
            if reason not in NEVER_ASKED or number in deletion.by_jump
        }
        count = len(over_time) + deletion.left_for_later
        total = int(self._db.value("SELECT count(*) FROM mentions"))
        asks = self.asks
        if asks is None or count <= max(asks.posts, total * asks.percent // 100):
            self._questions.withdraw()
            return deletion, 0
        answer = self._questions.answered(at)
        if answer is not None and answer.state == "agreed" and len(over_time) <= answer.left:
            self._questions.count_gone(answer.number, len(over_time))
            return deletion, 0
        if answer is None or answer.state == "agreed":
            counts = Counter(
                "jump" if number in deletion.by_jump else reason
                for number, reason in over_time.items()
            )
            counts["retention"] += deletion.left_for_later
            self._questions.ask(+counts, total, at)
        may_go = {
            number: reason
            for number, reason in deletion.mentions.items()
            if number not in over_time
        }
        return replace(deletion, mentions=may_go, left_for_later=0), count

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
            "handover notes": self._own_rules.handovers.delete_before(at - longest),
            "absences": self._own_rules.absences.delete_before(clock.local_day(at - longest)),
        })  # fmt: skip
        if gone.total():
            self._maintenance.schedule_vacuum(at)
        return +gone

    def _forget_records(
        self, at: datetime, records: timedelta | None, views: timedelta | None
    ) -> Counter[str]:
        """Removes records of decisions and of views that are as old as their own rules let them be."""
        gone: Counter[str] = Counter()
        if records is not None:
            gone[PURGED] = self._own_rules.decision_records.delete_before(at - records)
        if views is not None:
            gone["views"] = self._own_rules.views.delete_before(at - views)
        return +gone

    def _held_mentions(self, at: datetime) -> set[int]:
        rows = self._db.rows(
            "SELECT mention FROM holds WHERE lifted_at IS NULL AND expires_at > ?", clock.text(at)
        )
        return {row["mention"] for row in rows}

    def _asked_for(self, at: datetime) -> set[int]:
        """Posts for which a hold waits, since less than `SPARED` from when one was first asked for that nobody agreed to; `SPARED_ALONE` where nobody could be asked."""
        rows = self._db.rows(
            """SELECT mention FROM hold_requests WHERE state <> 'agreed' GROUP BY mention
            HAVING min(at) > iif(max(approver IS asked_by), ?, ?) AND max(state = 'waits' AND expires_at > ?)""",
            clock.text(at - SPARED_ALONE), clock.text(at - SPARED), clock.text(at),
        )  # fmt: skip
        return {row["mention"] for row in rows}

    def _lift_expired(self, at: datetime) -> None:
        """Lifts holds that have come to their end, and ends what was asked for and ran out; governance reads each in the record and on its page."""
        for row in self._db.rows(
            "SELECT number, mention FROM holds WHERE lifted_at IS NULL AND expires_at <= ?", clock.text(at)
        ):  # fmt: skip
            self._db.execute(
                "UPDATE holds SET lifted_at = expires_at WHERE number = ?", row["number"]
            )
            self._db.add_event("hold ended", at, mention=row["mention"])
            self._restriction.release(row["mention"], at)
        for row in self._db.rows(
            "SELECT number, mention, approver FROM hold_requests WHERE state = 'waits' AND expires_at <= ?", clock.text(at)
        ):  # fmt: skip
            self._db.execute(
                "UPDATE hold_requests SET state = 'over', answered_at = expires_at WHERE number = ?",
                row["number"],
            )
            self._db.add_event("hold ran out", at, mention=row["mention"], user=row["approver"])
        self.end_unanswered(at)

    def end_unanswered(self, at: datetime) -> int:
        """Puts back into use what was set aside while a second person was asked, and nobody agreed to in time; how many, each an event."""
        with self._db.transaction():
            overdue = self._restriction.overdue(at)
            for number in overdue:
                self._restriction.release(number, at)
                self._db.add_event("restriction ended", at, mention=number)
        return len(overdue)

    def set_aside(self, number: int, at: datetime) -> bool:
        """Within a transaction: takes a post out of use while a second person is asked. False where that time is over already."""
        if not self._restriction.while_asked(number, at):
            return False
        self._restriction.restrict(number)
        self._db.add_event("restricted while asked", at, mention=number)
        return True

    def put_back(self, number: int, at: datetime) -> None:
        """Within a transaction: into use again, after a no."""
        if self._restriction.restricted(number):
            self._restriction.release(number, at)
            if not self._restriction.restricted(number):
                self._db.add_event("restriction ended", at, mention=number)

    def end_by_danger(self, number: int, at: datetime) -> bool:
        """Within a transaction: into use again, since somebody tells of a danger in it; a yes that waits puts it out of use no more. Whether it was so."""
        if not self._restriction.end_by_danger(number, at):
            return False
        self._ledger.note_of("released", at, [number], about={"in_use": 1})
        self._db.add_event("restriction ended by danger", at, mention=number)
        return True

    def ended_by_danger(self, *, since: datetime) -> list[int]:
        """Posts that came back into use since a moment, or will not go out of it by a yes, since somebody told of a danger; the latest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT json_extract(about, '$.mention') AS mention FROM events WHERE kind = 'restriction ended by danger' AND at >= ?
                GROUP BY 1 ORDER BY max(number) DESC""",
                clock.text(since),
            )  # fmt: skip
        return [int(row["mention"]) for row in rows]

    def holds(self, *, since: datetime, limit: int = 200) -> list[Hold]:
        """Holds that stand, or ended since a moment; those that end soonest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT h.*, i.case_number FROM holds h LEFT JOIN case_mentions i ON i.mention = h.mention
                WHERE h.lifted_at IS NULL OR h.lifted_at >= ? ORDER BY h.expires_at, h.number LIMIT ?""",
                clock.text(since), limit,
            )  # fmt: skip
            return [
                Hold(
                    mention=row["mention"], case=row["case_number"], approver=row["approver"], at=clock.parse(row["at"]),
                    expires=clock.parse(row["expires_at"]),
                    lifted_at=clock.parse(row["lifted_at"]) if row["lifted_at"] else None,
                    without_use=bool(row["without_use"]), reason=self._db.encryption.decrypt(row["encrypted"])["reason"],
                )
                for row in rows
            ]  # fmt: skip

    def hold(
        self, number: int, *, reason: str, approver: str, at: datetime, expires: datetime, request: int | None = None,
        without_use: bool = False, by: int | None = None,
    ) -> None:  # fmt: skip
        """Keeps a mention from retention and erasure until `expires`, though never past a platform's own limit; after a restore too.

        `approver` has said yes: `HoldRequests` asks them; `by` is the number of their account. `without_use`: until then it is also out of lists, counts, exports and learning (UK GDPR Article 18). Raises StoreError without a reason, an approver and an expiry that lies ahead.
        """
        if not reason.strip() or not approver.strip() or expires <= at:
            raise StoreError("a hold needs a reason, an approver and an expiry that lies ahead")
        with self._db.transaction():
            if not self._db.row("SELECT 1 FROM mentions WHERE number = ?", number):
                raise StoreError(f"there is no mention {number}: it was purged, or never was")
            self._db.insert(
                "holds", mention=number, approver=clean(approver), at=clock.text(at),
                expires_at=clock.text(expires), request=request, without_use=int(without_use), encrypted=self._db.encryption.encrypt({"reason": reason}),
            )  # fmt: skip
            self._ledger.note_of("held", at, [number], about={
                "until": clock.text(expires), "agreed": 1, "approver": by or 0, "request": request or 0, "without_use": int(without_use),
            })  # fmt: skip
            self._db.add_event(
                "held without use" if without_use else "held", at, mention=number,
                by=self._db.encryption.person_hash(approver) if by is None else by,
            )  # fmt: skip
            if without_use:
                self._restriction.restrict(number)

    def restricted(self, number: int) -> bool:
        """Whether a hold keeps a mention out of use."""
        return self._restriction.restricted(number)

    def is_asked_or_restricted(self, number: int, at: datetime) -> bool:
        """The same, or whether somebody is asked to agree to that."""
        with self._db.snapshot():
            waits = self._db.value(
                "SELECT 1 FROM hold_requests WHERE mention = ? AND without_use AND state = 'waits' AND expires_at > ?", number, clock.text(at)
            )  # fmt: skip
            return bool(waits) or self._restriction.restricted(number)

    def bound_of(self, number: int, limits: Times, longest: Times) -> PlatformBound | None:
        """Until when the terms of its platform let a mention stay, as it is known now; None where they say nothing of it."""
        with self._db.snapshot():
            row = self._db.row(
                "SELECT platform, fetched_at, deleted_at, found_at, own FROM mentions WHERE number = ?", number
            )  # fmt: skip
        if row is None:
            return None
        ends = []
        if row["platform"] in limits:
            seen = clock.parse(row["deleted_at"] or row["fetched_at"])
            ends.append((seen + limits[row["platform"]], row["deleted_at"] is None))
        if row["platform"] in longest and not row["own"]:
            ends.append((clock.parse(row["found_at"]) + longest[row["platform"]], False))
        return PlatformBound(platform=row["platform"], latest=min(ends)[0], unseen=min(ends)[1]) if ends else None  # fmt: skip

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
                self._ledger.note_of("released", at, [number])
                self._restriction.release(number, at)
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


def _only_by_jump(
    database: Database, due: Deletion, at: datetime, limits: Times, longest: Times, jumps: Sequence[Unlived]
) -> frozenset[int]:  # fmt: skip
    """Of the mentions that are over a platform's limit, those that are not by the time that was lived through."""
    if not jumps:
        return frozenset()
    over = [number for number, reason in due.mentions.items() if reason == "limit"]
    rows = database.rows(
        """SELECT number, platform, own, found_at, coalesce(deleted_at, fetched_at) AS seen_at FROM mentions
        WHERE number IN (SELECT value FROM json_each(?))""",
        json.dumps(over),
    )

    def passed(since: str, most: timedelta | None) -> bool:
        return most is not None and lived(clock.parse(since), at, jumps) >= most

    return frozenset(
        row["number"] for row in rows
        if not passed(row["seen_at"], limits.get(row["platform"]))
        and (row["own"] or not passed(row["found_at"], longest.get(row["platform"])))
    )  # fmt: skip


def _longer(times: Times, at: datetime, jumps: Sequence[Unlived]) -> Times:
    """These times, longer by what the clock jumped over while they ran."""
    return {
        platform: most + sum((jump.until - jump.since for jump in jumps if at - jump.until < most), timedelta(0))
        for platform, most in times.items()
    }  # fmt: skip


def _is_past(row: Row, since: str, bound: Mapping[str, str]) -> bool:
    before = bound.get(row["platform"])
    return before is not None and since <= before


def _over_time(
    row: Row, over_time: Mapping[str, str], deleted_before: str, of_children: str
) -> str | None:
    """`over_time`: by platform, and under "default", before when what was found is kept too long; `of_children`: the same of those."""
    if row["deleted_at"] and row["deleted_at"] <= deleted_before:
        return "deleted"
    before = over_time.get(row["platform"], over_time.get(DEFAULT))
    if before is not None and row["found_at"] <= before:
        return "retention"
    return "child" if row["child"] and row["found_at"] <= of_children else None
