"""Settings as a listing that could stand in a file: each key with its value, where that is from, and what it is laid over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import tomli_w

from settings.files.catalogue import without_places
from settings.files.layers import Layers
from settings.files.lines import Keys
from settings.overrides import as_json
from settings.schema import Config
from settings.sections import without_nothing

HIDDEN = "not shown: a secret"
DEFAULT = "the program's default"
_REFERENCES = ("env:", "file:", "keyring:")
_SECRET = re.compile(r"(?:password|secret|token|api_key|subscription_key|address)$")
Origin = Callable[[Keys], str]


def values(config: Config) -> dict[Keys, Any]:
    """Every key with what holds of it, as a file would have it; a list is one value, of tables too."""
    flat: dict[Keys, Any] = {}
    _flatten(without_nothing(as_json(config)), (), flat)
    return flat


def differences(config: Config, other: Config) -> dict[Keys, Any]:
    """What holds in one configuration and otherwise, or not at all, in another; keys that only the other has are not among it."""
    theirs = values(other)
    return {keys: value for keys, value in values(config).items() if theirs.get(keys) != value}


def nested(flat: Mapping[Keys, Any]) -> dict[str, Any]:
    """The same as tables in one another."""
    table: dict[str, Any] = {}
    for keys, value in flat.items():
        *steps, last = keys
        inner = table
        for step in steps:
            inner = inner.setdefault(str(step), {})
        inner[str(last)] = value
    return table


def listing(flat: Mapping[Keys, Any], origin: Origin) -> Iterator[str]:
    """A line for each value, under the headings of their tables; secrets are left out."""
    yield from _table(nested(flat), (), origin)


def origin_of(layers: Layers) -> Origin:
    """Where the files' own value of a key is from, and what it is laid over."""

    def origin(keys: Keys) -> str:
        layer = layers.of(keys)
        if layer is None:
            return DEFAULT
        under = next((below for below in layers.over(keys) if below is not layer), None)
        if under is None:
            return layer.place(keys) if layer.file is None else _short(layer.place(keys))
        below = _dig(under.table, keys)
        text = (
            ""
            if isinstance(below, list | dict)
            else f"; {_short(under.place(keys))}: {one_line(safe(keys, below))}"
        )
        return f"{_short(layer.place(keys))}{text}"

    return origin


def _short(place: str) -> str:
    return "as it ships" if " as it ships" in place else place


def safe(keys: Keys, value: Any) -> Any:
    """A value as it may be shown: no secret that stands in clear, no address that only its owner may know."""
    if isinstance(value, list):
        return [safe(keys, part) for part in value]
    if isinstance(value, Mapping):
        private = value.get("private") is True
        return {
            key: _host(part) if private and key == "url" else safe((*keys, key), part)
            for key, part in value.items()
        }
    name = str(keys[-1]) if keys else ""
    if not isinstance(value, str) or not value or value.startswith(_REFERENCES):
        return value
    if _SECRET.search(name) and "caldicott" not in name:
        return HIDDEN
    if name == "url" and (urlsplit(value).query or "/alerts/feeds/" in value):
        return _host(value)
    return value


def _host(url: Any) -> str:
    parts = urlsplit(str(url))
    return f"{parts.scheme}://{parts.netloc}/... ({HIDDEN})"


def one_line(value: Any) -> str:
    """A value as TOML has it, on one line."""
    text = tomli_w.dumps(
        {"v": value} if not isinstance(value, Mapping) else {"v": [value]}, multiline_strings=False
    )
    if isinstance(value, Mapping):
        pairs = [f"{key} = {one_line(part)}" for key, part in value.items()]
        return "{ " + ", ".join(pairs) + " }" if pairs else "{}"
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "[" + ", ".join(one_line(part) for part in value) + "]"
    text = text.partition(" = ")[2].strip()
    if isinstance(value, list):
        return "[" + ", ".join(one_line(part) for part in value) + "]"
    return text


def _table(table: Mapping[str, Any], keys: Keys, origin: Origin) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not _is_tables(value)}
    if plain and keys:
        yield f"[{_heading(keys)}]"
    for key, value in plain.items():
        yield f"{_key(key)} = {one_line(safe((*keys, key), value))}  # {origin((*keys, key))}"
    if plain:
        yield ""
    for key, value in table.items():
        if not _is_tables(value):
            continue
        if isinstance(value, Mapping):
            yield from _table(value, (*keys, key), origin)
            continue
        yield f"# {without_places((*keys, key))}: {origin((*keys, key))}"
        for row in value:
            yield f"[[{_heading((*keys, key))}]]"
            for name, part in safe((*keys, key), row).items():
                yield f"{_key(name)} = {one_line(part)}"
            yield ""


def _is_tables(value: Any) -> bool:
    return (isinstance(value, Mapping) and bool(value)) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
    )


def _heading(keys: Keys) -> str:
    return ".".join(_key(str(step)) for step in keys)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else one_line(name)


def _flatten(value: Any, keys: Keys, flat: dict[Keys, Any]) -> None:
    if isinstance(value, Mapping) and (value or not keys):
        for key, part in value.items():
            _flatten(part, (*keys, key), flat)
    else:
        flat[keys] = value


def _dig(table: Any, keys: Keys) -> Any:
    for step in keys:
        table = table[step]
    return table
