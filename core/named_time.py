"""The time that a writer names, as a reporter does: "by 5pm", "deadline noon tomorrow", "before Friday", "within the hour". A plain rule, and in UK time.

What names no time by its form names none: "by 5" may be anything, but where a colleague says what a journalist asks (`bare`). A time without a day is
the first after the post.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core import clock

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOUR = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s*(?P<half>am|pm)|(?P<clock>(?:[01]?\d|2[0-3])[:.][0-5]\d)"
# An hour without more, where a sentence or its part ends, or a day follows
_BARE = r"|(?P<bare>1[0-2]|[1-9])(?![\d:.,]*\d)(?=\s*(?:[.,;:!?)]|$|o[’']?clock|today|tonight|tomorrow|please|at the latest|or (?:they|we|he|she)\b))"
_WORD = r"noon|midday|midnight|(?:close|end) of (?:play|business)|end of (?:the )?day|cop|eod"
_DAY = rf"today|tonight|tomorrow|this (?:afternoon|evening)|{'|'.join(_DAYS)}"
_END = (
    r"(?:by|before|no later than|deadline(?:\s+(?:is|of|for \w+ is))?:?"
    r"|(?:publish|print|broadcast|air|run|go(?:es|ing)? (?:out|live|to (?:print|press))|on air|live)\w*(?: it| this| the story)? (?:at|on|by))"
)


def _ends(bare: str = "") -> re.Pattern[str]:
    return re.compile(
        rf"\b{_END}\s+(?:on |at )?(?:(?P<before>{_DAY})\b(?:,| at| by)?\s*)?(?:(?:{_HOUR}{bare}|(?P<word>{_WORD}))(?!\w)(?:,? (?:on )?(?P<after>{_DAY})\b)?)?",
        re.IGNORECASE,
    )  # fmt: skip


_TIME, _TIME_OR_BARE = _ends(), _ends(_BARE)
# What is an end by itself: "tomorrow 9am", "9am tomorrow", "end of play"
_ALONE = (
    re.compile(rf"\b(?P<before>today|tonight|tomorrow)(?:,| at)?\s+(?:{_HOUR})\b", re.IGNORECASE),
    re.compile(rf"\b(?:{_HOUR})\s+(?P<after>today|tonight|tomorrow)\b", re.IGNORECASE),
    re.compile(rf"\b(?P<word>(?:close|end) of (?:play|business))\b(?:,? (?P<after>{_DAY})\b)?", re.IGNORECASE),
)  # fmt: skip
_COUNTS = {"the": 1, "the next": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "half an": 0.5}  # fmt: skip
_WITHIN = re.compile(
    rf"\b(?:within|in)\s+(?:(?P<count>\d{{1,2}})\s+(?P<unit>hours?|hrs?|minutes?|mins?)|(?P<word>{'|'.join(sorted(_COUNTS, key=len, reverse=True))})\s+hours?)\b(?! ago)",
    re.IGNORECASE,
)
# Before a time that is how long somebody waits for care, and no end of the writer's
_OF_CARE = re.compile(r"\b(?:seen|treated|admitted|discharged|moved|triaged|wait\w*)\b[^.!?\n]{0,25}$", re.IGNORECASE)  # fmt: skip
# What a word for an hour means. Close of play and the end of the day are taken as 17:00, when offices close.
_WORDS = {"noon": time(12), "midday": time(12), "midnight": time(23, 59)}
_CLOSE = time(17)
_EVENING = {"tonight": time(23, 59), "this evening": time(23, 59), "this afternoon": _CLOSE}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTime:
    """By when somebody wants something, in UTC. `exact`: they named the hour, and not a day alone, whose end it is then."""

    at: datetime
    exact: bool


def named_time(text: str, posted_at: datetime, *, bare: bool = False) -> NamedTime | None:
    """The first time that a text of that moment names as its end; None where it names none. `bare`: "before 5" is one too, in the hours of an office."""
    matches = [*_endings(text, posted_at, bare=bare), *_spans(text, posted_at, counted=bare)]
    return min(matches, key=lambda pair: pair[0])[1] if matches else None


def _endings(text: str, posted_at: datetime, *, bare: bool) -> Iterator[tuple[int, NamedTime]]:
    """Every time of day or day that it names, with where it stands; what is past as it was written is an end only where it is called one."""
    for pattern in (_TIME_OR_BARE if bare else _TIME, *_ALONE):
        for match in pattern.finditer(text):
            if (named := _named(match, posted_at)) is None:
                continue
            if pattern not in _ALONE or named.at > posted_at:
                yield match.start(), named


def _spans(text: str, posted_at: datetime, *, counted: bool) -> Iterator[tuple[int, NamedTime]]:
    """Every time that it counts from now: within the hour, in the next hour; where they are `counted`, within 2 hours too."""
    for match in _WITHIN.finditer(text):
        word = (match["word"] or "").lower()
        within = match[0][:6].lower() == "within" and (word == "the" or counted)
        if (not within and word != "the next") or _OF_CARE.search(text, 0, match.start()):
            continue
        count = float(match["count"]) if match["count"] else _COUNTS[word]
        minutes = (match["unit"] or "").lower().startswith("min")
        wait = timedelta(minutes=count) if minutes else timedelta(hours=count)
        yield match.start(), NamedTime(at=posted_at + wait, exact=True)


def _named(match: re.Match[str], posted_at: datetime) -> NamedTime | None:
    """The time of one place of a text; None where it is none."""
    parts = match.groupdict()
    day = (parts.get("after") or parts.get("before") or "").lower()
    hour = _hour(parts)
    if hour is None and not day:
        return None
    on = _day(day, clock.local_day(posted_at))
    moment = _moment(on, hour or _EVENING.get(day, time(23, 59)))
    if moment <= posted_at and day in (*_DAYS, ""):
        moment = _moment(on + timedelta(days=7 if day else 1), hour or time(23, 59))
    return NamedTime(at=moment, exact=hour is not None)


def _hour(parts: dict[str, str | None]) -> time | None:
    """The hour of a match; None where it has none."""
    if word := parts.get("word"):
        return _WORDS.get(word.lower(), _CLOSE)
    if by_clock := parts.get("clock"):
        hours, minutes = re.split(r"[:.]", by_clock)
        return time(int(hours), int(minutes))
    if bare := parts.get("bare"):
        return time(int(bare) + 12 * (int(bare) < 8))
    hour = parts.get("hour")
    if not hour or not 1 <= int(hour) <= 12:
        return None
    half = (parts.get("half") or "").lower()
    return time(int(hour) % 12 + 12 * (half == "pm"), int(parts.get("minute") or 0))


def _day(word: str, posted: date) -> date:
    if word in _DAYS:
        return posted + timedelta(days=(_DAYS.index(word) - posted.weekday()) % 7)
    return posted + timedelta(days=word == "tomorrow")


def _moment(on: date, hour: time) -> datetime:
    return clock.from_local(datetime.combine(on, hour))
