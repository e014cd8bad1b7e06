"""Rows out of exported files: JSONL, CSV and XLSX as numbered mappings, a torn row as what is wrong.

No file is trusted to be what its name says: byte-order marks, encodings, delimiters, lines above the
headings and rows that break off are all met with in real exports.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl

from collectors.charsets import decode, is_utf8
from core.errors import InputError

MOST_BYTES = 256_000_000  # of a file, and of what an XLSX unpacks to
_MOST_LINES = 2_000  # in one quoted cell; an open quote is given up after that
_LOOK_FOR_HEADINGS = 20  # rows; exports put a title and a date range above the headings
_DELIMITERS = ",;\t|"
csv.field_size_limit(MOST_BYTES)

Row = dict[str, Any]
Numbered = tuple[int, Row | str]  # a line's number, and its row or what is wrong with it
Headings = Callable[[list[str]], bool]  # are these the headings?


def rows(path: Path, are_headings: Headings) -> Iterator[Numbered]:
    """Every row, headings to cells. Row 0 is a notice of the whole file. Raises InputError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(
                f"{path.name} is bigger than {MOST_BYTES // 10**6} MB: export fewer days at a time"
            )
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} can't be read: {error.strerror}") from error
    if content[:4] == b"PK\x03\x04":
        yield from _xlsx(path.name, content, are_headings)
        return
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise InputError(f"{path.name} is an old Excel workbook: save it as XLSX or CSV")
    text, notice = _decoded(content)
    if notice:
        yield 0, notice
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json") or re.match(
        r"\s*[{\[]\s*[\"{\]}]", text
    ):
        yield from _json_lines(text)
    elif text.strip():
        yield from _csv(path.name, text, are_headings)


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and a notice if its encoding had to be guessed."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):  # fmt: skip
        if content.startswith(mark):
            text = content.decode(encoding, "replace")
            return text, "has characters that can't be read" if "\ufffd" in text else ""
    even, odd = content[:2_000:2], content[1:2_000:2]  # UTF-16 without its mark
    for zeros, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) > len(zeros) * 0.7 and others.count(0) < len(others) * 0.1:
            return content.decode(encoding, "replace"), "was read as UTF-16"
    text, lost = decode(content), "\ufffd".encode()
    if is_utf8(content):
        is_damaged = text.count("\ufffd") > content.count(lost)
        return text, "has characters that can't be read" if is_damaged else ""
    return text, "is not UTF-8; it was read as Windows-1252"


def _json_lines(text: str) -> Iterator[Numbered]:
    try:
        whole = json.loads(text) if text.lstrip()[:1] == "[" else None
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, list):
        for number, item in enumerate(whole, 1):
            yield number, item if isinstance(item, dict) else "is no object"
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            yield number, "is not JSON, or half of it"
            continue
        yield number, item if isinstance(item, dict) else "is no object"


def _csv(name: str, text: str, are_headings: Headings) -> Iterator[Numbered]:
    lines = re.split(
        r"(?<=\n)|(?<=\r)(?!\n)", text
    )  # not at U+2028 and its like, as splitlines does
    start, delimiter, headings = _headings(lines, are_headings)
    if not headings:
        raise InputError(
            f"{name}: no row of headings with a column for the text was found; name it under columns in "
            '[collectors.files], as text = "..."'
        )
    at = start
    while at < len(lines):
        cells, used = _record(lines, at, delimiter, len(headings))
        if cells is None:
            yield at + 1, "is torn: it does not have a cell for each heading"
        elif any(cell.strip() for cell in cells):
            yield at + 1, dict(zip(headings, cells, strict=True))
        at += used


def _headings(lines: list[str], are_headings: Headings) -> tuple[int, str, list[str]]:
    """Where rows start, what parts their cells, and what the headings are."""
    for at in range(min(_LOOK_FOR_HEADINGS, len(lines))):
        for delimiter in _DELIMITERS:
            cells, used = _record(lines, at, delimiter, None)
            if cells and are_headings(cells):
                return at + used, delimiter, _unique(cells)
    return 0, ",", []


def _record(
    lines: list[str], at: int, delimiter: str, width: int | None
) -> tuple[list[str] | None, int]:
    """The record that starts at a line and how many lines it takes; None, one line, if it is torn.

    A quote that is never closed would swallow the rows after it, so a record that doesn't come out
    with a cell for each heading is given up after its first line.
    """
    reader = csv.reader(
        (lines[n] for n in range(at, min(at + _MOST_LINES, len(lines)))),
        delimiter=delimiter,
        strict=True,
    )
    try:
        cells = next(reader, None)
    except csv.Error:
        cells = None
    if cells is not None and (width is None or len(cells) == width or not any(cells)):
        return cells, reader.line_num
    if cells is not None and reader.line_num == 1 and width and not any(cells[width:]):
        return (
            (cells[:width], 1) if len(cells) > width else (None, 1)
        )  # spare delimiters at its end
    line = lines[at]
    if line.count('"') % 2 == 0:  # quotes inside quotes that were not doubled
        sloppy = next(csv.reader([line], delimiter=delimiter), [])
        if width is None or len(sloppy) == width:
            return sloppy, 1
    return None, 1


def _unique(cells: list[str]) -> list[str]:
    """Headings without blanks around them, none twice."""
    seen: dict[str, int] = {}
    names = []
    for cell in (cell.strip() for cell in cells):
        seen[cell] = seen.get(cell, 0) + 1
        names.append(cell if seen[cell] == 1 else f"{cell} ({seen[cell]})")
    return names


def _xlsx(name: str, content: bytes, are_headings: Headings) -> Iterator[Numbered]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise InputError(f"{name} unpacks to more than {MOST_BYTES // 10**6} MB")
        # formulas as their text: what a post says is never worked out
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers do on a damaged workbook
        raise InputError(
            f"{name} is no workbook that can be read ({type(error).__name__})"
        ) from None
    has_headings = False
    for sheet in book.worksheets:
        headings: list[str] = []
        sheet.reset_dimensions()  # some tools write a wrong size, and rows would be cut off
        number = 0
        try:
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                if not headings:
                    texts = ["" if cell is None else str(cell) for cell in cells]
                    if number <= _LOOK_FOR_HEADINGS and are_headings(texts):
                        headings, has_headings = _unique(texts), True
                elif any(cell is not None for cell in cells):
                    yield number, dict(zip(headings, cells, strict=False))
        except Exception as error:  # as above, in the middle of a sheet
            yield number + 1, f"and what follows can't be read ({type(error).__name__})"
    if not has_headings:
        raise InputError(
            f"{name}: no sheet has headings with a column for the text; name it under columns in "
            '[collectors.files], as text = "..."'
        )
