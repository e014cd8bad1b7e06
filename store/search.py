"""Finds mentions: by masked words through the index, and a person by a scan that decrypts."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

import clock
from store.opened import Opened
from store.removal import AUTHOR
from store.sealing import clean

# Where words about a mention are sealed: by its number, or by that of its case.
OF_MENTION = (
    "revisions", "decisions", "holds", "tellings", "takedowns", "replies", "moderations", "reveals", "sample_answers",
)  # fmt: skip
OF_CASE = ("case_decisions", "hr_releases", "assignments", "opinions", "case_clocks")
_ALL_OF_A_MENTION = " UNION ALL ".join((
    "SELECT sealed FROM mentions WHERE number = ?1",
    *(f"SELECT sealed FROM {table} WHERE mention = ?1" for table in OF_MENTION),
    *(
        f"""SELECT t.sealed FROM case_mentions i JOIN {table} t ON t.case_number = i.case_number
        WHERE i.mention = ?1 AND t.sealed IS NOT NULL"""
        for table in OF_CASE
    ),
))  # fmt: skip


class Search(Opened):
    """Numbers of mentions that hold certain words."""

    def search(self, words: str, *, limit: int = 500) -> list[int]:
        """Mentions whose masked text holds all the words, best first. No query language: all is words."""
        terms = re.findall(r"\w+", clean(words))
        if not terms:
            return []
        query = " ".join(f'"{term}"' for term in terms)  # \w holds no quote
        with self._reading():
            rows = self._rows(
                """SELECT a.mention FROM masked_words w JOIN current_assessments a
                ON a.number = w.rowid WHERE masked_words MATCH ? ORDER BY w.rank, a.mention LIMIT ?""",
                query, limit,
            )  # fmt: skip
        return [row["mention"] for row in rows]

    def find_person(self, words: str, *, by: str = "", at: datetime | None = None) -> list[int]:
        """Mentions by or about a person: every one whose author, address, text or notes hold all words.

        It opens everything that is sealed, for a subject access request or an erasure, and leaves an
        event. Only a governance role may run it; whom was looked for is not kept.
        """
        wanted = _folded(words).split()
        with self._writing():
            numbers = [
                row["number"] for row in self._rows("SELECT number FROM mentions ORDER BY number")
            ]
            found = [number for number in numbers if wanted and self._holds(number, wanted)]
            self._note(
                "searched for a person", at or clock.now(), by=self._seals.person_hash(by),
                found=len(found),
            )  # fmt: skip
        return found

    def _holds(self, number: int, wanted: list[str]) -> bool:
        rows = self._rows(_ALL_OF_A_MENTION, number)
        opened = [self._seals.open(row["sealed"]) for row in rows]
        whole = _folded(" ".join(str(value) for words in opened for value in words.values()))
        return all(word in whole for word in wanted)

    def _by_author(self, who: str) -> list[int]:
        """Mentions whose author's id, handle or name is exactly this; an @ before it doesn't count."""
        wanted = _folded(who).lstrip("@")
        rows = self._each("SELECT number, sealed FROM mentions ORDER BY number")
        return [
            row["number"]
            for row in rows
            if wanted in self._names(self._seals.open(row["sealed"]))
        ]  # fmt: skip

    @staticmethod
    def _names(personal: dict[str, str]) -> set[str]:
        return {_folded(personal[part]).lstrip("@") for part in AUTHOR if personal[part]}


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold().strip()
