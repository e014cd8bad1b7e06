"""What was put right of a mention for the person it is about (UK GDPR Article 16); what stood there before stays with it, struck through."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core import clock
from core.errors import StoreError
from store.database import Database
from store.encryption import clean
from store.rights.ledger import Ledger

CorrectionKind = Literal["label", "attribution", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """`name` says which label, or of an attribution what it was of; `before` is struck through, `now` holds."""

    mention: int
    what: CorrectionKind
    name: str
    at: datetime
    by: int | None
    before: str = field(repr=False)
    now: str = field(repr=False)
    note: str = field(repr=False)
    request: int | None = None


class Corrections:
    """Adding and reading corrections."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger

    def add(self, correction: Correction) -> int:
        """Keeps a correction; its number. Raises StoreError without a note, and where there is no such mention."""
        if len(correction.note.strip()) < 8:
            raise StoreError("write what is put right and why, in a few words")
        if correction.what != "note" and not correction.now.strip():
            raise StoreError("write what holds now")
        with self._db.transaction():
            if not self._db.row("SELECT 1 FROM mentions WHERE number = ?", correction.mention):
                raise StoreError(
                    f"there is no mention {correction.mention}: it was purged, or never was"
                )
            number = self._db.insert(
                "corrections", mention=correction.mention, what=correction.what, name=clean(correction.name),
                by_user=correction.by, at=clock.text(correction.at), request=correction.request,
                encrypted=self._db.encryption.encrypt({
                    "before": correction.before, "now": correction.now.strip(), "note": correction.note.strip(),
                }),
            )  # fmt: skip
            self._ledger.note_of("to be done again", correction.at, [correction.mention], about={
                "what": "correction", "request": correction.request or 0,
            })  # fmt: skip
            about: dict[str, int | str] = {"mention": correction.mention, "what": correction.what}
            if correction.by is not None:
                about["by"] = correction.by
            self._db.add_event("corrected", correction.at, **about)
        return number

    def of_mention(self, number: int) -> list[Correction]:
        """The corrections of a mention, first to last."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM corrections WHERE mention = ? ORDER BY number", number
            )
            return [
                Correction(
                    mention=row["mention"], what=row["what"], name=row["name"], at=clock.parse(row["at"]),
                    by=row["by_user"], request=row["request"], **self._db.encryption.decrypt(row["encrypted"]),
                )
                for row in rows
            ]  # fmt: skip
