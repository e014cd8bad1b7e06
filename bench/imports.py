"""Exports, to be measured: one as large as may be, and hostile ones, as ratios against an ordinary one of the same run.

`python -m bench.imports` says how much processor time and memory each takes. Each is read in a process of its own, so that
what one held is not counted with the next.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl

from collectors.files.collector import read_file
from core.errors import InputError

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
ORDINARY = 5_000  # rows
_HEAD = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>text</t></is></c>'
    '<c r="C1" t="inlineStr"><is><t>date</t></is></c></row>'
)  # fmt: skip
_POST = (
    '<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="inlineStr"><is><t>NHS NWL answered nobody, day {n}</t></is></c>'
    '<c r="C{n}" t="inlineStr"><is><t>21/11/2026 09:05</t></is></c></row>'
)  # fmt: skip
# At most so many times what the ordinary one takes: of processor time, and of memory above what the program itself takes
MOST_TIME, MOST_MEMORY_MB = 3.0, 60


def _posts(count: int) -> Iterator[str]:
    return (_POST.format(n=n) for n in range(2, count + 2))


def _sheets() -> dict[str, Callable[[], Iterator[str]]]:
    return {
        "ordinary": lambda: _posts(ORDINARY),
        "20,000,000 empty rows": lambda: ("<row/>" * 100_000 for _ in range(200)),
        "a row numbered 1,000,000,000": lambda: iter(['<row r="1000000000"><c r="A1000000000"><v>1</v></c></row>']),
        "1,000,000 rows": lambda: _posts(1_000_000),
        "one cell in the last column, 100,000 times": lambda: (f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(2, 100_002)),
    }  # fmt: skip


def write_workbook(path: Path, rows: Iterator[str]) -> None:
    """A workbook whose sheet holds these rows, as XML, below its headings."""
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as to:
        for name in source.namelist():
            if name != "xl/worksheets/sheet1.xml":
                to.writestr(name, source.read(name))
        with to.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_HEAD.encode())
            for row in rows:
                sheet.write(row.encode())
            sheet.write(b"</sheetData></worksheet>")


def measure(path: Path) -> dict[str, float]:
    """Processor seconds, and the peak of memory above what was there before, in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    try:
        rows = sum(1 for _ in read_file(path, at=AT))
    except InputError:
        rows = 0
    return {
        "seconds": time.process_time() - began, "rows": rows,
        "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }  # fmt: skip


def main() -> int:
    """A line a file; 1 where a hostile one takes more than MOST_TIME times an ordinary one, or MOST_MEMORY_MB."""
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        ordinary = 0.0
        for name, rows in _sheets().items():
            path = Path(folder) / "export.xlsx"
            write_workbook(path, rows())
            done = subprocess.run([sys.executable, "-m", "bench.imports", str(path)], capture_output=True, check=True, text=True)  # fmt: skip
            figures = json.loads(done.stdout)
            ordinary = ordinary or figures["seconds"]
            ratio = figures["seconds"] / ordinary
            worst |= ratio > MOST_TIME or figures["memory"] > MOST_MEMORY_MB
            print(f"{name}: {ratio:.2f} of an ordinary file's time, {figures['memory']:.0f} MB more, {figures['rows']:.0f} rows read")  # fmt: skip
    return int(worst)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
    else:
        sys.exit(main())
