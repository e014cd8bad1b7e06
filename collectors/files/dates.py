"""The dates of an export: how a column writes them, in which order and zone, and one cell of it as a moment.

Whether 03/11/2026 is in November or in March is told from the whole column, never from one cell: a day past the 12th
tells it, and so does an order by which some posts would not have been written yet. A column that tells it by neither is
ambiguous, which is asked. A cell that can't be read is no moment at all: never that of reading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from core import clock

Order = Literal["day first", "month first"]
ORDERS: tuple[Order, ...] = get_args(Order)
# Why a cell is no moment, in words that are counted
Why = Literal["no date", "its date can't be read", "its date does not fit the order", "its date is in the future", "its date is before 1990"]  # fmt: skip
# What had to be taken for granted: of an hour that the clocks skipped, and of one that came twice
Doubt = Literal["", "skipped", "twice"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"), 1,
    )
    for name in names.split()
}  # fmt: skip
_IN_FIGURES = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:(?:,\s*|\s+|T|\s*\|\s*)(\S.*))?")
_DAY_NAME = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_BY_DAY = re.compile(
    _DAY_NAME + r"(\d{1,2})(?:st|nd|rd|th)?[\s/.-]+(?:of\s+)?([a-z]{3,9})\.?,?[\s/.-]+(\d{4}|\d{2})\b(?:,?\s*(?:at\s+)?(\S.*))?", re.IGNORECASE
)  # fmt: skip
_BY_MONTH = re.compile(
    _DAY_NAME + r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b(?:,?\s*(?:at\s+)?(\S.*))?", re.IGNORECASE
)  # fmt: skip
# Mon Nov 30 09:05:00 GMT 2026, as Java writes it, and +0000 as X once did
_YEAR_LAST = re.compile(
    _DAY_NAME + r"([a-z]{3,9})\s+(\d{1,2})\s+(\d{1,2}:\d{2}(?::\d{2})?)\s+(\S{1,6})\s+(\d{4})", re.IGNORECASE
)  # fmt: skip
_TIME = re.compile(
    r"(?:T|at\s+)?(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s*([ap]\.?\s?m\.?)?\s*(.*)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})Z?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_NUMBERS_OF_DAYS = (32_874, 73_051)  # Excel's of 1 January 1990 and of 1 January 2100
_EXCEL_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001 - the zone comes with the column
# What tools write for a zone, in lower case. One that has summer time is taken for the place, whichever half of the
# year its letters name: a column under "BST" holds posts of winter too.
_ZONES: dict[str, str] = {
    **dict.fromkeys(("uk", "uk time", "bst", "london", "british time", "gmt/bst", "bst/gmt", "local uk time"), "Europe/London"),
    **dict.fromkeys(("et", "est", "edt", "eastern", "eastern time", "us/eastern", "america/new york"), "America/New_York"),
    **dict.fromkeys(("ct", "cdt", "central time", "us/central"), "America/Chicago"),
    **dict.fromkeys(("mt", "mdt", "mountain time"), "America/Denver"),
    **dict.fromkeys(("pt", "pst", "pdt", "pacific", "pacific time", "us/pacific"), "America/Los_Angeles"),
    **dict.fromkeys(("cet", "cest", "paris", "berlin", "europe/berlin"), "Europe/Paris"),
    **dict.fromkeys(("eet", "eest"), "Europe/Athens"),
}  # fmt: skip
_UTC_NAMES = frozenset(("utc", "gmt", "z", "zulu", "etc/utc", "etc/gmt", "coordinated universal time", "greenwich mean time", "utc time", "gmt time"))  # fmt: skip
_IN_HEADING = re.compile(
    r"\s*[(\[]([^()\[\]]{1,60})[)\]]\s*$|[\s_-]+(utc|gmt|bst)\s*$", re.IGNORECASE
)
_SLACK = timedelta(minutes=15)  # a clock of a tool may be ahead of ours


class UnreadableDate(ValueError):
    """A cell is no moment; `why` says it in words that hold nothing of the cell."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


