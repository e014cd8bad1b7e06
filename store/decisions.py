"""Keeps what people decided, and the holds by which they keep something from a purge."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import clock
from errors import StoreError
from mention import Decision
from store.opened import Opened
from store.sealing import clean
from store.shapes import Decided


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


class Decisions(Opened):
    """Adding and reading decisions and holds."""

    def add_decision(
        self, decision: Decision, expected_version: int, *, user: int | None = None
    ) -> bool:
        """Adds a decision by somebody who saw the mention with `expected_version` decisions.

        False where another was made meanwhile: show `decisions` and ask again. Its `labels` hold what
        that person said of flags: name -> whether it holds, confirmed or corrected; of a flag that is
        not named nothing was said. `user`: who signed in and made it, since two can have one name.
        Raises StoreError where a label is neither true nor false.
        """
        if not all(held is True or held is False for held in decision.labels.values()):
            raise StoreError("a label says whether a flag holds: true or false")
        with self._writing():
            self._must_exist(decision.mention)
            version = self._one(
                "SELECT count(*) FROM decisions WHERE mention = ?", decision.mention
            )
            if version != expected_version:
                return False
            self._insert(
                "decisions", mention=decision.mention, version=version + 1,
                revision=decision.revision, kind=decision.kind, decided_by=clean(decision.by),
                at=clock.text(decision.at), labels=json.dumps(dict(decision.labels)),
                sealed=self._seals.seal({"reason": decision.reason, "note": decision.note}),
            )  # fmt: skip
            self._note(
                "decided", decision.at, mention=decision.mention, decision=decision.kind,
                by=self._seals.person_hash(decision.by) if user is None else user,
            )  # fmt: skip
        return True

    def decisions(self, number: int) -> list[Decided]:
        """All decisions about a mention, first to last."""
        with self._reading():
            rows = self._rows("SELECT * FROM decisions WHERE mention = ? ORDER BY version", number)
            opened = [self._seals.open(row["sealed"]) for row in rows]
        return [
            Decided(version=row["version"], decision=Decision(
                mention=row["mention"], revision=row["revision"], kind=row["kind"],
                by=row["decided_by"], at=clock.parse(row["at"]), reason=words["reason"],
                note=words["note"], labels=json.loads(row["labels"]),
            ))
            for row, words in zip(rows, opened, strict=True)
        ]  # fmt: skip

    def judgements(self) -> list[Judgement]:
        """The last word on each flag of every mention whose words as they stand were judged.

        Ordered by the moment of the last word. Deleted mentions are left out, words that were edited
        since, and what whoever asked for a second opinion said.
        """
        with self._reading():
            rows = self._rows(
                """SELECT d.mention, d.revision, d.version, d.at, d.labels, m.story,
                    EXISTS (SELECT 1 FROM assessments a JOIN flags f ON f.assessment = a.number
                        WHERE a.mention = d.mention AND a.at <= d.at) AS flagged
                FROM decisions d JOIN mentions m ON m.number = d.mention AND m.revision = d.revision
                WHERE m.deleted_at IS NULL AND d.kind <> 'second_opinion' AND NOT d.undone
                    AND d.labels <> '{}'
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
        return sorted(last.values(), key=lambda one: (one.at, one.mention))

    def note_moderation(
        self, number: int, source: str, action: str, *, by: str, at: datetime, done: bool = True
    ) -> None:
        """Keeps that somebody acted on a post through the platform, or, not `done`, is about to.

        It is kept of a mention that was purged meanwhile too: what was done there was done.
        """
        with self._writing():
            self._note(
                "moderated" if done else "moderating", at, mention=number, source=clean(source),
                action=clean(action), by=self._seals.person_hash(by),
            )  # fmt: skip

    def was_moderated(self, number: int, actions: Sequence[str]) -> bool:
        """Whether what was last done to a mention is one of these actions."""
        with self._reading():
            about = self._one(
                """SELECT about FROM events WHERE kind = 'moderated'
                AND json_extract(about, '$.mention') = ? ORDER BY number DESC LIMIT 1""",
                number,
            )
        return about is not None and json.loads(about)["action"] in actions

    def hold(
        self, number: int, *, reason: str, approver: str, at: datetime, expires: datetime
    ) -> None:
        """Keeps a mention from retention until `expires`, though never past a platform's own limit.

        Raises StoreError without a reason, an approver and an expiry that lies ahead.
        """
        if not reason.strip() or not approver.strip() or expires <= at:
            raise StoreError("a hold needs a reason, an approver and an expiry that lies ahead")
        with self._writing():
            self._must_exist(number)
            self._insert(
                "holds", mention=number, approver=clean(approver), at=clock.text(at),
                expires=clock.text(expires), sealed=self._seals.seal({"reason": reason}),
            )  # fmt: skip
            self._note("held", at, mention=number, by=self._seals.person_hash(approver))

    def on_hold(self, number: int, at: datetime) -> bool:
        """Whether a hold keeps a mention at that moment."""
        with self._reading():
            found = self._one(
                "SELECT 1 FROM holds WHERE mention = ? AND lifted_at IS NULL AND expires > ?",
                number, clock.text(at),
            )  # fmt: skip
        return found is not None

    def lift_hold(self, number: int, *, by: str, at: datetime) -> None:
        """Ends every hold on a mention."""
        with self._writing():
            lifted = self._do(
                "UPDATE holds SET lifted_at = ? WHERE mention = ? AND lifted_at IS NULL",
                clock.text(at), number,
            )  # fmt: skip
            if lifted:
                self._note("hold lifted", at, mention=number, by=self._seals.person_hash(by))

    def _must_exist(self, number: int) -> None:
        if not self._row("SELECT 1 FROM mentions WHERE number = ?", number):
            raise StoreError(f"there is no mention {number}: it was purged, or never was")
