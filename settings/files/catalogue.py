"""Every key that there is, from config.toml as it ships: its example, what is said of it, and what its table is.

That file is complete: what stands there as a remark (`# [[rules]]`, `# terms = [...]`) is an example of a key that ships empty.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any

import tomli_w

from settings.files.lines import Keys, lines_of_keys
from settings.shipped import shipped_config

_EXAMPLE = re.compile(r"^# (?=\[\[[\w.]+\]\]|\w+ = )")
FREE = ("collectors.files.columns",)  # tables whose keys are somebody's own


@dataclass(frozen=True)
class Catalogue:
    """Keys as messages write them, without places in lists: "organisation.names.name"."""

    examples: Mapping[str, Any]  # a value that a key may have
    tables: frozenset[str]
    lists: frozenset[str]  # of these tables there are several
    text: str = field(repr=False)  # with its examples as if they were settings

    @cached_property
    def remarks(self) -> Mapping[str, str]:
        """The remark beside each key, on the same line; worked out for who asks, since a start needs none."""
        lines, remarks = self.text.splitlines(), dict[str, str]()
        for keys, number in lines_of_keys(self.text).items():
            key, (_, _, remark) = without_places(keys), lines[number - 1].rpartition(" # ")
            if key in self.examples and " # " in lines[number - 1]:
                remarks.setdefault(key, remark.strip())
        return remarks

    def example(self, key: str) -> str:
        """A key with a value that it may have, as the file has it; "" where none is known."""
        value = self.examples.get(key)
        if value in (None, "", [], {}):
            remark = self.remarks.get(key, "")
            want = r'\["[^"]*"(?:, "[^"]*")*\]' if isinstance(value, list) else r'"[^"]{2,}"'
            match = re.search(want, remark)
            return f"{key.rpartition('.')[2]} = {match[0]}" if match else ""
        if isinstance(value, Mapping) or (
            isinstance(value, list) and value and isinstance(value[0], Mapping)
        ):
            return ""
        return shown(key.rpartition(".")[2], value[:1] if isinstance(value, list) else value)

    def keys_of(self, table: str) -> list[str]:
        """The keys and tables that stand in a table."""
        return list(self._by_table.get(table, ()))

    @cached_property
    def _by_table(self) -> Mapping[str, Mapping[str, None]]:
        """What stands in each table, in its order: whoever reads a file asks for every one of them."""
        children: dict[str, dict[str, None]] = {}
        for name in (*self.examples, *self.tables):
            steps = name.split(".")
            for depth, step in enumerate(steps):
                children.setdefault(".".join(steps[:depth]), {})[step] = None
        return children

    def meant(self, table: str, unknown: str) -> str:
        """What somebody who wrote an unknown key may have meant, as a question; "" where nothing is like it."""
        plain = re.sub(r"[\s-]+", "_", unknown.strip()).casefold()
        here = self.keys_of(table)
        close = closest(plain, here)
        if close:
            return f"did you mean {close}?"
        elsewhere = [
            key for key in (*self.examples, *self.tables) if key.rpartition(".")[2] == plain
        ]
        begun = [key for key in elsewhere if key.startswith(f"{table}.")] or elsewhere
        if begun:
            where = begun[0].rpartition(".")[0]
            if begun[0] in self.lists:
                return f"did you mean [[{begun[0]}]]?"
            if begun[0] in self.tables:
                return f"did you mean the table [{begun[0]}]?"
            return f"{plain} stands under {self.heading(where)}: is it in the right place?"
        return ""

    def heading(self, table: str) -> str:
        """A table as its heading names it."""
        return f"[[{table}]]" if table in self.lists else f"[{table}]"


def closest(written: str, known: list[str]) -> str:
    """Of known words the one that is most like what was written; "" where none is."""
    folded = {word.casefold(): word for word in reversed(known)}
    close = get_close_matches(written.casefold(), folded, n=1, cutoff=0.72)
    if close:
        return folded[close[0]]
    if len(written) <= 3:  # too short for that measure: one letter may differ
        near = [
            word for name, word in folded.items()
            if len(name) == len(written) and sum(a != b for a, b in zip(name, written.casefold(), strict=True)) == 1
        ]  # fmt: skip
        return near[0] if len(near) == 1 else ""
    whole = [
        word for name, word in folded.items()
        if len(name) > 2 and len(written) > 2 and (written.casefold().startswith(name) or name.startswith(written.casefold()))
    ]  # fmt: skip
    return whole[0] if len(whole) == 1 else ""


def shown(key: str, value: Any) -> str:
    """`key = value` as TOML has it, on one line."""
    if isinstance(value, str) and len(value) > 60:
        return f'{key} = "{value[:50]}..."'
    return (
        " ".join(tomli_w.dumps({key: value}, multiline_strings=False).split())
        .replace(", ]", " ]")
        .replace("[ ", "[")
        .replace(" ]", "]")
        .replace(",]", "]")
    )


def without_places(keys: Keys) -> str:
    """Steps to a value as a key: "organisation.names.name"."""
    return ".".join(step for step in keys if isinstance(step, str))


@cache
def catalogue() -> Catalogue:
    """Of the config.toml that ships with this program."""
    return catalogue_of(shipped_config().read_text("utf-8"))


def catalogue_of(text: str) -> Catalogue:
    """Of a whole and commented config.toml."""
    examples_text = "\n".join(_EXAMPLE.sub("", line) for line in text.splitlines())
    examples: dict[str, Any] = {}
    tables: set[str] = set()
    lists: set[str] = set()
    _walk(tomllib.loads(examples_text), "", examples, tables, lists)
    return Catalogue(examples, frozenset(tables), frozenset(lists), examples_text)


def _walk(
    value: Any, key: str, examples: dict[str, Any], tables: set[str], lists: set[str]
) -> None:
    begin = f"{key}." if key else ""
    if isinstance(value, Mapping):
        if key:
            tables.add(key)
        for name, part in value.items():
            _walk(part, f"{begin}{name}", examples, tables, lists)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        lists.add(key)
        examples.setdefault(key, value)
        for part in value:
            _walk(part, key, examples, tables, lists)
    else:
        examples.setdefault(key, value)
