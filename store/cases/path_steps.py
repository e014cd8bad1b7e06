"""Steps of the guided paths of a case: which were done, by whom, when and with what outcome, so that a colleague can go on.

Steps are added, and taken back at most once. Whoever does or takes back one says which state of the path they saw,
so that two people can't overwrite each other.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from core import clock
from core.errors import StoreError
from store.cases.cases import Cases
from store.cases.models import HOLDS, CaseDecision
from store.database import Database
from store.encryption import clean
from store.sqlite import Row
from store.team import holders

PathKind = Literal["leak", "danger", "threat"]

PATHS: tuple[PathKind, ...] = get_args(PathKind)
LONGEST = 40  # characters of a step's or an outcome's word
ALREADY = (
    "answered already"  # the outcome of a reply that one of us sent before its step was asked for
)
# Calls: the first that reached the team, each further one that did, each that nobody took; and those to whoever is on call.
# All but the first are numbered, as ring_again_2.
RING, RING_AGAIN, NO_ANSWER, ON_CALL = "ring", "ring_again", "no_answer", "on_call"
SPOKE, NOBODY_ANSWERED = "spoke", "no answer"  # outcomes of a call
FIRST = "first"  # the step that asks whether 999 was called
CALLED_999 = ("called", "called by someone else")  # its outcomes where it was
REPLIED = ("sent", ALREADY)  # outcomes of a reply by which whoever wrote got one


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One step that was done. `outcome` is a word of the path, `decision` the version of the decision that it made.

    `who` is whom they spoke to, `when` at which moment, `note` what else they wrote.
    """

    case: int
    path: PathKind
    step: str
    by: int  # the user's number
    at: datetime
    outcome: str = ""
    who: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    when: datetime | None = None
    number: int = 0
    by_name: str = ""
    decision: int | None = None
    undone_at: datetime | None = None
    undone_by_name: str = ""

    @property
    def moment(self) -> datetime:
        """When it was, which is no later than when it was written down."""
        return self.when or self.at

    @property
    def is_999(self) -> bool:
        """Whether it says that 999 was called, by whoever wrote it down or somebody else."""
        return self.step == FIRST and self.outcome in CALLED_999

    @property
    def is_to_team(self) -> bool:
        """Whether it is a call to the team of the path, answered or not."""
        return self.step.startswith((RING, NO_ANSWER))

    @property
    def is_to_on_call(self) -> bool:
        """Whether it is a call to whoever is on call, answered or not."""
        return self.step.startswith(ON_CALL)

    @property
    def is_call(self) -> bool:
        """Whether somebody was rung: the team, or whoever is on call."""
        return self.is_to_team or self.is_to_on_call


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """How far a path is. `version` counts all that was done or taken back; `steps` are all of it, first to last."""

    kind: PathKind
    version: int = 0
    steps: Sequence[PathStep] = ()

    @property
    def standing(self) -> Mapping[str, PathStep]:
        """What was done and not taken back, by the step's word."""
        return {step.step: step for step in self.steps if step.undone_at is None}

    @property
    def last(self) -> int:
        """The number of the step that was done last, whether it holds or not; 0 where none was."""
        return max((step.number for step in self.steps), default=0)

    @property
    def stands(self) -> str:
        """Which steps hold, by their numbers, as a form takes it along."""
        return " ".join(str(step.number) for step in self.standing.values())

    @property
    def calls(self) -> Sequence[PathStep]:
        """The calls that were not taken back, by when they were made."""
        standing = (step for step in self.standing.values() if step.is_call)
        return sorted(standing, key=lambda step: (step.moment, step.number))


