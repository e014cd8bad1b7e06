"""What colleagues did while a page was open, in words: for the rows of its lists and for the case that lies open on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core import clock
from core.text import sentence
from review.desk import begun
from review.desk.begun import Begun
from review.desk.decided import in_words
from review.desk.rows import holder
from store import CaseChange, Store
from store.cases.path_steps import NO_ANSWER, ON_CALL, RING

# A decision is saved a moment after it was asked for, with the time of that: so much is read once more.
OVERLAP = timedelta(seconds=10)
# What stands in a row in place of the time that is left.
_MARKS = {"done": "Done", "escalated": "Passed on", "snoozed": "Later"}
_TEAM = {
    "confirmed": "wrote down that a team has it", "answered": "wrote down what a team said",
    "chased": "chased its team", "waits again": "set it to wait for its team again",
}  # fmt: skip


def moment(text: str) -> datetime | None:
    """The moment that an address names, in milliseconds since 1970 as pages hold it; None where it names none."""
    return datetime.fromtimestamp(int(text) / 1000, UTC) if re.fullmatch(r"[0-9]{1,14}", text) else None  # fmt: skip


def worded(store: Store, changes: Iterable[CaseChange]) -> dict[CaseChange, str]:
    """Each change in words that name who and when: alike for everybody, and read once for all who listen."""
    words = dict[CaseChange, str]()
    for change in _with_begun(store, list(changes)):
        who, at = change.by_name or "This program", clock.local(change.at)[-5:]
        if change.kind == "assigned":
            words[change] = f"{who} {_gave(change)} at {at}"
        elif change.kind in ("step", "step back"):
            words[change] = f"{who} {_step(change)}, {at}"
        elif change.kind == "team":
            words[change] = f"{who} {_TEAM[change.what]}, {at}"
        else:
            words[change] = f"{who} {_decided(store, change)} at {at}"
            words[change] += f": {what}" if (what := _what(store, change)) else ""
    return words


def _with_begun(store: Store, changes: Sequence[CaseChange]) -> list[CaseChange]:
    """The changes of steps with what a row says now of what was done about danger: it was taken back as well."""
    stepped = {change.case for change in changes if change.kind in ("step", "step back")}
    standing = begun.of_steps(store, stepped) if stepped else {}
    return [
        replace(change, begun=standing.get(change.case, Begun()).badge(change.at)) if change.case in stepped else change
        for change in changes
    ]  # fmt: skip


def _step(change: CaseChange) -> str:
    _, step, outcome = change.what.split("/", 2)
    what = begun.did(step, outcome)
    return f"took back “{what}”" if change.kind == "step back" else what


def _place(change: CaseChange) -> dict[str, str]:
    """On which path a step stands, and at which place of its page: each call stands where the team is rung."""
    if change.kind not in ("step", "step back"):
        return {}
    path, step, _ = change.what.split("/", 2)
    is_call = step.startswith((RING, NO_ANSWER, ON_CALL))
    return {"path": path, "step": RING if is_call else {"noted": "record"}.get(step, step)}


def _gave(change: CaseChange) -> str:
    if change.to is None:
        return "gave this back"
    return "took this" if change.to == change.by else f"gave this to {change.to_name}"


def _decided(store: Store, change: CaseChange) -> str:
    if change.what == "undo":
        return "took a decision on this back"
    return "opened this again" if change.what == "reopen" else "decided this"


def _what(store: Store, change: CaseChange) -> str:
    if change.what in ("undo", "reopen"):
        return ""
    entry = next((entry for entry in store.cases.history(change.case) if entry.version == change.version), None)  # fmt: skip
    return in_words(entry) if entry is not None else ""


def messages(words: Mapping[CaseChange, str], *, me: int) -> list[dict[str, object]]:
    """What a page needs to know of each case that changed, as JSON holds it; the cases in the order of their first change."""
    by_case: dict[int, list[CaseChange]] = {}
    for change in words:
        by_case.setdefault(change.case, []).append(change)
    return [_message(changes, words, me) for changes in by_case.values()]


def _message(changes: Sequence[CaseChange], words: Mapping[CaseChange, str], me: int) -> dict[str, object]:  # fmt: skip
    last = changes[-1]
    people = {last.has: last.has_name} if last.has is not None else {}
    has = holder(last.has, me=me, people=people)
    decided = [change for change in changes if change.kind == "decided"]
    last_begun = next((change.begun for change in reversed(changes) if change.kind in ("step", "step back")), None)  # fmt: skip
    return {
        "case": last.case, "version": last.case_version, "lane": last.lane or "",
        "mark": "" if last.lane else _MARKS.get(last.state, ""),
        "has": {"face": has.face, "words": has.words, "mine": has.mine} if any(change.kind == "assigned" for change in changes) else None,
        "decided": [{"version": change.version, "posts": sorted(change.posts), "mine": change.by == me, "says": sentence(words[change])} for change in decided],
        "others": [{"kind": change.kind, "version": change.version, "says": sentence(words[change]), **_place(change)} for change in changes if change.kind != "decided" and change.by != me],
        "begun": last_begun,
    }  # fmt: skip
