"""A spreadsheet in which several posts are noted by hand, with the headings that [collectors.files] finds."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.worksheet.datavalidation import DataValidation

from core.errors import InputError
from core.models import PLATFORMS

HEADINGS = ("Platform", "Link", "Text", "Username", "Date")
_ROWS = 500  # of the form that offer the platforms to choose from
_HOW = (
    "One row for each post or pin, on the first sheet.",
    "Date: the day on which it was posted, such as 24/11/2026 09:05, UK time. Empty: when it is read.",
    "Put the file into the folder that [collectors.files] names, or run: mentions import FILE",
)


def write_form(path: Path) -> None:
    """Writes an empty workbook whose headings [collectors.files] reads. Raises InputError."""
    if path.suffix.lower() != ".xlsx":
        raise InputError("--form: the name of a new workbook is needed, which ends in .xlsx")
    if path.exists():
        raise InputError(f"{path.name} is there already: name another, so that no note is lost")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Notes"
    sheet.append(HEADINGS)
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDE", (14, 50, 80, 24, 20), strict=True):
        sheet.column_dimensions[column].width = width
    choice = DataValidation(type="list", formula1=f'"{",".join(PLATFORMS)}"', allow_blank=True)
    choice.add(f"A2:A{_ROWS}")
    sheet.add_data_validation(choice)
    how = book.create_sheet("How to")
    for line in _HOW:
        how.append((line,))
    book.save(path)
