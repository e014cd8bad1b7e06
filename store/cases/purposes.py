"""What leaves for another purpose than the one it was taken in for: to an employer, and to the police.

An employer needs two people beside the one who asks: governance, and the Freedom to Speak Up Guardian. Each gives a reason
from a list and words; they are kept as they were said. Events tell who, what and why, and outlive the case.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core import clock
from core.errors import StoreError
from store.cases.cases import Cases
from store.cases.models import CaseDecision
from store.database import Database
from store.encryption import clean
from store.rights.ledger import Ledger
from store.sqlite import Row

AnswerAs = Literal["governance", "guardian"]
EmployerAnswer = Literal["agrees", "refuses"]
BOTH: tuple[AnswerAs, ...] = ("governance", "guardian")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one of the two said: a reason of the list, and words."""

    as_role: AnswerAs
    answer: EmployerAnswer
    reason: str
    by: int
    by_name: str
    at: datetime
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerRequest:
    """That somebody asks to pass posts (mention, revision) of a case to an employer, and what came of it."""

    number: int
    case: int
    posts: tuple[tuple[int, int], ...]
    reason: str
    by: int | None
    by_name: str
    at: datetime
    words: str = field(repr=False)
    answers: tuple[Answered, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether one of the two refused, which ends it."""
        return any(each.answer == "refuses" for each in self.answers)

    @property
    def agreed(self) -> bool:
        """Whether both agreed: two people, and neither the one who asked."""
        agreeing = {each.as_role: each.by for each in self.answers if each.answer == "agrees"}
        people = set(agreeing.values())
        return set(agreeing) == set(BOTH) and len(people) == len(BOTH) and self.by not in people

    @property
    def waits(self) -> bool:
        """Whether somebody has yet to answer."""
        return not self.refused and len(self.answers) < len(BOTH)

    def waits_for(self, role: AnswerAs) -> bool:
        """Whether this one of the two has yet to answer."""
        return self.waits and role not in {each.as_role for each in self.answers}


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceDisclosure:
    """That posts of a case went to the police, and by which ground in law."""

    case: int
    version: int  # of the decision that passed it on
    ground: str
    by_name: str
    at: datetime
    words: str = field(repr=False)
    reference: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliceRequest:
    """That somebody asks to pass posts (mention, revision) of a case to the police, which a second person agrees to."""

    number: int
    case: int
    version: int  # of the case as it was on the page
    posts: tuple[tuple[int, int], ...]
    role: str
    ground: str
    by: int | None
    by_name: str
    at: datetime
    words: str = field(repr=False)
    reference: str = field(default="", repr=False)


class Purposes:
    """Asking, answering, disclosing and reading; what is allowed is worked out by whoever calls."""

    def __init__(self, database: Database, cases: Cases, ledger: Ledger) -> None:
        self._db = database
        self._ledger = ledger
        self._cases = cases

    def ask(
        self, case: int, posts: Sequence[tuple[int, int]], *, by: int, at: datetime, reason: str, words: str
    ) -> int:  # fmt: skip
        """Asks that posts may go to an employer; the request's number. Raises StoreError while one waits, or without words."""
        if not posts or not reason or not words.strip():
            raise StoreError("a request names posts, and says why")
        with self._db.transaction():
            if not self._db.row("SELECT 1 FROM cases WHERE number = ?", case):
                raise StoreError(f"there is no case {case}: it was purged, or never was")
            last = self._last(case)
            if last is not None and last.waits:
                raise StoreError("it was asked for already, and waits for an answer")
            number = self._db.insert(
                "employer_requests", case_number=case, posts=json.dumps(posts), reason=clean(reason), by_user=by,
                at=clock.text(at), encrypted=self._db.encryption.encrypt({"reason": clean(words)}),
            )  # fmt: skip
            self._db.add_event("employer asked for", at, case=case, request=number, ground=clean(reason), by=by)  # fmt: skip
        return number

    def answer(
        self, number: int, role: AnswerAs, *, by: int, at: datetime, answer: EmployerAnswer, reason: str, words: str
    ) -> bool:  # fmt: skip
        """What one of the two says; False where it waits for them no more.

        Raises StoreError without words, and for whoever asked or answered it already.
        """
        if not reason or not words.strip():
            raise StoreError("an answer says why")
        with self._db.transaction():
            request = self._one("number = ?", number)
            if request is None or not request.waits_for(role):
                return False
            if by == request.by:
                raise StoreError("you asked for this: another person has to answer")
            if by in {each.by for each in request.answers}:
                raise StoreError("you answered this already: it takes another person")
            self._db.insert(
                "employer_answers", request=number, as_role=role, answer=answer, reason=clean(reason), by_user=by,
                at=clock.text(at), encrypted=self._db.encryption.encrypt({"reason": clean(words)}),
            )  # fmt: skip
            if answer == "refuses":
                self._ledger.note("employer refused", at, authors=[self._ledger.account_mark(by)], about={"request": number, "as_role": role, "reason": clean(reason)})  # fmt: skip
            self._db.add_event(
                "employer answered", at, case=request.case, request=number, as_role=role, answer=answer,
                ground=clean(reason), by=by,
            )  # fmt: skip
        return True

    def get(self, number: int) -> EmployerRequest | None:
        """One request with its answers."""
        with self._db.snapshot():
            return self._one("number = ?", number)

    def last(self, case: int) -> EmployerRequest | None:
        """The newest request of a case."""
        with self._db.snapshot():
            return self._last(case)

    def waiting(self, role: AnswerAs) -> list[EmployerRequest]:
        """The requests that wait for one of the two, the oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT number FROM employer_requests r WHERE {self._db.sight.of_numbers("r.case_number")} AND NOT EXISTS (
                    SELECT 1 FROM employer_answers a WHERE a.request = r.number
                    AND (a.answer = 'refuses' OR a.as_role = ?)) ORDER BY number""",
                role,
            )
            requests = [self._one("number = ?", row["number"]) for row in rows]
        return [each for each in requests if each is not None and each.waits_for(role)]

    def ask_police(
        self, decision: CaseDecision, version: int, *, ground: str, words: str, reference: str = ""
    ) -> int:
        """Asks a second person whether posts may go to the police; the request's number. Raises StoreError as `to_police`.

        One that waited for this case is over.
        """
        if not ground or not words.strip():
            raise StoreError("what goes to the police has a ground in law, and says why")
        with self._db.transaction():
            self._db.execute(
                "UPDATE police_requests SET state = 'over' WHERE case_number = ? AND state = 'waits'",
                decision.case,
            )
            number = self._db.insert(
                "police_requests", case_number=decision.case, version=version, posts=json.dumps(decision.covers),
                role=clean(decision.role), ground=clean(ground), by_user=decision.by, at=clock.text(decision.at),
                encrypted=self._db.encryption.encrypt({"reason": clean(words), "reference": clean(reference)}),
            )  # fmt: skip
            self._db.add_event("police asked about", decision.at, case=decision.case, request=number, ground=clean(ground), by=decision.by)  # fmt: skip
        return number

    def police_waiting(self, case: int | None = None) -> list[PoliceRequest]:
        """What waits for a second person, of one case or of all that whoever asks may see, the oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT r.*, u.name FROM police_requests r LEFT JOIN users u ON u.number = r.by_user
                WHERE r.state = 'waits' AND (? IS NULL OR r.case_number = ?) AND {self._db.sight.of_numbers("r.case_number")}
                ORDER BY r.number""",
                case, case,
            )  # fmt: skip
            return [self._police_request(row) for row in rows]

    def answer_police(self, request: PoliceRequest, *, agrees: bool, by: int, at: datetime) -> bool:
        """What the second person says; with a yes it is passed on, by whoever asked. False where it waits no more.

        Nor where the case was decided since it was asked: then it is over. Raises StoreError for whoever asked.
        """
        if by == request.by:
            raise StoreError("you asked for this: another person has to answer")
        with self._db.transaction():
            if not self._db.execute(
                "UPDATE police_requests SET state = ?, answered_by = ?, answered_at = ? WHERE number = ? AND state = 'waits'",
                "agreed" if agrees else "refused", by, clock.text(at), request.number,
            ):  # fmt: skip
                return False
            self._db.add_event(
                "police answered", at, case=request.case, request=request.number, answer="agrees" if agrees else "refuses", by=by
            )  # fmt: skip
            if not agrees:
                return True
            decision = CaseDecision(
                case=request.case, kind="escalate", by=request.by or by, at=at, covers=request.posts, role=request.role,
            )  # fmt: skip
            passed_on = self.to_police(
                decision,
                request.version,
                ground=request.ground,
                words=request.words,
                reference=request.reference,
            )
            if not passed_on:
                self._db.execute("UPDATE police_requests SET state = 'over' WHERE number = ?", request.number)  # fmt: skip
        return passed_on

    def _police_request(self, row: Row) -> PoliceRequest:
        fields = self._db.encryption.decrypt(row["encrypted"])
        return PoliceRequest(
            number=row["number"], case=row["case_number"], version=row["version"], role=row["role"], ground=row["ground"],
            posts=tuple((mention, revision) for mention, revision in json.loads(row["posts"])), by=row["by_user"],
            by_name=row["name"] or "somebody who has left", at=clock.parse(row["at"]), words=fields["reason"],
            reference=fields["reference"],
        )  # fmt: skip

    def to_police(
        self, decision: CaseDecision, expected_version: int, *, ground: str, words: str, reference: str = ""
    ) -> bool:  # fmt: skip
        """Passes posts to the police, with the ground in law; False as `Cases.decide`. Raises StoreError without either."""
        if not ground or not words.strip():
            raise StoreError("what goes to the police has a ground in law, and says why")
        with self._db.transaction():
            if not self._cases.decide(decision, expected_version):
                return False
            self._db.insert(
                "police_disclosures", case_number=decision.case, version=expected_version + 1, ground=clean(ground),
                by_user=decision.by, at=clock.text(decision.at),
                encrypted=self._db.encryption.encrypt({"reason": clean(words), "reference": clean(reference)}),
            )  # fmt: skip
            self._db.add_event(
                "disclosed to the police", decision.at, case=decision.case, ground=clean(ground), by=decision.by
            )  # fmt: skip
        return True

    def disclosures(self, case: int) -> list[PoliceDisclosure]:
        """What of a case went to the police, first to last."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT d.*, u.name FROM police_disclosures d LEFT JOIN users u ON u.number = d.by_user
                WHERE d.case_number = ? ORDER BY d.number""",
                case,
            )
        disclosed = []
        for row in rows:
            fields = self._db.encryption.decrypt(row["encrypted"])
            disclosed.append(PoliceDisclosure(
                case=row["case_number"], version=row["version"], ground=row["ground"],
                by_name=row["name"] or "somebody who has left", at=clock.parse(row["at"]),
                words=fields["reason"], reference=fields["reference"],
            ))  # fmt: skip
        return disclosed

    def _last(self, case: int) -> EmployerRequest | None:
        return self._one("case_number = ? ORDER BY number DESC LIMIT 1", case)

    def _one(self, where: str, *values: object) -> EmployerRequest | None:
        """`where` is ours, never input."""
        row = self._db.row(f"SELECT * FROM employer_requests WHERE {where}", *values)
        if row is None:
            return None
        answers = self._db.rows(
            """SELECT a.*, u.name FROM employer_answers a LEFT JOIN users u ON u.number = a.by_user
            WHERE a.request = ? ORDER BY a.number""",
            row["number"],
        )
        name = self._db.value("SELECT name FROM users WHERE number = ?", row["by_user"])
        return EmployerRequest(
            number=row["number"], case=row["case_number"], reason=row["reason"], by=row["by_user"],
            posts=tuple((mention, revision) for mention, revision in json.loads(row["posts"])),
            by_name=str(name or "somebody who has left"), at=clock.parse(row["at"]), words=self._words(row),
            answers=tuple(
                Answered(
                    as_role=each["as_role"], answer=each["answer"], reason=each["reason"], by=each["by_user"],
                    by_name=each["name"] or "somebody who has left", at=clock.parse(each["at"]), words=self._words(each),
                )
                for each in answers
            ),
        )  # fmt: skip

    def _words(self, row: Row) -> str:
        return str(self._db.encryption.decrypt(row["encrypted"])["reason"])
