"""What a decision comes to, as every page and list counts and calls it: its kind, or what its reason or labels say more exactly.

Three buttons save the same kind, *No action*: that nothing needs doing, that it was answered already, and that it is not what
it was flagged for. Whoever counts kinds alone says of somebody who was answered that nothing was done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from core.models import DecisionKind
from store.database import Database
from store.sqlite import Row

ALREADY = "Answered already"  # how the reason of such a decision begins
TEAM_ANSWERED = "Closed with a team’s answer"  # how the reason of such a decision begins
LEAK_DEALT = "Leak dealt with"  # why a leak closes that went through its steps
MoreExact = Literal[
    "already", "team_answered", "leak_dealt", "not_danger", "not_threat", "not_leak", "not_our_name"
]
DecisionOutcome = DecisionKind | MoreExact
# What it is then, by the flag of which somebody said that it does not hold.
_DENIES: Mapping[str, MoreExact] = {
    "safeguarding": "not_danger", "threat": "not_threat", "pid": "not_leak", "impersonation": "not_our_name",
}  # fmt: skip
# What decides nothing: a case that opens again, a leak whose clock begins, and a colleague who is asked.
DECIDES_NOTHING: tuple[DecisionKind, ...] = ("reopen", "confirm", "second_opinion")


# The columns of a decision `d` that `outcome_in` reads; only *no action* hangs on words, so that no others are unsealed.
OUTCOME_COLUMNS = "d.kind, d.labels, CASE d.kind WHEN 'no_action' THEN d.encrypted END AS encrypted"
COUNTS = f"d.kind NOT IN ({', '.join(repr(kind) for kind in DECIDES_NOTHING)})"  # what decides something, of rows `d`


def outcome_of(kind: DecisionKind, labels: Mapping[str, bool], reason: str) -> DecisionOutcome:
    """What a decision comes to."""
    if kind != "no_action":
        return kind
    if reason == LEAK_DEALT:  # reported, told, assessed: the last of its steps closes it
        return "leak_dealt"
    if reason.partition(":")[0] == ALREADY:
        return "already"
    if reason.partition(":")[0] == TEAM_ANSWERED:
        return "team_answered"
    return next((_DENIES[flag] for flag, holds in labels.items() if not holds and flag in _DENIES), kind)  # fmt: skip


def outcome_in(database: Database, row: Row) -> DecisionOutcome:
    """What the row of a decision comes to, from its OUTCOME_COLUMNS."""
    reason = (
        database.encryption.decrypt(row["encrypted"]).get("reason", "") if row["encrypted"] else ""
    )
    return outcome_of(row["kind"], json.loads(row["labels"]), reason)
