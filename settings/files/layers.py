"""The files that make up the settings, one laid over another, and which of them each key is from.

config.toml as it ships lies at the bottom; then the file that --config names, unless it stands alone; then site.toml beside it; then what
officers set up in the page (settings/overrides.py); then the environment. Under the file of an organisation that is one of several
lies what its installation says for all of them (`COMMON`). Tables are laid over one another key by key. A list is replaced as a
whole, a list of tables too: who names one place has named all of them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from settings.files.lines import Keys
from settings.files.text import TomlFile, read_toml
from settings.shipped import CONFIG, SITE, shipped_config

SHIPPED, ENVIRONMENT = "as it ships", "the environment"
# The tables without which a file can't stand alone: what has one less is laid over config.toml as it ships.
WHOLE = (
    "organisation", "collectors", "http", "classifier", "schedule", "alerts", "reports", "store", "review", "retention",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One of them. `name` is what messages call it; `file` is None of what has no lines."""

    name: str
    table: Mapping[str, Any] = field(repr=False)
    file: TomlFile | None = field(default=None, repr=False)
    variables: Mapping[Keys, str] = field(default_factory=dict, repr=False)

    @cached_property
    def lines(self) -> Mapping[Keys, int]:
        """The line of every key; nothing of what is no file."""
        return self.file.lines() if self.file else {}

    def has(self, keys: Keys) -> bool:
        """Whether it says something of a key."""
        return _at(self.table, keys) is not _NOTHING

    def place(self, keys: Keys) -> str:
        """Where it says it: `site.toml line 12`, or the variable's name."""
        if self.variables:
            return next(
                (name for leaf, name in self.variables.items() if keys[: len(leaf)] == leaf or leaf[: len(keys)] == keys),
                self.name,
            )  # fmt: skip
        for length in range(len(keys), 0, -1):
            if line := self.lines.get(keys[:length]):
                return f"{self.name} line {line}"
        return self.name


@dataclass(frozen=True, eq=False)
class Layers:
    """All of them, the lowest first. They say where a configuration is from, and make no two of them different."""

    layers: Sequence[Layer] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layers)

    __hash__ = None  # type: ignore[assignment]

    @property
    def table(self) -> dict[str, Any]:
        """One laid over another, as whoever asks may change it."""
        return copy.deepcopy(self.merged)

    @cached_property
    def merged(self) -> dict[str, Any]:
        """One laid over another, for reading alone: what stands in it is what stands in the layers."""
        table: dict[str, Any] = {}
        for layer in self.layers:
            table = _over(table, layer.table)
        return table

    def of(self, keys: Keys) -> Layer | None:
        """The one that says what holds of a key; None where none does, and a default holds.

        A list is replaced whole: of what stands in one, who has the list alone can say something.
        """
        whole = next((place for place, key in enumerate(keys) if isinstance(key, int)), len(keys))
        holding = next((layer for layer in reversed(self.layers) if layer.has(keys[:whole])), None)
        return holding if holding is not None and holding.has(keys) else None

    def over(self, keys: Keys) -> list[Layer]:
        """Those that say something else of a key, and are laid over; the highest first."""
        return [layer for layer in reversed(self.layers) if layer.has(keys)][1:]

    def where(self, keys: Keys) -> str:
        """How a message about a key begins: `site.toml line 12: `."""
        for length in range(len(keys), 0, -1):
            if layer := self.of(keys[:length]):
                return f"{layer.place(keys)}: "
        files = [layer for layer in self.layers if layer.file]
        return f"{files[-1].name}: " if files and keys else ""

    def variable(self, keys: Keys) -> str:
        """The variable of the environment that sets a key; "" where none does."""
        for layer in self.layers:
            if layer.variables and layer.has(keys):
                return layer.place(keys)
        return ""

    def with_environment(self, table: Mapping[str, Any], names: Mapping[Keys, str]) -> Layers:
        """The same with what the environment sets on top."""
        if not names:
            return self
        return Layers((*self.layers, Layer(name=ENVIRONMENT, table=table, variables=names)))


def read_layers(path: Path) -> Layers:
    """The files of a site. `path` is what --config names. Raises ConfigError where it can't be read."""
    return Layers(tuple(_read(path)))


