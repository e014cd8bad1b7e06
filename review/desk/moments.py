"""Who said something and when, as a form has it: whether that is a name of a person, and a time at which it can have been."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from core import clock
from core.text import sentence
from review.context import RequestContext
from steps.reasons import NO_NAME, is_no_name
from store import CaseMention

LONGEST_NAME = 200
WHO_SAID = "Write who said so."
_NUMBER_IN_NAME = re.compile(r"[^\W\d_]\d")  # as in “Jones3”: a key that was meant for a button
# Without a point or colon all four figures, as a keypad of figures has them
_TIME = re.compile(
    r"(?:([01]?[0-9]|2[0-3])[:.]|([01][0-9]|2[0-3]))([0-5][0-9])(?::[0-5][0-9])?", re.ASCII
)


def name_fault(context: RequestContext, who: str, *, missing: str, others: bool = False) -> str:
    """Why this is no name of a person; "" where it is one. `others`: nor that of whoever writes it down."""
    if not who:
        return missing
    if is_no_name(who):
        return f"{NO_NAME}: “{who[:20]}” says nobody."
    if _NUMBER_IN_NAME.search(who):
        return f"{NO_NAME} without a number in it: “{who[:20]}”. In a field a number is typed and presses no button."
    me = context.user
    if others and who.casefold() in (me.handle.casefold(), me.name.casefold()):
        return f"{NO_NAME} of the team: this is your own."
    return ""


def moment_of(text: str, day: date | None) -> datetime | None:
    """A time of a day as it is here, by the 24-hour clock: 14:30, 14.30, 1430 or 9:05; None where either is none."""
    written_as = _TIME.fullmatch(text)
    if written_as is None:
        return None
    try:
        return clock.utc(clock.from_local(f"{day} {written_as[1] or written_as[2]}:{written_as[3]}", "%Y-%m-%d %H:%M"))  # fmt: skip
    except (ValueError, OverflowError):
        return None


def moment_fault(context: RequestContext, when: datetime | None, start: Began) -> str:
    """Why something was not done then, with a time that may be written; "" where it may have been."""
    at = context.at
    example = f"such as {clock.near_time(at, at)}"
    if when is None:
        return f"Write a day, and a time up to now by the 24-hour clock, {example} today."
    if when > at:
        return f"{sentence(clock.near(when, at))} is still to come. Write a time up to now, {example}, or choose an earlier day."
    if when < start.at:
        came = "was posted" if start.posted else "was found"
        return f"{sentence(clock.near(when, at))} is before it {came}: {clock.near(start.at, at)}. Write a time from then to now, {example} today."
    return ""


def when_said(context: RequestContext) -> datetime | None:
    """When somebody said so, by the time and the day of a form; now where neither is written, None for what is no time."""
    text, day = str(context.form.get("when", "")).strip(), str(context.form.get("on", "")).strip()
    if not text and day in ("", clock.local_day(context.at).isoformat()):
        return context.at
    try:
        return moment_of(text, date.fromisoformat(day) if day else clock.local_day(context.at))
    except ValueError:
        return None


def who_said_fault(context: RequestContext, covered: Sequence[CaseMention]) -> str:
    """What is wrong with who said that others have it, or with when; "" where nothing is."""
    who = str(context.form.get("who", "")).strip()
    start = began(covered, [(each.item.number, each.item.revision) for each in covered])
    return (
        name_fault(context, who, missing=WHO_SAID, others=True)
        or moment_fault(context, when_said(context), start)
    )  # fmt: skip


def who_said(context: RequestContext) -> str:
    """Who said that others have it, and when, as the reason goes on: ". Dr Shah said so, Mon 30 Nov 2026, 12:54"."""
    who, when = str(context.form.get("who", "")).strip()[:LONGEST_NAME], when_said(context)
    return said_so(who, when) if when is not None else ""


def said_so(who: str, when: datetime) -> str:
    """The same of a name and a time."""
    return f". {who} said so, {clock.local(when)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """From when something can have been done about posts: since the first was posted, or was found where that is not known."""

    at: datetime
    posted: bool


def began(mentions: Sequence[CaseMention], covers: Collection[tuple[int, int]]) -> Began:
    """The same of these posts of a case, to the minute, as times are written."""
    numbers = {post for post, _ in covers}
    items = [each.item for each in mentions if each.item.number in numbers] or [each.item for each in mentions]  # fmt: skip
    first = min(items, key=lambda item: item.fetched_at if item.undated else item.posted_at, default=None)  # fmt: skip
    if first is None:  # nothing of them is left
        return Began(at=datetime.min.replace(tzinfo=UTC), posted=False)
    start = first.fetched_at if first.undated else first.posted_at
    return Began(at=start.replace(second=0, microsecond=0), posted=not first.undated)
