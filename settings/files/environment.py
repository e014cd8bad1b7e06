"""Settings from the environment: MENTIONS_SECTION__KEY holds over every file and over the page.

A name's parts are joined by two underscores, MENTIONS_ALERTS__MAIL__HOST. A list is TOML or JSON, or its entries with commas between
them. Names with no double underscore are secrets' or somebody else's; one that only lacks an underscore is told.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from settings.faults import Fault, Node, node_at
from settings.files.catalogue import Catalogue, closest
from settings.files.lines import Keys

PREFIX = "MENTIONS_"
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """What the environment sets: a table as a file would have it, and which variable each key is from."""

    table: Mapping[str, Any]
    names: Mapping[Keys, str]
    faults: tuple[Fault, ...]


def name_of(key: str) -> str:
    """The variable of a key: alerts.mail.host is MENTIONS_ALERTS__MAIL__HOST."""
    return PREFIX + key.upper().replace(".", "__")


def from_environment(
    environ: Mapping[str, str], schema: Node, known: Catalogue, secrets: frozenset[str]
) -> FromEnvironment:
    """Reads every variable of ours. `secrets` are those in which the files say that a secret is."""
    table: dict[str, Any] = {}
    names: dict[Keys, str] = {}
    faults: list[Fault] = []
    paths = {
        name_of(key): key
        for key in (*known.examples, *known.tables)
        if not any(key.startswith(f"{rows}.") for rows in known.lists)
    }
    for name in sorted(environ):
        upper = name.upper()
        if not upper.startswith(PREFIX) or upper in secrets:
            continue
        if upper not in paths:
            faults += _unknown(name, upper, list(paths))
            continue
        keys = tuple(paths[upper].split("."))
        value, why = _value(environ[name], node_at(schema, keys), known.examples.get(paths[upper]))
        if why:
            faults.append(Fault((), f"the environment variable {name}: {why}"))
            continue
        _put(table, keys, value)
        names.update(dict.fromkeys(_leaves(value, keys), name))
    return FromEnvironment(table, names, tuple(faults))


def _unknown(name: str, upper: str, known: list[str]) -> list[Fault]:
    """A variable that sets nothing. Without a double underscore it may be a secret's, unless it reads like a setting."""
    meant = _joined(upper, known)
    if "__" not in upper:
        if not meant:
            return []
    elif not meant:
        tables, _, last = upper.rpartition("__")
        beside = [each for each in known if each.rpartition("__")[0] == tables]
        near = closest(last, [each.rpartition("__")[2] for each in beside])
        meant = f"{tables}__{near}" if near else closest(upper, known)
    hint = f"did you mean {meant}?" if meant else "`mentions config show` lists the settings"
    return [Fault((), f"the environment variable {name} is no setting; {hint}")]


def _joined(upper: str, known: list[str]) -> str:
    """The variable of the same words, whatever number of underscores joins them."""
    return {re.sub("_+", "_", each): each for each in known}.get(re.sub("_+", "_", upper), "")


def _value(written: str, node: Node, example: Any) -> tuple[Any, str]:
    """What a variable says, as a file would have it, and why it can't be read."""
    kinds = _kinds(node, example)
    if "string" in kinds and node.get("format") != "date" and "array" not in kinds:
        return written, ""
    plain = written.strip()
    if "boolean" in kinds:
        if plain.casefold() in (*_TRUE, *_FALSE):
            return plain.casefold() in _TRUE, ""
        return None, "write true or false"
    if kinds & {"array", "object"} and not plain.startswith(("[", "{")):
        if "object" in kinds:
            return None, "write a table in braces, as in a TOML file: { x = 7 }"
        return [part.strip() for part in plain.split(",") if part.strip()], ""
    try:
        value = tomllib.loads(f"value = {_as_toml(plain)}")["value"]
    except tomllib.TOMLDecodeError:
        if kinds & {"array", "object"}:
            return None, 'this is no list or table as TOML has it: ["one", "two"]'
        return plain, ""  # the check of its type says what it must be
    if "number" in kinds and isinstance(value, int) and not isinstance(value, bool):
        return float(value), ""
    return value, ""


def _as_toml(written: str) -> str:
    """JSON's objects with TOML's equals signs."""
    return re.sub(r'("(?:[^"\\]|\\.)*")\s*:', r"\1 =", written)


def _kinds(node: Node, example: Any) -> set[str]:
    kind = node.get("type") or (
        "object" if "properties" in node else "string" if "enum" in node else ""
    )
    if kind:
        return {str(kind)}
    if isinstance(example, bool):
        return {"boolean"}
    if isinstance(example, int):
        return {"integer"}
    if isinstance(example, float):
        return {"number"}
    if isinstance(example, list):
        return {"array"}
    if isinstance(example, date | datetime | time):
        return {"date"}
    return {"object"} if isinstance(example, Mapping) else {"string"}


def _put(table: dict[str, Any], keys: Keys, value: Any) -> None:
    *tables, last = keys
    for step in tables:
        table = table.setdefault(str(step), {})
    if isinstance(value, Mapping) and isinstance(table.get(str(last)), dict):
        table[str(last)] |= value
    else:
        table[str(last)] = value


def _leaves(value: Any, keys: Keys) -> list[Keys]:
    if isinstance(value, Mapping) and value:
        return [leaf for key, part in value.items() for leaf in _leaves(part, (*keys, key))]
    return [keys]
