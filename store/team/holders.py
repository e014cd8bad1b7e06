"""Who has a case: how it is kept that it went to somebody, and that whoever had it by steps alone of which none holds any more has it no more."""

from __future__ import annotations

from datetime import datetime

from core import clock
from store.cases.models import HOLDS
from store.database import Database
from store.encryption import clean


def hand(
    db: Database, case: int, to: int | None, *, by: int, at: datetime, version: int, note: str = ""
) -> None:  # fmt: skip
    """Within a transaction: keeps that a case is somebody's, or nobody's by None, as the `version` of its assignments."""
    db.insert(
        "assignments", case_number=case, version=version, to_user=to, by_user=by, at=clock.text(at),
        encrypted=db.encryption.encrypt({"note": clean(note)}),
    )  # fmt: skip
    db.execute(
        "UPDATE cases SET assigned_to = ?, returned = 0, handed = ? WHERE number = ?",
        to, to is not None and to != by, case,
    )  # fmt: skip
    about = {"to": to} if to is not None else {}
    db.add_event("case assigned", at, case=case, by=by, **about)


def release_undone(db: Database, case: int, *, by: int, at: datetime) -> bool:
    """Within a transaction: makes a case nobody's that somebody has by a step, where no step of its paths holds any more.

    In whatever order the steps were taken back, and by whomever; a step whose decision was undone elsewhere holds no more. Who took the
    case by itself, or was handed it, has it still. Whether it was made nobody's.
    """
    last = db.row(
        """SELECT a.version FROM cases c JOIN assignments a ON a.case_number = c.number AND a.to_user = c.assigned_to AND a.by_user = a.to_user
        WHERE c.number = ? AND c.state <> 'done' AND a.version = (SELECT max(version) FROM assignments WHERE case_number = c.number)
        AND EXISTS (SELECT 1 FROM path_steps s WHERE s.case_number = c.number AND s.by_user = a.to_user AND s.at = a.at)""",
        case,
    )  # fmt: skip
    holds = f"""s.undone_at IS NULL AND (s.decision IS NULL OR EXISTS (SELECT 1 FROM case_decisions d
        WHERE d.case_number = s.case_number AND d.version = s.decision AND {HOLDS}))"""
    if last is None or db.value(f"SELECT 1 FROM path_steps s WHERE s.case_number = ? AND {holds} LIMIT 1", case):  # fmt: skip
        return False
    hand(db, case, None, by=by, at=at, version=last["version"] + 1)
    return True
