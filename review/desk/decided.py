"""What was decided, as the buttons call it."""

from __future__ import annotations

from datetime import datetime

from core import clock
from review.desk.suggestions import CHOICES, DONE, IS_NONE, LEAK_DEALT, TELLS_OF
from review.wording import words
from store import CaseDecided


def in_words(entry: CaseDecided) -> str:
    """What was decided, in words: 'no action'; 'watch'; 'bring back on Tue 1 Dec'."""
    decision = entry.decision
    if decision.duplicate_of:
        return f"same as case {decision.duplicate_of}"
    count = len(decision.covers)
    denied = next((IS_NONE[flag] for flag, holds in decision.labels.items() if not holds and flag in IS_NONE), "")  # fmt: skip
    if decision.reason.partition(":")[0] == CHOICES["already"].label:
        denied = CHOICES["already"].label.lower()
    if decision.reason == LEAK_DEALT:  # reported, told, assessed: the last of its steps closes it
        denied = "dealt with as a leak"
    if decision.kind == "snooze" and decision.until is not None:
        denied = f"to come back on {on_day(decision.until, decision.at)}"
    instead = denied if decision.kind in ("no_action", "snooze") else ""
    return (instead or DONE.get(decision.kind, words(decision.kind).lower())) + (f", {count} posts" if count > 1 else "")  # fmt: skip


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
