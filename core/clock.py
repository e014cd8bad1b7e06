"""The only code that makes or formats a moment.

Inside the house a moment is an aware `datetime` in UTC; local time is only on what people read.
"""

from __future__ import annotations

import re
import sys
import time as system_time
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

READERS_ZONE = ZoneInfo("Europe/London")
INSTANT = timedelta(microseconds=1)  # the finest that we tell apart
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # nothing public on the web is older
_OURS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)  # that of `text`
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})Z?")  # GDELT's

_NO_NOUGHT = re.compile(r"%-(?=[a-zA-Z])")


def windows_form(form: str) -> str:
    """A form of strftime as Windows knows it: a day without its nought is %#d there, and %-d an error."""
    return _NO_NOUGHT.sub("%#", form)


if sys.platform == "win32":  # date and datetime format by this function
    _strftime = system_time.strftime
    system_time.strftime = lambda form, *of: _strftime(windows_form(form), *of)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """`20261129T021000Z`: a moment in a file's name, in UTC, which sorts as time does."""
    return utc(moment).strftime("%Y%m%dT%H%M%SZ")


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


def parse(written: str | int | float) -> datetime:
    """Reads any form in which platforms write a moment, as UTC.

    Accepts ISO 8601 (`Z`, `+0000`, `+01:00`; without an offset it is taken as UTC), RFC 822 (RSS),
    GDELT's compact form, and epoch seconds or milliseconds. Raises ValueError for anything else.
    """
    if isinstance(written, bool):
        raise ValueError("not a moment: a truth value")
    if isinstance(written, int | float):
        return _from_epoch(written)
    if _OURS.fullmatch(written):  # by the hundred on each page
        return datetime.fromisoformat(written)
    written = written.strip()
    if re.fullmatch(r"-?\d{9,13}(\.\d+)?", written):
        return _from_epoch(float(written))
    compact = _COMPACT.fullmatch(written)
    if compact:
        year, month, day, hour, minute, second = (int(part) for part in compact.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        try:
            # email.utils knows America's zones by name, and not our own
            moment = parsedate_to_datetime(re.sub(r"\bBST$", "+0100", written))
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise ValueError(
                f"not a moment in any form that we know ({len(written)} characters)"
            ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment out of range") from error


def _from_epoch(written: float) -> datetime:
    try:
        seconds = float(written)
    except OverflowError as error:  # a whole number of hundreds of digits
        raise ValueError("epoch time out of range") from error
    if abs(seconds) >= 1e11:  # milliseconds: 1e11 seconds would be the year 5138
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError("epoch time out of range") from error


def from_local(written: str | date | datetime, form: str = "") -> datetime:
    """UK time without a zone, as spreadsheets hold it, in UTC: by a strptime form, or a cell's own value.

    What has a zone keeps it. Raises ValueError where a text is not of that form.
    """
    if isinstance(written, str):
        written = datetime.strptime(written, form)  # noqa: DTZ007 - the zone comes with the next lines
    elif not isinstance(written, datetime):
        written = datetime.combine(written, time())
    moment = written if written.tzinfo else written.replace(tzinfo=READERS_ZONE)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment out of range") from error


def plausible(moment: datetime, at: datetime) -> datetime:
    """`moment`, or `at` where it can't be true: before 1990 (an unset clock) or in the future."""
    return moment if EARLIEST <= moment <= at + timedelta(minutes=15) else at


def text(moment: datetime) -> str:
    """A fixed width, so that text sorts as time does: 2026-11-24T09:05:00.000000Z."""
    return utc(moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def local(moment: datetime) -> str:
    """For people: Tue 24 Nov 2026, 09:05, in UK time."""
    return utc(moment).astimezone(READERS_ZONE).strftime("%a %-d %b %Y, %H:%M")


def near(moment: datetime, at: datetime) -> str:
    """For people who read it at `at`, on a screen: today, 09:05; yesterday; tomorrow; Tue 24 Nov, 09:05 in the same year.

    What is printed or kept says `local`, which stays right the day after.
    """
    then, today = local_day(moment), local_day(at)
    day_name = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((then - today).days)
    if day_name is None and then.year != today.year:
        return local(moment)
    return f"{day_name or f'{then:%a %-d %b}'}, {utc(moment).astimezone(READERS_ZONE):%H:%M}"


def near_time(moment: datetime, at: datetime) -> str:
    """The same where it stands beside other times of the day: 09:05 of today; yesterday, 09:05; Tue 24 Nov, 09:05."""
    return near(moment, at).removeprefix("today, ")


def at_time(moment: datetime, at: datetime) -> str:
    """The same within a sentence: at 09:05; yesterday, 09:05; on Tue 24 Nov, 09:05."""
    words = near_time(moment, at)
    if words[0].isdigit():
        return f"at {words}"
    return words if words.startswith(("yesterday", "tomorrow")) else f"on {words}"


def since(moment: datetime, at: datetime) -> str:
    """For people who read it at `at`: since 06:02, of today; since Thursday, of the last week; since 12 Nov."""
    then, today = local_day(moment), local_day(at)
    if then == today:
        return f"since {utc(moment).astimezone(READERS_ZONE):%H:%M}"
    if 0 < (today - then).days < 7:
        return f"since {then:%A}"
    return f"since {then:%-d %b}" + (f" {then.year}" if then.year != today.year else "")


def local_day(moment: datetime) -> date:
    """The reader's day on which it happened."""
    return utc(moment).astimezone(READERS_ZONE).date()


def day(on: date) -> tuple[datetime, datetime]:
    """Start and end of a reader's day, half open, in UTC (23 or 25 hours when clocks change)."""
    start = datetime.combine(on, time(), READERS_ZONE)
    end = datetime.combine(on + timedelta(days=1), time(), READERS_ZONE)
    return start.astimezone(UTC), end.astimezone(UTC)


def week(on: date) -> tuple[datetime, datetime]:
    """The seven reader's days that end with `on`, half open, in UTC: Monday to Sunday for a Sunday."""
    return day(on - timedelta(days=6))[0], day(on)[1]
