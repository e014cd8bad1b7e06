"""What an export is before a row of it is taken: which tool wrote it, what its columns are, how its dates are written.

One walk through the whole file, since the order of days and months is told by a column and not by a row. What the file
does not tell is a question, which somebody answers; nothing is guessed for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from collectors.files.columns import COLUMNS, Mapped, Tool, heading_words, mapped, tool_named, tools
from collectors.files.dates import DateEvidence, Order, zone_named
from collectors.files.limits import Limits
from collectors.files.tables import NO_LIMITS, Table, tables
from core.errors import InputError

Look = Callable[[Mapping[str, Any], Mapped], None]  # sees each row as the file is walked through
_ABOVE = ("time zone", "timezone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What somebody says of a file: which tool wrote it, the zone and order of its dates, its columns, that it has no dates.

    What is "" is told from the file. `columns` maps ours to headings. `undated`: its posts are dated by when they are read.
    """

    tool: str = ""
    zone: str = ""
    date_order: Order | Literal[""] = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    undated: bool = False

    def check(self) -> None:
        """Raises InputError for a tool, a zone or a column that there is not."""
        if self.tool and tool_named(self.tool) is None:
            raise InputError(f"--tool: no such tool; there are {', '.join(tool.name for tool in tools())}")  # fmt: skip
        if self.zone and zone_named(self.zone) is None:
            raise InputError("--zone: no such time zone; write it as Europe/London, UTC or UTC+01:00")  # fmt: skip
        if odd := [name for name in self.columns if name not in COLUMNS]:
            raise InputError(f"--map: {odd[0]} is no field; there are {', '.join(COLUMNS)}")


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the file does not tell and that somebody must: `flag` is how a command is told it."""

    about: Literal["date_order", "zone", "dates", "undated"]
    why: str
    flag: str


@dataclass(slots=True)
class TableSurvey:
    """What one table is. `headings` are empty for lines of JSON, whose columns are those of all its lines together."""

    sheet: int
    headings: list[str]
    mapping: Mapped
    dates: DateEvidence = field(default_factory=DateEvidence)
    rows: int = 0
    torn: int = 0
    order: Order | None = None
    order_by: str = ""  # what tells the order, in words
    zone: str = (
        ""  # of times that name none; "" where UK time is taken, or UTC for 2026-11-24 09:05
    )
    zone_by: str = ""
    questions: list[Question] = field(default_factory=list)

    @property
    def ignored(self) -> list[str]:
        """The headings that nothing is read from."""
        read = {heading for some in self.mapping.columns.values() for heading in some}
        return [heading for heading in self.headings if heading and heading not in read]


@dataclass(slots=True)
class Survey:
    """What a file is."""

    tables: list[TableSurvey] = field(default_factory=list)

    @property
    def tool(self) -> Tool | None:
        """The tool that wrote the file, by its first table that tells it."""
        return next((table.mapping.tool for table in self.tables if table.mapping.tool), None)

    @property
    def rows(self) -> int:
        """How many rows it has, with those that are torn."""
        return sum(table.rows + table.torn for table in self.tables)

    @property
    def questions(self) -> list[Question]:
        """What must be answered before it is taken in, each once."""
        return list(dict.fromkeys(question for table in self.tables for question in table.questions))  # fmt: skip

    def of_sheet(self, sheet: int) -> TableSurvey | None:
        """What one table is."""
        return next((table for table in self.tables if table.sheet == sheet), None)

    def check(self, name: str, *, undated: bool = False) -> None:
        """Raises InputError, naming the flags, where something must be answered first; `undated`: but for dates that are not there."""
        questions = [each for each in self.questions if not (undated and each.about == "undated")]
        if questions:
            listed = "; ".join(f"{each.why}: {each.flag}" for each in questions)
            raise InputError(f"{name}: {listed}")


def survey(
    path: Path,
    answers: Answers,
    *,
    at: datetime,
    otherwise: Order | None = None,
    zone: str = "",
    limits: Limits = NO_LIMITS,
    look: Look | None = None,
) -> Survey:
    """Walks through a file. `otherwise` is the order of dates where the column tells none and nobody was asked, `zone` that of
    times for which neither the file nor anybody says one.

    Raises InputError for what can't be read, or is too large.
    """
    answers.check()
    tool = tool_named(answers.tool)
    surveyed = Survey()
    for table in tables(path, understands(answers), limits):
        surveyed.tables.append(_table(table, answers, tool, at, look))
    for each in surveyed.tables:
        _settle_dates(each, answers, otherwise, zone)
    return surveyed


def understands(answers: Answers) -> Callable[[Sequence[str]], int]:
    """How many columns of some headings are understood; 0 where none holds the text."""
    tool = tool_named(answers.tool)

    def count(cells: Sequence[str]) -> int:
        columns = mapped([cell.strip() for cell in cells], answers.columns, tool).columns
        return len(columns) if "text" in columns or ("title" in columns and len(columns) > 3) else 0

    return count


def _table(
    table: Table, answers: Answers, tool: Tool | None, at: datetime, look: Look | None
) -> TableSurvey:
    seen = TableSurvey(table.sheet, list(table.headings), mapped(table.headings, answers.columns, tool))  # fmt: skip
    seen.zone, seen.zone_by = _zone_above(table.above)
    for line in table.lines:
        if line.row is None:
            seen.torn += bool(line.number)
            continue
        seen.rows += 1
        mapping = seen.mapping
        if not table.headings:  # of JSON each line has its own
            mapping = mapped(tuple(line.row), answers.columns, tool)
            seen.mapping = mapping if seen.rows == 1 else _together(seen.mapping, mapping)
            seen.headings = list(dict.fromkeys((*seen.headings, *line.row)))[:200]
        cell = next((line.row.get(h) for h in mapping.columns.get("posted_at", ()) if line.row.get(h)), None)  # fmt: skip
        if mapping.columns.get("posted_at"):
            seen.dates.add(cell, at)
        if look is not None:
            look(line.row, mapping)
    return seen


def _together(first: Mapped, other: Mapped) -> Mapped:
    if first == other:
        return first
    columns = {name: tuple(dict.fromkeys((*first.columns.get(name, ()), *some))) for name, some in other.columns.items()}  # fmt: skip
    return Mapped(tool=first.tool or other.tool, columns={**first.columns, **columns}, zones={**first.zones, **other.zones})  # fmt: skip


def _zone_above(above: Sequence[Sequence[str]]) -> tuple[str, str]:
    """The zone that a line above the headings names, as `Time zone: Europe/London`."""
    for cells in above:
        words = [part.strip() for cell in cells for part in str(cell).split(":", 1) if part.strip()]
        for name, value in pairwise(words):
            if heading_words(name) in _ABOVE and zone_named(value) is not None:
                return value, "a line above the headings"
    return "", ""


def _settle_dates(table: TableSurvey, answers: Answers, otherwise: Order | None, zone: str) -> None:
    """What is known of a table's dates, and what must be asked."""
    evidence, tool = table.dates, table.mapping.tool
    columns = table.mapping.columns.get("posted_at", ())
    if not columns:
        if not (answers.undated or (tool is not None and tool.undated)) and table.rows:
            table.questions.append(Question("undated", "it has no column of dates", '--map "HEADING=posted_at", or --undated if its posts have none'))  # fmt: skip
        return
    _settle_zone(table, answers, columns, zone)
    if answers.date_order:
        table.order, table.order_by = answers.date_order, "as you say"
    elif evidence.asks and tool is not None and tool.order:
        table.order, table.order_by = tool.order, f"as {tool.label} writes them"
    elif evidence.asks and otherwise:
        table.order, table.order_by = otherwise, "the settings"
    elif evidence.asks:
        table.questions.append(Question("date_order", evidence.asks, "--date-order day or --date-order month"))  # fmt: skip
    else:
        table.order = evidence.order
        table.order_by = _told_by(evidence)
    if not evidence.read and evidence.cells and not answers.undated:
        table.questions.append(Question("dates", "none of its dates can be read", '--map "HEADING=posted_at" for another column'))  # fmt: skip


