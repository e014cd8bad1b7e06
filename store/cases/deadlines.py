"""The clocks of cases: when something is due, which decisions begin, stop or take back a clock, and since when.

What is due first of a case is its `due_at`, by which the queue knows what is overdue. Working it out twice is
working it out once, so that whatever touches a case may ask for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from core import clock as core_clock
from core.errors import StoreError
from core.models import DecisionKind, Lane, Promise
from store.cases.models import HOLDS
from store.cases.sight import Sight
from store.database import Database
from store.encryption import clean
from store.own_posts import ANSWERED
from store.sqlite import Row

# look: nobody has decided on it yet. assistance, media: somebody waits for a reply. pid: a breach may have
# to be reported.
ClockKind = Literal["look", "assistance", "media", "pid"]
ReplyKind = Literal["assistance", "media"]
# why a clock stopped: a decision; our own account's answer; nothing is left that it waits for; a person
# recorded what was done; the decision that began it no longer holds
Stopped = Literal["decided", "answered", "nothing left", "recorded", "taken back"]

REPLIES: tuple[ReplyKind, ...] = get_args(ReplyKind)
HIGH, MEDIUM = 3, 2  # the risk of a case, as the table keeps it
# UK GDPR, article 33(1): to the ICO within 72 hours of becoming aware of it. Weekends count.
REPORT_WITHIN = timedelta(hours=72)
# As a person decided, no reply is due. To respond settles it only once somebody says what was replied.
_SETTLES: frozenset[DecisionKind] = frozenset(("no_action", "not_relevant", "duplicate"))
# Who answers for breaches: what is passed to them with the flag is taken for one. Another team is asked for other reasons.
BREACHES = "information_governance"
_ASKS_AGAIN: frozenset[DecisionKind] = frozenset(
    ("reopen",)
)  # asking a colleague puts nothing off: what was promised holds


DueBy = Callable[
    [Promise, datetime], datetime | None
]  # when what began then is due; None: no time is promised
_WORST: tuple[Promise, ...] = ("now", "answer", "look", "guardian", "rest")
_BY_RISK: Mapping[int, Promise] = {
    HIGH: "now",
    MEDIUM: "look",
}  # of what nobody has put into a lane yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Promises in hours of the wall clock, for a store that was opened without settings."""

    now: float = 4
    look: float = 24
    assistance: float = 48
    media: float = 4

    def due(self, promise: Promise, began: datetime) -> datetime | None:
        """When what began then is due."""
        hours = {
            "now": self.now, "look": self.look, "answer": self.assistance,
            "assistance": self.assistance, "media": self.media,
        }.get(promise)  # fmt: skip
        return None if hours is None else began + timedelta(hours=hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock of a case. `note` is what a person recorded of what was done, `outcome` in a word."""

    number: int
    case: int
    kind: ClockKind
    began_at: datetime
    due_at: datetime
    stopped_at: datetime | None = None
    why: Stopped | None = None
    by_name: str = ""
    outcome: str = ""
    note: str = field(default="", repr=False)
    confirmed_at: datetime | None = (
        None  # of a breach: when it was confirmed, which may be after it began
    )
    case_there: bool = True  # False once a purge took the case, which stops no clock of a breach


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDecision:
    """A decision of a case that holds: what of it matters to clocks."""

    version: int
    kind: DecisionKind
    role: str
    at: datetime
    labels: Mapping[str, bool]
    covers: Mapping[int, int]  # mention -> the revision that was seen
    replied: bool = False  # what was replied is kept with it
    has_it: bool = (
        False  # the role that it was passed on to said that it has it, or was never asked to
    )
    answered: bool = False  # and has answered

    def settles(self, mention: int) -> bool:
        """Whoever waits for a reply to this post need wait no longer."""
        passed_on = self.answered or (self.role == "media" and self.has_it)
        settled = self.kind in _SETTLES or self.replied or passed_on
        return mention in self.covers and settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post of a case that may ask for something: what the model flagged, and whether we answered it."""

    mention: int
    revision: int
    flags: frozenset[str]
    answered: bool
    wanted_at: datetime | None = None  # by when its writer wants an answer, where they name a time

    def asks(self, kind: ReplyKind, decisions: Sequence[StandingDecision]) -> bool:
        """Whether it asks, by the last word of a person on its words as they stand, else by the model's."""
        for decision in reversed(decisions):
            if kind in decision.labels and decision.covers.get(self.mention) == self.revision:
                return decision.labels[kind]
        return kind in self.flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Whether somebody waits for a reply of a kind; if not, why not and by which decision."""

    open: bool
    why: Stopped = "nothing left"
    version: int | None = None


def waits(kind: ReplyKind, posts: Sequence[Post], decisions: Sequence[StandingDecision]) -> Waits:
    """Of all posts of a case that ask: whether one is neither answered nor settled."""
    asking = [post for post in posts if post.asks(kind, decisions)]
    settled = [
        decision for decision in decisions if any(decision.settles(post.mention) for post in asking)
    ]
    for post in asking:
        if not post.answered and not any(decision.settles(post.mention) for decision in decisions):
            return Waits(open=True)
    if settled:
        return Waits(open=False, why="decided", version=settled[-1].version)
    if asking:
        return Waits(open=False, why="answered")
    denied = [decision.version for decision in decisions if decision.labels.get(kind) is False]
    if denied:
        return Waits(open=False, why="decided", version=denied[-1])
    return Waits(open=False)


def soonest(
    kind: ReplyKind, posts: Sequence[Post], decisions: Sequence[StandingDecision], promised: datetime | None
) -> datetime | None:  # fmt: skip
    """By when whoever waits is to have an answer: as was promised, or as a reporter says where that is before it.

    A time that has passed is a clock that is overdue. None where no time is promised.
    """
    if promised is None or kind != "media":
        return promised
    open_posts = [
        post
        for post in posts
        if post.asks(kind, decisions) and not post.answered and not any(decision.settles(post.mention) for decision in decisions)
    ]  # fmt: skip
    return min([promised, *(post.wanted_at for post in open_posts if post.wanted_at)])


def looked(decisions: Sequence[StandingDecision]) -> StandingDecision | None:
    """The last decision, where it asks for another look: from it that look's clock runs."""
    return decisions[-1] if decisions and decisions[-1].kind in _ASKS_AGAIN else None


def promise_of(lane: Lane | None, risk: int) -> Promise:
    """What is promised of a case; by its risk where its posts have no lane yet."""
    return lane or _BY_RISK.get(risk, "rest")


def look_due(
    began: datetime,
    promise: Promise,
    at: datetime,
    due_by: DueBy,
    before: tuple[Promise, datetime] | None,
) -> datetime | None:
    """Until when a case must be looked at; None where no time is promised.

    `before` is what was promised, and when it was due by that: one that turned worse `at` a moment has its
    shorter time from then on, though no later than it was due before.
    """
    fresh = due_by(promise, began)
    if fresh is None or before is None:
        return fresh
    if promise == before[0]:
        return before[1]
    if _WORST.index(promise) < _WORST.index(before[0]):
        return min(before[1], due_by(promise, at) or before[1])
    return fresh


def missed_of(running: Row, promise: Promise, at: datetime) -> tuple[Promise, datetime] | None:
    """The promise that a clock that runs has missed, and when that was due; None where it is in time, or its promise is the same as before.

    The first that was missed stays. What is promised now may be later, or sooner.
    """
    if running["missed_at"]:
        return running["missed_lane"], core_clock.parse(running["missed_at"])
    was, due = (
        promise_of(running["lane"], running["risk"] or 0),
        core_clock.parse(running["due_at"]),
    )
    return (was, due) if due <= at and promise != was else None


def aware(
    decisions: Sequence[StandingDecision],
    with_pid: Collection[int],
    *,
    known: Collection[int],
    recorded: int,
) -> tuple[StandingDecision | None, int | None]:
    """The decision by which we are aware of personal data in a case, and that which denied it last.

    A person confirms the flag, has such a post removed, or passes it to information governance; a later 'wrong' takes it back.
    `with_pid` are posts that the model flagged for it now, `known` the decisions by which a clock began
    before, whatever the model says since. What somebody recorded at version `recorded` settles the posts
    that had been confirmed by then: only one more post begins another clock.
    """
    settled: set[int] = set()
    first: StandingDecision | None = None
    denied: int | None = None
    for decision in decisions:
        if decision.labels.get("pid") is False:
            first, denied = None, decision.version
            continue
        flagged = decision.version in known or any(
            mention in with_pid for mention in decision.covers
        )
        confirms = decision.kind == "remove" or (
            decision.kind == "escalate" and (decision.role == BREACHES or decision.version in known)
        )
        if not (decision.labels.get("pid") or (confirms and flagged)):
            continue
        if decision.version <= recorded:
            settled |= set(decision.covers)
        elif first is None and not settled.issuperset(decision.covers):
            first, denied = decision, None
    return first, denied


# What a role was asked to look after and has not said that it has: the look at it goes on until then.
_KEEPS_LOOK = "FROM handoffs WHERE case_number = ? AND state = 'waits' AND keeps_look"
_READ = """SELECT k.*, u.name, c.number IS NOT NULL AS case_there,
    (SELECT d.at FROM case_decisions d WHERE d.case_number = k.case_number AND d.version = k.began_version) AS confirmed_at
    FROM deadlines k LEFT JOIN users u ON u.number = k.stopped_by LEFT JOIN cases c ON c.number = k.case_number"""


# Whether a post `i` with the flag for the media asks for something, as its lane tells; one that has no lane yet may.
ASKS_PRESS = "coalesce(i.lane IN ('now', 'answer'), 1)"


# Whether a case `c` was late when somebody acted on it, and what is left of it has a later time, at `{at}`: it is overdue no more, and was late all the same.
WAS_LATE = """(coalesce(c.due_at > {at}, 1) AND EXISTS (SELECT 1 FROM deadlines k WHERE k.case_number = c.number AND k.kind = 'look'
    AND k.stopped_at IS NULL AND k.missed_at IS NOT NULL))"""


def breaches_that_run(sight: Sight) -> str:
    """The clocks `k` of personal data that run, for whoever asks: the one rule by which lists and counts have them.

    Also of a leak in what speaks up, or may, for those on duty: they see it in Now, confirm it and answer for its 72 hours.
    """
    return f"k.kind = 'pid' AND k.stopped_at IS NULL AND {sight.of_numbers('k.case_number', danger=True)}"


class Deadlines:
    """Clocks of cases. `due_by` says how long each may wait, as whoever opens the store has it from the settings."""

    def __init__(self, database: Database) -> None:
        self.due_by: DueBy = Hours().due
        # whether all that waits in Now of a case is with its team; whoever keeps cases says so
        self.is_in_hand: Callable[[int, datetime], bool] = lambda case, at: False
        self.is_out_of_sight: Callable[[int], bool] = lambda case: (
            False
        )  # somebody hid all that waits
        self._db = database

    def of_case(self, case: int) -> list[Clock]:
        """All clocks of a case: those that run, earliest due first, then those that stopped, latest first."""
        if (ahead := self._db.read_ahead("clocks", case)) is not None:
            return list(ahead)
        return self.of_cases((case,))[case]

    def of_cases(self, cases: Collection[int]) -> dict[int, list[Clock]]:
        """The same of each of these cases, by one query."""
        with self._db.snapshot():
            listed = self._clocks(
                f"""{_READ} WHERE k.case_number IN (SELECT value FROM json_each(?))
                ORDER BY k.stopped_at IS NOT NULL, k.stopped_at DESC, k.due_at, k.number""",
                json.dumps(sorted(cases)),
            )
        clocks: dict[int, list[Clock]] = {case: [] for case in cases}
        for each in listed:
            clocks[each.case].append(each)
        return clocks

    def breaches(self) -> list[Clock]:
        """Every clock of personal data that runs, earliest due first; also of a case that was purged since."""
        with self._db.snapshot():
            return self._clocks(
                f"{_READ} WHERE {breaches_that_run(self._db.sight)} ORDER BY k.due_at, k.number"
            )

    def requests_out_of_lane(self) -> list[Clock]:
        """The clocks of requests for help that run though their case stands in no lane, earliest due first."""
        with self._db.snapshot():
            return self._clocks(
                f"""{_READ} WHERE k.kind = 'assistance' AND k.stopped_at IS NULL AND c.lane IS NULL AND c.protected = 0
                AND {self._db.sight.of_numbers("k.case_number")} ORDER BY k.due_at, k.number"""
            )

    def get(self, number: int) -> Clock | None:
        """One clock by its number."""
        with self._db.snapshot():
            clocks = self._clocks(f"{_READ} WHERE k.number = ?", number)
        return clocks[0] if clocks else None

    def record_done(self, number: int, *, by: int, at: datetime, outcome: str, note: str) -> bool:
        """Stops a clock of personal data, with what was done; False where it no longer runs.

        Raises StoreError for one that is stopped by other means, and without a note.
        """
        if not note.strip():
            raise StoreError("say what was done: whom you told, and what was decided")
        with self._db.transaction():
            row = self._db.row("SELECT * FROM deadlines WHERE number = ?", number)
            if row is None or row["kind"] != "pid":
                raise StoreError("that is no clock of personal data")
            if row["stopped_at"]:
                return False
            version = self._db.value(
                "SELECT version FROM cases WHERE number = ?", row["case_number"]
            )
            self._db.execute(
                """UPDATE deadlines SET stopped_at = ?, stop_reason = 'recorded', stopped_version = ?,
                stopped_by = ?, outcome = ?, encrypted = ? WHERE number = ?""",
                core_clock.text(at), version, by, clean(outcome), self._db.encryption.encrypt({"note": note}), number,
            )  # fmt: skip
            self._db.add_event(
                "breach clock stopped", at, clock=number, by=by, outcome=clean(outcome)
            )
            self._set_due(row["case_number"])
        return True

    def update(self, case: int, at: datetime) -> None:
        """Begins, stops and takes back the clocks of a case as it stands now."""
        row = self._db.row("SELECT * FROM cases WHERE number = ?", case)
        if row is None:
            return
        decisions = self._standing_decisions(case) if row["version"] else []
        self._take_back(case, {decision.version for decision in decisions}, at)
        clocks = self._db.rows(
            "SELECT * FROM deadlines WHERE case_number = ? ORDER BY number", case
        )
        self._set_look(row, decisions, clocks, at)
        self._set_replies(case, decisions, clocks, at)
        if decisions or any(clock["kind"] == "pid" for clock in clocks):
            self._set_breach(case, decisions, clocks, at)
        self._set_due(case)

    def update_all(self, at: datetime) -> None:
        """Stops clocks of what was answered by our own accounts, or is gone, since they were set."""
        rows = self._db.rows(
            f"""SELECT k.case_number FROM deadlines k JOIN cases c ON c.number = k.case_number
            WHERE k.stopped_at IS NULL AND k.kind = 'look'
                AND (c.flagged = 0 OR c.state NOT IN ('new', 'open')
                    AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.case_number = c.number
                        AND h.state = 'waits' AND h.keeps_look))
            UNION SELECT k.case_number FROM deadlines k
            JOIN case_mentions i ON i.case_number = k.case_number
            JOIN mentions m ON m.number = i.mention
            WHERE k.stopped_at IS NULL AND k.kind IN ('assistance', 'media')
                AND (i.deleted OR {ANSWERED})
            UNION SELECT k.case_number FROM deadlines k
            WHERE k.stopped_at IS NULL AND k.kind IN ('assistance', 'media') AND NOT EXISTS (
                SELECT 1 FROM case_mentions i CROSS JOIN case_flags f ON f.mention = i.mention
                WHERE i.case_number = k.case_number AND f.flag = k.kind AND (k.kind != 'media' OR {ASKS_PRESS}))
                AND NOT (k.kind = 'media' AND EXISTS (SELECT 1 FROM case_mentions w WHERE w.case_number = k.case_number AND w.wanted_at IS NOT NULL))"""
        )  # CROSS: from the case to its flags; the other way round it is every post of a flag for every clock
        for row in rows:
            self.update(row["case_number"], at)

    def _set_look(
        self, case: Row, decisions: Sequence[StandingDecision], clocks: Sequence[Row], at: datetime
    ) -> None:
        running = _running(clocks, "look")
        passed_on = self._db.value(f"SELECT min(at) {_KEEPS_LOOK}", case["number"])
        wanted = case["state"] in ("new", "open") or passed_on is not None
        again = looked(decisions)
        if running and again and running["began_version"] != again.version:
            self._stop(running["number"], again.at, "decided", again.version)
            running = None
        began = core_clock.parse(running["began_at"]) if running else again.at if again else at
        lane = case["lane"]
        if (
            passed_on is not None and lane is None
        ):  # decided, and nobody has it: what was promised holds
            lane = running["lane"] if running else "now"
        in_hand = wanted and lane == "now" and self.is_in_hand(case["number"], at)
        if lane == "look" and running and (running["missed_at"] or core_clock.parse(running["due_at"]) <= at):  # fmt: skip
            in_hand = wanted and self.is_out_of_sight(case["number"])
        if (
            in_hand
        ):  # nobody need be shouted for: what is left is to be done on the same working day
            lane = "answer"
        promise = promise_of(lane, case["risk"])
        before: tuple[Promise, datetime] | None = None
        if running:
            was = promise_of(running["lane"], running["risk"] or 0)
            before = (was, core_clock.parse(running["due_at"]))
        due = look_due(began, promise, at, self.due_by, before)
        if in_hand and (before is None or before[0] != promise):
            due = self.due_by(promise, at)
        if (
            running
            and due is not None
            and not in_hand
            and running["promised_at"]
            and promise == "now"
        ):
            promised = core_clock.parse(running["promised_at"])  # before it was in hand
            due = min(due, promised) if promised > at else due
        missed = missed_of(running, promise, at) if running else None
        if missed is not None and due is not None and promise == missed[0]:
            due = missed[1]  # taken back: it is as late as it was
        if not wanted or not case["flagged"] or due is None:
            if running:
                decided = decisions and (not wanted or (case["flagged"] and missed is not None))
                self._miss(running["number"], missed)
                self._stop(
                    running["number"],
                    at,
                    "decided" if decided else "nothing left",
                    decisions[-1].version if decided else None,
                )
        elif running:
            self._miss(running["number"], missed)
            self._db.execute(
                """UPDATE deadlines SET due_at = ?, risk = ?, lane = ?, promised_at = CASE WHEN ? THEN coalesce(promised_at, due_at) END
                WHERE number = ?""",
                core_clock.text(due), case["risk"], lane, in_hand, running["number"],
            )  # fmt: skip
        else:
            self._begin(
                case["number"], "look", clocks, decisions, began=began, due=due, risk=case["risk"],
                lane=lane, version=again.version if again else None, since=passed_on,
            )  # fmt: skip

    def _miss(self, number: int, missed: tuple[Promise, datetime] | None) -> None:
        """Keeps which promise a clock has missed: what is done later about its case makes it no less late."""
        if missed is not None:
            self._db.execute(
                "UPDATE deadlines SET missed_lane = ?, missed_at = ? WHERE number = ?",
                missed[0], core_clock.text(missed[1]), number,
            )  # fmt: skip

    def _set_replies(
        self, case: int, decisions: Sequence[StandingDecision], clocks: Sequence[Row], at: datetime
    ) -> None:
        posts = self._posts(case, decisions)
        for kind in REPLIES:
            waiting, running = waits(kind, posts, decisions), _running(clocks, kind)
            if running and not waiting.open:
                self._stop(running["number"], at, waiting.why, waiting.version)
            elif waiting.open:
                began = core_clock.parse(running["began_at"]) if running else at
                due = soonest(kind, posts, decisions, self.due_by(kind, began))
                if running and due is not None and core_clock.text(due) < running["due_at"]:
                    self._db.execute("UPDATE deadlines SET due_at = ? WHERE number = ?", core_clock.text(due), running["number"])  # fmt: skip
                elif not running and due is not None:
                    self._begin(case, kind, clocks, decisions, began=at, due=due)

    def _set_breach(
        self, case: int, decisions: Sequence[StandingDecision], clocks: Sequence[Row], at: datetime
    ) -> None:
        running = _running(clocks, "pid")
        rows = [clock for clock in clocks if clock["kind"] == "pid"]
        first, denied = aware(
            decisions, self._with_pid(case),
            known={clock["began_version"] for clock in rows},
            recorded=max((clock["stopped_version"] or 0 for clock in rows if clock["stop_reason"] == "recorded"), default=0),
        )  # fmt: skip
        if running and first is None:
            self._stop(running["number"], at, "taken back", denied)
        elif first is not None and not running:
            number = self._begin(
                case, "pid", clocks, decisions, began=first.at, due=first.at + REPORT_WITHIN,
                version=first.version,
            )  # fmt: skip
            self._db.add_event("breach clock began", first.at, clock=number, case=case)
            self._count_from(number, self._known_since(case, first), at)
        elif first is not None and running and running["began_version"] == first.version:
            self._count_from(running["number"], self._known_since(case, first), at)

    def _count_from(self, number: int, known: datetime, at: datetime) -> None:
        """Has the 72 hours of a breach count from a moment, and says so in the events where that is another than before."""
        row = self._db.row("SELECT began_at, case_number FROM deadlines WHERE number = ?", number)
        if row is None or row["began_at"] == core_clock.text(known):
            return
        self._db.execute(
            "UPDATE deadlines SET began_at = ?, due_at = ? WHERE number = ?",
            core_clock.text(known), core_clock.text(known + REPORT_WITHIN), number,
        )  # fmt: skip
        self._db.add_event("breach clock counted", at, clock=number, case=row["case_number"], since=core_clock.text(known))  # fmt: skip

    def _known_since(self, case: int, first: StandingDecision) -> datetime:
        """The earliest moment at which somebody here is written down to have known of a leak: when it was confirmed, or when, as was
        written with that or since, we first knew, information governance was told or had it, or one of us had hidden it by hand.

        Times are written to the minute: one within the minute of the decision is no earlier one.
        """
        since = core_clock.text(first.at)
        rows = [
            *self._db.rows(
                """SELECT encrypted FROM path_steps WHERE case_number = ? AND path = 'leak' AND step IN ('confirm', 'known', 'tell')
                AND undone_at IS NULL AND at >= ?""",
                case, since,
            ),
            *self._db.rows(
                """SELECT s.encrypted FROM handoffs h JOIN handoff_steps s ON s.handoff = h.number AND s.kind = 'confirmed'
                WHERE h.case_number = ? AND h.role = ? AND h.state IN ('confirmed', 'answered') AND s.at >= ?
                AND NOT EXISTS (SELECT 1 FROM handoff_steps w WHERE w.handoff = h.number AND w.kind = 'waits again' AND w.number > s.number)""",
                case, BREACHES, since,
            ),
            *self._db.rows(
                """SELECT o.encrypted FROM moderations o JOIN json_each(?) p ON p.value = o.mention
                WHERE o.began_at >= ? AND o.outcome = 'done'
                AND o.number = (SELECT max(number) FROM moderations WHERE mention = o.mention)""",
                json.dumps(sorted(first.covers)), since,
            ),
        ]  # fmt: skip
        written = [self._db.encryption.decrypt(row["encrypted"]).get("when") for row in rows]
        minute = first.at.replace(second=0, microsecond=0)
        earlier = [when for text in written if text and (when := core_clock.parse(text)) < minute]
        return min([first.at, *earlier])

    def _begin(
        self,
        case: int,
        kind: ClockKind,
        clocks: Sequence[Row],
        decisions: Iterable[StandingDecision],
        *,
        began: datetime,
        due: datetime,
        risk: int | None = None,
        lane: Lane | None = None,
        version: int | None = None,
        since: str | None = None,
    ) -> int:
        """A new clock; where the decision that stopped the last one was taken back, that one goes on.

        So it does where it stopped after `since`, when a role was asked that does not have it after all.
        """
        standing = {None, *(decision.version for decision in decisions)}
        before = [
            clock for clock in clocks if clock["kind"] == kind and clock["began_version"] == version
        ]
        last = before[-1] if before else None
        again = last and (
            last["stopped_version"] not in standing or (since and last["stopped_at"] >= since)
        )
        if last and again and last["stop_reason"] != "recorded":
            self._db.execute(
                "UPDATE deadlines SET stopped_at = NULL, stop_reason = NULL, stopped_version = NULL WHERE number = ?",
                last["number"],
            )
            return int(last["number"])
        return self._db.insert(
            "deadlines", case_number=case, kind=kind, began_at=core_clock.text(began),
            due_at=core_clock.text(due), risk=risk, lane=lane, began_version=version,
        )  # fmt: skip

    def _take_back(self, case: int, standing: Collection[int], at: datetime) -> None:
        """Stops what a decision began that no longer holds."""
        for clock in self._db.rows(
            """SELECT number FROM deadlines WHERE case_number = ? AND stopped_at IS NULL
            AND began_version IS NOT NULL
            AND began_version NOT IN (SELECT value FROM json_each(?))""",
            case, json.dumps(sorted(standing)),
        ):  # fmt: skip
            self._stop(clock["number"], at, "taken back", None)

    def _stop(self, number: int, at: datetime, why: Stopped, version: int | None) -> None:
        """Says so in the events where it was a breach's, whose clock nobody may stop unseen."""
        if self._db.value("SELECT kind FROM deadlines WHERE number = ?", number) == "pid":
            self._db.add_event("breach clock taken back", at, clock=number)
            self._db.execute(  # a leak waits in Now: where it does as none is worked out anew
                "UPDATE case_mentions SET reason = NULL WHERE lane = 'now' AND case_number = (SELECT case_number FROM deadlines WHERE number = ?)",
                number,
            )
        self._db.execute(
            "UPDATE deadlines SET stopped_at = ?, stop_reason = ?, stopped_version = ? WHERE number = ?",
            core_clock.text(at), why, version, number,
        )  # fmt: skip

    def _set_due(self, case: int) -> None:
        self._db.execute(
            """UPDATE cases SET due_at = (SELECT min(due_at) FROM (
                SELECT due_at FROM deadlines WHERE case_number = cases.number AND stopped_at IS NULL
                UNION ALL SELECT due_at FROM handoffs
                    WHERE case_number = cases.number AND state IN ('waits', 'confirmed')))
            WHERE number = ?""",
            case,
        )

    def _standing_decisions(self, case: int) -> list[StandingDecision]:
        """The decisions of a case that hold, first to last."""
        rows = self._db.rows(
            f"""SELECT *, kind = 'respond' AND EXISTS (SELECT 1 FROM json_each(d.covers) c
                JOIN replies r ON r.mention = json_extract(c.value, '$[0]')
                WHERE r.case_number = ?1 AND r.version = d.version) AS replied,
                (SELECT h.state FROM handoffs h
                WHERE h.case_number = ?1 AND h.version = d.version) AS handoff
            FROM case_decisions d WHERE case_number = ?1 AND {HOLDS} ORDER BY version""",
            case,
        )
        return [
            StandingDecision(
                version=row["version"], kind=row["kind"], role=row["role"] or "",
                at=core_clock.parse(row["at"]), labels=json.loads(row["labels"]),
                covers=dict(json.loads(row["covers"])), replied=bool(row["replied"]),
                has_it=row["kind"] == "escalate" and row["handoff"] in (None, "confirmed", "answered"),
                answered=row["handoff"] == "answered",
            )
            for row in rows
        ]  # fmt: skip

    def _posts(self, case: int, decisions: Sequence[StandingDecision]) -> list[Post]:
        """The posts of a case that ask for something, by the model or a person; deleted ones left out.

        A story that asks us nothing waits for no answer: of the flag for the media that is a post in a lane without a promise
        of an answer, which the lanes' rules put it into. What names a time by which a journalist wants an answer asks, though only a colleague says so.
        """
        by_hand = {
            n
            for decision in decisions
            if set(REPLIES) & set(decision.labels)
            for n in decision.covers
        }
        rows = self._db.rows(
            f"""SELECT i.mention, m.revision, i.wanted_at, {ANSWERED} AS answered,
                (SELECT json_group_array(f.flag) FROM case_flags f WHERE f.mention = i.mention
                    AND (f.flag != 'media' OR {ASKS_PRESS})) AS flags
            FROM case_mentions i JOIN mentions m ON m.number = i.mention
            WHERE i.case_number = ? AND NOT i.deleted AND NOT m.own AND (i.reviewable AND EXISTS (
                SELECT 1 FROM case_flags f WHERE f.mention = i.mention
                AND f.flag IN ('assistance', 'media'))
                OR i.reviewable AND i.wanted_at IS NOT NULL OR i.mention IN (SELECT value FROM json_each(?)))""",
            case, json.dumps(sorted(by_hand)),
        )  # fmt: skip
        return [
            Post(
                mention=row["mention"], revision=row["revision"], answered=bool(row["answered"]),
                flags=frozenset((*json.loads(row["flags"]), *(["media"] if row["wanted_at"] else []))),
                wanted_at=core_clock.parse(row["wanted_at"]) if row["wanted_at"] else None,
            )
            for row in rows
        ]  # fmt: skip

    def _with_pid(self, case: int) -> set[int]:
        rows = self._db.rows(
            """SELECT i.mention FROM case_mentions i CROSS JOIN case_flags f ON f.mention = i.mention
            WHERE i.case_number = ?1 AND i.reviewable AND f.flag = 'pid'
            UNION SELECT x.mention FROM false_negatives x JOIN case_mentions i ON i.mention = x.mention
            WHERE i.case_number = ?1 AND EXISTS (SELECT 1 FROM json_each(x.flags) WHERE value = 'pid')""",
            case,
        )
        return {row["mention"] for row in rows}

    def _clocks(self, sql: str, *values: Any) -> list[Clock]:
        return [
            Clock(
                number=row["number"], case=row["case_number"], kind=row["kind"],
                began_at=core_clock.parse(row["began_at"]), due_at=core_clock.parse(row["due_at"]),
                stopped_at=core_clock.parse(row["stopped_at"]) if row["stopped_at"] else None,
                why=row["stop_reason"], by_name=row["name"] or "", outcome=row["outcome"] or "",
                note=self._db.encryption.decrypt(row["encrypted"])["note"] if row["encrypted"] else "",
                case_there=bool(row["case_there"]), confirmed_at=core_clock.parse(row["confirmed_at"]) if row["confirmed_at"] else None,
            )
            for row in self._db.rows(sql, *values)
        ]  # fmt: skip


def _running(clocks: Sequence[Row], kind: ClockKind) -> Row | None:
    return next(
        (clock for clock in clocks if clock["kind"] == kind and not clock["stopped_at"]), None
    )
