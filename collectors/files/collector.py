"""Exports of another listening tool (JSONL, CSV, XLSX), and the lines that `classify` reads.

Columns are mapped in config.toml, or found by the tool that wrote the file, or by the headings that tools commonly write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal

from collectors.base import (
    ODD_ERRORS,
    Collected,
    Http,
    PartRead,
    SaveState,
    SkippedItem,
    matching,
    settle,
)
from collectors.files.columns import COLUMNS, Column, tool_named
from collectors.files.dates import Order, UnreadableDate, order_of, zone_named
from collectors.files.limits import Limits
from collectors.files.parse import DATES, NoWords, Reading, to_mention
from collectors.files.subject import Subject, check_share, names_nothing
from collectors.files.survey import Answers, Survey, lines_of, survey
from collectors.files.tables import NO_LIMITS
from collectors.parts import Part, Parts, digest
from collectors.queries import Follow
from core.errors import ConfigError, InputError, PlatformRefused
from core.models import Mention, Platform

__all__ = ["COLUMNS", "Answers", "Column", "Files", "LeftOut", "read_file"]

_KINDS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".zip")  # fmt: skip
NAMED = 20  # rows that are named one by one for one reason; the rest of them are counted


@dataclass(frozen=True, slots=True)
class LeftOut(SkippedItem):
    """A row that is not taken, so that it is counted by its reason."""


def read_file(
    path: Path,
    *,
    at: datetime,
    columns: Mapping[str, str] | None = None,
    platform: Platform | Literal[""] = "",
    dates: tuple[str, ...] = DATES,
    terms: tuple[str, ...] = (),
    answers: Answers | None = None,
    surveyed: Survey | None = None,
    limits: Limits = NO_LIMITS,
    name: str = "",
) -> Iterator[Mention | SkippedItem]:
    """Every row as a Mention, a torn or odd one as a SkippedItem with its line. Raises InputError.

    `columns` maps our names (COLUMNS) to the file's headings; those left out are found by what tools commonly write.
    `platform` is for rows that name none. `dates` are forms of strptime, which say the order of days and months where the
    column does not tell it. Local times are UK times. A row whose date can't be read is left out, by its line. `surveyed` is
    what an earlier walk through the file said of it. `name` is what it is called where it came from.
    """
    name = name or path.name
    answers = answers or Answers(columns=dict(columns or {}))
    surveyed = surveyed or survey(path, answers, at=at, otherwise=order_of(dates), limits=limits)
    reasons: Counter[str] = Counter()
    readings: dict[int, Reading] = {}
    for table, number, row, why in lines_of(path, answers, limits):
        where = f"{name} {table.place(number)}" if number else name
        if row is None:
            yield SkippedItem(where, why)
            continue
        if table.sheet not in readings:
            readings[table.sheet] = _reading(
                Path(name), at, answers, platform, dates, surveyed, table.sheet
            )
        try:
            mention, doubts = settle(to_mention(row, readings[table.sheet]), at)
        except (UnreadableDate, NoWords) as error:
            reason = str(error.why if isinstance(error, UnreadableDate) else "it says nothing")
            reasons[reason] += 1
            if reasons[reason] <= NAMED:
                yield LeftOut(where, f"{reason}; left out")
            continue
        except ODD_ERRORS as error:  # the words of the error may be the author's: only its kind
            yield LeftOut(
                where, f"is not shaped as it should be ({type(error).__name__}); left out"
            )
            continue
        yield mention.with_match(*matching(mention.text, terms))
        for doubt in doubts:
            yield SkippedItem(where, doubt)
    yield from _told_at_end(name, readings, reasons)


def _told_at_end(
    name: str, readings: Mapping[int, Reading], reasons: Mapping[str, int]
) -> Iterator[SkippedItem]:
    """What is told of a file as a whole: hours at a change of clocks, and how many more rows are left out."""
    for reading in readings.values():
        if skipped := reading.doubts["skipped"]:
            yield SkippedItem(
                name,
                f"has {skipped:,} times in an hour that the clocks skipped: read as the hour after it",
            )
        if twice := reading.doubts["twice"]:
            yield SkippedItem(
                name,
                f"has {twice:,} times in an hour that came twice as the clocks went back: read as the first",
            )
    for reason, count in reasons.items():
        if count > NAMED:
            yield LeftOut(name, f"{reason}: {count - NAMED:,} more rows are left out")


def _reading(
    path: Path, at: datetime, answers: Answers, platform: Platform | Literal[""], dates: tuple[str, ...], surveyed: Survey,
    sheet: int,
) -> Reading:  # fmt: skip
    """How the rows of one table are read, by what was found of it."""
    table = surveyed.of_sheet(sheet)
    return Reading(
        columns=answers.columns, platform=platform, dates=dates, at=at, file=path.stem, tool=tool_named(answers.tool),
        order=table.order if table else None, zone=answers.zone, zone_otherwise=table.zone if table else "", undated=answers.undated,
        dated=table is not None and bool(table.mapping.columns.get("posted_at")),
    )  # fmt: skip


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
    dates: tuple[str, ...] = ()
    date_order: Order | Literal[""] = ""
    zone: str = ""
    most_mb: int = 64
    most_rows: int = 200_000
    most_cells: int = 10_000_000
    most_seconds: int = 300
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
        if self.zone and zone_named(self.zone) is None:
            raise ConfigError("zone: no such time zone; write it as Europe/London, UTC or UTC+01:00")  # fmt: skip
        for key in ("most_mb", "most_rows", "most_cells", "most_seconds"):
            if getattr(self, key) < 1:
                raise ConfigError(f"{key}: must be at least 1")

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

    @property
    def limits(self) -> Limits:
        """How much of a file is read at most."""
        return Limits(
            most_mb=self.most_mb, most_rows=self.most_rows, most_cells=self.most_cells, most_seconds=self.most_seconds
        )  # fmt: skip

    def with_settings(self, answers: Answers) -> Answers:
        """Somebody's answers over what the table says."""
        columns = {str(name): heading for name, heading in self.columns.items()}
        return replace(answers, columns=columns | dict(answers.columns))

    def survey(
        self, path: Path, answers: Answers | None = None, subject: Subject | None = None
    ) -> Survey:
        """What a file is, by the table's settings and somebody's answers. Raises InputError.

        `subject` is told each row, so that a search for a person is refused before one is taken.
        """
        otherwise = self.date_order or order_of(self.dates)
        return survey(
            path, self.with_settings(answers or Answers()), at=self.at, otherwise=otherwise, zone=self.zone, limits=self.limits,
            look=subject.look if subject else None,
        )  # fmt: skip

    def rows(
        self, path: Path, surveyed: Survey | None = None, answers: Answers | None = None, *, name: str = ""
    ) -> Iterator[Mention | SkippedItem]:  # fmt: skip
        """A file's rows, by the table's columns; `name` is what it was called where it came from."""
        return read_file(
            path, at=self.at, platform=self.platform, dates=self.dates, terms=self.terms, limits=self.limits, name=name,
            answers=self.with_settings(answers or Answers()), surveyed=surveyed or self.survey(path, answers),
        )  # fmt: skip

    def check_share(
        self, path: Path, surveyed: Survey | None = None, answers: Answers | None = None
    ) -> tuple[int, int]:
        """How many posts of a file name nothing of ours, and of how many. Raises InputError where most of them don't."""
        if not self.named_by:
            return 0, 0
        count = nothing = 0
        for mention in self.rows(path, surveyed, answers):
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
            subject = Subject(path.name, register=self.registered, ours=self.named_by)
            subject.check_name(path.stem)
            surveyed = self.survey(path, subject=subject)
            subject.check_rows()
            surveyed.check(path.name, undated=True)  # nobody is there to be asked: it is told below
            self.check_share(path, surveyed)
            if any(
                table.rows and not table.mapping.columns.get("posted_at")
                for table in surveyed.tables
            ):
                yield SkippedItem(path.name, "has no column of dates: its posts are dated by when it was read")  # fmt: skip
            for mention in self.rows(path, surveyed):
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