def laid_over(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """One table over another, key by key; neither is changed, whatever becomes of this one."""
    return copy.deepcopy(_over(under, over))


def _over(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """The same, which holds what they hold."""
    table = dict(under)
    for key, value in over.items():
        below = table.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            table[key] = _over(below, value)
        else:
            table[key] = value
    return table


def site_file(path: Path) -> Path:
    """The short file that is laid over another."""
    return path.with_name(SITE)


def stands_alone(table: Mapping[str, Any]) -> bool:
    """Whether a file has every table that must be there: it is complete, and nothing lies under it."""
    return all(name in table for name in WHOLE)


def shipped_layer() -> Layer:
    """config.toml as it ships."""
    file = _unchanged(shipped_config())
    return Layer(name=f"{CONFIG} {SHIPPED}", table=file.table, file=file)


def _unchanged(path: Path) -> TomlFile:
    """A file that lies under many: parsed once, and again where it changed."""
    status = path.stat()
    return _parsed(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _parsed(path: Path, _changed_at: int, _size: int) -> TomlFile:
    return read_toml(path)


# What an installation's own file says for all of its organisations; of anything else each has its own.
COMMON: tuple[tuple[str, ...], ...] = (
    ("http",), ("classifier",), ("log",), ("schedule",), ("safeguards",), ("retention",), ("alerts", "mail"),
)  # fmt: skip
# Paths among those, which start at the installation's folder.
_COMMON_PATHS: tuple[Keys, ...] = (
    ("classifier", "model"), ("classifier", "policy"), ("alerts", "mail", "ca_file"),
)  # fmt: skip


def is_common(keys: Keys) -> bool:
    """Whether a key is one that all organisations of an installation may share."""
    return any(keys[: len(common)] == common for common in COMMON)


def installation_of(table: Mapping[str, Any], folder: Path) -> Path | None:
    """The installation's file that an organisation's own file names; None where it is no one of several."""
    link = table.get("installation")
    named = link.get("config") if isinstance(link, Mapping) else None
    return (folder / named).resolve() if isinstance(named, str) and named else None


def common_layers(installation: Path) -> Iterator[Layer]:
    """What an installation says for all of its organisations, without whatever is one organisation's."""
    site = site_file(installation)
    for path in dict.fromkeys((installation, site)):
        if not path.exists():
            continue
        file = _unchanged(path)
        table: dict[str, Any] = {}
        for keys in COMMON:
            value = _at(file.table, keys)
            if value is not _NOTHING:
                inner = table
                for step in keys[:-1]:
                    inner = inner.setdefault(step, {})
                inner[keys[-1]] = _from_folder(value, keys, installation.parent)
        if table:
            yield Layer(name=f"the installation's {file.name}", table=table, file=file)


def _from_folder(value: Any, keys: Keys, folder: Path) -> Any:
    """The same with its paths and files of secrets named from the installation's folder, wherever they are read."""
    if isinstance(value, Mapping):
        return {key: _from_folder(part, (*keys, key), folder) for key, part in value.items()}
    if isinstance(value, str) and value.startswith("file:"):
        return f"file:{folder / value.removeprefix('file:')}"
    if isinstance(value, str) and value and keys in _COMMON_PATHS:
        return str(folder / value)
    return value


def _read(path: Path) -> Iterator[Layer]:
    site = site_file(path)
    if not path.exists() and path.name == CONFIG and site.exists():
        yield shipped_layer()
    else:
        file = _file(path)
        layer = Layer(name=file.name, table=file.table, file=file)
        if not stands_alone(file.table):
            yield shipped_layer()
            installation = installation_of(file.table, path.resolve().parent)
            if installation is not None:
                yield from common_layers(installation)
        yield layer
    if site.exists() and not (path.exists() and site.samefile(path)):
        file = _file(site)
        yield Layer(name=file.name, table=file.table, file=file)


def _file(path: Path) -> TomlFile:
    try:
        return read_toml(path)
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}; name the file with --config, run from its folder, or write "
            "one with `mentions init`"
        ) from error


_NOTHING = object()


def _at(table: Any, keys: Keys) -> Any:
    for step in keys:
        if isinstance(step, int):
            if not isinstance(table, list) or step >= len(table):
                return _NOTHING
            table = table[step]
        elif isinstance(table, Mapping) and step in table:
            table = table[step]
        else:
            return _NOTHING
    return table


def notices(path: Path) -> list[str]:
    """What looks like a mistake and stops nothing: a file that an editor called otherwise, another body's places."""
    folder, lines = path.resolve().parent, []
    for name in (f"{SITE}.txt", "site.tml", "Site.toml", "site.toml.toml"):
        if (folder / name).exists() and not (folder / SITE).exists():
            lines.append(
                f"{name} is not read: rename it to {SITE} (in Windows show file name extensions first)"
            )
    return lines


ANOTHERS = "left out, as another body's"


@cache
def _shipped_organisation(_: Path) -> Mapping[str, Any]:
    organisation: Mapping[str, Any] = shipped_layer().table["organisation"]
    return organisation


def shipped_name() -> str:
    """What the body that ships is called."""
    return str(_shipped_organisation(shipped_config())["names"][0]["name"])


def names_as_shipped(layers: Layers) -> bool:
    """Whether no file of a site says what its organisation is called, so that it is the body that ships."""
    layer = layers.of(("organisation", "names"))
    return layer is not None and layer.name == f"{CONFIG} {SHIPPED}"


def still_shipped(layers: Layers) -> list[str]:
    """Tables of [organisation] that nobody answered and that are those of the body that ships, where the settings name another one.

    A body that keeps one of the names that ship is the same body.
    """
    below = [layer for layer in layers.layers if layer.name != ANOTHERS]
    if not below:
        return []
    shipped = _shipped_organisation(shipped_config())
    first, stated = Layers(below), Layers(below).merged.get("organisation")
    if not isinstance(stated, Mapping) or _called(stated) & _called(shipped) or not _called(stated):
        return []
    return [
        key for key, value in shipped.items()
        if key != "names" and value and stated.get(key) == value and first.of(("organisation", key)) is below[0]
    ]  # fmt: skip


def without_anothers(layers: Layers) -> Layers:
    """The same without what is still that of the body that ships, where another one is named: it would search for that one's subjects.

    Helplines of the whole country stay.
    """
    left = still_shipped(layers)
    below = tuple(layer for layer in layers.layers if layer.name != ANOTHERS)
    if not left:
        return Layers(below)
    table = {key: national(layers, key) for key in left}
    return Layers((*below, Layer(name=ANOTHERS, table={"organisation": table})))


def national(layers: Layers, key: str) -> list[Any]:
    """What of a table of [organisation] belongs to no one body: helplines of the whole country."""
    rows = layers.table["organisation"].get(key, []) if key == "contacts" else []
    return [row for row in rows if str(row.get("name", "")).startswith("National")]


def _called(organisation: Mapping[str, Any]) -> set[str]:
    names = organisation.get("names")
    return {
        str(row["name"]).casefold()
        for row in (names if isinstance(names, list) else [])
        if isinstance(row, Mapping) and "name" in row
    }
