"""Tables out of exported files: JSONL, CSV and XLSX as headings and numbered rows, a torn row as what is wrong.

No file is trusted to be what its name says: byte-order marks, encodings, delimiters, lines above the headings and rows
that break off are all met with in real exports. Files are read as they come, and never held as a whole.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from collectors.files.limits import Budget, Limits
from collectors.files.workbooks import sheets
from core.errors import InputError

_MOST_LINES = 2_000  # in one quoted cell; an open quote is given up after that
_LOOK_FOR_HEADINGS = 40  # rows; exports put a title and what was searched for above the headings
_DELIMITERS = ",;\t|"
_LONGEST_LINE = 12_000_000  # characters
_MOST_AHEAD = 24_000_000  # characters of the lines that one quoted cell is looked for in
_MOST_AS_ONE = 16_000_000  # bytes of JSON that is one list, which is read as a whole
_FIRST = 2_000  # bytes by which an encoding without a mark is told
csv.field_size_limit(_MOST_AHEAD)

NO_LIMITS = Limits()
Row = dict[str, Any]
# How many columns of these headings are understood; 0 where none holds the text.
Understands = Callable[[list[str]], int]


@dataclass(frozen=True, slots=True)
class Line:
    """A row by its number in the file or sheet; or None, and what is wrong with it. Line 0 is a notice of the whole file."""

    number: int
    row: Row | None
    why: str = ""


@dataclass(slots=True)
class Table:
    """One table of a file: of a workbook each sheet that has headings. `headings` is empty for lines of JSON.

    `above` are the lines above the headings; `sheet` is its place from 1, 0 where there are no sheets.
    """

    headings: list[str]
    lines: Iterator[Line]
    sheet: int = 0
    above: list[list[str]] = field(default_factory=list)

    def place(self, number: int) -> str:
        """Where a line stands, for people: line 12, or sheet 2 line 12."""
        return f"sheet {self.sheet} line {number}" if self.sheet > 1 else f"line {number}"


def tables(path: Path, understands: Understands, limits: Limits = NO_LIMITS) -> Iterator[Table]:
    """Each table, to be read to its end before the next. Raises InputError for what can't be read, or is too large."""
    budget = Budget(path.name, limits)
    with _opened(path, budget) as file:
        first = file.read(8)
        file.seek(0)
        if first[:4] == b"PK\x03\x04":
            yield from _of_workbook(path, understands, budget)
            return
        if first == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise InputError(
                f"{path.name} is an old Excel workbook (.xls), or one with a password: open it in Excel, choose Save As, and "
                "save it as XLSX or CSV"
            )
        yield from _of_text(path, file, understands, budget)


@contextmanager
def _opened(path: Path, budget: Budget) -> Iterator[BinaryIO]:
    try:
        budget.check_bytes(path.stat().st_size)
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path.name} can't be read: {error.strerror}") from error
    with file:
        yield file


def _of_text(
    path: Path, file: BinaryIO, understands: Understands, budget: Budget
) -> Iterator[Table]:
    encoding, notice = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    lines = _Lines(text, budget)
    beginning = "".join(lines.peek(n) or "" for n in range(3)).lstrip("\ufeff")
    lines.clean_first()
    notices = [Line(0, None, notice)] if notice else []
    if re.match(r"\s*<(?:!doctype|html|table|\?xml)", beginning, re.IGNORECASE):
        raise InputError(f"{path.name} is a web page, whatever its name: open it in Excel, and save it as XLSX or CSV")  # fmt: skip
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json") or re.match(
        r"\s*[{\[]\s*[\"{\]}]", beginning
    ):
        yield Table([], itertools.chain(notices, _json_lines(lines, budget)))
    elif beginning.strip() or not lines.at_end:
        yield _of_csv(path.name, lines, understands, budget, notices)
    elif notices:
        yield Table([], iter(notices))
    text.detach()


class _Lines:
    """The lines of a text, each read once; some of those to come can be looked at before."""

    def __init__(self, text: io.TextIOWrapper, budget: Budget) -> None:
        self._text, self.budget = text, budget
        self.name = budget.name
        self._ahead: deque[str] = deque()
        self._characters = 0
        self.number = 1  # of the line that comes next

    def peek(self, n: int) -> str | None:
        """The line `n` lines from here, with its end; None where there is none, or too much would be held for it."""
        while len(self._ahead) <= n:
            if self._characters > _MOST_AHEAD:
                return None
            line = self._text.readline(_LONGEST_LINE + 1)
            if len(line) > _LONGEST_LINE:
                raise InputError(f"{self.budget.name} has a line of more than {_LONGEST_LINE:,} characters: it is no table")  # fmt: skip
            if not line:
                return None
            self._ahead.append(line)
            self._characters += len(line)
        return self._ahead[n]

    def drop(self, count: int) -> None:
        """Goes on by so many lines that were looked at."""
        for _ in range(count):
            self._characters -= len(self._ahead.popleft())
            self.number += 1

    def clean_first(self) -> None:
        """Takes a mark of order away from the first line, as a second one may stand there."""
        if self.peek(0):
            self._ahead[0] = self._ahead[0].lstrip("\ufeff")

    @property
    def at_end(self) -> bool:
        """Whether no line is left that holds anything."""
        while (line := self.peek(0)) is not None:
            if line.strip():
                return False
            self.drop(1)
        return True


