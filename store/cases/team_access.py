"""Which teams may be passed a case or some of its posts: by whose they are, what they are about, and who speaks up in it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from core.errors import StoreError
from core.models import TeamType
from store.cases.handoffs import Handoffs
from store.cases.models import HOLDS, CaseDecision
from store.cases.receivers import PostFacts, open_types
from store.cases.sight import GUARDIAN
from store.database import Database

PATIENT = "pid"


class TeamAccess:
    """What each type of team may have."""

    def __init__(self, database: Database, handoffs: Handoffs) -> None:
        self._db = database
        self._handoffs = handoffs

    def is_protected(self, case: int) -> bool:
        """Whether somebody may be speaking up in a case, or it was passed to the Guardian, and nobody sent it back since."""
        if self._db.value("SELECT protected FROM cases WHERE number = ?", case):
            return True
        if self._db.value("SELECT speaks FROM speaking_up_rulings WHERE case_number = ? ORDER BY number DESC LIMIT 1", case) == 0:  # fmt: skip
            return False
        rows = self._db.rows(
            "SELECT role FROM handoffs WHERE case_number = ? AND state <> 'taken back'", case
        )
        return any(self._handoffs.policy.receiver(row["role"]).type == "guardian" for row in rows)

    def is_guardian(self, role: str) -> bool:
        """Whether a role is the Guardian's, by its name or its type."""
        return role == GUARDIAN or self._handoffs.policy.receiver(role).type == "guardian"

    def refuse(self, decision: CaseDecision) -> None:
        """Raises StoreError where the team of an escalation can't have it, of whatever page that is asked: an employer has two people's agreement, and what is protected stays with few."""
        team = self._handoffs.policy.receiver(decision.role).type
        if team == "employer" and not self._db.row(
            """SELECT 1 FROM employer_requests r WHERE r.number = (
                SELECT max(number) FROM employer_requests WHERE case_number = ?)
            AND (SELECT count(DISTINCT as_role) = 2 AND count(DISTINCT by_user) = 2 AND min(answer = 'agrees') = 1
                AND max(by_user IS r.by_user) = 0 FROM employer_answers WHERE request = r.number)""",
            decision.case,
        ):  # fmt: skip
            raise StoreError("two people have to agree before this goes to an employer")
        if team not in self._open_to_protected(decision) and self.is_protected(decision.case):
            raise StoreError(
                "someone may be speaking up: it goes to the Guardian, and to nobody else but for danger or a leak"
            )
        claimed = [name for name, holds in decision.labels.items() if holds]
        if team not in self.open_types(decision.case, decision.covers, claimed):
            raise StoreError(
                "this team can't have it by its type: what staff wrote goes to few, each for what is its matter"
            )

    def open_types(
        self, case: int, posts: Iterable[tuple[int, int]], claimed: Iterable[str] = ()
    ) -> frozenset[TeamType]:
        """The types of team that may have all of these posts by whose they are and what they are about.

        `claimed` are flags that whoever passes them on says they hold, beside what was decided and reported of them.
        """
        pairs = list(posts)
        numbers = json.dumps([mention for mention, _ in pairs])
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT i.staff, i.platform, a.protected,
                    (SELECT json_group_array(f.flag) FROM case_flags f WHERE f.mention = i.mention) AS flags
                FROM case_mentions i JOIN assessments a ON a.number = i.assessment
                WHERE i.case_number = ? AND i.mention IN (SELECT value FROM json_each(?))""",
                case, numbers,
            )  # fmt: skip
            by_people = self._db.rows(
                f"""SELECT l.key AS flag FROM case_decisions d, json_each(d.labels) l
                WHERE d.case_number = ?1 AND l.value = 1 AND {HOLDS} AND EXISTS (SELECT 1 FROM json_each(d.covers) c
                    WHERE json_extract(c.value, '$[0]') IN (SELECT value FROM json_each(?2)))
                UNION SELECT n.value FROM false_negatives x, json_each(x.flags) n WHERE x.mention IN (SELECT value FROM json_each(?2))
                UNION SELECT kind FROM deadlines WHERE case_number = ?1 AND kind = ?3""",
                case, numbers, PATIENT,
            )  # fmt: skip
        named = {*claimed, *(row["flag"] for row in by_people), *self._handoffs.reported(case, pairs)}  # fmt: skip
        facts = (
            PostFacts(
                staff=row["staff"], platform=row["platform"], protected=row["protected"], flags=frozenset(json.loads(row["flags"])),
            )
            for row in rows
        )  # fmt: skip
        return open_types(facts, self._handoffs.policy.receiving, named)

    def _open_to_protected(self, decision: CaseDecision) -> frozenset[TeamType]:
        """The types of team that may have a case in which somebody speaks up, whoever passes it on.

        Safeguarding may always: whoever passes it on says that somebody is in danger, and nothing must slow that.
        """
        leak = decision.labels.get(PATIENT) is True or self._db.row(
            """SELECT 1 FROM case_flags f JOIN case_mentions i ON i.mention = f.mention
            WHERE i.case_number = ?1 AND f.flag = ?2
            UNION ALL SELECT 1 FROM deadlines WHERE case_number = ?1 AND kind = ?2""",
            decision.case, PATIENT,
        )  # fmt: skip
        teams: frozenset[TeamType] = frozenset(("guardian", "safeguarding"))
        return teams | {"information_governance"} if leak else teams
