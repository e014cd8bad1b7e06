"""The morning list: one email each working morning with what there is to do, in ten lines; it is also the sign that all runs.

A morning without it means that something has stopped. Figures come from lanes and indexes, never from a look at all posts.
It holds no words of a post and no name of a writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from classify.policy.schema import Policy
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.models import Lane
from reports.email import message
from reports.handoffs import OTHER
from reports.rendering import SOON, render
from settings.review import LanePromises
from settings.schema import Config
from store import LaneRow, Store, Token
from store.cases.outcomes import DecisionOutcome
from store.cases.workload import Growth

TODAY: tuple[Lane, ...] = ("now", "answer", "look")  # what a day's work is made of
NAMES: Mapping[Lane, str] = {"now": "Now", "answer": "Answer", "look": "Look"}
ROWS: Mapping[Lane, int] = {
    "now": 2,
    "answer": 1,
    "look": 1,
}  # cases that a lane names: ten lines in all
NAMED = 3  # cases that another line names
USUAL = timedelta(weeks=4)  # over which the team's own pace is taken
DONE: Mapping[DecisionOutcome, str] = {
    "respond": "answered", "remove": "hidden or removed", "report": "reported to the platform", "escalate": "passed on",
    "monitor": "watched", "snooze": "brought back later", "no_action": "no action", "not_relevant": "not about us", "duplicate": "same as another case",
    "already": "answered already", "team_answered": "closed with a team’s answer", "leak_dealt": "dealt with as a leak", "not_danger": "not in danger", "not_threat": "not a threat", "not_leak": "not a leak", "not_our_name": "not in our name",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case: what Today calls it, in fixed words, where, who has it, and by when it is due."""

    case: int
    about: str
    facts: str
    due: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLines:
    """A lane: how many cases stand in it, how many of them are new, its promise and its first cases."""

    lane: Lane
    cases: int
    new: int
    promise: str
    rows: Sequence[CaseLine]

    def counts(self, since: str) -> str:
        """5 cases, 2 new since Friday, within 1 hour."""
        cases = "1 case" if self.cases == 1 else f"{self.cases:,} cases"
        new = "all" if self.new == self.cases > 1 else f"{self.new:,}"
        return f"{cases}{f', {new} new {since}' if self.new else ''}, {self.promise}"

    @property
    def name(self) -> str:
        """What the page calls it."""
        return NAMES[self.lane]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Cases past their time: how many, the number of the one that waits longest, and since when."""

    cases: int
    case: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Digest:
    """All that a morning list says. `health` is what is wrong, in plain words: with it nothing says that all is clear."""

    at: datetime
    start: datetime  # since when things are new
    lanes: Sequence[LaneLines]
    rest: int
    minutes: int | None
    overdue: Overdue | None
    grown: Sequence[Growth]
    decided: Mapping[DecisionOutcome, int]
    waiting: int  # with other teams
    handover: str | None  # who left a note that is new
    chain: tuple[int, str]
    ending: Sequence[Token] = ()
    health: Sequence[str] = ()

    @property
    def to_do(self) -> int:
        """Cases of the day."""
        return sum(lane.cases for lane in self.lanes)

    @property
    def now(self) -> int:
        """Cases that can't wait."""
        return sum(lane.cases for lane in self.lanes if lane.lane == "now")

    @property
    def since(self) -> str:
        """Since Friday."""
        return clock.since(self.start, self.at)

    @property
    def title(self) -> str:
        """Morning list, Monday 30 November."""
        return f"Morning list, {clock.local_day(self.at):%A %-d %B}"

    @property
    def subject(self) -> str:
        """Morning list: 28 to do, 5 now (Mon 30 Nov); where anything is wrong it is not complete."""
        counts = f"{self.to_do:,} to do" + (f", {self.now:,} now" if self.now else "")
        head = "Morning list, not complete" if self.health else "Morning list"
        if not self.to_do:
            counts = "" if self.health else "nothing to do"
        return f"{head}{': ' if counts else ''}{counts} ({clock.local_day(self.at):%a %-d %b})"

    @property
    def headline(self) -> str:
        """28 to do today, 5 of them now."""
        if not self.to_do:
            return (
                "We can’t tell whether there is anything to do today."
                if self.health
                else "There is nothing to do today."
            )
        now = f", {self.now:,} of them now" if self.now else ""
        return f"{self.to_do:,} to do today{now}.{' This may not be all.' if self.health else ''}"

    @property
    def more(self) -> str:
        """How long it takes, and what can be closed together."""
        about = f"About {self.minutes} minutes. " if self.minutes and self.to_do else ""
        if not self.rest:
            return about.strip()
        cases = "The rest, 1 case," if self.rest == 1 else f"The rest, {self.rest:,} cases,"
        return f"{about}{cases} can be closed in groups."

    @property
    def decisions(self) -> str:
        """19 cases decided: 8 answered, 6 no action, 5 passed on."""
        kinds = [(kind, count) for kind, count in self.decided.items() if kind in DONE]
        total = sum(count for _, count in kinds)
        if not total:
            return "no case was decided."
        named = ", ".join(f"{count:,} {DONE[kind]}" for kind, count in kinds[:4])
        others = sum(count for _, count in kinds[4:])
        cases = "1 case" if total == 1 else f"{total:,} cases"
        return f"{cases} decided: {named}{f', {others:,} otherwise' if others else ''}."

    @property
    def growth(self) -> str:
        """Case 6 by 11 posts to 14, case 12 by 2 posts to 5."""
        named = [
            f"case {each.case} by {each.more:,} post{'s' if each.more != 1 else ''} to {each.size:,}"
            for each in self.grown[:NAMED]
        ]
        others = len(self.grown) - NAMED
        text = ", ".join(named) + (f" and {others:,} more" if others > 0 else "")
        return text[:1].upper() + text[1:]

    @property
    def record(self) -> str:
        """The record of decisions: how many entries, and of its end as much as nobody can forge, kept outside with this email."""
        entries, mac = self.chain
        if not entries:
            return ""
        words = "1 entry" if entries == 1 else f"{entries:,} entries"
        return f"Record of decisions: {words}, ending {mac[:8]} {mac[8:16]}."


