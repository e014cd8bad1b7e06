"""The figures of a summary as a spreadsheet: counts as numbers, words as words, and nothing that a program would work out."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font

from collectors.platforms import PLATFORM_NAMES
from reports.weekly.figures import Count, Figures, Series
from reports.weekly.sections import NOT_COMPARED
from reports.weekly.wording import NAMES, Summary

Cell = str | int | float | None
HIDDEN = "fewer than 5, or would give such away"
_CONTROL = {
    number: None for number in range(32) if number not in (9, 10)
}  # no spreadsheet takes them


def xlsx(figures: Figures, summary: Summary) -> bytes:
    """A workbook: the summary in words, each week of the charts, labels, themes, cases and how far to trust it.

    Every word is stored as a word, also one that begins with =, + or @, so that none is taken for a formula.
    """
    book = Workbook()
    del book[book.sheetnames[0]]
    words: list[list[Cell]] = [[summary.title], [summary.headline], [summary.about], []]
    words += [
        [tile.name, tile.figure, f"{tile.verdict} {tile.detail}".strip()] for tile in summary.tiles
    ]
    words.append([])
    words.append([summary.compares])
    words += [[change.heading, change.text, change.rule] for change in summary.changes]
    words += [[line] for line in (summary.not_yet, summary.charts) if line]
    _sheet(book, "Summary", words)
    _sheet(book, "Weeks", _weeks(figures.series))
    _sheet(book, "Counts", _counts(figures))
    if figures.tone_by_platform:
        table = figures.tone_by_platform
        rows: list[list[Cell]] = [["Platform", *table.columns]]
        for name, cells in zip(table.rows, table.cells, strict=True):
            rows.append([name, *(HIDDEN if cell is None else cell for cell in cells)])
        _sheet(book, "Tone by platform", rows)
    for part in summary.parts:
        content: list[list[Cell]] = []
        if part.table:
            content += [list(row) for row in (part.table.head, *part.table.rows)]
        content += [[name, count] for name, count, _ in part.bars]
        content += [[line] for line in (*part.sentences, *part.items)]
        _sheet(book, part.name[:31], [[*map(_number, row)] for row in content])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _weeks(series: Sequence[Series]) -> list[list[Cell]]:
    """A row a week, oldest first; then the mean and the limits."""
    rows: list[list[Cell]] = [["Week from", "to", *(NAMES[each.key] for each in series)]]
    for place, point in enumerate(series[0].points):
        values = [each.points[place].value for each in series]
        rows.append([f"{point.first}", f"{point.last}", *values])
    for name in ("mean", "lower", "upper"):
        limits = [each.reading.limits for each in series]
        title = {"mean": "Average", "lower": "Lower limit", "upper": "Upper limit"}[name]
        rows.append(
            [title, None, *(round(getattr(limit, name), 2) if limit else None for limit in limits)]
        )
    return rows


def _counts(figures: Figures) -> list[list[Cell]]:
    totals = figures.totals
    rows: list[list[Cell]] = [
        ["What", "Name", "Mentions"], ["All", "Posted", totals.mentions], ["All", "Found, whenever it was posted", figures.trust.found_count],
        ["Tone", "negative", totals.negative], ["Tone", "neutral", totals.neutral], ["Tone", "positive", totals.positive],
        ["Risk", "high", totals.high], ["Flagged", "", totals.flagged],
        ["Patients’ details in public", "confirmed", figures.work.clocks_began], ["Patients’ details in public", "to look at", figures.leaks_to_look_at],
    ]  # fmt: skip
    groups: tuple[tuple[str, Sequence[Count]], ...] = (
        ("Platform", figures.platforms), ("Place", figures.places), ("Flag", figures.flags)
    )  # fmt: skip
    for what, counts in groups:
        rows += [[what, row.name, HIDDEN if row.count is None else row.count] for row in counts]
    rows += [
        [
            "Left out of the comparison",
            PLATFORM_NAMES[fault.platform],
            NOT_COMPARED.get(fault.why, "brought far less than usual while others did not"),
        ]
        for fault in figures.trust.left_out
    ]
    return rows


def _number(cell: Cell) -> Cell:
    """1,234 as a number; anything else as it is."""
    plain = cell.replace(",", "") if isinstance(cell, str) else ""
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 15 else cell


def _sheet(book: Workbook, title: str, rows: Sequence[Sequence[Cell]]) -> None:
    sheet = book.create_sheet(title)
    sheet.column_dimensions["A"].width = 34
    for column in "BCDEFGH":
        sheet.column_dimensions[column].width = 18
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            text = value.translate(_CONTROL) if isinstance(value, str) else value
            cell = sheet.cell(number, place, text)
            if isinstance(value, str):
                cell.data_type = "s"  # else a text that begins with = is a formula
            if number == 1:
                cell.font = Font(bold=True)
