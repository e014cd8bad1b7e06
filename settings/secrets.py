"""How config.toml writes a secret: as where it is, never as itself.

"env:NAME", "file:PATH", "keyring:SERVICE/NAME", or "credential:NAME" for what systemd hands to a service.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from core import redaction
from core.errors import ConfigError
from settings import windows_rights

_FORMS = ("env:", "file:", "keyring:", "credential:")
CREDENTIALS = Path("/etc/mentions/credentials")  # whence a service's secrets come: root's alone


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
    """Looks up `env:NAME`, `file:PATH` (from `folder`, owner-only) or `keyring:SERVICE/NAME`; of a
    service on systemd also `credential:NAME`.

    Raises ConfigError for a secret in clear or a file that others may read.
    """
    kind, _, name = reference.partition(":")
    if kind == "env":
        return Secret(f"environment variable {name}", os.environ.get(name, "").strip() or None)
    if kind == "file":
        return _secret_file(folder / name)
    if kind == "keyring":
        return _secret_keyring(name)
    if kind == "credential":
        return _credential(name)
    raise ConfigError('a secret stands in clear: write "env:NAME" or "file:PATH" instead')


def environment() -> Mapping[str, str]:
    """The environment, in which settings may stand too: see settings/files/environment.py."""
    return os.environ


def named_in(table: object) -> frozenset[str]:
    """The variables in which a table says that secrets are, in capitals."""
    if isinstance(table, Mapping):
        return frozenset().union(*map(named_in, table.values()))
    if isinstance(table, list):
        return frozenset().union(*map(named_in, table))
    named = isinstance(table, str) and table.startswith("env:")
    return frozenset([str(table).removeprefix("env:").upper()] if named else ())


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
    if os.name == "nt":
        _refuse_readers(path)
    return Secret(f"file {path}", written or None)


def _refuse_readers(path: Path) -> None:
    """Raises ConfigError where Windows lets others read a file, or does not say."""
    try:
        readers = windows_rights.open_to(windows_rights.sddl_of(path), {windows_rights.own_sid()})
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"the rights of the secret file {path} can't be read: put it on a disk with NTFS"
        ) from error
    if readers:
        raise ConfigError(
            f"the secret file {path} is open to others ({', '.join(readers)}): run "
            f'icacls "{path}" /inheritance:r /grant:r *S-1-5-18:F *S-1-5-32-544:F "%USERNAME%":F'
        )


def _credential(name: str) -> Secret:
    """What systemd gives a service (LoadCredential), which alone may read it; root at a terminal reads its source."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if folder is None:
        return _secret_file(CREDENTIALS / name)
    path = Path(folder, name)
    try:
        return Secret(f"credential {name}", path.read_text("utf-8").strip() or None)
    except FileNotFoundError:
        return Secret(f"credential {name}: {CREDENTIALS / name}, then `mentions service install`", None)  # fmt: skip
    except (OSError, ValueError) as error:
        raise ConfigError(f"the credential {name} can't be read: make it plain text") from error


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
    if os.name == "nt":
        windows_rights.keep_to_owner(path, windows_rights.own_sid())
    return path


def replace_secret_file(path: Path, value: str) -> Path:
    """Writes a secret that its owner alone can read, in the place of an earlier one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    spare = path.with_name(f".{path.name}.new")
    spare.unlink(missing_ok=True)
    new_secret_file(spare, value).replace(path)
    return path
