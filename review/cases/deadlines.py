"""What a case's page says of its clocks, of takedowns and of what staff reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.clock import near_time
from review.context import RequestContext
from review.staff_reports import masked_worries
from steps.models import DONE
from store import Case, Clock, ClockKind, Step, Takedown, Whom
from store.cases.deadlines import Stopped
from store.cases.takedowns import Standing

CLOCKS: Mapping[ClockKind, str] = {
    "look": "To be looked at",
    "assistance": "A request for help is to be answered",
    "media": "A media enquiry is to be answered",
    "pid": "Personal data: 72 hours to report it, if it must be",
}
STOPPED: Mapping[Stopped, str] = {
    "decided": "decided on",
    "answered": "answered by an account of ours",
    "nothing left": "nothing is left that it waits for",
    "recorded": "recorded",
    "taken back": "taken back: what started it no longer holds",
}
# What came of personal data that was out, by the key that is kept.
OUTCOMES: Mapping[str, str] = {
    "reported": "It was reported to the ICO",
    "no_report": "It was assessed, and need not be reported",
    "passed_on": "Someone else is responsible for the data, and was told",
    "no_breach": "It was no breach after all",
}
STEPS: Mapping[Step, str] = {
    "asked": "Asked to take it down",
    "reminded": "Reminded",
    "refused": "They refused",
    "gone": "It is gone",
    "given_up": "No more can be done",
}
WHOM: Mapping[Whom, str] = {
    "platform": "The platform",
    "author": "The writer",
    "other": "Someone else",
}
STANDS: Mapping[Standing, tuple[str, str]] = {  # in words, and the colour of its tag
    "wanted": ("Nobody was asked yet", "red"),
    "asked": ("Asked", "yellow"),
    "reminded": ("Reminded", "yellow"),
    "refused": ("Refused", "red"),
    "gone": ("Gone", "green"),
    "given_up": ("No more can be done", "grey"),
    "hidden": ("Hidden", "green"),
    "nothing": ("Not to be taken down so far", "grey"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockShown:
    """A clock in words: what it is for, what is left of it, and why it stopped."""

    of: Clock
    name: str
    left: str
    over: bool
    why: str
    outcome: str


def hidden_words(takedown: Takedown, at: datetime) -> str:
    """Hidden, 18:56; still there for its writer: as every page says it of a post that is out of the public’s sight."""
    hidden = takedown.hidden
    if hidden is None or takedown.standing != "hidden":
        return ""
    when = f", {near_time(hidden.at, at)}" if hidden.at is not None else ""
    there = "; still there for its writer" if hidden.action in ("hide", "hold") else ""
    return f"{DONE.get(hidden.action, 'Hidden')}{when}{there}"


def stand_words(takedown: Takedown, at: datetime) -> tuple[str, str]:
    """Where the takedown of a post stands in words, and the colour of its tag: the one answer of Waiting, Takedowns, a leak and the case."""
    words, colour = STANDS[takedown.standing]
    return hidden_words(takedown, at) or words, colour


def shown(clock: Clock, at: datetime) -> ClockShown:
    """A clock as pages show it."""
    return ClockShown(
        of=clock, name=CLOCKS[clock.kind], left=left(clock.due_at, clock.stopped_at or at),
        over=clock.due_at <= (clock.stopped_at or at), why=STOPPED[clock.why] if clock.why else "",
        outcome=OUTCOMES.get(clock.outcome, ""),
    )  # fmt: skip


def left(due: datetime, at: datetime) -> str:
    """61 hours left, 1 hour 46 minutes left, 5 days over; hours up to four days, since the law counts in them."""
    word = "left" if due > at else "over"
    minutes = int(abs((due - at).total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 96:
        return f"{_many(hours // 24, 'day')} {word}"
    if hours >= 6 or (hours and not rest):
        return f"{_many(hours, 'hour')} {word}"
    if hours:
        return f"{_many(hours, 'hour')} {_many(rest, 'minute')} {word}"
    return f"{_many(minutes, 'minute')} {word}" if minutes else f"less than a minute {word}"


def days(since: datetime, at: datetime) -> str:
    """For how long somebody waits, in whole days."""
    count = max(0, (at - since).days)
    return "less than a day" if count == 0 else _many(count, "day")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def parts(context: RequestContext, case: Case, flags: Sequence[str]) -> dict[str, object]:
    """What `cases/clocks.html` needs. The tracker is shown where something should go, or was to."""
    clocks = context.store.deadlines.of_case(case.number)
    followed = context.store.takedowns.of_case(case.number)
    followed_flags = context.app.policy.names(takedown_followed=True)
    due = any(clock.kind == "pid" for clock in clocks) or not set(followed_flags).isdisjoint(flags)
    reports = context.store.staff_reports.of_case(case.number)
    begun = any(takedown.steps or takedown.since for takedown in followed)
    return {
        "clocks": [shown(clock, context.at) for clock in clocks],
        "followed": followed if due or begun or case.kind == "remove" else [],
        "worries": masked_worries(context, reports), "told": reports, "sent": {},
    } | words()  # fmt: skip


def words() -> dict[str, object]:
    """What takedowns' templates call things."""
    return {
        "step_names": STEPS,
        "whom_names": WHOM,
        "stand_words": stand_words,
        "outcomes": OUTCOMES,
        "days": days,
    }
