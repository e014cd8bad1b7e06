"""What a hostile or merely huge file costs: it is refused with a sentence, before it takes a machine's memory or a cycle's time."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from collectors.files.collector import read_file
from collectors.files.limits import Budget, Limits
from core.errors import InputError

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
SMALL = Limits(most_mb=1, most_rows=1_000, most_cells=5_000)
_SHEET = "xl/worksheets/sheet1.xml"
_HEAD = (
    '<?xml version="1.0"?>{doctype}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>text</t></is></c></row>'
)
_POST = '<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="inlineStr"><is><t>NHS NWL {n}</t></is></c></row>'  # fmt: skip


def workbook(path: Path, rows: Iterable[str], *, doctype: str = "") -> Path:
    """A workbook whose only sheet holds these rows, as XML, below its headings."""
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as to:
        for name in source.namelist():
            if name != _SHEET:
                to.writestr(name, source.read(name))
        with to.open(_SHEET, "w") as sheet:
            sheet.write(_HEAD.format(doctype=doctype).encode())
            for row in rows:
                sheet.write(row.encode())
            sheet.write(b"</sheetData></worksheet>")
    return path


def refused(path: Path, limits: Limits = SMALL) -> str:
    with pytest.raises(InputError) as why:
        list(read_file(path, at=AT, limits=limits))
    return str(why.value)


def test_empty_rows_are_counted_and_cost_no_memory(tmp_path: Path) -> None:
    path = workbook(tmp_path / "e.xlsx", ("<row/>" * 10_000 for _ in range(40)))
    tracemalloc.start()
    assert "more than 10,000 rows" in refused(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6


def test_a_few_empty_rows_are_passed_over(tmp_path: Path) -> None:
    path = workbook(tmp_path / "e.xlsx", ["<row/>" * 3_000, _POST.format(n=3_002)])
    assert len(list(read_file(path, at=AT, limits=SMALL))) == 1


def test_a_row_numbered_a_thousand_million_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", ['<row r="1000000000"><c r="A1000000000"><v>1</v></c></row>'])  # fmt: skip
    assert "numbered past 1,048,576" in refused(path)


def test_one_cell_far_to_the_right_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", ['<row r="2"><c r="XFD2"><v>1</v></c></row>'])
    assert "more than 1,024 columns" in refused(path)


def test_too_many_rows_or_cells_are_refused_by_what_to_change(tmp_path: Path) -> None:
    many = workbook(tmp_path / "m.xlsx", (_POST.format(n=n) for n in range(2, 1_500)))
    assert "more than 1,000 rows" in refused(many)
    assert "most_cells" in refused(many, Limits(most_cells=100))
    csv = tmp_path / "m.csv"
    csv.write_text("id,text\n" + "1,NHS NWL\n" * 1_500)
    assert "most_rows" in refused(csv)
    lines = tmp_path / "m.jsonl"
    lines.write_text('{"text": "NHS NWL"}\n' * 1_500)
    assert "more than 1,000 rows" in refused(lines)


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("id,text\n" + "1,NHS NWL\n" * 150_000)
    assert "bigger than 1 MB" in refused(path)


def test_what_unpacks_to_too_much_is_refused_before_it_is(tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", ("<row/>" * 100_000 for _ in range(20)))
    assert "unpacks to more than 8 MB" in refused(path)


def test_entities_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", [], doctype='<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]>')
    assert "declares entities" in refused(path)


def test_a_part_that_hides_as_a_picture_is_refused(tmp_path: Path) -> None:
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    path = tmp_path / "p.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as to:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"/xl/worksheets/sheet1.xml", b"/xl/media/sheet1.xml")
            to.writestr(name.replace("worksheets/sheet1", "media/sheet1"), content)
    assert "p.xlsx" in refused(path)


def test_a_line_without_an_end_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("x" * 13_000_000)
    assert "it is no table" in refused(path, Limits())


def test_reading_ends_when_its_time_is_over() -> None:
    moments = iter([0.0, 1.0, 301.0])
    budget = Budget("a.csv", Limits(most_seconds=300), now=lambda: next(moments))
    budget.check_time()
    with pytest.raises(InputError, match="within 300 seconds"):
        budget.check_time()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel workbook"),
        (b"<html><table><tr><td>text</td></tr></table></html>", "a web page, whatever its name"),
    ],
)
def test_what_is_called_xls_is_refused_by_what_it_is(tmp_path: Path, content: bytes, says: str) -> None:  # fmt: skip
    path = tmp_path / "export.xls"
    path.write_bytes(content)
    why = refused(path)
    assert says in why
    assert "XLSX or CSV" in why


def test_a_table_of_text_that_is_called_xls_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    path.write_text("id\ttext\n1\tNHS NWL\n")
    assert len(list(read_file(path, at=AT))) == 1


def test_a_text_has_no_more_columns_than_a_workbook_may(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    heads = ",".join(f"c{n}" for n in range(200_000))
    path.write_text(f"Date,Text,URL,{heads}\n2026-11-20,hello,https://example.org/1\n", "utf-8")
    assert "more than 1,024 columns" in refused(path, Limits())