def _told_by(evidence: DateEvidence) -> str:
    if not evidence.order:
        return ""
    if evidence.first_past_12 or evidence.second_past_12:
        return "days past the 12th"
    return "the other order would put posts into the future"


def _settle_zone(
    table: TableSurvey, answers: Answers, columns: Sequence[str], otherwise: str
) -> None:
    if answers.zone:
        table.zone, table.zone_by = answers.zone, "as you say"
        return
    hours = table.mapping.columns.get("posted_time", ())
    named = [table.mapping.zones[h] for h in (*columns, *hours) if h in table.mapping.zones]
    if named:
        table.zone, table.zone_by = named[0], "the heading"
        if zone_named(named[0]) is None:
            table.zone = ""
            table.questions.append(Question("zone", "the time zone in the heading of its dates is not known", "--zone Europe/London, or another"))  # fmt: skip
    elif not table.zone and table.mapping.tool is not None and table.mapping.tool.zone:
        table.zone, table.zone_by = (
            table.mapping.tool.zone,
            f"as {table.mapping.tool.label} writes them",
        )
    elif not table.zone and otherwise:
        table.zone, table.zone_by = otherwise, "the settings"


def lines_of(
    path: Path, answers: Answers, limits: Limits
) -> Iterator[tuple[Table, int, Mapping[str, Any] | None, str]]:
    """Every line of a file with its table: its number, and its row or what is wrong with it."""
    for table in tables(path, understands(answers), limits):
        for line in table.lines:
            yield table, line.number, line.row, line.why
