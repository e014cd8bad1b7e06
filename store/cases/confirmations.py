"""What rests on that somebody confirmed a leak: once that is taken back, it is taken back whole.

Otherwise its 72 hours run on by the decision that passed it to its team, whose email says that a patient's details are out, while
nobody says any more that they are. What was done on a platform is a fact, and stays; what Safeguarding or PALS was passed of the
same words was no leak's, and stays too.
"""

from __future__ import annotations

import json
from datetime import datetime

from core import clock
from store.cases.deadlines import BREACHES
from store.cases.models import HOLDS
from store.database import Database

# Steps of the leak's path that say nothing once it is none, in the order in which they are taken back. That it was hidden or reported does.
RESTS: tuple[str, ...] = ("close", "copies", "noted", "tell", "place", "known", "confirm")


def rests_on(db: Database, case: int, version: int) -> list[int]:
    """The decisions that hold and rest on a confirmation, the last first: that it was passed to its team since, and closed as dealt with. None of a decision that is no confirmation."""
    confirmed = db.row("SELECT kind, covers FROM case_decisions WHERE case_number = ? AND version = ?", case, version)  # fmt: skip
    if confirmed is None or confirmed["kind"] != "confirm":
        return []
    posts = {mention for mention, _ in json.loads(confirmed["covers"])}
    rows = db.rows(
        f"""SELECT d.version, d.covers FROM case_decisions d WHERE d.case_number = ? AND d.version > ? AND {HOLDS}
        AND (d.kind = 'escalate' AND d.role = ? OR d.version IN (SELECT s.decision FROM path_steps s
            WHERE s.case_number = d.case_number AND s.path = 'leak' AND s.step = 'close' AND s.undone_at IS NULL))
        ORDER BY d.version DESC""",
        case, version, BREACHES,
    )  # fmt: skip
    return [row["version"] for row in rows if not posts.isdisjoint(mention for mention, _ in json.loads(row["covers"]))]  # fmt: skip


def take_back_steps(db: Database, case: int, version: int, *, by: int, at: datetime) -> None:
    """Within the transaction that undoes a confirmation: its steps since hold no more, so that each is to be done anew."""
    began = db.value("SELECT at FROM case_decisions WHERE case_number = ? AND version = ?", case, version)  # fmt: skip
    rows = db.rows(
        """SELECT number, step FROM path_steps WHERE case_number = ? AND path = 'leak' AND undone_at IS NULL AND at >= ?
        AND step IN (SELECT value FROM json_each(?)) AND (step <> 'confirm' OR decision = ?)""",
        case, began, json.dumps(RESTS), version,
    )  # fmt: skip
    for row in sorted(rows, key=lambda row: RESTS.index(row["step"])):
        db.execute(
            "UPDATE path_steps SET undone_at = ?, undone_by = ? WHERE number = ?",
            clock.text(at), by, row["number"],
        )  # fmt: skip
        db.add_event("path step taken back", at, case=case, path="leak", step=row["step"], by=by)