class PathSteps:
    """Doing, taking back and reading steps."""

    def __init__(self, database: Database, cases: Cases) -> None:
        self._db = database
        self._cases = cases

    def together(self) -> AbstractContextManager[None]:
        """What is saved inside is saved whole, or nothing of it."""
        return self._db.transaction()

    def path(self, case: int, kind: PathKind) -> Path:
        """How far a path of a case is."""
        with self._db.snapshot():
            return self._path(case, kind)

    def paths(self, cases: Collection[int], kind: PathKind) -> dict[int, Path]:
        """How far this path of each of these cases is, by one query."""
        with self._db.snapshot():
            return self._paths(cases, kind)

    def of_case(self, case: int) -> list[Path]:
        """The paths of a case on which something was done."""
        with self._db.snapshot():
            paths = [self._path(case, kind) for kind in PATHS]
        return [path for path in paths if path.steps]

    def in_danger(self, cases: Collection[int]) -> dict[int, list[PathStep]]:
        """Of each of these cases what was done about danger or a threat and holds, by when it was; who did nothing yet is in none.

        What was taken back holds no more, nor what passed a case on once that was undone elsewhere.
        """
        if (ahead := self._db.all_read_ahead("steps", cases)) is not None:
            return {case: list(steps) for case, steps in ahead.items() if steps}
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT s.*, u.name, NULL AS undone_by_name FROM json_each(?) n JOIN path_steps s ON s.case_number = n.value
                LEFT JOIN users u ON u.number = s.by_user WHERE s.path <> 'leak' AND s.undone_at IS NULL
                AND (s.decision IS NULL OR EXISTS (SELECT 1 FROM case_decisions d WHERE d.case_number = s.case_number
                    AND d.version = s.decision AND {HOLDS}))""",
                json.dumps(list(cases)),
            )  # fmt: skip
            standing: dict[int, list[PathStep]] = {}
            for step in sorted(map(self._step, rows), key=lambda step: (step.moment, step.number)):
                standing.setdefault(step.case, []).append(step)
        return standing

    def add(self, step: PathStep, *, seen: int) -> bool:
        """Adds a step that was done, by somebody who saw the path at version `seen`; False where it is another now.

        Raises StoreError for a step without a word, a moment to come, or a case that is not there.
        """
        _refuse_nonsense(step)
        with self._db.transaction():
            if self._db.row("SELECT 1 FROM cases WHERE number = ?", step.case) is None:
                raise StoreError(f"there is no case {step.case}: it was purged, or never was")
            path = self._path(step.case, step.path)
            if path.version != seen or step.step in path.standing:
                return False
            self._insert(step)
            self._cases.follow(step.case, step.at)  # it may say who was told
        return True

    def add_decided(
        self, step: PathStep, decision: CaseDecision, expected_version: int, *, seen: int
    ) -> bool:
        """The same together with the decision that the step is; both or neither. False also as `Cases.decide`."""
        _refuse_nonsense(step)
        with self._db.transaction():
            path = self._path(step.case, step.path)
            if path.version != seen or step.step in path.standing:
                return False
            if not self._cases.decide(decision, expected_version):
                return False
            self._insert(step, decision=expected_version + 1)
        return True

    def take_back(self, number: int, *, by: int, at: datetime, seen: int) -> bool:
        """Takes back a step, and the decision that it made where that still holds; with a confirmed leak all that rests on it. Who had the case by steps alone, of which none holds, has it no more.

        False where the path is another than the person saw, or it was taken back already. Raises StoreError where there
        is no such step.
        """
        with self._db.transaction():
            row = self._db.row("SELECT * FROM path_steps WHERE number = ?", number)
            if row is None:
                raise StoreError("there is no such step: its case was purged, or it never was")
            if row["undone_at"] or self._path(row["case_number"], row["path"]).version != seen:
                return False
            if row["decision"] is not None:
                self._undo(row, by, at)
            if not self._db.value("SELECT undone_at FROM path_steps WHERE number = ?", number):
                self._db.execute(
                    "UPDATE path_steps SET undone_at = ?, undone_by = ? WHERE number = ?",
                    clock.text(at), by, number,
                )  # fmt: skip
                self._db.add_event(
                    "path step taken back", at, case=row["case_number"], path=row["path"],
                    step=row["step"], by=by,
                )  # fmt: skip
            self._cases.follow(row["case_number"], at)
            holders.release_undone(self._db, row["case_number"], by=by, at=at)
        return True

    def _undo(self, row: Row, by: int, at: datetime) -> None:
        """Undoes the decision of a step, unless somebody did so elsewhere."""
        history = self._cases.history(row["case_number"])
        holds = any(entry.version == row["decision"] and not entry.undone for entry in history)
        if holds:
            undo = CaseDecision(
                case=row["case_number"], kind="undo", by=by, at=at, undoes=row["decision"]
            )
            self._cases.decide(undo, history[-1].version)

    def _insert(self, step: PathStep, *, decision: int | None = None) -> None:
        words = {
            "who": clean(step.who),
            "note": clean(step.note),
            "when": clock.text(step.when) if step.when else "",
        }
        self._db.insert(
            "path_steps", case_number=step.case, path=step.path, step=clean(step.step),
            outcome=clean(step.outcome), by_user=step.by, at=clock.text(step.at), decision=decision,
            encrypted=self._db.encryption.encrypt(words),
        )  # fmt: skip
        self._db.add_event(
            "path step done", step.at, case=step.case, path=step.path, step=clean(step.step),
            outcome=clean(step.outcome) or "done", by=step.by,
        )  # fmt: skip

    def _path(self, case: int, kind: PathKind) -> Path:
        if (ahead := self._db.read_ahead(f"path of {kind}", case)) is not None:
            path: Path = ahead
            return path
        return self._paths((case,), kind)[case]

    def _paths(self, cases: Collection[int], kind: PathKind) -> dict[int, Path]:
        rows = self._db.rows(
            """SELECT s.*, u.name, b.name AS undone_by_name FROM json_each(?) n
            CROSS JOIN path_steps s ON s.case_number = n.value AND s.path = ?
            LEFT JOIN users u ON u.number = s.by_user LEFT JOIN users b ON b.number = s.undone_by ORDER BY s.number""",
            json.dumps(sorted(cases)), kind,
        )  # fmt: skip
        steps: dict[int, list[PathStep]] = {case: [] for case in cases}
        for row in rows:
            steps[row["case_number"]].append(self._step(row))
        return {case: _path_of(kind, of_case) for case, of_case in steps.items()}

    def _step(self, row: Row) -> PathStep:
        words = self._db.encryption.decrypt(row["encrypted"])
        return PathStep(
            number=row["number"], case=row["case_number"], path=row["path"], step=row["step"],
            outcome=row["outcome"], by=row["by_user"] or 0, by_name=row["name"] or "someone who has left",
            at=clock.parse(row["at"]), decision=row["decision"], who=words["who"], note=words["note"],
            when=clock.parse(words["when"]) if words["when"] else None,
            undone_at=clock.parse(row["undone_at"]) if row["undone_at"] else None,
            undone_by_name=row["undone_by_name"] or ("someone who has left" if row["undone_at"] else ""),
        )  # fmt: skip


def call_in_place(steps: Iterable[PathStep], refused_at: datetime) -> PathStep | None:
    """The last of these by which whoever is on call was reached in place of a team that does not take it; None where nobody was.

    What was written down before the refusal was no call about that: one to the team is the team's, and whoever was on call knew of no refusal.
    """
    reached = [
        step
        for step in steps
        if step.is_to_on_call and step.outcome == SPOKE and step.at >= refused_at
    ]
    return max(reached, key=lambda step: (step.moment, step.number), default=None)


def _path_of(kind: PathKind, steps: Sequence[PathStep]) -> Path:
    version = len(steps) + sum(step.undone_at is not None for step in steps)
    return Path(kind=kind, version=version, steps=tuple(steps))


def _refuse_nonsense(step: PathStep) -> None:
    if not step.step or len(step.step) > LONGEST or len(step.outcome) > LONGEST:
        raise StoreError("a step has a word of its own, and so has its outcome")
    if step.when is not None and step.when > step.at:
        raise StoreError("that moment is still to come: write when it was")
