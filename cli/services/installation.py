"""What a service needs to know of an installation, whatever runs it, and the forms that are filled in with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from typing import Any

from pydantic import BaseModel

from settings.schema import Config

UNITS = Path(__file__).parent / "units"
CREDENTIAL = "credential:"


@dataclass(frozen=True, kw_only=True)
class Installation:
    """`program` is the command as a list; `writable` the folders that it writes; `credentials` those that config names."""

    program: tuple[str, ...]
    config: Path
    user: str
    writable: tuple[Path, ...]
    credentials: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where config.toml lies, from which its paths start."""
        return self.config.parent


def of(config: Config, path: Path, *, program: tuple[str, ...], user: str) -> Installation:
    """What config.toml at `path` says of it."""
    path = path.resolve()
    files = [config.store.path, *([config.store.erasures] if config.store.erasures else [])]
    folders = {(path.parent / file).parent for file in files}
    folders |= {path.parent / name for name in (*_folders(config), "data")}
    return Installation(
        program=program, config=path, user=user, writable=tuple(sorted(_outermost(folders))),
        credentials=tuple(sorted(set(_credentials(config)))),
    )  # fmt: skip


def with_organisations(described: Installation, each: Sequence[Installation]) -> Installation:
    """The same with what each of several organisations writes, and the credentials that it names."""
    folders = set(described.writable).union(*(other.writable for other in each))
    names = set(described.credentials).union(*(other.credentials for other in each))
    return replace(
        described, writable=tuple(sorted(_outermost(folders))), credentials=tuple(sorted(names))
    )


def _folders(config: Config) -> Iterator[str]:
    """What a table of config.toml calls its folder, as [reports] does; those of sources are read and not written."""
    for name in type(config).model_fields:
        folder = getattr(getattr(config, name), "folder", None)
        if isinstance(folder, str) and folder:
            yield folder


def _outermost(folders: set[Path]) -> set[Path]:
    """Those that lie in none of the others."""
    return {
        folder
        for folder in folders
        if not any(other != folder and folder.is_relative_to(other) for other in folders)
    }


def _credentials(value: Any) -> Iterator[str]:
    """The names of `credential:NAME` anywhere in a configuration."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _credentials(getattr(value, name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _credentials(inner)
    elif isinstance(value, tuple | list | frozenset):
        for inner in value:
            yield from _credentials(inner)
    elif isinstance(value, str) and value.startswith(CREDENTIAL):
        yield value.removeprefix(CREDENTIAL)


def filled(form: str, **values: str) -> str:
    """A form of `units/` with its places filled in. Raises KeyError for one that nobody fills."""
    return Template((UNITS / form).read_text("utf-8")).substitute(values)