def zone_named(name: str) -> tzinfo | None:
    """The zone of a name as tools write it: Europe/London, GMT, BST, ET, UTC+01:00; None for one that is not known."""
    written = " ".join(name.replace("_", " ").split()).casefold()
    if written in _UTC_NAMES:
        return UTC
    if written in _ZONES:
        return ZoneInfo(_ZONES[written])
    if (offset := _OFFSET.fullmatch(written.upper())) and int(offset[2]) <= 14:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    if re.fullmatch(r"[A-Za-z_]{2,20}(?:/[A-Za-z_+-]{2,30}){1,2}", name.strip()):
        try:
            return ZoneInfo("/".join(part.title() if part.islower() else part for part in name.strip().split("/")))  # fmt: skip
        except (ValueError, OSError, KeyError):  # no such zone is a KeyError
            return None
    return None


def zone_in(heading: str) -> tuple[str, str]:
    """A heading without the zone that stands at its end, and that zone's name; "" where it names none.

    What stands in brackets above a date is taken for a zone, also where it is none that is known.
    """
    match = _IN_HEADING.search(heading)
    if match is None:
        return heading, ""
    return heading[: match.start()], (match[1] or match[2]).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class DateReading:
    """How a column of dates is read. `order`: None where no cell needs one.

    `zone`: of times that name none; None: UK time, but UTC for those written as 2026-11-24 09:05, as machines do.
    `forms`: of strptime, for what nothing here reads.
    """

    order: Order | None = "day first"
    zone: tzinfo | None = None
    forms: tuple[str, ...] = ()


@dataclass(slots=True)
class DateEvidence:
    """What the cells of one column tell of how they are written; filled cell by cell."""

    cells: int = 0
    empty: int = 0
    in_figures: int = 0  # of which order decides something
    first_past_12: int = 0
    second_past_12: int = 0
    future_by: Counter[Order] = field(default_factory=Counter)  # of those that either order reads
    with_time: int = 0
    without_time: int = 0
    with_zone: int = 0
    machine: int = 0  # as 2026-11-24 09:05, without a zone
    read: int = 0  # of any kind
    real: int = 0  # cells that hold a date by themselves, as a workbook's do
    real_past_12: int = 0
    example: str = ""  # a date that both orders read; figures alone

    def add(self, value: object, at: datetime) -> None:
        """One more cell; `at` is the moment of reading."""
        if value is None or (isinstance(value, str) and not value.strip()):
            self.empty += 1
            return
        self.cells += 1
        parts = _parts_of(value)
        if parts is None:
            return
        self.read += 1
        self.with_zone += parts.zone is not None or parts.moment is not None
        if parts.clock_time is None and parts.moment is None:
            self.without_time += 1
        else:
            self.with_time += 1
        self.machine += parts.machine
        if isinstance(value, date):
            self.real += 1
            self.real_past_12 += value.day > 12
        if parts.pair is None:
            return
        first, second = parts.pair
        if first == second:
            return
        self.in_figures += 1
        self.first_past_12 += first > 12
        self.second_past_12 += second > 12
        if first <= 12 and second <= 12:
            self.example = self.example or _example(value)
            limit = clock.local_day(at + timedelta(days=1))
            for order in ORDERS:
                day, month = (first, second) if order == "day first" else (second, first)
                self.future_by[order] += date(parts.year, month, min(day, 28)) > limit

    @property
    def order(self) -> Order | None:
        """The order that the column tells; None where none is needed, or where it tells none: see `asks`."""
        if self.first_past_12 or self.second_past_12:
            if self.first_past_12 and self.second_past_12:
                return None
            return "day first" if self.first_past_12 else "month first"
        for order, other in (ORDERS, ORDERS[::-1]):
            if self.future_by[other] and not self.future_by[order]:
                return order
        return None

    @property
    def asks(self) -> str:
        """Why the order must be asked, in words; "" where it need not be."""
        if self.real and not self.real_past_12 and self.second_past_12 and not self.first_past_12:
            return (
                "some of its dates are text with the month first, and all others are a spreadsheet's own, none past the "
                "12th: it was saved by one that read those the other way round"
            )
        if not self.in_figures or self.order:
            return ""
        if self.first_past_12:
            return "some dates have the day first and some the month"
        return f"no date in it has a day past the 12th: {self.example} may be either order"


