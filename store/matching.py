"""Matches rules on texts in memory, as they come in: an FTS5 index that is never written to disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from errors import ConfigError
from store.driver import DatabaseError
from store.sealing import clean


class Matcher:
    """An index in memory over two columns, emptied after each batch.

    `rules` has an FTS5 query by name. Raises ConfigError for one that FTS5 can't read.
    """

    def __init__(self, rules: Mapping[str, str]) -> None:
        self.rules = dict(rules)
        self._db = Database(memory=True)
        self._db.execute(
            "CREATE VIRTUAL TABLE words USING fts5 (plain, signs, "
            "tokenize = 'unicode61 remove_diacritics 2')"
        )
        for name, query in self.rules.items():
            try:
                self._db.execute("SELECT rowid FROM words WHERE words MATCH ?", [query]).fetchall()
            except DatabaseError as error:
                raise ConfigError(f"the rule {name} can't be looked for: write it anew") from error

    def match(self, texts: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
        """The names of the rules that each text matches; a text is its two columns."""
        found: list[list[str]] = [[] for _ in texts]
        if not self.rules or not texts:
            return [()] * len(texts)
        rows = [(number, clean(plain), clean(signs)) for number, (plain, signs) in enumerate(texts)]
        self._db.conn.executemany("INSERT INTO words (rowid, plain, signs) VALUES (?, ?, ?)", rows)
        for name, query in self.rules.items():
            for row in self._db.execute("SELECT rowid FROM words WHERE words MATCH ?", [query]):
                found[row[0]].append(name)
        self._db.execute("DELETE FROM words")
        return [tuple(names) for names in found]
