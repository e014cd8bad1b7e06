"""On which line of a TOML file a key stands. tomllib reads what it says and keeps no places."""

from __future__ import annotations

import re
from collections.abc import Mapping

Keys = tuple[str | int, ...]  # steps to a value: names of tables and keys, places in lists from 0

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_TEXTS = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'[\s\S]*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL
)


def lines_of_keys(text: str) -> Mapping[Keys, int]:
    """The line, from 1, of each table, key and entry of a list, of a text that tomllib can read."""
    return _Places(text).places


class _Places:
    """Goes through a text once. `at` is where it stands in it."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.places = text, 0, dict[Keys, int]()
        self._entries: dict[Keys, int] = {}  # how many tables a list of tables has so far
        table: Keys = ()
        self._skip(_BLANK)
        while self.at < len(text):
            if text[self.at] == "[":
                table = self._heading()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _heading(self) -> Keys:
        several = self.text.startswith("[[", self.at)
        start, self.at = self.at, self.at + 1 + several
        *tables, last = self._key()
        self.at += 1 + several
        table = self._through(tuple(tables))
        if several:
            number = self._entries.get((*table, last), -1) + 1
            self._entries[(*table, last)] = number
            self._note((*table, last), start)
            table = (*table, last, number)
        else:
            table = self._through((*table, last), start=len(table))
        for length in range(1, len(table) + 1):
            self._note(
                table[:length], start
            )  # those above it too, which have no heading of their own
        return table

    def _through(self, steps: Keys, start: int = 0) -> Keys:
        """The same with the newest entry of each list of tables on the way."""
        whole: Keys = steps[:start]
        for step in steps[start:]:
            whole = (*whole, step)
            if whole in self._entries:
                whole = (*whole, self._entries[whole])
        return whole

    def _pair(self, table: Keys) -> None:
        start = self.at
        keys = (*table, *self._key())
        for length in range(len(table) + 1, len(keys) + 1):
            self._note(keys[:length], start)
        self.at += 1  # the equals sign
        self._value(keys)

    def _value(self, keys: Keys) -> None:
        self._skip(_SPACE)
        if self.text[self.at] == "[":
            self.at += 1
            number = 0
            while not self._closed("]"):
                self._note((*keys, number), self.at)
                self._value((*keys, number))
                number += 1
        elif self.text[self.at] == "{":
            self.at += 1
            while not self._closed("}"):
                self._pair(keys)
        elif match := _TEXTS.match(self.text, self.at):
            self.at = match.end()
        else:
            self._skip(_SCALAR)

    def _closed(self, bracket: str) -> bool:
        """Whether a list or an inline table ends here; steps over what stands between two entries."""
        self._skip(_BLANK)
        if self.text[self.at] == ",":
            self.at += 1
            self._skip(_BLANK)
        if self.text[self.at] != bracket:
            return False
        self.at += 1
        return True

    def _key(self) -> Keys:
        steps: list[str] = []
        while True:
            self._skip(_SPACE)
            if match := _TEXTS.match(self.text, self.at):
                steps.append(match[0][1:-1])
            else:
                match = _BARE.match(self.text, self.at)
                assert match is not None
                steps.append(match[0])
            self.at = match.end()
            self._skip(_SPACE)
            if self.text[self.at] != ".":
                return tuple(steps)
            self.at += 1

    def _skip(self, what: re.Pattern[str]) -> None:
        match = what.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def _note(self, keys: Keys, start: int) -> None:
        self.places.setdefault(keys, self.text.count("\n", 0, start) + 1)