@dataclass(frozen=True, slots=True)
class _Parts:
    """A cell taken apart. `pair`: two figures whose order says which is the day; `moment`: where it names its instant."""

    year: int = 0
    month: int = 0
    day: int = 0
    pair: tuple[int, int] | None = None
    clock_time: time | None = None
    zone: tzinfo | None = None
    machine: bool = False
    moment: datetime | None = None


def read(
    value: object, reading: DateReading, at: datetime, *, beside: object = None
) -> tuple[datetime, Doubt]:
    """A cell as a moment in UTC, and what had to be taken for granted: "", "skipped" or "twice", of hours at a change of clocks.

    `beside` is the cell of the time where that stands in a column of its own. Raises UnreadableDate.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        raise UnreadableDate("no date")
    local, zone, machine = _local(value, reading, beside)
    if zone is None:
        zone = reading.zone or (UTC if machine else clock.READERS_ZONE)
    moment, doubt = _instant(local, zone)
    if moment < clock.EARLIEST:
        raise UnreadableDate("its date is before 1990")
    if moment > at + _SLACK:
        raise UnreadableDate("its date is in the future")
    return moment, doubt


def _local(
    value: object, reading: DateReading, beside: object
) -> tuple[datetime, tzinfo | None, bool]:
    parts = _parts_of(value)
    if parts is None:
        return _by_forms(value, reading.forms), None, False
    if parts.moment is not None:
        return parts.moment.replace(tzinfo=None), parts.moment.tzinfo, False
    year, month, day = parts.year, parts.month, parts.day
    if parts.pair:
        first, second = parts.pair
        if reading.order is None and first != second and max(parts.pair) <= 12:
            raise UnreadableDate("its date does not fit the order")
        day, month = (second, first) if reading.order == "month first" else (first, second)
        if reading.order is None and second > 12:
            day, month = second, first
        if month > 12 and day <= 12:
            raise UnreadableDate("its date does not fit the order")
    hour, zone = parts.clock_time, parts.zone
    if hour is None and beside is not None and beside != "":
        hour, zone = _hour(beside)
    try:
        return datetime.combine(date(year, month, day), hour or time()), zone, parts.machine
    except ValueError:
        raise UnreadableDate("its date can't be read") from None


def _instant(local: datetime, zone: tzinfo) -> tuple[datetime, Doubt]:
    """A local time as an instant: one that the clocks skipped is read by the time before, one that came twice as the first."""
    try:
        moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        later = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    except (OverflowError, ValueError):
        raise UnreadableDate("its date can't be read") from None
    if moment == later:
        return moment, ""
    return moment, "skipped" if later < moment else "twice"


def _parts_of(value: object) -> _Parts | None:
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return _Parts(moment=value)
        hour = value.time()
        return _Parts(
            value.year, value.month, value.day, clock_time=hour if hour != time() else None
        )
    if isinstance(value, date):
        return _Parts(value.year, value.month, value.day)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _of_number(float(value)) if abs(value) < 1e15 else None
    if not isinstance(value, str):
        return None
    return _of_text(" ".join(value.replace("\u202f", " ").replace("\xa0", " ").split()))


def _of_number(number: float) -> _Parts | None:
    """Excel's number of a day, a day as 20261124, or seconds since 1970."""
    if _NUMBERS_OF_DAYS[0] <= number <= _NUMBERS_OF_DAYS[1]:
        local = _EXCEL_BEGINS + timedelta(seconds=round(number * 86_400))
        hour = local.time()
        return _Parts(
            local.year, local.month, local.day, clock_time=hour if hour != time() else None
        )
    if number.is_integer() and 19_900_101 <= number <= 20_991_231:
        return _of_text(str(int(number)))
    if 6e8 <= number < 1e14:
        try:
            return _Parts(moment=clock.parse(number))
        except ValueError:
            return None
    return None


def _of_text(written: str) -> _Parts | None:
    if len(written) > 80:
        return None
    if match := _IN_FIGURES.fullmatch(written):
        return _of_figures(match)
    if match := _BY_DAY.fullmatch(written):
        return _of_words(match[3], match[2], match[1], match[4])
    if match := _BY_MONTH.fullmatch(written):
        return _of_words(match[3], match[1], match[2], match[4])
    if match := _YEAR_LAST.fullmatch(written):
        return _of_words(match[5], match[1], match[2], f"{match[3]} {match[4]}")
    if _EPOCH.fullmatch(written) or _SERIAL.fullmatch(written):
        return _of_number(float(written))
    if match := _COMPACT.fullmatch(written):
        hour = ":".join(match.groups()[3:]) if match[4] else ""
        return _with_time(
            _Parts(int(match[1]), int(match[2]), int(match[3]), machine=bool(hour)), hour
        )
    return None


