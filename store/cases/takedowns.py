"""Follows a post until it is gone: whom we asked to take it down, when, how, and what became of it.

Steps are added, never changed. That a post was deleted on its platform is known from the post itself, and that it was
hidden on a page of ours from what was done there, so that nobody need write it down and no two pages say different things of it. Notes and references are encrypted, and go with the post.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from core import clock
from core.errors import StoreError
from core.models import Kind, Platform
from store.cases.models import HOLDS
from store.database import Database
from store.encryption import clean
from store.sqlite import Row

Step = Literal["asked", "reminded", "refused", "gone", "given_up"]
Whom = Literal["platform", "author", "other"]
Standing = Literal[
    "wanted", "asked", "reminded", "refused", "gone", "given_up", "hidden", "nothing"
]

STEPS: tuple[Step, ...] = get_args(Step)
WHOM: tuple[Whom, ...] = get_args(Whom)
TWICE = timedelta(minutes=1)  # within which the same from the same person was sent twice
OPEN: tuple[Standing, ...] = ("wanted", "asked", "reminded", "refused")
# What takes a post out of the public's sight on a page of ours, and what is not there for its writer either.
HIDES = frozenset(("hide", "hold", "spam", "trash", "delete", "reject"))

# Posts that somebody decided to have removed, or that are in a case of confirmed personal data, since when.
_REMOVED = f"""SELECT json_extract(v.value, '$[0]') AS mention, d.at AS since
    FROM case_decisions d, json_each(d.covers) v WHERE d.kind = 'remove' AND {HOLDS}"""
_CONFIRMED = """SELECT i.mention, k.began_at AS since FROM deadlines k
    JOIN case_mentions i ON i.case_number = k.case_number AND i.reviewable
    WHERE k.kind = 'pid' AND k.stopped_at IS NULL AND (
        EXISTS (SELECT 1 FROM case_flags f WHERE f.mention = i.mention AND f.flag = 'pid')
        OR NOT EXISTS (SELECT 1 FROM case_flags f JOIN case_mentions o ON o.mention = f.mention
            WHERE o.case_number = i.case_number AND f.flag = 'pid'))"""
# Pages in our name that ask for details, which a team was passed from Now: that it knows takes none of them down. Whoever decided since that it is none, or that nothing is left to do, has seen to it.
_IN_OUR_NAME = f"""SELECT json_extract(p.value, '$[0]') AS mention, h.at AS since FROM handoffs h, json_each(h.posts) p
    WHERE h.state <> 'taken back' AND EXISTS (SELECT 1 FROM json_each(h.flags) WHERE value = 'impersonation')
    AND (SELECT f.lane FROM case_decisions f WHERE f.case_number = h.case_number AND f.version = h.version) = 'now'
    AND NOT EXISTS (SELECT 1 FROM case_decisions d, json_each(d.covers) v WHERE d.case_number = h.case_number AND d.version > h.version
        AND d.kind IN ('no_action', 'not_relevant', 'duplicate') AND json_extract(v.value, '$[0]') = json_extract(p.value, '$[0]') AND {HOLDS})"""
# Posts that somebody hid, and on which nobody decided: it was begun, and is to be finished.
_HIDDEN_OPEN = f"""SELECT i.mention, coalesce(o.ended_at, o.began_at) AS since FROM moderations o JOIN case_mentions i ON i.mention = o.mention
    WHERE o.outcome = 'done' AND o.action IN ({", ".join(repr(action) for action in sorted(HIDES))})
    AND o.number = (SELECT max(number) FROM moderations WHERE mention = o.mention)
    AND i.reviewable AND NOT i.deleted AND NOT coalesce(i.decided_revision >= i.revision, 0)"""
_FOLLOWED = """SELECT m.number, m.platform, m.kind, m.deleted_at, m.hidden, i.case_number,
    i.reviewable AND NOT i.deleted AND NOT coalesce(i.decided_revision >= i.revision, 0) AS undecided
    FROM case_mentions i JOIN mentions m ON m.number = i.mention"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakedownStep:
    """One step for one post. `at` is when it was done, `kept_at` when it was written down, by whom."""

    mention: int
    step: Step
    at: datetime
    by: int  # the user's number
    whom: Whom = "platform"
    how: str = field(default="", repr=False)
    reference: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    by_name: str = ""
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenPost:
    """That a post was hidden on a page of ours: by which action, when and by whom; no moment where it was only seen to be so."""

    action: str
    at: datetime | None = None
    by_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """A post that should go, with what was done for it. `since`: when it was asked for, or first wanted."""

    mention: int
    case: int
    platform: Platform
    kind: Kind
    since: datetime | None
    gone_at: datetime | None  # when it was seen to be deleted on its platform
    steps: tuple[TakedownStep, ...]
    hidden: HiddenPost | None = None  # None where everybody sees it, or it is gone
    undecided: bool = False  # nobody has decided on it

    @property
    def is_unfinished(self) -> bool:
        """Whether somebody hid it and left before they saved that: what is left is to save it."""
        return (
            self.undecided
            and self.standing == "hidden"
            and self.hidden is not None
            and self.hidden.at is not None
        )

    @property
    def standing(self) -> Standing:
        """Where it stands: what happened upstream first, then that it is out of sight, else the last step."""
        if self.gone_at is not None:
            return "gone"
        if self.hidden is not None and not (self.steps and self.steps[-1].step == "gone"):
            return "hidden"
        if self.steps:
            return self.steps[-1].step
        return "wanted" if self.since is not None else "nothing"


