"""What every step of the way is given: the file as it was read, its folder, the open store, who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

import config
from config import Config
from errors import ConfigError, StoreError
from store import Store

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class House:
    """Handed from step to step. What fails is named, the rest goes on, and the program exits with 1."""

    cfg: Config
    folder: Path  # of config.toml: paths in it start there
    store: Store
    tell: Tell
    failures: list[str] = field(default_factory=list)
    oddities: list[str] = field(default_factory=list)

    def failed(self, why: str) -> None:
        """Names something that failed."""
        self.failures.append(why)
        self.tell(f"! {why}")

    def odd(self, why: str) -> None:
        """Names one odd item, which costs only itself; the program still exits with 1."""
        self.oddities.append(why)
        self.tell(f"! {why}")


def open_store(cfg: Config, folder: Path, *, create: bool = True) -> Store:
    """The store that the file names. Raises ConfigError for a missing key, StoreError for a bad file."""
    return Store.open(folder / cfg.store.path, keys(cfg, folder), create=create)


def keys(cfg: Config, folder: Path) -> list[str]:
    """The keys that seal personal fields, the sealing one first. Raises ConfigError where one is missing."""
    found = [config.secret(reference, folder) for reference in cfg.store.keys]
    for one in found:
        if one.value is None:
            raise ConfigError(
                f"store.keys: no key in the {one.where}; restore it from your copy, or for a new store make "
                "one with `mentions new-key`"
            )
    return [one.value for one in found if one.value is not None]


@contextmanager
def alone(cfg: Config, folder: Path, what: str = "cycle") -> Iterator[None]:
    """One cycle (or schedule) at a time on one store. Raises StoreError where another is under way."""
    path = folder / f"{cfg.store.path}.{what}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=0):
            yield
    except Timeout as error:
        raise StoreError(f"another {what} is under way on this store: wait for it to end, or stop it") from error