def _of_figures(match: re.Match[str]) -> _Parts | None:
    first, _, second, last, rest = match.groups()
    if len(first) == 4:
        parts = _Parts(int(first), int(second), int(last), machine=match[2] == "-") if len(last) <= 2 else None  # fmt: skip
    elif len(first) <= 2 and len(last) in (2, 4):
        parts = _Parts(_year(last), pair=(int(first), int(second)))
    else:
        parts = None
    if parts is None or not 1 <= parts.month + (parts.pair or (0, 0))[1] <= 31:
        return None
    if parts.pair and not (
        min(parts.pair) >= 1 and max(parts.pair) <= 31 and min(parts.pair) <= 12
    ):
        return None
    return _with_time(parts, rest)


def _of_words(year: str, month: str, day: str, rest: str | None) -> _Parts | None:
    number = _MONTHS.get(month.casefold())
    return _with_time(_Parts(_year(year), number, int(day)), rest) if number else None


def _year(written: str) -> int:
    return int(written) if len(written) == 4 else 2000 + int(written)


def _with_time(parts: _Parts, rest: str | None) -> _Parts | None:
    if not rest:
        return _Parts(parts.year, parts.month, parts.day, parts.pair)
    try:
        hour, zone = _hour(rest)
    except UnreadableDate:
        return None
    return _Parts(
        parts.year, parts.month, parts.day, parts.pair, hour, zone, parts.machine and zone is None
    )


def _hour(value: object) -> tuple[time, tzinfo | None]:
    """A time of day as 14:05, 2:05 PM, 14, or Excel's part of a day; and the zone behind it. Raises UnreadableDate."""
    if isinstance(value, datetime):
        return value.time(), value.tzinfo
    if isinstance(value, time):
        return value.replace(tzinfo=None), value.tzinfo
    if isinstance(value, timedelta):
        value = value.total_seconds() / 86_400
    if isinstance(value, int | float) and not isinstance(value, bool):
        if 0 <= value < 1 and not (isinstance(value, int) and value):
            seconds = min(round(value * 86_400), 86_399)
            return (_EXCEL_BEGINS + timedelta(seconds=seconds)).time(), None
        value = f"{value:g}"
    match = _TIME.fullmatch(" ".join(str(value).split()))
    if match is None:
        raise UnreadableDate("its date can't be read")
    hour, half, behind = int(match[1]), (match[4] or "").casefold()[:1], match[5].strip(" ()[]")
    if match[2] is None and not half and not isinstance(value, str):
        half = ""
    if half:
        if not 1 <= hour <= 12:
            raise UnreadableDate("its date can't be read")
        hour = hour % 12 + (12 if half == "p" else 0)
    zone = zone_named(behind) if behind else None
    if (behind and zone is None) or hour > 23 or int(match[2] or 0) > 59:
        raise UnreadableDate("its date can't be read")
    return time(hour, int(match[2] or 0), min(int(match[3] or 0), 59)), zone


def _by_forms(value: object, forms: Sequence[str]) -> datetime:
    for form in forms:
        try:
            return datetime.strptime(str(value).strip(), form)  # noqa: DTZ007 - the zone comes with the column
        except ValueError:
            continue
    raise UnreadableDate("its date can't be read")


def _example(value: object) -> str:
    """Its figures alone, to be shown to a person."""
    match = re.match(r"[\d/.-]{6,10}", str(value).strip())
    return match[0] if match else ""


def order_of(forms: Sequence[str]) -> Order | None:
    """The order that forms of strptime have; None where they have none, or both."""
    orders = {
        ("day first" if form.find("%d") < form.find("%m") else "month first")
        for form in forms
        if "%m" in form and "%d" in form and not form.startswith("%Y")
    }
    return next((order for order in ORDERS if orders == {order}), None)
