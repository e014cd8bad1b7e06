"""How config.toml writes a secret: as where it is ("env:NAME", "file:PATH", "keyring:SERVICE/NAME"), never as itself."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from core import redaction
from core.errors import ConfigError

_FORMS = ("env:", "file:", "keyring:")


def _is_reference(written: str) -> str:
    if not written.startswith(_FORMS) or written in _FORMS:
        raise ValueError(
            'write where the secret is ("env:NAME", "file:PATH"), never the secret itself'
        )
    return written


SecretRef = Annotated[str, AfterValidator(_is_reference)]
SecretRefOrNone = Annotated[str, AfterValidator(lambda written: written and _is_reference(written))]


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that was looked up: `value` is None where it is not there, and `where` says where to put it."""

    where: str
    value: str | None = field(repr=False)


def secret(reference: str, folder: Path) -> Secret:
    """Looks up `env:NAME`, `file:PATH` (from `folder`, owner-only) or `keyring:SERVICE/NAME`.

    Raises ConfigError for a secret in clear or a file that others may read.
    """
    kind, _, name = reference.partition(":")
    if kind == "env":
        return Secret(f"environment variable {name}", os.environ.get(name, "").strip() or None)
    if kind == "file":
        return _secret_file(folder / name)
    if kind == "keyring":
        return _secret_keyring(name)
    raise ConfigError('a secret stands in clear: write "env:NAME" or "file:PATH" instead')


FindSecret = Callable[[str, Path], Secret]


class Secrets:
    """The secrets of one run, each looked up once: a keyring may ask a person every time.

    `folder` is that of config.toml, where the paths in it start.
    """

    def __init__(self, folder: Path, find: FindSecret = secret) -> None:
        self.folder, self._find = folder, find
        self._looked_up: dict[str, Secret] = {}

    def find(self, reference: str) -> Secret:
        """What a reference leads to. Raises ConfigError as `secret` does."""
        if reference not in self._looked_up:
            looked_up = self._looked_up[reference] = self._find(reference, self.folder)
            redaction.keep_secret(looked_up.value or "")
        return self._looked_up[reference]


def _secret_file(path: Path) -> Secret:
    try:
        mode = path.stat().st_mode
        written = path.read_text("utf-8").strip()
    except FileNotFoundError:
        return Secret(f"file {path}", None)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"the secret file {path} can't be read: make it yours and plain text"
        ) from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise ConfigError(f"the secret file {path} is open to others: run chmod 600 {path}")
    return Secret(f"file {path}", written or None)


def _secret_keyring(name: str) -> Secret:
    try:
        import keyring  # its back ends take a while to load, and few use it
    except ImportError as error:
        raise ConfigError(
            "keyring: is not installed: install the extra `keyring`, or write env: or file: instead"
        ) from error

    service, _, user = name.partition("/")
    try:
        password = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        raise ConfigError(
            f"the keyring can't be read: {type(error).__name__}; unlock it"
        ) from error
    return Secret(f"keyring {service}/{user}", password)


def new_secret_file(path: Path, value: str) -> Path:
    """Writes a secret that its owner alone can read, unless the file is there already."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(value + "\n")
    return path
