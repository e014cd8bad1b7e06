"""A threat in what somebody of staff says, which nobody of the Guardian's lane took up within its clock, is opened to those on duty.

It may be somebody's life. Nothing else of that lane opens so: not a security matter, nor hate, nor a threat of which the program
is unsure, since its flag is set low on purpose. The Guardian and the duty lead are told at once, day and night, and have this long first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from steps import safeguards
from steps.context import RunContext
from steps.lanes import SURE, THREAT


def open_untaken(context: RunContext, at: datetime) -> int:
    """Opens them, once each, and raises an alert; how many cases. Nothing while the clock is doubted."""
    if not safeguards.clock_is_right(context, at, "threats that nobody took up"):
        return 0
    store = context.store
    before = at - timedelta(minutes=context.config.review.chase.urgent_minutes)
    since = at - timedelta(
        days=context.config.alerts.recent_days
    )  # not of what an import brings of years ago
    untaken = store.speaking_up.untaken(THREAT, score=SURE, since=since, before=before)
    for case, posts in untaken.items():
        with store.database.transaction():
            store.speaking_up.open_threat(case, posts, reason=context.policy.flags[THREAT].reason, at=at)  # fmt: skip
            store.alerts.raise_opened(case, at)
    return len(untaken)
