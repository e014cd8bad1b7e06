"""Several organisations on one installation: where each has its own settings, and what they share.

The installation's own file (site.toml, or the config.toml that --config names) lists them under [organisations]; each has a
folder with a site.toml of its own, its database, key, backups and reports. Nothing that one holds stands in another's
files. What the installation's file says of `COMMON` lies under each one's own, and nothing else of it does.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core import clock
from core.errors import ConfigError
from settings.called import ReadName, name_on
from settings.files.layers import Layers, read_layers
from settings.files.lines import Keys
from settings.shipped import CONFIG, SITE

SLUG = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
ADDRESS = "address of the page"
FOLDER = "organisations"  # beside the installation's file, with a folder for each


@dataclass(frozen=True, slots=True)
class Entry:
    """One of them, as the installation's file lists it. `folder` starts at the installation's."""

    folder: str = ""
    on: bool = True


@dataclass(frozen=True, kw_only=True)
class Member:
    """One organisation of an installation. `path` is what --config would name; `slug` is "" where there is one alone.

    `wrong` says why it can't be run, as far as that is known without reading all of its settings.
    """

    slug: str
    path: Path
    wrong: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def folder(self) -> Path:
        """Where its paths start."""
        return self.path.resolve().parent

    @property
    def public_url(self) -> str:
        """How browsers reach its page; "" where that can't be read."""
        return str(self.values.get("review.public_url", ""))

    @cached_property
    def host(self) -> str:
        """The name and port under which browsers ask for its page; "" where that can't be read."""
        try:
            return urlsplit(self.public_url).netloc.lower()
        except ValueError:
            return ""

    @property
    def port(self) -> int:
        """Where its page listens on this machine; 0 where that can't be read."""
        port = self.values.get("review.port", 0)
        return port if isinstance(port, int) else 0

    @property
    def name(self) -> str:
        """What it is called, by its own settings; else its short name."""
        names = self.values.get("organisation.names")
        rows = names if isinstance(names, list) else []
        read = [ReadName.of(row) for row in rows if isinstance(row, Mapping)]
        return name_on(read, clock.local_day(clock.now())) if read else ""

    @property
    def gives_counts(self) -> bool:
        """Whether it lets a region have its counts."""
        return self.values.get("region.counts") is True


def entries(path: Path) -> Mapping[str, Entry]:
    """The organisations that an installation's file lists, by short name; none where it is one organisation's alone.

    Raises ConfigError where the file can't be read or lists one wrongly.
    """
    layers = read_layers(path)
    table = _value(layers, ("organisations",))
    if not isinstance(table, Mapping) or not table:
        return {}
    listed: dict[str, Entry] = {}
    for slug, row in table.items():
        where = layers.where(("organisations", slug))
        if not SLUG.fullmatch(slug):
            raise ConfigError(
                f"{where}organisations.{slug}: a short name has 2 to 40 small letters, digits and hyphens, and begins with a letter"
            )
        unknown = set(row) - {"folder", "on"} if isinstance(row, Mapping) else ()
        right = isinstance(row, Mapping) and not unknown
        if not right or not isinstance(row.get("folder", ""), str) or not isinstance(row.get("on", True), bool):  # fmt: skip
            raise ConfigError(
                f'{where}organisations.{slug}: write [organisations.{slug}] with folder = "{FOLDER}/{slug}", or on = false, and nothing else'
            )
        listed[slug] = Entry(folder=row.get("folder", ""), on=row.get("on", True))
    return listed


def members(path: Path, *, every: bool = False) -> list[Member]:
    """The organisations of an installation that are on, or `every` one, each with what is wrong with it; one without a short name
    where the file is that of one organisation.

    It reads the short files alone, 242 of them in a second; what is wrong elsewhere is found as each is opened. Raises
    ConfigError for the installation's own file.
    """
    listed = entries(path)
    if not listed:
        return [_member(path, "", Entry(folder="."))]
    read = [_member(path, slug, entry) for slug, entry in listed.items() if entry.on or every]
    shared = _shared(read)
    return [
        Member(slug=member.slug, path=member.path, values=member.values, wrong=member.wrong or shared.get(member.slug, ""))
        for member in read
    ]  # fmt: skip


def member_path(path: Path, slug: str, entry: Entry) -> Path:
    """The file with which an organisation's settings begin."""
    folder = path.parent / (entry.folder or f"{FOLDER}/{slug}")
    if folder.resolve() == path.resolve().parent:
        return path  # the organisation that was there before there were several
    own = folder / CONFIG
    return own if own.exists() else folder / SITE


