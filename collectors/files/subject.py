"""What an export is about, before a row of it is read: another tool's search for a person is taken in no more than our own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from classify.people import known_words
from classify.people.search_terms import in_query, in_term
from collectors.files.parse import columns_in, heading_words
from collectors.files.tables import rows
from collectors.parsing import matching
from core.errors import InputError
from core.models import Mention

# Above the column in which tools write by which search a row was found.
_SEARCHES = frozenset(
    ("query", "query name", "queries", "search", "search name", "search term", "search terms", "saved search", "keyword", "keywords",
     "matched keyword", "matched keywords", "topic", "topics", "monitor", "monitor name", "tracker", "input name", "rule", "rule name", "stream name",
     "feed name", "alert name", "hit keywords")
)  # fmt: skip
FEWEST = 5  # rows of which most are by one writer
MOST = 0.8  # of the rows that name a writer
MOST_OF_OTHERS = (
    0.5  # of the rows that name nothing of ours: more, and somebody else’s search found them
)


def check(
    path: Path,
    columns: Mapping[str, str],
    *,
    register: Collection[str],
    allowed: Collection[str] = (),
    ours: Collection[str] = (),
) -> None:
    """Raises InputError where a file's name, or the search that it came from, names a person, or where one writer wrote most of it.

    `register`: handles of bodies, lower case, whose own posts may be taken in. `allowed`: names that may be searched for.
    `ours`: by which a text names us; beside them a search may hold words, places and bodies that are known, and no other.
    """
    known = known_words.words_of([*ours, *register])
    if in_term(" ".join(path.stem.replace("_", " ").replace("-", " ").split()), allowed):
        raise InputError(f"the file’s name reads like a person’s: {_WHY}")
    writers: Counter[str] = Counter()
    for _, row in rows(path, lambda cells: "text" in columns_in(cells, columns)):
        if isinstance(row, str):
            continue
        for heading, cell in row.items():
            if heading_words(heading) in _SEARCHES and any(
                in_query(part, allowed) or (ours and known_words.unknown(part, known, allowed))
                for part in _texts(cell)
            ):
                raise InputError(f"{path.name} was found by a search for a person: {_WHY}")
        writers[_writer(row, columns)] += 1
    del writers[""]
    if not writers:
        return
    handle, count = writers.most_common(1)[0]
    if count >= FEWEST and count >= MOST * writers.total() and handle.lstrip("@") not in register:
        raise InputError(f"{path.name} holds one writer’s posts: {_WHY}")


def names_nothing(mention: Mention, ours: Collection[str]) -> bool:
    """Whether neither a post's words nor where it stood name anything of ours, and no rule found it."""
    said = f"{mention.text}\n{mention.context.words}"
    return not mention.matched and not matching(said, tuple(ours))


def check_share(name: str, nothing: int, count: int) -> None:
    """Raises InputError where most of an export's posts name nothing of ours."""
    if nothing > MOST_OF_OTHERS * count:
        raise InputError(f"{name}: {nothing:,} of {count:,} name nothing of ours: {_WHY}")


_WHY = "exports are about subjects and places, never about people (docs/decisions/0034-no-names-of-people.md)"


def _writer(row: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    named = columns_in(tuple(row), columns)
    cells = (row.get(named[key]) for key in ("handle", "author_id", "author") if key in named)
    return next((str(cell).strip().casefold() for cell in cells if cell and str(cell).strip()), "")


def _texts(cell: object) -> list[str]:
    if isinstance(cell, list):
        return [part for part in cell if isinstance(part, str)]
    return cell.split(";") if isinstance(cell, str) else []
