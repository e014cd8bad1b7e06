"""What people decided of mentions, one by one, and what they said of flags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.errors import StoreError
from core.models import Decision
from store.cases.sight import IN_USE
from store.database import Database
from store.encryption import clean
from store.models import Decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What people said of a mention's flags, the last word on each: name -> whether it holds.

    `version` and `at` are those of the last decision that spoke of a flag; copies share a `story`.
    `flagged`: some assessment until then put a flag on it, whatever model and policy made that one.
    """

    mention: int
    revision: int
    version: int
    story: str
    at: datetime
    labels: Mapping[str, bool]
    flagged: bool


class Decisions:
    """Adding and reading decisions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, decision: Decision, expected_version: int, *, user: int | None = None) -> bool:
        """Adds a decision by somebody who saw the mention with `expected_version` decisions.

        False where another was made meanwhile: show them and ask again. Its `labels` hold what
        that person said of flags: name -> whether it holds, confirmed or corrected; of a flag that is
        not named nothing was said. `user`: who signed in and made it, since two can have one name.
        Raises StoreError where a label is neither true nor false.
        """
        if not all(holds is True or holds is False for holds in decision.labels.values()):
            raise StoreError("a label says whether a flag holds: true or false")
        with self._db.transaction():
            if not self._db.row("SELECT 1 FROM mentions WHERE number = ?", decision.mention):
                raise StoreError(
                    f"there is no mention {decision.mention}: it was purged, or never was"
                )
            version = self._db.value(
                "SELECT count(*) FROM decisions WHERE mention = ?", decision.mention
            )
            if version != expected_version:
                return False
            self._db.insert(
                "decisions", mention=decision.mention, version=version + 1,
                revision=decision.revision, kind=decision.kind, decided_by=clean(decision.by),
                at=clock.text(decision.at), labels=json.dumps(dict(decision.labels)),
                encrypted=self._db.encryption.encrypt({"reason": decision.reason, "note": decision.note}),
            )  # fmt: skip
            self._db.add_event(
                "decided", decision.at, mention=decision.mention, decision=decision.kind,
                by=self._db.encryption.person_hash(decision.by) if user is None else user,
            )  # fmt: skip
        return True

    def of_mention(self, number: int) -> list[Decided]:
        """All decisions about a mention, first to last."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT * FROM decisions WHERE mention = ? ORDER BY version", number
            )
            fields = [self._db.encryption.decrypt(row["encrypted"]) for row in rows]
        return [
            Decided(version=row["version"], decision=Decision(
                mention=row["mention"], revision=row["revision"], kind=row["kind"],
                by=row["decided_by"], at=clock.parse(row["at"]), reason=words["reason"],
                note=words["note"], labels=json.loads(row["labels"]),
            ))
            for row, words in zip(rows, fields, strict=True)
        ]  # fmt: skip

    def judgements(self) -> list[Judgement]:
        """The last word on each flag of every mention whose words as they stand were judged.

        Ordered by the moment of the last word. Deleted mentions are left out, words that were edited
        since, and what whoever asked for a second opinion said.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT d.mention, d.revision, d.version, d.at, d.labels, m.story,
                    EXISTS (SELECT 1 FROM assessments a JOIN flags f ON f.assessment = a.number
                        WHERE a.mention = d.mention AND a.at <= d.at) AS flagged
                FROM decisions d JOIN mentions m ON m.number = d.mention AND m.revision = d.revision
                WHERE m.deleted_at IS NULL AND {IN_USE} AND d.kind <> 'second_opinion' AND NOT d.undone
                    AND d.labels <> '{{}}'
                ORDER BY d.mention, d.version"""
            )
        last: dict[int, Judgement] = {}
        for row in rows:
            before = last[row["mention"]].labels if row["mention"] in last else {}
            last[row["mention"]] = Judgement(
                mention=row["mention"], revision=row["revision"], version=row["version"],
                story=row["story"], at=clock.parse(row["at"]),
                labels={**before, **json.loads(row["labels"])}, flagged=bool(row["flagged"]),
            )  # fmt: skip
        return sorted(last.values(), key=lambda judgement: (judgement.at, judgement.mention))
