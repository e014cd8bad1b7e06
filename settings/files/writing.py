"""Writes a site's short file: keys are set or changed, and everything else in it stays as somebody wrote it, remarks too."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AoT, Item, Table
from tomlkit.toml_document import TOMLDocument

from settings.files.catalogue import catalogue, without_places
from settings.files.lines import Keys

HEAD = """\
# This site's own settings. Whatever is not written here is as config.toml ships it, where every key is explained: a newer
# version changes that file and never this one. A list that stands here is the whole list. Secrets stand elsewhere: "env:NAME",
# "file:PATH". `mentions config show --changed` lists what differs, `mentions init` asks again, `mentions check` says what is missing.
"""
_LONGEST_REMARK = 90


def with_values(text: str, values: Mapping[Keys, Any]) -> str:
    """A file's text with these keys set, each with the remark that config.toml has of it where it is new."""
    document = tomlkit.parse(text or HEAD)
    for keys, value in values.items():
        _set(document, keys, value)
    return tomlkit.dumps(document)


def write_safely(path: Path, text: str) -> None:
    """Writes a file whole or not at all; its owner and group may read it."""
    spare = path.with_name(f".{path.name}.new")
    handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    spare.replace(path)


def _set(document: TOMLDocument, keys: Keys, value: Any) -> None:
    table: TOMLDocument | Table = document
    *steps, last = [str(step) for step in keys]
    for depth, step in enumerate(steps):
        if step not in table:
            implicit = depth < len(steps) - 1
            table[step] = tomlkit.table(is_super_table=implicit)
        inner = table[step]
        assert isinstance(inner, Table)
        table = inner
    there = table.get(last)
    if there is not None and there == value:
        return
    item = _item(value)
    if there is None and not isinstance(item, AoT):
        remark = _remark(without_places(keys))
        if remark:
            item.comment(remark)
        table[last] = item
    elif isinstance(there, AoT) != isinstance(item, AoT) and there is not None:
        del table[last]  # a list of tables stands elsewhere than an empty list
        table[last] = item
    else:
        table[last] = item


def _item(value: Any) -> Item:
    if (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and value
        and isinstance(value[0], Mapping)
    ):
        rows = tomlkit.aot()
        for row in value:
            table = tomlkit.table()
            for key, part in row.items():
                table[key] = part
            rows.append(table)
        return rows
    if isinstance(value, tuple):
        value = list(value)
    item = tomlkit.item(value)
    assert isinstance(item, Item)
    return item


def _remark(key: str) -> str:
    """The first sentence of what config.toml says beside a key, which may go on over more lines."""
    first = re.split(r"[.;](?: |$)", catalogue().remarks.get(key, ""))[0]
    return first if len(first) <= _LONGEST_REMARK else ""
