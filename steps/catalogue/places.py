"""Where a catalogue's posts are read and its answers are written: a folder here, or one of an object store.

An object store is read through pyarrow (`s3://bucket/folder`), whose library finds the keys where AWS's own tools
do: https://arrow.apache.org/docs/python/filesystems.html, read 2026-11-29. A key in the address is refused.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Protocol
from urllib.parse import parse_qs, urlsplit

from core.errors import InputError

UNFINISHED = ".unfinished"  # where a folder keeps what is being written
DAY = 86_400.0  # seconds
_WILD = re.compile(r"[*?\[]")
_READ = 1 << 20  # bytes that are asked of a store at a time
_FLAT = frozenset(("s3", "gcs", "abfs"))  # stores that need no folder to be made
_SECRETS = frozenset(("access_key", "secret_key", "session_token"))


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a place: its name below it, its bytes, and when it last changed as the place writes that."""

    name: str
    size: int
    changed: str


class Place(Protocol):
    """A folder, wherever it is. It is handed to other processes, so that it holds its address alone."""

    @property
    def address(self) -> str: ...
    def files(self) -> list[Listed]:
        """Every file below it, in the order of their names; none where it is not there."""

    def listed(self, name: str) -> Listed | None:
        """One of them; None where it is not there."""

    def open(self, name: str) -> BinaryIO:
        """A file to be read and sought in. Raises InputError."""

    def scratch(self) -> Path:
        """A folder on this machine for what is not finished."""

    def put(self, name: str, finished: Path) -> None:
        """Makes a finished file of the scratch folder that of this name, whole or not at all."""


@dataclass(frozen=True)
class Folder:
    """A folder of this machine, or one that is shared by all that work on a catalogue."""

    path: Path

    @property
    def address(self) -> str:
        """Where it is."""
        return str(self.path)

    def files(self) -> list[Listed]:
        """Every file below it but what is not finished."""
        names = (
            path.relative_to(self.path).as_posix()
            for path in self.path.rglob("*")
            if UNFINISHED not in path.parts and path.is_file()
        )
        some = (self.listed(name) for name in sorted(names))
        return [file for file in some if file is not None]

    def listed(self, name: str) -> Listed | None:
        """One of them."""
        try:
            status = (self.path / name).stat()
        except FileNotFoundError:
            return None
        return Listed(name, status.st_size, str(status.st_mtime_ns))

    def open(self, name: str) -> BinaryIO:
        """A file to be read."""
        try:
            return (self.path / name).open("rb")
        except OSError as error:
            raise InputError(f"{name} can't be read ({error.strerror})") from error

    def scratch(self) -> Path:
        """On the same disk, so that a finished file is moved at once."""
        return _private(self.path / UNFINISHED)

    def sweep(self) -> None:
        """Deletes what workers that were killed left unfinished, a day later."""
        for path in (self.path / UNFINISHED).glob("*"):
            if time.time() - path.stat().st_mtime > DAY:
                path.unlink(missing_ok=True)

    def put(self, name: str, finished: Path) -> None:
        """Moves it, once it lies on the disk."""
        target = self.path / name
        _private(target.parent)
        with finished.open("rb") as file:
            os.fsync(file.fileno())
        finished.replace(target)


def _private(folder: Path) -> Path:
    """The folder, made with those above it that are not there, for its owner alone: answers hold words of posts."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    return folder


@dataclass(frozen=True)
class Bucket:
    """A folder of an object store, by its address. Needs the extra `parquet`."""

    address: str

    def files(self) -> list[Listed]:
        """Every object below it."""
        system, folder = _filesystem(self.address)
        fs = _pyarrow_fs()
        try:
            infos = system.get_file_info(
                fs.FileSelector(folder, recursive=True, allow_not_found=True)
            )
        except OSError as error:
            raise _unreachable(self.address, error) from error
        files = [_listed(info, folder) for info in infos if info.type == fs.FileType.File]
        return sorted(files, key=lambda file: file.name)

    def listed(self, name: str) -> Listed | None:
        """One of them."""
        system, folder = _filesystem(self.address)
        try:
            (info,) = system.get_file_info([f"{folder}/{name}"])
        except OSError as error:
            raise _unreachable(self.address, error) from error
        return _listed(info, folder) if info.type == _pyarrow_fs().FileType.File else None

    def open(self, name: str) -> BinaryIO:
        """An object to be read."""
        system, folder = _filesystem(self.address)
        try:
            file = system.open_input_file(f"{folder}/{name}")
            return io.BufferedReader(file, _READ)  # by itself it reads no lines
        except OSError as error:
            raise InputError(f"{name} can't be read ({type(error).__name__})") from error

    def scratch(self) -> Path:
        """Where this machine keeps what is for a while."""
        return Path(tempfile.gettempdir())

    def put(self, name: str, finished: Path) -> None:
        """Sends it: an object is there once its last byte has come."""
        system, folder = _filesystem(self.address)
        try:
            if system.type_name not in _FLAT:
                system.create_dir(f"{folder}/{name}".rpartition("/")[0])
            with (
                finished.open("rb") as file,
                system.open_output_stream(f"{folder}/{name}", compression=None) as out,
            ):
                shutil.copyfileobj(file, out, 1 << 20)
        except OSError as error:
            raise _unreachable(self.address, error) from error
        finished.unlink()


def place_of(address: str) -> tuple[Place, re.Pattern[str] | None]:
    """A place by a folder, a file or a pattern, and which of its files are meant; None for all that hold posts.

    Raises InputError for an address that can't be used.
    """
    if address.startswith("file://"):
        address = urlsplit(address).path
    if "://" not in address:
        return _here(address)
    bare, question, query = address.partition("?")
    if question and "=" not in query:  # a pattern, not what S3 is told
        bare, query = address, ""
    _check_secrets(address)
    folder, name = _split(bare)
    if name is None:
        place = Bucket(_with_query(bare, query))
        parent, _, last = bare.rpartition("/")
        above = Bucket(_with_query(parent, query))
        if parent.count("/") > 1 and last and above.listed(last) is not None:
            return above, _pattern(last)
        return place, None
    return Bucket(_with_query(folder, query)), _pattern(name)


def folder_of(address: str) -> Place:
    """The place of an address that is a folder's, whether it is there yet or not. Raises InputError."""
    if address.startswith("file://"):
        address = urlsplit(address).path
    if "://" not in address:
        return Folder(Path(address).absolute())
    _check_secrets(address)
    bare, _, query = address.partition("?")
    _filesystem(bucket := _with_query(bare.rstrip("/"), query))
    return Bucket(bucket)


