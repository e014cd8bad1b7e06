"""Tables of two labels with the small counts hidden, and with them whatever would give them away.

Totals are known: each label's is on the page. So a cell is hidden only if, from the totals and all cells that are
shown, nobody could work out that it is small. What a cell could be at most is found by moving counts
along the hidden cells, which is a flow (Cox 1995, Network models for complementary cell suppression).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

SMALL = 5  # fewer are hidden
MOST_ROWS, MOST_COLUMNS = 10, 8  # further ones are told together
OTHERS = "others together"

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """Counts by two labels; None is hidden."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]

    @property
    def hides(self) -> bool:
        """Whether anything is hidden."""
        return any(cell is None for row in self.cells for cell in row)


def crossed(counts: Mapping[tuple[str, str], int]) -> Crossed | None:
    """A table of (row, column) counts, most first; None where most of it would be hidden."""
    rows = _most([(row, count) for (row, _), count in counts.items()], MOST_ROWS)
    columns = _most([(column, count) for (_, column), count in counts.items()], MOST_COLUMNS)
    if len(rows) < 2 or len(columns) < 2:
        return None  # a single line: its cells are the totals
    table = [[0] * len(columns) for _ in rows]
    for (row, column), count in counts.items():
        if count:
            table[_place(rows, row)][_place(columns, column)] += count
    hidden = hide(table)
    cells = tuple(
        tuple(None if (i, j) in hidden else cell for j, cell in enumerate(row))
        for i, row in enumerate(table)
    )
    if 2 * len(hidden) > len(rows) * len(columns) or not any(cell for row in cells for cell in row):
        return None
    return Crossed(rows=tuple(rows), columns=tuple(columns), cells=cells)


def hidden_of(counts: Sequence[int], *, adds_up: bool) -> set[int]:
    """The places of a single line's counts that must not be shown: small ones.

    Where all of them together are a total that is on the page (`adds_up`), what is hidden could be worked out from it where it is
    one alone, or where all of it comes to little: the next smallest are hidden with it, as long as there are any.
    """
    hidden = {place for place, count in enumerate(counts) if 0 < count < SMALL}
    others = sorted(
        (place for place, count in enumerate(counts) if count >= SMALL),
        key=lambda place: counts[place],
    )
    while adds_up and others and not may_be_large(counts, hidden):
        hidden.add(others.pop(0))
    return hidden


def may_be_large(counts: Sequence[int], hidden: Collection[int]) -> bool:
    """Whether, for all that the sum of hidden counts tells, any of them could be no small one: none of them is 0, and those that are are shown."""
    return not hidden or sum(counts[place] for place in hidden) - (len(hidden) - 1) >= SMALL


def hide(table: Sequence[Sequence[int]]) -> set[Cell]:
    """The cells that must not be shown: small ones, all of a line whose total is small, and what protects those."""
    across = [sum(row) for row in table]
    down = [sum(column) for column in zip(*table, strict=True)]
    cells = [(i, j) for i in range(len(across)) for j in range(len(down))]
    small = [(i, j) for i, j in cells if 0 < table[i][j] < SMALL]
    hidden = set(small)
    hidden |= {(i, j) for i, j in cells if 0 < across[i] < SMALL or 0 < down[j] < SMALL}
    for cell in small:  # what is hidden later protects no less
        while not _safe(table, hidden, cell, min(across[cell[0]], down[cell[1]])):
            more = _around(table, hidden, cell)
            if not more:
                return set(cells)
            hidden.update(more)
    return hidden


def _safe(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell, total: int) -> bool:
    """Whether a hidden cell could be no small one; where its line's total is small itself, all of it or less."""
    count = table[cell[0]][cell[1]]
    most = count + _movable(table, hidden, cell, min(SMALL, total) - count)
    if most < min(SMALL, total):
        return False
    return most > count or _movable_away(table, hidden, cell)


def _movable(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell, wanted: int) -> int:
    """How much, up to `wanted`, a cell could be more with all lines' totals as they are."""
    left = {other: table[other[0]][other[1]] for other in hidden if other != cell}
    moved = 0
    while moved < wanted and (way := _way(left, ("column", cell[1]), ("row", cell[0]))) is not None:
        step = min([wanted - moved, *(left[other] for other, by in way if by < 0)])
        for other, by in way:
            left[other] += by * step
        moved += step
    return moved


def _movable_away(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> bool:
    left = {other: table[other[0]][other[1]] for other in hidden if other != cell}
    return _way(left, ("row", cell[0]), ("column", cell[1])) is not None


Line = tuple[str, int]


def _way(left: Mapping[Cell, int], start: Line, end: Line) -> list[tuple[Cell, int]] | None:
    """Cells to change by one more or less, so that a count leaves one line and comes into another."""
    steps: dict[Line, list[tuple[Line, Cell, int]]] = {}
    for (i, j), count in left.items():
        steps.setdefault(("row", i), []).append((("column", j), (i, j), 1))
        if count:
            steps.setdefault(("column", j), []).append((("row", i), (i, j), -1))
    came: dict[Line, tuple[Line, Cell, int] | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in came:
        at = waiting.popleft()
        for to, cell, by in steps.get(at, ()):
            if to not in came:
                came[to] = (at, cell, by)
                waiting.append(to)
    if end not in came:
        return None
    way: list[tuple[Cell, int]] = []
    back = came[end]
    while back is not None:
        way.append(back[1:])
        back = came[back[0]]
    return way


def _around(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> set[Cell]:
    """Cells to hide too: with this one the corners of the rectangle along which it can be more, at the least cost."""
    i, j = cell
    candidates: list[tuple[tuple[bool, int, int], set[Cell]]] = []
    for other in range(len(table)):
        for column in range(len(table[0])):
            if other != i and column != j:
                corners = {(i, column), (other, j), (other, column)} - hidden
                slack = min(table[i][column], table[other][j]) + table[i][j]
                cost = sum(table[row][two] for row, two in corners)
                if corners:
                    candidates.append(((slack < SMALL, len(corners), cost), corners))
    return (
        min(candidates, key=lambda candidate: (candidate[0], sorted(candidate[1])))[1]
        if candidates
        else set()
    )


def _most(counts: Sequence[tuple[str, int]], limit: int) -> list[str]:
    totals: dict[str, int] = {}
    for name, count in counts:
        totals[name] = totals.get(name, 0) + count
    names = sorted(
        (name for name in totals if totals[name]), key=lambda name: (-totals[name], name)
    )
    return names if len(names) <= limit else [*names[: limit - 1], OTHERS]


def _place(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else names.index(OTHERS)