class Takedowns:
    """Steps of takedowns."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, step: TakedownStep) -> None:
        """Adds a step, once where the same person sends the same twice.

        Raises StoreError for one that can't be: of no case's post, before somebody was asked.
        """
        if step.step == "given_up" and not step.note.strip():
            raise StoreError("say in the note why no more can be done")
        if step.kept_at is not None and step.at > step.kept_at:
            raise StoreError("that moment lies in the future: write when it was done")
        with self._db.transaction():
            if not self._db.row("SELECT 1 FROM case_mentions WHERE mention = ?", step.mention):
                raise StoreError("that post is in no case: it was purged, or never was")
            was_asked = self._db.value(
                "SELECT 1 FROM takedowns WHERE mention = ? AND step = 'asked' LIMIT 1", step.mention
            )
            if step.step in ("reminded", "refused") and not was_asked:
                raise StoreError("nobody was asked to take it down yet: write that down first")
            if self._is_repeated(step):
                return
            self._db.insert(
                "takedowns", mention=step.mention, step=step.step, recipient=step.whom,
                at=clock.text(step.at), by_user=step.by, recorded_at=clock.text(step.kept_at or step.at),
                encrypted=self._db.encryption.encrypt(
                    {"how": clean(step.how), "reference": clean(step.reference), "note": clean(step.note)}
                ),
            )  # fmt: skip
            self._db.add_event(
                "takedown", step.kept_at or step.at, mention=step.mention, step=step.step,
                whom=step.whom, by=step.by,
            )  # fmt: skip

    def _is_repeated(self, step: TakedownStep) -> bool:
        """Whether the newest step of a post is this very one, kept by the same person just now."""
        row = self._db.row(
            "SELECT * FROM takedowns WHERE mention = ? ORDER BY number DESC LIMIT 1", step.mention
        )
        kept_at = step.kept_at or step.at
        return (
            row is not None
            and (row["step"], row["recipient"], row["by_user"]) == (step.step, step.whom, step.by)
            and kept_at - clock.parse(row["recorded_at"]) < TWICE
            and self._db.encryption.decrypt(row["encrypted"])
            == {
                "how": clean(step.how),
                "reference": clean(step.reference),
                "note": clean(step.note),
            }
        )

    def of_case(self, case: int) -> list[Takedown]:
        """The posts of a case that a person should see, or for which something was done, in their order."""
        with self._db.snapshot():
            wanted = self._wanted("{}.case_number = ?", case)
            rows = self._db.rows(
                f"""{_FOLLOWED} WHERE i.case_number = ? AND (i.reviewable
                    OR EXISTS (SELECT 1 FROM takedowns t WHERE t.mention = i.mention))
                ORDER BY i.reviewable DESC, i.deleted, i.risk DESC, i.posted_at, i.mention LIMIT 200""",
                case,
            )
            return [self._takedown(row, wanted) for row in rows]

    def open(self) -> list[Takedown]:
        """Every post that should go and that everybody still sees, whoever has waited longest first."""
        return [takedown for takedown in self.followed() if takedown.standing in OPEN]

    def followed(self) -> list[Takedown]:
        """The same with those that are hidden on a page of ours and not gone: one list for every page that tells of them."""
        with self._db.snapshot():
            wanted = self._wanted("1")
            rows = self._db.rows(
                f"""{_FOLLOWED} WHERE m.deleted_at IS NULL AND {self._db.sight.of_numbers("i.case_number")} AND i.mention IN (
                    SELECT value FROM json_each(?) UNION SELECT mention FROM takedowns)""",
                json.dumps(list(wanted)),
            )
            takedowns = [self._takedown(row, wanted) for row in rows]
        waiting = [
            takedown
            for takedown in takedowns
            if takedown.standing in (*OPEN, "hidden") and takedown.since is not None
        ]
        return sorted(waiting, key=lambda takedown: (takedown.since, takedown.mention))

    def asked_of(self, cases: Collection[int]) -> dict[int, tuple[datetime, str]]:
        """Those of these cases of which every post that waits was reported to its platform, which has not answered: when the last was, and by whom."""
        with self._db.snapshot():
            rows = self._db.rows(
                # the name stands beside the one max(): with a min() too SQLite takes it from either row
                """SELECT i.case_number, max(t.at) AS at, u.name FROM json_each(?) n CROSS JOIN case_mentions i ON i.case_number = n.value
                LEFT JOIN takedowns t ON t.number = (SELECT number FROM takedowns WHERE mention = i.mention AND step = 'asked'
                    AND recipient = 'platform' ORDER BY at DESC, number DESC LIMIT 1)
                LEFT JOIN users u ON u.number = t.by_user
                WHERE i.reviewable AND NOT i.deleted AND NOT coalesce(i.decided_revision >= i.revision, 0) GROUP BY i.case_number
                HAVING count(*) = sum(coalesce(t.number IS NOT NULL AND (SELECT e.step IN ('asked', 'reminded')
                    FROM takedowns e WHERE e.mention = i.mention ORDER BY e.at DESC, e.number DESC LIMIT 1), FALSE))""",
                json.dumps(sorted(cases)),
            )
        return {row["case_number"]: (clock.parse(row["at"]), row["name"] or "someone who has left") for row in rows}  # fmt: skip

    def _wanted(self, condition: str, *values: int) -> dict[int, str]:
        """Posts that should go, or went and wait for a decision, and since when; the condition is ours, never input."""
        parts = ((_REMOVED, "d"), (_CONFIRMED, "k"), (_IN_OUR_NAME, "h"), (_HIDDEN_OPEN, "i"))
        rows = self._db.rows(
            " UNION ALL ".join(f"{part} AND {condition.format(table)}" for part, table in parts),
            *values * len(parts),
        )
        wanted: dict[int, str] = {}
        for row in rows:
            wanted[row["mention"]] = min(row["since"], wanted.get(row["mention"], row["since"]))
        return wanted

    def _takedown(self, row: Row, wanted: Mapping[int, str]) -> Takedown:
        steps = tuple(
            self._step(step_row)
            for step_row in self._db.each(
                """SELECT t.*, u.name FROM takedowns t LEFT JOIN users u ON u.number = t.by_user
                WHERE t.mention = ? ORDER BY t.at, t.number""",
                row["number"],
            )
        )
        since = wanted.get(row["number"])
        asked_at = next((step.at for step in steps if step.step == "asked"), None)
        return Takedown(
            mention=row["number"], case=row["case_number"], platform=row["platform"], kind=row["kind"],
            since=asked_at or (clock.parse(since) if since else steps[0].at if steps else None),
            steps=steps, hidden=None if row["deleted_at"] else self._hidden(row), undecided=bool(row["undecided"]),
            gone_at=clock.parse(row["deleted_at"]) if row["deleted_at"] else None,
        )  # fmt: skip

    def _hidden(self, row: Row) -> HiddenPost | None:
        """By what was last done to a post through its platform, or by hand there; else as it was seen by the last look."""
        last = self._db.row(
            """SELECT o.action, coalesce(o.ended_at, o.began_at) AS at, u.name FROM moderations o LEFT JOIN users u ON u.number = o.by_user
            WHERE o.mention = ? AND o.outcome = 'done' ORDER BY o.number DESC LIMIT 1""",
            row["number"],
        )  # fmt: skip
        if last is None:
            return HiddenPost(action="hide") if row["hidden"] else None
        if last["action"] not in HIDES:
            return None
        return HiddenPost(action=last["action"], at=clock.parse(last["at"]), by_name=last["name"] or "")  # fmt: skip

    def _step(self, row: Row) -> TakedownStep:
        words = self._db.encryption.decrypt(row["encrypted"])
        return TakedownStep(
            mention=row["mention"], step=row["step"], whom=row["recipient"], at=clock.parse(row["at"]),
            by=row["by_user"] or 0, by_name=row["name"] or "", kept_at=clock.parse(row["recorded_at"]),
            **words,
        )  # fmt: skip
