"""Keeps whose second opinion was asked on a case, what they were asked, and how it came to its end.

Where an opinion stands follows from the decisions of its case that hold, so that whatever is decided or undone may
ask for it to be worked out again; working it out twice is working it out once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, get_args

from core import clock
from core.errors import StoreError
from store.cases.models import HOLDS
from store.database import Database
from store.encryption import clean
from store.sqlite import Row
from store.team.absences import Absences
from store.team.models import Opinion, Stance

# After one of these a case is still somebody's to do: the question is not settled by it.
_LEAVES_OPEN = frozenset(("second_opinion", "reopen", "confirm", "escalate", "snooze"))


class Opinions:
    """Answering, and where opinions stand."""

    def __init__(self, database: Database, absences: Absences) -> None:
        self._db = database
        self._absences = absences

    def get(self, number: int) -> Opinion | None:
        """One of them, with its words."""
        with self._db.snapshot():
            opinions = self._opinions("number = ?", number, words=True)
        return opinions[0] if opinions else None

    def of_case(self, case: int) -> list[Opinion]:
        """All that were asked on a case, first to last, with their words."""
        with self._db.snapshot():
            return self._opinions("case_number = ?", case, words=True)

    def waiting(self) -> list[Opinion]:
        """All questions that wait for an answer, what is due first first; without their words."""
        with self._db.snapshot():
            opinions = self._opinions(
                f"state = 'waits' AND {self._db.sight.of_numbers('case_number')}"
            )
        return sorted(opinions, key=lambda opinion: (opinion.due_at, opinion.number))

    def count_waiting(self) -> int:
        """How many questions wait for an answer."""
        with self._db.snapshot():
            return int(
                self._db.value(
                    f"""SELECT count(*) FROM opinions WHERE state = 'waits'
                    AND {self._db.sight.of_numbers("case_number")}"""
                )
            )

    def answer(self, number: int, *, by: int, stance: Stance, answer: str, at: datetime) -> bool:
        """Keeps an opinion as a note; False where it no longer waits for one.

        Raises StoreError where it is not theirs to give: only whom it was asked of can, or who covers for them,
        never who asked; and for one that differs without a word why, or an answer in words without any.
        """
        with self._db.transaction():
            opinions = self._opinions("number = ?", number, words=True)
            if not opinions:
                raise StoreError("there is no such question: its case was purged")
            opinion = opinions[0]
            if by == opinion.asked_by:
                raise StoreError("who asked for an opinion can’t give it")
            if by not in self.may_answer(opinion, at):
                raise StoreError("someone else was asked")
            if stance == "disagrees" and not answer.strip():
                raise StoreError("say why you see it differently")
            if stance == "answers" and not answer.strip():
                raise StoreError("write your answer in words")
            if opinion.state != "waits":
                return False
            version = self._db.value("SELECT version FROM cases WHERE number = ?", opinion.case)
            self._db.execute(
                """UPDATE opinions SET state = 'answered', end_reason = ?, ended_at = ?, ended_by = ?,
                ended_version = ?, encrypted = ? WHERE number = ?""",
                stance, clock.text(at), by, version,
                self._db.encryption.encrypt({"question": opinion.question, "answer": clean(answer)}), number,
            )  # fmt: skip
            self._db.add_event("opinion given", at, case=opinion.case, opinion=number, by=by)
        return True

    def may_answer(self, opinion: Opinion, at: datetime) -> set[int]:
        """Whose answer counts: whom it was asked of, and who covers for them now; never who asked."""
        return self._stand_ins(opinion.of, at) - {opinion.asked_by}

    def _stand_ins(self, user: int, at: datetime) -> set[int]:
        there = self._absences.away(at).get(user)
        return {user} | ({there.acting} if there and there.acting is not None else set())

    def refuse_unaskable(self, case: int, of: int, *, by: int, at: datetime) -> None:
        """Raises StoreError where `by` can't ask this colleague: themselves, who can't decide, whom they cover for
        now, who was asked already.
        """
        if of == by:
            raise StoreError("ask someone else: you can’t ask yourself")
        if not self._db.value("SELECT active FROM users WHERE number = ?", of):
            raise StoreError("choose a colleague who can decide")
        away = self._absences.away(at).get(of)
        if away is not None and away.acting == by:
            raise StoreError("they are away and you cover for them: ask someone else")
        if self._db.value(
            "SELECT 1 FROM opinions WHERE case_number = ? AND asked_of = ? AND state = 'waits'",
            case,
            of,
        ):
            raise StoreError("they were asked about this case already, and have not answered yet")

    def add(
        self, *, case: int, version: int, by: int, of: int, at: datetime, due: datetime, question: str
    ) -> None:  # fmt: skip
        number = self._db.insert(
            "opinions", case_number=case, version=version, asked_by=by, asked_of=of,
            at=clock.text(at), due_at=clock.text(due), state="waits",
            encrypted=self._db.encryption.encrypt({"question": clean(question), "answer": ""}),
        )  # fmt: skip
        self._db.add_event("opinion asked", at, case=case, opinion=number, by=by, user=of)

    def update(self, case: int, at: datetime) -> None:
        """Works out where the opinions of a case stand, by the decisions that hold now."""
        opinions = self._opinions("case_number = ?", case)
        if not opinions:
            return
        holding = self._db.rows(
            f"""SELECT version, kind, by_user, at FROM case_decisions d
            WHERE case_number = ? AND {HOLDS} ORDER BY version""",
            case,
        )
        done = bool(self._db.value("SELECT state = 'done' FROM cases WHERE number = ?", case))
        for opinion in opinions:
            stands = self._state_of(opinion, holding, at, done=done)
            self._db.execute(
                """UPDATE opinions SET state = ?, end_reason = ?, ended_at = ?, ended_by = ?, ended_version = ?
                WHERE number = ?""",
                *stands, opinion.number,
            )  # fmt: skip

    def _state_of(
        self, opinion: Opinion, holding: Sequence[Row], at: datetime, *, done: bool
    ) -> tuple[Any, ...]:
        """State, why, when, by whom, at which decision."""
        ended = clock.text(opinion.ended_at) if opinion.ended_at else None
        if opinion.asked_at_version not in {row["version"] for row in holding}:
            same = opinion.why == "taken back"
            return "over", "taken back", ended if same else clock.text(at), None, None
        if opinion.why in get_args(Stance):
            followed = any(row["version"] > (opinion.ended_version or 0) for row in holding)
            return ("over" if followed else "answered", opinion.why, ended, opinion.ended_by, opinion.ended_version)  # fmt: skip
        for row in holding:
            if row["version"] <= opinion.asked_at_version:
                continue
            theirs = row["by_user"] in (
                self._stand_ins(opinion.of, clock.parse(row["at"])) - {opinion.asked_by}
            )
            settled = row["kind"] not in _LEAVES_OPEN and (
                done or (opinion.why == "settled" and opinion.ended_version == row["version"])
            )
            if theirs or settled:
                why = "decided" if theirs else "settled"
                return "over", why, row["at"], row["by_user"], row["version"]
        return "waits", None, None, None, None

    def _opinions(self, where: str, *values: object, words: bool = False) -> list[Opinion]:
        rows = self._db.rows(f"SELECT * FROM opinions WHERE {where} ORDER BY number", *values)
        return [
            opinion_of(row, self._db.encryption.decrypt(row["encrypted"]) if words else {})
            for row in rows
        ]


def opinion_of(row: Row, words: Mapping[str, str] = MappingProxyType({})) -> Opinion:
    """A row of the table as an Opinion, with its `words` where they were decrypted."""
    return Opinion(
        number=row["number"], case=row["case_number"], asked_at_version=row["version"],
        asked_by=row["asked_by"], of=row["asked_of"], at=clock.parse(row["at"]),
        due_at=clock.parse(row["due_at"]), state=row["state"], why=row["end_reason"],
        ended_at=clock.parse(row["ended_at"]) if row["ended_at"] else None,
        ended_by=row["ended_by"], ended_version=row["ended_version"],
        question=words.get("question", ""), answer=words.get("answer", ""),
    )  # fmt: skip
