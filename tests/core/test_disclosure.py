"""Small counts of a table are hidden, and nobody can work them out from what is shown."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from core.disclosure import OTHERS, SMALL, crossed, hidden_of, hide
from tests.fuzz.profiles import examples

Table = tuple[tuple[int, ...], ...]


def tables(rows: int, columns: int, most: int) -> st.SearchStrategy[Table]:
    return st.lists(
        st.lists(st.integers(0, most), min_size=columns, max_size=columns).map(tuple), min_size=rows, max_size=rows
    ).map(tuple)  # fmt: skip


def could_be(table: Table, hidden: set[tuple[int, int]]) -> Iterator[Table]:
    """Every table with the same totals and the same shown cells; by trying them all."""
    down = [sum(column) for column in zip(*table, strict=True)]

    def fill(i: int, left: list[int]) -> Iterator[Table]:
        if i == len(table):
            if not any(left):
                yield ()
            return
        for row in rows(i, 0, sum(table[i]), left):
            for rest in fill(i + 1, [one - cell for one, cell in zip(left, row, strict=True)]):
                yield (row, *rest)

    def rows(i: int, j: int, total: int, left: list[int]) -> Iterator[tuple[int, ...]]:
        if j == len(left):
            if not total:
                yield ()
            return
        options = range(min(total, left[j]) + 1) if (i, j) in hidden else (table[i][j],)
        for cell in options:
            if cell <= min(total, left[j]):
                for rest in rows(i, j + 1, total - cell, left):
                    yield (cell, *rest)

    return fill(0, down)


@examples(25)
@given(tables(3, 3, 8))
def test_no_small_count_can_be_worked_out(table: Table) -> None:
    hidden = hide(table)
    across = [sum(row) for row in table]
    down = [sum(column) for column in zip(*table, strict=True)]
    seen: dict[tuple[int, int], set[int]] = {cell: set() for cell in hidden}
    if len(hidden) < 9:  # else nothing is shown at all
        for other in could_be(table, hidden):
            for i, j in hidden:
                seen[i, j].add(other[i][j])
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            if 0 < count < SMALL:
                assert (i, j) in hidden
                if len(hidden) < 9:
                    assert len(seen[i, j]) > 1
                    assert max(seen[i, j]) >= min(SMALL, across[i], down[j])


@settings(deadline=None)
@given(tables(4, 5, 60))
def test_what_is_shown_is_true_and_what_is_not_small_is_mostly_shown(table: Table) -> None:
    counts = {
        (f"r{i}", f"c{j}"): count for i, row in enumerate(table) for j, count in enumerate(row)
    }
    found = crossed(counts)
    if found is None:
        return
    for i, row in enumerate(found.rows):
        for j, column in enumerate(found.columns):
            assert found.cells[i][j] in (None, counts[row, column])
    assert found.hides == any(0 < count < SMALL for count in counts.values())


def test_a_single_small_count_takes_three_others_with_it() -> None:
    table = ((3, 40, 50), (30, 20, 60), (70, 80, 90))
    assert hide(table) == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_two_small_counts_in_one_line_are_not_enough() -> None:
    table = ((1, 1, 50), (30, 40, 60), (70, 80, 90))
    assert (
        len(hide(table) & {(0, 0), (0, 1), (0, 2)}) == 3
    )  # 1 and 1 make 2: each could be 2 at most


def test_noughts_and_large_counts_are_shown_as_they_are() -> None:
    assert hide(((0, 40), (30, 0))) == set()


def test_a_line_whose_total_is_small_is_hidden_whole() -> None:
    table = ((2, 0, 0), (30, 40, 60), (70, 80, 90))
    assert {(0, 0), (0, 1), (0, 2)} <= hide(table)


def test_a_table_of_one_line_or_of_nothing_that_could_be_shown_is_none() -> None:
    assert crossed({}) is None
    assert crossed({("a", "x"): 9, ("a", "y"): 9}) is None
    assert crossed({("a", "x"): 1, ("b", "y"): 1}) is None


def test_further_lines_are_told_together() -> None:
    counts = {(f"r{i:02}", f"c{j:02}"): 10 + i + j for i in range(14) for j in range(12)}
    found = crossed(counts)
    assert found is not None
    assert (len(found.rows), found.rows[-1], len(found.columns), found.columns[-1]) == (
        10,
        OTHERS,
        8,
        OTHERS,
    )
    assert not found.hides
    assert sum(cell or 0 for row in found.cells for cell in row) == sum(counts.values())


def test_of_a_single_line_small_counts_are_hidden_and_where_all_add_up_never_one_alone() -> None:
    assert hidden_of([40, 9, 2, 0], adds_up=False) == {2}
    assert hidden_of([40, 9, 2, 0], adds_up=True) == {1, 2}
    assert hidden_of([40, 4, 2, 0], adds_up=True) == {1, 2}
    assert hidden_of([40, 9, 0], adds_up=True) == set()
    assert hidden_of([40, 9, 1, 1], adds_up=True) == {1, 2, 3}  # two that come to 2 are one each
    assert hidden_of([40, 5, 1], adds_up=True) == {1, 2}
