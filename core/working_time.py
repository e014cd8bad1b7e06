"""When an office is open: what need not be done at night is due when people are at their desks."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from core import clock

OPENS, CLOSES = time(9), time(17)  # UK time, Monday to Friday


def moved_into(moment: datetime, *, opens: time = OPENS, closes: time = CLOSES) -> datetime:
    """`moment`, or the next opening where it falls into an evening, a night or a weekend. In UTC."""
    local = clock.utc(moment).astimezone(clock.READERS_ZONE)
    day = local.date()
    if local.time() > closes:
        day += timedelta(days=1)
    opening = opens if day != local.date() or local.time() < opens else local.time()
    while day.weekday() > 4:
        day, opening = day + timedelta(days=1), opens
    return clock.utc(datetime.combine(day, opening, clock.READERS_ZONE))