LOOKED_AT: tuple[Keys, ...] = (
    ("review", "public_url"), ("review", "port"), ("store", "path"), ("store", "keys"), ("store", "erasures"),
    ("backup", "folder"), ("reports", "folder"), ("collectors", "files", "folder"), ("organisation", "names"), ("region", "counts"),
)  # fmt: skip
# Of these no two may have the same: one would read or overwrite what is the other's.
OWN: Mapping[str, str] = {
    "store.path": "database", "store.erasures": "erasure ledger", "backup.folder": "folder of backups",
    "reports.folder": "folder of reports", "collectors.files.folder": "folder of files to take in",
}  # fmt: skip


class KeyHolders:
    """Whose each key is, by its digest: a key that was copied into another organisation's folder opens nothing there. For any thread."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._slugs: dict[str, str] = {}

    def claim(self, slug: str, keys: Sequence[str]) -> None:
        """Notes that these are an organisation's. Raises ConfigError where one is another's."""
        digests = [hashlib.sha256(key.encode()).hexdigest() for key in keys]
        with self._alone:
            for digest in digests:
                if self._slugs.get(digest, slug) != slug:
                    raise ConfigError(
                        f"its key is also that of {self._slugs[digest]}: each organisation has its own, which `mentions init` makes"
                    )
            self._slugs |= dict.fromkeys(digests, slug)


def _member(path: Path, slug: str, entry: Entry) -> Member:
    own = member_path(path, slug, entry)
    if not own.exists() and own != path:
        return Member(slug=slug, path=own, wrong=f"{own} is not there: `mentions init --organisation {slug}` makes it")  # fmt: skip
    try:
        layers = read_layers(own)
        linked = _value(layers, ("installation", "config"))
        values = {".".join(map(str, keys)): _value(layers, keys) for keys in LOOKED_AT}
    except ConfigError as error:
        return Member(slug=slug, path=own, wrong=str(error))
    wrong = ""
    if own != path and own.name == SITE:
        if not isinstance(linked, str) or not linked:
            wrong = f'{own}: under [installation] config = "../../{path.name}" must say whose organisation it is'
        elif (own.parent / linked).resolve() != path.resolve():
            wrong = f"{own}: [installation] config names another installation"
    return Member(slug=slug, path=own, values=values, wrong=wrong)


def laid_aside(path: Path) -> dict[str, str]:
    """Organisations that are not run though their files lie here, and why: they are off, or the list lacks them. By short name or folder."""
    listed = entries(path)
    beside = path.resolve().parent
    aside = {
        slug: f"[organisations.{slug}] says on = false" for slug, entry in listed.items() if not entry.on
    }  # fmt: skip
    known = {member_path(path, slug, entry).resolve().parent for slug, entry in listed.items()}
    for site in sorted((beside / FOLDER).glob(f"*/{SITE}")) if listed else ():
        if site.resolve().parent not in known:
            aside[f"{FOLDER}/{site.parent.name}"] = "no [organisations] of the file lists it"
    return aside


def _shared(listed: list[Member]) -> dict[str, str]:
    """Why organisations that have something in common can't be run; neither of two is, but that the first of two at one address keeps it."""
    holders: dict[tuple[str, str], list[str]] = {}
    for member in listed:
        for what, value in _owned(member):
            holders.setdefault((what, value), []).append(member.slug)
    wrong: dict[str, str] = {}
    for (what, _), slugs in holders.items():
        shared = slugs if len(slugs) > 1 else ()
        for slug in (
            shared[1:] if what == ADDRESS else shared
        ):  # a page that people use stays theirs
            others = ", ".join(other for other in slugs if other != slug)
            wrong.setdefault(
                slug, f"its {what} is also that of {others}: each organisation has its own"
            )
    return wrong


def _owned(member: Member) -> Iterator[tuple[str, str]]:
    for key, what in OWN.items():
        written = member.values.get(key)
        if isinstance(written, str) and written:
            yield what, str((member.folder / written).resolve())
    keys = member.values.get("store.keys")
    for reference in keys if isinstance(keys, list) else ():
        kind, _, name = str(reference).partition(":")
        yield "key", str((member.folder / name).resolve()) if kind == "file" else str(reference)
    if member.host:
        yield ADDRESS, member.host


def _value(layers: Layers, keys: Keys) -> Any:
    """What the highest file says of a key, without laying all of them over one another; None where none says anything."""
    holding = layers.of(keys)
    if holding is None:
        return None
    node: Any = holding.table
    for step in keys:
        node = node[step]
    return node
