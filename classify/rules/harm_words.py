"""Whether an accusation tells of death, harm, abuse or a crime in so many words: what makes its harm `serious` (codebook, section 5).

Which words, and what says that no harm came, stands in harm_words.toml, in the form of plain_words.toml.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path

from classify.rules import plain_words
from classify.rules.plain_words import Floor

FILE = Path(__file__).parent / "harm_words.toml"


@cache
def shipped() -> Floor:
    """What ships, read once a process. Whose words tell of whom is told by the lists of plain_words.toml."""
    written = tomllib.loads(FILE.read_text("utf-8"))
    readers = tomllib.loads(plain_words.FILE.read_text("utf-8"))
    shared = ("common", "author", "possessives", "others", "read_as")
    return Floor({**{name: readers[name] for name in shared}, **written})


@lru_cache(maxsize=16)
def harms_in(text: str) -> tuple[str, ...]:
    """The names of the harms that a text tells of and does not deny, in the order of the file."""
    wording = shipped().read(text)
    if wording is None:
        return ()
    entries = {match.entry for match in shipped().matches(wording) if match.undone is None}
    return tuple(entry.name for entry in shipped().entries if entry in entries)
