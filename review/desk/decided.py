"""What was decided, as the buttons call it."""

from __future__ import annotations

from datetime import datetime

from core import clock
from review.desk.suggestions import DONE, IS_NONE, TELLS_OF
from review.wording import words
from store import CaseDecided
from store.cases.outcomes import outcome_of


def in_words(entry: CaseDecided) -> str:
    """What was decided, in words: 'no action'; 'watch'; 'bring back on Tue 1 Dec'."""
    decision = entry.decision
    if decision.duplicate_of:
        return f"same as case {decision.duplicate_of}"
    count = len(decision.covers)
    came_to = outcome_of(decision.kind, decision.labels, decision.reason)
    done = DONE.get(came_to, words(came_to).lower())
    if decision.kind == "snooze" and decision.until is not None:
        done = f"to come back on {on_day(decision.until, decision.at)}"
    return done + (f", {count} posts" if count > 1 else "")


def on_day(moment: datetime, at: datetime) -> str:
    """Tue 1 Dec; of another year than `at` with the year."""
    day = clock.local_day(moment)
    return f"{day:%a %-d %b}{f' {day.year}' if day.year != clock.local_day(at).year else ''}"


def is_denied(entry: CaseDecided) -> bool:
    """Whether somebody said that it is no danger, threat or leak, and why: what a second person looks at."""
    decision = entry.decision
    reason = decision.reason
    denied = any(not holds and flag in TELLS_OF for flag, holds in decision.labels.items())
    return denied and bool(reason) and reason.lower() not in IS_NONE.values()
