"""Keeps what was replied to posts, and tells what our own accounts already said to them.

Nothing is ever sent from here: a person answers on the platform, and writes down with which words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.errors import StoreError
from core.models import Platform
from store.cases.cases import Cases
from store.cases.deadlines import Deadlines
from store.cases.models import CaseDecision
from store.database import Database
from store.encryption import clean
from store.own_posts import ANSWERS

MOST_ANSWERS = 20  # own posts of one case that are told of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What somebody replied, with decision `version` of a case. `posts` are those that it answers; `text` is "" where its words were not kept."""

    version: int
    posts: tuple[int, ...]
    at: datetime
    by_name: str
    template: str  # the key of the template that it began from; "" for none
    text: str = field(repr=False)
    link: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """What an account of ours published under a post of a case. `masked` is "" where it is not assessed."""

    mention: int
    to: int  # the first mention of the case that it answers
    posts: tuple[int, ...]  # all of them
    platform: Platform
    at: datetime
    url: str = field(repr=False)
    masked: str


class Replies:
    """Replies by hand, and by our own accounts."""

    def __init__(self, database: Database, cases: Cases, deadlines: Deadlines) -> None:
        self._db = database
        self._cases = cases
        self._deadlines = deadlines

    def record(
        self, decision: CaseDecision, expected_version: int, *, text: str, link: str = "", template: str = ""
    ) -> bool:  # fmt: skip
        """Keeps the decision `respond` as `decide` does, and with it what was replied. False as there.

        Raises StoreError as `decide`, and for a reply without words or another decision than `respond`.
        """
        if not text.strip():
            raise StoreError("write down what was replied")
        return self._record(decision, expected_version, text=text, link=link, template=template)

    def record_without_words(self, decision: CaseDecision, expected_version: int) -> bool:
        """The same of an answer in other words, of which none are kept: whoever asked waits no longer, as somebody says that they have one."""
        return self._record(decision, expected_version, text="", link="", template="")

    def _record(
        self, decision: CaseDecision, expected_version: int, *, text: str, link: str, template: str
    ) -> bool:  # fmt: skip
        if decision.kind != "respond":
            raise StoreError("a reply is saved with the decision that it was answered")
        with self._db.transaction():
            if not self._cases.decide(decision, expected_version):
                return False
            encrypted = self._db.encryption.encrypt({"text": clean(text), "link": clean(link)})
            for mention in dict.fromkeys(mention for mention, _ in decision.covers):
                self._db.insert(
                    "replies", mention=mention, case_number=decision.case, version=expected_version + 1,
                    at=clock.text(decision.at), by_user=decision.by, template=clean(template) or None,
                    encrypted=encrypted,
                )  # fmt: skip
            self._cases.follow(decision.case, decision.at)  # what they asked for is answered
            self._deadlines.update(decision.case, decision.at)  # whoever asked need wait no longer
            self._db.add_event(
                "reply recorded", decision.at, case=decision.case, version=expected_version + 1,
                by=decision.by,
            )  # fmt: skip
        return True

    def of_case(self, case: int) -> list[Reply]:
        """What was replied in a case, first to last, also where the decision was taken back since."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT min(r.number) AS first, r.version, r.at, r.template, r.encrypted, u.name,
                    json_group_array(r.mention) AS posts
                FROM replies r LEFT JOIN users u ON u.number = r.by_user
                WHERE r.case_number = ? GROUP BY r.version ORDER BY r.version""",
                case,
            )
            return [
                Reply(
                    version=row["version"], posts=tuple(sorted(json.loads(row["posts"]))),
                    at=clock.parse(row["at"]), by_name=row["name"] or "somebody who has left",
                    template=row["template"] or "", **self._db.encryption.decrypt(row["encrypted"]),
                )
                for row in rows
            ]  # fmt: skip

    def own_answers(self, case: int) -> list[OwnAnswer]:
        """What our own accounts published under posts of a case that a person should see, oldest first."""
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT r.number, r.platform, r.posted_at, r.encrypted, min(m.number) AS answered,
                    json_group_array(DISTINCT m.number) AS posts,
                    (SELECT a.masked FROM current_assessments a WHERE a.mention = r.number) AS masked
                FROM case_mentions i CROSS JOIN mentions m ON m.number = i.mention
                CROSS JOIN mentions r ON r.parent_hash IN (m.key_hash,
                    CASE WHEN m.parent_hash <> coalesce(m.root_hash, m.parent_hash) THEN m.parent_hash END)
                WHERE i.case_number = ? AND i.reviewable AND {ANSWERS}
                GROUP BY r.number ORDER BY r.posted_at, r.number LIMIT ?""",
                case, MOST_ANSWERS,
            )  # fmt: skip
            return [
                OwnAnswer(
                    mention=row["number"], to=row["answered"], posts=tuple(sorted(json.loads(row["posts"]))), platform=row["platform"],
                    at=clock.parse(row["posted_at"]), url=self._db.encryption.decrypt(row["encrypted"])["url"],
                    masked=row["masked"] or "",
                )
                for row in rows
            ]  # fmt: skip
