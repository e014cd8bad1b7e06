"""No cell of a table that leaves here is worked out by a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import inert, rows


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", " =1", "\u3000=1", "\ufeff=1", "|calc"],
)  # fmt: skip
def test_what_could_act_begins_with_an_apostrophe(cell: str) -> None:
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize(("cell", "shown"), [("Amina", "Amina"), (-3, "-3"), ("", ""), ("a=b", "a=b"), ("25% of", "25% of")])  # fmt: skip
def test_what_cannot_act_stays_as_it_is(cell: object, shown: str) -> None:
    assert inert(cell) == shown


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_what_is_written_is_read_back_and_begins_with_no_sign(cells: list[str]) -> None:
    (read,) = csv.reader(io.StringIO(rows([cells]).decode(), newline=""))
    for told, cell in zip(cells, read, strict=True):
        assert cell.removeprefix("'") == told.removeprefix("'")
        assert not cell.startswith(tuple("=+-@\t\r＝＋－＠"))
