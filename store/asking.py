"""Asks a named colleague for a second opinion: the decision that leaves a case open, and the question, in one."""

from __future__ import annotations

from datetime import timedelta

from errors import StoreError
from store.case_decisions import CaseDecisions
from store.case_shapes import CaseDecision

OPINION_WITHIN = timedelta(hours=48)  # where the risk sets no time by itself


class Asking(CaseDecisions):
    """Second opinions of somebody. A decision of that kind without one is for whoever has time, as it ever was."""

    def ask_opinion(
        self, decision: CaseDecision, expected_version: int, *, of: int, question: str
    ) -> bool:
        """Keeps a decision of the kind `second_opinion` and the question to a colleague; False as `decide`.

        It is due as the case would be to be looked at. Raises StoreError as `decide`, for a question to oneself, to
        somebody for whom the one who asks covers now, to somebody who was asked already, and for none at all.
        """
        if decision.kind != "second_opinion":
            raise StoreError("only a second opinion is asked of somebody")
        if not question.strip():
            raise StoreError("write what you want to know")
        if of == decision.by:
            raise StoreError("ask somebody else: a second opinion is never one’s own")
        with self._writing():
            if not self._one("SELECT active FROM users WHERE number = ?", of):
                raise StoreError("choose a colleague who can decide")
            away = self.away(decision.at).get(of)
            if away is not None and away.acting == decision.by:
                raise StoreError("they are away and you cover for them: ask somebody else")
            if self._one(
                "SELECT 1 FROM opinions WHERE case_number = ? AND of_user = ? AND state = 'waits'",
                decision.case, of,
            ):  # fmt: skip
                raise StoreError(
                    "they were asked about this case already, and have not answered yet"
                )
            if not self.decide(decision, expected_version):
                return False
            risk = self._one("SELECT risk FROM cases WHERE number = ?", decision.case)
            self._add_opinion(
                case=decision.case, version=expected_version + 1, by=decision.by, of=of,
                at=decision.at, due=decision.at + (self.hours.to_look(risk) or OPINION_WITHIN),
                question=question,
            )  # fmt: skip
        return True
