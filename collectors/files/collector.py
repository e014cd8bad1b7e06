"""Exports of another listening tool (JSONL, CSV, XLSX), and the lines that `classify` reads.

Columns are mapped in config.toml, or found by the headings that tools commonly write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal, get_args

from collectors.base import (
    Collected,
    Http,
    PartRead,
    SaveState,
    SkippedItem,
    each,
    matching,
)
from collectors.files.parse import DATES, Reading, columns_in, to_mention
from collectors.files.subject import check, check_share, names_nothing
from collectors.files.tables import rows
from collectors.parts import Part, Parts, digest
from collectors.queries import Follow
from core.errors import ConfigError, InputError, PlatformRefused
from core.models import Mention, Platform

Column = Literal[
    "id", "text", "title", "url", "platform", "kind", "posted_at", "edited_at", "author_id", "handle",
    "author", "bio", "followers", "likes", "shares", "replies", "quotes", "views", "score", "language",
    "parent_id", "root_id", "quoted_id", "page", "parent_text", "card_title", "context",
]  # fmt: skip
COLUMNS: tuple[str, ...] = get_args(Column)
_KINDS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".xlsx")


def read_file(
    path: Path,
    *,
    at: datetime,
    columns: Mapping[str, str] | None = None,
    platform: Platform | Literal[""] = "",
    dates: tuple[str, ...] = DATES,
    terms: tuple[str, ...] = (),
) -> Iterator[Mention | SkippedItem]:
    """Every row as a Mention, a torn or odd one as a SkippedItem with its line. Raises InputError.

    `columns` maps our names (COLUMNS) to the file's headings; those left out are found by what tools
    commonly write. `platform` is for rows that name none. Local times are UK times.
    """
    wanted = dict(columns or {})
    reading = Reading(columns=wanted, platform=platform, dates=dates, at=at, file=path.stem)
    for number, row in rows(path, lambda cells: "text" in columns_in(cells, wanted)):
        where = f"{path.name} line {number}" if number else path.name
        if isinstance(row, str):
            yield SkippedItem(where, row)
            continue
        for mention in each((row,), lambda row: to_mention(row, reading), at=at, where=where):
            if isinstance(mention, SkippedItem):
                yield SkippedItem(where, mention.why)
            else:
                yield mention.with_match(*matching(mention.text, terms))


@dataclass(frozen=True, kw_only=True)
class Files:
    """A folder that exports are put into; each file is read once, and again when it changes."""

    name: ClassVar[str] = "files"
    secrets: ClassVar[tuple[str, ...]] = ()
    paths: ClassVar[tuple[str, ...]] = ("folder",)  # keys that are files', from the table's own

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    columns: Mapping[Column, str] = field(default_factory=dict)
    platform: Platform | Literal[""] = ""
    dates: tuple[str, ...] = DATES
    keep: Literal["all", "matched"] = "all"
    terms: tuple[str, ...] = ()
    registered: frozenset[str] = (
        frozenset()
    )  # handles of the register, whose own posts may be taken in
    named_by: tuple[str, ...] = ()  # by which a text names us; none: exports are not held to it

    def __post_init__(self) -> None:
        for number, form in enumerate(self.dates, 1):
            if "%Y" not in form or "%d" not in form:
                raise ConfigError(
                    f"dates {number}: needs at least a day and a year, as in %d/%m/%Y"
                )

    def follows(self) -> Iterator[Follow]:
        """Nobody: an export is what another tool was told to look for."""
        yield from ()

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Every file that is new or has changed. Raises PlatformRefused naming those that can't be read."""
        if not self.folder:
            return
        parts = Parts(self.state, since, self.at)
        for path in self.waiting():
            yield from self._part(parts, path)
        yield from parts.end("files")

    def _part(self, parts: Parts, path: Path) -> Iterator[Collected]:
        """One file, unless it was read as it is, or can't be read as it is."""
        mark = Mark.of(path)
        bad = self.state.get(f"{mark.key}.bad", "")
        part = Part(
            key=mark.key, kind="file", where=path.name, name=path.name, changed=bad != mark.value
        )
        if self.state.get(mark.key) == mark.value and parts.known(mark.key):
            parts.stays(part)
            return
        for thing in parts.read(part, lambda _since: self._file(path, mark)):
            if isinstance(thing, PartRead) and thing.error:
                yield SaveState(f"{mark.key}.bad", mark.value, always=True)
            yield thing

    def waiting(self) -> list[Path]:
        """The files of the folder that may be exports. Raises PlatformRefused where it can't be read."""
        try:
            paths = sorted(path for path in Path(self.folder).iterdir() if path.is_file())
        except OSError as error:
            raise PlatformRefused(
                f"[collectors.files] folder can't be read ({error.strerror}): make it, or name another"
            ) from error
        return [
            p for p in paths if p.suffix.lower() in _KINDS and not p.name.startswith((".", "~"))
        ]

    def rows(self, path: Path) -> Iterator[Mention | SkippedItem]:
        """A file's rows, by the table's columns."""
        return read_file(
            path,
            at=self.at,
            columns=dict(self.columns.items()),
            platform=self.platform,
            dates=self.dates,
            terms=self.terms,
        )

    def check_share(self, path: Path) -> tuple[int, int]:
        """How many posts of a file name nothing of ours, and of how many. Raises InputError where most of them don't."""
        if not self.named_by:
            return 0, 0
        count = nothing = 0
        for mention in self.rows(path):
            if isinstance(mention, Mention):
                count += 1
                nothing += names_nothing(mention, self.named_by)
        check_share(path.name, nothing, count)
        return nothing, count

    def _file(self, path: Path, mark: Mark) -> Iterator[Collected]:
        """One file. It is marked as read only after its last row, so that a run that broke reads it again."""
        if self.state.get(mark.key) == mark.value:
            return
        try:
            check(path, dict(self.columns.items()), register=self.registered, ours=self.named_by)
            self.check_share(path)
            for mention in self.rows(path):
                if isinstance(mention, SkippedItem) or mention.matched or self.keep == "all":
                    yield mention
        except InputError as error:
            raise PlatformRefused(str(error)) from error
        yield SaveState(mark.key, mark.value)


@dataclass(frozen=True, slots=True)
class Mark:
    """By which a file is known, and how it stood when it was looked at: time of its last change and size."""

    key: str
    value: str

    @classmethod
    def of(cls, path: Path) -> Mark:
        """Raises PlatformRefused for a file that can't be looked at."""
        try:
            status = path.stat()
        except OSError as error:
            raise PlatformRefused(f"{path.name} can't be read ({error.strerror})") from error
        return cls(digest(path.name), f"{status.st_mtime_ns}:{status.st_size}")