def is_many(address: str) -> bool:
    """Whether an address is that of a folder, of several files, or of an object store."""
    return "://" in address or Path(address).is_dir() or (
        _WILD.search(address) is not None and not Path(address).exists()
    )  # fmt: skip


def _here(address: str) -> tuple[Place, re.Pattern[str] | None]:
    path = Path(address)
    if path.is_dir():
        return Folder(path.absolute()), None
    if path.is_file():
        return Folder(path.parent.absolute()), _pattern(re.sub(r"([*?\[])", r"[\1]", path.name))
    folder, name = _split(PurePosixPath(path).as_posix())
    if name is None:
        raise InputError(f"{address}: there is no such folder or file")
    return Folder(Path(folder or ".").absolute()), _pattern(name)


def _split(address: str) -> tuple[str, str | None]:
    """A pattern's folder, up to its first wild card, and the rest; None where there is no wild card."""
    if not (wild := _WILD.search(address)):
        return address.rstrip("/"), None
    folder, _, _ = address[: wild.start()].rpartition("/")
    return folder, address[len(folder) :].lstrip("/")


def _pattern(name: str) -> re.Pattern[str]:
    """As a shell reads it: * and ? within one name, ** across folders."""
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.findall(r"\*\*/|\*\*|\*|\?|\[[^\]]+\]|.", name)
    return re.compile("".join(pieces.get(part) or _literal(part) for part in parts))


def _literal(part: str) -> str:
    """One character, or a set of them in brackets, as a regular expression has it."""
    if len(part) == 1:
        return re.escape(part)
    signs = re.sub(r"([\\\[^])", r"\\\1", part[1:-1])
    return f"[^{signs[1:]}]" if signs.startswith("!") else f"[{signs}]"


def _with_query(bare: str, query: str) -> str:
    return f"{bare}?{query}" if query else bare


def _check_secrets(address: str) -> None:
    parts = urlsplit(address)
    if "@" in parts.netloc or _SECRETS & set(parse_qs(parts.query)):
        raise InputError(
            "the address holds a key, which would be written down with the answers: leave it where AWS's own tools find it"
        )


@lru_cache(maxsize=16)
def _filesystem(address: str) -> tuple[Any, str]:
    """pyarrow's file system of an address, and the folder in it. Raises InputError."""
    try:
        system, folder = _pyarrow_fs().FileSystem.from_uri(address)
    except (OSError, ValueError, NotImplementedError) as error:
        raise InputError(
            f"{address.partition('?')[0]} is no address that can be read: s3://bucket/folder, or a folder here"
        ) from error
    return system, folder.rstrip("/")


def _pyarrow_fs() -> Any:
    try:
        from pyarrow import fs
    except ImportError as error:
        raise InputError(
            "an object store is read by the extra `parquet`: pip install 'nwl-mentions[parquet]'"
        ) from error
    return fs


def _listed(info: Any, folder: str) -> Listed:
    name = info.path.removeprefix(folder).lstrip("/")
    # to the second, which is as much as S3 says of one object by itself
    return Listed(name, info.size, str((info.mtime_ns or 0) // 10**9))


def _unreachable(address: str, error: OSError) -> InputError:
    return InputError(
        f"{address.partition('?')[0]} can't be reached, read or written ({type(error).__name__}): check the address, "
        "the network, and the keys that AWS's own tools use"
    )
