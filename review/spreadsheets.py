"""Tables for a spreadsheet in which no cell can act: OWASP's guard against CSV injection."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

# What Excel, LibreOffice or Google Sheets take for the beginning of a formula, full-width forms included.
_ACTS = tuple("=+-@\t\r\n＝＋－＠|%")


def inert(cell: object) -> str:
    """A cell as text that stays text: one that a spreadsheet could work out begins with an apostrophe."""
    text = str(cell)
    if isinstance(cell, int):
        return text
    begins = text.lstrip(" \u00a0\u3000\ufeff\0")
    return f"'{text}" if text.startswith(_ACTS) or begins.startswith(_ACTS) else text


def rows(cells: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV in UTF-8, every cell in quotation marks."""
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [inert(cell) for cell in row] for row in cells
    )
    return written.getvalue().encode("utf-8", "replace")
