"""The time that a writer names, as a reporter does: "by 5pm", "deadline noon tomorrow", "before Friday". A plain rule, and in UK time.

What names no time by its form names none: "by 5" may be anything. A time without a day is the first after the post.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core import clock

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOUR = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s*(?P<half>am|pm)|(?P<clock>(?:[01]?\d|2[0-3])[:.][0-5]\d)"
_WORD = r"noon|midday|midnight|close of (?:play|business)|end of (?:the )?day|cop|eod"
_DAY = rf"today|tonight|tomorrow|this (?:afternoon|evening)|{'|'.join(_DAYS)}"
_TIME = re.compile(
    rf"\b(?:by|before|no later than|deadline(?:\s+(?:is|of|for \w+ is))?:?|(?:publish|print|broadcast|air)\w*(?: it)? (?:at|on))\s+"
    rf"(?:on |at )?(?:(?P<before>{_DAY})\b(?:,| at| by)?\s*)?(?:(?:{_HOUR}|(?P<word>{_WORD}))\b(?:,? (?:on )?(?P<after>{_DAY})\b)?)?",
    re.IGNORECASE,
)  # fmt: skip
# What a word for an hour means. Close of play and the end of the day are taken as 17:00, when offices close.
_WORDS = {"noon": time(12), "midday": time(12), "midnight": time(23, 59)}
_CLOSE = time(17)
_EVENING = {"tonight": time(23, 59), "this evening": time(23, 59), "this afternoon": _CLOSE}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTime:
    """By when somebody wants something, in UTC. `exact`: they named the hour, and not a day alone, whose end it is then."""

    at: datetime
    exact: bool


def named_time(text: str, posted_at: datetime) -> NamedTime | None:
    """The first time that a text of that moment names as its end; None where it names none."""
    for match in _TIME.finditer(text):
        day = (match["after"] or match["before"] or "").lower()
        hour = _hour(match)
        if hour is None and not day:
            continue
        on = _day(day, clock.local_day(posted_at))
        if on is None:
            continue
        moment = _moment(on, hour or _EVENING.get(day, time(23, 59)))
        if moment <= posted_at and day in (*_DAYS, ""):
            moment = _moment(on + timedelta(days=7 if day else 1), hour or time(23, 59))
        return NamedTime(at=moment, exact=hour is not None)
    return None


def _hour(match: re.Match[str]) -> time | None:
    """The hour of a match; None where it has none."""
    if match["word"]:
        return _WORDS.get(match["word"].lower(), _CLOSE)
    if match["clock"]:
        hours, minutes = re.split(r"[:.]", match["clock"])
        return time(int(hours), int(minutes))
    if not match["hour"] or not 1 <= int(match["hour"]) <= 12:
        return None
    hours = int(match["hour"]) % 12 + 12 * (match["half"].lower() == "pm")
    return time(hours, int(match["minute"] or 0))


def _day(word: str, posted: date) -> date | None:
    if word in _DAYS:
        return posted + timedelta(days=(_DAYS.index(word) - posted.weekday()) % 7)
    return posted + timedelta(days=word == "tomorrow")


def _moment(on: date, hour: time) -> datetime:
    return clock.from_local(datetime.combine(on, hour))
