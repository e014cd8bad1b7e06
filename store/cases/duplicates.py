"""Which case covers another: what is like a case, and where its duplicates lead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from core.errors import StoreError
from store.cases.models import HOLDS
from store.database import Database

MOST_LIKE = 5  # cases that are offered
_LINK = re.compile(r"https?://([^\s<>\[\]]{6,200})")
# Of each case the decision in force: the last that no other took back.
_IN_FORCE = f"""SELECT d.duplicate_of FROM case_decisions d WHERE d.case_number = ? AND {HOLDS}
    ORDER BY d.version DESC LIMIT 1"""


class Duplicates:
    """Links between cases that say the same."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def covering_case(self, case: int) -> int | None:
        """The case that covers this one, by the decision in force; it may be gone."""
        with self._db.snapshot():
            return self._covering_case(case)

    def of_case(self, case: int) -> list[int]:
        """Cases that are duplicates of this one, by the decisions in force."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT DISTINCT case_number FROM case_decisions WHERE duplicate_of = ?
                ORDER BY case_number LIMIT 100""",
                case,
            )
            return [
                row[0] for row in rows if self._covering_case(row[0]) == case and self._seen(row[0])
            ]

    def final_case(self, case: int) -> int:
        """Where the duplicates end: the case whose decision holds for this one; itself where it is none."""
        with self._db.snapshot():
            return self._end_of_duplicates(case)[-1]

    def similar_cases(self, case: int) -> list[int]:
        """Cases that a person may find to be the same: words that are near, or the same link.

        Of a story with thousands of copies the newest of each are looked at, so that it answers at once.
        """
        with self._db.snapshot():
            counts = Counter(self._near_words(case))
            counts.update(self._same_link(case))
        ranked = sorted(counts, key=lambda other: (-counts[other], other))
        return [other for other in ranked if self._seen(other)][:MOST_LIKE]

    def _near_words(self, case: int) -> Iterator[int]:
        """A case for each hash of words that one of its newest posts shares with the gravest posts of this one."""
        bands = self._db.rows(
            """SELECT DISTINCT l.band FROM (SELECT mention FROM case_mentions
                WHERE case_number = ? AND reviewable ORDER BY deleted, risk DESC LIMIT 3) c
            CROSS JOIN similarity_bands l ON l.mention = c.mention LIMIT 60""",
            case,
        )
        for row in bands:
            shared = self._db.rows(
                """SELECT DISTINCT i.case_number FROM (SELECT mention FROM similarity_bands WHERE band = ?
                    ORDER BY mention DESC LIMIT 100) o
                CROSS JOIN case_mentions i ON i.mention = o.mention AND i.reviewable
                WHERE i.case_number <> ?""",
                row["band"], case,
            )  # fmt: skip
            yield from (shared_row[0] for shared_row in shared)

    def _same_link(self, case: int) -> list[int]:
        """By the index of masked words, in which an address is a row of words."""
        rows = self._db.rows(
            """SELECT a.masked FROM case_mentions i JOIN assessments a ON a.number = i.assessment
            WHERE i.case_number = ? AND i.reviewable AND NOT i.deleted LIMIT 20""",
            case,
        )
        links = {
            " ".join(re.findall(r"\w+", link)) for row in rows for link in _LINK.findall(row[0])
        }
        cases: list[int] = []
        for link in sorted(links)[:3]:
            cases += [row[0] for row in self._db.rows(
                """SELECT DISTINCT i.case_number FROM case_mentions_fts w
                CROSS JOIN case_mentions i ON i.assessment = w.rowid
                WHERE case_mentions_fts MATCH ? AND i.reviewable AND i.case_number <> ? LIMIT ?""",
                f'"{link}"', case, MOST_LIKE,
            )]  # fmt: skip
        return cases

    def refuse_circle(self, case: int, of: int) -> None:
        """Raises StoreError for a duplicate of nothing, of itself, or of what is a duplicate of it."""
        if of == case:
            raise StoreError("a case can’t be the same as itself: name the other case")
        if not self._seen(of):
            raise StoreError(
                f"there is no case {of}: write the number of a case that is in the queue"
            )
        if case in self._end_of_duplicates(of):
            raise StoreError(
                f"case {of} is itself the same as case {case}: decide one of the two by itself"
            )

    def _seen(self, case: int) -> bool:
        """Whether whoever asks may know of a case."""
        return bool(
            self._db.row(
                f"SELECT 1 FROM cases c WHERE c.number = ? AND {self._db.sight.of_cases()}", case
            )
        )

    def refuse_closed_circle(self, case: int) -> None:
        """Raises StoreError where a decision that holds again, after an undo, closes a circle."""
        of = self._covering_case(case)
        if of is not None and case in self._end_of_duplicates(of):
            raise StoreError(
                f"case {case} would be the same as case {of} again, which now is the same as it: undo that first"
            )

    def _end_of_duplicates(self, case: int) -> list[int]:
        """This case, the one that covers it, the one that covers that; each once, as far as they are there."""
        way = [case]
        while (of := self._covering_case(way[-1])) is not None and of not in way:
            if not self._db.row("SELECT 1 FROM cases WHERE number = ?", of):
                break
            way.append(of)
        return way

    def _covering_case(self, case: int) -> int | None:
        of: int | None = self._db.value(_IN_FORCE, case)
        return of
