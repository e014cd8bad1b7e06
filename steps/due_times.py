"""When the jobs that keep to a time were last due, in UK time, through nights in which the clocks change."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from core import clock
from core.working_time import WorkingTime
from settings.schema import Schedule

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# each at most once for each time at which it is due; what was owed at one time in this order, a backup before what must go goes
PUNCTUAL = ("daily", "weekly", "backup", "purge", "restore-trial")


def last_due(schedule: Schedule, name: str, at: datetime) -> datetime:
    """When one of PUNCTUAL was last due at `at`, in UTC."""
    local = at.astimezone(clock.READERS_ZONE)
    written = {
        "daily": schedule.daily_at,
        "weekly": schedule.weekly_at,
        "purge": schedule.purge_at,
        "backup": schedule.backup_at,
        "restore-trial": schedule.restore_trial_at,
    }[name]
    weekdays = {"weekly": schedule.weekly_on, "restore-trial": schedule.restore_trial_on}
    weekday = WEEKDAYS.index(weekdays[name]) if name in weekdays else None
    hour, minute = (int(part) for part in written.split(":"))
    for back in range(9):
        day = local.date() - timedelta(days=back)
        due = clock.utc(datetime.combine(day, time(hour, minute), clock.READERS_ZONE))
        # compared in UTC: in one zone Python compares the hands of the clock, and one hour comes twice
        if due <= at and weekday in (None, day.weekday()):
            return due
    raise AssertionError("a week has every weekday")


def last_morning(schedule: Schedule, working: WorkingTime, at: datetime) -> datetime:
    """When the morning list was last due at `at`: at its time on a working day, bank holidays left out; in UTC."""
    due = last_due(schedule, "daily", at)
    while not working.is_worked(clock.local_day(due)):
        due = last_due(schedule, "daily", due - clock.INSTANT)
    return due