def gather(
    store: Store, config: Config, policy: Policy, *, start: datetime, at: datetime, health: Sequence[str]
) -> Digest:  # fmt: skip
    """What there is to do at `at`, and what came and was done since `start`."""
    counts, opened = store.lanes.counts(), store.workload.opened(start)
    people = {user.number: user.name.split()[0] for user in store.users.all() if user.name.split()}
    overdue = store.workload.overdue(at, limit=1)
    note = store.handovers.last()
    return Digest(
        at=at, start=start, rest=counts["rest"], minutes=store.lanes.minutes_left(counts, at - USUAL),
        lanes=[
            LaneLines(
                lane=lane, cases=counts[lane], new=opened.get(lane, 0), promise=_promise(lane, config.review.lanes),
                rows=[
                    case_line(row, policy, people, at)
                    for row in store.lanes.rows((lane,), user=0, at=at, limit=ROWS[lane])
                ],
            )
            for lane in TODAY
        ],
        overdue=Overdue(cases=store.workload.count_overdue(at), case=overdue[0][0], since=overdue[0][2]) if overdue else None,
        grown=store.workload.grown(start), decided=store.workload.decided(start), waiting=sum(store.handoffs.count_standing()),
        handover=people.get(note.by or 0, "A colleague") if note is not None and note.at >= start else None,
        chain=store.workload.chain_end(), ending=store.tokens.ending(at, SOON), health=health,
    )  # fmt: skip


def case_line(row: LaneRow, policy: Policy, people: Mapping[int, str], at: datetime) -> CaseLine:
    """A case as the list names it: as Today does, but for words that a person wrote."""
    has = "nobody has it"
    if row.who is not None:
        has = f"{people.get(row.who, 'someone')} has it{' open' if row.looking else ''}"
    facts = [f"Case {row.case.number}", PLATFORM_NAMES[row.item.platform]]
    if row.posts > 1:
        facts.append(f"{row.posts:,} posts")
    late = row.due_at is not None and row.due_at <= at
    return CaseLine(
        case=row.case.number, about=_about(row, policy), facts=", ".join((*facts, has)), late=late,
        due=_due(row.due_at, at) if row.due_at else "",
    )  # fmt: skip


def _about(row: LaneRow, policy: Policy) -> str:
    """What Today calls it; a question in its writer's words and a colleague's own line stay out of an email."""
    if row.reason and not row.reported:
        _, question, place = row.reason.rpartition("?")
        return f"A question{place}" if question else row.reason
    known = [policy.flags[flag.name] for flag in row.item.flags if flag.name in policy.flags]
    ranked = sorted(known, key=lambda flag: (flag.lane != row.lane, not flag.in_danger))
    words = ranked[0].mail_words if ranked and ranked[0].lane == row.lane else OTHER
    return f"{words}, told by a colleague" if row.reported else words


def _due(due: datetime, at: datetime) -> str:
    """By 09:30; by Tue 1 Dec, 12:00; late, and since when."""
    if due <= at:
        return f"late {clock.since(due, at)}"
    by = clock.near(due, at)
    return (
        by.replace(", ", " ") if by.startswith("tomorrow") else f"by {by.removeprefix('today, ')}"
    )


def _promise(lane: Lane, promises: LanePromises) -> str:
    if lane == "now":
        hours = promises.now_hours
        return f"within {hours} hour{'s' if hours != 1 else ''}"
    if lane == "answer":
        return "the same working day"
    days = promises.look_working_days
    return f"in {days} working day{'s' if days != 1 else ''}"


def text(digest: Digest, address: str) -> str:
    """The text part, which a terminal shows too."""
    return render("digest.txt", digest=digest, address=address.rstrip("/"))


def html(digest: Digest, config: Config) -> str:
    """The HTML part."""
    return render(
        "digest.html", digest=digest, address=config.review.public_url.rstrip("/"),
        leaves_at=config.schedule.daily_at,
    )  # fmt: skip


def mail(config: Config, digest: Digest, *, at: datetime, message_id: str) -> EmailMessage:
    """The email. It is urgent to nobody: what can't wait was alerted at once."""
    return message(
        config.alerts.mail, config.reports.daily_to, digest.subject, text(digest, config.review.public_url),
        html(digest, config), at=at, message_id=message_id,
    )  # fmt: skip