def _encoding(file: BinaryIO) -> tuple[str, str]:
    """What the bytes are in, and a notice where that had to be guessed or some of them can't be read."""
    first = file.read(_FIRST)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if first.startswith(mark):
            damaged = _letters(file, first, encoding)[3]
            return encoding, "has characters that can't be read" if damaged else ""
    even, odd = first[::2], first[1::2]  # UTF-16 without its mark
    for zeros, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) > len(zeros) * 0.7 and others.count(0) < len(others) * 0.1:
            return encoding, "was read as UTF-16"
    whole, readable, lost, _ = _letters(file, first, "utf-8")
    if whole:
        return "utf-8", ""
    if readable > 0 and readable >= lost:
        return "utf-8", "has characters that can't be read"
    return "cp1252", "is not UTF-8; it was read as Windows-1252"


def _letters(file: BinaryIO, first: bytes, encoding: str) -> tuple[bool, int, int, bool]:
    """Of all bytes in an encoding: whether all can be read, how many letters beyond ASCII can and can't, and whether any is lost."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    beyond = lost = written = 0
    chunk, ends = first, False
    while not ends:
        following = file.read(1 << 20)
        ends = not following
        text = decoder.decode(chunk, ends)
        if not text.isascii():
            beyond += sum(letter > "\x7f" for letter in text)
            lost += text.count("\ufffd")
            written += chunk.count(b"\xef\xbf\xbd")
        chunk = following
    lost = max(0, lost - written) if encoding.startswith("utf-8") else lost
    return not lost, beyond - lost, lost, bool(lost)


def _json_lines(lines: _Lines, budget: Budget) -> Iterator[Line]:
    whole = _json_list(lines)
    if whole is not None:
        for number, item in enumerate(whole, 1):
            yield _object(number, item, budget)
        return
    while (line := lines.peek(0)) is not None:
        number = lines.number
        lines.drop(1)
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            budget.take_row(1)
            yield Line(number, None, "is not JSON, or half of it")
            continue
        yield _object(number, item, budget)


def _object(number: int, item: object, budget: Budget) -> Line:
    budget.take_row(len(item) if isinstance(item, dict) else 1)
    if isinstance(item, dict):
        return Line(number, {str(key): value for key, value in item.items()})
    return Line(number, None, "is no object")


def _json_list(lines: _Lines) -> list[Any] | None:
    """The whole file where it is one list; None where it is none, so that its lines are read one by one."""
    if lines.at_end or not (lines.peek(0) or "").lstrip().startswith("["):
        return None
    parts, size = [], 0
    for n in itertools.count():
        line = lines.peek(n)
        if line is None:
            break
        parts.append(line)
        size += len(line)
        if size > _MOST_AS_ONE:
            raise InputError(f"{lines.name}: a list of JSON of more than {_MOST_AS_ONE // 10**6} MB can't be read: write an object a line")  # fmt: skip
    try:
        whole = json.loads("".join(parts))
    except (ValueError, RecursionError):
        return None
    return whole if isinstance(whole, list) else None


def _of_csv(
    name: str, lines: _Lines, understands: Understands, budget: Budget, notices: Iterable[Line]
) -> Table:
    at, used, delimiter, headings = _headings(lines, understands)
    if not headings:
        raise InputError(
            f"{name}: no row of headings with a column for the text was found; name it under columns in "
            '[collectors.files], as text = "...", or as --map "HEADING=text"'
        )
    above = [cells for n in range(at) if (cells := next(csv.reader([lines.peek(n) or ""], delimiter=delimiter), []))]  # fmt: skip
    lines.drop(at + used)
    return Table(headings, itertools.chain(notices, _csv_rows(lines, delimiter, headings, budget)), above=above)  # fmt: skip


def _csv_rows(lines: _Lines, delimiter: str, headings: list[str], budget: Budget) -> Iterator[Line]:
    while lines.peek(0) is not None:
        number = lines.number
        cells, used = _record(lines, 0, delimiter, len(headings))
        lines.drop(used)
        if cells is None:
            budget.take_row(len(headings))
            yield Line(number, None, "is torn: it does not have a cell for each heading")
        elif any(cell.strip() for cell in cells):
            budget.take_row(len(cells))
            yield Line(number, dict(zip(headings, cells, strict=True)))
        elif number % 4_096 == 0:
            budget.check_time()


def _headings(lines: _Lines, understands: Understands) -> tuple[int, int, str, list[str]]:
    """On which line headings stand and how many lines they take, what parts their cells, and what they are.

    A row of which one column alone is understood is taken where no other is: a line above may say `Message`, too.
    """
    best: tuple[int, int, int, str, list[str]] = (0, 0, 0, ",", [])
    for at in range(_LOOK_FOR_HEADINGS):
        if lines.peek(at) is None:
            break
        for delimiter in _DELIMITERS:
            cells, used = _record(lines, at, delimiter, None)
            most = understands(cells) if cells else 0
            if cells and most > best[0]:
                best = (most, at, used, delimiter, cells)
        if best[0] > 1:
            break
    lines.budget.check_columns(len(best[4]))
    return (*best[1:4], _unique(best[4]))


def _record(
    lines: _Lines, at: int, delimiter: str, width: int | None
) -> tuple[list[str] | None, int]:
    """The record that starts at a line from here and how many lines it takes; None, one line, if it is torn.

    A quote that is never closed would swallow the rows after it, so a record that doesn't come out
    with a cell for each heading is given up after its first line.
    """
    line = lines.peek(at) or ""
    if '"' not in line:  # one line is all that it can be
        cells: list[str] | None = next(csv.reader([line], delimiter=delimiter), [])
        taken = 1
    else:
        reader = csv.reader(
            _ahead(lines, at),
            delimiter=delimiter, strict=True,
        )  # fmt: skip
        try:
            cells = next(reader, None)
        except csv.Error:
            cells = None
        taken = reader.line_num
    if cells is not None and (width is None or len(cells) == width or not any(cells)):
        if cells and width is not None and len(cells) != width:
            return [""] * width, taken
        return cells or ([""] * (width or 0)), taken
    if cells is not None and taken == 1 and width and not any(cells[width:]):
        return (
            (cells[:width], 1) if len(cells) > width else (None, 1)
        )  # spare delimiters at its end
    if line.count('"') % 2 == 0:  # quotes inside quotes that were not doubled
        sloppy = next(csv.reader([line], delimiter=delimiter), [])
        if width is None or len(sloppy) == width:
            return sloppy, 1
    return None, 1


def _ahead(lines: _Lines, at: int) -> Iterator[str]:
    """The lines that one record may take, from the one at a place from here."""
    for n in range(at, at + _MOST_LINES):
        line = lines.peek(n)
        if line is None:
            return
        yield line


def _unique(cells: list[str]) -> list[str]:
    """Headings without blanks around them, none twice."""
    seen: dict[str, int] = {}
    names = []
    for cell in (cell.strip() for cell in cells):
        seen[cell] = seen.get(cell, 0) + 1
        names.append(cell if seen[cell] == 1 else f"{cell} ({seen[cell]})")
    return names


def _of_workbook(path: Path, understands: Understands, budget: Budget) -> Iterator[Table]:
    has_headings = False
    for number, rows in sheets(path, budget):
        guarded = _Guarded(rows, budget)
        first = list(itertools.islice(guarded, _LOOK_FOR_HEADINGS))
        at, most = None, 0
        for n, line in enumerate(first):
            texts = _texts(line)
            if texts and (score := understands(texts)) > most:
                at, most = n, score
            if most > 1:
                break
        if at is None:
            if guarded.broke and not first:
                yield Table([], iter([guarded.broke]), sheet=number)
            continue
        has_headings = True
        headings = _unique(_texts(first[at]))
        yield Table(
            headings, _sheet_rows(itertools.chain(first[at + 1 :], guarded), guarded, headings, budget), sheet=number,
            above=[_texts(line) for line in first[:at]],
        )  # fmt: skip
    if not has_headings:
        raise InputError(
            f"{path.name}: no sheet has headings with a column for the text; name it under columns in "
            '[collectors.files], as text = "...", or as --map "HEADING=text"'
        )


class _Guarded:
    """The rows of a sheet until it ends or can't be read further; `broke` says so then."""

    def __init__(self, rows: Iterator[tuple[int, tuple[Any, ...]]], budget: Budget) -> None:
        self._rows, self._budget = rows, budget
        self._last = 0
        self.broke: Line | None = None

    def __iter__(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        try:
            for number, cells in self._rows:
                self._last = number
                yield number, cells
        except InputError:
            raise
        except (
            Exception
        ) as error:  # openpyxl raises whatever its parsers do in the middle of a damaged sheet
            self.broke = Line(self._last + 1, None, f"and what follows can't be read ({type(error).__name__})")  # fmt: skip


def _sheet_rows(
    rows: Iterable[tuple[int, tuple[Any, ...]]], guarded: _Guarded, headings: list[str], budget: Budget
) -> Iterator[Line]:  # fmt: skip
    for number, cells in rows:
        budget.take_row(len(cells))
        yield Line(number, dict(zip(headings, cells, strict=False)))
    if guarded.broke:
        yield guarded.broke


def _texts(line: tuple[int, tuple[Any, ...]]) -> list[str]:
    return ["" if cell is None else str(cell) for cell in line[1]]
