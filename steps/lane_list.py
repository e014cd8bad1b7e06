"""The Guardian's daily email: each case of their lane that nobody has taken up, by number, kind and link; no words, no writer.

What is high is told at once (`steps.alerts`). Whatever else comes into the lane stands in this list each working day until somebody
takes it up, so that no case reaches them by looking alone.
"""

from __future__ import annotations

from datetime import datetime

from core import clock
from settings.alerts import GUARDIAN, Case
from settings.schema import Config
from steps.alerts import guardian_of
from store import Store

AT_HOUR = 8  # of a working day, UK time


def raise_list(store: Store, config: Config, at: datetime) -> int:
    """Writes today's list, once; how many emails. None where nothing waits, or nobody can be told."""
    day = clock.local_day(at)
    due = clock.from_local(f"{day} {AT_HOUR:02}:00", "%Y-%m-%d %H:%M")
    to = told_to(store, config)
    if at < due or not to or not config.review.lanes.working_time.is_worked(day):
        return 0
    cases = store.speaking_up.cases_nobody_has()
    if not cases:
        return 0
    payload = {
        "what": "lane", "at": clock.text(at), "case": "", "posts": "0", "until": "",
        "cases": ",".join(f"{case}:{protected}" for case, protected in cases),
    }  # fmt: skip
    return int(store.outbox.add("asked", f"lane {day}", at, payload, to))


def is_told_at_once(config: Config) -> bool:
    """Whether the Guardian is emailed at once of a case of high risk in their lane, as the settings stand."""
    case = Case(flags=(), lane=GUARDIAN, platforms=())
    return bool(config.alerts.destinations(case, guardian_of(config)))


def told_to(store: Store, config: Config) -> tuple[str, ...]:
    """The Guardian's mailboxes: those of the team of that type, else of whoever has the role and signs in by one."""
    people = [user for user in store.users.all() if "guardian" in user.roles]
    own = tuple(user.handle for user in people if user.active and "@" in user.handle)
    return guardian_of(config) or own
