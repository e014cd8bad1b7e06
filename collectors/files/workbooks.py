"""XLSX workbooks, row by row. Each is looked through before it is opened: a small file can unpack to more than a machine holds.

openpyxl keeps a little of every row that it has passed, and makes up rows that a number skips: 20,000,000 empty rows took
1.9 GB, and one row numbered 1,000,000,000 did not end. So its sheets are walked through first by a parser that keeps nothing:
rows, cells, numbers of rows, the links behind cells, and whether a part declares entities.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

import openpyxl

from collectors.files.limits import Budget
from core.errors import InputError

MOST_PARTS = 2_000  # files in the archive
MOST_OF_A_PART = (
    4_000_000  # bytes of a part that is no sheet and no list of words: openpyxl makes objects of it
)
MOST_WORDS = 2_000_000  # strings that sheets share
LAST_ROW = 1_048_576  # of Excel's own sheets
MOST_COLUMNS = 1_024  # one cell far to the right makes a row as wide
EMPTY_ROWS = 10  # for each row that may hold something, so many may be empty: formats make them
_CHUNK = 1 << 16
_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_WORDS, _CONTENTS = "xl/sharedstrings.xml", "[content_types].xml"
_UNREAD = ("xl/media/", "xl/drawings/", "xl/charts/", "xl/embeddings/", "xl/printersettings/", "xl/vbaproject.bin", "docprops/thumbnail")  # fmt: skip
_LINK_FORMULA = re.compile(r'=\s*HYPERLINK\(\s*"([^"]{1,2000})"\s*(?:[,;]\s*"((?:[^"]|"")*)"\s*)?\)\s*', re.IGNORECASE)  # fmt: skip
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class Linked(str):
    """The text of a cell behind which a link stands; `target` is where it leads."""

    __slots__ = ("target",)
    target: str

    def __new__(cls, text: str, target: str) -> Linked:
        cell = super().__new__(cls, text)
        cell.target = target
        return cell


def sheets(
    path: Path, budget: Budget
) -> Iterator[tuple[int, Iterator[tuple[int, tuple[Any, ...]]]]]:
    """Each sheet, by its place from 1, with its rows from 1: cells as text, numbers, dates and `Linked`.

    Raises InputError for what is no workbook, or too large a one. Formulas are their text: what a post says is never
    worked out.
    """
    seen = _look_through(path, budget)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parsers do on a damaged workbook
        raise _unreadable(budget.name, error) from None
    try:
        for number, sheet in enumerate(book.worksheets, 1):
            part = str(getattr(sheet, "_worksheet_path", "")).lower().lstrip("/")
            if not _SHEETS.fullmatch(part):  # it was not walked through
                raise InputError(f"{budget.name} has a sheet where none should be: save it as CSV")
            yield number, _rows(sheet, seen.get(part, {}), budget)
    finally:
        book.close()


def _rows(sheet: Any, links: dict[tuple[int, int], str], budget: Budget) -> Iterator[tuple[int, tuple[Any, ...]]]:  # fmt: skip
    sheet.reset_dimensions()  # some tools write a wrong size, and rows would be cut off
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if number % 4_096 == 0:
            budget.check_time()
        if all(cell is None for cell in cells):
            continue
        yield number, tuple(_cell(cell, links.get((number, at), "")) for at, cell in enumerate(cells, 1))  # fmt: skip


def _cell(value: Any, target: str) -> Any:
    if isinstance(value, str) and value.startswith("=") and (match := _LINK_FORMULA.fullmatch(value)):  # fmt: skip
        return Linked((match[2] or match[1]).replace('""', '"'), match[1])
    if target:
        return Linked("" if value is None else str(value), target)
    return value


def _look_through(path: Path, budget: Budget) -> dict[str, dict[tuple[int, int], str]]:
    """The links of each sheet, by its part. Raises InputError where the workbook is too large, or declares entities."""
    links: dict[str, dict[tuple[int, int], str]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise InputError(f"{budget.name} is an archive of {len(parts):,} files, and no workbook of a tool")  # fmt: skip
            if sum(part.file_size for part in parts) > budget.limits.most_unpacked:
                raise InputError(
                    f"{budget.name} unpacks to more than {budget.limits.most_unpacked // 10**6} MB: export fewer days at a time"
                )
            for part in parts:
                name = part.filename.lower()
                if name.startswith(_UNREAD):
                    continue
                is_sheet = bool(_SHEETS.fullmatch(name))
                if not is_sheet and name != _WORDS and part.file_size > MOST_OF_A_PART:
                    raise InputError(f"{budget.name} has a part of {part.file_size // 10**6} MB that is no sheet: save it as CSV")  # fmt: skip
                if not name.endswith((".xml", ".rels")):
                    continue
                walk = _Walk(budget, name)
                with archive.open(part) as stream:
                    while chunk := stream.read(_CHUNK):
                        walk.feed(chunk)
                        budget.check_time()
                walk.feed(b"", last=True)
                if is_sheet and walk.links:
                    links[name] = _targets(archive, part.filename, walk.links)
    except InputError:
        raise
    except Exception as error:  # zipfile and expat raise what they like on a damaged file
        raise _unreadable(budget.name, error) from None
    return links


class _Walk:
    """Goes through one part of a workbook and keeps nothing but counts, and the links of a sheet."""

    def __init__(self, budget: Budget, part: str) -> None:
        self._budget, self._is_words = budget, part == _WORDS
        is_sheet, is_words = bool(_SHEETS.fullmatch(part)), self._is_words
        self._rows = self._full = self._cells = self._words = 0
        self._counted = False
        self.links: list[tuple[str, str, str]] = []  # cell, relation, address within the part
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._declares
        self._is_list = part == _CONTENTS
        if is_sheet or is_words or self._is_list:
            self._parser.StartElementHandler = self._starts

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """The next bytes."""
        self._parser.Parse(chunk, last)

    def _declares(self, *_: object) -> None:
        raise InputError(f"{self._budget.name} declares entities, as no workbook of a tool does")

    def _starts(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if self._is_list:
            if attributes.get("PartName", "").lower().lstrip("/").startswith(_UNREAD) and attributes.get("ContentType", "").endswith("+xml") and "spreadsheetml" in attributes.get("ContentType", ""):  # fmt: skip
                raise InputError(f"{self._budget.name} has a part where none should be: save it as CSV")  # fmt: skip
        elif self._is_words:
            self._words += local == "si"
            if self._words > MOST_WORDS:
                raise InputError(f"{self._budget.name} has more than {MOST_WORDS:,} texts: export fewer days at a time")  # fmt: skip
        elif local == "c":
            self._cells += 1
            if _column(attributes.get("r", "").rstrip("0123456789")) > MOST_COLUMNS:
                raise InputError(f"{self._budget.name} has more than {MOST_COLUMNS:,} columns: export fewer of them")  # fmt: skip
            if not self._counted:
                self._counted = True
                self._full += 1
            self._check()
        elif local == "row":
            self._rows += 1
            self._counted = False
            if int(attributes.get("r", "0")) > LAST_ROW:
                raise InputError(f"{self._budget.name} has a row numbered past {LAST_ROW:,}, the last that a sheet can have")  # fmt: skip
            self._check()
        elif local == "hyperlink" and len(self.links) < self._budget.limits.most_rows:
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")  # fmt: skip
            self.links.append((attributes.get("ref", ""), relation, attributes.get("location", "")))

    def _check(self) -> None:
        limits = self._budget.limits
        if self._full > limits.most_rows + 100 or self._rows > EMPTY_ROWS * limits.most_rows:
            most = (
                limits.most_rows if self._full > limits.most_rows else EMPTY_ROWS * limits.most_rows
            )
            raise InputError(
                f"{self._budget.name} has more than {most:,} rows: export fewer days at a time, or raise most_rows in "
                "[collectors.files]"
            )
        if self._cells > limits.most_cells:
            raise InputError(
                f"{self._budget.name} has more than {limits.most_cells:,} cells: export fewer columns or days, or raise "
                "most_cells in [collectors.files]"
            )


def _targets(
    archive: zipfile.ZipFile, sheet: str, links: list[tuple[str, str, str]]
) -> dict[tuple[int, int], str]:
    """Where the links of a sheet lead, by row and column; those within the workbook are none."""
    folder, name = posixpath.split(sheet)
    relations: dict[str, str] = {}

    def starts(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(":")[2] == "Relationship":
            relations[attributes.get("Id", "")] = attributes.get("Target", "")

    try:
        content = archive.read(f"{folder}/_rels/{name}.rels")
    except KeyError:
        return {}
    parser = expat.ParserCreate()
    parser.StartElementHandler = starts
    parser.Parse(content, True)
    targets: dict[tuple[int, int], str] = {}
    for reference, relation, _ in links:
        match, target = _REFERENCE.fullmatch(reference), relations.get(relation, "")
        if match and target.startswith(("http://", "https://")):
            targets[int(match[2]), _column(match[1])] = target
    return targets


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _unreadable(name: str, error: Exception) -> InputError:
    return InputError(f"{name} is no workbook that can be read ({type(error).__name__}): save it as CSV")  # fmt: skip
