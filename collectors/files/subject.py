"""What an export is about, before a row of it is read: another tool's search for a person is taken in no more than our own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from classify.people import known_words, workplace_speech
from classify.people.search_terms import in_query, in_term
from collectors.files.columns import Mapped, heading_words, mapped
from collectors.files.people_named import PeopleNamed
from collectors.files.survey import Answers, lines_of
from collectors.files.tables import NO_LIMITS
from collectors.parsing import matching
from core.errors import InputError, PersonSearchError
from core.models import Mention

# Above the column in which tools write by which search a row was found.
_SEARCHES = frozenset(
    ("query", "query name", "queries", "search", "search name", "search term", "search terms", "saved search", "keyword", "keywords",
     "matched keyword", "matched keywords", "topic", "topics", "monitor", "monitor name", "tracker", "input name", "rule", "rule name", "stream name",
     "feed name", "alert name", "hit keywords", "matched profile")
)  # fmt: skip
_MOST_SEARCHES = 1_000
FEWEST = 5  # rows of which most are by one writer
MOST = 0.8  # of the rows that name a writer
MOST_OF_OTHERS = (
    0.5  # of the rows that name nothing of ours: more, and somebody else’s search found them
)


class Subject:
    """What an export is about, told row by row. Each check raises PersonSearchError where that is a person.

    `register`: handles of bodies, lower case, whose own posts may be taken in. `allowed`: names that may be searched for.
    `ours`: by which a text names us; beside them a search may hold words, places and bodies that are known, and no other.
    """

    def __init__(
        self, name: str, *, register: Collection[str], allowed: Collection[str] = (), ours: Collection[str] = ()
    ) -> None:  # fmt: skip
        self._name, self._register, self._allowed, self._ours = name, register, allowed, ours
        self._known = known_words.words_of([*ours, *register])
        self._writers: Counter[str] = Counter()
        self._people = PeopleNamed(self._known, register, allowed)
        self._passed: set[str] = (
            set()
        )  # searches that are about nobody: an export has a few, in all its rows

    def check_name(self, stem: str) -> None:
        """The file's own name, without its ending."""
        if workplace_speech.in_text(" ".join(re.split(r"[\W_]+", stem))):
            raise PersonSearchError(f"the file’s name tells of a search for {_SPEECH}")
        if in_term(" ".join(stem.replace("_", " ").replace("-", " ").split()), self._allowed):
            raise PersonSearchError(f"the file’s name reads like a person’s: {_WHY}")

    def look(self, row: Mapping[str, Any], mapping: Mapped) -> None:
        """One row: by which search it was found, who wrote it, and whom its words name."""
        for heading, cell in row.items():
            if _is_search(heading):
                self._check_search(cell)
        self._writers[_writer(row, mapping)] += 1
        self._people.look(_words(row, mapping))

    def _check_search(self, cell: object) -> None:
        for part in _texts(cell):
            if part in self._passed:
                continue
            if workplace_speech.in_text(part) and not _is_agreed(part, self._allowed):
                raise PersonSearchError(f"{self._name} was found by a search for {_SPEECH}")
            if in_query(part, self._allowed) or (
                self._ours and known_words.unknown(part, self._known, self._allowed)
            ):
                raise PersonSearchError(f"{self._name} was found by a search for a person: {_WHY}")
            if len(self._passed) < _MOST_SEARCHES:
                self._passed.add(part)

    def check_rows(self) -> None:
        """Whether one writer wrote most of it, or one person is named in half of it, once all rows were told."""
        if self._people.names_one(FEWEST):
            raise PersonSearchError(
                f"{self._name} names one person, or a word that may be a name, in at least half of its rows: {_ASKED}"
            )
        writers = self._writers - Counter({"": self._writers[""]})
        if not writers:
            return
        handle, count = writers.most_common(1)[0]
        if count >= FEWEST and count >= MOST * writers.total() and handle.lstrip("@") not in self._register:  # fmt: skip
            raise PersonSearchError(f"{self._name} holds one writer’s posts: {_WHY}")


def check(
    path: Path,
    columns: Mapping[str, str],
    *,
    register: Collection[str],
    allowed: Collection[str] = (),
    ours: Collection[str] = (),
) -> None:
    """Raises PersonSearchError where a file's name, or the search that it came from, names a person, or where one writer wrote most of it or one person is named in half."""
    subject = Subject(path.name, register=register, allowed=allowed, ours=ours)
    subject.check_name(path.stem)
    answers = Answers(columns=columns)
    for table, _, row, _ in lines_of(path, answers, NO_LIMITS):
        if row is not None:
            subject.look(row, mapped(table.headings or tuple(row), columns))
    subject.check_rows()


def names_nothing(mention: Mention, ours: Collection[str]) -> bool:
    """Whether neither a post's words nor where it stood name anything of ours, and no rule found it."""
    text = f"{mention.text}\n{mention.context.words}"
    return not mention.matched and not matching(text, tuple(ours))


def check_share(name: str, nothing: int, count: int) -> None:
    """Raises InputError where most of an export's posts name nothing of ours."""
    if nothing > MOST_OF_OTHERS * count:
        raise InputError(f"{name}: {nothing:,} of {count:,} name nothing of ours: {_WHY}")


def _is_agreed(search: str, allowed: Collection[str]) -> bool:
    return " ".join(search.casefold().split()) in {" ".join(each.casefold().split()) for each in allowed}  # fmt: skip


_SPEECH = (
    "what staff say of unions, strikes, grievances, managers or whistleblowing: two people agree to such a search first, word for word, "
    "under Names of people (docs/decisions/0034-no-names-of-people.md)"
)
_ASKED = (
    "as of a search term, a lead and governance agree to a name first, with what for and until when, or that it is none, under Names of people; staff, "
    "patients and private people are refused there (docs/decisions/0034-no-names-of-people.md)"
)
_WHY = "exports are about subjects and places, never about people (docs/decisions/0034-no-names-of-people.md)"


@lru_cache(maxsize=4_096)
def _is_search(heading: str) -> bool:
    return heading_words(heading) in _SEARCHES


def _writer(row: Mapping[str, Any], mapping: Mapped) -> str:
    named = [
        mapping.columns[key] for key in ("handle", "author_id", "author") if key in mapping.columns
    ]
    cells = (row.get(heading) for headings in named for heading in headings)
    return next((str(cell).strip().casefold() for cell in cells if cell and str(cell).strip()), "")


def _words(row: Mapping[str, Any], mapping: Mapped) -> str:
    headings = [each for key in ("title", "text") for each in mapping.columns.get(key, ())]
    return "\n".join(str(row[heading]) for heading in headings if row.get(heading))


def _texts(cell: object) -> list[str]:
    if isinstance(cell, list):
        return [part for part in cell if isinstance(part, str)]
    return cell.split(";") if isinstance(cell, str) else []
